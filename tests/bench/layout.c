/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How long Pango, by which Pidgin lays its conversations out, stands still for
 * a message of the greatest length: line by line, at the width of a window, as
 * GTK's text widget does it. Prints a line for each body, and what the body
 * itself would take when it comes in bytes that are cheap enough to try. The
 * target is 300 ms for any.
 */

#include <pango/pangocairo.h>
#include <string.h>

#include "bench/bench.h"
#include "core/markup/markup.h"

#define WIDTH 400
#define N_TRIED_BYTES 8000

/* Each repeated up to the limit. */
static const struct
{
  const char *name;
  const char *unit;
} bodies[] = {
  { "words", "plain words " },
  { "one word", "a" },
  { "wide letters", "W" },
  { "Chinese", "订" },
  { "Chinese with punctuation", "订单，已支付。" },
  { "Chinese and Latin", "a订" },
  { "full-width letters", "Ａ" },
  { "Hangul", "ᄀ" },
  { "no-break spaces", "\u00a0" },
  { "letters and no-break spaces", "a\u00a0" },
  { "spaces and no-break spaces", " \u00a0" },
  { "spaces", " " },
  { "tabs", "\t" },
  { "tabs and spaces", "\t " },
  { "letters, tabs and spaces", "a\t " },
  { "two spaces", "a  " },
  { "combining marks", "\u0301" },
  { "letters with marks", "a\u0301" },
  { "Chinese with marks", "订\u0301" },
  { "joiners", "a\u200d" },
  { "non-joiners", "a\u200c" },
  { "zero-width spaces", "a\u200b" },
  { "soft hyphens", "a\u00ad" },
  { "variation selectors", "a\ufe0f" },
  { "grapheme joiners", "a\u034f" },
  { "ligatures", "ffi" },
  { "Arabic", "لا" },
  { "Devanagari", "क्" },
  { "Thai", "ก" },
  { "Tibetan", "ཀ" },
  { "Khmer", "ក្" },
  { "Myanmar", "က္" },
  { "emoji", "😀" },
  { "joined emoji", "👩\u200d" },
  { "flags", "🇩" },
  { "both directions", "aא" },
  { "digits in Hebrew", "1א" },
  { "many scripts", "aбγאاकกကགქაអᏣᐁᚠᛀ" },
  { "private use", "\ue000" },
  { "slashes", "a/" },
  { "hyphens", "a-" },
  { "addresses", "https://shop.example/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
  { "short lines", "a\n" },
  { "empty lines", "\n" },
};

static char *
make_body (const char *unit, gsize size)
{
  GString *body = g_string_new (NULL);

  while (body->len + strlen (unit) <= size)
    g_string_append (body, unit);
  return g_string_free (body, FALSE);
}

/* What a text widget is given of the HTML. */
static char *
dup_shown (const char *html)
{
  GString *shown = g_string_new (html);
  g_autoptr (GRegex) tag = g_regex_new ("<[^>]*>", 0, 0, NULL);
  g_autofree char *bare = NULL;

  g_string_replace (shown, "<br>", "\n", 0);
  bare = g_regex_replace (tag, shown->str, -1, 0, "", 0, NULL);
  g_string_assign (shown, bare);
  g_string_replace (shown, "&lt;", "<", 0);
  g_string_replace (shown, "&amp;", "&", 0);
  return g_string_free (shown, FALSE);
}

/* In ms of the processor. */
static double
time_layout (PangoLayout *layout, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gint64 start_us = wn_bench_get_cpu_us ();
  int width, height;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      pango_layout_set_text (layout, lines[i], -1);
      pango_layout_get_pixel_size (layout, &width, &height);
    }
  return (double) (wn_bench_get_cpu_us () - start_us) / 1000;
}

static double
run_body (PangoLayout *layout, const char *name, const char *unit)
{
  g_autofree char *body = make_body (unit, WN_MARKUP_MAX_BYTES);
  g_autofree char *part = make_body (unit, N_TRIED_BYTES);
  g_autofree char *html
      = wn_markup_to_html (body, strlen (body), WN_MARKUP_TEXT, NULL);
  g_autofree char *shown = dup_shown (html);
  double part_ms = time_layout (layout, part);
  double ms = time_layout (layout, shown);

  g_print ("%-28s %8.1f ms, %d bytes as they come %8.1f ms\n",
           name,
           ms,
           N_TRIED_BYTES,
           part_ms);
  return ms;
}

int
main (void)
{
  PangoFontMap *fonts = pango_cairo_font_map_get_default ();
  PangoContext *context = pango_font_map_create_context (fonts);
  PangoLayout *layout = pango_layout_new (context);
  PangoFontDescription *font = pango_font_description_from_string ("Sans 10");
  double worst_ms = 0;

  pango_layout_set_font_description (layout, font);
  pango_layout_set_width (layout, WIDTH * PANGO_SCALE);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      double ms = run_body (layout, bodies[i].name, bodies[i].unit);

      worst_ms = MAX (worst_ms, ms);
    }
  g_print ("the worst: %.1f ms\n", worst_ms);
  pango_font_description_free (font);
  g_object_unref (layout);
  g_object_unref (context);
  return 0;
}
