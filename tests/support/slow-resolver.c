/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * GIO's resolver is the process's, and so are the questions.
 */

#include "support/slow-resolver.h"

#define WN_TYPE_SLOW_RESOLVER (wn_slow_resolver_get_type ())
G_DECLARE_FINAL_TYPE (WnSlowResolver,
                      wn_slow_resolver,
                      WN,
                      SLOW_RESOLVER,
                      GResolver)

struct _WnSlowResolver
{
  GResolver parent_instance;
};

G_DEFINE_FINAL_TYPE (WnSlowResolver, wn_slow_resolver, G_TYPE_RESOLVER)

/* Of GTask; each has the source that waits for its cancellation as its data. */
static GPtrArray *questions;

static void
destroy_source (gpointer source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);

  if (g_ptr_array_remove (questions, task))
    g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
look_up_async (GResolver *resolver,
               const char *name,
               GResolverNameLookupFlags flags,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer user_data)
{
  GTask *task = g_task_new (resolver, cancellable, callback, user_data);
  GSource *source = g_cancellable_source_new (cancellable);

  g_source_set_callback (source, G_SOURCE_FUNC (on_cancelled), task, NULL);
  g_source_attach (source, NULL);
  g_task_set_task_data (task, source, destroy_source);
  g_ptr_array_add (questions, task);
}

static void
look_up_default_async (GResolver *resolver,
                       const char *name,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  look_up_async (resolver,
                 name,
                 G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT,
                 cancellable,
                 callback,
                 user_data);
}

static GList *
look_up_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
wn_slow_resolver_class_init (WnSlowResolverClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  resolver_class->lookup_by_name_async = look_up_default_async;
  resolver_class->lookup_by_name_finish = look_up_finish;
  resolver_class->lookup_by_name_with_flags_async = look_up_async;
  resolver_class->lookup_by_name_with_flags_finish = look_up_finish;
}

static void
wn_slow_resolver_init (WnSlowResolver *self)
{
}

void
wn_slow_resolver_start (void)
{
  g_autoptr (GResolver) resolver = g_object_new (WN_TYPE_SLOW_RESOLVER, NULL);

  questions = g_ptr_array_new_with_free_func (g_object_unref);
  g_resolver_set_default (resolver);
}

guint
wn_slow_resolver_count (void)
{
  return questions->len;
}

static void
free_addresses (gpointer addresses)
{
  g_resolver_free_addresses (addresses);
}

void
wn_slow_resolver_answer (const char *address)
{
  while (questions->len > 0)
    {
      g_autoptr (GTask) task = g_ptr_array_steal_index (questions, 0);

      if (address != NULL)
        g_task_return_pointer (
            task,
            g_list_append (NULL, g_inet_address_new_from_string (address)),
            free_addresses);
      else
        g_task_return_new_error (task,
                                 G_RESOLVER_ERROR,
                                 G_RESOLVER_ERROR_NOT_FOUND,
                                 "Name or service not known");
    }
}
