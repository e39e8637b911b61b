"""A capture of the store, compared with the one before it: whatever may be wrong with either is said."""

from __future__ import annotations

import gc
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec import msgpack, structs

from benchmarks import drift
from statetrace_engine.errors import StoreError
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType, DiffRun, FiledRun
from statetrace_engine.model.filed import FiledFile
from statetrace_engine.model.packed import Shown
from statetrace_engine.model.packed_changes import unpack
from statetrace_engine.runtime.ingesting import comparison
from statetrace_engine.runtime.ingesting.diff_metrics import DiffMetrics
from statetrace_engine.store.captures import Captures
from statetrace_engine.store.runs import Runs
from statetrace_engine.store.session import Session
from statetrace_engine.workers import comparing
from statetrace_engine.workers.side import Side

ROOT = str(Path(__file__).parents[3])
NOW = drift.START
PATIENCE_S = 60.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "statetrace.db"


@pytest.fixture
def session(path: Path) -> Iterator[Session]:
    session = Session(path, lambda: NOW)
    yield session
    session.close()


@pytest.fixture
def pair() -> tuple[bytes, bytes]:
    """Two captures of one device, 1 % of whose routes have changed."""
    (_, before), (_, after) = drift.Device(40).captures(2)
    return before, after


def silent(*_: object, **__: object) -> None:
    """Telemetry that nobody reads."""


def metrics(path: Path) -> DiffMetrics:
    return DiffMetrics(path.parent / "logs", path)


def store(session: Session, *raws: bytes, **forced: str) -> list[int]:
    """An hour apart; `forced` of the file."""
    files = [structs.replace(drift.filed(raw, NOW + 3600 * at), **forced) for at, raw in enumerate(raws)]
    return [_stored(session, structs.replace(file, file_key=f"{at}")) for at, file in enumerate(files)]


def _stored(session: Session, file: FiledFile) -> int:
    [summary] = session.write_captures([file]).captures
    return summary.capture_id


def compare(session: Session, path: Path) -> list[DiffRun]:
    return list(comparison.run(path, session.write_runs, silent, lambda: NOW, metrics=metrics(path)))


def changes(path: Path, run_id: int) -> list[tuple[str, str, str]]:
    found = [change for packed in Runs(path).changes(run_id) for change in unpack(packed)]
    return [(change.change_type.value, change.kind.value, change.name) for change in found]


def execute(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement, values)
        connection.commit()


def test_each_capture_is_compared_once_with_the_one_before_it(
    session: Session, path: Path, pair: tuple[bytes, bytes]
) -> None:
    one, two = store(session, *pair)

    first, second = compare(session, path)
    assert (first.run_id, first.previous_id, first.total) == (one, None, 0)
    assert (second.run_id, second.previous_id, second.is_drift) == (two, one, True)
    assert {kind for _, kind, _ in changes(path, two)} == {"routes", "interfaces", "config"}
    assert second.metadata.compared == ("show running-config", "show interfaces", "show ip route", "show version")
    assert not second.metadata.warnings
    assert compare(session, path) == []


def test_what_was_compared_is_let_go_without_looking_for_circles(
    session: Session, path: Path, pair: tuple[bytes, bytes]
) -> None:
    _, two = store(session, *pair)
    gc.disable()
    try:
        comparing.with_previous(path, two, NOW)
        assert not [each for each in gc.get_objects() if isinstance(each, Side | Shown)]
    finally:
        gc.enable()


def test_what_one_process_compares_no_other_compares_beside_it(
    session: Session, path: Path, pair: tuple[bytes, bytes]
) -> None:
    store(session, *pair)
    beside: list[DiffRun] = []
    looks = iter([False] * 4)

    def meanwhile(job: bytes) -> bytes:
        stop = lambda: next(looks, True)  # noqa: E731
        told = comparison.run(path, session.write_runs, silent, lambda: NOW, metrics=metrics(path), should_stop=stop)
        beside.extend(told)
        return comparing.answer(job)

    runs = comparison.run(path, session.write_runs, silent, lambda: NOW, metrics=metrics(path), answer=meanwhile)
    assert [run.run_id for run in runs] == [1, 2]
    assert (beside, next(looks, None)) == ([], None)
    written = (path.parent / "logs" / "diff-metrics.csv").read_text(encoding="utf-8").splitlines()
    assert len(written) == 3  # with its header


