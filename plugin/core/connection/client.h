/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One account's connection: drives the lifecycle over the two ports, clock and
 * transport, and does what the dialect makes of what comes. It knows no host
 * and no socket.
 */

#pragma once

#include <glib-object.h>

#include "core/connection/clock.h"
#include "core/connection/lifecycle.h"
#include "core/connection/transport.h"
#include "core/dialect/dialect.h"
#include "core/message/notification.h"

G_BEGIN_DECLS

#define WN_TYPE_CLIENT (wn_client_get_type ())
G_DECLARE_FINAL_TYPE (WnClient, wn_client, WN, CLIENT, GObject)

/**
 * WnClientListener:
 * @state_changed: wn_client_get_status() says something else; not called for
 *   what wn_client_stop() changes
 * @gap: the connection is back after a loss in which notifications may have
 *   been missed: nothing could arrive between the two wall-clock times,
 *   in microseconds; comes after @state_changed
 * @notified: a notification came; borrowed, take a reference to keep it
 * @call: the dialect has a question, which takes the place of one that is not
 *   answered yet: ask it and pass the answer to wn_client_take_answer()
 * @moved: (nullable): wn_client_get_cursor() says something else, although
 *   there is nothing to show
 * @notice: there is something to tell the user, with @detail (nullable);
 *   %WN_NOTICE_NOT_REPLAYING once for each login at the most
 * @missed: (nullable): @n_notifications that were sent while there was no
 *   connection have been told of by now; comes in place of @gap
 * @gave_up: @loss is not cured by waiting; the client has stopped
 *
 * Any of them may stop the client or drop its last reference.
 */
typedef struct
{
  void (*state_changed) (WnClient *client, gpointer user_data);
  void (*gap) (WnClient *client,
               gint64 from_us,
               gint64 to_us,
               gpointer user_data);
  void (*notified) (WnClient *client,
                    WnNotification *notification,
                    gpointer user_data);
  void (*call) (WnClient *client, const WnCall *call, gpointer user_data);
  void (*moved) (WnClient *client, gpointer user_data);
  void (*notice) (WnClient *client,
                  WnNotice notice,
                  const char *detail,
                  gpointer user_data);
  void (*missed) (WnClient *client, guint n_notifications, gpointer user_data);
  void (*gave_up) (WnClient *client, const WnLoss *loss, gpointer user_data);
} WnClientListener;

/**
 * WnClientStatus: what people are told; wall-clock times in microseconds
 * @state: where the connection stands
 * @loss: (nullable) (unowned): why it was lost last; valid until the next
 *   change
 * @is_crowded: whether the pending retry waits so long because everybody was
 *   cut off, and not all may come back at once
 * @retry_at_us: when the pending retry is due; 0 where none is
 * @attempt: the number of the attempt that is pending or under way since the
 *   connection was last up: 1 for the first
 * @n_reconnects: how often the connection came back since the login
 * @connected_since_us: when it came up; 0 while it isn't
 * @acknowledged_at_us: when a heartbeat was last acknowledged; 0 for never
 * @round_trip_us: how long that took; -1 where it came unasked, or never
 * @api_version: (nullable) (unowned): the server's, as it last said
 * @n_notifications: how many came since the login
 */
typedef struct
{
  WnState state;
  const WnLoss *loss;
  gboolean is_crowded;
  gint64 retry_at_us;
  guint attempt;
  guint n_reconnects;
  gint64 connected_since_us;
  gint64 acknowledged_at_us;
  gint64 round_trip_us;
  const char *api_version;
  guint64 n_notifications;
} WnClientStatus;

/**
 * WnClientConfig: one account
 * @lifecycle: the delays, and chance
 * @dialect: static; the server's kind
 * @instance: (unowned): the dialect's state, which must outlive the client
 * @cursor: (nullable): where to go on at the first login
 */
typedef struct
{
  WnLifecycleConfig lifecycle;
  const WnDialect *dialect;
  WnAccount *instance;
  const char *cursor;
} WnClientConfig;

/**
 * wn_client_new:
 * @clock: kept while the client lives
 * @transport: kept while the client lives; nobody else uses it
 * @config: copied
 * @listener: static
 * @user_data: for @listener; must live until wn_client_stop()
 *
 * Returns: (transfer full): a client that has not been started
 */
WnClient *wn_client_new (WnClock *clock,
                         WnTransport *transport,
                         const WnClientConfig *config,
                         const WnClientListener *listener,
                         gpointer user_data);

/**
 * wn_client_set_config:
 * @self: a client that is offline
 * @config: copied; of the same account with other settings
 *
 * The old #WnClientConfig.instance is not used any more.
 */
void wn_client_set_config (WnClient *self, const WnClientConfig *config);

/**
 * wn_client_start:
 * @self: a client that is offline
 *
 * Connects, and keeps connected until wn_client_stop().
 */
void wn_client_start (WnClient *self);

/**
 * wn_client_go_on:
 * @self: a client that has given up, or was stopped
 *
 * What it gave up for is cured: it connects as if it had never stopped, and
 * what could not arrive meanwhile is still told as a gap.
 */
void wn_client_go_on (WnClient *self);

/**
 * wn_client_stop:
 * @self: a client
 *
 * Closes what is open and forgets what is pending. The listener hears nothing
 * more. Stopping twice is once.
 */
void wn_client_stop (WnClient *self);

/**
 * wn_client_reconnect:
 * @self: a client
 *
 * A new connection as soon as may be: now, or, where somebody asked within
 * the last ten seconds, not before these are over (while connected: not at
 * all).
 */
void wn_client_reconnect (WnClient *self);

/**
 * wn_client_disturb:
 * @self: a client
 *
 * The network changed: finds out soon whether the connection still lives, or
 * shortens the wait for the next attempt. That the machine slept is learned
 * from the clock, and means the same.
 */
void wn_client_disturb (WnClient *self);

/**
 * wn_client_take_answer:
 * @client: a client
 * @answer: the answer to the question that the listener was last told of; its
 *   time may be 0 where the server did not say it
 *
 * It is ignored where the connection that it was for is gone.
 */
void wn_client_take_answer (WnClient *client, const WnAnswer *answer);

/**
 * wn_client_refuse:
 * @self: a client
 * @loss: why the question that the listener was last told of could not be
 *   asked, where that is not the other side's doing
 *
 * In place of an answer: the connection ends for this reason. Without such a
 * question nothing happens.
 *
 * Returns: whether there was one
 */
gboolean wn_client_refuse (WnClient *self, const WnLoss *loss);

/**
 * wn_client_set_reading:
 * @self: a client
 * @reading: %FALSE to hold the server back, %TRUE to go on
 *
 * While nothing is read the heartbeat's deadline stands still. It holds for
 * every later connection too, until it is called again.
 */
void wn_client_set_reading (WnClient *self, gboolean reading);

/**
 * wn_client_get_cursor:
 * @self: a client
 *
 * Returns: (nullable): where the next connection goes on, for the next login
 *   if nothing is to come any more; %NULL where the server has no such thing
 */
const char *wn_client_get_cursor (WnClient *self);

/**
 * wn_client_get_status:
 * @self: a client
 * @status: (out caller-allocates): filled in
 */
void wn_client_get_status (WnClient *self, WnClientStatus *status);

G_END_DECLS
