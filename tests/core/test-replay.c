/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The client with a dialect that replays, over a virtual clock and a scripted
 * transport: what is asked for, and what is told, after a loss.
 */

#include <string.h>

#include "core/connection/client.h"

#include "support/fixture.h"
#include "support/instance.h"

#define START_S 1700000000
#define HELLO "{\"id\":\"MTAwMQ==\"}"
#define BASE "ws://a.example/?project=jd-shop&uid=1001"

static const WnLifecycleConfig config = {
  .heartbeat_interval_us = SECONDS (45),
  .heartbeat_timeout_us = SECONDS (45),
  .reconnect_delay_us = SECONDS (5),
  .reconnect_delay_max_us = SECONDS (5),
  .roll = wn_instance_roll,
};
static const WnLoss closed = { .reason = WN_LOSS_CLOSED, .close_code = 1000 };

typedef WnFixture Fixture;

static gint64 skew_s; /* of the server's clock */
static gboolean says_no_time;

static void
on_client_state_changed (WnClient *client, gpointer user_data)
{
}

static void
on_client_gap (WnClient *client,
               gint64 from_us,
               gint64 to_us,
               gpointer user_data)
{
  wn_heard_add (user_data,
                "gap of %d s",
                (int) ((to_us - from_us) / G_TIME_SPAN_SECOND));
}

static void
on_client_notified (WnClient *client,
                    WnNotification *notification,
                    gpointer user_data)
{
  if (!notification->is_missed)
    wn_heard_add (user_data, "%s", notification->title);
  else
    wn_heard_add (user_data,
                  "%s from %d",
                  notification->title,
                  (int) (notification->sent_us / G_TIME_SPAN_SECOND - START_S));
}

static void
on_client_notice (WnClient *client,
                  WnNotice notice,
                  const char *detail,
                  gpointer user_data)
{
  g_assert_cmpint (notice, ==, WN_NOTICE_NOT_REPLAYING);
  wn_heard_add (user_data, "no replay");
}

static const WnClientListener listener = {
  .state_changed = on_client_state_changed,
  .gap = on_client_gap,
  .notified = on_client_notified,
  .missed = wn_heard_missed,
  .notice = on_client_notice,
  .gave_up = wn_heard_gave_up,
};

static void
set_up (Fixture *f, const char *cursor)
{
  skew_s = 0;
  says_no_time = FALSE;
  wn_fixture_init (f, START_S);
  wn_fixture_add_client (f,
                         &(WnClientConfig){
                             .lifecycle = config,
                             .dialect = &wn_dialect_back_office,
                             .instance
                             = wn_instance_new (&wn_dialect_back_office,
                                                NULL,
                                                "1001@jd-shop",
                                                NULL,
                                                "server",
                                                "ws://a.example/",
                                                "replay",
                                                "nchan",
                                                "send_hello",
                                                "1",
                                                NULL),
                             .cursor = cursor,
                         },
                         &listener);
  wn_client_start (f->client);
}

static gint64
wall_s (Fixture *f)
{
  return wn_clock_get_wall_time (WN_CLOCK (f->clock)) / G_TIME_SPAN_SECOND
         - START_S;
}

/* The server agrees, and says its time. */
static void
agree (Fixture *f)
{
  gint64 now_s = START_S + wall_s (f) + skew_s;

  wn_scripted_transport_set_answer (f->transport,
                                    &(WnTransportAnswer){
                                        .subprotocol = "ws+meta.nchan",
                                        .time_us
                                        = says_no_time ? 0 : SECONDS (now_s),
                                    });
  wn_scripted_transport_emit_opened (f->transport);
}

/* The server passes the offer over. */
static void
pass_over (Fixture *f)
{
  wn_scripted_transport_set_answer (f->transport, &(WnTransportAnswer){ 0 });
  wn_scripted_transport_emit_opened (f->transport);
}

/* A message that the server took at @at_s, by its clock. */
static void
push (Fixture *f, gint64 at_s, int number, const char *title)
{
  g_autofree char *text
      = g_strdup_printf ("id: %" G_GINT64_FORMAT
                         ":%d\ncontent-type: a/b\n\n{\"title\":\"%s\"}",
                         START_S + at_s,
                         number,
                         title);

  wn_scripted_transport_emit_text (f->transport, text);
}

