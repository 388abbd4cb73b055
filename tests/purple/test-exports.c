/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What became of this session's exports, and one of them again: the built
 * module in a real libpurple whose dialogs the test answers.
 */

#include <string.h>

#include <glib/gstdio.h>

#include "support/dialogs.h"
#include "support/fast-time.h"
#include "support/folder.h"
#include "support/headless-host.h"
#include "support/login.h"
#include "support/office.h"
#include "support/stub-resolver.h"

#define CONTACT "jd-shop"
#define N_BYTES 100000

#define READY                                                                  \
  "{\"type\":\"App\\\\Notifications\\\\ExportReady\",\"title\":\"Ready\""

typedef struct
{
  WnOffice *office;       /* (owned) */
  PurpleAccount *account; /* (owned) */
  char *dir;              /* (owned): where the user saves */
  const char *wanted;     /* what a message is waited for to hold */
} Fixture;

/* Whether the host plays one that takes no file of unknown size. */
static gboolean
is_bitlbee (void)
{
  return g_str_equal (purple_core_get_ui (), "BitlBee");
}

/* --- waiting --- */

static gboolean
is_connected (gpointer data)
{
  Fixture *f = data;

  return purple_account_is_connected (f->account)
         && wn_office_has_listener (f->office);
}

static gboolean
has_dialog (gpointer data)
{
  return wn_dialogs_count () >= GPOINTER_TO_UINT (data);
}

static const char *
find_message (const char *part)
{
  GPtrArray *messages = wn_host_get_messages ();

  for (guint i = messages->len; i > 0; i--)
    if (strstr (messages->pdata[i - 1], part) != NULL)
      return messages->pdata[i - 1];
  return NULL;
}

static gboolean
is_said (gpointer data)
{
  return find_message (data) != NULL;
}

static void
wait_for (const char *part)
{
  wn_host_run_until (is_said, (gpointer) part);
}

static PurpleXfer *
get_xfer (void)
{
  return purple_xfers_get_all ()->data;
}

static gboolean
is_halfway (gpointer data)
{
  return purple_xfer_get_bytes_sent (get_xfer ()) >= N_BYTES / 2;
}

/* --- the user --- */

static PurpleConversation *
get_conversation (Fixture *f)
{
  PurpleConversation *conversation
      = purple_find_conversation_with_account (PURPLE_CONV_TYPE_IM,
                                               CONTACT,
                                               f->account);

  if (conversation != NULL)
    return conversation;
  return purple_conversation_new (PURPLE_CONV_TYPE_IM, f->account, CONTACT);
}

/* Enters @command, the host's way, and returns what comes of it. */
static const char *
enter (Fixture *f, const char *command)
{
  GPtrArray *messages = wn_host_get_messages ();
  guint n_before = messages->len;
  g_autofree char *error = NULL;

  g_assert_cmpint (
      purple_cmd_do_command (get_conversation (f), command, command, &error),
      ==,
      PURPLE_CMD_STATUS_OK);
  g_assert_cmpuint (messages->len, >, n_before);
  return messages->pdata[messages->len - 1];
}

/* Says @text as a message, and waits for @answer. */
static void
say (Fixture *f, const char *text, const char *answer)
{
  purple_conv_im_send (PURPLE_CONV_IM (get_conversation (f)), text);
  wn_host_forget ();
  wait_for (answer);
}

static void
assert_says (const char *message, const char *part)
{
  if (strstr (message, part) == NULL)
    g_error ("\"%s\" is not in \"%s\"", part, message);
}

static void
push (Fixture *f, const char *filename, guint percent, guint status)
{
  WnOfficeFile file
      = { .n_bytes = N_BYTES, .percent = percent, .status = status };

  wn_office_set_file (f->office, filename, &file);
  wn_office_push_export (f->office, filename);
}

static void
push_and_wait (Fixture *f, const char *filename, guint percent)
{
  push (f, filename, percent, 0);
  wn_host_run_until (has_dialog, GUINT_TO_POINTER (1));
}

static void
accept_it (Fixture *f)
{
  g_autofree char *path = g_build_filename (f->dir, "saved", NULL);

  wn_dialogs_accept ();
  wn_dialogs_save_as (path);
}

/* The list has a line for each, "12:31 NAME: STATE", and one with what can be
 * done.
 */
