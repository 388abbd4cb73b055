/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The names of the tests' own network: what GIO asks for here never leaves
 * the process.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * wn_stub_resolver_start:
 *
 * Becomes GIO's resolver. Every name is 127.0.0.1 until told otherwise.
 */
void wn_stub_resolver_start (void);

/**
 * wn_stub_resolver_set_address:
 * @address: (nullable): static; the address of every name, or several of them
 *   with spaces between; %NULL for none
 */
void wn_stub_resolver_set_address (const char *address);

/** Returns: how many names have been asked for */
guint wn_stub_resolver_count (void);

G_END_DECLS
