/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The contact that notifications come from, on the host's list. What the user
 * did to it holds: it is never renamed or moved, and it comes back only when
 * a message has to come from it.
 */

#pragma once

#include <purple.h>

G_BEGIN_DECLS

/**
 * wn_contact_introduce:
 * @account: an account that is connected
 * @name: the contact's name
 *
 * Puts the contact on the list at the account's first login, and never again.
 */
void wn_contact_introduce (PurpleAccount *account, const char *name);

/**
 * wn_contact_ensure:
 * @account: an account that is connected
 * @name: the contact's name
 *
 * Returns: whether it had to be put on the list
 */
gboolean wn_contact_ensure (PurpleAccount *account, const char *name);

/**
 * wn_contact_set_status:
 * @account: an account that is connected
 * @name: the contact's name; one that is not on the list has no status
 * @away: (nullable): why it is away, plain text; %NULL where it is available
 */
void wn_contact_set_status (PurpleAccount *account,
                            const char *name,
                            const char *away);

/**
 * wn_contact_dup_status_types:
 *
 * Returns: (transfer full): offline, available and away, for the protocol's
 *   table
 */
GList *wn_contact_dup_status_types (void);

G_END_DECLS
