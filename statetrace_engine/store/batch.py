"""One batch in one transaction: rows, snapshots, roll-ups, outages, audit and the sequence that it goes up to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, delete, select

from statetrace_engine.errors import StoreError
from statetrace_engine.model import Epoch
from statetrace_engine.model.health import RouteHealth, RouteHealthSnapshot
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.people import AuditEntry
from statetrace_engine.model.route import RouteRecord
from statetrace_engine.store import audit, audit_rows, database, rollups, schema
from statetrace_engine.store.pending import Pending

_ADDED = (*(f"{state.lower()}_s" for state in rollups.STATES), "transitions", "outages")
_KEYS = 500
"""Ids in one IN (…): below the oldest SQLite's limit of 999 variables."""

_route = database.upsert(schema.route)
_current = database.upsert(schema.route_current)
_mark = database.upsert(schema.rollup_mark)
_snapshot = database.insert_rows(schema.snapshot, without=("id",))
_rollups = {
    rollups.HOUR_S: database.upsert(schema.rollup_hour, adds=_ADDED),
    rollups.DAY_S: database.upsert(schema.rollup_day, adds=_ADDED),
}
_outage = database.upsert(schema.outage)
_evidence = database.upsert(schema.evidence)
_incident = database.upsert(schema.incident)
_meta = database.upsert(schema.meta)

_pack = msgspec.msgpack.Encoder().encode
_int = msgspec.msgpack.Decoder(int).decode


class Written(NamedTuple):
    head: audit.Head
    records: list[RouteRecord]
    """Whose columns are in the store once the transaction is committed."""


def prepare(connection: Connection, folder: Path, at: Epoch) -> audit.Head:
    """Creates what is missing and checks the audit's anchor; answers the end of the chain.

    Raises StoreError when a newer version wrote the store.
    """
    schema.metadata.create_all(connection)
    version = _number(connection, "schema_version")
    if version > schema.SCHEMA_VERSION:
        raise StoreError(
            f"the store has schema {version}, this version knows {schema.SCHEMA_VERSION}: update StateTrace"
        )
    _put(connection, "schema_version", schema.SCHEMA_VERSION)
    return append_audit(connection, audit_rows.check_anchor(connection, folder, at))


def last_seq(connection: Connection) -> int:
    """The journal sequence that the store holds; 0 for an empty one."""
    return _number(connection, "last_seq")


def write(connection: Connection, pending: Pending, known: Mapping[str, RouteRecord]) -> Written:
    """Writes what is newer than the store, so that a batch that comes again changes nothing.

    `known` are the routes whose columns need not be written again.
    """
    stored = last_seq(connection)
    health = [health for seq, health in pending.routes.values() if seq > stored]
    snapshots = [snapshot for seq, snapshot in pending.snapshots if seq > stored and snapshot.seq > stored]
    outages = [outage for seq, outage in pending.outages.values() if seq > stored]
    incidents = [incident for seq, incident in pending.incidents.values() if seq > stored]
    records = [row.route for row in health if known.get(row.route.route_id) is not row.route]
    _route.run(connection, [_route_row(record) for record in records])
    _current.run(connection, [_current_row(row) for row in health])
    _remove(connection, [route_id for route_id, seq in pending.removed.items() if seq > stored])
    _write_history(connection, snapshots, _new_outages(connection, outages))
    _outage.run(connection, [_outage_row(outage) for outage in outages])
    _evidence.run(connection, list(_evidence_rows(outages)))
    _incident.run(
        connection, [(i.incident_id, i.cause, i.element, i.opened_at, i.closed_at, _pack(i)) for i in incidents]
    )
    head = append_audit(connection, [entry for seq, entry in pending.audit if seq > stored])
    _write_progress(connection, pending, stored)
    return Written(head, records)


def write_outages(connection: Connection, outages: Sequence[OutageEvent]) -> None:
    """Replaces outages outside of a batch, as an acknowledgement without an engine does."""
    _outage.run(connection, [_outage_row(outage) for outage in outages])


def write_rows(connection: Connection, health: Sequence[RouteHealth]) -> None:
    """Replaces rows outside of a batch."""
    _current.run(connection, [_current_row(row) for row in health])


def append_audit(connection: Connection, entries: Sequence[AuditEntry]) -> audit.Head:
    """Chains the entries; the anchor in `meta` moves in the same transaction."""
    head = audit_rows.append(connection, entries)
    if entries:
        _put(connection, audit_rows.META_KEY, head)
    return head


def _remove(connection: Connection, route_ids: Sequence[str]) -> None:
    column = schema.route_current.c.route_id
    for part in _parts(route_ids):
        connection.execute(delete(schema.route_current).where(column.in_(part)))


