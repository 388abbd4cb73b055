/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An export as a file transfer of the host: its accept dialog, its progress,
 * its file. The bytes come from net/download; what is offered, and when, is
 * the caller's decision.
 */

#pragma once

#include <purple.h>

#include "net/http/download.h"

G_BEGIN_DECLS

/**
 * WnTransferState:
 * @WN_TRANSFER_RUNNING: the user has accepted it
 * @WN_TRANSFER_DONE: every byte is in the user's file
 * @WN_TRANSFER_FAILED: it ended without the file
 * @WN_TRANSFER_DENIED: the user, or a plugin of the host, did not want it
 * @WN_TRANSFER_CANCELLED: the user stopped it, or signed off
 */
typedef enum
{
  WN_TRANSFER_RUNNING,
  WN_TRANSFER_DONE,
  WN_TRANSFER_FAILED,
  WN_TRANSFER_DENIED,
  WN_TRANSFER_CANCELLED,
} WnTransferState;

/**
 * WnTransferStatus: borrowed for the call
 * @state: how it is doing
 * @n_received: bytes so far
 * @size: bytes announced, or %WN_SIZE_UNKNOWN
 * @reason: (nullable): with %WN_TRANSFER_FAILED, sentences for people
 */
typedef struct
{
  WnTransferState state;
  gint64 n_received;
  gint64 size;
  const char *reason;
} WnTransferStatus;

/**
 * WnTransferFunc:
 * @status: what has changed; any state but %WN_TRANSFER_RUNNING is the last
 * @user_data: of the offer
 *
 * Called from inside libpurple's functions: may only take note.
 */
typedef void (*WnTransferFunc) (const WnTransferStatus *status,
                                gpointer user_data);

/**
 * wn_transfer_offer:
 * @gc: a login; its account must stay signed on until
 *   wn_transfers_cancel_all()
 * @who: the contact that sends it; BitlBee wants it in the buddy list
 * @file_name: what core/file-name made of the export's name, valid UTF-8
 * @config: what to download; copied, its resolver referenced
 * @size: in bytes; 0 or %WN_SIZE_UNKNOWN where it is not known. BitlBee never
 *   finishes a transfer without a size: offer none there
 * @func: told of each change until the end, which always comes
 * @user_data: (transfer full): for @func
 * @destroy: frees @user_data after the last call
 *
 * Asks the user, in the host's way, where to save an export, and downloads it
 * when they say so. A plugin of the host may accept or refuse before this
 * returns.
 *
 * A download that fails ends as cancelled, with a sentence in an error dialog
 * and in the conversation. What it had written is removed; a file that had the
 * name before stays as it was unless the server had begun to send, or where the
 * disk has no room for what it announces.
 */
void wn_transfer_offer (PurpleConnection *gc,
                        const char *who,
                        const char *file_name,
                        const WnDownloadConfig *config,
                        gint64 size,
                        WnTransferFunc func,
                        gpointer user_data,
                        GDestroyNotify destroy);

/**
 * wn_transfer_dup_reason:
 * @error: a %WN_DOWNLOAD_ERROR
 *
 * Returns: (transfer full): it as people read it, with what they can do
 */
char *wn_transfer_dup_reason (const GError *error);

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
