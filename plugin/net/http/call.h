/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One HTTP question and its short answer, as a dialect asks it (DESIGN §3). A
 * call knows no status and doesn't look into the answer.
 */

#pragma once

#include <gio/gio.h>

#include "net/tls.h"

G_BEGIN_DECLS

/** WN_CALL_MAX_BYTES: an answer that is longer counts as none */
#define WN_CALL_MAX_BYTES (16 * 1024 * 1024)

/**
 * WnCallConfig: borrowed for the length of the call
 * @method: `GET`, `HEAD` or `POST`
 * @url: an `http://` or `https://` URL
 * @authorization: (nullable): the header's value; the caller has decided that
 *   it may go to @url
 * @content_type: (nullable): of @body
 * @body: (nullable): what is sent
 * @proxy_resolver: (nullable): who says which proxy to use; %NULL: none
 * @trust: (nullable): which certificates are trusted beside the system's
 * @timeout_s: how long it may take, in seconds; 0: 30
 * @follows_at_host: whether redirects are followed that stay at @url's host;
 *   %FALSE: none is
 * @stays_outside: whether nothing is asked of this machine, whatever it is
 *   called in @url: it counts as a redirect to it
 */
typedef struct
{
  const char *method;
  const char *url;
  const char *authorization;
  const char *content_type;
  const char *body;
  GProxyResolver *proxy_resolver;
  WnTlsTrust *trust;
  guint timeout_s;
  gboolean follows_at_host;
  gboolean stays_outside;
} WnCallConfig;

/**
 * WnCallAnswer: borrowed for the length of the call
 * @status: the HTTP status; 0 where no whole answer came
 * @body: the answer's body, which ends with a NUL that @length doesn't count;
 *   empty where @status is 0
 * @length: in bytes
 * @size: what the head says of that; %WN_SIZE_UNKNOWN where it doesn't, or
 *   where the body is encoded
 * @time_us: the server's wall-clock time when it answered, in microseconds; 0
 *   where it did not say
 * @error: (nullable): with a @status of 0, a #WnDownloadError that says why
 * @doubt: (nullable): the certificate that %WN_DOWNLOAD_ERROR_CERTIFICATE is
 *   for
 */
typedef struct
{
  guint status;
  const char *body;
  gsize length;
  gint64 size;
  gint64 time_us;
  const GError *error;
  const WnTlsDoubt *doubt;
} WnCallAnswer;

typedef void (*WnCallFunc) (const WnCallAnswer *answer, gpointer user_data);

/**
 * wn_call_start:
 * @config: what to ask
 * @cancellable: (nullable): @func isn't called any more once it is cancelled
 * @func: called once, from the main loop: when the answer is whole, when none
 *   can come, or when the time is over
 * @user_data: for @func; must live until then, or until @cancellable is
 *   cancelled
 * @notify: (nullable): called last of all, in any case, with @user_data
 */
void wn_call_start (const WnCallConfig *config,
                    GCancellable *cancellable,
                    WnCallFunc func,
                    gpointer user_data,
                    GDestroyNotify notify);

G_END_DECLS
