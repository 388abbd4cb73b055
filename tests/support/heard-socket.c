/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later */

#include "support/heard-socket.h"

static void
on_opened (const WnTransportAnswer *answer, gpointer user_data)
{
  WnHeardSocket *self = user_data;

  self->n_opened++;
  self->is_done = TRUE;
}

static void
on_text (const char *text, gsize length, gpointer user_data)
{
  ((WnHeardSocket *) user_data)->n_texts++;
}

static void
on_alive (gpointer user_data)
{
  ((WnHeardSocket *) user_data)->n_alive++;
}

static void
on_lost (const WnLoss *loss, gpointer user_data)
{
  WnHeardSocket *self = user_data;

  self->n_lost++;
  g_clear_pointer (&self->loss, wn_loss_free);
  self->loss = wn_loss_copy (loss);
  self->is_done = TRUE;
}

const WnTransportListener wn_heard_socket_listener = {
  .opened = on_opened,
  .text = on_text,
  .alive = on_alive,
  .lost = on_lost,
};

void
wn_heard_socket_clear (WnHeardSocket *self)
{
  g_clear_pointer (&self->loss, wn_loss_free);
}
