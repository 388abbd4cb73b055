/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a user sees of a server's certificate, and what their answer does: the
 * built module in a real libpurple, against TLS servers on 127.0.0.1. Its first
 * argument is the host: Pidgin and Finch ask by a form, others by an action.
 */

#include <string.h>

#include <glib/gstdio.h>

#include "support/headless-host.h"
#include "support/login.h"
#include "support/tls-site.h"

#define ACCEPT 0
#define REJECT 1

typedef struct
{
  char *text; /* (owned): all that it says */
  GCallback callbacks[2];
  PurpleRequestFields *fields; /* (owned) (nullable): a form's */
  gpointer user_data;
  gboolean is_open;
} Dialog;

typedef struct
{
  WnTlsSite *site;        /* (owned) */
  PurpleAccount *account; /* (owned) */
} Fixture;

static GPtrArray *dialogs;  /* (owned): the newest last */
static Dialog other_dialog; /* whatever else the host is to ask */

static void
dialog_free (gpointer data)
{
  Dialog *dialog = data;

  g_clear_pointer (&dialog->fields, purple_request_fields_destroy);
  g_free (dialog->text);
  g_free (dialog);
}

/* The host's dialogs */

static gboolean
host_asks_by_form (void)
{
  return g_str_equal (purple_core_get_ui (), "gtk-gaim")
         || g_str_equal (purple_core_get_ui (), "gnt-purple");
}

static Dialog *
add_dialog (const char *title,
            const char *primary,
            const char *secondary,
            gpointer user_data)
{
  Dialog *dialog = g_new0 (Dialog, 1);

  dialog->text = g_strjoin ("\n", title, primary, secondary, NULL);
  g_assert_true (g_utf8_validate (dialog->text, -1, NULL));
  dialog->user_data = user_data;
  dialog->is_open = TRUE;
  g_ptr_array_add (dialogs, dialog);
  return dialog;
}

static void *
on_request_fields (const char *title,
                   const char *primary,
                   const char *secondary,
                   PurpleRequestFields *fields,
                   const char *ok_text,
                   GCallback ok,
                   const char *cancel_text,
                   GCallback cancel,
                   PurpleAccount *account,
                   const char *who,
                   PurpleConversation *conversation,
                   void *user_data)
{
  Dialog *dialog = add_dialog (title, primary, secondary, user_data);

  g_assert_true (host_asks_by_form ());
  g_assert_nonnull (strstr (ok_text, "Accept"));
  g_assert_nonnull (strstr (cancel_text, "Reject"));
  dialog->fields = fields;
  dialog->callbacks[ACCEPT] = ok;
  dialog->callbacks[REJECT] = cancel;
  return dialog;
}

static void *
on_request_action (const char *title,
                   const char *primary,
                   const char *secondary,
                   int default_action,
                   PurpleAccount *account,
                   const char *who,
                   PurpleConversation *conversation,
                   void *user_data,
                   size_t n_actions,
                   va_list actions)
{
  Dialog *dialog;

  if (title == NULL || !g_str_has_prefix (title, "The certificate of"))
    return &other_dialog;
  g_assert_false (host_asks_by_form ());
  dialog = add_dialog (title, primary, secondary, user_data);
  g_assert_cmpuint (n_actions, ==, 2);
  g_assert_cmpint (default_action, ==, REJECT);
  for (size_t i = 0; i < n_actions; i++)
    {
      const char *caption = va_arg (actions, char *);

      /* BitlBee knows them by these. */
      g_assert_nonnull (strstr (caption, i == ACCEPT ? "Accept" : "Reject"));
      dialog->callbacks[i] = va_arg (actions, GCallback);
    }
  return dialog;
}

static void
call_back (Dialog *dialog, int action)
{
  GCallback callback = dialog->callbacks[action];

  if (dialog->fields != NULL)
    ((PurpleRequestFieldsCb) callback) (dialog->user_data, dialog->fields);
  else
    ((PurpleRequestActionCb) callback) (dialog->user_data, action);
}

/* Finch takes each closing for a cancelling, also after the answer. */
static void
on_request_closed (PurpleRequestType type, void *handle)
{
  Dialog *dialog = handle;

  if (handle == &other_dialog)
    return;
  g_assert_true (dialog->is_open);
  dialog->is_open = FALSE;
  if (g_str_equal (purple_core_get_ui (), "gnt-purple"))
    call_back (dialog, REJECT);
}

