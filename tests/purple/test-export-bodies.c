/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Every answer that is no file, or only part of one: what the user reads then,
 * and what is on their disk. The real libpurple, a server that says exactly
 * these bytes, and virtual time.
 */

#include <string.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "purple/transfer.h"
#include "support/byte-server.h"
#include "support/headless-host.h"
#include "support/saved-export.h"
#include "support/virtual-timers.h"
#include "support/wait.h"

#define EARLIER "what was there before"
#define EMPTY_LINE "\r\n\r\n"
#define OK_HEAD "HTTP/1.1 200 OK\r\n"
#define NO_FILE                                                                \
  "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n"                      \
  "Content-Length: 6\r\n\r\n<html>"
#define CHUNKED OK_HEAD "Transfer-Encoding: chunked\r\n\r\n"
#define MAX_ANSWERS 7
#define MAX_BEGINNINGS 4

#define FIVE_MINUTES 60, 60, 60, 60, 60

typedef struct
{
  const char *name;
  const char *answers[MAX_ANSWERS];
  WnByteEnding ending;
  gboolean is_reset;    /* behind each piece */
  gboolean crawls;      /* a piece comes in every second of these times */
  guint passes_s[20];   /* how much time passes, and how much then */
  gboolean is_file;     /* all of it, in place of the earlier one */
  const char *sentence; /* (nullable): what is read, or what is in the file */
} Body;

#define REDIRECT                                                               \
  "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"
#define WHOLE OK_HEAD "Content-Length: 4\r\n\r\na,b\n"
#define SHORT "The server stopped before the file was complete. Please try "
#define SLOW "The server sent nothing, or next to nothing, for too long. "
#define NOT_ALLOWED "The server does not allow this download "
#define STRAY "The server sent us to an address that we do not follow."
#define ENCODED "The server sent the file in an encoding that can't be undone."

