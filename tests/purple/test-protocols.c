/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Every protocol of the module, whichever there are: the host sees its entry,
 * an account of it signs on, or says what is wrong, and everything goes when
 * the host quits.
 */

#include <string.h>

#include "support/headless-host.h"
#include "support/login.h"

#define AUTHOR "purple-webnotify"

static GPtrArray *
find_ours (void)
{
  GPtrArray *ours = g_ptr_array_new ();

  for (GList *l = purple_plugins_get_protocols (); l != NULL; l = l->next)
    if (g_strcmp0 (purple_plugin_get_author (l->data), AUTHOR) == 0)
      g_ptr_array_add (ours, l->data);
  return ours;
}

static PurplePluginProtocolInfo *
get_info (PurplePlugin *plugin)
{
  return PURPLE_PLUGIN_PROTOCOL_INFO (plugin);
}

static gboolean
has_drawing (const char *name)
{
  g_autofree char *path = g_strdup_printf ("%s/../../icons/%s.svg",
                                           g_getenv ("WN_TEST_DATA"),
                                           name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Pidgin's account dialog asks without an account. */
static void
test_entries (void)
{
  g_autoptr (GPtrArray) ours = find_ours ();
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) icons = g_hash_table_new (g_str_hash, g_str_equal);

  g_assert_cmpuint (ours->len, >, 0);
  for (guint i = 0; i < ours->len; i++)
    {
      PurplePlugin *plugin = ours->pdata[i];
      PurplePluginProtocolInfo *info = get_info (plugin);
      GHashTable *texts = info->get_account_text_table (NULL);
      const char *icon = info->list_icon (NULL, NULL);

      g_test_message ("%s", purple_plugin_get_id (plugin));
      g_assert_true (purple_plugin_is_loaded (plugin));
      g_assert_true (g_str_has_prefix (purple_plugin_get_id (plugin), "prpl-"));
      g_assert_true (
          g_hash_table_add (names, (char *) purple_plugin_get_name (plugin)));
      g_assert_true (g_hash_table_add (icons, (char *) icon));
      g_assert_true (has_drawing (icon));
      g_assert_nonnull (g_hash_table_lookup (texts, "login_label"));
      g_assert_nonnull (info->user_splits);
      g_assert_nonnull (info->protocol_options);
      g_assert_cmpstr (purple_plugin_get_summary (plugin), !=, "");
      g_hash_table_unref (texts);
    }
}

static void
assert_new_label (GHashTable *labels, const char *label)
{
  g_assert_true (g_hash_table_add (labels, (char *) label));
}

/* Finch shows all fields in one dialog. */
static void
test_labels (void)
{
  g_autoptr (GPtrArray) ours = find_ours ();

  for (guint i = 0; i < ours->len; i++)
    {
      PurplePluginProtocolInfo *info = get_info (ours->pdata[i]);
      g_autoptr (GHashTable) labels
          = g_hash_table_new (g_str_hash, g_str_equal);

      g_test_message ("%s", purple_plugin_get_id (ours->pdata[i]));
      for (GList *l = info->user_splits; l != NULL; l = l->next)
        assert_new_label (labels, purple_account_user_split_get_text (l->data));
      for (GList *l = info->protocol_options; l != NULL; l = l->next)
        assert_new_label (labels, purple_account_option_get_text (l->data));
      g_assert_true (g_hash_table_contains (labels, "Another server (URL)"));
    }
}

static gboolean
is_settled (gpointer account)
{
  return purple_account_is_connected (account) || wn_host_has_error (NULL);
}

static char *
dup_whole_name (PurplePlugin *plugin)
{
  GString *name = g_string_new ("somebody");

  for (GList *l = get_info (plugin)->user_splits; l != NULL; l = l->next)
    g_string_append_printf (name,
                            "%csomewhere",
                            purple_account_user_split_get_separator (l->data));
  return g_string_free (name, FALSE);
}

/* Laravel's own channel would want a token. */
static PurpleAccount *
sign_on (PurplePlugin *plugin, const char *channels)
{
  g_autofree char *name = dup_whole_name (plugin);
  PurpleAccount *account
      = purple_account_new (name, purple_plugin_get_id (plugin));

  purple_account_set_string (account, "server", "ws://127.0.0.1:1/");
  purple_account_set_string (account, "channels", channels);
  purple_account_set_int (account, "reconnect_delay", 3600);
  purple_accounts_add (account);
  wn_login_sign_on (account);
  return account;
}

static void
sign_off (PurpleAccount *account)
{
  wn_host_run_dry ();
  wn_login_delete (account);
  wn_host_run_dry ();
}

/* Nothing listens there: each says so in time. */
static void
test_nobody_there (void)
{
  g_autoptr (GPtrArray) ours = find_ours ();

  for (guint i = 0; i < ours->len; i++)
    {
      PurpleAccount *account = NULL;
      PurpleConnectionError reason;

      wn_host_forget ();
      account = sign_on (ours->pdata[i], "news");
      g_test_message ("%s", purple_plugin_get_id (ours->pdata[i]));
      wn_host_run_until (is_settled, account);
      g_assert_nonnull (wn_host_get_error (&reason));
      g_assert_cmpint (reason, ==, PURPLE_CONNECTION_ERROR_NETWORK_ERROR);
      sign_off (account);
    }
}

/* As a Chinese keyboard parts them: else it would be one channel's bad name. */
static void
test_wide_commas (void)
{
  PurpleAccount *account;
  PurpleConnectionError reason;

  wn_host_forget ();
  account = sign_on (purple_find_prpl ("prpl-laravel"), "news，orders、more");
  wn_host_run_until (is_settled, account);
  g_assert_nonnull (wn_host_get_error (&reason));
  g_assert_cmpint (reason, ==, PURPLE_CONNECTION_ERROR_NETWORK_ERROR);
  sign_off (account);
}

/* Each has its commands. */
static void
test_commands (void)
{
  g_autoptr (GPtrArray) ours = find_ours ();

  for (guint i = 0; i < ours->len; i++)
    {
      PurpleAccount *account = sign_on (ours->pdata[i], "news");
      PurpleConversation *conversation
          = purple_conversation_new (PURPLE_CONV_TYPE_IM, account, "somebody");
      GList *commands = purple_cmd_list (conversation);

      g_assert_nonnull (
          g_list_find_custom (commands, "reconnect", (GCompareFunc) strcmp));
      g_assert_nonnull (
          g_list_find_custom (commands, "download", (GCompareFunc) strcmp));
      g_list_free (commands);
      purple_conversation_destroy (conversation);
      sign_off (account);
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  wn_host_start ("headless", WN_MODULE_DIR);
  g_test_add_func ("/protocols/each has its entry", test_entries);
  g_test_add_func ("/protocols/each calls no two fields the same", test_labels);
  g_test_add_func ("/protocols/each says that nobody is there",
                   test_nobody_there);
  g_test_add_func ("/protocols/a list's commas may be wide", test_wide_commas);
  g_test_add_func ("/protocols/each has its commands", test_commands);
  result = g_test_run ();
  wn_host_stop ();
  return result;
}
