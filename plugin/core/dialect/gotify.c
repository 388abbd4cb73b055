/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Gotify (https://gotify.net). The stream brings one JSON object in each text
 * frame and says nothing else; what was missed, and what an application is
 * called, has to be asked for over HTTP. While such a question is open the
 * stream is held back, so that all is told in order.
 *
 * Pages of messages go backwards from the newest. The backlog is complete with
 * the first message that is known; messages that have come on the stream, too,
 * are left to it. Where the server can't answer now, it is asked again later.
 * Until then the stream's messages are told at once, but without a cursor: the
 * next connection still goes on from before the backlog.
 *
 * A cursor is `ID@SECONDS`: the last message that has come, and the latest time
 * at which one was sent. The ids grow over the whole server, but begin again
 * with a new database. Only the time tells that from messages that somebody has
 * deleted.
 */

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/dialect/dialect.h"
#include "core/dialect/json.h"
#include "core/dialect/url.h"

/* The most that the server gives at once. */
#define MAX_PAGE_SIZE 200

/* How many pages are asked for: they may have one message each, or none. */
#define MAX_PAGES WN_MAX_MISSED

/* What is held back at the most. */
#define MAX_HELD 1000
#define MAX_HELD_BYTES (16 * 1024 * 1024)

#define MAX_APPLICATIONS 1000

#define LOW_PRIORITY 3
#define HIGH_PRIORITY 8
#define HIGHEST_PRIORITY 10

/* What the token of an application looks like, up to version 2 and since. */
#define TOKEN_CHARS                                                            \
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_"
#define APPLICATION_TOKEN_START 'A'
#define APPLICATION_TOKEN_CHARS 15
#define APPLICATION_TOKEN_PREFIX "gtfya."

typedef enum
{
  QUESTION_NONE,
  QUESTION_APPLICATIONS,
  QUESTION_MESSAGES,
  QUESTION_REASON, /* why the connection was cut */
} Question;

/* In the server's order of messages. All zeros is before the first. */
typedef struct
{
  gint64 id;
  gint64 time_s; /* of the message, or a later one */
} Position;

typedef struct
{
  gint64 id;
  gint64 time_s;                /* 0: not told */
  char *application;            /* (owned) (nullable): its id */
  WnNotification *notification; /* (owned) (nullable): not urgent enough */
} Message;

typedef struct
{
  WnAccount account; /* its URL has no slash at its end */
  char *stream;      /* (owned): ws(s) URL */
  gint64 min_priority;
  gboolean is_per_application;

  GHashTable *applications; /* (owned): names (owned) by ids (owned) */
  gboolean knows_position;  /* FALSE: the first login */
  Position position;        /* what has come, without a hole */

  /* Of this connection. */
  Question question;     /* the one that is open */
  gboolean owes_backlog; /* it has not been had yet */
  gboolean is_late;      /* the stream does not wait for it any more */
  gboolean has_begun_anew;
  Position late;   /* what was told meanwhile */
  gint64 first_id; /* that came on the stream; 0: none yet */
  GPtrArray *held; /* (owned): of Message, as they came */
  gsize held_bytes;
  GPtrArray *missed;  /* (owned): of Message, the newest first */
  gsize missed_bytes; /* of the pages that they came in */
  guint n_pages;      /* that were asked for, since the newest */
  gint64 page_before; /* the id that the page ends before; 0: the newest */
  int page_size;
  gint64 pause_us; /* before a question is asked again */
} Gotify;

/* --- The account -------------------------------------------------------- */

static void
message_free (gpointer data)
{
  Message *self = data;

  g_free (self->application);
  g_clear_pointer (&self->notification, wn_notification_unref);
  g_free (self);
}

/* The name before the `@` is only a label, which may be an e-mail address. */
static const char *
find_server (const char *username)
{
  const char *scheme = strstr (username, "://");
  const char *at = scheme != NULL
                       ? g_strrstr_len (username, scheme - username, "@")
                       : strrchr (username, '@');

  return at != NULL ? at + 1 : "";
}

static GUri *
parse_address (const WnIdentity *identity, GError **error)
{
  g_autofree char *option = wn_identity_dup_option (identity, "server");

  return wn_url_parse_server (*option != '\0'
                                  ? option
                                  : find_server (identity->username),
                              "wss",
                              WN_URL_TO_PATH,
                              error);
}

/* Gotify may be below a path of its host. */
static gboolean
read_address (Gotify *self, const WnIdentity *identity, GError **error)
{
  g_autoptr (GUri) uri = parse_address (identity, error);
  g_autofree char *path = NULL;
  g_autofree char *origin = NULL;

  if (uri == NULL)
    return FALSE;
  path = wn_url_dup_path (uri);
  origin = wn_url_dup_origin (uri);
  self->account.contact = wn_url_dup_host (uri);
  self->account.token_url = g_strconcat (origin, path, NULL);
  self->stream = g_strconcat (g_uri_get_scheme (uri),
                              "://",
                              self->account.contact,
                              path,
                              "/stream",
                              NULL);
  return TRUE;
}

static gboolean
is_application_token (const char *token)
{
  if (g_str_has_prefix (token, APPLICATION_TOKEN_PREFIX))
    return TRUE;
  return *token == APPLICATION_TOKEN_START
         && strlen (token) == APPLICATION_TOKEN_CHARS
         && strspn (token, TOKEN_CHARS) == APPLICATION_TOKEN_CHARS;
}

/* The server has the same words for every token that it does not take. */
static gboolean
read_token (Gotify *self, const char *token, GError **error)
{
  if (token != NULL && is_application_token (token))
    return wn_dialect_fail (error,
                            WN_DIALECT_ERROR_SENDING_TOKEN,
                            "the token of an application");
  /* Not in the query, which a proxy may write into its log. */
  wn_account_set_bearer (&self->account, token);
  return TRUE;
}

static void
gotify_free (gpointer data)
{
  Gotify *self = data;

  wn_account_clear (&self->account);
  g_free (self->stream);
  g_hash_table_unref (self->applications);
  g_ptr_array_unref (self->held);
  g_ptr_array_unref (self->missed);
  g_free (self);
}

static WnAccount *
gotify_new (const WnIdentity *identity, GError **error)
{
  Gotify *self = g_new0 (Gotify, 1);

  self->applications
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->held = g_ptr_array_new_with_free_func (message_free);
  self->missed = g_ptr_array_new_with_free_func (message_free);
  self->min_priority
      = wn_identity_get_number (identity, "min_priority", HIGHEST_PRIORITY);
  self->is_per_application
      = !wn_identity_is (identity, "contact_per", "account");
  self->account.has_replay = !wn_identity_is (identity, "replay", "off");
  if (read_address (self, identity, error)
      && read_token (self, identity->token, error))
    return &self->account;
  gotify_free (self);
  return NULL;
}

/* --- The way there ------------------------------------------------------ */

static gboolean
read_cursor (const char *cursor, Position *position)
{
  char *end = NULL;

  *position = (Position){ 0 };
  if (cursor == NULL || !g_ascii_isdigit (*cursor))
    return FALSE;
  position->id = g_ascii_strtoll (cursor, &end, 10);
  if (*end != '@' || !g_ascii_isdigit (end[1]))
    return FALSE;
  position->time_s = g_ascii_strtoll (end + 1, &end, 10);
  return *end == '\0';
}

static void
gotify_route (gpointer data, const char *cursor, WnRoute *route)
{
  Gotify *self = data;

  self->knows_position = read_cursor (cursor, &self->position);
  route->url = g_strdup (self->stream);
  route->authorization = g_strdup (self->account.authorization);
}

/* --- Messages ----------------------------------------------------------- */

/* (nullable): the object @group of a message's `extras`. */
static JsonObject *
get_extra (JsonObject *message, const char *group)
{
  JsonObject *extras = wn_json_get_object (message, "extras");

  return extras != NULL ? wn_json_get_object (extras, group) : NULL;
}

static gboolean
is_markdown (JsonObject *message)
{
  JsonObject *display = get_extra (message, "client::display");
  g_autofree char *type
      = display != NULL ? wn_json_dup_string (display, "contentType") : NULL;

  return g_strcmp0 (type, "text/markdown") == 0;
}

/* What `android::action` wants done is for a phone to do. */
static void
read_links (JsonObject *message, WnNotification *notification)
{
  JsonObject *extra = get_extra (message, "client::notification");
  JsonObject *click
      = extra != NULL ? wn_json_get_object (extra, "click") : NULL;
  g_autofree char *url
      = click != NULL ? wn_json_dup_string (click, "url") : NULL;
  g_autofree char *picture
      = extra != NULL ? wn_json_dup_string (extra, "bigImageUrl") : NULL;

  if (url != NULL)
    wn_notification_add_link (notification, "", url);
  if (picture != NULL)
    wn_notification_add_link (notification, _ ("Picture"), picture);
}

/* Nothing is less urgent than what has none. */
static gint64
get_level (JsonObject *message)
{
  return MAX (wn_json_get_integer (message, "priority", 0), 0);
}

/* RFC 3339, with up to nine digits of a second; 0 where it is none. */
static gint64
read_time_s (JsonObject *object)
{
  g_autofree char *date = wn_json_dup_string (object, "date");
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time
      = date != NULL ? g_date_time_new_from_iso8601 (date, utc) : NULL;

  return time != NULL ? MAX (g_date_time_to_unix (time), 0) : 0;
}

/* A new database has other messages of the same ids. */
static char *
dup_id (const Position *position)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT "@%" G_GINT64_FORMAT,
                          position->id,
                          position->time_s);
}