static const Body bodies[] = {
  /* files */
  { "as long as announced", { WHOLE }, .is_file = TRUE, .sentence = "a,b\n" },
  { "empty",
    { OK_HEAD "Content-Length: 0" EMPTY_LINE },
    .is_file = TRUE,
    .sentence = "" },
  { "in chunks",
    { OK_HEAD "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
              "2\r\na,\r\n2\r\nb\n\r\n0\r\n\r\n" },
    .is_file = TRUE,
    .sentence = "a,b\n" },
  { "in chunks, and closed without a word",
    { CHUNKED "4\r\na,b\n\r\n0\r\n\r\n" },
    .is_file = TRUE,
    .sentence = "a,b\n" },
  { "of no announced length, until the end",
    { OK_HEAD "Connection: close" EMPTY_LINE "a,b\n" },
    .is_file = TRUE,
    .sentence = "a,b\n" },
  { "an HTML page that is the file",
    { OK_HEAD "Content-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>" },
    .is_file = TRUE,
    .sentence = "<html>" },
  { "after five redirects",
    { REDIRECT, REDIRECT, REDIRECT, REDIRECT, REDIRECT, WHOLE },
    .is_file = TRUE,
    .sentence = "a,b\n" },
  /* not whole */
  { "shorter than announced",
    { OK_HEAD "Content-Length: 9\r\n\r\na,b\n" },
    .passes_s = { 5, 10, 20 },
    .sentence = SHORT "again later." },
  { "announced, and none of it",
    { OK_HEAD "Content-Length: 9\r\n\r\n" },
    .passes_s = { 5, 10, 20 },
    .sentence = SHORT "again later." },
  { "shorter than announced, and whole when asked again",
    { OK_HEAD "Content-Length: 4\r\n\r\na,", WHOLE },
    .passes_s = { 5 },
    .is_file = TRUE,
    .sentence = "a,b\n" },
  { "cut between two chunks, and a smaller file when asked again",
    { CHUNKED "9\r\nlonger...\r\n", CHUNKED "4\r\na,b\n\r\n0\r\n\r\n" },
    .passes_s = { 5 },
    .is_file = TRUE,
    .sentence = "a,b\n" },
  { "cut, and gone when asked again",
    { CHUNKED "9\r\na,b",
      "HTTP/1.1 404 Not Found\r\nContent-Length: 0" EMPTY_LINE },
    .passes_s = { 5 },
    .sentence = "The server does not have this file (status 404)." },
  { "longer than announced",
    { OK_HEAD "Content-Length: 4\r\n\r\na,b\nc,d\n" },
    .sentence = "The server sent more than it had announced." },
  { "cut inside a chunk",
    { CHUNKED "9\r\na,b" },
    .passes_s = { 5, 10, 20 },
    .sentence = SHORT "again later." },
  { "cut between two chunks",
    { CHUNKED "4\r\na,b\n\r\n" },
    .passes_s = { 5, 10, 20 },
    .sentence = SHORT "again later." },
  { "chunks that are none",
    { CHUNKED "four\r\na,b\n\r\n0\r\n\r\n" },
    .sentence = ENCODED },
  { "reset in the middle",
    { OK_HEAD "Content-Length: 9\r\n\r\na,b\n" },
    .ending = WN_BYTE_ENDING_HOLD,
    .is_reset = TRUE,
    .passes_s = { 5, 10, 20 },
    .sentence = "The connection to the server failed: " },
  /* no file */
  { "204",
    { "HTTP/1.1 204 No Content" EMPTY_LINE },
    .sentence = "The server answered without a file (status 204)." },
  { "206 that nobody asked for",
    { "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-3/9\r\n"
      "Content-Length: 4\r\n\r\na,b\n" },
    .sentence = "The server answered without a file (status 206)." },
  { "304",
    { "HTTP/1.1 304 Not Modified" EMPTY_LINE },
    .sentence = "The server answered with the status 304." },
  { "400",
    { "HTTP/1.1 400 Bad Request\r\nContent-Length: 0" EMPTY_LINE },
    .sentence = "The server answered with the status 400." },
  { "401",
    { "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n"
      "WWW-Authenticate: Basic realm=\"x\"" EMPTY_LINE },
    .sentence
    = NOT_ALLOWED "(status 401). Please check the account's password." },
  { "403",
    { "HTTP/1.1 403 Forbidden\r\nContent-Length: 0" EMPTY_LINE },
    .sentence
    = NOT_ALLOWED "(status 403). Please check the account's password." },
  { "404 with an HTML page",
    { NO_FILE, NO_FILE },
    .passes_s = { 1 },
    .sentence = "The server does not have this file (status 404)." },
  { "404, and the file when asked again",
    { NO_FILE, OK_HEAD "Content-Length: 4\r\n\r\na,b\n" },
    .passes_s = { 1 },
    .is_file = TRUE,
    .sentence = "a,b\n" },
  { "410",
    { "HTTP/1.1 410 Gone\r\nContent-Length: 0" EMPTY_LINE },
    .sentence = "The server does not have this file (status 410)." },
  { "500 with an HTML page",
    { "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/html\r\n"
      "Content-Length: 6\r\n\r\n<html>" },
    .sentence = "The server answered with the status 500." },
  { "503",
    { "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0" EMPTY_LINE },
    .sentence = "The server answered with the status 503." },
  { "what is no HTTP",
    { "SSH-2.0-OpenSSH_9.2\r\n" },
    .sentence = "The connection to the server failed: " },
  { "closed without a word",
    { "" },
    .sentence = "The connection to the server failed: " },
  /* redirects */
  { "six redirects",
    { REDIRECT, REDIRECT, REDIRECT, REDIRECT, REDIRECT, REDIRECT, WHOLE },
    .sentence = STRAY },
  { "a redirect to nowhere",
    { "HTTP/1.1 302 Found\r\nContent-Length: 0" EMPTY_LINE },
    .sentence = STRAY },
  { "a redirect to a file of this machine",
    { "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n"
      "Content-Length: 0" EMPTY_LINE },
    .sentence = STRAY },
  /* encodings */
  { "an encoding that nobody knows",
    { OK_HEAD "Content-Encoding: br\r\nContent-Length: 4\r\n\r\na,b\n" },
    .sentence = ENCODED },
  { "gzip that is none",
    { OK_HEAD "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\na,b\n" },
    .sentence = ENCODED },
  /* time */
  { "no answer",
    { "" },
    .ending = WN_BYTE_ENDING_HOLD,
    .passes_s = { 300 },
    .sentence = SLOW "Please try again later." },
  { "a head, and nothing more",
    { OK_HEAD "Content-Length: 9" EMPTY_LINE },
    .ending = WN_BYTE_ENDING_HOLD,
    .passes_s = { FIVE_MINUTES, 5, FIVE_MINUTES, 10, FIVE_MINUTES },
    .sentence = SLOW "Please try again later." },
  { "less than 1 KiB a second for 60 s",
    { OK_HEAD "Content-Length: 99999\r\n\r\na,b\n" },
    .ending = WN_BYTE_ENDING_HOLD,
    .crawls = TRUE,
    .passes_s = { 60, 5, 60, 10, 60, 20, 60 },
    .sentence = SLOW "Please try again later." },
};

