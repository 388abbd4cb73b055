/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Exports that are refused, cancelled, signed off from and deleted with their
 * account, at random moments: 500 rounds with the built module in a real
 * libpurple. The seed is printed; --seed takes it back.
 */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <glib/gstdio.h>

#include "support/dialogs.h"
#include "support/headless-host.h"
#include "support/login.h"
#include "support/office.h"

#define N_ROUNDS 500
#define MAX_EXPORTS 4
#define MAX_STEPS 20

typedef struct
{
  WnOffice *office;       /* (owned) */
  PurpleAccount *account; /* (owned) (nullable): deleted */
  char *dir;              /* (owned) */
  WnOfficeFile files[MAX_EXPORTS];
  guint n_files;
  guint n_saved;       /* paths that were given to save dialogs */
  guint n_descriptors; /* that may be open after it */
} Round;

/* How often each thing happened in all the rounds. */
static struct
{
  guint refused, cancelled, signed_off, deleted, hung_up, completed;
} tally;

static guint
pick (guint n)
{
  return (guint) g_test_rand_int_range (0, (gint32) n);
}

static void
run_a_little (void)
{
  guint n_turns = pick (30);

  for (guint i = 0; i < n_turns; i++)
    g_main_context_iteration (NULL, FALSE);
}

/* --- the exports --- */

static WnOfficeFile
make_file (void)
{
  static const guint sizes[] = { 0, 1, 100, 4096, 65536, 65537, 100000 };
  static const guint percents[] = { 0, 1, 50, 99, 100 };
  static const guint statuses[] = { 0, 0, 0, 0, 0, 204, 401, 404 };

  WnOfficeFile file = {
    .n_bytes = sizes[pick (G_N_ELEMENTS (sizes))],
    .percent = percents[pick (G_N_ELEMENTS (percents))],
    .status = statuses[pick (G_N_ELEMENTS (statuses))],
    .is_deaf = pick (10) == 0,
  };

  /* Of what is cut where its size isn't told, nobody can know it. */
  file.hides_size = file.percent == 100 && pick (2) == 0;
  return file;
}

static void
push_exports (Round *r)
{
  r->n_files = 1 + pick (MAX_EXPORTS);
  for (guint i = 0; i < r->n_files; i++)
    {
      g_autofree char *name = g_strdup_printf ("orders-%u.csv", i);

      r->files[i] = make_file ();
      wn_office_set_file (r->office, name, &r->files[i]);
      wn_office_push_export (r->office, name);
    }
}

/* --- what happens to them --- */

static char *
dup_path (Round *r, guint i)
{
  g_autofree char *name = g_strdup_printf ("saved-%u", i);

  return g_build_filename (r->dir, name, NULL);
}

static void
answer_dialog (Round *r)
{
  g_autofree char *path = NULL;

  if (wn_dialogs_count () == 0)
    return;
  if (pick (8) == 0)
    {
      wn_dialogs_refuse ();
      tally.refused++;
    }
  else if (!wn_dialogs_asks_where ())
    wn_dialogs_accept ();
  else
    {
      path = dup_path (r, r->n_saved++);
      wn_dialogs_save_as (path);
    }
}

/* What a host lets its user cancel: what has been accepted. */
static void
cancel_one (Round *r)
{
  for (GList *l = purple_xfers_get_all (); l != NULL; l = l->next)
    {
      PurpleXferStatusType status = purple_xfer_get_status (l->data);

      if (status != PURPLE_XFER_STATUS_ACCEPTED
          && status != PURPLE_XFER_STATUS_STARTED)
        continue;
      purple_xfer_cancel_local (l->data);
      tally.cancelled++;
      return;
    }
}

static void
sign_off (Round *r)
{
  if (r->account == NULL)
    return;
  tally.signed_off++;
  wn_login_sign_off (r->account);
}

static void
delete_account (Round *r)
{
  if (r->account == NULL)
    return;
  tally.deleted++;
  purple_accounts_delete (g_steal_pointer (&r->account));
}

static void
hang_up (Round *r)
{
  tally.hung_up++;
  wn_office_hang_up (r->office);
}

static void
drop_listeners (Round *r)
{
  wn_office_drop_listeners (r->office);
}

static void
step (Round *r)
{
  static void (*const rare[]) (Round *)
      = { cancel_one, cancel_one,     cancel_one, cancel_one,
          sign_off,   delete_account, hang_up,    drop_listeners };

  if (pick (4) == 0)
    rare[pick (G_N_ELEMENTS (rare))](r);
  else
    answer_dialog (r);
}

