/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The module beside others, twice, and again. What is loaded into a process
 * stays there: each case is a process of its own, named on the command line.
 */

#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/headless-host.h"
#include "support/login.h"
#include "support/raw-server.h"

#define OTHER "webnotify-test-soup2"

static const WnRawScript welcoming = { .answer = WN_UPGRADE };

static PurpleAccount *
add_account (WnRawServer *server)
{
  return wn_login_new_at ("1001@jd-shop/stage",
                          wn_raw_server_get_port (server));
}

static void
remove_account (PurpleAccount *account)
{
  /* libpurple disconnects after an error from a timeout of its own. */
  wn_host_run_dry ();
  wn_login_delete (account);
  wn_host_run_dry ();
}

static gboolean
is_connected_or_failed (gpointer data)
{
  return wn_login_is_connected (data) || wn_host_has_error (NULL);
}

static guint
count_copies (void)
{
  guint n = 0;

  for (GList *l = purple_plugins_get_protocols (); l != NULL; l = l->next)
    if (g_str_equal (purple_plugin_get_id (l->data), WN_PROTOCOL))
      n++;
  return n;
}

/* Both libraries in one process deadlock it: the user hears of it instead. */
static void
assert_says_so_and_lives (void)
{
  g_autoptr (WnRawServer) server = wn_raw_server_new (&welcoming);
  PurpleAccount *account = add_account (server);
  PurpleConnectionError reason;

  wn_login_sign_on (account);
  wn_host_run_until (is_connected_or_failed, account);
  g_assert_cmpstr (wn_host_get_error (&reason),
                   ==,
                   "Another plugin has loaded libsoup 2, which can't be used "
                   "beside libsoup 3. Turn that plugin off and start the "
                   "program again.");
  g_assert_cmpint (reason, ==, PURPLE_CONNECTION_ERROR_OTHER_ERROR);
  g_assert_cmpuint (wn_raw_server_get_n_connections (server), ==, 0);
  remove_account (account);
}

static void
load_other (void)
{
  PurplePlugin *other = purple_plugins_find_with_id (OTHER);

  g_assert_nonnull (other);
  g_assert_true (purple_plugin_load (other));
}

static void
test_libsoup_2_first (void)
{
  g_assert_null (purple_find_prpl (WN_PROTOCOL));
  load_other ();
  purple_plugins_add_search_path (WN_MODULE_DIR);
  purple_plugins_probe (G_MODULE_SUFFIX);
  g_assert_nonnull (purple_find_prpl (WN_PROTOCOL));
  assert_says_so_and_lives ();
}

static void
test_libsoup_2_after (void)
{
  purple_plugins_add_search_path (WN_MODULE_DIR);
  purple_plugins_probe (G_MODULE_SUFFIX);
  g_assert_nonnull (purple_find_prpl (WN_PROTOCOL));
  load_other ();
  assert_says_so_and_lives ();
}

/* It goes on, until the next login says what is wrong. */
static void
test_libsoup_2_while_connected (void)
{
  g_autoptr (WnRawServer) server = wn_raw_server_new (&welcoming);
  PurpleAccount *account;

  purple_plugins_add_search_path (WN_MODULE_DIR);
  purple_plugins_probe (G_MODULE_SUFFIX);
  account = add_account (server);
  wn_login_sign_on (account);
  wn_host_run_until (wn_login_is_connected, account);
  load_other ();
  remove_account (account);
  assert_says_so_and_lives ();
}

static void
assert_connects (void)
{
  g_autoptr (WnRawServer) server = wn_raw_server_new (&welcoming);
  PurpleAccount *account = add_account (server);

  wn_login_sign_on (account);
  wn_host_run_until (is_connected_or_failed, account);
  g_assert_null (wn_host_get_error (NULL));
  remove_account (account);
}

/* libpurple lists a protocol that was unloaded again only once it has forgotten
 * the plugin and found it anew.
 */
static void
test_again (void)
{
  purple_plugins_add_search_path (WN_MODULE_DIR);
  for (guint i = 0; i < 3; i++)
    {
      PurplePlugin *plugin;

      purple_plugins_probe (G_MODULE_SUFFIX);
      plugin = purple_find_prpl (WN_PROTOCOL);
      g_assert_nonnull (plugin);
      assert_connects ();
      g_assert_true (purple_plugin_unload (plugin));
      g_assert_null (purple_find_prpl (WN_PROTOCOL));
      g_assert_true (purple_plugin_load (plugin));
      g_assert_true (purple_plugin_unload (plugin));
      purple_plugin_destroy (plugin);
    }
}

