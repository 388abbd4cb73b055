/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One connection at a time; the newest counts.
 */

#include "support/raw-server.h"

#include <string.h>

#include "support/accept.h"
#include "support/loopback.h"

#define MAX_PENDING_BYTES (64 * 1024)

struct _WnRawServer
{
  const WnRawScript *script;     /* (unowned): for who comes next */
  const WnRawScript *playing;    /* (unowned): to who is there */
  GSocketService *service;       /* (owned) (nullable): while it listens */
  GSocketConnection *connection; /* (owned) (nullable) */
  GSource *input;                /* (owned) (nullable) */
  GSource *output;               /* (owned) (nullable) */
  GSource *drip;                 /* (owned) (nullable): output goes on then */
  const char *address;           /* (unowned): static */
  guint16 port;
  guint n_connections;
  guint64 n_sent;
  GString *request; /* (owned) */
  gboolean has_request;
  GByteArray *received; /* (owned) */
  GByteArray *to_send;  /* (owned) */
  gboolean hangs_up;
  gboolean is_left;
};

static void
drop_source (GSource **source)
{
  if (*source)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
drop_connection (WnRawServer *self)
{
  drop_source (&self->input);
  drop_source (&self->output);
  drop_source (&self->drip);
  if (self->connection && self->playing->resets)
    wn_loopback_reset (self->connection);
  else if (self->connection)
    g_io_stream_close (G_IO_STREAM (self->connection), NULL, NULL);
  g_clear_object (&self->connection);
}

static void
refill (WnRawServer *self)
{
  const char *forever = self->playing->forever;

  while (forever && self->has_request && !self->hangs_up
         && self->to_send->len < MAX_PENDING_BYTES)
    g_byte_array_append (self->to_send,
                         (const guint8 *) forever,
                         (guint) strlen (forever));
}

static void start_output (WnRawServer *self);

static gboolean
on_drip (gpointer user_data)
{
  WnRawServer *self = user_data;

  drop_source (&self->drip);
  start_output (self);
  return G_SOURCE_REMOVE;
}

static void
wait_for_drip (WnRawServer *self)
{
  drop_source (&self->output);
  self->drip = g_timeout_source_new (self->playing->drip_ms);
  g_source_set_static_name (self->drip, "raw-server drip");
  g_source_set_callback (self->drip, on_drip, self, NULL);
  g_source_attach (self->drip, NULL);
}

static gboolean
on_output_ready (GObject *stream, gpointer user_data)
{
  WnRawServer *self = user_data;
  gsize max = self->playing->answer_bytes;
  gssize n;
  g_autoptr (GError) error = NULL;

  refill (self);
  if (self->to_send->len == 0)
    {
      drop_source (&self->output);
      if (self->hangs_up)
        drop_connection (self);
      return G_SOURCE_REMOVE;
    }
  n = g_pollable_output_stream_write_nonblocking (
      G_POLLABLE_OUTPUT_STREAM (stream),
      self->to_send->data,
      max > 0 ? MIN (max, self->to_send->len) : self->to_send->len,
      NULL,
      &error);
  if (n > 0)
    {
      g_byte_array_remove_range (self->to_send, 0, (guint) n);
      self->n_sent += (guint64) n;
      if (self->playing->drip_ms > 0)
        {
          wait_for_drip (self);
          return G_SOURCE_REMOVE;
        }
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      self->is_left = TRUE;
      drop_source (&self->output);
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

static void
start_output (WnRawServer *self)
{
  GOutputStream *stream;

  if (self->output || self->drip || !self->connection)
    return;
  stream = g_io_stream_get_output_stream (G_IO_STREAM (self->connection));
  self->output
      = g_pollable_output_stream_create_source (G_POLLABLE_OUTPUT_STREAM (
                                                    stream),
                                                NULL);
  g_source_set_callback (self->output,
                         G_SOURCE_FUNC (on_output_ready),
                         self,
                         NULL);
  g_source_attach (self->output, NULL);
}

static void
answer (WnRawServer *self)
{
  const char *planned = self->playing->answer ? self->playing->answer : "";
  g_autoptr (GByteArray) bytes
      = wn_accept_fill_in (planned, strlen (planned), self->request->str);

  self->hangs_up = self->playing->hangs_up || self->playing->resets;
  if (self->playing->is_deaf)
    drop_source (&self->input);
  if (bytes->len > 0 || self->playing->forever || self->hangs_up)
    wn_raw_server_send (self, bytes->data, bytes->len);
}

static void
take (WnRawServer *self, const char *bytes, gsize length)
{
  const char *end;
  gsize head_bytes;

  if (self->has_request)
    {
      g_byte_array_append (self->received,
                           (const guint8 *) bytes,
                           (guint) length);
      return;
    }
  g_string_append_len (self->request, bytes, (gssize) length);
  end = strstr (self->request->str, "\r\n\r\n");
  if (!end)
    return;
  head_bytes = (gsize) (end - self->request->str) + strlen ("\r\n\r\n");
  self->has_request = TRUE;
  g_byte_array_append (self->received,
                       (const guint8 *) self->request->str + head_bytes,
                       (guint) (self->request->len - head_bytes));
  g_string_truncate (self->request, head_bytes);
  answer (self);
}

static gboolean
on_input_ready (GObject *stream, gpointer user_data)
{
  WnRawServer *self = user_data;
  char buffer[4096];
  g_autoptr (GError) error = NULL;
  gssize n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (
                                                           stream),
                                                       buffer,
                                                       sizeof buffer,
                                                       NULL,
                                                       &error);

  if (n > 0)
    take (self, buffer, (gsize) n);
  else if (n == 0
           || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      self->is_left = TRUE;
      drop_source (&self->input);
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_service_incoming (GSocketService *service,
                     GSocketConnection *connection,
                     GObject *source_object,
                     gpointer user_data)
{
  WnRawServer *self = user_data;
  GInputStream *stream
      = g_io_stream_get_input_stream (G_IO_STREAM (connection));

  drop_connection (self);
  self->playing = self->script;
  self->n_connections++;
  self->n_sent = 0;
  self->has_request = self->hangs_up = self->is_left = FALSE;
  g_string_truncate (self->request, 0);
  g_byte_array_set_size (self->received, 0);
  g_byte_array_set_size (self->to_send, 0);

  g_tcp_connection_set_graceful_disconnect (G_TCP_CONNECTION (connection),
                                            FALSE);
  self->connection = g_object_ref (connection);
  self->input
      = g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (stream),
                                               NULL);
  g_source_set_callback (self->input,
                         G_SOURCE_FUNC (on_input_ready),
                         self,
                         NULL);
  g_source_attach (self->input, NULL);
  return TRUE;
}

static void
listen_at (WnRawServer *self, guint16 port)
{
  self->service = g_socket_service_new ();
  self->port = wn_loopback_listen_at (G_SOCKET_LISTENER (self->service),
                                      self->address,
                                      port);
  g_signal_connect (self->service,
                    "incoming",
                    G_CALLBACK (on_service_incoming),
                    self);
}

static void
stop_listening (WnRawServer *self)
{
  if (self->service)
    wn_loopback_unlisten (g_steal_pointer (&self->service), self);
}

WnRawServer *
wn_raw_server_new (const WnRawScript *script)
{
  return wn_raw_server_new_at (script, "127.0.0.1", 0);
}

WnRawServer *
wn_raw_server_new_at (const WnRawScript *script,
                      const char *address,
                      guint16 port)
{
  WnRawServer *self = g_new0 (WnRawServer, 1);

  self->script = self->playing = script;
  self->request = g_string_new (NULL);
  self->received = g_byte_array_new ();
  self->to_send = g_byte_array_new ();
  self->address = address;
  listen_at (self, port);
  return self;
}

void
wn_raw_server_free (WnRawServer *self)
{
  drop_connection (self);
  stop_listening (self);
  g_string_free (self->request, TRUE);
  g_byte_array_unref (self->received);
  g_byte_array_unref (self->to_send);
  g_free (self);
}

void
wn_raw_server_set_script (WnRawServer *self, const WnRawScript *script)
{
  self->script = script;
}

void
wn_raw_server_set_listening (WnRawServer *self, gboolean listens)
{
  stop_listening (self);
  if (listens)
    listen_at (self, self->port);
}

guint16
wn_raw_server_get_port (WnRawServer *self)
{
  return self->port;
}

const char *
wn_raw_server_get_request (WnRawServer *self)
{
  return self->has_request ? self->request->str : NULL;
}

GByteArray *
wn_raw_server_get_received (WnRawServer *self)
{
  return self->received;
}

guint
wn_raw_server_get_n_connections (WnRawServer *self)
{
  return self->n_connections;
}

guint64
wn_raw_server_get_n_sent (WnRawServer *self)
{
  return self->n_sent;
}

gboolean
wn_raw_server_is_left (WnRawServer *self)
{
  return self->is_left;
}

void
wn_raw_server_send (WnRawServer *self, const void *data, gsize length)
{
  g_byte_array_append (self->to_send, data, (guint) length);
  start_output (self);
}

void
wn_raw_server_send_frame (WnRawServer *self,
                          guint8 first_byte,
                          const void *payload,
                          gsize length)
{
  guint8 head[10] = { first_byte };
  gsize n_length_bytes = length < 126 ? 0 : length <= G_MAXUINT16 ? 2 : 8;

  head[1] = (guint8) (n_length_bytes == 0   ? length
                      : n_length_bytes == 2 ? 126
                                            : 127);
  for (gsize i = 0; i < n_length_bytes; i++)
    head[2 + i] = (guint8) (length >> (8 * (n_length_bytes - 1 - i)));
  wn_raw_server_send (self, head, 2 + n_length_bytes);
  wn_raw_server_send (self, payload, length);
}

void
wn_raw_server_reset (WnRawServer *self)
{
  if (self->connection)
    wn_loopback_reset (self->connection);
  g_clear_object (&self->connection);
  drop_connection (self);
}

void
wn_raw_server_hang_up (WnRawServer *self)
{
  self->hangs_up = TRUE;
  start_output (self);
}
