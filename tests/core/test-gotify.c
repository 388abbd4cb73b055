/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Gotify: the account, the way there, and what a message says. The messages are
 * in data/gotify: NAME.json is one as it came, less the line feed at the file's
 * end, NAME.expected what is read of it and what a person reads. Those whose
 * name begins with `recorded` are from a real Gotify 2.4.0. With WN_RECORD=1 in
 * the environment the test writes what is expected, for the diff to be read
 * over.
 */

#include <string.h>

#include "core/dialect/dialect.h"
#include "support/cases.h"
#include "support/instance.h"

#define GOTIFY (&wn_dialect_gotify)

static const WnNotificationView view
    = { .title_start = "<b>", .title_end = "</b>" };
static const WnNotificationView plain_view
    = { .title_start = "", .title_end = "" };

/* --- An account --------------------------------------------------------- */

static const struct
{
  const char *name;
  const char *username;
  const char *server;
  const char *contact;
  const char *base;
  const char *stream;
} accounts[] = {
  { "a name and a host",
    "me@gotify.example",
    "",
    "gotify.example",
    "https://gotify.example",
    "wss://gotify.example/stream" },
  { "a port",
    "me@gotify.example:8443",
    "",
    "gotify.example:8443",
    "https://gotify.example:8443",
    "wss://gotify.example:8443/stream" },
  { "a path before it",
    "me@gotify.example/push/in/",
    "",
    "gotify.example",
    "https://gotify.example/push/in",
    "wss://gotify.example/push/in/stream" },
  { "an address with a port",
    "me@[::1]:8080",
    "",
    "[::1]:8080",
    "https://[::1]:8080",
    "wss://[::1]:8080/stream" },
  { "a URL",
    "me@https://a.example/x",
    "",
    "a.example",
    "https://a.example/x",
    "wss://a.example/x/stream" },
  { "a URL that is not encrypted",
    "me@http://127.0.0.1:8080/",
    "",
    "127.0.0.1:8080",
    "http://127.0.0.1:8080",
    "ws://127.0.0.1:8080/stream" },
  { "an e-mail address as the name",
    "me@home.example@gotify.example",
    "",
    "gotify.example",
    "https://gotify.example",
    "wss://gotify.example/stream" },
  { "an e-mail address before a URL",
    "me@home.example@https://gotify.example",
    "",
    "gotify.example",
    "https://gotify.example",
    "wss://gotify.example/stream" },
  { "an empty name",
    "@gotify.example",
    "",
    "gotify.example",
    "https://gotify.example",
    "wss://gotify.example/stream" },
  { "the option comes before the user name",
    "me@gotify.example",
    " http://127.0.0.1:99/p ",
    "127.0.0.1:99",
    "http://127.0.0.1:99/p",
    "ws://127.0.0.1:99/p/stream" },
};

static gpointer
try_account (const char *username,
             const char *token,
             const char *server,
             GError **error)
{
  return wn_instance_new (GOTIFY,
                          error,
                          username,
                          token,
                          "server",
                          server,
                          NULL);
}

static void
test_account (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_auto (WnRoute) route = { 0 };
  WnAccount *self
      = try_account (accounts[i].username, NULL, accounts[i].server, &error);

  g_assert_no_error (error);
  GOTIFY->route (self, NULL, &route);
  g_assert_cmpstr (self->contact, ==, accounts[i].contact);
  g_assert_cmpstr (self->token_url, ==, accounts[i].base);
  g_assert_cmpstr (route.url, ==, accounts[i].stream);
  g_assert_null (route.authorization);
  g_assert_null (route.origin);
  g_assert_null (route.subprotocol);
  GOTIFY->free (self);
}

