/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ntfy: the account, the way there, what frames say, where a replay goes on and
 * why a server refuses. The frames are in data/ntfy: NAME.json is one as it
 * came, less the line feed at the file's end, NAME.expected what is read of it
 * and what a person reads. Those of the first names of a group were recorded
 * from a real ntfy 2.11. With WN_RECORD=1 in the environment the test writes
 * what is expected, for the diff to be read over.
 */

#include <string.h>

#include "core/dialect/dialect.h"
#include "core/dialect/ntfy-emoji.h"
#include "support/cases.h"
#include "support/instance.h"

#define NTFY (&wn_dialect_ntfy)

static const WnNotificationView view
    = { .title_start = "<b>", .title_end = "</b>" };
static const WnNotificationView plain_view
    = { .title_start = "", .title_end = "" };

/* When a connection of these tests is opened, by the server's clock. */
#define OPENED_S 1795862000

/* --- An account --------------------------------------------------------- */

/* @option, @value: one that is set, or %NULL */
static gpointer
try_account (const char *username,
             const char *token,
             const char *option,
             const char *value,
             GError **error)
{
  g_autoptr (GHashTable) options = g_hash_table_new (g_str_hash, g_str_equal);
  WnIdentity identity
      = { .username = username, .token = token, .options = options };

  if (option != NULL)
    g_hash_table_insert (options, (gpointer) option, (gpointer) value);
  return NTFY->new (&identity, error);
}

static gpointer
new_account (const char *option, const char *value)
{
  g_autoptr (GError) error = NULL;
  gpointer self
      = try_account ("mytopic@ntfy.example", NULL, option, value, &error);

  g_assert_no_error (error);
  return self;
}

static char *
dup_url (gpointer self, const char *cursor)
{
  g_auto (WnRoute) route = { 0 };

  NTFY->route (self, cursor, &route);
  g_assert_null (route.subprotocol);
  g_assert_null (route.origin);
  return g_strdup (route.url);
}

static void
check_url (gpointer self, const char *cursor, const char *expected)
{
  g_autofree char *url = dup_url (self, cursor);

  g_assert_cmpstr (url, ==, expected);
}

static const struct
{
  const char *name;
  const char *username;
  const char *server;
  const char *contact;
  const char *url;
} accounts[] = {
  { "a topic and a host",
    "backups@ntfy.example",
    "",
    "ntfy.example",
    "wss://ntfy.example/backups/ws" },
  { "several topics",
    "backups,alerts@ntfy.example",
    "",
    "ntfy.example",
    "wss://ntfy.example/backups,alerts/ws" },
  { "spaces between, one twice, one missing",
    " backups , alerts,,backups @ ntfy.example ",
    "",
    "ntfy.example",
    "wss://ntfy.example/backups,alerts/ws" },
  { "no host", "backups", "", "ntfy.sh", "wss://ntfy.sh/backups/ws" },
  { "an empty host", "backups@", "", "ntfy.sh", "wss://ntfy.sh/backups/ws" },
  { "a host with a port",
    "b@ntfy.example:8443",
    "",
    "ntfy.example:8443",
    "wss://ntfy.example:8443/b/ws" },
  { "an address with a port",
    "b@[::1]:8443",
    "",
    "[::1]:8443",
    "wss://[::1]:8443/b/ws" },
  { "https", "b@https://a.example", "", "a.example", "wss://a.example/b/ws" },
  { "http and a slash",
    "b@http://a.example:2586/",
    "",
    "a.example:2586",
    "ws://a.example:2586/b/ws" },
  { "wss", "b@wss://a.example/", "", "a.example", "wss://a.example/b/ws" },
  { "ws", "b@ws://a.example", "", "a.example", "ws://a.example/b/ws" },
  { "the option comes before the user name",
    "b@ntfy.sh",
    " http://127.0.0.1:2586/ ",
    "127.0.0.1:2586",
    "ws://127.0.0.1:2586/b/ws" },
  { "the option may be a host",
    "b",
    "a.example:99",
    "a.example:99",
    "wss://a.example:99/b/ws" },
  { "all that a topic may be made of",
    "-_AZaz09@h",
    "",
    "h",
    "wss://h/-_AZaz09/ws" },
};

static void
test_account (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  WnAccount *self = try_account (accounts[i].username,
                                 NULL,
                                 "server",
                                 accounts[i].server,
                                 &error);

  g_assert_no_error (error);
  g_assert_cmpstr (self->contact, ==, accounts[i].contact);
  check_url (self, NULL, accounts[i].url);
  NTFY->free (self);
}

#define LETTERS_64                                                             \
  "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl"

