"""One batch in one transaction: rows, snapshots, roll-ups, outages, audit and the sequence that it goes up to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec
from sqlalchemy import Connection, delete, select

from statetrace_engine.errors import StoreError
from statetrace_engine.model import Epoch
from statetrace_engine.model.anomaly import AnomalyCard
from statetrace_engine.model.health import RouteHealth
from statetrace_engine.model.outage import Incident, OutageEvent
from statetrace_engine.model.people import AuditEntry
from statetrace_engine.model.route import RouteRecord
from statetrace_engine.store import audit, audit_rows, database, rollup_rows, schema
from statetrace_engine.store.pending import Pending

_Kept = TypeVar("_Kept")

_route = database.upsert(schema.route)
_current = database.upsert(schema.route_current)
_outage = database.upsert(schema.outage)
_evidence = database.upsert(schema.evidence)
_incident = database.upsert(schema.incident)
_card = database.upsert(schema.anomaly_card)
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

    def fresh(waiting: Mapping[str, _Kept]) -> list[_Kept]:
        return [kept for name, kept in waiting.items() if pending.batches[name] > stored]

    health, outages, incidents = fresh(pending.routes), fresh(pending.outages), fresh(pending.incidents)
    records = [row.route for row in health if known.get(row.route.route_id) is not row.route]
    _route.run(connection, map(_route_row, records))
    write_rows(connection, health)
    _remove(connection, [route_id for route_id in pending.removed if pending.batches[route_id] > stored])
    snapshots = [snapshot for snapshot in pending.snapshots if snapshot.seq > stored]
    rollup_rows.write(connection, snapshots, _new_outages(connection, outages))
    write_outages(connection, outages)
    _evidence.run(connection, _evidence_rows(outages))
    _incident.run(connection, map(_incident_row, incidents))
    write_cards(connection, fresh(pending.cards))
    head = append_audit(connection, [entry for seq, entry in pending.audit if seq > stored])
    _write_progress(connection, pending, stored)
    return Written(head, records)


def write_outages(connection: Connection, outages: Sequence[OutageEvent]) -> None:
    """Replaces outages outside of a batch, as an acknowledgement without an engine does."""
    _outage.run(connection, map(_outage_row, outages))


def write_rows(connection: Connection, health: Sequence[RouteHealth]) -> None:
    """Replaces rows outside of a batch."""
    _current.run(connection, map(_current_row, health))


def write_cards(connection: Connection, cards: Sequence[AnomalyCard]) -> None:
    """Replaces anomaly cards."""
    _card.run(connection, map(_card_row, cards))


def append_audit(connection: Connection, entries: Sequence[AuditEntry]) -> audit.Head:
    """Chains the entries; the anchor in `meta` moves in the same transaction."""
    head = audit_rows.append(connection, entries)
    if entries:
        _put(connection, audit_rows.META_KEY, head)
    return head


def _remove(connection: Connection, route_ids: Sequence[str]) -> None:
    column = schema.route_current.c.route_id
    for part in database.id_parts(route_ids):
        connection.execute(delete(schema.route_current).where(column.in_(part)))


def _new_outages(connection: Connection, outages: Sequence[OutageEvent]) -> dict[str, OutageEvent]:
    column = schema.outage.c.outage_id
    kept = {
        outage_id
        for part in database.id_parts([outage.outage_id for outage in outages])
        for outage_id in connection.scalars(select(column).where(column.in_(part)))
    }
    return {outage.outage_id: outage for outage in outages if outage.outage_id not in kept}


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


def _route_row(record: RouteRecord) -> database.Row:
    return (
        record.route_id, record.site, record.hostname, record.vrf, record.prefix, record.route_class.value,
        record.owner, record.contact,
    )  # fmt: skip


def _current_row(health: RouteHealth) -> database.Row:
    return (
        health.route.route_id, health.state.value, health.since_at,
        health.severity.value if health.severity else None, int(health.overlays),
        health.outage_id, _pack(health),
    )  # fmt: skip


def _outage_row(outage: OutageEvent) -> database.Row:
    return (
        outage.outage_id, outage.route_id, outage.site, outage.hostname, outage.state.value, outage.severity.value,
        outage.cause.value, outage.incident_id, outage.detected_at, outage.resolved_at, outage.closed_at,
        outage.acknowledged_by, _pack(outage),
    )  # fmt: skip


def _incident_row(incident: Incident) -> database.Row:
    return (
        incident.incident_id, incident.cause.value, incident.element, incident.opened_at, incident.closed_at,
        _pack(incident),
    )  # fmt: skip


def _card_row(card: AnomalyCard) -> database.Row:
    verdict = card.feedback.verdict.value if card.feedback is not None else ""
    return (
        card.card_id, card.rule, card.hostname, card.severity.value, card.first_at, card.ended_at, verdict, _pack(card),
    )  # fmt: skip


def _evidence_rows(outages: Iterable[OutageEvent]) -> Iterator[database.Row]:
    for outage in outages:
        for item in {(item.seq, item.text): item for item in outage.evidence}.values():
            yield (
                outage.outage_id, item.seq, item.text, item.source, item.plane.value, item.verdict.value, item.at,
                item.witness, item.agreement.value,
            )  # fmt: skip
