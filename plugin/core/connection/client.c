/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * handle() is the one way in: every event goes through the lifecycle there,
 * and the actions it answers with are carried out there. Three alarms are set
 * at the most: for the lifecycle's deadline, for the end of a replay, and for a
 * question that is to be asked later.
 */

#include "core/connection/client.h"

#include "core/connection/replay.h"

struct _WnClient
{
  GObject parent_instance;

  WnClock *clock;                   /* (owned) */
  WnTransport *transport;           /* (owned) */
  const WnDialect *dialect;         /* (unowned): static */
  WnAccount *instance;              /* (unowned): outlives us */
  const WnClientListener *listener; /* (unowned): static */
  gpointer user_data;               /* (unowned): outlives the start */

  WnLifecycle lifecycle;
  gulong slept;    /* the handler's id */
  guint alarm;     /* 0: none */
  gint64 alarm_us; /* what it is set to */
  WnReplay replay;
  guint replay_alarm;  /* 0: none */
  char *heartbeat;     /* (owned) (nullable): asks the server; NULL: a ping */
  guint attempt;       /* counts the connections, so that what an earlier one
                          brought is told from what this one brings */
  gboolean is_calling; /* a question of the dialect's is not answered */
  WnCall *later_call;  /* (owned) (nullable): it is still to be asked */
  guint call_alarm;    /* 0: none */
  gboolean heard;      /* anything, on this connection */
  gboolean reading;
  gboolean has_opened;   /* since the login */
  gboolean overslept;    /* nothing has been heard since the machine slept */
  gint64 asked_us;       /* when the heartbeat was sent; 0: unasked */
  gint64 told_us;        /* the server's clock when it was ready; 0: unknown */
  gint64 heard_wall_us;  /* when the server was last heard */
  gint64 deaf_wall_us;   /* since when nothing could arrive; 0: it can */
  gint64 kept_us;        /* how long the server keeps messages; 0: unknown */
  gint64 gap_wall_us;    /* of a gap that may yet be replayed; 0: none */
  WnLoss *loss;          /* (owned) (nullable): the last one */
  char *version;         /* (owned) (nullable): the server's */
  WnClientStatus status; /* but for what the fields above say */
};

G_DEFINE_FINAL_TYPE (WnClient, wn_client, G_TYPE_OBJECT)

static void handle (WnClient *client, WnEventType type, const WnLoss *loss);
static void set_replay_alarm (WnClient *self);
static void take_frame (WnClient *self, WnFrame *frame);

static void
on_clock_alarm (gpointer user_data)
{
  WnClient *self = user_data;

  self->alarm = 0;
  handle (self, WN_EVENT_DEADLINE, NULL);
}

static void
on_clock_slept (WnClock *clock, gpointer user_data)
{
  WnClient *self = user_data;

  self->overslept = TRUE;
  handle (self, WN_EVENT_SLEPT, NULL);
}

static void
set_alarm (WnClient *self)
{
  gint64 deadline_us = wn_lifecycle_get_deadline (&self->lifecycle);

  if (self->alarm != 0 && deadline_us == self->alarm_us)
    return;
  if (self->alarm != 0)
    wn_clock_remove_alarm (self->clock, self->alarm);
  self->alarm = 0;
  self->alarm_us = deadline_us;
  if (deadline_us != WN_NEVER)
    self->alarm
        = wn_clock_add_alarm (self->clock, deadline_us, on_clock_alarm, self);
}

static void
remember_loss (WnClient *self, const WnLoss *loss)
{
  WnLoss *copy = wn_loss_copy (loss);

  g_clear_pointer (&self->loss, wn_loss_free);
  self->loss = copy;
}

static gboolean
is_close (const WnLoss *loss)
{
  return loss->reason == WN_LOSS_CLOSED || loss->reason == WN_LOSS_TEXT_REFUSED
         || loss->reason == WN_LOSS_ASKED;
}

/* A close says when it happened, unless we slept through it. A connection that
 * broke, or did not answer, may have been dead since the server was last heard.
 */
