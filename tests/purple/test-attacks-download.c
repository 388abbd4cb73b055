/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Exports, accepted in a real libpurple with the built module, from a server
 * that answers as none should: whether the user has the file, whole, or a
 * sentence and no file.
 */

#include <string.h>

#include <glib/gstdio.h>

#include "support/byte-parts.h"
#include "support/byte-server.h"
#include "support/headless-host.h"
#include "support/login.h"
#include "support/virtual-timers.h"

#define MAX_PARTS 6
/* How often a file is asked for that breaks off each time, with these delays
 * between them.
 */
#define MAX_BEGINNINGS 4
static const guint delays_s[] = { 5, 10, 20 };

/* The sentences' words. */
#define FAILED "The connection to the server failed: "
#define SHORT "The server stopped before the file was complete."
#define LONG "The server sent more than it had announced."
#define NO_FILE "The server answered without a file"
#define NO_WAY_THROUGH "The proxy did not let us through"
#define NOT_ALLOWED "The server does not allow this download"
#define NOT_THERE "The server does not have this file"
#define STATUS "The server answered with the status "
#define ENCODED "The server sent the file in an encoding that can't be undone."
#define NO_ROOM "Writing the file failed: No space left on device."
#define NO_NUMBER "The server announced a length that is no number."
#define ELSEWHERE "The server sent us to an address that we do not follow."

#define OK_HEAD "HTTP/1.1 200 OK\r\n"
#define FIVE OK_HEAD "Content-Length: 5\r\n\r\n"
#define CHUNKED OK_HEAD "Transfer-Encoding: chunked\r\n\r\n"
#define CHUNKED_CLOSE                                                          \
  OK_HEAD "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
#define MOVED(location)                                                        \
  "HTTP/1.1 302 F\r\nLocation: " location "\r\nContent-Length: 0\r\n\r\n"
/* "12345", by gzip */
#define GZIPPED                                                                \
  "\x1f\x8b\x08\0\0\0\0\0\0\x03\x33\x34\x32\x36\x31\x05\0\x1c\x3a\xf5\xcb"     \
  "\x05\0\0\0"

/* The answer to the request for the file; with @n_before, an answer that comes
 * so many times before it.
 */
typedef struct
{
  const char *name;
  WnBytePart parts[MAX_PARTS];
  const char *failure; /* %NULL: the file is there */
  const char *file;    /* %NULL: "12345" */
  WnByteEnding ending;
  gsize piece_bytes;
  guint n_before;
  const char *before;
  const char *size; /* (nullable): what BitlBee's HEAD is answered */
} Case;

/* --- heads --- */

