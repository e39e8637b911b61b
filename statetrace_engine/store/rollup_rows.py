"""Snapshots, and the roll-ups and marks that follow from them, written in one transaction.

A burst is worked off in slices whose rows die young: thousands of rows alive at once would have the garbage collector
walk the whole heap, which holds up the engine's thread for longer than all of the writing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from statetrace_engine.model.health import RouteHealthSnapshot
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.store import database, rollups, schema

_SLICE = 250
_ADDED = (*(f"{state.lower()}_s" for state in rollups.STATES), "transitions", "outages")

_snapshot = database.insert_rows(schema.snapshot, without=("id",))
_mark = database.upsert(schema.rollup_mark)
_rollups = {
    rollups.HOUR_S: database.upsert(schema.rollup_hour, adds=_ADDED),
    rollups.DAY_S: database.upsert(schema.rollup_day, adds=_ADDED),
}


def write(connection: Connection, snapshots: Sequence[RouteHealthSnapshot], opened: Mapping[str, OutageEvent]) -> None:
    """`opened` are the outages that are new, by id: each counts in the unit of the first snapshot that names it."""
    uncounted = dict(opened)
    for start in range(0, len(snapshots), _SLICE):
        _write_slice(connection, snapshots[start : start + _SLICE], uncounted)
    if uncounted:
        _count_unnamed(connection, list(uncounted.values()))


def _write_slice(
    connection: Connection, snapshots: Sequence[RouteHealthSnapshot], uncounted: dict[str, OutageEvent]
) -> None:
    _snapshot.run(connection, map(_snapshot_row, snapshots))
    named = [snapshot for snapshot in snapshots if uncounted.pop(snapshot.outage_id, None) is not None]
    before = _marks(connection, {snapshot.route_id for snapshot in snapshots})
    for unit_s, statement in _rollups.items():
        marks, tallies = dict(before), rollups.Tallies()
        for snapshot in snapshots:
            marks[snapshot.route_id] = rollups.advance(marks.get(snapshot.route_id), snapshot, tallies, unit_s)
        rollups.count_outages([(s.route_id, s.taken_at) for s in named], marks, tallies, unit_s)
        statement.run(connection, (_tally_row(key, tally) for key, tally in tallies.items()))
    _mark.run(connection, ((route_id, mark.state, mark.at) for route_id, mark in marks.items()))


def _count_unnamed(connection: Connection, opened: Sequence[OutageEvent]) -> None:
    """Outages that no snapshot of this batch names count where their route's last snapshot was, if there is one."""
    marks = _marks(connection, {outage.route_id for outage in opened})
    places = [(outage.route_id, marks[outage.route_id].at) for outage in opened if outage.route_id in marks]
    for unit_s, statement in _rollups.items():
        tallies = rollups.Tallies()
        rollups.count_outages(places, marks, tallies, unit_s)
        statement.run(connection, (_tally_row(key, tally) for key, tally in tallies.items()))


def _marks(connection: Connection, route_ids: set[str]) -> dict[str, rollups.Mark]:
    table = schema.rollup_mark
    return {
        route_id: rollups.Mark(state, at)
        for part in database.id_parts(sorted(route_ids))
        for route_id, state, at in connection.execute(select(table).where(table.c.route_id.in_(part)))
    }


def _snapshot_row(snapshot: RouteHealthSnapshot) -> database.Row:
    return (
        snapshot.snapshot_id, snapshot.route_id, snapshot.taken_at, snapshot.state.value,
        snapshot.severity.value if snapshot.severity else None, snapshot.failover.value, snapshot.overlays,
        snapshot.outage_id, snapshot.cause, snapshot.seq,
    )  # fmt: skip


def _tally_row(key: tuple[str, int], tally: rollups.Tally) -> database.Row:
    return (*key, *tally.seconds, tally.transitions, tally.outages, tally.state_after)
