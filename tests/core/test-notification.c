/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What people read of a notification, beside the frames of test-frame.c.
 */

#include "core/message/notification.h"

#include <string.h>

static const WnNotificationView view
    = { .title_start = "<b>", .title_end = "</b>" };

static const struct
{
  const char *type;
  const char *name;
  const char *label;
} type_cases[] = {
  { NULL, NULL, NULL },
  { "", NULL, NULL },
  { "App\\Notifications\\", NULL, NULL },
  { "App\\Notifications\\OrderPaid", "OrderPaid", "Order Paid" },
  { "OrderPaid", "OrderPaid", "Order Paid" },
  { "order.paid", "order.paid", "order paid" },
  { "deploy-is_done", "deploy-is_done", "deploy is done" },
  { "A\\HTMLReport", "HTMLReport", "HTML Report" },
  { "A\\DailyHTMLReportV2Ready",
    "DailyHTMLReportV2Ready",
    "Daily HTML Report V2 Ready" },
  { "stock_low", "stock_low", "stock low" },
  { "orderpaid", "orderpaid", "orderpaid" },
  { "A\\X", "X", "X" },
  { "A\\ID", "ID", "ID" },
  { "A\\订单Paid", "订单Paid", "订单Paid" },
  { "A\\Or\nder\u202ePaid ", "Or derPaid", "Or der Paid" },
};

static void
test_types (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (type_cases); i++)
    {
      const char *type = type_cases[i].type;
      g_autofree char *name = wn_notification_dup_type_name (type);
      g_autofree char *label = wn_notification_dup_type_label (type);

      g_assert_cmpstr (name, ==, type_cases[i].name);
      g_assert_cmpstr (label, ==, type_cases[i].label);
    }
}

static void
test_long_title_and_type (void)
{
  g_autoptr (WnNotification) notification = wn_notification_new ();
  GString *title = g_string_new ("x");
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;

  while (title->len < 1024 * 1024)
    g_string_append (title, "单");
  notification->type = g_strdup (title->str);
  notification->title = g_string_free (title, FALSE);
  text = wn_notification_to_text (notification, &view);
  name = wn_notification_dup_type_name (notification->type);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_true (g_str_has_suffix (text, "单…</b>"));
  g_assert_cmpuint (strlen (text), <, 4200);
  g_assert_true (g_utf8_validate (name, -1, NULL));
  g_assert_cmpuint (strlen (name), <, 140);
}

static guint
count_tags (const char *html)
{
  guint n = 0;

  for (const char *p = html; *p != '\0'; p++)
    n += *p == '<' ? 1 : 0;
  return n;
}

static void
test_tags_are_few (void)
{
  static const char *const lines[] = { "<b>x</b>y", "x<br>", "<p>x</p>" };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    for (guint n = 20; n < 120; n++)
      {
        g_autoptr (WnNotification) notification = wn_notification_new ();
        GString *content = g_string_new (NULL);
        g_autofree char *html = NULL;
        g_autofree char *text = NULL;

        for (guint j = 0; j < n; j++)
          g_string_append (content, lines[i]);
        notification->title = g_strdup ("T");
        notification->content = g_string_free (content, FALSE);
        html = wn_notification_to_html (notification, &view);
        text = wn_notification_to_text (notification, &view);
        g_assert_cmpuint (count_tags (html), <, 100);
        g_assert_cmpuint (count_tags (text), <, 100);
      }
}

static char *
repeat (const char *text, guint n)
{
  GString *repeated = g_string_new (NULL);

  while (n-- > 0)
    g_string_append (repeated, text);
  return g_string_free (repeated, FALSE);
}

/* Returns: how many spaces without width are in the IM */
static guint
count_parted (const char *title, const char *content, gboolean is_html)
{
  g_autoptr (WnNotification) notification = wn_notification_new ();
  g_autofree char *im = NULL;
  guint n = 0;

  notification->title = g_strdup (title);
  notification->content = g_strdup (content);
  im = is_html ? wn_notification_to_html (notification, &view)
               : wn_notification_to_text (notification, &view);
  for (const char *p = im; (p = strstr (p, "\342\200\213")) != NULL; p++)
    n++;
  return n;
}

/* Pidgin makes a picture of each that is left, in a title, too. */
static void
test_many_smileys_are_parted (void)
{
  static const char *const rows[]
      = { ":-) ", ":) ",     ";) ",        "8-) ",        "=-O ",
          ":'( ", "&gt;:o ", ":<i></i>) ", "<b>O:-)</b> " };
  g_autofree char *title = repeat (":)", 1500);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *few = repeat (rows[i], 100);
      g_autofree char *many = repeat (rows[i], 5000);

      g_assert_cmpuint (count_parted ("T", few, TRUE), ==, 0);
      g_assert_cmpuint (count_parted ("T", many, TRUE), >=, 4500);
      g_assert_cmpuint (count_parted (title, few, TRUE), >=, 1100);
      g_assert_cmpuint (count_parted (title, many, FALSE), ==, 0);
    }
}

static void
test_urls_and_times_are_no_smileys (void)
{
  static const struct
  {
    const char *text;
    guint n;
  } rows[] = {
    { "2026-11-28 12:30:05 stock=3; left: 4 ", 1000 },
    { "https://shop.example/orders/42?a=1 ", 1000 },
    { "<a href=\"https://shop.example/:-):-):-):-):-):-):-)\">see</a> ", 40 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *body = repeat (rows[i].text, rows[i].n);

      g_assert_cmpuint (count_parted ("T", body, TRUE), ==, 0);
    }
}

static void
test_reference_keeps (void)
{
  WnNotification *notification = wn_notification_new ();
  WnNotification *second = wn_notification_ref (notification);

  notification->title = g_strdup ("T");
  wn_notification_unref (notification);
  g_assert_cmpstr (second->title, ==, "T");
  wn_notification_unref (second);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/notification/a type has a name and a label", test_types);
  g_test_add_func ("/notification/a long title and a long type are cut",
                   test_long_title_and_type);
  g_test_add_func ("/notification/a message has fewer tags than hosts take",
                   test_tags_are_few);
  g_test_add_func ("/notification/smileys without number are parted",
                   test_many_smileys_are_parted);
  g_test_add_func ("/notification/URLs and times are no smileys",
                   test_urls_and_times_are_no_smileys);
  g_test_add_func ("/notification/a reference keeps it", test_reference_keeps);
  return g_test_run ();
}