static const struct
{
  const char *name;
  const char *username;
  const char *server;
  WnDialectError code;
  const char *detail; /* (nullable): what the sentence names */
} mistakes[] = {
  { "no topic", "@ntfy.sh", "", WN_DIALECT_ERROR_NO_TOPIC, NULL },
  { "nothing", "", "", WN_DIALECT_ERROR_NO_TOPIC, NULL },
  { "only commas", " , ,@ntfy.sh", "", WN_DIALECT_ERROR_NO_TOPIC, NULL },
  { "a point in a topic",
    "a,my.topic,b",
    "",
    WN_DIALECT_ERROR_BAD_TOPIC,
    "my.topic" },
  { "a space in a topic", "a b", "", WN_DIALECT_ERROR_BAD_TOPIC, "a b" },
  { "a slash", "a/b@h", "", WN_DIALECT_ERROR_BAD_TOPIC, "a/b" },
  { "no ASCII", "über", "", WN_DIALECT_ERROR_BAD_TOPIC, "über" },
  { "too long",
    LETTERS_64 "m",
    "",
    WN_DIALECT_ERROR_BAD_TOPIC,
    LETTERS_64 "m" },
  { "a name that ntfy keeps for itself",
    "alerts,docs",
    "",
    WN_DIALECT_ERROR_BAD_TOPIC,
    "docs" },
  { "another one", "v1@h", "", WN_DIALECT_ERROR_BAD_TOPIC, "v1" },
  { "an address of a topic as the server",
    "a@https://ntfy.sh/a",
    "",
    WN_DIALECT_ERROR_BAD_SERVER_PATH,
    NULL },
  { "a path in the option",
    "a",
    "https://ntfy.sh/prefix/",
    WN_DIALECT_ERROR_BAD_SERVER_PATH,
    NULL },
  { "a query",
    "a",
    "https://ntfy.sh/?a=b",
    WN_DIALECT_ERROR_BAD_SERVER_PATH,
    NULL },
  { "another scheme",
    "a",
    "ftp://ntfy.sh/",
    WN_DIALECT_ERROR_BAD_SERVER_SCHEME,
    NULL },
  { "a password in the address",
    "a",
    "https://me:pw@ntfy.sh/",
    WN_DIALECT_ERROR_BAD_SERVER_USERINFO,
    NULL },
};

static void
test_mistake (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  gpointer self = try_account (mistakes[i].username,
                               NULL,
                               "server",
                               mistakes[i].server,
                               &error);

  g_assert_null (self);
  g_assert_error (error, WN_DIALECT_ERROR, (int) mistakes[i].code);
  if (mistakes[i].detail != NULL)
    g_assert_cmpstr (error->message, ==, mistakes[i].detail);
}

static void
test_longest_topic (void)
{
  g_autoptr (GError) error = NULL;
  gpointer self = try_account (LETTERS_64, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  check_url (self, NULL, "wss://ntfy.sh/" LETTERS_64 "/ws");
  NTFY->free (self);
}

static const struct
{
  const char *name;
  const char *login;
  const char *token;
  const char *authorization;
} credentials[] = {
  { "anonymous", "", NULL, NULL },
  { "an access token", "", "tk_abc", "Bearer tk_abc" },
  { "a login", "ann", "secret", "Basic YW5uOnNlY3JldA==" },
  { "a password of any characters",
    " ann ",
    "grün: \"1\"",
    "Basic YW5uOmdyw7xuOiAiMSI=" },
  { "a login without a password", "ann", NULL, "Basic YW5uOg==" },
};

/* The same for the upgrade, for downloads and for the question why. */
static void
test_credential (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  WnAccount *self = try_account ("mytopic@ntfy.example:99",
                                 credentials[i].token,
                                 "login",
                                 credentials[i].login,
                                 &error);
  WnLoss loss = { .reason = WN_LOSS_HTTP_STATUS, .http_status = 200 };
  g_auto (WnRoute) route = { 0 };
  g_autoptr (WnCall) call = NULL;

  g_assert_no_error (error);
  NTFY->route (self, NULL, &route);
  call = NTFY->lost (self, &loss, FALSE);
  g_assert_cmpstr (route.authorization, ==, credentials[i].authorization);
  g_assert_cmpstr (self->authorization, ==, credentials[i].authorization);
  g_assert_cmpstr (call->authorization, ==, credentials[i].authorization);
  g_assert_cmpstr (self->token_url, ==, "https://ntfy.example:99");
  NTFY->free (self);
}

/* ntfy closes the connection when it is sent a text of more than 64 bytes, and
 * answers none.
 */
static void
test_nothing_is_said (void)
{
  gpointer self = new_account (NULL, NULL);
  g_autoptr (WnFrame) opened = NTFY->opened (self, &(WnTransportAnswer){ 0 });

  g_assert_null (NTFY->dup_heartbeat);
  g_assert_true (NTFY->any_frame_is_alive);
  g_assert_null (opened->reply);
  g_assert_false (opened->is_ready);
  NTFY->free (self);
}

/* --- Frames ------------------------------------------------------------- */

static void
describe_attachment (GString *out, const WnAttachment *attachment)
{
  wn_cases_append_line (out, "file", attachment->name);
  wn_cases_append_line (out, "from", attachment->url);
  wn_cases_append_number (out, "size", attachment->size);
  wn_cases_append_number (out,
                          "until",
                          attachment->expires_us / G_TIME_SPAN_SECOND);
}

static void
describe_notification (GString *out, const WnNotification *notification)
{
  g_autofree char *html = wn_notification_to_html (notification, &view);
  g_autofree char *text = wn_notification_to_text (notification, &plain_view);

  wn_cases_append_line (out, "id", notification->id);
  wn_cases_append_line (out, "source", notification->source);
  wn_cases_append_kind (out, notification);
  wn_cases_append_line (out, "update", notification->is_update ? "yes" : NULL);
  wn_cases_append_line (out, "cursor", notification->cursor);
  wn_cases_append_number (out,
                          "sent",
                          notification->sent_us / G_TIME_SPAN_SECOND);
  if (notification->attachment != NULL)
    describe_attachment (out, notification->attachment);
  wn_cases_append_block (out, "HTML", html);
  wn_cases_append_block (out, "Text", text);
}

static void
describe (GString *out, const WnFrame *frame)
{
  guint n = frame->notifications != NULL ? frame->notifications->len : 0;

  g_assert_null (frame->reply);
  g_assert_null (frame->call);
  wn_cases_append_line (out, "ready", frame->is_ready ? "yes" : NULL);
  wn_cases_append_line (out, "cursor", frame->cursor);
  wn_cases_append_line (out, "notification", n > 0 ? "yes" : "no");
  if (n > 0)
    describe_notification (out, g_ptr_array_index (frame->notifications, 0));
}

static void
test_case (gconstpointer data)
{
  const WnCase *c = data;
  gpointer self = new_account (NULL, NULL);
  g_autoptr (GString) actual = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WnFrame) frame = NTFY->read (self, c->input, c->length, &error);

  g_assert_cmpint (frame == NULL, ==, error != NULL);
  if (frame != NULL)
    describe (actual, frame);
  else
    wn_cases_append_error (actual, error);
  wn_case_check (c, actual->str);
  NTFY->free (self);
}

