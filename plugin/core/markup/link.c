/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Errs on the side of saying once too often where a link leads.
 */

#include "core/markup/link.h"

#include <string.h>

#include "core/dialect/url.h"
#include "core/markup/text.h"

#define MAX_LOCAL_PART_BYTES 64
#define MAX_HOST_BYTES 255

/* --- URLs ----------------------------------------------------------------- */

/* Bytes that a URL may hold without percent-encoding. */
static const gboolean is_url_char[256] = {
  ['!'] = TRUE,         ['#' ... ';'] = TRUE, ['='] = TRUE,
  ['?' ... '['] = TRUE, [']'] = TRUE,         ['_'] = TRUE,
  ['a' ... 'z'] = TRUE, ['~'] = TRUE,
};

/* Appends @raw without the spaces around it, and with what can't stand in a URL
 * percent-encoded. Letters of other scripts stay as they are.
 */
static void
append_encoded (GString *url, const char *raw)
{
  const char *end = raw + strlen (raw);

  while (raw < end && g_ascii_isspace (*raw))
    raw++;
  while (end > raw && g_ascii_isspace (end[-1]))
    end--;
  for (const char *p = raw; p < end;)
    {
      const char *run = p;

      while (p < end && is_url_char[(guchar) *p])
        p++;
      wn_text_append (url, run, (gsize) (p - run));
      if (p == end)
        return;

      gsize n_hidden = wn_text_hidden_length (p, end);

      if (n_hidden > 0 || *p == '\n' || *p == '\r' || *p == '\t')
        p += MAX (1, n_hidden);
      else if ((guchar) *p < 0x80)
        g_string_append_printf (url, "%%%02X", (guchar) *p++);
      else
        g_string_append_c (url, *p++);
    }
}

/* Whether @text begins, in any case, with @prefix, which is in lower case. */
static gboolean
has_folded_prefix (const char *text, const char *prefix)
{
  while (*prefix != '\0' && (*text | 0x20) == *prefix)
    {
      text++;
      prefix++;
    }
  return *prefix == '\0';
}

static gboolean
is_web_url (const char *url)
{
  return has_folded_prefix (url, "http")
         && (has_folded_prefix (url + 4, "://")
             || has_folded_prefix (url + 4, "s://"));
}

/* Returns: the length of the scheme of the web URL @url, with its slashes */
static gsize
web_scheme_length (const char *url)
{
  return url[4] == ':' ? strlen ("http://") : strlen ("https://");
}

gboolean
wn_link_is_mail (const char *url)
{
  return *url == 'm' || *url == 'M';
}

/* Finds the place of the web URL @url, its host and port, where nothing in it
 * is encoded or odd. Returns: the place's length, 0 where it needs a closer
 * look
 */
static gsize
plain_place_length (const char *url, const char **place)
{
  const char *p = *place = url + web_scheme_length (url);

  while (g_ascii_isalnum (*p) || *p == '.' || *p == '-')
    p++;
  if (p == *place)
    return 0;
  if (*p == ':' && g_ascii_isdigit (p[1]))
    for (p++; g_ascii_isdigit (*p);)
      p++;
  return *p == '\0' || strchr ("/?#", *p) != NULL ? (gsize) (p - *place) : 0;
}

static gboolean
url_split (const char *url, char **host, int *port)
{
  return g_uri_split (url,
                      G_URI_FLAGS_PARSE_RELAXED,
                      NULL,
                      NULL,
                      host,
                      port,
                      NULL,
                      NULL,
                      NULL,
                      NULL)
         && *host != NULL && **host != '\0';
}

/* Returns: the host of the web URL @url, behind any user name */
static char *
url_find_host (const char *url)
{
  const char *authority = url + web_scheme_length (url);
  const char *end = authority + strcspn (authority, "/?#");
  const char *at = g_strrstr_len (authority, end - authority, "@");

  return (char *) (at != NULL ? at + 1 : authority);
}

