/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where a tag ends and what its attributes are, as the HTML standard's
 * tokenizer has it. Pure; internal to the markup modules.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WnTagAttribute:
 * @name: (unowned): where its name begins in the text
 * @name_length: in bytes
 * @value: (unowned): where its value begins, without quotes
 * @value_length: in bytes; 0 where there is no value
 */
typedef struct
{
  const char *name;
  gsize name_length;
  const char *value;
  gsize value_length;
} WnTagAttribute;

/** Returns: how many bytes at @p are a tag's name, 0 where none begins */
gsize wn_tag_name_length (const char *p, const char *end);

/**
 * wn_tag_next_attribute:
 * @cursor: (inout): behind the tag's name or the last attribute
 * @end: the end of the text
 * @attribute: (out): what is there
 *
 * Returns: %FALSE where there is none: @cursor is then at the tag's `>`, or at
 *   @end where the tag is unfinished
 */
gboolean wn_tag_next_attribute (const char **cursor,
                                const char *end,
                                WnTagAttribute *attribute);

G_END_DECLS
