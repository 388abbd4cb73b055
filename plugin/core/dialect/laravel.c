/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A Laravel application whose notifications are broadcast by the Pusher
 * protocol, version 7: by Reverb, soketi or Pusher Channels. The server greets
 * with the id of the socket; the application signs each private channel for
 * that id, over HTTP; with the signature the channel is subscribed to. One
 * channel is dealt with after the other, because some servers don't say which
 * one they refuse. The account is connected once all have been.
 *
 * The token is for the application alone. The socket's server, which may be
 * anybody's, never sees it.
 *
 * Servers replay nothing, but an application keeps its notifications, and may
 * tell them at the option `backlog_url` as Laravel serialises them. That list
 * and what is broadcast have no order in common, only ids: so a cursor is what
 * has been told (`core/dialect/told.h`).
 */

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/dialect/backlog.h"
#include "core/dialect/dialect.h"
#include "core/dialect/json.h"
#include "core/dialect/payload.h"
#include "core/dialect/url.h"

#define APPLICATION_SEPARATOR '@'
#define KEY_SEPARATOR '/'

#define DEFAULT_CHANNELS "private-App.Models.User.{uid}"
#define UID_PLACEHOLDER "{uid}"
/* As Laravel's own client library checks them; a comma separates ours. */
#define CHANNEL_CHARS                                                          \
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=@.;"
#define MAX_CHANNEL_CHARS 200

#define AUTH_PATH "/broadcasting/auth"
/* Pusher wants a version in this form. It is not the plugin's, because what is
 * kept of a server is kept by its URL.
 */
#define SOCKET_QUERY "?protocol=7&client=purple-webnotify&version=1.0.0"

#define NOTIFICATION_EVENT                                                     \
  "Illuminate\\Notifications\\Events\\BroadcastNotificationCreated"
#define EVENT_NAMESPACE "App\\Events\\"

/* As text, always: soketi closes after 120 s without a text of its own, be it
 * that control frames come and go.
 */
#define PING_TEXT "{\"event\":\"pusher:ping\",\"data\":{}}"
#define PONG_TEXT "{\"event\":\"pusher:pong\",\"data\":{}}"
#define MAX_PONG_US (30 * G_TIME_SPAN_SECOND)
#define MAX_QUIET_S (24 * 60 * 60)

/* A socket's id has some twenty characters. The application is sent it, and
 * need not bear what the socket's server makes up.
 */
#define MAX_SOCKET_ID_CHARS 100

/* The server's codes, in a message or a close frame. */
#define CODE_TLS_ONLY 4000
#define CODE_NO_APP 4001
#define CODE_APP_DISABLED 4003
#define CODE_QUOTA 4004
#define CODE_UNAUTHORIZED 4009
#define FIRST_CODE_LATER 4100
#define CODE_CAPACITY 4100
#define FIRST_CODE_SOON 4200
#define CODE_BAD_MESSAGE 4200
#define FIRST_CODE_HARMLESS 4300
#define LAST_CODE 4399
#define QUOTA_PAUSE_US G_TIME_SPAN_MINUTE

/* Before so long a pause people are told that the list can't be had. */
#define TELLING_PAUSE_US (40 * G_TIME_SPAN_SECOND)

/* What comes over one channel before all are subscribed to. */
#define MAX_EARLY 1000
#define MAX_EARLY_BYTES (64 * 1024 * 1024)

/* After so many that came by themselves their times are asked for. */
#define MAX_UNTIMED 50

#define MAX_PAGE_CURSOR_BYTES 2048

/* Zones reach from UTC-12 to UTC+14. */
#define MAX_BEHIND_S (12 * 60 * 60)
#define MAX_AHEAD_S (14 * 60 * 60)

typedef enum
{
  STEP_NONE, /* no handshake is under way */
  STEP_GREETING,
  STEP_SIGNATURE,
  STEP_SUBSCRIPTION,
} Step;

/* A channel whose last event the server says again to whoever subscribes. */
typedef struct
{
  char *last;      /* (owned) (nullable): a digest of that event */
  gboolean is_due; /* what comes next may be that once more */
} Cache;

/* What the server says. */
typedef struct
{
  char *event;    /* (owned) (nullable) */
  char *channel;  /* (owned) (nullable): none is told */
  JsonNode *data; /* (owned) (nullable) */
  gsize n_bytes;  /* of the frame */
} Message;

typedef struct
{
  WnAccount account;       /* its contact is the application, its token's URL
                              the one that signs channels */
  char *uid;               /* (owned) */
  char *key;               /* (owned): the app key */
  char *socket_url;        /* (owned) */
  char *origin;            /* (owned) */
  char *backlog_url;       /* (owned) (nullable) */
  char *download_template; /* (owned) (nullable) */
  GStrv channels;          /* (owned) */
  GStrv events;            /* (owned): as they were entered */

  gboolean has_connected; /* since the login */
  char *told_refused;     /* (owned) (nullable): channels */
  char *told_status;      /* (owned) (nullable): of a list that can't be had */
  WnTold told;
  GHashTable *caches; /* (owned): of Cache (owned), by channels (unowned) */

  /* Of this connection. */
  Step step;
  char *socket_id;     /* (owned) (nullable) */
  guint channel;       /* which one the step is about */
  gboolean is_retried; /* it was signed anew */
  guint status;        /* what the application last answered about it */
  guint n_subscribed;  /* how many of the channels */
  GString *refused;    /* (owned): the names of channels, for people */
  GPtrArray *early;    /* (owned): of WnNotification, until it is told */
  gsize early_bytes;   /* of the frames that they came in */
  gboolean is_untold;  /* what is said on being connected may not be heard */
  gint64 pause_us;     /* before the next question is asked again */
  gboolean is_listing; /* the list was asked for, and has not come */
  guint n_untimed;     /* how many came by themselves since */
  WnBacklog backlog;   /* what has come of it */
} Laravel;

/* --- What the account dialog asks --------------------------------------- */

static const WnSplit splits[] = {
  { N_ ("Application"), "", APPLICATION_SEPARATOR },
  { N_ ("App key"), "", KEY_SEPARATOR },
  { NULL },
};

static const WnChoice contacts[] = {
  { "account", N_ ("the account") },
  { "type", N_ ("each type of notification") },
  { NULL },
};

