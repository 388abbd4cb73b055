/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A table says of what kind each element is, and a switch what each kind does
 * when it starts and when it ends.
 */

#include "core/markup/reader.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Start tags in deeper nesting are ignored, but not the text behind them. */
#define MAX_DEPTH 100
#define MAX_BREAKS 2
#define MAX_INDENT_LEVELS 8
#define MAX_QUOTE_LEVELS 8
#define MAX_COLUMNS 20
#define MAX_PIXEL_SIZE 2

/* --- The elements --------------------------------------------------------- */

typedef enum
{
  KIND_INLINE,
  KIND_FONT,
  KIND_LINK,
  KIND_SAYING, /* <q> */
  KIND_PARAGRAPH,
  KIND_BLOCK,
  KIND_PRE,
  KIND_QUOTE,
  KIND_LIST,
  KIND_NUMBERED_LIST,
  KIND_ITEM,
  KIND_TERM, /* of a definition list, and what it means */
  KIND_OPTION,
  KIND_TABLE, /* and what else has parts that end each other */
  KIND_ROW_GROUP,
  KIND_ROW,
  KIND_CELL,
  KIND_DROPPED,
  KIND_MEDIA,
  KIND_OBJECT,
  /* The content of these is no markup. */
  KIND_RAW_DROPPED,
  KIND_RAW_FRAME,
  KIND_RAW_TEXT,
  /* These have no content. */
  KIND_BREAK,
  KIND_RULE,
  KIND_IMAGE,
  KIND_EMBEDDED,
  KIND_SOURCE,
  KIND_INPUT,
  N_KINDS
} Kind;

typedef struct
{
  const char *name;
  guint8 kind;
  guint8 flags; /* of WnStyleFlags */
  guint8 size;  /* as in WnStyle */
} Element;

/* In alphabetical order. The tags of other elements are ignored, and the text
 * in those elements is shown.
 */
static const Element elements[] = {
  { "a", KIND_LINK },
  { "abbr", KIND_INLINE },
  { "address", KIND_BLOCK },
  { "article", KIND_BLOCK },
  { "aside", KIND_BLOCK },
  { "audio", KIND_MEDIA },
  { "b", KIND_INLINE, WN_STYLE_BOLD },
  { "big", KIND_INLINE, 0, 4 },
  { "blockquote", KIND_QUOTE },
  { "br", KIND_BREAK },
  { "caption", KIND_BLOCK },
  { "center", KIND_BLOCK },
  { "cite", KIND_INLINE, WN_STYLE_ITALIC },
  { "code", KIND_INLINE },
  { "dd", KIND_TERM },
  { "del", KIND_INLINE, WN_STYLE_STRUCK },
  { "details", KIND_BLOCK },
  { "dfn", KIND_INLINE, WN_STYLE_ITALIC },
  { "dir", KIND_LIST },
  { "div", KIND_BLOCK },
  { "dl", KIND_TABLE },
  { "dt", KIND_TERM },
  { "em", KIND_INLINE, WN_STYLE_ITALIC },
  { "embed", KIND_EMBEDDED },
  { "fieldset", KIND_BLOCK },
  { "figcaption", KIND_BLOCK },
  { "figure", KIND_BLOCK },
  { "font", KIND_FONT },
  { "footer", KIND_BLOCK },
  { "form", KIND_BLOCK },
  { "h1", KIND_BLOCK, WN_STYLE_BOLD },
  { "h2", KIND_BLOCK, WN_STYLE_BOLD },
  { "h3", KIND_BLOCK, WN_STYLE_BOLD },
  { "h4", KIND_BLOCK, WN_STYLE_BOLD },
  { "h5", KIND_BLOCK, WN_STYLE_BOLD },
  { "h6", KIND_BLOCK, WN_STYLE_BOLD },
  { "header", KIND_BLOCK },
  { "hr", KIND_RULE },
  { "i", KIND_INLINE, WN_STYLE_ITALIC },
  { "iframe", KIND_RAW_FRAME },
  { "img", KIND_IMAGE },
  { "input", KIND_INPUT },
  { "ins", KIND_INLINE, WN_STYLE_UNDERLINED },
  { "kbd", KIND_INLINE },
  { "label", KIND_INLINE },
  { "legend", KIND_BLOCK },
  { "li", KIND_ITEM },
  { "main", KIND_BLOCK },
  { "mark", KIND_INLINE },
  { "menu", KIND_LIST },
  { "nav", KIND_BLOCK },
  { "noembed", KIND_RAW_DROPPED },
  { "noframes", KIND_RAW_DROPPED },
  { "object", KIND_OBJECT },
  { "ol", KIND_NUMBERED_LIST },
  { "option", KIND_OPTION },
  { "p", KIND_PARAGRAPH },
  { "pre", KIND_PRE },
  { "q", KIND_SAYING },
  { "s", KIND_INLINE, WN_STYLE_STRUCK },
  { "samp", KIND_INLINE },
  { "script", KIND_RAW_DROPPED },
  { "section", KIND_BLOCK },
  { "small", KIND_INLINE, 0, 2 },
  { "source", KIND_SOURCE },
  { "span", KIND_INLINE },
  { "strike", KIND_INLINE, WN_STYLE_STRUCK },
  { "strong", KIND_INLINE, WN_STYLE_BOLD },
  { "style", KIND_RAW_DROPPED },
  { "sub", KIND_INLINE, WN_STYLE_SUB },
  { "summary", KIND_BLOCK },
  { "sup", KIND_INLINE, WN_STYLE_SUP },
  { "table", KIND_TABLE },
  { "tbody", KIND_ROW_GROUP },
  { "td", KIND_CELL },
  { "template", KIND_DROPPED },
  { "textarea", KIND_RAW_TEXT },
  { "tfoot", KIND_ROW_GROUP },
  { "th", KIND_CELL, WN_STYLE_BOLD },
  { "thead", KIND_ROW_GROUP },
  { "title", KIND_RAW_DROPPED },
  { "tr", KIND_ROW },
  { "tt", KIND_INLINE },
  { "u", KIND_INLINE, WN_STYLE_UNDERLINED },
  { "ul", KIND_LIST },
  { "var", KIND_INLINE, WN_STYLE_ITALIC },
  { "video", KIND_MEDIA },
  { "xmp", KIND_RAW_TEXT },
};

