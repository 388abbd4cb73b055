/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A connection to a Laravel application over a virtual clock and a scripted
 * transport: what is said and asked when, as a Reverb, a soketi or a Pusher
 * would have it, how each of their refusals ends, and how what was missed comes
 * together with what comes by itself. The frames are as recorded from a Reverb
 * 1.10.2 and a soketi 1.6.1.
 */

#include "core/connection/client.h"

#include <string.h>

#include "support/fixture.h"
#include "support/instance.h"

/* 2026-11-28T12:00:00Z */
#define START_WALL_S 1795867200

#define MINE "private-App.Models.User.1001"
#define AUTH "{\"auth\":\"key1:6099ec44de1586fd\"}"
#define EMPTY "[]"

/* What both servers send, in each one's own words. */
typedef struct
{
  const char *greeting;
  const char *subscribed; /* with the channel in the place of the %s */
  const char *pong;
} Server;

typedef WnFixture Fixture;

/* What the application's answers say; 0: nothing */
static gint64 server_time_us;

static const Server reverb = {
  "{\"event\":\"pusher:connection_established\",\"data\":\"{\\\"socket_id\\\":"
  "\\\"429283350.378044815\\\",\\\"activity_timeout\\\":30}\"}",
  "{\"event\":\"pusher_internal:subscription_succeeded\",\"data\":\"{}\","
  "\"channel\":\"%s\"}",
  "{\"event\":\"pusher:pong\"}",
};

static const Server soketi = {
  "{\"event\":\"pusher:connection_established\",\"data\":\"{\\\"socket_id\\\":"
  "\\\"3020419275.7551624185\\\",\\\"activity_timeout\\\":30}\"}",
  "{\"event\":\"pusher_internal:subscription_succeeded\",\"channel\":\"%s\"}",
  "{\"event\":\"pusher:pong\",\"data\":{}}",
};

static void
on_client_notified (WnClient *client,
                    WnNotification *notification,
                    gpointer user_data)
{
  wn_heard_add (user_data,
                "%s%s",
                notification->title != NULL ? notification->title : "untitled",
                notification->is_missed ? "?" : "");
  wn_fixture_keep_cursor (user_data, notification);
}

static void
on_client_notice (WnClient *client,
                  WnNotice notice,
                  const char *detail,
                  gpointer user_data)
{
  static const char *const names[] = {
    [WN_NOTICE_CHANNEL_REFUSED] = "refused",
    [WN_NOTICE_MORE_MISSED] = "more missed",
    [WN_NOTICE_NO_BACKLOG] = "no backlog",
  };

  wn_heard_add (user_data,
                "%s%s%s",
                names[notice],
                detail != NULL ? " " : "",
                detail != NULL ? detail : "");
}

static const char *
reason_word (const WnLoss *loss)
{
  switch ((int) loss->reason)
    {
    case WN_LOSS_NO_GREETING:
      return "no greeting";
    case WN_LOSS_NOT_SIGNED:
      return "not signed";
    case WN_LOSS_CHANNELS_REFUSED:
      return "channels";
    case WN_LOSS_NO_APP:
      return "no app";
    case WN_LOSS_ORIGIN_REFUSED:
      return "origin";
    case WN_LOSS_TLS_ONLY:
      return "tls";
    case WN_LOSS_OVER_QUOTA:
      return "quota";
    case WN_LOSS_DENIED:
      return "denied";
    case WN_LOSS_CLOSED:
      return "closed";
    case WN_LOSS_TIMED_OUT:
      return "timed out";
    default:
      return "else";
    }
}

static void
on_client_gave_up (WnClient *client, const WnLoss *loss, gpointer user_data)
{
  guint number = loss->http_status != 0 ? loss->http_status : loss->close_code;
  g_autofree char *suffix
      = number != 0 ? g_strdup_printf (" %u", number) : g_strdup ("");

  wn_heard_add (user_data,
                "gave up: %s%s%s%s",
                reason_word (loss),
                suffix,
                loss->detail != NULL ? " " : "",
                loss->detail != NULL ? loss->detail : "");
}

/* @key, @value: (nullable): an option; with a second one behind a bar */
static void
log_in (Fixture *f, const char *cursor, const char *channels, gboolean replays)
{
  static const WnClientListener listener = {
    .state_changed = wn_heard_state_changed,
    .gap = wn_heard_gap,
    .notified = on_client_notified,
    .call = wn_fixture_call,
    .moved = wn_fixture_moved,
    .notice = on_client_notice,
    .missed = wn_heard_missed,
    .gave_up = on_client_gave_up,
  };

  /* The token is for the application. */
  f->origin = "https://app.example";
  f->authorization = "Bearer 7|s3cret";
  wn_fixture_add_client (f,
                         &(WnClientConfig){
                             .lifecycle = wn_fixture_lifecycle,
                             .dialect = &wn_dialect_laravel,
                             .instance = wn_instance_new (
                                 &wn_dialect_laravel,
                                 NULL,
                                 "1001@app.example/key1",
                                 "7|s3cret",
                                 "server",
                                 "wss://push.example:8080",
                                 "channels",
                                 channels,
                                 "backlog_url",
                                 replays ? "https://app.example/api/news" : "",
                                 NULL),
                             .cursor = cursor,
                         },
                         &listener);
  wn_client_start (f->client);
  wn_heard_forget (&f->heard);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  wn_fixture_init (f, START_WALL_S);
  server_time_us = 0;
  f->data = data;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  wn_fixture_clear (f);
}

static const Server *
server_of (Fixture *f)
{
  return f->data;
}

static void
say (Fixture *f, const char *text)
{
  wn_scripted_transport_emit_text (f->transport, text);
}

static void
answer (Fixture *f, guint status, const char *body)
{
  wn_client_take_answer (f->client,
                         &(WnAnswer){ .status = status,
                                      .body = body,
                                      .length = strlen (body),
                                      .time_us = server_time_us });
}

static void
upgrade (Fixture *f)
{
  wn_scripted_transport_emit_opened (f->transport);
}

static void
lose (Fixture *f, WnLossReason reason)
{
  wn_scripted_transport_emit_lost (f->transport, &(WnLoss){ .reason = reason });
}

static void
lose_by_code (Fixture *f, guint code)
{
  wn_scripted_transport_emit_lost (f->transport,
                                   &(WnLoss){ .reason = WN_LOSS_CLOSED,
                                              .close_code = code });
}

static void
confirm (Fixture *f, const char *channel)
{
  GString *text = g_string_new (server_of (f)->subscribed);

  g_string_replace (text, "%s", channel, 1);
  say (f, text->str);
  g_string_free (text, TRUE);
}

static void
greet (Fixture *f)
{
  upgrade (f);
  say (f, server_of (f)->greeting);
}

/* Up to the last step, for the account's only channel. */
static void
join (Fixture *f)
{
  greet (f);
  answer (f, 200, AUTH);
  confirm (f, MINE);
}

static void
connect_up (Fixture *f)
{
  log_in (f, NULL, "", FALSE);
  join (f);
  wn_fixture_forget (f);
}

static WnClientStatus
get_status (Fixture *f)
{
  WnClientStatus status;

  wn_client_get_status (f->client, &status);
  return status;
}

/* When the next attempt is due, in seconds from now. */
static double
get_wait (Fixture *f)
{
  gint64 now_us = wn_clock_get_wall_time (WN_CLOCK (f->clock));

  return (double) (get_status (f).retry_at_us - now_us) / G_TIME_SPAN_SECOND;
}

static void
reconnect (gpointer fixture)
{
  wn_client_reconnect (((Fixture *) fixture)->client);
}

/* Who hears that the account is connected begins another connection, once. */
static void
be_impatient (Fixture *f)
{
  f->heard.trigger = "quiet";
  f->heard.reaction = reconnect;
}

/* The reconnect's random part is half, always: 7.5 s the first time. */
static void
come_back (Fixture *f)
{
  double wait_s = get_wait (f);

  wn_virtual_clock_shift_wall_time (f->clock, SECONDS (100));
  wn_fixture_advance (f, wait_s);
  wn_fixture_forget (f);
  join (f);
}

static char *
dup_event (const char *id)
{
  return g_strdup_printf (
      "{\"event\":\"Illuminate\\\\Notifications\\\\Events\\\\"
      "BroadcastNotificationCreated\",\"data\":\"{\\\"title\\\":\\\"%s\\\","
      "\\\"id\\\":\\\"%s\\\",\\\"type\\\":\\\"App\\\\\\\\Notifications\\\\\\\\"
      "OrderPaid\\\"}\",\"channel\":\"" MINE "\"}",
      id,
      id);
}

static void
notify (Fixture *f, const char *id)
{
  g_autofree char *text = dup_event (id);

  say (f, text);
}

static void
wait_for_retry (Fixture *f)
{
  wn_fixture_advance (f, get_wait (f));
}

/* --- The handshake ------------------------------------------------------ */

static void
test_handshake (Fixture *f, gconstpointer data)
{
  const WnRoute *route;

  log_in (f, NULL, "", FALSE);
  route = wn_scripted_transport_get_route (f->transport);
  g_assert_cmpstr (route->url,
                   ==,
                   "wss://push.example:8080/app/key1?protocol=7&client="
                   "purple-webnotify&version=1.0.0");
  g_assert_null (route->authorization);
  g_assert_null (route->subprotocol);
  g_assert_cmpstr (route->origin, ==, "https://app.example");
  upgrade (f);
  wn_fixture_check_told (f, "open");
  wn_heard_check (&f->heard, "");
  say (f, server_of (f)->greeting);
  wn_heard_check (&f->heard,
                  f->data == &reverb
                      ? "POST /broadcasting/auth socket_id=429283350.378044815"
                        "&channel_name=" MINE
                      : "POST /broadcasting/auth socket_id="
                        "3020419275.7551624185&channel_name=" MINE);
  answer (f, 200, AUTH);
  wn_fixture_check_told (
      f,
      "send {\"event\":\"pusher:subscribe\",\"data\":{\"auth\":"
      "\"key1:6099ec44de1586fd\",\"channel\":\"" MINE "\"}}");
  wn_heard_check (&f->heard, "");
  g_assert_cmpint (get_status (f).connected_since_us, ==, 0);
  confirm (f, MINE);
  wn_heard_check (&f->heard, "quiet");
  notify (f, "n1");
  wn_heard_check (&f->heard, "n1");
}

