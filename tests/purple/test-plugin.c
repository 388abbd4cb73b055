/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The built module in a real libpurple, against a server of this process:
 * what the user sees, and what is left when they sign off.
 */

#include "support/fast-time.h"
#include "support/headless-host.h"
#include "support/push-server.h"

#define CONTACT "jd-shop"

/* Whether the host plays one that shows no formatting. */
static gboolean
is_plain (void)
{
  return g_str_equal (purple_core_get_ui (), "BitlBee");
}

static PurpleConnection *
get_connection (WnDesk *desk)
{
  return purple_account_get_connection (desk->account);
}

static PurpleStatus *
get_contact_status (WnDesk *desk)
{
  PurpleStatus *status = wn_login_get_status (desk->account);

  g_assert_nonnull (status);
  return status;
}

static const char *
get_contact_status_id (WnDesk *desk)
{
  return purple_status_get_id (get_contact_status (desk));
}

static gboolean
has_messages (gpointer data)
{
  return wn_host_get_messages ()->len >= GPOINTER_TO_UINT (data);
}

static const char *
get_message (guint i)
{
  return wn_host_get_messages ()->pdata[i];
}

/* What the user sees */

static void
test_sign_on (WnDesk *desk, gconstpointer data)
{
  PurpleBuddy *buddy;

  wn_desk_sign_on (desk);
  buddy = purple_find_buddy (desk->account, CONTACT);
  g_assert_nonnull (buddy);
  g_assert_cmpstr (purple_group_get_name (purple_buddy_get_group (buddy)),
                   ==,
                   "Notifications");
  g_assert_cmpstr (get_contact_status_id (desk), ==, "available");
  g_assert_cmpstr (desk->server.query, ==, "project=jd-shop&uid=1001");
  g_assert_cmpuint (wn_host_get_messages ()->len, ==, 0);
}

static void
test_removed_contact (WnDesk *desk, gconstpointer data)
{
  wn_desk_sign_on (desk);
  purple_blist_remove_buddy (purple_find_buddy (desk->account, CONTACT));
  purple_account_disconnect (desk->account);
  g_ptr_array_set_size (desk->server.sockets, 0);
  wn_desk_sign_on (desk);
  g_assert_null (purple_find_buddy (desk->account, CONTACT));

  wn_push_server_push (&desk->server, "{\"title\":\"Paid\",\"content\":\"x\"}");
  wn_host_run_until (has_messages, GUINT_TO_POINTER (1));
  g_assert_cmpstr (get_contact_status_id (desk), ==, "available");
}

typedef struct
{
  const char *username;
  const char *server; /* (nullable): the desk's */
  const char *password;
  PurpleConnectionError reason;
  const char *words;
} SettingsCase;

static const SettingsCase settings_cases[] = {
  { "@jd-shop/production",
    NULL,
    NULL,
    PURPLE_CONNECTION_ERROR_INVALID_USERNAME,
    "user ID is missing" },
  { "1001@jd-shop/moon",
    "",
    NULL,
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "has no server of its own" },
  { "1001@jd-shop/stage",
    "gopher://127.0.0.1/",
    NULL,
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "begins with something unknown" },
  { "1001@jd-shop/stage@other/stage",
    "ws://127.0.0.1/",
    NULL,
    PURPLE_CONNECTION_ERROR_INVALID_USERNAME,
    "“1001@jd-shop/stage” can't be a user ID" },
  { "1001@jd-shop/stage",
    NULL,
    "sesame",
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "not encrypted" },
  { "1001@jd-shop/stage",
    "wss://127.0.0.1:1/",
    "open sesame",
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "Enter it again" },
};

static void
test_bad_settings (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (settings_cases); i++)
    {
      const SettingsCase *it = &settings_cases[i];
      WnDesk desk = { 0 };
      PurpleConnectionError reason;

      wn_desk_set_up (&desk, NULL);
      desk.account = wn_desk_add_account (&desk, it->username);
      if (it->server != NULL)
        purple_account_set_string (desk.account, "server", it->server);
      purple_account_set_password (desk.account, it->password);
      wn_login_sign_on (desk.account);
      wn_host_run_until (wn_host_has_error, NULL);
      g_assert_nonnull (strstr (wn_host_get_error (&reason), it->words));
      g_assert_cmpint (reason, ==, it->reason);
      g_assert_cmpuint (desk.server.sockets->len, ==, 0);
      wn_desk_tear_down (&desk, NULL);
    }
}

