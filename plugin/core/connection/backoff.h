/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How long to wait before the next attempt. Pure: time and chance are
 * arguments. Source: PROTOCOL §4.
 *
 * After n failures in a row the delay is `delay + U(0, min(max - delay,
 * delay·3^n))`. What was traded, by the simulated herds of `tests/bench/herd`:
 *
 * - A floor and a wide window cost a small site time, which with a fixed 5 s
 *   would be back in 5 s: it takes 130 s. They spare a site of a million two
 *   hours and 750 attempts for each client: it takes 7 minutes and 5 attempts.
 * - Failures that cost the server nothing (refused: it is not there) take n no
 *   further than 3, 140 s with the defaults; what may mean that it is
 *   overloaded (late, dropped, 503) goes on to the ceiling. So whoever waits
 *   for a restart is never asleep for 5 minutes when it is over. The price is
 *   twice the (refused) attempts during an outage of half an hour, and 5.6
 *   attempts for each of a million where a busy server refuses by itself,
 *   which Linux does not do unless told so.
 * - A gateway that answers 503 may mean either, and is taken to be overloaded:
 *   the small site is back in 275 s then, with a 502 in 120 s.
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
 * @WN_BACKOFF_HERD_ABSENT: everybody is told that the server is not there
 */
typedef enum
{
  WN_BACKOFF_LOCAL,
  WN_BACKOFF_ABSENT,
  WN_BACKOFF_ORDINARY,
  WN_BACKOFF_HERD,
  WN_BACKOFF_HERD_ABSENT,
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
 * failure until it reaches @max_us, or what the kind allows.
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
