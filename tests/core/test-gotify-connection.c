/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A connection to a Gotify over a virtual clock and a scripted transport: what
 * is asked when, in which order messages are told, where the next login goes
 * on, and how a cut is explained. The pages that begin with RECORDED are from
 * a real Gotify 2.4.0.
 */

#include "core/connection/client.h"

#include <string.h>

#include "support/fixture.h"
#include "support/instance.h"

/* 2026-11-28T12:00:00Z; the recordings were made an hour before. */
#define START_WALL_S 1795867200

#define RECORDED_APPLICATIONS                                                  \
  "[{\"id\":1,\"token\":\"AYBD7NsDIzXB9M3\",\"name\":\"Backup server\","       \
  "\"description\":\"nightly\",\"internal\":false,"                            \
  "\"image\":\"static/defaultapp.png\",\"defaultPriority\":0,"                 \
  "\"lastUsed\":\"2026-11-28T10:59:34.359304511Z\"}]"
#define RECORDED_NEWER_PAGE                                                    \
  "{\"paging\":{\"next\":\"http://127.0.0.1:6607/message?limit=2"              \
  "\\u0026since=2\",\"size\":2,\"since\":2,\"limit\":2},\"messages\":["        \
  "{\"id\":3,\"appid\":1,\"message\":\"prio 0\",\"title\":\"T\","              \
  "\"priority\":0,\"date\":\"2026-11-28T10:59:34.383612037Z\"},"               \
  "{\"id\":2,\"appid\":1,\"message\":"                                         \
  "\"**bold** [l](https://example.com)\",\"title\":\"Ünïcode\","             \
  "\"priority\":8,\"extras\":{\"client::display\":{\"contentType\":"           \
  "\"text/markdown\"},\"client::notification\":{\"click\":{\"url\":"           \
  "\"https://example.com/x\"}}},\"date\":\"2026-11-28T10:59:34.371715783Z\"}"  \
  "]}"
#define RECORDED_OLDER_PAGE                                                    \
  "{\"paging\":{\"size\":1,\"since\":0,\"limit\":2},\"messages\":["            \
  "{\"id\":1,\"appid\":1,\"message\":\"Backup \\u003cb\\u003edone"             \
  "\\u003c/b\\u003e \\u0026 well\",\"title\":\"Backup server\","               \
  "\"priority\":0,\"date\":\"2026-11-28T10:59:34.360567542Z\"}]}"
#define RECORDED_REFUSAL                                                       \
  "{\"error\":\"Unauthorized\",\"errorCode\":401,\"errorDescription\":"        \
  "\"you need to provide a valid access token or user credentials to access "  \
  "this api\"}"

typedef WnFixture Fixture;

static void
on_client_notified (WnClient *client,
                    WnNotification *notification,
                    gpointer user_data)
{
  wn_heard_add (user_data,
                "%s%s%s%s",
                notification->source != NULL ? notification->source : "",
                notification->source != NULL ? "/" : "",
                notification->content,
                notification->is_missed ? "?" : "");
  wn_fixture_keep_cursor (user_data, notification);
}

static void
on_client_notice (WnClient *client,
                  WnNotice notice,
                  const char *detail,
                  gpointer user_data)
{
  wn_heard_add (user_data,
                notice == WN_NOTICE_BEGAN_ANEW ? "anew" : "more missed");
}

static void
on_client_gave_up (WnClient *client, const WnLoss *loss, gpointer user_data)
{
  wn_heard_add (user_data,
                "gave up: %s %u",
                loss->reason == WN_LOSS_TOKEN_REFUSED ? "token" : "else",
                loss->http_status);
}

