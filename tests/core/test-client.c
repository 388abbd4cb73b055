/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The client over a virtual clock and a scripted transport: walks through
 * what a connection lives through, and a long random one.
 */

#include "core/connection/client.h"

#include "support/fixture.h"
#include "support/instance.h"

#define START_WALL_S 1700000000
#define START_WALL_US SECONDS (START_WALL_S)

#define ACKNOWLEDGEMENT "{\"code\":2,\"api_version\":\"1.12.4\"}"
#define HELLO "send {\"id\":\"MTAwMQ==\"}"
#define NOTIFICATION "{\"title\":\"Paid\",\"content\":\"<p>1001</p>\"}"

static double
roll (gpointer data)
{
  return g_test_rand_double ();
}

static const WnLoss refused = { .reason = WN_LOSS_REFUSED };
static const WnLoss broken = { .reason = WN_LOSS_BROKEN };
static const WnLoss closed = { .reason = WN_LOSS_CLOSED, .close_code = 1000 };
static const WnLoss unauthorized
    = { .reason = WN_LOSS_HTTP_STATUS, .http_status = 401 };

typedef WnFixture Fixture;

static void
on_client_gap (WnClient *client,
               gint64 from_us,
               gint64 to_us,
               gpointer user_data)
{
  wn_heard_add (user_data,
                "gap %.1f-%.1f",
                (double) (from_us - START_WALL_US) / 1e6,
                (double) (to_us - START_WALL_US) / 1e6);
}

static void
on_client_notified (WnClient *client,
                    WnNotification *notification,
                    gpointer user_data)
{
  wn_heard_add (user_data, "%s", notification->title);
}

static void
on_client_gave_up (WnClient *client, const WnLoss *loss, gpointer user_data)
{
  wn_heard_add (user_data,
                "gave up %d/%u",
                (int) loss->reason,
                loss->http_status);
}

static const WnClientListener listener = {
  .state_changed = wn_heard_state_changed,
  .gap = on_client_gap,
  .notified = on_client_notified,
  .gave_up = on_client_gave_up,
};

static void
set_up_with (Fixture *f, const char *hello)
{
  WnLifecycleConfig config = wn_fixture_lifecycle;

  config.roll = roll;
  wn_fixture_init (f, START_WALL_S);
  wn_fixture_add_client (f,
                         &(WnClientConfig){
                             .lifecycle = config,
                             .dialect = &wn_dialect_back_office,
                             .instance
                             = wn_instance_new (&wn_dialect_back_office,
                                                NULL,
                                                "1001",
                                                NULL,
                                                "send_hello",
                                                hello,
                                                NULL),
                         },
                         &listener);
}

static void
set_up (Fixture *f)
{
  set_up_with (f, "");
}

static WnClientStatus
get_status (Fixture *f)
{
  WnClientStatus status;

  wn_client_get_status (f->client, &status);
  return status;
}

/* Not a microsecond sooner. */
static void
expect_told_after (Fixture *f, gint64 us, const char *expected)
{
  wn_virtual_clock_advance (f->clock, us - 1);
  wn_fixture_check_told (f, "");
  wn_virtual_clock_advance (f->clock, 1);
  wn_fixture_check_told (f, expected);
}

static void
say (Fixture *f, const char *text)
{
  wn_scripted_transport_emit_text (f->transport, text);
}

static void
lose (Fixture *f, const WnLoss *loss)
{
  wn_scripted_transport_emit_lost (f->transport, loss);
}

static void
connect_up (Fixture *f)
{
  wn_client_start (f->client);
  wn_scripted_transport_emit_opened (f->transport);
  wn_fixture_forget (f);
}

static void
wait_for_retry (Fixture *f)
{
  WnClientStatus status = get_status (f);
  gint64 wall_us = wn_clock_get_wall_time (WN_CLOCK (f->clock));

  g_assert_cmpint (status.state, ==, WN_STATE_WAITING);
  wn_virtual_clock_advance (f->clock, status.retry_at_us - wall_us);
  g_assert_cmpint (get_status (f).state, ==, WN_STATE_CONNECTING);
}

