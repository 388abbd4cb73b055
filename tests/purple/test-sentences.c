/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What people are told of errors, losses and gaps, and where a token may go.
 */

#include <string.h>

#include <gio/gio.h>

#include "purple/sentences.h"
#include "support/instance.h"

typedef struct
{
  WnLoss loss;
  PurpleConnectionError reason;
  const char *text;
} LossCase;

static const LossCase loss_cases[] = {
  { { .reason = WN_LOSS_REFUSED },
    PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
    "Could not connect to h: connection refused. Check the network, and "
    "whether the server runs." },
  { { .reason = WN_LOSS_NAME_NOT_FOUND },
    PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
    "Could not connect to h: the server's name was not found. Check the "
    "server in the account's settings." },
  { { .reason = WN_LOSS_HTTP_STATUS, .http_status = 401 },
    PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED,
    "Could not connect to h: the server refused (HTTP 401). Check the user "
    "ID and the access token (the password)." },
  { { .reason = WN_LOSS_HTTP_STATUS, .http_status = 403 },
    PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED,
    "Could not connect to h: the server refused (HTTP 403). Check the user "
    "ID and the access token (the password)." },
  { { .reason = WN_LOSS_HTTP_STATUS, .http_status = 404 },
    PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
    "Could not connect to h: the server refused (HTTP 404). Check the "
    "server in the account's settings." },
  { { .reason = WN_LOSS_TLS },
    PURPLE_CONNECTION_ERROR_ENCRYPTION_ERROR,
    "Could not connect to h: no secure connection. Does the server's address "
    "in the account's settings begin with wss:// or https:// where ws:// or "
    "http:// is meant, without encryption? Else ask whoever runs the "
    "server." },
  { { .reason = WN_LOSS_TLS, .tls_errors = G_TLS_CERTIFICATE_EXPIRED },
    PURPLE_CONNECTION_ERROR_ENCRYPTION_ERROR,
    "Could not connect to h: no secure connection, its certificate has "
    "expired. Ask whoever runs the server." },
  { { .reason = WN_LOSS_CERTIFICATE_REFUSED },
    PURPLE_CONNECTION_ERROR_CERT_UNTRUSTED,
    "Could not connect to h: the certificate was not accepted. Ask whoever "
    "runs the server." },
  { { .reason = WN_LOSS_TLS_UNAVAILABLE },
    PURPLE_CONNECTION_ERROR_NO_SSL_SUPPORT,
    "Could not connect to h: this system has no TLS for GLib. Install the "
    "package glib-networking." },
  { { .reason = WN_LOSS_PROXY },
    PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
    "Could not connect to h: the proxy did not let us through. Check the "
    "account's proxy settings." },
  { { .reason = WN_LOSS_PROXY_SETTINGS },
    PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
    "Could not connect to h: the proxy settings are not complete. Check the "
    "account's proxy settings." },
  { { .reason = WN_LOSS_PROXY_UNREACHABLE },
    PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
    "Could not connect to h: the proxy can't be reached. Check the account's "
    "proxy settings." },
  { { .reason = WN_LOSS_PROXY_AUTH },
    PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
    "Could not connect to h: the proxy asks for another user name or "
    "password. Check the account's proxy settings." },
  { { .reason = WN_LOSS_PROXY_TARGET },
    PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
    "Could not connect to h: the proxy could not reach the server. Check the "
    "network, and whether the server runs." },
  { { .reason = WN_LOSS_CLOSED, .close_code = 1013 },
    PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
    "Could not connect to h: the server closed the connection (1013). Check "
    "the network, and whether the server runs." },
  { { .reason = WN_LOSS_TOKEN_REFUSED, .http_status = 401 },
    PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED,
    "Could not connect to h: the server does not take the access token. Check "
    "the access token (the password)." },
  { { .reason = WN_LOSS_LOGIN_REFUSED, .http_status = 401 },
    PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED,
    "Could not connect to h: the server does not take the access token. Check "
    "the account's login, and its password or access token." },
  { { .reason = WN_LOSS_LOGIN_REFUSED,
      .http_status = 401,
      .detail = (char *) "ann" },
    PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED,
    "Could not connect to h: the server does not take the login “ann” with "
    "this password. Check the account's login, and its password or access "
    "token." },
  { { .reason = WN_LOSS_TOPICS_REFUSED,
      .http_status = 403,
      .detail = (char *) "a,b" },
    PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED,
    "Could not connect to h: the server does not let you read “a,b”. Check the "
    "topics, and whose login or access token may read them." },
  { { .reason = WN_LOSS_TOPICS_REFUSED,
      .http_status = 400,
      .detail = (char *) "a,b" },
    PURPLE_CONNECTION_ERROR_INVALID_USERNAME,
    "Could not connect to h: the server does not let you read “a,b”. Check the "
    "topics, and whose login or access token may read them." },
  { { .reason = WN_LOSS_NO_GREETING },
    PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
    "Could not connect to h: the server said nothing after the connection was "
    "made. Check the server in the account's settings: it must be a Reverb, a "
    "soketi or Pusher." },
  { { .reason = WN_LOSS_NOT_SIGNED,
      .retry = WN_LOSS_RETRY_NEVER,
      .http_status = 401,
      .detail = (char *) "c%s" },
    PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED,
    "Could not connect to h: the application does not take the access token: it "
    "is wrong, or has expired. Have the application make a new one, and enter "
    "it as the account's password." },
  { { .reason = WN_LOSS_NOT_SIGNED,
      .retry = WN_LOSS_RETRY_NEVER,
      .http_status = 403,
      .detail = (char *) "c%s" },
    PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED,
    "Could not connect to h: the application does not let you listen to “c%s”. "
    "Check the user ID and the account's setting Channels. Where they are "
    "right, the application does not look at access tokens there: it needs the "
    "line Broadcast::routes(['middleware' => ['auth:sanctum']]). If it has "
    "that, check the account's setting Authorization URL." },
  { { .reason = WN_LOSS_NOT_SIGNED,
      .retry = WN_LOSS_RETRY_NEVER,
      .http_status = 307 },
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "Could not connect to h: the application asks for its login page. It does "
    "not look at access tokens there: it needs the line "
    "Broadcast::routes(['middleware' => ['auth:sanctum']]). Else check the "
    "account's setting Authorization URL." },
  { { .reason = WN_LOSS_NOT_SIGNED,
      .retry = WN_LOSS_RETRY_NEVER,
      .http_status = 404 },
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "Could not connect to h: there is nothing at the Authorization URL (HTTP "
    "404). Check the account's setting Authorization URL: with the line in "
    "routes/api.php it is https://HOST/api/broadcasting/auth." },
  { { .reason = WN_LOSS_NOT_SIGNED,
      .retry = WN_LOSS_RETRY_NEVER,
      .http_status = 405 },
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "Could not connect to h: the Authorization URL is for something else (HTTP "
    "405). Check the account's setting Authorization URL: with the line in "
    "routes/api.php it is https://HOST/api/broadcasting/auth." },
  { { .reason = WN_LOSS_NOT_SIGNED,
      .retry = WN_LOSS_RETRY_NEVER,
      .http_status = 419 },
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "Could not connect to h: the application takes us for a web page (HTTP "
    "419). It does not look at access tokens there: it needs the line "
    "Broadcast::routes(['middleware' => ['auth:sanctum']]). Else check the "
    "account's setting Authorization URL." },
  { { .reason = WN_LOSS_NOT_SIGNED,
      .retry = WN_LOSS_RETRY_NEVER,
      .http_status = 200 },
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "Could not connect to h: what is at the Authorization URL does not sign "
    "channels. Check the account's setting Authorization URL: with the line in "
    "routes/api.php it is https://HOST/api/broadcasting/auth." },
  { { .reason = WN_LOSS_NOT_SIGNED, .http_status = 503 },
    PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
    "Could not connect to h: the application does not sign channels (HTTP "
    "503). Check the network, whether the application runs, and the account's "
    "setting Authorization URL." },
  { { .reason = WN_LOSS_NOT_SIGNED },
    PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
    "Could not connect to h: there is no answer from the Authorization URL. "
    "Check the network, whether the application runs, and the account's "
    "setting Authorization URL." },
  { { .reason = WN_LOSS_CHANNELS_REFUSED,
      .retry = WN_LOSS_RETRY_NEVER,
      .detail = (char *) "a, b" },
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "Could not connect to h: the server does not let you listen to “a, b”. The "
    "application signed for another app key or with another secret than the "
    "server's. Check the app key and the server in the account's settings." },
  { { .reason = WN_LOSS_NO_APP,
      .retry = WN_LOSS_RETRY_NEVER,
      .close_code = 4001,
      .detail = (char *) "key1" },
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "Could not connect to h: the server does not know the app key “key1”. "
    "Check it: in the application's .env file it is REVERB_APP_KEY or "
    "PUSHER_APP_KEY. Check the server in the account's settings, too." },
  { { .reason = WN_LOSS_ORIGIN_REFUSED,
      .retry = WN_LOSS_RETRY_NEVER,
      .close_code = 4009,
      .detail = (char *) "https://a" },
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "Could not connect to h: the server does not take connections from the "
    "origin “https://a”. Enter one that the server allows as the account's "
    "Origin. Reverb's are allowed_origins in the application's "
    "config/reverb.php." },
  { { .reason = WN_LOSS_TLS_ONLY,
      .retry = WN_LOSS_RETRY_NEVER,
      .close_code = 4000 },
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "Could not connect to h: the server wants an encrypted connection. Begin "
    "the server's address in the account's settings with wss://." },
  { { .reason = WN_LOSS_OVER_QUOTA, .close_code = 4004 },
    PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
    "Could not connect to h: the server has as many connections for this app "
    "key as it may have. It takes no more for now: try again later." },
  { { .reason = WN_LOSS_DENIED,
      .retry = WN_LOSS_RETRY_NEVER,
      .close_code = 4007 },
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "Could not connect to h: the server does not want this connection (4007). "
    "Check the network, and whether the server runs." },
  { { .reason = WN_LOSS_HTTP_STATUS, .http_status = 429 },
    PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
    "Could not connect to h: the server refused (HTTP 429). It takes no more "
    "from here for now: try again later." },
  { { .reason = WN_LOSS_OTHER, .detail = (char *) "Too many open files" },
    PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
    "Could not connect to h: Too many open files. Check the network, and "
    "whether the server runs." },
};

