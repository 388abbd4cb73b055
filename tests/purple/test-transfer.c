/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Exports as file transfers, with the real libpurple, downloads and a server on
 * 127.0.0.1. What a server cannot be made to do is said to the download's
 * listener, which the linker's --wrap hands us.
 */

#include "purple/transfer.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <libsoup/soup.h>

#include "purple/sentences.h"
#include "support/dialogs.h"
#include "support/headless-host.h"
#include "support/soup.h"
#include "support/virtual-timers.h"
#include "support/wait.h"

#define CONTACT "jd-shop"
#define N_BYTES 300000
#define N_SMALL_BYTES 100
#define N_SENT_BYTES 100000
#define EARLIER "what was there before"
/* The end of libpurple's line about it. */
#define COMPLETE "</A> complete"

typedef struct
{
  WnHost *host; /* (unowned) */
  PurpleConversation *conversation;
  SoupServer *server;    /* (owned) */
  GProxyResolver *proxy; /* (owned) */
  GPtrArray *stalled;    /* (owned): connections that go silent */
  guint8 *bytes;         /* (owned): N_BYTES, the export */
  char *path;            /* (owned): where the user saves it */
  char *authorization;   /* (owned) (nullable): of the last request */
  GHashTable *offered;   /* (owned): paths of what has not ended */
  WnTransferState state; /* that the last one was heard to be in */
  char *reason;          /* (owned) (nullable): that was heard with it */
  guint watchdog;
  guint16 port;
} Fixture;

/* --- what the download was given --- */

static const WnDownloadListener *seen_listener;
static gpointer seen_user_data;

WnDownload *__real_wn_download_new (const WnDownloadConfig *config,
                                    const WnDownloadListener *listener,
                                    gpointer user_data);
WnDownload *__wrap_wn_download_new (const WnDownloadConfig *config,
                                    const WnDownloadListener *listener,
                                    gpointer user_data);

WnDownload *
__wrap_wn_download_new (const WnDownloadConfig *config,
                        const WnDownloadListener *listener,
                        gpointer user_data)
{
  seen_listener = listener;
  seen_user_data = user_data;
  return __real_wn_download_new (config, listener, user_data);
}

/* --- the server --- */

static void
send_part (Fixture *f, SoupServerMessage *message, gboolean then_closes)
{
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);
  GOutputStream *output = g_io_stream_get_output_stream (stream);
  g_autofree char *head = g_strdup_printf ("HTTP/1.1 200 OK\r\n"
                                           "Content-Length: %d\r\n\r\n",
                                           N_BYTES);

  g_assert_true (g_output_stream_write_all (output,
                                            head,
                                            strlen (head),
                                            NULL,
                                            NULL,
                                            NULL));
  g_assert_true (g_output_stream_write_all (output,
                                            f->bytes,
                                            N_SENT_BYTES,
                                            NULL,
                                            NULL,
                                            NULL));
  if (then_closes)
    g_io_stream_close (stream, NULL, NULL);
  else
    g_ptr_array_add (f->stalled, g_steal_pointer (&stream));
}

static void
send_whole (Fixture *f,
            SoupServerMessage *message,
            SoupEncoding encoding,
            gsize n_bytes)
{
  SoupMessageHeaders *headers
      = soup_server_message_get_response_headers (message);
  SoupMessageBody *body = soup_server_message_get_response_body (message);

  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_message_headers_set_encoding (headers, encoding);
  soup_message_body_append (body, SOUP_MEMORY_COPY, f->bytes, n_bytes);
  soup_message_body_complete (body);
}

static void
on_server_request (SoupServer *server,
                   SoupServerMessage *message,
                   const char *path,
                   GHashTable *query,
                   gpointer user_data)
{
  Fixture *f = user_data;

  g_free (f->authorization);
  f->authorization = g_strdup (soup_message_headers_get_one (
      soup_server_message_get_request_headers (message),
      "Authorization"));
  if (g_str_equal (path, "/whole"))
    send_whole (f, message, SOUP_ENCODING_CONTENT_LENGTH, N_BYTES);
  else if (g_str_equal (path, "/chunked"))
    send_whole (f, message, SOUP_ENCODING_CHUNKED, N_BYTES);
  else if (g_str_equal (path, "/small"))
    send_whole (f, message, SOUP_ENCODING_CONTENT_LENGTH, N_SMALL_BYTES);
  else if (g_str_equal (path, "/empty"))
    send_whole (f, message, SOUP_ENCODING_CONTENT_LENGTH, 0);
  else if (g_str_equal (path, "/short"))
    send_part (f, message, TRUE);
  else if (g_str_equal (path, "/stalls"))
    send_part (f, message, FALSE);
  else
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
}