static void
test_heartbeat (void)
{
  Fixture f;

  set_up (&f);
  wn_client_start (f.client);
  wn_fixture_check_told (&f, "open");
  wn_scripted_transport_emit_opened (f.transport);
  wn_heard_check (&f.heard, "connecting, quiet");
  for (int i = 0; i < 3; i++)
    {
      expect_told_after (&f, SECONDS (45), "send heartCheck");
      wn_virtual_clock_advance (f.clock, SECONDS (2));
      say (&f, ACKNOWLEDGEMENT);
      wn_heard_check (&f.heard, "asked, quiet");
    }
  wn_fixture_clear (&f);
}

static void
test_no_answer (void)
{
  Fixture f;

  set_up (&f);
  connect_up (&f);
  say (&f, ACKNOWLEDGEMENT);
  expect_told_after (&f, SECONDS (45), "send heartCheck");
  expect_told_after (&f, SECONDS (45), "close");
  wn_heard_check (&f.heard, "asked, waiting");
  g_assert_cmpint (get_status (&f).loss->reason, ==, WN_LOSS_NO_ANSWER);
  expect_told_after (&f, SECONDS (5), "open");
  wn_fixture_clear (&f);
}

static void
test_traffic_feeds_no_heartbeat (void)
{
  Fixture f;

  set_up (&f);
  connect_up (&f);
  for (int i = 0; i < 89; i++)
    {
      wn_virtual_clock_advance (f.clock, SECONDS (1));
      say (&f, i % 2 ? NOTIFICATION : "no JSON");
    }
  wn_fixture_check_told (&f, "send heartCheck");
  expect_told_after (&f, SECONDS (1), "close");
  wn_fixture_clear (&f);
}

static void
test_unasked_acknowledgement (void)
{
  Fixture f;

  set_up (&f);
  connect_up (&f);
  wn_virtual_clock_advance (f.clock, SECONDS (44));
  say (&f, ACKNOWLEDGEMENT);
  g_assert_cmpint (get_status (&f).round_trip_us, ==, -1);
  expect_told_after (&f, SECONDS (45), "send heartCheck");
  wn_fixture_clear (&f);
}

static void
test_acknowledgement_beside_notification (void)
{
  Fixture f;

  set_up (&f);
  connect_up (&f);
  wn_virtual_clock_advance (f.clock, SECONDS (50));
  wn_fixture_forget (&f);
  say (&f, "{\"code\":2,\"title\":\"Both\"}");
  wn_heard_check (&f.heard, "quiet, Both");
  wn_fixture_clear (&f);
}

static void
test_garbage_is_ignored (void)
{
  static const char *const frames[] = { "", "null", "[]", "{", "7", "\"\"" };
  Fixture f;

  set_up (&f);
  connect_up (&f);
  for (gsize i = 0; i < G_N_ELEMENTS (frames); i++)
    say (&f, frames[i]);
  wn_fixture_check_told (&f, "");
  wn_heard_check (&f.heard, "");
  say (&f, NOTIFICATION);
  wn_heard_check (&f.heard, "Paid");
  g_assert_cmpuint (get_status (&f).n_notifications, ==, 1);
  wn_fixture_clear (&f);
}

static void
test_hello (void)
{
  Fixture f;

  set_up_with (&f, "1");
  wn_client_start (f.client);
  for (int i = 0; i < 2; i++)
    {
      wn_fixture_check_told (&f, "open");
      wn_scripted_transport_emit_opened (f.transport);
      wn_fixture_check_told (&f, HELLO);
      lose (&f, &closed);
      wait_for_retry (&f);
    }
  wn_fixture_clear (&f);
}

static void
test_connect_timeout (void)
{
  Fixture f;

  set_up (&f);
  wn_client_start (f.client);
  wn_fixture_check_told (&f, "open");
  wn_scripted_transport_emit_opened (f.transport);
  lose (&f, &closed);
  wait_for_retry (&f);
  wn_virtual_clock_advance (f.clock, SECONDS (19));
  wn_fixture_check_told (&f, "open");
  wn_virtual_clock_advance (f.clock, SECONDS (1));
  wn_fixture_check_told (&f, "close");
  g_assert_cmpint (get_status (&f).loss->reason, ==, WN_LOSS_TIMED_OUT);
  wn_fixture_clear (&f);
}

