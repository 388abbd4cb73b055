/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Markdown, read by md4c, as the elements that it stands for. Pure; internal to
 * the markup modules.
 */

#pragma once

#include "core/markup/reader.h"

G_BEGIN_DECLS

/**
 * wn_markdown_read:
 * @reader: what reads the elements
 * @text: (array length=length): Markdown, valid UTF-8
 * @length: in bytes
 *
 * Returns: FALSE for Markdown that is longer than people write it, or that
 *   stands for very much more than is written: it wants to be read as text
 */
gboolean wn_markdown_read (WnReader *reader, const char *text, gsize length);

G_END_DECLS
