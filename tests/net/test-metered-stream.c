/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The meter over a pipe. Turns of the main loop are counted; no time is.
 */

#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "net/websocket/metered-stream.h"

typedef struct
{
  int write_fd;
  WnMeteredStream *stream; /* (owned) */
  GPollableInputStream *pollable;
  GSource *source; /* (owned) (nullable) */
  guint n_dispatches;
  GString *heard; /* (owned): what on_stream_ready() read */
  GError *error;  /* (owned) (nullable): what it ran into */
} Rig;

static void
rig_init_with (Rig *self,
               const char *first,
               const WnMeteredStreamLimits *limits)
{
  g_autoptr (GInputStream) base = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (first, strlen (first));
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_set_fd_nonblocking (fds[0], TRUE, NULL));
  base = g_unix_input_stream_new (fds[0], TRUE);
  *self = (Rig){ .write_fd = fds[1], .heard = g_string_new (NULL) };
  self->stream = wn_metered_stream_new (base, bytes, limits);
  self->pollable = G_POLLABLE_INPUT_STREAM (self->stream);
}

static void
rig_init (Rig *self, const char *first, gsize turn_bytes, gsize message_bytes)
{
  const WnMeteredStreamLimits limits
      = { .turn_bytes = turn_bytes, .message_bytes = message_bytes };

  rig_init_with (self, first, &limits);
}

static void
rig_clear (Rig *self)
{
  if (self->source)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  g_assert_finalize_object (self->stream);
  close (self->write_fd);
  g_string_free (self->heard, TRUE);
  g_clear_error (&self->error);
  g_assert_false (g_main_context_pending (NULL));
}

static void
rig_write (Rig *self, const char *text)
{
  gssize length = (gssize) strlen (text);

  g_assert_cmpint (write (self->write_fd, text, (gsize) length), ==, length);
}

static gssize
rig_read (Rig *self, gsize max_bytes)
{
  char buffer[64];
  gssize n;

  g_clear_error (&self->error);
  n = g_pollable_input_stream_read_nonblocking (self->pollable,
                                                buffer,
                                                max_bytes,
                                                NULL,
                                                &self->error);
  if (n > 0)
    g_string_append_len (self->heard, buffer, n);
  return n;
}

/* As libsoup does: until it would block. */
static gboolean
on_stream_ready (GObject *stream, gpointer user_data)
{
  Rig *self = user_data;

  self->n_dispatches++;
  while (rig_read (self, 3) > 0)
    ;
  return G_SOURCE_CONTINUE;
}

static void
rig_watch (Rig *self)
{
  self->source = g_pollable_input_stream_create_source (self->pollable, NULL);
  g_source_set_callback (self->source,
                         G_SOURCE_FUNC (on_stream_ready),
                         self,
                         NULL);
  g_source_attach (self->source, NULL);
}

static gboolean
on_idle_turn (gpointer user_data)
{
  (*(guint *) user_data)++;
  return G_SOURCE_CONTINUE;
}

static void
turn (guint n_turns)
{
  for (guint i = 0; i < n_turns; i++)
    g_main_context_iteration (NULL, FALSE);
}

