/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The tags that ntfy shows as emoji. Pure.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * wn_ntfy_emoji_dup:
 * @tag: a tag of a message, as it came
 *
 * Returns: (transfer full) (nullable): the characters that the tag stands for,
 *   where it is a short code of gemoji's (`warning`, `+1`)
 */
char *wn_ntfy_emoji_dup (const char *tag);

G_END_DECLS