static WnNotification *
new_notification (JsonObject *object, gint64 id, gint64 time_s)
{
  WnNotification *notification = wn_notification_new ();

  notification->id = dup_id (&(Position){ id, time_s });
  notification->title = wn_json_dup_string (object, "title");
  notification->content = wn_json_dup_string (object, "message");
  notification->kind
      = is_markdown (object) ? WN_MARKUP_MARKDOWN : WN_MARKUP_TEXT;
  notification->priority
      = wn_priority_of_level (get_level (object), LOW_PRIORITY, HIGH_PRIORITY);
  read_links (object, notification);
  return notification;
}

/* Returns: (nullable): the message; what has no id is none */
static Message *
new_message (const Gotify *self, JsonObject *object)
{
  gint64 id = wn_json_get_integer (object, "id", 0);
  Message *message;

  if (id <= 0)
    return NULL;
  message = g_new0 (Message, 1);
  message->id = id;
  message->time_s = read_time_s (object);
  message->application = wn_json_dup_id (object, "appid");
  if (get_level (object) >= self->min_priority)
    message->notification = new_notification (object, id, message->time_s);
  return message;
}

/* --- What is told ------------------------------------------------------- */

/* Two messages that were sent at once may come in either order. */
static void
advance (Position *position, gint64 id, gint64 time_s)
{
  if (id <= position->id && time_s <= position->time_s)
    return;
  position->id = id;
  position->time_s = MAX (position->time_s, time_s);
}

