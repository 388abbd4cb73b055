/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A random walk of the state machine alone: any event in any state, also late
 * ones of what is gone, and what must hold after each. A new walk each time;
 * `--seed` repeats one.
 */

#include "core/connection/lifecycle.h"

#define SECONDS(n) ((gint64) ((n) *G_TIME_SPAN_SECOND))
#define N_EVENTS 100000
#define LONGEST_RETRY_AFTER_US SECONDS (600)

static double
roll (gpointer data)
{
  return g_test_rand_double ();
}

static const WnLifecycleConfig config = {
  .heartbeat_interval_us = SECONDS (45),
  .heartbeat_timeout_us = SECONDS (30),
  .reconnect_delay_us = SECONDS (5),
  .reconnect_delay_max_us = SECONDS (300),
  .roll = roll,
};

/* What a transport would have been told, and what time has done. */
typedef struct
{
  WnLifecycle lifecycle;
  gint64 now_us;
  gboolean has_transport;
  gboolean is_up;
  gboolean heard;
  gboolean logged_in;
  gboolean paused;
  gboolean hurried;      /* since the loss */
  gboolean comes_soon;   /* because the server asks for it */
  gint64 lost_us;        /* when the retry began to count */
  gint64 reconnected_us; /* by the user, while up */
  guint n_opened;
} Walk;

static WnState
get_state (const Walk *self)
{
  return wn_lifecycle_get_state (&self->lifecycle);
}

static void
check_opening (Walk *self, WnEventType type)
{
  g_assert_false (self->has_transport);
  if (type == WN_EVENT_DEADLINE && !self->hurried && !self->comes_soon)
    g_assert_cmpint (self->now_us - self->lost_us,
                     >=,
                     config.reconnect_delay_us);
  if (type == WN_EVENT_RECONNECT)
    {
      g_assert_cmpint (self->now_us - self->reconnected_us, >=, SECONDS (10));
      self->reconnected_us = self->now_us;
    }
  self->has_transport = TRUE;
  self->is_up = FALSE;
  self->heard = FALSE;
  self->hurried = FALSE;
}

static void
carry_out (Walk *self, WnEventType type, WnActions actions)
{
  if (type == WN_EVENT_LOST)
    self->has_transport = self->is_up = FALSE;
  if (type == WN_EVENT_OPENED && self->has_transport)
    self->is_up = TRUE;
  if (actions & WN_ACTION_CLOSE)
    {
      g_assert_true (self->has_transport);
      self->has_transport = self->is_up = FALSE;
    }
  if (actions & WN_ACTION_OPEN)
    check_opening (self, type);
  if (actions & WN_ACTION_GREET)
    self->n_opened++;
  if (actions & (WN_ACTION_GREET | WN_ACTION_HEARTBEAT))
    g_assert_true (self->is_up);
  if (actions & WN_ACTION_GIVE_UP)
    g_assert_cmpint (get_state (self), ==, WN_STATE_OFFLINE);
}

static gint64
longest_wait_us (WnState state)
{
  switch ((int) state)
    {
    case WN_STATE_CONNECTING:
      return SECONDS (30);
    case WN_STATE_QUIET:
      return config.heartbeat_interval_us;
    case WN_STATE_ASKED:
      return config.heartbeat_timeout_us;
    default:
      return config.reconnect_delay_max_us + LONGEST_RETRY_AFTER_US;
    }
}

/* One connection at the most, and one deadline unless it stands still. */
static void
check_invariants (const Walk *self)
{
  WnState state = get_state (self);
  gint64 due_us = wn_lifecycle_get_deadline (&self->lifecycle);
  gboolean up = state == WN_STATE_QUIET || state == WN_STATE_ASKED;

  g_assert_cmpint (self->is_up, ==, up);
  g_assert_cmpint (self->has_transport, ==, up || state == WN_STATE_CONNECTING);
  if (!self->logged_in)
    g_assert_cmpint (state, ==, WN_STATE_OFFLINE);
  if (state == WN_STATE_OFFLINE || (up && self->paused))
    {
      g_assert_cmpint (due_us, ==, WN_NEVER);
      return;
    }
  g_assert_cmpint (due_us, >=, self->now_us);
  g_assert_cmpint (due_us, <=, self->now_us + longest_wait_us (state));
}

static void
note_event (Walk *self, WnEventType type, WnState before)
{
  if (type == WN_EVENT_LOGIN)
    self->logged_in = TRUE;
  if (type == WN_EVENT_LOGOUT)
    self->logged_in = FALSE;
  if (type == WN_EVENT_PAUSED || type == WN_EVENT_RESUMED)
    self->paused = type == WN_EVENT_PAUSED;
  if (before == WN_STATE_WAITING
      && (type == WN_EVENT_RECONNECT || type == WN_EVENT_DISTURBED
          || type == WN_EVENT_SLEPT))
    self->hurried = TRUE;
}

