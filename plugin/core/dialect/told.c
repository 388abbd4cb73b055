/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where not all can be remembered, the second moves on. Only within the newest
 * second a message may be told once more rather than not at all.
 */

#include "core/dialect/told.h"

#include <string.h>

/* In hexadecimal digits */
#define DIGEST_CHARS 12
#define MAX_TIME_S (G_MAXINT64 / G_TIME_SPAN_SECOND)
/* What comes before a list must not take the place of what a cursor brought:
 * only the list tells how old that is.
 */
#define MAX_HELD (2 * WN_TOLD_MAX_IDS)

typedef struct
{
  gint64 time_s;      /* 0: not known */
  gboolean is_listed; /* in the list that is being told */
  char digest[DIGEST_CHARS + 1];
} Memento;

void
wn_told_init (WnTold *self)
{
  *self = (WnTold){
    .latest_s = MAX_TIME_S,
    .mementos = g_array_new (FALSE, FALSE, sizeof (Memento)),
  };
}

void
wn_told_clear (WnTold *self)
{
  g_clear_pointer (&self->mementos, g_array_unref);
}

static Memento *
get_memento (const WnTold *self, guint i)
{
  return &g_array_index (self->mementos, Memento, i);
}

static void
compute_digest (const char *id, char *digest)
{
  g_autofree char *full
      = g_compute_checksum_for_string (G_CHECKSUM_SHA256, id, -1);

  g_strlcpy (digest, full, DIGEST_CHARS + 1);
}

static Memento *
find_memento (const WnTold *self, const char *id)
{
  char digest[DIGEST_CHARS + 1];

  compute_digest (id, digest);
  for (guint i = 0; i < self->mementos->len; i++)
    if (g_str_equal (get_memento (self, i)->digest, digest))
      return get_memento (self, i);
  return NULL;
}

/* --- From a cursor ------------------------------------------------------ */

static void
read_digests (WnTold *self, const char *text)
{
  g_auto (GStrv) digests = g_strsplit (text, ",", -1);

  for (char **digest = digests; *digest != NULL; digest++)
    {
      Memento memento = { 0 };

      if (strlen (*digest) != DIGEST_CHARS
          || self->mementos->len == WN_TOLD_MAX_IDS)
        continue;
      memcpy (memento.digest, *digest, DIGEST_CHARS);
      g_array_append_val (self->mementos, memento);
    }
}

void
wn_told_read_cursor (WnTold *self, const char *cursor)
{
  char *end = NULL;
  gint64 since_s
      = g_ascii_isdigit (*cursor) ? g_ascii_strtoll (cursor, &end, 10) : -1;

  if (since_s < 0 || since_s > MAX_TIME_S || (*end != '\0' && *end != ';'))
    return;
  self->is_begun = TRUE;
  self->since_s = since_s;
  if (*end == ';')
    read_digests (self, end + 1);
}

/* --- What is known ------------------------------------------------------ */

gboolean
wn_told_is_past (const WnTold *self, gint64 time_s)
{
  return time_s > 0 && time_s < self->since_s;
}

gboolean
wn_told_knows (const WnTold *self, const char *id, gint64 time_s)
{
  return wn_told_is_past (self, time_s) || find_memento (self, id) != NULL;
}

/* What was created before that second needs no digest. */
static void
move_on (WnTold *self, gint64 since_s)
{
  self->since_s = MAX (self->since_s, since_s);
  for (guint i = self->mementos->len; i-- > 0;)
    {
      if (wn_told_is_past (self, get_memento (self, i)->time_s))
        g_array_remove_index (self->mementos, i);
    }
}

static void
find_span (const WnTold *self, gint64 *oldest_s, gint64 *newest_s)
{
  *oldest_s = G_MAXINT64;
  *newest_s = 0;
  for (guint i = 0; i < self->mementos->len; i++)
    {
      gint64 time_s = get_memento (self, i)->time_s;

      if (time_s > 0)
        *oldest_s = MIN (*oldest_s, time_s);
      *newest_s = MAX (*newest_s, time_s);
    }
}

