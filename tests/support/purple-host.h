/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The least host that libpurple's file transfers run in: no window, no
 * plugin; `support/dialogs.h` answers what it asks. One per process.
 */

#pragma once

#include <purple.h>

G_BEGIN_DECLS

/**
 * WnPurpleHost:
 * @dir: (owned): a folder of its own; also libpurple's user folder
 * @gc: (owned): a login of a protocol that does nothing
 * @lines: (owned): what was written into conversations, a line each
 * @errors: (owned): error dialogs' texts, a line each
 */
typedef struct
{
  char *dir;
  PurpleAccount *account; /* (unowned): libpurple's */
  PurpleConnection *gc;
  GString *lines;
  GString *errors;
  guint n_created;
  guint n_destroyed;
  guint n_added;
  guint n_cancelled;
  guint n_cancelled_remotely;
  guint n_progress;
} WnPurpleHost;

/** wn_purple_host_get: (transfer none): starts libpurple the first time */
WnPurpleHost *wn_purple_host_get (void);

/** wn_purple_host_reset: forgets what was recorded and every setting */
void wn_purple_host_reset (void);

/**
 * wn_purple_host_ignore_cancel_local:
 *
 * Lets what is offered from now on only hear of the other end's cancelling, as
 * BitlBee does.
 */
void wn_purple_host_ignore_cancel_local (void);

/** wn_purple_host_stop: stops libpurple and removes its folder */
void wn_purple_host_stop (void);

G_END_DECLS
