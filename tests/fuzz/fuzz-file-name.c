/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An export's key to the name on the user's disk.
 */

#include <string.h>

#include "core/message/file-name.h"
#include "fuzz/fuzz.h"

static const char *const runnable_endings[]
    = { ".desktop", ".lnk", ".url", ".exe", ".bat", ".cmd", ".scr",
        ".js",      ".vbs", ".hta", ".jar", ".pif", ".com", ".msi" };

static gboolean
is_unseen (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT
         || type == G_UNICODE_LINE_SEPARATOR
         || type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

static void
check_letters (const char *name)
{
  g_assert_true (g_utf8_validate (name, -1, NULL));
  g_assert_null (strpbrk (name, "/\\"));
  for (const char *at = name; *at != '\0'; at = g_utf8_next_char (at))
    g_assert_false (is_unseen (g_utf8_get_char (at)));
}

static void
check_ends (const char *name)
{
  const char *last = g_utf8_find_prev_char (name, name + strlen (name));

  g_assert_cmpint (name[0], !=, '.');
  g_assert_false (g_unichar_isspace (g_utf8_get_char (name)));
  g_assert_cmpint (*last, !=, '.');
  g_assert_false (g_unichar_isspace (g_utf8_get_char (last)));
}

static void
check_runs_nothing (const char *name)
{
  g_autofree char *lower = g_utf8_strdown (name, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (runnable_endings); i++)
    g_assert_false (g_str_has_suffix (lower, runnable_endings[i]));
}

static void
check_is_no_device (const char *name)
{
  static const char *const devices[]
      = { "con", "prn", "aux", "nul", "com1", "lpt9", NULL };
  g_autofree char *stem = g_strndup (name, strcspn (name, ".: "));
  g_autofree char *lower = g_utf8_strdown (stem, -1);
  gsize length = strlen (stem);
  gboolean has_word_behind = name[length] == ' ';

  if (!has_word_behind)
    g_assert_false (g_strv_contains (devices, lower));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *key = fuzz_dup_text (data, size);
  g_autofree char *name = wn_file_name_from_key (key);
  g_autofree char *again = wn_file_name_from_key (name);

  g_assert_cmpuint (strlen (name), >=, 1);
  g_assert_cmpuint (strlen (name), <=, 255);
  check_letters (name);
  check_ends (name);
  check_runs_nothing (name);
  check_is_no_device (name);
  /* What was made safe is safe: only a long one may get shorter. */
  if (strlen (name) <= 250)
    g_assert_cmpstr (again, ==, name);
  return 0;
}
