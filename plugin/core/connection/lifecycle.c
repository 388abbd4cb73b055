/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each state has one handler, each handler answers with actions, and
 * enter_state() is the only place that changes the state and its deadline.
 */

#include "core/connection/lifecycle.h"

/* A handshake that takes longer is not going to succeed (PROTOCOL §6). */
#define CONNECT_TIMEOUT_US (20 * G_TIME_SPAN_SECOND)
/* A step of the server's own handshake, where it has one. */
#define HANDSHAKE_TIMEOUT_US (30 * G_TIME_SPAN_SECOND)
/* Until the first connection the host is told within this time. */
#define LOGIN_TIMEOUT_US (30 * G_TIME_SPAN_SECOND)
/* How long the answer to a heartbeat may take after a disturbance. */
#define PROBE_TIMEOUT_US (10 * G_TIME_SPAN_SECOND)
/* Networks that come and go make us ask no more often. */
#define PROBE_PAUSE_US (10 * G_TIME_SPAN_SECOND)
/* No server may make us send heartbeats more often. */
#define MIN_INTERVAL_US G_TIME_SPAN_SECOND
/* A connection with traffic has proved itself after so long. */
#define PROVING_TIME_US (60 * G_TIME_SPAN_SECOND)
/* Nobody may make us hurry more often, nor stay away longer. */
#define HURRY_PAUSE_US (10 * G_TIME_SPAN_SECOND)
#define HURRY_WINDOW_US G_TIME_SPAN_SECOND
#define MAX_RETRY_AFTER_US G_TIME_SPAN_HOUR
/* A 401 or 403 after a login that worked may be a blip; three are not. */
#define MAX_UNAUTHORIZED 3
/* A deadline that comes so late is the host's doing, which did not let us run
 * (it hung, or was stopped): then what we waited for may have come, unread.
 */
#define STALL_US G_TIME_SPAN_SECOND
#define STALL_GRACE_US G_TIME_SPAN_SECOND
/* Longer deadlines of a connection fall on a common second, so that many
 * accounts wake the machine together: early by less than that second, never
 * late. A retry keeps its own moment: it is exact, or meant to be spread.
 */
#define COMMON_SECOND_FROM_US (10 * G_TIME_SPAN_SECOND)

const char *
wn_state_to_string (WnState state)
{
  static const char *const names[] = {
    [WN_STATE_OFFLINE] = "offline", [WN_STATE_CONNECTING] = "connecting",
    [WN_STATE_QUIET] = "quiet",     [WN_STATE_ASKED] = "asked",
    [WN_STATE_WAITING] = "waiting",
  };

  return names[state];
}

static gboolean
state_is_open (WnState state)
{
  return state == WN_STATE_QUIET || state == WN_STATE_ASKED;
}

static gint64
deadline_after (const WnLifecycle *self, gint64 now_us, gint64 wait_us)
{
  gint64 deadline_us;

  if (wait_us == WN_NEVER)
    return WN_NEVER;
  deadline_us = now_us + wait_us;
  if (self->state == WN_STATE_WAITING || wait_us < COMMON_SECOND_FROM_US
      || self->paused)
    return deadline_us;
  return deadline_us - deadline_us % G_TIME_SPAN_SECOND;
}

static void
enter_state (WnLifecycle *self, WnState state, gint64 now_us, gint64 wait_us)
{
  if (state != self->state)
    g_debug ("lifecycle: %s -> %s",
             wn_state_to_string (self->state),
             wn_state_to_string (state));

  self->state = state;
  self->is_probe_due = FALSE;
  self->deadline_us = deadline_after (self, now_us, wait_us);
  self->paused_us = now_us;
}

void
wn_lifecycle_init (WnLifecycle *self, const WnLifecycleConfig *config)
{
  *self = (WnLifecycle){
    .state = WN_STATE_OFFLINE,
    .deadline_us = WN_NEVER,
    .next_hurry_us = G_MININT64,
    .next_probe_us = G_MININT64,
  };
  wn_lifecycle_set_config (self, config);
}

void
wn_lifecycle_set_config (WnLifecycle *self, const WnLifecycleConfig *config)
{
  self->config = *config;
  self->interval_us = config->heartbeat_interval_us;
  self->backoff = (WnBackoff){
    .delay_us = config->reconnect_delay_us,
    .max_us = config->reconnect_delay_max_us,
  };
}

static double
roll (WnLifecycle *self)
{
  return self->config.roll (self->config.roll_data);
}

