/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A server in a process of its own that outruns every client: it answers an
 * upgrade and writes the frames that the URL's query asks for, made beforehand,
 * a mebibyte at a time; or it answers a GET with a file.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  GPid pid;
  guint port; /* on 127.0.0.1 */
} WnStreamServer;

/**
 * wn_stream_server_start:
 *
 * What it answers depends on the query: `n` frames of `size` bytes (200 at
 * least), `rate` of them in a second, 0 for as fast as it goes. In these the
 * member `sent` is the monotonic time in microseconds where `rate` is not 0.
 * One connection at a time; it stays open until the client closes it. Who asks
 * for no upgrade gets `bytes` bytes.
 */
void wn_stream_server_start (WnStreamServer *self);
void wn_stream_server_stop (WnStreamServer *self);

/**
 * wn_stream_server_dup_frame:
 * @size: of the frame's payload, in bytes; 200 at least
 *
 * Returns: (transfer full): a notification as JSON of exactly that size, a
 *   paragraph of HTML for each 1,500 bytes
 */
char *wn_stream_server_dup_frame (gsize size);

G_END_DECLS
