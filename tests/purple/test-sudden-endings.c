/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each way that an account can end, at random moments of each stage that it
 * can be in, while the next stage may just be coming: nothing is called late,
 * and the process's descriptors and its main loop's sources are what they
 * were. `--seed` (GTest's) repeats a run.
 */

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "support/descriptors.h"
#include "support/dialogs.h"
#include "support/headless-host.h"
#include "support/login.h"
#include "support/raw-server.h"
#include "support/slow-resolver.h"
#include "support/tls-site.h"

#define N_BYTES 100000
#define N_HALF_BYTES 50000
#define N_FLOOD 300
#define SLOW_US 100
#define PATIENCE_US (60 * G_TIME_SPAN_SECOND)

typedef struct
{
  WnRawServer *server;    /* (owned): of notifications */
  WnRawServer *files;     /* (owned) */
  GSocketService *site;   /* (owned) (nullable): speaks TLS, and no more */
  GCancellable *closing;  /* (owned) */
  GArray *plugs;          /* (owned): descriptors that fill a queue */
  PurpleAccount *account; /* (unowned) (nullable): libpurple's; deleted */
  PurplePlugin *unloaded; /* (unowned) (nullable): libpurple's */
  char *path;             /* (owned): where exports go */
  guint sources_mark;
} Fixture;

typedef struct
{
  const char *name;
  void (*bring) (Fixture *f);
  void (*go_on) (Fixture *f); /* what may happen next */
} Stage;

typedef struct
{
  const char *name;
  void (*end) (Fixture *f); /* NULL: the host quits */
} Ending;

static guint n_moments = 5;
static GRand *dice;
static char *folder;
static char *whole_file;

/* --- servers --- */

static const WnRawScript upgrades = { .answer = WN_UPGRADE };
static const WnRawScript says_nothing = { .answer = NULL };
static const WnRawScript tells_size
    = { .answer = "HTTP/1.1 200 OK\r\nConnection: close\r\n"
                  "Content-Length: 100000\r\n\r\n",
        .hangs_up = TRUE };

static void
send_title (Fixture *f, const char *title)
{
  g_autofree char *json = g_strdup_printf ("{\"title\":\"%s\"}", title);

  wn_raw_server_send_frame (f->server, 0x81, json, strlen (json));
}

static void
send_export (Fixture *f)
{
  static const char json[]
      = "{\"type\":\"App\\\\Notifications\\\\ExportReady\","
        "\"title\":\"Ready\",\"filename\":\"a.csv\"}";

  wn_raw_server_send_frame (f->server, 0x81, json, strlen (json));
}

/* --- waiting --- */

static gboolean
is_looking_up (gpointer data)
{
  return wn_slow_resolver_count () > 0;
}

static gboolean
is_reached (gpointer server)
{
  return wn_raw_server_get_n_connections (server) > 0;
}

static gboolean
is_requested (gpointer server)
{
  return wn_raw_server_get_request (server) != NULL;
}

static gboolean
has_received (gpointer server)
{
  return wn_raw_server_get_received (server)->len > 0;
}

static gboolean
has_messages (gpointer data)
{
  return wn_host_get_messages ()->len > 0;
}

static gboolean
has_half (gpointer data)
{
  PurpleXfer *xfer = purple_xfers_get_all ()->data;

  return purple_xfer_get_bytes_sent (xfer) >= N_HALF_BYTES;
}

/* --- stages --- */

static void
connect_to (Fixture *f, const char *scheme, const char *host, guint port)
{
  g_autofree char *url = g_strdup_printf ("%s://%s:%u/", scheme, host, port);
  g_autofree char *files = g_strdup_printf ("http://127.0.0.1:%u/{filename}",
                                            wn_raw_server_get_port (f->files));

  purple_account_set_string (f->account, "server", url);
  purple_account_set_string (f->account, "download_url", files);
  wn_login_sign_on (f->account);
}

static void
connect_to_server (Fixture *f, const char *scheme)
{
  connect_to (f, scheme, "127.0.0.1", wn_raw_server_get_port (f->server));
}

static void
bring_to_resolving (Fixture *f)
{
  connect_to (f, "ws", "notify.example", wn_raw_server_get_port (f->server));
  wn_host_run_until (is_looking_up, f);
}

static void
resolve (Fixture *f)
{
  wn_slow_resolver_answer (g_rand_boolean (dice) ? "127.0.0.1" : NULL);
}

/* A backlog that is full swallows whoever comes. */
static void
bring_to_connecting (Fixture *f)
{
  struct sockaddr_in address
      = { .sin_family = AF_INET, .sin_addr.s_addr = g_htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (listener, (struct sockaddr *) &address, length),
                   ==,
                   0);
  g_assert_cmpint (listen (listener, 0), ==, 0);
  g_assert_cmpint (getsockname (listener,
                                (struct sockaddr *) &address,
                                &length),
                   ==,
                   0);
  g_array_append_val (f->plugs, listener);
  for (guint i = 0; i < 3; i++)
    {
      int plug
          = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

      (void) !connect (plug, (struct sockaddr *) &address, length);
      g_array_append_val (f->plugs, plug);
    }
  connect_to (f, "ws", "127.0.0.1", g_ntohs (address.sin_port));
}

static void
pull_plugs (Fixture *f)
{
  for (guint i = 0; i < f->plugs->len; i++)
    close (g_array_index (f->plugs, int, i));
  g_array_set_size (f->plugs, 0);
}

static void
bring_to_tls (Fixture *f)
{
  wn_raw_server_set_script (f->server, &says_nothing);
  connect_to_server (f, "wss");
  wn_host_run_until (is_reached, f->server);
}

static void
hang_up (Fixture *f)
{
  if (g_rand_boolean (dice))
    wn_raw_server_hang_up (f->server);
  else
    wn_raw_server_reset (f->server);
}

static void
bring_to_upgrading (Fixture *f)
{
  wn_raw_server_set_script (f->server, &says_nothing);
  connect_to_server (f, "ws");
  wn_host_run_until (is_requested, f->server);
}

static void
refuse_upgrade (Fixture *f)
{
  static const char answer[]
      = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";

  if (g_rand_boolean (dice))
    wn_raw_server_send (f->server, answer, strlen (answer));
  else
    hang_up (f);
}

static void
bring_to_quiet (Fixture *f)
{
  connect_to_server (f, "ws");
  wn_host_run_until (wn_login_is_connected, f->account);
}

static void
notify_or_hang_up (Fixture *f)
{
  if (g_rand_boolean (dice))
    send_title (f, "just now");
  else
    hang_up (f);
}

static void
bring_to_asked (Fixture *f)
{
  bring_to_quiet (f);
  g_signal_emit_by_name (g_network_monitor_get_default (),
                         "network-changed",
                         TRUE);
  wn_host_run_until (has_received, f->server);
}

static void
acknowledge (Fixture *f)
{
  wn_raw_server_send_frame (f->server, 0x81, "{\"code\":2}", 10);
}

static void
bring_to_waiting (Fixture *f)
{
  bring_to_quiet (f);
  wn_raw_server_hang_up (f->server);
  wn_host_run_until (wn_login_is_away, f->account);
}

static void
network_is_back (Fixture *f)
{
  g_signal_emit_by_name (g_network_monitor_get_default (),
                         "network-changed",
                         TRUE);
}

static void
on_handshake_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GIOStream) plain = user_data;

  g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, NULL);
  g_io_stream_close (plain, NULL, NULL);
}

