/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A pin is `HOST:PORT=FINGERPRINT/ERRORS`; pins are separated by spaces,
 * which no host's name contains. The errors are the flags that were accepted,
 * in hex, because a user who accepts an unknown issuer has not accepted a
 * revocation.
 */

#include "net/tls.h"

#include <string.h>

#define FINGERPRINT_LENGTH 64

GQuark
wn_tls_error_quark (void)
{
  return g_quark_from_static_string ("wn-tls-error-quark");
}

struct _WnTlsTrust
{
  GObject parent_instance;

  GTlsDatabase *further; /* (owned) (nullable): the file's certificates */
  GHashTable *pins;      /* (owned): HOST:PORT → FINGERPRINT/ERRORS */
};

G_DEFINE_FINAL_TYPE (WnTlsTrust, wn_tls_trust, G_TYPE_OBJECT)

/* --- Doubts --- */

WnTlsDoubt *
wn_tls_doubt_copy (const WnTlsDoubt *self)
{
  WnTlsDoubt *copy = g_new (WnTlsDoubt, 1);

  *copy = *self;
  copy->host = g_strdup (self->host);
  copy->certificate = g_object_ref (self->certificate);
  copy->fingerprint = g_strdup (self->fingerprint);
  return copy;
}

void
wn_tls_doubt_free (WnTlsDoubt *self)
{
  g_free (self->host);
  g_object_unref (self->certificate);
  g_free (self->fingerprint);
  g_free (self);
}

static char *
dup_fingerprint (GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) der = NULL;

  g_object_get (certificate, "certificate", &der, NULL);
  if (der == NULL)
    return g_strdup ("");
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
}

/* --- Pins --- */

static char *
dup_peer (const char *host, guint16 port)
{
  g_autofree char *lower = g_ascii_strdown (host, -1);

  return g_strdup_printf ("%s:%u", lower, port);
}

static gboolean
is_fingerprint (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isxdigit (text[i]))
      return FALSE;
  return length == FINGERPRINT_LENGTH;
}

static void
read_pin (WnTlsTrust *self, const char *text)
{
  const char *equals = strrchr (text, '=');
  const char *slash = equals != NULL ? strchr (equals, '/') : NULL;

  if (slash != NULL && equals > text
      && is_fingerprint (equals + 1, (gsize) (slash - equals - 1))
      && g_ascii_string_to_unsigned (slash + 1,
                                     16,
                                     0,
                                     G_TLS_CERTIFICATE_VALIDATE_ALL,
                                     NULL,
                                     NULL))
    g_hash_table_replace (self->pins,
                          g_strndup (text, (gsize) (equals - text)),
                          g_ascii_strdown (equals + 1, -1));
}

static void
read_pins (WnTlsTrust *self, const char *text)
{
  g_auto (GStrv) pins = g_strsplit (text, " ", -1);

  for (gsize i = 0; pins[i] != NULL; i++)
    read_pin (self, pins[i]);
}

/* --- The file --- */

static char *
dup_absolute_path (const char *path)
{
  if (g_str_has_prefix (path, "~/"))
    path += strlen ("~/");
  return g_canonicalize_filename (path, g_get_home_dir ());
}

static gboolean
holds_certificates (const char *path, GError **error)
{
  g_autofree char *text = NULL;

  /* A folder can't be read, and a device may be without end. */
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR)
      || !g_file_get_contents (path, &text, NULL, NULL))
    {
      g_set_error (error,
                   WN_TLS_ERROR,
                   WN_TLS_ERROR_UNREADABLE,
                   "%s can't be read",
                   path);
      return FALSE;
    }

  GList *certificates = g_tls_certificate_list_new_from_file (path, NULL);
  gboolean found = certificates != NULL;

  g_list_free_full (certificates, g_object_unref);
  if (!found)
    g_set_error (error,
                 WN_TLS_ERROR,
                 WN_TLS_ERROR_NO_CERTIFICATE,
                 "%s holds no certificate",
                 path);
  return found;
}

static gboolean
read_ca_file (WnTlsTrust *self, const char *ca_file, GError **error)
{
  g_autofree char *path = dup_absolute_path (ca_file);
  g_autoptr (GError) cause = NULL;

  if (!holds_certificates (path, error))
    return FALSE;
  self->further = g_tls_file_database_new (path, &cause);
  if (self->further != NULL)
    return TRUE;
  g_set_error_literal (error,
                       WN_TLS_ERROR,
                       WN_TLS_ERROR_NO_CERTIFICATE,
                       cause->message);
  return FALSE;
}

/* Returns: what is wrong with @certificate where the file's are trusted. */
static GTlsCertificateFlags
judge_by_file (WnTlsTrust *self,
               const char *host,
               guint16 port,
               GTlsCertificate *certificate)
{
  g_autoptr (GSocketConnectable) identity = g_network_address_new (host, port);

  return g_tls_database_verify_chain (
      self->further,
      certificate,
      G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER,
      identity,
      NULL,
      G_TLS_DATABASE_VERIFY_NONE,
      NULL,
      NULL);
}

