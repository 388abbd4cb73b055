/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The life of a download: it asks by one exchange after another, reads the
 * answer with one outstanding read, and decides what a break, a crawl or an end
 * means. Redirects, framing and decoding are done by the other files in here.
 */

#include "net/http/download.h"

#include <libsoup/soup.h>

#include "net/http/body.h"
#include "net/http/decoder.h"
#include "net/http/exchange.h"
#include "net/http/http-session.h"
#include "net/http/response.h"
#include "net/timer.h"

/* Of less at a time, the waking for each piece takes longer than the piece. */
#define BUFFER_BYTES (256 * 1024)
/* Less is read of an encoded body at a time, because it may become hundreds of
 * times as much, and one turn of the main loop must stay short.
 */
#define ENCODED_BUFFER_BYTES (4 * 1024)
/* How long a file may take to begin, since it may be made only now. */
#define ANSWER_TIMEOUT_S 300
#define SLOW_TIME_S 60
#define MAX_EMPTY_CHECKS (ANSWER_TIMEOUT_S / SLOW_TIME_S)
#define SLOW_BYTES_PER_S 1024
/* A file that a server doesn't have yet, although it has told of it. */
#define MISSING_DELAY_S 1
/* How long a download waits before it tries again after a break, and for how
 * long without a byte it goes on trying.
 */
#define RETRY_DELAY_S 5
#define RETRY_DELAY_MAX_S 60
#define RETRY_TIME_S 900
/* How often a file begins that can't go on where it broke off, or that crawls,
 * before it is given up.
 */
#define MAX_BEGINNINGS 4
#define MAX_SLOW_CHECKS 4
/* A status that libsoup has no name for (RFC 6585 §4) */
#define TOO_MANY_REQUESTS 429

/* A user interface's sources all come before the download. */
#define READ_PRIORITY G_PRIORITY_DEFAULT_IDLE

struct _WnDownload
{
  GObject parent_instance;

  char *url;                          /* (owned) */
  char *authorization;                /* (owned) (nullable) */
  WnTlsTrust *trust;                  /* (owned) (nullable) */
  GProxyResolver *proxy_resolver;     /* (owned) (nullable) */
  gboolean takes_page;                /* a web page may be the file */
  const WnDownloadListener *listener; /* (unowned) (nullable): static; %NULL
                                       * when it has ended */
  gpointer user_data;                 /* (unowned): outlives the download */

  SoupSession *session;      /* (owned) (nullable): the current attempt's */
  GCancellable *cancellable; /* (owned): the current attempt's */
  WnTlsDoubt *doubt;         /* (owned) (nullable): what it failed for */
  GSource *timer;            /* (owned) (nullable): the one that runs */

  SoupMessage *message; /* (owned) (nullable): the one that sends the file */
  WnBody body;          /* the same's */
  WnDecoder *decoder;   /* (owned) (nullable): only for an encoded body */
  guint8 *buffer;       /* (owned): BUFFER_BYTES, what is being read */

  SoupMessage *first; /* (owned) (nullable): the one that was answered with the
                       * beginning of the file that is coming */
  gboolean has_moved; /* a redirect led to another path */
  gboolean was_missing; /* the server did not have it, and is asked again */
  gboolean is_ranged;   /* the rest was asked for, not the whole */
  guint retry_delay_s;  /* the last one; 0: bytes have come since */
  guint waited_s;       /* for a byte, since the last one */
  guint n_beginnings;   /* how often the file has begun */
  guint n_slow_checks;  /* in a row */
  guint n_empty_checks; /* in a row, without a byte of this attempt's body */

  gint64 wire_size;       /* what is announced, or WN_SIZE_UNKNOWN */
  gint64 n_wire;          /* bytes of the body that came, still encoded */
  gint64 n_wire_at_start; /* what had come when this attempt began */
  gint64 n_wire_at_check; /* what had come when the speed was last checked */
  gint64 n_furthest;      /* the most of it that was reached */
};

G_DEFINE_FINAL_TYPE (WnDownload, wn_download, G_TYPE_OBJECT)

/* --- Endings --- */

static gboolean
has_ended (const WnDownload *self)
{
  return self->listener == NULL;
}

static void
close_attempt (WnDownload *self)
{
  if (self->session == NULL)
    return;
  wn_http_session_cancel (self->cancellable);
  wn_http_session_abort (self->session);
  g_clear_object (&self->session);
}

static void
end_download (WnDownload *self)
{
  self->listener = NULL;
  wn_timer_stop (&self->timer);
  close_attempt (self);
}

static void
fail_download (WnDownload *self, GError *error_in)
{
  g_autoptr (GError) error = error_in;
  const WnDownloadListener *listener = self->listener;

  g_debug ("download: failed: %s", error->message);
  end_download (self);
  listener->failed (self, error, self->user_data);
}

