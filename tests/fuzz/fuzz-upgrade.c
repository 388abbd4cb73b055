/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * All that a server says to the WebSocket transport, from its answer to the
 * upgrade on, over a socket. The first byte is how many of the rest go out at
 * once (0: all); `{accept}` stands for the answer to our key; then the server
 * hangs up.
 */

#include <string.h>

#include "fuzz/fuzz.h"
#include "net/websocket/websocket.h"
#include "support/byte-server.h"

typedef struct
{
  guint n_opened;
  guint n_lost;
} Heard;

static void
on_opened (const WnTransportAnswer *answer, gpointer user_data)
{
  Heard *heard = user_data;

  g_assert_cmpuint (heard->n_opened++, ==, 0);
  g_assert_cmpuint (heard->n_lost, ==, 0);
}

static void
on_text (const char *text, gsize length, gpointer user_data)
{
  Heard *heard = user_data;

  g_assert_cmpuint (heard->n_opened, ==, 1);
  g_assert_cmpuint (heard->n_lost, ==, 0);
  g_assert_cmpuint (length, <=, WN_WEBSOCKET_MAX_MESSAGE_BYTES);
  g_assert_true (g_utf8_validate_len (text, length, NULL)
                 || memchr (text, '\0', length) != NULL);
}

static void
check_loss (const WnLoss *loss)
{
  g_assert_cmpint (loss->retry_after_us, >=, 0);
  g_assert_cmpint (loss->retry_after_us, <=, G_TIME_SPAN_DAY);
  if (loss->reason == WN_LOSS_HTTP_STATUS || loss->reason == WN_LOSS_REDIRECTED)
    g_assert_cmpuint (loss->http_status, >=, 100);
  else
    g_assert_cmpuint (loss->http_status, ==, 0);
  if (loss->close_code != 0)
    {
      g_assert_cmpint (loss->reason, ==, WN_LOSS_CLOSED);
      g_assert_cmpuint (loss->close_code, >=, 1000);
      g_assert_cmpuint (loss->close_code, <=, 4999);
    }
}

static void
on_lost (const WnLoss *loss, gpointer user_data)
{
  Heard *heard = user_data;

  g_assert_cmpuint (heard->n_lost++, ==, 0);
  check_loss (loss);
}

static const WnTransportListener listener
    = { .opened = on_opened, .text = on_text, .lost = on_lost };

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Heard heard = { 0 };

  if (size < 1)
    return 0;

  g_autoptr (WnByteServer) server = wn_byte_server_new ();
  g_autoptr (GProxyResolver) direct = g_simple_proxy_resolver_new (NULL, NULL);
  g_autofree char *url = g_strdup_printf ("ws://127.0.0.1:%u/",
                                          wn_byte_server_get_port (server));
  g_autoptr (WnTransport) transport
      = wn_websocket_new (&(WnWebsocketConfig){ .proxy_resolver = direct });

  wn_byte_server_set_piece (server, data[0]);
  wn_byte_server_add (server, data + 1, size - 1, WN_BYTE_ENDING_CLOSE);
  wn_transport_open (transport, &(WnRoute){ .url = url }, &listener, &heard);
  while (heard.n_lost == 0)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  return 0;
}
