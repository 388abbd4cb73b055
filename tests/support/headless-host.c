/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libpurple calls its host through tables of functions without user data, so
 * what is written down is the process's.
 */

#include "support/headless-host.h"

#include "support/dialogs.h"
#include "support/folder.h"
#include "support/purple-events.h"
#include "support/wait.h"

#define LOGIN_NAME "7@jd-shop/production"
#define LOGIN_PROTOCOL "prpl-webnotify-test"

static WnHost host;
static struct
{
  GPtrArray *messages;    /* (owned) */
  GPtrArray *requests;    /* (owned) */
  char *error;            /* (owned) (nullable) */
  char *info;             /* (owned) (nullable) */
  GHashTable *source_ids; /* (owned): of libpurple's sources */
  PurpleConnectionError reason;
  guint n_progress;
  char *progress; /* (owned) (nullable): the last of it */
} notes;

/* --- what is shown --- */

static void
on_conversation_written (PurpleConversation *conversation,
                         const char *name,
                         const char *alias,
                         const char *message,
                         PurpleMessageFlags flags,
                         time_t when)
{
  g_assert_true (g_utf8_validate (message, -1, NULL));
  g_ptr_array_add (notes.messages,
                   g_strdup_printf ("%s: %s",
                                    name != NULL ? name : "*",
                                    message));
  g_string_append_printf (host.lines, "%s\n", message);
}

static PurpleConversationUiOps conversation_ops = {
  .write_conv = on_conversation_written,
};

static void
on_disconnect_reason (PurpleConnection *gc,
                      PurpleConnectionError reason,
                      const char *text)
{
  g_free (notes.error);
  notes.error = g_strdup (text);
  notes.reason = reason;
}

static void
on_progress (PurpleConnection *gc,
             const char *text,
             size_t step,
             size_t n_steps)
{
  notes.n_progress++;
  g_free (notes.progress);
  notes.progress = g_strdup (text);
}

static PurpleConnectionUiOps connection_ops = {
  .connect_progress = on_progress,
  .report_disconnect_reason = on_disconnect_reason,
};

static void *
on_request_action (const char *title,
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
  g_ptr_array_add (notes.requests, g_strdup (primary));
  return g_ptr_array_index (notes.requests, notes.requests->len - 1);
}

static void
on_request_closed (PurpleRequestType type, void *handle)
{
}

static PurpleRequestUiOps request_ops = {
  .request_action = on_request_action,
  .close_request = on_request_closed,
};

static void *
on_notify_user_info (PurpleConnection *gc,
                     const char *who,
                     PurpleNotifyUserInfo *info)
{
  g_free (notes.info);
  notes.info = purple_notify_user_info_get_text_with_newline (info, "\n");
  return notes.info;
}

static void *
on_notify_message (PurpleNotifyMsgType type,
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

static PurpleNotifyUiOps notify_ops = {
  .notify_message = on_notify_message,
  .notify_userinfo = on_notify_user_info,
};

/* --- transfers --- */

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

static gssize
take_bytes (PurpleXfer *xfer, const guchar *bytes, gssize length)
{
  host.n_taken += (guint64) length;
  return length;
}

/* As xfer_ops, but that it needs no file. */
static PurpleXferUiOps taking_xfer_ops = {
  .new_xfer = count_created,
  .destroy = count_destroyed,
  .add_xfer = count_added,
  .update_progress = count_progress,
  .cancel_local = count_cancelled,
  .cancel_remote = count_cancelled_remotely,
  .ui_write = take_bytes,
};

/* --- libpurple --- */

static void
on_core_ui_init (void)
{
  purple_conversations_set_ui_ops (&conversation_ops);
  purple_connections_set_ui_ops (&connection_ops);
  purple_request_set_ui_ops (&request_ops);
  purple_notify_set_ui_ops (&notify_ops);
  purple_xfers_set_ui_ops (&xfer_ops);
}

static PurpleCoreUiOps core_ops = { .ui_init = on_core_ui_init };

/* Said once for each account, it would head every conversation. */
static void
on_account_added (PurpleAccount *account, gpointer user_data)
{
  purple_account_set_string (account, "told_that_nothing_waits", "1");
}

void
wn_host_start (const char *ui, const char *plugin_dir)
{
  host.dir = g_dir_make_tmp ("webnotify-host-XXXXXX", NULL);
  host.lines = g_string_new (NULL);
  host.errors = g_string_new (NULL);
  notes.messages = g_ptr_array_new_with_free_func (g_free);
  notes.requests = g_ptr_array_new_with_free_func (g_free);
  notes.source_ids = g_hash_table_new (NULL, NULL);

  purple_util_set_user_dir (host.dir);
  purple_core_set_ui_ops (&core_ops);
  wn_purple_events_start (notes.source_ids);
  if (plugin_dir != NULL)
    purple_plugins_add_search_path (plugin_dir);
  g_assert_true (purple_core_init (ui));
  purple_set_blist (purple_blist_new ());
  purple_signal_connect (purple_accounts_get_handle (),
                         "account-added",
                         &host,
                         PURPLE_CALLBACK (on_account_added),
                         NULL);
  purple_prefs_load ();
  purple_prefs_set_bool ("/purple/logging/log_ims", FALSE);
}

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

/* Logs are named by it. */
static const char *
get_icon (PurpleAccount *account, PurpleBuddy *buddy)
{
  return "nothing";
}

static PurplePluginProtocolInfo protocol_info = {
  .struct_size = sizeof (PurplePluginProtocolInfo),
  .list_icon = get_icon,
  .status_types = get_status_types,
};
static char protocol_id[] = LOGIN_PROTOCOL;
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
  host.account = purple_account_new (LOGIN_NAME, LOGIN_PROTOCOL);
  host.gc = g_new0 (PurpleConnection, 1);
  host.gc->account = host.account;
  host.gc->prpl = plugin;
  purple_account_set_connection (host.account, host.gc);
}

