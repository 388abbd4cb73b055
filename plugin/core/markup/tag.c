/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Follows https://html.spec.whatwg.org/#tokenization from the tag name state
 * to the after attribute value state.
 */

#include "core/markup/tag.h"

#include <string.h>

#include "core/markup/text.h"

static gboolean
ends_name (char c)
{
  return wn_text_is_space (c) || c == '/' || c == '>';
}

gsize
wn_tag_name_length (const char *p, const char *end)
{
  const char *q = p;

  if (p == end || !g_ascii_isalpha (*p))
    return 0;
  while (q < end && !ends_name (*q))
    q++;
  return (gsize) (q - p);
}

static const char *
skip_spaces (const char *p, const char *end)
{
  while (p < end && wn_text_is_space (*p))
    p++;
  return p;
}

static const char *
read_quoted (const char *p, const char *end, WnTagAttribute *attribute)
{
  const char *close = memchr (p + 1, *p, (gsize) (end - p - 1));

  attribute->value = p + 1;
  attribute->value_length
      = (gsize) ((close != NULL ? close : end) - attribute->value);
  return close != NULL ? close + 1 : end;
}

/* Returns where to go on reading. */
static const char *
read_value (const char *p, const char *end, WnTagAttribute *attribute)
{
  if (p < end && (*p == '"' || *p == '\''))
    return read_quoted (p, end, attribute);
  attribute->value = p;
  while (p < end && !wn_text_is_space (*p) && *p != '>')
    p++;
  attribute->value_length = (gsize) (p - attribute->value);
  return p;
}

gboolean
wn_tag_next_attribute (const char **cursor,
                       const char *end,
                       WnTagAttribute *attribute)
{
  const char *p = *cursor;
  const char *sign;

  while (p < end && (wn_text_is_space (*p) || *p == '/'))
    p++;
  *cursor = p;
  if (p == end || *p == '>')
    return FALSE;
  /* Whatever the first character is, a `=` too, it belongs to the name. */
  *attribute = (WnTagAttribute){ .name = p++, .value = "" };
  while (p < end && !ends_name (*p) && *p != '=')
    p++;
  attribute->name_length = (gsize) (p - attribute->name);
  sign = skip_spaces (p, end);
  if (sign < end && *sign == '=')
    p = read_value (skip_spaces (sign + 1, end), end, attribute);
  *cursor = p;
  return TRUE;
}
