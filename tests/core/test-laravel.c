/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Laravel: the account, where its token goes, and what an event says. The
 * events are in data/laravel: NAME.json is a frame as it came, less the line
 * feed at the file's end, NAME.expected what is read of it and what a person
 * reads. Those whose name begins with `recorded` are from a real Reverb 1.10.2
 * and a real soketi 1.6.1. With WN_RECORD=1 in the environment the test writes
 * what is expected, for the diff to be read over.
 */

#include <string.h>

#include "core/dialect/dialect.h"
#include "support/cases.h"
#include "support/instance.h"

#define LARAVEL (&wn_dialect_laravel)
#define QUERY "?protocol=7&client=purple-webnotify&version=1.0.0"
#define GREETING                                                                \
  "{\"event\":\"pusher:connection_established\",\"data\":\"{\\\"socket_id\\\":" \
  "\\\"1.2\\\",\\\"activity_timeout\\\":30}\"}"

static const WnNotificationView view
    = { .title_start = "<b>", .title_end = "</b>", .link_base = "https://a.b" };
static const WnNotificationView plain_view
    = { .title_start = "", .title_end = "" };

/* --- An account --------------------------------------------------------- */

static const struct
{
  const char *name;
  const char *username;
  const char *server;
  const char *auth_url;
  const char *origin;
  const char *contact;
  const char *socket;
  const char *token_url;
  const char *says_origin;
} accounts[] = {
  { "an application",
    "1001@app.example/key1",
    "",
    "",
    "",
    "app.example",
    "wss://app.example/app/key1" QUERY,
    "https://app.example/broadcasting/auth",
    "https://app.example" },
  { "a port",
    "1001@app.example:8443/key1",
    "",
    "",
    "",
    "app.example:8443",
    "wss://app.example:8443/app/key1" QUERY,
    "https://app.example:8443/broadcasting/auth",
    "https://app.example:8443" },
  { "an address",
    "1001@[::1]:8000/key1",
    "",
    "",
    "",
    "[::1]:8000",
    "wss://[::1]:8000/app/key1" QUERY,
    "https://[::1]:8000/broadcasting/auth",
    "https://[::1]:8000" },
  { "an application that is not encrypted",
    "1001@http://127.0.0.1:8000/key1",
    "",
    "",
    "",
    "127.0.0.1:8000",
    "ws://127.0.0.1:8000/app/key1" QUERY,
    "http://127.0.0.1:8000/broadcasting/auth",
    "http://127.0.0.1:8000" },
  { "a URL with a slash at its end",
    "1001@https://app.example//key1",
    "",
    "",
    "",
    "app.example",
    "wss://app.example/app/key1" QUERY,
    "https://app.example/broadcasting/auth",
    "https://app.example" },
  { "Pusher",
    "1001@app.example/4bf1",
    "wss://ws-eu.pusher.com",
    "",
    "",
    "app.example",
    "wss://ws-eu.pusher.com/app/4bf1" QUERY,
    "https://app.example/broadcasting/auth",
    "https://app.example" },
  { "a server with a port and a path",
    "1001@app.example/key1",
    " http://10.0.0.1:8080/ws/ ",
    "",
    "",
    "app.example",
    "ws://10.0.0.1:8080/ws/app/key1" QUERY,
    "https://app.example/broadcasting/auth",
    "https://app.example" },
  { "an API",
    "1001@app.example/key1",
    "",
    "https://api.example/api/broadcasting/auth?x=1",
    "",
    "app.example",
    "wss://app.example/app/key1" QUERY,
    "https://api.example/api/broadcasting/auth?x=1",
    "https://api.example" },
  { "an API without a scheme",
    "1001@app.example/key1",
    "",
    "api.example:99/auth",
    "",
    "app.example",
    "wss://app.example/app/key1" QUERY,
    "https://api.example:99/auth",
    "https://api.example:99" },
  { "an origin of its own",
    "1001@app.example/key1",
    "",
    "",
    "https://www.app.example/",
    "app.example",
    "wss://app.example/app/key1" QUERY,
    "https://app.example/broadcasting/auth",
    "https://www.app.example" },
  { "an e-mail address as the user ID",
    "ann@home.example@app.example/key1",
    "",
    "",
    "",
    "app.example",
    "wss://app.example/app/key1" QUERY,
    "https://app.example/broadcasting/auth",
    "https://app.example" },
  { "all of it typed as the user ID",
    "1001@app.example/key1@/",
    "",
    "",
    "",
    "app.example",
    "wss://app.example/app/key1" QUERY,
    "https://app.example/broadcasting/auth",
    "https://app.example" },
  { "spaces",
    " 1001 @ app.example / key1 ",
    "",
    "",
    "",
    "app.example",
    "wss://app.example/app/key1" QUERY,
    "https://app.example/broadcasting/auth",
    "https://app.example" },
  { "an odd key",
    "1001@app.example/a b?c",
    "",
    "",
    "",
    "app.example",
    "wss://app.example/app/a%20b%3Fc" QUERY,
    "https://app.example/broadcasting/auth",
    "https://app.example" },
};

