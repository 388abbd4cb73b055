/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A file that a notification is about: what it is called, where it lies, and
 * what is known of it beforehand. A value; nothing is asked of anybody here.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** WN_SIZE_UNKNOWN: the size of a file whose server does not tell it */
#define WN_SIZE_UNKNOWN (-1)

/**
 * WnAttachment:
 * @key: (owned): tells it from others, and is what a user may call it: the
 *   back office's `filename`, else the URL; as it came, valid UTF-8
 * @name: (owned): what the server calls the file, as it came; a file system's
 *   name is made of it by `core/message/file-name.h`
 * @url: (owned): an `http://` or `https://` URL, checked
 * @size: in bytes, or %WN_SIZE_UNKNOWN
 * @expires_us: until when it can be had, wall-clock time in microseconds; 0
 *   where the server does not say
 */
typedef struct
{
  char *key;
  char *name;
  char *url;
  gint64 size;
  gint64 expires_us;
} WnAttachment;

/**
 * wn_attachment_new:
 * @key: tells it from others
 * @name: what the server calls it
 * @url: (transfer full): where it lies
 *
 * Returns: (transfer full): an attachment of unknown size that does not expire
 */
WnAttachment *wn_attachment_new (const char *key, const char *name, char *url);
WnAttachment *wn_attachment_copy (const WnAttachment *self);
void wn_attachment_free (WnAttachment *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnAttachment, wn_attachment_free)

G_END_DECLS
