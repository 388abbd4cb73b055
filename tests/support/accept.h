/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The server's part in an upgrade: its answer to our key (RFC 6455 §4.2.2), an
 * own account of it, so as not to ask the code under test.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** The head of a server that upgrades */
#define WN_UPGRADE                                                             \
  "HTTP/1.1 101 Switching Protocols\r\n"                                       \
  "Upgrade: websocket\r\n"                                                     \
  "Connection: Upgrade\r\n"                                                    \
  "Sec-WebSocket-Accept: {accept}\r\n\r\n"

/**
 * wn_accept_fill_in:
 * @bytes: (array length=n_bytes) (nullable): an answer, in which the first
 *   `{accept}` stands for what answers the key
 * @n_bytes: how many
 * @request: the upgrade's request; one without a key is answered by nothing
 *
 * Returns: (transfer full): the answer as it is sent
 */
GByteArray *
wn_accept_fill_in (const char *bytes, gsize n_bytes, const char *request);

G_END_DECLS
