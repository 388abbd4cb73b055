/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A text frame of the server, read: what of PROTOCOL §3 it says. Pure.
 */

#pragma once

#include "core/message/notification.h"

G_BEGIN_DECLS

/**
 * WN_FRAME_ERROR:
 *
 * Why a frame means nothing. None of these ends the connection.
 */
#define WN_FRAME_ERROR (wn_frame_error_quark ())
GQuark wn_frame_error_quark (void);

/**
 * WnFrameError:
 * @WN_FRAME_ERROR_NOT_UTF8: it holds bytes that are no UTF-8
 * @WN_FRAME_ERROR_TOO_DEEP: it is nested deeper, or holds more values,
 *   than we read
 * @WN_FRAME_ERROR_NOT_JSON: it is not one JSON value (RFC 8259)
 * @WN_FRAME_ERROR_NOT_OBJECT: it is a JSON value, but not an object
 */
typedef enum
{
  WN_FRAME_ERROR_NOT_UTF8,
  WN_FRAME_ERROR_TOO_DEEP,
  WN_FRAME_ERROR_NOT_JSON,
  WN_FRAME_ERROR_NOT_OBJECT,
} WnFrameError;

/**
 * WnFrame:
 * @is_acknowledgement: it acknowledges the heartbeat
 * @api_version: (nullable) (owned): the server's version beside it, one line
 * @notification: (nullable) (owned): the notification that it is too
 * @cursor: (nullable) (owned): its place in the server's order, where the
 *   dialect has such (`core/dialect/dialect.h`)
 * @sent_us: when the server sent it, wall-clock time in microseconds; 0 where
 *   it does not say
 */
typedef struct
{
  gboolean is_acknowledgement;
  char *api_version;
  WnNotification *notification;
  char *cursor;
  gint64 sent_us;
} WnFrame;

/**
 * wn_frame_parse:
 * @text: (array length=length): what came
 * @length: in bytes
 * @error: return location for a #WnFrameError
 *
 * Returns: (transfer full) (nullable): the frame, or %NULL with @error set
 */
WnFrame *wn_frame_parse (const char *text, gsize length, GError **error);
void wn_frame_free (WnFrame *frame);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnFrame, wn_frame_free)

G_END_DECLS
