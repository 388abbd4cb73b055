/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libsoup's headers read by the RFCs' letter, where it is more lenient than a
 * file can bear. Pure.
 */

#include "net/http/response.h"

/* libsoup is lenient: it takes the length "-1" for one that isn't known, an
 * empty one for 0, and of several lengths the last.
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

/* The name of the coding that @word is, as WnDecoder has it; %NULL for a word
 * that is none, which browsers take for none at all.
 */
static const char *
find_coding (const char *word)
{
  static const char *const codings[] = {
    "gzip", "x-gzip",     "deflate", "br",        "zstd", "compress",
    "exi",  "x-compress", "dcb",     "aes128gcm", "dcz",  "pack200-gzip"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (codings); i++)
    if (g_ascii_strcasecmp (word, codings[i]) == 0)
      return codings[i];
  return NULL;
}

const char *
wn_response_get_encoding (SoupMessage *message)
{
  const char *list
      = soup_message_headers_get_list (soup_message_get_response_headers (
                                           message),
                                       "Content-Encoding");
  g_auto (GStrv) words = NULL;
  const char *found = NULL;

  if (list == NULL)
    return NULL;
  words = g_strsplit (list, ",", -1);
  for (guint i = 0; words[i] != NULL; i++)
    {
      const char *coding = find_coding (g_strstrip (words[i]));

      if (coding != NULL && found != NULL)
        return list;
      if (coding != NULL)
        found = coding;
    }
  return found;
}

gint64
wn_response_get_time (SoupMessageHeaders *headers)
{
  const char *value = soup_message_headers_get_one (headers, "Date");
  g_autoptr (GDateTime) date
      = value != NULL ? soup_date_time_new_from_http_string (value) : NULL;

  return date != NULL ? g_date_time_to_unix (date) * G_TIME_SPAN_SECOND : 0;
}

gboolean
wn_response_is_page (SoupMessage *message)
{
  const char *type = soup_message_headers_get_content_type (
      soup_message_get_response_headers (message),
      NULL);

  return type != NULL
         && (g_ascii_strcasecmp (type, "text/html") == 0
             || g_ascii_strcasecmp (type, "application/xhtml+xml") == 0);
}

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

const char *
wn_response_get_validator (SoupMessage *message)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  const char *tag = soup_message_headers_get_one (headers, "ETag");
  const char *modified
      = soup_message_headers_get_one (headers, "Last-Modified");

  if (tag != NULL && *tag == '"')
    return tag;
  return is_strong_date (modified,
                         soup_message_headers_get_one (headers, "Date"))
             ? modified
             : NULL;
}

/* A server may leave these out of a 206, but one that is there must be the same
 * as before.
 */
static gboolean
is_same_if_told (SoupMessageHeaders *now,
                 SoupMessageHeaders *before,
                 const char *name)
{
  const char *value = soup_message_headers_get_one (now, name);

  return value == NULL
         || g_strcmp0 (value, soup_message_headers_get_one (before, name)) == 0;
}

gboolean
wn_response_is_rest (SoupMessage *message,
                     SoupMessage *before,
                     gint64 from,
                     gint64 size)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  SoupMessageHeaders *first = soup_message_get_response_headers (before);
  goffset start;
  goffset end;
  goffset total;

  return soup_message_get_status (message) == SOUP_STATUS_PARTIAL_CONTENT
         && wn_response_get_encoding (message) == NULL
         && is_same_if_told (headers, first, "ETag")
         && is_same_if_told (headers, first, "Last-Modified")
         && soup_message_headers_get_content_range (headers,
                                                    &start,
                                                    &end,
                                                    &total)
         && start == from && total == size && end == total - 1;
}
