/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A body from outside to what a conversation is given.
 */

#include <string.h>

#include "core/markup/markup.h"
#include "fuzz/fuzz.h"

static void
check_clean_text (const char *text)
{
  g_autofree char *lines = wn_markup_clean_text (text, FALSE);
  g_autofree char *line = wn_markup_clean_text (text, TRUE);
  g_autofree char *escaped = wn_markup_escape (lines);

  fuzz_assert_clean (lines);
  fuzz_assert_clean (line);
  g_assert_null (strpbrk (line, "\n\t"));
  fuzz_assert_plain_html (escaped);
}

/* Each kind of body, with and without a URL that links are relative to. */
static void
check_kind (const char *text, WnMarkupKind kind, const char *base_url)
{
  gsize length = strlen (text);
  g_autofree char *html = wn_markup_to_html (text, length, kind, base_url);
  g_autofree char *plain = wn_markup_to_text (text, length, kind, base_url);
  g_autofree char *again = wn_markup_to_html (text, length, kind, base_url);

  fuzz_assert_html (html, WN_MARKUP_MAX_TAGS);
  fuzz_assert_clean (plain);
  g_assert_cmpstr (html, ==, again);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = fuzz_dup_text (data, size);

  check_kind (text, WN_MARKUP_HTML, NULL);
  check_kind (text, WN_MARKUP_HTML, "https://shop.example/admin/");
  check_kind (text, WN_MARKUP_TEXT, NULL);
  check_kind (text, WN_MARKUP_MARKDOWN, NULL);
  check_clean_text (text);
  return 0;
}
