/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A notification's words, put together out of what `core/markup/markup.h` and
 * `core/message/file-name.h` make harmless. Who shows them, and where, is not
 * known here.
 */

#include "core/message/notification.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/message/file-name.h"
#include "core/markup/markup.h"

#define MAX_TITLE_BYTES 4096
#define MAX_TYPE_NAME_BYTES 128
#define MAX_TAGS_BYTES 16 /* around title and body */

WnNotification *
wn_notification_new (void)
{
  return g_rc_box_new0 (WnNotification);
}

static void
link_free (gpointer data)
{
  WnLink *link = data;

  g_free (link->label);
  g_free (link->url);
  g_free (link);
}

void
wn_notification_add_link (WnNotification *self,
                          const char *label,
                          const char *url)
{
  g_return_if_fail (self != NULL && label != NULL && url != NULL);

  WnLink *link = g_new0 (WnLink, 1);

  link->label = g_strdup (*label != '\0' ? label : url);
  link->url = g_strdup (url);
  if (self->links == NULL)
    self->links = g_ptr_array_new_with_free_func (link_free);
  g_ptr_array_add (self->links, link);
}

WnNotification *
wn_notification_ref (WnNotification *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return g_rc_box_acquire (self);
}

static void
clear_notification (gpointer data)
{
  WnNotification *self = data;

  g_free (self->id);
  g_free (self->type);
  g_free (self->source);
  g_free (self->title);
  g_free (self->content);
  g_clear_pointer (&self->links, g_ptr_array_unref);
  g_clear_pointer (&self->attachment, wn_attachment_free);
  g_free (self->cursor);
}

void
wn_notification_unref (WnNotification *self)
{
  g_return_if_fail (self != NULL);
  g_rc_box_release_full (self, clear_notification);
}

/* The first @max_bytes of @text, between two characters, and an ellipsis where
 * that isn't all.
 */
static char *
dup_start (const char *text, gsize max_bytes)
{
  gsize length = strlen (text);

  if (length <= max_bytes)
    return g_strdup (text);
  length = max_bytes;
  while (length > 0 && ((guchar) text[length] & 0xc0) == 0x80)
    length--;
  return g_strdup_printf ("%.*s…", (int) length, text);
}

/* Never empty: an IM without a word would not be seen. */
static char *
dup_headline (const WnNotification *self)
{
  g_autofree char *start
      = dup_start (self->title != NULL ? self->title : "", MAX_TITLE_BYTES);
  g_autofree char *title = g_strstrip (wn_markup_clean_text (start, TRUE));
  g_autofree char *label = NULL;

  if (*title != '\0')
    return g_steal_pointer (&title);
  label = wn_notification_dup_type_label (self->type);
  return label != NULL ? g_steal_pointer (&label)
                       : g_strdup (_ ("Notification"));
}

/* (nullable): the line below the title of what comes with a file. */
static char *
dup_file_line (const WnNotification *self)
{
  if (self->lacks_file)
    return g_strdup (
        _ ("The file’s name is missing, so it can’t be downloaded."));
  return self->attachment != NULL
             ? wn_file_name_from_key (self->attachment->name)
             : NULL;
}

/* Hosts take a message that begins with "/me ", whatever tags stand before it,
 * for an action. A space in front keeps it what it is.
 */
static char *
guard_against_action (GString *html)
{
  gsize start = 0;

  while (html->str[start] == '<')
    start += strcspn (html->str + start, ">") + 1;
  if (g_ascii_strncasecmp (html->str + start, "/me ", 4) == 0)
    g_string_insert_c (html, (gssize) start, ' ');
  return g_string_free (html, FALSE);
}

static char *
dup_body_text (const WnNotification *self)
{
  if (self->content == NULL)
    return g_strdup ("");
  if (self->kind == WN_MARKUP_HTML)
    return wn_markup_to_text (self->content, strlen (self->content));
  return wn_markup_clean_text (self->content, FALSE);
}

static char *
dup_body_html (const WnNotification *self)
{
  if (self->content != NULL && self->kind == WN_MARKUP_HTML)
    return wn_markup_to_html (self->content, strlen (self->content));

  g_autofree char *text = dup_body_text (self);

  return wn_markup_escape (text);
}

static void
append_part (GString *message, const char *separator, const char *part)
{
  if (*part == '\0')
    return;
  if (message->len > 0)
    g_string_append (message, separator);
  g_string_append (message, part);
}

char *
wn_notification_to_html (const WnNotification *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_autofree char *headline = dup_headline (self);
  g_autofree char *title = wn_markup_escape (headline);
  g_autofree char *file_line = dup_file_line (self);
  g_autofree char *body = dup_body_html (self);
  GString *html
      = g_string_sized_new (strlen (title) + strlen (body) + MAX_TAGS_BYTES);

  g_string_append_printf (html, "<b>%s</b>", title);
  if (file_line != NULL)
    {
      g_autofree char *file = wn_markup_escape (file_line);

      append_part (html, "<br>", file);
    }
  append_part (html, "<br>", body);
  return guard_against_action (html);
}

char *
wn_notification_to_text (const WnNotification *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_autofree char *file_line = dup_file_line (self);
  g_autofree char *body = dup_body_text (self);
  g_autofree char *html = NULL;
  g_autofree char *headline = dup_headline (self);
  g_autoptr (GString) text = g_string_new (headline);

  if (file_line != NULL)
    append_part (text, "\n", file_line);
  append_part (text, "\n", body);
  html = wn_markup_escape (text->str);
  return guard_against_action (g_string_new (html));
}

char *
wn_notification_dup_type_name (const char *type)
{
  const char *separator = NULL;
  g_autofree char *clean = NULL;
  g_autofree char *name = NULL;

  if (type == NULL)
    return NULL;
  separator = strrchr (type, '\\');
  clean = wn_markup_clean_text (separator != NULL ? separator + 1 : type, TRUE);
  name = dup_start (g_strstrip (clean), MAX_TYPE_NAME_BYTES);
  return *name != '\0' ? g_steal_pointer (&name) : NULL;
}

/* Whether a word begins at @p, which isn't the first of its text: `P` in
 * `orderPaid`, `R` in `HTMLReport`.
 */
static gboolean
begins_word (const char *p)
{
  if (!g_ascii_isupper (*p))
    return FALSE;
  return g_ascii_islower (p[-1]) || g_ascii_isdigit (p[-1])
         || (g_ascii_isupper (p[-1]) && g_ascii_islower (p[1]));
}

char *
wn_notification_dup_type_label (const char *type)
{
  g_autofree char *name = wn_notification_dup_type_name (type);
  GString *label = NULL;

  if (name == NULL)
    return NULL;
  label = g_string_new (NULL);
  for (const char *p = name; *p != '\0'; p++)
    {
      if (p > name && begins_word (p))
        g_string_append_c (label, ' ');
      g_string_append_c (label, *p == '_' ? ' ' : *p);
    }
  return g_string_free (label, FALSE);
}
