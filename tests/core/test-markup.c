/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What people see of the body that a server sends. The cases are in
 * data/markup: NAME.html is HTML as it came, less the line feed at the file's
 * end, NAME.expected what becomes of it in a host that shows formatting and in
 * one that doesn't. So are NAME.txt in the folder text and NAME.md in the
 * folder markdown. Relative links in those in the folder based are resolved
 * against BASE_URL. With WN_RECORD=1 in the environment the test writes the
 * latter instead, for the diff to be read over.
 */

#include "core/markup/markup.h"

#include <string.h>

#include "support/cases.h"

#define BASE_URL "https://shop.example/admin/"

static void
check_case (const WnCase *c, WnMarkupKind kind, const char *base_url)
{
  g_autofree char *html
      = wn_markup_to_html (c->input, c->length, kind, base_url);
  g_autofree char *text
      = wn_markup_to_text (c->input, c->length, kind, base_url);
  g_autoptr (GString) actual = g_string_new (NULL);

  wn_cases_append_block (actual, "HTML", html);
  wn_cases_append_block (actual, "Text", text);
  wn_case_check (c, actual->str);
}

static void
test_html_case (gconstpointer data)
{
  check_case (data, WN_MARKUP_HTML, NULL);
}

static void
test_based_case (gconstpointer data)
{
  check_case (data, WN_MARKUP_HTML, BASE_URL);
}

static void
test_text_case (gconstpointer data)
{
  check_case (data, WN_MARKUP_TEXT, NULL);
}

static void
test_markdown_case (gconstpointer data)
{
  check_case (data, WN_MARKUP_MARKDOWN, NULL);
}

/* Hostile shapes, each repeated up to the limit. What is behind them must
 * still be there.
 */
static const struct
{
  const char *name;
  const char *first;
  const char *then;
} floods[] = {
  { "brackets", "<", "<" },
  { "open tags", "<b>", "<b>" },
  { "stray end tags", "</div>", "</div>" },
  { "end tags of nothing in deep nesting", "<b>", "</i>" },
  { "unknown tags", "<x>", "</y>" },
  { "open rows", "<table><tr><td>", "</p>" },
  { "open lists", "<ul><li>", "</ol>" },
  { "ends of the document", "</body>", "</html>" },
  { "starts of the document", "<span>", "<body>" },
  { "brackets with slash", "</", "</" },
  { "brackets with exclamation mark", "<!>", "<!>" },
  { "ampersands", "&", "&" },
  { "links", "<a href=\"http://x.example/\">y</a>", "<a>" },
  { "misnested tags", "<b><i>", "</b></i>" },
  { "unclosed attributes", "<a b='>", "'>" },
};

static char *
make_flood (gsize i, gsize length)
{
  GString *html = g_string_sized_new (length);

  g_string_append (html, "first ");
  while (html->len < length / 2)
    g_string_append (html, floods[i].first);
  while (html->len < length - 40)
    g_string_append (html, floods[i].then);
  g_string_append (html, " last");
  return g_string_free (html, FALSE);
}

static void
test_floods (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (floods); i++)
    {
      g_autofree char *html = make_flood (i, WN_MARKUP_MAX_BYTES);
      g_autofree char *im
          = wn_markup_to_html (html, strlen (html), WN_MARKUP_HTML, NULL);
      g_autofree char *text
          = wn_markup_to_text (html, strlen (html), WN_MARKUP_HTML, NULL);

      g_test_message ("%s", floods[i].name);
      g_assert_true (g_str_has_prefix (text, "first"));
      g_assert_true (g_str_has_suffix (text, "last"));
      g_assert_nonnull (strstr (im, "first"));
      g_assert_nonnull (strstr (im, "last"));
    }
}

