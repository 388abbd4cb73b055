/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a notification's priority, source, links and the like make of its IM:
 * what of these a server says is its dialect's, and not asked here.
 */

#include "purple/inbox.h"

#include <string.h>

#include "support/headless-host.h"

#define OWN "ntfy.example"

typedef struct
{
  PurpleConnection *gc; /* (unowned): the host's */
  WnAccount own;
  WnSettings settings;
  WnContact *contact; /* (owned) */
  WnCursor *cursor;   /* (owned) */
  WnInbox *inbox;     /* (owned) */
  GString *received;  /* (owned): a line for each IM: who, flags, text */
  guint n_announced;
  gboolean is_full;
} Fixture;

/* --- the fixture --- */

static void
on_announced (const char *who,
              const WnNotification *notification,
              gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_nonnull (notification->attachment);
  f->n_announced++;
}

static void
on_full (gboolean is_full, gpointer user_data)
{
  ((Fixture *) user_data)->is_full = is_full;
}

static void
on_received (PurpleAccount *account,
             const char *sender,
             const char *message,
             PurpleConversation *conversation,
             PurpleMessageFlags flags,
             gpointer user_data)
{
  Fixture *f = user_data;

  g_string_append_printf (f->received,
                          "%s%s%s: %s\n",
                          flags & PURPLE_MESSAGE_DELAYED ? "(quiet) " : "",
                          flags & PURPLE_MESSAGE_NICK ? "(urgent) " : "",
                          sender,
                          message);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  static const WnInboxListener listener
      = { .announced = on_announced, .full = on_full };

  f->gc = wn_host_get_login ()->gc;
  f->own = (WnAccount){
    .contact = (char *) OWN,
    .link_base = (char *) "https://ntfy.example/",
  };
  f->settings = (WnSettings){
    .instance = &f->own,
    .contact_per_source = data != NULL,
  };
  f->contact
      = wn_contact_new (purple_connection_get_account (f->gc), &f->settings);
  f->cursor
      = wn_cursor_new (purple_connection_get_account (f->gc), "wss://" OWN);
  f->inbox = wn_inbox_new (
      &(WnInboxConfig){
          .gc = f->gc,
          .contact = f->contact,
          .cursor = f->cursor,
          .settings = &f->settings,
      },
      &listener,
      f);
  f->received = g_string_new (NULL);
  purple_signal_connect (purple_conversations_get_handle (),
                         "received-im-msg",
                         f,
                         PURPLE_CALLBACK (on_received),
                         f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  purple_signals_disconnect_by_handle (f);
  if (f->inbox != NULL)
    wn_inbox_close (f->inbox);
  wn_cursor_close (f->cursor);
  wn_contact_close (f->contact);
  g_string_free (f->received, TRUE);
  while (purple_get_conversations () != NULL)
    purple_conversation_destroy (purple_get_conversations ()->data);
}

static WnNotification *
make (const char *title)
{
  WnNotification *notification = wn_notification_new ();

  notification->title = g_strdup (title);
  return notification;
}

/* (transfer full) */
static void
add (Fixture *f, WnNotification *notification_in)
{
  g_autoptr (WnNotification) notification = notification_in;

  wn_inbox_add_notification (f->inbox, notification);
}

static void
assert_received (Fixture *f, const char *expected)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpstr (f->received->str, ==, expected);
}

/* --- the cursor --- */

static void
add_with_cursor (Fixture *f, const char *id, const char *cursor)
{
  WnNotification *notification = make (id);

  notification->id = g_strdup (id);
  notification->cursor = g_strdup (cursor);
  add (f, notification);
}

static void
assert_cursor (Fixture *f, const char *expected)
{
  g_assert_cmpstr (wn_cursor_get (f->cursor), ==, expected);
}

