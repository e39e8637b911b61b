"""Log files followed through what happens to log files."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.clock import Clock
from statetrace_engine.model.signal import LogLine
from statetrace_engine.sources import log_files
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.sources.log_files import LogFileSettings
from statetrace_engine.sources.log_tail import LINE_LIMIT, LineSplitter

if TYPE_CHECKING:
    from tests.engine.sources.conftest import Desk


def write(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


async def follow(desk: Desk, *paths: Path, positions: Path | None = None) -> asyncio.Task[None]:
    """Returns when every file has been looked at once."""
    settings = LogFileSettings(files=tuple(map(str, paths)), positions=str(positions) if positions else "", poll_s=0.02)
    desk.statuses.clear()
    task = desk.start(log_files.run(settings, desk.inbox, desk.report))
    await desk.status("syslog_file", lambda status: status.detail == str(paths[-1]))
    return task


def texts(desk: Desk) -> list[str]:
    return [signal.payload.raw.decode() for signal in desk.signals if isinstance(signal.payload, LogLine)]


async def test_old_lines_are_not_news_and_new_ones_are(desk: Desk, tmp_path: Path) -> None:
    log = tmp_path / "router.log"
    write(log, "old 1\nold 2\n")
    await follow(desk, log)

    write(log, "new 1\r\n\nnew 2\n")

    first, _ = await desk.count(2)
    assert texts(desk) == ["new 1", "new 2"]
    assert (first.source, first.peer) == ("syslog_file", str(log))


async def test_a_line_is_news_when_it_is_complete(desk: Desk, tmp_path: Path) -> None:
    log, other = tmp_path / "a.log", tmp_path / "b.log"
    write(log, "old\nhal")
    write(other, "")
    await follow(desk, log, other)
    write(other, "later\n")
    await desk.count(1)

    write(log, "f a ")
    write(other, "later\n")
    await desk.count(2)
    write(log, "line\n")

    await desk.count(3)
    assert texts(desk) == ["later", "later", "half a line"]


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be renamed")
async def test_rotation_by_rename_loses_nothing(desk: Desk, tmp_path: Path) -> None:
    log = tmp_path / "router.log"
    write(log, "old\n")
    await follow(desk, log)
    with log.open("a", encoding="utf-8") as writer:
        writer.write("1\n")
        writer.flush()
        log.rename(tmp_path / "router.log.1")
        writer.write("2\n")  # the writer has not heard of the rotation yet
        writer.flush()
        write(log, "3\n")
        await desk.count(3)
        writer.write("4\nunfinished")

    await desk.count(5)
    assert sorted(texts(desk)) == ["1", "2", "3", "4", "unfinished"]


async def test_copy_and_truncate_starts_over(desk: Desk, tmp_path: Path) -> None:
    log = tmp_path / "router.log"
    write(log, "old line that is long\n")
    await follow(desk, log)
    write(log, "1\n")
    await desk.count(1)

    os.truncate(log, 0)
    write(log, "2\n")

    await desk.count(2)
    assert texts(desk) == ["1", "2"]


async def test_a_truncated_file_that_has_already_grown_past_the_old_end_starts_over(desk: Desk, tmp_path: Path) -> None:
    log = tmp_path / "router.log"
    write(log, "old\n")
    await follow(desk, log)
    write(log, "1\n")
    await desk.count(1)

    log.write_text("a first line of more than before\nand another\n", encoding="utf-8")

    await desk.count(3)
    assert texts(desk) == ["1", "a first line of more than before", "and another"]


async def test_a_file_that_is_not_there_is_said_and_read_from_its_start_when_it_comes(
    desk: Desk, tmp_path: Path
) -> None:
    log = tmp_path / "router.log"
    await follow(desk, log)
    status = await desk.status("syslog_file")
    assert (status.state, status.error) == ("failed", "no such file or directory")

    write(log, "first\n")

    await desk.count(1)
    assert texts(desk) == ["first"]
    await desk.status("syslog_file", lambda status: (status.state, status.error) == ("running", ""))


async def test_a_file_that_goes_and_comes_back_is_followed_on(desk: Desk, tmp_path: Path) -> None:
    log = tmp_path / "router.log"
    write(log, "old\n")
    await follow(desk, log)
    log.unlink()
    await desk.status("syslog_file", lambda status: status.state == "failed")

    write(log, "new\n")

    await desk.count(1)
    assert texts(desk) == ["new"]


async def test_a_restart_resumes_where_it_stopped(desk: Desk, tmp_path: Path) -> None:
    log, positions = tmp_path / "router.log", tmp_path / "positions.json"
    write(log, "old\n")
    task = await follow(desk, log, positions=positions)
    write(log, "1\nhalf")
    await desk.count(1)
    await desk.stop(task)
    write(log, " a line\n2\n")

    await follow(desk, log, positions=positions)

    await desk.count(3)
    assert texts(desk) == ["1", "half a line", "2"]
    assert not any(signal.payload.is_backlog for signal in desk.signals if isinstance(signal.payload, LogLine))


async def test_what_was_written_during_a_long_absence_is_history(desk: Desk, tmp_path: Path) -> None:
    log, positions = tmp_path / "router.log", tmp_path / "positions.json"
    write(log, "old\n")
    await desk.stop(await follow(desk, log, positions=positions))
    write(log, "missed\n")
    later = Clock().wall() + 120
    desk.inbox = Inbox(100, Clock(wall=lambda: later))

    await follow(desk, log, positions=positions)
    await desk.count(1)
    write(log, "now\n")
    await desk.count(2)

    marks = [signal.payload.is_backlog for signal in desk.signals if isinstance(signal.payload, LogLine)]
    assert list(zip(texts(desk), marks, strict=True)) == [("missed", True), ("now", False)]


async def test_a_file_rotated_during_the_absence_is_read_from_its_start(desk: Desk, tmp_path: Path) -> None:
    log, positions = tmp_path / "router.log", tmp_path / "positions.json"
    write(log, "old\n")
    await desk.stop(await follow(desk, log, positions=positions))
    log.rename(tmp_path / "router.log.1")
    write(log, "the new file\n")

    await follow(desk, log, positions=positions)

    await desk.count(1)
    assert texts(desk) == ["the new file"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"files": 3}', '{"files": {"PATH": {"offset": -1, "head": ""}}}'])
async def test_a_broken_position_file_is_no_obstacle(desk: Desk, tmp_path: Path, content: str) -> None:
    log, positions = tmp_path / "router.log", tmp_path / "positions.json"
    write(log, "old\n")
    positions.write_text(content.replace("PATH", str(log)), encoding="utf-8")

    await follow(desk, log, positions=positions)
    write(log, "new\n")

    await desk.until(lambda seen: seen and texts(desk)[-1] == "new")


async def test_positions_that_cannot_be_kept_are_said(desk: Desk, tmp_path: Path) -> None:
    log = tmp_path / "router.log"
    write(log, "old\n")
    await follow(desk, log, positions=tmp_path / "no such folder" / "positions.json")
    write(log, "new\n")

    await desk.count(1)
    status = await desk.status("syslog_file", lambda status: status.error)
    assert "position cannot be kept" in status.error
    assert status.state == "running"


async def test_a_large_addition_arrives_whole_and_a_huge_line_is_cut(desk: Desk, tmp_path: Path) -> None:
    log = tmp_path / "router.log"
    write(log, "")
    await follow(desk, log)
    lines = [f"{number} {'.' * 100}" for number in range(20_000)]

    write(log, "\n".join(lines) + "\n" + "x" * 200_000 + "\nlast\n")

    await desk.count(20_002)
    assert texts(desk) == [*lines, "x" * LINE_LIMIT, "last"]
    await desk.status("syslog_file", lambda status: (status.received, status.errors) == (20_002, 1))


@given(st.lists(st.binary(max_size=40)))
def test_however_a_stream_is_cut_the_lines_are_the_same(chunks: list[bytes]) -> None:
    splitter = LineSplitter()
    whole = b"".join(chunks)

    found = [line for chunk in chunks for line in splitter.feed(chunk)]

    expected = [line.removesuffix(b"\r") for line in whole.split(b"\n")[:-1]]
    assert found == [line for line in expected if line]
    assert splitter.pending == len(whole.split(b"\n")[-1])
    assert splitter.finish() == [last for last in [whole.split(b"\n")[-1]] if last]
