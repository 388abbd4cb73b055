/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From the account's settings to URLs, or to the setting that is wrong.
 */

#include "core/dialect/endpoint.h"

#include <string.h>

/* --- User names --------------------------------------------------------- */

typedef struct
{
  const char *what;
  const char *username;
  const char *uid;
  const char *project;
  const char *environment;
} NameCase;

/* All with a server, so that any environment is known. */
static const NameCase name_cases[] = {
  { "a full name", "1001@shop/stage", "1001", "shop", "stage" },
  { "a uid alone takes both defaults",
    "1001",
    "1001",
    "jd-shop",
    "production" },
  { "a missing project takes its default",
    "1001/stage",
    "1001",
    "jd-shop",
    "stage" },
  { "a missing environment takes its default",
    "1001@shop",
    "1001",
    "shop",
    "production" },
  { "an empty project takes its default",
    "1001@/stage",
    "1001",
    "jd-shop",
    "stage" },
  { "an empty environment takes its default",
    "1001@shop/",
    "1001",
    "shop",
    "production" },
  { "both empty take their defaults",
    "1001@/",
    "1001",
    "jd-shop",
    "production" },
  { "the last @ counts", "a@b@shop/stage", "a@b", "shop", "stage" },
  { "the last slash counts", "a/b@shop/stage", "a/b", "shop", "stage" },
  { "spaces around the parts go",
    " 1001 @ shop / stage ",
    "1001",
    "shop",
    "stage" },
  { "spaces inside a part stay", "a b@c d/e f", "a b", "c d", "e f" },
  { "a part of spaces is empty",
    "1001@  /  ",
    "1001",
    "jd-shop",
    "production" },
  { "another environment", "1001@shop/测试", "1001", "shop", "测试" },
  { "an @ behind the slash is the environment's",
    "1001/a@b",
    "1001",
    "jd-shop",
    "a@b" },
  { "a Chinese uid", "张三@商城", "张三", "商城", "production" },
  { "an environment's case counts", "1/Stage", "1", "jd-shop", "Stage" },
};

static void
test_name (gconstpointer data)
{
  const NameCase *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WnEndpoint) endpoint
      = wn_endpoint_new (self->username, "wss://h/", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (endpoint->uid, ==, self->uid);
  g_assert_cmpstr (endpoint->project, ==, self->project);
  g_assert_cmpstr (endpoint->environment, ==, self->environment);
}

/* --- URLs --------------------------------------------------------------- */

typedef struct
{
  const char *what;
  const char *username;
  const char *server;
  const char *base_url;
  const char *url;
  const char *host;
  const char *download_template;
} UrlCase;

#define EXPORT_PATH "/exportDownload?filename={filename}"

