/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The real clock: CLOCK_MONOTONIC and the thread's default main context. It
 * wakes up for nothing but the alarms that are set, and once when the machine
 * has slept, which the kernel tells.
 */

#pragma once

#include "core/connection/clock.h"

G_BEGIN_DECLS

#define WN_TYPE_SYSTEM_CLOCK (wn_system_clock_get_type ())
G_DECLARE_FINAL_TYPE (WnSystemClock, wn_system_clock, WN, SYSTEM_CLOCK, GObject)

/**
 * wn_system_clock_dup_shared:
 *
 * All accounts of a thread share one clock, so that a thousand of them cost one
 * descriptor and learn of a sleep in one wake-up.
 *
 * Returns: (transfer full): the clock; made when there is none, and gone with
 *   its last reference
 */
WnClock *wn_system_clock_dup_shared (void);

G_END_DECLS
