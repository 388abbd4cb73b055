/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The transport as a port: one connection at a time that carries text.
 * `net/websocket/websocket.h` is the real one; tests script theirs.
 *
 * Order of calls: after wn_transport_open() the listener hears `opened` once
 * and then any number of `text` and `alive`, or it hears `lost`. Either way
 * `lost` is the last it hears. Nothing is heard inside a call of ours, and
 * nothing at all after wn_transport_close().
 */

#pragma once

#include <glib-object.h>

#include "core/connection/loss.h"

G_BEGIN_DECLS

#define WN_TYPE_TRANSPORT (wn_transport_get_type ())
G_DECLARE_INTERFACE (WnTransport, wn_transport, WN, TRANSPORT, GObject)

/**
 * WnRoute: where and how the next connection goes
 * @url: (owned): a URL of the transport's own kind that has been checked
 * @subprotocol: (owned) (nullable): what to offer (RFC 6455 §1.9)
 * @authorization: (owned) (nullable): the header's value, such as `Bearer x`;
 *   the caller has decided that it may go over this URL
 * @origin: (owned) (nullable): the header's value
 */
typedef struct
{
  char *url;
  char *subprotocol;
  char *authorization;
  char *origin;
} WnRoute;

/** @copy: (out caller-allocates): set to what @self holds */
void wn_route_copy (const WnRoute *self, WnRoute *copy);
void wn_route_clear (WnRoute *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WnRoute, wn_route_clear)

/**
 * WnTransportAnswer: what the server said when the connection came up
 * @subprotocol: (nullable): the one that was offered, where the server agreed
 *   to it
 * @time_us: the server's wall-clock time then, in microseconds, as coarse as
 *   it said it; 0 where it did not
 */
typedef struct
{
  const char *subprotocol;
  gint64 time_us;
} WnTransportAnswer;

/**
 * WnTransportListener:
 * @opened: the connection is up; @answer is borrowed for the call
 * @text: a whole message came: @length bytes of valid UTF-8, without a NUL
 *   among them unless the sender put it there; borrowed for the call
 * @alive: (nullable): something came from the server since the last call,
 *   whatever it was: part of a message, the answer to wn_transport_ping(), or
 *   what the transport deals with by itself. Comes from the main loop, after
 *   the `text` that came with it, and at most once in each of its turns
 * @lost: there is no connection any more, or it could not be opened
 *
 * Any of the calls may close the transport, open it anew, or drop its last
 * reference. All come from the main loop itself, and may run it again.
 */
typedef struct
{
  void (*opened) (const WnTransportAnswer *answer, gpointer user_data);
  void (*text) (const char *text, gsize length, gpointer user_data);
  void (*alive) (gpointer user_data);
  void (*lost) (const WnLoss *loss, gpointer user_data);
} WnTransportListener;

struct _WnTransportInterface
{
  GTypeInterface g_iface;

  void (*open) (WnTransport *self,
                const WnRoute *route,
                const WnTransportListener *listener,
                gpointer user_data);
  void (*send_text) (WnTransport *self, const char *text);
  void (*ping) (WnTransport *self);
  void (*set_reading) (WnTransport *self, gboolean reading);
  void (*close) (WnTransport *self);
};

/**
 * wn_transport_open:
 * @self: a transport without a connection: never opened, lost, or closed
 * @route: where to; borrowed for the call
 * @listener: (not nullable): static; what to call
 * @user_data: for @listener; must live until `lost` or wn_transport_close()
 *
 * Begins to connect. It has no deadline of its own: the caller closes what
 * takes too long.
 */
void wn_transport_open (WnTransport *self,
                        const WnRoute *route,
                        const WnTransportListener *listener,
                        gpointer user_data);

/**
 * wn_transport_send_text:
 * @self: a transport
 * @text: valid UTF-8
 *
 * Sends one text message. Without an open connection nothing happens.
 */
void wn_transport_send_text (WnTransport *self, const char *text);

/**
 * wn_transport_ping:
 * @self: a transport
 *
 * Asks the server for a sign of life without saying anything (RFC 6455
 * §5.5.2): the listener hears `alive` when it answers. Without an open
 * connection nothing happens.
 */
void wn_transport_ping (WnTransport *self);

/**
 * wn_transport_set_reading:
 * @self: a transport
 * @reading: %FALSE to leave what comes to the network, so that the sender is
 *   held back; %TRUE to go on
 *
 * A new connection always reads.
 */
void wn_transport_set_reading (WnTransport *self, gboolean reading);

/**
 * wn_transport_close:
 * @self: a transport
 *
 * Ends the connection, or the attempt at one, with a close frame where that
 * can be written at once (RFC 6455 §7.1.2). The listener hears nothing more.
 */
void wn_transport_close (WnTransport *self);

G_END_DECLS
