/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Somebody else's plugin, which leaks: when it is looked at, in a thread of its
 * own, and in a callback from the main loop.
 */

#include <purple.h>

static char *volatile forgotten;

static void
forget (void)
{
  for (guint i = 0; i < 100; i++)
    forgotten = g_strnfill (1000, 'x');
  forgotten = NULL;
}

static gboolean
on_idle (gpointer data)
{
  forget ();
  return G_SOURCE_REMOVE;
}

static gpointer
on_thread (gpointer data)
{
  forget ();
  return NULL;
}

static PurplePluginInfo info = {
  .magic = PURPLE_PLUGIN_MAGIC,
  .major_version = PURPLE_MAJOR_VERSION,
  .minor_version = PURPLE_MINOR_VERSION,
  .type = PURPLE_PLUGIN_STANDARD,
  .priority = PURPLE_PRIORITY_DEFAULT,
  .id = (char *) "webnotify-test-stranger",
  .name = (char *) "A stranger",
  .version = (char *) "1",
};

G_MODULE_EXPORT gboolean purple_init_plugin (PurplePlugin *plugin);

gboolean
purple_init_plugin (PurplePlugin *plugin)
{
  plugin->info = &info;
  forget ();
  g_idle_add (on_idle, NULL);
  g_thread_join (g_thread_new ("stranger", on_thread, NULL));
  return purple_plugin_register (plugin);
}
