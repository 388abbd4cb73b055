/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * HTML from outside → what a conversation shows well and safely. Pure and
 * bounded: no entity, image or document is ever loaded. The reading is
 * libxml2's, the allow-list is ours.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** A body is shown up to here; a line says how much was left out. */
#define WN_MARKUP_MAX_BYTES (64 * 1024)

/** Above this libpurple's hosts drop all formatting (FACTS §3). */
#define WN_MARKUP_MAX_TAGS 90

/**
 * wn_markup_to_html:
 * @html: (array length=length): HTML, valid UTF-8
 * @length: in bytes
 *
 * Keeps the formatting that a conversation shows (b i u s sub sup a br, and
 * colours and sizes within reason) and turns lists, tables, headings, pre and
 * quotes into lines. Links to http, https and mailto stay, with the host behind
 * a text that doesn't say it, or all of the URL where it says another. An image
 * is its alternative text, or "[image]", linked to it. Script, style and
 * everything else is dropped. A result of more than %WN_MARKUP_MAX_TAGS tags
 * becomes plain.
 *
 * Returns: (transfer full): balanced HTML of the tags above
 */
char *wn_markup_to_html (const char *html, gsize length);

/**
 * wn_markup_to_text:
 * @html: (array length=length): HTML, valid UTF-8
 * @length: in bytes
 *
 * Returns: (transfer full): the same as plain text with line feeds, each
 *   link's URL behind its text; not escaped
 */
char *wn_markup_to_text (const char *html, gsize length);

/**
 * wn_markup_clean_text:
 * @text: valid UTF-8
 * @one_line: whether line breaks become spaces
 *
 * Makes text from outside harmless to the eye: control characters vanish,
 * bidirectional controls too, so that no text can pose as another.
 *
 * Returns: (transfer full): plain text; not escaped
 */
char *wn_markup_clean_text (const char *text, gboolean one_line);

/**
 * wn_markup_escape:
 * @text: valid UTF-8
 *
 * Returns: (transfer full): plain text as HTML: `& < > "` escaped, line feeds
 *   as `<br>`, or as they are (which conversations show as well) where there
 *   are more than %WN_MARKUP_MAX_TAGS
 */
char *wn_markup_escape (const char *text);

G_END_DECLS
