/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From the server's write to the IM: one notification in ten milliseconds, and
 * a thousand in a second, with the samples' bodies. The time is in the
 * notification. Beside
 *
 *   bare       a libsoup client that looks at its clock when a message comes
 *   libraries  the same, which gives the frame to json-glib, its body to
 *              libxml2, and both title and body, as they are, to serv_got_im()
 *
 *   latency [ROUNDS]      (default: 5)
 */

#include <stdio.h>

#include "bench/bench.h"
#include "bench/libraries.h"
#include "bench/stream-server.h"

#define N_DIGITS 12
#define BODIES "bodies=samples"

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
  return g_strdup_printf ("ws://127.0.0.1:%u/?n=%u&rate=%u&" BODIES,
                          job->port,
                          job->n,
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
on_libraries_text (const char *text, gsize length, gpointer user_data)
{
  g_autoptr (JsonParser) parser = wn_libraries_parse_json (text, length);
  JsonObject *object = json_node_get_object (json_parser_get_root (parser));
  const char *title = json_object_get_string_member (object, "title");
  const char *html = json_object_get_string_member (object, "content");
  g_autofree char *both = g_strconcat (title, "<br>", html, NULL);

  wn_libraries_parse_html (html);
  serv_got_im (user_data, "jd-shop", both, PURPLE_MESSAGE_RECV, time (NULL));
}

static void
measure_libraries (double *values, gconstpointer data)
{
  const Job *job = data;
  g_autofree char *url = start (job);
  g_autofree char *silent
      = g_strdup_printf ("ws://127.0.0.1:%u/?n=0", job->port);
  SoupWebsocketConnection *socket;
  PurpleAccount *account;

  wn_bench_host_start (FALSE);
  wn_bench_host_set_func (on_im, NULL);
  account = wn_bench_host_sign_on ("1001", silent);
  socket = wn_bare_connect (url,
                            on_libraries_text,
                            purple_account_get_connection (account));
  finish (values, job);
  g_object_unref (socket);
  wn_bench_host_sign_off (account);
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

/* The table */

enum
{
  BARE,
  LIBRARIES,
  PLUGIN,
  N_KINDS,
};

static const struct
{
  const char *name;
  WnBenchFunc measure;
} kinds[N_KINDS] = {
  [BARE] = { "bare", measure_bare },
  [LIBRARIES] = { "libraries", measure_libraries },
  [PLUGIN] = { "plugin", measure_plugin },
};

typedef double Series[N_KINDS][WN_BENCH_MAX_ROUNDS][WN_BENCH_MAX_VALUES];

typedef double (*Compare) (double ours, double theirs);

static double
take_alone (double ours, double theirs)
{
  return ours;
}

static double
divide (double ours, double theirs)
{
  return ours / theirs;
}

static double
subtract (double ours, double theirs)
{
  return ours - theirs;
}

static void
print (const char *name,
       Series *series,
       guint n_rounds,
       int kind,
       Compare compare,
       int peer)
{
  printf ("  %-18s", name);
  for (guint v = P50; v <= P99; v++)
    {
      double sorted[WN_BENCH_MAX_ROUNDS];
      double middle;

      for (guint i = 0; i < n_rounds; i++)
        sorted[i] = compare ((*series)[kind][i][v], (*series)[peer][i][v]);
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
  Series series;

  for (guint i = 0; i < n_rounds; i++)
    for (guint k = 0; k < N_KINDS; k++)
      wn_bench_apart (kinds[k].measure, series[k][i], &job);
  printf ("%u notifications a second, %u of them, %u rounds, microseconds\n",
          rate,
          n,
          n_rounds);
  for (int k = 0; k < N_KINDS; k++)
    print (kinds[k].name, &series, n_rounds, k, take_alone, k);
  print ("plugin - bare", &series, n_rounds, PLUGIN, subtract, BARE);
  print ("plugin / bare", &series, n_rounds, PLUGIN, divide, BARE);
  print ("plugin / libraries", &series, n_rounds, PLUGIN, divide, LIBRARIES);
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
