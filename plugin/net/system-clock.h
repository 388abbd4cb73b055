/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The real clock: CLOCK_MONOTONIC and the thread's default main context. It
 * has no timer of its own, only the alarms that are set.
 */

#pragma once

#include "core/clock.h"

G_BEGIN_DECLS

#define WN_TYPE_SYSTEM_CLOCK (wn_system_clock_get_type ())
G_DECLARE_FINAL_TYPE (WnSystemClock, wn_system_clock, WN, SYSTEM_CLOCK, GObject)

/**
 * wn_system_clock_new:
 *
 * Returns: (transfer full): a clock
 */
WnClock *wn_system_clock_new (void);

G_END_DECLS
