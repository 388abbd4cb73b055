/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A Gotify account: the input's first line is a cursor from an account's file,
 * each further one a frame of the stream, or, after a digit, the answer to a
 * question: `0` none, `2` with the status 200, `4` with 404, `5` with 503. What
 * is shown is harmless; questions go to the account's server only; whenever
 * something was asked and is answered, what was held back is shown in the end.
 */

#include <string.h>

#include "core/dialect/dialect.h"
#include "core/dialect/url.h"
#include "fuzz/frame.h"
#include "fuzz/fuzz.h"
#include "support/instance.h"

#define GOTIFY (&wn_dialect_gotify)
#define BASE "https://gotify.example/p"
#define MAX_LINES 64

static guint n_shown;

/* Returns: whether something is to be answered now */
static gboolean
check_frame (const WnFrame *frame)
{
  g_assert_null (frame->reply);
  for (guint i = fuzz_assert_frame (frame); i > 0; i--)
    {
      const WnNotification *n = g_ptr_array_index (frame->notifications, i - 1);

      g_assert_nonnull (n->id);
      n_shown++;
    }
  if (frame->call == NULL)
    return FALSE;
  g_assert_true (g_str_has_prefix (frame->call->url, BASE "/"));
  g_assert_true (wn_url_is_http (frame->call->url));
  g_assert_cmpstr (frame->call->method, ==, "GET");
  return TRUE;
}

static gboolean
open_stream (gpointer self, const char *cursor)
{
  g_auto (WnRoute) route = { 0 };
  g_autoptr (WnFrame) frame = NULL;

  GOTIFY->route (self, cursor, &route);
  g_assert_cmpstr (route.url, ==, "wss://gotify.example/p/stream");
  frame = GOTIFY->opened (self, &(WnTransportAnswer){ 0 });
  return check_frame (frame);
}

static gboolean
take_answer (gpointer self, guint status, const char *text)
{
  g_autoptr (WnFrame) frame
      = wn_instance_take_answer (GOTIFY, self, status, text);

  g_assert_null (frame->refusal);
  return check_frame (frame);
}

static gboolean
take_text (gpointer self, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WnFrame) frame = GOTIFY->read (self, text, strlen (text), &error);

  g_assert_true ((frame == NULL) == (error != NULL));
  return frame != NULL && check_frame (frame);
}

static guint
status_of (char digit)
{
  return digit == '2' ? 200 : digit == '4' ? 404 : digit == '5' ? 503 : 0;
}

/* Whatever has come before, the next message is shown: at once, or once all
 * questions were answered.
 */
static void
check_end (gpointer self, gboolean is_asked)
{
  static const char *last
      = "{\"id\":9223372036854775807,\"appid\":1,\"message\":\"x\"}";
  guint n_before;

  for (guint i = 0; is_asked; i++)
    {
      g_assert_cmpuint (i, <, 3);
      is_asked = take_answer (self, 404, "");
    }
  n_before = n_shown;
  if (take_text (self, last))
    take_answer (self, 404, "");
  g_assert_cmpuint (n_shown, ==, n_before + 1);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_auto (GStrv) lines = fuzz_dup_lines (data, size, MAX_LINES);
  gpointer self = wn_instance_new (GOTIFY,
                                   NULL,
                                   "me@gotify.example/p/",
                                   "C921EeDZMz.isjP",
                                   NULL);
  gboolean is_asked = open_stream (self, lines[0]);

  for (char **line = lines + 1; *line != NULL; line++)
    if (!g_ascii_isdigit (**line))
      is_asked |= take_text (self, *line);
    else if (is_asked)
      is_asked = take_answer (self, status_of (**line), *line + 1);
  check_end (self, is_asked);
  GOTIFY->free (self);
  return 0;
}
