/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later */

#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/headless-host.h"

#define MAX_FRAME_BYTES (16 * 1024 * 1024)
#define MISSING 77

static struct
{
  guint n_ims;
  WnImFunc func; /* (nullable) */
  gpointer user_data;
} host;

/* Figures */

void
wn_bench_apart (WnBenchFunc func, double *values, gconstpointer data)
{
  const size_t n_bytes = WN_BENCH_MAX_VALUES * sizeof *values;
  int ends[2];
  pid_t pid;
  int status;

  g_assert_cmpint (pipe (ends), ==, 0);
  pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      memset (values, 0, n_bytes);
      func (values, data);
      _exit (write (ends[1], values, n_bytes) == (ssize_t) n_bytes ? 0 : 1);
    }
  close (ends[1]);
  g_assert_cmpint (read (ends[0], values, n_bytes), ==, (ssize_t) n_bytes);
  close (ends[0]);
  waitpid (pid, &status, 0);
  g_assert_cmpint (status, ==, 0);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return x < y ? -1 : x > y;
}

double
wn_bench_sort (double *values, guint n)
{
  qsort (values, n, sizeof *values, compare);
  return values[n / 2];
}

guint
wn_bench_get_rounds (int argc, char **argv, guint fallback)
{
  guint64 n = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : fallback;

  return (guint) CLAMP (n, 1, WN_BENCH_MAX_ROUNDS);
}

gboolean
wn_bench_ask (const char *const *argv, double *values)
{
  g_autofree char *out = NULL;
  char *at;
  int status;

  if (!g_spawn_sync (NULL,
                     (char **) argv,
                     NULL,
                     G_SPAWN_SEARCH_PATH,
                     NULL,
                     NULL,
                     &out,
                     NULL,
                     &status,
                     NULL))
    return FALSE;
  if (WIFEXITED (status) && WEXITSTATUS (status) == MISSING)
    return FALSE;
  if (status != 0)
    g_error ("%s %s failed", argv[0], argv[1]);
  at = out;
  for (guint i = 0; i < WN_BENCH_MAX_VALUES; i++)
    values[i] = g_ascii_strtod (at, &at);
  return TRUE;
}

void
wn_bench_print (const char *name, double *values, guint n)
{
  double middle = wn_bench_sort (values, n);

  printf ("  %-36s %10.2f (%.2f-%.2f)\n",
          name,
          middle,
          values[0],
          values[n - 1]);
  fflush (stdout);
}

gint64
wn_bench_get_cpu_us (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC
         + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

/* The bare client */

typedef struct
{
  WnBareFunc func; /* (nullable) */
  gpointer user_data;
  SoupWebsocketConnection *socket; /* (owned) (nullable): until connected */
} Bare;

static void
on_bare_message (SoupWebsocketConnection *socket,
                 int type,
                 GBytes *message,
                 gpointer user_data)
{
  const Bare *bare = user_data;
  gsize length;
  const char *text = g_bytes_get_data (message, &length);

  if (bare->func != NULL)
    bare->func (text, length, bare->user_data);
}

static void
on_bare_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Bare *bare = user_data;
  g_autoptr (GError) error = NULL;

  bare->socket = soup_session_websocket_connect_finish (SOUP_SESSION (source),
                                                        result,
                                                        &error);
  g_assert_no_error (error);
  soup_websocket_connection_set_max_incoming_payload_size (bare->socket,
                                                           MAX_FRAME_BYTES);
  g_signal_connect_data (bare->socket,
                         "message",
                         G_CALLBACK (on_bare_message),
                         bare,
                         (GClosureNotify) (void (*) (void)) g_free,
                         0);
}

SoupWebsocketConnection *
wn_bare_connect (const char *url, WnBareFunc func, gpointer user_data)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, url);
  Bare *bare = g_new0 (Bare, 1);

  bare->func = func;
  bare->user_data = user_data;
  soup_session_websocket_connect_async (session,
                                        message,
                                        NULL,
                                        NULL,
                                        G_PRIORITY_DEFAULT,
                                        NULL,
                                        on_bare_connected,
                                        bare);
  while (bare->socket == NULL)
    g_main_context_iteration (NULL, TRUE);
  return bare->socket;
}

/* The host */

static void
on_message_counted (PurpleConversation *conversation,
                    const char *name,
                    const char *alias,
                    const char *text,
                    PurpleMessageFlags flags,
                    time_t when)
{
  host.n_ims++;
  if (host.func != NULL)
    host.func (text, host.user_data);
}

static PurpleConversationUiOps counting_ops
    = { .write_conv = on_message_counted };

void
wn_bench_host_start (gboolean logs)
{
  wn_host_start ("headless", WN_MODULE_DIR);
  purple_conversations_set_ui_ops (&counting_ops);
  purple_prefs_set_bool ("/purple/logging/log_ims", logs);
}

void
wn_bench_host_set_func (WnImFunc func, gpointer user_data)
{
  host.func = func;
  host.user_data = user_data;
}

guint
wn_bench_host_get_n_ims (void)
{
  return host.n_ims;
}

static gboolean
is_connected (gpointer data)
{
  return purple_account_is_connected (data);
}

PurpleAccount *
wn_bench_host_sign_on (const char *uid, const char *server)
{
  g_autofree char *name = g_strdup_printf ("%s@jd-shop/production", uid);
  PurpleAccount *account = purple_account_new (name, "prpl-webnotify");

  purple_account_set_string (account, "server", server);
  purple_accounts_add (account);
  purple_account_set_enabled (account, purple_core_get_ui (), TRUE);
  purple_account_connect (account);
  wn_host_run_until (is_connected, account);
  return account;
}

void
wn_bench_host_sign_off (PurpleAccount *account)
{
  purple_account_set_enabled (account, purple_core_get_ui (), FALSE);
  purple_accounts_delete (account);
  wn_host_stop ();
}