static gboolean
on_site_incoming (GSocketService *service,
                  GSocketConnection *connection,
                  GObject *source_object,
                  gpointer user_data)
{
  Fixture *f = user_data;
  g_autofree char *path = wn_tls_site_dup_path ("good.server");
  g_autoptr (GTlsCertificate) certificate
      = g_tls_certificate_new_from_file (path, NULL);
  g_autoptr (GIOStream) tls
      = g_tls_server_connection_new (G_IO_STREAM (connection),
                                     certificate,
                                     NULL);

  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls),
                                    G_PRIORITY_DEFAULT,
                                    f->closing,
                                    on_handshake_done,
                                    g_object_ref (connection));
  return TRUE;
}

static void
bring_to_certificate (Fixture *f)
{
  guint port;

  f->site = g_socket_service_new ();
  port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (f->site),
                                              NULL,
                                              NULL);
  g_signal_connect (f->site, "incoming", G_CALLBACK (on_site_incoming), f);
  connect_to (f, "wss", "127.0.0.1", port);
  wn_host_run_until (wn_dialogs_is_any_open, f);
}

static void
answer_certificate (Fixture *f)
{
  if (g_rand_boolean (dice))
    wn_dialogs_accept ();
  else
    wn_dialogs_refuse ();
}

/* Accepted, and not answered yet. */
static void
bring_to_requested (Fixture *f)
{
  wn_raw_server_set_script (f->files, &says_nothing);
  bring_to_quiet (f);
  send_export (f);
  wn_host_run_until (wn_dialogs_is_any_open, f);
  wn_dialogs_accept ();
  wn_dialogs_save_as (f->path);
  wn_host_run_until (is_requested, f->files);
}

