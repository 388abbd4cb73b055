#!/usr/bin/python3
# purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
"""A peer that says what a real Laravel Reverb says, and what the application
beside it does: reverb.py [--port N] [--auth ANSWER] [--rate N] …

Its words are those of tests/data/reverb-1.10.2.txt, sessions with a Reverb
1.10.2, letter for letter; FACTS has each with the recording's heading. What no
recording shows is from Reverb's or Laravel's source and says so.

At one port it is Reverb's socket (/app/KEY), Reverb's HTTP interface (POST
/apps/ID/events), and the application: /broadcasting/auth, /api/notifications
(a backlog) and /exports/NAME. So the account 1001@http://127.0.0.1:PORT/key1
with the password TOKEN needs no option but auth_plain_in_clear. For a socket
that is somewhere else, make two of them and hand the one's `application` to the
other.

A test makes a Reverb and may change what is in it at any time:

    server = reverb.Reverb()              # account server.account, server.token
    server.notify({"title": "Order paid", "content": "#42"})
    server.auth = "403"                   # or another of ANSWERS
    server.origins = {"https://app.example"}      # others get 4009, no greeting
    server.max_connections = 1            # more get 4004, no greeting
    server.is_silent = True               # no greeting, nothing said
    server.key = "another"                # the key is wrong: 4001, then a cut
    server.say("pusher:error", {"code": 4200, "message": "…"})    # to all
    server.revoke()                       # the token; who is connected stays
    server.stop(); server.start()         # a restart: a cut, no close frame
    server.upgrades, server.asked         # what the socket and the others saw

As a program it prints its address and token, and a line for each subscription.
Then POST /send/CLASS sends the notification whose data is posted, as the
application in tests/servers/broadcasting has it.
"""

import argparse
import hashlib
import hmac
import http.server
import json
import pathlib
import random
import threading
import time
import urllib.parse
import uuid

import peer

# What Reverb says, and under which heading of the recording that stands.
FACTS = {
    "greeting": (
        r'{"event":"pusher:connection_established","data":"{\"socket_id\":'
        r'\"SOCKET\",\"activity_timeout\":SECONDS}"}',
        "errors",
    ),
    "subscribed": (
        r'{"event":"pusher_internal:subscription_succeeded","data":"{}",'
        r'"channel":"CHANNEL"}',
        "errors",
    ),
    "cache miss": (
        r'{"event":"pusher:cache_miss","channel":"CHANNEL"}',
        "errors",
    ),
    "no key": (
        r'{"event":"pusher:error","data":"{\"code\":4001,\"message\":'
        r'\"Application does not exist\"}"}',
        "errors",
    ),
    "unauthorized": (
        r'{"event":"pusher:error","data":"{\"code\":4009,\"message\":'
        r'\"Connection is unauthorized\"}"}',
        "errors",
    ),
    "nonsense": (
        r'{"event":"pusher:error","data":"{\"code\":4200,\"message\":'
        r'\"Invalid message format\"}"}',
        "errors",
    ),
    "pong": ('{"event":"pusher:pong"}', "errors"),
    "origin": (
        r'{"event":"pusher:error","data":"{\"code\":4009,\"message\":'
        r'\"Origin not allowed\"}"}',
        "origin and limit",
    ),
    "quota": (
        r'{"event":"pusher:error","data":"{\"code\":4004,\"message\":'
        r'\"Application is over connection quota\"}"}',
        "origin and limit",
    ),
    "ping": ('{"event":"pusher:ping"}', "silent client"),
    "no pong": (
        r'{"event":"pusher:error","data":"{\"code\":4201,\"message\":'
        r'\"Pong reply not received in time\"}"}',
        "silent client",
    ),
}

LOOK_SECONDS = 60  # recorded: silent client
PING_SECONDS = 60  # source: ping_interval, without a word from the client
ACTIVITY_SECONDS = 30  # source: activity_timeout
MAX_FRAME = 10000  # recorded: oversize
TOO_BIG = (1009, "Maximum message size exceeded")  # recorded: the same
NOTIFICATION = r"Illuminate\Notifications\Events\BroadcastNotificationCreated"

PER_PAGE = 15
TOKEN = "1|token-of-1001"
PATHS = ("/broadcasting/auth", "/api/notifications")
HTML = "<!DOCTYPE html><html><body><h1>Shop</h1></body></html>"

