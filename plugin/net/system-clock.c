/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Alarms as sources of the main loop. Each is on its own; the clock holds
 * none of them.
 */

#include "net/system-clock.h"

struct _WnSystemClock
{
  GObject parent_instance;
};

static void wn_system_clock_iface_init (WnClockInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (
    WnSystemClock,
    wn_system_clock,
    G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (WN_TYPE_CLOCK, wn_system_clock_iface_init))

static gint64
wn_system_clock_get_now (WnClock *clock)
{
  return g_get_monotonic_time ();
}

static gint64
wn_system_clock_get_wall_time (WnClock *clock)
{
  return g_get_real_time ();
}

typedef struct
{
  GSource source;
  WnClockFunc func;
  gpointer user_data; /* (unowned): the caller removes the alarm first */
} Alarm;

static gboolean
alarm_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  Alarm *alarm = (Alarm *) source;

  alarm->func (alarm->user_data);
  return G_SOURCE_REMOVE;
}

static guint
wn_system_clock_add_alarm (WnClock *clock,
                           gint64 when_us,
                           WnClockFunc func,
                           gpointer user_data)
{
  static GSourceFuncs funcs = { .dispatch = alarm_dispatch };
  g_autoptr (GSource) source = g_source_new (&funcs, sizeof (Alarm));
  Alarm *alarm = (Alarm *) source;

  alarm->func = func;
  alarm->user_data = user_data;
  g_source_set_static_name (source, "webnotify alarm");
  g_source_set_ready_time (source, MAX (when_us, 0));
  return g_source_attach (source, g_main_context_get_thread_default ());
}

static void
wn_system_clock_remove_alarm (WnClock *clock, guint id)
{
  GMainContext *context = g_main_context_get_thread_default ();
  GSource *source = g_main_context_find_source_by_id (context, id);

  if (source)
    g_source_destroy (source);
}

static void
wn_system_clock_class_init (WnSystemClockClass *klass)
{
}

static void
wn_system_clock_init (WnSystemClock *self)
{
}

static void
wn_system_clock_iface_init (WnClockInterface *iface)
{
  iface->get_now = wn_system_clock_get_now;
  iface->get_wall_time = wn_system_clock_get_wall_time;
  iface->add_alarm = wn_system_clock_add_alarm;
  iface->remove_alarm = wn_system_clock_remove_alarm;
}

WnClock *
wn_system_clock_new (void)
{
  return g_object_new (WN_TYPE_SYSTEM_CLOCK, NULL);
}