/* It moves with what is shown, and not before, however it is told. */
static void
test_cursor (Fixture *f, gconstpointer data)
{
  wn_cursor_begin (f->cursor, NULL);
  add_with_cursor (f, "a", "1");
  add_with_cursor (f, "b", NULL);
  wn_inbox_move_cursor (f->inbox, "2");
  assert_cursor (f, NULL);
  assert_received (f, OWN ": <b>a</b>\n(quiet) " OWN ": <b>b</b>\n");
  assert_cursor (f, "2");
  wn_inbox_move_cursor (f->inbox, "3");
  assert_cursor (f, "3");
  /* What came again is not shown again; the server goes on behind it. */
  add_with_cursor (f, "a", "4");
  assert_cursor (f, "4");
  wn_inbox_take_line (f->inbox, NULL, g_strdup ("a line"));
  add_with_cursor (f, "b", "5");
  assert_cursor (f, "4");
  assert_received (f,
                   OWN ": <b>a</b>\n(quiet) " OWN ": <b>b</b>\n" OWN
                       ": a line\n");
  assert_cursor (f, "5");
}

/* Nor does it at the end pass what is in no log. */
static void
test_cursor_at_the_end (Fixture *f, gconstpointer data)
{
  wn_cursor_begin (f->cursor, NULL);
  add_with_cursor (f, "a", NULL);
  wn_inbox_move_cursor (f->inbox, "1");
  wn_inbox_close (g_steal_pointer (&f->inbox));
  assert_cursor (f, NULL);
}

/* What is queued comes from the server that was there before. */
static void
test_other_cursor (Fixture *f, gconstpointer data)
{
  PurpleAccount *account = purple_connection_get_account (f->gc);
  WnCursor *other = wn_cursor_new (account, "wss://other.example");

  wn_cursor_begin (f->cursor, NULL);
  wn_cursor_begin (other, NULL);
  add_with_cursor (f, "a", "7");
  wn_inbox_set_cursor (f->inbox, other);
  wn_inbox_move_cursor (f->inbox, "1");
  g_assert_cmpstr (wn_cursor_get (other), ==, "1");
  /* It counts its messages as the other one did. */
  add_with_cursor (f, "a", "2");
  assert_received (f, OWN ": <b>a</b>\n(quiet) " OWN ": <b>a</b>\n");
  assert_cursor (f, "7");
  g_assert_cmpstr (wn_cursor_get (other), ==, "2");
  wn_cursor_close (other);
}

/* --- an end in the middle of a delivery --- */

static void *
on_end (va_list args, void *user_data)
{
  Fixture *f = user_data;

  if (f->inbox != NULL)
    wn_inbox_close (g_steal_pointer (&f->inbox));
  return NULL;
}

static void
end_inside (Fixture *f, const char *signal, void *instance)
{
  wn_cursor_begin (f->cursor, NULL);
  purple_signal_connect_vargs (instance,
                               signal,
                               f,
                               PURPLE_CALLBACK (on_end),
                               f);
  add_with_cursor (f, "a", "1");
  add_with_cursor (f, "b", "2");
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_null (f->inbox);
}

static void
remove_contact (Fixture *f)
{
  PurpleBuddy *buddy
      = purple_find_buddy (purple_connection_get_account (f->gc), OWN);

  if (buddy != NULL)
    purple_blist_remove_buddy (buddy);
}

/* libpurple shows it all the same. */
static void
test_end_while_shown (Fixture *f, gconstpointer data)
{
  end_inside (f, "received-im-msg", purple_conversations_get_handle ());
  assert_received (f, OWN ": <b>a</b>\n");
  assert_cursor (f, "1");
}

static void
test_end_before_shown (Fixture *f, gconstpointer data)
{
  remove_contact (f);
  end_inside (f, "buddy-added", purple_blist_get_handle ());
  assert_received (f, "");
  assert_cursor (f, NULL);
}

static void
open_log (Fixture *f)
{
  PurpleConversation *conversation
      = purple_conversation_new (PURPLE_CONV_TYPE_IM,
                                 purple_connection_get_account (f->gc),
                                 OWN);

  /* Its first line opens the log. */
  purple_conversation_set_logging (conversation, TRUE);
  purple_conversation_write (conversation,
                             NULL,
                             "before",
                             PURPLE_MESSAGE_SYSTEM,
                             time (NULL));
}

/* The log has what was to be shown. */
static void
test_end_before_shown_with_log (Fixture *f, gconstpointer data)
{
  open_log (f);
  remove_contact (f);
  end_inside (f, "buddy-added", purple_blist_get_handle ());
  assert_cursor (f, "2");
}

