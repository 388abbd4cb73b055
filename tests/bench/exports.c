/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An export from nginx on loopback to the disk, through the transfer, beside
 * curl and a headless Chromium that write the same file to the same disk:
 * seconds, processor seconds, and the most memory. The transfer is a process
 * with libpurple, as curl is one; of Chromium, all its processes. Says so
 * where nginx isn't unpacked (tests/servers/fetch), and leaves out a browser
 * that is missing.
 *
 *   exports BROWSER [ROUNDS [MIB]]      (default: 5 rounds, 1024 MiB)
 *
 * BROWSER: tests/bench/browser
 *
 * At the end, how much more memory 4 GiB take, into nothing, than the first
 * MiB of them.
 */

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "bench/bench.h"
#include "purple/transfer.h"
#include "support/dialogs.h"
#include "support/folder.h"
#include "support/headless-host.h"
#include "support/loopback.h"
#include "support/resident.h"

#define MIB ((gint64) 1024 * 1024)
#define FLAT_MIB 4096
#define BLOCK_BYTES (64 * 1024)

#define CONFIGURATION                                                          \
  "daemon off;\nmaster_process off;\n%s\n"                                     \
  "pid nginx.pid;\n"                                                           \
  "events { worker_connections 64; }\n"                                        \
  "http {\n  access_log off;\n  default_type application/octet-stream;\n"      \
  "  client_body_temp_path t1;\n  proxy_temp_path t2;\n"                       \
  "  fastcgi_temp_path t3;\n  uwsgi_temp_path t4;\n  scgi_temp_path t5;\n"     \
  "  server {\n    listen 127.0.0.1:%u;\n    root %s;\n    sendfile on;\n"     \
  "  }\n}\n"

enum
{
  SECONDS,
  CPU_SECONDS,
  MEMORY_KIB,
  N_VALUES,
};

enum
{
  CURL,
  BROWSER,
  PLUGIN,
  N_KINDS,
};

typedef struct
{
  const char *browser; /* (unowned) */
  char *folder;        /* (owned): what is served, and what nginx keeps */
  char *saved;         /* (owned): the folder of what was fetched */
  char *url;           /* (owned) */
  gint64 size;
  gboolean throws_away;
  guint16 port;
  GPid nginx;
} Job;

typedef double Series[WN_BENCH_MAX_ROUNDS][N_KINDS][N_VALUES];

/* nginx */

static void
start_nginx (Job *job, const char *program)
{
  g_autofree char *path = g_build_filename (job->folder, "nginx.conf", NULL);
  g_autofree char *log = g_build_filename (job->folder, "error.log", NULL);
  g_autofree char *text = NULL;
  const char *argv[]
      = { program, "-p", job->folder, "-c", path, "-e", log, NULL };
  g_autoptr (GError) error = NULL;

  job->port = wn_loopback_find_free_port ();
  job->url = g_strdup_printf ("http://127.0.0.1:%u/export.bin", job->port);
  text = g_strdup_printf (CONFIGURATION,
                          geteuid () == 0 ? "user root;" : "",
                          job->port,
                          job->folder);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_spawn_async (NULL,
                 (char **) argv,
                 NULL,
                 G_SPAWN_DO_NOT_REAP_CHILD,
                 NULL,
                 NULL,
                 &job->nginx,
                 &error);
  g_assert_no_error (error);
  wn_loopback_wait_for (job->port);
}

static void
stop_nginx (const Job *job)
{
  kill (job->nginx, SIGTERM);
  waitpid (job->nginx, NULL, 0);
}

/* Written, not only made that long: a hole costs the disk nothing. */
static void
make_file (const Job *job)
{
  g_autofree char *path = g_build_filename (job->folder, "export.bin", NULL);
  g_autofree guint32 *block = g_malloc (BLOCK_BYTES);
  FILE *file = g_fopen (path, "w");

  for (guint i = 0; i < BLOCK_BYTES / sizeof *block; i++)
    block[i] = g_random_int ();
  for (gint64 left = job->size; left > 0; left -= BLOCK_BYTES)
    g_assert_cmpuint (fwrite (block, 1, BLOCK_BYTES, file), ==, BLOCK_BYTES);
  fclose (file);
  sync ();
}

static void
make_sparse_file (const Job *job)
{
  g_autofree char *path = g_build_filename (job->folder, "export.bin", NULL);

  g_assert_cmpint (truncate (path, job->size), ==, 0);
}

