/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * handle() is the one way in: every event goes through the lifecycle there,
 * and the actions it answers with are carried out there. One alarm is set at
 * the most, for the lifecycle's deadline.
 */

#include "core/client.h"

struct _WnClient
{
  GObject parent_instance;

  WnClock *clock;                   /* (owned) */
  WnTransport *transport;           /* (owned) */
  GRand *chance;                    /* (owned) */
  const WnDialect *dialect;         /* (unowned): static */
  char *hello;                      /* (owned) (nullable) */
  const WnClientListener *listener; /* (unowned): static */
  gpointer user_data;               /* (unowned): outlives the start */

  WnLifecycle lifecycle;
  guint alarm;     /* 0: none */
  gint64 alarm_us; /* what it is set to */
  gboolean reading;
  WnLoss *loss;         /* (owned) (nullable): the last one */
  char *api_version;    /* (owned) (nullable) */
  gint64 asked_us;      /* when the heartbeat was sent; 0: unasked */
  gint64 heard_wall_us; /* when the server was last heard */
  gint64 deaf_wall_us;  /* since when nothing could arrive; 0: it can */
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

static void
on_clock_alarm (gpointer user_data)
{
  WnClient *self = user_data;

  self->alarm = 0;
  handle (self, WN_EVENT_DEADLINE, NULL);
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

/* A close says when it happened. A connection that broke, or did not answer,
 * may have been dead since the server was last heard.
 */
static void
note_deafness (WnClient *self, const WnLoss *loss)
{
  if (self->deaf_wall_us != 0)
    return;
  self->deaf_wall_us = loss->reason == WN_LOSS_CLOSED
                           ? wn_clock_get_wall_time (self->clock)
                           : self->heard_wall_us;
}

static void
note_loss (WnClient *self, const WnLoss *loss, gboolean was_open)
{
  remember_loss (self, loss);
  if (was_open)
    note_deafness (self, loss);
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
on_transport_text (const char *text, gsize length, gpointer user_data)
{
  g_autoptr (WnClient) self = g_object_ref (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (WnFrame) frame = self->dialect->read (text, length, &error);

  self->heard_wall_us = wn_clock_get_wall_time (self->clock);
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
  if (frame->notification != NULL && wn_lifecycle_is_open (&self->lifecycle))
    {
      self->n_notifications++;
      self->listener->notified (self, frame->notification, self->user_data);
    }
}

static void
open_transport (WnClient *self)
{
  static const WnTransportListener listener = {
    .opened = on_transport_opened,
    .text = on_transport_text,
    .lost = on_transport_lost,
  };

  wn_transport_open (self->transport, &listener, self);
}

static void
greet (WnClient *self)
{
  gint64 wall_us = wn_clock_get_wall_time (self->clock);

  self->heard_wall_us = wall_us;
  self->connected_wall_us = wall_us;
  self->attempt = 0;
  self->n_opened++;
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
tell_gap (WnClient *self)
{
  gint64 from_us = self->deaf_wall_us;
  gint64 to_us = self->connected_wall_us;

  self->deaf_wall_us = 0;
  if (from_us != 0
      && to_us - from_us > self->lifecycle.config.heartbeat_interval_us)
    self->listener->gap (self, from_us, to_us, self->user_data);
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
    tell_gap (self);
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

/* A retry that was moved is a change too, though the state is the same. */
static gboolean
has_changed (WnClient *self, WnState before, gint64 deadline_before_us)
{
  WnState after = wn_lifecycle_get_state (&self->lifecycle);

  if (after != before)
    return TRUE;
  return after == WN_STATE_WAITING
         && wn_lifecycle_get_deadline (&self->lifecycle) != deadline_before_us;
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

  event.roll = g_rand_double (self->chance);
  actions = wn_lifecycle_handle (&self->lifecycle, &event, now_us);
  changed = has_changed (self, before, deadline_us);
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
               GRand *chance,
               const WnClientListener *listener,
               gpointer user_data)
{
  WnClient *self = g_object_new (WN_TYPE_CLIENT, NULL);

  self->clock = g_object_ref (clock);
  self->transport = g_object_ref (transport);
  self->dialect = speech != NULL ? speech->dialect : &wn_dialect_plain;
  self->hello = speech != NULL ? g_strdup (speech->hello) : NULL;
  self->chance = chance;
  self->listener = listener;
  self->user_data = user_data;
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
  handle (self, WN_EVENT_LOGIN, NULL);
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
  g_clear_object (&self->transport);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (wn_client_parent_class)->dispose (object);
}

static void
wn_client_finalize (GObject *object)
{
  WnClient *self = WN_CLIENT (object);

  g_clear_pointer (&self->chance, g_rand_free);
  g_clear_pointer (&self->loss, wn_loss_free);
  g_free (self->hello);
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