static void
log_in (Fixture *f, const char *cursor, const char *key, const char *value)
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

  f->origin = "https://gotify.example";
  f->authorization = "Bearer C921EeDZMz.isjP";
  wn_fixture_add_client (f,
                         &(WnClientConfig){
                             .lifecycle = wn_fixture_lifecycle,
                             .dialect = &wn_dialect_gotify,
                             .instance = wn_instance_new (&wn_dialect_gotify,
                                                          NULL,
                                                          "me@gotify.example",
                                                          "C921EeDZMz.isjP",
                                                          key,
                                                          value,
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
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  wn_fixture_clear (f);
}

/* Where the next login would go on, if it were now. */
static void
check_position (Fixture *f, const char *expected)
{
  g_assert_cmpstr (wn_client_get_cursor (f->client), ==, expected);
}

static void
answer (Fixture *f, guint status, const char *body)
{
  wn_client_take_answer (f->client,
                         &(WnAnswer){ .status = status,
                                      .body = body,
                                      .length = strlen (body) });
}

/* A message of that many seconds after the start, which says its own id. */
static char *
dup_message (gint64 id, int application, int second)
{
  g_autoptr (GDateTime) time
      = g_date_time_new_from_unix_utc (START_WALL_S + second);
  g_autofree char *date = g_date_time_format (time, "%FT%T.123456789Z");

  return g_strdup_printf ("{\"id\":%" G_GINT64_FORMAT
                          ",\"appid\":%d,\"title\":\"T\",\"priority\":5,"
                          "\"message\":\"m%" G_GINT64_FORMAT
                          "\",\"date\":\"%s\"}",
                          id,
                          application,
                          id,
                          date);
}

static void
say_of (Fixture *f, int application, gint64 id, int second)
{
  g_autofree char *text = dup_message (id, application, second);

  wn_scripted_transport_emit_text (f->transport, text);
}

static void
say (Fixture *f, gint64 id, int second)
{
  say_of (f, 1, id, second);
}

/* Each element is the message of that id at its second; ends with 0. */
typedef struct
{
  gint64 id;
  int second;
} Sent;

/* @since: where the next page ends, 0: there is none */
static void
answer_page (Fixture *f, gint64 since, const Sent *sent)
{
  g_autoptr (GString) body = g_string_new (NULL);

  g_string_append_printf (body,
                          "{\"paging\":{\"size\":0,\"since\":%" G_GINT64_FORMAT
                          ",\"limit\":200},\"messages\":[",
                          since);
  for (const Sent *s = sent; s->id != 0; s++)
    {
      g_autofree char *message = dup_message (s->id, 1, s->second);

      g_string_append_printf (body, "%s%s", s == sent ? "" : ",", message);
    }
  g_string_append (body, "]}");
  answer (f, 200, body->str);
}

#define ANSWER_PAGE(f, since, ...)                                             \
  answer_page ((f), (since), (const Sent[]){ __VA_ARGS__ })

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

/* Up to the first page, with one application. */
static void
upgrade_and_name (Fixture *f)
{
  upgrade (f);
  answer (f, 200, RECORDED_APPLICATIONS);
}

/* Connected, with all that was missed, which is nothing. */
static void
settle (Fixture *f, const char *cursor)
{
  log_in (f, cursor, NULL, NULL);
  upgrade_and_name (f);
  ANSWER_PAGE (f, 0, { 0 });
  wn_heard_forget (&f->heard);
}

static void
come_back (Fixture *f)
{
  wn_virtual_clock_shift_wall_time (f->clock, SECONDS (100));
  wn_fixture_advance (f, 8);
  wn_heard_forget (&f->heard);
  upgrade_and_name (f);
}

/* @second: after the start */
static char *
cursor_of (gint64 id, int second)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT "@%d", id, START_WALL_S + second);
}

static void
check_position_of (Fixture *f, gint64 id, int second)
{
  g_autofree char *expected = cursor_of (id, second);

  check_position (f, expected);
}

/* --- The first login ---------------------------------------------------- */

/* Connected once it is known where it begins; nothing old is shown. */
static void
test_first_login (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, NULL, NULL);
  upgrade (f);
  wn_heard_check (&f->heard, "GET /application");
  answer (f, 200, RECORDED_APPLICATIONS);
  wn_heard_check (&f->heard, "GET /message?limit=1");
  answer (f, 200, RECORDED_NEWER_PAGE);
  wn_heard_check (&f->heard, "quiet");
  check_position (f, "3@1795863574");
  say (f, 4, 1);
  wn_heard_check (&f->heard, "Backup server/m4");
  check_position_of (f, 4, 1);
}

