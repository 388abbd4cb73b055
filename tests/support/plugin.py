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


def beside(make_server, case):
    """@case, a function of a place and a server, with one that is made for it."""

    def run_beside(place):
        server = make_server()
        try:
            case(place, server)
        finally:
            server.stop()

    run_beside.__name__ = case.__name__
    return run_beside


def run_case(build, number, name, case):
    """Whether it has not failed."""
    try:
        with servers.Place(build) as place:
            case(place)
        print(f"ok {number} {name}", flush=True)
    except servers.Lacking as reason:
        print(f"ok {number} {name} # SKIP {reason}", flush=True)
    except Exception:
        traceback.print_exc()
        print(f"not ok {number} {name}", flush=True)
        return False
    return True


def run(cases):
    """@cases: names and functions of a place; those whose functions are named on
    the command line behind the build folder, or all. Ends the program."""
    print(f"1..{len(cases)}")
    build, *wanted = sys.argv[1:]
    results = [
        run_case(build, number, name, case)
        for number, (name, case) in enumerate(cases, 1)
        if not wanted or case.__name__ in wanted
    ]
    sys.exit(0 if all(results) else 1)
