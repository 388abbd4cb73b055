/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How a herd of clients comes back after an outage, with the delays of
 * `core/connection/backoff.h` and with others that one might think of. The
 * model is `support/herd.h`; what must hold of ours is in `test-herd.c`.
 *
 * What was traded for what:
 *
 * - A floor and a wide window cost a small site time, which with a fixed 5 s
 *   would be back in 5 s: it takes 130 s. They spare a site of a million two
 *   hours and 750 attempts for each client: it takes 7 minutes and 5 attempts.
 * - Failures that cost the server nothing (refused: it is not there) take n no
 *   further than 3, 140 s with the defaults; what may mean that it is
 *   overloaded (late, dropped, 502, 503) goes on to the ceiling. So whoever
 *   waits for a restart is never asleep for 5 minutes when it is over. The
 *   price is twice the (refused) attempts during an outage of half an hour, and
 *   5.6 attempts for each of a million where a busy server refuses by itself,
 *   which Linux does not do unless told so.
 * - A gateway's answer may mean either, and is taken for an overloaded server:
 *   the small site is back in 275 s then.
 */

#include "support/herd.h"

typedef struct
{
  const char *name;
  WnHerdDelayFunc delay;
} Policy;

static gint64
delay_fixed (WnHerdClient *client, WnHerdFailure failure, double roll)
{
  return WN_HERD_DELAY_US;
}

static gint64
delay_full_jitter (WnHerdClient *client, WnHerdFailure failure, double roll)
{
  guint doublings = MIN (client->n_failures, 10);
  gint64 window_us = MIN (WN_HERD_MAX_DELAY_US, WN_HERD_DELAY_US << doublings);

  client->n_failures++;
  return (gint64) (roll * (double) window_us);
}

static gint64
delay_decorrelated (WnHerdClient *client, WnHerdFailure failure, double roll)
{
  gint64 most_us = MAX (WN_HERD_DELAY_US, client->last_delay_us) * 3;
  gint64 random_us = (gint64) (roll * (double) (most_us - WN_HERD_DELAY_US));

  client->last_delay_us
      = MIN (WN_HERD_MAX_DELAY_US, WN_HERD_DELAY_US + random_us);
  return client->last_delay_us;
}

static const Policy policies[] = {
  { "ours", wn_herd_delay_broken },
  { "ours, 1001", wn_herd_delay_told },
  { "ours, 1001, 503", wn_herd_delay_unavailable },
  { "ours, refused when busy", wn_herd_delay_refused },
  { "fixed 5 s", delay_fixed },
  { "full jitter, 5 to 300 s", delay_full_jitter },
  { "decorrelated, 5 to 300 s", delay_decorrelated },
};

static const WnHerdScenario *const scenarios[] = {
  &wn_herd_million,
  &wn_herd_million_for_long,
  &wn_herd_small_site,
};

static void
print_seconds (double seconds)
{
  if (seconds < 0)
    g_print (" %11s", "never");
  else
    g_print (" %9.1f s", seconds);
}

static void
run (const WnHerdScenario *scenario)
{
  g_print (
      "%u clients, %u s outage, %u handshakes/s\n%-26s %9s %10s %11s %11s\n",
      scenario->n_clients,
      scenario->outage_s,
      scenario->handshakes_per_second,
      "",
      "attempts",
      "peak/s",
      "half back",
      "99 % back");
  for (gsize i = 0; i < G_N_ELEMENTS (policies); i++)
    {
      WnHerdOutcome outcome = wn_herd_simulate (scenario, policies[i].delay);

      g_print ("%-26s %9.1f %10u",
               policies[i].name,
               outcome.attempts,
               outcome.peak_per_second);
      print_seconds (outcome.half_s);
      print_seconds (outcome.nearly_all_s);
      g_print ("\n");
    }
  g_print ("\n");
}

int
main (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (scenarios); i++)
    run (scenarios[i]);
  return 0;
}
