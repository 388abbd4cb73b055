/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The libraries find the functions below before libc's. What libc calls by
 * itself it does not find here: that is why fopen(), fwrite() and fflush() are
 * in it as well.
 */

/* The names below are those that libraries call. */
#undef _FILE_OFFSET_BITS
#undef _FORTIFY_SOURCE

#include "support/failing-calls.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXPORT __attribute__ ((visibility ("default")))

typedef enum
{
  CALL_CONNECT,
  CALL_FCLOSE,
  CALL_FFLUSH,
  CALL_FOPEN,
  CALL_FSYNC,
  CALL_FWRITE,
  CALL_GETADDRINFO,
  CALL_OPEN,
  CALL_RECV,
  CALL_RENAME,
  CALL_SEND,
  CALL_SOCKET,
  CALL_WRITE,
  N_CALLS,
} Call;

/* Only errors that the call's manual names. */
static const struct
{
  const char *name;
  int errors[4];
} calls[N_CALLS] = {
  [CALL_CONNECT]
  = { "connect", { ECONNREFUSED, ENETUNREACH, ETIMEDOUT, EADDRNOTAVAIL } },
  [CALL_FCLOSE] = { "fclose", { ENOSPC, EIO, EDQUOT, ENOSPC } },
  [CALL_FFLUSH] = { "fflush", { ENOSPC, EIO, EDQUOT, EFBIG } },
  [CALL_FOPEN] = { "fopen", { EACCES, EMFILE, ENOSPC, EROFS } },
  [CALL_FSYNC] = { "fsync", { EIO, ENOSPC, EDQUOT, EROFS } },
  [CALL_FWRITE] = { "fwrite", { ENOSPC, EIO, EDQUOT, EFBIG } },
  [CALL_GETADDRINFO]
  = { "getaddrinfo", { EAI_AGAIN, EAI_FAIL, EAI_NONAME, EAI_MEMORY } },
  [CALL_OPEN] = { "open", { EACCES, EMFILE, ENOSPC, EIO } },
  [CALL_RECV] = { "recv", { ECONNRESET, ETIMEDOUT, EAGAIN, ENOMEM } },
  [CALL_RENAME] = { "rename", { EACCES, ENOSPC, EROFS, EXDEV } },
  [CALL_SEND] = { "send", { ECONNRESET, EPIPE, EAGAIN, ENOBUFS } },
  [CALL_SOCKET] = { "socket", { EMFILE, ENFILE, ENOBUFS, EACCES } },
  [CALL_WRITE] = { "write", { ENOSPC, EIO, EDQUOT, EFBIG } },
};

static guint limit; /* of 2^16; 0: none fails */
static gboolean paused;
static guint32 state;
static const char *files;
static guint n_failed[N_CALLS]; /* atomic */

/* Marsaglia's xorshift; threads may take a number twice. */
static guint32
roll (void)
{
  guint32 x = __atomic_load_n (&state, __ATOMIC_RELAXED);

  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  __atomic_store_n (&state, x, __ATOMIC_RELAXED);
  return x;
}

/* 0, or the error that it fails with */
static int
get_error (Call call)
{
  guint32 x;

  if (__atomic_load_n (&limit, __ATOMIC_RELAXED) == 0
      || __atomic_load_n (&paused, __ATOMIC_RELAXED))
    return 0;
  x = roll ();
  if ((x & 0xffff) >= limit)
    return 0;
  __atomic_add_fetch (&n_failed[call], 1, __ATOMIC_RELAXED);
  return calls[call].errors[x >> 30];
}

static gboolean
fails (Call call)
{
  int error = get_error (call);

  if (error != 0)
    errno = error;
  return error != 0;
}

static gboolean
is_below_folder (const char *path)
{
  return limit != 0 && path != NULL && g_str_has_prefix (path, files);
}

static gboolean
is_file (int fd)
{
  g_autofree char *link = NULL;
  char path[PATH_MAX];
  ssize_t n;

  if (limit == 0)
    return FALSE;
  link = g_strdup_printf ("/proc/self/fd/%d", fd);
  n = readlink (link, path, sizeof path - 1);
  if (n < 0)
    return FALSE;
  path[n] = '\0';
  return is_below_folder (path);
}

