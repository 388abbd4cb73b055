/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Notifications from the socket to the IM, in the headless host, beside what
 * libsoup and libpurple alone take for the same bytes:
 *
 *   counter  a bare libsoup WebSocket client that counts frames
 *   json     the same, which parses each with json-glib and reads its title
 *   html     libxml2 alone, on the notification's body, into SAX handlers that
 *            do nothing
 *   im       serv_got_im() alone, with the text that the plugin makes
 *   plugin   the module: a frame comes, an IM goes into a conversation
 *
 * The floor is counter + im: what nobody can do without. The libraries are
 * json + html + im: what the libraries take that do the work. Each measurement
 * is a process of its own, and the rounds go through all of them in turn, so
 * that what disturbs the machine disturbs all. Figures are the time and the
 * processor time for one message.
 *
 *   throughput [ROUNDS]      (default: 5)
 */

#include <stdio.h>

#include "bench/bench.h"
#include "bench/libraries.h"
#include "bench/stream-server.h"
#include "core/dialect/dialect.h"
#include "support/instance.h"

typedef struct
{
  gsize size;
  guint n;
} Load;

typedef struct
{
  const Load *load;
  guint port;
} Job;

static const Load loads[]
    = { { 200, 200000 }, { 2048, 60000 }, { 65536, 3000 } };

/* What is measured: the time for one message, and the processor time. */
enum
{
  WALL,
  CPU,
};

typedef struct
{
  gint64 wall_us;
  gint64 cpu_us;
} Mark;

static Mark
mark_now (void)
{
  return (Mark){ g_get_monotonic_time (), wn_bench_get_cpu_us () };
}

static void
take (double *values, const Mark *start, guint n)
{
  Mark now = mark_now ();

  values[WALL] = (double) (now.wall_us - start->wall_us) / n;
  values[CPU] = (double) (now.cpu_us - start->cpu_us) / n;
}

static char *
dup_url (const Job *job, guint n)
{
  return g_strdup_printf ("ws://127.0.0.1:%u/?n=%u&size=%" G_GSIZE_FORMAT,
                          job->port,
                          n,
                          job->load->size);
}

/* The libraries */

