/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * For how long a host without a screen stands still while 50,000 notifications
 * come at once: the module in a real libpurple, the server a process of its
 * own. Prints figures; judges nothing.
 *
 *   flood SERVER
 */

#include <gio/gio.h>
#include <string.h>
#include <time.h>

#include "support/headless-host.h"

#define N 50000
#define TICK_MS 1

typedef struct
{
  GSubprocess *process;  /* (owned) */
  GDataInputStream *out; /* (owned) */
  PurpleAccount *account;
  gint64 last_us;
  gint64 last_cpu_us;
  GArray *gaps_us;     /* (owned): of gint64 */
  GArray *cpu_gaps_us; /* (owned): of gint64, what this thread ran of them */
} Bench;

/* What this thread has run so far: on a busy machine that is less than what has
 * passed.
 */
static gint64
get_cpu_us (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * G_TIME_SPAN_SECOND + time.tv_nsec / 1000;
}

static gboolean
on_tick (gpointer user_data)
{
  Bench *bench = user_data;
  gint64 now_us = g_get_monotonic_time ();
  gint64 cpu_us = get_cpu_us ();
  gint64 gap_us = now_us - bench->last_us - TICK_MS * G_TIME_SPAN_MILLISECOND;
  gint64 cpu_gap_us = cpu_us - bench->last_cpu_us;

  bench->last_us = now_us;
  bench->last_cpu_us = cpu_us;
  g_array_append_val (bench->gaps_us, gap_us);
  g_array_append_val (bench->cpu_gaps_us, cpu_gap_us);
  return G_SOURCE_CONTINUE;
}

static char *
hear (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  char *line = g_data_input_stream_read_line (bench->out, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (line);
  return line;
}

static void
order (Bench *bench, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (g_subprocess_get_stdin_pipe (bench->process),
                             text,
                             strlen (text),
                             NULL,
                             NULL,
                             &error);
  g_assert_no_error (error);
}

static void
start_server (Bench *bench, const char *path)
{
  g_autoptr (GError) error = NULL;

  bench->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE
                                         | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                     &error,
                                     path,
                                     NULL);
  g_assert_no_error (error);
  bench->out
      = g_data_input_stream_new (g_subprocess_get_stdout_pipe (bench->process));
}

static gboolean
is_connected (gpointer user_data)
{
  Bench *bench = user_data;

  return purple_account_is_connected (bench->account);
}

static gboolean
has_all (gpointer user_data)
{
  return wn_host_get_messages ()->len >= N;
}

static void
sign_on (Bench *bench)
{
  g_autofree char *line = hear (bench);
  g_autofree char *url = g_strdup_printf ("ws://127.0.0.1:%s/", line + 5);

  bench->account
      = purple_account_new ("1001@jd-shop/production", "prpl-webnotify");
  purple_account_set_string (bench->account, "server", url);
  purple_accounts_add (bench->account);
  purple_account_set_enabled (bench->account, purple_core_get_ui (), TRUE);
  purple_account_connect (bench->account);
  wn_host_run_until (is_connected, bench);
}

static int
compare_gaps (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a;
  gint64 y = *(const gint64 *) b;

  return (x < y) - (x > y);
}

static void
print_gaps (const char *what, GArray *gaps_us)
{
  g_array_sort (gaps_us, compare_gaps);
  g_print ("  longest gaps%s, ms:", what);
  for (guint i = 0; i < 5 && i < gaps_us->len; i++)
    g_print (" %.1f",
             (double) g_array_index (gaps_us, gint64, i)
                 / G_TIME_SPAN_MILLISECOND);
  g_print ("\n");
}

static void
report (Bench *bench, const char *what, gint64 took_us)
{
  g_print ("%s: %d in %.2f s\n",
           what,
           N,
           (double) took_us / G_TIME_SPAN_SECOND);
  print_gaps ("", bench->gaps_us);
  print_gaps (" in which it ran", bench->cpu_gaps_us);
}

static void
measure (const char *server, const char *what, gboolean with_log)
{
  Bench bench = {
    .gaps_us = g_array_new (FALSE, FALSE, sizeof (gint64)),
    .cpu_gaps_us = g_array_new (FALSE, FALSE, sizeof (gint64)),
  };
  g_autofree char *command = g_strdup_printf ("flood %d\n", N);
  gint64 begin_us;
  guint tick;

  purple_prefs_set_bool ("/purple/logging/log_ims", with_log);
  start_server (&bench, server);
  sign_on (&bench);
  bench.last_us = begin_us = g_get_monotonic_time ();
  bench.last_cpu_us = get_cpu_us ();
  tick = g_timeout_add (TICK_MS, on_tick, &bench);
  order (&bench, command);
  wn_host_run_until (has_all, NULL);
  g_source_remove (tick);
  report (&bench, what, g_get_monotonic_time () - begin_us);

  g_subprocess_force_exit (bench.process);
  purple_account_set_enabled (bench.account, purple_core_get_ui (), FALSE);
  purple_accounts_delete (bench.account);
  wn_host_run_dry ();
  wn_host_forget ();
  g_object_unref (bench.out);
  g_object_unref (bench.process);
  g_array_unref (bench.gaps_us);
  g_array_unref (bench.cpu_gaps_us);
}

int
main (int argc, char **argv)
{
  g_assert_cmpint (argc, ==, 2);
  wn_host_start ("bench", WN_MODULE_DIR);
  measure (argv[1], "without a log", FALSE);
  measure (argv[1], "with an HTML log", TRUE);
  wn_host_stop ();
  return 0;
}