/* Words between all kinds of debris: each of them is seen, in order. */
static void
test_no_word_is_lost (void)
{
  static const char *const debris[]
      = { "</b>", "</body>", "<",      "</html>", "<p>",        "</table>",
          "<td>", "</p>",    "<<<<",   "<i>",     "</ul>",      "<li>",
          "</",   "<b>",     "&",      "</i>",    "<!-- x -->", "</br>",
          "<=",   "<body>",  "<html>", "</x-y>",  "<tr>",       "</head>" };
  GString *html = g_string_new (NULL);
  g_autofree char *text = NULL;
  const char *found = NULL;
  guint random = 1;

  for (guint i = 0; i < 2000; i++)
    {
      g_string_append_printf (html, " word%u. ", i);
      random = random * 1103515245u + 12345u;
      g_string_append (html, debris[(random >> 16) % G_N_ELEMENTS (debris)]);
    }
  text = wn_markup_to_text (html->str, html->len, WN_MARKUP_HTML, NULL);
  found = text;
  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *word = g_strdup_printf ("word%u.", i);

      found = strstr (found, word);
      g_assert_nonnull (found);
    }
  g_string_free (html, TRUE);
}

/* Words that any line can hold. */
static char *
make_words (gsize length)
{
  char *words = g_strnfill (length, 'x');

  for (gsize i = 9; i + 1 < length; i += 10)
    words[i] = ' ';
  return words;
}

static void
test_long_body_is_cut (void)
{
  GString *html = g_string_new ("x");
  g_autofree char *im = NULL;
  g_autofree char *text = NULL;

  while (html->len < WN_MARKUP_MAX_BYTES + 10)
    g_string_append (html, "单");
  im = wn_markup_to_html (html->str, html->len, WN_MARKUP_HTML, NULL);
  text = wn_markup_to_text (html->str, html->len, WN_MARKUP_HTML, NULL);
  g_assert_true (g_utf8_validate (im, -1, NULL));
  g_assert_true (g_str_has_suffix (im, "单<br>[12 more bytes aren’t shown]"));
  g_assert_true (g_str_has_suffix (text, "单\n[12 more bytes aren’t shown]"));
  g_string_free (html, TRUE);
}

static void
test_exact_length_is_not_cut (void)
{
  g_autofree char *html = make_words (WN_MARKUP_MAX_BYTES);
  g_autofree char *im
      = wn_markup_to_html (html, strlen (html), WN_MARKUP_HTML, NULL);

  g_assert_cmpstr (im, ==, html);
}

/* A picture inside the HTML, and whatever else is not seen, counts nothing. */
static void
test_only_text_counts (void)
{
  g_autofree char *picture = g_strnfill (100 * 1000, 'A');
  g_autofree char *words = make_words (WN_MARKUP_MAX_BYTES - 8);
  g_autofree char *html
      = g_strdup_printf ("<img src=\"data:image/png;base64,%s\" alt=\"pic\">"
                         "<!-- %s --><script>%s</script><b title=\"%s\">%s",
                         picture,
                         picture,
                         picture,
                         picture,
                         words);
  g_autofree char *whole = g_strconcat (html, " last", NULL);
  g_autofree char *longer = g_strconcat (html, "</b> last word", NULL);
  g_autofree char *im
      = wn_markup_to_html (whole, strlen (whole), WN_MARKUP_HTML, NULL);
  g_autofree char *cut
      = wn_markup_to_html (longer, strlen (longer), WN_MARKUP_HTML, NULL);

  g_assert_true (g_str_has_prefix (im, "pic<b>xxx"));
  g_assert_true (g_str_has_suffix (im, "x last</b>"));
  g_assert_true (
      g_str_has_suffix (cut, "x</b> last <br>[4 more bytes aren’t shown]"));
}

static void
test_cut_spares_characters (void)
{
  g_autofree char *words = make_words (WN_MARKUP_MAX_BYTES - 2);
  g_autofree char *html = g_strdup_printf ("%s&#20013;y", words);
  g_autofree char *text
      = wn_markup_to_text (html, strlen (html), WN_MARKUP_HTML, NULL);

  g_assert_true (g_str_has_suffix (text, "x\n[4 more bytes aren’t shown]"));
}

