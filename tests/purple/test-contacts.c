/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The contacts that notifications come from, on the host's list: which there
 * are, what the user may do to them, and what they tell.
 */

#include <libintl.h>
#include <locale.h>
#include <string.h>

#include "support/headless-host.h"
#include "support/push-server.h"

#define PROJECT "jd-shop"
#define PAID "App\\\\Notifications\\\\OrderPaid"

static void
sign_on_per_type (WnDesk *desk)
{
  purple_account_set_string (desk->account, "contact_per", "type");
  wn_desk_sign_on (desk);
}

static PurpleBuddy *
get_buddy (WnDesk *desk, const char *name)
{
  PurpleBuddy *buddy = purple_find_buddy (desk->account, name);

  g_assert_nonnull (buddy);
  return buddy;
}

static const char *
get_status_id (WnDesk *desk, const char *name)
{
  PurplePresence *presence = purple_buddy_get_presence (get_buddy (desk, name));

  return purple_status_get_id (purple_presence_get_active_status (presence));
}

static guint
count_buddies (WnDesk *desk)
{
  g_autoptr (GSList) buddies = purple_find_buddies (desk->account, NULL);

  return g_slist_length (buddies);
}

static void
assert_said (PurpleAccount *account, const char *who, const char *texts)
{
  g_autofree char *said = wn_desk_dup_texts (account, who);

  g_assert_cmpstr (said, ==, texts);
}

static void
assert_has (const char *text, const char *pattern)
{
  if (!g_regex_match_simple (pattern, text, G_REGEX_MULTILINE, 0))
    g_error ("no %s in:\n%s", pattern, text);
}

static PurplePluginProtocolInfo *
get_protocol_info (void)
{
  return PURPLE_PLUGIN_PROTOCOL_INFO (purple_find_prpl (WN_PROTOCOL));
}

/* Which contact */

static void
test_per_project (WnDesk *desk, gconstpointer data)
{
  wn_desk_sign_on (desk);
  wn_push_server_push_title (&desk->server, PAID, "One");
  wn_push_server_push_title (&desk->server, "Other", "Two");
  wn_desk_wait_for_text (desk->account, PROJECT, "Two");
  assert_said (desk->account, PROJECT, "One\nTwo\n");
  g_assert_cmpuint (count_buddies (desk), ==, 1);
}

static void
test_per_type (WnDesk *desk, gconstpointer data)
{
  PurpleBuddy *buddy;

  sign_on_per_type (desk);
  g_assert_cmpuint (count_buddies (desk), ==, 1);
  wn_push_server_push_title (&desk->server, PAID, "One");
  wn_push_server_push_title (&desk->server, "App\\\\HTTPError", "Two");
  wn_push_server_push_title (&desk->server, PAID, "Three");
  wn_desk_wait_for_text (desk->account, PROJECT "/OrderPaid", "Three");
  assert_said (desk->account, PROJECT "/OrderPaid", "One\nThree\n");
  assert_said (desk->account, PROJECT "/HTTPError", "Two\n");
  assert_said (desk->account, PROJECT, "");

  buddy = get_buddy (desk, PROJECT "/OrderPaid");
  g_assert_cmpstr (purple_buddy_get_alias (buddy), ==, "jd-shop: Order Paid");
  g_assert_cmpstr (purple_group_get_name (purple_buddy_get_group (buddy)),
                   ==,
                   "Notifications");
  g_assert_cmpstr (get_status_id (desk, PROJECT "/OrderPaid"), ==, "available");
  buddy = get_buddy (desk, PROJECT "/HTTPError");
  g_assert_cmpstr (purple_buddy_get_alias (buddy), ==, "jd-shop: HTTP Error");
}

static void
test_no_type (WnDesk *desk, gconstpointer data)
{
  static const char *const frames[] = {
    "{\"title\":\"no type\"}",
    "{\"title\":\"empty\",\"type\":\"\"}",
    "{\"title\":\"a number\",\"type\":7}",
    "{\"title\":\"null\",\"type\":null}",
    "{\"title\":\"dots\",\"type\":\"..\"}",
    "{\"title\":\"nothing\",\"type\":\"App\\\\Notifications\\\\\"}",
  };

  sign_on_per_type (desk);
  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    wn_push_server_push (&desk->server, frames[i]);
  wn_desk_wait_for_text (desk->account, PROJECT, "nothing");
  assert_said (desk->account,
               PROJECT,
               "no type\nempty\na number\nnull\ndots\nnothing\n");
  g_assert_cmpuint (count_buddies (desk), ==, 1);
}

