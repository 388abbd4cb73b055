# purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
"""The servers of tests/server, a Redis and a host, each in a folder of its
own, for the tests that start and stop them. Everything is on loopback, and
ends with the Place that it was made in."""

import contextlib
import http.client
import ipaddress
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse

import preferences

HERE = pathlib.Path(__file__).resolve().parent.parent
NAME = "1001@jd-shop/own"
ACCOUNT = ("prpl-webnotify", NAME)
CHANNEL = "project=jd-shop&uid=1001"
# Debian's package redis-server would start one for the whole machine. The same
# program is in redis-tools, where it does what its name says.
REDIS = "/usr/bin/redis-check-rdb"
LARAVEL = pathlib.Path("/usr/share/php/Illuminate/autoload.php")
GUZZLE = pathlib.Path("/usr/share/php/GuzzleHttp/autoload.php")


def free_port():
    """None that a connection is given meanwhile: whoever asks such a port
    whether somebody listens may reach itself."""
    while True:
        with socket.socket() as s:
            with contextlib.suppress(OSError):
                port = random.randrange(10240, 32768)
                s.bind(("127.0.0.1", port))
                return port


def wait_for(condition, what, seconds=60):
    """Returns what the condition says once that is true."""
    end = time.monotonic() + seconds
    while not (result := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"did not happen in {seconds} s: {what}")
        time.sleep(0.05)
    return result


def wait_for_next_second():
    """For servers whose clock has whole ones."""
    begin = int(time.time())
    wait_for(lambda: int(time.time()) > begin, "the next second")


def answers(port):
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(("127.0.0.1", port)) == 0


def has_whole_cluster(port):
    """Whether this node knows all slots' masters, and is one or follows one."""
    ask = ["redis-cli", "-p", str(port)]
    told = [
        subprocess.run([*ask, *words], capture_output=True, text=True).stdout
        for words in (("cluster", "info"), ("info", "replication"))
    ]
    is_behind = "role:slave" in told[1] and "master_link_status:up" not in told[1]
    return "cluster_state:ok" in told[0] and not is_behind


def end_within(process, seconds):
    """Waits until it has ended. One that doesn't is killed, with all that it
    has started in its session, and named."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        words = " ".join(map(str, process.args))
        print(f"# killed: {words} did not end in {seconds} s", flush=True)
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait()


class Lacking(Exception):
    """What a test needs can't be had here; says what."""


def must_have(lacking):
    """@lacking: what can't be had, or None"""
    if lacking:
        raise Lacking(lacking)


class Process:
    """Something that runs, and can be ended and started anew."""

    def __init__(self, place, command, port=None, log=None, program=None):
        self.command, self.port, self.process = command, port, None
        self.program = program
        self.log = open(log or os.devnull, "ab")
        place.processes.append(self)
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            self.command,
            executable=self.program,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        if self.port:
            wait_for(lambda: self.is_running() and answers(self.port), self.command)

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def end(self, how=signal.SIGTERM):
        """SIGKILL takes what it has started, too; else it does so itself."""
        if not self.is_running():
            return
        if how == signal.SIGKILL:
            os.killpg(self.process.pid, how)
        else:
            self.process.send_signal(how)
        end_within(self.process, 15)


