/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An opening makes one Try after the other. The first goes wherever the name or
 * the proxy leads to, with GSocketClient's own race between the addresses,
 * which ends when one of them takes the connection. Only where that address
 * disappoints are the name's addresses looked up again, and the others tried
 * one by one. With a proxy there is only the first Try, because the local
 * resolver must not learn the server's name then.
 */

#include "net/websocket/opening.h"

#include <string.h>

#include "net/timer.h"
#include "net/websocket/dial.h"

#define READ_BYTES 4096
/* An address may take so long while others are left. The time that the
 * lifecycle allows for connecting is four times as long. */
#define PATIENCE_S 5

typedef struct
{
  WnOpening *opening; /* (unowned) (nullable): NULL once the Try is dropped */
  GCancellable *cancellable; /* (owned) */
  GSocketAddress *address;   /* (owned) (nullable): the server's, once it has
                                taken a connection without a proxy */
  GSource *patience;         /* (owned) (nullable): with the address */
  GSocketConnection *socket; /* (owned) (nullable): once it is connected */
  WnUpgrade *upgrade;        /* (owned) */
} Try;

struct _WnOpening
{
  WnOpeningConfig config;            /* (unowned): as the header says */
  const WnOpeningListener *listener; /* (unowned): static */
  gpointer user_data;                /* (unowned): lives as the header says */

  Try *current;          /* (owned) (nullable): NULL once it has failed */
  WnLoss *loss;          /* (owned) (nullable): of the first that failed */
  GSocketAddress *first; /* (owned) (nullable): the first Try's address */
  GCancellable *lookup;  /* (owned) (nullable): of the others */
  GPtrArray *others;    /* (owned) (nullable) (element-type GSocketAddress): not
                           tried yet; NULL until they have been looked up */
  gboolean has_put_off; /* an address, to the end of @others */
};

static void opening_unref (WnOpening *self);
static void try_others (WnOpening *self);
static void read_answer (Try *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnOpening, opening_unref)

/* --- One try --- */

static void
try_clear (gpointer data)
{
  Try *self = data;

  g_clear_object (&self->cancellable);
  g_clear_object (&self->address);
  g_clear_object (&self->socket);
  g_clear_pointer (&self->upgrade, wn_upgrade_free);
}

static void
try_unref (Try *self)
{
  g_rc_box_release_full (self, try_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Try, try_unref)

/* The Try may be waiting for a callback, which then finds no opening. */
static Try *
take_try (WnOpening *self)
{
  Try *taken = g_steal_pointer (&self->current);

  taken->opening = NULL;
  wn_timer_stop (&taken->patience);
  return taken;
}

static void
drop_try (WnOpening *self)
{
  g_autoptr (Try) taken = NULL;

  if (self->current == NULL)
    return;
  taken = take_try (self);
  g_cancellable_cancel (taken->cancellable);
  if (taken->socket != NULL)
    g_socket_close (g_socket_connection_get_socket (taken->socket), NULL);
}

/* Whether the server has answered, so that no other address of it is likely to
 * say anything else. */
static gboolean
is_answer (const WnLoss *loss)
{
  return loss->reason == WN_LOSS_HTTP_STATUS
         || loss->reason == WN_LOSS_REDIRECTED
         || loss->reason == WN_LOSS_CERTIFICATE_REFUSED
         || loss->reason == WN_LOSS_TLS_UNAVAILABLE;
}

static void
try_fail (Try *self, const WnLoss *loss, WnTlsDoubt *doubt)
{
  WnOpening *opening = self->opening;
  gboolean is_last = self->address == NULL || is_answer (loss);

  if (opening->loss == NULL)
    opening->loss = wn_loss_copy (loss);
  drop_try (opening);
  if (is_last)
    opening->listener->failed (loss, doubt, opening->user_data);
  else
    try_others (opening);
}

static void
try_fail_with_error (Try *self, const GError *error)
{
  try_fail (self,
            &(WnLoss){
                .reason = wn_dial_get_break_reason (error),
                .detail = error->message,
            },
            NULL);
}

static void
try_succeed (Try *self)
{
  WnOpening *opening = self->opening;
  g_autoptr (Try) taken = take_try (opening);

  if (opening->lookup != NULL)
    g_cancellable_cancel (opening->lookup);
  opening->listener->opened (g_steal_pointer (&taken->socket),
                             g_steal_pointer (&taken->upgrade),
                             g_steal_pointer (&taken->cancellable),
                             opening->user_data);
}

static void
take_answer (Try *self, GBytes *bytes)
{
  gsize n_bytes;
  const char *data = g_bytes_get_data (bytes, &n_bytes);

  switch (wn_upgrade_take_bytes (self->upgrade, data, n_bytes))
    {
    case WN_UPGRADE_UNDECIDED:
      read_answer (self);
      break;
    case WN_UPGRADE_ACCEPTED:
      try_succeed (self);
      break;
    case WN_UPGRADE_REFUSED:
      try_fail (self, wn_upgrade_get_loss (self->upgrade), NULL);
      break;
    }
}

static void
on_input_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Try) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes
      = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source),
                                          result,
                                          &error);

  if (self->opening == NULL)
    return;
  if (bytes == NULL)
    try_fail_with_error (self, error);
  else if (g_bytes_get_size (bytes) == 0)
    try_fail (self, &(WnLoss){ .reason = WN_LOSS_BROKEN }, NULL);
  else
    take_answer (self, bytes);
}