static const Case heads[] = {
  { "nothing", { RAW ("") }, FAILED },
  { "a reset", { RAW ("") }, FAILED, .ending = WN_BYTE_ENDING_RESET },
  { "zeros", { RAW_TIMES ("\0", 1000) }, FAILED },
  { "an answer of SSH", { RAW ("SSH-2.0-x\r\n") }, FAILED },
  { "an alert of TLS", { RAW ("\x15\x03\x03\x00\x02\x02\x28") }, FAILED },
  { "half a status line", { RAW ("HTTP/1.1 20") }, FAILED },
  { "a file without a head", { RAW ("12345") }, FAILED },
  { "a head without an end", { RAW (OK_HEAD "Content-Length: 5\r\n") }, SHORT },
  { "a head of a megabyte",
    { RAW (OK_HEAD), RAW_TIMES ("X-Filler: 0123456789abcdef\r\n", 40000) },
    FAILED },
  { "a header line of a megabyte",
    { RAW (OK_HEAD "X: "), RAW_TIMES ("0123456789abcdef", 65536) },
    FAILED },
  { "a status of four digits",
    { RAW ("HTTP/1.1 2000 OK\r\n\r\n12345") },
    FAILED },
  { "a version of the future",
    { RAW ("HTTP/9.9 200 OK\r\nContent-Length: 5\r\n\r\n12345") },
    FAILED },
  { "a line that is no header",
    { RAW (OK_HEAD "Content-Length: 5\r\nno header\r\n\r\n12345") } },
  { "a head of bare line feeds",
    { RAW ("HTTP/1.1 200 OK\nContent-Length: 5\n\n12345") } },
  { "a head byte by byte", { RAW (FIVE "12345") }, .piece_bytes = 1 },
  { "a hundred times 100",
    { RAW_TIMES ("HTTP/1.1 100 Continue\r\n\r\n", 100), RAW (FIVE "12345") } },
  { "a thousand times 100",
    { RAW_TIMES ("HTTP/1.1 100 Continue\r\n\r\n", 1000), RAW (FIVE "12345") },
    STATUS "100" },
  { "an upgrade",
    { RAW ("HTTP/1.1 101 S\r\nUpgrade: websocket\r\n"
           "Connection: Upgrade\r\n\r\n") },
    FAILED },
  { "a name that climbs",
    { RAW (OK_HEAD "Content-Disposition: attachment; "
                   "filename=\"../../.bashrc\"\r\n"
                   "Content-Length: 5\r\n\r\n12345") } },
  { "cookies and strict security",
    { RAW (OK_HEAD "Set-Cookie: a=b\r\n"
                   "Strict-Transport-Security: max-age=99999999\r\n"
                   "Content-Length: 5\r\n\r\n12345") } },
};

/* --- statuses --- */

static const Case statuses[] = {
  { "204", { RAW ("HTTP/1.1 204 N\r\n\r\n") }, NO_FILE },
  { "205 with a body",
    { RAW ("HTTP/1.1 205 R\r\nContent-Length: 5\r\n\r\n12345") },
    NO_FILE },
  { "206 that nobody asked for",
    { RAW ("HTTP/1.1 206 P\r\nContent-Range: bytes 0-4/5\r\n"
           "Content-Length: 5\r\n\r\n12345") },
    NO_FILE },
  { "299",
    { RAW ("HTTP/1.1 299 X\r\nContent-Length: 5\r\n\r\n12345") },
    NO_FILE },
  { "300 with a page",
    { RAW ("HTTP/1.1 300 M\r\nContent-Length: 5\r\n\r\n12345") },
    STATUS "300" },
  { "304", { RAW ("HTTP/1.1 304 N\r\n\r\n") }, STATUS "304" },
  { "401 with a realm of markup",
    { RAW ("HTTP/1.1 401 U\r\n"
           "WWW-Authenticate: Basic realm=\"<b>x</b>\"\r\n"
           "Content-Length: 0\r\n\r\n") },
    NOT_ALLOWED },
  { "401 with a domain of no URL",
    { RAW ("HTTP/1.1 401 U\r\nWWW-Authenticate: Digest realm=\"a\", "
           "nonce=\"b\", qop=\"auth\", domain=\"http://[::1 /%%%\"\r\n"
           "Content-Length: 0\r\n\r\n") },
    NOT_ALLOWED },
  { "407 from no proxy",
    { RAW ("HTTP/1.1 407 P\r\nProxy-Authenticate: Negotiate\r\n"
           "Content-Length: 0\r\n\r\n") },
    NO_WAY_THROUGH },
  { "410", { RAW ("HTTP/1.1 410 G\r\nContent-Length: 0\r\n\r\n") }, NOT_THERE },
  { "416",
    { RAW ("HTTP/1.1 416 R\r\nContent-Range: bytes */0\r\n\r\n") },
    STATUS "416" },
  { "429 for an hour",
    { RAW ("HTTP/1.1 429 T\r\nRetry-After: 3600\r\n\r\n") },
    STATUS "429" },
  { "500 with a file",
    { RAW ("HTTP/1.1 500 E\r\nContent-Length: 5\r\n\r\n12345") },
    STATUS "500" },
  { "999", { RAW ("HTTP/1.1 999 X\r\n\r\n12345") }, STATUS "999" },
};

