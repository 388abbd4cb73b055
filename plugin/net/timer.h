/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A timer in the main context that the caller runs in. It goes off within the
 * second after it is due, together with others, to spare wake-ups.
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
 * The timer's function is not called again. It may itself stop its timer.
 */
void wn_timer_stop (GSource **timer);

G_END_DECLS
