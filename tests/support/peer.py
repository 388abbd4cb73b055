# purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
"""What the peers that play a server have in common: a server that can be
stopped and started at its port, the answer to an upgrade, and a WebSocket's
frames in both directions."""

import base64
import hashlib
import http.server
import socket
import struct
import sys
import threading

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
KEY = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def accept_upgrade(handler, **headers):
    """Of a BaseHTTPRequestHandler; the connection is a WebSocket's then."""
    key = handler.headers["Sec-WebSocket-Key"] + KEY
    accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
    handler.send_response_only(101)
    handler.send_header("Upgrade", "websocket")
    handler.send_header("Connection", "Upgrade")
    handler.send_header("Sec-WebSocket-Accept", accept)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.close_connection = True


class Stream:
    """One client's WebSocket. A client that takes nothing for
    @write_seconds is cut."""

    def __init__(self, connection, write_seconds=10):
        self.socket, self.lock, self.is_cut = connection, threading.Lock(), False
        connection.settimeout(None)
        # The wait for such a client is the sender's alone.
        timeout = struct.pack("ll", write_seconds, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, timeout)

    def send(self, opcode, data):
        n = len(data)
        head = bytes([0x80 | opcode])
        if n < 126:
            head += bytes([n])
        elif n < 65536:
            head += struct.pack("!BH", 126, n)
        else:
            head += struct.pack("!BQ", 127, n)
        with self.lock:
            if self.is_cut:
                return
            try:
                self.socket.sendall(head + data)
            except OSError:
                self.cut()

    def close(self, code, reason=""):
        self.send(CLOSE, struct.pack("!H", code) + reason.encode())

    def cut(self):
        """Without a close frame."""
        self.is_cut = True
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def frames(self, file):
        """Opcode and data of each that comes, until no more can."""
        try:
            while len(head := file.read(2)) == 2:
                n = head[1] & 0x7F
                if n >= 126:
                    (n,) = struct.unpack("!H" if n == 126 else "!Q",
                                         file.read(2 if n == 126 else 8))
                mask = file.read(4)
                data = bytes(b ^ mask[i % 4] for i, b in enumerate(file.read(n)))
                yield head[0] & 0xF, data
        except OSError:
            pass


class Server(http.server.ThreadingHTTPServer):
    """@port: 0 for any. Listens from its making on."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port, handler):
        super().__init__(("127.0.0.1", port), handler, bind_and_activate=False)
        self.is_listening = False
        self.start()

    def start(self):
        """Listens, at the same port as before."""
        if self.is_listening:
            return
        if self.socket.fileno() == -1:
            self.socket = socket.socket(self.address_family, self.socket_type)
        self.server_bind()
        self.server_activate()
        self.is_listening = True
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        """Nobody listens any more, and what was open is cut."""
        if not self.is_listening:
            return
        self.shutdown()
        self.socket.close()
        self.is_listening = False
        self.cut()

    def handle_error(self, request, client_address):
        """A client may hang up whenever it likes."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    @property
    def port(self):
        return self.server_address[1]

    def cut(self):
        """All WebSockets."""
        raise NotImplementedError
