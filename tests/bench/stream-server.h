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
 * What it answers depends on the query: `n` notifications whose bodies have
 * `size` bytes and are those of the set `bodies` in turns
 * (wn_bodies_make_set(), `plain` if not said), `rate` of them in a second, 0
 * for as fast as it goes. In the title is their number, or the monotonic time
 * in microseconds where `rate` is not 0. A connection stays open until the
 * client closes it. Who asks for no upgrade gets `bytes` bytes.
 */
void wn_stream_server_start (WnStreamServer *self);
void wn_stream_server_stop (WnStreamServer *self);

/**
 * wn_stream_server_make_frames:
 * @bodies: a set's name, see wn_bodies_make_set()
 * @size: of each body, in bytes
 *
 * Returns: (transfer full) (element-type GString): notifications as JSON, as
 *   Laravel writes it
 */
GPtrArray *wn_stream_server_make_frames (const char *bodies, gsize size);

G_END_DECLS
