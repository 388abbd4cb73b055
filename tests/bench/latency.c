/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From the server's write to the IM, beside a bare libsoup client that looks
 * at its clock when the message is there: one notification in ten
 * milliseconds, and a thousand in a second. The time is in the notification.
 *
 *   latency [ROUNDS]      (default: 5)
 */

#include <stdio.h>
#include <stdlib.h>

#include "bench/bench.h"
#include "bench/stream-server.h"

#define N_DIGITS 12
#define SIZE 300

typedef struct
{
  guint rate; /* in a second */
  guint n;
  guint port;
} Job;

enum
{
  P50,
  P99,
};

static double *samples; /* (owned), in microseconds */
static guint n_samples;

/* After "Order ", in JSON as in HTML. */
static void
take_sample (const char *text)
{
  gint64 now_us = g_get_monotonic_time ();
  const char *at = strstr (text, "Order ");
  char digits[N_DIGITS + 1];

  g_assert_nonnull (at);
  g_strlcpy (digits, at + strlen ("Order "), sizeof digits);
  samples[n_samples++] = (double) (now_us - g_ascii_strtoll (digits, NULL, 10));
}

static void
on_bare_text (const char *text, gsize length, gpointer user_data)
{
  take_sample (text);
}

static void
on_im (const char *text, gpointer user_data)
{
  take_sample (text);
}

static char *
start (const Job *job)
{
  samples = g_new (double, job->n);
  n_samples = 0;
  return g_strdup_printf ("ws://127.0.0.1:%u/?n=%u&size=%u&rate=%u",
                          job->port,
                          job->n,
                          SIZE,
                          job->rate);
}

static void
finish (double *values, const Job *job)
{
  while (n_samples < job->n)
    g_main_context_iteration (NULL, TRUE);
  values[P50] = wn_bench_sort (samples, n_samples);
  values[P99] = samples[n_samples * 99 / 100];
}

static void
measure_bare (double *values, gconstpointer data)
{
  g_autofree char *url = start (data);
  SoupWebsocketConnection *socket = wn_bare_connect (url, on_bare_text, NULL);

  finish (values, data);
  g_object_unref (socket);
}

static void
measure_plugin (double *values, gconstpointer data)
{
  g_autofree char *url = start (data);
  PurpleAccount *account;

  wn_bench_host_start (FALSE);
  wn_bench_host_set_func (on_im, NULL);
  account = wn_bench_host_sign_on ("1001", url);
  finish (values, data);
  wn_bench_host_sign_off (account);
}

static void
print (const char *name, double values[][WN_BENCH_MAX_VALUES], guint n_rounds)
{
  printf ("  %-8s", name);
  for (guint v = P50; v <= P99; v++)
    {
      double sorted[WN_BENCH_MAX_ROUNDS];
      double middle;

      for (guint i = 0; i < n_rounds; i++)
        sorted[i] = values[i][v];
      middle = wn_bench_sort (sorted, n_rounds);
      printf ("  %s %7.2f (%.2f-%.2f)",
              v == P50 ? "p50" : "p99",
              middle,
              sorted[0],
              sorted[n_rounds - 1]);
    }
  printf ("\n");
}

static void
measure_rate (guint rate, guint n, guint n_rounds, guint port)
{
  Job job = { rate, n, port };
  double bare[WN_BENCH_MAX_ROUNDS][WN_BENCH_MAX_VALUES];
  double plugin[WN_BENCH_MAX_ROUNDS][WN_BENCH_MAX_VALUES];
  double ratio[WN_BENCH_MAX_ROUNDS][WN_BENCH_MAX_VALUES];

  for (guint i = 0; i < n_rounds; i++)
    {
      wn_bench_apart (measure_bare, bare[i], &job);
      wn_bench_apart (measure_plugin, plugin[i], &job);
      for (guint v = P50; v <= P99; v++)
        ratio[i][v] = plugin[i][v] / bare[i][v];
    }
  printf ("%u notifications a second, %u of them, %u rounds, microseconds\n",
          rate,
          n,
          n_rounds);
  print ("bare", bare, n_rounds);
  print ("plugin", plugin, n_rounds);
  print ("ratio", ratio, n_rounds);
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  guint n_rounds = wn_bench_get_rounds (argc, argv, 5);
  WnStreamServer server;

  wn_stream_server_start (&server);
  measure_rate (100, 200, n_rounds, server.port);
  measure_rate (1000, 3000, n_rounds, server.port);
  wn_stream_server_stop (&server);
  return 0;
}
