/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later */

#include "support/byte-parts.h"

static void
append_frame_head (const WnBytePart *part, GByteArray *bytes)
{
  gboolean is_long = part->length >= 126;
  guint8 head[4] = { part->first_byte,
                     is_long ? 126 : (guint8) part->length,
                     (guint8) (part->length >> 8),
                     (guint8) part->length };

  g_assert_cmpuint (part->length, <=, G_MAXUINT16);
  g_byte_array_append (bytes, head, is_long ? 4 : 2);
}

void
wn_byte_part_append (const WnBytePart *part, GByteArray *bytes)
{
  for (guint i = 0; i < part->n_times; i++)
    {
      if (part->is_frame)
        append_frame_head (part, bytes);
      g_byte_array_append (bytes,
                           (const guint8 *) part->bytes,
                           (guint) part->length);
    }
}

void
wn_byte_parts_append (const WnBytePart *parts, gsize n_parts, GByteArray *bytes)
{
  for (gsize i = 0; i < n_parts && parts[i].bytes != NULL; i++)
    wn_byte_part_append (&parts[i], bytes);
}
