/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How large a file is, asked before it is offered: only for BitlBee, which
 * can't offer a file without its size (DESIGN §6). It is one HEAD, because a
 * GET may make the file, or use it up.
 */

#pragma once

#include "net/http/download-config.h"

G_BEGIN_DECLS

/**
 * wn_size_query_async:
 * @config: what to ask for
 * @stays_outside: whether nothing is asked of this machine
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when the server has answered, or after 3 s
 * @user_data: for @callback
 *
 * Asks how large the file is, by the same rules as the download itself, but
 * that no redirect leads to another host.
 */
void wn_size_query_async (const WnDownloadConfig *config,
                          gboolean stays_outside,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);

/**
 * wn_size_query_finish:
 * @result: what @callback was given
 * @doubt: (out) (transfer full) (nullable): the certificate for which nothing
 *   was asked; %NULL where it was trusted, or there was none
 *
 * Returns: the size in bytes, more than 0, or %WN_SIZE_UNKNOWN where the server
 *   doesn't say, doesn't answer, or @cancellable was cancelled
 */
gint64 wn_size_query_finish (GAsyncResult *result, WnTlsDoubt **doubt);

G_END_DECLS
