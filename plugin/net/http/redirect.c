/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * URLs compared and resolved, with libsoup's idea of what a URL is.
 */

#include "net/http/redirect.h"

#include <libsoup/soup.h>

#include "core/dialect/host.h"

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

GUri *
wn_redirect_resolve (GUri *from, const char *location)
{
  if (location == NULL)
    return NULL;

  g_autoptr (GUri) to
      = g_uri_parse_relative (from, location, SOUP_HTTP_URI_FLAGS, NULL);

  if (to == NULL || !wn_host_is_sound (g_uri_get_host (to)))
    return NULL;
  if (!is_scheme (to, "https")
      && !(is_scheme (to, "http") && is_scheme (from, "http")))
    return NULL;
  return g_steal_pointer (&to);
}

gboolean
wn_redirect_is_same_origin (GUri *a, GUri *b)
{
  return g_strcmp0 (g_uri_get_scheme (a), g_uri_get_scheme (b)) == 0
         && g_uri_get_port (a) == g_uri_get_port (b)
         && g_ascii_strcasecmp (g_uri_get_host (a), g_uri_get_host (b)) == 0;
}
