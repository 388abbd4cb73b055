/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a frame says (PROTOCOL §3), and that nothing that comes ends the
 * reading of it.
 */

#include "core/frame.h"

#include <string.h>

#include "core/json-guard.h"

#define REPLACED "\xef\xbf\xbd"

/* --- Frames that mean nothing ------------------------------------------- */

typedef struct
{
  const char *what;
  const char *text;
  WnFrameError code;
} ErrorCase;

#define NOT_UTF8 WN_FRAME_ERROR_NOT_UTF8
#define NOT_JSON WN_FRAME_ERROR_NOT_JSON
#define NOT_OBJECT WN_FRAME_ERROR_NOT_OBJECT

static const ErrorCase error_cases[] = {
  { "empty text", "", NOT_JSON },
  { "spaces", " \t\r\n ", NOT_JSON },
  { "the client's own heartbeat", "heartCheck", NOT_JSON },
  { "a word", "hello", NOT_JSON },
  { "HTML", "<html><body>502 Bad Gateway</body></html>", NOT_JSON },
  { "nchan's metadata",
    "id: 1:0\ncontent-type: text/plain\n\n{\"code\":2}",
    NOT_JSON },
  { "a brace alone", "{", NOT_JSON },
  { "a closing brace alone", "}", NOT_JSON },
  { "an object cut short", "{\"code\":2", NOT_JSON },
  { "an object cut in a string", "{\"title\":\"a", NOT_JSON },
  { "an object cut in an escape", "{\"title\":\"a\\", NOT_JSON },
  { "an object cut in a code unit", "{\"title\":\"a\\u00", NOT_JSON },
  { "trailing text", "{\"code\":2}x", NOT_JSON },
  { "a second object", "{\"code\":2}{\"code\":2}", NOT_JSON },
  { "a second object on a line of its own",
    "{\"code\":2}\n{\"code\":2}",
    NOT_JSON },
  { "a number behind the object", "{\"code\":2} 7", NOT_JSON },
  { "a comma behind the object", "{\"code\":2},", NOT_JSON },
  { "a closing brace too many", "{\"code\":2}}", NOT_JSON },
  { "a byte order mark", "\xef\xbb\xbf{\"code\":2}", NOT_JSON },
  { "a block comment", "{/* c */\"code\":2}", NOT_JSON },
  { "a line comment", "{\"code\":2} // c", NOT_JSON },
  { "a shell comment", "# c\n{\"code\":2}", NOT_JSON },
  { "single quotes", "{'code':2}", NOT_JSON },
  { "a single-quoted value", "{\"code\":'2'}", NOT_JSON },
  { "a name without quotes", "{code:2}", NOT_JSON },
  { "a number for a name", "{2:2}", NOT_JSON },
  { "a comma at an object's end", "{\"code\":2,}", NOT_JSON },
  { "a comma at an array's end", "{\"code\":2,\"a\":[1,]}", NOT_JSON },
  { "a comma at an object's start", "{,\"code\":2}", NOT_JSON },
  { "two commas", "{\"code\":2,,\"a\":1}", NOT_JSON },
  { "a missing comma", "{\"code\":2 \"a\":1}", NOT_JSON },
  { "a missing colon", "{\"code\" 2}", NOT_JSON },
  { "a missing value", "{\"code\":}", NOT_JSON },
  { "an assignment", "var a = {\"code\":2};", NOT_JSON },
  { "a semicolon", "{\"code\":2};", NOT_JSON },
  { "a leading zero", "{\"code\":02}", NOT_JSON },
  { "a hexadecimal number", "{\"code\":0x2}", NOT_JSON },
  { "a plus sign", "{\"code\":+2}", NOT_JSON },
  { "a number without its front", "{\"code\":.2}", NOT_JSON },
  { "a number without its end", "{\"code\":2.}", NOT_JSON },
  { "a number without its exponent", "{\"code\":2e}", NOT_JSON },
  { "a lone minus", "{\"code\":-}", NOT_JSON },
  { "a space behind the minus", "{\"code\":- 2}", NOT_JSON },
  { "NaN", "{\"code\":NaN}", NOT_JSON },
  { "Infinity", "{\"code\":Infinity}", NOT_JSON },
  { "undefined", "{\"code\":undefined}", NOT_JSON },
  { "True in capitals", "{\"a\":True}", NOT_JSON },
  { "NULL in capitals", "{\"a\":NULL}", NOT_JSON },
  { "a tab in a string", "{\"title\":\"a\tb\"}", NOT_JSON },
  { "a line end in a string", "{\"title\":\"a\nb\"}", NOT_JSON },
  { "an unknown escape", "{\"title\":\"\\x41\"}", NOT_JSON },
  { "a code unit with a bad digit", "{\"title\":\"\\u00g0\"}", NOT_JSON },
  { "brackets crossed", "{\"a\":[}]", NOT_JSON },
  { "a form feed between tokens", "{\f\"code\":2}", NOT_JSON },
  { "a wide space between tokens", "{\xc2\xa0\"code\":2}", NOT_JSON },
  { "a stray continuation byte", "{\"title\":\"\x80\"}", NOT_UTF8 },
  { "Latin-1", "{\"title\":\"caf\xe9\"}", NOT_UTF8 },
  { "an overlong slash", "{\"title\":\"\xc0\xaf\"}", NOT_UTF8 },
  { "a surrogate in UTF-8", "{\"title\":\"\xed\xa0\x80\"}", NOT_UTF8 },
  { "UTF-8 cut short", "{\"title\":\"\xe8\xae", NOT_UTF8 },
  { "bytes behind the object", "{\"code\":2}\xff", NOT_UTF8 },
  { "null", "null", NOT_OBJECT },
  { "true", "true", NOT_OBJECT },
  { "false", "false", NOT_OBJECT },
  { "a number", "2", NOT_OBJECT },
  { "a string", "\"code\"", NOT_OBJECT },
  { "an empty string", "\"\"", NOT_OBJECT },
  { "an empty array", "[]", NOT_OBJECT },
  { "an object in an array", "[{\"code\":2}]", NOT_OBJECT },
};

