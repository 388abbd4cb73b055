/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A clock whose hands the test turns. Nothing happens by itself.
 */

#pragma once

#include "core/connection/clock.h"

G_BEGIN_DECLS

#define WN_TYPE_VIRTUAL_CLOCK (wn_virtual_clock_get_type ())
G_DECLARE_FINAL_TYPE (WnVirtualClock,
                      wn_virtual_clock,
                      WN,
                      VIRTUAL_CLOCK,
                      GObject)

/**
 * wn_virtual_clock_new:
 * @now_us: the time of wn_clock_get_now(), in microseconds
 * @wall_us: the time that people read, in microseconds
 *
 * Returns: (transfer full): a clock without an alarm. It fails the test when
 *   it is freed with one.
 */
WnVirtualClock *wn_virtual_clock_new (gint64 now_us, gint64 wall_us);

/**
 * wn_virtual_clock_advance:
 * @self: a clock
 * @us: how far, in microseconds; 0 for what is due now
 *
 * Turns both hands and sets off the alarms on the way in their order, each at
 * its own time, with those that they set.
 */
void wn_virtual_clock_advance (WnVirtualClock *self, gint64 us);

/**
 * wn_virtual_clock_shift_wall_time:
 * @self: a clock
 * @us: how far the time that people read jumps, in microseconds
 */
void wn_virtual_clock_shift_wall_time (WnVirtualClock *self, gint64 us);

/**
 * wn_virtual_clock_sleep:
 * @self: a clock
 * @us: how long the machine sleeps, in microseconds: only the time that people
 *   read goes on
 */
void wn_virtual_clock_sleep (WnVirtualClock *self, gint64 us);

/**
 * wn_virtual_clock_get_n_alarms:
 * @self: a clock
 *
 * Returns: how many alarms are pending
 */
guint wn_virtual_clock_get_n_alarms (WnVirtualClock *self);

G_END_DECLS
