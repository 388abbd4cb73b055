/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The quiet counts from the last sound, so that an endless burst is heard now
 * and then.
 */

#include "core/message/burst.h"

static gboolean
is_quiet (const WnBurst *self, gint64 now_us)
{
  return self->heard_us != 0 && now_us - self->heard_us < WN_BURST_QUIET_US;
}

gboolean
wn_burst_take (WnBurst *self, WnPriority priority, gint64 now_us)
{
  if (priority == WN_PRIORITY_LOW
      || (is_quiet (self, now_us) && priority <= self->heard))
    return FALSE;
  self->heard_us = now_us;
  self->heard = priority;
  return TRUE;
}
