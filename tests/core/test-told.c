/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What has been told, from one login to the next: nothing is told twice, and
 * nothing that is new is taken for known.
 */

#include "core/dialect/told.h"

#include "core/dialect/dialect.h"

/* Some time; every message has the time in its id, where it has one. */
#define NOON_S 1795867200

static void
add (WnTold *told, const char *prefix, int number, gint64 time_s)
{
  g_autofree char *id = g_strdup_printf ("%s%d", prefix, number);

  wn_told_add (told, id, time_s);
}

static gboolean
knows (const WnTold *told, const char *prefix, int number, gint64 time_s)
{
  g_autofree char *id = g_strdup_printf ("%s%d", prefix, number);

  return wn_told_knows (told, id, time_s);
}

/* As a login that ends, and the next. */
static void
sleep_over (WnTold *told)
{
  g_autofree char *cursor = wn_told_dup_cursor (told);

  g_assert_true (wn_cursor_is_sound (cursor));
  wn_told_clear (told);
  wn_told_init (told);
  wn_told_read_cursor (told, cursor);
  g_assert_true (told->is_begun);
}

static void
test_nothing (void)
{
  WnTold told;

  wn_told_init (&told);
  g_assert_false (told.is_begun);
  g_assert_false (wn_told_knows (&told, "a", 0));
  g_assert_false (wn_told_knows (&told, "a", 1));
  wn_told_end_list (&told);
  g_assert_true (told.is_begun);
  sleep_over (&told);
  g_assert_false (wn_told_knows (&told, "a", 1));
  wn_told_clear (&told);
}

static void
test_list (void)
{
  WnTold told;

  wn_told_init (&told);
  for (int i = 0; i < 100; i++)
    add (&told, "a", i, NOON_S + i);
  wn_told_end_list (&told);
  for (int i = 0; i < 2; i++, sleep_over (&told))
    {
      g_assert_true (knows (&told, "a", 0, NOON_S));
      g_assert_true (knows (&told, "a", 60, NOON_S + 60));
      g_assert_true (knows (&told, "a", 99, NOON_S + 99));
      g_assert_true (knows (&told, "b", 0, NOON_S + 29));
      g_assert_false (knows (&told, "b", 0, NOON_S + 30));
      g_assert_false (knows (&told, "b", 0, NOON_S + 100));
      g_assert_false (knows (&told, "b", 0, 0));
    }
  wn_told_clear (&told);
}

/* What came by itself is known when a list has it, and has its time then. */
static void
test_live (void)
{
  WnTold told;

  wn_told_init (&told);
  wn_told_end_list (&told);
  for (int i = 0; i < 50; i++)
    add (&told, "a", i, 0);
  sleep_over (&told);
  for (int i = 0; i < 50; i++)
    g_assert_true (knows (&told, "a", i, NOON_S + 100));
  for (int i = 0; i < 50; i++)
    add (&told, "a", i, NOON_S + 100 + i);
  wn_told_end_list (&told);
  g_assert_true (knows (&told, "a", 49, NOON_S + 149));
  g_assert_true (knows (&told, "a", 0, NOON_S + 100));
  g_assert_true (knows (&told, "b", 0, NOON_S + 79));
  g_assert_false (knows (&told, "b", 0, NOON_S + 80));
  wn_told_clear (&told);
}

/* More than there is room for within the margin: the second moves on. */
static void
test_burst (void)
{
  WnTold told;

  wn_told_init (&told);
  for (int i = 0; i < 300; i++)
    add (&told, "a", i, NOON_S + i / 10);
  wn_told_end_list (&told);
  sleep_over (&told);
  for (int i = 0; i < 300; i++)
    g_assert_true (knows (&told, "a", i, NOON_S + i / 10));
  g_assert_false (knows (&told, "b", 0, NOON_S + 29));
  wn_told_clear (&told);
}

/* More than there is room for within the newest second: some may come twice,
 * but what is new is not taken for known.
 */
static void
test_burst_in_a_second (void)
{
  WnTold told;
  guint n_known = 0;

  wn_told_init (&told);
  add (&told, "a", 1000, NOON_S - 1);
  for (int i = 0; i < 100; i++)
    add (&told, "a", i, NOON_S);
  wn_told_end_list (&told);
  sleep_over (&told);
  g_assert_true (knows (&told, "a", 1000, NOON_S - 1));
  for (int i = 0; i < 100; i++)
    n_known += knows (&told, "a", i, NOON_S);
  g_assert_cmpuint (n_known, ==, WN_TOLD_MAX_IDS);
  g_assert_false (knows (&told, "b", 0, NOON_S));
  wn_told_clear (&told);
}

/* A few that were created in the future, as it seems, make nothing known, and
 * are told once as well.
 */
static void
test_future (void)
{
  WnTold told;

  wn_told_init (&told);
  for (int i = 1; i < WN_TOLD_MIN_IDS; i++)
    add (&told, "f", i, NOON_S + i * 86400);
  for (int round = 0; round < 10; round++)
    {
      for (int i = 0; i < 30 * (round + 1); i++)
        {
          gboolean is_old = i < 30 * round;

          g_assert_true (knows (&told, "a", i, NOON_S + i / 30) == is_old);
          add (&told, "a", i, NOON_S + i / 30);
        }
      for (int i = 1; i < WN_TOLD_MIN_IDS; i++)
        {
          g_assert_true (knows (&told, "f", i, NOON_S + i * 86400));
          add (&told, "f", i, NOON_S + i * 86400);
        }
      wn_told_end_list (&told);
      sleep_over (&told);
    }
  wn_told_clear (&told);
}

