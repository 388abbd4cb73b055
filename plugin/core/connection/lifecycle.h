/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The life of a connection (PROTOCOL §4) as a pure state machine: an event
 * and the time go in, what to do and one deadline come out. It opens nothing,
 * waits for nothing and knows no clock; `core/connection/client.h` drives it.
 */

#pragma once

#include "core/connection/backoff.h"
#include "core/connection/loss.h"

G_BEGIN_DECLS

/** WN_NEVER: the deadline of a state that waits for nothing */
#define WN_NEVER G_MAXINT64

/**
 * WnState:
 * @WN_STATE_OFFLINE: not logged in, or given up
 * @WN_STATE_CONNECTING: an attempt is under way
 * @WN_STATE_QUIET: connected, and the server lives as far as we know
 * @WN_STATE_ASKED: connected, a heartbeat is unanswered
 * @WN_STATE_WAITING: not connected, a retry is pending
 */
typedef enum
{
  WN_STATE_OFFLINE,
  WN_STATE_CONNECTING,
  WN_STATE_QUIET,
  WN_STATE_ASKED,
  WN_STATE_WAITING,
} WnState;

/**
 * WnEventType:
 * @WN_EVENT_LOGIN: the user wants to be connected
 * @WN_EVENT_LOGOUT: the user no longer does
 * @WN_EVENT_UPGRADED: the transport has connected, or a step of the server's
 *   own handshake is over, and the next step is still to come
 * @WN_EVENT_OPENED: the connection is up, handshake and all
 * @WN_EVENT_ACKNOWLEDGED: the heartbeat was acknowledged, asked or not
 * @WN_EVENT_ALIVE: something else shows that the server lives
 * @WN_EVENT_LOST: the transport has lost the connection, or failed to open it
 * @WN_EVENT_REFUSED: the server says no over a connection that it leaves open
 * @WN_EVENT_EXPLAINED: now it is known why the connection was lost
 * @WN_EVENT_DEADLINE: the deadline has come
 * @WN_EVENT_DISTURBED: the network changed; may come in bursts
 * @WN_EVENT_SLEPT: the machine slept, and is awake again
 * @WN_EVENT_RECONNECT: the user wants a new connection now
 * @WN_EVENT_PAUSED: we have stopped reading, so no answer can be heard
 * @WN_EVENT_RESUMED: we read again
 * @WN_EVENT_CURED: what we gave up for is no longer so: the same login goes on
 */
typedef enum
{
  WN_EVENT_LOGIN,
  WN_EVENT_LOGOUT,
  WN_EVENT_UPGRADED,
  WN_EVENT_OPENED,
  WN_EVENT_ACKNOWLEDGED,
  WN_EVENT_ALIVE,
  WN_EVENT_LOST,
  WN_EVENT_REFUSED,
  WN_EVENT_EXPLAINED,
  WN_EVENT_DEADLINE,
  WN_EVENT_DISTURBED,
  WN_EVENT_SLEPT,
  WN_EVENT_RECONNECT,
  WN_EVENT_PAUSED,
  WN_EVENT_RESUMED,
  WN_EVENT_CURED,
} WnEventType;

/**
 * WnEvent:
 * @type: what happened
 * @loss: (nullable): with %WN_EVENT_LOST, %WN_EVENT_REFUSED and
 *   %WN_EVENT_EXPLAINED: why
 * @heard: whether any message has come over the connection that is up
 */
typedef struct
{
  WnEventType type;
  const WnLoss *loss;
  gboolean heard;
} WnEvent;

/**
 * WnActions:
 * @WN_ACTION_NONE: nothing
 * @WN_ACTION_CLOSE: close the connection or the attempt; it is silent then
 * @WN_ACTION_OPEN: open a new one
 * @WN_ACTION_GREET: the connection is up: what is said first
 * @WN_ACTION_HEARTBEAT: send a heartbeat
 * @WN_ACTION_GIVE_UP: waiting does not cure this: tell the user
 *
 * To be done in this order.
 */