#define BIT(kind) (1u << (kind))
#define IN_A_LINE                                                              \
  (BIT (KIND_INLINE) | BIT (KIND_FONT) | BIT (KIND_LINK) | BIT (KIND_SAYING))
#define IN_A_PART (IN_A_LINE | BIT (KIND_PARAGRAPH) | BIT (KIND_BLOCK))

/* Elements that begin and end a line. */
#define ALONE_IN_LINES                                                         \
  (BIT (KIND_PARAGRAPH) | BIT (KIND_BLOCK) | BIT (KIND_PRE) | BIT (KIND_QUOTE) \
   | BIT (KIND_LIST) | BIT (KIND_NUMBERED_LIST) | BIT (KIND_TERM)              \
   | BIT (KIND_OPTION) | BIT (KIND_TABLE) | BIT (KIND_ROW_GROUP))

/* End tags that HTML allows to be left out: a start tag of each kind ends an
 * open element of the kinds in @ended, and searches for it through the kinds in
 * @looked_in.
 */
static const struct
{
  guint ended;
  guint looked_in;
} implied_ends[N_KINDS] = {
  [KIND_PARAGRAPH] = { BIT (KIND_PARAGRAPH), IN_A_LINE },
  [KIND_BLOCK] = { BIT (KIND_PARAGRAPH), IN_A_LINE },
  [KIND_PRE] = { BIT (KIND_PARAGRAPH), IN_A_LINE },
  [KIND_QUOTE] = { BIT (KIND_PARAGRAPH), IN_A_LINE },
  [KIND_LIST] = { BIT (KIND_PARAGRAPH), IN_A_LINE },
  [KIND_NUMBERED_LIST] = { BIT (KIND_PARAGRAPH), IN_A_LINE },
  [KIND_TABLE] = { BIT (KIND_PARAGRAPH), IN_A_LINE },
  [KIND_ITEM] = { BIT (KIND_ITEM), IN_A_PART },
  [KIND_TERM] = { BIT (KIND_TERM), IN_A_PART },
  [KIND_OPTION] = { BIT (KIND_OPTION), IN_A_LINE },
  [KIND_CELL] = { BIT (KIND_CELL), IN_A_PART },
  [KIND_ROW]
  = { BIT (KIND_CELL) | BIT (KIND_ROW), IN_A_PART | BIT (KIND_CELL) },
  [KIND_ROW_GROUP] = { BIT (KIND_CELL) | BIT (KIND_ROW) | BIT (KIND_ROW_GROUP),
                       IN_A_PART | BIT (KIND_CELL) | BIT (KIND_ROW) },
};

