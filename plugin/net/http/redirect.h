/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where a redirect may lead, and where a credential may go. Pure.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** WN_REDIRECT_MAX: how many redirects of one request are followed */
#define WN_REDIRECT_MAX 5

/** Returns: whether @status sends the client elsewhere (RFC 9110 §15.4) */
gboolean wn_redirect_is_status (guint status);

/**
 * wn_redirect_resolve:
 * @from: the URL that answered
 * @location: (nullable): its `Location`, absolute or relative
 *
 * Path and query stay as @location has them, byte for byte, because a
 * signature may have been made over them. Only what no request line can carry
 * (spaces, control characters, bytes above 0x7e) is percent-encoded.
 *
 * Returns: (transfer full) (nullable): the URL to go to; %NULL where it is not
 *   followed: no URL, neither http nor https, a host that is none, or from
 *   https to http
 */
GUri *wn_redirect_resolve (GUri *from, const char *location);

/** Returns: whether both have the same scheme, host and port (RFC 6454 §5) */
gboolean wn_redirect_is_same_origin (GUri *a, GUri *b);

/** Returns: whether both have the same host, at whatever port */
gboolean wn_redirect_is_same_host (GUri *a, GUri *b);

/**
 * wn_redirect_is_inward_host:
 * @host: a name or an address
 *
 * Returns: whether it says by itself that it means this machine or the
 *   machines on the same cable: `localhost`, or an address of which
 *   wn_redirect_is_inward_address() says so
 */
gboolean wn_redirect_is_inward_host (const char *host);

/** Returns: whether it is a loopback, link-local or unspecified address */
gboolean wn_redirect_is_inward_address (GInetAddress *address);

G_END_DECLS
