/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How long to wait before the next attempt. Pure: time and chance are
 * arguments. Source: PROTOCOL §4.
 *
 * After n failures in a row the delay is `delay + U(0, min(max - delay,
 * delay·3^n))`: a floor, so that a client does not come back at once, and a
 * window that spreads everybody who was cut off at once. What was traded for
 * what is measured by `tests/bench/herd.c`.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WnBackoffKind:
 * @WN_BACKOFF_LOCAL: a session that had proved itself was lost on our side
 *   only: nobody else comes back at this moment
 * @WN_BACKOFF_ABSENT: nothing of ours reached the server
 * @WN_BACKOFF_ORDINARY: an attempt or a session failed otherwise
 * @WN_BACKOFF_HERD: everybody was cut off at once
 * @WN_BACKOFF_SOON: the server asks to come back at once
 */
typedef enum
{
  WN_BACKOFF_LOCAL,
  WN_BACKOFF_ABSENT,
  WN_BACKOFF_ORDINARY,
  WN_BACKOFF_HERD,
  WN_BACKOFF_SOON,
} WnBackoffKind;

/**
 * WnBackoff:
 * @delay_us: the least delay
 * @max_us: the most; where it is not above @delay_us every delay is @delay_us
 * @n_failures: failures in a row that widened the window
 */
typedef struct
{
  gint64 delay_us;
  gint64 max_us;
  guint n_failures;
} WnBackoff;

/**
 * wn_backoff_next:
 * @self: the policy and its count
 * @kind: what failed
 * @roll: chance, from 0 up to but not including 1
 *
 * Counts a failure and says how long to wait after it: @delay_us, and but for
 * %WN_BACKOFF_LOCAL a random part out of a window that triples with every
 * failure until it reaches @max_us, or what the kind allows. The first
 * %WN_BACKOFF_SOON is a random part of @delay_us, the next ones are ordinary.
 *
 * Returns: the delay in microseconds
 */
gint64 wn_backoff_next (WnBackoff *self, WnBackoffKind kind, double roll);

/**
 * wn_backoff_reset:
 * @self: a policy
 *
 * Starts over: the connection has proved itself.
 */
void wn_backoff_reset (WnBackoff *self);

G_END_DECLS
