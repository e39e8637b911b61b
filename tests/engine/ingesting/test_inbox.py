"""The inbox: what stands still is taken, and moved aside with its outcome."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine import config
from statetrace_engine.runtime import LiveEngine
from statetrace_engine.runtime.ingesting.files import File
from statetrace_engine.runtime.ingesting.inbox import Inbox, Standstill
from statetrace_engine.runtime.ingesting.run import Settled, Settlement
from statetrace_engine.store.captures import Captures

PATIENCE_S = 60.0


def dropped(inbox: Inbox, name: str, content: str = "WLLS-A 10.1.1.2") -> Path:
    path = inbox.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path / "inbox")


def names(files: list[File], inbox: Inbox) -> list[str]:
    return sorted(Path(file.path).relative_to(inbox.folder).as_posix() for file in files)


def test_a_file_is_taken_when_it_has_stood_still_for_two_seconds(inbox: Inbox) -> None:
    dropped(inbox, "WLLS/a.log")
    assert inbox.ready(100.0) == []
    assert inbox.ready(101.9) == []
    found = inbox.ready(102.0)

    assert names(found, inbox) == ["WLLS/a.log"]
    assert found[0].site == "WLLS"


def test_a_file_that_is_being_written_waits(inbox: Inbox) -> None:
    path = dropped(inbox, "a.log")
    for second in range(5):
        assert inbox.ready(100.0 + second) == []
        with path.open("a", encoding="utf-8") as file:
            file.write("more\n")
    assert inbox.ready(105.0) == []
    assert names(inbox.ready(107.0), inbox) == ["a.log"]


@given(st.lists(st.tuples(st.integers(0, 1), st.floats(0, 3)), max_size=30))
def test_nothing_is_taken_that_changed_within_two_seconds(looks: list[tuple[int, float]]) -> None:
    standstill, now, since, size = Standstill(2.0), 0.0, 0.0, -1
    for new_size, step in looks:
        now += step
        if new_size != size:
            size, since = new_size, now
        assert standstill.look([("a", (size, 0))], now) == (["a"] if now - since >= 2.0 else [])


def test_hidden_files_and_what_is_settled_are_left_alone(inbox: Inbox) -> None:
    for name in ("done/a.log", "rejected/b.log", ".part", ".hidden/c.log"):
        dropped(inbox, name)
    inbox.ready(0.0)

    assert names(inbox.ready(10.0), inbox) in ([], [".hidden/c.log"])


def settled(inbox: Inbox, path: Path, settlement: Settlement, reason: str = "") -> Settled:
    stat = path.stat()
    return Settled(File(str(path), stat.st_size, stat.st_mtime, "WLLS"), settlement, reason)


def test_a_stored_file_moves_to_done_and_never_over_another(inbox: Inbox) -> None:
    for content in ("one", "two"):
        path = dropped(inbox, "WLLS/a.log", content)
        inbox.settle(settled(inbox, path, Settlement.STORED))

    assert (inbox.folder / "done/WLLS/a.log").read_text(encoding="utf-8") == "one"
    assert (inbox.folder / "done/WLLS/a-2.log").read_text(encoding="utf-8") == "two"
    assert not path.exists()


def test_a_stored_file_is_deleted_when_the_settings_say_so(inbox: Inbox) -> None:
    inbox.after = "delete"
    path = dropped(inbox, "a.log")

    inbox.settle(settled(inbox, path, Settlement.SKIPPED))

    assert [each.name for each in inbox.folder.rglob("*") if each.is_file()] == []


def test_a_rejected_file_has_its_reason_beside_it(inbox: Inbox) -> None:
    path = dropped(inbox, "WLLS/bad.log")

    inbox.settle(settled(inbox, path, Settlement.REJECTED, "it is \x1b[31mbinary"))

    assert (inbox.folder / "rejected/WLLS/bad.log").exists()
    reason = (inbox.folder / "rejected/WLLS/bad.log.reason.txt").read_text(encoding="utf-8")
    assert reason == "bad.log was not read: it is .[31mbinary\n"


def test_a_file_that_changed_meanwhile_stays_to_be_read_again(inbox: Inbox) -> None:
    path = dropped(inbox, "a.log")
    event = settled(inbox, path, Settlement.STORED)
    path.write_text("something else", encoding="utf-8")

    inbox.settle(event)

    assert path.exists()


def test_a_file_that_is_gone_is_no_error(inbox: Inbox) -> None:
    path = dropped(inbox, "a.log")
    event = settled(inbox, path, Settlement.GONE)
    path.unlink()

    inbox.settle(event)
    inbox.refuse(path, "it was there a moment ago")

    assert [each.name for each in inbox.folder.rglob("*") if each.is_file()] == []


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_are_refused_and_never_followed(inbox: Inbox, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key").write_text("hunter2", encoding="utf-8")
    dropped(inbox, "a.log")
    (inbox.folder / "link").symlink_to(secret / "key")
    (inbox.folder / "folder").symlink_to(secret)
    inbox.ready(0.0)

    assert names(inbox.ready(10.0), inbox) == ["a.log"]
    assert (inbox.folder / "rejected/link").is_symlink()
    assert "a link" in (inbox.folder / "rejected/folder.reason.txt").read_text(encoding="utf-8")
    assert (secret / "key").read_text(encoding="utf-8") == "hunter2"


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_what_cannot_be_moved_is_told_once_and_stops_nothing(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody else's folder, say: the rights of its own user are not those of the engine's."""
    stuck = dropped(inbox, "WLLS/a.log")
    link = inbox.folder / "WLLS" / "link"
    link.symlink_to(stuck)
    other = dropped(inbox, "b.log")
    rename = Path.rename

    def forbidden(path: Path, target: Path) -> Path:
        if path.parent == stuck.parent:
            raise PermissionError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", forbidden)
    inbox.ready(0.0)
    assert names(inbox.ready(2.0), inbox) == ["WLLS/a.log", "b.log"]
    inbox.settle(settled(inbox, stuck, Settlement.STORED))
    inbox.settle(settled(inbox, other, Settlement.STORED))
    for second in range(3, 60):
        assert inbox.ready(float(second)) == []
    assert [record.getMessage().rpartition("/")[2] for record in caplog.records] == [
        "link cannot be moved: Permission denied", "a.log cannot be moved: Permission denied",
    ]  # fmt: skip

    os.utime(stuck, (1, 1))
    inbox.ready(61.0)
    assert names(inbox.ready(63.0), inbox) == ["WLLS/a.log"]
    inbox.settle(settled(inbox, stuck, Settlement.STORED))
    monkeypatch.undo()
    assert inbox.ready(660.0) == []
    inbox.ready(663.0)
    assert names(inbox.ready(665.0), inbox) == ["WLLS/a.log"]


