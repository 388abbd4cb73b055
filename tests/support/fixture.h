/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the tests of a connection begin with: a client between a virtual clock
 * and a scripted transport. A test that needs nothing else calls this its
 * Fixture; the listener that it writes has the fixture as user data.
 */

#pragma once

#include "core/connection/client.h"
#include "support/heard.h"
#include "support/scripted-transport.h"
#include "support/virtual-clock.h"

G_BEGIN_DECLS

#define SECONDS(n) ((gint64) ((n) *G_TIME_SPAN_SECOND))

/**
 * WnFixture:
 * @heard: what the listener was told; first, as its callbacks ask
 * @clock: (owned)
 * @transport: (owned)
 * @dialect: (unowned) (nullable): static; of @instance
 * @instance: (owned) (nullable): the dialect's
 * @client: (owned) (nullable)
 * @cursor: (owned) (nullable): of the last notification that was shown, or
 *   that the client told by itself
 * @origin: (unowned) (nullable): where all questions go; static
 * @authorization: (unowned) (nullable): what they are asked with; static
 * @data: (unowned) (nullable): the test's own
 */
typedef struct
{
  WnHeard heard;
  WnVirtualClock *clock;
  WnScriptedTransport *transport;
  const WnDialect *dialect;
  WnAccount *instance;
  WnClient *client;
  char *cursor;
  const char *origin;
  const char *authorization;
  gconstpointer data;
} WnFixture;

/** As accounts have it, but that what is random comes out half-way, always */
extern const WnLifecycleConfig wn_fixture_lifecycle;

/**
 * wn_fixture_init:
 * @self: (out caller-allocates): without a client yet
 * @wall_s: the time that people read, in seconds
 */
void wn_fixture_init (WnFixture *self, gint64 wall_s);

/**
 * wn_fixture_clear:
 * @self: with a client or without
 *
 * Fails the test where something is left: an alarm, a connection, a reference.
 */
void wn_fixture_clear (WnFixture *self);

/**
 * wn_fixture_add_client:
 * @self: without a client
 * @config: its `instance` is (transfer full)
 * @listener: static
 *
 * The client is not started.
 */
void wn_fixture_add_client (WnFixture *self,
                            const WnClientConfig *config,
                            const WnClientListener *listener);

/** Stops the client, if there is one, and frees it: nothing of it may be left
 */
void wn_fixture_drop_client (WnFixture *self);

/** Remembers where @notification is, if it says so */
void wn_fixture_keep_cursor (WnFixture *self,
                             const WnNotification *notification);

/** Turns the clock forward */
void wn_fixture_advance (WnFixture *self, double seconds);

/** Fails unless the transport was told @expected since the last look */
void wn_fixture_check_told (WnFixture *self, const char *expected);

/** Forgets what the transport and the listener were told */
void wn_fixture_forget (WnFixture *self);

/* Callbacks of WnClientListener. The first adds `METHOD PATH`, and the body
 * behind a space if there is one, and fails where a question goes elsewhere
 * than to @origin, or without its @authorization; the second keeps the cursor.
 */
void wn_fixture_call (WnClient *client, const WnCall *call, gpointer fixture);
void wn_fixture_moved (WnClient *client, gpointer fixture);

G_END_DECLS
