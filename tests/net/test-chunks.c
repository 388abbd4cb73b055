/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Bodies in chunks, each in one piece and cut at every byte.
 */

#include "net/http/chunks.h"

#include <string.h>

typedef struct
{
  const char *name;
  const char *wire;
  const char *body;
  WnChunksState state;
} Case;

static const Case cases[] = {
  { "one chunk", "5\r\n12345\r\n0\r\n\r\n", "12345", WN_CHUNKS_END },
  { "an empty body", "0\r\n\r\n", "", WN_CHUNKS_END },
  { "two chunks, and digits of either case",
    "A\r\n0123456789\r\nb\r\nabcdefghijk\r\n0\r\n\r\n",
    "0123456789abcdefghijk",
    WN_CHUNKS_END },
  { "line ends in a chunk",
    "4\r\n\r\n\r\n\r\n0\r\n\r\n",
    "\r\n\r\n",
    WN_CHUNKS_END },
  { "a size that looks like a chunk's bytes",
    "3\r\n0\r\n\r\n0\r\n\r\n",
    "0\r\n",
    WN_CHUNKS_END },
  { "zeros before the size",
    "0005\r\n12345\r\n000\r\n",
    "12345",
    WN_CHUNKS_END },
  { "extensions", "5;a=\"b\"\r\n12345\r\n0 ;c\r\n", "12345", WN_CHUNKS_END },
  { "spaces behind the size",
    "5 \r\n12345\r\n0\t\r\n",
    "12345",
    WN_CHUNKS_END },
  { "bare line feeds", "5\n12345\n0\n\n", "12345", WN_CHUNKS_END },
  { "a trailer, and another answer",
    "1\r\n1\r\n0\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n",
    "1",
    WN_CHUNKS_END },
  { "nothing", "", "", WN_CHUNKS_SIZE },
  { "half a size", "1", "", WN_CHUNKS_SIZE },
  { "a last chunk without its line feed", "0\r", "", WN_CHUNKS_SIZE_END },
  { "half an extension", "1;a", "", WN_CHUNKS_EXTENSION },
  { "half a chunk", "5\r\n123", "123", WN_CHUNKS_DATA },
  { "a chunk without its line end", "3\r\n123", "123", WN_CHUNKS_DATA_END },
  { "half a line end", "3\r\n123\r", "123", WN_CHUNKS_DATA_LINE_FEED },
  { "no last chunk", "3\r\n123\r\n", "123", WN_CHUNKS_SIZE },
  { "a size that is no number", "zz\r\n12345\r\n", "", WN_CHUNKS_BAD },
  { "a size below zero", "-5\r\n12345\r\n", "", WN_CHUNKS_BAD },
  { "a size with a sign", "+5\r\n12345\r\n", "", WN_CHUNKS_BAD },
  { "a size with a prefix", "0x5\r\n12345\r\n", "", WN_CHUNKS_BAD },
  { "no size", "\r\n12345\r\n", "", WN_CHUNKS_BAD },
  { "a space before the size", " 5\r\n12345\r\n", "", WN_CHUNKS_BAD },
  { "an extension without a size", ";a\r\n12345\r\n", "", WN_CHUNKS_BAD },
  { "a size of 2 to the 63rd less 1",
    "7fffffffffffffff\r\n123",
    "123",
    WN_CHUNKS_DATA },
  { "a size of 2 to the 63rd", "8000000000000000\r\n12", "", WN_CHUNKS_BAD },
  { "a size of 2 to the 64th and 5",
    "10000000000000005\r\n12345\r\n0\r\n\r\n",
    "",
    WN_CHUNKS_BAD },
  { "a carriage return in the size", "5\r5\n12345\r\n", "", WN_CHUNKS_BAD },
  { "more than a chunk", "5\r\n12345XX0\r\n\r\n", "12345", WN_CHUNKS_BAD },
  { "half a line end, and more", "1\r\n1\rX", "1", WN_CHUNKS_BAD },
};

/* Returns: (transfer full): the body of @wire, given in two pieces */
static GString *
strip (WnChunks *chunks, const char *wire, gsize length, gsize n_first)
{
  g_autofree guint8 *bytes = g_memdup2 (wire, MAX (length, 1));
  GString *body = g_string_new (NULL);
  gsize n = wn_chunks_strip (chunks, bytes, n_first);

  g_string_append_len (body, (char *) bytes, (gssize) n);
  n = wn_chunks_strip (chunks, bytes + n_first, length - n_first);
  g_string_append_len (body, (char *) bytes + n_first, (gssize) n);
  return body;
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  gsize length = strlen (c->wire);

  for (gsize cut = 0; cut <= length; cut++)
    {
      WnChunks chunks = { 0 };
      g_autoptr (GString) body = strip (&chunks, c->wire, length, cut);

      g_assert_cmpstr (body->str, ==, c->body);
      g_assert_cmpint (chunks.state, ==, c->state);
    }
}

/* Neither digits nor an extension may go on for ever. */
static void
test_endless_lines (void)
{
  static const char *const begins[] = { "0", "1;" };

  for (gsize i = 0; i < G_N_ELEMENTS (begins); i++)
    {
      WnChunks chunks = { 0 };
      g_autoptr (GString) wire = g_string_new (begins[i]);
      g_autoptr (GString) body = NULL;

      for (guint j = 0; j < 5000; j++)
        g_string_append_c (wire, '0');
      body = strip (&chunks, wire->str, wire->len, 1);
      g_assert_cmpint (chunks.state, ==, WN_CHUNKS_BAD);
      g_assert_cmpuint (body->len, ==, 0);
    }
}

/* The bound is on a line, not on all of them. */
static void
test_many_chunks (void)
{
  WnChunks chunks = { 0 };

  for (guint i = 0; i < 10000; i++)
    {
      g_autoptr (GString) body = strip (&chunks, "1\r\n1\r\n", 6, 0);

      g_assert_cmpstr (body->str, ==, "1");
    }
  g_assert_cmpint (chunks.state, ==, WN_CHUNKS_SIZE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/chunks/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/chunks/a line without an end is bad", test_endless_lines);
  g_test_add_func ("/chunks/there may be any number of them", test_many_chunks);
  return g_test_run ();
}
