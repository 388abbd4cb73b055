/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libpurple hears of an account that it is CONNECTED once, and never of a
 * loss after that: the contact shows those. Whatever libpurple is told may
 * sign the account off before the call returns; the session lives on,
 * counted, until its own functions have returned.
 */

#include "purple/session.h"

#include <dlfcn.h>

#include "core/dialect/url.h"
#include "net/http/call.h"
#include "net/system-clock.h"
#include "net/websocket/websocket.h"
#include "purple/certificate.h"
#include "purple/contact.h"
#include "purple/cursor.h"
#include "purple/exports.h"
#include "purple/inbox.h"
#include "purple/proxy-resolver.h"
#include "purple/tick.h"
#include "purple/transfer.h"

struct _WnSession
{
  PurpleConnection *gc;      /* (unowned) (nullable): until closed */
  WnSettings *settings;      /* (owned): in place until closed */
  WnProxyResolver *resolver; /* (owned) */
  WnWebsocket *websocket;    /* (owned): the client's transport */
  WnClient *client;          /* (owned) */
  GCancellable *call;        /* (owned) (nullable): of the dialect's question */
  WnCertificates *certificates; /* (owned) */
  WnTlsDoubt *doubt;  /* (owned) (nullable): what the user is asked about;
                       * nothing is tried meanwhile */
  WnContact *contact; /* (owned): until closed */
  WnInbox *inbox;     /* (owned) */
  WnExports *exports; /* (owned) */
  WnCursor *cursor;   /* (owned): until closed */
  char *asker;        /* (owned) (nullable): who is to hear how it connects */
  gboolean shows_up;  /* whether the contact was last available */
  char *told; /* (owned) (nullable): why the first sign-on takes so long */
  gulong network_changed; /* the handler's id, until closed */
};

static void
session_clear (gpointer data)
{
  WnSession *self = data;

  g_clear_object (&self->client);
  g_clear_object (&self->websocket);
  g_clear_object (&self->resolver);
  g_clear_pointer (&self->settings, wn_settings_free);
  g_clear_pointer (&self->doubt, wn_tls_doubt_free);
  g_free (self->told);
  g_free (self->asker);
}

