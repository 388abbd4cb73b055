/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which links a conversation gets, and whether a link's text lies. Pure;
 * internal to the markup modules.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * wn_link_dup_url:
 * @raw: (nullable): an attribute's value, from outside
 *
 * Returns: (transfer full) (nullable): the URL to link to, encoded; %NULL
 *   unless it is an absolute http, https or mailto URL of bearable length
 */
char *wn_link_dup_url (const char *raw);

/** Whether @text names a URL, host or address other than where @url leads. */
gboolean wn_link_text_misleads (const char *text, const char *url);

/** Whether @text says all that @url does. */
gboolean wn_link_text_is_url (const char *text, const char *url);

G_END_DECLS
