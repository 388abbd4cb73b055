/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later */

#include "bench/stream-server.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/bodies.h"

#define BLOCK_BYTES (1024 * 1024)
#define ACCEPT_SALT "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define DEFAULT_BODIES "plain"
#define N_DIGITS 12
#define NUMBER "000000000000"
/* Where in the head the number is. */
#define ID_OFFSET 31
#define TITLE_OFFSET 99
#define HEAD                                                                   \
  "{\"id\":\"0a6c9b0e-0000-4d5e-9b1a-" NUMBER "\","                            \
  "\"type\":\"App\\\\Notifications\\\\OrderPaid\","                            \
  "\"title\":\"Order " NUMBER " was paid\",\"content\":\""
#define TAIL "\"}"

/* What a query asks for. */
typedef struct
{
  guint64 n_frames;
  gsize size;
  char *bodies; /* (owned) */
  guint64 rate;
} Wish;

static void
wish_clear (Wish *wish)
{
  g_free (wish->bodies);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wish, wish_clear)

static void
append_escaped_unit (GString *json, guint unit)
{
  g_string_append_printf (json, "\\u%04x", unit);
}

/* As PHP's json_encode() does, and with it Laravel. */
static void
append_escaped (GString *json, const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '"' || c == '\\' || c == '/')
        g_string_append_printf (json, "\\%c", (char) c);
      else if (c == '\n')
        g_string_append (json, "\\n");
      else if (c < 0x80)
        g_string_append_c (json, (char) c);
      else if (c < 0x10000)
        append_escaped_unit (json, c);
      else
        {
          append_escaped_unit (json, 0xd800 + ((c - 0x10000) >> 10));
          append_escaped_unit (json, 0xdc00 + (c & 0x3ff));
        }
    }
}

static void
free_frame (gpointer frame)
{
  g_string_free (frame, TRUE);
}

GPtrArray *
wn_stream_server_make_frames (const char *bodies, gsize size)
{
  g_autoptr (GPtrArray) set = wn_bodies_make_set (bodies, size);
  GPtrArray *frames = g_ptr_array_new_with_free_func (free_frame);

  for (guint i = 0; i < set->len; i++)
    {
      GString *json = g_string_new (HEAD);

      append_escaped (json, set->pdata[i]);
      g_string_append (json, TAIL);
      g_ptr_array_add (frames, json);
    }
  return frames;
}

static void
write_number (char *at, gint64 number)
{
  char digits[N_DIGITS + 1];

  g_snprintf (digits, sizeof digits, "%012" G_GINT64_FORMAT, number);
  memcpy (at, digits, N_DIGITS);
}

/* Every id is another: the plugin would show the second of two no more. */
static void
number_frame (GString *json, guint64 id, gint64 number)
{
  write_number (json->str + ID_OFFSET, (gint64) id);
  write_number (json->str + TITLE_OFFSET, number);
}

/* RFC 6455 §5.2: a whole text frame, not masked. */
static void
append_frame (GByteArray *bytes, const char *payload, gsize length)
{
  guint8 head[10] = { 0x81 };
  guint head_bytes = 2;

  if (length < 126)
    head[1] = (guint8) length;
  else if (length < 65536)
    {
      head[1] = 126;
      head[2] = (guint8) (length >> 8);
      head[3] = (guint8) length;
      head_bytes = 4;
    }
  else
    {
      head[1] = 127;
      for (guint i = 0; i < 8; i++)
        head[2 + i] = (guint8) (length >> (56 - 8 * i));
      head_bytes = 10;
    }
  g_byte_array_append (bytes, head, head_bytes);
  g_byte_array_append (bytes, (const guint8 *) payload, (guint) length);
}

static gboolean
write_all (int fd, const guint8 *data, gsize length)
{
  while (length > 0)
    {
      ssize_t n = send (fd, data, length, MSG_NOSIGNAL);

      if (n <= 0)
        return FALSE;
      data += n;
      length -= (gsize) n;
    }
  return TRUE;
}

static void
write_fast (int fd, const Wish *wish)
{
  g_autoptr (GPtrArray) frames
      = wn_stream_server_make_frames (wish->bodies, wish->size);
  g_autoptr (GByteArray) block = g_byte_array_new ();

  for (guint64 i = 0; i < wish->n_frames; i++)
    {
      GString *json = frames->pdata[i % frames->len];

      number_frame (json, i, (gint64) i);
      append_frame (block, json->str, json->len);
      if (block->len < BLOCK_BYTES && i + 1 < wish->n_frames)
        continue;
      if (!write_all (fd, block->data, block->len))
        return;
      g_byte_array_set_size (block, 0);
    }
}

