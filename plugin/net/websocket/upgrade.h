/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The WebSocket's upgrade as bytes (RFC 6455 §4.1): the request, and whether
 * what comes in answer to it is the agreement to it. It has no socket: whoever
 * has one sends the request and gives the answer in, in pieces of any size. Of
 * the outside it takes a random key, and the time for a `Retry-After`.
 */

#pragma once

#include <glib.h>

#include "core/connection/loss.h"
#include "core/connection/transport.h"

G_BEGIN_DECLS

typedef struct _WnUpgrade WnUpgrade;

/**
 * WnUpgradeVerdict:
 * @WN_UPGRADE_UNDECIDED: the answer goes on
 * @WN_UPGRADE_ACCEPTED: frames follow
 * @WN_UPGRADE_REFUSED: wn_upgrade_get_loss() says why
 */
typedef enum
{
  WN_UPGRADE_UNDECIDED,
  WN_UPGRADE_ACCEPTED,
  WN_UPGRADE_REFUSED,
} WnUpgradeVerdict;

/**
 * wn_upgrade_new:
 * @route: (transfer none): a `ws://` or `wss://` URL, whose path and query go
 *   out byte for byte, and the headers that go with it. A header whose value
 *   holds control characters is left out, because it can't be sent as it is
 *
 * Returns: (transfer full): an upgrade that is undecided
 */
WnUpgrade *wn_upgrade_new (const WnRoute *route);
void wn_upgrade_free (WnUpgrade *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnUpgrade, wn_upgrade_free)

/** Returns: (transfer none): what to send, all of it text; until the first
 *   byte of the answer is taken, since a connection lives for days after that
 */
const char *wn_upgrade_get_request (WnUpgrade *self);

/**
 * wn_upgrade_take_bytes:
 * @self: an upgrade that is undecided
 * @bytes: (array length=n_bytes): what the server sent next
 * @n_bytes: how many
 *
 * Returns: what is known now. Answers before the last (1xx) are passed over; a
 *   head that is no HTTP, or too long, or of too many 1xx, is refused
 */
WnUpgradeVerdict
wn_upgrade_take_bytes (WnUpgrade *self, const char *bytes, gsize n_bytes);

/**
 * wn_upgrade_get_loss:
 * @self: an upgrade that was refused
 *
 * Returns: (transfer none): %WN_LOSS_HTTP_STATUS or %WN_LOSS_REDIRECTED with
 *   the status and for how long to stay away, at most a day; else
 *   %WN_LOSS_BAD_HANDSHAKE
 */
const WnLoss *wn_upgrade_get_loss (WnUpgrade *self);

/**
 * wn_upgrade_get_answer:
 * @self: an upgrade that was accepted
 *
 * Returns: (transfer none): what the server said on it
 */
const WnTransportAnswer *wn_upgrade_get_answer (WnUpgrade *self);

/** Returns: (transfer full): what came after the head that accepted it */
GBytes *wn_upgrade_steal_rest (WnUpgrade *self);

G_END_DECLS
