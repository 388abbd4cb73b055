/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A GTask that sends one message after another until one is no redirect. Each
 * is looked at before its first byte goes out and before its body is handed
 * on.
 */

#include "net/http/exchange.h"

#include <string.h>

#include "core/dialect/url.h"
#include "net/http/download-error.h"
#include "net/http/redirect.h"
#include "net/http/response.h"
#include "net/websocket/proxy-watch.h"

/* A server that takes long may say so now and then (RFC 9110 §15.2). */
#define MAX_INFORMATIONAL 100

typedef struct
{
  const char *method;     /* (unowned): interned */
  WnRedirects redirects;  /* which are followed */
  char *range;            /* (owned) (nullable) */
  char *if_range;         /* (owned) (nullable) */
  char *content_type;     /* (owned) (nullable) */
  GBytes *body;           /* (owned) (nullable) */
  GUri *origin;           /* (owned): where the credential may go */
  char *authorization;    /* (owned) (nullable): the credential, until a
                           * redirect leads to another origin */
  WnTlsTrust *trust;      /* (owned) (nullable) */
  WnTlsDoubt *doubt;      /* (owned) (nullable): what it failed for */
  SoupMessage *message;   /* (owned) (nullable): the last one sent */
  GAsyncResult *sent;     /* (owned) (nullable): its, until it is looked at */
  gboolean is_length_bad; /* of @message's answer */
  guint n_redirects;
  guint n_informational;  /* answers of 1xx */
  gboolean stays_outside; /* the first one asked must not be so either: */
  gboolean is_inward;     /* the first one asked is on this machine or cable */
  gboolean is_led_inward; /* it is not, but the request leads there */
  GCancellable *cancellable; /* (owned) */
} Exchange;

/* A body, and with it the message, may outlive the exchange; the handlers of
 * the message's signals must not.
 */
static void
exchange_forget_message (Exchange *exchange)
{
  if (exchange->message != NULL)
    g_signal_handlers_disconnect_by_data (exchange->message, exchange);
  g_clear_object (&exchange->message);
}

static void
exchange_free (gpointer data)
{
  Exchange *exchange = data;

  exchange_forget_message (exchange);
  g_clear_object (&exchange->sent);
  g_clear_object (&exchange->trust);
  g_clear_pointer (&exchange->doubt, wn_tls_doubt_free);
  g_clear_pointer (&exchange->origin, g_uri_unref);
  g_free (exchange->authorization);
  g_free (exchange->content_type);
  g_clear_pointer (&exchange->body, g_bytes_unref);
  g_free (exchange->range);
  g_clear_object (&exchange->cancellable);
  g_free (exchange->if_range);
  g_free (exchange);
}

static gboolean
exchange_trusts (Exchange *exchange,
                 SoupMessage *message,
                 GTlsCertificate *certificate,
                 GTlsCertificateFlags errors)
{
  GUri *uri = soup_message_get_uri (message);

  g_clear_pointer (&exchange->doubt, wn_tls_doubt_free);
  exchange->doubt = wn_tls_trust_judge (exchange->trust,
                                        g_uri_get_host (uri),
                                        wn_url_get_port (uri),
                                        certificate,
                                        errors);
  return exchange->doubt == NULL;
}

static gboolean
on_message_accept_certificate (SoupMessage *message,
                               GTlsCertificate *certificate,
                               GTlsCertificateFlags errors,
                               gpointer user_data)
{
  return exchange_trusts (user_data, message, certificate, errors);
}

/* Before the first byte is sent: nobody is asked about the certificate of a
 * TLS session that is resumed, and any account of this process may have begun
 * it. (Aborting the session from here would leave the message waiting.)
 */
static void
on_message_starting (SoupMessage *message, gpointer user_data)
{
  Exchange *exchange = user_data;
  GTlsCertificate *certificate
      = soup_message_get_tls_peer_certificate (message);

  if (certificate != NULL
      && !exchange_trusts (exchange,
                           message,
                           certificate,
                           soup_message_get_tls_peer_certificate_errors (
                               message)))
    g_cancellable_cancel (exchange->cancellable);
}