/* Signed anew on each connection, for its socket. */
static void
test_reconnect (Fixture *f, gconstpointer data)
{
  connect_up (f);
  lose (f, WN_LOSS_BROKEN);
  wn_heard_check (&f->heard, "waiting");
  come_back (f);
  wn_heard_check (&f->heard,
                  f->data == &reverb
                      ? "POST /broadcasting/auth socket_id=429283350.378044815"
                        "&channel_name=" MINE ", quiet, gap"
                      : "POST /broadcasting/auth socket_id="
                        "3020419275.7551624185&channel_name=" MINE
                        ", quiet, gap");
}

/* --- Before the greeting ------------------------------------------------ */

/* A server that makes up an id of a megabyte has the application be sent none.
 */
static void
test_endless_socket_id (Fixture *f, gconstpointer data)
{
  g_autofree char *id = g_strnfill (1024 * 1024, '1');
  g_autofree char *greeting
      = g_strdup_printf ("{\"event\":\"pusher:connection_established\","
                         "\"data\":{\"socket_id\":\"%s\"}}",
                         id);

  log_in (f, NULL, "", FALSE);
  upgrade (f);
  wn_fixture_forget (f);
  say (f, greeting);
  wn_heard_check (&f->heard, "");
  say (f, server_of (f)->greeting);
  g_assert_true (g_str_has_prefix (f->heard.words->str,
                                   "POST /broadcasting/auth socket_id="));
}

static void
test_no_greeting (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, "", FALSE);
  upgrade (f);
  wn_fixture_advance (f, 29);
  wn_heard_check (&f->heard, "");
  wn_fixture_advance (f, 1);
  wn_fixture_check_told (f, "open, close");
  wn_heard_check (&f->heard, "gave up: no greeting");
}

/* What worked before is tried again. */
static void
test_no_greeting_later (Fixture *f, gconstpointer data)
{
  connect_up (f);
  lose (f, WN_LOSS_BROKEN);
  wn_fixture_advance (f, 8);
  upgrade (f);
  wn_fixture_forget (f);
  wn_fixture_advance (f, 30);
  wn_fixture_check_told (f, "close");
  wn_heard_check (&f->heard, "waiting");
  g_assert_cmpint (get_status (f).loss->reason, ==, WN_LOSS_NO_GREETING);
}

/* How the server says a code before the greeting, and how that ends. */
typedef struct
{
  const char *error;
  const char *end;
} Refusal;

static const Refusal refusals[] = {
  { "{\"event\":\"pusher:error\",\"data\":\"{\\\"code\\\":4001,\\\"message\\\":"
    "\\\"Application does not exist\\\"}\"}",
    "gave up: no app 4001 key1" },
  { "{\"event\":\"pusher:error\",\"data\":{\"code\":4001,\"message\":"
    "\"App key nokey does not exist.\"}}",
    "gave up: no app 4001 key1" },
  { "{\"event\":\"pusher:error\",\"data\":{\"code\":4003}}",
    "gave up: no app 4003 key1" },
  { "{\"event\":\"pusher:error\",\"data\":{\"code\":4000}}",
    "gave up: tls 4000" },
  { "{\"event\":\"pusher:error\",\"data\":{\"code\":\"4007\"}}",
    "gave up: denied 4007" },
  { "{\"event\":\"pusher:error\",\"data\":\"{\\\"code\\\":4009,\\\"message\\\":"
    "\\\"Origin not allowed\\\"}\"}",
    "gave up: origin 4009 https://app.example" },
  { "{\"event\":\"pusher:error\",\"data\":\"{\\\"code\\\":4004,\\\"message\\\":"
    "\\\"Application is over connection quota\\\"}\"}",
    "gave up: quota 4004" },
  { "{\"event\":\"pusher:error\",\"data\":{\"code\":4200}}", "waiting" },
  { "{\"event\":\"pusher:error\",\"data\":{\"code\":4150}}", "waiting" },
  { "{\"event\":\"pusher:error\",\"data\":{\"code\":null}}", "waiting" },
  { "{\"event\":\"pusher:error\",\"data\":{\"code\":9223372036854775807}}",
    "waiting" },
  { "{\"event\":\"pusher:error\"}", "waiting" },
};

/* Reverb leaves the socket open; we don't. */
static void
test_refused (Fixture *f, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_test_message ("%s", refusals[i].error);
      log_in (f, NULL, "", FALSE);
      upgrade (f);
      wn_fixture_forget (f);
      say (f, refusals[i].error);
      wn_fixture_check_told (f, "close");
      wn_heard_check (&f->heard, refusals[i].end);
      wn_fixture_drop_client (f);
      wn_fixture_forget (f);
    }
}

static void
test_harmless_error (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, "", FALSE);
  upgrade (f);
  say (f, "{\"event\":\"pusher:error\",\"data\":{\"code\":4301}}");
  say (f, server_of (f)->greeting);
  answer (f, 200, AUTH);
  confirm (f, MINE);
  wn_fixture_forget (f);
  say (f, "{\"event\":\"pusher:error\",\"data\":{\"code\":4301}}");
  say (f,
       "{\"event\":\"pusher:error\",\"data\":\"{\\\"code\\\":4200,"
       "\\\"message\\\":\\\"Invalid message format\\\"}\"}");
  say (f, "{\"event\":\"pusher:error\",\"data\":{\"code\":4009}}");
  say (f, "{\"event\":\"pusher:error\"}");
  say (f, "{\"event\":\"pusher:error\",\"data\":[4001]}");
  wn_fixture_check_told (f, "");
  wn_heard_check (&f->heard, "");
}

static const struct
{
  guint code;
  const char *end;
} closes[] = {
  { 4001, "gave up: no app 4001 key1" },
  { 4009, "gave up: denied 4009" },
  { 4100, "waiting" },
  { 4200, "waiting" },
  { 4201, "waiting" },
  { 1006, "waiting" },
  { 1001, "waiting" },
  { 4300, "waiting" },
};

static void
test_close_codes (Fixture *f, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (closes); i++)
    {
      connect_up (f);
      lose_by_code (f, closes[i].code);
      wn_heard_check (&f->heard, closes[i].end);
      wn_fixture_drop_client (f);
    }
}

/* At a random moment within 5 s the first time, and later from then on. */
static void
test_come_back_soon (Fixture *f, gconstpointer data)
{
  connect_up (f);
  say (f,
       "{\"event\":\"pusher:error\",\"data\":{\"code\":4200,\"message\":"
       "\"Server closed. Please reconnect shortly.\"}}");
  lose_by_code (f, 4200);
  g_assert_cmpfloat (get_wait (f), ==, 2.5);
  wait_for_retry (f);
  lose_by_code (f, 4200);
  g_assert_cmpfloat (get_wait (f), ==, 12.5);
}

/* A server that says something and then falls over, time and again, is not run
 * down: only an answer, or a minute with traffic, begins the count anew.
 */
static void
test_server_that_falls_over (Fixture *f, gconstpointer data)
{
  static const double waits_s[] = { 7.5, 12.5, 27.5 };

  connect_up (f);
  for (gsize i = 0; i < G_N_ELEMENTS (waits_s); i++)
    {
      notify (f, "n1");
      lose (f, WN_LOSS_BROKEN);
      g_assert_cmpfloat (get_wait (f), ==, waits_s[i]);
      wn_fixture_advance (f, waits_s[i]);
      join (f);
    }
  wn_fixture_advance (f, 30);
  notify (f, "n2");
  lose (f, WN_LOSS_BROKEN);
  g_assert_cmpfloat (get_wait (f), ==, 7.5);
}

/* Reverb says so, and then cuts the connection without a close frame. */
static void
test_pruned (Fixture *f, gconstpointer data)
{
  connect_up (f);
  say (f,
       "{\"event\":\"pusher:error\",\"data\":\"{\\\"code\\\":4201,"
       "\\\"message\\\":\\\"Pong reply not received in time\\\"}\"}");
  wn_fixture_check_told (f, "close");
  g_assert_cmpfloat (get_wait (f), ==, 2.5);
}

static void
test_over_quota (Fixture *f, gconstpointer data)
{
  connect_up (f);
  lose (f, WN_LOSS_BROKEN);
  wn_fixture_advance (f, 8);
  upgrade (f);
  say (f, refusals[6].error);
  g_assert_cmpfloat (get_wait (f), >=, 60);
  wait_for_retry (f);
  lose_by_code (f, 4100);
  g_assert_cmpfloat (get_wait (f), >=, 60);
}

/* --- The application's signature ---------------------------------------- */

static const struct
{
  guint status;
  const char *body;
  const char *end;
} unsigned_answers[] = {
  { 401, "{\"message\":\"Unauthenticated.\"}", "401" },
  { 403, "{\"message\":\"\"}", "403" },
  { 302, "<html>", "302" },
  { 404, "<html>", "404" },
  { 405, "<html>", "405" },
  { 419, "{\"message\":\"CSRF token mismatch.\"}", "419" },
  { 200, "<html>", "200" },
  { 200, "", "200" },
  { 200, "{}", "200" },
  { 200, "[]", "200" },
  { 200, "{\"auth\":7}", "200" },
  { 204, "", "204" },
};