def test_a_name_as_long_as_names_may_be_has_its_reason_beside_it(inbox: Inbox) -> None:
    path = dropped(inbox, "\u00e9" * 100 + "y" * 51 + ".log")
    inbox.refuse(path, "it is empty")
    [reason] = (inbox.folder / "rejected").glob("*.reason.txt")
    assert "it is empty" in reason.read_text(encoding="utf-8")


SETTINGS = '[syslog]\nudp = "127.0.0.1:0"\ntcp = "127.0.0.1:0"\n[traps]\nudp = ""\n[bmp]\ntcp = ""\n'


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    pause = threading.Event()
    while not true():
        assert time.monotonic() < deadline
        pause.wait(0.05)


def test_an_engine_takes_what_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "statetrace.toml").write_text(SETTINGS, encoding="utf-8")
    inbox = Inbox(tmp_path / "data" / "inbox")
    engine = LiveEngine.start(config.load(tmp_path), tmp_path)
    try:
        dropped(inbox, "WLLS/a.log")
        dropped(inbox, "WLLS/bad.log", "")
        until((inbox.folder / "done/WLLS/a.log").exists)
        until((inbox.folder / "rejected/WLLS/bad.log.reason.txt").exists)
    finally:
        engine.stop()

    assert [one.hostname for one in Captures(tmp_path / "data" / "statetrace.db").newest()] == ["WLLS-A"]


def test_a_capture_is_named_where_its_file_lies_now(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "statetrace.toml").write_text(SETTINGS, encoding="utf-8")
    inbox, captures = Inbox(tmp_path / "data" / "inbox"), Captures(tmp_path / "data" / "statetrace.db")
    engine = LiveEngine.start(config.load(tmp_path), tmp_path)
    try:
        for hop, name in ((2, "a.log"), (3, "a-2.log"), (2, "a-3.log")):
            dropped(inbox, "WLLS/a.log", f"WLLS-A 10.1.1.{hop}")
            until((inbox.folder / "done/WLLS" / name).exists)
    finally:
        engine.stop()

    lies = {Path(one.name): Path(one.name).read_text(encoding="utf-8") for one in captures.of_device("WLLS-A")}
    done = (inbox.folder / "done/WLLS").absolute()
    assert lies == {done / "a.log": "WLLS-A 10.1.1.2", done / "a-2.log": "WLLS-A 10.1.1.3"}


def test_an_engine_that_ends_while_it_reads_leaves_the_file_for_the_next(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "statetrace.toml").write_text(SETTINGS, encoding="utf-8")
    inbox = Inbox(tmp_path / "data" / "inbox")
    engine = LiveEngine.start(config.load(tmp_path), tmp_path)
    try:
        path = dropped(inbox, "a.log", f"wait {tmp_path / 'go'}")
        until(lambda: engine.core._keeper._planned)
    finally:
        engine.stop()
    assert path.exists()
    (tmp_path / "go").touch()

    engine = LiveEngine.start(config.load(tmp_path), tmp_path)
    try:
        until((inbox.folder / "done/a.log").exists)
    finally:
        engine.stop()


@pytest.mark.skipif(os.name == "nt", reason="rights are kept otherwise there")
def test_what_was_read_is_its_owners_alone(inbox: Inbox, tmp_path: Path) -> None:
    inbox.folder.mkdir()
    (inbox.folder / "rejected").mkdir(mode=0o755)
    outside = tmp_path / "outside"
    outside.write_text("theirs")
    outside.chmod(0o644)
    for name in ("WLLS/a.log", "BOYO/b.log"):
        dropped(inbox, name).chmod(0o664)
    (inbox.folder / "link.log").symlink_to(outside)
    inbox.ready(100.0)
    good, bad = sorted(inbox.ready(103.0), key=lambda file: file.path, reverse=True)

    inbox.settle(Settled(good, Settlement.STORED))
    inbox.settle(Settled(bad, Settlement.REJECTED, "it is empty"))

    kept = [path for into in ("done", "rejected") for path in (inbox.folder / into).rglob("*") if not path.is_symlink()]
    assert {path.name for path in kept if path.is_file()} >= {"a.log", "b.log", "b.log.reason.txt"}
    assert {path.stat().st_mode & 0o777 for path in kept if path.is_file()} == {0o600}
    folders = [path for path in kept if path.is_dir()]
    assert {path.stat().st_mode & 0o777 for path in (*folders, inbox.folder / "done", inbox.folder / "rejected")} == {
        0o700
    }
    assert outside.stat().st_mode & 0o777 == 0o644
