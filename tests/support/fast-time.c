/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * GLib finds the functions below before libc's. The clocks of people and of
 * the machine are shifted alike.
 */

#include "support/fast-time.h"

#include <poll.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* What is under way in the kernel, or in a thread, arrives meanwhile. */
#define GRACE_MS 20

static gint64 shift_ms; /* atomic */
static gboolean jumps;

static gboolean
is_shifted (clockid_t clock)
{
  return clock == CLOCK_MONOTONIC || clock == CLOCK_BOOTTIME
         || clock == CLOCK_REALTIME;
}

__attribute__ ((visibility ("default"))) int
clock_gettime (clockid_t clock, struct timespec *time)
{
  int result = (int) syscall (SYS_clock_gettime, clock, time);
  gint64 shift = __atomic_load_n (&shift_ms, __ATOMIC_RELAXED);

  if (result == 0 && is_shifted (clock))
    {
      gint64 nanoseconds = time->tv_nsec + (shift % 1000) * 1000000;

      time->tv_sec += shift / 1000 + nanoseconds / 1000000000;
      time->tv_nsec = nanoseconds % 1000000000;
    }
  return result;
}

__attribute__ ((visibility ("default"))) int
gettimeofday (struct timeval *time, void *zone)
{
  struct timespec now;

  clock_gettime (CLOCK_REALTIME, &now);
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}

static gint
poll_or_jump (GPollFD *fds, guint n_fds, gint timeout_ms)
{
  struct pollfd *pollfds = (struct pollfd *) fds;
  gint n_ready;

  if (!jumps || timeout_ms <= GRACE_MS)
    return poll (pollfds, n_fds, timeout_ms);
  n_ready = poll (pollfds, n_fds, GRACE_MS);
  if (n_ready == 0)
    __atomic_add_fetch (&shift_ms, timeout_ms - GRACE_MS, __ATOMIC_RELAXED);
  return n_ready;
}

void
wn_fast_time_start (void)
{
  g_main_context_set_poll_func (NULL, poll_or_jump);
  jumps = TRUE;
}

void
wn_fast_time_stop (void)
{
  jumps = FALSE;
}
