/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A pollable input stream that gives only so many bytes until the main loop has
 * come round to its idle sources, so that a fast sender cannot hold it. What is
 * not given stays with the network, and so holds the sender back. The stream
 * knows no protocol: its reader tells it where messages end.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WN_TYPE_METERED_STREAM (wn_metered_stream_get_type ())
G_DECLARE_FINAL_TYPE (WnMeteredStream,
                      wn_metered_stream,
                      WN,
                      METERED_STREAM,
                      GFilterInputStream)

/**
 * WnMeteredStreamLimits:
 * @turn_bytes: how many bytes to give in one turn of the main loop; not 0
 * @turn_messages: after how many messages no more is given in a turn; 0: any
 *   number
 * @message_bytes: how many bytes to give without a whole message among them;
 *   the next read then fails with %G_IO_ERROR_MESSAGE_TOO_LARGE
 * @turn_us: how long a turn may take before no more is given in it, in
 *   microseconds; 0: as long as it takes
 * @output: (nullable) (transfer none): where the answers to what is read go:
 *   no turn begins while it can't be written to, so that they don't pile up
 */
typedef struct
{
  gsize turn_bytes;
  guint turn_messages;
  gsize message_bytes;
  gint64 turn_us;
  GPollableOutputStream *output;
} WnMeteredStreamLimits;

/**
 * wn_metered_stream_new:
 * @base: a pollable stream; it is not closed with this one
 * @first: (nullable): bytes of @base that have been read already
 * @limits: copied
 *
 * Only nonblocking reads are metered. They, and the sources that the stream
 * makes, belong to the thread and the thread-default main context in which
 * the stream was made. While the stream has nothing to give its sources are
 * silent.
 *
 * Returns: (transfer full): a stream that reads
 */
WnMeteredStream *wn_metered_stream_new (GInputStream *base,
                                        GBytes *first,
                                        const WnMeteredStreamLimits *limits);

/**
 * wn_metered_stream_set_listener:
 * @self: a stream
 * @heard: called after each turn of the main loop in which bytes were given.
 *   The reader has returned by then, so @heard may do anything
 * @user_data: for @heard; must live until wn_metered_stream_stop()
 */
void wn_metered_stream_set_listener (WnMeteredStream *self,
                                     void (*heard) (gpointer user_data),
                                     gpointer user_data);

/**
 * wn_metered_stream_set_paused:
 * @self: a stream
 * @paused: whether to give nothing for the time being
 */
void wn_metered_stream_set_paused (WnMeteredStream *self, gboolean paused);

/**
 * wn_metered_stream_end_message:
 * @self: a stream
 *
 * Says that a whole message has come: the count of its bytes starts over, and
 * the turn has one message more.
 */
void wn_metered_stream_end_message (WnMeteredStream *self);

/**
 * wn_metered_stream_stop:
 * @self: a stream
 *
 * Ends it for good: reads fail with %G_IO_ERROR_CLOSED, its sources are silent,
 * and its listener hears no more.
 */
void wn_metered_stream_stop (WnMeteredStream *self);

G_END_DECLS
