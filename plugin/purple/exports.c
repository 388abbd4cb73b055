/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each entry is counted: the queues hold it, and so does the transfer that
 * tells it how it is doing, which may outlive the exports. An entry knows when
 * they are gone.
 */

#include "purple/exports.h"

#include <string.h>

#include "core/dialect/url.h"
#include "core/markup/markup.h"
#include "core/message/file-name.h"
#include "net/http/redirect.h"
#include "net/http/size.h"
#include "purple/host.h"
#include "purple/sentences.h"
#include "purple/tick.h"
#include "purple/transfer.h"

/* How many questions are open at a time, and how many downloads run at a time
 * that nobody was asked about.
 */
#define MAX_OPEN 3
/* A question that has been open for so long may have been closed without an
 * answer, of which nobody hears in some hosts.
 */
#define STALE_US (10 * G_TIME_SPAN_MINUTE)
/* Entries whose end has come, and entries that wait for their turn: the oldest
 * beyond that are forgotten.
 */
#define MAX_KEPT 50
#define MAX_WAITING 1000
#define MAX_KEY_BYTES 4096
#define MAX_URL_BYTES (16 * 1024)
/* The rest of the line is what stands around it. */
#define MAX_LIST_BYTES (WN_HOST_MAX_LINE_BYTES * 4 / 5)
#define MAX_SERVER_NAME_BYTES 500
#define WORD_ALL "all"
#define CHINESE_ALL "全部" /* in every language, as the commands are */

typedef struct
{
  WnExports *exports;       /* (unowned) (nullable): until closed */
  WnAttachment *attachment; /* (owned) */
  char *who;                /* (owned): the contact that offers it */
  char *name;               /* (owned): as it is offered */
  gint64 announced_us;      /* wall clock */
  gint64 offered_us;        /* when the user was last asked, monotonic */
  WnTransferStatus status;
  PurpleXfer *xfer;    /* (unowned) (nullable): lives until its end, which
                        * the status tells */
  char *reason;        /* (owned) (nullable): why it failed */
  char *authorization; /* (owned) (nullable): the credential goes along */
  gboolean is_urgent;  /* the user has asked for it: it waits for no turn */
  gboolean is_wanted;  /* the user has said "download all" */
} Entry;

struct _WnExports
{
  WnExportsConfig config;    /* (unowned): until closed */
  GQueue entries;            /* of Entry (owned): the newest last */
  GCancellable *cancellable; /* (owned): of the questions for a size */
  guint idle;                /* offers what may be offered; 0: none */
  gint64 quiet_until_us;     /* until when nobody is told again that some wait,
                              * monotonic */
};

/* --- Entries --- */

static void
entry_clear (gpointer data)
{
  Entry *entry = data;

  wn_attachment_free (entry->attachment);
  g_free (entry->who);
  g_free (entry->name);
  g_free (entry->reason);
  g_free (entry->authorization);
}

