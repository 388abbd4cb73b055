/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libpurple's proxy settings as GIO's addresses.
 */

#include "purple/proxy-resolver.h"

#include "support/headless-host.h"

typedef struct
{
  PurpleProxyType type;
  const char *host; /* (nullable) */
  int port;
  const char *user;     /* (nullable) */
  const char *password; /* (nullable) */
  gboolean remote_dns;
  const char *uri; /* (nullable): %NULL: it fails */
} Case;

static const Case cases[] = {
  { PURPLE_PROXY_NONE, NULL, 0, NULL, NULL, FALSE, "direct://" },
  { PURPLE_PROXY_NONE, "left.over", 1, "a", "b", FALSE, "direct://" },
  { PURPLE_PROXY_HTTP,
    "p.example",
    3128,
    NULL,
    NULL,
    FALSE,
    "http://p.example:3128" },
  { PURPLE_PROXY_HTTP,
    "p.example",
    3128,
    "a@b:c",
    "c:/d%",
    FALSE,
    "http://a%40b%3Ac:c:%2Fd%25@p.example:3128" },
  { PURPLE_PROXY_HTTP,
    "p.example",
    3128,
    "",
    "ignored",
    FALSE,
    "http://p.example:3128" },
  { PURPLE_PROXY_HTTP, "::1", 3128, NULL, NULL, FALSE, "http://[::1]:3128" },
  { PURPLE_PROXY_USE_ENVVAR,
    "p.example",
    80,
    NULL,
    NULL,
    FALSE,
    "http://p.example:80" },
  { PURPLE_PROXY_SOCKS4,
    "p.example",
    1080,
    NULL,
    NULL,
    FALSE,
    "socks4://p.example:1080" },
  { PURPLE_PROXY_SOCKS4,
    "p.example",
    1080,
    NULL,
    NULL,
    TRUE,
    "socks4a://p.example:1080" },
  { PURPLE_PROXY_SOCKS5,
    "p.example",
    1080,
    "a",
    "b",
    TRUE,
    "socks5://a:b@p.example:1080" },
  { PURPLE_PROXY_TOR,
    "127.0.0.1",
    9050,
    NULL,
    NULL,
    FALSE,
    "socks5://127.0.0.1:9050" },
  { PURPLE_PROXY_HTTP, NULL, 3128, NULL, NULL, FALSE, NULL },
  { PURPLE_PROXY_TOR, "", 9050, NULL, NULL, FALSE, NULL },
  { PURPLE_PROXY_SOCKS5, "p.example", 0, NULL, NULL, FALSE, NULL },
  { PURPLE_PROXY_SOCKS5, "p.example", 65536, NULL, NULL, FALSE, NULL },
  { PURPLE_PROXY_USE_GLOBAL, "p.example", 1080, NULL, NULL, FALSE, NULL },
  { (PurpleProxyType) 99, "p.example", 1080, NULL, NULL, FALSE, NULL },
};

static PurpleProxyInfo *
make_info (const Case *it)
{
  PurpleProxyInfo *info = purple_proxy_info_new ();

  purple_proxy_info_set_type (info, it->type);
  purple_proxy_info_set_host (info, it->host);
  purple_proxy_info_set_port (info, it->port);
  purple_proxy_info_set_username (info, it->user);
  purple_proxy_info_set_password (info, it->password);
  return info;
}

static void
test_settings (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PurpleProxyInfo *info = make_info (&cases[i]);
      g_autoptr (GError) error = NULL;
      g_autofree char *uri
          = wn_proxy_resolver_dup_uri (info, cases[i].remote_dns, &error);

      g_assert_cmpstr (uri, ==, cases[i].uri);
      if (cases[i].uri == NULL)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED);
      else
        g_assert_no_error (error);
      purple_proxy_info_destroy (info);
    }
}

typedef struct
{
  const char *http_proxy; /* (nullable) */
  const char *no_proxy;   /* (nullable) */
  const char *uri;
  const char *answer;
} EnvironmentCase;

#define PROXY "http://u:p@p.example:3128"