# How the application may answer at /broadcasting/auth: status, type, text.
# 200 and 403 are for who isn't one of these; recorded: broadcasting/auth.
ANSWERS = {
    "401": (401, "application/json", '{"message":"Unauthenticated."}'),
    "403": (403, "application/json", '{"message":""}'),
    # Source: only the session's guard, without and with a form's protection.
    "302": (302, "text/html", ""),
    "419": (419, "application/json", '{"message":"CSRF token mismatch."}'),
    "404": (404, "text/html", HTML),
    "405": (405, "application/json", '{"message":"The POST method is not supported."}'),
    "429": (429, "application/json", '{"message":"Too Many Attempts."}'),
    "500": (500, "application/json", '{"message":"Server Error"}'),
    "html": (200, "text/html", HTML),
    # A signature by another secret than Reverb's.
    "wrong": None,
    # No answer, ever.
    "never": None,
}


def encode(value):
    """As PHP does."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/")


def fact(name, **words):
    text = FACTS[name][0]
    for word, value in words.items():
        text = text.replace(word.upper(), value)
    return text


def sign(text, secret):
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


class Stream(peer.Stream):
    """One client's."""

    def __init__(self, connection):
        super().__init__(connection)
        self.id = f"{random.randrange(10**9)}.{random.randrange(10**9)}"
        self.channels = {}  # what each was joined with
        self.is_greeted, self.is_asked, self.has_control_frames = False, False, False
        self.opened = self.heard = time.monotonic()

    def say(self, text):
        self.send(peer.TEXT, text.encode())


