/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A notification as a value, whatever kind of server sent it, and what a
 * person reads of it. Pure; all text in it is valid UTF-8 from outside.
 */

#pragma once

#include <glib.h>

#include "core/markup/markup.h"
#include "core/message/attachment.h"

G_BEGIN_DECLS

/** How many of its links a notification shows. */
#define WN_NOTIFICATION_MAX_LINKS 16

/**
 * WnPriority:
 * @WN_PRIORITY_LOW: comes without a sound
 * @WN_PRIORITY_NORMAL: as any message
 * @WN_PRIORITY_HIGH: comes with whatever the host has for what is urgent
 */
typedef enum
{
  WN_PRIORITY_LOW = -1,
  WN_PRIORITY_NORMAL,
  WN_PRIORITY_HIGH,
} WnPriority;

/**
 * wn_priority_of_level:
 * @level: a priority on a server's own scale
 * @low: the highest level there that is low
 * @high: the lowest level there that is high
 *
 * Returns: what @level comes to
 */
WnPriority wn_priority_of_level (gint64 level, gint64 low, gint64 high);

/**
 * WnLink: shown below the body, by the rules of links in bodies
 * @label: (owned): plain text
 * @url: (owned): as it came
 */
typedef struct
{
  char *label;
  char *url;
} WnLink;

/**
 * WnNotification:
 * @id: (nullable) (owned): what the server calls it; the same id twice is the
 *   same notification, unless @is_update
 * @type: (nullable) (owned): the class name, as it came
 * @source: (nullable) (owned): what it comes from: the type's last part, the
 *   topic, the application; a contact of its own where the account wants one
 *   for each
 * @title: (nullable) (owned): plain text, one line or more, as it came
 * @content: (nullable) (owned): the body
 * @kind: how @content is written
 * @links: (nullable) (owned) (element-type WnLink): filled by
 *   wn_notification_add_link()
 * @attachment: (nullable) (owned): the file that it is about
 * @lacks_file: whether it should have a file and names none: an export without
 *   a file name
 * @priority: how urgent it is
 * @is_update: whether it replaces one that was shown
 * @cursor: (nullable) (owned): its place in the server's order, for the next
 *   login to go on from (`core/dialect/dialect.h`)
 * @sent_us: when it was sent, wall-clock time of the server in microseconds; 0
 *   where the server does not say
 * @is_missed: whether it was sent before the connection was there to take it;
 *   a dialect that knows it by another way than @sent_us says so
 *
 * Counted; never written to once it has been handed on.
 */
typedef struct
{
  char *id;
  char *type;
  char *source;
  char *title;
  char *content;
  WnMarkupKind kind;
  GPtrArray *links;
  WnAttachment *attachment;
  gboolean lacks_file;
  WnPriority priority;
  gboolean is_update;
  char *cursor;
  gint64 sent_us;
  gboolean is_missed;
} WnNotification;

/**
 * wn_notification_new:
 *
 * Returns: (transfer full): an empty one, for its maker to fill in
 */
WnNotification *wn_notification_new (void);
WnNotification *wn_notification_ref (WnNotification *self);
void wn_notification_unref (WnNotification *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnNotification, wn_notification_unref)

/**
 * wn_notification_add_link:
 * @self: a notification that is being made
 * @label: plain text; empty: the URL itself
 * @url: where it leads
 */
void wn_notification_add_link (WnNotification *self,
                               const char *label,
                               const char *url);

/**
 * wn_notification_get_size:
 * @self: a notification
 *
 * Returns: how many bytes it keeps, with all that it holds, about
 */
gsize wn_notification_get_size (const WnNotification *self);

/**
 * WnNotificationView: where a notification is shown
 * @title_start: what makes a title stand out, as HTML
 * @title_end: what ends it
 * @link_base: (nullable): an `http://` or `https://` URL that links without a
 *   host lead to
 * @says_source: whether its contact is called by the notification's source
 */
typedef struct
{
  const char *title_start;
  const char *title_end;
  const char *link_base;
  gboolean says_source;
} WnNotificationView;

/**
 * wn_notification_to_html:
 * @self: a notification
 * @view: where it is shown
 *
 * The IM's text, for hosts that show formatting: the title, below it the name
 * of its file or a line that says that the name is missing, the body through
 * the allow-list of `core/markup/markup.h`, and the links. A title that only
 * repeats what the contact says is left out.
 *
 * Returns: (transfer full): HTML that serv_got_im() can be given
 */
char *wn_notification_to_html (const WnNotification *self,
                               const WnNotificationView *view);

/**
 * wn_notification_to_text:
 * @self: a notification
 * @view: where it is shown
 *
 * The same for hosts that strip formatting: links have their URL in the text.
 *
 * Returns: (transfer full): HTML without tags but `<br>` and those of @view, so
 *   that serv_got_im() can be given it
 */
char *wn_notification_to_text (const WnNotification *self,
                               const WnNotificationView *view);

/**
 * wn_notification_dup_type_name:
 * @type: (nullable): a class name, as it came
 *
 * Returns: (transfer full) (nullable): its last component in harmless
 *   characters, `OrderPaid` for `App\Notifications\OrderPaid`; %NULL where
 *   nothing is left
 */
char *wn_notification_dup_type_name (const char *type);

/**
 * wn_notification_dup_type_label:
 * @type: (nullable): a class name, as it came
 *
 * Returns: (transfer full) (nullable): the same in words, `Order Paid`; `order
 *   paid` for `order.paid`
 */
char *wn_notification_dup_type_label (const char *type);

G_END_DECLS
