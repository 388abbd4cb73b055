/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One WnConnection for each attempt: it has a stream dialled (net/dial), takes
 * the upgrade's bytes back and forth (net/upgrade) and then feeds libsoup's
 * WebSocket through a meter. When it ends, by whichever side, it is detached
 * from its transport first, so that what is still under way has no door to
 * come in by.
 */

#include "net/websocket/websocket.h"

#include <libsoup/soup.h>
#include <string.h>

#include "net/websocket/dial.h"
#include "net/websocket/metered-stream.h"
#include "net/websocket/upgrade.h"

#define READ_BYTES 4096
#define TURN_BYTES (256 * 1024)
/* So many bytes are a few messages, or a hundred thousand empty ones. */
#define TURN_US (4 * G_TIME_SPAN_MILLISECOND)
/* Frame headers and control frames that may come along with a message */
#define SLACK_BYTES (1024 * 1024)
/* RFC 6455 §5.2 */
#define PING_OPCODE 0x9
/* Registered after RFC 6455; libsoup 3.2 takes them for a protocol error. */
#define FIRST_LATE_CLOSE_CODE 1012
#define LAST_LATE_CLOSE_CODE 1014

#define WN_TYPE_CONNECTION (wn_connection_get_type ())
G_DECLARE_FINAL_TYPE (WnConnection, wn_connection, WN, CONNECTION, GObject)

struct _WnWebsocket
{
  GObject parent_instance;

  GProxyResolver *proxy_resolver; /* (owned) (nullable) */
  WnTlsTrust *trust;              /* (owned) (nullable) */
  WnTlsDoubt *doubt;              /* (owned) (nullable): of the last attempt */
  WnConnection *connection;       /* (owned) (nullable) */
};

struct _WnConnection
{
  GObject parent_instance;

  WnWebsocket *owner; /* (unowned) (nullable): NULL once nothing may be heard
                         any more, and before the owner goes */
  const WnTransportListener *listener; /* (unowned): static */
  gpointer user_data;                  /* (unowned): lives as the port says */

  GUri *uri;                     /* (owned): where to */
  GCancellable *cancellable;     /* (owned) */
  GSocketConnection *socket;     /* (owned) (nullable): once it is connected */
  WnUpgrade *upgrade;            /* (owned) */
  WnMeteredStream *meter;        /* (owned) (nullable): once it is open */
  SoupWebsocketConnection *soup; /* (owned) (nullable): once it is open */
  gboolean is_paused;
  gboolean is_over; /* it has ended, but perhaps the owner is yet to be told */
  WnLoss *loss;     /* (owned) (nullable): what to tell the owner */
};

static void wn_websocket_iface_init (WnTransportInterface *iface);

G_DEFINE_FINAL_TYPE (WnConnection, wn_connection, G_TYPE_OBJECT)
G_DEFINE_FINAL_TYPE_WITH_CODE (WnWebsocket,
                               wn_websocket,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WN_TYPE_TRANSPORT,
                                                      wn_websocket_iface_init))

/* --- The end of a connection --- */

/* A close frame is put behind what libsoup has written, without waiting. */
static void
write_close_frame (WnConnection *self)
{
  guint8 frame[6] = { 0x88, 0x80 };
  guint32 mask = g_random_int ();
  GOutputStream *output
      = g_io_stream_get_output_stream (G_IO_STREAM (self->socket));

  memcpy (frame + 2, &mask, sizeof mask);
  g_pollable_output_stream_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (output),
                                              frame,
                                              sizeof frame,
                                              NULL,
                                              NULL);
}

/* The network is let go of at once. */
static void
disconnect (WnConnection *self)
{
  g_cancellable_cancel (self->cancellable);
  if (self->meter != NULL)
    wn_metered_stream_stop (self->meter);
  if (self->soup != NULL)
    g_signal_handlers_disconnect_by_data (self->soup, self);
  if (self->socket != NULL)
    g_socket_close (g_socket_connection_get_socket (self->socket), NULL);
}

static void
report_loss (WnConnection *self)
{
  const WnLoss *loss = self->loss;

  g_clear_object (&self->owner->connection);
  self->owner = NULL;
  g_debug ("connection lost: reason %d, status %u, close code %u",
           (int) loss->reason,
           loss->http_status,
           loss->close_code);
  self->listener->lost (loss, self->user_data);
}

static gboolean
on_idle_ended (gpointer user_data)
{
  WnConnection *self = user_data;

  if (self->owner != NULL)
    report_loss (self);
  return G_SOURCE_REMOVE;
}

/* libsoup may be in the middle of a call of its own, and holds no reference to
 * itself there. So the connection, which holds it, lives until the main loop
 * comes round, and only then is the owner told.
 */