static void
read_answer (Try *self)
{
  GInputStream *input
      = g_io_stream_get_input_stream (G_IO_STREAM (self->socket));

  g_input_stream_read_bytes_async (input,
                                   READ_BYTES,
                                   G_PRIORITY_DEFAULT,
                                   self->cancellable,
                                   on_input_read,
                                   g_rc_box_acquire (self));
}

static void
on_output_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Try) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean written = g_output_stream_write_all_finish (G_OUTPUT_STREAM (source),
                                                       result,
                                                       NULL,
                                                       &error);

  if (self->opening == NULL)
    return;
  if (written)
    read_answer (self);
  else
    try_fail_with_error (self, error);
}

static void
write_request (Try *self)
{
  const char *request = wn_upgrade_get_request (self->upgrade);
  GOutputStream *output
      = g_io_stream_get_output_stream (G_IO_STREAM (self->socket));

  g_output_stream_write_all_async (output,
                                   request,
                                   strlen (request),
                                   G_PRIORITY_DEFAULT,
                                   self->cancellable,
                                   on_output_written,
                                   g_rc_box_acquire (self));
}

static void
on_dial_done (GSocketConnection *socket,
              const WnLoss *loss,
              WnTlsDoubt *doubt_in,
              gpointer user_data)
{
  g_autoptr (Try) self = user_data;
  g_autoptr (WnTlsDoubt) doubt = doubt_in;

  self->socket = socket;
  if (self->opening == NULL)
    return;
  if (self->socket != NULL)
    write_request (self);
  else
    try_fail (self, loss, g_steal_pointer (&doubt));
}

static gboolean
on_timer_patience (gpointer user_data)
{
  Try *self = user_data;

  wn_timer_stop (&self->patience);
  try_others (self->opening);
  return G_SOURCE_REMOVE;
}

static void
on_dial_connected (GSocketAddress *address, gpointer user_data)
{
  Try *self = user_data;

  if (self->opening == NULL)
    return;
  if (self->opening->others == NULL)
    g_set_object (&self->opening->first, address);
  g_set_object (&self->address, address);
  wn_timer_stop (&self->patience);
  self->patience = wn_timer_start (PATIENCE_S, on_timer_patience, self);
}

