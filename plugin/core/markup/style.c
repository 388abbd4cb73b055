/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Colours and sizes within reason; every other declaration is ignored.
 */

#include "core/markup/style.h"

#include <stdio.h>
#include <string.h>

#define MAX_CSS_DECLARATIONS 64

/* Of 255. */
#define BRIGHTEST 200
#define DARKEST 20
#define DARKEST_GREY 100
#define MAX_GREY_SPREAD 24

static const struct
{
  const char *name;
  int colour;
} colour_names[] = {
  { "red", 0xff0000 },     { "darkred", 0x8b0000 },  { "maroon", 0x800000 },
  { "green", 0x008000 },   { "lime", 0x00ff00 },     { "darkgreen", 0x006400 },
  { "blue", 0x0000ff },    { "navy", 0x000080 },     { "teal", 0x008080 },
  { "orange", 0xffa500 },  { "purple", 0x800080 },   { "fuchsia", 0xff00ff },
  { "magenta", 0xff00ff }, { "brown", 0xa52a2a },    { "gray", 0x808080 },
  { "grey", 0x808080 },    { "crimson", 0xdc143c },  { "tomato", 0xff6347 },
  { "olive", 0x808000 },   { "darkblue", 0x00008b },
};

/* Nearly white can't be read on a light theme, nearly black on a dark one. A
 * dark grey is what pages give ordinary text, whose colour here is the theme's.
 */
static gboolean
is_readable (guint red, guint green, guint blue)
{
  guint brightness = (299 * red + 587 * green + 114 * blue) / 1000;
  guint most = MAX (red, MAX (green, blue));
  guint least = MIN (red, MIN (green, blue));
  guint darkest = most - least <= MAX_GREY_SPREAD ? DARKEST_GREY : DARKEST;

  return brightness <= BRIGHTEST && brightness >= darkest;
}

static int
readable_colour (guint red, guint green, guint blue)
{
  if (red > 255 || green > 255 || blue > 255 || !is_readable (red, green, blue))
    return -1;
  return (int) (red << 16 | green << 8 | blue);
}

static int
parse_hex_colour (const char *digits)
{
  guint64 n = 0;
  gsize length = strspn (digits, "0123456789abcdefABCDEF");

  if ((length != 3 && length != 6) || digits[length] != '\0')
    return -1;
  n = g_ascii_strtoull (digits, NULL, 16);
  if (length == 3)
    return readable_colour ((n >> 8) * 0x11,
                            (n >> 4 & 0xf) * 0x11,
                            (n & 0xf) * 0x11);
  return readable_colour (n >> 16, n >> 8 & 0xff, n & 0xff);
}

int
wn_style_parse_colour (const char *value)
{
  guint red, green, blue;

  if (*value == '#')
    return parse_hex_colour (value + 1);
  if (sscanf (value, "rgb(%3u ,%3u ,%3u", &red, &green, &blue) == 3)
    return readable_colour (red, green, blue);
  for (gsize i = 0; i < G_N_ELEMENTS (colour_names); i++)
    if (g_ascii_strcasecmp (value, colour_names[i].name) == 0)
      {
        int colour = colour_names[i].colour;

        return readable_colour (colour >> 16 & 0xff,
                                colour >> 8 & 0xff,
                                colour & 0xff);
      }
  return -1;
}

/* CSS's font-size as a size of <font>, two steps down and up at most. */
static int
parse_css_size (const char *value)
{
  char *unit = NULL;
  double px = g_ascii_strtod (value, &unit);

  if (unit == value)
    return g_str_equal (value, "small") || g_str_equal (value, "x-small") ? 2
           : g_str_equal (value, "large")                                 ? 4
           : g_str_equal (value, "x-large")                               ? 5
                                                                          : 0;
  if (g_str_has_prefix (unit, "pt"))
    px *= 4.0 / 3;
  else if (g_str_has_prefix (unit, "em") || g_str_has_prefix (unit, "rem"))
    px *= 16;
  else if (*unit == '%')
    px *= 0.16;
  return px < 12 ? 2 : px < 18 ? 0 : px < 24 ? 4 : 5;
}

int
wn_style_parse_font_size (const char *value)
{
  gint64 size = g_ascii_strtoll (value, NULL, 10);

  if (*value == '+' || *value == '-')
    size = CLAMP (size, -7, 7) + 3;
  size = CLAMP (size, 2, 5);
  return size == 3 ? 0 : (int) size;
}

static void
style_read_declaration (WnStyle *style, const char *name, const char *value)
{
  if (g_str_equal (name, "color"))
    style->colour = wn_style_parse_colour (value);
  else if (g_str_equal (name, "font-size"))
    style->size = parse_css_size (value);
  else if ((g_str_equal (name, "display") && g_str_has_prefix (value, "none"))
           || (g_str_equal (name, "visibility")
               && g_str_has_prefix (value, "hidden")))
    style->is_hidden = TRUE;
  else if (g_str_equal (name, "font-weight")
           && (g_str_has_prefix (value, "bold")
               || g_ascii_strtoll (value, NULL, 10) >= 600))
    style->flags |= WN_STYLE_FLAG (WN_TAG_B);
  else if (g_str_equal (name, "font-style")
           && g_str_has_prefix (value, "italic"))
    style->flags |= WN_STYLE_FLAG (WN_TAG_I);
  else if (g_str_has_prefix (name, "text-decoration"))
    {
      if (strstr (value, "underline") != NULL)
        style->flags |= WN_STYLE_FLAG (WN_TAG_U);
      if (strstr (value, "line-through") != NULL)
        style->flags |= WN_STYLE_FLAG (WN_TAG_S);
    }
}

void
wn_style_read_css (WnStyle *style, const char *css)
{
  g_autofree char *lower = g_ascii_strdown (css, -1);
  g_auto (GStrv) declarations = g_strsplit (lower, ";", MAX_CSS_DECLARATIONS);

  for (guint i = 0; declarations[i] != NULL; i++)
    {
      char *value = strchr (declarations[i], ':');

      if (value == NULL)
        continue;
      *value++ = '\0';
      value[strcspn (value, "!")] = '\0'; /* of "!important" */
      style_read_declaration (style,
                              g_strstrip (declarations[i]),
                              g_strstrip (value));
    }
}
