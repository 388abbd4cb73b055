/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Not libpurple's own verifier and dialog: its callback can't be cancelled,
 * what it accepts holds for every account, and it knows nothing of the
 * system's trust store. A question here is the handle of its own dialog, so
 * that closing the one closes the other.
 */

#include "purple/certificate.h"

#include <glib/gi18n-lib.h>

#include "purple/host.h"
#include "purple/sentences.h"

#define PINS_SETTING "tls_pins"

struct _WnCertificates
{
  PurpleAccount *account; /* (unowned): libpurple's, lives longer */
  WnTlsTrust *trust;      /* (owned) */
  GPtrArray *questions;   /* (owned): of Question */
  GHashTable *refused;    /* (owned) (nullable): set of keys; NULL: none */
};

typedef struct
{
  WnCertificateFunc func;
  gpointer user_data;     /* (owned) */
  GDestroyNotify destroy; /* (nullable) */
} Asker;

typedef struct
{
  WnCertificates *certificates; /* (unowned): owns the question */
  WnTlsDoubt *doubt;            /* (owned) */
  char *key;                    /* (owned) */
  GArray *askers;               /* (owned): of Asker */
} Question;

static void
asker_clear (gpointer data)
{
  Asker *asker = data;

  if (asker->destroy != NULL)
    asker->destroy (asker->user_data);
}

static void
question_free (gpointer data)
{
  Question *question = data;

  g_array_unref (question->askers);
  wn_tls_doubt_free (question->doubt);
  g_free (question->key);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

/* The same certificate with something else wrong is another question. */
static char *
dup_key (const WnTlsDoubt *doubt)
{
  return g_strdup_printf ("%s:%u=%s/%x",
                          doubt->host,
                          doubt->port,
                          doubt->fingerprint,
                          (guint) doubt->errors);
}

static Question *
find_question (WnCertificates *self, const char *key)
{
  for (guint i = 0; i < self->questions->len; i++)
    {
      Question *question = self->questions->pdata[i];

      if (g_str_equal (question->key, key))
        return question;
    }
  return NULL;
}

static void
keep_pins (WnCertificates *self)
{
  g_autofree char *pins = wn_tls_trust_dup_pins (self->trust);

  purple_account_set_string (self->account, PINS_SETTING, pins);
}

/* The host closes the dialog itself, after this. */
static void
answer (Question *answered, gboolean accepted)
{
  WnCertificates *self = answered->certificates;
  g_autoptr (Question) question = NULL;
  guint i;

  g_return_if_fail (g_ptr_array_find (self->questions, answered, &i));
  question = g_ptr_array_steal_index (self->questions, i);
  if (accepted)
    {
      wn_tls_trust_accept (self->trust, question->doubt);
      keep_pins (self);
    }
  else
    {
      if (self->refused == NULL)
        self->refused
            = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_hash_table_add (self->refused, g_strdup (question->key));
    }
  for (i = 0; i < question->askers->len; i++)
    {
      const Asker *asker = &g_array_index (question->askers, Asker, i);

      asker->func (accepted, asker->user_data);
    }
}

static void
on_request_accepted (gpointer user_data, int action)
{
  answer (user_data, TRUE);
}

static void
on_request_refused (gpointer user_data, int action)
{
  answer (user_data, FALSE);
}

/* BitlBee knows the two answers by these words, and shows them to nobody. */
static const char *
caption (const char *text)
{
  if (wn_host_get ()->reads_captions)
    return text;
  return g_dgettext (GETTEXT_PACKAGE, text);
}

static void
show (Question *question)
{
  const WnTlsDoubt *doubt = question->doubt;
  g_autofree char *title
      = g_strdup_printf (_ ("The certificate of %s"), doubt->host);
  g_autofree char *primary
      = g_strdup_printf (_ ("The certificate of %s is not trusted. Connect all "
                            "the same?"),
                         doubt->host);
  g_autofree char *secondary = wn_sentence_dup_doubt (doubt);

  purple_request_action (question,
                         title,
                         primary,
                         secondary,
                         1,
                         question->certificates->account,
                         NULL,
                         NULL,
                         question,
                         2,
                         caption (N_ ("_Accept")),
                         on_request_accepted,
                         caption (N_ ("_Reject")),
                         on_request_refused);
}

static Question *
add_question (WnCertificates *self, const WnTlsDoubt *doubt, char *key)
{
  Question *question = g_new0 (Question, 1);

  question->certificates = self;
  question->doubt = wn_tls_doubt_copy (doubt);
  question->key = key;
  question->askers = g_array_new (FALSE, FALSE, sizeof (Asker));
  g_array_set_clear_func (question->askers, asker_clear);
  g_ptr_array_add (self->questions, question);
  return question;
}

gboolean
wn_certificates_can_ask (void)
{
  const PurpleRequestUiOps *ops = purple_request_get_ui_ops ();

  return ops != NULL && ops->request_action != NULL;
}

static gboolean
is_refused (WnCertificates *self, const char *key)
{
  return self->refused != NULL && g_hash_table_contains (self->refused, key);
}

gboolean
wn_certificates_ask (WnCertificates *self,
                     const WnTlsDoubt *doubt,
                     WnCertificateFunc func,
                     gpointer user_data,
                     GDestroyNotify destroy)
{
  g_autofree char *key = dup_key (doubt);
  Asker asker = { func, user_data, destroy };
  Question *question;

  if (!wn_certificates_can_ask () || is_refused (self, key))
    return FALSE;
  question = find_question (self, key);
  if (question != NULL)
    {
      g_array_append_val (question->askers, asker);
      return TRUE;
    }
  question = add_question (self, doubt, g_steal_pointer (&key));
  g_array_append_val (question->askers, asker);
  show (question);
  return TRUE;
}

void
wn_certificates_show_again (WnCertificates *self)
{
  for (guint i = 0; i < self->questions->len; i++)
    {
      Question *question = self->questions->pdata[i];

      purple_request_close_with_handle (question);
      show (question);
    }
}

WnCertificates *
wn_certificates_new (PurpleAccount *account, WnTlsTrust *trust)
{
  WnCertificates *self = g_new0 (WnCertificates, 1);

  self->account = account;
  self->trust = g_object_ref (trust);
  self->questions = g_ptr_array_new_with_free_func (question_free);
  return self;
}

void
wn_certificates_close (WnCertificates *self)
{
  for (guint i = 0; i < self->questions->len; i++)
    purple_request_close_with_handle (self->questions->pdata[i]);
  g_ptr_array_unref (self->questions);
  g_clear_pointer (&self->refused, g_hash_table_unref);
  g_object_unref (self->trust);
  g_free (self);
}
