/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What an export's key becomes on disk: a table, then what holds for any key.
 */

#include "core/message/file-name.h"

#include <locale.h>
#include <string.h>

static const char *locale_name = "C";

/* Stands in for the C library's, so that GLib takes the process for one in a
 * country that needs not be installed here.
 */
char *
setlocale (int category, const char *locale)
{
  return (char *) locale_name;
}

typedef struct
{
  const char *what;
  const char *key;
  const char *name;
} NameCase;

static const NameCase cases[] = {
  /* Stays as it is */
  { "a plain name stays", "report.xlsx", "report.xlsx" },
  { "Chinese stays", "订单导出.xlsx", "订单导出.xlsx" },
  { "spaces inside stay", "a b c.csv", "a b c.csv" },
  { "a percent sign stays", "100%.csv", "100%.csv" },
  { "an encoded slash is no slash", "a%2Fb.csv", "a%2Fb.csv" },
  { "single quotes stay", "it's.csv", "it's.csv" },
  { "an emoji stays", "😀.csv", "😀.csv" },
  { "a name without an extension stays", "report", "report" },
  { "dots inside stay", "a.b..c.tar.gz", "a.b..c.tar.gz" },
  { "accents stay", "é.csv", "é.csv" },
  { "composed accents stay composed of two", "e\xcc\x81.csv", "e\xcc\x81.csv" },
  { "upper case stays", "REPORT.XLSX", "REPORT.XLSX" },
  { "a name of one letter stays", "a", "a" },
  { "a dash inside stays", "a-b.csv", "a-b.csv" },
  { "an ampersand stays", "a&b=c+d#e.csv", "a&b=c+d#e.csv" },
  { "a bracket stays", "a {1} (2) [3].csv", "a {1} (2) [3].csv" },
  { "Arabic stays", "تقرير.csv", "تقرير.csv" },

  /* What other systems can't have in a name */
  { "a time has no colon", "2024-01-02 12:30.csv", "2024-01-02 12_30.csv" },
  { "double quotes go", "\"a\".csv", "_a_.csv" },
  { "angle brackets go", "<b>.csv", "_b_.csv" },
  { "stars, marks and bars go", "a*b?c|d.csv", "a_b_c_d.csv" },
  { "a stream of Windows is none", "a.csv:b.exe", "a.csv_b.exe.txt" },

  /* What programs take for an option */
  { "a leading dash is no option", "-rf", "_-rf" },
  { "two leading dashes are none", "--help.csv", "_--help.csv" },
  { "a dash behind a dot is none", ".-rf", "_-rf" },

  /* What pushes the ending out of sight */
  { "two spaces are one", "a  b.csv", "a b.csv" },
  { "many spaces hide no ending",
    "a.csv                                                  .exe",
    "a.csv .exe.txt" },
  { "wide spaces hide no ending",
    "a.csv\xe3\x80\x80\xe3\x80\x80\xe3\x80\x80.exe",
    "a.csv\xe3\x80\x80.exe.txt" },
  { "blank letters hide no ending",
    "a.csv\xe3\x85\xa4\xe3\x85\xa4\xe2\xa0\x80.exe",
    "a.csv.exe.txt" },
  { "unseen between spaces keeps no run",
    "a \xe2\x80\x8b \xe2\x80\x8b b.csv",
    "a b.csv" },

  /* What a desktop obeys */
  { "a folder's settings are text", "desktop.ini", "desktop.ini.txt" },
  { "a folder's settings in capitals are text",
    "exports/DESKTOP.INI",
    "DESKTOP.INI.txt" },
  { "other settings stay", "my-desktop.ini", "my-desktop.ini" },
  { "a class of Windows is no ending",
    "a.{20D04FE0-3AEA-1069-A2D8-08002B30309D}",
    "a.{20D04FE0-3AEA-1069-A2D8-08002B30309D}.txt" },

  /* The last component */
  { "folders go", "exports/2024/report.xlsx", "report.xlsx" },
  { "an absolute path goes", "/etc/passwd", "passwd" },
  { "a climbing path goes", "../../etc/passwd", "passwd" },
  { "folders with backslashes go", "C:\\temp\\report.xlsx", "report.xlsx" },
  { "a climbing path with backslashes goes", "..\\..\\x.csv", "x.csv" },
  { "mixed separators both count", "a/b\\c/d.csv", "d.csv" },
  { "mixed separators both count, the other way", "a\\b/c\\d.csv", "d.csv" },
  { "a share goes", "\\\\host\\share\\x.csv", "x.csv" },
  { "a URL's last part is the name", "http://h/a/b.csv", "b.csv" },
  { "a separator at the end is no name", "a/b.csv/", "b.csv" },
  { "many separators at the end are no name", "a/b.csv/\\//", "b.csv" },

  /* Nothing left */
  { "an empty key is an export", "", "export" },
  { "a slash is an export", "/", "export" },
  { "slashes are an export", "//\\\\//", "export" },
  { "a dot is an export", ".", "export" },
  { "two dots are an export", "..", "export" },
  { "three dots are an export", "...", "export" },
  { "two dots in a folder are an export", "a/..", "export" },
  { "two dots and a slash are an export", "../", "export" },
  { "spaces are an export", "   ", "export" },
  { "dots and spaces are an export", " . . ", "export" },
  { "control characters are an export", "\x01\x02\n", "export" },
  { "bidi characters are an export", "\xe2\x80\xae\xe2\x80\x8f", "export" },
  { "dots around the unseen are an export", ".\xe2\x80\x8b.", "export" },

  /* The edges */
  { "a leading dot goes", ".bashrc", "bashrc" },
  { "leading dots go", "...a.csv", "a.csv" },
  { "a leading space goes", " a.csv", "a.csv" },
  { "leading spaces and dots go", " . .a.csv", "a.csv" },
  { "a trailing dot goes", "a.csv.", "a.csv" },
  { "trailing dots and spaces go", "a.csv. . ", "a.csv" },
  { "a wide space at the end goes", "a.csv\xe3\x80\x80", "a.csv" },
  { "a wide space at the start goes", "\xe3\x80\x80.a", "a" },
  { "an unseen character before the dot hides nothing",
    "\xe2\x80\x8b.bashrc",
    "bashrc" },
  { "an unseen character before the slash hides nothing",
    "a/\xe2\x80\x8b",
    "export" },

  /* The unseen */
  { "a newline goes", "a\nb.csv", "ab.csv" },
  { "a carriage return goes", "a\rb.csv", "ab.csv" },
  { "a tab goes", "a\tb.csv", "ab.csv" },
  { "an escape sequence loses its escape", "a\x1b[2Jb", "a[2Jb" },
  { "a delete goes",
    "a\x7f"
    "b",
    "ab" },
  { "a C1 control goes",
    "a\xc2\x9b"
    "b",
    "ab" },
  { "a right-to-left override goes",
    "report\xe2\x80\xaexslx.csv",
    "reportxslx.csv" },
  { "bidi isolates go",
    "a\xe2\x81\xa6"
    "b\xe2\x81\xa9"
    "c",
    "abc" },
  { "a zero width space goes",
    "a\xe2\x80\x8b"
    "b",
    "ab" },
  { "a byte order mark goes",
    "\xef\xbb\xbf"
    "a.csv",
    "a.csv" },
  { "a line separator goes",
    "a\xe2\x80\xa8"
    "b",
    "ab" },
  { "a soft hyphen goes",
    "a\xc2\xad"
    "b",
    "ab" },

  /* What a desktop would run */
  { "a launcher is text", "a.desktop", "a.desktop.txt" },
  { "a launcher in capitals is text", "A.DeskTop", "A.DeskTop.txt" },
  { "a launcher by a trailing dot is text", "a.desktop.", "a.desktop.txt" },
  { "a launcher by an unseen character is text",
    "a.desk\xe2\x80\x8b"
    "top",
    "a.desktop.txt" },
  { "a shortcut is text", "a.lnk", "a.lnk.txt" },
  { "an internet shortcut is text", "a.url", "a.url.txt" },
  { "a shell command file is text", "a.scf", "a.scf.txt" },
  { "a program is text", "report.pdf.exe", "report.pdf.exe.txt" },
  { "a batch file is text", "a.bat", "a.bat.txt" },
  { "a command file is text", "a.cmd", "a.cmd.txt" },
  { "a Java archive is text", "a.jar", "a.jar.txt" },
  { "an AppImage is text", "a.AppImage", "a.AppImage.txt" },
  { "only the last extension counts", "a.exe.csv", "a.exe.csv" },
  { "an extension alone is no extension", ".desktop", "desktop" },

  /* Devices of Windows */
  { "CON gets a prefix", "CON", "_CON" },
  { "con.txt gets a prefix", "con.txt", "_con.txt" },
  { "nul.tar.gz gets a prefix", "nul.tar.gz", "_nul.tar.gz" },
  { "a device with a space gets a prefix", "aux .csv", "_aux .csv" },
  { "a device with a stream is none", "aux:x.csv", "aux_x.csv" },
  { "COM1 gets a prefix", "COM1.csv", "_COM1.csv" },
  { "LPT9 gets a prefix", "lpt9", "_lpt9" },
  { "COM with a superscript gets a prefix", "COM\xc2\xb9", "_COM\xc2\xb9" },
  { "COM10 is no device", "COM10.csv", "COM10.csv" },
  { "console is no device", "console.csv", "console.csv" },
  { "a device behind a dot is no device", "a.con", "a.con" },
  { "a device in a folder gets a prefix", "a/PRN", "_PRN" },
  { "a device that runs gets both", "con.exe", "_con.exe.txt" },
};

