/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A chat client without a face: a real libpurple with one account of the
 * built module, which prints what a person would see and accepts every file.
 * It is no test: what it saw decides only its exit status.
 */

#include <locale.h>
#include <stdlib.h>

#include <glib-unix.h>
#include <glib.h>
#include <purple.h>

#include "support/purple-events.h"

#define UI_ID "webnotify-demo"

/* What the command line says. */
static char *user_dir;     /* (owned) */
static char *module_dir;   /* (owned) */
static char *protocol;     /* (owned) (nullable) */
static char *user_name;    /* (owned) */
static char *server;       /* (owned) (nullable) */
static char *download_url; /* (owned) (nullable) */
static char *save_dir;     /* (owned) */
static char *token;        /* (owned) (nullable) */
static char **settings;    /* (owned) (nullable) */
static int seconds = 20;

static const GOptionEntry options[] = {
  { "user-dir",
    0,
    0,
    G_OPTION_ARG_FILENAME,
    &user_dir,
    "libpurple's folder; a throwaway one",
    "DIR" },
  { "module-dir",
    0,
    0,
    G_OPTION_ARG_FILENAME,
    &module_dir,
    "where libwebnotify.so is",
    "DIR" },
  { "protocol",
    0,
    0,
    G_OPTION_ARG_STRING,
    &protocol,
    "the account's protocol; prpl-webnotify",
    "ID" },
  { "name",
    0,
    0,
    G_OPTION_ARG_STRING,
    &user_name,
    "the account's user name",
    "UID@PROJECT/ENVIRONMENT" },
  { "server", 0, 0, G_OPTION_ARG_STRING, &server, "the option server", "URL" },
  { "download-url",
    0,
    0,
    G_OPTION_ARG_STRING,
    &download_url,
    "the option download_url",
    "URL" },
  { "save-to",
    0,
    0,
    G_OPTION_ARG_FILENAME,
    &save_dir,
    "where accepted files go",
    "DIR" },
  { "set",
    0,
    0,
    G_OPTION_ARG_STRING_ARRAY,
    &settings,
    "an option of the account; a bool is true or false",
    "KEY=VALUE" },
  { "token",
    0,
    0,
    G_OPTION_ARG_STRING,
    &token,
    "the account's password",
    "TOKEN" },
  { "for", 0, 0, G_OPTION_ARG_INT, &seconds, "how long to stay", "SECONDS" },
  { NULL, 0, 0, 0, NULL, NULL, NULL },
};

/* What was seen. */
static GMainLoop *loop; /* (owned) */
static guint n_messages;
static guint n_offered;
static guint n_finished;
static gboolean failed;

/* What a person would see. */

static void say (const char *format, ...) G_GNUC_PRINTF (1, 2);

static void
say (const char *format, ...)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%H:%M:%S");
  g_autofree char *line = NULL;
  va_list arguments;

  va_start (arguments, format);
  line = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_print ("%s %s\n", time, line);
}

static void
on_signed_on (PurpleConnection *gc, gpointer data)
{
  say ("signed on as %s",
       purple_account_get_username (purple_connection_get_account (gc)));
}

static void
on_signed_off (PurpleConnection *gc, gpointer data)
{
  say ("signed off");
}

static void
on_connection_error (PurpleConnection *gc,
                     PurpleConnectionError reason,
                     const char *description,
                     gpointer data)
{
  say ("connection error: %s", description);
  failed = TRUE;
  g_main_loop_quit (loop);
}

/* libpurple puts a link's address behind it, where the plugin has put the name
 * of the link's server for who only sees the link.
 */
static char *
dup_plain (const char *message)
{
  g_autofree char *text = purple_markup_strip_html (message);
  g_autoptr (GRegex) twice
      = g_regex_new ("(\\(https?://([^/()]+)[^()]*\\)) \\(\\2\\)", 0, 0, NULL);

  return g_regex_replace (twice, text, -1, 0, "\\1", 0, NULL);
}

static void
on_received_im (PurpleAccount *account,
                const char *sender,
                const char *message,
                PurpleConversation *conversation,
                PurpleMessageFlags flags,
                gpointer data)
{
  g_autofree char *text = dup_plain (message);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *indented = g_strjoinv ("\n           ", lines);

  n_messages++;
  say ("%s%s: %s",
       sender,
       flags & PURPLE_MESSAGE_DELAYED ? " (delayed)" : "",
       indented);
}

