/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libsoup's session with everything off that it would do by itself:
 * authentication, decoding, cookies, upgrades to https, time limits, the
 * desktop's proxy. One for each download: it keeps nothing for the next.
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * wn_http_session_new:
 * @proxy_resolver: (nullable): who says which proxy to use, with its user and
 *   password; %NULL: none
 *
 * Returns: (transfer full): a session; redirects are off for each message
 *   (%SOUP_MESSAGE_NO_REDIRECT) and not in here
 */
SoupSession *wn_http_session_new (GProxyResolver *proxy_resolver);

G_END_DECLS
