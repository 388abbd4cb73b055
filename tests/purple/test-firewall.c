/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A firewall that drops, rejects, resets or loses packets between the real
 * module and its server, in a network namespace of the test's own. Skipped
 * where none can be had.
 */

#include <sched.h>

#include <gio/gio.h>

#include "support/headless-host.h"
#include "support/login.h"
#include "support/raw-server.h"

typedef struct
{
  WnRawServer *server;
  PurpleAccount *account;
} Fixture;

static gboolean has_firewall;

static gboolean
run (const char *command)
{
  int status = -1;

  return g_spawn_command_line_sync (command, NULL, NULL, &status, NULL)
         && g_spawn_check_wait_status (status, NULL);
}

/* Before there is a second thread. */
static gboolean
enter_network (void)
{
  return unshare (CLONE_NEWNET) == 0 && run ("ip link set lo up")
         && run ("iptables -A INPUT -i lo -p tcp --dport 1 -m statistic"
                 " --mode random --probability 0.5 -j DROP")
         && run ("iptables -F");
}

static void
set_up (Fixture *f, gconstpointer data)
{
  static const WnRawScript script = { .answer = WN_UPGRADE };

  f->server = wn_raw_server_new (&script);
  f->account = wn_login_new_at ("7@jd-shop/production",
                                wn_raw_server_get_port (f->server));
  purple_account_set_int (f->account, "heartbeat_interval", 1);
  purple_account_set_int (f->account, "heartbeat_timeout", 1);
  purple_account_set_int (f->account, "reconnect_delay", 1);
  purple_account_set_int (f->account, "reconnect_delay_max", 1);
  wn_login_sign_on (f->account);
  wn_host_run_until (wn_login_is_available, f->account);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  run ("iptables -F");
  purple_accounts_delete (f->account);
  wn_raw_server_free (f->server);
  wn_host_run_dry ();
  wn_host_forget ();
}

/* The loss is seen, and made good once the rule has gone. */
static void
test_rule (Fixture *f, gconstpointer rule)
{
  g_autofree char *command
      = g_strdup_printf ("iptables -A INPUT -i lo -p tcp --dport %u %s",
                         wn_raw_server_get_port (f->server),
                         (const char *) rule);

  g_assert_true (run (command));
  wn_host_run_until (wn_login_is_away, f->account);
  g_assert_null (wn_host_get_error (NULL));
  g_assert_true (run ("iptables -F"));
  wn_host_run_until (wn_login_is_available, f->account);
  g_assert_null (wn_host_get_error (NULL));
}

static void
test_none (void)
{
  g_test_skip ("no network namespace, or no iptables");
}

static void
add (const char *path, const char *rule)
{
  if (has_firewall)
    g_test_add (path, Fixture, rule, set_up, test_rule, tear_down);
  else
    g_test_add_func (path, test_none);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  has_firewall = enter_network ();
  wn_host_start ("Pidgin", WN_MODULE_DIR);
  add ("/firewall/what is sent is dropped", "-j DROP");
  add ("/firewall/what is sent is reset", "-j REJECT --reject-with tcp-reset");
  add ("/firewall/what is sent is rejected",
       "-j REJECT --reject-with icmp-admin-prohibited");
  add ("/firewall/four of five packets are lost",
       "-m statistic --mode random --probability 0.8 -j DROP");
  result = g_test_run ();
  wn_host_stop ();
  return result;
}
