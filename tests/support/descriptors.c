/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later */

#include "support/descriptors.h"

guint
wn_descriptors_count (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}
