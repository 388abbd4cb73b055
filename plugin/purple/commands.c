/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each command answers with text; where it goes depends on how it was given.
 */

#include "purple/commands.h"

#include <errno.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/markup/markup.h"
#include "purple/session.h"

typedef struct
{
  const char *name;
  const char *args; /* as purple_cmd_register() has it */
  const char *help;
  /* Returns plain text. The argument (nullable) is the rest of the line. */
  char *(*answer) (WnSession *session, const char *argument);
  /* (nullable): after the answer, for it may sign the account off */
  void (*act) (WnSession *session);
} Command;

static void
append_row (const char *label, const char *value, gpointer user_data)
{
  GString *text = user_data;

  if (text->len > 0)
    g_string_append_c (text, '\n');
  g_string_append_printf (text, "%s: %s", label, value);
}

static char *
answer_status (WnSession *session, const char *argument)
{
  GString *text = g_string_new (NULL);

  wn_session_report (session, append_row, text);
  return g_string_free (text, FALSE);
}

static char *
answer_reconnect (WnSession *session, const char *argument)
{
  return g_strdup (_ ("Connecting anew, at most once in ten seconds."));
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
    "",
    N_ ("status: how the connection is doing"),
    answer_status,
    NULL },
  { "reconnect",
    "",
    N_ ("reconnect: make a new connection now"),
    answer_reconnect,
    wn_session_reconnect },
  { "exports",
    "",
    N_ ("exports: this session's exports, and what became of them"),
    answer_exports,
    NULL },
  { "download",
    "s",
    N_ ("download NAME: offer an export again"),
    answer_download,
    NULL },
  { "help", "", N_ ("help: what this contact understands"), answer_help, NULL },
};

/* The ids of the table's commands while the plugin is loaded. */
static PurpleCmdId command_ids[G_N_ELEMENTS (commands)];

static char *
answer_help (WnSession *session, const char *argument)
{
  GString *text = g_string_new (_ ("This contact understands:"));

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (text,
                            "\n/%s",
                            g_dgettext (GETTEXT_PACKAGE, commands[i].help));
  return g_string_free (text, FALSE);
}

static gboolean
takes_argument (const Command *command)
{
  return *command->args != '\0';
}

/* What follows @command in @text, stripped in place, or %NULL where @text is
 * something else.
 */
static char *
find_argument (const Command *command, char *text)
{
  gsize length = strlen (command->name);

  if (g_ascii_strncasecmp (text, command->name, length) != 0)
    return NULL;
  if (text[length] == '\0')
    return text + length;
  if (!takes_argument (command) || !g_ascii_isspace (text[length]))
    return NULL;
  return g_strstrip (text + length);
}

static const Command *
find_command (char *text, const char **argument)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if ((*argument = find_argument (&commands[i], text)) != NULL)
      return &commands[i];
  return NULL;
}

static PurpleCmdRet
on_command (PurpleConversation *conversation,
            const gchar *name,
            gchar **args,
            gchar **error,
            void *data)
{
  const Command *command = data;
  WnSession *session
      = wn_session_get (purple_conversation_get_gc (conversation));
  g_autofree char *text = NULL;
  g_autofree char *html = NULL;

  if (session == NULL)
    {
      *error = g_strdup (_ ("The account is not connected."));
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
  if (command->act != NULL)
    command->act (session);
  return PURPLE_CMD_RET_OK;
}

void
wn_commands_register (const char *protocol_id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    command_ids[i]
        = purple_cmd_register (commands[i].name,
                               commands[i].args,
                               PURPLE_CMD_P_PRPL,
                               PURPLE_CMD_FLAG_IM | PURPLE_CMD_FLAG_PRPL_ONLY
                                   | PURPLE_CMD_FLAG_ALLOW_WRONG_ARGS,
                               protocol_id,
                               on_command,
                               g_dgettext (GETTEXT_PACKAGE, commands[i].help),
                               (gpointer) &commands[i]);
}

void
wn_commands_unregister (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    purple_cmd_unregister (command_ids[i]);
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
  g_strstrip (text);
  command = find_command (*text == '/' ? text + 1 : text, &argument);
  if (command != NULL)
    answer = command->answer (session, argument);
  else
    answer = g_strdup (_ ("This contact only sends. Say help for what it "
                          "understands."));
  wn_session_answer (session, who, answer);
  if (command != NULL && command->act != NULL)
    command->act (session);
  return 1;
}
