/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What an export may be called on the user's disk, whatever the server says.
 * Pure.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * wn_file_name_from_key:
 * @key: an export's `filename`, valid UTF-8
 *
 * The last component, whichever separator, made safe for a file system and
 * for eyes (PROTOCOL §5).
 *
 * Returns: (transfer full): a name of 1 to 255 bytes, valid UTF-8, never `.`
 *   or `..`, without a separator
 */
char *wn_file_name_from_key (const char *key);

G_END_DECLS
