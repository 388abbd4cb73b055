/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Notifications from the socket to the IM, in the headless host, beside what
 * libsoup and libpurple alone take for the same bytes:
 *
 *   counter  a bare libsoup WebSocket client that counts frames
 *   json     the same, which parses each with json-glib and reads its title
 *   im       serv_got_im() alone, with the text that the plugin makes
 *   plugin   the module: a frame comes, an IM goes into a conversation
 *
 * The floor is counter + im. Each measurement is a process of its own, and the
 * rounds go through all of them in turn, so that what disturbs the machine
 * disturbs all. Figures are the time and the processor time for one message.
 *
 *   throughput [ROUNDS]      (default: 5)
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "bench/stream-server.h"
#include "core/frame.h"
#include "support/headless-host.h"

#define MAX_ROUNDS 25
#define MAX_FRAME_BYTES (16 * 1024 * 1024)

typedef struct
{
  double wall_us; /* for one message */
  double cpu_us;
} Cost;

typedef struct
{
  gsize size;
  guint n;
} Load;

typedef Cost (*MeasureFunc) (const Load *load, guint port);

static const Load loads[]
    = { { 200, 200000 }, { 2048, 60000 }, { 65536, 3000 } };

/* Time */

typedef struct
{
  gint64 wall_us;
  gint64 cpu_us;
} Mark;

static Mark
mark_now (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (Mark){
    .wall_us = g_get_monotonic_time (),
    .cpu_us = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC
              + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec,
  };
}

static Cost
cost_since (const Mark *from, guint n)
{
  Mark to = mark_now ();

  return (Cost){
    .wall_us = (double) (to.wall_us - from->wall_us) / n,
    .cpu_us = (double) (to.cpu_us - from->cpu_us) / n,
  };
}

static char *
dup_url (const Load *load, guint port)
{
  return g_strdup_printf ("ws://127.0.0.1:%u/?n=%u&size=%" G_GSIZE_FORMAT,
                          port,
                          load->n,
                          load->size);
}

/* The peers */

typedef struct
{
  const Load *load;
  guint n_seen;
  gboolean parses;
  Mark start;
  SoupWebsocketConnection *socket; /* (owned) */
} Counter;

static void
read_title (GBytes *message)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  gsize length;
  const char *text = g_bytes_get_data (message, &length);

  if (!json_parser_load_from_data (parser, text, (gssize) length, NULL)
      || json_object_get_string_member (json_node_get_object (
                                            json_parser_get_root (parser)),
                                        "title")
             == NULL)
    g_error ("a frame without a title");
}

static void
on_counter_message (SoupWebsocketConnection *socket,
                    int type,
                    GBytes *message,
                    gpointer user_data)
{
  Counter *counter = user_data;

  if (counter->parses)
    read_title (message);
  counter->n_seen++;
}

static void
on_counter_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Counter *counter = user_data;
  g_autoptr (GError) error = NULL;

  counter->socket
      = soup_session_websocket_connect_finish (SOUP_SESSION (source),
                                               result,
                                               &error);
  g_assert_no_error (error);
  soup_websocket_connection_set_max_incoming_payload_size (counter->socket,
                                                           MAX_FRAME_BYTES);
  g_signal_connect (counter->socket,
                    "message",
                    G_CALLBACK (on_counter_message),
                    counter);
  counter->start = mark_now ();
}

static Cost
count_frames (const Load *load, guint port, gboolean parses)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *url = dup_url (load, port);
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, url);
  Counter counter = { .load = load, .parses = parses };
  Cost cost;

  soup_session_websocket_connect_async (session,
                                        message,
                                        NULL,
                                        NULL,
                                        G_PRIORITY_DEFAULT,
                                        NULL,
                                        on_counter_connected,
                                        &counter);
  while (counter.n_seen < load->n)
    g_main_context_iteration (NULL, TRUE);
  cost = cost_since (&counter.start, load->n);
  g_clear_object (&counter.socket);
  return cost;
}

static Cost
measure_counter (const Load *load, guint port)
{
  return count_frames (load, port, FALSE);
}

static Cost
measure_json (const Load *load, guint port)
{
  return count_frames (load, port, TRUE);
}

/* libpurple */

static guint n_written;

static void
on_message_counted (PurpleConversation *conversation,
                    const char *name,
                    const char *alias,
                    const char *text,
                    PurpleMessageFlags flags,
                    time_t when)
{
  n_written++;
}

static PurpleConversationUiOps counting_ops
    = { .write_conv = on_message_counted };

static gboolean
is_connected (gpointer data)
{
  return purple_account_is_connected (data);
}

/* A host that keeps nothing of what it is told. */
static PurpleAccount *
sign_on (const char *url, gboolean logs)
{
  PurpleAccount *account;

  wn_host_start ("Pidgin", WN_MODULE_DIR);
  purple_conversations_set_ui_ops (&counting_ops);
  purple_prefs_set_bool ("/purple/logging/log_ims", logs);
  account = purple_account_new ("1001@jd-shop/production", "prpl-webnotify");
  purple_account_set_string (account, "server", url);
  purple_accounts_add (account);
  purple_account_set_enabled (account, purple_core_get_ui (), TRUE);
  purple_account_connect (account);
  wn_host_run_until (is_connected, account);
  return account;
}

static void
sign_off (PurpleAccount *account)
{
  purple_account_set_enabled (account, purple_core_get_ui (), FALSE);
  purple_accounts_delete (account);
  wn_host_stop ();
}