/* --- lengths --- */

static const Case lengths[] = {
  { "a length that is too great", { RAW (FIVE "1234") }, SHORT },
  { "a length that is too great, and a reset",
    { RAW (FIVE "1234") },
    FAILED,
    .ending = WN_BYTE_ENDING_RESET },
  { "a length that is too small", { RAW (FIVE "123456") }, LONG },
  { "a body a byte at a time, and one more",
    { RAW (FIVE "123456") },
    LONG,
    .piece_bytes = 1 },
  { "a second answer behind the first",
    { RAW (FIVE "12345" FIVE "12345") },
    LONG },
  { "a length of 2 to the 63rd",
    { RAW (OK_HEAD "Content-Length: 9223372036854775808\r\n\r\n12345") },
    NO_NUMBER },
  { "a length of 2 to the 63rd less 1",
    { RAW (OK_HEAD "Content-Length: 9223372036854775807\r\n\r\n12345") },
    NO_ROOM },
  { "a length below zero",
    { RAW (OK_HEAD "Content-Length: -5\r\n\r\n12345") },
    NO_NUMBER },
  { "a length of minus one",
    { RAW (OK_HEAD "Content-Length: -1\r\n\r\n12345") },
    NO_NUMBER },
  { "a length in hexadecimal",
    { RAW (OK_HEAD "Content-Length: 0x5\r\n\r\n12345") },
    NO_NUMBER },
  { "an empty length",
    { RAW (OK_HEAD "Content-Length:\r\n\r\n12345") },
    NO_NUMBER },
  { "the same length twice",
    { RAW (OK_HEAD "Content-Length: 5\r\nContent-Length: 5\r\n\r\n12345") } },
  { "a small and a great length",
    { RAW (OK_HEAD "Content-Length: 5\r\nContent-Length: 7\r\n\r\n12345") },
    NO_NUMBER },
  { "a great and a small length",
    { RAW (OK_HEAD "Content-Length: 7\r\nContent-Length: 5\r\n\r\n1234567") },
    NO_NUMBER },
  { "a length beside chunks",
    { RAW (OK_HEAD "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"
                   "Connection: close\r\n\r\n5\r\n12345\r\n0\r\n\r\n") } },
  { "no length, and a close", { RAW ("HTTP/1.0 200 OK\r\n\r\n12345") } },
  { "no length, and half a close",
    { RAW ("HTTP/1.0 200 OK\r\n\r\n12345") },
    .ending = WN_BYTE_ENDING_HALF_CLOSE },
  { "a whole body on a connection that stays",
    { RAW (FIVE "12345") },
    .ending = WN_BYTE_ENDING_HOLD },
};

/* --- chunks --- */

