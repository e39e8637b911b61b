"""The newcomer's journey on a real terminal: the demo fails a link, says why, takes the acknowledgement, and leaves."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

if sys.platform == "win32":
    pytest.skip("needs a pty", allow_module_level=True)

from statetrace_engine.control import lease
from tests.commands.terminal import Terminal

DOWN = b"<187>Nov 23 09:00:00 WLLS-A01-AR-01 77: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down"


@contextmanager
def _terminal(*arguments: str | Path, cwd: Path) -> Iterator[Terminal]:
    terminal = Terminal(*arguments, cwd=cwd)
    try:
        yield terminal
    finally:
        terminal.close()


def test_the_demo_fails_a_link_says_why_and_takes_the_acknowledgement(tmp_path: Path) -> None:
    with _terminal("demo", cwd=tmp_path) as demo:
        demo.shows("Simulated network, short recovery holds.")
        demo.shows("detected +")
        demo.shows("link-failure")
        demo.press("a")
        demo.shows("acknowledged 1 outage")
        demo.press(":break NOWHERE Gi0/1\r")
        demo.shows("no device NOWHERE")
        demo.press("q")
        assert demo.ends() == 0
        demo.shows("the demo is over")
    assert list(tmp_path.iterdir()) == []


def test_a_second_console_attaches_and_leaves_the_engine_running(
    engine: Callable[[], Any], home: Path, tmp_path: Path
) -> None:
    with engine() as running, _terminal("--home", home, cwd=tmp_path) as console:
        console.shows("attached to")
        console.shows("10.20.0.0/16")
        console.press("q")
        assert console.ends() == 0
        console.shows("goes on without this console")
        assert running.process.poll() is None
        assert lease.read(home / "data") is not None


def test_an_attached_console_goes_on_with_the_next_engine_and_what_waited_is_sent(
    engine: Callable[[], Any], statetrace: Callable[..., Any], home: Path, tmp_path: Path
) -> None:
    with engine() as first, _terminal("--home", home, cwd=tmp_path) as console:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(DOWN, first.syslog_udp)
        console.shows("DOWN")
        first.process.kill()
        first.process.wait()
        console.shows("ENGINE SILENT")
        console.press("a")
        console.shows("1 queued")
        with engine():
            console.hides("ENGINE SILENT")
            console.shows("acknowledged 1 outage")
            (outage,) = statetrace("outages", "--home", home, "--json").json["outages"]
            assert outage["acknowledged_by"]
            console.press("q")
            assert console.ends() == 0


@pytest.mark.parametrize("key", ["q", "\x03"], ids=["q", "Ctrl-C"])
def test_the_console_starts_an_engine_ends_it_and_says_so(home: Path, tmp_path: Path, key: str) -> None:
    with _terminal("--home", home, "--theme", "mono", "--ascii", cwd=tmp_path) as console:
        console.shows("10.20.0.0/16")
        assert lease.read(home / "data") is not None
        assert console.text.isascii()
        console.press(key)
        assert console.ends() == 0
        console.shows("nothing watches")
    assert lease.read(home / "data") is None
