/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The user's account in a test with `support/headless-host.h`, from its
 * server's address until it is deleted. What a test waits for with
 * wn_host_run_until() takes the account.
 */

#pragma once

#include <purple.h>

G_BEGIN_DECLS

#define WN_PROTOCOL "prpl-webnotify"

/**
 * wn_login_new:
 * @username: as people write it into the account, `1001@jd-shop/production`
 * @url: the server's
 *
 * Returns: (transfer none): an account that libpurple knows and that has not
 *   signed on; the test sets its other options
 */
PurpleAccount *wn_login_new (const char *username, const char *url);

/** wn_login_new_at: the same for `ws://127.0.0.1:PORT/` */
PurpleAccount *wn_login_new_at (const char *username, guint port);

/** wn_login_sign_on: enables the account and lets it connect */
void wn_login_sign_on (PurpleAccount *account);

/** wn_login_sign_off: disables the account, which ends its connection */
void wn_login_sign_off (PurpleAccount *account);

/** wn_login_delete: (transfer full): signs the account off and deletes it */
void wn_login_delete (PurpleAccount *account);

/** Returns: whether @account is connected */
gboolean wn_login_is_connected (gpointer account);

/** Returns: whether @account has no connection, not even one that has failed */
gboolean wn_login_has_ended (gpointer account);

/**
 * wn_login_get_status:
 *
 * Returns: (transfer none) (nullable): the status of the project's contact,
 *   jd-shop; %NULL where there is no contact yet
 */
PurpleStatus *wn_login_get_status (PurpleAccount *account);

/** Returns: whether @account has the contact, and its status is @id */
gboolean wn_login_has_status (PurpleAccount *account, const char *id);

/** Returns: whether the contact is away: @account has lost its connection */
gboolean wn_login_is_away (gpointer account);

/** Returns: whether the contact is available */
gboolean wn_login_is_available (gpointer account);

G_END_DECLS
