/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An exchange: one request with the redirects that it meets, up to the body of
 * what is no redirect. Certificates are judged here, and who gets the token;
 * what a status means, and the body, are the caller's.
 */

#pragma once

#include <libsoup/soup.h>

#include "net/tls.h"

G_BEGIN_DECLS

/**
 * WnRequest: borrowed for the length of the call
 * @method: static: `GET` or `HEAD`, one of libsoup's
 * @url: an `http://` or `https://` URL
 * @token: (nullable): sent as `Authorization: Bearer` to @url's origin only
 * @trust: (nullable): which certificates are trusted beside the system's
 * @range: (nullable): the `Range` that is asked for
 * @if_range: (nullable): and its `If-Range`
 */
typedef struct
{
  const char *method;
  const char *url;
  const char *token;
  WnTlsTrust *trust;
  const char *range;
  const char *if_range;
} WnRequest;

/**
 * wn_exchange_async:
 * @session: what wn_http_session_new() has made
 * @request: what to ask
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when a head has come
 * @user_data: for @callback
 *
 * Sends @request and follows redirects (PROTOCOL §5). There is no time limit.
 */
void wn_exchange_async (SoupSession *session,
                        const WnRequest *request,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);

/**
 * wn_exchange_finish:
 * @result: what @callback was given
 * @message: (out) (transfer full) (nullable): what was answered, %NULL on error
 * @error: return location: %WN_DOWNLOAD_ERROR_NETWORK, `TLS`, `CERTIFICATE`,
 *   `PROXY` or `REDIRECTED`; %G_IO_ERROR_CANCELLED where @cancellable was
 *
 * Returns: (transfer full) (nullable): the body as libsoup gives it, not read
 *   from, whatever the status; its announced length is sound
 */
GInputStream *wn_exchange_finish (GAsyncResult *result,
                                  SoupMessage **message,
                                  GError **error);

/**
 * wn_exchange_dup_doubt:
 * @result: what @callback was given
 *
 * Returns: (transfer full) (nullable): the certificate that
 *   %WN_DOWNLOAD_ERROR_CERTIFICATE is for; %NULL with any other ending
 */
WnTlsDoubt *wn_exchange_dup_doubt (GAsyncResult *result);

G_END_DECLS
