/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The way from a route to a stream on which a server has agreed to speak
 * WebSocket. Where a name has several addresses and the first one takes the
 * connection but says nothing, hangs up or talks nonsense, the others are
 * tried. The opening has no deadline of its own.
 */

#pragma once

#include <gio/gio.h>

#include "core/connection/transport.h"
#include "net/tls.h"
#include "net/websocket/upgrade.h"

G_BEGIN_DECLS

typedef struct _WnOpening WnOpening;

/**
 * WnOpeningConfig: what it points to is borrowed until wn_opening_free()
 * @uri: where to: the route's URL, parsed
 * @route: where to, by a URL that is sound by `core/dialect/url.h`
 * @proxy_resolver: (nullable): says which proxy to use; %NULL: none
 * @trust: (nullable): which certificates are trusted beside the system's
 */
typedef struct
{
  GUri *uri;
  const WnRoute *route;
  GProxyResolver *proxy_resolver;
  WnTlsTrust *trust;
} WnOpeningConfig;

/**
 * WnOpeningListener: either is called, once, from the main loop; it may free
 * the opening
 * @opened: a server agreed. @socket (transfer full): its stream. @upgrade
 *   (transfer full): accepted. @cancellable (transfer full): once it is
 *   cancelled, no certificate is trusted on @socket any more
 * @failed: no address led to a server that agreed. @doubt (nullable) (transfer
 *   full): the certificate that was refused, with %WN_LOSS_CERTIFICATE_REFUSED
 */
typedef struct
{
  void (*opened) (GSocketConnection *socket,
                  WnUpgrade *upgrade,
                  GCancellable *cancellable,
                  gpointer user_data);
  void (*failed) (const WnLoss *loss, WnTlsDoubt *doubt, gpointer user_data);
} WnOpeningListener;

/**
 * wn_opening_new:
 * @config: where and how
 * @listener: static
 * @user_data: for @listener; must live until one of its calls or
 *   wn_opening_free()
 *
 * Returns: (transfer full): an opening that has begun
 */
WnOpening *wn_opening_new (const WnOpeningConfig *config,
                           const WnOpeningListener *listener,
                           gpointer user_data);

/** Gives up; the listener hears nothing more */
void wn_opening_free (WnOpening *self);

G_END_DECLS
