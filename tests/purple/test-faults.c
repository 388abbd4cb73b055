/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Every fault that a network and a server can have, up to what the user sees
 * of it in the real module: the words, what is tried again, and when. Time
 * jumps here (support/fast-time.h), so each delay is the real one.
 */

#include <arpa/inet.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gio/gio.h>

#include "support/fast-time.h"
#include "support/headless-host.h"
#include "support/login.h"
#include "support/raw-server.h"
#include "support/stub-resolver.h"

#define HOST "notify.test"
#define ACKNOWLEDGEMENT "{\"code\":2,\"api_version\":\"1.12.4\"}"

#define SECOND G_TIME_SPAN_SECOND
/* What a jump, a busy machine and a common second may add or take */
#define SLACK_US (G_TIME_SPAN_SECOND / 2)
#define LOGIN_S 30
#define CONNECT_S 20
#define DELAY_S 5
/* Answers of one turn */
#define MAX_DEAF_BYTES ((gsize) 16 * 1024 * 1024)
#define HERD_S (DELAY_S + 27 * DELAY_S)

typedef struct
{
  WnRawServer *server;    /* (owned) */
  PurpleAccount *account; /* (owned) */
  GPtrArray *statuses;    /* (owned): what the contact's has been, in order */
  int full[8];            /* sockets that fill a listener up; 0: none */
  guint n_answered;       /* connections, in clear */
  gint64 waited_us;       /* until when, the last time; 0: not yet */
} Fixture;

static const WnRawScript upgrades = { .answer = WN_UPGRADE };

/* Waiting */

static const char *
get_status (Fixture *fixture)
{
  PurpleStatus *status = wn_login_get_status (fixture->account);

  if (status == NULL)
    return "";
  if (!g_str_equal (purple_status_get_id (status), "away"))
    return purple_status_get_id (status);
  return purple_status_get_attr_string (status, "message");
}

static void
note_status (Fixture *fixture)
{
  const char *status = get_status (fixture);
  GPtrArray *seen = fixture->statuses;

  if (seen->len == 0 || !g_str_equal (seen->pdata[seen->len - 1], status))
    g_ptr_array_add (seen, g_strdup (status));
}

/* What is looked at in between takes its time on a busy machine.
 *
 * Returns: how long after the wait before it came, in microseconds
 */
static gint64
wait_until (Fixture *fixture, WnHostFunc func)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 start_us = fixture->waited_us != 0 ? fixture->waited_us : now_us;

  while (!func (fixture))
    {
      g_main_context_iteration (NULL, TRUE);
      note_status (fixture);
      if (wn_host_get_error (NULL) == NULL)
        g_assert_cmpuint (wn_host_count_timers ("webnotify alarm"), <=, 1);
      if (g_get_monotonic_time () - start_us > 1000 * SECOND)
        g_error ("nothing came of it; the contact is: %s",
                 get_status (fixture));
    }
  fixture->waited_us = g_get_monotonic_time ();
  return fixture->waited_us - start_us;
}

static gboolean
is_available (gpointer data)
{
  return g_str_equal (get_status (data), "available");
}

static gboolean
is_away_after_one (gpointer data)
{
  return strstr (get_status (data), "(attempt 1): ") != NULL;
}

static gboolean
is_away_after_two (gpointer data)
{
  return strstr (get_status (data), "(attempt 2): ") != NULL;
}

static gboolean
is_left (gpointer data)
{
  Fixture *fixture = data;

  return wn_raw_server_is_left (fixture->server);
}

static gboolean
is_heard (gpointer data)
{
  Fixture *fixture = data;

  return wn_raw_server_get_received (fixture->server)->len > 0;
}

static gboolean
has_no_connection (gpointer data)
{
  Fixture *fixture = data;

  return purple_account_get_connection (fixture->account) == NULL;
}

/* Once libsoup has closed what it was given, which it does in a thread. */
static void
assert_timers (guint n_expected)
{
  const guint n_turns = 10000;
  guint n_timers = G_MAXUINT;

  for (guint i = 0; i < n_turns && n_timers != n_expected; i++)
    {
      if (i > 0)
        g_usleep (1000);
      wn_host_run_dry ();
      n_timers
          = wn_host_count_timers (NULL) - wn_host_count_timers ("raw-server");
    }
  g_assert_cmpuint (n_timers, ==, n_expected);
}