static void
note_position (const Gotify *self, WnFrame *frame)
{
  if (self->account.has_replay)
    wn_frame_set_cursor (frame, dup_id (&self->position));
}

static const char *
find_application (const Gotify *self, const Message *message)
{
  if (message->application == NULL)
    return NULL;
  return g_hash_table_lookup (self->applications, message->application);
}

static void
tell_message (Gotify *self, Message *message, WnFrame *frame)
{
  const char *application = find_application (self, message);

  if (message->notification != NULL)
    {
      /* Without a name an application's messages are the account's. */
      if (self->is_per_application && application != NULL
          && *application != '\0')
        message->notification->source = g_strdup (application);
      wn_frame_add_notification (frame,
                                 g_steal_pointer (&message->notification));
    }
  if (self->is_late)
    {
      advance (&self->late, message->id, message->time_s);
      return;
    }
  advance (&self->position, message->id, message->time_s);
  note_position (self, frame);
}

static void
tell_held (Gotify *self, WnFrame *frame)
{
  for (guint i = 0; i < self->held->len; i++)
    tell_message (self, g_ptr_array_index (self->held, i), frame);
  g_ptr_array_set_size (self->held, 0);
  self->held_bytes = 0;
}

static void
forget_missed (Gotify *self)
{
  g_ptr_array_set_size (self->missed, 0);
  self->missed_bytes = 0;
}

/* From the first message of the stream on it brings them all. */
static void
tell_missed (Gotify *self, WnFrame *frame)
{
  for (guint i = self->missed->len; i-- > 0;)
    {
      Message *message = g_ptr_array_index (self->missed, i);

      if (self->first_id == 0 || message->id < self->first_id)
        tell_message (self, message, frame);
    }
  forget_missed (self);
}

static void
become_late (Gotify *self, WnFrame *frame)
{
  self->is_late = TRUE;
  frame->is_ready = TRUE;
  tell_held (self, frame);
}

