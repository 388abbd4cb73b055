/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Disks that are full, read-only or gone: a tmpfs of 64 KiB in a mount
 * namespace of the test's own. Skipped where none can be had. A quota that is
 * used up is made of the functions below, which libpurple and the plugin find
 * before libc's.
 */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "purple/transfer.h"
#include "support/byte-server.h"
#include "support/headless-host.h"
#include "support/saved-export.h"
#include "support/wait.h"

#define DISK_BYTES (64 * 1024)
#define PAGE_BYTES 4096
#define MAX_BYTES (DISK_BYTES + 10 * PAGE_BYTES)
#define EARLIER "what was there before"

/* Set once: the folder that the small disk is mounted on, and the system's
 * reason where it can't be.
 */
static char *disk;
static const char *no_disk;

typedef struct
{
  WnSavedExport export;
  WnByteServer *server; /* (owned) */
  char *path;           /* (owned): on the small disk */
  guint8 *bytes;        /* (owned): MAX_BYTES of an export */
} Fixture;

/* --- the disk --- */

static gboolean
write_map (const char *path, const char *map)
{
  int fd = g_open (path, O_WRONLY | O_CLOEXEC, 0);
  gssize length = (gssize) strlen (map);
  gboolean is_written = fd >= 0 && write (fd, map, strlen (map)) == length;

  return fd >= 0 && g_close (fd, NULL) && is_written;
}

/* An ordinary user is root in a namespace of its own, and must be somebody in
 * there to make a file on a disk of that.
 */
static gboolean
become_root (void)
{
  g_autofree char *uids = g_strdup_printf ("0 %u 1", (guint) getuid ());
  g_autofree char *gids = g_strdup_printf ("0 %u 1", (guint) getgid ());

  return unshare (CLONE_NEWUSER | CLONE_NEWNS) == 0
         && write_map ("/proc/self/setgroups", "deny")
         && write_map ("/proc/self/uid_map", uids)
         && write_map ("/proc/self/gid_map", gids);
}

static gboolean
enter_namespace (void)
{
  return unshare (CLONE_NEWNS) == 0 || become_root ();
}

/* Before there is a second thread. */
static void
mount_disk (void)
{
  disk = g_dir_make_tmp ("webnotify-disk-XXXXXX", NULL);
  if (!enter_namespace ()
      || mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0
      || mount ("none", disk, "tmpfs", 0, "size=64k") != 0)
    no_disk = g_strerror (errno);
}

static void
unmount_disk (void)
{
  if (no_disk == NULL)
    umount (disk);
  g_rmdir (disk);
  g_free (disk);
}

static void
set_read_only (gboolean is_read_only)
{
  g_assert_cmpint (mount ("none",
                          disk,
                          NULL,
                          MS_REMOUNT | (is_read_only ? MS_RDONLY : 0),
                          NULL),
                   ==,
                   0);
}

/* --- the quota --- */

