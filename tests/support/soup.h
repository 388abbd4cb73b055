/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What libsoup's servers on 127.0.0.1 have in common. Apart from loopback.h,
 * since a host's process has no libsoup before the module brings it.
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * wn_soup_listen:
 * @soup: a server that has no address yet
 * @port: where; 0: any that is free
 *
 * The test fails where it can't be had.
 *
 * Returns: the port
 */
guint16 wn_soup_listen (SoupServer *soup, guint16 port);

/**
 * wn_soup_collect_websockets:
 * @soup: a server, which takes WebSockets at `/` from now on
 * @sockets: of #SoupWebsocketConnection (owned): the newest comes last; must
 *   outlive @soup's listening
 */
void wn_soup_collect_websockets (SoupServer *soup, GPtrArray *sockets);

/** Empties @sockets; each loses its TCP connection without a closing frame. */
void wn_soup_close_websockets (GPtrArray *sockets);

G_END_DECLS
