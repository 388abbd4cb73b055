/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Tables say for each byte of UTF-8 whether it needs a closer look.
 */

#include "core/markup/text.h"

/* Controls, those of direction and of shaping, byte order marks, annotations,
 * language tags and noncharacters. Joiners stay, because scripts and emoji are
 * written with them.
 */
static gboolean
is_hidden_char (gunichar c)
{
  return (c >= 0x80 && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f
         || (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f)
         || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || c == 0xe0001
         || (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

/* Bytes that may begin a control, a space or one of the characters above. */
#define MAY_BE_UNSEEN (1 << 7)

/* For each byte MAY_BE_UNSEEN or one of WnTextKinds. */
static const guint8 byte_kinds[256] = {
  [0x00 ... 0x20] = MAY_BE_UNSEEN, ['"'] = WN_TEXT_ESCAPED_IN_HTML,
  ['&'] = WN_TEXT_ESCAPED_IN_HTML, ['.'] = WN_TEXT_IN_ADDRESSES,
  [':'] = WN_TEXT_IN_ADDRESSES,    ['<'] = WN_TEXT_ESCAPED_IN_HTML,
  ['>'] = WN_TEXT_ESCAPED_IN_HTML, ['@'] = WN_TEXT_IN_ADDRESSES,
  [0x7f] = MAY_BE_UNSEEN,          [0xc2] = MAY_BE_UNSEEN,
  [0xd8] = MAY_BE_UNSEEN,          [0xe2] = MAY_BE_UNSEEN,
  [0xef] = MAY_BE_UNSEEN,          [0xf0 ... 0xf4] = MAY_BE_UNSEEN,
};

gsize
wn_text_hidden_length (const char *p, const char *end)
{
  guchar c = (guchar) *p;
  gunichar wide;

  if (c < 0x80)
    return (c < 0x20 && !wn_text_is_space (*p)) || c == 0x7f ? 1 : 0;
  if (!(byte_kinds[c] & MAY_BE_UNSEEN))
    return 0;
  wide = g_utf8_get_char_validated (p, end - p);
  if (wide & 0x80000000u)
    return 1;
  return is_hidden_char (wide) ? (gsize) (g_utf8_next_char (p) - p) : 0;
}

/* Text widgets break a line at U+2028 and U+2029. */
gsize
wn_text_separator_length (const char *p, const char *end)
{
  if (end - p < 3 || memcmp (p, "\342\200", 2) != 0)
    return 0;
  return p[2] == '\250' || p[2] == '\251' ? 3 : 0;
}

static gboolean
is_seen (const char *p, const char *end)
{
  if (p == end)
    return FALSE;
  return !(byte_kinds[(guchar) *p] & MAY_BE_UNSEEN)
         || (!wn_text_is_space (*p) && wn_text_hidden_length (p, end) == 0
             && wn_text_separator_length (p, end) == 0);
}

gsize
wn_text_words_length (const char *p, const char *end, guint *kinds)
{
  const char *q = p;

  for (*kinds = 0;; q++)
    {
      while (q < end && !(byte_kinds[(guchar) *q] & MAY_BE_UNSEEN))
        *kinds |= byte_kinds[(guchar) *q++];
      if (q == end)
        break;
      if (!is_seen (q, end) && !(q > p && *q == ' ' && is_seen (q + 1, end)))
        break;
    }
  return (gsize) (q - p);
}

gboolean
wn_text_is_east_asian (gunichar c)
{
  return (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3)
         || (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe4f)
         || (c >= 0xff00 && c <= 0xffef) || (c >= 0x20000 && c <= 0x3ffff);
}

static const char *const escapes[] = {
  ['&'] = "&amp;",
  ['<'] = "&lt;",
  ['>'] = "&gt;",
  ['"'] = "&quot;",
};

void
wn_text_append_escaped (GString *out, const char *text, gsize length)
{
  const char *end = text + length;
  const char *run = text;

  for (const char *p = text; p < end; p++)
    if (byte_kinds[(guchar) *p] == WN_TEXT_ESCAPED_IN_HTML)
      {
        wn_text_append (out, run, (gsize) (p - run));
        wn_text_append_string (out, escapes[(guchar) *p]);
        run = p + 1;
      }
  wn_text_append (out, run, (gsize) (end - run));
}
