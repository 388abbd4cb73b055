/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The folder of certificates is the process's, and made once.
 */

#include "support/tls-site.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "support/folder.h"
#include "support/loopback.h"
#include "support/soup.h"

static char *folder; /* (owned) (nullable) */

static void
make_folder (void)
{
  g_autoptr (GError) error = NULL;
  const char *argv[] = { WN_MAKE_CERTIFICATES, NULL, NULL };
  int status = -1;

  folder = g_dir_make_tmp ("webnotify-tls-XXXXXX", &error);
  g_assert_no_error (error);
  argv[1] = folder;
  g_spawn_sync (NULL,
                (char **) argv,
                NULL,
                G_SPAWN_SEARCH_PATH,
                NULL,
                NULL,
                NULL,
                NULL,
                &status,
                &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, &error));
}

char *
wn_tls_site_dup_path (const char *file)
{
  if (folder == NULL)
    make_folder ();
  return g_build_filename (folder, file, NULL);
}

void
wn_tls_site_clean_up (void)
{
  if (folder != NULL)
    wn_folder_remove (folder);
  g_clear_pointer (&folder, g_free);
}

static GTlsCertificate *
load (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_strconcat (name, ".server", NULL);
  g_autofree char *path = wn_tls_site_dup_path (file);
  GTlsCertificate *certificate = g_tls_certificate_new_from_file (path, &error);

  g_assert_no_error (error);
  return certificate;
}

static void
on_site_early (SoupServer *soup,
               SoupServerMessage *message,
               const char *path,
               GHashTable *query,
               gpointer user_data)
{
  WnTlsSite *self = user_data;
  SoupMessageHeaders *headers
      = soup_server_message_get_request_headers (message);

  self->n_requests++;
  g_free (self->authorization);
  self->authorization
      = g_strdup (soup_message_headers_get_one (headers, "Authorization"));
}

static void
on_site_export (SoupServer *soup,
                SoupServerMessage *message,
                const char *path,
                GHashTable *query,
                gpointer user_data)
{
  WnTlsSite *self = user_data;

  if (self->redirect != NULL)
    {
      soup_server_message_set_redirect (message,
                                        SOUP_STATUS_FOUND,
                                        self->redirect);
      return;
    }
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_message_body_append (soup_server_message_get_response_body (message),
                            SOUP_MEMORY_STATIC,
                            "a,b\n",
                            4);
}

static void
serve (WnTlsSite *self, GIOStream *stream)
{
  g_autoptr (GIOStream) base = NULL;
  g_autoptr (GSocketAddress) local = NULL;
  g_autoptr (GSocketAddress) remote = NULL;

  g_object_get (stream, "base-io-stream", &base, NULL);
  local = g_socket_connection_get_local_address (G_SOCKET_CONNECTION (base),
                                                 NULL);
  remote = g_socket_connection_get_remote_address (G_SOCKET_CONNECTION (base),
                                                   NULL);
  if (local == NULL || remote == NULL
      || !soup_server_accept_iostream (self->soup, stream, local, remote, NULL))
    g_io_stream_close (stream, NULL, NULL);
}

static void
on_site_shaken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GIOStream) stream = G_IO_STREAM (source);
  g_autoptr (GError) error = NULL;
  WnTlsSite *self = user_data;

  if (g_tls_connection_handshake_finish (G_TLS_CONNECTION (stream),
                                         result,
                                         &error))
    serve (self, stream);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_io_stream_close (stream, NULL, NULL);
}

static gboolean
on_site_incoming (GSocketService *listener,
                  GSocketConnection *connection,
                  GObject *origin,
                  gpointer user_data)
{
  WnTlsSite *self = user_data;
  g_autoptr (GError) error = NULL;
  GIOStream *stream = g_tls_server_connection_new (G_IO_STREAM (connection),
                                                   self->certificate,
                                                   &error);

  g_assert_no_error (error);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (stream),
                                    G_PRIORITY_DEFAULT,
                                    self->handshakes,
                                    on_site_shaken,
                                    self);
  return TRUE;
}

static void
add_handlers (WnTlsSite *self)
{
  static const char *exports[] = { "/export", "/exportDownload" };

  for (gsize i = 0; i < G_N_ELEMENTS (exports); i++)
    soup_server_add_handler (self->soup,
                             exports[i],
                             on_site_export,
                             self,
                             NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (exports); i++)
    soup_server_add_early_handler (self->soup,
                                   exports[i],
                                   on_site_early,
                                   self,
                                   NULL);
  soup_server_add_early_handler (self->soup, "/", on_site_early, self, NULL);
  wn_soup_collect_websockets (self->soup, self->sockets);
}

/* TLS is the site's own: where a handshake fails, libsoup 3.6 uses the
 * connection that it has just freed.
 */
