/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The seam between the client and a kind of server, with one that has all that
 * the back office has not: a handshake of its own with an HTTP question in
 * between, an interval that the server asks for, pings as heartbeats, refusals
 * inside frames, a reason that is asked for afterwards, bodies of text and
 * Markdown, priorities, attachments with URLs of their own, and a backlog by
 * HTTP. Its frames are words:
 *
 *     welcome SECONDS        its interval; asked with POST /auth who we are
 *     half                   a step of the handshake is over
 *     joined                 the handshake is over; asked for GET /backlog
 *     question               answered with "answer"
 *     note NUMBER KIND TITLE a message
 *     no CODE                a refusal
 *     blind CHANNEL          a channel that the user may not listen to
 */

#include "core/connection/client.h"

#include <stdlib.h>
#include <string.h>

#include "support/fixture.h"
#include "support/instance.h"

#define START_S 1700000000

/* --- The toy's dialect -------------------------------------------------- */

typedef struct
{
  WnAccount account;
  gboolean is_asked; /* for the backlog */
} Toy;

static WnAccount *
toy_new (const WnIdentity *identity, GError **error)
{
  Toy *self = g_new0 (Toy, 1);

  self->account.contact = g_strdup (identity->username);
  self->account.token_url = g_strdup (identity->username);
  self->account.has_replay = TRUE;
  return &self->account;
}

static void
toy_free (gpointer data)
{
  Toy *self = data;

  wn_account_clear (&self->account);
  g_free (self);
}

static void
toy_route (gpointer data, const char *cursor, WnRoute *route)
{
  Toy *self = data;

  self->is_asked = FALSE;
  route->url = g_strdup_printf ("wss://%s/socket", self->account.contact);
  route->origin = g_strdup_printf ("https://%s", self->account.contact);
}

static WnFrame *
toy_opened (gpointer self, const WnTransportAnswer *answer)
{
  return wn_frame_new ();
}

static WnCall *
make_call (gpointer data, const char *method, const char *path)
{
  Toy *self = data;

  return wn_account_new_call (
      &self->account,
      method,
      g_strconcat ("https://", self->account.contact, path, NULL));
}

static WnNotification *
make_note (int number, const char *kind, const char *title)
{
  WnNotification *note = wn_notification_new ();

  note->id = g_strdup_printf ("n%d", number);
  note->cursor = g_strdup_printf ("%d", number);
  note->title = g_strdup (title);
  note->content = g_strdup ("**a** <b>");
  note->kind
      = g_str_equal (kind, "markdown") ? WN_MARKUP_MARKDOWN : WN_MARKUP_TEXT;
  note->priority
      = g_str_equal (kind, "urgent") ? WN_PRIORITY_HIGH : WN_PRIORITY_NORMAL;
  note->source = g_strdup ("toys");
  if (g_str_equal (kind, "file"))
    {
      note->attachment = wn_attachment_new ("https://files.example/7",
                                            "seven.csv",
                                            g_strdup ("https://files.example"
                                                      "/7"));
      note->attachment->size = 7;
      note->attachment->expires_us = SECONDS (START_S + 60);
    }
  return note;
}

static WnLoss *
make_refusal (int code)
{
  WnLoss *loss = wn_loss_new (WN_LOSS_DENIED);

  loss->detail = g_strdup_printf ("code %d", code);
  if (code < 100)
    loss->retry = WN_LOSS_RETRY_NEVER;
  else if (code >= 200)
    loss->retry = WN_LOSS_RETRY_SOON;
  return loss;
}