static void
test_many_types (WnDesk *desk, gconstpointer data)
{
  g_autofree char *said = NULL;

  sign_on_per_type (desk);
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *type = g_strdup_printf ("Type%u", i);

      wn_push_server_push_title (&desk->server, type, type);
    }
  wn_desk_wait_for_text (desk->account, PROJECT, "Type199");
  g_assert_cmpuint (count_buddies (desk), ==, 65);
  assert_said (desk->account, PROJECT "/Type63", "Type63\n");
  said = wn_desk_dup_texts (desk->account, PROJECT);
  g_assert_true (g_str_has_prefix (said, "Type64\nType65\n"));
  wn_push_server_push_title (&desk->server, "Type63", "known");
  wn_desk_wait_for_text (desk->account, PROJECT "/Type63", "known");
}

static const char *
find_value (PurpleAccountOption *option, const char *label)
{
  GList *choices = purple_account_option_get_list (option);

  for (GList *it = choices; it != NULL; it = it->next)
    {
      PurpleKeyValuePair *choice = it->data;

      if (g_str_equal (choice->key, label))
        return choice->value;
    }
  return NULL;
}

static void
test_option (WnDesk *desk, gconstpointer data)
{
  GList *options = get_protocol_info ()->protocol_options;
  PurpleAccountOption *option = NULL;

  for (GList *it = options; it != NULL; it = it->next)
    if (g_str_equal (purple_account_option_get_setting (it->data),
                     "contact_per"))
      option = it->data;
  g_assert_nonnull (option);
  g_assert_cmpint (purple_account_option_get_type (option),
                   ==,
                   PURPLE_PREF_STRING_LIST);
  g_assert_cmpstr (purple_account_option_get_default_list_value (option),
                   ==,
                   "project");
  g_assert_cmpstr (find_value (option, "the project"), ==, "project");
  g_assert_cmpstr (find_value (option, "each type of notification"),
                   ==,
                   "type");
}

/* What the user does to it */

static void
test_renamed_and_moved (WnDesk *desk, gconstpointer data)
{
  PurpleGroup *group = purple_group_new ("Work");
  PurpleBuddy *buddy;

  sign_on_per_type (desk);
  wn_push_server_push_title (&desk->server, PAID, "One");
  wn_desk_wait_for_text (desk->account, PROJECT "/OrderPaid", "One");
  buddy = get_buddy (desk, PROJECT "/OrderPaid");
  purple_blist_alias_buddy (buddy, "Money");
  purple_blist_add_group (group, NULL);
  purple_blist_add_contact (purple_buddy_get_contact (buddy), group, NULL);

  purple_account_disconnect (desk->account);
  wn_desk_sign_on (desk);
  wn_push_server_push_title (&desk->server, PAID, "Two");
  wn_desk_wait_for_text (desk->account, PROJECT "/OrderPaid", "Two");
  g_assert_true (buddy == get_buddy (desk, PROJECT "/OrderPaid"));
  g_assert_cmpuint (count_buddies (desk), ==, 2);
  g_assert_cmpstr (purple_buddy_get_alias (buddy), ==, "Money");
  g_assert_cmpstr (purple_group_get_name (purple_buddy_get_group (buddy)),
                   ==,
                   "Work");
}

static void
test_removed (WnDesk *desk, gconstpointer data)
{
  sign_on_per_type (desk);
  wn_push_server_push_title (&desk->server, PAID, "One");
  wn_desk_wait_for_text (desk->account, PROJECT "/OrderPaid", "One");
  purple_blist_remove_buddy (get_buddy (desk, PROJECT "/OrderPaid"));
  wn_push_server_push_title (&desk->server, "Other", "Two");
  wn_desk_wait_for_text (desk->account, PROJECT "/Other", "Two");
  g_assert_null (purple_find_buddy (desk->account, PROJECT "/OrderPaid"));

  wn_push_server_push_title (&desk->server, PAID, "Three");
  wn_desk_wait_for_text (desk->account, PROJECT "/OrderPaid", "Three");
  g_assert_cmpstr (get_status_id (desk, PROJECT "/OrderPaid"), ==, "available");
}

