/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What JSON from outside comes to: its numbers to their digits, its strings to
 * valid text, and what is made to hold up the reader to an error in time.
 */

#include "core/dialect/json.h"

#include <string.h>

#include "core/dialect/json-guard.h"

#define MIB (1024 * 1024)

/* --- Numbers ------------------------------------------------------------ */

typedef struct
{
  const char *json;
  const char *text;
  gboolean is_truthy;
} NumberCase;

static const NumberCase number_cases[] = {
  { "0", "0", FALSE },
  { "7", "7", TRUE },
  { "-7", "-7", TRUE },
  { "-0", "-0", FALSE },
  { "0.0", "0.0", FALSE },
  { "0e5", "0e5", FALSE },
  { "1.50", "1.50", TRUE },
  { "1e400", "1e400", TRUE },
  { "-1E+400", "-1E+400", TRUE },
  { "1e-400", "1e-400", FALSE },
  { "12345678901234567890123", "12345678901234567890123", TRUE },
  { "10014255632117358197", "10014255632117358197", TRUE },
  { "9223372036854775807", "9223372036854775807", TRUE },
  { "9223372036854775808", "9223372036854775808", TRUE },
  { "-9223372036854775809", "-9223372036854775809", TRUE },
  { "999999999999999999", "999999999999999999", TRUE },
  { "0.1", "0.1", TRUE },
  { "3.141592653589793238462643", "3.141592653589793238462643", TRUE },
};

static JsonObject *
read_object (const char *json)
{
  g_autoptr (GError) error = NULL;
  JsonObject *object = wn_json_read_object (json, strlen (json), &error);

  g_assert_no_error (error);
  return object;
}

static void
test_number (gconstpointer data)
{
  const NumberCase *c = data;
  g_autofree char *json = g_strdup_printf ("{\"n\":%s,\"in\":[%s,{\"x\":%s}]}",
                                           c->json,
                                           c->json,
                                           c->json);
  g_autofree char *inside
      = g_strdup_printf ("[%s,{\"x\":%s}]", c->text, c->text);
  g_autoptr (JsonObject) object = read_object (json);
  JsonNode *number = json_object_get_member (object, "n");
  g_autofree char *text = wn_json_dup_text (number);
  g_autofree char *array
      = wn_json_dup_text (json_object_get_member (object, "in"));
  g_autofree char *id = wn_json_dup_id (object, "n");

  g_assert_cmpstr (text, ==, c->text);
  g_assert_cmpstr (id, ==, c->text);
  g_assert_cmpstr (array, ==, inside);
  g_assert_true (wn_json_is_number (number));
  g_assert_false (wn_json_is_string (number));
  g_assert_null (wn_json_dup_string (object, "n"));
  g_assert_cmpint (wn_json_is_truthy (number), ==, c->is_truthy);
}

/* No string can pass for a number. */
static void
test_noncharacter (void)
{
  static const char *const starts[] = { "\xef\xb7\x90", "\\ufdd0", "\\uFDD0" };

  for (gsize i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      g_autofree char *json
          = g_strdup_printf ("{\"s\":\"%s1\",\"in\":\"x%s1\"}",
                             starts[i],
                             starts[i]);
      g_autoptr (JsonObject) object = read_object (json);
      g_autofree char *text = wn_json_dup_string (object, "s");
      g_autofree char *inner = wn_json_dup_string (object, "in");

      g_assert_cmpstr (text,
                       ==,
                       "\357\277\275"
                       "1");
      g_assert_cmpstr (inner,
                       ==,
                       "x\357\267\220"
                       "1");
    }
}

static void
test_integers (void)
{
  static const struct
  {
    const char *json;
    gint64 number;
  } rows[] = {
    { "{\"n\":5}", 5 },
    { "{\"n\":\"5\"}", 5 },
    { "{\"n\":-5}", -5 },
    { "{\"n\":9223372036854775807}", G_MAXINT64 },
    { "{\"n\":9223372036854775808}", -1 },
    { "{\"n\":1.5}", -1 },
    { "{\"n\":\"\"}", -1 },
    { "{\"n\":\"5 MB\"}", -1 },
    { "{\"n\":null}", -1 },
    { "{\"n\":true}", -1 },
    { "{\"n\":[5]}", -1 },
    { "{}", -1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JsonObject) object = read_object (rows[i].json);

      g_assert_cmpint (wn_json_get_integer (object, "n", -1),
                       ==,
                       rows[i].number);
    }
}

/* --- Strings ------------------------------------------------------------ */