static void
note_deafness (WnClient *self, const WnLoss *loss)
{
  if (self->deaf_wall_us != 0)
    return;
  self->deaf_wall_us = is_close (loss) && !self->overslept
                           ? wn_clock_get_wall_time (self->clock)
                           : self->heard_wall_us;
}

/* A server that replays, and had nothing for a short gap, has missed nothing.
 * Without a replay nobody knows, so any gap is told that two different times
 * can be said of.
 */
static void
tell_gap (WnClient *self, gint64 from_us, gint64 to_us)
{
  gint64 least_us = wn_replay_is_agreed (&self->replay)
                        ? self->lifecycle.config.heartbeat_interval_us
                        : G_TIME_SPAN_SECOND;

  if (from_us != 0 && to_us - from_us >= least_us)
    self->listener->gap (self, from_us, to_us, self->user_data);
}

/* Tells what came of the gap. A server that says itself that all has come, or
 * that keeps its messages for longer, and brought nothing, has missed nothing.
 */
static void
finish_replay (WnClient *self, gboolean is_complete)
{
  gint64 from_us = self->gap_wall_us;
  gint64 to_us = self->status.connected_since_us;
  guint n_missed = wn_replay_finish (&self->replay);

  set_replay_alarm (self);
  self->gap_wall_us = 0;
  if (n_missed > 0)
    self->listener->missed (self, n_missed, self->user_data);
  else if (!is_complete && to_us - from_us > self->kept_us)
    tell_gap (self, from_us, to_us);
}

static void
on_clock_replay_alarm (gpointer user_data)
{
  g_autoptr (WnClient) self = g_object_ref (user_data);
  gint64 now_us = wn_clock_get_now (self->clock);

  self->replay_alarm = 0;
  if (self->reading && !self->is_calling
      && now_us >= wn_replay_get_deadline (&self->replay))
    finish_replay (self, FALSE);
  else
    set_replay_alarm (self);
}

/* Not moved with every message that comes: it looks again when it is due.
 * While we don't read, what is still to come can't, and the answer to a
 * question may bring it.
 */
static void
set_replay_alarm (WnClient *self)
{
  gint64 now_us = wn_clock_get_now (self->clock);
  gint64 deadline_us = wn_replay_get_deadline (&self->replay);

  if (self->replay_alarm != 0)
    wn_clock_remove_alarm (self->clock, self->replay_alarm);
  self->replay_alarm = 0;
  if (deadline_us == WN_REPLAY_OVER)
    return;
  self->replay_alarm
      = wn_clock_add_alarm (self->clock,
                            MAX (deadline_us, now_us + G_TIME_SPAN_SECOND),
                            on_clock_replay_alarm,
                            self);
}

static void
stop_replay (WnClient *self)
{
  wn_replay_lost (&self->replay);
  set_replay_alarm (self);
}

static void
note_loss (WnClient *self, const WnLoss *loss, gboolean was_open)
{
  remember_loss (self, loss);
  if (was_open)
    {
      note_deafness (self, loss);
      stop_replay (self);
    }
  else
    wn_replay_refused (&self->replay, loss);
  self->status.connected_since_us = 0;
  self->asked_us = 0;
  self->status.attempt++;
}

static void
note_retry (WnClient *self, gint64 now_us)
{
  gint64 wait_us = wn_lifecycle_get_deadline (&self->lifecycle) - now_us;

  self->status.retry_at_us
      = wn_lifecycle_get_state (&self->lifecycle) == WN_STATE_WAITING
            ? wn_clock_get_wall_time (self->clock) + wait_us
            : 0;
}

static void
set_heartbeat (WnClient *self)
{
  g_clear_pointer (&self->heartbeat, g_free);
  if (self->dialect->dup_heartbeat != NULL)
    self->heartbeat = self->dialect->dup_heartbeat (self->instance);
}

/* A server that is asked by text may have a gateway before it that answers
 * pings also while the server is dead.
 */
static gboolean
any_frame_is_alive (const WnClient *self)
{
  return self->heartbeat == NULL || self->dialect->any_frame_is_alive;
}

