/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Exports from a real nginx, which is killed in the middle and started again;
 * and, with a size in MiB as argument, how much memory a large one takes and
 * how fast it is beside curl. Skipped where tests/servers/fetch hasn't unpacked
 * nginx. The delays before a retry are virtual, everything else is real.
 */

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "purple/transfer.h"
#include "support/dialogs.h"
#include "support/headless-host.h"
#include "support/loopback.h"
#include "support/resident.h"
#include "support/saved-export.h"
#include "support/virtual-timers.h"

#define N_BYTES (8 * 1024 * 1024)
#define MIB (1024 * 1024)
#define MAX_GROWTH_KIB 4096
#define FIRST_RETRY_S 5
#define LIMIT_S 300

/* Its paths are relative to the folder that nginx is started with. */
#define CONFIGURATION                                                          \
  "daemon off;\nmaster_process off;\n%s\n"                                     \
  "pid nginx.pid;\nerror_log error.log crit;\n"                                \
  "events { worker_connections 64; }\n"                                        \
  "http {\n  access_log off;\n"                                                \
  "  client_body_temp_path t1;\n  proxy_temp_path t2;\n"                       \
  "  fastcgi_temp_path t3;\n  uwsgi_temp_path t4;\n  scgi_temp_path t5;\n"     \
  "  server {\n    listen 127.0.0.1:%u;\n    root ./;\n"                       \
  "    location /slow/ { alias ./; limit_rate 2m; }\n"                         \
  "    location /whole/ { alias ./; limit_rate 2m; max_ranges 0; }\n"          \
  "    location /fast/ { alias ./; sendfile on; }\n"                           \
  "    location /unversioned/ { alias ./; limit_rate 8m;\n"                    \
  "      etag off; add_header Last-Modified \"\"; }\n"                         \
  "    location /chunked/ { alias ./; limit_rate 8m;\n"                        \
  "      ssi on; ssi_types *; }\n  }\n}\n"

typedef struct
{
  WnSavedExport export;
  char *nginx;  /* (owned): the program */
  char *prefix; /* (owned): its folder */
  char *served; /* (owned): the file in it */
  char *path;   /* (owned): where the user saves it */
  GPid pid;     /* 0: it doesn't run */
  guint port;
} Fixture;

/* --- nginx --- */

static char *
dup_nginx (void)
{
  const char *builds = g_getenv ("WN_BUILD");

  return g_build_filename (builds != NULL ? builds : WN_BUILDS,
                           "nginx/usr/sbin/nginx",
                           NULL);
}