static void
assert_safe (const char *name)
{
  g_assert_cmpuint (strlen (name), >=, 1);
  g_assert_cmpuint (strlen (name), <=, 255);
  g_assert_true (g_utf8_validate (name, -1, NULL));
  g_assert_null (strpbrk (name, "/\\\n\r"));
  g_assert_cmpint (*name, !=, '.');
  g_assert_false (g_str_has_suffix (name, "."));
  g_assert_false (g_str_has_suffix (name, " "));
}

static void
test_case (gconstpointer data)
{
  const NameCase *self = data;
  g_autofree char *name = wn_file_name_from_key (self->key);

  assert_safe (name);
  g_assert_cmpstr (name, ==, self->name);
}

static void
test_again (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = wn_file_name_from_key (cases[i].name);

      g_assert_cmpstr (name, ==, cases[i].name);
    }
}

/* @n_times @unit, then @tail. */
static char *
dup_long_name (const char *unit, gsize n_times, const char *tail)
{
  GString *name = g_string_new (NULL);

  for (gsize i = 0; i < n_times; i++)
    g_string_append (name, unit);
  g_string_append (name, tail);
  return g_string_free (name, FALSE);
}

static void
test_long (void)
{
  static const struct
  {
    const char *unit;
    gsize n_times;
    const char *tail;
    const char *suffix;
  } long_cases[] = {
    { "a", 1000, ".xlsx", "a.xlsx" },
    { "订", 1000, ".xlsx", "订.xlsx" },
    { "订", 1000, ".x", "订.x" },
    { "订", 1000, ".xl", "订.xl" },
    { "😀", 1000, ".xlsx", "😀.xlsx" },
    { "😀", 1000, "", "😀" },
    { "a", 1000, "", "a" },
    { "a", 1000, ".desktop", "a.desktop.txt" },
    { "a", 242, ".desktopxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "a.desktop.txt" },
    { "a", 243, ".exe.zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "a.exe.zz" },
    { "a", 246, ".exe.zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "a.exe.txt" },
    { "a ", 1000, ".csv", ".csv" },
    { "a.", 1000, "csv", ".csv" },
    { ".a", 1000, "", ".a" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (long_cases); i++)
    {
      g_autofree char *key = dup_long_name (long_cases[i].unit,
                                            long_cases[i].n_times,
                                            long_cases[i].tail);
      g_autofree char *name = wn_file_name_from_key (key);

      assert_safe (name);
      g_assert_cmpuint (strlen (name), >=, 240);
      g_assert_true (g_str_has_suffix (name, long_cases[i].suffix));
    }
}

static void
test_long_device (void)
{
  g_autofree char *tail = dup_long_name (" ", 300, ".csv");
  g_autofree char *key = g_strconcat ("con", tail, NULL);
  g_autofree char *name = wn_file_name_from_key (key);

  assert_safe (name);
  g_assert_true (g_str_has_prefix (name, "_con "));
}

/* A megabyte is cut as fast as anything. */
static void
test_huge (void)
{
  g_autofree char *dots = dup_long_name (". ", 500000, "a.csv");
  g_autofree char *slashes = dup_long_name ("a/", 500000, "");
  g_autofree char *from_dots = wn_file_name_from_key (dots);
  g_autofree char *from_slashes = wn_file_name_from_key (slashes);

  g_assert_cmpstr (from_dots, ==, "a.csv");
  g_assert_cmpstr (from_slashes, ==, "a");
}

static void
test_invalid_utf8 (void)
{
  g_autofree char *name = wn_file_name_from_key ("a\xff.csv");

  g_assert_cmpstr (name, ==, "a\xef\xbf\xbd.csv");
}

/* Every character alone and beside a dot, wherever it stands. */
static void
test_every_character (void)
{
  for (gunichar c = 1; c < 0x30000; c++)
    {
      char bytes[7] = "";

      if (!g_unichar_validate (c))
        continue;
      g_unichar_to_utf8 (c, bytes);

      g_autofree char *key = g_strconcat (bytes, ".", bytes, NULL);
      g_autofree char *name = wn_file_name_from_key (key);

      assert_safe (name);
    }
}

/* There, "I" is not the capital of "i". */
static void
test_turkish (void)
{
  static const char *const names[]
      = { "a.MSI", "a.PIF", "a.INF", "a.DIRECTORY", "DESKTOP.INI" };
  g_autofree char *lower = NULL;

  locale_name = "tr_TR.UTF-8";
  lower = g_utf8_strdown ("I", -1);
  g_assert_cmpstr (lower, ==, "ı");
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = wn_file_name_from_key (names[i]);
      g_autofree char *expected = g_strconcat (names[i], ".txt", NULL);

      g_assert_cmpstr (name, ==, expected);
    }
  locale_name = "C";
}

static void
add_case (const NameCase *self)
{
  g_autofree char *path = g_strconcat ("/file-name/", self->what, NULL);

  g_test_add_data_func (path, self, test_case);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    add_case (&cases[i]);
  g_test_add_func ("/file-name/a safe name stays as it is", test_again);
  g_test_add_func ("/file-name/a long name keeps its extension", test_long);
  g_test_add_func ("/file-name/a long device name stays disarmed",
                   test_long_device);
  g_test_add_func ("/file-name/a megabyte of dots or slashes is a short name",
                   test_huge);
  g_test_add_func ("/file-name/bytes that are no UTF-8 are replaced",
                   test_invalid_utf8);
  g_test_add_func ("/file-name/a program is text in Turkey, too", test_turkish);
  g_test_add_func ("/file-name/no character makes an unsafe name",
                   test_every_character);
  return g_test_run ();
}
