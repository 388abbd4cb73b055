/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is news is judged when it comes, and once more when it is told, because
 * it may have come by itself meanwhile.
 */

#include "core/dialect/backlog.h"

#include <string.h>

#include "core/dialect/dialect.h"

/* How much is shown to an account that is new. */
#define MAX_FIRST_UNREAD 50
/* How much is looked at that does not say when it was created: no more than the
 * ids of what is remembered.
 */
#define MAX_UNDATED 50

#define MAX_PAGES 100
/* How many pages in a row may bring nothing that earlier ones had not: while
 * they are asked for, what is new moves the rest onto later pages.
 */
#define MAX_REPEATS 3

typedef struct
{
  char *id;                     /* (owned) */
  gint64 time_s;                /* 0: not told */
  gboolean is_known;            /* it has been told */
  WnNotification *notification; /* (owned) (nullable): not to be told */
} Item;

static void
item_free (gpointer data)
{
  Item *self = data;

  g_free (self->id);
  g_clear_pointer (&self->notification, wn_notification_unref);
  g_free (self);
}

void
wn_backlog_init (WnBacklog *self)
{
  *self = (WnBacklog){
    .items = g_ptr_array_new_with_free_func (item_free),
    .ids = g_hash_table_new (g_str_hash, g_str_equal),
  };
}

void
wn_backlog_clear (WnBacklog *self)
{
  g_hash_table_unref (self->ids);
  g_ptr_array_unref (self->items);
  g_free (self->next);
}

void
wn_backlog_begin (WnBacklog *self)
{
  g_hash_table_remove_all (self->ids);
  g_ptr_array_set_size (self->items, 0);
  self->n_before = 0;
  g_clear_pointer (&self->next, g_free);
  self->n_pages = 0;
  self->n_bytes = 0;
  self->n_undated = 0;
  self->n_repeats = 0;
  self->has_more = FALSE;
}

static Item *
get_item (const WnBacklog *self, guint i)
{
  return g_ptr_array_index (self->items, i);
}

/* --- What is on a page -------------------------------------------------- */

gboolean
wn_backlog_add (WnBacklog *self,
                const WnTold *told,
                const char *id,
                gint64 time_s)
{
  Item *item;

  if (g_hash_table_contains (self->ids, id)
      || (time_s == 0 && self->n_undated++ >= MAX_UNDATED))
    return FALSE;
  item = g_new0 (Item, 1);
  item->id = g_strdup (id);
  item->time_s = time_s;
  item->is_known = wn_told_knows (told, id, time_s);
  g_ptr_array_add (self->items, item);
  g_hash_table_add (self->ids, item->id);
  return !item->is_known;
}

void
wn_backlog_keep (WnBacklog *self, WnNotification *notification)
{
  get_item (self, self->items->len - 1)->notification = notification;
}

/* What is known of a page may have come by itself, while what is older was
 * missed. So only what is older than all that is remembered is an end, and what
 * has no time, and too many pages that bring nothing.
 */
static gboolean
may_go_on (const WnBacklog *self, const WnTold *told)
{
  gboolean is_end = self->n_repeats > MAX_REPEATS;

  for (guint i = self->n_before; i < self->items->len; i++)
    {
      const Item *item = get_item (self, i);

      if (!item->is_known)
        return TRUE;
      is_end |= item->time_s == 0 || wn_told_is_past (told, item->time_s);
    }
  return !is_end;
}

static guint
get_max_unread (const WnTold *told)
{
  return told->is_begun ? WN_MAX_MISSED : MAX_FIRST_UNREAD;
}

static gboolean
has_room (const WnBacklog *self, const WnTold *told)
{
  return self->items->len < get_max_unread (told) && self->n_pages < MAX_PAGES
         && self->n_bytes < WN_MAX_MISSED_BYTES;
}

gboolean
wn_backlog_end_page (WnBacklog *self,
                     const WnTold *told,
                     gsize n_bytes,
                     char *next_in)
{
  g_autofree char *next = next_in;

  self->n_pages++;
  self->n_bytes += n_bytes;
  self->n_repeats
      = self->items->len == self->n_before ? self->n_repeats + 1 : 0;
  self->has_more = next != NULL && may_go_on (self, told);
  self->n_before = self->items->len;
  g_free (self->next);
  self->next = self->has_more && has_room (self, told) ? g_steal_pointer (&next)
                                                       : NULL;
  return self->next != NULL;
}

char *
wn_backlog_dup_url (const WnBacklog *self, const char *url)
{
  gboolean has_query = strchr (url, '?') != NULL;

  return self->next == NULL
             ? g_strdup (url)
             : g_strconcat (url, has_query ? "&" : "?", self->next, NULL);
}

/* --- What is told ------------------------------------------------------- */

static int
compare_items (gconstpointer a, gconstpointer b)
{
  const Item *first = *(const Item *const *) a;
  const Item *second = *(const Item *const *) b;

  return (first->time_s < second->time_s) - (first->time_s > second->time_s);
}

/* Passes over what is unread but for the newest, and what has come by itself
 * meanwhile. Returns: whether there was more
 */
static gboolean
choose_items (WnBacklog *self, const WnTold *told)
{
  guint n_left = get_max_unread (told);
  gboolean has_more = FALSE;

  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = get_item (self, i);

      if (item->notification == NULL)
        continue;
      if (!wn_told_knows (told, item->id, 0))
        {
          if (n_left > 0)
            {
              n_left--;
              continue;
            }
          has_more = TRUE;
        }
      g_clear_pointer (&item->notification, wn_notification_unref);
    }
  return has_more;
}

static void
tell_items (WnBacklog *self, WnTold *told, WnFrame *frame)
{
  for (guint i = self->items->len; i-- > 0;)
    {
      Item *item = get_item (self, i);

      wn_told_add_listed (told, item->id, item->time_s);
      if (item->notification == NULL)
        continue;
      item->notification->is_missed = TRUE;
      item->notification->sent_us = item->time_s * G_TIME_SPAN_SECOND;
      wn_frame_add_notification (frame, g_steal_pointer (&item->notification));
    }
  wn_told_end_list (told);
}

/* To an account that is new, older pages are no news. */
void
wn_backlog_tell (WnBacklog *self, WnTold *told, WnFrame *frame)
{
  gboolean has_more = self->has_more && told->is_begun;

  g_ptr_array_sort (self->items, compare_items);
  has_more |= choose_items (self, told);
  tell_items (self, told, frame);
  wn_backlog_begin (self);
  frame->is_backlog_end = TRUE;
  if (has_more)
    frame->notice = WN_NOTICE_MORE_MISSED;
  wn_frame_set_cursor (frame, wn_told_dup_cursor (told));
}
