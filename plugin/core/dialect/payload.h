/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Laravel's notification as a JSON object (PROTOCOL §3), whatever envelope it
 * came in, and where the application keeps an export that it names
 * (PROTOCOL §5). Pure.
 */

#pragma once

#include "core/dialect/json.h"
#include "core/message/notification.h"

G_BEGIN_DECLS

/** A longer `filename` is no file's name. */
#define WN_PAYLOAD_MAX_FILENAME_BYTES 4096

/**
 * WnPayloadFiles: where an application's exports lie; all of it borrowed
 * @template: a URL with `{filename}`, and perhaps `{project}` and `{uid}`
 * @project: what `{project}` stands for
 * @uid: what `{uid}` stands for
 */
typedef struct
{
  const char *template;
  const char *project;
  const char *uid;
} WnPayloadFiles;

/**
 * wn_payload_check_files:
 * @files: where exports lie, as somebody entered it
 * @error: return location for %WN_DIALECT_ERROR_BAD_DOWNLOAD_URL or
 *   %WN_DIALECT_ERROR_DOWNLOAD_URL_WITHOUT_FILENAME
 *
 * Returns: whether an export's URL can be made of it, on a host that no
 *   file's name chooses
 */
gboolean wn_payload_check_files (const WnPayloadFiles *files, GError **error);

/**
 * wn_payload_read_content:
 * @notification: a notification that is being made
 * @content: (nullable): its body, which is HTML where it is a string
 */
void wn_payload_read_content (WnNotification *notification, JsonNode *content);

/**
 * wn_payload_make_attachment:
 * @object: what came, with the file's size, perhaps
 * @filename: what the file is called there
 * @url: (transfer full): where it lies, as far as anybody knows
 *
 * Returns: (transfer full) (nullable): the file; %NULL where @url is none that
 *   can be asked
 */
WnAttachment *wn_payload_make_attachment (JsonObject *object,
                                          const char *filename,
                                          char *url);

/**
 * wn_payload_dup_url:
 * @files: where exports lie
 * @filename: an export's name
 *
 * Returns: (transfer full): where that one lies
 */
char *wn_payload_dup_url (const WnPayloadFiles *files, const char *filename);

/**
 * wn_payload_read:
 * @object: what came
 * @files: where exports lie; it was checked
 *
 * Returns: (transfer full) (nullable): the notification; %NULL where the object
 *   has no title, and so is none
 */
WnNotification *wn_payload_read (JsonObject *object,
                                 const WnPayloadFiles *files);

G_END_DECLS