static void
test_first_login_empty (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, NULL, NULL);
  upgrade_and_name (f);
  ANSWER_PAGE (f, 0, { 0 });
  check_position (f, "0@0");
  wn_fixture_drop_client (f);
  log_in (f, "0@0", NULL, NULL);
  upgrade_and_name (f);
  wn_heard_forget (&f->heard);
  ANSWER_PAGE (f, 0, { 1, -50 }, { 0 });
  wn_heard_check (&f->heard, "Backup server/m1?, 1 missed");
}

/* What comes while it is asked is news. */
static void
test_first_login_held (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, NULL, NULL);
  upgrade_and_name (f);
  say (f, 6, 1);
  wn_heard_forget (&f->heard);
  ANSWER_PAGE (f, 6, { 6, 1 }, { 0 });
  wn_heard_check (&f->heard, "quiet, Backup server/m6");
  check_position_of (f, 6, 1);
}

/* It is connected all the same, and finds its place later. */
static void
test_first_login_without_answer (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, NULL, NULL);
  upgrade_and_name (f);
  say (f, 6, 1);
  wn_heard_forget (&f->heard);
  answer (f, 502, "");
  wn_heard_check (&f->heard, "quiet, Backup server/m6");
  check_position (f, NULL);
  wn_fixture_advance (f, 5);
  wn_heard_check (&f->heard, "GET /application");
  answer (f, 200, RECORDED_APPLICATIONS);
  wn_heard_check (&f->heard, "GET /message?limit=1");
  ANSWER_PAGE (f, 6, { 6, 1 }, { 0 });
  wn_heard_check (&f->heard, "");
  check_position_of (f, 6, 1);
}

/* --- What was missed ---------------------------------------------------- */

static void
test_missed (Fixture *f, gconstpointer data)
{
  log_in (f, "0@0", NULL, NULL);
  upgrade (f);
  wn_heard_check (&f->heard, "quiet, GET /application");
  answer (f, 200, RECORDED_APPLICATIONS);
  wn_heard_check (&f->heard, "GET /message?limit=200");
  answer (f, 200, RECORDED_NEWER_PAGE);
  wn_heard_check (&f->heard, "GET /message?limit=200&since=2");
  answer (f, 200, RECORDED_OLDER_PAGE);
  wn_heard_check (&f->heard,
                  "Backup server/Backup <b>done</b> & well?, "
                  "Backup server/**bold** [l](https://example.com)?, "
                  "Backup server/prio 0?, 3 missed");
  g_assert_cmpstr (f->cursor, ==, "3@1795863574");
}

/* Up to the last that came, whatever is older. */
static void
test_missed_since (Fixture *f, gconstpointer data)
{
  g_autofree char *cursor = cursor_of (5, -100);

  log_in (f, cursor, NULL, NULL);
  upgrade_and_name (f);
  wn_heard_forget (&f->heard);
  ANSWER_PAGE (f, 4, { 9, -10 }, { 7, -20 }, { 5, -100 }, { 4, -200 }, { 0 });
  wn_heard_check (&f->heard, "Backup server/m7?, Backup server/m9?, 2 missed");
  check_position_of (f, 9, -10);
}

static void
test_nothing_missed (Fixture *f, gconstpointer data)
{
  g_autofree char *cursor = cursor_of (5, -100);

  settle (f, cursor);
  lose (f, WN_LOSS_BROKEN);
  come_back (f);
  wn_heard_check (&f->heard, "quiet, GET /application, GET /message?limit=200");
  say (f, 6, 120);
  ANSWER_PAGE (f, 4, { 5, -100 }, { 0 });
  wn_fixture_advance (f, 20);
  wn_heard_check (&f->heard, "Backup server/m6");
}

