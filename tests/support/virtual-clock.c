/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The alarms in a list, the earliest first.
 */

#include "support/virtual-clock.h"

typedef struct
{
  guint id;
  gint64 when_us;
  WnClockFunc func;
  gpointer user_data; /* (unowned): whoever set the alarm removes it */
} Alarm;

struct _WnVirtualClock
{
  GObject parent_instance;

  gint64 now_us;
  gint64 wall_us;
  guint last_id;
  GList *alarms; /* (owned) (element-type Alarm) */
};

static void wn_virtual_clock_iface_init (WnClockInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (
    WnVirtualClock,
    wn_virtual_clock,
    G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (WN_TYPE_CLOCK, wn_virtual_clock_iface_init))

WnVirtualClock *
wn_virtual_clock_new (gint64 now_us, gint64 wall_us)
{
  WnVirtualClock *self = g_object_new (WN_TYPE_VIRTUAL_CLOCK, NULL);

  self->now_us = now_us;
  self->wall_us = wall_us;
  return self;
}

static void
turn_hands (WnVirtualClock *self, gint64 to_us)
{
  self->wall_us += to_us - self->now_us;
  self->now_us = to_us;
}

static Alarm *
take_first_due (WnVirtualClock *self, gint64 until_us)
{
  Alarm *alarm = self->alarms != NULL ? self->alarms->data : NULL;

  if (alarm == NULL || alarm->when_us > until_us)
    return NULL;
  self->alarms = g_list_delete_link (self->alarms, self->alarms);
  return alarm;
}

void
wn_virtual_clock_advance (WnVirtualClock *self, gint64 us)
{
  gint64 until_us = self->now_us + us;
  Alarm *alarm;

  while ((alarm = take_first_due (self, until_us)) != NULL)
    {
      turn_hands (self, MAX (self->now_us, alarm->when_us));
      alarm->func (alarm->user_data);
      g_free (alarm);
    }
  turn_hands (self, until_us);
}

void
wn_virtual_clock_shift_wall_time (WnVirtualClock *self, gint64 us)
{
  self->wall_us += us;
}

void
wn_virtual_clock_sleep (WnVirtualClock *self, gint64 us)
{
  self->wall_us += us;
  wn_clock_tell_slept (WN_CLOCK (self));
}

guint
wn_virtual_clock_get_n_alarms (WnVirtualClock *self)
{
  return g_list_length (self->alarms);
}

static gint64
wn_virtual_clock_get_now (WnClock *clock)
{
  return WN_VIRTUAL_CLOCK (clock)->now_us;
}

static gint64
wn_virtual_clock_get_wall_time (WnClock *clock)
{
  return WN_VIRTUAL_CLOCK (clock)->wall_us;
}

static int
compare_alarms (gconstpointer a, gconstpointer b)
{
  const Alarm *left = a;
  const Alarm *right = b;

  if (left->when_us != right->when_us)
    return left->when_us < right->when_us ? -1 : 1;
  return left->id < right->id ? -1 : 1;
}

static guint
wn_virtual_clock_add_alarm (WnClock *clock,
                            gint64 when_us,
                            WnClockFunc func,
                            gpointer user_data)
{
  WnVirtualClock *self = WN_VIRTUAL_CLOCK (clock);
  Alarm *alarm = g_new (Alarm, 1);

  *alarm = (Alarm){ ++self->last_id, when_us, func, user_data };
  self->alarms = g_list_insert_sorted (self->alarms, alarm, compare_alarms);
  return alarm->id;
}

static void
wn_virtual_clock_remove_alarm (WnClock *clock, guint id)
{
  WnVirtualClock *self = WN_VIRTUAL_CLOCK (clock);

  for (GList *l = self->alarms; l != NULL; l = l->next)
    {
      Alarm *alarm = l->data;

      if (alarm->id != id)
        continue;
      self->alarms = g_list_delete_link (self->alarms, l);
      g_free (alarm);
      return;
    }
  g_error ("alarm %u was removed, but it is spent", id);
}

static void
wn_virtual_clock_finalize (GObject *object)
{
  g_assert_null (WN_VIRTUAL_CLOCK (object)->alarms);
  G_OBJECT_CLASS (wn_virtual_clock_parent_class)->finalize (object);
}

static void
wn_virtual_clock_iface_init (WnClockInterface *iface)
{
  iface->get_now = wn_virtual_clock_get_now;
  iface->get_wall_time = wn_virtual_clock_get_wall_time;
  iface->add_alarm = wn_virtual_clock_add_alarm;
  iface->remove_alarm = wn_virtual_clock_remove_alarm;
}

static void
wn_virtual_clock_class_init (WnVirtualClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wn_virtual_clock_finalize;
}

static void
wn_virtual_clock_init (WnVirtualClock *self)
{
}
