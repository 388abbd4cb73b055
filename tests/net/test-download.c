/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Downloads against a real server of libsoup's and, for what no proper server
 * does, one that says exactly the bytes it was told.
 */

#include "net/http/download.h"

#include <string.h>

#include <libsoup/soup.h>

#include "net/http/redirect.h"
#include "net/http/size.h"
#include "support/byte-server.h"
#include "support/soup.h"
#include "support/stub-resolver.h"
#include "support/virtual-timers.h"
#include "support/wait.h"

#define MAX_PIECE_BYTES (256 * 1024)

/* libsoup 3.2's server leaks each socket that it accepts, and its own address.
 * These are the sanitizer's hooks; without it nobody calls them.
 */
const char *__asan_default_options (void);
const char *__lsan_default_suppressions (void);

const char *
__asan_default_options (void)
{
  return "fast_unwind_on_malloc=0";
}

const char *
__lsan_default_suppressions (void)
{
  return "leak:g_socket_accept\nleak:soup_server_listen_local\n";
}

/* What a download was heard to say. */

typedef enum
{
  CALL_NONE,
  CALL_STARTED,
  CALL_DATA,
  CALL_FINISHED,
  CALL_FAILED,
} Call;

typedef struct
{
  WnDownload *download; /* (owned) (nullable) */
  GChecksum *checksum;  /* (owned): of what came */
  WnByteServer *raw;    /* (unowned) (nullable): to be reset on data */
  GError *error;        /* (owned) (nullable) */
  Call cancel_in;       /* cancels and drops the download in that call */
  Call last;
  guint n_started;
  guint n_calls;
  gint64 size;
  gint64 n_bytes;
  gboolean is_done;
} Heard;

static void
hear (Heard *heard, Call call)
{
  g_assert_false (heard->is_done);
  heard->last = call;
  heard->n_calls++;
  if (call == CALL_FINISHED || call == CALL_FAILED)
    heard->is_done = TRUE;
  if (call == heard->cancel_in)
    {
      wn_download_cancel (heard->download);
      g_clear_object (&heard->download);
      heard->is_done = TRUE;
    }
}

static void
on_started (WnDownload *download, gint64 size, gpointer user_data)
{
  Heard *heard = user_data;

  heard->n_started++;
  heard->size = size;
  heard->n_bytes = 0;
  g_checksum_reset (heard->checksum);
  hear (heard, CALL_STARTED);
}

static gboolean
on_data (WnDownload *download,
         const guint8 *bytes,
         gsize length,
         gpointer user_data)
{
  Heard *heard = user_data;

  g_assert_cmpuint (heard->n_started, >, 0);
  g_assert_cmpuint (length, >, 0);
  g_assert_cmpuint (length, <=, MAX_PIECE_BYTES);
  g_checksum_update (heard->checksum, bytes, (gssize) length);
  heard->n_bytes += (gint64) length;
  if (heard->raw != NULL)
    wn_byte_server_reset (g_steal_pointer (&heard->raw));
  hear (heard, CALL_DATA);
  return TRUE;
}

static void
on_finished (WnDownload *download, gpointer user_data)
{
  hear (user_data, CALL_FINISHED);
}

static void
on_failed (WnDownload *download, const GError *error, gpointer user_data)
{
  Heard *heard = user_data;

  heard->error = g_error_copy (error);
  hear (heard, CALL_FAILED);
}

static const WnDownloadListener listener
    = { on_started, on_data, on_finished, on_failed };

static guint
count_text (const char *text, const char *part)
{
  guint n = 0;

  while ((text = strstr (text, part)) != NULL)
    {
      text += strlen (part);
      n++;
    }
  return n;
}

static void
heard_begin_with (Heard *heard, const WnDownloadConfig *config)
{
  heard->checksum = g_checksum_new (G_CHECKSUM_SHA256);
  heard->download = wn_download_new (config, &listener, heard);
  g_assert_cmpuint (heard->n_calls, ==, 0);
}

static void
heard_begin (Heard *heard, const char *url, const char *token)
{
  WnDownloadConfig config = { url, token, g_proxy_resolver_get_default () };

  heard_begin_with (heard, &config);
}

/* Lets the time pass that lies between attempts that get no further. */
static void
run_through_retries (Heard *heard)
{
  static const guint delays[] = { 1, 5, 10, 20 };

  while (!heard->is_done)
    {
      g_main_context_iteration (NULL, TRUE);
      for (gsize i = 0; i < G_N_ELEMENTS (delays); i++)
        if (!heard->is_done && wn_virtual_timers_has (delays[i]))
          wn_virtual_timers_pass (delays[i]);
    }
  wn_wait_until_dry ();
}

static void
run_to_end (Heard *heard)
{
  while (!heard->is_done)
    g_main_context_iteration (NULL, TRUE);
  wn_wait_until_dry ();
}

static void
heard_run (Heard *heard, const char *url, const char *token)
{
  heard_begin (heard, url, token);
  run_to_end (heard);
}

/* Nothing may keep the download alive once it has ended. */
static void
heard_clear (Heard *heard)
{
  gpointer download = heard->download;

  if (download != NULL)
    {
      g_object_add_weak_pointer (G_OBJECT (download), &download);
      g_object_unref (heard->download);
      wn_wait_until_dry ();
      g_assert_null (download);
    }
  g_checksum_free (heard->checksum);
  g_clear_error (&heard->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Heard, heard_clear)

/* The proper server. */

typedef struct
{
  SoupServer *server;    /* (owned) */
  GString *heads;        /* (owned): "METHOD path token|-\n" for each request */
  char *url;             /* (owned): without the path */
  const char *elsewhere; /* (unowned) (nullable): where /away leads */
} Site;

static GBytes *
make_content (gsize n_bytes)
{
  guint8 *content = g_malloc (MAX (n_bytes, 1));
  guint32 state = 1;

  for (gsize i = 0; i < n_bytes; i++)
    {
      state = state * 1664525 + 1013904223;
      content[i] = (guint8) (state >> 24);
    }
  return g_bytes_new_take (content, n_bytes);
}

static GBytes *
compress (GBytes *content, GZlibCompressorFormat format)
{
  g_autoptr (GConverter) converter
      = G_CONVERTER (g_zlib_compressor_new (format, 9));
  g_autoptr (GInputStream) plain
      = g_memory_input_stream_new_from_bytes (content);
  g_autoptr (GInputStream) packed
      = g_converter_input_stream_new (plain, converter);
  g_autoptr (GOutputStream) sink = g_memory_output_stream_new_resizable ();

  g_output_stream_splice (sink,
                          packed,
                          G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE
                              | G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET,
                          NULL,
                          NULL);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (sink));
}

static void
answer_bytes (SoupServerMessage *message, GBytes *content)
{
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  if (g_bytes_get_size (content) > 0)
    soup_message_body_append_bytes (soup_server_message_get_response_body (
                                        message),
                                    content);
}

static void
answer_packed (SoupServerMessage *message,
               const char *encoding,
               gsize n_bytes,
               GZlibCompressorFormat format)
{
  g_autoptr (GBytes) content = make_content (n_bytes);
  g_autoptr (GBytes) packed = compress (content, format);

  soup_message_headers_replace (soup_server_message_get_response_headers (
                                    message),
                                "Content-Encoding",
                                encoding);
  answer_bytes (message, packed);
}

static void
answer_bomb (SoupServerMessage *message)
{
  g_autoptr (GBytes) zeros = g_bytes_new_take (g_malloc0 (32 << 20), 32 << 20);
  g_autoptr (GBytes) packed = compress (zeros, G_ZLIB_COMPRESSOR_FORMAT_GZIP);

  soup_message_headers_replace (soup_server_message_get_response_headers (
                                    message),
                                "Content-Encoding",
                                "gzip");
  answer_bytes (message, packed);
}

static void
answer_redirect (SoupServerMessage *message, const char *location)
{
  soup_server_message_set_status (message, SOUP_STATUS_FOUND, NULL);
  soup_message_headers_replace (soup_server_message_get_response_headers (
                                    message),
                                "Location",
                                location);
}

static void
answer_html (SoupServerMessage *message, guint status)
{
  static const char html[] = "<h1>Oh dear</h1>";

  soup_server_message_set_status (message, status, NULL);
  if (status != SOUP_STATUS_NO_CONTENT)
    soup_server_message_set_response (message,
                                      "text/html",
                                      SOUP_MEMORY_STATIC,
                                      html,
                                      sizeof html - 1);
}

static void
note_request (Site *site, SoupServerMessage *message, const char *path)
{
  SoupMessageHeaders *headers
      = soup_server_message_get_request_headers (message);
  const char *token = soup_message_headers_get_one (headers, "Authorization");

  g_string_append_printf (site->heads,
                          "%s %s %s\n",
                          soup_server_message_get_method (message),
                          path,
                          token != NULL ? token : "-");
  g_assert_cmpstr (soup_message_headers_get_list (headers, "Accept-Encoding"),
                   ==,
                   "identity");
  g_assert_cmpstr (soup_message_headers_get_one (headers, "User-Agent"),
                   ==,
                   "purple-webnotify/" WN_VERSION);
}

static void
answer_sized (SoupServerMessage *message, gsize n_bytes, gboolean chunked)
{
  g_autoptr (GBytes) content = make_content (n_bytes);

  if (chunked)
    soup_message_headers_set_encoding (
        soup_server_message_get_response_headers (message),
        SOUP_ENCODING_CHUNKED);
  answer_bytes (message, content);
  soup_message_body_complete (soup_server_message_get_response_body (message));
}

