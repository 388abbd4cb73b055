/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later */

#include "support/saved-export.h"

#include "purple/sentences.h"
#include "support/dialogs.h"
#include "support/wait.h"

#define CONTACT "jd-shop"

void
wn_saved_export_init (WnSavedExport *self, guint limit_s)
{
  *self = (WnSavedExport){ .host = wn_host_get_login () };
  wn_host_reset ();
  self->conversation = purple_conversation_new (PURPLE_CONV_TYPE_IM,
                                                self->host->account,
                                                CONTACT);
  self->proxy = g_simple_proxy_resolver_new (NULL, NULL);
  self->limit = wn_wait_add_limit (limit_s);
}

void
wn_saved_export_clear (WnSavedExport *self)
{
  g_source_remove (self->limit);
  purple_conversation_destroy (self->conversation);
  g_clear_object (&self->proxy);
  g_clear_pointer (&self->reason, g_free);
  wn_host_run_dry ();
}

static void
on_transfer_changed (const WnTransferStatus *status,
                     const GError *error,
                     gpointer user_data)
{
  WnSavedExport *self = user_data;

  self->n_starts_over += status->n_received < self->n_received;
  self->n_received = status->n_received;
  self->n_pieces += status->n_received > 0;
  self->state = status->state;
  g_clear_pointer (&self->reason, g_free);
  if (error != NULL)
    self->reason = wn_sentence_dup_export_failure (error, NULL);
}

static void
on_transfer_freed (gpointer data)
{
}

void
wn_saved_export_start (WnSavedExport *self,
                       const char *url,
                       gint64 size,
                       const char *path)
{
  WnTransferConfig config
      = { .gc = self->host->gc,
          .who = CONTACT,
          .file_name = "export.bin",
          .size = size,
          .download = { .url = url, .proxy_resolver = self->proxy } };

  wn_transfer_offer (&config, on_transfer_changed, self, on_transfer_freed);
  wn_dialogs_accept ();
  wn_dialogs_save_as (path);
}

void
wn_saved_export_run_to_end (WnSavedExport *self)
{
  while (self->state == WN_TRANSFER_RUNNING)
    g_main_context_iteration (NULL, TRUE);
}
