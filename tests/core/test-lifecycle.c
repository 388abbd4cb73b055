/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The state machine alone, without clock or transport: what every event means
 * in every state, as a table, and the rules of PROTOCOL §4 that span several.
 */

#include "core/connection/lifecycle.h"

#define SECONDS(n) ((gint64) ((n) *G_TIME_SPAN_SECOND))
/* A whole second, so that common seconds change nothing unless a test wants
 * them to.
 */
#define START_US SECONDS (1000)

static double next_roll;

static double
roll (gpointer data)
{
  return next_roll;
}

static const WnLifecycleConfig default_config = {
  .heartbeat_interval_us = SECONDS (45),
  .heartbeat_timeout_us = SECONDS (45),
  .reconnect_delay_us = SECONDS (5),
  .reconnect_delay_max_us = SECONDS (300),
  .roll = roll,
};

static const WnLoss refused = { .reason = WN_LOSS_REFUSED };
static const WnLoss unreachable = { .reason = WN_LOSS_UNREACHABLE };
static const WnLoss closed = { .reason = WN_LOSS_CLOSED, .close_code = 1000 };
static const WnLoss going_away
    = { .reason = WN_LOSS_CLOSED, .close_code = 1001 };
static const WnLoss unavailable
    = { .reason = WN_LOSS_HTTP_STATUS, .http_status = 503 };
static const WnLoss bad_gateway
    = { .reason = WN_LOSS_HTTP_STATUS, .http_status = 502 };
static const WnLoss no_name = { .reason = WN_LOSS_NAME_NOT_FOUND };
static const WnLoss timed_out = { .reason = WN_LOSS_TIMED_OUT };
static const WnLoss unauthorized
    = { .reason = WN_LOSS_HTTP_STATUS, .http_status = 401 };
static const WnLoss forbidden
    = { .reason = WN_LOSS_HTTP_STATUS, .http_status = 403 };
static const WnLoss bad_certificate = { .reason = WN_LOSS_CERTIFICATE_REFUSED };

typedef struct
{
  WnLifecycle lifecycle;
  gint64 now_us;
  gboolean heard;
} Fixture;

static WnActions
feed_with (Fixture *f, WnEventType type, const WnLoss *loss, double chance)
{
  WnEvent event = { .type = type, .loss = loss, .heard = f->heard };

  next_roll = chance;
  return wn_lifecycle_handle (&f->lifecycle, &event, f->now_us);
}

static WnActions
feed (Fixture *f, WnEventType type)
{
  gboolean has_loss = type == WN_EVENT_LOST || type == WN_EVENT_REFUSED
                      || type == WN_EVENT_EXPLAINED;

  return feed_with (f, type, has_loss ? &refused : NULL, 0.5);
}

static WnActions
lose (Fixture *f, const WnLoss *loss)
{
  return feed_with (f, WN_EVENT_LOST, loss, 0.5);
}

static double
seconds_left (Fixture *f)
{
  gint64 deadline_us = wn_lifecycle_get_deadline (&f->lifecycle);

  if (deadline_us == WN_NEVER)
    return -1;
  return (double) (deadline_us - f->now_us) / (double) G_TIME_SPAN_SECOND;
}

/* Until the deadline, and then it. */
static WnActions
sit_out (Fixture *f)
{
  f->now_us = wn_lifecycle_get_deadline (&f->lifecycle);
  return feed (f, WN_EVENT_DEADLINE);
}

static void
assert_stands (Fixture *f, WnState state, double left_s)
{
  g_assert_cmpstr (wn_state_to_string (wn_lifecycle_get_state (&f->lifecycle)),
                   ==,
                   wn_state_to_string (state));
  g_assert_cmpfloat_with_epsilon (seconds_left (f), left_s, 1e-6);
}

static void
begin_with (Fixture *f, const WnLifecycleConfig *config, gint64 now_us)
{
  wn_lifecycle_init (&f->lifecycle, config);
  f->now_us = now_us;
  f->heard = FALSE;
}

static void
begin (Fixture *f)
{
  begin_with (f, &default_config, START_US);
}

static void
connect_up (Fixture *f)
{
  g_assert_cmpint (feed (f, WN_EVENT_LOGIN), ==, WN_ACTION_OPEN);
  g_assert_cmpint (feed (f, WN_EVENT_OPENED), ==, WN_ACTION_GREET);
}

static void
prove (Fixture *f)
{
  feed (f, WN_EVENT_ACKNOWLEDGED);
}

/* A second after it was entered; a waiting one has 6.5 s left. */
static void
bring_to (Fixture *f, WnState state)
{
  begin (f);
  if (state != WN_STATE_OFFLINE)
    feed (f, WN_EVENT_LOGIN);
  if (state != WN_STATE_OFFLINE && state != WN_STATE_CONNECTING)
    feed (f, WN_EVENT_OPENED);
  if (state == WN_STATE_ASKED)
    sit_out (f);
  if (state == WN_STATE_WAITING)
    feed (f, WN_EVENT_LOST);
  f->now_us += SECONDS (1);
}

typedef struct
{
  WnState state;
  WnEventType event;
  WnActions actions;
  WnState next;
  double left_s;
} Cell;

#define CLOSE_AND_OPEN (WN_ACTION_CLOSE | WN_ACTION_OPEN)

