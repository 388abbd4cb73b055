/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The transport against servers on 127.0.0.1: libsoup's, python3-websockets,
 * and one that breaks what can be broken.
 */

#include <dlfcn.h>
#include <execinfo.h>
#include <gio/gio.h>
#include <libsoup/soup.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "net/websocket/websocket.h"
#include "support/raw-server.h"
#include "support/soup.h"
#include "support/wait.h"

#define TEXT_FRAME 0x81
#define PING_FRAME 0x89
#define HEARTBEAT "heartCheck"

/* What the listener heard, and what it does when it hears it. */
typedef struct
{
  WnTransport *transport; /* (owned) (nullable) */
  WnRoute route;          /* (owned): where it goes */
  guint n_opened;
  guint n_alive;
  GPtrArray *texts; /* (owned) (element-type utf8) */
  gsize n_text_bytes;
  guint n_texts;
  gboolean keeps_texts;
  WnLoss *loss; /* (owned) (nullable) */
  guint n_losses;
  gboolean is_in_call;
  void (*act) (gpointer rig); /* (nullable): on the next thing that is heard */
  void (*act_when_alive) (gpointer rig); /* (nullable): on signs of life */
} Rig;

static void
rig_act (Rig *self)
{
  void (*act) (gpointer) = self->act;

  g_assert_false (self->is_in_call);
  self->act = NULL;
  if (act)
    act (self);
}

/* Whether libsoup has called us, however far down. */
static gboolean
is_in_libsoup (void)
{
  void *frames[64];
  int n_frames = backtrace (frames, G_N_ELEMENTS (frames));

  for (int i = 0; i < n_frames; i++)
    {
      Dl_info info;

      if (dladdr (frames[i], &info) != 0 && strstr (info.dli_fname, "libsoup"))
        return TRUE;
    }
  return FALSE;
}

static void
on_transport_opened (const WnTransportAnswer *answer, gpointer user_data)
{
  Rig *self = user_data;

  g_assert_false (is_in_libsoup ());
  self->n_opened++;
  rig_act (self);
}

static void
on_transport_text (const char *text, gsize length, gpointer user_data)
{
  Rig *self = user_data;

  g_assert_false (is_in_libsoup ());
  g_assert_cmpuint (strlen (text), <=, length);
  self->n_texts++;
  self->n_text_bytes += length;
  if (self->keeps_texts)
    g_ptr_array_add (self->texts, g_strndup (text, length));
  rig_act (self);
}

static void
on_transport_lost (const WnLoss *loss, gpointer user_data)
{
  Rig *self = user_data;

  g_assert_false (is_in_libsoup ());
  self->n_losses++;
  g_clear_pointer (&self->loss, wn_loss_free);
  self->loss = wn_loss_copy (loss);
  rig_act (self);
}

static void
on_transport_alive (gpointer user_data)
{
  Rig *self = user_data;

  g_assert_false (is_in_libsoup ());
  self->n_alive++;
  if (self->act_when_alive)
    self->act_when_alive (self);
}

static const WnTransportListener listener = {
  .opened = on_transport_opened,
  .text = on_transport_text,
  .alive = on_transport_alive,
  .lost = on_transport_lost,
};

static void
rig_init (Rig *self, const char *url, GProxyResolver *proxies)
{
  *self = (Rig){ .keeps_texts = TRUE };
  self->transport
      = wn_websocket_new (&(WnWebsocketConfig){ .proxy_resolver = proxies });
  self->route.url = g_strdup (url);
  self->texts = g_ptr_array_new_with_free_func (g_free);
}

static void
rig_open (Rig *self)
{
  self->is_in_call = TRUE;
  wn_transport_open (self->transport, &self->route, &listener, self);
  self->is_in_call = FALSE;
}

static void
turn_while_ready (void)
{
  for (guint i = 0; i < 50; i++)
    g_main_context_iteration (NULL, FALSE);
}

static void
rig_clear (Rig *self)
{
  g_clear_object (&self->transport);
  turn_while_ready ();
  wn_route_clear (&self->route);
  g_ptr_array_unref (self->texts);
  g_clear_pointer (&self->loss, wn_loss_free);
}

static char *
raw_url (WnRawServer *server, const char *target)
{
  return g_strdup_printf ("ws://127.0.0.1:%u%s",
                          wn_raw_server_get_port (server),
                          target);
}

typedef struct
{
  Rig rig;
  WnRawServer *server; /* (owned) */
} RawRig;

static void
raw_rig_init (RawRig *self, const WnRawScript *script)
{
  g_autofree char *url = NULL;

  self->server = wn_raw_server_new (script);
  url = raw_url (self->server, "/");
  rig_init (&self->rig, url, NULL);
  rig_open (&self->rig);
}

static const WnRawScript upgrades = { .answer = WN_UPGRADE };

static void
raw_rig_init_open (RawRig *self)
{
  raw_rig_init (self, &upgrades);
  wn_wait_until (self->rig.n_opened > 0);
}

static void
raw_rig_clear (RawRig *self)
{
  rig_clear (&self->rig);
  wn_raw_server_free (self->server);
}

/* For what a leak check at exit can't stand: GIO's TLS, whose backend is also
 * chosen but once, and libsoup's server, which keeps a socket. */

