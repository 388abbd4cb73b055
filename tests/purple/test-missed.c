/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What was missed, as people see it, from a server that replays: when it was
 * sent, that it is no news, and how many there were. The server is a script of
 * nchan's; the real one is in test-nothing-missed.
 */

#include <string.h>

#include "support/headless-host.h"
#include "support/login.h"
#include "support/raw-server.h"

#define PROJECT "jd-shop"
#define UPGRADE_AT(date)                                                       \
  "HTTP/1.1 101 Switching Protocols\r\n"                                       \
  "Upgrade: websocket\r\n"                                                     \
  "Connection: Upgrade\r\n"                                                    \
  "Sec-WebSocket-Protocol: ws+meta.nchan\r\n"                                  \
  "Date: " date "\r\n"                                                         \
  "Sec-WebSocket-Accept: {accept}\r\n\r\n"

/* 1700000000 and 1700000100 */
static const WnRawScript first
    = { .answer = UPGRADE_AT ("Tue, 14 Nov 2023 22:13:20 GMT") };
static const WnRawScript later
    = { .answer = UPGRADE_AT ("Tue, 14 Nov 2023 22:15:00 GMT") };

typedef struct _Fixture Fixture;

struct _Fixture
{
  WnRawServer *server;    /* (owned) */
  WnRawServer *other;     /* (owned): where the account may go */
  PurpleAccount *account; /* (unowned): libpurple's */
  /* (nullable): what happens while the next notification is shown, which others
   * wait behind
   */
  void (*meanwhile) (Fixture *f);
};

static gboolean
has_end (gpointer data)
{
  GPtrArray *messages = wn_host_get_messages ();

  return messages->len > 0
         && strstr (messages->pdata[messages->len - 1], "end") != NULL;
}

static void
sign_on (Fixture *f)
{
  wn_login_sign_on (f->account);
  wn_host_run_until (wn_login_is_connected, f->account);
}

static void
sign_off (Fixture *f)
{
  wn_login_sign_off (f->account);
  wn_host_run_dry ();
  wn_host_forget ();
}

static void
push (Fixture *f, guint second, const char *title)
{
  g_autofree char *text
      = g_strdup_printf ("id: %u:0\ncontent-type: application/json\n\n"
                         "{\"title\":\"%s\"}",
                         1700000000 + second,
                         title);

  wn_raw_server_send_frame (f->server, 0x81, text, strlen (text));
}

