/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which certificates are trusted, by itself and by both that connect, against
 * TLS servers on 127.0.0.1 with certificates made for the run.
 */

#include <glib/gstdio.h>
#include <stdio.h>
#include <unistd.h>

#include "net/http/download.h"
#include "net/http/size.h"
#include "net/tls.h"
#include "net/websocket/websocket.h"
#include "support/heard-download.h"
#include "support/heard-socket.h"
#include "support/tls-site.h"
#include "support/wait.h"

#define HOST "127.0.0.1"
#define UNKNOWN_CA G_TLS_CERTIFICATE_UNKNOWN_CA
#define EXPIRED G_TLS_CERTIFICATE_EXPIRED
#define REVOKED G_TLS_CERTIFICATE_REVOKED

static WnTlsTrust *
make_trust (const char *ca_file, const char *pins)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path
      = ca_file != NULL ? wn_tls_site_dup_path (ca_file) : NULL;
  WnTlsTrust *trust = wn_tls_trust_new (path, pins, &error);

  g_assert_no_error (error);
  return trust;
}

static GTlsCertificate *
load (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_strconcat (name, ".pem", NULL);
  g_autofree char *path = wn_tls_site_dup_path (file);
  GTlsCertificate *certificate = g_tls_certificate_new_from_file (path, &error);

  g_assert_no_error (error);
  return certificate;
}

/* The judge */

static WnTlsDoubt *
judge (WnTlsTrust *trust, const char *name, GTlsCertificateFlags errors)
{
  g_autoptr (GTlsCertificate) certificate = load (name);

  return wn_tls_trust_judge (trust, HOST, 443, certificate, errors);
}

static void
test_system (void)
{
  g_autoptr (WnTlsTrust) trust = make_trust (NULL, NULL);
  g_autoptr (WnTlsDoubt) doubt = NULL;

  g_assert_null (judge (trust, "good", 0));
  g_assert_null (judge (NULL, "good", 0));
  doubt = judge (NULL, "good", EXPIRED);
  g_assert_cmpuint (doubt->errors, ==, EXPIRED);
}

static void
test_fingerprint (void)
{
  g_autoptr (WnTlsTrust) trust = make_trust (NULL, NULL);
  g_autoptr (WnTlsDoubt) doubt = judge (trust, "good", UNKNOWN_CA);
  g_autofree char *path = wn_tls_site_dup_path ("good.sha256");
  g_autofree char *theirs = NULL;

  g_assert_true (g_file_get_contents (path, &theirs, NULL, NULL));
  g_assert_cmpstr (doubt->fingerprint, ==, g_strstrip (theirs));
  g_assert_cmpstr (doubt->host, ==, HOST);
  g_assert_cmpuint (doubt->port, ==, 443);
  g_assert_false (doubt->is_changed);
}

static void
test_accept (void)
{
  g_autoptr (WnTlsTrust) trust = make_trust (NULL, NULL);
  g_autoptr (WnTlsDoubt) doubt = judge (trust, "good", UNKNOWN_CA);
  g_autoptr (WnTlsTrust) later = NULL;
  g_autofree char *pins = NULL;

  wn_tls_trust_accept (trust, doubt);
  g_assert_null (judge (trust, "good", UNKNOWN_CA));
  pins = wn_tls_trust_dup_pins (trust);
  later = make_trust (NULL, pins);
  g_assert_null (judge (later, "good", UNKNOWN_CA));
}

static void
test_accepted_elsewhere (void)
{
  static const struct
  {
    const char *host;
    guint16 port;
    gboolean is_trusted;
  } rows[] = {
    { "Shop.Example", 443, TRUE },
    { "shop.example", 443, TRUE },
    { "shop.example", 444, FALSE },
    { "shop.example.org", 443, FALSE },
  };
  g_autoptr (WnTlsTrust) trust = make_trust (NULL, NULL);
  g_autoptr (GTlsCertificate) certificate = load ("good");
  g_autoptr (WnTlsDoubt) first = wn_tls_trust_judge (trust,
                                                     "Shop.example",
                                                     443,
                                                     certificate,
                                                     UNKNOWN_CA);

  wn_tls_trust_accept (trust, first);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (WnTlsDoubt) doubt = wn_tls_trust_judge (trust,
                                                         rows[i].host,
                                                         rows[i].port,
                                                         certificate,
                                                         UNKNOWN_CA);

      g_assert_cmpint (doubt == NULL, ==, rows[i].is_trusted);
    }
}

