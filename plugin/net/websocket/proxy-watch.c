/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * While the proxy is asked, its socket is looked at: where the next read would
 * find the end, the socket is closed, so that GIO's read fails.
 */

#include "net/websocket/proxy-watch.h"

#include <sys/socket.h>

#define WATCH_KEY "wn-proxy-watch"

static gboolean
on_socket_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  char byte;

  if (g_socket_is_closed (socket))
    return G_SOURCE_REMOVE;
  if (recv (g_socket_get_fd (socket), &byte, 1, MSG_PEEK | MSG_DONTWAIT) != 0)
    return G_SOURCE_CONTINUE;
  g_socket_close (socket, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
is_socks4 (GIOStream *stream)
{
  if (!G_IS_SOCKET_CONNECTION (stream))
    return FALSE;

  g_autoptr (GSocketAddress) address
      = g_socket_connection_get_remote_address (G_SOCKET_CONNECTION (stream),
                                                NULL);
  if (!G_IS_PROXY_ADDRESS (address))
    return FALSE;

  const char *protocol
      = g_proxy_address_get_protocol (G_PROXY_ADDRESS (address));

  return g_str_has_prefix (protocol, "socks4");
}

static void
end_watch (gpointer data)
{
  GSource *source = data;

  g_source_destroy (source);
  g_source_unref (source);
}

/* The stream keeps the source, so that the watch ends with the stream. */
static void
begin_watch (GIOStream *stream)
{
  GSocket *socket
      = g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream));
  GSource *source = g_socket_create_source (socket, G_IO_IN, NULL);

  g_source_set_callback (source,
                         G_SOURCE_FUNC (on_socket_readable),
                         NULL,
                         NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  g_object_set_data_full (G_OBJECT (stream), WATCH_KEY, source, end_watch);
}

void
wn_proxy_watch (GSocketClientEvent event, GIOStream *stream)
{
  if (event == G_SOCKET_CLIENT_PROXY_NEGOTIATING && is_socks4 (stream))
    begin_watch (stream);
  else if (event == G_SOCKET_CLIENT_PROXY_NEGOTIATED)
    g_object_set_data (G_OBJECT (stream), WATCH_KEY, NULL);
}
