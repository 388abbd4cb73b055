/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A text that is sent into a connection that has just broken: whoever sends
 * is no place to hear of it.
 */

#include <gio/gio.h>

#include "net/websocket/websocket.h"
#include "support/raw-server.h"
#include "support/wait.h"

typedef struct
{
  WnRawServer *server;    /* (owned) */
  WnTransport *transport; /* (owned) (nullable) */
  gboolean is_sending;
  guint n_opened;
  guint n_losses;
  WnLossReason reason; /* of the last one */
  gboolean opens_anew; /* once it has heard of a loss */
} Rig;

static const WnRawScript upgrades = { .answer = WN_UPGRADE };

static void
on_opened (const WnTransportAnswer *answer, gpointer user_data)
{
  Rig *self = user_data;

  self->n_opened++;
}

static void
on_text (const char *text, gsize length, gpointer user_data)
{
  g_assert_not_reached ();
}

static void rig_open (Rig *self);

static void
on_lost (const WnLoss *loss, gpointer user_data)
{
  Rig *self = user_data;

  g_assert_false (self->is_sending);
  self->n_losses++;
  self->reason = loss->reason;
  if (self->opens_anew)
    rig_open (self);
  self->opens_anew = FALSE;
}

static const WnTransportListener listener = {
  .opened = on_opened,
  .text = on_text,
  .lost = on_lost,
};

static void
rig_open (Rig *self)
{
  g_autofree char *url
      = g_strdup_printf ("ws://127.0.0.1:%u/",
                         wn_raw_server_get_port (self->server));

  wn_transport_open (self->transport,
                     &(WnRoute){ .url = url },
                     &listener,
                     self);
}

static void
turn (void)
{
  for (guint i = 0; i < 50; i++)
    g_main_context_iteration (NULL, FALSE);
}

static void
wait_for (const guint *count, guint n)
{
  wn_wait_until (*count >= n);
  g_assert_cmpuint (*count, ==, n);
}

static void
set_up (Rig *self, gconstpointer data)
{
  self->server = wn_raw_server_new (&upgrades);
  self->transport = wn_websocket_new (&(WnWebsocketConfig){ 0 });
  rig_open (self);
  wait_for (&self->n_opened, 1);
}

static void
tear_down (Rig *self, gconstpointer data)
{
  g_clear_object (&self->transport);
  wn_raw_server_free (self->server);
  turn ();
}

/* Nobody has looked at the connection since it broke. */
static void
send_into_broken (Rig *self)
{
  wn_raw_server_reset (self->server);
  self->is_sending = TRUE;
  wn_transport_send_text (self->transport, "heartCheck");
  wn_transport_send_text (self->transport, "heartCheck");
  self->is_sending = FALSE;
}

static void
test_told_later (Rig *self, gconstpointer data)
{
  send_into_broken (self);
  g_assert_cmpuint (self->n_losses, ==, 0);
  wait_for (&self->n_losses, 1);
  g_assert_cmpint (self->reason, ==, WN_LOSS_BROKEN);
  turn ();
  g_assert_cmpuint (self->n_losses, ==, 1);
}

static void
test_closed_before (Rig *self, gconstpointer data)
{
  send_into_broken (self);
  wn_transport_close (self->transport);
  turn ();
  g_assert_cmpuint (self->n_losses, ==, 0);
}

static void
test_dropped_before (Rig *self, gconstpointer data)
{
  send_into_broken (self);
  g_clear_object (&self->transport);
  turn ();
  g_assert_cmpuint (self->n_losses, ==, 0);
}

static void
test_opened_anew (Rig *self, gconstpointer data)
{
  self->opens_anew = TRUE;
  send_into_broken (self);
  wait_for (&self->n_opened, 2);
  g_assert_cmpuint (self->n_losses, ==, 1);
  send_into_broken (self);
  wait_for (&self->n_losses, 2);
}

#define ADD(name, func)                                                        \
  g_test_add ("/websocket-sends/" name, Rig, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("into what has broken: told once, and later", test_told_later);
  ADD ("closed before it is told: silent", test_closed_before);
  ADD ("dropped before it is told: silent", test_dropped_before);
  ADD ("opened anew by who is told", test_opened_anew);
  return g_test_run ();
}