/* Returns: the kinds of elements that an end tag of @kind in them can't close
 * an element around
 */
static guint
closed_kinds (Kind kind)
{
  if (kind == KIND_TABLE)
    return 0;
  if (kind == KIND_CELL || kind == KIND_ROW || kind == KIND_ROW_GROUP)
    return BIT (KIND_TABLE);
  return BIT (KIND_TABLE) | BIT (KIND_CELL);
}

/* The index of the first element with each letter, and the end of the table. */
static guint8 first_of_letter['z' - 'a' + 2];

static void
index_letters (void)
{
  static gsize is_done = 0;
  guint n = 0;

  if (!g_once_init_enter (&is_done))
    return;
  for (guint letter = 0; letter < G_N_ELEMENTS (first_of_letter); letter++)
    {
      while (n < G_N_ELEMENTS (elements)
             && (guint) (elements[n].name[0] - 'a') < letter)
        n++;
      first_of_letter[letter] = (guint8) n;
    }
  g_once_init_leave (&is_done, 1);
}

static const Element *
find_element (const char *name, gsize length)
{
  guint letter = (guint) ((name[0] | 0x20) - 'a');
  guint i;

  for (i = first_of_letter[letter]; i < first_of_letter[letter + 1]; i++)
    if (wn_tokens_is_name (name, length, elements[i].name))
      return &elements[i];
  return NULL;
}

/* --- The reader ----------------------------------------------------------- */

/* The state that holds within an element, and ends with it. */
typedef struct
{
  WnStyle style;
  gboolean is_dropped;
  const char
      *medium;      /* (unowned) (nullable): what a source would be shown as */
  guint list_level; /* 0: in no list */
  gint64 next_number; /* -1: the list has bullets */
  guint n_cells;      /* of the row */
  guint n_columns;    /* that the row's last cell spans */
  gsize row_start;    /* where the row's text begins in the page */
} Scope;

typedef struct
{
  const Element *element; /* (unowned): static */
  Scope outside;          /* the scope to restore at its end */
} OpenElement;

struct _WnReader
{
  WnPage *page; /* (unowned): outlives the reader */
  Scope scope;
  gboolean skips_line_feed; /* the first one in <pre> */
  GString *decoded;         /* (owned): scratch */
  guint depth;
  OpenElement open[MAX_DEPTH];
  guint8 n_open[G_N_ELEMENTS (elements)];
};

WnReader *
wn_reader_new (WnPage *page)
{
  WnReader *self = g_new (WnReader, 1);

  index_letters ();
  self->page = page;
  self->scope = (Scope){ .style = WN_STYLE_NONE, .next_number = -1 };
  self->skips_line_feed = FALSE;
  self->decoded = g_string_new (NULL);
  self->depth = 0;
  memset (self->n_open, 0, sizeof self->n_open);
  return self;
}

static gboolean
reader_is_hidden (const WnReader *self)
{
  return self->scope.is_dropped || self->scope.style.is_hidden;
}

static const WnTokensAttribute *
find_attribute (const WnToken *tag, const char *name)
{
  for (guint i = 0; i < tag->n_attributes; i++)
    if (wn_tokens_is_name (tag->attributes[i].name,
                           tag->attributes[i].name_length,
                           name))
      return &tag->attributes[i];
  return NULL;
}

/* Returns: (nullable): the value, decoded, valid until the next such call */
static const char *
reader_get_attribute (WnReader *self, const WnToken *tag, const char *name)
{
  const WnTokensAttribute *found = find_attribute (tag, name);

  if (found == NULL)
    return NULL;
  g_string_truncate (self->decoded, 0);
  wn_tokens_append_decoded (self->decoded, found->value, found->value_length);
  return self->decoded->str;
}

static gboolean
has_value (const WnToken *tag, const char *name, const char *value)
{
  const WnTokensAttribute *found = find_attribute (tag, name);

  return found != NULL
         && wn_tokens_is_name (found->value, found->value_length, value);
}