#define EXPORT __attribute__ ((visibility ("default")))
#define REAL(name)                                                             \
  static __typeof__ (name) *real;                                              \
  if (real == NULL)                                                            \
  real = (__typeof__ (name) *) dlsym (RTLD_NEXT, #name)

typedef enum
{
  QUOTA_NONE,
  QUOTA_AT_ONCE,
  QUOTA_AT_THE_END, /* as a network file system tells it, in close() */
} Quota;

static Quota quota;
static const char *quota_path; /* (unowned): how the names begin of the files
                                * that it holds for */

static gboolean
is_beyond_quota (int fd, Quota when)
{
  g_autofree char *link = NULL;
  char path[PATH_MAX];
  ssize_t length;

  if (quota != when)
    return FALSE;
  link = g_strdup_printf ("/proc/self/fd/%d", fd);
  length = readlink (link, path, sizeof path - 1);
  if (length < 0)
    return FALSE;
  path[length] = '\0';
  return g_str_has_prefix (path, quota_path);
}

EXPORT ssize_t
write (int fd, const void *bytes, size_t n_bytes)
{
  REAL (write);
  if (is_beyond_quota (fd, QUOTA_AT_ONCE))
    {
      errno = EDQUOT;
      return -1;
    }
  return real (fd, bytes, n_bytes);
}

EXPORT int
close (int fd)
{
  REAL (close);
  if (is_beyond_quota (fd, QUOTA_AT_THE_END))
    {
      real (fd);
      errno = EDQUOT;
      return -1;
    }
  return real (fd);
}

/* --- fixture --- */

static void
set_up (Fixture *f, gconstpointer data)
{
  wn_saved_export_init (&f->export, WN_WAIT_LIMIT_S);
  f->path = g_build_filename (disk, "export.bin", NULL);
  f->bytes = g_malloc (MAX_BYTES);
  for (guint i = 0; i < MAX_BYTES; i++)
    f->bytes[i] = (guint8) (1 + i % 251);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_unlink (f->path);
  wn_saved_export_clear (&f->export);
  g_free (f->path);
  g_free (f->bytes);
}

/* --- steps --- */

static char *
start_server (Fixture *f, gsize n_bytes, gboolean tells_size)
{
  g_autofree char *head
      = tells_size ? g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Length: "
                                      "%" G_GSIZE_FORMAT "\r\n\r\n",
                                      n_bytes)
                   : g_strdup ("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
  g_autoptr (GByteArray) answer = g_byte_array_new ();

  g_byte_array_append (answer, (guint8 *) head, (guint) strlen (head));
  g_byte_array_append (answer, f->bytes, (guint) n_bytes);
  f->server = wn_byte_server_new_with ((char *) answer->data,
                                       answer->len,
                                       WN_BYTE_ENDING_CLOSE);
  return wn_byte_server_dup_url (f->server);
}

static void
start (Fixture *f, const char *path, gsize n_bytes, gboolean tells_size)
{
  g_autofree char *url = start_server (f, n_bytes, tells_size);

  wn_saved_export_start (&f->export,
                         url,
                         tells_size ? (gint64) n_bytes : WN_SIZE_UNKNOWN,
                         path);
}

static void
run_to_end (Fixture *f)
{
  wn_saved_export_run_to_end (&f->export);
  g_clear_pointer (&f->server, wn_byte_server_free);
}

static void
save (Fixture *f, const char *path, gsize n_bytes, gboolean tells_size)
{
  f->export.state = WN_TRANSFER_RUNNING;
  g_clear_pointer (&f->export.reason, g_free);
  wn_host_reset ();
  start (f, path, n_bytes, tells_size);
  run_to_end (f);
}

/* --- outcomes --- */

static gboolean
is_called_complete (Fixture *f)
{
  return strstr (f->export.host->lines->str, "</A> complete") != NULL;
}

static void
assert_failed (Fixture *f, const char *reason)
{
  g_assert_cmpint (f->export.state, ==, WN_TRANSFER_FAILED);
  g_assert_false (is_called_complete (f));
  if (strstr (f->export.reason, reason) == NULL)
    g_error ("\"%s\" is not in \"%s\"", reason, f->export.reason);
  g_assert_cmpstr (f->export.host->errors->str, ==, "");
}

static void
assert_contents (const char *path, const void *bytes, gsize n_bytes)
{
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  g_assert_cmpmem (contents, length, bytes, n_bytes);
}

static void
save_one_size (Fixture *f, gsize n_bytes, gboolean tells_size)
{
  save (f, f->path, n_bytes, tells_size);
  if (n_bytes <= DISK_BYTES)
    {
      g_assert_cmpint (f->export.state, ==, WN_TRANSFER_DONE);
      g_assert_true (is_called_complete (f));
      assert_contents (f->path, f->bytes, n_bytes);
      g_unlink (f->path);
      return;
    }
  assert_failed (f, "Writing the file failed: No space left on device.");
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
}

/* --- tests --- */

static void
test_sizes (Fixture *f, gconstpointer hides_size)
{
  static const int around[] = { -1, 0, 1, PAGE_BYTES / 2 };

  if (no_disk != NULL)
    {
      g_test_skip (no_disk);
      return;
    }
  for (guint page = 9; page < 25; page++)
    for (guint i = 0; i < G_N_ELEMENTS (around); i++)
      save_one_size (f,
                     (gsize) ((int) (page * PAGE_BYTES) + around[i]),
                     hides_size == NULL);
}

static void
test_dev_full (Fixture *f, gconstpointer data)
{
  struct stat device;

  save (f, "/dev/full", 100, TRUE);
  assert_failed (f, "The file could not be opened: File exists.");
  g_assert_cmpint (stat ("/dev/full", &device), ==, 0);
  g_assert_true (S_ISCHR (device.st_mode));
}

static void
test_quota (Fixture *f, gconstpointer when)
{
  quota_path = f->path;
  quota = (Quota) GPOINTER_TO_INT (when);
  save (f, f->path, 100, TRUE);
  assert_failed (f, "Writing the file failed: Disk quota exceeded.");
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
  save (f, f->path, DISK_BYTES / 2, FALSE);
  assert_failed (f, "Writing the file failed: Disk quota exceeded.");
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
  quota = QUOTA_NONE;
  save (f, f->path, 100, TRUE);
  g_assert_cmpint (f->export.state, ==, WN_TRANSFER_DONE);
}

static void
test_read_only (Fixture *f, gconstpointer data)
{
  if (no_disk != NULL)
    {
      g_test_skip (no_disk);
      return;
    }
  g_assert_true (g_file_set_contents (f->path, EARLIER, -1, NULL));
  f->export.state = WN_TRANSFER_RUNNING;
  start (f, f->path, 100, TRUE);
  set_read_only (TRUE); /* the host has looked before */
  run_to_end (f);
  set_read_only (FALSE);
  assert_failed (f, "Read-only file system");
  assert_contents (f->path, EARLIER, strlen (EARLIER));
}

/* The earlier file stays until the new one is complete, and there must be room
 * for both.
 */
static void
test_earlier_file (Fixture *f, gconstpointer data)
{
  if (no_disk != NULL)
    {
      g_test_skip (no_disk);
      return;
    }
  g_assert_true (g_file_set_contents (f->path,
                                      (char *) f->bytes,
                                      DISK_BYTES - PAGE_BYTES,
                                      NULL));
  save (f, f->path, DISK_BYTES + 1, TRUE);
  assert_failed (f, "Writing the file failed: No space left on device.");
  assert_contents (f->path, f->bytes, DISK_BYTES - PAGE_BYTES);
  save (f, f->path, DISK_BYTES, TRUE);
  assert_failed (f, "There is no room for the new file beside the old one");
  assert_contents (f->path, f->bytes, DISK_BYTES - PAGE_BYTES);
  save (f, f->path, DISK_BYTES, FALSE);
  assert_failed (f, "Writing the file failed: No space left on device.");
  assert_contents (f->path, f->bytes, DISK_BYTES - PAGE_BYTES);
  save (f, f->path, PAGE_BYTES, TRUE);
  g_assert_cmpint (f->export.state, ==, WN_TRANSFER_DONE);
  assert_contents (f->path, f->bytes, PAGE_BYTES);
}

static void
test_folder_gone (Fixture *f, gconstpointer data)
{
  g_autofree char *dir = g_build_filename (f->export.host->dir, "gone", NULL);
  g_autofree char *path = g_build_filename (dir, "export.bin", NULL);

  g_assert_cmpint (g_mkdir (dir, 0700), ==, 0);
  f->export.state = WN_TRANSFER_RUNNING;
  start (f, path, 100, TRUE);
  g_assert_cmpint (g_rmdir (dir), ==, 0);
  run_to_end (f);
  assert_failed (f, "No such file or directory");
}

/* It has taken the name since the user chose that. */
static void
test_is_folder (Fixture *f, gconstpointer data)
{
  g_autofree char *dir = g_build_filename (f->export.host->dir, "folder", NULL);
  g_autofree char *beside = g_strconcat (dir, " (1)", NULL);

  f->export.state = WN_TRANSFER_RUNNING;
  start (f, dir, 100, TRUE);
  g_assert_cmpint (g_mkdir (dir, 0700), ==, 0);
  run_to_end (f);
  g_assert_cmpint (f->export.state, ==, WN_TRANSFER_DONE);
  assert_contents (beside, f->bytes, 100);
  g_assert_nonnull (strstr (f->export.host->lines->str, beside));
  g_unlink (beside);
  g_rmdir (dir);
}

#define TEST(name, func, data)                                                 \
  g_test_add ("/full-disk/" name, Fixture, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  mount_disk ();
  TEST ("64 sizes around the last block: whole, or the reason",
        test_sizes,
        NULL);
  TEST ("64 sizes that the server does not tell", test_sizes, "hidden");
  TEST ("a device is no place for a file", test_dev_full, NULL);
  TEST ("the quota is used up", test_quota, GINT_TO_POINTER (QUOTA_AT_ONCE));
  TEST ("the quota is used up, as the last block shows",
        test_quota,
        GINT_TO_POINTER (QUOTA_AT_THE_END));
  TEST ("read-only, and the earlier file stays", test_read_only, NULL);
  TEST ("no room for it, and the earlier file stays", test_earlier_file, NULL);
  TEST ("the folder has gone", test_folder_gone, NULL);
  TEST ("a folder has taken the name", test_is_folder, NULL);
  result = g_test_run ();
  wn_host_stop ();
  unmount_disk ();
  return result;
}