static const UrlCase url_cases[] = {
  { "production is the default",
    "1001",
    NULL,
    "ws://ws.chiefgr.com/",
    "ws://ws.chiefgr.com/?project=jd-shop&uid=1001",
    "ws.chiefgr.com",
    "http://ws.chiefgr.com" EXPORT_PATH },
  { "production by name",
    "1001@jd-shop/production",
    "",
    "ws://ws.chiefgr.com/",
    "ws://ws.chiefgr.com/?project=jd-shop&uid=1001",
    "ws.chiefgr.com",
    "http://ws.chiefgr.com" EXPORT_PATH },
  { "stage has its own server",
    "1001/stage",
    "  ",
    "ws://test.ws.chiefgr.com/",
    "ws://test.ws.chiefgr.com/?project=jd-shop&uid=1001",
    "test.ws.chiefgr.com",
    "http://test.ws.chiefgr.com" EXPORT_PATH },
  { "a server replaces that of production",
    "1",
    "wss://push.example.com/",
    "wss://push.example.com/",
    "wss://push.example.com/?project=jd-shop&uid=1",
    "push.example.com",
    "https://push.example.com" EXPORT_PATH },
  { "a server makes any environment known",
    "1@p/mine",
    "ws://h/",
    "ws://h/",
    "ws://h/?project=p&uid=1",
    "h",
    "http://h" EXPORT_PATH },
  { "an empty path is a slash",
    "1@p",
    "ws://h",
    "ws://h/",
    "ws://h/?project=p&uid=1",
    "h",
    "http://h" EXPORT_PATH },
  { "a path stays, and the exports leave it",
    "1@p",
    "ws://h/a/b",
    "ws://h/a/b",
    "ws://h/a/b?project=p&uid=1",
    "h",
    "http://h" EXPORT_PATH },
  { "a query comes first",
    "1@p",
    "ws://h/a?x=1&y=%26",
    "ws://h/a?x=1&y=%26",
    "ws://h/a?x=1&y=%26&project=p&uid=1",
    "h",
    "http://h" EXPORT_PATH },
  { "a query without a path",
    "1@p",
    "ws://h?x=1",
    "ws://h/?x=1",
    "ws://h/?x=1&project=p&uid=1",
    "h",
    "http://h" EXPORT_PATH },
  { "an empty query adds no ampersand",
    "1@p",
    "ws://h/?",
    "ws://h/?",
    "ws://h/?project=p&uid=1",
    "h",
    "http://h" EXPORT_PATH },
  { "a query's last ampersand is not doubled",
    "1@p",
    "ws://h/?x=1&",
    "ws://h/?x=1&",
    "ws://h/?x=1&project=p&uid=1",
    "h",
    "http://h" EXPORT_PATH },
  { "a port stays",
    "1@p",
    "ws://h:8080/",
    "ws://h:8080/",
    "ws://h:8080/?project=p&uid=1",
    "h:8080",
    "http://h:8080" EXPORT_PATH },
  { "a secure port stays",
    "1@p",
    "wss://h:8443/",
    "wss://h:8443/",
    "wss://h:8443/?project=p&uid=1",
    "h:8443",
    "https://h:8443" EXPORT_PATH },
  { "the default port is left out",
    "1@p",
    "wss://h:443/",
    "wss://h/",
    "wss://h/?project=p&uid=1",
    "h",
    "https://h" EXPORT_PATH },
  { "the other scheme's port is kept",
    "1@p",
    "ws://h:443/",
    "ws://h:443/",
    "ws://h:443/?project=p&uid=1",
    "h:443",
    "http://h:443" EXPORT_PATH },
  { "an IPv6 address",
    "1@p",
    "ws://[::1]/",
    "ws://[::1]/",
    "ws://[::1]/?project=p&uid=1",
    "[::1]",
    "http://[::1]" EXPORT_PATH },
  { "an IPv6 address with a port",
    "1@p",
    "wss://[2001:db8::1]:9000/x",
    "wss://[2001:db8::1]:9000/x",
    "wss://[2001:db8::1]:9000/x?project=p&uid=1",
    "[2001:db8::1]:9000",
    "https://[2001:db8::1]:9000" EXPORT_PATH },
  { "an IPv4 address",
    "1@p",
    "ws://127.0.0.1:1/",
    "ws://127.0.0.1:1/",
    "ws://127.0.0.1:1/?project=p&uid=1",
    "127.0.0.1:1",
    "http://127.0.0.1:1" EXPORT_PATH },
  { "spaces around the server go",
    "1@p",
    "  ws://h/ \n",
    "ws://h/",
    "ws://h/?project=p&uid=1",
    "h",
    "http://h" EXPORT_PATH },
  { "the scheme's case does not count",
    "1@p",
    "WSS://h/",
    "wss://h/",
    "wss://h/?project=p&uid=1",
    "h",
    "https://h" EXPORT_PATH },
  { "a Chinese host and path are encoded",
    "1@p",
    "ws://例子.cn/路",
    "ws://xn--fsqu00a.cn/%E8%B7%AF",
    "ws://xn--fsqu00a.cn/%E8%B7%AF?project=p&uid=1",
    "xn--fsqu00a.cn",
    "http://xn--fsqu00a.cn" EXPORT_PATH },
  { "a space in the path is encoded",
    "1@p",
    "ws://h/a b",
    "ws://h/a%20b",
    "ws://h/a%20b?project=p&uid=1",
    "h",
    "http://h" EXPORT_PATH },
  { "an encoded slash stays encoded",
    "1@p",
    "ws://h/a%2Fb",
    "ws://h/a%2Fb",
    "ws://h/a%2Fb?project=p&uid=1",
    "h",
    "http://h" EXPORT_PATH },
  { "a uid's ampersand is encoded",
    "a&b@p",
    "ws://h/",
    "ws://h/",
    "ws://h/?project=p&uid=a%26b",
    "h",
    "http://h" EXPORT_PATH },
  { "a uid's plus, hash and percent are encoded",
    "+#%20@p",
    "ws://h/",
    "ws://h/",
    "ws://h/?project=p&uid=%2B%23%2520",
    "h",
    "http://h" EXPORT_PATH },
  { "a uid's slash, equals, query and @ are encoded",
    "/=?@@p/x",
    "ws://h/",
    "ws://h/",
    "ws://h/?project=p&uid=%2F%3D%3F%40",
    "h",
    "http://h" EXPORT_PATH },
  { "a uid's line end is encoded",
    "a\r\nb@p",
    "ws://h/",
    "ws://h/",
    "ws://h/?project=p&uid=a%0D%0Ab",
    "h",
    "http://h" EXPORT_PATH },
  { "a Chinese uid and project are encoded",
    "张@商",
    "ws://h/",
    "ws://h/",
    "ws://h/?project=%E5%95%86&uid=%E5%BC%A0",
    "h",
    "http://h" EXPORT_PATH },
  { "unreserved characters are not encoded",
    "a-b.c_d~e@p",
    "ws://h/",
    "ws://h/",
    "ws://h/?project=p&uid=a-b.c_d~e",
    "h",
    "http://h" EXPORT_PATH },
};

