/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One kind of server, in one file: how its accounts read, where to connect,
 * what is said there and what it means. A dialect is a table of pure functions
 * with a small state of its own: bytes in, a value out. It does no I/O and
 * knows no timer. What it wants done it returns in a #WnFrame, and
 * `core/connection/client.h` does it.
 *
 * A cursor is a place in the server's order of messages, as text that only the
 * dialect understands: printable ASCII without spaces, at most
 * %WN_MAX_CURSOR_CHARS. It may come back years later, from another server.
 *
 * The order of the calls for each connection: `route`, `opened`, then `read`
 * and `read_answer` as things come, then `lost`, then perhaps `read_answer`
 * once more. `get_…` and `dup_…` may come at any time.
 */

#pragma once

#include "core/connection/loss.h"
#include "core/connection/transport.h"
#include "core/dialect/frame.h"

G_BEGIN_DECLS

#define WN_MAX_CURSOR_CHARS 1024

/** How many of the notifications that were missed are shown: the newest */
#define WN_MAX_MISSED 1000

/**
 * WN_MAX_MISSED_BYTES: how much is asked for in order to show them, in bytes
 *
 * There is room for so many of 64 KiB, which is as much as is shown of one. In
 * JSON a character may take twice as much: `\u4e2d` has six bytes, 中 three.
 */
#define WN_MAX_MISSED_BYTES (128 * 1024 * 1024)

/**
 * WN_DIALECT_ERROR:
 *
 * What is wrong with an account's settings. The error's message is never
 * shown: `purple/sentences.h` turns the code into words. It is the detail that
 * these quote where the code says so, and never a URL, which may hold a secret.
 */
#define WN_DIALECT_ERROR (wn_dialect_error_quark ())
GQuark wn_dialect_error_quark (void);

/**
 * WnDialectError:
 * @WN_DIALECT_ERROR_NO_USER: the user name's first part is empty
 * @WN_DIALECT_ERROR_BAD_USER: the user name's first part, which is the detail,
 *   has a separator in it
 * @WN_DIALECT_ERROR_NO_TOPIC: there is no topic or channel to listen to
 * @WN_DIALECT_ERROR_BAD_TOPIC: the detail can't be a topic or a channel
 * @WN_DIALECT_ERROR_UNKNOWN_ENVIRONMENT: the environment, which is the detail,
 *   has no server of its own, and the option `server` is empty
 * @WN_DIALECT_ERROR_BAD_SERVER_SCHEME: the server's address begins with
 *   something else than `ws://`, `wss://`, `http://` or `https://`
 * @WN_DIALECT_ERROR_BAD_SERVER_NO_HOST: it has no host, or none that can be
 * @WN_DIALECT_ERROR_BAD_SERVER_USERINFO: it has a user or a password in it
 * @WN_DIALECT_ERROR_BAD_SERVER_PORT: its port is none, from 1 to 65535
 * @WN_DIALECT_ERROR_BAD_SERVER_FRAGMENT: it has a `#`
 * @WN_DIALECT_ERROR_BAD_SERVER_PATH: its path or query is none, or this kind of
 *   server has none
 * @WN_DIALECT_ERROR_BAD_DOWNLOAD_URL: `download_url` is no `http://` or
 *   `https://` URL whose host is known beforehand
 * @WN_DIALECT_ERROR_DOWNLOAD_URL_WITHOUT_FILENAME: it doesn't say where the
 *   file's name goes
 * @WN_DIALECT_ERROR_BAD_URL_OPTION: another option that asks for a URL has
 *   none; its label, not translated, is the detail
 * @WN_DIALECT_ERROR_SENDING_TOKEN: the token is one that can only send
 * @WN_DIALECT_ERROR_NO_KEY: the user name's last part, the app key, is empty
 * @WN_DIALECT_ERROR_ENCRYPTED_CHANNEL: the channel in the detail is encrypted
 *   from its sender to its readers, which is not supported
 * @WN_DIALECT_ERROR_NO_TOKEN: the channel in the detail needs a token
 * @WN_DIALECT_ERROR_FOREIGN_BACKLOG_URL: what was missed would be asked of
 *   another origin than the one that the token is for
 */
typedef enum
{
  WN_DIALECT_ERROR_NO_USER = 1,
  WN_DIALECT_ERROR_BAD_USER,
  WN_DIALECT_ERROR_NO_TOPIC,
  WN_DIALECT_ERROR_BAD_TOPIC,
  WN_DIALECT_ERROR_UNKNOWN_ENVIRONMENT,
  WN_DIALECT_ERROR_BAD_SERVER_SCHEME,
  WN_DIALECT_ERROR_BAD_SERVER_NO_HOST,
  WN_DIALECT_ERROR_BAD_SERVER_USERINFO,
  WN_DIALECT_ERROR_BAD_SERVER_PORT,
  WN_DIALECT_ERROR_BAD_SERVER_FRAGMENT,
  WN_DIALECT_ERROR_BAD_SERVER_PATH,
  WN_DIALECT_ERROR_BAD_DOWNLOAD_URL,
  WN_DIALECT_ERROR_DOWNLOAD_URL_WITHOUT_FILENAME,
  WN_DIALECT_ERROR_BAD_URL_OPTION,
  WN_DIALECT_ERROR_SENDING_TOKEN,
  WN_DIALECT_ERROR_NO_KEY,
  WN_DIALECT_ERROR_ENCRYPTED_CHANNEL,
  WN_DIALECT_ERROR_NO_TOKEN,
  WN_DIALECT_ERROR_FOREIGN_BACKLOG_URL,
} WnDialectError;

