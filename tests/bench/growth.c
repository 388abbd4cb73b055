/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How the cost of a notification grows with how many came before it, and with
 * its size: from the socket to the IM in the headless host, logging off. The
 * exponents are of all the processor time: 1 is in proportion. Memory is what
 * the last nine tenths of the history have left on the heap; libpurple keeps
 * every message of an open conversation, which is no part of the last figure.
 *
 *   growth [ROUNDS]      (default: 5)
 *
 * To be run with G_SLICE=always-malloc, as meson does.
 */

#include <malloc.h>
#include <math.h>
#include <stdio.h>

#include "bench/bench.h"
#include "bench/stream-server.h"

#define SIZE 300

/* The last of each is the end of the process that measures them all. */
static const guint histories[] = { 1000, 10000, 100000 };
static const guint sizes[] = { 512, 4096, 32768, 262144, 2097152 };
/* In all for each size */
#define SIZE_BYTES (24 * 1024 * 1024)

G_STATIC_ASSERT (G_N_ELEMENTS (sizes) <= WN_BENCH_MAX_VALUES);

typedef struct
{
  guint port;
  guint size;
} Job;

static void
run_to (guint n)
{
  while (wn_bench_host_get_n_ims () < n)
    g_main_context_iteration (NULL, TRUE);
}

static double
get_heap_kb (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return (double) (info.uordblks + info.hblkhd) / 1024;
}

static PurpleAccount *
sign_on (const Job *job, guint n)
{
  g_autofree char *url = g_strdup_printf ("ws://127.0.0.1:%u/?n=%u&size=%u"
                                          "&bodies=tagged",
                                          job->port,
                                          n,
                                          job->size);

  wn_bench_host_start (FALSE);
  return wn_bench_host_sign_on ("1001", url);
}

static void
forget_conversations (void)
{
  for (GList *item = purple_get_conversations (); item; item = item->next)
    purple_conversation_clear_message_history (item->data);
}

/* The time for each history, and then the heap that the longest added, with and
 * without what libpurple keeps.
 */
static void
measure_history (double *values, gconstpointer data)
{
  const guint n = G_N_ELEMENTS (histories);
  PurpleAccount *account = sign_on (data, histories[n - 1]);
  gint64 start_us = wn_bench_get_cpu_us ();
  double before_kb = 0;

  for (guint i = 0; i < n; i++)
    {
      if (i == n - 1)
        forget_conversations ();
      before_kb = get_heap_kb ();
      run_to (histories[i]);
      values[i] = (double) (wn_bench_get_cpu_us () - start_us);
    }
  values[n] = get_heap_kb () - before_kb;
  forget_conversations ();
  values[n + 1] = get_heap_kb () - before_kb;
  wn_bench_host_sign_off (account);
}

static void
measure_size (double *values, gconstpointer data)
{
  const Job *job = data;
  guint n = SIZE_BYTES / job->size;
  PurpleAccount *account = sign_on (job, n);
  gint64 start_us = wn_bench_get_cpu_us ();

  run_to (n);
  values[0] = (double) (wn_bench_get_cpu_us () - start_us) / n;
  wn_bench_host_sign_off (account);
}

/* Returns: the slope of a straight line through the logarithms */
static double
fit_exponent (const guint *x, const double *y, guint n)
{
  double sum_x = 0, sum_y = 0, sum_xx = 0, sum_xy = 0;

  for (guint i = 0; i < n; i++)
    {
      double log_x = log (x[i]);
      double log_y = log (y[i]);

      sum_x += log_x;
      sum_y += log_y;
      sum_xx += log_x * log_x;
      sum_xy += log_x * log_y;
    }
  return (n * sum_xy - sum_x * sum_y) / (n * sum_xx - sum_x * sum_x);
}

static void
print_history (guint port, guint n_rounds)
{
  const guint n = G_N_ELEMENTS (histories);
  double exponents[WN_BENCH_MAX_ROUNDS];
  double heaps[2][WN_BENCH_MAX_ROUNDS];
  double times[G_N_ELEMENTS (histories)][WN_BENCH_MAX_ROUNDS];

  for (guint i = 0; i < n_rounds; i++)
    {
      double values[WN_BENCH_MAX_VALUES];

      wn_bench_apart (measure_history, values, &(Job){ port, SIZE });
      exponents[i] = fit_exponent (histories, values, n);
      heaps[0][i] = values[n];
      heaps[1][i] = values[n + 1];
      for (guint k = 0; k < n; k++)
        times[k][i] = values[k] / histories[k];
    }
  printf ("notifications of %u bytes, one after the other, %u rounds\n",
          SIZE,
          n_rounds);
  wn_bench_print ("exponent with their number", exponents, n_rounds);
  for (guint k = 0; k < n; k++)
    {
      g_autofree char *title
          = g_strdup_printf ("%u, processor us for each", histories[k]);

      wn_bench_print (title, times[k], n_rounds);
    }
  wn_bench_print ("heap of the last nine tenths, kB", heaps[0], n_rounds);
  wn_bench_print ("without libpurple's, kB", heaps[1], n_rounds);
}

static void
print_sizes (guint port, guint n_rounds)
{
  const guint n = G_N_ELEMENTS (sizes);
  double exponents[WN_BENCH_MAX_ROUNDS];
  double times[G_N_ELEMENTS (sizes)][WN_BENCH_MAX_ROUNDS];

  for (guint i = 0; i < n_rounds; i++)
    {
      double costs[G_N_ELEMENTS (sizes)];

      for (guint k = 0; k < n; k++)
        {
          double values[WN_BENCH_MAX_VALUES];

          wn_bench_apart (measure_size, values, &(Job){ port, sizes[k] });
          costs[k] = times[k][i] = values[0];
        }
      exponents[i] = fit_exponent (sizes, costs, n);
    }
  printf ("notifications of any size, %u rounds\n", n_rounds);
  wn_bench_print ("exponent with their size", exponents, n_rounds);
  for (guint k = 0; k < n; k++)
    {
      g_autofree char *title
          = g_strdup_printf ("of %u bytes, processor us for each", sizes[k]);

      wn_bench_print (title, times[k], n_rounds);
    }
}

int
main (int argc, char **argv)
{
  guint n_rounds = wn_bench_get_rounds (argc, argv, 5);
  WnStreamServer server;

  wn_stream_server_start (&server);
  print_history (server.port, n_rounds);
  print_sizes (server.port, n_rounds);
  wn_stream_server_stop (&server);
  return 0;
}
