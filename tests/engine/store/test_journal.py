"""The journal: nothing committed is ever lost, the sequence only rises, and a bad disk stops nobody."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from store_facts import PATIENCE_S, T0, line, lines, seqs
from store_family import kill_in_mid_write, start

from statetrace_engine.model.action import Acknowledge, Looked, LookedRun, MarkSeen
from statetrace_engine.model.inventory import Inventory, Maintenance
from statetrace_engine.model.signal import (
    Gap,
    InstalledPath,
    LogLine,
    Payload,
    ProbeResult,
    RouteReport,
    Signal,
    Source,
    SourceLost,
    Tick,
)
from statetrace_engine.store import days
from statetrace_engine.store.journal import Journal

DAY = 86_400.0
MIDNIGHT = T0 + 10 * 3600.0


def write(journal: Journal, signals: list[Signal]) -> None:
    journal.append(signals)
    assert journal.flush(PATIENCE_S), journal.error


@pytest.mark.parametrize(
    "payload",
    [
        LogLine(b"\x00\xff<189>raw \x1b[31m", is_backlog=True),
        ProbeResult("probe", 20, 0, 0.0, T0, T0 + 0.6, is_burst=True),
        RouteReport("HOST", "default", "10.0.0.0/8", (InstalledPath("10.1.1.2", None, "bgp"),), is_complete=False),
        Tick(),
        Gap(3.5, "paused"),
        SourceLost("syslog_udp", is_lost=True, text="port taken"),
        Acknowledge("a1", "ana@jump", ("OUT-1",), "on it", None),
        MarkSeen("ana@jump", ("OUT-1", "OUT-2")),
        Looked("ana@jump", "HOST", "OUT-1", (LookedRun(7, T0, T0 + 1.0, 3),)),
    ],
)
def test_what_is_read_is_what_was_appended(tmp_path: Path, payload: Payload) -> None:
    signal = Signal(1, T0 + 0.123456, T0 + 0.25, Source.REPLAY, "10.0.0.1", payload)
    journal = Journal(tmp_path)
    write(journal, [signal])
    assert list(journal.read()) == [signal] == [journal.get(1)]
    journal.close()


def test_settings_come_back_with_the_policy_as_it_was_encoded(tmp_path: Path) -> None:
    import msgspec

    from statetrace_engine.model.signal import SettingsChanged

    window = Maintenance(maintenance_id="m1", starts_at=T0, ends_at=T0 + 60, reason="works", site="BOYO")
    payload = SettingsChanged(Inventory(maintenance=(window,)), msgspec.Raw(msgspec.msgpack.encode({"grace_s": 1})))
    journal = Journal(tmp_path)
    write(journal, [Signal(1, T0, T0, Source.ENGINE, "", payload)])
    kept = next(journal.read()).payload
    assert isinstance(kept, SettingsChanged)
    assert kept.inventory == payload.inventory
    assert msgspec.msgpack.decode(kept.policy) == {"grace_s": 1}
    journal.close()


def test_the_sequence_continues_over_days_and_restarts(tmp_path: Path) -> None:
    for day in range(3):
        journal = Journal(tmp_path)
        assert journal.next_seq == 1 + 10 * day
        write(journal, lines(journal.next_seq, 10, at=T0 + day * DAY))
        journal.close()
    assert [path.stem for path in days.files(tmp_path)] == ["2026-11-23", "2026-11-24", "2026-11-25"]
    assert seqs(days.read(tmp_path)) == list(range(1, 31))
    assert seqs(days.read(tmp_path, after_seq=17)) == list(range(18, 31))


def test_the_sequence_never_falls_below_what_the_store_holds(tmp_path: Path) -> None:
    journal = Journal(tmp_path, after_seq=500)
    assert journal.next_seq == 501
    journal.close()


def test_a_wall_clock_that_steps_back_over_midnight_breaks_no_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for first, at in ((1, MIDNIGHT - 5), (11, MIDNIGHT + 5), (21, MIDNIGHT - 3), (31, MIDNIGHT + 9)):
        write(journal, lines(first, 10, at))
    journal.close()
    assert len(days.files(tmp_path)) == 2
    assert seqs(days.read(tmp_path)) == list(range(1, 41))
    assert seqs(days.read(tmp_path, after_seq=15)) == list(range(16, 41))
    reopened = Journal(tmp_path)
    assert reopened.next_seq == 41
    reopened.close()


def test_a_signal_is_found_before_it_is_on_disk(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("in the way", encoding="utf-8")
    journal = Journal(tmp_path / "journal")
    journal.append(lines(1, 3))
    assert journal.get(2) == line(2)
    assert journal.get(4) is None
    journal.close()


@pytest.mark.parametrize("seq", [1, 5])
def test_a_sequence_that_does_not_rise_is_refused(tmp_path: Path, seq: int) -> None:
    journal = Journal(tmp_path)
    journal.append(lines(1, 5))
    with pytest.raises(ValueError, match="after 5"):
        journal.append([line(seq)])
    journal.close()
    assert seqs(days.read(tmp_path)) == [1, 2, 3, 4, 5]


def test_a_folder_that_cannot_be_made_is_said_and_written_to_as_soon_as_it_can(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    folder.write_text("in the way", encoding="utf-8")
    journal = Journal(folder, retry_s=0.01)
    journal.append(lines(1, 100))
    assert not journal.flush(0.2)
    assert "100 signals kept in memory" in journal.error
    folder.unlink()
    assert journal.flush(PATIENCE_S)
    assert journal.error == ""
    assert journal.dropped == 0
    journal.close()
    assert seqs(days.read(folder)) == list(range(1, 101))


def test_memory_is_bounded_and_the_operators_actions_go_last(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    folder.write_text("in the way", encoding="utf-8")
    journal = Journal(folder, retry_s=0.01, max_signals=100)
    journal.append([Signal(1, T0, T0, Source.OPERATOR, "ana", Acknowledge("a1", "ana", ("OUT-1",)))])
    journal.append(lines(2, 250))
    assert journal.pending == 101
    assert journal.dropped == 150
    assert "150 lost" in journal.error or journal.error == ""  # before its first attempt it knows of no trouble
    folder.unlink()
    assert journal.flush(PATIENCE_S)
    journal.close()
    assert seqs(days.read(folder)) == [1, *range(152, 252)]


def test_big_messages_are_bounded_by_their_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    folder.write_text("in the way", encoding="utf-8")
    journal = Journal(folder, max_bytes=1_000_000)
    journal.append([line(seq, raw=b"x" * 60_000) for seq in range(1, 101)])
    assert journal.pending <= 16
    assert journal.pending + journal.dropped == 100
    journal.close()


def test_a_damaged_day_is_set_aside_and_said(tmp_path: Path) -> None:
    day = tmp_path / "2026-11-23.db"
    day.write_bytes(b"this is no database" * 500)
    journal = Journal(tmp_path, retry_s=0.01)
    journal.append(lines(journal.next_seq, 5))
    assert journal.flush(PATIENCE_S)
    assert "2026-11-23.damaged-1" in journal.error
    journal.close()
    assert (tmp_path / "2026-11-23.damaged-1").read_bytes().startswith(b"this is no database")
    assert seqs(days.read(tmp_path)) == [1, 2, 3, 4, 5]


def test_a_row_of_another_version_is_left_out_of_a_replay(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    write(journal, lines(1, 3))
    journal.close()
    connection = days.open_for_writing(tmp_path / "2026-11-23.db")
    connection.execute("UPDATE signal SET payload = x'c1' WHERE seq = 1")
    connection.execute("UPDATE signal SET source = 'telepathy' WHERE seq = 2")
    connection.close()
    assert seqs(days.read(tmp_path)) == [3]


def test_pruning_deletes_old_days_but_never_the_end_of_the_sequence(tmp_path: Path) -> None:
    journal = Journal(tmp_path, clock=lambda: T0 + 100 * DAY)
    for day in range(4):
        write(journal, lines(1 + 10 * day, 10, at=T0 + day * DAY))
    assert journal.prune(98) == ("2026-11-23", "2026-11-24")
    assert journal.prune(1) == ("2026-11-25",)
    journal.close()
    reopened = Journal(tmp_path)
    assert reopened.next_seq == 41
    reopened.close()


def test_closing_writes_what_is_pending(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(lines(1, 1_000))
    journal.close()
    assert len(seqs(days.read(tmp_path))) == 1_000


def test_waiting_for_a_sequence_ends_when_it_is_on_disk(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(lines(1, 10))
    assert journal.wait_written(10, PATIENCE_S)
    assert seqs(days.read(tmp_path)) == list(range(1, 11))
    assert not journal.wait_written(11, 0.01)
    journal.close()


def test_reading_does_not_hold_up_the_writer(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    write(journal, lines(1, 6_000))
    reading = journal.read()
    assert next(reading).seq == 1
    write(journal, lines(6_001, 10))
    assert seqs(reading) == list(range(2, 6_011))
    journal.close()


def test_killed_in_mid_write_twenty_times_nothing_committed_is_lost(tmp_path: Path) -> None:
    for round_number in range(20):
        said = kill_in_mid_write("journal", tmp_path, after_words=1 + round_number % 4)
        kept = seqs(days.read(tmp_path))
        assert kept == list(range(1, len(kept) + 1))
        assert len(kept) >= said


@pytest.mark.skipif(sys.platform == "win32", reason="a full disk is made with RLIMIT_FSIZE, which Windows has not")
def test_on_a_full_disk_it_keeps_what_comes_and_writes_it_when_there_is_room(tmp_path: Path) -> None:
    out, _ = start("full-journal", tmp_path).communicate(timeout=60)
    trouble, end = out.splitlines()
    assert "signals kept in memory" in trouble
    assert end == "True 5010 0 ''"
    assert seqs(days.read(tmp_path)) == list(range(1, 5_011))
