/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The contacts that notifications come from, on the host's list. What the
 * user did to one holds: it is never renamed or moved, it comes back only when
 * a message has to come from it, and not while it is blocked.
 */

#pragma once

#include <purple.h>

#include "core/message/notification.h"

G_BEGIN_DECLS

/** How many types of one project have a contact of their own. */
#define WN_CONTACT_MAX_TYPES 64

/**
 * wn_contact_introduce:
 * @account: an account that is connected
 * @project: the project
 *
 * Puts the project's contact on the list at the account's first login, and
 * never again.
 */
void wn_contact_introduce (PurpleAccount *account, const char *project);

/**
 * wn_contact_ensure:
 * @account: an account that is connected
 * @project: the project
 * @name: the contact's name; a stranger's is left alone
 *
 * Returns: whether it had to be put on the list
 */
gboolean wn_contact_ensure (PurpleAccount *account,
                            const char *project,
                            const char *name);

/**
 * wn_contact_is_blocked:
 * @account: an account
 * @name: the contact's name
 *
 * Returns: whether the user's privacy rules keep its messages out
 */
gboolean wn_contact_is_blocked (PurpleAccount *account, const char *name);

/**
 * wn_contact_dup_name_for:
 * @account: an account
 * @project: the project
 * @notification: a notification
 *
 * With one contact for each type: which one this notification comes from. It
 * is the project's own where there is no type, where there are
 * %WN_CONTACT_MAX_TYPES others already, and for a new type where the user lets
 * only those on the list write.
 *
 * Returns: (transfer full): the contact's name
 */
char *wn_contact_dup_name_for (PurpleAccount *account,
                               const char *project,
                               const WnNotification *notification);

/**
 * wn_contact_set_status:
 * @account: an account that is connected
 * @project: the project, all of whose contacts on the list are meant
 * @away: (nullable): why they are away, plain text; %NULL where they are
 *   available
 */
void wn_contact_set_status (PurpleAccount *account,
                            const char *project,
                            const char *away);

/**
 * wn_contact_dup_status_text:
 * @buddy: a contact
 *
 * Returns: (transfer full) (nullable): why it is away, as markup
 */
char *wn_contact_dup_status_text (PurpleBuddy *buddy);

/**
 * wn_contact_dup_status_types:
 *
 * Returns: (transfer full): offline, available and away, for the protocol's
 *   table
 */
GList *wn_contact_dup_status_types (void);

G_END_DECLS
