/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The back office: from an account's settings to URLs, or to the setting that
 * is wrong; what is said, and where nchan's messages stand. What a frame means
 * is `test-frame.c`'s.
 */

#include "core/dialect/dialect.h"

#include <string.h>

#include "core/dialect/json.h"
#include "support/instance.h"

#define HELLO "{\"id\":\"MTAwMQ==\"}"

static const WnDialect *const office = &wn_dialect_back_office;

static gpointer
make (const char *username,
      const char *server,
      const char *download_url,
      GError **error)
{
  return wn_instance_new (office,
                          error,
                          username,
                          NULL,
                          "server",
                          server != NULL ? server : "",
                          "download_url",
                          download_url != NULL ? download_url : "",
                          NULL);
}

static gpointer
make_nchan (void)
{
  return wn_instance_new (office,
                          NULL,
                          "1001@jd-shop/x",
                          NULL,
                          "server",
                          "ws://a.example/n?k=v",
                          "replay",
                          "nchan",
                          NULL);
}

static char *
dup_url (gpointer instance, const char *cursor)
{
  g_auto (WnRoute) route = { 0 };

  office->route (instance, cursor, &route);
  return g_steal_pointer (&route.url);
}

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
  { "a whole name in the first field of a dialog",
    "1001@shop/stage@jd-shop/production",
    "1001",
    "shop",
    "stage" },
  { "the same with spaces",
    " 1001@shop/stage @jd-shop/production",
    "1001",
    "shop",
    "stage" },
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
  WnAccount *instance = make (self->username, "wss://h/", NULL, &error);
  g_autofree char *uid = g_uri_escape_string (self->uid, NULL, FALSE);
  g_autofree char *project = g_uri_escape_string (self->project, NULL, FALSE);
  g_autofree char *expected
      = g_strdup_printf ("wss://h/?project=%s&uid=%s", project, uid);
  g_autofree char *label
      = g_strdup_printf ("%s (%s)", self->project, self->environment);
  g_autofree char *whole = g_strdup_printf ("%s@%s/%s",
                                            self->uid,
                                            self->project,
                                            self->environment);
  g_autofree char *url = NULL;

  g_assert_no_error (error);
  url = dup_url (instance, NULL);
  g_assert_cmpstr (url, ==, expected);
  g_assert_cmpstr (instance->username, ==, whole);
  g_assert_cmpstr (instance->contact, ==, self->project);
  g_assert_cmpstr (instance->label,
                   ==,
                   g_str_equal (self->environment, "production") ? NULL
                                                                 : label);
  office->free (instance);
}

/* --- URLs --------------------------------------------------------------- */

typedef struct
{
  const char *what;
  const char *username;
  const char *server;
  const char *base_url;
  const char *url;
  const char *origin;
} UrlCase;

