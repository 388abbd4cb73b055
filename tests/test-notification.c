/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What people read of a notification. The samples are what Laravel sends
 * (PROTOCOL §3).
 */

#include "core/notification.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "core/markup.h"

typedef struct
{
  const char *name;
  const char *title;
  const char *content;
  const char *filename;
  gboolean is_export;
  const char *html;
  const char *text;
} Case;

static const Case cases[] = {
  { .name = "the title is bold and the body below",
    .title = "Paid",
    .content = "<p>Order <b>42</b></p>",
    .html = "<b>Paid</b><br>Order <b>42</b>",
    .text = "Paid<br>Order 42" },
  { .name = "without a body there is only the title",
    .title = "No content",
    .html = "<b>No content</b>",
    .text = "No content" },
  { .name = "a body without words is no body",
    .title = "Empty",
    .content = "<p> </p><script>x</script>",
    .html = "<b>Empty</b>",
    .text = "Empty" },
  { .name = "the title is text, not HTML",
    .title = "<script>\"A\" & B</script>",
    .html = "<b>&lt;script&gt;&quot;A&quot; &amp; B&lt;/script&gt;</b>",
    .text = "&lt;script&gt;&quot;A&quot; &amp; B&lt;/script&gt;" },
  { .name = "the title is one line without direction controls",
    .title = " a\r\nb\tc\u202ed\u2028e\033 ",
    .html = "<b>a b cd e</b>",
    .text = "a b cd e" },
  { .name = "a title without words is the word for it",
    .title = " \u202e\n",
    .content = "x",
    .html = "<b>Notification</b><br>x",
    .text = "Notification<br>x" },
  { .name = "links have their URL where formatting is stripped",
    .title = "T",
    .content = "<a href=\"https://x.example/?a&amp;b\">see</a>",
    .html = "<b>T</b><br><a href=\"https://x.example/?a&amp;b\">see</a>",
    .text = "T<br>see (https://x.example/?a&amp;b)" },
  { .name = "markup in text stays escaped where formatting is stripped",
    .title = "T",
    .content = "&lt;b&gt; &amp;amp;<br>x",
    .html = "<b>T</b><br>&lt;b&gt; &amp;amp;<br>x",
    .text = "T<br>&lt;b&gt; &amp;amp;<br>x" },
  { .name = "a title is no action",
    .title = "/me laughs",
    .content = "x",
    .html = "<b> /me laughs</b><br>x",
    .text = " /me laughs<br>x" },
  { .name = "a title is no action in capitals either",
    .title = "/ME laughs",
    .html = "<b> /ME laughs</b>",
    .text = " /ME laughs" },
  { .name = "a title that is only a command isn't one with its body",
    .title = "/me",
    .content = "laughs",
    .html = "<b>/me</b><br>laughs",
    .text = "/me<br>laughs" },
  { .name = "a body is no action",
    .title = "T",
    .content = "/me laughs",
    .html = "<b>T</b><br>/me laughs",
    .text = "T<br>/me laughs" },
  { .name = "an export is its title and the file's name",
    .title = "Ready",
    .filename = "exports/2026/a&b.xlsx",
    .is_export = TRUE,
    .html = "<b>Ready</b><br>a&amp;b.xlsx",
    .text = "Ready<br>a&amp;b.xlsx" },
  { .name = "an export doesn't show its content",
    .title = "Ready",
    .content = "<b>x</b>",
    .filename = "a.xlsx",
    .is_export = TRUE,
    .html = "<b>Ready</b><br>a.xlsx",
    .text = "Ready<br>a.xlsx" },
  { .name = "an export without a file name says so",
    .title = "Ready",
    .is_export = TRUE,
    .html = "<b>Ready</b><br>"
            "The file’s name is missing, so it can’t be downloaded.",
    .text = "Ready<br>The file’s name is missing, so it can’t be downloaded." },
  { .name = "a file name counts only for an export",
    .title = "T",
    .content = "c",
    .filename = "a.xlsx",
    .html = "<b>T</b><br>c",
    .text = "T<br>c" },
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (WnNotification) notification = wn_notification_new ();
  g_autofree char *html = NULL;
  g_autofree char *text = NULL;

  notification->title = g_strdup (c->title);
  notification->content = g_strdup (c->content);
  notification->filename = g_strdup (c->filename);
  notification->is_export = c->is_export;
  html = wn_notification_to_html (notification);
  text = wn_notification_to_text (notification);
  g_assert_cmpstr (html, ==, c->html);
  g_assert_cmpstr (text, ==, c->text);
}

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
      g_autoptr (WnNotification) notification = wn_notification_new ();
      g_autofree char *name = NULL;
      g_autofree char *label = NULL;

      notification->type = g_strdup (type_cases[i].type);
      name = wn_notification_dup_type_name (notification);
      label = wn_notification_dup_type_label (notification);
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
  text = wn_notification_to_text (notification);
  name = wn_notification_dup_type_name (notification);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_true (g_str_has_suffix (text, "单…"));
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
        html = wn_notification_to_html (notification);
        text = wn_notification_to_text (notification);
        g_assert_cmpuint (count_tags (html), <, 100);
        g_assert_cmpuint (count_tags (text), <, 100);
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