static void
finish_download (WnDownload *self)
{
  const WnDownloadListener *listener = self->listener;

  g_debug ("download: finished, %" G_GINT64_FORMAT " bytes", self->n_wire);
  end_download (self);
  listener->finished (self, self->user_data);
}

/* --- Breaks: the rest is asked for a little later, or else the whole --- */

static gboolean
can_resume (const WnDownload *self)
{
  return self->first != NULL && wn_response_get_validator (self->first) != NULL
         && self->decoder == NULL && self->wire_size != WN_SIZE_UNKNOWN;
}

/* A download that never began has no break to go on from. */
static gboolean
can_go_on (const WnDownload *self, guint delay_s)
{
  return self->n_beginnings > 0
         && (can_resume (self) || self->n_beginnings < MAX_BEGINNINGS)
         && self->waited_s + delay_s <= RETRY_TIME_S;
}

static void
drop_body (WnDownload *self)
{
  wn_body_close (&self->body);
  g_clear_object (&self->message);
}

static gboolean on_retry_due (gpointer user_data);

static void
retry_in (WnDownload *self, guint delay_s)
{
  wn_timer_stop (&self->timer);
  close_attempt (self);
  drop_body (self);
  self->timer = wn_timer_start (delay_s, on_retry_due, self);
}

static void
break_off (WnDownload *self, GError *error_in)
{
  g_autoptr (GError) error = error_in;
  guint delay_s = self->retry_delay_s == 0
                      ? RETRY_DELAY_S
                      : MIN (2 * self->retry_delay_s, RETRY_DELAY_MAX_S);

  if (!can_go_on (self, delay_s))
    {
      fail_download (self, g_steal_pointer (&error));
      return;
    }
  g_debug ("download: broken off, goes on in %u s: %s",
           delay_s,
           error->message);
  self->retry_delay_s = delay_s;
  self->waited_s += delay_s;
  retry_in (self, delay_s);
}

/* --- Timers, whose callbacks keep the download alive while they call out ---
 */

static gboolean
on_answer_timeout (gpointer user_data)
{
  g_autoptr (WnDownload) self = g_object_ref (WN_DOWNLOAD (user_data));

  self->waited_s += ANSWER_TIMEOUT_S;
  break_off (self, wn_download_error_new (WN_DOWNLOAD_ERROR_SLOW));
  return G_SOURCE_REMOVE;
}

static gboolean
on_speed_check (gpointer user_data)
{
  g_autoptr (WnDownload) self = g_object_ref (WN_DOWNLOAD (user_data));
  gint64 n_since = self->n_wire - self->n_wire_at_check;

  self->n_wire_at_check = self->n_wire;
  if (n_since >= SLOW_TIME_S * SLOW_BYTES_PER_S)
    {
      self->n_slow_checks = 0;
      return G_SOURCE_CONTINUE;
    }
  self->waited_s += SLOW_TIME_S;
  if (self->n_wire == self->n_wire_at_start
      && ++self->n_empty_checks < MAX_EMPTY_CHECKS)
    return G_SOURCE_CONTINUE;
  if (n_since > 0 && ++self->n_slow_checks >= MAX_SLOW_CHECKS)
    fail_download (self, wn_download_error_new (WN_DOWNLOAD_ERROR_SLOW));
  else
    break_off (self, wn_download_error_new (WN_DOWNLOAD_ERROR_SLOW));
  return G_SOURCE_REMOVE;
}

/* --- The end of the body --- */

static gboolean
is_short (WnDownload *self)
{
  if (self->wire_size != WN_SIZE_UNKNOWN && self->n_wire < self->wire_size)
    return TRUE;
  if (self->decoder != NULL && !wn_decoder_is_at_end (self->decoder))
    return TRUE;
  return wn_body_is_cut_off (&self->body);
}

static void
handle_end_of_body (WnDownload *self)
{
  if (is_short (self))
    break_off (self, wn_download_error_new (WN_DOWNLOAD_ERROR_SHORT));
  else
    finish_download (self);
}

/* --- The body's bytes --- */

static void
deliver_bytes (WnDownload *self, const guint8 *bytes, gsize length)
{
  if (!self->listener->data (self, bytes, length, self->user_data))
    wn_download_cancel (self);
}

static void
decode_bytes (WnDownload *self, const guint8 *bytes, gsize length)
{
  g_autoptr (GError) error = NULL;

  wn_decoder_feed (self->decoder, bytes, length);
  while (!has_ended (self)
         && wn_decoder_next (self->decoder, &bytes, &length, &error))
    deliver_bytes (self, bytes, length);
  if (error != NULL)
    fail_download (self, g_steal_pointer (&error));
}