/* --- one transfer --- */

typedef struct
{
  WnSavedExport export;
  char *path; /* (owned): where the user saves it */
} Fixture;

static void
set_up (Fixture *f)
{
  wn_saved_export_init (&f->export, WN_WAIT_LIMIT_S);
  f->path = g_build_filename (f->export.host->dir, "export.bin", NULL);
  g_assert_true (g_file_set_contents (f->path, EARLIER, -1, NULL));
}

static void
tear_down (Fixture *f)
{
  wn_saved_export_clear (&f->export);
  g_unlink (f->path);
  g_free (f->path);
}

static void
start (Fixture *f, const char *url)
{

  wn_saved_export_start (&f->export, url, WN_SIZE_UNKNOWN, f->path);
  g_assert_cmpint (f->export.state, ==, WN_TRANSFER_RUNNING);
}

/* --- what the user has of it --- */

static void
assert_contents (Fixture *f, const void *bytes, gsize n_bytes)
{
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (f->path, &contents, &length, NULL));
  g_assert_cmpmem (contents, length, bytes, n_bytes);
}

static void
assert_failed (Fixture *f, const char *sentence)
{
  g_assert_cmpint (f->export.state, ==, WN_TRANSFER_FAILED);
  g_assert_true (g_str_has_prefix (f->export.reason, sentence));
  g_assert_cmpstr (f->export.host->errors->str, ==, "");
  g_assert_null (strstr (f->export.host->lines->str, "cancelled"));
  g_assert_null (strstr (f->export.host->lines->str, "</A> complete"));
  g_assert_cmpuint (f->export.host->n_destroyed, ==, 1);
  assert_contents (f, EARLIER, strlen (EARLIER));
}

static void
assert_done (Fixture *f, const void *bytes, gsize n_bytes)
{
  g_assert_cmpstr (f->export.reason, ==, NULL);
  g_assert_cmpint (f->export.state, ==, WN_TRANSFER_DONE);
  g_assert_cmpstr (f->export.host->errors->str, ==, "");
  g_assert_nonnull (strstr (f->export.host->lines->str, "</A> complete"));
  assert_contents (f, bytes, n_bytes);
}

