/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An exchange: one request with the redirects that it meets, up to the answer's
 * body, which is not read here. An exchange judges certificates, and decides
 * which server gets the credential. What a status means is for the caller to
 * say.
 */

#pragma once

#include <libsoup/soup.h>

#include "net/tls.h"

G_BEGIN_DECLS

/**
 * WnRedirects: which redirects are followed
 * @WN_REDIRECTS_ALL: those that `net/http/redirect.h` allows, but from another
 *   machine none to this one
 * @WN_REDIRECTS_SAME_HOST: of these, those to the host that was asked first
 * @WN_REDIRECTS_NONE: none: a 302 is the answer
 */
typedef enum
{
  WN_REDIRECTS_ALL,
  WN_REDIRECTS_SAME_HOST,
  WN_REDIRECTS_NONE,
} WnRedirects;

/**
 * WnRequest: borrowed for the length of the call
 * @method: `GET`, `HEAD` or `POST`
 * @url: an `http://` or `https://` URL
 * @authorization: (nullable): the header's value, which is sent to @url's
 *   origin only, and not even there once a redirect has led elsewhere
 * @redirects: which are followed
 * @stays_outside: whether not even @url may lead to this machine
 * @trust: (nullable): which certificates are trusted beside the system's
 * @range: (nullable): the header `Range`
 * @if_range: (nullable): the header `If-Range`
 * @content_type: (nullable): of @body; without it @body has none
 * @body: (nullable): what is sent
 */
typedef struct
{
  const char *method;
  const char *url;
  const char *authorization;
  WnRedirects redirects;
  gboolean stays_outside;
  WnTlsTrust *trust;
  const char *range;
  const char *if_range;
  const char *content_type;
  const char *body;
} WnRequest;

/**
 * wn_exchange_async:
 * @session: what wn_http_session_new() has made
 * @request: what to ask
 * @cancellable: the exchange's alone, which cancels it by itself where it will
 *   not go on. The caller cancels it by wn_http_session_cancel()
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
 *   `PROXY` or `REDIRECTED`
 *
 * Returns: (transfer full) (nullable): the body as libsoup gives it, not read
 *   from, whatever the status; its announced length is sound
 */
GInputStream *wn_exchange_finish (GAsyncResult *result,
                                  SoupMessage **message,
                                  GError **error);

/**
 * wn_exchange_has_moved:
 * @result: what @callback was given
 *
 * Returns: whether a redirect led to another path than the one asked for
 */
gboolean wn_exchange_has_moved (GAsyncResult *result);

/**
 * wn_exchange_dup_doubt:
 * @result: what @callback was given
 *
 * Returns: (transfer full) (nullable): the certificate that
 *   %WN_DOWNLOAD_ERROR_CERTIFICATE is for; %NULL with any other ending
 */
WnTlsDoubt *wn_exchange_dup_doubt (GAsyncResult *result);

G_END_DECLS
