/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How long the host's main loop stands still while a server floods without
 * end: the longest turn of it in three seconds, for several kinds of floods.
 * It prints figures and judges none.
 */

#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <gio/gio.h>

#include "bench/stream-server.h"
#include "support/headless-host.h"

#define PROTOCOL "prpl-webnotify"
#define FLOOD_US (3 * G_TIME_SPAN_SECOND)
#define BURST_BYTES (1024 * 1024)

typedef struct
{
  const char *name;
  const char *text; /* (nullable): of each frame; NULL: notifications … */
  guint8 opcode;
  const char *size; /* (nullable): … whose bodies have so many bytes */
} Flood;

static const Flood floods[] = {
  { "tagged, 200 B", NULL, 1, "200" },
  { "tagged, 2 KiB", NULL, 1, "2048" },
  { "tagged, 64 KiB", NULL, 1, "65536" },
  { "acknowledgements", "{\"code\":2}", 1 },
  { "text that is not JSON", "not JSON", 1 },
  { "empty messages", "", 1 },
  { "binary messages", "binary", 2 },
  { "pings", "ping", 9 },
};

/* The server: a process of its own, that blocks */

static void
write_all (int fd, const void *data, gsize length)
{
  const char *bytes = data;

  while (length > 0)
    {
      gssize n = write (fd, bytes, length);

      if (n <= 0)
        _exit (0);
      bytes += n;
      length -= (gsize) n;
    }
}

static char *
dup_answer (const char *request)
{
  static const char *header = "Sec-WebSocket-Key: ";
  const char *key = strstr (request, header) + strlen (header);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char *accept = NULL;
  guint8 digest[20];
  gsize length = sizeof digest;

  g_checksum_update (checksum, (const guchar *) key, strcspn (key, "\r"));
  g_checksum_update (checksum,
                     (const guchar *) "258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
                     -1);
  g_checksum_get_digest (checksum, digest, &length);
  accept = g_base64_encode (digest, length);
  return g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\n"
                          "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Accept: %s\r\n\r\n",
                          accept);
}

static void
append_frame (GByteArray *bytes, const Flood *flood)
{
  const gsize length = strlen (flood->text);
  const guint8 head[] = { (guint8) (0x80 | flood->opcode), (guint8) length };

  g_byte_array_append (bytes, head, sizeof head);
  g_byte_array_append (bytes, (const guint8 *) flood->text, (guint) length);
}

static void
serve (GSocket *listener, const Flood *flood)
{
  g_autoptr (GSocket) socket = g_socket_accept (listener, NULL, NULL);
  g_autoptr (GByteArray) burst = g_byte_array_new ();
  g_autofree char *answer = NULL;
  char request[4096] = "";
  int fd = g_socket_get_fd (socket);

  fcntl (fd, F_SETFL, 0); /* GSocket waits by itself */
  if (read (fd, request, sizeof request - 1) <= 0)
    _exit (1);
  answer = dup_answer (request);
  write_all (fd, answer, strlen (answer));
  while (burst->len < BURST_BYTES)
    append_frame (burst, flood);
  for (;;)
    write_all (fd, burst->data, burst->len);
}

static GSocket *
make_listener (guint *port)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) any
      = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4,
                                  G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_TCP,
                                  &error);

  g_assert_no_error (error);
  g_socket_bind (socket, any, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (socket, &error);
  g_assert_no_error (error);
  bound = g_socket_get_local_address (socket, NULL);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  return socket;
}

/* The host */

typedef struct
{
  gint64 wall_us;
  gint64 cpu_us; /* of this thread alone, whatever else the machine does */
} Turn;

static Turn turn_start;
static Turn longest;
static guint n_turns;

static Turn
get_turn (void)
{
  struct timespec cpu;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &cpu);
  return (Turn){
    .wall_us = g_get_monotonic_time (),
    .cpu_us = cpu.tv_sec * G_TIME_SPAN_SECOND + cpu.tv_nsec / 1000,
  };
}

