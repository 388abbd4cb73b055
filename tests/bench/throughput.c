/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Notifications from the socket to the IM, in the headless host, beside what
 * the libraries alone take for the same bytes:
 *
 *   counter  a bare libsoup WebSocket client that counts frames
 *   json     the same, which parses each with json-glib and reads its title
 *   html     libxml2 alone, on the notification's body, into SAX handlers that
 *            do nothing
 *   im       serv_got_im() alone, with the text that the plugin makes
 *   plugin   the module: a frame comes, an IM goes into a conversation
 *
 * The floor is counter + im: what nobody can do without. The libraries are
 * json + im: what the plugin leaves to libsoup, json-glib and libpurple; the
 * rest of its time is its own. Each measurement is a process of its own, and
 * the rounds go through all of them in turn, so that what disturbs the machine
 * disturbs all. Figures are the time and the processor time for one message.
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
  const char *name;
  const char *bodies; /* see wn_bodies_make_set() */
  gsize size;         /* of a body, in bytes */
  guint n;
} Load;

typedef struct
{
  const Load *load;
  guint port;
} Job;

static const Load loads[] = {
  { "the samples", "samples", 0, 50000 },
  { "tagged, 200 B", "tagged", 200, 50000 },
  { "tagged, 2 KiB", "tagged", 2048, 20000 },
  { "tagged, 64 KiB", "tagged", 65536, 1000 },
  { "plain words, 200 B", "plain", 200, 50000 },
  { "plain words, 2 KiB", "plain", 2048, 20000 },
  { "plain words, 64 KiB", "plain", 65536, 1000 },
};

/* Of libxml2's time for HTML, what markup may take. */
#define MARKUP_SHARE 0.6

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
  return g_strdup_printf ("ws://127.0.0.1:%u/?n=%u&size=%" G_GSIZE_FORMAT
                          "&bodies=%s",
                          job->port,
                          n,
                          job->load->size,
                          job->load->bodies);
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

/* Returns: (transfer full) (element-type WnNotification): one of each frame */
static GPtrArray *
make_notifications (const Job *job)
{
  const WnDialect *dialect = &wn_dialect_back_office;
  g_autoptr (GPtrArray) frames
      = wn_stream_server_make_frames (job->load->bodies, job->load->size);
  GPtrArray *notifications
      = g_ptr_array_new_with_free_func ((GDestroyNotify) wn_notification_unref);
  gpointer office
      = wn_instance_new (dialect, NULL, "1001", NULL, (char *) NULL);

  for (guint i = 0; i < frames->len; i++)
    {
      const GString *json = frames->pdata[i];
      g_autoptr (WnFrame) frame
          = dialect->read (office, json->str, json->len, NULL);

      g_ptr_array_add (notifications,
                       wn_notification_ref (frame->notifications->pdata[0]));
    }
  dialect->free (office);
  return notifications;
}

static void
measure_html (double *values, gconstpointer data)
{
  const Job *job = data;
  g_autoptr (GPtrArray) notifications = make_notifications (job);
  Mark start = mark_now ();

  for (guint i = 0; i < job->load->n; i++)
    {
      const WnNotification *notification
          = notifications->pdata[i % notifications->len];

      wn_libraries_parse_html (notification->content);
    }
  take (values, &start, job->load->n);
}

/* libpurple */

static const WnNotificationView view
    = { .title_start = "<b>", .title_end = "</b>" };

/* Returns: (transfer full) (element-type utf8): an IM of each frame */
static GPtrArray *
make_ims (const Job *job)
{
  g_autoptr (GPtrArray) notifications = make_notifications (job);
  GPtrArray *ims = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < notifications->len; i++)
    g_ptr_array_add (ims,
                     wn_notification_to_html (notifications->pdata[i], &view));
  return ims;
}

