/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The session's exports: asks the server how large each one is, a few at a
 * time, offers it in the host's accept dialog, and remembers what became of
 * it. It downloads nothing.
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
 * @who: the contact that offers
 * @settings: the account's
 * @proxy_resolver: who says which proxy to use
 * @inbox: where a link goes that can't be offered
 * @certificates: who asks about a server's certificate
 * @needs_size: whether the host never ends a transfer of unknown or no size
 */
typedef struct
{
  PurpleConnection *gc;
  const char *who;
  const WnSettings *settings;
  GProxyResolver *proxy_resolver;
  WnInbox *inbox;
  WnCertificates *certificates;
  gboolean needs_size;
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
 * Asks and offers no more. What has been offered is `purple/transfer.h`'s.
 */
void wn_exports_close (WnExports *self);

/**
 * wn_exports_add:
 * @self: the exports
 * @attachment: a notification's; copied
 *
 * Offers it, unless it is being offered or downloaded.
 */
void wn_exports_add (WnExports *self, const WnAttachment *attachment);

/**
 * wn_exports_dup_list:
 * @self: the exports
 *
 * Returns: (transfer full): a line for each export and how it is doing, the
 *   newest last; plain text, short enough for Pidgin to show as it is
 */
char *wn_exports_dup_list (const WnExports *self);

/**
 * wn_exports_offer_again:
 * @self: the exports
 * @name: (nullable): an export's name as it was offered, or its key
 *
 * Offers it once more, whatever became of it, unless that is under way.
 *
 * Returns: (transfer full): what to tell the user, plain text
 */
char *wn_exports_offer_again (WnExports *self, const char *name);

G_END_DECLS
