"""The newcomer's journey on a real terminal: the demo fails a link, says why, takes the acknowledgement, and leaves."""

from __future__ import annotations

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
