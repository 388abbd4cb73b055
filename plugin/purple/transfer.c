/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A PurpleXfer fed by a WnDownload, which writes into a WnPartFile. libpurple
 * knows the file by its final name only, and has no socket.
 *
 * The references are libpurple's, and uneven: each place below that takes one
 * says which call of the host's it makes up for.
 */

#include "purple/transfer.h"

#include <errno.h>

#include "core/markup/markup.h"
#include "purple/host.h"
#include "purple/part-file.h"
#include "purple/sentences.h"
#include "purple/tick.h"

#define PROGRESS_INTERVAL_US (G_TIME_SPAN_SECOND / 10)

typedef struct
{
  WnTransferConfig config; /* (unowned): until the end */
  PurpleXfer *xfer;        /* (unowned): its data is this */
  WnDownload *download;    /* (owned) (nullable): from the acceptance on */
  WnPartFile *file;        /* (owned) (nullable): from the acceptance on, unless
                            * the host takes the bytes itself */
  WnPartFileMode mode;     /* of that */
  WnTransferStatus status;
  gint64 progress_us; /* when the host was last told, monotonic */
  gboolean *denied;   /* (unowned) (nullable): call_despite_denial()'s, while
                       * it runs */
  GError *error;      /* (owned) (nullable): why it fails */
  WnTransferFunc func;
  gpointer user_data;     /* (owned) */
  GDestroyNotify destroy; /* for user_data */
} WnTransfer;

static void
transfer_drop_download (WnTransfer *self)
{
  if (self->download == NULL)
    return;
  wn_download_cancel (self->download);
  wn_tick_set (self->download, FALSE);
  g_clear_object (&self->download);
}

static void
transfer_report (WnTransfer *self, WnTransferState state)
{
  self->status.state = state;
  self->func (&self->status, self->error, self->user_data);
}

/* The end, whichever way it came. Who calls this has taken the transfer from
 * its PurpleXfer, so that a second end is none.
 */
static void
transfer_end (WnTransfer *self, WnTransferState state)
{
  /* No file is left behind when the caller hears of the end. */
  g_clear_pointer (&self->file, wn_part_file_free);
  transfer_report (self, state);
  transfer_drop_download (self);
  g_clear_error (&self->error);
  self->destroy (self->user_data);
  g_free (self);
}

/* --- Endings --- */

static gboolean
on_writing_im (PurpleAccount *account,
               const char *who,
               char **message,
               PurpleConversation *conversation,
               PurpleMessageFlags flags,
               gpointer user_data)
{
  return TRUE; /* not to be shown */
}

/* BitlBee only listens to the other end's cancelling; told nothing, it leaves
 * its user waiting for the rest.
 */
static void
tell_host_of_cancel (PurpleXfer *xfer)
{
  const PurpleXferUiOps *ops = purple_xfer_get_ui_ops (xfer);

  if (ops != NULL && ops->cancel_local == NULL && ops->cancel_remote != NULL)
    ops->cancel_remote (xfer);
}

/* Pidgin takes a cancelled transfer off its window and leaves the window there,
 * empty; with one that is done it closes the window, if the user has it so.
 */
static void
take_off_window (PurpleXfer *xfer)
{
  const PurpleXferUiOps *ops = purple_xfer_get_ui_ops (xfer);
  PurpleXferStatusType status = purple_xfer_get_status (xfer);

  if (ops == NULL || ops->cancel_local == NULL || ops->update_progress == NULL
      || (status != PURPLE_XFER_STATUS_ACCEPTED
          && status != PURPLE_XFER_STATUS_STARTED))
    return;
  xfer->status = PURPLE_XFER_STATUS_DONE;
  xfer->bytes_remaining = 0;
  ops->update_progress (xfer, 1);
  xfer->status = status;
}

/* Calls @func, which closes the transfer's dialogs. In Finch, closing the save
 * dialog calls that dialog's cancel callback, which drops two references: the
 * dialog's own and one that is still needed. In other hosts nothing is called,
 * and nobody drops the dialog's. Returns whether the callback was called.
 */
static gboolean
call_despite_denial (PurpleXfer *xfer, void (*func) (gpointer xfer))
{
  WnTransfer *self = xfer->data;
  gboolean denied = FALSE;

  self->denied = &denied;
  purple_xfer_ref (xfer);
  purple_xfer_ref (xfer);
  func (xfer);
  if (xfer->data != NULL)
    self->denied = NULL;
  purple_xfer_unref (xfer);
  if (!denied)
    purple_xfer_unref (xfer);
  return denied;
}

/* libpurple writes "You cancelled the transfer" into the conversation, which
 * the user has not: no line is shown meanwhile.
 */
