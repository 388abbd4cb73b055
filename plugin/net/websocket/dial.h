/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The way from an address to a stream: name, proxy, TCP, TLS and the judgement
 * of the certificate; and what it means when there is no stream. What is said
 * over the stream, and how long all this may take, is for the caller to know.
 */

#pragma once

#include <gio/gio.h>

#include "core/connection/loss.h"
#include "net/tls.h"

G_BEGIN_DECLS

/**
 * WnDialConfig: borrowed for the length of wn_dial_async()
 * @uri: where to: scheme, host and port count; TLS where the scheme is `wss`
 * @address: (nullable): the one address of @uri's host to connect to, without
 *   a proxy; %NULL: any that the name or the proxy leads to
 * @proxy_resolver: (nullable): says which proxy to use; %NULL: none
 * @trust: (nullable): which certificates are trusted beside the system's
 * @connected: (nullable): the host itself, and not a proxy, has taken the
 *   connection at @address; called with the callback's user data, again where
 *   another address comes to be tried, and never after the callback
 */
typedef struct
{
  GUri *uri;
  GSocketAddress *address;
  GProxyResolver *proxy_resolver;
  WnTlsTrust *trust;
  void (*connected) (GSocketAddress *address, gpointer user_data);
} WnDialConfig;

/**
 * wn_dial_async:
 * @config: where and how to connect
 * @cancellable: gives up. Once it is cancelled, no certificate is trusted any
 *   more, not even on the stream that the dialling brought
 * @callback: called once, never inside this call
 * @user_data: for @callback
 */
void wn_dial_async (const WnDialConfig *config,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data);

/**
 * wn_dial_finish:
 * @result: what the callback was given
 * @loss: (out) (transfer full) (nullable): why there is no stream
 * @doubt: (out) (transfer full) (nullable): the certificate that was refused,
 *   with %WN_LOSS_CERTIFICATE_REFUSED; else %NULL
 *
 * Returns: (transfer full) (nullable): a stream that leads to the server
 */
GSocketConnection *
wn_dial_finish (GAsyncResult *result, WnLoss **loss, WnTlsDoubt **doubt);

/**
 * wn_dial_get_break_reason:
 * @error: an error of a stream that was connected
 *
 * Returns: the reason: a connection that broke, unless TLS or the network says
 *   more
 */
WnLossReason wn_dial_get_break_reason (const GError *error);

G_END_DECLS
