/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a conversation has of what came, in its window and in its log: all of
 * it and in order, also in a flood, across losses and sign-offs. The host goes
 * by Pidgin's name, since its window is slow.
 */

#include <string.h>

#include "support/fast-time.h"
#include "support/headless-host.h"
#include "support/login.h"
#include "support/push-server.h"

#define PROJECT "jd-shop"
#define PAID "App\\\\Notifications\\\\OrderPaid"
/* Well over what a window takes at once. */
#define N_FLOOD 1000
/* What it takes at once. */
#define N_SHOWN 300
/* Until there is room for some more, and the flood is over. */
#define REST_MS 1000
/* No more than a queue takes before it holds the server back. */
#define N_QUEUED 900

static void
set_up (WnDesk *desk, gconstpointer data)
{
  wn_desk_set_up (desk, NULL);
  purple_prefs_set_bool ("/purple/logging/log_ims", TRUE);
  purple_prefs_set_string ("/purple/logging/format",
                           data != NULL ? data : "html");
}

static void
tear_down (WnDesk *desk, gconstpointer data)
{
  wn_desk_tear_down (desk, data);
  purple_prefs_set_bool ("/purple/logging/log_ims", FALSE);
}

/* What the log viewer shows, without markup; takes the log away. */
static char *
take_log (PurpleAccount *account, const char *who)
{
  GList *logs = purple_log_get_logs (PURPLE_LOG_IM, who, account);
  GString *text = g_string_new (NULL);

  for (GList *it = g_list_last (logs); it != NULL; it = it->prev)
    {
      g_autofree char *html = purple_log_read (it->data, NULL);
      g_autofree char *plain = purple_markup_strip_html (html);

      g_string_append (text, plain);
      purple_log_delete (it->data);
      purple_log_free (it->data);
    }
  g_list_free (logs);
  return g_string_free (text, FALSE);
}

static const char *
find_in (const char *text, const char *part)
{
  const char *found = strstr (text, part);

  if (found == NULL)
    g_error ("no %s in:\n%s", part, text);
  return found;
}

/* Takes the numbers behind `number ` in @text; asserts that they are 0 to
 * @n - 1, in order, each once.
 */
static void
assert_numbers (const char *text, guint n)
{
  guint expected = 0;

  for (const char *p = strstr (text, "number "); p != NULL;
       p = strstr (p + 1, "number "))
    g_assert_cmpuint (g_ascii_strtoull (p + strlen ("number "), NULL, 10),
                      ==,
                      expected++);
  g_assert_cmpuint (expected, ==, n);
}

static guint
count_in (const char *text, const char *part)
{
  guint n = 0;

  for (const char *p = strstr (text, part); p != NULL; p = strstr (p + 1, part))
    n++;
  return n;
}

static void
push_flood (WnDesk *desk, guint n, const char *type)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *title = g_strdup_printf ("number %u", i);

      wn_push_server_push_title (&desk->server, type, title);
    }
}

/* Once the server's version is known, which it says last, all has come. */
static gboolean
has_all (gpointer data)
{
  WnDesk *desk = data;
  PurplePlugin *prpl = purple_find_prpl (WN_PROTOCOL);
  PurpleNotifyUserInfo *info = purple_notify_user_info_new ();
  g_autofree char *text = NULL;

  PURPLE_PLUGIN_PROTOCOL_INFO (prpl)
      ->tooltip_text (purple_find_buddy (desk->account, PROJECT), info, TRUE);
  text = purple_notify_user_info_get_text_with_newline (info, "\n");
  purple_notify_user_info_destroy (info);
  return strstr (text, "the last") != NULL;
}

/* All at once to whoever looks at a clock, whatever the machine has to do. */
static void
flood (WnDesk *desk, void (*push) (WnDesk *desk))
{
  wn_fast_time_hold ();
  push (desk);
  wn_push_server_push (&desk->server,
                       "{\"code\":2,\"api_version\":\"the last\"}");
  wn_host_run_until (has_all, desk);
  wn_host_run_dry ();
  wn_fast_time_release ();
}

static void
push_whole_flood (WnDesk *desk)
{
  push_flood (desk, N_FLOOD, NULL);
}

