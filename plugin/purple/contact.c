/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Away and not offline while there is no connection: some hosts hide contacts
 * that are offline.
 */

#include "purple/contact.h"

#include <glib/gi18n-lib.h>

/* In accounts.xml, but not in the account dialog. */
#define INTRODUCED "contact_introduced"

gboolean
wn_contact_ensure (PurpleAccount *account, const char *name)
{
  PurpleGroup *group;

  if (purple_find_buddy (account, name) != NULL)
    return FALSE;

  group = purple_find_group (_ ("Notifications"));
  if (group == NULL)
    {
      group = purple_group_new (_ ("Notifications"));
      purple_blist_add_group (group, NULL);
    }
  purple_blist_add_buddy (purple_buddy_new (account, name, NULL),
                          NULL,
                          group,
                          NULL);
  return TRUE;
}

void
wn_contact_introduce (PurpleAccount *account, const char *name)
{
  if (purple_account_get_bool (account, INTRODUCED, FALSE))
    return;
  purple_account_set_bool (account, INTRODUCED, TRUE);
  wn_contact_ensure (account, name);
}

void
wn_contact_set_status (PurpleAccount *account,
                       const char *name,
                       const char *away)
{
  if (purple_find_buddy (account, name) == NULL)
    return;
  if (away != NULL)
    purple_prpl_got_user_status (account, name, "away", "message", away, NULL);
  else
    purple_prpl_got_user_status (account, name, "available", NULL);
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
