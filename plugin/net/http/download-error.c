/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Errors of libraries and statuses, sorted into codes. Pure: of libsoup it
 * takes the names of the statuses only.
 */

#include "net/http/download-error.h"

#include <gio/gio.h>
#include <libsoup/soup.h>

GQuark
wn_download_error_quark (void)
{
  return g_quark_from_static_string ("wn-download-error-quark");
}

GError *
wn_download_error_new (WnDownloadError code)
{
  return g_error_new (WN_DOWNLOAD_ERROR, (int) code, "code %d", (int) code);
}

static WnDownloadError
find_network_code (const GError *error)
{
  if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_UNAVAILABLE))
    return WN_DOWNLOAD_ERROR_NO_TLS;
  if (error->domain == G_TLS_ERROR)
    return WN_DOWNLOAD_ERROR_TLS;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_NOT_ALLOWED))
    return WN_DOWNLOAD_ERROR_PROXY;
  return WN_DOWNLOAD_ERROR_NETWORK;
}

GError *
wn_download_error_new_from_network (const GError *error)
{
  return g_error_new_literal (WN_DOWNLOAD_ERROR,
                              (int) find_network_code (error),
                              error->message);
}

GError *
wn_download_error_new_from_proxy (guint status)
{
  return g_error_new_literal (WN_DOWNLOAD_ERROR,
                              WN_DOWNLOAD_ERROR_PROXY,
                              soup_status_get_phrase (status));
}

static WnDownloadError
find_status_code (guint status)
{
  switch (status)
    {
    case SOUP_STATUS_UNAUTHORIZED:
    case SOUP_STATUS_FORBIDDEN:
      return WN_DOWNLOAD_ERROR_UNAUTHORIZED;
    case SOUP_STATUS_NOT_FOUND:
    case SOUP_STATUS_GONE:
      return WN_DOWNLOAD_ERROR_NOT_FOUND;
    default:
      return SOUP_STATUS_IS_SUCCESSFUL (status) ? WN_DOWNLOAD_ERROR_NO_FILE
                                                : WN_DOWNLOAD_ERROR_STATUS;
    }
}

GError *
wn_download_error_new_from_status (guint status)
{
  return g_error_new (WN_DOWNLOAD_ERROR,
                      (int) find_status_code (status),
                      "%u",
                      status);
}
