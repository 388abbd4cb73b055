/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The meter and its sources. A source that stayed ready while reads would
 * block would spin and starve idle sources. So a silent stream takes the base's
 * source out of its own, and puts it back when it speaks again and the base has
 * no more.
 */

#include "net/websocket/metered-stream.h"

#include <string.h>

/* More than malloc() has at hand, see tidy_up() */
#define LARGE_BYTES 4096

struct _WnMeteredStream
{
  GFilterInputStream parent_instance;

  WnMeteredStreamLimits limits;       /* its output: (owned) (nullable) */
  void (*heard) (gpointer user_data); /* (nullable) */
  gpointer user_data;                 /* (unowned): lives until the stop */
  gboolean has_given; /* bytes, since the listener heard of it */
  gint64 turn_end_us; /* monotonic */
  GBytes *first;      /* (owned) (nullable): to be read before the base */
  gsize n_turn_bytes;
  guint n_turn_messages;
  gsize n_message_bytes;
  gboolean is_dry; /* the base had no more, since the stream was last silent */
  gboolean is_paused;
  gboolean is_stopped;
  GSource *refill; /* (owned) (nullable): the budget is spent until then */
  GList *sources;  /* (element-type MeterSource) (unowned): each leaves the
                      list in its finalizer and holds the stream till then */
};

typedef struct
{
  GSource source;
  WnMeteredStream *stream; /* (owned) */
  GSource *child;          /* (owned) (nullable): the base's, while it counts */
} MeterSource;

static void
wn_metered_stream_pollable_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (
    WnMeteredStream,
    wn_metered_stream,
    G_TYPE_FILTER_INPUT_STREAM,
    G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                           wn_metered_stream_pollable_init))

static GPollableInputStream *
get_base (WnMeteredStream *self)
{
  GFilterInputStream *filter = G_FILTER_INPUT_STREAM (self);

  return G_POLLABLE_INPUT_STREAM (
      g_filter_input_stream_get_base_stream (filter));
}

static gboolean
is_silent (WnMeteredStream *self)
{
  return self->is_stopped || self->is_paused || self->refill != NULL;
}

/* --- Sources --- */

static void
meter_source_ignore_base (MeterSource *self)
{
  if (self->child != NULL)
    g_source_remove_child_source (&self->source, self->child);
  g_clear_pointer (&self->child, g_source_unref);
}

static void
meter_source_watch_base (MeterSource *self)
{
  GPollableInputStream *base = get_base (self->stream);

  if (self->child != NULL)
    return;
  self->child = g_pollable_input_stream_create_source (base, NULL);
  g_source_set_dummy_callback (self->child);
  g_source_add_child_source (&self->source, self->child);
}

/* Makes the source as ready as its stream is. */
static void
meter_source_update (MeterSource *self)
{
  gboolean silent = is_silent (self->stream);
  gboolean is_dry = self->stream->is_dry;

  if (g_source_is_destroyed (&self->source))
    return;
  g_source_set_ready_time (&self->source, !silent && !is_dry ? 0 : -1);
  if (!silent && is_dry)
    meter_source_watch_base (self);
  else
    meter_source_ignore_base (self);
}

static void
update_sources (WnMeteredStream *self)
{
  for (GList *l = self->sources; l != NULL; l = l->next)
    meter_source_update (l->data);
}

/* The base's source tells of what comes from then on, but not of what the base
 * has at hand: TLS keeps the rest of a record that was not read to its end. So
 * the base is waited for only once it has nothing more. */
static void
set_dry (WnMeteredStream *self, gboolean is_dry)
{
  self->is_dry = is_dry;
  update_sources (self);
}

/* --- Turns --- */

/* malloc() lays small pieces that are freed aside, and joins them all the next
 * time that somebody asks for a large one. libsoup formats several lines for
 * the debug log for each frame: after a second of empty frames that is some
 * 50 ms of joining, out of the blue. Asked in each turn, there is little to do.
 */
static void
tidy_up (void)
{
  g_free (g_malloc (LARGE_BYTES));
}

static gboolean
on_refill (gpointer user_data)
{
  WnMeteredStream *self = WN_METERED_STREAM (user_data);

  g_clear_pointer (&self->refill, g_source_unref);
  self->n_turn_bytes = 0;
  self->n_turn_messages = 0;
  tidy_up ();
  set_dry (self, FALSE);
  return G_SOURCE_REMOVE;
}

