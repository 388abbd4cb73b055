/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A random walk of an account whose server keeps what it is sent: connections
 * end at any moment, be it that somebody ends them who has just heard of them,
 * and so do logins; the machine sleeps, the settings change, and what comes is
 * not read for a while. In the end each message has been told, and none twice.
 * A new walk each time; `--seed` repeats one.
 */

#include "core/connection/client.h"

#include <string.h>

#include "core/dialect/told.h"
#include "core/message/seen.h"
#include "support/fixture.h"
#include "support/instance.h"

#define START_WALL_S 1795867200
#define N_WALKS 20
#define N_STEPS 300
/* Where the ids of more were to be remembered, a few might be told twice. */
#define MAX_MESSAGES WN_TOLD_MAX_IDS
#define PAGE_SIZE 15

#define MINE "private-App.Models.User.1001"

/* Its number is its place among all. */
typedef struct
{
  gint64 sent_s;
  int number_in_second;
  gboolean is_early;
  guint n_told;
} Message;

typedef struct Walk Walk;

/* What a server does. Nothing is owed while nothing is connected or asked. */
typedef struct
{
  const WnDialect *dialect;
  gpointer (*make) (void);
  char *(*dup_message) (Walk *walk, guint i);
  gboolean (*give_owed) (Walk *walk); /* whether anything was owed */
  guint least_step; /* of a connection, from which on it brings messages */
  guint early_step; /* up to which it brings some that are told later */
} Server;

struct Walk
{
  WnFixture fixture; /* first, as the listener's callbacks ask */
  const Server *server;
  GArray *messages; /* (owned): of Message */
  WnSeen seen;      /* since the login, as a conversation would */
  char *question;   /* (owned) (nullable): the URL that is asked */
  guint step;       /* of the connection */
  gboolean is_reading;
  GQueue unread;  /* of text (owned): sent over the connection */
  gboolean fails; /* to answer, now and then */
  gboolean has_given_up;
  int zone_h; /* of the server's dates; 0: they say so */
};

static Message *
get_message (Walk *self, guint i)
{
  return &g_array_index (self->messages, Message, i);
}

static gint64
get_wall_s (Walk *self)
{
  return wn_clock_get_wall_time (WN_CLOCK (self->fixture.clock))
         / G_TIME_SPAN_SECOND;
}

static WnScriptedState
get_state (Walk *self)
{
  return wn_scripted_transport_get_state (self->fixture.transport);
}

static gboolean
is_open (Walk *self)
{
  return get_state (self) == WN_SCRIPTED_OPEN;
}

static void
forget_unread (Walk *self)
{
  g_queue_clear_full (&self->unread, g_free);
}

/* --- The account -------------------------------------------------------- */

static void
keep_cursor (Walk *self, const char *cursor)
{
  if (cursor == NULL)
    return;
  g_free (self->fixture.cursor);
  self->fixture.cursor = g_strdup (cursor);
}

static void
on_client_state_changed (WnClient *client, gpointer user_data)
{
  Walk *self = user_data;

  if (self->fixture.cursor == NULL)
    keep_cursor (self, wn_client_get_cursor (client));
  wn_heard_state_changed (client, user_data);
  wn_heard_forget (&self->fixture.heard);
}

static void
on_client_notified (WnClient *client,
                    WnNotification *notification,
                    gpointer user_data)
{
  Walk *self = user_data;
  guint64 i = g_ascii_strtoull (notification->title, NULL, 10);

  if (notification->id == NULL || wn_seen_add (&self->seen, notification->id))
    get_message (self, (guint) i)->n_told++;
  keep_cursor (self, notification->cursor);
}

static void
on_client_moved (WnClient *client, gpointer user_data)
{
  keep_cursor (user_data, wn_client_get_cursor (client));
}

static void
on_client_call (WnClient *client, const WnCall *call, gpointer user_data)
{
  Walk *self = user_data;

  g_free (self->question);
  self->question = g_strdup (call->url);
}

static void
on_client_notice (WnClient *client,
                  WnNotice notice,
                  const char *detail,
                  gpointer user_data)
{
}

/* A login fails that is not connected within half a minute. */
static void
on_client_gave_up (WnClient *client, const WnLoss *loss, gpointer user_data)
{
  ((Walk *) user_data)->has_given_up = TRUE;
}

