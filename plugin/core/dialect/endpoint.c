/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The user name is taken apart as libpurple joins it: from its end, at the
 * last separator. URLs are checked here, once, so that nobody below has to
 * doubt them: what is handed out is ASCII, has a host, and carries neither
 * credentials nor a fragment.
 */

#include "core/dialect/endpoint.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/dialect/host.h"

#define PROJECT_SEPARATOR '@'
#define ENVIRONMENT_SEPARATOR '/'

/* Encoded, so that taking a URL apart and joining it changes no meaning. */
#define URL_FLAGS (G_URI_FLAGS_ENCODED | G_URI_FLAGS_SCHEME_NORMALIZE)

GQuark
wn_endpoint_error_quark (void)
{
  return g_quark_from_static_string ("wn-endpoint-error-quark");
}

static const struct
{
  const char *name;
  const char *base_url;
} environments[] = {
  { "production", "ws://ws.chiefgr.com/" },
  { "stage", "ws://test.ws.chiefgr.com/" },
};

/* --- The user name ------------------------------------------------------ */

/* Cuts @rest at the last @separator and returns what was behind it, or
 * @fallback where there is nothing.
 */
static char *
cut_last_part (char *rest, char separator, const char *fallback)
{
  char *at = strrchr (rest, separator);

  if (at == NULL)
    return g_strdup (fallback);
  *at = '\0';

  const char *part = g_strstrip (at + 1);

  return g_strdup (*part != '\0' ? part : fallback);
}

static gboolean
read_username (WnEndpoint *self, const char *username, GError **error)
{
  g_autofree char *rest = g_strdup (username != NULL ? username : "");

  self->environment
      = cut_last_part (rest, ENVIRONMENT_SEPARATOR, WN_DEFAULT_ENVIRONMENT);
  self->project = cut_last_part (rest, PROJECT_SEPARATOR, WN_DEFAULT_PROJECT);
  self->uid = g_strdup (g_strstrip (rest));
  if (*self->uid != '\0')
    return TRUE;
  g_set_error_literal (error,
                       WN_ENDPOINT_ERROR,
                       WN_ENDPOINT_ERROR_NO_UID,
                       _ ("Fill in the User ID: the number or name that you "
                          "have in the back office."));
  return FALSE;
}

/* --- URLs --------------------------------------------------------------- */

/* @url where it has one of the two schemes and can be connected to. */
static GUri *
parse_url (const char *url, const char *scheme, const char *secure_scheme)
{
  g_autoptr (GUri) uri = g_uri_parse (url, URL_FLAGS, NULL);

  if (uri == NULL)
    return NULL;
  if (!g_str_equal (g_uri_get_scheme (uri), scheme)
      && !g_str_equal (g_uri_get_scheme (uri), secure_scheme))
    return NULL;
  if (!wn_host_is_sound (g_uri_get_host (uri)) || g_uri_get_port (uri) == 0)
    return NULL;
  if (g_uri_get_userinfo (uri) != NULL || g_uri_get_fragment (uri) != NULL)
    return NULL;
  return g_steal_pointer (&uri);
}

static char *
dup_component (const char *value)
{
  return g_uri_escape_string (value, NULL, FALSE);
}

/* The option's value without the space around it; %NULL where it is empty. */
static char *
dup_option (const char *value)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (value != NULL ? value : ""));

  return *trimmed != '\0' ? g_steal_pointer (&trimmed) : NULL;
}

/* --- The WebSocket ------------------------------------------------------ */

static const char *
find_environment_url (const char *environment)
{
  for (gsize i = 0; i < G_N_ELEMENTS (environments); i++)
    if (g_str_equal (environments[i].name, environment))
      return environments[i].base_url;
  return NULL;
}

/* The option's URL, or the environment's. The option isn't quoted in the
 * error: somebody may have put a password into it.
 */
static GUri *
read_server (const WnEndpoint *self, const char *server, GError **error)
{
  g_autofree char *option = dup_option (server);
  const char *url
      = option != NULL ? option : find_environment_url (self->environment);

  if (url == NULL)
    {
      g_set_error (error,
                   WN_ENDPOINT_ERROR,
                   WN_ENDPOINT_ERROR_UNKNOWN_ENVIRONMENT,
                   _ ("The environment “%s” is not known: set “Server” under "
                      "Advanced, or use “production” or “stage”."),
                   self->environment);
      return NULL;
    }

  GUri *uri = parse_url (url, "ws", "wss");

  if (uri == NULL)
    g_set_error_literal (error,
                         WN_ENDPOINT_ERROR,
                         WN_ENDPOINT_ERROR_BAD_SERVER,
                         _ ("“Server” under Advanced can't be connected to: "
                            "it must be like wss://host/ or "
                            "ws://host:port/path, without a user, a password "
                            "or a “#”."));
  return uri;
}

static char *
dup_query (const WnEndpoint *self, const char *base_query)
{
  g_autofree char *project = dup_component (self->project);
  g_autofree char *uid = dup_component (self->uid);
  gboolean has_base = base_query != NULL && *base_query != '\0';
  gboolean has_joint = has_base && g_str_has_suffix (base_query, "&");

  return g_strdup_printf ("%s%sproject=%s&uid=%s",
                          has_base ? base_query : "",
                          has_base && !has_joint ? "&" : "",
                          project,
                          uid);
}