static void
on_counted (const char *text, gsize length, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
on_parsed (const char *text, gsize length, gpointer user_data)
{
  g_object_unref (wn_libraries_parse_json (text, length));
  (*(guint *) user_data)++;
}

static void
get_frames (double *values, const Job *job, WnBareFunc func)
{
  g_autofree char *url = dup_url (job, job->load->n);
  guint n = 0;
  SoupWebsocketConnection *socket = wn_bare_connect (url, func, &n);
  Mark start = mark_now ();

  while (n < job->load->n)
    g_main_context_iteration (NULL, TRUE);
  take (values, &start, n);
  g_object_unref (socket);
}

static void
measure_counter (double *values, gconstpointer data)
{
  get_frames (values, data, on_counted);
}

static void
measure_json (double *values, gconstpointer data)
{
  get_frames (values, data, on_parsed);
}

static WnNotification *
make_notification (const Job *job)
{
  const WnDialect *dialect = &wn_dialect_back_office;
  g_autofree char *json = wn_stream_server_dup_frame (job->load->size);
  gpointer office
      = wn_instance_new (dialect, NULL, "1001", NULL, (char *) NULL);
  g_autoptr (WnFrame) frame
      = dialect->read (office, json, job->load->size, NULL);
  WnNotification *notification = g_ptr_array_index (frame->notifications, 0);

  dialect->free (office);
  return wn_notification_ref (notification);
}

static void
measure_html (double *values, gconstpointer data)
{
  const Job *job = data;
  g_autoptr (WnNotification) notification = make_notification (job);
  const char *html = notification->content;
  Mark start = mark_now ();

  for (guint i = 0; i < job->load->n; i++)
    wn_libraries_parse_html (html);
  take (values, &start, job->load->n);
}

/* libpurple */

static const WnNotificationView view
    = { .title_start = "<b>", .title_end = "</b>" };

static void
get_ims (double *values, const Job *job, gboolean logs)
{
  g_autofree char *url = dup_url (job, 0);
  g_autoptr (WnNotification) notification = make_notification (job);
  g_autofree char *html = wn_notification_to_html (notification, &view);
  PurpleAccount *account;
  PurpleConnection *gc;
  Mark start;

  wn_bench_host_start (logs);
  account = wn_bench_host_sign_on ("1001", url);
  gc = purple_account_get_connection (account);
  start = mark_now ();
  for (guint i = 0; i < job->load->n; i++)
    serv_got_im (gc, "jd-shop", html, PURPLE_MESSAGE_RECV, time (NULL));
  take (values, &start, job->load->n);
  wn_bench_host_sign_off (account);
}

static void
get_notifications (double *values, const Job *job, gboolean logs)
{
  g_autofree char *url = dup_url (job, job->load->n);
  PurpleAccount *account;
  Mark start;

  wn_bench_host_start (logs);
  account = wn_bench_host_sign_on ("1001", url);
  start = mark_now ();
  while (wn_bench_host_get_n_ims () < job->load->n)
    g_main_context_iteration (NULL, TRUE);
  take (values, &start, job->load->n);
  wn_bench_host_sign_off (account);
}

static void
measure_im (double *values, gconstpointer data)
{
  get_ims (values, data, FALSE);
}

static void
measure_im_logged (double *values, gconstpointer data)
{
  get_ims (values, data, TRUE);
}

static void
measure_plugin (double *values, gconstpointer data)
{
  get_notifications (values, data, FALSE);
}

static void
measure_plugin_logged (double *values, gconstpointer data)
{
  get_notifications (values, data, TRUE);
}

/* The table */

enum
{
  COUNTER,
  JSON,
  HTML,
  IM,
  PLUGIN,
  IM_LOGGED,
  PLUGIN_LOGGED,
  N_KINDS,
};

static const struct
{
  const char *name;
  WnBenchFunc measure;
} kinds[N_KINDS] = {
  [COUNTER] = { "counter", measure_counter },
  [JSON] = { "json", measure_json },
  [HTML] = { "html", measure_html },
  [IM] = { "im", measure_im },
  [PLUGIN] = { "plugin", measure_plugin },
  [IM_LOGGED] = { "im, logged", measure_im_logged },
  [PLUGIN_LOGGED] = { "plugin, logged", measure_plugin_logged },
};

typedef double Series[WN_BENCH_MAX_ROUNDS][N_KINDS][WN_BENCH_MAX_VALUES];

static void
print_ratio (const char *title,
             Series *series,
             guint n_rounds,
             const int *parts,
             int whole)
{
  double ratios[2][WN_BENCH_MAX_ROUNDS];

  for (guint v = WALL; v <= CPU; v++)
    for (guint i = 0; i < n_rounds; i++)
      {
        double sum = 0;

        for (const int *part = parts; *part >= 0; part++)
          sum += (*series)[i][*part][v];
        ratios[v][i] = sum / (*series)[i][whole][v];
      }
  printf ("  %-28s %.2f", title, wn_bench_sort (ratios[WALL], n_rounds));
  printf (" (%.2f-%.2f), by processor time %.2f",
          ratios[WALL][0],
          ratios[WALL][n_rounds - 1],
          wn_bench_sort (ratios[CPU], n_rounds));
  printf (" (%.2f-%.2f)\n", ratios[CPU][0], ratios[CPU][n_rounds - 1]);
}

static void
print_kind (Series *series, guint n_rounds, guint kind)
{
  double sorted[2][WN_BENCH_MAX_ROUNDS];
  double wall;

  for (guint i = 0; i < n_rounds; i++)
    for (guint v = WALL; v <= CPU; v++)
      sorted[v][i] = (*series)[i][kind][v];
  wall = wn_bench_sort (sorted[WALL], n_rounds);
  printf ("  %-14s %9.2f us (%.2f-%.2f), processor %9.2f us, %9.0f/s\n",
          kinds[kind].name,
          wall,
          sorted[WALL][0],
          sorted[WALL][n_rounds - 1],
          wn_bench_sort (sorted[CPU], n_rounds),
          1e6 / wall);
}

static void
measure_load (const Load *load, guint n_rounds, guint port)
{
  static const int floor[] = { COUNTER, IM, -1 };
  static const int floor_logged[] = { COUNTER, IM_LOGGED, -1 };
  static const int libraries[] = { JSON, HTML, IM, -1 };
  static const int libraries_logged[] = { JSON, HTML, IM_LOGGED, -1 };
  static Series series;
  Job job = { load, port };

  for (guint i = 0; i < n_rounds; i++)
    for (guint k = 0; k < N_KINDS; k++)
      wn_bench_apart (kinds[k].measure, series[i][k], &job);
  printf ("frames of %" G_GSIZE_FORMAT " bytes, %u of them, %u rounds\n",
          load->size,
          load->n,
          n_rounds);
  print_ratio ("floor / plugin", &series, n_rounds, floor, PLUGIN);
  print_ratio ("libraries / plugin", &series, n_rounds, libraries, PLUGIN);
  print_ratio ("floor / plugin, logged",
               &series,
               n_rounds,
               floor_logged,
               PLUGIN_LOGGED);
  print_ratio ("libraries / plugin, logged",
               &series,
               n_rounds,
               libraries_logged,
               PLUGIN_LOGGED);
  for (guint k = 0; k < N_KINDS; k++)
    print_kind (&series, n_rounds, k);
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  guint n_rounds = wn_bench_get_rounds (argc, argv, 5);
  WnStreamServer server;

  wn_stream_server_start (&server);
  for (guint i = 0; i < G_N_ELEMENTS (loads); i++)
    measure_load (&loads[i], n_rounds, server.port);
  wn_stream_server_stop (&server);
  return 0;
}
