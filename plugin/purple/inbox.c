/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * serv_got_im() runs other plugins, and these may sign the account off: after
 * every call out, the inbox may have been closed. The inbox lives on, counted,
 * until its own functions have returned.
 *
 * A flood is judged when a message is delivered, not when it comes, because
 * what counts is what the window is given. Lines of our own are never kept from
 * the window, unless a server can bring about as many as it likes.
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
  gboolean is_from_server;      /* a notification, or a line that a server can
                                 * bring about as often */
  char *who;          /* (owned) (nullable): whom it comes from; a notification
                       * has it when its turn has come */
  gboolean is_wanted; /* by the user's privacy rules, when its turn has come */
  WnCursor *store;    /* (owned): its server's, which may not be the account's
                       * any more when its turn has come */
  char *cursor; /* (owned) (nullable): where the server goes on after it, where
                 * that is not as the notification says */
  time_t arrived_s;
  gsize n_bytes;
} InboxEntry;

struct _WnInbox
{
  PurpleConnection *gc;            /* (unowned) (nullable): until closed */
  WnContact *contact;              /* (unowned): until closed */
  WnCursor *store;                 /* (owned): until closed */
  const WnSettings *settings;      /* (unowned): until closed */
  const WnInboxListener *listener; /* (unowned): static */
  gpointer user_data;              /* (unowned): until closed */
  GQueue queue;                    /* of InboxEntry (owned) */
  gsize n_bytes;                   /* of all that is queued */
  WnSeen seen;
  WnFlood flood;
  WnBurst burst;
  GHashTable *n_unseen;   /* (owned) (nullable): by contact, in its log only */
  gint64 unseen_since_us; /* since when there are such */
  guint turn;             /* the source of the next one; 0: none */
  InboxEntry *current;    /* (unowned) (nullable): its turn has come, but it is
                           * neither shown nor logged yet */
  gboolean is_full;
};

static void
inbox_entry_free (InboxEntry *entry)
{
  g_clear_pointer (&entry->notification, wn_notification_unref);
  g_free (entry->line);
  g_free (entry->who);
  wn_cursor_unref (entry->store);
  g_free (entry->cursor);
  g_free (entry);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InboxEntry, inbox_entry_free)

