/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The upgrade's bytes, without a connection: what is asked for, and what
 * becomes of every kind of answer, given in at once and byte by byte.
 */

#include "net/websocket/upgrade.h"

#include <string.h>

#include "support/accept.h"

#define URL "ws://notify.example/"
#define OFFERED "ws+meta.nchan"
#define STATUS "HTTP/1.1 101 Switching Protocols\r\n"
#define ANSWER(headers)                                                        \
  STATUS "Upgrade: websocket\r\nConnection: Upgrade\r\n"                       \
         "Sec-WebSocket-Accept: {accept}\r\n" headers "\r\n"
#define BUSY(retry_after)                                                      \
  "HTTP/1.1 503 Busy\r\nRetry-After: " retry_after "\r\n\r\n"
#define EARLY "HTTP/1.1 100 Continue\r\n\r\n"
#define UNDECIDED WN_UPGRADE_UNDECIDED, 0, 0, 0
#define ACCEPTED WN_UPGRADE_ACCEPTED, 0, 0, 0
#define BAD WN_UPGRADE_REFUSED, WN_LOSS_BAD_HANDSHAKE, 0, 0
#define REFUSED(status, retry_after_s)                                         \
  WN_UPGRADE_REFUSED, WN_LOSS_HTTP_STATUS, status, retry_after_s
#define A_DAY_S (24 * 60 * 60)

static const WnRoute plain
    = { .url = (char *) URL, .subprotocol = (char *) OFFERED };

/* The request */

