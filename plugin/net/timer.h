/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A time that is waited for in the main context that the caller runs in. In
 * seconds: no clock for anything that people would see run.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * wn_timer_start:
 * @seconds: until the first call, and between it and the next
 * @func: called until it returns %G_SOURCE_REMOVE
 * @user_data: for @func; must live until then or until wn_timer_stop()
 *
 * Returns: (transfer full): the timer
 */
GSource *wn_timer_start (guint seconds, GSourceFunc func, gpointer user_data);

/**
 * wn_timer_stop:
 * @timer: (inout) (transfer full) (nullable): a timer, %NULL afterwards
 *
 * It is not heard of again. May be called from its own function.
 */
void wn_timer_stop (GSource **timer);

G_END_DECLS