static void
reader_add_string (WnReader *self, const char *text)
{
  wn_page_add_string (self->page, &self->scope.style, text);
}

/* --- Lists and tables ----------------------------------------------------- */

/* Returns: (nullable): how an editor has marked the item or the box of a task
 * list
 */
static const char *
task_mark (const WnToken *tag)
{
  if (has_value (tag, "data-list", "checked")
      || has_value (tag, "data-checked", "true"))
    return "☑ ";
  if (has_value (tag, "data-list", "unchecked")
      || has_value (tag, "data-checked", "false"))
    return "☐ ";
  return has_value (tag, "data-list", "bullet") ? "• " : NULL;
}

static void
reader_start_item (WnReader *self, const WnToken *tag)
{
  GString *lead = self->page->lead;
  guint level = CLAMP (self->scope.list_level, 1, MAX_INDENT_LEVELS);
  const char *mark = task_mark (tag);

  g_string_truncate (lead, 0);
  wn_page_end_line (self->page);
  g_string_append_printf (lead, "%*s", (int) (level - 1) * 2, "");
  if (mark != NULL)
    self->scope.next_number = -1;
  if (self->scope.next_number < 0)
    g_string_append (lead, mark != NULL ? mark : "• ");
  else
    g_string_append_printf (lead,
                            "%" G_GINT64_FORMAT ". ",
                            self->scope.next_number);
}

/* Adds a checkbox: in place of its item's bullet, if that isn't written yet. */
static void
reader_add_input (WnReader *self, const WnToken *tag)
{
  gboolean is_checked = find_attribute (tag, "checked") != NULL;
  const char *mark = is_checked ? "☑ " : "☐ ";
  GString *lead = self->page->lead;
  gboolean has_bullet;

  if (!has_value (tag, "type", "checkbox"))
    return;
  has_bullet = g_str_has_suffix (lead->str, "• ")
               || g_str_has_suffix (lead->str, "☑ ")
               || g_str_has_suffix (lead->str, "☐ ");
  if (has_bullet)
    g_string_truncate (lead, lead->len - strlen ("• "));
  if (has_bullet || lead->len > 0)
    wn_page_add_lead (self->page, mark);
  else
    reader_add_string (self, mark);
}

static void
reader_start_list (WnReader *self, gboolean is_numbered, const WnToken *tag)
{
  const char *start = NULL;

  self->scope.list_level++;
  self->scope.next_number = -1;
  if (!is_numbered)
    return;
  start = reader_get_attribute (self, tag, "start");
  self->scope.next_number
      = start != NULL ? CLAMP (g_ascii_strtoll (start, NULL, 10), 0, G_MAXINT)
                      : 1;
}

static void
reader_start_row (WnReader *self)
{
  g_string_truncate (self->page->lead, 0);
  wn_page_end_line (self->page);
  self->scope.n_cells = 0;
  self->scope.n_columns = 0;
  self->scope.row_start = self->page->text->len;
}

static guint
reader_get_columns (WnReader *self, const WnToken *tag)
{
  const char *span = reader_get_attribute (self, tag, "colspan");

  if (span == NULL)
    return 1;
  return (guint) CLAMP (g_ascii_strtoll (span, NULL, 10), 1, MAX_COLUMNS);
}

/* Adds the separator of two cells, once for each column of the last cell. */
static void
reader_start_cell (WnReader *self, const WnToken *tag)
{
  WnPage *page = self->page;
  gboolean has_text = page->text->len > self->scope.row_start;

  page->has_space = FALSE;
  for (guint i = 0; self->scope.n_cells > 0 && i < self->scope.n_columns; i++)
    {
      gboolean follows_text = has_text && page->lead->len == 0;

      if (follows_text)
        page->n_breaks = 0;
      wn_page_add_lead (page, follows_text ? " | " : "| ");
    }
  self->scope.n_columns = reader_get_columns (self, tag);
}

/* --- Pictures and the like ------------------------------------------------ */

static gboolean
is_pixel_size (const char *side)
{
  char *unit;

  return g_ascii_strtoll (side, &unit, 10) <= MAX_PIXEL_SIZE && unit > side
         && *unit != '%';
}