/* Who accepts an unknown issuer has not accepted what comes later. */
static void
test_worse (void)
{
  g_autoptr (WnTlsTrust) trust = make_trust (NULL, NULL);
  g_autoptr (WnTlsDoubt) first = judge (trust, "good", UNKNOWN_CA);
  g_autoptr (WnTlsDoubt) revoked = NULL;
  g_autoptr (WnTlsDoubt) expired = NULL;

  wn_tls_trust_accept (trust, first);
  revoked = judge (trust, "good", UNKNOWN_CA | REVOKED);
  g_assert_cmpuint (revoked->errors, ==, UNKNOWN_CA | REVOKED);
  g_assert_false (revoked->is_changed);
  expired = judge (trust, "good", UNKNOWN_CA | EXPIRED);
  wn_tls_trust_accept (trust, expired);
  g_assert_null (judge (trust, "good", UNKNOWN_CA | EXPIRED));
  g_assert_null (judge (trust, "good", UNKNOWN_CA));
}

static void
test_changed (void)
{
  g_autoptr (WnTlsTrust) trust = make_trust (NULL, NULL);
  g_autoptr (WnTlsDoubt) first = judge (trust, "good", UNKNOWN_CA);
  g_autoptr (WnTlsDoubt) second = NULL;
  g_autoptr (WnTlsDoubt) back = NULL;

  wn_tls_trust_accept (trust, first);
  second = judge (trust, "renewed", UNKNOWN_CA);
  g_assert_true (second->is_changed);
  wn_tls_trust_accept (trust, second);
  g_assert_null (judge (trust, "renewed", UNKNOWN_CA));
  back = judge (trust, "good", UNKNOWN_CA);
  g_assert_true (back->is_changed);
}

static void
test_odd_pins (void)
{
  static const char *rows[] = {
    "",
    "=",
    "127.0.0.1:443",
    "127.0.0.1:443=/1",
    "127.0.0.1:443=FINGERPRINT",
    "127.0.0.1:443=FINGERPRINT/",
    "127.0.0.1:443=FINGERPRINT/x",
    "127.0.0.1:443=FINGERPRINT/10000",
    "127.0.0.1:443=FINGERPRINTff/1",
    "127.0.0.1:443 FINGERPRINT/1",
    "127.0.0.1:443=00000000/1",
    "=FINGERPRINT/1",
  };
  g_autoptr (WnTlsDoubt) first = judge (NULL, "good", UNKNOWN_CA);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (GStrv) parts = g_strsplit (rows[i], "FINGERPRINT", 2);
      g_autofree char *pins = g_strjoinv (first->fingerprint, parts);
      g_autoptr (WnTlsTrust) trust = make_trust (NULL, pins);
      g_autoptr (WnTlsDoubt) doubt = judge (trust, "good", UNKNOWN_CA);

      g_assert_nonnull (doubt);
    }
}

/* The file */

static void
test_bad_files (void)
{
  static const struct
  {
    const char *content; /* (nullable): there is no such file */
    WnTlsError code;
  } rows[] = {
    { NULL, WN_TLS_ERROR_UNREADABLE },
    { "", WN_TLS_ERROR_NO_CERTIFICATE },
    { "hello\n", WN_TLS_ERROR_NO_CERTIFICATE },
    { "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
      WN_TLS_ERROR_NO_CERTIFICATE },
    { "-----BEGIN CERTIFICATE-----\n", WN_TLS_ERROR_NO_CERTIFICATE },
  };
  g_autofree char *path = wn_tls_site_dup_path ("bad");

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      if (rows[i].content != NULL)
        g_assert_true (g_file_set_contents (path, rows[i].content, -1, NULL));
      g_assert_null (wn_tls_trust_new (path, NULL, &error));
      g_assert_error (error, WN_TLS_ERROR, (int) rows[i].code);
    }
}

static void
test_odd_files (void)
{
  static const char *paths[] = { "/", "/dev/zero", "/dev/null" };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (wn_tls_trust_new (paths[i], NULL, &error));
      g_assert_error (error, WN_TLS_ERROR, WN_TLS_ERROR_UNREADABLE);
    }
}

/* The system knows the issuer, and nobody else has to. */
static void
test_other_file (void)
{
  g_autoptr (WnTlsTrust) trust = make_trust ("self.pem", NULL);
  g_autoptr (WnTlsDoubt) doubt = judge (trust, "good", EXPIRED);

  g_assert_cmphex (doubt->errors, ==, EXPIRED);
}

