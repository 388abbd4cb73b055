/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A name becomes a log's folder, a nick on IRC and a line of a list, so it has
 * only characters that are harmless in each.
 */

#include "purple/contact-name.h"

#include <string.h>

#include "core/message/notification.h"

#define SEPARATOR '/'
#define MAX_SOURCE_CHARS 64
/* The time that composing its accents takes is quadratic. */
#define MAX_SOURCE_BYTES 1024

/* Unicode counts these fillers among the letters, but nobody sees them. */
static gboolean
is_visible_letter (gunichar c)
{
  static const gunichar fillers[] = { 0x115f, 0x1160, 0x3164, 0xffa0 };

  for (gsize i = 0; i < G_N_ELEMENTS (fillers); i++)
    if (c == fillers[i])
      return FALSE;
  return g_unichar_isalnum (c);
}

/* Appends at most %MAX_SOURCE_CHARS of @source; returns whether a person could
 * tell it from another.
 */
static gboolean
append_source (GString *name, const char *source)
{
  gboolean is_readable = FALSE;
  guint n_chars = 0;

  for (const char *p = source; *p != '\0' && n_chars < MAX_SOURCE_CHARS;
       p = g_utf8_next_char (p), n_chars++)
    {
      gunichar c = g_utf8_get_char (p);

      if (is_visible_letter (c))
        is_readable = TRUE;
      else if (c != '_' && c != '-' && c != '.')
        c = '_';
      g_string_append_unichar (name, c);
    }
  return is_readable;
}

char *
wn_contact_name_for_source (const char *own, const char *source)
{
  g_autofree char *composed = NULL;
  const char *end;
  GString *name = NULL;
  gboolean is_readable;

  if (source == NULL)
    return NULL;
  g_utf8_validate_len (source, MIN (strlen (source), MAX_SOURCE_BYTES), &end);
  composed
      = g_utf8_normalize (source, end - source, G_NORMALIZE_DEFAULT_COMPOSE);
  name = g_string_new (own);
  g_string_append_c (name, SEPARATOR);
  is_readable = append_source (name, composed);
  return g_string_free (name, !is_readable);
}

/* (nullable): what stands behind @own and the separator. */
static const char *
find_source (const char *own, const char *name)
{
  gsize length = strlen (own);

  if (strncmp (name, own, length) != 0 || name[length] != SEPARATOR)
    return NULL;
  return name + length + 1;
}

gboolean
wn_contact_name_is_of (const char *own, const char *name)
{
  return g_str_equal (own, name) || find_source (own, name) != NULL;
}

char *
wn_contact_name_dup_label (const char *own, const char *name, gboolean is_type)
{
  const char *source = find_source (own, name);
  char *label = NULL;

  if (source == NULL)
    return NULL;
  label = is_type ? wn_notification_dup_type_label (source)
                  : g_strdelimit (g_strdup (source), "_", ' ');
  return label != NULL ? g_strstrip (label) : NULL;
}