/* A dialect with a handshake of its own says by a frame when that is over. */
static void
on_transport_opened (const WnTransportAnswer *answer, gpointer user_data)
{
  g_autoptr (WnClient) self = g_object_ref (user_data);
  g_autoptr (WnFrame) frame = NULL;

  self->told_us = answer->time_us;
  wn_replay_upgraded (&self->replay, answer->subprotocol);
  if (self->dialect->opened != NULL)
    frame = self->dialect->opened (self->instance, answer);
  set_heartbeat (self);
  handle (self, frame != NULL ? WN_EVENT_UPGRADED : WN_EVENT_OPENED, NULL);
  if (frame != NULL)
    take_frame (self, frame);
}

static WnLoss *
dup_explained (WnClient *self, const WnLoss *loss)
{
  WnLoss *explained = wn_loss_copy (loss);

  if (self->dialect->explain != NULL)
    self->dialect->explain (self->instance, explained);
  return explained;
}

static void
on_transport_lost (const WnLoss *loss, gpointer user_data)
{
  WnClient *self = user_data;
  g_autoptr (WnLoss) explained = dup_explained (self, loss);

  handle (self, WN_EVENT_LOST, explained);
}

static void
note_version (WnClient *self, const char *version)
{
  g_free (self->version);
  self->version = g_strdup (version);
}

/* The server lives, as @type says. */
static void
take_sign_of_life (WnClient *self, WnEventType type)
{
  gint64 asked_us = self->asked_us;

  if (!wn_lifecycle_is_open (&self->lifecycle))
    return;
  self->status.acknowledged_at_us = self->heard_wall_us;
  self->status.round_trip_us
      = asked_us != 0 ? wn_clock_get_now (self->clock) - asked_us : -1;
  self->asked_us = 0;
  handle (self, type, NULL);
}

static void
note_heard (WnClient *self)
{
  self->heard_wall_us = wn_clock_get_wall_time (self->clock);
  self->overslept = FALSE;
  self->heard = TRUE;
}

static void
take_notification (WnClient *self,
                   WnNotification *notification,
                   gboolean is_complete)
{
  gint64 now_us = wn_clock_get_now (self->clock);
  gint64 before_us = wn_replay_get_deadline (&self->replay);
  WnReplayVerdict verdict
      = wn_replay_take (&self->replay, notification, now_us);

  if (wn_replay_get_deadline (&self->replay) < before_us)
    set_replay_alarm (self);
  if (verdict == WN_REPLAY_LIVE && notification->cursor != NULL
      && before_us != WN_REPLAY_OVER)
    finish_replay (self, is_complete);
  if (verdict == WN_REPLAY_SEEN || !wn_lifecycle_is_open (&self->lifecycle))
    return;
  notification->is_missed = verdict == WN_REPLAY_MISSED;
  self->status.n_notifications++;
  self->listener->notified (self, notification, self->user_data);
}

static void
forget_later_call (WnClient *self)
{
  if (self->call_alarm != 0)
    wn_clock_remove_alarm (self->clock, self->call_alarm);
  self->call_alarm = 0;
  g_clear_pointer (&self->later_call, wn_call_free);
}

static void
pass_on_call (WnClient *self, const WnCall *call)
{
  self->is_calling = TRUE;
  self->listener->call (self, call, self->user_data);
}

static void
on_clock_call_alarm (gpointer user_data)
{
  g_autoptr (WnClient) self = g_object_ref (user_data);
  g_autoptr (WnCall) call = g_steal_pointer (&self->later_call);

  self->call_alarm = 0;
  pass_on_call (self, call);
}

static void
take_call (WnClient *self, WnCall *call_in)
{
  g_autoptr (WnCall) call = call_in;
  gint64 when_us = wn_clock_get_now (self->clock) + call->delay_us;

  forget_later_call (self);
  self->is_calling = FALSE;
  if (call->delay_us == 0)
    {
      pass_on_call (self, call);
      return;
    }
  self->later_call = g_steal_pointer (&call);
  self->call_alarm
      = wn_clock_add_alarm (self->clock, when_us, on_clock_call_alarm, self);
}