static void
test_unauthorized (WnDesk *desk, gconstpointer data)
{
  PurpleConnectionError reason;

  desk->server.status = 401;
  wn_login_sign_on (desk->account);
  wn_host_run_until (wn_host_has_error, NULL);
  g_assert_nonnull (strstr (wn_host_get_error (&reason), "HTTP 401"));
  g_assert_cmpint (reason, ==, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED);
}

/* BitlBee makes an account for each login, which knows the options alone. */
static void
test_told_once (WnDesk *desk, gconstpointer data)
{
  gboolean forgets = g_str_equal (purple_core_get_ui (), "BitlBee");

  for (guint i = 0; i < 2; i++)
    {
      PurpleAccount *account = wn_desk_add_account (desk, "1003@jd-shop");
      g_autofree char *said = NULL;

      purple_account_set_string (account, "told_that_nothing_waits", NULL);
      wn_desk_sign_on_as (desk, account);
      wn_push_server_push_title (&desk->server, NULL, "One");
      wn_desk_wait_for_text (account, "jd-shop", "One");
      said = wn_desk_dup_texts (account, "jd-shop");
      g_assert_true ((strstr (said, "does not arrive later") == NULL)
                     == (forgets && i == 1));
      wn_login_delete (account);
    }
}

static void
test_notification (WnDesk *desk, gconstpointer data)
{
  static const char frame[]
      = "{\"id\":\"n1\",\"title\":\"Order paid\","
        "\"content\":\"<p>Order <b>17</b> &amp; more<\\/p>\"}";

  wn_desk_sign_on (desk);
  wn_push_server_push (&desk->server, frame);
  wn_push_server_push (&desk->server, frame);
  wn_push_server_push (&desk->server, "{\"id\":\"n2\",\"title\":\"Last\"}");
  wn_host_run_until (has_messages, GUINT_TO_POINTER (2));
  g_assert_cmpstr (get_message (0),
                   ==,
                   is_plain ()
                       ? "jd-shop: <b>Order paid</b><br>Order 17 &amp; more"
                       : "jd-shop: <b>Order paid</b><br>"
                         "Order <b>17</b> &amp; more");
  g_assert_cmpstr (get_message (1), ==, "jd-shop: <b>Last</b>");
}

static void
test_relative_link (WnDesk *desk, gconstpointer data)
{
  g_autofree char *link
      = g_strdup_printf ("http://127.0.0.1:%u/orders/42", desk->server.port);

  wn_desk_sign_on (desk);
  wn_push_server_push (&desk->server,
                       "{\"title\":\"t\",\"content\":"
                       "\"<a href=\\\"/orders/42\\\">the order</a>\"}");
  wn_host_run_until (has_messages, GUINT_TO_POINTER (1));
  g_assert_nonnull (strstr (get_message (0), link));
}

static void
push_export (WnDesk *desk)
{
  wn_push_server_push (
      &desk->server,
      "{\"type\":\"App\\\\Notifications\\\\ExportReady\","
      "\"title\":\"Ready\",\"filename\":\"2024\\/orders.csv\"}");
}

static void
test_export (WnDesk *desk, gconstpointer data)
{
  const char *question;

  wn_desk_sign_on (desk);
  push_export (desk);
  wn_host_run_until (wn_host_has_request, NULL);
  question = wn_host_get_requests ()->pdata[0];
  g_assert_nonnull (strstr (question, "orders.csv"));
  /* Only BitlBee asks the server for it. */
  g_assert_cmpint (strstr (question, "4 bytes") != NULL, ==, is_plain ());
  g_assert_true (g_str_has_prefix (get_message (0), "jd-shop: "));
  g_assert_nonnull (strstr (get_message (0), "Ready"));
}

/* BitlBee never ends a transfer without a size. */
static void
test_export_of_unknown_size (WnDesk *desk, gconstpointer data)
{
  g_autofree char *link = g_strdup_printf ("http://127.0.0.1:%u/exportDownload?"
                                           "project=jd-shop&amp;uid=1001&amp;"
                                           "filename=2024%%2Forders.csv",
                                           desk->server.port);

  desk->server.hides_size = TRUE;
  wn_desk_sign_on (desk);
  push_export (desk);
  if (!is_plain ())
    {
      wn_host_run_until (wn_host_has_request, NULL);
      return;
    }
  wn_host_run_until (has_messages, GUINT_TO_POINTER (2));
  g_assert_nonnull (strstr (get_message (1), link));
  g_assert_cmpuint (wn_host_get_requests ()->len, ==, 0);
}

static gboolean
has_asked_for_export (gpointer data)
{
  return g_str_has_prefix (((WnDesk *) data)->server.query, "of=");
}

