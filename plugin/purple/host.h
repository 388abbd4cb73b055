/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is known of the programs that the plugin runs in: whoever depends on it
 * asks here, and nobody else compares a host's name. What holds for one is done
 * for all where that is no harm.
 *
 * All hosts take a message that begins with "/me " for an action. All that play
 * sounds play none for a message that is flagged %PURPLE_MESSAGE_DELAYED, and
 * none shows such a message differently; Pidgin's plugin Message Notification
 * does not count it. Pidgin drops all formatting of a message with more than
 * 100 `<`: `core/message/notification.h` stays below that for every host.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Pidgin cuts a line that nobody says at 4,096 bytes of HTML. */
#define WN_HOST_MAX_LINE_BYTES 4096

/* Pidgin's dialog is as wide as its longest word, be it wider than the screen,
 * and breaks lines that are longer than this wherever it likes.
 */
#define WN_HOST_MAX_DIALOG_CHARS 40

/**
 * WnHost:
 * @ui: the host's name, as purple_core_get_ui() says it
 * @shows_formatting: whether a conversation shows tags. Finch and BitlBee strip
 *   them: there, a link's URL must be in the text
 * @title_start: what makes a title stand out that can't be bold, as HTML
 * @title_end: what ends it
 * @has_commands: whether a message that begins with `/` can be a command of
 *   ours; on IRC it never gets here
 * @has_slow_window: whether its window would stop in a flood
 * @passes_files_on: whether it hands a file to another program while it grows.
 *   A transfer of unknown or no size never ends then, the file is read under
 *   its final name, it has to come from a contact on the list, and the other
 *   program's user is the one to accept it
 * @forgets_accounts: whether it makes a new account for each login, which has
 *   the options alone
 * @needs_tick: whether its main loop has to be woken for GIO's threads
 *   (`purple/tick.h`)
 */
typedef struct
{
  const char *ui;
  gboolean shows_formatting;
  const char *title_start;
  const char *title_end;
  gboolean has_commands;
  gboolean has_slow_window;
  gboolean passes_files_on;
  gboolean forgets_accounts;
  gboolean needs_tick;
} WnHost;

/**
 * wn_host_get:
 *
 * Returns: (transfer none): the program that the plugin runs in; one that is
 *   not known is taken for a modern chat window
 */
const WnHost *wn_host_get (void);

G_END_DECLS