typedef enum
{
  WN_ACTION_NONE = 0,
  WN_ACTION_CLOSE = 1 << 0,
  WN_ACTION_OPEN = 1 << 1,
  WN_ACTION_GREET = 1 << 2,
  WN_ACTION_HEARTBEAT = 1 << 3,
  WN_ACTION_GIVE_UP = 1 << 4,
} WnActions;

/**
 * WnLifecycleConfig: times in microseconds
 * @heartbeat_interval_us: quiet before a heartbeat
 * @heartbeat_timeout_us: how long to wait for its acknowledgement
 * @reconnect_delay_us: the least delay before a retry
 * @reconnect_delay_max_us: the most
 * @roll: chance: returns a number from 0 up to but not including 1; called
 *   where a delay is made
 * @roll_data: for @roll
 */
typedef struct
{
  gint64 heartbeat_interval_us;
  gint64 heartbeat_timeout_us;
  gint64 reconnect_delay_us;
  gint64 reconnect_delay_max_us;
  double (*roll) (gpointer roll_data);
  gpointer roll_data;
} WnLifecycleConfig;

/**
 * WnLifecycle:
 *
 * A value; wn_lifecycle_init() makes it, nothing needs to be freed. Its
 * fields are read through the functions below.
 */
typedef struct
{
  /*< private >*/
  WnLifecycleConfig config;
  WnState state;
  gint64 deadline_us; /* WN_NEVER: none */
  gboolean paused;
  gint64 paused_us; /* since when a connection's deadline stands still */
  WnBackoff backoff;
  gint64 login_us;
  gint64 opened_us;      /* of the connection that is up, or was last */
  gint64 interval_us;    /* the heartbeat's, on this connection */
  gint64 next_hurry_us;  /* before then nobody may make us hurry */
  gint64 next_probe_us;  /* before then no disturbance makes us ask */
  gboolean is_probe_due; /* the deadline of the quiet state is a probe's */
  gboolean ever_opened;  /* since the login */
  gboolean proved;       /* this connection */
  guint n_unauthorized;  /* in a row */
} WnLifecycle;

/**
 * wn_lifecycle_init:
 * @self: (out caller-allocates): a lifecycle
 * @config: copied
 *
 * Begins offline.
 */
void wn_lifecycle_init (WnLifecycle *self, const WnLifecycleConfig *config);

/**
 * wn_lifecycle_handle:
 * @self: a lifecycle
 * @event: what happened; an event that means nothing in the present state
 *   changes nothing
 * @now_us: when, in the time of the deadlines; never less than before
 *
 * The only door. Afterwards wn_lifecycle_get_state() and
 * wn_lifecycle_get_deadline() tell where it stands.
 *
 * Returns: what to do now
 */
WnActions
wn_lifecycle_handle (WnLifecycle *self, const WnEvent *event, gint64 now_us);

/**
 * wn_lifecycle_set_config:
 * @self: a lifecycle that is offline
 * @config: copied
 */
void wn_lifecycle_set_config (WnLifecycle *self,
                              const WnLifecycleConfig *config);

/**
 * wn_lifecycle_set_interval:
 * @self: a lifecycle
 * @interval_us: the heartbeat's interval that the server asks for
 * @now_us: the time of the deadlines
 *
 * Holds until the connection ends, where it is shorter than the account's own.
 */
void wn_lifecycle_set_interval (WnLifecycle *self,
                                gint64 interval_us,
                                gint64 now_us);

WnState wn_lifecycle_get_state (const WnLifecycle *self);

/**
 * wn_lifecycle_get_deadline:
 * @self: a lifecycle
 *
 * Returns: when %WN_EVENT_DEADLINE is due, in microseconds, or %WN_NEVER
 */
gint64 wn_lifecycle_get_deadline (const WnLifecycle *self);

/**
 * wn_lifecycle_is_open:
 * @self: a lifecycle
 *
 * Returns: whether a connection is up
 */
gboolean wn_lifecycle_is_open (const WnLifecycle *self);

/**
 * wn_state_to_string:
 * @state: a state
 *
 * Returns: (transfer none): its name, for logs and tests
 */
const char *wn_state_to_string (WnState state);

G_END_DECLS