static WnFrame *
toy_read (gpointer data, const char *text, gsize length, GError **error)
{
  Toy *self = data;
  g_autofree char *line = g_strndup (text, length);
  g_auto (GStrv) words = g_strsplit (line, " ", 4);
  guint n_words = g_strv_length (words);
  const char *word = n_words > 0 ? words[0] : "";
  WnFrame *frame = wn_frame_new ();

  if (g_str_equal (word, "welcome"))
    {
      frame->quiet_us = SECONDS (atoi (words[1]));
      frame->call = make_call (self, "POST", "/auth");
      frame->call->body = g_strdup ("who=1001");
      frame->version = g_strdup ("Toy 1");
    }
  else if (g_str_equal (word, "half"))
    frame->is_step = TRUE;
  else if (g_str_equal (word, "joined"))
    {
      frame->is_ready = TRUE;
      frame->call = make_call (self, "GET", "/backlog");
      self->is_asked = TRUE;
    }
  else if (g_str_equal (word, "question"))
    frame->reply = g_strdup ("answer");
  else if (g_str_equal (word, "note") && n_words == 4)
    wn_frame_add_notification (frame,
                               make_note (atoi (words[1]), words[2], words[3]));
  else if (g_str_equal (word, "no") && n_words == 2)
    frame->refusal = make_refusal (atoi (words[1]));
  else if (g_str_equal (word, "blind") && n_words == 2)
    {
      frame->notice = WN_NOTICE_CHANNEL_REFUSED;
      frame->notice_detail = g_strdup (words[1]);
    }
  else
    {
      wn_frame_free (frame);
      g_set_error_literal (error, G_FILE_ERROR, 0, "unknown");
      return NULL;
    }
  return frame;
}

/* A backlog is numbers of old messages, with spaces. */
static void
read_backlog (WnFrame *frame, const char *body)
{
  g_auto (GStrv) numbers = g_strsplit (body, " ", -1);

  for (guint i = 0; numbers[i] != NULL; i++)
    if (*numbers[i] != '\0')
      {
        WnNotification *note = make_note (atoi (numbers[i]), "text", "old");

        note->sent_us = SECONDS (START_S - 100 + atoi (numbers[i]));
        wn_frame_add_notification (frame, note);
      }
  frame->is_backlog_end = TRUE;
}

static WnFrame *
toy_read_answer (gpointer data, const WnAnswer *answer)
{
  Toy *self = data;
  WnFrame *frame = wn_frame_new ();

  if (answer->status == 401)
    {
      frame->refusal = make_refusal (1);
      frame->refusal->http_status = answer->status;
    }
  else if (answer->status == 429)
    {
      frame->refusal = make_refusal (100);
      frame->refusal->retry_after_us = SECONDS (600);
    }
  else if (answer->status == 200 && self->is_asked)
    read_backlog (frame, answer->body);
  else if (answer->status == 503)
    {
      frame->call = make_call (self, "GET", "/backlog");
      frame->call->delay_us = SECONDS (10);
    }
  else if (answer->status == 200)
    frame->reply = g_strdup_printf ("join %s", answer->body);
  return frame;
}

static WnCall *
toy_lost (gpointer self, const WnLoss *loss, gboolean was_ready)
{
  if (loss->reason == WN_LOSS_DENIED)
    return NULL;
  return make_call (self, "GET", was_ready ? "/why?ready" : "/why");
}

static gboolean
toy_is_known (gpointer self,
              const char *cursor,
              const WnNotification *notification)
{
  return atoi (notification->cursor) <= atoi (cursor);
}

static void
toy_explain (gpointer self, WnLoss *loss)
{
  if (loss->reason == WN_LOSS_TIMED_OUT)
    loss->detail = g_strdup ("too late");
}

static const WnSplit splits[] = { { NULL } };
static const WnOption options[] = { { NULL } };

static const WnDialect toy = {
  .id = "prpl-toy",
  .name = "Toy",
  .icon = "toy",
  .summary = "A toy",
  .login_label = "Host",
  .splits = splits,
  .options = options,
  .any_frame_is_alive = TRUE,
  .new = toy_new,
  .free = toy_free,
  .route = toy_route,
  .opened = toy_opened,
  .read = toy_read,
  .read_answer = toy_read_answer,
  .lost = toy_lost,
  .explain = toy_explain,
  .is_known = toy_is_known,
};

