/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * md4c says which blocks and spans begin and end; each is an element of HTML.
 * HTML in Markdown is text, and bare addresses are left to the page.
 */

#include "core/markup/markdown.h"

#include <md4c.h>
#include <string.h>

#include "core/markup/text.h"

static const char *const block_names[] = {
  [MD_BLOCK_QUOTE] = "blockquote",
  [MD_BLOCK_UL] = "ul",
  [MD_BLOCK_OL] = "ol",
  [MD_BLOCK_LI] = "li",
  [MD_BLOCK_HR] = "hr",
  [MD_BLOCK_H] = "h1",
  [MD_BLOCK_CODE] = "pre",
  [MD_BLOCK_P] = "p",
  [MD_BLOCK_TABLE] = "table",
  [MD_BLOCK_THEAD] = "thead",
  [MD_BLOCK_TBODY] = "tbody",
  [MD_BLOCK_TR] = "tr",
  [MD_BLOCK_TH] = "th",
  [MD_BLOCK_TD] = "td",
};

static const char *const span_names[] = {
  [MD_SPAN_EM] = "em",     [MD_SPAN_STRONG] = "strong", [MD_SPAN_A] = "a",
  [MD_SPAN_CODE] = "code", [MD_SPAN_DEL] = "del",
};

/* Longer Markdown is read as text, because md4c takes quadratic time for nested
 * lists.
 */
#define MAX_BYTES (32 * 1024)

/* md4c fills up short rows of a table, so that a table may have more cells than
 * bytes. This many calls are enough for every other Markdown.
 */
#define MAX_EVENTS_PER_BYTE 4
#define MIN_EVENTS 1000

typedef struct
{
  WnReader *reader; /* (unowned): outlives the parser */
  gsize max_events; /* that are still to be read */
  guint n_images;   /* open ones */
  GString *alt;     /* (owned): the text of the open image, as HTML */
} Markdown;

/* Returns: what stops the parser when it has said enough, else 0 */
static int
markdown_count_event (Markdown *self)
{
  if (self->max_events == 0)
    return 1;
  self->max_events--;
  return 0;
}

/* md4c gives NULL for an empty value. */
static WnTokensAttribute
make_attribute (const char *name, const char *value, gsize length)
{
  return (WnTokensAttribute){ name,
                              strlen (name),
                              value != NULL ? value : "",
                              length };
}

/* Starts the element @name. */
static void
markdown_start (Markdown *self,
                const char *name,
                const WnTokensAttribute *attributes,
                guint n_attributes)
{
  WnToken tag;

  tag.kind = WN_TOKENS_START_TAG;
  tag.name = name;
  tag.name_length = strlen (name);
  tag.n_attributes = n_attributes;
  for (guint i = 0; i < n_attributes; i++)
    tag.attributes[i] = attributes[i];
  wn_reader_start (self->reader, &tag);
}

static void
markdown_start_item (Markdown *self, const MD_BLOCK_LI_DETAIL *item)
{
  const char *mark = item->task_mark == ' ' ? "unchecked" : "checked";
  WnTokensAttribute checked = make_attribute ("data-list", mark, strlen (mark));

  markdown_start (self, "li", &checked, item->is_task ? 1 : 0);
}

static void
markdown_start_numbered_list (Markdown *self, const MD_BLOCK_OL_DETAIL *list)
{
  char first[16];
  gsize length = (gsize) g_snprintf (first, sizeof first, "%u", list->start);
  WnTokensAttribute start = make_attribute ("start", first, length);

  markdown_start (self, "ol", &start, 1);
}

static int
on_md4c_enter_block (MD_BLOCKTYPE type, void *detail, void *data)
{
  Markdown *self = data;

  if (type == MD_BLOCK_LI)
    markdown_start_item (self, detail);
  else if (type == MD_BLOCK_OL)
    markdown_start_numbered_list (self, detail);
  else if (block_names[type] != NULL)
    markdown_start (self, block_names[type], NULL, 0);
  return markdown_count_event (self);
}

static int
on_md4c_leave_block (MD_BLOCKTYPE type, void *detail, void *data)
{
  Markdown *self = data;
  const char *name = block_names[type];

  if (name != NULL)
    wn_reader_end (self->reader, name, strlen (name));
  return markdown_count_event (self);
}

static int
on_md4c_enter_span (MD_SPANTYPE type, void *detail, void *data)
{
  Markdown *self = data;

  if (type == MD_SPAN_IMG)
    self->n_images++;
  else if (type == MD_SPAN_A && self->n_images == 0)
    {
      const MD_ATTRIBUTE *href = &((const MD_SPAN_A_DETAIL *) detail)->href;
      WnTokensAttribute attribute
          = make_attribute ("href", href->text, href->size);

      markdown_start (self, "a", &attribute, 1);
    }
  else if (self->n_images == 0)
    markdown_start (self, span_names[type], NULL, 0);
  return markdown_count_event (self);
}

/* Adds an image when all of its alternative text has come. */
static void
markdown_add_image (Markdown *self, const MD_ATTRIBUTE *src)
{
  WnTokensAttribute attributes[] = {
    make_attribute ("src", src->text, src->size),
    make_attribute ("alt", self->alt->str, self->alt->len),
  };

  markdown_start (self, "img", attributes, G_N_ELEMENTS (attributes));
  g_string_truncate (self->alt, 0);
}

static int
on_md4c_leave_span (MD_SPANTYPE type, void *detail, void *data)
{
  Markdown *self = data;

  if (type == MD_SPAN_IMG && --self->n_images == 0)
    markdown_add_image (self, &((const MD_SPAN_IMG_DETAIL *) detail)->src);
  else if (self->n_images == 0)
    wn_reader_end (self->reader, span_names[type], strlen (span_names[type]));
  return markdown_count_event (self);
}

static void
markdown_add_alt (Markdown *self,
                  MD_TEXTTYPE type,
                  const char *text,
                  gsize length)
{
  if (type == MD_TEXT_ENTITY)
    g_string_append_len (self->alt, text, (gssize) length);
  else
    wn_text_append_escaped (self->alt, text, length);
}

static int
on_md4c_text (MD_TEXTTYPE type, const char *text, MD_SIZE length, void *data)
{
  Markdown *self = data;

  if (self->n_images > 0)
    markdown_add_alt (self, type, text, length);
  else if (type == MD_TEXT_ENTITY)
    wn_reader_add_encoded (self->reader, text, length);
  else if (type == MD_TEXT_BR || type == MD_TEXT_SOFTBR)
    markdown_start (self, "br", NULL, 0);
  else
    wn_reader_add_text (self->reader, text, length);
  return markdown_count_event (self);
}

gboolean
wn_markdown_read (WnReader *reader, const char *text, gsize length)
{
  static const MD_PARSER parser = {
    .flags = MD_FLAG_NOHTML | MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH
             | MD_FLAG_TASKLISTS,
    .enter_block = on_md4c_enter_block,
    .leave_block = on_md4c_leave_block,
    .enter_span = on_md4c_enter_span,
    .leave_span = on_md4c_leave_span,
    .text = on_md4c_text,
  };
  Markdown self = {
    .reader = reader,
    .max_events = MIN_EVENTS + length * MAX_EVENTS_PER_BYTE,
    .alt = g_string_new (NULL),
  };
  gboolean is_read = length <= MAX_BYTES
                     && md_parse (text, (MD_SIZE) length, &parser, &self) == 0;

  g_string_free (self.alt, TRUE);
  return is_read;
}
