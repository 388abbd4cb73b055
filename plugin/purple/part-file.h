/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A file on its way to the disk. It grows beside its final name, and takes that
 * name when it is complete, so that a file which the user lets it replace stays
 * whole until then. What has appeared under the name since it was chosen is
 * never removed nor overwritten: the new file takes the next free name. It
 * knows neither libpurple nor a network.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WN_PART_FILE_ERROR (wn_part_file_error_quark ())
GQuark wn_part_file_error_quark (void);

/**
 * WnPartFileError:
 * @WN_PART_FILE_ERROR_OPEN: there can be no such file; the message is the
 *   system's
 * @WN_PART_FILE_ERROR_WRITE: the file can't be written, or not take its name;
 *   the message is the system's
 * @WN_PART_FILE_ERROR_NO_ROOM_BESIDE: there is room for the new file only in
 *   place of the earlier one
 */
typedef enum
{
  WN_PART_FILE_ERROR_OPEN,
  WN_PART_FILE_ERROR_WRITE,
  WN_PART_FILE_ERROR_NO_ROOM_BESIDE,
} WnPartFileError;

typedef struct _WnPartFile WnPartFile;

/**
 * WnPartFileMode:
 * @WN_PART_FILE_REPLACES: the user has agreed to replace what lies at the path:
 *   a regular file, or one that a link leads to
 * @WN_PART_FILE_SPARES: nobody was asked about what lies there, and it stays
 * @WN_PART_FILE_IN_PLACE: the file grows under its path, for a host that reads
 *   it there meanwhile, and nothing may lie there
 */
typedef enum
{
  WN_PART_FILE_REPLACES,
  WN_PART_FILE_SPARES,
  WN_PART_FILE_IN_PLACE,
} WnPartFileMode;

/**
 * wn_part_file_new:
 * @path: where the user wants the file
 * @mode: what becomes of what lies there
 *
 * Remembers the folder and what lies at @path. Makes nothing yet.
 *
 * Returns: (transfer full): a file that isn't open
 */
WnPartFile *wn_part_file_new (const char *path, WnPartFileMode mode);

/**
 * wn_part_file_free:
 * @self: (nullable): a file, which is removed unless it has been finished
 */
void wn_part_file_free (WnPartFile *self);

/**
 * wn_part_file_open:
 * @self: a file that isn't open
 * @size: bytes that it will have; 0 or less where that isn't known
 * @error: return location for any #WnPartFileError
 *
 * Returns: whether there is an empty file now, and room for @size bytes
 */
gboolean wn_part_file_open (WnPartFile *self, gint64 size, GError **error);

/**
 * wn_part_file_write:
 * @self: an open file
 * @bytes: the next ones
 * @length: how many
 * @error: return location for %WN_PART_FILE_ERROR_WRITE
 *
 * Returns: whether all of them are written
 */
gboolean wn_part_file_write (WnPartFile *self,
                             const guint8 *bytes,
                             gsize length,
                             GError **error);

/**
 * wn_part_file_restart:
 * @self: an open file
 *
 * Returns: whether the file is empty again; %FALSE where the host has taken it
 *   away, and with it what has been written
 */
gboolean wn_part_file_restart (WnPartFile *self);

/**
 * wn_part_file_finish:
 * @self: an open file; after this it can only be freed
 * @error: return location for %WN_PART_FILE_ERROR_WRITE
 *
 * Gives the file its name.
 *
 * Returns: (transfer full) (nullable): its path: the one that was chosen, or
 *   one with a number where that has been taken since
 */
char *wn_part_file_finish (WnPartFile *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnPartFile, wn_part_file_free)

G_END_DECLS
