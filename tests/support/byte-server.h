/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A TCP server on 127.0.0.1 in the test's own main loop that answers each
 * request's head, of whichever connection, with the next bytes of a list: any
 * bytes, in pieces, with any ending. It knows neither HTTP nor WebSocket.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WnByteEnding: what happens once an answer is sent
 * @WN_BYTE_ENDING_CLOSE: the connection is closed
 * @WN_BYTE_ENDING_HALF_CLOSE: nothing more is sent, but what comes is read
 * @WN_BYTE_ENDING_RESET: the connection is reset, once the answer was taken
 * @WN_BYTE_ENDING_HOLD: it stays open for another request
 */
typedef enum
{
  WN_BYTE_ENDING_CLOSE,
  WN_BYTE_ENDING_HALF_CLOSE,
  WN_BYTE_ENDING_RESET,
  WN_BYTE_ENDING_HOLD,
} WnByteEnding;

typedef struct _WnByteServer WnByteServer;

/** Returns: (transfer full): a server that listens and has no answer yet */
WnByteServer *wn_byte_server_new (void);
void wn_byte_server_free (WnByteServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnByteServer, wn_byte_server_free)

guint16 wn_byte_server_get_port (WnByteServer *self);

/**
 * wn_byte_server_add:
 * @self: a server
 * @bytes: (transfer full): what the next request gets; `{accept}` in it stands
 *   for the answer to the request's Sec-WebSocket-Key
 * @piece_bytes: how many of them go out in one turn of the main loop; 0: all
 * @ending: what follows
 *
 * A request for which there is no answer left is closed without one.
 */
void wn_byte_server_add (WnByteServer *self,
                         GBytes *bytes,
                         gsize piece_bytes,
                         WnByteEnding ending);

/** Returns: how many requests there have been */
guint wn_byte_server_get_n_requests (WnByteServer *self);

/** Returns: all that came, of all connections, as it came */
GByteArray *wn_byte_server_get_received (WnByteServer *self);

/** Returns: how many connections the other side has not closed yet */
guint wn_byte_server_get_n_open (WnByteServer *self);

G_END_DECLS
