/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The last notification that an account has shown, as the server calls it,
 * kept across restarts and crashes of the host: a small file for each account
 * and server under the user's folder, overwritten in place. What one server
 * says means nothing to another.
 *
 * accounts.xml would be written anew as a whole, five seconds after a change:
 * too much for each notification, and too late for a host that crashes.
 */

#pragma once

#include <purple.h>

G_BEGIN_DECLS

typedef struct _WnCursor WnCursor;

/**
 * wn_cursor_new:
 * @account: an account
 * @server_url: where it connects
 *
 * Returns: (transfer full): what is kept for them; wn_cursor_close() ends it
 */
WnCursor *wn_cursor_new (PurpleAccount *account, const char *server_url);

/** wn_cursor_ref: for what was shown late, when the account may be elsewhere */
WnCursor *wn_cursor_ref (WnCursor *self);
void wn_cursor_unref (WnCursor *self);

/**
 * wn_cursor_close:
 * @self: (transfer full): a cursor
 *
 * Writes the cursor, unless it has been written. Others may still have it, and
 * advance it.
 */
void wn_cursor_close (WnCursor *self);

/**
 * wn_cursor_get:
 * @self: a cursor
 *
 * Returns: (nullable) (transfer none): where to go on; %NULL: nowhere yet
 */
const char *wn_cursor_get (const WnCursor *self);

/**
 * wn_cursor_begin:
 * @self: a cursor
 * @cursor: (nullable): where a connection has begun; %NULL: the server has no
 *   such thing, and what was kept is worth nothing any more
 *
 * Keeps @cursor only where nothing is kept yet.
 */
void wn_cursor_begin (WnCursor *self, const char *cursor);

/**
 * wn_cursor_advance:
 * @self: a cursor
 * @cursor: of a notification that was shown
 *
 * The file is written once for all that is shown in one turn of the main loop,
 * and nobody waits for it.
 */
void wn_cursor_advance (WnCursor *self, const char *cursor);

G_END_DECLS
