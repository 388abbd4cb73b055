/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What tests/bench/instructions counts the instructions of, under callgrind:
 * all that counted() does, which is called once everything is set up. Either
 * the module in the headless host, from the socket to the IM, or a download
 * that is thrown away. BODIES: see wn_bodies_make_set().
 *
 *   counted ims BODIES SIZE N
 *   counted mebibytes N
 */

#include "bench/bench.h"
#include "bench/stream-server.h"
#include "net/http/download.h"

#define MEBIBYTE (1024 * 1024)

/* Neither inlined nor static: callgrind knows it by its name. */
void counted (gboolean (*is_done) (guint n), guint n);

G_NO_INLINE void
counted (gboolean (*is_done) (guint n), guint n)
{
  while (!is_done (n))
    g_main_context_iteration (NULL, TRUE);
}

/* From the socket to the IM */

static gboolean
are_shown (guint n)
{
  return wn_bench_host_get_n_ims () >= n;
}

static void
count_ims (guint port, const char *bodies, const char *size, guint n)
{
  g_autofree char *url
      = g_strdup_printf ("ws://127.0.0.1:%u/?n=%u&size=%s&bodies=%s",
                         port,
                         n,
                         size,
                         bodies);
  PurpleAccount *account;

  wn_bench_host_start (FALSE);
  account = wn_bench_host_sign_on ("1001", url);
  counted (are_shown, n);
  wn_bench_host_sign_off (account);
}

/* A download */

static guint64 n_bytes;
static gboolean is_started;
static gboolean is_finished;

static void
on_started (WnDownload *download, gint64 size, gpointer user_data)
{
  is_started = TRUE;
}

static gboolean
on_data (WnDownload *download,
         const guint8 *bytes,
         gsize length,
         gpointer user_data)
{
  n_bytes += length;
  return TRUE;
}

static void
on_finished (WnDownload *download, gpointer user_data)
{
  is_finished = TRUE;
}

static void
on_failed (WnDownload *download, const GError *error, gpointer user_data)
{
  g_error ("%s", error->message);
}

static gboolean
are_loaded (guint n)
{
  return is_finished;
}

static void
count_mebibytes (guint port, guint n)
{
  static const WnDownloadListener listener = {
    .started = on_started,
    .data = on_data,
    .finished = on_finished,
    .failed = on_failed,
  };
  g_autofree char *url
      = g_strdup_printf ("http://127.0.0.1:%u/?bytes=%u", port, n * MEBIBYTE);
  g_autoptr (GProxyResolver) direct = g_simple_proxy_resolver_new (NULL, NULL);
  WnDownloadConfig config = { .url = url, .proxy_resolver = direct };
  g_autoptr (WnDownload) download G_GNUC_UNUSED
      = wn_download_new (&config, &listener, NULL);

  while (!is_started)
    g_main_context_iteration (NULL, TRUE);
  counted (are_loaded, n);
  g_assert_cmpuint (n_bytes, ==, (guint64) n * MEBIBYTE);
}

static guint
number_of (const char *text)
{
  return (guint) g_ascii_strtoull (text, NULL, 10);
}

int
main (int argc, char **argv)
{
  WnStreamServer server;

  wn_stream_server_start (&server);
  if (argc == 5 && g_str_equal (argv[1], "ims"))
    count_ims (server.port, argv[2], argv[3], number_of (argv[4]));
  else if (argc == 3 && g_str_equal (argv[1], "mebibytes"))
    count_mebibytes (server.port, number_of (argv[2]));
  else
    g_error ("which of them?");
  wn_stream_server_stop (&server);
  return 0;
}