static void
sign_on (Walk *self)
{
  static const WnClientListener listener = {
    .state_changed = on_client_state_changed,
    .gap = wn_heard_gap,
    .notified = on_client_notified,
    .call = on_client_call,
    .moved = on_client_moved,
    .notice = on_client_notice,
    .missed = wn_heard_missed,
    .gave_up = on_client_gave_up,
  };

  wn_fixture_drop_client (&self->fixture);
  wn_seen_clear (&self->seen);
  g_clear_pointer (&self->question, g_free);
  forget_unread (self);
  self->is_reading = TRUE;
  self->has_given_up = FALSE;
  wn_fixture_add_client (&self->fixture,
                         &(WnClientConfig){
                             .lifecycle = wn_fixture_lifecycle,
                             .dialect = self->server->dialect,
                             .instance = self->server->make (),
                             .cursor = self->fixture.cursor,
                         },
                         &listener);
  wn_client_start (self->fixture.client);
}

/* As somebody does who reconnects with other settings. */
static void
change_settings (Walk *self)
{
  WnClient *client = self->fixture.client;
  g_autofree char *reached = g_strdup (wn_client_get_cursor (client));
  gpointer instance = self->server->make ();

  wn_client_stop (client);
  g_clear_pointer (&self->question, g_free);
  wn_client_set_config (client,
                        &(WnClientConfig){
                            .lifecycle = wn_fixture_lifecycle,
                            .dialect = self->server->dialect,
                            .instance = instance,
                            .cursor = reached,
                        });
  self->server->dialect->free (self->fixture.instance);
  self->fixture.instance = instance;
  wn_client_go_on (client);
}

/* --- What every server does --------------------------------------------- */

/* Whoever is not connected yet reads all. */
static gboolean
reads (Walk *self)
{
  WnClientStatus status;

  wn_client_get_status (self->fixture.client, &status);
  return self->is_reading || status.connected_since_us == 0;
}

static void
say (Walk *self, const char *text)
{
  if (reads (self))
    wn_scripted_transport_emit_text (self->fixture.transport, text);
  else
    g_queue_push_tail (&self->unread, g_strdup (text));
}

static void
set_reading (Walk *self, gboolean is_reading)
{
  self->is_reading = is_reading;
  wn_client_set_reading (self->fixture.client, is_reading);
  while (is_reading && is_open (self) && self->unread.length > 0)
    {
      g_autofree char *text = g_queue_pop_head (&self->unread);

      say (self, text);
    }
}

static void
answer (Walk *self, guint status, const char *body)
{
  g_clear_pointer (&self->question, g_free);
  wn_client_take_answer (self->fixture.client,
                         &(WnAnswer){ .status = status,
                                      .body = body,
                                      .length = strlen (body),
                                      .time_us = get_wall_s (self)
                                                 * G_TIME_SPAN_SECOND });
}

static gboolean
is_asked (const Walk *self, const char *path)
{
  return self->question != NULL && strstr (self->question, path) != NULL;
}

/* Returns: the number behind @name in @url, or @fallback */
static guint
read_number (const char *url, const char *name, guint fallback)
{
  const char *at = strstr (url, name);

  return at != NULL ? (guint) g_ascii_strtoull (at + strlen (name), NULL, 10)
                    : fallback;
}

static void
pass_on (Walk *self, guint i)
{
  g_autofree char *text = self->server->dup_message (self, i);

  if (!is_open (self) || self->step < self->server->least_step)
    return;
  if (self->step <= self->server->early_step)
    get_message (self, i)->is_early = TRUE;
  say (self, text);
}

static void
take_message (Walk *self)
{
  Message message = { .sent_s = get_wall_s (self) };
  const Message *last = NULL;

  if (self->messages->len > 0)
    last = get_message (self, self->messages->len - 1);
  if (last != NULL && last->sent_s == message.sent_s)
    message.number_in_second = last->number_in_second + 1;
  g_array_append_val (self->messages, message);
  pass_on (self, self->messages->len - 1);
}

static gboolean
serve (Walk *self)
{
  if (!is_open (self))
    forget_unread (self);
  if (get_state (self) == WN_SCRIPTED_OPENING)
    self->step = 0;
  else if (self->question != NULL && self->fails
           && g_test_rand_int_range (0, 5) == 0)
    {
      answer (self, 503, "");
      return TRUE;
    }
  return (get_state (self) != WN_SCRIPTED_IDLE || self->question != NULL)
         && self->server->give_owed (self);
}

/* --- nchan -------------------------------------------------------------- */

static gpointer
make_nchan (void)
{
  return wn_instance_new (&wn_dialect_back_office,
                          NULL,
                          "1001@jd-shop",
                          NULL,
                          "server",
                          "ws://a.example/",
                          "replay",
                          "nchan",
                          NULL);
}

