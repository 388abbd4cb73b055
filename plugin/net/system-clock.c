/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Alarms are sources of the main loop, and the clock holds none of them.
 *
 * CLOCK_BOOTTIME goes on while the machine sleeps, and CLOCK_MONOTONIC doesn't:
 * where the first ran ahead, the machine slept. The clock looks at both when
 * the kernel cancels a timer that never expires, which it does when the time of
 * day jumps, as at a wake-up (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET).
 * Every alarm looks, too, so that none that fell due in the sleep is acted on
 * before the sleep is known.
 */

#include "net/system-clock.h"

#include <glib-unix.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/* A shorter sleep cuts no connection, and looking at two clocks one after the
 * other isn't exact.
 */
#define SHORTEST_SLEEP_US G_TIME_SPAN_SECOND

struct _WnSystemClock
{
  GObject parent_instance;

  gint64 asleep_us; /* how far boottime is ahead, as last seen */
  GSource *waking;  /* (owned) (nullable): ready when the kernel cancels */
  int timer_fd;     /* (owned): -1 for none */
};

static WnClock *shared; /* (unowned): until its last reference goes */

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

static gint64
get_time_us (clockid_t id)
{
  struct timespec now;

  clock_gettime (id, &now);
  return now.tv_sec * G_TIME_SPAN_SECOND + now.tv_nsec / 1000;
}

static gint64
measure_sleep_us (void)
{
  gint64 awake_us = get_time_us (CLOCK_MONOTONIC);

  return get_time_us (CLOCK_BOOTTIME) - awake_us;
}

static void
look_for_sleep (WnSystemClock *self)
{
  gint64 asleep_us = measure_sleep_us ();
  gint64 slept_us = asleep_us - self->asleep_us;

  self->asleep_us = asleep_us;
  if (slept_us < SHORTEST_SLEEP_US)
    return;
  g_debug ("clock: slept %" G_GINT64_FORMAT " s",
           slept_us / G_TIME_SPAN_SECOND);
  wn_clock_tell_slept (WN_CLOCK (self));
}

/* The read fails with ECANCELED, and makes the descriptor quiet again. */
static gboolean
on_timer_cancelled (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (WnSystemClock) self = g_object_ref (user_data);
  guint64 n_expired;
  G_GNUC_UNUSED gssize ignored = read (fd, &n_expired, sizeof n_expired);

  look_for_sleep (self);
  return G_SOURCE_CONTINUE;
}

/* Where no descriptor is left for the timer, the alarms still notice a sleep.
 */
static void
watch_for_waking (WnSystemClock *self)
{
  const struct itimerspec never = { .it_value.tv_sec = G_MAXLONG };

  self->timer_fd = timerfd_create (CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  if (self->timer_fd < 0)
    return;
  timerfd_settime (self->timer_fd,
                   TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET,
                   &never,
                   NULL);
  self->waking = g_unix_fd_source_new (self->timer_fd, G_IO_IN);
  g_source_set_static_name (self->waking, "webnotify waking");
  g_source_set_callback (self->waking,
                         G_SOURCE_FUNC (on_timer_cancelled),
                         self,
                         NULL);
  g_source_attach (self->waking, g_main_context_get_thread_default ());
}

typedef struct
{
  GSource source;
  WnSystemClock *clock; /* (unowned): whoever set the alarm holds it */
  WnClockFunc func;
  gpointer user_data; /* (unowned): the caller removes the alarm first */
} Alarm;

static gboolean
alarm_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  Alarm *alarm = (Alarm *) source;

  look_for_sleep (alarm->clock);
  if (!g_source_is_destroyed (source))
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

  alarm->clock = WN_SYSTEM_CLOCK (clock);
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

  if (source != NULL)
    g_source_destroy (source);
}

static void
wn_system_clock_finalize (GObject *object)
{
  WnSystemClock *self = WN_SYSTEM_CLOCK (object);

  if (self->waking != NULL)
    g_source_destroy (self->waking);
  g_clear_pointer (&self->waking, g_source_unref);
  if (self->timer_fd >= 0)
    close (self->timer_fd);
  G_OBJECT_CLASS (wn_system_clock_parent_class)->finalize (object);
}

static void
wn_system_clock_class_init (WnSystemClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wn_system_clock_finalize;
}

static void
wn_system_clock_init (WnSystemClock *self)
{
  self->asleep_us = measure_sleep_us ();
  watch_for_waking (self);
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
wn_system_clock_dup_shared (void)
{
  if (shared != NULL)
    return g_object_ref (shared);
  shared = g_object_new (WN_TYPE_SYSTEM_CLOCK, NULL);
  g_object_add_weak_pointer (G_OBJECT (shared), (gpointer *) &shared);
  return shared;
}
