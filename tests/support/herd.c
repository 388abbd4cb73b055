/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A ring of time slots, each a list of the clients whose turn it is then.
 */

#include "support/herd.h"

#include "core/connection/backoff.h"

#define STEPS_PER_SECOND 10
#define STEP_US (G_TIME_SPAN_SECOND / STEPS_PER_SECOND)
/* Every delay is shorter than the ring: 409 s. */
#define N_SLOTS 4096
#define NOTICE_STEPS (5 * STEPS_PER_SECOND)
#define LAST_STEP (4 * 3600 * STEPS_PER_SECOND)
#define SEED 88172645463325252
#define NOBODY G_MAXUINT32

const WnHerdScenario wn_herd_million = { 1000000, 10, 30, 5000 };
const WnHerdScenario wn_herd_million_for_long = { 1000000, 10, 1800, 5000 };
const WnHerdScenario wn_herd_small_site = { 200, 1, 60, 5000 };

typedef struct
{
  const WnHerdScenario *scenario;
  WnHerdDelayFunc delay;
  guint64 random;
  WnHerdClient *clients; /* (owned): as many as are simulated */
  guint32 slots[N_SLOTS];
  guint n_in_slot[N_SLOTS];
  guint recent[STEPS_PER_SECOND]; /* attempts of the last second's steps */
  guint64 n_attempts;
  guint n_back;
  WnHerdOutcome outcome;
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
delay_of (WnHerdClient *client, WnBackoffKind kind, double roll)
{
  WnBackoff backoff
      = { WN_HERD_DELAY_US, WN_HERD_MAX_DELAY_US, client->n_failures };
  gint64 delay_us = wn_backoff_next (&backoff, kind, roll);

  client->n_failures = backoff.n_failures;
  return delay_us;
}

gint64
wn_herd_delay_broken (WnHerdClient *client, WnHerdFailure failure, double roll)
{
  return delay_of (client,
                   failure == WN_HERD_ABSENT ? WN_BACKOFF_ABSENT
                                             : WN_BACKOFF_ORDINARY,
                   roll);
}

gint64
wn_herd_delay_told (WnHerdClient *client, WnHerdFailure failure, double roll)
{
  return delay_of (client,
                   failure == WN_HERD_ABSENT ? WN_BACKOFF_ABSENT
                                             : WN_BACKOFF_HERD,
                   roll);
}

gint64
wn_herd_delay_unavailable (WnHerdClient *client,
                           WnHerdFailure failure,
                           double roll)
{
  return delay_of (client, WN_BACKOFF_HERD, roll);
}

gint64
wn_herd_delay_refused (WnHerdClient *client, WnHerdFailure failure, double roll)
{
  return delay_of (client,
                   failure == WN_HERD_CUT_OFF ? WN_BACKOFF_ORDINARY
                                              : WN_BACKOFF_ABSENT,
                   roll);
}

static void
put (Herd *self, guint32 i, guint step)
{
  guint slot = step % N_SLOTS;

  self->clients[i].next = self->slots[slot];
  self->slots[slot] = i;
  self->n_in_slot[slot]++;
}

static void
put_later (Herd *self, guint32 i, WnHerdFailure failure, guint step)
{
  double chance = roll (&self->random);
  gint64 delay_us = self->delay (&self->clients[i], failure, chance);

  put (self, i, step + (guint) MAX (1, delay_us / STEP_US));
}

static Herd *
herd_new (const WnHerdScenario *scenario, WnHerdDelayFunc delay)
{
  Herd *self = g_new0 (Herd, 1);
  guint n_simulated = scenario->n_clients / scenario->weight;

  self->scenario = scenario;
  self->delay = delay;
  self->random = SEED;
  self->outcome.half_s = -1;
  self->outcome.nearly_all_s = -1;
  self->clients = g_new0 (WnHerdClient, n_simulated);
  for (guint i = 0; i < N_SLOTS; i++)
    self->slots[i] = NOBODY;
  for (guint32 i = 0; i < n_simulated; i++)
    put_later (self,
               i,
               WN_HERD_CUT_OFF,
               (guint) (roll (&self->random) * NOTICE_STEPS));
  return self;
}

static void
herd_free (Herd *self)
{
  g_free (self->clients);
  g_free (self);
}

static gboolean
is_away (const Herd *self, guint step)
{
  return step < self->scenario->outage_s * STEPS_PER_SECOND;
}

static guint
attempts_per_second (const Herd *self)
{
  guint per_second = 0;

  for (guint i = 0; i < STEPS_PER_SECOND; i++)
    per_second += self->recent[i];
  return per_second;
}

/* How likely an attempt is to succeed. */
static double
success_rate (const Herd *self, guint step)
{
  double capacity = self->scenario->handshakes_per_second;
  double per_second = attempts_per_second (self);

  if (is_away (self, step))
    return 0;
  if (per_second <= capacity)
    return 1;
  return (capacity / per_second) * (capacity / per_second);
}

static void
note_attempts (Herd *self, guint step, guint n_attempts)
{
  self->recent[step % STEPS_PER_SECOND] = n_attempts;
  self->n_attempts += n_attempts;
  if (!is_away (self, step))
    self->outcome.peak_per_second
        = MAX (self->outcome.peak_per_second, attempts_per_second (self));
}

static void
note_return (Herd *self, guint step)
{
  guint64 n_clients = self->scenario->n_clients;
  double since_s
      = (double) (step + 1) / STEPS_PER_SECOND - self->scenario->outage_s;

  if (self->outcome.half_s < 0 && self->n_back * 2 >= n_clients)
    self->outcome.half_s = since_s;
  if (self->outcome.nearly_all_s < 0
      && (guint64) self->n_back * 100 >= n_clients * 99)
    self->outcome.nearly_all_s = since_s;
}

static void
take_step (Herd *self, guint step)
{
  guint slot = step % N_SLOTS;
  guint32 i = self->slots[slot];
  double rate;

  note_attempts (self, step, self->n_in_slot[slot] * self->scenario->weight);
  rate = success_rate (self, step);
  self->slots[slot] = NOBODY;
  self->n_in_slot[slot] = 0;
  while (i != NOBODY)
    {
      guint32 next = self->clients[i].next;

      if (roll (&self->random) < rate)
        self->n_back += self->scenario->weight;
      else
        put_later (self,
                   i,
                   is_away (self, step) ? WN_HERD_ABSENT : WN_HERD_OVERLOADED,
                   step);
      i = next;
    }
  note_return (self, step);
}

WnHerdOutcome
wn_herd_simulate (const WnHerdScenario *scenario, WnHerdDelayFunc delay)
{
  Herd *herd = herd_new (scenario, delay);
  WnHerdOutcome outcome;

  for (guint step = 0; step < LAST_STEP && herd->outcome.nearly_all_s < 0;
       step++)
    take_step (herd, step);
  outcome = herd->outcome;
  outcome.attempts = (double) herd->n_attempts / scenario->n_clients;
  herd_free (herd);
  return outcome;
}
