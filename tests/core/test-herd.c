/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the delays of `core/connection/backoff.h` were chosen for, in simulated
 * herds of clients (`support/herd.h`). `bench/herd.c` prints the figures,
 * beside those of other policies.
 */

#include "support/herd.h"

typedef struct
{
  const char *what;
  const WnHerdScenario *scenario;
  WnHerdDelayFunc delay;
  double most_attempts;
  double most_s; /* until 99 % are back */
} HerdCase;

static const HerdCase cases[] = {
  { "a million that broke", &wn_herd_million, wn_herd_delay_broken, 5, 450 },
  { "a million that was told", &wn_herd_million, wn_herd_delay_told, 5, 450 },
  { "a million that a gateway calls unavailable",
    &wn_herd_million,
    wn_herd_delay_unavailable,
    5,
    450 },
  { "a million that is refused when busy",
    &wn_herd_million,
    wn_herd_delay_refused,
    6,
    450 },
  { "a million after half an hour",
    &wn_herd_million_for_long,
    wn_herd_delay_broken,
    30,
    450 },
  { "a small site that broke",
    &wn_herd_small_site,
    wn_herd_delay_broken,
    5,
    150 },
  { "a small site that was told",
    &wn_herd_small_site,
    wn_herd_delay_told,
    5,
    150 },
  { "a small site that a gateway calls unavailable",
    &wn_herd_small_site,
    wn_herd_delay_unavailable,
    5,
    300 },
};

static void
test_herd (gconstpointer data)
{
  const HerdCase *c = data;
  WnHerdOutcome outcome = wn_herd_simulate (c->scenario, c->delay);

  g_assert_cmpfloat (outcome.attempts, <=, c->most_attempts);
  g_assert_cmpfloat (outcome.half_s, >=, 0);
  g_assert_cmpfloat (outcome.nearly_all_s, >=, outcome.half_s);
  g_assert_cmpfloat (outcome.nearly_all_s, <=, c->most_s);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/herd/%s is back in time", cases[i].what);

      g_test_add_data_func (path, &cases[i], test_herd);
    }
  return g_test_run ();
}
