/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * serv_got_im() runs other plugins, and these may sign the account off: after
 * every call out, the inbox may have been closed. The inbox lives on, counted,
 * until its own functions have returned.
 *
 * A flood is judged when a message is delivered, not when it comes, because
 * what counts is what the window is given. Lines of our own are never kept from
 * the window.
 */

#include "purple/inbox.h"

#include "core/markup/markup.h"
#include "core/message/burst.h"
#include "core/message/flood.h"
#include "core/message/seen.h"
#include "purple/history.h"
#include "purple/host.h"
#include "purple/sentences.h"

#define TURN_US (8 * G_TIME_SPAN_MILLISECOND)
#define MAX_QUEUED 1000
#define MAX_QUEUED_BYTES (16 * 1024 * 1024)
/* For what is queued at the end: the host may be about to quit. */
#define CLOSING_US (250 * G_TIME_SPAN_MILLISECOND)
/* How often a flood is told of that doesn't end. */
#define TELL_US (60 * G_TIME_SPAN_SECOND)

typedef struct
{
  WnNotification *notification; /* (owned) (nullable): else a line */
  char *line;                   /* (owned) (nullable): plain text */
  char *answerer;               /* (owned) (nullable): who answers with it */
  time_t arrived_s;
  gsize n_bytes;
} InboxEntry;

struct _WnInbox
{
  PurpleConnection *gc;            /* (unowned) (nullable): until closed */
  WnContact *contact;              /* (unowned): until closed */
  WnCursor *cursor;                /* (unowned): until closed */
  char *link_base;                 /* (owned) (nullable) */
  const WnInboxListener *listener; /* (unowned): static */
  gpointer user_data;              /* (unowned): until closed */
  GQueue queue;                    /* of InboxEntry (owned) */
  gsize n_bytes;                   /* of all that is queued */
  WnSeen seen;
  WnFlood flood;
  WnBurst burst;
  GHashTable *n_unseen;   /* (owned) (nullable): by contact, in its log only */
  gint64 unseen_since_us; /* since when there are such */
  guint idle;             /* 0: none */
  guint timer;            /* 0: none */
  gint64 timer_due_us;
  const InboxEntry *logging; /* (unowned) (nullable): on its way into the log */
  gboolean is_full;
};

static void
inbox_entry_free (InboxEntry *entry)
{
  g_clear_pointer (&entry->notification, wn_notification_unref);
  g_free (entry->line);
  g_free (entry->answerer);
  g_free (entry);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InboxEntry, inbox_entry_free)

