/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The process has one main loop, so it has one count of holds and one timer.
 */

#include "purple/tick.h"

#include "purple/host.h"

#define TICK_MS 200

static guint n_holds;
static guint timer; /* 0: none */

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
wn_tick_hold (void)
{
  n_holds++;
  if (timer != 0 || !wn_host_get ()->needs_tick)
    return;
  timer = g_timeout_add (TICK_MS, on_tick, NULL);
  g_source_set_name_by_id (timer, "webnotify tick");
}

void
wn_tick_release (void)
{
  g_return_if_fail (n_holds > 0);

  if (--n_holds == 0)
    g_clear_handle_id (&timer, g_source_remove);
}
