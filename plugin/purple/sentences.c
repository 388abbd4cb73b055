/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Tables where a code alone decides, functions where a number goes into the
 * words.
 */

#include "purple/sentences.h"

#include <glib/gi18n-lib.h>
#include <gio/gio.h>
#include <string.h>

#include "core/dialect/url.h"
#include "core/markup/markup.h"
#include "purple/host.h"
#include "purple/part-file.h"

/* A certificate's subject or issuer is cut here. */
#define MAX_NAME_CHARACTERS 256

#define NEXT_LINE "\n    "
#define PAIRS_PER_LINE 16

static const char *const fixed_sentences[] = {
  [WN_SENTENCE_CONNECTING] = N_ ("Connecting"),
  [WN_SENTENCE_WAITING_FOR_ANSWER]
  = N_ ("Waiting for your answer about the server's certificate"),
  [WN_SENTENCE_OTHER_LIBSOUP]
  = N_ ("Another plugin has loaded libsoup 2, which can't be used beside "
        "libsoup 3. Turn that plugin off and start the program again."),
  [WN_SENTENCE_CONNECTING_ANEW] = N_ ("Connecting anew."),
  [WN_SENTENCE_CONNECTED_ANEW] = N_ ("Connected."),
  [WN_SENTENCE_CONNECTION_KEPT]
  = N_ ("This connection is less than ten seconds old, so it is kept."),
  [WN_SENTENCE_NOT_CONNECTED] = N_ ("The account is not connected."),
  [WN_SENTENCE_ONLY_SENDS]
  = N_ ("This contact only sends. Say help for what it understands."),
  [WN_SENTENCE_UNDERSTANDS] = N_ ("This contact understands:"),
  [WN_SENTENCE_NO_CONTACT]
  = N_ ("There is no contact “%s” in this account: nobody reads what you "
        "write."),
  [WN_SENTENCE_EXPORTS_WAITING]
  = N_ ("There are more files than can be asked about at once. “exports” "
        "lists them, “download all” saves all that wait."),
  [WN_SENTENCE_EXPORT_AGAIN] = N_ ("“%s” is offered again."),
  [WN_SENTENCE_EXPORT_UNDER_WAY] = N_ ("“%s” is being downloaded already."),
  [WN_SENTENCE_EXPORT_ENDED]
  = N_ ("The download of “%s” was broken off when the account signed off."),
  [WN_SENTENCE_EXPORT_UNNAMED]
  = N_ ("Write “download” and the name of an export. “exports” lists them."),
  [WN_SENTENCE_EXPORT_UNKNOWN]
  = N_ ("There has been no export of that name since you signed on. "
        "“exports” lists them."),
};

/* What is said of more than one loss. */
#define ASK_OPERATOR N_ ("Ask whoever runs the server.")
#define CHECK_PROXY N_ ("Check the account's proxy settings.")
#define CHECK_SERVER N_ ("Check the server in the account's settings.")
#define CHECK_NETWORK N_ ("Check the network, and whether the server runs.")
#define CHECK_TOKEN                                                            \
  N_ ("Check the user ID and the access token (the password).")
#define REFUSED N_ ("the server refused")
#define REFUSED_WITH N_ ("the server refused (HTTP %u)")
#define TOKEN_REFUSED N_ ("the server does not take the access token")
#define NOT_SIGNED N_ ("the application does not sign channels")

#define LARAVEL_GUARD "Broadcast::routes(['middleware' => ['auth:sanctum']])"
#define ADD_GUARD                                                              \
  N_ ("It does not look at access tokens there: it needs the line %s. Else "   \
      "check the account's setting Authorization URL.")
#define CHECK_AUTH_URL                                                         \
  N_ ("Check the account's setting Authorization URL: with the line in "       \
      "routes/api.php it is https://HOST/api/broadcasting/auth.")

typedef struct
{
  WnLossReason reason;
  const char *words;    /* can follow a colon */
  const char *detailed; /* (nullable): the same with the code, a %u, or with
                         * what it is about, a %s; for where that is known */
  const char *advice; /* (nullable): NULL is to check the network; a %s is what
                       * Laravel needs */
  guint first, last;  /* the HTTP statuses that it is for; 0, 0: all others */
} LossFault;

