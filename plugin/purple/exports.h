/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The session's exports: which attachments have been announced, and what has
 * become of each. A few at a time are offered in the host's accept dialog; the
 * rest waits. Exports download nothing by themselves (`purple/transfer.h`).
 */

#pragma once

#include <gio/gio.h>
#include <purple.h>

#include "core/message/attachment.h"
#include "purple/certificate.h"
#include "purple/inbox.h"
#include "purple/settings.h"

G_BEGIN_DECLS

typedef struct _WnExports WnExports;

/**
 * WnExportsConfig: all of it borrowed until wn_exports_close()
 * @gc: the connection
 * @settings: the account's
 * @proxy_resolver: who says which proxy to use
 * @inbox: where lines go that people must read
 * @certificates: who asks about a server's certificate
 */
typedef struct
{
  PurpleConnection *gc;
  const WnSettings *settings;
  GProxyResolver *proxy_resolver;
  WnInbox *inbox;
  WnCertificates *certificates;
} WnExportsConfig;

/**
 * wn_exports_new:
 * @config: copied
 *
 * Returns: (transfer full): without exports; wn_exports_close() frees it
 */
WnExports *wn_exports_new (const WnExportsConfig *config);

/**
 * wn_exports_close:
 * @self: (transfer full): the exports
 *
 * Offers no more. What has been offered is `purple/transfer.h`'s.
 */
void wn_exports_close (WnExports *self);

/**
 * wn_exports_add:
 * @self: the exports
 * @who: the contact that told of it, and offers it
 * @attachment: a notification's; copied
 *
 * Offers it as soon as fewer than three questions are open, unless it waits, is
 * being downloaded, or was offered some minutes ago at most. Nothing is asked
 * of the server before the user has accepted, but for its size where the host
 * needs that. What has expired is said and not offered.
 */
void wn_exports_add (WnExports *self,
                     const char *who,
                     const WnAttachment *attachment);

/**
 * wn_exports_dup_list:
 * @self: the exports
 *
 * Returns: (transfer full): a line for each export, when it was announced and
 *   how it is doing, the newest last, and what can be done; plain text, short
 *   enough for every host to show as it is
 */
char *wn_exports_dup_list (const WnExports *self);

/**
 * wn_exports_offer_again:
 * @self: the exports
 * @name: (nullable): an export's name as it was offered, its key, or the
 *   beginning of one of these; `all`: every one that waits or is offered is
 *   saved without another question, in the user's folder for downloads
 *
 * Offers it once more, whatever became of it, unless it is being downloaded. A
 * dialog that is still open is replaced: in some hosts one can be closed
 * without an answer, and nobody hears of that.
 *
 * Returns: (transfer full): what to tell the user, plain text
 */
char *wn_exports_offer_again (WnExports *self, const char *name);

G_END_DECLS
