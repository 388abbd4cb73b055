/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later */

#include "fuzz/frame.h"

#include "core/dialect/dialect.h"
#include "core/dialect/url.h"
#include "fuzz/fuzz.h"

void
fuzz_assert_notification (const WnNotification *notification)
{
  static const WnNotificationView view
      = { .title_start = "<b>", .title_end = "</b>", .says_source = TRUE };
  static const WnNotificationView plain_view
      = { .title_start = "", .title_end = "" };
  g_autofree char *html = wn_notification_to_html (notification, &view);
  g_autofree char *text = wn_notification_to_text (notification, &plain_view);

  fuzz_assert_html (html, FUZZ_MAX_TAGS_OF_HOST);
  fuzz_assert_plain_html (text);
  if (notification->cursor != NULL)
    g_assert_true (wn_cursor_is_sound (notification->cursor));
  if (notification->attachment != NULL)
    g_assert_true (wn_url_is_http (notification->attachment->url));
  g_assert_cmpint (notification->sent_us, >=, 0);
}

guint
fuzz_assert_frame (const WnFrame *frame)
{
  guint n = frame->notifications != NULL ? frame->notifications->len : 0;

  for (guint i = 0; i < n; i++)
    fuzz_assert_notification (g_ptr_array_index (frame->notifications, i));
  if (frame->cursor != NULL)
    g_assert_true (wn_cursor_is_sound (frame->cursor));
  g_assert_cmpint (frame->quiet_us, >=, 0);
  return n;
}