/* The stream waits for the page, and is told after it; both once. */
static void
test_in_both (Fixture *f, gconstpointer data)
{
  g_autofree char *cursor = cursor_of (5, -100);

  log_in (f, cursor, NULL, NULL);
  upgrade (f);
  say (f, 7, 1);
  answer (f, 200, RECORDED_APPLICATIONS);
  say (f, 8, 2);
  wn_heard_forget (&f->heard);
  ANSWER_PAGE (f,
               4,
               { 9, 2 },
               { 8, 2 },
               { 7, 1 },
               { 6, -50 },
               { 5, -100 },
               { 0 });
  wn_heard_check (&f->heard,
                  "Backup server/m6?, 1 missed, Backup server/m7, "
                  "Backup server/m8");
  say (f, 9, 2);
  wn_heard_check (&f->heard, "Backup server/m9");
}

/* What is first in the page and then on the stream has one id, by which the
 * host's side shows it once.
 */
static void
test_first_in_the_page (Fixture *f, gconstpointer data)
{
  g_autoptr (WnFrame) opened = NULL;
  g_autoptr (WnFrame) page = NULL;
  g_autoptr (WnFrame) stream = NULL;
  g_autofree char *message = dup_message (6, 1, 1);
  g_autofree char *body = g_strdup_printf ("{\"messages\":[%s]}", message);
  g_auto (WnRoute) route = { 0 };
  const WnNotification *first, *second;

  log_in (f, NULL, "contact_per", "account");
  wn_dialect_gotify.route (f->instance, "0@0", &route);
  opened = wn_dialect_gotify.opened (f->instance, &(WnTransportAnswer){ 0 });
  page = wn_instance_take_answer (&wn_dialect_gotify, f->instance, 200, body);
  stream
      = wn_dialect_gotify.read (f->instance, message, strlen (message), NULL);
  first = page->notifications->pdata[0];
  second = stream->notifications->pdata[0];
  g_assert_cmpstr (first->id, ==, second->id);
}

/* By the server's clock, which may be off: ours is no measure. */
static void
test_clocks (Fixture *f, gconstpointer data)
{
  g_autofree char *cursor = cursor_of (5, 800);

  settle (f, cursor);
  say (f, 6, -900);
  wn_heard_check (&f->heard, "Backup server/m6");
  lose (f, WN_LOSS_BROKEN);
  come_back (f);
  wn_heard_forget (&f->heard);
  ANSWER_PAGE (f, 4, { 7, 900 }, { 6, -900 }, { 0 });
  wn_heard_check (&f->heard, "Backup server/m7?, 1 missed");
}

/* Only the newest thousand are asked for, and that is said. */
static void
test_too_many (Fixture *f, gconstpointer data)
{
  g_autofree Sent *sent = g_new0 (Sent, 201);

  log_in (f, "0@0", NULL, NULL);
  upgrade_and_name (f);
  for (int page = 0; page < 5; page++)
    {
      wn_heard_forget (&f->heard);
      for (int i = 0; i < 200; i++)
        sent[i] = (Sent){ 5000 - page * 200 - i, -50 };
      answer_page (f, sent[199].id, sent);
    }
  g_assert_true (
      g_str_has_prefix (f->heard.words->str, "Backup server/m4001?, "));
  g_assert_true (g_str_has_suffix (f->heard.words->str,
                                   "m5000?, 1000 missed, more missed"));
}

/* A server that sends its pages in a circle is not followed. */
static void
test_pages_in_a_circle (Fixture *f, gconstpointer data)
{
  log_in (f, "0@0", NULL, NULL);
  upgrade_and_name (f);
  ANSWER_PAGE (f, 8, { 9, -10 }, { 8, -10 }, { 0 });
  wn_heard_forget (&f->heard);
  ANSWER_PAGE (f, 8, { 7, -10 }, { 0 });
  wn_heard_check (&f->heard,
                  "Backup server/m7?, Backup server/m8?, Backup server/m9?, "
                  "3 missed");
}

/* Nor one whose pages don't end, because nothing is on them, */
static void
test_pages_of_nothing (Fixture *f, gconstpointer data)
{
  guint n_pages = 0;

  log_in (f, "0@0", NULL, NULL);
  upgrade_and_name (f);
  do
    {
      wn_heard_forget (&f->heard);
      n_pages++;
      ANSWER_PAGE (f, 100000 - n_pages, { 0 });
    }
  while (g_str_has_prefix (f->heard.words->str, "GET /message?")
         && n_pages < 2000);
  g_assert_cmpuint (n_pages, ==, 1000);
  wn_heard_check (&f->heard, "more missed");
}