static void
write_configuration (Fixture *f)
{
  g_autofree char *path = g_build_filename (f->prefix, "nginx.conf", NULL);
  g_autofree char *text = g_strdup_printf (CONFIGURATION,
                                           geteuid () == 0 ? "user root;" : "",
                                           f->port);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
start_nginx (Fixture *f)
{
  g_autofree char *conf = g_build_filename (f->prefix, "nginx.conf", NULL);
  g_autofree char *log = g_build_filename (f->prefix, "error.log", NULL);
  const char *argv[]
      = { f->nginx, "-p", f->prefix, "-c", conf, "-e", log, NULL };
  g_autoptr (GError) error = NULL;

  g_spawn_async (NULL,
                 (char **) argv,
                 NULL,
                 G_SPAWN_DO_NOT_REAP_CHILD,
                 NULL,
                 NULL,
                 &f->pid,
                 &error);
  g_assert_no_error (error);
  wn_loopback_wait_for ((guint16) f->port);
}

static void
kill_nginx (Fixture *f)
{
  if (f->pid == 0)
    return;
  kill (f->pid, SIGKILL);
  waitpid (f->pid, NULL, 0);
  f->pid = 0;
}

/* --- fixture --- */

static void
serve_bytes (Fixture *f, guint32 seed, gint64 modified_s)
{
  g_autofree guint32 *bytes = g_malloc (N_BYTES);
  struct timespec times[2] = { { modified_s, 0 }, { modified_s, 0 } };
  GRand *rand = g_rand_new_with_seed (seed);

  for (guint i = 0; i < N_BYTES / sizeof (guint32); i++)
    bytes[i] = g_rand_int (rand);
  g_rand_free (rand);
  g_assert_true (
      g_file_set_contents (f->served, (char *) bytes, N_BYTES, NULL));
  g_assert_cmpint (utimensat (AT_FDCWD, f->served, times, 0), ==, 0);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->nginx = dup_nginx ();
  wn_saved_export_init (&f->export, LIMIT_S);
  f->prefix = g_dir_make_tmp ("webnotify-nginx-XXXXXX", NULL);
  f->served = g_build_filename (f->prefix, "export.bin", NULL);
  f->path = g_build_filename (f->export.host->dir, "saved.bin", NULL);
  f->port = wn_loopback_find_free_port ();
  write_configuration (f);
  start_nginx (f);
}

static void
remove_prefix (Fixture *f)
{
  g_autoptr (GDir) dir = g_dir_open (f->prefix, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (f->prefix, name, NULL);

      g_remove (path);
    }
  g_assert_cmpint (g_rmdir (f->prefix), ==, 0);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  kill_nginx (f);
  remove_prefix (f);
  g_unlink (f->path);
  wn_saved_export_clear (&f->export);
  g_free (f->nginx);
  g_free (f->prefix);
  g_free (f->served);
  g_free (f->path);
}

/* --- the transfer --- */

static void
start (Fixture *f, const char *folder, gint64 size, const char *path)
{
  g_autofree char *url
      = g_strdup_printf ("http://127.0.0.1:%u/%s/export.bin", f->port, folder);

  wn_saved_export_start (&f->export, url, size, path);
}

static void
run_to (Fixture *f, gint64 n_bytes)
{
  while (f->export.n_received < n_bytes)
    {
      g_assert_cmpint (f->export.state, ==, WN_TRANSFER_RUNNING);
      g_main_context_iteration (NULL, TRUE);
    }
}

/* Kills it in the middle, and lets the transfer notice. */
static void
break_at (Fixture *f, gint64 n_bytes)
{
  run_to (f, n_bytes);
  kill_nginx (f);
  while (wn_virtual_timers_peek () != FIRST_RETRY_S)
    g_main_context_iteration (NULL, TRUE);
}

static void
go_on (Fixture *f)
{
  start_nginx (f);
  wn_virtual_timers_pass (FIRST_RETRY_S);
}

static char *
dup_sum (const char *path)
{
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256,
                                      (guchar *) contents,
                                      length);
}

static void
assert_complete (Fixture *f, guint n_starts_over)
{
  g_autofree char *served = dup_sum (f->served);
  g_autofree char *saved = dup_sum (f->path);

  g_assert_cmpstr (f->export.reason, ==, NULL);
  g_assert_cmpint (f->export.state, ==, WN_TRANSFER_DONE);
  g_assert_cmpstr (saved, ==, served);
  g_assert_cmpuint (f->export.n_starts_over, ==, n_starts_over);
  g_assert_nonnull (strstr (f->export.host->lines->str, "</A> complete"));
  g_assert_cmpstr (f->export.host->errors->str, ==, "");
  /* One transfer, and no further dialog. */
  g_assert_cmpuint (f->export.host->n_created, ==, 1);
  g_assert_cmpuint (f->export.host->n_destroyed, ==, 1);
  g_assert_cmpuint (wn_dialogs_count (), ==, 0);
}

/* --- tests --- */

static void
test_three_restarts (Fixture *f, gconstpointer data)
{
  serve_bytes (f, 1, 1700000000);
  start (f, "slow", N_BYTES, f->path);
  for (guint quarter = 1; quarter <= 3; quarter++)
    {
      break_at (f, quarter * (N_BYTES / 4) - 1000);
      go_on (f);
    }
  wn_saved_export_run_to_end (&f->export);
  assert_complete (f, 0);
}

static void
test_changed (Fixture *f, gconstpointer data)
{
  serve_bytes (f, 1, 1700000000);
  start (f, "slow", N_BYTES, f->path);
  break_at (f, N_BYTES / 8);
  serve_bytes (f, 2, 1700000099);
  go_on (f);
  wn_saved_export_run_to_end (&f->export);
  assert_complete (f, 1);
}

static void
test_without_ranges (Fixture *f, gconstpointer data)
{
  serve_bytes (f, 1, 1700000000);
  start (f, "whole", N_BYTES, f->path);
  break_at (f, N_BYTES / 8);
  go_on (f);
  wn_saved_export_run_to_end (&f->export);
  assert_complete (f, 1);
}

