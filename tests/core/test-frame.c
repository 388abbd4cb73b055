/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a frame says (PROTOCOL §3), and that nothing that comes ends the
 * reading of it. The cases are in data/frames: NAME.json is a frame as it came,
 * less the line feed at the file's end, NAME.expected what is read of it and
 * what a person reads: where the host shows formatting, and where it doesn't.
 * With WN_RECORD=1 in the environment the test writes the latter instead, for
 * the diff to be read over.
 */

#include "core/dialect/dialect.h"

#include <string.h>

#include "core/dialect/json.h"
#include "core/dialect/json-guard.h"
#include "support/cases.h"
#include "support/instance.h"

static gpointer office; /* (owned): the back office's, for all tests */

static WnFrame *
read_frame (const char *text, gsize length, GError **error)
{
  return wn_dialect_back_office.read (office, text, length, error);
}

static WnNotification *
get_notification (const WnFrame *frame)
{
  g_assert_nonnull (frame->notifications);
  return g_ptr_array_index (frame->notifications, 0);
}

/* --- The cases ---------------------------------------------------------- */

static const WnNotificationView view
    = { .title_start = "<b>", .title_end = "</b>" };
static const WnNotificationView plain_view
    = { .title_start = "", .title_end = "" };

static void
describe_notification (GString *out, const WnNotification *notification)
{
  g_autofree char *html = wn_notification_to_html (notification, &view);
  g_autofree char *text = wn_notification_to_text (notification, &plain_view);

  wn_cases_append_line (out, "title", notification->title);
  wn_cases_append_line (out, "content", notification->content);
  wn_cases_append_line (out, "type", notification->type);
  wn_cases_append_line (out, "id", notification->id);
  if (notification->attachment != NULL)
    {
      wn_cases_append_line (out, "attachment", notification->attachment->key);
      wn_cases_append_line (out, "URL", notification->attachment->url);
    }
  wn_cases_append_line (out,
                        "lacks_file",
                        notification->lacks_file ? "yes" : NULL);
  wn_cases_append_block (out, "HTML", html);
  wn_cases_append_block (out, "Text", text);
}

static void
describe (GString *out, const WnFrame *frame)
{
  wn_cases_append_line (out, "acknowledgement", frame->is_alive ? "yes" : "no");
  wn_cases_append_line (out, "api_version", frame->version);
  wn_cases_append_line (out,
                        "notification",
                        frame->notifications != NULL ? "yes" : "no");
  if (frame->notifications != NULL)
    describe_notification (out, get_notification (frame));
}

static void
test_case (gconstpointer data)
{
  const WnCase *c = data;
  g_autoptr (GString) actual = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WnFrame) frame = read_frame (c->input, c->length, &error);

  g_assert_cmpint (frame == NULL, ==, error != NULL);
  if (frame != NULL)
    describe (actual, frame);
  else
    wn_cases_append_error (actual, error);
  wn_case_check (c, actual->str);
}

/* --- The given text ----------------------------------------------------- */

static void
test_only_length_is_read (void)
{
  g_autoptr (WnFrame) frame = read_frame ("{\"code\":2}xyz", 10, NULL);

  g_assert_true (frame->is_alive);
}

/* The caller's text is not written to, though escapes are replaced. */
static void
test_text_stays (void)
{
  char text[] = "{\"title\":\"\\u0000\"}";
  g_autoptr (WnFrame) frame = read_frame (text, strlen (text), NULL);

  g_assert_nonnull (frame);
  g_assert_cmpstr (text, ==, "{\"title\":\"\\u0000\"}");
}

static void
test_nul_byte (void)
{
  static const char behind[] = "{\"code\":2}\0";
  static const char inside[] = "{\"title\":\"a\0b\"}";
  g_autoptr (GError) behind_error = NULL;
  g_autoptr (GError) inside_error = NULL;

  g_assert_null (read_frame (behind, sizeof behind - 1, &behind_error));
  g_assert_error (behind_error, WN_JSON_ERROR, WN_JSON_ERROR_NOT_JSON);
  g_assert_null (read_frame (inside, sizeof inside - 1, &inside_error));
  g_assert_error (inside_error, WN_JSON_ERROR, WN_JSON_ERROR_NOT_JSON);
}

/* The debug log gets the message, and no body may be in it. */
static void
test_error_quotes_nothing (void)
{
  const char *text = "{\"title\":\"secret\" 1}";
  g_autoptr (GError) error = NULL;

  g_assert_null (read_frame (text, strlen (text), &error));
  g_assert_null (strstr (error->message, "secret"));
}

/* --- Depth and size ----------------------------------------------------- */

static void
append_times (GString *text, const char *what, gsize n_times)
{
  for (gsize i = 0; i < n_times; i++)
    g_string_append (text, what);
}

/* An acknowledgement of @n_levels, the object itself included. */
static GString *
make_deep (gsize n_levels)
{
  GString *text = g_string_new ("{\"code\":2,\"a\":");

  append_times (text, "[", n_levels - 1);
  g_string_append_c (text, '0');
  append_times (text, "]", n_levels - 1);
  g_string_append_c (text, '}');
  return text;
}

