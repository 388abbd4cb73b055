/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A web back office that speaks PROTOCOL, by itself or through nginx with nchan
 * (the option `replay`). Under its subprotocol nchan puts a head before each
 * message that was published,
 *
 *     id: SECONDS:N
 *     content-type: application/json
 *
 *     {"title":…}
 *
 * and none before the heartbeat's answer. SECONDS is the server's time when the
 * message was published, N counts within that second. Where nchan joins several
 * channels there is a number for each, `[N],N,-`, and the brackets tell which
 * channel's message it is. A server that is asked with `last=ID` may send what
 * came after that ID, or all that it holds: nchan 1.3 must not be asked for an
 * ID itself (tests/servers/README.md), and a place that it no longer knows
 * means all that it has from then on.
 */

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/dialect/dialect.h"
#include "core/dialect/json.h"
#include "core/dialect/payload.h"
#include "core/dialect/url.h"

#define DEFAULT_PROJECT "jd-shop"
#define DEFAULT_ENVIRONMENT "production"
#define PROJECT_SEPARATOR '@'
#define ENVIRONMENT_SEPARATOR '/'

#define HEARTBEAT "heartCheck"
#define ACKNOWLEDGEMENT_CODE 2
#define MAX_VERSION_CHARS 64
/* RFC 6455 §7.4.1 */
#define POLICY_VIOLATION 1008

#define NCHAN_SUBPROTOCOL "ws+meta.nchan"
#define NCHAN_ID_LINE "id: "

typedef struct
{
  WnAccount account;       /* its contact is the project, its replay nchan's */
  char *uid;               /* (owned) */
  char *environment;       /* (owned) */
  char *url;               /* (owned): with project and uid */
  char *download_template; /* (owned) */
  gboolean says_hello;
  gboolean is_nchan;     /* the server agreed to the subprotocol */
  gboolean has_answered; /* it takes texts, on this connection */
} BackOffice;

static const struct
{
  const char *name;
  const char *base_url;
} environments[] = {
  { "production", "ws://ws.chiefgr.com/" },
  { "stage", "ws://test.ws.chiefgr.com/" },
};

/* --- The user name ------------------------------------------------------ */

static const WnSplit splits[] = {
  { N_ ("Project"), DEFAULT_PROJECT, PROJECT_SEPARATOR },
  { N_ ("Environment"), DEFAULT_ENVIRONMENT, ENVIRONMENT_SEPARATOR },
  { NULL },
};

static gboolean
has_separator (const char *uid)
{
  return strchr (uid, PROJECT_SEPARATOR) != NULL
         || strchr (uid, ENVIRONMENT_SEPARATOR) != NULL;
}

static gboolean
read_username (BackOffice *self, const char *username, GError **error)
{
  g_auto (GStrv) parts = wn_username_split (username, splits);

  self->uid = g_strdup (parts[0]);
  self->account.contact = g_strdup (parts[1]);
  self->environment = g_strdup (parts[2]);
  if (*self->uid == '\0')
    return wn_dialect_fail (error, WN_DIALECT_ERROR_NO_USER, "no user ID");
  if (has_separator (self->uid))
    return wn_dialect_fail (error, WN_DIALECT_ERROR_BAD_USER, self->uid);
  return TRUE;
}

/* --- The server --------------------------------------------------------- */

static const char *
find_environment_url (const char *environment)
{
  for (gsize i = 0; i < G_N_ELEMENTS (environments); i++)
    if (g_str_equal (environments[i].name, environment))
      return environments[i].base_url;
  return NULL;
}

static GUri *
read_server (const BackOffice *self, const WnIdentity *identity, GError **error)
{
  g_autofree char *option = wn_identity_dup_option (identity, "server");
  const char *server
      = *option != '\0' ? option : find_environment_url (self->environment);

  if (server != NULL)
    return wn_url_parse_server (server, "ws", WN_URL_TO_QUERY, error);
  wn_dialect_fail (error,
                   WN_DIALECT_ERROR_UNKNOWN_ENVIRONMENT,
                   self->environment);
  return NULL;
}

static char *
dup_query (const BackOffice *self, const char *base_query)
{
  g_autofree char *project
      = g_uri_escape_string (self->account.contact, NULL, FALSE);
  g_autofree char *uid = g_uri_escape_string (self->uid, NULL, FALSE);
  gboolean has_base = base_query != NULL && *base_query != '\0';
  gboolean has_joint = has_base && g_str_has_suffix (base_query, "&");

  return g_strdup_printf ("%s%sproject=%s&uid=%s",
                          has_base ? base_query : "",
                          has_base && !has_joint ? "&" : "",
                          project,
                          uid);
}

