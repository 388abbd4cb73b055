/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The guard copies the text, json-glib reads the copy. Escapes in it that make
 * no UTF-8 are gone by then, so nothing that json-glib hands out needs to be
 * looked at again.
 */

#include "core/dialect/json.h"

#include <string.h>

#include "core/dialect/json-guard.h"

GQuark
wn_json_error_quark (void)
{
  return g_quark_from_static_string ("wn-json-error-quark");
}

/* --- From text to values ------------------------------------------------ */

static gboolean
fail_reading (GError **error, WnJsonError code, const char *message)
{
  g_set_error_literal (error, WN_JSON_ERROR, (int) code, message);
  return FALSE;
}

static gboolean
check_utf8 (const char *text, gsize length, GError **error)
{
  const char *end = NULL;

  if (g_utf8_validate_len (text, length, &end))
    return TRUE;
  if (*end == '\0')
    return fail_reading (error, WN_JSON_ERROR_NOT_JSON, "it holds a NUL byte");
  return fail_reading (error, WN_JSON_ERROR_NOT_UTF8, "it is not UTF-8");
}

static GString *
copy_guarded (const char *text, gsize length, GError **error)
{
  g_autoptr (GString) copy = g_string_sized_new (length + 1);
  WnJsonGuardVerdict verdict;

  if (!check_utf8 (text, length, error))
    return NULL;
  verdict = wn_json_guard_copy (text, length, copy);
  if (verdict == WN_JSON_GUARD_PASS)
    return g_steal_pointer (&copy);
  if (verdict == WN_JSON_GUARD_TOO_BIG)
    fail_reading (error,
                  WN_JSON_ERROR_TOO_BIG,
                  "it has too many levels, values or members");
  else
    fail_reading (error, WN_JSON_ERROR_NOT_JSON, "it is not JSON");
  return NULL;
}

static JsonParser *
new_parser (void)
{
  JsonParser *parser = json_parser_new ();

  /* The property exists from json-glib 1.10 on. */
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (parser), "strict"))
    g_object_set (parser, "strict", TRUE, NULL);
  return parser;
}

/* json-glib's own error quotes the text, which the debug log must not. */
JsonNode *
wn_json_read (const char *text, gsize length, GError **error)
{
  g_autoptr (GString) copy = copy_guarded (text, length, error);
  g_autoptr (JsonParser) parser = NULL;

  if (copy == NULL)
    return NULL;
  parser = new_parser ();
  if (json_parser_load_from_data (parser, copy->str, (gssize) copy->len, NULL)
      && json_parser_get_root (parser) != NULL)
    return json_parser_steal_root (parser);
  fail_reading (error, WN_JSON_ERROR_NOT_JSON, "it is not JSON");
  return NULL;
}

JsonObject *
wn_json_read_object (const char *text, gsize length, GError **error)
{
  g_autoptr (JsonNode) root = wn_json_read (text, length, error);

  if (root == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_OBJECT (root))
    return json_node_dup_object (root);
  fail_reading (error, WN_JSON_ERROR_NOT_OBJECT, "it is not a JSON object");
  return NULL;
}

/* --- What a value is ---------------------------------------------------- */

static gboolean
holds (JsonNode *node, GType type)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
         && json_node_get_value_type (node) == type;
}

/* The text of a number that json-glib would not have kept. */
static const char *
get_guarded_digits (JsonNode *node)
{
  const char *text
      = holds (node, G_TYPE_STRING) ? json_node_get_string (node) : NULL;

  if (text == NULL || !g_str_has_prefix (text, WN_JSON_GUARD_NUMBER))
    return NULL;
  return text + strlen (WN_JSON_GUARD_NUMBER);
}

gboolean
wn_json_is_string (JsonNode *node)
{
  return holds (node, G_TYPE_STRING) && get_guarded_digits (node) == NULL;
}

gboolean
wn_json_is_number (JsonNode *node)
{
  return holds (node, G_TYPE_INT64) || get_guarded_digits (node) != NULL;
}

gboolean
wn_json_is_truthy (JsonNode *node)
{
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return FALSE;
  if (wn_json_is_number (node))
    return wn_json_to_number (node) != 0;
  if (wn_json_is_string (node))
    return *json_node_get_string (node) != '\0';
  if (JSON_NODE_HOLDS_VALUE (node))
    return json_node_get_boolean (node);
  return TRUE;
}

JsonObject *
wn_json_to_object (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node)
             ? json_node_get_object (node)
             : NULL;
}

JsonArray *
wn_json_to_array (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_ARRAY (node)
             ? json_node_get_array (node)
             : NULL;
}

double
wn_json_to_number (JsonNode *node)
{
  const char *digits = get_guarded_digits (node);

  return digits != NULL ? g_ascii_strtod (digits, NULL)
                        : (double) json_node_get_int (node);
}

/* --- From values to text ------------------------------------------------ */

/* @json with its numbers as they came: a guarded one is a string there. */
static char *
dup_unguarded (const char *json)
{
  static const char *const start = "\"" WN_JSON_GUARD_NUMBER;
  GString *out = g_string_new (NULL);
  const char *from = json;
  const char *at;

  while ((at = strstr (from, start)) != NULL)
    {
      const char *digits = at + strlen (start);
      gsize n_digits = strcspn (digits, "\"");

      g_string_append_len (out, from, at - from);
      g_string_append_len (out, digits, (gssize) n_digits);
      from = digits + n_digits + strlen ("\"");
    }
  g_string_append (out, from);
  return g_string_free (out, FALSE);
}

char *
wn_json_dup_text (JsonNode *node)
{
  const char *digits = get_guarded_digits (node);

  if (digits != NULL)
    return g_strdup (digits);
  if (!JSON_NODE_HOLDS_VALUE (node))
    {
      g_autofree char *json = json_to_string (node, FALSE);

      return dup_unguarded (json);
    }
  switch (json_node_get_value_type (node))
    {
    case G_TYPE_STRING:
      return json_node_dup_string (node);
    case G_TYPE_BOOLEAN:
      return g_strdup (json_node_get_boolean (node) ? "true" : "false");
    default:
      return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
    }
}

/* --- Members ------------------------------------------------------------ */

JsonObject *
wn_json_get_object (JsonObject *object, const char *name)
{
  return wn_json_to_object (json_object_get_member (object, name));
}

JsonArray *
wn_json_get_array (JsonObject *object, const char *name)
{
  return wn_json_to_array (json_object_get_member (object, name));
}

JsonObject *
wn_json_get_element (JsonArray *array, guint i)
{
  return wn_json_to_object (json_array_get_element (array, i));
}

char *
wn_json_dup_string (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return wn_json_is_string (node) && wn_json_is_truthy (node)
             ? json_node_dup_string (node)
             : NULL;
}

char *
wn_json_dup_id (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return wn_json_is_number (node) ? wn_json_dup_text (node)
                                  : wn_json_dup_string (object, name);
}

gint64
wn_json_get_integer (JsonObject *object, const char *name, gint64 fallback)
{
  g_autofree char *text = wn_json_dup_id (object, name);
  gint64 number;

  if (text == NULL
      || !g_ascii_string_to_signed (text,
                                    10,
                                    G_MININT64,
                                    G_MAXINT64,
                                    &number,
                                    NULL))
    return fallback;
  return number;
}
