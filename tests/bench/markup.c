/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How long a body takes to become what a conversation shows. Asserts nothing.
 *
 * First bodies as shops send them, a tag every 25 bytes or so, beside libxml2's
 * SAX parser alone with handlers that do nothing, on the same bytes and in
 * turns: medians, and the median of the ratios, for which the target is 0.6.
 *
 * Then the worst bodies that are known, over their size: the time at each, and
 * the exponent of a power fitted to them, 1 where the time is linear.
 */

#include <math.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/bodies.h"
#include "bench/libraries.h"
#include "core/markup/markup.h"

#define N_ROUNDS 15
#define ROUND_US 5000
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

/* --- Bodies as shops send them ------------------------------------------- */

static const gsize tagged_sizes[] = { 200, 2 * 1024, 64 * 1024 };

static void
render (const char *body)
{
  g_free (wn_markup_to_html (body, strlen (body), WN_MARKUP_HTML, NULL));
}

/* In microseconds of the processor, each of @n runs. */
static double
time_runs (void (*func) (const char *body), const char *body, guint n)
{
  gint64 start_us = wn_bench_get_cpu_us ();

  for (guint i = 0; i < n; i++)
    func (body);
  return (double) (wn_bench_get_cpu_us () - start_us) / n;
}

/* Returns: how many runs fill a round */
static guint
count_runs (const char *body)
{
  gint64 end_us = wn_bench_get_cpu_us () + ROUND_US;
  guint n = 0;

  while (wn_bench_get_cpu_us () < end_us)
    {
      wn_libraries_parse_html (body);
      n++;
    }
  return n;
}

static void
run_tagged (guint kind, gsize size)
{
  g_autofree char *body = wn_bodies_make (kind, size);
  guint n = count_runs (body);
  double ours[N_ROUNDS], theirs[N_ROUNDS], ratios[N_ROUNDS];

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      ours[i] = time_runs (render, body, n);
      theirs[i] = time_runs (wn_libraries_parse_html, body, n);
      ratios[i] = ours[i] / theirs[i];
    }
  g_print ("%-12s %7lu bytes %9.2f us %9.2f us %6.2f",
           wn_bodies_get_name (kind),
           (gulong) size,
           wn_bench_sort (ours, N_ROUNDS),
           wn_bench_sort (theirs, N_ROUNDS),
           wn_bench_sort (ratios, N_ROUNDS));
  g_print (" (%.2f-%.2f)\n", ratios[0], ratios[N_ROUNDS - 1]);
}

static void
run_all_tagged (void)
{
  g_print ("%-26s %12s %12s  ratio\n", "a body of", "ours", "libxml2");
  for (guint i = 0; i < WN_BODIES_N_KINDS; i++)
    for (gsize j = 0; j < G_N_ELEMENTS (tagged_sizes); j++)
      run_tagged (i, tagged_sizes[j]);
}

/* --- The worst bodies ----------------------------------------------------- */

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
main (int argc, char **argv)
{
  double worst_ms = 0;
  g_autofree char *huge = make_body (0, 16 * 1024 * 1024);

  run_all_tagged ();
  if (argc > 1)
    return 0;
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