static void
test_target (void)
{
  static const struct
  {
    const char *url;
    const char *start;
  } rows[] = {
    { "ws://h/a/b", "GET /a/b HTTP/1.1\r\nHost: h\r\n" },
    { "ws://h", "GET / HTTP/1.1\r\nHost: h\r\n" },
    { "ws://h?a=b", "GET /?a=b HTTP/1.1\r\nHost: h\r\n" },
    { "ws://h/%7e/../%2F?a=%c3%a4&b",
      "GET /%7e/../%2F?a=%c3%a4&b HTTP/1.1\r\nHost: h\r\n" },
    { "ws://h:80/", "GET / HTTP/1.1\r\nHost: h\r\n" },
    { "wss://h:443/", "GET / HTTP/1.1\r\nHost: h\r\n" },
    { "wss://h:80/", "GET / HTTP/1.1\r\nHost: h:80\r\n" },
    { "ws://h:8080/", "GET / HTTP/1.1\r\nHost: h:8080\r\n" },
    { "ws://[::1]/", "GET / HTTP/1.1\r\nHost: [::1]\r\n" },
    { "wss://[::1]:8443/", "GET / HTTP/1.1\r\nHost: [::1]:8443\r\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (WnUpgrade) upgrade
          = wn_upgrade_new (&(WnRoute){ .url = (char *) rows[i].url });
      const char *request = wn_upgrade_get_request (upgrade);
      g_autofree char *start = g_strndup (request, strlen (rows[i].start));

      g_assert_cmpstr (start, ==, rows[i].start);
    }
}

static void
assert_has_line (const char *request, const char *line)
{
  g_auto (GStrv) lines = g_strsplit (request, "\r\n", -1);

  if (!g_strv_contains ((const char *const *) lines, line))
    g_error ("no line \"%s\" in:\n%s", line, request);
}

static void
test_headers (void)
{
  static const WnRoute route = {
    .url = (char *) URL,
    .subprotocol = (char *) OFFERED,
    .authorization = (char *) "Basic OnMzY3JldA==",
    .origin = (char *) "https://shop.example",
  };
  g_autoptr (WnUpgrade) upgrade = wn_upgrade_new (&route);
  const char *request = wn_upgrade_get_request (upgrade);

  assert_has_line (request, "Upgrade: websocket");
  assert_has_line (request, "Connection: Upgrade");
  assert_has_line (request, "Sec-WebSocket-Version: 13");
  assert_has_line (request, "User-Agent: purple-webnotify/" WN_VERSION);
  assert_has_line (request, "Sec-WebSocket-Protocol: " OFFERED);
  assert_has_line (request, "Authorization: Basic OnMzY3JldA==");
  assert_has_line (request, "Origin: https://shop.example");
  g_assert_null (strstr (request, "Extensions"));
  g_assert_cmpstr (strstr (request, "\r\n\r\n"), ==, "\r\n\r\n");
}

static void
test_no_headers (void)
{
  g_autoptr (WnUpgrade) upgrade
      = wn_upgrade_new (&(WnRoute){ .url = (char *) URL });
  const char *request = wn_upgrade_get_request (upgrade);

  g_assert_null (strstr (request, "Protocol"));
  g_assert_null (strstr (request, "Authorization"));
  g_assert_null (strstr (request, "Origin"));
}

static void
test_unsendable_headers (void)
{
  static const WnRoute route = {
    .url = (char *) URL,
    .authorization = (char *) "Bearer a\r\nX-Evil: 1",
    .origin = (char *) "https://a\nX-Evil: 1",
  };
  g_autoptr (WnUpgrade) upgrade = wn_upgrade_new (&route);
  const char *request = wn_upgrade_get_request (upgrade);

  g_assert_null (strstr (request, "Evil"));
  g_assert_null (strstr (request, "Authorization"));
  g_assert_null (strstr (request, "Origin"));
}

static void
test_key (void)
{
  g_autoptr (WnUpgrade) a = wn_upgrade_new (&plain);
  g_autoptr (WnUpgrade) b = wn_upgrade_new (&plain);

  g_assert_cmpstr (wn_upgrade_get_request (a), !=, wn_upgrade_get_request (b));
}

/* The answer */

static const struct
{
  const char *name;
  const char *answer;
  WnUpgradeVerdict verdict;
  WnLossReason reason;
  guint http_status;
  gint64 retry_after_s;
} answers[] = {
  { "an agreement", ANSWER (""), ACCEPTED },
  { "an agreement in other letters",
    STATUS "UPGRADE: WebSocket\r\nconnection: keep-alive, upgrade\r\n"
           "sec-websocket-accept: {accept}\r\n\r\n",
    ACCEPTED },
  { "an agreement after others",
    EARLY EARLY EARLY EARLY ANSWER (""),
    ACCEPTED },
  { "an agreement to the subprotocol",
    ANSWER ("Sec-WebSocket-Protocol: " OFFERED "\r\n"),
    ACCEPTED },
  { "an empty subprotocol", ANSWER ("Sec-WebSocket-Protocol: \r\n"), ACCEPTED },

  { "nothing", "", UNDECIDED },
  { "the beginning of a status", "HTT", UNDECIDED },
  { "a head that goes on", STATUS "Upgrade: websocket\r\n", UNDECIDED },
  { "only answers before the last", EARLY EARLY, UNDECIDED },

  { "no HTTP", "220 hello, this is SMTP\r\n", BAD },
  { "no HTTP, with an empty line", "220 hello\r\n\r\n", BAD },
  { "an empty line before it",
    "\r\nHTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: {accept}\r\n\r\n",
    BAD },
  { "a status that is none", "HTTP/1.1 abc\r\n\r\n", BAD },
  { "too many answers before the last",
    EARLY EARLY EARLY EARLY EARLY ANSWER (""),
    BAD },
  { "no headers", STATUS "\r\n", BAD },
  { "another protocol",
    STATUS "Upgrade: h2c\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: {accept}\r\n\r\n",
    BAD },
  { "no word on the connection",
    STATUS "Upgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n",
    BAD },
  { "no answer to the key",
    STATUS "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    BAD },
  { "the answer to another key",
    STATUS "Upgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
    BAD },
  { "an extension that nobody offered",
    ANSWER ("Sec-WebSocket-Extensions: permessage-deflate\r\n"),
    BAD },
  { "a subprotocol that nobody offered",
    ANSWER ("Sec-WebSocket-Protocol: mqtt\r\n"),
    BAD },
  { "two subprotocols",
    ANSWER ("Sec-WebSocket-Protocol: " OFFERED ", mqtt\r\n"),
    BAD },

  { "no such page", "HTTP/1.1 404 No\r\n\r\n", REFUSED (404, 0) },
  { "a page", "HTTP/1.0 200 OK\r\n\r\nhello", REFUSED (200, 0) },
  { "a refusal after another",
    EARLY "HTTP/1.1 401 No\r\n\r\n",
    REFUSED (401, 0) },
  { "a redirect",
    "HTTP/1.1 302 Found\r\nLocation: ws://elsewhere/\r\n\r\n",
    WN_UPGRADE_REFUSED,
    WN_LOSS_REDIRECTED,
    302,
    0 },
  { "stay away for seconds", BUSY ("7"), REFUSED (503, 7) },
  { "stay away for years", BUSY ("999999999"), REFUSED (503, A_DAY_S) },
  { "stay away for less than nothing", BUSY ("-5"), REFUSED (503, 0) },
  { "stay away for a word", BUSY ("soon"), REFUSED (503, 0) },
  { "stay away until a distant date",
    BUSY ("Fri, 31 Dec 2199 23:59:59 GMT"),
    REFUSED (503, A_DAY_S) },
  { "stay away until a date by the server's clock, which is years behind",
    "HTTP/1.1 503 Busy\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
    "Retry-After: Sun, 06 Nov 1994 08:49:44 GMT\r\n\r\n",
    REFUSED (503, 7) },
  { "stay away until a day that is over",
    BUSY ("Sun, 06 Nov 1994 08:49:37 GMT"),
    REFUSED (503, 0) },
};

/* Gives it @bytes in pieces, until it has decided. */
static WnUpgradeVerdict
give (WnUpgrade *upgrade, const GByteArray *bytes, gsize piece_bytes)
{
  WnUpgradeVerdict verdict = WN_UPGRADE_UNDECIDED;

  for (gsize i = 0; i < bytes->len && verdict == WN_UPGRADE_UNDECIDED;
       i += piece_bytes)
    verdict = wn_upgrade_take_bytes (upgrade,
                                     (const char *) bytes->data + i,
                                     MIN (piece_bytes, bytes->len - i));
  return verdict;
}

static WnUpgradeVerdict
give_text (WnUpgrade *upgrade, const char *text, gsize piece_bytes)
{
  g_autoptr (GByteArray) bytes
      = wn_accept_fill_in (text,
                           strlen (text),
                           wn_upgrade_get_request (upgrade));

  return give (upgrade, bytes, piece_bytes);
}

static void
test_answer (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  static const gsize piece_bytes[] = { 1, 7, G_MAXUINT16 };

  for (gsize j = 0; j < G_N_ELEMENTS (piece_bytes); j++)
    {
      g_autoptr (WnUpgrade) upgrade = wn_upgrade_new (&plain);
      const WnLoss *loss = wn_upgrade_get_loss (upgrade);

      g_assert_cmpint (give_text (upgrade, answers[i].answer, piece_bytes[j]),
                       ==,
                       answers[i].verdict);
      if (answers[i].verdict != WN_UPGRADE_REFUSED)
        continue;
      g_assert_cmpint (loss->reason, ==, answers[i].reason);
      g_assert_cmpuint (loss->http_status, ==, answers[i].http_status);
      g_assert_cmpint (loss->retry_after_us,
                       ==,
                       answers[i].retry_after_s * G_TIME_SPAN_SECOND);
    }
}

static void
test_what_was_said (void)
{
  static const struct
  {
    const char *answer;
    const char *subprotocol;
    gint64 time_s;
  } rows[] = {
    { ANSWER (""), NULL, 0 },
    { ANSWER ("Sec-WebSocket-Protocol: " OFFERED "\r\n"), OFFERED, 0 },
    { ANSWER ("Sec-WebSocket-Protocol: \r\n"), NULL, 0 },
    { ANSWER ("Date: Wed, 25 Nov 2026 08:20:41 GMT\r\n"), NULL, 1795594841 },
    { ANSWER ("Date: yesterday\r\n"), NULL, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (WnUpgrade) upgrade = wn_upgrade_new (&plain);
      const WnTransportAnswer *answer = wn_upgrade_get_answer (upgrade);

      g_assert_cmpint (give_text (upgrade, rows[i].answer, G_MAXUINT16),
                       ==,
                       WN_UPGRADE_ACCEPTED);
      g_assert_cmpstr (answer->subprotocol, ==, rows[i].subprotocol);
      g_assert_cmpint (answer->time_us,
                       ==,
                       rows[i].time_s * G_TIME_SPAN_SECOND);
    }
}

static void
test_rest (void)
{
  static const char frames[] = "\x81\x02hi\x00\x82\r\n\r\n";
  g_autoptr (WnUpgrade) upgrade = wn_upgrade_new (&plain);
  g_autoptr (GByteArray) bytes
      = wn_accept_fill_in (ANSWER (""),
                           strlen (ANSWER ("")),
                           wn_upgrade_get_request (upgrade));
  g_autoptr (GBytes) rest = NULL;

  g_byte_array_append (bytes, (const guint8 *) frames, sizeof frames);
  g_assert_cmpint (give (upgrade, bytes, G_MAXUINT16), ==, WN_UPGRADE_ACCEPTED);
  rest = wn_upgrade_steal_rest (upgrade);
  g_assert_cmpmem (g_bytes_get_data (rest, NULL),
                   g_bytes_get_size (rest),
                   frames,
                   sizeof frames);
}

static void
test_nul (void)
{
  static const char answer[] = STATUS "X: \0\r\n\r\n";
  g_autoptr (WnUpgrade) upgrade = wn_upgrade_new (&plain);

  g_assert_cmpint (wn_upgrade_take_bytes (upgrade, answer, sizeof answer - 1),
                   ==,
                   WN_UPGRADE_REFUSED);
}

static void
test_too_long (void)
{
  static const char *endless[] = { "X-Filler: abcdefgh\r\n", "abcdefgh" };

  for (gsize i = 0; i < G_N_ELEMENTS (endless); i++)
    {
      g_autoptr (WnUpgrade) upgrade = wn_upgrade_new (&plain);
      WnUpgradeVerdict verdict = give_text (upgrade, STATUS "X: ", 1);
      gsize n_bytes = 0;

      for (; verdict == WN_UPGRADE_UNDECIDED; n_bytes += strlen (endless[i]))
        verdict = give_text (upgrade, endless[i], G_MAXUINT16);
      g_assert_cmpint (verdict, ==, WN_UPGRADE_REFUSED);
      g_assert_cmpint (wn_upgrade_get_loss (upgrade)->reason,
                       ==,
                       WN_LOSS_BAD_HANDSHAKE);
      g_assert_cmpuint (n_bytes, <=, 16 * 1024);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/upgrade/path, query and host are asked for as they stand",
                   test_target);
  g_test_add_func ("/upgrade/what is to be said is said", test_headers);
  g_test_add_func ("/upgrade/what is not to be said isn't", test_no_headers);
  g_test_add_func ("/upgrade/what can't be sent isn't",
                   test_unsendable_headers);
  g_test_add_func ("/upgrade/each has a key of its own", test_key);
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/upgrade/answered with %s", answers[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_answer);
    }
  g_test_add_func ("/upgrade/what the server said is kept", test_what_was_said);
  g_test_add_func ("/upgrade/frames that come with the head are kept",
                   test_rest);
  g_test_add_func ("/upgrade/a NUL in the head is refused", test_nul);
  g_test_add_func ("/upgrade/a head without end is refused", test_too_long);
  return g_test_run ();
}
