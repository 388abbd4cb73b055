# purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
"""Pidgin on a display of its own, as somebody who sits before it has it."""

import glob
import os
import shutil
import subprocess
import urllib.parse

import preferences
import servers

try:
    import accessible
except ImportError:
    accessible = None

# Not how fast it is, but when to give up.
PATIENCE_S = 60
WIDTH, HEIGHT = 1280, 960

PROGRAMS = ["pidgin", "Xvfb", "openbox", "dbus-daemon", "import", "xdotool"]
FILES = [
    "/usr/lib/*/gtk-2.0/modules/libatk-bridge.so",
    "/usr/lib/*/gtk-2.0/modules/libgail.so",
    "/usr/share/dbus-1/services/org.a11y.Bus.service",
]
# What would make another Pidgin of ours than people have, or reach out of it.
# GTK 2's libgail touches a button once more after the click that closed its
# dialog: Pidgin, without slices since GLib 2.76, would die of MALLOC_PERTURB_.
UNWANTED = [
    "AT_SPI_BUS_ADDRESS", "G_DEBUG", "G_SLICE", "LANGUAGE", "MALLOC_PERTURB_",
    "NO_AT_BRIDGE", "all_proxy", "ALL_PROXY", "http_proxy", "HTTP_PROXY",
    "https_proxy", "HTTPS_PROXY", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
]  # fmt: skip


def wait_for(condition, what, patience_s=PATIENCE_S):
    """Where windows may close while they are looked at."""

    def look():
        try:
            return condition()
        except accessible.Gone:
            return None

    return servers.wait_for(look, what, patience_s)


def list_missing():
    programs = [name for name in PROGRAMS if not shutil.which(name)]
    files = [name for name in FILES if not glob.glob(name)]
    return programs + files + ([] if accessible else ["python3-gi"])


# What a program writes to its descriptor 3 goes into the file $0.
WRITING = 'exec "$@" 3>"$0"'


class Desktop:
    """An empty home, a display, a message bus and a window manager."""

    def __init__(self, place):
        self._place = place
        home, runtime = place.dir / "home", place.dir / "run"
        home.mkdir()
        runtime.mkdir(mode=0o700)
        for name in UNWANTED:
            os.environ.pop(name, None)
        os.environ.update(
            HOME=str(home),
            XDG_RUNTIME_DIR=str(runtime),
            GIO_USE_VFS="local",
            GSETTINGS_BACKEND="memory",
            GTK_MODULES="gail:atk-bridge",
            LC_ALL="C.UTF-8",
        )
        number = self._start(
            "Xvfb", "-displayfd", "3", "-screen", "0", f"{WIDTH}x{HEIGHT}x24",
            "-nolisten", "tcp", "-noreset",
        )  # fmt: skip
        os.environ["DISPLAY"] = f":{number}"
        bus = f"unix:path={urllib.parse.quote(str(runtime / 'bus'))}"
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = self._start(
            "dbus-daemon", "--session", "--nofork", "--print-address=3",
            f"--address={bus}",
        )  # fmt: skip
        self._start_window_manager()

    def _start(self, *command):
        """Returns what it says."""
        said = self._place.dir / f"said-by-{command[0]}"
        servers.Process(self._place, ["sh", "-c", WRITING, said, *command])
        wait_for(
            lambda: said.exists() and said.read_text().endswith("\n"),
            f"{command[0]} starts",
        )
        return said.read_text().strip()

    def _start_window_manager(self):
        """It was seen to be missing once, of many times, on a busy machine."""
        log = self._place.dir / "openbox.log"
        openbox = servers.Process(self._place, ["openbox"], log=log)

        def is_there():
            if not openbox.is_running():
                openbox.start()
            ask = ["xdotool", "get_desktop"]
            return subprocess.run(ask, capture_output=True).returncode == 0

        wait_for(is_there, "a window manager")

    @staticmethod
    def has_all_of(window):
        x, y, width, height = window.area
        return (
            0 <= x <= x + width <= WIDTH and 0 <= y <= y + height <= HEIGHT
        )

    @staticmethod
    def _go_to(title):
        """To the window of that title, once it can have the keys."""
        search = ["xdotool", "search", "--onlyvisible", "--name", f"^{title}$"]
        activate = search + ["windowactivate", "--sync"]

        def is_in_front():
            done = subprocess.run(activate, capture_output=True)
            return done.returncode == 0

        wait_for(is_in_front, f"“{title}” in front")

    def press_escape(self, title):
        self._go_to(title)
        subprocess.run(["xdotool", "key", "Escape"], check=True)

    def type_line(self, title, text):
        self._go_to(title)
        subprocess.run(["xdotool", "type", "--delay", "20", text], check=True)
        subprocess.run(["xdotool", "key", "Return"], check=True)

    def take_picture(self, path):
        subprocess.run(["import", "-window", "root", "-strip", path])