/* /sized/N, /chunked/N, /status/N, /hops/N, /away, /gzip, /deflate, /brotli,
 * /bomb, /no-head/N, /no-size
 */
static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  Site *site = user_data;
  const char *last = strrchr (path, '/') + 1;
  guint number = (guint) g_ascii_strtoull (last, NULL, 10);
  gboolean is_head
      = strcmp (soup_server_message_get_method (message), "HEAD") == 0;

  note_request (site, message, path);
  if (g_str_has_prefix (path, "/sized/"))
    answer_sized (message, number, FALSE);
  else if (g_str_has_prefix (path, "/chunked/"))
    answer_sized (message, number, TRUE);
  else if (g_str_has_prefix (path, "/status/"))
    answer_html (message, number);
  else if (g_str_has_prefix (path, "/hops/"))
    {
      g_autofree char *next = g_strdup_printf ("/hops/%u", number - 1);

      answer_redirect (message, number > 1 ? next : "../sized/1000");
    }
  else if (strcmp (path, "/away") == 0)
    answer_redirect (message, site->elsewhere);
  else if (strcmp (path, "/gzip") == 0)
    answer_packed (message, "gzip", 200000, G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  else if (strcmp (path, "/deflate") == 0)
    answer_packed (message, "deflate", 200000, G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
  else if (strcmp (path, "/not-gzip") == 0)
    answer_packed (message, "gzip", 200000, G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
  else if (strcmp (path, "/brotli") == 0)
    answer_packed (message, "br", 1000, G_ZLIB_COMPRESSOR_FORMAT_RAW);
  else if (strcmp (path, "/bomb") == 0)
    answer_bomb (message);
  else if (strcmp (path, "/no-size") == 0)
    answer_sized (message, 1000, TRUE);
  else if (g_str_has_prefix (path, "/no-head/") && is_head)
    answer_html (message, SOUP_STATUS_METHOD_NOT_ALLOWED);
  else if (g_str_has_prefix (path, "/no-head/"))
    answer_sized (message, number, FALSE);
  else
    g_assert_not_reached ();
}

static void
site_init (Site *site)
{
  site->server = soup_server_new (NULL, NULL);
  site->heads = g_string_new (NULL);
  soup_server_add_handler (site->server, NULL, on_request, site, NULL);
  site->url = g_strdup_printf ("http://127.0.0.1:%u",
                               wn_soup_listen (site->server, 0));
}

static void
site_clear (Site *site)
{
  wn_wait_until_dry ();
  soup_server_disconnect (site->server);
  wn_wait_until_dry ();
  g_object_unref (site->server);
  g_string_free (site->heads, TRUE);
  g_free (site->url);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Site, site_clear)

static void
begin_path (Site *site, Heard *heard, const char *path, const char *token)
{
  g_autofree char *url = g_strconcat (site->url, path, NULL);

  heard_begin (heard, url, token);
}

static void
run_path (Site *site, Heard *heard, const char *path, const char *token)
{
  begin_path (site, heard, path, token);
  run_to_end (heard);
}

static void
assert_content (const Heard *heard, gsize n_bytes)
{
  g_autoptr (GBytes) content = make_content (n_bytes);
  g_autofree char *expected
      = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, content);

  g_assert_no_error (heard->error);
  g_assert_cmpint (heard->last, ==, CALL_FINISHED);
  g_assert_cmpuint (heard->n_started, ==, 1);
  g_assert_cmpint (heard->n_bytes, ==, n_bytes);
  g_assert_cmpstr (g_checksum_get_string (heard->checksum), ==, expected);
}

/* The tests. */

static void
test_bytes (void)
{
  static const guint sizes[] = { 0,
                                 1,
                                 MAX_PIECE_BYTES - 1,
                                 MAX_PIECE_BYTES,
                                 MAX_PIECE_BYTES + 1,
                                 5 * 1024 * 1024 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint chunked = 0; chunked <= 1; chunked++)
      {
        g_auto (Site) site = { 0 };
        g_auto (Heard) heard = { 0 };
        g_autofree char *path = g_strdup_printf ("/%s/%u",
                                                 chunked ? "chunked" : "sized",
                                                 sizes[i]);

        g_test_message ("%s", path);
        site_init (&site);
        run_path (&site, &heard, path, NULL);
        assert_content (&heard, sizes[i]);
        g_assert_cmpint (heard.size,
                         ==,
                         chunked ? WN_SIZE_UNKNOWN : (gint64) sizes[i]);
      }
}

static void
test_statuses (void)
{
  static const struct
  {
    guint status;
    WnDownloadError code;
  } cases[] = {
    { 201, WN_DOWNLOAD_ERROR_NO_FILE },
    { 204, WN_DOWNLOAD_ERROR_NO_FILE },
    { 206, WN_DOWNLOAD_ERROR_NO_FILE },
    { 302, WN_DOWNLOAD_ERROR_REDIRECTED },
    { 304, WN_DOWNLOAD_ERROR_STATUS },
    { 401, WN_DOWNLOAD_ERROR_UNAUTHORIZED },
    { 403, WN_DOWNLOAD_ERROR_UNAUTHORIZED },
    { 407, WN_DOWNLOAD_ERROR_PROXY },
    { 404, WN_DOWNLOAD_ERROR_NOT_FOUND },
    { 410, WN_DOWNLOAD_ERROR_NOT_FOUND },
    { 429, WN_DOWNLOAD_ERROR_STATUS },
    { 500, WN_DOWNLOAD_ERROR_STATUS },
    { 503, WN_DOWNLOAD_ERROR_STATUS },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Site) site = { 0 };
      g_auto (Heard) heard = { 0 };
      g_autofree char *path = g_strdup_printf ("/status/%u", cases[i].status);

      g_test_message ("status %u", cases[i].status);
      site_init (&site);
      begin_path (&site, &heard, path, NULL);
      run_through_retries (&heard);
      g_assert_error (heard.error, WN_DOWNLOAD_ERROR, (int) cases[i].code);
      g_assert_cmpuint (heard.n_calls, ==, 1);
      g_assert_cmpuint (count_text (site.heads->str, "GET"),
                        ==,
                        cases[i].status == 404 ? 2 : 1);
    }
}

/* What a proxy says when it is asked for a tunnel is none of the server's. */
static void
test_no_tunnel (void)
{
  static const char *const answers[] = {
    "HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\n",
    "HTTP/1.1 401 Unauthorized\r\n\r\n",
    "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno",
    "HTTP/1.1 404 Not Found\r\n\r\n",
    "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
    "HTTP/1.1 502 Bad Gateway\r\n\r\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (WnByteServer) proxy
          = wn_byte_server_new_with (answers[i],
                                     strlen (answers[i]),
                                     WN_BYTE_ENDING_CLOSE);
      g_autofree char *proxy_url = wn_byte_server_dup_url (proxy);
      g_autoptr (GProxyResolver) resolver
          = g_simple_proxy_resolver_new (proxy_url, NULL);
      WnDownloadConfig config = { .url = "https://shop.example/orders.csv",
                                  .proxy_resolver = resolver };
      g_auto (Heard) heard = { 0 };

      heard_begin_with (&heard, &config);
      run_to_end (&heard);
      g_assert_error (heard.error, WN_DOWNLOAD_ERROR, WN_DOWNLOAD_ERROR_PROXY);
      g_assert_cmpuint (heard.n_calls, ==, 1);
      g_assert_true (
          g_str_has_prefix (wn_byte_server_get_received (proxy)->str,
                            "CONNECT shop.example:443 HTTP/1.1\r\n"));
      g_assert_cmpuint (wn_byte_server_get_n_requests (proxy), ==, 1);
    }
}

#define ANSWER(text, ending) text, sizeof (text) - 1, ending

#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define CHUNKED_HEAD "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

