# purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
"""What is on the screen, as a screen reader has it (AT-SPI): widgets are found
by the words on them, and used by what they can do.

Straight over D-Bus: libatspi (2.46) waits for itself for ever when an event
comes in while it waits for an answer.
"""

import gi

gi.require_version("Gio", "2.0")
import servers  # noqa: E402
from gi.repository import Gio, GLib  # noqa: E402

ATSPI = "org.a11y.atspi."
REGISTRY = (ATSPI + "Registry", "/org/a11y/atspi/accessible/root")
# A busy program answers late, which is no fault.
TIMEOUT_MS = 10_000
# Of AtspiStateType.
STATES = {"checked": 4, "sensitive": 24, "showing": 25}
BOLD = 700

Gone = GLib.Error


class Screen:
    """Of the session whose bus DBUS_SESSION_BUS_ADDRESS names."""

    def __init__(self):
        session = Gio.bus_get_sync(Gio.BusType.SESSION)
        session.set_exit_on_close(False)
        address = session.call_sync(
            "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress",
            None, None, Gio.DBusCallFlags.NONE, TIMEOUT_MS,
        ).unpack()[0]  # fmt: skip
        self._bus = Gio.DBusConnection.new_for_address_sync(
            address,
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION,
        )

    def call(self, place, interface, method, signature="()", *arguments):
        """`place`: a bus name and a path. Returns one value, or several."""
        name, path = place
        answer = self._bus.call_sync(
            name, path, interface, method, GLib.Variant(signature, arguments),
            None, Gio.DBusCallFlags.NONE, TIMEOUT_MS,
        ).unpack()  # fmt: skip
        return answer[0] if len(answer) == 1 else answer

    def _get_pid(self, name):
        place = ("org.freedesktop.DBus", "/org/freedesktop/DBus")
        return self.call(
            place, place[0], "GetConnectionUnixProcessID", "(s)", name
        )

    def find_program(self, pid):
        """Its windows' parent, or None."""
        for program in Widget(self, REGISTRY).children:
            if self._get_pid(program.place[0]) == pid:
                return program
        return None


class Widget:
    """What it says is asked for anew each time; Gone is raised when it is no
    longer there."""

    def __init__(self, screen, place):
        self._screen = screen
        self.place = place

    def _call(self, interface, method, signature="()", *arguments):
        return self._screen.call(
            self.place, ATSPI + interface, method, signature, *arguments
        )

    def _get(self, interface, name):
        return self._screen.call(
            self.place, "org.freedesktop.DBus.Properties", "Get", "(ss)",
            ATSPI + interface, name,
        )  # fmt: skip

    @property
    def name(self):
        return self._get("Accessible", "Name")

    @property
    def role(self):
        """A button is a “push button”, as it was until AT-SPI 2.56."""
        role = self._call("Accessible", "GetRoleName")
        return "push button" if role == "button" else role

    @property
    def text(self):
        return self._call("Text", "GetText", "(ii)", 0, -1)

    @property
    def area(self):
        """On the screen: x, y, width and height, without the frame."""
        return self._call("Component", "GetExtents", "(u)", 0)

    @property
    def children(self):
        places = self._call("Accessible", "GetChildren")
        return [Widget(self._screen, place) for place in places]

    def has(self, state):
        low, _ = self._call("Accessible", "GetState")
        return bool(low & (1 << STATES[state]))

    def walk(self, hidden=False):
        """Itself and what is below it, where people can see it. What goes away
        meanwhile is not there."""
        yield self
        for child in self.get_living_children():
            if hidden or child.is_seen():
                yield from child.walk(hidden)

    def get_living_children(self):
        try:
            return self.children
        except Gone:
            return []

    def is_seen(self):
        try:
            return self.has("showing")
        except Gone:
            return False

    def is_called(self, name):
        try:
            return self.name == name
        except Gone:
            return False

    def is_a(self, role, name=None):
        try:
            return self.role == role and name in (None, self.name)
        except Gone:
            return False

    def find_all(self, role, name=None, hidden=False):
        return [w for w in self.walk(hidden) if w.is_a(role, name)]

    def find(self, role, name=None, hidden=False):
        return next(iter(self.find_all(role, name, hidden)), None)

    def fill_in(self, text):
        """A field, whatever it held."""
        self._call("Component", "GrabFocus")
        self._call("EditableText", "SetTextContents", "(s)", text)

    def choose_tab(self, name):
        """Of a page tab list."""
        tabs = self.children
        n = next(n for n, tab in enumerate(tabs) if tab.is_a("page tab", name))
        self._call("Selection", "SelectChild", "(i)", n)

    def do(self, action):
        """As soon as it can. Returns before the program has done it."""
        n_actions = self._get("Action", "NActions")
        actions = [
            self._call("Action", "GetName", "(i)", i) for i in range(n_actions)
        ]
        n = actions.index(action)
        servers.wait_for(
            lambda: self._call("Action", "DoAction", "(i)", n),
            f"“{self.name}” can {action}",
        )

    def is_bold(self, words):
        offset = self.text.index(words)
        attributes, _, _ = self._call(
            "Text", "GetAttributeRun", "(ib)", offset, False
        )
        return int(attributes.get("weight", 0)) >= BOLD

    def describe(self, depth=0):
        """Lines for people to read."""
        try:
            line = f"{'  ' * depth}{self.role} “{self.name}”"
            if ATSPI + "Text" in self._call("Accessible", "GetInterfaces"):
                line += f" {self.text!r}"
            yield line
            for child in self.children:
                if child.is_seen():
                    yield from child.describe(depth + 1)
        except Gone as error:
            yield f"{'  ' * depth}{error.message}"