static void
assert_too_deep (GString *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (read_frame (text->str, text->len, &error));
  g_assert_error (error, WN_JSON_ERROR, WN_JSON_ERROR_TOO_BIG);
  g_string_free (text, TRUE);
}

static void
assert_acknowledged (GString *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WnFrame) frame = read_frame (text->str, text->len, &error);

  g_assert_no_error (error);
  g_assert_true (frame->is_alive);
  g_string_free (text, TRUE);
}

static void
test_depth (void)
{
  assert_acknowledged (make_deep (1));
  assert_acknowledged (make_deep (WN_JSON_GUARD_MAX_DEPTH));
  assert_too_deep (make_deep (WN_JSON_GUARD_MAX_DEPTH + 1));
  assert_too_deep (make_deep (1000000));
}

static void
test_open_only (void)
{
  GString *brackets = g_string_new (NULL);
  GString *objects = g_string_new (NULL);

  append_times (brackets, "[", 75000);
  append_times (objects, "{\"a\":", 75000);
  assert_too_deep (brackets);
  assert_too_deep (objects);
}

/* Many siblings are not depth. */
static void
test_wide (void)
{
  GString *text = g_string_new ("{\"code\":2,\"a\":[[]");

  append_times (text, ",[]", 10000);
  g_string_append (text, "]}");
  assert_acknowledged (text);
}

static void
test_too_many (void)
{
  GString *text = g_string_new ("{\"code\":2,\"a\":[0");

  append_times (text, ",0", WN_JSON_GUARD_MAX_VALUES);
  g_string_append (text, "]}");
  assert_too_deep (text);
}

static void
test_large_content (void)
{
  g_autoptr (GString) text
      = g_string_new ("{\"code\":2,\"title\":\"t\",\"content\":\"");
  gsize head_length = text->len;
  gsize content_length = 4 * 1024 * 1024;

  append_times (text, "[<{\\\"", content_length / 4);
  g_string_append (text, "\"}");

  g_autoptr (WnFrame) frame = read_frame (text->str, text->len, NULL);

  g_assert_true (frame->is_alive);
  g_assert_cmpuint (text->len, >, head_length);
  g_assert_cmpuint (strlen (get_notification (frame)->content),
                    ==,
                    content_length);
}

/* --- Cut and changed frames --------------------------------------------- */

static const char full_frame[]
    = "{\"code\":2,\"api_version\":\"1\\u0000\",\"title\":\"\\ud83d\\ude00\","
      "\"content\":[1.5e3,{\"a\":null}],\"filename\":\"\xe8\xae\xa2\","
      "\"id\":true}";

static void
test_every_cut (void)
{
  for (gsize length = 0; length < sizeof full_frame - 1; length++)
    {
      g_autofree char *exact = g_memdup2 (full_frame, length);
      g_autoptr (GError) error = NULL;

      g_assert_null (read_frame (exact != NULL ? exact : "", length, &error));
      g_assert_nonnull (error);
    }
}

/* Whatever byte stands anywhere: a frame or an error, never both or none,
 * and all text is valid.
 */
static void
check_any (const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WnFrame) frame = read_frame (text, length, &error);

  g_assert_cmpint (frame == NULL, ==, error != NULL);
  if (frame == NULL || frame->notifications == NULL)
    return;
  g_assert_true (g_utf8_validate (get_notification (frame)->title, -1, NULL));
}

static void
test_every_byte (void)
{
  g_autofree char *text = g_strdup (full_frame);

  for (gsize at = 0; at < sizeof full_frame - 1; at++)
    {
      for (int byte = 0; byte < 256; byte++)
        {
          text[at] = (char) byte;
          check_any (text, sizeof full_frame - 1);
        }
      text[at] = full_frame[at];
    }
}

static void
test_nothing_freed (void)
{
  wn_frame_free (NULL);
}

/* --- The list ----------------------------------------------------------- */

static void
add_sizes (void)
{
  g_test_add_func ("/frame/64 levels are read, 65 are not", test_depth);
  g_test_add_func ("/frame/75,000 open brackets overflow nothing",
                   test_open_only);
  g_test_add_func ("/frame/many siblings are not deep", test_wide);
  g_test_add_func ("/frame/more values than are read are refused",
                   test_too_many);
  g_test_add_func ("/frame/a content of 4 MiB comes whole", test_large_content);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  office = wn_instance_new_back_office ();

  g_autoptr (GPtrArray) cases = wn_cases_load ("frames", ".json");

  wn_cases_add_tests (cases, "/frame/", test_case);
  add_sizes ();
  g_test_add_func ("/frame/only the given length is read",
                   test_only_length_is_read);
  g_test_add_func ("/frame/the caller's text stays as it is", test_text_stays);
  g_test_add_func ("/frame/a NUL byte is not JSON", test_nul_byte);
  g_test_add_func ("/frame/an error quotes nothing of the frame",
                   test_error_quotes_nothing);
  g_test_add_func ("/frame/a frame cut anywhere is an error", test_every_cut);
  g_test_add_func ("/frame/any byte anywhere is a frame or an error",
                   test_every_byte);
  g_test_add_func ("/frame/nothing can be freed", test_nothing_freed);

  int result = g_test_run ();

  wn_dialect_back_office.free (office);
  return result;
}
