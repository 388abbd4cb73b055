/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which characters of a text an eye may see, and text as HTML. Pure; internal
 * to the markup modules.
 */

#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/** Whether @c is one of HTML's spaces. */
static inline gboolean
wn_text_is_space (char c)
{
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

typedef enum
{
  WN_TEXT_ESCAPED_IN_HTML = 1 << 0, /* one of & < > " */
  WN_TEXT_IN_ADDRESSES = 1 << 1,    /* one of . : @ */
} WnTextKinds;

/**
 * wn_text_hidden_length:
 * @p: where to look, before @end
 * @end: the end of the text
 *
 * Returns: how many bytes at @p no eye may see (a control character, a
 *   bidirectional control, a noncharacter, a stray byte), 0 where there is
 *   something to show
 */
gsize wn_text_hidden_length (const char *p, const char *end);

/**
 * wn_text_separator_length:
 * @p: where to look, before @end
 * @end: the end of the text
 *
 * Returns: how many bytes a line or paragraph separator at @p has, 0 where
 *   there is none; neither is one of HTML's spaces or line breaks
 */
gsize wn_text_separator_length (const char *p, const char *end);

/**
 * wn_text_words_length:
 * @p: where to look
 * @end: the end of the text
 * @kinds: (out): of #WnTextKinds, what is among the words
 *
 * Returns: how many bytes from @p on are words with one space between each two
 *   and nothing hidden; 0 where none begins
 */
gsize wn_text_words_length (const char *p, const char *end, guint *kinds);

/** Whether lines may be broken before and after @c: East Asian writing. */
gboolean wn_text_is_east_asian (gunichar c);

/** As g_string_append_len(), without a call where there is room. */
static inline void
wn_text_append (GString *out, const char *text, gsize length)
{
  if (out->len + length >= out->allocated_len)
    {
      g_string_append_len (out, text, (gssize) length);
      return;
    }
  memcpy (out->str + out->len, text, length);
  out->len += length;
  out->str[out->len] = '\0';
}

/** As g_string_append(), likewise. */
static inline void
wn_text_append_string (GString *out, const char *text)
{
  wn_text_append (out, text, strlen (text));
}

/** Appends @length bytes of @text to @out, with `& < > "` escaped. */
void wn_text_append_escaped (GString *out, const char *text, gsize length);

G_END_DECLS
