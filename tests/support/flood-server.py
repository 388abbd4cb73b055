#!/usr/bin/python3
# purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
"""A WebSocket server that can send everything at once: plain sockets, so that
nothing on its side slows a flood down.

flood-server.py

Prints `port N`, then `connected` for its one client. Each line of its
standard input is an order: `flood N` sends N notifications with the titles
`number 0`, `number 1` … in one go, and prints `sent` when the client has taken
them from it; `say JSON` sends one text frame. Ends with its input.
"""

import base64
import hashlib
import socket
import sys

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CONTENT = "<p>Order <b>%d</b> is paid.</p>"


def frame(text):
    data = text.encode()
    if len(data) < 126:
        return bytes([0x81, len(data)]) + data
    if len(data) < 1 << 16:
        return bytes([0x81, 126]) + len(data).to_bytes(2, "big") + data
    return bytes([0x81, 127]) + len(data).to_bytes(8, "big") + data


def notification(n):
    content = CONTENT % n
    return frame('{"title":"number %d","content":"%s"}' % (n, content))


def accept(listener):
    client, _address = listener.accept()
    head = b""
    while b"\r\n\r\n" not in head:
        head += client.recv(4096)
    for line in head.split(b"\r\n"):
        name, _colon, value = line.partition(b":")
        if name.lower() == b"sec-websocket-key":
            digest = hashlib.sha1(value.strip() + GUID).digest()
    client.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Accept: "
        + base64.b64encode(digest)
        + b"\r\n\r\n"
    )
    return client


def main():
    listener = socket.create_server(("127.0.0.1", 0))
    print("port", listener.getsockname()[1], flush=True)
    client = accept(listener)
    print("connected", flush=True)
    for line in sys.stdin:
        order, _space, argument = line.rstrip("\n").partition(" ")
        if order == "flood":
            client.sendall(b"".join(map(notification, range(int(argument)))))
            print("sent", flush=True)
        elif order == "say":
            client.sendall(frame(argument))


if __name__ == "__main__":
    main()
