/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A connection to an ntfy over a virtual clock and a scripted transport: what
 * shows that the server lives, what was missed, and how refusals end. Nothing
 * but pings is ever sent.
 */

#include "core/connection/client.h"

#include "support/fixture.h"
#include "support/instance.h"

#define START_WALL_S 1700000000

typedef WnFixture Fixture;

static const WnLoss broken = { .reason = WN_LOSS_BROKEN };
/* What a server up to 2.11 says to whatever it does not like. */
static const WnLoss nothing
    = { .reason = WN_LOSS_HTTP_STATUS, .http_status = 200 };

static void
on_client_notified (WnClient *client,
                    WnNotification *notification,
                    gpointer user_data)
{
  wn_heard_add (user_data,
                "%s%s",
                notification->content,
                notification->is_missed ? " (missed)" : "");
  wn_fixture_keep_cursor (user_data, notification);
}

static const char *
reason_text (WnLossReason reason)
{
  switch ((int) reason)
    {
    case WN_LOSS_TIMED_OUT:
      return "time";
    case WN_LOSS_LOGIN_REFUSED:
      return "the login";
    case WN_LOSS_TOPICS_REFUSED:
      return "the topics";
    default:
      return "something else";
    }
}

static void
on_client_gave_up (WnClient *client, const WnLoss *loss, gpointer user_data)
{
  wn_heard_add (user_data,
                "gave up for %s %s",
                reason_text (loss->reason),
                loss->detail != NULL ? loss->detail : "");
}

/* What is asked a while after each opening but the first, and after a refusal.
 */
#define POLL "GET /a,b/json?poll=1&since="

