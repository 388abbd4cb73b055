# purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin in a headless libpurple beside a server, and the cases of a test
that has it there."""

import sys
import traceback

import servers

QUICK = ("reconnect_delay=1", "reconnect_delay_max=1")


class Client:
    """One sign-on of the place's account: what it shows, from its start on."""

    def __init__(self, place, account, *settings, token=None):
        """@account: protocol and name"""
        self.log = place.dir / "host.log"
        self.start = self.log.stat().st_size if self.log.exists() else 0
        self.process = place.host(
            None,
            "auth_plain_in_clear=true",
            *QUICK,
            *settings,
            token=token,
            account=account,
        )

    def text(self):
        return self.log.read_bytes()[self.start :].decode()

    def waits_for(self, *words, seconds=60):
        """Until all of them were shown; returns what was."""
        servers.wait_for(
            lambda: all(word in self.text() for word in words), words, seconds
        )
        return self.text()

    def is_on(self):
        self.waits_for("signed on")
        return self

    def ends(self):
        self.process.end()


def shown_in_order(text, *words):
    """Each once."""
    for word in words:
        assert text.count(word) == 1, (word, text.count(word), text[-4000:])
    places = [text.index(word) for word in words]
    assert places == sorted(places), (words, text[-4000:])


def run(cases, lacks=lambda place: None):
    """@cases: names and functions of a place; those named on the command line
    behind the build folder, or all; @lacks: why they can't be run, or None.
    Ends the program."""
    print(f"1..{len(cases)}")
    n_failed = 0
    build, *wanted = sys.argv[1:]
    for number, (name, case) in enumerate(cases, 1):
        if wanted and case.__name__ not in wanted:
            continue
        with servers.Place(build) as place:
            if lacks(place):
                print(f"ok {number} {name} # SKIP {lacks(place)}", flush=True)
                continue
            try:
                case(place)
                print(f"ok {number} {name}", flush=True)
            except Exception:
                n_failed += 1
                traceback.print_exc()
                for log in place.dir.glob("*.log"):
                    print(f"-- {log.name}\n{log.read_text()[-4000:]}")
                print(f"not ok {number} {name}", flush=True)
    sys.exit(1 if n_failed else 0)