/* The log */

static void
test_viewer (WnDesk *desk, gconstpointer data)
{
  g_autofree char *log = NULL;

  wn_desk_sign_on (desk);
  wn_push_server_push (&desk->server,
                       "{\"title\":\"Order paid\",\"content\":\"<p>Order "
                       "<b>17<\\/b> &amp; \\u8ba2\\u5355<\\/p>\"}");
  wn_desk_wait_for_text (desk->account, PROJECT, "Order");
  log = take_log (desk->account, PROJECT);
  find_in (log, "Order paid");
  find_in (log, "Order 17 & \xe8\xae\xa2\xe5\x8d\x95");
}

/* The flood */

static void
test_flood (WnDesk *desk, gconstpointer data)
{
  g_autofree char *shown = NULL;
  g_autofree char *log = NULL;
  g_autofree char *line = NULL;
  guint n_shown;

  wn_desk_sign_on (desk);
  flood (desk, push_whole_flood);
  wn_fast_time_pass (REST_MS);
  wn_desk_wait_for_text (desk->account, PROJECT, "came at once");
  wn_push_server_push_title (&desk->server, NULL, "the next");
  wn_desk_wait_for_text (desk->account, PROJECT, "the next");

  shown = wn_desk_dup_texts (desk->account, PROJECT);
  n_shown = count_in (shown, "number ");
  g_assert_cmpuint (n_shown, ==, N_SHOWN);
  assert_numbers (shown, n_shown);
  line = g_strdup_printf ("number %u\nToo much came at once: %u notifications "
                          "are in the log only. To read them, choose View Log "
                          "in the conversation's menu.\nthe next\n",
                          n_shown - 1,
                          N_FLOOD - n_shown);
  g_assert_true (g_str_has_suffix (shown, line));

  log = take_log (desk->account, PROJECT);
  assert_numbers (log, N_FLOOD);
  g_assert_cmpuint (count_in (log, "came at once"), ==, 1);
  g_assert_true (find_in (log, "number 999") < find_in (log, "came at once"));
  g_assert_true (find_in (log, "came at once") < find_in (log, "the next"));
}

static gboolean
has_listener (gpointer data)
{
  return ((WnDesk *) data)->server.sockets->len > 0;
}

/* Whether the account's tooltip counts them all. */
static gboolean
has_counted (gpointer account)
{
  PurplePlugin *prpl = purple_find_prpl ("prpl-ntfy");
  PurpleNotifyUserInfo *info = purple_notify_user_info_new ();
  g_autoptr (GSList) buddies = purple_find_buddies (account, NULL);
  g_autofree char *text = NULL;

  PURPLE_PLUGIN_PROTOCOL_INFO (prpl)->tooltip_text (buddies->data, info, TRUE);
  text = purple_notify_user_info_get_text_with_newline (info, "\n");
  purple_notify_user_info_destroy (info);
  return strstr (text, "600") != NULL;
}

/* Each message has a file that can't be had any more, and a line says so. */
static void
push_expired (WnDesk *desk, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *json = g_strdup_printf (
          "{\"id\":\"i%u\",\"time\":1795862000,\"event\":\"message\","
          "\"topic\":\"t\",\"message\":\"m\",\"attachment\":{\"name\":"
          "\"%u.csv\",\"url\":\"http://a/%u\",\"expires\":1}}",
          i,
          i,
          i);

      wn_push_server_push (&desk->server, json);
    }
}

/* The lines that a server brings about are in its flood. */
static void
test_flood_of_lines (WnDesk *desk, gconstpointer data)
{
  g_autofree char *server
      = g_strdup_printf ("http://127.0.0.1:%u", desk->server.port);
  PurpleAccount *account = purple_account_new ("t", "prpl-ntfy");

  purple_accounts_add (account);
  purple_account_set_string (account, "server", server);
  wn_login_sign_on (account);
  wn_host_run_until (has_listener, desk);
  wn_push_server_push (&desk->server,
                       "{\"id\":\"o\",\"time\":1795862000,\"event\":\"open\","
                       "\"topic\":\"t\"}");
  wn_host_run_until (wn_login_is_connected, account);
  wn_host_run_dry ();
  wn_fast_time_hold ();
  push_expired (desk, 2 * N_SHOWN);
  wn_host_run_until (has_counted, account);
  wn_host_run_dry ();
  wn_fast_time_release ();
  g_assert_cmpuint (wn_host_get_messages ()->len, <, N_SHOWN + 50);
  wn_login_delete (account);
}

