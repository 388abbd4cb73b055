/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What people see of the HTML that a server sends.
 */

#include "core/markup.h"

#include <string.h>

typedef struct
{
  const char *name;
  const char *html;
  const char *im;
  const char *text;
} Case;

static const Case cases[] = {
  { "plain text stays", "plain text", "plain text", "plain text" },
  { "runs of spaces are one space",
    "  plain \t text \n two",
    "plain text two",
    "plain text two" },
  { "nothing is nothing", "", "", "" },
  { "spaces alone are nothing", " \n\t ", "", "" },
  { "text that looks like markup is escaped",
    "1 &lt; 2 &amp;&amp; 3 &gt; 2 \"q\"",
    "1 &lt; 2 &amp;&amp; 3 &gt; 2 &quot;q&quot;",
    "1 < 2 && 3 > 2 \"q\"" },
  { "a quotation mark in plain text is escaped",
    "say \"hi\"",
    "say &quot;hi&quot;",
    "say \"hi\"" },
  { "b and strong are bold",
    "<b>a</b> <strong>b</strong>",
    "<b>a b</b>",
    "a b" },
  { "neighbours of one style share a tag",
    "<b>a</b><strong>b</strong>",
    "<b>ab</b>",
    "ab" },
  { "i, em and cite are italic",
    "<i>a</i> x <em>b</em> x <cite>c</cite>",
    "<i>a</i> x <i>b</i> x <i>c</i>",
    "a x b x c" },
  { "u and ins are underlined",
    "<u>a</u> x <ins>b</ins>",
    "<u>a</u> x <u>b</u>",
    "a x b" },
  { "s, del and strike are struck out",
    "<s>a</s> x <del>b</del> x <strike>c</strike>",
    "<s>a</s> x <s>b</s> x <s>c</s>",
    "a x b x c" },
  { "sub and sup stay",
    "H<sub>2</sub>O x<sup>2</sup>",
    "H<sub>2</sub>O x<sup>2</sup>",
    "H2O x2" },
  { "upper case tags are the same", "<B>a</B><BR>b", "<b>a</b><br>b", "a\nb" },
  { "unclosed markup is closed", "<b>unclosed", "<b>unclosed</b>", "unclosed" },
  { "misnested markup is balanced",
    "<b>a<i>b</b>c</i>d",
    "<b>a<i>b</i></b>cd",
    "abcd" },
  { "empty markup vanishes", "a<b></b><i> </i>b", "a b", "a b" },
  { "deep nesting is one tag",
    "<b><b><b><i><b>x</b></i></b></b></b>",
    "<b><i>x</i></b>",
    "x" },
  { "stray end tags lose nothing",
    "a</b></i></body></html>tail<b>x</b>",
    "atail<b>x</b>",
    "atailx" },
  { "a stray end of a paragraph breaks the line", "a</p>b", "a<br>b", "a\nb" },
  { "a lone bracket is text",
    "1 < 2 and 3 > 2",
    "1 &lt; 2 and 3 &gt; 2",
    "1 < 2 and 3 > 2" },
  { "a bracket before another script is text",
    "库存<预计 5> & more",
    "库存&lt;预计 5&gt; &amp; more",
    "库存<预计 5> & more" },
  { "many brackets are text",
    "<<<<<<<a",
    "&lt;&lt;&lt;&lt;&lt;&lt;&lt;a",
    "<<<<<<<a" },
  { "an unfinished tag is text", "a <b", "a &lt;b", "a <b" },
  { "a slash without a name is text",
    "I </3 you",
    "I &lt;/3 you",
    "I </3 you" },
  { "comments vanish", "a<!-- <b>hidden</b> -->b", "ab", "ab" },
  { "scripts vanish with their text",
    "a<script>alert(\"<b>\")</script>b",
    "ab",
    "ab" },
  { "styles vanish with their text",
    "<style>p { color: red }</style>a",
    "a",
    "a" },
  { "titles vanish with their text", "<title>t</title>a", "a", "a" },
  { "a whole document is its body",
    "<!DOCTYPE html><html><head><title>T</title><meta charset=\"gbk\"><style>x</style></head><body class=\"x\">订单</body></html>",
    "订单",
    "订单" },
  { "a declared charset changes nothing",
    "<meta charset=\"iso-8859-1\">订单 é",
    "订单 é",
    "订单 é" },
  { "event handlers and ids vanish",
    "<b onclick=\"alert(1)\" id=\"3\">q</b>",
    "<b>q</b>",
    "q" },
  { "unknown elements leave their text",
    "<x-y on=\"1\">foo</x-y> <blink>c</blink>",
    "foo c",
    "foo c" },
  { "paragraphs are lines",
    "<p>one</p>\n<p>two</p>",
    "one<br>two",
    "one\ntwo" },
  { "br breaks a line", "a<br>b<br/>c", "a<br>b<br>c", "a\nb\nc" },
  { "more than one empty line is one",
    "a<br><br><br><br>b",
    "a<br><br>b",
    "a\n\nb" },
  { "breaks at the ends vanish", "<br><p><br></p>a<br><br>", "a", "a" },
  { "a division is a line",
    "<div>a</div>b<div>c</div>",
    "a<br>b<br>c",
    "a\nb\nc" },
  { "a bullet list is lines with bullets",
    "a<ul><li>one</li><li>two</li></ul>b",
    "a<br>• one<br>• two<br>b",
    "a\n• one\n• two\nb" },
  { "lists nest",
    "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>",
    "• a<br>  • b<br>• c",
    "• a\n  • b\n• c" },
  { "unclosed items are items", "<ul><li>a<li>b", "• a<br>• b", "• a\n• b" },
  { "a numbered list is numbered",
    "<ol><li>a</li><li>b</li></ol>",
    "1. a<br>2. b",
    "1. a\n2. b" },
  { "a numbered list may start elsewhere",
    "<ol start=\"9\"><li>a</li><li>b</li></ol>",
    "9. a<br>10. b",
    "9. a\n10. b" },
  { "a list in a numbered list keeps its number",
    "<ol><li>a<ul><li>x</li></ul></li><li>b</li></ol>",
    "1. a<br>  • x<br>2. b",
    "1. a\n  • x\n2. b" },
  { "a paragraph in an item stays on its line",
    "<ul><li><p>a</p></li><li><p>b</p></li></ul>",
    "• a<br>• b",
    "• a\n• b" },
  { "empty items vanish", "<ul><li></li><li>a</li></ul>", "• a", "• a" },
  { "a table is rows of cells",
    "<table><tr><th>SKU</th><th>left</th></tr>\n<tr><td>TEA</td>\n<td>3</td></tr></table>after",
    "<b>SKU | left</b><br>TEA | 3<br>after",
    "SKU | left\nTEA | 3\nafter" },
  { "an empty cell keeps its place",
    "<table><tr><td>a</td><td></td><td>c</td></tr><tr><td></td><td>x</td></tr></table>",
    "a | | c<br>| x",
    "a | | c\n| x" },
  { "paragraphs in cells stay in the row",
    "<table><tr><td><p>a</p></td><td><p>b</p></td></tr></table>",
    "a | b",
    "a | b" },
  { "a table in a cell breaks lines",
    "<table><tr><td><table><tr><td>a</td></tr><tr><td>b</td></tr></table></td></tr></table>",
    "a<br>b",
    "a\nb" },
  { "headings are bold lines",
    "<h1>Head</h1>body<h3>Next</h3>",
    "<b>Head</b><br>body<br><b>Next</b>",
    "Head\nbody\nNext" },
  { "a rule is a line of dashes",
    "a<hr>b",
    "a<br>----------<br>b",
    "a\n----------\nb" },
  { "pre keeps its spaces and lines",
    "<pre>\n a\n\n\n  b</pre>c",
    " a<br><br><br>  b<br>c",
    " a\n\n\n  b\nc" },
  { "pre loses carriage returns", "<pre>a\r\nb</pre>", "a<br>b", "a\nb" },
  { "a quote is a line",
    "a<blockquote>q</blockquote>b",
    "a<br>q<br>b",
    "a\nq\nb" },
  { "a definition list is lines",
    "<dl><dt>t</dt><dd>d</dd></dl>",
    "t<br>d",
    "t\nd" },
  { "a link stays",
    "<a href=\"https://shop.example/orders/42\">查看</a>",
    "<a href=\"https://shop.example/orders/42\">查看</a>",
    "查看 (https://shop.example/orders/42)" },
  { "a link that reads as its target says it once",
    "<a href=\"https://shop.example/o\">https://shop.example/o</a>",
    "<a href=\"https://shop.example/o\">https://shop.example/o</a>",
    "https://shop.example/o" },
  { "a link's ampersands are escaped once",
    "<a href=\"https://x.example/?a=1&amp;b=2\">r</a>",
    "<a href=\"https://x.example/?a=1&amp;b=2\">r</a>",
    "r (https://x.example/?a=1&b=2)" },
  { "a link can't break out of its attribute",
    "<a href='https://x.example/\"><script>'>r</a>",
    "<a href=\"https://x.example/%22%3E%3Cscript%3E\">r</a>",
    "r (https://x.example/%22%3E%3Cscript%3E)" },
  { "a mail link stays",
    "<a href=\"mailto:a@b.example\">a@b.example</a>",
    "<a href=\"mailto:a@b.example\">a@b.example</a>",
    "a@b.example" },
  { "a mail link that reads as another address says so",
    "<a href=\"mailto:a@b.example\">c@b.example</a>",
    "<a href=\"mailto:a@b.example\">c@b.example</a> (mailto:a@b.example)",
    "c@b.example (mailto:a@b.example)" },
  { "a link that reads as another host says so",
    "<a href=\"https://evil.example/\">bank.example</a>",
    "<a href=\"https://evil.example/\">bank.example</a> (https://evil.example/)",
    "bank.example (https://evil.example/)" },
  { "a link that reads as another URL says so",
    "<a href=\"https://evil.example/\">go to https://bank.example/login</a>",
    "<a href=\"https://evil.example/\">go to https://bank.example/login</a> (https://evil.example/)",
    "go to https://bank.example/login (https://evil.example/)" },
  { "a link's words on two lines are two words",
    "<a href=\"https://x.example/\">x.example<br>more</a>",
    "<a href=\"https://x.example/\">x.example<br>more</a>",
    "x.example\nmore (https://x.example/)" },
  { "a link that hides its host in a user name says so",
    "<a href=\"https://bank.example@evil.example/\">bank.example</a>",
    "<a href=\"https://bank.example@evil.example/\">bank.example</a> (https://bank.example@evil.example/)",
    "bank.example (https://bank.example@evil.example/)" },
  { "a link that reads as its own host is left alone",
    "<a href=\"https://www.shop.example/o\">shop.example</a>",
    "<a href=\"https://www.shop.example/o\">shop.example</a>",
    "shop.example (https://www.shop.example/o)" },
  { "a link that reads as a wide host says so",
    "<a href=\"https://evil.example/\">ｂank．example</a>",
    "<a href=\"https://evil.example/\">ｂank．example</a> (https://evil.example/)",
    "ｂank．example (https://evil.example/)" },
  { "a backslash is no way around",
    "<a href=\"https://evil.example\\@bank.example/\">x</a>",
    "<a href=\"https://evil.example%5C@bank.example/\">x</a>",
    "x (https://evil.example%5C@bank.example/)" },
  { "javascript is no link",
    "<a href=\"javascript:alert(1)\">js</a>",
    "js",
    "js" },
  { "javascript in disguise is no link",
    "<a href=\" jAvA\tscript:x\">a</a> <a href=\"&#106;avascript:x\">b</a>",
    "a b",
    "a b" },
  { "file, data and open are no links",
    "<a href=\"file:///etc/passwd\">a</a> <a href=\"data:text/html,x\">b</a> <a href=\"open://x\">c</a>",
    "a b c",
    "a b c" },
  { "a relative link is text",
    "<a href=\"/orders\">a</a> <a href=\"//x.example/\">b</a> <a>c</a>",
    "a b c",
    "a b c" },
  { "a link without a host is text",
    "<a href=\"http://\">a</a> <a href=\"https:///x\">b</a> <a href=\"mailto:\">c</a>",
    "a b c",
    "a b c" },
  { "a tab in a URL is dropped",
    "<a href=\"ht\ttps://x.example/a b\">r</a>",
    "<a href=\"https://x.example/a%20b\">r</a>",
    "r (https://x.example/a%20b)" },
  { "a link around a paragraph stays on its line",
    "<a href=\"https://x.example/\"><p>para</p></a>next",
    "<a href=\"https://x.example/\">para</a><br>next",
    "para (https://x.example/)\nnext" },
  { "links don't nest",
    "<a href=\"https://x.example/\">a<a href=\"https://y.example/\">b</a>c",
    "<a href=\"https://x.example/\">a</a><a href=\"https://y.example/\">b</a>c",
    "a (https://x.example/)b (https://y.example/)c" },
  { "an image is its text with a link",
    "<img src=\"https://x.example/i.png\" alt=\"chart\">",
    "<a href=\"https://x.example/i.png\">chart</a>",
    "chart (https://x.example/i.png)" },
  { "an image of the process is only its text",
    "<img id=\"1\" src=\"file:///x\" alt=\"chart\">",
    "chart",
    "chart" },
  { "an image without a text is nothing",
    "a<img src=\"https://x.example/pixel\">b<img alt=\"\">",
    "ab",
    "ab" },
  { "an image in a link is the link's text",
    "<a href=\"https://x.example/\"><img alt=\"logo\" src=\"https://y.example/\"></a>",
    "<a href=\"https://x.example/\">logo</a>",
    "logo (https://x.example/)" },
  { "colours stay",
    "<span style=\"color:#c00\">¥1</span> <font color=\"red\">r</font> <span style=\"color: rgb(0, 128, 0)\">g</span>",
    "<font color=\"#cc0000\">¥1</font> <font color=\"#ff0000\">r</font> <font color=\"#008000\">g</font>",
    "¥1 r g" },
  { "colours that can't be read vanish",
    "<span style=\"color:white\">w</span><font color=\"#000\">b</font><font color=\"#fffffe\">c</font>",
    "wbc",
    "wbc" },
  { "bad colours vanish",
    "<font color='\"><script>'>a</font><span style=\"color:expression(1)\">b</span><span style=\"color:#12\">c</span>",
    "abc",
    "abc" },
  { "sizes stay within reason",
    "<font size=\"7\">a</font> <font size=\"+1\">b</font> <span style=\"font-size:300px\">c</span> <span style=\"font-size:1px\">d</span> <font size=3>e</font>",
    "<font size=\"5\">a</font> <font size=\"4\">b</font> <font size=\"5\">c</font> <font size=\"2\">d</font> e",
    "a b c d e" },
  { "css can be bold, italic and underlined",
    "<span style=\"font-weight:bold;font-style:italic\">a</span> <span style=\"TEXT-DECORATION: underline line-through\">b</span>",
    "<b><i>a</i></b> <u><s>b</s></u>",
    "a b" },
  { "backgrounds and positions vanish",
    "<p style=\"background:url(http://x.example/);position:fixed;color:#00c\">a</p>",
    "<font color=\"#0000cc\">a</font>",
    "a" },
  { "entities are read",
    "&copy; &eacute; &#20013; &#x4e2d; &quot; &#39;",
    "© é 中 中 &quot; '",
    "© é 中 中 \" '" },
  { "a no-break space stays",
    "a&nbsp;&nbsp;b",
    "a\u00a0\u00a0b",
    "a\u00a0\u00a0b" },
  { "unknown entities are text",
    "&bogus; & &amp;lt; AT&T",
    "&amp;bogus; &amp; &amp;lt; AT&amp;T",
    "&bogus; & &lt; AT&T" },
  { "impossible characters vanish", "a&#0;&#xD800;&#x1F;&#27;b", "ab", "ab" },
  { "direction controls vanish",
    "a\u202eb&#x202e;c<b>\u2066d</b>&#8207;&rlm;",
    "abc<b>d</b>",
    "abcd" },
  { "control characters vanish", "a\033b<b>\177c\b</b>", "ab<b>c</b>", "abc" },
  { "emoji stay", "😀 👩‍💻", "😀 👩‍💻", "😀 👩‍💻" },
  { "fields and frames leave their text",
    "<noscript>a</noscript> <button>b</button> <label>c</label>",
    "a b c",
    "a b c" },
  { "a second body is the same body",
    "<body>a<body>b</body>c</body>d",
    "abcd",
    "abcd" },
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autofree char *im = wn_markup_to_html (c->html, strlen (c->html));
  g_autofree char *text = wn_markup_to_text (c->html, strlen (c->html));

  g_assert_cmpstr (im, ==, c->im);
  g_assert_cmpstr (text, ==, c->text);
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
      g_autofree char *im = wn_markup_to_html (html, strlen (html));
      g_autofree char *text = wn_markup_to_text (html, strlen (html));

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
  text = wn_markup_to_text (html->str, html->len);
  found = text;
  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *word = g_strdup_printf ("word%u.", i);

      found = strstr (found, word);
      g_assert_nonnull (found);
    }
  g_string_free (html, TRUE);
}

