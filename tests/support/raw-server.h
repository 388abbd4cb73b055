/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A TCP server on 127.0.0.1 in the test's own main loop that answers one
 * upgrade from a script, and then sends what it is told to: the broken
 * handshakes and frames that no real server makes.
 */

#pragma once

#include <gio/gio.h>

#include "support/accept.h"

G_BEGIN_DECLS

/**
 * WnRawScript: borrowed; must outlive the server
 * @answer: (nullable): what to send when the request's head is there;
 *   `{accept}` stands for the answer to its key
 * @forever: (nullable): what to send after that, again and again
 * @answer_bytes: how many bytes to send in one go; 0: all
 * @hangs_up: closes after the answer
 * @resets: as @hangs_up, but so that the other side sees a reset
 * @drip_ms: how long to wait before each of the goes; 0: not at all
 * @is_deaf: reads no more after the request
 */
typedef struct
{
  const char *answer;
  const char *forever;
  gsize answer_bytes;
  gboolean hangs_up;
  gboolean resets;
  guint drip_ms;
  gboolean is_deaf;
} WnRawScript;

typedef struct _WnRawServer WnRawServer;

/**
 * wn_raw_server_new:
 * @script: what to say
 *
 * Returns: (transfer full): a server that listens
 */
WnRawServer *wn_raw_server_new (const WnRawScript *script);

/** The same at another address of this machine's, and a given port; 0: any */
WnRawServer *wn_raw_server_new_at (const WnRawScript *script,
                                   const char *address,
                                   guint16 port);
void wn_raw_server_free (WnRawServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnRawServer, wn_raw_server_free)

/** What to say to the next connections; borrowed as the first */
void wn_raw_server_set_script (WnRawServer *self, const WnRawScript *script);

/** Listens no more, or again at the same port; connections stay. */
void wn_raw_server_set_listening (WnRawServer *self, gboolean listens);

guint16 wn_raw_server_get_port (WnRawServer *self);

/** Returns: (nullable): the last request's head, once it is whole */
const char *wn_raw_server_get_request (WnRawServer *self);

/** Returns: (transfer none): what came after the head */
GByteArray *wn_raw_server_get_received (WnRawServer *self);

/** Returns: how many connections there have been */
guint wn_raw_server_get_n_connections (WnRawServer *self);

/** Returns: how many bytes could be sent on the last connection */
guint64 wn_raw_server_get_n_sent (WnRawServer *self);

/** Returns: whether the last connection has been closed by the other side */
gboolean wn_raw_server_is_left (WnRawServer *self);

/** Sends bytes as they are, after what is still to be sent */
void wn_raw_server_send (WnRawServer *self, const void *data, gsize length);

/** Sends a frame that is not masked; @first_byte: FIN, RSV, opcode */
void wn_raw_server_send_frame (WnRawServer *self,
                               guint8 first_byte,
                               const void *payload,
                               gsize length);

/** Lets go at once, so that the other side sees a reset */
void wn_raw_server_reset (WnRawServer *self);

/** Closes once all is sent */
void wn_raw_server_hang_up (WnRawServer *self);

G_END_DECLS
