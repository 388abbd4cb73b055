/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Everything runs in the one main loop: what is waited for is waited for by
 * running it.
 */

#include "support/push-server.h"

#include "support/headless-host.h"
#include "support/soup.h"

static void
note_query (WnPushServer *self, SoupServerMessage *message)
{
  g_free (self->query);
  self->query
      = g_strdup (g_uri_get_query (soup_server_message_get_uri (message)));
}

static void
on_server_export (SoupServer *soup,
                  SoupServerMessage *message,
                  const char *path,
                  GHashTable *query,
                  gpointer user_data)
{
  WnPushServer *self = user_data;

  note_query (self, message);
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  if (self->hides_size)
    soup_message_headers_set_encoding (
        soup_server_message_get_response_headers (message),
        SOUP_ENCODING_CHUNKED);
  soup_message_body_append (soup_server_message_get_response_body (message),
                            SOUP_MEMORY_STATIC,
                            "a,b\n",
                            4);
}

static void
on_server_early (SoupServer *soup,
                 SoupServerMessage *message,
                 const char *path,
                 GHashTable *query,
                 gpointer user_data)
{
  WnPushServer *self = user_data;

  if (self->status != 0)
    soup_server_message_set_status (message, self->status, NULL);
}

static void
on_socket_message (SoupWebsocketConnection *socket,
                   int type,
                   GBytes *message,
                   gpointer user_data)
{
  WnPushServer *self = user_data;
  gsize length;
  const char *text = g_bytes_get_data (message, &length);

  g_string_append_len (self->heard, text, (gssize) length);
  g_string_append_c (self->heard, '\n');
}

static void
on_server_socket (SoupServer *soup,
                  SoupServerMessage *message,
                  const char *path,
                  SoupWebsocketConnection *socket,
                  gpointer user_data)
{
  WnPushServer *self = user_data;

  note_query (self, message);
  g_signal_connect (socket, "message", G_CALLBACK (on_socket_message), self);
  g_ptr_array_add (self->sockets, g_object_ref (socket));
}

/* libsoup may keep it for longer. */
static void
drop_socket (gpointer socket)
{
  g_signal_handlers_disconnect_matched (socket,
                                        G_SIGNAL_MATCH_FUNC,
                                        0,
                                        0,
                                        NULL,
                                        on_socket_message,
                                        NULL);
  g_object_unref (socket);
}

static void
add_handlers (WnPushServer *self)
{
  soup_server_add_early_handler (self->soup, "/", on_server_early, self, NULL);
  soup_server_add_handler (self->soup,
                           "/exportDownload",
                           on_server_export,
                           self,
                           NULL);
  soup_server_add_websocket_handler (self->soup,
                                     "/",
                                     NULL,
                                     NULL,
                                     on_server_socket,
                                     self,
                                     NULL);
}

void
wn_push_server_listen (WnPushServer *self)
{
  if (self->sockets == NULL)
    {
      self->sockets = g_ptr_array_new_with_free_func (drop_socket);
      self->heard = g_string_new (NULL);
    }
  self->soup = soup_server_new (NULL, NULL);
  add_handlers (self);
  self->port = wn_soup_listen (self->soup, (guint16) self->port);
}

void
wn_push_server_vanish (WnPushServer *self)
{
  wn_soup_close_websockets (self->sockets);
  soup_server_disconnect (self->soup);
  g_clear_object (&self->soup);
}

void
wn_push_server_clear (WnPushServer *self)
{
  if (self->soup != NULL)
    wn_push_server_vanish (self);
  g_clear_pointer (&self->sockets, g_ptr_array_unref);
  g_string_free (g_steal_pointer (&self->heard), TRUE);
  g_clear_pointer (&self->query, g_free);
}

void
wn_push_server_push (WnPushServer *self, const char *text)
{
  g_assert_cmpuint (self->sockets->len, >, 0);
  soup_websocket_connection_send_text (
      self->sockets->pdata[self->sockets->len - 1],
      text);
}

void
wn_push_server_push_title (WnPushServer *self,
                           const char *type,
                           const char *title)
{
  g_autofree char *frame
      = type != NULL ? g_strdup_printf ("{\"title\":\"%s\",\"type\":\"%s\"}",
                                        title,
                                        type)
                     : g_strdup_printf ("{\"title\":\"%s\"}", title);

  wn_push_server_push (self, frame);
}