static PurpleRequestUiOps dialog_ops = {
  .request_action = on_request_action,
  .close_request = on_request_closed,
};

static Dialog *
newest (void)
{
  g_assert_cmpuint (dialogs->len, >, 0);
  return dialogs->pdata[dialogs->len - 1];
}

/* As Pidgin: the answer, and then the window closes. */
static void
press_without_tick (int action)
{
  Dialog *dialog = newest ();
  gboolean is_form = dialog->fields != NULL;

  g_assert_true (dialog->is_open);
  call_back (dialog, action);
  purple_request_close (is_form ? PURPLE_REQUEST_FIELDS : PURPLE_REQUEST_ACTION,
                        dialog);
}

static void
press (int action)
{
  Dialog *dialog = newest ();

  if (action == ACCEPT && dialog->fields != NULL)
    purple_request_field_bool_set_value (
        purple_request_fields_get_field (dialog->fields, "for-good"),
        TRUE);
  press_without_tick (action);
}

/* The user */

static gboolean
has_dialogs (gpointer n)
{
  return dialogs->len >= GPOINTER_TO_UINT (n);
}

static void
run_until_asked (guint n)
{
  wn_host_run_until (has_dialogs, GUINT_TO_POINTER (n));
}

static void
run_until_connected (Fixture *fixture)
{
  wn_host_run_until (wn_login_is_connected, fixture->account);
}

static void
set_up (Fixture *fixture, gconstpointer certificate)
{
  g_autofree char *url = NULL;

  fixture->site = wn_tls_site_new (certificate);
  url = wn_tls_site_dup_url (fixture->site, "wss", "/");
  fixture->account = wn_login_new ("1001@jd-shop/production", url);
  purple_account_set_int (fixture->account, "reconnect_delay", 1);
  purple_account_set_int (fixture->account, "reconnect_delay_max", 1);
  purple_account_set_password (fixture->account, "s3cret");
  dialog_ops.request_fields = host_asks_by_form () ? on_request_fields : NULL;
  purple_request_set_ui_ops (&dialog_ops);
}

static void
tear_down (Fixture *fixture, gconstpointer certificate)
{
  wn_host_run_dry ();
  wn_login_delete (fixture->account);
  wn_tls_site_free (fixture->site);
  wn_host_run_dry ();
  wn_host_forget ();
  for (guint i = 0; i < dialogs->len; i++)
    g_assert_false (((Dialog *) dialogs->pdata[i])->is_open);
  g_ptr_array_set_size (dialogs, 0);
}

/* What is asked */

static void
test_question (Fixture *fixture, gconstpointer data)
{
  static const char *parts[] = {
    " is not trusted. Connect all the same?",
    "Account: 1001@jd-shop/production\n",
    "If you accept it, this account trusts it from now on.",
    "Its issuer is not known, or not trusted.",
    "Subject: CN=good",
    "Issuer: CN=Test authority",
    "Valid from: 2020-01-01 00:00:00",
    "Valid until: 2099-01-01 00:00:00",
    "\nSHA-256 fingerprint:\n    ",
  };

  g_autofree char *url = wn_tls_site_dup_url (fixture->site, "wss", "");
  g_autofree char *primary
      = g_strdup_printf ("The certificate of %s is not trusted.",
                         url + strlen ("wss://"));

  wn_login_sign_on (fixture->account);
  run_until_asked (1);
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    g_assert_nonnull (strstr (newest ()->text, parts[i]));
  g_assert_nonnull (strstr (newest ()->text, primary));
  g_assert_cmpuint (fixture->site->n_requests, ==, 0);
  g_assert_null (wn_host_get_error (NULL));
}

/* The dialog is as wide as its longest word. */
static void
assert_fits_on_screen (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \n", -1);

  for (gsize i = 0; words[i] != NULL; i++)
    g_assert_cmpint (g_utf8_strlen (words[i], -1), <=, 48);
}