/* The lines of @html are short enough for Pango, and have lost nothing. */
static void
assert_broken (const char *html, const char *body)
{
  g_auto (GStrv) lines = NULL;
  g_autofree char *joined = NULL;
  GString *text = g_string_new (html);

  g_string_replace (text, "<br>", "\n", 0);
  lines = g_strsplit (text->str, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_cmpint (g_utf8_strlen (lines[i], -1), <=, 1001);
  joined = g_strjoinv ("", lines);
  g_assert_cmpstr (joined, ==, body);
  g_string_free (text, TRUE);
}

/* What has no place for a line break is broken all the same. */
static void
test_long_runs_are_broken (void)
{
  static const char *const units[]
      = { "a", "\u00a0", "a\u0301", "\u0301", "ж", "👩\u200d", " ", "\t", "-" };

  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    {
      GString *body = g_string_new ("x");
      g_autofree char *html = NULL;
      g_autofree char *text = NULL;

      while (body->len < WN_MARKUP_MAX_BYTES - 100)
        g_string_append (body, units[i]);
      g_string_append (body, "x");
      html = wn_markup_to_html (body->str, body->len, WN_MARKUP_TEXT, NULL);
      assert_broken (html, body->str);
      text = wn_markup_to_text (body->str, body->len, WN_MARKUP_TEXT, NULL);
      g_assert_cmpstr (text, ==, body->str);
      g_string_free (body, TRUE);
    }
}

static void
test_runs_across_tags_are_broken (void)
{
  GString *body = g_string_new (NULL);
  g_autofree char *html = NULL;

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *run = g_strnfill (400, 'a');

      g_string_append_printf (body, "<i>%s</i><b></b>", run);
    }
  html = wn_markup_to_html (body->str, body->len, WN_MARKUP_HTML, NULL);
  g_assert_nonnull (strstr (html, "<br>"));
  g_string_free (body, TRUE);
}

/* Lines of Chinese may be broken anywhere, and those of words at each space. */
static void
test_breakable_lines_stay (void)
{
  static const char *const units[] = { "订单已支付，", "word ", "订 " };

  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    {
      GString *body = g_string_new ("x");
      g_autofree char *html = NULL;

      while (body->len < WN_MARKUP_MAX_BYTES - 40)
        g_string_append (body, units[i]);
      g_string_append (body, "x");
      html = wn_markup_to_html (body->str, body->len, WN_MARKUP_TEXT, NULL);
      g_assert_cmpstr (html, ==, body->str);
      g_string_free (body, TRUE);
    }
}

/* An address that is too long is shown cut, and leads to all of it. */
static void
test_long_addresses_are_cut (void)
{
  static const struct
  {
    WnMarkupKind kind;
    const char *before;
    const char *between; /* once more the address, where that isn't NULL */
    const char *after;
  } rows[] = {
    { WN_MARKUP_TEXT, "see ", NULL, " now" },
    { WN_MARKUP_HTML, "<p>see ", NULL, " now</p>" },
    { WN_MARKUP_HTML, "see <a href=\"", "\">", "</a> now" },
    { WN_MARKUP_MARKDOWN, "see <", NULL, "> now" },
  };
  g_autofree char *rest = g_strnfill (1500, 'a');
  g_autofree char *address = g_strconcat ("https://shop.example/", rest, NULL);
  g_autofree char *html
      = g_strdup_printf ("see <a href=\"%s\">%.1000s…</a> now",
                         address,
                         address);
  g_autofree char *text = g_strdup_printf ("see %s now", address);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *body
          = g_strconcat (rows[i].before,
                         address,
                         rows[i].between != NULL ? rows[i].between
                                                 : rows[i].after,
                         rows[i].between != NULL ? address : NULL,
                         rows[i].after,
                         NULL);
      g_autofree char *im
          = wn_markup_to_html (body, strlen (body), rows[i].kind, NULL);
      g_autofree char *plain
          = wn_markup_to_text (body, strlen (body), rows[i].kind, NULL);

      g_assert_cmpstr (im, ==, html);
      g_assert_cmpstr (plain, ==, text);
    }
}

static void
test_longest_url (void)
{
  g_autofree char *rest = g_strnfill (2048, 'a');
  g_autofree char *address = g_strconcat ("https://shop.example/", rest, NULL);
  g_autofree char *im
      = wn_markup_to_html (address, strlen (address), WN_MARKUP_TEXT, NULL);

  assert_broken (im, address);
}

/* URLs beside the text count where they are shown. */
/* Sorting the accents of one letter takes GLib a time that is quadratic: a
 * second for as many as a body may have.
 */