static void
test_error (gconstpointer data)
{
  const ErrorCase *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WnFrame) frame
      = wn_frame_parse (self->text, strlen (self->text), &error);

  g_assert_null (frame);
  g_assert_error (error, WN_FRAME_ERROR, (int) self->code);
}

/* --- Acknowledgements --------------------------------------------------- */

typedef struct
{
  const char *what;
  const char *text;
  gboolean is_acknowledgement;
  const char *api_version; /* (nullable) */
} AckCase;

#define LETTERS_60                                                             \
  "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff"

static const AckCase ack_cases[] = {
  { "the answer of a real server",
    "{\"code\":2,\"api_version\":\"1.12.4\"}",
    TRUE,
    "1.12.4" },
  { "space around everything",
    " \r\n{ \"code\" :\t2 , \"api_version\" : \"1\" } \n",
    TRUE,
    "1" },
  { "code 2", "{\"code\":2}", TRUE, NULL },
  { "code 2.0", "{\"code\":2.0}", TRUE, NULL },
  { "code 2e0", "{\"code\":2e0}", TRUE, NULL },
  { "code 20e-1", "{\"code\":20E-1}", TRUE, NULL },
  { "code 2 as a string", "{\"code\":\"2\"}", TRUE, NULL },
  { "code 2 as a string with spaces", "{\"code\":\" 2\\n\"}", TRUE, NULL },
  { "code 2.0 as a string", "{\"code\":\"2.0\"}", TRUE, NULL },
  { "code 02 as a string", "{\"code\":\"02\"}", TRUE, NULL },
  { "code +2 as a string", "{\"code\":\"+2\"}", TRUE, NULL },
  { "code 2e0 as a string", "{\"code\":\"2e0\"}", TRUE, NULL },
  { "code 0x2 as a string", "{\"code\":\"0x2\"}", TRUE, NULL },
  { "code 0X02 as a string", "{\"code\":\"0X02\"}", TRUE, NULL },
  { "code 2 escaped", "{\"c\\u006fde\":\"\\u0032\"}", TRUE, NULL },
  { "the last code counts", "{\"code\":1,\"code\":2}", TRUE, NULL },
  { "an earlier code does not count", "{\"code\":2,\"code\":1}", FALSE, NULL },
  { "code 1", "{\"code\":1,\"api_version\":\"1\"}", FALSE, NULL },
  { "code -2", "{\"code\":-2}", FALSE, NULL },
  { "code 2.5", "{\"code\":2.5}", FALSE, NULL },
  { "code 22", "{\"code\":22}", FALSE, NULL },
  { "a code of 2 to the 32nd and 2", "{\"code\":4294967298}", FALSE, NULL },
  { "a code of 2 to the 64th and 2",
    "{\"code\":18446744073709551618}",
    FALSE,
    NULL },
  { "a code beyond all numbers", "{\"code\":1e999}", FALSE, NULL },
  { "code true", "{\"code\":true}", FALSE, NULL },
  { "code null", "{\"code\":null}", FALSE, NULL },
  { "code in an array", "{\"code\":[2]}", FALSE, NULL },
  { "code in an object", "{\"code\":{\"code\":2}}", FALSE, NULL },
  { "an empty code", "{\"code\":\"\"}", FALSE, NULL },
  { "a code with words", "{\"code\":\"2 ok\"}", FALSE, NULL },
  { "a hexadecimal code with a sign", "{\"code\":\"-0x2\"}", FALSE, NULL },
  { "a hexadecimal code with a point", "{\"code\":\"0x2.0\"}", FALSE, NULL },
  { "a hexadecimal code with a power", "{\"code\":\"0x1p1\"}", FALSE, NULL },
  { "a code of only 0x", "{\"code\":\"0x\"}", FALSE, NULL },
  { "code in a deeper object", "{\"data\":{\"code\":2}}", FALSE, NULL },
  { "Code in capitals", "{\"Code\":2}", FALSE, NULL },
  { "nothing", "{}", FALSE, NULL },
  { "unknown members", "{\"\":1,\"a\":[{}],\"code\":2}", TRUE, NULL },
  { "a version without a code", "{\"api_version\":\"1\"}", FALSE, NULL },
  { "a version that is a number",
    "{\"code\":2,\"api_version\":1.5}",
    TRUE,
    "1.5" },
  { "a version that is a whole number",
    "{\"code\":2,\"api_version\":12}",
    TRUE,
    "12" },
  { "a version that is true", "{\"code\":2,\"api_version\":true}", TRUE, NULL },
  { "a version that is an object",
    "{\"code\":2,\"api_version\":{}}",
    TRUE,
    NULL },
  { "a version that is null", "{\"code\":2,\"api_version\":null}", TRUE, NULL },
  { "an empty version", "{\"code\":2,\"api_version\":\"\"}", TRUE, NULL },
  { "a version of spaces",
    "{\"code\":2,\"api_version\":\" \\n\"}",
    TRUE,
    NULL },
  { "a version of two lines",
    "{\"code\":2,\"api_version\":\" 1\\r\\n2 \"}",
    TRUE,
    "1 2" },
  { "a version with bidi characters",
    "{\"code\":2,\"api_version\":\"1\\u202e2\"}",
    TRUE,
    "1 2" },
  { "a version with a NUL",
    "{\"code\":2,\"api_version\":\"1\\u00002\"}",
    TRUE,
    "1" REPLACED "2" },
  { "a version of 70 letters",
    "{\"code\":2,\"api_version\":\"" LETTERS_60 "0123456789\"}",
    TRUE,
    LETTERS_60 "0123" },
  { "a version with 10 Chinese letters at its end",
    "{\"code\":2,\"api_version\":\"" LETTERS_60 "订单导出订单导出订单\"}",
    TRUE,
    LETTERS_60 "订单导出" },
};

