/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each pending question holds a reference, and the one cancellable ends all
 * of them: after wn_exports_close() an answer only drops its reference. A
 * transfer holds its entry, which knows when the exports are gone.
 */

#include "purple/exports.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/message/file-name.h"
#include "core/markup/markup.h"
#include "net/http/download-config.h"
#include "net/http/size.h"
#include "purple/sentences.h"
#include "purple/tick.h"
#include "purple/transfer.h"

#define MAX_ASKING 4
/* Of those that have come to an end; the others all have a dialog or a place
 * in the host's list.
 */
#define MAX_KEPT 50
/* Pidgin cuts a line that nobody says at 4,096 bytes of HTML. */
#define MAX_LIST_BYTES 3500
#define MAX_SERVER_NAME_BYTES 500

typedef enum
{
  STATE_WAITING, /* for the server to say its size */
  STATE_OFFERED,
  STATE_LINKED, /* its link was sent; the host can't take it otherwise */
  STATE_RUNNING,
  STATE_DONE,
  STATE_FAILED,
  STATE_DENIED,
  STATE_CANCELLED,
} State;

/* One for each key of the session, counted. */
typedef struct
{
  WnExports *exports;       /* (unowned) (nullable): until closed */
  WnAttachment *attachment; /* (owned) */
  char *name;               /* (owned): as it is offered */
  State state;
  gint64 n_received; /* bytes */
  gint64 size;       /* bytes, or WN_SIZE_UNKNOWN */
  char *reason;      /* (owned) (nullable): why it failed */
} Entry;

struct _WnExports
{
  WnExportsConfig config;    /* (unowned): until closed */
  GQueue entries;            /* of Entry (owned): the newest last */
  GQueue waiting;            /* of Entry (owned): the server is yet to ask */
  GCancellable *cancellable; /* (owned) */
  guint n_asking;
};

typedef struct
{
  WnExports *exports; /* (owned): a reference */
  Entry *entry;       /* (owned): a reference */
} Question;

/* --- entries --- */

static void
entry_clear (gpointer data)
{
  Entry *entry = data;

  wn_attachment_free (entry->attachment);
  g_free (entry->name);
  g_free (entry->reason);
}

static void
entry_unref (gpointer data)
{
  g_rc_box_release_full (data, entry_clear);
}

static Entry *
entry_new (WnExports *exports, const WnAttachment *attachment)
{
  Entry *entry = g_rc_box_new0 (Entry);

  entry->exports = exports;
  entry->attachment = wn_attachment_copy (attachment);
  entry->name = wn_file_name_from_key (attachment->name);
  return entry;
}

static gboolean
is_under_way (const Entry *entry)
{
  return entry->state == STATE_WAITING || entry->state == STATE_OFFERED
         || entry->state == STATE_RUNNING;
}

/* A link to the entry, which its owner may take out of the queue. */
static GList *
find_by_key (const WnExports *self, const char *key)
{
  for (GList *l = self->entries.tail; l != NULL; l = l->prev)
    if (g_str_equal (((Entry *) l->data)->attachment->key, key))
      return l;
  return NULL;
}

static void
forget_the_oldest (WnExports *self)
{
  GList *l = self->entries.head;
  guint n_over = self->entries.length;

  while (l != NULL && n_over > MAX_KEPT)
    {
      GList *next = l->next;

      if (!is_under_way (l->data))
        {
          entry_unref (l->data);
          g_queue_delete_link (&self->entries, l);
          n_over--;
        }
      l = next;
    }
}

/* --- the parts of a life --- */

static void
exports_clear (gpointer data)
{
  WnExports *self = data;

  g_queue_clear_full (&self->waiting, entry_unref);
  g_queue_clear_full (&self->entries, entry_unref);
  g_object_unref (self->cancellable);
}

static Question *
question_copy (const Question *question)
{
  Question *copy = g_new0 (Question, 1);

  copy->exports = g_rc_box_acquire (question->exports);
  copy->entry = g_rc_box_acquire (question->entry);
  return copy;
}

