/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A folder that a test made, with all that is in it.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * wn_folder_remove:
 * @path: a folder, removed with what it holds; links are not followed
 */
void wn_folder_remove (const char *path);

G_END_DECLS
