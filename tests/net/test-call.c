/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Calls against a server that says exactly the bytes it was told, and one with
 * a certificate that nobody trusts. Virtual time.
 */

#include "net/http/call.h"

#include <string.h>

#include "net/http/download-error.h"
#include "support/byte-server.h"
#include "support/stub-resolver.h"
#include "support/tls-site.h"
#include "support/virtual-timers.h"
#include "support/wait.h"

#define HEAD(status) "HTTP/1.1 " status "\r\nContent-Length: 2\r\n"
#define CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

/* --- The answer that came --- */

typedef struct
{
  guint n_answers;
  guint status;
  char *body; /* (owned) */
  gsize length;
  gint64 time_us;
  GError *error;     /* (owned) (nullable) */
  WnTlsDoubt *doubt; /* (owned) (nullable) */
} Heard;

static void
heard_clear (Heard *heard)
{
  g_free (heard->body);
  g_clear_error (&heard->error);
  g_clear_pointer (&heard->doubt, wn_tls_doubt_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Heard, heard_clear)

static void
on_answer (const WnCallAnswer *answer, gpointer user_data)
{
  Heard *heard = user_data;

  g_assert_cmpuint (heard->n_answers++, ==, 0);
  g_assert_cmpint (answer->body[answer->length], ==, '\0');
  g_assert_true ((answer->status == 0) == (answer->error != NULL));
  heard->status = answer->status;
  heard->body = g_memdup2 (answer->body, answer->length + 1);
  heard->length = answer->length;
  heard->time_us = answer->time_us;
  if (answer->error != NULL)
    heard->error = g_error_copy (answer->error);
  if (answer->doubt != NULL)
    heard->doubt = wn_tls_doubt_copy (answer->doubt);
}

static void
run_to_answer (const Heard *heard)
{
  while (heard->n_answers == 0)
    g_main_context_iteration (NULL, TRUE);
  wn_wait_until_dry ();
}

/* --- The server --- */

static char *
dup_url (WnByteServer *server)
{
  return g_strdup_printf ("http://127.0.0.1:%u/a?b=c",
                          wn_byte_server_get_port (server));
}

static void
add_answer (WnByteServer *server, const char *answer, WnByteEnding ending)
{
  wn_byte_server_add (server, answer, strlen (answer), ending);
}

static gboolean
has_received (WnByteServer *server, const char *text)
{
  return strstr (wn_byte_server_get_received (server)->str, text) != NULL;
}

/* --- The tests --- */

static void
test_time (void)
{
  static const struct
  {
    const char *answer;
    gint64 time_s;
  } cases[] = {
    { HEAD ("200 OK") "Date: Wed, 25 Nov 2026 08:20:41 GMT\r\n\r\n{}",
      1795594841 },
    { HEAD ("200 OK") "Date: yesterday\r\n\r\n{}", 0 },
    { HEAD ("200 OK") "\r\n{}", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WnByteServer) server = wn_byte_server_new ();
      g_autofree char *url = dup_url (server);
      WnCallConfig config = { .method = "GET", .url = url };
      g_auto (Heard) heard = { 0 };

      add_answer (server, cases[i].answer, WN_BYTE_ENDING_CLOSE);
      wn_call_start (&config, NULL, on_answer, &heard, NULL);
      run_to_answer (&heard);
      g_assert_cmpint (heard.time_us, ==, cases[i].time_s * G_TIME_SPAN_SECOND);
    }
}

static void
test_statuses (void)
{
  static const struct
  {
    const char *answer;
    guint status;
  } cases[] = {
    { HEAD ("200 OK") "\r\n{}", 200 },
    { HEAD ("302 Found") "Location: /login\r\n\r\n{}", 302 },
    { HEAD ("401 Unauthorized") "WWW-Authenticate: Basic\r\n\r\n{}", 401 },
    { HEAD ("500 Internal Server Error") "\r\n{}", 500 },
    { CHUNKED "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", 200 },
    { "HTTP/1.0 200 OK\r\n\r\n{}", 200 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WnByteServer) server = wn_byte_server_new ();
      g_autofree char *url = dup_url (server);
      WnCallConfig config = { .method = "GET", .url = url };
      g_auto (Heard) heard = { 0 };

      add_answer (server, cases[i].answer, WN_BYTE_ENDING_CLOSE);
      wn_call_start (&config, NULL, on_answer, &heard, NULL);
      g_assert_cmpuint (heard.n_answers, ==, 0);
      run_to_answer (&heard);
      g_assert_cmpuint (heard.status, ==, cases[i].status);
      g_assert_cmpstr (heard.body, ==, "{}");
      g_assert_cmpuint (wn_byte_server_get_n_requests (server), ==, 1);
      g_assert_true (has_received (server, "GET /a?b=c HTTP/1.1\r\n"));
      g_assert_false (has_received (server, "Authorization"));
    }
}

static void
test_post (void)
{
  g_autoptr (WnByteServer) server = wn_byte_server_new ();
  g_autofree char *url = dup_url (server);
  WnCallConfig config = { .method = "POST",
                          .url = url,
                          .authorization = "Bearer s3cret",
                          .content_type = "application/json",
                          .body = "{\"socket_id\":\"1.2\"}" };
  g_auto (Heard) heard = { 0 };

  add_answer (server, HEAD ("200 OK") "\r\n{}", WN_BYTE_ENDING_CLOSE);
  wn_call_start (&config, NULL, on_answer, &heard, NULL);
  run_to_answer (&heard);
  g_assert_cmpuint (heard.status, ==, 200);
  g_assert_true (has_received (server, "POST /a?b=c HTTP/1.1\r\n"));
  g_assert_true (has_received (server, "Authorization: Bearer s3cret\r\n"));
  g_assert_true (has_received (server, "Content-Type: application/json\r\n"));
  g_assert_true (has_received (server, "\r\n\r\n{\"socket_id\":\"1.2\"}"));
}

static void
test_no_whole_answer (void)
{
  static const struct
  {
    const char *answer;
    WnByteEnding ending;
    WnDownloadError code;
  } cases[] = {
    { "", WN_BYTE_ENDING_CLOSE },
    { "", WN_BYTE_ENDING_RESET },
    { "SSH-2.0-OpenSSH_9.2\r\n\r\n", WN_BYTE_ENDING_CLOSE },
    { HEAD ("200 OK") "\r\n{", WN_BYTE_ENDING_CLOSE },
    /* libsoup takes these for whole. */
    { HEAD ("200 OK") "Connection: close\r\n\r\n{",
      WN_BYTE_ENDING_CLOSE,
      WN_DOWNLOAD_ERROR_SHORT },
    { "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{",
      WN_BYTE_ENDING_CLOSE,
      WN_DOWNLOAD_ERROR_SHORT },
    /* libsoup 3.2 takes these for whole. */
    { CHUNKED, WN_BYTE_ENDING_CLOSE, WN_DOWNLOAD_ERROR_SHORT },
    { CHUNKED "1\r\n{\r\n", WN_BYTE_ENDING_CLOSE, WN_DOWNLOAD_ERROR_SHORT },
    { CHUNKED "1\r\n{\r\nx\r\n",
      WN_BYTE_ENDING_HOLD,
      WN_DOWNLOAD_ERROR_ENCODING },
    { "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}",
      WN_BYTE_ENDING_CLOSE,
      WN_DOWNLOAD_ERROR_LENGTH },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WnByteServer) server = wn_byte_server_new ();
      g_autofree char *url = dup_url (server);
      WnCallConfig config = { .method = "GET", .url = url };
      g_auto (Heard) heard = { 0 };

      add_answer (server, cases[i].answer, cases[i].ending);
      wn_call_start (&config, NULL, on_answer, &heard, NULL);
      run_to_answer (&heard);
      g_assert_cmpuint (heard.status, ==, 0);
      g_assert_cmpuint (heard.length, ==, 0);
      g_assert_error (heard.error, WN_DOWNLOAD_ERROR, (int) cases[i].code);
    }
}

