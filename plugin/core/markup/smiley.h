/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Pidgin puts a picture in the place of each smiley, which takes half a
 * millisecond: 16,000 of them in one message hold it up for 8 s.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WN_SMILEY_MAX_KEPT:
 *
 * As many pairs of characters that smileys have are left as they are.
 */
#define WN_SMILEY_MAX_KEPT 500

/**
 * wn_smiley_part:
 * @text: (transfer full): what a conversation is to show
 * @has_tags: whether what is between < and > in it is a tag, which stays as it
 *   is
 *
 * Keeps the characters of all smileys but the first ones apart, by a space
 * without width.
 *
 * Returns: (transfer full): the text
 */
char *wn_smiley_part (char *text, gboolean has_tags);

G_END_DECLS
