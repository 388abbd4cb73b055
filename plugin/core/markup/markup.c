/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each kind of body drives the reader, and the reader the page.
 */

#include "core/markup/markup.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/markup/markdown.h"
#include "core/markup/page.h"
#include "core/markup/reader.h"
#include "core/markup/text.h"

static void
read_text (WnPage *page, const char *text, gsize length)
{
  WnStyle style = WN_STYLE_NONE;

  style.spaces = WN_STYLE_KEEP_LINES_AND_SPACES;
  wn_page_add_text (page, &style, text, length);
}

static gboolean
read_markup (WnPage *page, const char *body, gsize length, WnMarkupKind kind)
{
  g_autoptr (WnReader) reader = wn_reader_new (page);

  if (kind == WN_MARKUP_MARKDOWN)
    return wn_markdown_read (reader, body, length);
  wn_reader_read_html (reader, body, length);
  return TRUE;
}

static char *
dup_cut_note (gsize n_left_out)
{
  if (n_left_out == 0)
    return NULL;
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                       "[%lu more byte isn’t shown]",
                                       "[%lu more bytes aren’t shown]",
                                       n_left_out),
                          (gulong) n_left_out);
}

static char *
render_body (const char *body,
             gsize length,
             WnMarkupKind kind,
             const char *base_url,
             WnPageFormat format)
{
  g_auto (WnPage) page;
  g_autofree char *note = NULL;

  wn_page_init (&page,
                format,
                WN_MARKUP_MAX_BYTES,
                MIN (length, WN_MARKUP_MAX_BYTES),
                base_url);
  if (kind == WN_MARKUP_TEXT)
    read_text (&page, body, length);
  else if (!read_markup (&page, body, length, kind))
    return render_body (body, length, WN_MARKUP_TEXT, NULL, format);
  note = dup_cut_note (page.n_left_out);
  return wn_page_finish (&page, note);
}

char *
wn_markup_to_html (const char *body,
                   gsize length,
                   WnMarkupKind kind,
                   const char *base_url)
{
  g_return_val_if_fail (body != NULL, NULL);

  return render_body (body, length, kind, base_url, WN_PAGE_HTML);
}

char *
wn_markup_to_text (const char *body,
                   gsize length,
                   WnMarkupKind kind,
                   const char *base_url)
{
  g_return_val_if_fail (body != NULL, NULL);

  return render_body (body, length, kind, base_url, WN_PAGE_TEXT);
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
      guint kinds;
      gsize n_words = wn_text_words_length (p, end, &kinds);
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
