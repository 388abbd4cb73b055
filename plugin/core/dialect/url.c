/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A table of the four schemes, and GUri for all the rest.
 */

#include "core/dialect/url.h"

#include <string.h>

#include "core/dialect/dialect.h"

typedef struct
{
  const char *websocket;
  const char *http;
  guint16 port;
  gboolean is_secure;
} Kind;

static const Kind kinds[] = {
  { "ws", "http", 80, FALSE },
  { "wss", "https", 443, TRUE },
};

static const Kind *
find_kind (const char *scheme)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].websocket, scheme)
        || g_str_equal (kinds[i].http, scheme))
      return &kinds[i];
  return NULL;
}

static const Kind *
get_kind (GUri *url)
{
  const Kind *kind = find_kind (g_uri_get_scheme (url));

  g_return_val_if_fail (kind != NULL, &kinds[0]);
  return kind;
}

/* Names as they are seen in practice: RFC 952's letters, and underscores. */
gboolean
wn_host_is_sound (const char *host)
{
  if (host == NULL || *host == '\0')
    return FALSE;
  if (strchr (host, ':') != NULL && !g_hostname_is_ip_address (host))
    return FALSE;
  for (; *host != '\0'; host++)
    if (!g_ascii_isalnum (*host) && strchr ("-._:", *host) == NULL)
      return FALSE;
  return TRUE;
}

/* --- Checking ----------------------------------------------------------- */

static WnDialectError
code_of_parse_error (const GError *error)
{
  switch (error->code)
    {
    case G_URI_ERROR_BAD_PORT:
      return WN_DIALECT_ERROR_BAD_SERVER_PORT;
    case G_URI_ERROR_BAD_USER:
    case G_URI_ERROR_BAD_PASSWORD:
    case G_URI_ERROR_BAD_AUTH_PARAMS:
      return WN_DIALECT_ERROR_BAD_SERVER_USERINFO;
    case G_URI_ERROR_BAD_HOST:
      return WN_DIALECT_ERROR_BAD_SERVER_NO_HOST;
    case G_URI_ERROR_BAD_FRAGMENT:
      return WN_DIALECT_ERROR_BAD_SERVER_FRAGMENT;
    case G_URI_ERROR_BAD_SCHEME:
      return WN_DIALECT_ERROR_BAD_SERVER_SCHEME;
    default:
      return WN_DIALECT_ERROR_BAD_SERVER_PATH;
    }
}

/* What is wrong with a URL that could be taken apart; 0: nothing. */
static WnDialectError
find_fault (GUri *url)
{
  if (find_kind (g_uri_get_scheme (url)) == NULL)
    return WN_DIALECT_ERROR_BAD_SERVER_SCHEME;
  if (g_uri_get_userinfo (url) != NULL)
    return WN_DIALECT_ERROR_BAD_SERVER_USERINFO;
  if (!wn_host_is_sound (g_uri_get_host (url)))
    return WN_DIALECT_ERROR_BAD_SERVER_NO_HOST;
  if (g_uri_get_port (url) == 0)
    return WN_DIALECT_ERROR_BAD_SERVER_PORT;
  if (g_uri_get_fragment (url) != NULL)
    return WN_DIALECT_ERROR_BAD_SERVER_FRAGMENT;
  return 0;
}

/* Returns what is wrong with @text, or 0 and the URL in @url. */
static WnDialectError
check_url (const char *text, GUri **url)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GUri) parsed = g_uri_parse (text, WN_URL_FLAGS, &error);
  WnDialectError fault
      = parsed != NULL ? find_fault (parsed) : code_of_parse_error (error);

  if (fault == 0)
    *url = g_steal_pointer (&parsed);
  return fault;
}

GUri *
wn_url_parse (const char *url)
{
  GUri *checked = NULL;

  if (url != NULL)
    check_url (url, &checked);
  return checked;
}

/* --- What people enter -------------------------------------------------- */

/* Whether @text begins with one of our schemes, but not with a URL: `ws:` may
 * be no host.
 */
static gboolean
is_half_a_scheme (const char *text)
{
  g_autofree char *start = g_strndup (text, strcspn (text, ":"));

  return strchr (text, ':') != NULL && find_kind (start) != NULL;
}

