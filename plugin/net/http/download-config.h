/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What to get: the same for a download and for the question how large it is.
 */

#pragma once

#include <gio/gio.h>

#include "core/message/attachment.h"
#include "net/tls.h"

G_BEGIN_DECLS

/**
 * WnDownloadConfig: borrowed for the length of the call
 * @url: an `http://` or `https://` URL
 * @authorization: (nullable): the value of a header `Authorization`, which is
 *   sent to @url's origin and to no other; the caller has decided that it may
 *   go there
 * @proxy_resolver: who says which proxy to use
 * @trust: (nullable): which certificates are trusted beside the system's
 * @takes_page: whether a web page may be the file
 */
typedef struct
{
  const char *url;
  const char *authorization;
  GProxyResolver *proxy_resolver;
  WnTlsTrust *trust;
  gboolean takes_page;
} WnDownloadConfig;

G_END_DECLS