static void
test_unsigned (Fixture *f, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (unsigned_answers); i++)
    {
      g_autofree char *end = g_strdup_printf ("gave up: not signed %s " MINE,
                                              unsigned_answers[i].end);

      log_in (f, NULL, "", FALSE);
      greet (f);
      wn_fixture_forget (f);
      answer (f, unsigned_answers[i].status, unsigned_answers[i].body);
      wn_fixture_check_told (f, "close");
      wn_heard_check (&f->heard, end);
      wn_fixture_drop_client (f);
      wn_fixture_forget (f);
    }
}

/* An application that is being changed answers oddly for a while; but a token
 * that is not taken any more is not waited for.
 */
static void
test_unsigned_later (Fixture *f, gconstpointer data)
{
  static const guint statuses[] = { 302, 404, 419, 200 };

  connect_up (f);
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      lose (f, WN_LOSS_BROKEN);
      wait_for_retry (f);
      greet (f);
      wn_fixture_forget (f);
      answer (f, statuses[i], "<html>");
      wn_heard_check (&f->heard, "waiting");
      g_assert_cmpint (get_status (f).loss->http_status, ==, statuses[i]);
      wait_for_retry (f);
      join (f);
    }
  lose (f, WN_LOSS_BROKEN);
  wait_for_retry (f);
  greet (f);
  wn_fixture_forget (f);
  answer (f, 401, "");
  wn_heard_check (&f->heard, "gave up: not signed 401 " MINE);
}

/* The socket is kept for a while. */
static void
test_signature_later (Fixture *f, gconstpointer data)
{
  connect_up (f);
  lose (f, WN_LOSS_BROKEN);
  wn_fixture_advance (f, 8);
  greet (f);
  wn_fixture_forget (f);
  answer (f, 503, "<html>");
  wn_fixture_advance (f, 5);
  answer (f, 0, "");
  wn_fixture_advance (f, 10);
  answer (f, 429, "");
  wn_fixture_check_told (f, "");
  wn_heard_forget (&f->heard);
  wn_fixture_advance (f, 15);
  wn_fixture_check_told (f, "close");
  wn_heard_check (&f->heard, "waiting");
  g_assert_cmpint (get_status (f).loss->reason, ==, WN_LOSS_NOT_SIGNED);
  g_assert_cmpint (get_status (f).loss->http_status, ==, 429);
}

/* What was answered about another channel says nothing about this one. */
static void
test_second_signature_never (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, MINE ",private-two", FALSE);
  greet (f);
  answer (f, 200, AUTH);
  confirm (f, MINE);
  wn_fixture_forget (f);
  wn_fixture_advance (f, 30);
  wn_fixture_check_told (f, "close");
  wn_heard_check (&f->heard, "gave up: not signed private-two");
}

static void
test_signature_recovers (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, "", FALSE);
  greet (f);
  wn_fixture_forget (f);
  answer (f, 503, "<html>");
  wn_fixture_advance (f, 4);
  wn_heard_check (&f->heard, "");
  wn_fixture_advance (f, 1);
  answer (f, 200, AUTH);
  confirm (f, MINE);
  g_assert_true (g_str_has_suffix (f->heard.words->str, ", quiet"));
}

/* What was asked for one socket is not said on another. */
static void
test_old_signature (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, "", FALSE);
  greet (f);
  lose (f, WN_LOSS_BROKEN);
  answer (f, 200, AUTH);
  wn_fixture_advance (f, 8);
  upgrade (f);
  answer (f, 200, AUTH);
  wn_fixture_forget (f);
  wn_fixture_check_told (f, "");
  say (f, server_of (f)->greeting);
  answer (f, 200, "{\"auth\":\"key1:new\"}");
  wn_fixture_check_told (
      f,
      "send {\"event\":\"pusher:subscribe\",\"data\":{\"auth\":"
      "\"key1:new\",\"channel\":\"" MINE "\"}}");
}

/* Byte for byte: it is signed. */
static void
test_presence (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, "presence-team.5", FALSE);
  greet (f);
  wn_fixture_forget (f);
  answer (f,
          200,
          "{\"channel_data\":\"{\\\"user_id\\\":\\\"1001\\\","
          "\\\"user_info\\\":{\\\"name\\\":\\\"Ann \\u00e9 \\\\\\/\\\"}}\","
          "\"auth\":\"key1:5be3\"}");
  wn_fixture_check_told (
      f,
      "send {\"event\":\"pusher:subscribe\",\"data\":{\"auth\":"
      "\"key1:5be3\",\"channel_data\":\"{\\\"user_id\\\":\\\"1001\\\","
      "\\\"user_info\\\":{\\\"name\\\":\\\"Ann é \\\\/\\\"}}\","
      "\"channel\":\"presence-team.5\"}}");
  say (f,
       "{\"event\":\"pusher_internal:subscription_succeeded\",\"data\":"
       "\"{\\\"presence\\\":{\\\"count\\\":1,\\\"ids\\\":[\\\"1001\\\"],"
       "\\\"hash\\\":{}}}\",\"channel\":\"presence-team.5\"}");
  wn_heard_check (&f->heard, "quiet");
}

/* --- The server's refusal of a channel ---------------------------------- */

static const char *
refusal_of (Fixture *f)
{
  return f->data == &reverb
             ? "{\"event\":\"pusher:error\",\"data\":\"{\\\"code\\\":4009,"
               "\\\"message\\\":\\\"Connection is unauthorized\\\"}\"}"
             : "{\"event\":\"pusher:subscription_error\",\"channel\":\"" MINE
               "\",\"data\":{\"type\":\"AuthError\",\"error\":\"The "
               "connection is unauthorized.\",\"status\":401}}";
}

static void
test_signature_refused (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, "", FALSE);
  greet (f);
  wn_fixture_forget (f);
  answer (f, 200, AUTH);
  say (f, refusal_of (f));
  g_assert_true (g_str_has_prefix (f->heard.words->str, "POST "));
  answer (f, 200, AUTH);
  wn_fixture_forget (f);
  say (f, refusal_of (f));
  wn_fixture_check_told (f, "close");
  wn_heard_check (&f->heard, "gave up: channels " MINE);
}

static void
test_signature_renewed (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, "", FALSE);
  greet (f);
  answer (f, 200, AUTH);
  say (f, refusal_of (f));
  answer (f, 200, AUTH);
  wn_fixture_forget (f);
  confirm (f, MINE);
  wn_heard_check (&f->heard, "quiet");
}

/* Pusher's own refusals have neither a code nor the channel's name. */
static void
test_refused_without_code (Fixture *f, gconstpointer data)
{
  const char *refusal
      = "{\"event\":\"pusher:error\",\"data\":{\"code\":null,\"message\":"
        "\"Invalid signature: Expected HMAC SHA256 hex digest\"}}";

  log_in (f, NULL, "news," MINE, FALSE);
  greet (f);
  say (f, refusal);
  answer (f, 200, AUTH);
  confirm (f, MINE);
  wn_heard_forget (&f->heard);
  say (f, refusal);
  wn_heard_check (&f->heard, "");
}

static void
test_closed_while_subscribing (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, "", FALSE);
  greet (f);
  answer (f, 200, AUTH);
  wn_fixture_forget (f);
  lose_by_code (f, 4009);
  wn_heard_check (&f->heard, "gave up: channels 4009 " MINE);
}

/* A channel that anybody may listen to is refused but once. */
static void
test_public_refused (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, "news", FALSE);
  greet (f);
  wn_fixture_forget (f);
  say (f, "{\"event\":\"pusher:subscription_error\",\"channel\":\"other\"}");
  wn_heard_check (&f->heard, "");
  say (f, "{\"event\":\"pusher:error\",\"data\":{\"code\":4009}}");
  wn_fixture_check_told (f, "close");
  wn_heard_check (&f->heard, "gave up: channels news");
}

static void
test_no_confirmation (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, "", FALSE);
  greet (f);
  wn_fixture_advance (f, 20);
  answer (f, 200, AUTH);
  wn_fixture_forget (f);
  confirm (f, "private-else");
  wn_fixture_advance (f, 29);
  wn_fixture_check_told (f, "");
  wn_fixture_advance (f, 1);
  wn_fixture_check_told (f, "close");
  wn_heard_check (&f->heard, "gave up: timed out");
}

/* --- Several channels --------------------------------------------------- */

/* Each step has its own 30 s; what comes before the end is not lost. */
static void
test_several (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, "news, " MINE ",news,private-two", FALSE);
  upgrade (f);
  wn_fixture_forget (f);
  wn_fixture_advance (f, 25);
  say (f, server_of (f)->greeting);
  wn_fixture_check_told (
      f,
      "send {\"event\":\"pusher:subscribe\",\"data\":{\"channel\":"
      "\"news\"}}");
  wn_fixture_advance (f, 25);
  confirm (f, "news");
  wn_fixture_advance (f, 25);
  answer (f, 200, AUTH);
  wn_fixture_advance (f, 25);
  confirm (f, MINE);
  notify (f, "n1");
  notify (f, "n2");
  wn_fixture_forget (f);
  wn_fixture_advance (f, 25);
  answer (f, 200, AUTH);
  wn_fixture_check_told (
      f,
      "send {\"event\":\"pusher:subscribe\",\"data\":{\"auth\":"
      "\"key1:6099ec44de1586fd\",\"channel\":\"private-two\"}}");
  wn_fixture_advance (f, 25);
  confirm (f, "private-two");
  wn_heard_check (&f->heard, "quiet, n1, n2");
}

/* What comes over one channel before the others are there has a bound. */
static void
test_flood_before_the_others (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, "news,more", FALSE);
  greet (f);
  confirm (f, "news");
  for (int i = 1; i <= 1500; i++)
    {
      g_autofree char *id = g_strdup_printf ("n%d", i);

      notify (f, id);
    }
  wn_fixture_forget (f);
  confirm (f, "more");
  g_assert_true (g_str_has_prefix (f->heard.words->str, "quiet, n1, n2, "));
  g_assert_true (g_str_has_suffix (f->heard.words->str, ", n999, n1000"));
}