/* @url with the scheme of the same kind as @wanted's. */
static GUri *
turn_scheme (GUri *url, const char *wanted)
{
  const Kind *kind = get_kind (url);
  gboolean is_websocket = g_str_has_prefix (wanted, "ws");

  return g_uri_build (WN_URL_FLAGS,
                      is_websocket ? kind->websocket : kind->http,
                      NULL,
                      g_uri_get_host (url),
                      wn_url_get_port (url),
                      g_uri_get_path (url),
                      g_uri_get_query (url),
                      NULL);
}

static gboolean
goes_beyond (GUri *url, WnUrlExtent extent)
{
  if (extent < WN_URL_TO_QUERY && g_uri_get_query (url) != NULL)
    return TRUE;
  return extent < WN_URL_TO_PATH && strlen (g_uri_get_path (url)) > 1;
}

GUri *
wn_url_parse_server (const char *text,
                     const char *scheme,
                     WnUrlExtent extent,
                     GError **error)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));
  g_autofree char *full = strstr (trimmed, "://") != NULL
                              ? g_strdup (trimmed)
                              : g_strconcat (scheme, "://", trimmed, NULL);
  g_autoptr (GUri) url = NULL;
  WnDialectError fault = WN_DIALECT_ERROR_BAD_SERVER_SCHEME;

  if (strstr (trimmed, "://") != NULL || !is_half_a_scheme (trimmed))
    fault = check_url (full, &url);
  if (fault == 0 && goes_beyond (url, extent))
    fault = WN_DIALECT_ERROR_BAD_SERVER_PATH;
  if (fault == 0)
    return turn_scheme (url, scheme);
  wn_dialect_fail (error, fault, "an address that can't be connected to");
  return NULL;
}

char *
wn_url_dup_encoded (const char *url)
{
  GString *text = g_string_sized_new (strlen (url));

  for (const char *c = url; *c != '\0'; c++)
    if (*c > ' ' && *c < 0x7f)
      g_string_append_c (text, *c);
    else
      g_string_append_printf (text, "%%%02X", (guchar) *c);
  return g_string_free (text, FALSE);
}

gboolean
wn_url_is_http (const char *url)
{
  g_autoptr (GUri) checked = wn_url_parse (url);

  return checked != NULL
         && g_str_equal (g_uri_get_scheme (checked), get_kind (checked)->http);
}

/* --- Parts of a checked URL --------------------------------------------- */

gboolean
wn_url_is_secure (GUri *url)
{
  return get_kind (url)->is_secure;
}

guint16
wn_url_get_port (GUri *url)
{
  int port = g_uri_get_port (url);

  return port > 0 ? (guint16) port : get_kind (url)->port;
}

char *
wn_url_dup_host (GUri *url)
{
  const char *host = g_uri_get_host (url);
  gboolean is_ipv6 = strchr (host, ':') != NULL;
  g_autofree char *name
      = g_strconcat (is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "", NULL);
  guint16 port = wn_url_get_port (url);

  return port == get_kind (url)->port ? g_steal_pointer (&name)
                                      : g_strdup_printf ("%s:%u", name, port);
}

char *
wn_url_dup_path (GUri *url)
{
  char *path = g_strdup (g_uri_get_path (url));

  while (g_str_has_suffix (path, "/"))
    path[strlen (path) - 1] = '\0';
  return path;
}

char *
wn_url_dup_origin (GUri *url)
{
  g_autofree char *host = wn_url_dup_host (url);

  return g_strconcat (get_kind (url)->http, "://", host, NULL);
}

gboolean
wn_url_is_same_origin (const char *url, const char *other)
{
  g_autoptr (GUri) here = wn_url_parse (url);
  g_autoptr (GUri) there = wn_url_parse (other);
  g_autofree char *origin = here != NULL ? wn_url_dup_origin (here) : NULL;
  g_autofree char *target = there != NULL ? wn_url_dup_origin (there) : NULL;

  return origin != NULL && target != NULL
         && g_ascii_strcasecmp (origin, target) == 0;
}
