/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The framing of a body in chunks (RFC 9112 §7.1), taken out of what came over
 * the wire. A value, without I/O.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WnChunksState:
 * @WN_CHUNKS_SIZE: before the size of a chunk, or in it
 * @WN_CHUNKS_EXTENSION: between that size and the end of its line
 * @WN_CHUNKS_SIZE_END: at the line feed of that line
 * @WN_CHUNKS_DATA: in a chunk's bytes
 * @WN_CHUNKS_DATA_END: at the line end behind them
 * @WN_CHUNKS_DATA_LINE_FEED: inside that line end
 * @WN_CHUNKS_END: the last chunk has come: the body is whole
 * @WN_CHUNKS_BAD: these are no chunks
 */
typedef enum
{
  WN_CHUNKS_SIZE,
  WN_CHUNKS_EXTENSION,
  WN_CHUNKS_SIZE_END,
  WN_CHUNKS_DATA,
  WN_CHUNKS_DATA_END,
  WN_CHUNKS_DATA_LINE_FEED,
  WN_CHUNKS_END,
  WN_CHUNKS_BAD,
} WnChunksState;

/**
 * WnChunks: all zeros before the first byte
 * @state: where the body is; to be read
 * @n_left: bytes of the chunk that are yet to come
 * @n_line: bytes of the current size's line so far
 */
typedef struct
{
  WnChunksState state;
  gint64 n_left;
  guint n_line;
} WnChunks;

/**
 * wn_chunks_strip:
 * @self: where the body is
 * @bytes: the next ones off the wire; those of the body are moved to its start
 * @length: how many came
 *
 * What follows the end, or what is bad, is left out.
 *
 * Returns: how many bytes of the body there are now in @bytes
 */
gsize wn_chunks_strip (WnChunks *self, guint8 *bytes, gsize length);

G_END_DECLS