static void
test_broken_bodies (void)
{
  static const struct
  {
    const char *name;
    const char *answer;
    gsize length;
    WnByteEnding ending;
    int code;           /* -1: finished */
    guint n_beginnings; /* of the file */
  } cases[] = {
    { "short",
      ANSWER ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" TEN,
              WN_BYTE_ENDING_CLOSE),
      WN_DOWNLOAD_ERROR_SHORT,
      4 },
    { "short, said to be closed",
      ANSWER ("HTTP/1.1 200 OK\r\nConnection: close\r\n"
              "Content-Length: 100\r\n\r\n" TEN,
              WN_BYTE_ENDING_CLOSE),
      WN_DOWNLOAD_ERROR_SHORT,
      4 },
    { "short by everything",
      ANSWER ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
              WN_BYTE_ENDING_CLOSE),
      WN_DOWNLOAD_ERROR_SHORT,
      4 },
    { "long",
      ANSWER ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" TEN "more",
              WN_BYTE_ENDING_HOLD),
      WN_DOWNLOAD_ERROR_LONG,
      1 },
    { "until the connection's end",
      ANSWER ("HTTP/1.0 200 OK\r\n\r\n" TEN, WN_BYTE_ENDING_CLOSE),
      -1,
      1 },
    { "exact, then closed",
      ANSWER ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" TEN,
              WN_BYTE_ENDING_CLOSE),
      -1,
      1 },
    { "exact, kept open",
      ANSWER ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" TEN,
              WN_BYTE_ENDING_HOLD),
      -1,
      1 },
    { "exact, said to be closed, kept open",
      ANSWER ("HTTP/1.1 200 OK\r\nConnection: close\r\n"
              "Content-Length: 10\r\n\r\n" TEN,
              WN_BYTE_ENDING_HOLD),
      -1,
      1 },
    { "chunked, kept open",
      ANSWER (CHUNKED_HEAD "a\r\n" TEN "\r\n0\r\n\r\n", WN_BYTE_ENDING_HOLD),
      -1,
      1 },
    { "chunked, said to be closed",
      ANSWER ("HTTP/1.1 200 OK\r\nConnection: close\r\n"
              "Transfer-Encoding: chunked\r\n\r\na\r\n" TEN "\r\n0\r\n\r\n",
              WN_BYTE_ENDING_CLOSE),
      -1,
      1 },
    { "cut inside a chunk",
      ANSWER (CHUNKED_HEAD "64\r\n" TEN, WN_BYTE_ENDING_CLOSE),
      WN_DOWNLOAD_ERROR_SHORT,
      4 },
    { "cut inside a chunk's size",
      ANSWER (CHUNKED_HEAD "a\r\n" TEN "\r\n6", WN_BYTE_ENDING_CLOSE),
      WN_DOWNLOAD_ERROR_SHORT,
      4 },
    { "cut between two chunks",
      ANSWER (CHUNKED_HEAD "a\r\n" TEN "\r\n", WN_BYTE_ENDING_CLOSE),
      WN_DOWNLOAD_ERROR_SHORT,
      4 },
    { "cut behind a chunk's last byte",
      ANSWER (CHUNKED_HEAD "64\r\n" HUNDRED, WN_BYTE_ENDING_CLOSE),
      WN_DOWNLOAD_ERROR_SHORT,
      4 },
    { "cut before the first chunk",
      ANSWER (CHUNKED_HEAD, WN_BYTE_ENDING_CLOSE),
      WN_DOWNLOAD_ERROR_SHORT,
      4 },
    { "chunked, closed without a word",
      ANSWER (CHUNKED_HEAD "a\r\n" TEN "\r\n0\r\n\r\n", WN_BYTE_ENDING_CLOSE),
      -1,
      1 },
    { "chunked, with a trailer cut off",
      ANSWER (CHUNKED_HEAD "a\r\n" TEN "\r\n0\r\nA: ", WN_BYTE_ENDING_CLOSE),
      -1,
      1 },
    { "chunks of a size that is none",
      ANSWER (CHUNKED_HEAD "a\r\n" TEN "\r\nzz\r\n", WN_BYTE_ENDING_HOLD),
      WN_DOWNLOAD_ERROR_ENCODING,
      1 },
    { "no answer",
      ANSWER ("", WN_BYTE_ENDING_CLOSE),
      WN_DOWNLOAD_ERROR_NETWORK },
    { "no HTTP",
      ANSWER ("SSH-2.0-OpenSSH_9.2\r\n\r\n", WN_BYTE_ENDING_CLOSE),
      WN_DOWNLOAD_ERROR_NETWORK },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WnByteServer) raw = wn_byte_server_new_with (cases[i].answer,
                                                              cases[i].length,
                                                              cases[i].ending);
      g_autofree char *url = wn_byte_server_dup_url (raw);
      g_auto (Heard) heard = { 0 };

      g_test_message ("%s", cases[i].name);
      heard_begin (&heard, url, NULL);
      run_through_retries (&heard);
      g_assert_cmpuint (heard.n_started, ==, cases[i].n_beginnings);
      if (cases[i].code >= 0)
        g_assert_error (heard.error, WN_DOWNLOAD_ERROR, cases[i].code);
      else
        g_assert_cmpint (heard.last, ==, CALL_FINISHED);
    }
}

/* In many pieces, and where the server had said that it would close. */
static void
test_large_cut_between_chunks (void)
{
  for (guint whole = 0; whole <= 1; whole++)
    {
      g_autoptr (GString) answer
          = g_string_new ("HTTP/1.1 200 OK\r\nConnection: close\r\n"
                          "Transfer-Encoding: chunked\r\n\r\n");

      for (guint i = 0; i < 200; i++)
        g_string_append (answer,
                         "190\r\n" HUNDRED HUNDRED HUNDRED HUNDRED "\r\n");
      if (whole)
        g_string_append (answer, "0\r\n\r\n");

      g_autoptr (WnByteServer) raw
          = wn_byte_server_new_with (answer->str,
                                     answer->len,
                                     WN_BYTE_ENDING_CLOSE);
      g_autofree char *url = wn_byte_server_dup_url (raw);
      g_auto (Heard) heard = { 0 };

      heard_begin (&heard, url, NULL);
      run_through_retries (&heard);
      g_assert_cmpint (heard.n_bytes, ==, 200 * 400);
      if (whole)
        g_assert_cmpint (heard.last, ==, CALL_FINISHED);
      else
        g_assert_error (heard.error,
                        WN_DOWNLOAD_ERROR,
                        WN_DOWNLOAD_ERROR_SHORT);
    }
}

/* Of these libsoup would gather all that comes before it tells of them. */
static void
test_endless_refusals (void)
{
  static const struct
  {
    const char *head;
    WnDownloadError code;
  } cases[] = {
    { "HTTP/1.1 401 Unauthorized", WN_DOWNLOAD_ERROR_UNAUTHORIZED },
    { "HTTP/1.1 407 Who are you", WN_DOWNLOAD_ERROR_PROXY },
    { "HTTP/1.1 421 Misdirected", WN_DOWNLOAD_ERROR_STATUS },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *answer
          = g_strconcat (cases[i].head, "\r\n\r\n" TEN, NULL);
      g_autoptr (WnByteServer) raw
          = wn_byte_server_new_with (answer,
                                     strlen (answer),
                                     WN_BYTE_ENDING_HOLD);
      g_autofree char *url = wn_byte_server_dup_url (raw);
      g_auto (Heard) heard = { 0 };

      heard_begin (&heard, url, NULL);
      wn_wait_until (heard.is_done);
      g_assert_error (heard.error, WN_DOWNLOAD_ERROR, (int) cases[i].code);
    }
}

/* libsoup would read them for as long as they come, and nothing else. */
static void
test_provisional (void)
{
  static const char *const ends[]
      = { "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" TEN,
          "HTTP/1.1 100 Continue\r\n\r\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autoptr (GString) answer = g_string_new (NULL);

      for (guint n = 0; n < 100; n++)
        g_string_append (answer, "HTTP/1.1 100 Continue\r\n\r\n");
      g_string_append (answer, ends[i]);

      g_autoptr (WnByteServer) raw
          = wn_byte_server_new_with (answer->str,
                                     answer->len,
                                     WN_BYTE_ENDING_HOLD);
      g_autofree char *url = wn_byte_server_dup_url (raw);
      g_auto (Heard) heard = { 0 };

      heard_run (&heard, url, NULL);
      if (i == 0)
        {
          g_assert_cmpint (heard.last, ==, CALL_FINISHED);
          continue;
        }
      g_assert_error (heard.error, WN_DOWNLOAD_ERROR, WN_DOWNLOAD_ERROR_STATUS);
      g_assert_cmpstr (heard.error->message, ==, "100");
      wn_wait_until (wn_byte_server_get_n_open (raw) == 0);
    }
}

/* The server has told of the file just before it has it. */
static void
test_not_there_yet (void)
{
  static const char missing[]
      = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
  g_autoptr (WnByteServer) raw = wn_byte_server_new_with (missing,
                                                          sizeof missing - 1,
                                                          WN_BYTE_ENDING_CLOSE);
  g_autofree char *url = wn_byte_server_dup_url (raw);
  g_auto (Heard) heard = { 0 };

  wn_byte_server_add (
      raw,
      ANSWER ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" TEN,
              WN_BYTE_ENDING_CLOSE));
  heard_begin (&heard, url, NULL);
  wn_virtual_timers_pass (1);
  run_through_retries (&heard);
  g_assert_cmpint (heard.last, ==, CALL_FINISHED);
  g_assert_cmpint (heard.n_bytes, ==, 10);
}

static void
test_reset (void)
{
  static const char answer[]
      = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" TEN;
  g_autoptr (WnByteServer) raw = wn_byte_server_new_with (answer,
                                                          sizeof answer - 1,
                                                          WN_BYTE_ENDING_HOLD);
  g_autofree char *url = wn_byte_server_dup_url (raw);
  g_auto (Heard) heard = { .raw = raw };

  wn_byte_server_add (
      raw,
      ANSWER ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
              WN_BYTE_ENDING_CLOSE));
  heard_begin (&heard, url, NULL);
  run_through_retries (&heard);
  g_assert_error (heard.error, WN_DOWNLOAD_ERROR, WN_DOWNLOAD_ERROR_NOT_FOUND);
  g_assert_cmpint (heard.n_bytes, ==, 10);
}

static void
test_refused (void)
{
  g_autofree char *url = NULL;
  g_auto (Heard) heard = { 0 };

  {
    g_autoptr (WnByteServer) raw
        = wn_byte_server_new_with ("", 0, WN_BYTE_ENDING_CLOSE);

    url = wn_byte_server_dup_url (raw);
  }
  heard_run (&heard, url, NULL);
  g_assert_error (heard.error, WN_DOWNLOAD_ERROR, WN_DOWNLOAD_ERROR_NETWORK);
}