static void
test_home (void)
{
  static const char *paths[] = { "~/further.pem", "further.pem" };
  g_autofree char *from = wn_tls_site_dup_path ("ca.pem");
  g_autofree char *to
      = g_build_filename (g_get_home_dir (), "further.pem", NULL);
  g_autofree char *pem = NULL;

  g_assert_true (g_file_get_contents (from, &pem, NULL, NULL));
  g_assert_true (g_file_set_contents (to, pem, -1, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WnTlsTrust) trust = wn_tls_trust_new (paths[i], NULL, &error);

      g_assert_no_error (error);
      g_assert_null (judge (trust, "good", UNKNOWN_CA));
    }
  g_unlink (to);
}

/* The WebSocket */

typedef struct
{
  WnTransport *transport; /* (owned) */
  WnHeardSocket heard;
} Socket;

static void
socket_run_url (Socket *self, const char *url, WnTlsTrust *trust)
{
  const WnRoute route = {
    .url = (char *) url,
    .authorization = (char *) "Bearer s3cret",
  };

  self->transport = wn_websocket_new (&(WnWebsocketConfig){ .trust = trust });
  wn_transport_open (self->transport,
                     &route,
                     &wn_heard_socket_listener,
                     &self->heard);
  wn_wait_until (self->heard.is_done);
}

static void
socket_run (Socket *self, WnTlsSite *site, WnTlsTrust *trust)
{
  g_autofree char *url = wn_tls_site_dup_url (site, "wss", "/?uid=1");

  socket_run_url (self, url, trust);
}

static const WnTlsDoubt *
socket_get_doubt (Socket *self)
{
  return wn_websocket_get_doubt (WN_WEBSOCKET (self->transport));
}

static void
socket_clear (Socket *self)
{
  g_clear_object (&self->transport);
  wn_heard_socket_clear (&self->heard);
  wn_wait_until_dry ();
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Socket, socket_clear)

static void
test_socket_ping (void)
{
  g_autoptr (WnTlsSite) site = wn_tls_site_new ("good");
  g_autoptr (WnTlsTrust) trust = make_trust ("ca.pem", NULL);
  g_auto (Socket) it = { 0 };

  socket_run (&it, site, trust);
  g_assert_cmpuint (it.heard.n_opened, ==, 1);
  wn_wait_until_dry ();
  g_assert_cmpuint (it.heard.n_alive, ==, 0);
  wn_transport_ping (it.transport);
  wn_wait_until (it.heard.n_alive > 0);
}

/* All in one record, of which TLS keeps for itself what is not read: the socket
 * below has nothing more. */
static void
test_socket_burst (void)
{
  const guint n_messages = 600;
  g_autoptr (WnTlsSite) site = wn_tls_site_new ("good");
  g_autoptr (WnTlsTrust) trust = make_trust ("ca.pem", NULL);
  g_autoptr (GString) frames = g_string_new (NULL);
  g_auto (Socket) it = { 0 };
  GIOStream *stream;

  socket_run (&it, site, trust);
  wn_wait_until (site->sockets->len == 1);
  stream = soup_websocket_connection_get_io_stream (site->sockets->pdata[0]);
  for (guint i = 0; i < n_messages; i++)
    g_string_append (frames, "\x81\x02hi");
  g_assert_true (
      g_output_stream_write_all (g_io_stream_get_output_stream (stream),
                                 frames->str,
                                 frames->len,
                                 NULL,
                                 NULL,
                                 NULL));
  wn_wait_until (it.heard.n_texts == n_messages);
}

typedef struct
{
  const char *certificate;
  const char *ca_file; /* (nullable) */
  guint errors;        /* 0: it connects */
} Case;

static const Case cases[] = {
  { "good", NULL, UNKNOWN_CA },
  { "self", NULL, UNKNOWN_CA },
  { "good", "self.pem", UNKNOWN_CA },
  { "expired", NULL, UNKNOWN_CA | EXPIRED },
  { "elsewhere", NULL, UNKNOWN_CA | G_TLS_CERTIFICATE_BAD_IDENTITY },
  { "good", "ca.pem", 0 },
  { "chained", "ca.pem", 0 },
  { "good", "good.pem", 0 },
  { "self", "self.pem", 0 },
  { "expired", "ca.pem", EXPIRED },
  { "early", "ca.pem", G_TLS_CERTIFICATE_NOT_ACTIVATED },
  { "elsewhere", "ca.pem", G_TLS_CERTIFICATE_BAD_IDENTITY },
  { "elsewhere", "elsewhere.pem", G_TLS_CERTIFICATE_BAD_IDENTITY },
  { "weak", "ca.pem", G_TLS_CERTIFICATE_INSECURE },
};