/* What the certificate's maker wrote neither hides lines nor makes some. */
static void
test_sly_question (Fixture *fixture, gconstpointer data)
{
  wn_login_sign_on (fixture->account);
  run_until_asked (1);
  g_assert_null (strstr (newest ()->text, "\342\200\256"));
  g_assert_nonnull (strstr (newest ()->text, "sly?Issuer: 000"));
  g_assert_cmpuint (strlen (newest ()->text), <, 1500);
  assert_fits_on_screen (newest ()->text);
}

typedef struct
{
  const char *certificate;
  const char *question;
  const char *error;
  PurpleConnectionError reason;
} Fault;

static const Fault faults[] = {
  { "good",
    "Its issuer is not known",
    "its certificate's issuer is not trusted",
    PURPLE_CONNECTION_ERROR_CERT_UNTRUSTED },
  { "expired",
    "It has expired.",
    "its certificate has expired",
    PURPLE_CONNECTION_ERROR_CERT_EXPIRED },
  { "early",
    "It is not valid yet.",
    "its certificate is not valid yet",
    PURPLE_CONNECTION_ERROR_CERT_NOT_ACTIVATED },
  { "elsewhere",
    "It belongs to another name",
    "its certificate belongs to another name",
    PURPLE_CONNECTION_ERROR_CERT_HOSTNAME_MISMATCH },
  { "weak",
    "signed in a way that is too weak",
    "its certificate is too weak",
    PURPLE_CONNECTION_ERROR_CERT_OTHER_ERROR },
};

/* Where the authority is trusted, what is left is the fault itself. */
static void
trust_authority (Fixture *fixture)
{
  g_autofree char *path = wn_tls_site_dup_path ("ca.pem");

  purple_account_set_string (fixture->account, "tls_ca_file", path);
}

static void
test_refused (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      const Fault *it = &faults[i];
      Fixture fixture = { 0 };
      PurpleConnectionError reason;

      set_up (&fixture, it->certificate);
      if (i > 0)
        trust_authority (&fixture);
      wn_login_sign_on (fixture.account);
      run_until_asked (1);
      g_assert_nonnull (strstr (newest ()->text, it->question));
      press (REJECT);
      wn_host_run_until (wn_host_has_error, NULL);
      g_assert_nonnull (strstr (wn_host_get_error (&reason), it->error));
      g_assert_nonnull (strstr (wn_host_get_error (NULL), "did not accept"));
      g_assert_cmpint (reason, ==, it->reason);
      g_assert_true (purple_connection_error_is_fatal (reason));
      wn_host_run_dry ();
      g_assert_true (purple_account_is_disconnected (fixture.account));
      g_assert_cmpuint (fixture.site->n_requests, ==, 0);
      g_assert_cmpuint (dialogs->len, ==, 1);
      tear_down (&fixture, NULL);
    }
}

/* The answers */

static void
test_accepted (Fixture *fixture, gconstpointer data)
{
  wn_login_sign_on (fixture->account);
  run_until_asked (1);
  press (ACCEPT);
  run_until_connected (fixture);
  g_assert_cmpstr (fixture->site->authorization, ==, "Bearer s3cret");
  purple_account_disconnect (fixture->account);
  wn_host_run_dry ();

  wn_login_sign_on (fixture->account);
  run_until_connected (fixture);
  g_assert_cmpuint (dialogs->len, ==, 1);
  g_assert_null (wn_host_get_error (NULL));
}

/* Return, pressed in a window that has just come up, accepts nothing. */
static void
test_accepted_without_tick (Fixture *fixture, gconstpointer data)
{
  if (!host_asks_by_form ())
    {
      g_test_skip ("this host asks by an action");
      return;
    }
  wn_login_sign_on (fixture->account);
  run_until_asked (1);
  press_without_tick (ACCEPT);
  run_until_asked (2);
  g_assert_cmpuint (fixture->site->n_requests, ==, 0);
  g_assert_null (wn_host_get_error (NULL));
  press (ACCEPT);
  run_until_connected (fixture);
}

/* A host may answer before the call that shows the question returns. */
static void *
answer_at_once (const char *title,
                const char *primary,
                const char *secondary,
                int default_action,
                PurpleAccount *account,
                const char *who,
                PurpleConversation *conversation,
                void *user_data,
                size_t n_actions,
                va_list actions)
{
  PurpleRequestActionCb accept;

  (void) va_arg (actions, char *);
  accept = va_arg (actions, PurpleRequestActionCb);
  accept (user_data, ACCEPT);
  return &other_dialog;
}