/* The first row that fits counts. */
static const LossFault loss_faults[] = {
  { WN_LOSS_NAME_NOT_FOUND,
    N_ ("the server's name was not found"),
    .advice = CHECK_SERVER },
  { WN_LOSS_REFUSED, N_ ("connection refused") },
  { WN_LOSS_UNREACHABLE, N_ ("the network is unreachable") },
  { WN_LOSS_TIMED_OUT, N_ ("connecting took too long") },
  { WN_LOSS_PROXY,
    N_ ("the proxy did not let us through"),
    .advice = CHECK_PROXY },
  { WN_LOSS_PROXY_SETTINGS,
    N_ ("the proxy settings are not complete"),
    .advice = CHECK_PROXY },
  { WN_LOSS_PROXY_UNREACHABLE,
    N_ ("the proxy can't be reached"),
    .advice = CHECK_PROXY },
  { WN_LOSS_PROXY_AUTH,
    N_ ("the proxy asks for another user name or password"),
    .advice = CHECK_PROXY },
  { WN_LOSS_PROXY_TARGET, N_ ("the proxy could not reach the server") },
  { WN_LOSS_TLS,
    N_ ("no secure connection"),
    .advice
    = N_ ("Does the server's address in the account's settings begin with "
          "wss:// or https:// where ws:// or http:// is meant, without "
          "encryption? Else ask whoever runs the server.") },
  { WN_LOSS_TLS_UNAVAILABLE,
    N_ ("this system has no TLS for GLib"),
    .advice = N_ ("Install the package glib-networking.") },
  { WN_LOSS_CERTIFICATE_REFUSED,
    N_ ("the certificate was not accepted"),
    .advice = ASK_OPERATOR },
  { WN_LOSS_HTTP_STATUS, REFUSED, REFUSED_WITH, CHECK_TOKEN, 401, 401 },
  { WN_LOSS_HTTP_STATUS, REFUSED, REFUSED_WITH, CHECK_TOKEN, 403, 403 },
  { WN_LOSS_HTTP_STATUS,
    REFUSED,
    REFUSED_WITH,
    N_ ("It takes no more from here for now: try again later."),
    429,
    429 },
  { WN_LOSS_HTTP_STATUS, REFUSED, REFUSED_WITH, CHECK_SERVER },
  { WN_LOSS_REDIRECTED,
    N_ ("the server pointed somewhere else"),
    .advice = CHECK_SERVER },
  { WN_LOSS_BAD_HANDSHAKE,
    N_ ("the server does not speak WebSocket"),
    .advice = CHECK_SERVER },
  { WN_LOSS_CLOSED,
    N_ ("the server closed the connection"),
    N_ ("the server closed the connection (%u)") },
  { WN_LOSS_TEXT_REFUSED,
    N_ ("the server closed the connection at our heartbeat (1008). If it is "
        "nginx with nchan, set “Replay what was missed” to “From a server "
        "with nchan” in the account's settings") },
  { WN_LOSS_BROKEN, N_ ("the connection was cut") },
  { WN_LOSS_PROTOCOL, N_ ("the server broke the WebSocket protocol") },
  { WN_LOSS_TOO_BIG, N_ ("a message was too long") },
  { WN_LOSS_NO_ANSWER, N_ ("the server no longer answers") },
  { WN_LOSS_DENIED,
    N_ ("the server does not want this connection"),
    N_ ("the server does not want this connection (%u)") },
  { WN_LOSS_TOKEN_REFUSED,
    TOKEN_REFUSED,
    .advice = N_ ("Check the access token (the password).") },
  { WN_LOSS_LOGIN_REFUSED,
    TOKEN_REFUSED,
    N_ ("the server does not take the login “%s” with this password"),
    N_ ("Check the account's login, and its password or access token.") },
  { WN_LOSS_TOPICS_REFUSED,
    N_ ("the server does not let you read all topics"),
    N_ ("the server does not let you read “%s”"),
    N_ ("Check the topics, and whose login or access token may read them.") },
  { WN_LOSS_NO_GREETING,
    N_ ("the server said nothing after the connection was made"),
    .advice
    = N_ ("Check the server in the account's settings: it must be a Reverb, a "
          "soketi or Pusher.") },
  { WN_LOSS_NOT_SIGNED,
    N_ ("what is at the Authorization URL does not sign channels"),
    .advice = CHECK_AUTH_URL,
    .first = 200,
    .last = 200 },
  { WN_LOSS_NOT_SIGNED,
    N_ ("the application does not take the access token: it is wrong, or "
        "has expired"),
    .advice
    = N_ ("Have the application make a new one, and enter it as the account's "
          "password."),
    .first = 401,
    .last = 401 },
  { WN_LOSS_NOT_SIGNED,
    NOT_SIGNED,
    N_ ("the application does not let you listen to “%s”"),
    N_ ("Check the user ID and the account's setting Channels. Where they "
        "are right, the application does not look at access tokens there: "
        "it needs the line %s. If it has that, check the account's setting "
        "Authorization URL."),
    403,
    403 },
  { WN_LOSS_NOT_SIGNED,
    N_ ("the application asks for its login page"),
    .advice = ADD_GUARD,
    .first = 300,
    .last = 399 },
  { WN_LOSS_NOT_SIGNED,
    N_ ("there is nothing at the Authorization URL (HTTP 404)"),
    .advice = CHECK_AUTH_URL,
    .first = 404,
    .last = 404 },
  { WN_LOSS_NOT_SIGNED,
    N_ ("the Authorization URL is for something else (HTTP 405)"),
    .advice = CHECK_AUTH_URL,
    .first = 405,
    .last = 405 },
  { WN_LOSS_NOT_SIGNED,
    N_ ("the application takes us for a web page (HTTP 419)"),
    .advice = ADD_GUARD,
    .first = 419,
    .last = 419 },
  { WN_LOSS_NOT_SIGNED,
    N_ ("there is no answer from the Authorization URL"),
    N_ ("the application does not sign channels (HTTP %u)"),
    N_ ("Check the network, whether the application runs, and the account's "
        "setting Authorization URL.") },
  { WN_LOSS_CHANNELS_REFUSED,
    N_ ("the server does not let you listen to any channel"),
    N_ ("the server does not let you listen to “%s”"),
    N_ ("The application signed for another app key or with another secret "
        "than the server's. Check the app key and the server in the "
        "account's settings.") },
  { WN_LOSS_NO_APP,
    N_ ("the server does not know the app key"),
    N_ ("the server does not know the app key “%s”"),
    N_ ("Check it: in the application's .env file it is REVERB_APP_KEY or "
        "PUSHER_APP_KEY. Check the server in the account's settings, too.") },
  { WN_LOSS_ORIGIN_REFUSED,
    N_ ("the server does not take connections from this origin"),
    N_ ("the server does not take connections from the origin “%s”"),
    N_ ("Enter one that the server allows as the account's Origin. Reverb's "
        "are allowed_origins in the application's config/reverb.php.") },
  { WN_LOSS_TLS_ONLY,
    N_ ("the server wants an encrypted connection"),
    .advice = N_ (
        "Begin the server's address in the account's settings with wss://.") },
  { WN_LOSS_OVER_QUOTA,
    N_ ("the server has as many connections for this app key as it may have"),
    .advice = N_ ("It takes no more for now: try again later.") },
  { WN_LOSS_ASKED, N_ ("as you asked") },
  { WN_LOSS_OTHER, N_ ("the connection failed"), "%s" },
};

typedef struct
{
  GTlsCertificateFlags flag;
  PurpleConnectionError reason;
  const char *words;    /* after a comma */
  const char *sentence; /* in the question */
} CertificateFault;

