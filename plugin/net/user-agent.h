/* purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The name that every request of ours goes by (RFC 9110 §10.1.5). Some
 * firewalls refuse requests without one.
 */

#pragma once

/** The value of the header `User-Agent` */
#define WN_USER_AGENT "purple-webnotify/" WN_VERSION
