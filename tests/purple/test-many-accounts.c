/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * More than one account in one process: users, projects and environments that
 * share a contact's name, fifty at once, and one that is switched on and off
 * faster than it connects. Each hears its own only, and nothing is left.
 */

#include "support/descriptors.h"
#include "support/headless-host.h"
#include "support/login.h"
#include "support/push-server.h"

#define PROJECT "jd-shop"
#define N_ACCOUNTS 50

static guint
count_sources (void)
{
  g_autoptr (GHashTable) sources = wn_host_dup_foreign_sources ();

  return g_hash_table_size (sources);
}

static guint
count_open (WnPushServer *server)
{
  guint n = 0;

  for (guint i = 0; i < server->sockets->len; i++)
    if (soup_websocket_connection_get_state (server->sockets->pdata[i])
        == SOUP_WEBSOCKET_STATE_OPEN)
      n++;
  return n;
}

typedef struct
{
  WnPushServer *server;
  guint n;
} Expected;

static gboolean
has_open (gpointer data)
{
  Expected *expected = data;

  for (GList *it = purple_accounts_get_all (); it != NULL; it = it->next)
    if (purple_account_is_connecting (it->data))
      return FALSE;
  return count_open (expected->server) == expected->n;
}

static void
run_until_open (WnPushServer *server, guint n)
{
  wn_host_run_until (has_open, &(Expected){ server, n });
}

static gboolean
is_of (SoupWebsocketConnection *socket, const char *uid)
{
  GUri *uri = soup_websocket_connection_get_uri (socket);
  g_autofree char *end = g_strconcat ("&uid=", uid, NULL);

  return g_str_has_suffix (g_uri_get_query (uri), end);
}

/* Sends what names the user, as the server would to that user alone. */
static void
push_to (WnPushServer *server, const char *uid, const char *title)
{
  g_autofree char *frame = g_strdup_printf ("{\"title\":\"%s\"}", title);
  guint n = 0;

  for (guint i = 0; i < server->sockets->len; i++)
    {
      SoupWebsocketConnection *socket = server->sockets->pdata[i];

      if (soup_websocket_connection_get_state (socket)
              != SOUP_WEBSOCKET_STATE_OPEN
          || !is_of (socket, uid))
        continue;
      soup_websocket_connection_send_text (socket, frame);
      n++;
    }
  g_assert_cmpuint (n, ==, 1);
}

static void
assert_heard (PurpleAccount *account, const char *texts)
{
  g_autofree char *heard = wn_desk_dup_texts (account, PROJECT);

  g_assert_cmpstr (heard, ==, texts);
}

static void
test_environments (WnDesk *desk, gconstpointer data)
{
  g_autofree char *url = NULL;
  WnPushServer stage = { 0 };
  PurpleAccount *other
      = wn_desk_add_account (desk, "1002@" PROJECT "/production");
  PurpleAccount *staged = wn_desk_add_account (desk, "1001@" PROJECT "/stage");

  wn_push_server_listen (&stage);
  url = g_strdup_printf ("ws://127.0.0.1:%u/", stage.port);
  purple_account_set_string (staged, "server", url);
  wn_login_sign_on (desk->account);
  wn_login_sign_on (other);
  wn_login_sign_on (staged);
  run_until_open (&desk->server, 2);
  run_until_open (&stage, 1);

  push_to (&desk->server, "1001", "for 1001");
  push_to (&desk->server, "1002", "for 1002");
  push_to (&stage, "1001", "for the stage");
  wn_desk_wait_for_text (desk->account, PROJECT, "for 1001");
  wn_desk_wait_for_text (other, PROJECT, "for 1002");
  wn_desk_wait_for_text (staged, PROJECT, "for the stage");

  wn_login_sign_off (desk->account);
  run_until_open (&desk->server, 1);
  push_to (&desk->server, "1002", "still there");
  push_to (&stage, "1001", "so is the stage");
  wn_desk_wait_for_text (other, PROJECT, "still there");
  wn_desk_wait_for_text (staged, PROJECT, "so is the stage");
  assert_heard (desk->account, "for 1001\n");
  assert_heard (other, "for 1002\nstill there\n");
  assert_heard (staged, "for the stage\nso is the stage\n");

  wn_login_sign_off (staged);
  run_until_open (&stage, 0);
  wn_push_server_clear (&stage);
}

static void
sign_all_off (PurpleAccount **accounts, WnPushServer *server)
{
  for (guint i = 0; i < N_ACCOUNTS; i++)
    wn_login_sign_off (accounts[i]);
  run_until_open (server, 0);
  g_ptr_array_set_size (server->sockets, 0);
  wn_host_run_dry ();
}

static gboolean
has_descriptors (gpointer data)
{
  const guint *n = data;

  return wn_descriptors_count () <= *n;
}

