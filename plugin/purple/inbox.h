/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Notifications on their way into conversations: a queue, so that the
 * connection never waits for a slow host, and an idle source that empties it a
 * few milliseconds at a time. In a flood, where the host's window is slow, most
 * go straight into the conversation's log, and one line says so; where there is
 * no log they trickle. The inbox knows no connection to a server.
 */

#pragma once

#include <purple.h>

#include "core/message/notification.h"
#include "purple/contact.h"
#include "purple/cursor.h"

G_BEGIN_DECLS

typedef struct _WnInbox WnInbox;

/**
 * WnInboxListener:
 * @announced: @who has told of a file
 * @full: %TRUE: too much is queued, take in no more; %FALSE: go on
 *
 * Either may close the inbox.
 */
typedef struct
{
  void (*announced) (const char *who,
                     const WnNotification *notification,
                     gpointer user_data);
  void (*full) (gboolean is_full, gpointer user_data);
} WnInboxListener;

/**
 * WnInboxConfig:
 * @gc: (unowned): the connection that IMs come over; lives until
 *   wn_inbox_close()
 * @contact: (unowned): who they come from; likewise
 * @cursor: the server's: moved on behind each notification that is shown,
 *   logged or kept out by the user's privacy rules
 * @settings: (unowned): the account's; likewise
 */
typedef struct
{
  PurpleConnection *gc;
  WnContact *contact;
  WnCursor *cursor;
  const WnSettings *settings;
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
 * quarter of a second at the most, up to a file that the server will tell of
 * again; no plugin is asked about it but those that filter what is written
 * (`writing-im-msg`). How much has gone into logs only is said in the open
 * conversations. The listener hears nothing more.
 */
void wn_inbox_close (WnInbox *self);

/**
 * wn_inbox_set_cursor:
 * @self: an inbox
 * @cursor: of the server that what is added from now on comes from
 *
 * What is queued moves the cursor of the server that it came from. Ids are the
 * server's own, so what has one of an earlier server's was not seen.
 */
void wn_inbox_set_cursor (WnInbox *self, WnCursor *cursor);

/**
 * wn_inbox_move_cursor:
 * @self: an inbox
 * @cursor: where the server goes on after all that was added so far
 *
 * Kept once all that has been shown.
 */
void wn_inbox_move_cursor (WnInbox *self, const char *cursor);

/**
 * wn_inbox_add_notification:
 * @self: an inbox
 * @notification: (transfer none): shown unless its id was seen before
 *   (`core/message/seen.h`) and it is no update
 *
 * Queues @notification. The listener may hear that the inbox is full.
 */
void wn_inbox_add_notification (WnInbox *self, WnNotification *notification);

/**
 * wn_inbox_take_line:
 * @self: an inbox
 * @who: (nullable): a contact; %NULL is the account's own
 * @text: (transfer full): plain text, an IM of its own from @who
 */
void wn_inbox_take_line (WnInbox *self, const char *who, char *text);

/**
 * wn_inbox_take_server_line:
 * @self: an inbox
 * @text: (transfer full): plain text, an IM of its own from the account's own
 *   contact, about a notification that has come
 *
 * A flood of these is dealt with as a flood of notifications is.
 */
void wn_inbox_take_server_line (WnInbox *self, char *text);

G_END_DECLS