static void
set_urls (BackOffice *self, GUri *base)
{
  g_autofree char *query = dup_query (self, g_uri_get_query (base));

  self->account.token_url = g_uri_to_string (base);
  self->account.link_base = wn_url_dup_origin (base);
  self->url = g_uri_join (WN_URL_FLAGS,
                          g_uri_get_scheme (base),
                          NULL,
                          g_uri_get_host (base),
                          g_uri_get_port (base),
                          g_uri_get_path (base),
                          query,
                          NULL);
}

/* --- The exports -------------------------------------------------------- */

static WnPayloadFiles
get_files (const BackOffice *self)
{
  return (WnPayloadFiles){
    .template = self->download_template,
    .project = self->account.contact,
    .uid = self->uid,
  };
}

static gboolean
read_download_url (BackOffice *self, const WnIdentity *identity, GError **error)
{
  g_autofree char *option = wn_identity_dup_option (identity, "download_url");
  WnPayloadFiles files;

  self->download_template
      = *option != '\0'
            ? g_steal_pointer (&option)
            : g_strconcat (self->account.link_base,
                           "/exportDownload?project={project}&uid={uid}"
                           "&filename={filename}",
                           NULL);
  files = get_files (self);
  return wn_payload_check_files (&files, error);
}

/* --- The account -------------------------------------------------------- */

static void
back_office_free (gpointer data)
{
  BackOffice *self = data;

  wn_account_clear (&self->account);
  g_free (self->uid);
  g_free (self->environment);
  g_free (self->url);
  g_free (self->download_template);
  g_free (self);
}

/* Production and stage of one project would look the same on the list. */
static void
set_names (BackOffice *self)
{
  const char *project = self->account.contact;

  self->account.username = g_strdup_printf ("%s%c%s%c%s",
                                            self->uid,
                                            PROJECT_SEPARATOR,
                                            project,
                                            ENVIRONMENT_SEPARATOR,
                                            self->environment);
  if (!g_str_equal (self->environment, DEFAULT_ENVIRONMENT))
    self->account.label
        = g_strdup_printf ("%s (%s)", project, self->environment);
}

static gboolean
read_identity (BackOffice *self, const WnIdentity *identity, GError **error)
{
  g_autoptr (GUri) base = NULL;

  if (!read_username (self, identity->username, error))
    return FALSE;
  set_names (self);
  base = read_server (self, identity, error);
  if (base == NULL)
    return FALSE;
  set_urls (self, base);
  wn_account_set_bearer (&self->account, identity->token);
  self->says_hello = wn_identity_is (identity, "send_hello", "1");
  self->account.has_replay = wn_identity_is (identity, "replay", "nchan");
  return read_download_url (self, identity, error);
}

static WnAccount *
back_office_new (const WnIdentity *identity, GError **error)
{
  BackOffice *self = g_new0 (BackOffice, 1);

  if (read_identity (self, identity, error))
    return &self->account;
  back_office_free (self);
  return NULL;
}

/* --- The connection ----------------------------------------------------- */

/* The URL ends with a query, always. */
static void
back_office_route (gpointer data, const char *cursor, WnRoute *route)
{
  const BackOffice *self = data;
  g_autofree char *last = NULL;

  route->authorization = g_strdup (self->account.authorization);
  if (self->account.has_replay)
    route->subprotocol = g_strdup (NCHAN_SUBPROTOCOL);
  if (!self->account.has_replay || cursor == NULL)
    {
      route->url = g_strdup (self->url);
      return;
    }
  last = g_uri_escape_string (cursor, NULL, FALSE);
  route->url = g_strdup_printf ("%s&last=%s", self->url, last);
}

/* An nchan where clients only listen closes the connection at any text. */
static WnFrame *
back_office_opened (gpointer data, const WnTransportAnswer *answer)
{
  BackOffice *self = data;
  g_autofree char *encoded = NULL;
  WnFrame *frame;

  self->has_answered = FALSE;
  self->is_nchan = self->account.has_replay
                   && g_strcmp0 (answer->subprotocol, NCHAN_SUBPROTOCOL) == 0;
  if (!self->says_hello || self->is_nchan)
    return NULL;
  encoded = g_base64_encode ((const guchar *) self->uid, strlen (self->uid));
  frame = wn_frame_new ();
  frame->is_ready = TRUE;
  frame->reply = g_strdup_printf ("{\"id\":\"%s\"}", encoded);
  return frame;
}

