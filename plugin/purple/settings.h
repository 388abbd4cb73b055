/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An account's settings: what the account dialog asks for, by the dialect's
 * tables and for every protocol alike, and what a login makes of the answers;
 * and the one rule for where the credential may go. It connects to nothing.
 */

#pragma once

#include <purple.h>

#include "core/connection/lifecycle.h"
#include "core/dialect/dialect.h"
#include "net/tls.h"

G_BEGIN_DECLS

#define WN_SETTINGS_ERROR (wn_settings_error_quark ())
GQuark wn_settings_error_quark (void);

/**
 * WnSettingsError:
 * @WN_SETTINGS_ERROR_TOKEN_IN_CLEAR: there is a token, but the connection is
 *   not encrypted, and nobody has allowed that
 * @WN_SETTINGS_ERROR_BAD_TOKEN: the token holds what no header can carry
 */
typedef enum
{
  WN_SETTINGS_ERROR_TOKEN_IN_CLEAR,
  WN_SETTINGS_ERROR_BAD_TOKEN,
} WnSettingsError;

/**
 * WnSettings:
 * @dialect: (unowned): static; the server's kind
 * @instance: (owned): the dialect's state for this account
 * @username: (owned): the account's, with each part in its place
 * @server_url: (owned): where a connection goes that begins anew; as secret as
 *   the user name is
 * @lifecycle: the delays, each within reason
 * @contact_per_source: whether each source of notifications has a contact of
 *   its own
 * @trust: (owned): which certificates are trusted
 */
typedef struct
{
  const WnDialect *dialect;
  WnAccount *instance;
  char *username;
  char *server_url;
  WnLifecycleConfig lifecycle;
  gboolean contact_per_source;
  WnTlsTrust *trust;

  /*< private >*/
  char *fingerprint;            /* (owned): of all that was entered */
  gboolean auth_plain_in_clear; /* whether it may go without encryption */
} WnSettings;

/**
 * wn_settings_new:
 * @dialect: static; the account's
 * @account: an account
 * @token: (nullable): its password; empty is none
 * @error: return location for a #WnDialectError, #WnSettingsError or
 *   #WnTlsError
 *
 * Returns: (transfer full) (nullable): the settings, or %NULL with @error set
 */
WnSettings *wn_settings_new (const WnDialect *dialect,
                             PurpleAccount *account,
                             const char *token,
                             GError **error);
void wn_settings_free (WnSettings *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnSettings, wn_settings_free)

/**
 * wn_settings_is_equal:
 * @self: settings
 * @other: others of the same account
 *
 * Returns: whether nobody has changed anything in between
 */
gboolean wn_settings_is_equal (const WnSettings *self, const WnSettings *other);

/**
 * wn_settings_swap:
 * @self: settings
 * @other: others of the same account
 *
 * Whoever has @self, or its #WnSettings.trust, sees the other ones from now on.
 */
void wn_settings_swap (WnSettings *self, WnSettings *other);

/**
 * wn_settings_dup_authorization:
 * @self: settings
 * @url: where a request goes
 *
 * Returns: (transfer full) (nullable): the value of `Authorization`, where the
 *   account has a credential and it may go to @url: to its own origin (scheme,
 *   host and port), and encrypted unless the user has allowed otherwise
 */
char *wn_settings_dup_authorization (const WnSettings *self, const char *url);

/* Fixed: what wn_settings_keep() keeps. */
#define WN_KEPT_PINS "tls_pins"                /* see wn_tls_trust_new() */
#define WN_KEPT_TOLD "told_that_nothing_waits" /* "1": the user was */

/**
 * wn_settings_get_kept:
 * @self: settings
 * @account: whose
 * @key: one of those above
 *
 * Returns: (transfer none): what an earlier login, or this one, has kept; empty
 *   where none has
 */
const char *wn_settings_get_kept (const WnSettings *self,
                                  PurpleAccount *account,
                                  const char *key);

/**
 * wn_settings_keep:
 * @self: settings
 * @account: whose
 * @key: one of those above
 * @value: what is to be there at the next login
 */
void wn_settings_keep (const WnSettings *self,
                       PurpleAccount *account,
                       const char *key,
                       const char *value);

/**
 * wn_settings_find_label:
 * @dialect: a kind of server
 * @key: one of its own options
 *
 * Returns: (nullable): what the account dialog calls it; %NULL where this kind
 *   of server has no such option
 */
const char *wn_settings_find_label (const WnDialect *dialect, const char *key);

/**
 * wn_settings_dup_user_splits:
 * @dialect: a kind of server
 *
 * Returns: (transfer full): the parts of the user name after the first, for
 *   the protocol's table
 */
GList *wn_settings_dup_user_splits (const WnDialect *dialect);

/**
 * wn_settings_dup_options:
 * @dialect: a kind of server
 *
 * Returns: (transfer full): the options, for the protocol's table
 */
GList *wn_settings_dup_options (const WnDialect *dialect);

G_END_DECLS
