/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each way that an export can end, at each stage that it can be in, with the
 * dialogs' order of calls as in Pidgin and as in Finch: the built module in a
 * real libpurple, with its own Autoaccept plugin where that is asked for.
 */

#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "support/dialogs.h"
#include "support/headless-host.h"
#include "support/login.h"
#include "support/office.h"

#define CONTACT "jd-shop"
#define N_BYTES 100000
#define AUTOACCEPT "/plugins/core/core-plugin_pack-autoaccept/"

typedef enum
{
  STAGE_SIZE,   /* the server is asked for the size */
  STAGE_ASKED,  /* whether to accept */
  STAGE_SAVING, /* where to save */
  STAGE_SENT,   /* accepted, no answer yet */
  STAGE_AT_1,
  STAGE_AT_50,
  STAGE_AT_99,
  STAGE_AT_100, /* all is there, the end isn't known yet */
  N_STAGES,
} Stage;

static const char *const stage_names[] = {
  "while its size is asked for",
  "while the user is asked",
  "while a file is chosen",
  "before the answer",
  "at 1 %",
  "at 50 %",
  "at 99 %",
  "at 100 %",
};

typedef struct
{
  WnOffice *office;       /* (owned) */
  PurpleAccount *account; /* (owned) (nullable): deleted */
  char *dir;              /* (owned) */
  char *path;             /* (owned): where the user saves */
} Fixture;

typedef struct
{
  const char *name;
  void (*end) (Fixture *f);
  Stage first, last;
} Ending;

typedef struct
{
  const Ending *ending;
  Stage stage;
  gboolean is_finch;
} Case;

/* --- endings --- */

static PurpleXfer *
get_xfer (void)
{
  return purple_xfers_get_all ()->data;
}

static void
refuse (Fixture *f)
{
  wn_dialogs_refuse ();
}

static void
cancel (Fixture *f)
{
  purple_xfer_cancel_local (get_xfer ());
}

static void
sign_off (Fixture *f)
{
  wn_login_sign_off (f->account);
}

static void
delete_account (Fixture *f)
{
  purple_accounts_delete (g_steal_pointer (&f->account));
}

static void
cancel_and_sign_off (Fixture *f)
{
  cancel (f);
  sign_off (f);
}

static const Ending endings[] = {
  { "refused", refuse, STAGE_ASKED, STAGE_SAVING },
  { "cancelled", cancel, STAGE_SENT, STAGE_AT_100 },
  { "signed off", sign_off, STAGE_SIZE, STAGE_AT_100 },
  { "cancelled and signed off", cancel_and_sign_off, STAGE_SENT, STAGE_AT_100 },
  { "its account deleted", delete_account, STAGE_SIZE, STAGE_AT_100 },
};

/* --- waiting --- */

static gboolean
is_connected (gpointer data)
{
  Fixture *f = data;

  return purple_account_is_connected (f->account)
         && wn_office_has_listener (f->office);
}

