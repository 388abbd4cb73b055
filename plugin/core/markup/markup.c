/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The reader: libxml2's SAX events become calls of the page. Which element does
 * what is a table. No tree is ever built, and nothing in here recurses.
 */

#include "core/markup/markup.h"

#include <glib/gi18n-lib.h>
#include <libxml/HTMLparser.h>
#include <string.h>

#include "core/markup/page.h"
#include "core/markup/text.h"
#include "core/markup/tidy.h"
#include "core/markup/octets.h"

#define MAX_BREAKS 2
#define MAX_INDENT_LEVELS 8
#define MAX_QUOTE_LEVELS 8
#define MAX_PIXEL_SIZE 2
#define MAX_ENTITY_BYTES 32

typedef enum
{
  KIND_INLINE,
  KIND_BLOCK,
  KIND_LINK,
  KIND_LIST,
  KIND_NUMBERED_LIST,
  KIND_ITEM,
  KIND_ROW,
  KIND_CELL,
  KIND_PRE,
  KIND_QUOTE,
  KIND_SAYING,
  KIND_DROPPED,
  /* These hold nothing. */
  KIND_BREAK,
  KIND_RULE,
  KIND_IMAGE,
} Kind;

typedef struct
{
  const char *name;
  Kind kind;
  guint flags;
} Element;

/* In the order of their names. What isn't in here says nothing; the text in it
 * is shown all the same.
 */
static const Element elements[] = {
  { "a", KIND_LINK },
  { "address", KIND_BLOCK },
  { "article", KIND_BLOCK },
  { "aside", KIND_BLOCK },
  { "b", KIND_INLINE, WN_STYLE_FLAG (WN_TAG_B) },
  { "big", KIND_INLINE },
  { "blockquote", KIND_QUOTE },
  { "br", KIND_BREAK },
  { "caption", KIND_BLOCK },
  { "center", KIND_BLOCK },
  { "cite", KIND_INLINE, WN_STYLE_FLAG (WN_TAG_I) },
  { "dd", KIND_BLOCK },
  { "del", KIND_INLINE, WN_STYLE_FLAG (WN_TAG_S) },
  { "details", KIND_BLOCK },
  { "dfn", KIND_INLINE, WN_STYLE_FLAG (WN_TAG_I) },
  { "dir", KIND_LIST },
  { "div", KIND_BLOCK },
  { "dl", KIND_BLOCK },
  { "dt", KIND_BLOCK },
  { "em", KIND_INLINE, WN_STYLE_FLAG (WN_TAG_I) },
  { "fieldset", KIND_BLOCK },
  { "figcaption", KIND_BLOCK },
  { "figure", KIND_BLOCK },
  { "font", KIND_INLINE },
  { "footer", KIND_BLOCK },
  { "form", KIND_BLOCK },
  { "h1", KIND_BLOCK, WN_STYLE_FLAG (WN_TAG_B) },
  { "h2", KIND_BLOCK, WN_STYLE_FLAG (WN_TAG_B) },
  { "h3", KIND_BLOCK, WN_STYLE_FLAG (WN_TAG_B) },
  { "h4", KIND_BLOCK, WN_STYLE_FLAG (WN_TAG_B) },
  { "h5", KIND_BLOCK, WN_STYLE_FLAG (WN_TAG_B) },
  { "h6", KIND_BLOCK, WN_STYLE_FLAG (WN_TAG_B) },
  { "header", KIND_BLOCK },
  { "hr", KIND_RULE },
  { "i", KIND_INLINE, WN_STYLE_FLAG (WN_TAG_I) },
  { "img", KIND_IMAGE },
  { "ins", KIND_INLINE, WN_STYLE_FLAG (WN_TAG_U) },
  { "legend", KIND_BLOCK },
  { "li", KIND_ITEM },
  { "main", KIND_BLOCK },
  { "menu", KIND_LIST },
  { "nav", KIND_BLOCK },
  { "ol", KIND_NUMBERED_LIST },
  { "option", KIND_BLOCK },
  { "p", KIND_BLOCK },
  { "pre", KIND_PRE },
  { "q", KIND_SAYING },
  { "s", KIND_INLINE, WN_STYLE_FLAG (WN_TAG_S) },
  { "script", KIND_DROPPED },
  { "section", KIND_BLOCK },
  { "small", KIND_INLINE },
  { "span", KIND_INLINE },
  { "strike", KIND_INLINE, WN_STYLE_FLAG (WN_TAG_S) },
  { "strong", KIND_INLINE, WN_STYLE_FLAG (WN_TAG_B) },
  { "style", KIND_DROPPED },
  { "sub", KIND_INLINE, WN_STYLE_FLAG (WN_TAG_SUB) },
  { "summary", KIND_BLOCK },
  { "sup", KIND_INLINE, WN_STYLE_FLAG (WN_TAG_SUP) },
  { "table", KIND_BLOCK },
  { "tbody", KIND_BLOCK },
  { "td", KIND_CELL },
  { "template", KIND_DROPPED },
  { "tfoot", KIND_BLOCK },
  { "th", KIND_CELL, WN_STYLE_FLAG (WN_TAG_B) },
  { "thead", KIND_BLOCK },
  { "title", KIND_DROPPED },
  { "tr", KIND_ROW },
  { "u", KIND_INLINE, WN_STYLE_FLAG (WN_TAG_U) },
  { "ul", KIND_LIST },
  { "var", KIND_INLINE, WN_STYLE_FLAG (WN_TAG_I) },
};