static void
push_flood_of_types (WnDesk *desk)
{
  push_flood (desk, 400, PAID);
  push_flood (desk, 100, "Other");
}

/* Each contact's window says its own number. */
static void
test_flood_of_types (WnDesk *desk, gconstpointer data)
{
  g_autofree char *paid = NULL;
  g_autofree char *other = NULL;

  purple_account_set_string (desk->account, "contact_per", "type");
  wn_desk_sign_on (desk);
  flood (desk, push_flood_of_types);
  wn_fast_time_pass (REST_MS);
  wn_desk_wait_for_text (desk->account, PROJECT "/OrderPaid", "came at once");
  wn_desk_wait_for_text (desk->account, PROJECT "/Other", "came at once");
  paid = take_log (desk->account, PROJECT "/OrderPaid");
  other = take_log (desk->account, PROJECT "/Other");
  assert_numbers (paid, 400);
  assert_numbers (other, 100);
  /* The first opened its window; the other 99 are unseen. */
  find_in (other, "came at once: 99 notifications");
}

static void
push_over_burst (WnDesk *desk)
{
  push_flood (desk, N_SHOWN + 20, NULL);
}

/* The rest comes as fast as one could read it, and none is lost. */
static void
test_flood_without_log (WnDesk *desk, gconstpointer data)
{
  g_autofree char *burst = NULL;
  g_autofree char *shown = NULL;

  purple_prefs_set_bool ("/purple/logging/log_ims", FALSE);
  wn_desk_sign_on (desk);
  flood (desk, push_over_burst);
  burst = wn_desk_dup_texts (desk->account, PROJECT);
  assert_numbers (burst, N_SHOWN);
  wn_fast_time_pass (REST_MS);
  wn_desk_wait_for_text (desk->account, PROJECT, "number 319");
  shown = wn_desk_dup_texts (desk->account, PROJECT);
  assert_numbers (shown, N_SHOWN + 20);
  g_assert_cmpuint (count_in (shown, "came at once"), ==, 0);
}

/* Other plugins */

static gboolean
on_receiving (PurpleAccount *account,
              char **sender,
              char **message,
              PurpleConversation *conversation,
              PurpleMessageFlags *flags,
              gpointer user_data)
{
  if (strstr (*message, "number 995") != NULL)
    return TRUE;
  if (strstr (*message, "number 996") != NULL)
    {
      g_free (*message);
      *message = g_strdup ("rewritten");
    }
  return FALSE;
}

static gboolean
on_writing (PurpleAccount *account,
            const char *who,
            char **message,
            PurpleConversation *conversation,
            PurpleMessageFlags flags,
            gpointer user_data)
{
  return strstr (*message, "number 997") != NULL;
}

static void
on_received (PurpleAccount *account,
             const char *sender,
             const char *message,
             PurpleConversation *conversation,
             PurpleMessageFlags flags,
             gpointer user_data)
{
  guint *n_received = user_data;

  (*n_received)++;
}

static void
test_filters (WnDesk *desk, gconstpointer data)
{
  static int handle;
  void *conversations = purple_conversations_get_handle ();
  g_autofree char *log = NULL;
  guint n_received = 0;

  purple_signal_connect (conversations,
                         "receiving-im-msg",
                         &handle,
                         PURPLE_CALLBACK (on_receiving),
                         NULL);
  purple_signal_connect (conversations,
                         "writing-im-msg",
                         &handle,
                         PURPLE_CALLBACK (on_writing),
                         NULL);
  purple_signal_connect (conversations,
                         "received-im-msg",
                         &handle,
                         PURPLE_CALLBACK (on_received),
                         &n_received);
  wn_desk_sign_on (desk);
  flood (desk, push_whole_flood);
  wn_fast_time_pass (REST_MS);
  wn_desk_wait_for_text (desk->account, PROJECT, "came at once");
  log = take_log (desk->account, PROJECT);
  find_in (log, "number 994");
  g_assert_null (strstr (log, "number 995"));
  g_assert_null (strstr (log, "number 996"));
  g_assert_true (find_in (log, "rewritten") < find_in (log, "number 998"));
  g_assert_null (strstr (log, "number 997"));
  g_assert_cmpuint (n_received, ==, N_SHOWN + 1);
  purple_signals_disconnect_by_handle (&handle);
}