static void
test_hanging_login (void)
{
  Fixture f;

  set_up (&f);
  wn_client_start (f.client);
  wn_virtual_clock_advance (f.clock, SECONDS (30));
  g_assert_true (g_str_has_suffix (f.heard.words->str, "gave up 3/0"));
  g_assert_cmpint (get_status (&f).state, ==, WN_STATE_OFFLINE);
  g_assert_cmpuint (wn_virtual_clock_get_n_alarms (f.clock), ==, 0);
  wn_fixture_clear (&f);
}

static void
test_refused_login (void)
{
  Fixture f;
  gint64 started_us;

  set_up (&f);
  started_us = wn_clock_get_now (WN_CLOCK (f.clock));
  wn_client_start (f.client);
  lose (&f, &refused);
  while (get_status (&f).state == WN_STATE_WAITING)
    {
      wait_for_retry (&f);
      lose (&f, &refused);
    }
  g_assert_true (g_str_has_suffix (f.heard.words->str, "gave up 1/0"));
  g_assert_cmpint (wn_clock_get_now (WN_CLOCK (f.clock)) - started_us,
                   <,
                   SECONDS (30));
  wn_fixture_clear (&f);
}

static void
test_unauthorized_login (void)
{
  g_autofree char *expected
      = g_strdup_printf ("connecting, gave up %d/401", WN_LOSS_HTTP_STATUS);
  Fixture f;

  set_up (&f);
  wn_client_start (f.client);
  lose (&f, &unauthorized);
  wn_heard_check (&f.heard, expected);
  g_assert_cmpuint (wn_virtual_clock_get_n_alarms (f.clock), ==, 0);
  wn_fixture_check_told (&f, "open");
  wn_client_start (f.client);
  wn_fixture_check_told (&f, "open");
  wn_fixture_clear (&f);
}

static void
bring_to (Fixture *f, WnState state)
{
  if (state != WN_STATE_OFFLINE)
    wn_client_start (f->client);
  if (state != WN_STATE_OFFLINE && state != WN_STATE_CONNECTING)
    wn_scripted_transport_emit_opened (f->transport);
  if (state == WN_STATE_ASKED)
    wn_virtual_clock_advance (f->clock, SECONDS (45));
  if (state == WN_STATE_WAITING)
    lose (f, &closed);
  g_assert_cmpint (get_status (f).state, ==, state);
  wn_fixture_forget (f);
}

typedef struct
{
  WnState state;
  const char *told;
} StopCase;

static const StopCase stop_cases[] = {
  { WN_STATE_OFFLINE, "" },    { WN_STATE_CONNECTING, "close" },
  { WN_STATE_QUIET, "close" }, { WN_STATE_ASKED, "close" },
  { WN_STATE_WAITING, "" },
};

static void
test_stop_in_every_state (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (stop_cases); i++)
    {
      Fixture f;

      set_up (&f);
      bring_to (&f, stop_cases[i].state);
      wn_client_stop (f.client);
      wn_client_stop (f.client);
      wn_fixture_check_told (&f, stop_cases[i].told);
      g_assert_cmpuint (wn_virtual_clock_get_n_alarms (f.clock), ==, 0);
      wn_virtual_clock_advance (f.clock, G_TIME_SPAN_DAY);
      wn_client_reconnect (f.client);
      wn_client_disturb (f.client);
      wn_fixture_check_told (&f, "");
      wn_heard_check (&f.heard, "");
      g_assert_cmpint (get_status (&f).retry_at_us, ==, 0);
      g_assert_cmpint (get_status (&f).connected_since_us, ==, 0);
      wn_fixture_clear (&f);
    }
}

static void
test_free_in_every_state (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (stop_cases); i++)
    {
      Fixture f;

      set_up (&f);
      bring_to (&f, stop_cases[i].state);
      g_assert_finalize_object (g_steal_pointer (&f.client));
      wn_fixture_check_told (&f, stop_cases[i].told);
      wn_heard_check (&f.heard, "");
      wn_fixture_clear (&f);
    }
}

