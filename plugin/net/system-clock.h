/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The real clock: CLOCK_MONOTONIC and the thread's default main context. It
 * has no timer of its own, only the alarms that are set: that the machine
 * slept is told by the kernel, once, when it wakes up.
 */

#pragma once

#include "core/connection/clock.h"

G_BEGIN_DECLS

#define WN_TYPE_SYSTEM_CLOCK (wn_system_clock_get_type ())
G_DECLARE_FINAL_TYPE (WnSystemClock, wn_system_clock, WN, SYSTEM_CLOCK, GObject)

/**
 * wn_system_clock_dup_shared:
 *
 * All accounts share one, so that a thousand of them cost one descriptor and
 * learn of a sleep in one wake-up. For one thread.
 *
 * Returns: (transfer full): the clock; made when there is none, and gone with
 *   its last reference
 */
WnClock *wn_system_clock_dup_shared (void);

G_END_DECLS