static char *
make_url (Fixture *f, const char *path)
{
  return g_strdup_printf ("http://127.0.0.1:%u%s", f->port, path);
}

/* --- fixture --- */

static void
set_up (Fixture *f, gconstpointer data)
{
  GRand *rand = g_rand_new_with_seed (1);

  f->host = wn_host_get_login ();
  wn_host_reset ();
  f->conversation = purple_conversation_new (PURPLE_CONV_TYPE_IM,
                                             f->host->account,
                                             CONTACT);
  f->server = soup_server_new ("server-header", "test ", NULL);
  soup_server_add_handler (f->server, NULL, on_server_request, f, NULL);
  f->port = wn_soup_listen (f->server, 0);
  f->proxy = g_simple_proxy_resolver_new (NULL, NULL);
  f->stalled = g_ptr_array_new_with_free_func (g_object_unref);
  f->bytes = g_malloc (N_BYTES);
  for (guint i = 0; i < N_BYTES; i++)
    f->bytes[i] = (guint8) g_rand_int (rand);
  g_rand_free (rand);
  f->path = g_build_filename (f->host->dir, "export.bin", NULL);
  f->offered = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  f->watchdog = wn_wait_add_limit (WN_WAIT_LIMIT_S);
}

static void
run_pending (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  run_pending ();
  g_assert_null (wn_dialogs_get_question ());
  g_source_remove (f->watchdog);
  purple_conversation_destroy (f->conversation);
  g_ptr_array_unref (f->stalled);
  soup_server_disconnect (f->server);
  g_clear_object (&f->server);
  g_clear_object (&f->proxy);
  g_unlink (f->path);
  g_free (f->path);
  g_free (f->bytes);
  g_free (f->authorization);
  g_free (f->reason);
  run_pending ();
  /* Whatever happened, the end was heard of. */
  g_assert_cmpuint (g_hash_table_size (f->offered), ==, 0);
  g_hash_table_unref (f->offered);
}

/* --- steps --- */

typedef struct
{
  Fixture *fixture; /* (unowned) */
  char *path;       /* (owned) */
  char *url;        /* (owned) */
} Offer;

static void
offer_free (gpointer data)
{
  Offer *o = data;

  g_free (o->path);
  g_free (o->url);
  g_free (o);
}

static void
on_transfer_changed (const WnTransferStatus *status,
                     const GError *error,
                     gpointer user_data)
{
  Offer *o = user_data;
  Fixture *f = o->fixture;

  g_assert_true (g_hash_table_contains (f->offered, o->path));
  g_assert_true ((error != NULL) == (status->state == WN_TRANSFER_FAILED));
  f->state = status->state;
  g_clear_pointer (&f->reason, g_free);
  if (error != NULL)
    f->reason = wn_sentence_dup_export_failure (error, NULL);
  if (status->state != WN_TRANSFER_RUNNING)
    g_hash_table_remove (f->offered, o->path);
}

static void
offer (Fixture *f, const char *path, gint64 size)
{
  Offer *o = g_new0 (Offer, 1);
  char *url = make_url (f, path);
  WnTransferConfig config = {
    .gc = f->host->gc,
    .who = CONTACT,
    .file_name = "export.bin",
    .size = size,
    .download = { .url = url,
                  .authorization = "Bearer open sesame",
                  .proxy_resolver = f->proxy },
  };

  o->fixture = f;
  o->path = g_strdup (path);
  o->url = url;
  g_hash_table_add (f->offered, g_strdup (path));
  wn_transfer_offer (&config, on_transfer_changed, o, offer_free);
}

static gboolean
is_offered (Fixture *f, const char *path)
{
  return g_hash_table_contains (f->offered, path);
}

static void
accept_as (const char *path)
{
  wn_dialogs_accept ();
  wn_dialogs_save_as (path);
}

static void
run_to_end (Fixture *f, const char *path)
{
  while (is_offered (f, path))
    g_main_context_iteration (NULL, TRUE);
}

static PurpleXfer *
get_xfer (void)
{
  return purple_xfers_get_all ()->data;
}

