/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Leaks that are planted in a copy of the module are seen, one from
 * a call of libpurple's and one from the main loop: no suppression hides what
 * is ours. Only with AddressSanitizer.
 */

#include <stdlib.h>

#include <gio/gio.h>

#include "support/headless-host.h"
#include "support/raw-server.h"

#define TITLE "{\"title\":\"t\"}"

static gboolean
is_connected (gpointer account)
{
  return purple_account_is_connected (account);
}

static gboolean
has_message (gpointer data)
{
  return wn_host_get_messages ()->len > 0;
}

static void
live (const char *module_dir)
{
  static const WnRawScript script = { .answer = WN_RAW_UPGRADE };
  g_autoptr (WnRawServer) server = wn_raw_server_new (&script);
  g_autofree char *url
      = g_strdup_printf ("ws://127.0.0.1:%u/", wn_raw_server_get_port (server));
  PurpleAccount *account;

  wn_host_start ("Pidgin", module_dir);
  account = purple_account_new ("7@jd-shop/production", "prpl-webnotify");
  purple_account_set_string (account, "server", url);
  purple_accounts_add (account);
  purple_account_set_enabled (account, purple_core_get_ui (), TRUE);
  purple_account_connect (account);
  wn_host_run_until (is_connected, account);
  wn_raw_server_send_frame (server, 0x81, TITLE, sizeof TITLE - 1);
  wn_host_run_until (has_message, NULL);
  purple_accounts_delete (account);
  wn_host_run_dry ();
  wn_host_stop ();
}

/* The sanitizer looks for leaks when the process ends. */
static gboolean
run_in_child (const char *module_dir)
{
  if (g_test_subprocess ())
    {
      live (module_dir);
      exit (0);
    }
  g_setenv ("ASAN_OPTIONS", "detect_leaks=1:fast_unwind_on_malloc=0", TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  return g_test_trap_has_passed ();
}

static void
test_planted (void)
{
  g_assert_false (run_in_child (WN_LEAKY_DIR));
  g_test_trap_assert_stderr ("*leak of *wn_settings_new *wn_session_login *");
  g_test_trap_assert_stderr ("*leak of *wn_frame_parse *libglib-2.0.so*");
}

static void
test_none (void)
{
  g_assert_true (run_in_child (WN_MODULE_DIR));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/planted-leaks/both are seen", test_planted);
  g_test_add_func ("/planted-leaks/without them there is none", test_none);
  return g_test_run ();
}
