/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a client's listener was told, in words with a comma between them. The
 * fixture that is the listener's user data begins with a WnHeard, so that the
 * ready-made callbacks here can stand in its listener beside its own.
 */

#pragma once

#include "core/connection/client.h"

G_BEGIN_DECLS

/**
 * WnHeard:
 * @words: (owned): what was told and has not been checked yet
 * @trigger: (nullable): how the words begin that @reaction waits for; %NULL
 *   once they were told
 * @reaction: (nullable): called once, with the fixture
 */
typedef struct
{
  GString *words;
  const char *trigger;
  void (*reaction) (gpointer fixture);
} WnHeard;

/** wn_heard_add: @fixture begins with a WnHeard, which is told these words */
void wn_heard_add (gpointer fixture, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/** wn_heard_forget: forgets what was told */
void wn_heard_forget (WnHeard *self);

/** wn_heard_check: fails unless @expected was told, and forgets it */
void wn_heard_check (WnHeard *self, const char *expected);

/* Callbacks of WnClientListener: they add the state's name, "gap", how many
 * were missed, and "gave up".
 */
void wn_heard_state_changed (WnClient *client, gpointer fixture);
void
wn_heard_gap (WnClient *client, gint64 from_us, gint64 to_us, gpointer fixture);
void
wn_heard_missed (WnClient *client, guint n_notifications, gpointer fixture);
void wn_heard_gave_up (WnClient *client, const WnLoss *loss, gpointer fixture);

G_END_DECLS