static void
entry_unref (gpointer data)
{
  g_rc_box_release_full (data, entry_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Entry, entry_unref)

static Entry *
entry_new (WnExports *exports, const char *who, const WnAttachment *attachment)
{
  Entry *entry = g_rc_box_new0 (Entry);

  entry->exports = exports;
  entry->who = g_strdup (who);
  entry->attachment = wn_attachment_copy (attachment);
  entry->name = wn_file_name_from_key (attachment->name);
  /* What the server calls it may be as long as a frame. */
  g_free (entry->attachment->name);
  entry->attachment->name = g_strdup (entry->name);
  entry->announced_us = g_get_real_time ();
  return entry;
}

/* The user is asked, or was and has closed the question. */
static gboolean
is_asked (const Entry *entry)
{
  return entry->status.state == WN_TRANSFER_OFFERED;
}

static gboolean
is_waiting (const Entry *entry)
{
  return entry->status.state == WN_TRANSFER_WAITING;
}

/* Whether the file need not be offered when it is announced once more. */
static gboolean
is_current (const Entry *entry)
{
  if (is_asked (entry) && entry->xfer != NULL)
    return g_get_monotonic_time () - entry->offered_us < STALE_US;
  return entry->status.state < WN_TRANSFER_DONE;
}

/* It counts as open. */
static gboolean
takes_slot (const Entry *entry)
{
  return entry->status.state == WN_TRANSFER_MEASURED || is_asked (entry)
         || (entry->status.state == WN_TRANSFER_RUNNING && entry->is_wanted);
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
  guint n_ended = 0;
  guint n_waiting = 0;

  for (GList *l = self->entries.tail, *newer; l != NULL;)
    {
      const Entry *entry = l->data;
      gboolean has_ended = entry->status.state >= WN_TRANSFER_DONE;

      newer = l;
      l = l->prev;
      if ((has_ended && ++n_ended > MAX_KEPT)
          || (is_waiting (entry) && ++n_waiting > MAX_WAITING))
        {
          entry_unref (newer->data);
          g_queue_delete_link (&self->entries, newer);
        }
    }
}

/* --- Lines for the user --- */

/* What nobody has asked for by its name may be said as often as the server has
 * files.
 */
static void
entry_tell (const Entry *entry, gboolean is_asked_for, char *line)
{
  WnInbox *inbox = entry->exports->config.inbox;

  if (is_asked_for)
    wn_inbox_take_line (inbox, NULL, line);
  else
    wn_inbox_take_server_line (inbox, line);
}

static void
entry_fail (Entry *entry, const GError *error)
{
  const WnExports *self = entry->exports;
  const char *download_option = NULL;

  if (self != NULL && entry->authorization != NULL)
    download_option = wn_settings_find_label (self->config.settings->dialect,
                                              "download_url");
  g_free (entry->reason);
  entry->reason = wn_sentence_dup_export_failure (error, download_option);
  if (self != NULL)
    entry_tell (entry,
                !entry->is_wanted,
                wn_sentence_dup_export_failed (entry->name, entry->reason));
}

/* --- Offers --- */

static gboolean
is_page_name (const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return g_str_has_suffix (lower, ".html") || g_str_has_suffix (lower, ".htm")
         || g_str_has_suffix (lower, ".xhtml");
}

static WnDownloadConfig
make_download_config (const WnExports *self, const Entry *entry)
{
  return (WnDownloadConfig){
    .url = entry->attachment->url,
    .authorization = entry->authorization,
    .proxy_resolver = self->config.proxy_resolver,
    .trust = self->config.settings->trust,
    .takes_page = is_page_name (entry->name),
  };
}

static void schedule_offers (WnExports *self);

static void
on_transfer_changed (const WnTransferStatus *status,
                     const GError *error,
                     gpointer user_data)
{
  Entry *entry = user_data;
  gboolean took_slot = takes_slot (entry);

  entry->status = *status;
  if (status->state != WN_TRANSFER_RUNNING)
    entry->xfer = NULL;
  if (error != NULL)
    entry_fail (entry, error);
  if (took_slot && !takes_slot (entry) && entry->exports != NULL)
    schedule_offers (entry->exports);
}

static const char *
get_download_folder (void)
{
  const char *folder = g_get_user_special_dir (G_USER_DIRECTORY_DOWNLOAD);

  return folder != NULL && g_file_test (folder, G_FILE_TEST_IS_DIR)
             ? folder
             : g_get_home_dir ();
}

static void
accept_for_user (Entry *entry)
{
  if (is_asked (entry) && entry->xfer != NULL)
    wn_transfer_accept (entry->xfer, get_download_folder ());
}

static void
offer_entry (WnExports *self, Entry *entry, gint64 size)
{
  WnTransferConfig config = {
    .gc = self->config.gc,
    .who = entry->who,
    .file_name = entry->name,
    .size = size,
    .download = make_download_config (self, entry),
    .certificates = self->config.certificates,
  };

  entry->status
      = (WnTransferStatus){ .state = WN_TRANSFER_OFFERED, .size = size };
  entry->offered_us = g_get_monotonic_time ();
  entry->xfer = wn_transfer_offer (&config,
                                   on_transfer_changed,
                                   g_rc_box_acquire (entry),
                                   entry_unref);
  if (entry->is_wanted)
    accept_for_user (entry);
}

/* --- The size, where the host can't offer a file without it --- */

static void query_size (Entry *entry);

static void
send_link (WnExports *self, Entry *entry)
{
  entry->status.state = WN_TRANSFER_LINKED;
  schedule_offers (self);
  wn_inbox_take_line (self->config.inbox,
                      NULL,
                      wn_sentence_dup_export_link (entry->name,
                                                   entry->attachment->url,
                                                   entry->authorization
                                                       != NULL));
}

static void
on_size_certificate_answer (gboolean accepted, gpointer user_data)
{
  Entry *entry = user_data;

  if (entry->exports == NULL || entry->status.state != WN_TRANSFER_MEASURED)
    return;
  if (accepted)
    query_size (entry);
  else
    send_link (entry->exports, entry);
}

static void
ask_before_size (WnExports *self, Entry *entry, const WnTlsDoubt *doubt)
{
  if (!wn_certificates_ask (self->config.certificates,
                            doubt,
                            on_size_certificate_answer,
                            g_rc_box_acquire (entry),
                            entry_unref))
    send_link (self, entry);
}

static void
on_size_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Entry) entry = user_data;
  g_autoptr (WnTlsDoubt) doubt = NULL;
  gint64 size = wn_size_query_finish (result, &doubt);
  WnExports *self = entry->exports;

  wn_tick_set (entry, FALSE);
  if (self != NULL && doubt != NULL)
    ask_before_size (self, entry, doubt);
  else if (self != NULL && size == WN_SIZE_UNKNOWN)
    send_link (self, entry);
  else if (self != NULL)
    offer_entry (self, entry, size);
}

