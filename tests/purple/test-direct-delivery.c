/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A notification is given to the host while its frame is being read, so
 * whatever the host does with an IM is done within the connection's own calls:
 * it may end the account in each way there is, or run the main loop, in which
 * somebody else ends it.
 */

#include <string.h>

#include "support/headless-host.h"
#include "support/raw-server.h"

#define PROTOCOL "prpl-webnotify"
#define CONTACT "jd-shop"
#define SLOW_US (300 * G_TIME_SPAN_MILLISECOND)
#define PATIENCE_US (10 * G_TIME_SPAN_SECOND)

typedef struct
{
  WnRawServer *server;    /* (owned) */
  PurpleAccount *account; /* (unowned) (nullable): libpurple's; deleted */
  PurplePlugin *unloaded; /* (unowned) (nullable): libpurple's */
  guint sources_mark;
} Fixture;

typedef struct
{
  const char *name;
  void (*end) (Fixture *f);
} Ending;

static const WnRawScript upgrades = { .answer = WN_RAW_UPGRADE };

/* What a handler needs to know: signals of libpurple's have one for all. */
static Fixture *current;
static const Ending *ending;
static guint n_received;

/* --- the fixture --- */

static gboolean
is_connected (gpointer data)
{
  return purple_account_is_connected (((Fixture *) data)->account);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *url = NULL;

  f->sources_mark = wn_host_mark_sources ();
  f->server = wn_raw_server_new (&upgrades);
  url = g_strdup_printf ("ws://127.0.0.1:%u/",
                         wn_raw_server_get_port (f->server));
  f->account = purple_account_new ("7@jd-shop/production", PROTOCOL);
  purple_account_set_string (f->account, "server", url);
  purple_accounts_add (f->account);
  purple_account_set_enabled (f->account, purple_core_get_ui (), TRUE);
  purple_account_connect (f->account);
  wn_host_run_until (is_connected, f);
  wn_host_run_dry ();
  current = f;
  ending = data;
  n_received = 0;
}

/* libpurple lists a protocol again once it has found the module anew. */
static void
load_again (Fixture *f)
{
  if (f->unloaded == NULL)
    return;
  purple_plugin_destroy (f->unloaded);
  purple_plugins_probe (G_MODULE_SUFFIX);
  g_assert_nonnull (purple_find_prpl (PROTOCOL));
}

static void
assert_nothing_left (Fixture *f)
{
  gint64 end_us = g_get_monotonic_time () + PATIENCE_US;

  while (wn_host_count_sources_since (f->sources_mark) > 0
         && g_get_monotonic_time () < end_us)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (wn_host_count_sources_since (f->sources_mark), ==, 0);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  load_again (f);
  if (f->account != NULL)
    purple_accounts_delete (f->account);
  wn_raw_server_free (f->server);
  assert_nothing_left (f);
  wn_host_forget ();
}

/* --- what is sent and seen --- */

static void
send_title (Fixture *f, const char *title)
{
  g_autofree char *json = g_strdup_printf ("{\"title\":\"%s\"}", title);

  wn_raw_server_send_frame (f->server, 0x81, json, strlen (json));
}

/* Both leave in one segment: the server writes when its turn comes. */
static void
send_two (Fixture *f)
{
  send_title (f, "first");
  send_title (f, "second");
}

static guint
count_messages (void)
{
  return wn_host_get_messages ()->len;
}

static const char *
get_message (guint i)
{
  return g_ptr_array_index (wn_host_get_messages (), i);
}

static gboolean
has_messages (gpointer n)
{
  return count_messages () >= GPOINTER_TO_UINT (n);
}

static void
wait_for_messages (guint n)
{
  wn_host_run_until (has_messages, GUINT_TO_POINTER (n));
}

/* --- a host that is never idle --- */