static void
test_socket_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WnTlsSite) site = wn_tls_site_new (cases[i].certificate);
      g_autoptr (WnTlsTrust) trust = make_trust (cases[i].ca_file, NULL);
      g_auto (Socket) it = { 0 };

      g_test_message ("%s, %s", cases[i].certificate, cases[i].ca_file);
      socket_run (&it, site, trust);
      g_assert_cmpint (it.heard.n_opened, ==, cases[i].errors == 0);
      if (it.heard.n_opened > 0)
        continue;
      g_assert_cmpint (it.heard.loss->reason, ==, WN_LOSS_CERTIFICATE_REFUSED);
      g_assert_cmphex (it.heard.loss->tls_errors, ==, cases[i].errors);
      g_assert_cmphex (socket_get_doubt (&it)->errors, ==, cases[i].errors);
      g_assert_cmpuint (socket_get_doubt (&it)->port, ==, site->port);
      g_assert_cmpuint (site->n_requests, ==, 0);
    }
}

static void
test_socket_pin (void)
{
  g_autoptr (WnTlsSite) site = wn_tls_site_new ("elsewhere");
  g_autoptr (WnTlsTrust) trust = make_trust (NULL, NULL);
  g_auto (Socket) first = { 0 };
  g_auto (Socket) second = { 0 };
  g_auto (Socket) changed = { 0 };

  socket_run (&first, site, trust);
  g_assert_cmpuint (first.heard.n_opened, ==, 0);
  wn_tls_trust_accept (trust, socket_get_doubt (&first));
  socket_run (&second, site, trust);
  g_assert_cmpuint (second.heard.n_opened, ==, 1);
  g_assert_null (socket_get_doubt (&second));
  g_assert_cmpstr (site->authorization, ==, "Bearer s3cret");

  wn_tls_site_change_certificate (site, "renewed");
  socket_run (&changed, site, trust);
  g_assert_cmpuint (changed.heard.n_opened, ==, 0);
  g_assert_true (socket_get_doubt (&changed)->is_changed);
}

/* The download */

static WnDownloadConfig
make_config (const char *url, WnTlsTrust *trust)
{
  return (WnDownloadConfig){ .url = url,
                             .authorization = "Bearer s3cret",
                             .trust = trust };
}

static void
heard_run (WnHeardDownload *self, const char *url, WnTlsTrust *trust)
{
  WnDownloadConfig config = make_config (url, trust);
  g_autoptr (WnDownload) download
      = wn_download_new (&config, &wn_heard_download_listener, self);

  wn_wait_until (self->is_done);
  g_clear_object (&download);
  wn_wait_until_dry ();
}

static void
test_download_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WnTlsSite) site = wn_tls_site_new (cases[i].certificate);
      g_autoptr (WnTlsTrust) trust = make_trust (cases[i].ca_file, NULL);
      g_autofree char *url = wn_tls_site_dup_url (site, "https", "/export");
      g_auto (WnHeardDownload) it = { 0 };

      heard_run (&it, url, trust);
      g_assert_cmpint (it.error == NULL, ==, cases[i].errors == 0);
      if (it.error == NULL)
        continue;
      g_assert_error (it.error,
                      WN_DOWNLOAD_ERROR,
                      WN_DOWNLOAD_ERROR_CERTIFICATE);
      g_assert_cmpuint (site->n_requests, ==, 0);
    }
}

static void
redirect_to (const char *certificate, WnHeardDownload *heard)
{
  g_autoptr (WnTlsSite) site = wn_tls_site_new ("good");
  g_autoptr (WnTlsSite) other = wn_tls_site_new (certificate);
  g_autoptr (WnTlsTrust) trust = make_trust ("ca.pem", NULL);
  g_autofree char *url = wn_tls_site_dup_url (site, "https", "/export");

  site->redirect = wn_tls_site_dup_url (other, "https", "/export");
  heard_run (heard, url, trust);
  g_assert_cmpuint (site->n_requests, ==, 1);
  g_assert_cmpuint (other->n_requests, ==, heard->error == NULL);
}

