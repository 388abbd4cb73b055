/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Dialogs stay open until the test answers them; that is all the host there
 * is: no conversation window, no other plugin.
 */

#include "support/purple-host.h"

#include <glib/gstdio.h>

#include "support/purple-events.h"

#define USER_NAME "7@jd-shop/production"
#define PROTOCOL_ID "prpl-webnotify-test"

static WnPurpleHost host;

/* --- dialogs --- */

typedef struct
{
  char *question; /* (owned) */
  PurpleRequestType type;
  GCallback ok;
  GCallback cancel;
  gpointer user_data; /* (unowned): libpurple's */
} Dialog;

static void
dialog_free (gpointer data)
{
  Dialog *dialog = data;

  g_free (dialog->question);
  g_free (dialog);
}

static void *
open_dialog (PurpleRequestType type,
             const char *question,
             GCallback ok,
             GCallback cancel,
             gpointer user_data)
{
  Dialog *dialog = g_new (Dialog, 1);

  *dialog = (Dialog){ g_strdup (question), type, ok, cancel, user_data };
  g_ptr_array_add (host.dialogs, dialog);
  return dialog;
}

static Dialog *
get_dialog (void)
{
  if (host.dialogs->len == 0)
    g_error ("no dialog is open");
  return g_ptr_array_index (host.dialogs, host.dialogs->len - 1);
}

const char *
wn_purple_host_get_question (void)
{
  return host.dialogs->len > 0 ? get_dialog ()->question : NULL;
}

static void *
request_action (const char *title,
                const char *primary,
                const char *secondary,
                int default_action,
                PurpleAccount *account,
                const char *who,
                PurpleConversation *conversation,
                void *user_data,
                size_t n_actions,
                va_list actions)
{
  GCallback ok, cancel;

  g_assert_cmpuint (n_actions, ==, 2);
  (void) va_arg (actions, const char *);
  ok = va_arg (actions, GCallback);
  (void) va_arg (actions, const char *);
  cancel = va_arg (actions, GCallback);
  return open_dialog (PURPLE_REQUEST_ACTION, primary, ok, cancel, user_data);
}

static void *
request_file (const char *title,
              const char *file_name,
              gboolean is_save_dialog,
              GCallback ok,
              GCallback cancel,
              PurpleAccount *account,
              const char *who,
              PurpleConversation *conversation,
              void *user_data)
{
  g_assert_true (is_save_dialog);
  return open_dialog (PURPLE_REQUEST_FILE, file_name, ok, cancel, user_data);
}

static void
call_back (const Dialog *dialog, GCallback callback, const char *path)
{
  if (dialog->type == PURPLE_REQUEST_FILE)
    ((PurpleRequestFileCb) callback) (dialog->user_data, path);
  else
    ((PurpleRequestActionCb) callback) (dialog->user_data, 0);
}

static void
close_request (PurpleRequestType type, void *handle)
{
  Dialog *dialog = handle;
  guint index;

  g_assert_true (g_ptr_array_find (host.dialogs, dialog, &index));
  g_ptr_array_steal_index (host.dialogs, index);
  if (type == PURPLE_REQUEST_FILE && host.calls_back_on_close)
    call_back (dialog, dialog->cancel, NULL);
  dialog_free (dialog);
}

static PurpleRequestUiOps request_ops = {
  .request_action = request_action,
  .request_file = request_file,
  .close_request = close_request,
};

/* As Pidgin and Finch: the callback first, and then the window goes. */
static void
answer (Dialog *dialog, GCallback callback, const char *path)
{
  if (callback != NULL)
    call_back (dialog, callback, path);
  if (g_ptr_array_find (host.dialogs, dialog, NULL))
    purple_request_close (dialog->type, dialog);
}

void
wn_purple_host_accept (void)
{
  Dialog *dialog = get_dialog ();

  g_assert_cmpint (dialog->type, ==, PURPLE_REQUEST_ACTION);
  answer (dialog, dialog->ok, NULL);
}

void
wn_purple_host_refuse (void)
{
  Dialog *dialog = get_dialog ();
  gboolean called_on_close
      = dialog->type == PURPLE_REQUEST_FILE && host.calls_back_on_close;

  answer (dialog, called_on_close ? NULL : dialog->cancel, NULL);
}

void
wn_purple_host_save_as (const char *path)
{
  Dialog *dialog = get_dialog ();

  g_assert_cmpint (dialog->type, ==, PURPLE_REQUEST_FILE);
  answer (dialog, dialog->ok, path);
}

/* --- what is shown --- */

static void *
notify_message (PurpleNotifyMsgType type,
                const char *title,
                const char *primary,
                const char *secondary)
{
  g_string_append_printf (host.errors,
                          "%s %s\n",
                          primary,
                          secondary != NULL ? secondary : "");
  return host.errors;
}

static PurpleNotifyUiOps notify_ops = { .notify_message = notify_message };

static void
write_conversation (PurpleConversation *conversation,
                    const char *name,
                    const char *alias,
                    const char *message,
                    PurpleMessageFlags flags,
                    time_t mtime)
{
  g_string_append_printf (host.lines, "%s\n", message);
}