static WnActions
connect_now (WnLifecycle *self, gint64 now_us)
{
  gint64 wait_us = CONNECT_TIMEOUT_US;

  if (!self->ever_opened)
    wait_us = MIN (wait_us, self->login_us + LOGIN_TIMEOUT_US - now_us);

  self->proved = FALSE;
  self->interval_us = self->config.heartbeat_interval_us;
  enter_state (self, WN_STATE_CONNECTING, now_us, MAX (0, wait_us));
  return WN_ACTION_OPEN;
}

static WnActions
stop_trying (WnLifecycle *self, gint64 now_us)
{
  enter_state (self, WN_STATE_OFFLINE, now_us, WN_NEVER);
  return WN_ACTION_GIVE_UP;
}

static gboolean
is_final (WnLifecycle *self, const WnLoss *loss)
{
  if (loss->retry == WN_LOSS_RETRY_NEVER
      || loss->reason == WN_LOSS_CERTIFICATE_REFUSED
      || loss->reason == WN_LOSS_TLS_UNAVAILABLE)
    return TRUE;
  if (loss->retry == WN_LOSS_RETRY_UNEXPLAINED)
    return FALSE;
  if (!wn_loss_is_unauthorized (loss))
    {
      self->n_unauthorized = 0;
      return FALSE;
    }
  self->n_unauthorized++;
  return !self->ever_opened || self->n_unauthorized >= MAX_UNAUTHORIZED;
}

static WnBackoffKind
backoff_kind (const WnLifecycle *self, const WnLoss *loss)
{
  if (loss->retry == WN_LOSS_RETRY_SOON)
    return WN_BACKOFF_SOON;
  if (wn_loss_hits_everybody (loss))
    return WN_BACKOFF_HERD;
  if (wn_loss_is_local (loss) && self->proved)
    return WN_BACKOFF_LOCAL;
  return wn_loss_is_absence (loss) ? WN_BACKOFF_ABSENT : WN_BACKOFF_ORDINARY;
}

/* Only a connection that proved itself starts the count over. */
static void
prove_connection (WnLifecycle *self)
{
  self->proved = TRUE;
  wn_backoff_reset (&self->backoff);
}

static gint64
delay_after (WnLifecycle *self, const WnLoss *loss)
{
  gint64 retry_after_us = CLAMP (loss->retry_after_us, 0, MAX_RETRY_AFTER_US);
  gint64 delay_us = wn_backoff_next (&self->backoff,
                                     backoff_kind (self, loss),
                                     roll (self));

  /* The random part stays on top, or all would come back at that moment. */
  if (retry_after_us > self->config.reconnect_delay_us)
    delay_us += retry_after_us - self->config.reconnect_delay_us;
  return delay_us;
}

static WnActions
wait_for_retry (WnLifecycle *self, gint64 delay_us, gint64 now_us)
{
  if (!self->ever_opened
      && now_us + delay_us >= self->login_us + LOGIN_TIMEOUT_US)
    return stop_trying (self, now_us);

  enter_state (self, WN_STATE_WAITING, now_us, delay_us);
  return WN_ACTION_NONE;
}

static WnActions
handle_loss (WnLifecycle *self, const WnLoss *loss, gint64 now_us)
{
  if (is_final (self, loss))
    return stop_trying (self, now_us);
  return wait_for_retry (self, delay_after (self, loss), now_us);
}

static WnActions
drop_connection (WnLifecycle *self, const WnLoss *loss, gint64 now_us)
{
  return WN_ACTION_CLOSE | handle_loss (self, loss, now_us);
}

static WnActions
handle_timeout (WnLifecycle *self, WnLossReason reason, gint64 now_us)
{
  WnLoss loss = { .reason = reason };

  if (now_us - self->deadline_us < STALL_US)
    return drop_connection (self, &loss, now_us);

  enter_state (self, self->state, now_us, STALL_GRACE_US);
  return WN_ACTION_NONE;
}

static WnActions
handle_while_offline (WnLifecycle *self, const WnEvent *event, gint64 now_us)
{
  if (event->type != WN_EVENT_LOGIN && event->type != WN_EVENT_CURED)
    return WN_ACTION_NONE;

  self->login_us = now_us;
  if (event->type == WN_EVENT_CURED)
    return connect_now (self, now_us);
  self->ever_opened = FALSE;
  self->n_unauthorized = 0;
  wn_backoff_reset (&self->backoff);
  return connect_now (self, now_us);
}

static void
become_quiet (WnLifecycle *self, gint64 now_us)
{
  enter_state (self, WN_STATE_QUIET, now_us, self->interval_us);
}

static WnActions
open_up (WnLifecycle *self, gint64 now_us)
{
  self->ever_opened = TRUE;
  self->opened_us = now_us;
  self->n_unauthorized = 0;
  become_quiet (self, now_us);
  return WN_ACTION_GREET;
}

