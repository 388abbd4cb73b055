/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What judges leaks (support/memory_reports.py) sees those that are planted in
 * a copy of the module, one from a call of libpurple's and one from the main
 * loop; and it doesn't count those of a stranger's plugin.
 *
 *   test-planted-leaks sanitizer|valgrind
 */

#include <gio/gio.h>

#include "support/folder.h"
#include "support/headless-host.h"
#include "support/login.h"
#include "support/raw-server.h"

#define TITLE "{\"title\":\"t\"}"

static const char *tool;    /* (unowned): from the command line */
static const char *program; /* (unowned): this one */

static gboolean
has_message (gpointer data)
{
  return wn_host_get_messages ()->len > 0;
}

/* What a process of its own does: it is judged when it ends. */
static void
live (const char *module_dir)
{
  static const WnRawScript script = { .answer = WN_UPGRADE };
  g_autoptr (WnRawServer) server = wn_raw_server_new (&script);
  PurpleAccount *account;

  wn_host_start ("Pidgin", module_dir);
  account = wn_login_new_at ("7@jd-shop/production",
                             wn_raw_server_get_port (server));
  wn_login_sign_on (account);
  wn_host_run_until (wn_login_is_connected, account);
  wn_raw_server_send_frame (server, 0x81, TITLE, sizeof TITLE - 1);
  wn_host_run_until (has_message, NULL);
  purple_accounts_delete (account);
  wn_host_run_dry ();
  wn_host_stop ();
}

/* Returns what was said of it; @passes: whether it counts as good. */
static char *
judge (const char *module_dir, gboolean *passes)
{
  const char *argv[]
      = { WN_RUN_TEST, WN_BUILD, tool, program, "live", module_dir, NULL };
  g_autoptr (GError) error = NULL;
  char *said = NULL;
  int status;

  g_spawn_sync (NULL,
                (char **) argv,
                NULL,
                G_SPAWN_STDOUT_TO_DEV_NULL,
                NULL,
                NULL,
                NULL,
                &said,
                &status,
                &error);
  g_assert_no_error (error);
  *passes = g_spawn_check_wait_status (status, NULL);
  return said;
}

static void
assert_says (const char *said, const char *words)
{
  if (strstr (said, words) == NULL)
    g_error ("expected “%s” in:\n%s", words, said);
}

static void
test_planted (void)
{
  gboolean passes;
  g_autofree char *said = judge (WN_LEAKY_DIR, &passes);

  g_assert_false (passes);
  assert_says (said, " wn_settings_new ");
  assert_says (said, " wn_payload_read ");
}

static void
test_none (void)
{
  gboolean passes;
  g_autofree char *said = judge (WN_MODULE_DIR, &passes);

  if (!passes)
    g_error ("expected no leak:\n%s", said);
}

/* A stranger is one that doesn't lie in the build's folder. */
static void
test_stranger (void)
{
  g_autofree char *dir = g_dir_make_tmp ("webnotify-strange-XXXXXX", NULL);
  g_autofree char *to = g_build_filename (dir, "stranger.so", NULL);
  g_autofree char *ours = g_build_filename (dir, "libwebnotify.so", NULL);
  g_autoptr (GFile) stranger = g_file_new_for_path (WN_STRANGER);
  g_autoptr (GFile) copy = g_file_new_for_path (to);
  g_autoptr (GFile) link = g_file_new_for_path (ours);
  g_autofree char *said = NULL;
  gboolean passes;

  g_assert_true (
      g_file_copy (stranger, copy, G_FILE_COPY_NONE, NULL, NULL, NULL, NULL));
  g_assert_true (g_file_make_symbolic_link (link, WN_MODULE, NULL, NULL));
  said = judge (dir, &passes);
  if (!passes)
    g_error ("expected that a stranger's leaks don't count:\n%s", said);
  wn_folder_remove (dir);
}

int
main (int argc, char **argv)
{
  g_assert_cmpint (argc, >=, 2);
  if (g_str_equal (argv[1], "live"))
    {
      live (argv[2]);
      return 0;
    }
  program = argv[0];
  tool = argv[1];
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/planted-leaks/both are seen", test_planted);
  g_test_add_func ("/planted-leaks/without them there is none", test_none);
  g_test_add_func ("/planted-leaks/a stranger's don't count", test_stranger);
  return g_test_run ();
}
