/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libpurple calls its host through tables of functions without user data, so
 * the dialogs are the process's.
 */

#include "support/dialogs.h"

static struct
{
  GPtrArray *open; /* (owned): of Dialog, the newest last */
  gboolean calls_back_on_close;
} dialogs;

typedef struct
{
  char *question; /* (owned) */
  PurpleRequestType type;
  GCallback ok;
  GCallback cancel;
  gpointer user_data; /* (unowned): libpurple's */
} Dialog;

static void
dialog_free (gpointer data)
{
  Dialog *dialog = data;

  g_free (dialog->question);
  g_free (dialog);
}

static void *
open_dialog (PurpleRequestType type,
             const char *question,
             GCallback ok,
             GCallback cancel,
             gpointer user_data)
{
  Dialog *dialog = g_new (Dialog, 1);

  *dialog = (Dialog){ g_strdup (question), type, ok, cancel, user_data };
  g_ptr_array_add (dialogs.open, dialog);
  return dialog;
}

static Dialog *
get_dialog (void)
{
  if (dialogs.open->len == 0)
    g_error ("no dialog is open");
  return g_ptr_array_index (dialogs.open, dialogs.open->len - 1);
}

const char *
wn_dialogs_get_question (void)
{
  return dialogs.open->len > 0 ? get_dialog ()->question : NULL;
}

static void *
request_action (const char *title,
                const char *primary,
                const char *secondary,
                int default_action,
                PurpleAccount *account,
                const char *who,
                PurpleConversation *conversation,
                void *user_data,
                size_t n_actions,
                va_list actions)
{
  GCallback ok, cancel;

  g_assert_cmpuint (n_actions, ==, 2);
  (void) va_arg (actions, const char *);
  ok = va_arg (actions, GCallback);
  (void) va_arg (actions, const char *);
  cancel = va_arg (actions, GCallback);
  return open_dialog (PURPLE_REQUEST_ACTION, primary, ok, cancel, user_data);
}

static void *
request_file (const char *title,
              const char *file_name,
              gboolean is_save_dialog,
              GCallback ok,
              GCallback cancel,
              PurpleAccount *account,
              const char *who,
              PurpleConversation *conversation,
              void *user_data)
{
  g_assert_true (is_save_dialog);
  return open_dialog (PURPLE_REQUEST_FILE, file_name, ok, cancel, user_data);
}

static void
call_back (const Dialog *dialog, GCallback callback, const char *path)
{
  if (dialog->type == PURPLE_REQUEST_FILE)
    ((PurpleRequestFileCb) callback) (dialog->user_data, path);
  else
    ((PurpleRequestActionCb) callback) (dialog->user_data, 0);
}

static void
close_request (PurpleRequestType type, void *handle)
{
  Dialog *dialog = handle;
  guint index;

  g_assert_true (g_ptr_array_find (dialogs.open, dialog, &index));
  g_ptr_array_steal_index (dialogs.open, index);
  if (type == PURPLE_REQUEST_FILE && dialogs.calls_back_on_close)
    call_back (dialog, dialog->cancel, NULL);
  dialog_free (dialog);
}

static PurpleRequestUiOps request_ops = {
  .request_action = request_action,
  .request_file = request_file,
  .close_request = close_request,
};

/* As Pidgin and Finch: the callback first, and then the window goes. */
static void
answer (Dialog *dialog, GCallback callback, const char *path)
{
  if (callback != NULL)
    call_back (dialog, callback, path);
  if (g_ptr_array_find (dialogs.open, dialog, NULL))
    purple_request_close (dialog->type, dialog);
}

void
wn_dialogs_accept (void)
{
  Dialog *dialog = get_dialog ();

  g_assert_cmpint (dialog->type, ==, PURPLE_REQUEST_ACTION);
  answer (dialog, dialog->ok, NULL);
}

void
wn_dialogs_refuse (void)
{
  Dialog *dialog = get_dialog ();
  gboolean called_on_close
      = dialog->type == PURPLE_REQUEST_FILE && dialogs.calls_back_on_close;

  answer (dialog, called_on_close ? NULL : dialog->cancel, NULL);
}

void
wn_dialogs_save_as (const char *path)
{
  Dialog *dialog = get_dialog ();

  g_assert_cmpint (dialog->type, ==, PURPLE_REQUEST_FILE);
  answer (dialog, dialog->ok, path);
}

void
wn_dialogs_start (void)
{
  if (dialogs.open == NULL)
    dialogs.open = g_ptr_array_new_with_free_func (dialog_free);
  g_assert_cmpuint (dialogs.open->len, ==, 0);
  dialogs.calls_back_on_close = FALSE;
  purple_request_set_ui_ops (&request_ops);
}

void
wn_dialogs_stop (void)
{
  g_clear_pointer (&dialogs.open, g_ptr_array_unref);
}

void
wn_dialogs_set_calls_back_on_close (gboolean calls_back)
{
  dialogs.calls_back_on_close = calls_back;
}

guint
wn_dialogs_count (void)
{
  return dialogs.open->len;
}

gboolean
wn_dialogs_is_any_open (gpointer unused)
{
  return dialogs.open->len > 0;
}

gboolean
wn_dialogs_asks_where (void)
{
  return get_dialog ()->type == PURPLE_REQUEST_FILE;
}
