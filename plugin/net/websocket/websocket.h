/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The transport on a real network. The stream is ours (dialled by
 * GSocketClient, and metered), the protocol is libsoup's. The transport keeps
 * no session, follows no redirect, and does not decide when to open or when to
 * give up: that is the lifecycle's.
 */

#pragma once

#include <gio/gio.h>

#include "core/connection/transport.h"
#include "net/tls.h"

G_BEGIN_DECLS

/** The largest message that is taken, of one frame or of fragments. */
#define WN_WEBSOCKET_MAX_MESSAGE_BYTES (16 * 1024 * 1024)

#define WN_TYPE_WEBSOCKET (wn_websocket_get_type ())
G_DECLARE_FINAL_TYPE (WnWebsocket, wn_websocket, WN, WEBSOCKET, GObject)

/**
 * WnWebsocketConfig: borrowed for the length of wn_websocket_new()
 * @proxy_resolver: (nullable): asked in each attempt which proxy to use; %NULL:
 *   none
 * @trust: (nullable): which certificates are trusted beside the system's
 */
typedef struct
{
  GProxyResolver *proxy_resolver;
  WnTlsTrust *trust;
} WnWebsocketConfig;

/**
 * wn_websocket_new:
 * @config: how to connect
 *
 * Returns: (transfer full): a transport that is closed, whose routes are
 *   `ws://` and `wss://` URLs
 */
WnTransport *wn_websocket_new (const WnWebsocketConfig *config);

/**
 * wn_websocket_get_doubt:
 * @self: a transport
 *
 * Returns: (transfer none) (nullable): the certificate for which the last
 *   attempt was lost with %WN_LOSS_CERTIFICATE_REFUSED; valid until the next
 * one
 */
const WnTlsDoubt *wn_websocket_get_doubt (WnWebsocket *self);

G_END_DECLS
