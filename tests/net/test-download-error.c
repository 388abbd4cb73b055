/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a download's caller can tell apart of what libsoup and a server say.
 */

#include <gio/gio.h>

#include "net/http/download-error.h"

static void
test_network (void)
{
  const struct
  {
    GQuark domain;
    int code;
    WnDownloadError wanted;
  } cases[] = {
    { G_TLS_ERROR, G_TLS_ERROR_UNAVAILABLE, WN_DOWNLOAD_ERROR_NO_TLS },
    { G_TLS_ERROR, G_TLS_ERROR_NOT_TLS, WN_DOWNLOAD_ERROR_TLS },
    { G_TLS_ERROR, G_TLS_ERROR_EOF, WN_DOWNLOAD_ERROR_TLS },
    { G_IO_ERROR, G_IO_ERROR_PROXY_FAILED, WN_DOWNLOAD_ERROR_PROXY },
    { G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED, WN_DOWNLOAD_ERROR_PROXY },
    { G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH, WN_DOWNLOAD_ERROR_PROXY },
    { G_IO_ERROR, G_IO_ERROR_PROXY_NOT_ALLOWED, WN_DOWNLOAD_ERROR_PROXY },
    { G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, WN_DOWNLOAD_ERROR_NETWORK },
    { G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, WN_DOWNLOAD_ERROR_NETWORK },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) cause = g_error_new_literal (cases[i].domain,
                                                      cases[i].code,
                                                      "for a reason");
      g_autoptr (GError) error = wn_download_error_new_from_network (cause);

      g_assert_error (error, WN_DOWNLOAD_ERROR, (int) cases[i].wanted);
      g_assert_cmpstr (error->message, ==, "for a reason");
    }
}

static void
test_statuses (void)
{
  static const struct
  {
    guint status;
    WnDownloadError wanted;
  } cases[] = {
    { 204, WN_DOWNLOAD_ERROR_NO_FILE },
    { 206, WN_DOWNLOAD_ERROR_NO_FILE },
    { 299, WN_DOWNLOAD_ERROR_NO_FILE },
    { 300, WN_DOWNLOAD_ERROR_STATUS },
    { 401, WN_DOWNLOAD_ERROR_UNAUTHORIZED },
    { 402, WN_DOWNLOAD_ERROR_STATUS },
    { 403, WN_DOWNLOAD_ERROR_UNAUTHORIZED },
    { 404, WN_DOWNLOAD_ERROR_NOT_FOUND },
    { 410, WN_DOWNLOAD_ERROR_NOT_FOUND },
    { 500, WN_DOWNLOAD_ERROR_STATUS },
    { 999, WN_DOWNLOAD_ERROR_STATUS },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error
          = wn_download_error_new_from_status (cases[i].status);

      g_assert_error (error, WN_DOWNLOAD_ERROR, (int) cases[i].wanted);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
}

static void
test_proxy (void)
{
  g_autoptr (GError) error = wn_download_error_new_from_proxy (407);

  g_assert_error (error, WN_DOWNLOAD_ERROR, WN_DOWNLOAD_ERROR_PROXY);
  g_assert_cmpstr (error->message, ==, "Proxy Authentication Required");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/download-error/each cause has its code", test_network);
  g_test_add_func ("/download-error/each status has its code", test_statuses);
  g_test_add_func ("/download-error/a proxy's answer is the proxy's",
                   test_proxy);
  return g_test_run ();
}
