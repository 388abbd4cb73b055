/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The request is made of libsoup's headers, and libsoup's parser reads the
 * answer. The check of the answer is ours, because libsoup's own wants a
 * message of a session.
 */

#include "net/websocket/upgrade.h"

#include <libsoup/soup.h>
#include <string.h>

#include "core/dialect/url.h"
#include "net/http/response.h"
#include "net/user-agent.h"

/* The limit of all heads together; the last read may go beyond it */
#define MAX_HEAD_BYTES (16 * 1024)
#define MAX_INFORMATIONAL 4
#define MAX_RETRY_AFTER_S (24 * 60 * 60)
#define WEBSOCKET_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

struct _WnUpgrade
{
  GString *request;         /* (owned) */
  char *expected_accept;    /* (owned) */
  char *subprotocol;        /* (owned) (nullable): offered */
  GString *head;            /* (owned): what came and is not used up */
  gsize n_head_bytes;       /* all that came before the verdict */
  guint n_informational;    /* answers of 1xx */
  WnLoss loss;              /* once it is refused */
  WnTransportAnswer answer; /* once it is accepted */
};

/* --- The request --- */

/* Path and query go out as they stand; GUri would tidy them up. */
static char *
dup_target (const char *url)
{
  const char *authority = strstr (url, "://");

  g_return_val_if_fail (authority != NULL, g_strdup ("/"));

  const char *start = authority + strlen ("://");

  start += strcspn (start, "/?");
  return g_strconcat (*start == '/' ? "" : "/", start, NULL);
}

/* Returns: what a server answers to @key (RFC 6455 §4.2.2). */
static char *
accept_of_key (const char *key)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;

  g_checksum_update (checksum, (const guchar *) key, -1);
  g_checksum_update (checksum, (const guchar *) WEBSOCKET_GUID, -1);
  g_checksum_get_digest (checksum, digest, &length);
  return g_base64_encode (digest, length);
}

static gboolean
can_be_sent (const char *value)
{
  for (; *value != '\0'; value++)
    if (g_ascii_iscntrl (*value))
      return FALSE;
  return TRUE;
}

static void
add_header (SoupMessageHeaders *headers, const char *name, const char *value)
{
  if (value != NULL && can_be_sent (value))
    soup_message_headers_append (headers, name, value);
}

static void
append_header (const char *name, const char *value, gpointer user_data)
{
  g_string_append_printf ((GString *) user_data, "%s: %s\r\n", name, value);
}

/* The message is there for libsoup to put its headers in. Its URL is none of
 * the route's, since libsoup takes no ws:// URL. */
static void
append_handshake (WnUpgrade *self, const WnRoute *route)
{
  g_autoptr (SoupMessage) message
      = soup_message_new (SOUP_METHOD_GET, "http://localhost/");
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  char *offered[] = { self->subprotocol, NULL };

  soup_websocket_client_prepare_handshake (message,
                                           NULL,
                                           self->subprotocol != NULL ? offered
                                                                     : NULL,
                                           NULL);
  add_header (headers, "User-Agent", WN_USER_AGENT);
  add_header (headers, "Authorization", route->authorization);
  add_header (headers, "Origin", route->origin);
  self->expected_accept = accept_of_key (
      soup_message_headers_get_one (headers, "Sec-WebSocket-Key"));
  soup_message_headers_foreach (headers, append_header, self->request);
}

static void
append_request (WnUpgrade *self, GUri *uri, const WnRoute *route)
{
  g_autofree char *target = dup_target (route->url);
  g_autofree char *host = wn_url_dup_host (uri);

  g_string_append_printf (self->request,
                          "GET %s HTTP/1.1\r\nHost: %s\r\n",
                          target,
                          host);
  append_handshake (self, route);
  g_string_append (self->request, "\r\n");
}

/* --- The answer's headers --- */

/* A date is by the server's clock, which may not be ours. */
static gint64
get_retry_after (SoupMessageHeaders *headers)
{
  const char *value = soup_message_headers_get_one (headers, "Retry-After");
  gint64 now_us = wn_response_get_time (headers);
  g_autoptr (GDateTime) date = NULL;
  guint64 seconds;

  if (value == NULL)
    return 0;
  if (g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT32, &seconds, NULL))
    return (gint64) MIN (seconds, MAX_RETRY_AFTER_S) * G_TIME_SPAN_SECOND;
  date = soup_date_time_new_from_http_string (value);
  if (date == NULL)
    return 0;
  if (now_us == 0)
    now_us = g_get_real_time ();
  return CLAMP (g_date_time_to_unix (date) * G_TIME_SPAN_SECOND - now_us,
                0,
                MAX_RETRY_AFTER_S * G_TIME_SPAN_SECOND);
}

/* The server may choose the subprotocol that was offered, or none (RFC 6455
 * §4.1). nchan says "none" with an empty header. */
static gboolean
agree_to_subprotocol (WnUpgrade *self, SoupMessageHeaders *headers)
{
  const char *chosen
      = soup_message_headers_get_list (headers, "Sec-WebSocket-Protocol");

  if (chosen == NULL || *chosen == '\0')
    return TRUE;
  if (g_strcmp0 (chosen, self->subprotocol) != 0)
    return FALSE;
  self->answer.subprotocol = self->subprotocol;
  return TRUE;
}

