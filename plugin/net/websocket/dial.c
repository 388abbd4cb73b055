/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * GSocketClient does the work. A Dial keeps what its errors don't say: how far
 * it had come with a proxy, and which certificate was not trusted.
 */

#include "net/websocket/dial.h"

#include "core/dialect/url.h"
#include "net/websocket/proxy-watch.h"

/* How far the attempt has come with a proxy. */
typedef enum
{
  PROXY_NONE,    /* the host itself is connected to */
  PROXY_DIALLED, /* the proxy is being connected to */
  PROXY_ASKED,   /* the proxy has been asked to let us through */
  PROXY_PASSED,
} ProxyStage;

typedef struct
{
  GUri *uri;                      /* (owned) */
  GProxyResolver *proxy_resolver; /* (owned) (nullable) */
  WnTlsTrust *trust;              /* (owned) (nullable) */
  GCancellable *cancellable;      /* (owned) */
  void (*connected) (GSocketAddress *address, gpointer user_data);
  void (*done) (GSocketConnection *socket,
                const WnLoss *loss,
                WnTlsDoubt *doubt,
                gpointer user_data);
  gpointer user_data; /* (unowned): lives until @done */
  ProxyStage proxy_stage;
  WnTlsDoubt *doubt; /* (owned) (nullable): of the last certificate */
} Dial;

static void
dial_clear (gpointer data)
{
  Dial *self = data;

  g_uri_unref (self->uri);
  g_clear_object (&self->proxy_resolver);
  g_clear_object (&self->trust);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->doubt, wn_tls_doubt_free);
}

static void
dial_unref (gpointer self)
{
  g_atomic_rc_box_release_full (self, dial_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Dial, dial_unref)

static void
on_closure_gone (gpointer user_data, GClosure *closure)
{
  dial_unref (user_data);
}

/* Both the client and a TLS stream may emit signals for as long as they are
 * there, so that the handler holds a reference. */
static void
connect_signal (Dial *self,
                gpointer instance,
                const char *signal,
                GCallback callback)
{
  g_signal_connect_data (instance,
                         signal,
                         callback,
                         g_atomic_rc_box_acquire (self),
                         on_closure_gone,
                         0);
}

/* The address has no scheme, so that an HTTP proxy is asked to CONNECT. */
static GSocketConnectable *
make_address (GUri *uri)
{
  return g_network_address_new (g_uri_get_host (uri), wn_url_get_port (uri));
}

/* --- What went wrong --- */

static WnLossReason
reason_of_io_error (int code)
{
  static const struct
  {
    int code;
    WnLossReason reason;
  } reasons[] = {
    { G_IO_ERROR_CONNECTION_REFUSED, WN_LOSS_REFUSED },
    { G_IO_ERROR_HOST_UNREACHABLE, WN_LOSS_UNREACHABLE },
    { G_IO_ERROR_NETWORK_UNREACHABLE, WN_LOSS_UNREACHABLE },
    { G_IO_ERROR_TIMED_OUT, WN_LOSS_TIMED_OUT },
    { G_IO_ERROR_PROXY_FAILED, WN_LOSS_PROXY_SETTINGS },
    { G_IO_ERROR_CONNECTION_CLOSED, WN_LOSS_BROKEN },
    { G_IO_ERROR_BROKEN_PIPE, WN_LOSS_BROKEN },
    { G_IO_ERROR_PARTIAL_INPUT, WN_LOSS_BROKEN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (code == reasons[i].code)
      return reasons[i].reason;
  return WN_LOSS_OTHER;
}

/* tinyproxy answers a wrong password with 401, not 407. GIO tells of the code
 * nowhere but in its message, which is translated; but whatever the language,
 * the code is the only number in it.
 */
static gboolean
is_proxy_unauthorized (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH)
         || (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED)
             && strstr (error->message, "401") != NULL);
}

/* GIO has codes for what a proxy refuses by itself. Any other error while the
 * proxy is asked says what became of the proxy's own attempt to connect.
 */
static WnLossReason
reason_of_proxy_error (Dial *self, const GError *error)
{
  if (self->proxy_stage == PROXY_DIALLED)
    return WN_LOSS_PROXY_UNREACHABLE;
  if (is_proxy_unauthorized (error))
    return WN_LOSS_PROXY_AUTH;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_NOT_ALLOWED))
    return WN_LOSS_PROXY;
  return WN_LOSS_PROXY_TARGET;
}

/* Whether a name that was not found is the proxy's. With SOCKS 4, whose proxies
 * are given addresses, it may also be the server's. */