static void
session_unref (WnSession *self)
{
  g_rc_box_release_full (self, session_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WnSession, session_unref)

static PurpleAccount *
get_account (WnSession *self)
{
  return purple_connection_get_account (self->gc);
}

/* Before the first connection there is no contact. */
static void
show_contact (WnSession *self)
{
  WnClientStatus status;
  g_autofree char *away = NULL;

  if (purple_connection_get_state (self->gc) != PURPLE_CONNECTED)
    return;
  wn_client_get_status (self->client, &status);
  if (self->doubt != NULL)
    away = wn_sentence_dup (WN_SENTENCE_WAITING_FOR_ANSWER, NULL);
  else if (status.connected_since_us == 0)
    away = wn_sentence_dup_waiting (&status);
  wn_contact_set_away (self->contact, away);
}

/* Said once for each account, because nothing else shows that a message was
 * lost while the user was signed off.
 */
static void
tell_that_nothing_is_kept (WnSession *self)
{
  PurpleAccount *account = get_account (self);
  const WnSettings *settings = self->settings;

  if (settings->instance->has_replay
      || *wn_settings_get_kept (settings, account, WN_KEPT_TOLD) != '\0')
    return;
  wn_settings_keep (settings, account, WN_KEPT_TOLD, "1");
  wn_inbox_take_line (self->inbox,
                      NULL,
                      wn_sentence_dup_nothing_kept (settings->dialect));
}

/* The first time, and only then, libpurple hears of it. */
static void
become_connected (WnSession *self)
{
  if (purple_connection_get_state (self->gc) == PURPLE_CONNECTED)
    return;
  wn_contact_introduce (self->contact);
  if (self->gc != NULL)
    purple_connection_set_state (self->gc, PURPLE_CONNECTED);
  if (self->gc != NULL)
    tell_that_nothing_is_kept (self);
}

/* Once for each attempt: it keeps what was said of it while it was waited
 * for. A heartbeat that comes and goes is no news.
 */
static gboolean
is_news_for_contact (WnSession *self, const WnClientStatus *status)
{
  gboolean is_up = status->connected_since_us != 0;
  gboolean was_up = self->shows_up;

  self->shows_up = is_up;
  return is_up ? !was_up : was_up || status->state == WN_STATE_WAITING;
}

/* Before the first connection no contact can tell what is wrong. A host that
 * prints this does so once for each reason.
 */
static void
tell_progress (WnSession *self, const WnClientStatus *status)
{
  g_autofree char *words = wn_sentence_dup_loss (status->loss);
  g_autofree char *text = wn_sentence_dup_waiting (status);

  if (g_strcmp0 (words, self->told) == 0)
    return;
  g_free (self->told);
  self->told = g_steal_pointer (&words);
  purple_connection_update_progress (self->gc, text, 0, 2);
}

/* How the attempt went that somebody asked for. */
static void
tell_asker (WnSession *self, char *words_in)
{
  g_autofree char *words = words_in;
  g_autofree char *asker = g_steal_pointer (&self->asker);

  if (asker != NULL)
    wn_inbox_take_line (self->inbox, asker, g_steal_pointer (&words));
}

static void
on_client_state_changed (WnClient *client, gpointer user_data)
{
  g_autoptr (WnSession) self = g_rc_box_acquire (user_data);
  WnClientStatus status;

  wn_client_get_status (client, &status);
  wn_tick_set (self, status.state == WN_STATE_CONNECTING);
  if (status.state == WN_STATE_QUIET)
    {
      wn_cursor_begin (self->cursor, wn_client_get_cursor (client));
      become_connected (self);
    }
  if (self->gc == NULL)
    return;
  /* Who was told of that may have begun another connection. */
  wn_client_get_status (client, &status);
  if (status.state == WN_STATE_QUIET)
    tell_asker (self, wn_sentence_dup (WN_SENTENCE_CONNECTED_ANEW, NULL));
  else if (status.state == WN_STATE_WAITING)
    tell_asker (self, wn_sentence_dup_waiting (&status));
  if (purple_connection_get_state (self->gc) != PURPLE_CONNECTED)
    {
      if (status.state == WN_STATE_WAITING)
        tell_progress (self, &status);
    }
  else if (is_news_for_contact (self, &status))
    show_contact (self);
}

static void
on_client_gap (WnClient *client,
               gint64 from_us,
               gint64 to_us,
               gpointer user_data)
{
  WnSession *self = user_data;

  wn_inbox_take_line (self->inbox, NULL, wn_sentence_dup_gap (from_us, to_us));
}

static void
on_client_missed (WnClient *client, guint n_notifications, gpointer user_data)
{
  WnSession *self = user_data;

  wn_inbox_take_line (self->inbox,
                      NULL,
                      wn_sentence_dup_missed (n_notifications));
}

static void
on_client_notified (WnClient *client,
                    WnNotification *notification,
                    gpointer user_data)
{
  WnSession *self = user_data;

  wn_inbox_add_notification (self->inbox, notification);
}

/* The host ends the connection, once its main loop runs. */
static void
fail_login (PurpleConnection *gc, WnSentence sentence_in)
{
  g_auto (WnSentence) sentence = sentence_in;

  purple_connection_error_reason (gc, sentence.reason, sentence.text);
}

static void
on_certificate_answer (gboolean accepted, gpointer user_data)
{
  WnSession *self = user_data;
  g_autoptr (WnTlsDoubt) doubt = g_steal_pointer (&self->doubt);

  if (self->gc == NULL)
    return;
  if (accepted)
    {
      wn_client_go_on (self->client);
      show_contact (self);
    }
  else
    fail_login (self->gc, wn_sentence_for_certificate (doubt, TRUE));
}

/* Nothing is tried, and no time runs out, while the user reads. */
static void
ask_about_certificate (WnSession *self)
{
  g_autoptr (WnTlsDoubt) doubt = NULL;

  if (wn_certificates_ask (self->certificates,
                           self->doubt,
                           on_certificate_answer,
                           g_rc_box_acquire (self),
                           (GDestroyNotify) session_unref))
    {
      show_contact (self);
      return;
    }
  doubt = g_steal_pointer (&self->doubt);
  fail_login (self->gc,
              wn_sentence_for_certificate (doubt, wn_certificates_can_ask ()));
}

static void
forget_call (WnSession *self)
{
  wn_tick_set (self->call, FALSE);
  g_clear_object (&self->call);
}

static void
on_call_answer (const WnCallAnswer *answer, gpointer user_data)
{
  g_autoptr (WnSession) self = g_rc_box_acquire (user_data);
  WnLoss loss = { .reason = WN_LOSS_CERTIFICATE_REFUSED };

  forget_call (self);
  if (answer->doubt == NULL)
    {
      wn_client_take_answer (self->client,
                             &(WnAnswer){ .status = answer->status,
                                          .body = answer->body,
                                          .length = answer->length,
                                          .time_us = answer->time_us });
      return;
    }
  /* The application may be another machine than the socket's server, with a
   * certificate of its own. Nothing goes on before the user has seen it.
   */
  loss.tls_errors = answer->doubt->errors;
  self->doubt = wn_tls_doubt_copy (answer->doubt);
  if (!wn_client_refuse (self->client, &loss))
    g_clear_pointer (&self->doubt, wn_tls_doubt_free);
}

static void
cancel_call (WnSession *self)
{
  if (self->call == NULL)
    return;
  g_cancellable_cancel (self->call);
  forget_call (self);
}

/* The credential goes where the account's settings let it go, wherever the
 * dialect would have it.
 */
static void
on_client_call (WnClient *client, const WnCall *call, gpointer user_data)
{
  WnSession *self = user_data;
  g_autofree char *authorization
      = call->authorization != NULL
            ? wn_settings_dup_authorization (self->settings, call->url)
            : NULL;

  cancel_call (self);
  self->call = g_cancellable_new ();
  wn_tick_set (self->call, TRUE);
  wn_call_start (
      &(WnCallConfig){
          .method = call->method,
          .url = call->url,
          .authorization = authorization,
          .content_type = call->content_type,
          .body = call->body,
          .proxy_resolver = G_PROXY_RESOLVER (self->resolver),
          .trust = self->settings->trust,
      },
      self->call,
      on_call_answer,
      self,
      NULL);
}

static void
on_client_moved (WnClient *client, gpointer user_data)
{
  WnSession *self = user_data;
  const char *cursor = wn_client_get_cursor (client);

  if (cursor != NULL)
    wn_inbox_move_cursor (self->inbox, cursor);
}

static void
on_client_notice (WnClient *client,
                  WnNotice notice,
                  const char *detail,
                  gpointer user_data)
{
  WnSession *self = user_data;

  wn_inbox_take_line (self->inbox,
                      NULL,
                      wn_sentence_dup_notice (notice, detail));
}

static char *
dup_host (const char *url)
{
  g_autoptr (GUri) parsed = wn_url_parse (url);

  return wn_url_dup_host (parsed);
}

/* An application that signs for another server's socket is somewhere else. */
static const char *
get_lost_url (const WnSession *self, const WnLoss *loss)
{
  return loss->reason == WN_LOSS_NOT_SIGNED
             ? self->settings->instance->token_url
             : self->settings->server_url;
}

static void
on_client_gave_up (WnClient *client, const WnLoss *loss, gpointer user_data)
{
  g_autoptr (WnSession) self = g_rc_box_acquire (user_data);
  const WnTlsDoubt *doubt = wn_websocket_get_doubt (self->websocket);
  gboolean has_token = self->settings->instance->authorization != NULL;
  g_autofree char *host = dup_host (get_lost_url (self, loss));

  wn_tick_set (self, FALSE);
  if (loss->reason == WN_LOSS_CERTIFICATE_REFUSED && self->doubt == NULL
      && doubt != NULL)
    self->doubt = wn_tls_doubt_copy (doubt);
  if (self->doubt != NULL)
    ask_about_certificate (self);
  else
    fail_login (self->gc, wn_sentence_for_loss (loss, host, has_token));
}

static void
on_inbox_announced (const char *who,
                    const WnNotification *notification,
                    gpointer user_data)
{
  WnSession *self = user_data;

  wn_exports_add (self->exports, who, notification->attachment);
}

static void
on_inbox_full (gboolean is_full, gpointer user_data)
{
  WnSession *self = user_data;

  wn_client_set_reading (self->client, !is_full);
}

/* A hint only, and one that comes in bursts: the lifecycle knows when it has
 * asked already.
 */
static void
on_network_changed (GNetworkMonitor *monitor,
                    gboolean available,
                    gpointer user_data)
{
  WnSession *self = user_data;

  if (available)
    wn_client_disturb (self->client);
}

static WnClientConfig
client_config (WnSession *self)
{
  return (WnClientConfig){
    .lifecycle = self->settings->lifecycle,
    .dialect = self->settings->dialect,
    .instance = self->settings->instance,
    .cursor = wn_cursor_get (self->cursor),
  };
}

static WnClient *
connect_client (WnSession *self)
{
  static const WnClientListener listener = {
    .state_changed = on_client_state_changed,
    .gap = on_client_gap,
    .notified = on_client_notified,
    .call = on_client_call,
    .moved = on_client_moved,
    .notice = on_client_notice,
    .missed = on_client_missed,
    .gave_up = on_client_gave_up,
  };
  g_autoptr (WnClock) clock = wn_system_clock_dup_shared ();
  g_autoptr (WnTransport) transport = wn_websocket_new (&(WnWebsocketConfig){
      .proxy_resolver = G_PROXY_RESOLVER (self->resolver),
      .trust = self->settings->trust,
  });
  WnClientConfig config = client_config (self);

  self->websocket = WN_WEBSOCKET (g_object_ref (transport));
  return wn_client_new (clock, transport, &config, &listener, self);
}

static WnInbox *
make_inbox (WnSession *self)
{
  static const WnInboxListener listener = {
    .announced = on_inbox_announced,
    .full = on_inbox_full,
  };

  return wn_inbox_new (
      &(WnInboxConfig){
          .gc = self->gc,
          .contact = self->contact,
          .cursor = self->cursor,
          .settings = self->settings,
      },
      &listener,
      self);
}

static WnSession *
session_new (PurpleConnection *gc, WnSettings *settings)
{
  WnSession *self = g_rc_box_new0 (WnSession);

  self->gc = gc;
  self->settings = settings;
  self->resolver = wn_proxy_resolver_new (get_account (self));
  self->cursor = wn_cursor_new (get_account (self), settings->server_url);
  self->client = connect_client (self);
  self->certificates = wn_certificates_new (get_account (self), settings);
  self->contact = wn_contact_new (get_account (self), settings);
  self->inbox = make_inbox (self);
  self->exports = wn_exports_new (&(WnExportsConfig){
      .gc = gc,
      .settings = settings,
      .proxy_resolver = G_PROXY_RESOLVER (self->resolver),
      .inbox = self->inbox,
      .certificates = self->certificates,
  });
  self->network_changed = g_signal_connect (g_network_monitor_get_default (),
                                            "network-changed",
                                            G_CALLBACK (on_network_changed),
                                            self);
  return self;
}

/* Both of libsoup's major versions in one process deadlock it. */
static gboolean
has_libsoup_2 (void)
{
  void *library = dlopen ("libsoup-2.4.so.1", RTLD_LAZY | RTLD_NOLOAD);

  if (library == NULL)
    return FALSE;
  dlclose (library);
  return TRUE;
}

/* The account's name says what it is connected as, however it was typed. Two
 * accounts of one name would be the same one for libpurple.
 */
static void
correct_username (PurpleAccount *account, const WnSettings *settings)
{
  const char *name = settings->username;

  if (!g_str_equal (name, purple_account_get_username (account))
      && purple_accounts_find (name, settings->dialect->id) == NULL)
    purple_account_set_username (account, name);
}

static WnSettings *
read_settings (PurpleConnection *gc, const WnDialect *dialect, GError **error)
{
  PurpleAccount *account = purple_connection_get_account (gc);
  const char *token = purple_account_get_password (account);
  WnSettings *settings;

  /* The account dialog forgets a password that it is not to remember. */
  if (token == NULL)
    token = purple_connection_get_password (gc);
  settings = wn_settings_new (dialect, account, token, error);
  if (settings != NULL)
    correct_username (account, settings);
  return settings;
}

void
wn_session_login (PurpleAccount *account, const WnDialect *dialect)
{
  PurpleConnection *gc = purple_account_get_connection (account);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  WnSettings *settings;
  WnSession *self;

  if (has_libsoup_2 ())
    {
      fail_login (gc,
                  (WnSentence){
                      PURPLE_CONNECTION_ERROR_OTHER_ERROR,
                      wn_sentence_dup (WN_SENTENCE_OTHER_LIBSOUP, NULL) });
      return;
    }
  settings = read_settings (gc, dialect, &error);
  if (settings == NULL)
    {
      fail_login (gc, wn_sentence_for_settings (error));
      return;
    }
  self = session_new (gc, settings);
  purple_connection_set_protocol_data (gc, self);
  text = wn_sentence_dup (WN_SENTENCE_CONNECTING, NULL);
  purple_connection_update_progress (gc, text, 0, 2);
  wn_client_start (self->client);
}

void
wn_session_close (PurpleConnection *gc)
{
  g_autoptr (WnSession) self = wn_session_get (gc);

  wn_transfers_cancel_all (gc);
  if (self == NULL)
    return;
  purple_connection_set_protocol_data (gc, NULL);
  g_clear_signal_handler (&self->network_changed,
                          g_network_monitor_get_default ());
  wn_client_stop (self->client);
  cancel_call (self);
  wn_tick_set (self, FALSE);
  g_clear_pointer (&self->exports, wn_exports_close);
  g_clear_pointer (&self->certificates, wn_certificates_close);
  g_clear_pointer (&self->inbox, wn_inbox_close);
  g_clear_pointer (&self->contact, wn_contact_close);
  g_clear_pointer (&self->cursor, wn_cursor_close);
  wn_proxy_resolver_forget (self->resolver);
  self->gc = NULL;
}

WnSession *
wn_session_get (PurpleConnection *gc)
{
  return gc != NULL ? purple_connection_get_protocol_data (gc) : NULL;
}

const char *
wn_session_get_contact (const WnSession *self)
{
  return wn_contact_get_name (self->contact);
}

WnExports *
wn_session_get_exports (WnSession *self)
{
  return self->exports;
}

/* What is still to be shown comes from the server that is left. */
static void
follow_server (WnSession *self)
{
  wn_cursor_close (self->cursor);
  self->cursor = wn_cursor_new (get_account (self), self->settings->server_url);
  wn_inbox_set_cursor (self->inbox, self->cursor);
}

/* The same server goes on behind all that came, shown or not. */
static void
take_settings (WnSession *self, WnSettings *settings)
{
  g_autofree char *reached = g_strdup (wn_client_get_cursor (self->client));
  gboolean stays
      = g_str_equal (self->settings->username, settings->username)
        && g_str_equal (self->settings->server_url, settings->server_url);
  WnClientConfig config;

  wn_client_stop (self->client);
  cancel_call (self);
  wn_settings_swap (self->settings, settings);
  if (!stays)
    {
      follow_server (self);
      g_clear_pointer (&reached, g_free);
    }
  config = client_config (self);
  if (reached != NULL)
    config.cursor = reached;
  wn_client_set_config (self->client, &config);
  wn_client_go_on (self->client);
}

void
wn_session_reconnect (WnSession *session, const char *who)
{
  g_autoptr (WnSession) self = g_rc_box_acquire (session);
  g_autoptr (GError) error = NULL;
  g_autoptr (WnSettings) settings = NULL;
  WnClientStatus status;

  if (self->doubt != NULL)
    {
      wn_certificates_show_again (self->certificates);
      if (who != NULL)
        wn_session_answer (self,
                           who,
                           wn_sentence_dup (WN_SENTENCE_WAITING_FOR_ANSWER,
                                            NULL));
      return;
    }
  g_free (self->asker);
  self->asker = g_strdup (who);
  settings = read_settings (self->gc, self->settings->dialect, &error);
  if (settings == NULL)
    fail_login (self->gc, wn_sentence_for_settings (error));
  else if (wn_settings_is_equal (self->settings, settings))
    wn_client_reconnect (self->client);
  else
    take_settings (self, settings);
  if (self->gc == NULL)
    return;
  /* A connection that is younger than ten seconds is kept. */
  wn_client_get_status (self->client, &status);
  if (status.connected_since_us != 0)
    tell_asker (self, wn_sentence_dup (WN_SENTENCE_CONNECTION_KEPT, NULL));
}

void
wn_session_report (WnSession *self,
                   gboolean names_account,
                   WnReportFunc func,
                   gpointer user_data)
{
  const char *username = purple_account_get_username (get_account (self));
  WnClientStatus status;
  g_autofree char *host = dup_host (self->settings->server_url);

  wn_client_get_status (self->client, &status);
  wn_sentence_report (&status,
                      names_account ? username : NULL,
                      host,
                      func,
                      user_data);
}

void
wn_session_answer (WnSession *self, const char *who, char *text)
{
  wn_inbox_take_line (self->inbox, who, text);
}