static void
test_download_redirected (void)
{
  g_auto (WnHeardDownload) refused = { 0 };
  g_auto (WnHeardDownload) trusted = { 0 };

  redirect_to ("self", &refused);
  g_assert_error (refused.error,
                  WN_DOWNLOAD_ERROR,
                  WN_DOWNLOAD_ERROR_CERTIFICATE);
  redirect_to ("chained", &trusted);
  g_assert_no_error (trusted.error);
}

typedef struct
{
  WnTlsDoubt *doubt; /* (owned) (nullable) */
  gint64 size;
  gboolean is_done;
} Size;

static void
on_size (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Size *self = user_data;

  self->size = wn_size_query_finish (result, &self->doubt);
  self->is_done = TRUE;
}

static void
size_run (Size *self, const char *url, WnTlsTrust *trust)
{
  WnDownloadConfig config = make_config (url, trust);

  *self = (Size){ 0 };
  wn_size_query_async (&config, FALSE, NULL, on_size, self);
  wn_wait_until (self->is_done);
  wn_wait_until_dry ();
}

static void
test_size (void)
{
  g_autoptr (WnTlsSite) site = wn_tls_site_new ("good");
  g_autoptr (WnTlsTrust) trust = make_trust (NULL, NULL);
  g_autofree char *url = wn_tls_site_dup_url (site, "https", "/export");
  Size size;

  size_run (&size, url, trust);
  g_assert_cmpint (size.size, ==, WN_SIZE_UNKNOWN);
  g_assert_cmphex (size.doubt->errors, ==, UNKNOWN_CA);
  g_assert_cmpuint (site->n_requests, ==, 0);
  wn_tls_trust_accept (trust, size.doubt);
  wn_tls_doubt_free (size.doubt);

  size_run (&size, url, trust);
  g_assert_cmpint (size.size, ==, 4);
  g_assert_null (size.doubt);
}

/* A system without TLS: whose backend is chosen but once in a process */

static void
test_unavailable (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (GSocketListener) listener = g_socket_listener_new ();
      guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
      g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u/", port);
      g_autoptr (WnTlsTrust) trust = NULL;
      g_autoptr (GError) error = NULL;
      g_auto (WnHeardDownload) it = { 0 };

      g_setenv ("GIO_USE_TLS", "dummy", TRUE);
      trust = wn_tls_trust_new ("/etc/passwd", NULL, &error);
      g_assert_no_error (error);
      heard_run (&it, url, trust);
      g_assert_error (it.error, WN_DOWNLOAD_ERROR, WN_DOWNLOAD_ERROR_NO_TLS);
      fflush (NULL);
      _exit (0);
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  g_autofree char *home = g_dir_make_tmp ("webnotify-home-XXXXXX", NULL);
  int code;

  g_setenv ("HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tls/what the system trusts is trusted", test_system);
  g_test_add_func ("/tls/a fingerprint is what other programs say it is",
                   test_fingerprint);
  g_test_add_func ("/tls/what was accepted is trusted, later too", test_accept);
  g_test_add_func ("/tls/what was accepted holds for one host and port",
                   test_accepted_elsewhere);
  g_test_add_func ("/tls/what gets worse is not accepted any more", test_worse);
  g_test_add_func ("/tls/a changed certificate is told from a new one",
                   test_changed);
  g_test_add_func ("/tls/odd pins accept nothing", test_odd_pins);
  g_test_add_func ("/tls/a file without certificates is an error",
                   test_bad_files);
  g_test_add_func ("/tls/a folder or a device is no file", test_odd_files);
  g_test_add_func ("/tls/a file that doesn't know the issuer adds no fault",
                   test_other_file);
  g_test_add_func ("/tls/a file may be named from the home folder", test_home);
  g_test_add_func ("/tls/websocket: each fault is told, before a byte is sent",
                   test_socket_cases);
  g_test_add_func ("/tls/websocket: a ping is answered through TLS",
                   test_socket_ping);
  g_test_add_func ("/tls/websocket: a burst is heard to its end",
                   test_socket_burst);
  g_test_add_func ("/tls/websocket: what is accepted connects, and only that",
                   test_socket_pin);
  g_test_add_func ("/tls/download: each fault fails it, before a byte is sent",
                   test_download_cases);
  g_test_add_func ("/tls/download: a redirect is judged too",
                   test_download_redirected);
  g_test_add_func ("/tls/download: the size is known once it is accepted",
                   test_size);
  g_test_add_func ("/tls/a system without TLS is told from one whose TLS fails",
                   test_unavailable);

  code = g_test_run ();
  wn_tls_site_clean_up ();
  g_rmdir (home);
  return code;
}
