/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The real module through logins and exports while the system's calls fail at
 * random: nothing crashes or is called late, and what is called complete is
 * whole on disk. `--seed` (GTest's) repeats a run as far as threads allow.
 */

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "support/dialogs.h"
#include "support/failing-calls.h"
#include "support/headless-host.h"
#include "support/login.h"
#include "support/office.h"

#define N_BYTES 100000
#define PUSH_MS 10
#define ROUND_US (60 * 1000)
/* libsoup's server keeps a few descriptors of each. */
#define N_ROUNDS_PER_OFFICE 50
#define PATIENCE_US (60 * G_TIME_SPAN_SECOND)

static guint n_rounds = 60;
static guint office_port;
static int request_fd; /* of offices */
static int port_fd;    /* of their ports */
static char *folder;
static char *tmp_prefix;
static guint8 *whole_file;

/* --- the offices: processes of their own, whose calls work --- */

static gboolean
on_push_due (gpointer user_data)
{
  static guint n;
  WnOffice *office = user_data;
  g_autofree char *name = g_strdup_printf ("%u.csv", n++);

  if (!wn_office_has_listener (office))
    return G_SOURCE_CONTINUE;
  wn_office_set_file (office,
                      name,
                      &(WnOfficeFile){ .n_bytes = N_BYTES, .percent = 100 });
  wn_office_push_export (office, name);
  return G_SOURCE_CONTINUE;
}

static void
ignore_log (const char *domain,
            GLogLevelFlags level,
            const char *message,
            gpointer user_data)
{
}

/* It goes on sending to listeners that have gone, and is told so. */
static void
run_office (int fd)
{
  WnOffice *office;
  guint port;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_log_set_default_handler (ignore_log, NULL);
  office = wn_office_new ();
  port = wn_office_get_port (office);
  if (write (fd, &port, sizeof port) != sizeof port)
    _exit (1);
  g_timeout_add (PUSH_MS, on_push_due, office);
  while (TRUE)
    g_main_context_iteration (NULL, TRUE);
}

static void
open_office (int fd)
{
  static pid_t office;

  if (office > 0)
    {
      kill (office, SIGKILL);
      waitpid (office, NULL, 0);
    }
  office = fork ();
  if (office == 0)
    run_office (fd);
}

/* A process without threads, which may fork at any time. */
static void
run_landlord (int requests, int ports)
{
  char request;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  while (read (requests, &request, 1) == 1)
    open_office (ports);
  _exit (0);
}

static pid_t
start_landlord (void)
{
  int requests[2], ports[2];
  pid_t pid;

  g_assert_cmpint (pipe (requests), ==, 0);
  g_assert_cmpint (pipe (ports), ==, 0);
  pid = fork ();
  if (pid == 0)
    run_landlord (requests[0], ports[1]);
  close (requests[0]);
  close (ports[1]);
  request_fd = requests[1];
  port_fd = ports[0];
  return pid;
}

/* With the office, and all that it has kept, of before gone. */
static void
move_to_new_office (void)
{
  wn_failing_calls_set_paused (TRUE);
  g_assert_cmpint (write (request_fd, "", 1), ==, 1);
  g_assert_cmpint (read (port_fd, &office_port, sizeof office_port),
                   ==,
                   sizeof office_port);
  wn_failing_calls_set_paused (FALSE);
}

/* --- the user --- */

static PurpleAccount *
sign_on (void)
{
  g_autofree char *url
      = g_strdup_printf ("ws://notify.example:%u/", office_port);
  PurpleAccount *account = wn_login_new ("7@jd-shop/production", url);

  purple_account_set_int (account, "reconnect_delay", 1);
  purple_account_set_string (account, "replay", "nchan");
  wn_login_sign_on (account);
  return account;
}

static void
answer_dialogs (void)
{
  static guint n;

  if (wn_dialogs_count () == 0)
    return;
  if (wn_dialogs_asks_where ())
    {
      g_autofree char *name = g_strdup_printf ("saved-%u", n++);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      wn_dialogs_save_as (path);
    }
  else
    wn_dialogs_accept ();
}

static guint
count_complete (void)
{
  GPtrArray *messages = wn_host_get_messages ();
  guint n = 0;

  for (guint i = 0; i < messages->len; i++)
    n += strstr (messages->pdata[i], "</A> complete") != NULL;
  return n;
}

/* --- what must hold --- */

static void
assert_whole (const char *path)
{
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  g_assert_cmpmem (contents, length, whole_file, N_BYTES);
}

/* Returns: how many there were */
static guint
take_whole_files (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      assert_whole (path);
      g_unlink (path);
      n++;
    }
  return n;
}

