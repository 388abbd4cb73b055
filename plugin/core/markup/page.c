/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Breaks, spaces and leads are kept until a text follows, so that none is
 * written at the ends, and tags open as late as they can.
 */

#include "core/markup/page.h"

#include <string.h>

#include "core/markup/link.h"
#include "core/markup/text.h"

#define MAX_LINK_TEXT_BYTES 1024

static const char *const tag_names[WN_N_TAGS]
    = { "a", "font", "b", "i", "u", "s", "sub", "sup" };

void
wn_page_init (WnPage *page, gboolean is_plain, gsize length)
{
  *page = (WnPage){ .is_plain = is_plain,
                    .style = WN_STYLE_NONE,
                    .shown = WN_STYLE_NONE };
  page->out = g_string_sized_new (length + length / 8);
  page->lead = g_string_new (NULL);
  page->link_text = g_string_new (NULL);
}

void
wn_page_clear (WnPage *page)
{
  if (page->out != NULL)
    g_string_free (page->out, TRUE);
  g_string_free (page->lead, TRUE);
  g_string_free (page->link_text, TRUE);
  if (page->urls != NULL)
    g_string_chunk_free (page->urls);
}

static gboolean
style_has (const WnStyle *style, WnTag tag)
{
  if (tag == WN_TAG_A)
    return style->href != NULL;
  if (tag == WN_TAG_FONT)
    return style->colour >= 0 || style->size > 0;
  return (style->flags & WN_STYLE_FLAG (tag)) != 0;
}

static gboolean
style_agrees (const WnStyle *a, const WnStyle *b, WnTag tag)
{
  if (tag == WN_TAG_A)
    return a->href == b->href;
  if (tag == WN_TAG_FONT)
    return a->colour == b->colour && a->size == b->size;
  return style_has (a, tag) == style_has (b, tag);
}

/* Closes what the next text isn't in, so that breaks fall outside. */
static void
page_close_tags (WnPage *page)
{
  guint n_kept = 0;

  while (n_kept < page->n_open
         && style_agrees (&page->shown, &page->style, page->open[n_kept]))
    n_kept++;
  while (page->n_open > n_kept)
    {
      WnTag tag = page->open[--page->n_open];

      g_string_append (page->out, "</");
      g_string_append (page->out, tag_names[tag]);
      g_string_append_c (page->out, '>');
      page->n_tags++;
    }
}

static void
page_open_tag (WnPage *page, WnTag tag)
{
  page->n_tags++;
  page->open[page->n_open++] = tag;
  g_string_append_c (page->out, '<');
  g_string_append (page->out, tag_names[tag]);
  if (tag == WN_TAG_A)
    {
      g_string_append (page->out, " href=\"");
      wn_text_append_escaped (page->out,
                              page->style.href,
                              strlen (page->style.href));
      g_string_append_c (page->out, '"');
    }
  if (tag == WN_TAG_FONT && page->style.colour >= 0)
    g_string_append_printf (page->out, " color=\"#%06x\"", page->style.colour);
  if (tag == WN_TAG_FONT && page->style.size > 0)
    g_string_append_printf (page->out, " size=\"%d\"", page->style.size);
  g_string_append_c (page->out, '>');
}

static gboolean
page_is_open (const WnPage *page, WnTag tag)
{
  for (guint i = 0; i < page->n_open; i++)
    if (page->open[i] == tag)
      return TRUE;
  return FALSE;
}

static void
page_open_tags (WnPage *page)
{
  for (WnTag tag = 0; tag < WN_N_TAGS; tag++)
    if (style_has (&page->style, tag) && !page_is_open (page, tag))
      page_open_tag (page, tag);
  page->shown = page->style;
}

static void
page_write (WnPage *page, const char *text, gsize length)
{
  if (page->is_plain)
    g_string_append_len (page->out, text, (gssize) length);
  else
    wn_text_append_escaped (page->out, text, length);
}

static gboolean
page_is_at_line_start (const WnPage *page)
{
  return page->out->len == 0 || page->n_breaks > 0;
}

static void
page_write_breaks (WnPage *page)
{
  for (; page->n_breaks > 0; page->n_breaks--)
    {
      g_string_append (page->out, page->is_plain ? "\n" : "<br>");
      page->n_tags++;
    }
}

