/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A server's answer to the upgrade, without a socket: the same verdict in one
 * piece as in pieces of as many bytes as the input's first byte says. Where
 * the input has `{accept}`, the answer to the key stands there.
 */

#include "fuzz/fuzz.h"
#include "net/websocket/upgrade.h"
#include "support/accept.h"

static WnUpgradeVerdict
judge (WnUpgrade *upgrade, const char *answer, gsize length, gsize piece)
{
  WnUpgradeVerdict verdict = WN_UPGRADE_UNDECIDED;

  for (gsize at = 0; at < length && verdict == WN_UPGRADE_UNDECIDED;
       at += piece)
    verdict = wn_upgrade_take_bytes (upgrade,
                                     answer + at,
                                     MIN (piece, length - at));
  return verdict;
}

/* The key is libsoup's, of GLib's random numbers: each time the same. */
static WnUpgrade *
make_upgrade (void)
{
  g_random_set_seed (1);
  return wn_upgrade_new (&(WnRoute){ .url = (char *) "ws://h/?a=b" });
}

/* @piece: 0 for all at once */
static WnUpgradeVerdict
judge_anew (const uint8_t *data, size_t size, gsize piece)
{
  g_autoptr (WnUpgrade) upgrade = make_upgrade ();
  g_autoptr (GByteArray) answer
      = wn_accept_fill_in ((const char *) data,
                           size,
                           wn_upgrade_get_request (upgrade));
  WnUpgradeVerdict verdict = judge (upgrade,
                                    (const char *) answer->data,
                                    answer->len,
                                    piece != 0 ? piece : MAX (answer->len, 1));

  if (verdict == WN_UPGRADE_REFUSED)
    g_assert_cmpint (wn_upgrade_get_loss (upgrade)->retry_after_us,
                     <=,
                     G_TIME_SPAN_DAY);
  return verdict;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < 2)
    return 0;
  g_assert_cmpint (judge_anew (data + 1, size - 1, 0),
                   ==,
                   judge_anew (data + 1, size - 1, MAX (data[0], 1)));
  return 0;
}