static void
question_free (Question *question)
{
  g_rc_box_release_full (question->exports, exports_clear);
  entry_unref (question->entry);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
question_destroy (gpointer question)
{
  question_free (question);
}

static char *
dup_authorization (const WnExports *self, const char *url)
{
  return wn_settings_dup_authorization (self->config.settings, url);
}

static WnDownloadConfig
download_config (const WnExports *self,
                 const char *url,
                 const char *authorization)
{
  return (WnDownloadConfig){
    .url = url,
    .authorization = authorization,
    .proxy_resolver = self->config.proxy_resolver,
    .trust = self->config.settings->trust,
  };
}

static void
send_link (WnExports *self, const char *name, const char *url)
{
  g_autofree char *line
      = g_strdup_printf (_ ("%s: %s\nTo have it sent again, write: download "
                            "%s"),
                         name,
                         url,
                         name);

  wn_inbox_add_line (self->config.inbox, line);
}

/* Where the lines of a transfer aren't shown, the contact says so. */
static void
tell_of_failure (const WnExports *self, const Entry *entry)
{
  g_autofree char *line
      = g_strdup_printf (_ ("“%s” could not be downloaded. %s To be asked "
                            "again, write: download %s"),
                         entry->name,
                         entry->reason,
                         entry->name);

  wn_inbox_add_line (self->config.inbox, line);
}

static void
on_transfer_changed (const WnTransferStatus *status, gpointer user_data)
{
  static const State states[] = {
    [WN_TRANSFER_RUNNING] = STATE_RUNNING,
    [WN_TRANSFER_DONE] = STATE_DONE,
    [WN_TRANSFER_FAILED] = STATE_FAILED,
    [WN_TRANSFER_DENIED] = STATE_DENIED,
    [WN_TRANSFER_CANCELLED] = STATE_CANCELLED,
  };
  Entry *entry = user_data;

  entry->state = states[status->state];
  entry->n_received = status->n_received;
  entry->size = status->size;
  if (entry->state != STATE_FAILED)
    return;
  g_free (entry->reason);
  entry->reason = g_strdup (status->reason);
  if (entry->exports != NULL && entry->exports->config.needs_size)
    tell_of_failure (entry->exports, entry);
}

static void
offer (WnExports *self, const Question *question, gint64 size)
{
  Entry *entry = question->entry;
  const char *url = entry->attachment->url;
  g_autofree char *authorization = dup_authorization (self, url);
  WnDownloadConfig config = download_config (self, url, authorization);

  entry->size = size;
  if (self->config.needs_size && size <= 0)
    {
      entry->state = STATE_LINKED;
      send_link (self, entry->name, entry->attachment->url);
      return;
    }
  entry->state = STATE_OFFERED;
  wn_transfer_offer (self->config.gc,
                     self->config.who,
                     entry->name,
                     &config,
                     size,
                     on_transfer_changed,
                     g_rc_box_acquire (entry),
                     entry_unref);
}

static void ask_next (WnExports *self);
static void query_size (Question *question);

/* Nothing is offered that can't be had. */
static void
give_up (WnExports *self, Entry *entry, const char *reason)
{
  entry->state = STATE_FAILED;
  g_free (entry->reason);
  entry->reason = g_strdup (reason);
  tell_of_failure (self, entry);
}

static void
drop (WnExports *self, const Question *question)
{
  give_up (self,
           question->entry,
           _ ("The server's certificate is not trusted, and you have not "
              "accepted it."));
  self->n_asking--;
  ask_next (self);
}

static void
on_certificate_answer (gboolean accepted, gpointer user_data)
{
  Question *question = user_data;
  WnExports *self = question->exports;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (accepted)
    query_size (question_copy (question));
  else
    drop (self, question);
}

static void
ask_about_certificate (Question *question, const WnTlsDoubt *doubt)
{
  g_autoptr (Question) owned = question;

  if (wn_certificates_ask (question->exports->config.certificates,
                           doubt,
                           on_certificate_answer,
                           question,
                           question_destroy))
    g_steal_pointer (&owned);
  else
    drop (question->exports, question);
}

static void
on_download_size (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (WnTlsDoubt) doubt = NULL;
  gint64 size = wn_size_query_finish (result, &doubt);
  WnExports *self = question->exports;

  wn_tick_release ();
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (doubt != NULL)
    {
      ask_about_certificate (g_steal_pointer (&question), doubt);
      return;
    }
  self->n_asking--;
  offer (self, question, size);
  if (!g_cancellable_is_cancelled (self->cancellable))
    ask_next (self);
}

/* Takes the question. */
static void
query_size (Question *question)
{
  WnExports *self = question->exports;
  const char *url = question->entry->attachment->url;
  g_autofree char *authorization = dup_authorization (self, url);
  WnDownloadConfig config = download_config (self, url, authorization);

  wn_tick_hold ();
  wn_size_query_async (&config, self->cancellable, on_download_size, question);
}

static void
ask (WnExports *self, Entry *entry)
{
  Question *question = g_new0 (Question, 1);

  question->exports = g_rc_box_acquire (self);
  question->entry = g_rc_box_acquire (entry);
  self->n_asking++;
  query_size (question);
}

static void
ask_next (WnExports *self)
{
  while (self->n_asking < MAX_ASKING && !g_queue_is_empty (&self->waiting))
    {
      Entry *entry = g_queue_pop_head (&self->waiting);

      ask (self, entry);
      entry_unref (entry);
    }
}

/* --- what the user reads --- */

static char *
dup_progress (const Entry *entry)
{
  g_autofree char *received = NULL;

  if (entry->size > 0)
    return g_strdup_printf (_ ("in progress, %d %%"),
                            (int) (entry->n_received * 100 / entry->size));
  received = g_format_size ((guint64) entry->n_received);
  return g_strdup_printf (_ ("in progress, %s so far"), received);
}

static char *
dup_state (const Entry *entry)
{
  switch (entry->state)
    {
    case STATE_WAITING:
      return g_strdup (_ ("about to be offered"));
    case STATE_OFFERED:
      return g_strdup (_ ("offered"));
    case STATE_LINKED:
      return g_strdup (_ ("its link was sent"));
    case STATE_RUNNING:
      return dup_progress (entry);
    case STATE_DONE:
      return g_strdup (_ ("done"));
    case STATE_FAILED:
      return g_strdup_printf (_ ("failed: %s"), entry->reason);
    case STATE_DENIED:
      return g_strdup (_ ("denied"));
    case STATE_CANCELLED:
    default:
      return g_strdup (_ ("cancelled"));
    }
}

static gboolean
is_name_of_another (const WnExports *self, const Entry *entry)
{
  for (const GList *l = self->entries.head; l != NULL; l = l->next)
    if (l->data != entry
        && g_str_equal (((Entry *) l->data)->name, entry->name))
      return TRUE;
  return FALSE;
}

/* Fit to be seen. */
static char *
dup_server_name (const Entry *entry)
{
  if (strlen (entry->attachment->key) > MAX_SERVER_NAME_BYTES)
    return g_strdup (entry->name);
  return wn_markup_clean_text (entry->attachment->key, TRUE);
}

/* The server's own name, where the other isn't enough. */
static char *
dup_full_name (const WnExports *self, const Entry *entry)
{
  if (!is_name_of_another (self, entry))
    return g_strdup (entry->name);
  return dup_server_name (entry);
}

static char *
dup_list_line (const WnExports *self, const Entry *entry)
{
  g_autofree char *name = dup_full_name (self, entry);
  g_autofree char *state = dup_state (entry);

  return g_strdup_printf ("%s: %s", name, state);
}

static gsize
length_as_html (const char *text)
{
  g_autofree char *html = wn_markup_escape (text);

  return strlen (html);
}

/* Prepends what there is room for, from the newest on; returns the rest. */
static guint
list_the_newest (const WnExports *self, GString *text)
{
  guint n_left = self->entries.length;
  gsize n_bytes = 0;

  for (const GList *l = self->entries.tail; l != NULL; l = l->prev)
    {
      g_autofree char *line = dup_list_line (self, l->data);

      n_bytes += length_as_html (line) + strlen ("<br>");
      if (n_bytes > MAX_LIST_BYTES)
        break;
      if (text->len > 0)
        g_string_prepend_c (text, '\n');
      g_string_prepend (text, line);
      n_left--;
    }
  return n_left;
}

char *
wn_exports_dup_list (const WnExports *self)
{
  GString *text = g_string_new (NULL);
  guint n_left = list_the_newest (self, text);

  if (self->entries.length == 0)
    g_string_assign (text,
                     _ ("There have been no exports since you signed "
                        "on."));
  if (n_left > 0)
    {
      g_autofree char *line
          = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                          "%u earlier one is not listed.\n",
                                          "%u earlier ones are not listed.\n",
                                          n_left),
                             n_left);

      g_string_prepend (text, line);
    }
  return g_string_free (text, FALSE);
}

