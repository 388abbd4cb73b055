/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The built module in a real libpurple against a server that sends bytes as no
 * server should, and what the user sees of it: messages, the contact's away
 * sentence, or the account's error.
 */

#include <string.h>

#include "support/byte-parts.h"
#include "support/byte-server.h"
#include "support/headless-host.h"
#include "support/login.h"

#define CONTACT "jd-shop"
#define PORT_MARK "127.0.0.1:"
#define MAX_PARTS 8

/* The sentences' words. */
#define NO_WEBSOCKET "the server does not speak WebSocket"
#define ELSEWHERE "the server pointed somewhere else"
#define CUT "the connection was cut"
#define BROKE "the server broke the WebSocket protocol"
#define TOO_LONG "a message was too long"
#define CLOSED "the server closed the connection"

#define TITLE(title) TEXT ("{\"title\":\"" title "\"}")

/* A head that is not WebSocket's, and then the account's error; or frames, and
 * then the away sentence, %NULL where the connection lives on: then "end" is
 * sent as one more notification, and has to be the last that is seen.
 */
typedef struct
{
  const char *name;
  WnBytePart parts[MAX_PARTS];
  const char *seen; /* the messages, a line each; %NULL: none */
  const char *loss; /* %NULL: lives on */
  WnByteEnding ending;
  gsize piece_bytes;
} Case;

/* --- handshakes that fail: the account's error --- */

static const Case handshakes[] = {
  { "an answer of SSH", { RAW ("SSH-2.0-x\r\n\r\n") }, .loss = NO_WEBSOCKET },
  { "an alert of TLS",
    { RAW ("\x15\x03\x03\x00\x02\x02\x28") },
    .loss = NO_WEBSOCKET },
  { "only an empty line", { RAW ("\r\n\r\n") }, .loss = NO_WEBSOCKET },
  { "zeros", { RAW_TIMES ("\0", 64) }, .loss = NO_WEBSOCKET },
  { "a NUL in the head",
    { RAW ("HTTP/1.1 101 S\r\nX: \0\r\n\r\n") },
    .loss = NO_WEBSOCKET },
  { "a head of 20 KiB without an end",
    { RAW ("HTTP/1.1 101 S\r\n"), RAW_TIMES ("X-Filler: 0123456\r\n", 1100) },
    .loss = NO_WEBSOCKET,
    .ending = WN_BYTE_ENDING_HOLD },
  { "a header line without an end",
    { RAW ("HTTP/1.1 101 S\r\nX: "), RAW_TIMES ("0123456789abcdef", 1100) },
    .loss = NO_WEBSOCKET,
    .ending = WN_BYTE_ENDING_HOLD },
  { "a status line without a status",
    { RAW ("HTTP/1.1\r\n\r\n") },
    .loss = NO_WEBSOCKET },
  { "a status that is a word",
    { RAW ("HTTP/1.1 OK\r\n\r\n") },
    .loss = NO_WEBSOCKET },
  { "a status of four digits",
    { RAW ("HTTP/1.1 1011 S\r\n\r\n") },
    .loss = NO_WEBSOCKET },
  { "no Upgrade",
    { RAW ("HTTP/1.1 101 S\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: {accept}\r\n\r\n") },
    .loss = NO_WEBSOCKET },
  { "an upgrade to something else",
    { RAW ("HTTP/1.1 101 S\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: {accept}\r\n\r\n") },
    .loss = NO_WEBSOCKET },
  { "no Connection",
    { RAW ("HTTP/1.1 101 S\r\nUpgrade: websocket\r\n"
           "Sec-WebSocket-Accept: {accept}\r\n\r\n") },
    .loss = NO_WEBSOCKET },
  { "no answer to the key",
    { RAW ("HTTP/1.1 101 S\r\nUpgrade: websocket\r\n"
           "Connection: Upgrade\r\n\r\n") },
    .loss = NO_WEBSOCKET },
  { "an answer to another key",
    { RAW ("HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n") },
    .loss = NO_WEBSOCKET },
  { "a second, wrong answer to the key",
    { RAW ("HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: {accept}\r\n"
           "Sec-WebSocket-Accept: x\r\n\r\n") },
    .loss = NO_WEBSOCKET },
  { "an extension that nobody asked for",
    { RAW ("HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: {accept}\r\n"
           "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n") },
    .loss = NO_WEBSOCKET },
  { "a subprotocol that nobody asked for",
    { RAW ("HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: {accept}\r\n"
           "Sec-WebSocket-Protocol: chat\r\n\r\n") },
    .loss = NO_WEBSOCKET },
  { "an upgrade with status 200",
    { RAW ("HTTP/1.1 200 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: {accept}\r\n\r\n") },
    .loss = "the server refused (HTTP 200)" },
  { "a refusal with a page",
    { RAW ("HTTP/1.1 404 N\r\nContent-Type: text/html\r\n\r\n<h1>no</h1>") },
    .loss = "the server refused (HTTP 404)" },
  { "a refusal whose phrase is markup",
    { RAW ("HTTP/1.1 403 <b>\x1b[2J</b>\r\n\r\n") },
    .loss = "the server refused (HTTP 403)" },
  { "a refusal for a million years",
    { RAW ("HTTP/1.1 503 N\r\nRetry-After: 99999999999999999999\r\n\r\n") },
    .loss = "the server refused (HTTP 503)" },
  { "a refusal until before the first year",
    { RAW ("HTTP/1.1 503 N\r\n"
           "Retry-After: Mon, 00 Jan 0000 00:00:00 GMT\r\n\r\n") },
    .loss = "the server refused (HTTP 503)" },
  { "a redirect to a script",
    { RAW ("HTTP/1.1 302 F\r\nLocation: javascript:alert(1)\r\n\r\n") },
    .loss = ELSEWHERE },
  { "a redirect to itself",
    { RAW ("HTTP/1.1 307 T\r\nLocation: /\r\n\r\n") },
    .loss = ELSEWHERE },
  { "five times 100 before the upgrade",
    { RAW_TIMES ("HTTP/1.1 100 Continue\r\n\r\n", 5), RAW (WN_UPGRADE) },
    .loss = NO_WEBSOCKET },
  { "100 without an end",
    { RAW_TIMES ("HTTP/1.1 100 Continue\r\n\r\n", 2000) },
    .loss = NO_WEBSOCKET,
    .ending = WN_BYTE_ENDING_HOLD },
  { "no byte", { RAW ("") }, .loss = CUT },
  { "a reset for an answer",
    { RAW ("") },
    .loss = CUT,
    .ending = WN_BYTE_ENDING_RESET },
  { "half an upgrade",
    { RAW ("HTTP/1.1 101 S\r\nUpgrade: webso") },
    .loss = CUT },
  { "half an upgrade and a reset",
    { RAW ("HTTP/1.1 101 S\r\nUpgrade: webso") },
    .loss = CUT,
    .ending = WN_BYTE_ENDING_RESET },
  { "an upgrade without its last line feed",
    { RAW ("HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: {accept}\r\n\r") },
    .loss = CUT,
    .ending = WN_BYTE_ENDING_HALF_CLOSE },
  { "an upgrade of bare line feeds",
    { RAW ("HTTP/1.1 101 S\nUpgrade: websocket\nConnection: Upgrade\n"
           "Sec-WebSocket-Accept: {accept}\n\n") },
    .loss = CUT },
};

