/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Calls of the system that fail at random, as on a disk that is full or gone
 * and with a network that is: those on sockets, and those on files below one
 * folder. Everything else of the process, its main loop above all, works.
 *
 * A program that links this has its own connect(), open() and so on, and must
 * export them.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * wn_failing_calls_start:
 * @seed: repeats a run
 * @one_in: how many calls there are for one that fails
 * @folder: (transfer none): where files are that can't be had; must outlive it
 */
void wn_failing_calls_start (guint32 seed, guint one_in, const char *folder);
void wn_failing_calls_stop (void);

/** For what the test itself does: all calls of the process work meanwhile. */
void wn_failing_calls_set_paused (gboolean is_paused);

/** Returns: how many have failed since the process began */
guint wn_failing_calls_count (void);

/** Returns: (transfer full): the same by the calls' names, for people */
char *wn_failing_calls_dup_report (void);

G_END_DECLS
