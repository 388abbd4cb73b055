/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How a herd of clients comes back after an outage, in virtual time: the same
 * herd each time.
 *
 * A model, not a measurement: a client notices the loss within the first five
 * seconds, an attempt fails or succeeds at once, and a server that is asked
 * for r times what it can do manages 1/r of what it could (it spends its time
 * on those it turns away). Time goes in steps of a tenth of a second. Only
 * ratios count in this, so in a large herd one client stands for several.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WnHerdFailure:
 * @WN_HERD_CUT_OFF: the connection was lost, as everybody's
 * @WN_HERD_ABSENT: an attempt while the server was away
 * @WN_HERD_OVERLOADED: an attempt that the server was too busy for
 */
typedef enum
{
  WN_HERD_CUT_OFF,
  WN_HERD_ABSENT,
  WN_HERD_OVERLOADED,
} WnHerdFailure;

/**
 * WnHerdClient: what a policy remembers of a client; zeroes at first
 */
typedef struct
{
  guint32 next; /*< private >: in the same slot */
  guint32 n_failures;
  gint64 last_delay_us;
} WnHerdClient;

/**
 * WnHerdDelayFunc:
 * @client: whose attempt failed
 * @failure: how
 * @roll: chance, from 0 up to but not including 1
 *
 * Returns: how long the client waits, in microseconds; under 409 s
 */
typedef gint64 (*WnHerdDelayFunc) (WnHerdClient *client,
                                   WnHerdFailure failure,
                                   double roll);

/**
 * WnHerdScenario:
 * @n_clients: how many there are
 * @weight: how many of them one that is simulated stands for
 * @outage_s: how long the server is away
 * @handshakes_per_second: what it can do before it collapses
 */
typedef struct
{
  guint n_clients;
  guint weight;
  guint outage_s;
  guint handshakes_per_second;
} WnHerdScenario;

/**
 * WnHerdOutcome:
 * @attempts: of a client, on average, until 99 % are back
 * @peak_per_second: the most attempts in a second after the server's return
 * @half_s: from the server's return until half are back; -1: not in 4 h
 * @nearly_all_s: the same for 99 %
 */
typedef struct
{
  double attempts;
  guint peak_per_second;
  double half_s;
  double nearly_all_s;
} WnHerdOutcome;

/** The plugin's defaults, in microseconds */
#define WN_HERD_DELAY_US (5 * G_TIME_SPAN_SECOND)
#define WN_HERD_MAX_DELAY_US (300 * G_TIME_SPAN_SECOND)

/** The sites that the policy was chosen for */
extern const WnHerdScenario wn_herd_million;
extern const WnHerdScenario wn_herd_million_for_long;
extern const WnHerdScenario wn_herd_small_site;

/**
 * wn_herd_simulate:
 * @scenario: who is cut off, and from what
 * @delay: the policy
 *
 * Returns: how it went
 */
WnHerdOutcome wn_herd_simulate (const WnHerdScenario *scenario,
                                WnHerdDelayFunc delay);

/* `core/connection/backoff.h` with the defaults, by what the clients get to
 * see: */

/** The connection breaks, then refused, then too late or dropped */
gint64
wn_herd_delay_broken (WnHerdClient *client, WnHerdFailure failure, double roll);

/** Closed with 1001, then refused, then 503 */
gint64
wn_herd_delay_told (WnHerdClient *client, WnHerdFailure failure, double roll);

/** A gateway in front that stays: closed with 1001, then 502, 503 or 504 */
gint64 wn_herd_delay_unavailable (WnHerdClient *client,
                                  WnHerdFailure failure,
                                  double roll);

/** A server that refuses for being busy too (Linux doesn't by itself) */
gint64 wn_herd_delay_refused (WnHerdClient *client,
                              WnHerdFailure failure,
                              double roll);

G_END_DECLS