static void
on_blocked (PurpleAccount *account,
            const char *sender,
            const char *message,
            PurpleMessageFlags flags,
            unsigned int when,
            gpointer user_data)
{
  g_string_append_printf (user_data, "%s ", sender);
}

static void
test_blocked (WnDesk *desk, gconstpointer data)
{
  static int handle;
  g_autoptr (GString) blocked = g_string_new (NULL);

  purple_signal_connect (purple_conversations_get_handle (),
                         "blocked-im-msg",
                         &handle,
                         PURPLE_CALLBACK (on_blocked),
                         blocked);
  sign_on_per_type (desk);
  purple_account_set_privacy_type (desk->account, PURPLE_PRIVACY_DENY_USERS);
  purple_privacy_deny_add (desk->account, PROJECT "/OrderPaid", TRUE);
  wn_push_server_push_title (&desk->server, PAID, "One");
  wn_push_server_push_title (&desk->server, "Other", "Two");
  wn_desk_wait_for_text (desk->account, PROJECT "/Other", "Two");
  g_assert_null (purple_find_buddy (desk->account, PROJECT "/OrderPaid"));
  assert_said (desk->account, PROJECT "/OrderPaid", "");
  g_assert_cmpstr (blocked->str, ==, PROJECT "/OrderPaid ");

  purple_privacy_deny_remove (desk->account, PROJECT "/OrderPaid", TRUE);
  wn_push_server_push_title (&desk->server, PAID, "Three");
  wn_desk_wait_for_text (desk->account, PROJECT "/OrderPaid", "Three");
  purple_signals_disconnect_by_handle (&handle);
}

static void
push_export (WnDesk *desk, const char *filename)
{
  g_autofree char *frame
      = g_strdup_printf ("{\"type\":\"App\\\\Notifications\\\\ExportReady\","
                         "\"title\":\"Ready\",\"filename\":\"%s\"}",
                         filename);

  wn_push_server_push (&desk->server, frame);
}

static void
test_blocked_export (WnDesk *desk, gconstpointer data)
{
  sign_on_per_type (desk);
  purple_account_set_privacy_type (desk->account, PURPLE_PRIVACY_DENY_USERS);
  purple_privacy_deny_add (desk->account, PROJECT "/ExportReady", TRUE);
  push_export (desk, "first.csv");
  wn_push_server_push_title (&desk->server, PAID, "One");
  wn_desk_wait_for_text (desk->account, PROJECT "/OrderPaid", "One");

  purple_privacy_deny_remove (desk->account, PROJECT "/ExportReady", TRUE);
  push_export (desk, "second.csv");
  wn_host_run_until (wn_host_has_request, NULL);
  g_assert_cmpuint (wn_host_get_requests ()->len, ==, 1);
  assert_has (wn_host_get_requests ()->pdata[0], "second\\.csv");
  assert_has (wn_host_get_requests ()->pdata[0], "ExportReady|Export Ready");
  g_assert_cmpstr (((PurpleXfer *) purple_xfers_get_all ()->data)->who,
                   ==,
                   PROJECT "/ExportReady");
}

/* A type that is new isn't on the list yet, and must not get there by itself;
 * but what it has to say is not lost.
 */
static void
test_only_those_on_the_list (WnDesk *desk, gconstpointer data)
{
  sign_on_per_type (desk);
  wn_push_server_push_title (&desk->server, PAID, "One");
  wn_desk_wait_for_text (desk->account, PROJECT "/OrderPaid", "One");
  purple_account_set_privacy_type (desk->account,
                                   PURPLE_PRIVACY_ALLOW_BUDDYLIST);
  wn_push_server_push_title (&desk->server, "Other", "Two");
  wn_push_server_push_title (&desk->server, PAID, "Three");
  wn_desk_wait_for_text (desk->account, PROJECT "/OrderPaid", "Three");
  assert_said (desk->account, PROJECT, "Two\n");
  g_assert_cmpuint (count_buddies (desk), ==, 2);
}

/* What it tells */