/* The oldest second goes first. Of the newest one more may be to come: rather
 * than that these are taken for known, one that was told is forgotten.
 */
static void
shrink (WnTold *self, guint max_ids)
{
  gint64 oldest_s, newest_s;

  while (self->mementos->len > max_ids)
    {
      find_span (self, &oldest_s, &newest_s);
      if (oldest_s < newest_s)
        move_on (self, oldest_s + 1);
      else
        g_array_remove_index (self->mementos, 0);
    }
}

void
wn_told_add (WnTold *self, const char *id, gint64 time_s)
{
  Memento *known = find_memento (self, id);
  Memento memento = { .time_s = time_s };

  if (known != NULL)
    {
      known->time_s = MAX (known->time_s, time_s);
      return;
    }
  if (wn_told_is_past (self, time_s))
    return;
  shrink (self, MAX_HELD - 1);
  compute_digest (id, memento.digest);
  g_array_append_val (self->mementos, memento);
}

void
wn_told_add_listed (WnTold *self, const char *id, gint64 time_s)
{
  Memento *memento;

  wn_told_add (self, id, time_s);
  memento = find_memento (self, id);
  if (memento != NULL)
    memento->is_listed = TRUE;
}

/* What came by itself and is in no list is none of the list's, but for the
 * last: these may be on their way into it. Where there is room they stay,
 * because a long list may not have been had as a whole.
 */
static void
forget_unlisted (WnTold *self)
{
  guint n_unlisted = 0;

  if (self->mementos->len <= WN_TOLD_MAX_IDS / 2)
    return;
  for (guint i = self->mementos->len; i-- > 0;)
    if (get_memento (self, i)->time_s == 0 && !get_memento (self, i)->is_listed
        && ++n_unlisted > WN_TOLD_MAX_UNLISTED)
      g_array_remove_index (self->mementos, i);
}

/* Returns: when the last of the newest that are remembered in any case was
 * created; 0 where there are fewer
 */
static gint64
find_supported_s (const WnTold *self)
{
  gint64 newest_s[WN_TOLD_MIN_IDS] = { 0 };

  for (guint i = 0; i < self->mementos->len; i++)
    {
      gint64 time_s = get_memento (self, i)->time_s;

      for (guint j = 0; j < WN_TOLD_MIN_IDS; j++)
        if (time_s > newest_s[j])
          {
            gint64 older_s = newest_s[j];

            newest_s[j] = time_s;
            time_s = older_s;
          }
    }
  return newest_s[WN_TOLD_MIN_IDS - 1];
}

void
wn_told_end_list (WnTold *self)
{
  self->is_begun = TRUE;
  move_on (self,
           MIN (find_supported_s (self), self->latest_s) - WN_TOLD_MARGIN_S);
  forget_unlisted (self);
  shrink (self, WN_TOLD_MAX_IDS);
  for (guint i = 0; i < self->mementos->len; i++)
    get_memento (self, i)->is_listed = FALSE;
}

/* --- As a cursor -------------------------------------------------------- */

char *
wn_told_dup_cursor (const WnTold *self)
{
  g_autoptr (GArray) mementos = g_array_copy (self->mementos);
  WnTold kept = { .since_s = self->since_s, .mementos = mementos };
  GString *cursor = g_string_new (NULL);

  shrink (&kept, WN_TOLD_MAX_IDS);
  g_string_append_printf (cursor, "%" G_GINT64_FORMAT, kept.since_s);
  for (guint i = 0; i < mementos->len; i++)
    g_string_append_printf (cursor,
                            "%c%s",
                            i == 0 ? ';' : ',',
                            get_memento (&kept, i)->digest);
  return g_string_free (cursor, FALSE);
}
