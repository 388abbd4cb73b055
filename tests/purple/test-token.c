/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where the built module sends the access token, and that nobody else hears
 * of it: no log, no message, no error, no URL.
 */

#include <libsoup/soup.h>

#include "support/headless-host.h"
#include "support/login.h"
#include "support/soup.h"

#define CONTACT "jd-shop"
#define TOKEN "0pen-sesame"
#define BEARER "Bearer " TOKEN

typedef struct
{
  SoupServer *soup;                /* (owned) */
  SoupWebsocketConnection *socket; /* (owned) (nullable) */
  GPtrArray *seen;                 /* (owned): `PATH?QUERY AUTHORIZATION` */
  guint status;                    /* 0: upgrades are accepted */
  PurpleAccount *account;
} Fixture;

/* All that could be read by somebody. */
static GString *said;

static void
on_log (const char *domain,
        GLogLevelFlags level,
        const char *message,
        gpointer user_data)
{
  g_string_append (said, message);
  if (level & (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_LEVEL_ERROR))
    g_log_default_handler (domain, level, message, NULL);
}

static GLogWriterOutput
on_log_write (GLogLevelFlags level,
              const GLogField *fields,
              gsize n_fields,
              gpointer user_data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE"))
      g_string_append (said, fields[i].value);
  return g_log_writer_default (level, fields, n_fields, user_data);
}

static void
on_purple_debug (PurpleDebugLevel level, const char *category, const char *text)
{
  g_string_append (said, text);
}

static gboolean
is_debug_enabled (PurpleDebugLevel level, const char *category)
{
  return TRUE;
}

static PurpleDebugUiOps debug_ops = {
  .print = on_purple_debug,
  .is_enabled = is_debug_enabled,
};

/* The server */

static void
note_request (Fixture *fixture, SoupServerMessage *message)
{
  GUri *uri = soup_server_message_get_uri (message);
  const char *authorization
      = soup_message_headers_get_one (soup_server_message_get_request_headers (
                                          message),
                                      "Authorization");

  g_ptr_array_add (fixture->seen,
                   g_strdup_printf ("%s?%s %s",
                                    g_uri_get_path (uri),
                                    g_uri_get_query (uri),
                                    authorization));
}

static void
on_server_early (SoupServer *soup,
                 SoupServerMessage *message,
                 const char *path,
                 GHashTable *query,
                 gpointer user_data)
{
  Fixture *fixture = user_data;

  note_request (fixture, message);
  if (fixture->status != 0)
    soup_server_message_set_status (message, fixture->status, NULL);
}

static void
on_server_socket (SoupServer *soup,
                  SoupServerMessage *message,
                  const char *path,
                  SoupWebsocketConnection *socket,
                  gpointer user_data)
{
  Fixture *fixture = user_data;

  g_set_object (&fixture->socket, socket);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  /* GTest puts its own in before each test. */
  g_log_set_default_handler (on_log, NULL);
  fixture->seen = g_ptr_array_new_with_free_func (g_free);
  fixture->soup = soup_server_new (NULL, NULL);
  soup_server_add_early_handler (fixture->soup,
                                 "/",
                                 on_server_early,
                                 fixture,
                                 NULL);
  soup_server_add_websocket_handler (fixture->soup,
                                     "/",
                                     NULL,
                                     NULL,
                                     on_server_socket,
                                     fixture,
                                     NULL);
  fixture->account = wn_login_new_at ("1001@jd-shop/production",
                                      wn_soup_listen (fixture->soup, 0));
  purple_account_set_int (fixture->account, "reconnect_delay", 3600);
  purple_account_set_bool (fixture->account, "auth_plain_in_clear", TRUE);
  purple_account_set_password (fixture->account, TOKEN);
}

static void
assert_kept (const char *text)
{
  if (text != NULL && strstr (text, TOKEN) != NULL)
    g_error ("the token was told: %s", text);
}

/* Whatever a test has done, nobody has heard of it. */
static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (wn_host_has_error (NULL))
    wn_host_run_until (wn_login_has_ended, fixture->account);
  wn_login_delete (fixture->account);
  g_clear_object (&fixture->socket);
  soup_server_disconnect (fixture->soup);
  g_clear_object (&fixture->soup);
  wn_host_run_dry ();

  g_assert_true (fixture->seen->len == 0
                 || strstr (said->str, "lifecycle: ") != NULL);
  assert_kept (said->str);
  assert_kept (wn_host_get_error (NULL));
  for (guint i = 0; i < wn_host_get_messages ()->len; i++)
    assert_kept (wn_host_get_messages ()->pdata[i]);
  for (guint i = 0; i < wn_host_get_requests ()->len; i++)
    assert_kept (wn_host_get_requests ()->pdata[i]);
  g_string_truncate (said, 0);
  g_ptr_array_unref (fixture->seen);
  wn_host_forget ();
}

/* The user */

static gboolean
is_connected (gpointer data)
{
  Fixture *fixture = data;

  return purple_account_is_connected (fixture->account)
         && fixture->socket != NULL;
}

static gboolean
has_been_asked (gpointer data)
{
  return ((Fixture *) data)->seen->len > 1;
}

static gboolean
has_offer (gpointer data)
{
  return wn_host_get_requests ()->len > 0;
}

/* Nothing is asked before the user has accepted. */
static void
accept_export (Fixture *fixture)
{
  g_autofree char *path
      = g_build_filename (purple_user_dir (), "orders.csv", NULL);

  g_assert_cmpuint (fixture->seen->len, ==, 1);
  purple_xfer_request_accepted (purple_xfers_get_all ()->data, path);
  wn_host_run_until (has_been_asked, fixture);
}

