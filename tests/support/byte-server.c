/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Every connection is a Peer, which the list holds until the other side goes.
 */

#include "support/byte-server.h"

#include <string.h>

#include "support/accept.h"
#include "support/loopback.h"

typedef struct
{
  GBytes *bytes; /* (owned) */
  WnByteEnding ending;
} Answer;

typedef struct
{
  WnByteServer *server;          /* (unowned): holds it */
  GSocketConnection *connection; /* (owned) */
  GSource *input;                /* (owned) (nullable) */
  GSource *output;               /* (owned) (nullable) */
  GString *head;                 /* (owned): of the request under way */
  GByteArray *answer;            /* (owned) (nullable): the one under way */
  WnByteEnding ending;           /* of it */
  gsize n_sent;                  /* of it */
} Peer;

struct _WnByteServer
{
  GSocketService *service; /* (owned) */
  GPtrArray *peers;        /* (owned): of Peer */
  GQueue answers;          /* of Answer (owned) */
  GString *received;       /* (owned) */
  gboolean repeats_last;   /* the last answer is given again and again */
  gsize piece_bytes;
  guint16 port;
  guint n_requests;
};

static void
answer_free (Answer *answer)
{
  g_bytes_unref (answer->bytes);
  g_free (answer);
}

static void
drop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
peer_free (gpointer data)
{
  Peer *peer = data;

  drop_source (&peer->input);
  drop_source (&peer->output);
  g_io_stream_close (G_IO_STREAM (peer->connection), NULL, NULL);
  g_object_unref (peer->connection);
  g_string_free (peer->head, TRUE);
  g_clear_pointer (&peer->answer, g_byte_array_unref);
  g_free (peer);
}

static void
peer_drop (Peer *peer)
{
  g_ptr_array_remove_fast (peer->server->peers, peer);
}

static void
peer_reset (Peer *peer)
{
  wn_loopback_reset (peer->connection);
  peer_drop (peer);
}

static void
peer_end_answer (Peer *peer)
{
  g_clear_pointer (&peer->answer, g_byte_array_unref);
  drop_source (&peer->output);
  if (peer->ending == WN_BYTE_ENDING_CLOSE)
    peer_drop (peer);
  else if (peer->ending == WN_BYTE_ENDING_RESET)
    peer_reset (peer);
  else if (peer->ending == WN_BYTE_ENDING_HALF_CLOSE)
    g_socket_shutdown (g_socket_connection_get_socket (peer->connection),
                       FALSE,
                       TRUE,
                       NULL);
}

static gboolean
on_output_ready (GObject *stream, gpointer user_data)
{
  Peer *peer = user_data;
  gsize left = peer->answer->len - peer->n_sent;
  gsize piece_bytes = peer->server->piece_bytes;
  g_autoptr (GError) error = NULL;
  gssize n = 0;

  if (left > 0)
    n = g_pollable_output_stream_write_nonblocking (
        G_POLLABLE_OUTPUT_STREAM (stream),
        peer->answer->data + peer->n_sent,
        piece_bytes > 0 ? MIN (left, piece_bytes) : left,
        NULL,
        &error);
  if (error != NULL
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      peer_drop (peer);
      return G_SOURCE_REMOVE;
    }
  peer->n_sent += (gsize) MAX (n, 0);
  if (peer->n_sent < peer->answer->len)
    return G_SOURCE_CONTINUE;
  peer_end_answer (peer);
  return G_SOURCE_REMOVE;
}

static void
peer_plan (Peer *peer, const Answer *answer)
{
  gsize length;
  const char *bytes = g_bytes_get_data (answer->bytes, &length);

  peer->answer = wn_accept_fill_in (bytes, length, peer->head->str);
  peer->ending = answer->ending;
  peer->n_sent = 0;
}

/* Returns whether there is an answer. */
static gboolean
peer_take_answer (Peer *peer)
{
  WnByteServer *server = peer->server;
  Answer *answer = g_queue_peek_head (&server->answers);

  if (answer == NULL)
    return FALSE;
  peer_plan (peer, answer);
  if (!server->repeats_last || server->answers.length > 1)
    answer_free (g_queue_pop_head (&server->answers));
  return TRUE;
}

/* Returns whether the peer is still there. */
static gboolean
peer_answer (Peer *peer)
{
  GOutputStream *stream
      = g_io_stream_get_output_stream (G_IO_STREAM (peer->connection));

  peer->server->n_requests++;
  if (peer->answer != NULL || !peer_take_answer (peer))
    {
      peer_drop (peer);
      return FALSE;
    }
  peer->output
      = g_pollable_output_stream_create_source (G_POLLABLE_OUTPUT_STREAM (
                                                    stream),
                                                NULL);
  g_source_set_callback (peer->output,
                         G_SOURCE_FUNC (on_output_ready),
                         peer,
                         NULL);
  g_source_attach (peer->output, NULL);
  return TRUE;
}