static void
answer_request (Fixture *f)
{
  if (g_rand_boolean (dice))
    wn_raw_server_send (f->files,
                        tells_size.answer,
                        strlen (tells_size.answer));
  else
    wn_raw_server_hang_up (f->files);
}

static void
bring_to_dialog (Fixture *f)
{
  bring_to_quiet (f);
  send_export (f);
  wn_host_run_until (wn_dialogs_is_any_open, f);
}

static void
answer_dialogs (Fixture *f)
{
  if (g_rand_boolean (dice))
    wn_dialogs_refuse ();
  else
    wn_dialogs_accept ();
  if (wn_dialogs_count () > 0 && g_rand_boolean (dice))
    wn_dialogs_save_as (f->path);
}

static void
bring_to_transferring (Fixture *f)
{
  static char half[N_HALF_BYTES + 200];
  static WnRawScript sends_half = { .answer = half };

  bring_to_dialog (f);
  g_snprintf (half,
              sizeof half,
              "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%.*s",
              N_BYTES,
              N_HALF_BYTES,
              whole_file);
  wn_raw_server_set_script (f->files, &sends_half);
  wn_dialogs_accept ();
  wn_dialogs_save_as (f->path);
  wn_host_run_until (has_half, f);
}

static void
send_rest (Fixture *f)
{
  if (g_rand_boolean (dice))
    wn_raw_server_send (f->files, whole_file, N_BYTES - N_HALF_BYTES);
  else
    wn_raw_server_reset (f->files);
}

static void
bring_to_flood (Fixture *f)
{
  bring_to_quiet (f);
  for (guint i = 0; i < N_FLOOD; i++)
    send_title (f, "one of many");
  wn_host_run_until (has_messages, f);
}

static const Stage stages[] = {
  { "resolving", bring_to_resolving, resolve },
  { "connecting", bring_to_connecting, pull_plugs },
  { "TLS", bring_to_tls, hang_up },
  { "upgrading", bring_to_upgrading, refuse_upgrade },
  { "quiet", bring_to_quiet, notify_or_hang_up },
  { "asked", bring_to_asked, acknowledge },
  { "waiting", bring_to_waiting, network_is_back },
  { "certificate question", bring_to_certificate, answer_certificate },
  { "accepted export", bring_to_requested, answer_request },
  { "accept dialog", bring_to_dialog, answer_dialogs },
  { "transferring", bring_to_transferring, send_rest },
  { "flood", bring_to_flood, hang_up },
};

/* --- endings --- */

static void
sign_off (Fixture *f)
{
  if (!purple_account_is_disconnected (f->account))
    purple_account_disconnect (f->account);
}

/* libpurple forgets to disconnect an account that has failed in this turn of
 * the main loop, and frees one that is deleted then too early.
 */
static void
let_failure_pass (Fixture *f)
{
  PurpleConnection *gc = purple_account_get_connection (f->account);

  if (gc != NULL && gc->wants_to_die)
    wn_host_run_dry ();
}

static void
disable (Fixture *f)
{
  let_failure_pass (f);
  wn_login_sign_off (f->account);
}

static void
delete_account (Fixture *f)
{
  let_failure_pass (f);
  purple_accounts_delete (g_steal_pointer (&f->account));
}

static void
unload (Fixture *f)
{
  f->unloaded = purple_find_prpl (WN_PROTOCOL);
  g_assert_true (purple_plugin_unload (f->unloaded));
}

static const Ending endings[] = {
  { "signed off", sign_off },
  { "disabled", disable },
  { "deleted", delete_account },
  { "unloaded", unload },
  { "quit", NULL },
};

/* --- fixture --- */

/* In a host whose window is slow, what comes piles up. */
static void
on_received (PurpleAccount *account,
             char *sender,
             char *message,
             PurpleConversation *conversation,
             PurpleMessageFlags flags,
             gpointer user_data)
{
  g_usleep (SLOW_US);
}

static void
set_up (Fixture *f)
{
  f->sources_mark = wn_host_mark_sources ();
  f->server = wn_raw_server_new (&upgrades);
  f->files = wn_raw_server_new (&tells_size);
  f->closing = g_cancellable_new ();
  f->plugs = g_array_new (FALSE, FALSE, sizeof (int));
  f->path = g_build_filename (folder, "saved", NULL);
  f->account = purple_account_new ("7@jd-shop/production", WN_PROTOCOL);
  purple_account_set_int (f->account, "reconnect_delay", 1);
  purple_accounts_add (f->account);
}

