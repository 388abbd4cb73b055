/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The options are borrowed, as an account's are.
 */

#include "support/instance.h"

#include <string.h>

/* 2026-11-28T12:00:00Z */
#define NOON_US (G_GINT64_CONSTANT (1795867200) * G_TIME_SPAN_SECOND)

gpointer
wn_instance_new (const WnDialect *dialect,
                 GError **error,
                 const char *username,
                 const char *token,
                 ...)
{
  g_autoptr (GHashTable) options = g_hash_table_new (g_str_hash, g_str_equal);
  const char *key;
  va_list pairs;

  va_start (pairs, token);
  while ((key = va_arg (pairs, const char *)) != NULL)
    g_hash_table_insert (options,
                         (gpointer) key,
                         (gpointer) va_arg (pairs, const char *));
  va_end (pairs);
  return dialect->new (
      &(WnIdentity){
          .username = username,
          .token = token,
          .options = options,
      },
      error);
}

gpointer
wn_instance_new_back_office (void)
{
  return wn_instance_new (&wn_dialect_back_office,
                          NULL,
                          "1001@jd-shop",
                          NULL,
                          "server",
                          "ws://a.example/",
                          NULL);
}

WnFrame *
wn_instance_take_answer (const WnDialect *dialect,
                         gpointer instance,
                         guint status,
                         const char *body)
{
  return dialect->read_answer (instance,
                               &(WnAnswer){ .status = status,
                                            .body = body,
                                            .length = strlen (body),
                                            .time_us = NOON_US });
}

double
wn_instance_roll (gpointer data)
{
  return 0.5;
}