def test_any_two_captures_are_compared_either_way(session: Session, path: Path, pair: tuple[bytes, bytes]) -> None:
    one, two = store(session, *pair)
    forth, back = comparing.between(path, one, two), comparing.between(path, two, one)
    assert forth is not None
    assert back is not None
    turned = {"Added": "Removed", "Removed": "Added", "Changed": "Changed"}
    assert sorted((turned[c.change_type], c.name) for c in back.changes) == sorted(
        (c.change_type.value, c.name) for c in forth.changes
    )
    compare(session, path)
    assert comparing.between(path, one, two) == forth  # the older one is told by the newer one now
    assert comparing.between(path, one, 99) is None


def test_the_same_run_twice_changes_nothing(session: Session, path: Path, pair: tuple[bytes, bytes]) -> None:
    store(session, pair[0], pair[0])
    _, second = compare(session, path)
    assert (second.total, second.is_drift, second.metadata.warnings) == (0, True, ())


def test_half_of_the_sections_shows_no_absence_of_the_other_half(
    session: Session, path: Path, pair: tuple[bytes, bytes]
) -> None:
    half = pair[0][: pair[0].index(b"WLLS-A01-AR-01#show interfaces")] + b"WLLS-A01-AR-01#exit\r\n"
    _, two, three = store(session, pair[0], half, pair[0])
    first, second, third = compare(session, path)

    assert second.metadata.only_before == ("show interfaces", "show ip route")
    # What the half does not show is compared with the newest that shows it.
    assert third.metadata.only_after == ()
    assert [(each.command, each.capture_id) for each in third.metadata.elsewhere] == [
        ("show interfaces", first.run_id), ("show ip route", first.run_id),
    ]  # fmt: skip
    assert changes(path, two) == changes(path, three) == []


def test_another_version_of_the_reading_is_no_drift_and_is_said(
    session: Session, path: Path, pair: tuple[bytes, bytes]
) -> None:
    _stored(session, structs.replace(drift.filed(pair[0], NOW), file_key="a", reading="7"))
    _stored(session, structs.replace(drift.filed(pair[1], NOW + 60), file_key="b", reading="8"))
    _, second = compare(session, path)

    assert second.total > 0
    assert not second.is_drift
    assert any("parser 7 before and 8 after" in warning for warning in second.metadata.warnings)


def test_two_devices_with_one_hostname_are_known_by_their_serial_numbers(
    session: Session, path: Path, pair: tuple[bytes, bytes]
) -> None:
    store(session, pair[0], pair[1].replace(b"FTX1840ALBY", b"FTX9999ZZZZ"))
    _, second = compare(session, path)
    assert any("two devices with one hostname" in warning for warning in second.metadata.warnings)


def test_an_older_capture_that_comes_later_is_put_in_its_place(session: Session, path: Path) -> None:
    files = [drift.filed(raw, at) for at, raw in drift.Device(40).captures(3)]
    one, three = (_stored(session, files[at]) for at in (0, 2))
    compare(session, path)
    two = _stored(session, files[1])
    late = comparing.with_previous(path, two, NOW)
    assert late is not None
    assert late.delta is None  # the one before it is told already

    assert [(run.run_id, run.previous_id) for run in compare(session, path)] == [(two, one), (three, two)]
    assert [Captures(path).is_whole(each) for each in (one, two, three)] == [False, False, True]


@pytest.mark.parametrize("damage", [b"", b"junk", b"\x78\x9c\x03\x00\x00\x00\x00\x01"])
def test_a_table_that_no_longer_decodes_is_said_and_nothing_of_it_is_removed(
    session: Session, path: Path, pair: tuple[bytes, bytes], damage: bytes
) -> None:
    one, two = store(session, *pair)
    [routes] = [section for section in Captures(path).sections(one) if section.kind == Kind.ROUTES]
    execute(path, "UPDATE captured_content SET body = ? WHERE digest = ?", damage, routes.digest)
    _, second = compare(session, path)

    assert any(
        warning.startswith("show ip route: ") and warning.endswith("not compared")
        for warning in second.metadata.warnings
    )
    assert second.metadata.compared == ("show running-config", "show interfaces", "show version")
    assert {kind for _, kind, _ in changes(path, two)} == {"interfaces", "config"}
    assert Captures(path).is_whole(one)


