/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What must hold of every frame that a kind of server is read from. A broken
 * rule aborts.
 */

#pragma once

#include "core/dialect/frame.h"

G_BEGIN_DECLS

/** Shown as HTML and as text, it does no harm; what it offers is on the web */
void fuzz_assert_notification (const WnNotification *notification);

/**
 * fuzz_assert_frame:
 * @frame: a frame, read
 *
 * Its notifications do no harm; a cursor can be kept, and an interval is none
 * that has passed.
 *
 * Returns: how many notifications it has
 */
guint fuzz_assert_frame (const WnFrame *frame);

G_END_DECLS
