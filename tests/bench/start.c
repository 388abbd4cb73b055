/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From sign-on to connected, beside a bare libsoup client with a session of
 * its own; and how long the module takes to load.
 *
 *   start [ROUNDS]      (default: 5)
 */

#include <dlfcn.h>
#include <stdio.h>

#include "bench/bench.h"
#include "bench/stream-server.h"
#include "support/headless-host.h"

#define N_TIMES 200

typedef struct
{
  guint port;
} Job;

static char *
dup_url (const Job *job)
{
  return g_strdup_printf ("ws://127.0.0.1:%u/?n=0", job->port);
}

static void
measure_bare (double *values, gconstpointer data)
{
  g_autofree char *url = dup_url (data);
  gint64 start_us;

  g_object_unref (wn_bare_connect (url, NULL, NULL));
  start_us = g_get_monotonic_time ();
  for (guint i = 0; i < N_TIMES; i++)
    g_object_unref (wn_bare_connect (url, NULL, NULL));
  values[0] = (double) (g_get_monotonic_time () - start_us) / N_TIMES;
}

/* Sign-off is not counted: a bare client has no such thing. */
static void
measure_plugin (double *values, gconstpointer data)
{
  g_autofree char *url = dup_url (data);
  PurpleAccount *account;
  gint64 sum_us = 0;

  wn_bench_host_start (FALSE);
  account = wn_bench_host_sign_on ("1001", url);
  for (guint i = 0; i < N_TIMES; i++)
    {
      gint64 start_us;

      purple_account_disconnect (account);
      wn_host_run_dry ();
      start_us = g_get_monotonic_time ();
      purple_account_connect (account);
      while (!purple_account_is_connected (account))
        g_main_context_iteration (NULL, TRUE);
      sum_us += g_get_monotonic_time () - start_us;
    }
  values[0] = (double) sum_us / N_TIMES;
  wn_bench_host_sign_off (account);
}

static void
measure_load (double *values, gconstpointer data)
{
  gint64 start_us = g_get_monotonic_time ();

  g_assert_nonnull (dlopen (WN_MODULE_DIR "/libwebnotify.so", RTLD_NOW));
  values[0] = (double) (g_get_monotonic_time () - start_us);
}

static double
print (const char *name, WnBenchFunc func, guint n_rounds, const Job *job)
{
  double figures[WN_BENCH_MAX_ROUNDS];
  double middle;

  for (guint i = 0; i < n_rounds; i++)
    {
      double values[WN_BENCH_MAX_VALUES];

      wn_bench_apart (func, values, job);
      figures[i] = values[0];
    }
  middle = wn_bench_sort (figures, n_rounds);
  printf ("%-24s %8.0f us (%.0f-%.0f)\n",
          name,
          middle,
          figures[0],
          figures[n_rounds - 1]);
  fflush (stdout);
  return middle;
}

int
main (int argc, char **argv)
{
  guint n_rounds = wn_bench_get_rounds (argc, argv, 5);
  WnStreamServer server;
  Job job;
  double bare;
  double plugin;

  wn_stream_server_start (&server);
  job.port = server.port;
  bare = print ("bare libsoup connects", measure_bare, n_rounds, &job);
  plugin = print ("an account signs on", measure_plugin, n_rounds, &job);
  wn_stream_server_stop (&server);
  printf ("plugin / bare: %.2f\n", plugin / bare);
  print ("the module is loaded", measure_load, n_rounds, &job);
  return 0;
}
