/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * nginx with nchan. Under its subprotocol a published message has a head,
 *
 *     id: SECONDS:N
 *     content-type: application/json
 *
 *     {"title":…}
 *
 * and the heartbeat's answer has none. SECONDS is the server's time when the
 * message was published, N counts within that second. A server that is asked
 * with `last=ID` may send what came after that ID, or all that it holds: nchan
 * 1.3 must not be asked for an ID itself (tests/servers/README.md), and a place
 * that it no longer knows means all that it has from then on.
 */

#include "core/dialect/dialect.h"

#include <string.h>

#define ID_LINE "id: "

typedef struct
{
  guint64 seconds;
  guint64 number;
} Place;

static gboolean
read_place (const char *cursor, Place *place)
{
  char *end = NULL;

  if (!g_ascii_isdigit (*cursor))
    return FALSE;
  place->seconds = g_ascii_strtoull (cursor, &end, 10);
  if (*end != ':' || !g_ascii_isdigit (end[1]))
    return FALSE;
  place->number = g_ascii_strtoull (end + 1, &end, 10);
  return *end == '\0' && place->seconds < G_MAXINT64 / G_TIME_SPAN_SECOND;
}

/* The path of an endpoint's URL is followed by a query, always. */
static char *
dup_url (const WnEndpoint *endpoint, const char *cursor)
{
  g_autofree char *last = NULL;

  if (cursor == NULL)
    return g_strdup (endpoint->url);
  last = g_uri_escape_string (cursor, NULL, FALSE);
  return g_strdup_printf ("%s&last=%s", endpoint->url, last);
}

/* Where nobody asked for a place, the frame that has one says it first. */
static void
note_place (WnFrame *frame, const char *id, gsize length)
{
  g_autofree char *cursor = g_strndup (id, length);
  Place place;

  if (!wn_cursor_is_sound (cursor))
    return;
  if (read_place (cursor, &place))
    frame->sent_us = (gint64) place.seconds * G_TIME_SPAN_SECOND;
  frame->cursor = g_steal_pointer (&cursor);
}

static WnFrame *
read_frame (const char *text, gsize length, GError **error)
{
  const char *id = text + strlen (ID_LINE);
  const char *body;
  WnFrame *frame;

  if (length < strlen (ID_LINE)
      || strncmp (text, ID_LINE, strlen (ID_LINE)) != 0)
    return wn_frame_parse (text, length, error);

  body = g_strstr_len (text, (gssize) length, "\n\n");
  if (body == NULL)
    return wn_frame_parse (text, length, error);
  body += strlen ("\n\n");
  frame = wn_frame_parse (body, length - (gsize) (body - text), error);
  if (frame != NULL)
    note_place (frame, id, strcspn (id, "\n"));
  return frame;
}

static char *
dup_cursor_at (gint64 time_us)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT ":0",
                          time_us / G_TIME_SPAN_SECOND - 1);
}

static gboolean
is_after (const char *cursor, const char *other)
{
  Place a, b;

  if (!read_place (cursor, &a) || !read_place (other, &b))
    return FALSE;
  return a.seconds != b.seconds ? a.seconds > b.seconds : a.number > b.number;
}

static char *
dup_hello (const char *uid)
{
  return wn_dialect_plain.dup_hello (uid);
}

const WnDialect wn_dialect_nchan = {
  .subprotocol = "ws+meta.nchan",
  .heartbeat = "heartCheck",
  .dup_url = dup_url,
  .dup_hello = dup_hello,
  .read = read_frame,
  .dup_cursor_at = dup_cursor_at,
  .is_after = is_after,
};