static WnActions
handle_while_connecting (WnLifecycle *self, const WnEvent *event, gint64 now_us)
{
  switch ((int) event->type)
    {
    case WN_EVENT_UPGRADED:
      enter_state (self, WN_STATE_CONNECTING, now_us, HANDSHAKE_TIMEOUT_US);
      return WN_ACTION_NONE;
    case WN_EVENT_OPENED:
      return open_up (self, now_us);
    case WN_EVENT_LOST:
      return handle_loss (self, event->loss, now_us);
    case WN_EVENT_REFUSED:
      return drop_connection (self, event->loss, now_us);
    case WN_EVENT_DEADLINE:
      return handle_timeout (self, WN_LOSS_TIMED_OUT, now_us);
    default:
      return WN_ACTION_NONE;
    }
}

static WnActions
reconnect_now (WnLifecycle *self, gint64 now_us)
{
  if (now_us < self->next_hurry_us)
    return WN_ACTION_NONE;

  self->next_hurry_us = now_us + HURRY_PAUSE_US;
  return WN_ACTION_CLOSE | connect_now (self, now_us);
}

static WnActions
ask_server (WnLifecycle *self, gint64 timeout_us, gint64 now_us)
{
  enter_state (self, WN_STATE_ASKED, now_us, timeout_us);
  return WN_ACTION_HEARTBEAT;
}

/* Traffic that nobody has asked for proves less: a server that falls over as
 * soon as it has said something would be come back to at once, by everybody.
 */
static WnActions
handle_sign_of_life (WnLifecycle *self, gboolean is_answer, gint64 now_us)
{
  if (is_answer)
    prove_connection (self);
  become_quiet (self, now_us);
  return WN_ACTION_NONE;
}

/* A connection's deadline stands still while nothing is read. It does not move
 * onto a common second, because many short pauses would lose that much each.
 */
static void
set_paused (WnLifecycle *self, gboolean paused, gint64 now_us)
{
  if (self->paused && state_is_open (self->state))
    self->deadline_us += now_us - self->paused_us;
  self->paused = paused;
  self->paused_us = now_us;
}

/* What is the same in both states that have a connection. */
static WnActions
handle_while_open (WnLifecycle *self, const WnEvent *event, gint64 now_us)
{
  switch ((int) event->type)
    {
    case WN_EVENT_ACKNOWLEDGED:
      return handle_sign_of_life (self, TRUE, now_us);
    case WN_EVENT_ALIVE:
      return handle_sign_of_life (self, self->state == WN_STATE_ASKED, now_us);
    case WN_EVENT_LOST:
      return handle_loss (self, event->loss, now_us);
    case WN_EVENT_REFUSED:
      return drop_connection (self, event->loss, now_us);
    case WN_EVENT_RECONNECT:
      return reconnect_now (self, now_us);
    default:
      return WN_ACTION_NONE;
    }
}

/* One heartbeat at once: soon we know, without having killed what lives. */
static WnActions
probe (WnLifecycle *self, gint64 now_us)
{
  self->next_probe_us = now_us + PROBE_PAUSE_US;
  return ask_server (self,
                     MIN (PROBE_TIMEOUT_US, self->config.heartbeat_timeout_us),
                     now_us);
}

/* Networks come and go in bursts: what is asked too soon is asked later. */
static WnActions
probe_in_time (WnLifecycle *self, gint64 now_us)
{
  if (now_us >= self->next_probe_us)
    return probe (self, now_us);
  if (!self->paused && self->next_probe_us < self->deadline_us)
    {
      enter_state (self, WN_STATE_QUIET, now_us, self->next_probe_us - now_us);
      self->is_probe_due = TRUE;
    }
  return WN_ACTION_NONE;
}

static WnActions
handle_while_quiet (WnLifecycle *self, const WnEvent *event, gint64 now_us)
{
  switch ((int) event->type)
    {
    case WN_EVENT_DEADLINE:
      return self->is_probe_due
                 ? probe (self, now_us)
                 : ask_server (self, self->config.heartbeat_timeout_us, now_us);
    case WN_EVENT_DISTURBED:
      return probe_in_time (self, now_us);
    case WN_EVENT_SLEPT:
      return probe (self, now_us);
    default:
      return handle_while_open (self, event, now_us);
    }
}

/* A heartbeat is under way: its answer is the probe's, only due sooner. */
static WnActions
hasten_answer (WnLifecycle *self, gint64 now_us)
{
  gint64 since_us = self->paused ? self->paused_us : now_us;
  gint64 left_us = self->deadline_us - since_us;

  if (left_us > PROBE_TIMEOUT_US)
    enter_state (self, WN_STATE_ASKED, now_us, PROBE_TIMEOUT_US);
  return WN_ACTION_NONE;
}

