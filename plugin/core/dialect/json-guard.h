/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A look over a JSON text before a recursive, lenient parser sees it. No
 * parser itself: it knows tokens, not grammar. Pure, linear, no recursion.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** The nesting that is read, in levels. */
#define WN_JSON_GUARD_MAX_DEPTH 64

/** The values, names included, that are read of one text. */
#define WN_JSON_GUARD_MAX_VALUES 65536

/**
 * WnJsonGuardVerdict:
 * @WN_JSON_GUARD_PASS: a parser may be given the text; it finds the rest
 * @WN_JSON_GUARD_TOO_BIG: it is nested deeper than %WN_JSON_GUARD_MAX_DEPTH or
 *   holds more than %WN_JSON_GUARD_MAX_VALUES
 * @WN_JSON_GUARD_NOT_JSON: something in it is in no JSON text (RFC 8259): a
 *   comment, a single quote, a comma before a closing bracket, a second value
 */
typedef enum
{
  WN_JSON_GUARD_PASS,
  WN_JSON_GUARD_TOO_BIG,
  WN_JSON_GUARD_NOT_JSON,
} WnJsonGuardVerdict;

/**
 * wn_json_guard_check:
 * @text: (array length=length) (inout): valid UTF-8, changed in place
 * @length: in bytes
 *
 * Escapes in strings that have no place in a C string of valid UTF-8, which
 * are `\u0000` and lone surrogates, become `\ufffd`.
 *
 * Returns: what to do with the text
 */
WnJsonGuardVerdict wn_json_guard_check (char *text, gsize length);

G_END_DECLS