static void
test_reconnect (void)
{
  Fixture f;

  set_up (&f);
  connect_up (&f);
  wn_client_reconnect (f.client);
  wn_client_reconnect (f.client);
  wn_fixture_check_told (&f, "close, open");
  wn_heard_check (&f.heard, "connecting");
  g_assert_cmpint (get_status (&f).loss->reason, ==, WN_LOSS_ASKED);
  g_assert_cmpuint (get_status (&f).attempt, ==, 1);
  wn_scripted_transport_emit_opened (f.transport);
  wn_client_reconnect (f.client);
  wn_fixture_check_told (&f, "");
  g_assert_cmpuint (get_status (&f).n_reconnects, ==, 1);
  wn_fixture_clear (&f);
}

static void
test_reconnect_while_waiting (void)
{
  Fixture f;

  set_up (&f);
  bring_to (&f, WN_STATE_WAITING);
  wn_client_reconnect (f.client);
  wn_heard_check (&f.heard, "waiting");
  wn_fixture_check_told (&f, "");
  wn_virtual_clock_advance (f.clock, 0);
  wn_fixture_check_told (&f, "open");
  g_assert_cmpuint (get_status (&f).attempt, ==, 1);
  wn_fixture_clear (&f);
}

static void
test_probe (void)
{
  Fixture f;

  set_up (&f);
  connect_up (&f);
  say (&f, ACKNOWLEDGEMENT);
  wn_client_disturb (f.client);
  wn_client_disturb (f.client);
  wn_fixture_check_told (&f, "send heartCheck");
  say (&f, ACKNOWLEDGEMENT);
  wn_client_disturb (f.client);
  wn_fixture_check_told (&f, "");
  expect_told_after (&f, SECONDS (10), "send heartCheck");
  expect_told_after (&f, SECONDS (10), "close");
  expect_told_after (&f, SECONDS (5), "open");
  wn_fixture_clear (&f);
}

static void
test_pause (void)
{
  Fixture f;

  set_up (&f);
  connect_up (&f);
  wn_virtual_clock_advance (f.clock, SECONDS (50));
  wn_fixture_forget (&f);
  wn_client_set_reading (f.client, FALSE);
  wn_client_set_reading (f.client, FALSE);
  wn_fixture_check_told (&f, "stop reading");
  g_assert_cmpuint (wn_virtual_clock_get_n_alarms (f.clock), ==, 0);
  wn_virtual_clock_advance (f.clock, SECONDS (1000));
  wn_client_set_reading (f.client, TRUE);
  wn_fixture_check_told (&f, "read");
  expect_told_after (&f, SECONDS (40), "close");
  wn_fixture_clear (&f);
}

static void
test_pause_reaches_the_next_connection (void)
{
  Fixture f;

  set_up_with (&f, "1");
  connect_up (&f);
  wn_client_set_reading (f.client, FALSE);
  wn_client_reconnect (f.client);
  wn_scripted_transport_emit_opened (f.transport);
  wn_fixture_check_told (&f,
                         "stop reading, close, open, " HELLO ", stop reading");
  wn_client_stop (f.client);
  wn_client_start (f.client);
  wn_client_set_reading (f.client, TRUE);
  wn_scripted_transport_emit_opened (f.transport);
  wn_fixture_check_told (&f, "close, open, " HELLO);
  g_assert_cmpuint (wn_virtual_clock_get_n_alarms (f.clock), ==, 1);
  wn_fixture_clear (&f);
}

static void
test_gap_after_a_close (void)
{
  Fixture f;

  set_up (&f);
  connect_up (&f);
  wn_virtual_clock_advance (f.clock, SECONDS (30));
  lose (&f, &closed);
  wait_for_retry (&f);
  wn_client_reconnect (f.client);
  for (int i = 0; i < 5; i++)
    {
      lose (&f, &refused);
      wait_for_retry (&f);
    }
  wn_fixture_forget (&f);
  wn_scripted_transport_emit_opened (f.transport);
  g_assert_true (g_str_has_prefix (f.heard.words->str, "quiet, gap 30.0-"));
  wn_fixture_forget (&f);
  wn_client_reconnect (f.client);
  wn_scripted_transport_emit_opened (f.transport);
  wn_heard_check (&f.heard, "connecting, quiet");
  wn_fixture_clear (&f);
}

