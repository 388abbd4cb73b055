/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each command answers with text; where the text goes depends on how the
 * command was given.
 */

#include "purple/commands.h"

#include <errno.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/markup/markup.h"
#include "purple/contact-name.h"
#include "purple/host.h"
#include "purple/session.h"

#define WIDE_SLASH "／"

typedef struct
{
  const char *name;
  const char *chinese; /* in every language: a server of BitlBee's has none */
  const char *args;    /* as purple_cmd_register() has it */
  const char *help;
  /* Returns plain text. The argument (nullable) is the rest of the line. */
  char *(*answer) (WnSession *session, const char *argument);
  /* (nullable): after the answer, because it may sign the account off */
  void (*act) (WnSession *session, const char *who);
} Command;

static void
append_row (const char *label, const char *value, gpointer user_data)
{
  GString *text = user_data;
  g_autofree char *line = wn_sentence_dup_value (label, value);

  if (text->len > 0)
    g_string_append_c (text, '\n');
  g_string_append (text, line);
}

static char *
answer_status (WnSession *session, const char *argument)
{
  GString *text = g_string_new (NULL);

  wn_session_report (session, TRUE, append_row, text);
  return g_string_free (text, FALSE);
}

static char *
answer_reconnect (WnSession *session, const char *argument)
{
  return wn_sentence_dup (WN_SENTENCE_CONNECTING_ANEW, NULL);
}

static char *
answer_exports (WnSession *session, const char *argument)
{
  return wn_exports_dup_list (wn_session_get_exports (session));
}

static char *
answer_download (WnSession *session, const char *argument)
{
  return wn_exports_offer_again (wn_session_get_exports (session), argument);
}

static char *answer_help (WnSession *session, const char *argument);

static const Command commands[] = {
  { "status",
    "状态",
    "",
    N_ ("status: how the connection is doing"),
    answer_status,
    NULL },
  { "reconnect",
    "重连",
    "",
    N_ ("reconnect: make a new connection now"),
    answer_reconnect,
    wn_session_reconnect },
  { "exports",
    "导出",
    "",
    N_ ("exports: this session's exports, and what became of them"),
    answer_exports,
    NULL },
  { "download",
    "下载",
    "s",
    N_ ("download NAME: offer an export again; download all: save all that "
        "wait"),
    answer_download,
    NULL },
  { "help",
    "帮助",
    "",
    N_ ("help: what this contact understands"),
    answer_help,
    NULL },
};

/* The ids of the table's commands while the plugin is loaded. */
static GArray *command_ids; /* (owned) (nullable): of all protocols */

static char *
answer_help (WnSession *session, const char *argument)
{
  g_autofree char *first = wn_sentence_dup (WN_SENTENCE_UNDERSTANDS, NULL);
  GString *text = g_string_new (first);
  const char *slash = wn_host_get ()->has_commands ? "/" : "";

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (text,
                            "\n%s%s",
                            slash,
                            g_dgettext (GETTEXT_PACKAGE, commands[i].help));
  return g_string_free (text, FALSE);
}

/* What follows @word in @text, which has no space at its ends, or %NULL where
 * @text is something else. Chinese puts no space between words.
 */
static const char *
find_argument (const Command *command, const char *word, const char *text)
{
  gsize length = strlen (word);
  const char *rest;

  if (g_ascii_strncasecmp (text, word, length) != 0)
    return NULL;
  rest = text + length;
  while (g_unichar_isspace (g_utf8_get_char (rest)))
    rest = g_utf8_next_char (rest);
  if (*rest == '\0')
    return rest;
  if (*command->args == '\0'
      || (rest == text + length && word == command->name))
    return NULL;
  return rest;
}

/* A host may leave it there, and Chinese keyboards have one of their own. */
static const char *
skip_slash (const char *text)
{
  if (g_str_has_prefix (text, WIDE_SLASH))
    return text + strlen (WIDE_SLASH);
  return *text == '/' ? text + 1 : text;
}

static const Command *
find_command (const char *text, const char **argument)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if ((*argument = find_argument (&commands[i], commands[i].name, text))
            != NULL
        || (*argument = find_argument (&commands[i], commands[i].chinese, text))
               != NULL)
      return &commands[i];
  return NULL;
}

