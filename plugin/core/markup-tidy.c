/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What libxml2 2.9 is spared: it takes what follows a lone `<` for a bogus tag
 * and drops it where a browser shows it, ends at a NUL, looks for the element
 * of a stray end tag in all that is open, and for every attribute in all those
 * before it.
 */

#include "core/markup-tidy.h"

#include <string.h>

#define MAX_TAG_BYTES 8192

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

GString *
wn_tidy_html (const char *html, gsize length)
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
