/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Breaks, spaces and leads are kept until a text follows, so that none is
 * written at the ends, and tags open as late as they can.
 */

#include "core/markup/page.h"

#include "core/markup/link.h"
#include "core/markup/markup.h"
#include "core/markup/text.h"

#define MAX_LINK_TEXT_BYTES 1024
/* Of one run of words; a longer one is no URL. */
#define MAX_LINK_WORDS_BYTES (WN_LINK_MAX_BYTES + 1)
#define MAX_KEPT_BREAKS 100
#define MAX_LEAD_BYTES 256

/* A line is broken after so many characters without a place to break it,
 * because Pango's time for such a run is quadratic.
 */
#define MAX_UNBROKEN 1000

/* Each tag has a mark at most, and so has what is said behind each link. */
#define MAX_MARKS (2 * WN_MARKUP_MAX_TAGS)

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
    .text = g_string_sized_new (size_hint),
    .lead = g_string_new (NULL),
    .has_tags = format == WN_PAGE_HTML,
  };
  if (!page->has_tags)
    return;
  page->markup = g_string_sized_new (256);
  page->marks = g_new (WnPageMark, MAX_MARKS);
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
  page_free_string (page->text);
  page_free_string (page->lead);
  page_free_string (page->markup);
  page_free_string (page->url);
  page_free_string (page->link_text);
  page_free_string (page->places);
  g_free (page->marks);
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

/* Marks the end of the text as the place of the markup that was appended last.
 * The markup replaces the last @n_replaced bytes of the text.
 */
static void
page_add_mark (WnPage *page, gsize n_replaced)
{
  if (page->n_marks == MAX_MARKS)
    page->has_tags = FALSE;
  else
    page->marks[page->n_marks++] = (WnPageMark){ page->text->len - n_replaced,
                                                 n_replaced,
                                                 page->markup->len };
}

/* Counts a tag. A page with more tags than hosts take is written without. */
static void
page_count_tag (WnPage *page)
{
  page->n_tags++;
  page->has_tags = page->has_tags && page->n_tags <= WN_MARKUP_MAX_TAGS;
}

/* Closes the tags that the next text isn't in, before any line break. */
static void
page_close_tags (WnPage *page, const WnStyle *style)
{
  guint n_kept = 0;

  while (n_kept < page->n_open
         && styles_agree (&page->shown, style, page->open[n_kept]))
    n_kept++;
  if (n_kept == page->n_open)
    return;
  while (page->n_open > n_kept)
    {
      WnPageTag tag = page->open[--page->n_open];

      wn_text_append_string (page->markup, "</");
      wn_text_append_string (page->markup, tag_names[tag]);
      g_string_append_c (page->markup, '>');
      page_count_tag (page);
    }
  page_add_mark (page, 0);
}

/* Appends a colour attribute. printf() would take a twentieth of all the time.
 */
static void
append_colour (GString *out, int colour)
{
  wn_text_append_string (out, " color=\"#");
  for (int shift = 20; shift >= 0; shift -= 4)
    g_string_append_c (out, "0123456789abcdef"[colour >> shift & 0xf]);
  g_string_append_c (out, '"');
}

static void
page_open_tag (WnPage *page, const WnStyle *style, WnPageTag tag)
{
  GString *markup = page->markup;

  page_count_tag (page);
  page->open[page->n_open++] = tag;
  g_string_append_c (markup, '<');
  wn_text_append_string (markup, tag_names[tag]);
  if (tag == WN_PAGE_TAG_A)
    {
      wn_text_append_string (markup, " href=\"");
      wn_text_append_escaped (markup, page->url->str, page->url->len);
      g_string_append_c (markup, '"');
    }
  if (tag == WN_PAGE_TAG_FONT && style->colour >= 0)
    append_colour (markup, style->colour);
  if (tag == WN_PAGE_TAG_FONT && style->size > 0)
    {
      wn_text_append_string (markup, " size=\"");
      g_string_append_c (markup, (char) ('0' + style->size));
      g_string_append_c (markup, '"');
    }
  g_string_append_c (markup, '>');
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
  guint n_before = page->n_open;

  for (WnPageTag tag = 0; tag < WN_PAGE_N_TAGS; tag++)
    if (style_has (style, tag) && !page_is_open (page, tag))
      page_open_tag (page, style, tag);
  if (page->n_open > n_before)
    page_add_mark (page, 0);
}

/* --- Text ----------------------------------------------------------------- */