/* What an element changes for what is in it. */
typedef struct
{
  WnStyle style;
  gboolean is_pre;
  gboolean is_dropped;
  guint list_level;   /* 0: in no list */
  gint64 next_number; /* -1: the list has bullets */
  guint n_quotes;
  guint n_cells;   /* of the row */
  gsize row_start; /* where the row's text begins in the page */
} Scope;

typedef struct
{
  const Element *element; /* (unowned): static */
  Scope outside;          /* what holds again at its end */
} OpenElement;

typedef struct
{
  WnPage *page;       /* (unowned): of render(), which outlives the reader */
  const WnTidy *tidy; /* (unowned): what is read, which outlives it too */
  guint n_runs;       /* of its runs, that were read */
  GArray *open;       /* (owned): of OpenElement */
  guint n_open[G_N_ELEMENTS (elements)];
  Scope scope; /* its style is the page's */
  gboolean skips_line_feed;
} Reader;

static int
compare_names (const char *a, const char *b)
{
  return *a != *b ? *a - *b : strcmp (a, b);
}

static const Element *
find_element (const char *name)
{
  gsize first = 0;
  gsize behind = G_N_ELEMENTS (elements);

  while (first < behind)
    {
      gsize middle = (first + behind) / 2;
      int order = compare_names (name, elements[middle].name);

      if (order == 0)
        return &elements[middle];
      if (order < 0)
        behind = middle;
      else
        first = middle + 1;
    }
  return NULL;
}

static const char *
find_attribute (const char *const *attributes, const char *name)
{
  for (guint i = 0; attributes != NULL && attributes[i] != NULL; i += 2)
    if (strcmp (attributes[i], name) == 0)
      return attributes[i + 1];
  return NULL;
}

static void
reader_start_item (Reader *reader)
{
  GString *lead = reader->page->lead;
  guint level = CLAMP (reader->scope.list_level, 1, MAX_INDENT_LEVELS);

  g_string_truncate (lead, 0);
  wn_page_end_line (reader->page);
  g_string_append_printf (lead, "%*s", (int) (level - 1) * 2, "");
  if (reader->scope.list_level > 0 && reader->scope.next_number >= 0)
    g_string_append_printf (lead,
                            "%" G_GINT64_FORMAT ". ",
                            reader->scope.next_number);
  else
    g_string_append (lead, "• ");
}

/* An item counts in its list, whose scope is the nearest outside. */
static void
reader_count_item (Reader *reader)
{
  if (reader->scope.next_number >= 0)
    reader->scope.next_number++;
}

static void
reader_start_list (Reader *reader, gboolean is_numbered, const char *start)
{
  wn_page_end_line (reader->page);
  reader->scope.list_level++;
  reader->scope.next_number = -1;
  if (is_numbered)
    {
      gint64 first = start != NULL ? g_ascii_strtoll (start, NULL, 10) : 1;

      reader->scope.next_number = CLAMP (first, 0, G_MAXINT);
    }
}

static void
reader_start_row (Reader *reader)
{
  g_string_truncate (reader->page->lead, 0);
  wn_page_end_line (reader->page);
  reader->scope.n_cells = 0;
  reader->scope.row_start = reader->page->out->len;
}

static void
reader_start_cell (Reader *reader)
{
  WnPage *page = reader->page;
  gboolean has_text = page->out->len > reader->scope.row_start;

  page->has_space = FALSE;
  if (reader->scope.n_cells == 0)
    return;
  if (has_text && page->lead->len == 0)
    page->n_breaks = 0;
  g_string_append (page->lead, has_text && page->lead->len == 0 ? " | " : "| ");
}