static void
run_to_middle (void)
{
  while (purple_xfer_get_bytes_sent (get_xfer ()) < N_SENT_BYTES)
    g_main_context_iteration (NULL, TRUE);
}

static void
write_earlier_file (Fixture *f)
{
  g_assert_true (g_file_set_contents (f->path, EARLIER, -1, NULL));
}

/* --- outcomes --- */

static void
assert_file (const char *path, const void *bytes, gsize n_bytes)
{
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  g_assert_cmpmem (contents, length, bytes, n_bytes);
}

static void
assert_earlier_file (Fixture *f)
{
  assert_file (f->path, EARLIER, strlen (EARLIER));
}

static void
assert_no_file (Fixture *f)
{
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
}

/* Returns: (nullable): a file that is still growing, or was left behind */
static char *
dup_part_path (Fixture *f)
{
  g_autoptr (GDir) dir = g_dir_open (f->host->dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".part"))
      return g_build_filename (f->host->dir, name, NULL);
  return NULL;
}

/* Nothing is left but, where there was one, the earlier file. */
static void
assert_left (Fixture *f, gboolean has_earlier)
{
  g_autofree char *part = dup_part_path (f);

  g_assert_cmpstr (part, ==, NULL);
  if (has_earlier)
    assert_earlier_file (f);
  else
    assert_no_file (f);
}

static void
assert_said (GString *where, const char *text)
{
  if (strstr (where->str, text) == NULL)
    g_error ("\"%s\" is not in \"%s\"", text, where->str);
}

static void
assert_not_said (GString *where, const char *text)
{
  if (strstr (where->str, text) != NULL)
    g_error ("\"%s\" is in \"%s\"", text, where->str);
}

static void
assert_complete (Fixture *f, guint n_destroyed)
{
  assert_said (f->host->lines, COMPLETE);
  g_assert_cmpint (f->state, ==, WN_TRANSFER_DONE);
  g_assert_cmpstr (f->host->errors->str, ==, "");
  g_assert_cmpuint (f->host->n_cancelled, ==, 0);
  g_assert_cmpuint (f->host->n_destroyed, ==, n_destroyed);
}

/* What went wrong is for the caller to tell, and nobody else tells of it. */
static void
assert_failed (Fixture *f, const char *sentence)
{
  g_assert_cmpint (f->state, ==, WN_TRANSFER_FAILED);
  if (strstr (f->reason, sentence) == NULL)
    g_error ("\"%s\" is not in \"%s\"", sentence, f->reason);
  g_assert_cmpstr (f->host->errors->str, ==, "");
  assert_not_said (f->host->lines, "cancelled");
  assert_not_said (f->host->lines, COMPLETE);
  g_assert_cmpuint (f->host->n_cancelled, ==, 1);
  g_assert_cmpuint (f->host->n_destroyed, ==, 1);
}

static void
assert_cancelled (Fixture *f)
{
  assert_not_said (f->host->lines, COMPLETE);
  g_assert_cmpint (f->state, ==, WN_TRANSFER_CANCELLED);
  g_assert_cmpstr (f->host->errors->str, ==, "");
  g_assert_cmpuint (f->host->n_cancelled, ==, 1);
}

/* --- downloads that come to their end --- */

static void
test_accepted (Fixture *f, gconstpointer data)
{
  offer (f, "/whole", N_BYTES);
  assert_said (f->host->lines, "export.bin");
  accept_as (f->path);
  g_assert_cmpuint (f->host->n_added, ==, 1);
  run_to_end (f, "/whole");
  assert_file (f->path, f->bytes, N_BYTES);
  assert_complete (f, 1);
}

static void
test_unknown_size (Fixture *f, gconstpointer data)
{
  offer (f, "/chunked", WN_SIZE_UNKNOWN);
  accept_as (f->path);
  run_to_end (f, "/chunked");
  assert_file (f->path, f->bytes, N_BYTES);
  assert_complete (f, 1);
}

static void
test_empty (Fixture *f, gconstpointer data)
{
  offer (f, "/empty", WN_SIZE_UNKNOWN);
  accept_as (f->path);
  run_to_end (f, "/empty");
  assert_file (f->path, "", 0);
  assert_complete (f, 1);
}

static void
test_other_size (Fixture *f, gconstpointer data)
{
  offer (f, "/whole", 7);
  accept_as (f->path);
  run_to_end (f, "/whole");
  assert_file (f->path, f->bytes, N_BYTES);
  assert_complete (f, 1);
}