static const UrlCase url_cases[] = {
  { "production is the default",
    "1001",
    NULL,
    "ws://ws.chiefgr.com/",
    "ws://ws.chiefgr.com/?project=jd-shop&uid=1001",
    "http://ws.chiefgr.com" },
  { "production by name",
    "1001@jd-shop/production",
    "",
    "ws://ws.chiefgr.com/",
    "ws://ws.chiefgr.com/?project=jd-shop&uid=1001",
    "http://ws.chiefgr.com" },
  { "stage has its own server",
    "1001/stage",
    "  ",
    "ws://test.ws.chiefgr.com/",
    "ws://test.ws.chiefgr.com/?project=jd-shop&uid=1001",
    "http://test.ws.chiefgr.com" },
  { "a server replaces that of production",
    "1",
    "wss://push.example.com/",
    "wss://push.example.com/",
    "wss://push.example.com/?project=jd-shop&uid=1",
    "https://push.example.com" },
  { "a server makes any environment known",
    "1@p/mine",
    "ws://h/",
    "ws://h/",
    "ws://h/?project=p&uid=1",
    "http://h" },
  { "an empty path is a slash",
    "1@p",
    "ws://h",
    "ws://h/",
    "ws://h/?project=p&uid=1",
    "http://h" },
  { "a path stays, and the exports leave it",
    "1@p",
    "ws://h/a/b",
    "ws://h/a/b",
    "ws://h/a/b?project=p&uid=1",
    "http://h" },
  { "a query comes first",
    "1@p",
    "ws://h/a?x=1&y=%26",
    "ws://h/a?x=1&y=%26",
    "ws://h/a?x=1&y=%26&project=p&uid=1",
    "http://h" },
  { "a query without a path",
    "1@p",
    "ws://h?x=1",
    "ws://h/?x=1",
    "ws://h/?x=1&project=p&uid=1",
    "http://h" },
  { "an empty query adds no ampersand",
    "1@p",
    "ws://h/?",
    "ws://h/?",
    "ws://h/?project=p&uid=1",
    "http://h" },
  { "a query's last ampersand is not doubled",
    "1@p",
    "ws://h/?x=1&",
    "ws://h/?x=1&",
    "ws://h/?x=1&project=p&uid=1",
    "http://h" },
  { "a port stays",
    "1@p",
    "ws://h:8080/",
    "ws://h:8080/",
    "ws://h:8080/?project=p&uid=1",
    "http://h:8080" },
  { "a secure port stays",
    "1@p",
    "wss://h:8443/",
    "wss://h:8443/",
    "wss://h:8443/?project=p&uid=1",
    "https://h:8443" },
  { "the default port is left out",
    "1@p",
    "wss://h:443/",
    "wss://h/",
    "wss://h/?project=p&uid=1",
    "https://h" },
  { "the other scheme's port is kept",
    "1@p",
    "ws://h:443/",
    "ws://h:443/",
    "ws://h:443/?project=p&uid=1",
    "http://h:443" },
  { "an IPv6 address",
    "1@p",
    "ws://[::1]/",
    "ws://[::1]/",
    "ws://[::1]/?project=p&uid=1",
    "http://[::1]" },
  { "an IPv6 address with a port",
    "1@p",
    "wss://[2001:db8::1]:9000/x",
    "wss://[2001:db8::1]:9000/x",
    "wss://[2001:db8::1]:9000/x?project=p&uid=1",
    "https://[2001:db8::1]:9000" },
  { "an IPv4 address",
    "1@p",
    "ws://127.0.0.1:1/",
    "ws://127.0.0.1:1/",
    "ws://127.0.0.1:1/?project=p&uid=1",
    "http://127.0.0.1:1" },
  { "a server of http is ws",
    "1@p",
    "http://h/a",
    "ws://h/a",
    "ws://h/a?project=p&uid=1",
    "http://h" },
  { "a server of https is wss",
    "1@p",
    "HTTPS://h:8443/?k",
    "wss://h:8443/?k",
    "wss://h:8443/?k&project=p&uid=1",
    "https://h:8443" },
  { "a host alone is ws",
    "1@p",
    "localhost",
    "ws://localhost/",
    "ws://localhost/?project=p&uid=1",
    "http://localhost" },
  { "a host and a port are ws",
    "1@p",
    " 127.0.0.1:8391 ",
    "ws://127.0.0.1:8391/",
    "ws://127.0.0.1:8391/?project=p&uid=1",
    "http://127.0.0.1:8391" },
  { "a host, a port and a path are ws",
    "1@p",
    "push.example:80/a/b?c",
    "ws://push.example/a/b?c",
    "ws://push.example/a/b?c&project=p&uid=1",
    "http://push.example" },
  { "an IPv6 address alone is ws",
    "1@p",
    "[::1]:81",
    "ws://[::1]:81/",
    "ws://[::1]:81/?project=p&uid=1",
    "http://[::1]:81" },
  { "spaces around the server go",
    "1@p",
    "  ws://h/ \n",
    "ws://h/",
    "ws://h/?project=p&uid=1",
    "http://h" },
  { "the scheme's case does not count",
    "1@p",
    "WSS://h/",
    "wss://h/",
    "wss://h/?project=p&uid=1",
    "https://h" },
  { "a Chinese host and path are encoded",
    "1@p",
    "ws://例子.cn/路",
    "ws://xn--fsqu00a.cn/%E8%B7%AF",
    "ws://xn--fsqu00a.cn/%E8%B7%AF?project=p&uid=1",
    "http://xn--fsqu00a.cn" },
  { "a space in the path is encoded",
    "1@p",
    "ws://h/a b",
    "ws://h/a%20b",
    "ws://h/a%20b?project=p&uid=1",
    "http://h" },
  { "an encoded slash stays encoded",
    "1@p",
    "ws://h/a%2Fb",
    "ws://h/a%2Fb",
    "ws://h/a%2Fb?project=p&uid=1",
    "http://h" },
  { "a uid's ampersand is encoded",
    "a&b@p",
    "ws://h/",
    "ws://h/",
    "ws://h/?project=p&uid=a%26b",
    "http://h" },
  { "a uid's plus, hash and percent are encoded",
    "+#%20@p",
    "ws://h/",
    "ws://h/",
    "ws://h/?project=p&uid=%2B%23%2520",
    "http://h" },
  { "a uid's equals and query are encoded",
    "=?@p/x",
    "ws://h/",
    "ws://h/",
    "ws://h/?project=p&uid=%3D%3F",
    "http://h" },
  { "a uid's line end is encoded",
    "a\r\nb@p",
    "ws://h/",
    "ws://h/",
    "ws://h/?project=p&uid=a%0D%0Ab",
    "http://h" },
  { "a Chinese uid and project are encoded",
    "张@商",
    "ws://h/",
    "ws://h/",
    "ws://h/?project=%E5%95%86&uid=%E5%BC%A0",
    "http://h" },
  { "unreserved characters are not encoded",
    "a-b.c_d~e@p",
    "ws://h/",
    "ws://h/",
    "ws://h/?project=p&uid=a-b.c_d~e",
    "http://h" },
};

