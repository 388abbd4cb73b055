/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A PurpleXfer fed by a WnDownload. libpurple owns the PurpleXfer and opens
 * and closes the file; what is here is pushed into it. It has no socket of
 * libpurple's.
 *
 * The references are libpurple's, and uneven: each place below that takes one
 * says which call of the host's it makes up for.
 */

#include "purple/transfer.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "purple/tick.h"

#define PROGRESS_INTERVAL_US (G_TIME_SPAN_SECOND / 10)

typedef struct
{
  PurpleXfer *xfer;      /* (unowned): its data is this */
  char *url;             /* (owned) */
  char *authorization;   /* (owned) (nullable) */
  GProxyResolver *proxy; /* (owned) (nullable) */
  WnTlsTrust *trust;     /* (owned) (nullable) */
  WnDownload *download;  /* (owned) (nullable): from the acceptance on */
  gint64 size;           /* bytes announced, or WN_SIZE_UNKNOWN */
  gint64 n_received;     /* bytes */
  gint64 progress_us;    /* when the host was last told, monotonic */
  gboolean *denied;      /* (unowned) (nullable): cancel()'s, while it runs */
  gboolean is_opening;   /* a cancel now means that the file can't be opened */
  gboolean is_writing;   /* a cancel now means that it can't be written */
  char *reason;          /* (owned) (nullable): why it fails */
  WnTransferFunc func;
  gpointer user_data;     /* (owned) */
  GDestroyNotify destroy; /* for user_data */
} WnTransfer;

static void
transfer_free (WnTransfer *self)
{
  if (self->download != NULL)
    {
      wn_download_cancel (self->download);
      wn_tick_release ();
    }
  g_clear_object (&self->download);
  g_clear_object (&self->proxy);
  g_clear_object (&self->trust);
  self->destroy (self->user_data);
  g_free (self->reason);
  g_free (self->authorization);
  g_free (self->url);
  g_free (self);
}

static void
report (WnTransfer *self, WnTransferState state)
{
  WnTransferStatus status = {
    .state = state,
    .n_received = self->n_received,
    .size = self->size,
    .reason = self->reason,
  };

  self->func (&status, self->user_data);
}

/* The end, whichever way it came. Who calls this has taken the transfer from
 * its PurpleXfer, so that a second end is none.
 */
static void
end (WnTransfer *self, WnTransferState state)
{
  report (self, state);
  transfer_free (self);
}

/* --- the file --- */

static gboolean
is_same_regular_file (const struct stat *a, const struct stat *b)
{
  return S_ISREG (a->st_mode) && a->st_dev == b->st_dev
         && a->st_ino == b->st_ino;
}

/* An open file is one that libpurple has truncated for us: what is in it is
 * part of a file at best. Through a link, the file goes and the link stays. */
static void
remove_partial_file (PurpleXfer *xfer)
{
  const char *local = purple_xfer_get_local_filename (xfer);
  g_autofree char *path = NULL;
  struct stat open_file, named_file;

  if (xfer->dest_fp == NULL || local == NULL)
    return;
  path = realpath (local, NULL);
  if (path == NULL || fstat (fileno (xfer->dest_fp), &open_file) != 0
      || lstat (path, &named_file) != 0)
    return;
  if (is_same_regular_file (&open_file, &named_file))
    g_unlink (path);
}

/* purple_xfer_end() ignores what fclose() says. Closing a second descriptor
 * makes network file systems report now what they would only say at the end. */
static gboolean
flush_file (PurpleXfer *xfer)
{
  int fd;

  if (xfer->dest_fp == NULL) /* the host takes the bytes itself */
    return TRUE;
  if (fflush (xfer->dest_fp) != 0 || ferror (xfer->dest_fp))
    return FALSE;
  fd = dup (fileno (xfer->dest_fp));
  return fd < 0 || close (fd) == 0;
}

/* Not where the host has unlinked it (as BitlBee does): it is passing on what
 * is in it already. */
static gboolean
empty_file (PurpleXfer *xfer)
{
  struct stat open_file;

  if (xfer->dest_fp == NULL)
    return purple_xfer_get_bytes_sent (xfer) == 0;
  if (fflush (xfer->dest_fp) != 0
      || fstat (fileno (xfer->dest_fp), &open_file) != 0
      || open_file.st_nlink == 0 || ftruncate (fileno (xfer->dest_fp), 0) != 0)
    return FALSE;
  return fseek (xfer->dest_fp, 0, SEEK_SET) == 0;
}

/* Bytes that can be written where @path is to be: what is free there, and what
 * the file that is there now gives back. G_MAXUINT64 where that can't be said.
 */