/* --- What is shown ------------------------------------------------------ */

static WnFrame *
hear (gpointer self, const char *json)
{
  g_autoptr (GError) error = NULL;
  WnFrame *frame = NTFY->read (self, json, strlen (json), &error);

  g_assert_no_error (error);
  return frame;
}

/* Returns: (transfer full) (nullable): what a message of that time comes to */
static WnNotification *
hear_message (gpointer self, const char *id, gint64 time_s, const char *more)
{
  g_autofree char *json = g_strdup_printf (
      "{\"id\":\"%s\",\"time\":%" G_GINT64_FORMAT
      ",\"event\":\"message\",\"topic\":\"mytopic\",\"message\":\"x\"%s}\n",
      id,
      time_s,
      more);
  g_autoptr (WnFrame) frame = hear (self, json);

  if (frame->notifications == NULL)
    return NULL;
  g_assert_cmpuint (frame->notifications->len, ==, 1);
  return wn_notification_ref (g_ptr_array_index (frame->notifications, 0));
}

static gboolean
shows (gpointer self, const char *id, gint64 time_s, const char *more)
{
  g_autoptr (WnNotification) shown = hear_message (self, id, time_s, more);

  return shown != NULL;
}

static void
test_min_priority (void)
{
  gpointer self = new_account ("min_priority", "4");

  g_assert_false (shows (self, "a", OPENED_S, ""));
  g_assert_false (shows (self, "b", OPENED_S, ",\"priority\":3"));
  g_assert_true (shows (self, "c", OPENED_S, ",\"priority\":4"));
  g_assert_true (shows (self, "d", OPENED_S, ",\"priority\":5"));
  NTFY->free (self);
}

/* A typing error must not hide what is urgent. */
static void
test_too_high_priority (void)
{
  gpointer self = new_account ("min_priority", "55");

  g_assert_false (shows (self, "a", OPENED_S, ",\"priority\":4"));
  g_assert_true (shows (self, "b", OPENED_S, ",\"priority\":5"));
  NTFY->free (self);
}

static gboolean
is_update (gpointer self, const char *id, const char *sequence)
{
  g_autofree char *more
      = sequence != NULL ? g_strdup_printf (",\"sequence_id\":\"%s\"", sequence)
                         : g_strdup ("");
  g_autoptr (WnNotification) shown = hear_message (self, id, OPENED_S, more);

  return shown->is_update;
}

static void
test_updates (void)
{
  gpointer self = new_account (NULL, NULL);

  g_assert_false (is_update (self, "a", "backup"));
  g_assert_true (is_update (self, "b", "backup"));
  g_assert_true (is_update (self, "c", "backup"));
  g_assert_false (is_update (self, "d", "other"));
  /* What has no sequence of its own is one by its id. */
  g_assert_false (is_update (self, "e", NULL));
  g_assert_true (is_update (self, "f", "e"));
  NTFY->free (self);
}

/* What is remembered of sequences doesn't grow with the messages. */
static void
test_old_sequences_are_forgotten (void)
{
  gpointer self = new_account (NULL, NULL);

  g_assert_false (is_update (self, "a", "first"));
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *id = g_strdup_printf ("id%u", i);

      g_assert_false (is_update (self, id, NULL));
    }
  g_assert_false (is_update (self, "b", "first"));
  NTFY->free (self);
}

/* Nor with what a server calls them, which may be as long as a frame. */
static void
test_long_sequences_are_none (void)
{
  gpointer self = new_account (NULL, NULL);
  g_autofree char *longest = g_strnfill (64, 's');
  g_autofree char *too_long = g_strnfill (65, 's');

  g_assert_false (is_update (self, "a", longest));
  g_assert_true (is_update (self, "b", longest));
  g_assert_false (is_update (self, "c", too_long));
  g_assert_false (is_update (self, "d", too_long));
  NTFY->free (self);
}

/* --- The place in the server's order ------------------------------------ */

