/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Contacts are away and not offline while there is no connection, because some
 * hosts hide contacts that are offline. Whatever is put on the list, or gets
 * another status, is told to other plugins, which may sign the account off, or
 * delete it: the contact lives on, counted, until its own functions have
 * returned.
 */

#include "purple/contact.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purple/contact-name.h"

/* In accounts.xml, but not in the account dialog. */
#define INTRODUCED "contact_introduced"
/* In blist.xml, with the group. */
#define GROUP_MARK "webnotify"

struct _WnContact
{
  PurpleAccount *account;     /* (unowned) (nullable): until closed */
  const WnSettings *settings; /* (unowned): until closed */
  char *away;                 /* (owned) (nullable): while they are available */
};

static void
contact_clear (gpointer data)
{
  WnContact *self = data;

  g_free (self->away);
}

static void
contact_unref (WnContact *self)
{
  g_rc_box_release_full (self, contact_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnContact, contact_unref)

void
wn_contact_close (WnContact *self)
{
  self->account = NULL;
  contact_unref (self);
}

WnContact *
wn_contact_new (PurpleAccount *account, const WnSettings *settings)
{
  WnContact *self = g_rc_box_new0 (WnContact);

  self->account = account;
  self->settings = settings;
  return self;
}

const char *
wn_contact_get_name (const WnContact *self)
{
  return self->settings->instance->contact;
}

/* --- The group --- */

/* (nullable): the group, which is known by a mark and not by its name, because
 * that is translated and the user may change it.
 */
static PurpleGroup *
find_group (void)
{
  for (PurpleBlistNode *node = purple_blist_get_root (); node != NULL;
       node = purple_blist_node_get_sibling_next (node))
    if (purple_blist_node_get_bool (node, GROUP_MARK))
      return PURPLE_GROUP (node);
  return NULL;
}

/* Who hears of a new group may remove it again. */
static void
ensure_group (void)
{
  PurpleGroup *named = purple_find_group (_ ("Notifications"));
  PurpleGroup *group = named;

  if (find_group () != NULL)
    return;
  if (group == NULL)
    group = purple_group_new (_ ("Notifications"));
  purple_blist_node_set_bool (PURPLE_BLIST_NODE (group), GROUP_MARK, TRUE);
  if (named == NULL)
    purple_blist_add_group (group, NULL);
}

/* --- What people call a contact --- */

/* The user name's first part: whose the account is. */
static char *
dup_user (PurpleAccount *account)
{
  const char *username = purple_account_get_username (account);
  const char *at = strrchr (username, '@');

  return g_strstrip (at != NULL ? g_strndup (username, (gsize) (at - username))
                                : g_strdup (username));
}

static gboolean
is_alias_of_another_account (const WnContact *self, const char *alias)
{
  for (GList *it = purple_accounts_get_all (); it != NULL; it = it->next)
    {
      PurpleBuddy *buddy
          = purple_find_buddy (it->data, wn_contact_get_name (self));

      if (it->data != self->account && buddy != NULL
          && g_str_equal (purple_buddy_get_alias (buddy), alias))
        return TRUE;
    }
  return FALSE;
}

/* The list shows no account: two users of one project would look the same. */
static char *
dup_own_alias (const WnContact *self)
{
  const char *label = self->settings->instance->label;
  g_autofree char *user = NULL;

  if (label == NULL)
    label = wn_contact_get_name (self);
  if (!is_alias_of_another_account (self, label))
    return g_strdup (label);
  user = dup_user (self->account);
  return g_strdup_printf ("%s (%s)", label, user);
}

/* Whoever writes a notification names its source, so a source's contact always
 * says whose it is.
 */
static char *
dup_alias (const WnContact *self, const char *who, gboolean is_type)
{
  g_autofree char *own = dup_own_alias (self);
  g_autofree char *source
      = wn_contact_name_dup_label (wn_contact_get_name (self), who, is_type);

  return source != NULL ? g_strdup_printf ("%s: %s", own, source)
                        : g_steal_pointer (&own);
}

/* --- On the list --- */

static void
set_status (const WnContact *self, const char *who)
{
  if (self->away != NULL)
    purple_prpl_got_user_status (self->account,
                                 who,
                                 "away",
                                 "message",
                                 self->away,
                                 NULL);
  else
    purple_prpl_got_user_status (self->account, who, "available", NULL);
}

static gboolean
is_on_list (const WnContact *self, const char *who)
{
  return purple_find_buddy (self->account, who) != NULL;
}

/* Asked after whatever may have ended the account. */
static gboolean
has_status (const WnContact *self, const char *who)
{
  return self->account != NULL && purple_account_is_connected (self->account)
         && is_on_list (self, who);
}

void
wn_contact_ensure (WnContact *contact, const char *who, gboolean is_type)
{
  g_autoptr (WnContact) self = g_rc_box_acquire (contact);
  g_autofree char *alias = NULL;

  if (!wn_contact_name_is_of (wn_contact_get_name (self), who)
      || is_on_list (self, who))
    return;
  alias = dup_alias (self, who, is_type);
  if (g_str_equal (alias, who))
    g_clear_pointer (&alias, g_free);
  ensure_group ();
  if (self->account == NULL || is_on_list (self, who))
    return;
  purple_blist_add_buddy (purple_buddy_new (self->account, who, alias),
                          NULL,
                          find_group (),
                          NULL);
  if (has_status (self, who))
    set_status (self, who);
}

void
wn_contact_introduce (WnContact *self)
{
  g_autofree char *user = dup_user (self->account);

  /* In a conversation, the user's own words are headed by this name. */
  purple_connection_set_display_name (purple_account_get_connection (
                                          self->account),
                                      user);
  if (purple_account_get_bool (self->account, INTRODUCED, FALSE))
    return;
  purple_account_set_bool (self->account, INTRODUCED, TRUE);
  wn_contact_ensure (self, wn_contact_get_name (self), FALSE);
}

/* The names of those on the list. Names, and not buddies, because a plugin that
 * is told of one may remove another.
 */
static GPtrArray *
dup_names (const WnContact *self)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GSList) buddies = purple_find_buddies (self->account, NULL);

  for (GSList *it = buddies; it != NULL; it = it->next)
    {
      const char *who = purple_buddy_get_name (it->data);

      if (wn_contact_name_is_of (wn_contact_get_name (self), who))
        g_ptr_array_add (names, g_strdup (who));
    }
  return names;
}

