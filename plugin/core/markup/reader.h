/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What each element does to the page. No tree is ever built, and nothing in
 * here recurses. Pure; internal to the markup modules.
 */

#pragma once

#include "core/markup/page.h"
#include "core/markup/tokens.h"

G_BEGIN_DECLS

typedef struct _WnReader WnReader;

/**
 * wn_reader_new:
 * @page: where to write; must outlive the reader
 *
 * Returns: (transfer full): a reader of one body
 */
WnReader *wn_reader_new (WnPage *page);

/** Closes what is still open. */
void wn_reader_free (WnReader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnReader, wn_reader_free)

/**
 * wn_reader_read_html:
 * @self: a reader
 * @html: (array length=length): valid UTF-8
 * @length: in bytes
 *
 * HTML without any tag keeps its lines.
 */
void wn_reader_read_html (WnReader *self, const char *html, gsize length);

/** What a start tag does; @tag's text is not looked at. */
void wn_reader_start (WnReader *self, const WnToken *tag);

/** What the end tag of the element @name, of @length bytes, does. */
void wn_reader_end (WnReader *self, const char *name, gsize length);

/** Text in which character references are as they were. */
void wn_reader_add_encoded (WnReader *self, const char *text, gsize length);

/** Text in which nothing is a character reference. */
void wn_reader_add_text (WnReader *self, const char *text, gsize length);

G_END_DECLS
