# purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
"""BitlBee as it was unpacked, with the built module alone, and as much of an
IRC client as it takes to talk to it."""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

sys.dont_write_bytecode = True
TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "support"))

import servers  # noqa: E402

BUILDS = pathlib.Path(os.environ.get("WN_BUILD", TESTS.parent / "build"))
PROGRAM = BUILDS / "bitlbee/usr/sbin/bitlbee"
PATIENCE_S = 60

# What people run, and the one that takes accounts of libpurple's only for
# those who debug.
FORKING = ("ForkDaemon", "-F")
SINGLE = ("Daemon", "-D")


def lacks(place):
    """What can't be had here, for people to read."""
    if not PROGRAM.exists():
        return "BitlBee isn't unpacked: tests/hosts/fetch does that"
    return place.lacks_nginx()


class BitlBee:
    """A running one; more than one may be in a Place."""

    def __init__(self, place, build, mode=FORKING, environment=()):
        self.port = servers.free_port()
        home = self.home = place.dir / f"bitlbee-{self.port}"
        plugins = home / "plugins/purple"
        plugins.mkdir(parents=True)
        (home / "data").mkdir()
        shutil.copy(build / "plugin/libwebnotify.so", plugins)
        run_mode, option = mode
        (home / "bitlbee.conf").write_text(
            f"[settings]\nRunMode = {run_mode}\nPluginDir = {plugins.parent}\n")
        variables = dict(os.environ, HOME=str(home), **dict(environment))
        # Its own warnings at the start are not ours to end it by.
        variables.pop("G_DEBUG", None)
        if mode is SINGLE:
            variables["BITLBEE_DEBUG"] = "1"
        self.log = (place.dir / f"bitlbee-{self.port}.log").open("wb")
        self.process = subprocess.Popen(
            [PROGRAM, option, "-n", "-i", "127.0.0.1", "-p", str(self.port),
             "-c", home / "bitlbee.conf", "-d", home / "data",
             "-P", home / "pid"],
            env=variables, stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log, start_new_session=True)
        place.processes.append(self)
        servers.wait_for(lambda: servers.answers(self.port), "BitlBee starts")

    def end(self):
        """With its children, which are of its session."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        servers.end_within(self.process, 10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def children(self):
        """Its process for each client."""
        pid = self.process.pid
        listed = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(child) for child in listed.split()]

    def assert_well(self):
        """It has neither crashed nor complained of us."""
        assert self.process.poll() is None, "BitlBee has ended"
        text = pathlib.Path(self.log.name).read_text(errors="replace")
        for bad in ("CRITICAL", "Segmentation"):
            assert bad not in text, f"BitlBee said {bad}:\n{text[-2000:]}"


class Irc:
    """Lines out, lines in; nothing that was read is forgotten."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
        self.buffer = b""
        self.lines = []  # those that nobody has waited for yet
        self.seen = []  # all of them
        self.say("NICK tester")
        self.say("USER tester * * :tester")
        self.wait_for(r"JOIN :&bitlbee")

    def close(self):
        self.socket.close()

    def say(self, line):
        self.socket.sendall(line.encode() + b"\r\n")

    def command(self, text, answer=None):
        """To the control channel; waits for its answer."""
        self.say(f"PRIVMSG &bitlbee :{text}")
        return self.wait_for(answer) if answer else None

    def ask_contact(self, text, who="jd-shop"):
        self.say(f"PRIVMSG {who} :{text}")

    def _read(self, end):
        self.socket.settimeout(max(end - time.monotonic(), 0.01))
        data = self.socket.recv(65536)
        if not data:
            raise EOFError("BitlBee has hung up")
        *whole, self.buffer = (self.buffer + data).split(b"\r\n")
        for line in (part.decode() for part in whole):
            print(line, flush=True)
            if line.startswith("PING"):
                self.say("PONG" + line[4:])
            self.lines.append(line)
            self.seen.append(line)

    def wait_for(self, *patterns, patience_s=PATIENCE_S):
        """Until each pattern was in a line since the last time, in whatever
        order they came; takes the lines up to the last of them. Returns the
        first pattern's line."""
        end = time.monotonic() + patience_s
        while True:
            found = [next((n for n, line in enumerate(self.lines)
                           if re.search(pattern, line)), None)
                     for pattern in patterns]
            if None not in found:
                line = self.lines[found[0]]
                del self.lines[: max(found) + 1]
                return line
            try:
                self._read(end)
            except TimeoutError:
                missing = [p for p, n in zip(patterns, found) if n is None]
                raise AssertionError(f"no line with {missing}") from None

    def add_account(self, name, server, *settings, password=None):
        """Adds it with its options, and signs it on."""
        words = f"account add webnotify {name}"
        self.command(f"{words} {password}" if password else words,
                     "Account successfully added")
        for key, value in (("server", server), *settings):
            self.command(f"account webnotify set {key} {value}", f"{key} = `")

    def sign_on(self, account="webnotify"):
        self.command(f"account {account} on", "Logged in")
        self.wait_for(r"MODE &bitlbee \+v jd-shop")


def receive(line):
    """Takes what a DCC SEND offers; returns its name and its bytes."""
    name, address, port, size = re.search(
        r'DCC SEND "?(.*?)"? (\d+|[0-9a-f:.]+) (\d+) (\d+)', line).groups()
    if address.isdigit():
        address = socket.inet_ntoa(struct.pack("!I", int(address)))
    data = b""
    with socket.create_connection((address, int(port)), PATIENCE_S) as dcc:
        while len(data) < int(size):
            part = dcc.recv(65536)
            if not part:
                break
            data += part
            dcc.sendall(struct.pack("!I", len(data)))
    return name, data