/* One more is the wait's own. */
static gboolean
has_sources (gpointer data)
{
  const guint *n = data;

  return count_sources () <= *n + 1;
}

static void
test_fifty (WnDesk *desk, gconstpointer data)
{
  PurpleAccount *accounts[N_ACCOUNTS];
  guint n_descriptors, n_sources;

  for (guint i = 0; i < N_ACCOUNTS; i++)
    {
      g_autofree char *name = g_strdup_printf ("u%u@" PROJECT "/stage", i);

      accounts[i] = wn_desk_add_account (desk, name);
    }
  /* What a process opens once is open then. */
  wn_login_sign_on (accounts[0]);
  run_until_open (&desk->server, 1);
  sign_all_off (accounts, &desk->server);
  n_descriptors = wn_descriptors_count ();
  n_sources = count_sources ();

  for (guint round = 0; round < 2; round++)
    {
      for (guint i = 0; i < N_ACCOUNTS; i++)
        {
          wn_login_sign_on (accounts[i]);
          /* The server's queue of connections is short. */
          if (i % 8 == 0)
            wn_host_run_dry ();
        }
      run_until_open (&desk->server, N_ACCOUNTS);
      for (guint i = 0; i < N_ACCOUNTS; i++)
        {
          g_autofree char *uid = g_strdup_printf ("u%u", i);
          g_autofree char *title = g_strdup_printf ("%u for %s", round, uid);

          g_assert_true (purple_account_is_connected (accounts[i]));
          push_to (&desk->server, uid, title);
        }
      for (guint i = 0; i < N_ACCOUNTS; i++)
        {
          g_autofree char *title = g_strdup_printf ("%u for u%u", round, i);

          wn_desk_wait_for_text (accounts[i], PROJECT, title);
        }
      sign_all_off (accounts, &desk->server);
      /* The server's side of them goes in its own time. */
      wn_host_run_until (has_descriptors, &n_descriptors);
      wn_host_run_until (has_sources, &n_sources);
    }
  for (guint i = 0; i < N_ACCOUNTS; i++)
    {
      g_autofree char *texts = g_strdup_printf ("0 for u%u\n1 for u%u\n", i, i);

      assert_heard (accounts[i], texts);
    }
}

static void
test_twice_fast (WnDesk *desk, gconstpointer data)
{
  g_autoptr (GSList) buddies = NULL;

  wn_login_sign_on (desk->account);
  wn_login_sign_off (desk->account);
  wn_login_sign_on (desk->account);
  run_until_open (&desk->server, 1);
  /* While it connects anew, and once more in the middle of that. */
  for (guint n_turns = 0; n_turns < 40; n_turns++)
    {
      wn_login_sign_off (desk->account);
      wn_login_sign_on (desk->account);
      for (guint i = 0; i < n_turns; i++)
        g_main_context_iteration (NULL, FALSE);
    }
  run_until_open (&desk->server, 1);
  wn_host_run_dry ();
  g_assert_cmpuint (count_open (&desk->server), ==, 1);
  push_to (&desk->server, "1001", "once");
  push_to (&desk->server, "1001", "end");
  wn_desk_wait_for_text (desk->account, PROJECT, "end");
  assert_heard (desk->account, "once\nend\n");
  g_assert_null (wn_host_get_error (NULL));
  buddies = purple_find_buddies (desk->account, PROJECT);
  g_assert_cmpuint (g_slist_length (buddies), ==, 1);
}

static void
test_same_user_again (WnDesk *desk, gconstpointer data)
{
  PurpleAccount *again = wn_desk_add_account (desk, "1001@" PROJECT "/other");

  wn_login_sign_on (desk->account);
  wn_login_sign_on (again);
  run_until_open (&desk->server, 2);
  for (guint i = 0; i < 2; i++)
    soup_websocket_connection_send_text (desk->server.sockets->pdata[i],
                                         "{\"title\":\"to all\",\"id\":\"7\"}");
  wn_desk_wait_for_text (desk->account, PROJECT, "to all");
  wn_desk_wait_for_text (again, PROJECT, "to all");
}

#define TEST(name, func)                                                       \
  g_test_add ("/many accounts/" name,                                          \
              WnDesk,                                                          \
              NULL,                                                            \
              wn_desk_set_up,                                                  \
              func,                                                            \
              wn_desk_tear_down)

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  /* The test's own server warns of a client that has gone already. */
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  wn_host_start (argv[1], WN_MODULE_DIR);
  TEST ("two users and two environments hear each their own",
        test_environments);
  TEST ("fifty in one process hear each their own, and leave nothing",
        test_fifty);
  TEST ("one that is enabled twice fast has one connection", test_twice_fast);
  TEST ("an id is known to each account for itself", test_same_user_again);
  result = g_test_run ();
  wn_host_stop ();
  return result;
}
