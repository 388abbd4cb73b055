/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What comes twice: a server sends again what it isn't sure of, and whatever
 * it takes for ids.
 */

#include "support/headless-host.h"
#include "support/push-server.h"

#define PROJECT "jd-shop"
/* As many as an nchan of 600 messages sends at each connection, and more. */
#define N_BACKLOG 4096

static void
set_up (WnDesk *desk, gconstpointer data)
{
  wn_desk_set_up (desk, NULL);
  wn_desk_sign_on (desk);
}

static void
push (WnDesk *desk, const char *id, const char *title)
{
  g_autofree char *json
      = g_strdup_printf ("{\"id\":\"%s\",\"title\":\"%s\"}", id, title);

  wn_push_server_push (&desk->server, json);
}

static void
assert_shown (WnDesk *desk, const char *wanted)
{
  g_autofree char *shown = NULL;

  wn_push_server_push (&desk->server, "{\"title\":\"end\"}");
  wn_desk_wait_for_text (desk->account, PROJECT, "end");
  shown = wn_desk_dup_texts (desk->account, PROJECT);
  g_assert_cmpstr (shown, ==, wanted);
}

static void
test_long (WnDesk *desk, gconstpointer data)
{
  g_autofree char *start = g_strnfill (100000, 'x');
  g_autofree char *a = g_strconcat (start, "a", NULL);
  g_autofree char *b = g_strconcat (start, "b", NULL);

  push (desk, a, "one");
  push (desk, b, "two");
  push (desk, a, "one");
  push (desk, start, "three");
  push (desk, b, "two");
  assert_shown (desk, "one\ntwo\nthree\nend\n");
}

static void
test_empty (WnDesk *desk, gconstpointer data)
{
  push (desk, "", "one");
  push (desk, "", "one");
  wn_push_server_push (&desk->server, "{\"id\":7,\"title\":\"two\"}");
  wn_push_server_push (&desk->server, "{\"id\":7,\"title\":\"two\"}");
  assert_shown (desk, "one\none\ntwo\nend\n");
}

static void
push_numbers (WnDesk *desk, guint from, guint to)
{
  for (guint i = from; i <= to; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i);

      push (desk, number, number);
    }
}

/* A server that sends all it has at each connection. */
static void
test_backlog (WnDesk *desk, gconstpointer data)
{
  GString *wanted = g_string_new (NULL);

  push_numbers (desk, 1, N_BACKLOG);
  push_numbers (desk, 1, N_BACKLOG);
  for (guint i = 1; i <= N_BACKLOG; i++)
    g_string_append_printf (wanted, "%u\n", i);
  g_string_append (wanted, "end\n");
  assert_shown (desk, wanted->str);
  g_string_free (wanted, TRUE);
}

#define ADD(name, func)                                                        \
  g_test_add ("/repeats/" name, WnDesk, NULL, set_up, func, wn_desk_tear_down)

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  wn_host_start ("headless", WN_MODULE_DIR);
  ADD ("long ids are told apart to their end", test_long);
  ADD ("an empty id is none, a number is one", test_empty);
  ADD ("a backlog that is sent again is shown once", test_backlog);
  result = g_test_run ();
  wn_host_stop ();
  return result;
}
