/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * All that a server says to a download, over a socket: a line of `~~` divides
 * the answers to the size query and to one request after the other, so that
 * resumed downloads and their Content-Range are part of it. Timers of seconds
 * are of milliseconds here, and a download that is not over with the last
 * answer is cancelled.
 */

#define _GNU_SOURCE /* memmem */
#include <string.h>

#include "fuzz/fuzz.h"
#include "net/http/download.h"
#include "net/http/size.h"
#include "support/byte-server.h"

#define DIVIDER "\n~~\n"
#define MAX_ANSWERS 5
#define MAX_BYTES_RATIO 2048

typedef struct
{
  guint n_started;
  guint n_ended;
  gint64 size;
  gint64 n_bytes;
  gboolean is_size_known;
} Heard;

GSource *__wrap_g_timeout_source_new_seconds (guint interval);

GSource *
__wrap_g_timeout_source_new_seconds (guint interval)
{
  return g_timeout_source_new (interval);
}

static void
on_started (WnDownload *download, gint64 size, gpointer user_data)
{
  Heard *heard = user_data;

  g_assert_cmpuint (heard->n_ended, ==, 0);
  g_assert_cmpint (size, >=, WN_SIZE_UNKNOWN);
  heard->n_started++;
  heard->size = size;
  heard->n_bytes = 0;
}

static gboolean
on_data (WnDownload *download,
         const guint8 *bytes,
         gsize length,
         gpointer user_data)
{
  Heard *heard = user_data;

  g_assert_cmpuint (heard->n_started, >, 0);
  g_assert_cmpuint (heard->n_ended, ==, 0);
  g_assert_cmpuint (length, >, 0);
  g_assert_cmpuint (length, <=, 64 * 1024);
  heard->n_bytes += (gint64) length;
  if (heard->size != WN_SIZE_UNKNOWN)
    g_assert_cmpint (heard->n_bytes, <=, heard->size);
  return TRUE;
}

static void
on_finished (WnDownload *download, gpointer user_data)
{
  Heard *heard = user_data;

  g_assert_cmpuint (heard->n_started, >, 0);
  g_assert_cmpuint (heard->n_ended++, ==, 0);
  if (heard->size != WN_SIZE_UNKNOWN)
    g_assert_cmpint (heard->n_bytes, ==, heard->size);
}

static void
on_failed (WnDownload *download, const GError *error, gpointer user_data)
{
  Heard *heard = user_data;

  g_assert_cmpuint (heard->n_ended++, ==, 0);
  g_assert_true (error->domain == WN_DOWNLOAD_ERROR);
  g_assert_cmpstr (error->message, !=, "");
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static const WnDownloadListener listener = { .started = on_started,
                                             .data = on_data,
                                             .finished = on_finished,
                                             .failed = on_failed };

/* Returns how many answers there are. */
static guint
add_answers (WnByteServer *server, const uint8_t *data, size_t size)
{
  const guint8 *end = data + size;
  guint n = 0;

  while (n < MAX_ANSWERS && data != NULL)
    {
      const guint8 *divider
          = data < end ? memmem (data, (gsize) (end - data), DIVIDER, 4) : NULL;
      const guint8 *stop = divider != NULL ? divider : end;

      wn_byte_server_add (server,
                          data,
                          (gsize) (stop - data),
                          WN_BYTE_ENDING_CLOSE);
      data = divider != NULL ? divider + 4 : NULL;
      n++;
    }
  return n;
}

static void
on_size (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Heard *heard = user_data;
  g_autoptr (WnTlsDoubt) doubt = NULL;
  gint64 size = wn_size_query_finish (result, &doubt);

  g_assert_null (doubt);
  g_assert_true (size == WN_SIZE_UNKNOWN || size > 0);
  heard->is_size_known = TRUE;
}

static void
query_size (const WnDownloadConfig *config, Heard *heard)
{
  wn_size_query_async (config, FALSE, NULL, on_size, heard);
  while (!heard->is_size_known)
    g_main_context_iteration (NULL, TRUE);
}

static void
run_download (WnByteServer *server,
              const WnDownloadConfig *config,
              guint n_answers,
              Heard *heard)
{
  g_autoptr (WnDownload) download = wn_download_new (config, &listener, heard);

  while (heard->n_ended == 0
         && wn_byte_server_get_n_requests (server) <= n_answers)
    g_main_context_iteration (NULL, TRUE);
  wn_download_cancel (download);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Heard heard = { 0 };
  g_autoptr (WnByteServer) server = wn_byte_server_new ();
  g_autoptr (GProxyResolver) direct = g_simple_proxy_resolver_new (NULL, NULL);
  g_autofree char *url = wn_byte_server_dup_url (server);
  WnDownloadConfig config = { .url = url,
                              .authorization = "Bearer secret",
                              .proxy_resolver = direct };
  guint n_answers;

  /* No input leads the client to another machine. */
  if (size == 0 || g_strstr_len ((const char *) data, (gssize) size, "//"))
    return 0;
  n_answers = add_answers (server, data, size);
  query_size (&config, &heard);
  run_download (server, &config, n_answers, &heard);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  return 0;
}
