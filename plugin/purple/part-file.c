/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * All names are looked up in the folder that was there when the user chose it,
 * by its descriptor: whoever swaps the folder, or a name in it, for a link
 * leads nothing astray. New names are taken with O_EXCL only.
 */

#define _GNU_SOURCE /* O_PATH */

#include "purple/part-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* A name is cut to this before something is added to it, so that it stays below
 * the 255 bytes that file systems take.
 */
#define MAX_STEM_BYTES 200
#define MAX_TRIES 100

struct _WnPartFile
{
  char *path;      /* (owned): as the user chose it */
  char *folder;    /* (owned): where the file itself lies, behind links */
  char *name;      /* (owned): the file's in @folder, when it is finished */
  char *part_name; /* (owned) (nullable): the file's while it grows */
  int folder_fd;   /* -1: there is no such folder */
  int fd;          /* -1: not open */
  WnPartFileMode mode;
  gboolean has_earlier; /* there was a file to be replaced: */
  struct stat earlier;
  int obstacle; /* why there can be no file of this name, as in errno; 0: none
                 */
};

GQuark
wn_part_file_error_quark (void)
{
  return g_quark_from_static_string ("wn-part-file-error-quark");
}

static void
set_system_error (GError **error, WnPartFileError code)
{
  g_set_error_literal (error,
                       WN_PART_FILE_ERROR,
                       (int) code,
                       g_strerror (errno));
}

/* --- Names --- */

/* Whether @name still names the file that fstat() has described in @file. */
static gboolean
is_still (const WnPartFile *self, const char *name, const struct stat *file)
{
  struct stat now;

  return fstatat (self->folder_fd, name, &now, AT_SYMLINK_NOFOLLOW) == 0
         && S_ISREG (now.st_mode) && now.st_dev == file->st_dev
         && now.st_ino == file->st_ino;
}

static gboolean
is_part_ours (const WnPartFile *self)
{
  struct stat part;

  return fstat (self->fd, &part) == 0
         && is_still (self, self->part_name, &part);
}

/* Returns: (transfer full): @name with @addition before its extension, or
 * behind it
 */
static char *
dup_name_with (const char *name, const char *addition, gboolean is_behind)
{
  const char *end = name + strlen (name);
  const char *dot = strrchr (name, '.');
  gsize n_stem;

  if (is_behind || dot == NULL || dot == name || end - dot > 32)
    dot = end;
  n_stem = (gsize) (dot - name);
  if (n_stem > MAX_STEM_BYTES)
    n_stem = (gsize) (g_utf8_find_prev_char (name, name + MAX_STEM_BYTES + 1)
                      - name);
  return g_strdup_printf ("%.*s%s%s", (int) n_stem, name, addition, dot);
}

/* Returns a descriptor, or -1 with errno set. */
static int
make_file (const WnPartFile *self, const char *name)
{
  return openat (self->folder_fd,
                 name,
                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                 0666);
}

/* --- The beginning --- */

static gboolean
is_regular (const char *path)
{
  struct stat file;

  return stat (path, &file) == 0 && S_ISREG (file.st_mode);
}

/* A file can't take the place of a device or a pipe, and where a link leads
 * nowhere, anybody may have made it.
 */
static void
note_earlier (WnPartFile *self)
{
  if (self->mode == WN_PART_FILE_SPARES
      || fstatat (self->folder_fd,
                  self->name,
                  &self->earlier,
                  AT_SYMLINK_NOFOLLOW)
             != 0)
    return;
  if (S_ISDIR (self->earlier.st_mode))
    self->obstacle = EISDIR;
  else if (!S_ISREG (self->earlier.st_mode)
           || self->mode == WN_PART_FILE_IN_PLACE)
    self->obstacle = EEXIST;
  else
    self->has_earlier = TRUE;
}

WnPartFile *
wn_part_file_new (const char *path, WnPartFileMode mode)
{
  WnPartFile *self = g_new0 (WnPartFile, 1);
  char *real = mode != WN_PART_FILE_SPARES && is_regular (path)
                   ? realpath (path, NULL)
                   : NULL;

  self->path = g_strdup (path);
  self->folder = g_path_get_dirname (real != NULL ? real : path);
  self->name = g_path_get_basename (real != NULL ? real : path);
  self->folder_fd = *path != '\0'
                        ? open (self->folder, O_PATH | O_DIRECTORY | O_CLOEXEC)
                        : -1;
  self->fd = -1;
  self->mode = mode;
  note_earlier (self);
  free (real);
  return self;
}

void
wn_part_file_free (WnPartFile *self)
{
  if (self == NULL)
    return;
  if (self->part_name != NULL && is_part_ours (self))
    unlinkat (self->folder_fd, self->part_name, 0);
  if (self->fd >= 0)
    close (self->fd);
  if (self->folder_fd >= 0)
    close (self->folder_fd);
  g_free (self->path);
  g_free (self->folder);
  g_free (self->name);
  g_free (self->part_name);
  g_free (self);
}

