/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later */

#include "support/wait.h"

static gboolean
on_limit (gpointer limit_s)
{
  g_error ("nothing came of it within %u s", GPOINTER_TO_UINT (limit_s));
  return G_SOURCE_REMOVE;
}

guint
wn_wait_add_limit (guint limit_s)
{
  return g_timeout_add (limit_s * 1000, on_limit, GUINT_TO_POINTER (limit_s));
}

void
wn_wait_until_dry (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}