static void
test_redirects (void)
{
  g_auto (Site) site = { 0 };

  site_init (&site);
  {
    g_auto (Heard) heard = { 0 };

    run_path (&site, &heard, "/hops/5", NULL);
    assert_content (&heard, 1000);
  }
  {
    g_auto (Heard) heard = { 0 };

    run_path (&site, &heard, "/hops/6", NULL);
    g_assert_error (heard.error,
                    WN_DOWNLOAD_ERROR,
                    WN_DOWNLOAD_ERROR_REDIRECTED);
  }
}

static void
test_redirect_rules (void)
{
  static const struct
  {
    const char *from;
    const char *location; /* NULL: none */
    const char *to;       /* NULL: not followed */
  } cases[] = {
    { "http://a.example/x/y?q", "z", "http://a.example/x/z" },
    { "http://a.example/x/y", "/z?a=b", "http://a.example/z?a=b" },
    { "http://a.example/x/y", "//b.example/z", "http://b.example/z" },
    { "http://a.example/", "https://a.example/z", "https://a.example/z" },
    { "https://a.example/", "https://b.example/z", "https://b.example/z" },
    { "https://a.example/", "/z", "https://a.example/z" },
    { "https://a.example/", "http://a.example/z", NULL },
    { "https://a.example/", "HTTP://a.example/z", NULL },
    { "http://a.example/", "ftp://a.example/z", NULL },
    { "http://a.example/", "file:///etc/passwd", NULL },
    { "http://a.example/", "ws://a.example/", NULL },
    { "http://a.example/", "javascript:alert(1)", NULL },
    { "http://a.example/", "http:///z", NULL },
    { "http://a.example/", "http://[z", NULL },
    { "http://a.example/", "http://b%0d%0aX=y/", NULL },
    { "http://a.example/", "http://b%2fc/", NULL },
    { "http://a.example/", "http://b%3a81/", NULL },
    { "http://a.example/", "http://b%40c/", NULL },
    { "http://a.example/", "http://[::1]:81/", "http://[::1]:81/" },
    { "http://a.example/", NULL, NULL },
    /* As it stands, whatever a URL's normal form would be. */
    { "http://a.example/", "/f/100%.csv", "http://a.example/f/100%.csv" },
    { "http://a.example/",
      "http://b.example/%7e%2f?sig=a%2fb%7E+c==&x=%",
      "http://b.example/%7e%2f?sig=a%2fb%7E+c==&x=%" },
    { "http://a.example/x?y", "?z=%2f", "http://a.example/x?z=%2f" },
    { "http://a.example/", "/a b?c d", "http://a.example/a%20b?c%20d" },
    { "http://a.example/",
      "/\xe5\xaf\xbc.csv",
      "http://a.example/%E5%AF%BC.csv" },
    { "http://a.example/", "/a\r\nX: y", "http://a.example/a%0D%0AX:%20y" },
    { "http://a.example/", "/a#b", "http://a.example/a" },
    { "http://a.example/", "http://b.example", "http://b.example/" },
    { "http://a.example/", "http://u:p@b.example/", "http://b.example/" },
    { "http://a.example/x/y/z", "../w%", "http://a.example/x/w%" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GUri) from
          = g_uri_parse (cases[i].from, SOUP_HTTP_URI_FLAGS, NULL);
      g_autoptr (GUri) to = wn_redirect_resolve (from, cases[i].location);
      g_autofree char *text = to != NULL ? g_uri_to_string (to) : NULL;

      g_assert_cmpstr (text, ==, cases[i].to);
    }
}

static void
test_origins (void)
{
  static const struct
  {
    const char *a;
    const char *b;
    gboolean is_same;
  } cases[] = {
    { "http://a.example/x", "http://a.example:80/y", TRUE },
    { "http://a.example/", "http://A.EXAMPLE/", TRUE },
    { "https://a.example/", "https://a.example:443/", TRUE },
    { "http://a.example/", "https://a.example/", FALSE },
    { "http://a.example/", "http://a.example:81/", FALSE },
    { "http://a.example/", "http://b.a.example/", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GUri) a = g_uri_parse (cases[i].a, SOUP_HTTP_URI_FLAGS, NULL);
      g_autoptr (GUri) b = g_uri_parse (cases[i].b, SOUP_HTTP_URI_FLAGS, NULL);

      g_assert_cmpint (wn_redirect_is_same_origin (a, b), ==, cases[i].is_same);
    }
}

static void
test_inward (void)
{
  static const struct
  {
    const char *host;
    gboolean is_inward;
  } cases[] = {
    { "localhost", TRUE },
    { "LOCALHOST", TRUE },
    { "a.localhost", TRUE },
    { "127.0.0.1", TRUE },
    { "127.9.9.9", TRUE },
    { "0.0.0.0", TRUE },
    { "169.254.169.254", TRUE },
    { "::1", TRUE },
    { "::", TRUE },
    { "fe80::1", TRUE },
    { "::ffff:127.0.0.1", TRUE },
    { "::ffff:169.254.169.254", TRUE },
    { "::ffff:0.0.0.0", TRUE },
    { "::ffff:10.0.0.1", FALSE },
    { "10.0.0.1", FALSE },
    { "192.0.2.1", FALSE },
    { "notlocalhost", FALSE },
    { "shop.example", FALSE },
    { "2001:db8::1", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (wn_redirect_is_inward_host (cases[i].host),
                     ==,
                     cases[i].is_inward);
}

static void
test_token (void)
{
  g_auto (Site) site = { 0 };
  g_auto (Site) other = { 0 };
  g_auto (Heard) heard = { 0 };

  site_init (&site);
  site_init (&other);

  g_autofree char *elsewhere = g_strconcat (other.url, "/hops/1", NULL);

  site.elsewhere = elsewhere;
  run_path (&site, &heard, "/away", "Bearer s3cret");
  assert_content (&heard, 1000);
  g_assert_cmpstr (site.heads->str, ==, "GET /away Bearer s3cret\n");
  g_assert_cmpstr (other.heads->str, ==, "GET /hops/1 -\nGET /sized/1000 -\n");
}

static void
test_token_on_same_origin (void)
{
  g_auto (Site) site = { 0 };
  g_auto (Heard) heard = { 0 };

  site_init (&site);
  run_path (&site, &heard, "/hops/1", "Bearer s3cret");
  g_assert_cmpstr (site.heads->str,
                   ==,
                   "GET /hops/1 Bearer s3cret\n"
                   "GET /sized/1000 Bearer s3cret\n");
}

static void
test_token_stays_away (void)
{
  g_auto (Site) site = { 0 };
  g_auto (Site) other = { 0 };
  g_auto (Heard) heard = { 0 };

  site_init (&site);
  site_init (&other);

  g_autofree char *elsewhere = g_strconcat (other.url, "/away", NULL);
  g_autofree char *back = g_strconcat (site.url, "/sized/1000", NULL);

  site.elsewhere = elsewhere;
  other.elsewhere = back;
  run_path (&site, &heard, "/away", "Bearer s3cret");
  assert_content (&heard, 1000);
  g_assert_cmpstr (site.heads->str,
                   ==,
                   "GET /away Bearer s3cret\nGET /sized/1000 -\n");
}

/* A proxy that answers for every host out there, in a row; what is asked of
 * this machine would come without it.
 */
static void
test_redirected_inward (void)
{
  static const char *const inward[] = {
    "127.0.0.1",
    "localhost",
    "[::ffff:127.0.0.1]",
    "inside.example", /* a name that was given to it */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (inward); i++)
    {
      g_auto (Site) site = { 0 };
      g_auto (Heard) heard = { 0 };

      site_init (&site);

      const char *port = strrchr (site.url, ':') + 1;
      g_autofree char *location
          = g_strdup_printf ("http://%s:%s/reboot", inward[i], port);
      g_autofree char *answer
          = g_strdup_printf ("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
                             "Location: %s\r\n\r\n",
                             location);
      g_autoptr (WnByteServer) proxy
          = wn_byte_server_new_with (answer,
                                     strlen (answer),
                                     WN_BYTE_ENDING_CLOSE);
      g_autofree char *proxy_url = wn_byte_server_dup_url (proxy);
      const char *const direct[]
          = { "127.0.0.0/8", "localhost", "inside.example", "::/0", NULL };
      g_autoptr (GProxyResolver) resolver
          = g_simple_proxy_resolver_new (proxy_url, (char **) direct);
      WnDownloadConfig config = { .url = "http://shop.example/orders.csv",
                                  .proxy_resolver = resolver };

      wn_stub_resolver_start ();
      heard_begin_with (&heard, &config);
      run_to_end (&heard);
      g_assert_error (heard.error,
                      WN_DOWNLOAD_ERROR,
                      WN_DOWNLOAD_ERROR_REDIRECTED);
      g_assert_cmpstr (site.heads->str, ==, "");
      g_assert_nonnull (
          strstr (wn_byte_server_get_received (proxy)->str, "orders.csv"));
    }
}

/* A server that is this machine by its name may send us on to itself. */
static void
test_redirected_at_home (void)
{
  g_auto (Site) site = { 0 };
  g_auto (Heard) heard = { 0 };
  g_autofree char *url = NULL;

  site_init (&site);
  wn_stub_resolver_start ();
  url = g_strdup_printf ("http://shop.example%s/hops/1",
                         strrchr (site.url, ':'));
  heard_run (&heard, url, NULL);
  assert_content (&heard, 1000);
}

/* A load balancer's cookie and a redirect to the same place. */
static void
test_cookie (void)
{
  g_autoptr (WnByteServer) raw = wn_byte_server_new_with (
      ANSWER ("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
              "Set-Cookie: node=7; Path=/; HttpOnly\r\n"
              "Location: /here\r\n\r\n",
              WN_BYTE_ENDING_CLOSE));
  g_autofree char *url = wn_byte_server_dup_url (raw);
  g_auto (Heard) heard = { 0 };

  wn_byte_server_add (
      raw,
      ANSWER ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" TEN,
              WN_BYTE_ENDING_CLOSE));
  heard_run (&heard, url, NULL);
  g_assert_cmpint (heard.last, ==, CALL_FINISHED);
  g_assert_cmpuint (count_text (wn_byte_server_get_received (raw)->str,
                                "Cookie: "),
                    ==,
                    1);
  g_assert_nonnull (
      strstr (wn_byte_server_get_received (raw)->str, "Cookie: node=7\r\n"));
}

static void
test_accept (void)
{
  g_autoptr (WnByteServer) raw = wn_byte_server_new_with (
      ANSWER ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" TEN,
              WN_BYTE_ENDING_CLOSE));
  g_autofree char *url = wn_byte_server_dup_url (raw);
  g_auto (Heard) heard = { 0 };

  heard_run (&heard, url, NULL);
  g_assert_nonnull (strstr (wn_byte_server_get_received (raw)->str,
                            "Accept: application/json, text/plain, */*\r\n"));
}