static void
accept_export (WnDesk *desk)
{
  g_autofree char *path
      = g_build_filename (purple_user_dir (), "orders.csv", NULL);

  purple_xfer_request_accepted (purple_xfers_get_all ()->data, path);
  wn_host_run_until (has_asked_for_export, desk);
}

static void
test_download_url (WnDesk *desk, gconstpointer data)
{
  g_autofree char *url = g_strdup_printf (
      "http://127.0.0.1:%u/exportDownload?of={uid}@{project}&key={filename}",
      desk->server.port);

  purple_account_set_string (desk->account, "download_url", url);
  wn_desk_sign_on (desk);
  push_export (desk);
  wn_host_run_until (wn_host_has_request, NULL);
  if (!is_plain ())
    accept_export (desk);
  g_assert_cmpstr (desk->server.query,
                   ==,
                   "of=1001@jd-shop&key=2024%2Forders.csv");
}

static gboolean
is_connected_again (gpointer data)
{
  WnDesk *desk = data;

  return desk->server.sockets->len > 2;
}

/* A server that answers no heartbeat, and is left and asked again twice.
 *
 * @delays: heartbeat_interval and _timeout, reconnect_delay and _max
 *
 * Returns: the seconds that it took
 */
static gint64
lose_twice (WnDesk *desk, const int delays[4])
{
  static const char *const keys[] = {
    "heartbeat_interval",
    "heartbeat_timeout",
    "reconnect_delay",
    "reconnect_delay_max",
  };
  gint64 begin_us, took_s;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    purple_account_set_int (desk->account, keys[i], delays[i]);
  wn_fast_time_start ();
  wn_desk_sign_on (desk);
  begin_us = g_get_monotonic_time ();
  while (!is_connected_again (desk))
    g_main_context_iteration (NULL, TRUE);
  took_s = (g_get_monotonic_time () - begin_us) / G_TIME_SPAN_SECOND;
  wn_fast_time_stop ();
  g_assert_cmpstr (desk->server.heard->str, ==, "heartCheck\nheartCheck\n");
  g_assert_true (purple_account_is_connected (desk->account));
  return took_s;
}

static void
test_delays (WnDesk *desk, gconstpointer data)
{
  gint64 took_s = lose_twice (desk, (const int[]){ 1000, 200, 30, 30 });

  g_assert_cmpint (took_s, >=, 2 * 1230 - 4);
  g_assert_cmpint (took_s, <, 2 * 1230 + 30);
}

/* What Pidgin makes of emptied fields. */
static void
test_emptied_delays (WnDesk *desk, gconstpointer data)
{
  g_assert_cmpint (lose_twice (desk, (const int[]){ 0, 0, 0, 0 }),
                   >=,
                   2 * 95 - 4);
}

static void
test_flood (WnDesk *desk, gconstpointer data)
{
  const guint n = 5000;

  wn_desk_sign_on (desk);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *frame = g_strdup_printf ("{\"title\":\"%u\"}", i);

      wn_push_server_push (&desk->server, frame);
    }
  wn_host_run_until (has_messages, GUINT_TO_POINTER (n));
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *message = g_strdup_printf ("jd-shop: <b>%u</b>", i);

      g_assert_cmpstr (get_message (i), ==, message);
    }
  wn_push_server_push (&desk->server, "{\"title\":\"after\"}");
  wn_host_run_until (has_messages, GUINT_TO_POINTER (n + 1));
}

static void
test_loss (WnDesk *desk, gconstpointer data)
{
  PurpleConversation *conversation;
  g_autofree char *error = NULL;
  const char *message;

  wn_desk_sign_on (desk);
  wn_desk_lose (desk);
  message
      = purple_status_get_attr_string (get_contact_status (desk), "message");
  g_assert_true (g_regex_match_simple (
      "^Reconnecting at \\d\\d:\\d\\d:\\d\\d \\(attempt 1\\): .",
      message,
      0,
      0));
  g_assert_true (purple_account_is_connected (desk->account));

  wn_push_server_listen (&desk->server);
  conversation
      = purple_conversation_new (PURPLE_CONV_TYPE_IM, desk->account, CONTACT);
  g_assert_cmpint (
      purple_cmd_do_command (conversation, "reconnect", "reconnect", &error),
      ==,
      PURPLE_CMD_STATUS_OK);
  wn_host_run_until (wn_login_is_available, desk->account);
  g_assert_null (wn_host_get_error (NULL));
}