/* The head is read, and libsoup has not looked at its length yet. One below
 * zero would be a critical of GObject's. And of a 421 libsoup would gather all
 * that comes before it tells of it.
 */
static void
on_message_status (SoupMessage *message, GParamSpec *property, gpointer data)
{
  Exchange *exchange = data;

  exchange->is_length_bad = !wn_response_is_length_sound (message);
  if (exchange->is_length_bad)
    soup_message_headers_remove (soup_message_get_response_headers (message),
                                 "Content-Length");
  if (soup_message_get_status (message) == SOUP_STATUS_MISDIRECTED_REQUEST)
    g_cancellable_cancel (exchange->cancellable);
}

/* libsoup reads such answers in one go, for as long as they come. */
static void
on_message_informational (SoupMessage *message, gpointer user_data)
{
  Exchange *exchange = user_data;

  if (++exchange->n_informational > MAX_INFORMATIONAL)
    g_cancellable_cancel (exchange->cancellable);
}

/* A server out there must not make us ask what only this machine can reach,
 * whatever name it has given to that (DESIGN §6). Behind a proxy the address
 * isn't known; a proxy's own is none of the server's choice.
 */
static void
exchange_look_at_address (Exchange *exchange, GSocketConnection *connection)
{
  g_autoptr (GSocketAddress) address
      = g_socket_connection_get_remote_address (connection, NULL);

  if (!G_IS_INET_SOCKET_ADDRESS (address) || G_IS_PROXY_ADDRESS (address)
      || !wn_redirect_is_inward_address (
          g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address))))
    return;
  if (exchange->n_redirects == 0 && !exchange->stays_outside)
    exchange->is_inward = TRUE;
  else if (!exchange->is_inward)
    {
      exchange->is_led_inward = TRUE;
      g_cancellable_cancel (exchange->cancellable);
    }
}

/* RFC 9112 §9.8: a body that ends with its connection is whole only where the
 * server has said by TLS that it closes, which libsoup doesn't ask for. And
 * libsoup 3.2 never ends a body of HTTP/2 that has trailers.
 */
static void
prepare_https (GTlsConnection *connection)
{
  static const char *const protocols[] = { "http/1.1", NULL };

  g_tls_connection_set_require_close_notify (connection, TRUE);
  g_tls_connection_set_advertised_protocols (connection, protocols);
}

static void
on_message_network_event (SoupMessage *message,
                          GSocketClientEvent event,
                          GIOStream *stream,
                          gpointer user_data)
{
  wn_proxy_watch (event, stream);
  if (event == G_SOCKET_CLIENT_CONNECTING && G_IS_SOCKET_CONNECTION (stream))
    exchange_look_at_address (user_data, G_SOCKET_CONNECTION (stream));
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING && G_IS_TLS_CONNECTION (stream))
    prepare_https (G_TLS_CONNECTION (stream));
}

static void
exchange_connect_signals (Exchange *exchange, SoupMessage *message)
{
  g_signal_connect (message,
                    "accept-certificate",
                    G_CALLBACK (on_message_accept_certificate),
                    exchange);
  g_signal_connect (message,
                    "network-event",
                    G_CALLBACK (on_message_network_event),
                    exchange);
  g_signal_connect (message,
                    "starting",
                    G_CALLBACK (on_message_starting),
                    exchange);
  g_signal_connect (message,
                    "got-informational",
                    G_CALLBACK (on_message_informational),
                    exchange);
  g_signal_connect (message,
                    "notify::status-code",
                    G_CALLBACK (on_message_status),
                    exchange);
}

