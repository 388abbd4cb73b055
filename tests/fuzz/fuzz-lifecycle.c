/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any events at any times against PROTOCOL §4: one connection, one deadline,
 * one retry, silent after the logout. Four bytes are the settings, then three
 * are one step: event, chance or loss, and how much time passes before it.
 */

#include "core/connection/lifecycle.h"
#include "fuzz/fuzz.h"

#define N_EVENTS (WN_EVENT_RESUMED + 1)
#define N_REASONS (WN_LOSS_OTHER + 1)

typedef struct
{
  WnLifecycle lifecycle;
  WnLifecycleConfig config;
  gint64 now_us;
  double roll;
  gboolean has_transport;
  gboolean is_open;
  gboolean is_wanted; /* the user is logged in */
} Walk;

static double
roll (gpointer data)
{
  return ((Walk *) data)->roll;
}

/* What the transport and the timer can't say, they don't. */
static gboolean
can_happen (const Walk *walk, WnEventType type)
{
  switch ((int) type)
    {
    case WN_EVENT_OPENED:
      return walk->has_transport && !walk->is_open;
    case WN_EVENT_ACKNOWLEDGED:
    case WN_EVENT_ALIVE:
      return walk->is_open;
    case WN_EVENT_UPGRADED:
      return walk->has_transport && !walk->is_open;
    case WN_EVENT_LOST:
    case WN_EVENT_REFUSED:
      return walk->has_transport;
    case WN_EVENT_DEADLINE:
      return wn_lifecycle_get_deadline (&walk->lifecycle) != WN_NEVER;
    default:
      return TRUE;
    }
}

static WnLoss
make_loss (guint8 byte)
{
  static const guint statuses[] = { 401, 403, 404, 429, 500, 503 };
  static const guint codes[] = { 0, 1000, 1001, 1006, 1012, 4000 };
  WnLoss loss = { .reason = byte % N_REASONS };

  if (loss.reason == WN_LOSS_HTTP_STATUS)
    loss.http_status = statuses[byte / N_REASONS % G_N_ELEMENTS (statuses)];
  if (loss.reason == WN_LOSS_CLOSED)
    loss.close_code = codes[byte / N_REASONS % G_N_ELEMENTS (codes)];
  if (byte % 7 == 0)
    loss.retry = byte / 7 % (WN_LOSS_RETRY_NEVER + 1);
  if (byte & 0x80)
    loss.retry_after_us = G_MAXINT64 >> (byte & 0x3f);
  return loss;
}

static void
perform (Walk *walk, WnEventType type, WnActions actions)
{
  if (actions & WN_ACTION_CLOSE)
    {
      g_assert_true (walk->has_transport);
      walk->has_transport = walk->is_open = FALSE;
    }
  if (actions & WN_ACTION_OPEN)
    {
      g_assert_false (walk->has_transport);
      g_assert_true (walk->is_wanted);
      walk->has_transport = TRUE;
    }
  if (actions & WN_ACTION_GREET)
    g_assert_cmpint (type, ==, WN_EVENT_OPENED);
  if (actions & WN_ACTION_HEARTBEAT)
    g_assert_true (walk->is_open);
  if (actions & WN_ACTION_GIVE_UP)
    {
      g_assert_true (walk->is_wanted);
      walk->is_wanted = FALSE;
    }
}

static void
check_state (const Walk *walk)
{
  WnState state = wn_lifecycle_get_state (&walk->lifecycle);
  gint64 deadline_us = wn_lifecycle_get_deadline (&walk->lifecycle);

  g_assert_true ((state == WN_STATE_OFFLINE) == !walk->is_wanted);
  g_assert_true (wn_lifecycle_is_open (&walk->lifecycle) == walk->is_open);
  g_assert_true (walk->has_transport
                 == (state == WN_STATE_CONNECTING || walk->is_open));
  if (state == WN_STATE_OFFLINE)
    g_assert_cmpint (deadline_us, ==, WN_NEVER);
  else if (!walk->is_open || !walk->lifecycle.paused)
    g_assert_cmpint (deadline_us, !=, WN_NEVER);
  /* The longest is Retry-After's hour with a delay on top. */
  if (deadline_us != WN_NEVER)
    g_assert_cmpint (deadline_us, <, walk->now_us + 2 * G_TIME_SPAN_HOUR);
}

static void
advance (Walk *walk, WnEventType type, guint8 byte)
{
  gint64 deadline_us = wn_lifecycle_get_deadline (&walk->lifecycle);

  if (type == WN_EVENT_DEADLINE)
    walk->now_us = MAX (walk->now_us, deadline_us);
  else if (deadline_us > walk->now_us && deadline_us != WN_NEVER)
    walk->now_us += (deadline_us - walk->now_us) * byte / 256;
  else
    walk->now_us += (gint64) byte * byte * G_TIME_SPAN_MILLISECOND;
}

static void
step (Walk *walk, const guint8 *bytes)
{
  WnEventType type = bytes[0] % N_EVENTS;
  WnLoss loss = make_loss (bytes[1]);
  WnEvent event = { .type = type, .loss = &loss, .heard = bytes[2] & 1 };
  WnActions actions;

  if (!can_happen (walk, type))
    return;
  walk->roll = bytes[1] / 256.0;
  advance (walk, type, bytes[2]);
  if (type == WN_EVENT_LOGIN)
    walk->is_wanted = TRUE;
  actions = wn_lifecycle_handle (&walk->lifecycle, &event, walk->now_us);
  if (type == WN_EVENT_LOST)
    walk->has_transport = walk->is_open = FALSE;
  if (type == WN_EVENT_OPENED)
    walk->is_open = TRUE;
  if (type == WN_EVENT_LOGOUT)
    {
      walk->is_wanted = FALSE;
      g_assert_cmpint (actions & ~WN_ACTION_CLOSE, ==, 0);
    }
  perform (walk, type, actions);
  check_state (walk);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Walk walk = { .now_us = 1000 * G_TIME_SPAN_SECOND };

  if (size < 4)
    return 0;
  walk.config = (WnLifecycleConfig){
    .heartbeat_interval_us = (1 + data[0]) * G_TIME_SPAN_SECOND,
    .heartbeat_timeout_us = (1 + data[1]) * G_TIME_SPAN_SECOND,
    .reconnect_delay_us = (1 + data[2]) * G_TIME_SPAN_SECOND,
    .reconnect_delay_max_us = data[3] * 10 * G_TIME_SPAN_SECOND,
    .roll = roll,
    .roll_data = &walk,
  };
  wn_lifecycle_init (&walk.lifecycle, &walk.config);
  for (data += 4, size -= 4; size >= 3; data += 3, size -= 3)
    step (&walk, data);
  return 0;
}
