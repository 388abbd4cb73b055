/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * All the host there is: no conversation window, no other plugin.
 */

#include "support/purple-host.h"

#include "support/dialogs.h"
#include "support/folder.h"
#include "support/purple-events.h"

#define USER_NAME "7@jd-shop/production"
#define PROTOCOL_ID "prpl-webnotify-test"

static WnPurpleHost host;

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
  host.lines = g_string_new (NULL);
  host.errors = g_string_new (NULL);
  purple_util_set_user_dir (host.dir);
  wn_purple_events_start (NULL);
  purple_core_set_ui_ops (&core_ops);
  g_assert_true (purple_core_init ("webnotify-test"));
  purple_set_blist (purple_blist_new ());
  purple_prefs_set_bool ("/purple/logging/log_ims", FALSE);
  wn_dialogs_start ();
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
  wn_dialogs_start ();
  g_string_truncate (host.lines, 0);
  g_string_truncate (host.errors, 0);
  purple_xfers_set_ui_ops (&xfer_ops);
  host.n_created = host.n_destroyed = host.n_added = 0;
  host.n_cancelled_remotely = 0;
  host.n_cancelled = host.n_progress = 0;
}

void
wn_purple_host_stop (void)
{
  if (host.dir == NULL)
    return;
  purple_account_set_connection (host.account, NULL);
  g_clear_pointer (&host.gc, g_free);
  purple_core_quit ();
  wn_folder_remove (host.dir);
  wn_dialogs_stop ();
  g_string_free (host.lines, TRUE);
  g_string_free (host.errors, TRUE);
  g_clear_pointer (&host.dir, g_free);
}
