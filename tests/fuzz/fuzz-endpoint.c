/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is typed into the account's fields, and an export's key, to URLs. The
 * input's lines: user name, server, download URL, key.
 */

#include <string.h>

#include "core/dialect/endpoint.h"
#include "fuzz/fuzz.h"

#define URL_FLAGS (G_URI_FLAGS_ENCODED | G_URI_FLAGS_SCHEME_NORMALIZE)

/* A key that stays as it is, wherever it is put. */
#define MARK "qZ7-k_9"

static void
check_letters (const char *url)
{
  for (; *url != '\0'; url++)
    g_assert_true (g_ascii_isprint (*url) && *url != ' ');
}

static GUri *
parse (const char *url, const char *scheme, const char *secure_scheme)
{
  g_autoptr (GError) error = NULL;
  GUri *uri = g_uri_parse (url, URL_FLAGS, &error);

  g_assert_no_error (error);
  check_letters (url);
  g_assert_true (g_str_equal (g_uri_get_scheme (uri), scheme)
                 || g_str_equal (g_uri_get_scheme (uri), secure_scheme));
  g_assert_cmpstr (g_uri_get_host (uri), !=, "");
  g_assert_null (g_uri_get_userinfo (uri));
  g_assert_null (g_uri_get_fragment (uri));
  return uri;
}

/* The query ends with the project and the uid, which say what they are. */
static void
check_identity (const WnEndpoint *endpoint, GUri *uri)
{
  g_autofree char *project
      = g_uri_escape_string (endpoint->project, NULL, FALSE);
  g_autofree char *uid = g_uri_escape_string (endpoint->uid, NULL, FALSE);
  g_autofree char *end = g_strdup_printf ("project=%s&uid=%s", project, uid);

  g_assert_cmpstr (endpoint->uid, !=, "");
  g_assert_true (g_str_has_suffix (g_uri_get_query (uri), end));
}

/* As it is asked for: an HTTP client takes out what climbs. */
static char *
dup_requested (const WnEndpoint *endpoint, const char *key)
{
  g_autofree char *url = wn_endpoint_dup_download_url (endpoint, key);
  g_autoptr (GUri) uri = parse (url, "http", "https");
  g_autoptr (GUri) requested = g_uri_parse_relative (uri, url, URL_FLAGS, NULL);

  return g_uri_to_string (requested);
}

static char *
dup_value (const char *key)
{
  if (g_str_equal (key, ".") || g_str_equal (key, ".."))
    return g_strdup (key[1] == '.' ? "%252E%252E" : "%252E");
  return g_uri_escape_string (key, NULL, FALSE);
}

/* The server's name for a file changes no more than the value it stands for,
 * which is that name.
 */
static void
check_download (const WnEndpoint *endpoint, const char *key)
{
  g_autofree char *url = dup_requested (endpoint, key);
  g_autofree char *plain_url = dup_requested (endpoint, MARK);
  g_autofree char *value = dup_value (key);
  g_auto (GStrv) parts = g_strsplit (plain_url, MARK, -1);
  g_autofree char *expected = NULL;

  expected = g_strjoinv (value, parts);
  g_assert_cmpstr (url, ==, expected);
}

/* Whether the input has it too, so that it would stand for itself. */
static gboolean
has_mark (char **lines)
{
  for (; *lines != NULL; lines++)
    if (strstr (*lines, MARK) != NULL)
      return TRUE;
  return FALSE;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_auto (GStrv) lines = fuzz_dup_lines (data, size, 4);
  g_autoptr (GError) error = NULL;
  g_autoptr (WnEndpoint) endpoint
      = wn_endpoint_new (lines[0], lines[1], lines[2], &error);

  g_assert_true ((endpoint == NULL) == (error != NULL));
  if (error != NULL)
    {
      g_assert_true (error->domain == WN_ENDPOINT_ERROR);
      return 0;
    }

  g_autoptr (GUri) base = parse (endpoint->base_url, "ws", "wss");
  g_autoptr (GUri) uri = parse (endpoint->url, "ws", "wss");
  g_autofree char *host = wn_endpoint_dup_host (endpoint);

  g_assert_cmpstr (g_uri_get_host (base), ==, g_uri_get_host (uri));
  g_assert_nonnull (strstr (host, g_uri_get_host (uri)));
  check_identity (endpoint, uri);
  if (*lines[3] != '\0' && !has_mark (lines))
    check_download (endpoint, lines[3]);
  return 0;
}
