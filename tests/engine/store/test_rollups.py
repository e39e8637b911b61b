"""Roll-ups: what is kept at write time equals what the snapshots say."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_facts import PATIENCE_S, T0, changed, opened, outage, route

from statetrace_engine.model.change import Change
from statetrace_engine.model.health import HealthState, RouteHealthSnapshot
from statetrace_engine.store.history import History
from statetrace_engine.store.rollups import DAY_S, HOUR_S, Rollup, start_of
from statetrace_engine.store.writer import StoreWriter

Step = tuple[float, HealthState, bool]
"""Seconds since the step before, the state entered, whether an outage opens with it."""

STEPS = st.lists(
    st.tuples(
        st.one_of(st.floats(0, 100), st.floats(0, 3 * DAY_S), st.sampled_from([float(HOUR_S), 7200.0, float(DAY_S)])),
        st.sampled_from(HealthState),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


def snapshots_of(steps: list[Step]) -> list[tuple[float, HealthState, bool]]:
    at, found = T0 + 17.5, []
    for wait, state, opens in steps:
        at += wait
        found.append((at, state, opens))
    return found


def recomputed(
    kept: tuple[RouteHealthSnapshot, ...], opened_at: list[float], to_at: float, unit_s: int
) -> list[Rollup]:
    """The plain way: walk the snapshots unit by unit."""
    seconds: dict[int, dict[HealthState, float]] = defaultdict(lambda: dict.fromkeys(HealthState, 0.0))
    ends = [*(later.taken_at for later in kept[1:]), to_at]
    for entered, end in zip(kept, ends, strict=True):
        start = start_of(entered.taken_at, unit_s)
        while start < end:
            seconds[start][entered.state] += max(0.0, min(end, start + unit_s) - max(entered.taken_at, start))
            start += unit_s
    moves = [start_of(later.taken_at, unit_s) for before, later in pairwise(kept) if before.state != later.state]
    opens = [start_of(at, unit_s) for at in opened_at]
    return [
        Rollup(start_at=start, seconds=seconds[start], transitions=moves.count(start), outages=opens.count(start))
        for start in sorted(seconds)
    ]


def rounded(rollups: list[Rollup]) -> list[tuple[float, list[float], int, int]]:
    return [
        (unit.start_at, [round(unit.seconds[state], 3) for state in HealthState], unit.transitions, unit.outages)
        for unit in rollups
    ]


@pytest.mark.parametrize("unit_s", [HOUR_S, DAY_S])
@settings(max_examples=25, deadline=None)
@given(steps=STEPS, batch=st.integers(1, 5), after_s=st.floats(1, 2 * DAY_S))
def test_kept_equals_recomputed(unit_s: int, steps: list[Step], batch: int, after_s: float) -> None:
    found = snapshots_of(steps)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "statetrace.db"
        writer = StoreWriter(path, settle_s=0)
        for first in range(0, len(found), batch):
            changes: list[Change] = []
            for seq, (at, state, opens) in enumerate(found[first : first + batch], start=first + 1):
                changes.append(changed(1, state, at, seq, f"OUT-1123-{seq:04}" if opens else ""))
                if opens:
                    changes.append(opened(1, at, outage_id=f"OUT-1123-{seq:04}"))
            writer.submit(changes, first + batch)
            assert writer.flush(PATIENCE_S)
        writer.close()
        history, to_at = History(path), found[-1][0] + after_s
        kept = history.snapshots(route(1).route_id, 0, to_at)
        expected = recomputed(kept, [at for at, _, opens in found if opens], to_at, unit_s)
        assert rounded(list(history.rollups(route(1).route_id, T0, to_at, unit_s))) == rounded(expected)


@settings(max_examples=25, deadline=None)
@given(times=st.lists(st.floats(-2 * DAY_S, 2 * DAY_S), min_size=2, max_size=8))
def test_a_wall_clock_that_jumps_counts_no_negative_time(times: list[float]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "statetrace.db"
        writer = StoreWriter(path, settle_s=0)
        rows: list[Change] = [
            changed(1, (HealthState.HEALTHY, HealthState.DOWN)[seq % 2], T0 + at, seq)
            for seq, at in enumerate(times, start=1)
        ]
        writer.submit(rows, len(rows))
        assert writer.flush(PATIENCE_S)
        writer.close()
        units = History(path).rollups(route(1).route_id, T0 - 3 * DAY_S, T0 + 3 * DAY_S)
        assert all(value >= 0 for unit in units for value in unit.seconds.values())
        assert sum(unit.transitions for unit in units) == len(times) - 1


def test_a_quiet_month_costs_two_rows_and_reads_complete(tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    path = tmp_path / "statetrace.db"
    writer = StoreWriter(path, settle_s=0)
    end = T0 + 30 * DAY_S
    writer.submit([changed(1, HealthState.HEALTHY, T0 + 60, 1), changed(1, HealthState.DOWN, end, 2)], 2)
    assert writer.flush(PATIENCE_S)
    writer.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM rollup_hour").fetchone() == (2,)
    month = History(path).rollups(route(1).route_id, T0, end + HOUR_S)
    assert len(month) == 30 * 24 + 1
    assert month[0].seconds[HealthState.HEALTHY] == HOUR_S - 60
    assert {unit.seconds[HealthState.HEALTHY] for unit in month[1:-1]} == {HOUR_S}
    assert month[-1].seconds[HealthState.DOWN] == HOUR_S
    assert [unit.seconds for unit in History(path).rollups(route(1).route_id, end - 7200, end - 3600)] == [
        month[-3].seconds
    ]


def test_an_outage_written_again_is_counted_once(tmp_path: Path) -> None:
    path = tmp_path / "statetrace.db"
    writer = StoreWriter(path, settle_s=0)
    writer.submit([changed(1, HealthState.DOWN, T0, 1), opened(1, T0)], 1)
    assert writer.flush(PATIENCE_S)
    writer.submit([opened(1, T0, acknowledged_by="ana")], 2)
    assert writer.flush(PATIENCE_S)
    writer.close()
    (hour,) = History(path).rollups(route(1).route_id, T0, T0 + 60)
    assert hour.outages == 1
    assert History(path).outages(0) == (outage(1, T0, acknowledged_by="ana"),)
