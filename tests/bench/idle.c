/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How often idle accounts wake their process, and what they cost the processor:
 * ours (core and net, with the delays of the plugin) beside a bare libsoup
 * WebSocket that keeps the same heartbeat, once with a timer of milliseconds
 * and once with one of whole seconds. Each case is a process of its own, with a
 * server of its own in another; all run at the same time.
 *
 *   idle [INTERVAL [INTERVALS [BROWSER]]]
 *
 * INTERVAL: of the heartbeat, in seconds (default 10)
 * INTERVALS: how many to let pass before the last column (default 6); ours
 *   gather in half as many as INTERVAL has seconds
 * BROWSER: tests/bench/browser; afterwards, a page in a headless Chromium that
 *   keeps the same heartbeat
 *
 * A wake-up is a poll that had to wait: an answer that is there by the time of
 * the next poll costs none. Figures are wake-ups for each account in each
 * interval, and from an answer to the next heartbeat, in seconds, as the server
 * sees it; and, from the later intervals, the processor time of an account in
 * an hour, were its interval 45 s. To reach: 2 for one account, 0.2 for each of
 * 100; never late by more than 0.1 s, early by 1 s at the most.
 */

#include <libsoup/soup.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/connection/client.h"
#include "net/system-clock.h"
#include "net/websocket/websocket.h"
#include "support/instance.h"
#include "support/soup.h"

#define HEARTBEAT "heartCheck"
#define ACKNOWLEDGEMENT "{\"code\":2,\"api_version\":\"1.12.4\"}"
#define MEASURED_INTERVALS 2
#define USUAL_INTERVAL_S 45
#define HOUR_S 3600

typedef enum
{
  OURS,
  BARE,
  BARE_SECONDS,
} Kind;

typedef struct
{
  Kind kind;
  guint n_accounts;
  guint spread_percent; /* of an interval, over which they sign on */
} Case;

static const Case cases[] = {
  { OURS, 1, 0 },
  { OURS, 100, 20 },
  { OURS, 100, 100 },
  { OURS, 1000, 20 },
  { BARE, 1, 0 },
  { BARE, 100, 20 },
  { BARE, 100, 100 },
  { BARE, 1000, 20 },
  { BARE_SECONDS, 1, 0 },
  { BARE_SECONDS, 100, 20 },
  { BARE_SECONDS, 100, 100 },
  { BARE_SECONDS, 1000, 20 },
};

/* What the processes of a case tell the first one. */
typedef struct
{
  double at_first;
  double later;
  double cpu_us; /* of an account in an interval, later */
  guint n_lost;
  gint64 shortest_us; /* from an answer to the next heartbeat, at the server */
  gint64 longest_us;
} Figures;

static guint interval_s = 10;
static guint n_intervals = 6;
static Figures *figures; /* (owned): shared by the processes, one a case */
static guint64 n_wakeups;

static int
count_wakeup (GPollFD *fds, guint n_fds, int timeout_ms)
{
  int n_ready = poll ((struct pollfd *) fds, n_fds, 0);

  if (n_ready != 0 || timeout_ms == 0)
    return n_ready;
  n_wakeups++;
  return poll ((struct pollfd *) fds, n_fds, timeout_ms);
}

/* The server. */

static void
on_server_message (SoupWebsocketConnection *connection,
                   SoupWebsocketDataType type,
                   GBytes *message,
                   gpointer user_data)
{
  Figures *result = user_data;
  gint64 now_us = g_get_monotonic_time ();
  gint64 *answered_us
      = g_object_get_data (G_OBJECT (connection), "answered-us");
  gint64 waited_us = now_us - *answered_us;

  result->shortest_us = MIN (result->shortest_us, waited_us);
  result->longest_us = MAX (result->longest_us, waited_us);
  *answered_us = now_us;
  soup_websocket_connection_send_text (connection, ACKNOWLEDGEMENT);
}

static void
on_server_websocket (SoupServer *server,
                     SoupServerMessage *message,
                     const char *path,
                     SoupWebsocketConnection *connection,
                     gpointer user_data)
{
  gint64 *answered_us = g_new (gint64, 1);

  *answered_us = g_get_monotonic_time ();
  g_object_set_data_full (G_OBJECT (connection),
                          "answered-us",
                          answered_us,
                          g_free);
  g_signal_connect (g_object_ref (connection),
                    "message",
                    G_CALLBACK (on_server_message),
                    user_data);
}

static G_NORETURN void
serve (Figures *result, int port_fd)
{
  SoupServer *server = soup_server_new (NULL, NULL);
  int port;

  soup_server_add_websocket_handler (server,
                                     NULL,
                                     NULL,
                                     NULL,
                                     on_server_websocket,
                                     result,
                                     NULL);
  port = wn_soup_listen (server, 0);
  if (write (port_fd, &port, sizeof port) != sizeof port)
    _exit (1);
  g_main_loop_run (g_main_loop_new (NULL, FALSE));
  _exit (0);
}

