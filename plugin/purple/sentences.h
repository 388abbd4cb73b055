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
#include "purple/transfer.h"

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
 * WnSentenceId: sentences that are always the same, but for one name in some
 * @WN_SENTENCE_CONNECTING: what the host shows until the account is connected
 * @WN_SENTENCE_WAITING_FOR_ANSWER: why a contact is away while the user is
 *   asked about a certificate
 * @WN_SENTENCE_OTHER_LIBSOUP: the account's error
 * @WN_SENTENCE_CONNECTING_ANEW: what `/reconnect` answers first
 * @WN_SENTENCE_CONNECTED_ANEW: what it answers when that has worked
 * @WN_SENTENCE_CONNECTION_KEPT: what it answers to who asks too often
 * @WN_SENTENCE_NOT_CONNECTED: what a command answers without a connection
 * @WN_SENTENCE_ONLY_SENDS: what a contact answers to what is no command
 * @WN_SENTENCE_UNDERSTANDS: what stands before the list of commands
 * @WN_SENTENCE_NO_CONTACT: nobody has the name that the user wrote to
 * @WN_SENTENCE_EXPORTS_WAITING: there are more than can be asked about
 * @WN_SENTENCE_EXPORT_AGAIN: what "download NAME" answers: it will be offered
 * @WN_SENTENCE_EXPORT_UNDER_WAY: it is being downloaded
 * @WN_SENTENCE_EXPORT_ENDED: it was, when the account signed off
 * @WN_SENTENCE_EXPORT_UNNAMED: which one?
 * @WN_SENTENCE_EXPORT_UNKNOWN: there is none of that name
 */
typedef enum
{
  WN_SENTENCE_CONNECTING,
  WN_SENTENCE_WAITING_FOR_ANSWER,
  WN_SENTENCE_OTHER_LIBSOUP,
  WN_SENTENCE_CONNECTING_ANEW,
  WN_SENTENCE_CONNECTED_ANEW,
  WN_SENTENCE_CONNECTION_KEPT,
  WN_SENTENCE_NOT_CONNECTED,
  WN_SENTENCE_ONLY_SENDS,
  WN_SENTENCE_UNDERSTANDS,
  WN_SENTENCE_NO_CONTACT,
  WN_SENTENCE_EXPORTS_WAITING,
  WN_SENTENCE_EXPORT_AGAIN,
  WN_SENTENCE_EXPORT_UNDER_WAY,
  WN_SENTENCE_EXPORT_ENDED,
  WN_SENTENCE_EXPORT_UNNAMED,
  WN_SENTENCE_EXPORT_UNKNOWN,
} WnSentenceId;

/**
 * wn_sentence_dup:
 * @which: a sentence
 * @name: (nullable): the contact or the export that it names, if it names one
 *
 * Returns: (transfer full): its text
 */
char *wn_sentence_dup (WnSentenceId which, const char *name);

/**
 * wn_sentence_for_settings:
 * @error: what wn_settings_new() said
 *
 * Returns: (transfer full): the account's error
 */
WnSentence wn_sentence_for_settings (const GError *error);

/**
 * wn_sentence_for_loss:
 * @loss: why the client gave up
 * @host: the server
 * @has_token: whether the account has an access token
 *
 * Returns: (transfer full): the account's error
 */
WnSentence
wn_sentence_for_loss (const WnLoss *loss, const char *host, gboolean has_token);

/**
 * wn_sentence_for_certificate:
 * @doubt: a certificate that is not accepted
 * @was_asked: whether the user has refused it; %FALSE: the host has no dialog
 *   to ask in
 *
 * Returns: (transfer full): the account's error
 */
WnSentence wn_sentence_for_certificate (const WnTlsDoubt *doubt,
                                        gboolean was_asked);

/**
 * WnCertificateWords: a question about a certificate
 * @title: (owned): the window's
 * @primary: (owned): the question itself
 * @secondary: (owned): what is wrong with the certificate, a sentence a line,
 *   what it says of itself, who is asked and what accepting means
 * @tick: (owned): what the user ticks, where there is something to tick
 */
typedef struct
{
  char *title;
  char *primary;
  char *secondary;
  char *tick;
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
 * wn_sentence_dup_nothing_kept:
 * @dialect: of an account that does not ask for what was missed
 *
 * Returns: (transfer full): a line for the history that says so, and which
 *   option changes it, if there is one
 */
char *wn_sentence_dup_nothing_kept (const WnDialect *dialect);

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
 * @notice: what a dialect has to tell; not %WN_NOTICE_NONE
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

/** Returns: (transfer full): a line of a report */
char *wn_sentence_dup_value (const char *label, const char *value);

/**
 * wn_sentence_report:
 * @status: a client's
 * @username: (nullable): the account's, with all its parts, if a line is to
 *   name it
 * @host: the server
 * @func: (scope call): called once for each line of the report
 * @user_data: for @func
 */
void wn_sentence_report (const WnClientStatus *status,
                         const char *username,
                         const char *host,
                         WnReportFunc func,
                         gpointer user_data);

/* --- Exports --- */

/**
 * WnExportReport:
 * @name: what it is called
 * @status: how it is doing
 * @reason: (nullable): why it failed
 * @announced_us: when it was announced, wall-clock time in microseconds
 * @expires_us: until when it can be had; 0: not known
 */
typedef struct
{
  const char *name;
  const WnTransferStatus *status;
  const char *reason;
  gint64 announced_us;
  gint64 expires_us;
} WnExportReport;

/** Returns: (transfer full): a line that says how an export is doing */
char *wn_sentence_dup_export (const WnExportReport *report);

/**
 * wn_sentence_dup_exports:
 * @lines: those of the newest exports, oldest first, or empty
 * @n_earlier: how many more there are
 *
 * Returns: (transfer full): the list, with what can be done
 */
char *wn_sentence_dup_exports (const char *lines, guint n_earlier);

/**
 * wn_sentence_dup_export_failure:
 * @error: a #WnDownloadError or #WnPartFileError
 * @download_option: (nullable): where the server takes the credential that was
 *   sent for its notifications: the label of the option that says where files
 *   lie
 *
 * Returns: (transfer full): sentences with what can be done
 */
char *wn_sentence_dup_export_failure (const GError *error,
                                      const char *download_option);

/** Returns: (transfer full): that it failed, why, and how to ask again */
char *wn_sentence_dup_export_failed (const char *name, const char *reason);

/**
 * wn_sentence_dup_export_link:
 * @name: what it is called
 * @url: where it lies
 * @needs_token: whether a browser, which has no token, may be refused
 *
 * Returns: (transfer full): the link, in place of an offer
 */
char *wn_sentence_dup_export_link (const char *name,
                                   const char *url,
                                   gboolean needs_token);

/** Returns: (transfer full): that it can't be had since @expires_us */
char *wn_sentence_dup_export_expired (const char *name, gint64 expires_us);

/**
 * wn_sentence_dup_exports_all:
 * @n_exports: how many were waiting or offered
 * @folder: (nullable): where they are saved; %NULL: they are offered
 *
 * Returns: (transfer full): the answer to "download all"
 */
char *wn_sentence_dup_exports_all (guint n_exports, const char *folder);

/** Returns: (transfer full): that one of @names is to be named */
char *wn_sentence_dup_exports_ambiguous (const char *names);

G_END_DECLS