/* libpurple frees them only of a plugin that was loaded. */
static void
forget_options (PurplePlugin *plugin)
{
  PurplePluginProtocolInfo *protocol = PURPLE_PLUGIN_PROTOCOL_INFO (plugin);

  g_list_free_full (protocol->user_splits,
                    (GDestroyNotify) purple_account_user_split_destroy);
  g_list_free_full (protocol->protocol_options,
                    (GDestroyNotify) purple_account_option_destroy);
  protocol->user_splits = NULL;
  protocol->protocol_options = NULL;
}

/* As if it had been built for a libpurple of another minor version than the
 * one that it finds: the module stays mapped, and with it what it says of
 * itself.
 */
static void
pretend_built_for (guint minor)
{
  PurplePlugin *plugin;

  purple_plugins_add_search_path (WN_MODULE_DIR);
  plugin = purple_plugin_probe (WN_MODULE);
  g_assert_nonnull (plugin);
  plugin->info->minor_version = minor;
  forget_options (plugin);
  purple_plugin_destroy (plugin);
}

static void
test_older_host (void)
{
  PurplePlugin *plugin;

  pretend_built_for (PURPLE_MINOR_VERSION + 1);
  plugin = purple_plugin_probe (WN_MODULE);
  g_assert_nonnull (plugin);
  g_assert_null (purple_find_prpl (WN_PROTOCOL));
  g_assert_false (purple_plugin_load (plugin));
  g_assert_nonnull (strstr (plugin->error, "ABI version mismatch"));
}

static void
test_newer_host (void)
{
  pretend_built_for (PURPLE_MINOR_VERSION - 1);
  purple_plugins_probe (G_MODULE_SUFFIX);
  g_assert_nonnull (purple_find_prpl (WN_PROTOCOL));
  assert_connects ();
}

/* A package's copy, and another in the user's folder, with the same name. */
static void
test_twice (void)
{
  g_autofree char *dir = g_build_filename (purple_user_dir (), "plugins", NULL);
  g_autofree char *copy = g_build_filename (dir, "libwebnotify.so", NULL);
  g_autoptr (GFile) from = g_file_new_for_path (WN_MODULE);
  g_autoptr (GFile) to = g_file_new_for_path (copy);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
  g_file_copy (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  purple_plugins_add_search_path (dir);
  purple_plugins_add_search_path (WN_MODULE_DIR);
  purple_plugins_probe (G_MODULE_SUFFIX);
  g_assert_cmpuint (count_copies (), ==, 1);
  assert_connects ();
}

static const struct
{
  const char *name;
  const char *title;
  void (*func) (void);
} cases[] = {
  { "libsoup-2-first",
    "/loading/a plugin with libsoup 2 was loaded before: an account error",
    test_libsoup_2_first },
  { "libsoup-2-after",
    "/loading/a plugin with libsoup 2 is loaded after: an account error",
    test_libsoup_2_after },
  { "libsoup-2-while-connected",
    "/loading/a plugin with libsoup 2 comes while connected: the next login",
    test_libsoup_2_while_connected },
  { "again", "/loading/unloaded and loaded again it connects", test_again },
  { "in-an-older-host",
    "/loading/a host with an older libpurple says so, and lives",
    test_older_host },
  { "in-a-newer-host",
    "/loading/a host with a newer libpurple takes it",
    test_newer_host },
  { "twice",
    "/loading/a second copy in the user's folder does no harm",
    test_twice },
};

/* It aborts where libsoup 3 is there already: not in this program. */
static gboolean
has_libsoup_2 (void)
{
  pid_t pid = fork ();
  int status;

  if (pid == 0)
    _exit (dlopen ("libsoup-2.4.so.1", RTLD_LAZY) != NULL ? 0 : 1);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status) == 0;
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  if (argc < 2)
    return 2;
  if (g_str_has_prefix (argv[1], "libsoup-2") && !has_libsoup_2 ())
    {
      g_print ("1..0 # SKIP libsoup 2 is not installed\n");
      return 0;
    }
  wn_host_start ("Pidgin", WN_OTHER_DIR);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    if (g_str_equal (argv[1], cases[i].name))
      g_test_add_func (cases[i].title, cases[i].func);
  result = g_test_run ();
  wn_host_stop ();
  return result;
}
