/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One row for each host that the plugin has been tried in.
 */

#include "purple/host.h"

#include <purple.h>

static const WnHost hosts[] = {
  {
      /* Pidgin */
      .ui = "gtk-gaim",
      .shows_formatting = TRUE,
      .title_start = "<b>",
      .title_end = "</b>",
      .has_commands = TRUE,
      .has_slow_window = TRUE,
  },
  {
      /* Finch. It adds each link's URL by itself, so it is given no links. */
      .ui = "gnt-purple",
      .title_start = "[",
      .title_end = "]",
      .has_commands = TRUE,
      .has_slow_window = TRUE,
  },
  {
      /* BitlBee makes IRC's bold of <b>, and strips all other tags. */
      .ui = "BitlBee",
      .title_start = "<b>",
      .title_end = "</b>",
      .passes_files_on = TRUE,
      .forgets_accounts = TRUE,
      .needs_tick = TRUE,
  },
};

static const WnHost unknown_host = {
  .shows_formatting = TRUE,
  .title_start = "<b>",
  .title_end = "</b>",
  .has_commands = TRUE,
};

const WnHost *
wn_host_get (void)
{
  const char *ui = purple_core_get_ui ();

  for (gsize i = 0; i < G_N_ELEMENTS (hosts); i++)
    if (g_strcmp0 (hosts[i].ui, ui) == 0)
      return &hosts[i];
  return &unknown_host;
}