static void
test_url (gconstpointer data)
{
  const UrlCase *self = data;
  g_autoptr (GError) error = NULL;
  WnAccount *instance = make (self->username, self->server, NULL, &error);
  g_autofree char *url = NULL;

  g_assert_no_error (error);
  url = dup_url (instance, NULL);
  g_assert_cmpstr (url, ==, self->url);
  g_assert_cmpstr (instance->token_url, ==, self->base_url);
  g_assert_cmpstr (instance->link_base, ==, self->origin);
  office->free (instance);
}

/* --- Errors ------------------------------------------------------------- */

typedef struct
{
  const char *what;
  const char *username;
  const char *server;
  const char *download_url;
  WnDialectError code;
  const char *detail; /* (nullable): what the error says */
} ErrorCase;

#define NO_UID WN_DIALECT_ERROR_NO_USER
#define BAD_UID WN_DIALECT_ERROR_BAD_USER
#define UNKNOWN WN_DIALECT_ERROR_UNKNOWN_ENVIRONMENT
#define SCHEME WN_DIALECT_ERROR_BAD_SERVER_SCHEME
#define NO_HOST WN_DIALECT_ERROR_BAD_SERVER_NO_HOST
#define USERINFO WN_DIALECT_ERROR_BAD_SERVER_USERINFO
#define PORT WN_DIALECT_ERROR_BAD_SERVER_PORT
#define FRAGMENT WN_DIALECT_ERROR_BAD_SERVER_FRAGMENT
#define PATH WN_DIALECT_ERROR_BAD_SERVER_PATH
#define BAD_DOWNLOAD WN_DIALECT_ERROR_BAD_DOWNLOAD_URL
#define NO_FILENAME WN_DIALECT_ERROR_DOWNLOAD_URL_WITHOUT_FILENAME