/* The worst first: it names the error. */
static const CertificateFault certificate_faults[] = {
  { G_TLS_CERTIFICATE_REVOKED,
    PURPLE_CONNECTION_ERROR_CERT_OTHER_ERROR,
    N_ ("its certificate was revoked"),
    N_ ("It was revoked by its issuer.") },
  { G_TLS_CERTIFICATE_BAD_IDENTITY,
    PURPLE_CONNECTION_ERROR_CERT_HOSTNAME_MISMATCH,
    N_ ("its certificate belongs to another name"),
    N_ ("It belongs to another name than the server's.") },
  { G_TLS_CERTIFICATE_EXPIRED,
    PURPLE_CONNECTION_ERROR_CERT_EXPIRED,
    N_ ("its certificate has expired"),
    N_ ("It has expired.") },
  { G_TLS_CERTIFICATE_NOT_ACTIVATED,
    PURPLE_CONNECTION_ERROR_CERT_NOT_ACTIVATED,
    N_ ("its certificate is not valid yet"),
    N_ ("It is not valid yet.") },
  { G_TLS_CERTIFICATE_INSECURE,
    PURPLE_CONNECTION_ERROR_CERT_OTHER_ERROR,
    N_ ("its certificate is too weak"),
    N_ ("It is signed in a way that is too weak.") },
  { G_TLS_CERTIFICATE_UNKNOWN_CA,
    PURPLE_CONNECTION_ERROR_CERT_UNTRUSTED,
    N_ ("its certificate's issuer is not trusted"),
    N_ ("Its issuer is not known, or not trusted.") },
  { G_TLS_CERTIFICATE_GENERIC_ERROR,
    PURPLE_CONNECTION_ERROR_CERT_OTHER_ERROR,
    N_ ("its certificate can't be verified"),
    N_ ("It can't be verified.") },
};

#define BACKLOG_FAILS                                                          \
  N_ ("What was missed can't be shown yet: the application answers with an "   \
      "error at the account's Backlog URL (HTTP %u). It is asked again.")
#define BACKLOG_REFUSED                                                        \
  N_ ("What was missed can't be shown: the application does not take the "     \
      "access token at the account's Backlog URL (HTTP %u). The route there "  \
      "needs the middleware auth:sanctum.")

typedef struct
{
  WnNotice notice;
  const char *text;  /* a %s or %u quotes the detail */
  guint first, last; /* the HTTP statuses that it is for; 0, 0: all others */
} NoticeText;

/* The first row that fits counts. */
static const NoticeText notices[] = {
  { WN_NOTICE_NOT_REPLAYING,
    N_ ("This server does not replay what was missed. The account's setting "
        "for that has no effect.") },
  { WN_NOTICE_BEGAN_ANEW,
    N_ ("The server has lost what it knew and begun anew. What it has now "
        "counts as missed.") },
  { WN_NOTICE_CHANNEL_REFUSED,
    N_ ("The server does not let you listen to %s.") },
  { WN_NOTICE_MORE_MISSED,
    N_ ("More was missed than is shown here. The older messages are only on "
        "the server.") },
  { WN_NOTICE_NO_BACKLOG,
    N_ ("What was missed can't be shown: the answer from the account's Backlog "
        "URL is no list of notifications, or one that is too long."),
    200,
    200 },
  { WN_NOTICE_NO_BACKLOG, BACKLOG_REFUSED, 401, 401 },
  { WN_NOTICE_NO_BACKLOG, BACKLOG_REFUSED, 403, 403 },
  { WN_NOTICE_NO_BACKLOG, BACKLOG_FAILS, 429, 429 },
  { WN_NOTICE_NO_BACKLOG, BACKLOG_FAILS, 500, G_MAXUINT },
  { WN_NOTICE_NO_BACKLOG,
    N_ ("What was missed can't be shown: there are no notifications at the "
        "account's Backlog URL (HTTP %u)."),
    1,
    499 },
  { WN_NOTICE_NO_BACKLOG,
    N_ ("What was missed can't be shown yet: there is no answer from the "
        "account's Backlog URL, or one that is too long. It is asked "
        "again.") },
};

/* A text with a %s quotes the error's message. */
static const char *const dialect_faults[] = {
  [WN_DIALECT_ERROR_NO_USER]
  = N_ ("The user ID is missing. Enter it in the account's settings."),
  [WN_DIALECT_ERROR_BAD_USER]
  = N_ ("“%s” can't be a user ID, because it has “@” or “/” in it. Enter "
        "the ID alone, and project and environment in their own fields."),
  [WN_DIALECT_ERROR_NO_TOPIC]
  = N_ ("The topics or channels are missing. Enter one, or several with commas "
        "between, in the account's settings."),
  [WN_DIALECT_ERROR_BAD_TOPIC]
  = N_ ("“%s” can't be the name of a topic or channel. Check the account's "
        "settings."),
  [WN_DIALECT_ERROR_UNKNOWN_ENVIRONMENT]
  = N_ ("The environment “%s” has no server of its own. Enter its address "
        "as “Another server” in the account's settings, or choose production "
        "or stage."),
  [WN_DIALECT_ERROR_BAD_SERVER_SCHEME]
  = N_ ("The server's address begins with something unknown. It must be "
        "like wss://push.example.com/ or ws://192.168.1.5:8080/path."),
  [WN_DIALECT_ERROR_BAD_SERVER_NO_HOST]
  = N_ ("The server's address has no name that can be connected to. It must "
        "be like wss://push.example.com/ or ws://192.168.1.5:8080/path."),
  [WN_DIALECT_ERROR_BAD_SERVER_USERINFO]
  = N_ ("The server's address has a user or a password in it, which would "
        "be seen by others. Leave them out, and enter an access token as "
        "the password."),
  [WN_DIALECT_ERROR_BAD_SERVER_PORT]
  = N_ ("The port in the server's address is none: it must be a number from "
        "1 to 65535, as in ws://192.168.1.5:8080/."),
  [WN_DIALECT_ERROR_BAD_SERVER_FRAGMENT]
  = N_ ("The server's address has a “#” in it, behind which a server sees "
        "nothing. Leave that part out."),
  [WN_DIALECT_ERROR_BAD_SERVER_PATH]
  = N_ ("The server's address has a path that can't be used. Leave it out, "
        "or encode its special characters."),
  [WN_DIALECT_ERROR_BAD_DOWNLOAD_URL]
  = N_ ("The account's setting Download URL is not an address that can be "
        "used: it must be like https://host/path?file={filename}, or empty."),
  [WN_DIALECT_ERROR_DOWNLOAD_URL_WITHOUT_FILENAME]
  = N_ ("The account's setting Download URL does not say where the file's "
        "name goes: write {filename} there, as in "
        "https://host/path?file={filename}, or leave it empty."),
  [WN_DIALECT_ERROR_BAD_URL_OPTION]
  = N_ ("The account's setting “%s” is not an address that can be used: it "
        "must be like https://host/path, or empty."),
  [WN_DIALECT_ERROR_SENDING_TOKEN]
  = N_ ("This access token (the password) belongs to an application, which "
        "can only send. Have the server make one for a client, and enter "
        "that."),
  [WN_DIALECT_ERROR_NO_KEY]
  = N_ ("The app key is missing. Enter it in the account's settings: in the "
        "application's .env file it is REVERB_APP_KEY or PUSHER_APP_KEY."),
  [WN_DIALECT_ERROR_ENCRYPTED_CHANNEL]
  = N_ ("“%s” is an encrypted channel, which this plugin can't read. Remove it "
        "from the account's setting Channels."),
  [WN_DIALECT_ERROR_NO_TOKEN]
  = N_ ("The channel “%s” needs an access token: enter it as the password, and "
        "tick Remember password, or it is forgotten when you sign off. "
        "Channels that begin with neither private- nor presence- need none."),
  [WN_DIALECT_ERROR_FOREIGN_BACKLOG_URL]
  = N_ ("The account's settings Backlog URL and Authorization URL must begin "
        "with the same https://host, because the access token is for one "
        "application alone."),
};