static void
test_answered_at_once (Fixture *fixture, gconstpointer data)
{
  static PurpleRequestUiOps hasty_ops = {
    .request_action = answer_at_once,
    .close_request = on_request_closed,
  };

  if (host_asks_by_form ())
    {
      g_test_skip ("this host asks by a form");
      return;
    }
  purple_request_set_ui_ops (&hasty_ops);
  wn_login_sign_on (fixture->account);
  run_until_connected (fixture);
  wn_tls_site_change_certificate (fixture->site, "renewed");
  while (fixture->site->sockets->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (wn_host_get_error (NULL));
}

/* While connected: the contact says what is waited for, and no more is tried
 * until the answer.
 */
static void
test_changed (Fixture *fixture, gconstpointer data)
{
  PurpleBuddy *buddy;
  PurpleStatus *status;

  wn_login_sign_on (fixture->account);
  run_until_asked (1);
  press (ACCEPT);
  run_until_connected (fixture);

  wn_tls_site_change_certificate (fixture->site, "renewed");
  run_until_asked (2);
  g_assert_nonnull (strstr (newest ()->text, "not the one that you accepted"));
  wn_host_run_until (wn_login_is_away, fixture->account);
  buddy = purple_find_buddy (fixture->account, "jd-shop");
  status
      = purple_presence_get_active_status (purple_buddy_get_presence (buddy));
  g_assert_cmpstr (purple_status_get_attr_string (status, "message"),
                   ==,
                   "Waiting for your answer about the server's certificate");
  g_assert_true (purple_account_is_connected (fixture->account));
  press (ACCEPT);
  while (fixture->site->sockets->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (dialogs->len, ==, 2);
}

static void
test_changed_and_refused (Fixture *fixture, gconstpointer data)
{
  PurpleConnectionError reason;

  wn_login_sign_on (fixture->account);
  run_until_asked (1);
  press (ACCEPT);
  run_until_connected (fixture);
  wn_tls_site_change_certificate (fixture->site, "renewed");
  run_until_asked (2);
  press (REJECT);
  wn_host_run_until (wn_host_has_error, NULL);
  g_assert_nonnull (
      strstr (wn_host_get_error (&reason), "not the one that you accepted"));
  g_assert_cmpint (reason,
                   ==,
                   PURPLE_CONNECTION_ERROR_CERT_FINGERPRINT_MISMATCH);
}

/* An answer is about the certificate that the user was shown, whatever the
 * server shows by then.
 */
static void
test_changed_while_asked (Fixture *fixture, gconstpointer data)
{
  wn_login_sign_on (fixture->account);
  run_until_asked (1);
  wn_tls_site_change_certificate (fixture->site, "renewed");
  press (ACCEPT);
  run_until_asked (2);
  g_assert_nonnull (strstr (newest ()->text, "Subject: CN=renewed"));
  g_assert_nonnull (strstr (newest ()->text, "not the one that you accepted"));
  wn_tls_site_change_certificate (fixture->site, "self");
  press (ACCEPT);
  run_until_asked (3);
  g_assert_nonnull (strstr (newest ()->text, "Subject: CN=self"));
  wn_tls_site_change_certificate (fixture->site, "renewed");
  press (ACCEPT);
  run_until_asked (4);
  g_assert_cmpuint (fixture->site->n_requests, ==, 0);
  g_assert_null (wn_host_get_error (NULL));
  press (ACCEPT);
  run_until_connected (fixture);
}

/* The server's next certificate is in order before the user has answered. */
static void
test_put_in_order_while_asked (Fixture *fixture, gconstpointer data)
{
  trust_authority (fixture);
  wn_login_sign_on (fixture->account);
  run_until_asked (1);
  wn_tls_site_change_certificate (fixture->site, "renewed");
  press (ACCEPT);
  run_until_connected (fixture);
  g_assert_cmpuint (dialogs->len, ==, 1);
}

static void
test_changed_while_asked_again (Fixture *fixture, gconstpointer data)
{
  wn_login_sign_on (fixture->account);
  run_until_asked (1);
  press (ACCEPT);
  run_until_connected (fixture);
  wn_tls_site_change_certificate (fixture->site, "renewed");
  run_until_asked (2);
  wn_tls_site_change_certificate (fixture->site, "self");
  press (REJECT);
  wn_host_run_until (wn_host_has_error, NULL);
  g_assert_cmpuint (dialogs->len, ==, 2);
  g_assert_cmpuint (fixture->site->n_requests, ==, 1);
}

static void
test_sign_off_while_asked (Fixture *fixture, gconstpointer data)
{
  wn_login_sign_on (fixture->account);
  run_until_asked (1);
  purple_account_disconnect (fixture->account);
  wn_host_run_dry ();
  g_assert_false (newest ()->is_open);
  g_assert_null (wn_host_get_error (NULL));
}

static void
reconnect_now (Fixture *fixture)
{
  PurpleConnection *gc = purple_account_get_connection (fixture->account);
  PurplePlugin *plugin = purple_connection_get_prpl (gc);
  GList *actions = PURPLE_PLUGIN_ACTIONS (plugin, gc);

  for (GList *l = actions; l != NULL; l = l->next)
    {
      PurplePluginAction *action = l->data;

      action->context = gc;
      if (g_str_equal (action->label, "Reconnect now"))
        action->callback (action);
    }
  g_list_free_full (actions, (GDestroyNotify) purple_plugin_action_free);
}

/* Some hosts' windows can be closed without an answer. */
static void
test_shown_again (Fixture *fixture, gconstpointer data)
{
  wn_login_sign_on (fixture->account);
  run_until_asked (1);
  reconnect_now (fixture);
  g_assert_cmpuint (dialogs->len, ==, 2);
  press (ACCEPT);
  run_until_connected (fixture);
}

static void
test_silent_with_file (Fixture *fixture, gconstpointer data)
{
  trust_authority (fixture);
  wn_login_sign_on (fixture->account);
  run_until_connected (fixture);
  g_assert_cmpuint (dialogs->len, ==, 0);
  g_assert_cmpstr (purple_account_get_string (fixture->account, "tls_pins", ""),
                   ==,
                   "");
}

static gboolean
has_socket (gpointer site)
{
  return ((WnTlsSite *) site)->sockets->len > 0;
}

static void
test_silent_with_file_meanwhile (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WnTlsSite) other = wn_tls_site_new (data);
  g_autofree char *url = wn_tls_site_dup_url (other, "wss", "/");

  wn_login_sign_on (fixture->account);
  run_until_asked (1);
  press (ACCEPT);
  run_until_connected (fixture);
  trust_authority (fixture);
  purple_account_set_string (fixture->account, "server", url);
  reconnect_now (fixture);
  wn_host_run_until (has_socket, other);
  g_assert_cmpuint (dialogs->len, ==, 1);
}

static void
test_no_dialogs (void)
{
  static const struct
  {
    const char *certificate;
    const char *advice;
  } rows[] = {
    { "good", "(tls_ca_file)" },
    { "elsewhere", "Ask whoever runs the server" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Fixture fixture = { 0 };
      PurpleConnectionError reason;

      set_up (&fixture, rows[i].certificate);
      purple_request_set_ui_ops (NULL);
      wn_login_sign_on (fixture.account);
      wn_host_run_until (wn_host_has_error, NULL);
      g_assert_nonnull (strstr (wn_host_get_error (&reason), "can't ask you"));
      g_assert_nonnull (strstr (wn_host_get_error (NULL), rows[i].advice));
      g_assert_true (purple_connection_error_is_fatal (reason));
      g_assert_cmpuint (fixture.site->n_requests, ==, 0);
      tear_down (&fixture, NULL);
    }
}

/* As it may be pasted. */
static void
test_file_between_spaces (Fixture *fixture, gconstpointer data)
{
  g_autofree char *authority = wn_tls_site_dup_path ("ca.pem");
  g_autofree char *pasted = g_strdup_printf (" %s \n", authority);

  purple_account_set_string (fixture->account, "tls_ca_file", pasted);
  wn_login_sign_on (fixture->account);
  run_until_connected (fixture);
  g_assert_cmpuint (dialogs->len, ==, 0);
}

static void
test_bad_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *key = wn_tls_site_dup_path ("good.key");
  PurpleConnectionError reason;

  purple_account_set_string (fixture->account, "tls_ca_file", "/nowhere.pem");
  wn_login_sign_on (fixture->account);
  wn_host_run_until (wn_host_has_error, NULL);
  g_assert_nonnull (strstr (wn_host_get_error (&reason), "can't be read"));
  g_assert_cmpint (reason, ==, PURPLE_CONNECTION_ERROR_INVALID_SETTINGS);
  wn_host_run_dry ();
  wn_host_forget ();

  purple_account_set_string (fixture->account, "tls_ca_file", key);
  wn_login_sign_on (fixture->account);
  wn_host_run_until (wn_host_has_error, NULL);
  g_assert_nonnull (strstr (wn_host_get_error (NULL), "no certificate"));
}

/* An application, which is another machine than the socket's server */

static PurpleAccount *
add_laravel_account (Fixture *fixture, WnTlsSite *application)
{
  g_autofree char *server = wn_tls_site_dup_url (fixture->site, "wss", "");
  g_autofree char *auth_url
      = wn_tls_site_dup_url (application, "https", "/exportDownload");
  g_autofree char *authority = wn_tls_site_dup_path ("ca.pem");
  PurpleAccount *account
      = purple_account_new ("1001@app.example/key1", "prpl-laravel");

  purple_account_set_string (account, "server", server);
  purple_account_set_string (account, "auth_url", auth_url);
  purple_account_set_string (account, "tls_ca_file", authority);
  purple_account_set_password (account, "s3cret");
  purple_accounts_add (account);
  return account;
}

/* Greets the newest socket, the @n-th. */
static void
greet (Fixture *fixture, guint n)
{
  while (fixture->site->sockets->len < n)
    g_main_context_iteration (NULL, TRUE);
  soup_websocket_connection_send_text (
      fixture->site->sockets->pdata[n - 1],
      "{\"event\":\"pusher:connection_established\",\"data\":"
      "\"{\\\"socket_id\\\":\\\"1.2\\\"}\"}");
}

/* What the application answers then is no signature. */
static void
test_application_accepted (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WnTlsSite) application = wn_tls_site_new ("self");
  PurpleAccount *account = add_laravel_account (fixture, application);

  wn_login_sign_on (account);
  greet (fixture, 1);
  run_until_asked (1);
  g_assert_nonnull (strstr (newest ()->text, "CN=self"));
  g_assert_cmpuint (application->n_requests, ==, 0);
  press (ACCEPT);
  greet (fixture, 2);
  wn_host_run_until (wn_host_has_error, NULL);
  g_assert_nonnull (
      strstr (wn_host_get_error (NULL), "Authorization URL does not sign"));
  g_assert_cmpstr (application->authorization, ==, "Bearer s3cret");
  g_assert_null (fixture->site->authorization);
  g_assert_cmpuint (dialogs->len, ==, 1);
  wn_host_run_dry ();
  wn_login_delete (account);
}