/* Whether an image is so small that it only serves to count readers. */
static gboolean
reader_is_pixel (WnReader *self, const WnToken *tag)
{
  static const char *const sides[] = { "width", "height" };

  for (gsize i = 0; i < G_N_ELEMENTS (sides); i++)
    if (find_attribute (tag, sides[i]) != NULL
        && is_pixel_size (reader_get_attribute (self, tag, sides[i])))
      return TRUE;
  return FALSE;
}

static void
reader_read_style (WnReader *self, const WnToken *tag)
{
  const WnTokensAttribute *css = find_attribute (tag, "style");

  if (css != NULL)
    wn_style_read_css (&self->scope.style, css->value, css->value_length);
  if (find_attribute (tag, "hidden") != NULL)
    self->scope.style.is_hidden = TRUE;
}

/* Adds @text in place of something that a conversation can't show, as a link to
 * the URL in the attribute @source. Returns: FALSE where it @needs_link and has
 * no URL for one
 */
static gboolean
reader_add_linked (WnReader *self,
                   const WnToken *tag,
                   const char *source,
                   const char *text,
                   gboolean needs_link)
{
  WnStyle style = self->scope.style;
  const char *url = reader_get_attribute (self, tag, source);

  if (style.link == 0 && url != NULL)
    style.link = wn_page_start_web_link (self->page, url);
  if (needs_link && (style.link == 0 || url == NULL))
    return FALSE;
  wn_page_add_string (self->page, &style, text);
  if (style.link != self->scope.style.link)
    wn_page_end_link (self->page);
  return TRUE;
}

static void
reader_add_image (WnReader *self, const WnToken *tag)
{
  WnStyle outside = self->scope.style;
  g_autofree char *text = g_strdup (reader_get_attribute (self, tag, "alt"));
  gboolean is_hidden;

  reader_read_style (self, tag);
  is_hidden = self->scope.style.is_hidden || reader_is_pixel (self, tag);
  self->scope.style = outside;
  if (is_hidden)
    return;
  /* Many editors write an empty alternative text. */
  if (text == NULL || *g_strstrip (text) == '\0')
    reader_add_linked (self, tag, "src", _ ("[image]"), FALSE);
  else
    reader_add_linked (self, tag, "src", text, FALSE);
}

/* Adds a video or a sound as a link. Its content is hidden, as in a browser; if
 * it has no URL of its own, its first source is the link.
 */
static void
reader_start_media (WnReader *self, const Element *element, const WnToken *tag)
{
  const char *text = *element->name == 'v' ? _ ("[video]") : _ ("[audio]");

  if (find_attribute (tag, "src") != NULL)
    reader_add_linked (self, tag, "src", text, FALSE);
  else
    self->scope.medium = text;
  self->scope.is_dropped = TRUE;
}

/* Adds an embedded document, if it has a URL that can be linked to. Returns:
 * whether it has
 */
static gboolean
reader_add_embedded (WnReader *self, const WnToken *tag, const char *source)
{
  return reader_add_linked (self, tag, source, _ ("[embedded content]"), TRUE);
}

/* --- Tags ----------------------------------------------------------------- */

static void
reader_start_link (WnReader *self, const WnToken *tag)
{
  const char *url = reader_get_attribute (self, tag, "href");

  self->scope.style.link
      = url != NULL ? wn_page_start_link (self->page, url) : 0;
}

static void
reader_start_font (WnReader *self, const WnToken *tag)
{
  WnStyle *style = &self->scope.style;
  const char *colour = reader_get_attribute (self, tag, "color");
  const char *size;

  if (colour != NULL)
    style->colour = wn_style_parse_colour (colour);
  size = reader_get_attribute (self, tag, "size");
  if (size != NULL)
    style->size = wn_style_parse_font_size (size);
}

/* Adds an element that has no content. */
static void
reader_add_void (WnReader *self, const Element *element, const WnToken *tag)
{
  if (element->kind == KIND_SOURCE && self->scope.medium != NULL)
    {
      reader_add_linked (self, tag, "src", self->scope.medium, FALSE);
      self->scope.medium = NULL;
    }
  if (reader_is_hidden (self))
    return;
  if (element->kind == KIND_BREAK)
    wn_page_break_line (self->page, MAX_BREAKS);
  else if (element->kind == KIND_IMAGE)
    reader_add_image (self, tag);
  else if (element->kind == KIND_EMBEDDED)
    reader_add_embedded (self, tag, "src");
  else if (element->kind == KIND_INPUT)
    reader_add_input (self, tag);
  else if (element->kind == KIND_RULE)
    {
      wn_page_end_line (self->page);
      reader_add_string (self, "----------");
      wn_page_end_line (self->page);
    }
}

