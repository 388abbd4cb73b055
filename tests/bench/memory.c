/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What an account more costs, at 1, 100 and 1,000 in one process that have
 * signed on over two seconds: heap in use, resident memory and the processor
 * time of the sign-on, beside a bare libsoup WebSocket for each (with its
 * session, and with that let go after the upgrade), and beside what libpurple
 * takes for an account with its contact that never signs on. How they grow with
 * the number of accounts is the exponent at the end: 1 is in proportion.
 *
 *   memory [ROUNDS [ACCOUNTS]]      (default: 5, these three numbers)
 *
 * Of 5,000 accounts a round takes minutes, with bare libsoup as well: each turn
 * of the main loop polls all their sockets.
 *
 * GLib's slices hide what is in use: to be run with G_SLICE=always-malloc, as
 * meson does.
 */

#include <malloc.h>
#include <math.h>
#include <stdio.h>

#include "bench/bench.h"
#include "bench/stream-server.h"
#include "support/descriptors.h"
#include "support/resident.h"

#define SPREAD_US (2 * G_TIME_SPAN_SECOND)

enum
{
  HEAP,
  RESIDENT,
  CPU,
  N_VALUES,
};

typedef struct
{
  guint n;
  guint port;
} Job;

static const guint counts[] = { 1, 100, 1000 };

static double
get_heap_kb (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return (double) (info.uordblks + info.hblkhd) / 1024;
}

static void
take (double *values)
{
  values[HEAP] = get_heap_kb ();
  values[RESIDENT] = (double) wn_resident_get_kib ();
  values[CPU] = (double) wn_bench_get_cpu_us ();
}

static void
take_difference (double *values, const double *before, guint n)
{
  double now[N_VALUES];

  take (now);
  for (guint v = 0; v < N_VALUES; v++)
    values[v] = (now[v] - before[v]) / n;
}

