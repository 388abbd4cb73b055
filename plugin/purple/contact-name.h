/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The names of the contacts that an account's notifications come from: the
 * account's own, and one for each source, `PROJECT/OrderPaid`. Pure; what is on
 * the host's list is `purple/contact.h`'s.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * wn_contact_name_for_source:
 * @own: the name of the account's own contact
 * @source: (nullable): a notification's source
 *
 * A source comes from outside: what isn't a letter, digit, `_`, `-` or `.`
 * becomes `_`, and it is cut at 64 characters.
 *
 * Returns: (transfer full) (nullable): `OWN/SOURCE`; %NULL where there is no
 *   source, or nothing of it could be read
 */
char *wn_contact_name_for_source (const char *own, const char *source);

/**
 * wn_contact_name_is_of:
 * @own: the name of the account's own contact
 * @name: a contact's
 *
 * Returns: whether it is the account's own or that of one of its sources
 */
gboolean wn_contact_name_is_of (const char *own, const char *name);

/**
 * wn_contact_name_dup_label:
 * @own: the name of the account's own contact
 * @name: a contact's
 * @is_type: whether the source is a class name, whose words are written as one
 *
 * Returns: (transfer full) (nullable): what people call the source, `Order
 *   Paid` for `OWN/OrderPaid`; %NULL for the account's own contact
 */
char *
wn_contact_name_dup_label (const char *own, const char *name, gboolean is_type);

G_END_DECLS
