/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Files on their way to the disk, and whoever changes the folder meanwhile.
 */

#include "purple/part-file.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "support/folder.h"

#define EARLIER "what was there before"
#define OTHER "somebody else's"
#define NEW "the new file"

typedef struct
{
  char *root; /* (owned): a folder of its own */
  char *dir;  /* (owned): where the user saves, in there */
  char *path; /* (owned): "orders.csv" in there */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->root = g_dir_make_tmp ("webnotify-XXXXXX", NULL);
  f->dir = g_build_filename (f->root, "downloads", NULL);
  g_assert_cmpint (g_mkdir (f->dir, 0700), ==, 0);
  f->path = g_build_filename (f->dir, "orders.csv", NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  wn_folder_remove (f->root);
  g_free (f->root);
  g_free (f->dir);
  g_free (f->path);
}

/* --- Steps --- */

static void
write_file (const char *path, const char *text)
{
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
write_new (WnPartFile *file)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
      wn_part_file_write (file, (const guint8 *) NEW, strlen (NEW), &error));
  g_assert_no_error (error);
}

static WnPartFile *
begin_in_mode (const char *path, WnPartFileMode mode)
{
  WnPartFile *file = wn_part_file_new (path, mode);
  g_autoptr (GError) error = NULL;

  g_assert_true (wn_part_file_open (file, strlen (NEW), &error));
  g_assert_no_error (error);
  write_new (file);
  return file;
}

static WnPartFile *
begin (const char *path)
{
  return begin_in_mode (path, WN_PART_FILE_REPLACES);
}

static char *
finish (WnPartFile *file)
{
  g_autoptr (GError) error = NULL;
  char *path = wn_part_file_finish (file, &error);

  g_assert_no_error (error);
  wn_part_file_free (file);
  return path;
}

/* --- Outcomes --- */

static void
assert_file (const char *path, const char *text)
{
  g_autofree char *contents = NULL;

  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, text);
}

static guint
count_files (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static char *
dup_part_path (Fixture *f)
{
  g_autoptr (GDir) dir = g_dir_open (f->dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".part"))
      return g_build_filename (f->dir, name, NULL);
  g_assert_not_reached ();
}

/* --- Tests --- */

static void
test_new (Fixture *f, gconstpointer data)
{
  WnPartFile *file = begin (f->path);
  g_autofree char *path = NULL;

  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_files (f->dir), ==, 1);
  path = finish (file);
  g_assert_cmpstr (path, ==, f->path);
  assert_file (f->path, NEW);
  g_assert_cmpuint (count_files (f->dir), ==, 1);
}

static void
test_replaces (Fixture *f, gconstpointer data)
{
  WnPartFile *file;
  g_autofree char *path = NULL;
  struct stat now;

  write_file (f->path, EARLIER);
  g_assert_cmpint (chmod (f->path, 0640), ==, 0);
  file = begin (f->path);
  assert_file (f->path, EARLIER);
  path = finish (file);
  g_assert_cmpstr (path, ==, f->path);
  assert_file (f->path, NEW);
  g_assert_cmpuint (count_files (f->dir), ==, 1);
  g_assert_cmpint (stat (f->path, &now), ==, 0);
  g_assert_cmpuint (now.st_mode & 0777, ==, 0640);
}

static void
test_given_up (Fixture *f, gconstpointer data)
{
  WnPartFile *file;

  write_file (f->path, EARLIER);
  file = begin (f->path);
  g_assert_cmpuint (count_files (f->dir), ==, 2);
  wn_part_file_free (file);
  assert_file (f->path, EARLIER);
  g_assert_cmpuint (count_files (f->dir), ==, 1);
}

static void
test_restarts (Fixture *f, gconstpointer data)
{
  WnPartFile *file = begin (f->path);
  g_autofree char *path = NULL;

  g_assert_true (wn_part_file_restart (file));
  write_new (file);
  path = finish (file);
  assert_file (path, NEW);
}

/* Two of one name, both accepted before either is there; and what somebody
 * else has put there in the meantime.
 */
static void
test_name_taken (Fixture *f, gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  WnPartFile *a = begin (f->path);
  WnPartFile *b = begin (f->path);
  WnPartFile *c = begin (f->path);

  first = finish (a);
  second = finish (b);
  g_assert_cmpstr (first, ==, f->path);
  g_assert_true (g_str_has_suffix (second, "/downloads/orders (1).csv"));
  write_file (first, OTHER);
  third = finish (c);
  g_assert_true (g_str_has_suffix (third, "/downloads/orders (2).csv"));
  assert_file (first, OTHER);
  assert_file (second, NEW);
  assert_file (third, NEW);
  g_assert_cmpuint (count_files (f->dir), ==, 3);
}

/* Two that the user lets replace the same file: one does. */
static void
test_replaced_twice (Fixture *f, gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  WnPartFile *a;
  WnPartFile *b;

  write_file (f->path, EARLIER);
  a = begin (f->path);
  b = begin (f->path);
  first = finish (a);
  second = finish (b);
  g_assert_cmpstr (first, ==, f->path);
  g_assert_true (g_str_has_suffix (second, "/orders (1).csv"));
}