/* The retry's, or the heartbeat's. */
static void
assert_one_timer (void)
{
  assert_timers (1);
}

/* The account */

static void
set_up (Fixture *fixture, gboolean is_secure)
{
  g_autofree char *url = NULL;

  *fixture = (Fixture){ .server = wn_raw_server_new (&upgrades) };
  fixture->statuses = g_ptr_array_new_with_free_func (g_free);
  url = g_strdup_printf ("%s://" HOST ":%u/",
                         is_secure ? "wss" : "ws",
                         wn_raw_server_get_port (fixture->server));
  fixture->account = wn_login_new ("1001@jd-shop/production", url);
  wn_stub_resolver_set_address ("127.0.0.1");
}

static void
stop_being_full (Fixture *fixture)
{
  for (guint i = 0; i < G_N_ELEMENTS (fixture->full); i++)
    if (fixture->full[i] != 0)
      close (fixture->full[i]);
  memset (fixture->full, 0, sizeof fixture->full);
}

static void
tear_down (Fixture *fixture)
{
  /* libpurple signs off by itself then, a moment later. */
  if (wn_host_has_error (fixture))
    wait_until (fixture, has_no_connection);
  wn_login_delete (fixture->account);
  stop_being_full (fixture);
  wn_raw_server_free (fixture->server);
  g_ptr_array_unref (fixture->statuses);
  assert_timers (0);
  wn_host_forget ();
}

/* A server that says that it is busy does not say that it restarts. */
static gboolean
is_crowd (gint64 max_retry_s, const char *words)
{
  return max_retry_s == HERD_S && strstr (words, "429") == NULL;
}

/* "Reconnecting at 12:31:05 (attempt 2): " and @words; the time is the one
 * that it has become. Where @is_crowded, it says why that is so late.
 */
static void
assert_status (const char *status,
               guint attempt,
               const char *words,
               gboolean is_crowded)
{
  g_autofree char *pattern = g_strdup_printf (
      "^Reconnecting at \\d\\d:\\d\\d:\\d\\d \\(attempt %u\\)"
      ": \\Q%s%s\\E$",
      attempt,
      words,
      is_crowded ? ". The server is restarting: everybody comes back one after "
                   "the other."
                 : "");

  if (!g_regex_match_simple (pattern, status, 0, 0))
    g_error ("“%s” is not what was expected: %s", status, pattern);
}

static void
assert_time_was_told (const char *status)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  gboolean is_told = FALSE;

  for (int second = -1; second <= 1; second++)
    {
      g_autoptr (GDateTime) time = g_date_time_add_seconds (now, second);
      g_autofree char *text = g_date_time_format (time, "at %H:%M:%S (");

      is_told = is_told || strstr (status, text) != NULL;
    }
  if (!is_told)
    g_error ("it is not what was said: %s", status);
}

static void
assert_between (gint64 time_us, gint64 min_us, gint64 max_us)
{
  g_assert_cmpint (time_us, >=, min_us - SLACK_US);
  g_assert_cmpint (time_us, <=, max_us + SLACK_US);
}

/* Faults before there is a connection */

static void
play_nameless (Fixture *fixture)
{
  wn_stub_resolver_set_address (NULL);
}

static void
play_nobody (Fixture *fixture)
{
  wn_raw_server_set_listening (fixture->server, FALSE);
}

/* The kernel knows no way there, and sends nothing. */
static void
play_no_way (Fixture *fixture)
{
  wn_stub_resolver_set_address ("255.255.255.255");
}

static int
make_socket (void)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int on = 1;

  g_assert_cmpint (fd, >=, 0);
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  return fd;
}

/* A listener whose queue is full: further connects are dropped, as by a
 * firewall.
 */
static void
play_dropped (Fixture *fixture)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons (wn_raw_server_get_port (fixture->server)),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };

  play_nobody (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (fixture->full); i++)
    {
      fixture->full[i] = make_socket ();
      if (i == 0)
        {
          g_assert_cmpint (bind (fixture->full[0],
                                 (struct sockaddr *) &address,
                                 sizeof address),
                           ==,
                           0);
          listen (fixture->full[0], 0);
        }
      else
        connect (fixture->full[i],
                 (struct sockaddr *) &address,
                 sizeof address);
    }
}