/* Nothing is open any more, and nothing is held back. */
static void
end_wait (Gotify *self, WnFrame *frame)
{
  self->question = QUESTION_NONE;
  self->owes_backlog = FALSE;
  self->is_late = FALSE;
  frame->is_ready = TRUE;
  tell_missed (self, frame);
  if (self->late.id > 0)
    {
      advance (&self->position, self->late.id, self->late.time_s);
      self->late = (Position){ 0 };
      note_position (self, frame);
    }
  tell_held (self, frame);
}

/* --- Questions ---------------------------------------------------------- */

static WnCall *
make_question (Gotify *self, Question question, char *url)
{
  self->question = question;
  return wn_account_new_call (&self->account, "GET", url);
}

static WnCall *
ask_for_applications (Gotify *self)
{
  return make_question (self,
                        QUESTION_APPLICATIONS,
                        g_strconcat (self->account.token_url,
                                     "/application",
                                     NULL));
}

/* @before: the id that the page ends before; 0: the newest page. At the first
 * login the newest message is asked for, to go on from.
 */
static WnCall *
ask_for_page (Gotify *self, gint64 before)
{
  GString *url = g_string_new (self->account.token_url);

  if (before == 0)
    self->n_pages = 0;
  self->n_pages++;
  self->page_before = before;
  g_string_append_printf (url,
                          "/message?limit=%d",
                          self->knows_position ? self->page_size : 1);
  if (before > 0)
    g_string_append_printf (url, "&since=%" G_GINT64_FORMAT, before);
  return make_question (self, QUESTION_MESSAGES, g_string_free (url, FALSE));
}

static WnCall *
ask_first (Gotify *self)
{
  return self->is_per_application ? ask_for_applications (self)
                                  : ask_for_page (self, 0);
}

static void
forget_connection (Gotify *self)
{
  self->question = QUESTION_NONE;
  self->owes_backlog = self->account.has_replay;
  self->is_late = FALSE;
  self->has_begun_anew = FALSE;
  self->late = (Position){ 0 };
  self->first_id = 0;
  self->page_size = MAX_PAGE_SIZE;
  self->pause_us = WN_CALL_FIRST_PAUSE_US;
  self->held_bytes = 0;
  g_ptr_array_set_size (self->held, 0);
  forget_missed (self);
}

/* The upgrade was the server's yes to the token. The account is connected once
 * it is known where it begins.
 */
static WnFrame *
gotify_opened (gpointer data, const WnTransportAnswer *answer)
{
  Gotify *self = data;
  WnFrame *frame = wn_frame_new ();

  forget_connection (self);
  frame->is_ready = self->knows_position || !self->account.has_replay;
  if (self->is_per_application || self->owes_backlog)
    frame->call = ask_first (self);
  return frame;
}

/* --- Answers ------------------------------------------------------------ */

/* From the beginning: a page that did not come leaves a hole. A page that is
 * too long never comes, so fewer messages are asked for.
 */
static void
ask_again (Gotify *self, WnFrame *frame)
{
  forget_missed (self);
  become_late (self, frame);
  self->page_size = MAX (self->page_size / 4, 1);
  frame->call = ask_first (self);
  wn_call_put_off (frame->call, &self->pause_us);
}

static void
read_application (Gotify *self, JsonObject *object)
{
  g_autofree char *id = wn_json_dup_id (object, "id");
  g_autofree char *name = wn_json_dup_string (object, "name");

  if (id != NULL && name != NULL
      && g_hash_table_size (self->applications) < MAX_APPLICATIONS)
    g_hash_table_replace (self->applications,
                          g_steal_pointer (&id),
                          g_steal_pointer (&name));
}

/* What the server does not know now it isn't asked about again. */
static void
note_unknown_applications (Gotify *self)
{
  for (guint i = 0; i < self->held->len; i++)
    {
      Message *message = g_ptr_array_index (self->held, i);

      if (message->application != NULL
          && find_application (self, message) == NULL)
        g_hash_table_insert (self->applications,
                             g_strdup (message->application),
                             g_strdup (""));
    }
}

static void
read_applications (Gotify *self, const WnAnswer *answer)
{
  g_autoptr (JsonNode) root = wn_json_read (answer->body, answer->length, NULL);
  JsonArray *list = wn_json_to_array (root);

  if (list == NULL)
    return;
  g_hash_table_remove_all (self->applications);
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonObject *object = wn_json_get_element (list, i);

      if (object != NULL)
        read_application (self, object);
    }
  note_unknown_applications (self);
}

