// purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
//
// Pusher's own client at a soketi of tests/servers/start-soketi. Wants NODE_PATH.

const Pusher = require('pusher-js');

module.exports = (port, endpoint, token) => new Pusher('key1', {
  cluster: 'none',
  wsHost: '127.0.0.1',
  wsPort: Number(port),
  forceTLS: false,
  enabledTransports: ['ws'],
  disableStats: true,
  channelAuthorization: {
    endpoint,
    headers: { Authorization: `Bearer ${token}` },
  },
});