static void
reader_add_rule (Reader *reader)
{
  wn_page_end_line (reader->page);
  wn_page_add_string (reader->page, "----------");
  wn_page_end_line (reader->page);
}

static gboolean
reader_is_hidden (const Reader *reader)
{
  return reader->scope.is_dropped || reader->page->style.is_hidden;
}

/* What is there to be counted, not to be seen. */
static gboolean
is_pixel (const char *const *attributes)
{
  static const char *const sides[] = { "width", "height" };

  for (gsize i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      const char *side = find_attribute (attributes, sides[i]);
      char *unit = NULL;

      if (side != NULL && g_ascii_strtoll (side, &unit, 10) <= MAX_PIXEL_SIZE
          && unit > side && *unit != '%')
        return TRUE;
    }
  return FALSE;
}

static void
reader_read_hidden (Reader *reader, const char *const *attributes)
{
  const char *css = find_attribute (attributes, "style");

  if (css != NULL)
    wn_style_read_css (&reader->page->style, css);
  if (find_attribute (attributes, "hidden") != NULL)
    reader->page->style.is_hidden = TRUE;
}

/* Editors leave the alternative text empty. */
static const char *
image_text (const char *const *attributes)
{
  const char *text = find_attribute (attributes, "alt");

  while (text != NULL && wn_text_is_space (*text))
    text++;
  return text != NULL && *text != '\0' ? text : _ ("[image]");
}

/* An image is its alternative text, linked to where it is. */
static void
reader_add_image (Reader *reader, const char *const *attributes)
{
  WnPage *page = reader->page;
  const char *text = image_text (attributes);
  WnStyle outside = page->style;

  reader_read_hidden (reader, attributes);
  if (reader_is_hidden (reader) || is_pixel (attributes))
    {
      page->style = outside;
      return;
    }
  page->style = outside;
  if (outside.href != NULL)
    {
      wn_page_add_string (page, text);
      return;
    }
  wn_page_start_image_link (page, find_attribute (attributes, "src"));
  wn_page_add_string (page, text);
  wn_page_end_link (page, &outside);
}

static gboolean
reader_add_void (Reader *reader,
                 const Element *element,
                 const char *const *attributes)
{
  if (element->kind < KIND_BREAK)
    return FALSE;
  if (reader_is_hidden (reader))
    return TRUE;
  if (element->kind == KIND_BREAK)
    wn_page_break_line (reader->page, MAX_BREAKS);
  else if (element->kind == KIND_RULE)
    reader_add_rule (reader);
  else
    reader_add_image (reader, attributes);
  return TRUE;
}

static void
reader_read_style (Reader *reader,
                   const Element *element,
                   const char *const *attributes)
{
  WnStyle *style = &reader->page->style;
  const char *colour = find_attribute (attributes, "color");
  const char *size = find_attribute (attributes, "size");
  gboolean is_font = strcmp (element->name, "font") == 0;

  style->flags |= element->flags;
  if (is_font && colour != NULL)
    style->colour = wn_style_parse_colour (colour);
  if (is_font && size != NULL)
    style->size = wn_style_parse_font_size (size);
  if (strcmp (element->name, "small") == 0)
    style->size = 2;
  if (strcmp (element->name, "big") == 0)
    style->size = 4;
  reader_read_hidden (reader, attributes);
}

static void
reader_start_quote (Reader *reader)
{
  guint n = MIN (reader->scope.n_quotes + 1, MAX_QUOTE_LEVELS);

  wn_page_end_line (reader->page);
  reader->scope.n_quotes = n;
  reader->page->n_quotes = n;
}

static void
reader_enter (Reader *reader,
              const Element *element,
              const char *const *attributes)
{
  switch (element->kind)
    {
    case KIND_LINK:
      wn_page_start_link (reader->page, find_attribute (attributes, "href"));
      break;
    case KIND_LIST:
    case KIND_NUMBERED_LIST:
      reader_start_list (reader,
                         element->kind == KIND_NUMBERED_LIST,
                         find_attribute (attributes, "start"));
      break;
    case KIND_ITEM:
      reader_start_item (reader);
      break;
    case KIND_ROW:
      reader_start_row (reader);
      break;
    case KIND_CELL:
      reader_start_cell (reader);
      break;
    case KIND_PRE:
      reader->scope.is_pre = TRUE;
      reader->skips_line_feed = TRUE;
      wn_page_end_line (reader->page);
      break;
    case KIND_QUOTE:
      reader_start_quote (reader);
      break;
    case KIND_SAYING:
      wn_page_add_string (reader->page, "“");
      break;
    case KIND_DROPPED:
      reader->scope.is_dropped = TRUE;
      break;
    case KIND_BLOCK:
      wn_page_end_line (reader->page);
      break;
    case KIND_INLINE:
    case KIND_BREAK:
    case KIND_RULE:
    case KIND_IMAGE:
      break;
    }
}