static void
test_losses (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (loss_cases); i++)
    {
      g_auto (WnSentence) sentence
          = wn_sentence_for_loss (&loss_cases[i].loss, "h", TRUE);

      g_assert_cmpstr (sentence.text, ==, loss_cases[i].text);
      g_assert_cmpint (sentence.reason, ==, loss_cases[i].reason);
    }
}

/* The password was not remembered, or there never was one. */
static void
test_no_token (void)
{
  const WnLoss loss = { .reason = WN_LOSS_HTTP_STATUS, .http_status = 401 };
  g_auto (WnSentence) sentence = wn_sentence_for_loss (&loss, "h", FALSE);

  g_assert_cmpstr (sentence.text,
                   ==,
                   "Could not connect to h: the server refused (HTTP 401). The "
                   "account has no access token: enter it as the password, and "
                   "tick Remember password, or it is forgotten when you sign "
                   "off.");
}

typedef struct
{
  GTlsCertificateFlags errors;
  gboolean is_changed;
  gboolean was_asked;
  PurpleConnectionError reason;
  const char *text; /* after the host */
} CertificateCase;

static const CertificateCase certificate_cases[] = {
  { G_TLS_CERTIFICATE_REVOKED | G_TLS_CERTIFICATE_EXPIRED,
    FALSE,
    TRUE,
    PURPLE_CONNECTION_ERROR_CERT_OTHER_ERROR,
    "no secure connection, its certificate was revoked. You did not accept "
    "the certificate. To be asked again, enable the account again." },
  { G_TLS_CERTIFICATE_GENERIC_ERROR,
    FALSE,
    FALSE,
    PURPLE_CONNECTION_ERROR_CERT_OTHER_ERROR,
    "no secure connection, its certificate can't be verified. This program "
    "can't ask you about it, and the account's setting tls_ca_file can't cure "
    "this. Ask whoever runs the server." },
  { G_TLS_CERTIFICATE_UNKNOWN_CA,
    TRUE,
    FALSE,
    PURPLE_CONNECTION_ERROR_CERT_FINGERPRINT_MISMATCH,
    "its certificate is not the one that you accepted before. This program "
    "can't ask you about it. Name a PEM file with the certificate, or its "
    "issuer's, in the account's setting Further trusted certificates "
    "(tls_ca_file)." },
};

