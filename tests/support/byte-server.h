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

/**
 * wn_byte_server_new:
 *
 * Returns: (transfer full): a server that listens and has no answer yet. A
 *   request for which there is none left is closed without one.
 */
WnByteServer *wn_byte_server_new (void);

/**
 * wn_byte_server_new_with:
 *
 * Returns: (transfer full): a server with a first answer, as
 *   wn_byte_server_add() has it, whose last answer is given again and again
 */
WnByteServer *
wn_byte_server_new_with (const void *answer, gsize length, WnByteEnding ending);
void wn_byte_server_free (WnByteServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnByteServer, wn_byte_server_free)

guint16 wn_byte_server_get_port (WnByteServer *self);

/** Returns: (transfer full): a URL of it */
char *wn_byte_server_dup_url (WnByteServer *self);

/**
 * wn_byte_server_add:
 * @self: a server
 * @answer: what the request after the ones before gets; `{accept}` in it stands
 *   for the answer to the request's Sec-WebSocket-Key
 * @length: of @answer
 * @ending: what follows
 */
void wn_byte_server_add (WnByteServer *self,
                         const void *answer,
                         gsize length,
                         WnByteEnding ending);

/**
 * wn_byte_server_set_piece:
 * @self: a server
 * @piece_bytes: how many bytes go out in one turn of the main loop; 0: all
 */
void wn_byte_server_set_piece (WnByteServer *self, gsize piece_bytes);

/** Resets all connections that are open. */
void wn_byte_server_reset (WnByteServer *self);

/** Returns: how many requests there have been */
guint wn_byte_server_get_n_requests (WnByteServer *self);

/** Returns: all that came, of all connections, as it came */
const GString *wn_byte_server_get_received (WnByteServer *self);

/** Returns: how many connections the other side has not closed yet */
guint wn_byte_server_get_n_open (WnByteServer *self);

G_END_DECLS
