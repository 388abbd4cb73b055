/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * BitlBee forks its processes after GLib has started, and so they share the
 * descriptor that wakes GLib's main loop: what GIO's threads have found out
 * (a name, a proxy, a handshake) is seen only when something else happens.
 * While anybody waits for such a thing, the main loop of this host is made to
 * turn. In all other hosts nothing happens here.
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
 * It has ended, however it did. Without holds there is no timer.
 */
void wn_tick_release (void);

G_END_DECLS
