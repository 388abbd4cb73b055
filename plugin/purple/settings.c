/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Numbers out of their range are taken to its nearer end: a typing error in
 * the dialog must neither hammer a server nor stop the account.
 */

#include "purple/settings.h"

#include <glib/gi18n-lib.h>

G_DEFINE_QUARK (wn - settings - error - quark, wn_settings_error)

typedef struct
{
  const char *key;
  const char *label;
  int fallback_s;
  int min_s;
  int max_s;
} Delay;

/* A thousand accounts make 250 heartbeats in a wake-up, a few milliseconds. */
#define N_MEETING_POINTS 4

static const Delay heartbeat_interval
    = { "heartbeat_interval", N_ ("Heartbeat after (seconds)"), 45, 1, 3600 };
static const Delay heartbeat_timeout
    = { "heartbeat_timeout", N_ ("Answer within (seconds)"), 45, 1, 3600 };
static const Delay reconnect_delay
    = { "reconnect_delay", N_ ("Reconnect after (seconds)"), 5, 1, 3600 };
static const Delay reconnect_delay_max = { "reconnect_delay_max",
                                           N_ ("... and at most (seconds)"),
                                           300,
                                           1,
                                           86400 };

/* What the option `replay` may be, the default first. */
static const struct
{
  const char *value;
  const char *label;
  const WnDialect *dialect;
} replays[] = {
  { "off", N_ ("Off"), &wn_dialect_plain },
  { "nchan", N_ ("From a server with nchan"), &wn_dialect_nchan },
};

static gint64
read_delay (PurpleAccount *account, const Delay *delay)
{
  int value_s = purple_account_get_int (account, delay->key, delay->fallback_s);

  return CLAMP (value_s, delay->min_s, delay->max_s) * G_TIME_SPAN_SECOND;
}

static void
read_lifecycle (PurpleAccount *account, WnLifecycleConfig *config)
{
  config->heartbeat_interval_us = read_delay (account, &heartbeat_interval);
  config->heartbeat_timeout_us = read_delay (account, &heartbeat_timeout);
  config->n_meeting_points = N_MEETING_POINTS;
  config->reconnect_delay_us = read_delay (account, &reconnect_delay);
  config->reconnect_delay_max_us
      = MAX (read_delay (account, &reconnect_delay_max),
             config->reconnect_delay_us);
}

static const WnDialect *
find_dialect (PurpleAccount *account)
{
  const char *replay = purple_account_get_string (account, "replay", "off");

  for (gsize i = 0; i < G_N_ELEMENTS (replays); i++)
    if (g_strcmp0 (replays[i].value, replay) == 0)
      return replays[i].dialect;
  return &wn_dialect_plain;
}

static gboolean
check_token (const WnSettings *self, GError **error)
{
  if (self->token == NULL)
    return TRUE;
  for (const char *c = self->token; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c))
      {
        g_set_error_literal (error,
                             WN_SETTINGS_ERROR,
                             WN_SETTINGS_ERROR_BAD_TOKEN,
                             "a token of odd characters");
        return FALSE;
      }
  if (wn_endpoint_is_secure (self->endpoint) || self->auth_plain_in_clear)
    return TRUE;
  g_set_error_literal (error,
                       WN_SETTINGS_ERROR,
                       WN_SETTINGS_ERROR_TOKEN_IN_CLEAR,
                       "a token, but no encryption");
  return FALSE;
}

static WnTlsTrust *
read_trust (PurpleAccount *account, GError **error)
{
  return wn_tls_trust_new (purple_account_get_string (account,
                                                      "tls_ca_file",
                                                      ""),
                           purple_account_get_string (account, "tls_pins", ""),
                           error);
}

