/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The cursor's file: what is left of it after a good end, a crash, and with
 * somebody else's hands on it.
 */

#include "purple/cursor.h"

#include <glib/gstdio.h>
#include <string.h>

#include "core/dialect/dialect.h"
#include "support/headless-host.h"

#define URL "ws://a.example/?project=jd-shop&uid=1001"
#define OTHER_URL "ws://b.example/?project=jd-shop&uid=1001"

typedef struct
{
  PurpleAccount *account; /* (unowned): the host's */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->account = wn_host_get_login ()->account;
}

static char *
dup_folder (void)
{
  return g_build_filename (purple_user_dir (), "webnotify", NULL);
}

/* The only file there is. */
static char *
dup_path (void)
{
  g_autofree char *folder = dup_folder ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = dir != NULL ? g_dir_read_name (dir) : NULL;

  return name != NULL ? g_build_filename (folder, name, NULL) : NULL;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = dup_folder ();
  g_autofree char *path = dup_path ();

  if (path != NULL)
    g_unlink (path);
  g_rmdir (folder);
}

static void
expect_kept (Fixture *f, const char *expected)
{
  WnCursor *cursor = wn_cursor_new (f->account, URL);

  g_assert_cmpstr (wn_cursor_get (cursor), ==, expected);
  wn_cursor_close (cursor);
}

static void
turn (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_kept (Fixture *f, gconstpointer data)
{
  WnCursor *cursor = wn_cursor_new (f->account, URL);

  g_assert_null (wn_cursor_get (cursor));
  wn_cursor_advance (cursor, "1795594840:12");
  wn_cursor_advance (cursor, "1795594841:0");
  wn_cursor_close (cursor);
  expect_kept (f, "1795594841:0");
}

static void
test_crash (Fixture *f, gconstpointer data)
{
  WnCursor *cursor = wn_cursor_new (f->account, URL);

  wn_cursor_advance (cursor, "1795594840:12");
  turn ();
  /* Another one reads what a host that stopped here would leave. */
  expect_kept (f, "1795594840:12");
  wn_cursor_advance (cursor, "1795594841:0");
  turn ();
  expect_kept (f, "1795594841:0");
  wn_cursor_close (cursor);
}

/* One that carries ids, and after it a short one over it. */
static void
test_longest (Fixture *f, gconstpointer data)
{
  WnCursor *cursor = wn_cursor_new (f->account, URL);
  g_autofree char *longest = g_strnfill (WN_MAX_CURSOR_CHARS, 'x');

  wn_cursor_advance (cursor, longest);
  turn ();
  expect_kept (f, longest);
  wn_cursor_advance (cursor, "1:0");
  wn_cursor_close (cursor);
  expect_kept (f, "1:0");
}

/* As an earlier version left it, whose files were shorter. */
static void
test_earlier (Fixture *f, gconstpointer data)
{
  WnCursor *cursor = wn_cursor_new (f->account, URL);
  g_autofree char *path = NULL;
  g_autofree char *record = g_strdup_printf ("%-96s\n", "1795594840:12");

  wn_cursor_advance (cursor, "1:0");
  wn_cursor_close (cursor);
  path = dup_path ();
  g_assert_true (g_file_set_contents (path, record, -1, NULL));
  expect_kept (f, "1795594840:12");
}

static void
test_begin (Fixture *f, gconstpointer data)
{
  WnCursor *cursor = wn_cursor_new (f->account, URL);
  g_autofree char *path = NULL;

  wn_cursor_begin (cursor, "1:0");
  wn_cursor_begin (cursor, "2:0");
  g_assert_cmpstr (wn_cursor_get (cursor), ==, "1:0");
  turn ();
  wn_cursor_begin (cursor, NULL);
  g_assert_null (wn_cursor_get (cursor));
  wn_cursor_close (cursor);
  path = dup_path ();
  g_assert_null (path);
}

static void
test_other_server (Fixture *f, gconstpointer data)
{
  WnCursor *cursor = wn_cursor_new (f->account, URL);

  wn_cursor_advance (cursor, "1:0");
  wn_cursor_close (cursor);
  cursor = wn_cursor_new (f->account, OTHER_URL);
  g_assert_null (wn_cursor_get (cursor));
  wn_cursor_close (cursor);
}

/* What was shown late is written when all is over with it. */
static void
test_late (Fixture *f, gconstpointer data)
{
  WnCursor *cursor = wn_cursor_new (f->account, URL);

  wn_cursor_ref (cursor);
  wn_cursor_close (cursor);
  wn_cursor_advance (cursor, "1:0");
  wn_cursor_unref (cursor);
  expect_kept (f, "1:0");
}

static void
test_private (Fixture *f, gconstpointer data)
{
  WnCursor *cursor = wn_cursor_new (f->account, URL);
  g_autofree char *path = NULL;
  GStatBuf info;

  wn_cursor_advance (cursor, "1:0");
  wn_cursor_close (cursor);
  path = dup_path ();
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 077, ==, 0);
  g_assert_null (strstr (path, "1001"));
}

static void
test_spoilt (Fixture *f, gconstpointer data)
{
  static const char *contents[] = { "", "\n", "1 2\n", "1:0\n2:0\n", "\xff\n" };
  WnCursor *cursor = wn_cursor_new (f->account, URL);
  g_autofree char *path = NULL;

  wn_cursor_advance (cursor, "1:0");
  wn_cursor_close (cursor);
  path = dup_path ();
  for (gsize i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_assert_true (g_file_set_contents (path, contents[i], -1, NULL));
      expect_kept (f, NULL);
    }
}

static void
test_nowhere (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = dup_folder ();
  WnCursor *cursor = wn_cursor_new (f->account, URL);

  /* A file where the folder should be. */
  g_assert_true (g_file_set_contents (folder, "", 0, NULL));
  wn_cursor_advance (cursor, "1:0");
  turn ();
  g_assert_cmpstr (wn_cursor_get (cursor), ==, "1:0");
  wn_cursor_close (cursor);
  g_unlink (folder);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*func) (Fixture *f, gconstpointer data);
  } tests[] = {
    { "the last one is kept", test_kept },
    { "a crash leaves what was shown last", test_crash },
    { "the longest is kept, and leaves nothing behind", test_longest },
    { "an earlier version's is read", test_earlier },
    { "a beginning counts only where there is none", test_begin },
    { "another server has one of its own", test_other_server },
    { "it is kept after its login, too", test_late },
    { "the file is private, and its name tells nothing", test_private },
    { "a file that was spoilt is none", test_spoilt },
    { "where nothing can be kept it works until the end", test_nowhere },
  };
  int code;

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/cursor/%s", tests[i].name);

      g_test_add (path, Fixture, NULL, set_up, tests[i].func, tear_down);
    }
  code = g_test_run ();
  wn_host_stop ();
  return code;
}