static void
test_long_body_is_cut (void)
{
  GString *html = g_string_new ("x");
  g_autofree char *im = NULL;
  g_autofree char *text = NULL;

  while (html->len < WN_MARKUP_MAX_BYTES + 10)
    g_string_append (html, "单");
  im = wn_markup_to_html (html->str, html->len);
  text = wn_markup_to_text (html->str, html->len);
  g_assert_true (g_utf8_validate (im, -1, NULL));
  g_assert_true (g_str_has_suffix (im, "单<br>[12 more bytes aren’t shown]"));
  g_assert_true (g_str_has_suffix (text, "单\n[12 more bytes aren’t shown]"));
  g_string_free (html, TRUE);
}

static void
test_exact_length_is_not_cut (void)
{
  g_autofree char *html = g_strnfill (WN_MARKUP_MAX_BYTES, 'x');
  g_autofree char *im = wn_markup_to_html (html, WN_MARKUP_MAX_BYTES);

  g_assert_cmpstr (im, ==, html);
}

static void
test_cut_spares_tags (void)
{
  g_autofree char *words = g_strnfill (WN_MARKUP_MAX_BYTES - 10, 'x');
  g_autofree char *html
      = g_strdup_printf ("<b>%s<a href=\"http://x.example/\">y</a></b>", words);
  g_autofree char *im = wn_markup_to_html (html, strlen (html));

  g_assert_null (strstr (im, "href"));
  g_assert_true (
      g_str_has_suffix (im, "x</b><br>[37 more bytes aren’t shown]"));
}

