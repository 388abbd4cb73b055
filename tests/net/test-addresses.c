/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A name with several addresses, 127.0.0.2 before 127.0.0.1, where one of them
 * takes the connection and is of no use. The patience with it is virtual time.
 */

#include <gio/gio.h>

#include "net/websocket/websocket.h"
#include "support/heard-socket.h"
#include "support/raw-server.h"
#include "support/stub-resolver.h"
#include "support/tls-site.h"
#include "support/virtual-timers.h"
#include "support/wait.h"

#define FIRST "127.0.0.2"
#define SECOND "127.0.0.1"
#define PATIENCE_S 5

static const WnRawScript upgrades = { .answer = WN_UPGRADE };
static const WnRawScript silent = { .answer = NULL };

typedef struct
{
  WnRawServer *first;     /* (owned) (nullable): at FIRST */
  WnRawServer *second;    /* (owned) (nullable): at SECOND */
  WnTransport *transport; /* (owned) */
  WnHeardSocket heard;
} Rig;

static void
turn_while_ready (void)
{
  for (guint i = 0; i < 50; i++)
    g_main_context_iteration (NULL, FALSE);
}

static void
rig_open (Rig *self,
          const char *url,
          WnTlsTrust *trust,
          GProxyResolver *proxies)
{
  const WnWebsocketConfig config
      = { .trust = trust, .proxy_resolver = proxies };

  self->transport = wn_websocket_new (&config);
  wn_transport_open (self->transport,
                     &(WnRoute){ .url = (char *) url },
                     &wn_heard_socket_listener,
                     &self->heard);
}

/* @second: (nullable): nobody listens there. It has the choice of the port,
 * because the servers of other tests are at its address, too.
 */
static void
rig_init (Rig *self, const WnRawScript *first, const WnRawScript *second)
{
  g_autofree char *url = NULL;
  guint16 port = 0;

  *self = (Rig){ 0 };
  if (second != NULL)
    {
      self->second = wn_raw_server_new_at (second, SECOND, 0);
      port = wn_raw_server_get_port (self->second);
    }
  self->first = wn_raw_server_new_at (first, FIRST, port);
  port = wn_raw_server_get_port (self->first);
  wn_stub_resolver_set_address (FIRST " " SECOND);
  url = g_strdup_printf ("ws://shop.example:%u/?uid=1", port);
  rig_open (self, url, NULL, NULL);
}

static void
rig_clear (Rig *self)
{
  g_clear_object (&self->transport);
  turn_while_ready ();
  /* libsoup waits as long for the end of what was closed. */
  while (wn_virtual_timers_has (PATIENCE_S))
    wn_virtual_timers_pass (PATIENCE_S);
  g_clear_pointer (&self->first, wn_raw_server_free);
  g_clear_pointer (&self->second, wn_raw_server_free);
  wn_heard_socket_clear (&self->heard);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Rig, rig_clear)

static guint
count_first (Rig *self)
{
  return wn_raw_server_get_n_connections (self->first);
}

static guint
count_second (Rig *self)
{
  return wn_raw_server_get_n_connections (self->second);
}

/* The first is of no use */

static const struct
{
  const char *name;
  WnRawScript script;
  gboolean takes_patience;
} useless[] = {
  { "says nothing", { .answer = NULL }, TRUE },
  { "says half of something", { .answer = "HTTP/1.1 101 S" }, TRUE },
  { "says `wait` and no more",
    { .answer = "HTTP/1.1 100 Continue\r\n\r\n" },
    TRUE },
  { "hangs up", { .answer = "", .hangs_up = TRUE }, FALSE },
  { "hangs up in the middle",
    { .answer = "HTTP/1.1 101 S", .hangs_up = TRUE },
    FALSE },
  { "resets", { .answer = "", .resets = TRUE }, FALSE },
  { "talks another protocol", { .answer = "SSH-2.0-OpenSSH_9.2\r\n" }, FALSE },
  { "agrees to what was not asked",
    { .answer = "HTTP/1.1 101 S\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nSec-WebSocket-Accept: no\r\n\r\n" },
    FALSE },
};

