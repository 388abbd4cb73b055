/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is typed into the account's fields, and an export's key, to URLs. The
 * input's lines: user name, server, download URL, key.
 */

#include <string.h>

#include "core/endpoint.h"
#include "fuzz/fuzz.h"

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
  GUri *uri = g_uri_parse (url,
                           G_URI_FLAGS_ENCODED | G_URI_FLAGS_SCHEME_NORMALIZE,
                           &error);

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

/* The server's name for a file changes no more than the value it stands for. */
static void
check_download (const WnEndpoint *endpoint, const char *key)
{
  g_autofree char *url = wn_endpoint_dup_download_url (endpoint, key);
  g_autofree char *plain_url = wn_endpoint_dup_download_url (endpoint, "x");
  g_autoptr (GUri) uri = parse (url, "http", "https");
  g_autoptr (GUri) plain = parse (plain_url, "http", "https");

  g_assert_cmpstr (g_uri_get_scheme (uri), ==, g_uri_get_scheme (plain));
  g_assert_cmpstr (g_uri_get_host (uri), ==, g_uri_get_host (plain));
  g_assert_cmpint (g_uri_get_port (uri), ==, g_uri_get_port (plain));
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
  check_download (endpoint, lines[3]);
  return 0;
}