static void
test_certificates (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (certificate_cases); i++)
    {
      const CertificateCase *it = &certificate_cases[i];
      WnTlsDoubt doubt = {
        .host = (char *) "h",
        .errors = it->errors,
        .is_changed = it->is_changed,
      };
      g_auto (WnSentence) sentence
          = wn_sentence_for_certificate (&doubt, it->was_asked);
      g_autofree char *text
          = g_strconcat ("Could not connect to h: ", it->text, NULL);

      g_assert_cmpstr (sentence.text, ==, text);
      g_assert_cmpint (sentence.reason, ==, it->reason);
    }
}

static void
test_every_reason (void)
{
  for (int reason = 0; reason <= WN_LOSS_OTHER; reason++)
    {
      WnLoss loss = { .reason = (WnLossReason) reason };
      g_autofree char *words = wn_sentence_dup_loss (&loss);

      g_assert_nonnull (words);
      g_assert_cmpstr (words, !=, "");
    }
}

static void
test_waiting (void)
{
  WnLoss loss = { .reason = WN_LOSS_REFUSED };
  WnClientStatus status = {
    .state = WN_STATE_WAITING,
    .loss = &loss,
    .retry_at_us = 1700000065 * G_TIME_SPAN_SECOND,
    .attempt = 4,
  };
  g_autofree char *waiting = wn_sentence_dup_waiting (&status);
  g_autofree char *now = NULL;

  g_assert_cmpstr (waiting,
                   ==,
                   "Reconnecting at 22:14:25 (attempt 4): connection refused");
  status.state = WN_STATE_CONNECTING;
  now = wn_sentence_dup_waiting (&status);
  g_assert_cmpstr (now, ==, "Reconnecting now (attempt 4): connection refused");
}

