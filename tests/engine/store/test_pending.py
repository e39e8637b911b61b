"""What waits for the store: of each thing the newest, of its history all."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.model.change import Change, HealthChanged, Notice, OutageChanged
from statetrace_engine.model.health import HealthState
from statetrace_engine.store.pending import Gathered, Pending
from tests.engine.store.store_facts import T0, acted, changed, failure, health, opened

STEPS = st.lists(
    st.builds(
        lambda number, kind, seq: (kind, number, seq),
        st.integers(1, 3),
        st.sampled_from(("up", "down", "row", "opened", "acted", "failure")),
        st.integers(1, 9),
    ),
    max_size=30,
)


def _changes(steps: list[tuple[str, int, int]]) -> list[list[Change]]:
    return [list(_told(kind, number, T0 + n, seq)) for n, (kind, number, seq) in enumerate(steps)]


def _told(kind: str, number: int, at: float, seq: int) -> list[Change]:
    match kind:
        case "up":
            return [changed(number, HealthState.HEALTHY, at, seq)]
        case "down":
            return [changed(number, HealthState.DOWN, at, seq)]
        case "row":
            return [HealthChanged(health=health(number, HealthState.DOWN, at), snapshot=None)]
        case "opened":
            return [opened(number, at)]
        case "acted":
            return [acted(number)]
        case _:
            return [*failure(number, at, seq)]


@given(STEPS)
def test_merging_on_the_way_loses_nothing_that_a_batch_would_hold(steps: list[tuple[str, int, int]]) -> None:
    gathered, straight, merged = Gathered(), Pending(), Pending()
    for changes in _changes(steps):
        gathered.add(changes)
    straight.add([c for changes in _changes(steps) for c in changes], 9)
    merged.add(gathered.changes(), 9)
    assert (merged.routes, merged.outages, merged.incidents) == (straight.routes, straight.outages, straight.incidents)
    assert (list(merged.snapshots), merged.audit) == (list(straight.snapshots), straight.audit)
    assert (merged.batches, merged.dropped) == (straight.batches, straight.dropped)


def test_what_changes_again_and_again_waits_once() -> None:
    gathered = Gathered()
    for n in range(50):
        gathered.add([opened(1, T0), OutageChanged(step=opened(1, T0).step, outage=opened(1, T0).outage)])
        gathered.add([Notice(outage=opened(1, T0).outage, kind="opened", at=T0 + n)])
    assert len(gathered) == 1
    assert not gathered.is_empty