static void
cancel_without_line (gpointer data)
{
  static int handle;
  PurpleXfer *xfer = data;

  take_off_window (xfer);
  purple_signal_connect (purple_conversations_get_handle (),
                         "writing-im-msg",
                         &handle,
                         PURPLE_CALLBACK (on_writing_im),
                         NULL);
  purple_xfer_cancel_local (xfer);
  purple_signals_disconnect_by_handle (&handle);
  tell_host_of_cancel (xfer);
}

void
wn_transfer_withdraw (PurpleXfer *xfer)
{
  call_despite_denial (xfer, cancel_without_line);
}

static void
fail_transfer (PurpleXfer *xfer, GError *error_in)
{
  WnTransfer *self = xfer->data;

  g_clear_error (&self->error);
  self->error = error_in;
  wn_transfer_withdraw (xfer);
}

/* --- The download's calls; self may not outlive any of them --- */

/* 0 is libpurple's word for not known; on 32 bits, that is all it can be told
 * of a file of 4 GiB.
 */
static gsize
get_size_for_host (gint64 size)
{
  return size > 0 && (guint64) size <= G_MAXSIZE ? (gsize) size : 0;
}

static gboolean
is_file_begun (PurpleXfer *xfer)
{
  return purple_xfer_get_status (xfer) == PURPLE_XFER_STATUS_STARTED;
}

/* libpurple would open and empty the file under its final name: it is given
 * nothing to write to instead. Where even that can't be opened it cancels
 * inside.
 */
static void
start_xfer (PurpleXfer *xfer)
{
  WnTransfer *self = xfer->data;
  g_autofree char *path = g_strdup (purple_xfer_get_local_filename (xfer));

  self->error = g_error_new_literal (WN_PART_FILE_ERROR,
                                     WN_PART_FILE_ERROR_OPEN,
                                     g_strerror (EMFILE));
  purple_xfer_ref (xfer);
  purple_xfer_set_local_filename (xfer, "/dev/null");
  purple_xfer_start (xfer, -1, NULL, 0);
  purple_xfer_set_local_filename (xfer, path);
  if (xfer->data != NULL)
    g_clear_error (&self->error);
  else
    tell_host_of_cancel (xfer);
  purple_xfer_unref (xfer);
}

/* Bytes that the host has passed on already can't be taken back. */
static gboolean
can_restart (PurpleXfer *xfer)
{
  const WnTransfer *self = xfer->data;

  return self->file != NULL ? wn_part_file_restart (self->file)
                            : purple_xfer_get_bytes_sent (xfer) == 0;
}

static void
on_download_started (WnDownload *download, gint64 size, gpointer user_data)
{
  WnTransfer *self = user_data;
  PurpleXfer *xfer = self->xfer;
  GError *error = NULL;

  if (is_file_begun (xfer) && !can_restart (xfer))
    {
      fail_transfer (xfer, wn_download_error_new (WN_DOWNLOAD_ERROR_SHORT));
      return;
    }
  self->status.size = size;
  self->status.n_received = 0;
  purple_xfer_set_bytes_sent (xfer, 0);
  purple_xfer_set_size (xfer, get_size_for_host (size));
  if (is_file_begun (xfer))
    return;
  if (self->file == NULL || wn_part_file_open (self->file, size, &error))
    start_xfer (xfer);
  else
    fail_transfer (xfer, error);
}

static void
update_progress (WnTransfer *self)
{
  gint64 now_us = g_get_monotonic_time ();

  if (now_us - self->progress_us < PROGRESS_INTERVAL_US)
    return;
  self->progress_us = now_us;
  if (purple_xfer_get_size (self->xfer) == 0)
    self->xfer->bytes_remaining = 0; /* libpurple has 0 - sent here */
  purple_xfer_update_progress (self->xfer);
}

/* Returns whether the transfer lives on. */
static gboolean
hand_to_host (PurpleXfer *xfer, const guint8 *bytes, gsize length)
{
  gboolean lives;

  purple_xfer_ref (xfer);
  if (!purple_xfer_write_file (xfer, bytes, length))
    tell_host_of_cancel (xfer);
  lives = xfer->data != NULL;
  purple_xfer_unref (xfer);
  return lives;
}

static gboolean
write_to_file (WnTransfer *self, const guint8 *bytes, gsize length)
{
  PurpleXfer *xfer = self->xfer;
  GError *error = NULL;

  if (!wn_part_file_write (self->file, bytes, length, &error))
    {
      fail_transfer (xfer, error);
      return FALSE;
    }
  purple_xfer_set_bytes_sent (xfer, purple_xfer_get_bytes_sent (xfer) + length);
  return TRUE;
}