static const char *const settings_faults[] = {
  [WN_SETTINGS_ERROR_TOKEN_IN_CLEAR]
  = N_ ("The access token (the password) is not sent over a connection that "
        "is not encrypted. Use a server whose address begins with wss:// or "
        "https://, remove the password, or tick “Send the access token without "
        "encryption” in the account's settings."),
  [WN_SETTINGS_ERROR_BAD_TOKEN]
  = N_ ("The access token (the password) holds spaces or characters that no "
        "token has. Enter it again."),
};

static const char *const tls_faults[] = {
  [WN_TLS_ERROR_UNREADABLE]
  = N_ ("The file of trusted certificates can't be read. Check the account's "
        "setting Further trusted certificates."),
  [WN_TLS_ERROR_NO_CERTIFICATE]
  = N_ ("The file of trusted certificates holds no certificate in PEM form. "
        "Check the account's setting Further trusted certificates."),
};

static const char *
translate (const char *text)
{
  return g_dgettext (GETTEXT_PACKAGE, text);
}

void
wn_sentence_clear (WnSentence *sentence)
{
  g_clear_pointer (&sentence->text, g_free);
}

/* (nullable): the %s or %u in @text */
static const char *
find_place (const char *text)
{
  const char *place = strchr (text, '%');

  while (place != NULL && place[1] != 's' && place[1] != 'u')
    place = strchr (place + 1, '%');
  return place;
}

/* @text with @detail in the place of its %s or %u, if it has one. */
static char *
dup_filled (const char *text, const char *detail)
{
  const char *place = find_place (text);

  if (place == NULL)
    return g_strdup (text);
  return g_strdup_printf ("%.*s%s%s",
                          (int) (place - text),
                          text,
                          detail,
                          place + strlen ("%s"));
}

char *
wn_sentence_dup (WnSentenceId which, const char *name)
{
  return dup_filled (translate (fixed_sentences[which]), name);
}

static PurpleConnectionError
reason_of_fault (const GError *error)
{
  if (error->domain != WN_DIALECT_ERROR)
    return PURPLE_CONNECTION_ERROR_INVALID_SETTINGS;
  switch (error->code)
    {
    case WN_DIALECT_ERROR_NO_USER:
    case WN_DIALECT_ERROR_BAD_USER:
    case WN_DIALECT_ERROR_NO_TOPIC:
    case WN_DIALECT_ERROR_BAD_TOPIC:
    case WN_DIALECT_ERROR_NO_KEY:
      return PURPLE_CONNECTION_ERROR_INVALID_USERNAME;
    case WN_DIALECT_ERROR_NO_TOKEN:
      return PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED;
    default:
      return PURPLE_CONNECTION_ERROR_INVALID_SETTINGS;
    }
}

WnSentence
wn_sentence_for_settings (const GError *error)
{
  const char *detail = error->message;
  const char *text;

  if (error->domain == WN_TLS_ERROR)
    text = tls_faults[error->code];
  else if (error->domain == WN_SETTINGS_ERROR)
    text = settings_faults[error->code];
  else
    text = dialect_faults[error->code];
  /* An option is called by its label. */
  if (g_error_matches (error,
                       WN_DIALECT_ERROR,
                       WN_DIALECT_ERROR_BAD_URL_OPTION))
    detail = translate (detail);
  return (WnSentence){ reason_of_fault (error),
                       dup_filled (translate (text), detail) };
}

static const CertificateFault *
find_certificate_fault (guint tls_errors)
{
  for (gsize i = 0; i < G_N_ELEMENTS (certificate_faults); i++)
    if (tls_errors & certificate_faults[i].flag)
      return &certificate_faults[i];
  return NULL;
}

/* Whether a table's row is for @status */
static gboolean
is_among (guint status, guint first, guint last)
{
  return last == 0 || (status >= first && status <= last);
}

static const LossFault *
find_loss_fault (const WnLoss *loss)
{
  const LossFault *fault = loss_faults;

  while (fault->reason != loss->reason
         || !is_among (loss->http_status, fault->first, fault->last))
    fault++;
  return fault;
}

/* Returns: (transfer full) (nullable): %NULL where the detail is not known */
static char *
dup_detailed_words (const LossFault *fault, const WnLoss *loss)
{
  guint code = loss->http_status != 0 ? loss->http_status : loss->close_code;
  g_autofree char *number = code != 0 ? g_strdup_printf ("%u", code) : NULL;
  const char *detail = loss->detail;

  if (fault->detailed == NULL)
    return NULL;
  if (strstr (fault->detailed, "%u") != NULL)
    detail = number;
  return detail != NULL ? dup_filled (translate (fault->detailed), detail)
                        : NULL;
}

