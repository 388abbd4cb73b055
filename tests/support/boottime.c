/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The timer is found by what /proc says of it, so that nothing of ours needs
 * to give it away.
 */

#define _GNU_SOURCE

#include "support/boottime.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static gboolean
write_offset (gint64 seconds)
{
  g_autofree char *line
      = g_strdup_printf ("boottime %" G_GINT64_FORMAT " 0\n", seconds);
  int fd = open ("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
  gboolean written;

  if (fd < 0)
    return FALSE;
  written = write (fd, line, strlen (line)) > 0;
  close (fd);
  return written;
}

static gboolean
enter_namespace (void)
{
  int fd = open ("/proc/self/ns/time_for_children", O_RDONLY | O_CLOEXEC);
  gboolean entered;

  if (fd < 0)
    return FALSE;
  entered = setns (fd, CLONE_NEWTIME) == 0;
  close (fd);
  return entered;
}

gboolean
wn_boottime_advance (gint64 seconds)
{
  static gint64 ahead;

  if ((unshare (CLONE_NEWTIME) == 0
       || unshare (CLONE_NEWUSER | CLONE_NEWTIME) == 0)
      && write_offset (ahead + seconds) && enter_namespace ())
    {
      ahead += seconds;
      return TRUE;
    }
  g_test_skip ("no time namespace can be made here");
  return FALSE;
}

static gboolean
is_cancelled_by_jumps (const char *fd)
{
  g_autofree char *path = g_strconcat ("/proc/self/fdinfo/", fd, NULL);
  g_autofree char *info = NULL;

  return g_file_get_contents (path, &info, NULL, NULL)
         && strstr (info, "clockid: 0\n") && strstr (info, "settime flags: 03");
}

/* Returns: the last one's descriptor; -1 for none */
static int
find_timers (guint *n_found)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  const char *name;
  int fd = -1;

  *n_found = 0;
  while ((name = g_dir_read_name (dir)) != NULL)
    if (is_cancelled_by_jumps (name))
      {
        fd = atoi (name);
        (*n_found)++;
      }
  return fd;
}

void
wn_boottime_wake (void)
{
  guint n_found;
  int timer = find_timers (&n_found);
  int event = eventfd (1, EFD_NONBLOCK | EFD_CLOEXEC);

  g_assert_cmpuint (n_found, ==, 1);
  g_assert_cmpint (dup2 (event, timer), ==, timer);
  close (event);
}

guint
wn_boottime_count_timers (void)
{
  guint n_found;

  find_timers (&n_found);
  return n_found;
}