/* The connection goes, and the next attempt begins after @away_s. */
static void
lose_for (Fixture *f, gint64 away_s)
{
  wn_scripted_transport_emit_lost (f->transport, &closed);
  wn_virtual_clock_shift_wall_time (f->clock, SECONDS (away_s - 5));
  wn_fixture_advance (f, 5);
}

static WnClientStatus
get_status (Fixture *f)
{
  WnClientStatus status;

  wn_client_get_status (f->client, &status);
  return status;
}

static void
expect_last (Fixture *f, const char *last)
{
  g_autofree char *url = g_strconcat (BASE, last, NULL);

  g_assert_cmpstr (wn_scripted_transport_get_route (f->transport)->url,
                   ==,
                   url);
}

static void
test_first_login (void)
{
  Fixture f;

  set_up (&f, NULL);
  expect_last (&f, "");
  g_assert_cmpstr (wn_scripted_transport_get_route (f.transport)->subprotocol,
                   ==,
                   "ws+meta.nchan");
  agree (&f);
  wn_fixture_advance (&f, 20);
  wn_heard_check (&f.heard, "");
  lose_for (&f, 60);
  /* Nothing ever came, and still nothing is missed from here on. */
  expect_last (&f, "&last=1699999999%3A0");
  wn_fixture_clear (&f);
}

static void
test_missed (void)
{
  Fixture f;

  set_up (&f, NULL);
  agree (&f);
  push (&f, 0, 0, "a");
  push (&f, 0, 1, "b");
  lose_for (&f, 100);
  expect_last (&f, "&last=1700000000%3A1");
  agree (&f);
  push (&f, 40, 0, "c");
  push (&f, 41, 0, "d");
  wn_heard_check (&f.heard, "a, b, c from 40, d from 41");
  wn_fixture_advance (&f, 3);
  wn_heard_check (&f.heard, "2 missed");
  push (&f, 103, 0, "e");
  wn_fixture_advance (&f, 20);
  wn_heard_check (&f.heard, "e");
  wn_fixture_clear (&f);
}

static void
test_live_ends_it (void)
{
  Fixture f;

  set_up (&f, "1699999000:4");
  expect_last (&f, "&last=1699999000%3A4");
  agree (&f);
  push (&f, -500, 0, "a");
  push (&f, 0, 0, "b");
  push (&f, 0, 1, "c");
  wn_heard_check (&f.heard, "a from -500, 1 missed, b, c");
  wn_fixture_advance (&f, 20);
  wn_heard_check (&f.heard, "");
  wn_fixture_clear (&f);
}

static void
test_nothing_kept (void)
{
  Fixture f;

  set_up (&f, NULL);
  agree (&f);
  push (&f, 0, 0, "a");
  lose_for (&f, 100);
  agree (&f);
  wn_heard_check (&f.heard, "a");
  wn_fixture_advance (&f, 11);
  wn_heard_check (&f.heard, "gap of 100 s");
  wn_fixture_clear (&f);
}

static void
test_short_loss (void)
{
  Fixture f;

  set_up (&f, NULL);
  agree (&f);
  lose_for (&f, 5);
  agree (&f);
  wn_fixture_advance (&f, 20);
  wn_heard_check (&f.heard, "");
  wn_fixture_clear (&f);
}

static void
test_lost_while_replaying (void)
{
  Fixture f;

  set_up (&f, NULL);
  agree (&f);
  push (&f, 0, 0, "a");
  lose_for (&f, 100);
  agree (&f);
  push (&f, 40, 0, "b");
  lose_for (&f, 5);
  expect_last (&f, "&last=1700000040%3A0");
  agree (&f);
  push (&f, 41, 0, "c");
  wn_fixture_advance (&f, 3);
  wn_heard_check (&f.heard, "a, b from 40, c from 41, 2 missed");
  wn_fixture_clear (&f);
}

