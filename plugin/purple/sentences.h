/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What people read about a connection, in their language: errors with what to
 * do about them, the contact's status, the report. All of it is plain text
 * unless it says HTML. It reads values and changes nothing.
 */

#pragma once

#include <purple.h>

#include "core/connection/client.h"
#include "net/tls.h"
#include "purple/settings.h"

G_BEGIN_DECLS

/**
 * WnSentence:
 * @reason: what the host is told: it decides whether the host tries again
 * @text: (owned): what the user is told
 */
typedef struct
{
  PurpleConnectionError reason;
  char *text;
} WnSentence;

void wn_sentence_clear (WnSentence *sentence);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WnSentence, wn_sentence_clear)

/**
 * WnFixedSentence: sentences that are always the same
 * @WN_SENTENCE_CONNECTING: what the host shows until the account is connected
 * @WN_SENTENCE_WAITING_FOR_ANSWER: why a contact is away while the user is
 * asked about a certificate
 * @WN_SENTENCE_NOT_REPLAYING: a line; replay is switched on for nothing
 * @WN_SENTENCE_OTHER_LIBSOUP: the account's error
 * @WN_SENTENCE_NOT_CONNECTED: what a command answers without a connection
 * @WN_SENTENCE_ONLY_SENDS: what a contact answers to what is no command
 * @WN_SENTENCE_UNDERSTANDS: what stands before the list of commands
 */
typedef enum
{
  WN_SENTENCE_CONNECTING,
  WN_SENTENCE_WAITING_FOR_ANSWER,
  WN_SENTENCE_NOT_REPLAYING,
  WN_SENTENCE_OTHER_LIBSOUP,
  WN_SENTENCE_NOT_CONNECTED,
  WN_SENTENCE_ONLY_SENDS,
  WN_SENTENCE_UNDERSTANDS,
} WnFixedSentence;

/**
 * wn_sentence_get:
 * @which: a sentence
 *
 * Returns: (transfer none): its text
 */
const char *wn_sentence_get (WnFixedSentence which);

/**
 * wn_sentence_dup_no_contact:
 * @who: a name that the user wrote to
 *
 * Returns: (transfer full): that nobody has that name
 */
char *wn_sentence_dup_no_contact (const char *who);

/**
 * wn_sentence_for_settings:
 * @sentence: (out caller-allocates): the account's error
 * @error: what wn_settings_new() said
 */
void wn_sentence_for_settings (WnSentence *sentence, const GError *error);

/**
 * wn_sentence_for_loss:
 * @sentence: (out caller-allocates): the account's error
 * @loss: why the client gave up
 * @host: the server
 * @has_token: whether the account has an access token
 */
void wn_sentence_for_loss (WnSentence *sentence,
                           const WnLoss *loss,
                           const char *host,
                           gboolean has_token);

/**
 * WnCertificateEnd: why a certificate is not accepted
 * @WN_CERTIFICATE_END_REFUSED: the user said so
 * @WN_CERTIFICATE_END_UNASKED: the host has no dialog to ask in
 */
typedef enum
{
  WN_CERTIFICATE_END_REFUSED,
  WN_CERTIFICATE_END_UNASKED,
} WnCertificateEnd;

/**
 * wn_sentence_for_certificate:
 * @sentence: (out caller-allocates): the account's error
 * @doubt: a certificate that is not accepted
 * @end: why not
 */
void wn_sentence_for_certificate (WnSentence *sentence,
                                  const WnTlsDoubt *doubt,
                                  WnCertificateEnd end);

/**
 * WnCertificateWords: a question about a certificate
 * @title: (owned): the window's
 * @primary: (owned): the question itself
 * @secondary: (owned): what is wrong with the certificate, a sentence a line,
 *   what it says of itself, who is asked and what accepting means
 */
typedef struct
{
  char *title;
  char *primary;
  char *secondary;
} WnCertificateWords;

void wn_certificate_words_clear (WnCertificateWords *words);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WnCertificateWords,
                                  wn_certificate_words_clear)

/**
 * wn_sentence_for_question:
 * @words: (out caller-allocates): the question
 * @doubt: a certificate
 * @username: the account that would trust it
 */
void wn_sentence_for_question (WnCertificateWords *words,
                               const WnTlsDoubt *doubt,
                               const char *username);

/**
 * wn_sentence_dup_loss:
 * @loss: (nullable): a loss
 *
 * Returns: (transfer full): a few words that can follow a colon
 */
char *wn_sentence_dup_loss (const WnLoss *loss);

/**
 * wn_sentence_dup_waiting:
 * @status: of a client that is not connected
 *
 * Returns: (transfer full): when it tries again, and why it has to
 */
char *wn_sentence_dup_waiting (const WnClientStatus *status);

/**
 * wn_sentence_dup_gap:
 * @from_us: since when nothing could arrive, wall-clock time in microseconds
 * @to_us: until when
 *
 * Returns: (transfer full): a line for the history
 */
char *wn_sentence_dup_gap (gint64 from_us, gint64 to_us);

/**
 * wn_sentence_dup_missed:
 * @n_notifications: how many were sent while there was no connection, and have
 *   arrived since
 *
 * Returns: (transfer full): a line for the history
 */
char *wn_sentence_dup_missed (guint n_notifications);

/**
 * wn_sentence_dup_unseen:
 * @n_notifications: how many a flood kept from the window
 *
 * Returns: (transfer full): a line for the conversation that says where they
 *   are
 */
char *wn_sentence_dup_unseen (guint n_notifications);

/**
 * wn_sentence_dup_notice:
 * @notice: what a dialect has to tell
 * @detail: (nullable): what it names, as it came from the server
 *
 * Returns: (transfer full): a line for the history
 */
char *wn_sentence_dup_notice (WnNotice notice, const char *detail);

/**
 * WnReportFunc:
 * @label: what it is
 * @value: plain text
 * @user_data: of the call
 */
typedef void (*WnReportFunc) (const char *label,
                              const char *value,
                              gpointer user_data);

/**
 * wn_sentence_report:
 * @status: a client's
 * @host: the server
 * @func: (scope call): called once for each line of the report
 * @user_data: for @func
 */
void wn_sentence_report (const WnClientStatus *status,
                         const char *host,
                         WnReportFunc func,
                         gpointer user_data);

G_END_DECLS
