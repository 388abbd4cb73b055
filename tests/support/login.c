/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later */

#include "support/login.h"

#define CONTACT "jd-shop"

PurpleAccount *
wn_login_new (const char *username, const char *url)
{
  PurpleAccount *account = purple_account_new (username, WN_PROTOCOL);

  purple_account_set_string (account, "server", url);
  purple_accounts_add (account);
  return account;
}

PurpleAccount *
wn_login_new_at (const char *username, guint port)
{
  g_autofree char *url = g_strdup_printf ("ws://127.0.0.1:%u/", port);

  return wn_login_new (username, url);
}

void
wn_login_sign_on (PurpleAccount *account)
{
  purple_account_set_enabled (account, purple_core_get_ui (), TRUE);
  if (purple_account_is_disconnected (account))
    purple_account_connect (account);
}

void
wn_login_sign_off (PurpleAccount *account)
{
  purple_account_set_enabled (account, purple_core_get_ui (), FALSE);
}

void
wn_login_delete (PurpleAccount *account)
{
  wn_login_sign_off (account);
  purple_accounts_delete (account);
}

gboolean
wn_login_is_connected (gpointer account)
{
  return purple_account_is_connected (account);
}

gboolean
wn_login_has_ended (gpointer account)
{
  return purple_account_get_connection (account) == NULL;
}

PurpleStatus *
wn_login_get_status (PurpleAccount *account)
{
  PurpleBuddy *buddy = purple_find_buddy (account, CONTACT);

  if (buddy == NULL)
    return NULL;
  return purple_presence_get_active_status (purple_buddy_get_presence (buddy));
}

gboolean
wn_login_has_status (PurpleAccount *account, const char *id)
{
  PurpleStatus *status = wn_login_get_status (account);

  return status != NULL && g_str_equal (purple_status_get_id (status), id);
}

gboolean
wn_login_is_away (gpointer account)
{
  return wn_login_has_status (account, "away");
}

gboolean
wn_login_is_available (gpointer account)
{
  return wn_login_has_status (account, "available");
}
