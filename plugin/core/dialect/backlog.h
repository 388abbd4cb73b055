/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The notifications that a Laravel application keeps for a user, as it tells
 * them over HTTP: a list, or pages of one, with the newest first. A backlog
 * knows which page to ask for, when there have been enough, and which of the
 * notifications are news. Who asks is the dialect. Pure.
 */

#pragma once

#include "core/dialect/frame.h"
#include "core/dialect/json.h"
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
  guint n_pages;     /* that have come */
  gsize n_bytes;     /* of all of them */
  guint n_undated;   /* how many items did not say when they were created */
  char *next;        /* (owned) (nullable): what asks for the next page; %NULL:
                        it is the first */
  gboolean has_more; /* there are older pages that are not asked for */
} WnBacklog;

void wn_backlog_init (WnBacklog *self);
void wn_backlog_clear (WnBacklog *self);

/** Forgets what has come: the next page is the first */
void wn_backlog_begin (WnBacklog *self);

/**
 * wn_backlog_dup_url:
 * @self: a backlog
 * @url: where the application tells it
 *
 * Returns: (transfer full): what to ask for the next page
 */
char *wn_backlog_dup_url (const WnBacklog *self, const char *url);

/**
 * WnBacklogVerdict: what an answer is
 * @WN_BACKLOG_NO_LIST: something else, which changes nothing
 * @WN_BACKLOG_GOES_ON: a page, and the next one is to be asked for
 * @WN_BACKLOG_ENDS: the last page that is needed
 */
typedef enum
{
  WN_BACKLOG_NO_LIST,
  WN_BACKLOG_GOES_ON,
  WN_BACKLOG_ENDS,
} WnBacklogVerdict;

/**
 * WnBacklogReader:
 * @user_data: as it was given
 * @item: one of the list
 * @id: its id
 *
 * Returns: (transfer full): it as a notification
 */
typedef WnNotification *(*WnBacklogReader) (gconstpointer user_data,
                                            JsonObject *item,
                                            const char *id);

/**
 * wn_backlog_take:
 * @self: a backlog
 * @answer: one with the status 200
 * @told: what has been told
 * @read: what makes notifications
 * @user_data: for @read
 *
 * Returns: what @answer is
 */
WnBacklogVerdict wn_backlog_take (WnBacklog *self,
                                  const WnAnswer *answer,
                                  const WnTold *told,
                                  WnBacklogReader read,
                                  gconstpointer user_data);

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