static const WnOption options[] = {
  { "auth_url",
    N_ ("Authorization URL (empty: /broadcasting/auth)"),
    WN_OPTION_STRING,
    "",
    NULL },
  { "channels",
    N_ ("Channels, with commas between"),
    WN_OPTION_STRING,
    DEFAULT_CHANNELS,
    NULL },
  { "origin",
    N_ ("Origin (empty: that of the Authorization URL)"),
    WN_OPTION_STRING,
    "",
    NULL },
  { "events",
    N_ ("Further events, with commas between (*: all)"),
    WN_OPTION_STRING,
    "",
    NULL },
  { "backlog_url",
    N_ ("Backlog URL (empty: nothing is replayed)"),
    WN_OPTION_STRING,
    "",
    NULL },
  { "download_url", N_ ("Download URL"), WN_OPTION_STRING, "", NULL },
  { "contact_per", N_ ("One contact for"), WN_OPTION_CHOICE, "", contacts },
  { NULL },
};

/* --- The user name ------------------------------------------------------ */

/* Returns: (transfer full): the application's host */
static char *
read_account_name (Laravel *self, const char *username, GError **error)
{
  g_auto (GStrv) parts = wn_username_split (username, splits);

  self->uid = g_strdup (parts[0]);
  self->key = g_strdup (parts[2]);
  if (*self->uid == '\0')
    wn_dialect_fail (error, WN_DIALECT_ERROR_NO_USER, "no user ID");
  else if (*self->key == '\0')
    wn_dialect_fail (error, WN_DIALECT_ERROR_NO_KEY, "no app key");
  else
    return g_strdup (parts[1]);
  return NULL;
}

/* --- The addresses ------------------------------------------------------ */

static gboolean
read_host (Laravel *self, const char *application, GError **error)
{
  g_autoptr (GUri) uri
      = wn_url_parse_server (application, "https", WN_URL_TO_HOST, error);
  g_autofree char *origin = NULL;

  if (uri == NULL)
    return FALSE;
  origin = wn_url_dup_origin (uri);
  self->account.contact = wn_url_dup_host (uri);
  self->account.token_url = g_strconcat (origin, AUTH_PATH, NULL);
  return TRUE;
}

/* The socket may be elsewhere, and below a path there. */
static gboolean
read_socket (Laravel *self,
             const WnIdentity *identity,
             const char *application,
             GError **error)
{
  g_autofree char *option = wn_identity_dup_option (identity, "server");
  g_autoptr (GUri) uri
      = wn_url_parse_server (*option != '\0' ? option : application,
                             "wss",
                             WN_URL_TO_PATH,
                             error);
  g_autofree char *host = NULL;
  g_autofree char *path = NULL;
  g_autofree char *key = NULL;

  if (uri == NULL)
    return FALSE;
  host = wn_url_dup_host (uri);
  path = wn_url_dup_path (uri);
  key = g_uri_escape_string (self->key, NULL, FALSE);
  self->socket_url = g_strconcat (g_uri_get_scheme (uri),
                                  "://",
                                  host,
                                  path,
                                  "/app/",
                                  key,
                                  SOCKET_QUERY,
                                  NULL);
  return TRUE;
}

static const char *
find_label (const char *key)
{
  const WnOption *option = options;

  while (!g_str_equal (option->key, key))
    option++;
  return option->label;
}

/* Changes @url where the option has another. */
static gboolean
read_url (const WnIdentity *identity,
          const char *key,
          char **url,
          GError **error)
{
  g_autofree char *option = wn_identity_dup_option (identity, key);
  g_autoptr (GUri) uri = NULL;
  g_autofree char *origin = NULL;
  const char *query;

  if (*option == '\0')
    return TRUE;
  uri = wn_url_parse_server (option, "https", WN_URL_TO_QUERY, NULL);
  if (uri == NULL)
    return wn_dialect_fail (error,
                            WN_DIALECT_ERROR_BAD_URL_OPTION,
                            find_label (key));
  query = g_uri_get_query (uri);
  origin = wn_url_dup_origin (uri);
  g_free (*url);
  *url = g_strconcat (origin,
                      g_uri_get_path (uri),
                      query != NULL ? "?" : "",
                      query,
                      NULL);
  return TRUE;
}

static char *
dup_origin (const char *url)
{
  g_autoptr (GUri) uri = wn_url_parse (url);

  return wn_url_dup_origin (uri);
}

static gboolean
read_origin (Laravel *self, const WnIdentity *identity, GError **error)
{
  g_autofree char *url = g_strdup (self->account.token_url);

  if (!read_url (identity, "origin", &url, error))
    return FALSE;
  self->origin = dup_origin (url);
  return TRUE;
}

/* The token is one application's: it belongs to one origin. */
static gboolean
read_backlog_url (Laravel *self, const WnIdentity *identity, GError **error)
{
  if (!read_url (identity, "backlog_url", &self->backlog_url, error))
    return FALSE;
  self->account.has_replay = self->backlog_url != NULL;
  if (!self->account.has_replay
      || wn_url_is_same_origin (self->backlog_url, self->account.token_url))
    return TRUE;
  return wn_dialect_fail (error,
                          WN_DIALECT_ERROR_FOREIGN_BACKLOG_URL,
                          "a backlog of another origin");
}

static WnPayloadFiles
get_export_files (const Laravel *self)
{
  return (WnPayloadFiles){
    .template = self->download_template,
    .project = self->account.contact,
    .uid = self->uid,
  };
}

static gboolean
read_files (Laravel *self, const WnIdentity *identity, GError **error)
{
  g_autofree char *option = wn_identity_dup_option (identity, "download_url");
  WnPayloadFiles files;

  if (*option == '\0')
    return TRUE;
  self->download_template = g_steal_pointer (&option);
  files = get_export_files (self);
  return wn_payload_check_files (&files, error);
}

static gboolean
read_addresses (Laravel *self,
                const WnIdentity *identity,
                const char *application,
                GError **error)
{
  if (!read_host (self, application, error)
      || !read_socket (self, identity, application, error)
      || !read_url (identity, "auth_url", &self->account.token_url, error)
      || !read_origin (self, identity, error)
      || !read_backlog_url (self, identity, error))
    return FALSE;
  self->account.link_base = dup_origin (self->account.token_url);
  return read_files (self, identity, error);
}

/* --- The channels and events -------------------------------------------- */

static gboolean
is_private (const char *channel)
{
  return g_str_has_prefix (channel, "private-")
         || g_str_has_prefix (channel, "presence-");
}

