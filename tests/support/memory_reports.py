# purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
"""Which of the leaks and errors of memory that valgrind or a sanitizer reports
are ours.

A desktop's libpurple starts GStreamer, PulseAudio and whatever else is
installed, which leak as they please. So a report counts where a function of
ours is on its stack, one from the build's folder, and neither of these lies
between that function and the memory:
  - a library that none of our programs and modules is linked with,
  - the start of libpurple, which loads all plugins there are.
What a sanitizer says of anything but a leak is always ours, since only our code
is built with it.
"""

import os
import pathlib
import re
import subprocess
from xml.etree import ElementTree

HERE = pathlib.Path(__file__).resolve().parent
STARTS = {"purple_core_init", "purple_plugins_probe"}
# What stands between any function and its memory.
RUNTIMES = re.compile(r"ld-linux|ld64|libasan|libubsan|liblsan|libclang_rt|vgpreload")
# Of a stack as many frames are kept; each costs time.
DEPTH = 16


class Frame:
    def __init__(self, function, place, module):
        self.function, self.place, self.module = function, place, module

    def __str__(self):
        is_known = self.place not in ("", "<null>")
        return f"    {self.function} ({self.place if is_known else self.module})"


class Report:
    def __init__(self, title, stacks):
        self.title, self.stacks = title, stacks

    def __str__(self):
        stacks = ("\n".join(map(str, stack)) for stack in self.stacks)
        return "\n\n".join((self.title, *stacks)) + "\n"


class Nobody:
    """Nobody looks."""

    variables = {}

    def __init__(self, _folder):
        pass

    def wrap(self, command):
        return command

    def read(self):
        return []


class Sanitizer:
    """ASan, UBSan and LSan, which a program is built with."""

    LEAK = re.compile(r"^((?:Direct|Indirect) leak of .*)\n((?:    #.*\n)+)", re.M)
    FRAME = re.compile(r"^    #\d+ (.*?) (\S*) <(.*)>$", re.M)
    ERROR = re.compile(r"ERROR: AddressSanitizer|runtime error:")

    def __init__(self, folder):
        self._folder = folder / "sanitizer"
        self._folder.mkdir()
        looks_for_leaks = os.environ.get("WN_LEAKS") != "not looked for"
        options = {
            "abort_on_error": 1,
            "print_suppressions": 0,
            "suppressions": HERE.parent / "lsan.supp",
            "detect_leaks": int(looks_for_leaks),
            # It finds a function only when it follows the whole stack, and only
            # while its module is mapped (support/keep-mapped.c).
            "fast_unwind_on_malloc": int(not looks_for_leaks),
            "malloc_context_size": DEPTH,
            # It stumbles over the thread-local data of threads that are just
            # ending.
            "intercept_tls_get_addr": 0,
            # Whether a leak is ours is known only when it is read here.
            "exitcode": 0,
            "stack_trace_format": '"    #%n %f %S <%m>"',
            "log_path": self._folder / "log",
        }
        self.variables = {
            "LSAN_OPTIONS": ":".join(f"{k}={v}" for k, v in options.items()),
            "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
        }

    def wrap(self, command):
        return command

    def read(self):
        for log in sorted(self._folder.iterdir()):
            text = log.read_text(errors="replace")
            if self.ERROR.search(text):
                yield Report(text, [])
            for title, frames in self.LEAK.findall(text):
                stack = [Frame(*parts) for parts in self.FRAME.findall(frames)]
                yield Report(title, [stack])


class Valgrind:
    """It sees uninitialised memory, too."""

    variables = {}

    def __init__(self, folder):
        self._folder = folder / "valgrind"
        self._folder.mkdir()

    def wrap(self, command):
        prefix = subprocess.run(
            ["pkg-config", "--variable=prefix", "glib-2.0"],
            capture_output=True, text=True, check=True,
        ).stdout.strip()  # fmt: skip
        return [
            "valgrind", "--quiet", f"--num-callers={DEPTH}", "--leak-check=full",
            "--errors-for-leak-kinds=definite", "--show-leak-kinds=definite",
            f"--suppressions={prefix}/share/glib-2.0/valgrind/glib.supp",
            "--xml=yes", f"--xml-file={self._folder}/%p.xml", *command,
        ]  # fmt: skip

    def read(self):
        """What a program that was killed has left of it, too."""
        for log in sorted(self._folder.iterdir()):
            text = log.read_text(errors="replace")
            for error in re.findall(r"<error>.*?</error>", text, re.S):
                yield self._read_error(ElementTree.fromstring(error))

    def _read_error(self, error):
        title = error.findtext("xwhat/text") or error.findtext("what")
        stacks = error.findall("stack") + error.findall("origin/stack")
        return Report(
            title, [[self._read_frame(f) for f in s.findall("frame")] for s in stacks]
        )

    @staticmethod
    def _read_frame(frame):
        get = frame.findtext
        place = f"{get('file')}:{get('line')}" if get("file") else ""
        return Frame(get("fn") or "?", place, get("obj") or "")


TOOLS = {"none": Nobody, "sanitizer": Sanitizer, "valgrind": Valgrind}


def _list_needed(module):
    """The libraries that an ELF file is linked with; none of a script."""
    said = subprocess.run(
        ["readelf", "-d", module], capture_output=True, text=True, check=False
    ).stdout
    return re.findall(r"\(NEEDED\).*\[(.*)\]", said)


def _is_ours(stack, build, linked):
    """@stack: its frames, the one that took the memory first. One that was cut
    off may have begun with us."""
    for frame in stack:
        if frame.module.startswith(f"{build}/"):
            return True
        name = os.path.basename(frame.module)
        is_known = RUNTIMES.match(name) or name.startswith(linked)
        if not is_known or frame.function in STARTS:
            return False
    return len(stack) >= DEPTH


def list_ours(tool, build, program):
    """@tool: what has looked at @program, which has ended"""
    build = build.resolve()
    reports = list(tool.read())
    modules = [build / "plugin/libwebnotify.so", program] if reports else []
    linked = tuple(name for module in modules for name in _list_needed(module))
    for report in reports:
        # Of what is no leak a sanitizer's report is one text.
        if not report.stacks or any(
            _is_ours(stack, build, linked) for stack in report.stacks
        ):
            yield report