/* Whether there is room for the new file, beside the earlier one. */
static gboolean
check_room (const WnPartFile *self, gint64 size, GError **error)
{
  struct statvfs disk;
  guint64 n_free;

  if (size <= 0 || fstatvfs (self->folder_fd, &disk) != 0 || disk.f_blocks == 0)
    return TRUE;
  n_free = (guint64) disk.f_bavail * disk.f_frsize;
  if ((guint64) size <= n_free)
    return TRUE;
  errno = ENOSPC;
  if (self->has_earlier
      && (guint64) size <= n_free + (guint64) self->earlier.st_blocks * 512)
    set_system_error (error, WN_PART_FILE_ERROR_NO_ROOM_BESIDE);
  else
    set_system_error (error, WN_PART_FILE_ERROR_WRITE);
  return FALSE;
}

static int
make_part (WnPartFile *self)
{
  int fd = -1;

  if (self->mode == WN_PART_FILE_IN_PLACE)
    {
      self->part_name = g_strdup (self->name);
      return make_file (self, self->part_name);
    }
  errno = EEXIST;
  for (guint i = 0; i < MAX_TRIES && fd < 0 && errno == EEXIST; i++)
    {
      g_autofree char *addition
          = g_strdup_printf (".%06x.part", g_random_int () & 0xffffff);

      g_free (self->part_name);
      self->part_name = dup_name_with (self->name, addition, TRUE);
      fd = make_file (self, self->part_name);
    }
  return fd;
}

gboolean
wn_part_file_open (WnPartFile *self, gint64 size, GError **error)
{
  errno = self->folder_fd < 0 ? ENOENT : self->obstacle;
  if (errno == 0 && !check_room (self, size, error))
    return FALSE;
  /* A file that is to be replaced must be one that could be written. */
  if (errno == 0
      && (!self->has_earlier
          || faccessat (self->folder_fd, self->name, W_OK, AT_EACCESS) == 0))
    self->fd = make_part (self);
  if (self->fd < 0)
    {
      set_system_error (error, WN_PART_FILE_ERROR_OPEN);
      g_clear_pointer (&self->part_name, g_free);
      return FALSE;
    }
  if (self->has_earlier)
    fchmod (self->fd, self->earlier.st_mode & 0777);
  return TRUE;
}

/* --- The bytes --- */

gboolean
wn_part_file_write (WnPartFile *self,
                    const guint8 *bytes,
                    gsize length,
                    GError **error)
{
  while (length > 0)
    {
      gssize n = write (self->fd, bytes, length);

      if (n < 0 && errno != EINTR)
        {
          set_system_error (error, WN_PART_FILE_ERROR_WRITE);
          return FALSE;
        }
      bytes += MAX (n, 0);
      length -= (gsize) MAX (n, 0);
    }
  return TRUE;
}

gboolean
wn_part_file_restart (WnPartFile *self)
{
  struct stat part;

  return fstat (self->fd, &part) == 0 && part.st_nlink > 0
         && ftruncate (self->fd, 0) == 0 && lseek (self->fd, 0, SEEK_SET) == 0;
}

/* --- The end --- */

/* Takes a name that nobody has, and puts the file there. */
static gboolean
rename_to_free (WnPartFile *self, const char *name)
{
  int fd = make_file (self, name);

  if (fd < 0)
    return FALSE;
  close (fd);
  if (renameat (self->folder_fd, self->part_name, self->folder_fd, name) == 0)
    return TRUE;

  int error_number = errno;

  unlinkat (self->folder_fd, name, 0);
  errno = error_number;
  return FALSE;
}

/* Returns: (nullable): where the file is now */
static char *
take_name (WnPartFile *self)
{
  if (self->has_earlier && is_still (self, self->name, &self->earlier))
    return renameat (self->folder_fd,
                     self->part_name,
                     self->folder_fd,
                     self->name)
                   == 0
               ? g_strdup (self->path)
               : NULL;
  if (rename_to_free (self, self->name))
    return g_strdup (self->path);
  for (guint i = 1; i < MAX_TRIES && errno == EEXIST; i++)
    {
      g_autofree char *addition = g_strdup_printf (" (%u)", i);
      g_autofree char *name = dup_name_with (self->name, addition, FALSE);

      if (rename_to_free (self, name))
        return g_build_filename (self->folder, name, NULL);
    }
  return NULL;
}

/* A network file system says only when a descriptor is closed that it had no
 * room.
 */
static gboolean
flush_part (const WnPartFile *self)
{
  int copy = dup (self->fd);

  return copy < 0 || close (copy) == 0;
}

char *
wn_part_file_finish (WnPartFile *self, GError **error)
{
  char *path = NULL;

  if (flush_part (self))
    {
      errno = ENOENT;
      if (self->mode == WN_PART_FILE_IN_PLACE)
        path = g_strdup (self->path);
      else if (is_part_ours (self))
        path = take_name (self);
    }
  if (path == NULL)
    set_system_error (error, WN_PART_FILE_ERROR_WRITE);
  else
    g_clear_pointer (&self->part_name, g_free);
  return path;
}
