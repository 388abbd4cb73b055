/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How a herd of clients comes back after an outage, with the delays of
 * `core/backoff.h` and with others that one might think of.
 *
 * A model, not a measurement: a client notices the loss within the first five
 * seconds, an attempt fails or succeeds at once, and a server that is asked
 * for r times what it can do manages 1/r of what it could (it spends its time
 * on those it turns away). Time goes in steps of a tenth of a second. Only
 * ratios count in this, so in a large herd one client stands for several.
 */

#include "core/backoff.h"

#define STEP_US (G_TIME_SPAN_SECOND / 10)
#define STEPS_PER_SECOND 10
#define DELAY_US (5 * G_TIME_SPAN_SECOND)
#define MAX_DELAY_US (300 * G_TIME_SPAN_SECOND)
/* Every delay is shorter than the ring: 409 s. */
#define N_SLOTS 4096
#define NOTICE_STEPS (5 * STEPS_PER_SECOND)
#define LAST_STEP (4 * 3600 * STEPS_PER_SECOND)
#define SEED 88172645463325252
#define NOBODY G_MAXUINT32

typedef struct
{
  guint32 next; /* in the same slot */
  guint32 n_failures;
  gint64 last_delay_us;
} Client;

typedef struct
{
  guint n_clients;
  guint weight; /* how many of them one that is simulated stands for */
  guint outage_s;
  guint handshakes_per_second;
} Scenario;

typedef gint64 (*DelayFunc) (Client *client, double roll);

typedef struct
{
  const char *name;
  DelayFunc delay;
} Policy;

typedef struct
{
  guint64 n_attempts;
  guint n_back;
  guint peak_per_second; /* once the server is there again */
  double half_s;         /* after the server's return; -1: not in time */
  double nearly_all_s;   /* the same for 99 % */
} Outcome;

typedef struct
{
  const Scenario *scenario;
  DelayFunc delay;
  guint64 random;
  Client *clients; /* (owned): as many as are simulated */
  guint32 slots[N_SLOTS];
  guint n_in_slot[N_SLOTS];
  guint recent[STEPS_PER_SECOND]; /* attempts of the last second's steps */
} Herd;

/* Marsaglia's xorshift: the same herd each time, and fast. */
static double
roll (guint64 *state)
{
  guint64 x = *state;

  x ^= x << 13;
  x ^= x >> 7;
  x ^= x << 17;
  *state = x;
  return (double) (x >> 11) / (double) (G_GUINT64_CONSTANT (1) << 53);
}

static gint64
delay_of (Client *client, WnBackoffKind kind, double chance)
{
  WnBackoff backoff = { DELAY_US, MAX_DELAY_US, client->n_failures };
  gint64 delay_us = wn_backoff_next (&backoff, kind, chance);

  client->n_failures = backoff.n_failures;
  return delay_us;
}

/* The connection broke, attempts are refused. */
static gint64
delay_ours (Client *client, double chance)
{
  return delay_of (client, WN_BACKOFF_ORDINARY, chance);
}

/* Closed with 1001, and 503 from a proxy in front. */
static gint64
delay_ours_told (Client *client, double chance)
{
  return delay_of (client, WN_BACKOFF_HERD, chance);
}

static gint64
delay_fixed (Client *client, double chance)
{
  return DELAY_US;
}

static gint64
delay_full_jitter (Client *client, double chance)
{
  guint doublings = MIN (client->n_failures, 10);

  client->n_failures++;
  return (gint64) (chance * (double) MIN (MAX_DELAY_US, DELAY_US << doublings));
}

static gint64
delay_decorrelated (Client *client, double chance)
{
  gint64 most_us = MAX (DELAY_US, client->last_delay_us) * 3;
  gint64 delay_us
      = DELAY_US + (gint64) (chance * (double) (most_us - DELAY_US));

  client->last_delay_us = MIN (MAX_DELAY_US, delay_us);
  return client->last_delay_us;
}

static void
put (Herd *herd, guint32 i, guint step)
{
  guint slot = step % N_SLOTS;

  herd->clients[i].next = herd->slots[slot];
  herd->slots[slot] = i;
  herd->n_in_slot[slot]++;
}

