/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How a stretch of text looks, as far as a conversation can show it. Pure;
 * internal to the markup modules.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WnTag:
 *
 * The tags that are written, outermost first.
 */
typedef enum
{
  WN_TAG_A,
  WN_TAG_FONT,
  WN_TAG_B,
  WN_TAG_I,
  WN_TAG_U,
  WN_TAG_S,
  WN_TAG_SUB,
  WN_TAG_SUP,
  WN_N_TAGS
} WnTag;

#define WN_STYLE_FLAG(tag) (1u << (tag))

/**
 * WnStyle:
 * @flags: WN_STYLE_FLAG() of each of %WN_TAG_B and above
 * @colour: 0xrrggbb, -1: the host's
 * @size: 1 to 7 as in `<font>`, 0: the host's
 * @href: (nullable) (unowned): where the text is a link to, in the page's urls
 * @is_hidden: the text isn't to be seen at all
 */
typedef struct
{
  guint flags;
  int colour;
  int size;
  const char *href;
  gboolean is_hidden;
} WnStyle;

/** A text's look where nothing says anything. */
#define WN_STYLE_NONE ((WnStyle){ .colour = -1 })

/** Reads the declarations of a `style` attribute into @style. */
void wn_style_read_css (WnStyle *style, const char *css);

/** Returns: the colour 0xrrggbb, -1 where @value is none that can be read */
int wn_style_parse_colour (const char *value);

/** Returns: a `size` of `<font>` within reason, 0 where it changes nothing */
int wn_style_parse_font_size (const char *value);

G_END_DECLS
