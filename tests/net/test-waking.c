/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A connection over a real socket whose machine slept, with the real clock:
 * what goes over the wire when it wakes up. GIO's threads keep this process
 * out of a time namespace, so CLOCK_BOOTTIME is set ahead at the link. The
 * clocks stand still otherwise, so that no time is over on a busy machine.
 */

#include "core/connection/client.h"
#include "net/system-clock.h"
#include "net/websocket/websocket.h"

#include "support/boottime.h"
#include "support/fast-time.h"
#include "support/instance.h"
#include "support/raw-server.h"
#include "support/wait.h"

#include <time.h>

#define TEXT_FRAME 0x81
#define ACKNOWLEDGEMENT "{\"code\":2}"
#define HEARTBEAT "heartCheck"
/* Two bytes of head and four of mask (RFC 6455 §5.2) */
#define HEAD_BYTES 6

int __real_clock_gettime (clockid_t id, struct timespec *time);
int __wrap_clock_gettime (clockid_t id, struct timespec *time);

static time_t asleep_s;

int
__wrap_clock_gettime (clockid_t id, struct timespec *time)
{
  int result = __real_clock_gettime (id, time);

  if (id == CLOCK_BOOTTIME)
    time->tv_sec += asleep_s;
  return result;
}

typedef struct
{
  WnRawServer *server; /* (owned) */
  gpointer instance;   /* (owned): the dialect's */
  WnClient *client;    /* (owned) */
} Rig;

static WnState
get_state (Rig *self)
{
  WnClientStatus status;

  wn_client_get_status (self->client, &status);
  return status.state;
}

static void
on_client_state_changed (WnClient *client, gpointer user_data)
{
}

static void
on_client_gave_up (WnClient *client, const WnLoss *loss, gpointer user_data)
{
  g_assert_not_reached ();
}

static void
rig_init (Rig *self)
{
  static const WnRawScript script = { .answer = WN_UPGRADE };
  static const WnClientListener listener = {
    .state_changed = on_client_state_changed,
    .gave_up = on_client_gave_up,
  };
  static const WnLifecycleConfig config = {
    .heartbeat_interval_us = 45 * G_TIME_SPAN_SECOND,
    .heartbeat_timeout_us = 45 * G_TIME_SPAN_SECOND,
    .reconnect_delay_us = 5 * G_TIME_SPAN_SECOND,
    .reconnect_delay_max_us = 300 * G_TIME_SPAN_SECOND,
    .roll = wn_instance_roll,
  };
  g_autoptr (WnClock) clock = wn_system_clock_dup_shared ();
  g_autoptr (WnTransport) transport = NULL;
  g_autofree char *url = NULL;

  self->server = wn_raw_server_new (&script);
  url = g_strdup_printf ("ws://127.0.0.1:%u/",
                         wn_raw_server_get_port (self->server));
  self->instance = wn_instance_new (&wn_dialect_back_office,
                                    NULL,
                                    "1001",
                                    NULL,
                                    "server",
                                    url,
                                    NULL);
  transport = wn_websocket_new (&(WnWebsocketConfig){ 0 });
  self->client = wn_client_new (clock,
                                transport,
                                &(WnClientConfig){
                                    .lifecycle = config,
                                    .dialect = &wn_dialect_back_office,
                                    .instance = self->instance,
                                },
                                &listener,
                                self);
}

static void
rig_clear (Rig *self)
{
  wn_client_stop (self->client);
  g_clear_object (&self->client);
  wn_wait_until_dry ();
  wn_raw_server_free (self->server);
  wn_dialect_back_office.free (self->instance);
}

static void
assert_heartbeat (const GByteArray *frame)
{
  const guint8 *mask = frame->data + 2;
  guint8 expected[] = HEARTBEAT;

  for (gsize i = 0; i < strlen (HEARTBEAT); i++)
    expected[i] ^= mask[i % 4];
  g_assert_cmphex (frame->data[0], ==, TEXT_FRAME);
  g_assert_cmpmem (frame->data + HEAD_BYTES,
                   frame->len - HEAD_BYTES,
                   expected,
                   strlen (HEARTBEAT));
}

static void
test_probe (void)
{
  Rig rig;
  GByteArray *received;

  wn_fast_time_hold ();
  rig_init (&rig);
  wn_client_start (rig.client);
  wn_wait_until (get_state (&rig) == WN_STATE_QUIET);
  received = wn_raw_server_get_received (rig.server);
  g_assert_cmpuint (received->len, ==, 0);
  asleep_s += 3600;
  wn_boottime_wake ();
  wn_wait_until (received->len >= HEAD_BYTES + strlen (HEARTBEAT));
  assert_heartbeat (received);
  wn_raw_server_send_frame (rig.server,
                            TEXT_FRAME,
                            ACKNOWLEDGEMENT,
                            strlen (ACKNOWLEDGEMENT));
  wn_wait_until (get_state (&rig) == WN_STATE_QUIET);
  g_assert_cmpuint (wn_raw_server_get_n_connections (rig.server), ==, 1);
  rig_clear (&rig);
  wn_fast_time_release ();
  g_assert_cmpuint (wn_boottime_count_timers (), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/waking/a machine that slept an hour asks at once, and the "
                   "connection lives on",
                   test_probe);
  return g_test_run ();
}
