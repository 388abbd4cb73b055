/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The dialects: what each says, and how it reads what it hears.
 */

#include "core/dialect/dialect.h"

#include <string.h>

#define ONES_32 "11111111111111111111111111111111"
#define ONES_128 ONES_32 ONES_32 ONES_32 ONES_32
#define ONES_512 ONES_128 ONES_128 ONES_128 ONES_128
#define BODY "{\"title\":\"Paid\",\"content\":\"a\\n\\nb\"}"

static WnEndpoint *
make_endpoint (void)
{
  g_autoptr (GError) error = NULL;
  WnEndpoint *endpoint = wn_endpoint_new ("1001@jd-shop/x",
                                          "ws://a.example/n?k=v",
                                          NULL,
                                          &error);

  g_assert_no_error (error);
  return endpoint;
}

static void
test_urls (void)
{
  g_autoptr (WnEndpoint) endpoint = make_endpoint ();
  g_autofree char *plain = wn_dialect_plain.dup_url (endpoint, "1:2");
  g_autofree char *fresh = wn_dialect_nchan.dup_url (endpoint, NULL);
  g_autofree char *later = wn_dialect_nchan.dup_url (endpoint, "17:3");
  g_autofree char *odd = wn_dialect_nchan.dup_url (endpoint, "a&b=#");

  g_assert_cmpstr (plain, ==, "ws://a.example/n?k=v&project=jd-shop&uid=1001");
  g_assert_cmpstr (fresh, ==, plain);
  g_assert_cmpstr (later,
                   ==,
                   "ws://a.example/n?k=v&project=jd-shop&uid=1001&last=17%3A3");
  g_assert_true (g_str_has_suffix (odd, "&uid=1001&last=a%26b%3D%23"));
}

static void
test_said (void)
{
  static const WnDialect *dialects[] = { &wn_dialect_plain, &wn_dialect_nchan };

  for (gsize i = 0; i < G_N_ELEMENTS (dialects); i++)
    {
      g_autofree char *hello = dialects[i]->dup_hello ("1001");

      g_assert_cmpstr (dialects[i]->heartbeat, ==, "heartCheck");
      g_assert_cmpstr (hello, ==, "{\"id\":\"MTAwMQ==\"}");
    }
  g_assert_null (wn_dialect_plain.subprotocol);
  g_assert_cmpstr (wn_dialect_nchan.subprotocol, ==, "ws+meta.nchan");
}

/* What a real nchan sent, and what only a broken one would. */
static const struct
{
  const char *name;
  const char *text;
  const char *title;
  const char *cursor;
  gint64 sent_s;
} frames[] = {
  { "a message with its id and type",
    "id: 1795594840:2\ncontent-type: application/json\n\n" BODY,
    "Paid",
    "1795594840:2",
    1795594840 },
  { "a message with its id alone",
    "id: 1795594840:0\n\n" BODY,
    "Paid",
    "1795594840:0",
    1795594840 },
  { "a message without an id", BODY, "Paid", NULL, 0 },
  { "an id of several channels is a place without a time",
    "id: 5:[1],0\n\n" BODY,
    "Paid",
    "5:[1],0",
    0 },
  { "an id with a space is none", "id: 5 :1\n\n" BODY, "Paid", NULL, 0 },
  { "an id with a return is none", "id: 5:1\r\n\n" BODY, "Paid", NULL, 0 },
  { "an empty id is none", "id: \n\n" BODY, "Paid", NULL, 0 },
  { "an endless id is none",
    "id: " ONES_512 ONES_512 "1:0\n\n" BODY,
    "Paid",
    NULL,
    0 },
  { "a time past all calendars is no time",
    "id: 99999999999999999999999:0\n\n" BODY,
    "Paid",
    "99999999999999999999999:0",
    0 },
  { "a head without an end is no message", "id: 5:1\n" BODY, NULL, NULL, 0 },
  { "a head without a body is no message", "id: 5:1\n\n", NULL, NULL, 0 },
  { "a beginning of a head is no message", "id: ", NULL, NULL, 0 },
  { "garbage behind a head is no message", "id: 5:1\n\n{", NULL, NULL, 0 },
};