static void
on_status_changed (PurpleBuddy *buddy,
                   PurpleStatus *before,
                   PurpleStatus *status,
                   gpointer data)
{
  const char *message = purple_status_get_attr_string (status, "message");

  if (purple_status_is_available (status))
    say ("%s is available", purple_buddy_get_name (buddy));
  else
    say ("%s is away: %s",
         purple_buddy_get_name (buddy),
         message != NULL ? message : "");
}

static void
on_file_offered (PurpleXfer *xfer, gpointer data)
{
  const char *name = purple_xfer_get_filename (xfer);
  g_autofree char *path = g_build_filename (save_dir, name, NULL);
  gsize size = purple_xfer_get_size (xfer);
  g_autofree char *size_text
      = size > 0 ? g_strdup_printf ("%" G_GSIZE_FORMAT " bytes", size)
                 : g_strdup ("of unknown size");

  n_offered++;
  say ("%s offers the file %s, %s; accepting it", xfer->who, name, size_text);
  purple_xfer_request_accepted (xfer, path);
}

static void
on_file_complete (PurpleXfer *xfer, gpointer data)
{
  const char *path = purple_xfer_get_local_filename (xfer);
  g_autofree char *content = NULL;
  g_autofree char *sha256 = NULL;
  gsize length;

  if (!g_file_get_contents (path, &content, &length, NULL))
    {
      say ("the finished file can't be read: %s", path);
      failed = TRUE;
      return;
    }
  n_finished++;
  sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256,
                                        (const guchar *) content,
                                        length);
  say ("finished %s, %" G_GSIZE_FORMAT " bytes, SHA-256 %s",
       path,
       length,
       sha256);
}

static void
on_file_cancelled (PurpleXfer *xfer, gpointer data)
{
  say ("the file %s was cancelled", purple_xfer_get_filename (xfer));
  failed = TRUE;
}

static void
connect_signals (void)
{
  static int handle;
  void *connections = purple_connections_get_handle ();
  void *conversations = purple_conversations_get_handle ();
  void *xfers = purple_xfers_get_handle ();

  purple_signal_connect (connections,
                         "signed-on",
                         &handle,
                         PURPLE_CALLBACK (on_signed_on),
                         NULL);
  purple_signal_connect (connections,
                         "signed-off",
                         &handle,
                         PURPLE_CALLBACK (on_signed_off),
                         NULL);
  purple_signal_connect (connections,
                         "connection-error",
                         &handle,
                         PURPLE_CALLBACK (on_connection_error),
                         NULL);
  purple_signal_connect (conversations,
                         "received-im-msg",
                         &handle,
                         PURPLE_CALLBACK (on_received_im),
                         NULL);
  purple_signal_connect (purple_blist_get_handle (),
                         "buddy-status-changed",
                         &handle,
                         PURPLE_CALLBACK (on_status_changed),
                         NULL);
  purple_signal_connect (xfers,
                         "file-recv-request",
                         &handle,
                         PURPLE_CALLBACK (on_file_offered),
                         NULL);
  purple_signal_connect (xfers,
                         "file-recv-complete",
                         &handle,
                         PURPLE_CALLBACK (on_file_complete),
                         NULL);
  purple_signal_connect (xfers,
                         "file-recv-cancel",
                         &handle,
                         PURPLE_CALLBACK (on_file_cancelled),
                         NULL);
}

/* The run. */

static gboolean
start_libpurple (void)
{
  purple_util_set_user_dir (user_dir);
  purple_debug_set_enabled (g_getenv ("WN_DEBUG") != NULL);
  wn_purple_events_start (NULL);
  purple_plugins_add_search_path (module_dir);
  if (!purple_core_init (UI_ID))
    return FALSE;

  purple_set_blist (purple_blist_new ());
  purple_blist_load ();
  purple_prefs_load ();
  connect_signals ();

  return purple_find_prpl (protocol) != NULL;
}