static void
feed (Walk *self, WnEventType type, const WnLoss *loss)
{
  WnEvent event = {
    .type = type,
    .loss = loss,
    .heard = self->heard,
  };
  WnState before = get_state (self);
  gint64 due_us = wn_lifecycle_get_deadline (&self->lifecycle);
  WnActions actions
      = wn_lifecycle_handle (&self->lifecycle, &event, self->now_us);

  note_event (self, type, before);
  carry_out (self, type, actions);
  if (before == WN_STATE_OFFLINE && type != WN_EVENT_LOGIN)
    g_assert_cmpint (actions, ==, WN_ACTION_NONE);
  /* However many losses are raised, the pending retry stays as it is. */
  if (before == WN_STATE_WAITING && type == WN_EVENT_LOST)
    g_assert_cmpint (wn_lifecycle_get_deadline (&self->lifecycle), ==, due_us);
  if (before != WN_STATE_WAITING && get_state (self) == WN_STATE_WAITING)
    {
      self->lost_us = self->now_us;
      self->comes_soon = loss != NULL && loss->retry == WN_LOSS_RETRY_SOON;
    }
  check_invariants (self);
}

static void
lose_somehow (Walk *self, WnEventType type)
{
  static const guint statuses[] = { 401, 403, 429, 500, 502, 503, 504 };
  static const guint codes[] = { 1000, 1001, 1006, 1008, 1012, 1013 };
  WnLoss loss = { .reason = g_test_rand_int_range (0, WN_LOSS_OTHER + 1) };

  if (loss.reason == WN_LOSS_HTTP_STATUS)
    loss.http_status
        = statuses[g_test_rand_int_range (0, G_N_ELEMENTS (statuses))];
  if (loss.reason == WN_LOSS_CLOSED)
    loss.close_code = codes[g_test_rand_int_range (0, G_N_ELEMENTS (codes))];
  if (g_test_rand_int_range (0, 10) == 0)
    loss.retry_after_us
        = g_test_rand_int_range (0, (gint32) LONGEST_RETRY_AFTER_US);
  if (g_test_rand_int_range (0, 20) == 0)
    loss.retry = g_test_rand_int_range (0, WN_LOSS_RETRY_NEVER + 1);
  feed (self, type, &loss);
}

/* To the deadline, or not so far. */
static void
let_time_pass (Walk *self)
{
  gint64 due_us = wn_lifecycle_get_deadline (&self->lifecycle);
  gint64 to_us
      = self->now_us
        + (gint64) (g_test_rand_double ()
                    * (double) SECONDS (g_test_rand_int_range (1, 200)));

  self->now_us = MIN (to_us, due_us);
  if (self->now_us == due_us)
    feed (self, WN_EVENT_DEADLINE, NULL);
}

/* What happens by itself comes more often than what people do. */
static void
take_step (Walk *self)
{
  static const WnEventType others[]
      = { WN_EVENT_LOGIN,   WN_EVENT_LOGOUT, WN_EVENT_DISTURBED,
          WN_EVENT_SLEPT,   WN_EVENT_PAUSED, WN_EVENT_RECONNECT,
          WN_EVENT_RESUMED, WN_EVENT_LOGIN,  WN_EVENT_RESUMED,
          WN_EVENT_UPGRADED };
  static const WnEventType types[]
      = { WN_EVENT_LOST, WN_EVENT_LOST, WN_EVENT_REFUSED, WN_EVENT_EXPLAINED };

  switch (g_test_rand_int_range (0, 8))
    {
    case 0:
      lose_somehow (self,
                    types[g_test_rand_int_range (0, G_N_ELEMENTS (types))]);
      break;
    case 1:
    case 2:
      feed (self, WN_EVENT_OPENED, NULL);
      break;
    case 3:
      self->heard = TRUE;
      break;
    case 4:
      feed (self, WN_EVENT_ACKNOWLEDGED, NULL);
      break;
    case 5:
    case 6:
      let_time_pass (self);
      break;
    default:
      feed (self,
            others[g_test_rand_int_range (0, G_N_ELEMENTS (others))],
            NULL);
      break;
    }
}

static void
test_walk (void)
{
  Walk walk = { .now_us = SECONDS (1000) };

  walk.reconnected_us = -SECONDS (10);
  wn_lifecycle_init (&walk.lifecycle, &config);
  for (int i = 0; i < N_EVENTS; i++)
    take_step (&walk);
  /* It got somewhere. */
  g_assert_cmpuint (walk.n_opened, >, N_EVENTS / 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/lifecycle/a random walk keeps to one connection, one "
                   "deadline and one retry",
                   test_walk);
  return g_test_run ();
}
