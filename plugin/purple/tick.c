/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The process has one main loop, so it has one set of holders and one timer.
 */

#include "purple/tick.h"

#include "purple/host.h"

#define TICK_MS 200

static GHashTable *holders; /* (owned) (nullable): a set, never empty */
static guint timer;         /* 0: none */

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
wn_tick_set (gpointer holder, gboolean is_needed)
{
  if (!wn_host_get ()->needs_tick)
    return;
  if (holders == NULL)
    holders = g_hash_table_new (NULL, NULL);
  if (is_needed)
    g_hash_table_add (holders, holder);
  else
    g_hash_table_remove (holders, holder);
  if (g_hash_table_size (holders) == 0)
    {
      g_clear_pointer (&holders, g_hash_table_unref);
      g_clear_handle_id (&timer, g_source_remove);
    }
  else if (timer == 0)
    {
      timer = g_timeout_add (TICK_MS, on_tick, NULL);
      g_source_set_name_by_id (timer, "webnotify tick");
    }
}