static const Case chunks[] = {
  { "five chunks of one, byte by byte",
    { RAW (CHUNKED_CLOSE "1\r\n1\r\n1\r\n2\r\n1\r\n3\r\n1\r\n4\r\n1\r\n5\r\n"
                         "0\r\n\r\n") },
    .piece_bytes = 1 },
  { "a size with an extension and zeros",
    { RAW (CHUNKED_CLOSE "0005;a=b\r\n12345\r\n000\r\nTrailer: x\r\n\r\n") } },
  { "no last chunk", { RAW (CHUNKED "5\r\n12345\r\n") }, SHORT },
  { "half a chunk", { RAW (CHUNKED "5\r\n123") }, SHORT },
  { "half a chunk and a reset",
    { RAW (CHUNKED "5\r\n123") },
    FAILED,
    .ending = WN_BYTE_ENDING_RESET },
  { "a size that is no number", { RAW (CHUNKED "zz\r\n12345\r\n") }, ENCODED },
  { "a size below zero", { RAW (CHUNKED "-5\r\n12345\r\n") }, ENCODED },
  { "a size of 2 to the 64th and 5",
    { RAW (CHUNKED "10000000000000005\r\n12345\r\n0\r\n\r\n") },
    ENCODED },
  { "a size of 2 to the 63rd",
    { RAW (CHUNKED "8000000000000000\r\n12345\r\n0\r\n\r\n") },
    ENCODED },
  { "a size without an end",
    { RAW (CHUNKED), RAW_TIMES ("0", 100000) },
    ENCODED },
  { "no line end behind a chunk",
    { RAW (CHUNKED "5\r\n12345XX0\r\n\r\n") },
    ENCODED },
  { "a last chunk without the empty line behind it",
    { RAW (CHUNKED "5\r\n12345\r\n0\r\n") } },
  { "a whole body, and a close without a word",
    { RAW (CHUNKED "5\r\n12345\r\n0\r\n\r\n") } },
  { "a whole body on a connection that stays",
    { RAW (CHUNKED "5\r\n12345\r\n0\r\n\r\n") },
    .ending = WN_BYTE_ENDING_HOLD },
  { "another answer behind the last chunk",
    { RAW (CHUNKED "5\r\n12345\r\n0\r\n\r\n" FIVE "67890") } },
};

/* --- encodings --- */

static const Case encodings[] = {
  { "gzip",
    { RAW (OK_HEAD
           "Content-Encoding: gzip\r\nContent-Length: 25\r\n\r\n" GZIPPED) } },
  { "gzip byte by byte",
    { RAW (OK_HEAD
           "Content-Encoding: gzip\r\nContent-Length: 25\r\n\r\n" GZIPPED) },
    .piece_bytes = 1 },
  { "gzip, and identity beside it",
    { RAW (OK_HEAD "Content-Encoding: identity, gzip\r\n"
                   "Content-Length: 25\r\n\r\n" GZIPPED) } },
  { "gzip twice over",
    { RAW (OK_HEAD "Content-Encoding: gzip, gzip\r\n\r\n" GZIPPED) },
    ENCODED },
  { "one that nobody knows",
    { RAW (OK_HEAD "Content-Encoding: x-secret\r\nContent-Length: 5\r\n\r\n"
                   "12345") } },
  { "gzip that is none",
    { RAW (OK_HEAD "Content-Encoding: gzip\r\n\r\n12345678901234567890") },
    ENCODED },
  { "gzip with rubbish behind it",
    { RAW (OK_HEAD "Content-Encoding: gzip\r\n\r\n" GZIPPED "rubbish") },
    ENCODED },
  { "deflate that is none",
    { RAW (OK_HEAD "Content-Encoding: deflate\r\n\r\n12345678901234567890") },
    ENCODED },
  { "identity",
    { RAW (OK_HEAD "Content-Encoding: identity\r\nContent-Length: 5\r\n\r\n"
                   "12345") } },
};

/* --- redirects --- */

static const Case redirects[] = {
  { "five in a row",
    { RAW (FIVE "12345") },
    .n_before = 5,
    .before = MOVED ("/next") },
  { "six in a row",
    { RAW (FIVE "12345") },
    ELSEWHERE,
    .n_before = 6,
    .before = MOVED ("/next") },
  { "to a file", { RAW (MOVED ("file:///etc/passwd")) }, ELSEWHERE },
  { "to a script", { RAW (MOVED ("javascript:alert(1)")) }, ELSEWHERE },
  { "to FTP", { RAW (MOVED ("ftp://127.0.0.1/x")) }, ELSEWHERE },
  { "to a WebSocket", { RAW (MOVED ("ws://127.0.0.1/x")) }, ELSEWHERE },
  { "to no host", { RAW (MOVED ("http:///x")) }, ELSEWHERE },
  { "to what is no URL", { RAW (MOVED ("http://[::1/x")) }, ELSEWHERE },
  { "to a port that is none",
    { RAW (MOVED ("http://127.0.0.1:99999/")) },
    ELSEWHERE },
  { "to nowhere",
    { RAW ("HTTP/1.1 302 F\r\nContent-Length: 0\r\n\r\n") },
    ELSEWHERE },
  { "to a name of line breaks",
    { RAW (FIVE "12345") },
    .n_before = 1,
    .before = MOVED ("/a%0d%0aX:%20y") },
};

