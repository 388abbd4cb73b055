/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Names of blocks stand on lines of their own, what is in them is indented.
 */

#include "support/cases.h"

#include <string.h>

#include "core/dialect/json.h"

#define EXPECTED_SUFFIX ".expected"
#define INDENT "  "

static void
case_free (gpointer data)
{
  WnCase *self = data;

  g_free (self->name);
  g_free (self->path);
  g_free (self->input);
  g_free (self->expected);
  g_free (self);
}

/* Returns: the file without its last line feed */
static char *
read_file (const char *path, gsize *length)
{
  g_autoptr (GError) error = NULL;
  char *contents = NULL;

  g_file_get_contents (path, &contents, length, &error);
  g_assert_no_error (error);
  if (*length > 0 && contents[*length - 1] == '\n')
    contents[--*length] = '\0';
  return contents;
}

static gboolean
is_recording (void)
{
  return g_getenv ("WN_RECORD") != NULL;
}

static WnCase *
load_case (const char *folder, const char *stem, const char *suffix)
{
  WnCase *self = g_new0 (WnCase, 1);
  g_autofree char *input = g_strconcat (folder, "/", stem, suffix, NULL);
  gsize length = 0;

  self->name
      = g_strdelimit (g_strdelimit (g_strdup (stem), "-", ' '), ".", '/');
  self->path = g_strconcat (folder, "/", stem, EXPECTED_SUFFIX, NULL);
  self->input = read_file (input, &self->length);
  if (!is_recording ())
    self->expected = read_file (self->path, &length);
  return self;
}

static char *
dup_stem (const char *name, const char *suffix)
{
  return g_strndup (name, strlen (name) - strlen (suffix));
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const WnCase *first = *(WnCase *const *) a;
  const WnCase *second = *(WnCase *const *) b;

  return strcmp (first->name, second->name);
}

GPtrArray *
wn_cases_load (const char *folder, const char *suffix)
{
  GPtrArray *cases = g_ptr_array_new_with_free_func (case_free);
  const char *data = g_getenv ("WN_TEST_DATA");
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;
  guint n_expected = 0;

  if (data == NULL)
    g_error ("WN_TEST_DATA must name the folder tests/data");
  path = g_build_filename (data, folder, NULL);
  dir = g_dir_open (path, 0, &error);
  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *stem = NULL;

      n_expected += g_str_has_suffix (name, EXPECTED_SUFFIX) ? 1 : 0;
      if (!g_str_has_suffix (name, suffix))
        continue;
      stem = dup_stem (name, suffix);
      g_ptr_array_add (cases, load_case (path, stem, suffix));
    }
  g_assert_cmpuint (cases->len, >, 0);
  if (!is_recording ())
    g_assert_cmpuint (cases->len, ==, n_expected);
  g_ptr_array_sort (cases, compare_names);
  return cases;
}

void
wn_cases_add_tests (GPtrArray *cases, const char *prefix, GTestDataFunc func)
{
  for (guint i = 0; i < cases->len; i++)
    {
      const WnCase *c = g_ptr_array_index (cases, i);
      g_autofree char *path = g_strconcat (prefix, c->name, NULL);

      g_test_add_data_func (path, c, func);
    }
}

static void
record (const WnCase *self, const char *actual)
{
  g_autofree char *contents = g_strconcat (actual, "\n", NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (self->path, contents, -1, &error);
  g_assert_no_error (error);
}

void
wn_case_check (const WnCase *self, const char *actual)
{
  if (is_recording ())
    record (self, actual);
  else
    g_assert_cmpstr (actual, ==, self->expected);
}

static gboolean
is_seen (gunichar c)
{
  if (c == ' ')
    return TRUE;
  return c != '\\' && g_unichar_isgraph (c)
         && g_unichar_type (c) != G_UNICODE_FORMAT;
}

char *
wn_cases_escape (const char *text)
{
  GString *out = g_string_new (NULL);

  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '\n' || is_seen (c))
        g_string_append_unichar (out, c);
      else if (c == '\\')
        g_string_append (out, "\\\\");
      else
        g_string_append_printf (out, "\\u{%x}", c);
    }
  return g_string_free (out, FALSE);
}

static void
append_indented (GString *out, const char *text, const char *joint)
{
  g_autofree char *escaped = wn_cases_escape (text);
  g_auto (GStrv) lines = g_strsplit (escaped, "\n", -1);
  g_autofree char *joined = g_strjoinv (joint, lines);

  g_string_append (out, joined);
}

static void
begin_value (GString *out, const char *name)
{
  if (out->len > 0)
    g_string_append_c (out, '\n');
  g_string_append_printf (out, "%s:", name);
}

void
wn_cases_append_line (GString *out, const char *name, const char *text)
{
  if (text == NULL)
    return;
  begin_value (out, name);
  g_string_append_c (out, ' ');
  append_indented (out, text, "\\n");
}

void
wn_cases_append_block (GString *out, const char *name, const char *text)
{
  if (text == NULL)
    return;
  begin_value (out, name);
  g_string_append (out, "\n" INDENT);
  append_indented (out, text, "\n" INDENT);
}

void
wn_cases_append_number (GString *out, const char *name, gint64 number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, number);

  wn_cases_append_line (out, name, text);
}

void
wn_cases_append_error (GString *out, const GError *error)
{
  static const char *const texts[] = {
    [WN_JSON_ERROR_NOT_UTF8] = "it is not UTF-8",
    [WN_JSON_ERROR_TOO_BIG] = "it is too deep or holds too much",
    [WN_JSON_ERROR_NOT_JSON] = "it is not JSON",
    [WN_JSON_ERROR_NOT_OBJECT] = "it is not an object",
  };

  g_assert_true (error->domain == WN_JSON_ERROR);
  wn_cases_append_line (out, "ignored", texts[error->code]);
}

void
wn_cases_append_kind (GString *out, const WnNotification *notification)
{
  static const char *const kinds[] = {
    [WN_MARKUP_HTML] = "HTML",
    [WN_MARKUP_MARKDOWN] = "Markdown",
    [WN_MARKUP_TEXT] = "text",
  };
  WnPriority priority = notification->priority;

  wn_cases_append_line (out, "kind", kinds[notification->kind]);
  wn_cases_append_line (out,
                        "priority",
                        priority == WN_PRIORITY_LOW    ? "low"
                        : priority == WN_PRIORITY_HIGH ? "high"
                                                       : NULL);
}

char *
wn_case_dup_block (const WnCase *self, const char *name)
{
  g_autofree char *heading = g_strconcat (name, ":", NULL);
  g_auto (GStrv) lines = g_strsplit (self->expected, "\n", -1);
  GString *block = g_string_new (NULL);
  guint i = 0;

  while (lines[i] != NULL && strcmp (lines[i], heading) != 0)
    i++;
  if (lines[i] == NULL)
    {
      g_string_free (block, TRUE);
      return NULL;
    }
  for (i++; lines[i] != NULL && g_str_has_prefix (lines[i], INDENT); i++)
    g_string_append_printf (block, "%s\n", lines[i] + strlen (INDENT));
  g_string_truncate (block, block->len - 1);
  return g_string_free (block, FALSE);
}
