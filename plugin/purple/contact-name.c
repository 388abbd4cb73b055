/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A name becomes a log's folder, a nick on IRC and a line of a list: so only
 * characters that are harmless in each.
 */

#include "purple/contact-name.h"

#include <string.h>

#define SEPARATOR '/'
#define MAX_TYPE_CHARS 64

/* Appends at most %MAX_TYPE_CHARS of @type; returns whether a person could
 * tell it from another.
 */
static gboolean
append_type (GString *name, const char *type)
{
  gboolean is_readable = FALSE;
  guint n_chars = 0;

  for (const char *p = type; *p != '\0' && n_chars < MAX_TYPE_CHARS;
       p = g_utf8_next_char (p), n_chars++)
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isalnum (c))
        is_readable = TRUE;
      else if (c != '_' && c != '-' && c != '.')
        c = '_';
      g_string_append_unichar (name, c);
    }
  return is_readable;
}

char *
wn_contact_name_for_type (const char *project,
                          const WnNotification *notification)
{
  g_autofree char *type = wn_notification_dup_type_name (notification->type);
  g_autofree char *composed = NULL;
  GString *name = NULL;
  gboolean is_readable;

  if (type == NULL)
    return NULL;
  composed = g_utf8_normalize (type, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  name = g_string_new (project);
  g_string_append_c (name, SEPARATOR);
  is_readable = append_type (name, composed);
  return g_string_free (name, !is_readable);
}

/* (nullable): what stands behind the project and the separator. */
static const char *
find_type (const char *project, const char *name)
{
  gsize length = strlen (project);

  if (strncmp (name, project, length) != 0 || name[length] != SEPARATOR)
    return NULL;
  return name + length + 1;
}

gboolean
wn_contact_name_is_of (const char *project, const char *name)
{
  return g_str_equal (project, name) || find_type (project, name) != NULL;
}

char *
wn_contact_name_dup_alias (const char *project, const char *name)
{
  char *label = wn_notification_dup_type_label (find_type (project, name));

  return label != NULL ? g_strstrip (label) : NULL;
}