static gboolean
on_download_data (WnDownload *download,
                  const guint8 *bytes,
                  gsize length,
                  gpointer user_data)
{
  WnTransfer *self = user_data;

  if (self->file != NULL ? !write_to_file (self, bytes, length)
                         : !hand_to_host (self->xfer, bytes, length))
    return FALSE;
  self->status.n_received += (gint64) length;
  transfer_report (self, WN_TRANSFER_RUNNING);
  update_progress (self);
  return TRUE;
}

static void
on_download_finished (WnDownload *download, gpointer user_data)
{
  WnTransfer *self = user_data;
  PurpleXfer *xfer = self->xfer;
  GError *error = NULL;
  g_autofree char *path = NULL;

  if (self->file != NULL)
    path = wn_part_file_finish (self->file, &error);
  if (error != NULL)
    {
      fail_transfer (xfer, error);
      return;
    }
  if (path != NULL)
    purple_xfer_set_local_filename (xfer, path);
  purple_xfer_ref (xfer);
  purple_xfer_set_size (xfer, purple_xfer_get_bytes_sent (xfer));
  purple_xfer_set_completed (xfer, TRUE);
  if (xfer->data != NULL)
    purple_xfer_end (xfer);
  purple_xfer_unref (xfer);
}

static void start_download (WnTransfer *self);

static void
on_transfer_certificate_answer (gboolean accepted, gpointer user_data)
{
  PurpleXfer *xfer = user_data;
  WnTransfer *self = xfer->data;

  if (self == NULL)
    return;
  if (accepted)
    start_download (self);
  else
    fail_transfer (xfer, wn_download_error_new (WN_DOWNLOAD_ERROR_CERTIFICATE));
}

/* Returns whether the user is asked about the certificate that the download
 * has failed for.
 */
static gboolean
transfer_ask_about_certificate (WnTransfer *self)
{
  g_autoptr (WnTlsDoubt) doubt = wn_download_dup_doubt (self->download);

  if (doubt == NULL || self->config.certificates == NULL)
    return FALSE;
  purple_xfer_ref (self->xfer);
  return wn_certificates_ask (self->config.certificates,
                              doubt,
                              on_transfer_certificate_answer,
                              self->xfer,
                              (GDestroyNotify) purple_xfer_unref);
}

static void
on_download_failed (WnDownload *download,
                    const GError *error,
                    gpointer user_data)
{
  WnTransfer *self = user_data;

  if (!transfer_ask_about_certificate (self))
    fail_transfer (self->xfer, g_error_copy (error));
}

static void
start_download (WnTransfer *self)
{
  static const WnDownloadListener listener = {
    .started = on_download_started,
    .data = on_download_data,
    .finished = on_download_finished,
    .failed = on_download_failed,
  };

  transfer_drop_download (self);
  self->download = wn_download_new (&self->config.download, &listener, self);
  wn_tick_set (self->download, TRUE);
}

/* --- libpurple's calls --- */

static void
accept_transfer (WnTransfer *self)
{
  const char *path = purple_xfer_get_local_filename (self->xfer);
  const PurpleXferUiOps *ops = purple_xfer_get_ui_ops (self->xfer);

  if (ops == NULL || ops->ui_write == NULL)
    self->file = wn_part_file_new (path != NULL ? path : "", self->mode);
  transfer_report (self, WN_TRANSFER_RUNNING);
  start_download (self);
}

static void
on_xfer_init (PurpleXfer *xfer)
{
  WnTransfer *self = xfer->data;

  if (self == NULL)
    {
      /* A dialog that outlived its transfer. Its own reference is dropped by
       * who called us.
       */
      purple_xfer_ref (xfer);
      purple_xfer_cancel_local (xfer);
    }
  else if (self->download == NULL)
    accept_transfer (self);
}

/* Finch calls its save dialog's OK, and then its cancel callback, which has
 * marked the transfer as cancelled and drops two references once we return.
 */
static void
go_on_after_denial (PurpleXfer *xfer)
{
  purple_xfer_ref (xfer);
  purple_xfer_ref (xfer);
  xfer->status = xfer->start_time != 0 ? PURPLE_XFER_STATUS_STARTED
                                       : PURPLE_XFER_STATUS_ACCEPTED;
}

static void
on_xfer_request_denied (PurpleXfer *xfer)
{
  WnTransfer *self = xfer->data;

  if (self == NULL)
    return;
  if (self->denied != NULL)
    *self->denied = TRUE;
  else if (self->download != NULL)
    go_on_after_denial (xfer);
  else
    transfer_end (g_steal_pointer (&xfer->data), WN_TRANSFER_DENIED);
}

static void
on_xfer_cancel_recv (PurpleXfer *xfer)
{
  WnTransfer *self = g_steal_pointer (&xfer->data);

  if (self != NULL)
    transfer_end (self,
                  self->error != NULL ? WN_TRANSFER_FAILED
                                      : WN_TRANSFER_CANCELLED);
}

