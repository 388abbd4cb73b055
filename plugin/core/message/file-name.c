/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The last component of the key, out of which everything is taken that could
 * hide, climb or run, in this order:
 *
 * - characters that can't be seen (control, format, bidi, line ends, blanks
 *   that are no spaces) go, and a run of spaces becomes one, so that no ending
 *   is pushed out of sight;
 * - what other systems can't have in a name becomes "_", as in browsers;
 * - dots and spaces go from the start (a hidden file), and from the end;
 * - it is cut to MAX_BYTES, its extension kept;
 * - a name that a desktop would run or obey rather than show gets ".txt" behind
 *   it: "report.desktop" is saved as "report.desktop.txt";
 * - a device name of Windows, and a name that programs would take for an option
 *   ("-rf"), gets a "_" before it;
 * - where nothing is left it is "export".
 *
 * Everything else stays as the server's people wrote it.
 */

#include "core/message/file-name.h"

#include <string.h>

#define FALLBACK_NAME "export"
#define SAFE_EXTENSION ".txt"
#define HARMLESS_PREFIX "_"

/* File systems take 255 bytes; SAFE_EXTENSION and HARMLESS_PREFIX come on top.
 */
#define MAX_BYTES 250

/* A longer text behind the last dot is no extension but a part of the name. */
#define MAX_EXTENSION_BYTES 32

/* In lower case. */
static const char *const runnable_extensions[] = {
  /* freedesktop.org, KDE and others on Linux */
  "desktop",
  "directory",
  "kdelnk",
  "appimage",
  "flatpakref",
  "snap",
  "jar",
  "jnlp",
  /* Windows, and what Wine opens */
  "lnk",
  "url",
  "website",
  "scf",
  "pif",
  "com",
  "exe",
  "bat",
  "cmd",
  "scr",
  "cpl",
  "msi",
  "msp",
  "msc",
  "mst",
  "hta",
  "chm",
  "js",
  "jse",
  "vb",
  "vbs",
  "vbe",
  "ws",
  "wsf",
  "wsh",
  "wsc",
  "sct",
  "ps1",
  "psm1",
  "reg",
  "inf",
  "application",
  "appref-ms",
  "library-ms",
  "search-ms",
  "searchconnector-ms",
  "settingcontent-ms",
  "gadget",
  "theme",
  "xll",
  /* macOS */
  "app",
  "command",
  "terminal",
  "tool",
  "webloc",
  "inetloc",
  "fileloc",
  "workflow",
  "scpt",
  "pkg",
  NULL
};

/* Files that a desktop obeys by their whole name; in lower case. */
static const char *const obeyed_names[]
    = { "desktop.ini", "folder.htt", "thumbs.db", NULL };

/* In lower case. The superscript digits count as digits there. */
static const char *const device_names[]
    = { "con",  "prn",  "aux",  "nul",  "conin$", "conout$", "clock$",
        "com0", "com1", "com2", "com3", "com4",   "com5",    "com6",
        "com7", "com8", "com9", "com¹", "com²",   "com³",    "lpt0",
        "lpt1", "lpt2", "lpt3", "lpt4", "lpt5",   "lpt6",    "lpt7",
        "lpt8", "lpt9", "lpt¹", "lpt²", "lpt³",   NULL };

static gboolean
is_separator (char c)
{
  return c == '/' || c == '\\';
}

static char *
dup_last_component (const char *key)
{
  gsize end = strlen (key);

  while (end > 0 && is_separator (key[end - 1]))
    end--;

  gsize start = end;

  while (start > 0 && !is_separator (key[start - 1]))
    start--;
  return g_strndup (key + start, end - start);
}

/* Letters and symbols that are blank. */
static gboolean
is_blank (gunichar c)
{
  return c == 0x115f || c == 0x1160 || c == 0x2800 || c == 0x3164
         || c == 0xffa0;
}

static gboolean
is_unseen (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return is_blank (c) || type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT
         || type == G_UNICODE_SURROGATE || type == G_UNICODE_UNASSIGNED
         || type == G_UNICODE_LINE_SEPARATOR
         || type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

static gunichar
find_substitute (gunichar c)
{
  return c < 0x80 && strchr (":*?\"<>|", (int) c) != NULL ? '_' : c;
}

static GString *
make_visible (const char *component)
{
  GString *name = g_string_sized_new (strlen (component));
  gboolean is_behind_space = FALSE;

  for (const char *at = component; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (is_unseen (c) || (is_behind_space && g_unichar_isspace (c)))
        continue;
      is_behind_space = g_unichar_isspace (c);
      g_string_append_unichar (name, find_substitute (c));
    }
  return name;
}

static gboolean
is_edge (const char *at)
{
  return *at == '.' || g_unichar_isspace (g_utf8_get_char (at));
}

static void
trim_start (GString *name)
{
  const char *at = name->str;

  while (*at != '\0' && is_edge (at))
    at = g_utf8_next_char (at);
  g_string_erase (name, 0, at - name->str);
}

static void
trim_end (GString *name)
{
  const char *end = name->str + name->len;

  while (end > name->str && is_edge (g_utf8_prev_char (end)))
    end = g_utf8_prev_char (end);
  g_string_truncate (name, (gsize) (end - name->str));
}

/* The dot and what follows it, or the empty end of @name. */
static const char *
find_extension (const GString *name)
{
  const char *end = name->str + name->len;
  const char *dot = strrchr (name->str, '.');

  if (dot == NULL || dot == name->str || end - dot > MAX_EXTENSION_BYTES)
    return end;
  return dot;
}

static void
shorten (GString *name)
{
  if (name->len <= MAX_BYTES)
    return;

  g_autofree char *extension = g_strdup (find_extension (name));
  const char *cut = name->str + MAX_BYTES - strlen (extension);

  if ((*cut & 0xc0) == 0x80)
    cut = g_utf8_find_prev_char (name->str, cut);
  g_string_truncate (name, (gsize) (cut - name->str));
  g_string_append (name, extension);
}

/* Folded, because the lower case of a letter depends on the language. */
static gboolean
is_in_list (const char *word, const char *const *list)
{
  g_autofree char *folded = g_utf8_casefold (word, -1);

  return g_strv_contains (list, folded);
}

/* Windows opens a file with such an ending as the object of that number. */
static gboolean
is_class_id (const char *extension)
{
  return *extension == '{' && g_str_has_suffix (extension, "}");
}

static void
neutralise (GString *name)
{
  const char *dot = strrchr (name->str, '.');

  if (is_in_list (name->str, obeyed_names)
      || (dot != NULL
          && (is_in_list (dot + 1, runnable_extensions)
              || is_class_id (dot + 1))))
    g_string_append (name, SAFE_EXTENSION);
}

/* Windows looks at what is before the first dot. */
static void
disarm_start (GString *name)
{
  g_autofree char *stem
      = g_strchomp (g_strndup (name->str, strcspn (name->str, ".")));

  if (*name->str == '-' || is_in_list (stem, device_names))
    g_string_prepend (name, HARMLESS_PREFIX);
}

char *
wn_file_name_from_key (const char *key)
{
  g_autofree char *valid = g_utf8_make_valid (key, -1);
  g_autofree char *component = dup_last_component (valid);
  g_autoptr (GString) name = make_visible (component);

  trim_start (name);
  trim_end (name);
  shorten (name);
  trim_end (name);
  neutralise (name);
  disarm_start (name);
  if (name->len == 0)
    g_string_assign (name, FALLBACK_NAME);
  /* The string has room for the whole key, which may be a megabyte. */
  return g_strdup (name->str);
}