/* --- handshakes that are odd but right --- */

static const Case odd_handshakes[] = {
  { "an upgrade byte by byte", { RAW (WN_UPGRADE) }, .piece_bytes = 1 },
  { "an upgrade in threes with its first message",
    { RAW (WN_UPGRADE), TITLE ("one") },
    "one",
    .piece_bytes = 3 },
  { "names and values in any case",
    { RAW ("HTTP/1.1 101 \r\nUPGRADE:WebSocket\r\nconnection:  uPGRADE \r\n"
           "sec-websocket-accept:\t{accept}\r\n\r\n") } },
  { "Connection as a list on two lines",
    { RAW ("HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: keep-alive,\r\n"
           "  Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n") } },
  { "four times 100, the upgrade and a message in one",
    { RAW_TIMES ("HTTP/1.1 100 Continue\r\n\r\n", 4),
      RAW (WN_UPGRADE),
      TITLE ("one") },
    "one" },
  { "hints with 200 links before the upgrade",
    { RAW ("HTTP/1.1 103 Early Hints\r\n"),
      RAW_TIMES ("Link: </style.css>; rel=preload\r\n", 200),
      RAW ("\r\n" WN_UPGRADE) } },
  { "an upgrade with the length of a body",
    { RAW ("HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Content-Length: 99999999999999999999\r\n"
           "Transfer-Encoding: chunked\r\n"
           "Sec-WebSocket-Accept: {accept}\r\n\r\n"),
      TITLE ("one") },
    "one" },
};