static gboolean
is_upgrade (WnUpgrade *self, SoupMessageHeaders *headers)
{
  const char *accept
      = soup_message_headers_get_one (headers, "Sec-WebSocket-Accept");

  return soup_message_headers_header_equals (headers, "Upgrade", "websocket")
         && soup_message_headers_header_contains (headers,
                                                  "Connection",
                                                  "Upgrade")
         && g_strcmp0 (accept, self->expected_accept) == 0
         && soup_message_headers_get_list (headers, "Sec-WebSocket-Extensions")
                == NULL
         && agree_to_subprotocol (self, headers);
}

/* --- The verdict --- */

static WnUpgradeVerdict
refuse (WnUpgrade *self)
{
  self->loss.reason = WN_LOSS_BAD_HANDSHAKE;
  return WN_UPGRADE_REFUSED;
}

static WnUpgradeVerdict
refuse_for_status (WnUpgrade *self, guint status, SoupMessageHeaders *headers)
{
  self->loss = (WnLoss){
    .reason = SOUP_STATUS_IS_REDIRECTION (status) ? WN_LOSS_REDIRECTED
                                                  : WN_LOSS_HTTP_STATUS,
    .http_status = status,
    .retry_after_us = get_retry_after (headers),
  };
  return WN_UPGRADE_REFUSED;
}

static WnUpgradeVerdict
judge (WnUpgrade *self, guint status, SoupMessageHeaders *headers)
{
  if (status == SOUP_STATUS_SWITCHING_PROTOCOLS)
    {
      if (!is_upgrade (self, headers))
        return refuse (self);
      self->answer.time_us = wn_response_get_time (headers);
      return WN_UPGRADE_ACCEPTED;
    }
  if (!SOUP_STATUS_IS_INFORMATIONAL (status))
    return refuse_for_status (self, status, headers);
  return ++self->n_informational <= MAX_INFORMATIONAL ? WN_UPGRADE_UNDECIDED
                                                      : refuse (self);
}

/* @length: of the whole head that has come */
static WnUpgradeVerdict
take_head (WnUpgrade *self, gsize length)
{
  g_autoptr (SoupMessageHeaders) headers
      = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
  guint status = 0;
  gboolean is_valid
      = soup_headers_parse_response (self->head->str,
                                     (int) (length - strlen ("\r\n")),
                                     headers,
                                     NULL,
                                     &status,
                                     NULL);

  g_string_erase (self->head, 0, (gssize) length);
  return is_valid ? judge (self, status, headers) : refuse (self);
}

/* Returns: the length of the head with its empty line; 0 where it goes on. */
static gsize
find_head_end (const GString *head)
{
  const char *end = strstr (head->str, "\r\n\r\n");

  return end != NULL ? (gsize) (end - head->str) + strlen ("\r\n\r\n") : 0;
}

/* libsoup's parser would pass over empty lines before the head. */
static gboolean
begins_like_http (const GString *head)
{
  static const char *start = "HTTP/";

  return strncmp (head->str, start, MIN (head->len, strlen (start))) == 0;
}

static gboolean
may_be_http (const GString *head)
{
  return begins_like_http (head) && memchr (head->str, '\0', head->len) == NULL;
}

/* --- The whole --- */

WnUpgrade *
wn_upgrade_new (const WnRoute *route)
{
  g_autoptr (GUri) uri = wn_url_parse (route->url);

  g_return_val_if_fail (uri != NULL, NULL);

  WnUpgrade *self = g_new0 (WnUpgrade, 1);

  self->request = g_string_new (NULL);
  self->head = g_string_new (NULL);
  self->subprotocol = g_strdup (route->subprotocol);
  append_request (self, uri, route);
  return self;
}

void
wn_upgrade_free (WnUpgrade *self)
{
  g_string_free (self->request, TRUE);
  g_free (self->expected_accept);
  g_free (self->subprotocol);
  if (self->head != NULL)
    g_string_free (self->head, TRUE);
  g_free (self);
}

const char *
wn_upgrade_get_request (WnUpgrade *self)
{
  return self->request->str;
}

WnUpgradeVerdict
wn_upgrade_take_bytes (WnUpgrade *self, const char *bytes, gsize n_bytes)
{
  gsize length;

  g_string_append_len (self->head, bytes, (gssize) n_bytes);
  self->n_head_bytes += n_bytes;
  while (begins_like_http (self->head)
         && (length = find_head_end (self->head)) > 0)
    {
      WnUpgradeVerdict verdict = take_head (self, length);

      if (verdict != WN_UPGRADE_UNDECIDED)
        return verdict;
    }
  if (!may_be_http (self->head) || self->n_head_bytes >= MAX_HEAD_BYTES)
    return refuse (self);
  return WN_UPGRADE_UNDECIDED;
}

const WnLoss *
wn_upgrade_get_loss (WnUpgrade *self)
{
  return &self->loss;
}

const WnTransportAnswer *
wn_upgrade_get_answer (WnUpgrade *self)
{
  return &self->answer;
}

GBytes *
wn_upgrade_steal_rest (WnUpgrade *self)
{
  return g_string_free_to_bytes (g_steal_pointer (&self->head));
}
