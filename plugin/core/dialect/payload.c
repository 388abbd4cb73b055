/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The reference client is JavaScript, so a title counts where it is "truthy"
 * there. Each part stands by itself: an odd content takes no title with it.
 */

#include "core/dialect/payload.h"

#include <string.h>

#include "core/dialect/dialect.h"
#include "core/dialect/url.h"

/* The class name that makes a notification an export. */
#define EXPORT_TYPE "App\\Notifications\\ExportReady"

#define FILENAME "{filename}"

/* --- Where exports lie -------------------------------------------------- */

/* A path's component of dots climbs, and does so encoded too (RFC 3986 §6.2.2);
 * encoded twice, it is a name that no server has.
 */
static char *
dup_component (const char *value)
{
  if (g_str_equal (value, "."))
    return g_strdup ("%252E");
  if (g_str_equal (value, ".."))
    return g_strdup ("%252E%252E");
  return g_uri_escape_string (value, NULL, FALSE);
}

/* In one pass, because a value may look like a placeholder. */
char *
wn_payload_dup_url (const WnPayloadFiles *files, const char *filename)
{
  const struct
  {
    const char *placeholder;
    const char *value;
  } places[] = {
    { FILENAME, filename },
    { "{project}", files->project },
    { "{uid}", files->uid },
  };
  GString *url = g_string_new (NULL);

  for (const char *p = files->template; *p != '\0';)
    {
      gsize i = 0;

      while (i < G_N_ELEMENTS (places)
             && !g_str_has_prefix (p, places[i].placeholder))
        i++;
      if (i < G_N_ELEMENTS (places))
        {
          g_autofree char *value = dup_component (places[i].value);

          g_string_append (url, value);
          p += strlen (places[i].placeholder);
        }
      else
        g_string_append_c (url, *p++);
    }
  return g_string_free (url, FALSE);
}

/* The server sends the file's name, and must not choose a host by it. */
static gboolean
is_host_from_server (const char *template)
{
  const char *authority = strstr (template, "://");

  if (authority == NULL)
    return FALSE;
  authority += strlen ("://");
  return g_strstr_len (authority, (gssize) strcspn (authority, "/?#"), FILENAME)
         != NULL;
}

gboolean
wn_payload_check_files (const WnPayloadFiles *files, GError **error)
{
  g_autofree char *sample = wn_payload_dup_url (files, "x");

  if (!wn_url_is_http (sample) || is_host_from_server (files->template))
    return wn_dialect_fail (error,
                            WN_DIALECT_ERROR_BAD_DOWNLOAD_URL,
                            "a download URL that can't be asked");
  if (strstr (files->template, FILENAME) == NULL)
    return wn_dialect_fail (error,
                            WN_DIALECT_ERROR_DOWNLOAD_URL_WITHOUT_FILENAME,
                            "a download URL without a file name");
  return TRUE;
}

WnAttachment *
wn_payload_make_attachment (JsonObject *object,
                            const char *filename,
                            char *url_in)
{
  g_autofree char *text = url_in;
  g_autoptr (GUri) url = wn_url_is_http (text) ? wn_url_parse (text) : NULL;
  WnAttachment *attachment;

  if (url == NULL || strlen (filename) > WN_PAYLOAD_MAX_FILENAME_BYTES)
    return NULL;
  attachment = wn_attachment_new (filename, filename, g_uri_to_string (url));
  attachment->size = MAX (wn_json_get_integer (object, "size", WN_SIZE_UNKNOWN),
                          WN_SIZE_UNKNOWN);
  return attachment;
}

/* --- The notification --------------------------------------------------- */

void
wn_payload_read_content (WnNotification *notification, JsonNode *content)
{
  if (content == NULL || JSON_NODE_HOLDS_NULL (content))
    return;
  notification->content = wn_json_dup_text (content);
  notification->kind
      = wn_json_is_string (content) ? WN_MARKUP_HTML : WN_MARKUP_TEXT;
}

static void
read_export (JsonObject *object,
             const WnPayloadFiles *files,
             WnNotification *notification)
{
  g_autofree char *filename = wn_json_dup_string (object, "filename");

  if (g_strcmp0 (notification->type, EXPORT_TYPE) != 0)
    return;
  if (filename != NULL)
    notification->attachment
        = wn_payload_make_attachment (object,
                                      filename,
                                      wn_payload_dup_url (files, filename));
  notification->lacks_file = notification->attachment == NULL;
}

WnNotification *
wn_payload_read (JsonObject *object, const WnPayloadFiles *files)
{
  JsonNode *title = json_object_get_member (object, "title");
  WnNotification *notification;

  if (!wn_json_is_truthy (title))
    return NULL;
  notification = wn_notification_new ();
  notification->id = wn_json_dup_id (object, "id");
  notification->type = wn_json_dup_string (object, "type");
  notification->source = wn_notification_dup_type_name (notification->type);
  notification->title = wn_json_dup_text (title);
  wn_payload_read_content (notification,
                           json_object_get_member (object, "content"));
  read_export (object, files, notification);
  return notification;
}
