/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * serv_got_im() runs other plugins, and these may sign the account off: after
 * every call out, the inbox may have been closed. It lives on, counted, until
 * its own functions have returned.
 *
 * A flood is judged when a message is delivered, not when it comes: what
 * counts is what the window is given. Lines are never kept from the window.
 *
 * What comes to an empty queue is delivered at once. Whoever receives does so
 * at a priority above the host's drawing, so that is done only after at least
 * as much time as the last such delivery took: most of the loop's time goes by
 * without. A host that is slower than what comes thereby makes a queue, and a
 * queue is for when nothing else is to do.
 */

#include "purple/inbox.h"

#include <glib/gi18n-lib.h>

#include "core/message/flood.h"
#include "core/markup/markup.h"
#include "purple/contact.h"
#include "purple/history.h"
#include "purple/host.h"

#define TURN_US (8 * G_TIME_SPAN_MILLISECOND)
#define MAX_QUEUED 1000
#define MAX_QUEUED_BYTES (16 * 1024 * 1024)
#define N_REMEMBERED_IDS 512
/* Longer ids are remembered by their checksum. */
#define MAX_ID_BYTES 64
/* For what is queued at the end: the host may be about to quit. */
#define CLOSING_US (250 * G_TIME_SPAN_MILLISECOND)
/* A flood that doesn't end is told of so often. */
#define TELL_US (60 * G_TIME_SPAN_SECOND)

typedef struct
{
  WnNotification *notification; /* (owned) (nullable): else a line */
  char *line;                   /* (owned) (nullable): plain text */
  char *who;                    /* (owned) (nullable): a line's contact */
  time_t arrived_s;
  gsize n_bytes;
} Entry;

struct _WnInbox
{
  PurpleConnection *gc;            /* (unowned) (nullable): until closed */
  char *project;                   /* (owned) */
  const WnInboxListener *listener; /* (unowned): static */
  gpointer user_data;              /* (unowned): until closed */
  GQueue queue;                    /* of Entry (owned) */
  gsize n_bytes;                   /* of all that is queued */
  GQueue recent;                   /* of ids, (unowned): the table's */
  GHashTable *ids;                 /* (owned): of ids */
  WnFlood flood;
  GHashTable *n_unseen;   /* (owned) (nullable): by contact, in its log only */
  gint64 unseen_since_us; /* since when there are such */
  guint idle;             /* 0: none */
  guint timer;            /* 0: none */
  gint64 timer_due_us;
  gint64 direct_from_us; /* before that, nothing is delivered at once */
  guint n_deliveries;    /* that are under way, each in a loop of the other */
  const Entry *logging;  /* (unowned) (nullable): on its way into the log */
  gboolean per_type;
  gboolean plain;
  gboolean is_slow; /* whether the host's window is */
  gboolean is_full;
};

static void
entry_free (Entry *entry)
{
  g_clear_pointer (&entry->notification, wn_notification_unref);
  g_free (entry->line);
  g_free (entry->who);
  g_free (entry);
}

