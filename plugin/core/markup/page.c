/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Breaks, spaces and leads are kept until a text follows, so that none is
 * written at the ends, and tags open as late as they can.
 */

#include "core/markup/page.h"

#include <string.h>

#include "core/markup/link.h"
#include "core/markup/markup.h"
#include "core/markup/text.h"

#define MAX_LINK_TEXT_BYTES 1024
#define MAX_KEPT_BREAKS 100

/* Pango takes quadratic time for a line that it can't break. */
#define MAX_UNBROKEN 1000

static const char *const tag_names[WN_PAGE_N_TAGS]
    = { "a", "font", "b", "i", "u", "s", "sub", "sup" };

void
wn_page_init (WnPage *page,
              WnPageFormat format,
              gsize max_text,
              gsize size_hint,
              const char *base_url)
{
  *page = (WnPage){
    .format = format,
    .max_text = max_text,
    .base_url = base_url,
    .shown = WN_STYLE_NONE,
    .out = g_string_sized_new (size_hint),
    .lead = g_string_new (NULL),
  };
}

static void
page_free_string (GString *string)
{
  if (string != NULL)
    g_string_free (string, TRUE);
}

void
wn_page_clear (WnPage *page)
{
  page_free_string (page->out);
  page_free_string (page->lead);
  page_free_string (page->url);
  page_free_string (page->link_text);
  page_free_string (page->target);
  g_clear_pointer (&page->places, g_hash_table_unref);
}

/* --- Tags ----------------------------------------------------------------- */

static guint8
tag_flag (WnPageTag tag)
{
  return (guint8) (1 << (tag - WN_PAGE_TAG_B));
}

static gboolean
style_has (const WnStyle *style, WnPageTag tag)
{
  if (tag == WN_PAGE_TAG_A)
    return style->link > 0;
  if (tag == WN_PAGE_TAG_FONT)
    return style->colour >= 0 || style->size > 0;
  return (style->flags & tag_flag (tag)) != 0;
}

static gboolean
styles_agree (const WnStyle *a, const WnStyle *b, WnPageTag tag)
{
  if (tag == WN_PAGE_TAG_A)
    return a->link == b->link;
  if (tag == WN_PAGE_TAG_FONT)
    return a->colour == b->colour && a->size == b->size;
  return ((a->flags ^ b->flags) & tag_flag (tag)) == 0;
}

static gboolean
styles_look_alike (const WnStyle *a, const WnStyle *b)
{
  return a->flags == b->flags && a->link == b->link && a->colour == b->colour
         && a->size == b->size;
}

/* Closes what the next text isn't in, so that breaks fall outside. */
static void
page_close_tags (WnPage *page, const WnStyle *style)
{
  guint n_kept = 0;

  while (n_kept < page->n_open
         && styles_agree (&page->shown, style, page->open[n_kept]))
    n_kept++;
  while (page->n_open > n_kept)
    {
      WnPageTag tag = page->open[--page->n_open];

      g_string_append (page->out, "</");
      g_string_append (page->out, tag_names[tag]);
      g_string_append_c (page->out, '>');
      page->n_tags++;
    }
}

static void
page_open_tag (WnPage *page, const WnStyle *style, WnPageTag tag)
{
  page->n_tags++;
  page->open[page->n_open++] = tag;
  g_string_append_c (page->out, '<');
  g_string_append (page->out, tag_names[tag]);
  if (tag == WN_PAGE_TAG_A)
    {
      g_string_append (page->out, " href=\"");
      wn_text_append_escaped (page->out, page->url->str, page->url->len);
      g_string_append_c (page->out, '"');
    }
  if (tag == WN_PAGE_TAG_FONT && style->colour >= 0)
    g_string_append_printf (page->out, " color=\"#%06x\"", style->colour);
  if (tag == WN_PAGE_TAG_FONT && style->size > 0)
    g_string_append_printf (page->out, " size=\"%d\"", style->size);
  g_string_append_c (page->out, '>');
}

