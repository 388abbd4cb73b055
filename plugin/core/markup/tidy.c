/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What libxml2 2.9 is spared: it takes what follows a lone `<` for a bogus tag
 * and drops it where a browser shows it, ends at a NUL, looks for the element
 * of a stray end tag in all that is open, and for every attribute in all those
 * before it. So tags are found here, as a browser finds them, and written anew
 * with what the reader wants of them. Between them there are words and
 * references; libxml2, which takes over a hundred instructions for a byte, sees
 * a stand-in for each run of words.
 */

#include "core/markup/tidy.h"

#include <string.h>

#include "core/markup/tag.h"
#include "core/markup/octets.h"

/* How often, on average, a byte is looked at for tags that have no end. */
#define PATIENCE 8
#define MAX_DEPTH 256

typedef struct
{
  GString *out;       /* (unowned): of the result */
  GArray *runs;       /* (unowned): of the result */
  GHashTable *n_open; /* (owned): tag name → guint: how many at most are open */
  guint depth;        /* how many at most of those that nest are open */
  gssize patience;    /* bytes */
  const char *end;    /* (unowned): of the text, the caller's */
  const char *last_close; /* (nullable) (unowned): the text's last `>` */
} Tidy;

typedef struct
{
  const char *after; /* (unowned): behind its name */
  const char *close; /* (unowned): its `>` */
  char *name;        /* (owned): in lower case */
} Tag;

static void
tag_clear (Tag *tag)
{
  g_free (tag->name);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tag, tag_clear)

/* What the reader asks for. */
static const char *const attribute_names[] = {
  "alt",  "color", "height", "hidden", "href",
  "size", "src",   "start",  "style",  "width",
};

/* What is in these is no markup: it isn't shown, … */
static const char *const hidden_raw_names[]
    = { "script", "style", "title", "iframe", "noembed", "noframes" };

/* … or shown as it is. */
static const char *const shown_raw_names[] = { "textarea", "xmp" };

/* The document's own tags say nothing here. */
static const char *const frame_names[] = { "html", "head", "body" };

/* These end each other, so that many in a row are no depth. */
static const char *const sibling_names[]
    = { "p", "li", "tr", "td", "th", "dt", "dd", "option" };

static const char *const void_names[]
    = { "br",    "hr",   "img",  "area",  "base",   "col",   "embed",
        "input", "link", "meta", "param", "source", "track", "wbr" };

#define IS_ONE_OF(name, names) is_one_of (name, names, G_N_ELEMENTS (names))

static gboolean
is_one_of (const char *name, const char *const *names, gsize n_names)
{
  for (gsize i = 0; i < n_names; i++)
    if (name[0] == names[i][0] && strcmp (name, names[i]) == 0)
      return TRUE;
  return FALSE;
}

static guint *
tidy_add_count (Tidy *tidy, const char *name)
{
  guint *n_open = g_new0 (guint, 1);

  g_hash_table_insert (tidy->n_open, g_strdup (name), n_open);
  return n_open;
}

/* Tags ------------------------------------------------------------------- */

/* The tag's `>`. Where quotes would make it endless, the next one there is. */
static const char *
tidy_find_close (Tidy *tidy, const char *after)
{
  const char *cursor = after;
  WnTagAttribute attribute;

  if (tidy->patience > 0)
    {
      while (wn_tag_next_attribute (&cursor, tidy->end, &attribute))
        continue;
      if (cursor < tidy->end)
        return cursor;
      tidy->patience -= tidy->end - after;
    }
  return memchr (after, '>', (gsize) (tidy->end - after));
}

/* Reads the tag whose name begins at @name, if there is one. */
static gboolean
tidy_read_tag (Tidy *tidy, const char *name, Tag *tag)
{
  gsize length;

  if (tidy->last_close == NULL || name > tidy->last_close)
    return FALSE;
  length = wn_tag_name_length (name, tidy->end);
  if (length == 0)
    return FALSE;
  *tag = (Tag){ .after = name + length };
  tag->close = tidy_find_close (tidy, tag->after);
  tag->name = g_ascii_strdown (name, (gssize) length);
  return TRUE;
}

static gboolean
is_plain_name (const char *name)
{
  for (const char *p = name; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '-')
      return FALSE;
  return TRUE;
}

static void
append_value (GString *out, const char *value, gsize length)
{
  for (const char *p = value; p < value + length; p++)
    if (*p == '"')
      g_string_append (out, "&quot;");
    else if (*p == '<')
      g_string_append (out, "&lt;");
    else if (*p != '\0')
      g_string_append_c (out, *p);
}

