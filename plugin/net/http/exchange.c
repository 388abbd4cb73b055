/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A GTask that sends one message after another until one is no redirect. Each
 * is looked at before its first byte goes out and before its body is handed
 * on.
 */

#include "net/http/exchange.h"

#include <string.h>

#include "net/http/download-error.h"
#include "net/http/http-session.h"
#include "net/websocket/proxy-watch.h"
#include "net/http/redirect.h"
#include "net/http/response.h"

typedef struct
{
  SoupSession *session;   /* (owned) */
  const char *method;     /* (unowned): interned */
  WnRedirects redirects;  /* which are followed */
  char *range;            /* (owned) (nullable) */
  char *if_range;         /* (owned) (nullable) */
  char *content_type;     /* (owned) (nullable) */
  GBytes *body;           /* (owned) (nullable) */
  GUri *origin;           /* (owned): where the credential may go */
  char *authorization;    /* (owned) (nullable): the credential */
  WnTlsTrust *trust;      /* (owned) (nullable) */
  WnTlsDoubt *doubt;      /* (owned) (nullable): what it failed for */
  SoupMessage *message;   /* (owned) (nullable): the last one sent */
  gboolean is_length_bad; /* of @message's answer */
  guint n_redirects;
  GCancellable *outer;   /* (owned) (nullable): the caller's */
  GCancellable *inner;   /* (owned): that one, or a doubt */
  gulong cancel_handler; /* on @outer; 0: none */
} Exchange;

/* Not g_cancellable_connect(): it need not be thread-safe, and its other half
 * must not be called from inside.
 */
static void
on_outer_cancelled (GCancellable *outer, gpointer inner)
{
  wn_http_session_cancel (G_CANCELLABLE (inner));
}

/* The signals' handlers must not outlive the exchange; a body may. */
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

  g_clear_object (&exchange->session);
  exchange_forget_message (exchange);
  g_clear_object (&exchange->trust);
  g_clear_pointer (&exchange->doubt, wn_tls_doubt_free);
  g_clear_pointer (&exchange->origin, g_uri_unref);
  g_free (exchange->authorization);
  g_free (exchange->content_type);
  g_clear_pointer (&exchange->body, g_bytes_unref);
  g_free (exchange->range);
  g_clear_signal_handler (&exchange->cancel_handler, exchange->outer);
  g_clear_object (&exchange->outer);
  g_clear_object (&exchange->inner);
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
  int port = g_uri_get_port (uri);

  g_clear_pointer (&exchange->doubt, wn_tls_doubt_free);
  exchange->doubt = wn_tls_trust_judge (exchange->trust,
                                        g_uri_get_host (uri),
                                        port > 0 ? (guint16) port : 443,
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
    g_cancellable_cancel (exchange->inner);
}

/* The head is read, and libsoup has not looked at its length yet. One below
 * zero would be a critical of GObject's.
 */
static void
on_message_status (SoupMessage *message, GParamSpec *property, gpointer data)
{
  Exchange *exchange = data;

  exchange->is_length_bad = !wn_response_is_length_sound (message);
  if (exchange->is_length_bad)
    soup_message_headers_remove (soup_message_get_response_headers (message),
                                 "Content-Length");
}

/* RFC 9112 §9.8: a body that ends with its connection is whole only where the
 * server has said by TLS that it closes. libsoup doesn't ask for that.
 */
static void
on_message_network_event (SoupMessage *message,
                          GSocketClientEvent event,
                          GIOStream *stream,
                          gpointer user_data)
{
  wn_proxy_watch (event, stream);
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING && G_IS_TLS_CONNECTION (stream))
    g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (stream), TRUE);
}

