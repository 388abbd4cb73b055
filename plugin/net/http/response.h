/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a response's head says of the body. It reads no body, and judges no
 * status. Pure.
 */

#pragma once

#include <libsoup/soup.h>

#include "net/http/download-config.h"

G_BEGIN_DECLS

/**
 * wn_response_is_length_sound:
 * @message: one that has been answered
 *
 * Returns: whether its `Content-Length` can be believed: none at all, chunks
 *   instead, or one number, however often it is said (RFC 9112 §6.3)
 */
gboolean wn_response_is_length_sound (SoupMessage *message);

/**
 * wn_response_get_size:
 * @message: one that has been answered
 *
 * Returns: bytes of the body as it comes, or %WN_SIZE_UNKNOWN
 */
gint64 wn_response_get_size (SoupMessage *message);

/**
 * wn_response_get_encoding:
 * @message: one that has been answered
 *
 * Returns: (nullable): how the body is encoded, by a coding that exists; %NULL
 *   for none, and for what is no coding (`UTF-8`, `none`, `binary`)
 */
const char *wn_response_get_encoding (SoupMessage *message);

/**
 * wn_response_get_time:
 * @headers: an answer's
 *
 * Returns: the server's wall-clock time when it answered, in microseconds; 0
 *   where it did not say
 */
gint64 wn_response_get_time (SoupMessageHeaders *headers);

/** Returns: whether the body of @message's answer is a web page */
gboolean wn_response_is_page (SoupMessage *message);

/**
 * wn_response_get_validator:
 * @message: one that has been answered with a file from its start
 *
 * Returns: (nullable): what `If-Range` can take (RFC 9110 §13.1.5); %NULL where
 *   nothing tells this version of the file from any other
 */
const char *wn_response_get_validator (SoupMessage *message);

/**
 * wn_response_is_rest:
 * @message: one that has been answered
 * @before: the one that was answered with the file's beginning
 * @from: the first byte that was asked for
 * @size: of the whole file, in bytes
 *
 * Returns: whether the answer is all from that byte on, of a file of that size,
 *   and nothing says that it is another version (RFC 9110 §15.3.7.3)
 */
gboolean wn_response_is_rest (SoupMessage *message,
                              SoupMessage *before,
                              gint64 from,
                              gint64 size);

G_END_DECLS