#define REAL(name)                                                             \
  static __typeof__ (name) *real;                                              \
  if (real == NULL)                                                            \
  real = (__typeof__ (name) *) dlsym (RTLD_NEXT, #name)

EXPORT int
socket (int domain, int type, int protocol)
{
  REAL (socket);
  if ((domain == AF_INET || domain == AF_INET6) && fails (CALL_SOCKET))
    return -1;
  return real (domain, type, protocol);
}

EXPORT int
connect (int fd, const struct sockaddr *address, socklen_t length)
{
  REAL (connect);
  if (address->sa_family == AF_INET && fails (CALL_CONNECT))
    return -1;
  return real (fd, address, length);
}

EXPORT ssize_t
recv (int fd, void *buffer, size_t length, int flags)
{
  REAL (recv);
  if (fails (CALL_RECV))
    return -1;
  return real (fd, buffer, length, flags);
}

EXPORT ssize_t
send (int fd, const void *buffer, size_t length, int flags)
{
  REAL (send);
  if (fails (CALL_SEND))
    return -1;
  return real (fd, buffer, length, flags);
}

/* Every name is this machine's: nothing is asked of a network, nor whether
 * there is one, which AI_ADDRCONFIG would do.
 */
EXPORT int
getaddrinfo (const char *node,
             const char *service,
             const struct addrinfo *hints,
             struct addrinfo **result)
{
  struct addrinfo here = hints != NULL ? *hints : (struct addrinfo){ 0 };
  int error;

  REAL (getaddrinfo);
  error = get_error (CALL_GETADDRINFO);
  here.ai_flags &= ~AI_ADDRCONFIG;
  return error != 0 ? error : real ("127.0.0.1", service, &here, result);
}

#define OPEN(name)                                                             \
  EXPORT int name (const char *path, int flags, ...)                           \
  {                                                                            \
    mode_t mode = 0;                                                           \
    REAL (name);                                                               \
    if ((flags & O_CREAT) != 0)                                                \
      {                                                                        \
        va_list arguments;                                                     \
        va_start (arguments, flags);                                           \
        mode = va_arg (arguments, mode_t);                                     \
        va_end (arguments);                                                    \
      }                                                                        \
    if (is_below_folder (path) && fails (CALL_OPEN))                           \
      return -1;                                                               \
    return real (path, flags, mode);                                           \
  }
OPEN (open)
OPEN (open64)

#define FOPEN(name)                                                            \
  EXPORT FILE *name (const char *path, const char *mode)                       \
  {                                                                            \
    REAL (name);                                                               \
    if (is_below_folder (path) && fails (CALL_FOPEN))                          \
      return NULL;                                                             \
    return real (path, mode);                                                  \
  }
FOPEN (fopen)
FOPEN (fopen64)

EXPORT size_t
fwrite (const void *buffer, size_t size, size_t n, FILE *file)
{
  REAL (fwrite);
  if (is_file (fileno (file)) && fails (CALL_FWRITE))
    return 0;
  return real (buffer, size, n, file);
}

EXPORT int
fflush (FILE *file)
{
  REAL (fflush);
  if (file != NULL && is_file (fileno (file)) && fails (CALL_FFLUSH))
    return EOF;
  return real (file);
}

/* Closes all the same. */
EXPORT int
fclose (FILE *file)
{
  gboolean is_lost;

  REAL (fclose);
  is_lost = is_file (fileno (file)) && get_error (CALL_FCLOSE) != 0;
  if (real (file) == 0 && !is_lost)
    return 0;
  errno = ENOSPC;
  return EOF;
}

EXPORT ssize_t
write (int fd, const void *buffer, size_t length)
{
  REAL (write);
  if (is_file (fd) && fails (CALL_WRITE))
    return -1;
  return real (fd, buffer, length);
}

EXPORT int
fsync (int fd)
{
  REAL (fsync);
  if (is_file (fd) && fails (CALL_FSYNC))
    return -1;
  return real (fd);
}

EXPORT int
rename (const char *from, const char *to)
{
  REAL (rename);
  if (is_below_folder (from) && fails (CALL_RENAME))
    return -1;
  return real (from, to);
}

void
wn_failing_calls_start (guint32 seed, guint one_in, const char *folder)
{
  files = folder;
  state = seed | 1;
  __atomic_store_n (&limit, 0x10000 / one_in, __ATOMIC_RELAXED);
}

void
wn_failing_calls_stop (void)
{
  __atomic_store_n (&limit, 0, __ATOMIC_RELAXED);
}

void
wn_failing_calls_set_paused (gboolean is_paused)
{
  __atomic_store_n (&paused, is_paused, __ATOMIC_RELAXED);
}

guint
wn_failing_calls_count (void)
{
  guint n = 0;

  for (guint i = 0; i < N_CALLS; i++)
    n += n_failed[i];
  return n;
}

char *
wn_failing_calls_dup_report (void)
{
  GString *report = g_string_new (NULL);

  for (guint i = 0; i < N_CALLS; i++)
    if (n_failed[i] > 0)
      g_string_append_printf (report, " %s %u,", calls[i].name, n_failed[i]);
  g_string_truncate (report, report->len > 0 ? report->len - 1 : 0);
  return g_string_free (report, FALSE);
}
