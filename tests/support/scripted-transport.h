/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A transport that writes down what it is told, and says what the test wants
 * the network to say. It fails the test when either side breaks the rules of
 * `core/connection/transport.h`.
 */

#pragma once

#include "core/connection/transport.h"

G_BEGIN_DECLS

#define WN_TYPE_SCRIPTED_TRANSPORT (wn_scripted_transport_get_type ())
G_DECLARE_FINAL_TYPE (WnScriptedTransport,
                      wn_scripted_transport,
                      WN,
                      SCRIPTED_TRANSPORT,
                      GObject)

/**
 * WnScriptedState:
 * @WN_SCRIPTED_IDLE: never opened, lost, or closed
 * @WN_SCRIPTED_OPENING: neither opened nor lost yet
 * @WN_SCRIPTED_OPEN: the connection is up
 */
typedef enum
{
  WN_SCRIPTED_IDLE,
  WN_SCRIPTED_OPENING,
  WN_SCRIPTED_OPEN,
} WnScriptedState;

/**
 * wn_scripted_transport_new:
 *
 * Returns: (transfer full): an idle transport. It fails the test when it is
 *   freed with a connection.
 */
WnScriptedTransport *wn_scripted_transport_new (void);

WnScriptedState wn_scripted_transport_get_state (WnScriptedTransport *self);
gboolean wn_scripted_transport_is_reading (WnScriptedTransport *self);

/** Returns: (transfer none): where it was opened to last */
const WnRoute *wn_scripted_transport_get_route (WnScriptedTransport *self);

/** What the server says at the next openings; @answer's texts are static */
void wn_scripted_transport_set_answer (WnScriptedTransport *self,
                                       const WnTransportAnswer *answer);

/**
 * wn_scripted_transport_take_log:
 * @self: a transport
 *
 * Returns: (transfer full): what it was told since the last call, as `open`,
 *   `send TEXT`, `ping`, `close`, `stop reading` and `read`, with a comma
 * between
 */
char *wn_scripted_transport_take_log (WnScriptedTransport *self);

/* What the network says. `opened` needs an attempt, `text` and `alive` an open
 * connection that reads, `lost` either; @text ends with a NUL.
 */
void wn_scripted_transport_emit_opened (WnScriptedTransport *self);
void wn_scripted_transport_emit_text (WnScriptedTransport *self,
                                      const char *text);
void wn_scripted_transport_emit_alive (WnScriptedTransport *self);
void wn_scripted_transport_emit_lost (WnScriptedTransport *self,
                                      const WnLoss *loss);

G_END_DECLS
