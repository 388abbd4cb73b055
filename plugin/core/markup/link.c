/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Errs on the side of saying once too often where a link leads.
 */

#include "core/markup/link.h"

#include <string.h>

#include "core/dialect/host.h"
#include "core/markup/text.h"

#define MAX_URL_BYTES 2048

static char *
encode_url (const char *url)
{
  GString *out = g_string_new (NULL);
  const char *end = url + strlen (url);

  for (const char *p = url; p < end;)
    {
      gsize n_hidden = wn_text_hidden_length (p, end);

      if (n_hidden > 0 || *p == '\n' || *p == '\r' || *p == '\t')
        p += MAX (1, n_hidden);
      else if (strchr (" \f\"<>\\^`{|}", *p))
        g_string_append_printf (out, "%%%02X", (guchar) *p++);
      else
        g_string_append_c (out, *p++);
    }
  return g_string_free (out, FALSE);
}

static char *
url_dup_host (const char *url)
{
  char *host = NULL;

  if (!g_uri_split (url,
                    G_URI_FLAGS_PARSE_RELAXED,
                    NULL,
                    NULL,
                    &host,
                    NULL,
                    NULL,
                    NULL,
                    NULL,
                    NULL))
    return NULL;
  return host;
}

static gboolean
is_web_url (const char *url)
{
  g_autofree char *host = NULL;

  if (g_ascii_strncasecmp (url, "http://", 7) != 0
      && g_ascii_strncasecmp (url, "https://", 8) != 0)
    return FALSE;
  host = url_dup_host (url);
  return host != NULL && *host != '\0';
}

static gboolean
is_mail_url (const char *url)
{
  return g_ascii_strncasecmp (url, "mailto:", 7) == 0 && url[7] != '\0';
}

/* The URL to link to, or NULL where it is none that we link to. */
char *
wn_link_dup_url (const char *raw)
{
  g_autofree char *trimmed = NULL;
  g_autofree char *url = NULL;

  if (raw == NULL || strlen (raw) > MAX_URL_BYTES)
    return NULL;
  trimmed = g_strstrip (g_strdup (raw));
  url = encode_url (trimmed);
  return is_web_url (url) || is_mail_url (url) ? g_steal_pointer (&url) : NULL;
}

static gboolean
looks_like_host (const char *text)
{
  const char *last = strrchr (text, '.');

  if (g_hostname_is_ip_address (text))
    return TRUE;
  if (last == NULL || last == text || strlen (last + 1) < 2)
    return FALSE;
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && !strchr ("-._", *p) && (guchar) *p < 0x80)
      return FALSE;
  return !g_ascii_isdigit (last[1]);
}

static const char *
skip_www (const char *host)
{
  return g_ascii_strncasecmp (host, "www.", 4) == 0 ? host + 4 : host;
}

static gboolean
is_same_host (const char *a, const char *b)
{
  g_autofree char *ascii_a = g_hostname_to_ascii (a);
  g_autofree char *ascii_b = g_hostname_to_ascii (b);

  return ascii_a != NULL && ascii_b != NULL
         && g_ascii_strcasecmp (skip_www (ascii_a), skip_www (ascii_b)) == 0;
}

/* The host that a reader takes @word for, or NULL. */
static char *
word_dup_host (const char *word)
{
  const char *scheme = strstr (word, "://");
  g_autofree char *host = g_strdup (scheme != NULL ? scheme + 3 : word);
  char *at;

  host[strcspn (host, "/?#\\")] = '\0';
  at = strrchr (host, '@');
  if (at != NULL)
    memmove (host, at + 1, strlen (at + 1) + 1);
  host[strcspn (host, ":")] = '\0';
  return looks_like_host (host) ? g_steal_pointer (&host) : NULL;
}