static gboolean
on_receiving_sign_off (PurpleAccount *account,
                       char **sender,
                       char **message,
                       PurpleConversation *conversation,
                       PurpleMessageFlags *flags,
                       gpointer user_data)
{
  if (strstr (*message, "number 600<") != NULL)
    purple_account_disconnect (account);
  return FALSE;
}

static gboolean
is_disconnected (gpointer data)
{
  WnDesk *desk = data;

  return purple_account_is_disconnected (desk->account);
}

static void
test_sign_off (WnDesk *desk, gconstpointer data)
{
  static int handle;
  g_autofree char *log = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *line = NULL;
  guint n_shown, n;

  purple_signal_connect (purple_conversations_get_handle (),
                         "receiving-im-msg",
                         &handle,
                         PURPLE_CALLBACK (on_receiving_sign_off),
                         NULL);
  wn_desk_sign_on (desk);
  push_flood (desk, N_FLOOD, NULL);
  wn_host_run_until (is_disconnected, desk);
  wn_host_run_dry ();
  log = take_log (desk->account, PROJECT);
  n = count_in (log, "number ");
  g_assert_cmpuint (n, >, 600);
  assert_numbers (log, n);
  shown = wn_desk_dup_texts (desk->account, PROJECT);
  n_shown = count_in (shown, "number ");
  g_assert_cmpuint (n_shown, >=, 300);
  line = g_strdup_printf ("came at once: %u notif", n - n_shown);
  find_in (shown, line);
  find_in (log, line);
  purple_signals_disconnect_by_handle (&handle);
}

static void
on_received_slowly (PurpleAccount *account,
                    const char *sender,
                    const char *message,
                    PurpleConversation *conversation,
                    PurpleMessageFlags flags,
                    gpointer user_data)
{
  wn_fast_time_pass (1);
}

/* What the host did not get round to show. */
static void
test_sign_off_with_queue (WnDesk *desk, gconstpointer data)
{
  static int handle;
  g_autofree char *log = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *line = NULL;
  guint n_shown;

  purple_signal_connect (purple_conversations_get_handle (),
                         "received-im-msg",
                         &handle,
                         PURPLE_CALLBACK (on_received_slowly),
                         NULL);
  wn_desk_sign_on (desk);
  wn_push_server_push_title (&desk->server, NULL, "the first");
  wn_desk_wait_for_text (desk->account, PROJECT, "the first");
  push_flood (desk, N_QUEUED, NULL);
  wn_push_server_push (&desk->server,
                       "{\"code\":2,\"api_version\":\"the last\"}");
  wn_host_run_until (has_all, desk);
  shown = wn_desk_dup_texts (desk->account, PROJECT);
  n_shown = count_in (shown, "number ");
  g_assert_cmpuint (n_shown, <, N_QUEUED);
  purple_account_disconnect (desk->account);
  log = take_log (desk->account, PROJECT);
  assert_numbers (log, N_QUEUED);
  line = g_strdup_printf ("came at once: %u notif", N_QUEUED - n_shown);
  find_in (log, line);
  g_free (shown);
  shown = wn_desk_dup_texts (desk->account, PROJECT);
  g_assert_cmpuint (count_in (shown, "number "), ==, n_shown);
  find_in (shown, line);
  purple_signals_disconnect_by_handle (&handle);
}

/* The gap */

