/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Virtual time for code that waits with g_timeout_source_new_seconds(): this
 * takes the place of GLib's function in the whole program, and what it makes
 * goes off when a test says so.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Returns: how long the timer has to run that was made last; 0: none runs */
guint wn_virtual_timers_peek (void);

/** Returns: whether somebody waits for @seconds */
gboolean wn_virtual_timers_has (guint seconds);

/** Waits until somebody waits for @seconds, and lets that time pass. */
void wn_virtual_timers_pass (guint seconds);

G_END_DECLS