static void
test_shared_status (WnDesk *desk, gconstpointer data)
{
  PurpleBuddy *stranger = purple_buddy_new (desk->account, "mum", NULL);

  sign_on_per_type (desk);
  purple_blist_add_buddy (stranger, NULL, NULL, NULL);
  wn_push_server_push_title (&desk->server, PAID, "One");
  wn_desk_wait_for_text (desk->account, PROJECT "/OrderPaid", "One");
  wn_desk_lose (desk);
  g_assert_cmpstr (get_status_id (desk, PROJECT "/OrderPaid"), ==, "away");
  g_assert_cmpstr (get_status_id (desk, "mum"), ==, "offline");
  wn_desk_recover (desk);
  g_assert_cmpstr (get_status_id (desk, PROJECT "/OrderPaid"), ==, "available");
}

static char *
dup_tooltip (PurpleBuddy *buddy)
{
  PurpleNotifyUserInfo *info = purple_notify_user_info_new ();
  char *text;

  get_protocol_info ()->tooltip_text (buddy, info, TRUE);
  text = purple_notify_user_info_get_text_with_newline (info, "\n");
  purple_notify_user_info_destroy (info);
  return text;
}

static gboolean
has_round_trip (gpointer user_data)
{
  g_autofree char *tooltip
      = dup_tooltip (get_buddy (user_data, PROJECT "/OrderPaid"));

  return strstr (tooltip, "Round trip") != NULL;
}

static void
on_heart_check (SoupWebsocketConnection *socket,
                int type,
                GBytes *message,
                gpointer user_data)
{
  soup_websocket_connection_send_text (
      socket,
      "{\"code\":2,\"api_version\":\"1.12.4\"}");
}

static void
answer_heartbeats (WnDesk *desk)
{
  g_signal_connect (desk->server.sockets->pdata[desk->server.sockets->len - 1],
                    "message",
                    G_CALLBACK (on_heart_check),
                    NULL);
}

#define TIME "\\d\\d\\d\\d-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d$"

static void
test_tooltip (WnDesk *desk, gconstpointer data)
{
  g_autofree char *server
      = g_strdup_printf ("Server.*: 127\\.0\\.0\\.1:%u$", desk->server.port);
  g_autofree char *tooltip = NULL;
  const char *account;
  PurpleBuddy *buddy;

  purple_account_set_int (desk->account, "heartbeat_interval", 1);
  sign_on_per_type (desk);
  wn_desk_lose (desk);
  wn_desk_recover (desk);
  answer_heartbeats (desk);
  wn_push_server_push_title (&desk->server, PAID, "One");
  wn_desk_wait_for_text (desk->account, PROJECT "/OrderPaid", "One");
  wn_host_run_until (has_round_trip, desk);

  buddy = get_buddy (desk, PROJECT "/OrderPaid");
  tooltip = dup_tooltip (buddy);
  assert_has (tooltip, "Connection.*: connected$");
  g_assert_null (strstr (tooltip, "Account"));
  assert_has (tooltip, server);
  assert_has (tooltip, "API version.*: 1\\.12\\.4$");
  assert_has (tooltip, "Connected since.*: " TIME);
  assert_has (tooltip, "Last heartbeat.*: " TIME);
  assert_has (tooltip, "Round trip.*: \\d+\\.\\d ms$");
  assert_has (tooltip, "Reconnects.*: 1$");

  get_protocol_info ()->get_info (purple_account_get_connection (desk->account),
                                  PROJECT "/OrderPaid");
  account = strstr (wn_host_get_info (), "Account");
  assert_has (account, "^Account.*: 1001@" PROJECT "/[a-z]+$");
  g_assert_true (g_str_has_suffix (tooltip, strstr (account, "Server")));
}

static void
test_status_text (WnDesk *desk, gconstpointer data)
{
  PurpleBuddy *buddy;
  g_autofree char *text = NULL;
  g_autofree char *tooltip = NULL;

  wn_desk_sign_on (desk);
  buddy = get_buddy (desk, PROJECT);
  g_assert_null (get_protocol_info ()->status_text (buddy));
  wn_desk_lose (desk);
  text = get_protocol_info ()->status_text (buddy);
  assert_has (text, "^Reconnecting at \\d\\d:\\d\\d:\\d\\d \\(attempt 1\\): .");
  tooltip = dup_tooltip (buddy);
  assert_has (tooltip, "Connection.*: waiting to reconnect$");
  assert_has (tooltip, "Last loss.*: .");
  assert_has (tooltip, "Next attempt.*: " TIME);
}