static void
play_well (Fixture *fixture)
{
  wn_stub_resolver_set_address ("127.0.0.1");
  stop_being_full (fixture);
  wn_raw_server_set_script (fixture->server, &upgrades);
  wn_raw_server_set_listening (fixture->server, TRUE);
}

typedef struct
{
  const char *name;
  void (*play) (Fixture *fixture); /* (nullable): then the script is */
  WnRawScript script;
  gboolean is_secure;
  const char *words;
  gint64 max_retry_s; /* after the second loss in a row */
  gint64 asked_s;     /* to stay away, beyond the delay */
  gboolean is_final;  /* at login, and the third time in a row after one */
} ConnectFault;

#define TWICE_S (DELAY_S + 3 * DELAY_S)
#define STATUS(line)                                                           \
  {                                                                            \
    .answer = "HTTP/1.1 " line "\r\n\r\n"                                      \
  }

static const ConnectFault connect_faults[] = {
  { "a name without an address",
    .play = play_nameless,
    .words = "the server's name was not found",
    .max_retry_s = TWICE_S },
  { "a port where nobody listens",
    .play = play_nobody,
    .words = "connection refused",
    .max_retry_s = TWICE_S },
  { "no way to the network",
    .play = play_no_way,
    .words = "the network is unreachable",
    .max_retry_s = TWICE_S },
  { "packets that are dropped",
    .play = play_dropped,
    .words = "connecting took too long",
    .max_retry_s = TWICE_S },
  { "a reset in the handshake",
    .script = { .resets = TRUE },
    .words = "the connection was cut",
    .max_retry_s = TWICE_S },
  { "an end in the handshake",
    .script = { .answer = "HTTP/1.1 101 Sw", .hangs_up = TRUE },
    .words = "the connection was cut",
    .max_retry_s = TWICE_S },
  { "no answer to the upgrade",
    .script = { 0 },
    .words = "connecting took too long",
    .max_retry_s = TWICE_S },
  { "no answer to the TLS handshake",
    .is_secure = TRUE,
    .script = { 0 },
    .words = "connecting took too long",
    .max_retry_s = TWICE_S },
  { "an answer that drips",
    .script = { .answer = WN_UPGRADE, .answer_bytes = 1, .drip_ms = 900 },
    .words = "connecting took too long",
    .max_retry_s = TWICE_S },
  { "informational answers that drip",
    .script = { .answer = "HTTP/1.1 100 Continue\r\n\r\n",
                .forever = " ",
                .answer_bytes = 1,
                .drip_ms = 900 },
    .words = "connecting took too long",
    .max_retry_s = TWICE_S },
  { "informational answers without end",
    .script = { .forever = "HTTP/1.1 100 Continue\r\n\r\n" },
    .words = "the server does not speak WebSocket",
    .max_retry_s = TWICE_S },
  { "a head without end",
    .script = { .answer = "HTTP/1.1 101 Ok\r\n", .forever = "X-A: b\r\n" },
    .words = "the server does not speak WebSocket",
    .max_retry_s = TWICE_S },
  { "garbage",
    .script = { .answer = "SSH-2.0-OpenSSH_9.2\r\n" },
    .words = "the server does not speak WebSocket",
    .max_retry_s = TWICE_S },
  { "an upgrade that is none",
    .script = STATUS ("101 Switching Protocols"),
    .words = "the server does not speak WebSocket",
    .max_retry_s = TWICE_S },
  { "200",
    .script = STATUS ("200 OK"),
    .words = "the server refused (HTTP 200)",
    .max_retry_s = TWICE_S },
  { "301",
    .script = STATUS ("301 Moved\r\nLocation: http://" HOST "/"),
    .words = "the server pointed somewhere else",
    .max_retry_s = TWICE_S },
  { "401",
    .script = STATUS ("401 Unauthorized\r\nWWW-Authenticate: Basic realm=x"),
    .words = "the server refused (HTTP 401)",
    .max_retry_s = TWICE_S,
    .is_final = TRUE },
  { "401 with a Digest that crashes libsoup",
    .script = STATUS ("401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"x\""
                      ", nonce=\"x\", qop=\"auth\", domain=\" \""),
    .words = "the server refused (HTTP 401)",
    .max_retry_s = TWICE_S,
    .is_final = TRUE },
  { "403",
    .script = STATUS ("403 Forbidden"),
    .words = "the server refused (HTTP 403)",
    .max_retry_s = TWICE_S,
    .is_final = TRUE },
  { "404",
    .script = STATUS ("404 Not Found"),
    .words = "the server refused (HTTP 404)",
    .max_retry_s = TWICE_S },
  { "429",
    .script = STATUS ("429 Too Many Requests\r\nRetry-After: 65"),
    .words = "the server refused (HTTP 429)",
    .max_retry_s = HERD_S,
    .asked_s = 60 },
  { "500",
    .script = STATUS ("500 Oops"),
    .words = "the server refused (HTTP 500)",
    .max_retry_s = TWICE_S },
  { "503",
    .script = STATUS ("503 Service Unavailable"),
    .words = "the server refused (HTTP 503)",
    .max_retry_s = HERD_S },
};

