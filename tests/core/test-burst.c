/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which messages make a sound. All times are the test's.
 */

#include "core/message/burst.h"

/* Any; the clock's zero is nobody's business. */
#define START_US (77 * G_TIME_SPAN_SECOND)
#define LOW WN_PRIORITY_LOW
#define NORMAL WN_PRIORITY_NORMAL
#define HIGH WN_PRIORITY_HIGH

typedef struct
{
  gint64 at_ms;
  WnPriority priority;
  gboolean is_heard;
} Message;

typedef struct
{
  const char *name;
  Message messages[8]; /* ends with one at 0 ms, but for the first */
} Story;

static const Story stories[] = {
  { "a burst makes one sound",
    { { 0, NORMAL, TRUE },
      { 1, NORMAL, FALSE },
      { 2, NORMAL, FALSE },
      { 4999, NORMAL, FALSE } } },
  { "after some seconds the next is heard",
    { { 0, NORMAL, TRUE }, { 5000, NORMAL, TRUE }, { 5001, NORMAL, FALSE } } },
  { "an endless burst is heard now and then",
    { { 0, NORMAL, TRUE },
      { 2500, NORMAL, FALSE },
      { 5000, NORMAL, TRUE },
      { 7500, NORMAL, FALSE },
      { 10000, NORMAL, TRUE } } },
  { "what is not urgent makes no sound and no quiet",
    { { 0, LOW, FALSE }, { 1, NORMAL, TRUE }, { 9000, LOW, FALSE } } },
  { "what is urgent breaks the quiet once",
    { { 0, NORMAL, TRUE },
      { 1, HIGH, TRUE },
      { 2, HIGH, FALSE },
      { 3, NORMAL, FALSE },
      { 5001, HIGH, TRUE } } },
};

static void
test_story (gconstpointer data)
{
  const Story *story = data;
  WnBurst burst = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (story->messages); i++)
    {
      const Message *message = &story->messages[i];

      if (i > 0 && message->at_ms == 0)
        break;
      g_assert_cmpint (
          wn_burst_take (&burst,
                         message->priority,
                         START_US + message->at_ms * G_TIME_SPAN_MILLISECOND),
          ==,
          message->is_heard);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (stories); i++)
    {
      g_autofree char *path = g_strdup_printf ("/burst/%s", stories[i].name);

      g_test_add_data_func (path, &stories[i], test_story);
    }
  return g_test_run ();
}