/* What each event does a second after the state was entered. */
static const Cell cells[] = {
  { WN_STATE_OFFLINE, WN_EVENT_LOGIN, WN_ACTION_OPEN, WN_STATE_CONNECTING, 20 },
  { WN_STATE_OFFLINE, WN_EVENT_LOGOUT, WN_ACTION_NONE, WN_STATE_OFFLINE, -1 },
  { WN_STATE_OFFLINE, WN_EVENT_OPENED, WN_ACTION_NONE, WN_STATE_OFFLINE, -1 },
  { WN_STATE_OFFLINE, WN_EVENT_UPGRADED, WN_ACTION_NONE, WN_STATE_OFFLINE, -1 },
  { WN_STATE_OFFLINE, WN_EVENT_REFUSED, WN_ACTION_NONE, WN_STATE_OFFLINE, -1 },
  { WN_STATE_OFFLINE,
    WN_EVENT_EXPLAINED,
    WN_ACTION_NONE,
    WN_STATE_OFFLINE,
    -1 },
  { WN_STATE_OFFLINE,
    WN_EVENT_ACKNOWLEDGED,
    WN_ACTION_NONE,
    WN_STATE_OFFLINE,
    -1 },
  { WN_STATE_OFFLINE, WN_EVENT_ALIVE, WN_ACTION_NONE, WN_STATE_OFFLINE, -1 },
  { WN_STATE_OFFLINE, WN_EVENT_LOST, WN_ACTION_NONE, WN_STATE_OFFLINE, -1 },
  { WN_STATE_OFFLINE, WN_EVENT_DEADLINE, WN_ACTION_NONE, WN_STATE_OFFLINE, -1 },
  { WN_STATE_OFFLINE,
    WN_EVENT_DISTURBED,
    WN_ACTION_NONE,
    WN_STATE_OFFLINE,
    -1 },
  { WN_STATE_OFFLINE,
    WN_EVENT_RECONNECT,
    WN_ACTION_NONE,
    WN_STATE_OFFLINE,
    -1 },
  { WN_STATE_OFFLINE, WN_EVENT_SLEPT, WN_ACTION_NONE, WN_STATE_OFFLINE, -1 },
  { WN_STATE_OFFLINE, WN_EVENT_PAUSED, WN_ACTION_NONE, WN_STATE_OFFLINE, -1 },
  { WN_STATE_OFFLINE, WN_EVENT_RESUMED, WN_ACTION_NONE, WN_STATE_OFFLINE, -1 },

  { WN_STATE_CONNECTING,
    WN_EVENT_LOGIN,
    WN_ACTION_NONE,
    WN_STATE_CONNECTING,
    19 },
  { WN_STATE_CONNECTING,
    WN_EVENT_LOGOUT,
    WN_ACTION_CLOSE,
    WN_STATE_OFFLINE,
    -1 },
  { WN_STATE_CONNECTING, WN_EVENT_OPENED, WN_ACTION_GREET, WN_STATE_QUIET, 45 },
  { WN_STATE_CONNECTING,
    WN_EVENT_UPGRADED,
    WN_ACTION_NONE,
    WN_STATE_CONNECTING,
    30 },
  { WN_STATE_CONNECTING,
    WN_EVENT_REFUSED,
    WN_ACTION_CLOSE,
    WN_STATE_WAITING,
    7.5 },
  { WN_STATE_CONNECTING,
    WN_EVENT_EXPLAINED,
    WN_ACTION_NONE,
    WN_STATE_CONNECTING,
    19 },
  { WN_STATE_CONNECTING,
    WN_EVENT_ACKNOWLEDGED,
    WN_ACTION_NONE,
    WN_STATE_CONNECTING,
    19 },
  { WN_STATE_CONNECTING,
    WN_EVENT_ALIVE,
    WN_ACTION_NONE,
    WN_STATE_CONNECTING,
    19 },
  { WN_STATE_CONNECTING, WN_EVENT_LOST, WN_ACTION_NONE, WN_STATE_WAITING, 7.5 },
  { WN_STATE_CONNECTING,
    WN_EVENT_DEADLINE,
    WN_ACTION_CLOSE,
    WN_STATE_WAITING,
    7.5 },
  { WN_STATE_CONNECTING,
    WN_EVENT_DISTURBED,
    WN_ACTION_NONE,
    WN_STATE_CONNECTING,
    19 },
  { WN_STATE_CONNECTING,
    WN_EVENT_RECONNECT,
    WN_ACTION_NONE,
    WN_STATE_CONNECTING,
    19 },
  { WN_STATE_CONNECTING,
    WN_EVENT_SLEPT,
    WN_ACTION_NONE,
    WN_STATE_CONNECTING,
    19 },
  { WN_STATE_CONNECTING,
    WN_EVENT_PAUSED,
    WN_ACTION_NONE,
    WN_STATE_CONNECTING,
    19 },
  { WN_STATE_CONNECTING,
    WN_EVENT_RESUMED,
    WN_ACTION_NONE,
    WN_STATE_CONNECTING,
    19 },

  { WN_STATE_QUIET, WN_EVENT_LOGIN, WN_ACTION_NONE, WN_STATE_QUIET, 44 },
  { WN_STATE_QUIET, WN_EVENT_LOGOUT, WN_ACTION_CLOSE, WN_STATE_OFFLINE, -1 },
  { WN_STATE_QUIET, WN_EVENT_OPENED, WN_ACTION_NONE, WN_STATE_QUIET, 44 },
  { WN_STATE_QUIET, WN_EVENT_UPGRADED, WN_ACTION_NONE, WN_STATE_QUIET, 44 },
  { WN_STATE_QUIET, WN_EVENT_REFUSED, WN_ACTION_CLOSE, WN_STATE_WAITING, 7.5 },
  { WN_STATE_QUIET, WN_EVENT_EXPLAINED, WN_ACTION_NONE, WN_STATE_QUIET, 44 },
  { WN_STATE_QUIET, WN_EVENT_ACKNOWLEDGED, WN_ACTION_NONE, WN_STATE_QUIET, 45 },
  { WN_STATE_QUIET, WN_EVENT_ALIVE, WN_ACTION_NONE, WN_STATE_QUIET, 45 },
  { WN_STATE_QUIET, WN_EVENT_LOST, WN_ACTION_NONE, WN_STATE_WAITING, 7.5 },
  { WN_STATE_QUIET,
    WN_EVENT_DEADLINE,
    WN_ACTION_HEARTBEAT,
    WN_STATE_ASKED,
    45 },
  { WN_STATE_QUIET,
    WN_EVENT_DISTURBED,
    WN_ACTION_HEARTBEAT,
    WN_STATE_ASKED,
    10 },
  { WN_STATE_QUIET, WN_EVENT_SLEPT, WN_ACTION_HEARTBEAT, WN_STATE_ASKED, 10 },
  { WN_STATE_QUIET,
    WN_EVENT_RECONNECT,
    CLOSE_AND_OPEN,
    WN_STATE_CONNECTING,
    20 },
  { WN_STATE_QUIET, WN_EVENT_PAUSED, WN_ACTION_NONE, WN_STATE_QUIET, -1 },
  { WN_STATE_QUIET, WN_EVENT_RESUMED, WN_ACTION_NONE, WN_STATE_QUIET, 44 },

  { WN_STATE_ASKED, WN_EVENT_LOGIN, WN_ACTION_NONE, WN_STATE_ASKED, 44 },
  { WN_STATE_ASKED, WN_EVENT_LOGOUT, WN_ACTION_CLOSE, WN_STATE_OFFLINE, -1 },
  { WN_STATE_ASKED, WN_EVENT_OPENED, WN_ACTION_NONE, WN_STATE_ASKED, 44 },
  { WN_STATE_ASKED, WN_EVENT_UPGRADED, WN_ACTION_NONE, WN_STATE_ASKED, 44 },
  { WN_STATE_ASKED, WN_EVENT_REFUSED, WN_ACTION_CLOSE, WN_STATE_WAITING, 7.5 },
  { WN_STATE_ASKED, WN_EVENT_EXPLAINED, WN_ACTION_NONE, WN_STATE_ASKED, 44 },
  { WN_STATE_ASKED, WN_EVENT_ACKNOWLEDGED, WN_ACTION_NONE, WN_STATE_QUIET, 45 },
  { WN_STATE_ASKED, WN_EVENT_ALIVE, WN_ACTION_NONE, WN_STATE_QUIET, 45 },
  { WN_STATE_ASKED, WN_EVENT_LOST, WN_ACTION_NONE, WN_STATE_WAITING, 7.5 },
  { WN_STATE_ASKED, WN_EVENT_DEADLINE, WN_ACTION_CLOSE, WN_STATE_WAITING, 7.5 },
  { WN_STATE_ASKED, WN_EVENT_DISTURBED, WN_ACTION_NONE, WN_STATE_ASKED, 10 },
  { WN_STATE_ASKED, WN_EVENT_SLEPT, WN_ACTION_HEARTBEAT, WN_STATE_ASKED, 10 },
  { WN_STATE_ASKED,
    WN_EVENT_RECONNECT,
    CLOSE_AND_OPEN,
    WN_STATE_CONNECTING,
    20 },
  { WN_STATE_ASKED, WN_EVENT_PAUSED, WN_ACTION_NONE, WN_STATE_ASKED, -1 },
  { WN_STATE_ASKED, WN_EVENT_RESUMED, WN_ACTION_NONE, WN_STATE_ASKED, 44 },

  { WN_STATE_WAITING, WN_EVENT_LOGIN, WN_ACTION_NONE, WN_STATE_WAITING, 6.5 },
  { WN_STATE_WAITING, WN_EVENT_LOGOUT, WN_ACTION_NONE, WN_STATE_OFFLINE, -1 },
  { WN_STATE_WAITING, WN_EVENT_OPENED, WN_ACTION_NONE, WN_STATE_WAITING, 6.5 },
  { WN_STATE_WAITING,
    WN_EVENT_UPGRADED,
    WN_ACTION_NONE,
    WN_STATE_WAITING,
    6.5 },
  { WN_STATE_WAITING, WN_EVENT_REFUSED, WN_ACTION_NONE, WN_STATE_WAITING, 6.5 },
  { WN_STATE_WAITING,
    WN_EVENT_EXPLAINED,
    WN_ACTION_NONE,
    WN_STATE_WAITING,
    12.5 },
  { WN_STATE_WAITING,
    WN_EVENT_ACKNOWLEDGED,
    WN_ACTION_NONE,
    WN_STATE_WAITING,
    6.5 },
  { WN_STATE_WAITING, WN_EVENT_ALIVE, WN_ACTION_NONE, WN_STATE_WAITING, 6.5 },
  { WN_STATE_WAITING, WN_EVENT_LOST, WN_ACTION_NONE, WN_STATE_WAITING, 6.5 },
  { WN_STATE_WAITING,
    WN_EVENT_DEADLINE,
    WN_ACTION_OPEN,
    WN_STATE_CONNECTING,
    20 },
  { WN_STATE_WAITING,
    WN_EVENT_DISTURBED,
    WN_ACTION_NONE,
    WN_STATE_WAITING,
    0.5 },
  { WN_STATE_WAITING, WN_EVENT_SLEPT, WN_ACTION_NONE, WN_STATE_WAITING, 0.5 },
  { WN_STATE_WAITING, WN_EVENT_RECONNECT, WN_ACTION_NONE, WN_STATE_WAITING, 0 },
  { WN_STATE_WAITING, WN_EVENT_PAUSED, WN_ACTION_NONE, WN_STATE_WAITING, 6.5 },
  { WN_STATE_WAITING, WN_EVENT_RESUMED, WN_ACTION_NONE, WN_STATE_WAITING, 6.5 },
};