static void
test_slow_server (void)
{
  Fixture f;

  set_up (&f, NULL);
  agree (&f);
  push (&f, 0, 0, "a");
  lose_for (&f, 20);
  agree (&f);
  wn_fixture_advance (&f, 9);
  push (&f, 10, 0, "b");
  wn_fixture_advance (&f, 1);
  push (&f, 11, 0, "c");
  wn_fixture_advance (&f, 3);
  push (&f, 12, 0, "d");
  wn_fixture_advance (&f, 3);
  wn_heard_check (&f.heard,
                  "a, b from 10, c from 11, 2 missed, d from 12, 1 missed");
  wn_fixture_clear (&f);
}

static void
test_held_back (void)
{
  Fixture f;

  set_up (&f, NULL);
  agree (&f);
  push (&f, 0, 0, "a");
  lose_for (&f, 20);
  agree (&f);
  push (&f, 10, 0, "b");
  wn_client_set_reading (f.client, FALSE);
  wn_fixture_advance (&f, 30);
  wn_heard_check (&f.heard, "a, b from 10");
  wn_client_set_reading (f.client, TRUE);
  push (&f, 11, 0, "c");
  wn_fixture_advance (&f, 3);
  wn_heard_check (&f.heard, "c from 11, 2 missed");
  wn_fixture_clear (&f);
}

static void
test_whole_buffer (void)
{
  Fixture f;

  set_up (&f, NULL);
  agree (&f);
  push (&f, 0, 0, "a");
  push (&f, 0, 1, "b");
  lose_for (&f, 20);
  agree (&f);
  push (&f, 0, 0, "a");
  push (&f, 0, 1, "b");
  push (&f, 10, 0, "c");
  wn_fixture_advance (&f, 3);
  wn_heard_check (&f.heard, "a, b, c from 10, 1 missed");
  wn_fixture_clear (&f);
}

/* The connection is lost and back within the second of the last message. */
static void
test_whole_buffer_at_once (void)
{
  Fixture f;

  set_up (&f, NULL);
  agree (&f);
  push (&f, 4, 0, "a");
  push (&f, 5, 0, "b");
  lose_for (&f, 5);
  agree (&f);
  push (&f, 4, 0, "a");
  push (&f, 5, 0, "b");
  push (&f, 5, 1, "c");
  wn_heard_check (&f.heard, "a, b, c");
  /* Nothing more of the old comes once it is live, whatever the places say. */
  push (&f, 6, 0, "d");
  wn_fixture_advance (&f, 20);
  wn_heard_check (&f.heard, "d");
  lose_for (&f, 5);
  expect_last (&f, "&last=1700000006%3A0");
  wn_fixture_clear (&f);
}

/* What was seen takes longer than the first missed may take to come. */
static void
test_whole_buffer_slowly (void)
{
  Fixture f;

  set_up (&f, "1700000000:0");
  wn_virtual_clock_shift_wall_time (f.clock, SECONDS (5000));
  agree (&f);
  for (int i = 0; i < 30; i++)
    {
      push (&f, i - 29, 0, "old");
      wn_fixture_advance (&f, 1);
    }
  push (&f, 100, 0, "a");
  wn_fixture_advance (&f, 3);
  wn_heard_check (&f.heard, "a from 100, 1 missed");
  wn_fixture_clear (&f);
}

/* The server's clock was set back by an hour: its newest comes all the same. */
static void
test_clock_set_back (void)
{
  Fixture f;

  set_up (&f, "1700000000:0");
  skew_s = -3600;
  agree (&f);
  push (&f, -7200, 0, "old");
  push (&f, -3599, 0, "a");
  wn_heard_check (&f.heard, "a");
  wn_fixture_clear (&f);
}