/**
 * wn_dialect_fail:
 * @error: (nullable): set
 * @code: what will not do
 * @detail: what the code names, else words for the debug log
 *
 * Returns: %FALSE
 */
gboolean
wn_dialect_fail (GError **error, WnDialectError code, const char *detail);

/** WnOptionKind: what an option asks for; %WN_OPTION_SWITCH is yes or no */
typedef enum
{
  WN_OPTION_STRING,
  WN_OPTION_NUMBER,
  WN_OPTION_SWITCH,
  WN_OPTION_CHOICE,
} WnOptionKind;

/**
 * WnChoice: one of those that an option of %WN_OPTION_CHOICE offers
 * @value: fixed: what is kept in the account's settings
 * @label: not translated, marked for translation
 */
typedef struct
{
  const char *value;
  const char *label;
} WnChoice;

/**
 * WnOption: an option of the account's, beside those that every protocol has
 * @key: fixed, because people's accounts and scripts have it
 * @label: not translated, marked for translation
 * @kind: what it asks for
 * @fallback: what it is unless somebody changes it; a number in decimal
 *   digits, a switch as "" or "1", a choice not at all: the first is it
 * @choices: (nullable): ends with a value of %NULL
 */
typedef struct
{
  const char *key;
  const char *label;
  WnOptionKind kind;
  const char *fallback;
  const WnChoice *choices;
} WnOption;

/**
 * WnSplit: a part of the user name after the first
 * @label: not translated, marked for translation
 * @fallback: what the dialog offers
 * @separator: what stands before it
 */
typedef struct
{
  const char *label;
  const char *fallback;
  char separator;
} WnSplit;

/**
 * WnIdentity: an account as its dialog has it; borrowed for the call
 * @username: as libpurple joins it; the dialect takes it apart itself
 * @token: (nullable): the password; never empty
 * @options: (element-type utf8 utf8): the values of `server` and of the
 *   dialect's own options by their keys, none of them %NULL; a switch is "" or
 *   "1"
 */
typedef struct
{
  const char *username;
  const char *token;
  GHashTable *options;
} WnIdentity;

/**
 * wn_identity_dup_option:
 * @self: an identity
 * @key: an option's
 *
 * Returns: (transfer full): the value without the space around it; empty where
 *   there is none
 */
char *wn_identity_dup_option (const WnIdentity *self, const char *key);

/** Returns: whether the option @key is @value */
gboolean
wn_identity_is (const WnIdentity *self, const char *key, const char *value);

/** Returns: the option @key of %WN_OPTION_NUMBER, or @max if it is larger */
gint64
wn_identity_get_number (const WnIdentity *self, const char *key, gint64 max);

/**
 * wn_username_cut:
 * @username: what is left of a user name; is cut at the last @separator
 * @separator: what stands before a part of it
 * @fallback: what an empty part, or one that is left out, comes to
 *
 * Returns: (transfer full): the part behind the separator, without the space
 *   around it
 */
char *wn_username_cut (char *username, char separator, const char *fallback);

/**
 * wn_username_split:
 * @username: as libpurple joins it
 * @splits: its second and third part
 *
 * Somebody may have typed all of it as the first part, and left the dialog's
 * other fields as they were.
 *
 * Returns: (transfer full): its three parts, without the space around them
 */
GStrv wn_username_split (const char *username, const WnSplit *splits);

/**
 * WnAccount: what a dialect has made of an account's settings; its state begins
 * with it
 * @username: (owned) (nullable): the user name as it is when nobody has left
 *   out a part, typed spaces around one, or typed all of it as the first part;
 *   %NULL: as somebody has typed it
 * @contact: (owned): the name of the account's own contact
 * @label: (owned) (nullable): what people call that contact, where its name
 *   would be the same for two accounts
 * @link_base: (owned) (nullable): the `http(s)://` origin that relative links
 *   lead to
 * @token_url: (owned): a URL of the origin that the credential belongs to
 * @authorization: (owned) (nullable): the value of `Authorization` for that
 *   origin, a word, a space, and what has none; %NULL: there is no credential
 * @has_replay: whether the account asks for what was missed
 */
