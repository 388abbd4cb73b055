# purple-webnotify, SPDX-License-Identifier: GPL-2.0-or-later
"""Pidgin on a display of its own, signed on at flood-server.py, with the
lag meter in it, which says for how long its main loop did not come round."""

import os
import shutil
import subprocess
import sys
import time

import preferences
import servers

PATIENCE_S = 90
PROGRAMS = ["pidgin", "Xvfb", "openbox", "xdotool"]

ACCOUNTS = """<?xml version='1.0' encoding='UTF-8' ?>
<account version='1.0'>
  <account>
    <protocol>prpl-webnotify</protocol>
    <name>1001@jd-shop/production</name>
    <statuses>
      <status type='available' name='Available' active='true'/>
    </statuses>
    <settings>
      <setting name='server' type='string'>ws://127.0.0.1:{port}/</setting>
    </settings>
    <settings ui='gtk-gaim'>
      <setting name='auto-login' type='bool'>1</setting>
    </settings>
  </account>
</account>
"""


def wait_for(what, condition):
    """Returns what `condition` says once that is true; else raises."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.1)
    raise TimeoutError(f"never came: {what}")


class Programs:
    """What was started; the newest ends first."""

    def __init__(self):
        self.running = []

    def start(self, *argv, **options):
        program = subprocess.Popen(argv, start_new_session=True, **options)
        self.running.append(program)
        return program

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for program in reversed(self.running):
            program.terminate()
            servers.end_within(program, 15)


class Server:
    def __init__(self, programs):
        self.program = programs.start(
            sys.executable,
            str(servers.HERE / "support" / "flood-server.py"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(self.hear("port").split()[1])

    def hear(self, word):
        line = self.program.stdout.readline()
        assert line.startswith(word), line
        return line

    def order(self, line):
        self.program.stdin.write(line + "\n")
        self.program.stdin.flush()


def write_config(config, build, lag_meter, port):
    (config / "plugins").mkdir(parents=True)
    (config / "plugins" / "libwebnotify.so").symlink_to(
        build / "plugin" / "libwebnotify.so"
    )
    own_meter = config / "plugins" / "lag-meter.so"
    own_meter.symlink_to(lag_meter)
    (config / "accounts.xml").write_text(ACCOUNTS.format(port=port))
    preferences.write(
        config,
        {
            "/pidgin/plugins/loaded": [own_meter],
            "/purple/logging/log_ims": True,
            "/purple/logging/format": "html",
        },
    )


def start_pidgin(programs, config):
    """Returns its process."""
    number = config / "display"
    with number.open("w") as out:
        programs.start(
            "Xvfb", "-displayfd", str(out.fileno()), "-screen", "0",
            "1280x1000x24", "-nolisten", "tcp",
            pass_fds=[out.fileno()], stderr=subprocess.DEVNULL,
        )  # fmt: skip
    wait_for("the display", lambda: number.read_text().strip())
    os.environ["DISPLAY"] = ":" + number.read_text().strip()
    os.environ["WN_LAG_FILE"] = str(config / "lag")
    os.environ.update(GTK_MODULES="", NO_AT_BRIDGE="1", LC_ALL="C.UTF-8")
    os.environ.pop("G_DEBUG", None)
    os.environ.pop("G_SLICE", None)
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    programs.start("openbox", **silent)
    with (config / "pidgin.log").open("w") as log:
        return programs.start(
            "pidgin", "--multiple", f"--config={config}", stdout=log, stderr=log
        )


def skip_without_programs():
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    if missing:
        print("missing:", *missing)
        sys.exit(77)


def read_log(config):
    files = list((config / "logs").rglob("*.html"))
    return "".join(file.read_text() for file in files)


def take_gaps(config):
    """The longest gaps until now, each in ms and in ms of the processor; the
    next ones are counted anew."""
    lag = config / "lag"
    wait_for("the lag meter", lag.exists)
    lines = lag.read_text().splitlines()
    lag.unlink()
    wait_for("the lag meter", lag.exists)
    return [tuple(map(float, line.split())) for line in lines]