/* A connection is opened, and the server says so. */
static void
open_at (gpointer self, const char *cursor, gint64 time_s)
{
  G_GNUC_UNUSED g_autofree char *url = dup_url (self, cursor);
  g_autofree char *json
      = g_strdup_printf ("{\"id\":\"open\",\"time\":%" G_GINT64_FORMAT
                         ",\"event\":\"open\",\"topic\":\"mytopic\"}",
                         time_s);
  g_autoptr (WnFrame) frame = hear (self, json);

  g_assert_true (frame->is_ready);
}

static char *
dup_cursor_after (gpointer self, const char *id, gint64 time_s)
{
  g_autoptr (WnNotification) shown = hear_message (self, id, time_s, "");

  g_assert_nonnull (shown);
  g_assert_true (wn_cursor_is_sound (shown->cursor));
  return g_strdup (shown->cursor);
}

/* Asserts where a connection that goes on at @cursor begins. */
static void
check_since (const char *cursor, gint64 since_s)
{
  gpointer later = new_account (NULL, NULL);
  g_autofree char *expected = g_strdup_printf (
      "wss://ntfy.example/mytopic/ws?since=%" G_GINT64_FORMAT,
      since_s);

  check_url (later, cursor, expected);
  NTFY->free (later);
}

/* The first sign-on of an account shows nothing old, and neither does the one
 * after it; but what was sent in between.
 */
static void
test_first_login (void)
{
  gpointer self = new_account (NULL, NULL);
  g_autoptr (WnFrame) frame = NULL;
  g_autofree char *cursor = NULL;

  check_url (self, NULL, "wss://ntfy.example/mytopic/ws");
  frame = hear (self, "{\"id\":\"x\",\"time\":1795862000,\"event\":\"open\"}");
  check_since (frame->cursor, OPENED_S);
  cursor = dup_cursor_after (self, "a", OPENED_S + 3);
  check_since (cursor, OPENED_S);
  NTFY->free (self);
}

static void
test_margin (void)
{
  gpointer self = new_account (NULL, NULL);
  gpointer later = new_account (NULL, NULL);
  g_autofree char *cursor = NULL;

  open_at (self, NULL, OPENED_S);
  g_assert_true (shows (self, "a", OPENED_S + 100, ""));
  cursor = dup_cursor_after (self, "b", OPENED_S + 110);
  check_since (cursor, OPENED_S + 95);

  open_at (later, cursor, OPENED_S + 200);
  /* One was scheduled, and is sent late. */
  g_assert_true (shows (later, "scheduled", OPENED_S + 105, ""));
  g_assert_false (shows (later, "a", OPENED_S + 100, ""));
  g_assert_false (shows (later, "b", OPENED_S + 110, ""));
  g_assert_true (shows (later, "c", OPENED_S + 110, ""));
  NTFY->free (self);
  NTFY->free (later);
}

/* It was sent while the server was still sending what was missed. */
static void
test_a_message_that_comes_twice (void)
{
  gpointer self = new_account (NULL, NULL);

  open_at (self, "1795861000;a", OPENED_S);
  g_assert_true (shows (self, "now", OPENED_S + 1, ""));
  g_assert_true (shows (self, "missed", OPENED_S - 500, ""));
  g_assert_false (shows (self, "now", OPENED_S + 1, ""));
  NTFY->free (self);
}

/* The connection breaks off between them: the next goes on where the replay
 * was, not behind the message of now.
 */
static void
test_a_message_before_what_was_missed (void)
{
  gpointer self = new_account (NULL, NULL);
  g_autofree char *early = NULL;
  g_autofree char *between = NULL;
  g_autofree char *late = NULL;

  open_at (self, "1795861000;a", OPENED_S);
  early = dup_cursor_after (self, "now", OPENED_S + 1);
  check_since (early, 1795861000);
  between = dup_cursor_after (self, "missed", OPENED_S - 500);
  check_since (between, OPENED_S - 515);
  late = dup_cursor_after (self, "later", OPENED_S + 60);
  check_since (late, OPENED_S + 45);
  NTFY->free (self);
}

/* What the next opening says of how long the server keeps its messages, after
 * one with @expires.
 */
static gint64
get_kept_s (const char *expires)
{
  gpointer self = new_account (NULL, NULL);
  g_autofree char *more = g_strdup_printf (",\"expires\":%s", expires);
  g_autoptr (WnFrame) frame = NULL;
  gint64 kept_us;

  g_assert_true (shows (self, "a", OPENED_S, more));
  frame = hear (self, "{\"id\":\"x\",\"time\":1795862000,\"event\":\"open\"}");
  kept_us = frame->kept_us;
  NTFY->free (self);
  return kept_us / G_TIME_SPAN_SECOND;
}

static void
test_kept (void)
{
  g_assert_cmpint (get_kept_s ("1795905200"), ==, 43200);
  g_assert_cmpint (get_kept_s ("1795862000"), ==, 0);
  g_assert_cmpint (get_kept_s ("0"), ==, 0);
  g_assert_cmpint (get_kept_s ("9223372036854775807"), ==, 0);
  g_assert_cmpint (get_kept_s ("-9223372036854775808"), ==, 0);
}

/* --- What was stored late ------------------------------------------------ */

#define STORED(id, time, more)                                                 \
  "{\"id\":\"" id "\",\"time\":" time                                          \
  ",\"event\":\"message\",\"message\":\"" id "\"" more "}\n"