static GTlsCertificateFlags
judge_with_file (WnTlsTrust *self,
                 const char *host,
                 guint16 port,
                 GTlsCertificate *certificate,
                 GTlsCertificateFlags errors)
{
  if (errors == G_TLS_CERTIFICATE_NO_FLAGS || self->further == NULL)
    return errors;

  GTlsCertificateFlags by_file = judge_by_file (self, host, port, certificate);

  return by_file & G_TLS_CERTIFICATE_UNKNOWN_CA ? errors : by_file;
}

/* --- The judge --- */

static WnTlsDoubt *
make_doubt (const char *host,
            guint16 port,
            GTlsCertificate *certificate,
            GTlsCertificateFlags errors)
{
  WnTlsDoubt *doubt = g_new0 (WnTlsDoubt, 1);

  doubt->host = g_strdup (host);
  doubt->port = port;
  doubt->certificate = g_object_ref (certificate);
  doubt->errors = errors;
  doubt->fingerprint = dup_fingerprint (certificate);
  return doubt;
}

static gboolean
is_accepted (WnTlsTrust *self, WnTlsDoubt *doubt)
{
  g_autofree char *peer = dup_peer (doubt->host, doubt->port);
  const char *pin = g_hash_table_lookup (self->pins, peer);
  guint64 accepted;

  if (pin == NULL)
    return FALSE;
  accepted = g_ascii_strtoull (pin + FINGERPRINT_LENGTH + 1, NULL, 16);
  doubt->is_changed
      = strncmp (pin, doubt->fingerprint, FINGERPRINT_LENGTH) != 0;
  return !doubt->is_changed && (doubt->errors & ~accepted) == 0;
}

WnTlsDoubt *
wn_tls_trust_judge (WnTlsTrust *self,
                    const char *host,
                    guint16 port,
                    GTlsCertificate *certificate,
                    GTlsCertificateFlags errors)
{
  g_autoptr (WnTlsDoubt) doubt = NULL;

  if (self != NULL)
    errors = judge_with_file (self, host, port, certificate, errors);
  if (errors == G_TLS_CERTIFICATE_NO_FLAGS)
    return NULL;
  doubt = make_doubt (host, port, certificate, errors);
  if (self != NULL && is_accepted (self, doubt))
    return NULL;
  return g_steal_pointer (&doubt);
}

void
wn_tls_trust_accept (WnTlsTrust *self, const WnTlsDoubt *doubt)
{
  g_return_if_fail (strlen (doubt->fingerprint) == FINGERPRINT_LENGTH);

  g_hash_table_replace (self->pins,
                        dup_peer (doubt->host, doubt->port),
                        g_strdup_printf ("%s/%x",
                                         doubt->fingerprint,
                                         (guint) doubt->errors));
}

char *
wn_tls_trust_dup_pins (WnTlsTrust *self)
{
  GString *text = g_string_new (NULL);
  GHashTableIter pins;
  gpointer peer, pin;

  g_hash_table_iter_init (&pins, self->pins);
  while (g_hash_table_iter_next (&pins, &peer, &pin))
    g_string_append_printf (text,
                            "%s%s=%s",
                            text->len > 0 ? " " : "",
                            (const char *) peer,
                            (const char *) pin);
  return g_string_free (text, FALSE);
}

static void
wn_tls_trust_finalize (GObject *object)
{
  WnTlsTrust *self = WN_TLS_TRUST (object);

  g_clear_object (&self->further);
  g_hash_table_unref (self->pins);
  G_OBJECT_CLASS (wn_tls_trust_parent_class)->finalize (object);
}

static void
wn_tls_trust_class_init (WnTlsTrustClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wn_tls_trust_finalize;
}

static void
wn_tls_trust_init (WnTlsTrust *self)
{
  self->pins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* Without TLS in this system no certificate can be read. The connection says
 * so, and the file is not blamed.
 */
WnTlsTrust *
wn_tls_trust_new (const char *ca_file, const char *pins, GError **error)
{
  g_autoptr (WnTlsTrust) self = g_object_new (WN_TYPE_TLS_TRUST, NULL);

  if (ca_file != NULL && *ca_file != '\0'
      && g_tls_backend_supports_tls (g_tls_backend_get_default ())
      && !read_ca_file (self, ca_file, error))
    return NULL;
  if (pins != NULL)
    read_pins (self, pins);
  return g_steal_pointer (&self);
}

void
wn_tls_trust_swap (WnTlsTrust *self, WnTlsTrust *other)
{
  GTlsDatabase *further = self->further;
  GHashTable *pins = self->pins;

  self->further = other->further;
  self->pins = other->pins;
  other->further = further;
  other->pins = pins;
}
