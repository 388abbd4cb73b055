/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later */

#include "support/descriptors.h"

#include <sys/resource.h>

guint
wn_descriptors_count (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

gboolean
wn_descriptors_allow (guint n)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = limit.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  return limit.rlim_max >= n;
}
