/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Everything runs in the one main loop: what is waited for is waited for by
 * running it.
 */

#include "support/push-server.h"

#include "support/headless-host.h"
#include "support/soup.h"

static void
on_server_export (SoupServer *soup,
                  SoupServerMessage *message,
                  const char *path,
                  GHashTable *query,
                  gpointer user_data)
{
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_message_body_append (soup_server_message_get_response_body (message),
                            SOUP_MEMORY_STATIC,
                            "a,b\n",
                            4);
}

static void
add_handlers (WnPushServer *self)
{
  soup_server_add_handler (self->soup,
                           "/exportDownload",
                           on_server_export,
                           self,
                           NULL);
  wn_soup_collect_websockets (self->soup, self->sockets);
}

void
wn_push_server_listen (WnPushServer *self)
{
  if (self->sockets == NULL)
    self->sockets = g_ptr_array_new_with_free_func (g_object_unref);
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
  if (self->server.soup != NULL)
    wn_push_server_vanish (&self->server);
  g_clear_pointer (&self->server.sockets, g_ptr_array_unref);
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