/* or because a single message fills each. */
static void
test_pages_of_long_messages (Fixture *f, gconstpointer data)
{
  g_autofree char *filling = g_strnfill (15 * 1024 * 1024, ' ');
  guint n_pages = 0;

  log_in (f, "0@0", NULL, NULL);
  upgrade_and_name (f);
  do
    {
      g_autofree char *message = dup_message (100 - n_pages, 1, -10);
      g_autofree char *page
          = g_strdup_printf ("{\"paging\":{\"since\":%u},%s\"messages\":[%s]}",
                             100 - n_pages,
                             filling,
                             message);

      wn_heard_forget (&f->heard);
      n_pages++;
      answer (f, 200, page);
    }
  while (g_str_has_prefix (f->heard.words->str, "GET /message?")
         && n_pages < 100);
  g_assert_cmpuint (n_pages, ==, 9);
  g_assert_true (
      g_str_has_suffix (f->heard.words->str, "9 missed, more missed"));
}

/* --- Answers that don't come -------------------------------------------- */

/* The stream does not wait for it, but the place does. */
static void
test_asked_again (Fixture *f, gconstpointer data)
{
  g_autofree char *cursor = cursor_of (5, -100);

  log_in (f, cursor, NULL, NULL);
  upgrade_and_name (f);
  say (f, 8, 1);
  wn_heard_forget (&f->heard);
  answer (f, 500, "");
  wn_heard_check (&f->heard, "Backup server/m8");
  say (f, 9, 3);
  wn_heard_check (&f->heard, "Backup server/m9");
  check_position (f, cursor);
  wn_fixture_advance (f, 5);
  wn_heard_check (&f->heard, "GET /application");
  answer (f, 503, "");
  wn_fixture_advance (f, 9);
  wn_heard_check (&f->heard, "");
  wn_fixture_advance (f, 1);
  answer (f, 200, RECORDED_APPLICATIONS);
  wn_heard_forget (&f->heard);
  say (f, 10, 15);
  wn_heard_check (&f->heard, "Backup server/m10");
  ANSWER_PAGE (f,
               4,
               { 10, 15 },
               { 9, 3 },
               { 8, 1 },
               { 7, -10 },
               { 6, -20 },
               { 5, -100 },
               { 0 });
  wn_heard_check (&f->heard, "Backup server/m6?, Backup server/m7?, 2 missed");
  check_position_of (f, 10, 15);
  g_assert_cmpstr (f->cursor, ==, wn_client_get_cursor (f->client));
}

/* A page of long messages may be more than an answer can be. */
static void
test_smaller_pages (Fixture *f, gconstpointer data)
{
  log_in (f, "0@0", "contact_per", "account");
  upgrade (f);
  wn_heard_forget (&f->heard);
  answer (f, 0, "");
  wn_fixture_advance (f, 5);
  wn_heard_check (&f->heard, "GET /message?limit=50");
  answer (f, 200, "{\"messages\":[{\"id\":9");
  wn_fixture_advance (f, 10);
  wn_heard_check (&f->heard, "GET /message?limit=12");
  ANSWER_PAGE (f, 0, { 9, -10 }, { 0 });
  wn_heard_check (&f->heard, "m9?, 1 missed");
}

/* A hole in the middle is none: all is asked again. */
static void
test_page_in_between_fails (Fixture *f, gconstpointer data)
{
  log_in (f, "0@0", "contact_per", "account");
  upgrade (f);
  ANSWER_PAGE (f, 8, { 9, -10 }, { 8, -10 }, { 0 });
  wn_heard_forget (&f->heard);
  answer (f, 0, "");
  wn_fixture_advance (f, 5);
  wn_heard_check (&f->heard, "GET /message?limit=50");
  ANSWER_PAGE (f, 0, { 9, -10 }, { 8, -10 }, { 7, -10 }, { 0 });
  wn_heard_check (&f->heard, "m7?, m8?, m9?, 3 missed");
}

