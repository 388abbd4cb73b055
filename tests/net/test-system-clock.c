/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The real clock, as far as it can be told without waiting: alarms of times
 * that have passed, or are a few milliseconds off. The machine does not sleep
 * for it (`support/boottime.h`).
 */

#include "net/system-clock.h"

#include "support/boottime.h"
#include "support/wait.h"

typedef struct
{
  GString *order; /* (owned) */
  WnClock *clock; /* (owned) */
  gint64 not_before_us;
} Rig;

static void
on_alarm_a (gpointer user_data)
{
  g_string_append_c (((Rig *) user_data)->order, 'a');
}

static void
on_alarm_b (gpointer user_data)
{
  Rig *rig = user_data;

  g_assert_cmpint (wn_clock_get_now (rig->clock), >=, rig->not_before_us);
  g_string_append_c (rig->order, 'b');
}

static void
rig_init (Rig *self)
{
  *self = (Rig){
    .order = g_string_new (NULL),
    .clock = wn_system_clock_dup_shared (),
  };
}

static void
rig_clear (Rig *self)
{
  g_string_free (self->order, TRUE);
  g_object_unref (self->clock);
}

static void
test_passed (void)
{
  Rig rig;

  rig_init (&rig);
  g_assert_cmpuint (wn_clock_add_alarm (rig.clock, -5, on_alarm_a, &rig),
                    !=,
                    0);
  g_assert_cmpstr (rig.order->str, ==, "");
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpstr (rig.order->str, ==, "a");
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpstr (rig.order->str, ==, "a");
  rig_clear (&rig);
}

static void
test_order (void)
{
  Rig rig;
  gint64 now_us;

  rig_init (&rig);
  now_us = wn_clock_get_now (rig.clock);
  rig.not_before_us = now_us + 3 * G_TIME_SPAN_MILLISECOND;
  wn_clock_add_alarm (rig.clock, rig.not_before_us, on_alarm_b, &rig);
  wn_clock_add_alarm (rig.clock, now_us, on_alarm_a, &rig);
  while (rig.order->len < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (rig.order->str, ==, "ab");
  rig_clear (&rig);
}

static void
test_removed (void)
{
  Rig rig;
  guint alarm;

  rig_init (&rig);
  alarm = wn_clock_add_alarm (rig.clock, 0, on_alarm_a, &rig);
  wn_clock_add_alarm (rig.clock, 0, on_alarm_b, &rig);
  wn_clock_remove_alarm (rig.clock, alarm);
  while (rig.order->len < 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (rig.order->str, ==, "b");
  g_assert_false (g_main_context_pending (NULL));
  rig_clear (&rig);
}

static void
test_wall_time (void)
{
  Rig rig;
  gint64 before_us = g_get_real_time ();

  rig_init (&rig);
  g_assert_cmpint (wn_clock_get_wall_time (rig.clock), >=, before_us);
  rig_clear (&rig);
}

static void
on_clock_slept (WnClock *clock, gpointer user_data)
{
  g_string_append_c (((Rig *) user_data)->order, 's');
}

static void
rig_listen (Rig *self)
{
  g_signal_connect (self->clock, "slept", G_CALLBACK (on_clock_slept), self);
}

static void
test_wakes_up (void)
{
  Rig rig;

  rig_init (&rig);
  rig_listen (&rig);
  if (wn_boottime_advance (3600))
    {
      wn_wait_until_dry ();
      g_assert_cmpstr (rig.order->str, ==, "");
      wn_boottime_wake ();
      wn_wait_until_dry ();
      g_assert_cmpstr (rig.order->str, ==, "s");
    }
  rig_clear (&rig);
}

static void
test_clock_is_set (void)
{
  Rig rig;

  rig_init (&rig);
  rig_listen (&rig);
  wn_boottime_wake ();
  wn_wait_until_dry ();
  g_assert_cmpstr (rig.order->str, ==, "");
  rig_clear (&rig);
}

static void
test_alarm_after_sleep (void)
{
  Rig rig;

  rig_init (&rig);
  rig_listen (&rig);
  wn_clock_add_alarm (rig.clock, 0, on_alarm_a, &rig);
  wn_clock_add_alarm (rig.clock, 0, on_alarm_a, &rig);
  if (wn_boottime_advance (2))
    {
      wn_wait_until_dry ();
      g_assert_cmpstr (rig.order->str, ==, "saa");
    }
  rig_clear (&rig);
}

typedef struct
{
  Rig rig;
  guint alarm;
} Remover;

static void
on_clock_slept_remove (WnClock *clock, gpointer user_data)
{
  Remover *remover = user_data;

  wn_clock_remove_alarm (clock, remover->alarm);
}

static void
test_removed_by_the_news (void)
{
  Remover remover;

  rig_init (&remover.rig);
  remover.alarm
      = wn_clock_add_alarm (remover.rig.clock, 0, on_alarm_a, &remover.rig);
  g_signal_connect (remover.rig.clock,
                    "slept",
                    G_CALLBACK (on_clock_slept_remove),
                    &remover);
  if (wn_boottime_advance (3600))
    {
      wn_wait_until_dry ();
      g_assert_cmpstr (remover.rig.order->str, ==, "");
    }
  rig_clear (&remover.rig);
}

static void
test_shared (void)
{
  WnClock *clocks[1000];

  for (gsize i = 0; i < G_N_ELEMENTS (clocks); i++)
    clocks[i] = wn_system_clock_dup_shared ();
  g_assert_cmpuint (wn_boottime_count_timers (), ==, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (clocks); i++)
    g_object_unref (clocks[i]);
  g_assert_cmpuint (wn_boottime_count_timers (), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func (
      "/system-clock/an alarm of the past goes off once, on the next turn",
      test_passed);
  g_test_add_func ("/system-clock/alarms go off in order and never early",
                   test_order);
  g_test_add_func ("/system-clock/a removed alarm is silent", test_removed);
  g_test_add_func ("/system-clock/the wall's time is the system's",
                   test_wall_time);
  g_test_add_func ("/system-clock/a wake-up after an hour of sleep is told",
                   test_wakes_up);
  g_test_add_func ("/system-clock/a clock that is set is no sleep",
                   test_clock_is_set);
  g_test_add_func ("/system-clock/an alarm that is due tells of a sleep first",
                   test_alarm_after_sleep);
  g_test_add_func ("/system-clock/an alarm that the news removes is silent",
                   test_removed_by_the_news);
  g_test_add_func ("/system-clock/a thousand accounts share one descriptor",
                   test_shared);
  return g_test_run ();
}
