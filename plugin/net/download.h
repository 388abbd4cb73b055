/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One export's bytes over HTTP (PROTOCOL §5): asks for the size, streams the
 * body, goes on after a break. It knows no file and no user: the bytes go to
 * the listener, and so do the endings.
 */

#pragma once

#include <gio/gio.h>

#include "net/download-config.h"
#include "net/download-error.h"

G_BEGIN_DECLS

#define WN_TYPE_DOWNLOAD (wn_download_get_type ())
G_DECLARE_FINAL_TYPE (WnDownload, wn_download, WN, DOWNLOAD, GObject)

/**
 * WnDownloadListener:
 * @started: the server sends the file: @size bytes or %WN_SIZE_UNKNOWN. Comes
 *   again where a broken download has to start over: what came before is void
 * @data: the next @length bytes, at most 64 KiB; borrowed for the call.
 *   Returns whether to go on: %FALSE cancels
 * @finished: every byte has been handed over
 * @failed: the download has ended without the file
 *
 * `finished` or `failed` is the last call. None comes after
 * wn_download_cancel(), and none from inside a call of ours. Any may cancel or
 * drop the last reference.
 */
typedef struct
{
  void (*started) (WnDownload *download, gint64 size, gpointer user_data);
  gboolean (*data) (WnDownload *download,
                    const guint8 *bytes,
                    gsize length,
                    gpointer user_data);
  void (*finished) (WnDownload *download, gpointer user_data);
  void (*failed) (WnDownload *download,
                  const GError *error,
                  gpointer user_data);
} WnDownloadListener;

/**
 * wn_download_new:
 * @config: what to get
 * @listener: static
 * @user_data: for @listener; must live until the last call or
 *   wn_download_cancel()
 *
 * Returns: (transfer full): a download that has not been started
 */
WnDownload *wn_download_new (const WnDownloadConfig *config,
                             const WnDownloadListener *listener,
                             gpointer user_data);

/**
 * wn_download_start:
 * @self: a download; once only
 */
void wn_download_start (WnDownload *self);

/**
 * wn_download_cancel:
 * @self: a download
 *
 * Ends it. Nothing more is heard. Cancelling twice is once.
 */
void wn_download_cancel (WnDownload *self);

/**
 * wn_download_query_size_async:
 * @config: what to ask for
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when done, or after 10 s
 * @user_data: for @callback
 *
 * Asks how large the file is: HEAD, else GET of one byte's range, by the same
 * rules as the download itself.
 */
void wn_download_query_size_async (const WnDownloadConfig *config,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);

/**
 * wn_download_query_size_finish:
 * @result: what @callback was given
 * @error: return location: %G_IO_ERROR_CANCELLED, and nothing else
 *
 * Returns: the size in bytes, %WN_SIZE_UNKNOWN where the server does not say,
 *   does not answer, or refuses; -2 with @error set when it was cancelled
 */
gint64 wn_download_query_size_finish (GAsyncResult *result, GError **error);

/**
 * wn_download_query_size_dup_doubt:
 * @result: what @callback was given
 *
 * Returns: (transfer full) (nullable): the certificate that the size is not
 *   known for; %NULL where it was trusted, or there was none
 */
WnTlsDoubt *wn_download_query_size_dup_doubt (GAsyncResult *result);

/**
 * wn_download_query_size_dup_refusal:
 * @result: what @callback was given
 *
 * Returns: (transfer full) (nullable): %WN_DOWNLOAD_ERROR_UNAUTHORIZED or
 *   %WN_DOWNLOAD_ERROR_NOT_FOUND where a GET, and not only HEAD, was answered
 *   so: a download at this moment would end with it
 */
GError *wn_download_query_size_dup_refusal (GAsyncResult *result);

G_END_DECLS
