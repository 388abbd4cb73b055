/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Colours and sizes within reason; every other declaration is ignored.
 */

#include "core/markup/style.h"

#include <stdio.h>
#include <string.h>

#define MAX_CSS_DECLARATIONS 64
#define MAX_CSS_NAME_BYTES 32
#define MAX_CSS_VALUE_BYTES 64

/* Brightness, of 255. */
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

static const struct
{
  const char *name;
  guint8 size;
} size_names[] = {
  { "xx-small", 2 }, { "x-small", 2 },  { "small", 2 },   { "large", 4 },
  { "x-large", 5 },  { "xx-large", 5 }, { "smaller", 2 }, { "larger", 4 },
};

/* CSS's font-size as a size of <font>, two steps up at most. */
static guint8
parse_css_size (const char *value)
{
  char *unit = NULL;
  double px = g_ascii_strtod (value, &unit);

  for (gsize i = 0; unit == value && i < G_N_ELEMENTS (size_names); i++)
    if (strcmp (value, size_names[i].name) == 0)
      return size_names[i].size;
  if (unit == value)
    return 0;
  if (g_str_has_prefix (unit, "pt"))
    px *= 4.0 / 3;
  else if (g_str_has_prefix (unit, "em") || g_str_has_prefix (unit, "rem"))
    px *= 16;
  else if (*unit == '%')
    px *= 0.16;
  if (px < 12)
    return 2;
  if (px < 18)
    return 0;
  return px < 24 ? 4 : 5;
}

guint8
wn_style_parse_font_size (const char *value)
{
  char *behind = NULL;
  gint64 size = g_ascii_strtoll (value, &behind, 10);

  if (behind == value)
    return 0;
  if (*value == '+' || *value == '-')
    size = CLAMP (size, -7, 7) + 3;
  size = CLAMP (size, 2, 5);
  return size == 3 ? 0 : (guint8) size;
}

static guint8
parse_css_spaces (const char *value)
{
  if (strcmp (value, "pre-line") == 0)
    return WN_STYLE_KEEP_LINES;
  if (g_str_has_prefix (value, "pre") || strcmp (value, "break-spaces") == 0)
    return WN_STYLE_KEEP_LINES_AND_SPACES;
  return WN_STYLE_KEEP_NO_SPACE;
}

static gboolean
is_bold_weight (const char *value)
{
  return g_str_has_prefix (value, "bold")
         || g_ascii_strtoll (value, NULL, 10) >= 600;
}

static void
style_read_declaration (WnStyle *style, const char *name, const char *value)
{
  if (strcmp (name, "color") == 0)
    style->colour = wn_style_parse_colour (value);
  else if (strcmp (name, "font-size") == 0)
    style->size = parse_css_size (value);
  else if (strcmp (name, "white-space") == 0)
    style->spaces = parse_css_spaces (value);
  else if (strcmp (name, "display") == 0 && g_str_has_prefix (value, "none"))
    style->is_hidden = TRUE;
  else if (strcmp (name, "visibility") == 0
           && g_str_has_prefix (value, "hidden"))
    style->is_hidden = TRUE;
  else if (strcmp (name, "font-weight") == 0 && is_bold_weight (value))
    style->flags |= WN_STYLE_BOLD;
  else if (strcmp (name, "font-style") == 0
           && g_str_has_prefix (value, "italic"))
    style->flags |= WN_STYLE_ITALIC;
  else if (g_str_has_prefix (name, "text-decoration"))
    {
      if (strstr (value, "underline") != NULL)
        style->flags |= WN_STYLE_UNDERLINED;
      if (strstr (value, "line-through") != NULL)
        style->flags |= WN_STYLE_STRUCK;
    }
}

/* Copies what is between @p and @end, in lower case, without the spaces around
 * it and cut to what fits into @out.
 */
static void
copy_trimmed (char *out, gsize out_size, const char *p, const char *end)
{
  gsize n = 0;

  while (p < end && g_ascii_isspace (*p))
    p++;
  while (end > p && g_ascii_isspace (end[-1]))
    end--;
  for (; p < end && n < out_size - 1; p++)
    out[n++] = g_ascii_tolower (*p);
  out[n] = '\0';
}

static const char *
find_or_end (const char *p, char c, const char *end)
{
  const char *found = memchr (p, c, (gsize) (end - p));

  return found != NULL ? found : end;
}

void
wn_style_read_css (WnStyle *style, const char *css, gsize length)
{
  const char *end = css + length;
  char name[MAX_CSS_NAME_BYTES];
  char value[MAX_CSS_VALUE_BYTES] = "";

  for (guint i = 0; i < MAX_CSS_DECLARATIONS && css < end; i++)
    {
      const char *semicolon = find_or_end (css, ';', end);
      const char *colon = find_or_end (css, ':', semicolon);

      if (colon < semicolon)
        {
          copy_trimmed (name, sizeof name, css, colon);
          copy_trimmed (value,
                        sizeof value,
                        colon + 1,
                        find_or_end (colon, '!', semicolon)); /* !important */
          style_read_declaration (style, name, value);
        }
      css = semicolon + 1;
    }
}