/* Returns: (transfer none) (nullable): the protocol's option of that key */
static PurpleAccountOption *
find_option (const char *key)
{
  PurplePlugin *plugin = purple_find_prpl (protocol);
  GList *all = PURPLE_PLUGIN_PROTOCOL_INFO (plugin)->protocol_options;

  for (GList *l = all; l != NULL; l = l->next)
    if (g_strcmp0 (purple_account_option_get_setting (l->data), key) == 0)
      return l->data;
  return NULL;
}

static gboolean
set_option (PurpleAccount *account,
            PurpleAccountOption *option,
            const char *value)
{
  const char *key = purple_account_option_get_setting (option);
  gint64 number;

  switch ((int) purple_account_option_get_type (option))
    {
    case PURPLE_PREF_BOOLEAN:
      purple_account_set_bool (account, key, g_str_equal (value, "true"));
      return g_str_equal (value, "true") || g_str_equal (value, "false");
    case PURPLE_PREF_INT:
      if (!g_ascii_string_to_signed (value, 10, 0, G_MAXINT, &number, NULL))
        return FALSE;
      purple_account_set_int (account, key, (int) number);
      return TRUE;
    default:
      purple_account_set_string (account, key, value);
      return TRUE;
    }
}

static gboolean
apply_setting (PurpleAccount *account, const char *setting)
{
  g_auto (GStrv) parts = g_strsplit (setting, "=", 2);
  PurpleAccountOption *option = find_option (parts[0]);

  if (option != NULL && parts[1] != NULL
      && set_option (account, option, parts[1]))
    return TRUE;
  g_printerr ("not an option of %s: %s\n", protocol, setting);
  return FALSE;
}

/* The account may be there from an earlier run in the same folder. Returns
 * FALSE where the command line has settings that there can't be.
 */
static gboolean
add_account (void)
{
  PurpleAccount *account = purple_accounts_find (user_name, protocol);
  PurpleSavedStatus *available
      = purple_savedstatus_new (NULL, PURPLE_STATUS_AVAILABLE);

  if (account == NULL)
    account = purple_account_new (user_name, protocol);
  if (server != NULL)
    purple_account_set_string (account, "server", server);
  for (guint i = 0; settings != NULL && settings[i] != NULL; i++)
    if (!apply_setting (account, settings[i]))
      return FALSE;
  if (download_url != NULL)
    purple_account_set_string (account, "download_url", download_url);
  if (token != NULL)
    purple_account_set_password (account, token);
  purple_accounts_add (account);
  purple_account_set_enabled (account, UI_ID, TRUE);
  purple_savedstatus_activate (available);
  return TRUE;
}

static gboolean
on_time_over (gpointer data)
{
  g_main_loop_quit (loop);

  return G_SOURCE_REMOVE;
}

static void
sign_off (void)
{
  GList *accounts = purple_accounts_get_all ();

  for (GList *l = accounts; l != NULL; l = l->next)
    purple_account_set_enabled (l->data, UI_ID, FALSE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Whether everything that should have happened did. */
static gboolean
is_content (void)
{
  if (n_messages == 0)
    say ("no notification came");
  if (n_finished < n_offered)
    say ("%u of %u files did not finish", n_offered - n_finished, n_offered);

  return !failed && n_messages > 0 && n_finished == n_offered;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  gboolean content;

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_printerr ("%s\n", error->message);
  if (error != NULL || user_dir == NULL || module_dir == NULL
      || user_name == NULL || save_dir == NULL)
    {
      g_printerr ("%s", g_option_context_get_help (context, TRUE, NULL));
      return 2;
    }

  if (protocol == NULL)
    protocol = g_strdup ("prpl-webnotify");
  loop = g_main_loop_new (NULL, FALSE);
  if (!start_libpurple ())
    {
      g_printerr ("libpurple did not load the module from %s\n", module_dir);
      return EXIT_FAILURE;
    }
  if (!add_account ())
    return 2;
  g_timeout_add_seconds (seconds, on_time_over, NULL);
  g_unix_signal_add (SIGTERM, on_time_over, NULL);
  /* Settings that won't do are an error at once. */
  if (!failed)
    g_main_loop_run (loop);
  content = is_content ();
  sign_off ();
  purple_core_quit ();
  g_main_loop_unref (loop);

  return content ? EXIT_SUCCESS : EXIT_FAILURE;
}