/* What is wrong with a channel of an account; 0: nothing. */
static WnDialectError
find_channel_fault (const Laravel *self, const char *channel)
{
  gsize length = strlen (channel);

  if (length > MAX_CHANNEL_CHARS || strspn (channel, CHANNEL_CHARS) != length)
    return WN_DIALECT_ERROR_BAD_TOPIC;
  if (g_str_has_prefix (channel, "private-encrypted-"))
    return WN_DIALECT_ERROR_ENCRYPTED_CHANNEL;
  if (is_private (channel) && self->account.authorization == NULL)
    return WN_DIALECT_ERROR_NO_TOKEN;
  return 0;
}

static char *
dup_channel (const Laravel *self, char *name)
{
  GString *channel = g_string_new (g_strstrip (name));

  g_string_replace (channel, UID_PLACEHOLDER, self->uid, 0);
  return g_string_free (channel, FALSE);
}

/* Adds what @names has, each once. */
static gboolean
add_channels (Laravel *self,
              GStrvBuilder *builder,
              const char *names,
              GError **error)
{
  g_auto (GStrv) parts = g_strsplit (names, ",", -1);
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

  for (char **part = parts; *part != NULL; part++)
    {
      g_autofree char *channel = dup_channel (self, *part);
      WnDialectError fault = find_channel_fault (self, channel);

      g_free (*part);
      *part = g_steal_pointer (&channel);
      if (**part == '\0' || !g_hash_table_add (known, *part))
        continue;
      if (fault != 0)
        return wn_dialect_fail (error, fault, *part);
      g_strv_builder_add (builder, *part);
    }
  return TRUE;
}

static gboolean
read_channels (Laravel *self, const WnIdentity *identity, GError **error)
{
  g_autofree char *option = wn_identity_dup_option (identity, "channels");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (!add_channels (self,
                     builder,
                     *option != '\0' ? option : DEFAULT_CHANNELS,
                     error))
    return FALSE;
  self->channels = g_strv_builder_end (builder);
  if (self->channels[0] != NULL)
    return TRUE;
  return wn_dialect_fail (error, WN_DIALECT_ERROR_NO_TOPIC, "no channel");
}

static void
read_events (Laravel *self, const WnIdentity *identity)
{
  g_autofree char *option = wn_identity_dup_option (identity, "events");

  self->events = g_strsplit (option, ",", -1);
  for (char **event = self->events; *event != NULL; event++)
    g_strstrip (*event);
}

/* As Echo writes names: `.name` and `\Name` as they are, and `Orders.Shipped`
 * for `App\Events\Orders\Shipped`. A whole class name is taken, too.
 */
static gboolean
is_event_meant (const char *entry, const char *event)
{
  g_autofree char *name = NULL;

  if (g_str_equal (entry, "*") || g_str_equal (entry, event))
    return TRUE;
  if (*entry == '.' || *entry == '\\')
    return g_str_equal (entry + 1, event);
  name = g_strdelimit (g_strdup (entry), ".", '\\');
  return g_str_has_prefix (event, EVENT_NAMESPACE)
         && g_str_equal (event + strlen (EVENT_NAMESPACE), name);
}

static gboolean
is_event_wanted (const Laravel *self, const char *event)
{
  if (g_str_equal (event, NOTIFICATION_EVENT))
    return TRUE;
  for (char **entry = self->events; *entry != NULL; entry++)
    if (**entry != '\0' && is_event_meant (*entry, event))
      return TRUE;
  return FALSE;
}

/* --- Channels that keep their last event -------------------------------- */

static void
cache_free (gpointer data)
{
  Cache *self = data;

  g_free (self->last);
  g_free (self);
}

static void
add_caches (Laravel *self)
{
  static const char *const prefixes[]
      = { "cache-", "private-cache-", "presence-cache-" };

  for (char **channel = self->channels; *channel != NULL; channel++)
    for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
      if (g_str_has_prefix (*channel, prefixes[i]))
        g_hash_table_insert (self->caches, *channel, g_new0 (Cache, 1));
}

/* @channel: (nullable) */
static Cache *
find_cache (Laravel *self, const char *channel)
{
  return channel != NULL ? g_hash_table_lookup (self->caches, channel) : NULL;
}

/* Whether what comes over @channel next may have come before. */
static void
set_due (Laravel *self, const char *channel, gboolean is_due)
{
  Cache *cache = find_cache (self, channel);

  if (cache != NULL)
    cache->is_due = is_due;
}

static char *
dup_digest (const Message *message)
{
  g_autofree char *data
      = message->data != NULL ? wn_json_dup_text (message->data) : NULL;
  g_autofree char *whole = g_strjoin ("\n", message->event, data, NULL);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, whole, -1);
}

/* Whether @message is what a channel has kept, and has been told. An event that
 * is like the one before it is another one.
 */
static gboolean
is_repetition (Laravel *self, const Message *message)
{
  Cache *cache = find_cache (self, message->channel);
  g_autofree char *last = NULL;

  if (cache == NULL)
    return FALSE;
  last = g_steal_pointer (&cache->last);
  cache->last = dup_digest (message);
  if (!cache->is_due)
    return FALSE;
  cache->is_due = FALSE;
  return g_strcmp0 (cache->last, last) == 0;
}

/* --- The account -------------------------------------------------------- */

static void
laravel_free (gpointer data)
{
  Laravel *self = data;

  wn_account_clear (&self->account);
  g_free (self->uid);
  g_free (self->key);
  g_free (self->socket_url);
  g_free (self->origin);
  g_free (self->backlog_url);
  g_free (self->download_template);
  g_strfreev (self->channels);
  g_strfreev (self->events);
  g_free (self->told_refused);
  g_free (self->told_status);
  wn_told_clear (&self->told);
  g_hash_table_unref (self->caches);
  g_free (self->socket_id);
  g_string_free (self->refused, TRUE);
  g_ptr_array_unref (self->early);
  wn_backlog_clear (&self->backlog);
  g_free (self);
}

static gboolean
read_account (Laravel *self, const WnIdentity *identity, GError **error)
{
  g_autofree char *application
      = read_account_name (self, identity->username, error);

  if (application == NULL)
    return FALSE;
  self->account.username = g_strdup_printf ("%s%c%s%c%s",
                                            self->uid,
                                            APPLICATION_SEPARATOR,
                                            application,
                                            KEY_SEPARATOR,
                                            self->key);
  wn_account_set_bearer (&self->account, identity->token);
  read_events (self, identity);
  if (!read_addresses (self, identity, application, error)
      || !read_channels (self, identity, error))
    return FALSE;
  add_caches (self);
  return TRUE;
}