static const struct
{
  const char *name;
  const char *username;
  const char *token;
  WnDialectError code;
} mistakes[] = {
  { "no server", "me", "C", WN_DIALECT_ERROR_BAD_SERVER_NO_HOST },
  { "an empty server", "me@", "C", WN_DIALECT_ERROR_BAD_SERVER_NO_HOST },
  { "a query",
    "me@gotify.example/?token=C",
    "C",
    WN_DIALECT_ERROR_BAD_SERVER_PATH },
  { "another scheme",
    "me@ftp://gotify.example",
    "C",
    WN_DIALECT_ERROR_BAD_SERVER_SCHEME },
  { "a password in the URL",
    "me@https://me:pw@gotify.example",
    "C",
    WN_DIALECT_ERROR_BAD_SERVER_USERINFO },
  { "an application's token of version 2",
    "me@gotify.example",
    "AYBD7NsDIzXB9M3",
    WN_DIALECT_ERROR_SENDING_TOKEN },
  { "an application's token of version 3",
    "me@gotify.example",
    "gtfya.9f3vJ0x-3kqYpRr8dD0e_tqE2mYVZ0q1a8wq1b2c3d4",
    WN_DIALECT_ERROR_SENDING_TOKEN },
};

static void
test_mistake (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  gpointer self
      = try_account (mistakes[i].username, mistakes[i].token, "", &error);

  g_assert_null (self);
  g_assert_error (error, WN_DIALECT_ERROR, (int) mistakes[i].code);
}

static const char *const tokens[] = {
  "C921EeDZMz.isjP",
  "gtfyc.9f3vJ0x-3kqYpRr8dD0e_tqE2mYVZ0q1a8wq1b2c3d4",
  "Abc",
  "AYBD7NsDIzXB9M3x",
  "AYBD7NsDI XB9M3",
};

/* The same for the upgrade and for questions; never in the URL. */
static void
test_tokens (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (tokens); i++)
    {
      g_autoptr (GError) error = NULL;
      WnAccount *self = try_account ("me@h", tokens[i], "", &error);
      g_autofree char *expected = g_strconcat ("Bearer ", tokens[i], NULL);
      g_auto (WnRoute) route = { 0 };
      g_autoptr (WnFrame) frame = NULL;

      g_assert_no_error (error);
      GOTIFY->route (self, NULL, &route);
      frame = GOTIFY->opened (self, &(WnTransportAnswer){ 0 });
      g_assert_cmpstr (self->authorization, ==, expected);
      g_assert_cmpstr (route.authorization, ==, expected);
      g_assert_cmpstr (route.url, ==, "wss://h/stream");
      g_assert_cmpstr (frame->call->authorization, ==, expected);
      g_assert_cmpstr (frame->call->url, ==, "https://h/application");
      GOTIFY->free (self);
    }
}

/* Gotify closes the connection when it is sent a text of more than 64 bytes,
 * and answers none.
 */
static void
test_nothing_is_said (void)
{
  gpointer self = try_account ("me@h", NULL, "", NULL);
  g_autoptr (WnFrame) opened = GOTIFY->opened (self, &(WnTransportAnswer){ 0 });

  g_assert_null (GOTIFY->dup_heartbeat);
  g_assert_null (opened->reply);
  GOTIFY->free (self);
}

static void
test_explained (void)
{
  gpointer with = try_account ("me@h", "C921EeDZMz.isjP", "", NULL);
  gpointer without = try_account ("me@h", NULL, "", NULL);
  WnLoss refusals[] = {
    { .reason = WN_LOSS_HTTP_STATUS, .http_status = 401 },
    { .reason = WN_LOSS_HTTP_STATUS, .http_status = 401 },
    { .reason = WN_LOSS_HTTP_STATUS, .http_status = 502 },
  };

  GOTIFY->explain (with, &refusals[0]);
  GOTIFY->explain (without, &refusals[1]);
  GOTIFY->explain (with, &refusals[2]);
  g_assert_cmpint (refusals[0].reason, ==, WN_LOSS_TOKEN_REFUSED);
  g_assert_true (wn_loss_is_unauthorized (&refusals[0]));
  g_assert_cmpint (refusals[1].reason, ==, WN_LOSS_HTTP_STATUS);
  g_assert_cmpint (refusals[2].reason, ==, WN_LOSS_HTTP_STATUS);
  GOTIFY->free (with);
  GOTIFY->free (without);
}

/* --- Messages ----------------------------------------------------------- */