/* So have the bytes that it comes in, however few it is. */
static void
test_long_ones_before_the_others (Fixture *f, gconstpointer data)
{
  g_autofree char *filler = g_strnfill (15 * 1024 * 1024, 'x');

  log_in (f, NULL, "news,more", FALSE);
  greet (f);
  confirm (f, "news");
  for (int i = 1; i <= 5; i++)
    {
      g_autofree char *id = g_strdup_printf ("n%d", i);
      g_autofree char *event = dup_event (id);
      g_autofree char *text
          = g_strconcat ("{\"filler\":\"", filler, "\",", event + 1, NULL);

      say (f, text);
    }
  wn_fixture_forget (f);
  confirm (f, "more");
  wn_heard_check (&f->heard, "quiet, n1, n2, n3, n4");
}

static void
test_one_refused (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, "private-no," MINE ",private-nor", FALSE);
  greet (f);
  answer (f, 403, "");
  answer (f, 200, AUTH);
  confirm (f, MINE);
  wn_fixture_forget (f);
  answer (f, 403, "");
  wn_heard_check (&f->heard, "quiet, refused private-no, private-nor");
  lose (f, WN_LOSS_BROKEN);
  wn_fixture_advance (f, 8);
  greet (f);
  answer (f, 403, "");
  answer (f, 200, AUTH);
  confirm (f, MINE);
  wn_fixture_forget (f);
  answer (f, 403, "");
  wn_heard_check (&f->heard, "quiet, gap");
}

/* Who hears that the account is connected may end the connection before the
 * line is said.
 */
static void
test_refused_and_ended (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, MINE ",private-no", FALSE);
  for (int i = 0; i < 3; i++)
    {
      join (f);
      wn_fixture_forget (f);
      if (i == 0)
        be_impatient (f);
      answer (f, 403, "");
      wn_heard_check (&f->heard,
                      i == 0   ? "quiet, connecting"
                      : i == 1 ? "quiet, refused private-no"
                               : "quiet, gap");
      if (i > 0)
        {
          lose (f, WN_LOSS_BROKEN);
          wait_for_retry (f);
        }
    }
}

static void
test_all_refused (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, "private-no,private-nor", FALSE);
  greet (f);
  answer (f, 403, "");
  wn_fixture_forget (f);
  answer (f, 403, "");
  wn_fixture_check_told (f, "close");
  wn_heard_check (&f->heard, "gave up: not signed 403 private-no, private-nor");
}

/* --- Life signs --------------------------------------------------------- */

static void
test_heartbeat (Fixture *f, gconstpointer data)
{
  connect_up (f);
  wn_fixture_advance (f, 29);
  wn_fixture_check_told (f, "");
  wn_fixture_advance (f, 1);
  wn_fixture_check_told (f, "send {\"event\":\"pusher:ping\",\"data\":{}}");
  say (f, server_of (f)->pong);
  wn_heard_check (&f->heard, "asked, quiet");
  wn_fixture_advance (f, 20);
  notify (f, "n1");
  wn_fixture_advance (f, 29);
  wn_fixture_check_told (f, "");
  wn_fixture_advance (f, 1);
  wn_fixture_check_told (f, "send {\"event\":\"pusher:ping\",\"data\":{}}");
  wn_fixture_advance (f, 29);
  wn_fixture_check_told (f, "");
  wn_fixture_advance (f, 1);
  wn_fixture_check_told (f, "close");
  g_assert_cmpint (get_status (f).loss->reason, ==, WN_LOSS_NO_ANSWER);
}

static void
test_server_asks (Fixture *f, gconstpointer data)
{
  connect_up (f);
  say (f, "{\"event\":\"pusher:ping\"}");
  say (f, "{\"event\":\"pusher:ping\",\"data\":{}}");
  wn_fixture_check_told (f,
                         "send {\"event\":\"pusher:pong\",\"data\":{}}, "
                         "send {\"event\":\"pusher:pong\",\"data\":{}}");
}

/* Ten minutes of silence with a soketi, which closes 120 s after its own last
 * text, and with a Reverb, which looks every 60 s, asks who said nothing since,
 * and closes where there was no word at the next look. The peer answers our
 * pings after a second.
 */
static void
test_ten_minutes (Fixture *f, gconstpointer data)
{
  gboolean is_asked = FALSE;
  int said_s = 0, heard_s = 0, answer_s = -1;

  connect_up (f);
  for (int now_s = 1; now_s <= 600; now_s++)
    {
      g_autofree char *log = NULL;

      wn_fixture_advance (f, 1);
      if (now_s == answer_s)
        {
          say (f, server_of (f)->pong);
          said_s = now_s;
        }
      if (now_s % 60 == 0 && f->data == &reverb && now_s - heard_s >= 60)
        {
          g_assert_false (is_asked);
          say (f, "{\"event\":\"pusher:ping\"}");
          is_asked = TRUE;
          said_s = now_s;
        }
      log = wn_scripted_transport_take_log (f->transport);
      g_assert_cmpstr (log, !=, "close");
      if (*log == '\0')
        continue;
      g_assert_true (g_str_has_prefix (log, "send {\"event\":\"pusher:p"));
      heard_s = now_s;
      is_asked = FALSE;
      if (strstr (log, "pusher:ping") != NULL)
        answer_s = now_s + 1;
    }
  g_assert_cmpint (600 - said_s, <, 60);
  g_assert_cmpint (get_status (f).n_reconnects, ==, 0);
}

/* A busy server keeps us from asking: what it asks is answered. */
static void
test_ten_busy_minutes (Fixture *f, gconstpointer data)
{
  gboolean is_answered = FALSE;

  connect_up (f);
  for (int now_s = 20; now_s <= 600; now_s += 20)
    {
      g_autofree char *id = g_strdup_printf ("n%d", now_s);

      wn_fixture_advance (f, 20);
      notify (f, id);
      if (now_s % 60 != 0)
        continue;
      wn_fixture_check_told (f, "");
      say (f, "{\"event\":\"pusher:ping\"}");
      wn_fixture_check_told (f, "send {\"event\":\"pusher:pong\",\"data\":{}}");
      is_answered = TRUE;
    }
  g_assert_true (is_answered);
  g_assert_cmpint (get_status (f).n_reconnects, ==, 0);
}

/* The account may want it sooner than the server, but not later. */
static void
test_other_intervals (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *timeout;
    int expected_s;
  } cases[] = {
    { "5", 5 },     { "120", 45 },        { "0", 45 },
    { "-1", 45 },   { "\\\"20\\\"", 20 }, { "9223372036854775807", 45 },
    { "null", 45 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *greeting
          = g_strdup_printf ("{\"event\":\"pusher:connection_established\","
                             "\"data\":\"{\\\"socket_id\\\":\\\"1.2\\\","
                             "\\\"activity_timeout\\\":%s}\"}",
                             cases[i].timeout);

      log_in (f, NULL, "", FALSE);
      upgrade (f);
      say (f, greeting);
      answer (f, 200, AUTH);
      confirm (f, MINE);
      wn_fixture_forget (f);
      wn_fixture_advance (f, cases[i].expected_s - 1);
      wn_fixture_check_told (f, "");
      wn_fixture_advance (f, 1);
      wn_fixture_check_told (f, "send {\"event\":\"pusher:ping\",\"data\":{}}");
      wn_fixture_drop_client (f);
      wn_fixture_forget (f);
    }
}

/* --- What comes by itself ----------------------------------------------- */

static void
test_not_shown (Fixture *f, gconstpointer data)
{
  static const char *const texts[] = {
    "{\"event\":\"client-typing\",\"data\":\"{\\\"title\\\":\\\"x\\\"}\"}",
    "{\"event\":\"pusher:signin_success\",\"data\":{}}",
    "{\"event\":\"pusher:cache_miss\",\"channel\":\"" MINE "\"}",
    "{\"event\":\"pusher_internal:member_added\",\"data\":\"{}\"}",
    "{\"event\":\"pusher:Illuminate\",\"data\":\"{\\\"title\\\":\\\"x\\\"}\"}",
    "{\"event\":\"App\\\\Events\\\\OrderShipped\",\"data\":\"{}\"}",
    "{\"event\":7,\"data\":\"{}\"}",
    "{\"data\":\"{}\"}",
    "{}",
    "[]",
    "nonsense",
    "",
  };

  connect_up (f);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    say (f, texts[i]);
  say (f, server_of (f)->greeting);
  confirm (f, MINE);
  wn_heard_check (&f->heard, "");
  wn_fixture_check_told (f, "");
}

/* --- Channels that keep their last event -------------------------------- */

#define KEEPING "cache-news"

static void
publish (Fixture *f, const char *channel, const char *title)
{
  g_autofree char *text = g_strdup_printf (
      "{\"event\":\"Illuminate\\\\Notifications\\\\Events\\\\"
      "BroadcastNotificationCreated\",\"data\":\"{\\\"title\\\":\\\"%s\\\"}\","
      "\"channel\":\"%s\"}",
      title,
      channel);

  say (f, text);
}

static void
join_two (Fixture *f)
{
  greet (f);
  confirm (f, KEEPING);
}

static void
come_back_to_two (Fixture *f)
{
  lose (f, WN_LOSS_BROKEN);
  wait_for_retry (f);
  join_two (f);
  wn_fixture_forget (f);
}

static void
finish_two (Fixture *f)
{
  confirm (f, "news");
  wn_heard_check (&f->heard, "quiet, gap");
}

/* At each subscription, although it has been told; what is sent anew is told,
 * be it the same.
 */