/* --- The client on it --------------------------------------------------- */

typedef WnFixture Fixture;

static void
on_client_notified (WnClient *client,
                    WnNotification *notification,
                    gpointer user_data)
{
  wn_heard_add (user_data,
                "%s%s %s",
                notification->is_missed ? "missed " : "",
                notification->title,
                notification->cursor);
}

static void
on_client_notice (WnClient *client,
                  WnNotice notice,
                  const char *detail,
                  gpointer user_data)
{
  wn_heard_add (user_data, "notice %d %s", (int) notice, detail);
}

static void
on_client_gave_up (WnClient *client, const WnLoss *loss, gpointer user_data)
{
  wn_heard_add (user_data,
                "gave up: %s",
                loss->detail != NULL ? loss->detail : "unexplained");
}

static const WnClientListener listener = {
  .state_changed = wn_heard_state_changed,
  .gap = wn_heard_gap,
  .notified = on_client_notified,
  .call = wn_fixture_call,
  .notice = on_client_notice,
  .missed = wn_heard_missed,
  .gave_up = on_client_gave_up,
};

static void
add_client (Fixture *f, const char *cursor, const WnClientListener *told)
{
  wn_fixture_add_client (
      f,
      &(WnClientConfig){
          .lifecycle = wn_fixture_lifecycle,
          .dialect = &toy,
          .instance
          = wn_instance_new (&toy, NULL, "toy.example", NULL, (char *) NULL),
          .cursor = cursor,
      },
      told);
}

static void
set_up (Fixture *f, const char *cursor)
{
  wn_fixture_init (f, START_S);
  f->origin = "https://toy.example";
  add_client (f, cursor, &listener);
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
                                      .length = strlen (body) });
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
join (Fixture *f)
{
  say (f, "welcome 30");
  answer (f, 200, "t0ken");
  say (f, "joined");
  g_free (wn_scripted_transport_take_log (f->transport));
  wn_heard_forget (&f->heard);
}

static void
connect_up (Fixture *f)
{
  wn_client_start (f->client);
  upgrade (f);
  join (f);
}

static WnClientStatus
get_status (Fixture *f)
{
  WnClientStatus status;

  wn_client_get_status (f->client, &status);
  return status;
}

/* --- The tests ---------------------------------------------------------- */

static void
test_handshake (void)
{
  Fixture f;

  set_up (&f, NULL);
  wn_client_start (f.client);
  g_assert_cmpstr (wn_scripted_transport_get_route (f.transport)->origin,
                   ==,
                   "https://toy.example");
  upgrade (&f);
  wn_heard_check (&f.heard, "connecting");
  g_assert_cmpint (get_status (&f).connected_since_us, ==, 0);
  say (&f, "welcome 30");
  wn_heard_check (&f.heard, "POST /auth who=1001");
  say (&f, "note 1 text early");
  wn_heard_check (&f.heard, "");
  answer (&f, 200, "t0ken");
  wn_fixture_check_told (&f, "open, send join t0ken");
  say (&f, "joined");
  wn_heard_check (&f.heard, "quiet, GET /backlog");
  g_assert_cmpstr (get_status (&f).api_version, ==, "Toy 1");
  g_assert_cmpint (get_status (&f).connected_since_us, ==, SECONDS (START_S));
  wn_fixture_clear (&f);
}

