/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From a text frame of the back office, with nchan's head or without, to the
 * IM in both forms.
 */

#include <string.h>

#include "core/dialect/dialect.h"
#include "core/dialect/json.h"
#include "core/markup/markup.h"
#include "fuzz/fuzz.h"
#include "support/instance.h"

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
check_place (gpointer office, const WnNotification *notification)
{
  if (notification->cursor == NULL)
    return;
  g_assert_true (wn_cursor_is_sound (notification->cursor));
  g_assert_cmpint (notification->sent_us, >=, 0);
  g_assert_true (wn_dialect_back_office.is_known (office,
                                                  notification->cursor,
                                                  notification));
}

static void
check_frame (gpointer office, const WnFrame *frame)
{
  if (frame->version != NULL)
    {
      g_assert_true (frame->is_alive);
      fuzz_assert_clean (frame->version);
      g_assert_null (strchr (frame->version, '\n'));
      g_assert_cmpint (g_utf8_strlen (frame->version, -1), <=, 64);
    }
  for (guint i = 0;
       frame->notifications != NULL && i < frame->notifications->len;
       i++)
    {
      check_place (office, g_ptr_array_index (frame->notifications, i));
      check_notification (g_ptr_array_index (frame->notifications, i));
    }
}

static gpointer
get_office (void)
{
  static gpointer office;

  if (office == NULL)
    office = wn_instance_new (&wn_dialect_back_office,
                              NULL,
                              "1001",
                              NULL,
                              "replay",
                              "nchan",
                              NULL);
  return office;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WnFrame) frame = wn_dialect_back_office.read (get_office (),
                                                           (const char *) data,
                                                           size,
                                                           &error);

  g_assert_true ((frame == NULL) == (error != NULL));
  if (error != NULL)
    g_assert_true (error->domain == WN_JSON_ERROR);
  else
    check_frame (get_office (), frame);
  return 0;
}