static gboolean
on_output_ready (GObject *output, gpointer user_data)
{
  return on_refill (user_data);
}

static gboolean
is_output_full (WnMeteredStream *self)
{
  return self->limits.output != NULL
         && !g_pollable_output_stream_is_writable (self->limits.output);
}

/* The refill has the priority of idle sources, so that they get their turn. */
static void
wait_for_refill (WnMeteredStream *self)
{
  if (is_output_full (self))
    {
      self->refill
          = g_pollable_output_stream_create_source (self->limits.output, NULL);
      g_source_set_priority (self->refill, G_PRIORITY_DEFAULT_IDLE);
      g_source_set_callback (self->refill,
                             G_SOURCE_FUNC (on_output_ready),
                             self,
                             NULL);
    }
  else
    {
      self->refill = g_idle_source_new ();
      g_source_set_callback (self->refill, on_refill, self, NULL);
    }
  g_source_set_static_name (self->refill, "WnMeteredStream refill");
  g_source_attach (self->refill, g_main_context_get_thread_default ());
  update_sources (self);
}

static gboolean
meter_source_dispatch (GSource *source,
                       GSourceFunc callback,
                       gpointer user_data)
{
  MeterSource *self = (MeterSource *) source;
  g_autoptr (WnMeteredStream) stream = g_object_ref (self->stream);
  GPollableSourceFunc func = (GPollableSourceFunc) (void (*) (void)) callback;

  /* Nothing is read while its answers could not be written: they would pile
   * up. */
  if (!is_silent (stream) && is_output_full (stream))
    {
      wait_for_refill (stream);
      return G_SOURCE_CONTINUE;
    }
  if (stream->limits.turn_us > 0)
    stream->turn_end_us = g_get_monotonic_time () + stream->limits.turn_us;

  gboolean goes_on = func (G_OBJECT (stream), user_data);

  if (stream->has_given && stream->heard != NULL)
    {
      stream->has_given = FALSE;
      stream->heard (stream->user_data);
    }
  return goes_on;
}

static void
meter_source_finalize (GSource *source)
{
  MeterSource *self = (MeterSource *) source;

  self->stream->sources = g_list_remove (self->stream->sources, self);
  g_clear_pointer (&self->child, g_source_unref);
  g_clear_object (&self->stream);
}

static GSource *
wn_metered_stream_create_source (GPollableInputStream *stream,
                                 GCancellable *cancellable)
{
  static GSourceFuncs funcs = {
    .dispatch = meter_source_dispatch,
    .finalize = meter_source_finalize,
  };
  WnMeteredStream *self = WN_METERED_STREAM (stream);
  GSource *source = g_source_new (&funcs, sizeof (MeterSource));
  MeterSource *meter_source = (MeterSource *) source;

  g_source_set_static_name (source, "WnMeteredStream");
  meter_source->stream = g_object_ref (self);
  self->sources = g_list_prepend (self->sources, meter_source);
  meter_source_update (meter_source);
  if (cancellable != NULL)
    {
      g_autoptr (GSource) child = g_cancellable_source_new (cancellable);

      g_source_set_dummy_callback (child);
      g_source_add_child_source (source, child);
    }
  return source;
}

/* --- The meter --- */

static gboolean
is_turn_over (WnMeteredStream *self)
{
  return self->n_turn_bytes >= self->limits.turn_bytes
         || (self->limits.turn_messages > 0
             && self->n_turn_messages >= self->limits.turn_messages)
         || (self->limits.turn_us > 0
             && g_get_monotonic_time () >= self->turn_end_us);
}

static void
count (WnMeteredStream *self, gsize n_bytes)
{
  self->has_given = TRUE;
  self->n_turn_bytes += n_bytes;
  self->n_message_bytes += n_bytes;
  if (is_turn_over (self))
    wait_for_refill (self);
}

static gsize
take_first (WnMeteredStream *self, void *buffer, gsize max_bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (self->first, &length);
  gsize n_bytes = MIN (length, max_bytes);
  g_autoptr (GBytes) rest = NULL;

  memcpy (buffer, data, n_bytes);
  if (n_bytes < length)
    rest = g_bytes_new_from_bytes (self->first, n_bytes, length - n_bytes);
  g_clear_pointer (&self->first, g_bytes_unref);
  self->first = g_steal_pointer (&rest);
  return n_bytes;
}

