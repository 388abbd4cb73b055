/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Not libpurple's own verifier and dialog: its callback can't be cancelled,
 * what it accepts holds for every account, and it knows nothing of the
 * system's trust store. A question here is the handle of its own dialog, so
 * that closing the one closes the other.
 *
 * Whoever asked is told from an idle source, because a host may answer before
 * it has returned from showing the dialog, and Finch answers a second time when
 * it closes the window.
 */

#include "purple/certificate.h"

#include <glib/gi18n-lib.h>

#include "purple/sentences.h"

#define FOR_GOOD "for-good"

struct _WnCertificates
{
  PurpleAccount *account;     /* (unowned): libpurple's, lives longer */
  const WnSettings *settings; /* (unowned): whose trust grows; likewise */
  GPtrArray *questions;       /* (owned): of CertificateQuestion; those that are
                               * refused stay */
};

typedef struct
{
  WnCertificateFunc func;
  gpointer user_data; /* (owned) */
  GDestroyNotify destroy;
} Asker;

typedef enum
{
  QUESTION_NEW,  /* to be shown, perhaps again */
  QUESTION_OPEN, /* its dialog is there to be answered */
  QUESTION_ACCEPTED,
  QUESTION_REFUSED,
} QuestionState;

typedef struct
{
  WnCertificates *certificates; /* (unowned): owns the question */
  WnTlsDoubt *doubt;            /* (owned) */
  char *key;                    /* (owned) */
  GArray *askers;               /* (owned): of Asker */
  QuestionState state;
  guint idle; /* tells the answer; 0: none */
} CertificateQuestion;

static void
asker_clear (gpointer data)
{
  Asker *asker = data;

  asker->destroy (asker->user_data);
}

static void
certificate_question_free (gpointer data)
{
  CertificateQuestion *question = data;

  g_clear_handle_id (&question->idle, g_source_remove);
  g_clear_pointer (&question->askers, g_array_unref);
  wn_tls_doubt_free (question->doubt);
  g_free (question->key);
  g_free (question);
}

/* A certificate that has something else wrong with it is another question. */
static char *
dup_key (const WnTlsDoubt *doubt)
{
  return g_strdup_printf ("%s:%u=%s/%x",
                          doubt->host,
                          doubt->port,
                          doubt->fingerprint,
                          (guint) doubt->errors);
}

static CertificateQuestion *
find_question (WnCertificates *self, const char *key)
{
  for (guint i = 0; i < self->questions->len; i++)
    {
      CertificateQuestion *question = self->questions->pdata[i];

      if (g_str_equal (question->key, key))
        return question;
    }
  return NULL;
}

/* An asker may close the certificates, with all that is asked. */
static void
tell_askers (CertificateQuestion *question)
{
  g_autoptr (GArray) askers = g_steal_pointer (&question->askers);
  gboolean accepted = question->state == QUESTION_ACCEPTED;

  if (accepted)
    g_ptr_array_remove (question->certificates->questions, question);
  for (guint i = 0; i < askers->len; i++)
    {
      const Asker *asker = &g_array_index (askers, Asker, i);

      asker->func (accepted, asker->user_data);
    }
}

static void show_question (CertificateQuestion *question);

static gboolean
on_answered (gpointer user_data)
{
  CertificateQuestion *question = user_data;

  question->idle = 0;
  if (question->state == QUESTION_NEW)
    show_question (question);
  else
    tell_askers (question);
  return G_SOURCE_REMOVE;
}

/* The host closes the dialog itself, after this. The certificate is trusted at
 * once, because the account may be signed off before the askers are told.
 */
static void
note_answer (CertificateQuestion *question, QuestionState answer)
{
  WnCertificates *self = question->certificates;
  g_autofree char *pins = NULL;

  if (question->state != QUESTION_OPEN)
    return;
  question->state = answer;
  question->idle = g_idle_add (on_answered, question);
  if (answer != QUESTION_ACCEPTED)
    return;
  wn_tls_trust_accept (self->settings->trust, question->doubt);
  pins = wn_tls_trust_dup_pins (self->settings->trust);
  wn_settings_keep (self->settings, self->account, WN_KEPT_PINS, pins);
}

/* --- The dialog --- */

static void
on_action_accepted (gpointer user_data, int action)
{
  note_answer (user_data, QUESTION_ACCEPTED);
}

static void
on_action_refused (gpointer user_data, int action)
{
  note_answer (user_data, QUESTION_REFUSED);
}

static void
on_form_accepted (gpointer user_data, PurpleRequestFields *fields)
{
  note_answer (user_data,
               purple_request_fields_get_bool (fields, FOR_GOOD)
                   ? QUESTION_ACCEPTED
                   : QUESTION_NEW);
}