static void
test_earlier_removed (Fixture *f, gconstpointer data)
{
  g_autofree char *path = NULL;
  WnPartFile *file;

  write_file (f->path, EARLIER);
  file = begin (f->path);
  g_unlink (f->path);
  path = finish (file);
  g_assert_cmpstr (path, ==, f->path);
  assert_file (f->path, NEW);
}

/* What lies under the name when it is chosen, or appears there later. */
typedef struct
{
  const char *name;
  void (*make) (Fixture *f);
  gboolean is_refused; /* where the user has chosen it */
} Obstacle;

static void
make_folder (Fixture *f)
{
  g_assert_cmpint (g_mkdir (f->path, 0700), ==, 0);
}

static void
make_fifo (Fixture *f)
{
  g_assert_cmpint (mkfifo (f->path, 0600), ==, 0);
}

static void
make_dangling_link (Fixture *f)
{
  g_autofree char *target = g_build_filename (f->root, "target", NULL);

  g_assert_cmpint (symlink (target, f->path), ==, 0);
}

static void
make_link_to_file (Fixture *f)
{
  g_autofree char *target = g_build_filename (f->root, "target", NULL);

  write_file (target, OTHER);
  g_assert_cmpint (symlink (target, f->path), ==, 0);
}

static void
make_link_to_device (Fixture *f)
{
  g_assert_cmpint (symlink ("/dev/null", f->path), ==, 0);
}

static const Obstacle obstacles[] = {
  { "a folder", make_folder, TRUE },
  { "a pipe", make_fifo, TRUE },
  { "a link to nowhere", make_dangling_link, TRUE },
  { "a link to a device", make_link_to_device, TRUE },
  { "a link to a file", make_link_to_file, FALSE },
};

static void
assert_target (Fixture *f, const char *text)
{
  g_autofree char *target = g_build_filename (f->root, "target", NULL);

  if (text != NULL)
    assert_file (target, text);
  else
    g_assert_false (g_file_test (target, G_FILE_TEST_EXISTS));
}

static void
test_chosen_obstacle (Fixture *f, gconstpointer data)
{
  const Obstacle *obstacle = data;
  g_autoptr (WnPartFile) file = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  obstacle->make (f);
  file = wn_part_file_new (f->path, WN_PART_FILE_REPLACES);
  if (obstacle->is_refused)
    {
      g_assert_false (wn_part_file_open (file, 5, &error));
      g_assert_error (error, WN_PART_FILE_ERROR, WN_PART_FILE_ERROR_OPEN);
      g_assert_cmpuint (count_files (f->dir), ==, 1);
      return;
    }
  /* The link stays, and what it leads to is replaced. */
  path = finish (begin (f->path));
  g_assert_cmpstr (path, ==, f->path);
  g_assert_true (g_file_test (f->path, G_FILE_TEST_IS_SYMLINK));
  assert_target (f, NEW);
  g_assert_cmpuint (count_files (f->root), ==, 2);
}

static void
test_later_obstacle (Fixture *f, gconstpointer data)
{
  const Obstacle *obstacle = data;
  WnPartFile *file = begin (f->path);
  g_autofree char *path = NULL;

  obstacle->make (f);
  path = finish (file);
  g_assert_true (g_str_has_suffix (path, "/downloads/orders (1).csv"));
  assert_file (path, NEW);
  assert_target (f, obstacle->make == make_link_to_file ? OTHER : NULL);
  g_assert_cmpuint (count_files (f->dir), ==, 2);
}

/* The file goes into the folder that was chosen, wherever that is now. */
static void
test_folder_swapped (Fixture *f, gconstpointer data)
{
  WnPartFile *file;
  g_autofree char *moved = g_build_filename (f->root, "moved", NULL);
  g_autofree char *trap = g_build_filename (f->root, "trap", NULL);
  g_autofree char *victim = g_build_filename (trap, "orders.csv", NULL);
  g_autofree char *saved = g_build_filename (moved, "orders.csv", NULL);
  g_autofree char *path = NULL;

  g_assert_cmpint (g_mkdir (trap, 0700), ==, 0);
  write_file (victim, OTHER);
  file = wn_part_file_new (f->path, WN_PART_FILE_REPLACES);
  g_assert_cmpint (g_rename (f->dir, moved), ==, 0);
  g_assert_cmpint (symlink (trap, f->dir), ==, 0);
  g_assert_true (wn_part_file_open (file, 0, NULL));
  write_new (file);
  path = finish (file);
  assert_file (victim, OTHER);
  assert_file (saved, NEW);
  g_assert_cmpuint (count_files (trap), ==, 1);
}

/* What has taken the growing file's place is neither removed nor renamed. */
static void
test_part_swapped (Fixture *f, gconstpointer data)
{
  g_autoptr (WnPartFile) file = begin (f->path);
  g_autofree char *part = dup_part_path (f);
  g_autoptr (GError) error = NULL;

  g_unlink (part);
  write_file (part, OTHER);
  g_assert_null (wn_part_file_finish (file, &error));
  g_assert_error (error, WN_PART_FILE_ERROR, WN_PART_FILE_ERROR_WRITE);
  g_clear_pointer (&file, wn_part_file_free);
  assert_file (part, OTHER);
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
}