static void
assert_list (Fixture *f, const char *list)
{
  const char *answer = enter (f, "exports");
  g_autoptr (GRegex) times
      = g_regex_new ("(^|<br>)[0-9]{2}:[0-9]{2} ", 0, 0, NULL);
  g_autofree char *plain = g_regex_replace (times,
                                            answer + strlen (CONTACT ": "),
                                            -1,
                                            0,
                                            "\\1",
                                            0,
                                            NULL);
  const char *advice = strstr (plain, "<br>“download” and the beginning");
  gsize length;

  g_assert_nonnull (advice);
  length = (gsize) (advice - plain);
  g_assert_cmpmem (plain, length, list, strlen (list));
}

static void
assert_no_list (Fixture *f)
{
  g_assert_cmpstr (enter (f, "exports"),
                   ==,
                   CONTACT ": There have been no exports since you signed on.");
}

/* --- fixture --- */

static void
set_up (Fixture *f, gconstpointer data)
{
  f->office = wn_office_new ();
  f->dir = g_dir_make_tmp ("webnotify-XXXXXX", NULL);
  f->account = wn_login_new_at ("7@jd-shop/production",
                                wn_office_get_port (f->office));
  wn_dialogs_start ();
  wn_login_sign_on (f->account);
  wn_host_run_until (is_connected, f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->dir, "saved", NULL);

  wn_login_delete (f->account);
  g_assert_cmpuint (wn_dialogs_count (), ==, 0);
  wn_office_free (f->office);
  wn_host_run_dry ();
  wn_host_forget ();
  g_unlink (path);
  g_assert_cmpint (g_rmdir (f->dir), ==, 0);
  g_free (f->dir);
}

/* --- what became of them --- */

static void
test_none (Fixture *f, gconstpointer data)
{
  assert_no_list (f);
  assert_says (enter (f, "download orders.csv"),
               "There has been no export of that name");
  assert_says (enter (f, "download"), "Write “download” and the name");
}

static void
test_offered_and_denied (Fixture *f, gconstpointer data)
{
  push_and_wait (f, "2024/orders.csv", 100);
  assert_says (wn_dialogs_get_question (), "orders.csv");
  if (is_bitlbee ())
    assert_says (wn_dialogs_get_question (), "97.66 KiB");
  assert_list (f, "orders.csv: offered");
  wn_dialogs_refuse ();
  assert_list (f, "orders.csv: denied");
}

static void
test_in_progress_and_cancelled (Fixture *f, gconstpointer data)
{
  push_and_wait (f, "orders.csv", 50);
  accept_it (f);
  assert_list (f,
               is_bitlbee () ? "orders.csv: in progress, 0 %"
                             : "orders.csv: in progress, 0 bytes so far");
  wn_host_run_until (is_halfway, NULL);
  assert_list (f, "orders.csv: in progress, 50 %");
  purple_xfer_cancel_local (get_xfer ());
  assert_list (f, "orders.csv: cancelled");
}

static void
test_size_unknown (Fixture *f, gconstpointer data)
{
  WnOfficeFile file
      = { .n_bytes = N_BYTES, .percent = 100, .hides_size = TRUE };

  wn_office_set_file (f->office, "orders.csv", &file);
  wn_office_push_export (f->office, "orders.csv");
  if (is_bitlbee ())
    {
      wait_for ("write: download orders.csv");
      assert_says (find_message ("write: download"), CONTACT ": orders.csv: ");
      assert_says (find_message ("write: download"), "http://127.0.0.1:");
      assert_list (f, "orders.csv: its link was sent");
      wn_host_forget ();
      say (f, "download orders.csv", "is offered again");
      wait_for ("http://127.0.0.1:");
      return;
    }
  wn_host_run_until (has_dialog, GUINT_TO_POINTER (1));
  accept_it (f);
  assert_list (f, "orders.csv: in progress, 0 bytes so far");
  wait_for ("</A> complete");
  assert_list (f, "orders.csv: done");
}

static void
assert_failure_is_read (const char *line)
{
  g_autofree char *text = NULL;

  wait_for ("could not be downloaded");
  text = purple_unescape_html (find_message ("could not be downloaded"));
  assert_says (text, line);
}

static void
assert_linked (Fixture *f)
{
  wait_for ("http://127.0.0.1:");
  assert_list (f, "orders.csv: its link was sent");
}

