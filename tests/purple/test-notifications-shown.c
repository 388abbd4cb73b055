/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The frames of data/frames as people see them: each goes over a WebSocket to
 * the built module in a real libpurple, all in one login, and what is then in
 * the conversation is what the case expects. `HTML` where the host shows
 * formatting, `Text` as in BitlBee.
 */

#include <string.h>

#include "support/cases.h"
#include "support/dialogs.h"
#include "support/headless-host.h"
#include "support/login.h"
#include "support/raw-server.h"

#define CONTACT "jd-shop"
#define FINAL_TEXT 0x81
/* Where nothing listens: what becomes of a download isn't looked at here. */
#define DOWNLOADS "http://127.0.0.1:9/"

static WnRawServer *server;
static const WnRawScript script = { .answer = WN_UPGRADE };

static gboolean
is_plain (void)
{
  return g_str_equal (purple_core_get_ui (), "BitlBee");
}

/* libpurple's line about an offered file, the link instead of the offer, or the
 * line that more files wait for their turn.
 */
static gboolean
is_about_download (const char *message)
{
  return strstr (message, DOWNLOADS) != NULL
         || strstr (message, "offering to send file") != NULL
         || strstr (message, "“exports” lists") != NULL;
}

static GPtrArray *
dup_shown (void)
{
  GPtrArray *messages = wn_host_get_messages ();
  GPtrArray *shown = g_ptr_array_new ();

  for (guint i = 0; i < messages->len; i++)
    if (!is_about_download (messages->pdata[i]))
      g_ptr_array_add (shown, messages->pdata[i]);
  return shown;
}

static void
send_text (const char *text, gsize length)
{
  wn_raw_server_send_frame (server, FINAL_TEXT, text, length);
}

/* The last message of a case: what comes before it is the case's. */
static gboolean
is_end_shown (gpointer data)
{
  g_autoptr (GPtrArray) shown = dup_shown ();

  return shown->len > 0
         && strstr (shown->pdata[shown->len - 1], "the end") != NULL;
}

/* Where no formatting is shown, a title is bold all the same: BitlBee makes
 * IRC's of that.
 */
static char *
dup_without_bold (const char *message)
{
  GString *text = g_string_new (message);

  if (is_plain ())
    {
      g_string_replace (text, "<b>", "", 0);
      g_string_replace (text, "</b>", "", 0);
    }
  return g_string_free (text, FALSE);
}

static void
assert_shown (const char *message, const char *wanted)
{
  g_autofree char *line = g_strconcat (CONTACT ": ", wanted, NULL);
  g_autofree char *text = dup_without_bold (message);
  g_autofree char *escaped = wn_cases_escape (text);

  g_assert_cmpstr (escaped, ==, line);
}

static void
test_case (gconstpointer data)
{
  const WnCase *c = data;
  g_autofree char *wanted
      = wn_case_dup_block (c, is_plain () ? "Text" : "HTML");
  g_autoptr (GPtrArray) shown = NULL;

  send_text (c->input, c->length);
  send_text ("{\"title\":\"the end\"}", strlen ("{\"title\":\"the end\"}"));
  wn_host_run_until (is_end_shown, NULL);
  shown = dup_shown ();
  g_assert_cmpuint (shown->len, ==, wanted != NULL ? 2 : 1);
  if (wanted != NULL)
    assert_shown (shown->pdata[0], wanted);
  g_assert_null (wn_host_get_error (NULL));
  g_assert_cmpuint (wn_raw_server_get_n_connections (server), ==, 1);
  /* Exports that have to wait for their turn would say so. */
  while (wn_dialogs_count () > 0)
    wn_dialogs_refuse ();
  wn_host_run_dry ();
  wn_host_forget ();
}

/* A frame that isn't UTF-8 ends the connection, as RFC 6455 has it. */
static gboolean
is_text (const WnCase *c)
{
  return g_utf8_validate_len (c->input, c->length, NULL);
}

static void
add_tests (GPtrArray *cases)
{
  for (guint i = cases->len; i > 0; i--)
    if (!is_text (cases->pdata[i - 1]))
      g_ptr_array_remove_index (cases, i - 1);
  wn_cases_add_tests (cases, "/shown/", test_case);
}

static PurpleAccount *
sign_on (void)
{
  PurpleAccount *account = wn_login_new_at ("1001@" CONTACT "/production",
                                            wn_raw_server_get_port (server));

  purple_account_set_string (account, "download_url", DOWNLOADS "{filename}");
  wn_login_sign_on (account);
  wn_host_run_until (wn_login_is_connected, account);
  wn_host_forget ();
  return account;
}

int
main (int argc, char **argv)
{
  int result;
  PurpleAccount *account;

  g_test_init (&argc, &argv, NULL);

  g_autoptr (GPtrArray) cases = wn_cases_load ("frames", ".json");

  add_tests (cases);
  wn_host_start (argc > 1 ? argv[1] : "Pidgin", WN_MODULE_DIR);
  wn_dialogs_start ();
  server = wn_raw_server_new (&script);
  account = sign_on ();
  result = g_test_run ();
  purple_accounts_delete (account);
  wn_host_run_dry ();
  wn_raw_server_free (server);
  wn_dialogs_stop ();
  wn_host_stop ();
  return result;
}