/* Returns: (transfer full): the answer to what is asked after an opening */
static WnFrame *
answer_again (gpointer self, guint status, const char *body)
{
  return wn_instance_take_answer (NTFY, self, status, body);
}

static void
test_asks_again (void)
{
  gpointer self = try_account ("a,b@ntfy.example", "tk_x", NULL, NULL, NULL);
  G_GNUC_UNUSED g_autofree char *url = dup_url (self, "1795861000;a");
  g_autoptr (WnFrame) frame
      = hear (self, "{\"id\":\"x\",\"time\":1795862000,\"event\":\"open\"}");

  g_assert_cmpstr (frame->call->method, ==, "GET");
  g_assert_cmpstr (frame->call->url,
                   ==,
                   "https://ntfy.example/a,b/json?poll=1&since=1795861985");
  g_assert_cmpstr (frame->call->authorization, ==, "Bearer tk_x");
  g_assert_cmpint (frame->call->delay_us, >, 5 * G_TIME_SPAN_SECOND);
  NTFY->free (self);
}

/* Nothing is missed before the first sign-on, nor by who wants no replay. */
static void
test_does_not_ask_again (void)
{
  static const char *const replays[] = { "on", "off" };

  for (gsize i = 0; i < G_N_ELEMENTS (replays); i++)
    {
      gpointer self = new_account ("replay", replays[i]);
      G_GNUC_UNUSED g_autofree char *url
          = dup_url (self, i == 0 ? NULL : "1795861000;a");
      g_autoptr (WnFrame) frame
          = hear (self,
                  "{\"id\":\"x\",\"time\":1795862000,\"event\":\"open\"}");

      g_assert_null (frame->call);
      NTFY->free (self);
    }
}

/* What came is not told again; what is not shown has come, too. The connection
 * after this one goes on with all that is known.
 */
static void
test_stored_late (void)
{
  gpointer self = new_account ("min_priority", "3");
  g_autoptr (WnFrame) frame = NULL;
  const WnNotification *shown[2];

  open_at (self, "1795861000;a", OPENED_S);
  g_assert_true (shows (self, "came", OPENED_S - 1, ""));
  frame = answer_again (
      self,
      200,
      STORED ("too-old", "1795861000", "") STORED ("came", "1795861999", "")
          STORED ("late", "1795861999", "") "no JSON\n" STORED ("later",
                                                                "1795862000",
                                                                "")
              STORED ("hushed", "1795862000", ",\"priority\":1"));
  g_assert_cmpuint (frame->notifications->len, ==, 2);
  shown[0] = g_ptr_array_index (frame->notifications, 0);
  shown[1] = g_ptr_array_index (frame->notifications, 1);
  g_assert_cmpstr (shown[0]->content, ==, "late");
  g_assert_cmpstr (shown[0]->cursor, ==, "1795861984;a,came,late");
  g_assert_cmpstr (shown[1]->content, ==, "later");
  g_assert_cmpstr (shown[1]->cursor, ==, "1795861984;a,came,late,later,hushed");
  g_assert_null (frame->cursor);
  g_assert_false (shows (self, "late", OPENED_S - 1, ""));
  g_assert_false (shows (self, "hushed", OPENED_S, ""));
  NTFY->free (self);
}

/* A server that answers without end is not read to its end. */
static void
test_too_much_stored (void)
{
  gpointer self = new_account (NULL, NULL);
  g_autoptr (GString) body = g_string_new (NULL);
  g_autoptr (WnFrame) frame = NULL;

  open_at (self, "1795861000;a", OPENED_S);
  for (guint i = 0; i < 6000; i++)
    g_string_append_printf (body,
                            "{\"id\":\"id%u\",\"time\":1795862000,"
                            "\"event\":\"message\",\"message\":\"m\"}\n",
                            i);
  frame = answer_again (self, 200, body->str);
  g_assert_cmpuint (frame->notifications->len, ==, 5000);
  NTFY->free (self);
}

/* The server has no room for one more question: the connection stays. */
static void
test_no_answer_again (void)
{
  static const guint statuses[] = { 0, 401, 403, 404, 429, 500 };

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      gpointer self = new_account (NULL, NULL);
      g_autoptr (WnFrame) frame = NULL;

      open_at (self, "1795861000;a", OPENED_S);
      frame = answer_again (self, statuses[i], "{\"code\":42901}");
      g_assert_null (frame->refusal);
      g_assert_null (frame->notifications);
      NTFY->free (self);
    }
}

/* --- Floods -------------------------------------------------------------- */

/* Where more came within the margin than can be remembered, it is narrower. */
static void
test_a_flood (void)
{
  gpointer self = new_account (NULL, NULL);
  gpointer later = new_account (NULL, NULL);
  g_autofree char *cursor = NULL;

  open_at (self, NULL, OPENED_S);
  for (guint i = 0; i < 10; i++)
    for (guint j = 0; j < 40; j++)
      {
        g_autofree char *id = g_strdup_printf ("id-of-12-%u%02u", i, j);

        g_free (cursor);
        cursor = dup_cursor_after (self, id, OPENED_S + i);
      }
  check_since (cursor, OPENED_S + 9);
  open_at (later, cursor, OPENED_S + 60);
  for (guint j = 0; j < 40; j++)
    {
      g_autofree char *id = g_strdup_printf ("id-of-12-9%02u", j);

      g_assert_false (shows (later, id, OPENED_S + 9, ""));
    }
  g_assert_true (shows (later, "new", OPENED_S + 9, ""));
  NTFY->free (self);
  NTFY->free (later);
}

