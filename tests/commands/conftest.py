"""The command line as a user meets it: `statetrace(…)` runs it here, `engine` runs one in a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import statetrace_engine
from statetrace_tui.__main__ import main

ROOT = Path(statetrace_engine.__file__).parent.parent
SETTINGS = """[syslog]
udp = "127.0.0.1:0"
tcp = "127.0.0.1:0"
[traps]
udp = "127.0.0.1:0"
[bmp]
tcp = "127.0.0.1:0"
[class.critical]
recovery_hold_s = 1
"""
INVENTORY = """[site.WLLS]
owner = "Network Core"
[[device]]
hostname = "WLLS-A01-AR-01"
vendor = "cisco_ios"
[[device.route]]
prefix = "10.20.0.0/16"
class = "critical"
primary = { next_hop = "10.1.1.2", interface = "Gi0/1", protocol = "static" }
"""


_END = getattr(signal, "CTRL_BREAK_EVENT", signal.SIGTERM)
_OWN_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
"""Windows sends its break to a whole group."""


class Said(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def statetrace(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Runs one command in this process."""

    def run(*arguments: str | Path) -> Said:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as ended:  # argparse
            code = int(ended.code or 0)
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home that watches one route and listens on any port."""
    (tmp_path / "home" / "config").mkdir(parents=True)
    (tmp_path / "home" / "config" / "statetrace.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "home" / "config" / "inventory.toml").write_text(INVENTORY, encoding="utf-8")
    return tmp_path / "home"


class Running(NamedTuple):
    process: subprocess.Popen[str]
    syslog_udp: tuple[str, int]

    def stop(self) -> None:
        """Asks it to end, as a service manager does."""
        self.process.send_signal(_END)


def launch(*arguments: str | Path, **settings: Any) -> subprocess.Popen[str]:
    """A command in a process of its own, which is no window's child."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "statetrace_tui", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environ,
        creationflags=_OWN_GROUP,
        **settings,
    )


@pytest.fixture
def engine(home: Path) -> Callable[[], Any]:
    """`with engine() as running:`: `statetrace engine` on the home, listening."""

    @contextmanager
    def run() -> Iterator[Running]:
        with launch("engine", "--home", home, "--json") as process:
            try:
                assert process.stderr is not None
                line = process.stderr.readline()
                match = re.search(r"syslog_udp 127\.0\.0\.1:(\d+)", line)
                assert match, line + process.stderr.read()
                yield Running(process, ("127.0.0.1", int(match[1])))
            finally:
                if process.poll() is None:
                    process.send_signal(_END)

    return run
