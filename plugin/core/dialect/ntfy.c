/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ntfy (https://ntfy.sh, or one's own). Topics are subscribed to by the URL
 * alone; the server then sends one JSON object in each text frame. Nothing is
 * ever said to it but WebSocket pings: it drops a client whose text is longer
 * than 64 bytes and throws every other text away.
 *
 * A cursor is `SECONDS;ID,ID…`: all that was sent before that second has come,
 * and so have the messages with these ids. A message's id alone can't be a
 * cursor, because the server sorts what was missed by the time at which it was
 * submitted: a scheduled message would be skipped.
 *
 * The server passes a message on before it stores it. One that is under way
 * when we come is passed on too early for us, and stored too late for what was
 * missed. So a while after each return we ask once more, over HTTP. It may even
 * be passed on before the server has said that it has opened: then it does not
 * count, because what was missed has it, too.
 */

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/dialect/dialect.h"
#include "core/dialect/json.h"
#include "core/dialect/ntfy-emoji.h"
#include "core/dialect/url.h"

#define DEFAULT_SERVER "ntfy.sh"
#define SERVER_SEPARATOR '@'
#define NAME_CHARS                                                             \
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
#define MAX_TOPIC_CHARS 64

/* A scheduled message is sent up to ten seconds after its time. */
#define MARGIN_S 15

/* For this long after the server has opened, what was missed may still be on
 * its way: it drops a client that doesn't take a message within 2 s.
 */
#define MAX_BACKLOG_S 30

/* After so long what was under way at the opening is stored: ntfy waits for its
 * database for up to 5 s, and collects what it writes for less.
 */
#define STORING_S 6

/* How many lines are read of what was stored since then. */
#define MAX_STORED 5000

/* For how long a server keeps its messages, unless it is set up otherwise. */
#define USUALLY_KEPT_S (12 * 60 * 60)

/* How many messages are remembered as ones that a later one may replace, and
 * how long a sequence's name is at the most, as the server has it.
 */
#define MAX_SEQUENCES 100
#define MAX_SEQUENCE_CHARS 64

#define MAX_TAGS 32
#define MAX_ACTIONS 10

#define LOWEST_PRIORITY 1
#define LOW_PRIORITY 2
#define DEFAULT_PRIORITY 3
#define HIGHEST_PRIORITY 5

/* What the server says besides a status. */
#define CODE_NO_TOPIC 40009
#define CODE_TOPIC_KEPT 40010
#define CODE_REQUESTS 42901
#define CODE_LOGINS 42909

/* How many ids are remembered, and how much of a cursor they may take, which
 * leaves room for the seconds.
 */
#define MAX_ARRIVALS 1000
#define MAX_IDS_SIZE (WN_MAX_CURSOR_CHARS - 24)
#define MAX_ID_CHARS 32
#define MAX_TIME_S (G_MAXINT64 / G_TIME_SPAN_SECOND)

typedef struct
{
  gint64 time_s;
  char *id; /* (owned) */
} Arrival;

/* Where this account stands in the server's order. */
typedef struct
{
  gint64 since_s;   /* what was sent before has come; 0: nothing known */
  gint64 opened_s;  /* the server's time when a backlog was asked for; 0:
                       none was */
  gint64 newest_s;  /* of the newest message behind which none is missing */
  GArray *arrivals; /* (owned): of #Arrival: what came since since_s */
} Place;

typedef struct
{
  WnAccount account;
  char *topics; /* (owned): with commas */
  GUri *server; /* (owned) */
  char *login;  /* (owned) (nullable) */
  gint64 min_priority;
  gint64 kept_s; /* how long the server has kept the last message; 0: not */
  gboolean is_opening; /* the server has not said yet that it has opened */
  gboolean asks_again; /* what is asked is for what was stored late */
  Place place;
  GQueue sequences; /* (owned): of text, the newest last */
} Ntfy;

/* --- The place in the server's order ------------------------------------ */

static void
clear_arrival (gpointer data)
{
  g_free (((Arrival *) data)->id);
}

static void
place_clear (Place *self)
{
  g_array_set_size (self->arrivals, 0);
  self->since_s = self->newest_s = self->opened_s = 0;
}

static void
place_advance (Place *self, gint64 since_s)
{
  if (since_s <= self->since_s)
    return;
  self->since_s = since_s;
  for (guint i = self->arrivals->len; i-- > 0;)
    if (g_array_index (self->arrivals, Arrival, i).time_s < since_s)
      g_array_remove_index (self->arrivals, i);
}

/* Where not all ids can be remembered the margin becomes narrower, down to the
 * newest second: within that a replay may repeat what came.
 */
static gint64
since_without (const Place *self, guint n_oldest)
{
  gint64 last_s = 0;

  for (guint i = 0; i < n_oldest; i++)
    last_s = MAX (last_s, g_array_index (self->arrivals, Arrival, i).time_s);
  return n_oldest > 0 && last_s < self->newest_s
             ? MAX (self->since_s, last_s + 1)
             : self->since_s;
}

static void
place_remember (Place *self, const char *id, gint64 time_s)
{
  Arrival arrival = { .time_s = time_s, .id = g_strdup (id) };

  g_array_append_val (self->arrivals, arrival);
  if (self->arrivals->len <= MAX_ARRIVALS)
    return;
  place_advance (self, since_without (self, 1));
  if (self->arrivals->len > MAX_ARRIVALS)
    g_array_remove_index (self->arrivals, 0);
}

static gboolean
place_knows (const Place *self, const char *id)
{
  for (guint i = 0; i < self->arrivals->len; i++)
    if (g_str_equal (g_array_index (self->arrivals, Arrival, i).id, id))
      return TRUE;
  return FALSE;
}

/* The first of the newest ids that a cursor has room for. */
static guint
find_first_in_cursor (const Place *self)
{
  guint first = self->arrivals->len;
  gsize size = 0;

  while (first > 0)
    {
      size
          += strlen (g_array_index (self->arrivals, Arrival, first - 1).id) + 1;
      if (size > MAX_IDS_SIZE)
        break;
      first--;
    }
  return first;
}

static char *
place_dup_cursor (const Place *self)
{
  guint first = find_first_in_cursor (self);
  GString *cursor = g_string_new (NULL);

  g_string_append_printf (cursor,
                          "%" G_GINT64_FORMAT,
                          since_without (self, first));
  for (guint i = first; i < self->arrivals->len; i++)
    {
      g_string_append_c (cursor, i == first ? ';' : ',');
      g_string_append (cursor, g_array_index (self->arrivals, Arrival, i).id);
    }
  return g_string_free (cursor, FALSE);
}

static gboolean
is_id (const char *text)
{
  gsize length = text != NULL ? strlen (text) : 0;

  return length > 0 && length <= MAX_ID_CHARS
         && strspn (text, NAME_CHARS) == length;
}

/* When its messages were sent is not known before the server says its time. */
static void
place_read_cursor (Place *self, const char *cursor)
{
  char *end = NULL;
  gint64 since_s = g_ascii_strtoll (cursor, &end, 10);

  place_clear (self);
  if (since_s <= 0 || since_s > MAX_TIME_S || strchr (";", *end) == NULL)
    return;
  self->since_s = self->newest_s = since_s;
  if (*end == '\0')
    return;

  g_auto (GStrv) ids = g_strsplit (end + 1, ",", -1);

  for (char **id = ids; *id != NULL; id++)
    if (is_id (*id))
      place_remember (self, *id, MAX_TIME_S);
}

/* We know more of our own cursor than it says. */
static void
place_go_on (Place *self, const char *cursor)
{
  g_autofree char *own = place_dup_cursor (self);

  if (g_str_equal (own, cursor))
    self->opened_s = 0;
  else
    place_read_cursor (self, cursor);
}

/* The server says its time when it has opened. Where that is before all that
 * has come, its clock was set back, or it is another server. Returns: whether
 * the server sends what was missed: all that has a time since the place
 */
static gboolean
place_open (Place *self, gint64 time_s)
{
  if (self->since_s > 0 && self->since_s <= time_s)
    {
      for (guint i = 0; i < self->arrivals->len; i++)
        {
          Arrival *arrival = &g_array_index (self->arrivals, Arrival, i);

          arrival->time_s = MIN (arrival->time_s, time_s);
        }
      self->opened_s = time_s;
      return TRUE;
    }
  place_clear (self);
  self->since_s = self->newest_s = time_s;
  return FALSE;
}

/* A message of now may come while what was missed is still on its way, be it
 * that we don't read: then the place stays where that is. So it does for what
 * comes by another way.
 */
static void
place_pass (Place *self, const char *id, gint64 time_s, gboolean is_streamed)
{
  gboolean is_early = self->opened_s > 0 && time_s >= self->opened_s
                      && time_s < self->opened_s + MAX_BACKLOG_S;

  if (is_streamed && !is_early)
    self->newest_s = MAX (self->newest_s, time_s);
  place_advance (self, self->newest_s - MARGIN_S);
  if (time_s >= self->since_s)
    place_remember (self, id, time_s);
}

/* --- The account -------------------------------------------------------- */

static gboolean
is_topic (const char *topic)
{
  static const char *const forbidden[] = {
    "account",  "app",    "docs",   "file", "login", "metrics",
    "settings", "signup", "static", "v1",   NULL,
  };
  gsize length = strlen (topic);

  return length > 0 && length <= MAX_TOPIC_CHARS
         && strspn (topic, NAME_CHARS) == length
         && !g_strv_contains (forbidden, topic);
}

/* @names as a URL has them: each once, without the spaces between. */
static char *
dup_topics (const char *names, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (names, ",", -1);
  g_autoptr (GPtrArray) topics = g_ptr_array_new ();

  for (char **part = parts; *part != NULL; part++)
    {
      const char *topic = g_strstrip (*part);

      if (*topic == '\0'
          || g_ptr_array_find_with_equal_func (topics,
                                               topic,
                                               g_str_equal,
                                               NULL))
        continue;
      if (!is_topic (topic))
        {
          wn_dialect_fail (error, WN_DIALECT_ERROR_BAD_TOPIC, topic);
          return NULL;
        }
      g_ptr_array_add (topics, (gpointer) topic);
    }
  if (topics->len == 0)
    {
      wn_dialect_fail (error, WN_DIALECT_ERROR_NO_TOPIC, "no topic");
      return NULL;
    }
  g_ptr_array_add (topics, NULL);
  return g_strjoinv (",", (char **) topics->pdata);
}

static gboolean
read_topics (Ntfy *self, const WnIdentity *identity, GError **error)
{
  g_autofree char *names = g_strdup (identity->username);
  g_autofree char *host
      = wn_username_cut (names, SERVER_SEPARATOR, DEFAULT_SERVER);
  g_autofree char *option = wn_identity_dup_option (identity, "server");

  self->topics = dup_topics (names, error);
  if (self->topics == NULL)
    return FALSE;
  /* ntfy works only at the root of a host. */
  self->server = wn_url_parse_server (*option != '\0' ? option : host,
                                      "wss",
                                      WN_URL_TO_HOST,
                                      error);
  if (self->server == NULL)
    return FALSE;
  self->account.contact = wn_url_dup_host (self->server);
  self->account.token_url = wn_url_dup_origin (self->server);
  return TRUE;
}

static char *
dup_basic (const char *login, const char *password)
{
  g_autofree char *pair = g_strconcat (login, ":", password, NULL);
  g_autofree char *encoded
      = g_base64_encode ((const guchar *) pair, strlen (pair));

  return g_strconcat ("Basic ", encoded, NULL);
}

static void
read_credentials (Ntfy *self, const WnIdentity *identity)
{
  const char *token = identity->token;
  g_autofree char *login = wn_identity_dup_option (identity, "login");

  if (*login != '\0')
    {
      self->account.authorization
          = dup_basic (login, token != NULL ? token : "");
      self->login = g_steal_pointer (&login);
    }
  else
    wn_account_set_bearer (&self->account, token);
}

static void
ntfy_free (gpointer data)
{
  Ntfy *self = data;

  wn_account_clear (&self->account);
  g_free (self->topics);
  g_clear_pointer (&self->server, g_uri_unref);
  g_free (self->login);
  g_array_unref (self->place.arrivals);
  g_queue_clear_full (&self->sequences, g_free);
  g_free (self);
}

static WnAccount *
ntfy_new (const WnIdentity *identity, GError **error)
{
  Ntfy *self = g_new0 (Ntfy, 1);

  self->place.arrivals = g_array_new (FALSE, FALSE, sizeof (Arrival));
  g_array_set_clear_func (self->place.arrivals, clear_arrival);
  if (!read_topics (self, identity, error))
    {
      ntfy_free (self);
      return NULL;
    }
  read_credentials (self, identity);
  self->kept_s = USUALLY_KEPT_S;
  self->min_priority
      = wn_identity_get_number (identity, "min_priority", HIGHEST_PRIORITY);
  self->account.has_replay = !wn_identity_is (identity, "replay", "off");
  return &self->account;
}

/* --- The way there ------------------------------------------------------ */

static void
ntfy_route (gpointer data, const char *cursor, WnRoute *route)
{
  Ntfy *self = data;
  GString *url = g_string_new (NULL);

  if (self->account.has_replay && cursor != NULL)
    place_go_on (&self->place, cursor);
  else
    place_clear (&self->place);
  self->asks_again = FALSE;

  g_string_append_printf (url,
                          "%s://%s/%s/ws",
                          g_uri_get_scheme (self->server),
                          self->account.contact,
                          self->topics);
  if (self->place.since_s > 0)
    g_string_append_printf (url,
                            "?since=%" G_GINT64_FORMAT,
                            self->place.since_s);
  route->url = g_string_free (url, FALSE);
  route->authorization = g_strdup (self->account.authorization);
}

/* Connected is who has heard the server's first frame. */
static WnFrame *
ntfy_opened (gpointer data, const WnTransportAnswer *answer)
{
  Ntfy *self = data;

  self->is_opening = TRUE;
  return wn_frame_new ();
}

/* --- Messages ----------------------------------------------------------- */

static void
add_word (GString *words, const char *word)
{
  if (words->len > 0)
    g_string_append (words, ", ");
  g_string_append (words, word);
}

/* The tags that are emoji go before the title, as in ntfy's own apps, the
 * others into @words.
 */
static char *
dup_line_of_title (JsonObject *message, const char *fallback, GString *words)
{
  g_autofree char *title = wn_json_dup_string (message, "title");
  JsonArray *tags = wn_json_get_array (message, "tags");
  guint n_tags = tags != NULL ? json_array_get_length (tags) : 0;
  GString *line = g_string_new (NULL);

  for (guint i = 0; i < MIN (n_tags, MAX_TAGS); i++)
    {
      JsonNode *tag = json_array_get_element (tags, i);
      g_autofree char *word
          = wn_json_is_string (tag) ? wn_json_dup_text (tag) : g_strdup ("");
      g_autofree char *emoji = wn_ntfy_emoji_dup (word);

      if (emoji != NULL)
        g_string_append_printf (line, "%s ", emoji);
      else if (*word != '\0')
        add_word (words, word);
    }
  g_string_append (line, title != NULL ? title : fallback);
  return g_string_free (line, FALSE);
}

static char *
dup_binary_note (const char *base64)
{
  gsize n_bytes = strcspn (base64, "=") * 3 / 4;
  g_autofree char *size = g_format_size (n_bytes);

  return g_strdup_printf (_ ("Binary data (%s) that can’t be shown."), size);
}

static void
read_message_text (JsonObject *message, WnNotification *notification)
{
  g_autofree char *text = wn_json_dup_string (message, "message");
  g_autofree char *encoding = wn_json_dup_string (message, "encoding");
  g_autofree char *type = wn_json_dup_string (message, "content_type");
  gboolean is_markdown = g_strcmp0 (type, "text/markdown") == 0;

  notification->kind = is_markdown ? WN_MARKUP_MARKDOWN : WN_MARKUP_TEXT;
  if (text == NULL || g_strcmp0 (encoding, "base64") != 0)
    {
      notification->content = g_steal_pointer (&text);
      return;
    }
  notification->kind = WN_MARKUP_TEXT;
  notification->content = dup_binary_note (text);
}

/* A line of its own below the body, whatever that is written in. */
static void
append_below (WnNotification *notification, const char *line)
{
  gboolean is_markdown = notification->kind == WN_MARKUP_MARKDOWN;
  const char *body = notification->content != NULL ? notification->content : "";
  GString *content = g_string_new (body);

  if (content->len > 0)
    g_string_append (content, is_markdown ? "\n\n" : "\n");
  for (const char *c = line; *c != '\0'; c++)
    {
      if (is_markdown && g_ascii_ispunct (*c))
        g_string_append_c (content, '\\');
      g_string_append_c (content, *c);
    }
  g_free (notification->content);
  notification->content = g_string_free (content, FALSE);
}

/* @format has one %s, for the words; without words there is no line. */
static void
append_words_below (WnNotification *notification,
                    const char *format,
                    const char *words)
{
  GString *line;

  if (*words == '\0')
    return;
  line = g_string_new (format);
  g_string_replace (line, "%s", words, 1);
  append_below (notification, line->str);
  g_string_free (line, TRUE);
}

/* A link is shown. What would send a request, or start something on a phone,
 * is only named in @others: nothing of it is ever done.
 */
static void
read_action (JsonObject *action, WnNotification *notification, GString *others)
{
  g_autofree char *kind = wn_json_dup_string (action, "action");
  g_autofree char *label = wn_json_dup_string (action, "label");
  g_autofree char *url = wn_json_dup_string (action, "url");
  g_autofree char *value = wn_json_dup_string (action, "value");

  if (g_strcmp0 (kind, "view") == 0 && url != NULL)
    wn_notification_add_link (notification, label != NULL ? label : "", url);
  else if (g_strcmp0 (kind, "copy") == 0 && label != NULL && value != NULL)
    {
      g_autofree char *line = g_strdup_printf ("%s: %s", label, value);

      append_below (notification, line);
    }
  else if (label != NULL)
    add_word (others, label);
}

static void
read_actions (JsonObject *message, WnNotification *notification)
{
  g_autofree char *click = wn_json_dup_string (message, "click");
  g_autoptr (GString) others = g_string_new (NULL);
  JsonArray *actions = wn_json_get_array (message, "actions");
  guint n_actions = actions != NULL ? json_array_get_length (actions) : 0;

  if (click != NULL)
    wn_notification_add_link (notification, "", click);
  for (guint i = 0; i < MIN (n_actions, MAX_ACTIONS); i++)
    {
      JsonObject *action = wn_json_get_element (actions, i);

      if (action != NULL)
        read_action (action, notification, others);
    }
  append_words_below (notification,
                      _ ("Only in ntfy’s own apps: %s"),
                      others->str);
}

static void
read_attachment (JsonObject *message, WnNotification *notification)
{
  JsonObject *object = wn_json_get_object (message, "attachment");
  g_autofree char *name = NULL;
  g_autofree char *url = NULL;
  gint64 expires_s;

  if (object == NULL)
    return;
  name = wn_json_dup_string (object, "name");
  url = wn_json_dup_string (object, "url");
  if (!wn_url_is_http (url))
    {
      append_words_below (notification,
                          _ ("A file that can’t be downloaded: %s"),
                          name != NULL ? name : "?");
      return;
    }
  expires_s = wn_json_get_integer (object, "expires", 0);
  notification->attachment
      = wn_attachment_new (url, name != NULL ? name : url, g_strdup (url));
  notification->attachment->size
      = MAX (wn_json_get_integer (object, "size", WN_SIZE_UNKNOWN),
             WN_SIZE_UNKNOWN);
  if (expires_s > 0 && expires_s <= MAX_TIME_S)
    notification->attachment->expires_us = expires_s * G_TIME_SPAN_SECOND;
}

/* Whether @message replaces one of the last; it may be replaced from now on. */
static gboolean
note_sequence (Ntfy *self, JsonObject *message, const char *id)
{
  g_autofree char *sequence = wn_json_dup_string (message, "sequence_id");
  const char *key = sequence != NULL ? sequence : id;

  if (key == NULL || strlen (key) > MAX_SEQUENCE_CHARS)
    return FALSE;
  if (g_queue_find_custom (&self->sequences, key, (GCompareFunc) strcmp)
      != NULL)
    return TRUE;
  g_queue_push_tail (&self->sequences, g_strdup (key));
  if (g_queue_get_length (&self->sequences) > MAX_SEQUENCES)
    g_free (g_queue_pop_head (&self->sequences));
  return FALSE;
}

static gint64
read_level (JsonObject *message)
{
  gint64 level = wn_json_get_integer (message, "priority", DEFAULT_PRIORITY);

  return CLAMP (level, LOWEST_PRIORITY, HIGHEST_PRIORITY);
}

static WnNotification *
read_notification (Ntfy *self, JsonObject *message, gint64 level)
{
  WnNotification *notification = wn_notification_new ();
  g_autofree char *topic = wn_json_dup_string (message, "topic");
  g_autoptr (GString) words = g_string_new (NULL);

  notification->id = wn_json_dup_string (message, "id");
  notification->title = dup_line_of_title (message,
                                           topic != NULL ? topic : self->topics,
                                           words);
  notification->priority
      = wn_priority_of_level (level, LOW_PRIORITY, HIGHEST_PRIORITY);
  notification->is_update = note_sequence (self, message, notification->id);
  read_message_text (message, notification);
  append_words_below (notification, _ ("Tags: %s"), words->str);
  read_actions (message, notification);
  read_attachment (message, notification);
  notification->source = g_steal_pointer (&topic);
  return notification;
}

/* --- Frames ------------------------------------------------------------- */

static WnCall *
make_poll (const Ntfy *self, gint64 since_s)
{
  g_autofree char *since = since_s > 0
                               ? g_strdup_printf ("%" G_GINT64_FORMAT, since_s)
                               : g_strdup ("none");

  return wn_account_new_call (&self->account,
                              "GET",
                              g_strdup_printf ("%s/%s/json?poll=1&since=%s",
                                               self->account.token_url,
                                               self->topics,
                                               since));
}

static WnCall *
ask_for_stored (Ntfy *self)
{
  gint64 from_s = self->place.opened_s - MARGIN_S;
  WnCall *call = make_poll (self, MAX (self->place.since_s, from_s));

  call->delay_us = STORING_S * G_TIME_SPAN_SECOND;
  self->asks_again = TRUE;
  return call;
}

static void
read_open (Ntfy *self, gint64 time_s, WnFrame *frame)
{
  self->is_opening = FALSE;
  frame->is_ready = TRUE;
  frame->time_us = time_s * G_TIME_SPAN_SECOND;
  if (!self->account.has_replay || time_s == 0)
    return;
  if (place_open (&self->place, time_s))
    {
      frame->kept_us = self->kept_s * G_TIME_SPAN_SECOND;
      frame->call = ask_for_stored (self);
    }
  frame->cursor = place_dup_cursor (&self->place);
}

/* One that tells no end is not kept, be it that nothing is. */
static void
note_keeping (Ntfy *self, JsonObject *message, gint64 time_s)
{
  gint64 expires_s = wn_json_get_integer (message, "expires", 0);

  self->kept_s
      = expires_s > time_s && expires_s <= MAX_TIME_S ? expires_s - time_s : 0;
}

/* A message that comes twice is told once: it was sent while the server was
 * still sending what was missed, or is within the margin of what came before.
 */
static void
take_published (Ntfy *self,
                JsonObject *message,
                gint64 time_s,
                gboolean is_streamed,
                WnFrame *frame)
{
  gint64 level = read_level (message);
  g_autofree char *id = wn_json_dup_string (message, "id");
  gboolean has_place = self->account.has_replay && time_s > 0 && is_id (id);

  if (has_place && place_knows (&self->place, id))
    return;
  note_keeping (self, message, time_s);
  if (level >= self->min_priority)
    {
      WnNotification *notification = read_notification (self, message, level);

      notification->sent_us = time_s * G_TIME_SPAN_SECOND;
      wn_frame_add_notification (frame, notification);
    }
  if (!has_place)
    return;
  place_pass (&self->place, id, time_s, is_streamed);
  wn_frame_set_cursor (frame, place_dup_cursor (&self->place));
}

/* Returns: the server's time of what it says, or 0 */
static gint64
read_time (JsonObject *object)
{
  gint64 time_s = wn_json_get_integer (object, "time", 0);

  return time_s < 0 || time_s > MAX_TIME_S ? 0 : time_s;
}

static gboolean
is_event (JsonObject *object, const char *event)
{
  g_autofree char *said = wn_json_dup_string (object, "event");

  return g_strcmp0 (said, event) == 0;
}

/* What else a server may say is of no use here: that it lives, that a phone
 * shall fetch something, that a message was deleted or read elsewhere (what a
 * conversation has said can't be unsaid).
 */
static WnFrame *
ntfy_read (gpointer data, const char *text, gsize length, GError **error)
{
  Ntfy *self = data;
  g_autoptr (JsonObject) object = wn_json_read_object (text, length, error);
  WnFrame *frame;

  if (object == NULL)
    return NULL;
  frame = wn_frame_new ();
  if (is_event (object, "open"))
    read_open (self, read_time (object), frame);
  else if (!self->is_opening && is_event (object, "message"))
    take_published (self, object, read_time (object), TRUE, frame);
  return frame;
}

/* --- What was stored late ----------------------------------------------- */

/* What is before the place may have been forgotten since it came. */
static void
read_stored (Ntfy *self, const char *line, gsize length, WnFrame *frame)
{
  g_autoptr (JsonObject) object = wn_json_read_object (line, length, NULL);

  if (object != NULL && is_event (object, "message")
      && read_time (object) >= self->place.since_s)
    take_published (self, object, read_time (object), FALSE, frame);
}

/* Each message is a line. Most have come. */
static void
read_all_stored (Ntfy *self, const WnAnswer *answer, WnFrame *frame)
{
  const char *body = answer->body;
  const char *end = body + answer->length;

  for (guint i = 0; i < MAX_STORED && body < end; i++)
    {
      const char *feed = memchr (body, '\n', (gsize) (end - body));
      const char *line_end = feed != NULL ? feed : end;

      read_stored (self, body, (gsize) (line_end - body), frame);
      body = line_end + 1;
    }
}

/* --- Refusals ----------------------------------------------------------- */

/* How long to stay away, by the server's code: until it has room for some
 * requests, for a connection, and, after too many wrong logins from this
 * address, for half of them again.
 */
static gint64
delay_of (gint64 code)
{
  switch (code)
    {
    case CODE_REQUESTS:
      return G_TIME_SPAN_MINUTE;
    case CODE_LOGINS:
      return 15 * G_TIME_SPAN_MINUTE;
    default:
      return 5 * G_TIME_SPAN_MINUTE;
    }
}

/* @code: the server's own for the status; 0 where it told none */
static void
explain (const Ntfy *self, WnLoss *loss, gint64 code)
{
  switch (loss->http_status)
    {
    case 200:
      loss->retry = WN_LOSS_RETRY_UNEXPLAINED;
      break;
    case 401:
      loss->reason = WN_LOSS_LOGIN_REFUSED;
      loss->detail = g_strdup (self->login);
      break;
    case 400:
      if (code != CODE_NO_TOPIC && code != CODE_TOPIC_KEPT)
        break;
      loss->retry = WN_LOSS_RETRY_NEVER;
      G_GNUC_FALLTHROUGH;
    case 403:
      loss->reason = WN_LOSS_TOPICS_REFUSED;
      loss->detail = g_strdup (self->topics);
      break;
    case 429:
      loss->retry_after_us = MAX (loss->retry_after_us, delay_of (code));
      break;
    default:
      break;
    }
}

static void
ntfy_explain (gpointer self, WnLoss *loss)
{
  if (loss->reason == WN_LOSS_HTTP_STATUS)
    explain (self, loss, 0);
}

/* Up to 2.11 the server refuses with a 200 that says nothing, whatever the
 * reason is; later statuses don't say all. The same question without a
 * WebSocket is answered with the reason.
 */
static WnCall *
ntfy_lost (gpointer data, const WnLoss *loss, gboolean was_ready)
{
  Ntfy *self = data;

  self->asks_again = FALSE;
  if (loss->http_status != 200 && loss->http_status != 400
      && loss->http_status != 429)
    return NULL;
  return make_poll (self, 0);
}

/* A body that can't be read leaves the status to say what it can. */
static void
read_refusal (const Ntfy *self, const WnAnswer *answer, WnFrame *frame)
{
  g_autoptr (JsonObject) object
      = wn_json_read_object (answer->body, answer->length, NULL);
  gint64 code = 0;

  if (object != NULL)
    code = wn_json_get_integer (object, "code", 0);
  frame->refusal = wn_loss_new (WN_LOSS_HTTP_STATUS);
  frame->refusal->http_status = answer->status;
  explain (self, frame->refusal, code);
}

/* A question that is not answered leaves the connection as it is. */
static WnFrame *
ntfy_read_answer (gpointer data, const WnAnswer *answer)
{
  Ntfy *self = data;
  WnFrame *frame = wn_frame_new ();

  if (!self->asks_again && answer->status >= 400 && answer->status <= 499)
    read_refusal (self, answer, frame);
  else if (self->asks_again && answer->status == 200)
    read_all_stored (self, answer, frame);
  self->asks_again = FALSE;
  return frame;
}

/* --- The table ---------------------------------------------------------- */

static const WnSplit splits[] = {
  { N_ ("Server"), DEFAULT_SERVER, SERVER_SEPARATOR },
  { NULL },
};

static const WnChoice contacts[] = {
  { "topic", N_ ("each topic") },
  { "account", N_ ("the account") },
  { NULL },
};

static const WnChoice replays[] = {
  { "on", N_ ("On") },
  { "off", N_ ("Off") },
  { NULL },
};

static const WnOption options[] = {
  { "login",
    N_ ("Login (empty: the password is an access token)"),
    WN_OPTION_STRING,
    "",
    NULL },
  { "min_priority",
    N_ ("Show from this priority on (1 to 5)"),
    WN_OPTION_NUMBER,
    "1",
    NULL },
  { "contact_per", N_ ("One contact for"), WN_OPTION_CHOICE, "", contacts },
  { "replay", N_ ("Replay what was missed"), WN_OPTION_CHOICE, "", replays },
  { NULL },
};

const WnDialect wn_dialect_ntfy = {
  .id = "prpl-ntfy",
  .name = "ntfy",
  .icon = "ntfy",
  .summary = N_ ("Messages of an ntfy server"),
  .login_label = N_ ("Topics"),
  .splits = splits,
  .options = options,
  .any_frame_is_alive = TRUE,
  .new = ntfy_new,
  .free = ntfy_free,
  .route = ntfy_route,
  .opened = ntfy_opened,
  .read = ntfy_read,
  .read_answer = ntfy_read_answer,
  .lost = ntfy_lost,
  .explain = ntfy_explain,
};