char *
wn_sentence_dup_loss (const WnLoss *loss)
{
  static const WnLoss unknown = { .reason = WN_LOSS_OTHER };
  const CertificateFault *certificate;
  const LossFault *fault;
  char *words;

  if (loss == NULL)
    loss = &unknown;
  certificate = find_certificate_fault (loss->tls_errors);
  if (certificate != NULL)
    return g_strdup_printf (_ ("no secure connection, %s"),
                            translate (certificate->words));
  fault = find_loss_fault (loss);
  words = dup_detailed_words (fault, loss);
  return words != NULL ? words : g_strdup (translate (fault->words));
}

static PurpleConnectionError
reason_of_loss (const WnLoss *loss)
{
  if (wn_loss_is_unauthorized (loss))
    return PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED;
  switch ((int) loss->reason)
    {
    case WN_LOSS_TLS_UNAVAILABLE:
      return PURPLE_CONNECTION_ERROR_NO_SSL_SUPPORT;
    case WN_LOSS_TLS:
      return PURPLE_CONNECTION_ERROR_ENCRYPTION_ERROR;
    case WN_LOSS_CERTIFICATE_REFUSED:
      return PURPLE_CONNECTION_ERROR_CERT_UNTRUSTED;
    case WN_LOSS_TOPICS_REFUSED:
      return PURPLE_CONNECTION_ERROR_INVALID_USERNAME;
    default:
      return loss->retry == WN_LOSS_RETRY_NEVER
                 ? PURPLE_CONNECTION_ERROR_INVALID_SETTINGS
                 : PURPLE_CONNECTION_ERROR_NETWORK_ERROR;
    }
}

/* A TLS error without a fault of the certificate can be a server that answers
 * in clear: no code tells the two apart.
 */
static const char *
advice_for_loss (const WnLoss *loss, gboolean has_token)
{
  const char *advice;

  if (loss->reason == WN_LOSS_TLS && loss->tls_errors != 0)
    return translate (ASK_OPERATOR);
  if (loss->reason == WN_LOSS_HTTP_STATUS && !has_token
      && wn_loss_is_unauthorized (loss))
    return _ ("The account has no access token: enter it as the password, and "
              "tick Remember password, or it is forgotten when you sign off.");
  advice = find_loss_fault (loss)->advice;
  return translate (advice != NULL ? advice : CHECK_NETWORK);
}

WnSentence
wn_sentence_for_loss (const WnLoss *loss, const char *host, gboolean has_token)
{
  g_autofree char *words = wn_sentence_dup_loss (loss);
  g_autofree char *advice
      = dup_filled (advice_for_loss (loss, has_token), LARAVEL_GUARD);

  return (WnSentence){
    reason_of_loss (loss),
    g_strdup_printf (_ ("Could not connect to %s: %s. %s"), host, words, advice)
  };
}

/* Where no setting and no click helps, whoever runs the server can. */
static const char *
advice_for_certificate (const WnTlsDoubt *doubt, gboolean was_asked)
{
  if (was_asked)
    return _ ("You did not accept the certificate. To be asked again, enable "
              "the account again.");
  if (doubt->errors == G_TLS_CERTIFICATE_UNKNOWN_CA)
    return _ ("This program can't ask you about it. Name a PEM file with the "
              "certificate, or its issuer's, in the account's setting "
              "Further trusted certificates (tls_ca_file).");
  return _ ("This program can't ask you about it, and the account's setting "
            "tls_ca_file can't cure this. Ask whoever runs the server.");
}

WnSentence
wn_sentence_for_certificate (const WnTlsDoubt *doubt, gboolean was_asked)
{
  WnLoss loss = {
    .reason = WN_LOSS_CERTIFICATE_REFUSED,
    .tls_errors = doubt->errors,
  };
  const CertificateFault *fault = find_certificate_fault (doubt->errors);
  g_autofree char *words = wn_sentence_dup_loss (&loss);
  PurpleConnectionError reason = PURPLE_CONNECTION_ERROR_CERT_OTHER_ERROR;

  if (doubt->is_changed)
    reason = PURPLE_CONNECTION_ERROR_CERT_FINGERPRINT_MISMATCH;
  else if (fault != NULL)
    reason = fault->reason;
  return (WnSentence){
    reason,
    g_strdup_printf (_ ("Could not connect to %s: %s. %s"),
                     doubt->host,
                     doubt->is_changed ? _ ("its certificate is not the one "
                                            "that you accepted before")
                                       : words,
                     advice_for_certificate (doubt, was_asked)),
  };
}

static void
append_line (GString *text, const char *line)
{
  if (text->len > 0)
    g_string_append_c (text, '\n');
  g_string_append (text, line);
}

char *
wn_sentence_dup_value (const char *label, const char *value)
{
  return g_strdup_printf (_ ("%s: %s"), label, value);
}

static void
append_value (GString *text, const char *label, const char *value)
{
  g_autofree char *line = wn_sentence_dup_value (label, value);

  append_line (text, line);
}

/* Whoever made the certificate wrote this: it must not look like other lines
 * of ours, nor hide them, and a character that nobody sees must show.
 */
static char *
dup_harmless (const char *name)
{
  g_autofree char *valid
      = g_utf8_make_valid (name != NULL ? name : _ ("(none)"), -1);
  GString *text = g_string_new (NULL);
  glong n_left = MAX_NAME_CHARACTERS;

  for (const char *c = valid; *c != '\0' && n_left > 0;
       c = g_utf8_next_char (c), n_left--)
    {
      gunichar character = g_utf8_get_char (c);

      g_string_append_unichar (text,
                               g_unichar_isprint (character) ? character : '?');
    }
  if (n_left == 0)
    g_string_append (text, "…");
  return g_string_free (text, FALSE);
}

/* A line ends after the last comma that fits, if there is one. */
static const char *
find_line_end (const char *line)
{
  const char *after_comma = NULL;
  const char *c = line;

  for (guint n = 0; n < WN_HOST_MAX_DIALOG_CHARS && *c != '\0';
       n++, c = g_utf8_next_char (c))
    if (*c == ',')
      after_comma = c + 1;
  return after_comma != NULL && *c != '\0' ? after_comma : c;
}

