/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The client between a network and a user who do anything at any time, against
 * PROTOCOL §4: one connection, one deadline, one retry, silent once stopped.
 * Two bytes are a step: what happens, and with what.
 */

#include "core/connection/client.h"
#include "fuzz/fuzz.h"
#include "support/instance.h"
#include "support/scripted-transport.h"
#include "support/virtual-clock.h"

typedef struct
{
  gpointer instance;              /* (owned): the dialect's */
  WnClient *client;               /* (owned) */
  WnScriptedTransport *transport; /* (owned) */
  WnVirtualClock *clock;          /* (owned) */
  gboolean is_wanted;             /* started and not stopped */
  gboolean stops_in_call;         /* the next call of the client's stops it */
} Walk;

typedef enum
{
  STEP_START,
  STEP_STOP,
  STEP_RECONNECT,
  STEP_DISTURB,
  STEP_HOLD,
  STEP_READ,
  STEP_OPENED,
  STEP_TEXT,
  STEP_LOST,
  STEP_SECONDS,
  STEP_MINUTES,
  STEP_STOP_IN_CALL,
  N_STEPS,
} Step;

static const char *const texts[]
    = { "{\"code\":2}",
        "{\"code\":\"2\",\"title\":\"both\",\"id\":\"1\"}",
        "{\"title\":\"a\",\"content\":\"b\"}",
        "{\"title\":\"a\",\"id\":\"1\"}",
        "{}",
        "no JSON",
        "",
        "{\"code\":2,\"api_version\":\"\\u202e9\"}" };

static void
stop (Walk *walk)
{
  wn_client_stop (walk->client);
  walk->is_wanted = FALSE;
}

static void
note_call (Walk *walk)
{
  g_assert_true (walk->is_wanted);
  if (walk->stops_in_call)
    stop (walk);
  walk->stops_in_call = FALSE;
}

static void
on_state_changed (WnClient *client, gpointer user_data)
{
  note_call (user_data);
}

static void
on_gap (WnClient *client, gint64 from_us, gint64 to_us, gpointer user_data)
{
  g_assert_cmpint (from_us, <=, to_us);
  note_call (user_data);
}

static void
on_notified (WnClient *client, WnNotification *notification, gpointer user_data)
{
  note_call (user_data);
}

static void
on_gave_up (WnClient *client, const WnLoss *loss, gpointer user_data)
{
  Walk *walk = user_data;

  note_call (walk);
  walk->is_wanted = FALSE;
}

static const WnClientListener listener = { .state_changed = on_state_changed,
                                           .gap = on_gap,
                                           .notified = on_notified,
                                           .gave_up = on_gave_up };

static void
check (const Walk *walk)
{
  WnScriptedState transport = wn_scripted_transport_get_state (walk->transport);
  guint n_alarms = wn_virtual_clock_get_n_alarms (walk->clock);
  WnClientStatus status;

  wn_client_get_status (walk->client, &status);
  g_assert_cmpuint (n_alarms, <=, 1);
  g_assert_true ((status.state == WN_STATE_OFFLINE) == !walk->is_wanted);
  g_assert_true ((status.state == WN_STATE_CONNECTING)
                 == (transport == WN_SCRIPTED_OPENING));
  g_assert_true (
      (status.state == WN_STATE_QUIET || status.state == WN_STATE_ASKED)
      == (transport == WN_SCRIPTED_OPEN));
  g_assert_true ((status.connected_since_us != 0)
                 == (transport == WN_SCRIPTED_OPEN));
  g_assert_true ((status.retry_at_us != 0)
                 == (status.state == WN_STATE_WAITING));
  if (status.state == WN_STATE_OFFLINE)
    g_assert_cmpuint (n_alarms, ==, 0);
  else if (transport != WN_SCRIPTED_OPEN)
    g_assert_cmpuint (n_alarms, ==, 1);
}