static void
on_received (PurpleAccount *account,
             const char *sender,
             const char *message,
             PurpleConversation *conversation,
             PurpleMessageFlags flags,
             gpointer user_data)
{
  Fixture *f = user_data;
  void (*meanwhile) (Fixture * f) = g_steal_pointer (&f->meanwhile);

  if (meanwhile != NULL)
    meanwhile (f);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->server = wn_raw_server_new (&first);
  f->other = wn_raw_server_new (&first);
  f->account = wn_login_new_at ("7@" PROJECT "/production",
                                wn_raw_server_get_port (f->server));
  purple_account_set_string (f->account, "replay", "nchan");
  sign_on (f);
  push (f, 1, "the end of the first login");
  wn_host_run_until (has_end, NULL);
  sign_off (f);
  wn_raw_server_set_script (f->server, &later);
  purple_signal_connect (purple_conversations_get_handle (),
                         "received-im-msg",
                         f,
                         PURPLE_CALLBACK (on_received),
                         f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  purple_signals_disconnect_by_handle (f);
  sign_off (f);
  purple_accounts_delete (f->account);
  wn_raw_server_free (f->server);
  wn_raw_server_free (f->other);
  wn_host_run_dry ();
}

static void
assert_shown (const char *const *wanted)
{
  GPtrArray *messages = wn_host_get_messages ();
  guint n = 0;

  for (; wanted[n] != NULL && n < messages->len; n++)
    g_assert_nonnull (strstr (messages->pdata[n], wanted[n]));
  g_assert_cmpuint (messages->len, ==, n);
  g_assert_null (wanted[n]);
}

static void
test_shown (Fixture *f, gconstpointer data)
{
  static const char *const wanted[]
      = { "<b>one</b>",
          "<b>two</b>",
          "2 notifications from while you were away.",
          "<b>the end</b>",
          NULL };

  sign_on (f);
  g_assert_nonnull (strstr (wn_raw_server_get_request (f->server),
                            "&last=1700000001%3A0 HTTP"));
  push (f, 1, "seen before");
  push (f, 50, "one");
  push (f, 51, "two");
  push (f, 101, "the end");
  wn_host_run_until (has_end, NULL);
  assert_shown (wanted);
}

/* The newest is the history's first. */
static void
test_no_news (Fixture *f, gconstpointer data)
{
  PurpleConversation *conversation;
  const GList *history;
  const PurpleConvMessage *missed, *live;

  sign_on (f);
  push (f, 50, "one");
  push (f, 101, "the end");
  wn_host_run_until (has_end, NULL);
  conversation = purple_find_conversation_with_account (PURPLE_CONV_TYPE_IM,
                                                        PROJECT,
                                                        f->account);
  history = purple_conversation_get_message_history (conversation);
  live = history->data;
  missed = history->next->next->data;
  g_assert_nonnull (strstr (missed->what, "one"));
  g_assert_cmpint (missed->when, ==, 1700000050);
  g_assert_true ((missed->flags & PURPLE_MESSAGE_DELAYED) != 0);
  g_assert_cmpint (live->when, >, 1700000101);
  g_assert_false ((live->flags & PURPLE_MESSAGE_DELAYED) != 0);
}

/* Goes on behind what was shown, whichever it was. */
static void
test_goes_on (Fixture *f, gconstpointer data)
{
  sign_on (f);
  push (f, 50, "the end");
  wn_host_run_until (has_end, NULL);
  sign_off (f);
  sign_on (f);
  g_assert_nonnull (strstr (wn_raw_server_get_request (f->server),
                            "&last=1700000050%3A0 HTTP"));
}

static void
use_server (Fixture *f, WnRawServer *server)
{
  g_autofree char *url
      = g_strdup_printf ("ws://127.0.0.1:%u/", wn_raw_server_get_port (server));

  purple_account_set_string (f->account, "server", url);
}

static void
reconnect (Fixture *f)
{
  serv_send_im (purple_account_get_connection (f->account),
                PROJECT,
                "reconnect",
                0);
}

static void
go_to_other (Fixture *f)
{
  use_server (f, f->other);
  reconnect (f);
}

static void
change_setting (Fixture *f)
{
  purple_account_set_int (f->account, "heartbeat_interval", 46);
  reconnect (f);
}

static void
sign_off_meanwhile (Fixture *f)
{
  wn_login_sign_off (f->account);
}

static gboolean
has_said_connected (gpointer data)
{
  GPtrArray *messages = wn_host_get_messages ();

  return messages->len > 0
         && strstr (messages->pdata[messages->len - 1], ": Connected.") != NULL;
}

/* Two come at once. */
static void
show_two (Fixture *f, void (*meanwhile) (Fixture *f))
{
  sign_on (f);
  f->meanwhile = meanwhile;
  push (f, 50, "one");
  push (f, 51, "two");
}

static void
assert_went_on (WnRawServer *server, const char *cursor)
{
  g_autofree char *last = g_strdup_printf ("&last=%s HTTP", cursor);

  g_assert_nonnull (strstr (wn_raw_server_get_request (server), last));
}

/* What is still to be shown says nothing of the server that comes next. */
static void
test_other_server (Fixture *f, gconstpointer data)
{
  static const char *const wanted[]
      = { "<b>one</b>", "<b>two</b>", "Connecting anew.", "Connected.", NULL };

  show_two (f, go_to_other);
  wn_host_run_until (has_said_connected, NULL);
  assert_shown (wanted);
  sign_off (f);
  sign_on (f);
  g_assert_null (strstr (wn_raw_server_get_request (f->other), "170000005"));
  sign_off (f);
  use_server (f, f->server);
  sign_on (f);
  assert_went_on (f->server, "1700000051%3A0");
}

/* Nor does it come once more from the same server. */
static void
test_other_setting (Fixture *f, gconstpointer data)
{
  show_two (f, change_setting);
  wn_host_run_until (has_said_connected, NULL);
  assert_went_on (f->server, "1700000051%3A0");
}

/* One is shown in the end, and the other is in no log. */
static void
test_end_meanwhile (Fixture *f, gconstpointer data)
{
  static const char *const wanted[] = { "<b>one</b>", NULL };

  show_two (f, sign_off_meanwhile);
  wn_host_run_until (wn_login_has_ended, f->account);
  assert_shown (wanted);
  wn_host_forget ();
  sign_on (f);
  assert_went_on (f->server, "1700000050%3A0");
}

#define ADD(name, func)                                                        \
  g_test_add ("/missed/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  wn_host_start ("headless", WN_MODULE_DIR);
  ADD ("shown in order and once, then counted", test_shown);
  ADD ("has its own time, and is no news", test_no_news);
  ADD ("the next login goes on behind it", test_goes_on);
  ADD ("another server begins at its own place", test_other_server);
  ADD ("other settings go on behind all that came", test_other_setting);
  ADD ("a sign-off meanwhile goes on behind what is shown", test_end_meanwhile);
  result = g_test_run ();
  wn_host_stop ();
  return result;
}