static void
test_every_event_in_every_state (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cells); i++)
    {
      const Cell *c = &cells[i];
      Fixture f;

      g_test_message ("%s, event %d",
                      wn_state_to_string (c->state),
                      (int) c->event);
      bring_to (&f, c->state);
      g_assert_cmpint (feed (&f, c->event), ==, c->actions);
      assert_stands (&f, c->next, c->left_s);
    }
}

typedef struct
{
  const char *what;
  const WnLoss *loss;
  gboolean proved;
  double roll;
  double wait_s;
} LossCase;

static const WnLoss no_answer = { .reason = WN_LOSS_NO_ANSWER };
static const WnLoss stay_away = { .reason = WN_LOSS_HTTP_STATUS,
                                  .http_status = 503,
                                  .retry_after_us = SECONDS (120) };
static const WnLoss come_soon = { .reason = WN_LOSS_HTTP_STATUS,
                                  .http_status = 500,
                                  .retry_after_us = SECONDS (1) };
static const WnLoss stay_away_for_a_day
    = { .reason = WN_LOSS_HTTP_STATUS,
        .http_status = 500,
        .retry_after_us = 24 * G_TIME_SPAN_HOUR };
static const WnLoss nonsense_retry_after = { .reason = WN_LOSS_HTTP_STATUS,
                                             .http_status = 500,
                                             .retry_after_us = G_MININT64 };