static void
end (WnConnection *self)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  self->is_over = TRUE;
  disconnect (self);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source,
                         on_idle_ended,
                         g_object_ref (self),
                         g_object_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
}

static void
lose (WnConnection *self, const WnLoss *loss)
{
  if (self->is_over)
    return;
  self->loss = wn_loss_copy (loss);
  end (self);
}

static void
lose_for (WnConnection *self, WnLossReason reason)
{
  lose (self, &(WnLoss){ .reason = reason });
}

static void
lose_with_error (WnConnection *self, WnLossReason reason, const GError *error)
{
  lose (self, &(WnLoss){ .reason = reason, .detail = error->message });
}

/* What went wrong */

/* Once it was connected, an error is a connection that broke, but for a
 * network that has gone. */
static WnLossReason
reason_of_broken (const GError *error)
{
  if (error->domain == G_TLS_ERROR && error->code != G_TLS_ERROR_EOF)
    return WN_LOSS_TLS;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE))
    return WN_LOSS_UNREACHABLE;
  return WN_LOSS_BROKEN;
}

static WnLossReason
reason_of_websocket_error (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE)
      || g_error_matches (error,
                          SOUP_WEBSOCKET_ERROR,
                          SOUP_WEBSOCKET_CLOSE_TOO_BIG))
    return WN_LOSS_TOO_BIG;
  if (error->domain == SOUP_WEBSOCKET_ERROR)
    return WN_LOSS_PROTOCOL;
  return reason_of_broken (error);
}

/* The open connection */

static void
on_meter_heard (gpointer user_data)
{
  WnConnection *self = user_data;

  if (self->listener->alive != NULL)
    self->listener->alive (self->user_data);
}

static void
on_soup_message (SoupWebsocketConnection *soup,
                 int type,
                 GBytes *message,
                 gpointer user_data)
{
  WnConnection *self = user_data;
  gsize length;
  const char *text = g_bytes_get_data (message, &length);

  wn_metered_stream_end_message (self->meter);
  if (length > WN_WEBSOCKET_MAX_MESSAGE_BYTES)
    lose_for (self, WN_LOSS_TOO_BIG);
  else if (type == SOUP_WEBSOCKET_DATA_TEXT)
    self->listener->text (text ? text : "", length, self->user_data);
}

static void
lose_to_close_frame (WnConnection *self, guint code)
{
  write_close_frame (self);
  lose (self,
        &(WnLoss){
            .reason = WN_LOSS_CLOSED,
            .close_code = code == SOUP_WEBSOCKET_CLOSE_NO_STATUS ? 0 : code,
        });
}

static void
on_soup_error (SoupWebsocketConnection *soup, GError *error, gpointer user_data)
{
  WnConnection *self = user_data;
  guint code = soup_websocket_connection_get_close_code (soup);

  if (code >= FIRST_LATE_CLOSE_CODE && code <= LAST_LATE_CLOSE_CODE)
    lose_to_close_frame (self, code);
  else
    lose_with_error (self, reason_of_websocket_error (error), error);
}

static void
on_soup_closing (SoupWebsocketConnection *soup, gpointer user_data)
{
  WnConnection *self = user_data;

  lose_to_close_frame (self, soup_websocket_connection_get_close_code (soup));
}

static void
on_soup_closed (SoupWebsocketConnection *soup, gpointer user_data)
{
  WnConnection *self = user_data;

  lose_for (self, WN_LOSS_BROKEN);
}

/* What it was given reaches the listener up to here and no further. */
static void
limit_messages (SoupWebsocketConnection *soup)
{
  static const char *total = "max-total-message-size";

  soup_websocket_connection_set_max_incoming_payload_size (
      soup,
      WN_WEBSOCKET_MAX_MESSAGE_BYTES);
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (soup), total))
    g_object_set (soup, total, (guint64) WN_WEBSOCKET_MAX_MESSAGE_BYTES, NULL);
}

static void
become_open (WnConnection *self)
{
  GIOStream *socket = G_IO_STREAM (self->socket);
  GOutputStream *output = g_io_stream_get_output_stream (socket);
  const WnMeteredStreamLimits limits = {
    .turn_bytes = TURN_BYTES,
    .message_bytes = WN_WEBSOCKET_MAX_MESSAGE_BYTES + SLACK_BYTES,
    .turn_us = TURN_US,
    .output = G_POLLABLE_OUTPUT_STREAM (output),
  };
  g_autoptr (GBytes) first = wn_upgrade_steal_rest (self->upgrade);
  g_autoptr (GIOStream) stream = NULL;

  self->meter = wn_metered_stream_new (g_io_stream_get_input_stream (socket),
                                       first,
                                       &limits);
  wn_metered_stream_set_listener (self->meter, on_meter_heard, self);
  wn_metered_stream_set_paused (self->meter, self->is_paused);
  stream = g_simple_io_stream_new (G_INPUT_STREAM (self->meter), output);
  self->soup = soup_websocket_connection_new (stream,
                                              self->uri,
                                              SOUP_WEBSOCKET_CONNECTION_CLIENT,
                                              NULL,
                                              NULL,
                                              NULL);
  limit_messages (self->soup);
  g_signal_connect (self->soup, "message", G_CALLBACK (on_soup_message), self);
  g_signal_connect (self->soup, "error", G_CALLBACK (on_soup_error), self);
  g_signal_connect (self->soup, "closing", G_CALLBACK (on_soup_closing), self);
  g_signal_connect (self->soup, "closed", G_CALLBACK (on_soup_closed), self);
  self->listener->opened (self->user_data);
}