static void
play (Fixture *fixture, const ConnectFault *fault)
{
  if (fault->play != NULL)
    fault->play (fixture);
  else
    wn_raw_server_set_script (fixture->server, &fault->script);
}

/* At login the user is told within half a minute; what may pass is tried
 * again before that.
 */
static void
test_at_login (gconstpointer data)
{
  const ConnectFault *fault = data;
  Fixture fixture;
  PurpleConnectionError reason;
  g_autofree char *start = NULL;
  gint64 time_us;

  set_up (&fixture, fault->is_secure);
  play (&fixture, fault);
  wn_login_sign_on (fixture.account);
  time_us = wait_until (&fixture, wn_host_has_error);

  start = g_strdup_printf ("Could not connect to " HOST ":%u: %s. ",
                           wn_raw_server_get_port (fixture.server),
                           fault->words);
  g_assert_cmpstr (wn_host_get_error (&reason), !=, NULL);
  if (!g_str_has_prefix (wn_host_get_error (NULL), start))
    g_error ("“%s” does not begin with: %s", wn_host_get_error (NULL), start);
  g_assert_cmpint (reason,
                   ==,
                   fault->is_final
                       ? PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED
                       : PURPLE_CONNECTION_ERROR_NETWORK_ERROR);
  assert_between (time_us, 0, fault->is_final ? 0 : LOGIN_S * SECOND);
  if (fault->is_final)
    g_assert_cmpuint (wn_raw_server_get_n_connections (fixture.server), ==, 1);
  else if (fault->play == NULL && fault->max_retry_s != HERD_S)
    g_assert_cmpuint (wn_raw_server_get_n_connections (fixture.server), >=, 2);
  /* That it connects, and why it has to try again: once for each reason. */
  g_assert_cmpuint (wn_host_get_n_progress (), <=, fault->is_final ? 1 : 2);
  tear_down (&fixture);
}

static gboolean
has_error_in_clear (gpointer data)
{
  static const char *answer = "HTTP/1.1 400 Bad Request\r\n\r\n";
  Fixture *fixture = data;
  guint n_connections = wn_raw_server_get_n_connections (fixture->server);

  if (n_connections > fixture->n_answered)
    wn_raw_server_send (fixture->server, answer, strlen (answer));
  fixture->n_answered = n_connections;
  return wn_host_has_error (fixture);
}

/* Somebody has typed wss:// where ws:// is right. */
static void
test_answer_in_clear (void)
{
  Fixture fixture;
  PurpleConnectionError reason;

  set_up (&fixture, TRUE);
  wn_login_sign_on (fixture.account);
  wait_until (&fixture, has_error_in_clear);
  g_assert_nonnull (strstr (wn_host_get_error (&reason),
                            ": no secure connection. Does the server's "
                            "address in the account's settings begin with "
                            "wss:// or https:// where ws:// or http:// is "
                            "meant, without encryption? "));
  g_assert_cmpint (reason, ==, PURPLE_CONNECTION_ERROR_ENCRYPTION_ERROR);
  tear_down (&fixture);
}

/* After one, the contact shows it, once for each attempt, and nobody is told
 * anything else.
 */
