/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A table of sentences for what has only one, and a function for each source
 * that says more. Pure: of libsoup it takes the names of the statuses only.
 */

#include "net/http/download-error.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>

static const char *const sentences[] = {
  [WN_DOWNLOAD_ERROR_CERTIFICATE]
  = N_ ("The server's certificate is not trusted, and you have not accepted "
        "it."),
  [WN_DOWNLOAD_ERROR_REDIRECTED]
  = N_ ("The server sent us to an address that we do not follow."),
  [WN_DOWNLOAD_ERROR_SHORT]
  = N_ ("The server stopped before the file was complete."),
  [WN_DOWNLOAD_ERROR_LONG] = N_ ("The server sent more than it had announced."),
  [WN_DOWNLOAD_ERROR_ENCODING]
  = N_ ("The server sent the file in an encoding that can't be undone."),
  [WN_DOWNLOAD_ERROR_PAGE]
  = N_ ("The server sent a web page in place of the file."),
  [WN_DOWNLOAD_ERROR_SLOW]
  = N_ ("The server sent nothing, or next to nothing, for too long."),
};

GQuark
wn_download_error_quark (void)
{
  return g_quark_from_static_string ("wn-download-error-quark");
}

GError *
wn_download_error_new (WnDownloadError code)
{
  g_return_val_if_fail (code < G_N_ELEMENTS (sentences), NULL);
  g_return_val_if_fail (sentences[code] != NULL, NULL);

  return g_error_new_literal (WN_DOWNLOAD_ERROR,
                              (int) code,
                              _ (sentences[code]));
}

GError *
wn_download_error_new_bad_length (void)
{
  return g_error_new_literal (
      WN_DOWNLOAD_ERROR,
      WN_DOWNLOAD_ERROR_NETWORK,
      _ ("The server announced a length that is no number."));
}

GError *
wn_download_error_new_from_network (const GError *error)
{
  if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_UNAVAILABLE))
    return g_error_new_literal (WN_DOWNLOAD_ERROR,
                                WN_DOWNLOAD_ERROR_TLS,
                                _ ("This system has no TLS for GLib. Install "
                                   "the package glib-networking."));
  if (error->domain == G_TLS_ERROR)
    return g_error_new (WN_DOWNLOAD_ERROR,
                        WN_DOWNLOAD_ERROR_TLS,
                        _ ("No secure connection to the server could be "
                           "made: %s."),
                        error->message);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_NOT_ALLOWED))
    return g_error_new (WN_DOWNLOAD_ERROR,
                        WN_DOWNLOAD_ERROR_PROXY,
                        _ ("The proxy did not let us through: %s."),
                        error->message);
  return g_error_new (WN_DOWNLOAD_ERROR,
                      WN_DOWNLOAD_ERROR_NETWORK,
                      _ ("The connection to the server failed: %s."),
                      error->message);
}

GError *
wn_download_error_new_from_status (guint status)
{
  switch (status)
    {
    case SOUP_STATUS_UNAUTHORIZED:
    case SOUP_STATUS_FORBIDDEN:
      return g_error_new (WN_DOWNLOAD_ERROR,
                          WN_DOWNLOAD_ERROR_UNAUTHORIZED,
                          _ ("The server does not allow this download "
                             "(status %u)."),
                          status);
    case SOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED:
      return g_error_new (WN_DOWNLOAD_ERROR,
                          WN_DOWNLOAD_ERROR_PROXY,
                          _ ("The proxy did not let us through: %s."),
                          soup_status_get_phrase (status));
    case SOUP_STATUS_NOT_FOUND:
    case SOUP_STATUS_GONE:
      return g_error_new (WN_DOWNLOAD_ERROR,
                          WN_DOWNLOAD_ERROR_NOT_FOUND,
                          _ ("The server does not have this file "
                             "(status %u)."),
                          status);
    default:
      break;
    }
  if (SOUP_STATUS_IS_SUCCESSFUL (status))
    return g_error_new (WN_DOWNLOAD_ERROR,
                        WN_DOWNLOAD_ERROR_NO_FILE,
                        _ ("The server answered without a file "
                           "(status %u)."),
                        status);
  return g_error_new (WN_DOWNLOAD_ERROR,
                      WN_DOWNLOAD_ERROR_STATUS,
                      _ ("The server answered with the status %u."),
                      status);
}
