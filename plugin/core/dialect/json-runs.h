/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Long strings of a JSON object, made short for the parser and long again
 * after it: it takes thirty instructions for each byte, and there is nothing
 * to parse in one that is neither a quote nor a backslash. Pure.
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * WnJsonRuns:
 * @json: (owned) (nullable): the shorter text; %NULL where it would not be
 *   worth it
 * @runs: (owned) (nullable): what was taken out
 */
typedef struct
{
  GString *json;
  GArray *runs;
} WnJsonRuns;

/**
 * wn_json_runs_init:
 * @self: to be initialised
 * @text: (array length=length): what wn_json_guard_check() has let pass; must
 *   outlive @self
 * @length: in bytes
 *
 * Takes long runs out of the strings that are members of the object itself.
 */
void wn_json_runs_init (WnJsonRuns *self, const char *text, gsize length);
void wn_json_runs_clear (WnJsonRuns *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WnJsonRuns, wn_json_runs_clear)

/** Puts the runs back into @object's members, which were read of the shorter
 * text.
 */
void wn_json_runs_restore (const WnJsonRuns *self, JsonObject *object);

G_END_DECLS
