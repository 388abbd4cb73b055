/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A notification's words, put together out of what `core/markup/markup.h` and
 * `core/message/file-name.h` make harmless. Who shows them, and where, is not
 * known here.
 */

#include "core/message/notification.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/markup/smiley.h"
#include "core/message/file-name.h"

#define MAX_TITLE_BYTES 4096
#define MAX_TYPE_NAME_BYTES 128

WnPriority
wn_priority_of_level (gint64 level, gint64 low, gint64 high)
{
  if (level <= low)
    return WN_PRIORITY_LOW;
  return level >= high ? WN_PRIORITY_HIGH : WN_PRIORITY_NORMAL;
}

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

static gsize
length_of (const char *text)
{
  return text != NULL ? strlen (text) : 0;
}

gsize
wn_notification_get_size (const WnNotification *self)
{
  const WnAttachment *file = self->attachment;
  gsize size = sizeof *self + length_of (self->id) + length_of (self->type)
               + length_of (self->source) + length_of (self->title)
               + length_of (self->content) + length_of (self->cursor);

  if (file != NULL)
    size += sizeof *file + length_of (file->key) + length_of (file->name)
            + length_of (file->url);
  for (guint i = 0; self->links != NULL && i < self->links->len; i++)
    {
      const WnLink *link = g_ptr_array_index (self->links, i);

      size += sizeof *link + length_of (link->label) + length_of (link->url);
    }
  return size;
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

/* The line below the title of what comes with a file, else nothing. */
static char *
dup_file_line (const WnNotification *self)
{
  if (self->lacks_file)
    return g_strdup (
        _ ("The file’s name is missing, so it can’t be downloaded."));
  return self->attachment != NULL
             ? wn_file_name_from_key (self->attachment->name)
             : g_strdup ("");
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

typedef char *(*RenderFunc) (const char *body,
                             gsize length,
                             WnMarkupKind kind,
                             const char *base_url);

static char *
dup_body (const WnNotification *self, RenderFunc render, const char *link_base)
{
  if (self->content == NULL)
    return g_strdup ("");
  return render (self->content, strlen (self->content), self->kind, link_base);
}

/* As a body of nothing but links, so that the rules of links in bodies hold for
 * them.
 */
static char *
dup_links (const WnNotification *self, RenderFunc render, const char *link_base)
{
  g_autoptr (GString) html = g_string_new (NULL);

  if (self->links == NULL)
    return g_strdup ("");
  for (guint i = 0; i < MIN (self->links->len, WN_NOTIFICATION_MAX_LINKS); i++)
    {
      const WnLink *link = self->links->pdata[i];
      g_autofree char *tag = g_markup_printf_escaped ("<a href=\"%s\">%s</a>",
                                                      link->url,
                                                      link->label);

      append_part (html, "<br>", tag);
    }
  return render (html->str, html->len, WN_MARKUP_HTML, link_base);
}

/* What stands below the title, as text with line feeds. */
static char *
dup_rest_text (const WnNotification *self, const WnNotificationView *view)
{
  GString *rest = g_string_new (NULL);
  g_autofree char *file = dup_file_line (self);
  g_autofree char *body = dup_body (self, wn_markup_to_text, view->link_base);
  g_autofree char *links = dup_links (self, wn_markup_to_text, view->link_base);

  append_part (rest, "\n", file);
  append_part (rest, "\n", body);
  append_part (rest, "\n", links);
  return g_string_free (rest, FALSE);
}

static char *
dup_rest_as_plain_html (const WnNotification *self,
                        const WnNotificationView *view)
{
  g_autofree char *text = dup_rest_text (self, view);

  return wn_markup_escape (text);
}

static guint
count_tags (const char *html)
{
  guint n = 0;

  for (const char *p = html; (p = strchr (p, '<')) != NULL; p++)
    n++;
  return n;
}

/* Without formatting where body and links have too many tags together. */
static char *
dup_rest_html (const WnNotification *self, const WnNotificationView *view)
{
  g_autofree char *file = dup_file_line (self);
  g_autofree char *file_html = wn_markup_escape (file);
  g_autofree char *body = dup_body (self, wn_markup_to_html, view->link_base);
  g_autofree char *links = dup_links (self, wn_markup_to_html, view->link_base);
  g_autoptr (GString) rest = g_string_new (NULL);

  append_part (rest, "<br>", file_html);
  append_part (rest, "<br>", body);
  append_part (rest, "<br>", links);
  if (count_tags (rest->str) > WN_MARKUP_MAX_TAGS)
    return dup_rest_as_plain_html (self, view);
  return g_strdup (rest->str);
}

/* Whether @title says no more than the contact's name. */
static gboolean
repeats_source (const WnNotification *self, const char *title)
{
  g_autofree char *label = wn_notification_dup_type_label (self->type);

  return g_strcmp0 (title, self->source) == 0 || g_strcmp0 (title, label) == 0;
}

static char *
dup_title (const WnNotification *self,
           const WnNotificationView *view,
           const char *rest)
{
  g_autofree char *headline = dup_headline (self);
  g_autofree char *title = NULL;

  if (self->is_update)
    title = g_strdup_printf (_ ("%s (updated)"), headline);
  else if (view->says_source && *rest != '\0'
           && repeats_source (self, headline))
    return g_strdup ("");
  else
    title = g_steal_pointer (&headline);
  return wn_markup_escape (title);
}

static char *
join (const WnNotification *self,
      const WnNotificationView *view,
      const char *rest)
{
  g_autofree char *title = dup_title (self, view, rest);
  GString *message = g_string_new (NULL);

  if (*title != '\0')
    g_string_append_printf (message,
                            "%s%s%s",
                            view->title_start,
                            title,
                            view->title_end);
  append_part (message, "<br>", rest);
  return guard_against_action (message);
}

char *
wn_notification_to_html (const WnNotification *self,
                         const WnNotificationView *view)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_autofree char *rest = dup_rest_html (self, view);

  return wn_smiley_part (join (self, view, rest));
}

char *
wn_notification_to_text (const WnNotification *self,
                         const WnNotificationView *view)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_autofree char *rest = dup_rest_as_plain_html (self, view);

  return join (self, view, rest);
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
      g_string_append_c (label, strchr ("_.-", *p) != NULL ? ' ' : *p);
    }
  return g_string_free (label, FALSE);
}
