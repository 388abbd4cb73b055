# purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
"""A walk through a program, in steps: each is a TAP case, and after the first
that fails the rest is skipped."""

import sys
import time
import traceback


def _name_of(step):
    return " ".join(step.__doc__.split()).rstrip(".")


class Tap:
    """`after_step` is called with each step and whether it failed."""

    def __init__(self, after_step):
        self._after_step = after_step
        self._n_steps = 0
        self._n_failed = 0

    def say(self, text):
        for line in text.splitlines():
            print("#", line, flush=True)

    def _say_case(self, verdict, step, remark=""):
        self._n_steps += 1
        name = _name_of(step)
        print(f"{verdict} {self._n_steps} - {name}{remark}", flush=True)

    def _run_step(self, step, walk):
        begin = time.monotonic()
        try:
            step(walk)
            verdict = "ok"
        except Exception:  # whatever it is, it is the step's failure
            self.say(traceback.format_exc())
            self._n_failed += 1
            verdict = "not ok"
        self.say(f"{time.monotonic() - begin:.1f} s")
        self._say_case(verdict, step)
        self._after_step(step, verdict != "ok")

    def run(self, walk, steps):
        """`steps`: functions of `walk`, with their case's name as docstring."""
        for step in steps:
            if self._n_failed == 0:
                self._run_step(step, walk)
            else:
                self._say_case("ok", step, " # SKIP an earlier step failed")

    def finish(self):
        print(f"1..{self._n_steps}", flush=True)
        if self._n_failed:
            sys.exit(1)
