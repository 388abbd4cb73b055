/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One exchange within a short time, of which only the head is looked at.
 */

#include "net/http/size.h"

#include "net/http/exchange.h"
#include "net/http/http-session.h"
#include "net/http/response.h"
#include "net/timer.h"

#define QUERY_TIMEOUT_S 3

typedef struct
{
  SoupSession *session;  /* (owned) */
  WnTlsDoubt *doubt;     /* (owned) (nullable) */
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
  g_clear_pointer (&query->doubt, wn_tls_doubt_free);
  g_free (query);
}

static gboolean
on_query_timeout (gpointer user_data)
{
  SizeQuery *query = user_data;

  wn_http_session_cancel (query->inner);
  return G_SOURCE_CONTINUE;
}

static void
on_query_cancelled (GCancellable *cancellable, gpointer user_data)
{
  wn_http_session_cancel (G_CANCELLABLE (user_data));
}

/* A size of 0 isn't believed, because some servers answer so to every HEAD. */
static gint64
get_head_size (SoupMessage *message)
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

  query->doubt = wn_exchange_dup_doubt (result);
  wn_timer_stop (&query->timer);
  g_cancellable_disconnect (g_task_get_cancellable (task),
                            query->cancel_handler);
  wn_http_session_abort (query->session);
  g_task_return_int (task,
                     body != NULL ? get_head_size (message) : WN_SIZE_UNKNOWN);
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
                        .redirects = WN_REDIRECTS_SAME_HOST,
                        .trust = config->trust };

  g_task_set_source_tag (task, wn_size_query_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, query, size_query_free);
  query->session = wn_http_session_new (config->proxy_resolver);
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
wn_size_query_finish (GAsyncResult *result, WnTlsDoubt **doubt)
{
  SizeQuery *query = g_task_get_task_data (G_TASK (result));

  *doubt = g_steal_pointer (&query->doubt);
  return g_task_propagate_int (G_TASK (result), NULL);
}
