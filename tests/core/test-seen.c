/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * That a message which comes again is known, how many are remembered, and what
 * that costs.
 */

#include "core/message/seen.h"

#include <malloc.h>

static gboolean
add_number (WnSeen *seen, guint number)
{
  g_autofree char *id = g_strdup_printf ("%u", number);

  return wn_seen_add (seen, id);
}

static void
add_numbers (WnSeen *seen, guint from, guint n, gboolean are_new)
{
  for (guint i = from; i < from + n; i++)
    g_assert_cmpint (add_number (seen, i), ==, are_new);
}

static void
test_again (void)
{
  WnSeen seen = { 0 };

  g_assert_true (wn_seen_add (&seen, "a"));
  g_assert_true (wn_seen_add (&seen, "b"));
  g_assert_false (wn_seen_add (&seen, "a"));
  g_assert_false (wn_seen_add (&seen, "b"));
  g_assert_true (wn_seen_add (&seen, ""));
  g_assert_false (wn_seen_add (&seen, ""));
  wn_seen_clear (&seen);
  wn_seen_clear (&seen);
}

static void
test_long_ids (void)
{
  WnSeen seen = { 0 };
  g_autofree char *start = g_strnfill (100000, 'x');
  g_autofree char *a = g_strconcat (start, "a", NULL);
  g_autofree char *b = g_strconcat (start, "b", NULL);

  g_assert_true (wn_seen_add (&seen, a));
  g_assert_true (wn_seen_add (&seen, b));
  g_assert_true (wn_seen_add (&seen, start));
  g_assert_false (wn_seen_add (&seen, a));
  wn_seen_clear (&seen);
}

/* A server that sends all it has at each connection. */
static void
test_backlog (void)
{
  static const guint sizes[] = { 600, 4096, 6000, WN_SEEN_MIN_IDS };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      WnSeen seen = { 0 };

      add_numbers (&seen, 0, sizes[i], TRUE);
      add_numbers (&seen, 0, sizes[i], FALSE);
      add_numbers (&seen, 0, sizes[i], FALSE);
      wn_seen_clear (&seen);
    }
}

/* The newest are remembered, whatever came before; the oldest are not. */
static void
test_bound (void)
{
  WnSeen seen = { 0 };
  guint n = 5 * WN_SEEN_MIN_IDS;

  add_numbers (&seen, 0, n, TRUE);
  add_numbers (&seen, n - WN_SEEN_MIN_IDS, WN_SEEN_MIN_IDS, FALSE);
  g_assert_true (add_number (&seen, 0));
  g_assert_cmpuint (g_hash_table_size (seen.newer), <=, WN_SEEN_MIN_IDS);
  wn_seen_clear (&seen);
}

static void
test_memory (void)
{
  WnSeen seen = { 0 };
  gsize before = mallinfo2 ().uordblks + mallinfo2 ().hblkhd;

  add_numbers (&seen, 0, 4096, TRUE);
  g_assert_cmpuint (mallinfo2 ().uordblks + mallinfo2 ().hblkhd,
                    <=,
                    before + 160 * 1024);
  wn_seen_clear (&seen);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seen/what came again is known", test_again);
  g_test_add_func ("/seen/long ids are told apart to their end", test_long_ids);
  g_test_add_func ("/seen/a backlog that comes again is known", test_backlog);
  g_test_add_func ("/seen/the newest are remembered", test_bound);
  g_test_add_func ("/seen/4,096 ids cost little", test_memory);
  return g_test_run ();
}