static void
test_application_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WnTlsSite) application = wn_tls_site_new ("self");
  PurpleAccount *account = add_laravel_account (fixture, application);

  wn_login_sign_on (account);
  greet (fixture, 1);
  run_until_asked (1);
  press (REJECT);
  wn_host_run_until (wn_host_has_error, NULL);
  g_assert_nonnull (strstr (wn_host_get_error (NULL), "did not accept"));
  g_assert_cmpuint (application->n_requests, ==, 0);
  wn_host_run_dry ();
  wn_login_delete (account);
}

/* Exports */

static void
push_export (Fixture *fixture)
{
  soup_websocket_connection_send_text (
      fixture->site->sockets->pdata[fixture->site->sockets->len - 1],
      "{\"title\":\"Ready\",\"type\":\"App\\\\Notifications\\\\ExportReady\","
      "\"filename\":\"orders.csv\"}");
}

static PurpleXfer *
find_offer (void)
{
  for (GList *l = purple_xfers_get_all (); l != NULL; l = l->next)
    if (purple_xfer_get_status (l->data) < PURPLE_XFER_STATUS_ACCEPTED)
      return l->data;
  return NULL;
}

static gboolean
has_offer (gpointer data)
{
  return find_offer () != NULL;
}

static void
accept_offer (void)
{
  g_autofree char *path
      = g_build_filename (purple_user_dir (), "orders.csv", NULL);

  wn_host_run_until (has_offer, NULL);
  purple_xfer_request_accepted (find_offer (), path);
}

