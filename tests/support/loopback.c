/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * IPv4 only.
 */

#include "support/loopback.h"

#include <sys/socket.h>

#define HOME "127.0.0.1"
#define FIRST_PORT 10240
/* From here on Linux takes ports for connections. */
#define FIRST_EPHEMERAL_PORT 32768
#define MAX_TRIES 1000

static guint16
try_to_listen (GSocketListener *listener,
               const char *address,
               guint16 port,
               GError **error)
{
  g_autoptr (GSocketAddress) wanted
      = g_inet_socket_address_new_from_string (address, port);
  g_autoptr (GSocketAddress) bound = NULL;

  if (!g_socket_listener_add_address (listener,
                                      wanted,
                                      G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP,
                                      NULL,
                                      &bound,
                                      error))
    return 0;
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

/* None that a connection may be given meanwhile: other addresses must have the
 * same port free, and it must be free again after a pause.
 */
static guint16
listen_somewhere (GSocketListener *listener, const char *address)
{
  guint16 port = 0;

  for (guint i = 0; port == 0 && i < MAX_TRIES; i++)
    port = try_to_listen (listener,
                          address,
                          (guint16) g_random_int_range (FIRST_PORT,
                                                        FIRST_EPHEMERAL_PORT),
                          NULL);
  g_assert_cmpuint (port, !=, 0);
  return port;
}

guint16
wn_loopback_listen (GSocketListener *listener, guint16 port)
{
  return wn_loopback_listen_at (listener, HOME, port);
}

guint16
wn_loopback_listen_at (GSocketListener *listener,
                       const char *address,
                       guint16 port)
{
  g_autoptr (GError) error = NULL;
  guint16 bound = port == 0 ? listen_somewhere (listener, address)
                            : try_to_listen (listener, address, port, &error);

  g_assert_no_error (error);
  return bound;
}

guint16
wn_loopback_find_free_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = listen_somewhere (listener, HOME);

  g_socket_listener_close (listener);
  return port;
}

static gboolean
answers (guint16 port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (client, HOME, port, NULL, NULL);
  return connection != NULL;
}

void
wn_loopback_wait_for (guint16 port)
{
  gint64 end_us = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;

  while (!answers (port))
    {
      if (g_get_monotonic_time () > end_us)
        g_error ("nothing listens on port %u", port);
      g_usleep (5 * G_TIME_SPAN_MILLISECOND);
    }
}

void
wn_loopback_unlisten (GSocketService *service, gpointer user_data)
{
  g_signal_handlers_disconnect_by_data (service, user_data);
  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
  g_object_unref (service);
}

void
wn_loopback_reset (GSocketConnection *connection)
{
  GSocket *socket = g_socket_connection_get_socket (connection);
  const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

  g_assert_cmpint (setsockopt (g_socket_get_fd (socket),
                               SOL_SOCKET,
                               SO_LINGER,
                               &at_once,
                               sizeof at_once),
                   ==,
                   0);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
}