static void
test_useless (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Rig) rig = { 0 };

  rig_init (&rig, &useless[i].script, &upgrades);
  if (useless[i].takes_patience)
    wn_virtual_timers_pass (PATIENCE_S);
  wn_wait_until (rig.heard.n_opened == 1);
  if (!useless[i].script.hangs_up && !useless[i].script.resets)
    wn_wait_until (wn_raw_server_is_left (rig.first));
  g_assert_cmpuint (count_first (&rig), ==, 1);
  g_assert_cmpuint (count_second (&rig), ==, 1);
  g_assert_cmpuint (rig.heard.n_lost, ==, 0);
  g_assert_true (g_str_has_prefix (wn_raw_server_get_request (rig.second),
                                   "GET /?uid=1 HTTP/1.1\r\n"
                                   "Host: shop.example:"));
  g_assert_false (wn_virtual_timers_has (PATIENCE_S));
  wn_transport_close (rig.transport);
  wn_wait_until (wn_raw_server_is_left (rig.second));
}

/* A server that answers is asked once. */
static void
test_answer (void)
{
  static const WnRawScript answers[] = {
    { .answer = "HTTP/1.1 401 Unauthorized\r\n\r\n" },
    { .answer = "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\n\r\n" },
    { .answer = "HTTP/1.1 301 Moved\r\nLocation: /\r\n\r\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_auto (Rig) rig = { 0 };

      rig_init (&rig, &answers[i], &upgrades);
      wn_wait_until (rig.heard.n_lost == 1);
      g_assert_cmpuint (rig.heard.loss->http_status, !=, 0);
      g_assert_cmpuint (count_second (&rig), ==, 0);
    }
}

static void
test_answer_of_second (void)
{
  static const WnRawScript says_no
      = { .answer = "HTTP/1.1 403 Forbidden\r\n\r\n" };
  g_auto (Rig) rig = { 0 };

  rig_init (&rig, &silent, &says_no);
  wn_virtual_timers_pass (PATIENCE_S);
  wn_wait_until (rig.heard.n_lost == 1);
  g_assert_cmpint (rig.heard.loss->reason, ==, WN_LOSS_HTTP_STATUS);
  g_assert_cmpuint (rig.heard.loss->http_status, ==, 403);
}

/* Where there is nobody better */

static void
test_slow_and_alone (void)
{
  g_auto (Rig) rig = { 0 };

  rig_init (&rig, &silent, &upgrades);
  g_clear_object (&rig.transport);
  turn_while_ready ();
  wn_stub_resolver_set_address (FIRST);
  {
    g_autofree char *url = g_strdup_printf ("ws://shop.example:%u/",
                                            wn_raw_server_get_port (rig.first));

    rig_open (&rig, url, NULL, NULL);
  }
  wn_virtual_timers_pass (PATIENCE_S);
  turn_while_ready ();
  g_assert_cmpuint (rig.heard.n_lost, ==, 0);
  g_assert_false (wn_raw_server_is_left (rig.first));
  g_assert_false (wn_virtual_timers_has (PATIENCE_S));
  wn_raw_server_hang_up (rig.first);
  wn_wait_until (rig.heard.n_lost == 1);
  g_assert_cmpint (rig.heard.loss->reason, ==, WN_LOSS_BROKEN);
  g_assert_cmpuint (count_second (&rig), ==, 0);
}

static void
test_second_refuses (void)
{
  static const WnRawScript garbage = { .answer = "220 smtp\r\n" };
  g_auto (Rig) rig = { 0 };

  rig_init (&rig, &garbage, NULL);
  wn_wait_until (rig.heard.n_lost == 1);
  g_assert_cmpint (rig.heard.loss->reason, ==, WN_LOSS_BAD_HANDSHAKE);
  g_assert_cmpuint (count_first (&rig), ==, 1);
}

/* A slow server stays reachable, although its name has a dead address. */
static void
test_slow_beside_dead (void)
{
  g_auto (Rig) rig = { 0 };

  rig_init (&rig, &silent, NULL);
  wn_virtual_timers_pass (PATIENCE_S);
  wn_wait_until (count_first (&rig) == 2);
  wn_virtual_timers_pass (PATIENCE_S);
  turn_while_ready ();
  g_assert_cmpuint (count_first (&rig), ==, 2);
  g_assert_false (wn_raw_server_is_left (rig.first));
  wn_transport_close (rig.transport);
  wn_wait_until (wn_raw_server_is_left (rig.first));
  g_assert_cmpuint (rig.heard.n_lost, ==, 0);
}

static void
test_all_silent (void)
{
  g_auto (Rig) rig = { 0 };

  rig_init (&rig, &silent, &silent);
  wn_virtual_timers_pass (PATIENCE_S);
  wn_wait_until (count_second (&rig) == 1);
  wn_raw_server_set_script (rig.first, &upgrades);
  wn_virtual_timers_pass (PATIENCE_S);
  wn_wait_until (rig.heard.n_opened == 1);
  g_assert_cmpuint (count_first (&rig), ==, 2);
  g_assert_cmpuint (count_second (&rig), ==, 1);
}

static void
test_all_hang_up (void)
{
  static const WnRawScript hangs_up = { .answer = "", .hangs_up = TRUE };
  g_auto (Rig) rig = { 0 };

  rig_init (&rig, &hangs_up, &hangs_up);
  wn_wait_until (rig.heard.n_lost == 1);
  g_assert_cmpint (rig.heard.loss->reason, ==, WN_LOSS_BROKEN);
  turn_while_ready ();
  g_assert_cmpuint (count_first (&rig), ==, 1);
  g_assert_cmpuint (count_second (&rig), ==, 1);
  g_assert_cmpuint (rig.heard.n_lost, ==, 1);
}

/* Closed at every stage */

static void
test_closed_meanwhile (void)
{
  for (guint n_turns = 0; n_turns < 12; n_turns++)
    {
      static const WnRawScript hangs_up = { .answer = "", .hangs_up = TRUE };
      g_auto (Rig) rig = { 0 };

      rig_init (&rig, &hangs_up, &silent);
      for (guint i = 0; i < n_turns; i++)
        g_main_context_iteration (NULL, FALSE);
      wn_transport_close (rig.transport);
      turn_while_ready ();
      g_assert_cmpuint (rig.heard.n_opened + rig.heard.n_lost, ==, 0);
      g_assert_false (wn_virtual_timers_has (PATIENCE_S));
    }
}

/* The name is the proxy's business, and so are its addresses. */
static void
test_proxy (void)
{
  static const WnRawScript tunnel
      = { .answer = "HTTP/1.1 200 Connection established\r\n\r\n" };
  g_autoptr (WnRawServer) proxy = wn_raw_server_new (&tunnel);
  g_autofree char *proxy_url
      = g_strdup_printf ("http://127.0.0.1:%u", wn_raw_server_get_port (proxy));
  g_autoptr (GProxyResolver) resolver
      = g_simple_proxy_resolver_new (proxy_url, NULL);
  GByteArray *received = wn_raw_server_get_received (proxy);
  guint n_lookups = wn_stub_resolver_count ();
  g_auto (Rig) rig = { 0 };

  rig_open (&rig, "ws://shop.example/", NULL, resolver);
  wn_wait_until (received->len > 0);
  g_assert_false (wn_virtual_timers_has (PATIENCE_S));
  wn_raw_server_hang_up (proxy);
  wn_wait_until (rig.heard.n_lost == 1);
  g_assert_cmpint (rig.heard.loss->reason, ==, WN_LOSS_BROKEN);
  g_assert_cmpuint (wn_raw_server_get_n_connections (proxy), ==, 1);
  g_assert_cmpuint (wn_stub_resolver_count (), ==, n_lookups);
}

/* Whose name it is that nobody knows. With SOCKS 4 the server's has to be
 * looked up here. */
static void
test_no_address (void)
{
  static const struct
  {
    const char *proxy;   /* (nullable): none */
    const char *ignored; /* (nullable): what is reached without it */
    WnLossReason reason;
  } rows[] = {
    { NULL, NULL, WN_LOSS_NAME_NOT_FOUND },
    { "http://proxy.example:3128", NULL, WN_LOSS_PROXY_UNREACHABLE },
    { "socks5://proxy.example:1080", NULL, WN_LOSS_PROXY_UNREACHABLE },
    { "http://proxy.example:3128", "shop.example", WN_LOSS_NAME_NOT_FOUND },
    { "socks4://127.0.0.1:9", NULL, WN_LOSS_NAME_NOT_FOUND },
  };

  wn_stub_resolver_set_address (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      char *ignored[] = { (char *) rows[i].ignored, NULL };
      g_autoptr (GProxyResolver) resolver
          = g_simple_proxy_resolver_new (rows[i].proxy, ignored);
      g_auto (Rig) rig = { 0 };

      rig_open (&rig, "ws://shop.example/", NULL, resolver);
      wn_wait_until (rig.heard.n_lost == 1);
      g_assert_cmpint (rig.heard.loss->reason, ==, rows[i].reason);
    }
}

/* TLS: the certificate is the name's, not the address's. */

static void
run_tls (const char *certificate, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WnTlsSite) site = wn_tls_site_new (certificate);
  g_autofree char *ca_file = wn_tls_site_dup_path ("ca.pem");
  g_autoptr (WnTlsTrust) trust = wn_tls_trust_new (ca_file, NULL, &error);
  g_autofree char *url = g_strdup_printf ("wss://%s:%u/", name, site->port);
  g_auto (Rig) rig = { 0 };

  g_assert_no_error (error);
  rig.first = wn_raw_server_new_at (&silent, FIRST, (guint16) site->port);
  wn_stub_resolver_set_address (FIRST " " SECOND);
  rig_open (&rig, url, trust, NULL);
  wn_virtual_timers_pass (PATIENCE_S);
  wn_wait_until (rig.heard.n_opened + rig.heard.n_lost > 0);
  if (g_str_equal (name, "elsewhere.example"))
    g_assert_cmpuint (rig.heard.n_opened, ==, 1);
  else
    g_assert_cmpint (rig.heard.loss->reason, ==, WN_LOSS_CERTIFICATE_REFUSED);
  wn_wait_until (wn_raw_server_is_left (rig.first));
}

