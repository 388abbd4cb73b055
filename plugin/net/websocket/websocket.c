/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One Connection for each attempt: an opening (net/websocket/opening.h) brings
 * it a stream on which the server has agreed, and it feeds what comes on that
 * stream to libsoup's WebSocket through a meter. When it ends, by whichever
 * side, everything that could call it is taken apart first, so that what is
 * still under way is not heard.
 */

#include "net/websocket/websocket.h"

#include <libsoup/soup.h>
#include <string.h>

#include "core/dialect/url.h"
#include "net/websocket/dial.h"
#include "net/websocket/metered-stream.h"
#include "net/websocket/opening.h"

#define TURN_BYTES (256 * 1024)
#define TURN_MESSAGES 256
/* So many bytes may also be a hundred thousand pings. */
#define TURN_US (4 * G_TIME_SPAN_MILLISECOND)
/* Frame headers and control frames that may come along with a message */
#define SLACK_BYTES (1024 * 1024)
/* RFC 6455 §5.2 */
#define PING_OPCODE 0x9
/* Registered after RFC 6455; libsoup 3.2 takes them for a protocol error. */
#define FIRST_LATE_CLOSE_CODE 1012
#define LAST_LATE_CLOSE_CODE 1014

typedef struct
{
  WnWebsocket *owner; /* (unowned) (nullable): NULL once nothing may be heard
                         any more, and before the owner goes */
  const WnTransportListener *listener; /* (unowned): static */
  gpointer user_data;                  /* (unowned): lives as the port says */

  GUri *uri;                     /* (owned): where to */
  WnRoute route;                 /* (owned): the same, until it is open */
  WnOpening *opening;            /* (owned) (nullable): until it is open */
  GCancellable *cancellable;     /* (owned) (nullable): of the open stream */
  GSocketConnection *socket;     /* (owned) (nullable): once it is open */
  WnMeteredStream *meter;        /* (owned) (nullable): once it is open */
  SoupWebsocketConnection *soup; /* (owned) (nullable): once it is open */
  GQueue texts;                  /* (owned) (element-type GBytes): read, and
                                    not told yet */
  gboolean is_paused;
  gboolean is_over; /* it has ended, though the owner may not know it yet */
  WnLoss *loss;     /* (owned) (nullable): what to tell the owner */
} Connection;

struct _WnWebsocket
{
  GObject parent_instance;

  GProxyResolver *proxy_resolver; /* (owned) (nullable) */
  WnTlsTrust *trust;              /* (owned) (nullable) */
  WnTlsDoubt *doubt;              /* (owned) (nullable): of the last attempt */
  Connection *connection;         /* (owned) (nullable) */
};

static void wn_websocket_iface_init (WnTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WnWebsocket,
                               wn_websocket,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WN_TYPE_TRANSPORT,
                                                      wn_websocket_iface_init))

static void
connection_clear (gpointer data)
{
  Connection *self = data;

  g_clear_pointer (&self->uri, g_uri_unref);
  wn_route_clear (&self->route);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->socket);
  g_clear_object (&self->meter);
  g_clear_object (&self->soup);
  g_queue_clear_full (&self->texts, (GDestroyNotify) g_bytes_unref);
  g_clear_pointer (&self->loss, wn_loss_free);
}

static void
connection_unref (gpointer self)
{
  g_rc_box_release_full (self, connection_clear);
}

/* libsoup only fills the queue: nobody else is called from within libsoup. */
static void
tell_texts (Connection *self)
{
  while (self->owner != NULL && !g_queue_is_empty (&self->texts))
    {
      g_autoptr (GBytes) message = g_queue_pop_head (&self->texts);
      gsize length;
      const char *text = g_bytes_get_data (message, &length);

      self->listener->text (text != NULL ? text : "", length, self->user_data);
    }
}

/* --- The end of a connection --- */

/* The close frame goes out behind what libsoup has written, if it can at once.
 */
static void
write_close_frame (Connection *self)
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

