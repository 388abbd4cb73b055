/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Notifications on their way into a conversation: a queue, so that whoever
 * receives never waits for the host, and an idle source that empties it a few
 * milliseconds at a time. It knows no connection to a server.
 */

#pragma once

#include <purple.h>

#include "core/notification.h"

G_BEGIN_DECLS

typedef struct _WnInbox WnInbox;

/**
 * WnInboxListener:
 * @about_to_deliver: an IM is about to come from the contact
 * @delivered: a notification has become an IM
 * @full: %TRUE: too much is queued, take in no more; %FALSE: go on
 *
 * Any of them may close the inbox.
 */
typedef struct
{
  void (*about_to_deliver) (gpointer user_data);
  void (*delivered) (const WnNotification *notification, gpointer user_data);
  void (*full) (gboolean is_full, gpointer user_data);
} WnInboxListener;

/**
 * wn_inbox_new:
 * @gc: the connection that IMs come over; must live until wn_inbox_close()
 * @who: the contact that they come from
 * @plain: whether the host shows no formatting
 * @listener: static
 * @user_data: for @listener; must live until wn_inbox_close()
 *
 * Returns: (transfer full): an empty inbox; wn_inbox_close() frees it
 */
WnInbox *wn_inbox_new (PurpleConnection *gc,
                       const char *who,
                       gboolean plain,
                       const WnInboxListener *listener,
                       gpointer user_data);

/**
 * wn_inbox_close:
 * @self: (transfer full): an inbox
 *
 * Drops what is queued. The listener hears nothing more.
 */
void wn_inbox_close (WnInbox *self);

/**
 * wn_inbox_add_notification:
 * @self: an inbox
 * @notification: (transfer none): shown unless its id is one of the last 512
 */
void wn_inbox_add_notification (WnInbox *self, WnNotification *notification);

/**
 * wn_inbox_add_line:
 * @self: an inbox
 * @text: plain text, an IM of its own
 */
void wn_inbox_add_line (WnInbox *self, const char *text);

G_END_DECLS
