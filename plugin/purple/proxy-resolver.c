/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A lookup has one answer whatever the destination, but for the proxy that the
 * environment names: there the environment says too what is reached directly,
 * which libpurple does not read.
 */

#include "purple/proxy-resolver.h"

#include <glib/gi18n-lib.h>

#define SOCKS4_REMOTE_DNS_PREF "/purple/proxy/socks4_remotedns"

struct _WnProxyResolver
{
  GObject parent_instance;

  PurpleAccount *account; /* (unowned) (nullable): until forgotten */
};

static void wn_proxy_resolver_iface_init (GProxyResolverInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (
    WnProxyResolver,
    wn_proxy_resolver,
    G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER, wn_proxy_resolver_iface_init))

/* The proxy that the environment names is an HTTP proxy to libpurple, which
 * says PURPLE_PROXY_NONE where the environment names none.
 */
static const char *
scheme_of (PurpleProxyType type, gboolean remote_dns)
{
  switch ((int) type)
    {
    case PURPLE_PROXY_HTTP:
    case PURPLE_PROXY_USE_ENVVAR:
      return "http";
    case PURPLE_PROXY_SOCKS4:
      return remote_dns ? "socks4a" : "socks4";
    case PURPLE_PROXY_SOCKS5:
    case PURPLE_PROXY_TOR:
      return "socks5";
    default:
      return NULL;
    }
}

static const char *
non_empty (const char *text)
{
  return text != NULL && *text != '\0' ? text : NULL;
}

char *
wn_proxy_resolver_dup_uri (PurpleProxyInfo *info,
                           gboolean remote_dns,
                           GError **error)
{
  PurpleProxyType type = purple_proxy_info_get_type (info);
  const char *scheme = scheme_of (type, remote_dns);
  const char *host = non_empty (purple_proxy_info_get_host (info));
  const char *user = non_empty (purple_proxy_info_get_username (info));
  const char *password = non_empty (purple_proxy_info_get_password (info));
  int port = purple_proxy_info_get_port (info);

  if (type == PURPLE_PROXY_NONE)
    return g_strdup ("direct://");
  if (scheme == NULL || host == NULL || port <= 0 || port > G_MAXUINT16)
    {
      g_set_error_literal (error,
                           G_IO_ERROR,
                           G_IO_ERROR_PROXY_FAILED,
                           _ ("the proxy settings are not complete"));
      return NULL;
    }
  return g_uri_join_with_user (G_URI_FLAGS_NONE,
                               scheme,
                               user,
                               user != NULL ? password : NULL,
                               NULL,
                               host,
                               port,
                               "",
                               NULL,
                               NULL);
}

/* The variable is written as curl reads it: names, domains and addresses
 * between commas or spaces.
 */
static char **
dup_direct_hosts (void)
{
  const char *list = g_getenv ("no_proxy");
  g_auto (GStrv) parts = NULL;
  g_autoptr (GStrvBuilder) hosts = g_strv_builder_new ();

  if (list == NULL)
    list = g_getenv ("NO_PROXY");
  parts = g_strsplit_set (list != NULL ? list : "", ", \t", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0')
      g_strv_builder_add (hosts, parts[i]);
  return g_strv_builder_end (hosts);
}

static char **
wn_proxy_resolver_lookup (GProxyResolver *resolver,
                          const char *uri,
                          GCancellable *cancellable,
                          GError **error)
{
  PurpleAccount *account = WN_PROXY_RESOLVER (resolver)->account;
  PurpleProxyInfo *info
      = account != NULL ? purple_proxy_get_setup (account) : NULL;
  gboolean remote_dns = purple_prefs_get_bool (SOCKS4_REMOTE_DNS_PREF);
  g_auto (GStrv) direct = NULL;
  g_autofree char *proxy = NULL;
  g_autoptr (GProxyResolver) simple = NULL;
  gboolean is_all_direct;

  if (info == NULL)
    g_set_error_literal (error,
                         G_IO_ERROR,
                         G_IO_ERROR_PROXY_FAILED,
                         _ ("the proxy settings can't be read"));
  else
    proxy = wn_proxy_resolver_dup_uri (info, remote_dns, error);
  if (proxy == NULL)
    return NULL;
  if (purple_proxy_info_get_type (info) == PURPLE_PROXY_USE_ENVVAR)
    direct = dup_direct_hosts ();
  is_all_direct
      = direct != NULL && g_strv_contains ((const char *const *) direct, "*");
  simple = g_simple_proxy_resolver_new (is_all_direct ? "direct://" : proxy,
                                        direct);
  return g_proxy_resolver_lookup (simple, uri, NULL, error);
}

static gboolean
wn_proxy_resolver_is_supported (GProxyResolver *resolver)
{
  return TRUE;
}

static void
wn_proxy_resolver_lookup_async (GProxyResolver *resolver,
                                const char *uri,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task
      = g_task_new (resolver, cancellable, callback, user_data);
  GError *error = NULL;
  char **uris = wn_proxy_resolver_lookup (resolver, uri, NULL, &error);

  if (uris != NULL)
    g_task_return_pointer (task, uris, (GDestroyNotify) g_strfreev);
  else
    g_task_return_error (task, error);
}

static char **
wn_proxy_resolver_lookup_finish (GProxyResolver *resolver,
                                 GAsyncResult *result,
                                 GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

WnProxyResolver *
wn_proxy_resolver_new (PurpleAccount *account)
{
  WnProxyResolver *self = g_object_new (WN_TYPE_PROXY_RESOLVER, NULL);

  self->account = account;
  return self;
}

void
wn_proxy_resolver_forget (WnProxyResolver *self)
{
  self->account = NULL;
}

static void
wn_proxy_resolver_iface_init (GProxyResolverInterface *iface)
{
  iface->is_supported = wn_proxy_resolver_is_supported;
  iface->lookup = wn_proxy_resolver_lookup;
  iface->lookup_async = wn_proxy_resolver_lookup_async;
  iface->lookup_finish = wn_proxy_resolver_lookup_finish;
}

static void
wn_proxy_resolver_class_init (WnProxyResolverClass *klass)
{
}

static void
wn_proxy_resolver_init (WnProxyResolver *self)
{
}
