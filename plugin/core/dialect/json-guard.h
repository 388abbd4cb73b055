/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A look over a JSON text before a recursive, lenient parser sees it. No
 * parser itself: it knows tokens, not grammar. Pure, linear, no recursion.
 * `core/dialect/json.h` is its only user.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** The nesting that is read, in levels. */
#define WN_JSON_GUARD_MAX_DEPTH 64

/** The values, names included, that are read of one text. */
#define WN_JSON_GUARD_MAX_VALUES 65536

/** The members that are read of one object, each repeat of a name included. */
#define WN_JSON_GUARD_MAX_MEMBERS 1000

/** How many objects of so many members are read of one text; of smaller ones
 * more, as many as have no more pairs of members. json-glib compares each pair
 * of an object's names where all have one hash.
 */
#define WN_JSON_GUARD_MAX_FULL_OBJECTS 4

/**
 * WN_JSON_GUARD_NUMBER: what begins a string that was a number
 *
 * json-glib keeps neither the digits of a long number nor those of a fraction.
 * Such a number reaches it as a string of this noncharacter and the number's
 * text. A string from outside that begins so begins with U+FFFD instead.
 */
#define WN_JSON_GUARD_NUMBER "\xef\xb7\x90"

/**
 * WnJsonGuardVerdict:
 * @WN_JSON_GUARD_PASS: a parser may be given the copy; it finds the rest
 * @WN_JSON_GUARD_TOO_BIG: it is nested deeper, or holds more, than we read
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
 * wn_json_guard_copy:
 * @text: (array length=length): valid UTF-8
 * @length: in bytes
 * @copy: the text is appended here, whole where the verdict is
 *   %WN_JSON_GUARD_PASS
 *
 * Escapes that have no place in a C string of valid UTF-8, which are `\u0000`
 * and lone surrogates, become U+FFFD; numbers that json-glib would change
 * become strings (%WN_JSON_GUARD_NUMBER).
 *
 * Returns: what to do with the text
 */
WnJsonGuardVerdict
wn_json_guard_copy (const char *text, gsize length, GString *copy);

G_END_DECLS