static Cost
get_ims (const Load *load, guint port, gboolean logs)
{
  static const Load nothing = { 200, 0 };
  g_autofree char *url = dup_url (&nothing, port);
  PurpleAccount *account = sign_on (url, logs);
  PurpleConnection *gc = purple_account_get_connection (account);
  g_autofree char *json = wn_stream_server_dup_frame (load->size);
  g_autoptr (WnFrame) frame = wn_frame_parse (json, load->size, NULL);
  g_autofree char *html = wn_notification_to_html (frame->notification);
  Mark start = mark_now ();
  Cost cost;

  for (guint i = 0; i < load->n; i++)
    serv_got_im (gc, "jd-shop", html, PURPLE_MESSAGE_RECV, time (NULL));
  cost = cost_since (&start, load->n);
  g_assert_cmpuint (n_written, ==, load->n);
  sign_off (account);
  return cost;
}

static Cost
get_notifications (const Load *load, guint port, gboolean logs)
{
  g_autofree char *url = dup_url (load, port);
  PurpleAccount *account = sign_on (url, logs);
  Mark start = mark_now ();
  Cost cost;

  while (n_written < load->n)
    g_main_context_iteration (NULL, TRUE);
  cost = cost_since (&start, load->n);
  sign_off (account);
  return cost;
}

static Cost
measure_im (const Load *load, guint port)
{
  return get_ims (load, port, FALSE);
}

static Cost
measure_im_logged (const Load *load, guint port)
{
  return get_ims (load, port, TRUE);
}

static Cost
measure_plugin (const Load *load, guint port)
{
  return get_notifications (load, port, FALSE);
}

static Cost
measure_plugin_logged (const Load *load, guint port)
{
  return get_notifications (load, port, TRUE);
}

/* The table */

enum
{
  COUNTER,
  JSON,
  IM,
  PLUGIN,
  IM_LOGGED,
  PLUGIN_LOGGED,
  N_KINDS,
};

static const struct
{
  const char *name;
  MeasureFunc measure;
} kinds[N_KINDS] = {
  [COUNTER] = { "counter", measure_counter },
  [JSON] = { "json", measure_json },
  [IM] = { "im", measure_im },
  [PLUGIN] = { "plugin", measure_plugin },
  [IM_LOGGED] = { "im, logged", measure_im_logged },
  [PLUGIN_LOGGED] = { "plugin, logged", measure_plugin_logged },
};

static Cost
measure_apart (MeasureFunc measure, const Load *load, guint port)
{
  int ends[2];
  Cost cost;
  pid_t pid;
  int status;

  g_assert_cmpint (pipe (ends), ==, 0);
  pid = fork ();
  if (pid == 0)
    {
      cost = measure (load, port);
      _exit (write (ends[1], &cost, sizeof cost) == sizeof cost ? 0 : 1);
    }
  close (ends[1]);
  g_assert_cmpint (read (ends[0], &cost, sizeof cost), ==, sizeof cost);
  close (ends[0]);
  waitpid (pid, &status, 0);
  g_assert_cmpint (status, ==, 0);
  return cost;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static double
median (double *values, guint n)
{
  qsort (values, n, sizeof *values, compare);
  return values[n / 2];
}

typedef struct
{
  double wall[MAX_ROUNDS];
  double cpu[MAX_ROUNDS];
} Series;

static void
print_ratio (const char *title,
             Series *series,
             int im,
             int plugin,
             guint n_rounds)
{
  double wall[MAX_ROUNDS];
  double cpu[MAX_ROUNDS];

  for (guint i = 0; i < n_rounds; i++)
    {
      wall[i] = (series[COUNTER].wall[i] + series[im].wall[i])
                / series[plugin].wall[i];
      cpu[i] = (series[COUNTER].cpu[i] + series[im].cpu[i])
               / series[plugin].cpu[i];
    }
  median (wall, n_rounds);
  median (cpu, n_rounds);
  printf ("  %-14s floor / plugin: %.2f (%.2f-%.2f)   by processor time: %.2f "
          "(%.2f-%.2f)\n",
          title,
          wall[n_rounds / 2],
          wall[0],
          wall[n_rounds - 1],
          cpu[n_rounds / 2],
          cpu[0],
          cpu[n_rounds - 1]);
}

static void
print_kinds (Series *series, guint n_rounds)
{
  for (guint k = 0; k < N_KINDS; k++)
    {
      double wall = median (series[k].wall, n_rounds);

      printf ("  %-14s %9.2f us (%.2f-%.2f), processor %9.2f us, %9.0f/s\n",
              kinds[k].name,
              wall,
              series[k].wall[0],
              series[k].wall[n_rounds - 1],
              median (series[k].cpu, n_rounds),
              1e6 / wall);
    }
}

static void
measure_load (const Load *load, guint n_rounds, guint port)
{
  static Series series[N_KINDS];

  for (guint i = 0; i < n_rounds; i++)
    for (guint k = 0; k < N_KINDS; k++)
      {
        Cost cost = measure_apart (kinds[k].measure, load, port);

        series[k].wall[i] = cost.wall_us;
        series[k].cpu[i] = cost.cpu_us;
      }
  printf ("frames of %" G_GSIZE_FORMAT " bytes, %u of them, %u rounds\n",
          load->size,
          load->n,
          n_rounds);
  print_ratio ("logging off:", series, IM, PLUGIN, n_rounds);
  print_ratio ("logging on:", series, IM_LOGGED, PLUGIN_LOGGED, n_rounds);
  print_kinds (series, n_rounds);
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  guint n_rounds = argc > 1 ? (guint) atoi (argv[1]) : 5;
  WnStreamServer server;

  wn_stream_server_start (&server);
  for (guint i = 0; i < G_N_ELEMENTS (loads); i++)
    measure_load (&loads[i], CLAMP (n_rounds, 1, MAX_ROUNDS), server.port);
  wn_stream_server_stop (&server);
  return 0;
}
