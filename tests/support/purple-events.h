/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libpurple's event loop on GLib's, as every host that uses GLib has it.
 */

#pragma once

#include <glib.h>

/**
 * wn_purple_events_start:
 * @source_ids: (nullable) (transfer none): a set that the id of each of
 *   libpurple's sources is added to; must live as long as libpurple
 *
 * To be called before purple_core_init().
 */
void wn_purple_events_start (GHashTable *source_ids);