/* What can't be had is not asked for again, and the gap is told. */
static void
test_no_messages_there (Fixture *f, gconstpointer data)
{
  g_autofree char *cursor = cursor_of (5, -100);

  settle (f, cursor);
  lose (f, WN_LOSS_BROKEN);
  come_back (f);
  say (f, 9, 120);
  wn_heard_forget (&f->heard);
  answer (f, 404, "");
  wn_fixture_advance (f, 60);
  wn_heard_check (&f->heard, "gap, Backup server/m9, asked");
}

/* More than can be held back is told before the backlog. */
static void
test_flood_while_asking (Fixture *f, gconstpointer data)
{
  g_autofree char *cursor = cursor_of (5, -100);

  log_in (f, cursor, "contact_per", "account");
  upgrade (f);
  for (int i = 0; i < 1000; i++)
    say (f, 100 + i, 1);
  wn_heard_check (&f->heard, "quiet, GET /message?limit=200");
  say (f, 1100, 1);
  g_assert_true (g_str_has_suffix (f->heard.words->str, ", m1099, m1100"));
  wn_heard_forget (&f->heard);
  check_position (f, cursor);
  ANSWER_PAGE (f, 4, { 1100, 1 }, { 99, -10 }, { 5, -100 }, { 0 });
  wn_heard_check (&f->heard, "m99?, 1 missed");
  check_position_of (f, 1100, 1);
}

/* --- A server that began anew ------------------------------------------- */

static void
test_new_database (Fixture *f, gconstpointer data)
{
  g_autofree char *cursor = cursor_of (5000, -100);

  log_in (f, cursor, "contact_per", "account");
  upgrade (f);
  wn_heard_forget (&f->heard);
  ANSWER_PAGE (f, 0, { 2, -10 }, { 1, -20 }, { 0 });
  wn_heard_check (&f->heard, "m1?, m2?, 2 missed, anew");
  check_position_of (f, 2, -10);
}

/* It has as many messages already, or more. */
static void
test_new_database_grown (Fixture *f, gconstpointer data)
{
  g_autofree char *cursor = cursor_of (2, -100);

  log_in (f, cursor, "contact_per", "account");
  upgrade (f);
  wn_heard_forget (&f->heard);
  ANSWER_PAGE (f, 0, { 3, -10 }, { 2, -20 }, { 1, -30 }, { 0 });
  wn_heard_check (&f->heard, "m1?, m2?, m3?, 3 missed, anew");
}

/* It has what was there when it was backed up: that has come before. */
static void
test_database_of_backup (Fixture *f, gconstpointer data)
{
  g_autofree char *cursor = cursor_of (5000, -100);

  log_in (f, cursor, "contact_per", "account");
  upgrade (f);
  wn_heard_forget (&f->heard);
  ANSWER_PAGE (f, 4998, { 4999, -10 }, { 4998, -100 }, { 4997, -300 }, { 0 });
  wn_heard_check (&f->heard, "m4999?, 1 missed, anew");
  check_position_of (f, 4999, -10);
}

/* Nobody has sent anything yet: then the first that comes counts. */
static void
test_new_database_empty (Fixture *f, gconstpointer data)
{
  g_autofree char *cursor = cursor_of (5000, -100);

  settle (f, cursor);
  say (f, 1, 10);
  wn_heard_check (&f->heard, "Backup server/m1");
  check_position_of (f, 1, 10);
}

/* Ids that come again are other messages'. */
static void
test_ids_of_new_database (Fixture *f, gconstpointer data)
{
  g_autofree char *old_message = dup_message (6, 1, 1);
  g_autofree char *new_message = dup_message (6, 1, 9);
  g_autoptr (WnFrame) before = NULL;
  g_autoptr (WnFrame) after = NULL;
  const WnNotification *first, *second;

  log_in (f, NULL, "contact_per", "account");
  before = wn_dialect_gotify.read (f->instance,
                                   old_message,
                                   strlen (old_message),
                                   NULL);
  after = wn_dialect_gotify.read (f->instance,
                                  new_message,
                                  strlen (new_message),
                                  NULL);
  first = before->notifications->pdata[0];
  second = after->notifications->pdata[0];
  g_assert_cmpstr (first->id, !=, second->id);
}

