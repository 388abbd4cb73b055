/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Whatever HTML comes, no word that a browser would show is lost, none that it
 * hides appears, and they keep their order. The HTML is random and hostile;
 * what a browser would show of it says a second, plain reading of the HTML
 * standard's tokenizer in here, which shares nothing with the plugin's. A seed
 * that failed is run again with --seed.
 */

#include "core/markup/markup.h"

#include <string.h>

#define N_ROUNDS 1000
#define MAX_PIECES 400

/* --- What a browser shows ------------------------------------------------ */

static gboolean
is_space (char c)
{
  return c != '\0' && strchr (" \t\n\r\f", c) != NULL;
}

/* Behind the tag at @p, whose quotes count; NULL where it has no end. */
static const char *
behind_tag (const char *p)
{
  enum
  {
    IN_TAG,
    IN_NAME,
    BEFORE_VALUE,
    IN_VALUE
  } state
      = IN_TAG;

  while (*p != '\0' && !is_space (*p) && *p != '/' && *p != '>')
    p++;
  for (; *p != '\0'; p++)
    if (state == BEFORE_VALUE && (*p == '"' || *p == '\''))
      {
        p = strchr (p + 1, *p);
        if (p == NULL)
          return NULL;
        state = IN_TAG;
      }
    else if (*p == '>')
      return p + 1;
    else if (state == IN_NAME && *p == '=')
      state = BEFORE_VALUE;
    else if (state == IN_NAME && *p == '/')
      state = IN_TAG;
    else if (state == IN_TAG && *p != '/' && !is_space (*p))
      state = IN_NAME;
    else if (state == BEFORE_VALUE && !is_space (*p))
      state = IN_VALUE;
    else if (state == IN_VALUE && is_space (*p))
      state = IN_TAG;
    else if (state == IN_NAME && is_space (*p)
             && p[1 + strspn (p + 1, " \t\n\r\f")] != '=')
      state = IN_TAG;
  return NULL;
}

static gboolean
is_tag_of (const char *p, const char *name)
{
  gsize length = strlen (name);

  return g_ascii_strncasecmp (p, name, length) == 0
         && (is_space (p[length]) || p[length] == '/' || p[length] == '>');
}

/* Behind what the script or style that begins at @p holds. */
static const char *
behind_raw (const char *p, const char *name)
{
  for (p = strstr (p, "</"); p != NULL; p = strstr (p + 2, "</"))
    if (is_tag_of (p + 2, name))
      return p;
  return "";
}

/* Not inlined: under UBSan, GCC 14 then takes @p for NULL, and warns of it. */
static G_NO_INLINE const char *
behind_comment (const char *p)
{
  const char *dashes = p + 2;
  const char *end = strstr (dashes, "-->");
  const char *odd = strstr (p + 4, "--!>");

  if (g_str_has_prefix (p, "<!-->"))
    return p + 5;
  if (odd != NULL && (end == NULL || odd < end))
    return odd + 4;
  return end != NULL ? end + 3 : "";
}

/* Whether what is at @p names an element: no address does. */
static gboolean
is_name (const char *p)
{
  gsize length = strspn (p,
                         "abcdefghijklmnopqrstuvwxyz"
                         "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_:");

  return g_ascii_isalpha (*p) && p[length - 1] != ':'
         && (is_space (p[length]) || p[length] == '/' || p[length] == '>');
}

static const char *
behind_bracket (const char *p, GString *shown)
{
  static const char *const raw[]
      = { "script", "style", "title", "noframes", "iframe" };
  const char *name = p[1] == '/' ? p + 2 : p + 1;
  const char *behind = NULL;

  if (g_str_has_prefix (p, "<!--"))
    return behind_comment (p);
  if (p[1] == '!' || p[1] == '?')
    behind = strchr (p, '>') != NULL ? strchr (p, '>') + 1 : NULL;
  else if (is_name (name))
    {
      behind = behind_tag (name);
      /* Where a browser would show nothing more, all is shown. */
      if (behind == NULL && strchr (name, '>') != NULL)
        behind = strchr (name, '>') + 1;
    }
  if (behind == NULL)
    {
      g_string_append_c (shown, '<');
      return p + 1;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (raw); i++)
    if (p[1] != '/' && is_tag_of (name, raw[i]))
      return behind_raw (behind, raw[i]);
  return behind;
}

static char *
dup_shown (const char *html)
{
  GString *shown = g_string_new (NULL);

  for (const char *p = html; *p != '\0';)
    if (*p == '<')
      p = behind_bracket (p, shown);
    else
      g_string_append_c (shown, *p++);
  return g_string_free (shown, FALSE);
}

