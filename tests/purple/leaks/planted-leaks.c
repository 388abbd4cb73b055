/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Linked into a copy of the module with --wrap: what these should free is
 * forgotten instead.
 */

#include "core/message/notification.h"
#include "purple/settings.h"

void __wrap_wn_notification_unref (WnNotification *self);
void __wrap_wn_settings_free (WnSettings *self);

void
__wrap_wn_notification_unref (WnNotification *self)
{
}

void
__wrap_wn_settings_free (WnSettings *self)
{
}