/* One line says so, from the contact, and nothing else. */
static void
assert_failed_as_transfer (Fixture *f, const char *reason)
{
  g_autofree char *line
      = g_strdup_printf (CONTACT ": “orders.csv” could not be downloaded. %s "
                                 "To be asked again, write: download "
                                 "orders.csv",
                         reason);
  g_autofree char *listed = g_strconcat ("orders.csv: failed: ", reason, NULL);

  wn_host_run_until (has_dialog, GUINT_TO_POINTER (1));
  wn_host_forget ();
  accept_it (f);
  assert_failure_is_read (line);
  wn_host_run_dry ();
  g_assert_null (find_message ("cancelled"));
  assert_list (f, listed);
}

static void
run_refused (Fixture *f, guint status, const char *reason)
{
  WnOfficeFile whole = { .n_bytes = N_BYTES, .percent = 100 };

  push (f, "orders.csv", 100, status);
  if (is_bitlbee ())
    assert_linked (f);
  else
    assert_failed_as_transfer (f, reason);
  wn_office_set_file (f->office, "orders.csv", &whole);
  say (f, "download orders.csv", "“orders.csv” is offered again.");
  wn_host_run_until (has_dialog, GUINT_TO_POINTER (1));
  accept_it (f);
  wait_for ("</A> complete");
  assert_list (f, "orders.csv: done");
}

static void
test_not_there_and_again (Fixture *f, gconstpointer data)
{
  run_refused (f, 404, "The server does not have this file (status 404).");
}

static void
test_not_allowed_and_again (Fixture *f, gconstpointer data)
{
  run_refused (f,
               401,
               "The server does not allow this download (status 401). Please "
               "check the account's password.");
}

static void
test_server_error (Fixture *f, gconstpointer data)
{
  push (f, "orders.csv", 100, 503);
  if (is_bitlbee ())
    assert_linked (f);
  else
    assert_failed_as_transfer (f, "The server answered with the status 503.");
}

static void
test_failed_where_only_ims_are_seen (Fixture *f, gconstpointer data)
{
  WnOfficeFile gone = { .status = 404 };

  push_and_wait (f, "orders.csv", 100);
  wn_office_set_file (f->office, "orders.csv", &gone);
  accept_it (f);
  wait_for (is_bitlbee () ? CONTACT ": “orders.csv” could not be downloaded"
                          : CONTACT ": “orders.csv” could not be downloaded");
}

static void
test_denied_and_again (Fixture *f, gconstpointer data)
{
  push_and_wait (f, "orders.csv", 100);
  wn_dialogs_refuse ();
  say (f, "download orders.csv", "is offered again");
  wn_host_run_until (has_dialog, GUINT_TO_POINTER (1));
  wn_dialogs_refuse ();
}

/* --- one dialog for each --- */

static void
test_not_twice (Fixture *f, gconstpointer data)
{
  WnOfficeFile file = { .n_bytes = N_BYTES, .percent = 50 };

  wn_office_set_file (f->office, "orders.csv", &file);
  /* While the server is asked for the size, while the dialog is open, and
   * while it comes. */
  wn_office_push_export (f->office, "orders.csv");
  wn_office_push_export (f->office, "orders.csv");
  wn_host_run_until (has_dialog, GUINT_TO_POINTER (1));
  wn_office_push_export (f->office, "orders.csv");
  wn_office_push (f->office, "{\"title\":\"the last one\"}");
  wait_for ("the last one");
  g_assert_cmpuint (wn_dialogs_count (), ==, 1);
  assert_says (enter (f, "download orders.csv"),
               "“orders.csv” is offered again.");
  wn_host_run_dry ();
  wn_host_run_until (has_dialog, GUINT_TO_POINTER (1));
  g_assert_cmpuint (wn_dialogs_count (), ==, 1);
  accept_it (f);
  wn_host_run_until (is_halfway, NULL);
  wn_office_push_export (f->office, "orders.csv");
  wn_office_push (f->office, "{\"title\":\"really the last\"}");
  wait_for ("really the last");
  g_assert_cmpuint (wn_dialogs_count (), ==, 0);
  assert_says (enter (f, "download orders.csv"),
               "“orders.csv” is being downloaded already.");
  purple_xfer_cancel_local (get_xfer ());
}

