/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One login: makes the parts, wires them, and takes them down again. It tells
 * the host of the connection's state and errors; what a connection does is
 * `core/connection/client.h`'s.
 */

#pragma once

#include <purple.h>

#include "purple/exports.h"
#include "purple/sentences.h"

G_BEGIN_DECLS

typedef struct _WnSession WnSession;

/**
 * wn_session_login:
 * @account: an account that the host connects
 * @dialect: static; its protocol's
 *
 * The protocol's `login`. What is wrong with the account becomes its error.
 */
void wn_session_login (PurpleAccount *account, const WnDialect *dialect);

/**
 * wn_session_close:
 * @gc: a connection
 *
 * The protocol's `close`. Nothing of the login is left: no socket, no timer,
 * no callback.
 */
void wn_session_close (PurpleConnection *gc);

/**
 * wn_session_get:
 * @gc: (nullable): a connection
 *
 * Returns: (nullable) (transfer none): its login, valid until
 *   wn_session_close(); %NULL where it failed at the settings
 */
WnSession *wn_session_get (PurpleConnection *gc);

/**
 * wn_session_get_contact:
 * @self: a login
 *
 * Returns: (transfer none): the name of the account's own contact
 */
const char *wn_session_get_contact (const WnSession *self);

/**
 * wn_session_get_exports:
 * @self: a login
 *
 * Returns: (transfer none): its exports
 */
WnExports *wn_session_get_exports (WnSession *self);

/**
 * wn_session_reconnect:
 * @session: a login
 * @who: (nullable): the contact that says how it went
 *
 * The user wants a new connection now, with the settings as they are now.
 */
void wn_session_reconnect (WnSession *session, const char *who);

/**
 * wn_session_report:
 * @self: a login
 * @names_account: whether a line says which account it is
 * @func: (scope call): called once for each line
 * @user_data: for @func
 */
void wn_session_report (WnSession *self,
                        gboolean names_account,
                        WnReportFunc func,
                        gpointer user_data);

/**
 * wn_session_answer:
 * @self: a login
 * @who: a contact
 * @text: (transfer full): plain text
 *
 * The contact says @text, once the main loop runs.
 */
void wn_session_answer (WnSession *self, const char *who, char *text);

G_END_DECLS