/* Writes text in which there are @kinds of characters. */
static void
page_write (WnPage *page, const char *text, gsize length, guint kinds)
{
  if (page->format == WN_PAGE_TEXT || !(kinds & WN_TEXT_ESCAPED_IN_HTML))
    wn_text_append (page->text, text, length);
  else
    wn_text_append_escaped (page->text, text, length);
}

static gboolean
page_is_at_line_start (const WnPage *page)
{
  return page->text->len == 0 || page->n_breaks > 0;
}

static void
page_write_breaks (WnPage *page)
{
  for (; page->n_breaks > 0; page->n_breaks--)
    {
      g_string_append_c (page->text, '\n');
      page->n_lines++;
      page_count_tag (page);
      if (!page->has_tags)
        continue;
      wn_text_append_string (page->markup, "<br>");
      page_add_mark (page, 1);
    }
}

static void
page_write_lead (WnPage *page, const WnStyle *style, gboolean has_space)
{
  gboolean starts_line = page_is_at_line_start (page);

  for (guint i = 0; starts_line && i < style->n_quotes; i++)
    g_string_insert (page->lead, 0, "> ");
  page->max_text -= MIN (page->max_text, page->lead->len + page->n_breaks);
  page_write_breaks (page);
  page_write (page, page->lead->str, page->lead->len, WN_TEXT_ESCAPED_IN_HTML);
  g_string_truncate (page->lead, 0);
  if (has_space)
    g_string_append_c (page->text, ' ');
  page->has_space = FALSE;
  page->n_unbroken = 0;
}

static gboolean
page_has_target (const WnPage *page)
{
  return page->text_target != WN_PAGE_TARGET_SAID
         || page->html_target != WN_PAGE_TARGET_SAID;
}

/* Returns: how many of the @length bytes at @text are whole characters that fit
 * into @max bytes
 */
static gsize
fitting_length (const char *text, gsize length, gsize max)
{
  if (length <= max)
    return length;
  while (max > 0 && ((guchar) text[max] & 0xc0) == 0x80)
    max--;
  return max;
}

/* Appends the target of the last link. */
static void
page_append_target (const WnPage *page, GString *out, gboolean is_url)
{
  const GString *url = page->url;
  gsize max = page->format == WN_PAGE_TEXT ? url->len : MAX_UNBROKEN;
  gsize length = fitting_length (url->str, url->len, max);

  wn_text_append_string (out, " (");
  if (is_url || !wn_link_append_place (out, url->str))
    {
      if (page->format == WN_PAGE_TEXT)
        wn_text_append (out, url->str, length);
      else
        wn_text_append_escaped (out, url->str, length);
      if (length < url->len)
        wn_text_append_string (out, "…");
    }
  g_string_append_c (out, ')');
}

/* Whether a text is too short to tell whether a link reads on in it. */
static gboolean
is_only_dots (const char *text, const char *end)
{
  const char *p = text;

  while (p < end && *p == '.')
    p++;
  return p > text && p == end;
}

/* Writes the target of the last link, if it is due. @text comes next; it
 * doesn't touch the link if @is_apart.
 */
static void
page_write_target (WnPage *page,
                   const WnStyle *style,
                   const char *text,
                   const char *end,
                   gboolean is_apart)
{
  gboolean goes_on = !is_apart && wn_link_goes_on_in (text, end);
  gboolean is_open = !is_apart && is_only_dots (text, end);
  WnPageTarget least
      = goes_on ? WN_PAGE_TARGET_DUE_IF_TOUCHED : WN_PAGE_TARGET_DUE;
  gsize n_before = page->text->len;

  if (page->has_tags)
    page_close_tags (page, style);
  if (page->text_target >= least)
    page_append_target (page, page->text, page->text_target_is_url);
  if (page->has_tags && page->html_target >= least)
    page_append_target (page, page->markup, page->html_target_is_url);
  if (page->has_tags && least <= MAX (page->text_target, page->html_target))
    page_add_mark (page, page->text->len - n_before);
  if (page->text_target >= least || !is_open)
    page->text_target = WN_PAGE_TARGET_SAID;
  if (page->html_target >= least || !is_open)
    page->html_target = WN_PAGE_TARGET_SAID;
}

