/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * GIO asks for both families at once; there is only one here.
 */

#include "support/stub-resolver.h"

#define WN_TYPE_STUB_RESOLVER (wn_stub_resolver_get_type ())
G_DECLARE_FINAL_TYPE (WnStubResolver,
                      wn_stub_resolver,
                      WN,
                      STUB_RESOLVER,
                      GResolver)

struct _WnStubResolver
{
  GResolver parent_instance;
};

G_DEFINE_FINAL_TYPE (WnStubResolver, wn_stub_resolver, G_TYPE_RESOLVER)

static const char *stub_address = "127.0.0.1";
static guint n_lookups;

static GList *
make_addresses (void)
{
  g_auto (GStrv) texts = g_strsplit (stub_address, " ", -1);
  GList *addresses = NULL;

  for (char **text = texts; *text != NULL; text++)
    addresses
        = g_list_append (addresses, g_inet_address_new_from_string (*text));
  return addresses;
}

static GList *
look_up (GResolverNameLookupFlags flags, GError **error)
{
  n_lookups++;
  if (stub_address != NULL && flags != G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY)
    return make_addresses ();
  g_set_error_literal (error,
                       G_RESOLVER_ERROR,
                       G_RESOLVER_ERROR_NOT_FOUND,
                       "Name or service not known");
  return NULL;
}

static GList *
lookup_by_name (GResolver *resolver,
                const char *name,
                GCancellable *cancellable,
                GError **error)
{
  return look_up (G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT, error);
}

static GList *
lookup_by_name_with_flags (GResolver *resolver,
                           const char *name,
                           GResolverNameLookupFlags flags,
                           GCancellable *cancellable,
                           GError **error)
{
  return look_up (flags, error);
}

static void
free_addresses (gpointer addresses)
{
  g_resolver_free_addresses (addresses);
}

static void
lookup_by_name_with_flags_async (GResolver *resolver,
                                 const char *name,
                                 GResolverNameLookupFlags flags,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task
      = g_task_new (resolver, cancellable, callback, user_data);
  GError *error = NULL;
  GList *addresses = look_up (flags, &error);

  if (addresses != NULL)
    g_task_return_pointer (task, addresses, free_addresses);
  else
    g_task_return_error (task, error);
}

static void
lookup_by_name_async (GResolver *resolver,
                      const char *name,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  lookup_by_name_with_flags_async (resolver,
                                   name,
                                   G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT,
                                   cancellable,
                                   callback,
                                   user_data);
}

static GList *
lookup_by_name_finish (GResolver *resolver,
                       GAsyncResult *result,
                       GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
wn_stub_resolver_class_init (WnStubResolverClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  resolver_class->lookup_by_name = lookup_by_name;
  resolver_class->lookup_by_name_async = lookup_by_name_async;
  resolver_class->lookup_by_name_finish = lookup_by_name_finish;
  resolver_class->lookup_by_name_with_flags = lookup_by_name_with_flags;
  resolver_class->lookup_by_name_with_flags_async
      = lookup_by_name_with_flags_async;
  resolver_class->lookup_by_name_with_flags_finish = lookup_by_name_finish;
}

static void
wn_stub_resolver_init (WnStubResolver *self)
{
}

void
wn_stub_resolver_start (void)
{
  g_autoptr (GResolver) resolver = g_object_new (WN_TYPE_STUB_RESOLVER, NULL);

  g_resolver_set_default (resolver);
}

void
wn_stub_resolver_set_address (const char *address)
{
  stub_address = address;
}

guint
wn_stub_resolver_count (void)
{
  return n_lookups;
}