/* Replaces a host that isn't ASCII by the ASCII form that DNS knows. */
static gboolean
make_host_ascii (GString *url)
{
  gsize start = (gsize) (url_find_host (url->str) - url->str);
  gsize length = strcspn (url->str + start, ":/?#");
  g_autofree char *host = g_strndup (url->str + start, length);
  g_autofree char *ascii = NULL;

  if (g_str_is_ascii (host))
    return TRUE;
  ascii = g_hostname_to_ascii (host);
  if (ascii == NULL)
    return FALSE;
  g_string_erase (url, (gssize) start, (gssize) length);
  g_string_insert (url, (gssize) start, ascii);
  return TRUE;
}

static gboolean
make_web_url (GString *url)
{
  const char *place;
  g_autofree char *host = NULL;
  int port;

  if (!is_web_url (url->str))
    return FALSE;
  if (plain_place_length (url->str, &place) > 0)
    return TRUE;
  return make_host_ascii (url) && url_split (url->str, &host, &port);
}

/* Drops all fields but the subject, because a mail program may obey others that
 * its user doesn't see: a file to attach, more recipients.
 */
static gboolean
make_mail_url (GString *url)
{
  const char *address = url->str + strlen ("mailto:");
  gsize length = strcspn (address, "?#&%");
  const char *field = address + length;
  g_autofree char *subject = NULL;

  if (length == 0 || *field == '&' || *field == '%')
    return FALSE;
  while (*field == '?' || *field == '&')
    {
      gsize n = strcspn (++field, "&#");

      if (subject == NULL && has_folded_prefix (field, "subject="))
        subject = g_strndup (field, n);
      field += n;
    }
  g_string_truncate (url, strlen ("mailto:") + length);
  if (subject != NULL)
    g_string_append_printf (url, "?%s", subject);
  return TRUE;
}

/* Makes @url absolute, if it is relative. GUri is not asked about one with a
 * host, because it makes something out of "//a;b" that it can't bear itself.
 */
static void
make_absolute (GString *url, const char *base_url)
{
  gboolean has_host = g_str_has_prefix (url->str, "//");
  gsize scheme_length = strcspn (url->str, ":/?#");
  g_autofree char *host = NULL;
  g_autofree char *absolute = NULL;
  int port;

  if (url->len == 0 || *url->str == '#' || url->str[scheme_length] == ':'
      || !is_web_url (base_url) || !url_split (base_url, &host, &port)
      || !wn_host_is_sound (host))
    return;
  if (has_host)
    g_string_insert_len (url,
                         0,
                         base_url,
                         (gssize) web_scheme_length (base_url) - 2);
  else
    absolute = g_uri_resolve_relative (base_url,
                                       url->str,
                                       G_URI_FLAGS_PARSE_RELAXED
                                           | G_URI_FLAGS_ENCODED,
                                       NULL);
  if (absolute == NULL)
    return;
  g_string_truncate (url, 0);
  append_encoded (url, absolute);
}

gboolean
wn_link_read_url (GString *url, const char *raw, const char *base_url)
{
  g_string_truncate (url, 0);
  if (strlen (raw) > WN_LINK_MAX_BYTES)
    return FALSE;
  append_encoded (url, raw);
  if (has_folded_prefix (url->str, "mailto:"))
    return make_mail_url (url);
  if (base_url != NULL)
    make_absolute (url, base_url);
  return make_web_url (url);
}

static char *
mail_url_dup_address (const char *url)
{
  return g_strndup (url + strlen ("mailto:"), strcspn (url + 7, "?"));
}

/* Returns: the host of the web URL @url as it is written there, which need not
 * be a sound one
 */
static char *
url_dup_host (const char *url)
{
  const char *host = url_find_host (url);

  if (*host == '[')
    return g_strndup (host + 1, strcspn (host + 1, "]/?#"));
  return g_strndup (host, strcspn (host, ":/?#"));
}

