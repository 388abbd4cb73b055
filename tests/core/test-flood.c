/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * When messages become a flood, and when they are no longer one. All times
 * are the test's.
 */

#include "core/message/flood.h"

/* Any; the clock's zero is nobody's business. */
#define START_US (77 * G_TIME_SPAN_SECOND)

/* Sends @n messages, @apart_us from each other, from *@now_us on; returns how
 * many of them were part of a flood.
 */
static guint
send (WnFlood *flood, guint n, gint64 apart_us, gint64 *now_us)
{
  guint n_flooded = 0;

  for (guint i = 0; i < n; i++)
    {
      n_flooded += wn_flood_is_on (flood, *now_us) ? 1 : 0;
      wn_flood_count (flood, *now_us);
      *now_us += apart_us;
    }
  return n_flooded;
}

static void
test_burst (void)
{
  WnFlood flood = { 0 };
  gint64 now_us = START_US;

  g_assert_cmpuint (send (&flood, WN_FLOOD_BURST, 0, &now_us), ==, 0);
  g_assert_true (wn_flood_is_on (&flood, now_us));
}

static void
test_rest (void)
{
  WnFlood flood = { 0 };
  gint64 now_us = START_US;

  g_assert_cmpuint (send (&flood, 50000, 0, &now_us),
                    ==,
                    50000 - WN_FLOOD_BURST);
}

static void
test_steady (void)
{
  static const struct
  {
    gint64 apart_us;
    gboolean is_flood;
  } table[] = {
    { G_TIME_SPAN_SECOND, FALSE },
    { 100 * G_TIME_SPAN_MILLISECOND, FALSE },
    { WN_FLOOD_INTERVAL_US, FALSE },
    { WN_FLOOD_INTERVAL_US - 1000, TRUE },
    { WN_FLOOD_INTERVAL_US / 10, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      WnFlood flood = { 0 };
      gint64 now_us = START_US;
      guint n = send (&flood, 100000, table[i].apart_us, &now_us);

      g_assert_cmpint (n > 0, ==, table[i].is_flood);
    }
}

static void
test_end (void)
{
  WnFlood flood = { 0 };
  gint64 now_us = START_US;
  gint64 end_us;

  send (&flood, 1000, 0, &now_us);
  end_us = wn_flood_get_end_us (&flood, now_us);
  g_assert_cmpint (end_us, ==, WN_FLOOD_RESUME * WN_FLOOD_INTERVAL_US);
  now_us += end_us - 1;
  g_assert_true (wn_flood_is_on (&flood, now_us));
  now_us += 1;
  g_assert_false (wn_flood_is_on (&flood, now_us));
  g_assert_cmpint (wn_flood_get_end_us (&flood, now_us), ==, 0);
  g_assert_cmpuint (send (&flood, WN_FLOOD_RESUME, 0, &now_us), ==, 0);
  g_assert_cmpuint (send (&flood, 10, 0, &now_us), ==, 10);
}

/* One that only slows down is over as well, though it never stops. */
static void
test_slowing (void)
{
  WnFlood flood = { 0 };
  gint64 now_us = START_US;
  guint n;

  send (&flood, 1000, 0, &now_us);
  n = send (&flood, 1000, 2 * WN_FLOOD_INTERVAL_US, &now_us);
  g_assert_cmpuint (n, >=, WN_FLOOD_RESUME / 2);
  g_assert_cmpuint (n, <=, 2 * WN_FLOOD_RESUME);
}

static void
test_room (void)
{
  WnFlood flood = { 0 };
  gint64 now_us = START_US;

  g_assert_cmpint (wn_flood_get_room_us (&flood, now_us), ==, 0);
  send (&flood, WN_FLOOD_BURST - 1, 0, &now_us);
  g_assert_cmpint (wn_flood_get_room_us (&flood, now_us), ==, 0);
  send (&flood, 1, 0, &now_us);
  g_assert_cmpint (wn_flood_get_room_us (&flood, now_us),
                   ==,
                   WN_FLOOD_INTERVAL_US);
  now_us += WN_FLOOD_INTERVAL_US;
  g_assert_cmpint (wn_flood_get_room_us (&flood, now_us), ==, 0);
}

static void
test_forgetting (void)
{
  WnFlood flood = { 0 };
  gint64 now_us = START_US;

  send (&flood, 50000, 0, &now_us);
  now_us += 24 * G_TIME_SPAN_HOUR;
  g_assert_cmpuint (send (&flood, WN_FLOOD_BURST, 0, &now_us), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flood/the first few hundred are none", test_burst);
  g_test_add_func ("/flood/of 50,000 at once all but those are", test_rest);
  g_test_add_func ("/flood/a steady rate is one or never becomes one",
                   test_steady);
  g_test_add_func ("/flood/it is over after a pause, and not before", test_end);
  g_test_add_func ("/flood/one that slows down is over", test_slowing);
  g_test_add_func ("/flood/room for one message comes at intervals", test_room);
  g_test_add_func ("/flood/a day later there is room for as many again",
                   test_forgetting);
  return g_test_run ();
}
