/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A notification server in the test's own process (libsoup's), and the user's
 * account that connects to it; for tests with `support/headless-host.h`.
 */

#pragma once

#include <libsoup/soup.h>
#include <purple.h>

#include "support/login.h"

G_BEGIN_DECLS

/**
 * WnPushServer:
 * @sockets: (owned): of SoupWebsocketConnection, the newest last; all that
 *   there were since wn_push_server_vanish()
 * @heard: (owned): what was said on them, each with a line feed
 * @query: (owned) (nullable): of the last request that it answered
 * @status: what upgrades are refused with; 0: they are accepted
 * @hides_size: whether it doesn't say how long an export is
 *
 * All zeros is one that never listened. It serves four bytes as each export.
 */
typedef struct
{
  SoupServer *soup;
  GPtrArray *sockets;
  GString *heard;
  char *query;
  guint status;
  gboolean hides_size;
  guint port;
} WnPushServer;

/** wn_push_server_listen: on the port that it had before, if any */
void wn_push_server_listen (WnPushServer *self);

/** wn_push_server_vanish: as a machine that loses its power */
void wn_push_server_vanish (WnPushServer *self);

/** wn_push_server_clear: vanishes for good */
void wn_push_server_clear (WnPushServer *self);

/** wn_push_server_push: sends a text frame on the newest socket */
void wn_push_server_push (WnPushServer *self, const char *text);

/** wn_push_server_push_title: the same of a notification of @title, which is
 * of @type where that is not %NULL
 */
void wn_push_server_push_title (WnPushServer *self,
                                const char *type,
                                const char *title);

/**
 * WnDesk:
 * @account: (unowned): libpurple's
 *
 * A server and a user.
 */
typedef struct
{
  WnPushServer server;
  PurpleAccount *account;
} WnDesk;

/** wn_desk_set_up: a GTest fixture's; the account is not connected yet */
void wn_desk_set_up (WnDesk *self, gconstpointer data);
void wn_desk_tear_down (WnDesk *self, gconstpointer data);

/** wn_desk_add_account: (transfer none): one more user of the server */
PurpleAccount *wn_desk_add_account (WnDesk *self, const char *username);

/** wn_desk_sign_on: signs the account on and waits for its connection */
void wn_desk_sign_on (WnDesk *self);
void wn_desk_sign_on_as (WnDesk *self, PurpleAccount *account);

/** wn_desk_do_action: chooses @label from the account's menu */
void wn_desk_do_action (WnDesk *self, const char *label);

/** wn_desk_lose: the server vanishes, and the account has seen it */
void wn_desk_lose (WnDesk *self);

/** wn_desk_recover: the server is back, and so is the account's connection */
void wn_desk_recover (WnDesk *self);

/**
 * wn_desk_wait_for_text:
 * @account: an account
 * @who: a contact
 * @text: a part of what the contact is to have said in the end
 *
 * Runs the main loop until the conversation's last message holds @text.
 */
void wn_desk_wait_for_text (PurpleAccount *account,
                            const char *who,
                            const char *text);

/**
 * wn_desk_dup_texts:
 * @account: an account
 * @who: a contact
 *
 * Returns: (transfer full): what its conversation has shown, a line each,
 *   without markup; empty where there is none
 */
char *wn_desk_dup_texts (PurpleAccount *account, const char *who);

G_END_DECLS
