/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A body's Content-Encoding undone, a piece at a time and within bounds. It
 * reads no stream: the bytes are fed. Pure.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WnDecoder WnDecoder;

/**
 * wn_decoder_new:
 * @encoding: a `Content-Encoding`
 *
 * Returns: (transfer full) (nullable): a decoder for one body; %NULL for what
 *   is neither gzip nor deflate (RFC 9110 §8.4.1)
 */
WnDecoder *wn_decoder_new (const char *encoding);
void wn_decoder_free (WnDecoder *self);

/**
 * wn_decoder_feed:
 * @self: a decoder that wants more
 * @bytes: the next ones of the body; borrowed until it wants more again
 * @length: how many
 */
void wn_decoder_feed (WnDecoder *self, const guint8 *bytes, gsize length);

/**
 * wn_decoder_next:
 * @self: a decoder
 * @bytes: (out) (transfer none): the next decoded ones, good until the next
 *   call
 * @length: (out): how many: at least one, at most 64 KiB
 * @error: return location: %WN_DOWNLOAD_ERROR_ENCODING where they are not
 *   encoded so, or grow beyond bounds; the decoder is of no use then
 *
 * Returns: whether there was something; %FALSE without @error: it wants more
 */
gboolean wn_decoder_next (WnDecoder *self,
                          const guint8 **bytes,
                          gsize *length,
                          GError **error);

/**
 * wn_decoder_is_at_end:
 * @self: a decoder that wants more
 *
 * Returns: whether the body may end here: nothing at all has come, or all of
 *   what was begun
 */
gboolean wn_decoder_is_at_end (const WnDecoder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnDecoder, wn_decoder_free)

G_END_DECLS
