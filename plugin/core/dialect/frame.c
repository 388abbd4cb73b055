/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From a frame's text to what it says. The reference client is JavaScript, so
 * "equal" and "truthy" are JavaScript's, as far as PROTOCOL §3 has them. Each
 * part stands by itself: an odd content takes no acknowledgement with it.
 */

#include "core/dialect/frame.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "core/dialect/json-guard.h"
#include "core/dialect/json-runs.h"
#include "core/markup/octets.h"

/* The class name that makes a notification an export. */
#define EXPORT_TYPE "App\\Notifications\\ExportReady"
#define ACKNOWLEDGEMENT_CODE 2
#define MAX_VERSION_CHARS 64

GQuark
wn_frame_error_quark (void)
{
  return g_quark_from_static_string ("wn-frame-error-quark");
}

/* --- From values to text ------------------------------------------------ */

/* The shortest digits that give the same number back. */
static char *
dup_double_text (double number)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (isinf (number))
    return g_strdup (number > 0 ? "Infinity" : "-Infinity");
  if (fabs (number) < 1e15 && number == (double) (gint64) number)
    return g_strdup_printf ("%" G_GINT64_FORMAT, (gint64) number);
  g_ascii_formatd (digits, sizeof digits, "%.15g", number);
  if (g_ascii_strtod (digits, NULL) != number)
    g_ascii_formatd (digits, sizeof digits, "%.16g", number);
  if (g_ascii_strtod (digits, NULL) != number)
    g_ascii_formatd (digits, sizeof digits, "%.17g", number);
  return g_strdup (digits);
}

static gboolean
is_utf8 (const char *text, gsize length, const char **end)
{
  const char *rest = wn_octets_skip_ascii (text, text + length);

  return g_utf8_validate_len (rest, length - (gsize) (rest - text), end);
}

static char *
dup_string (JsonNode *node)
{
  const char *text = json_node_get_string (node);
  gsize length = strlen (text);

  return is_utf8 (text, length, NULL)
             ? g_strndup (text, length)
             : g_utf8_make_valid (text, (gssize) length);
}

/* @node as a person would write it; a container as compact JSON. */
static char *
dup_text (JsonNode *node)
{
  if (!JSON_NODE_HOLDS_VALUE (node))
    {
      g_autofree char *json = json_to_string (node, FALSE);

      return g_utf8_make_valid (json, -1);
    }
  switch (json_node_get_value_type (node))
    {
    case G_TYPE_STRING:
      return dup_string (node);
    case G_TYPE_BOOLEAN:
      return g_strdup (json_node_get_boolean (node) ? "true" : "false");
    case G_TYPE_DOUBLE:
      return dup_double_text (json_node_get_double (node));
    default:
      return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
    }
}

static gboolean
is_string (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
         && json_node_get_value_type (node) == G_TYPE_STRING;
}

static gboolean
is_number (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
         && (json_node_get_value_type (node) == G_TYPE_INT64
             || json_node_get_value_type (node) == G_TYPE_DOUBLE);
}

static gboolean
is_truthy (JsonNode *node)
{
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return FALSE;
  if (is_string (node))
    return *json_node_get_string (node) != '\0';
  if (is_number (node))
    return json_node_get_double (node) != 0;
  if (JSON_NODE_HOLDS_VALUE (node))
    return json_node_get_boolean (node);
  return TRUE;
}

/* A member that counts only as a string, and an empty one not at all. */
static char *
dup_string_member (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return is_string (node) && is_truthy (node) ? dup_string (node) : NULL;
}

/* --- The acknowledgement ------------------------------------------------ */

/* What JavaScript's == takes for the number 2, written in ASCII. */
static gboolean
is_code_text (const char *text)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));
  char *end = NULL;

  if (g_ascii_strncasecmp (trimmed, "0x", 2) == 0)
    return g_ascii_string_to_unsigned (trimmed + 2,
                                       16,
                                       ACKNOWLEDGEMENT_CODE,
                                       ACKNOWLEDGEMENT_CODE,
                                       NULL,
                                       NULL);
  if (strpbrk (trimmed, "xX") != NULL)
    return FALSE;
  return g_ascii_strtod (trimmed, &end) == ACKNOWLEDGEMENT_CODE && *end == '\0';
}

static gboolean
is_acknowledgement (JsonObject *object)
{
  JsonNode *code = json_object_get_member (object, "code");

  if (is_number (code))
    return json_node_get_double (code) == ACKNOWLEDGEMENT_CODE;
  return is_string (code) && is_code_text (json_node_get_string (code));
}

static gboolean
is_invisible (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT
         || type == G_UNICODE_LINE_SEPARATOR
         || type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

/* One line of at most MAX_VERSION_CHARS, each run of what can't be seen as one
 * space; %NULL where nothing is left.
 */
static char *
dup_one_line (const char *text)
{
  g_autoptr (GString) line = g_string_new (NULL);
  gboolean gap = FALSE;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);
      gboolean is_gap = is_invisible (c) || g_unichar_isspace (c);

      if (!is_gap && gap && line->len > 0)
        g_string_append_c (line, ' ');
      if (!is_gap)
        g_string_append_unichar (line, c);
      gap = is_gap;
    }
  if (line->len == 0)
    return NULL;
  return g_utf8_substring (line->str,
                           0,
                           MIN (g_utf8_strlen (line->str, -1),
                                MAX_VERSION_CHARS));
}

