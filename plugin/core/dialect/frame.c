/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The values' plumbing.
 */

#include "core/dialect/frame.h"

#define MAX_PAUSE_US (5 * G_TIME_SPAN_MINUTE)

void
wn_call_free (WnCall *self)
{
  if (self == NULL)
    return;
  g_free (self->method);
  g_free (self->url);
  g_free (self->authorization);
  g_free (self->content_type);
  g_free (self->body);
  g_free (self);
}

void
wn_call_put_off (WnCall *self, gint64 *pause_us)
{
  self->delay_us = *pause_us;
  *pause_us = MIN (*pause_us * 2, MAX_PAUSE_US);
}

gboolean
wn_answer_is_passing (const WnAnswer *self)
{
  return self->status == 0 || self->status == 429 || self->status >= 500;
}

WnFrame *
wn_frame_new (void)
{
  return g_new0 (WnFrame, 1);
}

void
wn_frame_free (WnFrame *self)
{
  if (self == NULL)
    return;
  g_free (self->version);
  g_clear_pointer (&self->notifications, g_ptr_array_unref);
  g_free (self->cursor);
  g_free (self->reply);
  g_clear_pointer (&self->call, wn_call_free);
  g_clear_pointer (&self->refusal, wn_loss_free);
  g_free (self->notice_detail);
  g_free (self);
}

void
wn_frame_add_notification (WnFrame *self, WnNotification *notification)
{
  if (self->notifications == NULL)
    self->notifications = g_ptr_array_new_with_free_func (
        (GDestroyNotify) wn_notification_unref);
  g_ptr_array_add (self->notifications, notification);
}

void
wn_frame_set_cursor (WnFrame *self, char *cursor)
{
  GPtrArray *all = self->notifications;
  char **place = &self->cursor;

  if (all != NULL)
    place = &((WnNotification *) g_ptr_array_index (all, all->len - 1))->cursor;
  g_free (*place);
  *place = cursor;
}
