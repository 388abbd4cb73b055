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

G_END_DECLS