/* (nullable): whoever heard of what a command does, or of its answer, may have
 * signed the account off.
 */
static WnSession *
find_session (PurpleConnection *gc)
{
  return PURPLE_CONNECTION_IS_VALID (gc) ? wn_session_get (gc) : NULL;
}

static void
act (const Command *command, PurpleConnection *gc, const char *who)
{
  WnSession *session = find_session (gc);

  if (session != NULL && command->act != NULL)
    command->act (session, who);
}

/* Anybody can write to any name, which the host then shows a window for. */
static gboolean
has_contact (PurpleConnection *gc, WnSession *session, const char *who)
{
  const char *own = wn_session_get_contact (session);

  return g_str_equal (who, own)
         || (wn_contact_name_is_of (own, who)
             && purple_find_buddy (purple_connection_get_account (gc), who)
                    != NULL);
}

static PurpleCmdRet
on_command (PurpleConversation *conversation,
            const gchar *name,
            gchar **args,
            gchar **error,
            void *data)
{
  const Command *command = data;
  PurpleConnection *gc = purple_conversation_get_gc (conversation);
  WnSession *session = wn_session_get (gc);
  g_autofree char *who = g_strdup (purple_conversation_get_name (conversation));
  g_autofree char *text = NULL;
  g_autofree char *html = NULL;

  if (session == NULL)
    {
      *error = wn_sentence_dup (WN_SENTENCE_NOT_CONNECTED, NULL);
      return PURPLE_CMD_RET_FAILED;
    }
  if (args[0] != NULL)
    g_strstrip (args[0]);
  text = command->answer (session, args[0]);
  html = wn_markup_escape (text);
  purple_conversation_write (conversation,
                             NULL,
                             html,
                             PURPLE_MESSAGE_SYSTEM | PURPLE_MESSAGE_NO_LOG,
                             time (NULL));
  act (command, gc, who);
  return PURPLE_CMD_RET_OK;
}

static void
register_command (const Command *command,
                  const char *word,
                  const char *protocol_id)
{
  PurpleCmdId id
      = purple_cmd_register (word,
                             command->args,
                             PURPLE_CMD_P_PRPL,
                             PURPLE_CMD_FLAG_IM | PURPLE_CMD_FLAG_PRPL_ONLY
                                 | PURPLE_CMD_FLAG_ALLOW_WRONG_ARGS,
                             protocol_id,
                             on_command,
                             g_dgettext (GETTEXT_PACKAGE, command->help),
                             (gpointer) command);

  g_array_append_val (command_ids, id);
}

void
wn_commands_register (const char *protocol_id)
{
  if (command_ids == NULL)
    command_ids = g_array_new (FALSE, FALSE, sizeof (PurpleCmdId));
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      register_command (&commands[i], commands[i].name, protocol_id);
      register_command (&commands[i], commands[i].chinese, protocol_id);
    }
}

void
wn_commands_unregister (void)
{
  for (guint i = 0; i < command_ids->len; i++)
    purple_cmd_unregister (g_array_index (command_ids, PurpleCmdId, i));
  g_clear_pointer (&command_ids, g_array_unref);
}

int
wn_commands_send_im (PurpleConnection *gc,
                     const char *who,
                     const char *message,
                     PurpleMessageFlags flags)
{
  WnSession *session = wn_session_get (gc);
  g_autofree char *text = purple_markup_strip_html (message);
  g_autofree char *answer = NULL;
  const char *argument = NULL;
  const Command *command;

  if (session == NULL)
    return -ENOTCONN;
  if (!has_contact (gc, session, who))
    {
      g_autofree char *error = wn_sentence_dup (WN_SENTENCE_NO_CONTACT, who);

      purple_conv_present_error (who,
                                 purple_connection_get_account (gc),
                                 error);
      return 0;
    }
  g_strstrip (text);
  command = find_command (skip_slash (text), &argument);
  if (command != NULL)
    answer = command->answer (session, argument);
  else
    answer = wn_sentence_dup (WN_SENTENCE_ONLY_SENDS, NULL);
  session = find_session (gc);
  if (session != NULL)
    wn_session_answer (session, who, g_steal_pointer (&answer));
  if (command != NULL)
    act (command, gc, who);
  return 1;
}
