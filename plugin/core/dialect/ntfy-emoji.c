/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The table is one text, because two thousand pairs of pointers would have to
 * be relocated in every process that loads the module. A search through it
 * takes some microseconds.
 */

#include "core/dialect/ntfy-emoji.h"

#include <string.h>

/* No short code has a character besides these. */
#define CODE_CHARS "abcdefghijklmnopqrstuvwxyz0123456789_+-"
#define MAX_CODE_CHARS 40

static const char table[] = "\n"
#include "core/dialect/ntfy-emoji.inc"
    ;

char *
wn_ntfy_emoji_dup (const char *tag)
{
  gsize length = strspn (tag, CODE_CHARS);

  if (tag[length] != '\0' || length == 0 || length > MAX_CODE_CHARS)
    return NULL;

  g_autofree char *start = g_strdup_printf ("\n%s ", tag);
  const char *line = strstr (table, start);

  if (line == NULL)
    return NULL;

  const char *emoji = line + strlen (start);

  return g_strndup (emoji, strcspn (emoji, "\n"));
}