/* Where a redirect led to another path, a page is the login's. */
static void
test_page (void)
{
#define PAGE                                                                   \
  "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n"                                  \
  "Content-Type: text/html; charset=utf-8\r\n\r\n" TEN
  static const struct
  {
    const char *location; /* NULL: no redirect */
    gboolean takes_page;
    gboolean is_file;
  } cases[] = {
    { "/login", FALSE, FALSE },
    { "/login", TRUE, TRUE },
    { "?page=login", FALSE, TRUE },
    { NULL, FALSE, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *redirect
          = g_strdup_printf ("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
                             "Location: %s\r\n\r\n",
                             cases[i].location);
      const char *first = cases[i].location != NULL ? redirect : PAGE;
      g_autoptr (WnByteServer) raw
          = wn_byte_server_new_with (first,
                                     strlen (first),
                                     WN_BYTE_ENDING_CLOSE);
      g_autofree char *url = wn_byte_server_dup_url (raw);
      WnDownloadConfig config
          = { .url = url, .takes_page = cases[i].takes_page };
      g_auto (Heard) heard = { 0 };

      wn_byte_server_add (raw, ANSWER (PAGE, WN_BYTE_ENDING_CLOSE));
      heard_begin_with (&heard, &config);
      run_to_end (&heard);
      if (cases[i].is_file)
        g_assert_cmpint (heard.last, ==, CALL_FINISHED);
      else
        g_assert_error (heard.error, WN_DOWNLOAD_ERROR, WN_DOWNLOAD_ERROR_PAGE);
    }
}

/* What is no coding is none, and the bytes are the file. */
static void
test_no_codings (void)
{
  static const struct
  {
    const char *coding;
    gboolean is_file;
  } cases[] = {
    { "UTF-8", TRUE },
    { "utf-8", TRUE },
    { "none", TRUE },
    { "binary", TRUE },
    { "", TRUE },
    { "identity", TRUE },
    { "identity, none", TRUE },
    { "br", FALSE },
    { "ZSTD", FALSE },
    { "gzip, br", FALSE },
    { "gzip, gzip", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *answer
          = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n"
                             "Content-Encoding: %s\r\n\r\n" TEN,
                             cases[i].coding);
      g_autoptr (WnByteServer) raw
          = wn_byte_server_new_with (answer,
                                     strlen (answer),
                                     WN_BYTE_ENDING_CLOSE);
      g_autofree char *url = wn_byte_server_dup_url (raw);
      g_auto (Heard) heard = { 0 };

      heard_run (&heard, url, NULL);
      if (!cases[i].is_file)
        {
          g_assert_error (heard.error,
                          WN_DOWNLOAD_ERROR,
                          WN_DOWNLOAD_ERROR_ENCODING);
          continue;
        }
      g_assert_cmpint (heard.last, ==, CALL_FINISHED);
      g_assert_cmpint (heard.size, ==, 10);
      g_assert_cmpint (heard.n_bytes, ==, 10);
    }
}

static void
test_encodings (void)
{
  static const struct
  {
    const char *path;
    int code; /* -1: decoded */
  } cases[] = {
    { "/gzip", -1 },
    { "/deflate", -1 },
    { "/not-gzip", WN_DOWNLOAD_ERROR_ENCODING },
    { "/brotli", WN_DOWNLOAD_ERROR_ENCODING },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Site) site = { 0 };
      g_auto (Heard) heard = { 0 };

      site_init (&site);
      run_path (&site, &heard, cases[i].path, NULL);
      if (cases[i].code < 0)
        {
          assert_content (&heard, 200000);
          g_assert_cmpint (heard.size, ==, WN_SIZE_UNKNOWN);
        }
      else
        g_assert_error (heard.error, WN_DOWNLOAD_ERROR, cases[i].code);
    }
}

static void
test_bomb (void)
{
  g_auto (Site) site = { 0 };
  g_auto (Heard) heard = { 0 };

  site_init (&site);
  run_path (&site, &heard, "/bomb", NULL);
  g_assert_error (heard.error, WN_DOWNLOAD_ERROR, WN_DOWNLOAD_ERROR_ENCODING);
  g_assert_cmpint (heard.n_bytes, <, 16 << 20);
}