/* However far it came, the handshake has one deadline. */
static void
test_handshake_that_hangs (void)
{
  for (int n_steps = 0; n_steps < 3; n_steps++)
    {
      Fixture f;

      set_up (&f, NULL);
      connect_up (&f);
      lose (&f, WN_LOSS_CLOSED);
      wn_fixture_advance (&f, 8);
      upgrade (&f);
      g_free (wn_scripted_transport_take_log (f.transport));
      if (n_steps > 0)
        say (&f, "welcome 30");
      if (n_steps > 1)
        answer (&f, 200, "t0ken");
      g_free (wn_scripted_transport_take_log (f.transport));
      wn_fixture_advance (&f, 29);
      wn_fixture_check_told (&f, "");
      wn_fixture_advance (&f, 1);
      wn_fixture_check_told (&f, "close");
      g_assert_cmpint (get_status (&f).loss->reason, ==, WN_LOSS_TIMED_OUT);
      wn_fixture_clear (&f);
    }
}

static void
test_handshake_in_steps (void)
{
  Fixture f;

  set_up (&f, NULL);
  wn_client_start (f.client);
  upgrade (&f);
  for (int n_steps = 0; n_steps < 3; n_steps++)
    {
      wn_fixture_advance (&f, 29);
      say (&f, "half");
    }
  wn_fixture_check_told (&f, "open");
  wn_heard_check (&f.heard, "connecting");
  wn_fixture_advance (&f, 30);
  wn_fixture_check_told (&f, "close");
  wn_heard_check (&f.heard, "gave up: too late");
  wn_fixture_clear (&f);
}

/* A step that comes after the last one is none. */
static void
test_step_when_connected (void)
{
  Fixture f;

  set_up (&f, NULL);
  connect_up (&f);
  wn_fixture_advance (&f, 20);
  say (&f, "half");
  wn_heard_check (&f.heard, "");
  wn_fixture_advance (&f, 29);
  wn_fixture_check_told (&f, "");
  wn_fixture_advance (&f, 1);
  wn_fixture_check_told (&f, "ping");
  wn_fixture_clear (&f);
}

static void
test_refused_in_the_handshake (void)
{
  Fixture f;

  set_up (&f, NULL);
  wn_client_start (f.client);
  upgrade (&f);
  say (&f, "welcome 30");
  answer (&f, 401, "");
  wn_fixture_check_told (&f, "open, close");
  wn_heard_check (&f.heard,
                  "connecting, POST /auth who=1001, "
                  "gave up: code 1");
  wn_fixture_clear (&f);
}

static const WnLoss unseen = { .reason = WN_LOSS_CERTIFICATE_REFUSED };

/* That a question can't be asked is an end, before and after the handshake, and
 * where the reason of a loss was to be learned; but not of what was not asked.
 */
static void
test_question_that_fails (void)
{
  Fixture f;

  set_up (&f, NULL);
  wn_client_start (f.client);
  upgrade (&f);
  g_assert_false (wn_client_refuse (f.client, &unseen));
  say (&f, "welcome 30");
  wn_heard_forget (&f.heard);
  g_assert_true (wn_client_refuse (f.client, &unseen));
  wn_fixture_check_told (&f, "open, close");
  wn_heard_check (&f.heard, "gave up: unexplained");
  wn_client_go_on (f.client);
  upgrade (&f);
  join (&f);
  g_assert_true (wn_client_refuse (f.client, &unseen));
  wn_fixture_check_told (&f, "close");
  wn_heard_check (&f.heard, "gave up: unexplained");
  wn_client_go_on (f.client);
  lose (&f, WN_LOSS_BROKEN);
  wn_heard_forget (&f.heard);
  g_assert_true (wn_client_refuse (f.client, &unseen));
  wn_heard_check (&f.heard, "gave up: unexplained");
  wn_fixture_clear (&f);
}

static void
test_reply (void)
{
  Fixture f;

  set_up (&f, NULL);
  connect_up (&f);
  say (&f, "question");
  say (&f, "nonsense");
  wn_fixture_check_told (&f, "send answer");
  wn_heard_check (&f.heard, "");
  wn_fixture_clear (&f);
}