static void
test_gap (void)
{
  const gint64 from_us = 1700000000 * G_TIME_SPAN_SECOND;
  g_autofree char *minute
      = wn_sentence_dup_gap (from_us, from_us + 60 * G_TIME_SPAN_SECOND);
  g_autofree char *night
      = wn_sentence_dup_gap (from_us, from_us + 14 * G_TIME_SPAN_HOUR);

  g_assert_nonnull (strstr (minute, "from 22:13:20 to 22:14:20."));
  g_assert_nonnull (
      strstr (night, "from 2023-11-14 22:13:20 to 2023-11-15 12:13:20."));
}

static void
test_missed (void)
{
  g_autofree char *one = wn_sentence_dup_missed (1);
  g_autofree char *many = wn_sentence_dup_missed (12);

  g_assert_cmpstr (one, ==, "1 notification from while you were away.");
  g_assert_cmpstr (many, ==, "12 notifications from while you were away.");
}

static void
append_row (const char *label, const char *value, gpointer user_data)
{
  g_string_append_printf (user_data, "%s=%s|", label, value);
}

static void
test_report (void)
{
  WnClientStatus status = {
    .state = WN_STATE_ASKED,
    .connected_since_us = 1700000000 * G_TIME_SPAN_SECOND,
    .acknowledged_at_us = 1700000045 * G_TIME_SPAN_SECOND,
    .round_trip_us = 1500,
    .api_version = "1.12.4",
    .n_reconnects = 2,
    .n_notifications = 17,
  };
  GString *report = g_string_new (NULL);

  wn_sentence_report (&status, "1001@shop/stage", "h:80", append_row, report);
  g_assert_cmpstr (report->str,
                   ==,
                   "Connection=connected|Account=1001@shop/stage|Server=h:80|"
                   "API version=1.12.4|"
                   "Connected since=2023-11-14 22:13:20|"
                   "Last heartbeat=2023-11-14 22:14:05|Round trip=1.5 ms|"
                   "Reconnects=2|Notifications=17|");
  g_string_free (report, TRUE);
}

