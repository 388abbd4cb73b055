/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A web back office on 127.0.0.1 in the test's own process: pushes that
 * exports are ready, and hands them out as it was told to.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WnOffice WnOffice;

/**
 * WnOfficeFile: how an export is handed out
 * @n_bytes: how long it is
 * @percent: how much of it comes before the server falls silent; 100: all
 * @status: of every answer; 0: 200
 * @hides_size: whether its size is not told
 * @is_deaf: never answers a GET of the whole
 * @holds_end: stays silent after the last byte, where the size isn't told
 */
typedef struct
{
  guint n_bytes;
  guint percent;
  guint status;
  gboolean hides_size;
  gboolean is_deaf;
  gboolean holds_end;
} WnOfficeFile;

/** Returns: (transfer full): an office that listens, without exports */
WnOffice *wn_office_new (void);
void wn_office_free (WnOffice *self);

guint wn_office_get_port (const WnOffice *self);

/** Returns: whether somebody listens for notifications */
gboolean wn_office_has_listener (const WnOffice *self);

/** Sets how @filename is handed out from now on; whoever asks for what was
 * never set gets 404. */
void wn_office_set_file (WnOffice *self,
                         const char *filename,
                         const WnOfficeFile *file);

/** Sends @json, or that @filename is ready, to the last who listened */
void wn_office_push (WnOffice *self, const char *json);
void wn_office_push_export (WnOffice *self, const char *filename);

/** Returns: (transfer full): the first @n_bytes that every file begins with */
guint8 *wn_office_dup_bytes (guint n_bytes);

/** Returns: how many GET of a whole file there have been */
guint wn_office_get_n_gets (const WnOffice *self);

/** Sends the rest over the connections that have fallen silent */
void wn_office_go_on (WnOffice *self);

/** Drops the connections that have fallen silent */
void wn_office_hang_up (WnOffice *self);

/** Drops the listeners' connections, as a server that restarts does */
void wn_office_drop_listeners (WnOffice *self);

G_END_DECLS
