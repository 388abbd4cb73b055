/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A conversation's log as a place for messages that its window doesn't show.
 * Its callers decide which messages these are.
 */

#pragma once

#include <purple.h>

G_BEGIN_DECLS

/**
 * wn_history_is_shown:
 * @account: an account
 * @who: a contact
 *
 * Returns: whether there is a conversation with it
 */
gboolean wn_history_is_shown (PurpleAccount *account, const char *who);

/**
 * wn_history_is_logged:
 * @account: an account
 * @who: a contact
 *
 * Returns: whether there is a conversation with it that has a log open
 */
gboolean wn_history_is_logged (PurpleAccount *account, const char *who);

/**
 * wn_history_write:
 * @gc: a connection
 * @who: a contact that wn_history_is_logged()
 * @html: what it says
 * @when_s: when it said so
 *
 * As serv_got_im() to a window that shows nothing. Plugins that filter
 * messages have their say: `receiving-im-msg` and `writing-im-msg` are emitted,
 * and what they change, drop or keep out of the log is changed, dropped or
 * shown. Plugins that only hear of messages do not hear of this one, because a
 * sound, a popup and a pounce for each message of a flood would be a flood of
 * their own.
 *
 * Signal handlers may sign the account off; then the message isn't written.
 *
 * Returns: whether it is in the log, and there only
 */
gboolean wn_history_write (PurpleConnection *gc,
                           const char *who,
                           const char *html,
                           time_t when_s);

/**
 * wn_history_keep:
 * @account: an account that is signing off
 * @who: a contact that wn_history_is_logged()
 * @html: what it says
 * @when_s: when it said so
 *
 * As wn_history_write(), but for `receiving-im-msg`, whose handlers may think
 * that the account is there to be used.
 */
void wn_history_keep (PurpleAccount *account,
                      const char *who,
                      const char *html,
                      time_t when_s);

/**
 * wn_history_add_line:
 * @account: an account
 * @who: a contact
 * @html: a line
 *
 * Adds a line to what the conversation shows and logs, where one is open.
 */
void
wn_history_add_line (PurpleAccount *account, const char *who, const char *html);

G_END_DECLS