/* --- the size beforehand, for BitlBee --- */

static const Case sizes[] = {
  { "no answer", { RAW (FIVE "12345") }, .size = "" },
  { "an alert of TLS", { RAW (FIVE "12345") }, .size = "\x15\x03\x03" },
  { "an answer of SSH", { RAW (FIVE "12345") }, .size = "SSH-2.0-x\r\n" },
  { "a size below zero",
    { RAW (FIVE "12345") },
    .size = OK_HEAD "Content-Length: -7\r\n\r\n" },
  { "a size beyond all numbers",
    { RAW (FIVE "12345") },
    .size = OK_HEAD "Content-Length: 99999999999999999999\r\n\r\n" },
  { "a size of an exabyte, and five bytes",
    { RAW (FIVE "12345") },
    .size = OK_HEAD "Content-Length: 1152921504606846976\r\n\r\n" },
  { "a size of one, and five bytes",
    { RAW (FIVE "12345") },
    .size = OK_HEAD "Content-Length: 1\r\n\r\n" },
};

/* --- the host --- */

static struct
{
  GString *errors;    /* (owned): what dialogs said */
  GCallback accept;   /* of the open dialog, or NULL */
  gpointer user_data; /* (unowned): libpurple's */
  gboolean is_save_dialog;
} host;

static void *
open_dialog (gboolean is_save_dialog, GCallback accept, gpointer user_data)
{
  g_assert_null (host.accept);
  host.accept = accept;
  host.user_data = user_data;
  host.is_save_dialog = is_save_dialog;
  return &host;
}

static void *
request_action (const char *title,
                const char *primary,
                const char *secondary,
                int default_action,
                PurpleAccount *account,
                const char *who,
                PurpleConversation *conversation,
                void *user_data,
                size_t n_actions,
                va_list actions)
{
  (void) va_arg (actions, const char *);
  return open_dialog (FALSE, va_arg (actions, GCallback), user_data);
}

static void *
request_file (const char *title,
              const char *file_name,
              gboolean is_save_dialog,
              GCallback ok,
              GCallback cancel,
              PurpleAccount *account,
              const char *who,
              PurpleConversation *conversation,
              void *user_data)
{
  g_assert_cmpstr (file_name, ==, "export.bin");
  return open_dialog (TRUE, ok, user_data);
}

static void
close_request (PurpleRequestType type, void *handle)
{
}

static PurpleRequestUiOps request_ops = {
  .request_action = request_action,
  .request_file = request_file,
  .close_request = close_request,
};

static void *
notify_message (PurpleNotifyMsgType type,
                const char *title,
                const char *primary,
                const char *secondary)
{
  g_string_append_printf (host.errors,
                          "%s %s\n",
                          primary,
                          secondary != NULL ? secondary : "");
  return host.errors;
}

static PurpleNotifyUiOps notify_ops = { .notify_message = notify_message };

static gboolean
has_dialog (gpointer user_data)
{
  return host.accept != NULL;
}

static void
accept_dialog (const char *path)
{
  GCallback accept = g_steal_pointer (&host.accept);

  if (host.is_save_dialog)
    ((PurpleRequestFileCb) accept) (host.user_data, path);
  else
    ((PurpleRequestActionCb) accept) (host.user_data, 0);
  purple_request_close (host.is_save_dialog ? PURPLE_REQUEST_FILE
                                            : PURPLE_REQUEST_ACTION,
                        &host);
}

