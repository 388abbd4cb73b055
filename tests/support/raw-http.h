/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An HTTP server that says exactly the bytes it was told, for answers that no
 * proper server gives. In the test's own process and main loop, on 127.0.0.1.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RawEnding: what happens once the answer is written
 * @RAW_ENDING_CLOSE: the connection is closed
 * @RAW_ENDING_RESET: the connection is reset, once the answer was read
 * @RAW_ENDING_HOLD: it stays open, silent
 */
typedef enum
{
  RAW_ENDING_CLOSE,
  RAW_ENDING_RESET,
  RAW_ENDING_HOLD,
} RawEnding;

typedef struct _RawHttp RawHttp;

/** Returns: (transfer full): a server that gives @answer to its first request
 */
RawHttp *raw_http_new (const char *answer, gsize length, RawEnding ending);
void raw_http_free (RawHttp *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RawHttp, raw_http_free)

/** Returns: (transfer full): a URL of it */
char *raw_http_dup_url (const RawHttp *server);

/** What the request after the ones before gets, and all that follow it. */
void raw_http_push (RawHttp *server,
                    const char *answer,
                    gsize length,
                    RawEnding ending);

/** Returns: the heads of all requests, or "" */
const char *raw_http_get_requests (const RawHttp *server);

/** Resets the connection that %RAW_ENDING_RESET left open. */
void raw_http_reset (RawHttp *server);

G_END_DECLS
