/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A Laravel account: the input's first line is a cursor from an account's file,
 * each further one a frame of the server, or, after a digit, the application's
 * answer to a question: `0` none, `2` with the status 200, `3` with 403, `4`
 * with 404, `5` with 503. What is shown is harmless; questions go to the
 * application only, and what is said to the server are subscriptions and
 * pongs; whatever has come, the next connection works, and what comes over it
 * is shown.
 */

#include <string.h>

#include "core/dialect/dialect.h"
#include "core/dialect/json.h"
#include "core/dialect/url.h"
#include "fuzz/frame.h"
#include "fuzz/fuzz.h"
#include "support/instance.h"

#define LARAVEL (&wn_dialect_laravel)
#define APPLICATION "https://app.example/"
#define TOKEN "7|s3cret"
#define MAX_LINES 64

static guint n_shown;
static gboolean is_asked; /* something is to be answered */
static gboolean is_over;  /* the connection was refused */

static WnAccount *
new_account (void)
{
  return wn_instance_new (LARAVEL,
                          NULL,
                          "1001@app.example/key1",
                          TOKEN,
                          "server",
                          "wss://push.example",
                          "channels",
                          "cache-news,private-a",
                          "events",
                          "*",
                          "backlog_url",
                          APPLICATION "news?x=1",
                          "download_url",
                          APPLICATION "get?f={filename}",
                          NULL);
}

static void
check_call (const WnCall *call)
{
  if (call == NULL)
    return;
  g_assert_true (g_str_has_prefix (call->url, APPLICATION));
  g_assert_true (wn_url_is_http (call->url));
  g_assert_null (strchr (call->url, '|'));
  if (call->body != NULL)
    {
      g_assert_true (g_str_has_prefix (call->body, "socket_id="));
      g_assert_true (g_str_has_suffix (call->body, "&channel_name=private-a"));
      g_assert_cmpuint (strcspn (call->body, " \r\n"), ==, strlen (call->body));
    }
  is_asked = TRUE;
}

static void
check_reply (const char *reply)
{
  g_autoptr (JsonObject) message = NULL;
  g_autofree char *event = NULL;

  if (reply == NULL)
    return;
  message = wn_json_read_object (reply, strlen (reply), NULL);
  g_assert_nonnull (message);
  event = wn_json_dup_string (message, "event");
  g_assert_true (g_str_equal (event, "pusher:subscribe")
                 || g_str_equal (event, "pusher:pong"));
}

static gboolean
check_frame (WnFrame *frame_in)
{
  g_autoptr (WnFrame) frame = frame_in;

  n_shown += fuzz_assert_frame (frame);
  check_call (frame->call);
  check_reply (frame->reply);
  is_over |= frame->refusal != NULL;
  return frame->is_ready;
}

static void
open_socket (WnAccount *self, const char *cursor)
{
  g_auto (WnRoute) route = { 0 };

  is_asked = is_over = FALSE;
  LARAVEL->route (self, cursor, &route);
  g_assert_true (g_str_has_prefix (route.url, "wss://push.example/app/key1?"));
  g_assert_null (route.authorization);
  check_frame (LARAVEL->opened (self, &(WnTransportAnswer){ 0 }));
}

static gboolean
take_answer (WnAccount *self, guint status, const char *text)
{
  WnFrame *frame = wn_instance_take_answer (LARAVEL, self, status, text);

  is_asked = FALSE;
  return check_frame (frame);
}

static gboolean
take_text (WnAccount *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  WnFrame *frame = LARAVEL->read (self, text, strlen (text), &error);

  g_assert_true ((frame == NULL) == (error != NULL));
  return frame != NULL && check_frame (frame);
}

static void
take_line (WnAccount *self, const char *line)
{
  static const guint statuses[] = { 0, 0, 200, 403, 404, 503 };
  gsize digit = (gsize) (*line - '0');

  if (*line < '0' || digit >= G_N_ELEMENTS (statuses))
    take_text (self, line);
  else if (is_asked)
    take_answer (self, statuses[digit], line + 1);
  if (is_over)
    open_socket (self, NULL);
}

static void
check_end (WnAccount *self)
{
  guint n_before;

  open_socket (self, NULL);
  take_text (self,
             "{\"event\":\"pusher:connection_established\",\"data\":"
             "{\"socket_id\":\"1.2\"}}");
  take_text (self,
             "{\"event\":\"pusher_internal:subscription_succeeded\","
             "\"channel\":\"cache-news\"}");
  g_assert_true (is_asked);
  take_answer (self, 200, "{\"auth\":\"k:x\"}");
  g_assert_true (
      take_text (self,
                 "{\"event\":\"pusher_internal:subscription_succeeded\","
                 "\"channel\":\"private-a\"}"));
  n_before = n_shown;
  take_text (self, "{\"event\":\"x\",\"data\":\"last\"}");
  g_assert_cmpuint (n_shown, ==, n_before + 1);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_auto (GStrv) lines = fuzz_dup_lines (data, size, MAX_LINES);
  WnAccount *self = new_account ();

  n_shown = 0;
  /* What else is kept of a server is never handed to the dialect. */
  open_socket (self, wn_cursor_is_sound (lines[0]) ? lines[0] : NULL);
  for (char **line = lines + 1; *line != NULL; line++)
    take_line (self, *line);
  check_end (self);
  LARAVEL->free (self);
  return 0;
}