static void
test_encoded_body_cut (void)
{
  g_autoptr (GBytes) content = make_content (1000);
  g_autoptr (GBytes) packed = compress (content, G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr (GString) answer
      = g_string_new ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n");

  g_string_append_len (answer,
                       g_bytes_get_data (packed, NULL),
                       (gssize) g_bytes_get_size (packed) - 20);

  g_autoptr (WnByteServer) raw = wn_byte_server_new_with (answer->str,
                                                          answer->len,
                                                          WN_BYTE_ENDING_CLOSE);
  g_autofree char *url = wn_byte_server_dup_url (raw);
  g_auto (Heard) heard = { 0 };

  heard_begin (&heard, url, NULL);
  run_through_retries (&heard);
  g_assert_error (heard.error, WN_DOWNLOAD_ERROR, WN_DOWNLOAD_ERROR_SHORT);
}

/* All its chunks come, and with them less than a whole gzip. */
static void
test_encoded_chunks_cut (void)
{
  g_autoptr (GBytes) content = make_content (1000);
  g_autoptr (GBytes) packed = compress (content, G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  gsize length = g_bytes_get_size (packed) - 20;
  g_autoptr (GString) answer
      = g_string_new ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n");

  g_string_append_printf (answer, "%" G_GSIZE_MODIFIER "x\r\n", length);
  g_string_append_len (answer,
                       g_bytes_get_data (packed, NULL),
                       (gssize) length);
  g_string_append (answer, "\r\n0\r\n\r\n");

  g_autoptr (WnByteServer) raw
      = wn_byte_server_new_with (answer->str, answer->len, WN_BYTE_ENDING_HOLD);
  g_autofree char *url = wn_byte_server_dup_url (raw);
  g_auto (Heard) heard = { 0 };

  heard_begin (&heard, url, NULL);
  run_through_retries (&heard);
  g_assert_error (heard.error, WN_DOWNLOAD_ERROR, WN_DOWNLOAD_ERROR_SHORT);
}

static void
test_cancel_in_each_call (void)
{
  static const struct
  {
    Call call;
    const char *path;
  } cases[] = {
    { CALL_STARTED, "/sized/1000000" },
    { CALL_DATA, "/sized/1000000" },
    { CALL_DATA, "/gzip" },
    { CALL_FINISHED, "/sized/1000" },
    { CALL_FAILED, "/status/500" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Site) site = { 0 };
      g_auto (Heard) heard = { .cancel_in = cases[i].call };

      site_init (&site);
      run_path (&site, &heard, cases[i].path, NULL);
      g_assert_cmpint (heard.last, ==, cases[i].call);
    }
}

static void
test_cancel_at_once (void)
{
  g_auto (Site) site = { 0 };
  g_auto (Heard) heard = { 0 };

  site_init (&site);

  g_autofree char *url = g_strconcat (site.url, "/sized/10", NULL);

  heard_begin (&heard, url, NULL);
  wn_download_cancel (heard.download);
  wn_download_cancel (heard.download);
  wn_wait_until_dry ();
  g_assert_cmpuint (heard.n_calls, ==, 0);
}

static void
test_cancel_while_silent (void)
{
  static const char answer[]
      = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" TEN;
  g_autoptr (WnByteServer) raw = wn_byte_server_new_with (answer,
                                                          sizeof answer - 1,
                                                          WN_BYTE_ENDING_HOLD);
  g_autofree char *url = wn_byte_server_dup_url (raw);
  g_auto (Heard) heard = { 0 };

  heard_begin (&heard, url, NULL);
  while (heard.n_bytes < 10)
    g_main_context_iteration (NULL, TRUE);
  wn_download_cancel (heard.download);
  wn_wait_until_dry ();
  g_assert_cmpuint (heard.n_calls, ==, 2);
}

static gboolean
on_unwanted_data (WnDownload *download,
                  const guint8 *bytes,
                  gsize length,
                  gpointer user_data)
{
  Heard *heard = user_data;

  g_assert_false (heard->is_done);
  heard->is_done = TRUE;
  return FALSE;
}

static void
test_unwanted_data (void)
{
  static const WnDownloadListener unwilling
      = { on_started, on_unwanted_data, on_finished, on_failed };
  g_auto (Site) site = { 0 };
  g_auto (Heard) heard = { 0 };

  site_init (&site);

  g_autofree char *url = g_strconcat (site.url, "/sized/1000000", NULL);
  WnDownloadConfig config = { url, NULL, g_proxy_resolver_get_default () };

  heard.checksum = g_checksum_new (G_CHECKSUM_SHA256);
  heard.download = wn_download_new (&config, &unwilling, &heard);
  while (!heard.is_done)
    g_main_context_iteration (NULL, TRUE);
  wn_wait_until_dry ();
  g_assert_cmpint (heard.last, ==, CALL_STARTED);
}

static void
test_bad_urls (void)
{
  static const char *const urls[]
      = { "", "nonsense", "ftp://127.0.0.1/", "ws://127.0.0.1/", "http://" };

  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_auto (Heard) heard = { 0 };

      heard_run (&heard, urls[i], NULL);
      g_assert_error (heard.error,
                      WN_DOWNLOAD_ERROR,
                      WN_DOWNLOAD_ERROR_REDIRECTED);
    }
}

/* A break, and after it. */

#define FIRST_PART                                                             \
  "HTTP/1.1 200 OK\r\nContent-Length: 20\r\nETag: \"v1\"\r\n\r\n" TEN
#define REST                                                                   \
  "HTTP/1.1 206 Partial Content\r\nContent-Length: 10\r\n"                     \
  "Content-Range: bytes 10-19/20\r\n\r\n" TEN
#define WHOLE "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" TEN TEN
#define EMPTY_ANSWER(status) "HTTP/1.1 " status "\r\nContent-Length: 0\r\n\r\n"

#define OTHER_REST(headers)                                                    \
  "HTTP/1.1 206 Partial Content\r\nContent-Length: 10\r\n"                     \
  "Content-Range: bytes 10-19/20\r\n" headers "\r\n" TEN

static void
test_resume (void)
{
  static const struct
  {
    const char *name;
    const char *second;
    const char *third; /* NULL: none */
    guint n_ranged;
    guint n_started;
    int code; /* -1: finished, with all the bytes */
  } cases[] = {
    { "the rest comes", REST, NULL, 1, 1, -1 },
    { "the rest comes in chunks",
      "HTTP/1.1 206 Partial Content\r\nTransfer-Encoding: chunked\r\n"
      "Content-Range: bytes 10-19/20\r\n\r\na\r\n" TEN "\r\n0\r\n\r\n",
      NULL,
      1,
      1,
      -1 },
    { "the file has changed", WHOLE, NULL, 1, 2, -1 },
    { "there is no such range",
      EMPTY_ANSWER ("416 Range Not Satisfiable"),
      WHOLE,
      1,
      2,
      -1 },
    { "another range comes",
      "HTTP/1.1 206 Partial Content\r\nContent-Length: 11\r\n"
      "Content-Range: bytes 9-19/20\r\n\r\n9" TEN,
      WHOLE,
      1,
      2,
      -1 },
    { "a range of another file comes",
      "HTTP/1.1 206 Partial Content\r\nContent-Length: 11\r\n"
      "Content-Range: bytes 10-20/21\r\n\r\n1" TEN,
      WHOLE,
      1,
      2,
      -1 },
    { "the rest of a file of another tag comes",
      OTHER_REST ("ETag: \"v2\"\r\n"),
      WHOLE,
      1,
      2,
      -1 },
    { "the rest of a file with a weak tag comes",
      OTHER_REST ("ETag: W/\"v1\"\r\n"),
      WHOLE,
      1,
      2,
      -1 },
    { "the rest of a file of another date comes",
      OTHER_REST ("Last-Modified: Mon, 02 Nov 2026 10:00:00 GMT\r\n"),
      WHOLE,
      1,
      2,
      -1 },
    { "the rest comes with the same tag",
      OTHER_REST ("ETag: \"v1\"\r\n"),
      NULL,
      1,
      1,
      -1 },
    { "a login page comes",
      "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n"
      "Content-Type: text/html; charset=utf-8\r\n\r\n" TEN TEN,
      NULL,
      1,
      1,
      WN_DOWNLOAD_ERROR_PAGE },
    { "the server is gone for good",
      EMPTY_ANSWER ("410 Gone"),
      NULL,
      1,
      1,
      WN_DOWNLOAD_ERROR_NOT_FOUND },
    { "the login is over",
      EMPTY_ANSWER ("401 Unauthorized"),
      NULL,
      1,
      1,
      WN_DOWNLOAD_ERROR_UNAUTHORIZED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WnByteServer) raw
          = wn_byte_server_new_with (FIRST_PART,
                                     strlen (FIRST_PART),
                                     WN_BYTE_ENDING_CLOSE);
      g_autofree char *url = wn_byte_server_dup_url (raw);
      g_auto (Heard) heard = { 0 };
      g_autofree char *expected
          = g_compute_checksum_for_string (G_CHECKSUM_SHA256, TEN TEN, -1);

      g_test_message ("%s", cases[i].name);
      wn_byte_server_add (raw,
                          cases[i].second,
                          strlen (cases[i].second),
                          WN_BYTE_ENDING_CLOSE);
      if (cases[i].third != NULL)
        wn_byte_server_add (raw,
                            cases[i].third,
                            strlen (cases[i].third),
                            WN_BYTE_ENDING_CLOSE);
      heard_begin (&heard, url, NULL);
      wn_virtual_timers_pass (5);
      run_to_end (&heard);

      g_assert_cmpuint (heard.n_started, ==, cases[i].n_started);
      g_assert_cmpuint (count_text (wn_byte_server_get_received (raw)->str,
                                    "Range: bytes=10-\r\n"),
                        ==,
                        cases[i].n_ranged);
      g_assert_cmpuint (count_text (wn_byte_server_get_received (raw)->str,
                                    "If-Range: \"v1\"\r\n"),
                        ==,
                        cases[i].n_ranged);
      if (cases[i].code >= 0)
        {
          g_assert_error (heard.error, WN_DOWNLOAD_ERROR, cases[i].code);
          continue;
        }
      g_assert_cmpint (heard.last, ==, CALL_FINISHED);
      g_assert_cmpint (heard.n_bytes, ==, 20);
      g_assert_cmpstr (g_checksum_get_string (heard.checksum), ==, expected);
    }
}

/* A server may send less of the rest at a time. */
static void
test_rest_in_parts (void)
{
  static const char *const parts[] = {
    "HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n"
    "Content-Range: bytes 10-19/20\r\n\r\n01234",
    "HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n"
    "Content-Range: bytes 15-19/20\r\n\r\n56789",
  };
  g_autoptr (WnByteServer) raw = wn_byte_server_new_with (FIRST_PART,
                                                          strlen (FIRST_PART),
                                                          WN_BYTE_ENDING_CLOSE);
  g_autofree char *url = wn_byte_server_dup_url (raw);
  g_autofree char *expected
      = g_compute_checksum_for_string (G_CHECKSUM_SHA256, TEN TEN, -1);
  g_auto (Heard) heard = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    wn_byte_server_add (raw, parts[i], strlen (parts[i]), WN_BYTE_ENDING_HOLD);
  heard_begin (&heard, url, NULL);
  run_through_retries (&heard);
  g_assert_cmpint (heard.last, ==, CALL_FINISHED);
  g_assert_cmpuint (heard.n_started, ==, 1);
  g_assert_cmpstr (g_checksum_get_string (heard.checksum), ==, expected);
}

/* What is waited for is a byte, and each brings a new quarter of an hour. */
static void
test_many_breaks (void)
{
  const guint n_bytes = 200;
  const char *first
      = "HTTP/1.1 200 OK\r\nContent-Length: 200\r\nETag: \"v1\"\r\n\r\nx";
  g_autoptr (WnByteServer) raw
      = wn_byte_server_new_with (first, strlen (first), WN_BYTE_ENDING_CLOSE);
  g_autofree char *url = wn_byte_server_dup_url (raw);
  g_auto (Heard) heard = { 0 };

  for (guint i = 1; i < n_bytes; i++)
    {
      g_autofree char *part
          = g_strdup_printf ("HTTP/1.1 206 Partial Content\r\n"
                             "Content-Range: bytes %u-199/200\r\n\r\nx",
                             i);

      wn_byte_server_add (raw, part, strlen (part), WN_BYTE_ENDING_CLOSE);
    }
  heard_begin (&heard, url, NULL);
  run_through_retries (&heard);
  g_assert_cmpint (heard.last, ==, CALL_FINISHED);
  g_assert_cmpint (heard.n_bytes, ==, n_bytes);
  g_assert_cmpuint (heard.n_started, ==, 1);
}

/* It may have more to do than to send files. */
static void
test_busy (void)
{
  static const char *const answers[] = {
    EMPTY_ANSWER ("429 Too Many Requests"),
    EMPTY_ANSWER ("503 Service Unavailable"),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (WnByteServer) raw
          = wn_byte_server_new_with (FIRST_PART,
                                     strlen (FIRST_PART),
                                     WN_BYTE_ENDING_CLOSE);
      g_autofree char *url = wn_byte_server_dup_url (raw);
      g_auto (Heard) heard = { 0 };

      wn_byte_server_add (raw,
                          answers[i],
                          strlen (answers[i]),
                          WN_BYTE_ENDING_CLOSE);
      wn_byte_server_add (raw, REST, strlen (REST), WN_BYTE_ENDING_CLOSE);
      heard_begin (&heard, url, NULL);
      run_through_retries (&heard);
      g_assert_cmpint (heard.last, ==, CALL_FINISHED);
      g_assert_cmpuint (heard.n_started, ==, 1);
      g_assert_cmpint (heard.n_bytes, ==, 20);
    }
}

static void
test_validators (void)
{
  static const struct
  {
    const char *headers;
    const char *if_range; /* NULL: it starts over */
  } cases[] = {
    { "ETag: \"v1\"\r\n", "\"v1\"" },
    { "ETag: W/\"v1\"\r\n", NULL },
    { "Last-Modified: Mon, 02 Nov 2026 10:00:00 GMT\r\n"
      "Date: Mon, 02 Nov 2026 11:00:00 GMT\r\n",
      "Mon, 02 Nov 2026 10:00:00 GMT" },
    { "Last-Modified: Mon, 02 Nov 2026 10:00:00 GMT\r\n"
      "Date: Mon, 02 Nov 2026 10:00:00 GMT\r\n",
      NULL },
    { "Last-Modified: Mon, 02 Nov 2026 10:00:00 GMT\r\n", NULL },
    { "", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *first
          = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n"
                             "%s\r\n" TEN,
                             cases[i].headers);
      g_autoptr (WnByteServer) raw
          = wn_byte_server_new_with (first,
                                     strlen (first),
                                     WN_BYTE_ENDING_CLOSE);
      g_autofree char *url = wn_byte_server_dup_url (raw);
      g_auto (Heard) heard = { 0 };

      wn_byte_server_add (raw,
                          cases[i].if_range != NULL ? REST : WHOLE,
                          strlen (cases[i].if_range != NULL ? REST : WHOLE),
                          WN_BYTE_ENDING_CLOSE);
      heard_begin (&heard, url, NULL);
      wn_virtual_timers_pass (5);
      run_to_end (&heard);
      g_assert_cmpint (heard.last, ==, CALL_FINISHED);
      g_assert_cmpint (heard.n_bytes, ==, 20);
      if (cases[i].if_range == NULL)
        {
          g_assert_cmpuint (heard.n_started, ==, 2);
          g_assert_null (
              strstr (wn_byte_server_get_received (raw)->str, "Range: "));
          continue;
        }
      g_assert_cmpuint (heard.n_started, ==, 1);
      g_assert_nonnull (
          strstr (wn_byte_server_get_received (raw)->str, cases[i].if_range));
    }
}

static void
test_resume_gives_up (void)
{
  static const guint delays[]
      = { 5, 10, 20, 40, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60 };
  g_autoptr (WnByteServer) raw = wn_byte_server_new_with (FIRST_PART,
                                                          strlen (FIRST_PART),
                                                          WN_BYTE_ENDING_CLOSE);
  g_autofree char *url = wn_byte_server_dup_url (raw);
  g_auto (Heard) heard = { 0 };

  wn_byte_server_add (raw,
                      EMPTY_ANSWER ("503 Service Unavailable"),
                      strlen (EMPTY_ANSWER ("503 Service Unavailable")),
                      WN_BYTE_ENDING_CLOSE);
  heard_begin (&heard, url, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (delays); i++)
    {
      g_assert_false (heard.is_done);
      wn_virtual_timers_pass (delays[i]);
    }
  run_to_end (&heard);
  g_assert_error (heard.error, WN_DOWNLOAD_ERROR, WN_DOWNLOAD_ERROR_STATUS);
}

/* A file of unknown size: what it began is void, and a server that is away for
 * a while is waited for.
 */
static void
test_start_over (void)
{
  static const guint delays[] = { 5, 10, 20, 40, 60 };
  g_autoptr (WnByteServer) raw = wn_byte_server_new_with (
      ANSWER (CHUNKED_HEAD "64\r\n" TEN, WN_BYTE_ENDING_CLOSE));
  g_autofree char *url = wn_byte_server_dup_url (raw);
  g_auto (Heard) heard = { 0 };

  for (guint i = 0; i < 3; i++)
    wn_byte_server_add (raw,
                        ANSWER (EMPTY_ANSWER ("503 Service Unavailable"),
                                WN_BYTE_ENDING_CLOSE));
  wn_byte_server_add (raw, ANSWER ("", WN_BYTE_ENDING_CLOSE));
  wn_byte_server_add (raw,
                      ANSWER (CHUNKED_HEAD "14\r\n" TEN TEN "\r\n0\r\n\r\n",
                              WN_BYTE_ENDING_CLOSE));
  heard_begin (&heard, url, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (delays); i++)
    {
      wn_virtual_timers_pass (delays[i]);
      g_assert_cmpuint (heard.n_started, ==, 1);
    }
  run_to_end (&heard);
  g_assert_cmpint (heard.last, ==, CALL_FINISHED);
  g_assert_cmpuint (heard.n_started, ==, 2);
  g_assert_cmpint (heard.n_bytes, ==, 20);
}

#define ONE_BYTE(range)                                                        \
  "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " range "/20\r\n\r\n1"

/* What came stays: it goes on from there, three times. */
static void
test_crawl (void)
{
  static const char *const parts[]
      = { ONE_BYTE ("10-19"), ONE_BYTE ("11-19"), ONE_BYTE ("12-19") };
  g_autoptr (WnByteServer) raw = wn_byte_server_new_with (FIRST_PART,
                                                          strlen (FIRST_PART),
                                                          WN_BYTE_ENDING_HOLD);
  g_autofree char *url = wn_byte_server_dup_url (raw);
  g_auto (Heard) heard = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    wn_byte_server_add (raw, parts[i], strlen (parts[i]), WN_BYTE_ENDING_HOLD);
  heard_begin (&heard, url, NULL);
  for (gint64 n_bytes = 10; n_bytes <= 13; n_bytes++)
    {
      while (heard.n_bytes < n_bytes)
        g_main_context_iteration (NULL, TRUE);
      g_assert_false (heard.is_done);
      wn_virtual_timers_pass (
          60); /* bytes came in this minute, though too few */
      if (n_bytes < 13)
        wn_virtual_timers_pass (5);
    }
  run_to_end (&heard);
  g_assert_error (heard.error, WN_DOWNLOAD_ERROR, WN_DOWNLOAD_ERROR_SLOW);
  g_assert_cmpuint (heard.n_started, ==, 1);
}

/* However long it takes: a minute's bytes come in each minute. */
static void
test_slow_but_steady (void)
{
  const gsize n_minute = 60 * 1024;
  g_autofree char *bytes = g_strnfill (n_minute, 'x');
  g_autofree char *first = g_strdup_printf (
      "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n%s",
      bytes);
  g_autoptr (WnByteServer) raw
      = wn_byte_server_new_with (first, strlen (first), WN_BYTE_ENDING_HOLD);
  g_autofree char *url = wn_byte_server_dup_url (raw);
  g_auto (Heard) heard = { 0 };

  heard_begin (&heard, url, NULL);
  wn_wait_until (heard.n_bytes == (gint64) n_minute);
  wn_virtual_timers_pass (60);
  g_assert_cmpuint (wn_virtual_timers_peek (), ==, 60);
  wn_virtual_timers_pass (60);
  g_assert_cmpuint (wn_virtual_timers_peek (), ==, 5);
  g_assert_false (heard.is_done);
}

static void
test_resume_after_silence (void)
{
  static const char head[]
      = "HTTP/1.1 200 OK\r\nContent-Length: 20\r\nETag: \"v1\"\r\n\r\n";
  g_autoptr (WnByteServer) raw
      = wn_byte_server_new_with (head, strlen (head), WN_BYTE_ENDING_HOLD);
  g_autofree char *url = wn_byte_server_dup_url (raw);
  g_auto (Heard) heard = { 0 };

  wn_byte_server_add (raw, "", 0, WN_BYTE_ENDING_HOLD);
  wn_byte_server_add (raw, WHOLE, strlen (WHOLE), WN_BYTE_ENDING_CLOSE);
  heard_begin (&heard, url, NULL);
  for (guint minute = 0; minute < 5; minute++)
    wn_virtual_timers_pass (60);
  wn_virtual_timers_pass (5);
  while (count_text (wn_byte_server_get_received (raw)->str, "\r\n\r\n") < 2)
    g_main_context_iteration (NULL, TRUE);
  wn_virtual_timers_pass (300);
  wn_virtual_timers_pass (10);
  run_to_end (&heard);
  g_assert_cmpint (heard.last, ==, CALL_FINISHED);
  g_assert_cmpint (heard.n_bytes, ==, 20);
}

static void
test_cancel_before_retry (void)
{
  g_autoptr (WnByteServer) raw = wn_byte_server_new_with (FIRST_PART,
                                                          strlen (FIRST_PART),
                                                          WN_BYTE_ENDING_CLOSE);
  g_autofree char *url = wn_byte_server_dup_url (raw);
  g_auto (Heard) heard = { 0 };

  heard_begin (&heard, url, NULL);
  while (!wn_virtual_timers_has (5))
    g_main_context_iteration (NULL, TRUE);
  wn_download_cancel (heard.download);
  wn_wait_until_dry ();
  g_assert_false (wn_virtual_timers_has (5));
  g_assert_cmpint (heard.last, ==, CALL_DATA);
}

static void
test_no_answer (void)
{
  g_autoptr (WnByteServer) raw
      = wn_byte_server_new_with ("", 0, WN_BYTE_ENDING_HOLD);
  g_autofree char *url = wn_byte_server_dup_url (raw);
  g_auto (Heard) heard = { 0 };

  heard_begin (&heard, url, NULL);
  while (*wn_byte_server_get_received (raw)->str == '\0')
    g_main_context_iteration (NULL, TRUE);
  wn_virtual_timers_pass (300);
  run_to_end (&heard);
  g_assert_error (heard.error, WN_DOWNLOAD_ERROR, WN_DOWNLOAD_ERROR_SLOW);
  g_assert_cmpuint (heard.n_calls, ==, 1);
}

/* The size alone. */

static void
on_size_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **kept = user_data;

  *kept = g_object_ref (result);
}

