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

/* What is under way in the kernel, or in a thread, arrives meanwhile. Where a
 * slice ends late the machine is busy, and others wait as this process does: it
 * does not count, up to a limit.
 */
#define SLICE_MS 2
#define N_SLICES 10
#define MAX_SLICES 100
#define LATE_US ((SLICE_MS + 1) * 1000)
#define GRACE_MS (SLICE_MS * N_SLICES)

/* Of the clocks that are shifted, by their ids */
#define N_CLOCKS (CLOCK_BOOTTIME + 1)

static struct timespec held[N_CLOCKS]; /* what they show while is_held */
static gboolean is_held;               /* atomic */
static gint64 shift_ms;                /* atomic */
static gboolean jumps;

static int
read_clock (clockid_t clock, struct timespec *time)
{
  return (int) syscall (SYS_clock_gettime, clock, time);
}

static gint64
read_us (void)
{
  struct timespec now;

  read_clock (CLOCK_MONOTONIC, &now);
  return now.tv_sec * G_TIME_SPAN_SECOND + now.tv_nsec / 1000;
}

static gboolean
is_shifted (clockid_t clock)
{
  return clock == CLOCK_MONOTONIC || clock == CLOCK_BOOTTIME
         || clock == CLOCK_REALTIME;
}

__attribute__ ((visibility ("default"))) int
clock_gettime (clockid_t clock, struct timespec *time)
{
  gboolean stands
      = is_shifted (clock) && __atomic_load_n (&is_held, __ATOMIC_ACQUIRE);
  int result = stands ? 0 : read_clock (clock, time);
  gint64 shift = __atomic_load_n (&shift_ms, __ATOMIC_RELAXED);

  if (stands)
    *time = held[clock];
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

/* Returns: how many are ready; 0: the grace is over */
static gint
poll_for_grace (struct pollfd *fds, guint n_fds)
{
  guint n_in_time = 0;
  gint n_ready = 0;

  for (guint i = 0; n_ready == 0 && n_in_time < N_SLICES && i < MAX_SLICES; i++)
    {
      gint64 begin_us = read_us ();

      n_ready = poll (fds, n_fds, SLICE_MS);
      if (read_us () - begin_us < LATE_US)
        n_in_time++;
    }
  return n_ready;
}

static gint
poll_or_jump (GPollFD *fds, guint n_fds, gint timeout_ms)
{
  struct pollfd *pollfds = (struct pollfd *) fds;
  gint64 begin_us, waited_ms;
  gint n_ready;

  if (!jumps || timeout_ms <= GRACE_MS)
    return poll (pollfds, n_fds, timeout_ms);
  begin_us = read_us ();
  n_ready = poll_for_grace (pollfds, n_fds);
  waited_ms = (read_us () - begin_us) / G_TIME_SPAN_MILLISECOND;
  if (n_ready == 0 && waited_ms < timeout_ms)
    wn_fast_time_pass (timeout_ms - waited_ms);
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

void
wn_fast_time_pass (gint64 ms)
{
  __atomic_add_fetch (&shift_ms, ms, __ATOMIC_RELAXED);
}

void
wn_fast_time_hold (void)
{
  for (clockid_t clock = 0; clock < N_CLOCKS; clock++)
    if (is_shifted (clock))
      read_clock (clock, &held[clock]);
  __atomic_store_n (&is_held, TRUE, __ATOMIC_RELEASE);
}

void
wn_fast_time_release (void)
{
  __atomic_store_n (&is_held, FALSE, __ATOMIC_RELEASE);
}
