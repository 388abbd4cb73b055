/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BitlBee forks its processes after GLib has started, so that these share the
 * descriptor that wakes GLib's main loop: what a thread of GIO's has found out
 * (a name, a proxy, a handshake) is seen only when something else happens. A
 * timer makes the main loop turn while an operation is pending there. In other
 * hosts nothing happens here.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * wn_tick_set:
 * @holder: whoever has an asynchronous operation; only its address is taken
 * @is_needed: whether that is pending; it has ended, however it did
 *
 * Said twice is said once. All holders share one timer.
 */
void wn_tick_set (gpointer holder, gboolean is_needed);

G_END_DECLS
