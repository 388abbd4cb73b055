/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A byte at a time for the framing, a piece at a time for what it frames. A
 * line may end without its carriage return, as everybody allows; all else that
 * is not in the grammar makes the body bad, since where it ends can't be known
 * then.
 */

#include "net/http/chunks.h"

#include <string.h>

/* A chunk's size and its extensions are far shorter than this. */
#define MAX_LINE_BYTES 4096

static WnChunksState
handle_size_end (const WnChunks *self)
{
  return self->n_left > 0 ? WN_CHUNKS_DATA : WN_CHUNKS_END;
}

static WnChunksState
handle_digit (WnChunks *self, int digit)
{
  if (self->n_left > (G_MAXINT64 - digit) / 16)
    return WN_CHUNKS_BAD;
  self->n_left = 16 * self->n_left + digit;
  return WN_CHUNKS_SIZE;
}

static WnChunksState
handle_in_size (WnChunks *self, guint8 byte)
{
  if (g_ascii_isxdigit (byte))
    return handle_digit (self, g_ascii_xdigit_value ((char) byte));
  if (self->n_line == 1) /* not one digit */
    return WN_CHUNKS_BAD;
  switch (byte)
    {
    case ';':
    case ' ':
    case '\t':
      return WN_CHUNKS_EXTENSION;
    case '\r':
      return WN_CHUNKS_SIZE_END;
    case '\n':
      return handle_size_end (self);
    default:
      return WN_CHUNKS_BAD;
    }
}

static WnChunksState
handle_framing (WnChunks *self, guint8 byte)
{
  switch (self->state)
    {
    case WN_CHUNKS_SIZE:
      return handle_in_size (self, byte);
    case WN_CHUNKS_EXTENSION:
      return byte == '\n' ? handle_size_end (self) : WN_CHUNKS_EXTENSION;
    case WN_CHUNKS_SIZE_END:
      return byte == '\n' ? handle_size_end (self) : WN_CHUNKS_BAD;
    case WN_CHUNKS_DATA_END:
      if (byte == '\r')
        return WN_CHUNKS_DATA_LINE_FEED;
      return byte == '\n' ? WN_CHUNKS_SIZE : WN_CHUNKS_BAD;
    case WN_CHUNKS_DATA_LINE_FEED:
      return byte == '\n' ? WN_CHUNKS_SIZE : WN_CHUNKS_BAD;
    case WN_CHUNKS_DATA:
    case WN_CHUNKS_END:
    case WN_CHUNKS_BAD:
    default:
      return self->state;
    }
}

static void
take_framing (WnChunks *self, guint8 byte)
{
  gboolean is_line
      = self->state == WN_CHUNKS_SIZE || self->state == WN_CHUNKS_EXTENSION;

  self->n_line = is_line ? self->n_line + 1 : 0;
  self->state = self->n_line > MAX_LINE_BYTES ? WN_CHUNKS_BAD
                                              : handle_framing (self, byte);
}

static gsize
take_data (WnChunks *self, gsize length)
{
  gsize n = (gsize) MIN (self->n_left, (gint64) length);

  self->n_left -= (gint64) n;
  if (self->n_left == 0)
    self->state = WN_CHUNKS_DATA_END;
  return n;
}

gsize
wn_chunks_strip (WnChunks *self, guint8 *bytes, gsize length)
{
  gsize n_kept = 0;
  gsize i = 0;

  while (i < length && self->state != WN_CHUNKS_END
         && self->state != WN_CHUNKS_BAD)
    if (self->state == WN_CHUNKS_DATA)
      {
        gsize n = take_data (self, length - i);

        memmove (bytes + n_kept, bytes + i, n);
        n_kept += n;
        i += n;
      }
    else
      take_framing (self, bytes[i++]);
  return n_kept;
}
