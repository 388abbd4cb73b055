/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An account's options are the dialect's and the common ones; both are tables.
 * A number that is too large is the largest, and nothing, which is what Pidgin
 * makes of an emptied field, is the default: a typing error in the dialog must
 * neither hammer a server nor stop the account.
 */

#include "purple/settings.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "core/dialect/url.h"
#include "purple/host.h"

GQuark
wn_settings_error_quark (void)
{
  return g_quark_from_static_string ("wn-settings-error-quark");
}

#define HEARTBEAT_INTERVAL "heartbeat_interval"
#define HEARTBEAT_TIMEOUT "heartbeat_timeout"
#define RECONNECT_DELAY "reconnect_delay"
#define LONGEST_DELAY "reconnect_delay_max"
#define PLAIN_IN_CLEAR "auth_plain_in_clear"
#define CA_FILE "tls_ca_file"
#define CONTACT_PER "contact_per"
#define KEPT_PREFS "/plugins/prpl/webnotify"

#define MAX_DELAY_S 3600
#define MAX_LONGEST_DELAY_S 86400

#define NUMBER(key, label, fallback)                                           \
  {                                                                            \
    key, label, WN_OPTION_NUMBER, fallback, NULL                               \
  }

static const WnOption server_option = {
  "server", N_ ("Another server (URL)"), WN_OPTION_STRING, "", NULL,
};

static const WnOption common_options[] = {
  NUMBER (HEARTBEAT_INTERVAL, N_ ("Heartbeat after (seconds)"), "45"),
  NUMBER (HEARTBEAT_TIMEOUT, N_ ("Answer within (seconds)"), "45"),
  NUMBER (RECONNECT_DELAY, N_ ("Reconnect after at least (seconds)"), "5"),
  NUMBER (LONGEST_DELAY, N_ ("Reconnect after at most (seconds)"), "300"),
  { PLAIN_IN_CLEAR,
    N_ ("Send the access token without encryption"),
    WN_OPTION_SWITCH,
    "",
    NULL },
  { CA_FILE,
    N_ ("Further trusted certificates (PEM file)"),
    WN_OPTION_STRING,
    "",
    NULL },
  { NULL },
};

/* --- Reading ------------------------------------------------------------ */

#define FIRST_WIDE 0xFF01 /* ！ */
#define LAST_WIDE 0xFF5E  /* ～ */

static gunichar
get_ascii (gunichar character)
{
  if (character >= FIRST_WIDE && character <= LAST_WIDE)
    return character - FIRST_WIDE + '!';
  switch (character)
    {
    case 0x3000: /* the space */
      return ' ';
    case 0x3001: /* 、 */
      return ',';
    case 0x3002: /* 。 */
      return '.';
    default:
      return character;
    }
}

/* With what a Chinese or Japanese keyboard makes of ASCII's characters as
 * ASCII: nobody's user ID is “１００１”, but its channel would only be silent.
 */
static char *
dup_narrow (const char *text)
{
  GString *narrow;

  if (!g_utf8_validate (text, -1, NULL))
    return g_strdup (text);
  narrow = g_string_new (NULL);
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    g_string_append_unichar (narrow, get_ascii (g_utf8_get_char (c)));
  return g_string_free (narrow, FALSE);
}

/* One of the choices, be it that the account has another: the first one. */
static const char *
find_choice (const WnOption *option, const char *value)
{
  for (const WnChoice *c = option->choices; c->value != NULL; c++)
    if (g_strcmp0 (c->value, value) == 0)
      return c->value;
  return option->choices[0].value;
}

static char *
dup_value (PurpleAccount *account, const WnOption *option)
{
  const char *key = option->key;
  const char *fallback = option->fallback != NULL ? option->fallback : "";

  switch (option->kind)
    {
    case WN_OPTION_NUMBER:
      {
        int number = purple_account_get_int (account, key, 0);

        return number > 0 ? g_strdup_printf ("%d", number)
                          : g_strdup (fallback);
      }
    case WN_OPTION_SWITCH:
      return g_strdup (
          purple_account_get_bool (account, key, *fallback != '\0') ? "1" : "");
    case WN_OPTION_CHOICE:
      return g_strdup (
          find_choice (option, purple_account_get_string (account, key, NULL)));
    case WN_OPTION_STRING:
    default:
      {
        const char *text = purple_account_get_string (account, key, fallback);

        if (text == NULL)
          return g_strdup ("");
        /* Only a file may be called so. */
        return g_str_equal (key, CA_FILE) ? g_strstrip (g_strdup (text))
                                          : dup_narrow (text);
      }
    }
}

/* Returns: (transfer container): of WnOption, in the dialog's order */
static GPtrArray *
list_options (const WnDialect *dialect)
{
  GPtrArray *list = g_ptr_array_new ();

  g_ptr_array_add (list, (gpointer) &server_option);
  for (const WnOption *o = dialect->options; o->key != NULL; o++)
    g_ptr_array_add (list, (gpointer) o);
  for (const WnOption *o = common_options; o->key != NULL; o++)
    g_ptr_array_add (list, (gpointer) o);
  return list;
}

