/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Names as they are seen in practice: RFC 952's letters, and underscores.
 */

#include "core/dialect/host.h"

#include <string.h>

gboolean
wn_host_is_sound (const char *host)
{
  if (host == NULL || *host == '\0')
    return FALSE;
  if (strchr (host, ':') != NULL && !g_hostname_is_ip_address (host))
    return FALSE;
  for (; *host != '\0'; host++)
    if (!g_ascii_isalnum (*host) && strchr ("-._:", *host) == NULL)
      return FALSE;
  return TRUE;
}
