/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * handle() is the one way in: every event goes through the lifecycle there,
 * and the actions it answers with are carried out there. Two alarms are set at
 * the most: for the lifecycle's deadline, and for the end of a replay.
 */

#include "core/connection/client.h"

#include "core/connection/replay.h"

struct _WnClient
{
  GObject parent_instance;

  WnClock *clock;                   /* (owned) */
  WnTransport *transport;           /* (owned) */
  guint64 chance;                   /* the state of roll() */
  const WnDialect *dialect;         /* (unowned): static */
  const WnEndpoint *endpoint;       /* (unowned) (nullable): outlives us */
  char *hello;                      /* (owned) (nullable) */
  char *authorization;              /* (owned) (nullable) */
  const WnClientListener *listener; /* (unowned): static */
  gpointer user_data;               /* (unowned): outlives the start */

  WnLifecycle lifecycle;
  gulong slept;    /* the handler's id */
  guint alarm;     /* 0: none */
  gint64 alarm_us; /* what it is set to */
  WnReplay replay;
  guint replay_alarm; /* 0: none */
  gint64 gap_wall_us; /* of a gap that may yet be replayed; 0: none */
  gboolean reading;
  gboolean is_telling;  /* of what the connection brought: it waits meanwhile */
  WnLoss *loss;         /* (owned) (nullable): the last one */
  char *api_version;    /* (owned) (nullable) */
  gint64 asked_us;      /* when the heartbeat was sent; 0: unasked */
  gint64 heard_wall_us; /* when the server was last heard */
  gint64 deaf_wall_us;  /* since when nothing could arrive; 0: it can */
  gboolean overslept;   /* nothing has been heard since the machine slept */
  gint64 retry_wall_us;
  gint64 connected_wall_us;
  gint64 acknowledged_wall_us;
  gint64 round_trip_us;
  guint attempt;
  guint n_opened;
  guint64 n_notifications;
};

G_DEFINE_FINAL_TYPE (WnClient, wn_client, G_TYPE_OBJECT)

static void handle (WnClient *client, WnEventType type, const WnLoss *loss);
static void set_replay_alarm (WnClient *self);
static void finish_replay (WnClient *self);

/* SplitMix64: good enough for a delay, in 8 bytes of state. A GRand would be a
 * fifth of what an account takes.
 */
static double
roll (WnClient *self)
{
  guint64 z = self->chance += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  z ^= z >> 31;
  return (double) (z >> 11) / (double) (G_GUINT64_CONSTANT (1) << 53);
}

/* Whoever is told of a notification may run the main loop before it returns,
 * and till then the connection brings nothing more. A deadline that passes
 * meanwhile is looked at afterwards, as after any other stall of the host.
 */
static gboolean
is_held_up (WnClient *self)
{
  return self->is_telling && wn_lifecycle_is_open (&self->lifecycle);
}

