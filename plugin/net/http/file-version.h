/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which version of a file a server is sending, so that the rest that comes
 * after a break is put only to a beginning of the same version. Pure.
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct _WnFileVersion WnFileVersion;

/**
 * wn_file_version_new:
 * @message: one that has been answered with the file from its start
 *
 * Returns: (transfer full): what its head says of the version
 */
WnFileVersion *wn_file_version_new (SoupMessage *message);
void wn_file_version_free (WnFileVersion *self);

/**
 * wn_file_version_get_validator:
 * @self: a version
 *
 * Returns: (nullable): what `If-Range` can take (RFC 9110 §13.1.5); %NULL where
 *   nothing tells this version from any other
 */
const char *wn_file_version_get_validator (const WnFileVersion *self);

/** Returns: whether the file is a web page */
gboolean wn_file_version_is_page (const WnFileVersion *self);

/**
 * wn_file_version_is_rest:
 * @self: the version of which the beginning has come
 * @message: one that has been answered
 * @from: the first byte that was asked for
 * @size: of the whole file, in bytes
 *
 * Returns: whether the answer is all from that byte on, of a file of that size,
 *   and nothing says that it is another version (RFC 9110 §15.3.7.3)
 */
gboolean wn_file_version_is_rest (const WnFileVersion *self,
                                  SoupMessage *message,
                                  gint64 from,
                                  gint64 size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnFileVersion, wn_file_version_free)

G_END_DECLS