static WnAccount *
laravel_new (const WnIdentity *identity, GError **error)
{
  Laravel *self = g_new0 (Laravel, 1);

  wn_told_init (&self->told);
  self->caches
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, cache_free);
  self->refused = g_string_new (NULL);
  self->early
      = g_ptr_array_new_with_free_func ((GDestroyNotify) wn_notification_unref);
  wn_backlog_init (&self->backlog);
  if (read_account (self, identity, error))
    return &self->account;
  laravel_free (self);
  return NULL;
}

/* --- What a notification says ------------------------------------------- */

/* (nullable): the first member of @names that is there, be it in the object
 * that an application puts its own `data` into.
 */
static JsonNode *
find_member (JsonObject *object, const char *const *names, const char *inner)
{
  JsonObject *data = wn_json_get_object (object, "data");

  for (; *names != NULL; names++)
    {
      JsonNode *node = json_object_get_member (object, *names);

      if (wn_json_is_truthy (node))
        return node;
    }
  return data != NULL ? json_object_get_member (data, inner) : NULL;
}

static JsonNode *
find_title (JsonObject *object)
{
  static const char *const names[] = { "title", "subject", NULL };

  return find_member (object, names, "title");
}

static JsonNode *
find_content (JsonObject *object)
{
  static const char *const names[]
      = { "content", "body", "message", "text", NULL };

  return find_member (object, names, "content");
}

/* A link may be the application's own, without a host. */
static char *
dup_absolute (const Laravel *self, const char *link)
{
  char *url = g_uri_resolve_relative (self->account.link_base,
                                      link,
                                      WN_URL_FLAGS,
                                      NULL);

  return url != NULL ? url : g_strdup (link);
}

/* Where nobody says where it lies, there is the name at least. */
static void
read_export_file (const Laravel *self,
                  JsonObject *object,
                  WnNotification *notification)
{
  g_autofree char *filename = wn_json_dup_string (object, "filename");
  g_autofree char *link = wn_json_dup_string (object, "url");
  WnPayloadFiles files = get_export_files (self);
  char *url = NULL;

  if (filename == NULL)
    return;
  if (link != NULL)
    url = dup_absolute (self, link);
  else if (self->download_template != NULL)
    url = wn_payload_dup_url (&files, filename);
  if (url != NULL)
    notification->attachment
        = wn_payload_make_attachment (object, filename, url);
  if (notification->attachment == NULL && notification->content == NULL)
    {
      notification->content = g_steal_pointer (&filename);
      notification->kind = WN_MARKUP_TEXT;
    }
}

/* @id, @type: (transfer full) (nullable) */
static WnNotification *
read_payload (const Laravel *self, JsonObject *object, char *id, char *type)
{
  WnNotification *notification = wn_notification_new ();
  JsonNode *title = find_title (object);

  notification->id = id;
  notification->type = type;
  notification->source = wn_notification_dup_type_name (type);
  if (wn_json_is_truthy (title))
    notification->title = wn_json_dup_text (title);
  wn_payload_read_content (notification, find_content (object));
  read_export_file (self, object, notification);
  return notification;
}

/* Data of an event that is no object: a text, a list, a number. */
static WnNotification *
read_plain_data (JsonNode *data)
{
  WnNotification *notification = wn_notification_new ();

  if (data != NULL && !JSON_NODE_HOLDS_NULL (data))
    notification->content = wn_json_dup_text (data);
  notification->kind = WN_MARKUP_TEXT;
  return notification;
}

/* Laravel puts id and type into what is broadcast of a notification, whatever
 * the event is called. Of another event they may be anything: the number of an
 * order, which comes more than once.
 */
static gboolean
is_notification (const char *event, JsonObject *object)
{
  g_autofree char *id = wn_json_dup_string (object, "id");
  g_autofree char *type = wn_json_dup_string (object, "type");

  return g_str_equal (event, NOTIFICATION_EVENT)
         || (id != NULL && type != NULL && g_uuid_string_is_valid (id));
}

static WnNotification *
read_event (const Laravel *self, const Message *message)
{
  const char *event = message->event;
  JsonObject *object = wn_json_to_object (message->data);
  WnNotification *notification;

  if (object != NULL && is_notification (event, object))
    return read_payload (self,
                         object,
                         wn_json_dup_id (object, "id"),
                         wn_json_dup_string (object, "type"));
  if (object != NULL)
    return read_payload (self, object, NULL, g_strdup (event));
  notification = read_plain_data (message->data);
  if (g_str_equal (event, NOTIFICATION_EVENT))
    return notification;
  notification->type = g_strdup (event);
  notification->source = wn_notification_dup_type_name (event);
  return notification;
}

/* --- What is told ------------------------------------------------------- */

static WnCall *
ask_for_next_page (Laravel *self)
{
  self->is_listing = TRUE;
  self->n_untimed = 0;
  return wn_account_new_call (&self->account,
                              "GET",
                              wn_backlog_dup_url (&self->backlog,
                                                  self->backlog_url));
}

static WnCall *
ask_for_list (Laravel *self)
{
  wn_backlog_begin (&self->backlog);
  return ask_for_next_page (self);
}

static gboolean
is_told (const Laravel *self, const WnNotification *notification)
{
  return self->account.has_replay && notification->id != NULL
         && wn_told_knows (&self->told, notification->id, 0);
}

/* Until the list has come, what comes by itself must not look like its end, and
 * has no cursor of its own. Of what comes by itself few can be remembered: the
 * list tells their times.
 */
static void
tell_live (Laravel *self, WnNotification *notification, WnFrame *frame)
{
  if (is_told (self, notification))
    {
      wn_notification_unref (notification);
      return;
    }
  wn_frame_add_notification (frame, notification);
  if (!self->account.has_replay || notification->id == NULL)
    return;
  wn_told_add (&self->told, notification->id, 0);
  if (self->told.is_begun && self->is_listing)
    frame->cursor = wn_told_dup_cursor (&self->told);
  else if (self->told.is_begun)
    notification->cursor = wn_told_dup_cursor (&self->told);
  if (!self->is_listing && ++self->n_untimed >= MAX_UNTIMED)
    frame->call = ask_for_list (self);
}

