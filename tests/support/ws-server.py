#!/usr/bin/python3
# purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
"""A real WebSocket server (python3-websockets) that speaks PROTOCOL §3.

ws-server.py [--port 0] [--ping-interval SECONDS]

Prints `port N`, answers heartCheck, and sends each line of its standard input
to all clients as a text frame. Ends with its input.
"""

import argparse
import asyncio
import sys

import websockets

CLIENTS = set()
ACKNOWLEDGEMENT = '{"code":2,"api_version":"1.12.4"}'


async def serve_client(socket, *_path):
    CLIENTS.add(socket)
    try:
        async for message in socket:
            if message == "heartCheck":
                await socket.send(ACKNOWLEDGEMENT)
    except websockets.ConnectionClosed:
        pass
    finally:
        CLIENTS.discard(socket)


async def send_lines():
    reader = asyncio.StreamReader(limit=64 * 1024 * 1024)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while line := await reader.readline():
        text = line.decode().rstrip("\n")
        for socket in list(CLIENTS):
            try:
                await socket.send(text)
            except websockets.ConnectionClosed:
                pass


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--ping-interval", type=float)
    arguments = parser.parse_args()
    async with websockets.serve(
        serve_client,
        "127.0.0.1",
        arguments.port,
        ping_interval=arguments.ping_interval,
        ping_timeout=None,
    ) as server:
        print("port", server.sockets[0].getsockname()[1], flush=True)
        await send_lines()


if __name__ == "__main__":
    asyncio.run(main())
