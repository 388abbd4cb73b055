/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * HTML made easy for libxml2, in one pass. Pure; internal to the markup
 * modules.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WN_TIDY_STAND_IN:
 *
 * Stands for a run of words. No eye may see it itself.
 */
#define WN_TIDY_STAND_IN '\x7f'

/** WnTidyRun: words as they stand in the HTML that was tidied. */
typedef struct
{
  const char *text; /* (unowned): the caller's */
  gsize length;     /* in bytes */
} WnTidyRun;

/** WnTidy: HTML made easy. */
typedef struct
{
  GString *html; /* (owned) */
  GArray *runs;  /* (owned): of WnTidyRun, one for each stand-in in the text */
} WnTidy;

/**
 * wn_tidy_init:
 * @result: to be initialised
 * @html: (array length=length): HTML, valid UTF-8; must outlive @result
 * @length: in bytes
 *
 * Makes @result the same for a browser's eye, without what libxml2 loses text
 * over or takes quadratic time for, and with a stand-in for all words that
 * there is nothing to parse in.
 */
void wn_tidy_init (WnTidy *result, const char *html, gsize length);
void wn_tidy_clear (WnTidy *result);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WnTidy, wn_tidy_clear)

G_END_DECLS