/* What is told while the account is not connected is lost. */
static void
keep_early (Laravel *self, WnNotification *notification, gsize n_bytes)
{
  self->early_bytes += n_bytes;
  if (self->early->len == MAX_EARLY || self->early_bytes > MAX_EARLY_BYTES)
    wn_notification_unref (notification);
  else
    g_ptr_array_add (self->early, notification);
}

static void
tell_early (Laravel *self, WnFrame *frame)
{
  for (guint i = 0; i < self->early->len; i++)
    {
      WnNotification *notification = g_ptr_array_index (self->early, i);

      if (!is_told (self, notification))
        wn_frame_add_notification (frame, wn_notification_ref (notification));
    }
}

/* Whoever hears that the account is connected may begin another connection,
 * before anything is told. What comes next of this one, be it its end, shows
 * that all was told.
 */
static void
note_told (Laravel *self)
{
  if (self->step != STEP_NONE)
    return;
  for (guint i = 0; i < self->early->len; i++)
    {
      const WnNotification *notification = g_ptr_array_index (self->early, i);

      if (notification->id != NULL)
        wn_told_add (&self->told, notification->id, 0);
    }
  g_ptr_array_set_size (self->early, 0);
  self->is_untold = FALSE;
}

/* What a channel keeps may be among what was not told: then it is no repetition
 * when it comes once more.
 */
static void
forget_untold (Laravel *self)
{
  GHashTableIter iter;
  gpointer cache;

  g_hash_table_iter_init (&iter, self->caches);
  while (self->early->len > 0 && g_hash_table_iter_next (&iter, NULL, &cache))
    g_clear_pointer (&((Cache *) cache)->last, g_free);
  g_ptr_array_set_size (self->early, 0);
  self->early_bytes = 0;
  if (self->is_untold)
    g_clear_pointer (&self->told_refused, g_free);
  self->is_untold = FALSE;
}

/* Once for the same @detail, however often the connection comes back; @told is
 * what was told last. Without a detail there is nothing to tell.
 */
static void
tell_once (char **told, WnNotice notice, const char *detail, WnFrame *frame)
{
  if (g_strcmp0 (detail, *told) == 0)
    return;
  g_free (*told);
  *told = g_strdup (detail);
  if (detail == NULL)
    return;
  frame->notice = notice;
  frame->notice_detail = g_strdup (detail);
}

static void
tell_refused (Laravel *self, WnFrame *frame)
{
  tell_once (&self->told_refused,
             WN_NOTICE_CHANNEL_REFUSED,
             self->refused->len > 0 ? self->refused->str : NULL,
             frame);
}

/* --- Refusals ----------------------------------------------------------- */

/* (nullable): the channel whose turn it is. */
static const char *
get_channel (const Laravel *self)
{
  return self->channels[self->channel];
}

static void
end_login (WnLoss *loss, WnLossReason reason, const char *detail)
{
  loss->reason = reason;
  loss->retry = WN_LOSS_RETRY_NEVER;
  g_free (loss->detail);
  loss->detail = g_strdup (detail);
}

static gboolean
has_meaning (gint64 code)
{
  return code >= CODE_TLS_ONLY && code < FIRST_CODE_HARMLESS;
}

/* What the server found wrong depends on what it was told last. */
static void
judge_unauthorized (const Laravel *self, WnLoss *loss)
{
  if (self->step == STEP_GREETING)
    end_login (loss, WN_LOSS_ORIGIN_REFUSED, self->origin);
  else if (self->step == STEP_SUBSCRIPTION)
    end_login (loss, WN_LOSS_CHANNELS_REFUSED, get_channel (self));
  else
    end_login (loss, WN_LOSS_DENIED, NULL);
}

/* @loss: its close code is the server's, in a message or a close frame */
static void
judge_code (const Laravel *self, WnLoss *loss)
{
  switch (loss->close_code)
    {
    case CODE_TLS_ONLY:
      end_login (loss, WN_LOSS_TLS_ONLY, NULL);
      return;
    case CODE_NO_APP:
    case CODE_APP_DISABLED:
      end_login (loss, WN_LOSS_NO_APP, self->key);
      return;
    case CODE_UNAUTHORIZED:
      judge_unauthorized (self, loss);
      return;
    case CODE_QUOTA:
    case CODE_CAPACITY:
      loss->reason = WN_LOSS_OVER_QUOTA;
      loss->retry_after_us = QUOTA_PAUSE_US;
      return;
    default:
      break;
    }
  if (loss->close_code >= FIRST_CODE_SOON)
    loss->retry = WN_LOSS_RETRY_SOON;
  else if (loss->close_code < FIRST_CODE_LATER)
    end_login (loss, WN_LOSS_DENIED, NULL);
}

/* The application's answer to the question for a signature. What was right
 * before may be so again: an application that is being changed answers oddly.
 */
static WnLoss *
new_unsigned (const Laravel *self, const char *channels)
{
  WnLoss *loss = wn_loss_new (WN_LOSS_NOT_SIGNED);

  loss->http_status = self->status;
  loss->detail = g_strdup (channels);
  if (self->status == 401 || self->status == 403 || !self->has_connected)
    loss->retry = WN_LOSS_RETRY_NEVER;
  return loss;
}

/* No channel is left. */
static WnLoss *
new_all_refused (const Laravel *self)
{
  WnLoss *loss;

  if (self->status == 403)
    return new_unsigned (self, self->refused->str);
  loss = wn_loss_new (WN_LOSS_CHANNELS_REFUSED);
  end_login (loss, WN_LOSS_CHANNELS_REFUSED, self->refused->str);
  return loss;
}

/* An attempt that took too long hung at a certain step. */
static void
explain_lateness (const Laravel *self, WnLoss *loss)
{
  if (self->step == STEP_GREETING)
    loss->reason = WN_LOSS_NO_GREETING;
  else if (self->step == STEP_SIGNATURE)
    {
      loss->reason = WN_LOSS_NOT_SIGNED;
      loss->http_status = self->status;
      g_free (loss->detail);
      loss->detail = g_strdup (get_channel (self));
    }
}