class Application:
    """The Laravel: who may listen to what, and what was sent to whom.

    answer: how /broadcasting/auth answers: None as it should, or one of ANSWERS
    is_paged: the backlog is a paginator's
    tokens: the user of each
    exports: a file's bytes by its name
    """

    def __init__(self, key="key1", secret="secret1"):
        self.key, self.secret = key, secret
        self.answer, self.is_paged = None, False
        self.tokens = {TOKEN: "1001"}
        self.notifications, self.exports = [], {}
        self.asked = []

    @property
    def token(self):
        return next(iter(self.tokens), None)

    def channel(self, user):
        return f"private-App.Models.User.{user}"

    def authorize(self, user, socket_id, channel):
        """None where this is not the user's channel."""
        secret = "another" if self.answer == "wrong" else self.secret
        text = f"{socket_id}:{channel}"
        if channel.startswith("presence-"):
            data = encode({"user_id": user, "user_info": {"id": int(user)}})
            return {"auth": f"{self.key}:{sign(f'{text}:{data}', secret)}",
                    "channel_data": data}
        if channel.startswith("private-App.") and channel != self.channel(user):
            return None
        return {"auth": f"{self.key}:{sign(text, secret)}"}

    def store(self, user, data, kind, number):
        """Source: DatabaseNotification, as JSON."""
        date = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime())
        self.notifications.append({
            "id": number, "type": kind, "notifiable_type": r"App\Models\User",
            "notifiable_id": int(user), "data": data, "read_at": None,
            "created_at": date, "updated_at": date,
        })

    def backlog(self, user, page):
        """The newest first; source: paginate()."""
        own = [n for n in self.notifications if n["notifiable_id"] == int(user)]
        own.reverse()
        if not self.is_paged:
            return own[:50]
        first = (page - 1) * PER_PAGE
        there = f"http://127.0.0.1/api/notifications?page={page + 1}"
        return {
            "current_page": page, "data": own[first : first + PER_PAGE],
            "next_page_url": there if first + PER_PAGE < len(own) else None,
            "per_page": PER_PAGE, "total": len(own),
        }


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def respond(self, status, kind, text, **headers):
        body = text if isinstance(text, bytes) else text.encode()
        self.send_response_only(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def state(self, answer):
        status, kind, text = ANSWERS[answer]
        headers = {"Location": "/login"} if status == 302 else {}
        self.respond(status, kind, text, **headers)

    def respond_json(self, value):
        self.respond(200, "application/json", encode(value))

    def handle_request(self):
        url = urllib.parse.urlsplit(self.path)
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.query = dict(urllib.parse.parse_qsl(url.query))
        if url.path.startswith("/app/"):
            return self.open_socket(url.path.removeprefix("/app/"))
        self.server.application.asked.append(f"{self.command} {self.path}")
        if url.path.startswith("/apps/"):
            return self.take_events(url)
        if url.path.startswith("/send/"):
            kind = url.path.removeprefix("/send/")
            self.server.notify(json.loads(self.body), rf"App\Notifications\{kind}")
            return self.respond_json({})
        return self.ask_application(url.path)

    do_GET = do_POST = do_HEAD = handle_request

    # The application.

    def user(self):
        bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
        return self.server.application.tokens.get(bearer)

    def ask_application(self, path):
        application = self.server.application
        name = urllib.parse.unquote(path.removeprefix("/exports/"))
        if path == "/broadcasting/auth" and application.answer is not None:
            self.fail(application.answer)
        elif path not in PATHS and name not in application.exports:
            self.respond(404, "text/html", "Not found.")
        elif self.user() is None:
            self.state("401")
        elif path == "/broadcasting/auth":
            self.authorize()
        elif path == "/api/notifications":
            page = int(self.query.get("page", 1))
            self.respond_json(application.backlog(self.user(), page))
        else:
            kind = "application/octet-stream"
            self.respond(200, kind, application.exports[name])

    def fail(self, answer):
        if answer == "never":
            self.server.is_stopped.wait()
            self.close_connection = True
        elif answer == "wrong":
            self.authorize()
        else:
            self.state(answer)

    def authorize(self):
        said = dict(urllib.parse.parse_qsl(self.body.decode())) | self.query
        answer = self.server.application.authorize(
            self.user(), said["socket_id"], said["channel_name"])
        self.state("403") if answer is None else self.respond_json(answer)

    # Reverb.

    def take_events(self, url):
        """Recorded: what Laravel and the npm package pusher send."""
        query = dict(sorted(self.query.items()))
        signature = query.pop("auth_signature", "")
        text = "&".join(f"{name}={value}" for name, value in query.items())
        secret = self.server.application.secret
        if sign(f"{self.command}\n{url.path}\n{text}", secret) != signature:
            return self.state("401")
        said = json.loads(self.body)
        for event in said.get("batch", [said]):
            for channel in event.get("channels") or [event["channel"]]:
                self.server.publish(channel, event["name"], event["data"])
        self.respond_json({})

    def open_socket(self, key):
        """Recorded: a key that isn't known gets an error and is cut; a client
        that is refused keeps its connection and is never greeted."""
        self.server.upgrades.append(f"{self.requestline}\r\n{self.headers}")
        if "upgrade" not in self.headers.get("Connection", "").lower():
            return self.respond(404, "text/plain", "Not found.")
        peer.accept_upgrade(self, X_Powered_By="Laravel Reverb")
        stream = Stream(self.connection)
        if key != self.server.key:
            stream.say(fact("no key"))
            return stream.cut()
        self.server.greet(stream, self.headers.get("Origin", ""))
        for opcode, data in stream.frames(self.rfile):
            stream.heard, stream.is_asked = time.monotonic(), False
            if not self.server.hear(stream, opcode, data):
                break
        self.server.drop(stream)

    def log_message(self, *_):
        pass


class Reverb(peer.Server):
    """The server; the module's head tells what a test may change.

    rate: how many times as fast as a real one's its clock goes
    activity_seconds: what it tells clients, by default by that clock
    has_looked: is set when it has looked for who is silent
    upgrades: the head of each request for a socket, as it came
    """

    def __init__(self, port=0, rate=1, application=None, activity_seconds=None):
        self.activity_seconds = activity_seconds
        self.has_looked = threading.Event()
        self.application = application or Application()
        self.key, self.rate = self.application.key, rate
        self.origins, self.max_connections, self.is_silent = None, None, False
        self.streams, self.upgrades = [], []
        self.lock, self.is_stopped = threading.Lock(), threading.Event()
        super().__init__(port, Handler)
        threading.Thread(target=self.look, daemon=True).start()

    @property
    def account(self):
        return f"1001@{self.url}/{self.application.key}"

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def token(self):
        return self.application.token

    @property
    def asked(self):
        return self.application.asked

    @property
    def auth(self):
        return self.application.answer

    @auth.setter
    def auth(self, answer):
        assert answer is None or answer in ANSWERS, answer
        self.application.answer = answer

    def greet(self, stream, origin):
        with self.lock:
            self.streams.append(stream)
            n_greeted = sum(stream.is_greeted for stream in self.streams)
        is_full = self.max_connections is not None and n_greeted >= self.max_connections
        if self.is_silent:
            return
        if self.origins is not None and origin not in self.origins:
            stream.say(fact("origin"))
        elif is_full:
            stream.say(fact("quota"))
        else:
            stream.is_greeted = True
            by_clock = max(1, round(ACTIVITY_SECONDS / self.rate))
            seconds = self.activity_seconds or by_clock
            stream.say(fact("greeting", socket=stream.id, seconds=str(seconds)))

    def hear(self, stream, opcode, data):
        """Whether more is to be heard."""
        if opcode == peer.PING:
            stream.has_control_frames = True
            stream.send(peer.PONG, data)
        elif opcode == peer.CLOSE:
            stream.send(peer.CLOSE, data[:2])
            return False
        elif opcode == peer.TEXT and len(data) > MAX_FRAME:
            stream.close(*TOO_BIG)
            return False
        elif opcode == peer.TEXT and not self.is_silent:
            self.read(stream, data)
        return True

    def read(self, stream, data):
        try:
            said = json.loads(data)
            event = said["event"]
            if event == "pusher:subscribe":
                self.subscribe(stream, said["data"])
            elif event == "pusher:unsubscribe":
                stream.channels.pop(said["data"]["channel"], None)
            elif event == "pusher:ping":
                stream.say(fact("pong"))
            elif event.startswith("client-"):
                self.whisper(stream, said)
            elif event.startswith("pusher:") and event != "pusher:pong":
                raise ValueError(event)
        except (ValueError, KeyError, TypeError, AttributeError):
            stream.say(fact("nonsense"))

    def subscribe(self, stream, data):
        channel = data["channel"]
        if channel.startswith(("private-", "presence-")):
            more = [data["channel_data"]] if "channel_data" in data else []
            text = ":".join([stream.id, channel, *more])
            signature = data.get("auth", "").partition(":")[2]
            if signature != sign(text, self.application.secret):
                stream.say(fact("unauthorized"))
                return
        stream.channels[channel] = data
        if channel.startswith("presence-"):
            self.tell_presence(stream, channel)
        else:
            stream.say(fact("subscribed", channel=channel))
        if channel.startswith("cache-"):
            stream.say(fact("cache miss", channel=channel))
        self.on_subscription(channel)

    def tell_presence(self, stream, channel):
        """Recorded: the laravel tap."""
        member = json.loads(stream.channels[channel]["channel_data"])
        presence = {"count": 1, "ids": [member["user_id"]],
                    "hash": {member["user_id"]: member.get("user_info")}}
        stream.say(encode({
            "event": "pusher_internal:subscription_succeeded",
            "data": encode({"presence": presence}), "channel": channel,
        }))

    def whisper(self, sender, said):
        """Source: anybody in a channel may."""
        for stream in self.listeners(said["channel"]):
            if stream is not sender and said["channel"] in sender.channels:
                stream.say(encode(said))

    def listeners(self, channel):
        with self.lock:
            return [stream for stream in self.streams if channel in stream.channels]

    def publish(self, channel, event, data):
        """@data: a text; recorded: event, data, channel."""
        text = encode({"event": event, "data": data, "channel": channel})
        for stream in self.listeners(channel):
            stream.say(text)

    def notify(
        self, data, kind=r"App\Notifications\OrderPaid", user="1001", number=None
    ):
        """As the application does: it is stored, and sent to who listens.
        Returns its id."""
        number = number or str(uuid.uuid4())
        self.application.store(user, data, kind, number)
        said = encode(data | {"id": number, "type": kind})
        self.publish(self.application.channel(user), NOTIFICATION, said)
        return number

    def say(self, event, data):
        """To all, whatever they listen to."""
        with self.lock:
            streams = list(self.streams)
        for stream in streams:
            stream.say(encode({"event": event, "data": encode(data)}))

    def revoke(self):
        """The tokens. Who is connected goes on listening."""
        self.application.tokens.clear()

    def drop(self, stream):
        with self.lock:
            self.streams = [s for s in self.streams if s is not stream]

    def cut(self):
        with self.lock:
            streams, self.streams = self.streams, []
        for stream in streams:
            stream.cut()

    def stop(self):
        super().stop()
        self.is_stopped.set()

    def start(self):
        self.is_stopped.clear()
        super().start()

    def look(self):
        """Every minute: recorded, and only where something is subscribed to."""
        while True:
            time.sleep(LOOK_SECONDS / self.rate)
            now = time.monotonic()
            with self.lock:
                quiet = [s for s in self.streams
                         if s.channels and now - s.heard > PING_SECONDS / self.rate]
            for stream in quiet:
                self.ask_or_prune(stream)
            self.has_looked.set()

    def ask_or_prune(self, stream):
        if stream.is_asked:
            stream.say(fact("no pong"))
            stream.cut()
        elif stream.has_control_frames:
            stream.send(peer.PING, b"")
        else:
            stream.say(fact("ping"))
        stream.is_asked = True

    def on_subscription(self, channel):
        """A client listens to it."""


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--rate", type=float, default=1, help="of its clock")
    parser.add_argument("--auth", choices=ANSWERS, help="how the application answers")
    parser.add_argument("--origin", action="append", help="that is allowed")
    parser.add_argument("--max-connections", type=int)
    parser.add_argument("--silent", action="store_true", help="it never greets")
    parser.add_argument("--exports", type=pathlib.Path, help="a folder of them")
    arguments = parser.parse_args()
    server = Reverb(arguments.port, arguments.rate)
    server.auth, server.is_silent = arguments.auth, arguments.silent
    server.max_connections = arguments.max_connections
    server.origins = arguments.origin and set(arguments.origin)
    for file in arguments.exports.iterdir() if arguments.exports else ():
        server.application.exports[file.name] = file.read_bytes()
    server.on_subscription = lambda channel: print("subscribed", channel, flush=True)
    print(f"{server.url} account {server.account} token {server.token}", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