static void
test_heartbeat (void)
{
  Fixture f;

  set_up (&f, NULL);
  connect_up (&f);
  wn_fixture_advance (&f, 29);
  wn_fixture_check_told (&f, "");
  wn_fixture_advance (&f, 1);
  wn_fixture_check_told (&f, "ping");
  wn_fixture_advance (&f, 1);
  wn_scripted_transport_emit_alive (f.transport);
  wn_heard_check (&f.heard, "asked, quiet");
  g_assert_cmpint (get_status (&f).round_trip_us, ==, SECONDS (1));
  wn_fixture_advance (&f, 20);
  say (&f, "nonsense");
  wn_fixture_advance (&f, 29);
  wn_fixture_check_told (&f, "");
  wn_fixture_advance (&f, 1);
  wn_fixture_check_told (&f, "ping");
  wn_fixture_advance (&f, 45);
  wn_fixture_check_told (&f, "close");
  wn_fixture_clear (&f);
}

/* No longer than the server's kind allows; the account may want it sooner. */
static void
test_hasty_heartbeat (void)
{
  static const struct
  {
    gint64 own_s;
    gint64 expected_s;
  } cases[] = { { 45, 20 }, { 10, 10 } };
  WnDialect hasty = toy;

  hasty.max_answer_us = SECONDS (20);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WnClientConfig config = {
        .lifecycle = {
          .heartbeat_interval_us = SECONDS (45),
          .heartbeat_timeout_us = SECONDS (cases[i].own_s),
          .reconnect_delay_us = SECONDS (5),
          .reconnect_delay_max_us = SECONDS (300),
          .roll = wn_instance_roll,
        },
        .dialect = &hasty,
      };
      Fixture f;

      set_up (&f, NULL);
      config.instance = f.instance;
      wn_client_set_config (f.client, &config);
      connect_up (&f);
      wn_fixture_advance (&f, 30);
      wn_fixture_check_told (&f, "ping");
      wn_fixture_advance (&f, cases[i].expected_s - 1);
      wn_fixture_check_told (&f, "");
      wn_fixture_advance (&f, 1);
      wn_fixture_check_told (&f, "close");
      wn_fixture_clear (&f);
    }
}

static void
test_refusals (void)
{
  Fixture f;

  set_up (&f, NULL);
  connect_up (&f);
  say (&f, "no 200");
  wn_fixture_check_told (&f, "close");
  wn_heard_check (&f.heard, "waiting");
  g_assert_cmpint (get_status (&f).loss->reason, ==, WN_LOSS_DENIED);
  g_assert_cmpstr (get_status (&f).loss->detail, ==, "code 200");
  wn_fixture_advance (&f, 3);
  wn_fixture_check_told (&f, "open");
  upgrade (&f);
  join (&f);
  say (&f, "no 7");
  wn_fixture_check_told (&f, "close");
  wn_heard_check (&f.heard, "gave up: code 7");
  wn_fixture_clear (&f);
}

static void
test_reason_asked_for (void)
{
  Fixture f;

  set_up (&f, NULL);
  connect_up (&f);
  lose (&f, WN_LOSS_BROKEN);
  wn_heard_check (&f.heard, "waiting, GET /why?ready");
  answer (&f, 200, "");
  wn_heard_check (&f.heard, "");
  wn_fixture_advance (&f, 8);
  lose (&f, WN_LOSS_BAD_HANDSHAKE);
  wn_heard_check (&f.heard, "connecting, waiting, GET /why");
  answer (&f, 429, "");
  wn_heard_check (&f.heard, "waiting");
  g_assert_cmpstr (get_status (&f).loss->detail, ==, "code 100");
  g_assert_cmpint (get_status (&f).retry_at_us, >=, SECONDS (START_S + 608));
  wn_client_reconnect (f.client);
  wn_fixture_advance (&f, 0);
  lose (&f, WN_LOSS_BROKEN);
  wn_heard_forget (&f.heard);
  answer (&f, 401, "");
  wn_heard_check (&f.heard, "gave up: code 1");
  wn_fixture_clear (&f);
}

