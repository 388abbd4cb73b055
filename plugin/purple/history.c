/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Follows serv_got_im() and purple_conversation_write() step by step, and
 * leaves out the steps that show or announce a message.
 */

#include "purple/history.h"

/* What the handlers of a signal may change. */
typedef struct
{
  char *who;  /* (owned) (nullable) */
  char *html; /* (owned) (nullable) */
  PurpleMessageFlags flags;
} Message;

static void
message_clear (Message *message)
{
  g_free (message->who);
  g_free (message->html);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Message, message_clear)

static PurpleConversation *
find_conversation (PurpleAccount *account, const char *who)
{
  return purple_find_conversation_with_account (PURPLE_CONV_TYPE_IM,
                                                who,
                                                account);
}

gboolean
wn_history_is_shown (PurpleAccount *account, const char *who)
{
  return find_conversation (account, who) != NULL;
}

gboolean
wn_history_is_logged (PurpleAccount *account, const char *who)
{
  PurpleConversation *conversation = find_conversation (account, who);

  return conversation != NULL && purple_conversation_is_logging (conversation)
         && conversation->logs != NULL;
}

/* Returns whether the message is to go on. */
static gboolean
emit_receiving (PurpleAccount *account, Message *message)
{
  gboolean is_dropped = GPOINTER_TO_INT (
      purple_signal_emit_return_1 (purple_conversations_get_handle (),
                                   "receiving-im-msg",
                                   account,
                                   &message->who,
                                   &message->html,
                                   find_conversation (account, message->who),
                                   &message->flags));

  return !is_dropped && message->who != NULL && message->html != NULL;
}

static gboolean
emit_writing (PurpleConversation *conversation, Message *message)
{
  gboolean is_dropped = GPOINTER_TO_INT (
      purple_signal_emit_return_1 (purple_conversations_get_handle (),
                                   "writing-im-msg",
                                   conversation->account,
                                   message->who,
                                   &message->html,
                                   conversation,
                                   message->flags));

  return !is_dropped && message->html != NULL;
}

static const char *
get_alias (PurpleAccount *account, const char *who)
{
  PurpleBuddy *buddy = purple_find_buddy (account, who);

  return buddy != NULL ? purple_buddy_get_contact_alias (buddy) : who;
}

/* Signal handlers may have closed the conversation. */
static gboolean
write_log (PurpleAccount *account, const Message *message, time_t when_s)
{
  PurpleConversation *conversation = find_conversation (account, message->who);

  if (conversation == NULL)
    return FALSE;
  for (GList *it = conversation->logs; it != NULL; it = it->next)
    purple_log_write (it->data,
                      message->flags,
                      get_alias (account, message->who),
                      when_s,
                      message->html);
  return TRUE;
}

/* As serv_got_im() ends: the message goes into a window. */
static void
show_message (PurpleAccount *account, const Message *message, time_t when_s)
{
  PurpleConversation *conversation = find_conversation (account, message->who);

  if (conversation == NULL)
    conversation
        = purple_conversation_new (PURPLE_CONV_TYPE_IM, account, message->who);
  purple_conv_im_write (PURPLE_CONV_IM (conversation),
                        message->who,
                        message->html,
                        message->flags,
                        when_s);
}

gboolean
wn_history_write (PurpleConnection *gc,
                  const char *who,
                  const char *html,
                  time_t when_s)
{
  PurpleAccount *account = purple_connection_get_account (gc);
  g_auto (Message) message
      = { g_strdup (who), g_strdup (html), PURPLE_MESSAGE_RECV };

  if (!emit_receiving (account, &message) || !PURPLE_CONNECTION_IS_VALID (gc))
    return FALSE;
  if (wn_history_is_logged (account, message.who)
      && !(message.flags & PURPLE_MESSAGE_NO_LOG))
    return emit_writing (find_conversation (account, message.who), &message)
           && PURPLE_CONNECTION_IS_VALID (gc)
           && write_log (account, &message, when_s);
  show_message (account, &message, when_s);
  return FALSE;
}

void
wn_history_keep (PurpleAccount *account,
                 const char *who,
                 const char *html,
                 time_t when_s)
{
  g_auto (Message) message
      = { g_strdup (who), g_strdup (html), PURPLE_MESSAGE_RECV };

  if (emit_writing (find_conversation (account, who), &message))
    write_log (account, &message, when_s);
}

void
wn_history_add_line (PurpleAccount *account, const char *who, const char *html)
{
  PurpleConversation *conversation = find_conversation (account, who);

  if (conversation != NULL)
    purple_conv_im_write (PURPLE_CONV_IM (conversation),
                          who,
                          html,
                          PURPLE_MESSAGE_RECV,
                          time (NULL));
}