static const ErrorCase error_cases[] = {
  { "an empty user name", "", NULL, NULL, NO_UID, NULL },
  { "a user name of spaces", "  ", NULL, NULL, NO_UID, NULL },
  { "a user name without a uid", "@shop/stage", NULL, NULL, NO_UID, NULL },
  { "an empty uid with a server", " @shop/x", "ws://h/", NULL, NO_UID, NULL },
  { "an unknown environment", "1@p/test", NULL, NULL, UNKNOWN, "test" },
  { "an unknown environment beside an empty server",
    "1@p/test",
    " ",
    NULL,
    UNKNOWN,
    "test" },
  { "an environment in the wrong case",
    "1@p/Production",
    "",
    NULL,
    UNKNOWN,
    "Production" },
  { "a uid with an @", "a@b@shop/stage", "ws://h/", NULL, BAD_UID, "a@b" },
  { "a uid with a slash", "a/b@shop/stage", "ws://h/", NULL, BAD_UID, "a/b" },
  { "an address of mail as the uid",
    "bob@example.com@jd-shop/production",
    NULL,
    NULL,
    BAD_UID,
    "bob@example.com" },
  { "a whole name beside another project",
    "1001@shop/stage@other/production",
    NULL,
    NULL,
    BAD_UID,
    "1001@shop/stage" },
  { "two whole names",
    "1@a/b@c/d@jd-shop/production",
    "ws://h/",
    NULL,
    BAD_UID,
    NULL },
  { "a download URL that leaves out the file",
    "1",
    NULL,
    "https://d/latest",
    NO_FILENAME,
    NULL },
  { "a download URL with another brace",
    "1",
    NULL,
    "https://d/{file}",
    NO_FILENAME,
    NULL },
  { "a host with a user", "1", "u@h", NULL, USERINFO, NULL },
  { "a host with a bad port", "1", "h:x", NULL, PORT, NULL },
  { "a host with a fragment", "1", "h#f", NULL, FRAGMENT, NULL },
  { "a mail's address as the server", "1", "mailto:x", NULL, PORT, NULL },
  { "an ftp server", "1", "ftp://h/", NULL, SCHEME, NULL },
  { "a server without a host", "1", "ws:///", NULL, NO_HOST, NULL },
  { "a server with only a port", "1", "ws://:80/", NULL, NO_HOST, NULL },
  { "a server that is only a scheme", "1", "ws:", NULL, SCHEME, NULL },
  { "a server without slashes", "1", "ws:h", NULL, SCHEME, NULL },
  { "a server with a user", "1", "ws://u@h/", NULL, USERINFO, NULL },
  { "a server with a password", "1", "ws://u:secret@h/", NULL, USERINFO, NULL },
  { "a server with an empty user", "1", "ws://@h/", NULL, USERINFO, NULL },
  { "a server with a fragment", "1", "ws://h/#f", NULL, FRAGMENT, NULL },
  { "a server with an empty fragment", "1", "ws://h/#", NULL, FRAGMENT, NULL },
  { "a port of zero", "1", "ws://h:0/", NULL, PORT, NULL },
  { "a port out of range", "1", "ws://h:65536/", NULL, PORT, NULL },
  { "a port that is no number", "1", "ws://h:x/", NULL, PORT, NULL },
  { "a negative port", "1", "ws://h:-1/", NULL, PORT, NULL },
  { "a bad escape", "1", "ws://h/%zz", NULL, PATH, NULL },
  { "a space in the host", "1", "ws://a b/", NULL, NO_HOST, NULL },
  { "a line end in the host", "1", "ws://a\r\nb/", NULL, NO_HOST, NULL },
  { "an encoded slash in the host", "1", "ws://a%2Fb/", NULL, NO_HOST, NULL },
  { "an encoded colon in the host", "1", "ws://a%3A81/", NULL, NO_HOST, NULL },
  { "a uid with a colon as a host",
    "a:81",
    "ws://h/",
    "http://{uid}/{filename}",
    BAD_DOWNLOAD,
    NULL },
  { "an encoded line end in the host",
    "1",
    "ws://a%0Ab/",
    NULL,
    NO_HOST,
    NULL },
  { "an open bracket", "1", "ws://[::1", NULL, NO_HOST, NULL },
  { "a download URL without a scheme",
    "1",
    NULL,
    "h/{filename}",
    BAD_DOWNLOAD,
    NULL },
  { "a download URL of ws",
    "1",
    NULL,
    "ws://h/{filename}",
    BAD_DOWNLOAD,
    NULL },
  { "a download URL of file",
    "1",
    NULL,
    "file:///{filename}",
    BAD_DOWNLOAD,
    NULL },
  { "a download URL without a host",
    "1",
    NULL,
    "http:///{filename}",
    BAD_DOWNLOAD,
    NULL },
  { "a download URL whose host the server chooses",
    "1",
    NULL,
    "http://{filename}/",
    BAD_DOWNLOAD,
    NULL },
  { "a download URL whose domain the server chooses",
    "1",
    NULL,
    "http://h.{filename}?x",
    BAD_DOWNLOAD,
    NULL },
  { "a download URL that is only the file's name",
    "1",
    NULL,
    "{filename}",
    BAD_DOWNLOAD,
    NULL },
  { "a download URL with a password",
    "1",
    NULL,
    "http://u:p@h/{filename}",
    BAD_DOWNLOAD,
    NULL },
  { "a download URL with a fragment",
    "1",
    NULL,
    "http://h/#{filename}",
    BAD_DOWNLOAD,
    NULL },
  { "a download URL with a bad port",
    "1",
    NULL,
    "http://h:99999/",
    BAD_DOWNLOAD,
    NULL },
  { "a download URL with braces in its host",
    "1",
    NULL,
    "http://{host}/",
    BAD_DOWNLOAD,
    NULL },
};