static void
test_token (Fixture *f, gconstpointer data)
{
  offer (f, "/whole", N_BYTES);
  accept_as (f->path);
  run_to_end (f, "/whole");
  g_assert_cmpstr (f->authorization, ==, "Bearer open sesame");
}

static void
test_overwrites (Fixture *f, gconstpointer data)
{
  write_earlier_file (f);
  offer (f, "/whole", N_BYTES);
  accept_as (f->path);
  run_to_end (f, "/whole");
  assert_file (f->path, f->bytes, N_BYTES);
}

static void
test_progress (Fixture *f, gconstpointer data)
{
  gint64 begin_us = g_get_monotonic_time ();

  offer (f, "/whole", N_BYTES);
  accept_as (f->path);
  run_to_end (f, "/whole");
  g_assert_cmpuint (f->host->n_progress, >=, 2);
  /* One at once and one at the end. */
  g_assert_cmpint (f->host->n_progress,
                   <=,
                   2 + (g_get_monotonic_time () - begin_us) / 100000);
}

static void
test_starts_over (Fixture *f, gconstpointer data)
{
  offer (f, "/stalls", N_BYTES);
  accept_as (f->path);
  run_to_middle ();
  seen_listener->started (NULL, 5, seen_user_data);
  g_assert_true (
      seen_listener->data (NULL, (const guint8 *) "12345", 5, seen_user_data));
  seen_listener->finished (NULL, seen_user_data);
  assert_file (f->path, "12345", 5);
  assert_complete (f, 1);
}

/* --- downloads that fail --- */

static void
test_not_found (Fixture *f, gconstpointer data)
{
  offer (f, "/missing", N_BYTES);
  accept_as (f->path);
  wn_virtual_timers_pass (1);
  run_to_end (f, "/missing");
  assert_failed (f, "The server does not have this file");
  assert_no_file (f);
}

static void
test_not_found_keeps_earlier (Fixture *f, gconstpointer data)
{
  write_earlier_file (f);
  offer (f, "/missing", N_BYTES);
  accept_as (f->path);
  wn_virtual_timers_pass (1);
  run_to_end (f, "/missing");
  assert_earlier_file (f);
}

static void
test_short (Fixture *f, gconstpointer has_earlier)
{
  if (has_earlier != NULL)
    write_earlier_file (f);
  offer (f, "/short", N_BYTES);
  accept_as (f->path);
  for (guint delay_s = 5; delay_s <= 20; delay_s *= 2)
    wn_virtual_timers_pass (delay_s);
  run_to_end (f, "/short");
  assert_failed (f, "The server stopped before the file was complete.");
  g_assert_nonnull (strstr (f->reason, "Please try again later."));
  assert_left (f, has_earlier != NULL);
}

