/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The notifications that a server keeps for a user, and gives in pages, with
 * the newest first. A backlog knows which of them are news, which page comes
 * next and when there have been enough. Who asks, and reads what is on a page,
 * is the dialect. Pure.
 */

#pragma once

#include "core/dialect/frame.h"
#include "core/dialect/told.h"

G_BEGIN_DECLS

/**
 * WnBacklog: made by wn_backlog_init(), ended by wn_backlog_clear(); only the
 * functions below look into it
 */
typedef struct
{
  /*< private >*/
  GPtrArray *items;  /* (owned): of all pages, as they came */
  GHashTable *ids;   /* (owned): set of the items' (unowned) */
  guint n_before;    /* how many of the items were on earlier pages */
  guint n_pages;     /* that have come */
  gsize n_bytes;     /* of all of them */
  guint n_undated;   /* how many items did not say when they were created */
  guint n_repeats;   /* how many pages in a row brought nothing */
  char *next;        /* (owned) (nullable): what asks for the next page; %NULL:
                        it is the first, or there is none */
  gboolean has_more; /* there are older pages that are not asked for */
} WnBacklog;

void wn_backlog_init (WnBacklog *self);
void wn_backlog_clear (WnBacklog *self);

/** Forgets what has come: the next page is the first */
void wn_backlog_begin (WnBacklog *self);

/**
 * wn_backlog_dup_url:
 * @self: a backlog
 * @url: where the server gives its first page
 *
 * Returns: (transfer full): what to ask for the next page
 */
char *wn_backlog_dup_url (const WnBacklog *self, const char *url);

/**
 * wn_backlog_add:
 * @self: a backlog
 * @told: what has been told
 * @id: of what is next on the page
 * @time_s: when it was created, in seconds since 1970; 0: not told
 *
 * Returns: whether it is news, which wn_backlog_keep() may follow
 */
gboolean wn_backlog_add (WnBacklog *self,
                         const WnTold *told,
                         const char *id,
                         gint64 time_s);

/**
 * wn_backlog_keep:
 * @self: a backlog to which news was added just now
 * @notification: (transfer full): that, which is unread
 */
void wn_backlog_keep (WnBacklog *self, WnNotification *notification);

/**
 * wn_backlog_end_page:
 * @self: a backlog to which all of a page was added
 * @told: what has been told
 * @n_bytes: how long the page was
 * @next: (transfer full) (nullable): what the URL's query needs for the page
 *   behind it; %NULL: there is none
 *
 * Returns: whether that page is to be asked for
 */
gboolean wn_backlog_end_page (WnBacklog *self,
                              const WnTold *told,
                              gsize n_bytes,
                              char *next);

/**
 * wn_backlog_tell:
 * @self: a backlog whose last page has come
 * @told: what has been told, which now is all of it
 * @frame: gets what is unread and news, the oldest first, marked as missed:
 *   the newest fifty where nothing has been told yet, the newest thousand
 *   otherwise; says where there was more, and gets the cursor
 *
 * After that nothing has come.
 */
void wn_backlog_tell (WnBacklog *self, WnTold *told, WnFrame *frame);

G_END_DECLS