/* Lets go of the network at once, and of whatever could call. */
static void
disconnect (Connection *self)
{
  g_clear_pointer (&self->opening, wn_opening_free);
  if (self->soup == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  wn_metered_stream_stop (self->meter);
  g_signal_handlers_disconnect_by_data (self->soup, self);
  g_socket_close (g_socket_connection_get_socket (self->socket), NULL);
}

static void
report_loss (Connection *self)
{
  g_clear_pointer (&self->owner->connection, connection_unref);
  self->owner = NULL;
  g_debug ("connection lost: reason %d, status %u, close code %u",
           (int) self->loss->reason,
           self->loss->http_status,
           self->loss->close_code);
  self->listener->lost (self->loss, self->user_data);
}

static gboolean
on_idle_ended (gpointer user_data)
{
  Connection *self = user_data;

  tell_texts (self);
  if (self->owner != NULL)
    report_loss (self);
  return G_SOURCE_REMOVE;
}

/* libsoup may be in the middle of a call of its own, and holds no reference to
 * itself there. So the connection, which holds libsoup's object, lives until
 * the main loop comes round, and only then is the owner told.
 */
static void
end (Connection *self)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  self->is_over = TRUE;
  disconnect (self);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source,
                         on_idle_ended,
                         g_rc_box_acquire (self),
                         connection_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
}

static void
lose (Connection *self, const WnLoss *loss)
{
  self->loss = wn_loss_copy (loss);
  end (self);
}

/* --- The open connection --- */

static void
on_meter_heard (gpointer user_data)
{
  Connection *self = g_rc_box_acquire (user_data);

  tell_texts (self);
  if (!self->is_over && self->listener->alive != NULL)
    self->listener->alive (self->user_data);
  connection_unref (self);
}

static void
on_soup_message (SoupWebsocketConnection *soup,
                 int type,
                 GBytes *message,
                 gpointer user_data)
{
  Connection *self = user_data;

  wn_metered_stream_end_message (self->meter);
  if (g_bytes_get_size (message) > WN_WEBSOCKET_MAX_MESSAGE_BYTES)
    lose (self, &(WnLoss){ .reason = WN_LOSS_TOO_BIG });
  else if (type == SOUP_WEBSOCKET_DATA_TEXT)
    g_queue_push_tail (&self->texts, g_bytes_ref (message));
}

static void
lose_to_close_frame (Connection *self, guint code)
{
  write_close_frame (self);
  lose (self,
        &(WnLoss){
            .reason = WN_LOSS_CLOSED,
            .close_code = code == SOUP_WEBSOCKET_CLOSE_NO_STATUS ? 0 : code,
        });
}

static WnLossReason
reason_of_error (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE)
      || g_error_matches (error,
                          SOUP_WEBSOCKET_ERROR,
                          SOUP_WEBSOCKET_CLOSE_TOO_BIG))
    return WN_LOSS_TOO_BIG;
  if (error->domain == SOUP_WEBSOCKET_ERROR)
    return WN_LOSS_PROTOCOL;
  return wn_dial_get_break_reason (error);
}

static void
on_soup_error (SoupWebsocketConnection *soup, GError *error, gpointer user_data)
{
  Connection *self = user_data;
  guint code = soup_websocket_connection_get_close_code (soup);

  if (code >= FIRST_LATE_CLOSE_CODE && code <= LAST_LATE_CLOSE_CODE)
    lose_to_close_frame (self, code);
  else
    lose (self,
          &(WnLoss){
              .reason = reason_of_error (error),
              .detail = error->message,
          });
}

static void
on_soup_closing (SoupWebsocketConnection *soup, gpointer user_data)
{
  lose_to_close_frame (user_data,
                       soup_websocket_connection_get_close_code (soup));
}

/* The stream has ended without a close frame. The signal "closed" comes only
 * when a thread of GIO's has closed the stream, of which a process that was
 * forked learns at its next event. */
static void
on_soup_state_changed (SoupWebsocketConnection *soup,
                       GParamSpec *spec,
                       gpointer user_data)
{
  if (soup_websocket_connection_get_state (soup) != SOUP_WEBSOCKET_STATE_OPEN
      && soup_websocket_connection_get_close_code (soup) == 0)
    lose (user_data, &(WnLoss){ .reason = WN_LOSS_BROKEN });
}

/* libsoup passes no longer message on. */
static void
limit_messages (SoupWebsocketConnection *soup)
{
  static const char *total = "max-total-message-size";

  soup_websocket_connection_set_max_incoming_payload_size (
      soup,
      WN_WEBSOCKET_MAX_MESSAGE_BYTES);
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (soup), total) != NULL)
    g_object_set (soup, total, (guint64) WN_WEBSOCKET_MAX_MESSAGE_BYTES, NULL);
}

