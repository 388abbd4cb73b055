/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Three states, each call with the state it is allowed in.
 */

#include "support/scripted-transport.h"

#include <string.h>

struct _WnScriptedTransport
{
  GObject parent_instance;

  WnScriptedState state;
  gboolean reading;
  const WnTransportListener *listener; /* (unowned): static */
  gpointer user_data;                  /* (unowned): lives while connected */
  GString *log;                        /* (owned) */
  WnRoute route;                       /* (owned): of the last opening */
  WnTransportAnswer answer;
};

static void wn_scripted_transport_iface_init (WnTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (
    WnScriptedTransport,
    wn_scripted_transport,
    G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (WN_TYPE_TRANSPORT, wn_scripted_transport_iface_init))

static void
write_down (WnScriptedTransport *self, const char *what, const char *text)
{
  g_string_append_printf (self->log,
                          "%s%s%s",
                          self->log->len > 0 ? ", " : "",
                          what,
                          text);
}

static void
wn_scripted_transport_open (WnTransport *transport,
                            const WnRoute *route,
                            const WnTransportListener *listener,
                            gpointer user_data)
{
  WnScriptedTransport *self = WN_SCRIPTED_TRANSPORT (transport);

  g_assert_cmpint (self->state, ==, WN_SCRIPTED_IDLE);
  self->state = WN_SCRIPTED_OPENING;
  self->reading = TRUE;
  self->listener = listener;
  self->user_data = user_data;
  wn_route_clear (&self->route);
  wn_route_copy (route, &self->route);
  write_down (self, "open", "");
}

static void
wn_scripted_transport_send_text (WnTransport *transport, const char *text)
{
  WnScriptedTransport *self = WN_SCRIPTED_TRANSPORT (transport);

  g_assert_cmpint (self->state, ==, WN_SCRIPTED_OPEN);
  write_down (self, "send ", text);
}

static void
wn_scripted_transport_ping (WnTransport *transport)
{
  WnScriptedTransport *self = WN_SCRIPTED_TRANSPORT (transport);

  g_assert_cmpint (self->state, ==, WN_SCRIPTED_OPEN);
  write_down (self, "ping", "");
}

static void
wn_scripted_transport_set_reading (WnTransport *transport, gboolean reading)
{
  WnScriptedTransport *self = WN_SCRIPTED_TRANSPORT (transport);

  g_assert_cmpint (self->state, ==, WN_SCRIPTED_OPEN);
  self->reading = reading;
  write_down (self, reading ? "read" : "stop reading", "");
}

static void
become_idle (WnScriptedTransport *self)
{
  self->state = WN_SCRIPTED_IDLE;
  self->listener = NULL;
  self->user_data = NULL;
}

static void
wn_scripted_transport_close (WnTransport *transport)
{
  WnScriptedTransport *self = WN_SCRIPTED_TRANSPORT (transport);

  g_assert_cmpint (self->state, !=, WN_SCRIPTED_IDLE);
  become_idle (self);
  write_down (self, "close", "");
}

WnScriptedTransport *
wn_scripted_transport_new (void)
{
  return g_object_new (WN_TYPE_SCRIPTED_TRANSPORT, NULL);
}

WnScriptedState
wn_scripted_transport_get_state (WnScriptedTransport *self)
{
  return self->state;
}

gboolean
wn_scripted_transport_is_reading (WnScriptedTransport *self)
{
  return self->reading;
}

const WnRoute *
wn_scripted_transport_get_route (WnScriptedTransport *self)
{
  return &self->route;
}

void
wn_scripted_transport_set_answer (WnScriptedTransport *self,
                                  const WnTransportAnswer *answer)
{
  self->answer = *answer;
}

char *
wn_scripted_transport_take_log (WnScriptedTransport *self)
{
  char *log = g_strdup (self->log->str);

  g_string_truncate (self->log, 0);
  return log;
}

void
wn_scripted_transport_emit_opened (WnScriptedTransport *self)
{
  g_assert_cmpint (self->state, ==, WN_SCRIPTED_OPENING);
  self->state = WN_SCRIPTED_OPEN;
  self->listener->opened (&self->answer, self->user_data);
}

/* The copy has the text's own length, so that a sanitizer sees who reads
 * beyond it.
 */
void
wn_scripted_transport_emit_text (WnScriptedTransport *self, const char *text)
{
  gsize length = strlen (text);
  g_autofree char *copy = g_malloc (MAX (length, 1));

  g_assert_cmpint (self->state, ==, WN_SCRIPTED_OPEN);
  g_assert_true (self->reading);
  memcpy (copy, text, length);
  self->listener->text (copy, length, self->user_data);
}

void
wn_scripted_transport_emit_alive (WnScriptedTransport *self)
{
  g_assert_cmpint (self->state, ==, WN_SCRIPTED_OPEN);
  g_assert_true (self->reading);
  if (self->listener->alive != NULL)
    self->listener->alive (self->user_data);
}

void
wn_scripted_transport_emit_lost (WnScriptedTransport *self, const WnLoss *loss)
{
  const WnTransportListener *listener = self->listener;
  gpointer user_data = self->user_data;

  g_assert_cmpint (self->state, !=, WN_SCRIPTED_IDLE);
  become_idle (self);
  listener->lost (loss, user_data);
}

static void
wn_scripted_transport_finalize (GObject *object)
{
  WnScriptedTransport *self = WN_SCRIPTED_TRANSPORT (object);

  g_assert_cmpint (self->state, ==, WN_SCRIPTED_IDLE);
  g_string_free (self->log, TRUE);
  wn_route_clear (&self->route);
  G_OBJECT_CLASS (wn_scripted_transport_parent_class)->finalize (object);
}

static void
wn_scripted_transport_iface_init (WnTransportInterface *iface)
{
  iface->open = wn_scripted_transport_open;
  iface->send_text = wn_scripted_transport_send_text;
  iface->ping = wn_scripted_transport_ping;
  iface->set_reading = wn_scripted_transport_set_reading;
  iface->close = wn_scripted_transport_close;
}

static void
wn_scripted_transport_class_init (WnScriptedTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wn_scripted_transport_finalize;
}

static void
wn_scripted_transport_init (WnScriptedTransport *self)
{
  self->log = g_string_new (NULL);
}
