/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * JSON from outside, read with json-glib behind `core/dialect/json-guard.h`:
 * whatever comes costs a bounded time and stack, every text that is handed out
 * is valid UTF-8, and every number has the digits that it came with. A member's
 * value has to be asked for by the functions below, since some numbers are
 * strings in the tree (%WN_JSON_GUARD_NUMBER). Pure.
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * WN_JSON_ERROR:
 *
 * Why a text is not read. The messages quote nothing of it, since they go into
 * the debug log.
 */
#define WN_JSON_ERROR (wn_json_error_quark ())
GQuark wn_json_error_quark (void);

/**
 * WnJsonError:
 * @WN_JSON_ERROR_NOT_UTF8: it holds bytes that are no UTF-8
 * @WN_JSON_ERROR_TOO_BIG: it is nested deeper, or holds more values or more
 *   members of one object, than we read
 * @WN_JSON_ERROR_NOT_JSON: it is not one JSON value (RFC 8259)
 * @WN_JSON_ERROR_NOT_OBJECT: it is a JSON value, but not an object
 */
typedef enum
{
  WN_JSON_ERROR_NOT_UTF8,
  WN_JSON_ERROR_TOO_BIG,
  WN_JSON_ERROR_NOT_JSON,
  WN_JSON_ERROR_NOT_OBJECT,
} WnJsonError;

/**
 * wn_json_read:
 * @text: (array length=length): what came
 * @length: in bytes
 * @error: return location for a #WnJsonError
 *
 * Returns: (transfer full) (nullable): the value, or %NULL with @error set
 */
JsonNode *wn_json_read (const char *text, gsize length, GError **error);

/**
 * wn_json_read_object:
 * @text: (array length=length): what came
 * @length: in bytes
 * @error: return location for a #WnJsonError
 *
 * Returns: (transfer full) (nullable): the object, or %NULL with @error set
 */
JsonObject *
wn_json_read_object (const char *text, gsize length, GError **error);

/* What a member is; %NULL, for a member that is missing, is none of them. */
gboolean wn_json_is_string (JsonNode *node);
gboolean wn_json_is_number (JsonNode *node);

/**
 * wn_json_is_truthy:
 * @node: (nullable): a value; %NULL is a missing member
 *
 * Returns: whether JavaScript takes it for true: all but a missing one,
 *   `null`, `false`, `0` and `""`
 */
gboolean wn_json_is_truthy (JsonNode *node);

/* (transfer none) (nullable): @node, which may be %NULL, where it is one. */
JsonObject *wn_json_to_object (JsonNode *node);
JsonArray *wn_json_to_array (JsonNode *node);

/**
 * wn_json_to_number:
 * @node: a number
 *
 * Returns: the nearest double; infinite where there is none
 */
double wn_json_to_number (JsonNode *node);

/**
 * wn_json_dup_text:
 * @node: any value
 *
 * Returns: (transfer full): it as a person would write it: a string's text, a
 *   number's digits as they came, anything that holds others as compact JSON
 */
char *wn_json_dup_text (JsonNode *node);

/**
 * wn_json_get_object:
 * @object: an object
 * @name: a member's name
 *
 * Returns: (transfer none) (nullable): the member where it is an object
 */
JsonObject *wn_json_get_object (JsonObject *object, const char *name);

/**
 * wn_json_get_array:
 * @object: an object
 * @name: a member's name
 *
 * Returns: (transfer none) (nullable): the member where it is an array
 */
JsonArray *wn_json_get_array (JsonObject *object, const char *name);

/**
 * wn_json_get_element:
 * @array: an array
 * @i: an index below its length
 *
 * Returns: (transfer none) (nullable): the element where it is an object
 */
JsonObject *wn_json_get_element (JsonArray *array, guint i);

/**
 * wn_json_dup_string:
 * @object: an object
 * @name: a member's name
 *
 * Returns: (transfer full) (nullable): the member's text where it is a string
 *   and not empty
 */
char *wn_json_dup_string (JsonObject *object, const char *name);

/**
 * wn_json_dup_id:
 * @object: an object
 * @name: a member's name
 *
 * Returns: (transfer full) (nullable): the member's text where it is a string
 *   that is not empty, or a number
 */
char *wn_json_dup_id (JsonObject *object, const char *name);

/**
 * wn_json_get_integer:
 * @object: an object
 * @name: a member's name
 * @fallback: what a missing or odd member comes to
 *
 * Returns: the member where it is a whole number of 64 bits, or a string of
 *   such a number's digits
 */
gint64
wn_json_get_integer (JsonObject *object, const char *name, gint64 fallback);

G_END_DECLS
