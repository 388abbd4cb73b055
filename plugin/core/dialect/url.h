/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * URLs of servers, `ws://`, `wss://`, `http://` or `https://`: checked once, so
 * that nobody below has to doubt them, and the one place that knows their
 * ports and which of them are encrypted. Pure.
 *
 * A URL that was checked is ASCII, has a sound host and a port that can be
 * connected to, and carries neither credentials nor a fragment.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** How URLs are taken apart and joined: encoded, so that it changes nothing. */
#define WN_URL_FLAGS                                                           \
  ((GUriFlags) (G_URI_FLAGS_ENCODED | G_URI_FLAGS_SCHEME_NORMALIZE))

/**
 * wn_url_parse:
 * @url: (nullable): a URL from outside
 *
 * Returns: (transfer full) (nullable): the URL, checked; %NULL where it is no
 *   URL of a server
 */
GUri *wn_url_parse (const char *url);

/**
 * WnUrlExtent: how far the address of a server may go
 * @WN_URL_TO_HOST: there is nothing behind the host, or the port
 * @WN_URL_TO_PATH: there may be a path, but no query
 * @WN_URL_TO_QUERY: there may be both
 */
typedef enum
{
  WN_URL_TO_HOST,
  WN_URL_TO_PATH,
  WN_URL_TO_QUERY,
} WnUrlExtent;

/**
 * wn_url_parse_server:
 * @text: what somebody entered as a server's address: a URL, or `host`,
 *   `host:port` or `host:port/path` alone; space around it does not count
 * @scheme: (not nullable): `ws`, `wss`, `http` or `https`: the kind of the
 *   result, and where @text has no scheme, whether it is encrypted
 * @extent: how far it may go
 * @error: return location for a #WnDialectError of `BAD_SERVER_…`, whose
 *   message quotes nothing: somebody may have put a password into @text
 *
 * `https://` is read as `wss://` where a WebSocket is wanted, and so on.
 *
 * Returns: (transfer full) (nullable): the URL, checked, or %NULL with @error
 *   set
 */
GUri *wn_url_parse_server (const char *text,
                           const char *scheme,
                           WnUrlExtent extent,
                           GError **error);

/**
 * wn_url_dup_encoded:
 * @url: a URL, or a part of one, from outside
 *
 * A URL that was parsed may still hold spaces, line ends and characters of any
 * script, which no request can carry and no reader should see.
 *
 * Returns: (transfer full): it with all of these percent-encoded
 */
char *wn_url_dup_encoded (const char *url);

/**
 * wn_url_is_http:
 * @url: (nullable): a URL from outside
 *
 * Returns: whether it is a sound `http://` or `https://` URL
 */
gboolean wn_url_is_http (const char *url);

/**
 * wn_url_is_secure:
 * @url: a URL of a server
 *
 * Returns: whether what goes there is encrypted
 */
gboolean wn_url_is_secure (GUri *url);

/**
 * wn_url_get_port:
 * @url: a URL of a server
 *
 * Returns: the port, be it written or its scheme's
 */
guint16 wn_url_get_port (GUri *url);

/**
 * wn_url_dup_host:
 * @url: a URL of a server
 *
 * Returns: (transfer full): the host, in brackets where it is an IPv6 address,
 *   and the port unless it is the scheme's: for people, and for `Host:`
 */
char *wn_url_dup_host (GUri *url);

/**
 * wn_url_dup_path:
 * @url: a URL of a server
 *
 * Returns: (transfer full): the path without a slash at its end: to put more
 *   behind it
 */
char *wn_url_dup_path (GUri *url);

/**
 * wn_url_dup_origin:
 * @url: a URL of a server
 *
 * Returns: (transfer full): `http://HOST[:PORT]` or `https://HOST[:PORT]`
 */
char *wn_url_dup_origin (GUri *url);

/**
 * wn_url_is_same_origin:
 * @url: (nullable): a URL; `ws` counts as `http`, `wss` as `https`
 * @other: (nullable): another
 *
 * Returns: whether both are sound, and scheme, host and port are the same
 */
gboolean wn_url_is_same_origin (const char *url, const char *other);

/**
 * wn_host_is_sound:
 * @host: (nullable): a host as g_uri_get_host() has it, in ASCII
 *
 * GUri decodes a host, so that anything may be in it: a colon that was encoded
 * begins a port where the URL is written out again, a line end a header field,
 * and a space or a slash ends it for whoever reads it.
 *
 * Returns: whether it is an address, or a name of nothing but what names are
 *   made of
 */
gboolean wn_host_is_sound (const char *host);

G_END_DECLS
