/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How a stretch of text looks, as far as a conversation can show it. Pure;
 * internal to the markup modules.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  WN_STYLE_BOLD = 1 << 0,
  WN_STYLE_ITALIC = 1 << 1,
  WN_STYLE_UNDERLINED = 1 << 2,
  WN_STYLE_STRUCK = 1 << 3,
  WN_STYLE_SUB = 1 << 4,
  WN_STYLE_SUP = 1 << 5,
} WnStyleFlags;

/** Which white space is kept; all other is one space between two words. */
typedef enum
{
  WN_STYLE_KEEP_NO_SPACE,
  WN_STYLE_KEEP_LINES,
  WN_STYLE_KEEP_LINES_AND_SPACES,
} WnStyleSpaces;

/**
 * WnStyle:
 * @colour: 0xrrggbb, -1: the host's
 * @link: the page's number for the link that the text is in, 0: none
 * @flags: of #WnStyleFlags
 * @size: 1 to 7 as in `<font>`, 0: the host's
 * @n_quotes: in how many quotes the text is
 * @spaces: a #WnStyleSpaces
 * @is_hidden: whether the text isn't to be seen at all
 */
typedef struct
{
  int colour;
  guint link;
  guint8 flags;
  guint8 size;
  guint8 n_quotes;
  guint8 spaces;
  gboolean is_hidden;
} WnStyle;

/** A text's look where nothing says anything. */
#define WN_STYLE_NONE ((WnStyle){ .colour = -1 })

/** Reads the declarations of a `style` attribute into @style. */
void wn_style_read_css (WnStyle *style, const char *css, gsize length);

/** Returns: the colour 0xrrggbb, -1 where @value is none that can be read */
int wn_style_parse_colour (const char *value);

/** Returns: a `size` of `<font>` within reason, 0 where it changes nothing */
guint8 wn_style_parse_font_size (const char *value);

G_END_DECLS
