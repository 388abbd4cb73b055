/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libpurple calls its host through tables of functions without user data, so
 * the set of ids is the process's.
 */

#include "support/purple-events.h"

#include <purple.h>

typedef struct
{
  PurpleInputFunction func;
  gpointer user_data;
} Input;

static GHashTable *ids; /* (unowned) (nullable): the host's, while it runs */

static guint
remember_source (guint id)
{
  if (ids != NULL)
    g_hash_table_add (ids, GUINT_TO_POINTER (id));
  return id;
}

static gboolean
on_input_ready (GIOChannel *channel, GIOCondition condition, gpointer user_data)
{
  const Input *input = user_data;
  PurpleInputCondition ready = 0;

  if (condition & (G_IO_IN | G_IO_HUP | G_IO_ERR))
    ready |= PURPLE_INPUT_READ;
  if (condition & (G_IO_OUT | G_IO_HUP | G_IO_ERR | G_IO_NVAL))
    ready |= PURPLE_INPUT_WRITE;
  input->func (input->user_data, g_io_channel_unix_get_fd (channel), ready);
  return G_SOURCE_CONTINUE;
}

static guint
add_input (int fd,
           PurpleInputCondition condition,
           PurpleInputFunction func,
           gpointer user_data)
{
  GIOChannel *channel = g_io_channel_unix_new (fd);
  GIOCondition wanted = G_IO_HUP | G_IO_ERR | G_IO_NVAL;
  Input *input = g_new (Input, 1);
  guint id;

  *input = (Input){ func, user_data };
  if (condition & PURPLE_INPUT_READ)
    wanted |= G_IO_IN;
  if (condition & PURPLE_INPUT_WRITE)
    wanted |= G_IO_OUT;
  id = g_io_add_watch_full (channel,
                            G_PRIORITY_DEFAULT,
                            wanted,
                            on_input_ready,
                            input,
                            g_free);
  g_io_channel_unref (channel);
  return remember_source (id);
}

static guint
add_timeout (guint interval_ms, GSourceFunc func, gpointer user_data)
{
  return remember_source (g_timeout_add (interval_ms, func, user_data));
}

static guint
add_timeout_seconds (guint interval_s, GSourceFunc func, gpointer user_data)
{
  return remember_source (g_timeout_add_seconds (interval_s, func, user_data));
}

void
wn_purple_events_start (GHashTable *source_ids)
{
  static PurpleEventLoopUiOps ops = {
    .timeout_add = add_timeout,
    .timeout_remove = g_source_remove,
    .input_add = add_input,
    .input_remove = g_source_remove,
    .timeout_add_seconds = add_timeout_seconds,
  };

  ids = source_ids;
  purple_eventloop_set_ui_ops (&ops);
}