static void
test_many_tags_become_plain (void)
{
  GString *html = g_string_new (NULL);
  g_autofree char *im = NULL;

  for (guint i = 0; i < 50; i++)
    g_string_append_printf (html, "<b>%u</b><br>&lt;", i);
  im = wn_markup_to_html (html->str, html->len);
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
  im = wn_markup_to_html (html->str, html->len);
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
  im = wn_markup_to_html (html->str, html->len);
  g_assert_true (g_str_has_prefix (im, "<b>x</b> y <b>x</b>"));
  g_string_free (html, TRUE);
}

static void
test_nul_and_length (void)
{
  static const char html[] = "<b>a\0b</b>c";
  static const char text[] = "a\0b c";
  g_autofree char *im = wn_markup_to_html (html, sizeof html - 1);
  g_autofree char *plain = wn_markup_to_html (text, 3);
  g_autofree char *empty = wn_markup_to_html ("x", 0);

  g_assert_cmpstr (im, ==, "<b>ab</b>c");
  g_assert_cmpstr (plain, ==, "ab");
  g_assert_cmpstr (empty, ==, "");
}

static void
test_silence (void)
{
  if (g_test_subprocess ())
    {
      const char *html = "<b foo=\"<a\"></i>&bogus;<b>&#xD800;<x:y z><?<!>";

      g_free (wn_markup_to_html (html, strlen (html)));
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

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/markup/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/markup/hostile floods finish and lose nothing",
                   test_floods);
  g_test_add_func ("/markup/no visible word is lost between debris",
                   test_no_word_is_lost);
  g_test_add_func ("/markup/a long body is cut between characters and says so",
                   test_long_body_is_cut);
  g_test_add_func ("/markup/a body of the exact limit is not cut",
                   test_exact_length_is_not_cut);
  g_test_add_func ("/markup/the cut falls before a tag, not into it",
                   test_cut_spares_tags);
  g_test_add_func ("/markup/more tags than hosts take become plain text",
                   test_many_tags_become_plain);
  g_test_add_func ("/markup/more lines than tags allowed keep line feeds",
                   test_very_many_lines_become_line_feeds);
  g_test_add_func ("/markup/as many tags as hosts take stay",
                   test_ninety_tags_stay);
  g_test_add_func ("/markup/a NUL ends nothing, the length does",
                   test_nul_and_length);
  g_test_add_func ("/markup/bad HTML writes nothing to stderr", test_silence);
  g_test_add_func ("/markup/clean text has nothing hidden", test_clean_text);
  g_test_add_func ("/markup/escaped text is HTML", test_escape);
  return g_test_run ();
}
