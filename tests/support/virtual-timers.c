/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Sources that are never ready by themselves.
 */

#include "support/virtual-timers.h"

typedef struct
{
  GSource source;
  guint seconds;
} Timer;

static GQueue timers = G_QUEUE_INIT; /* of Timer (unowned): until finalized */

static gboolean
timer_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_source_set_ready_time (source, -1);
  return callback (user_data);
}

static void
timer_finalize (GSource *source)
{
  g_queue_remove (&timers, source);
}

GSource *
g_timeout_source_new_seconds (guint seconds)
{
  static GSourceFuncs funcs
      = { .dispatch = timer_dispatch, .finalize = timer_finalize };
  GSource *source = g_source_new (&funcs, sizeof (Timer));

  ((Timer *) source)->seconds = seconds;
  g_queue_push_tail (&timers, source);
  return source;
}

/* The newest of @seconds, or of any where that is 0. */
static Timer *
find (guint seconds)
{
  for (GList *l = timers.tail; l != NULL; l = l->prev)
    {
      Timer *timer = l->data;

      if ((seconds == 0 || timer->seconds == seconds)
          && !g_source_is_destroyed (&timer->source))
        return timer;
    }
  return NULL;
}

guint
wn_virtual_timers_peek (void)
{
  Timer *timer = find (0);

  return timer != NULL ? timer->seconds : 0;
}

gboolean
wn_virtual_timers_has (guint seconds)
{
  return find (seconds) != NULL;
}

void
wn_virtual_timers_pass (guint seconds)
{
  GSource *timer;

  while (find (seconds) == NULL)
    g_main_context_iteration (NULL, TRUE);
  timer = g_source_ref (&find (seconds)->source);
  g_source_set_ready_time (timer, 0);
  while (g_source_get_ready_time (timer) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_source_unref (timer);
}