static PurpleConversationUiOps conversation_ops
    = { .write_conv = write_conversation };

static void
count_created (PurpleXfer *xfer)
{
  host.n_created++;
}

static void
count_destroyed (PurpleXfer *xfer)
{
  host.n_destroyed++;
}

static void
count_added (PurpleXfer *xfer)
{
  host.n_added++;
}

static void
count_cancelled (PurpleXfer *xfer)
{
  host.n_cancelled++;
}

static void
count_progress (PurpleXfer *xfer, double progress)
{
  g_assert_cmpfloat (progress, >=, 0.0);
  g_assert_cmpfloat (progress, <=, 1.0);
  g_assert_cmpuint (purple_xfer_get_bytes_remaining (xfer),
                    <=,
                    purple_xfer_get_size (xfer));
  host.n_progress++;
}

static void
count_cancelled_remotely (PurpleXfer *xfer)
{
  host.n_cancelled_remotely++;
}

static PurpleXferUiOps xfer_ops = {
  .new_xfer = count_created,
  .destroy = count_destroyed,
  .add_xfer = count_added,
  .update_progress = count_progress,
  .cancel_local = count_cancelled,
  .cancel_remote = count_cancelled_remotely,
};

/* As xfer_ops, but for cancel_local. */
static PurpleXferUiOps deaf_xfer_ops = {
  .new_xfer = count_created,
  .destroy = count_destroyed,
  .add_xfer = count_added,
  .update_progress = count_progress,
  .cancel_remote = count_cancelled_remotely,
};

/* --- libpurple --- */

static GList *
get_status_types (PurpleAccount *account)
{
  static const PurpleStatusPrimitive primitives[]
      = { PURPLE_STATUS_AVAILABLE, PURPLE_STATUS_OFFLINE };
  GList *types = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (primitives); i++)
    types = g_list_append (
        types,
        purple_status_type_new (primitives[i], NULL, NULL, TRUE));
  return types;
}

static PurplePluginProtocolInfo protocol_info = {
  .struct_size = sizeof (PurplePluginProtocolInfo),
  .status_types = get_status_types,
};
static char protocol_id[] = PROTOCOL_ID;
static PurplePluginInfo plugin_info = {
  .magic = PURPLE_PLUGIN_MAGIC,
  .type = PURPLE_PLUGIN_PROTOCOL,
  .id = protocol_id,
  .name = protocol_id,
  .extra_info = &protocol_info,
};

static void
add_login (void)
{
  PurplePlugin *plugin = purple_plugin_new (TRUE, NULL);

  plugin->info = &plugin_info;
  g_assert_true (purple_plugin_register (plugin));
  /* Takes up what was registered; no file has this extension. */
  purple_plugins_probe ("none");
  host.account = purple_account_new (USER_NAME, PROTOCOL_ID);
  host.gc = g_new0 (PurpleConnection, 1);
  host.gc->account = host.account;
  host.gc->prpl = plugin;
  purple_account_set_connection (host.account, host.gc);
}

static void
start_purple (void)
{
  static PurpleCoreUiOps core_ops;

  host.dir = g_dir_make_tmp ("webnotify-XXXXXX", NULL);
  g_assert_nonnull (host.dir);
  host.dialogs = g_ptr_array_new_with_free_func (dialog_free);
  host.lines = g_string_new (NULL);
  host.errors = g_string_new (NULL);
  purple_util_set_user_dir (host.dir);
  wn_purple_events_start (NULL);
  purple_core_set_ui_ops (&core_ops);
  g_assert_true (purple_core_init ("webnotify-test"));
  purple_set_blist (purple_blist_new ());
  purple_prefs_set_bool ("/purple/logging/log_ims", FALSE);
  purple_request_set_ui_ops (&request_ops);
  purple_notify_set_ui_ops (&notify_ops);
  purple_conversations_set_ui_ops (&conversation_ops);
  purple_xfers_set_ui_ops (&xfer_ops);
  add_login ();
}

WnPurpleHost *
wn_purple_host_get (void)
{
  if (host.dir == NULL)
    start_purple ();
  return &host;
}

void
wn_purple_host_ignore_cancel_local (void)
{
  purple_xfers_set_ui_ops (&deaf_xfer_ops);
}

void
wn_purple_host_reset (void)
{
  g_assert_cmpuint (host.dialogs->len, ==, 0);
  g_string_truncate (host.lines, 0);
  g_string_truncate (host.errors, 0);
  host.calls_back_on_close = FALSE;
  purple_xfers_set_ui_ops (&xfer_ops);
  host.n_created = host.n_destroyed = host.n_added = 0;
  host.n_cancelled_remotely = 0;
  host.n_cancelled = host.n_progress = 0;
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        remove_folder (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

void
wn_purple_host_stop (void)
{
  if (host.dir == NULL)
    return;
  purple_account_set_connection (host.account, NULL);
  g_clear_pointer (&host.gc, g_free);
  purple_core_quit ();
  remove_folder (host.dir);
  g_ptr_array_unref (host.dialogs);
  g_string_free (host.lines, TRUE);
  g_string_free (host.errors, TRUE);
  g_clear_pointer (&host.dir, g_free);
}