static gboolean
page_is_open (const WnPage *page, WnPageTag tag)
{
  for (guint i = 0; i < page->n_open; i++)
    if (page->open[i] == tag)
      return TRUE;
  return FALSE;
}

static void
page_open_tags (WnPage *page, const WnStyle *style)
{
  for (WnPageTag tag = 0; tag < WN_PAGE_N_TAGS; tag++)
    if (style_has (style, tag) && !page_is_open (page, tag))
      page_open_tag (page, style, tag);
}

/* --- Text ----------------------------------------------------------------- */

static void
page_write (WnPage *page, const char *text, gsize length)
{
  if (page->format == WN_PAGE_TEXT)
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
      g_string_append (page->out, page->format == WN_PAGE_HTML ? "<br>" : "\n");
      page->n_tags++;
    }
}

/* Whether the text that is written last reads on in a text behind it. */
static gboolean
page_reads_on (const WnPage *page)
{
  const char *out = page->out->str;

  return wn_link_begins_in (out, out + page->text_end);
}

/* Writes where the last link leads, if that is due before @text. */
static void
page_write_target (WnPage *page,
                   const WnStyle *style,
                   const char *text,
                   const char *end,
                   gboolean is_apart)
{
  gboolean is_due
      = page->target_is_certain
        || (!is_apart && text < end && wn_link_goes_on_in (text, end));

  if (page->target == NULL || page->target->len == 0)
    return;
  if (is_due && page->format == WN_PAGE_HTML)
    page_close_tags (page, style);
  if (is_due)
    page_write (page, page->target->str, page->target->len);
  if (is_due || is_apart || strspn (text, ".") < (gsize) (end - text))
    g_string_truncate (page->target, 0);
}

static void
page_write_lead (WnPage *page, const WnStyle *style, gboolean has_space)
{
  gboolean starts_line = page_is_at_line_start (page);

  for (guint i = 0; starts_line && i < style->n_quotes; i++)
    g_string_insert (page->lead, 0, "> ");
  page_write_breaks (page);
  page_write (page, page->lead->str, page->lead->len);
  g_string_truncate (page->lead, 0);
  if (has_space)
    g_string_append_c (page->out, ' ');
  page->has_space = FALSE;
}

/* Writes all that is due before @text. */
static void
page_begin_text (WnPage *page,
                 const WnStyle *style,
                 const char *text,
                 const char *end)
{
  gboolean has_space = page->has_space && !page_is_at_line_start (page)
                       && page->lead->len == 0;
  gboolean is_apart
      = has_space || page_is_at_line_start (page) || page->lead->len > 0;
  gboolean is_in_link = style->link > 0 && page->link_text->len > 0;

  if (page->target != NULL)
    page_write_target (page, style, text, end, is_apart);
  if (!is_apart && styles_look_alike (style, &page->shown))
    return;
  if (page->format == WN_PAGE_HTML)
    page_close_tags (page, style);
  if (is_apart)
    {
      page_write_lead (page, style, has_space);
      page->n_unbroken = 0;
      if (is_in_link)
        g_string_append_c (page->link_text, ' ');
    }
  else if (style->link != page->shown.link && style->link > 0)
    page->link_is_touched = page_reads_on (page);
  if (page->format == WN_PAGE_HTML)
    page_open_tags (page, style);
  page->shown = *style;
}

/* Cuts what is beyond the limit off. Returns: how much may be written */
static gsize
page_take_text (WnPage *page, const char *text, gsize length)
{
  gsize n = MIN (length, page->max_text);

  while (n < length && n > 0 && ((guchar) text[n] & 0xc0) == 0x80)
    n--;
  page->max_text = n < length ? 0 : page->max_text - n;
  page->n_left_out += length - n;
  return n;
}

