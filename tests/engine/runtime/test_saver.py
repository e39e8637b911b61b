"""What the store is given, and when: never changes without the checkpoint that knows of them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from statetrace_engine.clock import Clock
from statetrace_engine.model.change import Change
from statetrace_engine.model.signal import Signal, Source, Tick
from statetrace_engine.runtime import saver
from statetrace_engine.runtime.saver import Saver
from statetrace_engine.store.journal import Journal
from statetrace_engine.store.writer import StoreWriter

CHANGE = cast(Change, "a change")


class Store:
    """Stands where the writer's thread begins."""

    def __init__(self) -> None:
        self.given: list[tuple[list[Change], int, bytes | None, tuple[str, ...]]] = []

    def submit(self, changes: Sequence[Change], seq: int, checkpoint: bytes | None, removed: Sequence[str]) -> None:
        self.given.append((list(changes), seq, checkpoint, tuple(removed)))


class Desk:
    def __init__(self, folder: Path) -> None:
        self.now = 1000.0
        self.frozen = b"frozen"
        self.store = Store()
        self.journal = Journal(folder)
        clock = Clock(lambda: self.now, lambda: self.now)
        self.saver = Saver(cast(StoreWriter, self.store), self.journal, clock, lambda: self.frozen)

    def signal(self) -> None:
        seq = self.journal.next_seq
        self.journal.append([Signal(seq, self.now, self.now, Source.ENGINE, "", Tick())])

    def change(self) -> None:
        self.signal()
        self.saver.note([CHANGE])


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "journal")


def test_changes_go_with_the_checkpoint_that_knows_of_them(desk: Desk) -> None:
    desk.change()
    desk.saver.remove(["rt-1"])
    desk.saver.save()
    assert desk.store.given == [([CHANGE], 1, b"frozen", ("rt-1",))]


def test_a_removed_route_is_said_once(desk: Desk) -> None:
    desk.signal()
    desk.saver.remove(["rt-1"])
    desk.saver.save()
    desk.now += 1
    desk.change()
    desk.saver.save()
    assert [removed for *_, removed in desk.store.given] == [("rt-1",), ()]


def test_changes_wait_a_moment_for_others(desk: Desk) -> None:
    desk.change()
    desk.saver.save()
    desk.change()
    desk.saver.save()
    desk.change()
    desk.now += saver.SOON_S
    desk.saver.save()
    assert [(len(changes), seq) for changes, seq, *_ in desk.store.given] == [(1, 1), (2, 3)]


def test_a_large_checkpoint_comes_seldomer(desk: Desk) -> None:
    desk.frozen = b"x" * int(3 * saver.BYTES_S)
    desk.change()
    desk.saver.save()
    desk.change()
    desk.now += 2.9
    desk.saver.save()
    assert len(desk.store.given) == 1
    desk.now += 0.2
    desk.saver.save()
    assert len(desk.store.given) == 2


def test_signals_that_change_nothing_move_the_checkpoint_on_seldom(desk: Desk) -> None:
    desk.signal()
    desk.saver.save()
    for _ in range(10):
        desk.now += saver.QUIET_S / 11
        desk.signal()
        desk.saver.save()
    assert len(desk.store.given) == 1
    desk.now += saver.QUIET_S / 2
    desk.saver.save()
    assert len(desk.store.given) == 2


def test_while_signals_wait_saving_waits_but_not_for_ever(desk: Desk) -> None:
    desk.change()
    desk.saver.save()
    desk.change()
    desk.now += 1.0
    desk.saver.save(waiting=saver.BUSY + 1)
    assert len(desk.store.given) == 1
    desk.now += saver.LONGEST_S
    desk.saver.save(waiting=saver.BUSY + 1)
    assert len(desk.store.given) == 2


@pytest.mark.parametrize(("waiting", "lag_ms"), [(1, 0.0), (0, 2 * saver.LAG_MS)])
def test_a_checkpoint_that_holds_the_loop_waits_for_a_quiet_moment(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, waiting: int, lag_ms: float
) -> None:
    watch = itertools.count(step=2 * saver.COSTLY_S)  # so long does each take
    monkeypatch.setattr(saver, "perf_counter", lambda: next(watch))
    desk.change()
    desk.saver.save()
    desk.change()
    desk.now += saver.LONGEST_S / 2
    desk.saver.save(waiting=waiting, lag_ms=lag_ms)
    assert len(desk.store.given) == 1
    desk.saver.save(lag_ms=saver.LAG_MS / 2)
    assert len(desk.store.given) == 2
    desk.change()
    desk.now += saver.LONGEST_S
    desk.saver.save(waiting=waiting, lag_ms=lag_ms)
    assert len(desk.store.given) == 3, "not for ever"


def test_a_checkpoint_that_costs_nothing_need_not_wait_for_one_signal(desk: Desk) -> None:
    desk.change()
    desk.saver.save()
    desk.change()
    desk.now += 1.0
    desk.saver.save(waiting=1, lag_ms=2 * saver.LAG_MS)
    assert len(desk.store.given) == 2


def test_a_flood_of_changes_waits_for_a_quiet_moment_although_the_last_checkpoint_cost_nothing(desk: Desk) -> None:
    desk.change()
    desk.saver.save()
    desk.signal()
    desk.saver.note([CHANGE] * (saver.MANY + 1))
    desk.now += 1.0
    desk.saver.save(waiting=1)
    assert len(desk.store.given) == 1
    desk.saver.save()
    assert len(desk.store.given) == 2


def test_the_next_checkpoint_is_twenty_times_the_cost_of_the_last_away(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = itertools.count(step=1.0)
    monkeypatch.setattr(saver, "perf_counter", lambda: next(watch))
    desk.change()
    desk.saver.save()
    desk.change()
    desk.now += 20.0
    desk.saver.save()
    assert len(desk.store.given) == 1
    desk.now += 10.0
    desk.saver.save()
    assert len(desk.store.given) == 2


def test_at_the_end_everything_is_saved_at_once(desk: Desk) -> None:
    desk.change()
    desk.saver.save()
    desk.change()
    desk.saver.save(is_last=True)
    assert [seq for _, seq, *_ in desk.store.given] == [1, 2]


def test_without_a_signal_there_is_nothing_to_save(desk: Desk) -> None:
    desk.saver.save(is_last=True)
    assert desk.store.given == []
