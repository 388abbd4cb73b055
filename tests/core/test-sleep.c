/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A machine that sleeps, in each state of a connection: the client over a
 * virtual clock and a scripted transport. Times in what was heard are seconds
 * of the day since the start.
 */

#include "core/connection/client.h"

#include "support/fixture.h"
#include "support/instance.h"

#define START_WALL_S 1700000000
#define START_WALL_US SECONDS (START_WALL_S)
#define HOUR_US G_TIME_SPAN_HOUR

#define ACKNOWLEDGEMENT "{\"code\":2,\"api_version\":\"1.12.4\"}"

static const WnLoss closed = { .reason = WN_LOSS_CLOSED, .close_code = 1001 };

typedef WnFixture Fixture;

static double
seconds_of_day (gint64 wall_us)
{
  return (double) (wall_us - START_WALL_US) / 1e6;
}

static void
on_client_gap (WnClient *client,
               gint64 from_us,
               gint64 to_us,
               gpointer user_data)
{
  wn_heard_add (user_data,
                "gap %.0f-%.0f",
                seconds_of_day (from_us),
                seconds_of_day (to_us));
}

static void
on_client_notified (WnClient *client,
                    WnNotification *notification,
                    gpointer user_data)
{
  wn_heard_add (user_data, "%s", notification->title);
}

static void
set_up (Fixture *f)
{
  static const WnClientListener listener = {
    .state_changed = wn_heard_state_changed,
    .gap = on_client_gap,
    .notified = on_client_notified,
    .gave_up = wn_heard_gave_up,
  };

  wn_fixture_init (f, START_WALL_S);
  wn_fixture_add_client (f,
                         &(WnClientConfig){
                             .lifecycle = wn_fixture_lifecycle,
                             .dialect = &wn_dialect_back_office,
                             .instance = wn_instance_new_back_office (),
                         },
                         &listener);
}

static void
expect (Fixture *f, const char *told, const char *heard)
{
  wn_fixture_check_told (f, told);
  wn_heard_check (&f->heard, heard);
}

static void
acknowledge (Fixture *f)
{
  wn_scripted_transport_emit_text (f->transport, ACKNOWLEDGEMENT);
}

/* Up, acknowledged, and quiet for ten seconds. */
static void
be_quiet (Fixture *f)
{
  wn_client_start (f->client);
  wn_scripted_transport_emit_opened (f->transport);
  acknowledge (f);
  wn_virtual_clock_advance (f->clock, SECONDS (10));
  wn_fixture_forget (f);
}

static gint64
retry_at_us (Fixture *f)
{
  WnClientStatus status;

  wn_client_get_status (f->client, &status);
  return status.retry_at_us;
}

static void
come_back (Fixture *f)
{
  gint64 wall_us = wn_clock_get_wall_time (WN_CLOCK (f->clock));

  wn_virtual_clock_advance (f->clock, retry_at_us (f) - wall_us);
  wn_fixture_forget (f);
  wn_scripted_transport_emit_opened (f->transport);
}

static void
test_answered (void)
{
  Fixture f;

  set_up (&f);
  be_quiet (&f);
  wn_virtual_clock_sleep (f.clock, HOUR_US);
  expect (&f, "send heartCheck", "asked");
  wn_virtual_clock_advance (f.clock, SECONDS (9));
  acknowledge (&f);
  expect (&f, "", "quiet");
  wn_virtual_clock_advance (f.clock, SECONDS (45) - 1);
  expect (&f, "", "");
  wn_virtual_clock_advance (f.clock, 1);
  expect (&f, "send heartCheck", "asked");
  wn_fixture_clear (&f);
}

/* Lost after ten seconds, retried five later; and the gap begins before the
 * sleep, where the server was last heard.
 */
static void
test_not_answered (void)
{
  Fixture f;

  set_up (&f);
  be_quiet (&f);
  wn_virtual_clock_sleep (f.clock, HOUR_US);
  expect (&f, "send heartCheck", "asked");
  wn_virtual_clock_advance (f.clock, SECONDS (10) - 1);
  expect (&f, "", "");
  wn_virtual_clock_advance (f.clock, 1);
  expect (&f, "close", "waiting");
  wn_virtual_clock_advance (f.clock, SECONDS (5) - 1);
  expect (&f, "", "");
  wn_virtual_clock_advance (f.clock, 1);
  expect (&f, "open", "connecting");
  wn_scripted_transport_emit_opened (f.transport);
  expect (&f, "", "quiet, gap 0-3625");
  wn_fixture_clear (&f);
}

/* With two seconds left for the answer when it fell asleep. */
static void
test_asleep_while_asked (void)
{
  Fixture f;

  set_up (&f);
  be_quiet (&f);
  wn_virtual_clock_advance (f.clock, SECONDS (35 + 43));
  expect (&f, "send heartCheck", "asked");
  wn_virtual_clock_sleep (f.clock, HOUR_US);
  expect (&f, "send heartCheck", "");
  wn_virtual_clock_advance (f.clock, SECONDS (9));
  acknowledge (&f);
  acknowledge (&f);
  expect (&f, "", "quiet");
  wn_fixture_clear (&f);
}

