/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libsoup without its features, and a proxy's credentials in place of one.
 */

#include "net/http/http-session.h"

#include "net/user-agent.h"

/* Returns: (nullable): the value of `Proxy-Authorization` for a proxy's URL
 * that has user and password
 */
static char *
dup_proxy_credentials (const char *proxy)
{
  g_autoptr (GUri) uri = g_uri_parse (proxy, G_URI_FLAGS_HAS_PASSWORD, NULL);
  g_autofree char *pair = NULL;
  g_autofree char *encoded = NULL;

  if (uri == NULL || g_uri_get_user (uri) == NULL
      || g_strcmp0 (g_uri_get_scheme (uri), "http") != 0)
    return NULL;
  pair = g_strdup_printf ("%s:%s",
                          g_uri_get_user (uri),
                          g_uri_get_password (uri) != NULL
                              ? g_uri_get_password (uri)
                              : "");
  encoded = g_base64_encode ((const guchar *) pair, strlen (pair));
  return g_strconcat ("Basic ", encoded, NULL);
}

/* libsoup's auth manager, which would do this, knows no way of authentication,
 * because a server's crafted challenge can crash it. A request that goes
 * through a tunnel must not show the proxy's password to the server.
 */
static void
on_session_request_queued (SoupSession *session,
                           SoupMessage *message,
                           gpointer user_data)
{
  GProxyResolver *resolver = soup_session_get_proxy_resolver (session);
  GUri *uri = soup_message_get_uri (message);
  g_autofree char *text = g_uri_to_string (uri);
  g_auto (GStrv) proxies = NULL;
  g_autofree char *credentials = NULL;

  if (resolver == NULL
      || (soup_message_get_method (message) != SOUP_METHOD_CONNECT
          && g_strcmp0 (g_uri_get_scheme (uri), "http") != 0))
    return;
  proxies = g_proxy_resolver_lookup (resolver, text, NULL, NULL);
  if (proxies != NULL && proxies[0] != NULL)
    credentials = dup_proxy_credentials (proxies[0]);
  if (credentials != NULL)
    soup_message_headers_replace (soup_message_get_request_headers (message),
                                  "Proxy-Authorization",
                                  credentials);
}

SoupSession *
wn_http_session_new (GProxyResolver *proxy_resolver)
{
  SoupSession *session = soup_session_new_with_options ("proxy-resolver",
                                                        proxy_resolver,
                                                        "timeout",
                                                        0,
                                                        "user-agent",
                                                        WN_USER_AGENT,
                                                        NULL);

  soup_session_remove_feature_by_type (session, SOUP_TYPE_AUTH_BASIC);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_AUTH_DIGEST);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  soup_session_add_feature_by_type (session, SOUP_TYPE_COOKIE_JAR);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_HSTS_ENFORCER);
  g_signal_connect (session,
                    "request-queued",
                    G_CALLBACK (on_session_request_queued),
                    NULL);
  return session;
}

static void
run_later (GSourceFunc callback, gpointer object)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  /* GTasks of libsoup's are of the default priority. */
  g_source_set_priority (source, G_PRIORITY_DEFAULT + 1);
  g_source_set_callback (source,
                         callback,
                         g_object_ref (object),
                         g_object_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
}

static gboolean
on_cancel_due (gpointer user_data)
{
  g_cancellable_cancel (G_CANCELLABLE (user_data));
  return G_SOURCE_REMOVE;
}

void
wn_http_session_cancel (GCancellable *cancellable)
{
  run_later (on_cancel_due, cancellable);
}

static gboolean
on_abort_due (gpointer user_data)
{
  soup_session_abort (SOUP_SESSION (user_data));
  return G_SOURCE_REMOVE;
}

void
wn_http_session_abort (SoupSession *session)
{
  run_later (on_abort_due, session);
}
