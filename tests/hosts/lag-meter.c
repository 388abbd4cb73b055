/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A plugin for a host under test: for how long its main loop did not come
 * round. It ticks every 2 ms, and each second writes the longest gaps between
 * two ticks since the file was last taken away, a line each, the longest first,
 * into the file that WN_LAG_FILE names: in milliseconds, and how many of them
 * the processor spent on the main loop's thread.
 */

#include <purple.h>
#include <time.h>

#define TICK_MS 2
#define N_GAPS 8

G_MODULE_EXPORT gboolean purple_init_plugin (PurplePlugin *plugin);

typedef struct
{
  gint64 us;
  gint64 cpu_us;
} Gap;

static Gap gaps[N_GAPS]; /* the longest first */
static Gap last;         /* both clocks at the last tick */

static Gap
read_clocks (void)
{
  struct timespec cpu;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &cpu);
  return (Gap){
    .us = g_get_monotonic_time (),
    .cpu_us = cpu.tv_sec * G_TIME_SPAN_SECOND + cpu.tv_nsec / 1000,
  };
}

static void
note_gap (Gap gap)
{
  for (guint i = 0; i < N_GAPS; i++)
    if (gap.us > gaps[i].us)
      {
        Gap shorter = gaps[i];

        gaps[i] = gap;
        gap = shorter;
      }
}

static gboolean
on_tick (gpointer user_data)
{
  Gap now = read_clocks ();

  note_gap ((Gap){
      .us = now.us - last.us - TICK_MS * G_TIME_SPAN_MILLISECOND,
      .cpu_us = now.cpu_us - last.cpu_us,
  });
  last = now;
  return G_SOURCE_CONTINUE;
}

static gboolean
on_second (gpointer user_data)
{
  const char *path = user_data;
  g_autoptr (GString) text = g_string_new (NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    for (guint i = 0; i < N_GAPS; i++)
      gaps[i] = (Gap){ 0 };
  for (guint i = 0; i < N_GAPS; i++)
    g_string_append_printf (text,
                            "%.1f %.1f\n",
                            (double) gaps[i].us / G_TIME_SPAN_MILLISECOND,
                            (double) gaps[i].cpu_us / G_TIME_SPAN_MILLISECOND);
  g_file_set_contents (path, text->str, -1, NULL);
  return G_SOURCE_CONTINUE;
}

static gboolean
load (PurplePlugin *plugin)
{
  const char *path = g_getenv ("WN_LAG_FILE");

  if (path == NULL)
    return FALSE;
  last = read_clocks ();
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