/* Of a connection that was up. */
static const LossCase loss_cases[] = {
  { "no answer, proved", &no_answer, TRUE, 0.9, 5 },
  { "no answer, not proved", &no_answer, FALSE, 0.9, 9.5 },
  { "network gone, proved", &unreachable, TRUE, 0.9, 5 },
  { "network gone, not proved", &unreachable, FALSE, 0.9, 9.5 },
  { "closed, proved", &closed, TRUE, 0.9, 9.5 },
  { "going away, proved", &going_away, TRUE, 0.5, 72.5 },
  { "going away, not proved", &going_away, FALSE, 0.5, 72.5 },
  { "unavailable", &unavailable, FALSE, 0.5, 72.5 },
  { "Retry-After keeps the random part", &stay_away, FALSE, 0.5, 187.5 },
  { "Retry-After is never cut short", &stay_away, FALSE, 0.0, 120 },
  { "Retry-After below the floor", &come_soon, FALSE, 0.5, 7.5 },
  { "Retry-After of a day is an hour", &stay_away_for_a_day, FALSE, 0.0, 3600 },
  { "Retry-After that is nonsense", &nonsense_retry_after, FALSE, 0.5, 7.5 },
};

static void
test_each_loss_waits (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (loss_cases); i++)
    {
      const LossCase *c = &loss_cases[i];
      Fixture f;

      g_test_message ("%s", c->what);
      /* Not a whole second: no retry is moved onto one. */
      begin_with (&f, &default_config, START_US + 400000);
      connect_up (&f);
      if (c->proved)
        prove (&f);
      g_assert_cmpint (feed_with (&f, WN_EVENT_LOST, c->loss, c->roll),
                       ==,
                       WN_ACTION_NONE);
      assert_stands (&f, WN_STATE_WAITING, c->wait_s);
    }
}

static void
test_unauthorized_at_login_gives_up (void)
{
  const WnLoss *losses[] = { &unauthorized, &forbidden, &bad_certificate };

  for (gsize i = 0; i < G_N_ELEMENTS (losses); i++)
    {
      Fixture f;

      begin (&f);
      feed (&f, WN_EVENT_LOGIN);
      g_assert_cmpint (lose (&f, losses[i]), ==, WN_ACTION_GIVE_UP);
      assert_stands (&f, WN_STATE_OFFLINE, -1);
    }
}

static void
test_unauthorized_later_gives_up_at_three (void)
{
  Fixture f;

  begin (&f);
  connect_up (&f);
  lose (&f, &closed);
  for (int i = 0; i < 2; i++)
    {
      sit_out (&f);
      g_assert_cmpint (lose (&f, i == 0 ? &unauthorized : &forbidden),
                       ==,
                       WN_ACTION_NONE);
    }
  sit_out (&f);
  g_assert_cmpint (lose (&f, &unauthorized), ==, WN_ACTION_GIVE_UP);
  assert_stands (&f, WN_STATE_OFFLINE, -1);
}

/* Each attempt is refused without a word, and explained by an answer. */
static void
test_unauthorized_on_asking_gives_up_at_three (void)
{
  static const WnLoss unexplained = { .reason = WN_LOSS_HTTP_STATUS,
                                      .http_status = 200,
                                      .retry = WN_LOSS_RETRY_UNEXPLAINED };
  Fixture f;

  begin (&f);
  connect_up (&f);
  lose (&f, &closed);
  for (guint i = 0; i < 3; i++)
    {
      sit_out (&f);
      g_assert_cmpint (lose (&f, &unexplained), ==, WN_ACTION_NONE);
      g_assert_cmpint (feed_with (&f, WN_EVENT_EXPLAINED, &unauthorized, 0.0),
                       ==,
                       i < 2 ? WN_ACTION_NONE : WN_ACTION_GIVE_UP);
    }
}

static void
test_unauthorized_counts_only_in_a_row (void)
{
  Fixture f;

  begin (&f);
  connect_up (&f);
  lose (&f, &closed);
  for (int i = 0; i < 9; i++)
    {
      sit_out (&f);
      g_assert_cmpint (lose (&f, i % 3 == 2 ? &refused : &unauthorized),
                       ==,
                       WN_ACTION_NONE);
    }
}

static void
test_refused_certificate_later_gives_up (void)
{
  Fixture f;

  begin (&f);
  connect_up (&f);
  lose (&f, &closed);
  sit_out (&f);
  g_assert_cmpint (lose (&f, &bad_certificate), ==, WN_ACTION_GIVE_UP);
}

/* However long the user thinks, and once it had been up, for ever. */
static void
test_cured_goes_on (void)
{
  Fixture f;

  begin (&f);
  feed (&f, WN_EVENT_LOGIN);
  lose (&f, &bad_certificate);
  f.now_us += G_TIME_SPAN_HOUR;
  g_assert_cmpint (feed (&f, WN_EVENT_CURED), ==, WN_ACTION_OPEN);
  assert_stands (&f, WN_STATE_CONNECTING, 20);
  feed (&f, WN_EVENT_OPENED);
  lose (&f, &closed);
  sit_out (&f);
  lose (&f, &bad_certificate);
  f.now_us += G_TIME_SPAN_HOUR;
  feed (&f, WN_EVENT_CURED);
  for (int i = 0; i < 20; i++)
    {
      g_assert_cmpint (lose (&f, &refused), ==, WN_ACTION_NONE);
      sit_out (&f);
    }
}