/* Writes all that is due before a text. */
static void
page_begin_text (WnPage *page)
{
  gboolean has_space = page->has_space && !page_is_at_line_start (page)
                       && page->lead->len == 0;
  gboolean starts_line = page_is_at_line_start (page);
  gboolean is_apart = has_space || page->n_breaks > 0 || page->lead->len > 0;

  if (!page->is_plain)
    page_close_tags (page);
  for (guint i = 0; starts_line && i < page->n_quotes; i++)
    g_string_insert (page->lead, 0, "> ");
  page_write_breaks (page);
  page_write (page, page->lead->str, page->lead->len);
  g_string_truncate (page->lead, 0);
  if (has_space)
    page_write (page, " ", 1);
  if (is_apart && page->style.href != NULL && page->link_text->len > 0)
    g_string_append_c (page->link_text, ' ');
  page->has_space = FALSE;
  if (!page->is_plain)
    page_open_tags (page);
}

static void
page_add_words (WnPage *page, const char *words, gsize length)
{
  page_begin_text (page);
  page_write (page, words, length);
  if (page->style.href != NULL && page->link_text->len < MAX_LINK_TEXT_BYTES)
    g_string_append_len (page->link_text, words, (gssize) length);
}

void
wn_page_end_line (WnPage *page)
{
  page->has_space = FALSE;
  if (page->lead->len == 0 && !page_is_at_line_start (page))
    page->n_breaks = 1;
}

void
wn_page_break_line (WnPage *page, guint max_breaks)
{
  page->has_space = FALSE;
  if (page->lead->len == 0 && page->out->len > 0 && page->n_breaks < max_breaks)
    page->n_breaks++;
}

void
wn_page_add_text (WnPage *page, const char *text, gsize length, gboolean is_pre)
{
  const char *end = text + length;

  for (const char *p = text; p < end;)
    {
      gsize n_hidden = wn_text_hidden_length (p, end);
      gsize n_words = n_hidden > 0 ? 0 : wn_text_words_length (p, end);
      gsize n_separator = wn_text_separator_length (p, end);

      if (n_words > 0)
        page_add_words (page, p, n_words);
      else if (n_hidden > 0 || !is_pre)
        page->has_space |= n_hidden == 0;
      else if (*p == '\n' || n_separator > 0)
        wn_page_break_line (page, G_MAXUINT);
      else if (*p == ' ' || *p == '\t')
        page_add_words (page, p, 1);
      p += MAX (MAX (1, n_separator), MAX (n_hidden, n_words));
    }
}

void
wn_page_add_string (WnPage *page, const char *text)
{
  wn_page_add_text (page, text, strlen (text), FALSE);
}

void
wn_page_start_link (WnPage *page, const char *raw_url)
{
  g_autofree char *url = wn_link_dup_url (raw_url);

  g_string_truncate (page->link_text, 0);
  if (page->urls == NULL)
    page->urls = g_string_chunk_new (256);
  page->style.href
      = url != NULL ? g_string_chunk_insert (page->urls, url) : NULL;
}

void
wn_page_start_image_link (WnPage *page, const char *raw_url)
{
  wn_page_start_link (page, raw_url);
  if (page->style.href != NULL && !wn_link_is_web_url (page->style.href))
    page->style.href = NULL;
}

void
wn_page_end_link (WnPage *page, const WnStyle *outside)
{
  const char *url = page->style.href;
  const char *text = page->link_text->str;
  g_autofree char *target = NULL;

  page->style = *outside;
  if (url == NULL || *text == '\0')
    return;
  target = page->is_plain ? wn_link_dup_unsaid_url (text, url)
                          : wn_link_dup_unsaid (text, url);
  if (target == NULL)
    return;
  if (!page->is_plain)
    page_close_tags (page);
  page_write (page, " (", 2);
  page_write (page, target, strlen (target));
  page_write (page, ")", 1);
}

char *
wn_page_finish (WnPage *page)
{
  page->style = WN_STYLE_NONE;
  if (!page->is_plain)
    page_close_tags (page);
  return g_string_free (g_steal_pointer (&page->out), FALSE);
}