static void
on_clock_alarm (gpointer user_data)
{
  WnClient *self = user_data;

  self->alarm = 0;
  if (!is_held_up (self))
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

/* The state's deadline passed: the lifecycle knows what that means, but not
 * how it is told.
 */
static WnLossReason
reason_of_deadline (WnState state)
{
  return state == WN_STATE_CONNECTING ? WN_LOSS_TIMED_OUT : WN_LOSS_NO_ANSWER;
}

static void
remember_loss (WnClient *self, const WnLoss *loss)
{
  WnLoss *copy = wn_loss_copy (loss);

  g_clear_pointer (&self->loss, wn_loss_free);
  self->loss = copy;
}

/* A close says when it happened, unless we slept through it. A connection that
 * broke, or did not answer, may have been dead since the server was last heard.
 */
static void
note_deafness (WnClient *self, const WnLoss *loss)
{
  if (self->deaf_wall_us != 0)
    return;
  self->deaf_wall_us = loss->reason == WN_LOSS_CLOSED && !self->overslept
                           ? wn_clock_get_wall_time (self->clock)
                           : self->heard_wall_us;
}

static void
on_clock_replay_alarm (gpointer user_data)
{
  g_autoptr (WnClient) self = g_object_ref (user_data);
  gint64 now_us = wn_clock_get_now (self->clock);

  self->replay_alarm = 0;
  if (self->reading && !is_held_up (self)
      && now_us >= wn_replay_get_deadline (&self->replay))
    finish_replay (self);
  else
    set_replay_alarm (self);
}

/* Not moved with every message that comes: it looks again when it is due.
 * While we don't read, what is still to come can't.
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
  self->connected_wall_us = 0;
  self->asked_us = 0;
  self->attempt++;
}

static void
note_retry (WnClient *self, gint64 now_us)
{
  gint64 wait_us = wn_lifecycle_get_deadline (&self->lifecycle) - now_us;

  self->retry_wall_us
      = wn_lifecycle_get_state (&self->lifecycle) == WN_STATE_WAITING
            ? wn_clock_get_wall_time (self->clock) + wait_us
            : 0;
}

static void
on_transport_opened (gpointer user_data)
{
  handle (user_data, WN_EVENT_OPENED, NULL);
}

static void
on_transport_lost (const WnLoss *loss, gpointer user_data)
{
  handle (user_data, WN_EVENT_LOST, loss);
}

static void
note_acknowledgement (WnClient *self, const char *api_version)
{
  gint64 now_us = wn_clock_get_now (self->clock);

  self->acknowledged_wall_us = self->heard_wall_us;
  self->round_trip_us = self->asked_us != 0 ? now_us - self->asked_us : -1;
  self->asked_us = 0;
  if (api_version != NULL && g_strcmp0 (api_version, self->api_version) != 0)
    {
      g_free (self->api_version);
      self->api_version = g_strdup (api_version);
    }
}

static void
tell_gap (WnClient *self, gint64 from_us, gint64 to_us)
{
  if (from_us != 0
      && to_us - from_us > self->lifecycle.config.heartbeat_interval_us)
    self->listener->gap (self, from_us, to_us, self->user_data);
}

/* What came of the gap: something, or nothing at all. */
static void
finish_replay (WnClient *self)
{
  gint64 from_us = self->gap_wall_us;
  guint n_missed = wn_replay_finish (&self->replay);

  set_replay_alarm (self);
  self->gap_wall_us = 0;
  if (n_missed > 0)
    self->listener->missed (self, n_missed, self->user_data);
  else
    tell_gap (self, from_us, self->connected_wall_us);
}

static void
tell_notification (WnClient *self, WnFrame *frame, WnReplayVerdict verdict)
{
  WnNotification *notification = frame->notification;

  notification->cursor = g_steal_pointer (&frame->cursor);
  notification->sent_us = frame->sent_us;
  notification->is_missed = verdict == WN_REPLAY_MISSED;
  self->n_notifications++;
  self->is_telling = TRUE;
  self->listener->notified (self, notification, self->user_data);
  self->is_telling = FALSE;
  if (self->alarm == 0)
    set_alarm (self);
}

static void
take_notification (WnClient *self, WnFrame *frame)
{
  gint64 now_us = wn_clock_get_now (self->clock);
  gint64 before_us = wn_replay_get_deadline (&self->replay);
  WnReplayVerdict verdict = wn_replay_take (&self->replay, frame, now_us);

  if (wn_replay_get_deadline (&self->replay) < before_us)
    set_replay_alarm (self);
  if (verdict == WN_REPLAY_LIVE && frame->cursor != NULL
      && before_us != WN_REPLAY_OVER)
    finish_replay (self);
  if (verdict != WN_REPLAY_SEEN && frame->notification != NULL
      && wn_lifecycle_is_open (&self->lifecycle))
    tell_notification (self, frame, verdict);
}

static void
on_transport_text (const char *text, gsize length, gpointer user_data)
{
  g_autoptr (WnClient) self = g_object_ref (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (WnFrame) frame = self->dialect->read (text, length, &error);

  self->heard_wall_us = wn_clock_get_wall_time (self->clock);
  self->overslept = FALSE;
  handle (self, WN_EVENT_HEARD, NULL);
  if (frame == NULL)
    {
      g_debug ("client: ignored a frame of %" G_GSIZE_FORMAT " bytes: %s",
               length,
               error->message);
      return;
    }
  if (frame->is_acknowledgement)
    {
      note_acknowledgement (self, frame->api_version);
      handle (self, WN_EVENT_ACKNOWLEDGED, NULL);
    }
  if (wn_lifecycle_is_open (&self->lifecycle))
    take_notification (self, frame);
}

/* Where to, and from which message on. */
static void
plan_route (WnClient *self, WnRoute *route)
{
  if (self->endpoint == NULL)
    return;
  route->url = self->dialect->dup_url (self->endpoint,
                                       wn_replay_get_cursor (&self->replay));
  route->subprotocol = g_strdup (wn_replay_get_subprotocol (&self->replay));
  route->authorization = g_strdup (self->authorization);
}

static void
open_transport (WnClient *self)
{
  static const WnTransportListener listener = {
    .opened = on_transport_opened,
    .text = on_transport_text,
    .lost = on_transport_lost,
  };

  g_auto (WnRoute) route = { 0 };

  plan_route (self, &route);
  self->is_telling = FALSE;
  wn_transport_open (self->transport, &route, &listener, self);
}

static void
begin_replay (WnClient *self)
{
  WnTransportAnswer answer = { 0 };

  if (self->gap_wall_us == 0)
    self->gap_wall_us = self->deaf_wall_us;
  self->deaf_wall_us = 0;
  if (self->endpoint != NULL)
    wn_transport_get_answer (self->transport, &answer);
  wn_replay_opened (&self->replay,
                    &answer,
                    self->connected_wall_us,
                    wn_clock_get_now (self->clock));
  set_replay_alarm (self);
}

static void
greet (WnClient *self)
{
  gint64 wall_us = wn_clock_get_wall_time (self->clock);

  self->heard_wall_us = wall_us;
  self->overslept = FALSE;
  self->connected_wall_us = wall_us;
  self->attempt = 0;
  self->n_opened++;
  begin_replay (self);
  if (!self->reading)
    wn_transport_set_reading (self->transport, FALSE);
  if (self->hello != NULL)
    wn_transport_send_text (self->transport, self->hello);
}

static void
send_heartbeat (WnClient *self, gint64 now_us)
{
  self->asked_us = now_us;
  wn_transport_send_text (self->transport, self->dialect->heartbeat);
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
    self->listener->not_replaying (self, self->user_data);
  if (wn_lifecycle_is_open (&self->lifecycle)
      && wn_replay_get_deadline (&self->replay) == WN_REPLAY_OVER)
    finish_replay (self);
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

/* What the connection was lost by, as far as the event tells it by itself. */
static void
note_end (WnClient *self,
          const WnEvent *event,
          WnState before,
          WnActions actions)
{
  gboolean was_open = before == WN_STATE_QUIET || before == WN_STATE_ASKED;
  WnLoss asked = { .reason = WN_LOSS_ASKED };
  WnLoss late = { .reason = reason_of_deadline (before) };

  if (event->type == WN_EVENT_LOST)
    note_loss (self, event->loss, was_open);
  else if (event->type == WN_EVENT_RECONNECT && (actions & WN_ACTION_CLOSE))
    note_loss (self, &asked, was_open);
  else if (event->type == WN_EVENT_DEADLINE && (actions & WN_ACTION_CLOSE))
    note_loss (self, &late, was_open);
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
         && (type == WN_EVENT_SLEPT
             || wn_lifecycle_get_deadline (&self->lifecycle)
                    != deadline_before_us);
}

static void
handle (WnClient *client, WnEventType type, const WnLoss *loss)
{
  g_autoptr (WnClient) self = g_object_ref (client);
  gint64 now_us = wn_clock_get_now (self->clock);
  WnState before = wn_lifecycle_get_state (&self->lifecycle);
  gint64 deadline_us = wn_lifecycle_get_deadline (&self->lifecycle);
  WnEvent event = { .type = type, .loss = loss };
  WnActions actions;
  gboolean changed;

  event.roll = roll (self);
  actions = wn_lifecycle_handle (&self->lifecycle, &event, now_us);
  changed = has_changed (self, type, before, deadline_us);
  note_end (self, &event, before, actions);
  if (changed)
    note_retry (self, now_us);

  carry_out (self, actions, now_us);
  set_alarm (self);
  tell_listener (self, actions, changed);
}

WnClient *
wn_client_new (WnClock *clock,
               WnTransport *transport,
               const WnLifecycleConfig *config,
               const WnClientSpeech *speech,
               guint64 seed,
               const WnClientListener *listener,
               gpointer user_data)
{
  WnClient *self = g_object_new (WN_TYPE_CLIENT, NULL);

  self->clock = g_object_ref (clock);
  self->transport = g_object_ref (transport);
  self->dialect = speech != NULL ? speech->dialect : &wn_dialect_plain;
  self->hello = speech != NULL ? g_strdup (speech->hello) : NULL;
  self->endpoint = speech != NULL ? speech->endpoint : NULL;
  self->authorization
      = speech != NULL ? g_strdup (speech->authorization) : NULL;
  wn_replay_init (&self->replay,
                  self->dialect,
                  speech != NULL ? speech->cursor : NULL);
  self->chance = seed;
  self->listener = listener;
  self->user_data = user_data;
  self->slept
      = g_signal_connect (clock, "slept", G_CALLBACK (on_clock_slept), self);
  wn_lifecycle_init (&self->lifecycle, config);
  return self;
}

void
wn_client_start (WnClient *self)
{
  g_return_if_fail (wn_lifecycle_get_state (&self->lifecycle)
                    == WN_STATE_OFFLINE);

  self->attempt = 1;
  self->n_opened = 0;
  self->n_notifications = 0;
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
  WnEvent event = { .type = WN_EVENT_LOGOUT };
  gint64 now_us = wn_clock_get_now (self->clock);
  WnActions actions = wn_lifecycle_handle (&self->lifecycle, &event, now_us);

  self->connected_wall_us = 0;
  self->retry_wall_us = 0;
  self->asked_us = 0;
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
  return self->replay.cursor;
}

void
wn_client_get_status (WnClient *self, WnClientStatus *status)
{
  *status = (WnClientStatus){
    .state = wn_lifecycle_get_state (&self->lifecycle),
    .loss = self->loss,
    .retry_at_us = self->retry_wall_us,
    .attempt = self->attempt,
    .n_reconnects = self->n_opened > 0 ? self->n_opened - 1 : 0,
    .connected_since_us = self->connected_wall_us,
    .acknowledged_at_us = self->acknowledged_wall_us,
    .round_trip_us = self->round_trip_us,
    .api_version = self->api_version,
    .n_notifications = self->n_notifications,
  };
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
  g_free (self->hello);
  g_free (self->authorization);
  wn_replay_clear (&self->replay);
  g_free (self->api_version);
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
  self->round_trip_us = -1;
}