PurpleAccount *
wn_desk_add_account (WnDesk *self, const char *username)
{
  PurpleAccount *account = wn_login_new_at (username, self->server.port);

  purple_account_set_int (account, "reconnect_delay", 3600);
  return account;
}

void
wn_desk_set_up (WnDesk *self, gconstpointer data)
{
  wn_push_server_listen (&self->server);
  self->account = wn_desk_add_account (self, "1001@jd-shop/production");
}

void
wn_desk_tear_down (WnDesk *self, gconstpointer data)
{
  wn_host_run_dry ();
  while (purple_accounts_get_all () != NULL)
    wn_login_delete (purple_accounts_get_all ()->data);
  wn_push_server_clear (&self->server);
  wn_host_run_dry ();
  wn_host_forget ();
}

typedef struct
{
  WnDesk *desk;
  PurpleAccount *account;
  const char *who;
  const char *text;
  guint n_sockets;
} Wait;

static gboolean
has_socket (gpointer data)
{
  Wait *wait = data;

  return purple_account_is_connected (wait->account)
         && wait->desk->server.sockets->len > wait->n_sockets;
}

void
wn_desk_sign_on_as (WnDesk *self, PurpleAccount *account)
{
  Wait wait = {
    .desk = self,
    .account = account,
    .n_sockets = self->server.sockets->len,
  };

  wn_login_sign_on (account);
  wn_host_run_until (has_socket, &wait);
}

void
wn_desk_sign_on (WnDesk *self)
{
  wn_desk_sign_on_as (self, self->account);
}

static gboolean
is_available (gpointer data)
{
  WnDesk *self = data;

  return self->server.sockets->len > 0 && !wn_login_is_away (self->account);
}

void
wn_desk_lose (WnDesk *self)
{
  wn_push_server_vanish (&self->server);
  wn_host_run_until (wn_login_is_away, self->account);
}

void
wn_desk_do_action (WnDesk *self, const char *label)
{
  PurpleConnection *gc = purple_account_get_connection (self->account);
  GList *actions = PURPLE_PLUGIN_ACTIONS (purple_connection_get_prpl (gc), gc);
  gboolean is_done = FALSE;

  for (GList *it = actions; it != NULL; it = it->next)
    {
      PurplePluginAction *action = it->data;

      action->context = gc;
      if (g_str_equal (action->label, label))
        {
          action->callback (action);
          is_done = TRUE;
        }
    }
  g_list_free_full (actions, (GDestroyNotify) purple_plugin_action_free);
  g_assert_true (is_done);
}

void
wn_desk_recover (WnDesk *self)
{
  wn_push_server_listen (&self->server);
  wn_desk_do_action (self, "Reconnect now");
  wn_host_run_until (is_available, self);
}

static gboolean
has_said (gpointer data)
{
  Wait *wait = data;
  PurpleConversation *conversation
      = purple_find_conversation_with_account (PURPLE_CONV_TYPE_IM,
                                               wait->who,
                                               wait->account);

  return conversation != NULL && conversation->message_history != NULL
         && strstr (purple_conversation_message_get_message (
                        conversation->message_history->data),
                    wait->text)
                != NULL;
}

void
wn_desk_wait_for_text (PurpleAccount *account,
                       const char *who,
                       const char *text)
{
  Wait wait = { .account = account, .who = who, .text = text };

  wn_host_run_until (has_said, &wait);
}

char *
wn_desk_dup_texts (PurpleAccount *account, const char *who)
{
  PurpleConversation *conversation
      = purple_find_conversation_with_account (PURPLE_CONV_TYPE_IM,
                                               who,
                                               account);
  GString *texts = g_string_new (NULL);

  if (conversation == NULL)
    return g_string_free (texts, FALSE);
  for (GList *it = conversation->message_history; it != NULL; it = it->next)
    {
      g_autofree char *text = purple_markup_strip_html (
          purple_conversation_message_get_message (it->data));

      g_string_prepend_c (texts, '\n');
      g_string_prepend (texts, text);
    }
  return g_string_free (texts, FALSE);
}
