/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a type from outside becomes as a contact's name.
 */

#include <string.h>

#include "core/message/notification.h"
#include "purple/contact-name.h"

#define PROJECT "jd-shop"

static const struct
{
  const char *type; /* (nullable) */
  const char *name; /* (nullable) */
  const char *alias;
} types[] = {
  { "App\\Notifications\\OrderPaid", "jd-shop/OrderPaid", "Order Paid" },
  { "OrderPaid", "jd-shop/OrderPaid", "Order Paid" },
  { "App\\Notifications\\HTTPError", "jd-shop/HTTPError", "HTTP Error" },
  { "App\\Http2Closed", "jd-shop/Http2Closed", "Http2 Closed" },
  { "stock_is_low", "jd-shop/stock_is_low", "stock is low" },
  { "\xe8\xae\xa2\xe5\x8d\x95", "jd-shop/\xe8\xae\xa2\xe5\x8d\x95", NULL },
  { "broadcast.sale-ended", "jd-shop/broadcast.sale-ended", NULL },
  { "../../etc/passwd", "jd-shop/.._.._etc_passwd", NULL },
  { "<b>Bold</b>", "jd-shop/_b_Bold__b_", NULL },
  { "a\nb", "jd-shop/a_b", NULL },
  { "a/b", "jd-shop/a_b", NULL },
  { "Caf\x65\xcc\x81", "jd-shop/Caf\xc3\xa9", NULL },
  { NULL, NULL, NULL },
  { "", NULL, NULL },
  { "App\\Notifications\\", NULL, NULL },
  { "   ", NULL, NULL },
  { "..", NULL, NULL },
  { "<>", NULL, NULL },
  { "\xf0\x9f\x98\x80", NULL, NULL },
  { "\xe2\x80\xae", NULL, NULL },
  /* The fillers that Unicode counts among the letters */
  { "\xe3\x85\xa4", NULL, NULL },
  { "\xe1\x85\x9f\xe1\x85\xa0", NULL, NULL },
  { "\xef\xbe\xa0", NULL, NULL },
  { "a\xe3\x85\xa4", "jd-shop/a_", "a" },
};

static char *
name_of (const char *type)
{
  g_autofree char *source = wn_notification_dup_type_name (type);

  return wn_contact_name_for_source (PROJECT, source);
}

static void
test_types (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *name = name_of (types[i].type);
      g_autofree char *alias = NULL;

      g_assert_cmpstr (name, ==, types[i].name);
      if (name == NULL)
        continue;
      alias = wn_contact_name_dup_label (PROJECT, name, TRUE);
      if (types[i].alias != NULL)
        g_assert_cmpstr (alias, ==, types[i].alias);
      g_assert_true (wn_contact_name_is_of (PROJECT, name));
    }
}

/* A topic or an application is called what it is called. */
static void
test_sources (void)
{
  static const char *const sources[][2] = {
    { "GitHub", "GitHub" },
    { "backups", "backups" },
    { "My_App", "My App" },
    { "My App", "My App" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      g_autofree char *name
          = wn_contact_name_for_source ("ntfy.sh", sources[i][0]);
      g_autofree char *label
          = wn_contact_name_dup_label ("ntfy.sh", name, FALSE);

      g_assert_cmpstr (label, ==, sources[i][1]);
    }
}

static void
test_length (void)
{
  static const char *const characters[] = { "A", "\xe8\xae\xa2" };

  for (gsize i = 0; i < G_N_ELEMENTS (characters); i++)
    {
      GString *type = g_string_new (NULL);
      g_autofree char *name = NULL;

      for (guint j = 0; j < 100000; j++)
        g_string_append (type, characters[i]);
      name = name_of (type->str);
      g_assert_true (g_utf8_validate (name, -1, NULL));
      g_assert_cmpint (g_utf8_strlen (name, -1), <=, strlen (PROJECT "/") + 64);
      g_string_free (type, TRUE);
    }
}

/* Sorting the accents of one letter takes GLib a time that is quadratic. */
static void
test_accents (void)
{
  GString *source = g_string_new ("a");
  g_autofree char *name = NULL;

  for (guint i = 0; i < 500000; i++)
    g_string_append (source, "\xcc\x81\xcc\xa3");
  name = wn_contact_name_for_source (PROJECT, source->str);
  g_assert_true (g_str_has_prefix (name, PROJECT "/\xe1\xba\xa1_"));
  g_assert_cmpint (g_utf8_strlen (name, -1), ==, strlen (PROJECT "/") + 64);
  g_string_free (source, TRUE);
}

static void
test_others (void)
{
  static const struct
  {
    const char *name;
    gboolean is_ours;
  } table[] = {
    { "jd-shop", TRUE }, { "jd-shop/OrderPaid", TRUE },   { "jd-shop2", FALSE },
    { "jd-sho", FALSE }, { "jd-shop2/OrderPaid", FALSE }, { "", FALSE },
    { "mum", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    g_assert_cmpint (wn_contact_name_is_of (PROJECT, table[i].name),
                     ==,
                     table[i].is_ours);
  g_assert_null (wn_contact_name_dup_label (PROJECT, PROJECT, TRUE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/contact-name/a type is a name and words", test_types);
  g_test_add_func ("/contact-name/another source keeps its spelling",
                   test_sources);
  g_test_add_func ("/contact-name/no type makes a long name", test_length);
  g_test_add_func ("/contact-name/nor do a million accents take long",
                   test_accents);
  g_test_add_func ("/contact-name/others' contacts are not ours", test_others);
  return g_test_run ();
}
