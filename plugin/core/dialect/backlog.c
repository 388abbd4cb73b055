/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is news is judged when it comes, and once more when it is told, because
 * it may have come by itself meanwhile.
 */

#include "core/dialect/backlog.h"

#include <string.h>

/* How much is shown to an account that is new, and what was missed to any. */
#define MAX_FIRST_UNREAD 50
#define MAX_UNREAD 1000
/* How much is looked at that does not say when it was created: no more than the
 * ids of what is remembered.
 */
#define MAX_UNDATED 50

#define MAX_PAGES 100
#define MAX_BYTES (16 * 1024 * 1024)
#define MAX_CURSOR_BYTES 2048

/* The zone whose clocks are ahead of all others is UTC+14. */
#define MAX_ZONE_S (14 * 60 * 60)

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
  g_clear_pointer (&self->next, g_free);
  self->n_pages = 0;
  self->n_bytes = 0;
  self->n_undated = 0;
  self->has_more = FALSE;
}

static Item *
get_item (const WnBacklog *self, guint i)
{
  return g_ptr_array_index (self->items, i);
}

/* --- What is on a page -------------------------------------------------- */

/* (nullable): the list in an answer, which may be a page's `data`. */
static JsonArray *
find_list (JsonNode *root)
{
  JsonObject *page = wn_json_to_object (root);

  return page != NULL ? wn_json_get_array (page, "data")
                      : wn_json_to_array (root);
}

/* RFC 3339, or as a database has it, without the zone. Returns: when @object
 * was created, in seconds; 0: not told
 *
 * Nothing is created later than now. What says so must not make all that is
 * created until then look older than what has been told. Without a zone a date
 * may be of one that is ahead of us; what is later than that tells nothing.
 */
static gint64
read_created_s (JsonObject *object, gint64 now_s)
{
  g_autofree char *date = wn_json_dup_string (object, "created_at");
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = NULL;
  gboolean has_zone;
  gint64 created_s;

  if (date == NULL)
    return 0;
  time = g_date_time_new_from_iso8601 (date, NULL);
  has_zone = time != NULL;
  if (!has_zone)
    time = g_date_time_new_from_iso8601 (date, utc);
  created_s = time != NULL ? MAX (g_date_time_to_unix (time), 0) : 0;
  if (has_zone)
    return MIN (created_s, now_s);
  return created_s <= now_s + MAX_ZONE_S ? created_s : 0;
}

static gboolean
is_unread (JsonObject *object)
{
  return !wn_json_is_truthy (json_object_get_member (object, "read_at"));
}

/* (nullable): what has an id, was on no page before, and is looked at. */
static Item *
add_item (WnBacklog *self, JsonObject *object, gint64 now_s)
{
  g_autofree char *id = wn_json_dup_id (object, "id");
  gint64 time_s = read_created_s (object, now_s);
  Item *item;

  if (id == NULL || g_hash_table_contains (self->ids, id)
      || (time_s == 0 && self->n_undated++ >= MAX_UNDATED))
    return NULL;
  item = g_new0 (Item, 1);
  item->time_s = time_s;
  item->id = g_steal_pointer (&id);
  g_ptr_array_add (self->items, item);
  g_hash_table_add (self->ids, item->id);
  return item;
}

static void
add_items (WnBacklog *self,
           JsonArray *list,
           gint64 now_s,
           const WnTold *told,
           WnBacklogReader read,
           gconstpointer user_data)
{
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonObject *object = wn_json_get_element (list, i);
      Item *item = object != NULL ? add_item (self, object, now_s) : NULL;

      if (item == NULL)
        continue;
      item->is_known = wn_told_knows (told, item->id, item->time_s);
      if (!item->is_known && is_unread (object))
        item->notification = read (user_data, object, item->id);
    }
}

/* --- Whether there is another page -------------------------------------- */

/* A paginator says it by itself, a resource's page in @group. */
static char *
dup_of_page (JsonObject *page,
             const char *name,
             const char *group,
             const char *name_there)
{
  JsonObject *there = wn_json_get_object (page, group);
  char *text = wn_json_dup_string (page, name);

  return text != NULL || there == NULL ? text
                                       : wn_json_dup_string (there, name_there);
}

/* What asks for the page behind @root. The URL there is not asked, because an
 * application behind a proxy may not know its own. Returns: (nullable): %NULL:
 * none is
 */
static char *
dup_next (const WnBacklog *self, JsonNode *root)
{
  JsonObject *page = wn_json_to_object (root);
  g_autofree char *url = NULL;
  g_autofree char *cursor = NULL;
  g_autofree char *escaped = NULL;

  if (page == NULL)
    return NULL;
  url = dup_of_page (page, "next_page_url", "links", "next");
  cursor = dup_of_page (page, "next_cursor", "meta", "next_cursor");
  if (cursor == NULL)
    return url != NULL ? g_strdup_printf ("page=%u", self->n_pages + 1) : NULL;
  if (strlen (cursor) > MAX_CURSOR_BYTES)
    return NULL;
  escaped = g_uri_escape_string (cursor, NULL, FALSE);
  return g_strconcat ("cursor=", escaped, NULL);
}

/* What is known of a page may have come by itself, while what is older was
 * missed. So only what is older than all that is remembered is an end, and what
 * has no time, and a page that brings nothing that earlier ones had not.
 * @n_before: how many items the earlier pages had
 */
static gboolean
may_go_on (const WnBacklog *self, const WnTold *told, guint n_before)
{
  gboolean is_end = self->items->len == n_before;

  for (guint i = n_before; i < self->items->len; i++)
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
  return told->is_begun ? MAX_UNREAD : MAX_FIRST_UNREAD;
}

static gboolean
has_room (const WnBacklog *self, const WnTold *told)
{
  return self->items->len < get_max_unread (told) && self->n_pages < MAX_PAGES
         && self->n_bytes < MAX_BYTES;
}

char *
wn_backlog_dup_url (const WnBacklog *self, const char *url)
{
  gboolean has_query = strchr (url, '?') != NULL;

  return self->next == NULL
             ? g_strdup (url)
             : g_strconcat (url, has_query ? "&" : "?", self->next, NULL);
}

WnBacklogVerdict
wn_backlog_take (WnBacklog *self,
                 const WnAnswer *answer,
                 const WnTold *told,
                 WnBacklogReader read,
                 gconstpointer user_data)
{
  g_autoptr (JsonNode) root = wn_json_read (answer->body, answer->length, NULL);
  JsonArray *list = find_list (root);
  guint n_before = self->items->len;

  if (list == NULL)
    return WN_BACKLOG_NO_LIST;
  add_items (self,
             list,
             answer->time_us / G_TIME_SPAN_SECOND,
             told,
             read,
             user_data);
  self->n_pages++;
  self->n_bytes += answer->length;
  g_free (self->next);
  self->next = dup_next (self, root);
  self->has_more = self->next != NULL && may_go_on (self, told, n_before);
  return self->has_more && has_room (self, told) ? WN_BACKLOG_GOES_ON
                                                 : WN_BACKLOG_ENDS;
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
