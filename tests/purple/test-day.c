/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A day of the real module, in time that jumps: heartbeats all the while, and
 * a server that is gone for a moment every hour and for half an hour at night.
 * The argument is the seconds between heartbeats.
 */

#include <string.h>

#include <gio/gio.h>

#include "support/descriptors.h"
#include "support/fast-time.h"
#include "support/headless-host.h"
#include "support/login.h"
#include "support/raw-server.h"

#define FRAME_BYTES 16 /* of a heartCheck, masked */
#define N_HOURS 24
#define NIGHT_US (30 * G_TIME_SPAN_MINUTE)

static guint interval_s = 300;
static guint n_answered;
static guint n_heartbeats;

/* The server answers what has come since the last turn. */
static void
turn (WnRawServer *server)
{
  guint n = wn_raw_server_get_received (server)->len / FRAME_BYTES;

  g_main_context_iteration (NULL, TRUE);
  if (n < n_answered)
    n_answered = 0; /* another connection */
  for (; n_answered < n; n_answered++)
    {
      wn_raw_server_send_frame (server, 0x81, "{\"code\":2}", 10);
      n_heartbeats++;
    }
}

static void
run_until_status (WnRawServer *server, PurpleAccount *account, const char *id)
{
  while (!wn_login_has_status (account, id))
    turn (server);
}

static void
run_for (WnRawServer *server, gint64 span_us)
{
  gint64 end_us = g_get_monotonic_time () + span_us;

  while (g_get_monotonic_time () < end_us)
    turn (server);
}

static PurpleAccount *
sign_on (WnRawServer *server)
{
  PurpleAccount *account = wn_login_new_at ("7@jd-shop/production",
                                            wn_raw_server_get_port (server));

  purple_account_set_int (account, "heartbeat_interval", (int) interval_s);
  wn_login_sign_on (account);
  run_until_status (server, account, "available");
  return account;
}

static guint
count_gaps (void)
{
  GPtrArray *messages = wn_host_get_messages ();
  guint n = 0;

  for (guint i = 0; i < messages->len; i++)
    n += strstr (messages->pdata[i], "There was no connection") != NULL;
  return n;
}

static void
test_day (void)
{
  static const WnRawScript script = { .answer = WN_UPGRADE };
  WnRawServer *server = wn_raw_server_new (&script);
  PurpleAccount *account;
  guint n_descriptors, n_sources;

  wn_fast_time_start ();
  account = sign_on (server);
  run_for (server, G_TIME_SPAN_MINUTE);
  n_descriptors = wn_descriptors_count ();
  n_sources = wn_host_count_sources_since (1);
  for (guint hour = 0; hour < N_HOURS; hour++)
    {
      run_for (server, G_TIME_SPAN_HOUR - 5 * G_TIME_SPAN_MINUTE);
      wn_raw_server_hang_up (server);
      run_until_status (server, account, "away");
      if (hour == 3)
        {
          wn_raw_server_set_listening (server, FALSE);
          run_for (server, NIGHT_US);
          wn_raw_server_set_listening (server, TRUE);
        }
      run_until_status (server, account, "available");
      run_for (server, 5 * G_TIME_SPAN_MINUTE);
    }
  g_test_message ("%u heartbeats, %u connections, %u gaps told",
                  n_heartbeats,
                  wn_raw_server_get_n_connections (server),
                  count_gaps ());
  g_assert_cmpuint (wn_raw_server_get_n_connections (server), ==, N_HOURS + 1);
  g_assert_cmpuint (n_heartbeats,
                    >=,
                    N_HOURS * (3600 - 300) / (interval_s + 1) - 2 * N_HOURS);
  g_assert_cmpuint (n_heartbeats,
                    <=,
                    N_HOURS * 3600 / (interval_s - 1) + 2 * N_HOURS);
  /* The night's, and each loss long enough after the last heartbeat */
  g_assert_cmpuint (count_gaps (), >=, 1);
  g_assert_cmpuint (count_gaps (), <=, N_HOURS);
  g_assert_cmpuint (wn_descriptors_count (), <=, n_descriptors);
  g_assert_cmpuint (wn_host_count_sources_since (1), <=, n_sources);
  wn_fast_time_stop ();
  purple_accounts_delete (account);
  wn_raw_server_free (server);
  wn_host_run_dry ();
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  if (argc > 1)
    interval_s = (guint) g_ascii_strtoull (argv[1], NULL, 10);
  wn_host_start ("Pidgin", WN_MODULE_DIR);
  g_test_add_func ("/day/heartbeats, 24 losses and the gap at night", test_day);
  result = g_test_run ();
  wn_host_stop ();
  return result;
}