static void
test_after_login (gconstpointer data)
{
  const ConnectFault *fault = data;
  Fixture fixture;
  g_autofree char *status = NULL;
  gint64 time_us;

  set_up (&fixture, FALSE);
  wn_login_sign_on (fixture.account);
  wait_until (&fixture, is_available);
  play (&fixture, fault);
  wn_raw_server_hang_up (fixture.server);
  wait_until (&fixture, is_away_after_one);
  assert_status (get_status (&fixture), 1, "the connection was cut", FALSE);
  wait_until (&fixture, is_away_after_two);
  status = g_strdup (get_status (&fixture));
  assert_status (status,
                 2,
                 fault->words,
                 is_crowd (fault->max_retry_s, fault->words));
  assert_one_timer ();

  play_well (&fixture);
  time_us = wait_until (&fixture, is_available);
  assert_between (time_us,
                  (DELAY_S + fault->asked_s) * SECOND,
                  (fault->max_retry_s + fault->asked_s) * SECOND);
  assert_time_was_told (status);
  assert_one_timer ();
  g_assert_null (wn_host_get_error (NULL));
  g_assert_cmpuint (wn_host_get_n_progress (), ==, 1);
  /* none, available, one, two, available */
  g_assert_cmpuint (fixture.statuses->len, ==, 5);
  tear_down (&fixture);
}

/* DESIGN §5.11: a blip must not disable an account. */
static void
test_unauthorized_three_times (gconstpointer data)
{
  const ConnectFault *fault = data;
  Fixture fixture;
  PurpleConnectionError reason;

  set_up (&fixture, FALSE);
  wn_login_sign_on (fixture.account);
  wait_until (&fixture, is_available);
  play (&fixture, fault);
  wn_raw_server_hang_up (fixture.server);
  wait_until (&fixture, wn_host_has_error);
  g_assert_nonnull (strstr (wn_host_get_error (&reason), fault->words));
  g_assert_cmpint (reason, ==, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED);
  g_assert_cmpuint (wn_raw_server_get_n_connections (fixture.server), ==, 4);
  tear_down (&fixture);
}

/* Faults of a connection */

typedef struct
{
  const char *name;
  const char *bytes;
  gsize n_bytes; /* 0: up to its end */
  gboolean hangs_up;
  gboolean resets;
  const char *words; /* (nullable): %NULL: it is none */
  gint64 max_retry_s;
} OpenFault;

#define ONCE_S (2 * DELAY_S)
#define CLOSE(code, high, low, retry_s)                                        \
  {                                                                            \
    "close " #code, "\x88\x02" high low, 4,                                    \
        .words = "the server closed the connection (" #code ")",               \
        .max_retry_s = retry_s                                                 \
  }
#define BROKEN(name, text)                                                     \
  {                                                                            \
    name, text, sizeof text - 1,                                               \
        .words = "the server broke the WebSocket protocol",                    \
        .max_retry_s = ONCE_S                                                  \
  }

static const OpenFault open_faults[] = {
  CLOSE (1000, "\x03", "\xe8", ONCE_S),
  CLOSE (1001, "\x03", "\xe9", HERD_S),
  CLOSE (1002, "\x03", "\xea", ONCE_S),
  CLOSE (1003, "\x03", "\xeb", ONCE_S),
  BROKEN ("close 1005, which must not be sent", "\x88\x02\x03\xed"),
  BROKEN ("close 1006, which must not be sent", "\x88\x02\x03\xee"),
  CLOSE (1007, "\x03", "\xef", ONCE_S),
  CLOSE (1008, "\x03", "\xf0", ONCE_S),
  CLOSE (1009, "\x03", "\xf1", ONCE_S),
  CLOSE (1010, "\x03", "\xf2", ONCE_S),
  CLOSE (1011, "\x03", "\xf3", ONCE_S),
  CLOSE (1012, "\x03", "\xf4", HERD_S),
  CLOSE (1013, "\x03", "\xf5", HERD_S),
  { "close without a code",
    "\x88",
    2,
    .words = "the server closed the connection",
    .max_retry_s = ONCE_S },
  { "a cut frame",
    "\x81\x10{\"title\"",
    .hangs_up = TRUE,
    .words = "the connection was cut",
    .max_retry_s = ONCE_S },
  { "a reset",
    "",
    .resets = TRUE,
    .words = "the connection was cut",
    .max_retry_s = ONCE_S },
  BROKEN ("a masked frame", "\x81\x82\x01\x02\x03\x04xy"),
  BROKEN ("a reserved bit", "\xc1\x02hi"),
  BROKEN ("a reserved opcode", "\x83\x02hi"),
  BROKEN ("bad UTF-8", "\x81\x02\xff\xfe"),
  BROKEN ("a ping that is too long",
          "\x89\x7e\x00\x80"
          "0123456789012345678901234567890123456789012345678901234567890123"
          "0123456789012345678901234567890123456789012345678901234567890123"),
  { "a frame of 17 MiB",
    "\x81\x7f\x00\x00\x00\x00\x01\x10\x00\x00",
    10,
    .words = "a message was too long",
    .max_retry_s = ONCE_S },
  { "a frame of 2^63 bytes",
    "\x81\x7f\x7f\xff\xff\xff\xff\xff\xff\xff",
    10,
    .words = "a message was too long",
    .max_retry_s = ONCE_S },
};