static gboolean
on_drawing (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static guint
draw_always (void)
{
  return g_idle_add_full (G_PRIORITY_DEFAULT_IDLE - 1, on_drawing, NULL, NULL);
}

static void
test_at_once (Fixture *f, gconstpointer data)
{
  guint drawing = draw_always ();

  send_title (f, "now");
  wait_for_messages (1);
  send_title (f, "and again");
  wait_for_messages (2);
  g_assert_nonnull (strstr (get_message (0), "now"));
  g_assert_nonnull (strstr (get_message (1), "and again"));
  g_source_remove (drawing);
}

static void
on_received_slowly (PurpleAccount *account,
                    char *sender,
                    char *message,
                    PurpleConversation *conversation,
                    PurpleMessageFlags flags,
                    gpointer user_data)
{
  if (n_received++ == 0)
    g_usleep (SLOW_US);
}

static void
connect_signal (const char *name, PurpleCallback handler)
{
  purple_signal_connect (purple_conversations_get_handle (),
                         name,
                         &n_received,
                         handler,
                         NULL);
}

/* A host that is slow to take a message gets the next when it is idle. */
static void
test_slow_host (Fixture *f, gconstpointer data)
{
  guint drawing = draw_always ();

  connect_signal ("received-im-msg", PURPLE_CALLBACK (on_received_slowly));
  send_two (f);
  wait_for_messages (1);
  for (guint i = 0; i < 100; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (count_messages (), ==, 1);
  g_source_remove (drawing);
  wait_for_messages (2);
  purple_signals_disconnect_by_handle (&n_received);
}

/* --- order --- */

static void
wait_until_sent (Fixture *f, guint64 n_bytes)
{
  while (wn_raw_server_get_n_sent (f->server) < n_bytes)
    g_main_context_iteration (NULL, FALSE);
}

/* The frame is on its way when the answer is put into the queue. */
static void
test_answer_first (Fixture *f, gconstpointer data)
{
  guint64 n_before = wn_raw_server_get_n_sent (f->server);

  send_title (f, "later");
  wait_until_sent (f, n_before + 1);
  serv_send_im (purple_account_get_connection (f->account), CONTACT, "help", 0);
  g_assert_cmpuint (count_messages (), ==, 0);
  wait_for_messages (2);
  g_assert_nonnull (strstr (get_message (0), "understands"));
  g_assert_nonnull (strstr (get_message (1), "later"));
}

static void
on_received_ask (PurpleAccount *account,
                 char *sender,
                 char *message,
                 PurpleConversation *conversation,
                 PurpleMessageFlags flags,
                 gpointer user_data)
{
  if (n_received++ == 0)
    serv_send_im (purple_account_get_connection (account), CONTACT, "help", 0);
}

/* What a notification brings about comes before the next notification. */
static void
test_answer_between (Fixture *f, gconstpointer data)
{
  connect_signal ("received-im-msg", PURPLE_CALLBACK (on_received_ask));
  send_two (f);
  wait_for_messages (3);
  g_assert_nonnull (strstr (get_message (0), "first"));
  g_assert_nonnull (strstr (get_message (1), "understands"));
  g_assert_nonnull (strstr (get_message (2), "second"));
  purple_signals_disconnect_by_handle (&n_received);
}

/* --- endings --- */

static void
sign_off (Fixture *f)
{
  purple_account_disconnect (f->account);
}

static void
disable (Fixture *f)
{
  purple_account_set_enabled (f->account, purple_core_get_ui (), FALSE);
}

static void
delete_account (Fixture *f)
{
  purple_accounts_delete (g_steal_pointer (&f->account));
}

static void
unload (Fixture *f)
{
  f->unloaded = purple_find_prpl (PROTOCOL);
  g_assert_true (purple_plugin_unload (f->unloaded));
}

static void
remove_contact (Fixture *f)
{
  purple_blist_remove_buddy (purple_find_buddy (f->account, CONTACT));
}

static const Ending endings[] = {
  { "signed off", sign_off },
  { "disabled", disable },
  { "deleted", delete_account },
  { "unloaded", unload },
};

static void
on_received_end (PurpleAccount *account,
                 char *sender,
                 char *message,
                 PurpleConversation *conversation,
                 PurpleMessageFlags flags,
                 gpointer user_data)
{
  if (n_received++ == 0)
    ending->end (current);
}

/* libpurple goes on with the account and its conversation after this signal: it
 * needs both.
 */
static void
test_end_when_received (Fixture *f, gconstpointer data)
{
  purple_conversation_new (PURPLE_CONV_TYPE_IM, f->account, CONTACT);
  connect_signal ("received-im-msg", PURPLE_CALLBACK (on_received_end));
  send_two (f);
  wait_for_messages (1);
  g_assert_true (purple_account_is_disconnected (f->account));
  wn_host_run_dry ();
  g_assert_cmpuint (n_received, ==, 1);
  g_assert_cmpuint (count_messages (), ==, 1);
  purple_signals_disconnect_by_handle (&n_received);
}

/* It goes on with nothing after this one, where the message is dropped. */
static gboolean
on_receiving_end (PurpleAccount *account,
                  char **sender,
                  char **message,
                  PurpleConversation *conversation,
                  PurpleMessageFlags *flags,
                  gpointer user_data)
{
  if (n_received++ == 0)
    ending->end (current);
  return TRUE;
}

static gboolean
has_received (gpointer data)
{
  return n_received > 0;
}

static void
test_end_when_receiving (Fixture *f, gconstpointer data)
{
  connect_signal ("receiving-im-msg", PURPLE_CALLBACK (on_receiving_end));
  send_two (f);
  wn_host_run_until (has_received, NULL);
  g_assert_null (purple_connections_get_all ());
  wn_host_run_dry ();
  g_assert_cmpuint (n_received, ==, 1);
  g_assert_cmpuint (count_messages (), ==, 0);
  purple_signals_disconnect_by_handle (&n_received);
}

static void
test_contact_removed (Fixture *f, gconstpointer data)
{
  static const Ending removed = { "removed", remove_contact };

  ending = &removed;
  connect_signal ("received-im-msg", PURPLE_CALLBACK (on_received_end));
  send_two (f);
  wait_for_messages (2);
  g_assert_nonnull (strstr (get_message (1), "second"));
  g_assert_nonnull (purple_find_buddy (f->account, CONTACT));
  purple_signals_disconnect_by_handle (&n_received);
}

/* --- loops within the loop --- */

static gboolean
on_end (gpointer user_data)
{
  ending->end (current);
  return G_SOURCE_REMOVE;
}

/* As a dialog that is waited for. What was ended is let go of in there. */
static gboolean
on_receiving_loop (PurpleAccount *account,
                   char **sender,
                   char **message,
                   PurpleConversation *conversation,
                   PurpleMessageFlags *flags,
                   gpointer user_data)
{
  if (n_received++ > 0)
    return FALSE;
  g_timeout_add (0, on_end, NULL);
  for (guint i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  return TRUE;
}

static void
test_end_in_loop (Fixture *f, gconstpointer data)
{
  connect_signal ("receiving-im-msg", PURPLE_CALLBACK (on_receiving_loop));
  send_two (f);
  wn_host_run_until (has_received, NULL);
  g_assert_null (purple_connections_get_all ());
  wn_host_run_dry ();
  g_assert_cmpuint (n_received, ==, 1);
  g_assert_cmpuint (count_messages (), ==, 0);
  purple_signals_disconnect_by_handle (&n_received);
}

static void
ask_for_reconnect (Fixture *f)
{
  serv_send_im (purple_account_get_connection (f->account),
                CONTACT,
                "reconnect",
                0);
}

static gboolean
is_connected_again (gpointer data)
{
  return wn_raw_server_get_n_connections (((Fixture *) data)->server) > 1
         && wn_raw_server_get_request (((Fixture *) data)->server) != NULL;
}

static gboolean
on_receiving_reconnect (PurpleAccount *account,
                        char **sender,
                        char **message,
                        PurpleConversation *conversation,
                        PurpleMessageFlags *flags,
                        gpointer user_data)
{
  if (strstr (*message, "first") == NULL)
    return FALSE;
  ask_for_reconnect (current);
  wn_host_run_until (is_connected_again, current);
  send_title (current, "third");
  wait_for_messages (2);
  return TRUE;
}

/* The new connection is up while the old one's call has not returned; what was
 * still to be read of the old one is gone with it.
 */
static void
test_reconnect_in_loop (Fixture *f, gconstpointer data)
{
  connect_signal ("receiving-im-msg", PURPLE_CALLBACK (on_receiving_reconnect));
  send_two (f);
  wait_for_messages (2);
  g_assert_nonnull (strstr (get_message (1), "third"));
  send_title (f, "fourth");
  wait_for_messages (3);
  g_assert_nonnull (strstr (get_message (2), "fourth"));
  purple_signals_disconnect_by_handle (&n_received);
}

static gboolean
on_receiving_wait (PurpleAccount *account,
                   char **sender,
                   char **message,
                   PurpleConversation *conversation,
                   PurpleMessageFlags *flags,
                   gpointer user_data)
{
  if (n_received++ > 0)
    return FALSE;
  send_title (current, "third");
  for (guint i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  return FALSE;
}

/* Nothing is lost and nothing overtakes. */
static void
test_loop (Fixture *f, gconstpointer data)
{
  connect_signal ("receiving-im-msg", PURPLE_CALLBACK (on_receiving_wait));
  send_two (f);
  wait_for_messages (3);
  g_assert_nonnull (strstr (get_message (0), "first"));
  g_assert_nonnull (strstr (get_message (1), "second"));
  g_assert_nonnull (strstr (get_message (2), "third"));
  purple_signals_disconnect_by_handle (&n_received);
}

/* --- all of them --- */

static void
add (const char *when,
     const Ending *data,
     void (*test) (Fixture *f, gconstpointer data))
{
  g_autofree char *path
      = g_strdup_printf ("/direct-delivery/%s %s", data->name, when);

  g_test_add (path, Fixture, data, set_up, test, tear_down);
}

#define TEST(name, func)                                                       \
  g_test_add ("/direct-delivery/" name, Fixture, NULL, set_up, func, tear_down)

static void
add_tests (void)
{
  TEST ("a host that is never idle has it all the same", test_at_once);
  TEST ("a host that is slow has the next when it is idle", test_slow_host);
  TEST ("an answer that waits comes first", test_answer_first);
  TEST ("an answer to the one comes before the next", test_answer_between);
  TEST ("a contact that is removed comes back with the next",
        test_contact_removed);
  TEST ("a loop in a handler loses nothing", test_loop);
  TEST ("reconnected by a handler that waits for it", test_reconnect_in_loop);
  for (guint i = 0; i < 2; i++)
    add ("by a handler of what was received",
         &endings[i],
         test_end_when_received);
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      add ("by a handler that drops it", &endings[i], test_end_when_receiving);
      add ("in a loop that a handler runs", &endings[i], test_end_in_loop);
    }
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