static void
test_states (void)
{
  static const struct
  {
    WnState state;
    const char *words;
  } cases[] = {
    { WN_STATE_OFFLINE, "not connected" },
    { WN_STATE_CONNECTING, "connecting" },
    { WN_STATE_WAITING, "waiting to reconnect" },
    { WN_STATE_QUIET, "connected" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WnClientStatus status = { .state = cases[i].state };
      g_autofree char *row = g_strdup_printf ("Connection=%s|", cases[i].words);
      GString *report = g_string_new (NULL);

      wn_sentence_report (&status,
                          "1001@shop/stage",
                          "h:80",
                          append_row,
                          report);
      g_assert_true (g_str_has_prefix (report->str, row));
      g_string_free (report, TRUE);
    }
}

static const struct
{
  WnDialectError code;
  PurpleConnectionError reason;
  const char *start;
} settings_cases[] = {
  { WN_DIALECT_ERROR_NO_USER,
    PURPLE_CONNECTION_ERROR_INVALID_USERNAME,
    "The user ID is missing." },
  { WN_DIALECT_ERROR_BAD_USER,
    PURPLE_CONNECTION_ERROR_INVALID_USERNAME,
    "“50% %s” can't be a user ID" },
  { WN_DIALECT_ERROR_NO_TOPIC,
    PURPLE_CONNECTION_ERROR_INVALID_USERNAME,
    "The topics or channels are missing." },
  { WN_DIALECT_ERROR_BAD_TOPIC,
    PURPLE_CONNECTION_ERROR_INVALID_USERNAME,
    "“50% %s” can't be the name of a topic" },
  { WN_DIALECT_ERROR_UNKNOWN_ENVIRONMENT,
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "The environment “50% %s” has no server" },
  { WN_DIALECT_ERROR_BAD_SERVER_SCHEME,
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "The server's address begins with something unknown." },
  { WN_DIALECT_ERROR_BAD_SERVER_NO_HOST,
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "The server's address has no name" },
  { WN_DIALECT_ERROR_BAD_SERVER_USERINFO,
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "The server's address has a user or a password" },
  { WN_DIALECT_ERROR_BAD_SERVER_PORT,
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "The port in the server's address" },
  { WN_DIALECT_ERROR_BAD_SERVER_FRAGMENT,
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "The server's address has a “#” in it" },
  { WN_DIALECT_ERROR_BAD_SERVER_PATH,
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "The server's address has a path" },
  { WN_DIALECT_ERROR_BAD_DOWNLOAD_URL,
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "The account's setting Download URL is not an address" },
  { WN_DIALECT_ERROR_DOWNLOAD_URL_WITHOUT_FILENAME,
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "The account's setting Download URL does not say" },
  { WN_DIALECT_ERROR_BAD_URL_OPTION,
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "The account's setting “50% %s” is not" },
  { WN_DIALECT_ERROR_SENDING_TOKEN,
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "This access token (the password) belongs to an application" },
  { WN_DIALECT_ERROR_NO_KEY,
    PURPLE_CONNECTION_ERROR_INVALID_USERNAME,
    "The app key is missing." },
  { WN_DIALECT_ERROR_ENCRYPTED_CHANNEL,
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "“50% %s” is an encrypted channel" },
  { WN_DIALECT_ERROR_NO_TOKEN,
    PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED,
    "The channel “50% %s” needs an access token" },
  { WN_DIALECT_ERROR_FOREIGN_BACKLOG_URL,
    PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
    "The account's settings Backlog URL and Authorization URL" },
};

static void
test_settings (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (settings_cases); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (WN_DIALECT_ERROR,
                                                      settings_cases[i].code,
                                                      "50% %s");
      g_auto (WnSentence) sentence = wn_sentence_for_settings (error);

      g_assert_cmpint (sentence.reason, ==, settings_cases[i].reason);
      g_assert_true (g_str_has_prefix (sentence.text, settings_cases[i].start));
    }
}