static void
take_applications (Gotify *self, const WnAnswer *answer, WnFrame *frame)
{
  if (answer->status == 200)
    read_applications (self, answer);
  if (!self->owes_backlog)
    end_wait (self, frame);
  else if (wn_answer_is_passing (answer))
    ask_again (self, frame);
  else
    frame->call = ask_for_page (self, 0);
}

/* A message that was sent later than all that came, but has an id that was
 * there before, is of a new database.
 */
static gboolean
begins_anew (const Gotify *self, const Message *message)
{
  return message->id <= self->position.id
         && message->time_s > self->position.time_s;
}

/* A database may begin anew with older messages: those of a backup. */
static gboolean
has_come (const Gotify *self, const Message *message)
{
  return message->id <= self->position.id
         || (self->has_begun_anew && message->time_s <= self->position.time_s);
}

static void
add_missed (Gotify *self, Message *message)
{
  if (message->notification != NULL)
    {
      message->notification->is_missed = TRUE;
      message->notification->sent_us = message->time_s * G_TIME_SPAN_SECOND;
    }
  g_ptr_array_add (self->missed, message);
}

/* Returns: whether older ones may still be missing */
static gboolean
take_missed (Gotify *self, JsonArray *messages)
{
  guint n_messages = MIN (json_array_get_length (messages), MAX_PAGE_SIZE);

  for (guint i = 0; i < n_messages; i++)
    {
      JsonObject *object = wn_json_get_element (messages, i);
      Message *message = object != NULL ? new_message (self, object) : NULL;

      if (message == NULL)
        continue;
      if (begins_anew (self, message))
        {
          self->has_begun_anew = TRUE;
          self->position.id = 0;
        }
      if (has_come (self, message))
        {
          message_free (message);
          return FALSE;
        }
      add_missed (self, message);
    }
  return TRUE;
}

static void
end_backlog (Gotify *self, gboolean is_whole, WnFrame *frame)
{
  if (self->has_begun_anew)
    frame->notice = WN_NOTICE_BEGAN_ANEW;
  else if (!is_whole)
    frame->notice = WN_NOTICE_MORE_MISSED;
  frame->is_backlog_end = TRUE;
  end_wait (self, frame);
}

/* `next` of the paging is written in other ways by other versions. */
static void
take_missed_page (Gotify *self,
                  JsonArray *messages,
                  gint64 before,
                  WnFrame *frame)
{
  gboolean has_more = take_missed (self, messages) && before > 0
                      && (self->page_before == 0 || before < self->page_before);

  if (has_more && self->missed->len < WN_MAX_MISSED && self->n_pages < MAX_PAGES
      && self->missed_bytes < WN_MAX_MISSED_BYTES)
    frame->call = ask_for_page (self, before);
  else
    end_backlog (self, !has_more, frame);
}

/* Only what comes from now on is news to an account that is new. */
static void
take_newest (Gotify *self, JsonArray *messages, WnFrame *frame)
{
  JsonObject *object = json_array_get_length (messages) > 0
                           ? wn_json_get_element (messages, 0)
                           : NULL;

  self->knows_position = TRUE;
  if (object != NULL)
    advance (&self->position,
             MAX (wn_json_get_integer (object, "id", 0), 0),
             read_time_s (object));
  note_position (self, frame);
  end_backlog (self, TRUE, frame);
}

/* An answer that can't be read may have been cut off on its way. */
static void
take_messages (Gotify *self, const WnAnswer *answer, WnFrame *frame)
{
  g_autoptr (JsonObject) page
      = wn_json_read_object (answer->body, answer->length, NULL);
  JsonArray *messages
      = page != NULL ? wn_json_get_array (page, "messages") : NULL;
  JsonObject *paging
      = page != NULL ? wn_json_get_object (page, "paging") : NULL;

  self->missed_bytes += answer->length;
  if (messages == NULL)
    ask_again (self, frame);
  else if (!self->knows_position)
    take_newest (self, messages, frame);
  else
    take_missed_page (self,
                      messages,
                      paging != NULL ? wn_json_get_integer (paging, "since", 0)
                                     : 0,
                      frame);
}

