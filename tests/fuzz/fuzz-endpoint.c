/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is typed into the account's fields, and an export's key, to URLs. The
 * input's lines: user name, server, download URL, key.
 */

#include <string.h>

#include "core/dialect/dialect.h"
#include "core/dialect/json-guard.h"
#include "core/dialect/url.h"
#include "fuzz/fuzz.h"
#include "support/instance.h"

static const WnDialect *const office = &wn_dialect_back_office;

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
  GUri *uri = g_uri_parse (url, WN_URL_FLAGS, &error);

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
check_identity (WnAccount *instance, GUri *uri)
{
  const char *project = instance->contact;
  g_autofree char *escaped = g_uri_escape_string (project, NULL, FALSE);
  g_autofree char *start = g_strdup_printf ("project=%s&uid=", escaped);
  const char *end = g_strrstr (g_uri_get_query (uri), start);

  g_assert_nonnull (end);
  g_assert_cmpstr (end + strlen (start), !=, "");
  g_assert_null (strpbrk (end + strlen (start), "&=@/"));
}

/* json-glib leaves some control characters as they are. */
static char *
dup_json_string (const char *text)
{
  GString *json = g_string_new (NULL);

  for (; *text != '\0'; text++)
    if ((guchar) *text < 0x20 || *text == '"' || *text == '\\')
      g_string_append_printf (json, "\\u%04x", (guint) *text);
    else
      g_string_append_c (json, *text);
  return g_string_free (json, FALSE);
}

/* As it is asked for: an HTTP client takes out what climbs. */
static char *
dup_requested (gpointer instance, const char *key)
{
  g_autofree char *value = dup_json_string (key);
  g_autofree char *text
      = g_strdup_printf ("{\"title\":1,\"type\":"
                         "\"App\\\\Notifications\\\\ExportReady\","
                         "\"filename\":\"%s\"}",
                         value);
  g_autoptr (WnFrame) frame = NULL;
  const WnNotification *notification;

  frame = office->read (instance, text, strlen (text), NULL);
  g_assert_nonnull (frame);
  notification = g_ptr_array_index (frame->notifications, 0);
  if (notification->attachment == NULL)
    return NULL;

  const char *url = notification->attachment->url;
  g_autoptr (GUri) uri = parse (url, "http", "https");
  g_autoptr (GUri) requested
      = g_uri_parse_relative (uri, url, WN_URL_FLAGS, NULL);

  return g_uri_to_string (requested);
}

static char *
dup_value (const char *key)
{
  if (g_str_equal (key, ".") || g_str_equal (key, ".."))
    return g_strdup (key[1] == '.' ? "%252E%252E" : "%252E");
  if (g_str_has_prefix (key, WN_JSON_GUARD_NUMBER))
    {
      g_autofree char *rest
          = g_uri_escape_string (key + strlen (WN_JSON_GUARD_NUMBER),
                                 NULL,
                                 FALSE);

      return g_strconcat ("%EF%BF%BD", rest, NULL);
    }
  return g_uri_escape_string (key, NULL, FALSE);
}

/* The server's name for a file changes no more than the value it stands for,
 * which is that name.
 */
static void
check_download (gpointer instance, const char *key)
{
  g_autofree char *url = dup_requested (instance, key);
  g_autofree char *plain_url = dup_requested (instance, MARK);
  g_autofree char *value = dup_value (key);
  g_auto (GStrv) parts = g_strsplit (plain_url, MARK, -1);
  g_autofree char *expected = NULL;

  expected = g_strjoinv (value, parts);
  if (strlen (key) <= 4096)
    g_assert_cmpstr (url, ==, expected);
  else
    g_assert_null (url);
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

static void
check_account (WnAccount *instance, char **lines)
{
  g_auto (WnRoute) route = { 0 };
  g_autoptr (GUri) base = parse (instance->token_url, "ws", "wss");
  g_autoptr (GUri) uri = NULL;
  g_autofree char *host = wn_url_dup_host (base);

  office->route (instance, NULL, &route);
  uri = parse (route.url, "ws", "wss");
  g_assert_cmpstr (g_uri_get_host (base), ==, g_uri_get_host (uri));
  g_assert_nonnull (strstr (host, g_uri_get_host (uri)));
  g_assert_true (wn_url_is_same_origin (route.url, instance->link_base));
  check_identity (instance, uri);
  if (*lines[3] != '\0' && !has_mark (lines))
    check_download (instance, lines[3]);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_auto (GStrv) lines = fuzz_dup_lines (data, size, 4);
  g_autoptr (GError) error = NULL;
  gpointer instance = wn_instance_new (office,
                                       &error,
                                       lines[0],
                                       NULL,
                                       "server",
                                       lines[1],
                                       "download_url",
                                       lines[2],
                                       NULL);

  g_assert_true ((instance == NULL) == (error != NULL));
  if (error != NULL)
    {
      g_assert_true (error->domain == WN_DIALECT_ERROR);
      return 0;
    }
  check_account (instance, lines);
  office->free (instance);
  return 0;
}
