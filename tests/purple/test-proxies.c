/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The built module through real proxies: microsocks, tinyproxy, and a little
 * one for SOCKS 4. Each connects from an address of its own, by which the
 * server knows that nobody came around it.
 */

#include <libsoup/soup.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include <glib/gstdio.h>

#include "support/headless-host.h"
#include "support/login.h"
#include "support/loopback.h"
#include "support/soup.h"

#define BEHIND "127.0.0.2"
#define USER "us:er"
#define PASSWORD "p@ss w%rd"
#define EXPORT "a,b\n"

typedef struct
{
  SoupServer *soup;                /* (owned) */
  SoupWebsocketConnection *socket; /* (owned) (nullable) */
  char *socket_from;               /* (owned) (nullable): its client */
  GPtrArray *export_from;          /* (owned): each download's */
  gboolean leaked;                 /* what was the proxy's to know */
  guint port;
  GSubprocess *proxy; /* (owned) (nullable) */
  guint proxy_port;
  char *config; /* (owned) (nullable): the proxy's file */
  char *saved;  /* (owned): where the user saves */
  PurpleAccount *account;
} Fixture;

/* The server */

static void
note_leak (Fixture *fixture, SoupServerMessage *message)
{
  SoupMessageHeaders *headers
      = soup_server_message_get_request_headers (message);

  if (soup_message_headers_get_one (headers, "Proxy-Authorization") != NULL)
    fixture->leaked = TRUE;
}

static void
on_server_socket (SoupServer *soup,
                  SoupServerMessage *message,
                  const char *path,
                  SoupWebsocketConnection *socket,
                  gpointer user_data)
{
  Fixture *fixture = user_data;

  note_leak (fixture, message);
  g_set_object (&fixture->socket, socket);
  g_free (fixture->socket_from);
  fixture->socket_from
      = g_strdup (soup_server_message_get_remote_host (message));
}

static void
on_server_export (SoupServer *soup,
                  SoupServerMessage *message,
                  const char *path,
                  GHashTable *query,
                  gpointer user_data)
{
  Fixture *fixture = user_data;

  note_leak (fixture, message);
  g_ptr_array_add (fixture->export_from,
                   g_strdup (soup_server_message_get_remote_host (message)));
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_message_body_append (soup_server_message_get_response_body (message),
                            SOUP_MEMORY_STATIC,
                            EXPORT,
                            strlen (EXPORT));
}

static void
start_server (Fixture *fixture)
{
  fixture->soup = soup_server_new (NULL, NULL);
  soup_server_add_handler (fixture->soup,
                           "/exportDownload",
                           on_server_export,
                           fixture,
                           NULL);
  soup_server_add_websocket_handler (fixture->soup,
                                     "/",
                                     NULL,
                                     NULL,
                                     on_server_socket,
                                     fixture,
                                     NULL);
  fixture->port = wn_soup_listen (fixture->soup, 0);
}

/* The proxies */

/* A case that fails ends this program at once. */
static void
end_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static void
start_program (Fixture *fixture, const char *const *argv)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_set_child_setup (launcher, end_with_parent, NULL, NULL);
  fixture->proxy = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  wn_loopback_wait_for ((guint16) fixture->proxy_port);
}

static void
start_microsocks (Fixture *fixture, gboolean asks)
{
  g_autofree char *port = g_strdup_printf ("%u", fixture->proxy_port);
  const char *argv[]
      = { "microsocks",       "-i", "127.0.0.1", "-p",     port, "-b", BEHIND,
          asks ? "-u" : NULL, USER, "-P",        PASSWORD, NULL };

  start_program (fixture, argv);
}