static void
laravel_explain (gpointer data, WnLoss *loss)
{
  const Laravel *self = data;

  if (loss->reason == WN_LOSS_CLOSED && has_meaning (loss->close_code))
    judge_code (self, loss);
  else if (loss->reason == WN_LOSS_TIMED_OUT)
    explain_lateness (self, loss);
}

/* --- The handshake ------------------------------------------------------ */

/* What has been told on the last connection is known better than kept. */
static void
laravel_route (gpointer data, const char *cursor, WnRoute *route)
{
  Laravel *self = data;

  if (cursor != NULL && !self->told.is_begun)
    wn_told_read_cursor (&self->told, cursor);
  forget_untold (self);
  self->step = STEP_NONE;
  route->url = g_strdup (self->socket_url);
  route->origin = g_strdup (self->origin);
}

/* What was signed for another socket is worth nothing. */
static WnFrame *
laravel_opened (gpointer data, const WnTransportAnswer *answer)
{
  Laravel *self = data;

  g_clear_pointer (&self->socket_id, g_free);
  g_string_truncate (self->refused, 0);
  wn_backlog_begin (&self->backlog);
  self->step = STEP_GREETING;
  self->channel = 0;
  self->is_retried = FALSE;
  self->status = 0;
  self->n_subscribed = 0;
  self->pause_us = WN_CALL_FIRST_PAUSE_US;
  self->is_listing = FALSE;
  return wn_frame_new ();
}

static WnCall *
laravel_lost (gpointer self, const WnLoss *loss, gboolean was_ready)
{
  note_told (self);
  return NULL;
}

static char *
laravel_dup_heartbeat (gpointer self)
{
  return g_strdup (PING_TEXT);
}

static void
ask_for_signature (Laravel *self, WnFrame *frame)
{
  g_autofree char *socket_id
      = g_uri_escape_string (self->socket_id, NULL, FALSE);
  g_autofree char *channel
      = g_uri_escape_string (get_channel (self), NULL, FALSE);
  WnCall *call = wn_account_new_call (&self->account,
                                      "POST",
                                      g_strdup (self->account.token_url));

  call->content_type = g_strdup ("application/x-www-form-urlencoded");
  call->body
      = g_strdup_printf ("socket_id=%s&channel_name=%s", socket_id, channel);
  frame->call = call;
  self->step = STEP_SIGNATURE;
}

/* @signature: (nullable): the application's answer, whose texts go on as they
 * are, because they are what is signed
 */
static void
subscribe (Laravel *self, JsonObject *signature, WnFrame *frame)
{
  static const char *const names[] = { "auth", "channel_data" };
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  JsonObject *message = json_object_new ();
  JsonObject *data = json_object_new ();

  for (gsize i = 0; signature != NULL && i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *text = wn_json_dup_string (signature, names[i]);

      if (text != NULL)
        json_object_set_string_member (data, names[i], text);
    }
  json_object_set_string_member (data, "channel", get_channel (self));
  json_object_set_string_member (message, "event", "pusher:subscribe");
  json_object_set_object_member (message, "data", data);
  json_node_take_object (root, message);
  frame->reply = json_to_string (root, FALSE);
  self->step = STEP_SUBSCRIPTION;
}

static void
become_ready (Laravel *self, WnFrame *frame)
{
  self->step = STEP_NONE;
  self->has_connected = TRUE;
  self->is_untold = TRUE;
  frame->is_ready = TRUE;
  self->pause_us = WN_CALL_FIRST_PAUSE_US;
  if (self->account.has_replay)
    frame->call = ask_for_list (self);
  tell_early (self, frame);
  tell_refused (self, frame);
}

static void
begin_channel (Laravel *self, WnFrame *frame)
{
  self->is_retried = FALSE;
  self->status = 0;
  self->pause_us = WN_CALL_FIRST_PAUSE_US;
  if (is_private (get_channel (self)))
    ask_for_signature (self, frame);
  else
    subscribe (self, NULL, frame);
}

/* With the channel whose turn it is, if there is one. */
static void
next_channel (Laravel *self, WnFrame *frame)
{
  frame->is_step = TRUE;
  if (get_channel (self) != NULL)
    begin_channel (self, frame);
  else if (self->n_subscribed > 0)
    become_ready (self, frame);
  else
    {
      self->step = STEP_NONE;
      frame->refusal = new_all_refused (self);
    }
}

static void
give_up_channel (Laravel *self, WnFrame *frame)
{
  g_string_append_printf (self->refused,
                          "%s%s",
                          self->refused->len > 0 ? ", " : "",
                          get_channel (self));
  self->channel++;
  next_channel (self, frame);
}

/* The signature may have been made with a key that was changed just then. */
static void
take_channel_refusal (Laravel *self, WnFrame *frame)
{
  self->status = 0;
  if (!is_private (get_channel (self)) || self->is_retried)
    {
      give_up_channel (self, frame);
      return;
    }
  self->is_retried = TRUE;
  frame->is_step = TRUE;
  ask_for_signature (self, frame);
}

/* --- The application's answers ------------------------------------------ */

/* What is no object, or has no signature, is somebody else's answer. */
static void
take_signature (Laravel *self, const WnAnswer *answer, WnFrame *frame)
{
  g_autoptr (JsonObject) signature
      = wn_json_read_object (answer->body, answer->length, NULL);
  g_autofree char *auth
      = signature != NULL ? wn_json_dup_string (signature, "auth") : NULL;

  if (auth == NULL)
    {
      frame->refusal = new_unsigned (self, get_channel (self));
      return;
    }
  frame->is_step = TRUE;
  subscribe (self, signature, frame);
}

/* While the application can't answer, the socket is kept until the step's time
 * is over.
 */
static void
take_signature_answer (Laravel *self, const WnAnswer *answer, WnFrame *frame)
{
  self->status = answer->status;
  if (wn_answer_is_passing (answer))
    {
      ask_for_signature (self, frame);
      wn_call_put_off (frame->call, &self->pause_us);
    }
  else if (answer->status == 200)
    take_signature (self, answer, frame);
  else if (answer->status == 403)
    give_up_channel (self, frame);
  else
    frame->refusal = new_unsigned (self, get_channel (self));
}

/* Data as Laravel keeps it: an object, or its JSON as a text. An application's
 * own list may have all at one level.
 */