static void
test_asleep_while_waiting (void)
{
  Fixture f;
  gint64 wall_us;

  set_up (&f);
  be_quiet (&f);
  wn_scripted_transport_emit_lost (f.transport, &closed);
  wn_fixture_forget (&f);
  wn_virtual_clock_sleep (f.clock, HOUR_US);
  expect (&f, "", "waiting");
  wall_us = wn_clock_get_wall_time (WN_CLOCK (f.clock));
  g_assert_cmpint (retry_at_us (&f), >=, wall_us);
  g_assert_cmpint (retry_at_us (&f), <=, wall_us + SECONDS (1));
  wn_virtual_clock_advance (f.clock, SECONDS (1));
  expect (&f, "open", "connecting");
  wn_scripted_transport_emit_opened (f.transport);
  g_assert_true (g_str_has_prefix (f.heard.words->str, "quiet, gap 10-361"));
  wn_fixture_clear (&f);
}

/* The second sleep cannot hasten it any more, but the time of day moved. */
static void
test_time_of_a_retry_moves (void)
{
  Fixture f;
  gint64 before_us;

  set_up (&f);
  be_quiet (&f);
  wn_scripted_transport_emit_lost (f.transport, &closed);
  wn_virtual_clock_sleep (f.clock, HOUR_US);
  before_us = retry_at_us (&f);
  wn_fixture_forget (&f);
  wn_virtual_clock_sleep (f.clock, HOUR_US);
  expect (&f, "", "waiting");
  g_assert_cmpint (retry_at_us (&f), ==, before_us + HOUR_US);
  wn_fixture_clear (&f);
}

/* Its close reached us only now, and says nothing of when it was sent. */
static void
test_closed_in_its_sleep (void)
{
  Fixture f;

  set_up (&f);
  be_quiet (&f);
  wn_virtual_clock_sleep (f.clock, HOUR_US);
  wn_scripted_transport_emit_lost (f.transport, &closed);
  come_back (&f);
  g_assert_true (g_str_has_prefix (f.heard.words->str, "quiet, gap 0-3"));
  wn_fixture_clear (&f);
}

static void
test_closed_after_the_answer (void)
{
  Fixture f;

  set_up (&f);
  be_quiet (&f);
  wn_virtual_clock_sleep (f.clock, HOUR_US);
  acknowledge (&f);
  wn_virtual_clock_advance (f.clock, SECONDS (2));
  wn_scripted_transport_emit_lost (f.transport, &closed);
  come_back (&f);
  g_assert_true (g_str_has_prefix (f.heard.words->str, "quiet, gap 3612-3"));
  wn_fixture_clear (&f);
}

static void
test_offline (void)
{
  Fixture f;

  set_up (&f);
  wn_virtual_clock_sleep (f.clock, HOUR_US);
  expect (&f, "", "");
  be_quiet (&f);
  wn_client_stop (f.client);
  wn_fixture_forget (&f);
  wn_virtual_clock_sleep (f.clock, HOUR_US);
  expect (&f, "", "");
  wn_fixture_clear (&f);
}

static void
free_client (gpointer fixture)
{
  g_clear_object (&((Fixture *) fixture)->client);
}

static void
test_freed_by_the_news (void)
{
  Fixture f;

  set_up (&f);
  be_quiet (&f);
  f.heard.trigger = "asked";
  f.heard.reaction = free_client;
  wn_virtual_clock_sleep (f.clock, HOUR_US);
  expect (&f, "send heartCheck, close", "asked");
  wn_virtual_clock_sleep (f.clock, HOUR_US);
  expect (&f, "", "");
  wn_fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sleep/an hour of it makes one probe at once, and an "
                   "answer lets all go on",
                   test_answered);
  g_test_add_func ("/sleep/no answer to the probe is a loss after ten seconds",
                   test_not_answered);
  g_test_add_func ("/sleep/what was asked before it is asked again",
                   test_asleep_while_asked);
  g_test_add_func ("/sleep/a pending retry comes within a second after it",
                   test_asleep_while_waiting);
  g_test_add_func ("/sleep/the time of a retry that people see moves with it",
                   test_time_of_a_retry_moves);
  g_test_add_func ("/sleep/a close that was slept through makes a gap from "
                   "where the server was last heard",
                   test_closed_in_its_sleep);
  g_test_add_func ("/sleep/a close after the answer makes a gap from the close",
                   test_closed_after_the_answer);
  g_test_add_func ("/sleep/nothing comes of it while signed off", test_offline);
  g_test_add_func ("/sleep/the client can be freed at the news",
                   test_freed_by_the_news);
  return g_test_run ();
}
