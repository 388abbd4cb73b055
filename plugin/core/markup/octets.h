/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Eight bytes at a time: whether any of them needs a closer look. Each answer
 * has bits where such bytes are, the first in the lowest place, and is 0 where
 * there are none. Pure.
 */

#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

#define WN_OCTETS_BYTES 8
#define WN_OCTETS_EACH G_GUINT64_CONSTANT (0x0101010101010101)
#define WN_OCTETS_HIGH G_GUINT64_CONSTANT (0x8080808080808080)

/** The eight bytes at @p, which need not be aligned. */
static inline guint64
wn_octets_load (const char *p)
{
  guint64 octets;

  memcpy (&octets, p, sizeof octets);
  return GUINT64_FROM_LE (octets);
}

/** How many bytes there are before the first that @found, which is not 0, has a
 * bit for.
 */
static inline gsize
wn_octets_before (guint64 found)
{
#ifdef __GNUC__
  return (gsize) __builtin_ctzll (found) / 8;
#else
  gsize n = 0;

  for (; (found & 0xff) == 0; found >>= 8)
    n++;
  return n;
#endif
}

/** Bytes below @limit, which is 128 at most; bits above a found one may be
 * wrong.
 */
static inline guint64
wn_octets_below (guint64 octets, guint8 limit)
{
  return (octets - WN_OCTETS_EACH * limit) & ~octets & WN_OCTETS_HIGH;
}

/** Bytes equal to @c; bits above a found one may be wrong. */
static inline guint64
wn_octets_equal (guint64 octets, char c)
{
  return wn_octets_below (octets ^ (WN_OCTETS_EACH * (guint8) c), 1);
}

/** Bytes equal to @c, with no bit wrong. */
static inline guint64
wn_octets_equal_exactly (guint64 octets, char c)
{
  guint64 other = octets ^ (WN_OCTETS_EACH * (guint8) c);

  return ~(((other & ~WN_OCTETS_HIGH) + ~WN_OCTETS_HIGH) | other
           | ~WN_OCTETS_HIGH);
}

/** Bytes that aren't ASCII. */
static inline guint64
wn_octets_wide (guint64 octets)
{
  return octets & WN_OCTETS_HIGH;
}

/**
 * wn_octets_skip_ascii:
 * @p: where to begin
 * @end: the end of the text
 *
 * Returns: the first byte that isn't ASCII or is NUL, or one of the last seven
 *   before @end
 */
static inline const char *
wn_octets_skip_ascii (const char *p, const char *end)
{
  while (end - p >= WN_OCTETS_BYTES)
    {
      guint64 octets = wn_octets_load (p);
      guint64 found = wn_octets_wide (octets) | wn_octets_equal (octets, '\0');

      if (found)
        return p + wn_octets_before (found);
      p += WN_OCTETS_BYTES;
    }
  return p;
}

G_END_DECLS