static void
exchange_add_headers (Exchange *exchange, SoupMessageHeaders *headers)
{
  const char *const values[][2] = {
    /* Only then does a Laravel answer an expired token with 401 instead of its
     * login page with 200. */
    { "Accept", "application/json, text/plain, */*" },
    { "Accept-Encoding", "identity" },
    { "Authorization", exchange->authorization },
    { "Range", exchange->range },
    { "If-Range", exchange->if_range },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    if (values[i][1] != NULL)
      soup_message_headers_replace (headers, values[i][0], values[i][1]);
}

static SoupMessage *
exchange_make_message (Exchange *exchange, GUri *uri)
{
  SoupMessage *message = soup_message_new_from_uri (exchange->method, uri);

  exchange_connect_signals (exchange, message);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  /* It is there to be off: else libsoup would gather the body of a 401. */
  soup_message_disable_feature (message, SOUP_TYPE_AUTH_MANAGER);
  if (!wn_redirect_is_same_origin (exchange->origin, uri))
    g_clear_pointer (&exchange->authorization, g_free);
  exchange_add_headers (exchange, soup_message_get_request_headers (message));
  if (exchange->body != NULL)
    soup_message_set_request_body_from_bytes (message,
                                              exchange->content_type,
                                              exchange->body);
  return message;
}

static void
on_session_sent (GObject *source, GAsyncResult *result, gpointer user_data);

static void
exchange_send (GTask *task, GUri *uri)
{
  Exchange *exchange = g_task_get_task_data (task);

  exchange_forget_message (exchange);
  exchange->is_length_bad = FALSE;
  exchange->message = exchange_make_message (exchange, uri);
  soup_session_send_async (SOUP_SESSION (g_task_get_source_object (task)),
                           exchange->message,
                           G_PRIORITY_DEFAULT,
                           exchange->cancellable,
                           on_session_sent,
                           g_object_ref (task));
}

static gboolean
exchange_may_go_to (const Exchange *exchange, GUri *to)
{
  if (exchange->redirects == WN_REDIRECTS_SAME_HOST
      && !wn_redirect_is_same_host (exchange->origin, to))
    return FALSE;
  return exchange->is_inward
         || !wn_redirect_is_inward_host (g_uri_get_host (to));
}

static void
exchange_redirect (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);
  const char *location
      = soup_message_headers_get_one (soup_message_get_response_headers (
                                          exchange->message),
                                      "Location");
  g_autoptr (GUri) to
      = wn_redirect_resolve (soup_message_get_uri (exchange->message),
                             location);

  if (to == NULL || exchange->n_redirects++ >= WN_REDIRECT_MAX
      || !exchange_may_go_to (exchange, to))
    g_task_return_error (task,
                         wn_download_error_new (WN_DOWNLOAD_ERROR_REDIRECTED));
  else
    exchange_send (task, to);
}

/* With TLS, what was answered without a certificate is the proxy's word on the
 * tunnel that it was asked for.
 */
static gboolean
is_from_proxy (SoupMessage *message)
{
  const char *scheme = g_uri_get_scheme (soup_message_get_uri (message));

  return soup_message_get_status (message)
             == SOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED
         || (g_str_equal (scheme, "https")
             && soup_message_get_tls_peer_certificate (message) == NULL);
}

static void
exchange_look_at_answer (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr (GAsyncResult) sent = g_steal_pointer (&exchange->sent);
  guint status = soup_message_get_status (exchange->message);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) body
      = soup_session_send_finish (g_task_get_source_object (task),
                                  sent,
                                  &error);

  if (exchange->doubt != NULL)
    g_task_return_error (task,
                         wn_download_error_new (WN_DOWNLOAD_ERROR_CERTIFICATE));
  else if (exchange->is_led_inward)
    g_task_return_error (task,
                         wn_download_error_new (WN_DOWNLOAD_ERROR_REDIRECTED));
  else if (exchange->n_informational > MAX_INFORMATIONAL)
    g_task_return_error (task,
                         wn_download_error_new_from_status (
                             SOUP_STATUS_CONTINUE));
  else if (status == SOUP_STATUS_MISDIRECTED_REQUEST)
    g_task_return_error (task, wn_download_error_new_from_status (status));
  else if (body == NULL)
    g_task_return_error (task, wn_download_error_new_from_network (error));
  else if (is_from_proxy (exchange->message))
    g_task_return_error (task, wn_download_error_new_from_proxy (status));
  else if (exchange->is_length_bad)
    g_task_return_error (task,
                         wn_download_error_new (WN_DOWNLOAD_ERROR_LENGTH));
  else if (exchange->redirects != WN_REDIRECTS_NONE
           && wn_redirect_is_status (status))
    exchange_redirect (task);
  else
    g_task_return_pointer (task, g_steal_pointer (&body), g_object_unref);
}

