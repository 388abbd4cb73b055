/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a text frame of a server, or the answer to a question of the dialect's,
 * comes to: a value that says what is to be done. Who makes it is a dialect,
 * who does it is `core/connection/client.h`.
 */

#pragma once

#include "core/connection/loss.h"
#include "core/message/notification.h"

G_BEGIN_DECLS

/**
 * WnCall: an HTTP question that a dialect needs answered, made by
 * wn_account_new_call()
 * @method: (owned): `GET` or `POST`
 * @url: (owned): an `http://` or `https://` URL, checked by
 *   `core/dialect/url.h`
 * @authorization: (owned) (nullable): the header's value. It is sent only where
 *   the account's credential may go to @url
 * @content_type: (owned) (nullable): of @body
 * @body: (owned) (nullable): what is sent
 * @delay_us: how long to wait before it is asked, in microseconds; 0: not at
 *   all
 *
 * One at a time: a new one takes the place of one that is not answered yet.
 */
typedef struct
{
  char *method;
  char *url;
  char *authorization;
  char *content_type;
  char *body;
  gint64 delay_us;
} WnCall;

void wn_call_free (WnCall *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnCall, wn_call_free)

/** How long a question waits at first that is asked again */
#define WN_CALL_FIRST_PAUSE_US (5 * G_TIME_SPAN_SECOND)

/**
 * wn_call_put_off:
 * @self: a question that was not answered, to be asked again
 * @pause_us: (inout): how long it waits, %WN_CALL_FIRST_PAUSE_US at first;
 *   twice as long the next time, up to five minutes
 */
void wn_call_put_off (WnCall *self, gint64 *pause_us);

/**
 * WnAnswer: what came of a #WnCall; borrowed
 * @status: the HTTP status; 0: there was no answer
 * @body: (array length=length): what came with it, which may be anything
 * @length: in bytes
 * @time_us: the server's wall-clock time then, in microseconds; ours where it
 *   did not say
 */
typedef struct
{
  guint status;
  const char *body;
  gsize length;
  gint64 time_us;
} WnAnswer;

/** Returns: whether the same question may well be answered a little later */
gboolean wn_answer_is_passing (const WnAnswer *self);

/**
 * WnNotice: a line to the user, whose words are `purple/sentences.h`'s
 * @WN_NOTICE_NONE: none
 * @WN_NOTICE_NOT_REPLAYING: the server does not know what was missed; no
 *   frame's, because the client says so
 * @WN_NOTICE_BEGAN_ANEW: the server has lost what it knew and begun anew
 * @WN_NOTICE_CHANNEL_REFUSED: the user may not listen to a channel, whose name
 *   is the detail, or to several with commas between
 * @WN_NOTICE_MORE_MISSED: only the newest of what was missed are shown
 * @WN_NOTICE_NO_BACKLOG: the application does not tell what was missed; the
 *   detail is the HTTP status of its answer, 200 where that was no list or one
 *   that is too long, 0 where none came; from 500 on, at 429 and at 0 it is
 *   asked again
 */
typedef enum
{
  WN_NOTICE_NONE,
  WN_NOTICE_NOT_REPLAYING,
  WN_NOTICE_BEGAN_ANEW,
  WN_NOTICE_CHANNEL_REFUSED,
  WN_NOTICE_MORE_MISSED,
  WN_NOTICE_NO_BACKLOG,
} WnNotice;

/**
 * WnFrame: any part may be missing
 * @is_alive: it answers the heartbeat
 * @is_step: a step of the server's own handshake is over, and the next one has
 *   a deadline of its own
 * @is_ready: the server's own handshake is over: now the account is connected
 * @version: (owned) (nullable): the server's, for people: one short line
 * @notifications: (owned) (nullable) (element-type WnNotification): in the
 *   order to show them in
 * @cursor: (owned) (nullable): where to go on, although no notification says so
 * @is_backlog_end: all that was missed has come
 * @reply: (owned) (nullable): text to send
 * @call: (owned) (nullable): what to ask; the answer goes to the dialect's
 *   `read_answer`
 * @refusal: (owned) (nullable): the server says no in its own words: the
 *   connection is closed for this reason
 * @time_us: the server's wall-clock time when it said this, in microseconds; 0
 *   where it does not say
 * @kept_us: with @is_ready: for how long the server keeps what it replays, in
 *   microseconds: over a shorter gap, what does not come was not sent; 0 where
 *   that is not known
 * @quiet_us: the heartbeat's interval that the server asks for, in
 *   microseconds; 0: the account's own
 * @notice: a line to the user
 * @notice_detail: (owned) (nullable): what the line names, as it came
 */
typedef struct
{
  gboolean is_alive;
  gboolean is_step;
  gboolean is_ready;
  char *version;
  GPtrArray *notifications;
  char *cursor;
  gboolean is_backlog_end;
  char *reply;
  WnCall *call;
  WnLoss *refusal;
  gint64 time_us;
  gint64 kept_us;
  gint64 quiet_us;
  WnNotice notice;
  char *notice_detail;
} WnFrame;

/**
 * wn_frame_new:
 *
 * Returns: (transfer full): a frame that says nothing
 */
WnFrame *wn_frame_new (void);
void wn_frame_free (WnFrame *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnFrame, wn_frame_free)

/**
 * wn_frame_add_notification:
 * @self: a frame
 * @notification: (transfer full): what it brings
 */
void wn_frame_add_notification (WnFrame *self, WnNotification *notification);

/**
 * wn_frame_set_cursor:
 * @self: a frame with all that it brings so far
 * @cursor: (transfer full): where to go on after that
 *
 * The cursor goes with the last notification, because it must not be taken
 * before that is shown; where the frame brings none, it stands alone.
 */
void wn_frame_set_cursor (WnFrame *self, char *cursor);

G_END_DECLS
