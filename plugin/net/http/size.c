/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Two exchanges at most, within one time, of which only the heads are looked
 * at.
 */

#include "net/http/size.h"

#include "net/http/download-error.h"
#include "net/http/exchange.h"
#include "net/http/http-session.h"
#include "net/http/response.h"
#include "net/timer.h"

#define QUERY_TIMEOUT_S 10

typedef struct
{
  SoupSession *session;  /* (owned) */
  char *url;             /* (owned) */
  char *authorization;   /* (owned) (nullable) */
  WnTlsTrust *trust;     /* (owned) (nullable) */
  WnTlsDoubt *doubt;     /* (owned) (nullable) */
  GError *refusal;       /* (owned) (nullable): a GET's */
  GCancellable *inner;   /* (owned): the caller's, or the time is over */
  gulong cancel_handler; /* on the caller's cancellable; 0: none */
  GSource *timer;        /* (owned) (nullable) */
} SizeQuery;

static void
size_query_free (gpointer data)
{
  SizeQuery *query = data;

  wn_timer_stop (&query->timer);
  g_clear_object (&query->session);
  g_clear_object (&query->inner);
  g_clear_object (&query->trust);
  g_clear_pointer (&query->doubt, wn_tls_doubt_free);
  g_clear_error (&query->refusal);
  g_free (query->url);
  g_free (query->authorization);
  g_free (query);
}

static gboolean
on_query_timeout (gpointer user_data)
{
  SizeQuery *query = user_data;

  g_cancellable_cancel (query->inner);
  return G_SOURCE_CONTINUE;
}

static void
on_query_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_cancellable_cancel (G_CANCELLABLE (user_data));
}

static void
size_query_end (GTask *task, gint64 size)
{
  SizeQuery *query = g_task_get_task_data (task);

  wn_timer_stop (&query->timer);
  g_cancellable_disconnect (g_task_get_cancellable (task),
                            query->cancel_handler);
  wn_http_session_abort (query->session);
  g_task_return_int (task, size);
}

static gint64
ranged_size (SoupMessage *message)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  goffset first;
  goffset last;
  goffset total = WN_SIZE_UNKNOWN;

  if (wn_response_get_encoding (message) != NULL)
    return WN_SIZE_UNKNOWN;
  if (soup_message_get_status (message) == SOUP_STATUS_OK)
    return wn_response_get_size (message);
  if (soup_message_get_status (message) == SOUP_STATUS_PARTIAL_CONTENT
      && soup_message_headers_get_content_range (headers, &first, &last, &total)
      && total >= 0)
    return total;
  return WN_SIZE_UNKNOWN;
}

static void
note_refusal (SizeQuery *query, guint status)
{
  GError *error = wn_download_error_new_from_status (status);

  if (g_error_matches (error, WN_DOWNLOAD_ERROR, WN_DOWNLOAD_ERROR_NOT_FOUND)
      || g_error_matches (error,
                          WN_DOWNLOAD_ERROR,
                          WN_DOWNLOAD_ERROR_UNAUTHORIZED))
    query->refusal = error;
  else
    g_error_free (error);
}

static void
on_range_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GInputStream) body = wn_exchange_finish (result, &message, NULL);

  if (body != NULL)
    note_refusal (g_task_get_task_data (task),
                  soup_message_get_status (message));
  size_query_end (task, body != NULL ? ranged_size (message) : WN_SIZE_UNKNOWN);
}

/* A size of 0 is not believed: some servers say so of every HEAD. */
static gint64
head_size (SoupMessage *message)
{
  if (soup_message_get_status (message) != SOUP_STATUS_OK
      || wn_response_get_encoding (message) != NULL
      || wn_response_get_size (message) == 0)
    return WN_SIZE_UNKNOWN;
  return wn_response_get_size (message);
}

static void
on_head_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GInputStream) body = wn_exchange_finish (result, &message, NULL);
  SizeQuery *query = g_task_get_task_data (task);
  gint64 size = body != NULL ? head_size (message) : WN_SIZE_UNKNOWN;

  query->doubt = wn_exchange_dup_doubt (result);
  if (body == NULL || size != WN_SIZE_UNKNOWN)
    size_query_end (task, size);
  else
    {
      WnRequest request = { .method = SOUP_METHOD_GET,
                            .url = query->url,
                            .authorization = query->authorization,
                            .trust = query->trust,
                            .range = "bytes=0-0" };

      wn_exchange_async (query->session,
                         &request,
                         query->inner,
                         on_range_done,
                         g_object_ref (task));
    }
}

void
wn_size_query_async (const WnDownloadConfig *config,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  SizeQuery *query = g_new0 (SizeQuery, 1);
  WnRequest request = { .method = SOUP_METHOD_HEAD,
                        .url = config->url,
                        .authorization = config->authorization,
                        .trust = config->trust };

  g_task_set_source_tag (task, wn_size_query_async);
  g_task_set_task_data (task, query, size_query_free);
  query->session = wn_http_session_new (config->proxy_resolver);
  query->url = g_strdup (config->url);
  query->authorization = g_strdup (config->authorization);
  g_set_object (&query->trust, config->trust);
  query->inner = g_cancellable_new ();
  query->timer = wn_timer_start (QUERY_TIMEOUT_S, on_query_timeout, query);
  if (cancellable != NULL)
    query->cancel_handler
        = g_cancellable_connect (cancellable,
                                 G_CALLBACK (on_query_cancelled),
                                 g_object_ref (query->inner),
                                 g_object_unref);
  wn_exchange_async (query->session,
                     &request,
                     query->inner,
                     on_head_done,
                     g_object_ref (task));
}

gint64
wn_size_query_finish (GAsyncResult *result, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  gint64 size = g_task_propagate_int (G_TASK (result), &own_error);

  if (own_error == NULL)
    return size;
  g_propagate_error (error, g_steal_pointer (&own_error));
  return -2;
}

WnTlsDoubt *
wn_size_query_dup_doubt (GAsyncResult *result)
{
  const SizeQuery *query = g_task_get_task_data (G_TASK (result));

  return query->doubt != NULL ? wn_tls_doubt_copy (query->doubt) : NULL;
}

GError *
wn_size_query_dup_refusal (GAsyncResult *result)
{
  const SizeQuery *query = g_task_get_task_data (G_TASK (result));

  return query->refusal != NULL ? g_error_copy (query->refusal) : NULL;
}
