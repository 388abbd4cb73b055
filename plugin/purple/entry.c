/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The plugin as libpurple sees it: its tables, and the few functions that
 * only translate between them and the rest.
 */

#include <glib/gi18n-lib.h>
#include <purple.h>

#include "purple/commands.h"
#include "purple/contact.h"
#include "purple/session.h"
#include "purple/settings.h"

#define PROTOCOL_ID "prpl-webnotify"

/* libpurple's one entry, by its name. */
G_MODULE_EXPORT gboolean purple_init_plugin (PurplePlugin *plugin);

static const char *
get_icon (PurpleAccount *account, PurpleBuddy *buddy)
{
  return "webnotify";
}

static GList *
get_status_types (PurpleAccount *account)
{
  return wn_contact_dup_status_types ();
}

static GHashTable *
get_text_table (PurpleAccount *account)
{
  GHashTable *table = g_hash_table_new (g_str_hash, g_str_equal);

  g_hash_table_insert (table,
                       (gpointer) "login_label",
                       (gpointer) _ ("User ID"));
  return table;
}

static void
add_pair (const char *label, const char *value, gpointer user_data)
{
  purple_notify_user_info_add_pair_plaintext (user_data, label, value);
}

static void
add_tooltip (PurpleBuddy *buddy, PurpleNotifyUserInfo *info, gboolean full)
{
  PurpleAccount *account = purple_buddy_get_account (buddy);
  WnSession *session = wn_session_get (purple_account_get_connection (account));

  if (session != NULL && full)
    wn_session_report (session, add_pair, info);
}

static void
show_info (PurpleConnection *gc, const char *who)
{
  WnSession *session = wn_session_get (gc);
  PurpleNotifyUserInfo *info;

  if (session == NULL)
    return;
  info = purple_notify_user_info_new ();
  wn_session_report (session, add_pair, info);
  purple_notify_userinfo (gc, who, info, NULL, NULL);
  purple_notify_user_info_destroy (info);
}

static void
on_action_reconnect (PurplePluginAction *action)
{
  WnSession *session = wn_session_get (action->context);

  if (session != NULL)
    wn_session_reconnect (session);
}

static void
on_action_status (PurplePluginAction *action)
{
  WnSession *session = wn_session_get (action->context);

  if (session != NULL)
    show_info (action->context, wn_session_get_contact (session));
}

static GList *
get_actions (PurplePlugin *plugin, gpointer context)
{
  GList *actions = NULL;

  actions = g_list_append (actions,
                           purple_plugin_action_new (_ ("Reconnect now"),
                                                     on_action_reconnect));
  actions = g_list_append (actions,
                           purple_plugin_action_new (_ ("Connection status…"),
                                                     on_action_status));
  return actions;
}

static gboolean
load (PurplePlugin *plugin)
{
  wn_commands_register (PROTOCOL_ID);
  return TRUE;
}

/* libpurple leaves a protocol's accounts signed on when it is unloaded. */
static void
disconnect_all (PurplePlugin *plugin)
{
  GList *all = g_list_copy (purple_connections_get_all ());

  for (GList *l = all; l != NULL; l = l->next)
    if (g_list_find (purple_connections_get_all (), l->data) != NULL
        && purple_connection_get_prpl (l->data) == plugin)
      purple_account_disconnect (purple_connection_get_account (l->data));
  g_list_free (all);
}

static gboolean
unload (PurplePlugin *plugin)
{
  disconnect_all (plugin);
  wn_commands_unregister ();
  return TRUE;
}

static PurplePluginProtocolInfo protocol_info = {
  .options = OPT_PROTO_PASSWORD_OPTIONAL,
  .icon_spec = NO_BUDDY_ICONS,
  .list_icon = get_icon,
  .status_text = wn_contact_dup_status_text,
  .tooltip_text = add_tooltip,
  .status_types = get_status_types,
  .login = wn_session_login,
  .close = wn_session_close,
  .send_im = wn_commands_send_im,
  .get_info = show_info,
  .struct_size = sizeof (PurplePluginProtocolInfo),
  .get_account_text_table = get_text_table,
};

static PurplePluginInfo plugin_info = {
  .magic = PURPLE_PLUGIN_MAGIC,
  .major_version = PURPLE_MAJOR_VERSION,
  .minor_version = PURPLE_MINOR_VERSION,
  .type = PURPLE_PLUGIN_PROTOCOL,
  .priority = PURPLE_PRIORITY_DEFAULT,
  .id = (char *) PROTOCOL_ID,
  .name = (char *) "Web Notify",
  .version = (char *) WN_VERSION,
  .author = (char *) "purple-webnotify",
  .load = load,
  .unload = unload,
  .extra_info = &protocol_info,
  .actions = get_actions,
};

gboolean
purple_init_plugin (PurplePlugin *plugin)
{
  bindtextdomain (GETTEXT_PACKAGE, WN_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");

  plugin_info.summary = (char *) _ ("Notifications of a web back office");
  plugin_info.description
      = (char *) _ ("Shows a web back office's notifications as messages, and "
                    "its exports as files.");
  protocol_info.user_splits = wn_settings_dup_user_splits ();
  protocol_info.protocol_options = wn_settings_dup_options ();
  plugin->info = &plugin_info;
  return purple_plugin_register (plugin);
}
