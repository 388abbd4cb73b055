/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What all dialects have in common.
 */

#include "core/dialect/dialect.h"

#include <string.h>

GQuark
wn_dialect_error_quark (void)
{
  return g_quark_from_static_string ("wn-dialect-error-quark");
}

gboolean
wn_dialect_fail (GError **error, WnDialectError code, const char *detail)
{
  g_set_error_literal (error, WN_DIALECT_ERROR, (int) code, detail);
  return FALSE;
}

char *
wn_identity_dup_option (const WnIdentity *self, const char *key)
{
  const char *value = g_hash_table_lookup (self->options, key);

  return g_strstrip (g_strdup (value != NULL ? value : ""));
}

gboolean
wn_identity_is (const WnIdentity *self, const char *key, const char *value)
{
  g_autofree char *option = wn_identity_dup_option (self, key);

  return g_str_equal (option, value);
}

gint64
wn_identity_get_number (const WnIdentity *self, const char *key, gint64 max)
{
  g_autofree char *option = wn_identity_dup_option (self, key);

  return MIN (g_ascii_strtoll (option, NULL, 10), max);
}

/* A URL in a user name has slashes of its own. */
static gboolean
is_of_scheme (const char *username, const char *slash)
{
  return slash - username >= 2 && g_str_has_prefix (slash - 2, "://");
}

char *
wn_username_cut (char *username, char separator, const char *fallback)
{
  char *at = strrchr (username, separator);

  if (at == NULL || is_of_scheme (username, at))
    return g_strdup (fallback);
  *at = '\0';

  const char *part = g_strstrip (at + 1);

  return g_strdup (*part != '\0' ? part : fallback);
}

/* From its end, at the last separators. */
static void
split_joined (const char *username, const WnSplit *splits, char **parts)
{
  g_autofree char *rest = g_strdup (username);

  parts[2] = wn_username_cut (rest, splits[1].separator, splits[1].fallback);
  parts[1] = wn_username_cut (rest, splits[0].separator, splits[0].fallback);
  parts[0] = g_strdup (g_strstrip (rest));
}

static gboolean
is_typed_as_first (char **parts, const WnSplit *splits)
{
  const char *second = strchr (parts[0], splits[0].separator);
  const char *third = strrchr (parts[0], splits[1].separator);

  return g_str_equal (parts[1], splits[0].fallback)
         && g_str_equal (parts[2], splits[1].fallback) && second != NULL
         && third != NULL && second < third;
}

GStrv
wn_username_split (const char *username, const WnSplit *splits)
{
  g_auto (GStrv) parts = g_new0 (char *, 4);
  GStrv parts_of_first;

  split_joined (username, splits, parts);
  if (!is_typed_as_first (parts, splits))
    return g_steal_pointer (&parts);
  parts_of_first = g_new0 (char *, 4);
  split_joined (parts[0], splits, parts_of_first);
  return parts_of_first;
}

void
wn_account_set_bearer (WnAccount *self, const char *token)
{
  g_free (self->authorization);
  self->authorization
      = token != NULL ? g_strconcat ("Bearer ", token, NULL) : NULL;
}

WnCall *
wn_account_new_call (const WnAccount *self, const char *method, char *url)
{
  WnCall *call = g_new0 (WnCall, 1);

  call->method = g_strdup (method);
  call->url = url;
  call->authorization = g_strdup (self->authorization);
  return call;
}

void
wn_account_clear (WnAccount *self)
{
  g_free (self->username);
  g_free (self->contact);
  g_free (self->label);
  g_free (self->link_base);
  g_free (self->token_url);
  g_free (self->authorization);
}

gboolean
wn_cursor_is_sound (const char *text)
{
  gsize length = text != NULL ? strlen (text) : 0;

  if (length == 0 || length > WN_MAX_CURSOR_CHARS)
    return FALSE;
  for (; *text != '\0'; text++)
    if (!g_ascii_isgraph (*text))
      return FALSE;
  return TRUE;
}