/* It ends with the process that started it. */
static int
start_server (Figures *result)
{
  int fds[2];
  int port = 0;

  g_assert_no_errno (pipe (fds));
  if (fork () == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      serve (result, fds[1]);
    }
  g_assert_cmpint (read (fds[0], &port, sizeof port), ==, sizeof port);
  return port;
}

/* The accounts. */

typedef struct
{
  const Case *c;
  char *url;         /* (owned) */
  gpointer instance; /* the dialect's for that URL; never freed */
  Figures *result;
  guint n_started;
} Crowd;

static void
on_client_state_changed (WnClient *client, gpointer user_data)
{
  WnClientStatus status;

  wn_client_get_status (client, &status);
  if (status.state == WN_STATE_WAITING)
    ((Crowd *) user_data)->result->n_lost++;
}

static void
on_client_gap (WnClient *client,
               gint64 from_us,
               gint64 to_us,
               gpointer user_data)
{
}

static void
on_client_notified (WnClient *client,
                    WnNotification *notification,
                    gpointer user_data)
{
}

static void
on_client_gave_up (WnClient *client, const WnLoss *loss, gpointer user_data)
{
  ((Crowd *) user_data)->result->n_lost++;
}

static double
roll (gpointer data)
{
  return g_random_double ();
}

static void
start_ours (Crowd *crowd)
{
  static const WnClientListener listener = {
    .state_changed = on_client_state_changed,
    .gap = on_client_gap,
    .notified = on_client_notified,
    .gave_up = on_client_gave_up,
  };
  const WnLifecycleConfig config = {
    .heartbeat_interval_us = interval_s * G_TIME_SPAN_SECOND,
    .heartbeat_timeout_us = interval_s * G_TIME_SPAN_SECOND,
    .reconnect_delay_us = 5 * G_TIME_SPAN_SECOND,
    .reconnect_delay_max_us = 300 * G_TIME_SPAN_SECOND,
    .roll = roll,
  };
  g_autoptr (GProxyResolver) direct = g_simple_proxy_resolver_new (NULL, NULL);
  g_autoptr (WnClock) clock = wn_system_clock_dup_shared ();
  g_autoptr (WnTransport) transport
      = wn_websocket_new (&(WnWebsocketConfig){ .proxy_resolver = direct });

  wn_client_start (wn_client_new (clock,
                                  transport,
                                  &(WnClientConfig){
                                      .lifecycle = config,
                                      .dialect = &wn_dialect_back_office,
                                      .instance = crowd->instance,
                                  },
                                  &listener,
                                  crowd));
}

static gboolean
on_bare_timeout (gpointer user_data)
{
  soup_websocket_connection_send_text (user_data, HEARTBEAT);
  return G_SOURCE_REMOVE;
}

static void
bare_wait (SoupWebsocketConnection *connection, const Crowd *crowd)
{
  if (crowd->c->kind == BARE)
    g_timeout_add (interval_s * 1000, on_bare_timeout, connection);
  else
    g_timeout_add_seconds (interval_s, on_bare_timeout, connection);
}

static void
on_bare_message (SoupWebsocketConnection *connection,
                 SoupWebsocketDataType type,
                 GBytes *message,
                 gpointer user_data)
{
  bare_wait (connection, user_data);
}

static void
on_bare_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  SoupWebsocketConnection *connection
      = soup_session_websocket_connect_finish (SOUP_SESSION (source),
                                               result,
                                               &error);

  if (connection == NULL)
    g_error ("%s", error->message);
  g_signal_connect (connection,
                    "message",
                    G_CALLBACK (on_bare_message),
                    user_data);
  bare_wait (connection, user_data);
}

static void
start_bare (Crowd *crowd)
{
  g_autoptr (SoupMessage) message = soup_message_new ("GET", crowd->url);

  soup_session_websocket_connect_async (soup_session_new (),
                                        message,
                                        NULL,
                                        NULL,
                                        G_PRIORITY_DEFAULT,
                                        NULL,
                                        on_bare_connected,
                                        crowd);
}

static gboolean
on_sign_on (gpointer user_data)
{
  Crowd *crowd = user_data;

  crowd->n_started++;
  if (crowd->c->kind == OURS)
    start_ours (crowd);
  else
    start_bare (crowd);
  return G_SOURCE_REMOVE;
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
  gboolean passed = FALSE;

  g_timeout_add (ms, on_time_passed, &passed);
  while (!passed)
    g_main_context_iteration (NULL, TRUE);
}

