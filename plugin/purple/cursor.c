/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The file always has the same size and one write() fills it, so that a host
 * that is killed leaves the old content or the new one.
 */

#include "purple/cursor.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/dialect/dialect.h"

#define FOLDER "webnotify"
#define RECORD_BYTES (WN_MAX_CURSOR_CHARS + 1)

struct _WnCursor
{
  char *path;   /* (owned) */
  char *cursor; /* (owned) (nullable) */
  guint flush;  /* 0: none */
};

static char *
dup_path (PurpleAccount *account, const char *server_url)
{
  g_autofree char *key
      = g_strjoin ("\n",
                   purple_normalize (account,
                                     purple_account_get_username (account)),
                   server_url,
                   NULL);
  g_autofree char *name
      = g_compute_checksum_for_string (G_CHECKSUM_SHA256, key, -1);

  return g_build_filename (purple_user_dir (), FOLDER, name, NULL);
}

static char *
load_cursor (const char *path)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  g_strchomp (text);
  return wn_cursor_is_sound (text) ? g_steal_pointer (&text) : NULL;
}

static void
save_cursor (const WnCursor *self)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  char record[RECORD_BYTES];
  int fd;

  memset (record, ' ', sizeof record);
  memcpy (record, self->cursor, strlen (self->cursor));
  record[sizeof record - 1] = '\n';
  g_mkdir_with_parents (folder, 0700);
  fd = g_open (self->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || write (fd, record, sizeof record) != sizeof record)
    g_debug ("cursor: could not be kept: %s", g_strerror (errno));
  if (fd >= 0)
    close (fd);
}

static gboolean
on_flush (gpointer user_data)
{
  WnCursor *self = user_data;

  self->flush = 0;
  save_cursor (self);
  return G_SOURCE_REMOVE;
}

static void
flush_cursor (WnCursor *self)
{
  if (self->flush == 0)
    return;
  g_clear_handle_id (&self->flush, g_source_remove);
  save_cursor (self);
}

WnCursor *
wn_cursor_new (PurpleAccount *account, const char *server_url)
{
  WnCursor *self = g_rc_box_new0 (WnCursor);

  self->path = dup_path (account, server_url);
  self->cursor = load_cursor (self->path);
  return self;
}

static void
cursor_clear (gpointer data)
{
  WnCursor *self = data;

  flush_cursor (self);
  g_free (self->path);
  g_free (self->cursor);
}

WnCursor *
wn_cursor_ref (WnCursor *self)
{
  return g_rc_box_acquire (self);
}

void
wn_cursor_unref (WnCursor *self)
{
  g_rc_box_release_full (self, cursor_clear);
}

void
wn_cursor_close (WnCursor *self)
{
  flush_cursor (self);
  wn_cursor_unref (self);
}

const char *
wn_cursor_get (const WnCursor *self)
{
  return self->cursor;
}

void
wn_cursor_begin (WnCursor *self, const char *cursor)
{
  if (cursor == NULL && self->cursor != NULL)
    {
      g_clear_handle_id (&self->flush, g_source_remove);
      g_clear_pointer (&self->cursor, g_free);
      g_unlink (self->path);
    }
  else if (cursor != NULL && self->cursor == NULL)
    wn_cursor_advance (self, cursor);
}

void
wn_cursor_advance (WnCursor *self, const char *cursor)
{
  g_return_if_fail (wn_cursor_is_sound (cursor));

  g_free (self->cursor);
  self->cursor = g_strdup (cursor);
  /* Written before anything else gets its turn. */
  if (self->flush == 0)
    self->flush = g_idle_add_full (G_PRIORITY_HIGH, on_flush, self, NULL);
}