typedef struct
{
  char *username;
  char *contact;
  char *label;
  char *link_base;
  char *token_url;
  char *authorization;
  gboolean has_replay;
} WnAccount;

void wn_account_clear (WnAccount *self);

/**
 * wn_account_set_bearer:
 * @self: an account
 * @token: (nullable): its credential, if it has one
 */
void wn_account_set_bearer (WnAccount *self, const char *token);

/**
 * wn_account_new_call:
 * @self: an account
 * @method: `GET` or `POST`
 * @url: (transfer full): where to
 *
 * Returns: (transfer full): a question without a body, with the account's
 *   credential
 */
WnCall *
wn_account_new_call (const WnAccount *self, const char *method, char *url);

/**
 * WnDialect:
 * @id: fixed: libpurple's name of the protocol, `prpl-ntfy`
 * @name: what the account dialog calls it
 * @icon: the icons' file name
 * @summary: one line about it; not translated, marked for translation
 * @login_label: what the dialog calls the user name's first part; likewise
 * @splits: its other parts; ends with a label of %NULL
 * @options: ends with a key of %NULL
 * @any_frame_is_alive: whether everything that comes shows that a server lives
 *   which is asked by text; %FALSE: only #WnFrame.is_alive does
 * @max_answer_us: the longest that such an answer may take, in microseconds; 0:
 *   as long as the account lets it
 *
 * @new: checks an account's settings and makes the dialect's state of them,
 *   which begins with that; %NULL with a #WnDialectError where they won't do
 * @free: frees that state
 *
 * @route: where the next connection goes; fills in the empty @route. @cursor
 *   (nullable): the last message that is known, where the server shall go on
 *   behind it. A subprotocol that it offers has to be agreed to for a replay
 * @opened: (nullable): what to do after the upgrade, which the server granted
 *   with @answer. Where the function or the frame is %NULL the account is
 *   connected, else once a frame is `is_ready`
 * @dup_heartbeat: (nullable): the text that asks the server whether it lives;
 *   where the function or the text is %NULL, a WebSocket ping does, and
 *   everything that comes shows that the server lives. Asked once for each
 *   connection, after @opened
 * @read: a text frame, read; %NULL with any error where it means nothing. The
 *   error's message goes into the debug log, and quotes nothing of the frame
 * @read_answer: (nullable): the answer to #WnFrame.call or @lost, read
 * @lost: (nullable): (transfer full): what to ask in order to learn why a
 *   connection was lost or refused, or %NULL. A #WnFrame.refusal in the answer
 *   is then judged in place of @loss
 * @explain: (nullable): completes what the transport, or the deadline of an
 *   attempt, knows of a loss by what of the account it is about, before it is
 *   judged
 * @dup_cursor_at: (nullable): a cursor before all that is sent from @time_us
 *   on, in the server's wall-clock time; %NULL: the server tells by a frame
 *   where it stands
 * @is_known: (nullable): whether @notification came before @cursor, or with
 *   it, so that it is not to be shown again; %FALSE where that can't be told
 */
typedef struct
{
  const char *id;
  const char *name;
  const char *icon;
  const char *summary;
  const char *login_label;
  const WnSplit *splits;
  const WnOption *options;
  gboolean any_frame_is_alive;
  gint64 max_answer_us;

  WnAccount *(*new) (const WnIdentity *identity, GError **error);
  void (*free) (gpointer self);

  void (*route) (gpointer self, const char *cursor, WnRoute *route);
  WnFrame *(*opened) (gpointer self, const WnTransportAnswer *answer);
  char *(*dup_heartbeat) (gpointer self);
  WnFrame *(*read) (gpointer self,
                    const char *text,
                    gsize length,
                    GError **error);
  WnFrame *(*read_answer) (gpointer self, const WnAnswer *answer);
  WnCall *(*lost) (gpointer self, const WnLoss *loss, gboolean was_ready);
  void (*explain) (gpointer self, WnLoss *loss);
  char *(*dup_cursor_at) (gpointer self, gint64 time_us);
  gboolean (*is_known) (gpointer self,
                        const char *cursor,
                        const WnNotification *notification);
} WnDialect;

/**
 * wn_dialect_back_office: PROTOCOL as it stands, and from nginx with nchan
 */
extern const WnDialect wn_dialect_back_office;

/** wn_dialect_ntfy: an ntfy server, https://ntfy.sh or one's own */
extern const WnDialect wn_dialect_ntfy;

/** wn_dialect_gotify: a Gotify server, of version 2 or 3 */
extern const WnDialect wn_dialect_gotify;

/**
 * wn_dialect_laravel: a Laravel application that broadcasts by the Pusher
 * protocol: Reverb, soketi, Pusher Channels
 */
extern const WnDialect wn_dialect_laravel;

/**
 * wn_cursor_is_sound:
 * @text: (nullable): what may be a cursor
 *
 * Returns: whether it has a cursor's form
 */
gboolean wn_cursor_is_sound (const char *text);

G_END_DECLS
