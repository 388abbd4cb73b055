/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The contact that an account's notifications come from, and those of its
 * sources, on the host's list. What the user did to one holds: it is never
 * renamed or moved, it comes back only when a message has to come from it, and
 * not while it is blocked.
 */

#pragma once

#include <purple.h>

#include "core/message/notification.h"
#include "purple/settings.h"

G_BEGIN_DECLS

/** How many sources of one account have a contact of their own. */
#define WN_CONTACT_MAX_SOURCES 64

typedef struct _WnContact WnContact;

/**
 * wn_contact_new:
 * @account: (unowned): an account; must outlive it
 * @settings: (unowned): its settings, which must outlive it, and may change
 *
 * Returns: (transfer full): nothing on the list yet; wn_contact_close() frees
 *   it
 */
WnContact *wn_contact_new (PurpleAccount *account, const WnSettings *settings);
void wn_contact_close (WnContact *self);

/**
 * wn_contact_get_name:
 * @self: a contact
 *
 * Returns: (transfer none): the name of the account's own contact
 */
const char *wn_contact_get_name (const WnContact *self);

/**
 * wn_contact_introduce:
 * @self: a contact of an account that is connected
 *
 * Puts the account's own contact on the list at its first login, and never
 * again. The user is called by the first part of the user name, `1001`.
 */
void wn_contact_introduce (WnContact *self);

/**
 * wn_contact_ensure:
 * @contact: a contact of an account that is connected
 * @who: the name of the account's own contact or of one of its sources; a
 *   stranger's is left alone
 * @is_type: whether the source is a class name
 *
 * Puts @who on the list unless it is there, with the status that the others
 * have. A plugin that hears of it may sign the account off.
 */
void wn_contact_ensure (WnContact *contact, const char *who, gboolean is_type);

/**
 * wn_contact_dup_sender:
 * @self: a contact
 * @notification: a notification
 *
 * Which contact @notification comes from. It is the account's own where it has
 * no other, where there is no source, where there are
 * %WN_CONTACT_MAX_SOURCES others already, and for a new source where the user
 * lets only those on the list write.
 *
 * Returns: (transfer full): the contact's name
 */
char *wn_contact_dup_sender (const WnContact *self,
                             const WnNotification *notification);

/**
 * wn_contact_set_away:
 * @contact: a contact of an account that is connected
 * @away: (nullable): why all of them are away, plain text; %NULL where they are
 *   available
 */
void wn_contact_set_away (WnContact *contact, const char *away);

/**
 * wn_contact_dup_status_text:
 * @buddy: a contact on the list
 *
 * Returns: (transfer full) (nullable): why it is away, as markup
 */
char *wn_contact_dup_status_text (PurpleBuddy *buddy);

/**
 * wn_contact_dup_status_types:
 * @account: any; they are the same for all
 *
 * Returns: (transfer full): offline, available and away, for the protocol's
 *   table
 */
GList *wn_contact_dup_status_types (PurpleAccount *account);

G_END_DECLS