static void
test_skewed_clock (void)
{
  static const gint64 skews_s[] = { -7200, 7200 };

  for (gsize i = 0; i < G_N_ELEMENTS (skews_s); i++)
    {
      g_autofree char *heard = g_strdup_printf ("a, b from %d, 1 missed, c",
                                                (int) skews_s[i] + 10);
      Fixture f;

      set_up (&f, NULL);
      skew_s = skews_s[i];
      agree (&f);
      push (&f, skew_s, 0, "a");
      lose_for (&f, 60);
      agree (&f);
      push (&f, skew_s + 10, 0, "b");
      wn_fixture_advance (&f, 3);
      push (&f, skew_s + 63, 0, "c");
      wn_fixture_advance (&f, 20);
      wn_heard_check (&f.heard, heard);
      wn_fixture_clear (&f);
    }
}

static void
test_no_time (void)
{
  Fixture f;

  set_up (&f, NULL);
  says_no_time = TRUE;
  agree (&f);
  push (&f, 0, 0, "a");
  lose_for (&f, 60);
  agree (&f);
  push (&f, 10, 0, "b");
  push (&f, 61, 0, "c");
  wn_heard_check (&f.heard, "a, b from 10, 1 missed, c");
  wn_fixture_clear (&f);
}

static void
test_day_of_sleep (void)
{
  Fixture f;

  set_up (&f, NULL);
  agree (&f);
  push (&f, 0, 0, "a");
  lose_for (&f, 24 * 60 * 60);
  expect_last (&f, "&last=1700000000%3A0");
  agree (&f);
  for (int i = 1; i <= 3; i++)
    push (&f, i * 1000, 0, "x");
  wn_fixture_advance (&f, 3);
  wn_heard_check (&f.heard,
                  "a, x from 1000, x from 2000, x from 3000, 3 missed");
  wn_fixture_clear (&f);
}

static void
test_passed_over (void)
{
  Fixture f;

  set_up (&f, "1699999000:4");
  pass_over (&f);
  wn_heard_check (&f.heard, "no replay");
  g_assert_null (wn_client_get_cursor (f.client));
  wn_scripted_transport_emit_text (f.transport, "{\"title\":\"a\"}");
  lose_for (&f, 60);
  expect_last (&f, "");
  pass_over (&f);
  wn_heard_check (&f.heard, "a, gap of 60 s");
  /* The same server, once it has learnt it. */
  lose_for (&f, 60);
  agree (&f);
  lose_for (&f, 60);
  g_assert_nonnull (
      strstr (wn_scripted_transport_get_route (f.transport)->url, "&last="));
  wn_fixture_clear (&f);
}

static void
test_refused (void)
{
  static const WnLoss bad
      = { .reason = WN_LOSS_HTTP_STATUS, .http_status = 400 };
  static const WnLoss down
      = { .reason = WN_LOSS_HTTP_STATUS, .http_status = 502 };
  Fixture f;

  set_up (&f, "1699999000:4");
  wn_scripted_transport_emit_lost (f.transport, &down);
  wn_fixture_advance (&f, 5);
  expect_last (&f, "&last=1699999000%3A4");
  wn_scripted_transport_emit_lost (f.transport, &bad);
  wn_fixture_advance (&f, 5);
  expect_last (&f, "");
  g_assert_null (wn_scripted_transport_get_route (f.transport)->subprotocol);
  pass_over (&f);
  wn_heard_check (&f.heard, "no replay");
  lose_for (&f, 5);
  g_assert_nonnull (wn_scripted_transport_get_route (f.transport)->subprotocol);
  wn_fixture_clear (&f);
}

/* An nchan that agreed is never told a word, and all that it says counts. */
static void
test_ping (void)
{
  Fixture f;

  set_up (&f, NULL);
  agree (&f);
  wn_fixture_advance (&f, 44);
  wn_fixture_check_told (&f, "open");
  wn_fixture_advance (&f, 1);
  wn_fixture_check_told (&f, "ping");
  wn_fixture_advance (&f, 2);
  wn_scripted_transport_emit_alive (f.transport);
  g_assert_cmpint (get_status (&f).state, ==, WN_STATE_QUIET);
  g_assert_cmpint (get_status (&f).round_trip_us, ==, SECONDS (2));

  /* A message puts the next ping off, and answers the one that is out. */
  wn_fixture_advance (&f, 40);
  push (&f, 87, 0, "a");
  wn_fixture_advance (&f, 44);
  wn_fixture_check_told (&f, "");
  wn_fixture_advance (&f, 1);
  wn_fixture_check_told (&f, "ping");
  push (&f, 132, 0, "b");
  g_assert_cmpint (get_status (&f).state, ==, WN_STATE_QUIET);
  wn_fixture_advance (&f, 44);
  wn_fixture_check_told (&f, "");
  wn_fixture_advance (&f, 46);
  wn_fixture_check_told (&f, "ping, close");
  g_assert_cmpint (get_status (&f).loss->reason, ==, WN_LOSS_NO_ANSWER);
  wn_fixture_clear (&f);
}