static guint64
count_room (const char *path)
{
  g_autofree char *dir = g_path_get_dirname (path);
  struct statvfs disk;
  struct stat earlier;
  guint64 n_bytes;

  if (statvfs (dir, &disk) != 0 || disk.f_blocks == 0)
    return G_MAXUINT64;
  n_bytes = (guint64) disk.f_bavail * disk.f_frsize;
  if (lstat (path, &earlier) != 0)
    return n_bytes;
  if (!S_ISREG (earlier.st_mode)) /* it leads elsewhere */
    return G_MAXUINT64;
  return n_bytes + (guint64) earlier.st_blocks * 512;
}

/* Opening the file empties it: for nothing, where there is no room for the new
 * one.
 */
static gboolean
has_room (PurpleXfer *xfer, gint64 size)
{
  const char *local = purple_xfer_get_local_filename (xfer);

  return size <= 0 || local == NULL || (guint64) size <= count_room (local);
}

/* --- endings --- */

/* BitlBee only listens to the other end's cancelling; told nothing, it leaves
 * its user waiting for the rest. */
static void
tell_host_of_cancel (PurpleXfer *xfer)
{
  const PurpleXferUiOps *ops = purple_xfer_get_ui_ops (xfer);

  if (ops != NULL && ops->cancel_local == NULL && ops->cancel_remote != NULL)
    ops->cancel_remote (xfer);
}

/* In Finch, closing its save dialog calls that dialog's cancel callback, which
 * drops two references that the rest of purple_xfer_cancel_local() still
 * needs. In other hosts nothing is called. */
static void
cancel (PurpleXfer *xfer)
{
  WnTransfer *self = xfer->data;
  gboolean denied = FALSE;

  self->denied = &denied;
  purple_xfer_ref (xfer);
  purple_xfer_ref (xfer);
  purple_xfer_cancel_local (xfer);
  tell_host_of_cancel (xfer);
  purple_xfer_unref (xfer);
  if (!denied)
    purple_xfer_unref (xfer);
}

static void
show_failure (PurpleXfer *xfer, const char *reason)
{
  const char *name = purple_xfer_get_filename (xfer);
  g_autofree char *text
      = g_strdup_printf (_ ("“%s” could not be downloaded. %s To be asked "
                            "again, write: /download %s"),
                         name,
                         reason,
                         name);

  purple_xfer_conversation_write (xfer, text, TRUE);
  purple_xfer_error (purple_xfer_get_type (xfer),
                     purple_xfer_get_account (xfer),
                     purple_xfer_get_remote_user (xfer),
                     text);
}

static void
fail (PurpleXfer *xfer, const char *reason)
{
  WnTransfer *self = xfer->data;

  self->reason = g_strdup (reason);
  purple_xfer_ref (xfer);
  show_failure (xfer, reason);
  if (xfer->data != NULL)
    cancel (xfer);
  purple_xfer_unref (xfer);
}

static char *
dup_unwritable_reason (int error_number)
{
  return g_strdup_printf (_ ("Writing the file failed: %s."),
                          g_strerror (error_number));
}

/* libpurple keeps the system's reason to itself. It is asked for again, with
 * a byte more to a file that is about to be removed.
 */
static char *
dup_write_reason (PurpleXfer *xfer)
{
  struct stat open_file;

  if (xfer->dest_fp == NULL || fstat (fileno (xfer->dest_fp), &open_file) != 0
      || (S_ISREG (open_file.st_mode) && open_file.st_nlink == 0)
      || write (fileno (xfer->dest_fp), "", 1) == 1)
    return g_strdup (_ ("Writing the file failed: the disk may be full."));
  return dup_unwritable_reason (errno);
}

static const char *
get_short_reason (void)
{
  return _ ("The server stopped before the file was complete.");
}

static const char *
get_long_reason (void)
{
  return _ ("The server sent more than it had announced.");
}

/* What the user can do about it; %NULL: nothing. */
static const char *
get_advice (const GError *error)
{
  if (g_error_matches (error, WN_DOWNLOAD_ERROR, WN_DOWNLOAD_ERROR_PROXY))
    return _ ("Please check the account's proxy settings.");
  if (g_error_matches (error,
                       WN_DOWNLOAD_ERROR,
                       WN_DOWNLOAD_ERROR_UNAUTHORIZED))
    return _ ("Please check the account's password.");
  if (g_error_matches (error, WN_DOWNLOAD_ERROR, WN_DOWNLOAD_ERROR_NETWORK)
      || g_error_matches (error, WN_DOWNLOAD_ERROR, WN_DOWNLOAD_ERROR_SHORT)
      || g_error_matches (error, WN_DOWNLOAD_ERROR, WN_DOWNLOAD_ERROR_SLOW))
    return _ ("Please try again later.");
  return NULL;
}