static void
test_kept_event (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, KEEPING ",news", FALSE);
  join_two (f);
  wn_heard_forget (&f->heard);
  publish (f, KEEPING, "before us");
  confirm (f, "news");
  wn_heard_check (&f->heard, "quiet, before us");
  publish (f, KEEPING, "twice");
  publish (f, KEEPING, "twice");
  publish (f, "news", "twice");
  wn_heard_check (&f->heard, "twice, twice, twice");
  come_back_to_two (f);
  publish (f, KEEPING, "twice");
  finish_two (f);
  publish (f, KEEPING, "twice");
  publish (f, "news", "twice");
  wn_heard_check (&f->heard, "twice, twice");
  come_back_to_two (f);
  finish_two (f);
  publish (f, "news", "twice");
  publish (f, KEEPING, "twice");
  publish (f, KEEPING, "meanwhile");
  wn_heard_check (&f->heard, "twice, meanwhile");
}

/* Then what comes next is new. */
static void
test_nothing_kept (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, KEEPING ",news", FALSE);
  join_two (f);
  confirm (f, "news");
  publish (f, KEEPING, "again");
  come_back_to_two (f);
  say (f, "{\"event\":\"pusher:cache_miss\",\"channel\":\"" KEEPING "\"}");
  finish_two (f);
  publish (f, KEEPING, "again");
  wn_heard_check (&f->heard, "again");
}

/* What the channel has kept meanwhile was sent while we were away. */
static void
test_kept_meanwhile (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, KEEPING ",news", FALSE);
  join_two (f);
  confirm (f, "news");
  publish (f, KEEPING, "one");
  come_back_to_two (f);
  finish_two (f);
  publish (f, KEEPING, "two");
  publish (f, KEEPING, "one");
  wn_heard_check (&f->heard, "two, one");
}

/* What was never told is told when it comes once more, however its first
 * connection ended.
 */
static void
test_kept_and_lost (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, KEEPING ",news", FALSE);
  join_two (f);
  publish (f, KEEPING, "one");
  come_back_to_two (f);
  publish (f, KEEPING, "one");
  be_impatient (f);
  confirm (f, "news");
  wn_heard_check (&f->heard, "quiet, connecting");
  join_two (f);
  publish (f, KEEPING, "one");
  confirm (f, "news");
  wn_heard_check (&f->heard, "quiet, one");
  come_back_to_two (f);
  publish (f, KEEPING, "one");
  confirm (f, "news");
  wn_heard_check (&f->heard, "quiet, gap");
}

/* --- What was missed ---------------------------------------------------- */

/* One of the list: created so many seconds after the start. */
typedef struct
{
  const char *id;
  int second;
  gboolean is_read;
  gboolean lacks_zone;
} Kept;

static void
append_kept (GString *list, const Kept *kept)
{
  g_autoptr (GDateTime) time
      = g_date_time_new_from_unix_utc (START_WALL_S + kept->second);
  g_autofree char *date
      = g_date_time_format (time, kept->lacks_zone ? "%F %T" : "%FT%T.000000Z");

  g_string_append_printf (
      list,
      "%s{\"id\":\"%s\",\"type\":\"App\\\\Notifications\\\\OrderPaid\","
      "\"notifiable_type\":\"App\\\\Models\\\\User\",\"notifiable_id\":1001,"
      "\"data\":{\"title\":\"%s\"},\"read_at\":%s,\"created_at\":\"%s\","
      "\"updated_at\":\"%s\"}",
      list->len > 0 && list->str[list->len - 1] == '}' ? "," : "",
      kept->id,
      kept->id,
      kept->is_read ? "\"2026-11-28T11:00:00.000000Z\"" : "null",
      date,
      date);
}

/* @kept: ends with an id of %NULL; @format: with %s for the list */
static void
answer_list (Fixture *f,
             const char *before,
             const Kept *kept,
             const char *after)
{
  g_autoptr (GString) body = g_string_new (before);

  for (const Kept *k = kept; k->id != NULL; k++)
    append_kept (body, k);
  g_string_append (body, after);
  answer (f, 200, body->str);
}

#define ANSWER_LIST(f, ...)                                                    \
  answer_list ((f), "[", (const Kept[]){ __VA_ARGS__, { NULL } }, "]")

static void
ask (Fixture *f, const char *cursor)
{
  log_in (f, cursor, "", TRUE);
  join (f);
  g_assert_true (
      g_str_has_suffix (f->heard.words->str, ", quiet, GET /api/news"));
  wn_fixture_forget (f);
}

static void
settle (Fixture *f)
{
  ask (f, NULL);
  answer (f, 200, EMPTY);
  wn_heard_check (&f->heard, "");
}

/* Signs off, and on again where it was. */
static void
sleep_over (Fixture *f)
{
  wn_fixture_drop_client (f);
  ask (f, f->cursor);
}

static void
test_first_backlog (Fixture *f, gconstpointer data)
{
  ask (f, NULL);
  ANSWER_LIST (f,
               { "n4", -10, FALSE },
               { "n3", -20, TRUE },
               { "n2", -20, FALSE },
               { "n1", -9000, FALSE });
  wn_heard_check (&f->heard, "n1?, n2?, n4?, 3 missed");
  notify (f, "n5");
  notify (f, "n4");
  wn_heard_check (&f->heard, "n5");
  sleep_over (f);
  ANSWER_LIST (f,
               { "n6", 100, FALSE },
               { "n5", 0, FALSE },
               { "n4", -10, FALSE },
               { "n3", -20, FALSE },
               { "n2", -20, FALSE },
               { "n1", -9000, FALSE });
  wn_heard_check (&f->heard, "n6?, 1 missed");
}

/* It is told at once, and not once more with what was missed. */
static void
test_live_before_the_list (Fixture *f, gconstpointer data)
{
  settle (f);
  notify (f, "n1");
  lose (f, WN_LOSS_BROKEN);
  come_back (f);
  wn_fixture_forget (f);
  notify (f, "n3");
  wn_heard_check (&f->heard, "n3");
  ANSWER_LIST (f,
               { "n3", 100, FALSE },
               { "n2", 50, FALSE },
               { "n1", 10, FALSE });
  wn_heard_check (&f->heard, "n2?, 1 missed");
  notify (f, "n2");
  notify (f, "n4");
  wn_heard_check (&f->heard, "n4");
  g_assert_cmpstr (f->cursor, ==, wn_client_get_cursor (f->client));
}

/* Who signs off before the list has come is not told it once more. */
static void
test_signed_off_before_the_list (Fixture *f, gconstpointer data)
{
  settle (f);
  sleep_over (f);
  notify (f, "n2");
  wn_heard_check (&f->heard, "n2");
  sleep_over (f);
  ANSWER_LIST (f, { "n2", 10, FALSE }, { "n1", -10, FALSE });
  wn_heard_check (&f->heard, "n1?, 1 missed");
}

/* The connection is lost before the list has come: nothing is told twice, nor
 * left out.
 */
static void
test_lost_before_the_list (Fixture *f, gconstpointer data)
{
  settle (f);
  lose (f, WN_LOSS_BROKEN);
  come_back (f);
  notify (f, "n2");
  lose (f, WN_LOSS_BROKEN);
  wait_for_retry (f);
  join (f);
  wn_fixture_forget (f);
  ANSWER_LIST (f, { "n2", 100, FALSE }, { "n1", 50, FALSE });
  wn_heard_check (&f->heard, "n1?, 1 missed");
}

/* So that the last step connects. */
static void
join_all_but_the_last (Fixture *f)
{
  greet (f);
  confirm (f, "news");
  answer (f, 200, AUTH);
}

/* Who hears that the account is connected may end the connection: what came
 * over it before is told on the next one, once.
 */
static void
test_ended_before_the_list (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, "news," MINE, TRUE);
  join_all_but_the_last (f);
  notify (f, "n1");
  wn_fixture_forget (f);
  be_impatient (f);
  confirm (f, MINE);
  wn_heard_check (&f->heard, "quiet, connecting");
  join_all_but_the_last (f);
  notify (f, "n2");
  wn_fixture_forget (f);
  confirm (f, MINE);
  wn_heard_check (&f->heard, "quiet, n2, GET /api/news");
  lose (f, WN_LOSS_BROKEN);
  wait_for_retry (f);
  join_all_but_the_last (f);
  notify (f, "n2");
  wn_fixture_forget (f);
  confirm (f, MINE);
  wn_heard_check (&f->heard, "quiet, GET /api/news");
  ANSWER_LIST (f, { "n2", 10, FALSE }, { "n1", -1, FALSE });
  wn_heard_check (&f->heard, "n1?, 1 missed");
}

/* What was told early is not told again by the list, be it the next
 * connection's, because this one was ended when anything had come after it.
 */
static void
test_told_before_the_list (Fixture *f, gconstpointer data)
{
  for (int is_ended = FALSE; is_ended <= TRUE; is_ended++)
    {
      log_in (f, NULL, "news," MINE, TRUE);
      join_all_but_the_last (f);
      notify (f, "n1");
      wn_fixture_forget (f);
      confirm (f, MINE);
      wn_heard_check (&f->heard, "quiet, n1, GET /api/news");
      if (is_ended)
        {
          say (f, server_of (f)->pong);
          wn_client_reconnect (f->client);
          join_all_but_the_last (f);
          confirm (f, MINE);
          wn_fixture_forget (f);
        }
      ANSWER_LIST (f, { "n1", 10, FALSE });
      wn_heard_check (&f->heard, "");
      wn_fixture_drop_client (f);
    }
}

/* Nor is it taken for told where nobody is there to connect to next, be it that
 * the connection ended before the account was connected.
 */
static void
test_ended_and_nobody_there (Fixture *f, gconstpointer data)
{
  static const char *const ids[] = { "n1", "n2" };

  log_in (f, NULL, "news," MINE, TRUE);
  join_all_but_the_last (f);
  confirm (f, MINE);
  answer (f, 200, EMPTY);
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *missed = g_strdup_printf ("%s?, 1 missed", ids[i]);

      lose (f, WN_LOSS_BROKEN);
      wait_for_retry (f);
      join_all_but_the_last (f);
      notify (f, ids[i]);
      if (i == 0)
        {
          lose (f, WN_LOSS_BROKEN);
          wait_for_retry (f);
        }
      else
        {
          be_impatient (f);
          confirm (f, MINE);
        }
      lose (f, WN_LOSS_REFUSED);
      wait_for_retry (f);
      join_all_but_the_last (f);
      confirm (f, MINE);
      wn_fixture_forget (f);
      ANSWER_LIST (f, { ids[i], 10, FALSE });
      wn_heard_check (&f->heard, missed);
    }
}