/* The server is asked one turn of the main loop after the export is known. */
static gboolean
is_measured (gpointer data)
{
  static guint n_looks;

  if (strstr (enter (data, "exports"), "waiting to be offered") != NULL)
    n_looks++;
  return n_looks == 2;
}

static gboolean
is_second_offered (gpointer data)
{
  return strstr (enter (data, "exports"), "later.csv: offered") != NULL;
}

/* Asked for while the server is asked for its size, it is offered once. */
static void
test_asked_for_while_measured (Fixture *f, gconstpointer data)
{
  push (f, "orders.csv", 100, 0);
  if (is_bitlbee ())
    wn_host_run_until (is_measured, f);
  else
    wn_host_run_until (has_dialog, GUINT_TO_POINTER (1));
  assert_says (enter (f, "download orders.csv"), "is offered again");
  wn_host_run_until (has_dialog, GUINT_TO_POINTER (1));
  push (f, "later.csv", 100, 0);
  wn_host_run_until (is_second_offered, f);
  g_assert_cmpuint (wn_dialogs_count (), ==, 2);
  wn_dialogs_refuse ();
  wn_dialogs_refuse ();
}

/* Three questions are open at a time; the rest waits, and one line says so. */
static void
test_several (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *name = g_strdup_printf ("orders %u.csv", i);

      push (f, name, 100, 0);
    }
  wait_for ("There are more files than can be asked about at once.");
  wn_host_run_until (has_dialog, GUINT_TO_POINTER (3));
  wn_host_run_dry ();
  g_assert_cmpuint (wn_dialogs_count (), ==, 3);
  wn_host_forget ();
  assert_says (enter (f, "exports"), "orders 2.csv: offered");
  assert_says (enter (f, "exports"), "orders 3.csv: waiting to be offered");
  /* Asked for by the beginning of its name, it has its turn. */
  assert_says (enter (f, "download orders 9"), "“orders 9.csv” is offered");
  wn_host_run_until (has_dialog, GUINT_TO_POINTER (4));
  for (guint n_left = 12; n_left > 0; n_left--)
    {
      wn_host_run_until (has_dialog, GUINT_TO_POINTER (MIN (n_left, 3)));
      wn_dialogs_refuse ();
      wn_host_run_dry ();
    }
  g_assert_cmpuint (wn_dialogs_count (), ==, 0);
  g_assert_null (find_message ("There are more files than"));
  assert_says (enter (f, "exports"), "orders 11.csv: denied");
}

/* A dialog that was closed without an answer, which nobody hears of */
static void
test_closed (Fixture *f, gconstpointer data)
{
  push_and_wait (f, "orders.csv", 100);
  purple_request_close_with_handle (get_xfer ());
  g_assert_cmpuint (wn_dialogs_count (), ==, 0);
  assert_list (f, "orders.csv: offered");
  assert_says (enter (f, "download ord"), "“orders.csv” is offered again.");
  wn_host_run_until (has_dialog, GUINT_TO_POINTER (1));
  g_assert_null (find_message ("cancelled"));
  accept_it (f);
  wait_for ("</A> complete");
  assert_list (f, "orders.csv: done");
}

#define A_WHILE_MS (11 * 60 * 1000)

/* Nobody knows whether such a question is still open. */
static void
test_closed_and_announced_again (Fixture *f, gconstpointer data)
{
  push_and_wait (f, "orders.csv", 100);
  purple_request_close_with_handle (get_xfer ());
  wn_office_push_export (f->office, "orders.csv");
  wn_office_push (f->office, "{\"title\":\"the second\"}");
  wait_for ("the second");
  wn_host_run_dry ();
  g_assert_cmpuint (wn_dialogs_count (), ==, 0);
  wn_fast_time_pass (A_WHILE_MS);
  push_and_wait (f, "orders.csv", 100);
  g_assert_null (find_message ("cancelled"));
  assert_list (f, "orders.csv: offered");
  wn_dialogs_refuse ();
}

