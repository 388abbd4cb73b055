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
 * wn_tick_hold:
 *
 * An asynchronous operation begins. Holds are counted, for the whole process:
 * all accounts share one timer.
 */
void wn_tick_hold (void);

/**
 * wn_tick_release:
 *
 * An asynchronous operation has ended, however it did. Without holds there is
 * no timer.
 */
void wn_tick_release (void);

G_END_DECLS
