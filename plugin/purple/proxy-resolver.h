/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The proxy that the host has configured for an account, as GIO wants to hear
 * of it. It connects to nothing.
 */

#pragma once

#include <gio/gio.h>
#include <purple.h>

G_BEGIN_DECLS

#define WN_TYPE_PROXY_RESOLVER (wn_proxy_resolver_get_type ())
G_DECLARE_FINAL_TYPE (WnProxyResolver,
                      wn_proxy_resolver,
                      WN,
                      PROXY_RESOLVER,
                      GObject)

/**
 * wn_proxy_resolver_new:
 * @account: whose proxy; must live until wn_proxy_resolver_forget()
 *
 * Each lookup asks libpurple anew, in the thread that it runs in, which must
 * be the host's. Settings that can't be followed fail the lookup with
 * %G_IO_ERROR_PROXY_FAILED: nothing ever goes around a proxy.
 *
 * Returns: (transfer full): a proxy resolver
 */
WnProxyResolver *wn_proxy_resolver_new (PurpleAccount *account);

/**
 * wn_proxy_resolver_forget:
 * @self: a proxy resolver
 *
 * The account may go now: from here on every lookup fails.
 */
void wn_proxy_resolver_forget (WnProxyResolver *self);

/**
 * wn_proxy_resolver_dup_uri:
 * @info: a proxy's settings
 * @remote_dns: whether a SOCKS 4 proxy is given names
 * @error: return location for %G_IO_ERROR_PROXY_FAILED
 *
 * Returns: (transfer full) (nullable): the proxy as GIO writes it, `direct://`
 *   for none, or %NULL with @error set
 */
char *wn_proxy_resolver_dup_uri (PurpleProxyInfo *info,
                                 gboolean remote_dns,
                                 GError **error);

G_END_DECLS
