/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * zlib, as GIO has it, with what it leaves to its callers: gzip in several
 * members, and a bound for what a few bytes may become.
 */

#include "net/http/decoder.h"

#include <gio/gio.h>

#include "net/http/download-error.h"

#define PIECE_BYTES (64 * 1024)
/* How many times as much a body may become by decoding: a table of text never
 * compresses so far, and deflate can do 1,032 times.
 */
#define MAX_RATIO 250
#define RATIO_SLACK_BYTES (1024 * 1024)

struct _WnDecoder
{
  GConverter *converter; /* (owned) */
  guint8 *piece;         /* (owned): PIECE_BYTES, decoded */
  gboolean is_done;      /* it has seen its end */
  gboolean is_full;      /* it may have more without more input */

  const guint8 *input; /* (unowned): fed and not yet decoded; the feeder's */
  gsize n_input;
  gint64 n_fed;   /* bytes, in all */
  gint64 n_given; /* bytes, in all */
};

static GConverter *
make_converter (const char *encoding)
{
  if (g_ascii_strcasecmp (encoding, "gzip") == 0
      || g_ascii_strcasecmp (encoding, "x-gzip") == 0)
    return G_CONVERTER (
        g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  if (g_ascii_strcasecmp (encoding, "deflate") == 0)
    return G_CONVERTER (
        g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB));
  return NULL;
}

WnDecoder *
wn_decoder_new (const char *encoding)
{
  GConverter *converter = make_converter (encoding);
  WnDecoder *self;

  if (converter == NULL)
    return NULL;
  self = g_new0 (WnDecoder, 1);
  self->converter = converter;
  self->piece = g_malloc (PIECE_BYTES);
  return self;
}

void
wn_decoder_free (WnDecoder *self)
{
  g_object_unref (self->converter);
  g_free (self->piece);
  g_free (self);
}

void
wn_decoder_feed (WnDecoder *self, const guint8 *bytes, gsize length)
{
  self->input = bytes;
  self->n_input = length;
  self->n_fed += (gint64) length;
}

static gboolean
is_beyond_bounds (const WnDecoder *self)
{
  return self->n_given > MAX_RATIO * self->n_fed + RATIO_SLACK_BYTES;
}

/* Returns how many bytes of @piece came, or -1 where there are none to be had:
 * @is_bad says whether that is for good.
 */
static gssize
convert (WnDecoder *self, gboolean *is_bad)
{
  gsize n_read = 0;
  gsize n_written = 0;
  g_autoptr (GError) error = NULL;

  if (self->is_done)
    g_converter_reset (self->converter); /* gzip: another member (RFC 1952) */

  GConverterResult result = g_converter_convert (self->converter,
                                                 self->input,
                                                 self->n_input,
                                                 self->piece,
                                                 PIECE_BYTES,
                                                 G_CONVERTER_NO_FLAGS,
                                                 &n_read,
                                                 &n_written,
                                                 &error);

  if (result == G_CONVERTER_ERROR)
    {
      *is_bad = !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
      return -1;
    }
  self->is_done = result == G_CONVERTER_FINISHED;
  self->is_full = n_written == PIECE_BYTES && !self->is_done;
  self->input += n_read;
  self->n_input -= n_read;
  self->n_given += (gint64) n_written;
  return (gssize) n_written;
}

gboolean
wn_decoder_next (WnDecoder *self,
                 const guint8 **bytes,
                 gsize *length,
                 GError **error)
{
  gboolean is_bad = FALSE;
  gssize n = 0;

  while (n == 0 && (self->n_input > 0 || self->is_full))
    n = convert (self, &is_bad);
  if (is_bad || is_beyond_bounds (self))
    g_propagate_error (error,
                       wn_download_error_new (WN_DOWNLOAD_ERROR_ENCODING));
  else if (n > 0)
    {
      *bytes = self->piece;
      *length = (gsize) n;
      return TRUE;
    }
  self->n_input = 0;
  self->is_full = FALSE;
  return FALSE;
}

gboolean
wn_decoder_is_at_end (const WnDecoder *self)
{
  return self->is_done || self->n_fed == 0;
}
