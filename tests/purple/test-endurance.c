/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a long life leaves behind: the real module through a thousand
 * reconnects, and through a flood that the host can't keep up with.
 */

#include <malloc.h>
#include <string.h>

#include <gio/gio.h>

#include "support/descriptors.h"
#include "support/fast-time.h"
#include "support/headless-host.h"
#include "support/login.h"
#include "support/raw-server.h"

#define N_WARM_UP 100
#define N_RECONNECTS 1000
#define MIB ((gsize) 1024 * 1024)
/* The queue's bound, and what is on its way there */
#define MAX_FLOOD_BYTES (24 * MIB)

static PurpleAccount *
add_account (WnRawServer *server, int reconnect_delay_s)
{
  PurpleAccount *account = wn_login_new_at ("1001@jd-shop/production",
                                            wn_raw_server_get_port (server));

  purple_account_set_int (account, "reconnect_delay", reconnect_delay_s);
  purple_account_set_int (account, "reconnect_delay_max", reconnect_delay_s);
  wn_login_sign_on (account);
  return account;
}

static void
remove_account (PurpleAccount *account)
{
  wn_login_delete (account);
  wn_host_run_dry ();
  wn_host_forget ();
}

static void
wait_for_status (PurpleAccount *account, const char *id)
{
  while (!wn_login_has_status (account, id))
    g_main_context_iteration (NULL, TRUE);
}

static gsize
count_bytes (void)
{
  return mallinfo2 ().uordblks;
}

static void
reconnect (PurpleAccount *account, WnRawServer *server, guint n_times)
{
  for (guint i = 0; i < n_times; i++)
    {
      wait_for_status (account, "available");
      wn_raw_server_hang_up (server);
      wait_for_status (account, "away");
    }
  wait_for_status (account, "available");
  /* libsoup closes what it was given in a thread, and waits five seconds for
   * the other side at the most. */
  for (gint64 end_us = g_get_monotonic_time () + 6 * G_TIME_SPAN_SECOND;
       g_get_monotonic_time () < end_us;)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_reconnects (void)
{
  static const WnRawScript script = { .answer = WN_UPGRADE };
  WnRawServer *server = wn_raw_server_new (&script);
  PurpleAccount *account = add_account (server, 5);
  guint n_descriptors;
  gsize n_bytes, n_bytes_after;

  wn_fast_time_start ();
  reconnect (account, server, N_WARM_UP);
  n_descriptors = wn_descriptors_count ();
  n_bytes = count_bytes ();
  reconnect (account, server, N_RECONNECTS);
  n_bytes_after = count_bytes ();
  g_assert_cmpuint (wn_descriptors_count (), <=, n_descriptors);
  g_test_message ("%u reconnects: %+ld bytes",
                  N_RECONNECTS,
                  (long) n_bytes_after - (long) n_bytes);
  g_assert_cmpuint (n_bytes_after, <=, n_bytes + MIB);
  g_assert_cmpuint (wn_raw_server_get_n_connections (server),
                    ==,
                    N_WARM_UP + N_RECONNECTS + 1);
  wn_fast_time_stop ();
  remove_account (account);
  wn_raw_server_free (server);
}

/* The flood */

static guint n_arrived;

static void
on_received (PurpleAccount *account,
             char *sender,
             char *message,
             PurpleConversation *conversation,
             PurpleMessageFlags flags,
             gpointer user_data)
{
  n_arrived++;
  g_usleep (500); /* as a window that has lines in it */
  if (n_arrived % 100 != 0)
    return;
  wn_host_forget ();
  /* libpurple keeps every line. */
  purple_conversation_clear_message_history (conversation);
}

static char *
make_frame (guint n_bytes)
{
  g_autofree char *body = g_strnfill (n_bytes, 'x');
  g_autofree char *text
      = g_strdup_printf ("{\"title\":\"t\",\"content\":\"%s\"}", body);
  const gsize length = strlen (text);

  g_assert_cmpuint (length, >, 255);
  g_assert_cmpuint (length & 0xff, !=, 0);
  return g_strdup_printf ("\x81\x7e%c%c%s",
                          (char) (length >> 8),
                          (char) (length & 0xff),
                          text);
}

static void
test_flood (void)
{
  static int handle;
  g_autofree char *frame = make_frame (8000);
  WnRawScript script = { .answer = WN_UPGRADE, .forever = frame };
  WnRawServer *server = wn_raw_server_new (&script);
  PurpleAccount *account;
  gsize n_bytes, n_most_bytes;
  guint64 n_sent;
  const guint n_enough = 4000;

  purple_signal_connect (purple_conversations_get_handle (),
                         "received-im-msg",
                         &handle,
                         PURPLE_CALLBACK (on_received),
                         NULL);
  n_arrived = 0;
  n_most_bytes = n_bytes = count_bytes ();
  account = add_account (server, 3600);
  while (n_arrived < n_enough)
    {
      g_main_context_iteration (NULL, TRUE);
      n_most_bytes = MAX (n_most_bytes, count_bytes ());
    }
  wn_raw_server_hang_up (server);
  wait_for_status (account, "away");
  wn_host_run_dry ();

  n_sent = (wn_raw_server_get_n_sent (server) - 129) / strlen (frame);
  g_test_message ("%u notifications, %.1f MiB at the most",
                  n_arrived,
                  (double) (n_most_bytes - n_bytes) / (double) MIB);
  g_assert_cmpuint (n_arrived, ==, n_sent);
  g_assert_cmpuint (n_most_bytes - n_bytes, <=, MAX_FLOOD_BYTES);
  purple_signals_disconnect_by_handle (&handle);
  remove_account (account);
  wn_raw_server_free (server);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  wn_host_start ("Pidgin", WN_MODULE_DIR);
  g_test_add_func ("/endurance/a thousand reconnects leave nothing",
                   test_reconnects);
  g_test_add_func ("/endurance/a flood loses nothing, and does not pile up",
                   test_flood);
  result = g_test_run ();
  wn_host_stop ();
  return result;
}