static gboolean
has_report (gpointer data)
{
  GPtrArray *messages = wn_host_get_messages ();

  for (guint i = 0; i < messages->len; i++)
    if (strstr (messages->pdata[i], "Connection: ") != NULL)
      return TRUE;
  return FALSE;
}

static void
push_export (Fixture *fixture)
{
  soup_websocket_connection_send_text (
      fixture->socket,
      "{\"type\":\"App\\\\Notifications\\\\ExportReady\",\"title\":\"Ready\","
      "\"filename\":\"orders.csv\"}");
}

/* In the clear, where the user has allowed it; elsewhere sign-on fails, as
 * test-plugin.c has it.
 */
static void
test_goes (Fixture *fixture, gconstpointer data)
{
  const guint n_before_export = 1;

  wn_login_sign_on (fixture->account);
  wn_host_run_until (is_connected, fixture);
  g_assert_cmpuint (fixture->seen->len, ==, n_before_export);
  g_assert_cmpstr (fixture->seen->pdata[0],
                   ==,
                   "/?project=jd-shop&uid=1001 " BEARER);
  push_export (fixture);
  wn_host_run_until (has_offer, fixture);
  accept_export (fixture);
  g_assert_cmpstr (fixture->seen->pdata[1],
                   ==,
                   "/exportDownload?project=jd-shop&uid=1001"
                   "&filename=orders.csv " BEARER);
  serv_send_im (purple_account_get_connection (fixture->account),
                CONTACT,
                "status",
                0);
  wn_host_run_until (has_report, fixture);
}

static void
test_stays (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = g_strconcat (
      "http://localhost:",
      strrchr (purple_account_get_string (fixture->account, "server", ""), ':')
          + 1,
      "{filename}",
      NULL);

  purple_account_set_string (fixture->account, "download_url", url);
  wn_login_sign_on (fixture->account);
  wn_host_run_until (is_connected, fixture);
  push_export (fixture);
  wn_host_run_until (has_offer, fixture);
  accept_export (fixture);
  g_assert_nonnull (strstr (fixture->seen->pdata[1], "/orders.csv"));
  g_assert_true (g_str_has_suffix (fixture->seen->pdata[1], " (null)"));
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  PurpleConnectionError reason;

  fixture->status = 401;
  wn_login_sign_on (fixture->account);
  wn_host_run_until (wn_host_has_error, fixture);
  g_assert_nonnull (strstr (wn_host_get_error (&reason), "HTTP 401"));
  g_assert_cmpint (reason, ==, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED);
  g_assert_cmpuint (fixture->seen->len, ==, 1);
  g_assert_true (g_str_has_suffix (fixture->seen->pdata[0], BEARER));
}

/* The user has entered another one while the account is connected. A dialog
 * that doesn't remember passwords leaves none with the account.
 */
static void
test_another (Fixture *fixture, gconstpointer data)
{
  wn_login_sign_on (fixture->account);
  wn_host_run_until (is_connected, fixture);
  purple_account_set_password (fixture->account, "an0ther");
  serv_send_im (purple_account_get_connection (fixture->account),
                CONTACT,
                "reconnect",
                0);
  wn_host_run_until (has_been_asked, fixture);
  g_assert_true (g_str_has_suffix (fixture->seen->pdata[1], " Bearer an0ther"));
}

static void
test_none_left (Fixture *fixture, gconstpointer data)
{
  wn_login_sign_on (fixture->account);
  wn_host_run_until (is_connected, fixture);
  purple_account_set_password (fixture->account, NULL);
  purple_account_set_int (fixture->account, "reconnect_delay", 3601);
  serv_send_im (purple_account_get_connection (fixture->account),
                CONTACT,
                "reconnect",
                0);
  wn_host_run_until (has_been_asked, fixture);
  g_assert_true (g_str_has_suffix (fixture->seen->pdata[1], BEARER));
}

/* The switch is named as the account's dialog names it. */
static void
test_in_clear (Fixture *fixture, gconstpointer data)
{
  PurpleConnectionError reason;

  purple_account_set_bool (fixture->account, "auth_plain_in_clear", FALSE);
  wn_login_sign_on (fixture->account);
  wn_host_run_until (wn_host_has_error, fixture);
  g_assert_nonnull (
      strstr (wn_host_get_error (&reason),
              "tick “Send the access token without encryption” in"));
  g_assert_cmpint (reason, ==, PURPLE_CONNECTION_ERROR_INVALID_SETTINGS);
  g_assert_cmpuint (fixture->seen->len, ==, 0);
}

#define TEST(name, func)                                                       \
  g_test_add (name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  said = g_string_new (NULL);
  g_log_set_writer_func (on_log_write, NULL, NULL);
  wn_host_start ("Pidgin", WN_MODULE_DIR);
  purple_debug_set_ui_ops (&debug_ops);
  TEST ("/token/it goes with the upgrade and the download", test_goes);
  TEST ("/token/another host's download goes without", test_stays);
  TEST ("/token/one that is refused is nowhere to be read", test_refused);
  TEST ("/token/another one counts from the next connection on", test_another);
  TEST ("/token/one that is not remembered stays for the session",
        test_none_left);
  TEST ("/token/it is not sent in clear, and how to allow it is said",
        test_in_clear);
  result = g_test_run ();
  wn_host_stop ();
  g_string_free (said, TRUE);
  return result;
}