/* Whether the account's own server, which may tell of the file, is this
 * machine. No other may have this machine asked before the user has accepted.
 */
static gboolean
is_from_this_machine (const WnExports *self, const Entry *entry)
{
  g_autoptr (GUri) own
      = wn_url_parse (self->config.settings->instance->token_url);
  g_autoptr (GUri) there = wn_url_parse (entry->attachment->url);

  return wn_redirect_is_inward_host (g_uri_get_host (own))
         || wn_redirect_is_same_host (own, there);
}

static void
query_size (Entry *entry)
{
  const WnExports *self = entry->exports;
  WnDownloadConfig config = make_download_config (self, entry);

  entry->status.state = WN_TRANSFER_MEASURED;
  wn_tick_set (entry, TRUE);
  wn_size_query_async (&config,
                       !is_from_this_machine (self, entry),
                       self->cancellable,
                       on_size_known,
                       g_rc_box_acquire (entry));
}

/* --- Turns --- */

static void
expire (Entry *entry)
{
  entry->status.state = WN_TRANSFER_EXPIRED;
  entry_tell (entry,
              entry->is_urgent,
              wn_sentence_dup_export_expired (entry->name,
                                              entry->attachment->expires_us));
}

static void
begin_turn (WnExports *self, Entry *entry)
{
  const WnAttachment *attachment = entry->attachment;

  g_free (entry->authorization);
  entry->authorization
      = wn_settings_dup_authorization (self->config.settings, attachment->url);
  if (attachment->expires_us != 0
      && attachment->expires_us <= g_get_real_time ())
    expire (entry);
  else if (wn_host_get ()->passes_files_on && attachment->size <= 0)
    query_size (entry);
  else
    offer_entry (self, entry, attachment->size);
}

/* Returns: (nullable): the entry that is next, and whether its turn has come */
static Entry *
find_next (const WnExports *self, gboolean *has_turn)
{
  Entry *next = NULL;
  guint n_open = 0;

  for (GList *l = self->entries.head; l != NULL; l = l->next)
    {
      Entry *entry = l->data;

      n_open += takes_slot (entry) ? 1 : 0;
      if (is_waiting (entry)
          && (next == NULL || (entry->is_urgent && !next->is_urgent)))
        next = entry;
    }
  *has_turn = next != NULL && (next->is_urgent || n_open < MAX_OPEN);
  return next;
}

static void
tell_that_some_wait (WnExports *self)
{
  gint64 now_us = g_get_monotonic_time ();

  if (now_us < self->quiet_until_us)
    return;
  self->quiet_until_us = now_us + STALE_US;
  wn_inbox_take_line (self->config.inbox,
                      NULL,
                      wn_sentence_dup (WN_SENTENCE_EXPORTS_WAITING, NULL));
}

static void
exports_clear (gpointer data)
{
  WnExports *self = data;

  g_queue_clear_full (&self->entries, entry_unref);
  g_object_unref (self->cancellable);
}