static void
test_strings (void)
{
  static const struct
  {
    const char *json;
    const char *text;
  } rows[] = {
    { "a\\/b", "a/b" },
    { "\\\"\\\\\\n\\t", "\"\\\n\t" },
    { "\\u8ba2\\u5355", "订单" },
    { "\\ud83d\\ude00", "😀" },
    { "\\ud83d", "\357\277\275" },
    { "\\ude00\\ud83d", "\357\277\275\357\277\275" },
    { "\\ud83d\\ud83d\\ude00", "\357\277\275😀" },
    { "a\\u0000b", "a\357\277\275b" },
    { "a\x7f"
      "0000\\u007f",
      "a\x7f"
      "0000\x7f" },
    { "\\\\u0000", "\\u0000" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *json = g_strdup_printf ("{\"s\":\"%s\",\"%s\":[1]}",
                                               rows[i].json,
                                               rows[i].json);
      g_autoptr (JsonObject) object = read_object (json);
      g_autofree char *text = wn_json_dup_string (object, "s");

      g_assert_cmpstr (text, ==, rows[i].text);
      g_assert_nonnull (wn_json_get_array (object, rows[i].text));
    }
}

static void
test_last_counts (void)
{
  g_autoptr (JsonObject) object = read_object ("{\"a\":\"1\",\"a\":\"2\"}");
  g_autofree char *text = wn_json_dup_string (object, "a");

  g_assert_cmpstr (text, ==, "2");
}

static void
test_missing (void)
{
  g_autoptr (JsonObject) object = read_object ("{\"s\":\"\",\"n\":null}");

  g_assert_null (wn_json_dup_string (object, "s"));
  g_assert_null (wn_json_dup_id (object, "s"));
  g_assert_null (wn_json_dup_id (object, "n"));
  g_assert_null (wn_json_dup_string (object, "x"));
  g_assert_null (wn_json_get_object (object, "s"));
  g_assert_null (wn_json_get_array (object, "x"));
  g_assert_false (wn_json_is_truthy (NULL));
}

static void
test_errors (void)
{
  static const struct
  {
    const char *text;
    WnJsonError code;
  } rows[] = {
    { "[1]", WN_JSON_ERROR_NOT_OBJECT },
    { "7", WN_JSON_ERROR_NOT_OBJECT },
    { "null", WN_JSON_ERROR_NOT_OBJECT },
    { "", WN_JSON_ERROR_NOT_JSON },
    { "{", WN_JSON_ERROR_NOT_JSON },
    { "{}{}", WN_JSON_ERROR_NOT_JSON },
    { "\xff", WN_JSON_ERROR_NOT_UTF8 },
    { "{'a':1}", WN_JSON_ERROR_NOT_JSON },
    { "01", WN_JSON_ERROR_NOT_JSON },
    { "1.", WN_JSON_ERROR_NOT_JSON },
    { "{1e3:2}", WN_JSON_ERROR_NOT_JSON },
    { "{1:2}", WN_JSON_ERROR_NOT_JSON },
    { "{true:2}", WN_JSON_ERROR_NOT_JSON },
    { "{{}:2}", WN_JSON_ERROR_NOT_JSON },
    { "{:2}", WN_JSON_ERROR_NOT_JSON },
    { "\"\xef\xb7", WN_JSON_ERROR_NOT_UTF8 },
    { "\"\\ufdd", WN_JSON_ERROR_NOT_JSON },
    { "- 1", WN_JSON_ERROR_NOT_JSON },
    { "1e", WN_JSON_ERROR_NOT_JSON },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (
          wn_json_read_object (rows[i].text, strlen (rows[i].text), &error));
      g_assert_error (error, WN_JSON_ERROR, (int) rows[i].code);
    }
}

/* --- What is made to hold up the reader --------------------------------- */

/* The @n-th of many names that have one hash in json-glib's tables. */
static void
append_colliding_name (GString *text, guint n)
{
  for (guint bit = 0; bit < 15; bit++)
    g_string_append (text, n >> bit & 1 ? "bA" : "ab");
}

static void
append_own_name (GString *text, guint n)
{
  g_string_append_printf (text, "n%u", n);
}

static void
append_same_name (GString *text, guint n)
{
  g_string_append (text, "same");
}

/* Half of them are new, the other half is the last of these. */
static void
append_repeated_name (GString *text, guint n)
{
  g_string_append_printf (text, "n%u", MIN (n, 16000));
}

static void
append_object (GString *text,
               guint n_members,
               void (*append) (GString *, guint))
{
  g_string_append_c (text, '{');
  for (guint i = 0; i < n_members; i++)
    {
      g_string_append (text, i > 0 ? ",\"" : "\"");
      append (text, i);
      g_string_append (text, "\":0");
    }
  g_string_append_c (text, '}');
}

typedef struct
{
  const char *what;
  guint n_objects;
  guint n_members; /* of each */
  void (*append) (GString *text, guint n);
  gboolean is_read;
} BurdenCase;

static const BurdenCase burden_cases[] = {
  { "32,000 names with one hash", 1, 32000, append_colliding_name, FALSE },
  { "1,000 names with one hash", 1, 1000, append_colliding_name, TRUE },
  { "1,001 names with one hash", 1, 1001, append_colliding_name, FALSE },
  { "four objects of 999 of them", 4, 999, append_colliding_name, TRUE },
  { "64 objects of 999 of them", 64, 999, append_colliding_name, FALSE },
  { "300 objects of 100 of them", 300, 100, append_colliding_name, TRUE },
  { "16,000 repeats of one of 16,000", 1, 32000, append_repeated_name, FALSE },
  { "16,000 repeats of one name", 1, 16000, append_same_name, FALSE },
  { "1,000 members of their own", 1, 1000, append_own_name, TRUE },
  { "1,001 members of their own", 1, 1001, append_own_name, FALSE },
  { "10,000 small objects", 10000, 2, append_own_name, TRUE },
};

static void
say_time (const GString *text, gint64 begun_us)
{
  gint64 took_us = g_get_monotonic_time () - begun_us;

  g_test_message ("%" G_GSIZE_FORMAT " bytes in %.1f ms",
                  text->len,
                  (double) took_us / G_TIME_SPAN_MILLISECOND);
}

static void
check_reading (const GString *text, gboolean is_read)
{
  g_autoptr (GError) error = NULL;
  gint64 begun_us = g_get_monotonic_time ();
  G_GNUC_UNUSED g_autoptr (JsonObject) object
      = wn_json_read_object (text->str, text->len, &error);

  say_time (text, begun_us);
  if (is_read)
    g_assert_no_error (error);
  else
    g_assert_error (error, WN_JSON_ERROR, WN_JSON_ERROR_TOO_BIG);
}

static void
test_burden (gconstpointer data)
{
  const BurdenCase *c = data;
  g_autoptr (GString) text = g_string_new ("{\"title\":[");

  for (guint i = 0; i < c->n_objects; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      append_object (text, c->n_members, c->append);
    }
  g_string_append (text, "]}");
  check_reading (text, c->is_read);
}

/* One inside the other, each with members before and behind. */
static void
test_nested (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 3; i++)
    {
      append_object (text, 998, append_colliding_name);
      text->str[text->len - 1] = ',';
      g_string_append (text, "\"in\":");
    }
  g_string_append (text, "{}}}}");
  check_reading (text, TRUE);
}

