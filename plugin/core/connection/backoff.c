/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A floor plus full jitter out of a window that triples. The floor keeps a
 * client from coming back at once, the jitter spreads a herd, and a window
 * that is wide from the start spares a server that has just come back.
 */

#include "core/connection/backoff.h"

/* The window after a hint that everybody was cut off, as if so many attempts
 * had failed already; and the widest while the server is not even there: 27
 * times the delay, 135 s with the defaults.
 */
#define WIDE 3

/* Between which numbers of failures a kind's window is. */
static const struct
{
  guint least;
  guint most;
} bounds[] = {
  [WN_BACKOFF_LOCAL] = { 0, 0 },
  [WN_BACKOFF_ABSENT] = { 0, WIDE },
  [WN_BACKOFF_ORDINARY] = { 0, G_MAXUINT },
  [WN_BACKOFF_HERD] = { WIDE, G_MAXUINT },
  [WN_BACKOFF_SOON] = { 0, G_MAXUINT },
};

static gint64
window_us (const WnBackoff *self, guint n_failures)
{
  gint64 most = MAX (0, self->max_us - self->delay_us);
  gint64 window = MAX (1, self->delay_us);

  for (guint i = 0; i < n_failures && window < most; i++)
    window *= 3;
  return MIN (window, most);
}

gint64
wn_backoff_next (WnBackoff *self, WnBackoffKind kind, double roll)
{
  guint most = bounds[kind].most;
  gint64 random_us;

  if (kind == WN_BACKOFF_LOCAL)
    return self->delay_us;
  if (kind == WN_BACKOFF_SOON && self->n_failures == 0)
    {
      self->n_failures = 1;
      return (gint64) (roll * (double) self->delay_us);
    }

  self->n_failures = MAX (self->n_failures, bounds[kind].least);
  random_us
      = (gint64) (roll
                  * (double) window_us (self, MIN (self->n_failures, most)));
  if (self->n_failures < most)
    self->n_failures++;
  return self->delay_us + random_us;
}

void
wn_backoff_reset (WnBackoff *self)
{
  self->n_failures = 0;
}