static char *
dup_nchan_message (Walk *self, guint i)
{
  const Message *message = get_message (self, i);

  return g_strdup_printf ("id: %" G_GINT64_FORMAT ":%d\n"
                          "content-type: application/json\n\n"
                          "{\"title\":\"%u\"}",
                          message->sent_s,
                          message->number_in_second,
                          i);
}

/* It sends all that it has where it is asked for anything. */
static gboolean
give_owed_by_nchan (Walk *self)
{
  WnScriptedTransport *transport = self->fixture.transport;
  const WnRoute *route = wn_scripted_transport_get_route (transport);
  gboolean sends_all = strstr (route->url, "last=") != NULL;

  if (is_open (self))
    return FALSE;
  self->step = 1;
  wn_scripted_transport_set_answer (transport,
                                    &(WnTransportAnswer){
                                        .subprotocol = "ws+meta.nchan",
                                        .time_us = get_wall_s (self)
                                                   * G_TIME_SPAN_SECOND });
  wn_scripted_transport_emit_opened (transport);
  for (guint i = 0; sends_all && i < self->messages->len; i++)
    pass_on (self, i);
  return TRUE;
}

/* --- ntfy --------------------------------------------------------------- */

static gpointer
make_ntfy (void)
{
  return wn_instance_new (&wn_dialect_ntfy,
                          NULL,
                          "a,b@ntfy.example",
                          NULL,
                          "min_priority",
                          "1",
                          NULL);
}

static char *
dup_ntfy_message (Walk *self, guint i)
{
  return g_strdup_printf ("{\"id\":\"message%05u\",\"time\":%" G_GINT64_FORMAT
                          ",\"event\":\"message\",\"topic\":\"a\",\"title\":"
                          "\"%u\",\"message\":\"x\"}\n",
                          i,
                          get_message (self, i)->sent_s,
                          i);
}

static char *
dup_ntfy_messages_since (Walk *self, guint since_s)
{
  GString *lines = g_string_new (NULL);

  for (guint i = 0; i < self->messages->len; i++)
    if (get_message (self, i)->sent_s >= since_s)
      {
        g_autofree char *line = dup_ntfy_message (self, i);

        g_string_append (lines, line);
      }
  return g_string_free (lines, FALSE);
}

static void
open_ntfy (Walk *self)
{
  const WnRoute *route
      = wn_scripted_transport_get_route (self->fixture.transport);
  guint since_s = read_number (route->url, "since=", G_MAXUINT);
  g_autofree char *open
      = g_strdup_printf ("{\"id\":\"o\",\"time\":%" G_GINT64_FORMAT
                         ",\"event\":\"open\"}\n",
                         get_wall_s (self));

  say (self, open);
  for (guint i = 0; i < self->messages->len; i++)
    if (get_message (self, i)->sent_s >= since_s)
      pass_on (self, i);
}

/* It passes messages on before it says that it has opened. */
static gboolean
give_owed_by_ntfy (Walk *self)
{
  self->step++;
  if (get_state (self) == WN_SCRIPTED_OPENING)
    wn_scripted_transport_emit_opened (self->fixture.transport);
  else if (is_open (self) && self->step == 2)
    open_ntfy (self);
  else if (self->question != NULL)
    {
      guint since_s = read_number (self->question, "since=", G_MAXUINT);
      g_autofree char *lines = dup_ntfy_messages_since (self, since_s);

      answer (self, 200, lines);
    }
  else
    return FALSE;
  return TRUE;
}

/* --- Gotify ------------------------------------------------------------- */

static gpointer
make_gotify (void)
{
  return wn_instance_new (&wn_dialect_gotify,
                          NULL,
                          "me@gotify.example",
                          "C12345678901234",
                          NULL);
}

static char *
dup_gotify_message (Walk *self, guint i)
{
  gint64 sent_s = get_message (self, i)->sent_s;
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (sent_s);
  g_autofree char *date = g_date_time_format (time, "%FT%T.360567542Z");

  return g_strdup_printf ("{\"id\":%u,\"appid\":%u,\"message\":\"x\",\"title\":"
                          "\"%u\",\"priority\":5,\"date\":\"%s\"}",
                          i + 1,
                          i % 7,
                          i,
                          date);
}

