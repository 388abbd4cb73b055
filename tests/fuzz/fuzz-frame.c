/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From a text frame to the IM, in both forms.
 */

#include <string.h>

#include "core/message/file-name.h"
#include "core/dialect/frame.h"
#include "core/markup/markup.h"
#include "fuzz/fuzz.h"

/* The title's bound, the note's, and five bytes (`&amp;`) for each of the
 * body's, whose links may double it.
 */
#define MAX_IM_BYTES (5 * 2 * (WN_MARKUP_MAX_BYTES + 4096) + 1024)

static const WnNotificationView view
    = { .title_start = "<b>", .title_end = "</b>" };
static const WnNotificationView plain_view
    = { .title_start = "", .title_end = "" };

static void
check_notification (const WnNotification *notification)
{
  g_autofree char *html = wn_notification_to_html (notification, &view);
  g_autofree char *text = wn_notification_to_text (notification, &plain_view);
  const char *type = notification->type;
  g_autofree char *name = wn_notification_dup_type_name (type);
  g_autofree char *label = wn_notification_dup_type_label (type);

  fuzz_assert_html (html, FUZZ_MAX_TAGS_OF_HOST);
  fuzz_assert_plain_html (text);
  if (notification->attachment == NULL)
    {
      g_assert_cmpuint (strlen (html), <=, MAX_IM_BYTES);
      g_assert_cmpuint (strlen (text), <=, MAX_IM_BYTES);
    }
  g_assert_true (g_str_has_prefix (html, "<b>"));
  g_assert_false (g_str_has_prefix (html, "<b></b>"));
  g_assert_cmpint (g_ascii_strncasecmp (text, "/me ", 4), !=, 0);
  g_assert_cmpint (g_ascii_strncasecmp (html + 3, "/me ", 4), !=, 0);
  g_assert_true ((name == NULL) == (label == NULL));
  if (name != NULL)
    {
      fuzz_assert_clean (name);
      fuzz_assert_clean (label);
      g_assert_cmpuint (strlen (label), <=, 2 * 128 + 3);
    }
}

static void
check_frame (const WnFrame *frame)
{
  if (frame->api_version != NULL)
    {
      g_assert_true (frame->is_acknowledgement);
      fuzz_assert_clean (frame->api_version);
      g_assert_null (strchr (frame->api_version, '\n'));
      g_assert_cmpint (g_utf8_strlen (frame->api_version, -1), <=, 64);
    }
  if (frame->notification != NULL)
    check_notification (frame->notification);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WnFrame) frame
      = wn_frame_parse ((const char *) data, size, &error);

  g_assert_true ((frame == NULL) == (error != NULL));
  if (error != NULL)
    g_assert_true (error->domain == WN_FRAME_ERROR);
  else
    check_frame (frame);
  return 0;
}