static void
test_error (gconstpointer data)
{
  const ErrorCase *self = data;
  g_autoptr (GError) error = NULL;
  gpointer instance
      = make (self->username, self->server, self->download_url, &error);

  g_assert_null (instance);
  g_assert_error (error, WN_DIALECT_ERROR, (int) self->code);
  if (self->detail != NULL)
    g_assert_cmpstr (error->message, ==, self->detail);
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

#define EXPORT_PATH "/exportDownload?project=%E5%95%86&uid=a%26b&filename="

/* All of the account "a&b@商/x" at wss://h:8443/path. */
static const DownloadCase download_cases[] = {
  { "the default", NULL, "a.xlsx", "https://h:8443" EXPORT_PATH "a.xlsx" },
  { "an empty option is the default",
    "  ",
    "a.xlsx",
    "https://h:8443" EXPORT_PATH "a.xlsx" },
  { "a file name's slashes are encoded",
    NULL,
    "a/b\\c.xlsx",
    "https://h:8443" EXPORT_PATH "a%2Fb%5Cc.xlsx" },
  { "a file name's ampersand adds no parameter",
    NULL,
    "a&uid=2#x+y z%20",
    "https://h:8443" EXPORT_PATH "a%26uid%3D2%23x%2By%20z%2520" },
  { "a Chinese file name is encoded",
    NULL,
    "订.csv",
    "https://h:8443" EXPORT_PATH "%E8%AE%A2.csv" },
  { "a file name's line end is encoded",
    NULL,
    "a\r\nHost: x",
    "https://h:8443" EXPORT_PATH "a%0D%0AHost%3A%20x" },
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

/* An export's frame with the members @more. */
static WnFrame *
read_export (gpointer instance, const char *filename, const char *more)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_VALUE);
  g_autofree char *value = NULL;
  g_autofree char *text = NULL;
  WnFrame *frame;

  json_node_set_string (node, filename);
  value = json_to_string (node, FALSE);
  text = g_strdup_printf ("{\"title\":\"t\",\"type\":"
                          "\"App\\\\Notifications\\\\ExportReady\","
                          "\"filename\":%s%s}",
                          value,
                          more);
  frame = office->read (instance, text, strlen (text), NULL);
  g_assert_nonnull (frame);
  g_assert_cmpuint (frame->notifications->len, ==, 1);
  return frame;
}

static const WnNotification *
get_notification (const WnFrame *frame)
{
  return g_ptr_array_index (frame->notifications, 0);
}

static void
test_download (gconstpointer data)
{
  const DownloadCase *self = data;
  g_autoptr (GError) error = NULL;
  gpointer instance
      = make ("a&b@商/x", "wss://h:8443/path?q", self->download_url, &error);
  g_autoptr (WnFrame) frame = NULL;
  const WnAttachment *attachment;

  g_assert_no_error (error);
  frame = read_export (instance, self->filename, "");
  attachment = get_notification (frame)->attachment;
  g_assert_cmpstr (attachment->url, ==, self->url);
  g_assert_cmpstr (attachment->key, ==, self->filename);
  g_assert_cmpint (attachment->size, ==, WN_SIZE_UNKNOWN);
  office->free (instance);
}

static void
test_sizes (void)
{
  static const struct
  {
    const char *more;
    gint64 size;
  } rows[] = {
    { ",\"size\":1234", 1234 },
    { ",\"size\":\"1234\"", 1234 },
    { ",\"size\":0", 0 },
    { ",\"size\":-5", WN_SIZE_UNKNOWN },
    { ",\"size\":1e400", WN_SIZE_UNKNOWN },
    { ",\"size\":\"big\"", WN_SIZE_UNKNOWN },
    { ",\"size\":null", WN_SIZE_UNKNOWN },
    { "", WN_SIZE_UNKNOWN },
  };
  gpointer instance = wn_instance_new_back_office ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (WnFrame) frame = read_export (instance, "a", rows[i].more);

      g_assert_cmpint (get_notification (frame)->attachment->size,
                       ==,
                       rows[i].size);
    }
  office->free (instance);
}

