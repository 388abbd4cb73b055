/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A libpurple host without a screen: the real library over GLib's main loop,
 * in a user folder of its own, which writes down what it is told. One for each
 * process, since libpurple starts only once.
 */

#pragma once

#include <purple.h>

G_BEGIN_DECLS

/**
 * WnHost: what libpurple is given, and what was written down of transfers and
 *   dialogs
 * @dir: (owned): libpurple's user folder
 * @account: (unowned) (nullable): libpurple's; of wn_host_get_login()
 * @gc: (owned) (nullable): a login of a protocol that does nothing
 * @lines: (owned): what was written into conversations, a line each
 * @errors: (owned): error dialogs' texts, a line each
 * @n_taken: how many bytes of files the host has taken itself
 */
typedef struct
{
  char *dir;
  PurpleAccount *account;
  PurpleConnection *gc;
  GString *lines;
  GString *errors;
  guint n_created;
  guint n_destroyed;
  guint n_added;
  guint n_cancelled;
  guint n_cancelled_remotely;
  guint n_progress;
  guint64 n_taken;
} WnHost;

/**
 * wn_host_start:
 * @ui: the host's name, as libpurple tells it to plugins
 * @plugin_dir: (nullable): the folder that the built module is in; %NULL:
 *   without it
 */
void wn_host_start (const char *ui, const char *plugin_dir);

/**
 * wn_host_get_login:
 *
 * For the plugin's modules one by one: starts libpurple the first time, without
 * the built module, and with a login of a protocol that does nothing.
 * `support/dialogs.h` answers what is asked.
 *
 * Returns: (transfer none): the host
 */
WnHost *wn_host_get_login (void);

/**
 * wn_host_ignore_cancel_local:
 *
 * Lets what is offered from now on only hear of the other end's cancelling, as
 * BitlBee does.
 */
void wn_host_ignore_cancel_local (void);

/**
 * wn_host_take_bytes:
 *
 * Lets the host take the bytes itself of what is offered from now on, and throw
 * them away.
 */
void wn_host_take_bytes (void);

/** wn_host_reset: forgets what was written down, open dialogs, and the above */
void wn_host_reset (void);

/**
 * wn_host_stop:
 *
 * Quits libpurple and removes the user folder.
 */
void wn_host_stop (void);

/**
 * wn_host_forget:
 *
 * Forgets what was written down.
 */
void wn_host_forget (void);

/**
 * wn_host_get_messages:
 *
 * Returns: (transfer none): all that was written into conversations, each as
 *   `NAME: TEXT`, `*: TEXT` where it is nobody's
 */
GPtrArray *wn_host_get_messages (void);

/**
 * wn_host_get_requests:
 *
 * Returns: (transfer none): the titles of the questions that were asked
 */
GPtrArray *wn_host_get_requests (void);

/**
 * wn_host_has_request:
 * @unused: nothing; for wn_host_run_until()
 *
 * Returns: whether a question was asked
 */
gboolean wn_host_has_request (gpointer unused);

/**
 * wn_host_get_error:
 * @reason: (out) (optional): the last connection error's reason
 *
 * Returns: (transfer none) (nullable): its text; %NULL where there was none
 */
const char *wn_host_get_error (PurpleConnectionError *reason);

/**
 * wn_host_has_error:
 * @unused: nothing; for wn_host_run_until()
 *
 * Returns: whether there was a connection error
 */
gboolean wn_host_has_error (gpointer unused);

/**
 * wn_host_get_info:
 *
 * Returns: (transfer none) (nullable): the text of what "Get Info" showed
 *   last; %NULL where it was not asked for
 */
const char *wn_host_get_info (void);

/** Returns: (nullable): what a connection has last told of its progress */
const char *wn_host_get_progress (void);

/**
 * wn_host_get_n_progress:
 *
 * Returns: how often a connection has told its progress, which BitlBee prints
 */
guint wn_host_get_n_progress (void);

typedef gboolean (*WnHostFunc) (gpointer user_data);

/**
 * wn_host_run_until:
 * @func: called after each turn of the main loop
 * @user_data: for @func
 *
 * Runs the main loop until @func returns %TRUE. Fails the test after 60 s.
 */
void wn_host_run_until (WnHostFunc func, gpointer user_data);

/**
 * wn_host_run_dry:
 *
 * Runs the main loop until nothing is ready.
 */
void wn_host_run_dry (void);

/**
 * wn_host_dup_foreign_sources:
 *
 * Returns: (transfer full): the ids of all the main loop's sources that
 *   libpurple did not add through the host
 */
GHashTable *wn_host_dup_foreign_sources (void);

/**
 * wn_host_mark_sources:
 *
 * Returns: for wn_host_count_sources_since()
 */
guint wn_host_mark_sources (void);

/**
 * wn_host_count_sources_since:
 * @mark: what wn_host_mark_sources() returned
 *
 * Returns: how many of the sources that were added since are still there, and
 *   were not added by libpurple
 */
guint wn_host_count_sources_since (guint mark);

/**
 * wn_host_count_timers:
 * @name: (nullable): how the names of those to count begin; %NULL: all, named
 *   or not
 *
 * Returns: how many timers that libpurple did not add the main loop waits for
 */
guint wn_host_count_timers (const char *name);

G_END_DECLS
