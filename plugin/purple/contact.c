/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Away and not offline while there is no connection: some hosts hide contacts
 * that are offline.
 */

#include "purple/contact.h"

#include <glib/gi18n-lib.h>

#include "core/dialect/endpoint.h"
#include "purple/contact-name.h"

/* In accounts.xml, but not in the account dialog. */
#define INTRODUCED "contact_introduced"

static PurpleGroup *
ensure_group (void)
{
  PurpleGroup *group = purple_find_group (_ ("Notifications"));

  if (group != NULL)
    return group;
  group = purple_group_new (_ ("Notifications"));
  purple_blist_add_group (group, NULL);
  return group;
}

/* The list shows no account: production and stage of one project would look
 * the same.
 */
static char *
dup_alias (PurpleAccount *account, const char *project, const char *name)
{
  g_autofree char *alias = wn_contact_name_dup_alias (project, name);
  const char *slash = strrchr (purple_account_get_username (account), '/');

  if (slash == NULL || slash[1] == '\0'
      || g_str_equal (slash + 1, WN_DEFAULT_ENVIRONMENT))
    return g_steal_pointer (&alias);
  return g_strdup_printf ("%s (%s)", alias != NULL ? alias : name, slash + 1);
}

gboolean
wn_contact_ensure (PurpleAccount *account,
                   const char *project,
                   const char *name)
{
  g_autofree char *alias = NULL;

  if (!wn_contact_name_is_of (project, name)
      || purple_find_buddy (account, name) != NULL)
    return FALSE;
  alias = dup_alias (account, project, name);
  purple_blist_add_buddy (purple_buddy_new (account, name, alias),
                          NULL,
                          ensure_group (),
                          NULL);
  return TRUE;
}

void
wn_contact_introduce (PurpleAccount *account, const char *project)
{
  if (purple_account_get_bool (account, INTRODUCED, FALSE))
    return;
  purple_account_set_bool (account, INTRODUCED, TRUE);
  wn_contact_ensure (account, project, project);
}

gboolean
wn_contact_is_blocked (PurpleAccount *account, const char *name)
{
  return !purple_privacy_check (account, name);
}

/* The project's contacts on the list. */
static GSList *
find_all (PurpleAccount *account, const char *project)
{
  GSList *buddies = purple_find_buddies (account, NULL);
  GSList *ours = NULL;

  for (GSList *it = buddies; it != NULL; it = it->next)
    if (wn_contact_name_is_of (project, purple_buddy_get_name (it->data)))
      ours = g_slist_prepend (ours, it->data);
  g_slist_free (buddies);
  return ours;
}

static gboolean
has_room (PurpleAccount *account, const char *project)
{
  g_autoptr (GSList) ours = find_all (account, project);
  guint n_types = g_slist_length (ours);

  if (purple_find_buddy (account, project) != NULL)
    n_types--;
  return n_types < WN_CONTACT_MAX_TYPES;
}

char *
wn_contact_dup_name_for (PurpleAccount *account,
                         const char *project,
                         const WnNotification *notification)
{
  g_autofree char *name = wn_contact_name_for_type (project, notification);

  if (name == NULL)
    return g_strdup (project);
  if (purple_find_buddy (account, name) != NULL)
    return g_steal_pointer (&name);
  if (purple_account_get_privacy_type (account)
          == PURPLE_PRIVACY_ALLOW_BUDDYLIST
      || !has_room (account, project))
    return g_strdup (project);
  return g_steal_pointer (&name);
}

static void
set_status (PurpleAccount *account, const char *name, const char *away)
{
  if (away != NULL)
    purple_prpl_got_user_status (account, name, "away", "message", away, NULL);
  else
    purple_prpl_got_user_status (account, name, "available", NULL);
}

/* By their names, for another plugin that hears of the one may remove the
 * other.
 */
void
wn_contact_set_status (PurpleAccount *account,
                       const char *project,
                       const char *away)
{
  g_autoptr (GSList) ours = find_all (account, project);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (GSList *it = ours; it != NULL; it = it->next)
    g_ptr_array_add (names, g_strdup (purple_buddy_get_name (it->data)));
  for (guint i = 0; i < names->len; i++)
    if (purple_account_is_connected (account)
        && purple_find_buddy (account, names->pdata[i]) != NULL)
      set_status (account, names->pdata[i], away);
}

char *
wn_contact_dup_status_text (PurpleBuddy *buddy)
{
  PurplePresence *presence = purple_buddy_get_presence (buddy);
  PurpleStatus *status = purple_presence_get_active_status (presence);
  const char *message = purple_status_get_attr_string (status, "message");

  return message != NULL ? g_markup_escape_text (message, -1) : NULL;
}

static PurpleStatusType *
status_type (PurpleStatusPrimitive primitive, const char *id, const char *name)
{
  return purple_status_type_new_with_attrs (primitive,
                                            id,
                                            name,
                                            TRUE,
                                            TRUE,
                                            FALSE,
                                            "message",
                                            _ ("Message"),
                                            purple_value_new (
                                                PURPLE_TYPE_STRING),
                                            NULL);
}

GList *
wn_contact_dup_status_types (void)
{
  GList *types = NULL;

  types = g_list_append (types,
                         status_type (PURPLE_STATUS_AVAILABLE,
                                      "available",
                                      NULL));
  types = g_list_append (types, status_type (PURPLE_STATUS_AWAY, "away", NULL));
  types = g_list_append (types,
                         status_type (PURPLE_STATUS_OFFLINE, "offline", NULL));
  return types;
}
