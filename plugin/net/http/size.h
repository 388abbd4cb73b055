/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How large an export is, before it is offered (PROTOCOL §5). It gets nothing
 * of it but one byte, where HEAD does not say.
 */

#pragma once

#include "net/http/download-config.h"

G_BEGIN_DECLS

/**
 * wn_size_query_async:
 * @config: what to ask for
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when done, or after 10 s
 * @user_data: for @callback
 *
 * Asks how large the file is: HEAD, else GET of one byte's range, by the same
 * rules as the download itself.
 */
void wn_size_query_async (const WnDownloadConfig *config,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);

/**
 * wn_size_query_finish:
 * @result: what @callback was given
 * @error: return location: %G_IO_ERROR_CANCELLED, and nothing else
 *
 * Returns: the size in bytes, %WN_SIZE_UNKNOWN where the server does not say,
 *   does not answer, or refuses; -2 with @error set when it was cancelled
 */
gint64 wn_size_query_finish (GAsyncResult *result, GError **error);

/**
 * wn_size_query_dup_doubt:
 * @result: what @callback was given
 *
 * Returns: (transfer full) (nullable): the certificate that the size is not
 *   known for; %NULL where it was trusted, or there was none
 */
WnTlsDoubt *wn_size_query_dup_doubt (GAsyncResult *result);

/**
 * wn_size_query_dup_refusal:
 * @result: what @callback was given
 *
 * Returns: (transfer full) (nullable): %WN_DOWNLOAD_ERROR_UNAUTHORIZED or
 *   %WN_DOWNLOAD_ERROR_NOT_FOUND where a GET, and not only HEAD, was answered
 *   so: a download at this moment would end with it
 */
GError *wn_size_query_dup_refusal (GAsyncResult *result);

G_END_DECLS
