/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The same frames into a page in a headless Chromium (bench/page.html), which
 * parses them, or shows them too, and from the socket to the IM in the headless
 * host. Figures are the time and the processor time for one message; of
 * Chromium, that of all its processes. Says so where there is no Chromium.
 *
 *   browser BROWSER [ROUNDS]      (default: 5)
 *
 * BROWSER: tests/bench/browser
 */

#include <stdio.h>

#include "bench/bench.h"
#include "bench/stream-server.h"

typedef struct
{
  const char *name;
  const char *bodies; /* see wn_bodies_make_set() */
  gsize size;         /* of a body, in bytes */
  guint n;
} Load;

/* Fewer than the plugin could take: a page with more toasts stands still. */
static const Load loads[] = {
  { "the samples", "samples", 0, 3000 },
  { "tagged, 200 B", "tagged", 200, 3000 },
  { "tagged, 2 KiB", "tagged", 2048, 1000 },
  { "tagged, 64 KiB", "tagged", 65536, 50 },
};

enum
{
  WALL,
  CPU,
};

enum
{
  PARSES,
  SHOWS,
  PLUGIN,
  N_KINDS,
};

typedef struct
{
  const Load *load;
  const char *browser;
  guint port;
} Job;

typedef double Series[WN_BENCH_MAX_ROUNDS][N_KINDS][WN_BENCH_MAX_VALUES];

static char *
dup_url (const Job *job)
{
  return g_strdup_printf ("ws://127.0.0.1:%u/?n=%u&size=%" G_GSIZE_FORMAT
                          "&bodies=%s",
                          job->port,
                          job->load->n,
                          job->load->size,
                          job->load->bodies);
}

static gboolean
measure_browser (double *values, const Job *job, gboolean shows)
{
  g_autofree char *url = dup_url (job);
  g_autofree char *n = g_strdup_printf ("%u", job->load->n);
  const char *argv[]
      = { job->browser, "frames", url, n, shows ? "1" : "0", NULL };

  return wn_bench_ask (argv, values);
}

static void
measure_plugin (double *values, gconstpointer data)
{
  const Job *job = data;
  g_autofree char *url = dup_url (job);
  PurpleAccount *account;
  gint64 start_us, start_cpu_us;

  wn_bench_host_start (FALSE);
  account = wn_bench_host_sign_on ("1001", url);
  start_us = g_get_monotonic_time ();
  start_cpu_us = wn_bench_get_cpu_us ();
  while (wn_bench_host_get_n_ims () < job->load->n)
    g_main_context_iteration (NULL, TRUE);
  values[WALL] = (double) (g_get_monotonic_time () - start_us) / job->load->n;
  values[CPU] = (double) (wn_bench_get_cpu_us () - start_cpu_us) / job->load->n;
  wn_bench_host_sign_off (account);
}

static void
print_figures (Series *series, guint n_rounds, guint kind, const char *name)
{
  for (guint v = WALL; v <= CPU; v++)
    {
      g_autofree char *title
          = g_strdup_printf ("%s, %s", name, v == WALL ? "us" : "processor us");
      double sorted[WN_BENCH_MAX_ROUNDS];

      for (guint i = 0; i < n_rounds; i++)
        sorted[i] = (*series)[i][kind][v];
      wn_bench_print (title, sorted, n_rounds);
    }
}

static void
print_ratio (Series *series, guint n_rounds, guint kind, const char *name)
{
  double sorted[WN_BENCH_MAX_ROUNDS];

  for (guint i = 0; i < n_rounds; i++)
    sorted[i] = (*series)[i][kind][WALL] / (*series)[i][PLUGIN][WALL];
  wn_bench_print (name, sorted, n_rounds);
}

/* Returns: whether there is a browser */
static gboolean
measure_load (const Job *job, guint n_rounds)
{
  static Series series;

  for (guint i = 0; i < n_rounds; i++)
    {
      if (!measure_browser (series[i][PARSES], job, FALSE)
          || !measure_browser (series[i][SHOWS], job, TRUE))
        return FALSE;
      wn_bench_apart (measure_plugin, series[i][PLUGIN], job);
    }
  printf ("%s: %u of them, %u rounds\n",
          job->load->name,
          job->load->n,
          n_rounds);
  print_ratio (&series, n_rounds, PARSES, "page that parses / plugin");
  print_ratio (&series, n_rounds, SHOWS, "page that shows / plugin");
  print_figures (&series, n_rounds, PARSES, "page that parses");
  print_figures (&series, n_rounds, SHOWS, "page that shows");
  print_figures (&series, n_rounds, PLUGIN, "plugin");
  return TRUE;
}

int
main (int argc, char **argv)
{
  guint n_rounds = wn_bench_get_rounds (argc - 1, argv + 1, 5);
  WnStreamServer server;

  g_assert_cmpint (argc, >, 1);
  wn_stream_server_start (&server);
  for (guint i = 0; i < G_N_ELEMENTS (loads); i++)
    if (!measure_load (&(Job){ &loads[i], argv[1], server.port }, n_rounds))
      {
        printf ("no chromium: skipped\n");
        break;
      }
  wn_stream_server_stop (&server);
  return 0;
}