/* After @outside holds again. */
static void
reader_leave (Reader *reader, const Element *element)
{
  switch (element->kind)
    {
    case KIND_ITEM:
      g_string_truncate (reader->page->lead, 0);
      wn_page_end_line (reader->page);
      reader_count_item (reader);
      break;
    case KIND_CELL:
      reader->scope.n_cells++;
      break;
    case KIND_ROW:
      g_string_truncate (reader->page->lead, 0);
      wn_page_end_line (reader->page);
      break;
    case KIND_LIST:
    case KIND_NUMBERED_LIST:
    case KIND_PRE:
    case KIND_QUOTE:
    case KIND_BLOCK:
      wn_page_end_line (reader->page);
      break;
    case KIND_SAYING:
      wn_page_add_string (reader->page, "”");
      break;
    case KIND_LINK:
    case KIND_DROPPED:
    case KIND_INLINE:
    case KIND_BREAK:
    case KIND_RULE:
    case KIND_IMAGE:
      break;
    }
}

static void
reader_pop (Reader *reader)
{
  OpenElement last
      = g_array_index (reader->open, OpenElement, reader->open->len - 1);
  gboolean was_hidden = reader_is_hidden (reader);

  g_array_set_size (reader->open, reader->open->len - 1);
  reader->n_open[last.element - elements]--;
  if (last.element->kind == KIND_LINK)
    wn_page_end_link (reader->page, &last.outside.style);
  reader->scope = last.outside;
  reader->page->style = last.outside.style;
  if (!was_hidden)
    reader_leave (reader, last.element);
  reader->page->n_quotes = last.outside.n_quotes;
}

/* Closes @element and all that is still open in it, if it is open at all. */
static void
reader_end (Reader *reader, const Element *element)
{
  guint *n_open = &reader->n_open[element - elements];
  guint n_wanted = *n_open - 1;

  if (*n_open == 0)
    return;
  while (*n_open > n_wanted)
    reader_pop (reader);
}

static void
on_parser_start (void *data,
                 const xmlChar *name,
                 const xmlChar **xml_attributes)
{
  Reader *reader = data;
  const char *const *attributes = (const char *const *) xml_attributes;
  const Element *element = find_element ((const char *) name);
  OpenElement opened = { element, reader->scope };

  reader->skips_line_feed = FALSE;
  if (element == NULL || reader_add_void (reader, element, attributes))
    return;
  if (element->kind == KIND_LINK)
    {
      reader_end (reader, element);
      opened.outside = reader->scope;
    }
  opened.outside.style = reader->page->style;
  g_array_append_val (reader->open, opened);
  reader->n_open[element - elements]++;
  reader_read_style (reader, element, attributes);
  if (!reader_is_hidden (reader))
    reader_enter (reader, element, attributes);
}

static void
on_parser_end (void *data, const xmlChar *name)
{
  Reader *reader = data;
  const Element *element = find_element ((const char *) name);

  if (element != NULL)
    reader_end (reader, element);
}

static void
reader_add_text (Reader *reader, const char *text, gsize length)
{
  if (reader_is_hidden (reader) || length == 0)
    return;
  if (reader->skips_line_feed && *text == '\n')
    {
      text++;
      length--;
    }
  reader->skips_line_feed = FALSE;
  wn_page_add_text (reader->page, text, length, reader->scope.is_pre);
}

/* Stand-ins count where nothing is seen, too. */
static void
on_parser_text (void *data, const xmlChar *xml_text, int n_bytes)
{
  Reader *reader = data;
  const char *text = (const char *) xml_text;
  const char *end = text + n_bytes;

  while (text < end)
    {
      const char *stand_in
          = memchr (text, WN_TIDY_STAND_IN, (gsize) (end - text));
      const char *behind = stand_in != NULL ? stand_in : end;

      reader_add_text (reader, text, (gsize) (behind - text));
      if (stand_in != NULL && reader->n_runs < reader->tidy->runs->len)
        {
          WnTidyRun run
              = g_array_index (reader->tidy->runs, WnTidyRun, reader->n_runs++);

          reader_add_text (reader, run.text, run.length);
        }
      text = behind + 1;
    }
}

