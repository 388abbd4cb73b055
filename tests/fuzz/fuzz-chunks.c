/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A body in chunks: the same in one piece as in pieces of as many bytes as the
 * input's first byte says, and never more than came.
 */

#include "fuzz/fuzz.h"
#include "net/http/chunks.h"

static WnChunks
strip (const uint8_t *data, size_t size, size_t piece, GByteArray *body)
{
  WnChunks chunks = { 0 };

  for (size_t at = 0; at < size; at += piece)
    {
      gsize length = MIN (piece, size - at);
      g_autofree guint8 *bytes = g_memdup2 (data + at, length);
      gsize n = wn_chunks_strip (&chunks, bytes, length);

      g_assert_cmpuint (n, <=, length);
      g_byte_array_append (body, bytes, (guint) n);
    }
  return chunks;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  g_autoptr (GByteArray) pieces = g_byte_array_new ();
  WnChunks one, many;

  if (size < 2)
    return 0;
  one = strip (data + 1, size - 1, size - 1, whole);
  many = strip (data + 1, size - 1, MAX (data[0], 1), pieces);
  g_assert_cmpint (one.state, ==, many.state);
  g_assert_cmpint (one.n_left, ==, many.n_left);
  g_assert_cmpmem (whole->data, whole->len, pieces->data, pieces->len);
  g_assert_cmpint (one.n_left, >=, 0);
  return 0;
}