class Place:
    """A throwaway folder, and all that was started in it."""

    def __init__(self, build):
        self.build = pathlib.Path(build)
        unpacked = pathlib.Path(os.environ.get("WN_BUILD", HERE.parent / "build"))
        self.nginx_dir = (unpacked / "nginx").resolve()
        self.ntfy_dir = (unpacked / "ntfy").resolve()
        self.soketi_dir = (unpacked / "soketi").resolve()
        self.dir = pathlib.Path(tempfile.mkdtemp())
        self.processes = []

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind not in (None, Lacking):
            for log in sorted(self.dir.glob("*.log")):
                print(f"-- {log.name}\n{log.read_text()[-4000:]}", flush=True)
        for process in reversed(self.processes):
            process.end()
            process.log.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def lacks_nginx(self):
        """What can't be had here, for people to read."""
        if not (self.nginx_dir / "usr/sbin/nginx").exists():
            return "nginx isn't unpacked: tests/servers/fetch does that"
        return None

    @staticmethod
    def lacks_redis():
        return None if os.access(REDIS, os.X_OK) else "redis-tools isn't installed"

    def lacks(self):
        """The same for who needs both."""
        return self.lacks_nginx() or self.lacks_redis()

    def nginx(self, name, *words, port=None):
        must_have(self.lacks_nginx())
        files = self.dir / "files"
        files.mkdir(exist_ok=True)
        port = port or free_port()
        command = [HERE / "servers/start", self.nginx_dir, self.dir / name]
        command += [str(port), files, *words]
        return Process(self, command, port, self.dir / f"{name}.log")

    def lacks_ntfy(self):
        """The same for who needs an ntfy alone."""
        if not (self.ntfy_dir / "usr/bin/ntfy").exists():
            return "ntfy isn't unpacked: tests/servers/fetch-ntfy does that"
        return None

    def ntfy(self, *settings, port=None):
        """One for the place, which keeps its users and messages when it is
        started anew."""
        must_have(self.lacks_ntfy())
        port = port or free_port()
        command = [HERE / "servers/start-ntfy", self.ntfy_dir, self.dir / "ntfy"]
        command += [str(port), *settings]
        return Process(self, command, port, self.dir / "ntfy.log")

    def lacks_soketi(self):
        if not (self.soketi_dir / "node").exists():
            return "soketi isn't unpacked: tests/servers/fetch-soketi does that"
        return None

    def soketi(self, *members, port=None):
        """One for the place; its metrics are at `metrics_port`."""
        must_have(self.lacks_soketi())
        port, metrics_port = port or free_port(), free_port()
        command = [HERE / "servers/start-soketi", self.soketi_dir]
        command += [self.dir / "soketi", str(port), str(metrics_port), *members]
        server = Process(self, command, port, self.dir / "soketi.log")
        server.metrics_port = metrics_port
        return server

    @staticmethod
    def lacks_laravel():
        """The same for who needs a Laravel application."""
        if not (shutil.which("php") and LARAVEL.exists() and GUZZLE.exists()):
            return "php-laravel-framework or php-guzzlehttp-guzzle isn't installed"
        return None

    def laravel(self, socket_port, *words, port=None):
        """One for the place that broadcasts, and keeps what it has sent when it
        is started anew."""
        must_have(self.lacks_laravel())
        port = port or free_port()
        command = [HERE / "servers/start-laravel", self.dir / "laravel"]
        command += [str(port), str(socket_port), *words]
        return Process(self, command, port, self.dir / "laravel.log")

    def certificates(self):
        """A folder of them, as support/make-certificates makes it."""
        folder = self.dir / "certificates"
        folder.mkdir()
        subprocess.run([HERE / "support/make-certificates", folder], check=True)
        return folder

    def laravel_front(self, socket_port, application_port, *words):
        """nginx with TLS in front of a Laravel and its socket, and an account and
        its settings that go through it."""
        folder, port = self.certificates(), free_port()
        front = self.nginx(
            "front",
            "CONF=laravel-front.conf",
            f"SOCKET=127.0.0.1:{socket_port}",
            f"APPLICATION=127.0.0.1:{application_port}",
            f"CERTIFICATE={folder}/good.pem",
            f"KEY={folder}/good.key",
            *words,
            port=port,
        )
        front.account = ("prpl-laravel", f"1001@localhost:{port}/key1")
        front.settings = (
            f"server=wss://localhost:{port}/realtime",
            f"backlog_url=https://localhost:{port}/api/notifications",
            f"download_url=https://localhost:{port}/exports/{{filename}}",
            f"tls_ca_file={folder}/ca.pem",
            "auth_plain_in_clear=false",
        )
        return front

    def redis(self, name="redis", *words):
        must_have(self.lacks_redis())
        folder = self.dir / name
        folder.mkdir()
        port = free_port()
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--dir", str(folder), *words]
        return Process(self, command, port, program=REDIS)

    def redis_cluster(self):
        """Three masters, and then their replicas."""
        words = ("--cluster-enabled", "yes", "--cluster-node-timeout", "1500")
        nodes = [
            self.redis(f"redis-{n}", *words, "--cluster-port", str(free_port()))
            for n in range(6)
        ]
        addresses = [f"127.0.0.1:{node.port}" for node in nodes]
        command = ["redis-cli", "--cluster", "create", *addresses]
        command += ["--cluster-replicas", "1", "--cluster-yes"]
        subprocess.run(command, check=True, capture_output=True)
        for node in nodes:
            wait_for(lambda: has_whole_cluster(node.port), "the cluster")
        return nodes

    def host(self, server, *settings, token=None, enter=(), account=ACCOUNT):
        """A headless libpurple that logs what it is sent; @token: the account's
        password; @enter: the command that it is started with; @account: its
        protocol and name."""
        user = self.dir / "user"
        user.mkdir(exist_ok=True)
        (self.dir / "downloads").mkdir(exist_ok=True)
        logging = {"/purple/logging/log_ims": True, "/purple/logging/format": "txt"}
        preferences.write(user, logging)
        command = [*enter, self.build / "tests/support/demo-host", "--user-dir", user]
        protocol, name = account
        command += ["--module-dir", self.build / "plugin"]
        command += ["--protocol", protocol, "--name", name]
        command += ["--save-to", self.dir / "downloads", "--for", "3600"]
        if server:
            command += ["--server", server]
        if token:
            command += ["--token", token]
        for setting in settings:
            command += ["--set", setting]
        return Process(self, command, log=self.dir / "host.log")

    def history(self):
        """What a person would find in the history, the oldest line first."""
        logs = (self.dir / "user/logs").glob("**/*.txt")
        texts = (log.read_text() for log in sorted(logs))
        return [line for text in texts for line in text.splitlines()[1:]]


