/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An account's settings: what the account dialog asks for, and what a login
 * makes of the answers. It connects to nothing.
 */

#pragma once

#include <purple.h>

#include "core/dialect/dialect.h"
#include "core/dialect/endpoint.h"
#include "core/connection/lifecycle.h"
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
 * @endpoint: (owned): who and where
 * @lifecycle: the delays, each within reason
 * @dialect: (unowned): static; how the server is talked to
 * @token: (owned) (nullable): the access token
 * @auth_plain_in_clear: whether the token may go without encryption
 * @hello: (owned) (nullable): what to say after connecting (PROTOCOL §2)
 * @contact_per_type: whether each type has a contact of its own
 * @trust: (owned): which certificates are trusted
 */
typedef struct
{
  WnEndpoint *endpoint;
  WnLifecycleConfig lifecycle;
  const WnDialect *dialect;
  char *token;
  gboolean auth_plain_in_clear;
  char *hello;
  gboolean contact_per_type;
  WnTlsTrust *trust;
} WnSettings;

/**
 * wn_settings_new:
 * @account: an account
 * @token: (nullable): its password; empty is none
 * @error: return location for a #WnEndpointError, #WnSettingsError or
 *   #WnTlsError
 *
 * Returns: (transfer full) (nullable): the settings, or %NULL with @error set
 */
WnSettings *
wn_settings_new (PurpleAccount *account, const char *token, GError **error);
void wn_settings_free (WnSettings *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnSettings, wn_settings_free)

/**
 * wn_settings_get_download_token:
 * @self: settings
 * @url: a download's URL
 *
 * Returns: (nullable): the token, where it may go to @url: to the host that
 *   the notifications come from, and encrypted unless the user has allowed
 *   otherwise
 */
const char *wn_settings_get_download_token (const WnSettings *self,
                                            const char *url);

/**
 * wn_settings_dup_user_splits:
 *
 * Returns: (transfer full): the parts of the user name after the first, for
 *   the protocol's table
 */
GList *wn_settings_dup_user_splits (void);

/**
 * wn_settings_dup_options:
 *
 * Returns: (transfer full): the options, for the protocol's table
 */
GList *wn_settings_dup_options (void);

G_END_DECLS