/* A proxy's refusal to make a tunnel is not the server's. */
static void
test_no_tunnel (void)
{
  g_autoptr (WnByteServer) proxy = wn_byte_server_new ();
  g_autofree char *proxy_url = dup_url (proxy);
  g_autoptr (GProxyResolver) resolver
      = g_simple_proxy_resolver_new (proxy_url, NULL);
  WnCallConfig config = { .method = "GET",
                          .url = "https://shop.example/",
                          .authorization = "Bearer s3cret",
                          .proxy_resolver = resolver };
  g_auto (Heard) heard = { 0 };

  add_answer (proxy, HEAD ("403 Forbidden") "\r\nno", WN_BYTE_ENDING_CLOSE);
  wn_call_start (&config, NULL, on_answer, &heard, NULL);
  run_to_answer (&heard);
  g_assert_cmpuint (heard.status, ==, 0);
  g_assert_error (heard.error, WN_DOWNLOAD_ERROR, WN_DOWNLOAD_ERROR_PROXY);
  g_assert_true (has_received (proxy, "CONNECT shop.example:443 HTTP/1.1\r\n"));
  g_assert_false (has_received (proxy, "s3cret"));
}

/* A HEAD's answer has the fields of the body that a GET's would have. */
static void
test_head (void)
{
  g_autoptr (WnByteServer) server = wn_byte_server_new ();
  g_autofree char *url = dup_url (server);
  WnCallConfig config = { .method = "HEAD", .url = url };
  g_auto (Heard) heard = { 0 };

  add_answer (server, CHUNKED, WN_BYTE_ENDING_HOLD);
  wn_call_start (&config, NULL, on_answer, &heard, NULL);
  run_to_answer (&heard);
  g_assert_cmpuint (heard.status, ==, 200);
  g_assert_cmpuint (heard.length, ==, 0);
}

