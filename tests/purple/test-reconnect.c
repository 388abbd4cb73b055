/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * "Reconnect now" after somebody has changed the account's settings, and a
 * first sign-on whose server is not there.
 */

#include <string.h>

#include "support/headless-host.h"
#include "support/push-server.h"

#define PROJECT "jd-shop"

typedef struct
{
  WnDesk desk;
  WnPushServer other;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  wn_desk_set_up (&f->desk, data);
  wn_push_server_listen (&f->other);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  wn_desk_tear_down (&f->desk, data);
  wn_push_server_clear (&f->other);
}

static void
set_server (Fixture *f, const WnPushServer *server)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/", server->port);

  purple_account_set_string (f->desk.account, "server", url);
}

static gboolean
has_socket (gpointer data)
{
  return ((WnPushServer *) data)->sockets->len > 0;
}

static void
test_other_server (Fixture *f, gconstpointer data)
{
  g_autofree char *link = NULL;

  wn_desk_sign_on (&f->desk);
  set_server (f, &f->other);
  wn_desk_do_action (&f->desk, "Reconnect now");
  wn_host_run_until (has_socket, &f->other);
  g_assert_true (purple_account_is_connected (f->desk.account));
  wn_push_server_push_title (&f->other, NULL, "from the other");
  wn_desk_wait_for_text (f->desk.account, PROJECT, "from the other");
  wn_push_server_push (&f->other,
                       "{\"title\":\"T\",\"content\":"
                       "\"<a href='/orders/42'>Order</a>\"}");
  link = g_strdup_printf ("http://127.0.0.1:%u/orders/42", f->other.port);
  wn_desk_wait_for_text (f->desk.account, PROJECT, link);

  /* And back, without a pause: each is another change. */
  set_server (f, &f->desk.server);
  g_ptr_array_set_size (f->desk.server.sockets, 0);
  wn_desk_do_action (&f->desk, "Reconnect now");
  wn_host_run_until (has_socket, &f->desk.server);
  wn_push_server_push_title (&f->desk.server, NULL, "from the first");
  wn_desk_wait_for_text (f->desk.account, PROJECT, "from the first");
  g_assert_null (wn_host_get_error (NULL));
}

static void
reconnect_to (Fixture *f, WnPushServer *server)
{
  g_ptr_array_set_size (server->sockets, 0);
  wn_desk_do_action (&f->desk, "Reconnect now");
  wn_host_run_until (has_socket, server);
}

static void
test_other_contacts (Fixture *f, gconstpointer data)
{
  wn_desk_sign_on (&f->desk);
  purple_account_set_string (f->desk.account, "contact_per", "type");
  reconnect_to (f, &f->desk.server);
  wn_push_server_push_title (&f->desk.server,
                             "OrderPaid",
                             "for one of its own");
  wn_desk_wait_for_text (f->desk.account,
                         PROJECT "/OrderPaid",
                         "for one of its own");
}

static void
test_wrong_setting (Fixture *f, gconstpointer data)
{
  PurpleConnectionError reason;

  wn_desk_sign_on (&f->desk);
  purple_account_set_string (f->desk.account, "server", "ws://u:secret@h/");
  wn_desk_do_action (&f->desk, "Reconnect now");
  wn_host_run_until (wn_host_has_error, NULL);
  g_assert_nonnull (
      strstr (wn_host_get_error (&reason), "has a user or a password"));
  g_assert_null (strstr (wn_host_get_error (NULL), "secret"));
  g_assert_cmpint (reason, ==, PURPLE_CONNECTION_ERROR_INVALID_SETTINGS);
}

static void
test_nothing_changed (Fixture *f, gconstpointer data)
{
  wn_desk_sign_on (&f->desk);
  g_ptr_array_set_size (f->desk.server.sockets, 0);
  wn_desk_do_action (&f->desk, "Reconnect now");
  wn_host_run_until (has_socket, &f->desk.server);
  /* A second time within ten seconds nothing happens. */
  g_ptr_array_set_size (f->desk.server.sockets, 0);
  wn_desk_do_action (&f->desk, "Reconnect now");
  wn_host_run_dry ();
  g_assert_cmpuint (f->desk.server.sockets->len, ==, 0);
}

static gboolean
tells_reason (gpointer data)
{
  const char *text = wn_host_get_progress ();

  return text != NULL
         && g_regex_match_simple ("^Reconnecting at \\d\\d:\\d\\d:\\d\\d "
                                  "\\(attempt 2\\): connection refused$",
                                  text,
                                  0,
                                  0);
}

/* "Connecting", and within a moment why not, and when it is tried again. */
static void
test_server_down (Fixture *f, gconstpointer data)
{
  wn_push_server_vanish (&f->desk.server);
  purple_account_set_int (f->desk.account, "reconnect_delay", 5);
  purple_account_set_enabled (f->desk.account, purple_core_get_ui (), TRUE);
  purple_account_connect (f->desk.account);
  wn_host_run_until (tells_reason, NULL);
  g_assert_cmpuint (wn_host_get_n_progress (), ==, 2);
  g_assert_false (purple_account_is_connected (f->desk.account));
}

#define ADD(name, func)                                                        \
  g_test_add ("/reconnect/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  wn_host_start ("headless", WN_MODULE_DIR);
  ADD ("another server is taken, each time", test_other_server);
  ADD ("other contacts are taken", test_other_contacts);
  ADD ("a wrong setting is the account's error", test_wrong_setting);
  ADD ("where nothing has changed, once in ten seconds", test_nothing_changed);
  ADD ("a first sign-on says at once why not", test_server_down);
  result = g_test_run ();
  wn_host_stop ();
  return result;
}