static WnNotification *
read_item (const Laravel *self, JsonObject *item, const char *id)
{
  JsonObject *data = wn_json_get_object (item, "data");
  g_autofree char *text = wn_json_dup_string (item, "data");
  g_autoptr (JsonObject) parsed
      = text != NULL ? wn_json_read_object (text, strlen (text), NULL) : NULL;

  if (data == NULL)
    data = parsed != NULL ? parsed : item;
  return read_payload (self,
                       data,
                       g_strdup (id),
                       wn_json_dup_string (item, "type"));
}

/* (nullable): the list in an answer, which may be a page's `data`. */
static JsonArray *
find_list (JsonNode *root)
{
  JsonObject *page = wn_json_to_object (root);

  return page != NULL ? wn_json_get_array (page, "data")
                      : wn_json_to_array (root);
}

/* RFC 3339, or as a database has it, without the zone. Returns: when @item was
 * created, in seconds; 0: not told
 *
 * Nothing is created later than now. What says so must not make all that is
 * created until then look older than what has been told. A date without a zone
 * may be of any. Where it is later than now in all of them it tells nothing;
 * where it is not past in all of them no other date counts as older, because
 * clocks go back in autumn, and applications move from one zone to another.
 */
static gint64
read_created_s (Laravel *self, JsonObject *item, gint64 now_s)
{
  g_autofree char *date = wn_json_dup_string (item, "created_at");
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = NULL;
  gboolean has_zone;
  gint64 created_s;

  if (date == NULL)
    return 0;
  time = g_date_time_new_from_iso8601 (date, NULL);
  has_zone = time != NULL;
  if (!has_zone)
    time = g_date_time_new_from_iso8601 (date, utc);
  created_s = time != NULL ? MAX (g_date_time_to_unix (time), 0) : 0;
  if (has_zone)
    return MIN (created_s, now_s);
  if (time != NULL)
    self->told.latest_s = now_s - MAX_BEHIND_S;
  return created_s <= now_s + MAX_AHEAD_S ? created_s : 0;
}

static gboolean
is_unread (JsonObject *item)
{
  return !wn_json_is_truthy (json_object_get_member (item, "read_at"));
}

static void
take_item (Laravel *self, JsonObject *item, gint64 now_s)
{
  g_autofree char *id = wn_json_dup_id (item, "id");

  if (id != NULL
      && wn_backlog_add (&self->backlog,
                         &self->told,
                         id,
                         read_created_s (self, item, now_s))
      && is_unread (item))
    wn_backlog_keep (&self->backlog, read_item (self, item, id));
}

static void
take_items (Laravel *self, JsonArray *list, gint64 now_s)
{
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonObject *item = wn_json_get_element (list, i);

      if (item != NULL)
        take_item (self, item, now_s);
    }
}

/* A paginator says it by itself, a resource's page in @group. */
static char *
dup_paging (JsonObject *page,
            const char *name,
            const char *group,
            const char *name_there)
{
  JsonObject *there = wn_json_get_object (page, group);
  char *text = wn_json_dup_string (page, name);

  return text != NULL || there == NULL ? text
                                       : wn_json_dup_string (there, name_there);
}

/* What asks for the page behind @root, which is the @number-th if it is
 * counted. The URL there is not asked, because an application behind a proxy
 * may not know its own. Returns: (nullable): %NULL: there is none
 */
static char *
dup_next_page (JsonNode *root, guint number)
{
  JsonObject *page = wn_json_to_object (root);
  g_autofree char *url = NULL;
  g_autofree char *cursor = NULL;
  g_autofree char *escaped = NULL;

  if (page == NULL)
    return NULL;
  url = dup_paging (page, "next_page_url", "links", "next");
  cursor = dup_paging (page, "next_cursor", "meta", "next_cursor");
  if (cursor == NULL)
    return url != NULL ? g_strdup_printf ("page=%u", number) : NULL;
  if (strlen (cursor) > MAX_PAGE_CURSOR_BYTES)
    return NULL;
  escaped = g_uri_escape_string (cursor, NULL, FALSE);
  return g_strconcat ("cursor=", escaped, NULL);
}

static void
tell_no_list (Laravel *self, guint status, WnFrame *frame)
{
  g_autofree char *detail = g_strdup_printf ("%u", status);

  tell_once (&self->told_status, WN_NOTICE_NO_BACKLOG, detail, frame);
}

/* An application that is being changed is back soon; one whose route has a
 * mistake is not, and nothing else would tell.
 */
static void
ask_for_list_later (Laravel *self, guint status, WnFrame *frame)
{
  if (self->pause_us >= TELLING_PAUSE_US && self->told_status == NULL)
    tell_no_list (self, status, frame);
  frame->call = ask_for_next_page (self);
  wn_call_put_off (frame->call, &self->pause_us);
  self->is_listing = FALSE;
}

static void
give_up_list (Laravel *self, guint status, WnFrame *frame)
{
  wn_backlog_begin (&self->backlog);
  self->is_listing = FALSE;
  tell_no_list (self, status, frame);
}

static void
end_list (Laravel *self, WnFrame *frame)
{
  wn_backlog_tell (&self->backlog, &self->told, frame);
  g_clear_pointer (&self->told_status, g_free);
  self->is_listing = FALSE;
}

static void
take_list (Laravel *self, const WnAnswer *answer, WnFrame *frame)
{
  g_autoptr (JsonNode) root = wn_json_read (answer->body, answer->length, NULL);
  JsonArray *list = find_list (root);

  if (list == NULL)
    {
      give_up_list (self, answer->status, frame);
      return;
    }
  take_items (self, list, answer->time_us / G_TIME_SPAN_SECOND);
  if (wn_backlog_end_page (&self->backlog,
                           &self->told,
                           answer->length,
                           dup_next_page (root, self->backlog.n_pages + 2)))
    frame->call = ask_for_next_page (self);
  else
    end_list (self, frame);
  self->pause_us = WN_CALL_FIRST_PAUSE_US;
}

static void
take_list_answer (Laravel *self, const WnAnswer *answer, WnFrame *frame)
{
  if (answer->status == 200)
    take_list (self, answer, frame);
  else if (wn_answer_is_passing (answer))
    ask_for_list_later (self, answer->status, frame);
  else
    give_up_list (self, answer->status, frame);
}

static WnFrame *
laravel_read_answer (gpointer data, const WnAnswer *answer)
{
  Laravel *self = data;
  WnFrame *frame = wn_frame_new ();

  note_told (self);
  if (self->step == STEP_SIGNATURE)
    take_signature_answer (self, answer, frame);
  else if (self->step == STEP_NONE)
    take_list_answer (self, answer, frame);
  return frame;
}

