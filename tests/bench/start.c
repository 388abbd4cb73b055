/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From sign-on to connected, beside a bare libsoup client with a session of
 * its own; how long the module takes to load, in a process that has its
 * libraries, and how many relocations that is.
 *
 *   start [ROUNDS]      (default: 5)
 */

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
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

/* Of data and of functions: all are done at once (RTLD_NOW). */
static guint
count_relocations (void *module)
{
  struct link_map *map;
  guint64 n_bytes = 0;

  g_assert_cmpint (dlinfo (module, RTLD_DI_LINKMAP, &map), ==, 0);
  for (const ElfW (Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL; entry++)
    if (entry->d_tag == DT_RELASZ || entry->d_tag == DT_PLTRELSZ)
      n_bytes += entry->d_un.d_val;
  return (guint) (n_bytes / sizeof (ElfW (Rela)));
}

static void
measure_load (double *values, gconstpointer data)
{
  gint64 start_us = g_get_monotonic_time ();
  void *module = dlopen (WN_MODULE_DIR "/libwebnotify.so", RTLD_NOW);

  g_assert_nonnull (module);
  values[0] = (double) (g_get_monotonic_time () - start_us);
  values[1] = count_relocations (module);
}

enum
{
  BARE,
  PLUGIN,
  RATIO,
  LOAD,
  RELOCATIONS,
  N_FIGURES,
};

int
main (int argc, char **argv)
{
  guint n_rounds = wn_bench_get_rounds (argc, argv, 5);
  double figures[N_FIGURES][WN_BENCH_MAX_ROUNDS];
  WnStreamServer server;
  Job job;

  wn_stream_server_start (&server);
  job.port = server.port;
  for (guint i = 0; i < n_rounds; i++)
    {
      double values[WN_BENCH_MAX_VALUES];

      wn_bench_apart (measure_bare, values, &job);
      figures[BARE][i] = values[0];
      wn_bench_apart (measure_plugin, values, &job);
      figures[PLUGIN][i] = values[0];
      figures[RATIO][i] = values[0] / figures[BARE][i];
      wn_bench_apart (measure_load, values, &job);
      figures[LOAD][i] = values[0];
      figures[RELOCATIONS][i] = values[1];
    }
  wn_stream_server_stop (&server);
  printf ("from sign-on to connected, %u times, %u rounds\n",
          N_TIMES,
          n_rounds);
  wn_bench_print ("plugin / bare libsoup", figures[RATIO], n_rounds);
  wn_bench_print ("bare libsoup, us", figures[BARE], n_rounds);
  wn_bench_print ("plugin, us", figures[PLUGIN], n_rounds);
  wn_bench_print ("module loaded, us", figures[LOAD], n_rounds);
  wn_bench_print ("relocations of it", figures[RELOCATIONS], n_rounds);
  return 0;
}