static void
lose (Walk *walk, guint8 byte)
{
  static const guint statuses[] = { 401, 403, 503 };
  WnLoss loss = { .reason = byte % (WN_LOSS_OTHER + 1) };

  if (loss.reason == WN_LOSS_HTTP_STATUS)
    loss.http_status = statuses[byte % G_N_ELEMENTS (statuses)];
  if (wn_scripted_transport_get_state (walk->transport) != WN_SCRIPTED_IDLE)
    wn_scripted_transport_emit_lost (walk->transport, &loss);
}

static void
hear (Walk *walk, guint8 byte)
{
  if (wn_scripted_transport_get_state (walk->transport) == WN_SCRIPTED_OPEN
      && wn_scripted_transport_is_reading (walk->transport))
    wn_scripted_transport_emit_text (walk->transport,
                                     texts[byte % G_N_ELEMENTS (texts)]);
}

static void
start (Walk *walk)
{
  if (walk->is_wanted)
    return;
  walk->is_wanted = TRUE;
  wn_client_start (walk->client);
}

static void
become_open (Walk *walk)
{
  if (wn_scripted_transport_get_state (walk->transport) == WN_SCRIPTED_OPENING)
    wn_scripted_transport_emit_opened (walk->transport);
}

static void
take_step (Walk *walk, Step step, guint8 byte)
{
  switch (step)
    {
    case STEP_START:
      start (walk);
      break;
    case STEP_STOP:
      stop (walk);
      break;
    case STEP_RECONNECT:
      wn_client_reconnect (walk->client);
      break;
    case STEP_DISTURB:
      wn_client_disturb (walk->client);
      break;
    case STEP_HOLD:
    case STEP_READ:
      wn_client_set_reading (walk->client, step == STEP_READ);
      break;
    case STEP_OPENED:
      become_open (walk);
      break;
    case STEP_TEXT:
      hear (walk, byte);
      break;
    case STEP_LOST:
      lose (walk, byte);
      break;
    case STEP_SECONDS:
      wn_virtual_clock_advance (walk->clock, byte * G_TIME_SPAN_SECOND / 4);
      break;
    case STEP_MINUTES:
      wn_virtual_clock_advance (walk->clock, byte * G_TIME_SPAN_MINUTE);
      break;
    case STEP_STOP_IN_CALL:
      walk->stops_in_call = TRUE;
      break;
    case N_STEPS:
    default:
      g_assert_not_reached ();
    }
}

static void
set_up (Walk *walk)
{
  static const WnLifecycleConfig config = {
    .heartbeat_interval_us = 45 * G_TIME_SPAN_SECOND,
    .heartbeat_timeout_us = 45 * G_TIME_SPAN_SECOND,
    .reconnect_delay_us = 5 * G_TIME_SPAN_SECOND,
    .reconnect_delay_max_us = 300 * G_TIME_SPAN_SECOND,
    .roll = wn_instance_roll,
  };

  walk->clock = wn_virtual_clock_new (1000 * G_TIME_SPAN_SECOND,
                                      20000 * G_TIME_SPAN_DAY);
  walk->transport = wn_scripted_transport_new ();
  walk->instance = wn_instance_new (&wn_dialect_back_office,
                                    NULL,
                                    "1001",
                                    NULL,
                                    "send_hello",
                                    "1",
                                    NULL);
  walk->client = wn_client_new (WN_CLOCK (walk->clock),
                                WN_TRANSPORT (walk->transport),
                                &(WnClientConfig){
                                    .lifecycle = config,
                                    .dialect = &wn_dialect_back_office,
                                    .instance = walk->instance,
                                },
                                &listener,
                                walk);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Walk walk = { 0 };

  set_up (&walk);
  for (; size >= 2; data += 2, size -= 2)
    {
      take_step (&walk, data[0] % N_STEPS, data[1]);
      check (&walk);
    }
  stop (&walk);
  check (&walk);
  g_object_unref (walk.client);
  wn_dialect_back_office.free (walk.instance);
  g_object_unref (walk.transport);
  g_object_unref (walk.clock);
  return 0;
}
