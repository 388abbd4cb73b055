/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The plugin as libpurple sees it: a protocol for each kind of server, all of
 * one module, and the few functions that only translate between them and the
 * rest.
 */

#include <glib/gi18n-lib.h>
#include <purple.h>

#include "purple/commands.h"
#include "purple/contact.h"
#include "purple/session.h"
#include "purple/settings.h"

/* A protocol is a dialect, core/dialect/NAME.c, and its name here. The first
 * one is the plugin that libpurple finds in the file.
 */
#define FOR_EACH_PROTOCOL(DO)                                                  \
  DO (back_office) DO (laravel) DO (ntfy) DO (gotify)

typedef struct
{
  const WnDialect *dialect;
  PurplePlugin *plugin; /* (unowned) (nullable): libpurple's */
  PurplePluginInfo info;
  PurplePluginProtocolInfo protocol_info;
} Protocol;

/* libpurple's one entry, by its name. */
G_MODULE_EXPORT gboolean purple_init_plugin (PurplePlugin *plugin);

/* --- What libpurple asks ------------------------------------------------ */

static GHashTable *
make_text_table (const WnDialect *dialect)
{
  GHashTable *table = g_hash_table_new (g_str_hash, g_str_equal);

  g_hash_table_insert (table,
                       (gpointer) "login_label",
                       (gpointer) g_dgettext (GETTEXT_PACKAGE,
                                              dialect->login_label));
  return table;
}

