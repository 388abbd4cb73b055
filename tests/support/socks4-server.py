#!/usr/bin/python3
# purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
"""A SOCKS 4 and 4a proxy, which Debian has none of that is this small.

socks4-server.py PORT ADDRESS

Listens on 127.0.0.1:PORT and connects from ADDRESS. The user `nobody` is
refused.
"""

import asyncio
import socket
import sys

GRANTED, FAILED, WRONG_USER = 0x5A, 0x5B, 0x5D


def reply(code):
    return bytes([0, code]) + bytes(6)


async def read_text(reader):
    return (await reader.readuntil(b"\0"))[:-1].decode()


async def read_request(reader):
    head = await reader.readexactly(8)
    user = await read_text(reader)
    port = int.from_bytes(head[2:4], "big")
    host = socket.inet_ntoa(head[4:8])
    if host.startswith("0.0.0.") and host != "0.0.0.0":
        host = await read_text(reader)
    return user, host, port


async def pass_on(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def serve(reader, writer):
    user, host, port = await read_request(reader)
    if user == "nobody":
        writer.write(reply(WRONG_USER))
        writer.close()
        return
    try:
        there = await asyncio.open_connection(host, port, local_addr=(sys.argv[2], 0))
    except OSError:
        writer.write(reply(FAILED))
        writer.close()
        return
    writer.write(reply(GRANTED))
    await asyncio.gather(pass_on(reader, there[1]), pass_on(there[0], writer))


async def main():
    async with await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1])) as it:
        await it.serve_forever()


asyncio.run(main())