/* --- Frames ------------------------------------------------------------- */

/* Data is mostly JSON inside of a text, but not always, and not always JSON.
 * Returns: (transfer full) (nullable)
 */
static JsonNode *
dup_data (JsonObject *message)
{
  JsonNode *data = json_object_get_member (message, "data");
  JsonNode *parsed = NULL;

  if (data == NULL)
    return NULL;
  if (wn_json_is_string (data))
    {
      const char *text = json_node_get_string (data);

      parsed = wn_json_read (text, strlen (text), NULL);
    }
  return parsed != NULL ? parsed : json_node_copy (data);
}

static void
read_greeting (Laravel *self, const Message *message, WnFrame *frame)
{
  JsonObject *object = wn_json_to_object (message->data);
  g_autofree char *id = NULL;
  gint64 quiet_s;

  if (self->step != STEP_GREETING || object == NULL)
    return;
  id = wn_json_dup_id (object, "socket_id");
  if (id == NULL || strlen (id) > MAX_SOCKET_ID_CHARS)
    return;
  self->socket_id = g_steal_pointer (&id);
  quiet_s = wn_json_get_integer (object, "activity_timeout", 0);
  frame->quiet_us = CLAMP (quiet_s, 0, MAX_QUIET_S) * G_TIME_SPAN_SECOND;
  next_channel (self, frame);
}

/* Whether a message is about the channel that is being subscribed to, or does
 * not say which one it is about.
 */
static gboolean
is_awaited (const Laravel *self, const Message *message)
{
  return self->step == STEP_SUBSCRIPTION
         && (message->channel == NULL
             || g_str_equal (message->channel, get_channel (self)));
}

static void
read_subscribed (Laravel *self, const Message *message, WnFrame *frame)
{
  if (!is_awaited (self, message))
    return;
  set_due (self, get_channel (self), TRUE);
  self->n_subscribed++;
  self->channel++;
  next_channel (self, frame);
}

static void
read_subscription_error (Laravel *self, const Message *message, WnFrame *frame)
{
  if (is_awaited (self, message))
    take_channel_refusal (self, frame);
}

/* Before the greeting every error is an end, since some servers say nothing
 * more, but leave the socket open. Afterwards few are: 4200 is said of a
 * message that was not understood, too, and a server that means it closes.
 * Pusher gives its refusals of a channel no code.
 */
static void
read_error (Laravel *self, const Message *message, WnFrame *frame)
{
  JsonObject *object = wn_json_to_object (message->data);
  gint64 code = object != NULL ? wn_json_get_integer (object, "code", 0) : 0;

  if ((code == CODE_UNAUTHORIZED || code == 0) && self->step != STEP_GREETING)
    {
      if (is_awaited (self, message))
        take_channel_refusal (self, frame);
      return;
    }
  if (self->step == STEP_GREETING
          ? code >= FIRST_CODE_HARMLESS && code <= LAST_CODE
          : !has_meaning (code) || code == CODE_BAD_MESSAGE)
    return;
  frame->refusal = wn_loss_new (WN_LOSS_DENIED);
  if (!has_meaning (code))
    return;
  frame->refusal->close_code = (guint) code;
  judge_code (self, frame->refusal);
}

static void
read_ping (Laravel *self, const Message *message, WnFrame *frame)
{
  frame->reply = g_strdup (PONG_TEXT);
}

/* The channel has kept nothing. */
static void
read_cache_miss (Laravel *self, const Message *message, WnFrame *frame)
{
  set_due (self, message->channel, FALSE);
}

static const struct
{
  const char *event;
  void (*read) (Laravel *self, const Message *message, WnFrame *frame);
} handlers[] = {
  { "pusher:cache_miss", read_cache_miss },
  { "pusher:connection_established", read_greeting },
  { "pusher:error", read_error },
  { "pusher:ping", read_ping },
  { "pusher:subscription_error", read_subscription_error },
  { "pusher_internal:subscription_succeeded", read_subscribed },
};

/* `client-` events come from whoever listens to the channel as well. */
static gboolean
is_from_application (const char *event)
{
  return !g_str_has_prefix (event, "pusher:")
         && !g_str_has_prefix (event, "pusher_internal:")
         && !g_str_has_prefix (event, "client-");
}

static void
take_message (Laravel *self, const Message *message, WnFrame *frame)
{
  for (gsize i = 0; i < G_N_ELEMENTS (handlers); i++)
    if (g_str_equal (handlers[i].event, message->event))
      {
        handlers[i].read (self, message, frame);
        return;
      }
  if (!is_from_application (message->event) || is_repetition (self, message)
      || !is_event_wanted (self, message->event))
    return;
  if (self->step == STEP_NONE)
    tell_live (self, read_event (self, message), frame);
  else
    keep_early (self, read_event (self, message), message->n_bytes);
}

static void
clear_message (Message *self)
{
  g_free (self->event);
  g_free (self->channel);
  g_clear_pointer (&self->data, json_node_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Message, clear_message)

static WnFrame *
laravel_read (gpointer self, const char *text, gsize length, GError **error)
{
  g_autoptr (JsonObject) object = wn_json_read_object (text, length, error);
  g_auto (Message) message = { .n_bytes = length };
  WnFrame *frame;

  note_told (self);
  if (object == NULL)
    return NULL;
  frame = wn_frame_new ();
  message.event = wn_json_dup_string (object, "event");
  message.channel = wn_json_dup_string (object, "channel");
  message.data = dup_data (object);
  if (message.event != NULL)
    take_message (self, &message, frame);
  return frame;
}

const WnDialect wn_dialect_laravel = {
  .id = "prpl-laravel",
  .name = "Laravel (Reverb, Pusher)",
  .icon = "laravel",
  .summary = N_ ("Notifications of a Laravel application"),
  .login_label = N_ ("User ID"),
  .splits = splits,
  .options = options,
  .any_frame_is_alive = TRUE,
  .max_answer_us = MAX_PONG_US,
  .new = laravel_new,
  .free = laravel_free,
  .route = laravel_route,
  .opened = laravel_opened,
  .dup_heartbeat = laravel_dup_heartbeat,
  .read = laravel_read,
  .read_answer = laravel_read_answer,
  .lost = laravel_lost,
  .explain = laravel_explain,
};
