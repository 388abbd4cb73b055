/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * URLs compared and resolved, with libsoup's idea of what a URL is.
 */

#include "net/http/redirect.h"

#include <string.h>

#include <libsoup/soup.h>

#include "core/dialect/url.h"

gboolean
wn_redirect_is_status (guint status)
{
  static const guint statuses[] = { 301, 302, 303, 307, 308 };

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (status == statuses[i])
      return TRUE;
  return FALSE;
}

static gboolean
is_scheme (GUri *uri, const char *scheme)
{
  return g_strcmp0 (g_uri_get_scheme (uri), scheme) == 0;
}

/* Where the path begins in @reference, behind scheme and authority. */
static const char *
skip_authority (const char *reference)
{
  const char *scheme_end = strpbrk (reference, ":/?");
  const char *rest = reference;

  if (scheme_end != NULL && *scheme_end == ':')
    rest = scheme_end + 1;
  return g_str_has_prefix (rest, "//") ? rest + 2 + strcspn (rest + 2, "/?")
                                       : rest;
}

/* @to, with path and query as @reference has them: GLib has put what is escaped
 * there into its own form. A path that is relative to another one stays in that
 * form.
 */
static GUri *
make_as_written (GUri *to, const char *reference)
{
  const char *path = skip_authority (reference);
  gsize n_path = strcspn (path, "?");
  const char *query = path[n_path] == '?' ? path + n_path + 1 : NULL;
  g_autofree char *own_path = *path == '/' ? g_strndup (path, n_path)
                                           : g_strdup (g_uri_get_path (to));

  return g_uri_build (SOUP_HTTP_URI_FLAGS,
                      g_uri_get_scheme (to),
                      NULL,
                      g_uri_get_host (to),
                      g_uri_get_port (to),
                      *own_path != '\0' ? own_path : "/",
                      query,
                      NULL);
}

GUri *
wn_redirect_resolve (GUri *from, const char *location)
{
  if (location == NULL)
    return NULL;

  /* The fragment is never sent. */
  g_autofree char *sent = g_strndup (location, strcspn (location, "#"));
  g_autofree char *reference = wn_url_dup_encoded (sent);
  g_autoptr (GUri) to
      = g_uri_parse_relative (from,
                              reference,
                              SOUP_HTTP_URI_FLAGS | G_URI_FLAGS_PARSE_RELAXED,
                              NULL);

  if (to == NULL || !wn_host_is_sound (g_uri_get_host (to)))
    return NULL;
  if (!is_scheme (to, "https")
      && !(is_scheme (to, "http") && is_scheme (from, "http")))
    return NULL;
  return make_as_written (to, reference);
}

gboolean
wn_redirect_is_same_origin (GUri *a, GUri *b)
{
  return g_strcmp0 (g_uri_get_scheme (a), g_uri_get_scheme (b)) == 0
         && g_uri_get_port (a) == g_uri_get_port (b)
         && wn_redirect_is_same_host (a, b);
}

gboolean
wn_redirect_is_same_host (GUri *a, GUri *b)
{
  return g_ascii_strcasecmp (g_uri_get_host (a), g_uri_get_host (b)) == 0;
}

gboolean
wn_redirect_is_inward_address (GInetAddress *address)
{
  return g_inet_address_get_is_loopback (address)
         || g_inet_address_get_is_link_local (address)
         || g_inet_address_get_is_any (address);
}

/* For a socket, ::ffff:127.0.0.1 is 127.0.0.1. */
gboolean
wn_redirect_is_inward_host (const char *host)
{
  g_autoptr (GSocketAddress) address
      = g_inet_socket_address_new_from_string (host, 0);
  g_autofree char *lower = g_ascii_strdown (host, -1);

  if (address != NULL)
    return wn_redirect_is_inward_address (
        g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
  return g_str_equal (lower, "localhost")
         || g_str_has_suffix (lower, ".localhost");
}
