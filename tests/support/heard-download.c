/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later */

#include "support/heard-download.h"

static void
on_started (WnDownload *download, gint64 size, gpointer user_data)
{
  WnHeardDownload *self = user_data;

  g_clear_pointer (&self->bytes, g_byte_array_unref);
  self->bytes = g_byte_array_new ();
  self->n_started++;
}

static gboolean
on_data (WnDownload *download,
         const guint8 *bytes,
         gsize length,
         gpointer user_data)
{
  WnHeardDownload *self = user_data;

  g_byte_array_append (self->bytes, bytes, (guint) length);
  return TRUE;
}

static void
on_finished (WnDownload *download, gpointer user_data)
{
  ((WnHeardDownload *) user_data)->is_done = TRUE;
}

static void
on_failed (WnDownload *download, const GError *error, gpointer user_data)
{
  WnHeardDownload *self = user_data;

  self->error = g_error_copy (error);
  self->is_done = TRUE;
}

const WnDownloadListener wn_heard_download_listener = {
  .started = on_started,
  .data = on_data,
  .finished = on_finished,
  .failed = on_failed,
};

void
wn_heard_download_clear (WnHeardDownload *self)
{
  g_clear_pointer (&self->bytes, g_byte_array_unref);
  g_clear_error (&self->error);
}
