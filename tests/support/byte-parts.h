/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Bytes for a server to send, written down as a table's constants.
 */

#pragma once

#include <glib.h>

#include "support/accept.h"

G_BEGIN_DECLS

/**
 * WnBytePart: bytes as they are, or the payload of a WebSocket frame
 * @bytes: (nullable): %NULL ends a list
 * @length: of @bytes; below 64 KiB for a frame
 * @n_times: how often they come
 * @is_frame: whether a frame's head stands before them
 * @first_byte: the frame's: FIN, RSV, opcode
 */
typedef struct
{
  const char *bytes;
  gsize length;
  guint n_times;
  gboolean is_frame;
  guint8 first_byte;
} WnBytePart;

/* Of string literals, which may hold NULs. */
#define RAW_TIMES(literal, n)                                                  \
  {                                                                            \
    literal, sizeof literal - 1, n, FALSE, 0                                   \
  }
#define RAW(literal) RAW_TIMES (literal, 1)
#define FRAMES(first, literal, n)                                              \
  {                                                                            \
    literal, sizeof literal - 1, n, TRUE, first                                \
  }
#define FRAME(first, literal) FRAMES (first, literal, 1)
#define TEXT(literal) FRAME (0x81, literal)

/** Appends one part to @bytes */
void wn_byte_part_append (const WnBytePart *part, GByteArray *bytes);

/** Appends parts up to the one that ends the list, or @n_parts of them */
void wn_byte_parts_append (const WnBytePart *parts,
                           gsize n_parts,
                           GByteArray *bytes);

G_END_DECLS
