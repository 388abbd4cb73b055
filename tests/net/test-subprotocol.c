/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The upgrade with a subprotocol: what is offered, and every way in which a
 * server answers to it.
 */

#include "net/websocket/websocket.h"

#include <string.h>

#include "support/raw-server.h"
#include "support/wait.h"

#define OFFERED "ws+meta.nchan"
#define ANSWER(headers)                                                        \
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"                 \
  "Connection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n" headers "\r\n"

typedef struct
{
  WnTransport *transport; /* (owned) */
  gint64 time_us;         /* what the server said it was when it opened */
  char *agreed;           /* (owned) (nullable) */
  gboolean is_open;
  gboolean is_lost;
  WnLossReason reason;
} Rig;

static void
on_transport_opened (const WnTransportAnswer *answer, gpointer user_data)
{
  Rig *rig = user_data;

  rig->is_open = TRUE;
  rig->time_us = answer->time_us;
  rig->agreed = g_strdup (answer->subprotocol);
}

static void
on_transport_text (const char *text, gsize length, gpointer user_data)
{
}

static void
on_transport_lost (const WnLoss *loss, gpointer user_data)
{
  Rig *rig = user_data;

  rig->is_lost = TRUE;
  rig->reason = loss->reason;
}

/* Opens a transport to @target, and waits for what comes of it. */
static void
rig_open (Rig *rig,
          WnRawServer *server,
          const char *target,
          const char *subprotocol)
{
  static const WnTransportListener listener = {
    .opened = on_transport_opened,
    .text = on_transport_text,
    .lost = on_transport_lost,
  };
  guint port = wn_raw_server_get_port (server);
  g_auto (WnRoute) route = {
    .url = g_strdup_printf ("ws://127.0.0.1:%u%s", port, target),
    .subprotocol = g_strdup (subprotocol),
  };

  *rig = (Rig){ 0 };
  rig->transport = wn_websocket_new (&(WnWebsocketConfig){ 0 });
  wn_transport_open (rig->transport, &route, &listener, rig);
  wn_wait_until (rig->is_open || rig->is_lost);
}

static void
rig_clear (Rig *rig)
{
  g_clear_object (&rig->transport);
  g_free (rig->agreed);
  wn_wait_until_dry ();
}

static void
test_offered (void)
{
  static const WnRawScript script = { .answer = ANSWER ("") };
  g_autoptr (WnRawServer) server = wn_raw_server_new (&script);
  const char *request;
  Rig rig;

  rig_open (&rig, server, "/?last=1%3A0", OFFERED);
  request = wn_raw_server_get_request (server);
  g_assert_true (g_str_has_prefix (request, "GET /?last=1%3A0 HTTP/1.1\r\n"));
  g_assert_nonnull (
      strstr (request, "\r\nSec-WebSocket-Protocol: " OFFERED "\r\n"));
  rig_clear (&rig);
}

static void
test_not_offered (void)
{
  static const WnRawScript script = { .answer = ANSWER ("") };
  g_autoptr (WnRawServer) server = wn_raw_server_new (&script);
  Rig rig;

  rig_open (&rig, server, "/", NULL);
  g_assert_null (
      strstr (wn_raw_server_get_request (server), "Sec-WebSocket-Protocol"));
  rig_clear (&rig);
}

static const struct
{
  const char *name;
  WnRawScript script;
  const char *offered;
  gboolean opens;
  const char *agreed;
} answers[] = {
  { "agreed to",
    { .answer = ANSWER ("Sec-WebSocket-Protocol: " OFFERED "\r\n") },
    OFFERED,
    TRUE,
    OFFERED },
  { "passed over", { .answer = ANSWER ("") }, OFFERED, TRUE, NULL },
  { "answered with an empty one",
    { .answer = ANSWER ("Sec-WebSocket-Protocol: \r\n") },
    OFFERED,
    TRUE,
    NULL },
  { "answered with another",
    { .answer = ANSWER ("Sec-WebSocket-Protocol: mqtt\r\n") },
    OFFERED,
    FALSE,
    NULL },
  { "answered with two",
    { .answer = ANSWER ("Sec-WebSocket-Protocol: " OFFERED ", mqtt\r\n") },
    OFFERED,
    FALSE,
    NULL },
  { "not offered but answered",
    { .answer = ANSWER ("Sec-WebSocket-Protocol: " OFFERED "\r\n") },
    NULL,
    FALSE,
    NULL },
};

static void
test_answer (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WnRawServer) server = wn_raw_server_new (&answers[i].script);
  Rig rig;

  rig_open (&rig, server, "/", answers[i].offered);
  g_assert_cmpint (rig.is_open, ==, answers[i].opens);
  g_assert_cmpstr (rig.agreed, ==, answers[i].agreed);
  if (!answers[i].opens)
    g_assert_cmpint (rig.reason, ==, WN_LOSS_BAD_HANDSHAKE);
  rig_clear (&rig);
}

static void
test_time (void)
{
  static const struct
  {
    WnRawScript script;
    gint64 time_s;
  } rows[] = {
    { { .answer = ANSWER ("Date: Wed, 25 Nov 2026 08:20:41 GMT\r\n") },
      1795594841 },
    { { .answer = ANSWER ("Date: yesterday\r\n") }, 0 },
    { { .answer = ANSWER ("") }, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (WnRawServer) server = wn_raw_server_new (&rows[i].script);
      Rig rig;

      rig_open (&rig, server, "/", NULL);
      g_assert_cmpint (rig.time_us, ==, rows[i].time_s * G_TIME_SPAN_SECOND);
      rig_clear (&rig);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/subprotocol/it is offered where there is one",
                   test_offered);
  g_test_add_func ("/subprotocol/none is offered where there is none",
                   test_not_offered);
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/subprotocol/%s", answers[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_answer);
    }
  g_test_add_func ("/subprotocol/the server's time is kept where it is said",
                   test_time);
  return g_test_run ();
}
