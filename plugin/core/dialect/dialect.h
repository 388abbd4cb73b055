/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is particular to one kind of server: how it is addressed, what is said
 * to it, and how its frames are read. A dialect is a table of pure functions
 * and one file; what a connection does with it is `core/connection/client.h`'s.
 *
 * A cursor is a place in the server's order of messages, as text that only the
 * dialect understands: printable ASCII without spaces, at most
 * %WN_MAX_CURSOR_CHARS. It may come back years later, from another server.
 */

#pragma once

#include "core/dialect/endpoint.h"
#include "core/dialect/frame.h"

G_BEGIN_DECLS

#define WN_MAX_CURSOR_CHARS 1024

/**
 * WnDialect:
 * @subprotocol: (nullable): what the upgrade offers (RFC 6455 §1.9). A server
 *   that does not agree to it speaks the plain dialect's frames
 * @heartbeat: the text that asks the server whether it lives
 * @dup_url: the `ws://` or `wss://` URL to connect to; @cursor (nullable): the
 *   last message that is known, where the server shall go on behind it
 * @dup_hello: the text to send first, for those who want one
 * @read: a text frame, read; %NULL with a #WnFrameError where it means nothing
 * @dup_cursor_at: (nullable): a cursor before all that is sent from @time_us
 *   on, in the server's wall-clock time; %NULL: there is no replay
 * @is_after: (nullable): whether @cursor's message was sent after @other's;
 *   %FALSE where that can't be told
 */
typedef struct
{
  const char *subprotocol;
  const char *heartbeat;
  char *(*dup_url) (const WnEndpoint *endpoint, const char *cursor);
  char *(*dup_hello) (const char *uid);
  WnFrame *(*read) (const char *text, gsize length, GError **error);
  char *(*dup_cursor_at) (gint64 time_us);
  gboolean (*is_after) (const char *cursor, const char *other);
} WnDialect;

/**
 * wn_dialect_plain:
 *
 * PROTOCOL as it stands: no backlog.
 */
extern const WnDialect wn_dialect_plain;

/**
 * wn_dialect_nchan:
 *
 * The same from nginx with nchan, which puts a message's id before each
 * message and knows what came after an id (PROTOCOL §3).
 */
extern const WnDialect wn_dialect_nchan;

/**
 * wn_cursor_is_sound:
 * @text: (nullable): what may be a cursor
 *
 * Returns: whether it has a cursor's form
 */
gboolean wn_cursor_is_sound (const char *text);

G_END_DECLS
