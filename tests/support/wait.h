/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Waits in the main loop that end the test where nothing comes of them. The
 * limit is of the clock's time, also where virtual-timers rules the seconds.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WN_WAIT_LIMIT_S 60

/**
 * wn_wait_add_limit:
 * @limit_s: in seconds
 *
 * Fails the test when the time is over.
 *
 * Returns: the id of the source, to be removed in time
 */
guint wn_wait_add_limit (guint limit_s);

/** Runs the main loop for as long as anything is ready in it. */
void wn_wait_until_dry (void);

/**
 * wn_wait_until:
 * @condition: looked at after each turn of the main loop
 *
 * Runs the main loop until @condition holds. Fails the test after 60 s.
 */
#define wn_wait_until(condition)                                               \
  G_STMT_START                                                                 \
  {                                                                            \
    guint limit = wn_wait_add_limit (WN_WAIT_LIMIT_S);                         \
    while (!(condition))                                                       \
      g_main_context_iteration (NULL, TRUE);                                   \
    g_source_remove (limit);                                                   \
  }                                                                            \
  G_STMT_END

G_END_DECLS