static void
inbox_clear (gpointer data)
{
  WnInbox *self = data;

  g_queue_clear_full (&self->queue, (GDestroyNotify) entry_free);
  g_queue_clear (&self->recent);
  g_hash_table_unref (self->ids);
  g_clear_pointer (&self->n_unseen, g_hash_table_unref);
  g_free (self->project);
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

static PurpleAccount *
get_account (const WnInbox *self)
{
  return purple_connection_get_account (self->gc);
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

/* Whom it comes from, as things stand now. */
static char *
dup_sender (WnInbox *self, const Entry *entry)
{
  if (entry->who != NULL)
    return g_strdup (entry->who);
  if (entry->notification != NULL && self->per_type)
    return wn_contact_dup_name_for (get_account (self),
                                    self->project,
                                    entry->notification);
  return g_strdup (self->project);
}

/* The contact is there when its message comes, unless the user doesn't want to
 * hear from it: serv_got_im() sees to that, but would not keep it off the
 * list.
 */
static void
say (WnInbox *self,
     const char *who,
     const char *html,
     PurpleMessageFlags flags,
     time_t when_s)
{
  if (!wn_contact_is_blocked (get_account (self), who))
    self->listener->about_to_deliver (who, self->user_data);
  if (!is_closed (self))
    serv_got_im (self->gc, who, html, PURPLE_MESSAGE_RECV | flags, when_s);
}

static gboolean
is_missed (const Entry *entry)
{
  return entry->notification != NULL && entry->notification->is_missed;
}

/* The server's clock may be ahead of ours. */
static time_t
get_time_s (const Entry *entry)
{
  gint64 sent_s;

  if (!is_missed (entry) || entry->notification->sent_us == 0)
    return entry->arrived_s;
  sent_s = entry->notification->sent_us / G_TIME_SPAN_SECOND;
  return MIN (entry->arrived_s, (time_t) sent_s);
}

/* What a flood kept from the window */

static char *
dup_unseen_line (guint n)
{
  return g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE,
                   "Too much came at once: %u notification is in the log "
                   "only. To read it, choose View Log in the conversation's "
                   "menu.",
                   "Too much came at once: %u notifications are in the log "
                   "only. To read them, choose View Log in the "
                   "conversation's menu.",
                   n),
      n);
}

static void
count_unseen (WnInbox *self, const char *who)
{
  guint n;

  if (self->n_unseen == NULL)
    {
      self->n_unseen
          = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      self->unseen_since_us = g_get_monotonic_time ();
    }
  n = GPOINTER_TO_UINT (g_hash_table_lookup (self->n_unseen, who));
  g_hash_table_insert (self->n_unseen,
                       g_strdup (who),
                       GUINT_TO_POINTER (n + 1));
}

static void
tell_unseen (WnInbox *self)
{
  g_autoptr (GHashTable) n_unseen = g_steal_pointer (&self->n_unseen);
  GHashTableIter iter;
  gpointer who, n;

  g_hash_table_iter_init (&iter, n_unseen);
  while (!is_closed (self) && g_hash_table_iter_next (&iter, &who, &n))
    {
      g_autofree char *line = dup_unseen_line (GPOINTER_TO_UINT (n));
      g_autofree char *html = wn_markup_escape (line);

      say (self, who, html, 0, time (NULL));
    }
}

static void
tell_unseen_when_over (WnInbox *self)
{
  gint64 now_us = g_get_monotonic_time ();

  if (self->n_unseen == NULL)
    return;
  if (!wn_flood_is_on (&self->flood, now_us)
      || now_us - self->unseen_since_us >= TELL_US)
    tell_unseen (self);
}

/* At the end, into what is open: nothing opens a window any more. */
static void
tell_unseen_at_close (WnInbox *self)
{
  g_autoptr (GHashTable) n_unseen = g_steal_pointer (&self->n_unseen);
  GHashTableIter iter;
  gpointer who, n;

  g_hash_table_iter_init (&iter, n_unseen);
  while (g_hash_table_iter_next (&iter, &who, &n))
    {
      g_autofree char *line = dup_unseen_line (GPOINTER_TO_UINT (n));
      g_autofree char *html = wn_markup_escape (line);

      wn_history_add_line (get_account (self), who, html);
    }
}

/* Delivery */

typedef enum
{
  WAY_SHOW,
  WAY_LOG,
  WAY_WAIT, /* for room in the window */
} Way;

/* A contact's first message opens its window, flood or not: there is no log
 * before.
 */
static Way
choose_way (WnInbox *self, const Entry *entry, const char *who)
{
  gint64 now_us = g_get_monotonic_time ();
  PurpleAccount *account = get_account (self);

  if (!self->is_slow || entry->notification == NULL
      || !wn_flood_is_on (&self->flood, now_us)
      || !wn_history_is_shown (account, who)
      || wn_contact_is_blocked (account, who))
    return WAY_SHOW;
  if (wn_history_is_logged (account, who))
    return WAY_LOG;
  return wn_flood_get_room_us (&self->flood, now_us) > 0 ? WAY_WAIT : WAY_SHOW;
}