/* The upgrade */

static void read_answer (WnConnection *self);

static void
take_answer (WnConnection *self, GBytes *bytes)
{
  gsize n_bytes;
  const char *data = g_bytes_get_data (bytes, &n_bytes);

  switch (wn_upgrade_take_bytes (self->upgrade, data, n_bytes))
    {
    case WN_UPGRADE_UNDECIDED:
      read_answer (self);
      break;
    case WN_UPGRADE_ACCEPTED:
      become_open (self);
      break;
    case WN_UPGRADE_REFUSED:
      lose (self, wn_upgrade_get_loss (self->upgrade));
      break;
    }
}

static void
on_input_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WnConnection) self = WN_CONNECTION (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes
      = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source),
                                          result,
                                          &error);

  if (self->is_over)
    return;
  if (!bytes)
    lose_with_error (self, reason_of_broken (error), error);
  else if (g_bytes_get_size (bytes) == 0)
    lose_for (self, WN_LOSS_BROKEN);
  else
    take_answer (self, bytes);
}

static void
read_answer (WnConnection *self)
{
  GInputStream *input
      = g_io_stream_get_input_stream (G_IO_STREAM (self->socket));

  g_input_stream_read_bytes_async (input,
                                   READ_BYTES,
                                   G_PRIORITY_DEFAULT,
                                   self->cancellable,
                                   on_input_read,
                                   g_object_ref (self));
}

static void
on_output_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WnConnection) self = WN_CONNECTION (user_data);
  g_autoptr (GError) error = NULL;
  gboolean written = g_output_stream_write_all_finish (G_OUTPUT_STREAM (source),
                                                       result,
                                                       NULL,
                                                       &error);

  if (self->is_over)
    return;
  if (written)
    read_answer (self);
  else
    lose_with_error (self, reason_of_broken (error), error);
}

static void
write_upgrade (WnConnection *self)
{
  GOutputStream *output
      = g_io_stream_get_output_stream (G_IO_STREAM (self->socket));
  const char *request = wn_upgrade_get_request (self->upgrade);

  g_output_stream_write_all_async (output,
                                   request,
                                   strlen (request),
                                   G_PRIORITY_DEFAULT,
                                   self->cancellable,
                                   on_output_written,
                                   g_object_ref (self));
}

/* Dialling */

static void
on_dialled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WnConnection) self = WN_CONNECTION (user_data);
  g_autoptr (WnLoss) loss = NULL;
  g_autoptr (WnTlsDoubt) doubt = NULL;
  g_autoptr (GSocketConnection) socket = wn_dial_finish (result, &loss, &doubt);

  if (self->is_over)
    return;
  if (socket)
    {
      self->socket = g_steal_pointer (&socket);
      write_upgrade (self);
      return;
    }
  self->owner->doubt = g_steal_pointer (&doubt);
  lose (self, loss);
}

static void
dial (WnConnection *self)
{
  const WnDialConfig config = {
    .uri = self->uri,
    .proxy_resolver = self->owner->proxy_resolver,
    .trust = self->owner->trust,
  };

  wn_dial_async (&config, self->cancellable, on_dialled, g_object_ref (self));
}

/* Plumbing of the connection */

static void
wn_connection_finalize (GObject *object)
{
  WnConnection *self = WN_CONNECTION (object);

  g_clear_pointer (&self->uri, g_uri_unref);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->socket);
  g_clear_pointer (&self->upgrade, wn_upgrade_free);
  g_clear_object (&self->meter);
  g_clear_object (&self->soup);
  g_clear_pointer (&self->loss, wn_loss_free);
  G_OBJECT_CLASS (wn_connection_parent_class)->finalize (object);
}

static void
wn_connection_class_init (WnConnectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wn_connection_finalize;
}

static void
wn_connection_init (WnConnection *self)
{
  self->cancellable = g_cancellable_new ();
}

/* The transport */

