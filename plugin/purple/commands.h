/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the user can say to the contact: `/status`, `/reconnect`, `/exports`,
 * `/download NAME`, `/help`, and the same words as messages where a host has
 * no commands; each in English and in Chinese.
 */

#pragma once

#include <purple.h>

G_BEGIN_DECLS

/**
 * wn_commands_register:
 * @protocol_id: the protocol whose conversations understand the commands
 *
 * To be called once for each protocol, when the plugin is loaded.
 */
void wn_commands_register (const char *protocol_id);
void wn_commands_unregister (void);

/**
 * wn_commands_send_im:
 * @gc: a connection
 * @who: the contact
 * @message: HTML, what the user wrote
 * @flags: ignored
 *
 * The protocol's `send_im`: a command is carried out, to anything else the
 * contact says that it only sends.
 *
 * Returns: 1 where there is an answer to come, else a negative errno
 */
int wn_commands_send_im (PurpleConnection *gc,
                         const char *who,
                         const char *message,
                         PurpleMessageFlags flags);

G_END_DECLS