/* Whether the host of the web URL @url, and the port behind it, read as what
 * they are.
 */
static gboolean
has_sound_place (const char *url)
{
  const char *place = url_find_host (url);
  gsize length = strcspn (place, "/?#");
  g_autofree char *host = url_dup_host (url);
  gsize host_length = strlen (host) + (*place == '[' ? 2 : 0);

  if (!wn_host_is_sound (host) || host_length > length)
    return FALSE;
  return host_length == length
         || (place[host_length] == ':'
             && strspn (place + host_length + 1, "0123456789")
                    == length - host_length - 1);
}

gboolean
wn_link_append_place (GString *out, const char *url)
{
  const char *place;
  gsize length;

  if (wn_link_is_mail (url))
    {
      g_string_append_len (out, url + 7, (gssize) strcspn (url + 7, "?"));
      return TRUE;
    }
  length = plain_place_length (url, &place);
  if (length == 0)
    {
      if (!has_sound_place (url))
        return FALSE;
      place = url_find_host (url);
      length = strcspn (place, "/?#");
    }
  while (length-- > 0)
    g_string_append_c (out, g_ascii_tolower (*place++));
  return TRUE;
}

/* --- What a link's text tells --------------------------------------------- */

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
  return has_folded_prefix (host, "www.") ? host + 4 : host;
}

static gboolean
is_same_host (const char *a, const char *ascii_b)
{
  g_autofree char *ascii_a = NULL;

  if (!g_str_is_ascii (a))
    a = ascii_a = g_hostname_to_ascii (a);
  return a != NULL
         && g_ascii_strcasecmp (skip_www (a), skip_www (ascii_b)) == 0;
}

/* Returns: (nullable): the host that a reader takes @word for */
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

static WnLinkTelling
judge_word (const char *word, const char *url)
{
  g_autofree char *shown = word_dup_host (word);
  g_autofree char *real = NULL;
  gboolean is_same;

  if (shown == NULL)
    return WN_LINK_TELLS_NOTHING;
  real
      = wn_link_is_mail (url) ? mail_url_dup_address (url) : url_dup_host (url);
  if (wn_link_is_mail (url))
    is_same = g_ascii_strcasecmp (word, real) == 0;
  else if (strstr (word, "://") != NULL)
    is_same = is_same_url (word, url);
  else
    is_same = real != NULL && is_same_host (shown, real);
  if (!is_same)
    return WN_LINK_TELLS_LIES;
  return g_str_is_ascii (shown) ? WN_LINK_TELLS_TARGET : WN_LINK_TELLS_ODDLY;
}

/* Bytes of the dots, colons and the like that every host's name needs, in all
 * the forms that browsers accept. The bytes of Chinese characters are not among
 * them.
 */
static const gboolean may_be_in_host[256] = {
  ['.'] = TRUE, [':'] = TRUE,           ['/'] = TRUE,
  ['@'] = TRUE, [0xc2 ... 0xe3] = TRUE, [0xea ... 0xff] = TRUE,
};

static gboolean
may_name_host (const char *text)
{
  while (*text != '\0' && !may_be_in_host[(guchar) *text])
    text++;
  return *text != '\0';
}

/* Judges the word at @p, without the punctuation around it. */
static WnLinkTelling
judge_span (const char *p, const char *end, const char *url)
{
  static const char marks[] = "()[]<>{}\"'.,;:!?*";
  g_autofree char *word = NULL;

  while (p < end && strchr (marks, *p) != NULL)
    p++;
  while (end > p && strchr (marks, end[-1]) != NULL)
    end--;
  word = g_strndup (p, (gsize) (end - p));
  return may_name_host (word) ? judge_word (word, url) : WN_LINK_TELLS_NOTHING;
}

/* Returns: (nullable): the text with every letter and dot that browsers take
 * for another one replaced by that
 */
