/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where a redirect of a download may lead, and where a secret may go. Pure.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** How many redirects of one request are followed. */
#define WN_REDIRECT_MAX 5

/**
 * wn_redirect_is_status:
 * @status: an HTTP status
 *
 * Returns: whether it sends the client elsewhere (RFC 9110 §15.4)
 */
gboolean wn_redirect_is_status (guint status);

/**
 * wn_redirect_resolve:
 * @from: the URL that answered
 * @location: (nullable): its `Location`, absolute or relative
 *
 * Returns: (transfer full) (nullable): the URL to go to; %NULL where it is not
 *   followed: no URL, neither http nor https, a host that is none, or from
 *   https to http
 */
GUri *wn_redirect_resolve (GUri *from, const char *location);

/**
 * wn_redirect_is_same_origin:
 * @a: a URL with a host
 * @b: another
 *
 * Returns: whether scheme, host and port are the same (RFC 6454 §5)
 */
gboolean wn_redirect_is_same_origin (GUri *a, GUri *b);

G_END_DECLS
