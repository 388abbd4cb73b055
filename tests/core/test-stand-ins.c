/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The JSON parser doesn't see the long runs that there is nothing to parse in,
 * and nobody may see a difference: everything is where it was, and what
 * stands for a run can't be said by a server.
 */

#include <string.h>

#include "core/dialect/frame.h"

#define RUN                                                                    \
  "a run of words that is long enough to be taken out, 订单已支付，请尽快处理"

/* As JSON has it, and what it says. */
static const struct
{
  const char *json;
  const char *text;
} pieces[] = {
  { RUN, RUN },
  { "\\/", "/" },
  { "\\\"", "\"" },
  { "\\\\", "\\" },
  { "\\\\u007f", "\\u007f" },
  { "\\n", "\n" },
  { "\\u8ba2", "订" },
  { "\\ud83d\\ude00", "😀" },
  { "\\ud83d", "\357\277\275" },
  { "\\u0000", "\357\277\275" },
  { "0000", "0000" },
};

/* What the text would be told apart by, if it were. */
static const struct
{
  const char *json;
  const char *text;
} stand_ins[] = {
  { "", "" },
  { "\x7f", "\x7f" },
  { "\x7f"
    "0000",
    "\x7f"
    "0000" },
  { "\\u007f", "\x7f" },
  { "\\u007F0000",
    "\x7f"
    "0000" },
};

static void
append_pieces (GString *json, GString *text, guint n, gsize stand_in)
{
  for (guint i = 0; i < n; i++)
    {
      gsize piece = i % 3 == 0 ? 0 : i % G_N_ELEMENTS (pieces);

      if (i == n / 2)
        {
          g_string_append (json, stand_ins[stand_in].json);
          g_string_append (text, stand_ins[stand_in].text);
        }
      g_string_append (json, pieces[piece].json);
      g_string_append (text, pieces[piece].text);
    }
}

static WnNotification *
parse (const GString *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WnFrame) frame = wn_frame_parse (json->str, json->len, &error);

  g_assert_no_error (error);
  g_assert_nonnull (frame->notification);
  return wn_notification_ref (frame->notification);
}

static void
check_frame (guint n_pieces, gsize stand_in)
{
  g_autoptr (GString) json = g_string_new ("{\"title\":\"");
  g_autoptr (GString) title = g_string_new (NULL);
  g_autoptr (GString) content = g_string_new (NULL);
  g_autoptr (WnNotification) notification = NULL;

  append_pieces (json, title, 20, 0);
  g_string_append (json, "\",\"" RUN "\":[{\"x\":\"" RUN "\"}],\"content\":\"");
  append_pieces (json, content, n_pieces, stand_in);
  g_string_append (json, "\"}");
  notification = parse (json);
  g_assert_cmpstr (notification->title, ==, title->str);
  g_assert_cmpstr (notification->content, ==, content->str);
}

static void
test_pieces (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (stand_ins); i++)
    for (guint n = 1; n < 100; n++)
      check_frame (n, i);
}

/* More than there are numbers for. */
static void
test_many (void)
{
  check_frame (250000, 0);
}

static void
test_inside (void)
{
  const char *array = "[\"" RUN "\",{\"x\":\"" RUN RUN RUN RUN RUN RUN "\"}]";
  g_autoptr (GString) json = g_string_new ("{\"content\":\"" RUN "\",");
  g_autoptr (WnNotification) notification = NULL;

  g_string_append_printf (json, "\"title\":%s}", array);
  notification = parse (json);
  g_assert_cmpstr (notification->title, ==, array);
  g_assert_cmpstr (notification->content, ==, RUN);
}

static void
test_twice (void)
{
  g_autoptr (GString) json
      = g_string_new ("{\"title\":\"" RUN RUN RUN RUN RUN
                      "\",\"title\":\"" RUN RUN "!\",\"id\":\"" RUN "\"}");
  g_autoptr (WnNotification) notification = parse (json);

  g_assert_cmpstr (notification->title, ==, RUN RUN "!");
  g_assert_cmpstr (notification->id, ==, RUN);
}

static void
test_code (void)
{
  g_autofree char *json
      = g_strdup_printf ("{\"code\":\"%600s2\",\"api_version\":\"%600s9\"}",
                         "",
                         "");
  g_autoptr (WnFrame) frame = wn_frame_parse (json, strlen (json), NULL);

  g_assert_true (frame->is_acknowledgement);
  g_assert_cmpstr (frame->api_version, ==, "9");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stand-ins/what JSON says stays in its place", test_pieces);
  g_test_add_func ("/stand-ins/more runs than can be numbered", test_many);
  g_test_add_func ("/stand-ins/what is inside a member is left alone",
                   test_inside);
  g_test_add_func ("/stand-ins/of two members the last one counts", test_twice);
  g_test_add_func ("/stand-ins/a code among many spaces is one", test_code);
  return g_test_run ();
}
