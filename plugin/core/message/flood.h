/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Whether more messages come than a person could read and a window can take.
 * Pure: a value and the time; what is done about a flood is its owner's.
 *
 * A window takes a burst of %WN_FLOOD_BURST messages, and one more with each
 * %WN_FLOOD_INTERVAL_US that passes. Once the burst is used up it is a flood;
 * it ends when there is room for %WN_FLOOD_RESUME messages again, so that it
 * doesn't end and begin with every other message.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WN_FLOOD_BURST 300
#define WN_FLOOD_RESUME 20
#define WN_FLOOD_INTERVAL_US (50 * G_TIME_SPAN_MILLISECOND)

/**
 * WnFlood: private but for its size
 * @seen_us: when @debt_us was right; 0 at first
 * @debt_us: how long it takes until the whole burst is free again
 * @is_on: whether it is a flood
 *
 * All zeros is the start.
 */
typedef struct
{
  gint64 seen_us;
  gint64 debt_us;
  gboolean is_on;
} WnFlood;

/**
 * wn_flood_is_on:
 * @self: a flood
 * @now_us: monotonic time, never before that of an earlier call
 *
 * Returns: whether a message that came now would be part of a flood
 */
gboolean wn_flood_is_on (WnFlood *self, gint64 now_us);

/**
 * wn_flood_count:
 * @self: a flood
 * @now_us: monotonic time
 *
 * A message came, whatever became of it.
 */
void wn_flood_count (WnFlood *self, gint64 now_us);

/**
 * wn_flood_get_room_us:
 * @self: a flood
 * @now_us: monotonic time
 *
 * Returns: in how many microseconds there is room for one message more; 0 for
 *   now
 */
gint64 wn_flood_get_room_us (WnFlood *self, gint64 now_us);

/**
 * wn_flood_get_end_us:
 * @self: a flood
 * @now_us: monotonic time
 *
 * Returns: in how many microseconds the flood is over if nothing more comes; 0
 *   where there is none
 */
gint64 wn_flood_get_end_us (WnFlood *self, gint64 now_us);

G_END_DECLS