/* Pidgin asks these before there is an account that could tell the protocol. */
#define DEFINE_FUNCTIONS(name)                                                 \
  static const char *get_icon_of_##name (PurpleAccount *account,               \
                                         PurpleBuddy *buddy)                   \
  {                                                                            \
    return wn_dialect_##name.icon;                                             \
  }                                                                            \
                                                                               \
  static GHashTable *get_text_table_of_##name (PurpleAccount *account)         \
  {                                                                            \
    return make_text_table (&wn_dialect_##name);                               \
  }                                                                            \
                                                                               \
  static void log_in_to_##name (PurpleAccount *account)                        \
  {                                                                            \
    wn_session_login (account, &wn_dialect_##name);                            \
  }

FOR_EACH_PROTOCOL (DEFINE_FUNCTIONS)

static void
add_pair (const char *label, const char *value, gpointer user_data)
{
  purple_notify_user_info_add_pair_plaintext (user_data, label, value);
}

/* Pidgin and Finch have a line of their own for the account. */
static void
add_tooltip (PurpleBuddy *buddy, PurpleNotifyUserInfo *info, gboolean full)
{
  PurpleAccount *account = purple_buddy_get_account (buddy);
  WnSession *session = wn_session_get (purple_account_get_connection (account));

  if (session != NULL && full)
    wn_session_report (session, FALSE, add_pair, info);
}

static void
show_info (PurpleConnection *gc, const char *who)
{
  WnSession *session = wn_session_get (gc);
  PurpleNotifyUserInfo *info;

  if (session == NULL)
    return;
  info = purple_notify_user_info_new ();
  wn_session_report (session, TRUE, add_pair, info);
  purple_notify_userinfo (gc, who, info, NULL, NULL);
  purple_notify_user_info_destroy (info);
}

static void
on_action_reconnect (PurplePluginAction *action)
{
  WnSession *session = wn_session_get (action->context);

  if (session != NULL)
    wn_session_reconnect (session, NULL);
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

/* --- The tables --------------------------------------------------------- */

#define PROTOCOL(name)                                                         \
  {                                                                            \
    .dialect = &wn_dialect_##name,                                             \
    .protocol_info = {                                                         \
      .options = OPT_PROTO_PASSWORD_OPTIONAL,                                  \
      .icon_spec = NO_BUDDY_ICONS,                                             \
      .list_icon = get_icon_of_##name,                                         \
      .status_text = wn_contact_dup_status_text,                               \
      .tooltip_text = add_tooltip,                                             \
      .status_types = wn_contact_dup_status_types,                                        \
      .login = log_in_to_##name,                                               \
      .close = wn_session_close,                                               \
      .send_im = wn_commands_send_im,                                          \
      .get_info = show_info,                                                   \
      .struct_size = sizeof (PurplePluginProtocolInfo),                        \
      .get_account_text_table = get_text_table_of_##name,                      \
    },                                                                         \
    .info = {                                                                  \
      .magic = PURPLE_PLUGIN_MAGIC,                                            \
      .major_version = PURPLE_MAJOR_VERSION,                                   \
      .minor_version = PURPLE_MINOR_VERSION,                                   \
      .type = PURPLE_PLUGIN_PROTOCOL,                                          \
      .priority = PURPLE_PRIORITY_DEFAULT,                                     \
      .version = (char *) WN_VERSION,                                          \
      .author = (char *) "purple-webnotify",                                   \
      .actions = get_actions,                                                  \
    },                                                                         \
  },

static Protocol protocols[] = { FOR_EACH_PROTOCOL (PROTOCOL) };

static void
fill_in (Protocol *self)
{
  const WnDialect *dialect = self->dialect;
  char *summary = (char *) g_dgettext (GETTEXT_PACKAGE, dialect->summary);

  self->protocol_info.user_splits = wn_settings_dup_user_splits (dialect);
  self->protocol_info.protocol_options = wn_settings_dup_options (dialect);
  self->info.id = (char *) dialect->id;
  self->info.name = (char *) dialect->name;
  self->info.summary = summary;
  self->info.description = summary;
  self->info.extra_info = &self->protocol_info;
}

/* --- Loading ------------------------------------------------------------ */

/* The protocols that libpurple does not find by itself. It loads them in the
 * same turn as the first one.
 */
static void
register_others (void)
{
  for (gsize i = 1; i < G_N_ELEMENTS (protocols); i++)
    {
      Protocol *protocol = &protocols[i];

      if (protocol->plugin == NULL)
        {
          protocol->plugin = purple_plugin_new (TRUE, NULL);
          fill_in (protocol);
          protocol->plugin->info = &protocol->info;
        }
      purple_plugin_register (protocol->plugin);
    }
}

static gboolean
load_module (PurplePlugin *plugin)
{
  register_others ();
  for (gsize i = 0; i < G_N_ELEMENTS (protocols); i++)
    wn_commands_register (protocols[i].dialect->id);
  return TRUE;
}

static gboolean
is_ours (PurplePlugin *plugin)
{
  for (gsize i = 0; i < G_N_ELEMENTS (protocols); i++)
    if (protocols[i].plugin == plugin)
      return TRUE;
  return FALSE;
}

/* libpurple leaves a protocol's accounts signed on when it is unloaded. */
static void
disconnect_all (void)
{
  GList *all = g_list_copy (purple_connections_get_all ());

  for (GList *l = all; l != NULL; l = l->next)
    if (g_list_find (purple_connections_get_all (), l->data) != NULL
        && is_ours (purple_connection_get_prpl (l->data)))
      purple_account_disconnect (purple_connection_get_account (l->data));
  g_list_free (all);
}

static gboolean
unload_module (PurplePlugin *plugin)
{
  disconnect_all ();
  wn_commands_unregister ();
  return TRUE;
}

gboolean
purple_init_plugin (PurplePlugin *plugin)
{
  Protocol *first = &protocols[0];

  bindtextdomain (GETTEXT_PACKAGE, WN_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");

  fill_in (first);
  first->info.description
      = (char *) _ ("Shows a web back office's notifications as messages, and "
                    "its exports as files.");
  first->info.load = load_module;
  first->info.unload = unload_module;
  first->plugin = plugin;
  plugin->info = &first->info;
  return purple_plugin_register (plugin);
}