/* Of two with one name the first counts. */
static void
tidy_add_attributes (Tidy *tidy, const Tag *tag)
{
  const char *cursor = tag->after;
  guint seen = 0;
  WnTagAttribute found;

  while (wn_tag_next_attribute (&cursor, tag->close, &found))
    for (guint i = 0; i < G_N_ELEMENTS (attribute_names); i++)
      if (strlen (attribute_names[i]) == found.name_length
          && g_ascii_strncasecmp (attribute_names[i],
                                  found.name,
                                  found.name_length)
                 == 0
          && (seen & 1u << i) == 0)
        {
          seen |= 1u << i;
          g_string_append_c (tidy->out, ' ');
          g_string_append (tidy->out, attribute_names[i]);
          g_string_append (tidy->out, "=\"");
          append_value (tidy->out, found.value, found.value_length);
          g_string_append_c (tidy->out, '"');
        }
}

static void
tidy_add_start_tag (Tidy *tidy, const Tag *tag)
{
  gboolean nests = !IS_ONE_OF (tag->name, sibling_names);
  guint *n_open;

  if (IS_ONE_OF (tag->name, frame_names) || !is_plain_name (tag->name))
    return;
  if (!IS_ONE_OF (tag->name, void_names))
    {
      if (nests && tidy->depth == MAX_DEPTH)
        return;
      tidy->depth += nests ? 1 : 0;
      n_open = g_hash_table_lookup (tidy->n_open, tag->name);
      if (n_open == NULL)
        n_open = tidy_add_count (tidy, tag->name);
      ++*n_open;
    }
  g_string_append_c (tidy->out, '<');
  g_string_append (tidy->out, tag->name);
  tidy_add_attributes (tidy, tag);
  g_string_append_c (tidy->out, '>');
}

static void
tidy_add_bare_tag (Tidy *tidy, const char *open, const char *name)
{
  g_string_append (tidy->out, open);
  g_string_append (tidy->out, name);
  g_string_append_c (tidy->out, '>');
}

/* Drops a stray one, but for the two that break a line all the same. */
static void
tidy_add_end_tag (Tidy *tidy, const Tag *tag)
{
  guint *n_open = g_hash_table_lookup (tidy->n_open, tag->name);

  if (n_open != NULL && *n_open > 0)
    {
      tidy_add_bare_tag (tidy, "</", tag->name);
      --*n_open;
      if (!IS_ONE_OF (tag->name, sibling_names))
        tidy->depth--;
    }
  else if (strcmp (tag->name, "p") == 0 || strcmp (tag->name, "br") == 0)
    tidy_add_bare_tag (tidy, "<", tag->name);
}

/* What isn't markup ------------------------------------------------------- */

/* Where the end tag of the raw element @name is, or the text's end. */
static const char *
find_raw_end (const Tidy *tidy, const char *p, const char *name)
{
  gsize length = strlen (name);

  for (; p < tidy->end; p++)
    {
      p = memchr (p, '<', (gsize) (tidy->end - p));
      if (p == NULL)
        return tidy->end;
      if (p + 2 < tidy->end && p[1] == '/'
          && wn_tag_name_length (p + 2, tidy->end) == length
          && g_ascii_strncasecmp (p + 2, name, length) == 0)
        return p;
    }
  return tidy->end;
}

/* Returns what is behind the number that begins with the `&#` at @p; it needs
 * no semicolon.
 */
static const char *
skip_number (const char *p, const char *end, int *number)
{
  gboolean is_hex = end - p > 2 && (p[2] == 'x' || p[2] == 'X');
  int base = is_hex ? 16 : 10;

  *number = 0;
  for (p += is_hex ? 3 : 2; p < end; p++)
    {
      int digit = g_ascii_xdigit_value (*p);

      if (digit < 0 || digit >= base)
        break;
      *number = MIN (*number * base + digit, WN_TIDY_STAND_IN + 1);
    }
  return p < end && *p == ';' ? p + 1 : p;
}

/* Returns what is behind the reference that begins at @p; @p where it is
 * only an ampersand.
 */
static const char *
skip_reference (const char *p, const char *end, int *number)
{
  const char *q = p + 1;

  *number = 0;
  if (q < end && *q == '#')
    return skip_number (p, end, number);
  while (q < end && g_ascii_isalnum (*q))
    q++;
  return q < end && *q == ';' && q > p + 1 ? q + 1 : p;
}

/* The first byte from @p on that may be no part of a run, or @end. */
static const char *
find_run_end (const char *p, const char *end)
{
  for (; end - p >= WN_OCTETS_BYTES; p += WN_OCTETS_BYTES)
    {
      guint64 octets = wn_octets_load (p);
      guint64 found = wn_octets_equal (octets, '<')
                      | wn_octets_equal (octets, '&')
                      | wn_octets_equal (octets, '\0');

      if (found)
        return p + wn_octets_before (found);
    }
  while (p < end && *p != '<' && *p != '&' && *p != '\0')
    p++;
  return p;
}

/* What libxml2 drops where it makes no difference is left to it. */
static gboolean
is_blank (const char *p, const char *end)
{
  while (p < end && (guchar) *p <= ' ')
    p++;
  return p == end;
}