/* The token is never a part of the way to the socket. */
static void
test_account (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_auto (WnRoute) route = { 0 };
  WnAccount *self = wn_instance_new (LARAVEL,
                                     &error,
                                     accounts[i].username,
                                     "7|s3cret",
                                     "server",
                                     accounts[i].server,
                                     "auth_url",
                                     accounts[i].auth_url,
                                     "origin",
                                     accounts[i].origin,
                                     NULL);

  g_assert_no_error (error);
  LARAVEL->route (self, NULL, &route);
  g_assert_cmpstr (self->contact, ==, accounts[i].contact);
  g_assert_cmpstr (self->token_url, ==, accounts[i].token_url);
  g_assert_cmpstr (self->authorization, ==, "Bearer 7|s3cret");
  g_assert_false (self->has_replay);
  g_assert_cmpstr (route.url, ==, accounts[i].socket);
  g_assert_cmpstr (route.origin, ==, accounts[i].says_origin);
  g_assert_null (route.authorization);
  g_assert_null (route.subprotocol);
  LARAVEL->free (self);
}

static const struct
{
  const char *name;
  const char *username;
  const char *key; /* of an option */
  const char *value;
  WnDialectError code;
  const char *detail; /* (nullable): quoted */
} mistakes[] = {
  { "no user", "@app.example/k", "", "", WN_DIALECT_ERROR_NO_USER, NULL },
  { "nothing", "", "", "", WN_DIALECT_ERROR_NO_USER, NULL },
  { "no key", "1@app.example/", "", "", WN_DIALECT_ERROR_NO_KEY, NULL },
  { "only a host", "1@app.example", "", "", WN_DIALECT_ERROR_NO_KEY, NULL },
  { "only a URL",
    "1@http://app.example:8000",
    "",
    "",
    WN_DIALECT_ERROR_NO_KEY,
    NULL },
  { "no application",
    "1@/k",
    "",
    "",
    WN_DIALECT_ERROR_BAD_SERVER_NO_HOST,
    NULL },
  { "an application below a path",
    "1@app.example/portal/k",
    "",
    "",
    WN_DIALECT_ERROR_BAD_SERVER_PATH,
    NULL },
  { "an application with a query",
    "1@app.example?x/k",
    "",
    "",
    WN_DIALECT_ERROR_BAD_SERVER_PATH,
    NULL },
  { "an application's scheme",
    "1@ftp://app.example/k",
    "",
    "",
    WN_DIALECT_ERROR_BAD_SERVER_SCHEME,
    NULL },
  { "a server with a query",
    "1@app.example/k",
    "server",
    "wss://h/?x=1",
    WN_DIALECT_ERROR_BAD_SERVER_PATH,
    NULL },
  { "a server with a password",
    "1@app.example/k",
    "server",
    "wss://u:p@h/",
    WN_DIALECT_ERROR_BAD_SERVER_USERINFO,
    NULL },
  { "an authorization URL",
    "1@app.example/k",
    "auth_url",
    "https://u:p@h/",
    WN_DIALECT_ERROR_BAD_URL_OPTION,
    "Authorization URL (empty: /broadcasting/auth)" },
  { "an origin",
    "1@app.example/k",
    "origin",
    "ftp://h",
    WN_DIALECT_ERROR_BAD_URL_OPTION,
    "Origin (empty: that of the Authorization URL)" },
  { "a backlog",
    "1@app.example/k",
    "backlog_url",
    "https://",
    WN_DIALECT_ERROR_BAD_URL_OPTION,
    "Backlog URL (empty: nothing is replayed)" },
  { "a backlog elsewhere",
    "1@app.example/k",
    "backlog_url",
    "https://api.example/notifications",
    WN_DIALECT_ERROR_FOREIGN_BACKLOG_URL,
    NULL },
  { "a backlog that is not encrypted",
    "1@app.example/k",
    "backlog_url",
    "http://app.example/notifications",
    WN_DIALECT_ERROR_FOREIGN_BACKLOG_URL,
    NULL },
  { "a download without a name",
    "1@app.example/k",
    "download_url",
    "https://app.example/x",
    WN_DIALECT_ERROR_DOWNLOAD_URL_WITHOUT_FILENAME,
    NULL },
  { "a download from nowhere",
    "1@app.example/k",
    "download_url",
    "{filename}",
    WN_DIALECT_ERROR_BAD_DOWNLOAD_URL,
    NULL },
  { "no channel",
    "1@app.example/k",
    "channels",
    " , ,",
    WN_DIALECT_ERROR_NO_TOPIC,
    NULL },
  { "a channel that can't be",
    "1@app.example/k",
    "channels",
    "news,a b",
    WN_DIALECT_ERROR_BAD_TOPIC,
    "a b" },
  { "a user ID that no channel can have",
    "a/b@app.example/k",
    "",
    "",
    WN_DIALECT_ERROR_BAD_TOPIC,
    "private-App.Models.User.a/b" },
  { "an encrypted channel",
    "1@app.example/k",
    "channels",
    "private-encrypted-x.{uid}",
    WN_DIALECT_ERROR_ENCRYPTED_CHANNEL,
    "private-encrypted-x.1" },
};