static void
on_xfer_end (PurpleXfer *xfer)
{
  WnTransfer *self = g_steal_pointer (&xfer->data);

  if (self != NULL)
    transfer_end (self, WN_TRANSFER_DONE);
}

/* --- The interface --- */

PurpleXfer *
wn_transfer_offer (const WnTransferConfig *config,
                   WnTransferFunc func,
                   gpointer user_data,
                   GDestroyNotify destroy)
{
  PurpleAccount *account = purple_connection_get_account (config->gc);
  PurpleXfer *xfer
      = purple_xfer_new (account, PURPLE_XFER_RECEIVE, config->who);
  WnTransfer *self;
  gboolean lives;

  g_return_val_if_fail (xfer != NULL, NULL);
  self = g_new0 (WnTransfer, 1);
  self->config = *config;
  self->xfer = xfer;
  self->mode = wn_host_get ()->passes_files_on ? WN_PART_FILE_IN_PLACE
                                               : WN_PART_FILE_REPLACES;
  self->status.state = WN_TRANSFER_OFFERED;
  self->status.size = config->size > 0 ? config->size : WN_SIZE_UNKNOWN;
  self->func = func;
  self->user_data = user_data;
  self->destroy = destroy;
  xfer->data = self;
  purple_xfer_set_filename (xfer, config->file_name);
  purple_xfer_set_size (xfer, get_size_for_host (config->size));
  purple_xfer_set_init_fnc (xfer, on_xfer_init);
  purple_xfer_set_request_denied_fnc (xfer, on_xfer_request_denied);
  purple_xfer_set_cancel_recv_fnc (xfer, on_xfer_cancel_recv);
  purple_xfer_set_end_fnc (xfer, on_xfer_end);
  /* Last: a plugin may accept, refuse or end it inside. */
  purple_xfer_ref (xfer);
  purple_xfer_request (xfer);
  lives = xfer->data != NULL;
  purple_xfer_unref (xfer);
  return lives ? xfer : NULL;
}

void
wn_transfer_accept (PurpleXfer *xfer, const char *folder)
{
  WnTransfer *self = xfer->data;
  g_autofree char *path
      = g_build_filename (folder, purple_xfer_get_filename (xfer), NULL);

  g_return_if_fail (self->status.state == WN_TRANSFER_OFFERED);
  if (!call_despite_denial (xfer, purple_request_close_with_handle))
    purple_xfer_unref (xfer); /* the dialog's */
  self->mode = WN_PART_FILE_SPARES;
  xfer->status = PURPLE_XFER_STATUS_NOT_STARTED;
  purple_xfer_ref (xfer);
  purple_xfer_request_accepted (xfer, path);
  purple_xfer_unref (xfer);
}

/* A transfer whose end has begun comes to it by itself: whoever signs off is
 * told of that end just now.
 */
static gboolean
is_ending (const PurpleXfer *xfer)
{
  return purple_xfer_is_canceled (xfer) || purple_xfer_is_completed (xfer);
}

static PurpleXfer *
find_live_xfer (const PurpleAccount *account)
{
  for (GList *l = purple_xfers_get_all (); l != NULL; l = l->next)
    {
      PurpleXfer *xfer = l->data;

      if (xfer->ops.init == on_xfer_init && xfer->account == account
          && xfer->data != NULL && !is_ending (xfer))
        return xfer;
    }
  return NULL;
}

/* A line of nobody: the contacts say nothing any more. */
static void
say_that_it_ended (PurpleXfer *xfer)
{
  PurpleConversation *conversation
      = purple_find_conversation_with_account (PURPLE_CONV_TYPE_IM,
                                               xfer->who,
                                               xfer->account);
  g_autofree char *text = wn_sentence_dup (WN_SENTENCE_EXPORT_ENDED,
                                           purple_xfer_get_filename (xfer));
  g_autofree char *html = wn_markup_escape (text);

  if (conversation != NULL)
    purple_conversation_write (conversation,
                               NULL,
                               html,
                               PURPLE_MESSAGE_SYSTEM,
                               time (NULL));
}

static void
end_transfer (PurpleXfer *xfer)
{
  const WnTransfer *self = xfer->data;
  gboolean was_running = self->status.state == WN_TRANSFER_RUNNING;

  purple_xfer_ref (xfer);
  wn_transfer_withdraw (xfer);
  if (was_running)
    say_that_it_ended (xfer);
  purple_xfer_unref (xfer);
}

void
wn_transfers_cancel_all (PurpleConnection *gc)
{
  PurpleXfer *xfer;

  /* The list changes under each cancel, which takes its own off. */
  while ((xfer = find_live_xfer (gc->account)) != NULL)
    end_transfer (xfer);
}