static gboolean
is_name_of_proxy (Dial *self)
{
  GProxyResolver *resolver = self->proxy_resolver;
  g_autofree char *uri = g_uri_join (G_URI_FLAGS_NONE,
                                     "none",
                                     NULL,
                                     g_uri_get_host (self->uri),
                                     wn_url_get_port (self->uri),
                                     "",
                                     NULL,
                                     NULL);
  g_auto (GStrv) proxies = NULL;

  if (resolver != NULL)
    proxies = g_proxy_resolver_lookup (resolver, uri, NULL, NULL);
  return proxies != NULL && proxies[0] != NULL
         && !g_str_has_prefix (proxies[0], "direct:")
         && !g_str_has_prefix (proxies[0], "socks4:");
}

static WnLossReason
reason_of_dial_error (Dial *self, const GError *error)
{
  if (error->domain == G_RESOLVER_ERROR)
    return is_name_of_proxy (self) ? WN_LOSS_PROXY_UNREACHABLE
                                   : WN_LOSS_NAME_NOT_FOUND;
  if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_UNAVAILABLE))
    return WN_LOSS_TLS_UNAVAILABLE;
  if (error->domain == G_TLS_ERROR)
    return self->doubt != NULL ? WN_LOSS_CERTIFICATE_REFUSED : WN_LOSS_TLS;
  if (self->proxy_stage == PROXY_DIALLED || self->proxy_stage == PROXY_ASKED)
    return reason_of_proxy_error (self, error);
  if (error->domain == G_IO_ERROR)
    return reason_of_io_error (error->code);
  return WN_LOSS_OTHER;
}

/* What is wrong with a certificate says more than the system's words. */
static WnLoss *
make_loss (Dial *self, WnLossReason reason, const GError *error)
{
  WnLoss loss = { .reason = reason };

  if (reason == WN_LOSS_CERTIFICATE_REFUSED)
    loss.tls_errors = self->doubt->errors;
  else if (error != NULL)
    loss.detail = error->message;
  return wn_loss_copy (&loss);
}

/* --- Certificates --- */

static gboolean
is_trusted (Dial *self,
            GTlsCertificate *certificate,
            GTlsCertificateFlags errors)
{
  g_clear_pointer (&self->doubt, wn_tls_doubt_free);
  self->doubt = wn_tls_trust_judge (self->trust,
                                    g_uri_get_host (self->uri),
                                    wn_url_get_port (self->uri),
                                    certificate,
                                    errors);
  return self->doubt == NULL;
}

static gboolean
on_tls_accept_certificate (GTlsConnection *tls,
                           GTlsCertificate *certificate,
                           GTlsCertificateFlags errors,
                           gpointer user_data)
{
  Dial *self = user_data;

  return !g_cancellable_is_cancelled (self->cancellable)
         && is_trusted (self, certificate, errors);
}

/* GIO does not ask about the certificate of a TLS session that is resumed, and
 * any account of this process may have begun that session.
 */
static gboolean
is_still_trusted (Dial *self, GSocketConnection *socket)
{
  if (!wn_url_is_secure (self->uri))
    return TRUE;

  GIOStream *stream = G_IO_STREAM (socket);

  if (G_IS_TCP_WRAPPER_CONNECTION (stream))
    stream = g_tcp_wrapper_connection_get_base_io_stream (
        G_TCP_WRAPPER_CONNECTION (stream));
  if (!G_IS_TLS_CONNECTION (stream))
    return FALSE;

  GTlsCertificate *certificate
      = g_tls_connection_get_peer_certificate (G_TLS_CONNECTION (stream));

  return certificate != NULL
         && is_trusted (self,
                        certificate,
                        g_tls_connection_get_peer_certificate_errors (
                            G_TLS_CONNECTION (stream)));
}

/* --- The attempt --- */

static GSocketAddress *
dup_remote_address (GIOStream *stream)
{
  return g_socket_connection_get_remote_address (G_SOCKET_CONNECTION (stream),
                                                 NULL);
}

static ProxyStage
stage_at_start (GIOStream *stream)
{
  g_autoptr (GSocketAddress) address = dup_remote_address (stream);

  return address != NULL && G_IS_PROXY_ADDRESS (address) ? PROXY_DIALLED
                                                         : PROXY_NONE;
}

static void
tell_connected (Dial *self, GIOStream *stream)
{
  g_autoptr (GSocketAddress) address = dup_remote_address (stream);

  if (address != NULL && self->proxy_stage == PROXY_NONE
      && self->connected != NULL)
    self->connected (address, self->user_data);
}