/* --- one case --- */

typedef struct
{
  WnByteServer *pusher;   /* (owned): the notification's */
  WnByteServer *server;   /* (owned): the file's */
  PurpleAccount *account; /* (unowned): libpurple's */
  char *path;             /* (owned): where the user saves it */
} Attack;

static GByteArray *
make_bytes (const WnBytePart *parts, gsize n_parts)
{
  GByteArray *bytes = g_byte_array_new ();

  wn_byte_parts_append (parts, n_parts, bytes);
  return bytes;
}

static WnByteServer *
make_pusher (void)
{
  static const WnBytePart parts[] = {
    RAW (WN_UPGRADE),
    TEXT ("{\"title\":\"Export\",\"filename\":\"export.bin\","
          "\"type\":\"App\\\\Notifications\\\\ExportReady\"}"),
  };
  WnByteServer *server = wn_byte_server_new ();
  g_autoptr (GByteArray) bytes = make_bytes (parts, G_N_ELEMENTS (parts));

  wn_byte_server_add (server, bytes->data, bytes->len, WN_BYTE_ENDING_HOLD);
  return server;
}

static void
add_answer (WnByteServer *server, const char *answer)
{
  wn_byte_server_add (server, answer, strlen (answer), WN_BYTE_ENDING_CLOSE);
}

static WnByteServer *
make_server (const Case *c)
{
  WnByteServer *server = wn_byte_server_new ();
  g_autoptr (GByteArray) bytes = make_bytes (c->parts, MAX_PARTS);

  wn_byte_server_set_piece (server, c->piece_bytes);
  if (c->size != NULL)
    add_answer (server, c->size);
  for (guint i = 0; i < c->n_before; i++)
    add_answer (server, c->before);
  for (guint i = 0; i < MAX_BEGINNINGS; i++)
    wn_byte_server_add (server, bytes->data, bytes->len, c->ending);
  return server;
}

static void
add_account (Attack *attack)
{
  g_autofree char *download_url
      = g_strdup_printf ("http://127.0.0.1:%u/{filename}",
                         wn_byte_server_get_port (attack->server));

  attack->account = wn_login_new_at ("1001@jd-shop/production",
                                     wn_byte_server_get_port (attack->pusher));
  purple_account_set_string (attack->account, "download_url", download_url);
  purple_account_set_int (attack->account, "reconnect_delay", 3600);
  wn_login_sign_on (attack->account);
}

static void
attack_begin (Attack *attack, const Case *c)
{
  attack->path
      = g_build_filename (purple_user_dir (), "attacked-export.bin", NULL);
  attack->pusher = make_pusher ();
  attack->server = make_server (c);
  add_account (attack);
}

static void
attack_end (Attack *attack)
{
  wn_host_run_dry ();
  g_assert_null (host.accept);
  wn_login_delete (attack->account);
  wn_host_run_dry ();
  wn_byte_server_free (attack->server);
  wn_byte_server_free (attack->pusher);
  g_unlink (attack->path);
  g_free (attack->path);
  g_string_truncate (host.errors, 0);
  wn_host_run_dry ();
  wn_host_forget ();
}

static gboolean
has_no_transfer (gpointer user_data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (delays_s); i++)
    if (wn_virtual_timers_peek () == delays_s[i])
      wn_virtual_timers_pass (delays_s[i]);
  return purple_xfers_get_all () == NULL;
}

static gboolean
is_said (const char *words)
{
  GPtrArray *messages = wn_host_get_messages ();

  for (guint i = 0; i < messages->len; i++)
    if (strstr (messages->pdata[i], words) != NULL)
      return TRUE;
  return FALSE;
}

static void
check_file (const char *path, const char *expected)
{
  g_autofree char *bytes = NULL;
  gsize length = 0;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &bytes, &length, &error);
  if (error != NULL)
    g_error ("no file: %s", host.errors->str);
  g_assert_cmpmem (bytes, length, expected, strlen (expected));
  g_assert_cmpstr (host.errors->str, ==, "");
  g_assert_true (is_said ("</A> complete"));
}