static void
connect_and_prove (Fixture *fixture)
{
  set_up (fixture, FALSE);
  wn_login_sign_on (fixture->account);
  wait_until (fixture, is_available);
  wn_raw_server_send_frame (fixture->server,
                            0x81,
                            ACKNOWLEDGEMENT,
                            strlen (ACKNOWLEDGEMENT));
  wn_host_run_dry ();
}

static void
play_open (Fixture *fixture, const OpenFault *fault)
{
  gsize n_bytes = fault->n_bytes > 0 ? fault->n_bytes : strlen (fault->bytes);

  wn_raw_server_send (fixture->server, fault->bytes, n_bytes);
  if (fault->resets)
    wn_raw_server_reset (fixture->server);
  if (fault->hangs_up)
    wn_raw_server_hang_up (fixture->server);
}

static void
test_open (gconstpointer data)
{
  const OpenFault *fault = data;
  Fixture fixture;
  g_autofree char *status = NULL;
  gint64 time_us;

  connect_and_prove (&fixture);
  play_open (&fixture, fault);
  wait_until (&fixture, is_away_after_one);
  status = g_strdup (get_status (&fixture));
  assert_status (status,
                 1,
                 fault->words,
                 is_crowd (fault->max_retry_s, fault->words));
  assert_one_timer ();

  time_us = wait_until (&fixture, is_available);
  assert_between (time_us, DELAY_S * SECOND, fault->max_retry_s * SECOND);
  assert_time_was_told (status);
  g_assert_cmpuint (wn_raw_server_get_n_connections (fixture.server), ==, 2);
  g_assert_null (wn_host_get_error (NULL));
  g_assert_cmpuint (wn_host_get_n_progress (), ==, 1);
  tear_down (&fixture);
}

/* nchan, where clients only listen. A server that has answered before, and
 * closes with the same code, is in open_faults.
 */
static void
test_text_refused (void)
{
  static const char refusal[] = "\x88\x02\x03\xf0";
  Fixture fixture;

  set_up (&fixture, FALSE);
  wn_login_sign_on (fixture.account);
  wait_until (&fixture, is_heard);
  wn_raw_server_send (fixture.server, refusal, strlen (refusal));
  wait_until (&fixture, is_away_after_one);
  assert_status (get_status (&fixture),
                 1,
                 "the server closed the connection at our heartbeat (1008). If "
                 "it is nginx with nchan, set “Replay what was missed” to "
                 "“From a server with nchan” in the account's settings",
                 FALSE);
  tear_down (&fixture);
}

/* Ninety seconds without an answer, and back five later: the session had
 * proved itself.
 */
static void
test_silent (void)
{
  Fixture fixture;
  gint64 time_us;

  connect_and_prove (&fixture);
  time_us = wait_until (&fixture, is_away_after_one);
  assert_between (time_us, 88 * SECOND, 90 * SECOND);
  assert_status (get_status (&fixture),
                 1,
                 "the server no longer answers",
                 FALSE);
  assert_one_timer ();
  time_us = wait_until (&fixture, is_available);
  assert_between (time_us, DELAY_S * SECOND, DELAY_S * SECOND);
  tear_down (&fixture);
}

