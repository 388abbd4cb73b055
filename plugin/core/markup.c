/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Three parts, top to bottom of this file in reverse: the reader turns
 * libxml2's SAX events into calls of the page, the page writes lines and
 * keeps tags balanced by comparing the style that is wanted with the one that
 * is shown, and the text helpers decide what an eye may see. No tree is ever
 * built, and nothing in here recurses.
 */

#include "core/markup.h"

#include <glib/gi18n-lib.h>
#include <libxml/HTMLparser.h>
#include <stdio.h>
#include <string.h>

#define MAX_URL_BYTES 2048
#define MAX_LINK_TEXT_BYTES 1024
#define MAX_TAG_BYTES 8192
#define MAX_BREAKS 2
#define MAX_INDENT_LEVELS 8
#define MAX_CSS_DECLARATIONS 64

/* Text ------------------------------------------------------------------- */

static gboolean
is_hidden_char (gunichar c)
{
  return (c >= 0x80 && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f
         || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* How many bytes at @p no eye may see, 0 where the character there is one to
 * show.
 */
static gsize
hidden_length (const char *p, const char *end)
{
  guchar c = (guchar) *p;

  if (c < 0x80)
    return (c < 0x20 && !is_space (*p)) || c == 0x7f ? 1 : 0;
  if (c != 0xc2 && c != 0xd8 && c != 0xe2)
    return 0;

  gunichar wide = g_utf8_get_char_validated (p, end - p);

  if (wide & 0x80000000u)
    return 1;
  return is_hidden_char (wide) ? (gsize) (g_utf8_next_char (p) - p) : 0;
}

/* The stretch at @p without spaces and without anything hidden. */
static gsize
word_length (const char *p, const char *end)
{
  const char *q = p;

  while (q < end && !is_space (*q) && hidden_length (q, end) == 0)
    q++;
  return (gsize) (q - p);
}

static void
append_escaped (GString *out, const char *text, gsize length)
{
  const char *end = text + length;

  for (const char *p = text; p < end; p++)
    {
      const char *run = p;

      while (p < end && !strchr ("&<>\"", *p))
        p++;
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

/* Line and paragraph separator, which break a line in a text widget. */
static gboolean
is_separator (const char *p)
{
  return strncmp (p, "\342\200\250", 3) == 0
         || strncmp (p, "\342\200\251", 3) == 0;
}

/* A line break of any kind at @p, in bytes; 0 where there is none. */
static gsize
break_length (const char *p)
{
  if (p[0] == '\r' && p[1] == '\n')
    return 2;
  if (*p == '\n' || *p == '\r' || *p == '\f')
    return 1;
  return is_separator (p) ? 3 : 0;
}

char *
wn_markup_clean_text (const char *text, gboolean one_line)
{
  g_return_val_if_fail (text != NULL, NULL);

  const char *end = text + strlen (text);
  GString *out = g_string_sized_new ((gsize) (end - text));

  for (const char *p = text; p < end;)
    {
      gsize n_hidden = hidden_length (p, end);
      gsize n_break = break_length (p);

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

      append_escaped (out, p, length);
      if (p[length] == '\0')
        return g_string_free (out, FALSE);
      g_string_append (out, line_break);
      p += length + 1;
    }
}

/* Links ------------------------------------------------------------------ */

static char *
encode_url (const char *url)
{
  GString *out = g_string_new (NULL);
  const char *end = url + strlen (url);

  for (const char *p = url; p < end;)
    {
      gsize n_hidden = hidden_length (p, end);

      if (n_hidden > 0 || *p == '\n' || *p == '\r' || *p == '\t')
        p += MAX (1, n_hidden);
      else if (strchr (" \f\"<>\\^`{|}", *p))
        g_string_append_printf (out, "%%%02X", (guchar) *p++);
      else
        g_string_append_c (out, *p++);
    }
  return g_string_free (out, FALSE);
}

static char *
url_dup_host (const char *url)
{
  char *host = NULL;

  if (!g_uri_split (url,
                    G_URI_FLAGS_PARSE_RELAXED,
                    NULL,
                    NULL,
                    &host,
                    NULL,
                    NULL,
                    NULL,
                    NULL,
                    NULL))
    return NULL;
  return host;
}

static gboolean
is_web_url (const char *url)
{
  g_autofree char *host = NULL;

  if (g_ascii_strncasecmp (url, "http://", 7) != 0
      && g_ascii_strncasecmp (url, "https://", 8) != 0)
    return FALSE;
  host = url_dup_host (url);
  return host != NULL && *host != '\0';
}

static gboolean
is_mail_url (const char *url)
{
  return g_ascii_strncasecmp (url, "mailto:", 7) == 0 && url[7] != '\0';
}

/* The URL to link to, or NULL where it is none that we link to. */
static char *
dup_link_url (const char *raw)
{
  g_autofree char *trimmed = NULL;
  g_autofree char *url = NULL;

  if (raw == NULL || strlen (raw) > MAX_URL_BYTES)
    return NULL;
  trimmed = g_strstrip (g_strdup (raw));
  url = encode_url (trimmed);
  return is_web_url (url) || is_mail_url (url) ? g_steal_pointer (&url) : NULL;
}

static gboolean
looks_like_host (const char *text)
{
  const char *last = strrchr (text, '.');

  if (g_hostname_is_ip_address (text))
    return TRUE;
  if (last == NULL || last == text || strlen (last + 1) < 2)
    return FALSE;
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && !strchr ("-._", *p) && (guchar) *p < 0x80)
      return FALSE;
  return !g_ascii_isdigit (last[1]);
}

static const char *
skip_www (const char *host)
{
  return g_ascii_strncasecmp (host, "www.", 4) == 0 ? host + 4 : host;
}

static gboolean
is_same_host (const char *a, const char *b)
{
  g_autofree char *ascii_a = g_hostname_to_ascii (a);
  g_autofree char *ascii_b = g_hostname_to_ascii (b);

  return ascii_a != NULL && ascii_b != NULL
         && g_ascii_strcasecmp (skip_www (ascii_a), skip_www (ascii_b)) == 0;
}

/* The host that a reader takes @word for, or NULL. */
static char *
word_dup_host (const char *word)
{
  const char *scheme = strstr (word, "://");
  g_autofree char *host = g_strdup (scheme != NULL ? scheme + 3 : word);
  char *at;

  host[strcspn (host, "/?#\\")] = '\0';
  at = strrchr (host, '@');
  if (at != NULL)
    memmove (host, at + 1, strlen (at + 1) + 1);
  host[strcspn (host, ":")] = '\0';
  return looks_like_host (host) ? g_steal_pointer (&host) : NULL;
}

static gboolean
is_same_url (const char *a, const char *b)
{
  gsize a_length = strlen (a);
  gsize b_length = strlen (b);

  if (g_str_has_suffix (a, "/"))
    a_length--;
  if (g_str_has_suffix (b, "/"))
    b_length--;
  return a_length == b_length && g_ascii_strncasecmp (a, b, a_length) == 0;
}

static gboolean
word_misleads (const char *word, const char *url)
{
  g_autofree char *shown = word_dup_host (word);
  g_autofree char *real = NULL;

  if (shown == NULL)
    return FALSE;
  if (is_mail_url (url))
    {
      g_autofree char *address = g_strndup (url + 7, strcspn (url + 7, "?"));

      return g_ascii_strcasecmp (word, address) != 0;
    }
  if (strstr (word, "://") != NULL)
    return !is_same_url (word, url);
  real = url_dup_host (url);
  return real == NULL || !is_same_host (shown, real);
}

static char *
trim_punctuation (char *word)
{
  static const char marks[] = "()[]<>{}\"'.,;:!?*";
  gsize length;

  word += strspn (word, marks);
  length = strlen (word);
  while (length > 0 && strchr (marks, word[length - 1]))
    length--;
  word[length] = '\0';
  return word;
}

/* Whether @text names a URL or a host other than where @url leads. */
static gboolean
text_misleads (const char *text, const char *url)
{
  g_autofree char *folded
      = g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE);
  g_auto (GStrv) by_dot = NULL;
  g_autofree char *dotted = NULL;
  g_auto (GStrv) words = NULL;

  if (folded == NULL)
    return TRUE;
  by_dot = g_strsplit (folded, "\343\200\202", -1);
  dotted = g_strjoinv (".", by_dot);
  words = g_strsplit_set (dotted, " \t\n", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (word_misleads (trim_punctuation (words[i]), url))
      return TRUE;
  return FALSE;
}

static gboolean
text_is_url (const char *text, const char *url)
{
  return strcmp (text, url) == 0
         || (is_mail_url (url) && strcmp (text, url + 7) == 0);
}

/* The page --------------------------------------------------------------- */

typedef enum
{
  TAG_A,
  TAG_FONT,
  TAG_B,
  TAG_I,
  TAG_U,
  TAG_S,
  TAG_SUB,
  TAG_SUP,
  N_TAGS
} Tag;

static const char *const tag_names[N_TAGS]
    = { "a", "font", "b", "i", "u", "s", "sub", "sup" };

#define FLAG(tag) (1u << (tag))

typedef struct
{
  guint flags;      /* FLAG() of TAG_B and above */
  int colour;       /* 0xrrggbb, -1: the host's */
  int size;         /* 1 to 7 as in <font>, 0: the host's */
  const char *href; /* (nullable) (unowned): in the page's urls */
} Style;

static const Style no_style = { .colour = -1 };

typedef struct
{
  GString *out;       /* (owned) */
  GString *lead;      /* (owned): goes before the next text of this line */
  GString *link_text; /* (owned): what the open link reads */
  GStringChunk *urls; /* (owned) */
  gboolean is_plain;
  gboolean has_space; /* a space is due before the next text */
  guint n_breaks;     /* line breaks due before the next text */
  Style style;        /* of the next text */
  Style shown;        /* of the last text: what the open tags say */
  Tag open[N_TAGS];
  guint n_open;
  guint n_tags;
} Page;

static void
page_init (Page *page, gboolean is_plain)
{
  *page = (Page){ .is_plain = is_plain, .style = no_style, .shown = no_style };
  page->out = g_string_new (NULL);
  page->lead = g_string_new (NULL);
  page->link_text = g_string_new (NULL);
  page->urls = g_string_chunk_new (256);
}

static void
page_clear (Page *page)
{
  g_string_free (page->out, TRUE);
  g_string_free (page->lead, TRUE);
  g_string_free (page->link_text, TRUE);
  g_string_chunk_free (page->urls);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Page, page_clear)

static gboolean
style_has (const Style *style, Tag tag)
{
  if (tag == TAG_A)
    return style->href != NULL;
  if (tag == TAG_FONT)
    return style->colour >= 0 || style->size > 0;
  return (style->flags & FLAG (tag)) != 0;
}

static gboolean
style_agrees (const Style *a, const Style *b, Tag tag)
{
  if (tag == TAG_A)
    return a->href == b->href;
  if (tag == TAG_FONT)
    return a->colour == b->colour && a->size == b->size;
  return style_has (a, tag) == style_has (b, tag);
}

/* Closes what the next text isn't in, so that breaks fall outside. */
static void
page_close_tags (Page *page)
{
  guint n_kept = 0;

  while (n_kept < page->n_open
         && style_agrees (&page->shown, &page->style, page->open[n_kept]))
    n_kept++;
  while (page->n_open > n_kept)
    {
      Tag tag = page->open[--page->n_open];

      g_string_append_printf (page->out, "</%s>", tag_names[tag]);
      page->n_tags++;
    }
}

static void
page_open_tag (Page *page, Tag tag)
{
  page->n_tags++;
  page->open[page->n_open++] = tag;
  g_string_append_printf (page->out, "<%s", tag_names[tag]);
  if (tag == TAG_A)
    {
      g_string_append (page->out, " href=\"");
      append_escaped (page->out, page->style.href, strlen (page->style.href));
      g_string_append_c (page->out, '"');
    }
  if (tag == TAG_FONT && page->style.colour >= 0)
    g_string_append_printf (page->out, " color=\"#%06x\"", page->style.colour);
  if (tag == TAG_FONT && page->style.size > 0)
    g_string_append_printf (page->out, " size=\"%d\"", page->style.size);
  g_string_append_c (page->out, '>');
}

static gboolean
page_is_open (const Page *page, Tag tag)
{
  for (guint i = 0; i < page->n_open; i++)
    if (page->open[i] == tag)
      return TRUE;
  return FALSE;
}

static void
page_open_tags (Page *page)
{
  for (Tag tag = 0; tag < N_TAGS; tag++)
    if (style_has (&page->style, tag) && !page_is_open (page, tag))
      page_open_tag (page, tag);
  page->shown = page->style;
}

static void
page_write (Page *page, const char *text, gsize length)
{
  if (page->is_plain)
    g_string_append_len (page->out, text, (gssize) length);
  else
    append_escaped (page->out, text, length);
}

static gboolean
page_is_at_line_start (const Page *page)
{
  return page->out->len == 0 || page->n_breaks > 0;
}

static void
page_write_breaks (Page *page)
{
  for (; page->n_breaks > 0; page->n_breaks--)
    {
      g_string_append (page->out, page->is_plain ? "\n" : "<br>");
      page->n_tags++;
    }
}

/* Writes all that is due before a text. */
static void
page_begin_text (Page *page)
{
  gboolean has_space = page->has_space && !page_is_at_line_start (page)
                       && page->lead->len == 0;
  gboolean is_apart = has_space || page->n_breaks > 0 || page->lead->len > 0;

  if (!page->is_plain)
    page_close_tags (page);
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
page_add_word (Page *page, const char *word, gsize length)
{
  page_begin_text (page);
  page_write (page, word, length);
  if (page->style.href != NULL && page->link_text->len < MAX_LINK_TEXT_BYTES)
    g_string_append_len (page->link_text, word, (gssize) length);
}

/* The next text starts a line. A line that has only its lead is one. */
static void
page_end_line (Page *page)
{
  page->has_space = FALSE;
  if (page->lead->len == 0 && !page_is_at_line_start (page))
    page->n_breaks = 1;
}

static void
page_break_line (Page *page, guint max_breaks)
{
  page->has_space = FALSE;
  if (page->lead->len == 0 && page->out->len > 0 && page->n_breaks < max_breaks)
    page->n_breaks++;
}

/* Spaces count for one, as in HTML; with @is_pre they count as they are. */
static void
page_add_text (Page *page, const char *text, gsize length, gboolean is_pre)
{
  const char *end = text + length;

  for (const char *p = text; p < end;)
    {
      gsize n_hidden = hidden_length (p, end);
      gsize n_word = n_hidden > 0 ? 0 : word_length (p, end);

      if (n_word > 0)
        page_add_word (page, p, n_word);
      else if (n_hidden > 0 || !is_pre)
        page->has_space |= n_hidden == 0;
      else if (*p == '\n')
        page_break_line (page, G_MAXUINT);
      else if (*p == ' ' || *p == '\t')
        page_add_word (page, p, 1);
      p += MAX (1, MAX (n_hidden, n_word));
    }
}

static void
page_add_string (Page *page, const char *text)
{
  page_add_text (page, text, strlen (text), FALSE);
}

static void
page_start_link (Page *page, const char *raw_url)
{
  g_autofree char *url = dup_link_url (raw_url);

  g_string_truncate (page->link_text, 0);
  page->style.href
      = url != NULL ? g_string_chunk_insert (page->urls, url) : NULL;
}

/* Says where the link leads if its text doesn't. @outside is the style behind
 * it.
 */
static void
page_end_link (Page *page, const Style *outside)
{
  const char *url = page->style.href;
  const char *text = page->link_text->str;

  page->style = *outside;
  if (url == NULL || *text == '\0' || text_is_url (text, url))
    return;
  if (!page->is_plain && !text_misleads (text, url))
    return;
  if (!page->is_plain)
    page_close_tags (page);
  page_write (page, " (", 2);
  page_write (page, url, strlen (url));
  page_write (page, ")", 1);
}

static char *
page_finish (Page *page)
{
  page->style = no_style;
  if (!page->is_plain)
    page_close_tags (page);
  return g_strdup (page->out->str);
}

/* Colours and sizes ------------------------------------------------------ */

static const struct
{
  const char *name;
  int colour;
} colour_names[] = {
  { "red", 0xff0000 },     { "darkred", 0x8b0000 },  { "maroon", 0x800000 },
  { "green", 0x008000 },   { "lime", 0x00ff00 },     { "darkgreen", 0x006400 },
  { "blue", 0x0000ff },    { "navy", 0x000080 },     { "teal", 0x008080 },
  { "orange", 0xffa500 },  { "purple", 0x800080 },   { "fuchsia", 0xff00ff },
  { "magenta", 0xff00ff }, { "brown", 0xa52a2a },    { "gray", 0x808080 },
  { "grey", 0x808080 },    { "crimson", 0xdc143c },  { "tomato", 0xff6347 },
  { "olive", 0x808000 },   { "darkblue", 0x00008b },
};

/* Nearly white can't be read on a light theme, nearly black on a dark one. */
static int
readable_colour (guint red, guint green, guint blue)
{
  guint brightness = (299 * red + 587 * green + 114 * blue) / 1000;

  if (red > 255 || green > 255 || blue > 255)
    return -1;
  if (brightness > 200 || brightness < 10)
    return -1;
  return (int) (red << 16 | green << 8 | blue);
}

static int
parse_hex_colour (const char *digits)
{
  guint64 n = 0;
  gsize length = strspn (digits, "0123456789abcdefABCDEF");

  if ((length != 3 && length != 6) || digits[length] != '\0')
    return -1;
  n = g_ascii_strtoull (digits, NULL, 16);
  if (length == 3)
    return readable_colour ((n >> 8) * 0x11,
                            (n >> 4 & 0xf) * 0x11,
                            (n & 0xf) * 0x11);
  return readable_colour (n >> 16, n >> 8 & 0xff, n & 0xff);
}

static int
parse_colour (const char *value)
{
  guint red, green, blue;

  if (*value == '#')
    return parse_hex_colour (value + 1);
  if (sscanf (value, "rgb(%3u ,%3u ,%3u", &red, &green, &blue) == 3)
    return readable_colour (red, green, blue);
  for (gsize i = 0; i < G_N_ELEMENTS (colour_names); i++)
    if (g_ascii_strcasecmp (value, colour_names[i].name) == 0)
      {
        int colour = colour_names[i].colour;

        return readable_colour (colour >> 16 & 0xff,
                                colour >> 8 & 0xff,
                                colour & 0xff);
      }
  return -1;
}

/* CSS's font-size as a size of <font>, two steps down and up at most. */
static int
parse_css_size (const char *value)
{
  char *unit = NULL;
  double px = g_ascii_strtod (value, &unit);

  if (unit == value)
    return g_str_equal (value, "small") || g_str_equal (value, "x-small") ? 2
           : g_str_equal (value, "large")                                 ? 4
           : g_str_equal (value, "x-large")                               ? 5
                                                                          : 0;
  if (g_str_has_prefix (unit, "pt"))
    px *= 4.0 / 3;
  else if (g_str_has_prefix (unit, "em") || g_str_has_prefix (unit, "rem"))
    px *= 16;
  else if (*unit == '%')
    px *= 0.16;
  return px < 12 ? 2 : px < 18 ? 0 : px < 24 ? 4 : 5;
}

static int
parse_font_size (const char *value)
{
  gint64 size = g_ascii_strtoll (value, NULL, 10);

  if (*value == '+' || *value == '-')
    size = CLAMP (size, -7, 7) + 3;
  size = CLAMP (size, 2, 5);
  return size == 3 ? 0 : (int) size;
}

static void
style_read_declaration (Style *style, const char *name, const char *value)
{
  if (g_str_equal (name, "color"))
    style->colour = parse_colour (value);
  else if (g_str_equal (name, "font-size"))
    style->size = parse_css_size (value);
  else if (g_str_equal (name, "font-weight")
           && (g_str_has_prefix (value, "bold")
               || g_ascii_strtoll (value, NULL, 10) >= 600))
    style->flags |= FLAG (TAG_B);
  else if (g_str_equal (name, "font-style")
           && g_str_has_prefix (value, "italic"))
    style->flags |= FLAG (TAG_I);
  else if (g_str_has_prefix (name, "text-decoration"))
    {
      if (strstr (value, "underline") != NULL)
        style->flags |= FLAG (TAG_U);
      if (strstr (value, "line-through") != NULL)
        style->flags |= FLAG (TAG_S);
    }
}

static void
style_read_css (Style *style, const char *css)
{
  g_autofree char *lower = g_ascii_strdown (css, -1);
  g_auto (GStrv) declarations = g_strsplit (lower, ";", MAX_CSS_DECLARATIONS);

  for (guint i = 0; declarations[i] != NULL; i++)
    {
      char *value = strchr (declarations[i], ':');

      if (value == NULL)
        continue;
      *value++ = '\0';
      style_read_declaration (style,
                              g_strstrip (declarations[i]),
                              g_strstrip (value));
    }
}

/* The reader ------------------------------------------------------------- */

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

/* What isn't in here says nothing; the text in it is shown all the same. */
static const Element elements[] = {
  { "a", KIND_LINK },
  { "b", KIND_INLINE, FLAG (TAG_B) },
  { "strong", KIND_INLINE, FLAG (TAG_B) },
  { "i", KIND_INLINE, FLAG (TAG_I) },
  { "em", KIND_INLINE, FLAG (TAG_I) },
  { "cite", KIND_INLINE, FLAG (TAG_I) },
  { "var", KIND_INLINE, FLAG (TAG_I) },
  { "dfn", KIND_INLINE, FLAG (TAG_I) },
  { "u", KIND_INLINE, FLAG (TAG_U) },
  { "ins", KIND_INLINE, FLAG (TAG_U) },
  { "s", KIND_INLINE, FLAG (TAG_S) },
  { "del", KIND_INLINE, FLAG (TAG_S) },
  { "strike", KIND_INLINE, FLAG (TAG_S) },
  { "sub", KIND_INLINE, FLAG (TAG_SUB) },
  { "sup", KIND_INLINE, FLAG (TAG_SUP) },
  { "span", KIND_INLINE },
  { "font", KIND_INLINE },
  { "br", KIND_BREAK },
  { "hr", KIND_RULE },
  { "img", KIND_IMAGE },
  { "p", KIND_BLOCK },
  { "div", KIND_BLOCK },
  { "li", KIND_ITEM },
  { "ul", KIND_LIST },
  { "menu", KIND_LIST },
  { "dir", KIND_LIST },
  { "ol", KIND_NUMBERED_LIST },
  { "tr", KIND_ROW },
  { "td", KIND_CELL },
  { "th", KIND_CELL, FLAG (TAG_B) },
  { "pre", KIND_PRE },
  { "h1", KIND_BLOCK, FLAG (TAG_B) },
  { "h2", KIND_BLOCK, FLAG (TAG_B) },
  { "h3", KIND_BLOCK, FLAG (TAG_B) },
  { "h4", KIND_BLOCK, FLAG (TAG_B) },
  { "h5", KIND_BLOCK, FLAG (TAG_B) },
  { "h6", KIND_BLOCK, FLAG (TAG_B) },
  { "table", KIND_BLOCK },
  { "caption", KIND_BLOCK },
  { "thead", KIND_BLOCK },
  { "tbody", KIND_BLOCK },
  { "tfoot", KIND_BLOCK },
  { "dl", KIND_BLOCK },
  { "dt", KIND_BLOCK },
  { "dd", KIND_BLOCK },
  { "blockquote", KIND_BLOCK },
  { "address", KIND_BLOCK },
  { "article", KIND_BLOCK },
  { "aside", KIND_BLOCK },
  { "center", KIND_BLOCK },
  { "details", KIND_BLOCK },
  { "fieldset", KIND_BLOCK },
  { "figcaption", KIND_BLOCK },
  { "figure", KIND_BLOCK },
  { "footer", KIND_BLOCK },
  { "form", KIND_BLOCK },
  { "header", KIND_BLOCK },
  { "legend", KIND_BLOCK },
  { "main", KIND_BLOCK },
  { "nav", KIND_BLOCK },
  { "option", KIND_BLOCK },
  { "section", KIND_BLOCK },
  { "summary", KIND_BLOCK },
  { "script", KIND_DROPPED },
  { "style", KIND_DROPPED },
  { "template", KIND_DROPPED },
  { "title", KIND_DROPPED },
};

/* What an element changes for what is in it. */
typedef struct
{
  Style style;
  gboolean is_pre;
  gboolean is_dropped;
  guint list_level;   /* 0: in no list */
  gint64 next_number; /* -1: the list has bullets */
  guint n_cells;      /* of the row */
  gsize row_start;    /* where the row's text begins in the page */
} Scope;

typedef struct
{
  const Element *element; /* (unowned): static */
  Scope outside;          /* what holds again at its end */
} OpenElement;

typedef struct
{
  Page *page;   /* (unowned): of render(), which outlives the reader */
  GArray *open; /* (owned): of OpenElement */
  guint n_open[G_N_ELEMENTS (elements)];
  Scope scope; /* its style is the page's */
  gboolean skips_line_feed;
} Reader;

static const Element *
find_element (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (elements); i++)
    if (strcmp (elements[i].name, name) == 0)
      return &elements[i];
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
  page_end_line (reader->page);
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
  page_end_line (reader->page);
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
  page_end_line (reader->page);
  reader->scope.n_cells = 0;
  reader->scope.row_start = reader->page->out->len;
}

static void
reader_start_cell (Reader *reader)
{
  Page *page = reader->page;
  gboolean has_text = page->out->len > reader->scope.row_start;

  page->has_space = FALSE;
  if (reader->scope.n_cells == 0)
    return;
  if (has_text)
    page->n_breaks = 0;
  g_string_append (page->lead, has_text && page->lead->len == 0 ? " | " : "| ");
}

static void
reader_add_rule (Reader *reader)
{
  page_end_line (reader->page);
  page_add_string (reader->page, "----------");
  page_end_line (reader->page);
}

/* An image is its alternative text, linked to where it is. */
static void
reader_add_image (Reader *reader, const char *const *attributes)
{
  Page *page = reader->page;
  const char *text = find_attribute (attributes, "alt");
  Style outside = page->style;

  if (text == NULL || *text == '\0' || reader->scope.is_dropped)
    return;
  if (outside.href != NULL)
    {
      page_add_string (page, text);
      return;
    }
  page_start_link (page, find_attribute (attributes, "src"));
  page_add_string (page, text);
  page_end_link (page, &outside);
}

static gboolean
reader_add_void (Reader *reader,
                 const Element *element,
                 const char *const *attributes)
{
  if (element->kind < KIND_BREAK)
    return FALSE;
  if (element->kind == KIND_BREAK)
    page_break_line (reader->page, MAX_BREAKS);
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
  Style *style = &reader->page->style;
  const char *css = find_attribute (attributes, "style");
  const char *colour = find_attribute (attributes, "color");
  const char *size = find_attribute (attributes, "size");
  gboolean is_font = strcmp (element->name, "font") == 0;

  style->flags |= element->flags;
  if (is_font && colour != NULL)
    style->colour = parse_colour (colour);
  if (is_font && size != NULL)
    style->size = parse_font_size (size);
  if (css != NULL)
    style_read_css (style, css);
}

static void
reader_enter (Reader *reader,
              const Element *element,
              const char *const *attributes)
{
  switch (element->kind)
    {
    case KIND_LINK:
      page_start_link (reader->page, find_attribute (attributes, "href"));
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
      page_end_line (reader->page);
      break;
    case KIND_DROPPED:
      reader->scope.is_dropped = TRUE;
      break;
    case KIND_BLOCK:
      page_end_line (reader->page);
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
      page_end_line (reader->page);
      reader_count_item (reader);
      break;
    case KIND_CELL:
      reader->scope.n_cells++;
      break;
    case KIND_ROW:
      g_string_truncate (reader->page->lead, 0);
      page_end_line (reader->page);
      break;
    case KIND_LIST:
    case KIND_NUMBERED_LIST:
    case KIND_PRE:
    case KIND_BLOCK:
      page_end_line (reader->page);
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

  g_array_set_size (reader->open, reader->open->len - 1);
  reader->n_open[last.element - elements]--;
  if (last.element->kind == KIND_LINK)
    page_end_link (reader->page, &last.outside.style);
  reader->scope = last.outside;
  reader->page->style = last.outside.style;
  reader_leave (reader, last.element);
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
  reader_enter (reader, element, attributes);
  reader_read_style (reader, element, attributes);
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
on_parser_text (void *data, const xmlChar *xml_text, int length)
{
  Reader *reader = data;
  const char *text = (const char *) xml_text;

  if (reader->scope.is_dropped || length <= 0)
    return;
  if (reader->skips_line_feed && *text == '\n')
    {
      text++;
      length--;
    }
  reader->skips_line_feed = FALSE;
  page_add_text (reader->page, text, (gsize) length, reader->scope.is_pre);
}

/* Tidying ---------------------------------------------------------------- */

/* What libxml2 2.9 is spared: it takes what follows a lone `<` for a bogus tag
 * and drops it where a browser shows it, ends at a NUL, looks for the element
 * of a stray end tag in all that is open, and for every attribute in all
 * those before it.
 */
typedef struct
{
  GString *out;           /* (owned) */
  GHashTable *n_open;     /* (owned): tag name → how many at most are open */
  const char *end;        /* (unowned): of the text, the caller's */
  const char *last_close; /* (nullable) (unowned): the text's last `>` */
} Tidy;

/* Whether the `<` at @p is text and begins no tag. One that nothing closes is
 * text too, so that no word is lost.
 */
static gboolean
is_lone_bracket (const Tidy *tidy, const char *p)
{
  const char *next = p + 1;

  if (next < tidy->end && (*next == '!' || *next == '?'))
    return FALSE;
  if (next < tidy->end && *next == '/')
    next++;
  return next >= tidy->end || !g_ascii_isalpha (*next)
         || tidy->last_close == NULL || p > tidy->last_close;
}

static char *
dup_tag_name (const char *name, const char *end)
{
  const char *p = name;

  while (p < end && (g_ascii_isalnum (*p) || *p == '-' || *p == ':'))
    p++;
  return g_ascii_strdown (name, p - name);
}

static guint
tidy_count (const Tidy *tidy, const char *name)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (tidy->n_open, name));
}

/* The document's own tags say nothing here; every other one counts. */
static gboolean
is_frame_name (const char *name)
{
  return strcmp (name, "html") == 0 || strcmp (name, "head") == 0
         || strcmp (name, "body") == 0;
}

/* Returns where to go on reading. */
static const char *
tidy_start_tag (Tidy *tidy, const char *p)
{
  gsize n_left = (gsize) (tidy->end - p);
  g_autofree char *name = dup_tag_name (p + 1, tidy->end);
  guint n_open = tidy_count (tidy, name);

  if (is_frame_name (name)
      || memchr (p, '>', MIN (n_left, MAX_TAG_BYTES)) == NULL)
    return (const char *) memchr (p, '>', n_left) + 1;
  g_hash_table_replace (tidy->n_open,
                        g_steal_pointer (&name),
                        GUINT_TO_POINTER (n_open + 1));
  g_string_append_c (tidy->out, '<');
  return p + 1;
}

/* Drops a stray one, but for the two that break a line all the same. */
static const char *
tidy_end_tag (Tidy *tidy, const char *p)
{
  g_autofree char *name = dup_tag_name (p + 2, tidy->end);
  guint n_open = tidy_count (tidy, name);

  if (n_open > 0)
    g_string_append_printf (tidy->out, "</%s>", name);
  else if (strcmp (name, "p") == 0 || strcmp (name, "br") == 0)
    g_string_append_printf (tidy->out, "<%s>", name);
  if (n_open > 0)
    g_hash_table_replace (tidy->n_open,
                          g_steal_pointer (&name),
                          GUINT_TO_POINTER (n_open - 1));
  return (const char *) memchr (p, '>', (gsize) (tidy->end - p)) + 1;
}

static const char *
tidy_bracket (Tidy *tidy, const char *p)
{
  if (is_lone_bracket (tidy, p))
    g_string_append (tidy->out, "&lt;");
  else if (p[1] == '/')
    return tidy_end_tag (tidy, p);
  else if (g_ascii_isalpha (p[1]))
    return tidy_start_tag (tidy, p);
  else
    g_string_append_c (tidy->out, '<');
  return p + 1;
}

static const char *
find_last_close (const char *html, gsize length)
{
  for (const char *p = html + length; p > html; p--)
    if (p[-1] == '>')
      return p - 1;
  return NULL;
}

static GString *
dup_tidy (const char *html, gsize length)
{
  Tidy tidy = { .end = html + length };

  tidy.out = g_string_sized_new (length + 1);
  tidy.n_open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  tidy.last_close = find_last_close (html, length);
  for (const char *p = html; p < tidy.end;)
    {
      const char *run = p;

      while (p < tidy.end && *p != '<' && *p != '\0')
        p++;
      g_string_append_len (tidy.out, run, p - run);
      if (p < tidy.end)
        p = *p == '<' ? tidy_bracket (&tidy, p) : p + 1;
    }
  g_hash_table_unref (tidy.n_open);
  return tidy.out;
}

/* Rendering -------------------------------------------------------------- */

static void
page_read_html (Page *page, const char *html, gsize length)
{
  Reader reader = { .page = page };
  htmlParserCtxtPtr parser = htmlNewParserCtxt ();
  GString *tidy = dup_tidy (html, length);

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
                      tidy->str,
                      (int) tidy->len,
                      NULL,
                      "UTF-8",
                      HTML_PARSE_RECOVER | HTML_PARSE_NOERROR
                          | HTML_PARSE_NOWARNING | HTML_PARSE_NONET
                          | HTML_PARSE_IGNORE_ENC);
  while (reader.open->len > 0)
    reader_pop (&reader);
  g_string_free (tidy, TRUE);
  g_array_unref (reader.open);
  htmlFreeParserCtxt (parser);
}

/* How much of @html is read: up to the limit, between two characters, and not
 * in the middle of a tag.
 */
static gsize
cut_length (const char *html, gsize length)
{
  gsize cut = MIN (length, WN_MARKUP_MAX_BYTES);
  gsize tag;

  if (cut == length)
    return cut;
  while (cut > 0 && ((guchar) html[cut] & 0xc0) == 0x80)
    cut--;
  for (tag = cut; tag > 0; tag--)
    {
      if (html[tag - 1] == '>')
        return cut;
      if (html[tag - 1] == '<')
        return html[tag] == '/' || g_ascii_isalpha (html[tag]) ? tag - 1 : cut;
    }
  return cut;
}

static void
page_add_cut_note (Page *page, gsize n_left_out)
{
  g_autofree char *note = NULL;

  page->style = no_style;
  page_end_line (page);
  note = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                       "[%lu more byte isn’t shown]",
                                       "[%lu more bytes aren’t shown]",
                                       n_left_out),
                          (gulong) n_left_out);
  page_add_string (page, note);
}

static char *
render (const char *html, gsize length, gboolean is_plain, guint *n_tags)
{
  g_auto (Page) page;
  gsize cut = cut_length (html, length);
  g_autofree char *result = NULL;

  page_init (&page, is_plain);
  if (memchr (html, '<', cut) != NULL || memchr (html, '&', cut) != NULL)
    page_read_html (&page, html, cut);
  else
    page_add_text (&page, html, cut, FALSE);
  if (cut < length)
    page_add_cut_note (&page, length - cut);
  result = page_finish (&page);
  *n_tags = page.n_tags;
  return g_steal_pointer (&result);
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