typedef struct
{
  const char *server;
  const char *url;
  gboolean may_go;
  gboolean may_go_in_clear; /* where the user has allowed that */
} TokenCase;

static const TokenCase token_cases[] = {
  { "wss://h.example/", "https://h.example/exportDownload", TRUE, TRUE },
  { "wss://h.example/", "https://H.EXAMPLE:443/x?y", TRUE, TRUE },
  { "wss://h.example/", "wss://h.example/x", TRUE, TRUE },
  { "wss://h.example:8443/", "https://h.example:8443/", TRUE, TRUE },
  { "wss://h.example/", "https://h.example:8443/x?y", FALSE, FALSE },
  { "wss://h.example/", "http://h.example/exportDownload", FALSE, FALSE },
  { "ws://h.example/", "http://h.example/exportDownload", FALSE, TRUE },
  { "ws://h.example/", "https://h.example/exportDownload", FALSE, FALSE },
  { "ws://h.example/", "http://other.example/", FALSE, FALSE },
  { "wss://h.example/", "https://other.example/h.example", FALSE, FALSE },
  { "wss://h.example/", "https://h.example@other.example/", FALSE, FALSE },
  { "wss://h.example/", "https://h.example.other.example/", FALSE, FALSE },
  { "wss://h.example/", "not a url", FALSE, FALSE },
};

static void
assert_authorized (const WnSettings *settings, const char *url, gboolean is_so)
{
  g_autofree char *value = wn_settings_dup_authorization (settings, url);

  g_assert_cmpstr (value, ==, is_so ? "Bearer t" : NULL);
}

static void
test_token (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (token_cases); i++)
    {
      const TokenCase *it = &token_cases[i];
      g_autoptr (WnSettings) settings = g_new0 (WnSettings, 1);

      settings->dialect = &wn_dialect_back_office;
      settings->instance = wn_instance_new (settings->dialect,
                                            NULL,
                                            "1001",
                                            "t",
                                            "server",
                                            it->server,
                                            NULL);
      assert_authorized (settings, it->url, it->may_go);
      settings->auth_plain_in_clear = TRUE;
      assert_authorized (settings, it->url, it->may_go_in_clear);
    }
}

/* A Laravel's goes to the application, whatever its socket's server is. */
static void
test_laravel_token (void)
{
  g_autoptr (WnSettings) settings = g_new0 (WnSettings, 1);

  settings->dialect = &wn_dialect_laravel;
  settings->instance = wn_instance_new (settings->dialect,
                                        NULL,
                                        "1001@app.example/key1",
                                        "t",
                                        "server",
                                        "wss://push.example",
                                        NULL);
  settings->auth_plain_in_clear = TRUE;
  assert_authorized (settings, "https://app.example/broadcasting/auth", TRUE);
  assert_authorized (settings, "https://app.example/exports/7", TRUE);
  assert_authorized (settings, "http://app.example/exports/7", FALSE);
  assert_authorized (settings, "wss://push.example/app/key1", FALSE);
  assert_authorized (settings, "https://push.example/", FALSE);
}

