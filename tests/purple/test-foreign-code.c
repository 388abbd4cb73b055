/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Other plugins run inside the calls by which libpurple is told something: they
 * never run inside a callback of libsoup, and each may end the account there in
 * every way that libpurple itself survives.
 */

#include <dlfcn.h>
#include <execinfo.h>
#include <string.h>

#include <glib/gstdio.h>

#include "support/dialogs.h"
#include "support/headless-host.h"
#include "support/login.h"
#include "support/push-server.h"

#define CONTACT "jd-shop"
#define MAX_FRAMES 256

/* What libpurple survives, which goes on with its own work after the signal. */
typedef enum
{
  NOTHING,
  SIGN_OFF,
  DELETE, /* and signing off */
} Survives;

typedef struct
{
  const char *name;
  void *(*get_instance) (void);
  Survives survives;
  gboolean drops; /* by returning TRUE */
  guint n_before; /* how often it is emitted before that is tried */
} Signal;

static const Signal signals[] = {
  { "signed-on", purple_connections_get_handle, NOTHING, FALSE },
  { "buddy-added", purple_blist_get_handle, SIGN_OFF, FALSE },
  /* Of the group, and of the contact. */
  { "blist-node-added", purple_blist_get_handle, DELETE, FALSE },
  { "blist-node-added", purple_blist_get_handle, DELETE, FALSE, 1 },
  { "buddy-status-changed", purple_blist_get_handle, SIGN_OFF, FALSE },
  { "receiving-im-msg", purple_conversations_get_handle, DELETE, TRUE },
  { "received-im-msg", purple_conversations_get_handle, SIGN_OFF, FALSE },
  { "writing-im-msg", purple_conversations_get_handle, SIGN_OFF, TRUE },
  { "wrote-im-msg", purple_conversations_get_handle, SIGN_OFF, FALSE },
  { "conversation-created", purple_conversations_get_handle, SIGN_OFF, FALSE },
};

typedef struct
{
  const Signal *signal;
  void (*end) (WnDesk *desk);
} Case;

static WnDesk *current;
static const Case *ending; /* (nullable) */
static guint n_heard[G_N_ELEMENTS (signals)];

/* --- what the other plugin does --- */

static void
assert_no_libsoup_below (const char *signal)
{
  void *frames[MAX_FRAMES];
  int n = backtrace (frames, MAX_FRAMES);

  g_assert_cmpint (n, >, 3);
  for (int i = 0; i < n; i++)
    {
      Dl_info info;

      if (dladdr (frames[i], &info) != 0
          && strstr (info.dli_fname, "libsoup") != NULL)
        g_error ("%s is emitted inside %s", signal, info.dli_sname);
    }
}

static void *
on_signal (va_list args, void *data)
{
  const Signal *signal = data;

  assert_no_libsoup_below (signal->name);
  if (n_heard[signal - signals]++ != signal->n_before || ending == NULL
      || ending->signal != signal)
    return NULL;
  ending->end (current);
  return GINT_TO_POINTER (signal->drops);
}

static void
remove_groups (void)
{
  while (purple_blist_get_root () != NULL)
    purple_blist_remove_group (PURPLE_GROUP (purple_blist_get_root ()));
}

static void
set_up (WnDesk *desk, gconstpointer data)
{
  wn_desk_set_up (desk, NULL);
  remove_groups ();
  current = desk;
  ending = data;
  memset (n_heard, 0, sizeof n_heard);
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    purple_signal_connect_vargs (signals[i].get_instance (),
                                 signals[i].name,
                                 n_heard,
                                 PURPLE_CALLBACK (on_signal),
                                 (void *) &signals[i]);
}

static void
tear_down (WnDesk *desk, gconstpointer data)
{
  purple_signals_disconnect_by_handle (n_heard);
  wn_desk_tear_down (desk, data);
}

/* --- what happens --- */

static void
push_two (WnDesk *desk)
{
  wn_push_server_push_title (&desk->server, NULL, "first");
  wn_push_server_push_title (&desk->server, NULL, "second");
}

static void
test_stack (WnDesk *desk, gconstpointer data)
{
  wn_desk_sign_on (desk);
  push_two (desk);
  wn_desk_wait_for_text (desk->account, CONTACT, "second");
  wn_desk_lose (desk);
  wn_desk_recover (desk);
  push_two (desk);
  wn_desk_wait_for_text (desk->account, CONTACT, "second");
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    if (n_heard[i] == 0)
      g_error ("%s was never emitted", signals[i].name);
}

static gboolean
has_ended (gpointer data)
{
  return n_heard[ending->signal - signals] > ending->signal->n_before
         && purple_connections_get_all () == NULL;
}

static gboolean
is_connected_or_has_ended (gpointer data)
{
  WnDesk *desk = data;

  return has_ended (desk)
         || (desk->server.sockets->len > 0
             && purple_account_is_connected (desk->account));
}

