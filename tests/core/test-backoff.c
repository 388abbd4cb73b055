/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The delays that `core/connection/backoff.h` hands out, in seconds for the
 * reader.
 */

#include "core/connection/backoff.h"

#define SECONDS(n) ((gint64) ((n) *G_TIME_SPAN_SECOND))

typedef struct
{
  const char *what;
  gint64 delay_s;
  gint64 max_s;
  WnBackoffKind kind;
  double roll;
  double expected_s[8];
} DelayCase;

static const DelayCase delay_cases[] = {
  { "with the lowest roll every delay is the floor",
    5,
    300,
    WN_BACKOFF_ORDINARY,
    0.0,
    { 5, 5, 5, 5, 5, 5, 5, 5 } },
  { "the window triples until it reaches the ceiling",
    5,
    300,
    WN_BACKOFF_ORDINARY,
    0.5,
    { 7.5, 12.5, 27.5, 72.5, 152.5, 152.5, 152.5, 152.5 } },
  { "after a herd was cut off the window is wide from the start",
    5,
    300,
    WN_BACKOFF_HERD,
    0.5,
    { 72.5, 152.5, 152.5, 152.5, 152.5, 152.5, 152.5, 152.5 } },
  { "while the server is not there the window stops at 27 times the delay",
    5,
    300,
    WN_BACKOFF_ABSENT,
    0.5,
    { 7.5, 12.5, 27.5, 72.5, 72.5, 72.5, 72.5, 72.5 } },
  { "where the server asks for it the first delay is within the floor",
    5,
    300,
    WN_BACKOFF_SOON,
    0.5,
    { 2.5, 12.5, 27.5, 72.5, 152.5, 152.5, 152.5, 152.5 } },
  { "a local loss is retried after the floor, each time",
    5,
    300,
    WN_BACKOFF_LOCAL,
    0.5,
    { 5, 5, 5, 5, 5, 5, 5, 5 } },
  { "a ceiling that is the floor makes the delay fixed",
    5,
    5,
    WN_BACKOFF_ORDINARY,
    0.999,
    { 5, 5, 5, 5, 5, 5, 5, 5 } },
  { "a ceiling that is the floor holds for a herd too",
    5,
    5,
    WN_BACKOFF_HERD,
    0.999,
    { 5, 5, 5, 5, 5, 5, 5, 5 } },
  { "a ceiling below the floor makes the delay fixed",
    60,
    5,
    WN_BACKOFF_ORDINARY,
    0.999,
    { 60, 60, 60, 60, 60, 60, 60, 60 } },
  { "a ceiling close above the floor bounds the first window",
    10,
    14,
    WN_BACKOFF_ORDINARY,
    0.5,
    { 12, 12, 12, 12, 12, 12, 12, 12 } },
};

static void
test_delays (gconstpointer data)
{
  const DelayCase *c = data;
  WnBackoff backoff = { SECONDS (c->delay_s), SECONDS (c->max_s), 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (c->expected_s); i++)
    g_assert_cmpint (wn_backoff_next (&backoff, c->kind, c->roll),
                     ==,
                     SECONDS (c->expected_s[i]));
}

static void
test_reset_starts_over (void)
{
  WnBackoff backoff = { SECONDS (5), SECONDS (300), 0 };

  for (int i = 0; i < 3; i++)
    wn_backoff_next (&backoff, WN_BACKOFF_ORDINARY, 0.5);
  wn_backoff_reset (&backoff);
  g_assert_cmpint (wn_backoff_next (&backoff, WN_BACKOFF_ORDINARY, 0.5),
                   ==,
                   SECONDS (7.5));
}

static void
test_local_loss_counts_no_failure (void)
{
  WnBackoff backoff = { SECONDS (5), SECONDS (300), 0 };

  wn_backoff_next (&backoff, WN_BACKOFF_LOCAL, 0.5);
  g_assert_cmpint (wn_backoff_next (&backoff, WN_BACKOFF_ORDINARY, 0.5),
                   ==,
                   SECONDS (7.5));
}

/* Not there, then overloaded: what counts is the latter, and it is not
 * forgotten when the server goes away once more.
 */
static void
test_absence_forgets_no_overload (void)
{
  WnBackoff backoff = { SECONDS (5), SECONDS (300), 0 };

  for (int i = 0; i < 9; i++)
    wn_backoff_next (&backoff, WN_BACKOFF_ABSENT, 0.5);
  g_assert_cmpint (wn_backoff_next (&backoff, WN_BACKOFF_ORDINARY, 0.5),
                   ==,
                   SECONDS (72.5));
  g_assert_cmpint (wn_backoff_next (&backoff, WN_BACKOFF_ABSENT, 0.5),
                   ==,
                   SECONDS (72.5));
  g_assert_cmpint (wn_backoff_next (&backoff, WN_BACKOFF_ORDINARY, 0.5),
                   ==,
                   SECONDS (152.5));
}

static void
test_herd_never_narrows (void)
{
  WnBackoff backoff = { SECONDS (5), SECONDS (3000), 5 };

  g_assert_cmpint (wn_backoff_next (&backoff, WN_BACKOFF_HERD, 0.5),
                   ==,
                   SECONDS (5 + 0.5 * 5 * 243));
}

static void
test_endless_failures_do_not_overflow (void)
{
  WnBackoff backoff = { SECONDS (5), SECONDS (G_MAXINT), G_MAXUINT - 1 };

  for (int i = 0; i < 3; i++)
    {
      gint64 delay_us = wn_backoff_next (&backoff, WN_BACKOFF_ORDINARY, 0.999);

      g_assert_cmpint (delay_us, >, SECONDS (G_MAXINT / 2));
      g_assert_cmpint (delay_us, <=, SECONDS (G_MAXINT));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (delay_cases); i++)
    {
      g_autofree char *path
          = g_strconcat ("/backoff/", delay_cases[i].what, NULL);

      g_test_add_data_func (path, &delay_cases[i], test_delays);
    }
  g_test_add_func ("/backoff/a reset starts over", test_reset_starts_over);
  g_test_add_func ("/backoff/a local loss counts no failure",
                   test_local_loss_counts_no_failure);
  g_test_add_func ("/backoff/absence forgets no overload",
                   test_absence_forgets_no_overload);
  g_test_add_func ("/backoff/a herd never narrows the window",
                   test_herd_never_narrows);
  g_test_add_func ("/backoff/endless failures do not overflow",
                   test_endless_failures_do_not_overflow);
  return g_test_run ();
}
