/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Certificates that are not trusted: shows each to the user, once, and keeps
 * those that the user accepts with the account. Its callers do what follows
 * from an answer.
 */

#pragma once

#include <purple.h>

#include "purple/settings.h"

G_BEGIN_DECLS

typedef struct _WnCertificates WnCertificates;

/**
 * WnCertificateFunc:
 * @accepted: what the user said; if so, it is trusted by now
 * @user_data: of wn_certificates_ask()
 */
typedef void (*WnCertificateFunc) (gboolean accepted, gpointer user_data);

/**
 * wn_certificates_new:
 * @account: whose; must outlive it
 * @settings: its settings, to whose trust an accepted certificate is added;
 *   must outlive it
 *
 * Returns: (transfer full): without questions; wn_certificates_close() frees
 *   it
 */
WnCertificates *wn_certificates_new (PurpleAccount *account,
                                     const WnSettings *settings);

/**
 * wn_certificates_close:
 * @self: (transfer full): the questions
 *
 * Closes the open questions. Nobody is told an answer any more, but for those
 * who asked the question whose #WnCertificateFunc calls this.
 */
void wn_certificates_close (WnCertificates *self);

/**
 * wn_certificates_ask:
 * @self: the questions
 * @doubt: a certificate
 * @func: called with the answer, not from inside this call
 * @user_data: (transfer full): for @func
 * @destroy: called on @user_data after @func, or when there will be no answer
 *
 * Asks the user; closing the question without an answer is refusing, where the
 * host tells of that. Who asks about the same certificate while the question is
 * open gets the same answer.
 *
 * Returns: whether the user is asked; %FALSE where the host has no dialogs or
 *   the user has refused this certificate, and that has not been forgotten
 */
gboolean wn_certificates_ask (WnCertificates *self,
                              const WnTlsDoubt *doubt,
                              WnCertificateFunc func,
                              gpointer user_data,
                              GDestroyNotify destroy);

/**
 * wn_certificates_forget_refusals:
 * @self: the questions
 *
 * What the user has refused is asked about once more, where somebody asks.
 */
void wn_certificates_forget_refusals (WnCertificates *self);

/**
 * wn_certificates_show_again:
 * @self: the questions
 *
 * Shows what is asked anew: in some hosts a window can be closed without an
 * answer, and they tell nobody.
 */
void wn_certificates_show_again (WnCertificates *self);

/**
 * wn_certificates_can_ask:
 *
 * Returns: whether the host has dialogs
 */
gboolean wn_certificates_can_ask (void);

G_END_DECLS
