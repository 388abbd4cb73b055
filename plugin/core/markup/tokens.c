/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Follows https://html.spec.whatwg.org/#tokenization from the data state to
 * the after attribute value state. It differs from a browser where a browser
 * would hide words: a tag that nothing closes is text, and a quote that would
 * swallow the rest of the body doesn't count.
 */

#include "core/markup/tokens.h"

#include <libxml/HTMLparser.h>
#include <string.h>

#include "core/markup/text.h"

/* How often a byte may be read, on average, in search of the end of tags that
 * have none.
 */
#define PATIENCE 8
#define MAX_ENTITY_NAME_BYTES 32

/* --- Tags ----------------------------------------------------------------- */

static gboolean
ends_name (char c)
{
  return wn_text_is_space (c) || c == '/' || c == '>';
}

static const gboolean is_name_char[256] = {
  ['-'] = TRUE, ['0' ... ':'] = TRUE, ['A' ... 'Z'] = TRUE,
  ['_'] = TRUE, ['a' ... 'z'] = TRUE,
};

/* Returns: how many bytes at @p are a tag's name, 0 where it is none */
static gsize
tag_name_length (const char *p, const char *end)
{
  const char *q = p;

  if (p == end || !g_ascii_isalpha (*p))
    return 0;
  while (q < end && is_name_char[(guchar) *q])
    q++;
  /* "<https://shop.example>" names no element. */
  if (q == end || !ends_name (*q) || q[-1] == ':')
    return 0;
  return (gsize) (q - p);
}

static const char *
skip_spaces (const char *p, const char *end)
{
  while (p < end && wn_text_is_space (*p))
    p++;
  return p;
}

static const char *
read_quoted (const char *p, const char *end, WnTokensAttribute *attribute)
{
  const char *close = memchr (p + 1, *p, (gsize) (end - p - 1));

  attribute->value = p + 1;
  attribute->value_length
      = (gsize) ((close != NULL ? close : end) - attribute->value);
  return close != NULL ? close + 1 : end;
}

/* Returns: where to go on reading */
static const char *
read_attribute_value (const char *p,
                      const char *end,
                      WnTokensAttribute *attribute)
{
  if (p < end && (*p == '"' || *p == '\''))
    return read_quoted (p, end, attribute);
  attribute->value = p;
  while (p < end && !wn_text_is_space (*p) && *p != '>')
    p++;
  attribute->value_length = (gsize) (p - attribute->value);
  return p;
}

/* Returns: where to go on reading */
static const char *
read_attribute (const char *p, const char *end, WnTokensAttribute *attribute)
{
  const char *sign;

  /* The first character belongs to the name, even if it is a `=`. */
  *attribute = (WnTokensAttribute){ .name = p++, .value = "" };
  while (p < end && !ends_name (*p) && *p != '=')
    p++;
  attribute->name_length = (gsize) (p - attribute->name);
  sign = skip_spaces (p, end);
  if (sign < end && *sign == '=')
    return read_attribute_value (skip_spaces (sign + 1, end), end, attribute);
  return p;
}

/* Returns: the tag's `>`, or @end where there is none */
static const char *
read_attributes (const char *p, const char *end, WnToken *token)
{
  WnTokensAttribute further;

  token->n_attributes = 0;
  for (;;)
    {
      while (p < end && (wn_text_is_space (*p) || *p == '/'))
        p++;
      if (p == end || *p == '>')
        return p;
      if (token->n_attributes < WN_TOKENS_MAX_ATTRIBUTES)
        p = read_attribute (p, end, &token->attributes[token->n_attributes++]);
      else
        p = read_attribute (p, end, &further);
    }
}

/* Returns: the tag's `>`; the next `>` of all where an open quote would make
 * the tag endless
 */
static const char *
tokens_read_attributes (WnTokens *self, const char *p, WnToken *token)
{
  const char *close;

  if (self->patience > 0)
    {
      close = read_attributes (p, self->end, token);
      if (close < self->end)
        return close;
      self->patience -= self->end - p;
    }
  close = memchr (p, '>', (gsize) (self->end - p));
  read_attributes (p, close, token);
  return close;
}

/* --- Comments ------------------------------------------------------------- */

/* Returns: what is behind the comment at @p. The two dashes that begin it may
 * end it too, except before an exclamation mark.
 */
static const char *
skip_comment (const char *p, const char *end)
{
  for (const char *q = p + 4; q < end; q++)
    {
      q = memchr (q, '>', (gsize) (end - q));
      if (q == NULL)
        return end;
      if (q[-1] == '-' && q[-2] == '-')
        return q + 1;
      if (q - p >= 7 && memcmp (q - 3, "--!", 3) == 0)
        return q + 1;
    }
  return end;
}

/* Returns: what is behind the comment, declaration or instruction at @p; NULL
 * where nothing closes a declaration, so that it is text
 */