static GHashTable *
read_options (PurpleAccount *account, const WnDialect *dialect)
{
  g_autoptr (GPtrArray) list = list_options (dialect);
  GHashTable *values
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  for (guint i = 0; i < list->len; i++)
    {
      const WnOption *option = g_ptr_array_index (list, i);

      g_hash_table_insert (values,
                           (gpointer) option->key,
                           dup_value (account, option));
    }
  return values;
}

/* Kept in place of the answers, which a thousand accounts would feel. */
static char *
dup_checksum (const WnSettings *self, const WnIdentity *identity)
{
  g_autoptr (GPtrArray) list = list_options (self->dialect);
  g_autoptr (GString) text = g_string_new (self->username);

  for (guint i = 0; i < list->len; i++)
    {
      const WnOption *option = g_ptr_array_index (list, i);
      const char *value = g_hash_table_lookup (identity->options, option->key);

      g_string_append_printf (text, "\n%s", value);
    }
  if (identity->token != NULL)
    g_string_append_printf (text, "\n%s", identity->token);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, -1);
}

static gint64
get_delay (GHashTable *options, const char *key, int max_s)
{
  return MIN (atoi (g_hash_table_lookup (options, key)), max_s)
         * G_TIME_SPAN_SECOND;
}

static double
roll_double (gpointer data)
{
  return g_random_double ();
}

static void
read_lifecycle (WnSettings *self, GHashTable *options)
{
  gint64 delay_us = get_delay (options, RECONNECT_DELAY, MAX_DELAY_S);
  gint64 longest_us = get_delay (options, LONGEST_DELAY, MAX_LONGEST_DELAY_S);

  self->lifecycle = (WnLifecycleConfig){
    .heartbeat_interval_us
    = get_delay (options, HEARTBEAT_INTERVAL, MAX_DELAY_S),
    .heartbeat_timeout_us = get_delay (options, HEARTBEAT_TIMEOUT, MAX_DELAY_S),
    .reconnect_delay_us = delay_us,
    .reconnect_delay_max_us = MAX (longest_us, delay_us),
    .roll = roll_double,
  };
}

/* The words for a single contact are the protocols' own. */
static gboolean
has_contact_per_source (GHashTable *options)
{
  const char *per = g_hash_table_lookup (options, CONTACT_PER);

  return per != NULL && !g_str_equal (per, "project")
         && !g_str_equal (per, "account");
}

/* --- The credential ----------------------------------------------------- */

char *
wn_settings_dup_authorization (const WnSettings *self, const char *url)
{
  g_autoptr (GUri) there = wn_url_parse (url);
  const WnAccount *own = self->instance;

  if (own->authorization == NULL || there == NULL
      || !wn_url_is_same_origin (url, own->token_url))
    return NULL;
  if (!wn_url_is_secure (there) && !self->auth_plain_in_clear)
    return NULL;
  return g_strdup (own->authorization);
}

/* A word, a space, and what has none. */
static gboolean
is_header_value (const char *value)
{
  const char *space = strchr (value, ' ');

  if (space == NULL || space[1] == '\0')
    return FALSE;
  for (const char *c = space + 1; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c))
      return FALSE;
  return TRUE;
}

static gboolean
may_go_to (const WnSettings *self, const char *url)
{
  g_autofree char *value = wn_settings_dup_authorization (self, url);

  return value != NULL;
}

static gboolean
check_authorization (const WnSettings *self,
                     const WnRoute *route,
                     GError **error)
{
  const WnAccount *own = self->instance;

  if (own->authorization == NULL)
    return TRUE;
  if (!is_header_value (own->authorization))
    g_set_error_literal (error,
                         WN_SETTINGS_ERROR,
                         WN_SETTINGS_ERROR_BAD_TOKEN,
                         "a token of odd characters");
  else if (!may_go_to (self, own->token_url)
           || (route->authorization != NULL && !may_go_to (self, route->url)))
    g_set_error_literal (error,
                         WN_SETTINGS_ERROR,
                         WN_SETTINGS_ERROR_TOKEN_IN_CLEAR,
                         "a token, but no encryption");
  else
    return TRUE;
  return FALSE;
}

/* --- What is kept beside the options ------------------------------------ */

/* A slash would be another level. */
static char *
dup_kept_pref (const WnSettings *self, const char *key)
{
  g_autofree char *owner = g_uri_escape_string (self->username, "@", FALSE);

  return g_strdup_printf (KEPT_PREFS "/%s:%s:%s",
                          self->dialect->id,
                          owner,
                          key);
}

const char *
wn_settings_get_kept (const WnSettings *self,
                      PurpleAccount *account,
                      const char *key)
{
  g_autofree char *pref = dup_kept_pref (self, key);
  const char *value = purple_account_get_string (account, key, NULL);

  if (value == NULL && purple_prefs_exists (pref))
    value = purple_prefs_get_string (pref);
  return value != NULL ? value : "";
}