/* The last that came is gone, and so is the one before it. */
static void
test_deleted (Fixture *f, gconstpointer data)
{
  g_autofree char *cursor = cursor_of (5, -100);

  log_in (f, cursor, "contact_per", "account");
  upgrade (f);
  wn_heard_forget (&f->heard);
  ANSWER_PAGE (f, 2, { 3, -300 }, { 2, -400 }, { 0 });
  wn_heard_check (&f->heard, "");
  check_position (f, cursor);
  say (f, 6, 1);
  wn_heard_check (&f->heard, "m6");
}

/* --- Applications ------------------------------------------------------- */

static void
test_unknown_application (Fixture *f, gconstpointer data)
{
  settle (f, "0@0");
  say_of (f, 7, 1, 1);
  say (f, 2, 2);
  wn_heard_check (&f->heard, "GET /application");
  answer (f,
          200,
          "[{\"id\":1,\"name\":\"Renamed\"},{\"id\":7,\"name\":\"New\"}]");
  wn_heard_check (&f->heard, "New/m1, Renamed/m2");
  say_of (f, 7, 3, 3);
  wn_heard_check (&f->heard, "New/m3");
}

/* Then its messages are the account's, and it isn't asked about each time. */
static void
test_nameless_application (Fixture *f, gconstpointer data)
{
  settle (f, "0@0");
  say_of (f, 7, 1, 1);
  answer (f, 200, RECORDED_APPLICATIONS);
  say_of (f, 7, 2, 2);
  wn_heard_check (&f->heard, "GET /application, m1, m2");
}

/* The next message asks again. */
static void
test_application_without_answer (Fixture *f, gconstpointer data)
{
  settle (f, "0@0");
  say_of (f, 7, 1, 1);
  answer (f, 502, "");
  wn_heard_check (&f->heard, "GET /application, m1");
  say_of (f, 7, 2, 2);
  wn_heard_check (&f->heard, "GET /application");
  answer (f, 200, "[{\"id\":7,\"name\":\"New\"}]");
  wn_heard_check (&f->heard, "New/m2");
}

/* --- What is not shown -------------------------------------------------- */

/* It isn't looked at again all the same. */
static void
test_min_priority (Fixture *f, gconstpointer data)
{
  log_in (f, "0@0", "min_priority", "6");
  upgrade_and_name (f);
  wn_heard_forget (&f->heard);
  ANSWER_PAGE (f, 0, { 2, -10 }, { 1, -20 }, { 0 });
  say (f, 3, 1);
  wn_heard_check (&f->heard, "");
  check_position_of (f, 3, 1);
  g_assert_cmpstr (f->cursor, ==, wn_client_get_cursor (f->client));
}

static void
test_no_replay (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, "replay", "off");
  upgrade (f);
  wn_heard_check (&f->heard, "quiet, GET /application");
  answer (f, 200, RECORDED_APPLICATIONS);
  say (f, 3, 1);
  wn_heard_check (&f->heard, "Backup server/m3");
  check_position (f, NULL);
  lose (f, WN_LOSS_BROKEN);
  come_back (f);
  wn_heard_check (&f->heard, "quiet, gap, GET /application");
}

/* --- Why there is no connection ----------------------------------------- */

static void
test_token_taken_back (Fixture *f, gconstpointer data)
{
  settle (f, "0@0");
  lose (f, WN_LOSS_BROKEN);
  wn_heard_check (&f->heard, "waiting, GET /current/user");
  answer (f, 401, RECORDED_REFUSAL);
  wn_heard_check (&f->heard, "gave up: token 401");
}

static void
test_only_a_cut (Fixture *f, gconstpointer data)
{
  settle (f, "0@0");
  lose (f, WN_LOSS_CLOSED);
  wn_heard_check (&f->heard, "waiting, GET /current/user");
  answer (f, 200, "{\"id\":1,\"name\":\"admin\",\"admin\":true}");
  wn_heard_check (&f->heard, "");
  wn_fixture_advance (f, 8);
  wn_heard_check (&f->heard, "connecting");
  upgrade_and_name (f);
  wn_heard_check (&f->heard, "quiet, GET /application, GET /message?limit=200");
}

