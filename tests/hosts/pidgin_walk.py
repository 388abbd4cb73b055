# purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
"""A person's way through Pidgin, beside a real notification server: what every
such walk has and sees."""

import pathlib
import re
import shutil
import signal
import subprocess
import sys
from xml.etree import ElementTree

import pidgin_desktop
import servers
from pidgin_desktop import wait_for
from walk import Tap

HERE = pathlib.Path(__file__).resolve().parent

PRODUCTION = "1001@jd-shop/production"
STAGE = "1002@jd-shop/stage"
CONTACT = "jd-shop"
STAGE_CONTACT = "jd-shop (stage)"
EXPORT = "exports/2026/11/orders.xlsx"
EXPORT_TYPE = "App\\Notifications\\ExportReady"
ACCOUNTS = """<?xml version='1.0' encoding='UTF-8' ?>
<account version='1.0'>
</account>
"""
ACCOUNT = """<account>
    <protocol>prpl-webnotify</protocol>
    <name>{name}</name>
    <statuses>
      <status type='available' name='Available' active='true'/>
    </statuses>
    <settings>
{settings}
    </settings>
    <settings ui='gtk-gaim'>
      <setting name='auto-login' type='bool'>1</setting>
    </settings>
  </account>
"""
TYPES = {int: "int", str: "string"}


class Server:
    """nginx with nchan, and its exports."""

    def __init__(self, place, *words, port=None):
        """@words: as tests/servers/start has them"""
        self._port = port or servers.free_port()
        self._files = place.dir / "files"
        self._files.mkdir()
        maker = HERE.parent / "servers" / "make-exports"
        subprocess.run([sys.executable, maker, self._files], check=True)
        words = ("HEARTCHECK=yes", *words)
        self._process = place.nginx("server", *words, port=self._port)
        self.stop = self._process.end
        self.start = self._process.start
        self.url = f"ws://127.0.0.1:{self._port}/"

    def read_export(self, name):
        return (self._files / name).read_bytes()

    def count_listeners(self, uid):
        return servers.listeners(self._port, f"project=jd-shop&uid={uid}")

    def publish(self, uid, **notification):
        channel = f"project=jd-shop&uid={uid}"
        assert servers.publish(self._port, notification, channel)


class Walk:
    def __init__(self, place, build, pictures, server):
        self._pictures = pictures
        self._n_pictures = 0
        self.desktop = pidgin_desktop.Desktop(place)
        self.server = server
        self.pidgin = pidgin_desktop.Pidgin(
            place, build / "plugin" / "libwebnotify.so"
        )

    def take_picture(self, name):
        self._n_pictures += 1
        file_name = f"{self._n_pictures:02}-{name}.png"
        self.desktop.take_picture(self._pictures / file_name)

    def add_account(self, name, **settings):
        """While Pidgin doesn't run."""
        path = self.pidgin.config / "accounts.xml"
        accounts = path.read_text() if path.exists() else ACCOUNTS
        account = ACCOUNT.format(
            name=name,
            settings="\n".join(
                f"      <setting name='{key}' type='{TYPES[type(value)]}'>"
                f"{value}</setting>"
                for key, value in settings.items()
            ),
        )
        path.write_text(
            re.sub("</account>\\s*$", f"  {account}</account>\n", accounts)
        )

    def after_step(self, step, failed):
        if self.pidgin.is_running():
            self.take_picture(step.__name__)
        if failed:
            print(*self.pidgin.describe(), sep="\n", file=sys.stderr)

    # What people see.

    def wait_for_listeners(self, n, uid="1001"):
        wait_for(
            lambda: self.server.count_listeners(uid) == n,
            f"{n} connections of {uid}",
        )

    def get_contact_lines(self):
        return [
            line
            for line in self.pidgin.list_buddies()
            if line.split("\n")[0] in (CONTACT, STAGE_CONTACT)
        ]

    def wait_for_contact(self, pattern=CONTACT):
        def look():
            lines = self.get_contact_lines()
            return len(lines) == 1 and re.fullmatch(pattern, lines[0])

        wait_for(look, f"the contact as “{pattern}”, alone")

    def get_conversations(self):
        """The window's name is that of the tab on top."""
        return self.pidgin.get_conversations(
            CONTACT
        ) or self.pidgin.get_conversations(STAGE_CONTACT)

    def wait_for_words(self, words):
        """In the conversation, the only one; returns all of its text."""

        def look():
            texts = self.get_conversations()
            return next((text for text in texts if words in text), None)

        return wait_for(look, f"“{words}” in the conversation")

    def tell(self, title, uid="1001"):
        """A notification goes out, and comes in."""
        self.server.publish(uid, title=title, content="A <i>body</i>")
        return self.wait_for_words(f"{title}\nA body")

    def hears(self, title):
        """Whether it does yet. For who asks again and again."""
        self.server.publish("1001", title=title)
        texts = self.get_conversations()
        return any(title in text for text in texts)

    def accept(self, file_name, contact=CONTACT):
        dialog = self.pidgin.get_dialog_with(
            f"{contact} wants to send you {file_name}"
        )
        wait_for(
            lambda: dialog.find("push button", "Accept"), "a button to accept"
        ).do("click")
        name = self.pidgin.get("Save File...", "text")
        wait_for(lambda: name.text == file_name, f"the name {file_name}")
        self.pidgin.press("Save File...", "Save")

    def get_an_export(self):
        """From its announcement to the disk."""
        self.server.publish(
            "1001", title="Export ready", type=EXPORT_TYPE, filename=EXPORT
        )
        self.accept("orders.xlsx")
        self.wait_for_words("Transfer of file orders.xlsx complete")
        saved = self.pidgin.downloads / "orders.xlsx"
        assert saved.read_bytes() == self.server.read_export(EXPORT)

    def start_anew(self):
        """Pidgin, with one account that signs on by itself."""
        assert self.pidgin.quit() == 0
        self.wait_for_listeners(0)
        self.pidgin.start()
        self.wait_for_listeners(1)
        self.wait_for_contact()
        self.tell("After the start")