static void
inbox_clear (gpointer data)
{
  WnInbox *self = data;

  g_queue_clear_full (&self->queue, (GDestroyNotify) inbox_entry_free);
  wn_seen_clear (&self->seen);
  g_clear_pointer (&self->n_unseen, g_hash_table_unref);
  g_free (self->link_base);
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

static PurpleAccount *
inbox_get_account (const WnInbox *self)
{
  return purple_connection_get_account (self->gc);
}

/* --- How much is queued --- */

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

/* --- What an entry is to its readers --- */

static gboolean
is_own_contact (WnInbox *self, const char *who)
{
  return g_str_equal (who, wn_contact_get_name (self->contact));
}

/* Whom an entry comes from, as things stand now. */
static char *
dup_sender (WnInbox *self, const InboxEntry *entry)
{
  if (entry->answerer != NULL)
    return g_strdup (entry->answerer);
  if (entry->notification != NULL)
    return wn_contact_dup_sender (self->contact, entry->notification);
  return g_strdup (wn_contact_get_name (self->contact));
}

static char *
render_entry (WnInbox *self, const InboxEntry *entry, const char *who)
{
  const WnHost *host = wn_host_get ();
  WnNotificationView view = {
    .title_start = host->title_start,
    .title_end = host->title_end,
    .link_base = self->link_base,
    .says_source = !is_own_contact (self, who),
  };

  if (entry->notification == NULL)
    return wn_markup_escape (entry->line);
  return host->shows_formatting
             ? wn_notification_to_html (entry->notification, &view)
             : wn_notification_to_text (entry->notification, &view);
}

static gboolean
is_missed (const InboxEntry *entry)
{
  return entry->notification != NULL && entry->notification->is_missed;
}

/* The server's clock may be ahead of ours. */
static time_t
get_time_s (const InboxEntry *entry)
{
  gint64 sent_s;

  if (!is_missed (entry) || entry->notification->sent_us == 0)
    return entry->arrived_s;
  sent_s = entry->notification->sent_us / G_TIME_SPAN_SECOND;
  return MIN (entry->arrived_s, (time_t) sent_s);
}

/* What was missed is no news. A line of ours neither waits for quiet nor makes
 * it, because a notification may follow.
 */
static gboolean
is_heard (WnInbox *self, const WnNotification *notification)
{
  return notification == NULL
         || (!notification->is_missed
             && wn_burst_take (&self->burst,
                               notification->priority,
                               g_get_monotonic_time ()));
}

static PurpleMessageFlags
get_flags (WnInbox *self, const WnNotification *notification)
{
  PurpleMessageFlags flags = PURPLE_MESSAGE_RECV;

  if (!is_heard (self, notification))
    flags |= PURPLE_MESSAGE_DELAYED;
  if (notification != NULL && notification->priority == WN_PRIORITY_HIGH)
    flags |= PURPLE_MESSAGE_NICK;
  return flags;
}

/* --- What a flood kept from the window --- */

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

static char *
dup_unseen_html (gpointer n)
{
  g_autofree char *line = wn_sentence_dup_unseen (GPOINTER_TO_UINT (n));

  return wn_markup_escape (line);
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
      g_autofree char *html = dup_unseen_html (n);

      serv_got_im (self->gc, who, html, PURPLE_MESSAGE_RECV, time (NULL));
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

/* At the end no window is opened any more: the line goes into what is open. */
static void
tell_unseen_at_close (WnInbox *self)
{
  g_autoptr (GHashTable) n_unseen = g_steal_pointer (&self->n_unseen);
  GHashTableIter iter;
  gpointer who, n;

  g_hash_table_iter_init (&iter, n_unseen);
  while (g_hash_table_iter_next (&iter, &who, &n))
    {
      g_autofree char *html = dup_unseen_html (n);

      wn_history_add_line (inbox_get_account (self), who, html);
    }
}

/* --- Delivery --- */

typedef enum
{
  ROUTE_WINDOW,
  ROUTE_LOG,
  ROUTE_WAIT, /* for room in the window */
} Route;

/* An entry whose turn has come. */
typedef struct
{
  const InboxEntry *entry; /* (unowned) */
  char *who;               /* (owned) */
  gboolean is_wanted;      /* by the user's privacy rules */
} Delivery;

static void
delivery_init (Delivery *delivery, WnInbox *self, const InboxEntry *entry)
{
  delivery->entry = entry;
  delivery->who = dup_sender (self, entry);
  delivery->is_wanted = !wn_contact_is_blocked (self->contact, delivery->who);
}

static void
delivery_clear (Delivery *delivery)
{
  g_free (delivery->who);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Delivery, delivery_clear)

/* A contact's first message opens its window, flood or not: there is no log
 * before.
 */
static Route
choose_route (WnInbox *self, const Delivery *delivery)
{
  gint64 now_us = g_get_monotonic_time ();
  PurpleAccount *account = inbox_get_account (self);

  if (!wn_host_get ()->has_slow_window || delivery->entry->notification == NULL
      || !delivery->is_wanted || !wn_flood_is_on (&self->flood, now_us)
      || !wn_history_is_shown (account, delivery->who))
    return ROUTE_WINDOW;
  if (wn_history_is_logged (account, delivery->who))
    return ROUTE_LOG;
  return wn_flood_get_room_us (&self->flood, now_us) > 0 ? ROUTE_WAIT
                                                         : ROUTE_WINDOW;
}

/* The contact is there when its message comes, unless the user doesn't want to
 * hear from it: serv_got_im() sees to that, but would not keep it off the
 * list.
 */
static void
show_delivery (WnInbox *self, const Delivery *delivery, const char *html)
{
  const InboxEntry *entry = delivery->entry;

  tell_unseen_when_over (self);
  if (!is_closed (self) && delivery->is_wanted)
    wn_contact_ensure (self->contact,
                       delivery->who,
                       entry->notification != NULL
                           && entry->notification->type != NULL);
  if (!is_closed (self))
    serv_got_im (self->gc,
                 delivery->who,
                 html,
                 get_flags (self, entry->notification),
                 get_time_s (entry));
}

static void
log_only (WnInbox *self, const Delivery *delivery, const char *html)
{
  const InboxEntry *entry = delivery->entry;
  gboolean is_unseen;

  self->logging = entry;
  is_unseen
      = wn_history_write (self->gc, delivery->who, html, get_time_s (entry));
  self->logging = NULL;
  if (is_unseen && !is_closed (self))
    count_unseen (self, delivery->who);
}

static void
note_delivered (WnInbox *self, const WnNotification *notification)
{
  if (notification->cursor != NULL)
    wn_cursor_advance (self->cursor, notification->cursor);
}

static void
deliver (WnInbox *self, const Delivery *delivery, Route route)
{
  const WnNotification *notification = delivery->entry->notification;
  g_autofree char *html = render_entry (self, delivery->entry, delivery->who);

  if (notification != NULL && delivery->is_wanted)
    wn_flood_count (&self->flood, g_get_monotonic_time ());
  if (route == ROUTE_LOG)
    log_only (self, delivery, html);
  else
    show_delivery (self, delivery, html);
  if (is_closed (self) || notification == NULL)
    return;
  note_delivered (self, notification);
  if (delivery->is_wanted && notification->attachment != NULL)
    self->listener->announced (delivery->who, notification, self->user_data);
}

/* Returns whether the next may follow. */
static gboolean
deliver_next (WnInbox *self)
{
  g_auto (Delivery) delivery = { 0 };
  g_autoptr (InboxEntry) entry = NULL;
  Route route;

  delivery_init (&delivery, self, g_queue_peek_head (&self->queue));
  route = choose_route (self, &delivery);
  if (route == ROUTE_WAIT)
    return FALSE;
  entry = g_queue_pop_head (&self->queue);
  self->n_bytes -= entry->n_bytes;
  deliver (self, &delivery, route);
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

/* --- When --- */

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

/* Of two times, the timer keeps the earlier one. */
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
  g_auto (Delivery) delivery = { 0 };

  delivery_init (&delivery, self, g_queue_peek_head (&self->queue));
  if (choose_route (self, &delivery) != ROUTE_WAIT)
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

/* --- The end --- */

typedef enum
{
  KEEP_DONE,   /* the next may follow */
  KEEP_FAILED, /* there is no log; so may it here */
  KEEP_STOP,   /* there is no log, but the server will replay it */
} Keep;

/* A server replays from where the cursor stands, which must not pass what is
 * in no log.
 */
static Keep
keep_failed (const InboxEntry *entry)
{
  return entry->notification != NULL && entry->notification->cursor != NULL
             ? KEEP_STOP
             : KEEP_FAILED;
}

static Keep
keep (WnInbox *self, const InboxEntry *entry)
{
  g_auto (Delivery) delivery = { 0 };
  PurpleAccount *account = inbox_get_account (self);

  delivery_init (&delivery, self, entry);
  if (delivery.is_wanted && !wn_history_is_logged (account, delivery.who))
    return keep_failed (entry);
  if (delivery.is_wanted)
    {
      g_autofree char *html = render_entry (self, entry, delivery.who);

      wn_history_keep (account, delivery.who, html, get_time_s (entry));
    }
  if (entry->notification == NULL)
    return KEEP_DONE;
  if (delivery.is_wanted)
    count_unseen (self, delivery.who);
  note_delivered (self, entry->notification);
  return KEEP_DONE;
}

/* What was on its way into a log when the end came is kept first. */
static void
keep_queue (WnInbox *self)
{
  gint64 end_us = g_get_monotonic_time () + CLOSING_US;
  Keep result = self->logging != NULL ? keep (self, self->logging) : KEEP_DONE;

  while (result != KEEP_STOP && self->queue.length > 0
         && g_get_monotonic_time () < end_us)
    {
      g_autoptr (InboxEntry) entry = g_queue_pop_head (&self->queue);

      result = keep (self, entry);
    }
  if (self->queue.length > 0)
    g_debug ("inbox: %u that had come were not kept", self->queue.length);
}

WnInbox *
wn_inbox_new (const WnInboxConfig *config,
              const WnInboxListener *listener,
              gpointer user_data)
{
  WnInbox *self = g_rc_box_new0 (WnInbox);

  self->gc = config->gc;
  self->contact = config->contact;
  self->cursor = config->cursor;
  self->link_base = g_strdup (config->link_base);
  self->listener = listener;
  self->user_data = user_data;
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

/* --- What comes in --- */

gboolean
wn_inbox_is_empty (const WnInbox *self)
{
  return self->queue.length == 0;
}

static void
add_entry (WnInbox *self, InboxEntry *entry)
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

static gboolean
is_repeated (WnInbox *self, const WnNotification *notification)
{
  return notification->id != NULL
         && !wn_seen_add (&self->seen, notification->id)
         && !notification->is_update;
}

void
wn_inbox_add_notification (WnInbox *self, WnNotification *notification)
{
  InboxEntry *entry;

  if (is_repeated (self, notification))
    {
      g_debug ("inbox: a notification came again");
      return;
    }
  entry = g_new0 (InboxEntry, 1);
  entry->notification = wn_notification_ref (notification);
  entry->n_bytes = sizeof (InboxEntry) + length_of (notification->title)
                   + length_of (notification->content)
                   + length_of (notification->type)
                   + length_of (notification->id);
  add_entry (self, entry);
}

void
wn_inbox_add_answer (WnInbox *self, const char *who, const char *text)
{
  InboxEntry *entry = g_new0 (InboxEntry, 1);

  entry->line = g_strdup (text);
  entry->answerer = g_strdup (who);
  entry->n_bytes = sizeof (InboxEntry) + strlen (text);
  add_entry (self, entry);
}

void
wn_inbox_add_line (WnInbox *self, const char *text)
{
  InboxEntry *entry = g_new0 (InboxEntry, 1);

  entry->line = g_strdup (text);
  entry->n_bytes = sizeof (InboxEntry) + strlen (text);
  add_entry (self, entry);
}
