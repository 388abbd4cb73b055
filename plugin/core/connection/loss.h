/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Why there is no connection: a value that the transport fills in, that the
 * lifecycle decides by, and that the host's side turns into a sentence.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WnLossReason:
 * @WN_LOSS_NAME_NOT_FOUND: the server's name has no address
 * @WN_LOSS_REFUSED: nothing listens there
 * @WN_LOSS_UNREACHABLE: no way to the network or the host
 * @WN_LOSS_TIMED_OUT: connecting took longer than it may
 * @WN_LOSS_PROXY: the proxy did not let us through
 * @WN_LOSS_PROXY_SETTINGS: the proxy's settings can't be followed
 * @WN_LOSS_PROXY_UNREACHABLE: there is no way to the proxy itself
 * @WN_LOSS_PROXY_AUTH: the proxy wants another user name or password
 * @WN_LOSS_PROXY_TARGET: the proxy could not reach the server
 * @WN_LOSS_TLS: no secure connection, and the certificate is not why
 * @WN_LOSS_TLS_UNAVAILABLE: this system has no TLS for GLib
 * @WN_LOSS_CERTIFICATE_REFUSED: the certificate is not trusted, nor has the
 *   user accepted it; `tls_errors` says what is wrong with it
 * @WN_LOSS_HTTP_STATUS: the upgrade was answered with `http_status`
 * @WN_LOSS_REDIRECTED: the upgrade was answered with a redirect
 * @WN_LOSS_BAD_HANDSHAKE: the answer to the upgrade was no WebSocket's
 * @WN_LOSS_CLOSED: the server closed, with `close_code`
 * @WN_LOSS_TEXT_REFUSED: the same, because it wants no text of ours
 * @WN_LOSS_BROKEN: the connection was cut without a close
 * @WN_LOSS_PROTOCOL: the server broke the WebSocket protocol
 * @WN_LOSS_TOO_BIG: a message was longer than we take
 * @WN_LOSS_NO_ANSWER: the heartbeat was not acknowledged in time
 * @WN_LOSS_DENIED: the server said no in a message of its own; `detail` may
 *   have its words, which come from outside
 * @WN_LOSS_LOGIN_REFUSED: the server takes neither login nor access token;
 *   `detail` is the login where there is one
 * @WN_LOSS_TOKEN_REFUSED: the same where there are no logins
 * @WN_LOSS_TOPICS_REFUSED: this account may not read all of the topics in
 *   `detail`
 * @WN_LOSS_NO_GREETING: the server said nothing after the upgrade, where it had
 *   to begin
 * @WN_LOSS_NOT_SIGNED: the application did not sign the channels in `detail`,
 *   but answered with `http_status`: 200 where the answer was no signature, 0
 *   where none came
 * @WN_LOSS_CHANNELS_REFUSED: the server does not take the application's
 *   signature for the channels in `detail`
 * @WN_LOSS_NO_APP: the server has no application with the key in `detail`
 * @WN_LOSS_ORIGIN_REFUSED: the server takes none from the origin in `detail`
 * @WN_LOSS_TLS_ONLY: the server wants an encrypted connection
 * @WN_LOSS_OVER_QUOTA: the server has as many connections as it may have
 * @WN_LOSS_ASKED: the user asked for a new connection
 * @WN_LOSS_OTHER: anything else; `detail` says what the system said
 */
