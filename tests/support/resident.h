/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How much memory of the machine's this process has, as Linux tells. A
 * difference may be negative, in a process that does not grow, too: Linux
 * counts pages for each processor apart, and adds them up now and then.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Returns: in KiB, now */
gint64 wn_resident_get_kib (void);

/** Returns: in KiB, the most since wn_resident_reset_peak() */
gint64 wn_resident_get_peak_kib (void);

/** Returns: whether the peak is now's, which not every kernel lets a process do
 */
gboolean wn_resident_reset_peak (void);

G_END_DECLS
