/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Other plugins run inside the calls by which libpurple is told something: they
 * never run inside a callback of libsoup, and each may end the account there in
 * every way that libpurple itself survives.
 */

#include <dlfcn.h>
#include <execinfo.h>
#include <string.h>

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
} Signal;

static const Signal signals[] = {
  { "signed-on", purple_connections_get_handle, NOTHING, FALSE },
  { "buddy-added", purple_blist_get_handle, SIGN_OFF, FALSE },
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
assert_no_libsoup_below (const Signal *signal)
{
  void *frames[MAX_FRAMES];
  int n = backtrace (frames, MAX_FRAMES);

  g_assert_cmpint (n, >, 3);
  for (int i = 0; i < n; i++)
    {
      Dl_info info;

      if (dladdr (frames[i], &info) != 0
          && strstr (info.dli_fname, "libsoup") != NULL)
        g_error ("%s is emitted inside %s", signal->name, info.dli_sname);
    }
}

static void *
on_signal (va_list args, void *data)
{
  const Signal *signal = data;

  assert_no_libsoup_below (signal);
  if (n_heard[signal - signals]++ > 0 || ending == NULL
      || ending->signal != signal)
    return NULL;
  ending->end (current);
  return GINT_TO_POINTER (signal->drops);
}

static void
set_up (WnDesk *desk, gconstpointer data)
{
  wn_desk_set_up (desk, NULL);
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
  return n_heard[ending->signal - signals] > 0
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
add_end (const Signal *signal, const char *how, void (*end) (WnDesk *desk))
{
  static Case cases[3 * G_N_ELEMENTS (signals)];
  static guint n_cases;
  Case *data = &cases[n_cases++];
  g_autofree char *path
      = g_strdup_printf ("/foreign-code/%s inside %s", how, signal->name);

  data->signal = signal;
  data->end = end;
  g_test_add (path, WnDesk, data, set_up, test_end, tear_down);
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
    }
  result = g_test_run ();
  wn_host_stop ();
  return result;
}