static void
sign_off (PurpleAccount *account)
{
  guint n_messages;

  purple_accounts_delete (account);
  n_messages = wn_host_get_messages ()->len;
  wn_host_run_dry ();
  g_assert_cmpuint (wn_host_get_messages ()->len, ==, n_messages);
  g_assert_cmpuint (wn_dialogs_count (), ==, 0);
  wn_failing_calls_set_paused (TRUE);
  g_assert_cmpuint (take_whole_files (), ==, count_complete ());
  wn_failing_calls_set_paused (FALSE);
  wn_host_forget ();
}

static void
live_for_a_round (void)
{
  gint64 end_us = g_get_monotonic_time () + ROUND_US;
  PurpleAccount *account = sign_on ();

  while (g_get_monotonic_time () < end_us)
    {
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (200);
      answer_dialogs ();
    }
  sign_off (account);
}

static void
live_until_complete (void)
{
  gint64 end_us = g_get_monotonic_time () + PATIENCE_US;
  PurpleAccount *account = sign_on ();

  while (count_complete () == 0 && g_get_monotonic_time () < end_us)
    {
      g_main_context_iteration (NULL, FALSE);
      answer_dialogs ();
    }
  g_assert_cmpuint (count_complete (), >, 0);
  sign_off (account);
}

/* --- tests --- */

static void
test_rate (gconstpointer one_in)
{
  guint n_before = wn_failing_calls_count ();
  g_autofree char *report = NULL;

  wn_failing_calls_start ((guint32) g_test_rand_int (),
                          GPOINTER_TO_UINT (one_in),
                          tmp_prefix);
  for (guint i = 0; i < n_rounds; i++)
    {
      if (i % N_ROUNDS_PER_OFFICE == 0)
        move_to_new_office ();
      live_for_a_round ();
    }
  wn_failing_calls_stop ();
  move_to_new_office ();
  live_until_complete ();
  report = wn_failing_calls_dup_report ();
  g_test_message ("%u calls failed; until now:%s",
                  wn_failing_calls_count () - n_before,
                  report);
  g_assert_cmpuint (wn_failing_calls_count (), >, n_before);
}

int
main (int argc, char **argv)
{
  pid_t landlord;
  int result;

  g_test_init (&argc, &argv, NULL);
  if (argc > 1)
    n_rounds = (guint) g_ascii_strtoull (argv[1], NULL, 10);
  folder = g_dir_make_tmp ("webnotify-failing-XXXXXX", NULL);
  tmp_prefix = g_build_filename (g_get_tmp_dir (), "webnotify-", NULL);
  whole_file = wn_office_dup_bytes (N_BYTES);
  landlord = start_landlord ();
  wn_host_start ("Pidgin", WN_MODULE_DIR);
  wn_dialogs_start ();
  g_test_add_data_func ("/failing-calls/one in 200 fails",
                        GUINT_TO_POINTER (200),
                        test_rate);
  g_test_add_data_func ("/failing-calls/one in 30 fails",
                        GUINT_TO_POINTER (30),
                        test_rate);
  g_test_add_data_func ("/failing-calls/one in 6 fails",
                        GUINT_TO_POINTER (6),
                        test_rate);
  result = g_test_run ();
  wn_host_stop ();
  wn_dialogs_stop ();
  kill (landlord, SIGKILL);
  g_rmdir (folder);
  g_free (folder);
  g_free (tmp_prefix);
  g_free (whole_file);
  return result;
}
