/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later */

#include "bench/stream-server.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define BLOCK_BYTES (1024 * 1024)
#define PARAGRAPH_BYTES 1500
#define MIN_FRAME_BYTES 200
#define ACCEPT_SALT "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define N_DIGITS 12
#define NUMBER "%012" G_GINT64_FORMAT
/* Where in the head the number is. */
#define ID_OFFSET 31
#define TITLE_OFFSET 99
#define HEAD                                                                   \
  "{\"id\":\"0a6c9b0e-0000-4d5e-9b1a-" NUMBER "\","                            \
  "\"type\":\"App\\\\Notifications\\\\OrderPaid\","                            \
  "\"title\":\"Order " NUMBER " was paid\",\"content\":\"<p>"
#define TAIL "<\\/p>\"}"

/* What a query asks for. */
typedef struct
{
  guint64 n_frames;
  gsize size;
  guint64 rate;
} Wish;

/* JSON of just that size. */
static char *
make_json (gsize size, gint64 number)
{
  static const char words[] = "The customer has paid & waits for the parcel. ";
  static const char turn[] = "<\\/p><p>";
  GString *json = g_string_sized_new (size);
  gsize body_bytes;

  g_string_append_printf (json, HEAD, number, number);
  g_assert_cmpuint (json->len + strlen (TAIL), <=, size);
  body_bytes = size - strlen (TAIL);
  for (gsize i = 0; json->len < body_bytes; i++)
    {
      if (i % PARAGRAPH_BYTES == PARAGRAPH_BYTES - 1
          && json->len + strlen (turn) <= body_bytes)
        g_string_append (json, turn);
      else
        g_string_append_c (json, words[i % strlen (words)]);
    }
  g_string_append (json, TAIL);
  return g_string_free (json, FALSE);
}

char *
wn_stream_server_dup_frame (gsize size)
{
  return make_json (MAX (size, MIN_FRAME_BYTES), 0);
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

/* Every id is another: the plugin would show the second of two no more. */
static void
write_fast (int fd, const Wish *wish)
{
  g_autofree char *json = make_json (wish->size, 0);
  g_autoptr (GByteArray) block = g_byte_array_new ();

  for (guint64 i = 0; i < wish->n_frames; i++)
    {
      char digits[N_DIGITS + 1];

      g_snprintf (digits, sizeof digits, NUMBER, (gint64) i);
      memcpy (json + ID_OFFSET, digits, N_DIGITS);
      memcpy (json + TITLE_OFFSET, digits, N_DIGITS);
      append_frame (block, json, wish->size);
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
  gint64 start_us = g_get_monotonic_time ();

  for (guint64 i = 0; i < wish->n_frames; i++)
    {
      gint64 due_us = start_us + (gint64) (i * G_USEC_PER_SEC / wish->rate);
      gint64 left_us = due_us - g_get_monotonic_time ();
      g_autoptr (GByteArray) frame = g_byte_array_new ();
      g_autofree char *json = NULL;

      if (left_us > 0)
        g_usleep ((gulong) left_us);
      json = make_json (wish->size, g_get_monotonic_time ());
      append_frame (frame, json, wish->size);
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
}

static void
serve (int fd)
{
  g_autofree char *head = read_head (fd);
  Wish wish = {
    .n_frames = find_number (head, "n="),
    .size = MAX (find_number (head, "size="), MIN_FRAME_BYTES),
    .rate = find_number (head, "rate="),
  };
  char ignored[4096];

  if (!answer_upgrade (fd, head))
    answer_get (fd, find_number (head, "bytes="));
  else if (wish.rate == 0)
    write_fast (fd, &wish);
  else
    write_slowly (fd, &wish);
  shutdown (fd, SHUT_WR);
  while (recv (fd, ignored, sizeof ignored, 0) > 0)
    continue;
  close (fd);
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
  g_assert_cmpint (listen (listener, 16), ==, 0);
  getsockname (listener, (struct sockaddr *) &address, &length);
  self->port = ntohs (address.sin_port);
  fflush (stdout);
  self->pid = fork ();
  g_assert_cmpint (self->pid, >=, 0);
  if (self->pid == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      for (;;)
        serve (accept (listener, NULL, NULL));
    }
  close (listener);
}

void
wn_stream_server_stop (WnStreamServer *self)
{
  kill (self->pid, SIGKILL);
  waitpid (self->pid, NULL, 0);
}