static void
test_no_tls_gives_up (void)
{
  const WnLoss no_tls = { .reason = WN_LOSS_TLS_UNAVAILABLE };
  Fixture f;

  begin (&f);
  feed (&f, WN_EVENT_LOGIN);
  g_assert_cmpint (lose (&f, &no_tls), ==, WN_ACTION_GIVE_UP);
}

static void
test_new_login_forgets (void)
{
  Fixture f;

  begin (&f);
  connect_up (&f);
  for (int i = 0; i < 4; i++)
    {
      lose (&f, &closed);
      sit_out (&f);
    }
  feed (&f, WN_EVENT_LOGOUT);
  feed (&f, WN_EVENT_LOGIN);
  feed (&f, WN_EVENT_LOST);
  assert_stands (&f, WN_STATE_WAITING, 7.5);
}

static void
test_login_gives_up_in_time (void)
{
  static const double rolls[] = { 0.0, 0.25, 0.5, 0.75, 0.999 };

  for (gsize i = 0; i < G_N_ELEMENTS (rolls); i++)
    {
      Fixture f;
      WnActions actions;

      begin (&f);
      feed (&f, WN_EVENT_LOGIN);
      while ((actions = feed_with (&f, WN_EVENT_LOST, &refused, rolls[i]))
             != WN_ACTION_GIVE_UP)
        {
          g_assert_cmpint (actions, ==, WN_ACTION_NONE);
          sit_out (&f);
        }
      g_assert_cmpint (f.now_us, <, START_US + SECONDS (30));
      assert_stands (&f, WN_STATE_OFFLINE, -1);
    }
}

static void
test_hanging_login_gives_up_in_time (void)
{
  Fixture f;
  WnActions actions;

  begin (&f);
  feed (&f, WN_EVENT_LOGIN);
  while (!((actions = sit_out (&f)) & WN_ACTION_GIVE_UP))
    ;
  g_assert_cmpint (actions, ==, WN_ACTION_CLOSE | WN_ACTION_GIVE_UP);
  g_assert_cmpint (f.now_us, <=, START_US + SECONDS (30));
}

static void
test_after_login_retries_for_ever (void)
{
  Fixture f;

  begin (&f);
  connect_up (&f);
  lose (&f, &refused);
  for (int i = 0; i < 10000; i++)
    {
      g_assert_cmpint (sit_out (&f), ==, WN_ACTION_OPEN);
      g_assert_cmpint (lose (&f, &refused), ==, WN_ACTION_NONE);
      g_assert_cmpfloat (seconds_left (&f), <=, 300);
    }
}

/* Accepts and drops: what opens has not proved itself. */
static void
test_opening_alone_starts_nothing_over (void)
{
  static const double waits_s[] = { 7.5, 12.5, 27.5, 72.5, 152.5, 152.5 };
  Fixture f;

  begin (&f);
  connect_up (&f);
  for (gsize i = 0; i < G_N_ELEMENTS (waits_s); i++)
    {
      f.heard = TRUE;
      f.now_us += SECONDS (2);
      lose (&f, &closed);
      assert_stands (&f, WN_STATE_WAITING, waits_s[i]);
      sit_out (&f);
      feed (&f, WN_EVENT_OPENED);
    }
}

typedef struct
{
  const WnLoss *loss;
  double wait_s;
} EndlessCase;

/* The wait after ten of the kind in a row, at half the window. */
static const EndlessCase endless_cases[] = {
  { &refused, 72.5 },      { &unreachable, 72.5 },  { &no_name, 72.5 },
  { &bad_gateway, 152.5 }, { &unavailable, 152.5 }, { &timed_out, 152.5 },
  { &going_away, 152.5 },  { &closed, 152.5 },
};

/* Only what may burden a busy server is put off to the ceiling. */
static void
test_absent_server_is_asked_more_often (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (endless_cases); i++)
    {
      Fixture f;

      begin (&f);
      connect_up (&f);
      lose (&f, &closed);
      for (int n = 0; n < 10; n++)
        {
          sit_out (&f);
          lose (&f, endless_cases[i].loss);
        }
      assert_stands (&f, WN_STATE_WAITING, endless_cases[i].wait_s);
    }
}

typedef struct
{
  const char *what;
  double up_s;
  gboolean heard;
  gboolean acknowledged;
  double wait_s;
} ProofCase;

/* The first wait after two failures, so that starting over shows. */
static const ProofCase proof_cases[] = {
  { "up for long, but mute", 600, FALSE, FALSE, 27.5 },
  { "heard, but not for a minute", 59, TRUE, FALSE, 27.5 },
  { "heard, and up for a minute", 60, TRUE, FALSE, 7.5 },
  { "acknowledged at once", 0, TRUE, TRUE, 7.5 },
};

static void
test_proof_starts_over (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (proof_cases); i++)
    {
      const ProofCase *c = &proof_cases[i];
      Fixture f;

      g_test_message ("%s", c->what);
      begin (&f);
      connect_up (&f);
      for (int n = 0; n < 2; n++)
        {
          lose (&f, &closed);
          sit_out (&f);
          feed (&f, WN_EVENT_OPENED);
        }
      if (c->heard)
        f.heard = TRUE;
      if (c->acknowledged)
        prove (&f);
      f.now_us += SECONDS (c->up_s);
      lose (&f, &closed);
      assert_stands (&f, WN_STATE_WAITING, c->wait_s);
    }
}

/* Never acknowledged, but pushed to until it fell silent. */
static void
test_traffic_proves_too (void)
{
  Fixture f;

  begin (&f);
  connect_up (&f);
  f.heard = TRUE;
  g_assert_cmpint (sit_out (&f), ==, WN_ACTION_HEARTBEAT);
  g_assert_cmpint (sit_out (&f), ==, WN_ACTION_CLOSE);
  assert_stands (&f, WN_STATE_WAITING, 5);
}