static void
test_unversioned (Fixture *f, gconstpointer data)
{
  serve_bytes (f, 1, 1700000000);
  start (f, "unversioned", N_BYTES, f->path);
  break_at (f, N_BYTES / 8);
  serve_bytes (f, 2, 1700000099);
  go_on (f);
  wn_saved_export_run_to_end (&f->export);
  assert_complete (f, 1);
}

/* Nobody says how long it is: only the last chunk tells that it is whole. */
static void
test_in_chunks (Fixture *f, gconstpointer data)
{
  serve_bytes (f, 1, 1700000000);
  start (f, "chunked", WN_SIZE_UNKNOWN, f->path);
  break_at (f, N_BYTES / 8);
  go_on (f);
  wn_saved_export_run_to_end (&f->export);
  assert_complete (f, 1);
}

/* Four times it begins, and no more. */
static void
test_in_chunks_always_broken (Fixture *f, gconstpointer data)
{
  serve_bytes (f, 1, 1700000000);
  start (f, "chunked", WN_SIZE_UNKNOWN, f->path);
  for (guint i = 1; i <= 3; i++)
    {
      break_at (f, i * (N_BYTES / 16));
      go_on (f);
      while (f->export.n_starts_over < i)
        g_main_context_iteration (NULL, TRUE);
    }
  run_to (f, N_BYTES / 4);
  kill_nginx (f);
  wn_saved_export_run_to_end (&f->export);
  g_assert_cmpint (f->export.state, ==, WN_TRANSFER_FAILED);
  g_assert_cmpuint (f->export.n_starts_over, ==, 3);
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
  g_assert_null (strstr (f->export.host->lines->str, "</A> complete"));
}

static void
test_gone_meanwhile (Fixture *f, gconstpointer data)
{
  serve_bytes (f, 1, 1700000000);
  start (f, "slow", N_BYTES, f->path);
  break_at (f, N_BYTES / 8);
  g_unlink (f->served);
  go_on (f);
  wn_saved_export_run_to_end (&f->export);
  g_assert_cmpint (f->export.state, ==, WN_TRANSFER_FAILED);
  g_assert_nonnull (strstr (f->export.reason, "does not have this file"));
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
}

/* A quarter of an hour without a byte, and then it is given up. */
static void
test_never_back (Fixture *f, gconstpointer data)
{
  guint waited_s = 0;

  serve_bytes (f, 1, 1700000000);
  start (f, "slow", N_BYTES, f->path);
  break_at (f, N_BYTES / 8);
  while (f->export.state == WN_TRANSFER_RUNNING)
    {
      guint delay_s = wn_virtual_timers_peek ();

      /* 300 s is the time that an answer may take: that one ends by itself. */
      if (delay_s == 0 || delay_s == 300)
        g_main_context_iteration (NULL, TRUE);
      else
        {
          wn_virtual_timers_pass (delay_s);
          waited_s += delay_s;
        }
    }
  /* With the minute in which the server's speed was looked at. */
  g_assert_cmpuint (waited_s, >, 800);
  g_assert_cmpuint (waited_s, <=, 960);
  g_assert_cmpint (f->export.state, ==, WN_TRANSFER_FAILED);
  g_assert_nonnull (strstr (f->export.reason, "Connection refused"));
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
}

static void
assert_cancelled (Fixture *f)
{
  g_assert_cmpint (f->export.state, ==, WN_TRANSFER_CANCELLED);
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (wn_virtual_timers_peek (), ==, 0);
  g_assert_cmpuint (f->export.host->n_destroyed, ==, 1);
}

static void
test_cancelled_while_broken (Fixture *f, gconstpointer data)
{
  serve_bytes (f, 1, 1700000000);
  start (f, "slow", N_BYTES, f->path);
  break_at (f, N_BYTES / 8);
  purple_xfer_cancel_local (purple_xfers_get_all ()->data);
  assert_cancelled (f);
}

static void
test_cancelled_while_asking_again (Fixture *f, gconstpointer data)
{
  serve_bytes (f, 1, 1700000000);
  start (f, "slow", N_BYTES, f->path);
  break_at (f, N_BYTES / 8);
  go_on (f);
  purple_xfer_cancel_local (purple_xfers_get_all ()->data);
  assert_cancelled (f);
}

static void
test_sign_off_while_broken (Fixture *f, gconstpointer data)
{
  serve_bytes (f, 1, 1700000000);
  start (f, "slow", N_BYTES, f->path);
  break_at (f, N_BYTES / 8);
  wn_transfers_cancel_all (f->export.host->gc);
  assert_cancelled (f);
}

