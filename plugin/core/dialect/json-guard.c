/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What json-glib 1.6 can't be trusted with: it recurses for each level, takes
 * more than JSON, hands out strings that end at U+0000 or that are no UTF-8,
 * rounds numbers, and is quadratic in the names of one object that have one
 * hash. Commas, colons and matching brackets are left to it.
 */

#include "core/dialect/json-guard.h"

#include <string.h>

#define ESCAPE_LENGTH 6 /* of "\uXXXX" */

/* WN_JSON_GUARD_NUMBER's */
#define NUMBER_MARK_UNIT 0xfdd0

/* A number of so many digits fits into 64 bits, whichever they are. */
#define MAX_DIGITS 18

#define MAX_PAIRS                                                              \
  (WN_JSON_GUARD_MAX_FULL_OBJECTS * WN_JSON_GUARD_MAX_MEMBERS                  \
   * (WN_JSON_GUARD_MAX_MEMBERS - 1) / 2)

typedef struct
{
  const char *at;     /* (unowned): into the caller's text */
  const char *end;    /* (unowned): just behind it */
  const char *copied; /* (unowned): up to here @copy has it */
  GString *copy;      /* (unowned): the caller's */
  guint depth;        /* levels open */
  guint n_values;
  guint n_members[WN_JSON_GUARD_MAX_DEPTH + 1]; /* so far, of each level */
  guint n_pairs; /* of members of one object, in all objects */
  char previous; /* the last token's first byte, 0 before the first one */
} Guard;

static void
copy_until (Guard *self, const char *at)
{
  g_string_append_len (self->copy, self->copied, at - self->copied);
  self->copied = at;
}

/* Copies U+FFFD in place of the @length bytes where we are, and passes them. */
static void
replace_bytes (Guard *self, gsize length)
{
  copy_until (self, self->at);
  g_string_append (self->copy, "\\ufffd");
  self->at += length;
  self->copied = self->at;
}

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
    replace_bytes (self, ESCAPE_LENGTH);
  else
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
static const char *
find_special (const char *at, const char *end)
{
  while (at < end && *at != '"' && *at != '\\' && (guchar) *at >= 0x20)
    at++;
  return at;
}

/* No string from outside may pass for a number of ours. */
static void
skip_number_mark (Guard *self)
{
  gsize length = strlen (WN_JSON_GUARD_NUMBER);

  if ((gsize) (self->end - self->at) >= length
      && memcmp (self->at, WN_JSON_GUARD_NUMBER, length) == 0)
    replace_bytes (self, length);
  else if (read_escaped_unit (self->at, self->end) == NUMBER_MARK_UNIT)
    replace_bytes (self, ESCAPE_LENGTH);
}

static gboolean
skip_string (Guard *self)
{
  self->at++;
  skip_number_mark (self);
  self->at = find_special (self->at, self->end);
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

/* Whether a 64-bit integer is written like this, digit for digit. */
static gboolean
is_kept (const char *number)
{
  const char *digits = *number == '-' ? number + 1 : number;
  gsize length = strlen (digits);

  if (g_str_equal (number, "-0"))
    return FALSE;
  return length <= MAX_DIGITS && strspn (digits, "0123456789") == length;
}

static void
copy_as_string (Guard *self, const char *from)
{
  copy_until (self, from);
  g_string_append (self->copy, "\"" WN_JSON_GUARD_NUMBER);
  copy_until (self, self->at);
  g_string_append_c (self->copy, '"');
}

static gboolean
skip_word (Guard *self)
{
  const char *from = self->at;

  while (self->at < self->end && is_in_word (*self->at))
    self->at++;

  g_autofree char *word = g_strndup (from, (gsize) (self->at - from));

  if (g_str_equal (word, "true") || g_str_equal (word, "false")
      || g_str_equal (word, "null"))
    return TRUE;
  if (!is_number (word))
    return FALSE;
  if (!is_kept (word))
    copy_as_string (self, from);
  return TRUE;
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
  self->n_members[self->depth] = 0;
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

/* A number as a member's name would be a string by now, and so pass. */
static WnJsonGuardVerdict
skip_colon (Guard *self)
{
  guint n_before = self->n_members[self->depth]++;

  if (self->previous != '"')
    return WN_JSON_GUARD_NOT_JSON;

  self->n_pairs += n_before;
  if (n_before >= WN_JSON_GUARD_MAX_MEMBERS || self->n_pairs > MAX_PAIRS)
    return WN_JSON_GUARD_TOO_BIG;
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
    case ':':
      return skip_colon (self);
    case ',':
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
wn_json_guard_copy (const char *text, gsize length, GString *copy)
{
  Guard self = {
    .at = text,
    .end = text + length,
    .copied = text,
    .copy = copy,
  };

  for (skip_space (&self); self.at < self.end; skip_space (&self))
    {
      char first = *self.at;
      WnJsonGuardVerdict verdict = skip_token (&self);

      if (verdict != WN_JSON_GUARD_PASS)
        return verdict;
      self.previous = first;
    }
  if (self.n_values == 0 || self.depth > 0)
    return WN_JSON_GUARD_NOT_JSON;
  copy_until (&self, self.end);
  return WN_JSON_GUARD_PASS;
}