static void
let_servers_go (Fixture *f)
{
  wn_raw_server_free (f->server);
  wn_raw_server_free (f->files);
  g_cancellable_cancel (f->closing);
  if (f->site != NULL)
    {
      g_signal_handlers_disconnect_by_data (f->site, f);
      g_socket_service_stop (f->site);
      g_socket_listener_close (G_SOCKET_LISTENER (f->site));
    }
  g_clear_object (&f->site);
  pull_plugs (f);
  g_array_unref (f->plugs);
  g_object_unref (f->closing);
}

/* libpurple lists a protocol again once it has found the module anew. */
static void
load_again (Fixture *f)
{
  if (f->unloaded == NULL)
    return;
  purple_plugin_destroy (f->unloaded);
  purple_plugins_probe (G_MODULE_SUFFIX);
  g_assert_nonnull (purple_find_prpl (WN_PROTOCOL));
}

static void
let_account_go (Fixture *f)
{
  load_again (f);
  if (f->account != NULL)
    {
      disable (f);
      purple_accounts_delete (f->account);
    }
  for (GList *l = purple_get_conversations (), *next; l != NULL; l = next)
    {
      next = l->next;
      purple_conversation_destroy (l->data);
    }
}

/* --- what must hold --- */

static gboolean
is_called_complete (void)
{
  GPtrArray *messages = wn_host_get_messages ();

  for (guint i = 0; i < messages->len; i++)
    if (strstr (messages->pdata[i], "</A> complete") != NULL)
      return TRUE;
  return FALSE;
}

static void
assert_file_true (Fixture *f, gboolean is_complete)
{
  g_autofree char *contents = NULL;
  gsize length;

  if (!is_complete)
    {
      g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
      return;
    }
  g_assert_true (g_file_get_contents (f->path, &contents, &length, NULL));
  g_assert_cmpmem (contents, length, whole_file, N_BYTES);
  g_unlink (f->path);
}

static void
assert_ended (Fixture *f)
{
  g_assert_cmpuint (wn_dialogs_count (), ==, 0);
  for (GList *l = purple_xfers_get_all (); l != NULL; l = l->next)
    g_assert_true (purple_xfer_is_canceled (l->data)
                   || purple_xfer_is_completed (l->data));
  g_assert_null (purple_connections_get_all ());
  assert_file_true (f, is_called_complete ());
}

/* What became of earlier transfers stays in the host's list. */
static void
forget_xfers (void)
{
  GList *all = g_list_copy (purple_xfers_get_all ());

  for (GList *l = all; l != NULL; l = l->next)
    purple_xfer_unref (l->data);
  g_list_free (all);
}

/* What an assertion alone doesn't tell. */
static void
print_sources (Fixture *f)
{
  g_autoptr (GHashTable) ids = wn_host_dup_foreign_sources ();
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, ids);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    {
      GSource *source
          = g_main_context_find_source_by_id (NULL, GPOINTER_TO_UINT (id));
      gint64 ready_us = g_source_get_ready_time (source);

      if (GPOINTER_TO_UINT (id) < f->sources_mark)
        continue;
      if (ready_us >= 0)
        ready_us -= g_get_monotonic_time ();
      g_test_message ("left: %s, of priority %d, in %" G_GINT64_FORMAT " us",
                      g_source_get_name (source),
                      g_source_get_priority (source),
                      ready_us);
    }
}

/* What GIO and libsoup close in their threads takes a few turns; where there
 * are fewer than before, the time before was too short.
 */
static void
wait_for_rest (Fixture *f, guint *n_descriptors)
{
  gint64 end_us = g_get_monotonic_time () + PATIENCE_US;
  guint n_sources, n;

  do
    {
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (100);
      n_sources = wn_host_count_sources_since (f->sources_mark);
      n = wn_descriptors_count ();
    }
  while ((n_sources > 0 || n > *n_descriptors)
         && g_get_monotonic_time () < end_us);
  if (n_sources > 0)
    print_sources (f);
  g_assert_cmpuint (n_sources, ==, 0);
  g_assert_cmpuint (n, <=, *n_descriptors);
  *n_descriptors = n;
}

