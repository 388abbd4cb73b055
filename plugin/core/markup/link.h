/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which links a conversation gets, and whether a link's text lies. Pure;
 * internal to the markup modules.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Longer URLs are not linked to. */
#define WN_LINK_MAX_BYTES 2048

/**
 * wn_link_read_url:
 * @url: (out): set to the URL to link to, encoded, its host in ASCII; of a
 *   mailto URL only the address and the subject
 * @raw: an attribute's value, from outside
 * @base_url: (nullable): an http or https URL that a relative @raw is resolved
 *   against
 *
 * Returns: whether it is an http, https or mailto URL of bearable length
 */
gboolean wn_link_read_url (GString *url, const char *raw, const char *base_url);

/** Whether @url, of wn_link_read_url(), is a mailto URL. */
gboolean wn_link_is_mail (const char *url);

/** Whether @text is @url, of wn_link_read_url(), or its mail address. */
gboolean wn_link_is_text (const char *url, const char *text);

/** What a reader learns from a link's text about where it leads. */
typedef enum
{
  WN_LINK_TELLS_NOTHING,
  WN_LINK_TELLS_TARGET,
  WN_LINK_TELLS_ODDLY, /* the target, in a way that reads as another one */
  WN_LINK_TELLS_LIES,  /* another URL, host or address than the link's */
} WnLinkTelling;

/**
 * wn_link_judge_text:
 * @text: a link's text
 * @url: where it leads, of wn_link_read_url()
 */
WnLinkTelling wn_link_judge_text (const char *text, const char *url);

/**
 * wn_link_append_place:
 * @out: where to append
 * @url: of wn_link_read_url()
 *
 * Appends the host, in ASCII and with its port, or the mail address: nothing
 * that HTML needs an escape for.
 *
 * Returns: FALSE where the host would read as something else
 */
gboolean wn_link_append_place (GString *out, const char *url);

/**
 * WnLinkAddress:
 * @start: (unowned): where an address begins in a text
 * @end: (unowned): where it ends
 * @scheme: (unowned): what goes before it in the URL: "http://" of "www.…"
 */
typedef struct
{
  const char *start;
  const char *end;
  const char *scheme;
} WnLinkAddress;

/**
 * wn_link_find_address:
 * @text: where to look
 * @end: the end of the text
 * @address: (out): the first http, https, www or mail address in it
 *
 * An address ends where a reader ends it: before a space, before East Asian
 * letters and punctuation, before a bracket that was open already and before
 * the punctuation that ends a sentence.
 *
 * Returns: whether there is one
 */
gboolean wn_link_find_address (const char *text,
                               const char *end,
                               WnLinkAddress *address);

/** Whether a link reads on in the text at @text, which touches the link. */
gboolean wn_link_goes_on_in (const char *text, const char *end);

/** Whether a link reads on from the text that ends at @end. */
gboolean wn_link_begins_in (const char *text, const char *end);

G_END_DECLS
