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

/** Whether @url, of wn_link_dup_url(), is http or https. */
gboolean wn_link_is_web_url (const char *url);

/**
 * wn_link_dup_unsaid:
 * @text: a link's text
 * @url: where it leads, of wn_link_dup_url()
 *
 * Returns: (transfer full) (nullable): what a reader should be told of the
 *   target beside the text: all of it where the text names another URL, host
 *   or address, else the host or the address; %NULL where the text says that
 */
char *wn_link_dup_unsaid (const char *text, const char *url);

/** The same where @url can't be seen otherwise: all or nothing of it. */
char *wn_link_dup_unsaid_url (const char *text, const char *url);

G_END_DECLS