/* --- what it lives on with --- */

static const Case harmless[] = {
  { "glued messages",
    { TITLE ("one"), TITLE ("two"), TITLE ("three") },
    "one\ntwo\nthree" },
  { "messages byte by byte",
    { TITLE ("one"), TITLE ("two") },
    "one\ntwo",
    .piece_bytes = 1 },
  { "a message in fragments of a byte",
    { FRAME (0x01, "{"),
      FRAME (0x00, "\"title\""),
      FRAME (0x00, ":"),
      FRAME (0x00, "\"one\""),
      FRAME (0x80, "}") },
    "one" },
  { "a thousand empty fragments",
    { FRAME (0x01, "{\"title\":"),
      FRAMES (0x00, "", 1000),
      FRAME (0x80, "\"one\"}") },
    "one" },
  { "a ping between fragments",
    { FRAME (0x01, "{\"title\":"),
      FRAME (0x89, "?"),
      FRAME (0x80, "\"one\"}") },
    "one" },
  { "a character split between fragments",
    { FRAME (0x01, "{\"title\":\"\xe8\xae"), FRAME (0x80, "\xa2\"}") },
    "订" },
  { "5,000 pings",
    { FRAMES (0x89, "0123456789", 5000), TITLE ("one") },
    "one" },
  { "a ping of 125 bytes",
    { FRAME (
        0x89,
        "0123456789012345678901234567890123456789012345678901234567890123"
        "4567890123456789012345678901234567890123456789012345678901234") } },
  { "pongs that nobody asked for", { FRAMES (0x8a, "x", 100) } },
  { "5,000 empty messages", { FRAMES (0x81, "", 5000) } },
  { "binary messages", { FRAMES (0x82, "{\"title\":\"x\"}", 100) } },
  { "an empty binary message", { FRAME (0x82, "") } },
  { "a binary message in fragments",
    { FRAME (0x02, "\xff"), FRAME (0x80, "\xfe") } },
  { "2,000 messages that are no JSON", { FRAMES (0x81, "{\"title\":", 2000) } },
  { "acknowledgements without end",
    { FRAMES (0x81, "{\"code\":2,\"api_version\":\"9\"}", 2000) } },
  { "a message of NULs", { FRAME (0x81, "\0\0\0\0") } },
  { "a NUL behind a message", { TEXT ("{\"title\":\"x\"}\0") } },
  { "a byte order mark", { TEXT ("\xef\xbb\xbf{\"title\":\"x\"}") } },
  { "two values in one message",
    { TEXT ("{\"title\":\"a\"}{\"title\":\"b\"}") } },
  { "values that are no objects",
    { TEXT ("null"),
      TEXT ("[{\"title\":\"x\"}]"),
      TEXT ("\"title\""),
      TEXT ("2") } },
  { "a comment, single quotes and a trailing comma",
    { TEXT ("{\"title\":\"a\"/**/}"),
      TEXT ("{'title':'b'}"),
      TEXT ("{\"title\":\"c\",}") } },
  { "escaped NULs and lone surrogates",
    { TITLE ("a\\u0000b\\ud800c") },
    "a\xef\xbf\xbd"
    "b\xef\xbf\xbd"
    "c" },
  { "a title that turns the text around",
    { TITLE ("a\\u202eb\\u2066c\\u200fd") },
    "abcd" },
  { "a title of markup",
    { TITLE ("<script>alert(1)</script>") },
    "&lt;script&gt;alert(1)&lt;/script&gt;" },
  { "a title that looks like an action",
    { TITLE ("/me gives up") },
    "<b> /me gives up</b>" },
  { "content that runs",
    { TEXT (
        "{\"title\":\"one\",\"content\":\"<img src='javascript:x' onerror=alert(1)>"
        "<a href='javascript:alert(1)'>a</a><script>b</script>\"}") },
    "<b>one</b><br>[image]a" },
  { "content that loads files",
    { TEXT ("{\"title\":\"one\",\"content\":\"<a href='file:///etc/passwd'>a"
            "</a><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>"
            "&y;\"}") },
    "<b>one</b><br>a]&gt;&amp;y;" },
  { "an id that comes again",
    { TEXT ("{\"title\":\"one\",\"id\":\"7\"}"),
      TEXT ("{\"title\":\"two\",\"id\":\"7\"}") },
    "one" },
};

/* --- what it is lost to --- */

