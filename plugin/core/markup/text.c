/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Both `core/markup/markup.h`'s text functions and what the other markup
 * modules share with them.
 */

#include "core/markup/text.h"

#include <string.h>

#include "core/markup/markup.h"
#include "core/markup/octets.h"

/* Controls, those of direction and of shaping, byte order marks, annotations
 * and language tags. Joiners stay: scripts and emoji are written with them.
 */
static gboolean
is_hidden_char (gunichar c)
{
  return (c >= 0x80 && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f
         || (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f)
         || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || c == 0xe0001;
}

/* Which bytes are seen for sure, whatever follows them: no control, no space
 * and nothing that a character above begins with in UTF-8.
 */
static const gboolean is_plainly_seen[256] = {
  [0x21 ... 0x7e] = TRUE, [0x80 ... 0xc1] = TRUE, [0xc3 ... 0xd7] = TRUE,
  [0xd9 ... 0xe1] = TRUE, [0xe3 ... 0xee] = TRUE, [0xf0 ... 0xf2] = TRUE,
  [0xf4 ... 0xff] = TRUE,
};

gboolean
wn_text_is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* How many bytes at @p no eye may see, 0 where the character there is one to
 * show.
 */
gsize
wn_text_hidden_length (const char *p, const char *end)
{
  guchar c = (guchar) *p;

  if (c < 0x80)
    return (c < 0x20 && !wn_text_is_space (*p)) || c == 0x7f ? 1 : 0;
  if (is_plainly_seen[c])
    return 0;

  gunichar wide = g_utf8_get_char_validated (p, end - p);

  if (wide & 0x80000000u)
    return 1;
  return is_hidden_char (wide) ? (gsize) (g_utf8_next_char (p) - p) : 0;
}

/* U+2028 and U+2029, which break a line in a text widget. */
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
  return is_plainly_seen[(guchar) *p]
         || (!wn_text_is_space (*p) && wn_text_hidden_length (p, end) == 0
             && wn_text_separator_length (p, end) == 0);
}

/* Past most of the ASCII words at @p, which have one space between each two,
 * to a byte that is no space or comes after none.
 */
static const char *
skip_ascii_words (const char *p, const char *end)
{
  const char *q = p;

  while (end - q >= WN_OCTETS_BYTES)
    {
      guint64 octets = wn_octets_load (q);
      guint64 spaces = wn_octets_equal_exactly (octets, ' ');

      if (wn_octets_wide (octets) | wn_octets_below (octets, ' ')
          | wn_octets_equal (octets, 0x7f) | (spaces & spaces << 8))
        break;
      if (*q == ' ' && (q == p || q[-1] == ' '))
        break;
      q += WN_OCTETS_BYTES;
    }
  return q > p && q[-1] == ' ' ? q - 1 : q;
}

/* The words from @p on, with one space between each two. */
gsize
wn_text_words_length (const char *p, const char *end)
{
  const char *q = skip_ascii_words (p, end);

  for (;;)
    {
      while (q < end && is_plainly_seen[(guchar) *q])
        q++;
      if (is_seen (q, end))
        q++;
      else if (q > p && q < end && *q == ' ' && is_seen (q + 1, end))
        q = skip_ascii_words (q + 1, end);
      else
        return (gsize) (q - p);
    }
}

/* The first of `& < > "` from @p on, or @end. */
static const char *
find_escaped (const char *p, const char *end)
{
  for (; end - p >= WN_OCTETS_BYTES; p += WN_OCTETS_BYTES)
    {
      guint64 octets = wn_octets_load (p);
      guint64 found = wn_octets_equal (octets, '&')
                      | wn_octets_equal (octets, '"')
                      | wn_octets_equal (octets & ~(WN_OCTETS_EACH * 2), '<');

      if (found)
        return p + wn_octets_before (found);
    }
  while (p < end && *p != '&' && *p != '<' && *p != '>' && *p != '"')
    p++;
  return p;
}

void
wn_text_append_escaped (GString *out, const char *text, gsize length)
{
  const char *end = text + length;

  for (const char *p = text; p < end; p++)
    {
      const char *run = p;

      p = find_escaped (p, end);
      g_string_append_len (out, run, p - run);
      if (p == end)
        return;
      g_string_append (out,
                       *p == '&'   ? "&amp;"
                       : *p == '<' ? "&lt;"
                       : *p == '>' ? "&gt;"
                                   : "&quot;");
    }
}

/* A line break of any kind at @p, in bytes; 0 where there is none. */
static gsize
break_length (const char *p, const char *end)
{
  if (p[0] == '\r' && p[1] == '\n')
    return 2;
  if (*p == '\n' || *p == '\r' || *p == '\f')
    return 1;
  return wn_text_separator_length (p, end);
}

char *
wn_markup_clean_text (const char *text, gboolean one_line)
{
  g_return_val_if_fail (text != NULL, NULL);

  const char *end = text + strlen (text);
  GString *out = g_string_sized_new ((gsize) (end - text));

  for (const char *p = text; p < end;)
    {
      gsize n_words = wn_text_words_length (p, end);
      gsize n_hidden, n_break;

      g_string_append_len (out, p, (gssize) n_words);
      p += n_words;
      if (p == end)
        break;
      n_hidden = wn_text_hidden_length (p, end);
      n_break = break_length (p, end);
      if (n_break > 0)
        g_string_append_c (out, one_line ? ' ' : '\n');
      else if (*p == '\t' && one_line)
        g_string_append_c (out, ' ');
      else if (n_hidden == 0)
        g_string_append_c (out, *p);
      p += MAX (1, MAX (n_hidden, n_break));
    }
  return g_string_free (out, FALSE);
}

static guint
count_char (const char *text, char c)
{
  guint n = 0;

  for (const char *p = strchr (text, c); p != NULL; p = strchr (p + 1, c))
    n++;
  return n;
}

char *
wn_markup_escape (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);

  GString *out = g_string_new (NULL);
  const char *line_break
      = count_char (text, '\n') <= WN_MARKUP_MAX_TAGS ? "<br>" : "\n";

  for (const char *p = text;;)
    {
      gsize length = strcspn (p, "\n");

      wn_text_append_escaped (out, p, length);
      if (p[length] == '\0')
        return g_string_free (out, FALSE);
      g_string_append (out, line_break);
      p += length + 1;
    }
}