static char *
fold (const char *text)
{
  g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);

  return g_utf8_casefold (normal != NULL ? normal : text, -1);
}

static gboolean
is_called (const Entry *entry, const char *folded)
{
  g_autofree char *name = fold (entry->name);

  return g_str_equal (name, folded);
}

/* Returns: (transfer container): of Entry, those that @name can mean */
static GPtrArray *
find_by_name (const WnExports *self, const char *name)
{
  GPtrArray *found = g_ptr_array_new ();
  GList *exact = find_by_key (self, name);
  g_autofree char *folded = fold (name);

  for (GList *l = self->entries.head; l != NULL; l = l->next)
    if (l != exact && is_called (l->data, folded))
      g_ptr_array_add (found, l->data);
  /* The server's own name tells it from others, but where it has no folder. */
  if (exact == NULL)
    return found;
  if (found->len == 0 || strpbrk (name, "/\\") != NULL)
    g_ptr_array_set_size (found, 0);
  g_ptr_array_add (found, exact->data);
  return found;
}

static char *
dup_ambiguous (const GPtrArray *found)
{
  GString *text = g_string_new (_ ("More than one export has that name. Write "
                                   "“download” and one of these:"));

  for (guint i = 0; i < found->len; i++)
    {
      const Entry *entry = g_ptr_array_index (found, i);
      g_autofree char *name = dup_server_name (entry);

      g_string_append_printf (text, "\n%s", name);
      if (text->len > MAX_LIST_BYTES / 2)
        break;
    }
  return g_string_free (text, FALSE);
}