static void
write_slowly (int fd, const Wish *wish)
{
  g_autoptr (GPtrArray) frames
      = wn_stream_server_make_frames (wish->bodies, wish->size);
  gint64 start_us = g_get_monotonic_time ();

  for (guint64 i = 0; i < wish->n_frames; i++)
    {
      gint64 due_us = start_us + (gint64) (i * G_USEC_PER_SEC / wish->rate);
      gint64 left_us = due_us - g_get_monotonic_time ();
      g_autoptr (GByteArray) frame = g_byte_array_new ();
      GString *json = frames->pdata[i % frames->len];

      if (left_us > 0)
        g_usleep ((gulong) left_us);
      number_frame (json, i, g_get_monotonic_time ());
      append_frame (frame, json->str, json->len);
      if (!write_all (fd, frame->data, frame->len))
        return;
    }
}

static char *
read_head (int fd)
{
  GString *head = g_string_new (NULL);
  char byte;

  while (strstr (head->str, "\r\n\r\n") == NULL && recv (fd, &byte, 1, 0) == 1)
    g_string_append_c (head, byte);
  return g_string_free (head, FALSE);
}

static guint64
find_number (const char *head, const char *name)
{
  const char *at = strstr (head, name);

  return at != NULL ? g_ascii_strtoull (at + strlen (name), NULL, 10) : 0;
}

static char *
dup_word (const char *head, const char *name, const char *fallback)
{
  const char *at = strstr (head, name);

  if (at == NULL)
    return g_strdup (fallback);
  at += strlen (name);
  return g_strndup (at, strcspn (at, "& "));
}

static gboolean
answer_upgrade (int fd, const char *head)
{
  static const char name[] = "Sec-WebSocket-Key: ";
  const char *key = strstr (head, name);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char *accept = NULL;
  g_autofree char *answer = NULL;
  guint8 digest[20];
  gsize digest_bytes = sizeof digest;

  if (key == NULL)
    return FALSE;
  key += strlen (name);
  g_checksum_update (checksum,
                     (const guchar *) key,
                     (gssize) strcspn (key, "\r\n"));
  g_checksum_update (checksum, (const guchar *) ACCEPT_SALT, -1);
  g_checksum_get_digest (checksum, digest, &digest_bytes);
  accept = g_base64_encode (digest, digest_bytes);
  answer = g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\n"
                            "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                            "Sec-WebSocket-Accept: %s\r\n\r\n",
                            accept);
  return write_all (fd, (const guint8 *) answer, strlen (answer));
}

/* A file, to whoever asks for none but that. */
static void
answer_get (int fd, guint64 n_bytes)
{
  g_autofree char *head
      = g_strdup_printf ("HTTP/1.1 200 OK\r\nConnection: close\r\n"
                         "Content-Length: %" G_GUINT64_FORMAT "\r\n\r\n",
                         n_bytes);
  g_autofree guint8 *block = g_malloc0 (BLOCK_BYTES);

  if (!write_all (fd, (const guint8 *) head, strlen (head)))
    return;
  for (guint64 left = n_bytes; left > 0; left -= MIN (left, BLOCK_BYTES))
    if (!write_all (fd, block, MIN (left, BLOCK_BYTES)))
      return;
  shutdown (fd, SHUT_WR);
}

static gpointer
serve (gpointer data)
{
  int fd = GPOINTER_TO_INT (data);
  g_autofree char *head = read_head (fd);
  g_auto (Wish) wish = {
    .n_frames = find_number (head, "n="),
    .size = find_number (head, "size="),
    .bodies = dup_word (head, "bodies=", DEFAULT_BODIES),
    .rate = find_number (head, "rate="),
  };
  char ignored[4096];

  if (!answer_upgrade (fd, head))
    answer_get (fd, find_number (head, "bytes="));
  else if (wish.rate == 0)
    write_fast (fd, &wish);
  else
    write_slowly (fd, &wish);
  while (recv (fd, ignored, sizeof ignored, 0) > 0)
    continue;
  close (fd);
  return NULL;
}

static void
serve_all (int listener)
{
  for (;;)
    {
      int fd = accept (listener, NULL, NULL);

      g_thread_unref (g_thread_new ("serve", serve, GINT_TO_POINTER (fd)));
    }
}

void
wn_stream_server_start (WnStreamServer *self)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  socklen_t length = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (listener, >=, 0);
  g_assert_cmpint (bind (listener, (struct sockaddr *) &address, length),
                   ==,
                   0);
  g_assert_cmpint (listen (listener, SOMAXCONN), ==, 0);
  getsockname (listener, (struct sockaddr *) &address, &length);
  self->port = ntohs (address.sin_port);
  fflush (stdout);
  self->pid = fork ();
  g_assert_cmpint (self->pid, >=, 0);
  if (self->pid == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      serve_all (listener);
    }
  close (listener);
}

void
wn_stream_server_stop (WnStreamServer *self)
{
  kill (self->pid, SIGKILL);
  waitpid (self->pid, NULL, 0);
}
