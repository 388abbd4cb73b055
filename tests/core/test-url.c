/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Servers' addresses as people enter them, and what is asked of those that
 * were checked. Which address is wrong, and why, is `test-back-office.c`'s.
 */

#include "core/dialect/url.h"

#include "core/dialect/dialect.h"

static void
test_kinds (void)
{
  static const struct
  {
    const char *text;
    const char *scheme;
    const char *url;
  } rows[] = {
    { "h", "wss", "wss://h/" },
    { "h", "https", "https://h/" },
    { "ws://h", "wss", "ws://h/" },
    { "wss://h:80", "http", "https://h:80/" },
    { "https://h/a?b", "ws", "wss://h/a?b" },
    { "http://h:443", "wss", "ws://h:443/" },
    { "https://h:443", "wss", "wss://h/" },
    { "h:443", "wss", "wss://h/" },
    { "\th:80\n", "ws", "ws://h/" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GUri) url = wn_url_parse_server (rows[i].text,
                                                  rows[i].scheme,
                                                  WN_URL_TO_QUERY,
                                                  &error);
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      text = g_uri_to_string (url);
      g_assert_cmpstr (text, ==, rows[i].url);
    }
}

static void
test_extents (void)
{
  static const struct
  {
    const char *text;
    WnUrlExtent least; /* with which it is taken */
  } rows[] = {
    { "h", WN_URL_TO_HOST },
    { "https://h:81/", WN_URL_TO_HOST },
    { "h/a", WN_URL_TO_PATH },
    { "https://h//", WN_URL_TO_PATH },
    { "h?b", WN_URL_TO_QUERY },
    { "https://h/?", WN_URL_TO_QUERY },
    { "https://h/a?b", WN_URL_TO_QUERY },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (int extent = WN_URL_TO_HOST; extent <= WN_URL_TO_QUERY; extent++)
      {
        g_autoptr (GError) error = NULL;
        g_autoptr (GUri) url = wn_url_parse_server (rows[i].text,
                                                    "https",
                                                    (WnUrlExtent) extent,
                                                    &error);

        g_assert_true ((url != NULL) == (extent >= (int) rows[i].least));
        if (url == NULL)
          g_assert_error (error,
                          WN_DIALECT_ERROR,
                          WN_DIALECT_ERROR_BAD_SERVER_PATH);
      }
}

static void
test_parts (void)
{
  static const struct
  {
    const char *url;
    guint port;
    gboolean is_secure;
    const char *host;
    const char *origin;
  } rows[] = {
    { "ws://h/a", 80, FALSE, "h", "http://h" },
    { "wss://h/a", 443, TRUE, "h", "https://h" },
    { "http://h:8080/", 8080, FALSE, "h:8080", "http://h:8080" },
    { "https://h:80", 80, TRUE, "h:80", "https://h:80" },
    { "wss://[::1]", 443, TRUE, "[::1]", "https://[::1]" },
    { "ws://[2001:db8::1]:81/",
      81,
      FALSE,
      "[2001:db8::1]:81",
      "http://[2001:db8::1]:81" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GUri) url = wn_url_parse (rows[i].url);
      g_autofree char *host = wn_url_dup_host (url);
      g_autofree char *origin = wn_url_dup_origin (url);

      g_assert_cmpuint (wn_url_get_port (url), ==, rows[i].port);
      g_assert_cmpint (wn_url_is_secure (url), ==, rows[i].is_secure);
      g_assert_cmpstr (host, ==, rows[i].host);
      g_assert_cmpstr (origin, ==, rows[i].origin);
    }
}

static void
test_origins (void)
{
  static const struct
  {
    const char *url;
    const char *other;
    gboolean is_same;
  } rows[] = {
    { "ws://h/", "http://h/x?y", TRUE },
    { "wss://h/", "https://H:443/", TRUE },
    { "wss://h/", "http://h/", FALSE },
    { "wss://h/", "https://h:8443/", FALSE },
    { "ws://h:443/", "https://h/", FALSE },
    { "wss://h/", "https://h.x/", FALSE },
    { "wss://h/", "https://u@h/", FALSE },
    { "wss://h/", "ftp://h/", FALSE },
    { "wss://h/", "h", FALSE },
    { "wss://h/", NULL, FALSE },
    { "ftp://h/", "ftp://h/", FALSE },
    { NULL, NULL, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmpint (wn_url_is_same_origin (rows[i].url, rows[i].other),
                       ==,
                       rows[i].is_same);
      g_assert_cmpint (wn_url_is_same_origin (rows[i].other, rows[i].url),
                       ==,
                       rows[i].is_same);
    }
}

static void
test_http (void)
{
  g_assert_true (wn_url_is_http ("http://h/"));
  g_assert_true (wn_url_is_http ("https://h:1/a?b"));
  g_assert_false (wn_url_is_http ("ws://h/"));
  g_assert_false (wn_url_is_http ("https://u:p@h/"));
  g_assert_false (wn_url_is_http ("https:///"));
  g_assert_false (wn_url_is_http ("https://h/#f"));
  g_assert_false (wn_url_is_http ("javascript:alert(1)"));
  g_assert_false (wn_url_is_http (""));
  g_assert_false (wn_url_is_http (NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/url/the kind is turned, encryption stays", test_kinds);
  g_test_add_func ("/url/how far an address goes", test_extents);
  g_test_add_func ("/url/port, host and origin", test_parts);
  g_test_add_func ("/url/the same origin", test_origins);
  g_test_add_func ("/url/what can be asked", test_http);
  return g_test_run ();
}