static void
test_gap_after_a_cure (void)
{
  static const WnLoss refused_certificate
      = { .reason = WN_LOSS_CERTIFICATE_REFUSED };
  Fixture f;

  set_up (&f);
  connect_up (&f);
  wn_virtual_clock_advance (f.clock, SECONDS (30));
  lose (&f, &closed);
  wait_for_retry (&f);
  lose (&f, &refused_certificate);
  g_assert_cmpuint (wn_virtual_clock_get_n_alarms (f.clock), ==, 0);
  wn_virtual_clock_advance (f.clock, SECONDS (600));
  wn_client_go_on (f.client);
  wn_fixture_forget (&f);
  wn_scripted_transport_emit_opened (f.transport);
  g_assert_true (g_str_has_prefix (f.heard.words->str, "quiet, gap 30.0-6"));
  wn_fixture_clear (&f);
}

/* The settings were changed, and at first into ones that don't connect. */
static void
test_gap_after_a_stop (void)
{
  Fixture f;

  set_up (&f);
  connect_up (&f);
  wn_virtual_clock_advance (f.clock, SECONDS (30));
  wn_client_stop (f.client);
  wn_client_go_on (f.client);
  lose (&f, &refused);
  wait_for_retry (&f);
  wn_client_stop (f.client);
  wn_virtual_clock_advance (f.clock, SECONDS (600));
  wn_client_go_on (f.client);
  wn_fixture_forget (&f);
  wn_scripted_transport_emit_opened (f.transport);
  g_assert_true (g_str_has_prefix (f.heard.words->str, "quiet, gap 30.0-6"));
  /* A new login begins anew. */
  wn_client_stop (f.client);
  wn_virtual_clock_advance (f.clock, SECONDS (600));
  wn_client_start (f.client);
  wn_fixture_forget (&f);
  wn_scripted_transport_emit_opened (f.transport);
  wn_heard_check (&f.heard, "quiet");
  wn_fixture_clear (&f);
}

/* What broke may have been dead since it was last heard. */
static void
test_gap_after_silence (void)
{
  Fixture f;

  set_up (&f);
  connect_up (&f);
  say (&f, ACKNOWLEDGEMENT);
  wn_virtual_clock_advance (f.clock, SECONDS (20));
  say (&f, NOTIFICATION);
  wn_virtual_clock_advance (f.clock, SECONDS (75));
  wn_fixture_forget (&f);
  wn_scripted_transport_emit_opened (f.transport);
  wn_heard_check (&f.heard, "quiet, gap 20.0-95.0");
  wn_fixture_clear (&f);
}

static void
test_short_loss_is_a_gap (void)
{
  Fixture f;

  set_up (&f);
  connect_up (&f);
  lose (&f, &broken);
  wait_for_retry (&f);
  wn_fixture_forget (&f);
  wn_scripted_transport_emit_opened (f.transport);
  g_assert_true (g_str_has_prefix (f.heard.words->str, "quiet, gap 0.0-"));
  wn_fixture_clear (&f);
}

static void
test_clock_set_back_is_no_gap (void)
{
  Fixture f;

  set_up (&f);
  connect_up (&f);
  lose (&f, &closed);
  wait_for_retry (&f);
  wn_virtual_clock_shift_wall_time (f.clock, -G_TIME_SPAN_HOUR);
  wn_fixture_forget (&f);
  wn_scripted_transport_emit_opened (f.transport);
  wn_heard_check (&f.heard, "quiet");
  wn_fixture_clear (&f);
}

static void
test_status (void)
{
  Fixture f;
  WnClientStatus status;

  set_up (&f);
  wn_client_start (f.client);
  g_assert_cmpuint (get_status (&f).attempt, ==, 1);
  wn_scripted_transport_emit_opened (f.transport);
  wn_virtual_clock_advance (f.clock, SECONDS (45));
  wn_virtual_clock_advance (f.clock, 1234);
  say (&f, ACKNOWLEDGEMENT);

  status = get_status (&f);
  g_assert_cmpuint (status.attempt, ==, 0);
  g_assert_cmpuint (status.n_reconnects, ==, 0);
  g_assert_cmpint (status.retry_at_us, ==, 0);
  g_assert_cmpint (status.connected_since_us, ==, START_WALL_US);
  g_assert_cmpint (status.round_trip_us, ==, 1234);
  g_assert_cmpint (status.acknowledged_at_us,
                   ==,
                   START_WALL_US + SECONDS (45) + 1234);
  g_assert_cmpstr (status.api_version, ==, "1.12.4");
  g_assert_null (status.loss);
  wn_fixture_clear (&f);
}

