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
 * WnDialConfig: borrowed for the length of wn_dial()
 * @uri: where to: scheme, host and port count; TLS where the scheme is `wss`
 * @address: (nullable): the one address of @uri's host to connect to, without
 *   a proxy; %NULL: any that the name or the proxy leads to
 * @proxy_resolver: (nullable): says which proxy to use; %NULL: none
 * @trust: (nullable): which certificates are trusted beside the system's
 * @connected: (nullable): the host itself, and not a proxy, has taken the
 *   connection at @address; again where another address comes to be tried, and
 *   never after @done
 * @done: called once, never inside of wn_dial(): @socket (transfer full)
 *   (nullable) is a stream that leads to the server, or @loss (nullable) says
 *   why there is none, and @doubt (transfer full) (nullable) is the certificate
 *   that was refused, with %WN_LOSS_CERTIFICATE_REFUSED
 */
typedef struct
{
  GUri *uri;
  GSocketAddress *address;
  GProxyResolver *proxy_resolver;
  WnTlsTrust *trust;
  void (*connected) (GSocketAddress *address, gpointer user_data);
  void (*done) (GSocketConnection *socket,
                const WnLoss *loss,
                WnTlsDoubt *doubt,
                gpointer user_data);
} WnDialConfig;

/**
 * wn_dial:
 * @config: where and how to connect
 * @cancellable: gives up, which `done` is told as well. Once it is cancelled,
 *   no certificate is trusted any more, not even on the stream that the
 *   dialling brought
 * @user_data: for both callbacks
 */
void wn_dial (const WnDialConfig *config,
              GCancellable *cancellable,
              gpointer user_data);

/**
 * wn_dial_get_break_reason:
 * @error: an error of a stream that was connected
 *
 * Returns: the reason: a connection that broke, unless TLS or the network says
 *   more
 */
WnLossReason wn_dial_get_break_reason (const GError *error);

G_END_DECLS
