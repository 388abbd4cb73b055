/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * This process's file descriptors.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * wn_descriptors_count:
 *
 * Returns: how many are open, and one that the counting itself opens: to be
 *   compared with an earlier count
 */
guint wn_descriptors_count (void);

/**
 * wn_descriptors_allow:
 * @n: how many a test may need
 *
 * Lets this process have as many open as it can.
 *
 * Returns: whether that is @n at least
 */
gboolean wn_descriptors_allow (guint n);

G_END_DECLS
