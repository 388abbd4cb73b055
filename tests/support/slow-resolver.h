/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A resolver that takes its time: a name is looked up until the test says
 * what it is, or until nobody wants to know any more.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** Becomes GIO's resolver. */
void wn_slow_resolver_start (void);

/** Returns: how many questions have no answer yet */
guint wn_slow_resolver_count (void);

/**
 * wn_slow_resolver_answer:
 * @address: (nullable): of every name that is asked for; %NULL: there is none
 */
void wn_slow_resolver_answer (const char *address);

G_END_DECLS
