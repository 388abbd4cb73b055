/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the host has for messages of any kind works with notifications: by the
 * signals and interfaces that its sounds, pounces, unread marks, popups and
 * its plugin Autoaccept go by.
 */

#include "support/headless-host.h"
#include "support/push-server.h"

#define PROJECT "jd-shop"
#define EXPORTS "jd-shop/ExportReady"
#define CONTACT "jd-shop/OrderPaid"
#define PAID "App\\\\Notifications\\\\OrderPaid"

static int handle;

static void
set_up (WnDesk *desk, gconstpointer data)
{
  wn_desk_set_up (desk, NULL);
  purple_account_set_string (desk->account, "contact_per", "type");
}

static void
tear_down (WnDesk *desk, gconstpointer data)
{
  purple_signals_disconnect_by_handle (&handle);
  wn_desk_tear_down (desk, data);
}

static void
listen (const char *signal, PurpleCallback callback, gpointer user_data)
{
  purple_signal_connect (purple_conversations_get_handle (),
                         signal,
                         &handle,
                         callback,
                         user_data);
}

static void
push_and_wait (WnDesk *desk, const char *title)
{
  wn_push_server_push_title (&desk->server, PAID, title);
  wn_desk_wait_for_text (desk->account, CONTACT, title);
}

/* Pidgin plays one sound for a message that begins a conversation and another
 * for those that follow, and tells them apart by the signal's conversation.
 */
static void
on_received_sound (PurpleAccount *account,
                   const char *sender,
                   const char *message,
                   PurpleConversation *conversation,
                   PurpleMessageFlags flags,
                   gpointer user_data)
{
  if (flags & (PURPLE_MESSAGE_DELAYED | PURPLE_MESSAGE_NOTIFY))
    return;
  g_string_append (user_data, conversation == NULL ? "first " : "next ");
}

/* The next is a part of the first's burst. */
static void
test_sounds (WnDesk *desk, gconstpointer data)
{
  g_autoptr (GString) sounds = g_string_new (NULL);

  listen ("received-im-msg", PURPLE_CALLBACK (on_received_sound), sounds);
  wn_desk_sign_on (desk);
  push_and_wait (desk, "one");
  push_and_wait (desk, "two");
  g_assert_cmpstr (sounds->str, ==, "first ");
}

/* As libnotify's and Pidgin's "Message Notification" do. */
static void
on_received_popup (PurpleAccount *account,
                   const char *sender,
                   const char *message,
                   PurpleConversation *conversation,
                   PurpleMessageFlags flags,
                   gpointer user_data)
{
  PurpleBuddy *buddy = purple_find_buddy (account, sender);
  g_autofree char *text = purple_markup_strip_html (message);

  g_string_append_printf (user_data,
                          "%s: %s",
                          purple_buddy_get_contact_alias (buddy),
                          text);
}

static void
test_popups (WnDesk *desk, gconstpointer data)
{
  g_autoptr (GString) popup = g_string_new (NULL);

  listen ("received-im-msg", PURPLE_CALLBACK (on_received_popup), popup);
  wn_desk_sign_on (desk);
  wn_push_server_push_title (&desk->server, PAID, "Order 7 <paid>");
  wn_desk_wait_for_text (desk->account, CONTACT, "Order 7");
  g_assert_cmpstr (popup->str, ==, "jd-shop: Order Paid: Order 7 <paid>");
}

/* Pidgin marks a conversation that isn't looked at as unread for messages that
 * are received, and not for a system's or for those it is told not to show.
 */
static void
on_wrote_unread (PurpleAccount *account,
                 const char *who,
                 const char *message,
                 PurpleConversation *conversation,
                 PurpleMessageFlags flags,
                 gpointer user_data)
{
  guint *n_unread = user_data;
  PurpleMessageFlags silent = PURPLE_MESSAGE_SYSTEM | PURPLE_MESSAGE_NO_LOG
                              | PURPLE_MESSAGE_INVISIBLE;

  g_assert_cmpstr (purple_conversation_get_name (conversation), ==, CONTACT);
  if ((flags & PURPLE_MESSAGE_RECV) && !(flags & silent))
    (*n_unread)++;
}

static void
test_unread (WnDesk *desk, gconstpointer data)
{
  guint n_unread = 0;

  listen ("wrote-im-msg", PURPLE_CALLBACK (on_wrote_unread), &n_unread);
  wn_desk_sign_on (desk);
  push_and_wait (desk, "one");
  push_and_wait (desk, "two");
  g_assert_cmpuint (n_unread, ==, 2);
}

static void
on_pounce (PurplePounce *pounce, PurplePounceEvent event, void *user_data)
{
  GString *pounced = purple_pounce_get_data (pounce);

  g_string_append_printf (pounced,
                          "%s%s ",
                          purple_pounce_get_pouncee (pounce),
                          event == PURPLE_POUNCE_MESSAGE_RECEIVED ? "" : "?");
}

static void
on_pounce_born_or_gone (PurplePounce *pounce)
{
}