char *
wn_exports_offer_again (WnExports *self, const char *name)
{
  g_autoptr (GPtrArray) found = NULL;
  const Entry *entry;

  if (name == NULL || *name == '\0')
    return g_strdup (_ ("Write “download” and the name of an export. “exports” "
                        "lists them."));
  found = find_by_name (self, name);
  if (found->len == 0)
    return g_strdup (_ ("There has been no export of that name since you "
                        "signed on. “exports” lists them."));
  if (found->len > 1)
    return dup_ambiguous (found);
  entry = g_ptr_array_index (found, 0);
  if (is_under_way (entry))
    {
      g_autofree char *state = dup_state (entry);

      return g_strdup_printf (_ ("“%s” is under way already: %s."),
                              entry->name,
                              state);
    }
  wn_exports_add (self, entry->attachment);
  return g_strdup_printf (_ ("“%s” will be offered again."), entry->name);
}

/* --- the interface --- */

WnExports *
wn_exports_new (const WnExportsConfig *config)
{
  WnExports *self = g_rc_box_new0 (WnExports);

  self->config = *config;
  self->cancellable = g_cancellable_new ();
  return self;
}

void
wn_exports_close (WnExports *self)
{
  for (GList *l = self->entries.head; l != NULL; l = l->next)
    ((Entry *) l->data)->exports = NULL;
  g_cancellable_cancel (self->cancellable);
  g_rc_box_release_full (self, exports_clear);
}

/* A new one, or the one of that key, last in the list. */
static Entry *
take_entry (WnExports *self, const WnAttachment *attachment)
{
  GList *l = find_by_key (self, attachment->key);

  if (l == NULL)
    g_queue_push_tail (&self->entries, entry_new (self, attachment));
  else
    {
      g_queue_unlink (&self->entries, l);
      g_queue_push_tail_link (&self->entries, l);
    }
  return g_queue_peek_tail (&self->entries);
}

void
wn_exports_add (WnExports *self, const WnAttachment *attachment)
{
  GList *known = find_by_key (self, attachment->key);
  Entry *entry;

  if (known != NULL && is_under_way (known->data))
    return;
  entry = take_entry (self, attachment);
  entry->state = STATE_WAITING;
  entry->n_received = 0;
  entry->size = WN_SIZE_UNKNOWN;
  forget_the_oldest (self);
  g_queue_push_tail (&self->waiting, g_rc_box_acquire (entry));
  ask_next (self);
}
