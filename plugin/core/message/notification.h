/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A notification (PROTOCOL §3) as a value, and what a person reads of it.
 * Pure; everything in it is valid UTF-8.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** The class name that makes a notification an export. */
#define WN_EXPORT_TYPE "App\\Notifications\\ExportReady"

/**
 * WnNotification:
 * @id: (nullable) (owned): what Laravel calls it; the same id twice is the
 *   same notification
 * @type: (nullable) (owned): the class name, as it came
 * @title: (owned): plain text, one line or more, as it came
 * @content: (nullable) (owned): the body, HTML from outside
 * @filename: (nullable) (owned): an export's key, as it came; %NULL where it
 *   is missing, empty or no string
 * @is_export: whether @type is %WN_EXPORT_TYPE
 * @cursor: (nullable) (owned): its place in the server's order, for the next
 *   login to go on from (`core/dialect/dialect.h`)
 * @missed_us: when it was sent, wall-clock time in microseconds, where that
 *   was before the connection was there to take it; 0: it is fresh
 *
 * Counted; never written to once it is made.
 */
typedef struct
{
  char *id;
  char *type;
  char *title;
  char *content;
  char *filename;
  gboolean is_export;
  char *cursor;
  gint64 missed_us;
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
 * wn_notification_to_html:
 * @self: a notification
 *
 * The IM's text, for hosts that show formatting: the title in bold, below it
 * the body through the allow-list of `core/markup/markup.h`; for an export the
 * title and the file's name instead, or a line that says that the name is
 * missing.
 *
 * Returns: (transfer full): HTML that serv_got_im() can be given
 */
char *wn_notification_to_html (const WnNotification *self);

/**
 * wn_notification_to_text:
 * @self: a notification
 *
 * The same for hosts that strip formatting: links have their URL in the text.
 *
 * Returns: (transfer full): HTML without tags but `<br>`, so that
 *   serv_got_im() can be given it
 */
char *wn_notification_to_text (const WnNotification *self);

/**
 * wn_notification_dup_type_name:
 * @self: a notification
 *
 * Returns: (transfer full) (nullable): the last component of the type,
 *   `OrderPaid` for `App\Notifications\OrderPaid`; %NULL without a type
 */
char *wn_notification_dup_type_name (const WnNotification *self);

/**
 * wn_notification_dup_type_label:
 * @self: a notification
 *
 * Returns: (transfer full) (nullable): the same in words, `Order Paid`
 */
char *wn_notification_dup_type_label (const WnNotification *self);

G_END_DECLS
