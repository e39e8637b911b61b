"""A home whose engine is on its way out or in: the next command waits its turn, and says so when it never comes."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from statetrace_engine.control.lease import Lease
from statetrace_engine.errors import StateTraceError
from statetrace_tui.commands import answers

KNOCKS = 2


@contextmanager
def _stopping(data_dir: Path) -> Iterator[None]:
    """An engine that owns the home with its door shut, until somebody has knocked twice."""
    lease = Lease.acquire(data_dir)
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(20.0)
        lease.publish(door.getsockname()[1])

        def shut() -> None:
            try:
                for _ in range(KNOCKS):
                    door.accept()[0].close()
            finally:
                lease.release()

        thread = threading.Thread(target=shut)
        thread.start()
        try:
            yield
        finally:
            for _ in range(KNOCKS if thread.is_alive() else 0):  # it fails: nobody else knocks
                socket.create_connection(door.getsockname()).close()
            thread.join()


def test_an_engine_starts_when_the_one_before_it_has_stopped(statetrace: Callable[..., Any], home: Path) -> None:
    with _stopping(home / "data"):
        said = statetrace("engine", "--home", home, "--seconds", "0.1")
    assert (said.code, said.err.startswith("watching 1 route ")) == (0, True), said.err


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
def test_a_console_opens_when_the_engine_before_it_has_stopped(home: Path, tmp_path: Path) -> None:
    from tests.commands.terminal import Terminal

    with _stopping(home / "data"):
        console = Terminal("--home", home, cwd=tmp_path)
        try:
            console.shows("10.20.0.0/16")
            assert "attached" not in console.text
            console.press("q")
            assert console.ends() == 0
        finally:
            console.close()


def test_an_engine_that_neither_answers_nor_stops_is_named_in_one_line(tmp_path: Path) -> None:
    lease = Lease.acquire(tmp_path)
    with pytest.raises(StateTraceError, match=r"^the engine of .* has not opened its door: .*$"):
        asyncio.run(answers.attached(tmp_path, wait_s=0.1))
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    lease.publish(port)
    with pytest.raises(StateTraceError, match=r"^the engine of process \d+ does not answer.*$"):
        asyncio.run(answers.attached(tmp_path, wait_s=0.1))
    lease.release()
    assert asyncio.run(answers.attached(tmp_path)) is None


def test_an_engine_that_answers_keeps_its_home_at_once(
    statetrace: Callable[..., Any], engine: Callable[[], Any], home: Path
) -> None:
    with engine() as running:
        said = statetrace("engine", "--home", home, "--seconds", "0.1")
        assert said.code == 3
        assert f"in use by process {running.process.pid}" in said.err