typedef enum
{
  WN_LOSS_NAME_NOT_FOUND,
  WN_LOSS_REFUSED,
  WN_LOSS_UNREACHABLE,
  WN_LOSS_TIMED_OUT,
  WN_LOSS_PROXY,
  WN_LOSS_PROXY_SETTINGS,
  WN_LOSS_PROXY_UNREACHABLE,
  WN_LOSS_PROXY_AUTH,
  WN_LOSS_PROXY_TARGET,
  WN_LOSS_TLS,
  WN_LOSS_TLS_UNAVAILABLE,
  WN_LOSS_CERTIFICATE_REFUSED,
  WN_LOSS_HTTP_STATUS,
  WN_LOSS_REDIRECTED,
  WN_LOSS_BAD_HANDSHAKE,
  WN_LOSS_CLOSED,
  WN_LOSS_TEXT_REFUSED,
  WN_LOSS_BROKEN,
  WN_LOSS_PROTOCOL,
  WN_LOSS_TOO_BIG,
  WN_LOSS_NO_ANSWER,
  WN_LOSS_DENIED,
  WN_LOSS_LOGIN_REFUSED,
  WN_LOSS_TOKEN_REFUSED,
  WN_LOSS_TOPICS_REFUSED,
  WN_LOSS_NO_GREETING,
  WN_LOSS_NOT_SIGNED,
  WN_LOSS_CHANNELS_REFUSED,
  WN_LOSS_NO_APP,
  WN_LOSS_ORIGIN_REFUSED,
  WN_LOSS_TLS_ONLY,
  WN_LOSS_OVER_QUOTA,
  WN_LOSS_ASKED,
  WN_LOSS_OTHER,
} WnLossReason;

/**
 * WnLossRetry: what a dialect knows about trying again
 * @WN_LOSS_RETRY_USUAL: nothing: the rest of the loss decides
 * @WN_LOSS_RETRY_SOON: the server asks to come back at once; the first retry
 *   does so at a random moment within the least delay
 * @WN_LOSS_RETRY_UNEXPLAINED: the server was asked why: until it has answered,
 *   the loss says nothing, not even that a row of refusals has ended
 * @WN_LOSS_RETRY_NEVER: waiting does not cure it: it is the account's error
 */
typedef enum
{
  WN_LOSS_RETRY_USUAL,
  WN_LOSS_RETRY_SOON,
  WN_LOSS_RETRY_UNEXPLAINED,
  WN_LOSS_RETRY_NEVER,
} WnLossRetry;

/**
 * WnLoss:
 * @reason: what happened
 * @retry: what the server's kind knows about trying again
 * @http_status: the upgrade's status, 0 where there was none
 * @close_code: the close frame's code (RFC 6455 §7.4), or the server's own for
 *   its refusal, 0 where there was none
 * @tls_errors: the certificate's `GTlsCertificateFlags`, 0 where it was fine
 * @retry_after_us: how long the server asked to stay away, 0 where it did not
 * @detail: (owned) (nullable): the system's own words, in its language; with
 *   %WN_LOSS_DENIED the server's
 *
 * Borrowed for the length of the call that hands it over; wn_loss_copy()
 * keeps it.
 */
typedef struct
{
  WnLossReason reason;
  WnLossRetry retry;
  guint http_status;
  guint close_code;
  guint tls_errors;
  gint64 retry_after_us;
  char *detail;
} WnLoss;

/**
 * wn_loss_copy:
 * @loss: a loss
 *
 * Returns: (transfer full): the same, to keep
 */
WnLoss *wn_loss_copy (const WnLoss *loss);
void wn_loss_free (WnLoss *loss);

/**
 * wn_loss_new:
 * @reason: what happened
 *
 * Returns: (transfer full): a loss of which nothing else is known
 */
WnLoss *wn_loss_new (WnLossReason reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnLoss, wn_loss_free)

/**
 * wn_loss_is_unauthorized:
 * @loss: a loss
 *
 * Returns: whether the server wants somebody else, or a token (401, 403)
 */
gboolean wn_loss_is_unauthorized (const WnLoss *loss);

/**
 * wn_loss_hits_everybody:
 * @loss: a loss
 *
 * Returns: whether it hints at all of the server's clients having been cut
 *   off at once (close 1001, 1012, 1013; status 429, 502, 503, 504), so that
 *   they would come back as a herd
 */
gboolean wn_loss_hits_everybody (const WnLoss *loss);

/**
 * wn_loss_is_absence:
 * @loss: a loss
 *
 * Returns: whether nothing of ours reached the server, so that trying cost it
 *   nothing: its name or the way to it is missing, or nothing listens there
 */
gboolean wn_loss_is_absence (const WnLoss *loss);

/**
 * wn_loss_is_local:
 * @loss: a loss
 *
 * Returns: whether it was found on this side, and so need not concern any
 *   other client
 */
gboolean wn_loss_is_local (const WnLoss *loss);

G_END_DECLS
