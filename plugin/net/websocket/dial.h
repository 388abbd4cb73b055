/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From an address to a stream: name, proxy, TCP, TLS and the judgement of the
 * certificate; and what it means when there is none. What is said over the
 * stream is none of its business, nor how long it may take.
 */

#pragma once

#include <gio/gio.h>

#include "core/connection/loss.h"
#include "net/tls.h"

G_BEGIN_DECLS

/**
 * WnDialConfig: borrowed for the length of wn_dial_async()
 * @uri: scheme, host and port count; TLS where it is `wss`
 * @proxy_resolver: (nullable): who says which proxy to use; none: directly
 * @trust: (nullable): which certificates are trusted beside the system's
 */
typedef struct
{
  GUri *uri;
  GProxyResolver *proxy_resolver;
  WnTlsTrust *trust;
} WnDialConfig;

/**
 * wn_dial_async:
 * @config: where and how to connect
 * @cancellable: gives up; once it is cancelled no certificate is trusted any
 *   more, on a stream that came of it neither
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
 * @loss: (out) (transfer full) (nullable): set where there is no stream
 * @doubt: (out) (transfer full) (nullable): the certificate that is
 *   why, with %WN_LOSS_CERTIFICATE_REFUSED; else %NULL
 *
 * Returns: (transfer full) (nullable): a stream, which is the server's
 */
GSocketConnection *
wn_dial_finish (GAsyncResult *result, WnLoss **loss, WnTlsDoubt **doubt);

G_END_DECLS