static const Case fatal[] = {
  { "a masked frame", { RAW ("\x81\x82\1\2\3\4{}") }, .loss = BROKE },
  { "a frame with the first reserved bit",
    { FRAME (0xc1, "{\"title\":\"x\"}") },
    .loss = BROKE },
  { "a frame with the second reserved bit",
    { FRAME (0xa1, "{\"title\":\"x\"}") },
    .loss = BROKE },
  { "a frame with the third reserved bit",
    { FRAME (0x91, "{\"title\":\"x\"}") },
    .loss = BROKE },
  { "a ping with a reserved bit", { FRAME (0xc9, "x") }, .loss = BROKE },
  { "a data frame of no kind",
    { FRAME (0x83, "{\"title\":\"x\"}") },
    .loss = BROKE },
  { "another data frame of no kind", { FRAME (0x87, "x") }, .loss = BROKE },
  { "a ping in fragments",
    { FRAME (0x09, "x"), FRAME (0x80, "y") },
    .loss = BROKE },
  { "a ping of 126 bytes",
    { RAW ("\x89\x7e\x00\x7e"), RAW_TIMES ("x", 126) },
    .loss = BROKE },
  { "a fragment of nothing", { FRAME (0x80, "x") }, .loss = BROKE },
  { "a fragment of nothing, not the last",
    { FRAME (0x00, "x") },
    .loss = BROKE },
  { "a message within another's fragments",
    { FRAME (0x01, "{\"title\":"), TITLE ("x"), FRAME (0x80, "1}") },
    .loss = BROKE },
  { "a message after a good one that is broken",
    { TITLE ("one"), FRAME (0xc1, "{}"), TITLE ("two") },
    "one",
    BROKE },
  { "a length of 2 to the 63rd",
    { RAW ("\x81\x7f\x80\0\0\0\0\0\0\0") },
    .loss = TOO_LONG },
  { "a length of 2 to the 64th less 1",
    { RAW ("\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff") },
    .loss = TOO_LONG },
  { "a length of 16 MiB and a byte",
    { RAW ("\x81\x7f\0\0\0\0\x01\0\0\x01") },
    .loss = TOO_LONG },
  { "a length that is longer than it must be",
    { RAW ("\x81\x7e\x00\x0d{\"title\":\"a\"}") },
    .loss = BROKE },
  { "half a frame's head", { RAW ("\x81\x7f\0\0") }, .loss = CUT },
  { "half a message",
    { TITLE ("one"), RAW ("\x81\x0d{\"title\"") },
    "one",
    CUT },
  { "half a message and a reset",
    { RAW ("\x81\x0d{\"title\"") },
    .loss = CUT,
    .ending = WN_BYTE_ENDING_RESET },
  { "fragments without their last",
    { FRAME (0x01, "{\"title\":\"x\"}") },
    .loss = CUT },
  { "a message and half a closed connection",
    { TITLE ("one") },
    "one",
    CUT,
    .ending = WN_BYTE_ENDING_HALF_CLOSE },
  { "the end without a close", { TITLE ("one") }, "one", CUT },
  { "bytes that are no UTF-8",
    { FRAME (0x81, "{\"title\":\"\xff\"}") },
    .loss = BROKE },
  { "an overlong slash", { FRAME (0x81, "\"\xc0\xaf\"") }, .loss = BROKE },
  { "an encoded surrogate",
    { FRAME (0x81, "\"\xed\xa0\x80\"") },
    .loss = BROKE },
  { "a character beyond the last",
    { FRAME (0x81, "\"\xf4\x90\x80\x80\"") },
    .loss = BROKE },
  { "a message that ends within a character",
    { FRAME (0x01, "\"\xe8"), FRAME (0x80, "\xae") },
    .loss = BROKE },
};

/* --- closes --- */