WnHost *
wn_host_get_login (void)
{
  if (host.dir != NULL)
    return &host;
  wn_host_start ("webnotify-test", NULL);
  wn_dialogs_start ();
  add_login ();
  return &host;
}

void
wn_host_ignore_cancel_local (void)
{
  purple_xfers_set_ui_ops (&deaf_xfer_ops);
}

void
wn_host_take_bytes (void)
{
  purple_xfers_set_ui_ops (&taking_xfer_ops);
}

/* libpurple leaves some of its own, and a host's loop ends here. */
static void
remove_purple_sources (void)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, notes.source_ids);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    {
      GSource *source
          = g_main_context_find_source_by_id (NULL, GPOINTER_TO_UINT (id));

      if (source != NULL)
        g_source_destroy (source);
    }
}

void
wn_host_stop (void)
{
  if (host.dir == NULL)
    return;
  if (host.gc != NULL)
    purple_account_set_connection (host.account, NULL);
  g_clear_pointer (&host.gc, g_free);
  purple_core_quit ();
  remove_purple_sources ();
  wn_folder_remove (host.dir);
  wn_dialogs_stop ();
  g_clear_pointer (&host.dir, g_free);
  g_string_free (g_steal_pointer (&host.lines), TRUE);
  g_string_free (g_steal_pointer (&host.errors), TRUE);
  g_clear_pointer (&notes.messages, g_ptr_array_unref);
  g_clear_pointer (&notes.requests, g_ptr_array_unref);
  wn_purple_events_start (NULL);
  g_clear_pointer (&notes.source_ids, g_hash_table_unref);
  g_clear_pointer (&notes.error, g_free);
  g_clear_pointer (&notes.info, g_free);
  g_clear_pointer (&notes.progress, g_free);
}

void
wn_host_reset (void)
{
  wn_host_forget ();
  wn_dialogs_start ();
  purple_xfers_set_ui_ops (&xfer_ops);
}

void
wn_host_forget (void)
{
  g_string_truncate (host.lines, 0);
  g_string_truncate (host.errors, 0);
  host.n_created = host.n_destroyed = host.n_added = host.n_progress = 0;
  host.n_cancelled = host.n_cancelled_remotely = 0;
  host.n_taken = 0;
  g_ptr_array_set_size (notes.messages, 0);
  g_ptr_array_set_size (notes.requests, 0);
  g_clear_pointer (&notes.error, g_free);
  g_clear_pointer (&notes.info, g_free);
  notes.n_progress = 0;
  g_clear_pointer (&notes.progress, g_free);
}

GPtrArray *
wn_host_get_messages (void)
{
  return notes.messages;
}

GPtrArray *
wn_host_get_requests (void)
{
  return notes.requests;
}

gboolean
wn_host_has_request (gpointer unused)
{
  return notes.requests->len > 0;
}

const char *
wn_host_get_error (PurpleConnectionError *reason)
{
  if (reason != NULL)
    *reason = notes.reason;
  return notes.error;
}

gboolean
wn_host_has_error (gpointer unused)
{
  return notes.error != NULL;
}

const char *
wn_host_get_info (void)
{
  return notes.info;
}

const char *
wn_host_get_progress (void)
{
  return notes.progress;
}

guint
wn_host_get_n_progress (void)
{
  return notes.n_progress;
}

void
wn_host_run_until (WnHostFunc func, gpointer user_data)
{
  wn_wait_until (func (user_data));
}

void
wn_host_run_dry (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static gboolean
on_never (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

/* A context hands out its ids in order: a new one is above all others. */
guint
wn_host_mark_sources (void)
{
  guint newest = g_idle_add (on_never, NULL);

  g_source_remove (newest);
  return newest;
}

static gboolean
is_foreign_source (guint id)
{
  return !g_hash_table_contains (notes.source_ids, GUINT_TO_POINTER (id))
         && g_main_context_find_source_by_id (NULL, id) != NULL;
}

guint
wn_host_count_sources_since (guint mark)
{
  guint newest = wn_host_mark_sources ();
  guint n = 0;

  for (guint id = mark; id < newest; id++)
    n += is_foreign_source (id);
  return n;
}

GHashTable *
wn_host_dup_foreign_sources (void)
{
  GHashTable *ids = g_hash_table_new (NULL, NULL);
  guint newest = wn_host_mark_sources ();

  for (guint id = 1; id < newest; id++)
    if (is_foreign_source (id))
      g_hash_table_add (ids, GUINT_TO_POINTER (id));
  return ids;
}

static gboolean
is_timer (GSource *source, const char *name)
{
  if (source == NULL || g_source_get_ready_time (source) < 0)
    return FALSE;
  return name == NULL
         || (g_source_get_name (source) != NULL
             && g_str_has_prefix (g_source_get_name (source), name));
}

guint
wn_host_count_timers (const char *name)
{
  g_autoptr (GHashTable) ids = wn_host_dup_foreign_sources ();
  GHashTableIter iter;
  gpointer id;
  guint n = 0;

  g_hash_table_iter_init (&iter, ids);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (is_timer (g_main_context_find_source_by_id (NULL,
                                                    GPOINTER_TO_UINT (id)),
                  name))
      n++;
  return n;
}