/* A file that is told of again is offered then. */
static void
test_file_at_the_end (Fixture *f, gconstpointer data)
{
  WnNotification *notification = make ("Ready");

  open_log (f);
  wn_cursor_begin (f->cursor, NULL);
  add_with_cursor (f, "a", "1");
  notification->attachment
      = wn_attachment_new ("k",
                           "orders.csv",
                           g_strdup ("https://ntfy.example/f"));
  notification->cursor = g_strdup ("2");
  add (f, notification);
  add_with_cursor (f, "b", "3");
  wn_inbox_close (g_steal_pointer (&f->inbox));
  assert_cursor (f, "1");
}

/* --- sound --- */

static void
add_with_priority (Fixture *f, const char *title, WnPriority priority)
{
  WnNotification *notification = make (title);

  notification->priority = priority;
  add (f, notification);
}

static void
test_priorities (Fixture *f, gconstpointer data)
{
  add_with_priority (f, "low", WN_PRIORITY_LOW);
  add_with_priority (f, "normal", WN_PRIORITY_NORMAL);
  add_with_priority (f, "another", WN_PRIORITY_NORMAL);
  add_with_priority (f, "high", WN_PRIORITY_HIGH);
  add_with_priority (f, "higher", WN_PRIORITY_HIGH);
  assert_received (f,
                   "(quiet) ntfy.example: <b>low</b>\n"
                   "ntfy.example: <b>normal</b>\n"
                   "(quiet) ntfy.example: <b>another</b>\n"
                   "(urgent) ntfy.example: <b>high</b>\n"
                   "(quiet) (urgent) ntfy.example: <b>higher</b>\n");
}

/* A line of ours makes no quiet for what comes behind it. */
static void
test_lines (Fixture *f, gconstpointer data)
{
  wn_inbox_take_line (f->inbox, NULL, g_strdup ("a line"));
  add (f, make ("news"));
  wn_inbox_take_line (f->inbox, OWN, g_strdup ("an answer"));
  assert_received (f,
                   "ntfy.example: a line\n"
                   "ntfy.example: <b>news</b>\n"
                   "ntfy.example: an answer\n");
}

/* --- the contact and the title --- */

static void
add_of_source (Fixture *f,
               const char *source,
               const char *title,
               const char *content)
{
  WnNotification *notification = make (title);

  notification->source = g_strdup (source);
  notification->content = g_strdup (content);
  notification->kind = WN_MARKUP_TEXT;
  notification->priority = WN_PRIORITY_LOW;
  add (f, notification);
}

static void
add_all_of_source (Fixture *f)
{
  add_of_source (f, "backups", "backups", "done");
  add_of_source (f, "backups", "disk1", "done");
  add_of_source (f, "backups", "backups", NULL);
}

static void
test_source_in_own_contact (Fixture *f, gconstpointer data)
{
  add_all_of_source (f);
  assert_received (f,
                   "(quiet) ntfy.example: <b>backups</b><br>done\n"
                   "(quiet) ntfy.example: <b>disk1</b><br>done\n"
                   "(quiet) ntfy.example: <b>backups</b>\n");
}

/* What the contact's name says is not said again, unless nothing else is. */
static void
test_source_of_its_own (Fixture *f, gconstpointer data)
{
  add_all_of_source (f);
  assert_received (f,
                   "(quiet) ntfy.example/backups: done\n"
                   "(quiet) ntfy.example/backups: <b>disk1</b><br>done\n"
                   "(quiet) ntfy.example/backups: <b>backups</b>\n");
}

/* --- the rest --- */

static void
add_with_id (Fixture *f, const char *title, gboolean is_update)
{
  WnNotification *notification = make (title);

  notification->id = g_strdup ("7");
  notification->is_update = is_update;
  notification->priority = WN_PRIORITY_LOW;
  add (f, notification);
}

static void
test_updates (Fixture *f, gconstpointer data)
{
  add_with_id (f, "1 of 2", FALSE);
  add_with_id (f, "1 of 2", FALSE);
  add_with_id (f, "2 of 2", TRUE);
  assert_received (f,
                   "(quiet) ntfy.example: <b>1 of 2</b>\n"
                   "(quiet) ntfy.example: <b>2 of 2 (updated)</b>\n");
}

