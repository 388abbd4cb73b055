/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The guard and json-glib together take exactly what RFC 8259 calls JSON, and
 * what comes out of them is sound. The grammar is written out here once more,
 * so as not to ask the code under test.
 */

#include <string.h>

#include "core/dialect/json.h"
#include "core/dialect/json-guard.h"
#include "fuzz/fuzz.h"

#define MAX_PAIRS                                                              \
  (WN_JSON_GUARD_MAX_FULL_OBJECTS * WN_JSON_GUARD_MAX_MEMBERS                  \
   * (WN_JSON_GUARD_MAX_MEMBERS - 1) / 2)

typedef struct
{
  const char *at;
  guint depth;
  guint deepest;
  guint n_values;
  guint most_members; /* of one object */
  guint n_pairs;      /* of members of one object, in all objects */
} Grammar;

static gboolean skip_value (Grammar *self);

static void
skip_space (Grammar *self)
{
  self->at += strspn (self->at, " \t\r\n");
}

static gboolean
skip_char (Grammar *self, char c)
{
  skip_space (self);
  if (*self->at != c)
    return FALSE;
  self->at++;
  skip_space (self);
  return TRUE;
}

static gboolean
skip_escape (Grammar *self)
{
  self->at++;
  if (*self->at == 'u')
    {
      for (guint i = 1; i <= 4; i++)
        if (!g_ascii_isxdigit (self->at[i]))
          return FALSE;
      self->at += 5;
      return TRUE;
    }
  if (*self->at == '\0' || strchr ("\"\\/bfnrt", *self->at) == NULL)
    return FALSE;
  self->at++;
  return TRUE;
}

static gboolean
skip_string (Grammar *self)
{
  self->n_values++;
  if (*self->at != '"')
    return FALSE;
  for (self->at++; *self->at != '"';)
    {
      if ((guchar) *self->at < 0x20)
        return FALSE;
      if (*self->at != '\\')
        self->at++;
      else if (!skip_escape (self))
        return FALSE;
    }
  self->at++;
  return TRUE;
}

static gboolean
skip_digits (Grammar *self)
{
  gsize n = strspn (self->at, "0123456789");

  self->at += n;
  return n > 0;
}

static gboolean
skip_number (Grammar *self)
{
  self->n_values++;
  self->at += *self->at == '-';
  if (*self->at == '0')
    self->at++;
  else if (!skip_digits (self))
    return FALSE;
  if (*self->at == '.' && (self->at++, !skip_digits (self)))
    return FALSE;
  if (*self->at != 'e' && *self->at != 'E')
    return TRUE;
  self->at++;
  self->at += *self->at == '+' || *self->at == '-';
  return skip_digits (self);
}

static gboolean
skip_word (Grammar *self)
{
  static const char *const words[] = { "true", "false", "null" };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_has_prefix (self->at, words[i]))
      {
        self->n_values++;
        self->at += strlen (words[i]);
        return TRUE;
      }
  return skip_number (self);
}

static gboolean
skip_container (Grammar *self, char end, gboolean has_names)
{
  guint n_members = 0;

  self->n_values++;
  self->depth++;
  self->deepest = MAX (self->deepest, self->depth);
  self->at++;
  skip_space (self);
  if (*self->at != end)
    do
      {
        if (has_names && (!skip_string (self) || !skip_char (self, ':')))
          return FALSE;
        if (has_names)
          self->n_pairs += n_members++;
        if (!skip_value (self))
          return FALSE;
      }
    while (skip_char (self, ','));
  self->most_members = MAX (self->most_members, n_members);
  self->depth--;
  return *self->at++ == end;
}

static gboolean
skip_value (Grammar *self)
{
  if (self->depth > WN_JSON_GUARD_MAX_DEPTH)
    return FALSE;
  switch (*self->at)
    {
    case '{':
      return skip_container (self, '}', TRUE);
    case '[':
      return skip_container (self, ']', FALSE);
    case '"':
      return skip_string (self);
    default:
      return skip_word (self);
    }
}

static gboolean
is_json_within_limits (const char *text)
{
  Grammar grammar = { .at = text };

  skip_space (&grammar);
  if (!skip_value (&grammar))
    return FALSE;
  skip_space (&grammar);
  return *grammar.at == '\0' && grammar.deepest <= WN_JSON_GUARD_MAX_DEPTH
         && grammar.n_values <= WN_JSON_GUARD_MAX_VALUES
         && grammar.most_members <= WN_JSON_GUARD_MAX_MEMBERS
         && grammar.n_pairs <= MAX_PAIRS;
}

static void
check_node (JsonNode *node)
{
  if (JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == G_TYPE_STRING)
    g_assert_true (g_utf8_validate (json_node_get_string (node), -1, NULL));
  if (JSON_NODE_HOLDS_ARRAY (node))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node));
         i++)
      check_node (json_array_get_element (json_node_get_array (node), i));
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObjectIter iter;
      const char *name;
      JsonNode *member;

      json_object_iter_init (&iter, json_node_get_object (node));
      while (json_object_iter_next (&iter, &name, &member))
        {
          g_assert_true (g_utf8_validate (name, -1, NULL));
          check_node (member);
        }
    }
}

/* What follows one in a string would be lost. */
static void
check_has_no_nul (const char *text)
{
  for (; *text != '\0'; text++)
    if (*text == '\\' && *++text == 'u')
      g_assert_false (g_str_has_prefix (text + 1, "0000"));
}

/* A copy is a text that passes, as it is but for numbers of ours. */
static void
check_copy (const GString *copy)
{
  g_autoptr (GString) again = g_string_new (NULL);

  g_assert_cmpint (wn_json_guard_copy (copy->str, copy->len, again),
                   ==,
                   WN_JSON_GUARD_PASS);
  if (strstr (copy->str, WN_JSON_GUARD_NUMBER) == NULL)
    g_assert_cmpstr (again->str, ==, copy->str);
  check_has_no_nul (copy->str);
}

/* Digits as they came stand in the text. */
static void
check_texts (JsonNode *node, const char *text)
{
  JsonObjectIter iter;
  JsonNode *member;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return;
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, NULL, &member))
    {
      g_autofree char *shown = wn_json_dup_text (member);

      g_assert_true (g_utf8_validate (shown, -1, NULL));
      if (wn_json_is_number (member)
          && strstr (text, WN_JSON_GUARD_NUMBER) == NULL
          && strstr (text, "\\u") == NULL)
        g_assert_nonnull (strstr (text, shown));
    }
}

static gboolean
parse (const char *text, gsize length)
{
  g_autoptr (GString) copy = g_string_new (NULL);
  g_autoptr (JsonNode) root = wn_json_read (text, length, NULL);

  if (wn_json_guard_copy (text, length, copy) != WN_JSON_GUARD_PASS)
    {
      g_assert_null (root);
      return FALSE;
    }
  check_copy (copy);
  if (root == NULL)
    return FALSE;
  check_node (root);
  check_texts (root, text);
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);

  if (!g_utf8_validate_len ((const char *) data, size, NULL))
    return 0;

  gboolean is_json = is_json_within_limits (text);

  if (parse (text, size) != is_json)
    g_error ("%s by RFC 8259, but not by us: %.*s",
             is_json ? "JSON" : "no JSON",
             (int) size,
             (const char *) data);
  return 0;
}