static void
test_budget (void)
{
  Rig rig;

  rig_init (&rig, "", 4, 100);
  rig_write (&rig, "abcdefghij");
  g_assert_cmpint (rig_read (&rig, 3), ==, 3);
  g_assert_cmpint (rig_read (&rig, 3), ==, 1);
  g_assert_cmpint (rig_read (&rig, 3), ==, -1);
  g_assert_error (rig.error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_assert_false (g_pollable_input_stream_is_readable (rig.pollable));
  turn (1);
  g_assert_true (g_pollable_input_stream_is_readable (rig.pollable));
  g_assert_cmpint (rig_read (&rig, 64), ==, 4);
  g_assert_cmpstr (rig.heard->str, ==, "abcdefgh");
  turn (1);
  rig_clear (&rig);
}

static void
test_first (void)
{
  Rig rig;

  rig_init (&rig, "first", 100, 100);
  rig_watch (&rig);
  turn (2);
  g_assert_cmpstr (rig.heard->str, ==, "first");
  g_assert_cmpuint (rig.n_dispatches, ==, 1);
  rig_write (&rig, " second");
  turn (2);
  g_assert_cmpstr (rig.heard->str, ==, "first second");
  g_assert_cmpuint (rig.n_dispatches, ==, 2);
  rig_clear (&rig);
}

static void
test_idle_turns (void)
{
  guint n_turns = 0;
  guint idle = g_idle_add (on_idle_turn, &n_turns);
  Rig rig;

  rig_init (&rig, "", 4, 1000);
  rig_watch (&rig);
  rig_write (&rig, "0123456789012345678901234567890123456789");
  while (rig.heard->len < 40)
    {
      gsize before = rig.heard->len;

      g_main_context_iteration (NULL, FALSE);
      g_assert_cmpuint (rig.heard->len - before, <=, 4);
    }
  g_assert_cmpuint (n_turns, >=, 9);
  g_assert_cmpuint (rig.n_dispatches, ==, 10);
  g_source_remove (idle);
  turn (2);
  rig_clear (&rig);
}

static void
test_pause (void)
{
  Rig rig;
  guint n_turns = 0;
  guint idle;

  rig_init (&rig, "ab", 100, 100);
  rig_watch (&rig);
  wn_metered_stream_set_paused (rig.stream, TRUE);
  rig_write (&rig, "cd");
  idle = g_idle_add (on_idle_turn, &n_turns);
  turn (5);
  g_assert_cmpuint (n_turns, ==, 5);
  g_source_remove (idle);
  g_assert_false (g_main_context_pending (NULL));
  g_assert_cmpuint (rig.n_dispatches, ==, 0);
  wn_metered_stream_set_paused (rig.stream, FALSE);
  turn (2);
  g_assert_cmpstr (rig.heard->str, ==, "abcd");
  wn_metered_stream_set_paused (rig.stream, TRUE);
  rig_write (&rig, "ef");
  turn (2);
  g_assert_cmpstr (rig.heard->str, ==, "abcd");
  wn_metered_stream_set_paused (rig.stream, FALSE);
  turn (2);
  g_assert_cmpstr (rig.heard->str, ==, "abcdef");
  rig_clear (&rig);
}

static void
test_message_bytes (void)
{
  Rig rig;

  rig_init (&rig, "", 100, 6);
  rig_write (&rig, "abcdefghijkl");
  g_assert_cmpint (rig_read (&rig, 6), ==, 6);
  wn_metered_stream_end_message (rig.stream);
  g_assert_cmpint (rig_read (&rig, 4), ==, 4);
  g_assert_cmpint (rig_read (&rig, 3), ==, 2);
  rig_write (&rig, "m");
  g_assert_cmpint (rig_read (&rig, 3), ==, 1);
  g_assert_cmpint (rig_read (&rig, 3), ==, -1);
  g_assert_error (rig.error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
  rig_clear (&rig);
}

static void
test_stop (void)
{
  Rig rig;

  rig_init (&rig, "ab", 100, 100);
  rig_watch (&rig);
  wn_metered_stream_stop (rig.stream);
  rig_write (&rig, "cd");
  turn (3);
  g_assert_cmpuint (rig.n_dispatches, ==, 0);
  g_assert_cmpint (rig_read (&rig, 3), ==, -1);
  g_assert_error (rig.error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  rig_clear (&rig);
}

static void
test_cancellable (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Rig rig;

  rig_init (&rig, "", 100, 100);
  g_assert_cmpint (rig_read (&rig, 3), ==, -1);
  rig.source
      = g_pollable_input_stream_create_source (rig.pollable, cancellable);
  g_source_set_callback (rig.source,
                         G_SOURCE_FUNC (on_stream_ready),
                         &rig,
                         NULL);
  g_source_attach (rig.source, NULL);
  turn (1);
  g_assert_cmpuint (rig.n_dispatches, ==, 0);
  g_cancellable_cancel (cancellable);
  turn (1);
  g_assert_cmpuint (rig.n_dispatches, ==, 1);
  rig_clear (&rig);
}

static void
test_end (void)
{
  Rig rig;

  rig_init (&rig, "", 100, 100);
  close (rig.write_fd);
  rig.write_fd = -1;
  g_assert_cmpint (rig_read (&rig, 3), ==, 0);
  rig_clear (&rig);
}

static void
test_messages (void)
{
  const WnMeteredStreamLimits limits
      = { .turn_bytes = 100, .message_bytes = 100, .turn_messages = 2 };
  Rig rig;

  rig_init_with (&rig, "", &limits);
  rig_write (&rig, "abcd");
  g_assert_cmpint (rig_read (&rig, 1), ==, 1);
  wn_metered_stream_end_message (rig.stream);
  g_assert_cmpint (rig_read (&rig, 1), ==, 1);
  wn_metered_stream_end_message (rig.stream);
  wn_metered_stream_end_message (rig.stream);
  g_assert_cmpint (rig_read (&rig, 1), ==, -1);
  g_assert_error (rig.error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  turn (1);
  for (guint i = 0; i < limits.turn_messages; i++)
    {
      g_assert_cmpint (rig_read (&rig, 1), ==, 1);
      wn_metered_stream_end_message (rig.stream);
    }
  g_assert_cmpint (rig_read (&rig, 1), ==, -1);
  turn (1);
  rig_clear (&rig);
}

static gboolean
on_stream_ready_slowly (GObject *stream, gpointer user_data)
{
  g_usleep (10);
  return on_stream_ready (stream, user_data);
}

static void
test_slow_turn (void)
{
  const WnMeteredStreamLimits limits
      = { .turn_bytes = 100, .message_bytes = 100, .turn_us = 1 };
  Rig rig;

  rig_init_with (&rig, "", &limits);
  rig_write (&rig, "abcdef");
  rig_watch (&rig);
  g_source_set_callback (rig.source,
                         G_SOURCE_FUNC (on_stream_ready_slowly),
                         &rig,
                         NULL);
  turn (1);
  g_assert_cmpstr (rig.heard->str, ==, "abc");
  g_assert_error (rig.error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  turn (10);
  g_assert_cmpstr (rig.heard->str, ==, "abcdef");
  rig_clear (&rig);
}

/* Returns: (transfer full): one that nothing more fits into */
static GOutputStream *
make_full_output (int *read_fd)
{
  static const char filler[4096];
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_set_fd_nonblocking (fds[0], TRUE, NULL));
  g_assert_true (g_unix_set_fd_nonblocking (fds[1], TRUE, NULL));
  while (write (fds[1], filler, sizeof filler) > 0)
    ;
  *read_fd = fds[0];
  return g_unix_output_stream_new (fds[1], TRUE);
}

static void
test_full_output (void)
{
  int read_fd;
  g_autoptr (GOutputStream) output = make_full_output (&read_fd);
  const WnMeteredStreamLimits limits
      = { .turn_bytes = 100,
          .message_bytes = 100,
          .output = G_POLLABLE_OUTPUT_STREAM (output) };
  char buffer[4096];
  Rig rig;

  rig_init_with (&rig, "", &limits);
  rig_write (&rig, "abcdef");
  rig_watch (&rig);
  turn (10);
  g_assert_cmpuint (rig.n_dispatches, ==, 0);
  while (read (read_fd, buffer, sizeof buffer) > 0)
    ;
  turn (10);
  g_assert_cmpstr (rig.heard->str, ==, "abcdef");
  rig_clear (&rig);
  close (read_fd);
}

/* Who hears of bytes, in the order of what happens */
static void
on_stream_heard (gpointer user_data)
{
  Rig *self = user_data;

  g_string_append_printf (self->heard, "[%u]", self->n_dispatches);
}

static void
test_listener (void)
{
  Rig rig;

  rig_init (&rig, "ab", 4, 100);
  wn_metered_stream_set_listener (rig.stream, on_stream_heard, &rig);
  rig_watch (&rig);
  turn (2);
  g_assert_cmpstr (rig.heard->str, ==, "ab[1]");
  turn (5);
  rig_write (&rig, "cdefghij");
  turn (10);
  g_assert_cmpstr (rig.heard->str, ==, "ab[1]cd[2]efgh[3]ij[4]");
  wn_metered_stream_stop (rig.stream);
  rig_write (&rig, "k");
  turn (5);
  g_assert_cmpstr (rig.heard->str, ==, "ab[1]cd[2]efgh[3]ij[4]");
  rig_clear (&rig);
}

/* Whoever reads may end it, and is not told of what came before. */
static gboolean
on_stream_ready_for_last_time (GObject *stream, gpointer user_data)
{
  Rig *self = user_data;

  rig_read (self, 3);
  wn_metered_stream_stop (self->stream);
  return G_SOURCE_REMOVE;
}

static void
test_stopped_by_reader (void)
{
  Rig rig;

  rig_init (&rig, "abcdef", 100, 100);
  wn_metered_stream_set_listener (rig.stream, on_stream_heard, &rig);
  rig_watch (&rig);
  g_source_set_callback (rig.source,
                         G_SOURCE_FUNC (on_stream_ready_for_last_time),
                         &rig,
                         NULL);
  turn (5);
  g_assert_cmpstr (rig.heard->str, ==, "abc");
  rig_clear (&rig);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/metered-stream/a spent budget blocks until the next turn",
                   test_budget);
  g_test_add_func ("/metered-stream/a turn has so many messages",
                   test_messages);
  g_test_add_func ("/metered-stream/a turn that takes long is over",
                   test_slow_turn);
  g_test_add_func ("/metered-stream/nothing is given while nobody takes the "
                   "answers",
                   test_full_output);
  g_test_add_func ("/metered-stream/what was read before comes first",
                   test_first);
  g_test_add_func ("/metered-stream/idle sources have their turn in between",
                   test_idle_turns);
  g_test_add_func ("/metered-stream/a pause is silent and loses nothing",
                   test_pause);
  g_test_add_func ("/metered-stream/a message that does not end is an error",
                   test_message_bytes);
  g_test_add_func ("/metered-stream/a stopped stream is silent", test_stop);
  g_test_add_func ("/metered-stream/the listener hears once for each turn",
                   test_listener);
  g_test_add_func ("/metered-stream/stopped by its reader: the listener hears "
                   "nothing",
                   test_stopped_by_reader);
  g_test_add_func ("/metered-stream/a cancelled source is ready",
                   test_cancellable);
  g_test_add_func ("/metered-stream/the base's end is the end", test_end);
  return g_test_run ();
}