/* The proof is of one connection, not of the next. */
static void
test_proof_is_not_inherited (void)
{
  Fixture f;

  begin (&f);
  connect_up (&f);
  prove (&f);
  lose (&f, &no_answer);
  assert_stands (&f, WN_STATE_WAITING, 5);
  sit_out (&f);
  lose (&f, &unreachable);
  assert_stands (&f, WN_STATE_WAITING, 7.5);
  sit_out (&f);
  feed (&f, WN_EVENT_OPENED);
  lose (&f, &no_answer);
  assert_stands (&f, WN_STATE_WAITING, 12.5);
}

static void
test_fixed_delay (void)
{
  WnLifecycleConfig config = default_config;
  Fixture f;

  config.reconnect_delay_max_us = config.reconnect_delay_us;
  begin_with (&f, &config, START_US);
  connect_up (&f);
  for (int i = 0; i < 20; i++)
    {
      feed_with (&f, WN_EVENT_LOST, i % 2 ? &going_away : &refused, 0.999);
      assert_stands (&f, WN_STATE_WAITING, 5);
      sit_out (&f);
    }
}

static void
test_long_first_delay_is_exact (void)
{
  WnLifecycleConfig config = default_config;
  Fixture f;

  config.reconnect_delay_us = SECONDS (30);
  begin_with (&f, &config, START_US + 700000);
  connect_up (&f);
  prove (&f);
  lose (&f, &no_answer);
  assert_stands (&f, WN_STATE_WAITING, 30);
}

static void
test_reconnect_once_in_ten_seconds (void)
{
  Fixture f;

  begin (&f);
  connect_up (&f);
  g_assert_cmpint (feed (&f, WN_EVENT_RECONNECT), ==, CLOSE_AND_OPEN);
  feed (&f, WN_EVENT_OPENED);
  f.now_us += SECONDS (9.9);
  g_assert_cmpint (feed (&f, WN_EVENT_RECONNECT), ==, WN_ACTION_NONE);
  f.now_us += SECONDS (0.1);
  g_assert_cmpint (feed (&f, WN_EVENT_RECONNECT), ==, CLOSE_AND_OPEN);
}

/* While waiting, a second hurry comes when the ten seconds are over. */
static void
test_hurried_retries_keep_apart (void)
{
  Fixture f;

  begin_with (&f, &default_config, START_US + 400000);
  connect_up (&f);
  lose (&f, &going_away);
  feed (&f, WN_EVENT_RECONNECT);
  assert_stands (&f, WN_STATE_WAITING, 0);
  sit_out (&f);
  lose (&f, &going_away);
  feed (&f, WN_EVENT_RECONNECT);
  assert_stands (&f, WN_STATE_WAITING, 10);
  f.now_us += SECONDS (3);
  feed_with (&f, WN_EVENT_DISTURBED, NULL, 0.0);
  assert_stands (&f, WN_STATE_WAITING, 7);
}

static void
test_hurry_never_postpones (void)
{
  Fixture f;

  begin (&f);
  connect_up (&f);
  feed_with (&f, WN_EVENT_LOST, &closed, 0.0);
  f.now_us += SECONDS (4.9);
  feed_with (&f, WN_EVENT_DISTURBED, NULL, 0.9);
  assert_stands (&f, WN_STATE_WAITING, 0.1);
}

static void
test_one_probe_at_a_time (void)
{
  Fixture f;

  begin (&f);
  connect_up (&f);
  prove (&f);
  g_assert_cmpint (feed (&f, WN_EVENT_DISTURBED), ==, WN_ACTION_HEARTBEAT);
  f.now_us += SECONDS (4);
  g_assert_cmpint (feed (&f, WN_EVENT_DISTURBED), ==, WN_ACTION_NONE);
  assert_stands (&f, WN_STATE_ASKED, 6);
  g_assert_cmpint (sit_out (&f), ==, WN_ACTION_CLOSE);
  assert_stands (&f, WN_STATE_WAITING, 5);
}

/* A VPN that comes and goes: three heartbeats, where there were thirty. */
static void
test_disturbances_come_in_bursts (void)
{
  guint n_heartbeats = 0;
  Fixture f;

  begin (&f);
  connect_up (&f);
  for (int i = 0; i < 300; i++)
    {
      WnActions actions = feed (&f, WN_EVENT_DISTURBED);

      if (f.now_us >= wn_lifecycle_get_deadline (&f.lifecycle))
        actions |= feed (&f, WN_EVENT_DEADLINE);
      if (actions & WN_ACTION_HEARTBEAT)
        n_heartbeats++;
      feed (&f, WN_EVENT_ACKNOWLEDGED);
      f.now_us += SECONDS (0.1);
    }
  g_assert_cmpuint (n_heartbeats, ==, 3);
}

/* The last word of the network's gets its question, though later. */
static void
test_put_off_probe_is_a_probe (void)
{
  Fixture f;

  begin (&f);
  connect_up (&f);
  feed (&f, WN_EVENT_DISTURBED);
  feed (&f, WN_EVENT_ACKNOWLEDGED);
  f.now_us += SECONDS (3);
  g_assert_cmpint (feed (&f, WN_EVENT_DISTURBED), ==, WN_ACTION_NONE);
  assert_stands (&f, WN_STATE_QUIET, 7);
  g_assert_cmpint (sit_out (&f), ==, WN_ACTION_HEARTBEAT);
  assert_stands (&f, WN_STATE_ASKED, 10);
}

static void
test_sleep_is_asked_about_at_once (void)
{
  Fixture f;

  begin (&f);
  connect_up (&f);
  feed (&f, WN_EVENT_DISTURBED);
  feed (&f, WN_EVENT_ACKNOWLEDGED);
  g_assert_cmpint (feed (&f, WN_EVENT_SLEPT), ==, WN_ACTION_HEARTBEAT);
  assert_stands (&f, WN_STATE_ASKED, 10);
}