static void
tidy_add_run (Tidy *tidy, const char *p, const char *end)
{
  WnTidyRun run = { p, (gsize) (end - p) };

  if (is_blank (p, end))
    {
      g_string_append_len (tidy->out, p, end - p);
      return;
    }
  g_string_append_c (tidy->out, WN_TIDY_STAND_IN);
  g_array_append_val (tidy->runs, run);
}

/* What stands for what stands for a run is not seen anyway. */
static void
tidy_add_special (Tidy *tidy, const char *p, const char *behind, int number)
{
  if (*p == '<')
    g_string_append (tidy->out, "&lt;");
  else if (*p == '&' && number != WN_TIDY_STAND_IN)
    g_string_append_len (tidy->out, p, behind - p);
}

/* Text of which nothing is a tag. */
static void
tidy_add_text (Tidy *tidy, const char *p, const char *end)
{
  const char *run = p;

  while ((p = find_run_end (p, end)) < end)
    {
      int number = 0;
      const char *behind = *p == '&' ? skip_reference (p, end, &number) : p + 1;

      if (behind > p)
        {
          tidy_add_run (tidy, run, p);
          tidy_add_special (tidy, p, behind, number);
          run = behind;
        }
      p = MAX (behind, p + 1);
    }
  tidy_add_run (tidy, run, end);
}

/* Returns where to go on reading: at the end tag. */
static const char *
tidy_raw (Tidy *tidy, const char *p, const char *name)
{
  const char *raw_end = find_raw_end (tidy, p, name);

  if (IS_ONE_OF (name, shown_raw_names))
    tidy_add_text (tidy, p, raw_end);
  return raw_end;
}

/* Returns what is behind the comment, declaration or instruction that begins at
 * @p; %NULL where it is none, since nothing closes it
 */
static const char *
skip_comment (const Tidy *tidy, const char *p)
{
  gsize length = (gsize) (tidy->end - p);
  const char *close;

  if (length < 4 || memcmp (p, "<!--", 4) != 0)
    {
      if (tidy->last_close == NULL || p > tidy->last_close)
        return NULL;
      return (const char *) memchr (p, '>', length) + 1;
    }
  /* Its first two dashes may be its end's too, but for the odd end. */
  for (const char *q = p + 4; q < tidy->end; q = close + 1)
    {
      close = memchr (q, '>', (gsize) (tidy->end - q));
      if (close == NULL)
        return tidy->end;
      if (close[-1] == '-' && close[-2] == '-')
        return close + 1;
      if (close - p >= 7 && memcmp (close - 3, "--!", 3) == 0)
        return close + 1;
    }
  return tidy->end;
}

static const char *
tidy_add_bracket (Tidy *tidy, const char *p)
{
  g_string_append (tidy->out, "&lt;");
  return p + 1;
}

/* Returns where to go on reading. A `<` that nothing closes is text, so that no
 * word is lost.
 */
static const char *
tidy_bracket (Tidy *tidy, const char *p)
{
  const char *name = p + 1;
  gboolean is_end = name < tidy->end && *name == '/';
  const char *behind = NULL;
  g_auto (Tag) tag = { 0 };

  if (name < tidy->end && (*name == '!' || *name == '?'))
    {
      behind = skip_comment (tidy, p);
      return behind != NULL ? behind : tidy_add_bracket (tidy, p);
    }
  if (!tidy_read_tag (tidy, is_end ? name + 1 : name, &tag))
    return tidy_add_bracket (tidy, p);
  if (is_end)
    tidy_add_end_tag (tidy, &tag);
  else if (IS_ONE_OF (tag.name, hidden_raw_names)
           || IS_ONE_OF (tag.name, shown_raw_names))
    return tidy_raw (tidy, tag.close + 1, tag.name);
  else
    tidy_add_start_tag (tidy, &tag);
  return tag.close + 1;
}

static const char *
find_last_close (const char *html, gsize length)
{
  for (const char *p = html + length; p > html; p--)
    if (p[-1] == '>')
      return p - 1;
  return NULL;
}

void
wn_tidy_init (WnTidy *result, const char *html, gsize length)
{
  Tidy tidy = { .end = html + length };

  result->html = tidy.out = g_string_sized_new (256);
  result->runs = tidy.runs = g_array_new (FALSE, FALSE, sizeof (WnTidyRun));
  tidy.n_open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  tidy.patience = (gssize) length * PATIENCE;
  tidy.last_close = find_last_close (html, length);
  for (const char *p = html; p < tidy.end;)
    {
      const char *bracket = memchr (p, '<', (gsize) (tidy.end - p));
      const char *text_end = bracket != NULL ? bracket : tidy.end;

      tidy_add_text (&tidy, p, text_end);
      p = bracket != NULL ? tidy_bracket (&tidy, bracket) : tidy.end;
    }
  g_hash_table_unref (tidy.n_open);
}

void
wn_tidy_clear (WnTidy *result)
{
  g_string_free (result->html, TRUE);
  g_array_unref (result->runs);
}