static const EnvironmentCase environment_cases[] = {
  { NULL, NULL, "none://h.example:80", "direct://" },
  { PROXY, NULL, "none://h.example:80", PROXY },
  { PROXY, "", "none://h.example:80", PROXY },
  { PROXY, "localhost, h.example", "none://h.example:80", "direct://" },
  { PROXY, "h.example", "http://a.h.example/x", "direct://" },
  { PROXY, ".h.example", "none://h.example:80", "direct://" },
  { PROXY, "h.example", "none://other-h.example:80", PROXY },
  { PROXY, "h.example", "none://h.example.org:80", PROXY },
  { PROXY, "h.example:81", "none://h.example:80", PROXY },
  { PROXY, "10.0.0.0/8", "none://10.1.2.3:80", "direct://" },
  { PROXY, "10.0.0.0/8", "none://11.1.2.3:80", PROXY },
  { PROXY, "*", "none://h.example:80", "direct://" },
};

static void
set_environment (const char *name, const char *value)
{
  if (value != NULL)
    g_setenv (name, value, TRUE);
  else
    g_unsetenv (name);
}

static PurpleAccount *
make_account (PurpleProxyType type)
{
  PurpleAccount *account = purple_account_new ("1001", "prpl-webnotify");
  PurpleProxyInfo *info = purple_proxy_info_new ();

  purple_proxy_info_set_type (info, type);
  if (type != PURPLE_PROXY_USE_ENVVAR)
    {
      purple_proxy_info_set_host (info, "t.example");
      purple_proxy_info_set_port (info, 9050);
    }
  purple_account_set_proxy_info (account, info);
  return account;
}

static char *
dup_answer (PurpleAccount *account, const char *uri)
{
  g_autoptr (WnProxyResolver) resolver = wn_proxy_resolver_new (account);
  g_auto (GStrv) uris = NULL;
  g_autoptr (GError) error = NULL;

  uris = g_proxy_resolver_lookup (G_PROXY_RESOLVER (resolver),
                                  uri,
                                  NULL,
                                  &error);
  g_assert_no_error (error);
  g_assert_null (uris[1]);
  return g_strdup (uris[0]);
}

static void
test_environment (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (environment_cases); i++)
    {
      const EnvironmentCase *it = &environment_cases[i];
      PurpleAccount *account = make_account (PURPLE_PROXY_USE_ENVVAR);
      g_autofree char *answer = NULL;

      set_environment ("http_proxy", it->http_proxy);
      set_environment ("no_proxy", it->no_proxy);
      answer = dup_answer (account, it->uri);
      g_assert_cmpstr (answer, ==, it->answer);
      purple_account_destroy (account);
    }
}

/* Whom the account sends through Tor must not come out beside it. */
static void
test_environment_unasked (void)
{
  PurpleAccount *account = make_account (PURPLE_PROXY_TOR);
  g_autofree char *answer = NULL;

  set_environment ("http_proxy", PROXY);
  set_environment ("no_proxy", "*");
  answer = dup_answer (account, "none://h.example:80");
  g_assert_cmpstr (answer, ==, "socks5://t.example:9050");
  purple_account_destroy (account);
}

static void
on_lookup_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
test_forgotten (void)
{
  g_autoptr (WnProxyResolver) resolver = wn_proxy_resolver_new (NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) async_error = NULL;
  GProxyResolver *port = G_PROXY_RESOLVER (resolver);

  wn_proxy_resolver_forget (resolver);
  g_assert_null (g_proxy_resolver_lookup (port, "http://a/", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED);

  g_proxy_resolver_lookup_async (port,
                                 "http://a/",
                                 NULL,
                                 on_lookup_done,
                                 &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (g_proxy_resolver_lookup_finish (port, result, &async_error));
  g_assert_error (async_error, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  wn_host_start ("Pidgin", WN_MODULE_DIR);
  g_test_add_func ("/proxy-resolver/each of the host's settings is followed, "
                   "or fails",
                   test_settings);
  g_test_add_func ("/proxy-resolver/the environment's proxy, but for what it "
                   "says is reached directly",
                   test_environment);
  g_test_add_func ("/proxy-resolver/the environment has no say in an account's "
                   "own proxy",
                   test_environment_unasked);
  g_test_add_func ("/proxy-resolver/without its account it lets nobody through",
                   test_forgotten);
  result = g_test_run ();
  wn_host_stop ();
  return result;
}