/* --- a large one --- */

static double
measure_curl (Fixture *f, const char *path)
{
  g_autofree char *url
      = g_strdup_printf ("http://127.0.0.1:%u/fast/export.bin", f->port);
  const char *argv[] = { "curl", "-s", "--noproxy",         "*", "-o",
                         path,   "-w", "%{speed_download}", url, NULL };
  g_autofree char *out = NULL;

  if (!g_spawn_sync (NULL,
                     (char **) argv,
                     NULL,
                     G_SPAWN_SEARCH_PATH,
                     NULL,
                     NULL,
                     &out,
                     NULL,
                     NULL,
                     NULL))
    return 0;
  return g_ascii_strtod (out, NULL);
}

static void
test_large (Fixture *f, gconstpointer data)
{
  gint64 size = (gint64) GPOINTER_TO_SIZE (data) * MIB;
  gboolean is_kept = size <= 512 * MIB;
  gboolean is_measured;
  gint64 before_kib, growth_kib;
  gint64 begin_us;
  double rate, curl_rate;

  g_assert_true (g_file_set_contents (f->served, "", 0, NULL));
  g_assert_cmpint (truncate (f->served, size), ==, 0);
  curl_rate = measure_curl (f, is_kept ? f->path : "/dev/null");
  if (!is_kept)
    wn_host_take_bytes ();
  g_unlink (f->path);
  begin_us = g_get_monotonic_time ();
  start (f, "fast", size, f->path);
  run_to (f, MIB);
  is_measured = wn_resident_reset_peak ();
  before_kib = wn_resident_get_kib ();
  wn_saved_export_run_to_end (&f->export);
  growth_kib = wn_resident_get_peak_kib () - before_kib;
  rate = (double) size * 1e6 / (double) (g_get_monotonic_time () - begin_us);
  g_test_message ("%" G_GINT64_FORMAT " MiB to %s: %.0f MB/s, curl %.0f MB/s, "
                  "ratio %.2f, memory grew by %" G_GINT64_FORMAT " KiB%s",
                  size / MIB,
                  is_kept ? "a disk" : "nowhere",
                  rate / 1e6,
                  curl_rate / 1e6,
                  curl_rate > 0 ? rate / curl_rate : 0,
                  growth_kib,
                  is_measured ? "" : " since it started");
  g_assert_cmpint (f->export.state, ==, WN_TRANSFER_DONE);
  g_assert_cmpint (f->export.n_received, ==, size);
  if (is_measured)
    g_assert_cmpint (growth_kib, <=, MAX_GROWTH_KIB);
}

#define TEST(name, func)                                                       \
  g_test_add ("/exports-nginx/" name, Fixture, NULL, set_up, func, tear_down)

static void
add_tests (void)
{
  TEST ("whole after three restarts, in one go", test_three_restarts);
  TEST ("a changed file starts over", test_changed);
  TEST ("without ranges it starts over", test_without_ranges);
  TEST ("without a version it starts over", test_unversioned);
  TEST ("in chunks it starts over", test_in_chunks);
  TEST ("in chunks and always broken is a failure",
        test_in_chunks_always_broken);
  TEST ("gone when it comes back is a failure", test_gone_meanwhile);
  TEST ("never back is a failure after a quarter of an hour", test_never_back);
  TEST ("cancelled while it is broken", test_cancelled_while_broken);
  TEST ("cancelled while it asks again", test_cancelled_while_asking_again);
  TEST ("signed off while it is broken", test_sign_off_while_broken);
}

int
main (int argc, char **argv)
{
  g_autofree char *nginx = dup_nginx ();
  int result;

  g_test_init (&argc, &argv, NULL);
  if (!g_file_test (nginx, G_FILE_TEST_IS_EXECUTABLE))
    {
      g_print ("1..0 # SKIP nginx isn't unpacked: tests/servers/fetch\n");
      return 0;
    }
  if (argc > 1)
    g_test_add ("/exports-nginx/a large one takes no more memory",
                Fixture,
                GSIZE_TO_POINTER (strtoul (argv[1], NULL, 10)),
                set_up,
                test_large,
                tear_down);
  else
    add_tests ();
  result = g_test_run ();
  wn_host_stop ();
  return result;
}
