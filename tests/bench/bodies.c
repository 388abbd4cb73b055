/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later */

#include "bench/bodies.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "bench/libraries.h"

#define SAMPLES 0
#define PLAIN (WN_BODIES_N_KINDS - 1)

static const struct
{
  const char *name;
  const char *const parts[5]; /* none: the samples */
} kinds[WN_BODIES_N_KINDS] = {
  [SAMPLES] = { "samples", { NULL } },
  { "short",
    { "<p>Order <b>#1042</b> was <i>paid</i>: <a "
      "href=\"https://shop.example/orders/1042\">details</a></p>",
      "<p>Stock of <b>TEA/001</b> is <span "
      "style=\"color:#c00\">low</span>.</p>\n",
      NULL } },
  { "Chinese",
    { "<p>订单 <b>#20261122-0042</b> 已支付 <span style=\"color:#c00\">"
      "¥1,299.00</span></p>",
      "<p>请尽快处理，<a href=\"https://shop.example/orders/42\">查看订单</a>。"
      "</p>",
      NULL } },
  { "tables",
    { "<table><tr><th>SKU</th><th>left</th></tr>"
      "<tr><td>TEA/001</td><td>3</td></tr><tr><td>TEA/002</td><td>0</td></tr>"
      "</table>\n",
      "<ul><li>reorder</li><li>pause <i>campaign</i></li></ul>",
      NULL } },
  { "links",
    { "<a href=\"https://shop.example/a?b=1&amp;c=2\">see</a> ",
      "<a href='https://shop.example/orders/42'>View order</a><br>",
      "<a href=\"https://www.shop.example/\">www.shop.example</a>, ",
      NULL } },
  [PLAIN]
  = { "plain words", { "Plain words of a shop, ", "and some more. ", NULL } },
};

static GPtrArray *
load_samples (void)
{
  GPtrArray *samples = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *path = g_build_filename (g_getenv ("WN_TEST_DATA"),
                                            "laravel-notifications.jsonl",
                                            NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    g_error ("WN_TEST_DATA must name the folder tests/data");
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autoptr (JsonParser) parser
          = wn_libraries_parse_json (lines[i], strlen (lines[i]));
      JsonObject *frame = json_node_get_object (json_parser_get_root (parser));
      JsonNode *content = json_object_get_member (frame, "content");

      if (content != NULL && JSON_NODE_HOLDS_VALUE (content))
        g_ptr_array_add (samples, json_node_dup_string (content));
    }
  return samples;
}

static GPtrArray *
get_parts (guint kind)
{
  GPtrArray *parts;

  if (kind == SAMPLES)
    return load_samples ();
  parts = g_ptr_array_new_with_free_func (g_free);
  for (const char *const *part = kinds[kind].parts; *part != NULL; part++)
    g_ptr_array_add (parts, g_strdup (*part));
  return parts;
}

const char *
wn_bodies_get_name (guint kind)
{
  return kinds[kind].name;
}

char *
wn_bodies_make (guint kind, gsize size)
{
  g_autoptr (GPtrArray) parts = get_parts (kind);
  GString *body = g_string_new (NULL);

  for (guint i = 0;; i++)
    {
      const char *part = parts->pdata[i % parts->len];

      if (i > 0 && body->len + strlen (part) > size)
        return g_string_free (body, FALSE);
      g_string_append (body, part);
    }
}

GPtrArray *
wn_bodies_make_set (const char *name, gsize size)
{
  GPtrArray *bodies;

  if (g_str_equal (name, "samples"))
    return load_samples ();
  bodies = g_ptr_array_new_with_free_func (g_free);
  if (g_str_equal (name, "plain"))
    g_ptr_array_add (bodies, wn_bodies_make (PLAIN, size));
  else if (g_str_equal (name, "tagged"))
    for (guint kind = 0; kind < PLAIN; kind++)
      g_ptr_array_add (bodies, wn_bodies_make (kind, size));
  else
    g_error ("no bodies are called %s", name);
  return bodies;
}