def publish(port, notification, channel=CHANNEL, tls=None):
    """Sends one notification, as an application would; whether it was taken."""
    if tls:
        connection = http.client.HTTPSConnection("localhost", port, context=tls)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(
            "POST",
            f"/publish?{channel}",
            json.dumps(notification),
            {"Content-Type": "application/json"},
        )
        return connection.getresponse().status in (201, 202)
    except OSError:
        return False
    finally:
        connection.close()


def send_message(port, topic, body, **headers):
    """To a topic of an ntfy, @body a text or bytes. Returns the message."""
    data = body.encode() if isinstance(body, str) else body
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("PUT", f"/{topic}", data, headers)
        answer = connection.getresponse()
        said = answer.read()
        assert answer.status == 200, said
        return json.loads(said)
    finally:
        connection.close()


def complaints(folder):
    """What an nginx in @folder has written of itself that is grave."""
    logs = [(folder / name).read_text() for name in ("error.log", "access.log")]
    lines = "".join(logs).splitlines(keepends=True)
    return "".join(line for line in lines if re.search(r"\[(crit|alert|emerg)\]", line))


def ask_about(port, channel=CHANNEL):
    """What the server tells of a channel; None where it knows of none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(
            "GET", f"/publish?{channel}", headers={"Accept": "text/json"}
        )
        answer = connection.getresponse()
        body = answer.read()
        return json.loads(body) if answer.status == 200 else None
    except OSError:
        return None
    finally:
        connection.close()


def listeners(port, channel=CHANNEL):
    told = ask_about(port, channel)
    return told["subscribers"] if told else 0


class Relay:
    """A wire between two ends that can be cut: bytes then vanish, as they do
    when a cable is pulled, and nobody is told."""

    enter = ()  # what a process is started with to be at the near end

    def __init__(self, to_port, address="127.0.0.1"):
        self.to_port, self.pairs, self.is_cut = to_port, [], False
        self.address = address
        self.socket = socket.create_server((address, 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self.socket.accept()
            except OSError:
                return
            if self.is_cut:
                self.pairs.append((near, None))
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self.to_port))
            except OSError:
                near.close()
                continue
            self.pairs.append((near, far))
            for ends in ((near, far), (far, near)):
                threading.Thread(target=self._copy, args=ends, daemon=True).start()

    def _copy(self, source, sink):
        try:
            while data := source.recv(65536):
                if self.is_cut:
                    return
                self.on_data(data)
                sink.sendall(data)
        except OSError:
            pass
        if self.is_cut:
            return
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def on_data(self, data):
        """Is passed on, in either direction."""

    def close(self):
        self.socket.close()

    def cut(self):
        self.is_cut = True

    def mend(self):
        """What was connected stays dead; the next connection works."""
        self.is_cut = False
        self.drop()

    def drop(self):
        """What is connected ends, as when a proxy is restarted."""
        pairs, self.pairs = self.pairs, []
        for near, far in pairs:
            for end in filter(None, (near, far)):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                end.close()


class Cable(Relay):
    """The same between two network namespaces, where root may make one: the
    near end has a network card of its own, whose cable is pulled."""

    def __init__(self, to_port):
        self.name = f"wn{os.getpid()}"
        # One of the networks that are there for tests, for each run its own.
        network = ipaddress.ip_address("198.18.0.0") + os.getpid() % 0x4000 * 4
        far, near_end = f"{network + 1}", f"{network + 2}"
        self.enter = ("ip", "netns", "exec", self.name)
        self._ip("netns", "add", self.name)
        try:
            card = ("type", "veth", "peer", "name", "near", "netns", self.name)
            self._ip("link", "add", self.name, *card)
            self._ip("addr", "add", f"{far}/30", "dev", self.name)
            self._ip("link", "set", self.name, "up")
            near = ("-n", self.name)
            self._ip(*near, "addr", "add", f"{near_end}/30", "dev", "near")
            self._ip(*near, "link", "set", "lo", "up")
            self._ip(*near, "link", "set", "near", "up")
            super().__init__(to_port, far)
        except Exception:
            self.close()
            raise

    @staticmethod
    def _ip(*words):
        subprocess.run(("ip", *words), check=True, capture_output=True)

    def cut(self):
        self._ip("link", "set", self.name, "down")

    def mend(self):
        self._ip("link", "set", self.name, "up")

    def close(self):
        subprocess.run(("ip", "netns", "del", self.name), capture_output=True)


def connect_to(port):
    """A cable where that is possible, else a relay."""
    try:
        return Cable(port)
    except (OSError, subprocess.CalledProcessError):
        return Relay(port)


def quote(text):
    return urllib.parse.quote(text, safe="")
