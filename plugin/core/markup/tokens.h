/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The HTML standard's tokenizer, as far as a body from outside needs it: one
 * pass, nothing copied, and no word lost that a browser shows. Pure; knows no
 * element. Internal to the markup modules.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Further attributes of a tag are not told. */
#define WN_TOKENS_MAX_ATTRIBUTES 32

/**
 * WnTokensAttribute:
 * @name: (unowned): where its name begins in the HTML, in any case
 * @name_length: in bytes
 * @value: (unowned): where its value begins, without quotes; character
 *   references in it are as they were
 * @value_length: in bytes; 0 where there is no value
 */
typedef struct
{
  const char *name;
  gsize name_length;
  const char *value;
  gsize value_length;
} WnTokensAttribute;

typedef enum
{
  WN_TOKENS_NOTHING, /* the end of the HTML */
  WN_TOKENS_START_TAG,
  WN_TOKENS_END_TAG,
  WN_TOKENS_COMMENT,
} WnTokensKind;

/**
 * WnToken:
 * @text: (unowned): what stands before the tag; character references in it are
 *   as they were
 * @text_length: in bytes, may be 0
 * @kind: what stands behind the text
 * @name: (unowned): a tag's name, in any case
 * @name_length: in bytes
 * @attributes: (array length=n_attributes): a start tag's
 */
typedef struct
{
  const char *text;
  gsize text_length;
  WnTokensKind kind;
  const char *name;
  gsize name_length;
  guint n_attributes;
  WnTokensAttribute attributes[WN_TOKENS_MAX_ATTRIBUTES];
} WnToken;

/** WnTokens: what is still to be read. */
typedef struct
{
  const char *at;         /* (unowned): where to go on */
  const char *end;        /* (unowned): of the HTML */
  const char *last_close; /* (unowned) (nullable): the HTML's last `>` */
  gssize patience;        /* bytes that may still be read in vain */
} WnTokens;

/**
 * wn_tokens_init:
 * @self: to be initialised
 * @html: (array length=length): valid UTF-8; must outlive @self
 * @length: in bytes
 */
void wn_tokens_init (WnTokens *self, const char *html, gsize length);

/**
 * wn_tokens_next:
 * @self: what is still to be read
 * @token: (out): the next text with the tag or comment that ends it
 *
 * A `<` that no tag begins with is text. So is one before what looks like an
 * address ("<sales@shop.example>"), because no element is named so.
 */
void wn_tokens_next (WnTokens *self, WnToken *token);

/**
 * wn_tokens_take_raw:
 * @self: what is still to be read, right behind @start
 * @start: the start tag of an element whose content is no markup
 * @length: (out): of the content, in bytes
 *
 * Returns: the content up to the element's end tag, or all that is left
 */
const char *
wn_tokens_take_raw (WnTokens *self, const WnToken *start, gsize *length);

/**
 * wn_tokens_append_decoded:
 * @out: where to append
 * @text: (array length=length): text or an attribute's value
 * @length: in bytes
 *
 * Replaces character references. Those of impossible characters vanish; named
 * ones need their semicolon.
 */
void wn_tokens_append_decoded (GString *out, const char *text, gsize length);

/** Whether @name, of @length bytes in any case, is @wanted, in lower case. */
static inline gboolean
wn_tokens_is_name (const char *name, gsize length, const char *wanted)
{
  gsize i = 0;

  /* A letter with this bit is in lower case; digits and `-` have it anyway. */
  while (i < length && (name[i] | 0x20) == wanted[i])
    i++;
  return i == length && wanted[i] == '\0';
}

G_END_DECLS
