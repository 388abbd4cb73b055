/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A dialect's state for an account that a test writes down.
 */

#pragma once

#include "core/connection/client.h"

G_BEGIN_DECLS

/**
 * wn_instance_new:
 * @dialect: static
 * @error: return location for the dialect's error
 * @username: as libpurple joins it
 * @token: (nullable): the password
 * @...: pairs of an option's key and value, and %NULL
 *
 * Returns: (transfer full) (nullable): the state; the dialect frees it
 */
gpointer wn_instance_new (const WnDialect *dialect,
                          GError **error,
                          const char *username,
                          const char *token,
                          ...) G_GNUC_NULL_TERMINATED;

/**
 * wn_instance_new_back_office:
 *
 * Returns: (transfer full): the back office's for `1001@jd-shop` at
 *   `ws://a.example/`
 */
gpointer wn_instance_new_back_office (void);

/**
 * wn_instance_take_answer:
 * @dialect: static
 * @instance: its state
 * @status: an answer's
 * @body: an answer's
 *
 * Returns: (transfer full): what the dialect makes of it, at noon of 2026-11-28
 */
WnFrame *wn_instance_take_answer (const WnDialect *dialect,
                                  gpointer instance,
                                  guint status,
                                  const char *body);

/** A #WnLifecycleConfig.roll that comes out half-way, always */
double wn_instance_roll (gpointer data);

G_END_DECLS
