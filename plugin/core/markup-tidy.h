/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * HTML made easy for libxml2, in one pass. Pure; internal to the markup
 * modules.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * wn_tidy_html:
 * @html: (array length=length): HTML, valid UTF-8
 * @length: in bytes
 *
 * Returns: (transfer full): the same for a browser's eye, without what libxml2
 *   loses text over or takes quadratic time for
 */
GString *wn_tidy_html (const char *html, gsize length);

G_END_DECLS