static char *
dup_wrapped (const char *line)
{
  GString *text = g_string_new (NULL);
  const char *end;

  for (; *(end = find_line_end (line)) != '\0'; line = end)
    {
      g_string_append_len (text, line, end - line);
      g_string_append (text, NEXT_LINE);
    }
  g_string_append (text, line);
  return g_string_free (text, FALSE);
}

static void
append_name (GString *text, const char *label, char *name_in)
{
  g_autofree char *name = name_in;
  g_autofree char *harmless = dup_harmless (name);
  g_autofree char *line = wn_sentence_dup_value (label, harmless);
  g_autofree char *wrapped = dup_wrapped (line);

  append_line (text, wrapped);
}

static void
append_date (GString *text, const char *label, GDateTime *date_in)
{
  g_autoptr (GDateTime) date = date_in;
  g_autoptr (GDateTime) local
      = date != NULL ? g_date_time_to_local (date) : NULL;
  g_autofree char *words = local != NULL
                               ? g_date_time_format (local, "%Y-%m-%d %H:%M:%S")
                               : g_strdup ("?");

  append_value (text, label, words);
}

static void
append_fingerprint (GString *text, const char *hex)
{
  g_autofree char *upper = g_ascii_strup (hex, -1);

  append_line (text, _ ("SHA-256 fingerprint:"));
  for (guint n = 0; upper[2 * n] != '\0' && upper[2 * n + 1] != '\0'; n++)
    {
      if (n > 0)
        g_string_append_c (text, ':');
      if (n % PAIRS_PER_LINE == 0)
        g_string_append (text, NEXT_LINE);
      g_string_append_len (text, upper + 2 * n, 2);
    }
}

static char *
dup_certificate_details (const WnTlsDoubt *doubt, const char *username)
{
  GTlsCertificate *certificate = doubt->certificate;
  GString *text = g_string_new (NULL);

  if (doubt->is_changed)
    append_line (text, _ ("It is not the one that you accepted before."));
  for (gsize i = 0; i < G_N_ELEMENTS (certificate_faults); i++)
    if (doubt->errors & certificate_faults[i].flag)
      append_line (text, translate (certificate_faults[i].sentence));
  g_string_append_c (text, '\n');
  append_name (text,
               _ ("Subject"),
               g_tls_certificate_get_subject_name (certificate));
  append_name (text,
               _ ("Issuer"),
               g_tls_certificate_get_issuer_name (certificate));
  append_date (text,
               _ ("Valid from"),
               g_tls_certificate_get_not_valid_before (certificate));
  append_date (text,
               _ ("Valid until"),
               g_tls_certificate_get_not_valid_after (certificate));
  append_fingerprint (text, doubt->fingerprint);
  g_string_append_c (text, '\n');
  append_value (text, _ ("Account"), username);
  append_line (text,
               _ ("If you accept it, this account trusts it from now on."));
  return g_string_free (text, FALSE);
}

void
wn_certificate_words_clear (WnCertificateWords *words)
{
  g_free (words->title);
  g_free (words->primary);
  g_free (words->secondary);
  g_free (words->tick);
}

/* The port is a part of what is trusted. */
static char *
dup_server (const WnTlsDoubt *doubt)
{
  return g_strdup_printf (strchr (doubt->host, ':') != NULL ? "[%s]:%u"
                                                            : "%s:%u",
                          doubt->host,
                          doubt->port);
}

void
wn_sentence_for_question (WnCertificateWords *words,
                          const WnTlsDoubt *doubt,
                          const char *username)
{
  g_autofree char *server = dup_server (doubt);

  words->title = g_strdup_printf (_ ("The certificate of %s"), doubt->host);
  words->primary = g_strdup_printf (_ ("The certificate of %s is not trusted. "
                                       "Connect all the same?"),
                                    server);
  words->secondary = dup_certificate_details (doubt, username);
  words->tick
      = g_strdup (_ ("Trust this certificate from now on (tick to accept)"));
}

static char *
dup_time (gint64 wall_us, const char *format)
{
  g_autoptr (GDateTime) time
      = g_date_time_new_from_unix_local (wall_us / G_TIME_SPAN_SECOND);

  return time != NULL ? g_date_time_format (time, format) : g_strdup ("?");
}

char *
wn_sentence_dup_waiting (const WnClientStatus *status)
{
  g_autofree char *words = wn_sentence_dup_loss (status->loss);
  g_autofree char *time = NULL;

  if (status->retry_at_us == 0 || status->state != WN_STATE_WAITING)
    return g_strdup_printf (_ ("Reconnecting now (attempt %u): %s"),
                            MAX (status->attempt, 1),
                            words);
  time = dup_time (status->retry_at_us, "%H:%M:%S");
  if (status->is_crowded)
    return g_strdup_printf (
        _ ("Reconnecting at %s (attempt %u): %s. The server is restarting: "
           "everybody comes back one after the other."),
        time,
        status->attempt,
        words);
  return g_strdup_printf (_ ("Reconnecting at %s (attempt %u): %s"),
                          time,
                          status->attempt,
                          words);
}

char *
wn_sentence_dup_gap (gint64 from_us, gint64 to_us)
{
  gboolean is_long = to_us - from_us >= 12 * G_TIME_SPAN_HOUR;
  const char *format = is_long ? "%Y-%m-%d %H:%M:%S" : "%H:%M:%S";
  g_autofree char *from = dup_time (from_us, format);
  g_autofree char *to = dup_time (to_us, format);

  return g_strdup_printf (_ ("There was no connection from %s to %s. What was "
                             "sent in that time has not arrived."),
                          from,
                          to);
}

char *
wn_sentence_dup_nothing_kept (const WnDialect *dialect)
{
  const char *label = wn_settings_find_label (dialect, "replay");

  if (label == NULL)
    label = wn_settings_find_label (dialect, "backlog_url");
  if (label == NULL)
    return g_strdup (_ ("What is sent while you are not connected does not "
                        "arrive later."));
  return g_strdup_printf (
      _ ("What is sent while you are not connected does not "
         "arrive later, unless the server keeps it and the "
         "account's setting “%s” asks for it."),
      label);
}