/* The kernel refuses what makes a file longer, as on a full disk. */
static void
set_room (rlim_t n_bytes)
{
  struct rlimit limit;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = n_bytes;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

static void
download_into_room (Fixture *f, const char *path, rlim_t n_bytes)
{
  offer (f, path, WN_SIZE_UNKNOWN);
  accept_as (f->path);
  set_room (n_bytes);
  run_to_end (f, path);
  set_room (RLIM_INFINITY);
}

static void
test_full_disk (Fixture *f, gconstpointer has_earlier)
{
  if (has_earlier != NULL)
    write_earlier_file (f);
  download_into_room (f, "/whole", N_SENT_BYTES);
  assert_failed (f, "File too large");
  assert_left (f, has_earlier != NULL);
}

static void
test_full_disk_at_the_end (Fixture *f, gconstpointer data)
{
  download_into_room (f, "/small", N_SMALL_BYTES - 1);
  assert_failed (f, "File too large");
  assert_no_file (f);
}

/* The host has looked before; the folder went since. */
static void
accept_unopenable (Fixture *f)
{
  g_autofree char *path = g_build_filename (f->host->dir, "no", "file", NULL);

  offer (f, "/whole", N_BYTES);
  purple_xfer_request_accepted (get_xfer (), path);
  run_to_end (f, "/whole");
}

static void
test_unopenable (Fixture *f, gconstpointer data)
{
  accept_unopenable (f);
  g_assert_cmpint (f->state, ==, WN_TRANSFER_FAILED);
  g_assert_nonnull (
      strstr (f->reason, "The file could not be opened: No such file"));
  g_assert_cmpstr (f->host->errors->str, ==, "");
  g_assert_cmpuint (f->host->n_cancelled, ==, 1);
}

/* --- the user says no --- */

static void
test_refused (Fixture *f, gconstpointer data)
{
  offer (f, "/whole", N_BYTES);
  wn_dialogs_refuse ();
  g_assert_cmpint (f->state, ==, WN_TRANSFER_DENIED);
  g_assert_false (is_offered (f, "/whole"));
  g_assert_cmpuint (f->host->n_destroyed, ==, 1);
}

static void
test_save_refused (Fixture *f, gconstpointer is_finch)
{
  wn_dialogs_set_calls_back_on_close (is_finch != NULL);
  offer (f, "/whole", N_BYTES);
  wn_dialogs_accept ();
  wn_dialogs_refuse ();
  g_assert_cmpint (f->state, ==, WN_TRANSFER_DENIED);
  g_assert_false (is_offered (f, "/whole"));
  g_assert_cmpuint (f->host->n_destroyed, ==, 1);
}

static void
test_cancelled_before_accepting (Fixture *f, gconstpointer data)
{
  write_earlier_file (f);
  offer (f, "/whole", N_BYTES);
  purple_xfer_cancel_local (get_xfer ());
  g_assert_false (is_offered (f, "/whole"));
  assert_cancelled (f);
  assert_earlier_file (f);
}

static void
test_cancelled_before_answer (Fixture *f, gconstpointer data)
{
  write_earlier_file (f);
  offer (f, "/whole", N_BYTES);
  accept_as (f->path);
  purple_xfer_cancel_local (get_xfer ());
  g_assert_false (is_offered (f, "/whole"));
  run_pending ();
  assert_cancelled (f);
  assert_earlier_file (f);
  g_assert_cmpuint (f->host->n_destroyed, ==, 1);
}

/* The host knows the final name all the while. */
static void
test_cancelled_midway (Fixture *f, gconstpointer has_earlier)
{
  if (has_earlier != NULL)
    write_earlier_file (f);
  offer (f, "/stalls", N_BYTES);
  accept_as (f->path);
  run_to_middle ();
  g_assert_cmpstr (purple_xfer_get_local_filename (get_xfer ()), ==, f->path);
  purple_xfer_cancel_local (get_xfer ());
  g_assert_false (is_offered (f, "/stalls"));
  assert_cancelled (f);
  assert_said (f->host->lines, "You cancelled");
  assert_left (f, has_earlier != NULL);
  g_assert_cmpuint (f->host->n_destroyed, ==, 1);
}

static void
test_link (Fixture *f, gconstpointer data)
{
  g_autofree char *link = g_strconcat (f->path, ".link", NULL);

  write_earlier_file (f);
  g_assert_cmpint (symlink (f->path, link), ==, 0);
  offer (f, "/stalls", N_BYTES);
  accept_as (link);
  run_to_middle ();
  purple_xfer_cancel_local (get_xfer ());
  assert_earlier_file (f);
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  g_unlink (link);
}

static void
test_replaced (Fixture *f, gconstpointer data)
{
  offer (f, "/stalls", N_BYTES);
  accept_as (f->path);
  run_to_middle ();
  write_earlier_file (f); /* a new file under the old name */
  purple_xfer_cancel_local (get_xfer ());
  assert_earlier_file (f);
}

/* --- sign-off --- */

/* That libpurple leaks a reference here is its own: a test that sees it go. */
static void
test_sign_off_while_asking (Fixture *f, gconstpointer data)
{
  offer (f, "/whole", N_BYTES);
  wn_transfers_cancel_all (f->host->gc);
  g_assert_false (is_offered (f, "/whole"));
  assert_cancelled (f);
  g_assert_cmpuint (f->host->n_destroyed, ==, 0);
  g_assert_cmpuint (get_xfer ()->ref, ==, 1);
}

static void
test_sign_off_while_saving (Fixture *f, gconstpointer is_finch)
{
  wn_dialogs_set_calls_back_on_close (is_finch != NULL);
  offer (f, "/whole", N_BYTES);
  wn_dialogs_accept ();
  wn_transfers_cancel_all (f->host->gc);
  g_assert_false (is_offered (f, "/whole"));
  assert_cancelled (f);
  g_assert_cmpuint (f->host->n_destroyed, ==, is_finch != NULL ? 1 : 0);
}

static void
test_sign_off_midway (Fixture *f, gconstpointer has_earlier)
{
  if (has_earlier != NULL)
    write_earlier_file (f);
  offer (f, "/stalls", N_BYTES);
  accept_as (f->path);
  run_to_middle ();
  wn_transfers_cancel_all (f->host->gc);
  assert_cancelled (f);
  assert_not_said (f->host->lines, "cancelled");
  assert_left (f, has_earlier != NULL);
  g_assert_cmpuint (f->host->n_destroyed, ==, 1);
}

static void
test_sign_off_ends_all (Fixture *f, gconstpointer data)
{
  g_autofree char *other = g_strconcat (f->path, ".other", NULL);

  offer (f, "/stalls", N_BYTES);
  accept_as (f->path);
  run_to_middle ();
  offer (f, "/whole", N_BYTES);
  accept_as (other);
  offer (f, "/chunked", N_BYTES);
  wn_transfers_cancel_all (f->host->gc);
  g_assert_cmpuint (f->host->n_cancelled, ==, 3);
  run_pending ();
  assert_no_file (f);
  g_assert_false (g_file_test (other, G_FILE_TEST_EXISTS));
}

/* --- hosts' ways --- */

static void
test_finch_calls_back_twice (Fixture *f, gconstpointer data)
{
  wn_dialogs_set_calls_back_on_close (TRUE);
  offer (f, "/whole", N_BYTES);
  accept_as (f->path);
  g_assert_true (is_offered (f, "/whole"));
  g_assert_false (purple_xfer_is_canceled (get_xfer ()));
  run_to_end (f, "/whole");
  assert_file (f->path, f->bytes, N_BYTES);
  assert_complete (f, 1);
}

static void
test_bitlbee_hears_of_full_disk (Fixture *f, gconstpointer data)
{
  wn_host_ignore_cancel_local ();
  download_into_room (f, "/whole", N_SENT_BYTES);
  g_assert_cmpuint (f->host->n_cancelled_remotely, ==, 1);
  g_assert_cmpuint (f->host->n_destroyed, ==, 1);
}

static void
test_bitlbee_hears_of_no_file (Fixture *f, gconstpointer data)
{
  wn_host_ignore_cancel_local ();
  accept_unopenable (f);
  g_assert_cmpuint (f->host->n_cancelled_remotely, ==, 1);
}

static void
test_bitlbee_hears_of_failure (Fixture *f, gconstpointer data)
{
  wn_host_ignore_cancel_local ();
  offer (f, "/missing", N_BYTES);
  accept_as (f->path);
  wn_virtual_timers_pass (1);
  run_to_end (f, "/missing");
  g_assert_cmpuint (f->host->n_cancelled_remotely, ==, 1);
  g_assert_cmpuint (f->host->n_destroyed, ==, 1);
}

/* As BitlBee, which takes the file away and sends what is in it. */
static void
test_cannot_start_over (Fixture *f, gconstpointer data)
{
  g_autofree char *part = NULL;

  offer (f, "/stalls", N_BYTES);
  accept_as (f->path);
  run_to_middle ();
  part = dup_part_path (f);
  g_unlink (part);
  seen_listener->started (NULL, 5, seen_user_data);
  assert_failed (f, "before the file was complete");
}

/* As hosts that pass files on to somebody else */
static void
test_host_takes_bytes (Fixture *f, gconstpointer data)
{
  wn_host_take_bytes ();
  offer (f, "/whole", N_BYTES);
  accept_as (f->path);
  run_to_end (f, "/whole");
  g_assert_cmpuint (f->host->n_taken, ==, N_BYTES);
  assert_complete (f, 1);
  assert_left (f, FALSE);
}

static void
on_recv_request_accept (PurpleXfer *xfer, gpointer path)
{
  purple_xfer_request_accepted (xfer, path);
}

static void
on_recv_request_refuse (PurpleXfer *xfer, gpointer user_data)
{
  xfer->status = PURPLE_XFER_STATUS_CANCEL_LOCAL;
}

static void
offer_with_plugin (Fixture *f, PurpleCallback callback)
{
  purple_signal_connect (purple_xfers_get_handle (),
                         "file-recv-request",
                         f,
                         callback,
                         f->path);
  offer (f, "/whole", N_BYTES);
  purple_signal_disconnect (purple_xfers_get_handle (),
                            "file-recv-request",
                            f,
                            callback);
  g_assert_null (wn_dialogs_get_question ());
}

/* As the Autoaccept plugin does it; the leaked reference is libpurple's. */
static void
test_auto_accept (Fixture *f, gconstpointer data)
{
  offer_with_plugin (f, PURPLE_CALLBACK (on_recv_request_accept));
  run_to_end (f, "/whole");
  assert_file (f->path, f->bytes, N_BYTES);
  assert_complete (f, 0);
}

static void
test_auto_refuse (Fixture *f, gconstpointer data)
{
  offer_with_plugin (f, PURPLE_CALLBACK (on_recv_request_refuse));
  g_assert_false (is_offered (f, "/whole"));
  assert_cancelled (f);
}

static void
test_accepts_after_the_end (Fixture *f, gconstpointer data)
{
  offer (f, "/whole", N_BYTES);
  wn_transfers_cancel_all (f->host->gc);
  purple_xfer_request_accepted (get_xfer (), f->path);
  run_pending ();
  assert_no_file (f);
  g_assert_true (purple_xfer_is_canceled (get_xfer ()));
}

static const struct
{
  const char *name;
  void (*run) (Fixture *f, gconstpointer data);
  gconstpointer data;
} tests[] = {
  { "an accepted export is on disk, byte for byte", test_accepted },
  { "an export of unknown size is on disk", test_unknown_size },
  { "an empty export is an empty file", test_empty },
  { "the size in the answer counts, not the offer's", test_other_size },
  { "the token goes with the request", test_token },
  { "an earlier file is replaced", test_overwrites },
  { "the host hears of progress ten times a second at most", test_progress },
  { "a download that starts over leaves nothing of before", test_starts_over },
  { "a missing export fails with a sentence", test_not_found },
  { "a missing export leaves an earlier file", test_not_found_keeps_earlier },
  { "a body cut short is a failure without a file", test_short },
  { "a body cut short leaves the earlier file", test_short, "earlier" },
  { "a full disk is a failure", test_full_disk },
  { "a full disk leaves the earlier file", test_full_disk, "earlier" },
  { "a disk that is full at the last block is a failure",
    test_full_disk_at_the_end },
  { "a file that cannot be opened is a failure", test_unopenable },
  { "a refused export is gone", test_refused },
  { "no file chosen in Pidgin is a refusal", test_save_refused },
  { "no file chosen in Finch is a refusal", test_save_refused, "Finch" },
  { "cancelled while asked leaves an earlier file",
    test_cancelled_before_accepting },
  { "cancelled before the answer leaves an earlier file",
    test_cancelled_before_answer },
  { "cancelled midway leaves no partial file", test_cancelled_midway },
  { "cancelled midway leaves the earlier file",
    test_cancelled_midway,
    "earlier" },
  { "cancelled midway through a link leaves link and file", test_link },
  { "a file that took the name meanwhile stays", test_replaced },
  { "signing off while asked ends it", test_sign_off_while_asking },
  { "signing off before Pidgin's choice ends it", test_sign_off_while_saving },
  { "signing off before Finch's choice ends it",
    test_sign_off_while_saving,
    "Finch" },
  { "signing off midway leaves no partial file", test_sign_off_midway },
  { "signing off midway leaves the earlier file",
    test_sign_off_midway,
    "earlier" },
  { "signing off ends all of them", test_sign_off_ends_all },
  { "Finch's two callbacks are an acceptance", test_finch_calls_back_twice },
  { "BitlBee hears of a download that failed", test_bitlbee_hears_of_failure },
  { "BitlBee hears of a full disk", test_bitlbee_hears_of_full_disk },
  { "BitlBee hears of a file that cannot be opened",
    test_bitlbee_hears_of_no_file },
  { "what BitlBee has passed on cannot start over", test_cannot_start_over },
  { "a host that takes the bytes itself has no file", test_host_takes_bytes },
  { "a plugin accepts inside the request", test_auto_accept },
  { "a plugin refuses inside the request", test_auto_refuse },
  { "accepting after the end downloads nothing", test_accepts_after_the_end },
};

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *name = g_strconcat ("/transfer/", tests[i].name, NULL);

      g_test_add (name,
                  Fixture,
                  tests[i].data,
                  set_up,
                  tests[i].run,
                  tear_down);
    }
  result = g_test_run ();
  wn_host_stop ();
  return result;
}