static const Case closes[] = {
  { "code 1000", { FRAME (0x88, "\x03\xe8") }, .loss = CLOSED " (1000)" },
  { "no code", { FRAME (0x88, "") }, .loss = CLOSED },
  { "a reason",
    { FRAME (0x88, "\x03\xf3<b>bye</b>") },
    .loss = CLOSED " (1011)" },
  { "code 1001", { FRAME (0x88, "\x03\xe9") }, .loss = CLOSED " (1001)" },
  { "code 1012, which is late",
    { FRAME (0x88, "\x03\xf4") },
    .loss = CLOSED " (1012)" },
  { "code 1014, which is late",
    { FRAME (0x88, "\x03\xf6") },
    .loss = CLOSED " (1014)" },
  { "code 3000", { FRAME (0x88, "\x0b\xb8") }, .loss = CLOSED " (3000)" },
  { "code 4999", { FRAME (0x88, "\x13\x87") }, .loss = CLOSED " (4999)" },
  { "half a code", { FRAME (0x88, "\x03") }, .loss = BROKE },
  { "code 0", { FRAME (0x88, "\0\0") }, .loss = BROKE },
  { "code 999", { FRAME (0x88, "\x03\xe7") }, .loss = BROKE },
  { "code 1004, which nobody has",
    { FRAME (0x88, "\x03\xec") },
    .loss = BROKE },
  { "code 1005, which is never sent",
    { FRAME (0x88, "\x03\xed") },
    .loss = BROKE },
  { "code 1006, which is never sent",
    { FRAME (0x88, "\x03\xee") },
    .loss = BROKE },
  { "code 1015, which is never sent",
    { FRAME (0x88, "\x03\xf7") },
    .loss = BROKE },
  { "code 2999, which nobody has",
    { FRAME (0x88, "\x0b\xb7") },
    .loss = BROKE },
  { "code 5000", { FRAME (0x88, "\x13\x88") }, .loss = BROKE },
  { "code 65535", { FRAME (0x88, "\xff\xff") }, .loss = BROKE },
  { "a reason that is no UTF-8",
    { FRAME (0x88, "\x03\xe8\xff") },
    .loss = BROKE },
  { "a close in fragments", { FRAME (0x08, "\x03\xe8") }, .loss = BROKE },
  { "a close of 126 bytes",
    { RAW ("\x88\x7e\x00\x7e\x03\xe8"), RAW_TIMES ("x", 124) },
    .loss = CLOSED },
  { "a close byte by byte",
    { TITLE ("one"), FRAME (0x88, "\x03\xe8") },
    "one",
    CLOSED " (1000)",
    .piece_bytes = 1 },
  { "a message behind the close",
    { FRAME (0x88, "\x03\xe8"), TITLE ("x") },
    .loss = CLOSED " (1000)" },
  { "a flood behind the close",
    { FRAME (0x88, "\x03\xe8"), FRAMES (0x81, "{\"title\":\"x\"}", 3000) },
    .loss = CLOSED " (1000)" },
  { "two closes",
    { FRAME (0x88, "\x03\xe8"), FRAME (0x88, "\x03\xe9") },
    .loss = CLOSED " (1000)" },
  { "a close between fragments",
    { FRAME (0x01, "{\"title\":"), FRAME (0x88, ""), FRAME (0x80, "1}") },
    .loss = CLOSED },
  { "a close that is held open",
    { FRAME (0x88, "\x03\xe8") },
    .loss = CLOSED " (1000)",
    .ending = WN_BYTE_ENDING_HOLD },
};

/* --- one case --- */

typedef struct
{
  WnByteServer *server;   /* (owned) */
  PurpleAccount *account; /* (unowned): libpurple's */
} Attack;

static GByteArray *
make_bytes (const Case *c, gboolean has_own_head)
{
  static const WnBytePart head = RAW (WN_UPGRADE);
  static const WnBytePart end = TITLE ("end");
  GByteArray *bytes = g_byte_array_new ();

  if (!has_own_head)
    wn_byte_part_append (&head, bytes);
  wn_byte_parts_append (c->parts, MAX_PARTS, bytes);
  if (c->loss == NULL)
    wn_byte_part_append (&end, bytes);
  return bytes;
}

static void
attack_begin (Attack *attack, const Case *c, gboolean has_own_head)
{
  g_autoptr (GByteArray) bytes = make_bytes (c, has_own_head);
  g_autofree char *url = NULL;

  attack->server = wn_byte_server_new ();
  wn_byte_server_set_piece (attack->server, c->piece_bytes);
  wn_byte_server_add (attack->server,
                      bytes->data,
                      bytes->len,
                      c->loss == NULL ? WN_BYTE_ENDING_HOLD : c->ending);
  url = g_strdup_printf ("ws://" PORT_MARK "%u/",
                         wn_byte_server_get_port (attack->server));
  attack->account = wn_login_new ("1001@jd-shop/production", url);
  purple_account_set_int (attack->account, "reconnect_delay", 3600);
  wn_login_sign_on (attack->account);
}

