#!/usr/bin/python3
# purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
"""A peer that says what a real Gotify says: gotify.py [--port N] [--version 2|3]

Its words are those of tests/data/gotify-2.4.0.txt, a session with a Gotify
2.4.0, line for line; FACTS has each with the recording's heading. What no
recording shows is from Gotify's source and says so. A test may make it fail:
`faults`, `cut()`, `forget_all()`.

As a program it prints its address and tokens.
"""

import argparse
import http.server
import json
import threading
import time
import urllib.parse

import peer

# What it answers, and under which heading of the recording that stands.
FACTS = {
    "refused": (
        401,
        '{"error":"Unauthorized","errorCode":401,"errorDescription":"you need to'
        " provide a valid access token or user credentials to access this"
        ' api"}',
        "no token",
    ),
    "no upgrade": (
        400,
        '{"error":"Bad Request","errorCode":400,"errorDescription":"websocket: the'
        " client is not using the websocket protocol: 'upgrade' token not found in"
        " 'Connection' header\"}",
        "not an upgrade",
    ),
    "limit": (
        400,
        '{"error":"Bad Request","errorCode":400,"errorDescription":"Field \'limit\''
        ' must be less or equal to 200"}',
        "GET /message",
    ),
    "version": (
        200,
        '{"version":"unknown","commit":"unknown","buildDate":"unknown"}',
        "GET /version",
    ),
    "user": (200, '{"id":1,"name":"admin","admin":true}', "GET /current/user"),
}

MAX_LIMIT = 200  # recorded: GET /message
DEFAULT_LIMIT = 100  # recorded: the answers' "limit"
MAX_FRAME = 64  # recorded: heartCheck, then 100 bytes
TOO_BIG = 1009  # recorded: the same
WRITE_SECONDS = 2  # source: a client that takes nothing for so long is dropped
PING_SECONDS = 45  # source: GOTIFY_SERVER_STREAM_PINGPERIODSECONDS

# Tokens as they are recorded, and as the source of version 3 makes them.
TOKENS = {
    2: ("C921EeDZMz.isjP", "AYBD7NsDIzXB9M3"),
    3: ("gtfyc.Qm9vZ2llIHdvb2dpZSB0b2tlbiBmb3IgdGVzdHM",
        "gtfya.Qm9vZ2llIHdvb2dpZSBzZW5kZXIgZm9yIHRlc3Rz"),
}


def encode(value):
    """As Go does."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def now():
    nanoseconds = time.time_ns()
    second = time.gmtime(nanoseconds // 10**9)
    return time.strftime("%Y-%m-%dT%H:%M:%S", second) + f".{nanoseconds % 10**9:09d}Z"


class Stream(peer.Stream):
    """One client's."""

    def __init__(self, connection):
        super().__init__(connection, WRITE_SECONDS)

    def listen(self, file):
        """Until either side ends it."""
        for opcode, data in self.frames(file):
            if opcode == peer.PING:
                self.send(peer.PONG, data)
            elif opcode == peer.CLOSE:
                self.send(peer.CLOSE, data[:2])
                return
            elif len(data) > MAX_FRAME:
                self.close(TOO_BIG)
                return


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def respond(self, status, text):
        body = text.encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Date", self.date_time_string())
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def state(self, name):
        self.respond(*FACTS[name][:2])

    def token(self):
        """Of a client or an application; recorded: all these ways."""
        query = urllib.parse.urlsplit(self.path).query
        named = urllib.parse.parse_qs(query).get("token", [None])[0]
        bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
        return named or self.headers.get("X-Gotify-Key") or bearer

    def handle_request(self):
        length = int(self.headers.get("Content-Length", 0))
        self.body = self.rfile.read(length)
        url = urllib.parse.urlsplit(self.path)
        path = url.path.removeprefix(self.server.prefix)
        self.server.asked.append(f"{self.command} {self.path}")
        for fault in self.server.faults:
            if fault[0] == f"{self.command} {path}":
                self.server.faults.remove(fault)
                return self.fail(*fault[1:])
        name = f"{self.command} {path.rstrip('0123456789').rstrip('/')}"
        action = Handler.ACTIONS.get(name)
        if not url.path.startswith(self.server.prefix) or action is None:
            return self.respond(404, "{}")
        if action is Handler.get_version:
            return action(self, {}, path)
        is_sender = name == "POST /message"
        known = self.server.senders if is_sender else self.server.clients
        if self.token() not in known:
            return self.state("refused")
        action(self, urllib.parse.parse_qs(url.query), path)

    do_GET = do_POST = do_DELETE = handle_request

    def fail(self, status):
        """0: no answer."""
        if status == 0:
            self.close_connection = True
        else:
            self.respond(status, "")

    def get_user(self, _query, _path):
        self.state("user")

    def get_version(self, _query, _path):
        self.state("version")

    def get_applications(self, _query, _path):
        self.respond(200, encode(self.server.applications))

    def get_messages(self, query, _path):
        limit = int(query.get("limit", [DEFAULT_LIMIT])[0])
        since = int(query.get("since", [0])[0])
        if limit > MAX_LIMIT:
            return self.state("limit")
        self.respond(200, encode(self.server.page(limit, since)))

    def post_message(self, _query, _path):
        said = json.loads(self.body)
        application = self.server.senders[self.token()]
        self.respond(200, encode(self.server.publish(said, application)))

    def delete_message(self, _query, path):
        with self.server.lock:
            kept = [m for m in self.server.messages if path != f"/message/{m['id']}"]
            self.server.messages = [] if path == "/message" else kept
        self.respond(200, "")

    def get_stream(self, _query, _path):
        if "upgrade" not in self.headers.get("Connection", "").lower():
            return self.state("no upgrade")
        # Recorded: no Date, and no subprotocol.
        peer.accept_upgrade(self)
        stream = Stream(self.connection)
        with self.server.lock:
            self.server.streams.append((stream, self.token()))
        self.server.on_stream()
        stream.listen(self.rfile)
        self.server.drop(stream)

    def log_message(self, *_):
        pass

    ACTIONS = {
        "GET /current/user": get_user,
        "GET /application": get_applications,
        "GET /message": get_messages,
        "POST /message": post_message,
        "DELETE /message": delete_message,
        "GET /stream": get_stream,
        "GET /version": get_version,
    }