static GUri *
parse_url (const char *url)
{
  for (const char *p = url; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      return NULL;
  return g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
}

static void
wn_websocket_close (WnTransport *transport)
{
  WnWebsocket *self = WN_WEBSOCKET (transport);
  g_autoptr (WnConnection) connection = g_steal_pointer (&self->connection);

  if (connection == NULL)
    return;
  connection->owner = NULL;
  if (connection->is_over)
    return;
  if (connection->soup != NULL)
    write_close_frame (connection);
  end (connection);
}

static void
wn_websocket_open (WnTransport *transport,
                   const WnRoute *route,
                   const WnTransportListener *listener,
                   gpointer user_data)
{
  WnWebsocket *self = WN_WEBSOCKET (transport);
  g_autoptr (GUri) uri = parse_url (route->url);

  g_return_if_fail (listener != NULL);
  g_return_if_fail (uri != NULL && g_uri_get_host (uri) != NULL);

  wn_websocket_close (transport);
  g_clear_pointer (&self->doubt, wn_tls_doubt_free);
  self->connection = g_object_new (WN_TYPE_CONNECTION, NULL);
  self->connection->owner = self;
  self->connection->listener = listener;
  self->connection->user_data = user_data;
  self->connection->uri = g_steal_pointer (&uri);
  self->connection->upgrade = wn_upgrade_new (route);
  dial (self->connection);
}

/* Returns: (nullable): the connection, where it is up. */
static WnConnection *
get_open (WnWebsocket *self)
{
  WnConnection *connection = self->connection;

  if (connection == NULL || connection->soup == NULL || connection->is_over)
    return NULL;
  return connection;
}

static void
send_message (WnWebsocket *self, int opcode, GBytes *payload)
{
  WnConnection *connection = get_open (self);

  /* libsoup may know of an end that it tells of later, out of a thread. */
  if (connection != NULL
      && soup_websocket_connection_get_state (connection->soup)
             == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_message (connection->soup,
                                            (SoupWebsocketDataType) opcode,
                                            payload);
}

static void
wn_websocket_send_text (WnTransport *transport, const char *text)
{
  g_autoptr (GBytes) payload = g_bytes_new (text, strlen (text));

  send_message (WN_WEBSOCKET (transport), SOUP_WEBSOCKET_DATA_TEXT, payload);
}

/* libsoup 3 has no call for a ping, only one every so many seconds. It sends
 * that one as it sends a message, and takes a message's type for its opcode.
 */
static void
wn_websocket_ping (WnTransport *transport)
{
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);

  send_message (WN_WEBSOCKET (transport), PING_OPCODE, nothing);
}

static void
wn_websocket_set_reading (WnTransport *transport, gboolean reading)
{
  WnWebsocket *self = WN_WEBSOCKET (transport);

  if (!self->connection)
    return;
  self->connection->is_paused = !reading;
  if (self->connection->meter)
    wn_metered_stream_set_paused (self->connection->meter, !reading);
}

static void
wn_websocket_get_answer (WnTransport *transport, WnTransportAnswer *answer)
{
  WnConnection *connection = get_open (WN_WEBSOCKET (transport));

  *answer = (WnTransportAnswer){ 0 };
  if (connection != NULL)
    *answer = *wn_upgrade_get_answer (connection->upgrade);
}

static void
wn_websocket_iface_init (WnTransportInterface *iface)
{
  iface->get_answer = wn_websocket_get_answer;
  iface->open = wn_websocket_open;
  iface->send_text = wn_websocket_send_text;
  iface->ping = wn_websocket_ping;
  iface->set_reading = wn_websocket_set_reading;
  iface->close = wn_websocket_close;
}

static void
wn_websocket_dispose (GObject *object)
{
  wn_websocket_close (WN_TRANSPORT (object));
  G_OBJECT_CLASS (wn_websocket_parent_class)->dispose (object);
}

static void
wn_websocket_finalize (GObject *object)
{
  WnWebsocket *self = WN_WEBSOCKET (object);

  g_clear_object (&self->proxy_resolver);
  g_clear_object (&self->trust);
  g_clear_pointer (&self->doubt, wn_tls_doubt_free);
  G_OBJECT_CLASS (wn_websocket_parent_class)->finalize (object);
}

static void
wn_websocket_class_init (WnWebsocketClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wn_websocket_dispose;
  G_OBJECT_CLASS (klass)->finalize = wn_websocket_finalize;
}

static void
wn_websocket_init (WnWebsocket *self)
{
}

WnTransport *
wn_websocket_new (const WnWebsocketConfig *config)
{
  WnWebsocket *self = g_object_new (WN_TYPE_WEBSOCKET, NULL);

  g_set_object (&self->proxy_resolver, config->proxy_resolver);
  g_set_object (&self->trust, config->trust);
  return WN_TRANSPORT (self);
}

const WnTlsDoubt *
wn_websocket_get_doubt (WnWebsocket *self)
{
  return self->doubt;
}