static void
test_mistake (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  gpointer self = wn_instance_new (LARAVEL,
                                   &error,
                                   mistakes[i].username,
                                   "7|s3cret",
                                   mistakes[i].key,
                                   mistakes[i].value,
                                   NULL);

  g_assert_null (self);
  g_assert_error (error, WN_DIALECT_ERROR, (int) mistakes[i].code);
  if (mistakes[i].detail != NULL)
    g_assert_cmpstr (error->message, ==, mistakes[i].detail);
}

/* Public channels need no token, and are not signed. */
static void
test_without_token (void)
{
  g_autoptr (GError) error = NULL;
  WnAccount *self = wn_instance_new (LARAVEL,
                                     &error,
                                     "1001@app.example/key1",
                                     NULL,
                                     "channels",
                                     "news.{uid},privately",
                                     NULL);
  g_autoptr (WnFrame) greeted = NULL;
  G_GNUC_UNUSED g_autoptr (WnFrame) opened = NULL;

  g_assert_no_error (error);
  opened = LARAVEL->opened (self, &(WnTransportAnswer){ 0 });
  greeted = LARAVEL->read (self, GREETING, strlen (GREETING), NULL);
  g_assert_null (greeted->call);
  g_assert_cmpstr (greeted->reply,
                   ==,
                   "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":"
                   "\"news.1001\"}}");
  LARAVEL->free (self);
  self = wn_instance_new (LARAVEL, &error, "1001@a.example/k", NULL, NULL);
  g_assert_null (self);
  g_assert_error (error, WN_DIALECT_ERROR, WN_DIALECT_ERROR_NO_TOKEN);
  g_assert_cmpstr (error->message, ==, "private-App.Models.User.1001");
}

