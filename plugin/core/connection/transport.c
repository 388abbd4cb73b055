/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The port's calls are passed on to whoever implements it.
 */

#include "core/connection/transport.h"

G_DEFINE_INTERFACE (WnTransport, wn_transport, G_TYPE_OBJECT)

static void
wn_transport_default_init (WnTransportInterface *iface)
{
}

void
wn_route_copy (const WnRoute *self, WnRoute *copy)
{
  *copy = (WnRoute){
    .url = g_strdup (self->url),
    .subprotocol = g_strdup (self->subprotocol),
    .authorization = g_strdup (self->authorization),
    .origin = g_strdup (self->origin),
  };
}

void
wn_route_clear (WnRoute *self)
{
  g_clear_pointer (&self->url, g_free);
  g_clear_pointer (&self->subprotocol, g_free);
  g_clear_pointer (&self->authorization, g_free);
  g_clear_pointer (&self->origin, g_free);
}

void
wn_transport_open (WnTransport *self,
                   const WnRoute *route,
                   const WnTransportListener *listener,
                   gpointer user_data)
{
  WN_TRANSPORT_GET_IFACE (self)->open (self, route, listener, user_data);
}

void
wn_transport_send_text (WnTransport *self, const char *text)
{
  WN_TRANSPORT_GET_IFACE (self)->send_text (self, text);
}

void
wn_transport_ping (WnTransport *self)
{
  WN_TRANSPORT_GET_IFACE (self)->ping (self);
}

void
wn_transport_set_reading (WnTransport *self, gboolean reading)
{
  WN_TRANSPORT_GET_IFACE (self)->set_reading (self, reading);
}

void
wn_transport_close (WnTransport *self)
{
  WN_TRANSPORT_GET_IFACE (self)->close (self);
}