static gboolean
on_exchange_answered (gpointer user_data)
{
  exchange_look_at_answer (user_data);
  return G_SOURCE_REMOVE;
}

/* What comes of the answer may run other plugins, which no callback of libsoup
 * may do.
 */
static void
on_session_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GSource) idle = g_idle_source_new ();
  Exchange *exchange = g_task_get_task_data (task);

  exchange->sent = g_object_ref (result);
  g_task_attach_source (task, idle, on_exchange_answered);
}

static Exchange *
exchange_new (const WnRequest *request, GCancellable *cancellable)
{
  Exchange *exchange = g_new0 (Exchange, 1);

  exchange->method = g_intern_string (request->method);
  exchange->redirects = request->redirects;
  exchange->stays_outside = request->stays_outside;
  exchange->authorization = g_strdup (request->authorization);
  g_set_object (&exchange->trust, request->trust);
  exchange->range = g_strdup (request->range);
  exchange->if_range = g_strdup (request->if_range);
  exchange->content_type = g_strdup (request->content_type);
  if (request->body != NULL)
    exchange->body = g_bytes_new (request->body, strlen (request->body));
  exchange->cancellable = g_object_ref (cancellable);
  return exchange;
}

void
wn_exchange_async (SoupSession *session,
                   const WnRequest *request,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, NULL, callback, user_data);
  g_autoptr (GUri) uri
      = g_uri_parse (request->url,
                     SOUP_HTTP_URI_FLAGS | G_URI_FLAGS_PARSE_RELAXED,
                     NULL);
  Exchange *exchange = exchange_new (request, cancellable);
  gboolean is_inward;

  g_task_set_task_data (task, exchange, exchange_free);

  /* A redirect from a URL to itself is as allowed as the URL is. */
  exchange->origin
      = uri != NULL ? wn_redirect_resolve (uri, request->url) : NULL;
  is_inward = exchange->origin != NULL
              && wn_redirect_is_inward_host (g_uri_get_host (exchange->origin));
  if (exchange->origin == NULL || (is_inward && exchange->stays_outside))
    {
      g_task_return_error (task,
                           wn_download_error_new (
                               WN_DOWNLOAD_ERROR_REDIRECTED));
      return;
    }
  exchange->is_inward = is_inward;
  exchange_send (task, exchange->origin);
}

GInputStream *
wn_exchange_finish (GAsyncResult *result, SoupMessage **message, GError **error)
{
  GTask *task = G_TASK (result);
  Exchange *exchange = g_task_get_task_data (task);
  GInputStream *body = g_task_propagate_pointer (task, error);

  *message = body != NULL ? g_object_ref (exchange->message) : NULL;
  return body;
}

gboolean
wn_exchange_has_moved (GAsyncResult *result)
{
  const Exchange *exchange = g_task_get_task_data (G_TASK (result));

  return exchange->message != NULL
         && g_strcmp0 (g_uri_get_path (
                           soup_message_get_uri (exchange->message)),
                       g_uri_get_path (exchange->origin))
                != 0;
}

WnTlsDoubt *
wn_exchange_dup_doubt (GAsyncResult *result)
{
  const Exchange *exchange = g_task_get_task_data (G_TASK (result));

  return exchange->doubt != NULL ? wn_tls_doubt_copy (exchange->doubt) : NULL;
}