/* The same host and port is trusted by now; another port is not. Nobody asks
 * there before the user has accepted the file.
 */
static void
ask_about_export (Fixture *fixture, WnTlsSite *files)
{
  g_autofree char *url
      = wn_tls_site_dup_url (files, "https", "/export?filename={filename}");

  purple_account_set_string (fixture->account, "download_url", url);
  trust_authority (fixture);
  wn_login_sign_on (fixture->account);
  run_until_connected (fixture);
  while (fixture->site->sockets->len == 0)
    g_main_context_iteration (NULL, TRUE);
  push_export (fixture);
  accept_offer ();
  run_until_asked (1);
  g_assert_nonnull (strstr (newest ()->text, "CN=self"));
  g_assert_cmpuint (files->n_requests, ==, 0);
}

static gboolean
is_file_there (gpointer data)
{
  g_autofree char *path
      = g_build_filename (purple_user_dir (), "orders.csv", NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
test_export_accepted (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WnTlsSite) files = wn_tls_site_new ("self");
  g_autofree char *path
      = g_build_filename (purple_user_dir (), "orders.csv", NULL);
  g_autofree char *text = NULL;

  ask_about_export (fixture, files);
  g_assert_false (is_file_there (NULL));
  press (ACCEPT);
  wn_host_run_until (is_file_there, NULL);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpuint (strlen (text), ==, 4);
  g_assert_cmpint (g_unlink (path), ==, 0);
  wn_host_run_dry ();
  purple_account_disconnect (fixture->account);
}

static gboolean
has_two_failures (gpointer data)
{
  guint n = 0;

  for (guint i = 0; i < wn_host_get_messages ()->len; i++)
    if (strstr (wn_host_get_messages ()->pdata[i],
                "The server's certificate is not trusted")
        != NULL)
      n++;
  return n == 2;
}

static gboolean
has_failure (gpointer data)
{
  GPtrArray *messages = wn_host_get_messages ();

  return messages->len > 0
         && strstr (messages->pdata[messages->len - 1],
                    "The server's certificate is not trusted")
                != NULL;
}

static void
test_export_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WnTlsSite) files = wn_tls_site_new ("self");

  ask_about_export (fixture, files);
  press (REJECT);
  wn_host_run_until (has_failure, NULL);
  g_assert_cmpuint (files->n_requests, ==, 0);
  g_assert_true (purple_account_is_connected (fixture->account));

  push_export (fixture);
  accept_offer ();
  wn_host_run_until (has_two_failures, NULL);
  g_assert_cmpuint (dialogs->len, ==, 1);
}

