/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libsoup's server; where it is to fall silent in the middle its connection
 * is taken from it and written to as it is.
 */

#include "support/office.h"

#include <string.h>
#include <libsoup/soup.h>

#include "support/descriptors.h"
#include "support/soup.h"

/* A connection that has fallen silent. */
typedef struct
{
  GIOStream *stream; /* (owned) */
  GBytes *rest;      /* (owned): of its file */
} Silent;

struct _WnOffice
{
  SoupServer *soup;     /* (owned) */
  GPtrArray *listeners; /* (owned): of SoupWebsocketConnection */
  GPtrArray *silent;    /* (owned): of Silent */
  GHashTable *files;    /* (owned): of WnOfficeFile */
  guint port;
  guint n_gets;
};

guint8 *
wn_office_dup_bytes (guint n_bytes)
{
  guint8 *bytes = g_malloc (n_bytes);

  for (guint i = 0; i < n_bytes; i++)
    bytes[i] = (guint8) (i * 31 + i / 251);
  return bytes;
}

static void
silent_free (gpointer data)
{
  Silent *silent = data;

  g_object_unref (silent->stream);
  g_bytes_unref (silent->rest);
  g_free (silent);
}

static void
send_part (WnOffice *self, SoupServerMessage *message, const WnOfficeFile *file)
{
  GIOStream *stream = soup_server_message_steal_connection (message);
  GOutputStream *output = g_io_stream_get_output_stream (stream);
  g_autofree guint8 *bytes = wn_office_dup_bytes (file->n_bytes);
  g_autofree char *head
      = file->hides_size
            ? g_strdup ("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            : g_strdup_printf ("HTTP/1.1 200 OK\r\n"
                               "Content-Length: %u\r\n\r\n",
                               file->n_bytes);
  gsize n_sent = (gsize) file->n_bytes * file->percent / 100;
  Silent *silent = g_new0 (Silent, 1);

  silent->stream = stream;
  silent->rest = g_bytes_new (bytes + n_sent, file->n_bytes - n_sent);
  g_ptr_array_add (self->silent, silent);
  if (file->is_deaf)
    return;
  g_output_stream_write_all (output, head, strlen (head), NULL, NULL, NULL);
  g_output_stream_write_all (output, bytes, n_sent, NULL, NULL, NULL);
}

static void
send_whole (SoupServerMessage *message, const WnOfficeFile *file)
{
  SoupMessageBody *body = soup_server_message_get_response_body (message);

  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  if (file->hides_size)
    soup_message_headers_set_encoding (
        soup_server_message_get_response_headers (message),
        SOUP_ENCODING_CHUNKED);
  soup_message_body_append_take (body,
                                 wn_office_dup_bytes (file->n_bytes),
                                 file->n_bytes);
  soup_message_body_complete (body);
}

/* Not a question after the size. */
static gboolean
is_download (SoupServerMessage *message)
{
  return g_str_equal (soup_server_message_get_method (message), SOUP_METHOD_GET)
         && soup_message_headers_get_one (
                soup_server_message_get_request_headers (message),
                "Range")
                == NULL;
}

static void
on_soup_export (SoupServer *soup,
                SoupServerMessage *message,
                const char *path,
                GHashTable *query,
                gpointer user_data)
{
  WnOffice *self = user_data;
  const char *filename
      = query != NULL ? g_hash_table_lookup (query, "filename") : NULL;
  const WnOfficeFile *file
      = filename != NULL ? g_hash_table_lookup (self->files, filename) : NULL;
  gboolean is_get = is_download (message);

  self->n_gets += is_get;
  if (file == NULL)
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
  else if (file->status != 0)
    soup_server_message_set_status (message, file->status, NULL);
  else if (is_get && (file->percent < 100 || file->is_deaf || file->holds_end))
    send_part (self, message, file);
  else
    send_whole (message, file);
}

WnOffice *
wn_office_new (void)
{
  WnOffice *self = g_new0 (WnOffice, 1);

  /* libsoup 3.2's server keeps the sockets of those that have hung up: in
   * hundreds of rounds, more than most users may have by default. */
  wn_descriptors_allow (0);
  self->soup = soup_server_new (NULL, NULL);
  self->listeners = g_ptr_array_new_with_free_func (g_object_unref);
  self->silent = g_ptr_array_new_with_free_func (silent_free);
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  soup_server_add_handler (self->soup,
                           "/exportDownload",
                           on_soup_export,
                           self,
                           NULL);
  wn_soup_collect_websockets (self->soup, self->listeners);
  self->port = wn_soup_listen (self->soup, 0);
  return self;
}

void
wn_office_free (WnOffice *self)
{
  wn_office_drop_listeners (self);
  g_ptr_array_unref (self->listeners);
  g_ptr_array_unref (self->silent);
  soup_server_disconnect (self->soup);
  g_object_unref (self->soup);
  g_hash_table_unref (self->files);
  g_free (self);
}

guint
wn_office_get_port (const WnOffice *self)
{
  return self->port;
}

gboolean
wn_office_has_listener (const WnOffice *self)
{
  return self->listeners->len > 0;
}

void
wn_office_set_file (WnOffice *self,
                    const char *filename,
                    const WnOfficeFile *file)
{
  g_hash_table_insert (self->files,
                       g_strdup (filename),
                       g_memdup2 (file, sizeof (*file)));
}

void
wn_office_push (WnOffice *self, const char *json)
{
  g_assert_true (wn_office_has_listener (self));
  soup_websocket_connection_send_text (
      self->listeners->pdata[self->listeners->len - 1],
      json);
}

void
wn_office_push_export (WnOffice *self, const char *filename)
{
  g_autofree char *json
      = g_strdup_printf ("{\"type\":\"App\\\\Notifications\\\\ExportReady\","
                         "\"title\":\"Ready\",\"filename\":\"%s\"}",
                         filename);

  wn_office_push (self, json);
}

guint
wn_office_get_n_gets (const WnOffice *self)
{
  return self->n_gets;
}

void
wn_office_go_on (WnOffice *self)
{
  for (guint i = 0; i < self->silent->len; i++)
    {
      Silent *silent = self->silent->pdata[i];
      GOutputStream *output = g_io_stream_get_output_stream (silent->stream);

      g_output_stream_write_all (output,
                                 g_bytes_get_data (silent->rest, NULL),
                                 g_bytes_get_size (silent->rest),
                                 NULL,
                                 NULL,
                                 NULL);
    }
  wn_office_hang_up (self);
}

void
wn_office_hang_up (WnOffice *self)
{
  for (guint i = 0; i < self->silent->len; i++)
    g_io_stream_close (((Silent *) self->silent->pdata[i])->stream, NULL, NULL);
  g_ptr_array_set_size (self->silent, 0);
}

void
wn_office_drop_listeners (WnOffice *self)
{
  wn_soup_close_websockets (self->listeners);
}
