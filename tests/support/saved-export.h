/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One export at a time that the user saves, with headless-host's login and
 * without the rest of the plugin.
 */

#pragma once

#include "purple/transfer.h"
#include "support/headless-host.h"

G_BEGIN_DECLS

/**
 * WnSavedExport:
 * @host: (unowned)
 * @conversation: (owned): with the contact that offers it
 * @proxy: (owned): none
 * @reason: (owned) (nullable): the sentence that it failed with
 * @n_received: bytes, when last told
 * @n_pieces: how often it was told that there are some
 * @n_starts_over: how often progress went back
 * @limit: the id of a source that ends the test
 */
typedef struct
{
  WnHost *host;
  PurpleConversation *conversation;
  GProxyResolver *proxy;
  WnTransferState state;
  char *reason;
  gint64 n_received;
  guint n_pieces;
  guint n_starts_over;
  guint limit;
} WnSavedExport;

/** wn_saved_export_init: the test fails unless it is cleared in @limit_s */
void wn_saved_export_init (WnSavedExport *self, guint limit_s);
void wn_saved_export_clear (WnSavedExport *self);

/**
 * wn_saved_export_start:
 * @url: what is offered
 * @size: in bytes, or %WN_SIZE_UNKNOWN
 * @path: where the user, who accepts it, saves it
 */
void wn_saved_export_start (WnSavedExport *self,
                            const char *url,
                            gint64 size,
                            const char *path);

/** wn_saved_export_run_to_end: until it is no longer running */
void wn_saved_export_run_to_end (WnSavedExport *self);

G_END_DECLS