static char *
dup_saved (const Job *job)
{
  return job->throws_away ? g_strdup ("/dev/null")
                          : g_build_filename (job->saved, "export.bin", NULL);
}

/* The next one finds the disk as this one did. */
static void
remove_saved (const Job *job)
{
  g_autofree char *path = g_build_filename (job->saved, "export.bin", NULL);
  GStatBuf status;

  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_size, ==, job->size);
  g_unlink (path);
  sync ();
}

/* The peers */

static void
measure_curl (double *values, gconstpointer data)
{
  const Job *job = data;
  g_autofree char *path = dup_saved (job);
  const char *argv[]
      = { "curl", "-sf", "--noproxy", "*", "-o", path, job->url, NULL };
  gint64 start_us = g_get_monotonic_time ();
  struct rusage usage;
  pid_t pid;
  int status;

  pid = vfork ();
  if (pid == 0)
    {
      execvp (argv[0], (char **) argv);
      _exit (127);
    }
  g_assert_cmpint (wait4 (pid, &status, 0, &usage), ==, pid);
  g_assert_cmpint (status, ==, 0);
  values[SECONDS] = (double) (g_get_monotonic_time () - start_us) / 1e6;
  values[CPU_SECONDS]
      = (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  values[MEMORY_KIB] = (double) usage.ru_maxrss;
}

static gboolean
measure_browser (double *values, const Job *job)
{
  const char *argv[] = { job->browser, "download", job->url, job->saved, NULL };
  double figures[WN_BENCH_MAX_VALUES];

  if (!wn_bench_ask (argv, figures))
    return FALSE;
  memcpy (values, figures, N_VALUES * sizeof *values);
  return TRUE;
}

/* The transfer */

typedef struct
{
  WnTransferState state;
  gint64 n_received;
} Watch;

static void
on_transfer_changed (const WnTransferStatus *status,
                     const GError *error,
                     gpointer user_data)
{
  Watch *watch = user_data;

  watch->state = status->state;
  watch->n_received = status->n_received;
}

static void
on_transfer_freed (gpointer data)
{
}

static void
run_to (const Watch *watch, gint64 n_bytes)
{
  while (watch->state == WN_TRANSFER_RUNNING && watch->n_received < n_bytes)
    g_main_context_iteration (NULL, TRUE);
}

static void
offer (const Job *job, Watch *watch)
{
  WnHost *host = wn_host_get_login ();
  g_autoptr (GProxyResolver) direct = g_simple_proxy_resolver_new (NULL, NULL);
  g_autofree char *path = g_build_filename (job->saved, "export.bin", NULL);
  WnTransferConfig config
      = { .gc = host->gc,
          .who = "jd-shop",
          .file_name = "export.bin",
          .size = job->size,
          .download = { .url = job->url, .proxy_resolver = direct } };

  if (job->throws_away)
    wn_host_take_bytes ();
  purple_conversation_new (PURPLE_CONV_TYPE_IM, host->account, "jd-shop");
  wn_transfer_offer (&config, on_transfer_changed, watch, on_transfer_freed);
  wn_dialogs_accept ();
  wn_dialogs_save_as (path);
}

/* From the moment that the user has said where to. */
static void
measure_plugin (double *values, gconstpointer data)
{
  const Job *job = data;
  Watch watch = { WN_TRANSFER_RUNNING, 0 };
  gint64 start_us, start_cpu_us;
  double first_kib;

  wn_host_get_login ();
  wn_resident_reset_peak ();
  start_us = g_get_monotonic_time ();
  start_cpu_us = wn_bench_get_cpu_us ();
  offer (job, &watch);
  run_to (&watch, MIB);
  first_kib = (double) wn_resident_get_kib ();
  run_to (&watch, G_MAXINT64);
  g_assert_cmpint (watch.state, ==, WN_TRANSFER_DONE);
  g_assert_cmpint (watch.n_received, ==, job->size);
  values[SECONDS] = (double) (g_get_monotonic_time () - start_us) / 1e6;
  values[CPU_SECONDS] = (double) (wn_bench_get_cpu_us () - start_cpu_us) / 1e6;
  values[MEMORY_KIB] = (double) wn_resident_get_peak_kib ();
  values[N_VALUES] = values[MEMORY_KIB] - first_kib;
  wn_host_stop ();
}

/* The table */

static void
print_kind (Series *series, guint n_rounds, guint kind, const char *name)
{
  static const char *const units[N_VALUES]
      = { "seconds", "processor seconds", "memory KiB" };

  for (guint v = 0; v < N_VALUES; v++)
    {
      g_autofree char *title = g_strdup_printf ("%s, %s", name, units[v]);
      double sorted[WN_BENCH_MAX_ROUNDS];

      for (guint i = 0; i < n_rounds; i++)
        sorted[i] = (*series)[i][kind][v];
      wn_bench_print (title, sorted, n_rounds);
    }
}

static void
print_ratio (Series *series,
             guint n_rounds,
             guint peer,
             guint value,
             const char *name)
{
  double sorted[WN_BENCH_MAX_ROUNDS];

  for (guint i = 0; i < n_rounds; i++)
    sorted[i] = (*series)[i][peer][value] / (*series)[i][PLUGIN][value];
  wn_bench_print (name, sorted, n_rounds);
}

static void
measure (const Job *job, guint n_rounds)
{
  static Series series;
  gboolean has_browser = TRUE;

  make_file (job);
  for (guint i = 0; i < n_rounds; i++)
    {
      double figures[WN_BENCH_MAX_VALUES];

      wn_bench_apart (measure_curl, figures, job);
      memcpy (series[i][CURL], figures, sizeof series[i][CURL]);
      remove_saved (job);
      wn_bench_apart (measure_plugin, figures, job);
      memcpy (series[i][PLUGIN], figures, sizeof series[i][PLUGIN]);
      remove_saved (job);
      has_browser = has_browser && measure_browser (series[i][BROWSER], job);
      if (has_browser)
        remove_saved (job);
    }
  printf ("%d MiB to the disk, %u rounds\n", (int) (job->size / MIB), n_rounds);
  print_ratio (&series, n_rounds, CURL, SECONDS, "rate / curl's");
  print_ratio (&series, n_rounds, CURL, CPU_SECONDS, "curl's processor / ours");
  if (has_browser)
    print_ratio (&series, n_rounds, BROWSER, SECONDS, "rate / the browser's");
  print_kind (&series, n_rounds, CURL, "curl");
  print_kind (&series, n_rounds, PLUGIN, "plugin");
  if (has_browser)
    print_kind (&series, n_rounds, BROWSER, "browser");
}

static void
measure_flatness (Job *job, guint n_rounds)
{
  double growth[WN_BENCH_MAX_ROUNDS];
  double rates[WN_BENCH_MAX_ROUNDS];

  job->size = FLAT_MIB * MIB;
  job->throws_away = TRUE;
  make_sparse_file (job);
  for (guint i = 0; i < n_rounds; i++)
    {
      double curl[WN_BENCH_MAX_VALUES];
      double plugin[WN_BENCH_MAX_VALUES];

      wn_bench_apart (measure_curl, curl, job);
      wn_bench_apart (measure_plugin, plugin, job);
      growth[i] = plugin[N_VALUES];
      rates[i] = curl[SECONDS] / plugin[SECONDS];
    }
  printf ("%d MiB thrown away, %u rounds\n", FLAT_MIB, n_rounds);
  wn_bench_print ("more memory than for 1 MiB, KiB", growth, n_rounds);
  wn_bench_print ("rate / curl's", rates, n_rounds);
}

int
main (int argc, char **argv)
{
  const char *builds = g_getenv ("WN_BUILD");
  g_autofree char *nginx
      = g_build_filename (builds != NULL ? builds : WN_BUILDS,
                          "nginx/usr/sbin/nginx",
                          NULL);
  guint n_rounds = wn_bench_get_rounds (argc - 1, argv + 1, 5);
  Job job = { .size = 1024 * MIB };

  g_assert_cmpint (argc, >, 1);
  job.browser = argv[1];
  if (argc > 3)
    job.size = g_ascii_strtoll (argv[3], NULL, 10) * MIB;
  if (!g_file_test (nginx, G_FILE_TEST_IS_EXECUTABLE))
    {
      printf ("nginx isn't unpacked (tests/servers/fetch): skipped\n");
      return 0;
    }
  job.folder = g_dir_make_tmp ("webnotify-bench-XXXXXX", NULL);
  job.saved = g_build_filename (job.folder, "saved", NULL);
  g_mkdir (job.saved, 0700);
  start_nginx (&job, nginx);
  measure (&job, n_rounds);
  measure_flatness (&job, n_rounds);
  stop_nginx (&job);
  wn_folder_remove (job.folder);
  return 0;
}