/* Once for each account, however often it signs on. */
static void
test_nothing_kept (WnDesk *desk, gconstpointer data)
{
  g_autofree char *said = NULL;

  purple_account_set_string (desk->account, "told_that_nothing_waits", "");
  wn_desk_sign_on (desk);
  wn_desk_wait_for_text (desk->account,
                         PROJECT,
                         "setting “Replay what was missed” asks for it.");
  purple_account_disconnect (desk->account);
  wn_desk_sign_on (desk);
  wn_push_server_push_title (&desk->server, NULL, "One");
  wn_desk_wait_for_text (desk->account, PROJECT, "One");
  said = wn_desk_dup_texts (desk->account, PROJECT);
  g_assert_nonnull (strstr (said, "asks for it.\nOne\n"));
}

static gboolean
has_second_socket (gpointer data)
{
  WnDesk *desk = data;

  return desk->server.sockets->len == 2;
}

static void
test_menu (WnDesk *desk, gconstpointer data)
{
  wn_desk_sign_on (desk);
  wn_desk_do_action (desk, "Connection status…");
  assert_has (wn_host_get_info (), "Connection.*: connected$");
  wn_desk_do_action (desk, "Reconnect now");
  wn_host_run_until (has_second_socket, desk);
}

/* Who asks is told at once, and told again when it is known how it went. */
static void
test_outcome (WnDesk *desk, gconstpointer data)
{
  PurpleConnection *gc;

  wn_desk_sign_on (desk);
  gc = purple_account_get_connection (desk->account);
  serv_send_im (gc, PROJECT, "reconnect", 0);
  wn_host_run_until (has_second_socket, desk);
  wn_desk_wait_for_text (desk->account, PROJECT, "Connected.");
  serv_send_im (gc, PROJECT, "reconnect", 0);
  wn_desk_wait_for_text (desk->account, PROJECT, "less than ten seconds old");
  wn_desk_lose (desk);
  serv_send_im (gc, PROJECT, "reconnect", 0);
  wn_desk_wait_for_text (desk->account, PROJECT, "Reconnecting at");
}

/* What is said to it */

static void
test_words (WnDesk *desk, gconstpointer data)
{
  PurpleConnection *gc;

  sign_on_per_type (desk);
  gc = purple_account_get_connection (desk->account);
  wn_push_server_push_title (&desk->server, PAID, "One");
  wn_desk_wait_for_text (desk->account, PROJECT "/OrderPaid", "One");
  serv_send_im (gc, PROJECT "/OrderPaid", "/status", 0);
  wn_desk_wait_for_text (desk->account, PROJECT "/OrderPaid", "connected");
  serv_send_im (gc, PROJECT "/OrderPaid", "good morning", 0);
  wn_desk_wait_for_text (desk->account, PROJECT "/OrderPaid", "only sends");
  assert_said (desk->account, PROJECT, "");
}

/* In Finch nothing that begins with a slash is a message. */
static void
test_command (WnDesk *desk, gconstpointer data)
{
  static const char *const words[] = { "status", "状态" };
  PurpleConversation *conversation;

  sign_on_per_type (desk);
  wn_push_server_push_title (&desk->server, PAID, "One");
  wn_desk_wait_for_text (desk->account, PROJECT "/OrderPaid", "One");
  conversation = purple_find_conversation_with_account (PURPLE_CONV_TYPE_IM,
                                                        PROJECT "/OrderPaid",
                                                        desk->account);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autofree char *error = NULL;

      wn_host_forget ();
      g_assert_cmpint (
          purple_cmd_do_command (conversation, words[i], words[i], &error),
          ==,
          PURPLE_CMD_STATUS_OK);
      wn_desk_wait_for_text (desk->account, PROJECT "/OrderPaid", "connected");
    }
}

/* A server of BitlBee's may run in no language at all, so Chinese words are
 * understood in each.
 */