void
wn_settings_keep (const WnSettings *self,
                  PurpleAccount *account,
                  const char *key,
                  const char *value)
{
  g_autofree char *pref = dup_kept_pref (self, key);

  purple_account_set_string (account, key, value);
  if (!wn_host_get ()->forgets_accounts)
    return;
  purple_prefs_add_none (KEPT_PREFS);
  purple_prefs_add_string (pref, "");
  purple_prefs_set_string (pref, value);
}

/* --- The settings ------------------------------------------------------- */

static gboolean
make_instance (WnSettings *self, const WnIdentity *identity, GError **error)
{
  g_auto (WnRoute) route = { 0 };

  self->instance = self->dialect->new (identity, error);
  if (self->instance == NULL)
    return FALSE;
  self->username
      = g_strdup (self->instance->username != NULL ? self->instance->username
                                                   : identity->username);
  self->fingerprint = dup_checksum (self, identity);
  self->dialect->route (self->instance, NULL, &route);
  self->server_url = g_strdup (route.url);
  return check_authorization (self, &route, error);
}

WnSettings *
wn_settings_new (const WnDialect *dialect,
                 PurpleAccount *account,
                 const char *token,
                 GError **error)
{
  g_autoptr (WnSettings) self = g_new0 (WnSettings, 1);
  g_autoptr (GHashTable) options = read_options (account, dialect);
  const char *plain = g_hash_table_lookup (options, PLAIN_IN_CLEAR);
  g_autofree char *username
      = dup_narrow (purple_account_get_username (account));
  WnIdentity identity = {
    .username = username,
    .token = token != NULL && *token != '\0' ? token : NULL,
    .options = options,
  };

  self->dialect = dialect;
  self->auth_plain_in_clear = *plain != '\0';
  self->contact_per_source = has_contact_per_source (options);
  read_lifecycle (self, options);
  if (!make_instance (self, &identity, error))
    return NULL;
  self->trust
      = wn_tls_trust_new (g_hash_table_lookup (options, CA_FILE),
                          wn_settings_get_kept (self, account, WN_KEPT_PINS),
                          error);
  return self->trust != NULL ? g_steal_pointer (&self) : NULL;
}

void
wn_settings_free (WnSettings *self)
{
  g_clear_pointer (&self->instance, self->dialect->free);
  g_free (self->username);
  g_free (self->server_url);
  g_clear_object (&self->trust);
  g_free (self->fingerprint);
  g_free (self);
}

gboolean
wn_settings_is_equal (const WnSettings *self, const WnSettings *other)
{
  return g_str_equal (self->fingerprint, other->fingerprint);
}

void
wn_settings_swap (WnSettings *self, WnSettings *other)
{
  WnSettings kept = *self;

  *self = *other;
  *other = kept;
  other->trust = self->trust;
  self->trust = kept.trust;
  wn_tls_trust_swap (self->trust, other->trust);
}

/* --- The dialog --------------------------------------------------------- */

static const char *
translate_label (const char *label)
{
  return g_dgettext (GETTEXT_PACKAGE, label);
}

const char *
wn_settings_find_label (const WnDialect *dialect, const char *key)
{
  for (const WnOption *o = dialect->options; o->key != NULL; o++)
    if (g_str_equal (o->key, key))
      return translate_label (o->label);
  return NULL;
}

GList *
wn_settings_dup_user_splits (const WnDialect *dialect)
{
  GList *splits = NULL;

  for (const WnSplit *s = dialect->splits; s->label != NULL; s++)
    splits = g_list_append (splits,
                            purple_account_user_split_new (translate_label (
                                                               s->label),
                                                           s->fallback,
                                                           s->separator));
  return splits;
}

/* libpurple takes the list and what is in it; the first is the default. */
static GList *
dup_choices (const WnOption *option)
{
  GList *choices = NULL;

  for (const WnChoice *c = option->choices; c->value != NULL; c++)
    {
      PurpleKeyValuePair *choice = g_new0 (PurpleKeyValuePair, 1);

      choice->key = g_strdup (translate_label (c->label));
      choice->value = g_strdup (c->value);
      choices = g_list_append (choices, choice);
    }
  return choices;
}

static PurpleAccountOption *
make_option (const WnOption *option)
{
  const char *label = translate_label (option->label);
  const char *fallback = option->fallback;

  switch (option->kind)
    {
    case WN_OPTION_NUMBER:
      return purple_account_option_int_new (label,
                                            option->key,
                                            atoi (fallback));
    case WN_OPTION_SWITCH:
      return purple_account_option_bool_new (label,
                                             option->key,
                                             *fallback != '\0');
    case WN_OPTION_CHOICE:
      return purple_account_option_list_new (label,
                                             option->key,
                                             dup_choices (option));
    case WN_OPTION_STRING:
    default:
      return purple_account_option_string_new (label, option->key, fallback);
    }
}

GList *
wn_settings_dup_options (const WnDialect *dialect)
{
  g_autoptr (GPtrArray) list = list_options (dialect);
  GList *options = NULL;

  for (guint i = 0; i < list->len; i++)
    options
        = g_list_append (options, make_option (g_ptr_array_index (list, i)));
  return options;
}
