/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Writes lines of styled text as HTML or as plain text, and keeps the tags
 * balanced and few: it compares the style of the next text with that of the
 * last. Pure; knows no element and no attribute. Internal to the markup
 * modules.
 */

#pragma once

#include "core/markup/style.h"

G_BEGIN_DECLS

/** WnPage: what is written, and what is due before the next text. */
typedef struct
{
  GString *out;       /* (owned) (nullable): until it is finished */
  GString *lead;      /* (owned): goes before the next text of this line */
  GString *link_text; /* (owned): what the open link reads */
  GStringChunk *urls; /* (owned) (nullable): once there is a link */
  gboolean is_plain;
  gboolean has_space; /* a space is due before the next text */
  guint n_breaks;     /* line breaks due before the next text */
  guint n_quotes;     /* how deep in quotes the next text is */
  WnStyle style;      /* of the next text */
  WnStyle shown;      /* of the last text: what the open tags say */
  WnTag open[WN_N_TAGS];
  guint n_open;
  guint n_tags;
} WnPage;

/**
 * wn_page_init:
 * @page: to be initialised
 * @is_plain: whether to write plain text
 * @length: how much there will be about, in bytes
 */
void wn_page_init (WnPage *page, gboolean is_plain, gsize length);
void wn_page_clear (WnPage *page);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WnPage, wn_page_clear)

/**
 * wn_page_add_text:
 * @page: a page
 * @text: (array length=length): what to write in the page's style
 * @length: in bytes
 * @is_pre: whether spaces and line feeds count as they are, not for one space
 */
void wn_page_add_text (WnPage *page,
                       const char *text,
                       gsize length,
                       gboolean is_pre);
void wn_page_add_string (WnPage *page, const char *text);

/** The next text starts a line. A line that has only its lead is one. */
void wn_page_end_line (WnPage *page);

/** One line break more, up to @max_breaks in a row. */
void wn_page_break_line (WnPage *page, guint max_breaks);

/** Links what follows to @raw_url, if that may be linked to. */
void wn_page_start_link (WnPage *page, const char *raw_url);

/** As wn_page_start_link(), for an image: only to where one can be. */
void wn_page_start_image_link (WnPage *page, const char *raw_url);

/**
 * wn_page_end_link:
 * @page: a page
 * @outside: the style behind the link
 *
 * Says where the link leads if its text doesn't: the whole URL where the text
 * lies and where formatting is stripped, else the host.
 */
void wn_page_end_link (WnPage *page, const WnStyle *outside);

/** Returns: (transfer full): all that was written, balanced; nothing more can
 * be written
 */
char *wn_page_finish (WnPage *page);

G_END_DECLS
