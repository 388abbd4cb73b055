/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Notifications on their way into conversations: at once, where nothing else is
 * on its way; else through a queue, so that whoever receives never waits for a
 * slow host, and an idle source that empties it a few milliseconds at a time.
 * In a flood, where the host's window is slow, most go straight into the
 * conversation's log, and one line says so; where there is no log they trickle.
 * It knows no connection to a server.
 */

#pragma once

#include <purple.h>

#include "core/message/notification.h"

G_BEGIN_DECLS

typedef struct _WnInbox WnInbox;

/**
 * WnInboxListener:
 * @about_to_deliver: an IM is about to come from a contact
 * @delivered: a notification has been dealt with: it has become an IM, or
 *   (@is_wanted is %FALSE) the user's privacy rules have kept it out
 * @full: %TRUE: too much is queued, take in no more; %FALSE: go on
 *
 * Any of them may close the inbox.
 */
typedef struct
{
  void (*about_to_deliver) (const char *who, gpointer user_data);
  void (*delivered) (const WnNotification *notification,
                     gboolean is_wanted,
                     gpointer user_data);
  void (*full) (gboolean is_full, gpointer user_data);
} WnInboxListener;

/**
 * WnInboxConfig:
 * @gc: (unowned): the connection that IMs come over; must live until
 *   wn_inbox_close()
 * @project: the project, by whose name the contact is called
 * @per_type: whether each type has a contact of its own
 * @plain: whether the host shows no formatting
 */
typedef struct
{
  PurpleConnection *gc;
  const char *project;
  gboolean per_type;
  gboolean plain;
} WnInboxConfig;

/**
 * wn_inbox_new:
 * @config: copied
 * @listener: static
 * @user_data: for @listener; must live until wn_inbox_close()
 *
 * Returns: (transfer full): an empty inbox; wn_inbox_close() frees it
 */
WnInbox *wn_inbox_new (const WnInboxConfig *config,
                       const WnInboxListener *listener,
                       gpointer user_data);

/**
 * wn_inbox_close:
 * @self: (transfer full): an inbox
 *
 * What is queued goes into the logs of the contacts that have one, for a
 * quarter of a second at the most; no plugin is asked about it but those that
 * filter what is written (`writing-im-msg`), and the listener hears that it was
 * `delivered`. How much has gone into logs only is said in the open
 * conversations. The listener hears nothing more after that.
 */
void wn_inbox_close (WnInbox *self);

/**
 * wn_inbox_add_notification:
 * @self: an inbox
 * @notification: (transfer none): shown unless its id is one of the last 512
 *
 * The listener may hear of it before this returns, and whatever the host does
 * when it receives an IM is then done: the inbox may be closed, and the main
 * loop may have run.
 */
void wn_inbox_add_notification (WnInbox *self, WnNotification *notification);

/**
 * wn_inbox_add_line:
 * @self: an inbox
 * @text: plain text, an IM of its own from the project's contact
 */
void wn_inbox_add_line (WnInbox *self, const char *text);

/**
 * wn_inbox_add_answer:
 * @self: an inbox
 * @who: a contact
 * @text: plain text, an IM of its own from @who
 */
void wn_inbox_add_answer (WnInbox *self, const char *who, const char *text);

G_END_DECLS
