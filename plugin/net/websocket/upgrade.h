/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The WebSocket's upgrade as bytes (RFC 6455 §4.1): the request, and whether
 * the answer agrees to it. The upgrade has no socket: its owner sends the
 * request and passes on the answer, in pieces of any size. All that the upgrade
 * takes from outside is a random key, and the time for a `Retry-After`.
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
 * @route: (transfer none): a URL that is sound by `core/dialect/url.h`, whose
 *   path and query go out byte for byte, and the headers that go with it. A
 *   header whose value holds control characters is left out, because it can't
 *   be sent as it is
 *
 * Returns: (transfer full): an upgrade that is undecided
 */
WnUpgrade *wn_upgrade_new (const WnRoute *route);
void wn_upgrade_free (WnUpgrade *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnUpgrade, wn_upgrade_free)

/** Returns: (transfer none): the request, which is text */
const char *wn_upgrade_get_request (WnUpgrade *self);

/**
 * wn_upgrade_take_bytes:
 * @self: an upgrade that is undecided
 * @bytes: (array length=n_bytes): what the server sent next
 * @n_bytes: how many
 *
 * Returns: what is known now. Provisional answers (1xx) are passed over. A head
 *   that is no HTTP or is too long is refused, and so are too many 1xx
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
 * Returns: (transfer none): what the server said
 */
const WnTransportAnswer *wn_upgrade_get_answer (WnUpgrade *self);

/** Returns: (transfer full): the bytes after the head that accepted it */
GBytes *wn_upgrade_steal_rest (WnUpgrade *self);

G_END_DECLS