/* Each moved or new retry is told, but counted once. */
static void
test_attempts_are_counted_once (void)
{
  Fixture f;

  set_up (&f);
  connect_up (&f);
  for (guint i = 1; i <= 4; i++)
    {
      lose (&f, i == 1 ? &closed : &refused);
      g_assert_cmpuint (get_status (&f).attempt, ==, i);
      g_assert_cmpint (get_status (&f).retry_at_us, >, 0);
      wn_client_disturb (f.client);
      g_assert_cmpuint (get_status (&f).attempt, ==, i);
      wait_for_retry (&f);
      g_assert_cmpuint (get_status (&f).attempt, ==, i);
      g_assert_cmpint (get_status (&f).retry_at_us, ==, 0);
    }
  wn_fixture_clear (&f);
}

static void
test_round_trip_is_of_one_login (void)
{
  Fixture f;

  set_up (&f);
  bring_to (&f, WN_STATE_ASKED);
  wn_client_stop (f.client);
  connect_up (&f);
  say (&f, ACKNOWLEDGEMENT);
  g_assert_cmpint (get_status (&f).round_trip_us, ==, -1);
  wn_fixture_clear (&f);
}

static void
react_by_stopping (gpointer fixture)
{
  Fixture *f = fixture;

  wn_client_stop (f->client);
  wn_heard_forget (&f->heard);
}

static void
react_by_freeing (gpointer fixture)
{
  Fixture *f = fixture;

  g_clear_object (&f->client);
  wn_heard_forget (&f->heard);
}

static void
react_by_restarting (gpointer fixture)
{
  Fixture *f = fixture;

  wn_client_stop (f->client);
  wn_client_start (f->client);
  wn_scripted_transport_emit_opened (f->transport);
  wn_heard_forget (&f->heard);
}

/* Lives through everything that a listener can be told. */
static void
live_through_all (Fixture *f, const char *trigger)
{
  f->heard.trigger = trigger;
  wn_client_start (f->client);
  if (f->heard.trigger != NULL)
    wn_scripted_transport_emit_opened (f->transport);
  if (f->heard.trigger != NULL)
    wn_virtual_clock_advance (f->clock, SECONDS (45));
  if (f->heard.trigger != NULL)
    say (f, "{\"code\":2,\"title\":\"Both\"}");
  if (f->heard.trigger != NULL)
    lose (f, &closed);
  if (f->heard.trigger != NULL)
    wait_for_retry (f);
  wn_virtual_clock_shift_wall_time (f->clock, G_TIME_SPAN_HOUR);
  if (f->heard.trigger != NULL)
    wn_scripted_transport_emit_opened (f->transport);
  for (int i = 0; i < 3 && f->heard.trigger != NULL; i++)
    {
      if (i == 0)
        lose (f, &closed);
      wait_for_retry (f);
      lose (f, &unauthorized);
    }
  g_assert_null (f->heard.trigger);
}

static const char *const triggers[] = {
  "connecting", "quiet", "asked", "Both", "waiting", "gap", "gave up",
};

static void
test_reaction (void (*reaction) (gpointer fixture))
{
  for (gsize i = 0; i < G_N_ELEMENTS (triggers); i++)
    {
      Fixture f;

      g_test_message ("when it hears: %s", triggers[i]);
      set_up (&f);
      f.heard.reaction = reaction;
      live_through_all (&f, triggers[i]);
      wn_heard_check (&f.heard, "");
      if (reaction != react_by_restarting)
        g_assert_cmpuint (wn_virtual_clock_get_n_alarms (f.clock), ==, 0);
      else
        g_assert_cmpint (get_status (&f).state, ==, WN_STATE_QUIET);
      wn_fixture_clear (&f);
    }
}

static void
test_stop_in_every_callback (void)
{
  test_reaction (react_by_stopping);
}

static void
test_free_in_every_callback (void)
{
  test_reaction (react_by_freeing);
}

static void
test_restart_in_every_callback (void)
{
  test_reaction (react_by_restarting);
}

