/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How a body ends over TLS: with a word, or without one; and that HTTP/2 is not
 * spoken with a server that could. A server of GIO's own in a thread, and
 * virtual time.
 */

#include <string.h>

#include "net/http/download.h"
#include "support/heard-download.h"
#include "support/tls-site.h"
#include "support/virtual-timers.h"
#include "support/wait.h"

#define HEAD "HTTP/1.1 200 OK\r\n"
#define UNTIL_CLOSED HEAD "Connection: close\r\n\r\n"
#define CHUNKED HEAD "Transfer-Encoding: chunked\r\n\r\n"

typedef struct
{
  const char *name;
  const char *answer;
  gboolean is_rude; /* it closes without telling by TLS */
  gboolean is_short;
  gboolean is_proxied;
} Case;

static const Case cases[] = {
  { "until the connection's end", UNTIL_CLOSED "12345" },
  { "until the connection's end, which may be anybody's",
    UNTIL_CLOSED "12345",
    .is_rude = TRUE,
    .is_short = TRUE },
  { "as long as announced, by a server without manners",
    HEAD "Content-Length: 5\r\n\r\n12345",
    .is_rude = TRUE },
  { "in chunks, by a server without manners",
    CHUNKED "5\r\n12345\r\n0\r\n\r\n",
    .is_rude = TRUE },
  { "in chunks, cut between two of them",
    CHUNKED "5\r\n12345\r\n",
    .is_rude = TRUE,
    .is_short = TRUE },
  { "in chunks, cut between two of them with a word",
    CHUNKED "5\r\n12345\r\n",
    .is_short = TRUE },
  { "through a proxy", UNTIL_CLOSED "12345", .is_proxied = TRUE },
  { "through a proxy, by a server without manners",
    UNTIL_CLOSED "12345",
    .is_rude = TRUE,
    .is_short = TRUE,
    .is_proxied = TRUE },
};

/* --- the server --- */

typedef struct
{
  const Case *test;             /* (unowned) */
  GTlsCertificate *certificate; /* (owned) */
  GSocketService *service;      /* (owned) */
  guint16 port;
} Server;

/* @credentials: whether it says who asks the proxy */
static void
read_head (GIOStream *stream, gboolean credentials)
{
  GInputStream *input = g_io_stream_get_input_stream (stream);
  char head[4096] = "";
  gsize length = 0;
  gssize n = 1;

  while (n > 0 && strstr (head, "\r\n\r\n") == NULL)
    {
      n = g_input_stream_read (input,
                               head + length,
                               sizeof head - 1 - length,
                               NULL,
                               NULL);
      length += (gsize) MAX (n, 0);
      head[length] = '\0';
    }
  if (credentials)
    g_assert_nonnull (strstr (head, "\r\nProxy-Authorization: Basic dTpz\r\n"));
  else
    g_assert_null (strstr (head, "Proxy-Authorization"));
}

static void
write_text (GIOStream *stream, const char *text)
{
  g_output_stream_write_all (g_io_stream_get_output_stream (stream),
                             text,
                             strlen (text),
                             NULL,
                             NULL,
                             NULL);
}

/* Where it is the proxy, too, the tunnel leads to itself. */
static void
open_tunnel (GIOStream *stream)
{
  read_head (stream, TRUE);
  write_text (stream, HEAD "\r\n");
}

static gboolean
on_service_run (GThreadedSocketService *service,
                GSocketConnection *connection,
                GObject *source,
                gpointer user_data)
{
  static const char *const protocols[] = { "h2", "http/1.1", NULL };
  Server *self = user_data;
  g_autoptr (GIOStream) tls = NULL;

  if (self->test->is_proxied)
    open_tunnel (G_IO_STREAM (connection));
  tls = g_tls_server_connection_new (G_IO_STREAM (connection),
                                     self->certificate,
                                     NULL);
  g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (tls), protocols);
  read_head (tls, FALSE);
  g_assert_cmpstr (g_tls_connection_get_negotiated_protocol (
                       G_TLS_CONNECTION (tls)),
                   ==,
                   "http/1.1");
  write_text (tls, self->test->answer);
  g_io_stream_close (self->test->is_rude ? G_IO_STREAM (connection) : tls,
                     NULL,
                     NULL);
  return TRUE;
}

static void
server_init (Server *self, const Case *test)
{
  g_autofree char *path = wn_tls_site_dup_path ("good.server");

  self->test = test;
  self->certificate = g_tls_certificate_new_from_file (path, NULL);
  self->service = g_threaded_socket_service_new (10);
  self->port
      = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (self->service),
                                             NULL,
                                             NULL);
  g_assert_cmpuint (self->port, >, 0);
  g_signal_connect (self->service, "run", G_CALLBACK (on_service_run), self);
}

static void
server_clear (Server *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_clear_object (&self->service);
  g_clear_object (&self->certificate);
}

/* --- the download --- */

static void
heard_run (WnHeardDownload *heard, const Server *server)
{
  g_autofree char *ca_file = wn_tls_site_dup_path ("ca.pem");
  g_autoptr (WnTlsTrust) trust = wn_tls_trust_new (ca_file, NULL, NULL);
  g_autofree char *url
      = g_strdup_printf ("https://127.0.0.1:%u/", server->port);
  g_autofree char *proxy
      = g_strdup_printf ("http://u:s@127.0.0.1:%u", server->port);
  g_autoptr (GProxyResolver) resolver
      = g_simple_proxy_resolver_new (server->test->is_proxied ? proxy : NULL,
                                     NULL);
  WnDownloadConfig config
      = { .url = url, .trust = trust, .proxy_resolver = resolver };
  g_autoptr (WnDownload) download G_GNUC_UNUSED
      = wn_download_new (&config, &wn_heard_download_listener, heard);

  if (server->test->is_short)
    for (guint delay_s = 5; delay_s <= 20; delay_s *= 2)
      wn_virtual_timers_pass (delay_s);
  wn_wait_until (heard->is_done);
}

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  Server server = { 0 };
  g_auto (WnHeardDownload) heard = { 0 };

  server_init (&server, test);
  heard_run (&heard, &server);
  if (test->is_short)
    {
      g_assert_error (heard.error, WN_DOWNLOAD_ERROR, WN_DOWNLOAD_ERROR_SHORT);
      g_assert_cmpuint (heard.n_started, ==, 4);
    }
  else
    {
      g_assert_no_error (heard.error);
      g_assert_cmpuint (heard.n_started, ==, 1);
    }
  g_assert_cmpmem (heard.bytes->data, heard.bytes->len, "12345", 5);
  wn_wait_until_dry ();
  server_clear (&server);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path
          = g_strconcat ("/download-tls/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  result = g_test_run ();
  wn_tls_site_clean_up ();
  return result;
}
