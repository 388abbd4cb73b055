/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A reaction may free the client, and so comes last.
 */

#include "support/heard.h"

void
wn_heard_add (gpointer fixture, const char *format, ...)
{
  WnHeard *self = fixture;
  g_autofree char *what = NULL;
  va_list arguments;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (self->words->len > 0)
    g_string_append (self->words, ", ");
  g_string_append (self->words, what);
  if (self->trigger == NULL || !g_str_has_prefix (what, self->trigger))
    return;
  self->trigger = NULL;
  self->reaction (fixture);
}

void
wn_heard_forget (WnHeard *self)
{
  g_string_truncate (self->words, 0);
}

void
wn_heard_check (WnHeard *self, const char *expected)
{
  g_assert_cmpstr (self->words->str, ==, expected);
  wn_heard_forget (self);
}

void
wn_heard_state_changed (WnClient *client, gpointer fixture)
{
  WnClientStatus status;

  wn_client_get_status (client, &status);
  wn_heard_add (fixture, "%s", wn_state_to_string (status.state));
}

void
wn_heard_gap (WnClient *client, gint64 from_us, gint64 to_us, gpointer fixture)
{
  wn_heard_add (fixture, "gap");
}

void
wn_heard_missed (WnClient *client, guint n_notifications, gpointer fixture)
{
  wn_heard_add (fixture, "%u missed", n_notifications);
}

void
wn_heard_gave_up (WnClient *client, const WnLoss *loss, gpointer fixture)
{
  wn_heard_add (fixture, "gave up");
}