static void
sign_on (Fixture *f)
{
  static const WnClientListener listener = {
    .state_changed = wn_heard_state_changed,
    .gap = wn_heard_gap,
    .notified = on_client_notified,
    .call = wn_fixture_call,
    .missed = wn_heard_missed,
    .gave_up = on_client_gave_up,
  };

  wn_fixture_add_client (f,
                         &(WnClientConfig){
                             .lifecycle = wn_fixture_lifecycle,
                             .dialect = &wn_dialect_ntfy,
                             .instance = wn_instance_new (&wn_dialect_ntfy,
                                                          NULL,
                                                          "a,b@ntfy.example",
                                                          NULL,
                                                          "login",
                                                          "ann",
                                                          NULL),
                             .cursor = f->cursor,
                         },
                         &listener);
  wn_client_start (f->client);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  wn_fixture_init (f, START_WALL_S);
  f->origin = "https://ntfy.example";
  f->authorization = "Basic YW5uOg=="; /* ann, without a password */
  sign_on (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  wn_fixture_clear (f);
}

/* @time_s: by the server's clock, since our start */
static void
say_as (Fixture *f,
        const char *id,
        const char *event,
        gint64 time_s,
        const char *body)
{
  g_autofree char *frame = g_strdup_printf (
      "{\"id\":\"%s\",\"time\":%" G_GINT64_FORMAT
      ",\"event\":\"%s\",\"topic\":\"a\",\"message\":\"%s\"}\n",
      id,
      START_WALL_S + time_s,
      event,
      body);

  wn_scripted_transport_emit_text (f->transport, frame);
}

static void
say (Fixture *f, const char *event, gint64 time_s, const char *body)
{
  static guint n;
  g_autofree char *id = g_strdup_printf ("id%u", n++);

  say_as (f, id, event, time_s, body);
}

static void
open_at (Fixture *f, gint64 time_s)
{
  wn_scripted_transport_emit_opened (f->transport);
  say (f, "open", time_s, "");
}

/* An ever longer wait, which a frame of the server's ends. */
static void
wait_for_opening (Fixture *f)
{
  for (guint i = 0;
       i < 600
       && wn_scripted_transport_get_state (f->transport) == WN_SCRIPTED_IDLE;
       i++)
    wn_fixture_advance (f, 1);
  g_assert_cmpint (wn_scripted_transport_get_state (f->transport),
                   ==,
                   WN_SCRIPTED_OPENING);
}

/* --- Whether the server lives ------------------------------------------- */

static void
test_ready (Fixture *f, gconstpointer data)
{
  wn_heard_check (&f->heard, "connecting");
  wn_scripted_transport_emit_opened (f->transport);
  wn_heard_check (&f->heard, "");
  say (f, "open", 0, "");
  wn_heard_check (&f->heard, "quiet");
}

/* A server that takes the upgrade and then says nothing. */
static void
test_never_ready (Fixture *f, gconstpointer data)
{
  wn_scripted_transport_emit_opened (f->transport);
  wn_fixture_advance (f, 40);
  wn_heard_check (&f->heard, "connecting, gave up for time ");
}

static void
test_frozen (Fixture *f, gconstpointer data)
{
  open_at (f, 0);
  wn_heard_check (&f->heard, "connecting, quiet");
  wn_fixture_check_told (f, "open");
  wn_fixture_advance (f, 46);
  wn_fixture_check_told (f, "ping");
  wn_fixture_advance (f, 46);
  wn_heard_check (&f->heard, "asked, waiting");
  wn_fixture_check_told (f, "close");
}

/* Each answer to a ping, and each ping of the server's, shows that it lives. */
static void
test_alive (Fixture *f, gconstpointer data)
{
  open_at (f, 0);
  wn_fixture_check_told (f, "open");
  for (guint i = 0; i < 1000; i++)
    {
      wn_fixture_advance (f, 40);
      wn_scripted_transport_emit_alive (f->transport);
    }
  wn_heard_check (&f->heard, "connecting, quiet");
  wn_fixture_check_told (f, "");
}

static void
test_slept (Fixture *f, gconstpointer data)
{
  open_at (f, 0);
  wn_fixture_check_told (f, "open");
  wn_virtual_clock_sleep (f->clock, G_TIME_SPAN_HOUR);
  wn_fixture_advance (f, 0);
  wn_fixture_check_told (f, "ping");
  wn_fixture_advance (f, 12);
  wn_fixture_check_told (f, "close");
  wait_for_opening (f);
}

/* --- What was missed ---------------------------------------------------- */

static void
check_url (Fixture *f, const char *expected)
{
  const WnRoute *route = wn_scripted_transport_get_route (f->transport);

  g_assert_cmpstr (route->url, ==, expected);
}

static void
test_missed (Fixture *f, gconstpointer data)
{
  check_url (f, "wss://ntfy.example/a,b/ws");
  open_at (f, 0);
  say (f, "message", 30, "one");
  wn_scripted_transport_emit_lost (f->transport, &broken);
  wait_for_opening (f);
  check_url (f, "wss://ntfy.example/a,b/ws?since=1700000015");
  wn_heard_check (&f->heard, "connecting, quiet, one, waiting, connecting");
  open_at (f, 100);
  say (f, "message", 50, "two");
  say (f, "message", 99, "three");
  say (f, "message", 101, "four");
  wn_fixture_advance (f, 20);
  wn_heard_check (&f->heard,
                  "quiet, two (missed), three (missed), 2 missed, four, " POLL
                  "1700000085");
}

/* What comes just after an opening is remembered until what was sent later is
 * passed over by its time alone: over as many sign-ons as that takes.
 */
static void
test_sign_ons (Fixture *f, gconstpointer data)
{
  open_at (f, 0);
  wn_scripted_transport_emit_lost (f->transport, &broken);
  wait_for_opening (f);
  open_at (f, 100);
  wn_fixture_forget (f);
  say_as (f, "one", "message", 101, "one");
  wn_heard_check (&f->heard, "one");
  for (int i = 0; i < 3; i++)
    {
      wn_fixture_drop_client (f);
      sign_on (f);
      open_at (f, 105 + i);
      wn_fixture_forget (f);
      say_as (f, "one", "message", 101, "one");
      say_as (f, "two", "message", 104, "two");
      wn_heard_check (&f->heard, i == 0 ? "two (missed)" : "");
    }
}

static void
answer (Fixture *f, guint status, const char *body)
{
  wn_client_take_answer (f->client,
                         &(WnAnswer){ .status = status,
                                      .body = body,
                                      .length = strlen (body) });
}

/* One that the server was about to store when it was asked for what was missed,
 * and had passed on before: it comes by a question of its own, once.
 */
static void
test_stored_late (Fixture *f, gconstpointer data)
{
  static const char *late = "{\"id\":\"late\",\"time\":1700000099,"
                            "\"event\":\"message\",\"message\":\"late\"}\n";

  open_at (f, 0);
  wn_fixture_advance (f, 60);
  wn_scripted_transport_emit_lost (f->transport, &broken);
  wait_for_opening (f);
  open_at (f, 100);
  say (f, "message", 101, "now");
  wn_heard_check (&f->heard,
                  "connecting, quiet, asked, waiting, connecting, quiet, now");
  wn_fixture_advance (f, 10);
  answer (f, 200, late);
  wn_scripted_transport_emit_text (f->transport, late);
  wn_fixture_advance (f, 10);
  wn_heard_check (&f->heard, POLL "1700000085, late (missed), 1 missed");
}

/* One that the server passes on before it says that it has opened comes with
 * what was missed, or by that question.
 */
static void
test_passed_on_early (Fixture *f, gconstpointer data)
{
  static const char *early = "{\"id\":\"early\",\"time\":1700000100,"
                             "\"event\":\"message\",\"message\":\"early\"}\n";

  open_at (f, 0);
  wn_scripted_transport_emit_lost (f->transport, &broken);
  wait_for_opening (f);
  wn_scripted_transport_emit_opened (f->transport);
  wn_fixture_forget (f);
  wn_scripted_transport_emit_text (f->transport, early);
  say (f, "open", 100, "");
  say (f, "message", 101, "now");
  wn_heard_check (&f->heard, "quiet, now");
  wn_fixture_advance (f, 10);
  answer (f, 200, early);
  wn_heard_check (&f->heard, POLL "1700000085, early");
}

/* Its answer may come while what was missed is still unread: where that is
 * lost, the next connection asks for it once more.
 */
static void
test_stored_late_while_held_back (Fixture *f, gconstpointer data)
{
  open_at (f, 0);
  wn_scripted_transport_emit_lost (f->transport, &broken);
  wait_for_opening (f);
  open_at (f, 100);
  wn_fixture_forget (f);
  wn_client_set_reading (f->client, FALSE);
  wn_fixture_advance (f, 10);
  answer (f,
          200,
          "{\"id\":\"late\",\"time\":1700000099,\"event\":\"message\","
          "\"message\":\"late\"}\n");
  wn_heard_check (&f->heard, POLL "1700000085, late (missed)");
  wn_scripted_transport_emit_lost (f->transport, &broken);
  wait_for_opening (f);
  check_url (f, "wss://ntfy.example/a,b/ws?since=1700000000");
  open_at (f, 110);
  wn_client_set_reading (f->client, TRUE);
  wn_heard_check (&f->heard, "waiting, connecting, quiet");
  say (f, "message", 50, "one");
  say_as (f, "late", "message", 99, "late");
  wn_heard_check (&f->heard, "one (missed)");
}

/* It keeps the connection, and the next one asks for the same again. */
static void
test_no_answer_to_it (Fixture *f, gconstpointer status)
{
  open_at (f, 0);
  wn_scripted_transport_emit_lost (f->transport, &broken);
  wait_for_opening (f);
  open_at (f, 100);
  say (f, "message", 101, "now");
  wn_fixture_advance (f, 10);
  answer (f, GPOINTER_TO_UINT (status), "{\"code\":42901}");
  wn_heard_check (&f->heard,
                  "connecting, quiet, waiting, connecting, quiet, now, " POLL
                  "1700000085");
  wn_scripted_transport_emit_lost (f->transport, &broken);
  wait_for_opening (f);
  check_url (f, "wss://ntfy.example/a,b/ws?since=1700000000");
}

/* Which were sent before is told by the server's clock alone: it has no `Date`
 * in its answer, but its first frame has its time.
 */
static void
test_clocks (Fixture *f, gconstpointer offset_s)
{
  gint64 ahead_s = GPOINTER_TO_INT (offset_s);
  g_autofree char *expected = g_strdup_printf (
      "connecting, quiet, waiting, connecting, quiet, before (missed), "
      "1 missed, after, " POLL "%" G_GINT64_FORMAT,
      START_WALL_S + ahead_s + 85);

  open_at (f, ahead_s);
  wn_scripted_transport_emit_lost (f->transport, &broken);
  wait_for_opening (f);
  open_at (f, ahead_s + 100);
  say (f, "message", ahead_s + 50, "before");
  say (f, "message", ahead_s + 101, "after");
  wn_fixture_advance (f, 20);
  wn_heard_check (&f->heard, expected);
}

/* It keeps messages for twelve hours, unless one has told otherwise. */
static void
test_gap (Fixture *f, gconstpointer hours)
{
  open_at (f, 0);
  wn_scripted_transport_emit_lost (f->transport, &broken);
  wn_fixture_advance (f, GPOINTER_TO_INT (hours) * 3600.0);
  wait_for_opening (f);
  open_at (f, GPOINTER_TO_INT (hours) * 3600);
  wn_fixture_advance (f, 10);
  answer (f, 200, "");
  wn_fixture_advance (f, 10);
  g_assert_cmpint (g_str_has_suffix (f->heard.words->str, ", gap"),
                   ==,
                   GPOINTER_TO_INT (hours) > 12);
}

/* Nothing that was sent by such a clock is since the place that was asked for,
 * so that nobody knows what was missed, however short the gap was.
 */
static void
test_clock_set_back (Fixture *f, gconstpointer data)
{
  open_at (f, 0);
  wn_scripted_transport_emit_lost (f->transport, &broken);
  wn_fixture_advance (f, 100);
  wait_for_opening (f);
  wn_fixture_forget (f);
  open_at (f, -60);
  wn_fixture_advance (f, 20);
  wn_heard_check (&f->heard, "quiet, gap");
}

static void
test_gap_of_what_is_not_kept (Fixture *f, gconstpointer data)
{
  open_at (f, 0);
  say (f, "message", 30, "without an end");
  wn_scripted_transport_emit_lost (f->transport, &broken);
  wn_fixture_advance (f, 100);
  wait_for_opening (f);
  open_at (f, 100);
  wn_fixture_advance (f, 10);
  answer (f, 200, "");
  wn_fixture_advance (f, 10);
  g_assert_true (g_str_has_suffix (f->heard.words->str, ", gap"));
}

/* --- Refusals ----------------------------------------------------------- */

static void
test_refused (Fixture *f, gconstpointer data)
{
  wn_scripted_transport_emit_lost (f->transport, &nothing);
  answer (f, 401, "{\"code\":40101,\"http\":401}");
  wn_heard_check (&f->heard,
                  "connecting, waiting, " POLL
                  "none, gave up for the login ann");
  wn_fixture_advance (f, 10000);
  wn_fixture_check_told (f, "open");
}

/* From 2.12 on, without a question. */
static void
test_refused_with_status (Fixture *f, gconstpointer data)
{
  static const WnLoss forbidden
      = { .reason = WN_LOSS_HTTP_STATUS, .http_status = 403 };

  wn_scripted_transport_emit_lost (f->transport, &forbidden);
  wn_heard_check (&f->heard, "connecting, gave up for the topics a,b");
}

/* A login that worked and is taken away: three attempts in all. */
static void
test_revoked (Fixture *f, gconstpointer data)
{
  open_at (f, 0);
  wn_scripted_transport_emit_lost (f->transport, &broken);
  for (guint i = 0; i < 3; i++)
    {
      wait_for_opening (f);
      wn_scripted_transport_emit_lost (f->transport, &nothing);
      answer (f, 401, "{\"code\":40101,\"http\":401}");
    }
  wn_heard_check (&f->heard,
                  "connecting, quiet, waiting, "
                  "connecting, waiting, " POLL "none, waiting, "
                  "connecting, waiting, " POLL "none, waiting, "
                  "connecting, waiting, " POLL "none, "
                  "gave up for the login ann");
}

/* Too many wrong logins from this address, by somebody else: the server is
 * asked a few times in an hour.
 */
static void
test_locked_out (Fixture *f, gconstpointer data)
{
  guint n_attempts = 0;

  open_at (f, 0);
  wn_scripted_transport_emit_lost (f->transport, &broken);
  for (guint i = 0; i < 3600; i++)
    {
      wn_fixture_advance (f, 1);
      if (wn_scripted_transport_get_state (f->transport) == WN_SCRIPTED_IDLE)
        continue;
      n_attempts++;
      wn_scripted_transport_emit_lost (f->transport, &nothing);
      answer (f, 429, "{\"code\":42909,\"http\":429}");
    }
  g_assert_cmpuint (n_attempts, >=, 3);
  g_assert_cmpuint (n_attempts, <=, 5);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    gint data;
    void (*test) (Fixture *f, gconstpointer data);
  } tests[] = {
    { "connected is who has heard the first frame", 0, test_ready },
    { "a server that never says it", 0, test_never_ready },
    { "a frozen server is found out by a ping", 0, test_frozen },
    { "whatever comes shows that it lives", 0, test_alive },
    { "a machine that slept asks at once", 0, test_slept },
    { "what was missed comes, marked", 0, test_missed },
    { "what came is not told at later sign-ons", 0, test_sign_ons },
    { "what was stored late comes, too", 0, test_stored_late },
    { "so does what was passed on too early", 0, test_passed_on_early },
    { "what was stored late, while we don't read",
      0,
      test_stored_late_while_held_back },
    { "unless it can't be asked for", 429, test_no_answer_to_it },
    { "or nobody answers", 0, test_no_answer_to_it },
    { "nothing was missed in an hour", 1, test_gap },
    { "after a day that can't be told", 24, test_gap },
    { "nor where messages are not kept", 0, test_gap_of_what_is_not_kept },
    { "nor after its clock was set back", 0, test_clock_set_back },
    { "with a clock that is right", 0, test_clocks },
    { "with a clock that is fast", 300, test_clocks },
    { "with a clock that is slow", -300, test_clocks },
    { "a wrong login is the account's error", 0, test_refused },
    { "a forbidden topic is, too", 0, test_refused_with_status },
    { "a login that is taken away", 0, test_revoked },
    { "no storm while locked out", 0, test_locked_out },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path
          = g_strconcat ("/ntfy-connection/", tests[i].name, NULL);

      g_test_add (path,
                  Fixture,
                  GINT_TO_POINTER (tests[i].data),
                  set_up,
                  tests[i].test,
                  tear_down);
    }
  return g_test_run ();
}
