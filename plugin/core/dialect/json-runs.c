/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A run is replaced by a control character and its number in four digits. A
 * text that has this character itself, or an escape of it, stays as it is.
 */

#include "core/dialect/json-runs.h"

#include <string.h>

#include "core/markup/octets.h"

#define STAND_IN '\x7f'
#define N_DIGITS 4
#define ESCAPE_LENGTH 6  /* of "\\uXXXX" */
#define MAX_RUNS 0x10000 /* what four digits can number */
/* In shorter ones there is nothing to gain, and no name that counts is as long
 * as such a run.
 */
#define MIN_TEXT_BYTES 512
#define MIN_RUN_BYTES 64

typedef struct
{
  const char *text; /* (unowned): the caller's */
  gsize length;     /* in bytes */
} Run;

/* The string's next quote or backslash. */
static const char *
find_special (const char *p, const char *end)
{
  for (; end - p >= WN_OCTETS_BYTES; p += WN_OCTETS_BYTES)
    {
      guint64 octets = wn_octets_load (p);
      guint64 found
          = wn_octets_equal (octets, '"') | wn_octets_equal (octets, '\\');

      if (found)
        return p + wn_octets_before (found);
    }
  while (p < end && *p != '"' && *p != '\\')
    p++;
  return p;
}

static void
add_run (WnJsonRuns *self, const char *text, gsize length)
{
  Run run = { text, length };

  if (length < MIN_RUN_BYTES || self->runs->len == MAX_RUNS)
    {
      g_string_append_len (self->json, text, (gssize) length);
      return;
    }
  g_string_append_printf (self->json,
                          "%c%0*x",
                          STAND_IN,
                          N_DIGITS,
                          self->runs->len);
  g_array_append_val (self->runs, run);
}

/* What is behind the quote or the escape at @special. */
static const char *
skip_special (const char *special, const char *end)
{
  gsize length = *special != '\\' ? 1 : special[1] != 'u' ? 2 : ESCAPE_LENGTH;

  return length < (gsize) (end - special) ? special + length : end;
}

static gboolean
is_escaped_stand_in (const char *p, const char *behind)
{
  return behind - p == ESCAPE_LENGTH
         && g_ascii_strncasecmp (p, "\\u007f", ESCAPE_LENGTH) == 0;
}

/* Adds the string that begins at @p. Returns what is behind it, or %NULL where
 * it has the stand-in.
 */
static const char *
add_string (WnJsonRuns *self, const char *p, const char *end, guint depth)
{
  g_string_append_c (self->json, *p++);
  while (p < end)
    {
      const char *special = find_special (p, end);
      const char *behind = skip_special (special, end);

      if (is_escaped_stand_in (special, behind))
        return NULL;
      if (depth == 1)
        add_run (self, p, (gsize) (special - p));
      else
        g_string_append_len (self->json, p, special - p);
      g_string_append_len (self->json, special, behind - special);
      p = behind;
      if (*special == '"')
        break;
    }
  return p;
}

/* Returns whether the text has no stand-in. */
static gboolean
shorten (WnJsonRuns *self, const char *p, const char *end)
{
  guint depth = 0;

  while (p != NULL && p < end)
    {
      if (*p == '"')
        {
          p = add_string (self, p, end, depth);
          continue;
        }
      if (*p == '{' || *p == '[')
        depth++;
      else if (*p == '}' || *p == ']')
        depth--;
      g_string_append_c (self->json, *p++);
    }
  return p != NULL;
}

void
wn_json_runs_init (WnJsonRuns *self, const char *text, gsize length)
{
  *self = (WnJsonRuns){ 0 };
  if (length < MIN_TEXT_BYTES || memchr (text, STAND_IN, length) != NULL)
    return;
  self->json = g_string_sized_new (MIN_TEXT_BYTES);
  self->runs = g_array_new (FALSE, FALSE, sizeof (Run));
  if (!shorten (self, text, text + length) || self->runs->len == 0)
    wn_json_runs_clear (self);
}

void
wn_json_runs_clear (WnJsonRuns *self)
{
  if (self->json != NULL)
    g_string_free (self->json, TRUE);
  g_clear_pointer (&self->runs, g_array_unref);
  self->json = NULL;
}

/* The string of @node with its runs. */
static char *
dup_restored (const WnJsonRuns *self, const char *string)
{
  GString *out = g_string_new (NULL);
  const char *p = string;

  for (;;)
    {
      gsize length = strcspn (p, "\x7f");
      char number[N_DIGITS + 1] = "";
      const Run *run;

      g_string_append_len (out, p, (gssize) length);
      if (p[length] == '\0')
        return g_string_free (out, FALSE);
      p += length + 1;
      memcpy (number, p, N_DIGITS);
      p += N_DIGITS;
      run = &g_array_index (self->runs,
                            Run,
                            g_ascii_strtoull (number, NULL, 16));
      g_string_append_len (out, run->text, (gssize) run->length);
    }
}

static void
restore_member (JsonObject *object,
                const char *name,
                JsonNode *node,
                gpointer user_data)
{
  const char *string;
  g_autofree char *restored = NULL;

  if (!JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_STRING)
    return;
  string = json_node_get_string (node);
  if (strchr (string, STAND_IN) == NULL)
    return;
  restored = dup_restored (user_data, string);
  json_node_set_string (node, restored);
}

void
wn_json_runs_restore (const WnJsonRuns *self, JsonObject *object)
{
  if (self->runs != NULL)
    json_object_foreach_member (object, restore_member, (gpointer) self);
}