/* A name of 4 KiB is one, a longer one is none. */
static void
test_long_names (void)
{
  gpointer instance = wn_instance_new_back_office ();

  for (gsize length = 4095; length <= 4097; length++)
    {
      g_autofree char *name = g_strnfill (length, 'x');
      g_autoptr (WnFrame) frame = read_export (instance, name, "");
      const WnNotification *notification = get_notification (frame);

      g_assert_cmpint (notification->attachment != NULL, ==, length <= 4096);
      g_assert_cmpint (notification->lacks_file, ==, length > 4096);
    }
  office->free (instance);
}

static void
test_content_of_an_export (void)
{
  gpointer instance = wn_instance_new_back_office ();
  g_autoptr (WnFrame) frame
      = read_export (instance, "a.xlsx", ",\"content\":\"<b>ready</b>\"");

  g_assert_cmpstr (get_notification (frame)->content, ==, "<b>ready</b>");
  g_assert_cmpstr (get_notification (frame)->source, ==, "ExportReady");
  office->free (instance);
}

/* --- What is said ------------------------------------------------------- */

static void
test_routes (void)
{
  WnAccount *plain = wn_instance_new (office,
                                      NULL,
                                      "1001",
                                      "s3cret",
                                      "server",
                                      "wss://h/",
                                      NULL);
  WnAccount *nchan = make_nchan ();
  g_auto (WnRoute) route = { 0 };
  g_auto (WnRoute) replayed = { 0 };
  g_autofree char *fresh = dup_url (nchan, NULL);
  g_autofree char *odd = dup_url (nchan, "a&b=#");

  office->route (plain, "1:2", &route);
  g_assert_cmpstr (route.url, ==, "wss://h/?project=jd-shop&uid=1001");
  g_assert_cmpstr (route.authorization, ==, "Bearer s3cret");
  g_assert_cmpstr (plain->authorization, ==, "Bearer s3cret");
  g_assert_null (route.subprotocol);
  g_assert_null (route.origin);
  g_assert_false (plain->has_replay);

  office->route (nchan, "17:3", &replayed);
  g_assert_cmpstr (fresh, ==, "ws://a.example/n?k=v&project=jd-shop&uid=1001");
  g_assert_cmpstr (replayed.url,
                   ==,
                   "ws://a.example/n?k=v&project=jd-shop&uid=1001&last=17%3A3");
  g_assert_true (g_str_has_suffix (odd, "&uid=1001&last=a%26b%3D%23"));
  g_assert_cmpstr (replayed.subprotocol, ==, "ws+meta.nchan");
  g_assert_null (replayed.authorization);
  g_assert_true (nchan->has_replay);
  office->free (plain);
  office->free (nchan);
}

/* Only an nchan that agreed, where the account asked for one, is told nothing.
 */