static void
show (WnInbox *self, const Entry *entry, const char *who, const char *html)
{
  /* What was missed is no news, for which a host would make a sound. */
  PurpleMessageFlags flags = is_missed (entry) ? PURPLE_MESSAGE_DELAYED : 0;

  tell_unseen_when_over (self);
  if (!is_closed (self))
    say (self, who, html, flags, get_time_s (entry));
}

static void
log_only (WnInbox *self, const Entry *entry, const char *who, const char *html)
{
  gboolean is_unseen;

  self->logging = entry;
  is_unseen = wn_history_write (self->gc, who, html, get_time_s (entry));
  self->logging = NULL;
  if (is_unseen && !is_closed (self))
    count_unseen (self, who);
}

static void
deliver (WnInbox *self, const Entry *entry, const char *who, Way way)
{
  g_autofree char *html = render (self, entry);
  gboolean is_wanted = !wn_contact_is_blocked (get_account (self), who);

  self->n_deliveries++;
  if (entry->notification != NULL && is_wanted)
    wn_flood_count (&self->flood, g_get_monotonic_time ());
  if (way == WAY_LOG)
    log_only (self, entry, who, html);
  else
    show (self, entry, who, html);
  if (!is_closed (self) && entry->notification != NULL)
    self->listener->delivered (entry->notification, is_wanted, self->user_data);
  self->n_deliveries--;
}

/* Returns whether the next may follow. */
static gboolean
deliver_next (WnInbox *self)
{
  Entry *entry = g_queue_peek_head (&self->queue);
  g_autofree char *who = dup_sender (self, entry);
  Way way = choose_way (self, entry, who);

  if (way == WAY_WAIT)
    return FALSE;
  g_queue_pop_head (&self->queue);
  self->n_bytes -= entry->n_bytes;
  deliver (self, entry, who, way);
  entry_free (entry);
  return !is_closed (self);
}

static void
deliver_for_a_turn (WnInbox *self)
{
  gint64 end_us = g_get_monotonic_time () + TURN_US;

  while (!g_queue_is_empty (&self->queue) && deliver_next (self)
         && g_get_monotonic_time () < end_us)
    continue;
}

static void schedule (WnInbox *self);

