/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A sleep without one: a time namespace of this process's own sets
 * CLOCK_BOOTTIME ahead of CLOCK_MONOTONIC (time_namespaces(7)). That the
 * kernel tells of a wake-up is its promise; that we asked for it, and what
 * happens then, can be tested.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * wn_boottime_advance:
 * @seconds: how far
 *
 * For a process that has no other thread.
 *
 * Returns: whether it could be done; the test is marked as skipped otherwise
 */
gboolean wn_boottime_advance (gint64 seconds);

/**
 * wn_boottime_wake:
 *
 * Does what the kernel does when the time of day jumps: makes the one timer of
 * this process readable that asked for it (TFD_TIMER_CANCEL_ON_SET). The test
 * fails when none did. The timer is no timer any more.
 */
void wn_boottime_wake (void);

/**
 * wn_boottime_count_timers:
 *
 * Returns: how many timers of this process asked for it
 */
guint wn_boottime_count_timers (void);

G_END_DECLS