static void
on_form_closed (gpointer user_data, PurpleRequestFields *fields)
{
  note_answer (user_data, QUESTION_REFUSED);
}

/* BitlBee, which has no forms, knows the two answers by these English words,
 * and shows them to nobody.
 */
static void
show_action (CertificateQuestion *question, const WnCertificateWords *words)
{
  purple_request_action (question,
                         words->title,
                         words->primary,
                         words->secondary,
                         1,
                         question->certificates->account,
                         NULL,
                         NULL,
                         question,
                         2,
                         "_Accept",
                         on_action_accepted,
                         "_Reject",
                         on_action_refused);
}

/* Unlike that of an action, a form's window tells in Pidgin and Finch that it
 * was closed without an answer. The box has to be ticked, so that Return,
 * pressed in a window that has just come up, accepts nothing.
 */
static PurpleRequestFields *
make_fields (const WnCertificateWords *words)
{
  PurpleRequestFields *fields = purple_request_fields_new ();
  PurpleRequestFieldGroup *group = purple_request_field_group_new (NULL);

  purple_request_fields_add_group (fields, group);
  purple_request_field_group_add_field (
      group,
      purple_request_field_bool_new (FOR_GOOD, words->tick, FALSE));
  return fields;
}

static void
show_form (CertificateQuestion *question, const WnCertificateWords *words)
{
  purple_request_fields (question,
                         words->title,
                         words->primary,
                         words->secondary,
                         make_fields (words),
                         _ ("_Accept"),
                         G_CALLBACK (on_form_accepted),
                         _ ("_Reject"),
                         G_CALLBACK (on_form_closed),
                         question->certificates->account,
                         NULL,
                         NULL,
                         question);
}

static void
show_question (CertificateQuestion *question)
{
  g_auto (WnCertificateWords) words = { 0 };

  wn_sentence_for_question (&words,
                            question->doubt,
                            purple_account_get_username (
                                question->certificates->account));
  question->state = QUESTION_OPEN;
  if (purple_request_get_ui_ops ()->request_fields != NULL)
    show_form (question, &words);
  else
    show_action (question, &words);
}

static CertificateQuestion *
add_question (WnCertificates *self, const WnTlsDoubt *doubt, char *key)
{
  CertificateQuestion *question = g_new0 (CertificateQuestion, 1);

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

  return ops != NULL
         && (ops->request_fields != NULL || ops->request_action != NULL);
}

gboolean
wn_certificates_ask (WnCertificates *self,
                     const WnTlsDoubt *doubt,
                     WnCertificateFunc func,
                     gpointer user_data,
                     GDestroyNotify destroy)
{
  g_autofree char *key = dup_key (doubt);
  CertificateQuestion *question = find_question (self, key);
  Asker asker = { func, user_data, destroy };

  if (!wn_certificates_can_ask ()
      || (question != NULL && question->state == QUESTION_REFUSED))
    {
      asker_clear (&asker);
      return FALSE;
    }
  if (question == NULL)
    question = add_question (self, doubt, g_steal_pointer (&key));
  g_array_append_val (question->askers, asker);
  if (question->state == QUESTION_NEW && question->idle == 0)
    show_question (question);
  return TRUE;
}

/* Those whose askers have been told. */
void
wn_certificates_forget_refusals (WnCertificates *self)
{
  for (guint i = self->questions->len; i > 0; i--)
    {
      const CertificateQuestion *question = self->questions->pdata[i - 1];

      if (question->state == QUESTION_REFUSED && question->idle == 0)
        g_ptr_array_remove_index (self->questions, i - 1);
    }
}

/* Some hosts take the closing for an answer. */
static void
close_dialog (CertificateQuestion *question)
{
  question->state = QUESTION_NEW;
  purple_request_close_with_handle (question);
}

void
wn_certificates_show_again (WnCertificates *self)
{
  for (guint i = 0; i < self->questions->len; i++)
    {
      CertificateQuestion *question = self->questions->pdata[i];

      if (question->state == QUESTION_OPEN)
        {
          close_dialog (question);
          show_question (question);
        }
    }
}

WnCertificates *
wn_certificates_new (PurpleAccount *account, const WnSettings *settings)
{
  WnCertificates *self = g_new0 (WnCertificates, 1);

  self->account = account;
  self->settings = settings;
  self->questions = g_ptr_array_new_with_free_func (certificate_question_free);
  return self;
}

void
wn_certificates_close (WnCertificates *self)
{
  for (guint i = 0; i < self->questions->len; i++)
    close_dialog (self->questions->pdata[i]);
  g_ptr_array_unref (self->questions);
  g_free (self);
}