/* The certificate must be the host's even where its address was given. */
static void
prepare_tls (Dial *self, GIOStream *tls)
{
  g_autoptr (GSocketConnectable) identity = make_address (self->uri);

  g_tls_client_connection_set_server_identity (G_TLS_CLIENT_CONNECTION (tls),
                                               identity);
  connect_signal (self,
                  tls,
                  "accept-certificate",
                  G_CALLBACK (on_tls_accept_certificate));
}

static void
on_client_event (GSocketClient *client,
                 GSocketClientEvent event,
                 GSocketConnectable *connectable,
                 GIOStream *stream,
                 gpointer user_data)
{
  Dial *self = user_data;

  wn_proxy_watch (event, stream);
  switch (event)
    {
    case G_SOCKET_CLIENT_CONNECTING:
      self->proxy_stage = stage_at_start (stream);
      break;
    case G_SOCKET_CLIENT_CONNECTED:
      tell_connected (self, stream);
      break;
    case G_SOCKET_CLIENT_PROXY_NEGOTIATING:
      self->proxy_stage = PROXY_ASKED;
      break;
    case G_SOCKET_CLIENT_PROXY_NEGOTIATED:
      self->proxy_stage = PROXY_PASSED;
      break;
    case G_SOCKET_CLIENT_TLS_HANDSHAKING:
      prepare_tls (self, stream);
      break;
    case G_SOCKET_CLIENT_RESOLVING:
    case G_SOCKET_CLIENT_RESOLVED:
    case G_SOCKET_CLIENT_TLS_HANDSHAKED:
    case G_SOCKET_CLIENT_COMPLETE:
      break;
    }
}

/* Returns: (transfer full) (nullable): why @socket, or %NULL and an @error, is
 * no stream to the server
 */
static WnLoss *
judge_socket (Dial *self, GSocketConnection *socket, const GError *error)
{
  if (socket == NULL)
    return make_loss (self, reason_of_dial_error (self, error), error);
  if (is_still_trusted (self, socket))
    return NULL;
  g_socket_close (g_socket_connection_get_socket (socket), NULL);
  return make_loss (self,
                    self->doubt != NULL ? WN_LOSS_CERTIFICATE_REFUSED
                                        : WN_LOSS_TLS,
                    NULL);
}

static void
on_client_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Dial) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) socket
      = g_socket_client_connect_finish (G_SOCKET_CLIENT (source),
                                        result,
                                        &error);
  g_autoptr (WnLoss) loss = judge_socket (self, socket, error);

  self->connected = NULL;
  if (loss == NULL || loss->reason != WN_LOSS_CERTIFICATE_REFUSED)
    g_clear_pointer (&self->doubt, wn_tls_doubt_free);
  self->done (loss == NULL ? g_steal_pointer (&socket) : NULL,
              loss,
              g_steal_pointer (&self->doubt),
              self->user_data);
}

static GSocketClient *
make_client (Dial *self, GProxyResolver *proxy_resolver)
{
  GSocketClient *client = g_socket_client_new ();

  g_socket_client_set_enable_proxy (client, proxy_resolver != NULL);
  g_socket_client_set_proxy_resolver (client, proxy_resolver);
  g_socket_client_set_tls (client, wn_url_is_secure (self->uri));
  connect_signal (self, client, "event", G_CALLBACK (on_client_event));
  return client;
}

static Dial *
dial_new (const WnDialConfig *config, GCancellable *cancellable)
{
  Dial *self = g_atomic_rc_box_new0 (Dial);

  self->uri = g_uri_ref (config->uri);
  g_set_object (&self->proxy_resolver, config->proxy_resolver);
  g_set_object (&self->trust, config->trust);
  self->connected = config->connected;
  self->done = config->done;
  self->cancellable = g_object_ref (cancellable);
  return self;
}

void
wn_dial (const WnDialConfig *config,
         GCancellable *cancellable,
         gpointer user_data)
{
  Dial *self = dial_new (config, cancellable);
  g_autoptr (GSocketClient) client
      = make_client (self,
                     config->address == NULL ? config->proxy_resolver : NULL);
  g_autoptr (GSocketConnectable) target
      = config->address != NULL
            ? G_SOCKET_CONNECTABLE (g_object_ref (config->address))
            : make_address (self->uri);

  self->user_data = user_data;
  g_socket_client_connect_async (client,
                                 target,
                                 cancellable,
                                 on_client_connected,
                                 self);
}

WnLossReason
wn_dial_get_break_reason (const GError *error)
{
  if (error->domain == G_TLS_ERROR && error->code != G_TLS_ERROR_EOF)
    return WN_LOSS_TLS;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE))
    return WN_LOSS_UNREACHABLE;
  return WN_LOSS_BROKEN;
}
