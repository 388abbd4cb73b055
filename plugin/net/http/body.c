/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libsoup's reading of chunks can't be trusted: before 3.6.5 it takes a
 * connection that is cut off between two chunks for the end of the body, and
 * later versions still take an odd size for that of the last chunk. So the
 * framing is read here, from the stream below libsoup's own. Asking by
 * HTTP/1.0, which has no chunks, would not help, because a body that ends with
 * its connection looks whole wherever it is cut. And libsoup forgets about the
 * length that was announced where the connection is not to be kept.
 */

#include "net/http/body.h"

#include "net/http/response.h"

/* Returns: (nullable): the stream of libsoup's connection, from which @body
 * reads; %NULL where @body isn't made up as libsoup does it for HTTP/1
 */
static GInputStream *
get_stream_below (GInputStream *body)
{
  for (guint depth = 0; depth < 2; depth++)
    {
      if (!G_IS_FILTER_INPUT_STREAM (body))
        return NULL;
      body = g_filter_input_stream_get_base_stream (
          G_FILTER_INPUT_STREAM (body));
    }
  return G_IS_POLLABLE_INPUT_STREAM (body) ? body : NULL;
}

void
wn_body_open (WnBody *self, SoupMessage *message, GInputStream *stream)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);

  wn_body_close (self);
  g_set_object (&self->stream, stream);
  if (soup_message_get_method (message) == SOUP_METHOD_HEAD)
    return;
  self->n_missing = wn_response_get_size (message);
  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CHUNKED
      && soup_message_get_http_version (message) < SOUP_HTTP_2_0)
    g_set_object (&self->framed, get_stream_below (stream));
}

void
wn_body_close (WnBody *self)
{
  g_clear_object (&self->framed);
  g_clear_object (&self->stream);
  self->n_missing = 0;
  self->chunks = (WnChunks){ 0 };
}

GInputStream *
wn_body_get_input (const WnBody *self)
{
  return self->framed != NULL ? self->framed : self->stream;
}

gboolean
wn_body_unframe (WnBody *self, guint8 *bytes, gsize *length)
{
  if (self->framed == NULL)
    {
      self->n_missing -= (gint64) *length;
      return TRUE;
    }
  *length = wn_chunks_strip (&self->chunks, bytes, *length);
  return self->chunks.state != WN_CHUNKS_BAD;
}

gboolean
wn_body_is_at_end (const WnBody *self)
{
  return self->framed != NULL && self->chunks.state == WN_CHUNKS_END;
}

gboolean
wn_body_is_cut_off (const WnBody *self)
{
  return self->framed != NULL ? self->chunks.state != WN_CHUNKS_END
                              : self->n_missing > 0;
}

gboolean
wn_body_is_more_behind (const WnBody *self)
{
  GInputStream *below
      = self->framed == NULL ? get_stream_below (self->stream) : NULL;
  guint8 byte;

  return below != NULL
         && g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (
                                                          below),
                                                      &byte,
                                                      1,
                                                      NULL,
                                                      NULL)
                > 0;
}
