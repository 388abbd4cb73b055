/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A TLS session that is resumed is judged too, though nobody is asked about
 * its certificate then. GLib's TLS resumes none where g_test_init() has been
 * called: so it isn't, and the lines that tell the results are written here.
 */

#include <string.h>

#include "net/http/download.h"
#include "net/websocket/websocket.h"
#include "support/heard-download.h"
#include "support/heard-socket.h"
#include "support/tls-site.h"
#include "support/wait.h"

#define EXPORT "/exportDownload?filename=orders.csv"

static guint n_asked; /* how often somebody careless was */

static WnTlsTrust *
make_trust (const char *ca_file)
{
  g_autofree char *path
      = ca_file != NULL ? wn_tls_site_dup_path (ca_file) : NULL;

  return wn_tls_trust_new (path, NULL, NULL);
}

/* --- another part of this process, which accepts what it is asked about --- */

static gboolean
on_accept_anything (GTlsConnection *tls,
                    GTlsCertificate *certificate,
                    GTlsCertificateFlags errors,
                    gpointer user_data)
{
  n_asked++;
  return TRUE;
}

static void
on_careless_event (GSocketClient *client,
                   GSocketClientEvent event,
                   GSocketConnectable *connectable,
                   GIOStream *stream,
                   gpointer user_data)
{
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING)
    g_signal_connect (stream,
                      "accept-certificate",
                      G_CALLBACK (on_accept_anything),
                      NULL);
}

/* It reads to the end, and so has what a session is resumed with. */
static void
connect_carelessly (WnTlsNginx *nginx)
{
  static const char request[] = "GET " EXPORT " HTTP/1.0\r\n\r\n";
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = wn_tls_nginx_dup_url (nginx, "https", "/");
  char buffer[4096];

  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_tls (client, TRUE);
  g_signal_connect (client, "event", G_CALLBACK (on_careless_event), NULL);
  connection = g_socket_client_connect_to_uri (client, url, 443, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (
                                 G_IO_STREAM (connection)),
                             request,
                             strlen (request),
                             NULL,
                             NULL,
                             NULL);
  while (g_input_stream_read (g_io_stream_get_input_stream (
                                  G_IO_STREAM (connection)),
                              buffer,
                              sizeof buffer,
                              NULL,
                              NULL)
         > 0)
    continue;
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
}

static void
test_carelessness (WnTlsNginx *nginx)
{
  connect_carelessly (nginx);
  connect_carelessly (nginx);
  g_assert_cmpuint (n_asked, ==, 1);
}

/* --- a download --- */

static void
download (WnHeardDownload *heard, WnTlsNginx *nginx, const char *ca_file)
{
  g_autoptr (WnTlsTrust) trust = make_trust (ca_file);
  g_autofree char *url = wn_tls_nginx_dup_url (nginx, "https", EXPORT);
  WnDownloadConfig config
      = { .url = url, .authorization = "Bearer s3cret", .trust = trust };
  g_autoptr (WnDownload) self G_GNUC_UNUSED
      = wn_download_new (&config, &wn_heard_download_listener, heard);

  wn_wait_until (heard->is_done);
}

/* @n_requests: how many there have been until now */
static void
assert_refused (WnTlsNginx *nginx, guint n_requests)
{
  g_auto (WnHeardDownload) heard = { 0 };

  download (&heard, nginx, NULL);
  g_assert_error (heard.error,
                  WN_DOWNLOAD_ERROR,
                  WN_DOWNLOAD_ERROR_CERTIFICATE);
  connect_carelessly (nginx); /* what came before it is counted by now */
  g_assert_cmpuint (wn_tls_nginx_count_requests (nginx), ==, n_requests + 1);
}

static void
test_download (WnTlsNginx *nginx)
{
  connect_carelessly (nginx);
  assert_refused (nginx, wn_tls_nginx_count_requests (nginx));
}

static void
test_download_trusted_before (WnTlsNginx *nginx)
{
  guint n_requests = wn_tls_nginx_count_requests (nginx);
  g_auto (WnHeardDownload) heard = { 0 };

  download (&heard, nginx, "ca.pem");
  g_assert_no_error (heard.error);
  g_assert_cmpuint (heard.bytes->len, ==, 4);
  assert_refused (nginx, n_requests + 1);
}

/* --- the notifications --- */

static void
test_websocket (WnTlsNginx *nginx)
{
  g_autoptr (WnTlsTrust) trust = make_trust (NULL);
  g_autofree char *url = wn_tls_nginx_dup_url (nginx, "wss", "/?uid=1");
  g_autoptr (WnTransport) transport
      = wn_websocket_new (&(WnWebsocketConfig){ .trust = trust });
  WnHeardSocket socket = { 0 };

  connect_carelessly (nginx);
  wn_transport_open (transport,
                     &(WnRoute){ .url = url },
                     &wn_heard_socket_listener,
                     &socket);
  wn_wait_until (socket.is_done);
  g_assert_nonnull (socket.loss);
  g_assert_cmpint (socket.loss->reason, ==, WN_LOSS_CERTIFICATE_REFUSED);
  wn_heard_socket_clear (&socket);
}

static const struct
{
  const char *name;
  void (*run) (WnTlsNginx *nginx);
} tests[] = {
  { "who accepts all is not asked again in this process", test_carelessness },
  { "a download is judged where others have accepted", test_download },
  { "a download is judged where one before was trusted",
    test_download_trusted_before },
  { "the notifications are judged where others have accepted", test_websocket },
};

int
main (int argc, char **argv)
{
  WnTlsNginx *nginx = wn_tls_nginx_new ("good");

  if (nginx == NULL)
    {
      g_print ("1..0 # SKIP nginx isn't unpacked: tests/servers/fetch\n");
      return 0;
    }
  g_print ("1..%u\n", (guint) G_N_ELEMENTS (tests));
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      tests[i].run (nginx);
      g_print ("ok %u /tls-resumed/%s\n", i + 1, tests[i].name);
    }
  wn_tls_nginx_free (nginx);
  wn_tls_site_clean_up ();
  return 0;
}
