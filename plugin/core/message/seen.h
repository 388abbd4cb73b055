/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which messages have come already, by their ids. A server sends again what it
 * is not sure of, and some send all they have at each connection.
 *
 * An id costs some 20 bytes, however long it is: a hash of 64 bits is kept of
 * it. At least the newest %WN_SEEN_MIN_IDS are remembered, and at most twice as
 * many.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WN_SEEN_MIN_IDS 16384

/**
 * WnSeen: private but for its size
 * @newer: (owned) (nullable): set of hashes that is being filled
 * @older: (owned) (nullable): the one that was full before it
 *
 * All zeros is the start: nothing was seen.
 */
typedef struct
{
  GHashTable *newer;
  GHashTable *older;
} WnSeen;

void wn_seen_clear (WnSeen *self);

/**
 * wn_seen_add:
 * @self: what was seen
 * @id: an id, of any length
 *
 * Returns: whether it was not seen before
 */
gboolean wn_seen_add (WnSeen *self, const char *id);

G_END_DECLS
