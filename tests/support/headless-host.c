/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libpurple calls its host through tables of functions without user data, so
 * what is written down is the process's.
 */

#include "support/headless-host.h"

#include "support/folder.h"
#include "support/purple-events.h"

static struct
{
  char *user_dir;         /* (owned) */
  GPtrArray *messages;    /* (owned) */
  GPtrArray *requests;    /* (owned) */
  char *error;            /* (owned) (nullable) */
  char *info;             /* (owned) (nullable) */
  GHashTable *source_ids; /* (owned): of libpurple's sources */
  PurpleConnectionError reason;
  guint n_progress;
  char *progress; /* (owned) (nullable): the last of it */
} host;

static void
on_conversation_written (PurpleConversation *conversation,
                         const char *name,
                         const char *alias,
                         const char *message,
                         PurpleMessageFlags flags,
                         time_t when)
{
  g_assert_true (g_utf8_validate (message, -1, NULL));
  g_ptr_array_add (host.messages,
                   g_strdup_printf ("%s: %s",
                                    name != NULL ? name : "*",
                                    message));
}

static PurpleConversationUiOps conversation_ops = {
  .write_conv = on_conversation_written,
};

static void
on_disconnect_reason (PurpleConnection *gc,
                      PurpleConnectionError reason,
                      const char *text)
{
  g_free (host.error);
  host.error = g_strdup (text);
  host.reason = reason;
}

static void
on_progress (PurpleConnection *gc,
             const char *text,
             size_t step,
             size_t n_steps)
{
  host.n_progress++;
  g_free (host.progress);
  host.progress = g_strdup (text);
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
  g_ptr_array_add (host.requests, g_strdup (primary));
  return g_ptr_array_index (host.requests, host.requests->len - 1);
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
  g_free (host.info);
  host.info = purple_notify_user_info_get_text_with_newline (info, "\n");
  return host.info;
}

static PurpleNotifyUiOps notify_ops = {
  .notify_userinfo = on_notify_user_info,
};

static void
on_core_ui_init (void)
{
  purple_conversations_set_ui_ops (&conversation_ops);
  purple_connections_set_ui_ops (&connection_ops);
  purple_request_set_ui_ops (&request_ops);
  purple_notify_set_ui_ops (&notify_ops);
}

static PurpleCoreUiOps core_ops = { .ui_init = on_core_ui_init };

void
wn_host_start (const char *ui, const char *plugin_dir)
{
  host.user_dir = g_dir_make_tmp ("webnotify-host-XXXXXX", NULL);
  host.messages = g_ptr_array_new_with_free_func (g_free);
  host.requests = g_ptr_array_new_with_free_func (g_free);
  host.source_ids = g_hash_table_new (NULL, NULL);

  purple_util_set_user_dir (host.user_dir);
  purple_core_set_ui_ops (&core_ops);
  wn_purple_events_start (host.source_ids);
  purple_plugins_add_search_path (plugin_dir);
  g_assert_true (purple_core_init (ui));
  purple_set_blist (purple_blist_new ());
  purple_prefs_load ();
  purple_prefs_set_bool ("/purple/logging/log_ims", FALSE);
}

/* libpurple leaves some of its own, and a host's loop ends here. */
static void
remove_purple_sources (void)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, host.source_ids);
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
  purple_core_quit ();
  remove_purple_sources ();
  wn_folder_remove (host.user_dir);
  g_clear_pointer (&host.user_dir, g_free);
  g_clear_pointer (&host.messages, g_ptr_array_unref);
  g_clear_pointer (&host.requests, g_ptr_array_unref);
  wn_purple_events_start (NULL);
  g_clear_pointer (&host.source_ids, g_hash_table_unref);
  g_clear_pointer (&host.error, g_free);
  g_clear_pointer (&host.info, g_free);
}

void
wn_host_forget (void)
{
  g_ptr_array_set_size (host.messages, 0);
  g_ptr_array_set_size (host.requests, 0);
  g_clear_pointer (&host.error, g_free);
  g_clear_pointer (&host.info, g_free);
  host.n_progress = 0;
  g_clear_pointer (&host.progress, g_free);
}

GPtrArray *
wn_host_get_messages (void)
{
  return host.messages;
}

GPtrArray *
wn_host_get_requests (void)
{
  return host.requests;
}

const char *
wn_host_get_error (PurpleConnectionError *reason)
{
  if (reason != NULL)
    *reason = host.reason;
  return host.error;
}

const char *
wn_host_get_info (void)
{
  return host.info;
}

const char *
wn_host_get_progress (void)
{
  return host.progress;
}

guint
wn_host_get_n_progress (void)
{
  return host.n_progress;
}

static gboolean
on_patience_lost (gpointer user_data)
{
  g_error ("nothing came of it within 60 s");
  return G_SOURCE_REMOVE;
}

void
wn_host_run_until (WnHostFunc func, gpointer user_data)
{
  guint patience = g_timeout_add_seconds (60, on_patience_lost, NULL);

  while (!func (user_data))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (patience);
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
  return !g_hash_table_contains (host.source_ids, GUINT_TO_POINTER (id))
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