/* What is in no list does not take the room of what is, for ever. */
static void
test_never_listed (void)
{
  WnTold told;

  wn_told_init (&told);
  for (int round = 0; round < 5; round++)
    {
      for (int i = 0; i < 60; i++)
        add (&told, "live", round * 100 + i, 0);
      for (int i = 0; i < 10; i++)
        add (&told, "a", round * 100 + i, NOON_S + round * 5);
      wn_told_end_list (&told);
      sleep_over (&told);
      g_assert_true (knows (&told, "live", round * 100 + 59, 0));
      for (int i = 0; i < 10; i++)
        g_assert_true (knows (&told, "a", round * 100 + i, NOON_S + round * 5));
    }
  wn_told_clear (&told);
}

/* What comes after a sign-on, before the list, takes no place of what has come
 * before: the list has that, too.
 */
static void
test_live_before_the_list (void)
{
  WnTold told;

  wn_told_init (&told);
  told.latest_s = NOON_S;
  for (int i = 0; i < WN_TOLD_MAX_IDS; i++)
    add (&told, "a", i, NOON_S + i);
  wn_told_end_list (&told);
  sleep_over (&told);
  for (int i = 0; i < WN_TOLD_MAX_IDS; i++)
    {
      g_autofree char *cursor = NULL;

      add (&told, "live", i, 0);
      cursor = wn_told_dup_cursor (&told);
      g_assert_true (wn_cursor_is_sound (cursor));
    }
  for (int i = 0; i < WN_TOLD_MAX_IDS; i++)
    {
      g_assert_true (knows (&told, "a", i, NOON_S + i));
      g_assert_true (knows (&told, "live", i, 0));
    }
  for (int i = 0; i < 1000; i++)
    add (&told, "flood", i, 0);
  g_assert_cmpuint (told.mementos->len, <=, 2 * WN_TOLD_MAX_IDS);
  wn_told_end_list (&told);
  for (int i = 0; i < 1000; i++)
    add (&told, "listed", i, NOON_S + 1000 + i);
  wn_told_end_list (&told);
  g_assert_cmpuint (told.mementos->len, <=, WN_TOLD_MAX_IDS);
  wn_told_clear (&told);
}

/* Added once more it is one, with the time that is known. */
static void
test_added_twice (void)
{
  WnTold told;
  g_autofree char *once = NULL;
  g_autofree char *twice = NULL;

  wn_told_init (&told);
  wn_told_add (&told, "a", 0);
  once = wn_told_dup_cursor (&told);
  wn_told_add (&told, "a", NOON_S);
  wn_told_add (&told, "a", 0);
  twice = wn_told_dup_cursor (&told);
  g_assert_cmpstr (once, ==, twice);
  for (int i = 0; i < WN_TOLD_MIN_IDS; i++)
    add (&told, "b", i, NOON_S + 1000);
  wn_told_end_list (&told);
  g_assert_true (wn_told_knows (&told, "a", NOON_S));
  g_assert_false (wn_told_knows (&told, "a", 0));
  wn_told_clear (&told);
}

static void
test_cursors (void)
{
  static const char *const sound[]
      = { "0", "5", "5;", "5;0123456789ab", "5;short,0123456789ab,,x" };
  static const char *const odd[] = { "",
                                     ";",
                                     "x",
                                     "-5",
                                     "+5",
                                     "5,0",
                                     "5@6",
                                     "5x;0123456789ab",
                                     "9223372036854775807" };

  for (gsize i = 0; i < G_N_ELEMENTS (sound); i++)
    {
      WnTold told;
      g_autofree char *again = NULL;

      wn_told_init (&told);
      wn_told_read_cursor (&told, sound[i]);
      g_assert_true (told.is_begun);
      again = wn_told_dup_cursor (&told);
      g_assert_cmpstr (again, ==, i < 1 ? "0" : i < 3 ? "5" : "5;0123456789ab");
      wn_told_clear (&told);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      WnTold told;

      wn_told_init (&told);
      wn_told_read_cursor (&told, odd[i]);
      g_assert_false (told.is_begun);
      wn_told_clear (&told);
    }
}

/* One that is longer than ours is cut. */
static void
test_long_cursor (void)
{
  GString *cursor = g_string_new ("7;");
  WnTold told;

  for (int i = 0; i < 200; i++)
    g_string_append_printf (cursor, "%012d,", i);
  wn_told_init (&told);
  wn_told_read_cursor (&told, cursor->str);
  sleep_over (&told);
  wn_told_add (&told, "x", 0);
  sleep_over (&told);
  g_assert_true (wn_told_knows (&told, "x", 0));
  g_string_free (cursor, TRUE);
  wn_told_clear (&told);
}

typedef struct
{
  const char *name;
  GTestFunc func;
} Test;

static const Test tests[] = {
  { "nothing is known", test_nothing },
  { "a list is known, and what is older", test_list },
  { "what came by itself is known in a list", test_live },
  { "a burst moves the second on", test_burst },
  { "a burst within a second hides nothing", test_burst_in_a_second },
  { "what comes from the future hides nothing", test_future },
  { "what is in no list leaves room", test_never_listed },
  { "what comes before the list takes no place", test_live_before_the_list },
  { "added twice is once", test_added_twice },
  { "odd cursors are none", test_cursors },
  { "a cursor that is too long", test_long_cursor },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/told/", tests[i].name, NULL);

      g_test_add_func (path, tests[i].func);
    }
  return g_test_run ();
}