static void
live_a_little (Fixture *f, const Stage *stage)
{
  gint n_turns = g_rand_int_range (dice, 0, 30);
  gint goes_on_at = g_rand_int_range (dice, -10, 10);

  for (gint i = 0; i < n_turns; i++)
    {
      if (i == goes_on_at)
        stage->go_on (f);
      g_main_context_iteration (NULL, FALSE);
      if (g_rand_int_range (dice, 0, 4) == 0)
        g_usleep ((gulong) g_rand_int_range (dice, 0, 200));
    }
}

static void
end_at_a_moment (const Stage *stage, const Ending *ending, guint *n_descriptors)
{
  Fixture f = { 0 };
  guint n_messages;

  set_up (&f);
  stage->bring (&f);
  live_a_little (&f, stage);
  ending->end (&f);
  assert_ended (&f);
  n_messages = wn_host_get_messages ()->len;
  wn_host_run_dry ();
  let_servers_go (&f);
  wait_for_rest (&f, n_descriptors);
  g_assert_cmpuint (wn_host_get_messages ()->len, ==, n_messages);
  g_assert_cmpuint (wn_dialogs_count (), ==, 0);
  let_account_go (&f);
  forget_xfers ();
  wn_host_run_dry ();
  wn_host_forget ();
  g_free (f.path);
}

/* --- tests --- */

typedef struct
{
  const Stage *stage;
  const Ending *ending;
} Case;

static void
test_ending (gconstpointer data)
{
  const Case *c = data;
  guint n_descriptors = G_MAXUINT;

  /* One more: the first time, GIO opens what it keeps. */
  for (guint i = 0; i <= n_moments; i++)
    end_at_a_moment (c->stage, c->ending, &n_descriptors);
}

static void
remove_folder (void)
{
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_free (folder);
  g_free (whole_file);
  g_rand_free (dice);
  wn_tls_site_clean_up ();
}

static void
quit_at_a_moment (const Stage *stage)
{
  gboolean is_complete;
  Fixture f = { 0 };

  g_rand_set_seed (dice,
                   (guint32) g_ascii_strtoull (g_getenv ("WN_MOMENT"),
                                               NULL,
                                               10));
  set_up (&f);
  stage->bring (&f);
  live_a_little (&f, stage);
  is_complete = is_called_complete ();
  wn_host_stop ();
  assert_file_true (&f, is_complete);
  wn_host_run_dry ();
  let_servers_go (&f);
  wn_dialogs_stop ();
  g_free (f.path);
  remove_folder ();
  _exit (0);
}

static void
test_quit (gconstpointer data)
{
  const Case *c = data;

  if (g_test_subprocess ())
    quit_at_a_moment (c->stage);
  for (guint i = 0; i < n_moments; i++)
    {
      g_autofree char *moment = g_strdup_printf ("%u", g_rand_int (dice));

      g_setenv ("WN_MOMENT", moment, TRUE);
      g_test_trap_subprocess (NULL, 0, 0);
      g_test_trap_assert_passed ();
    }
}

static void
add (const Stage *stage, const Ending *ending)
{
  static Case cases[G_N_ELEMENTS (stages) * G_N_ELEMENTS (endings)];
  static guint n_cases;
  Case *c = &cases[n_cases++];
  g_autofree char *path
      = g_strdup_printf ("/sudden-endings/%s at %s", ending->name, stage->name);

  *c = (Case){ stage, ending };
  g_test_add_data_func (path, c, ending->end != NULL ? test_ending : test_quit);
}

int
main (int argc, char **argv)
{
  static int handle;
  int result;

  g_test_init (&argc, &argv, NULL);
  if (argc > 1)
    n_moments = (guint) g_ascii_strtoull (argv[1], NULL, 10);
  dice = g_rand_new_with_seed ((guint32) g_test_rand_int ());
  folder = g_dir_make_tmp ("webnotify-endings-XXXXXX", NULL);
  whole_file = g_strnfill (N_BYTES, 'x');
  wn_host_start ("Pidgin", WN_MODULE_DIR);
  wn_dialogs_start ();
  wn_slow_resolver_start ();
  purple_signal_connect (purple_conversations_get_handle (),
                         "received-im-msg",
                         &handle,
                         PURPLE_CALLBACK (on_received),
                         NULL);
  for (guint i = 0; i < G_N_ELEMENTS (stages); i++)
    for (guint j = 0; j < G_N_ELEMENTS (endings); j++)
      add (&stages[i], &endings[j]);
  result = g_test_run ();
  wn_host_stop ();
  wn_dialogs_stop ();
  remove_folder ();
  return result;
}