WnSettings *
wn_settings_new (PurpleAccount *account, const char *token, GError **error)
{
  g_autoptr (WnSettings) self = g_new0 (WnSettings, 1);

  self->endpoint = wn_endpoint_new (
      purple_account_get_username (account),
      purple_account_get_string (account, "server", ""),
      purple_account_get_string (account, "download_url", ""),
      error);
  if (self->endpoint == NULL)
    return NULL;
  if (token != NULL && *token != '\0')
    self->token = g_strdup (token);
  self->auth_plain_in_clear
      = purple_account_get_bool (account, "auth_plain_in_clear", FALSE);
  if (!check_token (self, error))
    return NULL;
  self->trust = read_trust (account, error);
  if (self->trust == NULL)
    return NULL;
  self->dialect = find_dialect (account);
  if (purple_account_get_bool (account, "send_hello", FALSE))
    self->hello = self->dialect->dup_hello (self->endpoint->uid);
  self->contact_per_type = g_str_equal (
      purple_account_get_string (account, "contact_per", "project"),
      "type");
  read_lifecycle (account, &self->lifecycle);
  return g_steal_pointer (&self);
}

void
wn_settings_free (WnSettings *self)
{
  g_clear_pointer (&self->endpoint, wn_endpoint_free);
  g_free (self->token);
  g_free (self->hello);
  g_clear_object (&self->trust);
  g_free (self);
}

const char *
wn_settings_get_download_token (const WnSettings *self, const char *url)
{
  g_autoptr (GUri) there = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  g_autoptr (GUri) here
      = g_uri_parse (self->endpoint->base_url, G_URI_FLAGS_NONE, NULL);

  if (there == NULL || here == NULL || g_uri_get_host (there) == NULL
      || g_uri_get_host (here) == NULL)
    return NULL;
  if (g_strcmp0 (g_uri_get_scheme (there), "https") != 0
      && !self->auth_plain_in_clear)
    return NULL;
  if (g_ascii_strcasecmp (g_uri_get_host (there), g_uri_get_host (here)) != 0)
    return NULL;
  return self->token;
}

GList *
wn_settings_dup_user_splits (void)
{
  GList *splits = NULL;

  splits = g_list_append (splits,
                          purple_account_user_split_new (_ ("Project"),
                                                         WN_DEFAULT_PROJECT,
                                                         '@'));
  splits = g_list_append (splits,
                          purple_account_user_split_new (_ ("Environment"),
                                                         WN_DEFAULT_ENVIRONMENT,
                                                         '/'));
  return splits;
}

static PurpleAccountOption *
delay_option (const Delay *delay)
{
  return purple_account_option_int_new (g_dgettext (GETTEXT_PACKAGE,
                                                    delay->label),
                                        delay->key,
                                        delay->fallback_s);
}

/* libpurple takes the list and what is in it. */
static GList *
append_choice (GList *choices, const char *label, const char *value)
{
  PurpleKeyValuePair *choice = g_new0 (PurpleKeyValuePair, 1);

  choice->key = g_strdup (label);
  choice->value = g_strdup (value);
  return g_list_append (choices, choice);
}

/* The first is the default. */
static PurpleAccountOption *
contact_option (void)
{
  GList *choices = append_choice (NULL, _ ("the project"), "project");

  choices = append_choice (choices, _ ("each type of notification"), "type");
  return purple_account_option_list_new (_ ("One contact for"),
                                         "contact_per",
                                         choices);
}

static PurpleAccountOption *
replay_option (void)
{
  GList *choices = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (replays); i++)
    choices = append_choice (choices,
                             g_dgettext (GETTEXT_PACKAGE, replays[i].label),
                             replays[i].value);
  return purple_account_option_list_new (_ ("Replay what was missed"),
                                         "replay",
                                         choices);
}

GList *
wn_settings_dup_options (void)
{
  PurpleAccountOption *options[] = {
    purple_account_option_string_new (_ ("Server (ws:// or wss://)"),
                                      "server",
                                      ""),
    purple_account_option_string_new (_ ("Download URL"), "download_url", ""),
    delay_option (&heartbeat_interval),
    delay_option (&heartbeat_timeout),
    delay_option (&reconnect_delay),
    delay_option (&reconnect_delay_max),
    purple_account_option_bool_new (_ ("Send the user ID after connecting"),
                                    "send_hello",
                                    FALSE),
    contact_option (),
    purple_account_option_bool_new (
        _ ("Send the access token without encryption"),
        "auth_plain_in_clear",
        FALSE),
    purple_account_option_string_new (_ ("Further trusted certificates (PEM "
                                         "file)"),
                                      "tls_ca_file",
                                      ""),
    replay_option (),
  };
  GList *list = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    list = g_list_append (list, options[i]);
  return list;
}
