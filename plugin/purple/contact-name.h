/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The names of the contacts that a project's notifications come from: the
 * project's own, and one for each type, `PROJECT/OrderPaid`. Pure; what is on
 * the host's list is `purple/contact.h`'s.
 */

#pragma once

#include "core/message/notification.h"

G_BEGIN_DECLS

/**
 * wn_contact_name_for_type:
 * @project: the project
 * @notification: whose type counts
 *
 * A type comes from outside: what isn't a letter, digit, `_`, `-` or `.` of
 * its last component becomes `_`, and it is cut at 64 characters.
 *
 * Returns: (transfer full) (nullable): `PROJECT/TYPE`; %NULL where the type is
 *   missing, or nothing of it could be read
 */
char *wn_contact_name_for_type (const char *project,
                                const WnNotification *notification);

/**
 * wn_contact_name_is_of:
 * @project: the project
 * @name: a contact's
 *
 * Returns: whether it is the project's own or that of one of its types
 */
gboolean wn_contact_name_is_of (const char *project, const char *name);

/**
 * wn_contact_name_dup_alias:
 * @project: the project
 * @name: a contact's
 *
 * Returns: (transfer full) (nullable): what people call it, `Order Paid` for
 *   `PROJECT/OrderPaid`; %NULL for the project's own
 */
char *wn_contact_name_dup_alias (const char *project, const char *name);

G_END_DECLS
