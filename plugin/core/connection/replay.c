/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * With a dialect that has no replay all of it is inert.
 */

#include "core/connection/replay.h"

#define PATIENCE_US (10 * G_TIME_SPAN_SECOND)
#define PAUSE_US (2 * G_TIME_SPAN_SECOND)

void
wn_replay_init (WnReplay *self, const WnDialect *dialect, const char *cursor)
{
  *self = (WnReplay){
    .dialect = dialect,
    .over_us = WN_REPLAY_OVER,
    .cursor = wn_cursor_is_sound (cursor) ? g_strdup (cursor) : NULL,
  };
}

void
wn_replay_clear (WnReplay *self)
{
  g_clear_pointer (&self->cursor, g_free);
  g_clear_pointer (&self->asked, g_free);
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

const char *
wn_replay_get_subprotocol (const WnReplay *self)
{
  return self->goes_without ? NULL : self->dialect->subprotocol;
}

const char *
wn_replay_get_cursor (const WnReplay *self)
{
  return self->goes_without ? NULL : self->cursor;
}

/* Statuses that say that the request itself is wrong, and would be again. */
void
wn_replay_refused (WnReplay *self, const WnLoss *loss)
{
  static const guint statuses[] = { 400, 405, 406, 410, 414, 422, 426, 501 };

  if (wn_replay_get_subprotocol (self) == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (loss->http_status == statuses[i])
      self->goes_without = TRUE;
}

static void
begin (WnReplay *self, gint64 opened_us, gint64 now_us)
{
  self->opened_us = opened_us;
  self->asked = g_strdup (self->cursor);
  if (self->asked != NULL)
    self->over_us = now_us + PATIENCE_US;
  else if (self->dialect->dup_cursor_at != NULL)
    self->cursor = self->dialect->dup_cursor_at (opened_us);
}

void
wn_replay_opened (WnReplay *self,
                  const WnTransportAnswer *answer,
                  gint64 wall_us,
                  gint64 now_us)
{
  const char *offer = self->dialect->subprotocol;

  wn_replay_lost (self);
  self->goes_without = FALSE;
  self->is_agreed
      = offer != NULL && g_strcmp0 (answer->subprotocol, offer) == 0;
  if (self->is_agreed)
    begin (self, answer->time_us != 0 ? answer->time_us : wall_us, now_us);
  else
    {
      /* What comes without a place would come once more, from a later
       * connection that goes on from an earlier one. */
      g_clear_pointer (&self->cursor, g_free);
      self->must_tell = offer != NULL && !self->has_told;
    }
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
was_sent_before (const WnFrame *frame, gint64 opened_us)
{
  return frame->sent_us != 0
         && whole_seconds (frame->sent_us) < whole_seconds (opened_us);
}

/* A server may send all that it holds, from before the cursor, too. A frame
 * from after the connection came up is none of these, even where the server's
 * clock was set back and the frame's place is before the cursor. */
static gboolean
was_seen (const WnReplay *self, const WnFrame *frame)
{
  if (self->asked == NULL || self->dialect->is_after == NULL
      || whole_seconds (frame->sent_us) > whole_seconds (self->opened_us))
    return FALSE;
  return g_str_equal (frame->cursor, self->asked)
         || self->dialect->is_after (self->asked, frame->cursor);
}

static void
take_place (WnReplay *self, const WnFrame *frame)
{
  g_free (self->cursor);
  self->cursor = g_strdup (frame->cursor);
}

WnReplayVerdict
wn_replay_take (WnReplay *self, const WnFrame *frame, gint64 now_us)
{
  if (!self->is_agreed || frame->cursor == NULL)
    return WN_REPLAY_LIVE;
  if (was_seen (self, frame))
    {
      if (self->over_us != WN_REPLAY_OVER)
        self->over_us = MAX (self->over_us, now_us + PAUSE_US);
      return WN_REPLAY_SEEN;
    }
  if (!was_sent_before (frame, self->opened_us))
    {
      take_place (self, frame);
      return WN_REPLAY_LIVE;
    }
  take_place (self, frame);
  if (frame->notification != NULL)
    self->n_missed++;
  self->over_us = now_us + PAUSE_US;
  return WN_REPLAY_MISSED;
}

gint64
wn_replay_get_deadline (const WnReplay *self)
{
  return self->over_us;
}

guint
wn_replay_finish (WnReplay *self)
{
  guint n_missed = self->n_missed;

  self->n_missed = 0;
  self->over_us = WN_REPLAY_OVER;
  return n_missed;
}