static void
wait_for_pieces (Fixture *f, guint n)
{
  while (f->export.n_pieces < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
reset_behind_piece (Fixture *f, WnByteServer *server, guint n)
{
  wait_for_pieces (f, n);
  wn_byte_server_reset (server);
}

static WnByteServer *
make_server (const Body *body)
{
  WnByteServer *server = wn_byte_server_new_with (body->answers[0],
                                                  strlen (body->answers[0]),
                                                  body->ending);

  for (guint i = 1; i < MAX_ANSWERS && body->answers[i] != NULL; i++)
    wn_byte_server_add (server,
                        body->answers[i],
                        strlen (body->answers[i]),
                        body->ending);
  return server;
}

static void
test_body (gconstpointer data)
{
  const Body *body = data;
  Fixture f = { 0 };
  g_autoptr (WnByteServer) server = make_server (body);
  g_autofree char *url = wn_byte_server_dup_url (server);

  set_up (&f);
  start (&f, url);
  for (guint i = 0; body->passes_s[i] != 0; i++)
    {
      if (body->is_reset)
        reset_behind_piece (&f, server, i + 1);
      if (body->crawls)
        wait_for_pieces (&f, i / 2 + 1);
      wn_virtual_timers_pass (body->passes_s[i]);
    }
  if (body->is_reset)
    reset_behind_piece (&f, server, MAX_BEGINNINGS);
  wn_saved_export_run_to_end (&f.export);
  if (body->is_file)
    assert_done (&f, body->sentence, strlen (body->sentence));
  else
    assert_failed (&f, body->sentence);
  tear_down (&f);
}

/* --- what is no string --- */

static GByteArray *
make_gzip_answer (gsize n_bytes, gsize n_cut)
{
  g_autoptr (GConverter) gzip
      = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9));
  g_autofree char *zeros = g_malloc0 (n_bytes);
  g_autofree char *encoded = g_malloc (n_bytes + 1000);
  g_autofree char *head = NULL;
  GByteArray *answer = g_byte_array_new ();
  gsize n_read, n_written;

  g_assert_cmpint (g_converter_convert (gzip,
                                        zeros,
                                        n_bytes,
                                        encoded,
                                        n_bytes + 1000,
                                        G_CONVERTER_INPUT_AT_END,
                                        &n_read,
                                        &n_written,
                                        NULL),
                   ==,
                   G_CONVERTER_FINISHED);
  n_written -= n_cut;
  head = g_strdup_printf (OK_HEAD "Content-Encoding: gzip\r\n"
                                  "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
                          n_written);
  g_byte_array_append (answer, (guint8 *) head, (guint) strlen (head));
  g_byte_array_append (answer, (guint8 *) encoded, (guint) n_written);
  return answer;
}

static void
run_gzip (Fixture *f, gsize n_bytes, gsize n_cut)
{
  g_autoptr (GByteArray) answer = make_gzip_answer (n_bytes, n_cut);
  g_autoptr (WnByteServer) server
      = wn_byte_server_new_with ((char *) answer->data,
                                 answer->len,
                                 WN_BYTE_ENDING_CLOSE);
  g_autofree char *url = wn_byte_server_dup_url (server);

  set_up (f);
  start (f, url);
  for (guint delay_s = 5; n_cut > 0 && delay_s <= 20; delay_s *= 2)
    wn_virtual_timers_pass (delay_s);
  wn_saved_export_run_to_end (&f->export);
}

static void
test_gzip (void)
{
  Fixture f = { 0 };
  g_autofree char *zeros = g_malloc0 (200000);

  run_gzip (&f, 200000, 0);
  assert_done (&f, zeros, 200000);
  tear_down (&f);
}

static void
test_gzip_cut (void)
{
  Fixture f = { 0 };

  run_gzip (&f, 200000, 9);
  assert_failed (&f, SHORT);
  tear_down (&f);
}

static void
test_bomb (void)
{
  Fixture f = { 0 };

  run_gzip (&f, 16 * 1024 * 1024, 0);
  assert_failed (&f, ENCODED);
  tear_down (&f);
}

static void
test_refused (void)
{
  Fixture f = { 0 };
  WnByteServer *server = wn_byte_server_new_with ("", 0, WN_BYTE_ENDING_CLOSE);
  g_autofree char *url = wn_byte_server_dup_url (server);

  wn_byte_server_free (server);
  set_up (&f);
  start (&f, url);
  wn_saved_export_run_to_end (&f.export);
  assert_failed (&f,
                 "The connection to the server failed: Could not connect to ");
  g_assert_nonnull (strstr (f.export.reason, "Connection refused"));
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autofree char *name
          = g_strconcat ("/export-bodies/", bodies[i].name, NULL);

      g_test_add_data_func (name, &bodies[i], test_body);
    }
  g_test_add_func ("/export-bodies/gzip comes out decoded", test_gzip);
  g_test_add_func ("/export-bodies/gzip that is cut is short", test_gzip_cut);
  g_test_add_func ("/export-bodies/a bomb is refused", test_bomb);
  g_test_add_func ("/export-bodies/a server that is not there", test_refused);
  result = g_test_run ();
  wn_host_stop ();
  return result;
}
