/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Some other plugin of libpurple, one that brings libsoup 2 into the process.
 * It opens the library by itself, so that building it needs no headers of it;
 * what the process then holds is the same.
 */

#include <dlfcn.h>

#include <purple.h>

static gboolean
load (PurplePlugin *plugin)
{
  return dlopen ("libsoup-2.4.so.1", RTLD_NOW | RTLD_LOCAL) != NULL;
}

static PurplePluginInfo info = {
  .magic = PURPLE_PLUGIN_MAGIC,
  .major_version = PURPLE_MAJOR_VERSION,
  .minor_version = PURPLE_MINOR_VERSION,
  .type = PURPLE_PLUGIN_STANDARD,
  .priority = PURPLE_PRIORITY_DEFAULT,
  .id = (char *) "webnotify-test-soup2",
  .name = (char *) "libsoup 2",
  .version = (char *) "1",
  .load = load,
};

G_MODULE_EXPORT gboolean purple_init_plugin (PurplePlugin *plugin);

gboolean
purple_init_plugin (PurplePlugin *plugin)
{
  plugin->info = &info;
  return purple_plugin_register (plugin);
}