static gboolean
on_idle (gpointer user_data)
{
  g_autoptr (WnInbox) self = g_rc_box_acquire (user_data);

  self->idle = 0;
  deliver_for_a_turn (self);
  if (!is_closed (self))
    go_on_when_emptied (self);
  if (!is_closed (self))
    schedule (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_timer (gpointer user_data)
{
  g_autoptr (WnInbox) self = g_rc_box_acquire (user_data);

  self->timer = 0;
  tell_unseen_when_over (self);
  if (!is_closed (self))
    schedule (self);
  return G_SOURCE_REMOVE;
}

/* Whichever is due sooner. */
static void
set_timer (WnInbox *self, gint64 due_us)
{
  gint64 delay_us = due_us - g_get_monotonic_time ();

  if (self->timer != 0 && self->timer_due_us <= due_us)
    return;
  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer_due_us = due_us;
  self->timer
      = g_timeout_add ((guint) (MAX (delay_us, 0) / G_TIME_SPAN_MILLISECOND)
                           + 1,
                       on_timer,
                       self);
}

/* How long all that is queued has to wait for room; 0: not at all. */
static gint64
get_wait_us (WnInbox *self)
{
  const Entry *entry = g_queue_peek_head (&self->queue);
  g_autofree char *who = dup_sender (self, entry);

  if (choose_way (self, entry, who) != WAY_WAIT)
    return 0;
  return wn_flood_get_room_us (&self->flood, g_get_monotonic_time ());
}

static void
schedule (WnInbox *self)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 wait_us;

  if (self->n_unseen != NULL)
    set_timer (self, now_us + wn_flood_get_end_us (&self->flood, now_us));
  if (g_queue_is_empty (&self->queue) || self->idle != 0)
    return;
  wait_us = get_wait_us (self);
  if (wait_us > 0)
    set_timer (self, now_us + wait_us);
  else
    self->idle = g_idle_add (on_idle, self);
}

/* At once */

static gboolean
is_busy (const WnInbox *self, gint64 now_us)
{
  return self->idle != 0 || self->queue.length > 0 || self->n_deliveries > 0
         || now_us < self->direct_from_us;
}

/* Returns whether it has been delivered. */
static gboolean
deliver_at_once (WnInbox *inbox, WnNotification *notification)
{
  g_autoptr (WnInbox) self = NULL;
  g_autofree char *who = NULL;
  const Entry entry
      = { .notification = notification, .arrived_s = time (NULL) };
  gint64 begin_us = g_get_monotonic_time ();
  gint64 end_us;

  if (is_busy (inbox, begin_us))
    return FALSE;
  self = g_rc_box_acquire (inbox);
  who = dup_sender (self, &entry);
  if (choose_way (self, &entry, who) != WAY_SHOW)
    return FALSE;
  deliver (self, &entry, who, WAY_SHOW);
  end_us = g_get_monotonic_time ();
  self->direct_from_us = end_us + (end_us - begin_us);
  return TRUE;
}

/* The end */

/* Returns whether it has been dealt with: not where the contact has no log. */
static gboolean
keep (WnInbox *self, const Entry *entry)
{
  g_autofree char *who = dup_sender (self, entry);
  g_autofree char *html = NULL;
  gboolean is_wanted = !wn_contact_is_blocked (get_account (self), who);

  if (is_wanted && !wn_history_is_logged (get_account (self), who))
    return FALSE;
  if (is_wanted)
    {
      html = render (self, entry);
      wn_history_keep (get_account (self), who, html, get_time_s (entry));
    }
  if (entry->notification == NULL)
    return TRUE;
  if (is_wanted)
    count_unseen (self, who);
  self->listener->delivered (entry->notification, is_wanted, self->user_data);
  return TRUE;
}

/* What the server replays from where it was dealt with last. */
static gboolean
comes_again (const Entry *entry)
{
  return entry->notification != NULL && entry->notification->cursor != NULL;
}

/* What can't be kept and comes again ends it, or what follows would come twice.
 */
static void
keep_queue (WnInbox *self)
{
  gint64 end_us = g_get_monotonic_time () + CLOSING_US;

  if (self->logging != NULL)
    keep (self, self->logging);
  while (self->queue.length > 0 && g_get_monotonic_time () < end_us)
    {
      Entry *entry = g_queue_pop_head (&self->queue);
      gboolean may_go_on = keep (self, entry) || !comes_again (entry);

      entry_free (entry);
      if (!may_go_on)
        break;
    }
  if (self->queue.length > 0)
    g_debug ("inbox: %u that had come were not kept", self->queue.length);
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
wn_inbox_new (const WnInboxConfig *config,
              const WnInboxListener *listener,
              gpointer user_data)
{
  WnInbox *self = g_rc_box_new0 (WnInbox);

  self->gc = config->gc;
  self->project = g_strdup (config->project);
  self->per_type = config->per_type;
  self->plain = config->plain;
  self->is_slow = wn_host_get ()->has_slow_window;
  self->listener = listener;
  self->user_data = user_data;
  self->ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
wn_inbox_close (WnInbox *self)
{
  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_handle_id (&self->timer, g_source_remove);
  keep_queue (self);
  if (self->n_unseen != NULL)
    tell_unseen_at_close (self);
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
  if (deliver_at_once (self, notification))
    return;
  entry = g_new0 (Entry, 1);
  entry->notification = wn_notification_ref (notification);
  entry->n_bytes = sizeof (Entry) + length_of (notification->title)
                   + length_of (notification->content)
                   + length_of (notification->type)
                   + length_of (notification->id);
  add_entry (self, entry);
}

void
wn_inbox_add_answer (WnInbox *self, const char *who, const char *text)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->line = g_strdup (text);
  entry->who = g_strdup (who);
  entry->n_bytes = sizeof (Entry) + strlen (who) + strlen (text);
  add_entry (self, entry);
}

void
wn_inbox_add_line (WnInbox *self, const char *text)
{
  wn_inbox_add_answer (self, self->project, text);
}
