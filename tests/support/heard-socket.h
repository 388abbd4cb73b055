/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a transport's listener was told; of the texts, only how many.
 */

#pragma once

#include "core/connection/transport.h"

G_BEGIN_DECLS

/**
 * WnHeardSocket:
 * @loss: (owned) (nullable): the last one
 * @is_done: whether it was opened or lost
 */
typedef struct
{
  guint n_opened;
  guint n_texts;
  guint n_alive;
  guint n_lost;
  WnLoss *loss;
  gboolean is_done;
} WnHeardSocket;

/** wn_heard_socket_listener: its user data is a WnHeardSocket */
extern const WnTransportListener wn_heard_socket_listener;

void wn_heard_socket_clear (WnHeardSocket *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WnHeardSocket, wn_heard_socket_clear)

G_END_DECLS