static void
get_ims (double *values, const Job *job, gboolean logs)
{
  g_autofree char *url = dup_url (job, 0);
  g_autoptr (GPtrArray) ims = make_ims (job);
  PurpleAccount *account;
  PurpleConnection *gc;
  Mark start;

  wn_bench_host_start (logs);
  account = wn_bench_host_sign_on ("1001", url);
  gc = purple_account_get_connection (account);
  start = mark_now ();
  for (guint i = 0; i < job->load->n; i++)
    serv_got_im (gc,
                 "jd-shop",
                 ims->pdata[i % ims->len],
                 PURPLE_MESSAGE_RECV,
                 time (NULL));
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

static double
sum_up (const double (*round)[WN_BENCH_MAX_VALUES], const int *parts, guint v)
{
  double sum = 0;

  for (const int *part = parts; *part >= 0; part++)
    sum += round[*part][v];
  return sum;
}

/* Of the processor time, and of the time behind it. */
static void
print_ratio (const char *title,
             Series *series,
             guint n_rounds,
             const int *over,
             const int *under)
{
  double ratios[2][WN_BENCH_MAX_ROUNDS];

  for (guint v = WALL; v <= CPU; v++)
    for (guint i = 0; i < n_rounds; i++)
      ratios[v][i]
          = sum_up ((*series)[i], over, v) / sum_up ((*series)[i], under, v);
  printf ("  %-30s %.2f", title, wn_bench_sort (ratios[CPU], n_rounds));
  printf (" (%.2f-%.2f), by the clock %.2f",
          ratios[CPU][0],
          ratios[CPU][n_rounds - 1],
          wn_bench_sort (ratios[WALL], n_rounds));
  printf (" (%.2f-%.2f)\n", ratios[WALL][0], ratios[WALL][n_rounds - 1]);
}

/* Prints the median of @values, which are percentages or ratios. */
static void
print_values (const char *title, double *values, guint n_rounds, int decimals)
{
  double middle = wn_bench_sort (values, n_rounds);

  printf ("  %-30s %.*f (%.*f-%.*f)\n",
          title,
          decimals,
          middle,
          decimals,
          values[0],
          decimals,
          values[n_rounds - 1]);
}

/* How much of the processor time no library takes, in per cent; and the ratios
 * if nothing but the libraries and markup took any, and markup just what is
 * allowed to it beside libxml2.
 */
static void
print_shares (Series *series,
              guint n_rounds,
              const int *floor,
              const int *libraries)
{
  double shares[WN_BENCH_MAX_ROUNDS];
  double floors[WN_BENCH_MAX_ROUNDS];
  double ratios[WN_BENCH_MAX_ROUNDS];

  for (guint i = 0; i < n_rounds; i++)
    {
      double theirs = sum_up ((*series)[i], libraries, CPU);
      double least = theirs + MARKUP_SHARE * (*series)[i][HTML][CPU];

      shares[i] = 100 * (1 - theirs / (*series)[i][PLUGIN][CPU]);
      ratios[i] = least / theirs;
      floors[i] = sum_up ((*series)[i], floor, CPU) / least;
    }
  print_values ("of it ours, %", shares, n_rounds, 0);
  print_values ("floor / plugin, at best", floors, n_rounds, 2);
  print_values ("plugin / libraries, at best", ratios, n_rounds, 2);
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
print_ratios (Series *series, guint n_rounds)
{
  static const int plugin[] = { PLUGIN, -1 };
  static const int logged[] = { PLUGIN_LOGGED, -1 };
  static const int floor[] = { COUNTER, IM, -1 };
  static const int floor_logged[] = { COUNTER, IM_LOGGED, -1 };
  static const int libraries[] = { JSON, IM, -1 };
  static const int libraries_logged[] = { JSON, IM_LOGGED, -1 };
  static const int with_html[] = { JSON, HTML, IM, -1 };

  print_ratio ("floor / plugin", series, n_rounds, floor, plugin);
  print_ratio ("plugin / libraries", series, n_rounds, plugin, libraries);
  print_ratio ("plugin / these with libxml2",
               series,
               n_rounds,
               plugin,
               with_html);
  print_ratio ("floor / plugin, logged",
               series,
               n_rounds,
               floor_logged,
               logged);
  print_ratio ("plugin / libraries, logged",
               series,
               n_rounds,
               logged,
               libraries_logged);
  print_shares (series, n_rounds, floor, libraries);
}

static void
measure_load (const Load *load, guint n_rounds, guint port)
{
  static Series series;
  Job job = { load, port };

  for (guint i = 0; i < n_rounds; i++)
    for (guint k = 0; k < N_KINDS; k++)
      wn_bench_apart (kinds[k].measure, series[i][k], &job);
  printf ("%s: %u of them, %u rounds\n", load->name, load->n, n_rounds);
  print_ratios (&series, n_rounds);
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