static void
test_said (void)
{
  static const struct
  {
    const char *replay;
    const char *hello;
    const char *subprotocol;
    const char *reply;
    const char *heartbeat;
  } rows[] = {
    { "off", "", NULL, NULL, "heartCheck" },
    { "off", "1", NULL, HELLO, "heartCheck" },
    { "off", "1", "ws+meta.nchan", HELLO, "heartCheck" },
    { "nchan", "", NULL, NULL, "heartCheck" },
    { "nchan", "1", NULL, HELLO, "heartCheck" },
    { "nchan", "1", "ws+meta", HELLO, "heartCheck" },
    { "nchan", "", "ws+meta.nchan", NULL, NULL },
    { "nchan", "1", "ws+meta.nchan", NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      WnTransportAnswer answer = { .subprotocol = rows[i].subprotocol };
      gpointer instance = wn_instance_new (office,
                                           NULL,
                                           "1001",
                                           NULL,
                                           "replay",
                                           rows[i].replay,
                                           "send_hello",
                                           rows[i].hello,
                                           NULL);
      g_autoptr (WnFrame) opened = office->opened (instance, &answer);
      g_autofree char *heartbeat = office->dup_heartbeat (instance);

      g_assert_cmpstr (opened != NULL ? opened->reply : NULL,
                       ==,
                       rows[i].reply);
      g_assert_true (opened == NULL || opened->is_ready);
      g_assert_cmpstr (heartbeat, ==, rows[i].heartbeat);
      office->free (instance);
    }
}

/* --- nchan -------------------------------------------------------------- */

#define NCHAN_BODY "{\"title\":\"Paid\",\"content\":\"a\\n\\nb\"}"

/* What a real nchan sent, and what only a broken one would. */
static const struct
{
  const char *name;
  const char *text;
  const char *title;
  const char *cursor;
  gint64 sent_s;
} frames[] = {
  { "a message with its id and type",
    "id: 1795594840:2\ncontent-type: application/json\n\n" NCHAN_BODY,
    "Paid",
    "1795594840:2",
    1795594840 },
  { "a message with its id alone",
    "id: 1795594840:0\n\n" NCHAN_BODY,
    "Paid",
    "1795594840:0",
    1795594840 },
  { "a message without an id", NCHAN_BODY, "Paid", NULL, 0 },
  { "an id of several channels",
    "id: 5:[1],0\n\n" NCHAN_BODY,
    "Paid",
    "5:[1],0",
    5 },
  { "an id of several channels without other messages",
    "id: 1586620510:[0],-\n\n" NCHAN_BODY,
    "Paid",
    "1586620510:[0],-",
    1586620510 },
  { "an id with a space is none", "id: 5 :1\n\n" NCHAN_BODY, "Paid", NULL, 0 },
  { "an id with a return is none",
    "id: 5:1\r\n\n" NCHAN_BODY,
    "Paid",
    NULL,
    0 },
  { "an empty id is none", "id: \n\n" NCHAN_BODY, "Paid", NULL, 0 },
  { "a time past all calendars is no time",
    "id: 99999999999999999999999:0\n\n" NCHAN_BODY,
    "Paid",
    "99999999999999999999999:0",
    0 },
  { "a head without an end is no message",
    "id: 5:1\n" NCHAN_BODY,
    NULL,
    NULL,
    0 },
  { "a head without a body is no message", "id: 5:1\n\n", NULL, NULL, 0 },
  { "a beginning of a head is no message", "id: ", NULL, NULL, 0 },
  { "garbage behind a head is no message", "id: 5:1\n\n{", NULL, NULL, 0 },
};

static void
test_nchan_frame (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  gsize length = strlen (frames[i].text);
  /* Of its own length, so that a sanitizer sees who reads beyond it. */
  g_autofree char *copy = g_memdup2 (frames[i].text, MAX (length, 1));
  g_autoptr (GError) error = NULL;
  gpointer nchan = make_nchan ();
  g_autoptr (WnFrame) frame = office->read (nchan, copy, length, &error);

  if (frames[i].title == NULL)
    {
      g_assert_error (error, WN_JSON_ERROR, WN_JSON_ERROR_NOT_JSON);
      g_assert_null (frame);
    }
  else
    {
      const WnNotification *notification = get_notification (frame);

      g_assert_no_error (error);
      g_assert_cmpstr (notification->title, ==, frames[i].title);
      g_assert_cmpstr (notification->cursor, ==, frames[i].cursor);
      g_assert_cmpint (notification->sent_us,
                       ==,
                       frames[i].sent_s * G_TIME_SPAN_SECOND);
    }
  office->free (nchan);
}

static void
test_endless_id (void)
{
  g_autofree char *number = g_strnfill (WN_MAX_CURSOR_CHARS, '1');
  g_autofree char *text = g_strdup_printf ("id: %s:0\n\n" NCHAN_BODY, number);
  gpointer nchan = make_nchan ();
  g_autoptr (WnFrame) frame = office->read (nchan, text, strlen (text), NULL);

  g_assert_null (get_notification (frame)->cursor);
  office->free (nchan);
}

static void
test_nchan_heartbeat (void)
{
  static const char *text = "{\"code\":2,\"api_version\":\"1.12.4\"}";
  gpointer nchan = make_nchan ();
  g_autoptr (WnFrame) frame = office->read (nchan, text, strlen (text), NULL);

  g_assert_true (frame->is_alive);
  g_assert_null (frame->notifications);
  g_assert_null (frame->cursor);
  office->free (nchan);
}

static void
test_plain_head (void)
{
  static const char *text = "id: 1:0\n\n" NCHAN_BODY;
  g_autoptr (GError) error = NULL;
  gpointer plain = wn_instance_new_back_office ();

  g_assert_null (office->read (plain, text, strlen (text), &error));
  g_assert_error (error, WN_JSON_ERROR, WN_JSON_ERROR_NOT_JSON);
  office->free (plain);
}

static void
test_order (void)
{
  static const struct
  {
    const char *cursor;
    const char *came;
    gboolean is_known;
  } rows[] = {
    { "9:5", "10:0", FALSE },
    { "10:0", "9:5", TRUE },
    { "10:1", "10:2", FALSE },
    { "10:9", "10:10", FALSE },
    { "10:10", "10:9", TRUE },
    { "10:1", "10:1", TRUE },
    { "junk", "10:1", FALSE },
    { "10:1", "junk", FALSE },
    { "9:0", "10:1x", FALSE },
    { "9:0", "10:", FALSE },
    { "10:0", "10:", FALSE },
    /* Several channels: each counts for itself. */
    { "10:[3],2", "10:[3],2", TRUE },
    { "10:[3],2", "10:[4],2", FALSE },
    { "10:[3],2", "10:[2],2", TRUE },
    { "10:[3],2", "10:3,[2]", TRUE },
    { "10:[3],2", "10:3,[3]", FALSE },
    { "10:[0],-", "10:0,[0]", FALSE },
    { "10:-,[0]", "10:[0],-", FALSE },
    { "10:[0],-", "9:[7],-", TRUE },
    { "10:[0],-", "11:[0],-", FALSE },
    { "10:5", "10:[4],-", TRUE },
    { "10:[4],-", "10:-,-", FALSE },
    { "10:[4],-", "10:[", FALSE },
    { "10:", "10:[4],-", FALSE },
  };
  gpointer nchan = make_nchan ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (WnNotification) notification = wn_notification_new ();

      g_test_message ("%s after %s", rows[i].came, rows[i].cursor);
      notification->cursor = g_strdup (rows[i].came);
      g_assert_cmpint (office->is_known (nchan, rows[i].cursor, notification),
                       ==,
                       rows[i].is_known);
    }
  office->free (nchan);
}

