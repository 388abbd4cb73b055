/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which hosts a URL may have. Pure.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * wn_host_is_sound:
 * @host: (nullable): a host as g_uri_get_host() has it, in ASCII
 *
 * GUri decodes a host, so that anything may be in it: a colon that was encoded
 * begins a port where the URL is written out again, a line end a header field,
 * and a space or a slash ends it for whoever reads it.
 *
 * Returns: whether it is an address, or a name of nothing but what names are
 *   made of
 */
gboolean wn_host_is_sound (const char *host);

G_END_DECLS
