/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/markup/smiley.h"

#include <string.h>

#define FIRSTS ":;=-" /* of a pair */
#define ZERO_WIDTH_SPACE "\342\200\213"

/* Whether two characters are in a smiley of the theme that Pidgin has when it
 * is installed. Each of these smileys has such a pair.
 */
static gboolean
is_pair (char first, char second)
{
  switch (first)
    {
    case ':':
      return second != '\0' && strchr ("-('|)DdOoPp", second) != NULL;
    case ';':
      return second == '-' || second == ')';
    case '=':
      return second == '-';
    case '-':
      return second == ')' || second == '|';
    default:
      return FALSE;
    }
}

/* Whether @text has more characters that begin pairs than pairs are kept. One
 * search for each of them is several times faster than one for any of them.
 */
static gboolean
may_have_many (const char *text)
{
  guint n = 0;

  if (strlen (text) <= WN_SMILEY_MAX_KEPT)
    return FALSE;
  for (const char *first = FIRSTS; *first != '\0'; first++)
    for (const char *p = text; (p = strchr (p, *first)) != NULL; p++)
      n++;
  return n > WN_SMILEY_MAX_KEPT;
}

char *
wn_smiley_part (char *html)
{
  const char *copied = html;
  g_autoptr (GString) parted = NULL;
  guint n = 0;

  if (!may_have_many (html))
    return html;
  for (const char *p = html; *(p += strcspn (p, FIRSTS "<")) != '\0';)
    {
      if (*p == '<')
        p += strcspn (p, ">");
      else if (!is_pair (p[0], p[1]) || ++n <= WN_SMILEY_MAX_KEPT)
        p++;
      else
        {
          if (parted == NULL)
            parted = g_string_new (NULL);
          g_string_append_len (parted, copied, ++p - copied);
          g_string_append (parted, ZERO_WIDTH_SPACE);
          copied = p;
        }
    }
  if (parted == NULL)
    return html;
  g_string_append (parted, copied);
  g_free (html);
  return g_string_free (g_steal_pointer (&parted), FALSE);
}