static void
listen (WnTlsSite *self, const char *name)
{
  self->certificate = load (name);
  self->handshakes = g_cancellable_new ();
  self->soup = soup_server_new (NULL, NULL);
  add_handlers (self);
  self->listener = g_socket_service_new ();
  self->port = wn_loopback_listen (G_SOCKET_LISTENER (self->listener),
                                   (guint16) self->port);
  g_signal_connect (self->listener,
                    "incoming",
                    G_CALLBACK (on_site_incoming),
                    self);
}

static void
hang_up (WnTlsSite *self)
{
  wn_soup_close_websockets (self->sockets);
  wn_loopback_unlisten (g_steal_pointer (&self->listener), self);
  g_cancellable_cancel (self->handshakes);
  g_clear_object (&self->handshakes);
  g_clear_object (&self->certificate);
  soup_server_disconnect (self->soup);
  g_clear_object (&self->soup);
}

WnTlsSite *
wn_tls_site_new (const char *name)
{
  WnTlsSite *self = g_new0 (WnTlsSite, 1);

  self->sockets = g_ptr_array_new_with_free_func (g_object_unref);
  listen (self, name);
  return self;
}

void
wn_tls_site_free (WnTlsSite *self)
{
  hang_up (self);
  g_ptr_array_unref (self->sockets);
  g_free (self->authorization);
  g_free (self->redirect);
  g_free (self);
}

void
wn_tls_site_change_certificate (WnTlsSite *self, const char *name)
{
  hang_up (self);
  listen (self, name);
}

char *
wn_tls_site_dup_url (const WnTlsSite *self,
                     const char *scheme,
                     const char *path)
{
  return g_strdup_printf ("%s://127.0.0.1:%u%s", scheme, self->port, path);
}

/* nginx */

struct _WnTlsNginx
{
  GPid pid;
  guint16 port;
  char *folder; /* (owned) */
};

static char *
find_nginx (void)
{
  const char *build = g_getenv ("WN_BUILD");

  return g_build_filename (build != NULL ? build : WN_BUILDS, "nginx", NULL);
}

static char *
dup_file_of (const char *name, const char *suffix)
{
  g_autofree char *file = g_strconcat (name, suffix, NULL);

  return wn_tls_site_dup_path (file);
}

/* In the child: it ends with the test, also with one that fails. */
static void
on_spawned (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

static void
start_nginx (WnTlsNginx *self, const char *nginx, const char *name)
{
  g_autofree char *port = g_strdup_printf ("%u", self->port);
  g_autofree char *pem = dup_file_of (name, ".pem");
  g_autofree char *key = dup_file_of (name, ".key");
  g_autofree char *listen
      = g_strdup_printf ("LISTEN=127.0.0.1:%u ssl", self->port);
  g_autofree char *certificate = g_strconcat ("CERTIFICATE=", pem, NULL);
  g_autofree char *secret = g_strconcat ("KEY=", key, NULL);
  const char *argv[] = {
    WN_START_NGINX, nginx,       self->folder, port, self->folder,
    listen,         certificate, secret,       NULL,
  };
  g_autoptr (GError) error = NULL;

  g_spawn_async (NULL,
                 (char **) argv,
                 NULL,
                 G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL
                     | G_SPAWN_STDERR_TO_DEV_NULL,
                 on_spawned,
                 NULL,
                 &self->pid,
                 &error);
  g_assert_no_error (error);
  wn_loopback_wait_for (self->port);
}

WnTlsNginx *
wn_tls_nginx_new (const char *name)
{
  g_autofree char *nginx = find_nginx ();
  g_autofree char *program
      = g_build_filename (nginx, "usr", "sbin", "nginx", NULL);
  g_autofree char *export = NULL;
  WnTlsNginx *self;

  if (!g_file_test (program, G_FILE_TEST_IS_EXECUTABLE))
    {
      g_test_skip ("nginx isn't unpacked: tests/servers/fetch does that");
      return NULL;
    }
  self = g_new0 (WnTlsNginx, 1);
  self->port = wn_loopback_find_free_port ();
  self->folder = g_dir_make_tmp ("webnotify-nginx-XXXXXX", NULL);
  export = g_build_filename (self->folder, "orders.csv", NULL);
  g_assert_true (g_file_set_contents (export, "a,b\n", -1, NULL));
  start_nginx (self, nginx, name);
  return self;
}

void
wn_tls_nginx_free (WnTlsNginx *self)
{
  kill (self->pid, SIGTERM);
  waitpid (self->pid, NULL, 0);
  g_spawn_close_pid (self->pid);
  wn_folder_remove (self->folder);
  g_free (self->folder);
  g_free (self);
}

char *
wn_tls_nginx_dup_url (const WnTlsNginx *self,
                      const char *scheme,
                      const char *path)
{
  return g_strdup_printf ("%s://127.0.0.1:%u%s", scheme, self->port, path);
}

guint
wn_tls_nginx_count_requests (const WnTlsNginx *self)
{
  g_autofree char *path = g_build_filename (self->folder, "access.log", NULL);
  g_autofree char *text = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  for (const char *c = text; *c != '\0'; c++)
    n += *c == '\n';
  return n;
}