static void
test_cursor_at (void)
{
  gpointer nchan = make_nchan ();
  gpointer plain = wn_instance_new_back_office ();
  g_autofree char *cursor
      = office->dup_cursor_at (nchan, 1795594840 * G_TIME_SPAN_SECOND);

  g_assert_cmpstr (cursor, ==, "1795594839:0");
  g_assert_true (wn_cursor_is_sound (cursor));
  g_assert_null (office->dup_cursor_at (plain, G_TIME_SPAN_DAY));
  office->free (nchan);
  office->free (plain);
}

#define ADD_CASES(group, table, func)                                          \
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)                             \
    {                                                                          \
      g_autofree char *path                                                    \
          = g_strconcat ("/back-office/" group "/", table[i].what, NULL);      \
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
  g_test_add_func ("/back-office/the size beside a file's name", test_sizes);
  g_test_add_func ("/back-office/a file's name of over 4 KiB is none",
                   test_long_names);
  g_test_add_func ("/back-office/the content of an export is kept",
                   test_content_of_an_export);
  g_test_add_func ("/back-office/where to, and with what", test_routes);
  g_test_add_func ("/back-office/what is said", test_said);
  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    {
      g_autofree char *path
          = g_strconcat ("/back-office/nchan: ", frames[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_nchan_frame);
    }
  g_test_add_func ("/back-office/nchan: an endless id is none",
                   test_endless_id);
  g_test_add_func ("/back-office/nchan: the heartbeat's answer has no place",
                   test_nchan_heartbeat);
  g_test_add_func ("/back-office/without nchan a head is no JSON",
                   test_plain_head);
  g_test_add_func ("/back-office/nchan: what is known", test_order);
  g_test_add_func ("/back-office/nchan: a cursor before a time",
                   test_cursor_at);
  return g_test_run ();
}