/* Writes the target, breaks, lead, space and tags that are due before @text. */
static void
page_begin_text (WnPage *page,
                 const WnStyle *style,
                 const char *text,
                 const char *end)
{
  gboolean starts_line = page_is_at_line_start (page);
  gboolean has_lead = page->lead->len > 0;
  gboolean has_space = page->has_space && !starts_line && !has_lead;
  gboolean is_apart = has_space || starts_line || has_lead;
  gboolean is_alike;

  if (page_has_target (page))
    page_write_target (page, style, text, end, is_apart);
  is_alike = styles_look_alike (style, &page->shown);
  if (page->has_tags && !is_alike)
    page_close_tags (page, style);
  if (is_apart)
    page_write_lead (page, style, has_space);
  if (style->link > 0 && style->link != page->shown.link)
    page->link_is_touched
        = !is_apart
          && wn_link_begins_in (page->text->str,
                                page->text->str + page->text_end);
  else if (style->link > 0 && is_apart)
    g_string_append_c (page->link_text, ' ');
  if (is_alike)
    return;
  if (page->has_tags)
    page_open_tags (page, style);
  page->shown = *style;
}

/* Takes @length bytes from the limit. Returns: how many bytes may be written */
static gsize
page_take_text (WnPage *page, const char *text, gsize length)
{
  gsize n = fitting_length (text, length, page->max_text);

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
                  const char *end,
                  guint kinds)
{
  while (words < end)
    {
      gsize n = page_fitting_length (page, words, end);

      page_write (page, words, n, kinds);
      if (words + n < end && style->link > 0 && n > 0
          && strncmp (page->url->str, words, n) == 0)
        {
          wn_text_append_string (page->text, "…");
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
                gsize length,
                guint kinds)
{
  length = page_take_text (page, words, length);
  if (length == 0)
    return;
  page_begin_text (page, style, words, words + length);
  if (page->format == WN_PAGE_TEXT)
    page_write (page, words, length, kinds);
  else
    page_write_words (page, style, words, words + length, kinds);
  page->text_end = page->text->len;
  if (style->link > 0 && page->link_text->len < MAX_LINK_TEXT_BYTES)
    wn_text_append (page->link_text,
                    words,
                    fitting_length (words, length, MAX_LINK_WORDS_BYTES));
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
  if (page->lead->len == 0 && page->text->len > 0
      && page->n_breaks < max_breaks)
    page->n_breaks++;
}

/* --- Links ---------------------------------------------------------------- */

guint
wn_page_start_link (WnPage *page, const char *raw_url)
{
  WnStyle style = page->shown;

  if (page->url == NULL)
    {
      page->url = g_string_new (NULL);
      page->link_text = g_string_new (NULL);
      page->places = g_string_new (NULL);
    }
  style.link = 0;
  if (page_has_target (page))
    page_write_target (page, &style, "", "", TRUE);
  g_string_truncate (page->link_text, 0);
  page->link_is_touched = FALSE;
  if (page->max_text == 0
      || !wn_link_read_url (page->url, raw_url, page->base_url))
    return 0;
  return ++page->n_links;
}

guint
wn_page_start_web_link (WnPage *page, const char *raw_url)
{
  guint link = wn_page_start_link (page, raw_url);

  return link > 0 && !wn_link_is_mail (page->url->str) ? link : 0;
}

/* Whether the place that the open link leads to is named for the first time. */
static gboolean
page_remember_place (WnPage *page)
{
  GString *places = page->places;
  gsize n_before = places->len;

  g_string_append_c (places, '\n');
  if (!wn_link_append_place (places, page->url->str))
    return TRUE;
  g_string_append_c (places, '\n');
  if (strstr (places->str, places->str + n_before) == places->str + n_before)
    return TRUE;
  g_string_truncate (places, n_before);
  return FALSE;
}

/* Whether the URL of the open link may still be written. */
static gboolean
page_take_url (WnPage *page)
{
  const GString *url = page->url;

  return page_take_text (page, url->str, url->len) == url->len;
}

static WnPageTarget
due_target (gboolean is_due)
{
  return is_due ? WN_PAGE_TARGET_DUE : WN_PAGE_TARGET_DUE_IF_TOUCHED;
}

void
wn_page_end_link (WnPage *page)
{
  const char *url = page->url->str;
  const char *text = page->link_text->str;
  WnLinkTelling telling;

  if (*text == '\0')
    return;
  telling = wn_link_judge_text (text, url);
  page->html_target_is_url = telling == WN_LINK_TELLS_LIES;
  page->html_target = due_target (
      telling == WN_LINK_TELLS_LIES || telling == WN_LINK_TELLS_ODDLY
      || page->link_is_touched
      || (telling == WN_LINK_TELLS_NOTHING && page_remember_place (page)));
  page->text_target_is_url
      = !wn_link_is_text (url, text) && page_take_url (page);
  page->text_target
      = due_target (page->text_target_is_url || telling == WN_LINK_TELLS_ODDLY
                    || page->link_is_touched);
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
  page_add_words (page,
                  &linked,
                  address->start,
                  length,
                  WN_TEXT_ESCAPED_IN_HTML);
  if (linked.link == 0)
    return;
  g_string_assign (page->link_text, page->link_text->len > 0 ? url : "");
  wn_page_end_link (page);
}

/* --- Body text ------------------------------------------------------------ */

/* Adds words with the addresses in them as links. */
static void
page_add_addresses (WnPage *page,
                    const WnStyle *style,
                    const char *p,
                    const char *end,
                    guint kinds)
{
  WnLinkAddress address;

  while (wn_link_find_address (p, end, &address))
    {
      page_add_words (page, style, p, (gsize) (address.start - p), kinds);
      page_add_address (page, style, &address);
      p = address.end;
    }
  page_add_words (page, style, p, (gsize) (end - p), kinds);
}

/* Adds a space or a tab as it is. Pango can't break a line within many of them
 * either.
 */
static void
page_add_kept_space (WnPage *page, const WnStyle *style, const char *space)
{
  if (page->n_spaces++ == MAX_UNBROKEN && page->format == WN_PAGE_HTML)
    {
      wn_page_end_line (page);
      page->n_spaces = 1;
    }
  page_add_words (page, style, space, 1, 0);
}

/* Adds the space or line break at @p, or skips a hidden character there.
 * Returns: its length
 */
static gsize
page_add_space (WnPage *page,
                const WnStyle *style,
                const char *p,
                const char *end)
{
  gsize n_hidden = wn_text_hidden_length (p, end);
  gsize n_separator = wn_text_separator_length (p, end);
  gboolean is_break = *p == '\n' || n_separator > 0;

  if (n_hidden > 0)
    return n_hidden;
  if (is_break && style->spaces != WN_STYLE_KEEP_NO_SPACE)
    wn_page_break_line (page, MAX_KEPT_BREAKS);
  else if (style->spaces != WN_STYLE_KEEP_LINES_AND_SPACES)
    page->has_space = TRUE;
  else if (*p == ' ' || *p == '\t')
    page_add_kept_space (page, style, p);
  return MAX (1, n_separator);
}

void
wn_page_add_text (WnPage *page,
                  const WnStyle *style,
                  const char *text,
                  gsize length)
{
  const char *end = text + length;
  const char *p = text;

  while (p < end)
    {
      guint kinds;
      gsize n = wn_text_words_length (p, end, &kinds);

      if (n > 0)
        page->n_spaces = 0;
      if (n == 0)
        n = page_add_space (page, style, p, end);
      else if ((kinds & WN_TEXT_IN_ADDRESSES) && style->link == 0
               && page->max_text > 0)
        page_add_addresses (page, style, p, p + n, kinds);
      else
        page_add_words (page, style, p, n, kinds);
      p += n;
    }
}

void
wn_page_add_string (WnPage *page, const WnStyle *style, const char *text)
{
  wn_page_add_text (page, style, text, strlen (text));
}

void
wn_page_add_lead (WnPage *page, const char *lead)
{
  if (page->lead->len < MAX_LEAD_BYTES)
    g_string_append (page->lead, lead);
}

/* --- The end -------------------------------------------------------------- */

/* Returns: the text with the markup in its places */
static char *
page_dup_html (const WnPage *page)
{
  GString *html = g_string_sized_new (page->text->len + page->markup->len);
  gsize text_end = 0;
  gsize markup_end = 0;

  for (guint i = 0; i < page->n_marks; i++)
    {
      WnPageMark mark = page->marks[i];

      wn_text_append (html, page->text->str + text_end, mark.offset - text_end);
      wn_text_append (html,
                      page->markup->str + markup_end,
                      mark.markup_end - markup_end);
      text_end = mark.offset + mark.n_replaced;
      markup_end = mark.markup_end;
    }
  wn_text_append_string (html, page->text->str + text_end);
  return g_string_free (html, FALSE);
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
  if (page_has_target (page))
    page_write_target (page, &plain, "", "", TRUE);
  if (page->has_tags)
    page_close_tags (page, &plain);
  if (page->has_tags)
    return page_dup_html (page);
  if (page->format == WN_PAGE_HTML && page->n_lines <= WN_MARKUP_MAX_TAGS)
    g_string_replace (page->text, "\n", "<br>", 0);
  return g_string_free (g_steal_pointer (&page->text), FALSE);
}