static void
test_accents_in_links (void)
{
  g_autoptr (GString) body
      = g_string_new ("<a href='https://a.example/'>b.example");

  for (guint i = 0; i < 15000; i++)
    g_string_append (body, "\xcc\x81\xcc\xa3");
  g_string_append (body, "</a>");
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *html
          = wn_markup_to_html (body->str, body->len, WN_MARKUP_HTML, NULL);

      g_assert_nonnull (strstr (html, "(https://a.example/)"));
    }
}

static void
test_many_urls_are_bounded (void)
{
  GString *body = g_string_new (NULL);
  g_autofree char *path = g_strnfill (2000, 'a');
  g_autofree char *im = NULL;
  g_autofree char *text = NULL;

  while (body->len < 4 * 1024 * 1024)
    g_string_append_printf (body,
                            "<a href=\"https://x.example/%s\">y</a> ",
                            path);
  im = wn_markup_to_html (body->str, body->len, WN_MARKUP_HTML, NULL);
  text = wn_markup_to_text (body->str, body->len, WN_MARKUP_HTML, NULL);
  g_assert_cmpuint (strlen (im), <, 2 * WN_MARKUP_MAX_BYTES);
  g_assert_cmpuint (strlen (text), <, 2 * WN_MARKUP_MAX_BYTES);
  g_assert_true (g_str_has_suffix (im, "shown]"));
  g_string_free (body, TRUE);
}

/* Marks of rows and items count too, and no line is made of them alone. */
static void
test_many_cells_are_bounded (void)
{
  static const char *const cells[]
      = { "<td colspan=20>", "<input type=checkbox>", "<td>", "<br>" };

  for (gsize i = 0; i < G_N_ELEMENTS (cells); i++)
    {
      GString *body = g_string_new (NULL);
      g_autofree char *im = NULL;

      while (body->len < 8 * 1024 * 1024)
        {
          g_string_append (body, "<table><tr>");
          for (guint j = 0; j < 100; j++)
            g_string_append (body, cells[i]);
          g_string_append (body, "x</table>");
        }
      im = wn_markup_to_html (body->str, body->len, WN_MARKUP_HTML, NULL);
      g_assert_cmpuint (strlen (im), <, 2 * WN_MARKUP_MAX_BYTES);
      g_string_free (body, TRUE);
    }
}

/* Markdown that stands for very much more than it is, or is longer than people
 * write it, is text.
 */
static void
test_exploding_markdown_is_text (void)
{
  GString *table = g_string_new (NULL);
  G_GNUC_UNUSED g_autofree char *rows = NULL;
  g_autofree char *words = make_words (40 * 1024);
  g_autofree char *long_body = g_strconcat ("**b** ", words, NULL);
  g_autofree char *im = NULL;
  g_autofree char *long_im = NULL;

  for (guint i = 0; i < 100; i++)
    g_string_append (table, "a|");
  g_string_append (table, "\n");
  for (guint i = 0; i < 100; i++)
    g_string_append (table, "---|");
  for (guint i = 0; i < 2000; i++)
    g_string_append (table, "\n|1|");
  g_string_append (table, "\n**last**");
  im = wn_markup_to_html (table->str, table->len, WN_MARKUP_MARKDOWN, NULL);
  long_im = wn_markup_to_html (long_body,
                               strlen (long_body),
                               WN_MARKUP_MARKDOWN,
                               NULL);
  g_assert_true (g_str_has_prefix (im, "a|a|a|"));
  g_assert_true (g_str_has_suffix (im, "**last**"));
  g_assert_true (g_str_has_prefix (long_im, "**b** xxx"));
  g_string_free (table, TRUE);
}

static void
test_many_tags_become_plain (void)
{
  GString *html = g_string_new (NULL);
  g_autofree char *im = NULL;

  for (guint i = 0; i < 50; i++)
    g_string_append_printf (html, "<b>%u</b><br>&lt;", i);
  im = wn_markup_to_html (html->str, html->len, WN_MARKUP_HTML, NULL);
  g_assert_null (strstr (im, "<b>"));
  g_assert_true (g_str_has_prefix (im, "0<br>&lt;1<br>&lt;2"));
  g_string_free (html, TRUE);
}

