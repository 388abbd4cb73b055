/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Servers of notifications and exports over TLS on 127.0.0.1, and the
 * certificates that they show: libsoup's, in the test's own process and main
 * loop, and nginx with nchan, which also resumes TLS sessions.
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * wn_tls_site_dup_path:
 * @file: the name of a file that support/make-certificates makes
 *
 * Returns: (transfer full): its path; the first time, all are made
 */
char *wn_tls_site_dup_path (const char *file);

/** Removes what wn_tls_site_dup_path() had made. */
void wn_tls_site_clean_up (void);

/**
 * WnTlsSite:
 * @soup: (owned)
 * @listener: (owned): hands over to @soup what has shaken hands
 * @certificate: (owned): what is shown
 * @handshakes: (owned): cancelled when the site hangs up
 * @sockets: (owned): of SoupWebsocketConnection, the newest last
 * @port: where it listens
 * @n_requests: how many came through TLS
 * @authorization: (owned) (nullable): the last one's header
 * @redirect: (owned) (nullable): where exports are said to be
 */
typedef struct
{
  SoupServer *soup;
  GSocketService *listener;
  GTlsCertificate *certificate;
  GCancellable *handshakes;
  GPtrArray *sockets;
  guint port;
  guint n_requests;
  char *authorization;
  char *redirect;
} WnTlsSite;

/**
 * wn_tls_site_new:
 * @name: the certificate's
 *
 * Returns: (transfer full): a server that listens
 */
WnTlsSite *wn_tls_site_new (const char *name);
void wn_tls_site_free (WnTlsSite *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnTlsSite, wn_tls_site_free)

/**
 * wn_tls_site_change_certificate:
 * @self: a server
 * @name: another certificate
 *
 * Drops every connection, and shows @name from now on.
 */
void wn_tls_site_change_certificate (WnTlsSite *self, const char *name);

/** Returns: (transfer full): a URL of it */
char *wn_tls_site_dup_url (const WnTlsSite *self,
                           const char *scheme,
                           const char *path);

typedef struct _WnTlsNginx WnTlsNginx;

/**
 * wn_tls_nginx_new:
 * @name: the certificate's
 *
 * Returns: (transfer full) (nullable): an nginx that listens; its one export
 *   is `orders.csv`, `a,b\n`. %NULL where tests/servers/fetch has not been run:
 *   then the test is skipped
 */
WnTlsNginx *wn_tls_nginx_new (const char *name);

/** Ends it, and removes what it wrote. */
void wn_tls_nginx_free (WnTlsNginx *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnTlsNginx, wn_tls_nginx_free)

/** Returns: (transfer full): a URL of it */
char *wn_tls_nginx_dup_url (const WnTlsNginx *self,
                            const char *scheme,
                            const char *path);

/** Returns: how many requests have come through TLS and to their end */
guint wn_tls_nginx_count_requests (const WnTlsNginx *self);

G_END_DECLS
