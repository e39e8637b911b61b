"""A command that finds no room says what is full, how much is free, what was kept and what to do."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from statetrace_engine.errors import StateTraceError, StoreError
from statetrace_tui.commands import full_disk
from statetrace_tui.commands.full_disk import Room
from tests.commands.conftest import launch

Run = Callable[..., Any]
GIB = 1 << 30
CAPTURE = (
    "R1#show ip route\nS*    0.0.0.0/0 [1/0] via 10.1.1.{n}\nR1#show clock\n*12:0{n}:00.000 UTC Mon Nov 23 2026\nR1#\n"
)
DO = "Free some space there, then run it again"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MiB of its own, where root may make one."""
    place = tmp_path / "small"
    place.mkdir()
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("a disk of its own takes Linux and root")
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("no disk can be made here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@contextmanager
def filled(place: Path) -> Iterator[None]:
    """To the last byte."""
    path = place / "filler"
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"\0" * 4096):
            pass
    assert shutil.disk_usage(place).free == 0
    yield
    path.unlink()


def captures(folder: Path) -> list[Path]:
    made = [folder / f"R1-{n}.log" for n in (1, 2)]
    for n, path in enumerate(made, 1):
        path.write_text(CAPTURE.replace("{n}", str(n)), encoding="utf-8")
    return made


def test_a_second_ingest_on_a_full_disk_says_what_is_full_and_what_was_kept(
    statetrace: Run, small: Path, tmp_path: Path
) -> None:
    home, (first, second) = small / "home", captures(tmp_path)
    assert statetrace("ingest", first, "--home", home).code == 0
    with filled(small):
        said = statetrace("ingest", second, "--home", home)
        as_json = statetrace("ingest", second, "--home", home, "--json").json
    assert said.code == as_json["exit"] == 3
    for told in (said.err, as_json["error"]):
        assert f"the disk of {home / 'data'} is full (" in told
        assert "0 KiB of 4.0 MiB are free." in told
        assert (
            "0 of 1 file of this run were stored before; what is stored is whole, and the next run reads the rest."
            in told
        )
        assert DO in told
    assert statetrace("ingest", second, "--home", home, "--json").json["complete"]


WRITES = [
    ("ack", "OUT-1"), ("anomalies", "snooze", "CpuHigh", "R1", "--for", "2h"), ("engine", "--seconds", "1"),
    ("import", "RECORDS"), ("export", "route-records", "--out", "OUT"), ("inventory", "draft", "--out", "OUT"),
    ("redact", "CAPTURE", "--out", "FOLDER"),
]  # fmt: skip


@pytest.mark.parametrize("typed", WRITES, ids=" ".join)
def test_every_command_that_writes_says_it_alike(
    statetrace: Run, small: Path, tmp_path: Path, typed: tuple[str, ...]
) -> None:
    home, (first, second) = small / "home", captures(tmp_path)
    other = tmp_path / "other"
    assert statetrace("ingest", first, "--home", home).code == 0
    assert statetrace("ingest", second, "--home", other).code == 0
    assert statetrace("export", "route-records", "--home", other, "--out", tmp_path / "records.json").code == 0
    stands = {
        "RECORDS": tmp_path / "records.json", "OUT": small / "out", "CAPTURE": second, "FOLDER": small / "clean",
    }  # fmt: skip
    with filled(small):
        said = statetrace(*(stands.get(word, word) for word in typed), "--home", home)
        assert not (small / "out").exists()
    if typed[0] == "ack":
        assert (said.code, said.err) == (1, "statetrace: OUT-1: no such outage is open or recent\n")
        return
    assert said.code == 3
    assert f"the disk of {small}" in said.err
    assert " is full (" in said.err
    assert DO in said.err


@pytest.mark.skipif(os.name == "nt", reason="no such limit")
def test_where_only_the_size_of_a_file_is_limited_it_says_so(tmp_path: Path) -> None:
    import resource

    home, (first, second) = tmp_path / "home", captures(tmp_path)
    with launch("ingest", first, "--home", home) as running:
        running.communicate(timeout=60)
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))  # noqa: E731
    with launch("ingest", second, "--home", home, "--json", preexec_fn=limit) as running:
        out, _ = running.communicate(timeout=60)
    said = json.loads(out)["error"]
    assert f"the disk of {home / 'data'} refuses (" in said
    assert "`ulimit -f`" in said
    assert "the next run reads the rest" in said


def raised(*errors: BaseException) -> BaseException:
    """The last, which came of the one before it, and so on."""
    before: BaseException | None = None
    for error in errors:
        error.__cause__, before = before, error
    assert before is not None
    return before


def sqlite_error(code: int, text: str) -> sqlite3.Error:
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    return error


FULL = OSError(errno.ENOSPC, "No space left on device")


def test_what_it_came_of_says_whether_a_disk_is_full(tmp_path: Path) -> None:
    def told(free: int, *errors: BaseException) -> str | None:
        return full_disk.words(raised(*errors), tmp_path, lambda _: Room(40 * GIB, 0, free))

    ioerr = (sqlite_error(sqlite3.SQLITE_IOERR | (3 << 8), "disk I/O error"), StoreError("disk I/O error"))
    full = (sqlite_error(sqlite3.SQLITE_FULL, "database or disk is full"), StoreError("the disk"))
    assert told(0, OSError(errno.EACCES, "Permission denied", "data")) is None
    assert told(0, StateTraceError("no such outage")) is None
    assert "refuses (disk I/O error), though 5.0 GiB of 40.0 GiB are free" in str(told(5 * GIB, *ioerr))
    assert told(0, *ioerr) == (
        f"the disk of {tmp_path} is full (disk I/O error): 0 KiB of 40.0 GiB are free. {full_disk.KEPT} {DO}"
    )
    assert "is full (database or disk is full): 8 KiB" in str(told(8192, *full))
    assert "is full (No space left on device)" in str(told(0, FULL, StoreError("audit.head: No space")))
    assert "ulimit" in str(told(5 * GIB, OSError(errno.EFBIG, "File too large")))
    noted = StoreError("x")
    noted.add_note("Two files are stored.")
    assert "Two files are stored. Free" in str(told(0, FULL, noted))


def test_the_disk_is_that_of_the_file_which_could_not_be_written(tmp_path: Path) -> None:
    asked: list[Path] = []

    def room(place: Path) -> Room:
        asked.append(place)
        return Room(GIB, GIB, 0)

    lost = OSError(errno.ENOSPC, "No space left on device", str(tmp_path / "a\x1b[2J" / "x.json"))
    said = full_disk.words(lost, Path("home"), room)
    assert asked == [tmp_path]
    assert "(x.json: No space left on device)" in str(said)
    assert "\x1b" not in str(said)