static void
answer_gotify_page (Walk *self)
{
  guint left = MIN (read_number (self->question, "limit=", 0), PAGE_SIZE);
  guint i = read_number (self->question, "since=", G_MAXUINT) - 1;
  g_autoptr (GString) page = g_string_new ("{\"messages\":[");

  for (i = MIN (i, self->messages->len); i > 0 && left > 0; i--, left--)
    {
      g_autofree char *message = dup_gotify_message (self, i - 1);
      gboolean is_first = g_str_has_suffix (page->str, "[");

      g_string_append_printf (page, "%s%s", is_first ? "" : ",", message);
    }
  g_string_append_printf (page,
                          "],\"paging\":{\"since\":%u}}",
                          i > 0 ? i + 1 : 0);
  answer (self, 200, page->str);
}

static gboolean
give_owed_by_gotify (Walk *self)
{
  if (get_state (self) == WN_SCRIPTED_OPENING)
    {
      self->step = 1;
      wn_scripted_transport_emit_opened (self->fixture.transport);
    }
  else if (is_asked (self, "/message"))
    answer_gotify_page (self);
  else if (is_asked (self, "/application"))
    answer (self, 200, "[{\"id\":1,\"name\":\"a\"},{\"id\":2,\"name\":\"b\"}]");
  else if (self->question != NULL)
    answer (self, 200, "{}");
  else
    return FALSE;
  return TRUE;
}

/* --- Laravel ------------------------------------------------------------ */

static gpointer
make_laravel (void)
{
  return wn_instance_new (&wn_dialect_laravel,
                          NULL,
                          "1001@app.example/key1",
                          "7|s3cret",
                          "channels",
                          MINE ",news",
                          "backlog_url",
                          "https://app.example/api/news",
                          NULL);
}

static char *
dup_laravel_message (Walk *self, guint i)
{
  return g_strdup_printf (
      "{\"event\":\"Illuminate\\\\Notifications\\\\Events\\\\"
      "BroadcastNotificationCreated\",\"data\":\"{\\\"title\\\":\\\"%u\\\","
      "\\\"id\\\":\\\"id%u\\\"}\",\"channel\":\"" MINE "\"}",
      i,
      i);
}

static void
append_laravel_item (Walk *self, GString *list, guint i)
{
  gint64 sent_s = get_message (self, i)->sent_s + self->zone_h * 3600;
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (sent_s);
  g_autofree char *date
      = g_date_time_format (time, self->zone_h != 0 ? "%F %T" : "%FT%TZ");

  g_string_append_printf (list,
                          "%s{\"id\":\"id%u\",\"data\":{\"title\":\"%u\"},"
                          "\"created_at\":\"%s\"}",
                          g_str_has_suffix (list->str, "[") ? "" : ",",
                          i,
                          i,
                          date);
}

static void
answer_laravel_page (Walk *self)
{
  guint n_before = (read_number (self->question, "page=", 1) - 1) * PAGE_SIZE;
  guint n_messages = self->messages->len;
  GString *page = g_string_new ("{\"data\":[");
  g_autofree char *text = NULL;

  for (guint n = n_before; n < n_before + PAGE_SIZE && n < n_messages; n++)
    append_laravel_item (self, page, n_messages - 1 - n);
  g_string_append (page,
                   n_before + PAGE_SIZE < n_messages
                       ? "],\"next_page_url\":\"x\"}"
                       : "]}");
  text = g_string_free (page, FALSE);
  answer (self, 200, text);
}

static gboolean
give_owed_by_laravel (Walk *self)
{
  static const char *const texts[] = {
    [1] = "{\"event\":\"pusher:connection_established\",\"data\":"
          "{\"socket_id\":\"1.2\"}}",
    [3] = "{\"event\":\"pusher_internal:subscription_succeeded\",\"channel\":"
          "\"" MINE "\"}",
    [4] = "{\"event\":\"pusher_internal:subscription_succeeded\",\"channel\":"
          "\"news\"}",
  };
  guint step = self->step;

  if (step < G_N_ELEMENTS (texts) && (step != 2 || is_asked (self, "/auth")))
    self->step++;
  if (get_state (self) == WN_SCRIPTED_OPENING)
    wn_scripted_transport_emit_opened (self->fixture.transport);
  else if (is_open (self) && step < G_N_ELEMENTS (texts) && texts[step] != NULL)
    say (self, texts[step]);
  else if (is_asked (self, "/auth"))
    answer (self, 200, "{\"auth\":\"key1:1\"}");
  else if (is_asked (self, "/news"))
    answer_laravel_page (self);
  else
    return FALSE;
  return TRUE;
}

