/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An attachment as a file transfer of the host: its accept dialog, its
 * progress, its file. The bytes come from net/http/download. What is offered,
 * and when, and what the user reads about a failure, is for the caller to
 * decide.
 */

#pragma once

#include <purple.h>

#include "net/http/download.h"
#include "purple/certificate.h"

G_BEGIN_DECLS

/**
 * WnTransferState:
 * @WN_TRANSFER_WAITING: there will be an offer
 * @WN_TRANSFER_MEASURED: there will be one when the server has said the size
 * @WN_TRANSFER_OFFERED: the user is asked
 * @WN_TRANSFER_RUNNING: the user has accepted it
 * @WN_TRANSFER_DONE: every byte is in the user's file
 * @WN_TRANSFER_FAILED: it ended without the file
 * @WN_TRANSFER_DENIED: the user, or a plugin of the host, did not want it
 * @WN_TRANSFER_CANCELLED: the user stopped it, or it was withdrawn
 * @WN_TRANSFER_LINKED: there is no offer: the host can't take it, and its link
 *   was sent
 * @WN_TRANSFER_EXPIRED: there is no offer: the server doesn't have it any more
 *
 * In the order that they come in; from %WN_TRANSFER_DONE on each is the last.
 * A transfer begins as offered.
 */
typedef enum
{
  WN_TRANSFER_WAITING,
  WN_TRANSFER_MEASURED,
  WN_TRANSFER_OFFERED,
  WN_TRANSFER_RUNNING,
  WN_TRANSFER_DONE,
  WN_TRANSFER_FAILED,
  WN_TRANSFER_DENIED,
  WN_TRANSFER_CANCELLED,
  WN_TRANSFER_LINKED,
  WN_TRANSFER_EXPIRED,
} WnTransferState;

/**
 * WnTransferStatus:
 * @state: how it is doing
 * @n_received: bytes so far
 * @size: bytes announced, or %WN_SIZE_UNKNOWN
 */
typedef struct
{
  WnTransferState state;
  gint64 n_received;
  gint64 size;
} WnTransferStatus;

/**
 * WnTransferFunc:
 * @status: what has changed; borrowed for the call. Any state behind
 *   %WN_TRANSFER_RUNNING is the last
 * @error: (nullable): with %WN_TRANSFER_FAILED, a #WnDownloadError or a
 *   #WnPartFileError
 * @user_data: of the offer
 *
 * Called from inside libpurple's functions: may only take note.
 */
typedef void (*WnTransferFunc) (const WnTransferStatus *status,
                                const GError *error,
                                gpointer user_data);

/**
 * WnTransferConfig: all of it borrowed until the end
 * @gc: a login; its account must stay signed on until
 *   wn_transfers_cancel_all()
 * @who: the contact that sends it
 * @file_name: what core/message/file-name made of the attachment's name
 * @size: in bytes; 0 or %WN_SIZE_UNKNOWN where it is not known, which a host
 *   that passes files on must not be offered
 * @download: what to download
 * @certificates: (nullable) (unowned): who asks the user about a certificate
 *   that isn't trusted; lives until wn_transfers_cancel_all()
 */
typedef struct
{
  PurpleConnection *gc;
  const char *who;
  const char *file_name;
  gint64 size;
  WnDownloadConfig download;
  WnCertificates *certificates;
} WnTransferConfig;

/**
 * wn_transfer_offer:
 * @config: what to offer
 * @func: told of each change until the end, which always comes
 * @user_data: (transfer full): for @func
 * @destroy: frees @user_data after the last call, and what @config points to
 *   may go
 *
 * Asks the user, in the host's way, where to save a file, and downloads it
 * when they say so. A plugin of the host may accept or refuse before this
 * returns.
 *
 * The file grows beside its final name (`purple/part-file.h`), and what it had
 * written is removed with any other ending than %WN_TRANSFER_DONE.
 *
 * Returns: (transfer none) (nullable): the transfer, good until @func has heard
 *   of its end; %NULL where it has ended already
 */
PurpleXfer *wn_transfer_offer (const WnTransferConfig *config,
                               WnTransferFunc func,
                               gpointer user_data,
                               GDestroyNotify destroy);

/**
 * wn_transfer_accept:
 * @xfer: a transfer that is offered
 * @folder: where to save the file, in the user's place
 *
 * Closes the dialog, if it is still open, and downloads. A file that has the
 * name already stays, and the new one takes the next free name.
 */
void wn_transfer_accept (PurpleXfer *xfer, const char *folder);

/**
 * wn_transfer_withdraw:
 * @xfer: a transfer that hasn't ended
 *
 * Ends it as %WN_TRANSFER_CANCELLED, without a word to the user.
 */
void wn_transfer_withdraw (PurpleXfer *xfer);

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