static gboolean
may_have_contact (const WnContact *self, const char *who)
{
  g_autoptr (GPtrArray) names = NULL;
  guint n_own = is_on_list (self, wn_contact_get_name (self)) ? 1 : 0;

  if (is_on_list (self, who))
    return TRUE;
  if (purple_account_get_privacy_type (self->account)
      == PURPLE_PRIVACY_ALLOW_BUDDYLIST)
    return FALSE;
  names = dup_names (self);
  return names->len - n_own < WN_CONTACT_MAX_SOURCES;
}

char *
wn_contact_dup_sender (const WnContact *self,
                       const WnNotification *notification)
{
  g_autofree char *who = NULL;

  if (self->settings->contact_per_source)
    who = wn_contact_name_for_source (wn_contact_get_name (self),
                                      notification->source);
  if (who != NULL && may_have_contact (self, who))
    return g_steal_pointer (&who);
  return g_strdup (wn_contact_get_name (self));
}

/* --- Their status --- */

void
wn_contact_set_away (WnContact *contact, const char *away)
{
  g_autoptr (WnContact) self = g_rc_box_acquire (contact);
  g_autoptr (GPtrArray) names = dup_names (self);

  g_free (self->away);
  self->away = g_strdup (away);
  for (guint i = 0; i < names->len; i++)
    if (has_status (self, names->pdata[i]))
      set_status (self, names->pdata[i]);
}

char *
wn_contact_dup_status_text (PurpleBuddy *buddy)
{
  PurplePresence *presence = purple_buddy_get_presence (buddy);
  PurpleStatus *status = purple_presence_get_active_status (presence);
  const char *message = purple_status_get_attr_string (status, "message");

  return message != NULL ? g_markup_escape_text (message, -1) : NULL;
}

GList *
wn_contact_dup_status_types (PurpleAccount *account)
{
  static const PurpleStatusPrimitive primitives[]
      = { PURPLE_STATUS_AVAILABLE, PURPLE_STATUS_AWAY, PURPLE_STATUS_OFFLINE };
  GList *types = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (primitives); i++)
    types = g_list_append (types,
                           purple_status_type_new_with_attrs (
                               primitives[i],
                               NULL,
                               NULL,
                               TRUE,
                               TRUE,
                               FALSE,
                               "message",
                               _ ("Message"),
                               purple_value_new (PURPLE_TYPE_STRING),
                               NULL));
  return types;
}
