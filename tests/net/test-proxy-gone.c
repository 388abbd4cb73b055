/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Proxies that hang up while they are asked: the attempt fails by itself. None
 * of the tests has a time limit but the one that fails it.
 */

#include <gio/gio.h>

#include "net/http/download.h"
#include "net/websocket/websocket.h"
#include "support/heard-download.h"
#include "support/heard-socket.h"
#include "support/wait.h"

typedef struct
{
  const char *scheme;
  const char *answer;
  gsize n_bytes; /* of it */
} Case;

typedef struct
{
  const Case *it;
  GSocketService *proxy;    /* (owned) */
  GProxyResolver *resolver; /* (owned) */
} Fixture;

static gboolean
on_proxy_incoming (GSocketService *service,
                   GSocketConnection *connection,
                   GObject *source_object,
                   gpointer user_data)
{
  Fixture *f = user_data;
  GIOStream *stream = G_IO_STREAM (connection);
  char request[256];

  g_input_stream_read (g_io_stream_get_input_stream (stream),
                       request,
                       sizeof request,
                       NULL,
                       NULL);
  g_output_stream_write_all (g_io_stream_get_output_stream (stream),
                             f->it->answer,
                             f->it->n_bytes,
                             NULL,
                             NULL,
                             NULL);
  g_io_stream_close (stream, NULL, NULL);
  return TRUE;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *proxy = NULL;
  guint port;

  f->it = data;
  /* With as many threads as connections it would be started again from a
   * thread that ends, be it that it was closed meanwhile. */
  f->proxy = g_threaded_socket_service_new (10);
  port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (f->proxy),
                                              NULL,
                                              NULL);
  g_signal_connect (f->proxy, "run", G_CALLBACK (on_proxy_incoming), f);
  proxy = g_strdup_printf ("%s://127.0.0.1:%u", f->it->scheme, port);
  f->resolver = g_simple_proxy_resolver_new (proxy, NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_socket_service_stop (f->proxy);
  g_socket_listener_close (G_SOCKET_LISTENER (f->proxy));
  g_object_unref (f->proxy);
  g_object_unref (f->resolver);
}

static void
test_websocket (Fixture *f, gconstpointer data)
{
  WnWebsocketConfig config = { .proxy_resolver = f->resolver };
  WnRoute route = { .url = (char *) "ws://192.0.2.1/" };
  g_auto (WnHeardSocket) heard = { 0 };
  g_autoptr (WnTransport) transport = wn_websocket_new (&config);

  wn_transport_open (transport, &route, &wn_heard_socket_listener, &heard);
  wn_wait_until (heard.is_done);
  g_assert_cmpuint (heard.n_lost, ==, 1);
  g_assert_cmpint (heard.loss->reason, ==, WN_LOSS_PROXY_TARGET);
}

static void
test_download (Fixture *f, gconstpointer data)
{
  WnDownloadConfig config
      = { .url = "http://192.0.2.1/x", .proxy_resolver = f->resolver };
  g_auto (WnHeardDownload) heard = { 0 };
  g_autoptr (WnDownload) download G_GNUC_UNUSED
      = wn_download_new (&config, &wn_heard_download_listener, &heard);

  wn_wait_until (heard.is_done);
  g_assert_cmpuint (heard.n_started, ==, 0);
  g_assert_true (heard.error->domain == WN_DOWNLOAD_ERROR);
}

static const Case cases[] = {
  { "socks4", "", 0 },
  { "socks4", "\0", 1 },
  { "socks4a", "\0\x5a\0\0\0", 5 },
  { "socks5", "", 0 },
  { "socks5", "\5", 1 },
  { "http", "", 0 },
  { "http", "HTTP/1.1 2", 10 },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("%s, %u bytes into its answer",
                                               cases[i].scheme,
                                               (guint) cases[i].n_bytes);
      g_autofree char *notifications
          = g_strconcat ("/proxy-gone/notifications: ", name, NULL);
      g_autofree char *export
          = g_strconcat ("/proxy-gone/export: ", name, NULL);

      g_test_add (notifications,
                  Fixture,
                  &cases[i],
                  set_up,
                  test_websocket,
                  tear_down);
      g_test_add (export, Fixture, &cases[i], set_up, test_download, tear_down);
    }
  return g_test_run ();
}