static gboolean
has_shown_or_has_ended (gpointer data)
{
  return has_ended (data) || wn_host_get_messages ()->len >= 2;
}

static void
test_end (WnDesk *desk, gconstpointer data)
{
  purple_account_set_enabled (desk->account, purple_core_get_ui (), TRUE);
  wn_host_run_until (is_connected_or_has_ended, desk);
  if (!has_ended (desk))
    {
      /* libpurple makes none any more once the account is gone. */
      if (!g_str_equal (ending->signal->name, "conversation-created"))
        purple_conversation_new (PURPLE_CONV_TYPE_IM, desk->account, CONTACT);
      push_two (desk);
      wn_host_run_until (has_shown_or_has_ended, desk);
    }
  wn_push_server_vanish (&desk->server);
  wn_host_run_until (has_ended, desk);
  wn_host_run_dry ();
  g_assert_null (purple_connections_get_all ());
}

static gboolean
is_up (gpointer data)
{
  WnDesk *desk = data;

  return n_heard[ending->signal - signals] > ending->signal->n_before
         && desk->server.sockets->len > 1
         && wn_login_is_available (desk->account);
}

/* A connection that is begun anew in the middle of the old one's news is one as
 * any other.
 */
static void
test_reconnected (WnDesk *desk, gconstpointer data)
{
  wn_desk_sign_on (desk);
  push_two (desk);
  wn_host_run_until (is_up, desk);
  wn_push_server_push_title (&desk->server, NULL, "news");
  wn_desk_wait_for_text (desk->account, CONTACT, "news");
}

/* --- the ways to end it --- */

static void
sign_off (WnDesk *desk)
{
  purple_account_disconnect (desk->account);
}

static void
disable (WnDesk *desk)
{
  wn_login_sign_off (desk->account);
}

static void
delete_account (WnDesk *desk)
{
  purple_accounts_delete (g_steal_pointer (&desk->account));
}

static void
reconnect (WnDesk *desk)
{
  wn_desk_do_action (desk, "Reconnect now");
}

/* The contact is on the list all the same. */
static void
remove_group (WnDesk *desk)
{
  remove_groups ();
}

static void
test_without_group (WnDesk *desk, gconstpointer data)
{
  wn_desk_sign_on (desk);
  g_assert_true (wn_login_is_available (desk->account));
}

static void
add_without_group (const Signal *signal)
{
  static Case data;

  data = (Case){ signal, remove_group };
  g_test_add ("/foreign-code/the group removed when it is added",
              WnDesk,
              &data,
              set_up,
              test_without_group,
              tear_down);
}

static void
add_reconnect (const Signal *signal)
{
  static Case cases[G_N_ELEMENTS (signals)];
  Case *data = &cases[signal - signals];
  g_autofree char *path
      = g_strdup_printf ("/foreign-code/reconnected inside %s (%u)",
                         signal->name,
                         signal->n_before + 1);

  *data = (Case){ signal, reconnect };
  g_test_add (path, WnDesk, data, set_up, test_reconnected, tear_down);
}

static void
add_end (const Signal *signal, const char *how, void (*end) (WnDesk *desk))
{
  static Case cases[3 * G_N_ELEMENTS (signals)];
  static guint n_cases;
  Case *data = &cases[n_cases++];
  g_autofree char *path = g_strdup_printf ("/foreign-code/%s inside %s (%u)",
                                           how,
                                           signal->name,
                                           signal->n_before + 1);

  data->signal = signal;
  data->end = end;
  g_test_add (path, WnDesk, data, set_up, test_end, tear_down);
}

/* --- exports --- */

#define FILE_NAME "a.csv"

typedef struct
{
  const char *name;
  const char *signal;
  void *(*get_instance) (void);
  void (*answer) (void); /* what the user does about the dialog */
  void (*end) (WnDesk *desk);
} ExportCase;

static gboolean is_armed;
static char *folder; /* (owned) */

static char *
dup_saved_path (void)
{
  return g_build_filename (folder, FILE_NAME, NULL);
}

static void
save (void)
{
  g_autofree char *path = dup_saved_path ();

  wn_dialogs_accept ();
  wn_dialogs_save_as (path);
}

static void
say (const char *command)
{
  PurpleConversation *conversation
      = purple_find_conversation_with_account (PURPLE_CONV_TYPE_IM,
                                               CONTACT,
                                               current->account);
  g_autofree char *error = NULL;

  purple_cmd_do_command (conversation, command, command, &error);
  g_assert_null (error);
}

static void
ask_again (void)
{
  say ("download " FILE_NAME);
}

static void
save_all (void)
{
  say ("download all");
}

static void
cancel (WnDesk *desk)
{
  purple_xfer_cancel_local (purple_xfers_get_all ()->data);
}