static void
test_frame (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  gsize length = strlen (frames[i].text);
  /* Of its own length, so that a sanitizer sees who reads beyond it. */
  g_autofree char *copy = g_memdup2 (frames[i].text, MAX (length, 1));
  g_autoptr (GError) error = NULL;
  g_autoptr (WnFrame) frame = NULL;

  frame = wn_dialect_nchan.read (copy, length, &error);
  if (frames[i].title == NULL)
    {
      g_assert_error (error, WN_FRAME_ERROR, WN_FRAME_ERROR_NOT_JSON);
      g_assert_null (frame);
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpstr (frame->notification->title, ==, frames[i].title);
  g_assert_cmpstr (frame->cursor, ==, frames[i].cursor);
  g_assert_cmpint (frame->sent_us, ==, frames[i].sent_s * G_TIME_SPAN_SECOND);
}

static void
test_heartbeat (void)
{
  static const char *text = "{\"code\":2,\"api_version\":\"1.12.4\"}";
  g_autoptr (WnFrame) frame = wn_dialect_nchan.read (text, strlen (text), NULL);

  g_assert_true (frame->is_acknowledgement);
  g_assert_null (frame->cursor);
}

static void
test_plain_head (void)
{
  static const char *text = "id: 1:0\n\n" BODY;
  g_autoptr (GError) error = NULL;

  g_assert_null (wn_dialect_plain.read (text, strlen (text), &error));
  g_assert_error (error, WN_FRAME_ERROR, WN_FRAME_ERROR_NOT_JSON);
}

static void
test_order (void)
{
  static const struct
  {
    const char *cursor;
    const char *other;
    gboolean is_after;
  } rows[] = {
    { "10:0", "9:5", TRUE },   { "9:5", "10:0", FALSE },
    { "10:2", "10:1", TRUE },  { "10:10", "10:9", TRUE },
    { "10:1", "10:1", FALSE }, { "10:1", "junk", FALSE },
    { "junk", "10:1", FALSE }, { "10:1x", "9:0", FALSE },
    { "10:", "9:0", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (wn_dialect_nchan.is_after (rows[i].cursor, rows[i].other),
                     ==,
                     rows[i].is_after);
}

static void
test_cursor_at (void)
{
  g_autofree char *cursor
      = wn_dialect_nchan.dup_cursor_at (1795594840 * G_TIME_SPAN_SECOND);

  g_assert_true (wn_cursor_is_sound (cursor));
  g_assert_true (wn_dialect_nchan.is_after ("1795594840:0", cursor));
  g_assert_false (wn_dialect_nchan.is_after ("1795594838:0", cursor));
}

static void
test_sound (void)
{
  g_autofree char *longest = g_strnfill (WN_MAX_CURSOR_CHARS, '1');
  g_autofree char *too_long = g_strnfill (WN_MAX_CURSOR_CHARS + 1, '1');

  g_assert_true (wn_cursor_is_sound ("1795594840:0"));
  g_assert_true (wn_cursor_is_sound (longest));
  g_assert_false (wn_cursor_is_sound (too_long));
  g_assert_false (wn_cursor_is_sound (NULL));
  g_assert_false (wn_cursor_is_sound (""));
  g_assert_false (wn_cursor_is_sound ("1 2"));
  g_assert_false (wn_cursor_is_sound ("1\n2"));
  g_assert_false (wn_cursor_is_sound ("\xc3\xa4"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dialect/only nchan is told where to go on", test_urls);
  g_test_add_func ("/dialect/both say the same otherwise", test_said);
  for (gsize i = 0; i < G_N_ELEMENTS (frames); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/dialect/nchan/%s", frames[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_frame);
    }
  g_test_add_func ("/dialect/nchan/the heartbeat's answer comes bare",
                   test_heartbeat);
  g_test_add_func ("/dialect/plain/a head is no JSON", test_plain_head);
  g_test_add_func ("/dialect/nchan/ids are in order of time, then number",
                   test_order);
  g_test_add_func ("/dialect/nchan/a time can be gone on from", test_cursor_at);
  g_test_add_func ("/dialect/a cursor is short and can be written anywhere",
                   test_sound);
  return g_test_run ();
}