static void
exports_unref (WnExports *self)
{
  g_rc_box_release_full (self, exports_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnExports, exports_unref)

/* A plugin of the host may sign the account off, and so close the exports,
 * while one is offered.
 */
static gboolean
on_offers_due (gpointer user_data)
{
  g_autoptr (WnExports) self = g_rc_box_acquire (user_data);
  Entry *next;
  gboolean has_turn;

  self->idle = 0;
  while ((next = find_next (self, &has_turn)) != NULL && has_turn
         && !g_cancellable_is_cancelled (self->cancellable))
    {
      g_autoptr (Entry) entry = g_rc_box_acquire (next);

      begin_turn (self, entry);
    }
  if (g_cancellable_is_cancelled (self->cancellable))
    return G_SOURCE_REMOVE;
  if (next != NULL)
    tell_that_some_wait (self);
  else
    self->quiet_until_us = 0;
  return G_SOURCE_REMOVE;
}

/* Offers come from the main loop, because this may be called from inside
 * libpurple's functions.
 */
static void
schedule_offers (WnExports *self)
{
  if (self->idle == 0)
    self->idle
        = g_idle_add_full (G_PRIORITY_DEFAULT, on_offers_due, self, NULL);
}

/* The user has just asked for @entry. It is the newest now, and what was said
 * before, of it or of a certificate, counts no longer.
 */
static void
hurry (WnExports *self, Entry *entry)
{
  GList *link = g_queue_find (&self->entries, entry);

  g_queue_unlink (&self->entries, link);
  g_queue_push_tail_link (&self->entries, link);
  entry->status.state = WN_TRANSFER_WAITING;
  entry->is_urgent = TRUE;
  entry->is_wanted = FALSE;
  wn_certificates_forget_refusals (self->config.certificates);
  schedule_offers (self);
}

/* --- What the user reads --- */

static gboolean
is_name_of_another (const WnExports *self, const Entry *entry)
{
  for (const GList *l = self->entries.head; l != NULL; l = l->next)
    if (l->data != entry
        && g_str_equal (((Entry *) l->data)->name, entry->name))
      return TRUE;
  return FALSE;
}

/* Returns: (transfer full): the key, fit to be seen */
static char *
dup_server_name (const Entry *entry)
{
  if (strlen (entry->attachment->key) > MAX_SERVER_NAME_BYTES)
    return g_strdup (entry->name);
  return wn_markup_clean_text (entry->attachment->key, TRUE);
}

static char *
dup_list_line (const WnExports *self, const Entry *entry)
{
  g_autofree char *name = is_name_of_another (self, entry)
                              ? dup_server_name (entry)
                              : g_strdup (entry->name);
  WnExportReport report = {
    .name = name,
    .status = &entry->status,
    .reason = entry->reason,
    .announced_us = entry->announced_us,
    .expires_us = entry->attachment->expires_us,
  };

  return wn_sentence_dup_export (&report);
}

/* Puts lines before @text, from the newest export on, as long as there is room.
 * Returns how many exports are not among them.
 */
static guint
list_the_newest (const WnExports *self, GString *text)
{
  guint n_left = self->entries.length;
  gsize n_bytes = 0;

  for (const GList *l = self->entries.tail; l != NULL; l = l->prev)
    {
      g_autofree char *line = dup_list_line (self, l->data);
      g_autofree char *html = wn_markup_escape (line);

      n_bytes += strlen (html) + strlen ("<br>");
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
  g_autoptr (GString) text = g_string_new (NULL);
  guint n_left = list_the_newest (self, text);

  return wn_sentence_dup_exports (text->str, n_left);
}

static char *
dup_caseless (const char *text)
{
  g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);

  return g_utf8_casefold (normal != NULL ? normal : text, -1);
}

/* Returns: (transfer container): of Entry, those whose name @name is, or where
 * there is none, those whose name it begins
 */
static GPtrArray *
find_by_name (const WnExports *self, const char *name)
{
  GPtrArray *found = g_ptr_array_new ();
  g_autofree char *folded = dup_caseless (name);

  for (guint may_go_on = 0; may_go_on <= 1 && found->len == 0; may_go_on++)
    for (GList *l = self->entries.head; l != NULL; l = l->next)
      {
        g_autofree char *called = dup_caseless (((Entry *) l->data)->name);

        if (may_go_on ? g_str_has_prefix (called, folded)
                      : g_str_equal (called, folded))
          g_ptr_array_add (found, l->data);
      }
  return found;
}

/* Returns: (transfer container): of Entry, those that @name can mean. A key
 * means one entry, unless it has no folder and others are called so, too.
 */
static GPtrArray *
find_meant (const WnExports *self, const char *name)
{
  GPtrArray *found = find_by_name (self, name);
  GList *exact = find_by_key (self, name);

  if (exact == NULL)
    return found;
  if (strpbrk (name, "/\\") != NULL
      || !g_ptr_array_find (found, exact->data, NULL))
    {
      g_ptr_array_set_size (found, 0);
      g_ptr_array_add (found, exact->data);
    }
  return found;
}

static char *
dup_ambiguous (const GPtrArray *found)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < found->len && names->len <= MAX_LIST_BYTES / 2; i++)
    {
      g_autofree char *name = dup_server_name (g_ptr_array_index (found, i));

      g_string_append_printf (names, "\n%s", name);
    }
  return wn_sentence_dup_exports_ambiguous (names->str);
}

