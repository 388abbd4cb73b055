/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A leaky bucket, kept as the time that it takes to run empty.
 */

#include "core/message/flood.h"

#define FULL_US (WN_FLOOD_BURST * WN_FLOOD_INTERVAL_US)
#define ALMOST_FULL_US (FULL_US - WN_FLOOD_INTERVAL_US)
#define OVER_US ((WN_FLOOD_BURST - WN_FLOOD_RESUME) * WN_FLOOD_INTERVAL_US)

static void
catch_up (WnFlood *self, gint64 now_us)
{
  self->debt_us = MAX (self->debt_us - (now_us - self->seen_us), 0);
  self->seen_us = now_us;
  if (self->debt_us > ALMOST_FULL_US)
    self->is_on = TRUE;
  else if (self->debt_us <= OVER_US)
    self->is_on = FALSE;
}

gboolean
wn_flood_is_on (WnFlood *self, gint64 now_us)
{
  catch_up (self, now_us);
  return self->is_on;
}

void
wn_flood_count (WnFlood *self, gint64 now_us)
{
  catch_up (self, now_us);
  self->debt_us = MIN (self->debt_us + WN_FLOOD_INTERVAL_US, FULL_US);
}

gint64
wn_flood_get_room_us (WnFlood *self, gint64 now_us)
{
  catch_up (self, now_us);
  return MAX (self->debt_us - ALMOST_FULL_US, 0);
}

gint64
wn_flood_get_end_us (WnFlood *self, gint64 now_us)
{
  catch_up (self, now_us);
  return self->is_on ? self->debt_us - OVER_US : 0;
}
