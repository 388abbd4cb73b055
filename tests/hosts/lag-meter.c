/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A plugin for a host under test: for how long its main loop did not come
 * round. It ticks every 2 ms, and each second writes the longest gaps between
 * two ticks since the file was last taken away, in milliseconds, the longest
 * first, into the file that WN_LAG_FILE names.
 */

#include <purple.h>
#include <stdlib.h>

#define TICK_MS 2
#define N_GAPS 8

G_MODULE_EXPORT gboolean purple_init_plugin (PurplePlugin *plugin);

static gint64 gaps_us[N_GAPS]; /* the longest first */
static gint64 last_us;

static void
note_gap (gint64 gap_us)
{
  for (guint i = 0; i < N_GAPS; i++)
    if (gap_us > gaps_us[i])
      {
        gint64 shorter_us = gaps_us[i];

        gaps_us[i] = gap_us;
        gap_us = shorter_us;
      }
}

static gboolean
on_tick (gpointer user_data)
{
  gint64 now_us = g_get_monotonic_time ();

  note_gap (now_us - last_us - TICK_MS * G_TIME_SPAN_MILLISECOND);
  last_us = now_us;
  return G_SOURCE_CONTINUE;
}

static gboolean
on_second (gpointer user_data)
{
  const char *path = user_data;
  g_autoptr (GString) text = g_string_new (NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    for (guint i = 0; i < N_GAPS; i++)
      gaps_us[i] = 0;
  for (guint i = 0; i < N_GAPS; i++)
    g_string_append_printf (text,
                            "%.1f\n",
                            (double) gaps_us[i] / G_TIME_SPAN_MILLISECOND);
  g_file_set_contents (path, text->str, -1, NULL);
  return G_SOURCE_CONTINUE;
}

static gboolean
load (PurplePlugin *plugin)
{
  const char *path = g_getenv ("WN_LAG_FILE");

  if (path == NULL)
    return FALSE;
  last_us = g_get_monotonic_time ();
  g_timeout_add (TICK_MS, on_tick, NULL);
  g_timeout_add_seconds (1, on_second, (gpointer) path);
  return TRUE;
}

static PurplePluginInfo plugin_info = {
  .magic = PURPLE_PLUGIN_MAGIC,
  .major_version = PURPLE_MAJOR_VERSION,
  .minor_version = PURPLE_MINOR_VERSION,
  .type = PURPLE_PLUGIN_STANDARD,
  .priority = PURPLE_PRIORITY_DEFAULT,
  .id = (char *) "core-webnotify-lag-meter",
  .name = (char *) "Lag meter",
  .version = (char *) "1",
  .summary = (char *) "Measures the main loop",
  .description = (char *) "Measures the main loop",
  .author = (char *) "purple-webnotify",
  .load = load,
};

gboolean
purple_init_plugin (PurplePlugin *plugin)
{
  plugin->info = &plugin_info;
  return purple_plugin_register (plugin);
}