static void
test_chinese_words (WnDesk *desk, gconstpointer data)
{
  static const char *const words[][2] = {
    { "状态", "connected" },
    { "/状态", "connected" },
    { "／状态", "connected" },
    { "导出", "no exports" },
    { "下载 orders.csv", "no export of that name" },
    { "下载　orders.csv", "no export of that name" },
    { "下载全部", "No file is waiting." },
    { "帮助", "help: what" },
    { "状态如何", "only sends" },
  };

  wn_desk_sign_on (desk);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      serv_send_im (purple_account_get_connection (desk->account),
                    PROJECT,
                    words[i][0],
                    0);
      wn_desk_wait_for_text (desk->account, PROJECT, words[i][1]);
    }
}

#define TRANSLATIONS WN_MODULE_DIR "/po"

static void
test_chinese_report (WnDesk *desk, gconstpointer data)
{
  bindtextdomain (GETTEXT_PACKAGE, TRANSLATIONS);
  g_setenv ("LANGUAGE", "zh_CN", TRUE);
  setlocale (LC_MESSAGES, "C.UTF-8");
  /* From glibc 2.39 on nothing is translated in the locale C.UTF-8. */
  if (g_str_equal (g_dgettext (GETTEXT_PACKAGE, "connected"), "connected"))
    g_test_skip ("no translation, or no locale that has one");
  else
    {
      wn_desk_sign_on (desk);
      serv_send_im (purple_account_get_connection (desk->account),
                    PROJECT,
                    "status",
                    0);
      wn_desk_wait_for_text (desk->account, PROJECT, "连接：已连接");
    }
  g_unsetenv ("LANGUAGE");
  setlocale (LC_MESSAGES, "C");
}

/* The user invented a name and wrote to it. */
static void
test_stranger (WnDesk *desk, gconstpointer data)
{
  static const char *const strangers[]
      = { "mum", "jd-shop2", PROJECT "/Nothing" };

  wn_desk_sign_on (desk);
  for (gsize i = 0; i < G_N_ELEMENTS (strangers); i++)
    {
      const char *who = strangers[i];

      purple_conversation_new (PURPLE_CONV_TYPE_IM, desk->account, who);
      serv_send_im (purple_account_get_connection (desk->account),
                    who,
                    "help",
                    0);
      wn_desk_wait_for_text (desk->account, who, "There is no contact");
      wn_host_run_dry ();
      g_assert_null (purple_find_buddy (desk->account, who));
    }
}

static void
sign_off_when_written (PurpleAccount *account,
                       const char *who,
                       const char *message,
                       PurpleConversation *conversation,
                       PurpleMessageFlags flags,
                       gpointer user_data)
{
  purple_account_disconnect (account);
}

static void
test_command_that_ends_it (WnDesk *desk, gconstpointer data)
{
  static int handle;
  g_autofree char *error = NULL;
  PurpleConversation *conversation;

  wn_desk_sign_on (desk);
  conversation
      = purple_conversation_new (PURPLE_CONV_TYPE_IM, desk->account, PROJECT);
  purple_signal_connect (purple_conversations_get_handle (),
                         "wrote-im-msg",
                         &handle,
                         PURPLE_CALLBACK (sign_off_when_written),
                         NULL);
  purple_cmd_do_command (conversation, "reconnect", "reconnect", &error);
  purple_signals_disconnect_by_handle (&handle);
  g_assert_true (purple_account_is_disconnected (desk->account));
}

/* Side by side */

static void
test_two_accounts (WnDesk *desk, gconstpointer data)
{
  PurpleAccount *stage = wn_desk_add_account (desk, "1001@jd-shop/stage");
  PurpleAccount *other = wn_desk_add_account (desk, "7@jd-shop/production");

  sign_on_per_type (desk);
  wn_push_server_push_title (&desk->server, PAID, "production");
  wn_desk_sign_on_as (desk, stage);
  wn_push_server_push_title (&desk->server, PAID, "stage");
  purple_account_set_string (other, "contact_per", "type");
  wn_desk_sign_on_as (desk, other);
  wn_push_server_push_title (&desk->server, PAID, "seven");

  wn_desk_wait_for_text (desk->account, PROJECT "/OrderPaid", "production");
  wn_desk_wait_for_text (stage, PROJECT, "stage");
  wn_desk_wait_for_text (other, PROJECT "/OrderPaid", "seven");
  assert_said (desk->account, PROJECT "/OrderPaid", "production\n");
  assert_said (desk->account, PROJECT, "");
  assert_said (stage, PROJECT, "stage\n");
  assert_said (stage, PROJECT "/OrderPaid", "");
  assert_said (other, PROJECT "/OrderPaid", "seven\n");
  g_assert_nonnull (purple_find_buddy (other, PROJECT "/OrderPaid"));
  g_assert_null (purple_find_buddy (stage, PROJECT "/OrderPaid"));
  g_assert_cmpstr (purple_buddy_get_alias (purple_find_buddy (stage, PROJECT)),
                   ==,
                   PROJECT " (stage)");
}