/* Who asks for the file again has thought again. */
static void
test_export_asked_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WnTlsSite) files = wn_tls_site_new ("self");

  ask_about_export (fixture, files);
  press (REJECT);
  wn_host_run_until (has_failure, NULL);
  serv_send_im (purple_account_get_connection (fixture->account),
                "jd-shop",
                "download orders.csv",
                0);
  accept_offer ();
  run_until_asked (2);
  press (ACCEPT);
  wn_host_run_until (is_file_there, NULL);
}

static void
test_sign_off_while_export_asked (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WnTlsSite) files = wn_tls_site_new ("self");

  ask_about_export (fixture, files);
  purple_account_disconnect (fixture->account);
  wn_host_run_dry ();
  g_assert_false (newest ()->is_open);
}

/* A system without TLS: whose backend is chosen but once in a process */

static void
run_without_tls (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *url = g_strdup_printf ("wss://127.0.0.1:%u/", port);
  Fixture fixture = { 0 };
  PurpleConnectionError reason;

  g_setenv ("GIO_USE_TLS", "dummy", TRUE);
  fixture.account = wn_login_new ("1001@jd-shop/production", url);
  wn_login_sign_on (fixture.account);
  wn_host_run_until (wn_host_has_error, NULL);
  g_assert_nonnull (
      strstr (wn_host_get_error (&reason), "package glib-networking"));
  g_assert_cmpint (reason, ==, PURPLE_CONNECTION_ERROR_NO_SSL_SUPPORT);
  wn_host_run_dry ();
}

