/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One export's bytes over HTTP (PROTOCOL §5): streams the body, goes on after a
 * break, gives up what crawls. It knows no file and no user: the bytes go to
 * the listener, and so do the endings.
 */

#pragma once

#include <gio/gio.h>

#include "net/http/download-config.h"
#include "net/http/download-error.h"

G_BEGIN_DECLS

#define WN_TYPE_DOWNLOAD (wn_download_get_type ())
G_DECLARE_FINAL_TYPE (WnDownload, wn_download, WN, DOWNLOAD, GObject)

/**
 * WnDownloadListener:
 * @started: the server sends the file: @size bytes or %WN_SIZE_UNKNOWN. Comes
 *   again where a broken download has to start over: what came before is void
 * @data: the next @length bytes, at most 256 KiB; borrowed for the call.
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
 * Returns: (transfer full): a download that has begun
 */
WnDownload *wn_download_new (const WnDownloadConfig *config,
                             const WnDownloadListener *listener,
                             gpointer user_data);

/**
 * wn_download_cancel:
 * @self: a download
 *
 * Ends it. Nothing more is heard. Cancelling twice is once.
 */
void wn_download_cancel (WnDownload *self);

/**
 * wn_download_dup_doubt:
 * @self: a download that has failed
 *
 * Returns: (transfer full) (nullable): the certificate that it failed for with
 *   %WN_DOWNLOAD_ERROR_CERTIFICATE; %NULL with any other ending
 */
WnTlsDoubt *wn_download_dup_doubt (WnDownload *self);

G_END_DECLS