static void
take_messages_answer (Gotify *self, const WnAnswer *answer, WnFrame *frame)
{
  if (answer->status == 200)
    take_messages (self, answer, frame);
  else if (wn_answer_is_passing (answer))
    ask_again (self, frame);
  else
    end_wait (self, frame);
}

/* Whatever was asked: 401 is the server's no to the token. */
static WnFrame *
gotify_read_answer (gpointer data, const WnAnswer *answer)
{
  Gotify *self = data;
  WnFrame *frame = wn_frame_new ();

  if (answer->status == 401)
    {
      frame->refusal = wn_loss_new (WN_LOSS_TOKEN_REFUSED);
      frame->refusal->http_status = answer->status;
      frame->refusal->retry = WN_LOSS_RETRY_NEVER;
    }
  else if (self->question == QUESTION_APPLICATIONS)
    take_applications (self, answer, frame);
  else if (self->question == QUESTION_MESSAGES)
    take_messages_answer (self, answer, frame);
  return frame;
}

/* --- The stream --------------------------------------------------------- */

static gboolean
must_wait (const Gotify *self, const Message *message)
{
  if (self->is_late)
    return FALSE;
  if (self->question != QUESTION_NONE)
    return TRUE;
  return self->is_per_application && message->application != NULL
         && find_application (self, message) == NULL;
}

static void
hold (Gotify *self, Message *message, gsize n_bytes, WnFrame *frame)
{
  g_ptr_array_add (self->held, message);
  self->held_bytes += n_bytes;
  if (self->question == QUESTION_NONE)
    frame->call = ask_for_applications (self);
  else if (self->held->len > MAX_HELD || self->held_bytes > MAX_HELD_BYTES)
    become_late (self, frame);
}

static WnFrame *
gotify_read (gpointer data, const char *text, gsize length, GError **error)
{
  Gotify *self = data;
  g_autoptr (JsonObject) object = wn_json_read_object (text, length, error);
  WnFrame *frame;
  Message *message;

  if (object == NULL)
    return NULL;
  frame = wn_frame_new ();
  message = new_message (self, object);
  if (message == NULL)
    return frame;
  if (self->first_id == 0)
    self->first_id = message->id;
  if (must_wait (self, message))
    {
      hold (self, message, length, frame);
      return frame;
    }
  tell_message (self, message, frame);
  message_free (message);
  return frame;
}

/* A cut has no reason on the stream, be it a restart or a token that was
 * taken back.
 */
static WnCall *
gotify_lost (gpointer data, const WnLoss *loss, gboolean was_ready)
{
  Gotify *self = data;

  if (!was_ready
      || (loss->reason != WN_LOSS_BROKEN && loss->reason != WN_LOSS_CLOSED))
    return NULL;
  return make_question (self,
                        QUESTION_REASON,
                        g_strconcat (self->account.token_url,
                                     "/current/user",
                                     NULL));
}

/* With no token at all there are better words for it. */
static void
gotify_explain (gpointer data, WnLoss *loss)
{
  if (loss->http_status == 401
      && ((Gotify *) data)->account.authorization != NULL)
    loss->reason = WN_LOSS_TOKEN_REFUSED;
}

/* --- The table ---------------------------------------------------------- */

static const WnSplit splits[] = {
  { N_ ("Server"), "", '@' },
  { NULL },
};

static const WnChoice contacts[] = {
  { "application", N_ ("each application") },
  { "account", N_ ("the account") },
  { NULL },
};

static const WnChoice replays[] = {
  { "on", N_ ("On") },
  { "off", N_ ("Off") },
  { NULL },
};

static const WnOption options[] = {
  { "min_priority",
    N_ ("Show from this priority on (0 to 10)"),
    WN_OPTION_NUMBER,
    "0",
    NULL },
  { "contact_per", N_ ("One contact for"), WN_OPTION_CHOICE, "", contacts },
  { "replay", N_ ("Replay what was missed"), WN_OPTION_CHOICE, "", replays },
  { NULL },
};

const WnDialect wn_dialect_gotify = {
  .id = "prpl-gotify",
  .name = "Gotify",
  .icon = "gotify",
  .summary = N_ ("Messages of a Gotify server"),
  .login_label = N_ ("Name"),
  .splits = splits,
  .options = options,
  .new = gotify_new,
  .free = gotify_free,
  .route = gotify_route,
  .opened = gotify_opened,
  .read = gotify_read,
  .read_answer = gotify_read_answer,
  .lost = gotify_lost,
  .explain = gotify_explain,
};