static void
test_without_tls (void)
{
  if (g_test_subprocess ())
    {
      run_without_tls ();
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

/* nginx with nchan, as servers are */
static void
test_nginx (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WnTlsNginx) nginx = wn_tls_nginx_new ("chained");
  g_autofree char *url = NULL;

  if (nginx == NULL)
    return;
  url = wn_tls_nginx_dup_url (nginx, "wss", "/");
  purple_account_set_string (fixture->account, "server", url);
  wn_login_sign_on (fixture->account);
  run_until_asked (1);
  g_assert_nonnull (strstr (newest ()->text, "Issuer: CN=Below it"));
  press (ACCEPT);
  run_until_connected (fixture);
  purple_account_disconnect (fixture->account);
  wn_host_run_dry ();
  wn_login_sign_on (fixture->account);
  run_until_connected (fixture);
  g_assert_cmpuint (dialogs->len, ==, 1);
  purple_account_disconnect (fixture->account);
}

#define ADD(name, certificate, func)                                           \
  g_test_add ("/certificate/" name,                                            \
              Fixture,                                                         \
              certificate,                                                     \
              set_up,                                                          \
              func,                                                            \
              tear_down)

int
main (int argc, char **argv)
{
  int code;

  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  wn_host_start (argc > 1 ? argv[1] : "Pidgin", WN_MODULE_DIR);
  purple_plugins_probe (G_MODULE_SUFFIX);
  dialogs = g_ptr_array_new_with_free_func (dialog_free);

  ADD ("the question says what, whose, until when", "good", test_question);
  ADD ("a sly name makes no lines of its own", "sly", test_sly_question);
  g_test_add_func ("/certificate/each fault has its sentence, and refused is "
                   "an error for good",
                   test_refused);
  ADD ("accepted once is asked once", "good", test_accepted);
  ADD ("accepted without a tick is asked again",
       "good",
       test_accepted_without_tick);
  ADD ("an answer from inside the call is one", "good", test_answered_at_once);
  ADD ("a changed one is asked about, with the account up",
       "good",
       test_changed);
  ADD ("a changed one that is refused ends the login",
       "good",
       test_changed_and_refused);
  ADD ("changed while it is asked about: the answer is no other's",
       "good",
       test_changed_while_asked);
  ADD ("in order again while it is asked about",
       "expired",
       test_put_in_order_while_asked);
  ADD ("changed once more, and refused",
       "good",
       test_changed_while_asked_again);
  ADD ("signing off closes the question", "good", test_sign_off_while_asked);
  ADD ("reconnecting shows the question again", "good", test_shown_again);
  ADD ("the file of trusted ones makes it silent",
       "chained",
       test_silent_with_file);
  ADD ("a file's name may have spaces around it",
       "chained",
       test_file_between_spaces);
  ADD ("a file that is named meanwhile makes it silent",
       "good",
       test_silent_with_file_meanwhile);
  g_test_add_func ("/certificate/a host without dialogs says what to set",
                   test_no_dialogs);
  ADD ("a file without certificates is a settings error",
       "good",
       test_bad_file);
  ADD ("an application's certificate is asked about",
       "good",
       test_application_accepted);
  ADD ("an application's certificate that is refused",
       "good",
       test_application_refused);
  ADD ("an export's server is asked about once it is accepted",
       "good",
       test_export_accepted);
  ADD ("an export that is refused says so, and asks no more",
       "good",
       test_export_refused);
  ADD ("an export that is asked for again asks again",
       "good",
       test_export_asked_again);
  ADD ("signing off closes an export's question",
       "good",
       test_sign_off_while_export_asked);
  g_test_add_func ("/certificate/a system without TLS says what to install",
                   test_without_tls);
  ADD ("nginx is asked about once", "good", test_nginx);

  code = g_test_run ();
  wn_host_stop ();
  g_ptr_array_unref (dialogs);
  wn_tls_site_clean_up ();
  return code;
}