char *
wn_transfer_dup_reason (const GError *error)
{
  const char *advice = get_advice (error);

  return g_strjoin (" ", error->message, advice, NULL);
}

/* --- the download's calls; each may be the last thing that self lives for ---
 */

/* 0 is libpurple's word for not known; on 32 bits, that is all it can be told
 * of a file of 4 GiB. */
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

/* Where the file cannot be opened, libpurple says why and cancels inside. */
static void
begin_file (PurpleXfer *xfer)
{
  WnTransfer *self = xfer->data;

  purple_xfer_ref (xfer);
  self->is_opening = TRUE;
  purple_xfer_start (xfer, -1, NULL, 0);
  if (xfer->data != NULL)
    self->is_opening = FALSE;
  if (purple_xfer_is_canceled (xfer))
    tell_host_of_cancel (xfer);
  purple_xfer_unref (xfer);
}

static void
begin_file_if_room (PurpleXfer *xfer, gint64 size)
{
  if (has_room (xfer, size))
    begin_file (xfer);
  else
    {
      g_autofree char *reason = dup_unwritable_reason (ENOSPC);

      fail (xfer, reason);
    }
}

static void
on_download_started (WnDownload *download, gint64 size, gpointer user_data)
{
  WnTransfer *self = user_data;
  PurpleXfer *xfer = self->xfer;

  if (is_file_begun (xfer) && !empty_file (xfer))
    {
      fail (xfer, get_short_reason ());
      return;
    }
  self->size = size;
  self->n_received = 0;
  purple_xfer_set_bytes_sent (xfer, 0);
  purple_xfer_set_size (xfer, get_size_for_host (size));
  if (!is_file_begun (xfer))
    begin_file_if_room (xfer, size);
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

/* A write that fails has cancelled the transfer before it returns. */
static gboolean
write_bytes (PurpleXfer *xfer, const guint8 *bytes, gsize length)
{
  WnTransfer *self = xfer->data;
  gboolean written;

  purple_xfer_ref (xfer);
  self->is_writing = TRUE;
  written = purple_xfer_write_file (xfer, bytes, length);
  if (!written)
    tell_host_of_cancel (xfer);
  written = written && xfer->data != NULL;
  if (written)
    self->is_writing = FALSE;
  purple_xfer_unref (xfer);
  return written;
}

static gboolean
on_download_data (WnDownload *download,
                  const guint8 *bytes,
                  gsize length,
                  gpointer user_data)
{
  WnTransfer *self = user_data;

  self->n_received += (gint64) length;
  /* write_file would cut it there and call it complete. */
  if (self->size != WN_SIZE_UNKNOWN && self->n_received > self->size)
    {
      fail (self->xfer, get_long_reason ());
      return FALSE;
    }
  if (!write_bytes (self->xfer, bytes, length))
    return FALSE;
  report (self, WN_TRANSFER_RUNNING);
  update_progress (self);
  return TRUE;
}

static void
complete (PurpleXfer *xfer)
{
  purple_xfer_ref (xfer);
  purple_xfer_set_size (xfer, purple_xfer_get_bytes_sent (xfer));
  purple_xfer_set_completed (xfer, TRUE);
  purple_xfer_end (xfer);
  purple_xfer_unref (xfer);
}

static void
on_download_finished (WnDownload *download, gpointer user_data)
{
  WnTransfer *self = user_data;

  if (self->size != WN_SIZE_UNKNOWN && self->n_received < self->size)
    fail (self->xfer, get_short_reason ());
  else if (flush_file (self->xfer))
    complete (self->xfer);
  else
    {
      g_autofree char *reason = dup_unwritable_reason (errno);

      fail (self->xfer, reason);
    }
}

static void
on_download_failed (WnDownload *download,
                    const GError *error,
                    gpointer user_data)
{
  WnTransfer *self = user_data;
  g_autofree char *reason = wn_transfer_dup_reason (error);

  fail (self->xfer, reason);
}

static const WnDownloadListener download_listener = {
  .started = on_download_started,
  .data = on_download_data,
  .finished = on_download_finished,
  .failed = on_download_failed,
};

/* --- libpurple's calls --- */

static void
start_download (WnTransfer *self)
{
  WnDownloadConfig config = {
    .url = self->url,
    .authorization = self->authorization,
    .proxy_resolver = self->proxy,
    .trust = self->trust,
  };

  wn_tick_hold ();
  self->download = wn_download_new (&config, &download_listener, self);
  report (self, WN_TRANSFER_RUNNING);
  wn_download_start (self->download);
}

static void
on_xfer_init (PurpleXfer *xfer)
{
  WnTransfer *self = xfer->data;

  if (self == NULL)
    {
      /* A dialog that outlived its transfer. Its own reference is dropped by
       * who called us. */
      purple_xfer_ref (xfer);
      purple_xfer_cancel_local (xfer);
    }
  else if (self->download == NULL)
    start_download (self);
}

/* Finch calls its save dialog's OK, and then its cancel callback, which has
 * marked the transfer as cancelled and drops two references once we return. */
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
    end (g_steal_pointer (&xfer->data), WN_TRANSFER_DENIED);
}

