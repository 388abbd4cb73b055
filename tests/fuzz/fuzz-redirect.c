/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where servers can send an exchange, and what they are told on the way. The
 * input's lines: the first URL, then what is answered to each request: a
 * status and a `Location`, or a `Location` alone, which is a 302's. After the
 * last one a file comes. Nothing goes over a network: libsoup's ways in and
 * out are this file's.
 */

#include "core/dialect/url.h"
#include "fuzz/fuzz.h"
#include "net/http/download-error.h"
#include "net/http/exchange.h"
#include "net/http/http-session.h"
#include "net/http/redirect.h"

#define MAX_LINES 10
#define AUTHORIZATION "Bearer secret"

typedef struct
{
  char **answers;    /* (unowned): those that are left */
  guint status;      /* of the last one */
  gboolean has_left; /* another origin was asked */
  char *origin;      /* (owned) (nullable): of the first request */
  gboolean is_secure;
  guint n_requests;
  gboolean is_over;
} Way;

static Way way;

/* --- what libsoup is asked ---------------------------------------------- */

/* Who is asked, written anew: not the code under test's idea of it. */
static char *
dup_origin (GUri *uri)
{
  const char *scheme = g_uri_get_scheme (uri);
  int port = g_uri_get_port (uri);
  g_autofree char *host = g_ascii_strdown (g_uri_get_host (uri), -1);

  if (port == -1)
    port = g_str_equal (scheme, "https") ? 443 : 80;
  return g_strdup_printf ("%s %s %d", scheme, host, port);
}

static void
check_url (GUri *uri)
{
  const char *scheme = g_uri_get_scheme (uri);

  g_assert_true (wn_host_is_sound (g_uri_get_host (uri)));
  if (way.is_secure)
    g_assert_cmpstr (scheme, ==, "https");
  else
    g_assert_true (g_str_equal (scheme, "http")
                   || g_str_equal (scheme, "https"));
  way.is_secure = g_str_equal (scheme, "https");
}

/* The credential at home, until a redirect leads elsewhere; and no line but
 * those that are meant. */
static void
check_headers (SoupMessage *message)
{
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  const char *authorization
      = soup_message_headers_get_list (headers, "Authorization");
  g_autofree char *origin = dup_origin (soup_message_get_uri (message));

  if (way.origin == NULL)
    way.origin = g_strdup (origin);
  way.has_left |= !g_str_equal (origin, way.origin);
  g_assert_cmpstr (authorization, ==, way.has_left ? NULL : AUTHORIZATION);
  g_assert_cmpstr (soup_message_headers_get_list (headers, "Range"),
                   ==,
                   "bytes=7-");
  g_assert_cmpstr (soup_message_headers_get_list (headers, "If-Range"),
                   ==,
                   "\"tag\"");
  g_assert_null (soup_message_headers_get_list (headers, "Cookie"));
  g_assert_null (soup_message_headers_get_list (headers, "Referer"));
}

/* What goes into the request's first line. */
static void
check_path (GUri *uri)
{
  g_autofree char *path
      = g_strconcat (g_uri_get_path (uri), g_uri_get_query (uri), NULL);

  for (const char *p = path; *p != '\0'; p++)
    g_assert_true (g_ascii_isgraph (*p));
}

/* --- libsoup's place ---------------------------------------------------- */

void __wrap_soup_session_send_async (SoupSession *session,
                                     SoupMessage *message,
                                     int io_priority,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
GInputStream *__wrap_soup_session_send_finish (SoupSession *session,
                                               GAsyncResult *result,
                                               GError **error);
SoupStatus __wrap_soup_message_get_status (SoupMessage *message);
GTlsCertificate *
__wrap_soup_message_get_tls_peer_certificate (SoupMessage *message);

static void
read_answer (SoupMessage *message)
{
  const char *line = *way.answers;
  char *rest = NULL;

  way.status = 200;
  if (line == NULL)
    return;
  way.answers++;
  way.status = (guint) g_ascii_strtoull (line, &rest, 10);
  if (rest == line)
    way.status = 302;
  else if (*rest == ' ')
    rest++;
  if (*rest != '\0')
    soup_message_headers_append (soup_message_get_response_headers (message),
                                 "Location",
                                 rest);
}

void
__wrap_soup_session_send_async (SoupSession *session,
                                SoupMessage *message,
                                int io_priority,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, NULL, callback, user_data);
  GUri *uri = soup_message_get_uri (message);

  way.n_requests++;
  g_assert_cmpuint (way.n_requests, <=, 1 + WN_REDIRECT_MAX);
  g_assert_cmpstr (soup_message_get_method (message), ==, SOUP_METHOD_GET);
  g_assert_true (soup_message_query_flags (message, SOUP_MESSAGE_NO_REDIRECT));
  check_url (uri);
  check_path (uri);
  check_headers (message);
  read_answer (message);
  g_task_return_pointer (task, g_memory_input_stream_new (), g_object_unref);
}

GInputStream *
__wrap_soup_session_send_finish (SoupSession *session,
                                 GAsyncResult *result,
                                 GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

SoupStatus
__wrap_soup_message_get_status (SoupMessage *message)
{
  return (SoupStatus) way.status;
}

/* Every answer is a server's, none a proxy's. */
GTlsCertificate *
__wrap_soup_message_get_tls_peer_certificate (SoupMessage *message)
{
  static char any;

  return (gpointer) &any;
}

/* --- the exchange ------------------------------------------------------- */

/* Why an exchange whose last answer was this one can't end well. */
static int
get_code_of_status (void)
{
  if (way.status == SOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED)
    return WN_DOWNLOAD_ERROR_PROXY;
  return way.status == SOUP_STATUS_MISDIRECTED_REQUEST
             ? WN_DOWNLOAD_ERROR_STATUS
             : WN_DOWNLOAD_ERROR_REDIRECTED;
}

static void
on_exchanged (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GInputStream) body = wn_exchange_finish (result, &message, &error);

  g_assert_true ((body == NULL) == (error != NULL));
  g_assert_true ((body == NULL) == (message == NULL));
  if (error != NULL)
    g_assert_error (error, WN_DOWNLOAD_ERROR, get_code_of_status ());
  else
    g_assert_true (get_code_of_status () == WN_DOWNLOAD_ERROR_REDIRECTED
                   && !wn_redirect_is_status (way.status));
  way.is_over = TRUE;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static SoupSession *session;
  /* As it comes, UTF-8 or not; no header of libsoup's has a line end in it. */
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (GStrv) lines
      = g_strsplit (g_strdelimit (text, "\r", ' '), "\n", MAX_LINES);
  WnRequest request = { .method = SOUP_METHOD_GET,
                        .url = lines[0],
                        .authorization = AUTHORIZATION,
                        .range = "bytes=7-",
                        .if_range = "\"tag\"" };

  if (lines[0] == NULL)
    return 0;
  if (session == NULL)
    session = wn_http_session_new (NULL);
  way = (Way){ .answers = lines + 1 };
  wn_exchange_async (session, &request, cancellable, on_exchanged, NULL);
  while (!way.is_over)
    g_main_context_iteration (NULL, TRUE);
  g_clear_pointer (&way.origin, g_free);
  return 0;
}