static void
test_url (gconstpointer data)
{
  const UrlCase *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WnEndpoint) endpoint
      = wn_endpoint_new (self->username, self->server, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (endpoint->base_url, ==, self->base_url);
  g_assert_cmpstr (endpoint->url, ==, self->url);
  g_assert_cmpstr (endpoint->download_template, ==, self->download_template);

  g_autofree char *host = wn_endpoint_dup_host (endpoint);

  g_assert_cmpstr (host, ==, self->host);
  g_assert_cmpint (wn_endpoint_is_secure (endpoint),
                   ==,
                   g_str_has_prefix (self->base_url, "wss"));
}

/* --- Errors ------------------------------------------------------------- */

typedef struct
{
  const char *what;
  const char *username;
  const char *server;
  const char *download_url;
  WnEndpointError code;
} ErrorCase;

#define NO_UID WN_ENDPOINT_ERROR_NO_UID
#define UNKNOWN WN_ENDPOINT_ERROR_UNKNOWN_ENVIRONMENT
#define BAD_SERVER WN_ENDPOINT_ERROR_BAD_SERVER
#define BAD_DOWNLOAD WN_ENDPOINT_ERROR_BAD_DOWNLOAD_URL

static const ErrorCase error_cases[] = {
  { "no user name", NULL, NULL, NULL, NO_UID },
  { "an empty user name", "", NULL, NULL, NO_UID },
  { "a user name of spaces", "  ", NULL, NULL, NO_UID },
  { "a user name without a uid", "@shop/stage", NULL, NULL, NO_UID },
  { "an empty uid with a server", " @shop/x", "ws://h/", NULL, NO_UID },
  { "an unknown environment", "1@p/test", NULL, NULL, UNKNOWN },
  { "an unknown environment beside an empty server",
    "1@p/test",
    " ",
    NULL,
    UNKNOWN },
  { "an environment in the wrong case", "1@p/Production", "", NULL, UNKNOWN },
  { "a server without a scheme", "1", "h", NULL, BAD_SERVER },
  { "a server with a port, without a scheme", "1", "h:80", NULL, BAD_SERVER },
  { "an http server", "1", "http://h/", NULL, BAD_SERVER },
  { "an ftp server", "1", "ftp://h/", NULL, BAD_SERVER },
  { "a server without a host", "1", "ws:///", NULL, BAD_SERVER },
  { "a server with only a port", "1", "ws://:80/", NULL, BAD_SERVER },
  { "a server that is only a scheme", "1", "ws:", NULL, BAD_SERVER },
  { "a server without slashes", "1", "ws:h", NULL, BAD_SERVER },
  { "a server with a user", "1", "ws://u@h/", NULL, BAD_SERVER },
  { "a server with a password", "1", "ws://u:secret@h/", NULL, BAD_SERVER },
  { "a server with an empty user", "1", "ws://@h/", NULL, BAD_SERVER },
  { "a server with a fragment", "1", "ws://h/#f", NULL, BAD_SERVER },
  { "a server with an empty fragment", "1", "ws://h/#", NULL, BAD_SERVER },
  { "a port of zero", "1", "ws://h:0/", NULL, BAD_SERVER },
  { "a port out of range", "1", "ws://h:65536/", NULL, BAD_SERVER },
  { "a port that is no number", "1", "ws://h:x/", NULL, BAD_SERVER },
  { "a negative port", "1", "ws://h:-1/", NULL, BAD_SERVER },
  { "a bad escape", "1", "ws://h/%zz", NULL, BAD_SERVER },
  { "a space in the host", "1", "ws://a b/", NULL, BAD_SERVER },
  { "a line end in the host", "1", "ws://a\r\nb/", NULL, BAD_SERVER },
  { "an encoded slash in the host", "1", "ws://a%2Fb/", NULL, BAD_SERVER },
  { "an encoded colon in the host", "1", "ws://a%3A81/", NULL, BAD_SERVER },
  { "a uid with a colon as a host",
    "a:81",
    "ws://h/",
    "http://{uid}/{filename}",
    BAD_DOWNLOAD },
  { "an encoded line end in the host", "1", "ws://a%0Ab/", NULL, BAD_SERVER },
  { "an open bracket", "1", "ws://[::1", NULL, BAD_SERVER },
  { "a download URL without a scheme",
    "1",
    NULL,
    "h/{filename}",
    BAD_DOWNLOAD },
  { "a download URL of ws", "1", NULL, "ws://h/{filename}", BAD_DOWNLOAD },
  { "a download URL of file", "1", NULL, "file:///{filename}", BAD_DOWNLOAD },
  { "a download URL without a host",
    "1",
    NULL,
    "http:///{filename}",
    BAD_DOWNLOAD },
  { "a download URL whose host the server chooses",
    "1",
    NULL,
    "http://{filename}/",
    BAD_DOWNLOAD },
  { "a download URL whose domain the server chooses",
    "1",
    NULL,
    "http://h.{filename}?x",
    BAD_DOWNLOAD },
  { "a download URL that is only the file's name",
    "1",
    NULL,
    "{filename}",
    BAD_DOWNLOAD },
  { "a download URL with a password",
    "1",
    NULL,
    "http://u:p@h/",
    BAD_DOWNLOAD },
  { "a download URL with a fragment",
    "1",
    NULL,
    "http://h/#{filename}",
    BAD_DOWNLOAD },
  { "a download URL with a bad port",
    "1",
    NULL,
    "http://h:99999/",
    BAD_DOWNLOAD },
  { "a download URL with braces in its host",
    "1",
    NULL,
    "http://{host}/",
    BAD_DOWNLOAD },
};

