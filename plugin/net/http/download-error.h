/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Why a download ended without its file: one code for each reason that a
 * caller can tell apart. Where a reason is noticed, and whether it ends the
 * download, is not decided here; nor is what people read about it
 * (`purple/sentences.h`).
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WN_DOWNLOAD_ERROR (wn_download_error_quark ())
GQuark wn_download_error_quark (void);

/**
 * WnDownloadError:
 * @WN_DOWNLOAD_ERROR_NETWORK: no connection, or it broke for good; the
 *   message is the system's
 * @WN_DOWNLOAD_ERROR_NO_TLS: the system has no TLS
 * @WN_DOWNLOAD_ERROR_TLS: no secure connection, and the certificate is not why;
 *   the message is the system's
 * @WN_DOWNLOAD_ERROR_CERTIFICATE: the certificate is not trusted; nothing was
 *   sent to who showed it
 * @WN_DOWNLOAD_ERROR_PROXY: the proxy did not let us through; the message says
 *   why
 * @WN_DOWNLOAD_ERROR_UNAUTHORIZED: 401 or 403; the message is the status
 * @WN_DOWNLOAD_ERROR_NOT_FOUND: 404 or 410; the message is the status
 * @WN_DOWNLOAD_ERROR_NO_FILE: 204, or another 2xx that carries no file; the
 *   message is the status
 * @WN_DOWNLOAD_ERROR_STATUS: any other status, which the message is
 * @WN_DOWNLOAD_ERROR_REDIRECTED: too many redirects, or one that is not
 *   followed (`net/http/redirect.h`)
 * @WN_DOWNLOAD_ERROR_LENGTH: the announced length is no number
 * @WN_DOWNLOAD_ERROR_SHORT: the body ended before its announced end
 * @WN_DOWNLOAD_ERROR_LONG: there was more of it than announced
 * @WN_DOWNLOAD_ERROR_ENCODING: it came encoded in a way that is not undone, or
 *   that grows beyond bounds
 * @WN_DOWNLOAD_ERROR_PAGE: it is a web page in place of the file
 * @WN_DOWNLOAD_ERROR_SLOW: nothing, or next to nothing, came for too long
 */
typedef enum
{
  WN_DOWNLOAD_ERROR_NETWORK,
  WN_DOWNLOAD_ERROR_NO_TLS,
  WN_DOWNLOAD_ERROR_TLS,
  WN_DOWNLOAD_ERROR_CERTIFICATE,
  WN_DOWNLOAD_ERROR_PROXY,
  WN_DOWNLOAD_ERROR_UNAUTHORIZED,
  WN_DOWNLOAD_ERROR_NOT_FOUND,
  WN_DOWNLOAD_ERROR_NO_FILE,
  WN_DOWNLOAD_ERROR_STATUS,
  WN_DOWNLOAD_ERROR_REDIRECTED,
  WN_DOWNLOAD_ERROR_LENGTH,
  WN_DOWNLOAD_ERROR_SHORT,
  WN_DOWNLOAD_ERROR_LONG,
  WN_DOWNLOAD_ERROR_ENCODING,
  WN_DOWNLOAD_ERROR_PAGE,
  WN_DOWNLOAD_ERROR_SLOW,
} WnDownloadError;

/** Returns: (transfer full): an error that takes no more to say than @code */
GError *wn_download_error_new (WnDownloadError code);

/**
 * wn_download_error_new_from_network:
 * @error: what GIO or libsoup says
 *
 * Returns: (transfer full): %WN_DOWNLOAD_ERROR_NO_TLS, `TLS`, `PROXY` or
 *   `NETWORK`
 */
GError *wn_download_error_new_from_network (const GError *error);

/**
 * wn_download_error_new_from_proxy:
 * @status: an HTTP status, which is the proxy's answer
 *
 * Returns: (transfer full): %WN_DOWNLOAD_ERROR_PROXY
 */
GError *wn_download_error_new_from_proxy (guint status);

/**
 * wn_download_error_new_from_status:
 * @status: an HTTP status other than 200, which is the server's answer
 *
 * Returns: (transfer full): what it means for who wanted a file
 */
GError *wn_download_error_new_from_status (guint status);

G_END_DECLS
