/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libsoup's headers read by the RFCs' letter, where it is more lenient than a
 * file can bear. Pure.
 */

#include "net/http/response.h"

/* libsoup takes "-1" for not known, nothing at all for 0, and the last one of
 * several.
 */
gboolean
wn_response_is_length_sound (SoupMessage *message)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  const char *list = soup_message_headers_get_list (headers, "Content-Length");
  g_auto (GStrv) lengths = NULL;

  if (list == NULL
      || soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CHUNKED)
    return TRUE;
  lengths = g_strsplit (list, ",", -1);

  for (guint i = 0; lengths[i] != NULL; i++)
    if (!g_ascii_string_to_unsigned (g_strstrip (lengths[i]),
                                     10,
                                     0,
                                     G_MAXINT64,
                                     NULL,
                                     NULL)
        || !g_str_equal (lengths[i], lengths[0]))
      return FALSE;
  return lengths[0] != NULL;
}

gint64
wn_response_get_size (SoupMessage *message)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);

  if (soup_message_headers_get_encoding (headers)
      != SOUP_ENCODING_CONTENT_LENGTH)
    return WN_SIZE_UNKNOWN;
  return soup_message_headers_get_content_length (headers);
}

const char *
wn_response_get_encoding (SoupMessage *message)
{
  const char *encoding
      = soup_message_headers_get_list (soup_message_get_response_headers (
                                           message),
                                       "Content-Encoding");

  if (encoding == NULL || *encoding == '\0'
      || g_ascii_strcasecmp (encoding, "identity") == 0)
    return NULL;
  return encoding;
}

/* Whether a file's date tells it from any other version (RFC 9110 §8.8.2.2):
 * only where it is older than the answer.
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

const char *
wn_response_get_validator (SoupMessage *message)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  const char *tag = soup_message_headers_get_one (headers, "ETag");
  const char *modified
      = soup_message_headers_get_one (headers, "Last-Modified");

  if (tag != NULL && *tag == '"')
    return tag;
  if (is_strong_date (modified, soup_message_headers_get_one (headers, "Date")))
    return modified;
  return NULL;
}

gboolean
wn_response_is_rest (SoupMessage *message, gint64 from, gint64 size)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  goffset first;
  goffset last;
  goffset total;

  return soup_message_get_status (message) == SOUP_STATUS_PARTIAL_CONTENT
         && wn_response_get_encoding (message) == NULL
         && soup_message_headers_get_content_range (headers,
                                                    &first,
                                                    &last,
                                                    &total)
         && first == from && total == size && last == total - 1;
}