static void
check_failure (const char *path, const char *words)
{
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_false (is_said ("</A> complete"));
  g_assert_cmpstr (host.errors->str, ==, "");
  if (!is_said (words))
    g_error ("nobody says \"%s\"", words);
  g_assert_true (is_said ("could not be downloaded"));
}

/* libsoup makes an object of any length, and GObject warns of it. */
static gboolean
is_fatal (const char *domain,
          GLogLevelFlags level,
          const char *message,
          gpointer user_data)
{
  return strstr (message, "property 'content-length'") == NULL;
}

static void
on_gobject_warning (const char *domain,
                    GLogLevelFlags level,
                    const char *message,
                    gpointer user_data)
{
  if (is_fatal (domain, level, message, NULL))
    g_log_default_handler (domain, level, message, NULL);
}

static void
test_download (gconstpointer data)
{
  const Case *c = data;
  Attack attack;

  g_test_log_set_fatal_handler (is_fatal, NULL);
  attack_begin (&attack, c);
  wn_host_run_until (has_dialog, NULL);
  accept_dialog (NULL);
  wn_host_run_until (has_dialog, NULL);
  accept_dialog (attack.path);
  wn_host_run_until (has_no_transfer, NULL);
  wn_host_run_dry ();
  if (c->failure != NULL)
    check_failure (attack.path, c->failure);
  else
    check_file (attack.path, c->file != NULL ? c->file : "12345");
  attack_end (&attack);
}

static gboolean
has_dialog_or_link (gpointer data)
{
  return has_dialog (data) || is_said ("http://127.0.0.1");
}

/* Where the size isn't known, the link is sent. */
static void
test_size (gconstpointer data)
{
  const Case *c = data;
  Attack attack;

  g_test_log_set_fatal_handler (is_fatal, NULL);
  attack_begin (&attack, c);
  wn_host_run_until (has_dialog_or_link, NULL);
  if (has_dialog (NULL))
    {
      accept_dialog (NULL);
      wn_host_run_until (has_dialog, NULL);
      accept_dialog (attack.path);
      wn_host_run_until (has_no_transfer, NULL);
      check_file (attack.path, "12345");
    }
  attack_end (&attack);
}

static void
add_cases (const char *group,
           const Case *cases,
           gsize n_cases,
           void (*run) (gconstpointer data))
{
  for (gsize i = 0; i < n_cases; i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/attacks/download/%s/%s", group, cases[i].name);

      g_test_add_data_func (path, &cases[i], run);
    }
}

static void
add_downloads (void)
{
#define ADD(group, cases)                                                      \
  add_cases (group, cases, G_N_ELEMENTS (cases), test_download)
  ADD ("heads", heads);
  ADD ("status", statuses);
  ADD ("lengths", lengths);
  ADD ("chunks", chunks);
  ADD ("encoded by", encodings);
  ADD ("redirected", redirects);
}

int
main (int argc, char **argv)
{
  int failed;

  g_test_init (&argc, &argv, NULL);
  g_log_set_handler ("GLib-GObject",
                     G_LOG_LEVEL_WARNING | G_LOG_FLAG_FATAL,
                     on_gobject_warning,
                     NULL);
  host.errors = g_string_new (NULL);
  wn_host_start (argc > 1 ? argv[1] : "Pidgin", WN_MODULE_DIR);
  purple_request_set_ui_ops (&request_ops);
  purple_notify_set_ui_ops (&notify_ops);
  if (argc > 1)
    add_cases ("sizes", sizes, G_N_ELEMENTS (sizes), test_size);
  else
    add_downloads ();
  failed = g_test_run ();
  wn_host_stop ();
  g_string_free (host.errors, TRUE);
  return failed;
}