/* Rendering -------------------------------------------------------------- */

/* libxml2 converts what has an encoding; in ASCII there is nothing to convert,
 * whatever it takes it for.
 */
static const char *
encoding_of (const GString *html)
{
  const char *end = html->str + html->len;
  const char *p = wn_octets_skip_ascii (html->str, end);

  while (p < end && (guchar) *p < 0x80)
    p++;
  return p == end ? NULL : "UTF-8";
}

static void
page_read_html (WnPage *page, const char *html, gsize length)
{
  g_auto (WnTidy) tidy = { 0 };
  Reader reader = { .page = page, .tidy = &tidy };
  htmlParserCtxtPtr parser = htmlNewParserCtxt ();

  wn_tidy_init (&tidy, html, length);
  reader.open = g_array_new (FALSE, FALSE, sizeof (OpenElement));
  reader.scope.next_number = -1;
  *parser->sax = (xmlSAXHandler){
    .startElement = on_parser_start,
    .endElement = on_parser_end,
    .characters = on_parser_text,
    .ignorableWhitespace = on_parser_text,
    .cdataBlock = on_parser_text,
  };
  parser->userData = &reader;
  htmlCtxtReadMemory (parser,
                      tidy.html->str,
                      (int) tidy.html->len,
                      NULL,
                      encoding_of (tidy.html),
                      HTML_PARSE_RECOVER | HTML_PARSE_NOERROR
                          | HTML_PARSE_NOWARNING | HTML_PARSE_NONET
                          | HTML_PARSE_IGNORE_ENC);
  while (reader.open->len > 0)
    reader_pop (&reader);
  g_array_unref (reader.open);
  htmlFreeParserCtxt (parser);
}

/* The start of an entity that @cut would fall into, or @cut. */
static gsize
before_entity (const char *html, gsize cut)
{
  gsize start = cut;

  while (start > 0 && cut - start < MAX_ENTITY_BYTES
         && (g_ascii_isalnum (html[start - 1]) || html[start - 1] == '#'))
    start--;
  return start > 0 && html[start - 1] == '&' && html[cut - 1] != ';' ? start - 1
                                                                     : cut;
}

/* How much of @html is read: up to the limit, between two characters, and not
 * in the middle of a tag or an entity.
 */
static gsize
cut_length (const char *html, gsize length)
{
  gsize cut = MIN (length, WN_MARKUP_MAX_BYTES);

  if (cut == length)
    return cut;
  while (cut > 0 && ((guchar) html[cut] & 0xc0) == 0x80)
    cut--;
  for (gsize tag = cut; tag > 0 && html[tag - 1] != '>'; tag--)
    if (html[tag - 1] == '<')
      return html[tag] == '/' || g_ascii_isalpha (html[tag]) ? tag - 1 : cut;
  return before_entity (html, cut);
}

static void
page_add_cut_note (WnPage *page, gsize n_left_out)
{
  g_autofree char *note = NULL;

  page->style = WN_STYLE_NONE;
  g_string_truncate (page->lead, 0);
  wn_page_end_line (page);
  note = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                       "[%lu more byte isn’t shown]",
                                       "[%lu more bytes aren’t shown]",
                                       n_left_out),
                          (gulong) n_left_out);
  wn_page_add_string (page, note);
}

static char *
render (const char *html, gsize length, gboolean is_plain, guint *n_tags)
{
  g_auto (WnPage) page;
  gsize cut = cut_length (html, length);
  char *result;

  wn_page_init (&page, is_plain, cut);
  if (memchr (html, '<', cut) != NULL || memchr (html, '&', cut) != NULL)
    page_read_html (&page, html, cut);
  else
    wn_page_add_text (&page, html, cut, FALSE);
  if (cut < length)
    page_add_cut_note (&page, length - cut);
  result = wn_page_finish (&page);
  *n_tags = page.n_tags;
  return result;
}

char *
wn_markup_to_html (const char *html, gsize length)
{
  g_return_val_if_fail (html != NULL, NULL);

  guint n_tags = 0;
  g_autofree char *rich = render (html, length, FALSE, &n_tags);
  g_autofree char *text = NULL;

  if (n_tags <= WN_MARKUP_MAX_TAGS)
    return g_steal_pointer (&rich);
  text = wn_markup_to_text (html, length);
  return wn_markup_escape (text);
}

char *
wn_markup_to_text (const char *html, gsize length)
{
  g_return_val_if_fail (html != NULL, NULL);

  guint n_tags = 0;

  return render (html, length, TRUE, &n_tags);
}
