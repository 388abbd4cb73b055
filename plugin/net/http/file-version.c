/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ETag and Last-Modified, read by the letter of RFC 9110.
 */

#include "net/http/file-version.h"

#include "net/http/response.h"

struct _WnFileVersion
{
  char *tag;      /* (owned) (nullable): ETag */
  char *modified; /* (owned) (nullable): Last-Modified */
  gboolean is_date_strong;
  gboolean is_page;
};

/* A date tells a version from any other only where it is older than the answer
 * (RFC 9110 §8.8.2.2).
 */
static gboolean
is_strong_date (const char *modified, const char *answered)
{
  g_autoptr (GDateTime) from
      = modified != NULL ? soup_date_time_new_from_http_string (modified)
                         : NULL;
  g_autoptr (GDateTime) to
      = answered != NULL ? soup_date_time_new_from_http_string (answered)
                         : NULL;

  return from != NULL && to != NULL
         && g_date_time_difference (to, from) >= G_TIME_SPAN_SECOND;
}

WnFileVersion *
wn_file_version_new (SoupMessage *message)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  WnFileVersion *self = g_new0 (WnFileVersion, 1);

  self->tag = g_strdup (soup_message_headers_get_one (headers, "ETag"));
  self->modified
      = g_strdup (soup_message_headers_get_one (headers, "Last-Modified"));
  self->is_date_strong
      = is_strong_date (self->modified,
                        soup_message_headers_get_one (headers, "Date"));
  self->is_page = wn_response_is_page (message);
  return self;
}

void
wn_file_version_free (WnFileVersion *self)
{
  g_free (self->tag);
  g_free (self->modified);
  g_free (self);
}

const char *
wn_file_version_get_validator (const WnFileVersion *self)
{
  if (self->tag != NULL && *self->tag == '"')
    return self->tag;
  return self->is_date_strong ? self->modified : NULL;
}

gboolean
wn_file_version_is_page (const WnFileVersion *self)
{
  return self->is_page;
}

/* A server may leave these out of a 206, but one that is there must be the same
 * as before.
 */
static gboolean
is_same_if_told (SoupMessage *message, const char *name, const char *before)
{
  const char *now
      = soup_message_headers_get_one (soup_message_get_response_headers (
                                          message),
                                      name);

  return now == NULL || g_strcmp0 (now, before) == 0;
}

gboolean
wn_file_version_is_rest (const WnFileVersion *self,
                         SoupMessage *message,
                         gint64 from,
                         gint64 size)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  goffset first;
  goffset last;
  goffset total;

  return soup_message_get_status (message) == SOUP_STATUS_PARTIAL_CONTENT
         && wn_response_get_encoding (message) == NULL
         && is_same_if_told (message, "ETag", self->tag)
         && is_same_if_told (message, "Last-Modified", self->modified)
         && soup_message_headers_get_content_range (headers,
                                                    &first,
                                                    &last,
                                                    &total)
         && first == from && total == size && last == total - 1;
}