char *
wn_sentence_dup_missed (guint n_notifications)
{
  return g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE,
                   "%u notification from while you were away.",
                   "%u notifications from while you were away.",
                   n_notifications),
      n_notifications);
}

char *
wn_sentence_dup_unseen (guint n_notifications)
{
  return g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE,
                   "Too much came at once: %u notification is in the log "
                   "only. To read it, choose View Log in the conversation's "
                   "menu.",
                   "Too much came at once: %u notifications are in the log "
                   "only. To read them, choose View Log in the "
                   "conversation's menu.",
                   n_notifications),
      n_notifications);
}

char *
wn_sentence_dup_notice (WnNotice notice, const char *detail)
{
  g_autofree char *name
      = wn_markup_clean_text (detail != NULL ? detail : "?", TRUE);
  guint status = (guint) g_ascii_strtoull (name, NULL, 10);
  const NoticeText *text = notices;

  while (text->notice != notice || !is_among (status, text->first, text->last))
    text++;
  return dup_filled (translate (text->text), name);
}

static const char *
state_words (WnState state)
{
  switch (state)
    {
    case WN_STATE_CONNECTING:
      return _ ("connecting");
    case WN_STATE_QUIET:
    case WN_STATE_ASKED:
      return _ ("connected");
    case WN_STATE_WAITING:
      return _ ("waiting to reconnect");
    case WN_STATE_OFFLINE:
    default:
      return _ ("not connected");
    }
}

static void
report_line (WnReportFunc func,
             gpointer user_data,
             const char *label,
             char *value_in)
{
  g_autofree char *value = value_in;

  func (label, value, user_data);
}

static void
report_time (WnReportFunc func,
             gpointer user_data,
             const char *label,
             gint64 wall_us)
{
  if (wall_us != 0)
    report_line (func,
                 user_data,
                 label,
                 dup_time (wall_us, "%Y-%m-%d %H:%M:%S"));
}

void
wn_sentence_report (const WnClientStatus *status,
                    const char *username,
                    const char *host,
                    WnReportFunc func,
                    gpointer data)
{
  g_autofree char *reconnects = g_strdup_printf ("%u", status->n_reconnects);
  g_autofree char *notifications
      = g_strdup_printf ("%" G_GUINT64_FORMAT, status->n_notifications);

  func (_ ("Connection"), state_words (status->state), data);
  if (username != NULL)
    func (_ ("Account"), username, data);
  func (_ ("Server"), host, data);
  if (status->api_version != NULL)
    func (_ ("API version"), status->api_version, data);
  report_time (func, data, _ ("Connected since"), status->connected_since_us);
  report_time (func, data, _ ("Last heartbeat"), status->acknowledged_at_us);
  if (status->round_trip_us >= 0)
    report_line (func,
                 data,
                 _ ("Round trip"),
                 g_strdup_printf (_ ("%.1f ms"),
                                  (double) status->round_trip_us
                                      / G_TIME_SPAN_MILLISECOND));
  func (_ ("Reconnects"), reconnects, data);
  func (_ ("Notifications"), notifications, data);
  if (status->loss != NULL)
    report_line (func,
                 data,
                 _ ("Last loss"),
                 wn_sentence_dup_loss (status->loss));
  if (status->state == WN_STATE_WAITING)
    report_time (func, data, _ ("Next attempt"), status->retry_at_us);
}

/* --- Exports --- */

/* A time of today is a time of day. */
static char *
dup_moment (gint64 wall_us)
{
  g_autofree char *day = dup_time (wall_us, "%Y-%m-%d");
  g_autofree char *today = dup_time (g_get_real_time (), "%Y-%m-%d");

  return dup_time (wall_us,
                   g_str_equal (day, today) ? "%H:%M" : "%Y-%m-%d %H:%M");
}

static char *
dup_progress (const WnTransferStatus *status)
{
  g_autofree char *received = NULL;

  if (status->size > 0)
    return g_strdup_printf (_ ("in progress, %d %%"),
                            (int) (status->n_received * 100 / status->size));
  received = g_format_size ((guint64) status->n_received);
  return g_strdup_printf (_ ("in progress, %s so far"), received);
}

static char *
dup_export_state (const WnExportReport *report)
{
  static const char *const words[] = {
    [WN_TRANSFER_WAITING] = N_ ("waiting to be offered"),
    [WN_TRANSFER_MEASURED] = N_ ("waiting to be offered"),
    [WN_TRANSFER_OFFERED] = N_ ("offered"),
    [WN_TRANSFER_DONE] = N_ ("done"),
    [WN_TRANSFER_FAILED] = N_ ("failed: %s"),
    [WN_TRANSFER_DENIED] = N_ ("denied"),
    [WN_TRANSFER_CANCELLED] = N_ ("cancelled"),
    [WN_TRANSFER_LINKED] = N_ ("its link was sent"),
    [WN_TRANSFER_EXPIRED] = N_ ("expired"),
  };

  if (report->status->state == WN_TRANSFER_RUNNING)
    return dup_progress (report->status);
  return dup_filled (translate (words[report->status->state]), report->reason);
}

char *
wn_sentence_dup_export (const WnExportReport *report)
{
  g_autofree char *state = dup_export_state (report);
  g_autofree char *time = dup_moment (report->announced_us);
  g_autofree char *until = NULL;

  if (report->expires_us == 0 || report->status->state == WN_TRANSFER_DONE
      || report->status->state == WN_TRANSFER_EXPIRED)
    return g_strdup_printf (_ ("%s %s: %s"), time, report->name, state);
  until = dup_moment (report->expires_us);
  return g_strdup_printf (_ ("%s %s: %s (to be had until %s)"),
                          time,
                          report->name,
                          state,
                          until);
}

