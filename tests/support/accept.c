/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * By way of the digest's hexadecimal digits, which the plugin has no use for.
 */

#define _GNU_SOURCE

#include "support/accept.h"

#include <string.h>

#define MARK "{accept}"
#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

static char *
dup_accept (const char *request)
{
  static const char *header = "Sec-WebSocket-Key: ";
  const char *key = strstr (request, header);
  g_autofree char *text = NULL;
  g_autofree char *hex = NULL;
  guint8 digest[20];

  if (key == NULL)
    return g_strdup ("");
  key += strlen (header);
  text = g_strdup_printf ("%.*s" GUID, (int) strcspn (key, "\r\n"), key);
  hex = g_compute_checksum_for_string (G_CHECKSUM_SHA1, text, -1);
  for (gsize i = 0; i < sizeof digest; i++)
    digest[i] = (guint8) (g_ascii_xdigit_value (hex[2 * i]) * 16
                          + g_ascii_xdigit_value (hex[2 * i + 1]));
  return g_base64_encode (digest, sizeof digest);
}

GByteArray *
wn_accept_fill_in (const char *bytes, gsize n_bytes, const char *request)
{
  GByteArray *filled = g_byte_array_new ();
  const char *mark
      = n_bytes > 0 ? memmem (bytes, n_bytes, MARK, strlen (MARK)) : NULL;
  gsize before = mark ? (gsize) (mark - bytes) : n_bytes;
  g_autofree char *accept = NULL;

  if (before > 0)
    g_byte_array_append (filled, (const guint8 *) bytes, (guint) before);
  if (!mark)
    return filled;
  accept = dup_accept (request);
  g_byte_array_append (filled, (guint8 *) accept, (guint) strlen (accept));
  mark += strlen (MARK);
  g_byte_array_append (filled,
                       (const guint8 *) mark,
                       (guint) (n_bytes - before - strlen (MARK)));
  return filled;
}