static void
start_tinyproxy (Fixture *fixture, gboolean asks)
{
  g_autofree char *text
      = g_strdup_printf ("Port %u\nListen 127.0.0.1\nBind " BEHIND "\n"
                         "Timeout 60\nMaxClients 20\nLogLevel Critical\n%s",
                         fixture->proxy_port,
                         asks ? "BasicAuth user secret\n" : "");
  g_autoptr (GError) error = NULL;
  const char *argv[] = { "tinyproxy", "-d", "-c", NULL, NULL };
  int fd = g_file_open_tmp ("tinyproxy-XXXXXX", &fixture->config, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (fixture->config, text, -1, &error);
  g_assert_no_error (error);
  argv[3] = fixture->config;
  start_program (fixture, argv);
}

static void
start_socks4 (Fixture *fixture, gboolean asks)
{
  g_autofree char *port = g_strdup_printf ("%u", fixture->proxy_port);
  const char *argv[]
      = { "/usr/bin/python3", WN_SOCKS4_SERVER, port, BEHIND, NULL };

  start_program (fixture, argv);
}

/* The user */

static void
set_up (Fixture *fixture)
{
  *fixture = (Fixture){ .proxy_port = wn_loopback_find_free_port () };
  fixture->export_from = g_ptr_array_new_with_free_func (g_free);
  fixture->saved
      = g_build_filename (g_get_tmp_dir (), "wn-export-XXXXXX", NULL);
  g_close (g_mkstemp (fixture->saved), NULL);
  start_server (fixture);
  fixture->account = wn_login_new_at ("1001@jd-shop/production", fixture->port);
  purple_account_set_int (fixture->account, "reconnect_delay", 3600);
}

static void
set_proxy (Fixture *fixture,
           PurpleProxyType type,
           const char *user,
           const char *password)
{
  PurpleProxyInfo *info = purple_proxy_info_new ();

  purple_proxy_info_set_type (info, type);
  purple_proxy_info_set_host (info, "127.0.0.1");
  purple_proxy_info_set_port (info, (int) fixture->proxy_port);
  purple_proxy_info_set_username (info, user);
  purple_proxy_info_set_password (info, password);
  purple_account_set_proxy_info (fixture->account, info);
}

static void
tear_down (Fixture *fixture)
{
  if (wn_host_has_error (NULL))
    wn_host_run_until (wn_login_has_ended, fixture->account);
  wn_login_delete (fixture->account);
  soup_server_disconnect (fixture->soup);
  g_clear_object (&fixture->socket);
  g_clear_object (&fixture->soup);
  if (fixture->proxy != NULL)
    {
      g_subprocess_force_exit (fixture->proxy);
      g_subprocess_wait (fixture->proxy, NULL, NULL);
    }
  g_clear_object (&fixture->proxy);
  if (fixture->config != NULL)
    g_unlink (fixture->config);
  g_unlink (fixture->saved);
  g_free (fixture->config);
  g_free (fixture->saved);
  g_free (fixture->socket_from);
  g_ptr_array_unref (fixture->export_from);
  wn_host_run_dry ();
  wn_host_forget ();
}

static gboolean
is_connected (gpointer data)
{
  Fixture *fixture = data;

  if (wn_host_has_error (NULL))
    g_error ("no connection: %s", wn_host_get_error (NULL));
  return purple_account_is_connected (fixture->account)
         && fixture->socket != NULL;
}

static gboolean
has_file (gpointer data)
{
  return purple_xfer_is_completed (data) || purple_xfer_is_canceled (data);
}

static void
assert_all_from (Fixture *fixture, const char *address)
{
  g_assert_cmpstr (fixture->socket_from, ==, address);
  g_assert_cmpuint (fixture->export_from->len, >=, 1);
  for (guint i = 0; i < fixture->export_from->len; i++)
    g_assert_cmpstr (fixture->export_from->pdata[i], ==, address);
  g_assert_false (fixture->leaked);
}

/* Signs on, is offered an export, and saves it. */
static void
use_it (Fixture *fixture)
{
  PurpleXfer *xfer;
  g_autofree char *text = NULL;

  wn_login_sign_on (fixture->account);
  wn_host_run_until (is_connected, fixture);
  soup_websocket_connection_send_text (
      fixture->socket,
      "{\"type\":\"App\\\\Notifications\\\\ExportReady\",\"title\":\"Ready\","
      "\"filename\":\"orders.csv\"}");
  wn_host_run_until (wn_host_has_request, NULL);
  xfer = purple_xfers_get_all ()->data;
  purple_xfer_ref (xfer);
  purple_xfer_request_accepted (xfer, fixture->saved);
  wn_host_run_until (has_file, xfer);
  g_assert_true (purple_xfer_is_completed (xfer));
  purple_xfer_unref (xfer);
  g_assert_true (g_file_get_contents (fixture->saved, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, EXPORT);
}

/* What works */

typedef struct
{
  const char *name;
  void (*start) (Fixture *fixture, gboolean asks);
  PurpleProxyType type;
  const char *user;     /* (nullable): what the user has set */
  const char *password; /* (nullable) */
  gboolean asks;        /* the proxy, for the right ones */
  const char *words;    /* (nullable): the error; %NULL: it works */
} ProxyCase;

static const ProxyCase proxy_cases[] = {
  { "none", NULL, PURPLE_PROXY_NONE, NULL, NULL, FALSE, NULL },
  { "HTTP", start_tinyproxy, PURPLE_PROXY_HTTP, NULL, NULL, FALSE, NULL },
  { "HTTP with a password",
    start_tinyproxy,
    PURPLE_PROXY_HTTP,
    "user",
    "secret",
    TRUE,
    NULL },
  { "HTTP with a wrong password",
    start_tinyproxy,
    PURPLE_PROXY_HTTP,
    "user",
    "wrong",
    TRUE,
    "the proxy asks for another user name or password" },
  { "HTTP without its password",
    start_tinyproxy,
    PURPLE_PROXY_HTTP,
    NULL,
    NULL,
    TRUE,
    "the proxy asks for another user name or password" },
  { "SOCKS 4", start_socks4, PURPLE_PROXY_SOCKS4, NULL, NULL, FALSE, NULL },
  { "SOCKS 4 with a user",
    start_socks4,
    PURPLE_PROXY_SOCKS4,
    "somebody",
    NULL,
    FALSE,
    NULL },
  { "SOCKS 4 with a user that it refuses",
    start_socks4,
    PURPLE_PROXY_SOCKS4,
    "nobody",
    NULL,
    FALSE,
    "the proxy could not reach the server" },
  { "SOCKS 5", start_microsocks, PURPLE_PROXY_SOCKS5, NULL, NULL, FALSE, NULL },
  { "SOCKS 5 with a password",
    start_microsocks,
    PURPLE_PROXY_SOCKS5,
    USER,
    PASSWORD,
    TRUE,
    NULL },
  { "SOCKS 5 with a wrong password",
    start_microsocks,
    PURPLE_PROXY_SOCKS5,
    USER,
    "wrong",
    TRUE,
    "the proxy asks for another user name or password" },
  { "SOCKS 5 without its password",
    start_microsocks,
    PURPLE_PROXY_SOCKS5,
    NULL,
    NULL,
    TRUE,
    "the proxy asks for another user name or password" },
  { "Tor", start_microsocks, PURPLE_PROXY_TOR, NULL, NULL, FALSE, NULL },
  { "HTTP that is not there",
    NULL,
    PURPLE_PROXY_HTTP,
    NULL,
    NULL,
    FALSE,
    "the proxy can't be reached" },
  { "Tor that is not there",
    NULL,
    PURPLE_PROXY_TOR,
    NULL,
    NULL,
    FALSE,
    "the proxy can't be reached" },
};

static void
assert_refused (Fixture *fixture, const char *words)
{
  PurpleConnectionError reason;

  wn_login_sign_on (fixture->account);
  wn_host_run_until (wn_host_has_error, NULL);
  if (strstr (wn_host_get_error (&reason), words) == NULL)
    g_error ("“%s” does not say: %s", wn_host_get_error (NULL), words);
  g_assert_cmpint (reason, ==, PURPLE_CONNECTION_ERROR_NETWORK_ERROR);
  g_assert_null (fixture->socket);
}

static void
test_proxy (gconstpointer data)
{
  const ProxyCase *it = data;
  Fixture fixture;

  set_up (&fixture);
  set_proxy (&fixture, it->type, it->user, it->password);
  if (it->start != NULL)
    it->start (&fixture, it->asks);
  if (it->words != NULL)
    {
      assert_refused (&fixture, it->words);
    }
  else
    {
      use_it (&fixture);
      assert_all_from (&fixture, it->start != NULL ? BEHIND : "127.0.0.1");
    }
  tear_down (&fixture);
}

/* The proxy is fine, and the server is not there. */
static void
test_server_gone (void)
{
  static void (*const starts[]) (Fixture *, gboolean)
      = { start_tinyproxy, start_socks4, start_microsocks };
  static const PurpleProxyType types[]
      = { PURPLE_PROXY_HTTP, PURPLE_PROXY_SOCKS4, PURPLE_PROXY_SOCKS5 };

  for (gsize i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      Fixture fixture;

      set_up (&fixture);
      soup_server_disconnect (fixture.soup);
      set_proxy (&fixture, types[i], NULL, NULL);
      starts[i](&fixture, FALSE);
      assert_refused (&fixture, "the proxy could not reach the server");
      tear_down (&fixture);
    }
}

/* Never around a proxy that can't be used. */
static void
test_incomplete (void)
{
  Fixture fixture;
  PurpleProxyInfo *info = purple_proxy_info_new ();

  set_up (&fixture);
  purple_proxy_info_set_type (info, PURPLE_PROXY_SOCKS5);
  purple_account_set_proxy_info (fixture.account, info);
  assert_refused (&fixture, "the proxy settings are not complete");
  tear_down (&fixture);
}

static void
test_global (void)
{
  Fixture fixture;

  set_up (&fixture);
  start_microsocks (&fixture, FALSE);
  purple_prefs_set_string ("/purple/proxy/type", "socks5");
  purple_prefs_set_string ("/purple/proxy/host", "127.0.0.1");
  purple_prefs_set_int ("/purple/proxy/port", (int) fixture.proxy_port);
  use_it (&fixture);
  assert_all_from (&fixture, BEHIND);
  purple_prefs_set_string ("/purple/proxy/type", "none");
  tear_down (&fixture);
}

static void
test_environment (void)
{
  static const char *const lists[] = { NULL, "localhost,127.0.0.1" };

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      Fixture fixture;
      g_autofree char *proxy = NULL;

      set_up (&fixture);
      start_tinyproxy (&fixture, TRUE);
      proxy = g_strdup_printf ("http://user:secret@127.0.0.1:%u/",
                               fixture.proxy_port);
      g_setenv ("http_proxy", proxy, TRUE);
      if (lists[i] != NULL)
        g_setenv ("no_proxy", lists[i], TRUE);
      set_proxy (&fixture, PURPLE_PROXY_USE_ENVVAR, NULL, NULL);
      use_it (&fixture);
      assert_all_from (&fixture, lists[i] != NULL ? "127.0.0.1" : BEHIND);
      g_unsetenv ("http_proxy");
      g_unsetenv ("no_proxy");
      tear_down (&fixture);
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  wn_host_start ("Pidgin", WN_MODULE_DIR);
  for (gsize i = 0; i < G_N_ELEMENTS (proxy_cases); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/proxies/%s", proxy_cases[i].name);

      g_test_add_data_func (path, &proxy_cases[i], test_proxy);
    }
  g_test_add_func ("/proxies/the server behind a proxy is not there",
                   test_server_gone);
  g_test_add_func ("/proxies/settings that can't be followed let nobody out",
                   test_incomplete);
  g_test_add_func ("/proxies/the host's own is for all", test_global);
  g_test_add_func ("/proxies/the environment's, with what is reached directly",
                   test_environment);
  result = g_test_run ();
  wn_host_stop ();
  return result;
}