static void
test_links (Fixture *f, gconstpointer data)
{
  WnNotification *notification = make ("T");

  notification->content = g_strdup ("<p>body</p>");
  wn_notification_add_link (notification, "Open", "/orders/42");
  wn_notification_add_link (notification, "", "https://shop.example/");
  wn_notification_add_link (notification, "Run <it>", "javascript:alert(1)");
  add (f, notification);
  assert_received (
      f,
      "ntfy.example: <b>T</b><br>body<br>"
      "<a href=\"https://ntfy.example/orders/42\">Open</a> (ntfy.example)<br>"
      "<a href=\"https://shop.example/\">https://shop.example/</a><br>"
      "Run &lt;it&gt;\n");
}

static void
test_many_links (Fixture *f, gconstpointer data)
{
  WnNotification *notification = make ("T");
  GString *body = g_string_new (NULL);
  guint n_tags = 0;

  for (guint i = 0; i < 40; i++)
    g_string_append (body, "<b>x</b>y");
  notification->content = g_string_free (body, FALSE);
  for (guint i = 0; i < 100; i++)
    wn_notification_add_link (notification, "Open", "https://a.example/");
  add (f, notification);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  for (const char *p = f->received->str; *p != '\0'; p++)
    n_tags += *p == '<';
  g_assert_cmpuint (n_tags, <, 100);
  g_assert_nonnull (strstr (f->received->str, "https://a.example/"));
}

static void
test_attachment (Fixture *f, gconstpointer data)
{
  WnNotification *notification = make ("Ready");

  notification->attachment
      = wn_attachment_new ("k",
                           "orders.csv",
                           g_strdup ("https://ntfy.example/f"));
  notification->content = g_strdup ("all of May");
  add (f, notification);
  assert_received (f,
                   "ntfy.example: <b>Ready</b><br>orders.csv<br>all of May\n");
  g_assert_cmpuint (f->n_announced, ==, 1);
}

/* Whatever part of a notification is long, few of them fill the queue. */
static void
test_long_parts (Fixture *f, gconstpointer data)
{
  g_autofree char *filling = g_strnfill (1024 * 1024, 'x');
  g_autofree char *url = g_strconcat ("https://a.example/", filling, NULL);

  for (guint part = 0; part <= 4; part++)
    {
      for (guint i = 0; i < 17; i++)
        {
          WnNotification *notification = make ("T");

          if (part == 0)
            wn_notification_add_link (notification, filling, "mailto:a@b");
          else if (part == 1)
            wn_notification_add_link (notification, "Open", url);
          else if (part == 2)
            notification->source = g_strdup (filling);
          else
            notification->attachment
                = wn_attachment_new ("k",
                                     part == 3 ? filling : "a.csv",
                                     g_strdup (part == 4 ? url : "https://a/"));
          add (f, notification);
        }
      g_assert_true (f->is_full);
      while (g_main_context_iteration (NULL, FALSE))
        continue;
      g_assert_false (f->is_full);
    }
}

#define PER_SOURCE "per source"
#define ADD(name, data, func)                                                  \
  g_test_add ("/inbox/" name, Fixture, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  int code;

  g_test_init (&argc, &argv, NULL);
  ADD ("the cursor moves with what is shown", NULL, test_cursor);
  ADD ("the cursor at the end", NULL, test_cursor_at_the_end);
  ADD ("the cursor of the server that it came from", NULL, test_other_cursor);
  ADD ("the end while a message is shown", NULL, test_end_while_shown);
  ADD ("the end before a message is shown", NULL, test_end_before_shown);
  ADD ("the end before a message is shown, and there is a log",
       NULL,
       test_end_before_shown_with_log);
  ADD ("a file at the end", NULL, test_file_at_the_end);
  ADD ("what is not urgent is quiet, and so is a burst", NULL, test_priorities);
  ADD ("lines of ours are no burst", NULL, test_lines);
  ADD ("the title says the source", NULL, test_source_in_own_contact);
  ADD ("the contact says the source", PER_SOURCE, test_source_of_its_own);
  ADD ("an update is no repetition, and says so", NULL, test_updates);
  ADD ("links stand below the body", NULL, test_links);
  ADD ("links and body have no more tags than a host takes",
       NULL,
       test_many_links);
  ADD ("a file's name stands above the body", NULL, test_attachment);
  ADD ("a few long ones are as many as it takes", NULL, test_long_parts);
  code = g_test_run ();
  wn_host_stop ();
  return code;
}