static void
set_urls (WnEndpoint *self, GUri *base)
{
  g_autofree char *query = dup_query (self, g_uri_get_query (base));

  self->base_url = g_uri_to_string (base);
  self->url = g_uri_join (URL_FLAGS,
                          g_uri_get_scheme (base),
                          NULL,
                          g_uri_get_host (base),
                          g_uri_get_port (base),
                          g_uri_get_path (base),
                          query,
                          NULL);
}

/* --- The exports -------------------------------------------------------- */

/* A path's component of dots climbs, and does so encoded too (RFC 3986 §6.2.2);
 * encoded twice, it is a name that no server has.
 */
static char *
dup_path_component (const char *value)
{
  if (g_str_equal (value, "."))
    return g_strdup ("%252E");
  if (g_str_equal (value, ".."))
    return g_strdup ("%252E%252E");
  return dup_component (value);
}

/* In one pass: what a value makes beside a brace stands for nothing. */
static char *
fill_template (const WnEndpoint *self, const char *filename)
{
  const struct
  {
    const char *placeholder;
    const char *value;
  } places[] = {
    { "{filename}", filename },
    { "{project}", self->project },
    { "{uid}", self->uid },
  };
  GString *url = g_string_new (NULL);

  for (const char *p = self->download_template; *p != '\0';)
    {
      gsize i = 0;

      while (i < G_N_ELEMENTS (places)
             && !g_str_has_prefix (p, places[i].placeholder))
        i++;
      if (i < G_N_ELEMENTS (places))
        {
          g_autofree char *value = dup_path_component (places[i].value);

          g_string_append (url, value);
          p += strlen (places[i].placeholder);
        }
      else
        g_string_append_c (url, *p++);
    }
  return g_string_free (url, FALSE);
}

static char *
dup_default_template (GUri *base)
{
  gboolean is_secure = g_str_equal (g_uri_get_scheme (base), "wss");
  int port = g_uri_get_port (base);
  gboolean has_own_port = port != (is_secure ? 443 : 80);
  g_autofree char *root = g_uri_join (URL_FLAGS,
                                      is_secure ? "https" : "http",
                                      NULL,
                                      g_uri_get_host (base),
                                      has_own_port ? port : -1,
                                      "/exportDownload",
                                      NULL,
                                      NULL);

  return g_strconcat (root, "?filename={filename}", NULL);
}

/* The server sends the file's name, and must not choose a host by it. */
static gboolean
is_host_from_server (const char *template)
{
  const char *authority = strstr (template, "://");

  if (authority == NULL)
    return FALSE;
  authority += strlen ("://");
  return g_strstr_len (authority,
                       (gssize) strcspn (authority, "/?#"),
                       "{filename}")
         != NULL;
}

static gboolean
is_template_sound (const WnEndpoint *self)
{
  g_autofree char *sample = fill_template (self, "x");
  g_autoptr (GUri) uri = parse_url (sample, "http", "https");

  return uri != NULL && !is_host_from_server (self->download_template);
}

static gboolean
read_download_url (WnEndpoint *self,
                   GUri *base,
                   const char *download_url,
                   GError **error)
{
  self->download_template = dup_option (download_url);
  if (self->download_template == NULL)
    self->download_template = dup_default_template (base);
  if (is_template_sound (self))
    return TRUE;
  g_set_error_literal (error,
                       WN_ENDPOINT_ERROR,
                       WN_ENDPOINT_ERROR_BAD_DOWNLOAD_URL,
                       _ ("“Download URL” under Advanced can't be used: it "
                          "must be like https://host/path?file={filename}, or "
                          "empty."));
  return FALSE;
}

/* --- The endpoint ------------------------------------------------------- */

WnEndpoint *
wn_endpoint_new (const char *username,
                 const char *server,
                 const char *download_url,
                 GError **error)
{
  g_autoptr (WnEndpoint) self = g_new0 (WnEndpoint, 1);

  if (!read_username (self, username, error))
    return NULL;

  g_autoptr (GUri) base = read_server (self, server, error);

  if (base == NULL)
    return NULL;
  set_urls (self, base);
  if (!read_download_url (self, base, download_url, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
wn_endpoint_free (WnEndpoint *self)
{
  if (self == NULL)
    return;
  g_free (self->uid);
  g_free (self->project);
  g_free (self->environment);
  g_free (self->base_url);
  g_free (self->url);
  g_free (self->download_template);
  g_free (self);
}

char *
wn_endpoint_dup_download_url (const WnEndpoint *self, const char *filename)
{
  g_autofree char *url = fill_template (self, filename);
  g_autoptr (GUri) uri = g_uri_parse (url, URL_FLAGS, NULL);

  return uri != NULL ? g_uri_to_string (uri) : g_steal_pointer (&url);
}

/* What is between the scheme and the path of a URL that was checked. */
char *
wn_endpoint_dup_host (const WnEndpoint *self)
{
  const char *authority = strstr (self->base_url, "://") + strlen ("://");

  return g_strndup (authority, strcspn (authority, "/?"));
}

gboolean
wn_endpoint_is_secure (const WnEndpoint *self)
{
  return g_str_has_prefix (self->base_url, "wss:");
}