/* The samples -------------------------------------------------------------- */

static const struct
{
  const char *label;
  const char *html;
  const char *text;
} samples[] = {
  { "Order Paid",
    "<b>订单已支付</b><br>订单 <b>#20261122-0042</b> 已支付 "
    "<font color=\"#cc0000\">¥1,299.00</font><br>"
    "<a href=\"https://shop.example/orders/42\">查看订单</a>",
    "订单已支付<br>订单 #20261122-0042 已支付 ¥1,299.00<br>"
    "查看订单 (https://shop.example/orders/42)" },
  { "Export Ready",
    "<b>导出完成</b><br>订单导出 2026-11-22.xlsx",
    "导出完成<br>订单导出 2026-11-22.xlsx" },
  { "Export Ready",
    "<b>Export ready</b><br>orders.xlsx",
    "Export ready<br>orders.xlsx" },
  { "Stock Low",
    "<b>Stock low: &quot;Tea &amp; Co.&quot; 😀</b><br>"
    "<b>SKU | left</b><br>TEA/001 | 3<br>TEA/002 | 0<br>"
    "• reorder<br>• pause <i>campaign</i>",
    "Stock low: &quot;Tea &amp; Co.&quot; 😀<br>"
    "SKU | left<br>TEA/001 | 3<br>TEA/002 | 0<br>"
    "• reorder<br>• pause campaign" },
  { "System Notice",
    "<b>系统维护</b><br>今晚 22:00–23:00 维护\u00a0&lt;预计 1 小时&gt;<br>"
    "请提前保存。",
    "系统维护<br>今晚 22:00–23:00 维护\u00a0&lt;预计 1 小时&gt;<br>"
    "请提前保存。" },
  { "System Notice", "<b>No content</b>", "No content" },
};

static char *
dup_member (JsonObject *object, const char *name)
{
  return g_strdup (
      json_object_get_string_member_with_default (object, name, NULL));
}

static WnNotification *
parse_sample (const char *line)
{
  g_autoptr (JsonNode) node = json_from_string (line, NULL);
  JsonObject *object = json_node_get_object (node);
  WnNotification *notification = wn_notification_new ();

  notification->type = dup_member (object, "type");
  notification->title = dup_member (object, "title");
  notification->content = dup_member (object, "content");
  notification->filename = dup_member (object, "filename");
  notification->is_export = g_strcmp0 (notification->type, WN_EXPORT_TYPE) == 0;
  return notification;
}

static void
test_samples (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("WN_TEST_DATA"),
                                            "laravel-notifications.jsonl",
                                            NULL);
  g_autofree char *contents = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  lines = g_strsplit (g_strchomp (contents), "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, G_N_ELEMENTS (samples));
  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autoptr (WnNotification) notification = parse_sample (lines[i]);
      g_autofree char *html = wn_notification_to_html (notification);
      g_autofree char *text = wn_notification_to_text (notification);
      g_autofree char *label = wn_notification_dup_type_label (notification);

      g_assert_cmpstr (html, ==, samples[i].html);
      g_assert_cmpstr (text, ==, samples[i].text);
      g_assert_cmpstr (label, ==, samples[i].label);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/notification/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/notification/a type has a name and a label", test_types);
  g_test_add_func ("/notification/a long title and a long type are cut",
                   test_long_title_and_type);
  g_test_add_func ("/notification/a message has fewer tags than hosts take",
                   test_tags_are_few);
  g_test_add_func ("/notification/a reference keeps it", test_reference_keeps);
  g_test_add_func ("/notification/what Laravel sends reads well", test_samples);
  return g_test_run ();
}