/* With any other server it is as if the account asked for no replay. */
static void
test_heartbeat_by_text (void)
{
  Fixture f;

  set_up (&f, NULL);
  pass_over (&f);
  wn_fixture_advance (&f, 45);
  wn_fixture_check_told (&f, "open, send " HELLO ", send heartCheck");
  wn_scripted_transport_emit_alive (f.transport);
  wn_scripted_transport_emit_text (f.transport, "{\"title\":\"a\"}");
  g_assert_cmpint (get_status (&f).state, ==, WN_STATE_ASKED);
  wn_scripted_transport_emit_text (f.transport, "{\"code\":2}");
  g_assert_cmpint (get_status (&f).state, ==, WN_STATE_QUIET);
  wn_fixture_advance (&f, 45);
  wn_scripted_transport_emit_alive (f.transport);
  wn_fixture_advance (&f, 45);
  wn_fixture_check_told (&f, "send heartCheck, close");
  g_assert_cmpint (get_status (&f).loss->reason, ==, WN_LOSS_NO_ANSWER);
  wn_fixture_clear (&f);
}

/* What one connection agreed to means nothing for the next. */
static void
test_heartbeat_of_each_connection (void)
{
  Fixture f;

  set_up (&f, NULL);
  for (int i = 0; i < 2; i++)
    {
      agree (&f);
      wn_fixture_advance (&f, 45);
      wn_fixture_check_told (&f, "open, ping");
      lose_for (&f, 5);
      pass_over (&f);
      wn_fixture_advance (&f, 45);
      wn_fixture_check_told (&f, "open, send " HELLO ", send heartCheck");
      lose_for (&f, 5);
    }
  wn_fixture_clear (&f);
}

static void
test_bad_cursor (void)
{
  Fixture f;

  set_up (&f, "1 2\r\nX: y");
  expect_last (&f, "");
  wn_fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*func) (void);
  } tests[] = {
    { "a first login asks for nothing old, the next for what came since",
      test_first_login },
    { "what was missed comes with its own time, and is counted", test_missed },
    { "a fresh notification ends the replay", test_live_ends_it },
    { "a long gap of which the server has nothing is told of",
      test_nothing_kept },
    { "a short loss without anything missed says nothing", test_short_loss },
    { "a loss in the middle of a replay goes on where it was",
      test_lost_while_replaying },
    { "a slow server's replay is told from what is fresh", test_slow_server },
    { "a replay that we hold back is not over", test_held_back },
    { "a server that begins anew shows nothing twice", test_whole_buffer },
    { "nor within the second of a loss", test_whole_buffer_at_once },
    { "nor slowly, and what was missed is told of", test_whole_buffer_slowly },
    { "a server's clock that was set back", test_clock_set_back },
    { "the server's clock may be hours off", test_skewed_clock },
    { "a server that says no time is taken to have ours", test_no_time },
    { "a day of sleep is asked for", test_day_of_sleep },
    { "an offer that is passed over works as without, and says so once",
      test_passed_over },
    { "an offer that is refused is left out once", test_refused },
    { "an nchan is asked by pings, and all that comes answers", test_ping },
    { "another server is asked by text, and only its answer counts",
      test_heartbeat_by_text },
    { "each connection has the heartbeat that it agreed to",
      test_heartbeat_of_each_connection },
    { "a cursor that is none is not sent", test_bad_cursor },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/replay/%s", tests[i].name);

      g_test_add_func (path, tests[i].func);
    }
  return g_test_run ();
}