char *
wn_sentence_dup_exports (const char *lines, guint n_earlier)
{
  g_autofree char *earlier = NULL;

  if (*lines == '\0' && n_earlier == 0)
    return g_strdup (_ ("There have been no exports since you signed on."));
  earlier
      = n_earlier == 0
            ? g_strdup ("")
            : g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                            "%u earlier one is not listed.\n",
                                            "%u earlier ones are not listed.\n",
                                            n_earlier),
                               n_earlier);
  return g_strconcat (earlier,
                      lines,
                      "\n",
                      _ ("“download” and the beginning of a name offers that "
                         "one, “download all” saves all that wait."),
                      NULL);
}

typedef struct
{
  const char *what;   /* a %s quotes the error's message */
  const char *advice; /* (nullable) */
} DownloadFault;

#define TRY_LATER N_ ("Please try again later.")

static const DownloadFault download_faults[] = {
  [WN_DOWNLOAD_ERROR_NETWORK]
  = { N_ ("The connection to the server failed: %s."), TRY_LATER },
  [WN_DOWNLOAD_ERROR_NO_TLS]
  = { N_ ("This system has no TLS for GLib. Install the package "
          "glib-networking."),
      NULL },
  [WN_DOWNLOAD_ERROR_TLS]
  = { N_ ("No secure connection to the server could be made: %s."), NULL },
  [WN_DOWNLOAD_ERROR_CERTIFICATE]
  = { N_ ("The server's certificate is not trusted, and you have not accepted "
          "it."),
      NULL },
  [WN_DOWNLOAD_ERROR_PROXY]
  = { N_ ("The proxy did not let us through: %s."),
      N_ ("Please check the account's proxy settings.") },
  [WN_DOWNLOAD_ERROR_UNAUTHORIZED]
  = { N_ ("The server does not allow this download (status %s)."),
      N_ ("Please check the account's password.") },
  [WN_DOWNLOAD_ERROR_NOT_FOUND]
  = { N_ ("The server does not have this file (status %s)."), NULL },
  [WN_DOWNLOAD_ERROR_NO_FILE]
  = { N_ ("The server answered without a file (status %s)."), NULL },
  [WN_DOWNLOAD_ERROR_STATUS]
  = { N_ ("The server answered with the status %s."), NULL },
  [WN_DOWNLOAD_ERROR_REDIRECTED]
  = { N_ ("The server sent us to an address that we do not follow."), NULL },
  [WN_DOWNLOAD_ERROR_LENGTH]
  = { N_ ("The server announced a length that is no number."), TRY_LATER },
  [WN_DOWNLOAD_ERROR_SHORT]
  = { N_ ("The server stopped before the file was complete."), TRY_LATER },
  [WN_DOWNLOAD_ERROR_LONG]
  = { N_ ("The server sent more than it had announced."), NULL },
  [WN_DOWNLOAD_ERROR_ENCODING]
  = { N_ ("The server sent the file in an encoding that can't be undone."),
      NULL },
  [WN_DOWNLOAD_ERROR_PAGE]
  = { N_ ("The server sent a web page in place of the file."), NULL },
  [WN_DOWNLOAD_ERROR_SLOW]
  = { N_ ("The server sent nothing, or next to nothing, for too long."),
      TRY_LATER },
};

static const char *const file_faults[] = {
  [WN_PART_FILE_ERROR_OPEN] = N_ ("The file could not be opened: %s."),
  [WN_PART_FILE_ERROR_WRITE] = N_ ("Writing the file failed: %s."),
  [WN_PART_FILE_ERROR_NO_ROOM_BESIDE]
  = N_ ("There is no room for the new file beside the old one, which stays "
        "until the new one is complete. Delete the old one, or choose another "
        "folder."),
};

char *
wn_sentence_dup_export_failure (const GError *error,
                                const char *download_option)
{
  const DownloadFault *fault = &download_faults[error->code];
  g_autofree char *what = NULL;
  g_autofree char *advice = NULL;

  if (error->domain == WN_PART_FILE_ERROR)
    return dup_filled (translate (file_faults[error->code]), error->message);
  what = dup_filled (translate (fault->what), error->message);
  if (error->code == WN_DOWNLOAD_ERROR_UNAUTHORIZED && download_option != NULL)
    advice = g_strdup_printf (_ ("It takes the same access token for the "
                                 "notifications. Please check the account's "
                                 "setting “%s” under Advanced."),
                              download_option);
  else if (fault->advice != NULL)
    advice = g_strdup (translate (fault->advice));
  return g_strjoin (" ", what, advice, NULL);
}

char *
wn_sentence_dup_export_failed (const char *name, const char *reason)
{
  return g_strdup_printf (_ ("“%s” could not be downloaded. %s To be asked "
                             "again, write: download %s"),
                          name,
                          reason,
                          name);
}

char *
wn_sentence_dup_export_link (const char *name,
                             const char *url,
                             gboolean needs_token)
{
  g_autofree char *shown = wn_url_dup_encoded (url);

  if (needs_token)
    return g_strdup_printf (
        _ ("%s: %s\nThe server asks for the account's access token, which a "
           "browser doesn't have: it may answer 401. To have the link sent "
           "again, write: download %s"),
        name,
        shown,
        name);
  return g_strdup_printf (_ ("%s: %s\nTo have it sent again, write: download "
                             "%s"),
                          name,
                          shown,
                          name);
}

char *
wn_sentence_dup_export_expired (const char *name, gint64 expires_us)
{
  g_autofree char *time = dup_moment (expires_us);

  return g_strdup_printf (_ ("“%s” can't be downloaded any more: the server "
                             "kept it until %s."),
                          name,
                          time);
}

char *
wn_sentence_dup_exports_all (guint n_exports, const char *folder)
{
  if (n_exports == 0)
    return g_strdup (_ ("No file is waiting."));
  if (folder == NULL)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                         "%u file will be offered.",
                                         "%u files will be offered.",
                                         n_exports),
                            n_exports);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                       "%u file will be saved in %s.",
                                       "%u files will be saved in %s.",
                                       n_exports),
                          n_exports,
                          folder);
}

char *
wn_sentence_dup_exports_ambiguous (const char *names)
{
  return g_strconcat (_ ("More than one export has that name. Write "
                         "“download” and one of these:"),
                      names,
                      NULL);
}
