/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Exports that are given attachments as any kind of server may send them: what
 * expires, what has an endless name, and what is refused although the account
 * has a token.
 */

#include <malloc.h>
#include <string.h>

#include "core/dialect/dialect.h"
#include "purple/exports.h"
#include "purple/transfer.h"
#include "support/byte-server.h"
#include "support/dialogs.h"
#include "support/headless-host.h"

#define OWN "jd-shop"
#define ANSWER_401 "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"

typedef struct
{
  WnHost *host;                 /* (unowned) */
  WnByteServer *server;         /* (owned): refuses all */
  WnSettings *settings;         /* (owned) */
  WnContact *contact;           /* (owned) */
  WnCursor *cursor;             /* (owned) */
  WnInbox *inbox;               /* (owned) */
  WnCertificates *certificates; /* (owned) */
  GProxyResolver *proxy;        /* (owned) */
  WnExports *exports;           /* (owned) */
  GString *received;            /* (owned): a line for each IM */
} Fixture;

/* --- Fixture --- */

static void
on_announced (const char *who,
              const WnNotification *notification,
              gpointer user_data)
{
}

static void
on_full (gboolean is_full, gpointer user_data)
{
}

static void
on_received (PurpleAccount *account,
             const char *sender,
             const char *message,
             PurpleConversation *conversation,
             PurpleMessageFlags flags,
             gpointer user_data)
{
  Fixture *f = user_data;
  g_autofree char *text = purple_unescape_html (message);

  g_string_append_printf (f->received, "%s\n", text);
}

static WnSettings *
make_settings (Fixture *f, const char *token)
{
  PurpleAccount *account = f->host->account;
  g_autofree char *url = wn_byte_server_dup_url (f->server);
  g_autofree char *server = g_strconcat ("ws", url + strlen ("http"), NULL);
  g_autoptr (GError) error = NULL;
  WnSettings *settings;

  purple_account_set_string (account, "server", server);
  purple_account_set_bool (account, "auth_plain_in_clear", TRUE);
  settings = wn_settings_new (&wn_dialect_back_office, account, token, &error);
  g_assert_no_error (error);
  return settings;
}

static void
set_up (Fixture *f, gconstpointer token)
{
  static const WnInboxListener listener
      = { .announced = on_announced, .full = on_full };

  f->host = wn_host_get_login ();
  wn_host_reset ();
  f->server = wn_byte_server_new_with (ANSWER_401,
                                       strlen (ANSWER_401),
                                       WN_BYTE_ENDING_CLOSE);
  f->settings = make_settings (f, token);
  f->contact = wn_contact_new (f->host->account, f->settings);
  f->cursor = wn_cursor_new (f->host->account, "wss://" OWN);
  f->inbox = wn_inbox_new (&(WnInboxConfig){ .gc = f->host->gc,
                                             .contact = f->contact,
                                             .cursor = f->cursor,
                                             .settings = f->settings },
                           &listener,
                           f);
  f->certificates = wn_certificates_new (f->host->account, f->settings);
  f->proxy = g_simple_proxy_resolver_new (NULL, NULL);
  f->exports = wn_exports_new (&(WnExportsConfig){
      .gc = f->host->gc,
      .settings = f->settings,
      .proxy_resolver = f->proxy,
      .inbox = f->inbox,
      .certificates = f->certificates,
  });
  f->received = g_string_new (NULL);
  purple_signal_connect (purple_conversations_get_handle (),
                         "received-im-msg",
                         f,
                         PURPLE_CALLBACK (on_received),
                         f);
}

static void
run_dry (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  purple_signals_disconnect_by_handle (f);
  wn_transfers_cancel_all (f->host->gc);
  wn_exports_close (f->exports);
  wn_certificates_close (f->certificates);
  wn_inbox_close (f->inbox);
  wn_cursor_close (f->cursor);
  wn_contact_close (f->contact);
  wn_settings_free (f->settings);
  g_object_unref (f->proxy);
  wn_byte_server_free (f->server);
  g_string_free (f->received, TRUE);
  while (purple_get_conversations () != NULL)
    purple_conversation_destroy (purple_get_conversations ()->data);
  run_dry ();
}

/* --- Steps --- */

static void
add (Fixture *f, const char *name, gint64 expires_in_us)
{
  g_autoptr (WnAttachment) attachment
      = wn_attachment_new (name, name, wn_byte_server_dup_url (f->server));

  if (expires_in_us != 0)
    attachment->expires_us = g_get_real_time () + expires_in_us;
  wn_exports_add (f->exports, OWN, attachment);
  run_dry ();
}

static void
assert_list_says (Fixture *f, const char *words)
{
  g_autofree char *list = wn_exports_dup_list (f->exports);

  if (strstr (list, words) == NULL)
    g_error ("\"%s\" is not in \"%s\"", words, list);
}

/* --- Tests --- */