static void
react_by_reconnecting (gpointer fixture)
{
  Fixture *f = fixture;

  wn_client_reconnect (f->client);
  wn_scripted_transport_emit_opened (f->transport);
  wn_virtual_clock_advance (f->clock, SECONDS (45));
}

/* The new connection brings what it can. */
static void
test_listener_that_reconnects (void)
{
  Fixture f;

  set_up (&f);
  connect_up (&f);
  f.heard.trigger = "Paid";
  f.heard.reaction = react_by_reconnecting;
  say (&f, NOTIFICATION);
  wn_fixture_check_told (&f, "close, open, send heartCheck");
  wn_heard_check (&f.heard, "Paid, connecting, quiet, asked");
  wn_fixture_clear (&f);
}

static void
check_invariants (Fixture *f, gboolean logged_in)
{
  static const WnScriptedState expected[] = {
    [WN_STATE_OFFLINE] = WN_SCRIPTED_IDLE,
    [WN_STATE_CONNECTING] = WN_SCRIPTED_OPENING,
    [WN_STATE_QUIET] = WN_SCRIPTED_OPEN,
    [WN_STATE_ASKED] = WN_SCRIPTED_OPEN,
    [WN_STATE_WAITING] = WN_SCRIPTED_IDLE,
  };
  WnClientStatus status = get_status (f);
  WnScriptedState transport = wn_scripted_transport_get_state (f->transport);
  gboolean paused = transport == WN_SCRIPTED_OPEN
                    && !wn_scripted_transport_is_reading (f->transport);
  gboolean waits_for_nothing = status.state == WN_STATE_OFFLINE || paused;

  g_assert_cmpint (transport, ==, expected[status.state]);
  g_assert_cmpuint (wn_virtual_clock_get_n_alarms (f->clock),
                    ==,
                    waits_for_nothing ? 0 : 1);
  g_assert_cmpint (status.retry_at_us != 0,
                   ==,
                   status.state == WN_STATE_WAITING);
  g_assert_cmpint (status.connected_since_us != 0,
                   ==,
                   transport == WN_SCRIPTED_OPEN);
  if (!logged_in)
    wn_heard_check (&f->heard, "");
  wn_heard_forget (&f->heard);
}

static void
lose_somehow (Fixture *f, GRand *chance)
{
  static const guint statuses[] = { 0, 0, 0, 0, 401, 403, 429, 500, 503 };
  static const guint codes[] = { 0, 1000, 1001, 1008, 1012, 1013 };
  WnLoss loss = { .reason = g_rand_int_range (chance, 0, WN_LOSS_OTHER + 1) };

  if (loss.reason == WN_LOSS_HTTP_STATUS)
    loss.http_status
        = statuses[g_rand_int_range (chance, 0, G_N_ELEMENTS (statuses))];
  if (loss.reason == WN_LOSS_CLOSED)
    loss.close_code = codes[g_rand_int_range (chance, 0, G_N_ELEMENTS (codes))];
  if (g_rand_int_range (chance, 0, 10) == 0)
    loss.retry_after_us = g_rand_int_range (chance, 0, 1000) * SECONDS (1);
  lose (f, &loss);
}

static void
do_as_network (Fixture *f, GRand *chance)
{
  static const char *const texts[]
      = { ACKNOWLEDGEMENT, NOTIFICATION, "no JSON" };
  WnScriptedState state = wn_scripted_transport_get_state (f->transport);

  if (state == WN_SCRIPTED_IDLE)
    return;
  if (g_rand_int_range (chance, 0, 4) == 0)
    lose_somehow (f, chance);
  else if (state == WN_SCRIPTED_OPENING)
    wn_scripted_transport_emit_opened (f->transport);
  else if (wn_scripted_transport_is_reading (f->transport))
    say (f, texts[g_rand_int_range (chance, 0, G_N_ELEMENTS (texts))]);
}