static void
test_error (gconstpointer data)
{
  static const char *const settings[]
      = { "User ID", "Server", "Server", "Download URL" };
  const ErrorCase *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WnEndpoint) endpoint = wn_endpoint_new (self->username,
                                                     self->server,
                                                     self->download_url,
                                                     &error);

  g_assert_null (endpoint);
  g_assert_error (error, WN_ENDPOINT_ERROR, (int) self->code);
  g_assert_nonnull (strstr (error->message, settings[self->code]));
  g_assert_null (strstr (error->message, "secret"));
}

/* --- Downloads ---------------------------------------------------------- */

typedef struct
{
  const char *what;
  const char *download_url; /* (nullable) */
  const char *filename;
  const char *url;
} DownloadCase;

/* All of the account "a&b@商/x" at wss://h:8443/path. */
static const DownloadCase download_cases[] = {
  { "the default",
    NULL,
    "a.xlsx",
    "https://h:8443/exportDownload?filename=a.xlsx" },
  { "an empty option is the default",
    "  ",
    "a.xlsx",
    "https://h:8443/exportDownload?filename=a.xlsx" },
  { "a file name's slashes are encoded",
    NULL,
    "a/b\\c.xlsx",
    "https://h:8443/exportDownload?filename=a%2Fb%5Cc.xlsx" },
  { "a file name's ampersand adds no parameter",
    NULL,
    "a&uid=2#x+y z%20",
    "https://h:8443/exportDownload?filename=a%26uid%3D2%23x%2By%20z%2520" },
  { "a Chinese file name is encoded",
    NULL,
    "订.csv",
    "https://h:8443/exportDownload?filename=%E8%AE%A2.csv" },
  { "a file name's line end is encoded",
    NULL,
    "a\r\nHost: x",
    "https://h:8443/exportDownload?filename=a%0D%0AHost%3A%20x" },
  { "all three values",
    "http://d/{project}/{uid}?f={filename}",
    "a.csv",
    "http://d/%E5%95%86/a%26b?f=a.csv" },
  { "a value twice",
    "http://d/{filename}?f={filename}",
    "a",
    "http://d/a?f=a" },
  { "a value that looks like a placeholder is filled in once",
    "http://d/{filename}/{uid}",
    "{uid}",
    "http://d/%7Buid%7D/a%26b" },
  { "no value at all", "https://d/latest", "a", "https://d/latest" },
  { "spaces around it go", " https://d/{filename}\n", "a", "https://d/a" },
  { "an IPv6 address", "http://[::1]:80/{filename}", "a", "http://[::1]/a" },
  { "a port", "http://d:8080/{filename}", "a", "http://d:8080/a" },
  { "an empty path", "http://d?f={filename}", "a", "http://d/?f=a" },
  { "a Chinese path",
    "http://d/下载/{filename}",
    "a",
    "http://d/%E4%B8%8B%E8%BD%BD/a" },
  { "a path like a climb stays one component",
    "http://d/x/{filename}",
    "../y",
    "http://d/x/..%2Fy" },
  { "a value makes no placeholder",
    "http://d/{u{filename}}",
    "id",
    "http://d/{uid}" },
  { "two dots don't climb",
    "http://d/x/{filename}/y",
    "..",
    "http://d/x/%252E%252E/y" },
  { "a dot doesn't climb beside the template's",
    "http://d/x/.{filename}",
    ".",
    "http://d/x/.%252E" },
  { "three dots are a name", "http://d/x/{filename}", "...", "http://d/x/..." },
};

