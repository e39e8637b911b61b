"""The newest row of everything, and what its watchers are given."""

from __future__ import annotations

from msgspec import structs

from statetrace_engine.control.mailbox import Mailbox
from statetrace_engine.model.change import Change, HealthChanged, OutageChanged, OutageStep
from statetrace_engine.model.health import HealthState, Overlay, RouteHealth, Severity
from statetrace_engine.model.monitors import Concern
from statetrace_engine.model.outage import CauseKind, OutageEvent
from statetrace_engine.model.route import RouteRecord
from statetrace_engine.model.status import EngineStatus
from statetrace_engine.runtime.board import Board, Watching

T0 = 1_795_442_400.0


def _row(name: str, state: HealthState = HealthState.HEALTHY, overlays: Overlay = Overlay.NONE) -> RouteHealth:
    record = RouteRecord(route_id=name, site="A", hostname="A-1", vrf="default", prefix="0.0.0.0/0")
    return RouteHealth(route=record, state=state, since_at=T0, overlays=overlays)


def _changed(*rows: RouteHealth) -> list[Change]:
    return [HealthChanged(health=row, snapshot=None) for row in rows]


def _outage(name: str, closed_at: float | None = None, *, is_latched: bool = False) -> OutageEvent:
    return OutageEvent(
        outage_id=name, route_id="rt-1", site="A", hostname="A-1", vrf="default", prefix="0.0.0.0/0",
        route_class="standard", owner="", contact="", state=HealthState.DOWN, severity=Severity.CRITICAL,
        worst=Severity.CRITICAL, cause=CauseKind.UNKNOWN, occurred_at=T0, first_signal_at=T0, detected_at=T0,
        closed_at=closed_at, is_latched=is_latched,
    )  # fmt: skip


def _board() -> Board:
    return Board(lambda: EngineStatus(version="0", pid=1, started_at=T0, at=T0, home="/"))


def test_a_watcher_gets_everything_first_and_then_what_is_new() -> None:
    board, mailbox = _board(), Mailbox()
    board.take(_changed(_row("rt-1"), _row("rt-2")))
    watching = Watching(board, mailbox)
    first = watching.pull()
    assert first is not None
    assert (first.is_full, len(first.routes)) == (True, 2)
    board.publish()
    board.take(_changed(_row("rt-2", HealthState.DOWN)))
    board.publish()
    news = watching.pull()
    assert news is not None
    assert [(row.route.route_id, row.state) for row in news.routes if row.state is HealthState.DOWN] == [
        ("rt-2", HealthState.DOWN)
    ]
    watching.close()
    board.take(_changed(_row("rt-1", HealthState.DOWN)))
    board.publish()
    assert mailbox.pull() is None


def test_a_route_that_is_removed_and_watched_again_is_there() -> None:
    board, mailbox = _board(), Mailbox()
    board.take(_changed(_row("rt-1")))
    Watching(board, mailbox)
    mailbox.pull()
    board.remove(["rt-1"])
    board.take(_changed(_row("rt-1")))
    board.publish()
    news = mailbox.pull()
    assert news is not None
    assert ([row.route.route_id for row in news.routes], news.removed) == (["rt-1"], ())


def test_an_opened_outage_is_urgent_and_a_row_is_not() -> None:
    board = _board()
    assert not board.take(_changed(_row("rt-1")))
    assert board.take([OutageChanged(step=OutageStep.OPENED, outage=_outage("OUT-1"))])


def test_what_the_store_remembers_never_replaces_what_is_known() -> None:
    board = _board()
    now = _outage("OUT-1")
    board.take([OutageChanged(step=OutageStep.OPENED, outage=now)])
    board.remember([structs.replace(now, closed_at=T0 + 1), _outage("OUT-0", T0 - 5)], [])
    assert board.outages["OUT-1"] is now
    assert set(board.outages) == {"OUT-0", "OUT-1"}
    board.take(_changed(_row("rt-1", HealthState.DOWN)))
    board.fill([_row("rt-1"), _row("rt-2")], [], [])
    assert {name: row.state for name, row in board.routes.items()} == {
        "rt-1": HealthState.DOWN, "rt-2": HealthState.HEALTHY,
    }  # fmt: skip


def test_the_unprobed_are_counted_while_they_are_watched() -> None:
    board = _board()
    board.take(_changed(_row("rt-1", overlays=Overlay.UNPROBED), _row("rt-2", overlays=Overlay.UNPROBED)))
    board.take(_changed(_row("rt-1")))
    assert board.sight.some(Concern.UNPROBED) == ("rt-2",)
    board.remove(["rt-2"])
    assert board.sight.count(Concern.UNPROBED) == 0


def test_what_ended_long_ago_is_forgotten_unless_nobody_has_seen_it() -> None:
    board = _board()
    board.fill([], [_outage("old", T0), _outage("latched", T0, is_latched=True), _outage("open")], [])
    board.forget(T0 + 1)
    assert set(board.outages) == {"latched", "open"}
