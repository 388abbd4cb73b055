/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How the heartbeats of many accounts come to share their wake-ups, whenever
 * each of them connected: lifecycles that are acknowledged for hours.
 */

#include "core/connection/lifecycle.h"

#define N_ACCOUNTS 100
#define N_BEATS 150
#define MOST_ROUND_TRIP_US (200 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  const char *what;
  gint64 interval_s;
  guint n_meeting_points;
  guint most_wakeups; /* of all in an interval, in the end */
} SharingCase;

static const SharingCase cases[] = {
  { "every 45 s", 45, 4, 4 },
  { "every 45 s, on seconds only", 45, 0, 45 },
  { "every 10 s", 10, 4, 4 },
  { "every 47 s", 47, 4, 5 },
  { "every 60 s at one point", 60, 1, 1 },
};

typedef struct
{
  WnLifecycle lifecycle;
  gint64 now_us;
} Account;

static void
feed (Account *self, WnEventType type)
{
  WnEvent event = { .type = type };

  wn_lifecycle_handle (&self->lifecycle, &event, self->now_us);
}

static void
sign_on (Account *self, const SharingCase *c)
{
  WnLifecycleConfig config = {
    .heartbeat_interval_us = c->interval_s * G_TIME_SPAN_SECOND,
    .heartbeat_timeout_us = c->interval_s * G_TIME_SPAN_SECOND,
    .reconnect_delay_us = 5 * G_TIME_SPAN_SECOND,
    .reconnect_delay_max_us = 300 * G_TIME_SPAN_SECOND,
    .n_meeting_points = c->n_meeting_points,
  };

  self->now_us = (gint64) (g_test_rand_double_range (1e9, 1.1e9));
  wn_lifecycle_init (&self->lifecycle, &config);
  feed (self, WN_EVENT_LOGIN);
  feed (self, WN_EVENT_OPENED);
}

/* One interval: never late, and early by a second at the most. */
static gint64
beat (Account *self, gint64 interval_us)
{
  gint64 due_us = wn_lifecycle_get_deadline (&self->lifecycle);

  g_assert_cmpint (due_us, <=, self->now_us + interval_us);
  g_assert_cmpint (due_us, >=, self->now_us + interval_us - G_TIME_SPAN_SECOND);
  self->now_us = due_us;
  feed (self, WN_EVENT_DEADLINE);
  g_assert_cmpint (wn_lifecycle_get_state (&self->lifecycle),
                   ==,
                   WN_STATE_ASKED);
  self->now_us += g_test_rand_int_range (50, MOST_ROUND_TRIP_US);
  feed (self, WN_EVENT_ACKNOWLEDGED);
  return due_us;
}

/* The moments of one interval; what is within a millisecond is one wake-up. */
static void
test_sharing (gconstpointer data)
{
  const SharingCase *c = data;
  gint64 interval_us = c->interval_s * G_TIME_SPAN_SECOND;
  g_autoptr (GHashTable) moments = g_hash_table_new (NULL, NULL);

  for (int i = 0; i < N_ACCOUNTS; i++)
    {
      Account account;
      gint64 due_us = 0;

      sign_on (&account, c);
      for (int n = 0; n < N_BEATS; n++)
        due_us = beat (&account, interval_us);
      due_us = due_us % interval_us / G_TIME_SPAN_MILLISECOND;
      g_hash_table_add (moments, GINT_TO_POINTER ((int) due_us));
    }
  g_assert_cmpuint (g_hash_table_size (moments), <=, c->most_wakeups);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/sharing/a hundred accounts come together, %s",
                             cases[i].what);

      g_test_add_data_func (path, &cases[i], test_sharing);
    }
  return g_test_run ();
}