/* Nor is a text read that makes somebody begin another connection, because it
 * shows that the server lives.
 */
static void
test_ended_by_a_text (Fixture *f, gconstpointer data)
{
  settle (f);
  wn_fixture_advance (f, 30);
  wn_heard_check (&f->heard, "asked");
  be_impatient (f);
  notify (f, "n1");
  wn_heard_check (&f->heard, "quiet, connecting");
  join (f);
  wn_fixture_forget (f);
  ANSWER_LIST (f, { "n1", 30, FALSE });
  wn_heard_check (&f->heard, "n1?, 1 missed");
}

static void
test_nothing_missed (Fixture *f, gconstpointer data)
{
  settle (f);
  notify (f, "n1");
  lose (f, WN_LOSS_BROKEN);
  come_back (f);
  wn_fixture_forget (f);
  ANSWER_LIST (f, { "n1", 10, FALSE });
  wn_fixture_advance (f, 29);
  wn_heard_check (&f->heard, "");
}

/* Without an option for it, the gap is told. */
static void
test_no_backlog (Fixture *f, gconstpointer data)
{
  connect_up (f);
  lose (f, WN_LOSS_BROKEN);
  come_back (f);
  g_assert_true (g_str_has_suffix (f->heard.words->str, "quiet, gap"));
  g_assert_null (wn_client_get_cursor (f->client));
}

/* The newest 50 to an account that is new; then all that is missed. */
static void
test_many (Fixture *f, gconstpointer data)
{
  g_autofree Kept *kept = g_new0 (Kept, 201);
  g_auto (GStrv) ids = g_new0 (char *, 201);

  for (int i = 0; i < 200; i++)
    {
      ids[i] = g_strdup_printf ("n%d", 200 - i);
      kept[i] = (Kept){ ids[i], -100 * i, FALSE };
    }
  ask (f, NULL);
  answer_list (f, "[", kept, "]");
  g_assert_true (g_str_has_prefix (f->heard.words->str, "n151?, n152?, "));
  g_assert_true (g_str_has_suffix (f->heard.words->str,
                                   ", n200?, 50 missed, more missed"));
  wn_virtual_clock_shift_wall_time (f->clock, SECONDS (200 * 100));
  for (int i = 0; i < 200; i++)
    kept[i].second += 200 * 100;
  for (int i = 0; i < 200; i++)
    ids[i][0] = 'm';
  sleep_over (f);
  answer_list (f, "[", kept, "]");
  g_assert_true (g_str_has_prefix (f->heard.words->str, "m1?, m2?, "));
  g_assert_true (g_str_has_suffix (f->heard.words->str, ", m200?, 200 missed"));
}

/* Pages are asked for until one brings nothing more. */
static void
test_pages (Fixture *f, gconstpointer data)
{
  settle (f);
  notify (f, "n1");
  sleep_over (f);
  answer_list (f,
               "{\"current_page\":1,\"data\":[",
               (const Kept[]){ { "n5", 50, FALSE }, { "n4", 40, TRUE }, { 0 } },
               "],\"next_page_url\":\"http://10.0.0.1/api/news?page=2\"}");
  wn_heard_check (&f->heard, "GET /api/news?page=2");
  answer_list (f,
               "{\"data\":[",
               (const Kept[]){ { "n4", 40, TRUE }, { "n3", 30, FALSE }, { 0 } },
               "],\"links\":{\"next\":\"x\"},\"meta\":{\"current_page\":2}}");
  wn_heard_check (&f->heard, "GET /api/news?page=3");
  notify (f, "n3");
  wn_heard_check (&f->heard, "n3");
  answer_list (f,
               "{\"data\":[",
               (const Kept[]){ { "n1", 10, FALSE }, { 0 } },
               "],\"links\":{\"next\":\"x\"}}");
  wn_heard_check (&f->heard, "GET /api/news?page=4");
  answer (f, 200, "{\"data\":[],\"links\":{\"next\":null}}");
  wn_heard_check (&f->heard, "n5?, 1 missed");
}

/* Where pages are not counted, a cursor says which one is next. */
static void
test_pages_by_cursor (Fixture *f, gconstpointer data)
{
  settle (f);
  wn_virtual_clock_shift_wall_time (f->clock, SECONDS (100));
  sleep_over (f);
  answer_list (f,
               "{\"data\":[",
               (const Kept[]){ { "n3", 30, FALSE }, { 0 } },
               "],\"path\":\"http://10.0.0.1/api/news\",\"per_page\":1,"
               "\"next_cursor\":\"eyJpZCI6Mn0+/&\",\"next_page_url\":"
               "\"http://10.0.0.1/api/news?cursor=eyJpZCI6Mn0%2B%2F%26\"}");
  wn_heard_check (&f->heard, "GET /api/news?cursor=eyJpZCI6Mn0%2B%2F%26");
  answer (f, 503, "");
  wn_fixture_advance (f, 5);
  wn_heard_check (&f->heard, "GET /api/news?cursor=eyJpZCI6Mn0%2B%2F%26");
  answer_list (f,
               "{\"data\":[",
               (const Kept[]){ { "n2", 20, FALSE }, { 0 } },
               "],\"links\":{\"next\":\"x\"},"
               "\"meta\":{\"next_cursor\":\"eyJpZCI6MX0\"}}");
  wn_heard_check (&f->heard, "GET /api/news?cursor=eyJpZCI6MX0");
  answer_list (f,
               "{\"data\":[",
               (const Kept[]){ { "n1", 10, FALSE }, { 0 } },
               "],\"next_cursor\":null,\"next_page_url\":null}");
  wn_heard_check (&f->heard, "n1?, n2?, n3?, 3 missed");
  lose (f, WN_LOSS_BROKEN);
  come_back (f);
  g_assert_true (
      g_str_has_suffix (f->heard.words->str, ", quiet, GET /api/news"));
}

/* One that is too long to be asked with is not followed by its number. */
static void
test_long_page_cursor (Fixture *f, gconstpointer data)
{
  g_autofree char *cursor = g_strnfill (3000, 'x');
  g_autofree char *after
      = g_strdup_printf ("],\"next_cursor\":\"%s\",\"next_page_url\":\"x\"}",
                         cursor);

  settle (f);
  sleep_over (f);
  answer_list (f,
               "{\"data\":[",
               (const Kept[]){ { "n1", 30, FALSE }, { 0 } },
               after);
  wn_heard_check (&f->heard, "n1?, 1 missed");
}

/* What is older than all that is remembered ends them, too. */
static void
test_pages_until_the_past (Fixture *f, gconstpointer data)
{
  g_autofree Kept *kept = g_new0 (Kept, 21);
  g_auto (GStrv) ids = g_new0 (char *, 21);

  for (int i = 0; i < 20; i++)
    {
      ids[i] = g_strdup_printf ("n%d", 20 - i);
      kept[i] = (Kept){ ids[i], -100 * i, TRUE };
    }
  ask (f, NULL);
  answer_list (f, "[", kept, "]");
  sleep_over (f);
  answer_list (f, "{\"data\":[", kept, "],\"next_page_url\":\"x\"}");
  wn_heard_check (&f->heard, "");
}

/* What comes by itself while the list can't be had fills its first page, and
 * what was missed before that is on the second.
 */
static void
test_missed_behind_live (Fixture *f, gconstpointer data)
{
  settle (f);
  lose (f, WN_LOSS_BROKEN);
  come_back (f);
  wn_fixture_forget (f);
  notify (f, "n2");
  notify (f, "n3");
  wn_heard_forget (&f->heard);
  answer_list (f,
               "{\"data\":[",
               (const Kept[]){ { "n3", 30, FALSE },
                               { "n2", 20, FALSE },
                               { 0 } },
               "],\"next_page_url\":\"x\"}");
  wn_heard_check (&f->heard, "GET /api/news?page=2");
  ANSWER_LIST (f, { "n1", 10, FALSE });
  wn_heard_check (&f->heard, "n1?, 1 missed");
}

/* A list is begun anew because much came by itself, while one of its pages
 * could not be had: none is left out.
 */
static void
test_pages_begun_anew (Fixture *f, gconstpointer data)
{
  settle (f);
  lose (f, WN_LOSS_BROKEN);
  come_back (f);
  wn_fixture_forget (f);
  for (int i = 0; i < 2; i++)
    {
      answer_list (f,
                   "{\"data\":[",
                   (const Kept[]){ { "n2", 20, FALSE }, { 0 } },
                   "],\"next_page_url\":\"x\"}");
      wn_heard_check (&f->heard, "GET /api/news?page=2");
      if (i > 0)
        break;
      answer (f, 503, "");
      for (int j = 0; j < 50; j++)
        {
          g_autofree char *id = g_strdup_printf ("live%d", j);

          notify (f, id);
        }
      g_assert_true (g_str_has_suffix (f->heard.words->str, ", GET /api/news"));
      wn_heard_forget (&f->heard);
    }
  ANSWER_LIST (f, { "n1", 10, FALSE });
  wn_heard_check (&f->heard, "n1?, n2?, 2 missed");
}

/* Long pages are followed as far as there is room, and that is said. */
static void
test_long_pages (Fixture *f, gconstpointer data)
{
  g_autofree char *filler = g_strnfill (15 * 1024 * 1024, 'x');

  settle (f);
  sleep_over (f);
  for (int i = 1; i <= 9; i++)
    {
      g_autofree char *id = g_strdup_printf ("n%d", i);
      g_autofree char *before
          = g_strdup_printf ("{\"filler\":\"%s\",\"data\":[", filler);

      wn_heard_forget (&f->heard);
      answer_list (f,
                   before,
                   (const Kept[]){ { id, -i, FALSE }, { 0 } },
                   "],\"next_page_url\":\"x\"}");
    }
  g_assert_true (g_str_has_prefix (f->heard.words->str, "n9?, n8?, "));
  g_assert_true (
      g_str_has_suffix (f->heard.words->str, ", n1?, 9 missed, more missed"));
}