/* More came in one second than can be remembered: some come twice, but nothing
 * is lost.
 */
static void
test_a_flood_in_one_second (void)
{
  gpointer self = new_account (NULL, NULL);
  g_autofree char *cursor = NULL;

  open_at (self, NULL, OPENED_S);
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *id = g_strdup_printf ("id-of-12-%03u", i);

      g_free (cursor);
      cursor = dup_cursor_after (self, id, OPENED_S + 100);
    }
  check_since (cursor, OPENED_S + 85);
  NTFY->free (self);
}

/* More than a cursor has room for, and the connection breaks: what came is
 * known all the same until the program ends.
 */
static void
test_a_flood_before_a_loss (void)
{
  gpointer self = new_account (NULL, NULL);
  g_autofree char *cursor = NULL;

  open_at (self, "1795861000;a", OPENED_S);
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *id = g_strdup_printf ("id-of-12-%03u", i);

      g_free (cursor);
      cursor = dup_cursor_after (self, id, OPENED_S + i / 50);
    }
  open_at (self, cursor, OPENED_S + 20);
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *id = g_strdup_printf ("id-of-12-%03u", i);

      g_assert_false (shows (self, id, OPENED_S + i / 50, ""));
    }
  g_assert_true (shows (self, "new", OPENED_S + 9, ""));
  NTFY->free (self);
}

/* What is not shown has come all the same. */
static void
test_place_of_what_is_not_shown (void)
{
  gpointer self = new_account ("min_priority", "5");
  g_autoptr (WnFrame) frame = NULL;

  open_at (self, NULL, OPENED_S);
  frame
      = hear (self, "{\"id\":\"a\",\"time\":1795862100,\"event\":\"message\"}");
  g_assert_null (frame->notifications);
  g_assert_cmpstr (frame->cursor, ==, "1795862085;a");
  NTFY->free (self);
}

/* Else nothing would be replayed until the server's clock is there again. */
static void
test_a_clock_that_was_set_back (void)
{
  gpointer self = new_account (NULL, NULL);
  g_autofree char *cursor = NULL;

  open_at (self, "1895861000;a", OPENED_S);
  cursor = dup_cursor_after (self, "b", OPENED_S + 20);
  check_since (cursor, OPENED_S + 5);
  NTFY->free (self);
}

static void
test_no_replay (void)
{
  WnAccount *self = new_account ("replay", "off");
  g_autoptr (WnNotification) shown = NULL;
  g_autoptr (WnFrame) frame = NULL;

  g_assert_false (self->has_replay);
  check_url (self, "1795861000;a", "wss://ntfy.example/mytopic/ws");
  frame = hear (self, "{\"id\":\"x\",\"time\":1795862000,\"event\":\"open\"}");
  g_assert_null (frame->cursor);
  shown = hear_message (self, "a", OPENED_S, "");
  g_assert_null (shown->cursor);
  NTFY->free (self);
}

/* An account's file may hold anything. */
static void
test_odd_cursors (void)
{
  static const char *const cursors[] = {
    "",
    "x",
    "-5;a",
    "0;a",
    ";a",
    "17:3",
    "1795861000:a",
    "0x10;a",
    "99999999999999999999;a",
    "999999999999999999;a",
  };
  gpointer self = new_account (NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cursors); i++)
    check_url (self, cursors[i], "wss://ntfy.example/mytopic/ws");
  check_since ("1795861000", 1795861000);
  check_since ("1795861000;", 1795861000);
  check_since ("1795861000;,,&since=all,a b", 1795861000);
  NTFY->free (self);
}

/* --- Refusals ----------------------------------------------------------- */

static const struct
{
  const char *name;
  WnLoss loss;
  gboolean was_ready;
  gboolean is_asked;
} losses[] = {
  { "200 and nothing, as up to 2.11",
    { .reason = WN_LOSS_HTTP_STATUS, .http_status = 200 },
    FALSE,
    TRUE },
  { "400", { .reason = WN_LOSS_HTTP_STATUS, .http_status = 400 }, FALSE, TRUE },
  { "401, as from 2.12 on",
    { .reason = WN_LOSS_LOGIN_REFUSED, .http_status = 401 },
    FALSE,
    FALSE },
  { "403, as from 2.12 on",
    { .reason = WN_LOSS_TOPICS_REFUSED, .http_status = 403 },
    FALSE,
    FALSE },
  { "an answer that is no WebSocket's",
    { .reason = WN_LOSS_BAD_HANDSHAKE },
    FALSE,
    FALSE },
  { "429", { .reason = WN_LOSS_HTTP_STATUS, .http_status = 429 }, FALSE, TRUE },
  { "502",
    { .reason = WN_LOSS_HTTP_STATUS, .http_status = 502 },
    FALSE,
    FALSE },
  { "nothing listens", { .reason = WN_LOSS_REFUSED }, FALSE, FALSE },
  { "cut before the first frame", { .reason = WN_LOSS_BROKEN }, FALSE, FALSE },
  { "cut", { .reason = WN_LOSS_BROKEN }, TRUE, FALSE },
  { "closed", { .reason = WN_LOSS_CLOSED, .close_code = 1000 }, TRUE, FALSE },
};

