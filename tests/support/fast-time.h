/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Time that jumps, for the real module on real sockets: where the main loop
 * would wait for a timer and nothing else happens, the process's clocks are
 * put forward to that timer. Twenty seconds of waiting take a few
 * milliseconds, and are twenty seconds to whoever asks.
 *
 * A program that links this has its own clock_gettime() and gettimeofday(), and
 * must export them.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * wn_fast_time_start:
 *
 * From now on, time jumps while the default main context waits. What is to
 * happen at once must then be in this process: another one's answer may come
 * after the jump.
 */
void wn_fast_time_start (void);

/**
 * wn_fast_time_stop:
 *
 * From now on, time passes by itself.
 */
void wn_fast_time_stop (void);

/** wn_fast_time_pass: puts the clocks forward by @ms, whatever else happens */
void wn_fast_time_pass (gint64 ms);

/**
 * wn_fast_time_hold:
 *
 * From now on the clocks stand still, but for wn_fast_time_pass(): however long
 * the machine takes for something, no time passes. No timer ends, so that none
 * may be waited for.
 */
void wn_fast_time_hold (void);

/** wn_fast_time_release: the clocks go again, and show the time of day */
void wn_fast_time_release (void);

G_END_DECLS