static gboolean
on_time_passed (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
run_for (guint ms)
{
  gboolean has_passed = FALSE;

  g_timeout_add (ms, on_time_passed, &has_passed);
  while (!has_passed)
    g_main_context_iteration (NULL, TRUE);
}

static char *
dup_url (const Job *job)
{
  return g_strdup_printf ("ws://127.0.0.1:%u/?n=0", job->port);
}

static void
run_spread (guint i, guint n)
{
  if (i % 10 == 9)
    run_for ((guint) (SPREAD_US / 1000 * 10 / n));
}

static void
measure_bare (double *values, gconstpointer data)
{
  const Job *job = data;
  g_autofree char *url = dup_url (job);
  double before[N_VALUES];

  wn_bare_connect (url, NULL, NULL);
  run_for (100);
  take (before);
  for (guint i = 0; i < job->n; i++)
    {
      wn_bare_connect (url, NULL, NULL);
      run_spread (i, job->n);
    }
  run_for (200);
  take_difference (values, before, job->n);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  SoupWebsocketConnection **socket = user_data;

  *socket = soup_session_websocket_connect_finish (SOUP_SESSION (source),
                                                   result,
                                                   &error);
  g_assert_no_error (error);
}

/* As most people would write it: the session stays. */
static void
connect_with_session (const char *url)
{
  SoupSession *session = soup_session_new ();
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, url);
  SoupWebsocketConnection *socket = NULL;

  soup_session_websocket_connect_async (session,
                                        message,
                                        NULL,
                                        NULL,
                                        G_PRIORITY_DEFAULT,
                                        NULL,
                                        on_connected,
                                        &socket);
  while (socket == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
measure_bare_session (double *values, gconstpointer data)
{
  const Job *job = data;
  g_autofree char *url = dup_url (job);
  double before[N_VALUES];

  connect_with_session (url);
  run_for (100);
  take (before);
  for (guint i = 0; i < job->n; i++)
    {
      connect_with_session (url);
      run_spread (i, job->n);
    }
  run_for (200);
  take_difference (values, before, job->n);
}

static void
add_account (const char *uid)
{
  g_autofree char *name = g_strdup_printf ("%s@jd-shop/production", uid);
  PurpleAccount *account = purple_account_new (name, "prpl-webnotify");
  PurpleGroup *group = purple_find_group ("Notifications");

  purple_accounts_add (account);
  purple_account_set_string (account, "server", "ws://127.0.0.1:1/");
  if (group == NULL)
    group = purple_group_new ("Notifications");
  purple_blist_add_buddy (purple_buddy_new (account, "jd-shop", NULL),
                          NULL,
                          group,
                          NULL);
}

static void
measure_libpurple (double *values, gconstpointer data)
{
  const Job *job = data;
  double before[N_VALUES];

  wn_bench_host_start (FALSE);
  add_account ("first");
  run_for (100);
  take (before);
  for (guint i = 0; i < job->n; i++)
    {
      g_autofree char *uid = g_strdup_printf ("%u", i);

      add_account (uid);
    }
  run_for (200);
  take_difference (values, before, job->n);
}

static void
measure_plugin (double *values, gconstpointer data)
{
  const Job *job = data;
  g_autofree char *url = dup_url (job);
  double before[N_VALUES];

  wn_bench_host_start (FALSE);
  wn_bench_host_sign_on ("first", url);
  run_for (100);
  take (before);
  for (guint i = 0; i < job->n; i++)
    {
      g_autofree char *uid = g_strdup_printf ("%u", i);

      wn_bench_host_sign_on (uid, url);
      run_spread (i, job->n);
    }
  run_for (200);
  take_difference (values, before, job->n);
}

enum
{
  BARE_SESSION,
  BARE,
  LIBPURPLE,
  PLUGIN,
  N_KINDS,
};

static const struct
{
  const char *name;
  WnBenchFunc measure;
} kinds[N_KINDS] = {
  [BARE_SESSION] = { "bare libsoup", measure_bare_session },
  [BARE] = { "its session let go", measure_bare },
  [LIBPURPLE] = { "libpurple's share", measure_libpurple },
  [PLUGIN] = { "plugin, all", measure_plugin },
};

typedef double Figures[WN_BENCH_MAX_ROUNDS][N_KINDS][WN_BENCH_MAX_VALUES];

/* Returns: the median */
static double
print_figure (const char *name,
              Figures *figures,
              guint n_rounds,
              guint kind,
              guint value)
{
  double sorted[WN_BENCH_MAX_ROUNDS];
  double middle;

  for (guint i = 0; i < n_rounds; i++)
    sorted[i] = (*figures)[i][kind][value];
  middle = wn_bench_sort (sorted, n_rounds);
  printf ("  %s %6.1f (%.1f-%.1f)",
          name,
          middle,
          sorted[0],
          sorted[n_rounds - 1]);
  return middle;
}

/* What an account takes beside a bare libsoup client and libpurple's share; and
 * what is ours, beside what is libsoup's alone.
 */
static void
print_ratios (const char *name, Figures *figures, guint n_rounds, guint bare)
{
  g_autofree char *all_name = g_strdup_printf ("all / %s + libpurple's", name);
  g_autofree char *our_name = g_strdup_printf ("ours / %s", name);
  double all[WN_BENCH_MAX_ROUNDS];
  double ours[WN_BENCH_MAX_ROUNDS];

  for (guint i = 0; i < n_rounds; i++)
    {
      const double (*kinds_of)[WN_BENCH_MAX_VALUES] = (*figures)[i];
      double plugin = kinds_of[PLUGIN][HEAP];
      double libpurple = kinds_of[LIBPURPLE][HEAP];

      all[i] = plugin / (kinds_of[bare][HEAP] + libpurple);
      ours[i] = (plugin - libpurple) / kinds_of[bare][HEAP];
    }
  wn_bench_print (all_name, all, n_rounds);
  wn_bench_print (our_name, ours, n_rounds);
}

static void
measure_count (const Job *job, guint n_rounds, double *plugin)
{
  static Figures figures;

  for (guint i = 0; i < n_rounds; i++)
    for (guint k = 0; k < N_KINDS; k++)
      wn_bench_apart (kinds[k].measure, figures[i][k], job);
  printf ("%u accounts more, %u rounds, for each\n", job->n, n_rounds);
  for (guint k = 0; k < N_KINDS; k++)
    {
      double medians[N_VALUES];

      printf ("  %-18s", kinds[k].name);
      medians[HEAP] = print_figure ("heap kB", &figures, n_rounds, k, HEAP);
      medians[RESIDENT]
          = print_figure ("resident kB", &figures, n_rounds, k, RESIDENT);
      medians[CPU] = print_figure ("cpu us", &figures, n_rounds, k, CPU);
      printf ("\n");
      if (k == PLUGIN)
        memcpy (plugin, medians, sizeof medians);
    }
  print_ratios (kinds[BARE_SESSION].name, &figures, n_rounds, BARE_SESSION);
  print_ratios (kinds[BARE].name, &figures, n_rounds, BARE);
  fflush (stdout);
}

static double
get_exponent (const double *first, const double *last, double factor, guint v)
{
  return 1 + log (last[v] / first[v]) / log (factor);
}

/* From @counts[1] on: of one account more, every page counts. */
static void
measure_growth (guint port, guint n_rounds)
{
  double costs[G_N_ELEMENTS (counts)][N_VALUES];
  guint last = G_N_ELEMENTS (counts) - 1;
  double factor = (double) counts[last] / counts[1];

  for (guint i = 0; i <= last; i++)
    measure_count (&(Job){ counts[i], port }, n_rounds, costs[i]);
  printf ("from %u to %u accounts all heap grows with the power %.2f, all "
          "processor time with %.2f\n",
          counts[1],
          counts[last],
          get_exponent (costs[1], costs[last], factor, HEAP),
          get_exponent (costs[1], costs[last], factor, CPU));
}

int
main (int argc, char **argv)
{
  guint n_rounds = wn_bench_get_rounds (argc, argv, 5);
  WnStreamServer server;

  wn_descriptors_allow (0);
  wn_stream_server_start (&server);
  if (argc > 2)
    {
      guint n = (guint) g_ascii_strtoull (argv[2], NULL, 10);
      double costs[N_VALUES];

      measure_count (&(Job){ n, server.port }, n_rounds, costs);
    }
  else
    measure_growth (server.port, n_rounds);
  wn_stream_server_stop (&server);
  return 0;
}