/* By its address, and by a name that somebody out there has given to it. */
static void
test_this_machine (void)
{
  static const char *const hosts[]
      = { "127.0.0.1", "localhost", "[::ffff:0.0.0.0]", "inside.example" };

  wn_stub_resolver_start ();
  for (gsize i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autoptr (WnByteServer) server = wn_byte_server_new ();
      g_autofree char *url = g_strdup_printf ("http://%s:%u/",
                                              hosts[i],
                                              wn_byte_server_get_port (server));
      WnCallConfig config
          = { .method = "HEAD", .url = url, .stays_outside = TRUE };
      g_auto (Heard) heard = { 0 };

      add_answer (server, HEAD ("200 OK") "\r\n", WN_BYTE_ENDING_CLOSE);
      wn_call_start (&config, NULL, on_answer, &heard, NULL);
      run_to_answer (&heard);
      g_assert_error (heard.error,
                      WN_DOWNLOAD_ERROR,
                      WN_DOWNLOAD_ERROR_REDIRECTED);
      g_assert_cmpuint (wn_byte_server_get_n_requests (server), ==, 0);
    }
}

static void
test_bad_url (void)
{
  static const char *const urls[]
      = { "ftp://127.0.0.1/", "no URL", "http://b%40c/" };

  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      WnCallConfig config = { .method = "GET", .url = urls[i] };
      g_auto (Heard) heard = { 0 };

      wn_call_start (&config, NULL, on_answer, &heard, NULL);
      g_assert_cmpuint (heard.n_answers, ==, 0);
      run_to_answer (&heard);
      g_assert_cmpuint (heard.status, ==, 0);
    }
}

static void
test_bounds (void)
{
  for (gsize n_more = 0; n_more <= 1; n_more++)
    {
      g_autoptr (WnByteServer) server = wn_byte_server_new ();
      g_autofree char *url = dup_url (server);
      WnCallConfig config = { .method = "GET", .url = url };
      gsize length = WN_CALL_MAX_BYTES + n_more;
      g_autofree char *body = g_strnfill (length, 'x');
      g_autofree char *answer
          = g_strconcat ("HTTP/1.0 200 OK\r\n\r\n", body, NULL);
      g_auto (Heard) heard = { 0 };

      add_answer (server, answer, WN_BYTE_ENDING_CLOSE);
      wn_call_start (&config, NULL, on_answer, &heard, NULL);
      run_to_answer (&heard);
      g_assert_cmpuint (heard.status, ==, n_more == 0 ? 200 : 0);
      g_assert_cmpuint (heard.length, ==, n_more == 0 ? length : 0);
      if (n_more > 0)
        g_assert_error (heard.error, WN_DOWNLOAD_ERROR, WN_DOWNLOAD_ERROR_LONG);
    }
}

