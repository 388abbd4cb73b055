/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the benchmarks send: bodies of notifications as shops send them, a tag
 * every 25 bytes or so, and plain words beside them. The samples are the bodies
 * in data/laravel-notifications.jsonl.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WN_BODIES_N_KINDS 6

/**
 * wn_bodies_get_name:
 * @kind: below %WN_BODIES_N_KINDS; 0 is the samples, the last one plain words
 *
 * Returns: what such bodies are, for a table
 */
const char *wn_bodies_get_name (guint kind);

/**
 * wn_bodies_make:
 * @kind: below %WN_BODIES_N_KINDS
 * @size: how many bytes there are at most, if one part of the body fits into
 *   them
 *
 * Whole parts one after the other, in turns.
 *
 * Returns: (transfer full): a body of HTML
 */
char *wn_bodies_make (guint kind, gsize size);

/**
 * wn_bodies_make_set:
 * @name: `samples`: the samples, each by itself; `tagged`: a body of each kind
 *   that has tags; `plain`: one of plain words
 * @size: as in wn_bodies_make(); nothing to the samples
 *
 * Returns: (transfer full) (element-type utf8): bodies to be sent in turns
 */
GPtrArray *wn_bodies_make_set (const char *name, gsize size);

G_END_DECLS
