/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Preloaded into BitlBee: the name `notify.test` is known, after a moment that
 * its main loop spends waiting; and where WN_WITHOUT_TICK is set, no timer of
 * 200 ms keeps that loop turning.
 */

#include <dlfcn.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#define NAME "notify.test"
#define DELAY_US (100 * 1000)
#define TICK_MS 200
#define NEVER_MS (3600 * 1000)

typedef int (*Lookup) (const char *,
                       const char *,
                       const struct addrinfo *,
                       struct addrinfo **);
typedef guint (*Add) (guint, GSourceFunc, gpointer);

int
getaddrinfo (const char *name,
             const char *service,
             const struct addrinfo *hints,
             struct addrinfo **addresses)
{
  struct addrinfo numeric = hints != NULL ? *hints : (struct addrinfo){ 0 };
  Lookup lookup = (Lookup) dlsym (RTLD_NEXT, "getaddrinfo");

  if (name == NULL || strcmp (name, NAME) != 0)
    return lookup (name, service, hints, addresses);
  g_usleep (DELAY_US);
  numeric.ai_flags = AI_NUMERICHOST;
  return lookup ("127.0.0.1", service, &numeric, addresses);
}

guint
g_timeout_add (guint interval_ms, GSourceFunc func, gpointer user_data)
{
  Add add = (Add) dlsym (RTLD_NEXT, "g_timeout_add");

  if (interval_ms == TICK_MS && getenv ("WN_WITHOUT_TICK") != NULL)
    interval_ms = NEVER_MS;
  return add (interval_ms, func, user_data);
}