static gboolean
may_read (WnMeteredStream *self, GError **error)
{
  if (self->is_stopped)
    g_set_error_literal (error,
                         G_IO_ERROR,
                         G_IO_ERROR_CLOSED,
                         "The stream was stopped");
  else if (self->n_message_bytes > self->limits.message_bytes)
    g_set_error_literal (error,
                         G_IO_ERROR,
                         G_IO_ERROR_MESSAGE_TOO_LARGE,
                         "The message does not end");
  else if (is_silent (self))
    g_set_error_literal (error,
                         G_IO_ERROR,
                         G_IO_ERROR_WOULD_BLOCK,
                         "Not in this turn");
  else
    return TRUE;
  return FALSE;
}

static gssize
wn_metered_stream_read_nonblocking (GPollableInputStream *stream,
                                    void *buffer,
                                    gsize max_bytes,
                                    GError **error)
{
  WnMeteredStream *self = WN_METERED_STREAM (stream);
  gssize n_bytes;

  if (!may_read (self, error))
    return -1;
  max_bytes = MIN (max_bytes, self->limits.turn_bytes - self->n_turn_bytes);
  if (self->first != NULL)
    n_bytes = (gssize) take_first (self, buffer, max_bytes);
  else
    n_bytes = g_pollable_input_stream_read_nonblocking (get_base (self),
                                                        buffer,
                                                        max_bytes,
                                                        NULL,
                                                        error);
  if (n_bytes > 0)
    count (self, (gsize) n_bytes);
  else
    set_dry (self, TRUE);
  return n_bytes;
}

static gboolean
wn_metered_stream_is_readable (GPollableInputStream *stream)
{
  WnMeteredStream *self = WN_METERED_STREAM (stream);

  return !is_silent (self)
         && (!self->is_dry
             || g_pollable_input_stream_is_readable (get_base (self)));
}

void
wn_metered_stream_set_listener (WnMeteredStream *self,
                                void (*heard) (gpointer user_data),
                                gpointer user_data)
{
  self->heard = heard;
  self->user_data = user_data;
}

void
wn_metered_stream_set_paused (WnMeteredStream *self, gboolean paused)
{
  self->is_paused = paused;
  set_dry (self, FALSE);
}

void
wn_metered_stream_end_message (WnMeteredStream *self)
{
  self->n_message_bytes = 0;
  self->n_turn_messages++;
  if (is_turn_over (self) && self->refill == NULL)
    wait_for_refill (self);
}

void
wn_metered_stream_stop (WnMeteredStream *self)
{
  self->is_stopped = TRUE;
  self->heard = NULL;
  update_sources (self);
}

/* --- Plumbing --- */

static void
wn_metered_stream_dispose (GObject *object)
{
  WnMeteredStream *self = WN_METERED_STREAM (object);

  if (self->refill != NULL)
    g_source_destroy (self->refill);
  g_clear_pointer (&self->refill, g_source_unref);
  g_clear_pointer (&self->first, g_bytes_unref);
  g_clear_object (&self->limits.output);
  G_OBJECT_CLASS (wn_metered_stream_parent_class)->dispose (object);
}

static void
wn_metered_stream_class_init (WnMeteredStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wn_metered_stream_dispose;
}

static void
wn_metered_stream_init (WnMeteredStream *self)
{
}

static void
wn_metered_stream_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = wn_metered_stream_is_readable;
  iface->create_source = wn_metered_stream_create_source;
  iface->read_nonblocking = wn_metered_stream_read_nonblocking;
}

WnMeteredStream *
wn_metered_stream_new (GInputStream *base,
                       GBytes *first,
                       const WnMeteredStreamLimits *limits)
{
  g_return_val_if_fail (G_IS_POLLABLE_INPUT_STREAM (base), NULL);
  g_return_val_if_fail (limits->turn_bytes > 0, NULL);

  WnMeteredStream *self = g_object_new (WN_TYPE_METERED_STREAM,
                                        "base-stream",
                                        base,
                                        "close-base-stream",
                                        FALSE,
                                        NULL);

  self->limits = *limits;
  if (self->limits.output != NULL)
    g_object_ref (self->limits.output);
  if (first != NULL && g_bytes_get_size (first) > 0)
    self->first = g_bytes_ref (first);
  return self;
}