/* There is room for as many as are shown, and as much of each. */
static void
test_flood_of_long_ones (Fixture *f, gconstpointer data)
{
  g_autofree char *filler = g_strnfill (50 * 65 * 1024, 'x');
  g_autofree char *before
      = g_strdup_printf ("{\"filler\":\"%s\",\"data\":[", filler);

  settle (f);
  sleep_over (f);
  for (int page = 0; page < 20; page++)
    {
      Kept kept[51] = { { NULL } };
      g_auto (GStrv) ids = g_new0 (char *, 51);

      for (int i = 0; i < 50; i++)
        {
          ids[i] = g_strdup_printf ("n%d", page * 50 + i);
          kept[i] = (Kept){ ids[i], -(page * 50 + i), FALSE };
        }
      wn_heard_forget (&f->heard);
      answer_list (f,
                   before,
                   kept,
                   page < 19 ? "],\"next_page_url\":\"x\"}" : "]}");
    }
  g_assert_true (g_str_has_prefix (f->heard.words->str, "n999?, "));
  g_assert_true (g_str_has_suffix (f->heard.words->str, ", n0?, 1000 missed"));
}

/* To an account that is new, one of some pages is enough. */
static void
test_first_pages (Fixture *f, gconstpointer data)
{
  g_autofree Kept *kept = g_new0 (Kept, 51);
  g_auto (GStrv) ids = g_new0 (char *, 51);

  for (int i = 0; i < 50; i++)
    {
      ids[i] = g_strdup_printf ("n%d", i);
      kept[i] = (Kept){ ids[i], -i, i != 7 };
    }
  ask (f, NULL);
  answer_list (f, "{\"data\":[", kept, "],\"next_page_url\":\"x\"}");
  wn_heard_check (&f->heard, "n7?, 1 missed");
}

/* A server that gives the same page for ever is not followed. */
static void
test_pages_in_a_circle (Fixture *f, gconstpointer data)
{
  settle (f);
  sleep_over (f);
  for (int i = 0; i < 5; i++)
    answer_list (f,
                 "{\"data\":[",
                 (const Kept[]){ { "n5", 50, FALSE }, { 0 } },
                 "],\"next_page_url\":\"x\"}");
  wn_heard_check (&f->heard,
                  "GET /api/news?page=2, GET /api/news?page=3, "
                  "GET /api/news?page=4, GET /api/news?page=5, "
                  "n5?, 1 missed");
}

/* As many come while a page can't be had as there are on some pages: what they
 * have moved onto later ones is told.
 */
static void
test_pages_that_move (Fixture *f, gconstpointer data)
{
  settle (f);
  lose (f, WN_LOSS_BROKEN);
  come_back (f);
  wn_fixture_forget (f);
  answer_list (f,
               "{\"data\":[",
               (const Kept[]){ { "n3", 30, FALSE },
                               { "n2", 20, FALSE },
                               { 0 } },
               "],\"next_page_url\":\"x\"}");
  answer (f, 503, "");
  wn_fixture_advance (f, 5);
  wn_heard_check (&f->heard, "GET /api/news?page=2, GET /api/news?page=2");
  answer_list (f,
               "{\"data\":[",
               (const Kept[]){ { "n3", 30, FALSE },
                               { "n2", 20, FALSE },
                               { 0 } },
               "],\"next_page_url\":\"x\"}");
  wn_heard_check (&f->heard, "GET /api/news?page=3");
  ANSWER_LIST (f, { "n1", 10, FALSE });
  wn_heard_check (&f->heard, "n1?, n2?, n3?, 3 missed");
}

/* One that says that it was created in years hides nothing of what comes after
 * it, and is told once.
 */
static void
test_from_the_future (Fixture *f, gconstpointer data)
{
  ask (f, NULL);
  ANSWER_LIST (f, { "n2", 99999999, FALSE }, { "n1", -10, FALSE });
  wn_heard_check (&f->heard, "n1?, n2?, 2 missed");
  sleep_over (f);
  ANSWER_LIST (f,
               { "n2", 99999999, FALSE },
               { "n3", 10, FALSE },
               { "n1", -10, FALSE });
  wn_heard_check (&f->heard, "n3?, 1 missed");
}

static void
check_many_ahead (Fixture *f, int ahead_s, gboolean lacks_zone)
{
  Kept kept[14] = { { NULL } };
  g_auto (GStrv) ids = g_new0 (char *, 13);
  gint64 now_us = wn_clock_get_wall_time (WN_CLOCK (f->clock));
  int now = (int) (now_us / G_TIME_SPAN_SECOND - START_WALL_S);

  for (int i = 0; i < 12; i++)
    {
      ids[i] = g_strdup_printf ("f%d", i);
      kept[i] = (Kept){ ids[i], now + ahead_s - i, FALSE, lacks_zone };
    }
  kept[12] = (Kept){ "n1", now - 10, FALSE, lacks_zone };
  ask (f, NULL);
  answer_list (f, "[", kept, "]");
  g_assert_true (g_str_has_suffix (f->heard.words->str, ", 13 missed"));
  wn_virtual_clock_shift_wall_time (f->clock, SECONDS (100));
  kept[12] = (Kept){ "n2", now + 50, FALSE, lacks_zone };
  sleep_over (f);
  answer_list (f, "[", kept, "]");
  wn_heard_check (&f->heard, "n2?, 1 missed");
  sleep_over (f);
  answer_list (f, "[", kept, "]");
  wn_heard_check (&f->heard, "");
  wn_fixture_drop_client (f);
}

/* However many say so, and whether they tell the zone or not: an application
 * may have moved from one zone to another.
 */
static void
test_many_from_the_future (Fixture *f, gconstpointer data)
{
  for (int lacks_zone = FALSE; lacks_zone <= TRUE; lacks_zone++)
    {
      check_many_ahead (f, 99999999, lacks_zone);
      check_many_ahead (f, 8 * 3600, lacks_zone);
      check_many_ahead (f, 14 * 3600 - 200, lacks_zone);
    }
}

/* Two hundred come within some hours that are still ahead of us. */
static void
check_ahead (Fixture *f, gboolean lacks_zone)
{
  g_autofree Kept *kept = g_new0 (Kept, 201);
  g_auto (GStrv) ids = g_new0 (char *, 201);

  for (int i = 0; i < 200; i++)
    {
      ids[i] = g_strdup_printf ("n%d", 200 - i);
      kept[i] = (Kept){ ids[i], 8 * 3600 - 60 * i, FALSE, lacks_zone };
    }
  ask (f, NULL);
  answer_list (f, "[", kept + 1, "]");
  g_assert_true (g_str_has_suffix (f->heard.words->str,
                                   ", n199?, 50 missed, more missed"));
  sleep_over (f);
  answer_list (f, "[", kept, "]");
  wn_heard_check (&f->heard, "n200?, 1 missed");
}

/* An application that tells its own time of the day, without the zone. */
static void
test_zone_ahead (Fixture *f, gconstpointer data)
{
  check_ahead (f, TRUE);
}

/* What is in the future is for the server to say: our clock may be wrong. */
static void
test_clock_behind (Fixture *f, gconstpointer data)
{
  server_time_us = SECONDS (START_WALL_S + 8 * 3600);
  check_ahead (f, FALSE);
}

/* An application's own list may say nothing of when. */
static void
answer_undated (Fixture *f, int first, int n)
{
  g_autoptr (GString) list = g_string_new ("[");

  for (int i = first; i < first + n; i++)
    g_string_append_printf (list,
                            "%s{\"id\":\"n%d\",\"title\":\"n%d\"}",
                            i > first ? "," : "",
                            i,
                            i);
  g_string_append_c (list, ']');
  answer (f, 200, list->str);
}

/* So no more of it can be told than can be remembered: what is behind that is
 * neither told now nor at every sign-on.
 */
static void
test_undated (Fixture *f, gconstpointer data)
{
  ask (f, NULL);
  answer_undated (f, 100, 200);
  g_assert_true (g_str_has_prefix (f->heard.words->str, "n149?, "));
  g_assert_true (g_str_has_suffix (f->heard.words->str, ", n100?, 50 missed"));
  wn_fixture_forget (f);
  for (int i = 0; i < 3; i++)
    {
      sleep_over (f);
      answer_undated (f, 100, 200);
      wn_heard_check (&f->heard, "");
    }
  notify (f, "n99");
  wn_fixture_forget (f);
  sleep_over (f);
  answer_undated (f, 98, 200);
  wn_heard_check (&f->heard, "n98?, 1 missed");
}

/* More than can be remembered comes by itself: the list tells the times. */
static void
test_many_live (Fixture *f, gconstpointer data)
{
  g_autofree Kept *kept = g_new0 (Kept, 201);
  g_auto (GStrv) ids = g_new0 (char *, 201);

  settle (f);
  wn_virtual_clock_shift_wall_time (f->clock, SECONDS (2000));
  for (int i = 0; i < 200; i++)
    ids[i] = g_strdup_printf ("n%d", i);
  for (int i = 0; i < 200; i++)
    {
      notify (f, ids[i]);
      kept[i] = (Kept){ ids[i], i * 10, FALSE };
      if (!g_str_has_suffix (f->heard.words->str, "GET /api/news"))
        continue;
      wn_heard_forget (&f->heard);
      answer_list (f, "[", kept, "]");
      wn_heard_check (&f->heard, "");
    }
  sleep_over (f);
  answer_list (f, "[", kept, "]");
  wn_heard_check (&f->heard, "");
}