/* However long ago its file was announced. */
static void
test_asked_anew_and_announced_again (Fixture *f, gconstpointer data)
{
  PurpleXfer *xfer;

  push_and_wait (f, "orders.csv", 100);
  wn_fast_time_pass (A_WHILE_MS);
  wn_dialogs_refuse ();
  assert_says (enter (f, "download orders.csv"), "is offered again");
  wn_host_run_until (has_dialog, GUINT_TO_POINTER (1));
  xfer = get_xfer ();
  purple_xfer_ref (xfer);
  wn_office_push_export (f->office, "orders.csv");
  wn_office_push (f->office, "{\"title\":\"the second\"}");
  wait_for ("the second");
  wn_host_run_dry ();
  g_assert_true (get_xfer () == xfer);
  purple_xfer_unref (xfer);
  wn_dialogs_refuse ();
}

static guint
count_messages (const char *part)
{
  GPtrArray *messages = wn_host_get_messages ();
  guint n = 0;

  for (guint i = 0; i < messages->len; i++)
    n += strstr (messages->pdata[i], part) != NULL ? 1 : 0;
  return n;
}

/* Three that are closed leave no place for others, which are not asked about.
 */
static void
test_closed_and_others (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *name = g_strdup_printf ("orders %u.csv", i);
      g_autofree char *title = g_strdup_printf ("announced %u", i);
      g_autofree char *json = g_strdup_printf ("{\"title\":\"%s\"}", title);

      if (i == 5)
        wn_fast_time_pass (A_WHILE_MS);
      push (f, name, 100, 0);
      wn_office_push (f->office, json);
      wait_for (title);
      wn_host_run_dry ();
      for (GList *l = purple_xfers_get_all (); l != NULL; l = l->next)
        purple_request_close_with_handle (l->data);
      g_assert_cmpuint (count_messages ("There are more files than"),
                        ==,
                        i < 3 ? 0 : i / 5 + 1);
    }
}

static gboolean
is_all_saved (gpointer data)
{
  for (guint i = 0; i < GPOINTER_TO_UINT (data); i++)
    {
      g_autofree char *name = g_strdup_printf ("orders %u.csv", i);
      g_autofree char *path = g_build_filename (g_get_home_dir (), name, NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return FALSE;
    }
  return TRUE;
}

/* Where the host can't be spared the question, all are offered. */
static void
test_all (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *name = g_strdup_printf ("orders %u.csv", i);

      push (f, name, 100, 0);
    }
  wait_for ("There are more files than can be asked about at once.");
  wn_host_run_until (has_dialog, GUINT_TO_POINTER (3));
  if (is_bitlbee ())
    {
      assert_says (enter (f, "download all"), "6 files will be offered.");
      wn_host_run_until (has_dialog, GUINT_TO_POINTER (6));
      /* Also where all of them are offered already. */
      assert_says (enter (f, "download all"), "6 files will be offered.");
      g_assert_cmpuint (wn_dialogs_count (), ==, 0);
      wn_host_run_until (has_dialog, GUINT_TO_POINTER (6));
      while (wn_dialogs_count () > 0)
        wn_dialogs_refuse ();
      return;
    }
  assert_says (enter (f, "download all"), "6 files will be saved in ");
  g_assert_cmpuint (wn_dialogs_count (), ==, 0);
  wn_host_run_until (is_all_saved, GUINT_TO_POINTER (6));
  wn_host_run_dry ();
  g_assert_cmpuint (wn_dialogs_count (), ==, 0);
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *name = g_strdup_printf ("orders %u.csv", i);
      g_autofree char *path = g_build_filename (g_get_home_dir (), name, NULL);
      g_autofree char *done = g_strconcat (name, ": done", NULL);

      assert_says (enter (f, "exports"), done);
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  /* What comes later is asked about again. */
  push_and_wait (f, "later.csv", 100);
  wn_dialogs_refuse ();
  assert_says (enter (f, "download all"), "No file is waiting.");
  assert_says (enter (f, "download 全部"), "No file is waiting.");
}

static void
count_sound (PurpleAccount *account,
             const char *sender,
             const char *message,
             PurpleConversation *conversation,
             PurpleMessageFlags flags,
             gpointer n_sounds)
{
  if (strstr (message, "could not be downloaded") != NULL
      && !(flags & PURPLE_MESSAGE_DELAYED))
    ++*(guint *) n_sounds;
}