static void
reader_enter (WnReader *self, const Element *element, const WnToken *tag)
{
  WnStyle *style = &self->scope.style;

  if (ALONE_IN_LINES & BIT (element->kind))
    wn_page_end_line (self->page);
  switch (element->kind)
    {
    case KIND_LINK:
      reader_start_link (self, tag);
      break;
    case KIND_LIST:
    case KIND_NUMBERED_LIST:
      reader_start_list (self, element->kind == KIND_NUMBERED_LIST, tag);
      break;
    case KIND_ITEM:
      reader_start_item (self, tag);
      break;
    case KIND_ROW:
      reader_start_row (self);
      break;
    case KIND_CELL:
      reader_start_cell (self, tag);
      break;
    case KIND_PRE:
      self->skips_line_feed = TRUE;
      break;
    case KIND_QUOTE:
      style->n_quotes = MIN (style->n_quotes + 1, MAX_QUOTE_LEVELS);
      break;
    case KIND_SAYING:
      reader_add_string (self, "“");
      break;
    case KIND_MEDIA:
      reader_start_media (self, element, tag);
      break;
    case KIND_OBJECT:
      self->scope.is_dropped = reader_add_embedded (self, tag, "data");
      break;
    case KIND_DROPPED:
      self->scope.is_dropped = TRUE;
      break;
    default:
      break;
    }
}

/* Ends @element, when the scope around it has been restored. */
static void
reader_leave (WnReader *self, const Element *element, const Scope *inside)
{
  if (ALONE_IN_LINES & BIT (element->kind))
    wn_page_end_line (self->page);
  switch (element->kind)
    {
    case KIND_ITEM:
      g_string_truncate (self->page->lead, 0);
      wn_page_end_line (self->page);
      if (inside->next_number >= 0)
        self->scope.next_number++;
      break;
    case KIND_CELL:
      self->scope.n_cells++;
      self->scope.n_columns = inside->n_columns;
      break;
    case KIND_ROW:
      g_string_truncate (self->page->lead, 0);
      wn_page_end_line (self->page);
      break;
    case KIND_MEDIA:
      if (inside->medium != NULL)
        reader_add_string (self, inside->medium);
      break;
    case KIND_SAYING:
      reader_add_string (self, "”");
      break;
    default:
      break;
    }
}

static void
reader_pop (WnReader *self)
{
  const OpenElement *last = &self->open[--self->depth];
  const Element *element = last->element;
  Scope inside = self->scope;

  self->n_open[element - elements]--;
  self->scope = last->outside;
  if (inside.style.link != self->scope.style.link)
    wn_page_end_link (self->page);
  if (!reader_is_hidden (self) && !inside.style.is_hidden)
    reader_leave (self, element, &inside);
}

static void
reader_pop_to (WnReader *self, guint depth)
{
  while (self->depth > depth)
    reader_pop (self);
}

/* Closes the innermost @element and all that is still open in it, unless an end
 * tag here can't close it.
 */
static void
reader_end (WnReader *self, const Element *element)
{
  guint closed = closed_kinds (element->kind);

  if (self->n_open[element - elements] == 0)
    return;
  for (guint i = self->depth; i > 0; i--)
    {
      const Element *open = self->open[i - 1].element;

      if (open == element)
        {
          reader_pop_to (self, i - 1);
          return;
        }
      if (closed & BIT (open->kind))
        return;
    }
}

static void
reader_end_implied (WnReader *self, Kind kind)
{
  guint ended = implied_ends[kind].ended;
  guint looked_in = implied_ends[kind].looked_in;
  guint depth = self->depth;

  for (guint i = self->depth; ended != 0 && i > 0; i--)
    {
      guint bit = BIT (self->open[i - 1].element->kind);

      if (ended & bit)
        depth = i - 1;
      if (!(looked_in & bit))
        break;
    }
  reader_pop_to (self, depth);
}