static void
test_names (void)
{
  WnAccount *self = wn_instance_new (LARAVEL,
                                     NULL,
                                     " 1001@app.example /key1@/",
                                     "t",
                                     "backlog_url",
                                     "https://app.example/api/n?limit=9",
                                     NULL);

  g_assert_cmpstr (self->username, ==, "1001@app.example/key1");
  g_assert_cmpstr (self->link_base, ==, "https://app.example");
  g_assert_null (self->label);
  g_assert_true (self->has_replay);
  LARAVEL->free (self);
}

/* --- Events ------------------------------------------------------------- */

/* A connection with all channels. */
static gpointer
new_listener (const char *events)
{
  gpointer self = wn_instance_new (LARAVEL,
                                   NULL,
                                   "1001@app.example/key1",
                                   "7|s3cret",
                                   "channels",
                                   "news",
                                   "events",
                                   events,
                                   "download_url",
                                   "https://app.example/get?f={filename}",
                                   NULL);
  const char *subscribed
      = "{\"event\":\"pusher_internal:subscription_succeeded\",\"channel\":"
        "\"news\"}";
  WnFrame *frame = LARAVEL->opened (self, &(WnTransportAnswer){ 0 });

  wn_frame_free (frame);
  frame = LARAVEL->read (self, GREETING, strlen (GREETING), NULL);
  wn_frame_free (frame);
  frame = LARAVEL->read (self, subscribed, strlen (subscribed), NULL);
  g_assert_true (frame->is_ready);
  wn_frame_free (frame);
  return self;
}

/* Names as Laravel Echo takes them. */
static const struct
{
  const char *option;
  const char *event; /* as in JSON */
  gboolean is_shown;
} wanted[] = {
  { "", "App\\\\Events\\\\OrderShipped", FALSE },
  { "",
    "Illuminate\\\\Notifications\\\\Events\\\\BroadcastNotificationCreated",
    TRUE },
  { "*", "anything", TRUE },
  { "*", "client-typing", FALSE },
  { "*", "pusher:ping", FALSE },
  { "*", "pusher_internal:member_added", FALSE },
  { "OrderShipped", "App\\\\Events\\\\OrderShipped", TRUE },
  { "OrderShipped", "OrderShipped", TRUE },
  { "OrderShipped", "App\\\\Events\\\\OrderShippedLate", FALSE },
  { "OrderShipped", "App\\\\Other\\\\OrderShipped", FALSE },
  { "Orders.Shipped", "App\\\\Events\\\\Orders\\\\Shipped", TRUE },
  { "App\\Events\\OrderShipped", "App\\\\Events\\\\OrderShipped", TRUE },
  { "\\Other\\OrderShipped", "Other\\\\OrderShipped", TRUE },
  { ".order.shipped", "order.shipped", TRUE },
  { ".order.shipped", ".order.shipped", TRUE },
  { "order.shipped", "order.shipped", TRUE },
  { ".shipped", "order.shipped", FALSE },
  { " A , .b ", "App\\\\Events\\\\A", TRUE },
  { " A , .b ", "b", TRUE },
  { ",", "", FALSE },
  { "OrderShipped",
    "Illuminate\\\\Notifications\\\\Events\\\\"
    "BroadcastNotificationCreated",
    TRUE },
};

static void
test_wanted (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      gpointer self = new_listener (wanted[i].option);
      g_autofree char *text
          = g_strdup_printf ("{\"event\":\"%s\",\"data\":{\"title\":\"x\"}}",
                             wanted[i].event);
      g_autoptr (WnFrame) frame
          = LARAVEL->read (self, text, strlen (text), NULL);

      g_test_message ("%s: %s", wanted[i].option, wanted[i].event);
      g_assert_cmpint (frame->notifications != NULL, ==, wanted[i].is_shown);
      LARAVEL->free (self);
    }
}