def _write_history(
    connection: Connection, snapshots: Sequence[RouteHealthSnapshot], opened: Sequence[OutageEvent]
) -> None:
    _snapshot.run(connection, [_snapshot_row(snapshot) for snapshot in snapshots])
    routes = {snapshot.route_id for snapshot in snapshots} | {outage.route_id for outage in opened}
    before = _marks(connection, sorted(routes))
    for unit_s, statement in _rollups.items():
        marks, tallies = dict(before), rollups.Tallies()
        first_named: dict[str, Epoch] = {}
        for snapshot in snapshots:
            marks[snapshot.route_id] = rollups.advance(marks.get(snapshot.route_id), snapshot, tallies, unit_s)
            first_named.setdefault(snapshot.outage_id, snapshot.taken_at)
        known = [outage for outage in opened if outage.route_id in marks]
        rollups.count_outages(
            [(o.route_id, first_named.get(o.outage_id, marks[o.route_id].at)) for o in known], marks, tallies, unit_s
        )
        statement.run(connection, [_tally_row(key, tally) for key, tally in tallies.items()])
    _mark.run(connection, [(route_id, *mark) for route_id, mark in marks.items() if mark != before.get(route_id)])


def _marks(connection: Connection, route_ids: Sequence[str]) -> dict[str, rollups.Mark]:
    table = schema.rollup_mark
    return {
        row.route_id: rollups.Mark(row.state, row.at)
        for part in _parts(route_ids)
        for row in connection.execute(select(table).where(table.c.route_id.in_(part)))
    }


def _new_outages(connection: Connection, outages: Sequence[OutageEvent]) -> list[OutageEvent]:
    column = schema.outage.c.outage_id
    kept = {
        outage_id
        for part in _parts([outage.outage_id for outage in outages])
        for outage_id in connection.scalars(select(column).where(column.in_(part)))
    }
    return [outage for outage in outages if outage.outage_id not in kept]


def _write_progress(connection: Connection, pending: Pending, stored: int) -> None:
    if pending.last_seq > stored:
        _put(connection, "last_seq", pending.last_seq)
    if pending.checkpoint is not None and pending.checkpoint[0] >= stored:
        _put(connection, "checkpoint_seq", pending.checkpoint[0])
        _meta.run(connection, [("checkpoint", pending.checkpoint[1])])  # as the pipeline froze it


def _put(connection: Connection, key: str, value: object) -> None:
    _meta.run(connection, [(key, _pack(value))])


def _number(connection: Connection, key: str) -> int:
    value = connection.scalar(select(schema.meta.c.value).where(schema.meta.c.key == key))
    return 0 if value is None else _int(value)


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + _KEYS] for start in range(0, len(ids), _KEYS))


def _route_row(record: RouteRecord) -> database.Row:
    return (
        record.route_id, record.site, record.hostname, record.vrf, record.prefix, record.route_class.value,
        record.owner, record.contact,
    )  # fmt: skip


def _current_row(health: RouteHealth) -> database.Row:
    return (
        health.route.route_id, health.state.value, health.since_at, _word(health.severity), int(health.overlays),
        health.outage_id, _pack(health),
    )  # fmt: skip


def _snapshot_row(snapshot: RouteHealthSnapshot) -> database.Row:
    return (
        snapshot.snapshot_id, snapshot.route_id, snapshot.taken_at, snapshot.state.value, _word(snapshot.severity),
        snapshot.failover.value, snapshot.overlays, snapshot.outage_id, snapshot.cause, snapshot.seq,
    )  # fmt: skip


def _tally_row(key: tuple[str, int], tally: rollups.Tally) -> database.Row:
    return (*key, *tally.seconds.values(), tally.transitions, tally.outages, tally.state_after)


def _outage_row(outage: OutageEvent) -> database.Row:
    return (
        outage.outage_id, outage.route_id, outage.site, outage.hostname, outage.state.value, outage.severity.value,
        outage.cause.value, outage.incident_id, outage.detected_at, outage.resolved_at, outage.closed_at,
        outage.acknowledged_by, _pack(outage),
    )  # fmt: skip


def _evidence_rows(outages: Iterable[OutageEvent]) -> Iterator[database.Row]:
    for outage in outages:
        for item in {(item.seq, item.text): item for item in outage.evidence}.values():
            yield (
                outage.outage_id, item.seq, item.text, item.source, item.plane.value, item.verdict.value, item.at,
                item.witness, item.agreement.value,
            )  # fmt: skip


def _word(severity: object) -> str | None:
    return None if severity is None else str(severity)