static void
in_subprocess (void (*run) (void))
{
  if (g_test_subprocess ())
    {
      run ();
      fflush (NULL);
      _exit (0);
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

/* The upgrade */

static void
test_request (void)
{
  static const struct
  {
    const char *target;
    const char *line;
  } rows[] = {
    { "", "GET / HTTP/1.1\r\n" },
    { "?uid=1", "GET /?uid=1 HTTP/1.1\r\n" },
    { "/a%2fb/%41?x=%7e&uid=%E4%BD%A0+1",
      "GET /a%2fb/%41?x=%7e&uid=%E4%BD%A0+1 HTTP/1.1\r\n" },
    { "/?a=//b?c", "GET /?a=//b?c HTTP/1.1\r\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (WnRawServer) server = wn_raw_server_new (&upgrades);
      g_autofree char *url = raw_url (server, rows[i].target);
      g_autofree char *head = g_strdup_printf ("%sHost: 127.0.0.1:%u\r\n",
                                               rows[i].line,
                                               wn_raw_server_get_port (server));
      const char *request;
      Rig rig;

      rig_init (&rig, url, NULL);
      rig.route.authorization = g_strdup ("Bearer s3cret");
      rig_open (&rig);
      wn_wait_until (rig.n_opened == 1);
      request = wn_raw_server_get_request (server);
      g_assert_true (g_str_has_prefix (request, head));
      g_assert_nonnull (strstr (request, "\r\nUpgrade: websocket\r\n"));
      g_assert_nonnull (strstr (request, "\r\nConnection: Upgrade\r\n"));
      g_assert_nonnull (strstr (request, "\r\nSec-WebSocket-Version: 13\r\n"));
      g_assert_nonnull (
          strstr (request, "\r\nAuthorization: Bearer s3cret\r\n"));
      g_assert_null (strstr (request, "Extensions"));
      rig_clear (&rig);
    }
}

static void
test_no_token (void)
{
  static const char *values[] = { NULL, "Bearer a\r\nX-Evil: 1" };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (WnRawServer) server = wn_raw_server_new (&upgrades);
      g_autofree char *url = raw_url (server, "/");
      Rig rig;

      rig_init (&rig, url, NULL);
      rig.route.authorization = g_strdup (values[i]);
      rig_open (&rig);
      wn_wait_until (rig.n_opened == 1);
      g_assert_null (
          strstr (wn_raw_server_get_request (server), "Authorization"));
      g_assert_null (strstr (wn_raw_server_get_request (server), "X-Evil"));
      rig_clear (&rig);
    }
}

static void
test_glued (void)
{
  static const WnRawScript scripts[] = {
    { .answer = WN_UPGRADE "\x81\x02hi\x81\x03you" },
    { .answer = WN_UPGRADE "\x81\x02hi\x81\x03you", .answer_bytes = 1 },
    { .answer = WN_UPGRADE "\x01\x01h\x80\x01i\x82\x02no\x81\x03you" },
    { .answer = "HTTP/1.1 100 Continue\r\n\r\n"
                "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" WN_UPGRADE
                "\x81\x02hi\x81\x03you" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      RawRig it;

      raw_rig_init (&it, &scripts[i]);
      wn_wait_until (it.rig.n_texts == 2);
      g_assert_cmpuint (it.rig.n_opened, ==, 1);
      g_assert_cmpstr (it.rig.texts->pdata[0], ==, "hi");
      g_assert_cmpstr (it.rig.texts->pdata[1], ==, "you");
      g_assert_null (it.rig.loss);
      raw_rig_clear (&it);
    }
}

#define DAY_S (24 * 60 * 60)

static void
test_refused_upgrade (void)
{
  static const struct
  {
    const char *answer;
    WnLossReason reason;
    guint http_status;
    gint64 retry_after_s;
  } rows[] = {
    { "HTTP/1.1 401 Unauthorized\r\n\r\n", WN_LOSS_HTTP_STATUS, 401, 0 },
    { "HTTP/1.1 403 Forbidden\r\n\r\n", WN_LOSS_HTTP_STATUS, 403, 0 },
    { "HTTP/1.1 404 Not Found\r\n\r\n", WN_LOSS_HTTP_STATUS, 404, 0 },
    { "HTTP/1.1 200 OK\r\n\r\nhello", WN_LOSS_HTTP_STATUS, 200, 0 },
    { "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\n\r\n",
      WN_LOSS_HTTP_STATUS,
      503,
      7 },
    { "HTTP/1.1 429 Slow\r\nRetry-After: 999999999\r\n\r\n",
      WN_LOSS_HTTP_STATUS,
      429,
      DAY_S },
    { "HTTP/1.1 503 Busy\r\nRetry-After: Fri, 31 Dec 2199 23:59:59 GMT\r\n\r\n",
      WN_LOSS_HTTP_STATUS,
      503,
      DAY_S },
    { "HTTP/1.1 503 Busy\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n",
      WN_LOSS_HTTP_STATUS,
      503,
      0 },
    { "HTTP/1.1 503 Busy\r\nRetry-After: -5\r\n\r\n",
      WN_LOSS_HTTP_STATUS,
      503,
      0 },
    { "HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1/\r\n\r\n",
      WN_LOSS_REDIRECTED,
      301,
      0 },
    { "SSH-2.0-OpenSSH_9.2\r\n", WN_LOSS_BAD_HANDSHAKE, 0, 0 },
    { "HTTP/1.1 abc\r\n\r\n", WN_LOSS_BAD_HANDSHAKE, 0, 0 },
    { "HTTP/1.1 101 OK\r\n\r\n", WN_LOSS_BAD_HANDSHAKE, 0, 0 },
    { "HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
      WN_LOSS_BAD_HANDSHAKE,
      0,
      0 },
    { "HTTP/1.1 101 OK\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: {accept}\r\n\r\n",
      WN_LOSS_BAD_HANDSHAKE,
      0,
      0 },
    { "HTTP/1.1 101 OK\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Accept: {accept}\r\n\r\n",
      WN_LOSS_BAD_HANDSHAKE,
      0,
      0 },
    { "HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: {accept}\r\n"
      "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
      WN_LOSS_BAD_HANDSHAKE,
      0,
      0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      WnRawScript script = { .answer = rows[i].answer };
      RawRig it;

      raw_rig_init (&it, &script);
      wn_wait_until (it.rig.loss);
      g_assert_cmpint (it.rig.loss->reason, ==, rows[i].reason);
      g_assert_cmpuint (it.rig.loss->http_status, ==, rows[i].http_status);
      g_assert_cmpint (it.rig.loss->retry_after_us,
                       ==,
                       rows[i].retry_after_s * G_TIME_SPAN_SECOND);
      g_assert_cmpuint (it.rig.n_opened, ==, 0);
      wn_wait_until (wn_raw_server_is_left (it.server));
      raw_rig_clear (&it);
    }
}

static void
test_endless_head (void)
{
  static const WnRawScript scripts[] = {
    { .answer = "HTTP/1.1 101 OK\r\n", .forever = "X-Filler: abcdefgh\r\n" },
    { .answer = "HTTP/1.1 101 OK\r\nX: ", .forever = "abcdefghijklmnop" },
    { .forever = "HTTP/1.1 100 Continue\r\n\r\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      RawRig it;

      raw_rig_init (&it, &scripts[i]);
      wn_wait_until (it.rig.loss);
      g_assert_cmpint (it.rig.loss->reason, ==, WN_LOSS_BAD_HANDSHAKE);
      wn_wait_until (wn_raw_server_is_left (it.server));
      raw_rig_clear (&it);
    }
}

static void
test_refused_port (void)
{
  WnRawServer *server = wn_raw_server_new (&upgrades);
  g_autofree char *url = raw_url (server, "/");
  Rig rig;

  wn_raw_server_free (server);
  rig_init (&rig, url, NULL);
  rig_open (&rig);
  wn_wait_until (rig.loss);
  g_assert_cmpint (rig.loss->reason, ==, WN_LOSS_REFUSED);
  g_assert_nonnull (rig.loss->detail);
  g_assert_cmpuint (rig.n_opened, ==, 0);
  rig_clear (&rig);
}

static void
test_dies_while_opening (void)
{
  static const WnRawScript scripts[] = {
    { .hangs_up = TRUE },
    { .answer = "HTTP/1.1 101 Swi", .hangs_up = TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      RawRig it;

      raw_rig_init (&it, &scripts[i]);
      wn_wait_until (it.rig.loss);
      g_assert_cmpint (it.rig.loss->reason, ==, WN_LOSS_BROKEN);
      g_assert_cmpuint (it.rig.n_losses, ==, 1);
      raw_rig_clear (&it);
    }
}

/* TLS */

static void
run_no_tls_there (void)
{
  static const char *greeting = "220 hello, this is SMTP\r\n";
  g_autoptr (WnRawServer) server = wn_raw_server_new (&upgrades);
  g_autofree char *url = g_strdup_printf ("wss://127.0.0.1:%u/",
                                          wn_raw_server_get_port (server));
  Rig rig;

  rig_init (&rig, url, NULL);
  rig_open (&rig);
  wn_wait_until (wn_raw_server_get_n_connections (server) > 0);
  wn_raw_server_send (server, greeting, strlen (greeting));
  wn_wait_until (rig.loss);
  g_assert_cmpint (rig.loss->reason, ==, WN_LOSS_TLS);
  g_assert_cmpuint (rig.loss->tls_errors, ==, 0);
  rig_clear (&rig);
}

static void
test_no_tls_there (void)
{
  in_subprocess (run_no_tls_there);
}

static void
run_no_tls_here (void)
{
  g_autoptr (WnRawServer) server = wn_raw_server_new (&upgrades);
  g_autofree char *url = g_strdup_printf ("wss://127.0.0.1:%u/",
                                          wn_raw_server_get_port (server));
  Rig rig;

  g_setenv ("GIO_USE_TLS", "dummy", TRUE);
  rig_init (&rig, url, NULL);
  rig_open (&rig);
  wn_wait_until (rig.loss);
  g_assert_cmpint (rig.loss->reason, ==, WN_LOSS_TLS_UNAVAILABLE);
  g_assert_null (wn_raw_server_get_request (server));
  rig_clear (&rig);
}

static void
test_no_tls_here (void)
{
  in_subprocess (run_no_tls_here);
}

/* For nothing but this test: self-signed, for "localhost" */
static const char self_signed[]
    = "-----BEGIN CERTIFICATE-----\n"
      "MIIBfzCCASWgAwIBAgIUBBcnMd/AuyTrkeR4jjuOb0DBI54wCgYIKoZIzj0EAwIw\n"
      "FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNTA3MTg0M1oYDzIxMjYxMTAx\n"
      "MDcxODQzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO\n"
      "PQMBBwNCAARYBlsz31UImnEYKNi6QXCT90srVpwi3perm4To74OkhG/dqtf/hlW1\n"
      "zsibFATPourauLBTfWjRYj442vqAZNiZo1MwUTAdBgNVHQ4EFgQUN+RIub8/FWTl\n"
      "QQ8kw2thUd052cQwHwYDVR0jBBgwFoAUN+RIub8/FWTlQQ8kw2thUd052cQwDwYD\n"
      "VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBG+HOxXivw2Xt0nrerle28\n"
      "KQTkj/xVrmMzOrxrUcvAQwIhANtc5l38eYVnrFP5qiQzomK/+oLxY8WvNfjyAgHp\n"
      "WG6v\n"
      "-----END CERTIFICATE-----\n"
      "-----BEGIN PRIVATE KEY-----\n"
      "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqLp9Z28X1Pz298i4\n"
      "sKI/qYbuuMmKTTwm9w3HFw3AHA2hRANCAARYBlsz31UImnEYKNi6QXCT90srVpwi\n"
      "3perm4To74OkhG/dqtf/hlW1zsibFATPourauLBTfWjRYj442vqAZNiZ\n"
      "-----END PRIVATE KEY-----\n";

static void
run_self_signed (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate
      = g_tls_certificate_new_from_pem (self_signed, -1, &error);
  g_autoptr (SoupServer) server
      = soup_server_new ("tls-certificate", certificate, NULL);
  g_autofree char *url = NULL;
  GSList *uris;
  Rig rig;

  g_assert_no_error (error);
  soup_server_listen_local (server,
                            0,
                            SOUP_SERVER_LISTEN_IPV4_ONLY
                                | SOUP_SERVER_LISTEN_HTTPS,
                            &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (server);
  url = g_strdup_printf ("wss://127.0.0.1:%d/", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  rig_init (&rig, url, NULL);
  rig_open (&rig);
  wn_wait_until (rig.loss);
  g_assert_cmpint (rig.loss->reason, ==, WN_LOSS_CERTIFICATE_REFUSED);
  g_assert_cmpuint (rig.loss->tls_errors & G_TLS_CERTIFICATE_UNKNOWN_CA, !=, 0);
  g_assert_cmpuint (rig.loss->tls_errors & G_TLS_CERTIFICATE_BAD_IDENTITY,
                    !=,
                    0);
  g_assert_cmpuint (rig.n_opened, ==, 0);
  rig_clear (&rig);
}

static void
test_self_signed (void)
{
  in_subprocess (run_self_signed);
}

/* Proxies */

static void
open_through (Rig *rig, WnRawServer *proxy)
{
  g_autofree char *proxy_url
      = g_strdup_printf ("http://127.0.0.1:%u", wn_raw_server_get_port (proxy));
  g_autoptr (GProxyResolver) resolver
      = g_simple_proxy_resolver_new (proxy_url, NULL);

  rig_init (rig, "ws://notify.invalid/?uid=1", resolver);
  rig_open (rig);
}

static void
test_proxy (void)
{
  static const WnRawScript script
      = { .answer = "HTTP/1.1 200 Connection established\r\n\r\n" };
  g_autoptr (WnRawServer) proxy = wn_raw_server_new (&script);
  GByteArray *received = wn_raw_server_get_received (proxy);
  Rig rig;

  open_through (&rig, proxy);
  wn_wait_until (received->len > 0);
  g_assert_true (g_str_has_prefix (wn_raw_server_get_request (proxy),
                                   "CONNECT notify.invalid:80 HTTP/1."));
  g_assert_true (
      g_strstr_len ((char *) received->data, 20, "GET /?uid=1 HTTP/1.1")
      == (char *) received->data);
  rig_clear (&rig);
}

static void
test_proxy_refuses (void)
{
  static const struct
  {
    const char *answer;
    WnLossReason reason;
  } rows[] = {
    { "HTTP/1.1 403 Forbidden\r\n\r\n", WN_LOSS_PROXY },
    { "HTTP/1.1 407 Who are you\r\n\r\n", WN_LOSS_PROXY_AUTH },
    { "HTTP/1.1 502 Bad Gateway\r\n\r\n", WN_LOSS_PROXY_TARGET },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      WnRawScript script = { .answer = rows[i].answer, .hangs_up = TRUE };
      g_autoptr (WnRawServer) proxy = wn_raw_server_new (&script);
      Rig rig;

      open_through (&rig, proxy);
      wn_wait_until (rig.loss);
      g_assert_cmpint (rig.loss->reason, ==, rows[i].reason);
      rig_clear (&rig);
    }
}

static void
test_proxy_gone (void)
{
  WnRawServer *proxy = wn_raw_server_new (&upgrades);
  g_autofree char *proxy_url
      = g_strdup_printf ("http://127.0.0.1:%u", wn_raw_server_get_port (proxy));
  g_autoptr (GProxyResolver) resolver
      = g_simple_proxy_resolver_new (proxy_url, NULL);
  Rig rig;

  wn_raw_server_free (proxy);
  rig_init (&rig, "ws://notify.invalid/", resolver);
  rig_open (&rig);
  wn_wait_until (rig.loss);
  g_assert_cmpint (rig.loss->reason, ==, WN_LOSS_PROXY_UNREACHABLE);
  rig_clear (&rig);
}

/* The open connection */

static void
test_frames (void)
{
  static const struct
  {
    const char *bytes;
    gsize n_bytes;
    WnLossReason reason;
    guint close_code;
  } rows[] = {
    { "\x88\x02\x03\xe8", 4, WN_LOSS_CLOSED, 1000 },
    { "\x88\x02\x03\xe9", 4, WN_LOSS_CLOSED, 1001 },
    { "\x88\x02\x03\xf3", 4, WN_LOSS_CLOSED, 1011 },
    { "\x88\x02\x03\xf4", 4, WN_LOSS_CLOSED, 1012 },
    { "\x88\x02\x03\xf5", 4, WN_LOSS_CLOSED, 1013 },
    { "\x88\x02\x03\xf6", 4, WN_LOSS_CLOSED, 1014 },
    { "\x88\x02\x03\xf7", 4, WN_LOSS_PROTOCOL, 0 },
    { "\x88\x02\x0f\xa1", 4, WN_LOSS_CLOSED, 4001 },
    { "\x88\x05\x03\xe9"
      "bye",
      7,
      WN_LOSS_CLOSED,
      1001 },
    { "\x88\x00", 2, WN_LOSS_CLOSED, 0 },
    { "\x88\x01\x03", 3, WN_LOSS_PROTOCOL, 0 },
    { "\x81\x82"
      "abcdhi",
      8,
      WN_LOSS_PROTOCOL,
      0 },
    { "\xc1\x02hi", 4, WN_LOSS_PROTOCOL, 0 },
    { "\x81\x02\xc3\x28", 4, WN_LOSS_PROTOCOL, 0 },
    { "\x80\x02hi", 4, WN_LOSS_PROTOCOL, 0 },
    { "\x83\x02hi", 4, WN_LOSS_PROTOCOL, 0 },
    { "\x09\x00", 2, WN_LOSS_PROTOCOL, 0 },
    { "\x81\x7f\x00\x00\x00\x00\x01\x00\x00\x01", 10, WN_LOSS_TOO_BIG, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      RawRig it;

      raw_rig_init_open (&it);
      wn_raw_server_send (it.server, rows[i].bytes, rows[i].n_bytes);
      wn_wait_until (it.rig.loss);
      g_assert_cmpint (it.rig.loss->reason, ==, rows[i].reason);
      g_assert_cmpuint (it.rig.loss->close_code, ==, rows[i].close_code);
      wn_wait_until (wn_raw_server_is_left (it.server));
      wn_raw_server_send_frame (it.server, TEXT_FRAME, "late", 4);
      turn_while_ready ();
      g_assert_cmpuint (it.rig.n_losses, ==, 1);
      g_assert_cmpuint (it.rig.n_texts, ==, 0);
      raw_rig_clear (&it);
    }
}

static void
test_eof (void)
{
  RawRig it;

  raw_rig_init_open (&it);
  wn_raw_server_send_frame (it.server, TEXT_FRAME, "last words", 10);
  wn_raw_server_hang_up (it.server);
  wn_wait_until (it.rig.loss);
  g_assert_cmpuint (it.rig.n_texts, ==, 1);
  g_assert_cmpint (it.rig.loss->reason, ==, WN_LOSS_BROKEN);
  raw_rig_clear (&it);
}

#define N_HELD 32 /* more than GIO has threads for at first */

typedef struct
{
  GMutex door;
  gint n_begun;
  gint n_ended;
} Held;

static void
wait_at_door (GTask *task,
              gpointer source,
              gpointer task_data,
              GCancellable *cancellable)
{
  Held *held = task_data;

  g_atomic_int_inc (&held->n_begun);
  g_mutex_lock (&held->door);
  g_mutex_unlock (&held->door);
  g_task_return_boolean (task, TRUE);
}

static void
on_held_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Held *held = user_data;

  held->n_ended++;
}

/* Whoever waits for a thread of GIO's comes after all these. */
static void
hold_threads (Held *held)
{
  g_mutex_lock (&held->door);
  for (guint i = 0; i < N_HELD; i++)
    {
      g_autoptr (GTask) task = g_task_new (NULL, NULL, on_held_ended, held);

      g_task_set_task_data (task, held, NULL);
      g_task_run_in_thread (task, wait_at_door);
    }
}

static void
test_eof_without_threads (void)
{
  Held held = { 0 };
  RawRig it;

  raw_rig_init_open (&it);
  hold_threads (&held);
  wn_raw_server_hang_up (it.server);
  wn_wait_until (it.rig.loss);
  g_assert_cmpint (g_atomic_int_get (&held.n_begun), <, N_HELD);
  g_assert_cmpint (it.rig.loss->reason, ==, WN_LOSS_BROKEN);
  g_mutex_unlock (&held.door);
  wn_wait_until (held.n_ended == N_HELD);
  raw_rig_clear (&it);
}

static void
test_largest (void)
{
  g_autofree char *text = g_malloc (WN_WEBSOCKET_MAX_MESSAGE_BYTES);
  RawRig it;

  memset (text, 'x', WN_WEBSOCKET_MAX_MESSAGE_BYTES);
  raw_rig_init_open (&it);
  it.rig.keeps_texts = FALSE;
  wn_raw_server_send_frame (it.server,
                            TEXT_FRAME,
                            text,
                            WN_WEBSOCKET_MAX_MESSAGE_BYTES);
  wn_wait_until (it.rig.n_texts == 1);
  g_assert_cmpuint (it.rig.n_text_bytes, ==, WN_WEBSOCKET_MAX_MESSAGE_BYTES);
  g_assert_null (it.rig.loss);
  raw_rig_clear (&it);
}

static void
test_fragments_too_big (void)
{
  g_autofree char *text = g_malloc (WN_WEBSOCKET_MAX_MESSAGE_BYTES);
  RawRig it;

  memset (text, 'x', WN_WEBSOCKET_MAX_MESSAGE_BYTES);
  raw_rig_init_open (&it);
  wn_raw_server_send_frame (it.server,
                            0x01,
                            text,
                            WN_WEBSOCKET_MAX_MESSAGE_BYTES);
  wn_raw_server_send_frame (it.server, 0x80, "y", 1);
  wn_wait_until (it.rig.loss);
  g_assert_cmpint (it.rig.loss->reason, ==, WN_LOSS_TOO_BIG);
  g_assert_cmpuint (it.rig.n_texts, ==, 0);
  raw_rig_clear (&it);
}

static void
test_fragment_flood (void)
{
  static const WnRawScript script = { .answer = WN_UPGRADE "\x01\x01x" };
  g_autofree char *fragment = g_malloc (1024 * 1024);
  RawRig it;

  memset (fragment, 'x', 1024 * 1024);
  raw_rig_init (&it, &script);
  wn_wait_until (it.rig.n_opened == 1);
  for (guint i = 0; !it.rig.loss && i < 64; i++)
    {
      wn_raw_server_send_frame (it.server, 0x00, fragment, 1024 * 1024);
      wn_wait_until (wn_raw_server_get_n_sent (it.server)
                         > (guint64) i * 1024 * 1024
                     || it.rig.loss);
    }
  wn_wait_until (it.rig.loss);
  g_assert_cmpint (it.rig.loss->reason, ==, WN_LOSS_TOO_BIG);
  raw_rig_clear (&it);
}

static void
test_ping (void)
{
  RawRig it;
  GByteArray *received;

  raw_rig_init_open (&it);
  received = wn_raw_server_get_received (it.server);
  wn_raw_server_send_frame (it.server, 0x89, "p", 1);
  wn_wait_until (received->len == 7);
  g_assert_cmphex (received->data[0], ==, 0x8a);
  raw_rig_clear (&it);
}

/* Signs of life */

static void
test_ask_for_pong (void)
{
  RawRig it;
  GByteArray *received;

  raw_rig_init_open (&it);
  received = wn_raw_server_get_received (it.server);
  wn_transport_ping (it.rig.transport);
  wn_wait_until (received->len == 6);
  g_assert_cmphex (received->data[0], ==, PING_FRAME);
  g_assert_cmphex (received->data[1], ==, 0x80);
  turn_while_ready ();
  g_assert_cmpuint (it.rig.n_alive, ==, 0);
  wn_raw_server_send (it.server, "\x8a\x00", 2);
  wn_wait_until (it.rig.n_alive == 1);
  g_assert_cmpuint (it.rig.n_texts, ==, 0);
  raw_rig_clear (&it);
}

/* A text that does not go out in one piece is not broken by a ping. */
static void
test_ping_behind_text (void)
{
  const gsize n_text = 4 * 1024 * 1024;
  const gsize n_frame = 14 + n_text;
  g_autofree char *text = g_strnfill (n_text, 'x');
  RawRig it;
  GByteArray *received;

  raw_rig_init_open (&it);
  received = wn_raw_server_get_received (it.server);
  wn_transport_send_text (it.rig.transport, text);
  wn_transport_ping (it.rig.transport);
  wn_wait_until (received->len == n_frame + 6);
  g_assert_cmphex (received->data[0], ==, TEXT_FRAME);
  g_assert_cmphex (received->data[n_frame], ==, PING_FRAME);
  g_assert_cmphex (received->data[n_frame + 1], ==, 0x80);
  raw_rig_clear (&it);
}

/* Each is a sign of life, although none is a message. */
static void
test_signs_of_life (void)
{
  static const struct
  {
    const char *bytes;
    gsize n_bytes;
  } rows[] = {
    { "\x89\x00", 2 },           /* a ping */
    { "\x8a\x02hi", 4 },         /* a pong that nobody asked for */
    { "\x82\x02no", 4 },         /* a binary message */
    { "\x81", 1 },               /* a part of a frame's head */
    { "\x7d", 1 },               /* ... */
    { "half of a message", 17 }, /* ... and of its payload */
  };
  RawRig it;

  raw_rig_init_open (&it);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      wn_raw_server_send (it.server, rows[i].bytes, rows[i].n_bytes);
      wn_wait_until (it.rig.n_alive == i + 1);
    }
  g_assert_cmpuint (it.rig.n_texts, ==, 0);
  g_assert_null (it.rig.loss);
  raw_rig_clear (&it);
}

static void
test_ping_nobody (void)
{
  RawRig it;

  raw_rig_init (&it, &upgrades);
  wn_transport_ping (it.rig.transport);
  wn_wait_until (it.rig.n_opened == 1);
  g_assert_cmpuint (wn_raw_server_get_received (it.server)->len, ==, 0);
  wn_raw_server_hang_up (it.server);
  it.rig.is_in_call = TRUE;
  for (guint i = 0; i < 100; i++)
    wn_transport_ping (it.rig.transport);
  it.rig.is_in_call = FALSE;
  wn_wait_until (it.rig.loss);
  wn_transport_ping (it.rig.transport);
  g_assert_cmpuint (it.rig.n_alive, ==, 0);
  raw_rig_clear (&it);
}

/* What is done from a call */

static void
act_close (gpointer user_data)
{
  Rig *rig = user_data;

  wn_transport_close (rig->transport);
}

static void
act_drop (gpointer user_data)
{
  Rig *rig = user_data;

  g_clear_object (&rig->transport);
}

static void
act_reopen (gpointer user_data)
{
  Rig *rig = user_data;

  wn_transport_close (rig->transport);
  rig_open (rig);
}

static void
test_silent (void)
{
  static void (*const acts[]) (gpointer) = { act_close, act_drop };
  static const WnRawScript script
      = { .answer = WN_UPGRADE "\x81\x02hi\x81\x03you" };

  for (gsize i = 0; i < G_N_ELEMENTS (acts); i++)
    for (guint when = 0; when < 3; when++)
      {
        RawRig it;

        raw_rig_init (&it, &script);
        if (when == 0)
          acts[i](&it.rig);
        else if (when == 1)
          it.rig.act = acts[i];
        else
          {
            wn_wait_until (it.rig.n_opened == 1);
            it.rig.act = acts[i];
          }
        if (when > 0)
          wn_wait_until (wn_raw_server_is_left (it.server));
        turn_while_ready ();
        g_assert_cmpuint (it.rig.n_opened, ==, when > 0);
        g_assert_cmpuint (it.rig.n_texts, ==, when == 2);
        g_assert_null (it.rig.loss);
        raw_rig_clear (&it);
      }
}

/* As a host does that shows a dialog. */
static void
act_wait (gpointer user_data)
{
  turn_while_ready ();
}

static void
act_drop_and_wait (gpointer user_data)
{
  act_drop (user_data);
  turn_while_ready ();
}

static void
test_act_on_loss (void)
{
  static void (*const acts[]) (gpointer)
      = { act_close, act_drop, act_wait, act_drop_and_wait };
  static const struct
  {
    const char *bytes;
    gsize n_bytes;
  } ends[] = {
    { "\xff\xff\xff", 3 },     /* nonsense */
    { "\x88\x02\x03\xe8", 4 }, /* a close */
    { "\x88\x02\x03\xf4", 4 }, /* one that libsoup doesn't know */
    { "\x88\x00\x88\x00", 4 }, /* two */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (acts); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (ends); j++)
      {
        RawRig it;

        raw_rig_init_open (&it);
        it.rig.act = acts[i];
        wn_raw_server_send (it.server, ends[j].bytes, ends[j].n_bytes);
        wn_wait_until (it.rig.loss);
        turn_while_ready ();
        g_assert_cmpuint (it.rig.n_losses, ==, 1);
        raw_rig_clear (&it);
      }
}

static void
test_act_on_life (void)
{
  static void (*const acts[]) (gpointer)
      = { act_close, act_drop, act_drop_and_wait };

  for (gsize i = 0; i < G_N_ELEMENTS (acts); i++)
    {
      RawRig it;

      raw_rig_init_open (&it);
      it.rig.act_when_alive = acts[i];
      wn_raw_server_send (it.server, "\x81\x02hi\x89\x00", 6);
      wn_wait_until (it.rig.n_alive == 1);
      turn_while_ready ();
      g_assert_cmpuint (it.rig.n_texts, ==, 1);
      g_assert_cmpuint (it.rig.n_alive, ==, 1);
      g_assert_null (it.rig.loss);
      raw_rig_clear (&it);
    }
}

static void
act_send (gpointer user_data)
{
  Rig *rig = user_data;

  wn_transport_send_text (rig->transport, HEARTBEAT);
  wn_transport_ping (rig->transport);
}

static void
act_send_and_close (gpointer user_data)
{
  act_send (user_data);
  act_close (user_data);
}

/* More is to come of what libsoup has read already. */
static void
test_act_on_text (void)
{
  static const struct
  {
    void (*act) (gpointer);
    guint n_texts;
    gsize n_bytes; /* that the server gets */
  } rows[] = {
    { act_send, 3, 16 + 6 },
    { act_close, 1, 6 },
    { act_send_and_close, 1, 16 + 6 + 6 },
    { act_drop, 1, 6 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      RawRig it;
      GByteArray *received;

      raw_rig_init_open (&it);
      received = wn_raw_server_get_received (it.server);
      it.rig.act = rows[i].act;
      wn_raw_server_send (it.server,
                          "\x81\x01"
                          "a\x81\x01"
                          "b\x81\x01"
                          "c",
                          9);
      wn_wait_until (received->len == rows[i].n_bytes);
      turn_while_ready ();
      g_assert_cmpuint (it.rig.n_texts, ==, rows[i].n_texts);
      g_assert_null (it.rig.loss);
      raw_rig_clear (&it);
    }
}

/* A host may run the main loop for a text, and more comes meanwhile. */
static void
act_get_more (gpointer user_data)
{
  RawRig *it = user_data;

  wn_raw_server_send (it->server,
                      "\x81\x01"
                      "d\x88\x00",
                      5);
  for (guint i = 0; i < 1000 && it->rig.n_losses == 0; i++)
    g_main_context_iteration (NULL, FALSE);
}

static void
test_order (void)
{
  static const char *expected[] = { "a", "b", "c", "d" };
  RawRig it;

  raw_rig_init_open (&it);
  it.rig.act = act_get_more;
  wn_raw_server_send (it.server,
                      "\x81\x01"
                      "a\x81\x01"
                      "b\x81\x01"
                      "c",
                      9);
  wn_wait_until (it.rig.n_losses == 1);
  g_assert_cmpuint (it.rig.n_texts, ==, G_N_ELEMENTS (expected));
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpstr (it.rig.texts->pdata[i], ==, expected[i]);
  raw_rig_clear (&it);
}

/* What came with the end is told before it. */
static void
on_lost_after_texts (gpointer user_data)
{
  Rig *rig = user_data;

  g_assert_cmpuint (rig->n_texts, ==, 1);
  g_assert_cmpuint (rig->n_losses, ==, 0);
}

static void
test_texts_before_loss (void)
{
  static const char *ends[] = { "\xff\xff\xff\xff", "\x88\x02\x03\xe8" };

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *bytes = g_strconcat ("\x81\x02hi", ends[i], NULL);
      RawRig it;

      raw_rig_init_open (&it);
      it.rig.act = on_lost_after_texts;
      wn_raw_server_send (it.server, bytes, strlen (bytes));
      wn_wait_until (it.rig.n_losses == 1);
      g_assert_cmpuint (it.rig.n_texts, ==, 1);
      raw_rig_clear (&it);
    }
}

/* The end has been seen, but nobody has been told. */
static void
test_calls_before_loss (void)
{
  RawRig it;

  raw_rig_init_open (&it);
  wn_raw_server_reset (it.server);
  it.rig.is_in_call = TRUE;
  wn_transport_send_text (it.rig.transport, HEARTBEAT);
  wn_transport_send_text (it.rig.transport, HEARTBEAT);
  wn_transport_ping (it.rig.transport);
  wn_transport_set_reading (it.rig.transport, FALSE);
  it.rig.is_in_call = FALSE;
  wn_wait_until (it.rig.n_losses == 1);
  turn_while_ready ();
  g_assert_cmpuint (it.rig.n_losses, ==, 1);
  raw_rig_clear (&it);
}

static void
test_reopen (void)
{
  static const WnRawScript script = { .answer = WN_UPGRADE "\x81\x02hi" };
  RawRig it;

  raw_rig_init (&it, &script);
  wn_wait_until (it.rig.n_opened == 1);
  it.rig.act = act_reopen;
  wn_wait_until (it.rig.n_texts == 2);
  g_assert_cmpuint (it.rig.n_opened, ==, 2);
  g_assert_cmpuint (wn_raw_server_get_n_connections (it.server), ==, 2);
  g_assert_null (it.rig.loss);
  it.rig.act = act_reopen;
  wn_raw_server_hang_up (it.server);
  wn_wait_until (it.rig.n_texts == 3);
  g_assert_cmpint (it.rig.loss->reason, ==, WN_LOSS_BROKEN);
  raw_rig_clear (&it);
}

static void
test_close_frame (void)
{
  RawRig it;
  GByteArray *received;

  raw_rig_init_open (&it);
  received = wn_raw_server_get_received (it.server);
  wn_transport_close (it.rig.transport);
  wn_wait_until (wn_raw_server_is_left (it.server));
  g_assert_cmpuint (received->len, ==, 6);
  g_assert_cmphex (received->data[0], ==, 0x88);
  g_assert_cmphex (received->data[1], ==, 0x80);
  g_assert_null (it.rig.loss);
  raw_rig_clear (&it);
}

static void
test_send_to_nobody (void)
{
  RawRig it;

  raw_rig_init (&it, &upgrades);
  wn_transport_send_text (it.rig.transport, HEARTBEAT);
  wn_wait_until (it.rig.n_opened == 1);
  wn_raw_server_hang_up (it.server);
  it.rig.is_in_call = TRUE;
  for (guint i = 0; i < 100; i++)
    wn_transport_send_text (it.rig.transport, HEARTBEAT);
  it.rig.is_in_call = FALSE;
  wn_wait_until (it.rig.loss);
  g_assert_cmpint (it.rig.loss->reason, ==, WN_LOSS_BROKEN);
  wn_transport_send_text (it.rig.transport, HEARTBEAT);
  turn_while_ready ();
  g_assert_cmpuint (it.rig.n_losses, ==, 1);
  raw_rig_clear (&it);
}

/* Floods */

static gboolean
on_idle_turn (gpointer user_data)
{
  (*(guint *) user_data)++;
  return G_SOURCE_CONTINUE;
}

static void
test_flood_turns (void)
{
  static const WnRawScript script = {
    .answer = WN_UPGRADE,
    .forever = "\x81\x1d{\"title\":\"flood\",\"pad\":\"pad\"}",
  };
  guint n_turns = 0;
  guint idle = g_idle_add (on_idle_turn, &n_turns);
  RawRig it;
  guint n_texts = 0;

  raw_rig_init (&it, &script);
  it.rig.keeps_texts = FALSE;
  wn_wait_until (it.rig.n_opened == 1);
  n_turns = 0;
  do
    {
      g_main_context_iteration (NULL, TRUE);
      g_assert_cmpuint (it.rig.n_texts - n_texts, <=, 2 * 256 * 1024 / 31 + 1);
      n_texts = it.rig.n_texts;
      if (n_texts > 5000000)
        g_error ("%u turns of the idle source in a flood", n_turns);
    }
  while (n_turns < 20);
  g_assert_cmpuint (it.rig.n_texts, >, 0);
  g_assert_null (it.rig.loss);
  g_source_remove (idle);
  raw_rig_clear (&it);
}

static void
act_pause (gpointer user_data)
{
  Rig *rig = user_data;

  wn_transport_set_reading (rig->transport, FALSE);
}

#define N_NUMBERED 30000

static void
send_numbered (WnRawServer *server)
{
  for (guint i = 0; i < N_NUMBERED; i++)
    {
      char text[16];
      int length = g_snprintf (text, sizeof text, "n%09u", i);

      wn_raw_server_send_frame (server, TEXT_FRAME, text, (gsize) length);
    }
}

static void
test_pause (void)
{
  RawRig it;
  guint n_before;
  guint n_turns = 0;
  guint idle;

  raw_rig_init_open (&it);
  it.rig.act = act_pause;
  send_numbered (it.server);
  wn_wait_until (it.rig.n_texts > 0);
  idle = g_idle_add (on_idle_turn, &n_turns);
  turn_while_ready ();
  n_before = it.rig.n_texts;
  g_assert_cmpuint (n_before, <=, 256 * 1024 / 12 + 1);
  n_turns = 0;
  for (guint i = 0; i < 200; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (it.rig.n_texts, ==, n_before);
  g_assert_cmpuint (n_turns, >, 0);
  g_source_remove (idle);

  wn_transport_set_reading (it.rig.transport, TRUE);
  wn_wait_until (it.rig.n_texts == N_NUMBERED);
  for (guint i = 0; i < N_NUMBERED; i++)
    {
      const char *text = it.rig.texts->pdata[i];

      g_assert_cmpuint (g_ascii_strtoull (text + 1, NULL, 10), ==, i);
    }
  g_assert_null (it.rig.loss);
  raw_rig_clear (&it);
}

/* libsoup's own server */

typedef struct
{
  SoupWebsocketConnection *socket; /* (owned) (nullable) */
  GString *received;               /* (owned) */
} SoupPeer;

static void
on_peer_message (SoupWebsocketConnection *socket,
                 int type,
                 GBytes *message,
                 gpointer user_data)
{
  SoupPeer *peer = user_data;

  g_string_append (peer->received, g_bytes_get_data (message, NULL));
  soup_websocket_connection_send_text (socket, "{\"code\":2}");
}

static void
on_server_websocket (SoupServer *server,
                     SoupServerMessage *message,
                     const char *path,
                     SoupWebsocketConnection *socket,
                     gpointer user_data)
{
  SoupPeer *peer = user_data;

  g_set_object (&peer->socket, socket);
  g_signal_connect (socket, "message", G_CALLBACK (on_peer_message), peer);
}

static void
run_soup_server (void)
{
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  SoupPeer peer = { .received = g_string_new (NULL) };
  g_autofree char *url = NULL;
  Rig rig;

  soup_server_add_websocket_handler (server,
                                     "/",
                                     NULL,
                                     NULL,
                                     on_server_websocket,
                                     &peer,
                                     NULL);
  url = g_strdup_printf ("ws://127.0.0.1:%u/?uid=1",
                         wn_soup_listen (server, 0));

  rig_init (&rig, url, NULL);
  rig_open (&rig);
  wn_wait_until (rig.n_opened == 1);
  wn_transport_send_text (rig.transport, HEARTBEAT);
  wn_wait_until (rig.n_texts == 1);
  g_assert_cmpstr (peer.received->str, ==, HEARTBEAT);
  g_assert_cmpstr (rig.texts->pdata[0], ==, "{\"code\":2}");
  soup_websocket_connection_close (peer.socket, 1001, NULL);
  wn_wait_until (rig.loss);
  g_assert_cmpint (rig.loss->reason, ==, WN_LOSS_CLOSED);
  g_assert_cmpuint (rig.loss->close_code, ==, 1001);
  wn_wait_until (soup_websocket_connection_get_state (peer.socket)
                 == SOUP_WEBSOCKET_STATE_CLOSED);
  g_clear_object (&peer.socket);
  g_string_free (peer.received, TRUE);
  soup_server_disconnect (server);
  rig_clear (&rig);
}

static void
test_soup_server (void)
{
  in_subprocess (run_soup_server);
}

/* python3-websockets */

typedef struct
{
  Rig rig;
  GSubprocess *process; /* (owned) */
} PythonRig;

/* Returns: whether there is such a server. */
static gboolean
python_rig_init (PythonRig *self, const char *ping_interval_s)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) output = NULL;
  g_autofree char *line = NULL;
  g_autofree char *url = NULL;

  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE
                                        | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                    &error,
                                    "/usr/bin/python3",
                                    WN_WS_SERVER,
                                    "--ping-interval",
                                    ping_interval_s,
                                    NULL);
  g_assert_no_error (error);
  output
      = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  line = g_data_input_stream_read_line (output, NULL, NULL, NULL);
  if (!line || !g_str_has_prefix (line, "port "))
    {
      g_clear_object (&self->process);
      g_test_skip ("no python3-websockets here");
      return FALSE;
    }
  url = g_strdup_printf ("ws://127.0.0.1:%s/?uid=1", line + strlen ("port "));
  rig_init (&self->rig, url, NULL);
  rig_open (&self->rig);
  wn_wait_until (self->rig.n_opened == 1);
  return TRUE;
}

/* The server says good-bye. */
static void
python_rig_end (PythonRig *self)
{
  g_output_stream_close (g_subprocess_get_stdin_pipe (self->process),
                         NULL,
                         NULL);
  wn_wait_until (self->rig.loss);
  g_assert_cmpint (self->rig.loss->reason, ==, WN_LOSS_CLOSED);
  g_assert_cmpuint (self->rig.loss->close_code, ==, 1001);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
  rig_clear (&self->rig);
}

static void
test_python_server (void)
{
  static const char line[] = "{\"title\":\"你好\"}\n";
  g_autoptr (GError) error = NULL;
  PythonRig it;

  if (!python_rig_init (&it, "600"))
    return;
  wn_transport_send_text (it.rig.transport, HEARTBEAT);
  wn_wait_until (it.rig.n_texts == 1);
  g_assert_cmpstr (it.rig.texts->pdata[0],
                   ==,
                   "{\"code\":2,\"api_version\":\"1.12.4\"}");
  g_output_stream_write_all (g_subprocess_get_stdin_pipe (it.process),
                             line,
                             strlen (line),
                             NULL,
                             NULL,
                             &error);
  g_assert_no_error (error);
  wn_wait_until (it.rig.n_texts == 2);
  g_assert_cmpstr (it.rig.texts->pdata[1], ==, "{\"title\":\"你好\"}");
  python_rig_end (&it);
}

static void
test_python_answers_ping (void)
{
  PythonRig it;

  if (!python_rig_init (&it, "600"))
    return;
  turn_while_ready ();
  g_assert_cmpuint (it.rig.n_alive, ==, 0);
  wn_transport_ping (it.rig.transport);
  wn_wait_until (it.rig.n_alive == 1);
  wn_transport_send_text (it.rig.transport, HEARTBEAT);
  wn_transport_ping (it.rig.transport);
  wn_wait_until (it.rig.n_texts == 1 && it.rig.n_alive >= 2);
  python_rig_end (&it);
}

static void
test_python_pings (void)
{
  PythonRig it;

  if (!python_rig_init (&it, "0.05"))
    return;
  wn_wait_until (it.rig.n_alive >= 3);
  g_assert_cmpuint (it.rig.n_texts, ==, 0);
  python_rig_end (&it);
}

/* Long enough for an answer, had there been one. */
static void
talk_to_another_server (void)
{
  RawRig other;

  raw_rig_init_open (&other);
  for (guint i = 0; i < 100; i++)
    {
      guint n_alive = other.rig.n_alive;

      wn_raw_server_send_frame (other.server, PING_FRAME, NULL, 0);
      wn_wait_until (other.rig.n_alive > n_alive);
    }
  raw_rig_clear (&other);
}

static void
test_python_frozen (void)
{
  PythonRig it;
  guint n_alive;
  pid_t pid;

  if (!python_rig_init (&it, "600"))
    return;
  wn_transport_ping (it.rig.transport);
  wn_wait_until (it.rig.n_alive > 0);
  n_alive = it.rig.n_alive;
  pid = (pid_t) g_ascii_strtoll (g_subprocess_get_identifier (it.process),
                                 NULL,
                                 10);
  kill (pid, SIGSTOP);
  wn_transport_ping (it.rig.transport);
  talk_to_another_server ();
  g_assert_cmpuint (it.rig.n_alive, ==, n_alive);
  g_assert_null (it.rig.loss);
  kill (pid, SIGCONT);
  wn_wait_until (it.rig.n_alive > n_alive);
  python_rig_end (&it);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/websocket/the upgrade is asked for byte for byte",
                   test_request);
  g_test_add_func ("/websocket/without a token there is no authorization",
                   test_no_token);
  g_test_add_func ("/websocket/text that comes with the upgrade is heard",
                   test_glued);
  g_test_add_func ("/websocket/each refusal says what it was",
                   test_refused_upgrade);
  g_test_add_func ("/websocket/a head without end is cut", test_endless_head);
  g_test_add_func ("/websocket/a port where nobody listens is refused",
                   test_refused_port);
  g_test_add_func ("/websocket/a server that dies while opening is lost once",
                   test_dies_while_opening);
  g_test_add_func ("/websocket/a server without TLS is a TLS loss",
                   test_no_tls_there);
  g_test_add_func ("/websocket/a system without TLS says so", test_no_tls_here);
  g_test_add_func ("/websocket/a certificate that nobody signed is not taken",
                   test_self_signed);
  g_test_add_func ("/websocket/a proxy is asked to connect", test_proxy);
  g_test_add_func ("/websocket/a proxy that refuses is a proxy loss",
                   test_proxy_refuses);
  g_test_add_func ("/websocket/a proxy that is not there is a proxy loss",
                   test_proxy_gone);
  g_test_add_func ("/websocket/each end of a connection has its reason",
                   test_frames);
  g_test_add_func ("/websocket/an end without a close is a break", test_eof);
  g_test_add_func ("/websocket/an end without a close needs no thread",
                   test_eof_without_threads);
  g_test_add_func ("/websocket/a message of 16 MiB is taken", test_largest);
  g_test_add_func ("/websocket/fragments of more than 16 MiB are too big",
                   test_fragments_too_big);
  g_test_add_func ("/websocket/fragments without end are too big",
                   test_fragment_flood);
  g_test_add_func ("/websocket/a ping is answered", test_ping);
  g_test_add_func ("/websocket/the server is asked by a ping",
                   test_ask_for_pong);
  g_test_add_func ("/websocket/a ping waits for a long text before it",
                   test_ping_behind_text);
  g_test_add_func ("/websocket/whatever comes is a sign of life",
                   test_signs_of_life);
  g_test_add_func ("/websocket/a ping to nobody is no sign of life",
                   test_ping_nobody);
  g_test_add_func ("/websocket/nothing is heard after a close", test_silent);
  g_test_add_func ("/websocket/who hears of a loss may do anything",
                   test_act_on_loss);
  g_test_add_func ("/websocket/who hears a sign of life may do anything",
                   test_act_on_life);
  g_test_add_func ("/websocket/who hears a text may answer, and close",
                   test_act_on_text);
  g_test_add_func ("/websocket/who hears a text may run the main loop",
                   test_order);
  g_test_add_func ("/websocket/a text that comes with the end is heard first",
                   test_texts_before_loss);
  g_test_add_func ("/websocket/calls between an end and its news do no harm",
                   test_calls_before_loss);
  g_test_add_func ("/websocket/each call may open anew", test_reopen);
  g_test_add_func ("/websocket/a close sends an empty close frame",
                   test_close_frame);
  g_test_add_func ("/websocket/sending to nobody is heard of later",
                   test_send_to_nobody);
  g_test_add_func ("/websocket/a flood leaves idle sources their turn",
                   test_flood_turns);
  g_test_add_func ("/websocket/a pause loses nothing", test_pause);
  g_test_add_func ("/websocket/it talks to libsoup", test_soup_server);
  g_test_add_func ("/websocket/it talks to python3-websockets",
                   test_python_server);
  g_test_add_func ("/websocket/python3-websockets answers a ping",
                   test_python_answers_ping);
  g_test_add_func ("/websocket/pings of python3-websockets show that it lives",
                   test_python_pings);
  g_test_add_func ("/websocket/a server that is stopped is silent",
                   test_python_frozen);
  return g_test_run ();
}