/* What an earlier connection asked means nothing to the next. */
static void
test_late_answers (void)
{
  Fixture f;

  set_up (&f, NULL);
  wn_client_start (f.client);
  answer (&f, 200, "never asked");
  upgrade (&f);
  say (&f, "welcome 30");
  lose (&f, WN_LOSS_BROKEN);
  wn_fixture_advance (&f, 8);
  answer (&f, 401, "");
  upgrade (&f);
  g_free (wn_scripted_transport_take_log (f.transport));
  answer (&f, 200, "old");
  wn_fixture_check_told (&f, "");
  say (&f, "welcome 30");
  answer (&f, 200, "new");
  answer (&f, 200, "again");
  wn_fixture_check_told (&f, "send join new");
  wn_client_stop (f.client);
  answer (&f, 200, "late");
  wn_fixture_clear (&f);
}

static void
test_first_backlog (void)
{
  Fixture f;

  set_up (&f, NULL);
  connect_up (&f);
  answer (&f, 200, "1 2");
  wn_heard_check (&f.heard, "missed old 1, missed old 2, 2 missed");
  say (&f, "note 3 text new");
  wn_heard_check (&f.heard, "new 3");
  g_assert_cmpstr (wn_client_get_cursor (f.client), ==, "3");
  wn_fixture_clear (&f);
}

static void
test_backlog_without_repeats (void)
{
  Fixture f;

  set_up (&f, "2");
  connect_up (&f);
  answer (&f, 200, "1 2 3 4");
  wn_heard_check (&f.heard, "missed old 3, missed old 4, 2 missed");
  wn_fixture_advance (&f, 20);
  wn_heard_check (&f.heard, "");
  wn_fixture_clear (&f);
}

/* The server says that it was all: nothing was missed, so no gap is told. */
static void
test_empty_backlog (void)
{
  Fixture f;

  set_up (&f, "2");
  connect_up (&f);
  answer (&f, 200, "");
  lose (&f, WN_LOSS_CLOSED);
  wn_virtual_clock_shift_wall_time (f.clock, SECONDS (100));
  wn_fixture_advance (&f, 8);
  upgrade (&f);
  join (&f);
  answer (&f, 200, "1 2");
  wn_fixture_advance (&f, 20);
  wn_heard_check (&f.heard, "");
  wn_fixture_clear (&f);
}

/* No answer: the gap is told after all. */
static void
test_no_backlog (void)
{
  Fixture f;

  set_up (&f, "2");
  connect_up (&f);
  answer (&f, 200, "");
  lose (&f, WN_LOSS_CLOSED);
  wn_virtual_clock_shift_wall_time (f.clock, SECONDS (100));
  wn_fixture_advance (&f, 8);
  upgrade (&f);
  join (&f);
  answer (&f, 0, "");
  wn_fixture_advance (&f, 11);
  wn_heard_check (&f.heard, "gap");
  wn_fixture_clear (&f);
}

static void
come_back (Fixture *f)
{
  connect_up (f);
  answer (f, 200, "");
  lose (f, WN_LOSS_CLOSED);
  wn_virtual_clock_shift_wall_time (f->clock, SECONDS (100));
  wn_fixture_advance (f, 8);
  upgrade (f);
  join (f);
}

/* However long that takes. */
static void
test_slow_backlog (void)
{
  Fixture f;

  set_up (&f, "2");
  come_back (&f);
  wn_fixture_advance (&f, 29);
  wn_heard_check (&f.heard, "");
  answer (&f, 200, "1 2 3");
  wn_heard_check (&f.heard, "missed old 3, 1 missed");
  wn_fixture_clear (&f);
}

/* What came meanwhile is no sign of a gap. */
static void
test_backlog_of_news (void)
{
  Fixture f;

  set_up (&f, "2");
  come_back (&f);
  answer (&f, 200, "1 2 900");
  wn_fixture_advance (&f, 20);
  wn_heard_check (&f.heard, "old 900");
  wn_fixture_clear (&f);
}