static gboolean
is_said (gpointer data)
{
  GPtrArray *messages = wn_host_get_messages ();

  for (guint i = 0; i < messages->len; i++)
    if (strstr (messages->pdata[i], data) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
has_sent (gpointer data)
{
  return purple_xfer_get_bytes_sent (get_xfer ()) >= GPOINTER_TO_SIZE (data);
}

static gboolean
is_asked_for (gpointer data)
{
  return wn_office_get_n_gets (data) > 0;
}

/* --- fixture --- */

static void
set_up (Fixture *f, gconstpointer data)
{
  f->office = wn_office_new ();
  f->dir = g_dir_make_tmp ("webnotify-XXXXXX", NULL);
  f->path = g_build_filename (f->dir, "saved", NULL);
  f->account = wn_login_new_at ("7@jd-shop/production",
                                wn_office_get_port (f->office));
  purple_account_set_int (f->account, "reconnect_delay", 1);
  wn_dialogs_start ();
  wn_login_sign_on (f->account);
  wn_host_run_until (is_connected, f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->account != NULL)
    wn_login_delete (f->account);
  g_assert_cmpuint (wn_dialogs_count (), ==, 0);
  wn_office_free (f->office);
  wn_host_run_dry ();
  wn_host_forget ();
  g_unlink (f->path);
  g_assert_cmpint (g_rmdir (f->dir), ==, 0);
  g_free (f->path);
  g_free (f->dir);
}

/* --- stages --- */

static void
push_file (Fixture *f, const WnOfficeFile *file)
{
  wn_office_set_file (f->office, "orders.csv", file);
  wn_office_push_export (f->office, "orders.csv");
}

static void
push (Fixture *f, guint percent)
{
  push_file (f, &(WnOfficeFile){ .n_bytes = N_BYTES, .percent = percent });
}

static const WnOfficeFile stage_files[] = {
  [STAGE_SIZE] = { .n_bytes = N_BYTES, .percent = 100 },
  [STAGE_ASKED] = { .n_bytes = N_BYTES, .percent = 100 },
  [STAGE_SAVING] = { .n_bytes = N_BYTES, .percent = 100 },
  [STAGE_SENT] = { .n_bytes = N_BYTES, .is_deaf = TRUE },
  [STAGE_AT_1] = { .n_bytes = N_BYTES, .percent = 1 },
  [STAGE_AT_50] = { .n_bytes = N_BYTES, .percent = 50 },
  [STAGE_AT_99] = { .n_bytes = N_BYTES, .percent = 99 },
  [STAGE_AT_100] = { .n_bytes = N_BYTES,
                     .percent = 100,
                     .hides_size = TRUE,
                     .holds_end = TRUE },
};

static void
bring_to (Fixture *f, Stage stage)
{
  const WnOfficeFile *file = &stage_files[stage];

  push_file (f, file);
  if (stage == STAGE_SIZE)
    wn_host_run_until (is_said, (gpointer) "Ready");
  else
    wn_host_run_until (wn_dialogs_is_any_open, NULL);
  if (stage >= STAGE_SAVING)
    wn_dialogs_accept ();
  if (stage >= STAGE_SENT)
    wn_dialogs_save_as (f->path);
  if (stage == STAGE_SENT)
    wn_host_run_until (is_asked_for, f->office);
  if (stage > STAGE_SENT)
    wn_host_run_until (has_sent,
                       GSIZE_TO_POINTER ((gsize) N_BYTES * file->percent
                                         / 100));
}

static void
assert_nothing_left (Fixture *f)
{
  g_assert_cmpuint (wn_dialogs_count (), ==, 0);
  for (GList *l = purple_xfers_get_all (); l != NULL; l = l->next)
    g_assert_true (purple_xfer_is_canceled (l->data)
                   || purple_xfer_is_completed (l->data));
  g_assert_false (is_said ((gpointer) "</A> complete"));
  g_assert_false (is_said ((gpointer) "could not be downloaded"));
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
}

static void
test_ending (Fixture *f, gconstpointer data)
{
  const Case *c = data;

  wn_dialogs_set_calls_back_on_close (c->is_finch);
  bring_to (f, c->stage);
  c->ending->end (f);
  assert_nothing_left (f);
  wn_office_go_on (f->office); /* too late */
  wn_host_run_dry ();
  assert_nothing_left (f);
}

#define BROKEN_OFF                                                             \
  "The download of “orders.csv” was broken off when the account signed off."

static void
test_broken_off (Fixture *f, gconstpointer data)
{
  bring_to (f, STAGE_AT_50);
  sign_off (f);
  g_assert_true (is_said ((gpointer) BROKEN_OFF));
}

static void
test_offer_withdrawn (Fixture *f, gconstpointer data)
{
  bring_to (f, STAGE_SAVING);
  sign_off (f);
  g_assert_false (is_said ((gpointer) "broken off"));
}

/* --- Finch --- */

/* Its save dialog's OK, and then the same dialog's cancel callback. */
static void
test_finch_accepts (Fixture *f, gconstpointer data)
{
  wn_dialogs_set_calls_back_on_close (TRUE);
  push (f, 100);
  wn_host_run_until (wn_dialogs_is_any_open, NULL);
  wn_dialogs_accept ();
  wn_dialogs_save_as (f->path);
  wn_host_run_until (is_said, (gpointer) "</A> complete");
}

/* --- a loss of the other connection --- */

static void
test_reconnect (Fixture *f, gconstpointer data)
{
  push (f, 50);
  wn_host_run_until (wn_dialogs_is_any_open, NULL);
  wn_dialogs_accept ();
  wn_dialogs_save_as (f->path);
  wn_host_run_until (has_sent, GSIZE_TO_POINTER (N_BYTES / 2));
  wn_office_drop_listeners (f->office);
  wn_host_run_until (is_connected, f);
  g_assert_cmpint (purple_xfer_get_status (get_xfer ()),
                   ==,
                   PURPLE_XFER_STATUS_STARTED);
  wn_office_go_on (f->office);
  wn_host_run_until (is_said, (gpointer) "</A> complete");
}

/* --- Autoaccept --- */

/* What the plugin's own menu sets on a contact: 1 accepts, 2 refuses. */
static gboolean
load_autoaccept (Fixture *f, int choice)
{
  PurplePlugin *plugin = purple_plugins_find_with_basename ("autoaccept");
  PurpleBuddy *buddy = purple_find_buddy (f->account, CONTACT);

  if (plugin == NULL || !purple_plugin_load (plugin))
    {
      g_test_skip ("libpurple's plugin Autoaccept isn't there");
      return FALSE;
    }
  g_assert_nonnull (buddy);
  purple_blist_node_set_int (purple_blist_node_get_parent (&buddy->node),
                             "autoaccept",
                             choice);
  purple_prefs_set_string (AUTOACCEPT "path", f->dir);
  purple_prefs_set_bool (AUTOACCEPT "newdir", FALSE);
  return TRUE;
}

static void
unload_autoaccept (void)
{
  purple_plugin_unload (purple_plugins_find_with_basename ("autoaccept"));
}

static void
test_autoaccept (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->dir, "orders.csv", NULL);
  g_autofree char *contents = NULL;
  g_autofree guint8 *bytes = wn_office_dup_bytes (N_BYTES);
  gsize length;

  if (!load_autoaccept (f, 1))
    return;
  push (f, 100);
  wn_host_run_until (is_said, (gpointer) "</A> complete");
  g_assert_cmpuint (wn_dialogs_count (), ==, 0);
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  g_assert_cmpmem (contents, length, bytes, N_BYTES);
  g_unlink (path);
  unload_autoaccept ();
}

static void
test_autoaccept_cancelled (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->dir, "orders.csv", NULL);

  if (!load_autoaccept (f, 1))
    return;
  push (f, 50);
  wn_host_run_until (is_asked_for, f->office);
  wn_host_run_until (has_sent, GSIZE_TO_POINTER (N_BYTES / 2));
  sign_off (f);
  assert_nothing_left (f);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  unload_autoaccept ();
}