@pytest.mark.parametrize(
    ("column", "damage", "said"),
    [
        ("body", b"junk", "can no longer be read"),
        ("bases", b"junk", "is gone"),
        ("bases", msgpack.encode([0]), "is gone"),
        ("bases", msgpack.encode([-9] * 9), "is gone"),
    ],
)
def test_a_delta_that_no_longer_decodes_is_said_and_nothing_of_it_is_removed(
    session: Session, path: Path, pair: tuple[bytes, bytes], column: str, damage: bytes, said: str
) -> None:
    one, two = store(session, *pair)
    compare(session, path)
    execute(path, f"UPDATE captured_delta SET {column} = ? WHERE capture_id = ?", damage, one)

    diff = comparing.between(path, one, two)
    assert diff is not None
    assert diff.changes == ()
    assert sum(said in warning for warning in diff.metadata.warnings) >= 2
    assert not [change for change in diff.changes if change.change_type is ChangeType.REMOVED]


def test_changes_that_no_longer_decode_are_an_error_and_no_other_changes(
    session: Session, path: Path, pair: tuple[bytes, bytes]
) -> None:
    store(session, *pair)
    compare(session, path)
    execute(path, "UPDATE diff_change SET body = x'00'")
    with pytest.raises(StoreError, match="changes cannot be read"):
        Runs(path).last_changes("WLLS-A01-AR-01")


def test_a_disk_that_is_full_while_comparing_costs_the_run_and_nothing_else(
    session: Session, path: Path, pair: tuple[bytes, bytes]
) -> None:
    _, two = store(session, *pair)

    def full(runs: object, deltas: object = ()) -> None:
        raise StoreError("database or disk is full")

    with pytest.raises(StoreError):
        list(comparison.run(path, full, silent, lambda: NOW, metrics=metrics(path)))
    assert len(Runs(path).uncompared()) == 2
    assert [run.run_id for run in compare(session, path)][-1] == two


def test_a_capture_that_cannot_be_compared_is_said_and_not_tried_for_ever(
    session: Session, path: Path, pair: tuple[bytes, bytes]
) -> None:
    store(session, *pair)

    def dies(_: bytes) -> bytes:
        raise comparison.ComparingError("it took longer than 60 s")

    runs = list(comparison.run(path, session.write_runs, silent, lambda: NOW, metrics=metrics(path), answer=dies))
    assert runs[1].metadata.warnings == ("not compared: it took longer than 60 s",)
    assert not runs[1].is_drift
    assert compare(session, path) == []


def test_jobs_and_answers_cross_as_bytes(session: Session, path: Path, pair: tuple[bytes, bytes]) -> None:
    one, two = store(session, *pair)
    found = comparing.decode(comparing.answer(comparing.encode(comparing.Job(str(path), two, NOW))))
    assert isinstance(found, FiledRun)
    assert found.delta is not None
    assert (found.delta.capture_id, found.delta.base_id) == (one, two)
    retelling = comparing.encode(comparing.Job(str(path), one, is_retelling=True))
    told_again = comparing.decode_retold(comparing.answer(retelling))
    assert told_again is not None
    assert found.delta is not None
    assert structs.replace(told_again, body=b"") == structs.replace(found.delta, body=b"")
    gone = comparing.encode(comparing.Job(str(path), 99, NOW))
    assert comparing.decode(comparing.answer(gone)) is None


def child(*words: object) -> subprocess.Popen[bytes]:
    here = str(Path(__file__).parent / "comparing_child.py")
    environment = {**os.environ, "PYTHONPATH": ROOT}
    return subprocess.Popen([sys.executable, here, *map(str, words)], env=environment, cwd=ROOT)


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
def test_a_kill_between_a_capture_and_its_comparison_loses_nothing(session: Session, path: Path) -> None:
    assert child(path, "dies", 1, 3).wait(PATIENCE_S) == -9

    waiting = Runs(path).uncompared()
    assert len(waiting) == 1
    [run] = compare(session, path)
    assert (run.run_id, run.total > 0) == (waiting[0], True)
    assert len(Runs(path).recent("WLLS-A01-AR-01")) == 3


def test_two_processes_that_ingest_at_once_compare_everything_once(path: Path) -> None:
    Session(path, lambda: NOW).write_captures([])
    children = [child(path, "ends", seed, 6) for seed in (1, 2)]
    assert [one.wait(PATIENCE_S) for one in children] == [0, 0]

    assert Runs(path).uncompared() == ()
    for host in ("WLLS-A01-AR-01", "WLLS-A02-AR-01"):
        runs = Runs(path).recent(host)
        ids = [one.capture_id for one in Captures(path).of_device(host)]
        assert [run.run_id for run in runs] == ids
        assert [run.previous_id for run in runs] == [*ids[1:], None]
        assert [Captures(path).is_whole(one) for one in ids] == [True] + [False] * 5