class Pidgin:
    """With a folder of its own for its settings, in which the module is. Ready
    when its buddy list is there."""

    def __init__(self, place, module):
        self._place = place
        self._widgets = None
        self._process = None
        self.config = place.dir / "config"
        self.downloads = place.dir / "downloads"
        self.log = place.dir / "pidgin.log"
        plugins = self.config / "plugins"
        plugins.mkdir(parents=True)
        self.downloads.mkdir()
        (plugins / "libwebnotify.so").symlink_to(module)
        preferences.write(
            self.config,
            {
                "/pidgin/filelocations/last_save_folder": self.downloads,
                "/purple/away/away_when_idle": False,
                "/purple/away/idle_reporting": "none",
            },
        )

    def start(self):
        command = ["pidgin", "--multiple", f"--config={self.config}"]
        self._process = servers.Process(self._place, command, log=self.log)
        pid = self._process.process.pid
        screen = accessible.Screen()
        self._widgets = wait_for(lambda: screen.find_program(pid), "Pidgin")
        self.get_window("Buddy List")

    def is_running(self):
        return self._process is not None and self._process.is_running()

    def quit(self):
        """As people do. Returns the exit status."""
        self.choose("Buddy List", "Buddies", "Quit")
        return servers.end_within(self._process.process, PATIENCE_S)

    def describe(self):
        return self._widgets.describe() if self._widgets else []

    def find_window(self, title):
        for window in self._widgets.get_living_children():
            if window.is_called(title) and window.is_seen():
                return window
        return None

    def get_window(self, title):
        return wait_for(
            lambda: self.find_window(title), f"the window “{title}”"
        )

    def find_dialog_with(self, words):
        """A window that may have no title."""
        for window in self._widgets.find_all("dialog"):
            if any(words in w.name for w in window.find_all("label")):
                return window
        return None

    def get_dialog_with(self, words):
        return wait_for(
            lambda: self.find_dialog_with(words), f"a dialog with “{words}”"
        )

    def get(self, title, role, name=None, hidden=False):
        """A widget of a window, which it waits for."""

        def look():
            window = self.find_window(title)
            return window and window.find(role, name, hidden)

        return wait_for(look, f"“{name}” ({role}) in “{title}”")

    def press(self, title, button):
        def can_be_pressed():
            widget = self.get(title, "push button", button)
            return widget if widget.has("sensitive") else None

        wait_for(can_be_pressed, f"“{button}” to press").do("click")

    def tick(self, title, box):
        self.get(title, "check box", box).do("click")

    def choose(self, title, *path):
        """From the menus of a window."""

        def look():
            window = self.find_window(title)
            item = window and window.find("menu bar")
            for name in path:
                item = item and next(
                    (c for c in item.children if c.name == name), None
                )
            return item

        wait_for(look, " ▸ ".join(path)).do("click")

    def list_buddies(self):
        """The lines of the buddy list, groups included."""
        window = self.find_window("Buddy List")
        table = window and window.find("tree table")
        cells = table.find_all("table cell") if table else []
        return [cell.name for cell in cells if cell.name]

    def get_conversations(self, title):
        """The texts of the conversations in a window, of each of its tabs."""
        window = self.find_window(title)
        tabs = window.find_all("page tab", hidden=True) if window else []
        return [self._get_history(tab) for tab in tabs]

    @staticmethod
    def _get_history(tab):
        # The first text with lines in it; the other is for what people write.
        texts = tab.find_all("text", hidden=True)
        return max((text.text for text in texts), key=len, default="")
