/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A floor plus full jitter out of a window that triples. The floor keeps a
 * client from coming back at once, the jitter spreads a herd, and a window
 * that is wide from the start spares a server that has just come back.
 */

#include "core/backoff.h"

/* The window after a hint that everybody was cut off, as if so many attempts
 * had failed already: 27 times the delay, 135 s with the defaults.
 */
#define HERD_FAILURES 3

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
  if (kind == WN_BACKOFF_LOCAL)
    return self->delay_us;
  if (kind == WN_BACKOFF_HERD)
    self->n_failures = MAX (self->n_failures, HERD_FAILURES);

  gint64 random_us
      = (gint64) (roll * (double) window_us (self, self->n_failures));

  if (self->n_failures < G_MAXUINT)
    self->n_failures++;
  return self->delay_us + random_us;
}

void
wn_backoff_reset (WnBackoff *self)
{
  self->n_failures = 0;
}
