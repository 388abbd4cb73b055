/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The server's part in an upgrade: its answer to our key (RFC 6455 §4.2.2), an
 * own account of it, so as not to ask the code under test.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * wn_accept_fill_in:
 * @bytes: (array length=n_bytes) (nullable): an answer, in which the first
 *   `{accept}` stands for what answers the key
 * @n_bytes: how many
 * @request: the upgrade's request; one without a key is answered by nothing
 *
 * Returns: (transfer full): the answer as it is sent
 */
GByteArray *
wn_accept_fill_in (const char *bytes, gsize n_bytes, const char *request);

G_END_DECLS
