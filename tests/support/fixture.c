/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The transport and the clock fail the test when they are freed in use.
 */

#include "support/fixture.h"

#include <string.h>

#include "support/instance.h"

/* A whole second, so that common seconds change nothing. */
#define START_US SECONDS (1000)

const WnLifecycleConfig wn_fixture_lifecycle = {
  .heartbeat_interval_us = SECONDS (45),
  .heartbeat_timeout_us = SECONDS (45),
  .reconnect_delay_us = SECONDS (5),
  .reconnect_delay_max_us = SECONDS (300),
  .roll = wn_instance_roll,
};

void
wn_fixture_init (WnFixture *self, gint64 wall_s)
{
  *self = (WnFixture){
    .clock = wn_virtual_clock_new (START_US, SECONDS (wall_s)),
    .transport = wn_scripted_transport_new (),
    .heard = { .words = g_string_new (NULL) },
  };
}

void
wn_fixture_clear (WnFixture *self)
{
  wn_fixture_drop_client (self);
  g_assert_finalize_object (self->transport);
  g_assert_finalize_object (self->clock);
  g_string_free (self->heard.words, TRUE);
  g_free (self->cursor);
}

void
wn_fixture_add_client (WnFixture *self,
                       const WnClientConfig *config,
                       const WnClientListener *listener)
{
  g_assert_null (self->client);
  self->dialect = config->dialect;
  self->instance = config->instance;
  self->client = wn_client_new (WN_CLOCK (self->clock),
                                WN_TRANSPORT (self->transport),
                                config,
                                listener,
                                self);
}

void
wn_fixture_drop_client (WnFixture *self)
{
  if (self->client != NULL)
    {
      wn_client_stop (self->client);
      g_assert_cmpuint (wn_virtual_clock_get_n_alarms (self->clock), ==, 0);
      g_assert_finalize_object (g_steal_pointer (&self->client));
    }
  if (self->instance != NULL)
    self->dialect->free (g_steal_pointer (&self->instance));
}

void
wn_fixture_keep_cursor (WnFixture *self, const WnNotification *notification)
{
  if (notification->cursor == NULL)
    return;
  g_free (self->cursor);
  self->cursor = g_strdup (notification->cursor);
}

void
wn_fixture_advance (WnFixture *self, double seconds)
{
  wn_virtual_clock_advance (self->clock, SECONDS (seconds));
}

void
wn_fixture_check_told (WnFixture *self, const char *expected)
{
  g_autofree char *log = wn_scripted_transport_take_log (self->transport);

  g_assert_cmpstr (log, ==, expected);
}

void
wn_fixture_forget (WnFixture *self)
{
  g_free (wn_scripted_transport_take_log (self->transport));
  wn_heard_forget (&self->heard);
}

void
wn_fixture_call (WnClient *client, const WnCall *call, gpointer fixture)
{
  WnFixture *self = fixture;
  const char *path = call->url + strlen (self->origin);

  g_assert_true (g_str_has_prefix (call->url, self->origin));
  g_assert_cmpint (*path, ==, '/');
  g_assert_cmpstr (call->authorization, ==, self->authorization);
  wn_heard_add (self,
                "%s %s%s%s",
                call->method,
                path,
                call->body != NULL ? " " : "",
                call->body != NULL ? call->body : "");
}

void
wn_fixture_moved (WnClient *client, gpointer fixture)
{
  WnFixture *self = fixture;

  g_free (self->cursor);
  self->cursor = g_strdup (wn_client_get_cursor (client));
}
