/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where a `Location` leads. The input's lines: the URL that answered, its
 * `Location`.
 */

#include <libsoup/soup.h>

#include "fuzz/fuzz.h"
#include "net/redirect.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_auto (GStrv) lines = fuzz_dup_lines (data, size, 2);
  g_autoptr (GUri) from = g_uri_parse (lines[0], SOUP_HTTP_URI_FLAGS, NULL);
  g_autoptr (GUri) to = NULL;

  if (from == NULL)
    return 0;
  to = wn_redirect_resolve (from, lines[1]);
  if (to == NULL)
    return 0;
  g_assert_cmpstr (g_uri_get_host (to), !=, "");
  if (!g_str_equal (g_uri_get_scheme (to), "https"))
    {
      g_assert_cmpstr (g_uri_get_scheme (to), ==, "http");
      g_assert_cmpstr (g_uri_get_scheme (from), ==, "http");
    }
  g_assert_true (wn_redirect_is_same_origin (to, to));

  /* libsoup takes it, without a critical. */
  g_autoptr (SoupMessage) message = soup_message_new_from_uri ("GET", to);

  g_assert_nonnull (message);
  return 0;
}