static void
test_expired (Fixture *f, gconstpointer data)
{
  add (f, "old.csv", -G_TIME_SPAN_DAY);
  g_assert_cmpuint (wn_dialogs_count (), ==, 0);
  g_assert_nonnull (strstr (f->received->str,
                            "“old.csv” can't be downloaded any more: the "
                            "server kept it until 20"));
  assert_list_says (f, " old.csv: expired\n");
  g_assert_cmpstr (wn_byte_server_get_received (f->server)->str, ==, "");
}

static void
test_expires (Fixture *f, gconstpointer data)
{
  add (f, "new.csv", 2 * G_TIME_SPAN_DAY);
  g_assert_cmpuint (wn_dialogs_count (), ==, 1);
  assert_list_says (f, " new.csv: offered (to be had until 20");
  wn_dialogs_refuse ();
}

/* How far the wall clock is ahead of the machine's. */
static gint64 ahead_us;

gint64 __real_g_get_real_time (void);
gint64 __wrap_g_get_real_time (void);

gint64
__wrap_g_get_real_time (void)
{
  return __real_g_get_real_time () + ahead_us;
}

/* It expires while others are asked about. */
static void
test_expires_while_waiting (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.csv", i);

      add (f, name, 0);
    }
  add (f, "short.csv", G_TIME_SPAN_SECOND);
  assert_list_says (f, " short.csv: waiting to be offered (to be had until ");
  ahead_us = G_TIME_SPAN_MINUTE;
  wn_dialogs_refuse ();
  run_dry ();
  assert_list_says (f, " short.csv: expired\n");
  g_assert_cmpuint (wn_dialogs_count (), ==, 2);
  while (wn_dialogs_count () > 0)
    wn_dialogs_refuse ();
  ahead_us = 0;
}

static gboolean
has_failed (Fixture *f)
{
  return strstr (f->received->str, "could not be downloaded") != NULL;
}

/* With a token, it is the address that is wrong; without one, the token. */
static void
test_refused (Fixture *f, gconstpointer token)
{
  g_autofree char *path = g_build_filename (f->host->dir, "orders.csv", NULL);

  add (f, "orders.csv", 0);
  wn_dialogs_accept ();
  wn_dialogs_save_as (path);
  while (!has_failed (f))
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (
      strstr (f->received->str,
              token != NULL
                  ? "It takes the same access token for the notifications. "
                    "Please check the account's setting “Download URL”"
                  : "Please check the account's password."));
  g_assert_cmpint (strstr (wn_byte_server_get_received (f->server)->str,
                           "Authorization: Bearer s3cret")
                       != NULL,
                   ==,
                   token != NULL);
}

static void
test_long_key (Fixture *f, gconstpointer data)
{
  for (guint n_more = 0; n_more <= 1; n_more++)
    {
      g_autofree char *name = g_strnfill (4096 + n_more, 'a');

      add (f, name, 0);
      g_assert_cmpuint (wn_dialogs_count (), ==, 1 - n_more);
      while (wn_dialogs_count () > 0)
        wn_dialogs_refuse ();
    }
}

static void
add_with_url (Fixture *f, const char *key, const char *name, const char *url)
{
  g_autoptr (WnAttachment) attachment
      = wn_attachment_new (key, name, g_strdup (url));

  wn_exports_add (f->exports, OWN, attachment);
}

/* A thousand may wait, so that what is kept of each must be short. */
static void
test_long_name_or_url (Fixture *f, gconstpointer data)
{
  g_autofree char *filling = g_strnfill (1024 * 1024, 'a');
  g_autofree char *url = g_strconcat ("https://a.example/", filling, NULL);
  gsize before = mallinfo2 ().uordblks + mallinfo2 ().hblkhd;

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *key = g_strdup_printf ("https://a.example/%u", i);

      add_with_url (f, key, filling, key);
      add_with_url (f, key + strlen ("https://"), "b.csv", url);
    }
  g_assert_cmpuint (mallinfo2 ().uordblks + mallinfo2 ().hblkhd - before,
                    <=,
                    1024 * 1024);
  run_dry ();
  g_assert_cmpuint (wn_dialogs_count (), ==, 3);
  assert_list_says (f, " https://a.example/19: waiting to be offered");
  while (wn_dialogs_count () > 0)
    wn_dialogs_refuse ();
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*run) (Fixture *f, gconstpointer token);
    const char *token;
  } tests[] = {
    { "expired: said, and not offered", test_expired, NULL },
    { "expires: listed with its time", test_expires, NULL },
    { "expired before its turn: said", test_expires_while_waiting, NULL },
    { "refused with a token: its address is named", test_refused, "s3cret" },
    { "refused without a token: it is named", test_refused, NULL },
    { "a name without an end is none", test_long_key, NULL },
    { "of a long name or URL nothing long is kept",
      test_long_name_or_url,
      NULL },
  };
  int result;

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path
          = g_strconcat ("/attachments/", tests[i].name, NULL);

      g_test_add (path,
                  Fixture,
                  tests[i].token,
                  set_up,
                  tests[i].run,
                  tear_down);
    }
  result = g_test_run ();
  wn_host_stop ();
  return result;
}
