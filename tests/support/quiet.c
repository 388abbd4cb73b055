/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A test prints what is logged, and libsoup logs two lines for each frame: of
 * a flood, a hundred megabytes, which take longer than the flood.
 */

#include <glib.h>

static void
ignore (const char *domain,
        GLogLevelFlags level,
        const char *message,
        gpointer user_data)
{
}

__attribute__ ((constructor)) static void
be_quiet (void)
{
  g_log_set_handler ("libsoup", G_LOG_LEVEL_DEBUG, ignore, NULL);
}