static char *
dup_folded (const char *text)
{
  char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE);
  GString *folded;

  if (normal == NULL)
    return NULL;
  folded = g_string_new (normal);
  g_free (normal);
  g_string_replace (folded, "\343\200\202", ".", 0);
  return g_string_free (folded, FALSE);
}

static WnLinkTelling
judge_words (const char *text, const char *url)
{
  g_autofree char *folded = NULL;
  WnLinkTelling result = WN_LINK_TELLS_NOTHING;

  if (!g_str_is_ascii (text))
    text = folded = dup_folded (text);
  if (text == NULL)
    return WN_LINK_TELLS_LIES;
  while (*text != '\0')
    {
      gsize length = strcspn (text, " \t\n");
      WnLinkTelling telling = judge_span (text, text + length, url);

      result = MAX (result, telling);
      text += length + (text[length] != '\0' ? 1 : 0);
    }
  return result;
}

/* Whether @url has a user name, which reads as if it was the host. */
static gboolean
has_user_name (const char *url)
{
  return !wn_link_is_mail (url)
         && url_find_host (url) != url + web_scheme_length (url);
}

gboolean
wn_link_is_text (const char *url, const char *text)
{
  return strcmp (text, url) == 0
         || (wn_link_is_mail (url) && strcmp (text, url + 7) == 0);
}

/* Whether @text is just the host of @url: the most common text that names one.
 */
static gboolean
is_plain_place (const char *text, const char *url)
{
  const char *place;
  gsize length = plain_place_length (url, &place);

  return length > 0 && strlen (text) == length
         && g_ascii_strncasecmp (text, place, length) == 0;
}

WnLinkTelling
wn_link_judge_text (const char *text, const char *url)
{
  WnLinkTelling telling;

  if (!may_name_host (text))
    return WN_LINK_TELLS_NOTHING;
  if (!wn_link_is_mail (url) && is_plain_place (text, url))
    return WN_LINK_TELLS_TARGET;
  if (wn_link_is_text (url, text))
    telling = WN_LINK_TELLS_TARGET;
  else
    telling = judge_words (text, url);
  return telling == WN_LINK_TELLS_TARGET && has_user_name (url)
             ? WN_LINK_TELLS_ODDLY
             : telling;
}

/* --- Addresses in a text -------------------------------------------------- */

static gboolean
ends_address (gunichar c)
{
  if (c < 0x80)
    return !is_url_char[c];
  return c >= (gunichar) -2 || wn_text_is_east_asian (c)
         || g_unichar_isspace (c) || g_unichar_ispunct (c);
}

/* Returns: where the address at @p ends for a reader */
static const char *
find_address_end (const char *p, const char *end)
{
  static const char brackets[] = "()[]";
  int depths[2] = { 0, 0 };
  const char *q = p;

  while (q < end)
    {
      const char *bracket = strchr (brackets, *q);
      gsize kind = bracket != NULL ? (gsize) (bracket - brackets) : 4;

      if (ends_address (g_utf8_get_char_validated (q, end - q)))
        break;
      if (kind < 4 && kind % 2 == 1 && depths[kind / 2] == 0)
        break;
      if (kind < 4)
        depths[kind / 2] += kind % 2 == 0 ? 1 : -1;
      q = g_utf8_next_char (q);
    }
  while (q > p && strchr (".,:;!?'*([", q[-1]) != NULL)
    q--;
  return q;
}

/* Whether an address that begins at @p would begin in the middle of a word. */
static gboolean
continues_word (const char *text, const char *p)
{
  return p > text && (g_ascii_isalnum (p[-1]) || strchr ("-_./@", p[-1]));
}

/* Reads the address whose `://` is at @colon. */
static gboolean
read_web_address (const char *text,
                  const char *colon,
                  const char *end,
                  WnLinkAddress *address)
{
  gsize n = colon - text >= 5 && g_ascii_tolower (colon[-1]) == 's' ? 5 : 4;
  const char *start = colon - n;

  if (end - colon < 4 || memcmp (colon, "://", 3) != 0 || colon - text < 4
      || g_ascii_strncasecmp (start, "https", n) != 0
      || (start > text && g_ascii_isalnum (start[-1])))
    return FALSE;
  *address = (WnLinkAddress){ start, find_address_end (colon + 3, end), "" };
  return address->end > colon + 3;
}