static void
show_advice (PurpleXfer *xfer)
{
  g_autofree char *text
      = g_strdup_printf (_ ("To be asked again, write: /download %s"),
                         purple_xfer_get_filename (xfer));

  purple_xfer_conversation_write (xfer, text, TRUE);
}

/* Why libpurple has cancelled it by itself, if so. */
static void
find_reason (WnTransfer *self)
{
  if (self->reason != NULL)
    return;
  if (self->is_opening)
    {
      self->reason = g_strdup (_ ("The file could not be opened."));
      show_advice (self->xfer);
    }
  else if (self->is_writing)
    {
      self->reason = dup_write_reason (self->xfer);
      show_failure (self->xfer, self->reason);
    }
}

static void
on_xfer_cancel_recv (PurpleXfer *xfer)
{
  WnTransfer *self = g_steal_pointer (&xfer->data);

  if (self == NULL)
    return;
  find_reason (self);
  remove_partial_file (xfer);
  end (self, self->reason != NULL ? WN_TRANSFER_FAILED : WN_TRANSFER_CANCELLED);
}

static void
on_xfer_end (PurpleXfer *xfer)
{
  WnTransfer *self = g_steal_pointer (&xfer->data);

  if (self != NULL)
    end (self, WN_TRANSFER_DONE);
}

/* --- the interface --- */

static WnTransfer *
transfer_new (PurpleXfer *xfer, const WnDownloadConfig *config)
{
  WnTransfer *self = g_new0 (WnTransfer, 1);

  self->xfer = xfer;
  self->url = g_strdup (config->url);
  self->authorization = g_strdup (config->authorization);
  g_set_object (&self->proxy, config->proxy_resolver);
  g_set_object (&self->trust, config->trust);
  return self;
}

void
wn_transfer_offer (PurpleConnection *gc,
                   const char *who,
                   const char *file_name,
                   const WnDownloadConfig *config,
                   gint64 size,
                   WnTransferFunc func,
                   gpointer user_data,
                   GDestroyNotify destroy)
{
  WnTransfer *self;
  PurpleXfer *xfer = purple_xfer_new (purple_connection_get_account (gc),
                                      PURPLE_XFER_RECEIVE,
                                      who);

  g_return_if_fail (xfer != NULL);
  self = transfer_new (xfer, config);
  self->size = size > 0 ? size : WN_SIZE_UNKNOWN;
  self->func = func;
  self->user_data = user_data;
  self->destroy = destroy;
  xfer->data = self;
  purple_xfer_set_filename (xfer, file_name);
  purple_xfer_set_size (xfer, get_size_for_host (size));
  purple_xfer_set_init_fnc (xfer, on_xfer_init);
  purple_xfer_set_request_denied_fnc (xfer, on_xfer_request_denied);
  purple_xfer_set_cancel_recv_fnc (xfer, on_xfer_cancel_recv);
  purple_xfer_set_end_fnc (xfer, on_xfer_end);
  /* Last: a plugin may accept, refuse or end it inside. */
  purple_xfer_request (xfer);
}

static WnTransfer *
get_live_transfer (PurpleXfer *xfer, PurpleConnection *gc)
{
  if (xfer->ops.init != on_xfer_init
      || purple_xfer_get_account (xfer) != purple_connection_get_account (gc))
    return NULL;
  return xfer->data;
}

static PurpleXfer *
find_live_xfer (PurpleConnection *gc)
{
  for (GList *l = purple_xfers_get_all (); l != NULL; l = l->next)
    if (get_live_transfer (l->data, gc) != NULL)
      return l->data;
  return NULL;
}

void
wn_transfers_cancel_all (PurpleConnection *gc)
{
  PurpleXfer *xfer;

  /* The list changes under each cancel, which takes its own off. */
  while ((xfer = find_live_xfer (gc)) != NULL)
    cancel (xfer);
}
