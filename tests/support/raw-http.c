/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One connection at a time: reads a head, writes the answer, ends.
 */

#include "support/raw-http.h"

#include <string.h>

#include "support/loopback.h"

typedef struct
{
  GBytes *bytes; /* (owned) */
  RawEnding ending;
} Answer;

struct _RawHttp
{
  GSocketService *service;       /* (owned) */
  GSocketConnection *connection; /* (owned) (nullable): the last one */
  GCancellable *cancellable;     /* (owned) */
  GString *requests;             /* (owned) */
  gsize request_start;           /* where the current one begins in them */
  GQueue answers;                /* of Answer (owned): the first is next */
  Answer *answer;                /* (owned) (nullable): the current one */
  guint16 port;
  char buffer[4096];
};

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_bytes_unref (answer->bytes);
  g_free (answer);
}

static void read_request (RawHttp *server);

static void
on_answer_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source),
                                    result,
                                    NULL,
                                    &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  RawHttp *server = user_data;

  if (server->answer->ending == RAW_ENDING_CLOSE)
    g_io_stream_close (G_IO_STREAM (server->connection), NULL, NULL);
}

static void
write_answer (RawHttp *server)
{
  if (!g_queue_is_empty (&server->answers))
    {
      g_clear_pointer (&server->answer, answer_free);
      server->answer = g_queue_pop_head (&server->answers);
    }
  g_output_stream_write_all_async (
      g_io_stream_get_output_stream (G_IO_STREAM (server->connection)),
      g_bytes_get_data (server->answer->bytes, NULL),
      g_bytes_get_size (server->answer->bytes),
      G_PRIORITY_DEFAULT,
      server->cancellable,
      on_answer_written,
      server);
}

static void
on_request_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gssize n_read
      = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (n_read <= 0)
    return;

  RawHttp *server = user_data;

  g_string_append_len (server->requests, server->buffer, n_read);
  if (strstr (server->requests->str + server->request_start, "\r\n\r\n")
      == NULL)
    read_request (server);
  else
    write_answer (server);
}

static void
read_request (RawHttp *server)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (
                                 G_IO_STREAM (server->connection)),
                             server->buffer,
                             sizeof server->buffer,
                             G_PRIORITY_DEFAULT,
                             server->cancellable,
                             on_request_read,
                             server);
}

static gboolean
on_service_incoming (GSocketService *service,
                     GSocketConnection *connection,
                     GObject *source,
                     gpointer user_data)
{
  RawHttp *server = user_data;

  g_set_object (&server->connection, connection);
  server->request_start = server->requests->len;
  read_request (server);
  return TRUE;
}

RawHttp *
raw_http_new (const char *answer, gsize length, RawEnding ending)
{
  RawHttp *server = g_new0 (RawHttp, 1);

  server->service = g_socket_service_new ();
  server->cancellable = g_cancellable_new ();
  server->requests = g_string_new (NULL);
  g_queue_init (&server->answers);
  raw_http_push (server, answer, length, ending);
  server->port = wn_loopback_listen (G_SOCKET_LISTENER (server->service), 0);
  g_signal_connect (server->service,
                    "incoming",
                    G_CALLBACK (on_service_incoming),
                    server);
  return server;
}

void
raw_http_free (RawHttp *server)
{
  g_cancellable_cancel (server->cancellable);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  wn_loopback_unlisten (server->service, server);
  g_clear_object (&server->connection);
  g_clear_object (&server->cancellable);
  g_string_free (server->requests, TRUE);
  g_clear_pointer (&server->answer, answer_free);
  g_queue_clear_full (&server->answers, answer_free);
  g_free (server);
}

char *
raw_http_dup_url (const RawHttp *server)
{
  return g_strdup_printf ("http://127.0.0.1:%u/", server->port);
}

void
raw_http_push (RawHttp *server,
               const char *answer,
               gsize length,
               RawEnding ending)
{
  Answer *next = g_new (Answer, 1);

  next->bytes = g_bytes_new (answer, length);
  next->ending = ending;
  g_queue_push_tail (&server->answers, next);
}

const char *
raw_http_get_requests (const RawHttp *server)
{
  return server->requests->str;
}

void
raw_http_reset (RawHttp *server)
{
  wn_loopback_reset (server->connection);
}