static void
test_refused (WnDesk *desk, gconstpointer data)
{
  PurpleConnectionError reason;

  wn_push_server_vanish (&desk->server);
  wn_login_sign_on (desk->account);
  wn_host_run_until (wn_host_has_error, NULL);
  g_assert_nonnull (strstr (wn_host_get_error (&reason), "connection refused"));
  g_assert_cmpint (reason, ==, PURPLE_CONNECTION_ERROR_NETWORK_ERROR);
}

static void
test_hello (WnDesk *desk, gconstpointer data)
{
  purple_account_set_bool (desk->account, "send_hello", TRUE);
  wn_desk_sign_on (desk);
  while (desk->server.heard->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (desk->server.heard->str, ==, "{\"id\":\"MTAwMQ==\"}\n");
}

static void
test_network_change (WnDesk *desk, gconstpointer data)
{
  wn_desk_sign_on (desk);
  g_signal_emit_by_name (g_network_monitor_get_default (),
                         "network-changed",
                         TRUE);
  g_signal_emit_by_name (g_network_monitor_get_default (),
                         "network-changed",
                         TRUE);
  while (desk->server.heard->len == 0)
    g_main_context_iteration (NULL, TRUE);
  wn_host_run_dry ();
  g_assert_cmpstr (desk->server.heard->str, ==, "heartCheck\n");
}

static void
test_words (WnDesk *desk, gconstpointer data)
{
  const struct
  {
    const char *said;
    const char *answer;
  } table[] = {
    { "help", "This contact understands:" },
    /* An IRC client takes a slash for a command of its own. */
    { "help", is_plain () ? "<br>status: how" : "<br>/status: how" },
    { "/HELP ", "This contact understands:" },
    { "<b>/status</b>", "Connection: connected" },
    { "good morning", "only sends" },
    { "status please", "only sends" },
  };

  wn_desk_sign_on (desk);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      serv_send_im (get_connection (desk), CONTACT, table[i].said, 0);
      wn_host_run_until (has_messages, GUINT_TO_POINTER (i + 1));
      g_assert_nonnull (strstr (get_message (i), table[i].answer));
    }
}

/* What is left */

static void
on_received_sign_off (PurpleAccount *account,
                      char *sender,
                      char *message,
                      PurpleConversation *conversation,
                      PurpleMessageFlags flags,
                      gpointer user_data)
{
  purple_account_disconnect (account);
}

static gboolean
is_disconnected (gpointer data)
{
  WnDesk *desk = data;

  return purple_account_is_disconnected (desk->account);
}

static void
test_sign_off_while_receiving (WnDesk *desk, gconstpointer data)
{
  static int handle;

  purple_signal_connect (purple_conversations_get_handle (),
                         "received-im-msg",
                         &handle,
                         PURPLE_CALLBACK (on_received_sign_off),
                         NULL);
  wn_desk_sign_on (desk);
  purple_conversation_new (PURPLE_CONV_TYPE_IM, desk->account, CONTACT);
  for (guint i = 0; i < 10; i++)
    wn_push_server_push (&desk->server, "{\"title\":\"again\"}");
  wn_host_run_until (is_disconnected, desk);
  wn_host_run_dry ();
  g_assert_cmpuint (wn_host_get_messages ()->len, ==, 1);
  purple_signals_disconnect_by_handle (&handle);
}

static void
walk_to_connecting (WnDesk *desk)
{
  wn_login_sign_on (desk->account);
}

static void
walk_to_connected (WnDesk *desk)
{
  wn_desk_sign_on (desk);
}

static void
walk_to_waiting (WnDesk *desk)
{
  wn_desk_sign_on (desk);
  wn_desk_lose (desk);
}

static void
walk_to_given_up (WnDesk *desk)
{
  desk->server.status = 403;
  wn_login_sign_on (desk->account);
  wn_host_run_until (wn_host_has_error, NULL);
}

static void
walk_to_queued (WnDesk *desk)
{
  wn_desk_sign_on (desk);
  serv_send_im (get_connection (desk), CONTACT, "help", 0);
}

/* How many of @after are not in @before. */
static guint
count_new (GHashTable *before, GHashTable *after)
{
  GHashTableIter iter;
  gpointer id;
  guint n = 0;

  g_hash_table_iter_init (&iter, after);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (!g_hash_table_contains (before, id))
      n++;
  return n;
}

/* What is left, but for what is about to end: GIO's threads and the server's
 * side of a connection take a moment, and none of our timers is that short
 * but BitlBee's tick, which repeats.
 */