/* Whoever hears of the withdrawal may sign the account off. */
static char *
offer_entry_again (Entry *entry_in)
{
  g_autoptr (Entry) entry = g_rc_box_acquire (entry_in);

  if (entry->status.state == WN_TRANSFER_RUNNING)
    return wn_sentence_dup (WN_SENTENCE_EXPORT_UNDER_WAY, entry->name);
  if (is_asked (entry) && entry->xfer != NULL)
    wn_transfer_withdraw (entry->xfer);
  if (entry->exports != NULL && entry->status.state != WN_TRANSFER_MEASURED)
    hurry (entry->exports, entry);
  return wn_sentence_dup (WN_SENTENCE_EXPORT_AGAIN, entry->name);
}

/* The dialogs that are open are answered in the user's place. */
static char *
accept_all (WnExports *self)
{
  g_autoptr (GPtrArray) wanted
      = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_unref);
  gboolean can_accept = !wn_host_get ()->passes_files_on;

  for (GList *l = self->entries.head; l != NULL; l = l->next)
    if (((Entry *) l->data)->status.state <= WN_TRANSFER_OFFERED)
      g_ptr_array_add (wanted, g_rc_box_acquire (l->data));
  for (guint i = 0; i < wanted->len; i++)
    {
      Entry *entry = g_ptr_array_index (wanted, i);

      entry->is_wanted = can_accept;
      if (can_accept)
        accept_for_user (entry);
      else
        g_free (offer_entry_again (entry));
    }
  return wn_sentence_dup_exports_all (wanted->len,
                                      can_accept ? get_download_folder ()
                                                 : NULL);
}

char *
wn_exports_offer_again (WnExports *self, const char *name)
{
  g_autoptr (GPtrArray) found = NULL;

  if (name == NULL || *name == '\0')
    return wn_sentence_dup (WN_SENTENCE_EXPORT_UNNAMED, NULL);
  if (g_ascii_strcasecmp (name, WORD_ALL) == 0
      || g_str_equal (name, CHINESE_ALL))
    return accept_all (self);
  found = find_meant (self, name);
  if (found->len == 1)
    return offer_entry_again (g_ptr_array_index (found, 0));
  return found->len == 0 ? wn_sentence_dup (WN_SENTENCE_EXPORT_UNKNOWN, NULL)
                         : dup_ambiguous (found);
}

/* --- The interface --- */

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
  g_clear_handle_id (&self->idle, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  exports_unref (self);
}

void
wn_exports_add (WnExports *self,
                const char *who,
                const WnAttachment *attachment)
{
  GList *known = find_by_key (self, attachment->key);
  gsize key_bytes = strlen (attachment->key);
  gsize url_bytes = strlen (attachment->url);
  g_autoptr (Entry) earlier = NULL;

  if (key_bytes > MAX_KEY_BYTES || url_bytes > MAX_URL_BYTES)
    {
      g_debug ("exports: a name of %" G_GSIZE_FORMAT
               " bytes at a URL of %" G_GSIZE_FORMAT " is none",
               key_bytes,
               url_bytes);
      return;
    }
  if (known != NULL && is_current (known->data))
    return;
  if (known != NULL)
    {
      earlier = known->data;
      earlier->exports = NULL;
      g_queue_delete_link (&self->entries, known);
    }
  g_queue_push_tail (&self->entries, entry_new (self, who, attachment));
  forget_the_oldest (self);
  schedule_offers (self);
  if (earlier != NULL && earlier->xfer != NULL)
    wn_transfer_withdraw (earlier->xfer);
}