static gboolean
on_time_passed (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
pass (guint seconds)
{
  gboolean is_over = FALSE;

  g_timeout_add_seconds (seconds, on_time_passed, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

static void
acknowledge (Fixture *fixture)
{
  g_byte_array_set_size (wn_raw_server_get_received (fixture->server), 0);
  wn_raw_server_send_frame (fixture->server,
                            0x81,
                            ACKNOWLEDGEMENT,
                            strlen (ACKNOWLEDGEMENT));
}

static void
test_late_answer (void)
{
  Fixture fixture;

  connect_and_prove (&fixture);
  wait_until (&fixture, is_heard);
  pass (42);
  acknowledge (&fixture);
  pass (10);
  g_assert_true (is_available (&fixture));
  wait_until (&fixture, is_heard);
  pass (46);
  g_assert_true (is_left (&fixture));
  acknowledge (&fixture);
  pass (1);
  assert_status (get_status (&fixture),
                 1,
                 "the server no longer answers",
                 FALSE);
  wait_until (&fixture, is_available);
  tear_down (&fixture);
}

/* A real server that is stopped: its kernel still takes what we send, and
 * new connections.
 */
static GSubprocess *
start_server (guint *port)
{
  g_autoptr (GError) error = NULL;
  GSubprocess *server = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE
                                              | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                          &error,
                                          "/usr/bin/python3",
                                          WN_WS_SERVER,
                                          NULL);
  g_autoptr (GDataInputStream) output = NULL;
  g_autofree char *line = NULL;

  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (server));
  line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  g_assert_cmpint (sscanf (line, "port %u", port), ==, 1);
  return server;
}

static void
test_frozen (void)
{
  Fixture fixture;
  guint port = 0;
  g_autoptr (GSubprocess) server = start_server (&port);
  g_autofree char *url = g_strdup_printf ("ws://" HOST ":%u/", port);
  gint64 time_us;

  set_up (&fixture, FALSE);
  purple_account_set_string (fixture.account, "server", url);
  wn_fast_time_stop ();
  wn_login_sign_on (fixture.account);
  wait_until (&fixture, is_available);
  g_subprocess_send_signal (server, SIGSTOP);
  wn_fast_time_start ();

  time_us = wait_until (&fixture, is_away_after_one);
  assert_between (time_us, 88 * SECOND, 90 * SECOND);
  assert_status (get_status (&fixture),
                 1,
                 "the server no longer answers",
                 FALSE);
  time_us = wait_until (&fixture, is_away_after_two);
  assert_between (time_us,
                  (DELAY_S + CONNECT_S - 1) * SECOND,
                  (ONCE_S + CONNECT_S) * SECOND);
  assert_status (get_status (&fixture), 2, "connecting took too long", FALSE);
  tear_down (&fixture);
  g_subprocess_force_exit (server);
  g_subprocess_wait (server, NULL, NULL);
}

static void
use_proxy (Fixture *fixture, WnRawServer *proxy)
{
  PurpleProxyInfo *info = purple_proxy_info_new ();

  purple_proxy_info_set_type (info, PURPLE_PROXY_HTTP);
  purple_proxy_info_set_host (info, "127.0.0.1");
  purple_proxy_info_set_port (info, wn_raw_server_get_port (proxy));
  purple_account_set_proxy_info (fixture->account, info);
}

/* The twenty seconds are for all of it: the proxy takes most, and the server
 * is never reached.
 */
static void
test_proxy_drips (void)
{
  static const WnRawScript script
      = { .answer = "HTTP/1.1 200 Connection established\r\n\r\n",
          .answer_bytes = 1,
          .drip_ms = 900 };
  g_autoptr (WnRawServer) proxy = wn_raw_server_new (&script);
  Fixture fixture;
  gint64 time_us;

  set_up (&fixture, FALSE);
  use_proxy (&fixture, proxy);
  wn_login_sign_on (fixture.account);
  time_us = wait_until (&fixture, wn_host_has_error);
  g_assert_nonnull (strstr (wn_host_get_error (NULL), "took too long"));
  assert_between (time_us, (CONNECT_S + DELAY_S) * SECOND, LOGIN_S * SECOND);
  g_assert_cmpuint (wn_raw_server_get_n_connections (proxy), ==, 2);
  g_assert_cmpuint (wn_raw_server_get_n_connections (fixture.server), ==, 0);
  wn_raw_server_reset (proxy);
  tear_down (&fixture);
}

/* It asks and asks, and takes no answer: these must not pile up here. */
static void
test_deaf (void)
{
  static const WnRawScript script
      = { .answer = WN_UPGRADE, .forever = "\x89\x04ping", .is_deaf = TRUE };
  Fixture fixture;
  gsize n_bytes, n_bytes_after;

  set_up (&fixture, FALSE);
  purple_account_set_int (fixture.account, "heartbeat_interval", 5);
  purple_account_set_int (fixture.account, "heartbeat_timeout", 5);
  wn_raw_server_set_script (fixture.server, &script);
  wn_login_sign_on (fixture.account);
  wait_until (&fixture, is_available);
  n_bytes = mallinfo2 ().uordblks;
  pass (7);
  n_bytes_after = mallinfo2 ().uordblks;
  g_test_message ("%+ld bytes", (long) n_bytes_after - (long) n_bytes);
  g_assert_cmpuint (n_bytes_after, <=, n_bytes + MAX_DEAF_BYTES);
  wait_until (&fixture, is_away_after_one);
  assert_status (get_status (&fixture),
                 1,
                 "the server no longer answers",
                 FALSE);
  tear_down (&fixture);
}

/* What is no fault */

static gboolean
has_message (gpointer data)
{
  return wn_host_get_messages ()->len > 0;
}

static gboolean
has_many_messages (gpointer data)
{
  return wn_host_get_messages ()->len >= 3000;
}

static void
test_glued (void)
{
  static const WnRawScript script
      = { .answer = WN_UPGRADE "\x81\x0e{\"title\":\"hi\"}" };
  Fixture fixture;

  set_up (&fixture, FALSE);
  wn_raw_server_set_script (fixture.server, &script);
  wn_login_sign_on (fixture.account);
  wait_until (&fixture, has_message);
  g_assert_nonnull (strstr (wn_host_get_messages ()->pdata[0], "hi"));
  g_assert_true (is_available (&fixture));
  tear_down (&fixture);
}

/* It neither starves the heartbeat nor counts as its answer. */
static void
test_flood (void)
{
  static const WnRawScript script
      = { .answer = WN_UPGRADE, .forever = "\x81\x0e{\"title\":\"hi\"}" };
  Fixture fixture;

  set_up (&fixture, FALSE);
  wn_raw_server_set_script (fixture.server, &script);
  wn_login_sign_on (fixture.account);
  wait_until (&fixture, has_many_messages);
  g_assert_true (is_available (&fixture));
  g_assert_cmpuint (wn_raw_server_get_n_connections (fixture.server), ==, 1);
  g_assert_cmpuint (wn_host_count_timers ("webnotify"), <=, 1);
  tear_down (&fixture);
}

static void
add_connect_tests (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (connect_faults); i++)
    {
      const ConnectFault *fault = &connect_faults[i];
      g_autofree char *login
          = g_strdup_printf ("/faults/at login: %s", fault->name);
      g_autofree char *after
          = g_strdup_printf ("/faults/after a login: %s", fault->name);
      g_autofree char *thrice
          = g_strdup_printf ("/faults/three times in a row: %s", fault->name);

      g_test_add_data_func (login, fault, test_at_login);
      if (!fault->is_secure)
        g_test_add_data_func (after, fault, test_after_login);
      if (fault->is_final)
        g_test_add_data_func (thrice, fault, test_unauthorized_three_times);
    }
}