static const struct
{
  WnNotice notice;
  const char *detail;
  const char *text;
} notice_cases[] = {
  { WN_NOTICE_NOT_REPLAYING,
    NULL,
    "This server does not replay what was missed. The account's setting for "
    "that has no effect." },
  { WN_NOTICE_CHANNEL_REFUSED,
    "private-a, private-b",
    "The server does not let you listen to private-a, private-b." },
  { WN_NOTICE_NO_BACKLOG,
    "200",
    "What was missed can't be shown: the answer from the account's Backlog URL "
    "is no list of notifications, or one that is too long." },
  { WN_NOTICE_NO_BACKLOG,
    "500",
    "What was missed can't be shown yet: the application answers with an error "
    "at the account's Backlog URL (HTTP 500). It is asked again." },
  { WN_NOTICE_NO_BACKLOG,
    "0",
    "What was missed can't be shown yet: there is no answer from the account's "
    "Backlog URL, or one that is too long. It is asked again." },
  { WN_NOTICE_NO_BACKLOG,
    "401",
    "What was missed can't be shown: the application does not take the access "
    "token at the account's Backlog URL (HTTP 401). The route there needs the "
    "middleware auth:sanctum." },
  { WN_NOTICE_NO_BACKLOG,
    "404",
    "What was missed can't be shown: there are no notifications at the "
    "account's Backlog URL (HTTP 404)." },
};

static void
test_notices (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (notice_cases); i++)
    {
      g_autofree char *text = wn_sentence_dup_notice (notice_cases[i].notice,
                                                      notice_cases[i].detail);

      g_assert_cmpstr (text, ==, notice_cases[i].text);
    }
}

static void
test_nothing_kept (void)
{
  g_autofree char *laravel = wn_sentence_dup_nothing_kept (&wn_dialect_laravel);

  g_assert_nonnull (strstr (laravel, "“Backlog URL"));
}

/* A browser has no token: where one is needed, the bare link says so. */
/* A server must not put lines of its own into one of ours. */
static void
test_export_link_of_several_lines (void)
{
  g_autofree char *line = wn_sentence_dup_export_link (
      "a.csv",
      "http://h/a b\nThe server says:\x01\xe2\x80\xae\"#c",
      FALSE);

  g_assert_true (g_str_has_prefix (
      line,
      "a.csv: http://h/a%20b%0AThe%20server%20says:%01%E2%80%AE\"#c\nTo "));
}

static void
test_export_link (void)
{
  g_autofree char *free_link
      = wn_sentence_dup_export_link ("a.csv", "http://h/a", FALSE);
  g_autofree char *bound_link
      = wn_sentence_dup_export_link ("a.csv", "http://h/a", TRUE);

  g_assert_cmpstr (free_link,
                   ==,
                   "a.csv: http://h/a\nTo have it sent again, write: download "
                   "a.csv");
  g_assert_true (g_str_has_prefix (bound_link, "a.csv: http://h/a\n"));
  g_assert_nonnull (strstr (bound_link, "it may answer 401"));
  g_assert_true (g_str_has_suffix (bound_link, "write: download a.csv"));
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sentences/a token that is missing is asked for",
                   test_no_token);
  g_test_add_func ("/sentences/a certificate that is not accepted",
                   test_certificates);
  g_test_add_func ("/sentences/a loss says what happened and what to do",
                   test_losses);
  g_test_add_func ("/sentences/no reason is without words", test_every_reason);
  g_test_add_func ("/sentences/the contact says when it tries again, and why",
                   test_waiting);
  g_test_add_func ("/sentences/a gap has its times, with dates when it is long",
                   test_gap);
  g_test_add_func ("/sentences/what was missed is counted", test_missed);
  g_test_add_func ("/sentences/each state has its words", test_states);
  g_test_add_func ("/sentences/the report has a row for each thing known",
                   test_report);
  g_test_add_func ("/sentences/a wrong setting is named, and what is wrong",
                   test_settings);
  g_test_add_func (
      "/settings/the token goes to its own origin, encrypted unless allowed",
      test_token);
  g_test_add_func ("/settings/a Laravel's token goes to the application",
                   test_laravel_token);
  g_test_add_func ("/sentences/a notice has its words", test_notices);
  g_test_add_func ("/sentences/which setting keeps what is missed",
                   test_nothing_kept);
  g_test_add_func ("/sentences/a link that needs the token says so",
                   test_export_link);
  g_test_add_func ("/sentences/a link is one line, whatever the URL has in it",
                   test_export_link_of_several_lines);
  return g_test_run ();
}