static void
test_very_many_lines_become_line_feeds (void)
{
  GString *html = g_string_new (NULL);
  g_autofree char *im = NULL;

  for (guint i = 0; i < 200; i++)
    g_string_append_printf (html, "%u<br>", i);
  im = wn_markup_to_html (html->str, html->len, WN_MARKUP_HTML, NULL);
  g_assert_null (strchr (im, '<'));
  g_assert_true (g_str_has_prefix (im, "0\n1\n2\n"));
  g_string_free (html, TRUE);
}

static void
test_ninety_tags_stay (void)
{
  GString *html = g_string_new (NULL);
  g_autofree char *im = NULL;

  for (guint i = 0; i < WN_MARKUP_MAX_TAGS / 2; i++)
    g_string_append (html, "<b>x</b> y ");
  im = wn_markup_to_html (html->str, html->len, WN_MARKUP_HTML, NULL);
  g_assert_true (g_str_has_prefix (im, "<b>x</b> y <b>x</b>"));
  g_string_free (html, TRUE);
}

static void
test_nul_and_length (void)
{
  static const char html[] = "<b>a\0b</b>c";
  static const char text[] = "a\0b c";
  g_autofree char *im
      = wn_markup_to_html (html, sizeof html - 1, WN_MARKUP_HTML, NULL);
  g_autofree char *plain = wn_markup_to_html (text, 3, WN_MARKUP_HTML, NULL);
  g_autofree char *empty = wn_markup_to_html ("x", 0, WN_MARKUP_HTML, NULL);

  g_assert_cmpstr (im, ==, "<b>ab</b>c");
  g_assert_cmpstr (plain, ==, "ab");
  g_assert_cmpstr (empty, ==, "");
}

