/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Stands in for libFuzzer where the compiler has none: runs a target over
 * every file that is named, or is in a folder that is named, and over parts of
 * each. As a TAP test, a case for each file; one that aborts is the last.
 */

#include <stdio.h>
#include <string.h>

#include "fuzz/fuzz.h"

/* Beginnings of each file that are tried besides the whole. */
#define N_PARTS 16

static guint n_cases;

/* In memory of its own, so that a sanitizer sees a step too far. */
static void
run_bytes (const char *bytes, gsize length)
{
  g_autofree guint8 *copy = g_malloc (MAX (length, 1));

  memcpy (copy, bytes, length);

  LLVMFuzzerTestOneInput (copy, length);
}

static void
run_file (const char *path)
{
  g_autofree char *bytes = NULL;
  g_autofree char *name = g_path_get_basename (path);
  gsize length;

  if (!g_file_get_contents (path, &bytes, &length, NULL))
    {
      printf ("Bail out! %s can't be read\n", path);
      return;
    }
  run_bytes (bytes, length);
  for (gsize i = 0; i < MIN (N_PARTS, length); i++)
    run_bytes (bytes, i * length / MIN (N_PARTS, length));
  printf ("ok %u - %s\n", ++n_cases, name);
  fflush (stdout);
}

static void
run_path (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  if (dir == NULL)
    {
      run_file (path);
      return;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (!g_str_has_suffix (name, ".expected"))
        run_path (child);
    }
}

int
main (int argc, char **argv)
{
  LLVMFuzzerInitialize (&argc, &argv);
  for (int i = 1; i < argc; i++)
    run_path (argv[i]);
  printf ("1..%u\n", n_cases);
  return 0;
}