static void
do_as_user (Fixture *f, GRand *chance, gboolean *logged_in)
{
  switch (g_rand_int_range (chance, 0, 12))
    {
    case 0:
      wn_client_stop (f->client);
      *logged_in = FALSE;
      break;
    case 1:
    case 2:
      wn_client_reconnect (f->client);
      break;
    case 3:
    case 4:
      wn_client_disturb (f->client);
      break;
    case 5:
      wn_client_set_reading (f->client, FALSE);
      break;
    case 6:
    case 7:
      wn_client_set_reading (f->client, TRUE);
      break;
    default:
      if (get_status (f).state != WN_STATE_OFFLINE)
        break;
      *logged_in = TRUE;
      wn_client_start (f->client);
      break;
    }
}

static void
let_time_pass (Fixture *f, GRand *chance)
{
  static const gint64 most_us[]
      = { 1, SECONDS (1), SECONDS (50), SECONDS (400) };
  gint64 limit_us = most_us[g_rand_int_range (chance, 0, 4)];

  wn_virtual_clock_advance (f->clock,
                            (gint64) (g_rand_double (chance) * limit_us));
}

static void
test_random_walk (void)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (20240229);
  gboolean logged_in = FALSE;
  guint n_opened = 0;
  Fixture f;

  set_up (&f);
  for (int i = 0; i < 100000; i++)
    {
      int kind = g_rand_int_range (chance, 0, 8);

      if (kind < 4)
        do_as_network (&f, chance);
      else if (kind < 6)
        let_time_pass (&f, chance);
      else
        do_as_user (&f, chance, &logged_in);
      check_invariants (&f, logged_in);
      n_opened += get_status (&f).state == WN_STATE_QUIET;
      g_free (wn_scripted_transport_take_log (f.transport));
    }
  /* The walk got somewhere. */
  g_assert_cmpuint (n_opened, >, 10000);
  wn_fixture_clear (&f);
}

typedef struct
{
  const char *name;
  GTestFunc func;
} Test;

static const Test tests[] = {
  { "a heartbeat 45 s after the opening and each acknowledgement",
    test_heartbeat },
  { "no answer in 45 s closes, and retries exactly 5 s later", test_no_answer },
  { "other traffic feeds no heartbeat", test_traffic_feeds_no_heartbeat },
  { "an unasked acknowledgement restarts the interval",
    test_unasked_acknowledgement },
  { "an acknowledgement beside a notification counts both",
    test_acknowledgement_beside_notification },
  { "garbage is ignored and the connection stays", test_garbage_is_ignored },
  { "the hello is said once after each opening", test_hello },
  { "connecting takes 20 s at the most", test_connect_timeout },
  { "a hanging login gives up within 30 s", test_hanging_login },
  { "a refused login gives up within 30 s", test_refused_login },
  { "a 401 at login gives up and can be started again",
    test_unauthorized_login },
  { "stopping in every state is silent and leaves nothing",
    test_stop_in_every_state },
  { "freeing in every state is silent and leaves nothing",
    test_free_in_every_state },
  { "a reconnect closes first, and once in ten seconds", test_reconnect },
  { "a reconnect while waiting is told and comes at once",
    test_reconnect_while_waiting },
  { "a disturbance sends one probe that has ten seconds", test_probe },
  { "a pause holds the deadline", test_pause },
  { "a pause reaches the next connection",
    test_pause_reaches_the_next_connection },
  { "a gap after a close begins at the close, and is told once",
    test_gap_after_a_close },
  { "a gap goes on while a question is open", test_gap_after_a_cure },
  { "a gap goes on while settings are changed", test_gap_after_a_stop },
  { "a gap after silence begins where the server was last heard",
    test_gap_after_silence },
  { "a short loss is a gap where nothing is replayed",
    test_short_loss_is_a_gap },
  { "a clock that is set back is no gap", test_clock_set_back_is_no_gap },
  { "the status says what people are told", test_status },
  { "attempts are counted once", test_attempts_are_counted_once },
  { "a round trip is of one login", test_round_trip_is_of_one_login },
  { "a listener that reconnects has a connection that is timed",
    test_listener_that_reconnects },
  { "it can be stopped in every callback", test_stop_in_every_callback },
  { "it can be freed in every callback", test_free_in_every_callback },
  { "it can be restarted in every callback", test_restart_in_every_callback },
  { "a random walk keeps to one connection, one alarm and one retry",
    test_random_walk },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/client/", tests[i].name, NULL);

      g_test_add_func (path, tests[i].func);
    }
  return g_test_run ();
}