static void
test_ack (gconstpointer data)
{
  const AckCase *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WnFrame) frame
      = wn_frame_parse (self->text, strlen (self->text), &error);

  g_assert_no_error (error);
  g_assert_cmpint (frame->is_acknowledgement, ==, self->is_acknowledgement);
  g_assert_cmpstr (frame->api_version, ==, self->api_version);
  g_assert_null (frame->notification);
}

/* --- Titles: whether it is a notification, and which -------------------- */

typedef struct
{
  const char *what;
  const char *json;
  const char *text; /* (nullable): %NULL where it makes no notification */
} ValueCase;

static const ValueCase title_cases[] = {
  { "a word", "\"Order paid\"", "Order paid" },
  { "Chinese", "\"导出完成\"", "导出完成" },
  { "Chinese as PHP writes it", "\"\\u5bfc\\u51fa\"", "导出" },
  { "an emoji as PHP writes it", "\"\\ud83d\\ude00\"", "😀" },
  { "two emoji as PHP writes them", "\"\\ud83d\\ude00\\uD83D\\uDE01\"", "😀😁" },
  { "a slash as PHP writes it", "\"a\\/b\"", "a/b" },
  { "every short escape", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t" },
  { "HTML stays text", "\"<b>a<\\/b>&amp;\"", "<b>a</b>&amp;" },
  { "a space is truthy", "\" \"", " " },
  { "the string 0 is truthy", "\"0\"", "0" },
  { "the string false is truthy", "\"false\"", "false" },
  { "braces in a string are no nesting", "\"{[\"", "{[" },
  { "a comment in a string is none", "\"/* a */ // b\"", "/* a */ // b" },
  { "a comma and a bracket in a string", "\",]\"", ",]" },
  { "a backslash at a string's end", "\"a\\\\\"", "a\\" },
  { "an escaped backslash before a u", "\"\\\\u0000\"", "\\u0000" },
  { "a delete character", "\"a\x7f\"", "a\x7f" },
  { "a NUL is replaced and hides nothing", "\"a\\u0000b\"", "a" REPLACED "b" },
  { "only a NUL is a title", "\"\\u0000\"", REPLACED },
  { "a lone high surrogate", "\"a\\ud800b\"", "a" REPLACED "b" },
  { "a lone low surrogate", "\"a\\uDC00b\"", "a" REPLACED "b" },
  { "two high surrogates", "\"\\ud83d\\ud83d\\ude00\"", REPLACED "😀" },
  { "surrogates in the wrong order", "\"\\ude00\\ud83d\"", REPLACED REPLACED },
  { "a high surrogate before another escape",
    "\"\\ud83d\\u0041\"",
    REPLACED "A" },
  { "a high surrogate at the end", "\"a\\udbff\"", "a" REPLACED },
  { "a number", "7", "7" },
  { "a negative number", "-7", "-7" },
  { "a fraction", "0.1", "0.1" },
  { "a fraction with all its digits",
    "0.30000000000000004",
    "0.30000000000000004" },
  { "a whole number with a point", "7.0", "7" },
  { "a number with an exponent", "1e3", "1000" },
  { "a huge number", "1e300", "1e+300" },
  { "a number beyond all", "1e999", "Infinity" },
  { "true", "true", "true" },
  { "an empty array", "[]", "[]" },
  { "an empty object", "{}", "{}" },
  { "an array", "[ 1, \"a\" ]", "[1,\"a\"]" },
  { "an object", "{ \"a\" : null }", "{\"a\":null}" },
  { "an empty string is none", "\"\"", NULL },
  { "zero is none", "0", NULL },
  { "zero with a point is none", "0.0", NULL },
  { "minus zero is none", "-0", NULL },
  { "next to zero is none", "1e-999", NULL },
  { "false is none", "false", NULL },
  { "null is none", "null", NULL },
};

static WnFrame *
parse_member (const char *format, const char *json)
{
  g_auto (GStrv) halves = g_strsplit (format, "@", 2);
  g_autofree char *text = g_strconcat (halves[0], json, halves[1], NULL);
  g_autoptr (GError) error = NULL;
  WnFrame *frame = wn_frame_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  return frame;
}

static void
test_title (gconstpointer data)
{
  const ValueCase *self = data;
  g_autoptr (WnFrame) frame = parse_member ("{\"title\":@}", self->json);

  g_assert_false (frame->is_acknowledgement);
  if (self->text == NULL)
    {
      g_assert_null (frame->notification);
      return;
    }
  g_assert_nonnull (frame->notification);
  g_assert_cmpstr (frame->notification->title, ==, self->text);
  g_assert_null (frame->notification->content);
  g_assert_null (frame->notification->type);
  g_assert_null (frame->notification->id);
  g_assert_null (frame->notification->filename);
  g_assert_false (frame->notification->is_export);
}

/* --- Contents ----------------------------------------------------------- */

static const ValueCase content_cases[] = {
  { "HTML stays as it is", "\"<p>a &amp; b<\\/p>\"", "<p>a &amp; b</p>" },
  { "a script is not for the frame to judge", "\"<script>\"", "<script>" },
  { "an empty string stays", "\"\"", "" },
  { "null is none", "null", NULL },
  { "a number", "7", "7" },
  { "zero", "0", "0" },
  { "true", "true", "true" },
  { "false", "false", "false" },
  { "an array is escaped", "[ \"<b>\" ]", "[&quot;&lt;b&gt;&quot;]" },
  { "an object is escaped",
    "{\"a\":\"&\"}",
    "{&quot;a&quot;:&quot;&amp;&quot;}" },
  { "a NUL hides nothing", "\"a\\u0000<b>\"", "a" REPLACED "<b>" },
};

static void
test_content (gconstpointer data)
{
  const ValueCase *self = data;
  g_autoptr (WnFrame) frame
      = parse_member ("{\"code\":2,\"title\":\"t\",\"content\":@}", self->json);

  g_assert_true (frame->is_acknowledgement);
  g_assert_cmpstr (frame->notification->title, ==, "t");
  g_assert_cmpstr (frame->notification->content, ==, self->text);
}

/* --- Members that count only as strings --------------------------------- */

static const ValueCase string_cases[] = {
  { "a string", "\"a b\"", "a b" },
  { "a path", "\"a\\/b\\\\c\"", "a/b\\c" },
  { "an empty string is none", "\"\"", NULL },
  { "a number is none", "7", NULL },
  { "true is none", "true", NULL },
  { "null is none", "null", NULL },
  { "an array is none", "[\"a\"]", NULL },
  { "an object is none", "{\"a\":\"b\"}", NULL },
  { "a lone surrogate is replaced", "\"\\ud800\"", REPLACED },
};

static void
test_string (gconstpointer data)
{
  const ValueCase *self = data;
  g_autoptr (WnFrame) with_id
      = parse_member ("{\"title\":\"t\",\"id\":@}", self->json);
  g_autoptr (WnFrame) with_type
      = parse_member ("{\"title\":\"t\",\"type\":@}", self->json);
  g_autoptr (WnFrame) with_filename
      = parse_member ("{\"title\":\"t\",\"filename\":@}", self->json);

  g_assert_cmpstr (with_id->notification->id, ==, self->text);
  g_assert_cmpstr (with_type->notification->type, ==, self->text);
  g_assert_cmpstr (with_filename->notification->filename, ==, self->text);
}

/* --- Exports ------------------------------------------------------------ */

typedef struct
{
  const char *what;
  const char *type;
  gboolean is_export;
} ExportCase;

static const ExportCase export_cases[] = {
  { "the type of exports", "\"App\\\\Notifications\\\\ExportReady\"", TRUE },
  { "the type of exports with escapes",
    "\"App\\u005cNotifications\\u005cExportReady\"",
    TRUE },
  { "another type", "\"App\\\\Notifications\\\\OrderPaid\"", FALSE },
  { "the type in lower case",
    "\"app\\\\notifications\\\\exportready\"",
    FALSE },
  { "the type with slashes", "\"App\\/Notifications\\/ExportReady\"", FALSE },
  { "the type's last part", "\"ExportReady\"", FALSE },
  { "the type with something behind it",
    "\"App\\\\Notifications\\\\ExportReady2\"",
    FALSE },
  { "the type in an array",
    "[\"App\\\\Notifications\\\\ExportReady\"]",
    FALSE },
};

static void
test_export (gconstpointer data)
{
  const ExportCase *self = data;
  g_autoptr (WnFrame) frame
      = parse_member ("{\"title\":\"t\",\"filename\":\"f.csv\",\"type\":@}",
                      self->type);

  g_assert_cmpint (frame->notification->is_export, ==, self->is_export);
  g_assert_cmpstr (frame->notification->filename, ==, "f.csv");
}

/* --- Both at once, and the whole ---------------------------------------- */

static void
test_both (void)
{
  const char *text = "{\"code\":2,\"api_version\":\"1.12.4\",\"title\":\"t\"}";
  g_autoptr (WnFrame) frame = wn_frame_parse (text, strlen (text), NULL);

  g_assert_true (frame->is_acknowledgement);
  g_assert_cmpstr (frame->api_version, ==, "1.12.4");
  g_assert_cmpstr (frame->notification->title, ==, "t");
}

static void
test_laravel (void)
{
  const char *text = "{\"title\":\"\\u8ba2\\u5355\\u5bfc\\u51fa\","
                     "\"filename\":\"exports\\/2024\\/\\u8ba2\\u5355.xlsx\","
                     "\"content\":null,"
                     "\"id\":\"0d1e7a0c-6b1f-4f2e-9f39-0f3f3f6e7a55\","
                     "\"type\":\"App\\\\Notifications\\\\ExportReady\"}";
  g_autoptr (WnFrame) frame = wn_frame_parse (text, strlen (text), NULL);
  const WnNotification *notification = frame->notification;

  g_assert_false (frame->is_acknowledgement);
  g_assert_cmpstr (notification->title, ==, "订单导出");
  g_assert_cmpstr (notification->filename, ==, "exports/2024/订单.xlsx");
  g_assert_null (notification->content);
  g_assert_cmpstr (notification->id,
                   ==,
                   "0d1e7a0c-6b1f-4f2e-9f39-0f3f3f6e7a55");
  g_assert_cmpstr (notification->type, ==, WN_EXPORT_TYPE);
  g_assert_true (notification->is_export);
}

static void
test_only_length_is_read (void)
{
  g_autoptr (WnFrame) frame = wn_frame_parse ("{\"code\":2}xyz", 10, NULL);

  g_assert_true (frame->is_acknowledgement);
}

/* The caller's text is not written to, though escapes are replaced. */
static void
test_text_stays (void)
{
  char text[] = "{\"title\":\"\\u0000\"}";
  g_autoptr (WnFrame) frame = wn_frame_parse (text, strlen (text), NULL);

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

  g_assert_null (wn_frame_parse (behind, sizeof behind - 1, &behind_error));
  g_assert_error (behind_error, WN_FRAME_ERROR, WN_FRAME_ERROR_NOT_JSON);
  g_assert_null (wn_frame_parse (inside, sizeof inside - 1, &inside_error));
  g_assert_error (inside_error, WN_FRAME_ERROR, WN_FRAME_ERROR_NOT_JSON);
}

/* The debug log gets the message, and no body may be in it. */
static void
test_error_quotes_nothing (void)
{
  const char *text = "{\"title\":\"secret\" 1}";
  g_autoptr (GError) error = NULL;

  g_assert_null (wn_frame_parse (text, strlen (text), &error));
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

  g_assert_null (wn_frame_parse (text->str, text->len, &error));
  g_assert_error (error, WN_FRAME_ERROR, WN_FRAME_ERROR_TOO_DEEP);
  g_string_free (text, TRUE);
}

static void
assert_acknowledged (GString *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WnFrame) frame = wn_frame_parse (text->str, text->len, &error);

  g_assert_no_error (error);
  g_assert_true (frame->is_acknowledgement);
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

  g_autoptr (WnFrame) frame = wn_frame_parse (text->str, text->len, NULL);

  g_assert_true (frame->is_acknowledgement);
  g_assert_cmpuint (text->len, >, head_length);
  g_assert_cmpuint (strlen (frame->notification->content), ==, content_length);
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

      g_assert_null (
          wn_frame_parse (exact != NULL ? exact : "", length, &error));
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
  g_autoptr (WnFrame) frame = wn_frame_parse (text, length, &error);

  g_assert_cmpint (frame == NULL, ==, error != NULL);
  if (frame == NULL || frame->notification == NULL)
    return;
  g_assert_true (g_utf8_validate (frame->notification->title, -1, NULL));
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

#define ADD_CASES(group, table, func)                                          \
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)                             \
    {                                                                          \
      g_autofree char *path                                                    \
          = g_strconcat ("/frame/" group "/", table[i].what, NULL);            \
                                                                               \
      g_test_add_data_func (path, &table[i], func);                            \
    }

static void
add_tables (void)
{
  ADD_CASES ("not read", error_cases, test_error);
  ADD_CASES ("acknowledgement", ack_cases, test_ack);
  ADD_CASES ("title", title_cases, test_title);
  ADD_CASES ("content", content_cases, test_content);
  ADD_CASES ("id, type and filename", string_cases, test_string);
  ADD_CASES ("export", export_cases, test_export);
}

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
  add_tables ();
  add_sizes ();
  g_test_add_func ("/frame/an acknowledgement beside a notification counts "
                   "both",
                   test_both);
  g_test_add_func ("/frame/an export as Laravel sends it", test_laravel);
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
  return g_test_run ();
}