static void
add_open_tests (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (open_faults); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/faults/connected: %s", open_faults[i].name);

      g_test_add_data_func (path, &open_faults[i], test_open);
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  wn_stub_resolver_start ();
  wn_host_start (argc > 1 ? argv[1] : "Pidgin", WN_MODULE_DIR);
  wn_fast_time_start ();
  add_connect_tests ();
  add_open_tests ();
  g_test_add_func ("/faults/at login: a proxy's answer that drips",
                   test_proxy_drips);
  g_test_add_func ("/faults/at login: wss:// to a server that answers in clear",
                   test_answer_in_clear);
  g_test_add_func ("/faults/connected: a server that wants no text",
                   test_text_refused);
  g_test_add_func ("/faults/connected: no answer to the heartbeat",
                   test_silent);
  g_test_add_func ("/faults/connected: an answer in time, and one too late",
                   test_late_answer);
  g_test_add_func ("/faults/connected: a server that is frozen", test_frozen);
  g_test_add_func ("/faults/connected: pings, and nobody who takes the answers",
                   test_deaf);
  g_test_add_func ("/faults/none: a message that comes with the upgrade",
                   test_glued);
  g_test_add_func ("/faults/none: a flood", test_flood);
  result = g_test_run ();
  wn_host_stop ();
  return result;
}
