/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An export as a file transfer of the host: its accept dialog, its progress,
 * its file. The bytes come from net/download; what is offered, and when, is
 * the caller's decision.
 */

#pragma once

#include <purple.h>

#include "net/download.h"

G_BEGIN_DECLS

/**
 * wn_transfer_offer:
 * @gc: a login; its account must stay signed on until
 *   wn_transfers_cancel_all()
 * @who: the contact that sends it; BitlBee wants it in the buddy list
 * @file_name: what core/file-name made of the export's name, valid UTF-8
 * @config: what to download; copied, its resolver referenced
 * @size: in bytes; 0 or %WN_SIZE_UNKNOWN where it is not known. BitlBee never
 *   finishes a transfer without a size: offer none there
 *
 * Asks the user, in the host's way, where to save an export, and downloads it
 * when they say so. A plugin of the host may accept or refuse before this
 * returns.
 *
 * A download that fails ends as cancelled, with a sentence in an error dialog
 * and in the conversation. What it had written is removed; a file that had the
 * name before stays as it was unless the server had begun to send.
 */
void wn_transfer_offer (PurpleConnection *gc,
                        const char *who,
                        const char *file_name,
                        const WnDownloadConfig *config,
                        gint64 size);

/**
 * wn_transfer_is_offered:
 * @gc: a login
 * @url: an export's URL, as in the config it was offered with
 *
 * Returns: whether the user is being asked about @url, or it is being
 *   downloaded
 */
gboolean wn_transfer_is_offered (PurpleConnection *gc, const char *url);

/**
 * wn_transfers_cancel_all:
 * @gc: a login that ends
 *
 * Ends every transfer of @gc's account, asked about or running. libpurple does
 * not do so at sign-off: the prpl's `close` must. Nothing of them touches @gc
 * afterwards.
 */
void wn_transfers_cancel_all (PurpleConnection *gc);

G_END_DECLS