static void
test_gap (WnDesk *desk, gconstpointer data)
{
  g_autofree char *shown = NULL;
  g_autofree char *log = NULL;

  wn_desk_sign_on (desk);
  wn_push_server_push_title (&desk->server, NULL, "before");
  wn_desk_wait_for_text (desk->account, PROJECT, "before");
  wn_desk_lose (desk);
  wn_fast_time_pass (G_TIME_SPAN_SECOND / G_TIME_SPAN_MILLISECOND);
  wn_desk_recover (desk);
  wn_push_server_push_title (&desk->server, NULL, "after");
  wn_desk_wait_for_text (desk->account, PROJECT, "after");
  shown = wn_desk_dup_texts (desk->account, PROJECT);
  g_assert_true (g_regex_match_simple (
      "^before\nThere was no connection from \\d\\d:\\d\\d:\\d\\d to "
      "\\d\\d:\\d\\d:\\d\\d\\. What was sent in that time has not "
      "arrived\\.\nafter\n$",
      shown,
      0,
      0));
  log = take_log (desk->account, PROJECT);
  g_assert_cmpuint (count_in (log, "There was no connection"), ==, 1);
}

static void
test_short_gap (WnDesk *desk, gconstpointer data)
{
  g_autofree char *shown = NULL;

  wn_fast_time_hold ();
  wn_desk_sign_on (desk);
  wn_fast_time_pass (999);
  wn_desk_lose (desk);
  wn_desk_recover (desk);
  wn_push_server_push_title (&desk->server, NULL, "after");
  wn_desk_wait_for_text (desk->account, PROJECT, "after");
  shown = wn_desk_dup_texts (desk->account, PROJECT);
  g_assert_cmpstr (shown, ==, "after\n");
  wn_fast_time_release ();
}

/* The same one again */

static void
test_same_id (WnDesk *desk, gconstpointer data)
{
  static const char one[] = "{\"id\":\"1\",\"title\":\"one\"}";
  static const char two[] = "{\"id\":\"2\",\"title\":\"two\"}";
  g_autofree char *shown = NULL;

  wn_fast_time_hold ();
  wn_desk_sign_on (desk);
  wn_push_server_push (&desk->server, one);
  wn_desk_wait_for_text (desk->account, PROJECT, "one");
  wn_desk_lose (desk);
  wn_desk_recover (desk);
  wn_push_server_push (&desk->server, one);
  wn_push_server_push (&desk->server, two);
  wn_push_server_push (&desk->server, "{\"title\":\"one\"}");
  wn_push_server_push (&desk->server, "{\"title\":\"one\"}");
  wn_push_server_push (&desk->server, "{\"title\":\"end\"}");
  wn_desk_wait_for_text (desk->account, PROJECT, "end");
  shown = wn_desk_dup_texts (desk->account, PROJECT);
  g_assert_cmpstr (shown, ==, "one\ntwo\none\none\nend\n");
  wn_fast_time_release ();
}

#define TEST_OF(name, format, func)                                            \
  g_test_add ("/history/" name, WnDesk, format, set_up, func, tear_down)
#define TEST(name, func) TEST_OF (name, NULL, func)

static void
add_tests (void)
{
  TEST_OF ("the log viewer finds it, in HTML", "html", test_viewer);
  TEST_OF ("the log viewer finds it, in plain text", "txt", test_viewer);
  TEST_OF ("a flood is whole in an HTML log", "html", test_flood);
  TEST_OF ("a flood is whole in a plain text log", "txt", test_flood);
  TEST ("a flood of several types is told of in each", test_flood_of_types);
  TEST ("a flood of lines is a flood", test_flood_of_lines);
  TEST ("a flood trickles where there is no log", test_flood_without_log);
  TEST ("plugins that filter have their say in a flood", test_filters);
  TEST ("signing off in a flood says what is unseen", test_sign_off);
  TEST ("signing off keeps what has come", test_sign_off_with_queue);
  TEST ("a gap is one line with both times, before what follows", test_gap);
  TEST ("a short loss is no gap", test_short_gap);
  TEST ("the same id is the same notification after a reconnect too",
        test_same_id);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  wn_host_start ("gtk-gaim", WN_MODULE_DIR);
  add_tests ();
  result = g_test_run ();
  wn_host_stop ();
  return result;
}
