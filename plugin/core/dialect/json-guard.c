/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What json-glib 1.6 can't be trusted with: it recurses for each level, takes
 * more than JSON, and hands out strings that end at U+0000 or that are no
 * UTF-8. Commas, colons and matching brackets are left to it.
 */

#include "core/dialect/json-guard.h"

#include <string.h>

#include "core/markup/octets.h"

#define ESCAPE_LENGTH 6 /* of "\uXXXX" */

typedef struct
{
  char *at;        /* (unowned): into the caller's text */
  const char *end; /* (unowned): just behind it */
  guint depth;     /* levels open */
  guint n_values;
  char previous; /* the last token's first byte, 0 before the first one */
} Guard;

/* The code unit of the escape at @at, or -1 where there is none. */
static int
read_escaped_unit (const char *at, const char *end)
{
  int unit = 0;

  if (end - at < ESCAPE_LENGTH || at[0] != '\\' || at[1] != 'u')
    return -1;
  for (int i = 2; i < ESCAPE_LENGTH; i++)
    {
      int digit = g_ascii_xdigit_value (at[i]);

      if (digit < 0)
        return -1;
      unit = unit * 16 + digit;
    }
  return unit;
}

static gboolean
is_high_surrogate (int unit)
{
  return unit >= 0xd800 && unit <= 0xdbff;
}

static gboolean
is_low_surrogate (int unit)
{
  return unit >= 0xdc00 && unit <= 0xdfff;
}

static gboolean
skip_unicode_escape (Guard *self)
{
  int unit = read_escaped_unit (self->at, self->end);

  if (unit < 0)
    return FALSE;
  if (is_high_surrogate (unit)
      && is_low_surrogate (
          read_escaped_unit (self->at + ESCAPE_LENGTH, self->end)))
    {
      self->at += 2 * ESCAPE_LENGTH;
      return TRUE;
    }
  if (unit == 0 || is_high_surrogate (unit) || is_low_surrogate (unit))
    memcpy (self->at + 2, "fffd", 4);
  self->at += ESCAPE_LENGTH;
  return TRUE;
}

static gboolean
skip_escape (Guard *self)
{
  if (self->end - self->at < 2)
    return FALSE;
  if (self->at[1] == 'u')
    return skip_unicode_escape (self);
  if (self->at[1] == '\0' || strchr ("\"\\/bfnrt", self->at[1]) == NULL)
    return FALSE;
  self->at += 2;
  return TRUE;
}

/* The next byte of a string that is no plain part of it, or @end. */
static char *
find_special (char *at, const char *end)
{
  for (; end - at >= WN_OCTETS_BYTES; at += WN_OCTETS_BYTES)
    {
      guint64 octets = wn_octets_load (at);
      guint64 found = wn_octets_below (octets, 0x20)
                      | wn_octets_equal (octets, '"')
                      | wn_octets_equal (octets, '\\');

      if (found)
        return at + wn_octets_before (found);
    }
  while (at < end && *at != '"' && *at != '\\' && (guchar) *at >= 0x20)
    at++;
  return at;
}

static gboolean
skip_string (Guard *self)
{
  self->at = find_special (self->at + 1, self->end);
  while (self->at < self->end && *self->at != '"')
    {
      if (*self->at != '\\' || !skip_escape (self))
        return FALSE;
      self->at = find_special (self->at, self->end);
    }
  if (self->at == self->end)
    return FALSE;
  self->at++;
  return TRUE;
}

static const char *
skip_digits (const char *at)
{
  while (g_ascii_isdigit (*at))
    at++;
  return at;
}

/* Past a dot or an exponent's sign there has to be a digit. */
static gboolean
skip_some_digits (const char **at)
{
  const char *from = *at;

  *at = skip_digits (from);
  return *at > from;
}

static gboolean
is_number (const char *word)
{
  if (*word == '-')
    word++;
  if (word[0] == '0' && g_ascii_isdigit (word[1]))
    return FALSE;
  if (!skip_some_digits (&word))
    return FALSE;
  if (*word == '.' && (word++, !skip_some_digits (&word)))
    return FALSE;
  if (*word == 'e' || *word == 'E')
    {
      word++;
      if (*word == '+' || *word == '-')
        word++;
      if (!skip_some_digits (&word))
        return FALSE;
    }
  return *word == '\0';
}

static gboolean
is_in_word (char c)
{
  return g_ascii_isalnum (c) || c == '+' || c == '-' || c == '.';
}

static gboolean
skip_word (Guard *self)
{
  const char *from = self->at;

  while (self->at < self->end && is_in_word (*self->at))
    self->at++;

  g_autofree char *word = g_strndup (from, (gsize) (self->at - from));

  return g_str_equal (word, "true") || g_str_equal (word, "false")
         || g_str_equal (word, "null") || is_number (word);
}

static WnJsonGuardVerdict
skip_value (Guard *self)
{
  if (self->depth == 0 && self->n_values > 0)
    return WN_JSON_GUARD_NOT_JSON;
  if (++self->n_values > WN_JSON_GUARD_MAX_VALUES)
    return WN_JSON_GUARD_TOO_BIG;

  gboolean fine = *self->at == '"' ? skip_string (self) : skip_word (self);

  return fine ? WN_JSON_GUARD_PASS : WN_JSON_GUARD_NOT_JSON;
}

static WnJsonGuardVerdict
open_bracket (Guard *self)
{
  if (self->depth == 0 && self->n_values > 0)
    return WN_JSON_GUARD_NOT_JSON;
  if (++self->n_values > WN_JSON_GUARD_MAX_VALUES)
    return WN_JSON_GUARD_TOO_BIG;
  if (++self->depth > WN_JSON_GUARD_MAX_DEPTH)
    return WN_JSON_GUARD_TOO_BIG;
  self->at++;
  return WN_JSON_GUARD_PASS;
}

static WnJsonGuardVerdict
close_bracket (Guard *self)
{
  if (self->depth == 0 || self->previous == ',')
    return WN_JSON_GUARD_NOT_JSON;
  self->depth--;
  self->at++;
  return WN_JSON_GUARD_PASS;
}

static WnJsonGuardVerdict
skip_token (Guard *self)
{
  switch (*self->at)
    {
    case '{':
    case '[':
      return open_bracket (self);
    case '}':
    case ']':
      return close_bracket (self);
    case ',':
    case ':':
      self->at++;
      return WN_JSON_GUARD_PASS;
    default:
      return skip_value (self);
    }
}

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
skip_space (Guard *self)
{
  while (self->at < self->end && is_space (*self->at))
    self->at++;
}

WnJsonGuardVerdict
wn_json_guard_check (char *text, gsize length)
{
  Guard self = { .at = text, .end = text + length };

  for (skip_space (&self); self.at < self.end; skip_space (&self))
    {
      char first = *self.at;
      WnJsonGuardVerdict verdict = skip_token (&self);

      if (verdict != WN_JSON_GUARD_PASS)
        return verdict;
      self.previous = first;
    }
  return self.n_values > 0 && self.depth == 0 ? WN_JSON_GUARD_PASS
                                              : WN_JSON_GUARD_NOT_JSON;
}
