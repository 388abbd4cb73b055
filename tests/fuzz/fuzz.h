/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the fuzz targets share: the one function that each of them has, and
 * what must hold of everything that a person is shown. A broken rule aborts.
 */

#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/** A message with more `<` than this is shown without formatting (Pidgin). */
#define FUZZ_MAX_TAGS_OF_HOST 100

/**
 * LLVMFuzzerTestOneInput:
 * @data: (array length=size): any bytes
 * @size: how many
 *
 * Each target defines it; libFuzzer calls it, or `driver.c`.
 *
 * Returns: 0
 */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/** Called once before, by both: a critical, or a warning of ours, aborts. */
int LLVMFuzzerInitialize (int *argc, char ***argv);

/** Returns: (transfer full): the bytes as what the code takes for text */
char *fuzz_dup_text (const uint8_t *data, size_t size);

/**
 * fuzz_dup_lines:
 * @data: (array length=size): any bytes
 * @size: how many
 * @n: how many strings are wanted
 *
 * Returns: (transfer full): @n strings, the input's lines; the last has all
 *   that is left, and what is missing is ""
 */
GStrv fuzz_dup_lines (const uint8_t *data, size_t size, guint n);

/** Valid UTF-8 without what an eye can't see; line feeds and tabs are fine */
void fuzz_assert_clean (const char *text);

/**
 * fuzz_assert_html:
 * @html: what a conversation is given
 * @max_tags: the most tags that may be in it
 *
 * Clean; of the allowed tags only, balanced; each `href` leads to http, https
 * or mailto; each `&` begins an entity.
 */
void fuzz_assert_html (const char *html, guint max_tags);

/** HTML in which `<br>` is the only tag */
void fuzz_assert_plain_html (const char *html);

G_END_DECLS