static void
note_progress (WnDownload *self, gsize length)
{
  self->n_wire += (gint64) length;
  if (self->n_wire <= self->n_furthest)
    return;
  self->n_furthest = self->n_wire;
  self->retry_delay_s = 0;
  self->waited_s = 0;
}

static void
handle_piece (WnDownload *self, gsize length)
{
  note_progress (self, length);
  if (self->wire_size != WN_SIZE_UNKNOWN
      && (self->n_wire > self->wire_size
          || (self->n_wire == self->wire_size
              && wn_body_is_more_behind (&self->body))))
    fail_download (self, wn_download_error_new (WN_DOWNLOAD_ERROR_LONG));
  else if (length == 0)
    return;
  else if (self->decoder == NULL)
    deliver_bytes (self, self->buffer, length);
  else
    decode_bytes (self, self->buffer, length);
}

static void
handle_bytes (WnDownload *self, gsize length)
{
  if (!wn_body_unframe (&self->body, self->buffer, &length))
    {
      fail_download (self, wn_download_error_new (WN_DOWNLOAD_ERROR_ENCODING));
      return;
    }
  handle_piece (self, length);
  if (!has_ended (self) && wn_body_is_at_end (&self->body))
    handle_end_of_body (self);
}

static void read_body (WnDownload *self);

static void
on_body_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WnDownload) self = user_data;
  g_autoptr (GError) error = NULL;
  gssize n_read
      = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (has_ended (self) || (gpointer) source != wn_body_get_input (&self->body))
    return;
  if (n_read > 0)
    {
      handle_bytes (self, (gsize) n_read);
      if (!has_ended (self) && wn_body_get_input (&self->body) != NULL)
        read_body (self);
    }
  else if (n_read == 0)
    handle_end_of_body (self);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT)
           || g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_EOF))
    break_off (self, wn_download_error_new (WN_DOWNLOAD_ERROR_SHORT));
  else
    break_off (self, wn_download_error_new_from_network (error));
}

static void
read_body (WnDownload *self)
{
  g_input_stream_read_async (wn_body_get_input (&self->body),
                             self->buffer,
                             self->decoder != NULL ? ENCODED_BUFFER_BYTES
                                                   : BUFFER_BYTES,
                             READ_PRIORITY,
                             self->cancellable,
                             on_body_read,
                             g_object_ref (self));
}

/* --- The response --- */

static gboolean
accept_encoding (WnDownload *self)
{
  const char *encoding = wn_response_get_encoding (self->message);

  g_clear_pointer (&self->decoder, wn_decoder_free);
  if (encoding != NULL)
    self->decoder = wn_decoder_new (encoding);
  return encoding == NULL || self->decoder != NULL;
}

/* Whether the answer is a login page, or another page that a server or a
 * network shows to people in place of the file: a web page that a redirect led
 * to, or one that comes after a break although the file was none.
 */
static gboolean
is_other_page (WnDownload *self)
{
  if (!wn_response_is_page (self->message) || self->takes_page)
    return FALSE;
  return self->has_moved
         || (self->n_beginnings > 0 && !wn_response_is_page (self->first));
}

static void
begin_body (WnDownload *self)
{
  self->n_wire_at_check = self->n_wire;
  self->n_wire_at_start = self->n_wire;
  self->n_empty_checks = 0;
  self->timer = wn_timer_start (SLOW_TIME_S, on_speed_check, self);
}

/* The answer is the file from its start, for the first time or over again. */
static void
handle_file (WnDownload *self)
{
  if (!accept_encoding (self))
    {
      fail_download (self, wn_download_error_new (WN_DOWNLOAD_ERROR_ENCODING));
      return;
    }
  if (is_other_page (self))
    {
      fail_download (self, wn_download_error_new (WN_DOWNLOAD_ERROR_PAGE));
      return;
    }
  self->wire_size = wn_response_get_size (self->message);
  self->n_wire = 0;
  self->n_beginnings++;
  g_set_object (&self->first, self->message);
  begin_body (self);
  self->listener->started (self,
                           self->decoder == NULL ? self->wire_size
                                                 : WN_SIZE_UNKNOWN,
                           self->user_data);
  if (!has_ended (self))
    read_body (self);
}

/* Once: ntfy sends a message before it keeps it, and gives its file only when
 * that is done.
 */
static void
ask_once_more (WnDownload *self)
{
  g_debug ("download: not there yet, asked for in %d s", MISSING_DELAY_S);
  self->was_missing = TRUE;
  retry_in (self, MISSING_DELAY_S);
}

static void begin_attempt (WnDownload *self, gboolean is_ranged);

