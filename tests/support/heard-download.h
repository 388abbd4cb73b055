/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a download's listener was told, and the bytes.
 */

#pragma once

#include "net/http/download.h"

G_BEGIN_DECLS

/**
 * WnHeardDownload:
 * @bytes: (owned) (nullable): since it started last; %NULL: it never did
 * @error: (owned) (nullable): what it failed with
 * @is_done: whether it finished or failed
 */
typedef struct
{
  GByteArray *bytes;
  GError *error;
  guint n_started;
  gboolean is_done;
} WnHeardDownload;

/** wn_heard_download_listener: its user data is a WnHeardDownload */
extern const WnDownloadListener wn_heard_download_listener;

void wn_heard_download_clear (WnHeardDownload *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WnHeardDownload, wn_heard_download_clear)

G_END_DECLS
