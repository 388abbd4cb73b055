/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A guard against GIO (2.74), which reads in a circle, as fast as it can, when
 * a SOCKS 4 proxy hangs up in the middle of its answer.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * wn_proxy_watch:
 * @event: what #GSocketClient::event tells
 * @stream: (nullable): its connection
 *
 * To be called for each event of a client. A SOCKS 4 proxy that hangs up in the
 * middle of its answer then fails the attempt.
 */
void wn_proxy_watch (GSocketClientEvent event, GIOStream *stream);

G_END_DECLS