/* --- what must hold --- */

static gboolean
is_of_port (int fd, guint port)
{
  struct sockaddr_in address = { 0 };
  socklen_t length = sizeof (address);

  return getsockname (fd, (struct sockaddr *) &address, &length) == 0
         && address.sin_family == AF_INET && ntohs (address.sin_port) == port;
}

/* Without the office's: libsoup's server keeps some that the client left. */
static guint
count_descriptors (const WnOffice *office)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    n += !is_of_port (atoi (name), wn_office_get_port (office));
  return n;
}

/* A file that is there is whole: one of those that were handed out. */
static void
assert_whole (Round *r, const char *path)
{
  g_autofree guint8 *bytes = wn_office_dup_bytes (100000);
  g_autofree char *contents = NULL;
  gboolean is_one = FALSE;
  gsize length;

  if (!g_file_get_contents (path, &contents, &length, NULL))
    return;
  for (guint i = 0; i < r->n_files; i++)
    is_one = is_one
             || (r->files[i].n_bytes == length && !r->files[i].is_deaf
                 && r->files[i].status == 0
                 && (r->files[i].percent == 100
                     || length * r->files[i].percent / 100 == length));
  g_assert_true (is_one);
  g_assert_cmpmem (contents, length, bytes, length);
  g_unlink (path);
  tally.completed++;
}

static void
assert_nothing_waits (void)
{
  g_assert_cmpuint (wn_dialogs_count (), ==, 0);
  for (GList *l = purple_xfers_get_all (); l != NULL; l = l->next)
    g_assert_true (purple_xfer_is_canceled (l->data)
                   || purple_xfer_is_completed (l->data));
}

static gboolean
are_descriptors_back (gpointer data)
{
  Round *r = data;

  return count_descriptors (r->office) <= r->n_descriptors;
}

/* --- a round --- */

static gboolean
is_connected (gpointer data)
{
  Round *r = data;

  return purple_account_is_connected (r->account)
         && wn_office_has_listener (r->office);
}

static void
sign_on (Round *r)
{
  r->account = wn_login_new_at ("7@jd-shop/production",
                                wn_office_get_port (r->office));
  wn_login_sign_on (r->account);
  wn_host_run_until (is_connected, r);
}

static void
end_round (Round *r)
{
  if (r->account != NULL)
    wn_login_delete (g_steal_pointer (&r->account));
  assert_nothing_waits ();
  wn_office_hang_up (r->office);
  wn_office_drop_listeners (r->office);
  wn_host_run_dry ();
  for (guint i = 0; i < r->n_saved; i++)
    {
      g_autofree char *path = dup_path (r, i);

      assert_whole (r, path);
    }
  wn_host_forget ();
}

static void
run_round (WnOffice *office, const char *dir, guint n_descriptors)
{
  Round r = {
    .office = office,
    .dir = (char *) dir,
    .n_descriptors = n_descriptors,
  };
  guint n_steps = pick (MAX_STEPS);

  wn_dialogs_set_calls_back_on_close (pick (2) == 0);
  sign_on (&r);
  push_exports (&r);
  if (pick (4) > 0)
    wn_host_run_until (wn_dialogs_is_any_open, NULL);
  for (guint i = 0; i < n_steps; i++)
    {
      run_a_little ();
      step (&r);
    }
  end_round (&r);
  wn_host_run_until (are_descriptors_back, &r);
}

static void
test_rounds (void)
{
  g_autofree char *dir = g_dir_make_tmp ("webnotify-XXXXXX", NULL);
  WnOffice *office = wn_office_new ();
  guint n_descriptors;

  run_round (office, dir, G_MAXUINT); /* what is made once is made now */
  n_descriptors = count_descriptors (office);
  for (guint i = 0; i < N_ROUNDS; i++)
    run_round (office, dir, n_descriptors);
  g_test_message ("refused %u, cancelled %u, signed off %u, deleted %u, "
                  "hung up %u, completed %u",
                  tally.refused,
                  tally.cancelled,
                  tally.signed_off,
                  tally.deleted,
                  tally.hung_up,
                  tally.completed);
  wn_office_free (office);
  wn_host_run_dry ();
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  wn_host_start ("Pidgin", WN_MODULE_DIR);
  wn_dialogs_start ();
  g_test_add_func ("/transfer-cancels/500 random ends leave nothing behind",
                   test_rounds);
  result = g_test_run ();
  wn_host_stop ();
  wn_dialogs_stop ();
  return result;
}