static void
handle_response (WnDownload *self)
{
  guint status = soup_message_get_status (self->message);

  if (status == SOUP_STATUS_OK)
    handle_file (self);
  else if (self->is_ranged
           && wn_response_is_rest (self->message,
                                   self->first,
                                   self->n_wire,
                                   self->wire_size))
    {
      begin_body (self);
      read_body (self);
    }
  else if (self->is_ranged
           && (status == SOUP_STATUS_PARTIAL_CONTENT
               || status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE))
    begin_attempt (self, FALSE);
  else if (status == SOUP_STATUS_NOT_FOUND && !self->was_missing
           && self->n_beginnings == 0)
    ask_once_more (self);
  else if (SOUP_STATUS_IS_SERVER_ERROR (status) || status == TOO_MANY_REQUESTS)
    break_off (self, wn_download_error_new_from_status (status));
  else
    fail_download (self, wn_download_error_new_from_status (status));
}

static void
on_exchange_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WnDownload) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GInputStream) body = wn_exchange_finish (result, &message, &error);

  if ((gpointer) source != self->session)
    return;
  wn_timer_stop (&self->timer);
  self->has_moved = wn_exchange_has_moved (result);
  self->doubt = wn_exchange_dup_doubt (result);
  if (g_error_matches (error, WN_DOWNLOAD_ERROR, WN_DOWNLOAD_ERROR_REDIRECTED)
      || g_error_matches (error,
                          WN_DOWNLOAD_ERROR,
                          WN_DOWNLOAD_ERROR_CERTIFICATE))
    fail_download (self, g_steal_pointer (&error));
  else if (body == NULL)
    break_off (self, g_steal_pointer (&error));
  else
    {
      wn_body_open (&self->body, message, body);
      g_set_object (&self->message, message);
      handle_response (self);
    }
}

/* Each attempt has a session of its own, because the one before may still be on
 * its way to be aborted.
 */
static void
begin_attempt (WnDownload *self, gboolean is_ranged)
{
  g_autofree char *range = NULL;
  WnRequest request = { .method = SOUP_METHOD_GET,
                        .url = self->url,
                        .authorization = self->authorization,
                        .trust = self->trust };

  if (is_ranged)
    {
      range = g_strdup_printf ("bytes=%" G_GINT64_FORMAT "-", self->n_wire);
      request.range = range;
      request.if_range = wn_response_get_validator (self->first);
    }
  self->is_ranged = is_ranged;
  close_attempt (self);
  drop_body (self);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->session = wn_http_session_new (self->proxy_resolver);
  self->timer = wn_timer_start (ANSWER_TIMEOUT_S, on_answer_timeout, self);
  wn_exchange_async (self->session,
                     &request,
                     self->cancellable,
                     on_exchange_done,
                     g_object_ref (self));
}

static gboolean
on_retry_due (gpointer user_data)
{
  WnDownload *self = user_data;

  wn_timer_stop (&self->timer);
  begin_attempt (self, self->n_wire > 0 && can_resume (self));
  return G_SOURCE_REMOVE;
}

WnDownload *
wn_download_new (const WnDownloadConfig *config,
                 const WnDownloadListener *listener,
                 gpointer user_data)
{
  WnDownload *self = g_object_new (WN_TYPE_DOWNLOAD, NULL);

  self->url = g_strdup (config->url);
  self->authorization = g_strdup (config->authorization);
  g_set_object (&self->trust, config->trust);
  g_set_object (&self->proxy_resolver, config->proxy_resolver);
  self->takes_page = config->takes_page;
  self->listener = listener;
  self->user_data = user_data;
  begin_attempt (self, FALSE);
  return self;
}

void
wn_download_cancel (WnDownload *self)
{
  if (!has_ended (self))
    end_download (self);
}

WnTlsDoubt *
wn_download_dup_doubt (WnDownload *self)
{
  return self->doubt != NULL ? wn_tls_doubt_copy (self->doubt) : NULL;
}

static void
wn_download_finalize (GObject *object)
{
  WnDownload *self = WN_DOWNLOAD (object);

  wn_timer_stop (&self->timer);
  drop_body (self);
  g_clear_pointer (&self->decoder, wn_decoder_free);
  g_clear_object (&self->session);
  g_clear_object (&self->trust);
  g_clear_object (&self->cancellable);
  g_free (self->buffer);
  g_clear_object (&self->first);
  g_clear_pointer (&self->doubt, wn_tls_doubt_free);
  g_clear_object (&self->proxy_resolver);
  g_free (self->url);
  g_free (self->authorization);

  G_OBJECT_CLASS (wn_download_parent_class)->finalize (object);
}

static void
wn_download_class_init (WnDownloadClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wn_download_finalize;
}

static void
wn_download_init (WnDownload *self)
{
  self->buffer = g_malloc (BUFFER_BYTES);
  self->wire_size = WN_SIZE_UNKNOWN;
}