static char *
dup_api_version (JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "api_version");

  if (!is_string (node) && !is_number (node))
    return NULL;

  g_autofree char *text = dup_text (node);

  return dup_one_line (text);
}

/* --- The notification --------------------------------------------------- */

/* Only a string is HTML. */
static void
read_content (JsonObject *object, WnNotification *notification)
{
  JsonNode *node = json_object_get_member (object, "content");

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return;
  notification->content = dup_text (node);
  notification->kind = is_string (node) ? WN_MARKUP_HTML : WN_MARKUP_TEXT;
}

/* The attachment's URL is left to whoever knows the endpoint. */
static void
read_file (JsonObject *object, WnNotification *notification)
{
  g_autofree char *key = NULL;

  if (g_strcmp0 (notification->type, EXPORT_TYPE) != 0)
    return;
  key = dup_string_member (object, "filename");
  if (key != NULL)
    notification->attachment = wn_attachment_new (key, key, NULL);
  else
    notification->lacks_file = TRUE;
}

static WnNotification *
read_notification (JsonObject *object)
{
  JsonNode *title = json_object_get_member (object, "title");

  if (!is_truthy (title))
    return NULL;

  WnNotification *notification = wn_notification_new ();

  notification->id = dup_string_member (object, "id");
  notification->type = dup_string_member (object, "type");
  notification->source = wn_notification_dup_type_name (notification->type);
  notification->title = dup_text (title);
  read_content (object, notification);
  read_file (object, notification);
  return notification;
}

/* --- The frame ---------------------------------------------------------- */

static JsonParser *
new_parser (void)
{
  JsonParser *parser = json_parser_new ();

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (parser), "strict"))
    g_object_set (parser, "strict", TRUE, NULL);
  return parser;
}

static gboolean
check_utf8 (const char *text, gsize length, GError **error)
{
  const char *end = NULL;

  if (is_utf8 (text, length, &end))
    return TRUE;
  if (*end == '\0')
    g_set_error_literal (error,
                         WN_FRAME_ERROR,
                         WN_FRAME_ERROR_NOT_JSON,
                         "the frame holds a NUL byte");
  else
    g_set_error_literal (error,
                         WN_FRAME_ERROR,
                         WN_FRAME_ERROR_NOT_UTF8,
                         "the frame is not UTF-8");
  return FALSE;
}

static gboolean
check_json (char *text, gsize length, GError **error)
{
  switch (wn_json_guard_check (text, length))
    {
    case WN_JSON_GUARD_PASS:
      return TRUE;
    case WN_JSON_GUARD_TOO_BIG:
      g_set_error_literal (error,
                           WN_FRAME_ERROR,
                           WN_FRAME_ERROR_TOO_DEEP,
                           "the frame has too many levels or values");
      return FALSE;
    case WN_JSON_GUARD_NOT_JSON:
    default:
      g_set_error_literal (error,
                           WN_FRAME_ERROR,
                           WN_FRAME_ERROR_NOT_JSON,
                           "the frame is not JSON");
      return FALSE;
    }
}

/* json-glib's own message quotes the text, which the debug log must not. */
static gboolean
load (JsonParser *parser,
      const WnJsonRuns *runs,
      const char *text,
      gsize length,
      GError **error)
{
  if (runs->json != NULL)
    {
      text = runs->json->str;
      length = runs->json->len;
    }
  if (json_parser_load_from_data (parser, text, (gssize) length, NULL)
      && json_parser_get_root (parser) != NULL)
    return TRUE;
  g_set_error_literal (error,
                       WN_FRAME_ERROR,
                       WN_FRAME_ERROR_NOT_JSON,
                       "the frame is not JSON");
  return FALSE;
}

static WnFrame *
read_frame (JsonObject *object)
{
  WnFrame *frame = g_new0 (WnFrame, 1);

  frame->is_acknowledgement = is_acknowledgement (object);
  if (frame->is_acknowledgement)
    frame->api_version = dup_api_version (object);
  frame->notification = read_notification (object);
  return frame;
}

WnFrame *
wn_frame_parse (const char *text, gsize length, GError **error)
{
  if (!check_utf8 (text, length, error))
    return NULL;

  g_autofree char *copy = g_strndup (text, length);

  if (!check_json (copy, length, error))
    return NULL;

  g_autoptr (JsonParser) parser = new_parser ();
  g_auto (WnJsonRuns) runs;

  wn_json_runs_init (&runs, copy, length);
  if (!load (parser, &runs, copy, length, error))
    return NULL;

  JsonNode *root = json_parser_get_root (parser);

  if (!JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error,
                           WN_FRAME_ERROR,
                           WN_FRAME_ERROR_NOT_OBJECT,
                           "the frame is not a JSON object");
      return NULL;
    }
  wn_json_runs_restore (&runs, json_node_get_object (root));
  return read_frame (json_node_get_object (root));
}

void
wn_frame_free (WnFrame *frame)
{
  if (frame == NULL)
    return;
  g_clear_pointer (&frame->notification, wn_notification_unref);
  g_free (frame->api_version);
  g_free (frame->cursor);
  g_free (frame);
}