static const char *
tokens_skip_comment (const WnTokens *self, const char *p)
{
  if (self->end - p >= 4 && memcmp (p, "<!--", 4) == 0)
    return skip_comment (p, self->end);
  if (self->last_close == NULL || p > self->last_close)
    return NULL;
  return (const char *) memchr (p, '>', (gsize) (self->end - p)) + 1;
}

/* --- Tokens --------------------------------------------------------------- */

/* Reads what begins with the `<` at @p. Returns: what is behind it; NULL where
 * it is text
 */
static const char *
tokens_read_bracket (WnTokens *self, const char *p, WnToken *token)
{
  const char *name = p + 1;
  gboolean is_end = name < self->end && *name == '/';

  if (name < self->end && (*name == '!' || *name == '?'))
    {
      token->kind = WN_TOKENS_COMMENT;
      return tokens_skip_comment (self, p);
    }
  if (is_end)
    name++;
  if (self->last_close == NULL || name > self->last_close)
    return NULL;
  token->name_length = tag_name_length (name, self->end);
  if (token->name_length == 0)
    return NULL;
  token->kind = is_end ? WN_TOKENS_END_TAG : WN_TOKENS_START_TAG;
  token->name = name;
  return tokens_read_attributes (self, name + token->name_length, token) + 1;
}

void
wn_tokens_init (WnTokens *self, const char *html, gsize length)
{
  *self = (WnTokens){
    .at = html,
    .end = html + length,
    .patience = (gssize) length * PATIENCE,
  };
  for (const char *p = self->end; p > html && self->last_close == NULL; p--)
    if (p[-1] == '>')
      self->last_close = p - 1;
}

void
wn_tokens_next (WnTokens *self, WnToken *token)
{
  const char *p = self->at;

  token->text = p;
  while ((p = memchr (p, '<', (gsize) (self->end - p))) != NULL)
    {
      const char *behind = tokens_read_bracket (self, p, token);

      if (behind != NULL)
        {
          token->text_length = (gsize) (p - token->text);
          self->at = behind;
          return;
        }
      p++;
    }
  token->kind = WN_TOKENS_NOTHING;
  token->text_length = (gsize) (self->end - token->text);
  self->at = self->end;
}

const char *
wn_tokens_take_raw (WnTokens *self, const WnToken *start, gsize *length)
{
  const char *raw = self->at;
  const char *p = raw;

  while ((p = memchr (p, '<', (gsize) (self->end - p))) != NULL)
    {
      const char *name = p + 2;

      if (name < self->end && p[1] == '/'
          && tag_name_length (name, self->end) == start->name_length
          && g_ascii_strncasecmp (name, start->name, start->name_length) == 0)
        break;
      p++;
    }
  self->at = p != NULL ? p : self->end;
  *length = (gsize) (self->at - raw);
  return raw;
}

/* --- Character references ------------------------------------------------- */

/* Reads the number behind the `&#` at @p, which needs no semicolon. Returns:
 * what is behind it
 */
static const char *
read_number (const char *p, const char *end, gunichar *c)
{
  gboolean is_hex = end - p > 2 && (p[2] == 'x' || p[2] == 'X');
  int base = is_hex ? 16 : 10;
  const char *digits = p + (is_hex ? 3 : 2);
  const char *q = digits;

  for (*c = 0; q < end; q++)
    {
      int digit = g_ascii_xdigit_value (*q);

      if (digit < 0 || digit >= base)
        break;
      *c = MIN (*c * (guint) base + (guint) digit, 0x110000);
    }
  if (q == digits)
    return p;
  return q < end && *q == ';' ? q + 1 : q;
}

/* Reads the name behind the `&` at @p. Returns: what is behind it; @p where it
 * names nothing
 */
static const char *
read_name (const char *p, const char *end, gunichar *c)
{
  char name[MAX_ENTITY_NAME_BYTES + 1];
  const htmlEntityDesc *entity = NULL;
  gsize n = 0;

  while (n < MAX_ENTITY_NAME_BYTES && p + 1 + n < end
         && g_ascii_isalnum (p[1 + n]))
    {
      name[n] = p[1 + n];
      n++;
    }
  name[n] = '\0';
  if (n == 0 || p + 1 + n == end || p[1 + n] != ';')
    return p;
  entity = htmlEntityLookup ((const xmlChar *) name);
  if (entity == NULL)
    return p;
  *c = entity->value;
  return p + n + 2;
}

void
wn_tokens_append_decoded (GString *out, const char *text, gsize length)
{
  const char *end = text + length;
  const char *p = text;
  const char *ampersand;

  while ((ampersand = memchr (p, '&', (gsize) (end - p))) != NULL)
    {
      gboolean is_number = end - ampersand > 1 && ampersand[1] == '#';
      gunichar c = 0;
      const char *behind = is_number ? read_number (ampersand, end, &c)
                                     : read_name (ampersand, end, &c);

      g_string_append_len (out, p, ampersand - p);
      if (behind == ampersand)
        g_string_append_c (out, *behind++);
      else if (c != 0 && g_unichar_validate (c))
        g_string_append_unichar (out, c);
      p = behind;
    }
  g_string_append_len (out, p, end - p);
}
