/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Who the user is and where to connect (PROTOCOL §1 and §5): the account's
 * name taken apart, and the URLs made of it. Pure.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WN_DEFAULT_PROJECT "jd-shop"
#define WN_DEFAULT_ENVIRONMENT "production"

#define WN_ENDPOINT_ERROR (wn_endpoint_error_quark ())
GQuark wn_endpoint_error_quark (void);

/**
 * WnEndpointError:
 * @WN_ENDPOINT_ERROR_NO_UID: the user name has no uid
 * @WN_ENDPOINT_ERROR_UNKNOWN_ENVIRONMENT: the environment has no server of its
 *   own and the option `server` is empty
 * @WN_ENDPOINT_ERROR_BAD_SERVER: `server` is no `ws://` or `wss://` URL that
 *   can be connected to
 * @WN_ENDPOINT_ERROR_BAD_DOWNLOAD_URL: `download_url` is no `http://` or
 *   `https://` URL
 */
typedef enum
{
  WN_ENDPOINT_ERROR_NO_UID,
  WN_ENDPOINT_ERROR_UNKNOWN_ENVIRONMENT,
  WN_ENDPOINT_ERROR_BAD_SERVER,
  WN_ENDPOINT_ERROR_BAD_DOWNLOAD_URL,
} WnEndpointError;

/**
 * WnEndpoint:
 * @uid: (owned): the user's id at the back office
 * @project: (owned): the project
 * @environment: (owned): the environment
 * @base_url: (owned): the WebSocket's base URL
 * @url: (owned): the same with project and uid; as secret as the uid is
 * @download_template: (owned): the exports' URL with its `{…}`
 */
typedef struct
{
  char *uid;
  char *project;
  char *environment;
  char *base_url;
  char *url;
  char *download_template;
} WnEndpoint;

/**
 * wn_endpoint_new:
 * @username: `UID@PROJECT/ENVIRONMENT`, parts but the first may be missing
 * @server: (nullable): the option `server`; empty is none
 * @download_url: (nullable): the option `download_url`; empty is none
 * @error: return location for a #WnEndpointError
 *
 * Returns: (transfer full) (nullable): the endpoint, or %NULL with @error set
 */
WnEndpoint *wn_endpoint_new (const char *username,
                             const char *server,
                             const char *download_url,
                             GError **error);
void wn_endpoint_free (WnEndpoint *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnEndpoint, wn_endpoint_free)

/**
 * wn_endpoint_dup_download_url:
 * @self: an endpoint
 * @filename: an export's `filename`, as it came
 *
 * Fills in the template, each value percent-encoded as one component; a value
 * of nothing but one or two dots doubly, so that it leads to no other folder.
 *
 * Returns: (transfer full): an `http://` or `https://` URL
 */
char *wn_endpoint_dup_download_url (const WnEndpoint *self,
                                    const char *filename);

/**
 * wn_endpoint_dup_host:
 * @self: an endpoint
 *
 * Returns: (transfer full): the server's host and port, for people to read
 */
char *wn_endpoint_dup_host (const WnEndpoint *self);

/**
 * wn_endpoint_is_secure:
 * @self: an endpoint
 *
 * Returns: whether the connection is encrypted (`wss://`)
 */
gboolean wn_endpoint_is_secure (const WnEndpoint *self);

G_END_DECLS
