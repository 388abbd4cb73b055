/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Keeps GIO from waiting in circles for a SOCKS 4 proxy that has gone.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * wn_proxy_watch:
 * @event: what #GSocketClient::event tells
 * @stream: (nullable): its connection
 *
 * To be called for each event. A SOCKS 4 proxy that hangs up in the middle of
 * its answer fails the attempt; GIO (2.74) would go on reading nothing, as fast
 * as it can, until the attempt is cancelled.
 */
void wn_proxy_watch (GSocketClientEvent event, GIOStream *stream);

G_END_DECLS
