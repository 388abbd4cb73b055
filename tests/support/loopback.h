/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What servers on 127.0.0.1 have in common: a port, and a rough end.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * wn_loopback_listen:
 * @listener: a listener or service that has no address yet
 * @port: where; 0: any that is free
 *
 * The test fails where it can't be had.
 *
 * Returns: the port
 */
guint16 wn_loopback_listen (GSocketListener *listener, guint16 port);

/** The same at another of this machine's own addresses, such as 127.0.0.2 */
guint16 wn_loopback_listen_at (GSocketListener *listener,
                               const char *address,
                               guint16 port);

/**
 * wn_loopback_find_free_port:
 *
 * It is none that a connection is given meanwhile: whoever asks such a port
 * whether somebody listens may reach itself.
 *
 * Returns: a port that nothing listens on, for a program that is to do so
 */
guint16 wn_loopback_find_free_port (void);

/**
 * wn_loopback_wait_for:
 * @port: of a program that was just started
 *
 * Waits until something listens there. Fails the test after 60 s.
 */
void wn_loopback_wait_for (guint16 port);

/**
 * wn_loopback_unlisten:
 * @service: (transfer full): what no longer takes connections
 * @user_data: of the signal handlers, which are disconnected
 */
void wn_loopback_unlisten (GSocketService *service, gpointer user_data);

/**
 * wn_loopback_reset:
 * @connection: is closed, with RST in place of FIN, as by a machine that has
 *   lost its memory of it
 */
void wn_loopback_reset (GSocketConnection *connection);

G_END_DECLS
