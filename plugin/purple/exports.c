/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each pending question holds a reference, and the one cancellable ends all
 * of them: after wn_exports_close() an answer only drops its reference.
 */

#include "purple/exports.h"

#include <glib/gi18n-lib.h>

#include "core/file-name.h"
#include "net/download.h"
#include "purple/sentences.h"
#include "purple/transfer.h"

#define MAX_ASKING 4

struct _WnExports
{
  WnExportsConfig config;    /* (unowned): until closed */
  GQueue waiting;            /* of file names (owned) */
  GCancellable *cancellable; /* (owned) */
  guint n_asking;
};

typedef struct
{
  WnExports *exports; /* (owned): a reference */
  char *filename;     /* (owned) */
  char *url;          /* (owned) */
} Question;

static void
exports_clear (gpointer data)
{
  WnExports *self = data;

  g_queue_clear_full (&self->waiting, g_free);
  g_object_unref (self->cancellable);
}

static Question *
question_copy (const Question *question)
{
  Question *copy = g_new0 (Question, 1);

  copy->exports = g_rc_box_acquire (question->exports);
  copy->filename = g_strdup (question->filename);
  copy->url = g_strdup (question->url);
  return copy;
}

static void
question_free (Question *question)
{
  g_rc_box_release_full (question->exports, exports_clear);
  g_free (question->filename);
  g_free (question->url);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
question_destroy (gpointer question)
{
  question_free (question);
}

static WnDownloadConfig
download_config (const WnExports *self, const char *url)
{
  return (WnDownloadConfig){
    .url = url,
    .token = wn_settings_get_download_token (self->config.settings, url),
    .proxy_resolver = self->config.proxy_resolver,
    .trust = self->config.settings->trust,
  };
}

static void
send_link (WnExports *self, const char *name, const char *url)
{
  g_autofree char *line = g_strdup_printf ("%s: %s", name, url);

  wn_inbox_add_line (self->config.inbox, line);
}

static void
offer (WnExports *self, const Question *question, gint64 size)
{
  g_autofree char *name = wn_file_name_from_key (question->filename);
  WnDownloadConfig config = download_config (self, question->url);

  if (self->config.needs_size && size <= 0)
    send_link (self, name, question->url);
  else
    wn_transfer_offer (self->config.gc, self->config.who, name, &config, size);
}

static void ask_next (WnExports *self);
static void query_size (Question *question);

/* Nothing is offered that can't be had. */
static void
drop (WnExports *self, const Question *question)
{
  g_autofree char *line
      = g_strdup_printf (_ ("“%s” could not be downloaded. %s"),
                         question->filename,
                         _ ("The server's certificate is not trusted, and you "
                            "have not accepted it."));

  self->n_asking--;
  wn_inbox_add_line (self->config.inbox, line);
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
  g_autoptr (WnTlsDoubt) doubt = wn_download_query_size_dup_doubt (result);
  WnExports *self = question->exports;
  gint64 size = wn_download_query_size_finish (result, NULL);

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
  WnDownloadConfig config = download_config (self, question->url);

  wn_download_query_size_async (&config,
                                self->cancellable,
                                on_download_size,
                                question);
}

static void
ask (WnExports *self, const char *filename)
{
  Question *question;
  g_autofree char *url
      = wn_endpoint_dup_download_url (self->config.settings->endpoint,
                                      filename);

  if (wn_transfer_is_offered (self->config.gc, url))
    return;
  question = g_new0 (Question, 1);
  question->exports = g_rc_box_acquire (self);
  question->filename = g_strdup (filename);
  question->url = g_strdup (url);
  self->n_asking++;
  query_size (question);
}

static void
ask_next (WnExports *self)
{
  while (self->n_asking < MAX_ASKING && !g_queue_is_empty (&self->waiting))
    {
      g_autofree char *filename = g_queue_pop_head (&self->waiting);

      ask (self, filename);
    }
}

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
  g_cancellable_cancel (self->cancellable);
  g_rc_box_release_full (self, exports_clear);
}

void
wn_exports_add (WnExports *self, const char *filename)
{
  g_queue_push_tail (&self->waiting, g_strdup (filename));
  ask_next (self);
}
