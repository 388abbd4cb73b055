/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What ten thousand notifications and five hundred exports leave in memory,
 * the real module in a host that shows them, and forgets them. The server is a
 * process of its own: libsoup's keeps some of each connection.
 */

#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gstdio.h>

#include "support/descriptors.h"
#include "support/dialogs.h"
#include "support/headless-host.h"
#include "support/login.h"
#include "support/office.h"

#define N_NOTIFICATIONS 10000
#define N_EXPORTS 500
#define N_WARM_UP 100
#define N_BYTES 100000
#define MIB ((gsize) 1024 * 1024)

#define N_IN_ONE_GO 100

typedef struct
{
  PurpleAccount *account;
  char *dir;  /* (owned) */
  char *path; /* (owned) */
} Fixture;

/* What the office is told, a byte each */
enum
{
  PUSH_EXPORT = 'e',
  PUSH_NOTIFICATIONS = 'n',
};

static int orders; /* the office hears them */
static guint office_port;
static pid_t office_pid;
static guint n_arrived;
static guint n_complete;

/* --- the office --- */

static void
push_notifications (WnOffice *office)
{
  static guint n;

  for (guint i = 0; i < N_IN_ONE_GO; i++)
    {
      g_autofree char *json
          = g_strdup_printf ("{\"id\":\"%u\",\"title\":\"Order %u\","
                             "\"content\":\"<p>is <b>paid</b></p>\"}",
                             n,
                             n);

      n++;
      wn_office_push (office, json);
    }
}

static void
push_export (WnOffice *office)
{
  static guint n;
  g_autofree char *name = g_strdup_printf ("%u.csv", n++);

  wn_office_set_file (office,
                      name,
                      &(WnOfficeFile){ .n_bytes = N_BYTES, .percent = 100 });
  wn_office_push_export (office, name);
}

static gboolean
on_ordered (int fd, GIOCondition condition, gpointer office)
{
  char order;

  if (read (fd, &order, 1) != 1)
    _exit (0);
  if (order == PUSH_EXPORT)
    push_export (office);
  else
    push_notifications (office);
  return G_SOURCE_CONTINUE;
}

static void
run_office (int to_test, int from_test)
{
  WnOffice *office = wn_office_new ();
  guint port = wn_office_get_port (office);

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  g_unix_fd_add (from_test, G_IO_IN, on_ordered, office);
  if (write (to_test, &port, sizeof port) != sizeof port)
    _exit (1);
  while (TRUE)
    g_main_context_iteration (NULL, TRUE);
}

static void
start_office (void)
{
  int to_test[2], to_office[2];

  g_assert_cmpint (pipe (to_test), ==, 0);
  g_assert_cmpint (pipe (to_office), ==, 0);
  office_pid = fork ();
  if (office_pid == 0)
    run_office (to_test[1], to_office[0]);
  g_assert_cmpint (read (to_test[0], &office_port, sizeof office_port),
                   ==,
                   sizeof office_port);
  orders = to_office[1];
}

static void
order (char what)
{
  g_assert_cmpint (write (orders, &what, 1), ==, 1);
}

/* --- the host: libpurple keeps every line until it is told to forget --- */

static void
on_received (PurpleAccount *account,
             char *sender,
             char *message,
             PurpleConversation *conversation,
             PurpleMessageFlags flags,
             gpointer user_data)
{
  n_arrived++;
  if (n_arrived % 100 != 0)
    return;
  wn_host_forget ();
  purple_conversation_clear_message_history (conversation);
}

static void
on_transfer_complete (PurpleXfer *xfer, gpointer user_data)
{
  n_complete++;
}

static gboolean
has_arrived (gpointer n)
{
  return n_arrived >= GPOINTER_TO_UINT (n);
}

static gboolean
is_complete (gpointer n)
{
  return n_complete >= GPOINTER_TO_UINT (n);
}

/* --- fixture --- */

static void
set_up (Fixture *f, gconstpointer data)
{
  f->dir = g_dir_make_tmp ("webnotify-memory-XXXXXX", NULL);
  f->path = g_build_filename (f->dir, "saved", NULL);
  f->account = wn_login_new_at ("7@jd-shop/production", office_port);
  wn_login_sign_on (f->account);
  wn_host_run_until (wn_login_is_connected, f->account);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  purple_accounts_delete (f->account);
  wn_host_run_dry ();
  wn_host_forget ();
  g_assert_cmpint (g_rmdir (f->dir), ==, 0);
  g_free (f->path);
  g_free (f->dir);
}

/* --- tests --- */

static void
notify (Fixture *f, guint n)
{
  for (guint i = 0; i < n; i += N_IN_ONE_GO)
    {
      guint n_before = n_arrived;

      order (PUSH_NOTIFICATIONS);
      wn_host_run_until (has_arrived,
                         GUINT_TO_POINTER (n_before + N_IN_ONE_GO));
    }
}

static void export(Fixture *f, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      guint n_before = n_complete;

      order (PUSH_EXPORT);
      wn_host_run_until (wn_dialogs_is_any_open, NULL);
      wn_dialogs_accept ();
      wn_dialogs_save_as (f->path);
      wn_host_run_until (is_complete, GUINT_TO_POINTER (n_before + 1));
      g_assert_cmpint (g_unlink (f->path), ==, 0);
    }
}

static void
assert_no_growth (Fixture *f, void (*func) (Fixture *f, guint n), guint n)
{
  gsize n_bytes, n_bytes_after;

  func (f, N_WARM_UP);
  wn_host_run_dry ();
  n_bytes = mallinfo2 ().uordblks;
  func (f, n);
  wn_host_run_dry ();
  n_bytes_after = mallinfo2 ().uordblks;
  g_test_message ("%u: %+ld bytes", n, (long) n_bytes_after - (long) n_bytes);
  g_assert_cmpuint (n_bytes_after, <=, n_bytes + MIB);
}

static void
test_notifications (Fixture *f, gconstpointer data)
{
  assert_no_growth (f, notify, N_NOTIFICATIONS);
}

static void
test_exports (Fixture *f, gconstpointer data)
{
  /* The office, to which this limit has been passed on, closes none of them. */
  if (!wn_descriptors_allow (2 * (N_WARM_UP + N_EXPORTS)))
    {
      g_test_skip ("ulimit -n is too low");
      return;
    }
  assert_no_growth (f, export, N_EXPORTS);
}

int
main (int argc, char **argv)
{
  static int handle;
  int result;

  g_test_init (&argc, &argv, NULL);
  start_office ();
  wn_host_start ("Pidgin", WN_MODULE_DIR);
  wn_dialogs_start ();
  purple_signal_connect (purple_conversations_get_handle (),
                         "received-im-msg",
                         &handle,
                         PURPLE_CALLBACK (on_received),
                         NULL);
  purple_signal_connect (purple_xfers_get_handle (),
                         "file-recv-complete",
                         &handle,
                         PURPLE_CALLBACK (on_transfer_complete),
                         NULL);
  g_test_add ("/memory/ten thousand notifications leave nothing",
              Fixture,
              NULL,
              set_up,
              test_notifications,
              tear_down);
  g_test_add ("/memory/five hundred exports leave nothing",
              Fixture,
              NULL,
              set_up,
              test_exports,
              tear_down);
  result = g_test_run ();
  wn_host_stop ();
  wn_dialogs_stop ();
  kill (office_pid, SIGKILL);
  return result;
}
