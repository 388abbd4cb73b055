/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One call within a short time, of which only the head is looked at.
 */

#include "net/http/size.h"

#include <libsoup/soup.h>

#include "net/http/call.h"

#define QUERY_TIMEOUT_S 3

typedef struct
{
  gint64 size;
  WnTlsDoubt *doubt; /* (owned) (nullable) */
} Head;

static void
head_free (gpointer data)
{
  Head *head = data;

  g_clear_pointer (&head->doubt, wn_tls_doubt_free);
  g_free (head);
}

/* A size of 0 isn't believed, because some servers answer so to every HEAD. */
static void
on_head_answer (const WnCallAnswer *answer, gpointer user_data)
{
  Head *head = g_task_get_task_data (G_TASK (user_data));

  if (answer->status == SOUP_STATUS_OK && answer->size > 0)
    head->size = answer->size;
  if (answer->doubt != NULL)
    head->doubt = wn_tls_doubt_copy (answer->doubt);
}

static void
on_head_gone (gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Head *head = g_task_get_task_data (task);

  g_task_return_int (task, head->size);
}

void
wn_size_query_async (const WnDownloadConfig *config,
                     gboolean stays_outside,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Head *head = g_new0 (Head, 1);

  head->size = WN_SIZE_UNKNOWN;
  g_task_set_source_tag (task, wn_size_query_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, head, head_free);
  wn_call_start (&(WnCallConfig){ .method = SOUP_METHOD_HEAD,
                                  .url = config->url,
                                  .authorization = config->authorization,
                                  .proxy_resolver = config->proxy_resolver,
                                  .trust = config->trust,
                                  .timeout_s = QUERY_TIMEOUT_S,
                                  .follows_at_host = TRUE,
                                  .stays_outside = stays_outside },
                 cancellable,
                 on_head_answer,
                 task,
                 on_head_gone);
}

gint64
wn_size_query_finish (GAsyncResult *result, WnTlsDoubt **doubt)
{
  Head *head = g_task_get_task_data (G_TASK (result));

  *doubt = g_steal_pointer (&head->doubt);
  return g_task_propagate_int (G_TASK (result), NULL);
}
