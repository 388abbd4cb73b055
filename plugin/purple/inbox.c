/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * serv_got_im() runs other plugins, and these may sign the account off: after
 * every call out, the inbox may have been closed. It lives on, counted, until
 * its own functions have returned.
 */

#include "purple/inbox.h"

#include "core/markup.h"

#define TURN_US (8 * G_TIME_SPAN_MILLISECOND)
#define MAX_QUEUED 1000
#define MAX_QUEUED_BYTES (16 * 1024 * 1024)
#define N_REMEMBERED_IDS 512
/* Longer ids are remembered by their checksum. */
#define MAX_ID_BYTES 64

typedef struct
{
  WnNotification *notification; /* (owned) (nullable): else a line */
  char *line;                   /* (owned) (nullable): plain text */
  time_t arrived_s;
  gsize n_bytes;
} Entry;

struct _WnInbox
{
  PurpleConnection *gc;            /* (unowned) (nullable): until closed */
  char *who;                       /* (owned) */
  const WnInboxListener *listener; /* (unowned): static */
  gpointer user_data;              /* (unowned): until closed */
  GQueue queue;                    /* of Entry (owned) */
  gsize n_bytes;                   /* of all that is queued */
  GQueue recent;                   /* of ids, (unowned): the table's */
  GHashTable *ids;                 /* (owned): of ids */
  guint idle;                      /* 0: none */
  gboolean plain;
  gboolean is_full;
};

static void
entry_free (Entry *entry)
{
  g_clear_pointer (&entry->notification, wn_notification_unref);
  g_free (entry->line);
  g_free (entry);
}

static void
inbox_clear (gpointer data)
{
  WnInbox *self = data;

  g_queue_clear_full (&self->queue, (GDestroyNotify) entry_free);
  g_queue_clear (&self->recent);
  g_hash_table_unref (self->ids);
  g_free (self->who);
}

static void
inbox_unref (WnInbox *self)
{
  g_rc_box_release_full (self, inbox_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnInbox, inbox_unref)

static gboolean
is_closed (const WnInbox *self)
{
  return self->gc == NULL;
}

static void
set_full (WnInbox *self, gboolean is_full)
{
  if (self->is_full == is_full)
    return;
  self->is_full = is_full;
  self->listener->full (is_full, self->user_data);
}

static void
stop_when_full (WnInbox *self)
{
  if (self->queue.length > MAX_QUEUED || self->n_bytes > MAX_QUEUED_BYTES)
    set_full (self, TRUE);
}

static void
go_on_when_emptied (WnInbox *self)
{
  if (self->queue.length < MAX_QUEUED / 4
      && self->n_bytes < MAX_QUEUED_BYTES / 4)
    set_full (self, FALSE);
}

static char *
render (WnInbox *self, const Entry *entry)
{
  if (entry->notification == NULL)
    return wn_markup_escape (entry->line);
  if (self->plain)
    return wn_notification_to_text (entry->notification);
  return wn_notification_to_html (entry->notification);
}

/* What was missed is no news, for which a host would make a sound. Its time is
 * the server's, whose clock may be ahead of ours.
 */
static void
write_im (WnInbox *self, const Entry *entry, const char *html)
{
  gint64 missed_us
      = entry->notification != NULL ? entry->notification->missed_us : 0;
  PurpleMessageFlags flags = PURPLE_MESSAGE_RECV;
  time_t when_s = entry->arrived_s;

  if (missed_us != 0)
    {
      flags |= PURPLE_MESSAGE_DELAYED;
      when_s = MIN (when_s, (time_t) (missed_us / G_TIME_SPAN_SECOND));
    }
  serv_got_im (self->gc, self->who, html, flags, when_s);
}

static void
deliver (WnInbox *self, const Entry *entry)
{
  g_autofree char *html = render (self, entry);

  self->listener->about_to_deliver (self->user_data);
  if (is_closed (self))
    return;
  write_im (self, entry, html);
  if (is_closed (self) || entry->notification == NULL)
    return;
  self->listener->delivered (entry->notification, self->user_data);
}

static void
deliver_next (WnInbox *self)
{
  Entry *entry = g_queue_pop_head (&self->queue);

  self->n_bytes -= entry->n_bytes;
  deliver (self, entry);
  entry_free (entry);
}

static gboolean
on_idle (gpointer user_data)
{
  g_autoptr (WnInbox) self = g_rc_box_acquire (user_data);
  gint64 end_us = g_get_monotonic_time () + TURN_US;

  while (!g_queue_is_empty (&self->queue))
    {
      deliver_next (self);
      if (is_closed (self))
        return G_SOURCE_REMOVE;
      if (g_get_monotonic_time () >= end_us)
        break;
    }
  go_on_when_emptied (self);
  if (is_closed (self))
    return G_SOURCE_REMOVE;
  if (!g_queue_is_empty (&self->queue))
    return G_SOURCE_CONTINUE;
  self->idle = 0;
  return G_SOURCE_REMOVE;
}

static void
add_entry (WnInbox *self, Entry *entry)
{
  entry->arrived_s = time (NULL);
  g_queue_push_tail (&self->queue, entry);
  self->n_bytes += entry->n_bytes;
  if (self->idle == 0)
    self->idle = g_idle_add (on_idle, self);
  stop_when_full (self);
}

static gsize
length_of (const char *text)
{
  return text != NULL ? strlen (text) : 0;
}

static char *
key_of_id (const char *id)
{
  if (strlen (id) <= MAX_ID_BYTES)
    return g_strdup (id);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, id, -1);
}

static gboolean
is_repeated (WnInbox *self, const char *id)
{
  char *key;

  if (id == NULL)
    return FALSE;
  key = key_of_id (id);
  if (g_hash_table_contains (self->ids, key))
    {
      g_free (key);
      return TRUE;
    }
  if (self->recent.length == N_REMEMBERED_IDS)
    g_hash_table_remove (self->ids, g_queue_pop_head (&self->recent));
  g_hash_table_add (self->ids, key);
  g_queue_push_tail (&self->recent, key);
  return FALSE;
}

WnInbox *
wn_inbox_new (PurpleConnection *gc,
              const char *who,
              gboolean plain,
              const WnInboxListener *listener,
              gpointer user_data)
{
  WnInbox *self = g_rc_box_new0 (WnInbox);

  self->gc = gc;
  self->who = g_strdup (who);
  self->plain = plain;
  self->listener = listener;
  self->user_data = user_data;
  self->ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
wn_inbox_close (WnInbox *self)
{
  g_clear_handle_id (&self->idle, g_source_remove);
  self->gc = NULL;
  inbox_unref (self);
}

void
wn_inbox_add_notification (WnInbox *self, WnNotification *notification)
{
  Entry *entry;

  if (is_repeated (self, notification->id))
    {
      g_debug ("inbox: a notification came again");
      return;
    }
  entry = g_new0 (Entry, 1);
  entry->notification = wn_notification_ref (notification);
  entry->n_bytes
      = sizeof (Entry) + length_of (notification->title)
        + length_of (notification->content) + length_of (notification->type)
        + length_of (notification->filename) + length_of (notification->id);
  add_entry (self, entry);
}

void
wn_inbox_add_line (WnInbox *self, const char *text)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->line = g_strdup (text);
  entry->n_bytes = sizeof (Entry) + strlen (text);
  add_entry (self, entry);
}