static gint64
query_size (const char *url, GCancellable *cancellable)
{
  WnDownloadConfig config
      = { url, "Bearer s3cret", g_proxy_resolver_get_default () };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (WnTlsDoubt) doubt = NULL;

  wn_size_query_async (&config, FALSE, cancellable, on_size_known, &result);
  g_assert_null (result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  gint64 size = wn_size_query_finish (result, &doubt);

  g_assert_null (doubt);
  wn_wait_until_dry ();
  return size;
}

/* One HEAD, and nothing else, whatever it comes to. */
static void
test_sizes (void)
{
  static const struct
  {
    const char *path;
    gint64 size;
  } cases[] = {
    { "/sized/1234", 1234 },         { "/no-head/1234", WN_SIZE_UNKNOWN },
    { "/sized/0", WN_SIZE_UNKNOWN }, { "/no-size", WN_SIZE_UNKNOWN },
    { "/gzip", WN_SIZE_UNKNOWN },    { "/status/404", WN_SIZE_UNKNOWN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Site) site = { 0 };

      site_init (&site);

      g_autofree char *url = g_strconcat (site.url, cases[i].path, NULL);
      g_autofree char *requests
          = g_strdup_printf ("HEAD %s Bearer s3cret\n", cases[i].path);

      g_test_message ("%s", cases[i].path);
      g_assert_cmpint (query_size (url, NULL), ==, cases[i].size);
      g_assert_cmpstr (site.heads->str, ==, requests);
    }
}

/* At the same host a redirect is followed, and nowhere else. */
static void
test_size_elsewhere (void)
{
  g_auto (Site) site = { 0 };
  g_autofree char *elsewhere = NULL;
  g_autofree char *url = NULL;

  site_init (&site);
  elsewhere = g_strdup_printf ("http://127.0.0.2%s/sized/1000",
                               strrchr (site.url, ':'));
  site.elsewhere = elsewhere;
  url = g_strconcat (site.url, "/away", NULL);
  g_assert_cmpint (query_size (url, NULL), ==, WN_SIZE_UNKNOWN);
  g_assert_cmpstr (site.heads->str, ==, "HEAD /away Bearer s3cret\n");

  g_free (url);
  url = g_strconcat (site.url, "/hops/2", NULL);
  g_assert_cmpint (query_size (url, NULL), ==, 1000);
}

static void
test_size_unreachable (void)
{
  g_autofree char *url = NULL;

  {
    g_autoptr (WnByteServer) raw
        = wn_byte_server_new_with ("", 0, WN_BYTE_ENDING_CLOSE);

    url = wn_byte_server_dup_url (raw);
  }
  g_assert_cmpint (query_size (url, NULL), ==, WN_SIZE_UNKNOWN);
}

/* Either the time ends it, or who has asked. */
static void
test_size_without_answer (void)
{
  for (guint is_cancelled = 0; is_cancelled <= 1; is_cancelled++)
    {
      g_autoptr (WnByteServer) raw
          = wn_byte_server_new_with ("", 0, WN_BYTE_ENDING_HOLD);
      g_autofree char *url = wn_byte_server_dup_url (raw);
      WnDownloadConfig config = { url, NULL, g_proxy_resolver_get_default () };
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (WnTlsDoubt) doubt = NULL;

      wn_size_query_async (&config, FALSE, cancellable, on_size_known, &result);
      while (*wn_byte_server_get_received (raw)->str == '\0')
        g_main_context_iteration (NULL, TRUE);
      if (is_cancelled)
        g_cancellable_cancel (cancellable);
      else
        wn_virtual_timers_pass (3);
      g_assert_null (result);
      while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (wn_size_query_finish (result, &doubt),
                       ==,
                       WN_SIZE_UNKNOWN);
      wn_wait_until_dry ();
    }
}

static void
test_size_cancelled_before (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  g_assert_cmpint (query_size ("http://127.0.0.1:9/", cancellable),
                   ==,
                   WN_SIZE_UNKNOWN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/download/every byte arrives, whatever the size",
                   test_bytes);
  g_test_add_func ("/download/only 200 is a file, and each status has its code",
                   test_statuses);
  g_test_add_func ("/download/a proxy that makes no tunnel is to blame for it",
                   test_no_tunnel);
  g_test_add_func ("/download/a broken body is never a finished file",
                   test_broken_bodies);
  g_test_add_func ("/download/a refusal without end is one at once",
                   test_endless_refusals);
  g_test_add_func ("/download/an answer without end before the answer is cut",
                   test_provisional);
  g_test_add_func ("/download/a large body cut between chunks is short",
                   test_large_cut_between_chunks);
  g_test_add_func ("/download/a file that is not there yet",
                   test_not_there_yet);
  g_test_add_func ("/download/a reset in the body is a break, not the end",
                   test_reset);
  g_test_add_func ("/download/a refused connection is a network error",
                   test_refused);
  g_test_add_func ("/download/five redirects are followed, six are not",
                   test_redirects);
  g_test_add_func ("/download/a redirect never leads out of http and https, "
                   "nor back to http",
                   test_redirect_rules);
  g_test_add_func ("/download/an origin is scheme, host and port",
                   test_origins);
  g_test_add_func ("/download/the token stays at its origin", test_token);
  g_test_add_func ("/download/the token follows a redirect at its origin",
                   test_token_on_same_origin);
  g_test_add_func ("/download/the token doesn't come back to its origin",
                   test_token_stays_away);
  g_test_add_func ("/download/some hosts are this machine by their names",
                   test_inward);
  g_test_add_func ("/download/no server out there leads to this machine",
                   test_redirected_inward);
  g_test_add_func ("/download/this machine may lead to itself",
                   test_redirected_at_home);
  g_test_add_func ("/download/a redirect's cookie comes back", test_cookie);
  g_test_add_func ("/download/a login that is over may be told as such",
                   test_accept);
  g_test_add_func ("/download/a web page behind a redirect is no file",
                   test_page);
  g_test_add_func ("/download/an encoding that is none is none",
                   test_no_codings);
  g_test_add_func ("/download/an encoded body is decoded, or refused",
                   test_encodings);
  g_test_add_func ("/download/a body that swells beyond bounds is refused",
                   test_bomb);
  g_test_add_func ("/download/an encoded body that is cut is short",
                   test_encoded_body_cut);
  g_test_add_func (
      "/download/an encoded body that is cut is short in chunks too",
      test_encoded_chunks_cut);
  g_test_add_func ("/download/cancelled and dropped in any call, it is silent",
                   test_cancel_in_each_call);
  g_test_add_func ("/download/cancelled at once, it is silent",
                   test_cancel_at_once);
  g_test_add_func ("/download/cancelled while the server is silent, so is it",
                   test_cancel_while_silent);
  g_test_add_func ("/download/a listener that wants no more hears no more",
                   test_unwanted_data);
  g_test_add_func ("/download/a broken download goes on, or starts over",
                   test_resume);
  g_test_add_func ("/download/the rest may come in parts", test_rest_in_parts);
  g_test_add_func ("/download/it may break off any number of times",
                   test_many_breaks);
  g_test_add_func ("/download/a server that is busy is asked again for the "
                   "rest",
                   test_busy);
  g_test_add_func ("/download/only what can't have changed goes on",
                   test_validators);
  g_test_add_func (
      "/download/it goes on for a quarter of an hour without a byte",
      test_resume_gives_up);
  g_test_add_func ("/download/what can't go on starts over", test_start_over);
  g_test_add_func ("/download/a server that crawls is asked again, then given "
                   "up",
                   test_crawl);
  g_test_add_func ("/download/a server that is slow but steady is left alone",
                   test_slow_but_steady);
  g_test_add_func ("/download/a server that falls silent is asked again",
                   test_resume_after_silence);
  g_test_add_func ("/download/cancelled before the retry, it is silent",
                   test_cancel_before_retry);
  g_test_add_func ("/download/a server that does not answer is given up",
                   test_no_answer);
  g_test_add_func ("/download/what is no http URL is not asked for",
                   test_bad_urls);
  g_test_add_func ("/download/the size comes from one HEAD, or not at all",
                   test_sizes);
  g_test_add_func ("/download/the size is asked at no other host",
                   test_size_elsewhere);
  g_test_add_func ("/download/the size of what can't be reached is unknown",
                   test_size_unreachable);
  g_test_add_func ("/download/a size query ends after three seconds, or when "
                   "it is cancelled",
                   test_size_without_answer);
  g_test_add_func ("/download/a size query can be cancelled before it begins",
                   test_size_cancelled_before);

  return g_test_run ();
}