static void
attack_end (Attack *attack)
{
  wn_host_run_dry ();
  wn_login_delete (attack->account);
  wn_host_run_dry ();
  g_assert_cmpuint (wn_byte_server_get_n_requests (attack->server), ==, 1);
  wn_byte_server_free (attack->server);
  wn_host_run_dry ();
  wn_host_forget ();
}

static const char *
get_away (Attack *attack)
{
  PurpleStatus *status = wn_login_get_status (attack->account);

  if (status == NULL)
    return NULL;
  return g_str_equal (purple_status_get_id (status), "away")
             ? purple_status_get_attr_string (status, "message")
             : NULL;
}

static gboolean
is_away (gpointer user_data)
{
  return get_away (user_data) != NULL;
}

static gboolean
has_end (gpointer user_data)
{
  GPtrArray *messages = wn_host_get_messages ();

  return messages->len > 0
         && strstr (messages->pdata[messages->len - 1], "<b>end</b>") != NULL;
}

/* The messages, a line each; of a mere title without its tags. */
static char *
dup_seen (void)
{
  GPtrArray *messages = wn_host_get_messages ();
  g_autoptr (GString) seen = g_string_new (NULL);

  for (guint i = 0; i < messages->len; i++)
    g_string_append_printf (seen, "%s\n", (char *) messages->pdata[i]);
  g_string_replace (seen, CONTACT ": ", "", 0);
  return g_string_free (g_steal_pointer (&seen), FALSE);
}

/* A line of the table without tags is a mere title. */
static char *
dup_expected (const Case *c)
{
  g_auto (GStrv) lines = g_strsplit (c->seen != NULL ? c->seen : "", "\n", -1);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    g_string_append_printf (text,
                            strchr (lines[i], '<') != NULL ? "%s\n"
                                                           : "<b>%s</b>\n",
                            lines[i]);
  if (c->loss == NULL)
    g_string_append (text, "<b>end</b>\n");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
check_seen (const Case *c)
{
  g_autofree char *seen = dup_seen ();
  g_autofree char *expected = dup_expected (c);

  g_assert_cmpstr (seen, ==, expected);
}

static void
check_says (const char *sentence, const char *words)
{
  if (sentence == NULL || strstr (sentence, words) == NULL)
    g_error ("\"%s\" is not in \"%s\"", words, sentence);
  g_assert_true (g_utf8_validate (sentence, -1, NULL));
}

static void
test_handshake (gconstpointer data)
{
  const Case *c = data;
  Attack attack;

  attack_begin (&attack, c, TRUE);
  wn_host_run_until (wn_host_has_error, NULL);
  check_says (wn_host_get_error (NULL), c->loss);
  g_assert_cmpuint (wn_host_get_messages ()->len, ==, 0);
  attack_end (&attack);
}

static void
run_frames (const Case *c, gboolean has_own_head)
{
  Attack attack;

  attack_begin (&attack, c, has_own_head);
  if (c->loss == NULL)
    wn_host_run_until (has_end, NULL);
  else
    wn_host_run_until (is_away, &attack);
  wn_host_run_dry ();
  check_seen (c);
  if (c->loss == NULL)
    g_assert_false (is_away (&attack));
  else
    check_says (get_away (&attack), c->loss);
  g_assert_null (wn_host_get_error (NULL));
  attack_end (&attack);
}

static void
test_odd_handshake (gconstpointer data)
{
  run_frames (data, TRUE);
}

static void
test_frames (gconstpointer data)
{
  run_frames (data, FALSE);
}

static void
add_cases (const char *group,
           const Case *cases,
           gsize n_cases,
           GTestDataFunc func)
{
  for (gsize i = 0; i < n_cases; i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/attacks/websocket/%s/%s", group, cases[i].name);

      g_test_add_data_func (path, &cases[i], func);
    }
}

int
main (int argc, char **argv)
{
  int failed;

  g_test_init (&argc, &argv, NULL);
  wn_host_start ("Pidgin", WN_MODULE_DIR);
  add_cases ("refused after",
             handshakes,
             G_N_ELEMENTS (handshakes),
             test_handshake);
  add_cases ("connected by",
             odd_handshakes,
             G_N_ELEMENTS (odd_handshakes),
             test_odd_handshake);
  add_cases ("lives on with", harmless, G_N_ELEMENTS (harmless), test_frames);
  add_cases ("lost to", fatal, G_N_ELEMENTS (fatal), test_frames);
  add_cases ("closed with", closes, G_N_ELEMENTS (closes), test_frames);
  failed = g_test_run ();
  wn_host_stop ();
  return failed;
}