static WnActions
handle_while_asked (WnLifecycle *self, const WnEvent *event, gint64 now_us)
{
  switch ((int) event->type)
    {
    case WN_EVENT_DEADLINE:
      return handle_timeout (self, WN_LOSS_NO_ANSWER, now_us);
    case WN_EVENT_DISTURBED:
      return hasten_answer (self, now_us);
    case WN_EVENT_SLEPT:
      /* What was asked before the sleep, or what was left of the time for
       * its answer, says nothing about now.
       */
      return probe (self, now_us);
    default:
      return handle_while_open (self, event, now_us);
    }
}

/* Not before somebody may make us hurry again. */
static WnActions
hasten_retry (WnLifecycle *self, gint64 wait_us, gint64 now_us)
{
  gint64 when_us = MAX (now_us + wait_us, self->next_hurry_us);

  if (when_us >= self->deadline_us)
    return WN_ACTION_NONE;

  self->next_hurry_us = when_us + HURRY_PAUSE_US;
  enter_state (self, WN_STATE_WAITING, now_us, when_us - now_us);
  return WN_ACTION_NONE;
}

/* Within a second, but not all clients of a network in the same moment. */
static WnActions
hasten_retry_somewhat (WnLifecycle *self, gint64 now_us)
{
  return hasten_retry (self,
                       (gint64) (roll (self) * (double) HURRY_WINDOW_US),
                       now_us);
}

/* The reason may call for a longer wait, never for a shorter one. */
static WnActions
handle_explanation (WnLifecycle *self, const WnLoss *loss, gint64 now_us)
{
  gint64 delay_us;

  if (is_final (self, loss))
    return stop_trying (self, now_us);
  delay_us = delay_after (self, loss);
  return wait_for_retry (self,
                         MAX (delay_us, self->deadline_us - now_us),
                         now_us);
}

static WnActions
handle_while_waiting (WnLifecycle *self, const WnEvent *event, gint64 now_us)
{
  switch ((int) event->type)
    {
    case WN_EVENT_DEADLINE:
      return connect_now (self, now_us);
    case WN_EVENT_EXPLAINED:
      return handle_explanation (self, event->loss, now_us);
    case WN_EVENT_RECONNECT:
      return hasten_retry (self, 0, now_us);
    case WN_EVENT_DISTURBED:
    case WN_EVENT_SLEPT:
      return hasten_retry_somewhat (self, now_us);
    default:
      return WN_ACTION_NONE;
    }
}

static WnActions
log_out (WnLifecycle *self, gint64 now_us)
{
  gboolean had_transport
      = self->state == WN_STATE_CONNECTING || state_is_open (self->state);

  enter_state (self, WN_STATE_OFFLINE, now_us, WN_NEVER);
  return had_transport ? WN_ACTION_CLOSE : WN_ACTION_NONE;
}

WnActions
wn_lifecycle_handle (WnLifecycle *self, const WnEvent *event, gint64 now_us)
{
  static WnActions (*const handlers[]) (WnLifecycle *, const WnEvent *, gint64)
      = {
          [WN_STATE_OFFLINE] = handle_while_offline,
          [WN_STATE_CONNECTING] = handle_while_connecting,
          [WN_STATE_QUIET] = handle_while_quiet,
          [WN_STATE_ASKED] = handle_while_asked,
          [WN_STATE_WAITING] = handle_while_waiting,
        };

  /* A connection that no heartbeat has proved yet can still prove itself by
   * living and pushing for a while.
   */
  if (event->heard && state_is_open (self->state)
      && now_us - self->opened_us >= PROVING_TIME_US)
    prove_connection (self);
  if (event->type == WN_EVENT_LOGOUT)
    return log_out (self, now_us);
  if (event->type != WN_EVENT_PAUSED && event->type != WN_EVENT_RESUMED)
    return handlers[self->state](self, event, now_us);
  set_paused (self, event->type == WN_EVENT_PAUSED, now_us);
  return WN_ACTION_NONE;
}

void
wn_lifecycle_set_interval (WnLifecycle *self, gint64 interval_us, gint64 now_us)
{
  self->interval_us
      = MIN (MAX (interval_us, MIN_INTERVAL_US), self->interval_us);
  if (self->state == WN_STATE_QUIET && !self->paused
      && now_us + self->interval_us < self->deadline_us)
    become_quiet (self, now_us);
}

WnState
wn_lifecycle_get_state (const WnLifecycle *self)
{
  return self->state;
}

gint64
wn_lifecycle_get_deadline (const WnLifecycle *self)
{
  return self->paused && state_is_open (self->state) ? WN_NEVER
                                                     : self->deadline_us;
}

gboolean
wn_lifecycle_is_open (const WnLifecycle *self)
{
  return state_is_open (self->state);
}
