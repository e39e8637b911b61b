"""The store: a batch is written once, nothing committed is lost, and whoever submits never waits."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from store_facts import PATIENCE_S, T0, acted, changed, failure, health, opened, outage, route, snapshot
from store_family import kill_in_mid_write, start

from statetrace_engine.errors import StoreError
from statetrace_engine.model.change import Change, HealthChanged, IncidentChanged, OutageChanged, OutageStep
from statetrace_engine.model.health import HealthState
from statetrace_engine.model.outage import CauseKind, Incident
from statetrace_engine.store import audit, pending, readonly
from statetrace_engine.store.history import History
from statetrace_engine.store.retention import Retention
from statetrace_engine.store.rollups import DAY_S, HOUR_S
from statetrace_engine.store.writer import StoreWriter

DOWN, HEALTHY = HealthState.DOWN, HealthState.HEALTHY


def opened_store(path: Path) -> StoreWriter:
    return StoreWriter(path, settle_s=0, retry_s=0.01)


def write(path: Path, *batches: tuple[list[Change], int]) -> History:
    """Each batch in a transaction of its own, by a writer of its own."""
    for changes, last_seq in batches:
        writer = opened_store(path)
        writer.submit(changes, last_seq)
        assert writer.flush(PATIENCE_S), writer.error
        writer.close()
    return History(path)


def dump(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return "\n".join(connection.iterdump())


def count(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        found: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "statetrace.db"


def test_a_store_that_does_not_exist_answers_empty_and_is_not_created(path: Path) -> None:
    history = History(path)
    assert history.restore().last_seq == 0
    assert history.restore().checkpoint is None
    assert not any((history.current(), history.outages(0), history.incidents(0), history.audit()))
    assert not any((history.snapshots("rt-1", 0, T0), history.rollups("rt-1", 0, T0)))
    assert not path.exists()


def test_an_empty_file_answers_empty(path: Path) -> None:
    path.touch()
    history = History(path)
    assert history.restore().last_seq == 0
    assert not any((history.current(), history.audit()))


def test_a_file_that_is_no_database_is_an_error_that_names_it(path: Path) -> None:
    path.write_bytes(b"no database at all" * 100)
    for question in (History(path).restore, History(path).current):
        with pytest.raises(StoreError, match=r"statetrace\.db"):
            question()


def test_what_was_written_comes_back(path: Path) -> None:
    incident = Incident(
        incident_id="INC-1", cause=CauseKind.LINK_FAILURE, element="X", opened_at=T0, closed_at=None,
        outage_ids=("OUT-1",), route_ids=(), devices=("D",), sites=("WLLS",), owners=(),
        also=("link B -- C",),
    )  # fmt: skip
    history = write(path, ([*failure(1, T0, 5), IncidentChanged(incident=incident), acted(1)], 5))
    assert history.current() == (health(1, DOWN, T0, "OUT-1123-0001"),)
    assert history.outages(T0) == (outage(1, T0),)
    assert history.outages_by_id(("OUT-1123-0001", "OUT-none")) == (outage(1, T0),)
    assert history.incidents(T0) == (incident,)
    assert history.snapshots(route(1).route_id, T0, T0 + 1) == (snapshot(1, DOWN, T0, 5, "OUT-1123-0001"),)
    assert [entry.subject for entry in history.audit()] == ["OUT-1123-0001"]
    assert count(path, "evidence") == count(path, "operator") == count(path, "route") == 1


def test_a_restart_learns_where_the_store_stands(path: Path) -> None:
    writer = opened_store(path)
    writer.submit(failure(1, T0, 5), 5, b"frozen at 5")
    writer.submit([changed(2, HEALTHY, T0 + 1, 8)], 8)
    assert writer.flush(PATIENCE_S)
    writer.close()
    restored = History(path).restore()
    assert (restored.last_seq, restored.checkpoint_seq, restored.checkpoint) == (8, 5, b"frozen at 5")
    assert restored.since == {route(1).route_id: (DOWN, T0), route(2).route_id: (HEALTHY, T0 + 1)}


def test_a_later_checkpoint_at_the_same_sequence_is_kept(path: Path) -> None:
    writer = opened_store(path)
    writer.submit(failure(1, T0, 5), 5, b"first")
    assert writer.flush(PATIENCE_S)
    writer.submit([], 5, b"last words")
    writer.close()
    assert History(path).restore().checkpoint == b"last words"


def test_a_batch_that_comes_again_changes_nothing(path: Path) -> None:
    batches: list[tuple[list[Change], int]] = [
        ([changed(1, HEALTHY, T0, 1)], 1),
        ([*failure(1, T0 + 60, 2), acted(1)], 2),
        ([changed(1, HEALTHY, T0 + 4000, 3)], 3),
    ]
    write(path, *batches)
    before = dump(path)
    write(path, *batches, *reversed(batches))
    assert dump(path) == before


def test_a_replayed_batch_that_reaches_further_adds_only_what_is_new(path: Path) -> None:
    write(path, ([*failure(1, T0, 2), acted(1)], 2))
    history = write(path, ([*failure(1, T0, 2), acted(1, 2), changed(1, HEALTHY, T0 + 90, 3)], 3))
    assert [kept.seq for kept in history.snapshots(route(1).route_id, 0, T0 + 1000)] == [2, 3]
    assert [entry.subject for entry in history.audit()] == ["OUT-1123-0002", "OUT-1123-0001"]
    (hour,) = history.rollups(route(1).route_id, T0, T0 + 90)
    assert (hour.seconds[DOWN], hour.transitions, hour.outages) == (90.0, 1, 1)


def test_an_outage_that_changes_is_one_outage_with_its_latest_words(path: Path) -> None:
    lost = failure(1, T0, 1)
    closed = OutageChanged(step=OutageStep.RESOLVED, outage=outage(1, T0, closed_at=T0 + 60, acknowledged_by="ana"))
    history = write(path, (lost, 1), ([closed], 2))
    assert [found.acknowledged_by for found in history.outages(T0 + 60)] == ["ana"]
    assert history.outages(T0 + 61) == ()
    assert history.rollups(route(1).route_id, T0, T0 + 1)[0].outages == 1


def test_open_outages_are_recent_however_old(path: Path) -> None:
    ended = opened(2, T0 + 5, closed_at=T0 + 10)
    history = write(path, ([opened(1, T0), ended, opened(3, T0 + 7)], 1))
    assert [found.outage_id[-1] for found in history.outages(T0 + 1_000)] == ["3", "1"]
    assert [found.outage_id[-1] for found in history.outages(T0 + 10)] == ["3", "2", "1"]


def test_a_route_no_longer_watched_leaves_the_table_and_keeps_its_history(path: Path) -> None:
    writer = opened_store(path)
    writer.submit([changed(1, HEALTHY, T0, 1), changed(2, HEALTHY, T0, 1)], 1)
    writer.submit([], 2, removed=[route(1).route_id])
    assert writer.flush(PATIENCE_S)
    writer.close()
    assert [row.route for row in History(path).current()] == [route(2)]
    assert len(History(path).snapshots(route(1).route_id, 0, T0 + 1)) == 1


def test_rows_merge_while_the_store_cannot_be_written_and_no_snapshot_is_lost(path: Path) -> None:
    path.mkdir()
    writer = opened_store(path)
    for seq in range(1, 201):
        writer.submit([changed(1, (HEALTHY, DOWN)[seq % 2], T0 + seq, seq)], seq)
    assert not writer.flush(0.5)
    assert "the store cannot be written" in writer.error
    path.rmdir()
    assert writer.flush(PATIENCE_S)
    assert (writer.error, writer.dropped) == ("", 0)
    writer.close()
    assert len(History(path).snapshots(route(1).route_id, 0, T0 + 1000)) == 200
    assert History(path).current() == (health(1, HEALTHY, T0 + 200),)


def test_snapshots_beyond_the_bound_are_dropped_oldest_first_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending, "MAX_SNAPSHOTS", 10)
    waiting = pending.Pending()
    for seq in range(1, 16):
        waiting.add([changed(1, DOWN, T0, seq)], seq)
    assert [kept.seq for kept in waiting.snapshots] == list(range(6, 16))
    assert waiting.dropped == 5


def test_a_store_locked_by_another_process_is_written_when_it_is_free(path: Path) -> None:
    write(path, ([changed(1, HEALTHY, T0, 1)], 1))
    writer = opened_store(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writer.submit([changed(1, DOWN, T0 + 1, 2)], 2)
        while not writer.error:
            assert not writer.flush(0.1)
        assert "locked" in writer.error
        other.execute("ROLLBACK")
    assert writer.flush(PATIENCE_S)
    writer.close()
    assert History(path).current() == (health(1, DOWN, T0 + 1),)


def test_a_store_of_a_newer_version_is_left_alone(path: Path) -> None:
    write(path, ([changed(1, HEALTHY, T0, 1)], 1))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE meta SET value = x'63' WHERE key = 'schema_version'")
        connection.commit()
    before = dump(path)
    writer = opened_store(path)
    writer.submit([changed(1, DOWN, T0 + 1, 2)], 2)
    assert not writer.flush(0.5)
    assert "schema 99" in writer.error
    writer.close()
    assert dump(path) == before


def test_a_batch_waits_for_its_signals_to_be_in_the_journal(path: Path) -> None:
    asked: list[int] = []

    def wait(seq: int, timeout: float) -> bool:
        assert not path.exists() or count(path, "snapshot") == 0
        asked.append(seq)
        return timeout > 0

    writer = StoreWriter(path, settle_s=0, wait_journaled=wait)
    writer.submit([changed(1, HEALTHY, T0, 7)], 7)
    assert writer.flush(PATIENCE_S)
    writer.close()
    assert asked == [7]


def test_a_burst_is_one_batch(path: Path) -> None:
    writer = opened_store(path)
    burst: list[Change] = [changed(number, DOWN, T0, 1) for number in range(1_500)]
    writer.submit(burst, 1)
    assert writer.flush(PATIENCE_S)
    writer.close()
    assert count(path, "snapshot") == count(path, "route_current") == count(path, "rollup_hour") == 1_500
    assert len(History(path).current()) == 1_500


def test_an_update_without_a_snapshot_changes_the_row_only(path: Path) -> None:
    remark = HealthChanged(health=health(1, DOWN, T0), snapshot=None)
    history = write(path, ([changed(1, HEALTHY, T0, 1)], 1), ([remark], 2))
    assert history.current() == (remark.health,)
    assert len(history.snapshots(route(1).route_id, 0, T0 + 1)) == 1


def test_pruning_deletes_what_is_old_and_keeps_the_audit(path: Path) -> None:
    writer = opened_store(path)
    old, recent = T0, T0 + 400 * DAY_S
    writer.submit([*failure(1, old, 1), opened(2, old, closed_at=old + 60), acted(1)], 1)
    assert writer.flush(PATIENCE_S)
    writer.submit([changed(1, HEALTHY, recent, 2)], 2)
    assert writer.flush(PATIENCE_S)
    writer.prune(recent + 1, Retention(snapshots_days=30, rollups_days=366, outages_days=366))
    assert writer.flush(PATIENCE_S)
    writer.close()
    history = History(path)
    assert [kept.taken_at for kept in history.snapshots(route(1).route_id, 0, recent + 1)] == [recent]
    assert [found.outage_id for found in history.outages(0)] == ["OUT-1123-0001"], "an open outage is never pruned"
    assert count(path, "rollup_hour") == 1
    assert len(history.audit()) == 1


def test_days_and_hours_agree(path: Path) -> None:
    history = write(path, (failure(1, T0 - 1000, 1), 1), ([changed(1, HEALTHY, T0 + 100_000, 2)], 2))
    for state in HealthState:
        hours = sum(hour.seconds[state] for hour in history.rollups(route(1).route_id, T0 - 1000, T0 + 200_000, HOUR_S))
        assert hours == pytest.approx(
            sum(day.seconds[state] for day in history.rollups(route(1).route_id, T0 - 1000, T0 + 200_000, DAY_S))
        )


def test_importing_what_the_runtime_needs_does_not_import_sqlalchemy() -> None:
    modules = ["journal", "writer", "history", "restore", "direct", "audit", "rollups"]
    imports = "; ".join(f"import statetrace_engine.store.{module}" for module in modules)
    code = f"import sys; {imports}; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[3]).returncode == 0


def test_killed_in_mid_write_twenty_times_nothing_committed_is_lost(tmp_path: Path, path: Path) -> None:
    for round_number in range(20):
        said = kill_in_mid_write("store", tmp_path, after_words=1 + round_number % 4)
        restored = History(path).restore()
        assert restored.last_seq >= said
        assert restored.checkpoint == b"checkpoint %d" % restored.last_seq
        assert count(path, "outage") == count(path, "audit") == restored.last_seq, (
            "a batch is there whole or not at all"
        )
        assert count(path, "snapshot") == 20 * restored.last_seq
        report = audit.verify(path)
        assert report.problems == ()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.skipif(sys.platform == "win32", reason="a full disk is made with RLIMIT_FSIZE, which Windows has not")
def test_on_a_full_disk_it_keeps_what_comes_and_writes_it_when_there_is_room(tmp_path: Path, path: Path) -> None:
    out, _ = start("full-store", tmp_path).communicate(timeout=60)
    trouble, end = out.splitlines()
    assert "the store cannot be written" in trouble
    assert end == "True 0 ''"
    assert count(path, "snapshot") == 5_001


def test_a_reader_finds_a_home_of_any_name_on_any_system(tmp_path: Path) -> None:
    folder = tmp_path / "a %20 b?c#d é"
    folder.mkdir()
    sqlite3.connect(folder / "x.db").close()
    with closing(readonly.connect(folder / "x.db")) as connection:
        assert connection.execute("PRAGMA database_list").fetchone()[2] == str(folder / "x.db")
    assert readonly.uri(PurePosixPath("/srv/x y.db")) == "file:///srv/x%20y.db"
    assert readonly.uri(PureWindowsPath(r"C:\x\y.db")) == "file:///C:/x/y.db"
    assert readonly.uri(PureWindowsPath(r"\\server\share\y.db")) == "file:////server/share/y.db"