/* Returns: where the line must be broken in the word at @p, or @end */
static const char *
page_find_break (WnPage *page, const char *p, const char *end)
{
  while (p < end && page->n_unbroken < MAX_UNBROKEN)
    {
      gboolean is_breakable = wn_text_is_east_asian (g_utf8_get_char (p));

      page->n_unbroken = is_breakable ? 0 : page->n_unbroken + 1;
      p = g_utf8_next_char (p);
    }
  return p;
}

/* Returns: how many bytes of @words need no break in a word */
static gsize
page_fitting_length (WnPage *page, const char *words, const char *end)
{
  const char *p = words;

  while (p < end)
    {
      const char *space = memchr (p, ' ', (gsize) (end - p));
      const char *word_end = space != NULL ? space : end;
      gsize length = (gsize) (word_end - p);

      if (page->n_unbroken + length > MAX_UNBROKEN)
        p = page_find_break (page, p, word_end);
      else
        {
          page->n_unbroken += length;
          p = word_end;
        }
      if (p < word_end)
        break;
      if (p < end)
        {
          page->n_unbroken = 0;
          p++;
        }
    }
  return (gsize) (p - words);
}

/* Writes @words, and breaks the line in those that are too long. A URL that is
 * the text of its own link is cut instead, because a broken one would be of no
 * use.
 */
static void
page_write_words (WnPage *page,
                  const WnStyle *style,
                  const char *words,
                  gsize length)
{
  const char *end = words + length;

  while (words < end)
    {
      gsize n = page->format == WN_PAGE_TEXT
                    ? length
                    : page_fitting_length (page, words, end);

      page_write (page, words, n);
      if (words + n < end && style->link > 0 && n > 0
          && strncmp (page->url->str, words, n) == 0)
        {
          page_write (page, "…", strlen ("…"));
          return;
        }
      words += n;
      if (words < end)
        {
          page->n_breaks = 1;
          page_begin_text (page, style, words, end);
        }
    }
}

