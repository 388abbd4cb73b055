/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which messages of a burst come without a sound: after one that made a sound,
 * a few seconds are quiet. A message that is more urgent than the one that was
 * heard breaks the quiet once. Pure: a value and the time.
 */

#pragma once

#include "core/message/notification.h"

G_BEGIN_DECLS

#define WN_BURST_QUIET_US (5 * G_TIME_SPAN_SECOND)

/**
 * WnBurst: private but for its size
 * @heard_us: when a message last made a sound; 0 for never
 * @heard: how urgent it was
 *
 * All zeros is the start.
 */
typedef struct
{
  gint64 heard_us;
  WnPriority heard;
} WnBurst;

/**
 * wn_burst_take:
 * @self: a burst
 * @priority: a message's
 * @now_us: monotonic time, never before that of an earlier call
 *
 * Returns: whether the message, which is shown now, shall make a sound
 */
gboolean wn_burst_take (WnBurst *self, WnPriority priority, gint64 now_us);

G_END_DECLS