static gboolean
is_same_url (const char *a, const char *b)
{
  gsize a_length = strlen (a);
  gsize b_length = strlen (b);

  if (g_str_has_suffix (a, "/"))
    a_length--;
  if (g_str_has_suffix (b, "/"))
    b_length--;
  return a_length == b_length && g_ascii_strncasecmp (a, b, a_length) == 0;
}

/* What a reader learns of the target from a text. */
typedef enum
{
  TELLS_NOTHING,
  TELLS_TARGET,
  TELLS_LIES,
} Telling;

static char *
mail_url_dup_address (const char *url)
{
  return g_strndup (url + strlen ("mailto:"), strcspn (url + 7, "?"));
}

static Telling
judge_word (const char *word, const char *url)
{
  g_autofree char *shown = word_dup_host (word);
  g_autofree char *real = NULL;
  gboolean is_same;

  if (shown == NULL)
    return TELLS_NOTHING;
  real = is_mail_url (url) ? mail_url_dup_address (url) : url_dup_host (url);
  if (is_mail_url (url))
    is_same = g_ascii_strcasecmp (word, real) == 0;
  else if (strstr (word, "://") != NULL)
    is_same = is_same_url (word, url);
  else
    is_same = real != NULL && is_same_host (shown, real);
  return is_same ? TELLS_TARGET : TELLS_LIES;
}

static char *
trim_punctuation (char *word)
{
  static const char marks[] = "()[]<>{}\"'.,;:!?*";
  gsize length;

  word += strspn (word, marks);
  length = strlen (word);
  while (length > 0 && strchr (marks, word[length - 1]))
    length--;
  word[length] = '\0';
  return word;
}

static Telling
judge_text (const char *text, const char *url)
{
  g_autofree char *folded
      = g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE);
  g_autofree char *dotted = NULL;
  g_auto (GStrv) by_dot = NULL;
  g_auto (GStrv) words = NULL;
  Telling result = TELLS_NOTHING;

  if (folded == NULL)
    return TELLS_LIES;
  by_dot = g_strsplit (folded, "\343\200\202", -1);
  dotted = g_strjoinv (".", by_dot);
  words = g_strsplit_set (dotted, " \t\n", -1);
  for (guint i = 0; words[i] != NULL; i++)
    {
      Telling telling = judge_word (trim_punctuation (words[i]), url);

      result = MAX (result, telling);
    }
  return result;
}

/* A host in ASCII, so that no letter can pose as another, with its port; the
 * whole URL where that would read as something else.
 */
static char *
dup_place (const char *url)
{
  g_autofree char *host = NULL;
  g_autofree char *ascii = NULL;
  int port = -1;

  if (is_mail_url (url))
    return mail_url_dup_address (url);
  if (!g_uri_split (url,
                    G_URI_FLAGS_PARSE_RELAXED,
                    NULL,
                    NULL,
                    &host,
                    &port,
                    NULL,
                    NULL,
                    NULL,
                    NULL))
    return g_strdup (url);
  ascii = g_hostname_to_ascii (host);
  if (ascii == NULL || !wn_host_is_sound (ascii))
    return g_strdup (url);
  return port > 0 ? g_strdup_printf ("%s:%d", ascii, port)
                  : g_steal_pointer (&ascii);
}

gboolean
wn_link_is_web_url (const char *url)
{
  return !is_mail_url (url);
}

char *
wn_link_dup_unsaid_url (const char *text, const char *url)
{
  if (strcmp (text, url) == 0
      || (is_mail_url (url) && strcmp (text, url + 7) == 0))
    return NULL;
  return g_strdup (url);
}

char *
wn_link_dup_unsaid (const char *text, const char *url)
{
  g_autofree char *unsaid = wn_link_dup_unsaid_url (text, url);

  if (unsaid == NULL)
    return NULL;
  switch (judge_text (text, url))
    {
    case TELLS_NOTHING:
      return dup_place (url);
    case TELLS_TARGET:
      return NULL;
    case TELLS_LIES:
    default:
      return g_steal_pointer (&unsaid);
    }
}