static void
test_later_question (void)
{
  Fixture f;

  set_up (&f, "2");
  connect_up (&f);
  answer (&f, 503, "");
  answer (&f, 200, "3");
  wn_fixture_advance (&f, 9);
  wn_heard_check (&f.heard, "");
  wn_fixture_advance (&f, 1);
  wn_heard_check (&f.heard, "GET /backlog");
  answer (&f, 503, "");
  wn_fixture_advance (&f, 10);
  wn_heard_check (&f.heard, "GET /backlog");
  answer (&f, 200, "3");
  wn_heard_check (&f.heard, "missed old 3, 1 missed");
  wn_fixture_clear (&f);
}

/* It goes with its connection, and with the question that takes its place. */
static void
test_later_question_void (void)
{
  Fixture f;

  set_up (&f, "2");
  connect_up (&f);
  answer (&f, 503, "");
  say (&f, "joined");
  wn_heard_check (&f.heard, "GET /backlog");
  wn_fixture_advance (&f, 20);
  wn_heard_check (&f.heard, "");
  answer (&f, 503, "");
  lose (&f, WN_LOSS_DENIED);
  wn_fixture_advance (&f, 20);
  wn_heard_check (&f.heard, "waiting, connecting");
  upgrade (&f);
  join (&f);
  answer (&f, 503, "");
  wn_client_stop (f.client);
  wn_fixture_advance (&f, 20);
  wn_heard_check (&f.heard, "");
  wn_fixture_clear (&f);
}

static WnNotification *last_note; /* (owned) (nullable) */

static void
on_client_kept (WnClient *client, WnNotification *note, gpointer user_data)
{
  g_clear_pointer (&last_note, wn_notification_unref);
  last_note = wn_notification_ref (note);
}

static void
test_kinds (void)
{
  static WnClientListener keeping;
  Fixture f;

  set_up (&f, NULL);
  keeping = listener;
  keeping.notified = on_client_kept;
  wn_fixture_drop_client (&f);
  add_client (&f, NULL, &keeping);
  connect_up (&f);
  say (&f, "note 1 text a");
  g_assert_cmpint (last_note->kind, ==, WN_MARKUP_TEXT);
  g_assert_cmpint (last_note->priority, ==, WN_PRIORITY_NORMAL);
  g_assert_null (last_note->attachment);
  say (&f, "note 2 markdown b");
  g_assert_cmpint (last_note->kind, ==, WN_MARKUP_MARKDOWN);
  say (&f, "note 3 urgent c");
  g_assert_cmpint (last_note->priority, ==, WN_PRIORITY_HIGH);
  say (&f, "note 4 file d");
  g_assert_cmpstr (last_note->attachment->url, ==, "https://files.example/7");
  g_assert_cmpstr (last_note->attachment->name, ==, "seven.csv");
  g_assert_cmpint (last_note->attachment->size, ==, 7);
  g_assert_cmpstr (last_note->source, ==, "toys");
  g_clear_pointer (&last_note, wn_notification_unref);
  wn_fixture_clear (&f);
}

static void
test_notice (void)
{
  g_autofree char *expected
      = g_strdup_printf ("notice %d attic", WN_NOTICE_CHANNEL_REFUSED);
  Fixture f;

  set_up (&f, NULL);
  connect_up (&f);
  say (&f, "blind attic");
  wn_heard_check (&f.heard, expected);
  wn_fixture_clear (&f);
}

static const char *const triggers[] = {
  "POST", "quiet",  "GET /backlog", "missed old 1", "2 miss",
  "note", "notice", "GET /why",     "gave up",
};

static void
free_client (gpointer fixture)
{
  g_clear_object (&((Fixture *) fixture)->client);
}

