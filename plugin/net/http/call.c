/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A call belongs to whichever of its operations is pending: first the
 * exchange, then one read after another. Time and the caller end that
 * operation, whose callback then ends the call.
 */

#include "net/http/call.h"

#include "net/http/body.h"
#include "net/http/download-error.h"
#include "net/http/exchange.h"
#include "net/http/http-session.h"
#include "net/http/response.h"
#include "net/timer.h"

#define CALL_TIMEOUT_S 30
#define READ_BYTES (16 * 1024)

typedef struct
{
  SoupSession *session;      /* (owned) */
  GCancellable *cancellable; /* (owned): of the operation that is pending */
  GCancellable *outer;       /* (owned) (nullable): the caller's */
  gulong cancel_handler;     /* on @outer; 0: none */
  GSource *timer;            /* (owned) (nullable) */
  gboolean is_late;          /* the time is over */
  WnCallFunc func;
  gpointer user_data;    /* for @func */
  GDestroyNotify notify; /* (nullable): lets @user_data go */

  guint status;
  gint64 size;    /* of the body, as the head has it */
  gint64 time_us; /* of the answer; 0: not told */
  WnBody body;
  GByteArray *bytes; /* (owned): what has come of it */
  guint8 piece[READ_BYTES];
} Call;

static void
call_free (Call *call)
{
  wn_timer_stop (&call->timer);
  g_clear_signal_handler (&call->cancel_handler, call->outer);
  g_clear_object (&call->outer);
  g_clear_object (&call->cancellable);
  wn_body_close (&call->body);
  wn_http_session_abort (call->session);
  g_object_unref (call->session);
  g_byte_array_unref (call->bytes);
  if (call->notify != NULL)
    call->notify (call->user_data);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
on_call_cancelled (GCancellable *outer, gpointer cancellable)
{
  wn_http_session_cancel (G_CANCELLABLE (cancellable));
}

static gboolean
on_call_timeout (gpointer user_data)
{
  Call *call = user_data;

  call->is_late = TRUE;
  wn_http_session_cancel (call->cancellable);
  return G_SOURCE_CONTINUE;
}

/* Tells the caller, who hears nothing more. */
static void
call_answer (Call *call, const WnCallAnswer *answer)
{
  wn_timer_stop (&call->timer);
  if (!g_cancellable_is_cancelled (call->outer))
    call->func (answer, call->user_data);
}

static void
call_answer_none (Call *call, const GError *error, const WnTlsDoubt *doubt)
{
  g_autoptr (GError) late = wn_download_error_new (WN_DOWNLOAD_ERROR_SLOW);
  WnCallAnswer answer = { .body = "",
                          .size = WN_SIZE_UNKNOWN,
                          .error = call->is_late ? late : error,
                          .doubt = doubt };

  g_debug ("call: no answer: %s", answer.error->message);
  call_answer (call, &answer);
}

static void
call_answer_all (Call *call)
{
  WnCallAnswer answer = { .status = call->status,
                          .length = call->bytes->len,
                          .size = call->size,
                          .time_us = call->time_us };

  g_debug ("call: status %u, %u bytes", call->status, call->bytes->len);
  g_byte_array_append (call->bytes, (const guint8 *) "", 1);
  answer.body = (const char *) call->bytes->data;
  call_answer (call, &answer);
}

static void
call_fail (Call *call, WnDownloadError code)
{
  g_autoptr (GError) error = wn_download_error_new (code);

  call_answer_none (call, error, NULL);
}

static void call_read (Call *call);

/* (transfer full) @call
 * @length: how many bytes of its piece were read
 */
static void
call_take_piece (Call *call_in, gsize length)
{
  g_autoptr (Call) call = call_in;

  if (!wn_body_unframe (&call->body, call->piece, &length))
    call_fail (call, WN_DOWNLOAD_ERROR_ENCODING);
  else if (call->bytes->len + length > WN_CALL_MAX_BYTES)
    call_fail (call, WN_DOWNLOAD_ERROR_LONG);
  else
    {
      g_byte_array_append (call->bytes, call->piece, (guint) length);
      if (wn_body_is_at_end (&call->body))
        call_answer_all (call);
      else
        call_read (g_steal_pointer (&call));
    }
}

static void
on_call_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;
  gssize n_read
      = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (n_read < 0)
    {
      g_autoptr (GError) ours = wn_download_error_new_from_network (error);

      call_answer_none (call, ours, NULL);
    }
  else if (n_read > 0)
    call_take_piece (g_steal_pointer (&call), (gsize) n_read);
  else if (wn_body_is_cut_off (&call->body))
    call_fail (call, WN_DOWNLOAD_ERROR_SHORT);
  else
    call_answer_all (call);
}

/* (transfer full) @call: the pending read's from now on */
static void
call_read (Call *call)
{
  g_input_stream_read_async (wn_body_get_input (&call->body),
                             call->piece,
                             READ_BYTES,
                             G_PRIORITY_DEFAULT,
                             call->cancellable,
                             on_call_read,
                             call);
}

static void
on_call_exchanged (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (WnTlsDoubt) doubt = wn_exchange_dup_doubt (result);
  g_autoptr (GInputStream) body = wn_exchange_finish (result, &message, &error);

  if (body == NULL)
    {
      call_answer_none (call, error, doubt);
      return;
    }
  wn_body_open (&call->body, message, body);
  call->status = soup_message_get_status (message);
  call->time_us
      = wn_response_get_time (soup_message_get_response_headers (message));
  call->size = wn_response_get_encoding (message) == NULL
                   ? wn_response_get_size (message)
                   : WN_SIZE_UNKNOWN;
  call_read (g_steal_pointer (&call));
}

static Call *
call_new (const WnCallConfig *config, GCancellable *cancellable)
{
  Call *call = g_new0 (Call, 1);

  call->session = wn_http_session_new (config->proxy_resolver);
  call->cancellable = g_cancellable_new ();
  call->bytes = g_byte_array_new ();
  call->timer = wn_timer_start (config->timeout_s > 0 ? config->timeout_s
                                                      : CALL_TIMEOUT_S,
                                on_call_timeout,
                                call);
  g_set_object (&call->outer, cancellable);
  if (g_cancellable_is_cancelled (cancellable))
    g_cancellable_cancel (call->cancellable);
  else if (cancellable != NULL)
    call->cancel_handler = g_signal_connect (cancellable,
                                             "cancelled",
                                             G_CALLBACK (on_call_cancelled),
                                             call->cancellable);
  return call;
}

void
wn_call_start (const WnCallConfig *config,
               GCancellable *cancellable,
               WnCallFunc func,
               gpointer user_data,
               GDestroyNotify notify)
{
  Call *call = call_new (config, cancellable);
  WnRequest request
      = { .method = config->method,
          .url = config->url,
          .authorization = config->authorization,
          .redirects = config->follows_at_host ? WN_REDIRECTS_SAME_HOST
                                               : WN_REDIRECTS_NONE,
          .stays_outside = config->stays_outside,
          .trust = config->trust,
          .content_type = config->content_type,
          .body = config->body };

  call->func = func;
  call->user_data = user_data;
  call->notify = notify;
  wn_exchange_async (call->session,
                     &request,
                     call->cancellable,
                     on_call_exchanged,
                     call);
}
