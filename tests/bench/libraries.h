/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the libraries by themselves do with a notification, for benchmarks that
 * ask how much of the plugin's time is theirs.
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * wn_libraries_parse_json:
 * @text: a notification's frame
 * @length: in bytes
 *
 * json-glib alone. A frame without a title ends the benchmark.
 *
 * Returns: (transfer full): the frame, read
 */
JsonParser *wn_libraries_parse_json (const char *text, gsize length);

/**
 * wn_libraries_parse_html:
 * @html: a notification's body
 *
 * libxml2 alone, into SAX handlers that do nothing.
 */
void wn_libraries_parse_html (const char *html);

G_END_DECLS