static char *
back_office_dup_heartbeat (gpointer self)
{
  return ((BackOffice *) self)->is_nchan ? NULL : g_strdup (HEARTBEAT);
}

/* The heartbeat, or the user ID before it, was what the server did not want. */
static void
back_office_explain (gpointer data, WnLoss *loss)
{
  const BackOffice *self = data;

  if (loss->reason == WN_LOSS_CLOSED && loss->close_code == POLICY_VIOLATION
      && !self->account.has_replay && !self->has_answered)
    loss->reason = WN_LOSS_TEXT_REFUSED;
}

/* --- The acknowledgement ------------------------------------------------ */

/* What JavaScript's == takes for the number 2, written in ASCII. */
static gboolean
is_code_text (const char *text)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));
  char *end = NULL;

  if (g_ascii_strncasecmp (trimmed, "0x", 2) == 0)
    return g_ascii_string_to_unsigned (trimmed + 2,
                                       16,
                                       ACKNOWLEDGEMENT_CODE,
                                       ACKNOWLEDGEMENT_CODE,
                                       NULL,
                                       NULL);
  if (strpbrk (trimmed, "xX") != NULL)
    return FALSE;
  return g_ascii_strtod (trimmed, &end) == ACKNOWLEDGEMENT_CODE && *end == '\0';
}

static gboolean
is_acknowledgement (JsonObject *object)
{
  JsonNode *code = json_object_get_member (object, "code");

  if (wn_json_is_number (code))
    return wn_json_to_number (code) == ACKNOWLEDGEMENT_CODE;
  return wn_json_is_string (code) && is_code_text (json_node_get_string (code));
}

static gboolean
is_invisible (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT
         || type == G_UNICODE_LINE_SEPARATOR
         || type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

/* One line of at most MAX_VERSION_CHARS, each run of what can't be seen as one
 * space; %NULL where nothing is left.
 */
static char *
dup_one_line (const char *text)
{
  g_autoptr (GString) line = g_string_new (NULL);
  gboolean gap = FALSE;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);
      gboolean is_gap = is_invisible (c) || g_unichar_isspace (c);

      if (!is_gap && gap && line->len > 0)
        g_string_append_c (line, ' ');
      if (!is_gap)
        g_string_append_unichar (line, c);
      gap = is_gap;
    }
  if (line->len == 0)
    return NULL;
  return g_utf8_substring (line->str,
                           0,
                           MIN (g_utf8_strlen (line->str, -1),
                                MAX_VERSION_CHARS));
}

static void
read_acknowledgement (JsonObject *object, WnFrame *frame)
{
  g_autofree char *version = NULL;

  frame->is_alive = is_acknowledgement (object);
  if (!frame->is_alive)
    return;
  version = wn_json_dup_id (object, "api_version");
  frame->version = version != NULL ? dup_one_line (version) : NULL;
}

/* --- nchan's places ----------------------------------------------------- */

/* The number in @numbers, "3" or "[3],-,0", that is at @index, or, where that
 * is negative, in brackets; -1 where there is none.
 */
static gint64
find_number (const char *numbers, int *index)
{
  g_auto (GStrv) parts = g_strsplit (numbers, ",", -1);
  gint64 number = -1;

  for (int i = 0; parts[i] != NULL; i++)
    {
      gboolean is_marked = parts[i][0] == '[' || parts[1] == NULL;

      if (*index >= 0 ? i != *index : !is_marked)
        continue;
      *index = i;
      g_strdelimit (parts[i], "[]", ' ');
      if (!g_ascii_string_to_signed (g_strstrip (parts[i]),
                                     10,
                                     0,
                                     G_MAXINT64,
                                     &number,
                                     NULL))
        number = -1;
      break;
    }
  return number;
}

/* Returns what is behind the colon, or %NULL where @place begins with no time
 * that a calendar has.
 */
static const char *
read_seconds (const char *place, gint64 *seconds)
{
  char *end = NULL;

  if (!g_ascii_isdigit (*place))
    return NULL;
  *seconds = g_ascii_strtoll (place, &end, 10);
  if (*end != ':' || *seconds >= G_MAXINT64 / G_TIME_SPAN_SECOND)
    return NULL;
  return end + 1;
}

