/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A body from outside → what a conversation shows well and safely. Pure and
 * bounded: no image or document is ever loaded, and the time is linear.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** So many bytes of a body's text are shown; a line says how many were not. */
#define WN_MARKUP_MAX_BYTES (64 * 1024)

/** Above this libpurple's hosts drop all formatting. */
#define WN_MARKUP_MAX_TAGS 90

/**
 * WnMarkupKind:
 * @WN_MARKUP_HTML: HTML; without any tag it keeps its lines
 * @WN_MARKUP_TEXT: plain text: nothing in it is markup, lines and spaces stay
 * @WN_MARKUP_MARKDOWN: CommonMark with tables, task lists and struck-out text;
 *   HTML in it is text, and every line stays one
 */
typedef enum
{
  WN_MARKUP_HTML,
  WN_MARKUP_TEXT,
  WN_MARKUP_MARKDOWN,
} WnMarkupKind;

/**
 * wn_markup_to_html:
 * @body: (array length=length): valid UTF-8
 * @length: in bytes
 * @kind: what the body is
 * @base_url: (nullable): an http or https URL that relative links are resolved
 *   against; without it they are text
 *
 * Keeps the formatting that a conversation shows (b i u s sub sup a br, and
 * colours and sizes within reason) and turns lists, tables, headings, pre and
 * quotes into lines. Links to http, https and mailto stay, with the host behind
 * a text that doesn't say it, or all of the URL where it says another;
 * addresses in the text become links. A picture, a video and the like are a
 * word, linked to them. Script, style and everything else is dropped. A result
 * of more than %WN_MARKUP_MAX_TAGS tags becomes plain. No line is longer than
 * Pango can bear without a place to break it.
 *
 * Returns: (transfer full): balanced HTML of the tags above
 */
char *wn_markup_to_html (const char *body,
                         gsize length,
                         WnMarkupKind kind,
                         const char *base_url);

/**
 * wn_markup_to_text:
 * @body: (array length=length): valid UTF-8
 * @length: in bytes
 * @kind: what the body is
 * @base_url: (nullable): as for wn_markup_to_html()
 *
 * Returns: (transfer full): the same as plain text with line feeds, each
 *   link's URL behind its text; not escaped
 */
char *wn_markup_to_text (const char *body,
                         gsize length,
                         WnMarkupKind kind,
                         const char *base_url);

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