/* Whether the connection that was the @attempt-th is still up. */
static gboolean
is_of (WnClient *self, guint attempt)
{
  return self->attempt == attempt && wn_lifecycle_is_open (&self->lifecycle);
}

static void
take_notifications (WnClient *self, const WnFrame *frame, guint attempt)
{
  GPtrArray *notifications = frame->notifications;

  for (guint i = 0; i < notifications->len && is_of (self, attempt); i++)
    take_notification (self,
                       g_ptr_array_index (notifications, i),
                       frame->is_backlog_end);
}

/* What asks nothing of the listener comes first. Whatever the listener is told
 * may end the connection that the frame came over.
 */
static void
take_frame (WnClient *self, WnFrame *frame)
{
  guint attempt = self->attempt;

  if (frame->version != NULL)
    note_version (self, frame->version);
  if (frame->quiet_us > 0)
    wn_lifecycle_set_interval (&self->lifecycle,
                               frame->quiet_us,
                               wn_clock_get_now (self->clock));
  wn_replay_set_cursor (&self->replay, frame->cursor);
  if (frame->reply != NULL)
    wn_transport_send_text (self->transport, frame->reply);
  set_alarm (self);

  if (frame->is_step)
    handle (self, WN_EVENT_UPGRADED, NULL);
  if (frame->is_ready)
    {
      if (frame->time_us != 0)
        self->told_us = frame->time_us;
      self->kept_us = frame->kept_us;
      handle (self, WN_EVENT_OPENED, NULL);
    }
  if (frame->is_alive && is_of (self, attempt))
    take_sign_of_life (self, WN_EVENT_ACKNOWLEDGED);
  if (frame->notifications != NULL)
    take_notifications (self, frame, attempt);
  if (frame->is_backlog_end && is_of (self, attempt))
    finish_replay (self, TRUE);
  if (frame->cursor != NULL && self->listener->moved != NULL
      && is_of (self, attempt))
    self->listener->moved (self, self->user_data);
  if (frame->notice != WN_NOTICE_NONE && self->attempt == attempt)
    self->listener->notice (self,
                            frame->notice,
                            frame->notice_detail,
                            self->user_data);
  if (frame->call != NULL && self->attempt == attempt)
    take_call (self, g_steal_pointer (&frame->call));
  if (frame->refusal != NULL && self->attempt == attempt)
    handle (self, WN_EVENT_REFUSED, frame->refusal);
}