static void
test_list_later (Fixture *f, gconstpointer data)
{
  settle (f);
  lose (f, WN_LOSS_BROKEN);
  come_back (f);
  wn_fixture_forget (f);
  answer (f, 503, "");
  wn_fixture_advance (f, 4);
  wn_heard_check (&f->heard, "");
  wn_fixture_advance (f, 1);
  wn_heard_check (&f->heard, "GET /api/news");
  answer (f, 0, "");
  wn_fixture_advance (f, 10);
  wn_heard_check (&f->heard, "gap, GET /api/news");
  ANSWER_LIST (f, { "n1", 10, FALSE });
  wn_heard_check (&f->heard, "n1?, 1 missed");
}

/* A route that has a mistake is told of, once, and asked all the same. */
static void
test_list_much_later (Fixture *f, gconstpointer data)
{
  static const struct
  {
    guint status;
    double pause;
    const char *expected;
  } answers[] = {
    { 500, 5, "GET /api/news" },  { 500, 10, "GET /api/news" },
    { 503, 20, "GET /api/news" }, { 500, 40, "no backlog 500, GET /api/news" },
    { 500, 80, "GET /api/news" }, { 503, 160, "GET /api/news" },
    { 0, 300, "GET /api/news" },  { 500, 300, "GET /api/news" },
  };

  ask (f, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      answer (f, answers[i].status, "");
      for (int second = 0; second < answers[i].pause; second += 20)
        {
          wn_fixture_advance (f, MIN (20, answers[i].pause));
          say (f, server_of (f)->pong);
        }
      wn_heard_check (&f->heard, answers[i].expected);
    }
  ANSWER_LIST (f, { "n1", 10, FALSE });
  wn_heard_check (&f->heard, "n1?, 1 missed");
}

/* Where clocks go back, an hour of the night is told twice. */
static void
test_clocks_back (Fixture *f, gconstpointer data)
{
  Kept kept[14] = { { "late", -1800, FALSE, TRUE } };
  g_auto (GStrv) ids = g_new0 (char *, 13);

  for (int i = 0; i < 12; i++)
    {
      ids[i] = g_strdup_printf ("n%d", i);
      kept[i + 1] = (Kept){ ids[i], -i, FALSE, TRUE };
    }
  settle (f);
  sleep_over (f);
  answer_list (f, "[", kept + 1, "]");
  g_assert_true (g_str_has_suffix (f->heard.words->str, ", 12 missed"));
  sleep_over (f);
  answer_list (f, "[", kept, "]");
  wn_heard_check (&f->heard, "late?, 1 missed");
}

static const struct
{
  guint status;
  const char *body;
  const char *expected;
} no_lists[] = {
  { 401, "", "no backlog 401" },
  { 403, "", "no backlog 403" },
  { 302, "", "no backlog 302" },
  { 404, "", "no backlog 404" },
  { 200, "<html>", "no backlog 200" },
  { 200, "", "no backlog 200" },
  { 200, "{}", "no backlog 200" },
  { 200, "7", "no backlog 200" },
  { 200, "null", "no backlog 200" },
  { 200, "{\"data\":{}}", "no backlog 200" },
};

/* Said once; the connection stays, and the gap is told. */
static void
test_no_list (Fixture *f, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (no_lists); i++)
    {
      ask (f, "0");
      answer (f, no_lists[i].status, no_lists[i].body);
      wn_heard_check (&f->heard, no_lists[i].expected);
      notify (f, "n1");
      wn_heard_check (&f->heard, "n1");
      lose (f, WN_LOSS_BROKEN);
      come_back (f);
      wn_fixture_forget (f);
      answer (f, no_lists[i].status, no_lists[i].body);
      wn_fixture_advance (f, 10);
      wn_heard_check (&f->heard, "gap");
      wn_fixture_drop_client (f);
      wn_fixture_forget (f);
    }
}

/* In one piece there is room for some thousand. */
static void
test_too_long_list (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) list = g_string_new ("[0");

  for (int i = 0; i < 70000; i++)
    g_string_append (list, ",0");
  g_string_append_c (list, ']');
  ask (f, NULL);
  answer (f, 200, list->str);
  wn_heard_check (&f->heard, "no backlog 200");
}

/* A first login whose list can't be had is still the first next time. */
static void
test_still_first (Fixture *f, gconstpointer data)
{
  ask (f, NULL);
  answer (f, 404, "");
  notify (f, "n1");
  g_assert_null (wn_client_get_cursor (f->client));
}

static void
test_odd_items (Fixture *f, gconstpointer data)
{
  settle (f);
  sleep_over (f);
  answer (f,
          200,
          "[7,null,{},{\"id\":null},{\"id\":\"a\"},"
          "{\"id\":5,\"type\":\"App\\\\Notifications\\\\OrderPaid\","
          "\"data\":\"{\\\"title\\\":\\\"as text\\\"}\",\"created_at\":"
          "\"2026-11-28 11:00:00\"},"
          "{\"id\":\"b\",\"title\":\"flat\",\"created_at\":\"yesterday\"},"
          "{\"id\":\"c\",\"data\":[],\"title\":\"list\",\"read_at\":\"\"}]");
  g_assert_true (
      g_str_has_suffix (f->heard.words->str,
                        "list?, flat?, untitled?, as text?, 4 missed"));
}

typedef struct
{
  const char *name;
  void (*func) (Fixture *f, gconstpointer data);
} Test;

static const Test tests[] = {
  { "connected is who is subscribed", test_handshake },
  { "each connection is signed for", test_reconnect },
  { "a greeting without an end", test_endless_socket_id },
  { "a greeting that never comes", test_no_greeting },
  { "a greeting that does not come any more", test_no_greeting_later },
  { "a refusal instead of the greeting", test_refused },
  { "errors that are none of ours", test_harmless_error },
  { "close codes decide whether to come back", test_close_codes },
  { "a server that restarts is come back to soon", test_come_back_soon },
  { "a server that falls over again and again", test_server_that_falls_over },
  { "a server that missed our answer", test_pruned },
  { "a server that is full is left alone for a minute", test_over_quota },
  { "an application that does not sign", test_unsigned },
  { "an application that signed before", test_unsigned_later },
  { "an application that can't answer", test_signature_later },
  { "an application that answers for one channel only",
    test_second_signature_never },
  { "an application that answers later", test_signature_recovers },
  { "a signature for another socket is void", test_old_signature },
  { "a presence channel's data goes back as it came", test_presence },
  { "a signature that is refused twice", test_signature_refused },
  { "a signature that is refused once", test_signature_renewed },
  { "a refusal without a code", test_refused_without_code },
  { "a close while subscribing", test_closed_while_subscribing },
  { "a public channel that is refused", test_public_refused },
  { "a subscription that is not confirmed", test_no_confirmation },
  { "several channels, one after the other", test_several },
  { "a flood before the others are there", test_flood_before_the_others },
  { "long ones before the others", test_long_ones_before_the_others },
  { "channels that are refused are named once", test_one_refused },
  { "and named again where that was not heard", test_refused_and_ended },
  { "all channels refused is the end", test_all_refused },
  { "a ping as text, in the server's interval", test_heartbeat },
  { "the server's pings are answered", test_server_asks },
  { "ten minutes of silence", test_ten_minutes },
  { "ten busy minutes", test_ten_busy_minutes },
  { "the shorter interval counts", test_other_intervals },
  { "what is no notification is not shown", test_not_shown },
  { "an event that its channel keeps is told once", test_kept_event },
  { "a channel that has kept nothing", test_nothing_kept },
  { "a channel that has kept something meanwhile", test_kept_meanwhile },
  { "what a channel has kept and was lost", test_kept_and_lost },
  { "a first login shows what is unread", test_first_backlog },
  { "what comes before the list is told once", test_live_before_the_list },
  { "a sign-off before the list", test_signed_off_before_the_list },
  { "a connection lost before the list", test_lost_before_the_list },
  { "a connection ended before the list", test_ended_before_the_list },
  { "what is told before the list", test_told_before_the_list },
  { "a connection ended, and nobody there", test_ended_and_nobody_there },
  { "a connection ended by a text", test_ended_by_a_text },
  { "nothing missed is no gap", test_nothing_missed },
  { "without a list there is a gap", test_no_backlog },
  { "many that were missed", test_many },
  { "pages", test_pages },
  { "pages that a cursor tells", test_pages_by_cursor },
  { "a page's cursor that is too long", test_long_page_cursor },
  { "pages until the past", test_pages_until_the_past },
  { "what was missed is behind what came by itself", test_missed_behind_live },
  { "pages that are begun anew", test_pages_begun_anew },
  { "long pages", test_long_pages },
  { "a thousand long ones", test_flood_of_long_ones },
  { "pages at the first login", test_first_pages },
  { "pages in a circle", test_pages_in_a_circle },
  { "pages that move", test_pages_that_move },
  { "one that was created in the future", test_from_the_future },
  { "many that were created in the future", test_many_from_the_future },
  { "an application whose zone is ahead", test_zone_ahead },
  { "a clock of ours that is behind", test_clock_behind },
  { "many that came by themselves", test_many_live },
  { "a list that does not say when is told once", test_undated },
  { "a list that comes later", test_list_later },
  { "a list that comes much later", test_list_much_later },
  { "clocks that go back", test_clocks_back },
  { "what is no list", test_no_list },
  { "a list that is too long", test_too_long_list },
  { "without a list the first login is still to come", test_still_first },
  { "odd lists", test_odd_items },
};

static void
add_test (const Test *test, const char *name, const Server *server)
{
  g_autofree char *path
      = g_strdup_printf ("/laravel-connection/%s, %s", test->name, name);

  g_test_add (path, Fixture, server, set_up, test->func, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      add_test (&tests[i], "Reverb", &reverb);
      add_test (&tests[i], "soketi", &soketi);
    }
  return g_test_run ();
}