static const char *
get_alias (PurpleAccount *account, const char *who)
{
  PurpleBuddy *buddy = purple_find_buddy (account, who);

  g_assert_nonnull (buddy);
  return purple_buddy_get_alias (buddy);
}

static void
test_two_users_of_one_project (WnDesk *desk, gconstpointer data)
{
  PurpleAccount *other = wn_desk_add_account (desk, "1003@jd-shop/production");

  sign_on_per_type (desk);
  purple_account_set_string (other, "contact_per", "type");
  wn_desk_sign_on_as (desk, other);
  wn_push_server_push_title (&desk->server, PAID, "One");
  wn_desk_wait_for_text (other, PROJECT "/OrderPaid", "One");
  g_assert_cmpstr (get_alias (desk->account, PROJECT), ==, "jd-shop");
  g_assert_cmpstr (get_alias (other, PROJECT), ==, "jd-shop (1003)");
  g_assert_cmpstr (get_alias (other, PROJECT "/OrderPaid"),
                   ==,
                   "jd-shop (1003): Order Paid");
}

static void
test_user_name (WnDesk *desk, gconstpointer data)
{
  PurpleConnection *gc;

  wn_desk_sign_on (desk);
  gc = purple_account_get_connection (desk->account);
  g_assert_cmpstr (purple_connection_get_display_name (gc), ==, "1001");
}

/* All of it in the dialog's first field, with a space behind it. */
#define TYPED_WHOLE " 1001@jd-shop/stage @jd-shop/production"

static void
test_odd_user_name (WnDesk *desk, gconstpointer data)
{
  PurpleAccount *stage = wn_desk_add_account (desk, TYPED_WHOLE);
  PurpleAccount *again;
  PurpleConnection *gc;

  wn_desk_sign_on_as (desk, stage);
  gc = purple_account_get_connection (stage);
  g_assert_cmpstr (purple_account_get_username (stage),
                   ==,
                   "1001@jd-shop/stage");
  g_assert_cmpstr (purple_connection_get_display_name (gc), ==, "1001");
  get_protocol_info ()->get_info (gc, PROJECT);
  assert_has (wn_host_get_info (), "Account.*: 1001@jd-shop/stage$");

  /* Two of one name would be one for libpurple. */
  again = wn_desk_add_account (desk, TYPED_WHOLE);
  g_assert_true (again != stage);
  wn_desk_sign_on_as (desk, again);
  g_assert_cmpstr (purple_account_get_username (again), ==, TYPED_WHOLE);
}

/* A user ID and a server as a Chinese keyboard types them. */
static void
test_wide_characters (WnDesk *desk, gconstpointer data)
{
  PurpleAccount *wide = wn_desk_add_account (desk, "１００２@jd-shop/stage");
  g_autofree char *server
      = g_strdup_printf ("　ｗｓ：／／127。0．0.1：%u", desk->server.port);

  purple_account_set_string (wide, "server", server);
  wn_desk_sign_on_as (desk, wide);
  g_assert_cmpstr (purple_account_get_username (wide),
                   ==,
                   "1002@jd-shop/stage");
}

/* As in a client that is started in English after it ran in Chinese, and whose
 * user then renames the group.
 */
static void
test_group (WnDesk *desk, gconstpointer data)
{
  static const char *const names[] = { "通知", "Alerts" };

  sign_on_per_type (desk);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      PurpleBuddy *own = get_buddy (desk, PROJECT);
      g_autofree char *type = g_strdup_printf ("Type%zu", i);
      g_autofree char *who = g_strconcat (PROJECT "/", type, NULL);

      purple_blist_rename_group (purple_buddy_get_group (own), names[i]);
      wn_push_server_push_title (&desk->server, type, type);
      wn_desk_wait_for_text (desk->account, who, type);
      g_assert_true (purple_buddy_get_group (get_buddy (desk, who))
                     == purple_buddy_get_group (own));
    }
  purple_blist_rename_group (purple_buddy_get_group (get_buddy (desk, PROJECT)),
                             "Notifications");
}

