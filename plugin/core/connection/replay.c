/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * With a dialect that has no replay all of it is inert.
 */

#include "core/connection/replay.h"

#define PATIENCE_US (10 * G_TIME_SPAN_SECOND)
#define PAUSE_US (2 * G_TIME_SPAN_SECOND)

void
wn_replay_init (WnReplay *self,
                const WnDialect *dialect,
                WnAccount *instance,
                const char *cursor)
{
  *self = (WnReplay){
    .dialect = dialect,
    .instance = instance,
    .over_us = WN_REPLAY_OVER,
    .cursor = wn_cursor_is_sound (cursor) ? g_strdup (cursor) : NULL,
  };
}

void
wn_replay_clear (WnReplay *self)
{
  g_clear_pointer (&self->cursor, g_free);
  g_clear_pointer (&self->asked, g_free);
  g_clear_pointer (&self->offer, g_free);
}

void
wn_replay_login (WnReplay *self)
{
  self->has_told = FALSE;
  self->must_tell = FALSE;
  self->goes_without = FALSE;
  self->n_missed = 0;
  wn_replay_lost (self);
}

static void
set_text (char **text, const char *value)
{
  g_free (*text);
  *text = g_strdup (value);
}

void
wn_replay_route (WnReplay *self, WnRoute *route)
{
  set_text (&self->asked, wn_replay_get_cursor (self));
  self->dialect->route (self->instance, self->asked, route);
  set_text (&self->offer, route->subprotocol);
  if (self->goes_without)
    g_clear_pointer (&route->subprotocol, g_free);
}

const char *
wn_replay_get_cursor (const WnReplay *self)
{
  return self->goes_without ? NULL : self->cursor;
}

void
wn_replay_set_cursor (WnReplay *self, const char *cursor)
{
  if (wn_cursor_is_sound (cursor))
    set_text (&self->cursor, cursor);
}

/* Statuses that say that the request itself is wrong, and would be again. */
void
wn_replay_refused (WnReplay *self, const WnLoss *loss)
{
  static const guint statuses[] = { 400, 405, 406, 410, 414, 422, 426, 501 };

  if (self->offer == NULL || self->goes_without)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (loss->http_status == statuses[i])
      self->goes_without = TRUE;
}

/* What comes from a server that has not agreed has no place, and would come
 * once more from a later connection that goes on from an earlier message. So
 * that message is forgotten.
 */
static void
begin_without (WnReplay *self)
{
  g_clear_pointer (&self->cursor, g_free);
  g_clear_pointer (&self->asked, g_free);
  self->must_tell = self->offer != NULL && !self->has_told;
}

static void
begin (WnReplay *self, gint64 opened_us, gint64 now_us)
{
  self->opened_us = opened_us;
  if (self->asked != NULL)
    self->over_us = now_us + PATIENCE_US;
  else if (self->cursor == NULL && self->dialect->dup_cursor_at != NULL)
    self->cursor = self->dialect->dup_cursor_at (self->instance, opened_us);
}

void
wn_replay_upgraded (WnReplay *self, const char *subprotocol)
{
  self->is_upgraded
      = self->offer == NULL || g_strcmp0 (subprotocol, self->offer) == 0;
}

void
wn_replay_opened (WnReplay *self, gint64 opened_us, gint64 now_us)
{
  self->over_us = WN_REPLAY_OVER;
  self->goes_without = FALSE;
  self->is_agreed = self->instance->has_replay && self->is_upgraded;
  if (self->is_agreed)
    begin (self, opened_us, now_us);
  else
    begin_without (self);
}

gboolean
wn_replay_take_refusal (WnReplay *self)
{
  if (!self->must_tell)
    return FALSE;
  self->must_tell = FALSE;
  self->has_told = TRUE;
  return TRUE;
}

void
wn_replay_lost (WnReplay *self)
{
  g_clear_pointer (&self->asked, g_free);
  self->over_us = WN_REPLAY_OVER;
}

static gint64
whole_seconds (gint64 time_us)
{
  return time_us / G_TIME_SPAN_SECOND;
}

static gboolean
was_sent_before (const WnReplay *self, const WnNotification *notification)
{
  return notification->is_missed
         || (notification->sent_us != 0
             && whole_seconds (notification->sent_us)
                    < whole_seconds (self->opened_us));
}

/* A server may send all that it holds, from before the cursor, too. What was
 * sent after the connection came up is none of that, even where the server's
 * clock was set back so that its place is before the cursor.
 */
static gboolean
was_seen (const WnReplay *self, const WnNotification *notification)
{
  if (self->asked == NULL || notification->cursor == NULL
      || self->dialect->is_known == NULL
      || whole_seconds (notification->sent_us)
             > whole_seconds (self->opened_us))
    return FALSE;
  return self->dialect->is_known (self->instance, self->asked, notification);
}

WnReplayVerdict
wn_replay_take (WnReplay *self,
                const WnNotification *notification,
                gint64 now_us)
{
  if (!self->is_agreed)
    return WN_REPLAY_LIVE;
  if (was_seen (self, notification))
    {
      if (self->over_us != WN_REPLAY_OVER)
        self->over_us = MAX (self->over_us, now_us + PAUSE_US);
      return WN_REPLAY_SEEN;
    }
  wn_replay_set_cursor (self, notification->cursor);
  if (!was_sent_before (self, notification))
    return WN_REPLAY_LIVE;
  self->n_missed++;
  self->over_us = now_us + PAUSE_US;
  return WN_REPLAY_MISSED;
}

gint64
wn_replay_get_deadline (const WnReplay *self)
{
  return self->over_us;
}

gboolean
wn_replay_is_agreed (const WnReplay *self)
{
  return self->is_agreed;
}

guint
wn_replay_finish (WnReplay *self)
{
  guint n_missed = self->n_missed;

  self->n_missed = 0;
  self->over_us = WN_REPLAY_OVER;
  return n_missed;
}
