/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A host's dialogs without a screen: each stays open until the test answers
 * it, in the order of calls that Pidgin has, or Finch.
 */

#pragma once

#include <purple.h>

G_BEGIN_DECLS

/** wn_dialogs_start: to be called when libpurple is up; again: none is open */
void wn_dialogs_start (void);
void wn_dialogs_stop (void);

/**
 * wn_dialogs_set_calls_back_on_close:
 * @calls_back: whether closing a save dialog calls its cancel callback, as
 *   Finch does
 */
void wn_dialogs_set_calls_back_on_close (gboolean calls_back);

/** Returns: how many are open */
guint wn_dialogs_count (void);

/**
 * wn_dialogs_is_any_open:
 * @unused: nothing; for wn_host_run_until()
 *
 * Returns: whether one is open
 */
gboolean wn_dialogs_is_any_open (gpointer unused);

/**
 * wn_dialogs_get_question:
 *
 * Returns: (transfer none) (nullable): what the newest open dialog asks (of a
 *   save dialog, the name it proposes); %NULL: none is open
 */
const char *wn_dialogs_get_question (void);

/** Returns: whether the newest one asks where to save, not whether to */
gboolean wn_dialogs_asks_where (void);

/** wn_dialogs_accept: presses Accept; a save dialog opens */
void wn_dialogs_accept (void);

/** wn_dialogs_refuse: presses Cancel in whichever dialog is open */
void wn_dialogs_refuse (void);

/** wn_dialogs_save_as: answers the save dialog with @path */
void wn_dialogs_save_as (const char *path);

G_END_DECLS