static void
page_add_words (WnPage *page,
                const WnStyle *style,
                const char *words,
                gsize length)
{
  length = page_take_text (page, words, length);
  if (length == 0)
    return;
  page_begin_text (page, style, words, words + length);
  page_write_words (page, style, words, length);
  page->text_end = page->out->len;
  if (style->link > 0 && page->link_text->len < MAX_LINK_TEXT_BYTES)
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

/* Adds what is at @p: words, or something that is not seen as it is. Returns:
 * how many bytes that were
 */
static gsize
page_add_piece (WnPage *page,
                const WnStyle *style,
                const char *p,
                const char *end)
{
  gsize n_words = wn_text_words_length (p, end);
  gsize n_hidden, n_separator;

  if (n_words > 0)
    {
      page_add_words (page, style, p, n_words);
      return n_words;
    }
  n_hidden = wn_text_hidden_length (p, end);
  if (n_hidden > 0)
    return n_hidden;
  n_separator = wn_text_separator_length (p, end);
  if (style->spaces != WN_STYLE_KEEP_NO_SPACE
      && (*p == '\n' || n_separator > 0))
    wn_page_break_line (page, MAX_KEPT_BREAKS);
  else if (style->spaces != WN_STYLE_KEEP_LINES_AND_SPACES)
    page->has_space = TRUE;
  else if (*p == ' ' || *p == '\t')
    page_add_words (page, style, p, 1);
  return MAX (1, n_separator);
}

static void
page_add_pieces (WnPage *page,
                 const WnStyle *style,
                 const char *p,
                 const char *end)
{
  while (p < end)
    p += page_add_piece (page, style, p, end);
}

static void page_add_address (WnPage *page,
                              const WnStyle *style,
                              const WnLinkAddress *address);

void
wn_page_add_text (WnPage *page,
                  const WnStyle *style,
                  const char *text,
                  gsize length)
{
  const char *end = text + length;
  const char *p = text;
  WnLinkAddress address;

  if (style->link == 0)
    while (page->max_text > 0 && wn_link_find_address (p, end, &address))
      {
        page_add_pieces (page, style, p, address.start);
        page_add_address (page, style, &address);
        p = address.end;
      }
  page_add_pieces (page, style, p, end);
}

void
wn_page_add_string (WnPage *page, const WnStyle *style, const char *text)
{
  wn_page_add_text (page, style, text, strlen (text));
}

/* --- Links ---------------------------------------------------------------- */

guint
wn_page_start_link (WnPage *page, const char *raw_url)
{
  if (page->url == NULL)
    {
      page->url = g_string_new (NULL);
      page->link_text = g_string_new (NULL);
      page->target = g_string_new (NULL);
    }
  g_string_truncate (page->link_text, 0);
  page->link_is_touched = FALSE;
  if (!wn_link_read_url (page->url, raw_url, page->base_url))
    return 0;
  return ++page->n_links;
}

guint
wn_page_start_web_link (WnPage *page, const char *raw_url)
{
  guint link = wn_page_start_link (page, raw_url);

  return link > 0 && !wn_link_is_mail (page->url->str) ? link : 0;
}

/* Puts what is to be said behind the open link into the page's target. */
static void
page_set_target (WnPage *page, gboolean is_url)
{
  g_string_assign (page->target, " (");
  if (is_url)
    g_string_append (page->target, page->url->str);
  else
    wn_link_append_place (page->target, page->url->str);
  g_string_append_c (page->target, ')');
}

/* Whether the place in the target is named for the first time. */
static gboolean
page_remember_place (WnPage *page)
{
  if (page->places == NULL)
    page->places
        = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return g_hash_table_add (page->places, g_strdup (page->target->str));
}

void
wn_page_end_link (WnPage *page)
{
  const char *url = page->url->str;
  WnLinkTelling telling;
  gboolean shows_url;

  if (page->link_text->len == 0)
    return;
  telling = wn_link_judge_text (page->link_text->str, url);
  shows_url = page->format == WN_PAGE_HTML
                  ? telling == WN_LINK_TELLS_LIES
                  : !wn_link_is_text (url, page->link_text->str);
  page_set_target (page, shows_url);
  page->target_is_certain
      = shows_url || page->link_is_touched || telling == WN_LINK_TELLS_ODDLY
        || (telling == WN_LINK_TELLS_NOTHING && page_remember_place (page));
}

/* Links an address in a text, which says itself where it leads. */
static void
page_add_address (WnPage *page,
                  const WnStyle *style,
                  const WnLinkAddress *address)
{
  gsize length = (gsize) (address->end - address->start);
  g_autofree char *url = g_strdup_printf ("%s%.*s",
                                          address->scheme,
                                          (int) length,
                                          address->start);
  WnStyle linked = *style;

  linked.link = wn_page_start_link (page, url);
  if (linked.link == 0)
    {
      page_add_pieces (page, style, address->start, address->end);
      return;
    }
  page_add_pieces (page, &linked, address->start, address->end);
  g_string_assign (page->link_text, url);
  wn_page_end_link (page);
}

/* --- The end -------------------------------------------------------------- */

gboolean
wn_page_has_too_many_tags (const WnPage *page)
{
  return page->format == WN_PAGE_HTML && page->n_tags > WN_MARKUP_MAX_TAGS;
}

char *
wn_page_finish (WnPage *page, const char *note)
{
  const WnStyle plain = WN_STYLE_NONE;

  g_string_truncate (page->lead, 0);
  page->max_text = G_MAXSIZE;
  if (note != NULL)
    {
      wn_page_end_line (page);
      wn_page_add_string (page, &plain, note);
    }
  if (page->target != NULL)
    page_write_target (page, &plain, "", "", TRUE);
  if (page->format == WN_PAGE_HTML)
    page_close_tags (page, &plain);
  else if (page->format == WN_PAGE_HTML_WITHOUT_TAGS
           && page->n_tags <= WN_MARKUP_MAX_TAGS)
    g_string_replace (page->out, "\n", "<br>", 0);
  return g_string_free (g_steal_pointer (&page->out), FALSE);
}