static void
describe_notification (GString *out, const WnNotification *notification)
{
  g_autofree char *html = wn_notification_to_html (notification, &view);
  g_autofree char *text = wn_notification_to_text (notification, &plain_view);

  wn_cases_append_line (out, "id", notification->id);
  wn_cases_append_kind (out, notification);
  wn_cases_append_line (out, "cursor", notification->cursor);
  wn_cases_append_block (out, "HTML", html);
  wn_cases_append_block (out, "Text", text);
}

/* On a connection that has nothing to ask any more. */
static gpointer
new_listener (void)
{
  gpointer self = wn_instance_new (GOTIFY,
                                   NULL,
                                   "me@gotify.example",
                                   "C921EeDZMz.isjP",
                                   "contact_per",
                                   "account",
                                   NULL);
  const char *page = "{\"paging\":{\"size\":0,\"since\":0,\"limit\":200},"
                     "\"messages\":[]}";
  g_auto (WnRoute) route = { 0 };
  WnFrame *frame;

  GOTIFY->route (self, "0@0", &route);
  frame = GOTIFY->opened (self, &(WnTransportAnswer){ 0 });
  wn_frame_free (frame);
  frame = wn_instance_take_answer (GOTIFY, self, 200, page);
  g_assert_true (frame->is_backlog_end);
  wn_frame_free (frame);
  return self;
}

static void
test_case (gconstpointer data)
{
  const WnCase *c = data;
  gpointer self = new_listener ();
  g_autoptr (GString) actual = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WnFrame) frame = GOTIFY->read (self, c->input, c->length, &error);

  g_assert_cmpint (frame == NULL, ==, error != NULL);
  if (frame == NULL)
    wn_cases_append_error (actual, error);
  else if (frame->notifications == NULL)
    wn_cases_append_line (actual, "notification", "no");
  else
    describe_notification (actual, g_ptr_array_index (frame->notifications, 0));
  wn_case_check (c, actual->str);
  GOTIFY->free (self);
}

/* An application's name that is the title is said once: by the contact. */
static void
test_title_of_the_application (void)
{
  gpointer self = try_account ("me@h", "C921EeDZMz.isjP", "", NULL);
  WnNotificationView contact = view;
  const char *applications = "[{\"id\":1,\"name\":\"Backup server\"}]";
  const char *message = "{\"id\":1,\"appid\":1,\"title\":\"Backup server\","
                        "\"message\":\"done\"}";
  G_GNUC_UNUSED g_autoptr (WnFrame) opened
      = GOTIFY->opened (self, &(WnTransportAnswer){ 0 });
  g_autoptr (WnFrame) held
      = GOTIFY->read (self, message, strlen (message), NULL);
  G_GNUC_UNUSED g_autoptr (WnFrame) asked
      = wn_instance_take_answer (GOTIFY, self, 200, applications);
  g_autoptr (WnFrame) told
      = wn_instance_take_answer (GOTIFY, self, 200, "{\"messages\":[]}");
  g_autofree char *html = NULL;

  contact.says_source = TRUE;
  g_assert_null (held->notifications);
  html = wn_notification_to_html (told->notifications->pdata[0], &contact);
  g_assert_cmpstr (html, ==, "done");
  GOTIFY->free (self);
}

static void
add_table_test (const char *group,
                const char *name,
                gsize i,
                GTestDataFunc func)
{
  g_autofree char *path = g_strconcat ("/gotify/", group, "/", name, NULL);

  g_test_add_data_func (path, GUINT_TO_POINTER (i), func);
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) cases = NULL;

  g_test_init (&argc, &argv, NULL);
  cases = wn_cases_load ("gotify", ".json");
  for (gsize i = 0; i < G_N_ELEMENTS (accounts); i++)
    add_table_test ("account", accounts[i].name, i, test_account);
  for (gsize i = 0; i < G_N_ELEMENTS (mistakes); i++)
    add_table_test ("mistake", mistakes[i].name, i, test_mistake);
  g_test_add_func ("/gotify/tokens of clients", test_tokens);
  g_test_add_func ("/gotify/nothing is said", test_nothing_is_said);
  g_test_add_func ("/gotify/a refused token is said", test_explained);
  wn_cases_add_tests (cases, "/gotify/message/", test_case);
  g_test_add_func ("/gotify/a title that is the application's is said once",
                   test_title_of_the_application);
  return g_test_run ();
}
