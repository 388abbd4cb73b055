/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where to read a body from, and whether it ends where it should. It reads
 * nothing of it by itself, decodes nothing and counts nothing.
 */

#pragma once

#include <libsoup/soup.h>

#include "net/http/chunks.h"

G_BEGIN_DECLS

/**
 * WnBody: all zeros where there is none; for its functions only
 * @stream: (owned) (nullable): as libsoup gives it
 * @framed: (owned) (nullable): the one below, with the framing of its chunks
 * @n_missing: without @framed: bytes that were announced and have not come; 0
 *   or less where there are none
 * @chunks: where it is; only with @framed
 */
typedef struct
{
  GInputStream *stream;
  GInputStream *framed;
  gint64 n_missing;
  WnChunks chunks;
} WnBody;

/**
 * wn_body_open:
 * @self: a body or none, which is closed
 * @message: one that has been answered
 * @stream: what libsoup gives as its body, not read from
 */
void wn_body_open (WnBody *self, SoupMessage *message, GInputStream *stream);

/**
 * wn_body_close:
 * @self: a body or none, and none afterwards
 */
void wn_body_close (WnBody *self);

/**
 * wn_body_get_input:
 * @self: a body or none
 *
 * Returns: (nullable): the stream to read from; %NULL for none
 */
GInputStream *wn_body_get_input (const WnBody *self);

/**
 * wn_body_unframe:
 * @self: a body
 * @bytes: the next ones of its input; afterwards those of the body itself
 * @length: (inout): how many; may become 0
 *
 * Returns: whether that was sound framing, or there is none
 */
gboolean wn_body_unframe (WnBody *self, guint8 *bytes, gsize *length);

/**
 * wn_body_is_at_end:
 * @self: a body
 *
 * Returns: whether the last chunk has come; %FALSE without chunks
 */
gboolean wn_body_is_at_end (const WnBody *self);

/**
 * wn_body_is_cut_off:
 * @self: a body whose input has ended
 *
 * Returns: whether chunks are missing, or bytes that were announced
 */
gboolean wn_body_is_cut_off (const WnBody *self);

/**
 * wn_body_is_more_behind:
 * @self: a body, of which all that was announced has been read
 *
 * Looks without waiting, and takes what it sees: the connection is of no use
 * any more.
 *
 * Returns: whether more has come already; %FALSE with chunks
 */
gboolean wn_body_is_more_behind (const WnBody *self);

G_END_DECLS
