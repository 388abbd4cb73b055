/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An ntfy account: the input's first line is a cursor from an account's file,
 * each further one a frame of the server's, or, after a `>`, its answer to what
 * was asked: for what was stored late, or why it refused. What is shown is
 * harmless, and what was shown is not shown again after a restart that goes on
 * at its cursor.
 */

#include <string.h>

#include "core/dialect/dialect.h"
#include "core/dialect/url.h"
#include "fuzz/frame.h"
#include "fuzz/fuzz.h"
#include "support/instance.h"

#define NTFY (&wn_dialect_ntfy)
#define MAX_LINES 64

static gpointer
new_account (void)
{
  return wn_instance_new (NTFY, NULL, "a,b@ntfy.example", NULL, (char *) NULL);
}

static void
check_route (gpointer self, const char *cursor)
{
  g_auto (WnRoute) route = { 0 };
  g_autoptr (GUri) url = NULL;

  NTFY->route (self, cursor, &route);
  url = wn_url_parse (route.url);
  g_assert_nonnull (url);
  g_assert_cmpstr (g_uri_get_host (url), ==, "ntfy.example");
  g_assert_cmpstr (g_uri_get_path (url), ==, "/a,b/ws");
}

static gboolean
is_in_cursor (const char *cursor, const char *id)
{
  const char *ids = strchr (cursor, ';');
  g_auto (GStrv) parts = g_strsplit (ids != NULL ? ids + 1 : "", ",", -1);

  return g_strv_contains ((const char *const *) parts, id);
}

/* What has a place is remembered with it. */
static void
check_restart (const WnNotification *notification, const char *frame)
{
  gpointer later = new_account ();
  g_autoptr (WnFrame) again = NULL;

  g_assert_true (wn_cursor_is_sound (notification->cursor));
  check_route (later, notification->cursor);
  again = NTFY->read (later, frame, strlen (frame), NULL);
  if (is_in_cursor (notification->cursor, notification->id))
    g_assert_null (again->notifications);
  NTFY->free (later);
}

static void
check_frame (gpointer self, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WnFrame) frame = NTFY->read (self, text, strlen (text), &error);

  g_assert_true ((frame == NULL) == (error != NULL));
  if (frame == NULL)
    return;
  g_assert_null (frame->reply);
  g_assert_true (frame->call == NULL || frame->is_ready);
  if (fuzz_assert_frame (frame) == 0)
    return;

  const WnNotification *notification
      = g_ptr_array_index (frame->notifications, 0);

  if (notification->cursor != NULL)
    check_restart (notification, text);
}

/* The one with messages ends what the last opening asked. */
static void
check_answer (gpointer self, const char *text)
{
  g_autoptr (WnFrame) stored = wn_instance_take_answer (NTFY, self, 200, text);
  g_autoptr (WnFrame) frame = wn_instance_take_answer (NTFY, self, 429, text);

  g_assert_null (stored->refusal);
  fuzz_assert_frame (stored);
  g_assert_cmpint (frame->refusal->retry_after_us, >=, G_TIME_SPAN_MINUTE);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_auto (GStrv) lines = fuzz_dup_lines (data, size, MAX_LINES);
  gpointer self = new_account ();

  check_route (self, lines[0]);
  for (char **line = lines + 1; *line != NULL; line++)
    if (**line == '>')
      check_answer (self, *line + 1);
    else
      check_frame (self, *line);
  NTFY->free (self);
  return 0;
}