static void
test_silence (void)
{
  static const char *const answers[]
      = { "", HEAD ("200 OK") "\r\n{", HEAD ("401 Unauthorized") "\r\n{" };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (WnByteServer) server = wn_byte_server_new ();
      g_autofree char *url = dup_url (server);
      WnCallConfig config = { .method = "GET", .url = url };
      g_auto (Heard) heard = { 0 };

      add_answer (server, answers[i], WN_BYTE_ENDING_HOLD);
      wn_call_start (&config, NULL, on_answer, &heard, NULL);
      while (wn_byte_server_get_n_requests (server) == 0)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpuint (heard.n_answers, ==, 0);
      wn_virtual_timers_pass (30);
      run_to_answer (&heard);
      g_assert_cmpuint (heard.status, ==, 0);
      g_assert_error (heard.error, WN_DOWNLOAD_ERROR, WN_DOWNLOAD_ERROR_SLOW);
      wn_wait_until (wn_byte_server_get_n_open (server) == 0);
    }
}

/* Cancelled after so many turns of the main loop, it never answers, and its
 * connection goes.
 */
static void
test_cancelled (void)
{
  for (guint n_turns = 0; n_turns < 12; n_turns++)
    {
      g_autoptr (WnByteServer) server = wn_byte_server_new ();
      g_autofree char *url = dup_url (server);
      WnCallConfig config = { .method = "GET", .url = url };
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_auto (Heard) heard = { 0 };

      add_answer (server, HEAD ("200 OK") "\r\n{", WN_BYTE_ENDING_HOLD);
      wn_call_start (&config, cancellable, on_answer, &heard, NULL);
      for (guint i = 0; i < n_turns; i++)
        g_main_context_iteration (NULL, FALSE);
      g_cancellable_cancel (cancellable);
      wn_wait_until_dry ();
      while (wn_virtual_timers_has (30))
        g_main_context_iteration (NULL, TRUE);
      wn_wait_until_dry ();
      g_assert_cmpuint (heard.n_answers, ==, 0);
      wn_wait_until (wn_byte_server_get_n_open (server) == 0);
    }
}

static void
test_cancelled_before (void)
{
  WnCallConfig config = { .method = "GET", .url = "http://127.0.0.1:9/" };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Heard) heard = { 0 };

  g_cancellable_cancel (cancellable);
  wn_call_start (&config, cancellable, on_answer, &heard, NULL);
  wn_wait_until_dry ();
  g_assert_cmpuint (heard.n_answers, ==, 0);
  g_assert_false (wn_virtual_timers_has (30));
}

static void
test_untrusted (void)
{
  g_autoptr (WnTlsSite) site = wn_tls_site_new ("good");
  g_autofree char *url = wn_tls_site_dup_url (site, "https", "/");
  WnCallConfig config
      = { .method = "GET", .url = url, .authorization = "Bearer s3cret" };
  g_auto (Heard) heard = { 0 };

  wn_call_start (&config, NULL, on_answer, &heard, NULL);
  run_to_answer (&heard);
  g_assert_cmpuint (heard.status, ==, 0);
  g_assert_error (heard.error,
                  WN_DOWNLOAD_ERROR,
                  WN_DOWNLOAD_ERROR_CERTIFICATE);
  g_assert_nonnull (heard.doubt);
  g_assert_cmpuint (heard.doubt->port, ==, site->port);
  g_assert_cmpuint (site->n_requests, ==, 0);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/call/the server's time is told where it is said",
                   test_time);
  g_test_add_func ("/call/every status is an answer, a redirect too",
                   test_statuses);
  g_test_add_func ("/call/a body, its type and the credential are sent",
                   test_post);
  g_test_add_func ("/call/an answer that isn't whole is none",
                   test_no_whole_answer);
  g_test_add_func ("/call/a proxy that makes no tunnel has not answered",
                   test_no_tunnel);
  g_test_add_func ("/call/a HEAD's answer ends with its head", test_head);
  g_test_add_func ("/call/this machine is not asked for who is out there",
                   test_this_machine);
  g_test_add_func ("/call/what is no http URL is not asked", test_bad_url);
  g_test_add_func ("/call/an answer of 16 MiB is taken, a longer one isn't",
                   test_bounds);
  g_test_add_func ("/call/a server that falls silent is waited for half a "
                   "minute",
                   test_silence);
  g_test_add_func ("/call/cancelled at any moment, it is silent",
                   test_cancelled);
  g_test_add_func ("/call/cancelled before it begins, it is silent",
                   test_cancelled_before);
  g_test_add_func ("/call/a server that isn't trusted is told nothing",
                   test_untrusted);
  result = g_test_run ();
  wn_tls_site_clean_up ();
  return result;
}
