"""What the store is given, and when: never changes without the checkpoint that knows of them."""

from __future__ import annotations

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
    desk.saver.save(is_busy=True)
    assert len(desk.store.given) == 1
    desk.now += saver.LONGEST_S
    desk.saver.save(is_busy=True)
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