/* Words are `w` and digits, so that nothing else is one. */
static char *
dup_words (const char *text)
{
  GString *words = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    if (*p == 'w' && g_ascii_isdigit (p[1]))
      {
        gsize length = 1 + strspn (p + 1, "0123456789");

        g_string_append_len (words, p, (gssize) length);
        g_string_append_c (words, ' ');
        p += length - 1;
      }
  return g_string_free (words, FALSE);
}

/* --- What comes ----------------------------------------------------------- */

static const char *const pieces[] = {
  "<img src=x onerror=y>",
  "<img src='https://x.example/' width=1>",
  "<b onclick=x style='color:#123;font-size:99px'>",
  "<u>",
  "<s>",
  "<sub>",
  "<sup>",
  "<a href='javascript:x'>",
  "<a href='mailto:a@b.example'>y",
  "&#8238;",
  "\342\201\246",
  "\342\200\250",
  "<a href='https://y.example/\342\200\256'>x.example",
  "&#x202e;",
  "\302\205",
  "\033",
  "<b>",
  "</b>",
  "<i>",
  "</i>",
  "<p>",
  "</p>",
  "<div>",
  "</div>",
  "<br>",
  "</br>",
  "<br/>",
  "<hr>",
  "<ul>",
  "<li>",
  "</li>",
  "</ul>",
  "<ol>",
  "</ol>",
  "<table>",
  "<tr>",
  "<td>",
  "</td>",
  "</tr>",
  "</table>",
  "<pre>",
  "</pre>",
  "<h1>",
  "</h2>",
  "<body>",
  "</body>",
  "<html>",
  "</html>",
  "<head>",
  "</head>",
  "<blockquote>",
  "</blockquote>",
  "<font color=red>",
  "</font>",
  "<a href='http://x.example/'>",
  "</a>",
  "<a href=\"",
  "<b title=\"",
  "<b title='",
  "\">",
  "'>",
  "\"",
  "'",
  "=",
  "/",
  "/>",
  ">",
  "<",
  "<<",
  "</",
  "</>",
  "<!",
  "<!-- ",
  " -->",
  "<!-->",
  "--!>",
  "<?",
  "?>",
  "<![CDATA[",
  "]]>",
  "<script>",
  "</script>",
  "</script ",
  "<style>",
  "</style>",
  "<title>",
  "</title>",
  "&",
  "&amp;",
  "&lt;",
  "&gt;",
  "&#",
  "&#x",
  "&#0;",
  "&#xd800;",
  "&nbsp",
  "&bogus;",
  "<x-y>",
  "</x-y>",
  "<select>",
  "<option>",
  "</select>",
  "<form>",
  "</form>",
  "<svg>",
  "<math>",
  "<frameset>",
  "<noframes",
  "<button>",
  "<dl>",
  "<dt>",
  "<dd>",
  "<caption>",
  "<colgroup>",
  "<thead>",
  "<tbody>",
  "</tbody>",
  "<center>",
  "<meta charset=gbk>",
  "<base>",
  "<object>",
  "<embed>",
  "<param>",
  "<isindex>",
  "<area>",
  "<video>old</video>",
  "<source src='https://x.example/v'>",
  "<iframe src='https://x.example/'>",
  "</iframe>",
  "<input type=checkbox>",
  "<td colspan=3>",
  "<li data-list=checked>",
  "<p style='white-space:pre'>",
  "see https://x.example/a",
  "see a@b.example",
  "see www.x.example",
  "<a@b.example>",
  "。",
  "<b/",
  "<a b",
  " c=d ",
  "\n",
  "\t",
  "\302\240",
  "订单",
  "\342\200\256",
};

static char *
make_html (GRand *rand)
{
  GString *html = g_string_new (NULL);
  int n = g_rand_int_range (rand, 1, MAX_PIECES);
  int n_kinds = g_rand_int_range (rand, 2, G_N_ELEMENTS (pieces));

  for (int i = 0; i < n; i++)
    {
      int kind = g_rand_int_range (rand, 0, n_kinds);
      int shift = n_kinds * 7 % (int) G_N_ELEMENTS (pieces);

      g_string_append (html,
                       pieces[(kind + shift) % (int) G_N_ELEMENTS (pieces)]);
      if (g_rand_boolean (rand))
        g_string_append_printf (html, " w%d ", i);
    }
  return g_string_free (html, FALSE);
}

/* --- The properties ------------------------------------------------------- */