static void
test_autorefuse (Fixture *f, gconstpointer data)
{
  if (!load_autoaccept (f, 2))
    return;
  push (f, 100);
  wn_office_push (f->office, "{\"title\":\"the last one\"}");
  wn_host_run_until (is_said, (gpointer) "the last one");
  for (guint i = 0; i < 1000; i++)
    wn_host_run_dry ();
  g_assert_cmpuint (wn_dialogs_count (), ==, 0);
  g_assert_cmpuint (wn_office_get_n_gets (f->office), ==, 0);
  unload_autoaccept ();
}

/* --- the host ends, or the plugin --- */

static void
set_up_no_more (Fixture *f, Stage stage)
{
  set_up (f, NULL);
  bring_to (f, stage);
}

static void
test_quit (gconstpointer data)
{
  Fixture f = { 0 };

  if (g_test_subprocess ())
    {
      set_up_no_more (&f, GPOINTER_TO_INT (data));
      wn_host_stop ();
      g_assert_false (g_file_test (f.path, G_FILE_TEST_EXISTS));
      g_rmdir (f.dir);
      _exit (0);
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

static void
test_unload (gconstpointer data)
{
  Fixture f = { 0 };

  if (g_test_subprocess ())
    {
      set_up_no_more (&f, GPOINTER_TO_INT (data));
      g_assert_true (purple_plugin_unload (purple_find_prpl (WN_PROTOCOL)));
      assert_nothing_left (&f);
      wn_office_go_on (f.office);
      wn_host_run_dry ();
      assert_nothing_left (&f);
      wn_host_stop ();
      g_rmdir (f.dir);
      _exit (0);
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

/* --- --- */

static void
add_ending (const Ending *ending, Stage stage, gboolean is_finch)
{
  static Case cases[100];
  static guint n_cases;
  Case *c = &cases[n_cases++];
  g_autofree char *name = g_strdup_printf ("/export-endings/%s %s%s",
                                           ending->name,
                                           stage_names[stage],
                                           is_finch ? ", as in Finch" : "");

  g_assert_cmpuint (n_cases, <=, G_N_ELEMENTS (cases));
  *c = (Case){ ending, stage, is_finch };
  g_test_add (name, Fixture, c, set_up, test_ending, tear_down);
}

static void
add_endings (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    for (Stage stage = endings[i].first; stage <= endings[i].last; stage++)
      {
        add_ending (&endings[i], stage, FALSE);
        add_ending (&endings[i], stage, TRUE);
      }
}

#define TEST(name, func)                                                       \
  g_test_add ("/export-endings/" name, Fixture, NULL, set_up, func, tear_down)

static void
add_processes (void)
{
  static const Stage stages[]
      = { STAGE_SIZE, STAGE_ASKED, STAGE_SAVING, STAGE_AT_50 };

  for (guint i = 0; i < G_N_ELEMENTS (stages); i++)
    {
      g_autofree char *quit = g_strconcat ("/export-endings/the host quits ",
                                           stage_names[stages[i]],
                                           NULL);
      g_autofree char *unload
          = g_strconcat ("/export-endings/the plugin is unloaded ",
                         stage_names[stages[i]],
                         NULL);

      g_test_add_data_func (quit, GINT_TO_POINTER (stages[i]), test_quit);
      g_test_add_data_func (unload, GINT_TO_POINTER (stages[i]), test_unload);
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  wn_host_start ("Pidgin", WN_MODULE_DIR);
  wn_dialogs_start ();
  add_endings ();
  TEST ("signing off from a download is told", test_broken_off);
  TEST ("signing off from an offer is not", test_offer_withdrawn);
  TEST ("Finch's two callbacks are an acceptance", test_finch_accepts);
  TEST ("a reconnect in the middle changes nothing", test_reconnect);
  TEST ("Autoaccept accepts inside the request", test_autoaccept);
  TEST ("signed off from what Autoaccept took", test_autoaccept_cancelled);
  TEST ("Autoaccept refuses inside the request", test_autorefuse);
  add_processes ();
  result = g_test_run ();
  wn_host_stop ();
  wn_dialogs_stop ();
  return result;
}