class Gotify(peer.Server):
    """The server; @port: 0 for any; @prefix: a path that it is behind.

    faults: of (method and path, status; 0: no answer), each for one request
    asked: all requests
    """

    def __init__(self, port=0, version=2, prefix=""):
        self.version, self.prefix = version, prefix
        self.client, self.sender = TOKENS[version]
        self.clients = {self.client}
        self.senders = {self.sender: 1}
        self.applications = []
        self.messages, self.last_id = [], 0
        self.streams, self.faults, self.asked = [], [], []
        self.lock = threading.Lock()
        self.add_application("Backup server", self.sender)
        super().__init__(port, Handler)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}{self.prefix}"

    def add_application(self, name, token):
        """Recorded: GET /application. Version 3 keeps tokens to itself."""
        number = len(self.applications) + 1
        application = {"id": number, "token": token, "name": name}
        if self.version == 3:
            del application["token"]
        application |= {
            "description": "nightly", "internal": False,
            "image": "static/defaultapp.png", "defaultPriority": 0, "lastUsed": now(),
        }
        self.applications.append(application)
        self.senders[token] = number

    def publish(self, said, application):
        with self.lock:
            self.last_id += 1
            name = self.applications[application - 1]["name"]
            message = {
                "id": self.last_id,
                "appid": application,
                "message": said["message"],
                "title": said.get("title") or name,
                "priority": said.get("priority", 0),
            }
            if "extras" in said:
                message["extras"] = said["extras"]
            message["date"] = now()
            self.messages.append(message)
            streams = [stream for stream, _ in self.streams]
        # Recorded: with a line feed.
        for stream in streams:
            stream.send(peer.TEXT, encode(message).encode() + b"\n")
        return message

    def page(self, limit, since):
        """Recorded: the newest first, those before @since."""
        with self.lock:
            older = [m for m in self.messages if not since or m["id"] < since]
        older.reverse()
        shown = older[:limit]
        paging = {"size": len(shown), "since": 0, "limit": limit}
        if len(older) > limit:
            last = shown[-1]["id"]
            there = f"{self.prefix if self.version == 2 else ''}/message"
            if self.version == 2:
                there = f"http://127.0.0.1:{self.port}{there}"
            paging = {
                "next": f"{there}?limit={limit}&since={last}",
                "size": len(shown), "since": last, "limit": limit,
            }
        return {"paging": paging, "messages": shown}

    def drop(self, stream):
        with self.lock:
            self.streams = [s for s in self.streams if s[0] is not stream]

    def cut(self):
        """All streams."""
        with self.lock:
            streams, self.streams = self.streams, []
        for stream, _ in streams:
            stream.cut()

    def revoke(self):
        """The client's token is deleted; recorded: the stream is cut."""
        self.clients.clear()
        self.cut()

    def forget_all(self):
        """A new database, with the same tokens."""
        with self.lock:
            self.messages, self.last_id = [], 0

    def on_stream(self):
        """A client listens."""

    def ping(self):
        with self.lock:
            streams = [stream for stream, _ in self.streams]
        for stream in streams:
            stream.send(peer.PING, b"")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--version", type=int, default=2, choices=TOKENS)
    arguments = parser.parse_args()
    server = Gotify(arguments.port, arguments.version)
    server.add_application("Doorbell", "ADoorbell.....1")
    server.on_stream = lambda: print("stream", flush=True)
    print(f"{server.url} client {server.client} application {server.sender}", flush=True)
    while True:
        time.sleep(PING_SECONDS)
        server.ping()


if __name__ == "__main__":
    main()
