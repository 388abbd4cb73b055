/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The built module keeps BitlBee's main loop turning while anything is
 * pending, and lets it sleep otherwise. In other hosts it never does.
 */

#include <string.h>

#include <glib/gstdio.h>

#include "support/headless-host.h"
#include "support/login.h"
#include "support/raw-server.h"

#define EXPORT_FRAME                                                           \
  "{\"type\":\"App\\\\Notifications\\\\ExportReady\",\"title\":\"Ready\","     \
  "\"filename\":\"orders.csv\"}"

typedef struct
{
  WnRawServer *server; /* (owned) */
  WnRawServer *files;  /* (owned): where the exports are */
  PurpleAccount *account;
} Fixture;

static const WnRawScript silent = { 0 };
static const WnRawScript upgrades = { .answer = WN_UPGRADE };
static const WnRawScript has_size
    = { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n"
                  "Connection: close\r\n\r\n",
        .hangs_up = TRUE };

static void
assert_ticks (gboolean ticks)
{
  gboolean is_bitlbee = g_str_equal (purple_core_get_ui (), "BitlBee");

  g_assert_cmpuint (wn_host_count_timers ("webnotify tick"),
                    ==,
                    ticks && is_bitlbee ? 1 : 0);
}

static PurpleAccount *
add_account (const char *username, WnRawServer *server, WnRawServer *files)
{
  PurpleAccount *account
      = wn_login_new_at (username, wn_raw_server_get_port (server));
  g_autofree char *download_url
      = g_strdup_printf ("http://127.0.0.1:%u/{filename}",
                         wn_raw_server_get_port (files));

  purple_account_set_string (account, "download_url", download_url);
  purple_account_set_int (account, "reconnect_delay", 3600);
  return account;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = wn_raw_server_new (&silent);
  fixture->files = wn_raw_server_new (&silent);
  fixture->account = add_account ("1001@jd-shop/production",
                                  fixture->server,
                                  fixture->files);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  wn_login_sign_off (fixture->account);
  wn_host_run_dry ();
  assert_ticks (FALSE);
  purple_accounts_delete (fixture->account);
  wn_raw_server_free (fixture->server);
  wn_raw_server_free (fixture->files);
  wn_host_run_dry ();
  wn_host_forget ();
}

static gboolean
is_asked (gpointer data)
{
  return wn_raw_server_get_request (data) != NULL;
}

static void
test_connecting (Fixture *fixture, gconstpointer data)
{
  assert_ticks (FALSE);
  wn_login_sign_on (fixture->account);
  assert_ticks (TRUE);
  wn_host_run_until (is_asked, fixture->server);
  assert_ticks (TRUE);
  wn_raw_server_set_script (fixture->server, &upgrades);
  purple_account_disconnect (fixture->account);
  assert_ticks (FALSE);
  wn_login_sign_on (fixture->account);
  wn_host_run_until (wn_login_is_connected, fixture->account);
  assert_ticks (FALSE);
  wn_raw_server_hang_up (fixture->server);
  wn_host_run_until (wn_login_is_away, fixture->account);
  assert_ticks (FALSE);
}

static void
test_two_accounts (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WnRawServer) server = wn_raw_server_new (&silent);
  PurpleAccount *other
      = add_account ("1002@jd-shop/production", server, fixture->files);

  wn_login_sign_on (fixture->account);
  wn_login_sign_on (other);
  assert_ticks (TRUE);
  purple_account_disconnect (fixture->account);
  assert_ticks (TRUE);
  wn_login_sign_off (other);
  assert_ticks (FALSE);
  purple_accounts_delete (other);
}

/* Brings an export up to its offer. */
static PurpleXfer *
offer (Fixture *fixture)
{
  wn_raw_server_set_script (fixture->server, &upgrades);
  wn_raw_server_set_script (fixture->files, &has_size);
  wn_login_sign_on (fixture->account);
  wn_host_run_until (wn_login_is_connected, fixture->account);
  wn_raw_server_send_frame (fixture->server,
                            0x81,
                            EXPORT_FRAME,
                            strlen (EXPORT_FRAME));
  wn_host_run_until (wn_host_has_request, NULL);
  return purple_xfers_get_all ()->data;
}

/* Only BitlBee asks. */
static void
test_size (Fixture *fixture, gconstpointer data)
{
  if (!g_str_equal (purple_core_get_ui (), "BitlBee"))
    return;
  wn_raw_server_set_script (fixture->server, &upgrades);
  wn_login_sign_on (fixture->account);
  wn_host_run_until (wn_login_is_connected, fixture->account);
  wn_raw_server_send_frame (fixture->server,
                            0x81,
                            EXPORT_FRAME,
                            strlen (EXPORT_FRAME));
  wn_host_run_until (is_asked, fixture->files);
  assert_ticks (TRUE);
}

static void
test_download (Fixture *fixture, gconstpointer data)
{
  PurpleXfer *xfer = offer (fixture);
  g_autofree char *path
      = g_build_filename (g_get_tmp_dir (), "wn-tick-XXXXXX", NULL);

  assert_ticks (FALSE);
  g_close (g_mkstemp (path), NULL);
  wn_raw_server_set_script (fixture->files, &silent);
  purple_xfer_request_accepted (xfer, path);
  wn_host_run_until (is_asked, fixture->files);
  assert_ticks (TRUE);
  purple_xfer_cancel_local (xfer);
  assert_ticks (FALSE);
  g_unlink (path);
}

static gboolean
is_first_asked (gpointer server)
{
  return wn_raw_server_get_n_connections (server) == 1 && is_asked (server);
}

static gboolean
is_second_asked (gpointer server)
{
  return wn_raw_server_get_n_connections (server) == 2 && is_asked (server);
}

/* A Gotify's applications, whose names nobody tells. */
static void
test_question (Fixture *fixture, gconstpointer data)
{
  PurpleAccount *account = purple_account_new ("me@a.example", "prpl-gotify");
  g_autofree char *url
      = g_strdup_printf ("ws://127.0.0.1:%u/",
                         wn_raw_server_get_port (fixture->server));

  purple_account_set_string (account, "server", url);
  purple_account_set_string (account, "replay", "off");
  purple_accounts_add (account);
  wn_raw_server_set_script (fixture->server, &upgrades);
  wn_login_sign_on (account);
  wn_host_run_until (is_first_asked, fixture->server);
  wn_raw_server_set_script (fixture->server, &silent);
  wn_host_run_until (is_second_asked, fixture->server);
  g_assert_true (purple_account_is_connected (account));
  assert_ticks (TRUE);
  purple_account_set_enabled (account, purple_core_get_ui (), FALSE);
  assert_ticks (FALSE);
  purple_accounts_delete (account);
}

#define TEST(name, func)                                                       \
  g_test_add (name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  wn_host_start (argc > 1 ? argv[1] : "BitlBee", WN_MODULE_DIR);
  TEST ("/tick/while connecting, and not while connected or waiting",
        test_connecting);
  TEST ("/tick/one for all accounts", test_two_accounts);
  TEST ("/tick/while an export's size is asked for", test_size);
  TEST ("/tick/while an export is downloaded, and not while it is offered",
        test_download);
  TEST ("/tick/while a question is open", test_question);
  result = g_test_run ();
  wn_host_stop ();
  return result;
}