/* Many may fail for one reason, such as a full disk. */
static void
test_all_failed (Fixture *f, gconstpointer data)
{
  guint n_sounds = 0;

  if (is_bitlbee ())
    return;
  purple_signal_connect (purple_conversations_get_handle (),
                         "received-im-msg",
                         f,
                         PURPLE_CALLBACK (count_sound),
                         &n_sounds);
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *name = g_strdup_printf ("orders %u.csv", i);

      push (f, name, 100, 500);
    }
  wait_for ("There are more files than can be asked about at once.");
  enter (f, "download all");
  wait_for ("write: download orders 5.csv");
  g_assert_cmpuint (count_messages ("could not be downloaded"), ==, 6);
  g_assert_cmpuint (n_sounds, ==, 0);
  purple_signals_disconnect_by_handle (f);
}

/* The word is no beginning of a name. */
static void
test_all_beside_a_name (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "all orders.csv", "全部订单.csv" };
  static const char *const words[] = { "download all", "download 全部" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      push_and_wait (f, names[i], 100);
      wn_dialogs_refuse ();
      assert_says (enter (f, words[i]), "No file is waiting.");
      assert_says (enter (f, "download all orders"), "is offered again");
      wn_host_run_until (has_dialog, GUINT_TO_POINTER (1));
      wn_dialogs_refuse ();
    }
}