/* --- The walk ----------------------------------------------------------- */

static void
reconnect (gpointer fixture)
{
  wn_client_reconnect (((WnFixture *) fixture)->client);
}

static void
be_impatient (Walk *self)
{
  self->fixture.heard.trigger = "quiet";
  self->fixture.heard.reaction = reconnect;
}

/* What is asked is answered within seconds, and the server lives. */
static void
wait (Walk *self, gint seconds)
{
  for (gint i = 0; i < seconds; i++)
    {
      wn_fixture_advance (&self->fixture, 1);
      if (is_open (self) && reads (self) && i % 20 == 0)
        wn_scripted_transport_emit_alive (self->fixture.transport);
      if (self->question != NULL && g_test_rand_bit ())
        serve (self);
    }
}

static void
take_step (Walk *self)
{
  static const WnLoss broken = { .reason = WN_LOSS_BROKEN };
  gint dice = g_test_rand_int_range (0, 100);

  if (!is_open (self))
    forget_unread (self);
  if (self->has_given_up || dice == 0)
    sign_on (self);
  else if (dice == 1)
    change_settings (self);
  else if (dice == 2)
    wn_virtual_clock_sleep (self->fixture.clock, G_TIME_SPAN_HOUR);
  else if (dice < 6)
    set_reading (self, !self->is_reading);
  else if (dice < 35 && self->messages->len < MAX_MESSAGES)
    take_message (self);
  else if (dice < 75)
    serve (self);
  else if (dice < 90)
    wait (self, g_test_rand_int_range (1, 100));
  else if (dice < 95 && get_state (self) != WN_SCRIPTED_IDLE)
    wn_scripted_transport_emit_lost (self->fixture.transport, &broken);
  else if (dice < 98)
    reconnect (self);
  else
    be_impatient (self);
}

/* Until nothing is owed any more, and nothing would come by itself. */
static void
settle (Walk *self)
{
  self->fails = FALSE;
  self->fixture.heard.trigger = NULL;
  set_reading (self, TRUE);
  for (guint i = 0; i < 600; i++)
    if (self->has_given_up)
      sign_on (self);
    else if (!serve (self))
      wait (self, 1);
}

/* Where questions failed, what came meanwhile may come again at the next login,
 * and so may what was told together with "connected", if nothing came after it.
 */
static void
check_walk (Walk *self, gboolean failed)
{
  for (guint i = 0; i < self->messages->len; i++)
    {
      g_assert_cmpuint (get_message (self, i)->n_told, >=, 1);
      if (!failed && !get_message (self, i)->is_early)
        g_assert_cmpuint (get_message (self, i)->n_told, ==, 1);
    }
}

static void
walk_once (const Server *server)
{
  static const int zones_h[] = { 0, 8, -10 };
  gboolean fails = g_test_rand_bit ();
  Walk self = {
    .server = server,
    .messages = g_array_new (FALSE, TRUE, sizeof (Message)),
    .zone_h = zones_h[g_test_rand_int_range (0, G_N_ELEMENTS (zones_h))],
  };

  wn_fixture_init (&self.fixture, START_WALL_S);
  sign_on (&self);
  settle (&self);
  self.fails = fails;
  for (guint i = 0; i < N_STEPS; i++)
    take_step (&self);
  settle (&self);
  check_walk (&self, fails);
  wn_fixture_clear (&self.fixture);
  wn_seen_clear (&self.seen);
  forget_unread (&self);
  g_free (self.question);
  g_array_unref (self.messages);
}

static void
test_walk (gconstpointer server)
{
  for (guint i = 0; i < N_WALKS; i++)
    walk_once (server);
}

int
main (int argc, char **argv)
{
  static const Server servers[] = {
    { &wn_dialect_back_office,
      make_nchan,
      dup_nchan_message,
      give_owed_by_nchan,
      1,
      0 },
    { &wn_dialect_ntfy, make_ntfy, dup_ntfy_message, give_owed_by_ntfy, 1, 0 },
    { &wn_dialect_gotify,
      make_gotify,
      dup_gotify_message,
      give_owed_by_gotify,
      1,
      0 },
    { &wn_dialect_laravel,
      make_laravel,
      dup_laravel_message,
      give_owed_by_laravel,
      4,
      4 },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (servers); i++)
    {
      g_autofree char *path
          = g_strconcat ("/replay-walk/", servers[i].dialect->id, NULL);

      g_test_add_data_func (path, &servers[i], test_walk);
    }
  return g_test_run ();
}
