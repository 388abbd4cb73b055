/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * IPv4 only.
 */

#include "support/soup.h"

guint16
wn_soup_listen (SoupServer *soup, guint16 port)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;

  soup_server_listen_local (soup, port, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (soup);
  port = (guint16) g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return port;
}

static void
on_websocket (SoupServer *soup,
              SoupServerMessage *message,
              const char *path,
              SoupWebsocketConnection *socket,
              gpointer sockets)
{
  g_ptr_array_add (sockets, g_object_ref (socket));
}

void
wn_soup_collect_websockets (SoupServer *soup, GPtrArray *sockets)
{
  soup_server_add_websocket_handler (soup,
                                     "/",
                                     NULL,
                                     NULL,
                                     on_websocket,
                                     sockets,
                                     NULL);
}

void
wn_soup_close_websockets (GPtrArray *sockets)
{
  for (guint i = 0; i < sockets->len; i++)
    g_io_stream_close (soup_websocket_connection_get_io_stream (
                           sockets->pdata[i]),
                       NULL,
                       NULL);
  g_ptr_array_set_size (sockets, 0);
}
