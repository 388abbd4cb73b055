/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the benchmarks share: measurements in processes of their own, medians,
 * a bare libsoup WebSocket client to compare with, and a headless host that
 * has signed on.
 */

#pragma once

#include <libsoup/soup.h>
#include <purple.h>

G_BEGIN_DECLS

#define WN_BENCH_MAX_ROUNDS 25
#define WN_BENCH_MAX_VALUES 8

/** Fills in up to %WN_BENCH_MAX_VALUES figures. */
typedef void (*WnBenchFunc) (double *values, gconstpointer data);

/**
 * wn_bench_apart:
 * @func: what to measure; runs in a child process
 * @values: (array fixed-size=8): what it filled in
 * @data: for @func
 */
void wn_bench_apart (WnBenchFunc func, double *values, gconstpointer data);

/**
 * wn_bench_sort:
 * @values: sorted in place
 *
 * Returns: the median
 */
double wn_bench_sort (double *values, guint n);

/**
 * wn_bench_get_rounds:
 *
 * Returns: what the command line's first argument says, else @fallback
 */
guint wn_bench_get_rounds (int argc, char **argv, guint fallback);

/**
 * wn_bench_ask:
 * @argv: (array zero-terminated=1): a program that prints numbers
 * @values: (array fixed-size=8): these numbers
 *
 * Returns: %FALSE if there is no such program, or it says (77) that something
 *   it needs is missing
 */
gboolean wn_bench_ask (const char *const *argv, double *values);

/**
 * wn_bench_print:
 * @name: what is counted, with its unit
 * @values: sorted in place
 *
 * Prints `NAME MEDIAN (LEAST-MOST)`, two spaces before it.
 */
void wn_bench_print (const char *name, double *values, guint n);

/** Returns: the processor time of this process so far, in microseconds */
gint64 wn_bench_get_cpu_us (void);

typedef void (*WnBareFunc) (const char *text, gsize length, gpointer user_data);

/**
 * wn_bare_connect:
 * @url: where to
 * @func: (nullable): called for each message; borrowed text
 * @user_data: for @func
 *
 * A bare libsoup client: a SoupSession of its own, let go after the upgrade,
 * and no limit but the plugin's own. Runs the main loop until it is connected.
 *
 * Returns: (transfer full): the connection
 */
SoupWebsocketConnection *
wn_bare_connect (const char *url, WnBareFunc func, gpointer user_data);

/**
 * wn_bench_host_start:
 * @logs: whether libpurple logs conversations
 *
 * A headless host, whose conversations only count: wn_bench_host_get_n_ims().
 */
void wn_bench_host_start (gboolean logs);

typedef void (*WnImFunc) (const char *text, gpointer user_data);

/** Calls @func for each message that is shown. */
void wn_bench_host_set_func (WnImFunc func, gpointer user_data);
guint wn_bench_host_get_n_ims (void);

/**
 * wn_bench_host_sign_on:
 * @uid: the account's user id
 * @server: its option `server`
 *
 * Runs the main loop until it is connected.
 */
PurpleAccount *wn_bench_host_sign_on (const char *uid, const char *server);
void wn_bench_host_sign_off (PurpleAccount *account);

G_END_DECLS