static SoupMessage *
exchange_make_message (Exchange *exchange, GUri *uri)
{
  SoupMessage *message = soup_message_new_from_uri (exchange->method, uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

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
                    "notify::status-code",
                    G_CALLBACK (on_message_status),
                    exchange);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_headers_replace (headers, "Accept-Encoding", "identity");
  if (exchange->range != NULL)
    soup_message_headers_replace (headers, "Range", exchange->range);
  if (exchange->if_range != NULL)
    soup_message_headers_replace (headers, "If-Range", exchange->if_range);
  if (exchange->authorization != NULL
      && wn_redirect_is_same_origin (exchange->origin, uri))
    soup_message_headers_replace (headers,
                                  "Authorization",
                                  exchange->authorization);
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
  soup_session_send_async (exchange->session,
                           exchange->message,
                           G_PRIORITY_DEFAULT,
                           exchange->inner,
                           on_session_sent,
                           g_object_ref (task));
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

  if (to == NULL || exchange->n_redirects++ >= WN_REDIRECT_MAX)
    g_task_return_error (task,
                         wn_download_error_new (WN_DOWNLOAD_ERROR_REDIRECTED));
  else
    exchange_send (task, to);
}

static void
on_session_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) body
      = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  Exchange *exchange = g_task_get_task_data (task);

  if (exchange->doubt != NULL)
    g_task_return_error (task,
                         wn_download_error_new (WN_DOWNLOAD_ERROR_CERTIFICATE));
  else if (body == NULL)
    g_task_return_error (task, wn_download_error_new_from_network (error));
  else if (exchange->is_length_bad)
    g_task_return_error (task, wn_download_error_new_bad_length ());
  else if (exchange->redirects != WN_REDIRECTS_NONE
           && wn_redirect_is_status (
               soup_message_get_status (exchange->message)))
    exchange_redirect (task);
  else
    g_task_return_pointer (task, g_steal_pointer (&body), g_object_unref);
}

static Exchange *
exchange_new (SoupSession *session, const WnRequest *request)
{
  Exchange *exchange = g_new0 (Exchange, 1);

  exchange->session = g_object_ref (session);
  exchange->method = g_intern_string (request->method);
  exchange->redirects = request->redirects;
  exchange->authorization = g_strdup (request->authorization);
  g_set_object (&exchange->trust, request->trust);
  exchange->range = g_strdup (request->range);
  exchange->if_range = g_strdup (request->if_range);
  exchange->content_type = g_strdup (request->content_type);
  if (request->body != NULL)
    exchange->body = g_bytes_new (request->body, strlen (request->body));
  exchange->inner = g_cancellable_new ();
  return exchange;
}

/* The caller's cancellable ends the exchange from now on. */
static void
exchange_obey (Exchange *exchange, GCancellable *cancellable)
{
  g_set_object (&exchange->outer, cancellable);
  if (g_cancellable_is_cancelled (cancellable))
    g_cancellable_cancel (exchange->inner);
  else if (cancellable != NULL)
    exchange->cancel_handler
        = g_signal_connect (cancellable,
                            "cancelled",
                            G_CALLBACK (on_outer_cancelled),
                            exchange->inner);
}

void
wn_exchange_async (SoupSession *session,
                   const WnRequest *request,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  g_autoptr (GTask) task
      = g_task_new (session, cancellable, callback, user_data);
  g_autoptr (GUri) uri = g_uri_parse (request->url, SOUP_HTTP_URI_FLAGS, NULL);
  Exchange *exchange = exchange_new (session, request);

  exchange_obey (exchange, cancellable);
  g_task_set_task_data (task, exchange, exchange_free);

  /* A redirect from a URL to itself is as allowed as the URL is. */
  exchange->origin
      = uri != NULL ? wn_redirect_resolve (uri, request->url) : NULL;
  if (exchange->origin == NULL)
    g_task_return_error (task,
                         wn_download_error_new (WN_DOWNLOAD_ERROR_REDIRECTED));
  else
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

WnTlsDoubt *
wn_exchange_dup_doubt (GAsyncResult *result)
{
  const Exchange *exchange = g_task_get_task_data (G_TASK (result));

  return exchange->doubt != NULL ? wn_tls_doubt_copy (exchange->doubt) : NULL;
}