static char *
dup_without_tags (const char *html)
{
  GString *text = g_string_new (html);
  g_autoptr (GRegex) tag = g_regex_new ("<[^>]*>", 0, 0, NULL);
  char *bare;

  g_string_replace (text, "<br>", "\n", 0);
  bare = g_regex_replace (tag, text->str, -1, 0, "", 0, NULL);
  g_string_free (text, TRUE);
  return bare;
}

/* In plain text each word is seen, whatever stands around it. */
static void
check_plain_text (const char *body)
{
  g_autofree char *wanted = dup_words (body);
  g_autofree char *im
      = wn_markup_to_html (body, strlen (body), WN_MARKUP_TEXT, NULL);
  g_autofree char *bare = dup_without_tags (im);
  g_autofree char *im_words = dup_words (bare);
  g_autofree char *text
      = wn_markup_to_text (body, strlen (body), WN_MARKUP_TEXT, NULL);
  g_autofree char *text_words = dup_words (text);

  g_assert_cmpstr (im_words, ==, wanted);
  g_assert_cmpstr (text_words, ==, wanted);
}

static void
test_words (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      g_autofree char *html = make_html (rand);
      g_autofree char *shown = dup_shown (html);
      g_autofree char *wanted = dup_words (shown);
      g_autofree char *im
          = wn_markup_to_html (html, strlen (html), WN_MARKUP_HTML, NULL);
      g_autofree char *bare = dup_without_tags (im);
      g_autofree char *im_words = dup_words (bare);
      g_autofree char *text
          = wn_markup_to_text (html, strlen (html), WN_MARKUP_HTML, NULL);
      g_autofree char *text_words = dup_words (text);

      if (strcmp (im_words, wanted) != 0 || strcmp (text_words, wanted) != 0)
        g_test_message ("%s", html);
      g_assert_cmpstr (im_words, ==, wanted);
      g_assert_cmpstr (text_words, ==, wanted);
      check_plain_text (html);
    }
}

/* The tags of @html, in the words of the allow-list. */
static const char allowed_tag[]
    = "^(?:<(?:b|i|u|s|sub|sup|br)>|</(?:a|b|i|u|s|sub|sup|font)>"
      "|<font(?: color=\"#[0-9a-f]{6}\")?(?: size=\"[245]\")?>"
      "|<a href=\"(?:https?://[^\"<>]+|mailto:[^\"<>]+)\">)$";

/* Each tag is one that is allowed, and all that open are closed. */
static void
assert_tags (const char *html)
{
  g_autoptr (GRegex) allowed
      = g_regex_new (allowed_tag, G_REGEX_CASELESS, 0, NULL);
  g_autoptr (GPtrArray) open = g_ptr_array_new ();
  guint n = 0;

  for (const char *p = strchr (html, '<'); p != NULL; p = strchr (p, '<'))
    {
      const char *end = strchr (p, '>');
      g_autofree char *tag = g_strndup (p, (gsize) (end - p) + 1);

      n++;
      g_assert_true (g_regex_match (allowed, tag, 0, NULL));
      if (p[1] == '/')
        {
          const char *last = open->pdata[open->len - 1];

          g_assert_true (g_str_has_prefix (last, "<") && last[1] == p[2]);
          g_ptr_array_set_size (open, (int) open->len - 1);
        }
      else if (strcmp (tag, "<br>") != 0)
        g_ptr_array_add (open, (gpointer) p);
      p = end;
    }
  g_assert_cmpuint (open->len, ==, 0);
  g_assert_cmpuint (n, <=, WN_MARKUP_MAX_TAGS);
}

static void
assert_harmless (const char *text)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_assert_true (c == '\n' || c == '\t' || !g_unichar_iscntrl (c));
      g_assert_true (g_unichar_type (c) != G_UNICODE_FORMAT);
      g_assert_true (g_unichar_break_type (c) != G_UNICODE_BREAK_MANDATORY);
    }
}

static void
test_harmless (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      g_autofree char *html = make_html (rand);
      g_autofree char *im
          = wn_markup_to_html (html, strlen (html), WN_MARKUP_HTML, NULL);
      g_autofree char *text
          = wn_markup_to_text (html, strlen (html), WN_MARKUP_HTML, NULL);

      assert_tags (im);
      assert_harmless (im);
      assert_harmless (text);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/markup-words/no visible word is lost or out of order",
                   test_words);
  g_test_add_func ("/markup-words/nothing but harmless tags and text comes out",
                   test_harmless);
  return g_test_run ();
}
