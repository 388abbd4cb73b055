/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The plain dialect, and what all of them have in common.
 */

#include "core/dialect/dialect.h"

#include <string.h>

static char *
dup_url (const WnEndpoint *endpoint, const char *cursor)
{
  return g_strdup (endpoint->url);
}

static char *
dup_hello (const char *uid)
{
  g_autofree char *encoded
      = g_base64_encode ((const guchar *) uid, strlen (uid));

  return g_strdup_printf ("{\"id\":\"%s\"}", encoded);
}

const WnDialect wn_dialect_plain = {
  .heartbeat = "heartCheck",
  .dup_url = dup_url,
  .dup_hello = dup_hello,
  .read = wn_frame_parse,
};

gboolean
wn_cursor_is_sound (const char *text)
{
  gsize length = text != NULL ? strlen (text) : 0;

  if (length == 0 || length > WN_MAX_CURSOR_CHARS)
    return FALSE;
  for (; *text != '\0'; text++)
    if (!g_ascii_isgraph (*text))
      return FALSE;
  return TRUE;
}
