/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How a body from outside is written.
 */

#pragma once

/** WnMarkupKind: how a body is written */
typedef enum
{
  WN_MARKUP_HTML,
  WN_MARKUP_TEXT,
  WN_MARKUP_MARKDOWN,
} WnMarkupKind;
