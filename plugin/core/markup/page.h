/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Writes lines of styled text as HTML or as plain text, and keeps the tags
 * balanced and few: it compares the style of the next text with that of the
 * last. The text is written without tags, which are kept beside it, so that it
 * is there when there are too many of them. Pure; knows no element and no
 * attribute. Internal to the markup modules.
 */

#pragma once

#include "core/markup/style.h"

G_BEGIN_DECLS

typedef enum
{
  WN_PAGE_HTML,
  WN_PAGE_TEXT,
} WnPageFormat;

/** The tags that are written, outermost first. */
typedef enum
{
  WN_PAGE_TAG_A,
  WN_PAGE_TAG_FONT,
  WN_PAGE_TAG_B,
  WN_PAGE_TAG_I,
  WN_PAGE_TAG_U,
  WN_PAGE_TAG_S,
  WN_PAGE_TAG_SUB,
  WN_PAGE_TAG_SUP,
  WN_PAGE_N_TAGS
} WnPageTag;

typedef enum
{
  WN_PAGE_TARGET_SAID,
  WN_PAGE_TARGET_DUE_IF_TOUCHED, /* if the next text reads on from the link */
  WN_PAGE_TARGET_DUE,
} WnPageTarget;

/**
 * WnPageMark:
 * @offset: a place in the page's text
 * @n_replaced: how many bytes of the text the HTML has markup in place of
 * @markup_end: where the markup ends in the page's markup
 */
typedef struct
{
  gsize offset;
  gsize n_replaced;
  gsize markup_end;
} WnPageMark;

/** WnPage: what is written, and what is due before the next text. */
typedef struct
{
  WnPageFormat format;
  const char *base_url; /* (unowned) (nullable): the caller's */
  gsize max_text;       /* bytes of text that may still be written */
  gsize n_left_out;     /* bytes of text that were not */

  GString *text;      /* (owned) (nullable): until it is finished */
  GString *lead;      /* (owned): goes before the next text of this line */
  gboolean has_space; /* a space is due before the next text */
  guint n_breaks;     /* line breaks due before the next text */
  guint n_lines;      /* line breaks that were written */
  guint n_spaces;     /* kept spaces in a row */
  gsize n_unbroken;   /* characters since a line could be broken */
  gsize text_end;     /* where the last words in @text end */

  gboolean has_tags; /* there are tags, and not more than hosts take */
  GString *markup;   /* (owned) (nullable): the tags, one behind the other */
  WnPageMark *marks; /* (owned) (nullable): where in @text they stand */
  guint n_marks;
  WnStyle shown; /* of the last text: what the open tags say */
  WnPageTag open[WN_PAGE_N_TAGS];
  guint n_open;
  guint n_tags;

  guint n_links;            /* each link's number is how many there are then */
  GString *url;             /* (owned) (nullable): of the open link */
  GString *link_text;       /* (owned) (nullable): what the open link reads */
  gboolean link_is_touched; /* the text before the open link reads on in it */

  GString *places; /* (owned) (nullable): named behind links */

  /* Whether it must still be said where the last link leads, and whether by all
   * of its URL or by the place only: in the text, and in the HTML.
   */
  WnPageTarget text_target;
  WnPageTarget html_target;
  gboolean text_target_is_url;
  gboolean html_target_is_url;
} WnPage;

/**
 * wn_page_init:
 * @page: to be initialised
 * @format: what to write
 * @max_text: how much text is written, in bytes; the rest is counted
 * @size_hint: how much there will be about, in bytes
 * @base_url: (nullable): what relative links are resolved against; must outlive
 *   the page
 */
void wn_page_init (WnPage *page,
                   WnPageFormat format,
                   gsize max_text,
                   gsize size_hint,
                   const char *base_url);
void wn_page_clear (WnPage *page);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WnPage, wn_page_clear)

/**
 * wn_page_add_text:
 * @page: a page
 * @style: how it looks
 * @text: (array length=length): what to write
 * @length: in bytes
 *
 * Links the addresses in it.
 */
void wn_page_add_text (WnPage *page,
                       const WnStyle *style,
                       const char *text,
                       gsize length);
void wn_page_add_string (WnPage *page, const WnStyle *style, const char *text);

/** Puts @lead before the next text, behind what is there already. A lead that
 * is too long for a line is dropped.
 */
void wn_page_add_lead (WnPage *page, const char *lead);

/** The next text starts a line. A line that has only its lead is one. */
void wn_page_end_line (WnPage *page);

/** One line break more, up to @max_breaks in a row. */
void wn_page_break_line (WnPage *page, guint max_breaks);

/**
 * wn_page_start_link:
 * @page: a page, in which no link is open
 * @raw_url: where the link leads, as it came
 *
 * Returns: the number for the style of the link's text; 0 where that may not be
 *   linked to, and then there is no link to end
 */
guint wn_page_start_link (WnPage *page, const char *raw_url);

/** As wn_page_start_link(), for what can't be at a mail address. */
guint wn_page_start_web_link (WnPage *page, const char *raw_url);

/**
 * wn_page_end_link:
 * @page: a page with an open link
 *
 * Says where the link leads if its text doesn't: the whole URL where the text
 * lies and where there are no tags, else the host, once for each host.
 */
void wn_page_end_link (WnPage *page);

/**
 * wn_page_finish:
 * @page: a page; nothing more can be written to it
 * @note: (nullable): a last line, which the limit doesn't hold for
 *
 * Returns: (transfer full): all that was written, balanced; without tags where
 *   there are more than hosts take
 */
char *wn_page_finish (WnPage *page, const char *note);

G_END_DECLS