static void
describe_attachment (GString *out, const WnAttachment *attachment)
{
  if (attachment == NULL)
    return;
  wn_cases_append_line (out, "file", attachment->name);
  wn_cases_append_line (out, "file's URL", attachment->url);
  if (attachment->size != WN_SIZE_UNKNOWN)
    wn_cases_append_number (out, "file's size", attachment->size);
}

static void
describe_notification (GString *out, const WnNotification *notification)
{
  g_autofree char *html = wn_notification_to_html (notification, &view);
  g_autofree char *text = wn_notification_to_text (notification, &plain_view);

  wn_cases_append_line (out, "id", notification->id);
  wn_cases_append_line (out, "type", notification->type);
  wn_cases_append_line (out, "source", notification->source);
  wn_cases_append_kind (out, notification);
  describe_attachment (out, notification->attachment);
  wn_cases_append_block (out, "HTML", html);
  wn_cases_append_block (out, "Text", text);
}

static void
test_case (gconstpointer data)
{
  const WnCase *c = data;
  gpointer self = new_listener ("*");
  g_autoptr (GString) actual = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WnFrame) frame = LARAVEL->read (self, c->input, c->length, &error);

  g_assert_cmpint (frame == NULL, ==, error != NULL);
  if (frame == NULL)
    wn_cases_append_error (actual, error);
  else if (frame->notifications == NULL)
    wn_cases_append_line (actual, "notification", "no");
  else
    describe_notification (actual, g_ptr_array_index (frame->notifications, 0));
  if (frame != NULL)
    {
      g_assert_null (frame->refusal);
      g_assert_null (frame->call);
      g_assert_null (frame->reply);
    }
  wn_case_check (c, actual->str);
  LARAVEL->free (self);
}

/* Without an option that says where files lie, the name is shown. */
static void
test_file_nowhere (void)
{
  const char *text
      = "{\"event\":\"Illuminate\\\\Notifications\\\\Events\\\\"
        "BroadcastNotificationCreated\",\"data\":{\"filename\":\"a<b>.csv\"}}";
  gpointer self = wn_instance_new (LARAVEL,
                                   NULL,
                                   "1001@app.example/key1",
                                   NULL,
                                   "channels",
                                   "news",
                                   NULL);
  g_autoptr (WnFrame) frame = LARAVEL->read (self, text, strlen (text), NULL);
  g_autofree char *html
      = wn_notification_to_html (frame->notifications->pdata[0], &view);

  g_assert_cmpstr (html, ==, "<b>Notification</b><br>a&lt;b&gt;.csv");
  LARAVEL->free (self);
}

static void
add_table_test (const char *group,
                const char *name,
                gsize i,
                GTestDataFunc func)
{
  g_autofree char *path = g_strconcat ("/laravel/", group, "/", name, NULL);

  g_test_add_data_func (path, GUINT_TO_POINTER (i), func);
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) cases = NULL;

  g_test_init (&argc, &argv, NULL);
  cases = wn_cases_load ("laravel", ".json");
  for (gsize i = 0; i < G_N_ELEMENTS (accounts); i++)
    add_table_test ("account", accounts[i].name, i, test_account);
  for (gsize i = 0; i < G_N_ELEMENTS (mistakes); i++)
    add_table_test ("mistake", mistakes[i].name, i, test_mistake);
  g_test_add_func ("/laravel/public channels need no token",
                   test_without_token);
  g_test_add_func ("/laravel/the whole name", test_names);
  g_test_add_func ("/laravel/which events are shown", test_wanted);
  wn_cases_add_tests (cases, "/laravel/event/", test_case);
  g_test_add_func ("/laravel/a file that lies nowhere", test_file_nowhere);
  return g_test_run ();
}