static gint
poll_and_measure (GPollFD *fds, guint n_fds, gint timeout_ms)
{
  const Turn end = get_turn ();
  gint n_ready;

  if (turn_start.wall_us != 0)
    {
      longest.wall_us = MAX (longest.wall_us, end.wall_us - turn_start.wall_us);
      longest.cpu_us = MAX (longest.cpu_us, end.cpu_us - turn_start.cpu_us);
    }
  n_turns++;
  n_ready = poll ((struct pollfd *) fds, n_fds, timeout_ms);
  turn_start = get_turn ();
  return n_ready;
}

static guint n_arrived;

static void
on_received (PurpleAccount *account,
             char *sender,
             char *message,
             PurpleConversation *conversation,
             PurpleMessageFlags flags,
             gpointer user_data)
{
  if (++n_arrived % 1000 == 0)
    wn_host_forget ();
}

static gboolean
on_flood_over (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
is_connected (gpointer data)
{
  return purple_account_is_connected (data);
}

static void
measure (PurpleAccount *account)
{
  gboolean is_over = FALSE;

  purple_account_set_enabled (account, purple_core_get_ui (), TRUE);
  if (purple_account_get_connection (account) == NULL)
    purple_account_connect (account);
  wn_host_run_until (is_connected, account);
  n_arrived = n_turns = 0;
  longest = turn_start = (Turn){ 0 };
  g_timeout_add (FLOOD_US / G_TIME_SPAN_MILLISECOND, on_flood_over, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

static void
run (const Flood *flood, const char *url)
{
  PurpleAccount *account
      = purple_account_new ("1001@jd-shop/production", PROTOCOL);

  purple_account_set_string (account, "server", url);
  purple_accounts_add (account);
  measure (account);
  g_print ("%-26s %9.0f /s %9.0f turns/s   longest turn %6.2f ms, "
           "%6.2f ms of CPU\n",
           flood->name,
           (double) n_arrived * G_TIME_SPAN_SECOND / FLOOD_US,
           (double) n_turns * G_TIME_SPAN_SECOND / FLOOD_US,
           (double) longest.wall_us / G_TIME_SPAN_MILLISECOND,
           (double) longest.cpu_us / G_TIME_SPAN_MILLISECOND);
  purple_account_set_enabled (account, purple_core_get_ui (), FALSE);
  purple_accounts_delete (account);
  wn_host_run_dry ();
  wn_host_forget ();
  /* malloc() keeps the millions of small pieces that were forgotten in lists of
   * their own, and joins them all the next time that somebody wants a large
   * one: 20-40 ms, which would count for the next flood. */
  malloc_trim (0);
}

static void
run_notifications (const Flood *flood)
{
  WnStreamServer server;
  g_autofree char *url = NULL;

  wn_stream_server_start (&server);
  url = g_strdup_printf ("ws://127.0.0.1:%u/?n=%u&size=%s&bodies=tagged",
                         server.port,
                         G_MAXUINT,
                         flood->size);
  run (flood, url);
  wn_stream_server_stop (&server);
}

static void
run_frames (const Flood *flood)
{
  guint port = 0;
  g_autoptr (GSocket) listener = make_listener (&port);
  g_autofree char *url = g_strdup_printf ("ws://127.0.0.1:%u/", port);
  pid_t server = fork ();

  if (server == 0)
    serve (listener, flood);
  run (flood, url);
  kill (server, SIGKILL);
  waitpid (server, NULL, 0);
}

int
main (int argc, char **argv)
{
  static int handle;

  wn_host_start ("Pidgin", WN_MODULE_DIR);
  g_main_context_set_poll_func (NULL, poll_and_measure);
  purple_signal_connect (purple_conversations_get_handle (),
                         "received-im-msg",
                         &handle,
                         PURPLE_CALLBACK (on_received),
                         NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (floods); i++)
    if (floods[i].text == NULL)
      run_notifications (&floods[i]);
    else
      run_frames (&floods[i]);
  purple_signals_disconnect_by_handle (&handle);
  wn_host_stop ();
  return 0;
}
