/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The timer is GLib's; the caller's reference to it says that it runs.
 */

#include "net/timer.h"

GSource *
wn_timer_start (guint seconds, GSourceFunc func, gpointer user_data)
{
  GSource *timer = g_timeout_source_new_seconds (seconds);

  g_source_set_callback (timer, func, user_data, NULL);
  g_source_attach (timer, g_main_context_get_thread_default ());
  return timer;
}

void
wn_timer_stop (GSource **timer)
{
  if (*timer != NULL)
    g_source_destroy (*timer);
  g_clear_pointer (timer, g_source_unref);
}