static void
test_taken_away (Fixture *f, gconstpointer data)
{
  g_autoptr (WnPartFile) file = begin (f->path);
  g_autofree char *part = dup_part_path (f);

  g_unlink (part);
  g_assert_false (wn_part_file_restart (file));
}

/* Nobody was asked about what is there, whatever it is. */
static void
test_spares (Fixture *f, gconstpointer data)
{
  const Obstacle *obstacle = data;
  g_autofree char *path = NULL;

  if (obstacle == NULL)
    write_file (f->path, EARLIER);
  else
    obstacle->make (f);
  path = finish (begin_in_mode (f->path, WN_PART_FILE_SPARES));
  g_assert_true (g_str_has_suffix (path, "/downloads/orders (1).csv"));
  assert_file (path, NEW);
  if (obstacle == NULL)
    assert_file (f->path, EARLIER);
  else
    assert_target (f, obstacle->is_refused ? NULL : OTHER);
  g_assert_cmpuint (count_files (f->dir), ==, 2);
}

static void
test_in_place (Fixture *f, gconstpointer data)
{
  g_autoptr (WnPartFile) file
      = wn_part_file_new (f->path, WN_PART_FILE_IN_PLACE);
  g_autoptr (WnPartFile) second = NULL;
  g_autofree char *path = NULL;

  g_assert_true (wn_part_file_open (file, strlen (NEW), NULL));
  write_new (file);
  assert_file (f->path, NEW);
  second = wn_part_file_new (f->path, WN_PART_FILE_IN_PLACE);
  g_assert_false (wn_part_file_open (second, 1, NULL));
  g_clear_pointer (&second, wn_part_file_free);
  assert_file (f->path, NEW);
  path = wn_part_file_finish (file, NULL);
  g_assert_cmpstr (path, ==, f->path);
}

/* The new name is as long as a name can be, and what is added must fit. */
static void
test_long_names (Fixture *f, gconstpointer data)
{
  static const char *const endings[] = { ".csv", "", "导.csv" };

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autoptr (GString) name = g_string_new ("a");
      g_autofree char *path = NULL;
      g_autofree char *first = NULL;
      g_autofree char *second = NULL;
      WnPartFile *a;
      WnPartFile *b;

      while (name->len + strlen ("导") + strlen (endings[i]) <= 255)
        g_string_append (name, "导");
      g_string_append (name, endings[i]);
      path = g_build_filename (f->dir, name->str, NULL);
      a = begin (path);
      b = begin (path);
      first = finish (a);
      second = finish (b);
      g_assert_cmpstr (first, ==, path);
      g_assert_true (g_utf8_validate (second, -1, NULL));
      g_assert_nonnull (strstr (second, " ("));
    }
}

static void
test_nowhere (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->dir, "no", "file", NULL);
  const char *const paths[] = { path, "" };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (WnPartFile) file
          = wn_part_file_new (paths[i], WN_PART_FILE_REPLACES);
      g_autoptr (GError) error = NULL;

      g_assert_false (wn_part_file_open (file, 5, &error));
      g_assert_error (error, WN_PART_FILE_ERROR, WN_PART_FILE_ERROR_OPEN);
    }
}

static void
add (const char *name,
     void (*run) (Fixture *f, gconstpointer data),
     gconstpointer data)
{
  g_autofree char *path = g_strconcat ("/part-file/", name, NULL);

  g_test_add (path, Fixture, data, set_up, run, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("it has its name when it is complete", test_new, NULL);
  add ("the earlier file stays until then", test_replaces, NULL);
  add ("given up, it leaves the earlier file", test_given_up, NULL);
  add ("started over, nothing of before is in it", test_restarts, NULL);
  add ("a name that is taken stays whose it is", test_name_taken, NULL);
  add ("one file is replaced once", test_replaced_twice, NULL);
  add ("a file that has gone needn't be replaced", test_earlier_removed, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (obstacles); i++)
    {
      g_autofree char *chosen
          = g_strconcat (obstacles[i].name, " is chosen", NULL);
      g_autofree char *later
          = g_strconcat (obstacles[i].name, " appears", NULL);

      g_autofree char *unasked
          = g_strconcat (obstacles[i].name, " is there, unasked", NULL);

      add (chosen, test_chosen_obstacle, &obstacles[i]);
      add (unasked, test_spares, &obstacles[i]);
      add (later, test_later_obstacle, &obstacles[i]);
    }
  add ("a file is there, unasked", test_spares, NULL);
  add ("a folder that is swapped leads nowhere", test_folder_swapped, NULL);
  add ("what takes the growing file's place stays", test_part_swapped, NULL);
  add ("taken away, it can't start over", test_taken_away, NULL);
  add ("in place, it takes no other's place", test_in_place, NULL);
  add ("long names stay names", test_long_names, NULL);
  add ("a folder that isn't there is an error", test_nowhere, NULL);
  return g_test_run ();
}
