/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The port's calls, passed on to whoever implements it.
 */

#include "core/connection/clock.h"

G_DEFINE_INTERFACE (WnClock, wn_clock, G_TYPE_OBJECT)

static guint slept_signal;

static void
wn_clock_default_init (WnClockInterface *iface)
{
  slept_signal = g_signal_new ("slept",
                               WN_TYPE_CLOCK,
                               G_SIGNAL_RUN_LAST,
                               0,
                               NULL,
                               NULL,
                               NULL,
                               G_TYPE_NONE,
                               0);
}

gint64
wn_clock_get_now (WnClock *self)
{
  return WN_CLOCK_GET_IFACE (self)->get_now (self);
}

gint64
wn_clock_get_wall_time (WnClock *self)
{
  return WN_CLOCK_GET_IFACE (self)->get_wall_time (self);
}

guint
wn_clock_add_alarm (WnClock *self,
                    gint64 when_us,
                    WnClockFunc func,
                    gpointer user_data)
{
  return WN_CLOCK_GET_IFACE (self)->add_alarm (self, when_us, func, user_data);
}

void
wn_clock_remove_alarm (WnClock *self, guint alarm)
{
  WN_CLOCK_GET_IFACE (self)->remove_alarm (self, alarm);
}

void
wn_clock_tell_slept (WnClock *self)
{
  g_signal_emit (self, slept_signal, 0);
}