static const ExportCase export_cases[] = {
  { "signed off inside file-recv-request",
    "file-recv-request",
    purple_xfers_get_handle,
    NULL,
    sign_off },
  { "cancelled inside file-recv-request",
    "file-recv-request",
    purple_xfers_get_handle,
    NULL,
    cancel },
  { "signed off inside file-recv-start",
    "file-recv-start",
    purple_xfers_get_handle,
    save,
    sign_off },
  { "cancelled inside file-recv-start",
    "file-recv-start",
    purple_xfers_get_handle,
    save,
    cancel },
  { "signed off inside file-recv-complete",
    "file-recv-complete",
    purple_xfers_get_handle,
    save,
    sign_off },
  { "cancelled inside file-recv-complete",
    "file-recv-complete",
    purple_xfers_get_handle,
    save,
    cancel },
  { "signed off inside file-recv-cancel, refused",
    "file-recv-cancel",
    purple_xfers_get_handle,
    wn_dialogs_refuse,
    sign_off },
  { "signed off inside file-recv-cancel, withdrawn",
    "file-recv-cancel",
    purple_xfers_get_handle,
    ask_again,
    sign_off },
  { "signed off inside writing-im-msg, accepted",
    "writing-im-msg",
    purple_conversations_get_handle,
    save,
    sign_off },
  { "signed off inside writing-im-msg, download all",
    "writing-im-msg",
    purple_conversations_get_handle,
    save_all,
    sign_off },
};

static void *
on_export_signal (va_list args, void *data)
{
  const ExportCase *export_case = data;

  assert_no_libsoup_below (export_case->signal);
  if (is_armed)
    {
      is_armed = FALSE;
      export_case->end (current);
    }
  return NULL;
}

static void
set_up_export (WnDesk *desk, gconstpointer data)
{
  const ExportCase *export_case = data;

  folder = g_dir_make_tmp ("webnotify-XXXXXX", NULL);
  wn_desk_set_up (desk, NULL);
  current = desk;
  purple_signal_connect_vargs (export_case->get_instance (),
                               export_case->signal,
                               n_heard,
                               PURPLE_CALLBACK (on_export_signal),
                               (void *) export_case);
}

static void
tear_down_export (WnDesk *desk, gconstpointer data)
{
  tear_down (desk, data);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_clear_pointer (&folder, g_free);
}

static gboolean
has_fired (gpointer data)
{
  return !is_armed;
}

static void
assert_none_is_left (void)
{
  g_assert_cmpuint (wn_dialogs_count (), ==, 0);
  for (GList *l = purple_xfers_get_all (); l != NULL; l = l->next)
    g_assert_true (purple_xfer_is_canceled (l->data)
                   || purple_xfer_is_completed (l->data));
}

/* What was complete is there, and nothing else. */
static void
assert_saved (gboolean is_saved)
{
  g_autofree char *path = dup_saved_path ();

  g_assert_cmpint (g_unlink (path), ==, is_saved ? 0 : -1);
}

static void
test_export (WnDesk *desk, gconstpointer data)
{
  const ExportCase *export_case = data;

  wn_desk_sign_on (desk);
  is_armed = export_case->answer == NULL;
  wn_push_server_push (&desk->server,
                       "{\"type\":\"App\\\\Notifications\\\\ExportReady\","
                       "\"title\":\"Ready\",\"filename\":\"" FILE_NAME "\"}");
  if (export_case->answer != NULL)
    {
      wn_host_run_until (wn_dialogs_is_any_open, NULL);
      is_armed = TRUE;
      export_case->answer ();
    }
  wn_host_run_until (has_fired, NULL);
  wn_host_run_dry ();
  g_assert_cmpint (purple_account_is_disconnected (desk->account),
                   ==,
                   export_case->end == sign_off);
  assert_none_is_left ();
  assert_saved (g_str_equal (export_case->signal, "file-recv-complete"));
}

static void
add_exports (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (export_cases); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/foreign-code/export %s", export_cases[i].name);

      g_test_add (path,
                  WnDesk,
                  &export_cases[i],
                  set_up_export,
                  test_export,
                  tear_down_export);
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  wn_host_start ("Pidgin", WN_MODULE_DIR);
  g_test_add ("/foreign-code/never inside a callback of libsoup",
              WnDesk,
              NULL,
              set_up,
              test_stack,
              tear_down);
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      if (signals[i].survives >= SIGN_OFF)
        add_end (&signals[i], "signed off", sign_off);
      if (signals[i].survives >= SIGN_OFF)
        add_end (&signals[i], "disabled", disable);
      if (signals[i].survives >= DELETE)
        add_end (&signals[i], "deleted", delete_account);
      /* Of a loss alone. */
      if (!g_str_equal (signals[i].name, "buddy-status-changed"))
        add_reconnect (&signals[i]);
      if (g_str_equal (signals[i].name, "blist-node-added")
          && signals[i].n_before == 0)
        add_without_group (&signals[i]);
    }
  wn_dialogs_start ();
  add_exports ();
  result = g_test_run ();
  wn_host_stop ();
  wn_dialogs_stop ();
  return result;
}