/* Character references and lone characters between tags. */
static void
test_references (void)
{
  static const struct
  {
    const char *html;
    const char *shown;
  } rows[] = {
    { "<p>one&#127;two</p>three", "onetwo\nthree" },
    { "<p>one&#x7f;two</p>three", "onetwo\nthree" },
    { "<p>one&#X07Ftwo</p>three", "onetwo\nthree" },
    { "<p>one&#000127two</p>three", "onetwo\nthree" },
    { "<p>one\x7ftwo</p>three", "onetwo\nthree" },
    { "<p>one&#1270;two</p>three", "one\323\266two\nthree" },
    { "<p>one&#<b>127;two</b></p>three", "one&#127;two\nthree" },
    { "<p>one&#12<b>7;two</b></p>three", "one 7;two\nthree" },
    { "<p>one & two &amp three</p>&lt;&bogus;four",
      "one & two &amp three\n<&bogus;four" },
    { "<template>hidden</template><b>one</b>two", "onetwo" },
    { "<script>hidden</script><b>one</b><p> \n </p>two", "one\ntwo" },
    { "<pre>\none\n  two</pre> three", "one\n  two\nthree" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = wn_markup_to_text (rows[i].html,
                                                 strlen (rows[i].html),
                                                 WN_MARKUP_HTML,
                                                 NULL);

      g_assert_cmpstr (text, ==, rows[i].shown);
    }
}

static void
test_silence (void)
{
  if (g_test_subprocess ())
    {
      const char *html = "<b foo=\"<a\"></i>&bogus;<b>&#xD800;<x:y z><?<!>";

      g_free (wn_markup_to_html (html, strlen (html), WN_MARKUP_HTML, NULL));
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("");
}

static const struct
{
  const char *text;
  const char *lines;
  const char *one_line;
} clean_cases[] = {
  { "", "", "" },
  { "plain  text", "plain  text", "plain  text" },
  { "a\nb\r\nc\rd", "a\nb\nc\nd", "a b c d" },
  { "a\tb", "a\tb", "a b" },
  { "a\033[31mb\177\b", "a[31mb", "a[31mb" },
  { "a\302\205b\302\233c\u00a0", "abc\u00a0", "abc\u00a0" },
  { "\u202egpj.exe\u202c", "gpj.exe", "gpj.exe" },
  { "\u2066a\u2067b\u2068c\u2069", "abc", "abc" },
  { "\u200ea\u200fb\u061cc\u202a\u202b\u202d", "abc", "abc" },
  { "a\u2028b\u2029c", "a\nb\nc", "a b c" },
  { "订单 😀 \u200d", "订单 😀 \u200d", "订单 😀 \u200d" },
  { "a\ufffeb\uffffc\ufdd0d\U0001fffee", "abcde", "abcde" },
};

static void
test_clean_text (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (clean_cases); i++)
    {
      g_autofree char *lines
          = wn_markup_clean_text (clean_cases[i].text, FALSE);
      g_autofree char *one = wn_markup_clean_text (clean_cases[i].text, TRUE);

      g_assert_cmpstr (lines, ==, clean_cases[i].lines);
      g_assert_cmpstr (one, ==, clean_cases[i].one_line);
    }
}

static void
test_escape (void)
{
  g_autofree char *all = wn_markup_escape ("<a href=\"x\">&amp;'\n订单");
  g_autofree char *empty = wn_markup_escape ("");
  g_autofree char *lines = g_strnfill (WN_MARKUP_MAX_TAGS + 1, '\n');
  g_autofree char *many = wn_markup_escape (lines);

  g_assert_cmpstr (all, ==, "&lt;a href=&quot;x&quot;&gt;&amp;amp;'<br>订单");
  g_assert_cmpstr (empty, ==, "");
  g_assert_cmpstr (many, ==, lines);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_autoptr (GPtrArray) html = wn_cases_load ("markup", ".html");
  g_autoptr (GPtrArray) based = wn_cases_load ("markup/based", ".html");
  g_autoptr (GPtrArray) text = wn_cases_load ("markup/text", ".txt");
  g_autoptr (GPtrArray) markdown = wn_cases_load ("markup/markdown", ".md");

  wn_cases_add_tests (html, "/markup/", test_html_case);
  wn_cases_add_tests (based, "/markup/based/", test_based_case);
  wn_cases_add_tests (text, "/markup/text/", test_text_case);
  wn_cases_add_tests (markdown, "/markup/markdown/", test_markdown_case);
  g_test_add_func ("/markup/hostile floods finish and lose nothing",
                   test_floods);
  g_test_add_func ("/markup/no visible word is lost between debris",
                   test_no_word_is_lost);
  g_test_add_func ("/markup/a long body is cut between characters and says so",
                   test_long_body_is_cut);
  g_test_add_func ("/markup/a body of the exact limit is not cut",
                   test_exact_length_is_not_cut);
  g_test_add_func ("/markup/what isn't seen doesn't count",
                   test_only_text_counts);
  g_test_add_func ("/markup/the cut falls before a character, not into it",
                   test_cut_spares_characters);
  g_test_add_func ("/markup/long runs are broken and lose nothing",
                   test_long_runs_are_broken);
  g_test_add_func ("/markup/long runs across tags are broken",
                   test_runs_across_tags_are_broken);
  g_test_add_func ("/markup/lines that can be broken anyway stay",
                   test_breakable_lines_stay);
  g_test_add_func ("/markup/long addresses are shown cut and lead to the whole",
                   test_long_addresses_are_cut);
  g_test_add_func ("/markup/an address that is too long to link is broken",
                   test_longest_url);
  g_test_add_func ("/markup/accents in links take no time",
                   test_accents_in_links);
  g_test_add_func ("/markup/URLs behind links are bounded",
                   test_many_urls_are_bounded);
  g_test_add_func ("/markup/marks of cells and items are bounded",
                   test_many_cells_are_bounded);
  g_test_add_func ("/markup/Markdown that explodes is text",
                   test_exploding_markdown_is_text);
  g_test_add_func ("/markup/more tags than hosts take become plain text",
                   test_many_tags_become_plain);
  g_test_add_func ("/markup/more lines than tags allowed keep line feeds",
                   test_very_many_lines_become_line_feeds);
  g_test_add_func ("/markup/as many tags as hosts take stay",
                   test_ninety_tags_stay);
  g_test_add_func ("/markup/a NUL ends nothing, the length does",
                   test_nul_and_length);
  g_test_add_func ("/markup/references are read where they end",
                   test_references);
  g_test_add_func ("/markup/bad HTML writes nothing to stderr", test_silence);
  g_test_add_func ("/markup/clean text has nothing hidden", test_clean_text);
  g_test_add_func ("/markup/escaped text is HTML", test_escape);
  return g_test_run ();
}
