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
 * @html: (transfer full): what a conversation is to show
 *
 * Keeps the characters of all smileys but the first ones apart, by a space
 * without width. Tags stay as they are.
 *
 * Returns: (transfer full): the HTML
 */
char *wn_smiley_part (char *html);

G_END_DECLS