static void
test_loss (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  gpointer self
      = try_account ("a,b@http://h.example:99", NULL, NULL, NULL, &error);
  g_autoptr (WnCall) call
      = NTFY->lost (self, &losses[i].loss, losses[i].was_ready);

  g_assert_no_error (error);
  g_assert_cmpint (call != NULL, ==, losses[i].is_asked);
  if (call != NULL)
    {
      g_assert_cmpstr (call->method, ==, "GET");
      g_assert_cmpstr (call->url,
                       ==,
                       "http://h.example:99/a,b/json?poll=1&since=none");
      g_assert_null (call->body);
    }
  NTFY->free (self);
}

#define ANSWER(code, http, error)                                              \
  "{\"code\":" #code ",\"http\":" #http ",\"error\":\"" error                  \
  "\",\"link\":\"https://ntfy.sh/docs/publish/\"}\n"

static const struct
{
  const char *name;
  guint status;
  const char *body;
  gboolean is_refusal;
  WnLossReason reason;
  WnLossRetry retry;
  const char *detail;
  gint64 retry_after_s;
} answers[] = {
  { "a wrong token or password",
    401,
    ANSWER (40101, 401, "unauthorized"),
    TRUE,
    WN_LOSS_LOGIN_REFUSED,
    WN_LOSS_RETRY_USUAL,
    "ann",
    0 },
  { "a topic that is not for this user",
    403,
    ANSWER (40301, 403, "forbidden"),
    TRUE,
    WN_LOSS_TOPICS_REFUSED,
    WN_LOSS_RETRY_USUAL,
    "a,b",
    0 },
  { "403 without a body",
    403,
    "",
    TRUE,
    WN_LOSS_TOPICS_REFUSED,
    WN_LOSS_RETRY_USUAL,
    "a,b",
    0 },
  { "a topic that this server keeps for itself",
    400,
    ANSWER (40010, 400, "invalid request: topic name is not allowed"),
    TRUE,
    WN_LOSS_TOPICS_REFUSED,
    WN_LOSS_RETRY_NEVER,
    "a,b",
    0 },
  { "400 for another reason",
    400,
    ANSWER (40008, 400, "invalid since parameter"),
    TRUE,
    WN_LOSS_HTTP_STATUS,
    WN_LOSS_RETRY_USUAL,
    NULL,
    0 },
  { "too many requests",
    429,
    ANSWER (42901, 429, "limit reached: too many requests"),
    TRUE,
    WN_LOSS_HTTP_STATUS,
    WN_LOSS_RETRY_USUAL,
    NULL,
    60 },
  { "too many connections",
    429,
    ANSWER (42903, 429, "limit reached: too many active subscriptions"),
    TRUE,
    WN_LOSS_HTTP_STATUS,
    WN_LOSS_RETRY_USUAL,
    NULL,
    300 },
  { "too many wrong logins",
    429,
    ANSWER (42909, 429, "limit reached: too many auth failures"),
    TRUE,
    WN_LOSS_HTTP_STATUS,
    WN_LOSS_RETRY_USUAL,
    NULL,
    900 },
  { "429 of a proxy",
    429,
    "<html>slow down</html>",
    TRUE,
    WN_LOSS_HTTP_STATUS,
    WN_LOSS_RETRY_USUAL,
    NULL,
    300 },
  { "no ntfy",
    404,
    "not found",
    TRUE,
    WN_LOSS_HTTP_STATUS,
    WN_LOSS_RETRY_USUAL,
    NULL,
    0 },
  { "nothing is wrong", 200, "" },
  { "a page", 200, "<html></html>" },
  { "the server is broken", 500, ANSWER (50001, 500, "internal error") },
  { "none came", 0, "" },
};

static void
test_answer (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  gpointer self = try_account ("a,b@ntfy.example", "x", "login", "ann", &error);
  g_autoptr (WnFrame) frame = NULL;

  g_assert_no_error (error);
  frame = wn_instance_take_answer (NTFY,
                                   self,
                                   answers[i].status,
                                   answers[i].body);
  g_assert_cmpint (frame->refusal != NULL, ==, answers[i].is_refusal);
  if (frame->refusal != NULL)
    {
      const WnLoss *refusal = frame->refusal;

      g_assert_cmpuint (refusal->http_status, ==, answers[i].status);
      g_assert_cmpint (refusal->reason, ==, answers[i].reason);
      g_assert_cmpint (refusal->retry, ==, answers[i].retry);
      g_assert_cmpstr (refusal->detail, ==, answers[i].detail);
      g_assert_cmpint (refusal->retry_after_us,
                       ==,
                       answers[i].retry_after_s * G_TIME_SPAN_SECOND);
    }
  NTFY->free (self);
}