static GIOStream *
meter_stream (Connection *self, GBytes *first)
{
  GIOStream *socket = G_IO_STREAM (self->socket);
  GOutputStream *output = g_io_stream_get_output_stream (socket);
  const WnMeteredStreamLimits limits = {
    .turn_bytes = TURN_BYTES,
    .turn_messages = TURN_MESSAGES,
    .message_bytes = WN_WEBSOCKET_MAX_MESSAGE_BYTES + SLACK_BYTES,
    .turn_us = TURN_US,
    .output = G_POLLABLE_OUTPUT_STREAM (output),
  };

  self->meter = wn_metered_stream_new (g_io_stream_get_input_stream (socket),
                                       first,
                                       &limits);
  wn_metered_stream_set_listener (self->meter, on_meter_heard, self);
  wn_metered_stream_set_paused (self->meter, self->is_paused);
  return g_simple_io_stream_new (G_INPUT_STREAM (self->meter), output);
}

/* @first: (nullable): what has come of it already */
static void
start_soup (Connection *self, GBytes *first)
{
  g_autoptr (GIOStream) stream = meter_stream (self, first);

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
  g_signal_connect (self->soup,
                    "notify::state",
                    G_CALLBACK (on_soup_state_changed),
                    self);
}

static void
on_opening_opened (GSocketConnection *socket,
                   WnUpgrade *upgrade_in,
                   GCancellable *cancellable,
                   gpointer user_data)
{
  Connection *self = user_data;
  g_autoptr (WnUpgrade) upgrade = upgrade_in;
  g_autoptr (GBytes) first = wn_upgrade_steal_rest (upgrade);

  self->socket = socket;
  self->cancellable = cancellable;
  g_clear_pointer (&self->opening, wn_opening_free);
  wn_route_clear (&self->route);
  start_soup (self, first);
  self->listener->opened (wn_upgrade_get_answer (upgrade), self->user_data);
}

static void
on_opening_failed (const WnLoss *loss, WnTlsDoubt *doubt, gpointer user_data)
{
  Connection *self = user_data;

  self->owner->doubt = doubt;
  lose (self, loss);
}

/* --- The transport --- */

static void
wn_websocket_close (WnTransport *transport)
{
  WnWebsocket *self = WN_WEBSOCKET (transport);
  Connection *connection = g_steal_pointer (&self->connection);

  if (connection == NULL)
    return;
  connection->owner = NULL;
  if (!connection->is_over)
    {
      if (connection->soup != NULL)
        write_close_frame (connection);
      end (connection);
    }
  connection_unref (connection);
}

static void
wn_websocket_open (WnTransport *transport,
                   const WnRoute *route,
                   const WnTransportListener *listener,
                   gpointer user_data)
{
  static const WnOpeningListener opening_listener = {
    .opened = on_opening_opened,
    .failed = on_opening_failed,
  };
  WnWebsocket *self = WN_WEBSOCKET (transport);
  Connection *connection;
  g_autoptr (GUri) uri = wn_url_parse (route->url);

  g_return_if_fail (listener != NULL);
  g_return_if_fail (uri != NULL);

  wn_websocket_close (transport);
  g_clear_pointer (&self->doubt, wn_tls_doubt_free);
  self->connection = connection = g_rc_box_new0 (Connection);
  connection->owner = self;
  connection->listener = listener;
  connection->user_data = user_data;
  connection->uri = g_steal_pointer (&uri);
  wn_route_copy (route, &connection->route);
  connection->opening = wn_opening_new (
      &(WnOpeningConfig){
          .uri = connection->uri,
          .route = &connection->route,
          .proxy_resolver = self->proxy_resolver,
          .trust = self->trust,
      },
      &opening_listener,
      connection);
}

/* Returns: (nullable): the connection, where it is up. */
static Connection *
get_open (WnTransport *transport)
{
  Connection *connection = WN_WEBSOCKET (transport)->connection;

  if (connection == NULL || connection->soup == NULL || connection->is_over)
    return NULL;
  return connection;
}

static void
send_message (WnTransport *transport, int opcode, GBytes *payload)
{
  Connection *connection = get_open (transport);

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

  send_message (transport, SOUP_WEBSOCKET_DATA_TEXT, payload);
}

/* libsoup 3 has no call for a single ping, only one ping every so many seconds.
 * It sends those just as it sends a message, whose type is the opcode.
 */
static void
wn_websocket_ping (WnTransport *transport)
{
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);

  send_message (transport, PING_OPCODE, nothing);
}

static void
wn_websocket_set_reading (WnTransport *transport, gboolean reading)
{
  Connection *connection = WN_WEBSOCKET (transport)->connection;

  if (connection == NULL)
    return;
  connection->is_paused = !reading;
  if (connection->meter != NULL)
    wn_metered_stream_set_paused (connection->meter, !reading);
}

/* --- Plumbing --- */

static void
wn_websocket_iface_init (WnTransportInterface *iface)
{
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
