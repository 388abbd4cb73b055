/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What kind of a loss it was, as the retry policy asks.
 */

#include "core/connection/loss.h"

WnLoss *
wn_loss_new (WnLossReason reason)
{
  WnLoss *loss = g_new0 (WnLoss, 1);

  loss->reason = reason;
  return loss;
}

WnLoss *
wn_loss_copy (const WnLoss *loss)
{
  WnLoss *copy = g_new (WnLoss, 1);

  *copy = *loss;
  copy->detail = g_strdup (loss->detail);
  return copy;
}

void
wn_loss_free (WnLoss *loss)
{
  g_free (loss->detail);
  g_free (loss);
}

gboolean
wn_loss_is_unauthorized (const WnLoss *loss)
{
  return loss->http_status == 401 || loss->http_status == 403;
}

gboolean
wn_loss_hits_everybody (const WnLoss *loss)
{
  static const guint close_codes[] = { 1001, 1012, 1013 };
  static const guint statuses[] = { 429, 502, 503, 504 };

  for (gsize i = 0; i < G_N_ELEMENTS (close_codes); i++)
    if (loss->close_code == close_codes[i])
      return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (loss->http_status == statuses[i])
      return TRUE;
  return FALSE;
}

gboolean
wn_loss_is_absence (const WnLoss *loss)
{
  return loss->reason == WN_LOSS_REFUSED || loss->reason == WN_LOSS_UNREACHABLE
         || loss->reason == WN_LOSS_NAME_NOT_FOUND;
}

gboolean
wn_loss_is_local (const WnLoss *loss)
{
  return loss->reason == WN_LOSS_NO_ANSWER
         || loss->reason == WN_LOSS_UNREACHABLE
         || loss->reason == WN_LOSS_ASKED;
}