static gboolean
is_second_there (gpointer unused)
{
  g_autofree char *path
      = g_build_filename (g_get_home_dir (), "orders (1).csv", NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Nobody is asked whether the one that is there may go. */
static void
test_all_beside_another (Fixture *f, gconstpointer data)
{
  g_autofree char *mine
      = g_build_filename (g_get_home_dir (), "orders.csv", NULL);
  g_autofree char *second
      = g_build_filename (g_get_home_dir (), "orders (1).csv", NULL);
  g_autofree char *content = NULL;

  if (is_bitlbee ())
    return;
  g_file_set_contents (mine, "mine", -1, NULL);
  push_and_wait (f, "orders.csv", 100);
  assert_says (enter (f, "download all"), "1 file will be saved in ");
  wait_for ("</A> complete");
  g_assert_true (g_file_get_contents (mine, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "mine");
  wn_host_run_until (is_second_there, NULL);
  g_assert_cmpint (g_unlink (mine), ==, 0);
  g_assert_cmpint (g_unlink (second), ==, 0);
}

/* Who asks for one of them by its name is asked where to save it. */
static void
test_all_and_again (Fixture *f, gconstpointer data)
{
  if (is_bitlbee ())
    return;
  push (f, "orders.csv", 100, 500);
  wn_host_run_until (has_dialog, GUINT_TO_POINTER (1));
  assert_says (enter (f, "download all"), "1 file will be saved in ");
  wait_for ("To be asked again, write: download orders.csv");
  g_assert_cmpuint (wn_dialogs_count (), ==, 0);
  assert_says (enter (f, "download orders.csv"), "is offered again");
  wn_host_run_until (has_dialog, GUINT_TO_POINTER (1));
  assert_list (f, "orders.csv: offered");
  wn_dialogs_refuse ();
}

/* --- names --- */

static void
test_names (Fixture *f, gconstpointer data)
{
  push_and_wait (f, "2024/订单 & 导出 (1).xlsx", 100);
  wn_dialogs_refuse ();
  assert_list (f, "订单 &amp; 导出 (1).xlsx: denied");
  assert_says (enter (f, "download   订单 & 导出 (1).XLSX "),
               "is offered again");
  wn_host_run_until (has_dialog, GUINT_TO_POINTER (1));
  wn_dialogs_refuse ();
  assert_says (enter (f, "download 2024/订单 & 导出 (1).xlsx"),
               "is offered again");
  wn_host_run_until (has_dialog, GUINT_TO_POINTER (1));
  wn_dialogs_refuse ();
  say (f, "/download 订单 &amp; 导出 (1).xlsx", "is offered again");
  wn_host_run_until (has_dialog, GUINT_TO_POINTER (1));
  wn_dialogs_refuse ();
}

static void
test_one_name_for_two (Fixture *f, gconstpointer data)
{
  push_and_wait (f, "may/orders.csv", 100);
  wn_dialogs_refuse ();
  push_and_wait (f, "june/orders.csv", 100);
  wn_dialogs_refuse ();
  assert_list (f, "may/orders.csv: denied<br>june/orders.csv: denied");
  assert_says (enter (f, "download orders.csv"),
               "Write “download” and one of these:<br>may/orders.csv<br>"
               "june/orders.csv");
  assert_says (enter (f, "download may/orders.csv"), "is offered again");
  wn_host_run_until (has_dialog, GUINT_TO_POINTER (1));
  wn_dialogs_refuse ();
  /* The newest is the last in the list. */
  assert_list (f, "june/orders.csv: denied<br>may/orders.csv: denied");
}

/* --- bounds --- */

static void
test_bounded (Fixture *f, gconstpointer data)
{
  const char *list;

  for (guint i = 0; i < 120; i++)
    {
      g_autofree char *name
          = g_strdup_printf ("%03u-a-rather-long-name-of-many-orders.csv", i);

      push_and_wait (f, name, 100);
      wn_dialogs_refuse ();
    }
  list = enter (f, "exports");
  g_assert_cmpuint (strlen (list), <, 4096);
  assert_says (list, "119-a-rather-long-name-of-many-orders.csv: denied");
  g_assert_null (strstr (list, "\n068-"));
  assert_says (enter (f, "download 068-a-rather-long-name-of-many-orders.csv"),
               "There has been no export of that name");
  assert_says (enter (f, "download 069-a-rather-long-name-of-many-orders.csv"),
               "is offered again");
  wn_host_run_until (has_dialog, GUINT_TO_POINTER (1));
  wn_dialogs_refuse ();
}

static void
test_list_fits (Fixture *f, gconstpointer data)
{
  g_autofree char *long_name = g_strnfill (240, '&');
  const char *list;

  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u%s", i, long_name);

      push_and_wait (f, name, 100);
      wn_dialogs_refuse ();
    }
  list = enter (f, "exports");
  g_assert_cmpuint (strlen (list), <, 4096);
  assert_says (list, "3 earlier ones are not listed.<br>");
}

/* However many are announced, a few questions are open, and what is known of
 * the rest is bounded.
 */
static void
test_flood (Fixture *f, gconstpointer data)
{
  const char *list;

  for (guint i = 0; i < 1200; i++)
    {
      g_autofree char *json
          = g_strdup_printf (READY ",\"filename\":\"%04u.csv\",\"size\":4}", i);

      wn_office_push (f->office, json);
    }
  wn_office_push (f->office, "{\"title\":\"the last one\"}");
  wait_for ("the last one");
  wn_host_run_dry ();
  g_assert_cmpuint (wn_dialogs_count (), ==, 3);
  list = enter (f, "exports");
  assert_says (list, "1199.csv: waiting to be offered");
  g_assert_cmpuint (strlen (list), <, 4096);
  assert_says (enter (f, "download 0100.csv"), "There has been no export of");
  assert_says (enter (f, "download 0300.csv"), "is offered again");
}

/* A name that is longer than any file system's path is none. */
static void
test_endless_name (Fixture *f, gconstpointer data)
{
  g_autofree char *name = g_strnfill (5000, 'a');
  g_autofree char *json
      = g_strdup_printf (READY ",\"filename\":\"%s.csv\"}", name);

  wn_office_push (f->office, json);
  wn_office_push (f->office, "{\"title\":\"the last one\"}");
  wait_for ("the last one");
  wn_host_run_dry ();
  g_assert_cmpuint (wn_dialogs_count (), ==, 0);
  assert_no_list (f);
}

/* What the notification tells of the size is in the offer. */
static void
test_size_told (Fixture *f, gconstpointer data)
{
  wn_office_push (f->office,
                  READY ",\"filename\":\"orders.csv\",\"size\":2048}");
  wn_host_run_until (has_dialog, GUINT_TO_POINTER (1));
  assert_says (wn_dialogs_get_question (), "2.00 KiB");
  wn_dialogs_refuse ();
  g_assert_cmpuint (wn_office_get_n_gets (f->office), ==, 0);
}

/* Whoever writes a notification must not make a machine ask itself: it may
 * listen to what nobody else can reach. Once accepted it is the user's to say.
 */
static void
test_size_of_this_machine (Fixture *f, gconstpointer data)
{
  WnOfficeFile file = { .n_bytes = N_BYTES, .percent = 100 };
  guint port = wn_office_get_port (f->office);
  g_autofree char *server = g_strdup_printf ("ws://office.example:%u/", port);
  g_autofree char *files = g_strdup_printf ("http://127.0.0.1:%u/exportDownload"
                                            "?filename={filename}",
                                            port);

  if (!is_bitlbee ())
    return;
  wn_stub_resolver_start ();
  wn_login_sign_off (f->account);
  wn_host_run_dry ();
  purple_account_set_string (f->account, "server", server);
  purple_account_set_string (f->account, "download_url", files);
  wn_login_sign_on (f->account);
  wn_host_run_until (is_connected, f);
  wn_office_set_file (f->office, "orders.csv", &file);
  wn_office_push_export (f->office, "orders.csv");
  wait_for ("http://127.0.0.1:");
  wn_host_run_dry ();
  g_assert_cmpuint (wn_dialogs_count (), ==, 0);
}

/* --- no name --- */

static void
test_no_name (Fixture *f, gconstpointer json)
{
  wn_office_push (f->office, json);
  wait_for ("Ready");
  assert_says (find_message ("Ready"),
               "The file’s name is missing, so it can’t be downloaded.");
  wn_host_run_dry ();
  g_assert_cmpuint (wn_dialogs_count (), ==, 0);
  assert_no_list (f);
  g_assert_cmpuint (wn_office_get_n_gets (f->office), ==, 0);
}

static const struct
{
  const char *name;
  void (*run) (Fixture *f, gconstpointer data);
  gconstpointer data;
} tests[] = {
  { "no exports, and a line says so", test_none },
  { "offered, then denied", test_offered_and_denied },
  { "in progress, then cancelled", test_in_progress_and_cancelled },
  { "of unknown size, in bytes or as a link", test_size_unknown },
  { "not there, and offered again", test_not_there_and_again },
  { "not allowed, and offered again", test_not_allowed_and_again },
  { "a server that is ill", test_server_error },
  { "a failure is said where it is seen", test_failed_where_only_ims_are_seen },
  { "denied, and offered again by a message", test_denied_and_again },
  { "the same file is not offered twice", test_not_twice },
  { "asked for while its size is, and offered once",
    test_asked_for_while_measured },
  { "of twelve, three are asked about at a time", test_several },
  { "a dialog closed without an answer, and offered again", test_closed },
  { "closed without an answer, and announced a while later",
    test_closed_and_announced_again },
  { "asked about anew, and announced once more",
    test_asked_anew_and_announced_again },
  { "closed without an answer, and others that wait for its place",
    test_closed_and_others },
  { "all of them without a question each", test_all },
  { "all of them, and one whose name begins so", test_all_beside_a_name },
  { "all at once replace nothing", test_all_beside_another },
  { "one of all that failed is asked about again", test_all_and_again },
  { "all of them fail without a sound each", test_all_failed },
  { "a name with spaces and signs is found", test_names },
  { "two of one name are told apart", test_one_name_for_two },
  { "the oldest are forgotten", test_bounded },
  { "a long list is cut to what Pidgin shows", test_list_fits },
  { "a thousand and more wait in little room", test_flood },
  { "a name without an end: no offer", test_endless_name },
  { "the size that the notification tells", test_size_told },
  { "a size that only this machine can tell", test_size_of_this_machine },
  { "no name: no offer, and a line says so", test_no_name, READY "}" },
  { "a number as name: no offer", test_no_name, READY ",\"filename\":7}" },
  { "null as name: no offer", test_no_name, READY ",\"filename\":null}" },
  { "an object as name: no offer",
    test_no_name,
    READY ",\"filename\":{\"a\":\"b\"}}" },
  { "an empty name: no offer", test_no_name, READY ",\"filename\":\"\"}" },
};

int
main (int argc, char **argv)
{
  g_autofree char *home = g_dir_make_tmp ("webnotify-XXXXXX", NULL);
  int result;

  /* Where "download all" saves. */
  g_setenv ("HOME", home, TRUE);
  g_setenv ("XDG_CONFIG_HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
  wn_host_start (argc > 1 ? argv[1] : "Pidgin", WN_MODULE_DIR);
  wn_dialogs_start ();
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *name = g_strconcat ("/exports/", tests[i].name, NULL);

      g_test_add (name,
                  Fixture,
                  tests[i].data,
                  set_up,
                  tests[i].run,
                  tear_down);
    }
  result = g_test_run ();
  wn_host_stop ();
  wn_dialogs_stop ();
  wn_folder_remove (home);
  return result;
}
