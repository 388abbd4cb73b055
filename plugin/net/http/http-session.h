/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libsoup's session with everything off that it would do by itself:
 * authentication, decoding, upgrades to https, time limits, the desktop's
 * proxy. Each attempt of a download has one of its own, whose cookies last from
 * a redirect to the next request and no longer.
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

/**
 * wn_http_session_cancel:
 * @cancellable: of a message that was sent
 *
 * Cancels it, from the main loop and behind what is ready there. libsoup 3.6.5
 * frees a message twice that is cancelled between the arrival of its head and
 * the news of that.
 */
void wn_http_session_cancel (GCancellable *cancellable);

/**
 * wn_http_session_abort:
 * @session: a session
 *
 * As soup_session_abort(), in the way of wn_http_session_cancel().
 */
void wn_http_session_abort (SoupSession *session);

G_END_DECLS