static void
test_pounces (WnDesk *desk, gconstpointer data)
{
  g_autoptr (GString) pounced = g_string_new (NULL);
  PurplePounce *pounce;

  purple_pounces_register_handler ("Pidgin",
                                   on_pounce,
                                   on_pounce_born_or_gone,
                                   on_pounce_born_or_gone);
  wn_desk_sign_on (desk);
  pounce = purple_pounce_new ("Pidgin",
                              desk->account,
                              CONTACT,
                              PURPLE_POUNCE_MESSAGE_RECEIVED,
                              PURPLE_POUNCE_OPTION_NONE);
  purple_pounce_set_data (pounce, pounced);
  purple_pounce_set_save (pounce, TRUE);
  wn_push_server_push_title (&desk->server, "Other", "none of it");
  push_and_wait (desk, "one");
  push_and_wait (desk, "two");
  g_assert_cmpstr (pounced->str, ==, CONTACT " " CONTACT " ");
  purple_pounce_destroy (pounce);
  purple_pounces_unregister_handler ("Pidgin");
}

/* A pounce on the project's contact when it is back, as people have them for
 * persons.
 */
static void
test_pounce_on_return (WnDesk *desk, gconstpointer data)
{
  g_autoptr (GString) pounced = g_string_new (NULL);
  PurplePounce *pounce;

  purple_pounces_register_handler ("Pidgin",
                                   on_pounce,
                                   on_pounce_born_or_gone,
                                   on_pounce_born_or_gone);
  wn_desk_sign_on (desk);
  pounce = purple_pounce_new ("Pidgin",
                              desk->account,
                              PROJECT,
                              PURPLE_POUNCE_AWAY_RETURN,
                              PURPLE_POUNCE_OPTION_NONE);
  purple_pounce_set_data (pounce, pounced);
  purple_pounce_set_save (pounce, TRUE);
  wn_desk_lose (desk);
  g_assert_cmpstr (pounced->str, ==, "");
  wn_desk_recover (desk);
  g_assert_cmpstr (pounced->str, ==, PROJECT "? ");
  purple_pounce_destroy (pounce);
  purple_pounces_unregister_handler ("Pidgin");
}

/* Its setting for a contact. */
#define AUTOACCEPT_ACCEPT 1
#define AUTOACCEPT "/plugins/core/core-plugin_pack-autoaccept"

static void
push_export (WnDesk *desk)
{
  wn_push_server_push (&desk->server,
                       "{\"type\":\"App\\\\Notifications\\\\ExportReady\","
                       "\"title\":\"Ready\",\"filename\":\"2024/orders.csv\"}");
}

static gboolean
has_file (gpointer data)
{
  g_autofree char *contents = NULL;

  return g_file_get_contents (data, &contents, NULL, NULL)
         && g_str_equal (contents, "a,b\n");
}

static void
set_autoaccept (PurpleBuddy *buddy, int setting)
{
  PurpleContact *contact = purple_buddy_get_contact (buddy);

  purple_blist_node_set_int (PURPLE_BLIST_NODE (contact),
                             "autoaccept",
                             setting);
}

/* The plugin itself, as Debian packages it. */
static void
test_autoaccept (WnDesk *desk, gconstpointer data)
{
  PurplePlugin *plugin = purple_plugins_find_with_basename ("autoaccept");
  g_autofree char *dir = g_build_filename (purple_user_dir (), "in", NULL);
  g_autofree char *path = g_build_filename (dir, "orders.csv", NULL);

  if (plugin == NULL)
    {
      g_test_skip ("Autoaccept is not installed");
      return;
    }
  g_assert_true (purple_plugin_load (plugin));
  purple_prefs_set_string (AUTOACCEPT "/path", dir);
  purple_prefs_set_bool (AUTOACCEPT "/newdir", FALSE);
  purple_prefs_set_bool (AUTOACCEPT "/notify", FALSE);
  wn_desk_sign_on (desk);
  wn_push_server_push_title (&desk->server,
                             "App\\\\Notifications\\\\ExportReady",
                             "No file");
  wn_desk_wait_for_text (desk->account, EXPORTS, "No file");
  set_autoaccept (purple_find_buddy (desk->account, EXPORTS),
                  AUTOACCEPT_ACCEPT);
  push_export (desk);
  wn_host_run_until (has_file, path);
  g_assert_cmpuint (wn_host_get_requests ()->len, ==, 0);
  purple_plugin_unload (plugin);
}

#define TEST(name, func)                                                       \
  g_test_add ("/host/" name, WnDesk, NULL, set_up, func, tear_down)

static void
add_tests (void)
{
  TEST ("a burst makes one sound", test_sounds);
  TEST ("a popup has the contact's alias and the text", test_popups);
  TEST ("each notification counts as unread", test_unread);
  TEST ("a pounce on one type's notifications hears of those alone",
        test_pounces);
  TEST ("a pounce on the contact's return hears of a reconnect",
        test_pounce_on_return);
  TEST ("Autoaccept takes an export without a question", test_autoaccept);
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