static void
inbox_clear (gpointer data)
{
  WnInbox *self = data;

  wn_seen_clear (&self->seen);
  g_clear_pointer (&self->n_unseen, g_hash_table_unref);
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

/* Full is full until most is gone, so that the reading doesn't go off and on
 * with every other message.
 */
static void
judge_fullness (WnInbox *self)
{
  guint share = self->is_full ? 4 : 1;
  gboolean is_full = self->queue.length > MAX_QUEUED / share
                     || self->n_bytes > MAX_QUEUED_BYTES / share;

  if (self->is_full == is_full)
    return;
  self->is_full = is_full;
  self->listener->full (is_full, self->user_data);
}

/* --- What an entry is to its readers --- */

/* Says whom an entry comes from, as things stand now. */
static void
judge_sender (WnInbox *self, InboxEntry *entry)
{
  if (entry->notification != NULL)
    {
      g_free (entry->who);
      entry->who = wn_contact_dup_sender (self->contact, entry->notification);
    }
  entry->is_wanted
      = purple_privacy_check (inbox_get_account (self), entry->who);
}

static char *
render_entry (WnInbox *self, const InboxEntry *entry)
{
  const WnHost *host = wn_host_get ();
  WnNotificationView view = {
    .title_start = host->title_start,
    .title_end = host->title_end,
    .link_base = self->settings->instance->link_base,
    .says_source
    = !g_str_equal (entry->who, wn_contact_get_name (self->contact)),
  };

  if (entry->notification == NULL)
    return wn_markup_escape (entry->line);
  return host->shows_formatting
             ? wn_notification_to_html (entry->notification, &view)
             : wn_notification_to_text (entry->notification, &view);
}

/* The server's clock may be ahead of ours. */
static time_t
get_time_s (const InboxEntry *entry)
{
  const WnNotification *notification = entry->notification;
  gint64 sent_s;

  if (notification == NULL || !notification->is_missed
      || notification->sent_us == 0)
    return entry->arrived_s;
  sent_s = notification->sent_us / G_TIME_SPAN_SECOND;
  return MIN (entry->arrived_s, (time_t) sent_s);
}

/* What was missed is no news, nor is what is said of a notification behind it.
 * Another line of ours neither waits for quiet nor makes it, because a
 * notification may follow.
 */
static gboolean
is_heard (WnInbox *self, const InboxEntry *entry)
{
  const WnNotification *notification = entry->notification;

  if (notification == NULL)
    return !entry->is_from_server;
  return !notification->is_missed
         && wn_burst_take (&self->burst,
                           notification->priority,
                           g_get_monotonic_time ());
}

static PurpleMessageFlags
get_flags (WnInbox *self, const InboxEntry *entry)
{
  const WnNotification *notification = entry->notification;
  PurpleMessageFlags flags = PURPLE_MESSAGE_RECV;

  if (!is_heard (self, entry))
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

/* At the end no window is opened any more: the line goes into what is open. */
static void
tell_unseen (WnInbox *self, gboolean is_closing)
{
  g_autoptr (GHashTable) n_unseen = g_steal_pointer (&self->n_unseen);
  GHashTableIter iter;
  gpointer who, n;

  g_hash_table_iter_init (&iter, n_unseen);
  while (!is_closed (self) && g_hash_table_iter_next (&iter, &who, &n))
    {
      g_autofree char *line = wn_sentence_dup_unseen (GPOINTER_TO_UINT (n));
      g_autofree char *html = wn_markup_escape (line);

      if (is_closing)
        wn_history_add_line (inbox_get_account (self), who, html);
      else
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
    tell_unseen (self, FALSE);
}

/* --- Delivery --- */

typedef enum
{
  ROUTE_WINDOW,
  ROUTE_LOG,
  ROUTE_WAIT, /* for room in the window */
} Route;

/* A contact's first message opens its window, flood or not: there is no log
 * before.
 */
static Route
choose_route (WnInbox *self, const InboxEntry *entry)
{
  gint64 now_us = g_get_monotonic_time ();
  PurpleAccount *account = inbox_get_account (self);

  if (!wn_host_get ()->has_slow_window || !entry->is_from_server
      || !entry->is_wanted || !wn_flood_is_on (&self->flood, now_us)
      || !wn_history_is_shown (account, entry->who))
    return ROUTE_WINDOW;
  if (wn_history_is_logged (account, entry->who))
    return ROUTE_LOG;
  return wn_flood_get_room_us (&self->flood, now_us) > 0 ? ROUTE_WAIT
                                                         : ROUTE_WINDOW;
}

/* (nullable) */
static const char *
get_cursor (const InboxEntry *entry)
{
  if (entry->cursor != NULL || entry->notification == NULL)
    return entry->cursor;
  return entry->notification->cursor;
}

/* It will not be shown or logged once more. */
static void
note_delivered (WnInbox *self, const InboxEntry *entry)
{
  const char *cursor = get_cursor (entry);

  self->current = NULL;
  if (cursor != NULL)
    wn_cursor_advance (entry->store, cursor);
}

/* The contact is there when its message comes, unless the user doesn't want to
 * hear from it: serv_got_im() sees to that, but would not keep it off the
 * list. Whoever signs the account off inside serv_got_im() doesn't end that.
 */
static void
show_entry (WnInbox *self, const InboxEntry *entry, const char *html)
{
  tell_unseen_when_over (self);
  if (!is_closed (self) && entry->is_wanted)
    wn_contact_ensure (self->contact,
                       entry->who,
                       entry->notification != NULL
                           && entry->notification->type != NULL);
  if (is_closed (self))
    return;
  note_delivered (self, entry);
  serv_got_im (self->gc,
               entry->who,
               html,
               get_flags (self, entry),
               get_time_s (entry));
}

static void
log_only (WnInbox *self, const InboxEntry *entry, const char *html)
{
  gboolean is_unseen
      = wn_history_write (self->gc, entry->who, html, get_time_s (entry));

  if (is_closed (self))
    return;
  note_delivered (self, entry);
  if (is_unseen)
    count_unseen (self, entry->who);
}

static void
deliver (WnInbox *self, InboxEntry *entry, Route route)
{
  const WnNotification *notification = entry->notification;
  g_autofree char *html = render_entry (self, entry);

  if (entry->is_from_server && entry->is_wanted)
    wn_flood_count (&self->flood, g_get_monotonic_time ());
  self->current = entry;
  if (route == ROUTE_LOG)
    log_only (self, entry, html);
  else
    show_entry (self, entry, html);
  if (!is_closed (self) && entry->is_wanted && notification != NULL
      && notification->attachment != NULL)
    self->listener->announced (entry->who, notification, self->user_data);
}

/* Returns whether the next entry has to wait for room. */
static gboolean
deliver_for_a_turn (WnInbox *self)
{
  gint64 end_us = g_get_monotonic_time () + TURN_US;

  while (!is_closed (self) && self->queue.length > 0
         && g_get_monotonic_time () < end_us)
    {
      InboxEntry *next = g_queue_peek_head (&self->queue);
      g_autoptr (InboxEntry) entry = NULL;
      Route route;

      judge_sender (self, next);
      route = choose_route (self, next);
      if (route == ROUTE_WAIT)
        return TRUE;
      entry = g_queue_pop_head (&self->queue);
      self->n_bytes -= entry->n_bytes;
      deliver (self, entry, route);
    }
  return FALSE;
}

/* --- When --- */

static gboolean on_turn (gpointer user_data);

static void
schedule (WnInbox *self, gboolean is_waiting)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 delay_us = G_MAXINT64;

  g_clear_handle_id (&self->turn, g_source_remove);
  if (self->n_unseen != NULL)
    delay_us = wn_flood_get_end_us (&self->flood, now_us);
  if (is_waiting)
    delay_us = MIN (delay_us, wn_flood_get_room_us (&self->flood, now_us));
  if (!is_waiting && self->queue.length > 0)
    self->turn = g_idle_add (on_turn, self);
  else if (delay_us < G_MAXINT64)
    self->turn
        = g_timeout_add ((guint) (delay_us / G_TIME_SPAN_MILLISECOND) + 1,
                         on_turn,
                         self);
}

static gboolean
on_turn (gpointer user_data)
{
  g_autoptr (WnInbox) self = g_rc_box_acquire (user_data);
  gboolean is_waiting;

  self->turn = 0;
  is_waiting = deliver_for_a_turn (self);
  if (!is_closed (self))
    judge_fullness (self);
  if (!is_closed (self))
    tell_unseen_when_over (self);
  if (!is_closed (self))
    schedule (self, is_waiting);
  return G_SOURCE_REMOVE;
}

/* --- The end --- */

/* A log can't offer a file, so it is no place for one that will come again. */
static gboolean
can_be_logged (WnInbox *self, const InboxEntry *entry)
{
  const WnNotification *notification = entry->notification;

  if (get_cursor (entry) != NULL && notification != NULL
      && notification->attachment != NULL)
    return FALSE;
  return wn_history_is_logged (inbox_get_account (self), entry->who);
}

/* Puts an entry into the log of its contact. Returns whether the next may
 * follow: a server replays from where the cursor stands, which must not pass
 * what is in no log.
 */
static gboolean
keep (WnInbox *self, InboxEntry *entry)
{
  const WnNotification *notification = entry->notification;
  PurpleAccount *account = inbox_get_account (self);

  judge_sender (self, entry);
  if (entry->is_wanted && !can_be_logged (self, entry))
    return get_cursor (entry) == NULL;
  if (entry->is_wanted)
    {
      g_autofree char *html = render_entry (self, entry);

      wn_history_keep (account, entry->who, html, get_time_s (entry));
    }
  if (notification != NULL && entry->is_wanted)
    count_unseen (self, entry->who);
  note_delivered (self, entry);
  return TRUE;
}

/* What was on its way when the end came is kept first. */
static void
keep_queue (WnInbox *self)
{
  gint64 end_us = g_get_monotonic_time () + CLOSING_US;
  gboolean goes_on = self->current == NULL || keep (self, self->current);

  while (goes_on && self->queue.length > 0 && g_get_monotonic_time () < end_us)
    {
      g_autoptr (InboxEntry) entry = g_queue_pop_head (&self->queue);

      goes_on = keep (self, entry);
    }
  if (self->queue.length > 0)
    g_debug ("inbox: %u that had come were not kept", self->queue.length);
  g_queue_clear_full (&self->queue, (GDestroyNotify) inbox_entry_free);
}

WnInbox *
wn_inbox_new (const WnInboxConfig *config,
              const WnInboxListener *listener,
              gpointer user_data)
{
  WnInbox *self = g_rc_box_new0 (WnInbox);

  self->gc = config->gc;
  self->contact = config->contact;
  self->store = wn_cursor_ref (config->cursor);
  self->settings = config->settings;
  self->listener = listener;
  self->user_data = user_data;
  return self;
}

void
wn_inbox_close (WnInbox *self)
{
  g_clear_handle_id (&self->turn, g_source_remove);
  keep_queue (self);
  if (self->n_unseen != NULL)
    tell_unseen (self, TRUE);
  g_clear_pointer (&self->store, wn_cursor_unref);
  self->gc = NULL;
  inbox_unref (self);
}

/* --- What comes in --- */

void
wn_inbox_set_cursor (WnInbox *self, WnCursor *cursor)
{
  wn_cursor_unref (self->store);
  self->store = wn_cursor_ref (cursor);
  wn_seen_clear (&self->seen);
}

void
wn_inbox_move_cursor (WnInbox *self, const char *cursor)
{
  InboxEntry *last = g_queue_peek_tail (&self->queue);

  if (last == NULL || last->store != self->store)
    {
      wn_cursor_advance (self->store, cursor);
      return;
    }
  g_free (last->cursor);
  last->cursor = g_strdup (cursor);
}

static void
add_entry (WnInbox *self, InboxEntry *entry)
{
  entry->arrived_s = time (NULL);
  entry->store = wn_cursor_ref (self->store);
  g_queue_push_tail (&self->queue, entry);
  self->n_bytes += entry->n_bytes;
  if (self->turn == 0 || self->queue.length == 1)
    schedule (self, FALSE);
  judge_fullness (self);
}

void
wn_inbox_add_notification (WnInbox *self, WnNotification *notification)
{
  InboxEntry *entry;

  if (notification->id != NULL && !wn_seen_add (&self->seen, notification->id)
      && !notification->is_update)
    {
      g_debug ("inbox: a notification came again");
      if (notification->cursor != NULL)
        wn_inbox_move_cursor (self, notification->cursor);
      return;
    }
  entry = g_new0 (InboxEntry, 1);
  entry->notification = wn_notification_ref (notification);
  entry->is_from_server = TRUE;
  entry->n_bytes
      = sizeof (InboxEntry) + wn_notification_get_size (notification);
  add_entry (self, entry);
}

static void
add_line (WnInbox *self, const char *who, char *text, gboolean is_from_server)
{
  InboxEntry *entry = g_new0 (InboxEntry, 1);

  entry->line = text;
  entry->is_from_server = is_from_server;
  entry->who
      = g_strdup (who != NULL ? who : wn_contact_get_name (self->contact));
  entry->n_bytes = sizeof (InboxEntry) + strlen (text);
  add_entry (self, entry);
}

void
wn_inbox_take_line (WnInbox *self, const char *who, char *text)
{
  add_line (self, who, text, FALSE);
}

void
wn_inbox_take_server_line (WnInbox *self, char *text)
{
  add_line (self, NULL, text, TRUE);
}