/* Returns whether the peer is still there. What comes of a WebSocket after its
 * head is never a head.
 */
static gboolean
peer_take (Peer *peer, const char *bytes, gsize length)
{
  g_string_append_len (peer->server->received, bytes, (gssize) length);
  g_string_append_len (peer->head, bytes, (gssize) length);
  if (strstr (peer->head->str, "\r\n\r\n") == NULL)
    return TRUE;
  if (!peer_answer (peer))
    return FALSE;
  g_string_truncate (peer->head, 0);
  return TRUE;
}

static gboolean
on_input_ready (GObject *stream, gpointer user_data)
{
  Peer *peer = user_data;
  char buffer[4096];
  g_autoptr (GError) error = NULL;
  gssize n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (
                                                           stream),
                                                       buffer,
                                                       sizeof buffer,
                                                       NULL,
                                                       &error);

  if (n > 0)
    return peer_take (peer, buffer, (gsize) n);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  peer_drop (peer);
  return G_SOURCE_REMOVE;
}

static gboolean
on_service_incoming (GSocketService *service,
                     GSocketConnection *connection,
                     GObject *source_object,
                     gpointer user_data)
{
  WnByteServer *self = user_data;
  Peer *peer = g_new0 (Peer, 1);
  GInputStream *stream
      = g_io_stream_get_input_stream (G_IO_STREAM (connection));

  g_tcp_connection_set_graceful_disconnect (G_TCP_CONNECTION (connection),
                                            FALSE);
  g_socket_set_option (g_socket_connection_get_socket (connection),
                       6 /* TCP */,
                       1 /* no delay */,
                       1,
                       NULL);
  peer->server = self;
  peer->connection = g_object_ref (connection);
  peer->head = g_string_new (NULL);
  peer->input
      = g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (stream),
                                               NULL);
  g_source_set_callback (peer->input,
                         G_SOURCE_FUNC (on_input_ready),
                         peer,
                         NULL);
  g_source_attach (peer->input, NULL);
  g_ptr_array_add (self->peers, peer);
  return TRUE;
}

WnByteServer *
wn_byte_server_new (void)
{
  WnByteServer *self = g_new0 (WnByteServer, 1);

  self->peers = g_ptr_array_new_with_free_func (peer_free);
  self->received = g_string_new (NULL);
  self->service = g_socket_service_new ();
  self->port = wn_loopback_listen (G_SOCKET_LISTENER (self->service), 0);
  g_signal_connect (self->service,
                    "incoming",
                    G_CALLBACK (on_service_incoming),
                    self);
  return self;
}

WnByteServer *
wn_byte_server_new_with (const void *answer, gsize length, WnByteEnding ending)
{
  WnByteServer *self = wn_byte_server_new ();

  self->repeats_last = TRUE;
  wn_byte_server_add (self, answer, length, ending);
  return self;
}

void
wn_byte_server_free (WnByteServer *self)
{
  wn_loopback_unlisten (self->service, self);
  g_ptr_array_unref (self->peers);
  g_queue_clear_full (&self->answers, (GDestroyNotify) answer_free);
  g_string_free (self->received, TRUE);
  g_free (self);
}

guint16
wn_byte_server_get_port (WnByteServer *self)
{
  return self->port;
}

char *
wn_byte_server_dup_url (WnByteServer *self)
{
  return g_strdup_printf ("http://127.0.0.1:%u/", self->port);
}

void
wn_byte_server_add (WnByteServer *self,
                    const void *answer,
                    gsize length,
                    WnByteEnding ending)
{
  Answer *next = g_new (Answer, 1);

  next->bytes = g_bytes_new (answer, length);
  next->ending = ending;
  g_queue_push_tail (&self->answers, next);
}

void
wn_byte_server_set_piece (WnByteServer *self, gsize piece_bytes)
{
  self->piece_bytes = piece_bytes;
}

void
wn_byte_server_reset (WnByteServer *self)
{
  while (self->peers->len > 0)
    peer_reset (self->peers->pdata[0]);
}

guint
wn_byte_server_get_n_requests (WnByteServer *self)
{
  return self->n_requests;
}

const GString *
wn_byte_server_get_received (WnByteServer *self)
{
  return self->received;
}

guint
wn_byte_server_get_n_open (WnByteServer *self)
{
  return self->peers->len;
}