static void
test_server_asks_for_its_interval (void)
{
  static const struct
  {
    double asked_s;
    double left_s;
  } rows[] = { { 30, 30 }, { 120, 45 }, { 0.01, 1 } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Fixture f;

      begin (&f);
      feed (&f, WN_EVENT_LOGIN);
      wn_lifecycle_set_interval (&f.lifecycle,
                                 SECONDS (rows[i].asked_s),
                                 f.now_us);
      feed (&f, WN_EVENT_OPENED);
      assert_stands (&f, WN_STATE_QUIET, rows[i].left_s);
      lose (&f, &closed);
      sit_out (&f);
      f.now_us += SECONDS (0.5);
      feed (&f, WN_EVENT_OPENED);
      assert_stands (&f, WN_STATE_QUIET, 45);
      wn_lifecycle_set_interval (&f.lifecycle,
                                 SECONDS (rows[i].asked_s),
                                 f.now_us);
      assert_stands (&f, WN_STATE_QUIET, rows[i].left_s);
    }
}

/* The server's own handshake has its time, also at the first login. */
static void
test_handshake_has_its_own_time (void)
{
  Fixture f;

  begin (&f);
  feed (&f, WN_EVENT_LOGIN);
  f.now_us += SECONDS (15);
  feed (&f, WN_EVENT_UPGRADED);
  assert_stands (&f, WN_STATE_CONNECTING, 30);
  g_assert_cmpint (sit_out (&f), ==, WN_ACTION_CLOSE | WN_ACTION_GIVE_UP);
}

static const WnLoss come_at_once
    = { .reason = WN_LOSS_DENIED, .retry = WN_LOSS_RETRY_SOON };
static const WnLoss go_away
    = { .reason = WN_LOSS_DENIED, .retry = WN_LOSS_RETRY_NEVER };
static const WnLoss busy
    = { .reason = WN_LOSS_DENIED, .retry_after_us = SECONDS (60) };

static void
test_dialect_knows_about_retries (void)
{
  Fixture f;

  begin (&f);
  connect_up (&f);
  g_assert_cmpint (feed_with (&f, WN_EVENT_REFUSED, &come_at_once, 0.2),
                   ==,
                   WN_ACTION_CLOSE);
  assert_stands (&f, WN_STATE_WAITING, 1);
  sit_out (&f);
  lose (&f, &come_at_once);
  assert_stands (&f, WN_STATE_WAITING, 12.5);
  sit_out (&f);
  feed_with (&f, WN_EVENT_REFUSED, &busy, 0.0);
  assert_stands (&f, WN_STATE_WAITING, 60);
  sit_out (&f);
  g_assert_cmpint (feed_with (&f, WN_EVENT_REFUSED, &go_away, 0.5),
                   ==,
                   WN_ACTION_CLOSE | WN_ACTION_GIVE_UP);
  assert_stands (&f, WN_STATE_OFFLINE, -1);
}

static void
test_reason_comes_later (void)
{
  Fixture f;

  bring_to (&f, WN_STATE_WAITING);
  feed_with (&f, WN_EVENT_EXPLAINED, &come_at_once, 0.0);
  assert_stands (&f, WN_STATE_WAITING, 6.5);
  g_assert_cmpint (feed_with (&f, WN_EVENT_EXPLAINED, &busy, 0.0),
                   ==,
                   WN_ACTION_NONE);
  assert_stands (&f, WN_STATE_WAITING, 60);
  g_assert_cmpint (feed_with (&f, WN_EVENT_EXPLAINED, &go_away, 0.0),
                   ==,
                   WN_ACTION_GIVE_UP);
  assert_stands (&f, WN_STATE_OFFLINE, -1);
}

static void
test_probe_takes_no_longer_than_the_timeout (void)
{
  WnLifecycleConfig config = default_config;
  Fixture f;

  config.heartbeat_timeout_us = SECONDS (3);
  begin_with (&f, &config, START_US);
  connect_up (&f);
  feed (&f, WN_EVENT_DISTURBED);
  assert_stands (&f, WN_STATE_ASKED, 3);
}

/* What we waited for may lie unread: a second to read it, and no more. */
static void
test_stalled_host_is_no_loss (void)
{
  static const WnState states[] = { WN_STATE_CONNECTING, WN_STATE_ASKED };

  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    {
      Fixture f;

      bring_to (&f, states[i]);
      f.now_us = wn_lifecycle_get_deadline (&f.lifecycle) + SECONDS (60);
      g_assert_cmpint (feed (&f, WN_EVENT_DEADLINE), ==, WN_ACTION_NONE);
      assert_stands (&f, states[i], 1);
      g_assert_true (sit_out (&f) & WN_ACTION_CLOSE);
    }
}

static void
test_paused_deadline_stands_still (void)
{
  Fixture f;

  bring_to (&f, WN_STATE_ASKED);
  feed (&f, WN_EVENT_PAUSED);
  f.now_us += SECONDS (3600);
  assert_stands (&f, WN_STATE_ASKED, -1);
  feed (&f, WN_EVENT_RESUMED);
  assert_stands (&f, WN_STATE_ASKED, 44);
}

/* Each pause used to lose up to a second to the common seconds. */
static void
test_many_short_pauses_add_up (void)
{
  Fixture f;

  bring_to (&f, WN_STATE_ASKED);
  for (int i = 0; i < 10000; i++)
    {
      feed (&f, WN_EVENT_PAUSED);
      f.now_us += SECONDS (0.02);
      feed (&f, WN_EVENT_RESUMED);
      f.now_us += SECONDS (0.001);
    }
  assert_stands (&f, WN_STATE_ASKED, 34);
}

static void
test_pause_outlives_the_connection (void)
{
  Fixture f;

  bring_to (&f, WN_STATE_QUIET);
  feed (&f, WN_EVENT_PAUSED);
  lose (&f, &closed);
  assert_stands (&f, WN_STATE_WAITING, 7.5);
  sit_out (&f);
  feed (&f, WN_EVENT_OPENED);
  assert_stands (&f, WN_STATE_QUIET, -1);
  f.now_us += SECONDS (100);
  feed (&f, WN_EVENT_RESUMED);
  assert_stands (&f, WN_STATE_QUIET, 45);
}