static void
put_later (Herd *herd, guint32 i, guint step)
{
  double chance = roll (&herd->random);
  gint64 delay_us = herd->delay (&herd->clients[i], chance);

  put (herd, i, step + (guint) MAX (1, delay_us / STEP_US));
}

static Herd *
herd_new (const Scenario *scenario, DelayFunc delay)
{
  Herd *herd = g_new0 (Herd, 1);
  guint n_simulated = scenario->n_clients / scenario->weight;

  herd->scenario = scenario;
  herd->delay = delay;
  herd->random = SEED;
  herd->clients = g_new0 (Client, n_simulated);
  for (guint i = 0; i < N_SLOTS; i++)
    herd->slots[i] = NOBODY;
  for (guint32 i = 0; i < n_simulated; i++)
    put_later (herd, i, (guint) (roll (&herd->random) * NOTICE_STEPS));
  return herd;
}

static void
herd_free (Herd *herd)
{
  g_free (herd->clients);
  g_free (herd);
}

/* How likely an attempt is to succeed. */
static double
success_rate (const Herd *herd, guint step)
{
  double capacity = herd->scenario->handshakes_per_second;
  double per_second = 0;

  if (step < herd->scenario->outage_s * STEPS_PER_SECOND)
    return 0;
  for (guint i = 0; i < STEPS_PER_SECOND; i++)
    per_second += herd->recent[i];
  if (per_second <= capacity)
    return 1;
  return (capacity / per_second) * (capacity / per_second);
}

static void
note_attempts (Herd *herd, Outcome *outcome, guint step, guint n_attempts)
{
  guint per_second = 0;

  herd->recent[step % STEPS_PER_SECOND] = n_attempts;
  outcome->n_attempts += n_attempts;
  if (step < herd->scenario->outage_s * STEPS_PER_SECOND)
    return;
  for (guint i = 0; i < STEPS_PER_SECOND; i++)
    per_second += herd->recent[i];
  outcome->peak_per_second = MAX (outcome->peak_per_second, per_second);
}

static void
note_return (const Herd *herd, Outcome *outcome, guint step)
{
  guint n_clients = herd->scenario->n_clients;
  double since_s
      = (double) (step + 1) / STEPS_PER_SECOND - herd->scenario->outage_s;

  if (outcome->half_s < 0 && outcome->n_back * 2 >= n_clients)
    outcome->half_s = since_s;
  if (outcome->nearly_all_s < 0
      && (guint64) outcome->n_back * 100 >= (guint64) n_clients * 99)
    outcome->nearly_all_s = since_s;
}

static void
take_step (Herd *herd, Outcome *outcome, guint step)
{
  guint slot = step % N_SLOTS;
  guint32 i = herd->slots[slot];
  double rate;

  note_attempts (herd,
                 outcome,
                 step,
                 herd->n_in_slot[slot] * herd->scenario->weight);
  rate = success_rate (herd, step);
  herd->slots[slot] = NOBODY;
  herd->n_in_slot[slot] = 0;
  while (i != NOBODY)
    {
      guint32 next = herd->clients[i].next;

      if (roll (&herd->random) < rate)
        outcome->n_back += herd->scenario->weight;
      else
        put_later (herd, i, step);
      i = next;
    }
  note_return (herd, outcome, step);
}

static Outcome
simulate (const Scenario *scenario, DelayFunc delay)
{
  Herd *herd = herd_new (scenario, delay);
  Outcome outcome = { .half_s = -1, .nearly_all_s = -1 };

  for (guint step = 0; step < LAST_STEP && outcome.nearly_all_s < 0; step++)
    take_step (herd, &outcome, step);
  herd_free (herd);
  return outcome;
}

static const Policy policies[] = {
  { "ours", delay_ours },
  { "ours, told so (1001, 503)", delay_ours_told },
  { "fixed 5 s", delay_fixed },
  { "full jitter, 5 to 300 s", delay_full_jitter },
  { "decorrelated, 5 to 300 s", delay_decorrelated },
};

static const Scenario scenarios[] = {
  { 1000000, 10, 30, 5000 },
  { 200, 1, 60, 5000 },
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
run (const Scenario *scenario)
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
      Outcome outcome = simulate (scenario, policies[i].delay);

      g_print ("%-26s %9.1f %10u",
               policies[i].name,
               (double) outcome.n_attempts / scenario->n_clients,
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
    run (&scenarios[i]);
  return 0;
}