static void
test_tls (void)
{
  run_tls ("elsewhere", "elsewhere.example");
  run_tls ("elsewhere", "shop.example");
  run_tls ("good", "shop.example");
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  wn_stub_resolver_start ();

  for (gsize i = 0; i < G_N_ELEMENTS (useless); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/addresses/the first one %s: the second is tried",
                             useless[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_useless);
    }
  g_test_add_func ("/addresses/the first one answers: the second is not tried",
                   test_answer);
  g_test_add_func ("/addresses/an answer of the second one counts",
                   test_answer_of_second);
  g_test_add_func ("/addresses/a slow server with one address is waited for",
                   test_slow_and_alone);
  g_test_add_func ("/addresses/the second one refuses: the first one's end "
                   "is told",
                   test_second_refuses);
  g_test_add_func ("/addresses/a slow server beside a dead address is waited "
                   "for",
                   test_slow_beside_dead);
  g_test_add_func ("/addresses/all are silent: the first one is tried again",
                   test_all_silent);
  g_test_add_func ("/addresses/all hang up: each is tried once",
                   test_all_hang_up);
  g_test_add_func ("/addresses/a close is silent at every stage",
                   test_closed_meanwhile);
  g_test_add_func ("/addresses/a proxy's server is not looked up", test_proxy);
  g_test_add_func ("/addresses/a name that is not found is the proxy's, or the "
                   "server's",
                   test_no_address);
  g_test_add_func ("/addresses/the second one's certificate is the name's",
                   test_tls);
  result = g_test_run ();
  wn_tls_site_clean_up ();
  return result;
}