static void
test_download (gconstpointer data)
{
  const DownloadCase *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WnEndpoint) endpoint = wn_endpoint_new ("a&b@商/x",
                                                     "wss://h:8443/path?q",
                                                     self->download_url,
                                                     &error);

  g_assert_no_error (error);

  g_autofree char *url
      = wn_endpoint_dup_download_url (endpoint, self->filename);

  g_assert_cmpstr (url, ==, self->url);
}

/* --- Others ------------------------------------------------------------- */

static void
test_unknown_is_named (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WnEndpoint) endpoint
      = wn_endpoint_new ("1@p/beta", NULL, NULL, &error);

  g_assert_null (endpoint);
  g_assert_nonnull (strstr (error->message, "“beta”"));
}

static void
test_nothing_freed (void)
{
  wn_endpoint_free (NULL);
}

#define ADD_CASES(group, table, func)                                          \
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)                             \
    {                                                                          \
      g_autofree char *path                                                    \
          = g_strconcat ("/endpoint/" group "/", table[i].what, NULL);         \
                                                                               \
      g_test_add_data_func (path, &table[i], func);                            \
    }

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD_CASES ("user name", name_cases, test_name);
  ADD_CASES ("url", url_cases, test_url);
  ADD_CASES ("error", error_cases, test_error);
  ADD_CASES ("download", download_cases, test_download);
  g_test_add_func ("/endpoint/an unknown environment is named",
                   test_unknown_is_named);
  g_test_add_func ("/endpoint/nothing can be freed", test_nothing_freed);
  return g_test_run ();
}