def wait_for_error(walk, sentence):
    """What stands below the buddy list is hidden from AT-SPI, and seen on the
    picture only; it is kept with the account."""
    accounts = walk.pidgin.config / "accounts.xml"

    def look():
        kept = ElementTree.parse(accounts)
        errors = kept.findall("account/current_error/description")
        return [error.text for error in errors] == [sentence]

    wait_for(look, f"the error “{sentence}”")


# Where an account has several contacts: walk.contacts, the first its own.


def wait_for_line(walk, pattern):
    """Of the buddy list, among others."""
    wait_for(
        lambda: any(
            re.fullmatch(pattern, line) for line in walk.pidgin.list_buddies()
        ),
        f"a contact as “{pattern}”",
    )


def wait_for_words(walk, contact, *words):
    """Returns all of the conversation, which may be any tab of a window."""

    def look():
        for title in walk.contacts:
            for text in walk.pidgin.get_conversations(title):
                if f" {contact}: " in text and all(w in text for w in words):
                    return text
        return None

    return wait_for(look, f"{words} from {contact}")


def lose_the_server(walk):
    """The server stops: the contact is away, and says until when and why"""
    walk.server.stop()
    wait_for_line(
        walk,
        re.escape(walk.contacts[0]) + r"\nReconnecting at \d\d:\d\d:\d\d"
        r"( \(attempt \d+\))?: connection refused",
    )


def complain_of_nothing(walk):
    """In all of this, Pidgin had no critical to report"""
    said = walk.pidgin.log.read_text()
    assert "CRITICAL" not in said, said


def run(name, steps, make_server=Server, lacks_server=servers.Place.lacks_nginx):
    """A test by itself. Its pictures are in the build's folder @name."""
    # What was started ends, whoever ends this.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    build = pathlib.Path(sys.argv[1]).resolve()
    with servers.Place(build) as place:
        missing = pidgin_desktop.list_missing() + [lacks_server(place)]
        if missing := ", ".join(filter(None, missing)):
            print("1..0 # SKIP missing:", missing)
            return
        pictures = build / name
        shutil.rmtree(pictures, ignore_errors=True)
        pictures.mkdir()
        walk = Walk(place, build, pictures, make_server(place))
        tap = Tap(walk.after_step)
        tap.run(walk, steps)
        tap.finish()