/* Reads the address whose "www" ends with the dot at @dot. */
static gboolean
read_www_address (const char *text,
                  const char *dot,
                  const char *end,
                  WnLinkAddress *address)
{
  const char *start = dot - 3;

  if (dot - text < 3 || g_ascii_strncasecmp (start, "www", 3) != 0
      || continues_word (text, start) || end - dot < 2
      || !g_ascii_isalnum (dot[1]))
    return FALSE;
  *address
      = (WnLinkAddress){ start, find_address_end (dot + 1, end), "http://" };
  return memchr (dot + 1, '.', (gsize) (address->end - dot - 1)) != NULL;
}

/* Reads the mail address whose `@` is at @at. */
static gboolean
read_mail_address (const char *text,
                   const char *at,
                   const char *end,
                   WnLinkAddress *address)
{
  const char *start = at;
  const char *stop = at + 1;
  const char *last_dot = NULL;

  while (start > text && at - start < MAX_LOCAL_PART_BYTES
         && (g_ascii_isalnum (start[-1]) || strchr (".+-_", start[-1])))
    start--;
  while (start < at && !g_ascii_isalnum (*start))
    start++;
  for (; stop < end && stop - at < MAX_HOST_BYTES; stop++)
    if (*stop == '.')
      last_dot = stop;
    else if (!g_ascii_isalnum (*stop) && *stop != '-')
      break;
  while (stop > at && !g_ascii_isalnum (stop[-1]))
    stop--;
  if (start == at || continues_word (text, start))
    return FALSE;
  *address = (WnLinkAddress){ start, stop, "mailto:" };
  if (start - text >= 7 && g_ascii_strncasecmp (start - 7, "mailto:", 7) == 0)
    *address = (WnLinkAddress){ start - 7, stop, "" };
  if (last_dot != NULL && last_dot >= stop)
    last_dot = memchr (at, '.', (gsize) (stop - at));
  return last_dot != NULL && last_dot > at + 1 && g_ascii_isalpha (stop[-1]);
}

gboolean
wn_link_find_address (const char *text, const char *end, WnLinkAddress *address)
{
  for (const char *p = text; p < end; p++)
    {
      if (*p == ':' && read_web_address (text, p, end, address))
        return TRUE;
      if (*p == '.' && read_www_address (text, p, end, address))
        return TRUE;
      if (*p == '@' && read_mail_address (text, p, end, address))
        return TRUE;
    }
  return FALSE;
}

/* Whether @c, beside a link, would be read as a part of its address. */
static gboolean
may_continue_address (gunichar c)
{
  switch (c)
    {
    case '@':
    case '-':
    case '_':
    case '/':
    case '\\':
    case ':':
    case '%':
    case 0x2024: /* one dot leader */
    case 0x2044: /* fraction slash */
    case 0x2215: /* division slash */
    case 0x29f8: /* big solidus */
    case 0xff0e: /* full-width full stop */
    case 0xff0f: /* full-width solidus */
    case 0xff20: /* full-width commercial at */
    case 0xff61: /* half-width ideographic full stop */
      return TRUE;
    default:
      return g_unichar_isalnum (c) && !wn_text_is_east_asian (c);
    }
}

gboolean
wn_link_goes_on_in (const char *text, const char *end)
{
  const char *p = text;

  while (p < end && *p == '.')
    p++;
  return p < end && may_continue_address (g_utf8_get_char (p));
}

gboolean
wn_link_begins_in (const char *text, const char *end)
{
  const char *last = g_utf8_find_prev_char (text, end);

  return last != NULL
         && (*last == '.' || may_continue_address (g_utf8_get_char (last)));
}
