/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Cases in files: NAME.SUFFIX is an input, as it comes from outside, and
 * NAME.expected what the test has to say of it. Both end in a line feed that
 * isn't theirs. The inputs of a folder serve as a fuzzer's corpus too.
 */

#pragma once

#include "core/message/notification.h"

G_BEGIN_DECLS

/**
 * WnCase:
 * @name: (owned): a sentence, the file's name with spaces for hyphens; what
 *   is before a dot is a group
 * @path: (owned): of the expected file
 * @input: (owned): NUL-terminated behind @length, whatever it holds
 * @length: of @input, in bytes
 * @expected: (owned)
 */
typedef struct
{
  char *name;
  char *path;
  char *input;
  gsize length;
  char *expected;
} WnCase;

/**
 * wn_cases_load:
 * @folder: in tests/data
 * @suffix: of the inputs, with its dot
 *
 * Fails the test where there is none, or an input without its expected file or
 * the other way around.
 *
 * Returns: (transfer full): of #WnCase, by name
 */
GPtrArray *wn_cases_load (const char *folder, const char *suffix);

/**
 * wn_cases_add_tests:
 * @cases: of #WnCase; must outlive the test run
 * @prefix: of the tests' names: "/markup/"
 * @func: what each is a test of, given the #WnCase
 */
void
wn_cases_add_tests (GPtrArray *cases, const char *prefix, GTestDataFunc func);

/**
 * wn_case_check:
 * @self: a case
 * @actual: what the test says
 *
 * With the environment's WN_RECORD set, writes @actual into the expected file
 * instead, to be read over in the diff.
 */
void wn_case_check (const WnCase *self, const char *actual);

/**
 * wn_cases_append_line:
 * @out: what the test says
 * @name: of a value
 * @text: (nullable): the value; nothing is appended for %NULL
 */
void wn_cases_append_line (GString *out, const char *name, const char *text);

/** As wn_cases_append_line(), for @text that keeps its lines. */
void wn_cases_append_block (GString *out, const char *name, const char *text);

/** As wn_cases_append_line(), for a number. */
void wn_cases_append_number (GString *out, const char *name, gint64 number);

/** Why a frame was `ignored`: @error is a #WnJsonError */
void wn_cases_append_error (GString *out, const GError *error);

/** Of what `kind` a body is, and its `priority` where that is not the usual */
void wn_cases_append_kind (GString *out, const WnNotification *notification);

/**
 * wn_case_dup_block:
 * @self: a case
 * @name: of a block
 *
 * Returns: (transfer full) (nullable): what is expected of that block, as
 *   wn_cases_escape() has it
 */
char *wn_case_dup_block (const WnCase *self, const char *name);

/**
 * wn_cases_escape:
 * @text: valid UTF-8
 *
 * Returns: (transfer full): it with what no eye sees, and backslashes, as
 *   escapes; line feeds and spaces stay
 */
char *wn_cases_escape (const char *text);

G_END_DECLS