static guint
count_left (GHashTable *before)
{
  gint64 end_us = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;
  guint n_new;

  do
    {
      g_autoptr (GHashTable) after = NULL;

      wn_host_run_dry ();
      after = wn_host_dup_foreign_sources ();
      n_new = count_new (before, after);
    }
  while (n_new > 0 && g_get_monotonic_time () < end_us);
  return n_new;
}

/* Twice: what GIO and libpurple keep from their first use is theirs. What a
 * test before left to libsoup's server may end meanwhile.
 */
static void
test_sign_off (gconstpointer data)
{
  void (*walk) (WnDesk *) = *(void (*const *) (WnDesk *)) data;
  guint n_new = G_MAXUINT;

  for (guint i = 0; i < 2; i++)
    {
      WnDesk desk = { 0 };
      g_autoptr (GHashTable) before = wn_host_dup_foreign_sources ();

      wn_desk_set_up (&desk, NULL);
      walk (&desk);
      purple_account_disconnect (desk.account);
      g_assert_null (get_connection (&desk));
      wn_desk_tear_down (&desk, NULL);
      n_new = count_left (before);
    }
  g_assert_cmpuint (n_new, ==, 0);
}

/* The module */

static void
test_table (void)
{
  PurplePlugin *plugin = purple_find_prpl (WN_PROTOCOL);
  PurplePluginProtocolInfo *info;

  g_assert_nonnull (plugin);
  g_assert_true (purple_plugin_is_loaded (plugin));
  g_assert_cmpstr (purple_plugin_get_name (plugin), ==, "Web Notify");
  info = PURPLE_PLUGIN_PROTOCOL_INFO (plugin);
  g_assert_cmpuint (g_list_length (info->user_splits), ==, 2);
  g_assert_cmpuint (g_list_length (info->protocol_options), ==, 11);
}

#define WALK(name) static void (*const name##_walk) (WnDesk *) = walk_to_##name
WALK (connecting);
WALK (connected);
WALK (waiting);
WALK (given_up);
WALK (queued);

#define TEST(name, func)                                                       \
  g_test_add (name, WnDesk, NULL, wn_desk_set_up, func, wn_desk_tear_down)

static void
add_tests (void)
{
  g_test_add_func ("/plugin/libpurple finds the protocol", test_table);
  TEST ("/plugin/signing on shows the contact", test_sign_on);
  TEST ("/plugin/a contact that was removed comes back with a message only",
        test_removed_contact);
  g_test_add_func ("/plugin/bad settings are an error that says which",
                   test_bad_settings);
  TEST ("/plugin/a 401 is an authentication error", test_unauthorized);
  TEST ("/plugin/what was told once is not told at each login", test_told_once);
  TEST ("/plugin/a notification is an IM, and once only", test_notification);
  TEST ("/plugin/a relative link leads to the server", test_relative_link);
  TEST ("/plugin/an export is offered with its name and size", test_export);
  TEST ("/plugin/an export of unknown size is offered where that can end",
        test_export_of_unknown_size);
  TEST ("/plugin/the download URL is the account's", test_download_url);
  TEST ("/plugin/the delays are the account's", test_delays);
  TEST ("/plugin/delays that were emptied are the default ones",
        test_emptied_delays);
  TEST ("/plugin/a flood arrives whole and in order", test_flood);
  TEST ("/plugin/a loss shows in the contact until the server is back",
        test_loss);
  TEST ("/plugin/a login that is refused is a network error", test_refused);
  TEST ("/plugin/the hello is sent where it is switched on", test_hello);
  TEST ("/plugin/a network change asks the server at once, and once",
        test_network_change);
  TEST ("/plugin/the contact answers words", test_words);
  TEST ("/plugin/signing off while a message is received",
        test_sign_off_while_receiving);
  g_test_add_data_func ("/plugin/signing off while connecting leaves nothing",
                        &connecting_walk,
                        test_sign_off);
  g_test_add_data_func ("/plugin/signing off while connected leaves nothing",
                        &connected_walk,
                        test_sign_off);
  g_test_add_data_func ("/plugin/signing off while waiting leaves nothing",
                        &waiting_walk,
                        test_sign_off);
  g_test_add_data_func ("/plugin/signing off after an error leaves nothing",
                        &given_up_walk,
                        test_sign_off);
  g_test_add_data_func ("/plugin/signing off with a full queue leaves nothing",
                        &queued_walk,
                        test_sign_off);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  wn_host_start (argc > 1 ? argv[1] : "Pidgin", WN_MODULE_DIR);
  add_tests ();
  result = g_test_run ();
  wn_host_stop ();
  return result;
}
