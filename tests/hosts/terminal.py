# purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
"""A program in a terminal (tmux), driven by its keys and seen on its screen."""

import os
import re
import subprocess
import time

PATIENCE_S = 60


def escape(text):
    return re.escape(text)


class Terminal:
    """One program on a screen of its own. Its tmux server ends with it."""

    def __init__(self, folder, command, environment=(), size=(130, 50)):
        self.socket = folder / "tmux"
        self.seen = ""
        self.log = open(os.devnull, "wb")  # for a Place to close
        variables = dict(os.environ, LC_ALL="C.UTF-8", TERM="screen-256color")
        for name in ("TMUX", "DISPLAY", "G_DEBUG"):
            variables.pop(name, None)
        variables.update(environment)
        # Without a configuration of somebody's own, and escape is a key.
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", str(size[0]),
                   "-y", str(size[1]), *map(str, command),
                   ";", "set", "-s", "escape-time", "0",
                   ";", "set", "status", "off", environment=variables)

    def _tmux(self, *words, environment=None):
        return subprocess.run(
            ["tmux", "-S", self.socket, *words], env=environment, text=True,
            check=False, capture_output=True).stdout

    def is_running(self):
        return subprocess.run(["tmux", "-S", self.socket, "has-session"],
                              check=False, capture_output=True).returncode == 0

    def pid(self):
        return int(self._tmux("display-message", "-p", "#{pane_pid}"))

    def screen(self):
        """A wide character takes two columns, of which the second may come as
        a space: spaces behind them don't count."""
        self.seen = re.sub("([\u2e80-\uffff\U0001f000-\U0001ffff]) ", r"\1",
                           self._tmux("capture-pane", "-p"))
        return self.seen

    def keys(self, *names):
        self._tmux("send-keys", *names)

    def type(self, text):
        self._tmux("send-keys", "-l", text)

    def wait_until(self, holds, what, patience_s=PATIENCE_S):
        end = time.monotonic() + patience_s
        while not holds(self.screen()):
            if time.monotonic() > end or not self.is_running():
                raise AssertionError(f"never on the screen: {what}\n{self.seen}")
            time.sleep(0.05)

    def wait_for(self, *patterns, patience_s=PATIENCE_S):
        """Until the screen has all of the patterns at once."""
        self.wait_until(
            lambda screen: all(re.search(p, screen, re.M) for p in patterns),
            patterns, patience_s)

    def wait_without(self, pattern, patience_s=PATIENCE_S):
        self.wait_until(lambda screen: not re.search(pattern, screen, re.M),
                        f"anything but {pattern}", patience_s)

    def press_until(self, key, pattern, at_most=40):
        """A key, as often as it takes, but never before its effect was seen."""
        for _ in range(at_most):
            before = self.screen()
            if re.search(pattern, before, re.M):
                return
            self.keys(key)
            end = time.monotonic() + 1
            while self.screen() == before and time.monotonic() < end:
                time.sleep(0.02)
        raise AssertionError(f"no {key} led to: {pattern}\n{self.seen}")

    def wait_for_end(self, patience_s=PATIENCE_S):
        end = time.monotonic() + patience_s
        while self.is_running():
            if time.monotonic() > end:
                raise AssertionError(f"it did not end\n{self.screen()}")
            time.sleep(0.05)

    def end(self):
        self._tmux("kill-server")
