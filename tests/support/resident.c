/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later */

#include "support/resident.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static gint64
read_status_kib (const char *field)
{
  g_autofree char *status = NULL;
  const char *line;

  g_assert_true (
      g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  line = strstr (status, field);
  g_assert_nonnull (line);
  return g_ascii_strtoll (line + strlen (field), NULL, 10);
}

gint64
wn_resident_get_kib (void)
{
  return read_status_kib ("VmRSS:");
}

gint64
wn_resident_get_peak_kib (void)
{
  return read_status_kib ("VmHWM:");
}

gboolean
wn_resident_reset_peak (void)
{
  int fd = open ("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
  gboolean is_reset;

  if (fd < 0)
    return FALSE;
  is_reset = write (fd, "5", 1) == 1;
  close (fd);
  return is_reset;
}
