/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The value's plumbing.
 */

#include "core/message/attachment.h"

WnAttachment *
wn_attachment_new (const char *key, const char *name, char *url_in)
{
  WnAttachment *self = g_new0 (WnAttachment, 1);

  self->key = g_strdup (key);
  self->name = g_strdup (name);
  self->url = url_in;
  self->size = WN_SIZE_UNKNOWN;
  return self;
}

WnAttachment *
wn_attachment_copy (const WnAttachment *self)
{
  WnAttachment *copy
      = wn_attachment_new (self->key, self->name, g_strdup (self->url));

  copy->size = self->size;
  copy->expires_us = self->expires_us;
  return copy;
}

void
wn_attachment_free (WnAttachment *self)
{
  if (self == NULL)
    return;
  g_free (self->key);
  g_free (self->name);
  g_free (self->url);
  g_free (self);
}