/* @address: (nullable): of the others; %NULL: the first Try */
static void
start_try (WnOpening *self, GSocketAddress *address)
{
  const WnDialConfig config = {
    .uri = self->config.uri,
    .address = address,
    .proxy_resolver = self->config.proxy_resolver,
    .trust = self->config.trust,
    .connected = on_dial_connected,
    .done = on_dial_done,
  };
  Try *next = g_rc_box_new0 (Try);

  drop_try (self);
  next->opening = self;
  next->cancellable = g_cancellable_new ();
  next->upgrade = wn_upgrade_new (self->config.route);
  self->current = next;
  if (address != NULL)
    on_dial_connected (address, next);
  wn_dial (&config, next->cancellable, g_rc_box_acquire (next));
}

/* --- The other addresses --- */

static void
add_others (WnOpening *self, GList *addresses)
{
  GInetSocketAddress *first = G_INET_SOCKET_ADDRESS (self->first);
  guint16 port = g_inet_socket_address_get_port (first);

  self->others = g_ptr_array_new_with_free_func (g_object_unref);
  for (GList *l = addresses; l != NULL; l = l->next)
    if (!g_inet_address_equal (l->data,
                               g_inet_socket_address_get_address (first)))
      g_ptr_array_add (self->others, g_inet_socket_address_new (l->data, port));
}

static void
on_resolver_looked_up (GObject *source,
                       GAsyncResult *result,
                       gpointer user_data)
{
  g_autoptr (WnOpening) self = user_data;
  GList *addresses
      = g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, NULL);

  if (!g_cancellable_is_cancelled (self->lookup))
    {
      add_others (self, addresses);
      try_others (self);
    }
  g_resolver_free_addresses (addresses);
}

static void
look_up_others (WnOpening *self)
{
  g_autoptr (GResolver) resolver = NULL;

  if (self->lookup != NULL)
    return;
  resolver = g_resolver_get_default ();
  self->lookup = g_cancellable_new ();
  g_resolver_lookup_by_name_async (resolver,
                                   g_uri_get_host (self->config.uri),
                                   self->lookup,
                                   on_resolver_looked_up,
                                   g_rc_box_acquire (self));
}

/* The first address that takes long is tried again at the end, and may then
 * take as long as it likes. */
static void
put_off (WnOpening *self)
{
  if (self->loss == NULL)
    self->loss = wn_loss_copy (&(WnLoss){ .reason = WN_LOSS_TIMED_OUT });
  if (!self->has_put_off)
    g_ptr_array_add (self->others, g_object_ref (self->current->address));
  self->has_put_off = TRUE;
}

/* Called when the current Try has failed, and when it takes long. */
static void
try_others (WnOpening *self)
{
  g_autoptr (GSocketAddress) next = NULL;

  if (self->current != NULL && self->current->patience != NULL)
    return;
  if (self->others == NULL)
    {
      look_up_others (self);
      return;
    }
  if (self->current != NULL && self->others->len > 0)
    put_off (self);
  if (self->others->len > 0)
    next = g_ptr_array_steal_index (self->others, 0);
  if (next != NULL)
    start_try (self, next);
  else if (self->current == NULL)
    self->listener->failed (self->loss, NULL, self->user_data);
}

/* --- The whole --- */

static void
opening_clear (gpointer data)
{
  WnOpening *self = data;

  g_clear_pointer (&self->loss, wn_loss_free);
  g_clear_object (&self->first);
  g_clear_object (&self->lookup);
  g_clear_pointer (&self->others, g_ptr_array_unref);
}

static void
opening_unref (WnOpening *self)
{
  g_rc_box_release_full (self, opening_clear);
}

WnOpening *
wn_opening_new (const WnOpeningConfig *config,
                const WnOpeningListener *listener,
                gpointer user_data)
{
  WnOpening *self = g_rc_box_new0 (WnOpening);

  self->config = *config;
  self->listener = listener;
  self->user_data = user_data;
  start_try (self, NULL);
  return self;
}

void
wn_opening_free (WnOpening *self)
{
  drop_try (self);
  if (self->lookup != NULL)
    g_cancellable_cancel (self->lookup);
  opening_unref (self);
}
