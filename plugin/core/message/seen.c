/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Two sets, so that the oldest ids can be forgotten without a list of their
 * order: when the newer set is full, it becomes the older one.
 */

#include "core/message/seen.h"

/* FNV-1a. A server that makes two ids with one hash hides a message of its own,
 * which it could do without.
 */
static guint64
hash_id (const char *id)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (const char *p = id; *p != '\0'; p++)
    hash = (hash ^ (guchar) *p) * G_GUINT64_CONSTANT (0x100000001b3);
  return hash;
}

static gboolean
has_hash (GHashTable *set, gpointer hash)
{
  return set != NULL && g_hash_table_contains (set, hash);
}

void
wn_seen_clear (WnSeen *self)
{
  g_clear_pointer (&self->newer, g_hash_table_unref);
  g_clear_pointer (&self->older, g_hash_table_unref);
}

gboolean
wn_seen_add (WnSeen *self, const char *id)
{
  gpointer hash = (gpointer) (guintptr) hash_id (id);
  gboolean is_new
      = !has_hash (self->newer, hash) && !has_hash (self->older, hash);

  if (self->newer != NULL && g_hash_table_size (self->newer) == WN_SEEN_MIN_IDS)
    {
      g_clear_pointer (&self->older, g_hash_table_unref);
      self->older = g_steal_pointer (&self->newer);
    }
  if (self->newer == NULL)
    self->newer = g_hash_table_new (g_direct_hash, g_direct_equal);
  g_hash_table_add (self->newer, hash);
  return is_new;
}