/* Whoever paused has to resume, whatever happens in between. */
static void
test_pause_outlives_the_login (void)
{
  Fixture f;

  bring_to (&f, WN_STATE_QUIET);
  feed (&f, WN_EVENT_PAUSED);
  feed (&f, WN_EVENT_LOGOUT);
  assert_stands (&f, WN_STATE_OFFLINE, -1);
  connect_up (&f);
  assert_stands (&f, WN_STATE_QUIET, -1);
}

static void
test_acknowledged_while_paused (void)
{
  Fixture f;

  bring_to (&f, WN_STATE_ASKED);
  feed (&f, WN_EVENT_PAUSED);
  feed (&f, WN_EVENT_ACKNOWLEDGED);
  assert_stands (&f, WN_STATE_QUIET, -1);
  feed (&f, WN_EVENT_RESUMED);
  assert_stands (&f, WN_STATE_QUIET, 45);
}

static void
test_disturbed_while_paused (void)
{
  Fixture f;

  bring_to (&f, WN_STATE_ASKED);
  feed (&f, WN_EVENT_PAUSED);
  g_assert_cmpint (feed (&f, WN_EVENT_DISTURBED), ==, WN_ACTION_NONE);
  assert_stands (&f, WN_STATE_ASKED, -1);
  feed (&f, WN_EVENT_RESUMED);
  assert_stands (&f, WN_STATE_ASKED, 10);
}

static void
test_long_deadlines_fall_on_common_seconds (void)
{
  for (gint64 offset_us = 0; offset_us < SECONDS (1); offset_us += 99999)
    {
      Fixture f;
      gint64 due_us;

      begin_with (&f, &default_config, START_US + offset_us);
      connect_up (&f);
      due_us = wn_lifecycle_get_deadline (&f.lifecycle);
      g_assert_cmpint (due_us % SECONDS (1), ==, 0);
      g_assert_cmpint (due_us, <=, f.now_us + SECONDS (45));
      g_assert_cmpint (due_us, >, f.now_us + SECONDS (44));
    }
}

static void
test_short_deadlines_are_exact (void)
{
  WnLifecycleConfig config = default_config;
  Fixture f;

  config.heartbeat_interval_us = SECONDS (9);
  begin_with (&f, &config, START_US + 123456);
  connect_up (&f);
  assert_stands (&f, WN_STATE_QUIET, 9);
}

typedef struct
{
  const char *name;
  GTestFunc func;
} Test;

static const Test tests[] = {
  { "every event in every state", test_every_event_in_every_state },
  { "each loss waits as long as its kind says", test_each_loss_waits },
  { "what waiting does not cure gives up at login",
    test_unauthorized_at_login_gives_up },
  { "a 401 after the login gives up at the third in a row",
    test_unauthorized_later_gives_up_at_three },
  { "/lifecycle/unauthorized on asking gives up at three",
    test_unauthorized_on_asking_gives_up_at_three },
  { "another loss between starts the 401s over",
    test_unauthorized_counts_only_in_a_row },
  { "a refused certificate gives up at any time",
    test_refused_certificate_later_gives_up },
  { "what is cured goes on, in its own time", test_cured_goes_on },
  { "a system without TLS gives up", test_no_tls_gives_up },
  { "a new login forgets the failures", test_new_login_forgets },
  { "a refused login gives up within 30 s", test_login_gives_up_in_time },
  { "a hanging login gives up within 30 s",
    test_hanging_login_gives_up_in_time },
  { "after the login it retries for ever", test_after_login_retries_for_ever },
  { "a server that accepts and drops is not hammered",
    test_opening_alone_starts_nothing_over },
  { "a server that is not there is asked more often than a busy one",
    test_absent_server_is_asked_more_often },
  { "only proof starts over", test_proof_starts_over },
  { "a minute with traffic proves too: the first retry is exact",
    test_traffic_proves_too },
  { "proof is not inherited", test_proof_is_not_inherited },
  { "equal bounds make the delay fixed", test_fixed_delay },
  { "a long first delay is exact", test_long_first_delay_is_exact },
  { "reconnects once in ten seconds at most",
    test_reconnect_once_in_ten_seconds },
  { "hurried retries keep ten seconds apart", test_hurried_retries_keep_apart },
  { "hurrying never postpones", test_hurry_never_postpones },
  { "a disturbance makes one probe of ten seconds", test_one_probe_at_a_time },
  { "disturbances in bursts make a probe every ten seconds",
    test_disturbances_come_in_bursts },
  { "a probe that is put off has ten seconds too",
    test_put_off_probe_is_a_probe },
  { "after a sleep it asks at once", test_sleep_is_asked_about_at_once },
  { "the shorter interval holds, the server's for its connection",
    test_server_asks_for_its_interval },
  { "the server's own handshake has 30 s", test_handshake_has_its_own_time },
  { "a dialect knows when to come back", test_dialect_knows_about_retries },
  { "a reason that comes later prolongs the wait or ends it",
    test_reason_comes_later },
  { "a probe takes no longer than the timeout",
    test_probe_takes_no_longer_than_the_timeout },
  { "a host that hung past a deadline is no loss",
    test_stalled_host_is_no_loss },
  { "a paused deadline stands still", test_paused_deadline_stands_still },
  { "many short pauses add up", test_many_short_pauses_add_up },
  { "a pause outlives the connection", test_pause_outlives_the_connection },
  { "a pause outlives the login", test_pause_outlives_the_login },
  { "an acknowledgement while paused", test_acknowledged_while_paused },
  { "a disturbance while paused", test_disturbed_while_paused },
  { "long deadlines fall on common seconds, early and never late",
    test_long_deadlines_fall_on_common_seconds },
  { "short deadlines are exact", test_short_deadlines_are_exact },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/lifecycle/", tests[i].name, NULL);

      g_test_add_func (path, tests[i].func);
    }
  return g_test_run ();
}