static void
test_long (void)
{
  static const char *const pieces[] = { "a", "\\n", "\\u8ba2", "订", "<b>" };

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autoptr (GString) text = g_string_new ("{\"content\":\"");
      g_autoptr (GString) chunk = g_string_new (NULL);

      while (chunk->len < 4096)
        g_string_append (chunk, pieces[i]);
      while (text->len < 16 * MIB - 8192)
        g_string_append_len (text, chunk->str, (gssize) chunk->len);
      g_string_append (text, "\"}");
      check_reading (text, TRUE);
    }
}

static void
test_long_array (void)
{
  static const char *const values[]
      = { "0", "1.5", "-0", "\"\"", "[]", "null" };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (GString) text = g_string_new ("{\"a\":[0");

      for (guint n = 0; n < WN_JSON_GUARD_MAX_VALUES - 10; n++)
        g_string_append_printf (text, ",%s", values[i]);
      g_string_append (text, "]}");
      check_reading (text, TRUE);
    }
}

/* Of many digits, each of which is kept. */
static void
test_long_number (void)
{
  g_autoptr (GString) text = g_string_new ("{\"title\":1");

  while (text->len < 4 * MIB)
    g_string_append (text, "1234567890");
  g_string_append_c (text, '}');
  check_reading (text, TRUE);
}

#define ADD_CASES(group, table, name, func)                                    \
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)                             \
    {                                                                          \
      g_autofree char *path                                                    \
          = g_strconcat ("/json/" group, table[i].name, NULL);                 \
                                                                               \
      g_test_add_data_func (path, &table[i], func);                            \
    }

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD_CASES ("a number keeps its digits: ", number_cases, json, test_number);
  g_test_add_func ("/json/no string passes for a number", test_noncharacter);
  g_test_add_func ("/json/whole numbers, and what is none", test_integers);
  g_test_add_func ("/json/strings come out as valid text", test_strings);
  g_test_add_func ("/json/of two members of one name the last counts",
                   test_last_counts);
  g_test_add_func ("/json/missing and empty members are none", test_missing);
  g_test_add_func ("/json/each error has its code", test_errors);
  ADD_CASES ("in time: ", burden_cases, what, test_burden);
  g_test_add_func ("/json/in time: full objects within each other",
                   test_nested);
  g_test_add_func ("/json/in time: 16 MiB of content", test_long);
  g_test_add_func ("/json/in time: long arrays", test_long_array);
  g_test_add_func ("/json/in time: a number of 4 MiB", test_long_number);
  return g_test_run ();
}