static void
test_server_gone (Fixture *f, gconstpointer data)
{
  settle (f, "0@0");
  lose (f, WN_LOSS_BROKEN);
  answer (f, 0, "");
  wn_fixture_advance (f, 8);
  wn_heard_check (&f->heard, "waiting, GET /current/user, connecting");
  lose (f, WN_LOSS_REFUSED);
  wn_heard_check (&f->heard, "waiting");
}

static void
test_refused_at_login (Fixture *f, gconstpointer data)
{
  log_in (f, NULL, NULL, NULL);
  wn_scripted_transport_emit_lost (f->transport,
                                   &(WnLoss){ .reason = WN_LOSS_HTTP_STATUS,
                                              .http_status = 401 });
  wn_heard_check (&f->heard, "gave up: token 401");
}

/* It was taken back while something was asked. */
static void
test_refused_while_asking (Fixture *f, gconstpointer data)
{
  log_in (f, "0@0", NULL, NULL);
  upgrade_and_name (f);
  wn_heard_forget (&f->heard);
  answer (f, 401, RECORDED_REFUSAL);
  wn_heard_check (&f->heard, "gave up: token 401");
}

/* A place from somewhere else is none: then nothing old is shown. */
static void
test_odd_cursors (Fixture *f, gconstpointer data)
{
  static const char *const cursors[]
      = { "1700000000:0", "5@", "@5", "5@x", "5@5x", "-5@5" };

  for (gsize i = 0; i < G_N_ELEMENTS (cursors); i++)
    {
      if (i > 0)
        wn_fixture_drop_client (f);
      log_in (f, cursors[i], "contact_per", "account");
      upgrade (f);
      wn_heard_check (&f->heard, "GET /message?limit=1");
    }
}

typedef struct
{
  const char *name;
  void (*func) (Fixture *f, gconstpointer data);
} Test;

static const Test tests[] = {
  { "a first login shows nothing old", test_first_login },
  { "an empty server is a place to go on from", test_first_login_empty },
  { "what comes during the first login is shown", test_first_login_held },
  { "a first login without an answer", test_first_login_without_answer },
  { "what was missed comes in order", test_missed },
  { "what was missed ends at the last that came", test_missed_since },
  { "nothing missed is no gap", test_nothing_missed },
  { "what is in page and stream is told once", test_in_both },
  { "what is first in the page keeps its id", test_first_in_the_page },
  { "clocks that differ change nothing", test_clocks },
  { "a thousand are shown", test_too_many },
  { "pages in a circle", test_pages_in_a_circle },
  { "pages of nothing come to an end", test_pages_of_nothing },
  { "pages of long messages come to an end", test_pages_of_long_messages },
  { "a page that fails is asked for again", test_asked_again },
  { "a page that is too long becomes shorter", test_smaller_pages },
  { "a page in between fails", test_page_in_between_fails },
  { "messages that can't be had are a gap", test_no_messages_there },
  { "a flood while asking", test_flood_while_asking },
  { "a new database is noticed", test_new_database },
  { "a new database that has grown", test_new_database_grown },
  { "a database of a backup", test_database_of_backup },
  { "a new database that is empty", test_new_database_empty },
  { "a new database's ids are its own", test_ids_of_new_database },
  { "deleted messages are no new database", test_deleted },
  { "an unknown application is asked about", test_unknown_application },
  { "an application without a name", test_nameless_application },
  { "an application that could not be asked about",
    test_application_without_answer },
  { "what is not urgent enough moves the place", test_min_priority },
  { "without a replay", test_no_replay },
  { "a token that was taken back ends it", test_token_taken_back },
  { "a cut is only a cut", test_only_a_cut },
  { "a server that is gone", test_server_gone },
  { "a token that is refused at login", test_refused_at_login },
  { "a token that is refused in an answer", test_refused_while_asking },
  { "odd cursors", test_odd_cursors },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path
          = g_strconcat ("/gotify-connection/", tests[i].name, NULL);

      g_test_add (path, Fixture, NULL, set_up, tests[i].func, tear_down);
    }
  return g_test_run ();
}
