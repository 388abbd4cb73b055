/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How long a body takes to become what a conversation shows, over its size:
 * ordinary ones and the worst that are known. Prints the time at each size and
 * the exponent of a power fitted to them, 1 where the time is linear. Asserts
 * nothing: the target is 50 ms for a body of any size.
 */

#include <math.h>
#include <string.h>

#include "core/markup/markup.h"

#define N_SIZES 5
#define SMALLEST_BYTES (4 * 1024)
#define N_TRIES 5

static const struct
{
  const char *name;
  const char *first; /* repeated over the first half, … */
  const char *then;  /* … and this one over the second */
} shapes[] = {
  { "words", "plain words ", "and more " },
  { "Chinese", "订单已支付，", "请尽快处理。" },
  { "one word", "x", "x" },
  { "paragraphs", "<p>Order <b>42</b> is paid.</p>\n", "<p>And more.</p>\n" },
  { "table",
    "<tr><td style=\"color:#c00\">TEA</td><td>3</td></tr>",
    "<tr><td>CUP</td><td></td></tr>" },
  { "links",
    "<a href=\"https://x.example/a?b=1&amp;c=2\">see</a> ",
    "<a href=\"https://x.example/\">y.example</a> " },
  { "a link with many words", "<a href=\"http://x.example/\">", "a.b.c " },
  { "images", "<img src=\"https://x.example/i.png\">", "<img alt=\"a\">" },
  { "entities", "&amp;&#20013;", "&nbsp;&bogus;" },
  { "lone ampersands", "&", "&" },
  { "brackets", "<", "<" },
  { "brackets with slash", "</", "</" },
  { "declarations without end", "<!", "<?" },
  { "comments", "<!---->", "<!-- x -->" },
  { "comments without end", "<!--", "<!--" },
  { "names without end", "<a", "<a" },
  { "quotes without end", "<a b=\"", "<a b='" },
  { "quotes without end, closed at last", "<a b='\" ", ">" },
  { "attributes", "<b a=1 b=2 c=3>", "<b style=\"a:b;c:d;color:red\">" },
  { "open tags", "<b>", "<b>" },
  { "open divisions", "<div>", "<div>x" },
  { "deep, then paragraphs", "<b>", "<p>x</p>" },
  { "deep, then stray ends", "<b>", "</i>" },
  { "open and closed", "<b>", "</b>" },
  { "misnested", "<b><i>", "x</b></i>" },
  { "lists in lists", "<ul><li>", "x</li>" },
  { "tables in tables", "<table><tr><td>", "x</td>" },
  { "quotes in quotes", "<blockquote>", "<br>x" },
  { "styles", "<font color=red>x", "<span style=\"font-size:2em\">y" },
  { "scripts without end", "<script>", "</scrip" },
  { "breaks", "<br>", "x<br>" },
  { "unknown tags", "<x-y>", "</y-z>" },
  { "direction controls", "\342\200\256", "\342\201\246x" },
};

static char *
make_body (gsize shape, gsize size)
{
  GString *body = g_string_sized_new (size + 64);

  while (body->len < size / 2)
    g_string_append (body, shapes[shape].first);
  while (body->len + strlen (shapes[shape].then) <= size)
    g_string_append (body, shapes[shape].then);
  return g_string_free (body, FALSE);
}

/* In ms, the best of some. */
static double
time_body (const char *body)
{
  double best_ms = HUGE_VAL;

  for (guint i = 0; i < N_TRIES; i++)
    {
      gint64 start_us = g_get_monotonic_time ();
      char *html
          = wn_markup_to_html (body, strlen (body), WN_MARKUP_HTML, NULL);
      double ms = (double) (g_get_monotonic_time () - start_us) / 1000;

      g_free (html);
      best_ms = MIN (best_ms, ms);
    }
  return best_ms;
}

/* The slope of a line through the logarithms. */
static double
fit_exponent (const double *sizes, const double *times)
{
  double x = 0, y = 0, xx = 0, xy = 0;

  for (guint i = 0; i < N_SIZES; i++)
    {
      double log_size = log (sizes[i]);
      double log_time = log (MAX (times[i], 0.001));

      x += log_size;
      y += log_time;
      xx += log_size * log_size;
      xy += log_size * log_time;
    }
  return (N_SIZES * xy - x * y) / (N_SIZES * xx - x * x);
}

static double
run_shape (gsize shape)
{
  double sizes[N_SIZES];
  double times_ms[N_SIZES];

  g_print ("%-36s", shapes[shape].name);
  for (guint i = 0; i < N_SIZES; i++)
    {
      g_autofree char *body = make_body (shape, SMALLEST_BYTES << i);

      sizes[i] = (double) strlen (body);
      times_ms[i] = time_body (body);
      g_print (" %8.2f", times_ms[i]);
    }
  g_print (" %9.2f\n", fit_exponent (sizes, times_ms));
  return times_ms[N_SIZES - 1];
}

int
main (void)
{
  double worst_ms = 0;
  g_autofree char *huge = make_body (0, 16 * 1024 * 1024);

  g_print ("%-36s", "ms for a body of");
  for (guint i = 0; i < N_SIZES; i++)
    g_print (" %4d KiB", (SMALLEST_BYTES << i) / 1024);
  g_print ("  exponent\n");
  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      double ms = run_shape (i);

      worst_ms = MAX (worst_ms, ms);
    }
  g_print ("the worst at 64 KiB: %.2f ms; words of 16 MiB, cut: %.2f ms\n",
           worst_ms,
           time_body (huge));
  return 0;
}
