/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where a connection stands in its server's order of messages, and which of
 * them were missed. A value and pure decisions; `core/connection/client.h` asks
 * it.
 *
 * A message was missed when the dialect says so, or when the server sent it
 * before the connection came up, by the server's own clock (its `Date`, which
 * has whole seconds; where it says none, by ours). The replay is over when the
 * dialect says so, with the first message that was not missed, or after two
 * seconds without one, or, where none came at all, after ten.
 */

#pragma once

#include "core/dialect/dialect.h"

G_BEGIN_DECLS

/**
 * WnReplayVerdict:
 * @WN_REPLAY_LIVE: it has only just been sent
 * @WN_REPLAY_MISSED: it was sent while there was no connection
 * @WN_REPLAY_SEEN: it came before, and the server sends it once more
 */
typedef enum
{
  WN_REPLAY_LIVE,
  WN_REPLAY_MISSED,
  WN_REPLAY_SEEN,
} WnReplayVerdict;

/**
 * WnReplay: made by wn_replay_init(), ended by wn_replay_clear(); only the
 * functions below look into it
 */
typedef struct
{
  /*< private >*/
  const WnDialect *dialect; /* (unowned): static */
  WnAccount *instance;      /* (unowned): the dialect's state; outlives it */
  char *cursor;             /* (owned) (nullable): of the last message */
  char *asked;           /* (owned) (nullable): where this connection began */
  char *offer;           /* (owned) (nullable): the subprotocol it wants */
  gint64 opened_us;      /* by the server's clock */
  gint64 over_us;        /* WN_REPLAY_OVER: it is */
  gboolean goes_without; /* the last offer was refused */
  gboolean is_upgraded;  /* to what the offer was for, if there was one */
  gboolean is_agreed;    /* on the connection that is up, or was last */
  gboolean must_tell;    /* that there is no replay */
  gboolean has_told;     /* that, since the login */
  guint n_missed;        /* not told of yet */
} WnReplay;

#define WN_REPLAY_OVER G_MAXINT64

/**
 * wn_replay_init:
 * @self: (out caller-allocates): a replay
 * @dialect: static
 * @instance: the dialect's state; must outlive @self
 * @cursor: (nullable): where to go on; one that is not sound is none
 */
void wn_replay_init (WnReplay *self,
                     const WnDialect *dialect,
                     WnAccount *instance,
                     const char *cursor);
void wn_replay_clear (WnReplay *self);

/**
 * wn_replay_login:
 * @self: a replay
 *
 * A new login: what was told in the last one may be told again.
 */
void wn_replay_login (WnReplay *self);

/**
 * wn_replay_route:
 * @self: a replay
 * @route: (inout): empty; filled in by the dialect for the next attempt,
 *   without cursor and subprotocol where the server has refused that offer
 */
void wn_replay_route (WnReplay *self, WnRoute *route);

/**
 * wn_replay_get_cursor:
 * @self: a replay
 *
 * Returns: (nullable): where the next attempt goes on
 */
const char *wn_replay_get_cursor (const WnReplay *self);

/**
 * wn_replay_set_cursor:
 * @self: a replay
 * @cursor: where the next attempt goes on, as the server says; one that is not
 *   sound changes nothing
 */
void wn_replay_set_cursor (WnReplay *self, const char *cursor);

/**
 * wn_replay_refused:
 * @self: a replay
 * @loss: why an attempt failed
 *
 * A server that takes the offer for a bad request is asked without it next.
 */
void wn_replay_refused (WnReplay *self, const WnLoss *loss);

/**
 * wn_replay_upgraded:
 * @self: a replay
 * @subprotocol: (nullable): what the server has agreed to
 */
void wn_replay_upgraded (WnReplay *self, const char *subprotocol);

/**
 * wn_replay_opened:
 * @self: a replay whose server has been heard of by wn_replay_upgraded()
 * @opened_us: when the account was connected, by the server's wall clock or
 *   else by ours
 * @now_us: the time of deadlines
 */
void wn_replay_opened (WnReplay *self, gint64 opened_us, gint64 now_us);

/**
 * wn_replay_take_refusal:
 * @self: a replay
 *
 * Returns: whether the user has to be told now that the server replays
 *   nothing; %TRUE once in a login at the most
 */
gboolean wn_replay_take_refusal (WnReplay *self);

/**
 * wn_replay_lost:
 * @self: a replay
 *
 * The connection is gone; the next one goes on with what was still to come.
 */
void wn_replay_lost (WnReplay *self);

/**
 * wn_replay_take:
 * @self: a replay
 * @notification: what came
 * @now_us: the time of deadlines
 *
 * Goes on from it the next time, and counts it where it was missed.
 */
WnReplayVerdict wn_replay_take (WnReplay *self,
                                const WnNotification *notification,
                                gint64 now_us);

/**
 * wn_replay_get_deadline:
 * @self: a replay
 *
 * Returns: when wn_replay_finish() is due, in the time of deadlines, or
 *   %WN_REPLAY_OVER
 */
gint64 wn_replay_get_deadline (const WnReplay *self);

/**
 * wn_replay_is_agreed:
 * @self: a replay
 *
 * Returns: whether the server replays, on the connection that is up or was last
 */
gboolean wn_replay_is_agreed (const WnReplay *self);

/**
 * wn_replay_finish:
 * @self: a replay that is not over
 *
 * Returns: how many notifications were missed that nobody was told of
 */
guint wn_replay_finish (WnReplay *self);

G_END_DECLS
