/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An account of its own of what is allowed, so as not to ask the code under
 * test.
 */

#include "fuzz/fuzz.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const char *const plain_tags[] = { "b", "i", "u", "s", "sub", "sup" };

/* What GLib ends a process with; libFuzzer keeps an input only when it aborts.
 */
static void
on_trap (int signal_number)
{
  abort ();
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  signal (SIGTRAP, on_trap);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  g_log_set_fatal_mask (G_LOG_DOMAIN,
                        G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL
                            | G_LOG_LEVEL_WARNING);
  return 0;
}

char *
fuzz_dup_text (const uint8_t *data, size_t size)
{
  return g_utf8_make_valid (size > 0 ? (const char *) data : "", (gssize) size);
}

GStrv
fuzz_dup_lines (const uint8_t *data, size_t size, guint n)
{
  g_autofree char *text = fuzz_dup_text (data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", (int) n);
  GStrv padded = g_new0 (char *, n + 1);
  guint n_lines = g_strv_length (lines);

  for (guint i = 0; i < n; i++)
    padded[i] = g_strdup (i < n_lines ? lines[i] : "");
  return padded;
}

static gboolean
is_seen (gunichar c)
{
  if (c == '\n' || c == '\t')
    return TRUE;
  if (c < 0x20 || (c >= 0x7f && c < 0xa0))
    return FALSE;
  return c != 0x061c && c != 0x200e && c != 0x200f
         && !(c >= 0x202a && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069);
}

void
fuzz_assert_clean (const char *text)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (!is_seen (g_utf8_get_char (text)))
      g_error ("U+%04X is shown", g_utf8_get_char (text));
}

static void
assert_entity (const char *at)
{
  static const char *const entities[]
      = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };

  for (gsize i = 0; i < G_N_ELEMENTS (entities); i++)
    if (g_str_has_prefix (at, entities[i]))
      return;
  g_error ("a bare ampersand: %.20s", at);
}

static gboolean
skip_prefix (const char **at, const char *prefix)
{
  if (!g_str_has_prefix (*at, prefix))
    return FALSE;
  *at += strlen (prefix);
  return TRUE;
}

static void
skip_value (const char **at)
{
  for (; **at != '"'; (*at)++)
    {
      g_assert_cmpint (**at, !=, '\0');
      g_assert_null (strchr ("<> \n\t", **at));
      if (**at == '&')
        assert_entity (*at);
    }
  (*at)++;
}

/* Behind `<a href="`. */
static void
skip_href (const char **at)
{
  if (g_ascii_strncasecmp (*at, "http://", 7) != 0
      && g_ascii_strncasecmp (*at, "https://", 8) != 0
      && g_ascii_strncasecmp (*at, "mailto:", 7) != 0)
    g_error ("a link to %.40s", *at);
  skip_value (at);
}

/* Behind a start tag's `<`: the tag's name, with @at behind its `>`. */
static const char *
skip_start_tag (const char **at)
{
  if (skip_prefix (at, "a href=\""))
    {
      skip_href (at);
      g_assert_true (skip_prefix (at, ">"));
      return "a";
    }
  if (skip_prefix (at, "font"))
    {
      if (skip_prefix (at, " color=\"#"))
        skip_value (at);
      if (skip_prefix (at, " size=\""))
        skip_value (at);
      g_assert_true (skip_prefix (at, ">"));
      return "font";
    }
  for (gsize i = 0; i < G_N_ELEMENTS (plain_tags); i++)
    {
      g_autofree char *tag = g_strconcat (plain_tags[i], ">", NULL);

      if (skip_prefix (at, tag))
        return plain_tags[i];
    }
  g_error ("a tag that is not allowed: <%.40s", *at);
}

static void
skip_tag (const char **at, GPtrArray *open)
{
  if (skip_prefix (at, "<br>"))
    return;
  if (!skip_prefix (at, "</"))
    {
      (*at)++;
      g_ptr_array_add (open, (gpointer) skip_start_tag (at));
      return;
    }
  g_assert_cmpuint (open->len, >, 0);
  g_assert_true (skip_prefix (at, open->pdata[open->len - 1]));
  g_assert_true (skip_prefix (at, ">"));
  g_ptr_array_set_size (open, (int) open->len - 1);
}

void
fuzz_assert_html (const char *html, guint max_tags)
{
  g_autoptr (GPtrArray) open = g_ptr_array_new ();
  guint n_tags = 0;

  fuzz_assert_clean (html);
  for (const char *at = html; *at != '\0';)
    if (*at == '<')
      {
        n_tags++;
        skip_tag (&at, open);
      }
    else
      {
        g_assert_cmpint (*at, !=, '>');
        if (*at == '&')
          assert_entity (at);
        at++;
      }
  g_assert_cmpuint (open->len, ==, 0);
  g_assert_cmpuint (n_tags, <=, max_tags);
}

void
fuzz_assert_plain_html (const char *html)
{
  fuzz_assert_html (html, FUZZ_MAX_TAGS_OF_HOST);
  for (const char *at = strchr (html, '<'); at != NULL;
       at = strchr (at + 1, '<'))
    g_assert_true (g_str_has_prefix (at, "<br>"));
}