static void
reader_push (WnReader *self, const Element *element, const WnToken *tag)
{
  WnStyle *style = &self->scope.style;

  self->open[self->depth++]
      = (OpenElement){ .element = element, .outside = self->scope };
  self->n_open[element - elements]++;
  style->flags |= element->flags;
  if (element->size > 0)
    style->size = element->size;
  if (element->kind == KIND_FONT)
    reader_start_font (self, tag);
  else if (element->kind == KIND_PRE)
    style->spaces = WN_STYLE_KEEP_LINES_AND_SPACES;
  reader_read_style (self, tag);
  if (!reader_is_hidden (self))
    reader_enter (self, element, tag);
}

static void
reader_start (WnReader *self, const Element *element, const WnToken *tag)
{
  self->skips_line_feed = FALSE;
  reader_end_implied (self, element->kind);
  if (element->kind == KIND_LINK)
    while (self->n_open[element - elements] > 0)
      reader_pop (self);
  if (element->kind >= KIND_BREAK)
    reader_add_void (self, element, tag);
  else if (self->depth < MAX_DEPTH)
    reader_push (self, element, tag);
}

void
wn_reader_start (WnReader *self, const WnToken *tag)
{
  const Element *element = find_element (tag->name, tag->name_length);

  if (element != NULL)
    reader_start (self, element, tag);
}

void
wn_reader_end (WnReader *self, const char *name, gsize length)
{
  const Element *element = find_element (name, length);

  if (element != NULL)
    reader_end (self, element);
}

void
wn_reader_free (WnReader *self)
{
  reader_pop_to (self, 0);
  g_string_free (self->decoded, TRUE);
  g_free (self);
}

/* --- Text ----------------------------------------------------------------- */

void
wn_reader_add_text (WnReader *self, const char *text, gsize length)
{
  if (reader_is_hidden (self) || length == 0)
    return;
  if (self->skips_line_feed && *text == '\n')
    {
      text++;
      length--;
    }
  self->skips_line_feed = FALSE;
  wn_page_add_text (self->page, &self->scope.style, text, length);
}

void
wn_reader_add_encoded (WnReader *self, const char *text, gsize length)
{
  if (memchr (text, '&', length) == NULL)
    {
      wn_reader_add_text (self, text, length);
      return;
    }
  g_string_truncate (self->decoded, 0);
  wn_tokens_append_decoded (self->decoded, text, length);
  wn_reader_add_text (self, self->decoded->str, self->decoded->len);
}

/* --- HTML ----------------------------------------------------------------- */

static void
reader_read_raw (WnReader *self,
                 const Element *element,
                 const WnToken *tag,
                 WnTokens *tokens)
{
  gsize length;
  const char *raw = wn_tokens_take_raw (tokens, tag, &length);

  if (element->kind == KIND_RAW_TEXT)
    wn_reader_add_encoded (self, raw, length);
  else if (element->kind == KIND_RAW_FRAME && !reader_is_hidden (self))
    reader_add_embedded (self, tag, "src");
}

/* Stray end tags are ignored, except </p> and </br>, which break a line in a
 * browser too.
 */
static void
reader_read_end_tag (WnReader *self, const Element *element, const WnToken *tag)
{
  if (element->kind == KIND_BREAK
      || (element->kind == KIND_PARAGRAPH
          && self->n_open[element - elements] == 0))
    reader_start (self, element, tag);
  reader_end (self, element);
}

static void
reader_read_tag (WnReader *self, const WnToken *tag, WnTokens *tokens)
{
  const Element *element = find_element (tag->name, tag->name_length);

  if (element == NULL)
    return;
  if (tag->kind == WN_TOKENS_END_TAG)
    reader_read_end_tag (self, element, tag);
  else if (element->kind >= KIND_RAW_DROPPED && element->kind < KIND_BREAK)
    reader_read_raw (self, element, tag, tokens);
  else
    reader_start (self, element, tag);
}

void
wn_reader_read_html (WnReader *self, const char *html, gsize length)
{
  WnTokens tokens;
  WnToken token;

  wn_tokens_init (&tokens, html, length);
  do
    {
      wn_tokens_next (&tokens, &token);
      if (token.text_length == length)
        self->scope.style.spaces = WN_STYLE_KEEP_LINES;
      wn_reader_add_encoded (self, token.text, token.text_length);
      if (token.kind == WN_TOKENS_START_TAG || token.kind == WN_TOKENS_END_TAG)
        reader_read_tag (self, &token, &tokens);
    }
  while (token.kind != WN_TOKENS_NOTHING);
}