static char *
back_office_dup_cursor_at (gpointer self, gint64 time_us)
{
  if (!((BackOffice *) self)->account.has_replay)
    return NULL;
  return g_strdup_printf ("%" G_GINT64_FORMAT ":0",
                          time_us / G_TIME_SPAN_SECOND - 1);
}

static gboolean
back_office_is_known (gpointer self,
                      const char *cursor,
                      const WnNotification *notification)
{
  gint64 known_s = 0, came_s = 0, known, came;
  const char *known_numbers = read_seconds (cursor, &known_s);
  const char *came_numbers = read_seconds (notification->cursor, &came_s);
  int channel = -1;

  if (g_str_equal (cursor, notification->cursor))
    return TRUE;
  if (known_numbers == NULL || came_numbers == NULL)
    return FALSE;
  if (came_s != known_s)
    return came_s < known_s;
  came = find_number (came_numbers, &channel);
  known = channel >= 0 ? find_number (known_numbers, &channel) : -1;
  return came >= 0 && known >= came;
}

/* --- Frames ------------------------------------------------------------- */

static WnFrame *
read_json (BackOffice *self, const char *text, gsize length, GError **error)
{
  g_autoptr (JsonObject) object = wn_json_read_object (text, length, error);
  WnPayloadFiles files = get_files (self);
  WnNotification *notification;
  WnFrame *frame;

  if (object == NULL)
    return NULL;
  frame = wn_frame_new ();
  read_acknowledgement (object, frame);
  self->has_answered |= frame->is_alive;
  notification = wn_payload_read (object, &files);
  if (notification != NULL)
    wn_frame_add_notification (frame, notification);
  return frame;
}

/* A message that is no notification may as well be sent again. */
static void
note_place (WnFrame *frame, const char *id, gsize length)
{
  g_autofree char *cursor = g_strndup (id, length);
  WnNotification *notification;
  gint64 seconds;

  if (frame->notifications == NULL || !wn_cursor_is_sound (cursor))
    return;
  notification = g_ptr_array_index (frame->notifications, 0);
  if (read_seconds (cursor, &seconds) != NULL)
    notification->sent_us = seconds * G_TIME_SPAN_SECOND;
  notification->cursor = g_steal_pointer (&cursor);
}

static WnFrame *
back_office_read (gpointer self, const char *text, gsize length, GError **error)
{
  const char *id = text + strlen (NCHAN_ID_LINE);
  const char *body = NULL;
  WnFrame *frame;

  if (((BackOffice *) self)->account.has_replay
      && length >= strlen (NCHAN_ID_LINE)
      && strncmp (text, NCHAN_ID_LINE, strlen (NCHAN_ID_LINE)) == 0)
    body = g_strstr_len (text, (gssize) length, "\n\n");
  if (body == NULL)
    return read_json (self, text, length, error);

  body += strlen ("\n\n");
  frame = read_json (self, body, length - (gsize) (body - text), error);
  if (frame != NULL)
    note_place (frame, id, strcspn (id, "\n"));
  return frame;
}

/* --- The table ---------------------------------------------------------- */

static const WnChoice contacts[] = {
  { "project", N_ ("the project") },
  { "type", N_ ("each type of notification") },
  { NULL },
};

static const WnChoice replays[] = {
  { "off", N_ ("Off") },
  { "nchan", N_ ("From a server with nchan") },
  { NULL },
};

static const WnOption options[] = {
  { "download_url", N_ ("Download URL"), WN_OPTION_STRING, "", NULL },
  { "send_hello",
    N_ ("Send the user ID after connecting"),
    WN_OPTION_SWITCH,
    "",
    NULL },
  { "contact_per", N_ ("One contact for"), WN_OPTION_CHOICE, "", contacts },
  { "replay", N_ ("Replay what was missed"), WN_OPTION_CHOICE, "", replays },
  { NULL },
};

const WnDialect wn_dialect_back_office = {
  .id = "prpl-webnotify",
  .name = "Web Notify",
  .icon = "webnotify",
  .summary = N_ ("Notifications of a web back office"),
  .login_label = N_ ("User ID"),
  .splits = splits,
  .options = options,
  .new = back_office_new,
  .free = back_office_free,
  .route = back_office_route,
  .opened = back_office_opened,
  .dup_heartbeat = back_office_dup_heartbeat,
  .read = back_office_read,
  .explain = back_office_explain,
  .dup_cursor_at = back_office_dup_cursor_at,
  .is_known = back_office_is_known,
};