static void
on_transport_text (const char *text, gsize length, gpointer user_data)
{
  g_autoptr (WnClient) self = g_object_ref (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (WnFrame) frame = NULL;
  guint attempt = self->attempt;

  note_heard (self);
  if (any_frame_is_alive (self))
    take_sign_of_life (self, WN_EVENT_ALIVE);
  if (self->attempt != attempt)
    return;
  frame = self->dialect->read (self->instance, text, length, &error);
  if (frame != NULL)
    take_frame (self, frame);
  else
    g_debug ("client: ignored a frame of %" G_GSIZE_FORMAT " bytes: %s",
             length,
             error->message);
}

static void
on_transport_alive (gpointer user_data)
{
  g_autoptr (WnClient) self = g_object_ref (user_data);

  if (!any_frame_is_alive (self))
    return;
  note_heard (self);
  take_sign_of_life (self, WN_EVENT_ALIVE);
}

static void
open_transport (WnClient *self)
{
  static const WnTransportListener listener = {
    .opened = on_transport_opened,
    .text = on_transport_text,
    .alive = on_transport_alive,
    .lost = on_transport_lost,
  };
  g_auto (WnRoute) route = { 0 };

  wn_replay_route (&self->replay, &route);
  self->heard = FALSE;
  wn_transport_open (self->transport, &route, &listener, self);
}

static void
note_opening (WnClient *self)
{
  gint64 wall_us = wn_clock_get_wall_time (self->clock);

  self->heard_wall_us = wall_us;
  self->overslept = FALSE;
  self->status.connected_since_us = wall_us;
  self->status.attempt = 0;
  self->status.n_reconnects += self->has_opened;
  self->has_opened = TRUE;
  if (self->gap_wall_us == 0)
    self->gap_wall_us = self->deaf_wall_us;
  self->deaf_wall_us = 0;
}

static void
greet (WnClient *self)
{
  note_opening (self);
  wn_replay_opened (&self->replay,
                    self->told_us != 0 ? self->told_us
                                       : self->status.connected_since_us,
                    wn_clock_get_now (self->clock));
  set_replay_alarm (self);
  if (!self->reading)
    wn_transport_set_reading (self->transport, FALSE);
}

static void
send_heartbeat (WnClient *self, gint64 now_us)
{
  self->asked_us = now_us;
  if (self->heartbeat != NULL)
    wn_transport_send_text (self->transport, self->heartbeat);
  else
    wn_transport_ping (self->transport);
}

/* What is still to come of the last connection is void: its text, its question.
 */
static void
void_attempt (WnClient *self)
{
  self->attempt++;
  self->is_calling = FALSE;
  forget_later_call (self);
}

static void
carry_out (WnClient *self, WnActions actions, gint64 now_us)
{
  if (actions & WN_ACTION_CLOSE)
    wn_transport_close (self->transport);
  if (actions & WN_ACTION_OPEN)
    open_transport (self);
  if (actions & WN_ACTION_GREET)
    greet (self);
  if (actions & WN_ACTION_HEARTBEAT)
    send_heartbeat (self, now_us);
}

/* The gap is told of at once where nothing replays it. */
static void
tell_replay (WnClient *self)
{
  if (wn_replay_take_refusal (&self->replay))
    self->listener->notice (self,
                            WN_NOTICE_NOT_REPLAYING,
                            NULL,
                            self->user_data);
  if (wn_lifecycle_is_open (&self->lifecycle)
      && wn_replay_get_deadline (&self->replay) == WN_REPLAY_OVER)
    finish_replay (self, FALSE);
}

static void
tell_listener (WnClient *self, WnActions actions, gboolean changed)
{
  if (actions & WN_ACTION_GIVE_UP)
    {
      g_autoptr (WnLoss) loss = wn_loss_copy (self->loss);

      self->listener->gave_up (self, loss, self->user_data);
      return;
    }
  if (changed)
    self->listener->state_changed (self, self->user_data);
  if ((actions & WN_ACTION_GREET) && wn_lifecycle_is_open (&self->lifecycle))
    tell_replay (self);
}

/* The lifecycle knows what a deadline means, but not how it is told. */
static void
note_lateness (WnClient *self, gboolean was_open)
{
  WnLoss late = { .reason = was_open ? WN_LOSS_NO_ANSWER : WN_LOSS_TIMED_OUT };
  g_autoptr (WnLoss) explained = dup_explained (self, &late);

  note_loss (self, explained, was_open);
}

/* What the connection was lost by, as far as the event tells it by itself. */
static void
note_end (WnClient *self,
          const WnEvent *event,
          WnState before,
          WnActions actions)
{
  gboolean was_open = before == WN_STATE_QUIET || before == WN_STATE_ASKED;
  WnLoss asked = { .reason = WN_LOSS_ASKED };

  if (event->type == WN_EVENT_EXPLAINED && before == WN_STATE_WAITING)
    remember_loss (self, event->loss);
  else if (event->type == WN_EVENT_LOST || event->type == WN_EVENT_REFUSED)
    note_loss (self, event->loss, was_open);
  else if (event->type == WN_EVENT_RECONNECT && (actions & WN_ACTION_CLOSE))
    note_loss (self, &asked, was_open);
  else if (event->type == WN_EVENT_DEADLINE && (actions & WN_ACTION_CLOSE))
    note_lateness (self, was_open);
}

/* A retry that was moved is a change too, though the state is the same; and
 * after a sleep it is due at another time of the day.
 */
static gboolean
has_changed (WnClient *self,
             WnEventType type,
             WnState before,
             gint64 deadline_before_us)
{
  WnState after = wn_lifecycle_get_state (&self->lifecycle);

  if (after != before)
    return TRUE;
  return after == WN_STATE_WAITING
         && (type == WN_EVENT_SLEPT || type == WN_EVENT_EXPLAINED
             || wn_lifecycle_get_deadline (&self->lifecycle)
                    != deadline_before_us);
}

/* The dialect may know whom to ask why. */
static void
ask_why (WnClient *self, WnState before)
{
  gboolean was_ready = before == WN_STATE_QUIET || before == WN_STATE_ASKED;
  WnCall *call = NULL;

  if (self->dialect->lost != NULL)
    call = self->dialect->lost (self->instance, self->loss, was_ready);
  if (call != NULL)
    take_call (self, call);
}

static void
handle (WnClient *client, WnEventType type, const WnLoss *loss)
{
  g_autoptr (WnClient) self = g_object_ref (client);
  gint64 now_us = wn_clock_get_now (self->clock);
  WnState before = wn_lifecycle_get_state (&self->lifecycle);
  gint64 deadline_us = wn_lifecycle_get_deadline (&self->lifecycle);
  WnEvent event = { .type = type, .loss = loss, .heard = self->heard };
  WnActions actions = wn_lifecycle_handle (&self->lifecycle, &event, now_us);
  gboolean changed = has_changed (self, type, before, deadline_us);
  gboolean has_ended
      = before != WN_STATE_WAITING
        && wn_lifecycle_get_state (&self->lifecycle) == WN_STATE_WAITING;
  guint attempt;

  note_end (self, &event, before, actions);
  if (changed)
    note_retry (self, now_us);
  if (has_ended || actions & (WN_ACTION_OPEN | WN_ACTION_GIVE_UP))
    void_attempt (self);
  attempt = self->attempt;

  carry_out (self, actions, now_us);
  set_alarm (self);
  tell_listener (self, actions, changed);
  if (has_ended && self->attempt == attempt)
    ask_why (self, before);
}

/* The account's delays, within what the server's kind allows. */
static WnLifecycleConfig
limit_delays (const WnClientConfig *config)
{
  WnLifecycleConfig limited = config->lifecycle;

  if (config->dialect->max_answer_us > 0)
    limited.heartbeat_timeout_us
        = MIN (limited.heartbeat_timeout_us, config->dialect->max_answer_us);
  return limited;
}

static void
set_account (WnClient *self, const WnClientConfig *config)
{
  self->dialect = config->dialect;
  self->instance = config->instance;
  note_version (self, NULL);
  wn_replay_init (&self->replay,
                  config->dialect,
                  config->instance,
                  config->cursor);
}

WnClient *
wn_client_new (WnClock *clock,
               WnTransport *transport,
               const WnClientConfig *config,
               const WnClientListener *listener,
               gpointer user_data)
{
  WnClient *self = g_object_new (WN_TYPE_CLIENT, NULL);
  WnLifecycleConfig delays = limit_delays (config);

  self->clock = g_object_ref (clock);
  self->transport = g_object_ref (transport);
  self->listener = listener;
  self->user_data = user_data;
  self->slept
      = g_signal_connect (clock, "slept", G_CALLBACK (on_clock_slept), self);
  wn_lifecycle_init (&self->lifecycle, &delays);
  set_account (self, config);
  return self;
}

void
wn_client_set_config (WnClient *self, const WnClientConfig *config)
{
  WnLifecycleConfig delays = limit_delays (config);

  g_return_if_fail (wn_lifecycle_get_state (&self->lifecycle)
                    == WN_STATE_OFFLINE);

  wn_lifecycle_set_config (&self->lifecycle, &delays);
  wn_replay_clear (&self->replay);
  set_account (self, config);
}

void
wn_client_start (WnClient *self)
{
  g_return_if_fail (wn_lifecycle_get_state (&self->lifecycle)
                    == WN_STATE_OFFLINE);

  self->status.attempt = 1;
  self->status.n_reconnects = 0;
  self->status.n_notifications = 0;
  self->has_opened = FALSE;
  self->deaf_wall_us = 0;
  self->gap_wall_us = 0;
  wn_replay_login (&self->replay);
  handle (self, WN_EVENT_LOGIN, NULL);
}

void
wn_client_go_on (WnClient *self)
{
  handle (self, WN_EVENT_CURED, NULL);
}

/* Not through handle(): its listener may be gone by now. */
void
wn_client_stop (WnClient *self)
{
  static const WnLoss asked = { .reason = WN_LOSS_ASKED };
  WnEvent event = { .type = WN_EVENT_LOGOUT };
  gint64 now_us = wn_clock_get_now (self->clock);
  gboolean was_open = wn_lifecycle_is_open (&self->lifecycle);
  WnActions actions = wn_lifecycle_handle (&self->lifecycle, &event, now_us);

  if (was_open)
    note_deafness (self, &asked);
  self->status.connected_since_us = 0;
  self->status.retry_at_us = 0;
  self->asked_us = 0;
  void_attempt (self);
  stop_replay (self);
  carry_out (self, actions, now_us);
  set_alarm (self);
}

void
wn_client_reconnect (WnClient *self)
{
  handle (self, WN_EVENT_RECONNECT, NULL);
}

void
wn_client_disturb (WnClient *self)
{
  handle (self, WN_EVENT_DISTURBED, NULL);
}

/* While nothing is up only a reason counts. */
void
wn_client_take_answer (WnClient *client, const WnAnswer *answer)
{
  g_autoptr (WnClient) self = g_object_ref (client);
  g_autoptr (WnFrame) frame = NULL;
  WnAnswer dated = *answer;

  if (!self->is_calling)
    return;
  self->is_calling = FALSE;
  if (dated.time_us == 0)
    dated.time_us = wn_clock_get_wall_time (self->clock);
  frame = self->dialect->read_answer (self->instance, &dated);
  if (wn_lifecycle_get_state (&self->lifecycle) != WN_STATE_WAITING)
    take_frame (self, frame);
  else if (frame->refusal != NULL)
    handle (self, WN_EVENT_EXPLAINED, frame->refusal);
}

gboolean
wn_client_refuse (WnClient *self, const WnLoss *loss)
{
  gboolean is_waiting
      = wn_lifecycle_get_state (&self->lifecycle) == WN_STATE_WAITING;

  if (!self->is_calling)
    return FALSE;
  self->is_calling = FALSE;
  handle (self, is_waiting ? WN_EVENT_EXPLAINED : WN_EVENT_REFUSED, loss);
  return TRUE;
}

void
wn_client_set_reading (WnClient *self, gboolean reading)
{
  if (self->reading == reading)
    return;
  self->reading = reading;
  if (wn_lifecycle_is_open (&self->lifecycle))
    wn_transport_set_reading (self->transport, reading);
  handle (self, reading ? WN_EVENT_RESUMED : WN_EVENT_PAUSED, NULL);
}

const char *
wn_client_get_cursor (WnClient *self)
{
  return wn_replay_get_cursor (&self->replay);
}

void
wn_client_get_status (WnClient *self, WnClientStatus *status)
{
  *status = self->status;
  status->state = wn_lifecycle_get_state (&self->lifecycle);
  status->loss = self->loss;
  status->is_crowded = status->state == WN_STATE_WAITING
                       && wn_loss_hits_everybody (self->loss)
                       && self->loss->http_status != 429;
  status->api_version = self->version;
}

static void
wn_client_dispose (GObject *object)
{
  WnClient *self = WN_CLIENT (object);

  if (self->transport != NULL)
    wn_client_stop (self);
  if (self->clock != NULL)
    g_clear_signal_handler (&self->slept, self->clock);
  g_clear_object (&self->transport);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (wn_client_parent_class)->dispose (object);
}

static void
wn_client_finalize (GObject *object)
{
  WnClient *self = WN_CLIENT (object);

  g_clear_pointer (&self->loss, wn_loss_free);
  g_free (self->heartbeat);
  g_free (self->version);
  wn_replay_clear (&self->replay);
  G_OBJECT_CLASS (wn_client_parent_class)->finalize (object);
}

static void
wn_client_class_init (WnClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = wn_client_dispose;
  object_class->finalize = wn_client_finalize;
}

static void
wn_client_init (WnClient *self)
{
  self->reading = TRUE;
  self->status.round_trip_us = -1;
}