static void
test_impostors (WnDesk *desk, gconstpointer data)
{
  static const struct
  {
    const char *type;
    const char *who;
    const char *alias;
  } types[] = {
    { "Alice_Wang", PROJECT "/Alice_Wang", "jd-shop: Alice Wang" },
    { "jd-shop", PROJECT "/jd-shop", "jd-shop: jd shop" },
    { "mum", PROJECT "/mum", "jd-shop: mum" },
    { "\xe3\x85\xa4", PROJECT, "jd-shop" },
    { "\xe1\x85\xa0\xef\xbe\xa0", PROJECT, "jd-shop" },
  };

  sign_on_per_type (desk);
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *title = g_strdup_printf ("title %zu", i);

      wn_push_server_push_title (&desk->server, types[i].type, title);
      wn_desk_wait_for_text (desk->account, types[i].who, title);
      g_assert_cmpstr (get_alias (desk->account, types[i].who),
                       ==,
                       types[i].alias);
    }
}

static void
test_status_of_two_accounts (WnDesk *desk, gconstpointer data)
{
  PurpleAccount *other = wn_desk_add_account (desk, "7@jd-shop/production");
  PurplePresence *presence;

  wn_desk_sign_on (desk);
  wn_desk_sign_on_as (desk, other);
  purple_account_disconnect (other);
  presence = purple_buddy_get_presence (purple_find_buddy (other, "jd-shop"));
  g_assert_false (purple_presence_is_online (presence));
  g_assert_cmpstr (get_status_id (desk, PROJECT), ==, "available");
}

#define TEST(name, func)                                                       \
  g_test_add ("/contacts/" name,                                               \
              WnDesk,                                                          \
              NULL,                                                            \
              wn_desk_set_up,                                                  \
              func,                                                            \
              wn_desk_tear_down)

static void
add_tests (void)
{
  TEST ("one for the project, whatever the type", test_per_project);
  TEST ("one for each type, when its first notification comes", test_per_type);
  TEST ("what has no type comes from the project", test_no_type);
  TEST ("a server can't fill the list with types", test_many_types);
  TEST ("the account dialog asks which", test_option);
  TEST ("a new name and a new group hold", test_renamed_and_moved);
  TEST ("one that was removed comes back with a message only", test_removed);
  TEST ("one that is blocked says nothing and stays off the list",
        test_blocked);
  TEST ("one that is blocked offers no file", test_blocked_export);
  TEST ("a new type speaks through the project where strangers may not",
        test_only_those_on_the_list);
  TEST ("all of them are away and back together", test_shared_status);
  TEST ("the tooltip and Get Info say how the connection is", test_tooltip);
  TEST ("an away contact says why below its name", test_status_text);
  TEST ("the account's menu shows the status and reconnects", test_menu);
  TEST ("who asks for a connection is told how it went", test_outcome);
  TEST ("that nothing is kept is said once", test_nothing_kept);
  TEST ("words are answered where they are said", test_words);
  TEST ("commands are answered where they are typed", test_command);
  TEST ("words are understood in Chinese, too", test_chinese_words);
  TEST ("a report in Chinese has Chinese colons", test_chinese_report);
  TEST ("a command's answer may sign the account off",
        test_command_that_ends_it);
  TEST ("a name that nobody has says so", test_stranger);
  TEST ("a second user of one project is told from the first",
        test_two_users_of_one_project);
  TEST ("the user is called by the user ID", test_user_name);
  TEST ("an account is called by its name, however it was typed",
        test_odd_user_name);
  TEST ("wide characters of a name or server are those of ASCII",
        test_wide_characters);
  TEST ("another language makes no second group", test_group);
  TEST ("no type speaks as another contact, nor as nobody", test_impostors);
  TEST ("two environments and two users never mix", test_two_accounts);
  TEST ("one user's sign-off leaves the other's contact",
        test_status_of_two_accounts);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  wn_host_start ("Pidgin", WN_MODULE_DIR);
  add_tests ();
  result = g_test_run ();
  wn_host_stop ();
  return result;
}