/* Whatever the listener is told of, it may free the client there. */
static void
test_free_in_every_callback (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (triggers); i++)
    {
      static const char *const texts[]
          = { "welcome 30", "joined", "blind x", "note 9 text note" };
      Fixture f;

      g_test_message ("when it hears: %s", triggers[i]);
      set_up (&f, NULL);
      f.heard.trigger = triggers[i];
      f.heard.reaction = free_client;
      wn_client_start (f.client);
      upgrade (&f);
      for (gsize n = 0; n < G_N_ELEMENTS (texts) && f.client != NULL; n++)
        {
          say (&f, texts[n]);
          if (f.client != NULL)
            answer (&f, 200, n == 1 ? "1 2" : "t");
        }
      if (f.client != NULL)
        lose (&f, WN_LOSS_BROKEN);
      if (f.client != NULL)
        answer (&f, 401, "");
      g_assert_null (f.client);
      wn_fixture_clear (&f);
    }
}

static void
test_other_settings (void)
{
  gpointer other
      = wn_instance_new (&toy, NULL, "other.example", NULL, (char *) NULL);
  WnLifecycleConfig hasty = wn_fixture_lifecycle;
  Fixture f;

  hasty.heartbeat_interval_us = SECONDS (7);
  set_up (&f, "5");
  connect_up (&f);
  wn_client_stop (f.client);
  wn_client_set_config (f.client,
                        &(WnClientConfig){
                            .lifecycle = hasty,
                            .dialect = &toy,
                            .instance = other,
                        });
  f.origin = "https://other.example";
  g_assert_null (wn_client_get_cursor (f.client));
  g_assert_null (get_status (&f).api_version);
  wn_client_go_on (f.client);
  g_assert_cmpstr (wn_scripted_transport_get_route (f.transport)->url,
                   ==,
                   "wss://other.example/socket");
  upgrade (&f);
  join (&f);
  wn_fixture_advance (&f, 7);
  wn_fixture_check_told (&f, "ping");
  wn_fixture_clear (&f);
  toy.free (other);
}

typedef struct
{
  const char *name;
  GTestFunc func;
} Test;

static const Test tests[] = {
  { "connected is who has gone through the server's own handshake",
    test_handshake },
  { "a handshake that hangs ends after 30 s", test_handshake_that_hangs },
  { "each step of a handshake has its own deadline", test_handshake_in_steps },
  { "a step that comes late changes nothing", test_step_when_connected },
  { "a refusal in the handshake's question ends the login",
    test_refused_in_the_handshake },
  { "a question that can't be asked is an end", test_question_that_fails },
  { "a frame is replied to, and what means nothing is not", test_reply },
  { "a ping asks, in the server's interval, and any sign of life answers",
    test_heartbeat },
  { "an answer may not take longer than the server's kind allows",
    test_hasty_heartbeat },
  { "a refusal in a frame closes, and says when to come back", test_refusals },
  { "the reason of a loss is asked for, and judged", test_reason_asked_for },
  { "an answer that is late, or to nothing, is void", test_late_answers },
  { "a first backlog is marked as missed", test_first_backlog },
  { "a backlog repeats nothing", test_backlog_without_repeats },
  { "an empty backlog leaves no gap", test_empty_backlog },
  { "a backlog that can't be had leaves one", test_no_backlog },
  { "a backlog may be long in coming", test_slow_backlog },
  { "a backlog of what is new leaves none", test_backlog_of_news },
  { "a question is asked later", test_later_question },
  { "a question for later goes with its connection", test_later_question_void },
  { "bodies, priorities and attachments of all kinds", test_kinds },
  { "a notice is passed on", test_notice },
  { "it can be freed in every callback", test_free_in_every_callback },
  { "other settings are taken between connections", test_other_settings },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/seam/", tests[i].name, NULL);

      g_test_add_func (path, tests[i].func);
    }
  return g_test_run ();
}