static gint64
get_cpu_us (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC
         + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

/* Returns: wake-ups of an account in an interval; our own one doesn't count */
static double
measure (const Case *c, guint measured_intervals)
{
  guint64 before = n_wakeups;

  run_for (measured_intervals * interval_s * 1000);
  return (double) (n_wakeups - before - 1) / c->n_accounts / measured_intervals;
}

static void
run_case (const Case *c, Figures *result)
{
  int port = start_server (result);
  gint64 cpu_us;
  Crowd crowd = {
    .c = c,
    .url = g_strdup_printf ("ws://127.0.0.1:%d/", port),
    .result = result,
  };
  guint spread_ms = interval_s * 10 * c->spread_percent;

  crowd.instance = wn_instance_new (&wn_dialect_back_office,
                                    NULL,
                                    "1001",
                                    NULL,
                                    "server",
                                    crowd.url,
                                    NULL);
  g_main_context_set_poll_func (NULL, count_wakeup);
  for (guint i = 0; i < c->n_accounts; i++)
    g_timeout_add ((guint) g_random_int_range (0, (gint32) spread_ms + 1),
                   on_sign_on,
                   &crowd);
  run_for (spread_ms + 1000);
  g_assert_cmpuint (crowd.n_started, ==, c->n_accounts);
  result->at_first = measure (c, 1);
  run_for ((n_intervals - 1) * interval_s * 1000);
  cpu_us = get_cpu_us ();
  result->later = measure (c, MEASURED_INTERVALS);
  result->cpu_us
      = (double) (get_cpu_us () - cpu_us) / c->n_accounts / MEASURED_INTERVALS;
}

static double
get_hour_ms (double interval_cpu_us)
{
  return interval_cpu_us * HOUR_S / USUAL_INTERVAL_S / 1000;
}

static void
print_case (const Case *c, const Figures *result)
{
  static const char *const names[] = {
    [OURS] = "ours",
    [BARE] = "bare libsoup",
    [BARE_SECONDS] = "bare, whole seconds",
  };

  g_print ("%-20s %8u %7.0f s %10.2f %10.2f %9.2f %9.2f %5u %9.1f\n",
           names[c->kind],
           c->n_accounts,
           c->spread_percent * interval_s / 100.0,
           result->at_first,
           result->later,
           (double) result->shortest_us / G_TIME_SPAN_SECOND,
           (double) result->longest_us / G_TIME_SPAN_SECOND,
           result->n_lost,
           get_hour_ms (result->cpu_us));
}

static void
print_page (const char *browser)
{
  Figures unused = { 0 };
  int port = start_server (&unused);
  g_autofree char *url = g_strdup_printf ("ws://127.0.0.1:%d/", port);
  g_autofree char *interval = g_strdup_printf ("%u", interval_s);
  g_autofree char *seconds
      = g_strdup_printf ("%u", interval_s * MEASURED_INTERVALS);
  const char *argv[] = { browser, "idle", url, interval, seconds, NULL };
  g_autofree char *out = NULL;
  char *end;
  double cpu_s;
  int status;

  if (!g_spawn_sync (NULL,
                     (char **) argv,
                     NULL,
                     G_SPAWN_DEFAULT,
                     NULL,
                     NULL,
                     &out,
                     NULL,
                     &status,
                     NULL)
      || status != 0)
    return;
  cpu_s = g_ascii_strtod (out, &end);
  g_print ("%-20s %8u %9s %10s %10.2f %9s %9s %5s %9.1f\n",
           "a browser's page",
           1,
           "",
           "",
           g_ascii_strtod (end, NULL) / MEASURED_INTERVALS,
           "",
           "",
           "",
           get_hour_ms (cpu_s * 1e6 / MEASURED_INTERVALS));
}

static void
run_all (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      figures[i].shortest_us = G_MAXINT64;
      if (fork () != 0)
        continue;
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      run_case (&cases[i], &figures[i]);
      _exit (0);
    }
  while (wait (NULL) > 0)
    ;
}

int
main (int argc, char **argv)
{
  if (argc > 1)
    interval_s = (guint) CLAMP (atoi (argv[1]), 1, 3600);
  if (argc > 2)
    n_intervals = (guint) CLAMP (atoi (argv[2]), 1, 1000);
  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  figures = mmap (NULL,
                  sizeof (Figures) * G_N_ELEMENTS (cases),
                  PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS,
                  -1,
                  0);
  run_all ();
  g_print ("wake-ups of an account in an interval of %u s\n"
           "%-20s %8s %9s %10s %10s %9s %9s %5s %9s\n",
           interval_s,
           "",
           "accounts",
           "signed on",
           "at first",
           "later",
           "shortest",
           "longest",
           "lost",
           "ms/hour");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    print_case (&cases[i], &figures[i]);
  if (argc > 3)
    print_page (argv[3]);
  return 0;
}
