/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which messages have been told, where messages come by themselves and in lists
 * with a time, and nothing but an id tells that two are the same. A value of
 * bounded size that fits into a cursor: `SECONDS;DIGEST,DIGEST…`. All that was
 * created before that second is known, and so are the ids with these digests.
 * Pure.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** How many ids a cursor has besides the second. */
#define WN_TOLD_MAX_IDS 76

/** How many of the newest of a list are remembered by their ids in any case. So
 * a few whose time is wrong, and in the future, don't make what comes after
 * them look as if it was known.
 */
#define WN_TOLD_MIN_IDS 10

/** How many ids may be of messages that no list has had, when they are more
 * than half.
 */
#define WN_TOLD_MAX_UNLISTED 20

/** A message may come into a list so many seconds after those that were created
 * later.
 */
#define WN_TOLD_MARGIN_S 60

/**
 * WnTold: made by wn_told_init(), ended by wn_told_clear()
 * @is_begun: whether there is anything to go on from: a list was had once
 * @latest_s: what was created later is known by its id only; somebody sets it,
 *   in seconds, where a list's times may be wrong
 */
typedef struct
{
  gboolean is_begun;
  gint64 latest_s;

  /*< private >*/
  gint64 since_s;   /* what was created before is known */
  GArray *mementos; /* (owned): as they came */
} WnTold;

void wn_told_init (WnTold *self);
void wn_told_clear (WnTold *self);

/**
 * wn_told_read_cursor:
 * @self: an empty one
 * @cursor: what wn_told_dup_cursor() once returned; anything else leaves
 *   @self empty
 */
void wn_told_read_cursor (WnTold *self, const char *cursor);

/** Returns: (transfer full): it as a cursor */
char *wn_told_dup_cursor (const WnTold *self);

/**
 * wn_told_knows:
 * @self: what has been told
 * @id: a message's
 * @time_s: when it was created, in seconds; 0: not known
 *
 * Returns: whether it has been told
 */
gboolean wn_told_knows (const WnTold *self, const char *id, gint64 time_s);

/**
 * wn_told_add:
 * @self: what has been told
 * @id: of a message that has been told
 * @time_s: when it was created, in seconds; 0: not known
 */
void wn_told_add (WnTold *self, const char *id, gint64 time_s);

/**
 * wn_told_add_listed:
 * @self: what has been told
 * @id: of a message of a list, that has been told or is not to be
 * @time_s: when it was created, in seconds; 0: the list does not say
 *
 * The same, until wn_told_end_list(): it is none of those that no list has.
 */
void wn_told_add_listed (WnTold *self, const char *id, gint64 time_s);

/**
 * wn_told_is_past:
 * @self: what has been told
 * @time_s: when a message was created, in seconds; 0: not known
 *
 * Returns: whether that is so long ago that every such message is known
 */
gboolean wn_told_is_past (const WnTold *self, gint64 time_s);

/**
 * wn_told_end_list:
 * @self: what has been told, to which all of a list was added
 *
 * From now on what was created more than the margin before the last of the
 * %WN_TOLD_MIN_IDS newest counts as known, but not after #WnTold.latest_s.
 */
void wn_told_end_list (WnTold *self);

G_END_DECLS