/* From 2.12 on: the upgrade itself is answered with the status. */
static void
test_explained (void)
{
  gpointer self = new_account (NULL, NULL);
  g_autoptr (WnLoss) forbidden = wn_loss_new (WN_LOSS_HTTP_STATUS);
  g_autoptr (WnLoss) unknown = wn_loss_new (WN_LOSS_HTTP_STATUS);
  g_autoptr (WnLoss) crowded = wn_loss_new (WN_LOSS_HTTP_STATUS);
  g_autoptr (WnLoss) mute = wn_loss_new (WN_LOSS_HTTP_STATUS);
  g_autoptr (WnLoss) cut = wn_loss_new (WN_LOSS_BROKEN);

  forbidden->http_status = 403;
  unknown->http_status = 401;
  crowded->http_status = 429;
  crowded->retry_after_us = G_TIME_SPAN_HOUR;
  mute->http_status = 200;
  NTFY->explain (self, forbidden);
  NTFY->explain (self, mute);
  NTFY->explain (self, unknown);
  NTFY->explain (self, crowded);
  NTFY->explain (self, cut);
  g_assert_cmpint (forbidden->reason, ==, WN_LOSS_TOPICS_REFUSED);
  g_assert_cmpstr (forbidden->detail, ==, "mytopic");
  g_assert_cmpint (unknown->reason, ==, WN_LOSS_LOGIN_REFUSED);
  g_assert_null (unknown->detail);
  g_assert_cmpint (crowded->retry_after_us, ==, G_TIME_SPAN_HOUR);
  g_assert_cmpint (mute->retry, ==, WN_LOSS_RETRY_UNEXPLAINED);
  g_assert_cmpint (cut->reason, ==, WN_LOSS_BROKEN);
  NTFY->free (self);
}

/* --- Emoji -------------------------------------------------------------- */

static void
check_emoji (const char *tag, const char *expected)
{
  g_autofree char *emoji = wn_ntfy_emoji_dup (tag);

  g_assert_cmpstr (emoji, ==, expected);
}

/* The first and the last of the table, and what is only near to one. */
static void
test_emoji (void)
{
  check_emoji ("+1", "👍");
  check_emoji ("zzz", "💤");
  check_emoji ("warning", "⚠️");
  check_emoji ("man_technologist", "👨‍💻");
  check_emoji ("1234", "🔢");
  check_emoji ("", NULL);
  check_emoji (" ", NULL);
  check_emoji ("zz", NULL);
  check_emoji ("zzzz", NULL);
  check_emoji ("WARNING", NULL);
  check_emoji ("warning ⚠️", NULL);
  check_emoji ("warning\n", NULL);
}

/* --- All of them -------------------------------------------------------- */

#define ADD_TABLE(prefix, table, test)                                         \
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)                             \
    {                                                                          \
      g_autofree char *path = g_strconcat (prefix, table[i].name, NULL);       \
                                                                               \
      g_test_add_data_func (path, GUINT_TO_POINTER (i), test);                 \
    }

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_autoptr (GPtrArray) cases = wn_cases_load ("ntfy", ".json");

  ADD_TABLE ("/ntfy/account/", accounts, test_account);
  ADD_TABLE ("/ntfy/mistake/", mistakes, test_mistake);
  ADD_TABLE ("/ntfy/credential/", credentials, test_credential);
  g_test_add_func ("/ntfy/account/the longest topic", test_longest_topic);
  g_test_add_func ("/ntfy/nothing is said", test_nothing_is_said);

  wn_cases_add_tests (cases, "/ntfy/", test_case);
  g_test_add_func ("/ntfy/shown/from a priority on", test_min_priority);
  g_test_add_func ("/ntfy/shown/from a priority on that there is none of",
                   test_too_high_priority);
  g_test_add_func ("/ntfy/shown/updates", test_updates);
  g_test_add_func ("/ntfy/shown/old sequences are forgotten",
                   test_old_sequences_are_forgotten);

  g_test_add_func ("/ntfy/shown/long sequences are none",
                   test_long_sequences_are_none);
  g_test_add_func ("/ntfy/place/how long messages are kept", test_kept);
  g_test_add_func ("/ntfy/place/first login", test_first_login);
  g_test_add_func ("/ntfy/place/margin", test_margin);
  g_test_add_func ("/ntfy/place/a message that comes twice",
                   test_a_message_that_comes_twice);
  g_test_add_func ("/ntfy/place/a message before what was missed",
                   test_a_message_before_what_was_missed);
  g_test_add_func ("/ntfy/stored late/it asks again", test_asks_again);
  g_test_add_func ("/ntfy/stored late/but not always", test_does_not_ask_again);
  g_test_add_func ("/ntfy/stored late/it comes once", test_stored_late);
  g_test_add_func ("/ntfy/stored late/too much", test_too_much_stored);
  g_test_add_func ("/ntfy/stored late/no answer", test_no_answer_again);
  g_test_add_func ("/ntfy/place/a flood", test_a_flood);
  g_test_add_func ("/ntfy/place/a flood in one second",
                   test_a_flood_in_one_second);
  g_test_add_func ("/ntfy/place/a flood before a loss",
                   test_a_flood_before_a_loss);
  g_test_add_func ("/ntfy/place/what is not shown",
                   test_place_of_what_is_not_shown);
  g_test_add_func ("/ntfy/place/a clock that was set back",
                   test_a_clock_that_was_set_back);
  g_test_add_func ("/ntfy/place/no replay", test_no_replay);
  g_test_add_func ("/ntfy/place/odd cursors", test_odd_cursors);

  ADD_TABLE ("/ntfy/loss/", losses, test_loss);
  ADD_TABLE ("/ntfy/answer/", answers, test_answer);
  g_test_add_func ("/ntfy/explained", test_explained);
  g_test_add_func ("/ntfy/emoji", test_emoji);
  return g_test_run ();
}
