/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The clock as a port: what time it is, one call when a time has come, and
 * word of a sleep. `net/system-clock.h` is the real one; tests turn the hands
 * themselves.
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define WN_TYPE_CLOCK (wn_clock_get_type ())
G_DECLARE_INTERFACE (WnClock, wn_clock, WN, CLOCK, GObject)

/**
 * WnClock::slept:
 *
 * A signal from the main loop, without arguments: the machine slept and is
 * awake again, so that more time has passed than wn_clock_get_now() knows of.
 * It comes before any alarm that is due by then.
 */

typedef void (*WnClockFunc) (gpointer user_data);

struct _WnClockInterface
{
  GTypeInterface g_iface;

  gint64 (*get_now) (WnClock *self);
  gint64 (*get_wall_time) (WnClock *self);
  guint (*add_alarm) (WnClock *self,
                      gint64 when_us,
                      WnClockFunc func,
                      gpointer user_data);
  void (*remove_alarm) (WnClock *self, guint alarm);
};

/**
 * wn_clock_get_now:
 * @self: a clock
 *
 * The time that deadlines are made of. It never goes back, and it stands
 * still while the machine sleeps.
 *
 * Returns: microseconds since some fixed moment
 */
gint64 wn_clock_get_now (WnClock *self);

/**
 * wn_clock_get_wall_time:
 * @self: a clock
 *
 * The time that people read. It can jump; no deadline may be made of it.
 *
 * Returns: microseconds since 1970-01-01 00:00 UTC
 */
gint64 wn_clock_get_wall_time (WnClock *self);

/**
 * wn_clock_add_alarm:
 * @self: a clock
 * @when_us: when to call, in the time of wn_clock_get_now(); a time that has
 *   passed means on the next turn of the main loop, never inside this call
 * @func: (scope async): called once, from the main loop
 * @user_data: for @func
 *
 * Returns: the alarm's id, never 0. It is spent when @func is called.
 */
guint wn_clock_add_alarm (WnClock *self,
                          gint64 when_us,
                          WnClockFunc func,
                          gpointer user_data);

/**
 * wn_clock_remove_alarm:
 * @self: a clock
 * @alarm: an alarm that has not gone off yet
 */
void wn_clock_remove_alarm (WnClock *self, guint alarm);

/**
 * wn_clock_tell_slept:
 * @self: a clock
 *
 * For the implementations: emits #WnClock::slept.
 */
void wn_clock_tell_slept (WnClock *self);

G_END_DECLS
