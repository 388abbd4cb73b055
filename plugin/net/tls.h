/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The judge of certificates: first the system's judgement counts, then a file
 * of further authorities, then what the user has accepted by its fingerprint.
 * The judge connects to nothing and asks nobody.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WN_TLS_ERROR (wn_tls_error_quark ())
GQuark wn_tls_error_quark (void);

/**
 * WnTlsError:
 * @WN_TLS_ERROR_UNREADABLE: there is no such file, or it can't be read
 * @WN_TLS_ERROR_NO_CERTIFICATE: the file holds no certificate
 */
typedef enum
{
  WN_TLS_ERROR_UNREADABLE,
  WN_TLS_ERROR_NO_CERTIFICATE,
} WnTlsError;

/**
 * WnTlsDoubt: a certificate that is not trusted
 * @host: (owned): the host that showed it
 * @port: the host's
 * @certificate: (owned): with its chain, as it came
 * @errors: what is wrong with it, at least one flag
 * @fingerprint: (owned): SHA-256 of the certificate alone, in lower-case hex
 * @is_changed: whether another one had been accepted there
 */
typedef struct
{
  char *host;
  guint16 port;
  GTlsCertificate *certificate;
  GTlsCertificateFlags errors;
  char *fingerprint;
  gboolean is_changed;
} WnTlsDoubt;

WnTlsDoubt *wn_tls_doubt_copy (const WnTlsDoubt *self);
void wn_tls_doubt_free (WnTlsDoubt *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnTlsDoubt, wn_tls_doubt_free)

#define WN_TYPE_TLS_TRUST (wn_tls_trust_get_type ())
G_DECLARE_FINAL_TYPE (WnTlsTrust, wn_tls_trust, WN, TLS_TRUST, GObject)

/**
 * wn_tls_trust_new:
 * @ca_file: (nullable): a PEM file of certificates that are trusted beside the
 *   system's: authorities, or servers' own; relative to the home folder. Empty
 *   is none
 * @pins: (nullable): what wn_tls_trust_dup_pins() once returned; a pin that
 *   can't be read is left out
 * @error: return location for a #WnTlsError
 *
 * Returns: (transfer full) (nullable): a judge, or %NULL with @error set
 */
WnTlsTrust *
wn_tls_trust_new (const char *ca_file, const char *pins, GError **error);

/**
 * wn_tls_trust_swap:
 * @self: a judge
 * @other: another one
 *
 * Whoever has @self gets @other's judgements from now on.
 */
void wn_tls_trust_swap (WnTlsTrust *self, WnTlsTrust *other);

/**
 * wn_tls_trust_judge:
 * @self: (nullable): a judge; without one the system's judgement stands
 * @host: the name or address that was asked for
 * @port: the host's
 * @certificate: what the host showed, with its chain
 * @errors: what the system finds wrong with @certificate as @host's
 *
 * Returns: (transfer full) (nullable): %NULL where it is trusted
 */
WnTlsDoubt *wn_tls_trust_judge (WnTlsTrust *self,
                                const char *host,
                                guint16 port,
                                GTlsCertificate *certificate,
                                GTlsCertificateFlags errors);

/**
 * wn_tls_trust_accept:
 * @self: a judge
 * @doubt: what the user accepts
 *
 * From now on this one certificate is trusted at @doubt's host and port, in
 * place of the one that was accepted there before, as long as nothing else is
 * wrong with it.
 */
void wn_tls_trust_accept (WnTlsTrust *self, const WnTlsDoubt *doubt);

/**
 * wn_tls_trust_dup_pins:
 * @self: a judge
 *
 * Returns: (transfer full): what was accepted, to be kept
 */
char *wn_tls_trust_dup_pins (WnTlsTrust *self);

G_END_DECLS
