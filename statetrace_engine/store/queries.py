"""The store's questions, in SQLAlchemy Core; `History` asks them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Integer, Row, Select, case, cast, func, literal_column, or_, select

from statetrace_engine.errors import StoreError
from statetrace_engine.model import Epoch
from statetrace_engine.model.anomaly import AnomalyCard, CardVerdict, RuleCount
from statetrace_engine.model.health import Failover, HealthState, RouteHealth, RouteHealthSnapshot, Severity
from statetrace_engine.model.launch import CardDay
from statetrace_engine.model.outage import Incident, OutageEvent
from statetrace_engine.model.people import AuditEntry
from statetrace_engine.model.route import RouteClass, RouteRecord
from statetrace_engine.store import database, schema
from statetrace_engine.store.rollups import HOUR_S, STATES, Kept, Mark, Rollup, complete, start_of

MOST_INCIDENTS = 500
"""Of one time."""
MOST_CARDS = 10_000
_Body = TypeVar("_Body")


def current(connection: Connection) -> tuple[RouteHealth, ...]:
    rows = _bodies(connection, select(schema.route_current.c.body), RouteHealth)
    return tuple(sorted(rows, key=lambda row: (row.route.site, row.route.hostname, row.route.vrf, row.route.prefix)))


def outages(connection: Connection, since_at: Epoch) -> tuple[OutageEvent, ...]:
    columns = schema.outage.c
    recent = or_(columns.closed_at.is_(None), columns.closed_at >= since_at)
    return _bodies(connection, select(columns.body).where(recent).order_by(columns.detected_at.desc()), OutageEvent)


def outages_by_id(connection: Connection, outage_ids: Sequence[str]) -> tuple[OutageEvent, ...]:
    columns = schema.outage.c
    named = select(columns.body).where(columns.outage_id.in_(outage_ids)).order_by(columns.detected_at.desc())
    return _bodies(connection, named, OutageEvent)


def incidents(connection: Connection, since_at: Epoch) -> tuple[Incident, ...]:
    columns = schema.incident.c
    recent = or_(columns.closed_at.is_(None), columns.closed_at >= since_at)
    return _bodies(connection, select(columns.body).where(recent).order_by(columns.opened_at.desc()), Incident)


def incidents_by_id(connection: Connection, incident_ids: Sequence[str]) -> tuple[Incident, ...]:
    columns = schema.incident.c
    named = select(columns.body).where(columns.incident_id.in_(incident_ids)).order_by(columns.opened_at.desc())
    return _bodies(connection, named, Incident)


def incidents_between(connection: Connection, from_at: Epoch, to_at: Epoch) -> tuple[Incident, ...]:
    columns = schema.incident.c
    within = (columns.opened_at <= to_at) & or_(columns.closed_at.is_(None), columns.closed_at >= from_at)
    newest = select(columns.body).where(within).order_by(columns.opened_at.desc()).limit(MOST_INCIDENTS)
    return _bodies(connection, newest, Incident)


def routes_by_id(connection: Connection, route_ids: Sequence[str]) -> tuple[RouteRecord, ...]:
    current, place = schema.route_current.c, schema.route.c
    found: dict[str, RouteRecord] = {}
    for part in database.id_parts(route_ids):
        for row in connection.execute(select(schema.route).where(place.route_id.in_(part))):
            record = RouteRecord(**(row._asdict() | {"route_class": RouteClass(row.route_class)}))
            found[record.route_id] = record
        watched = _bodies(connection, select(current.body).where(current.route_id.in_(part)), RouteHealth)
        found |= {health.route.route_id: health.route for health in watched}
    return tuple(found.values())


def cards(connection: Connection, since_at: Epoch) -> tuple[AnomalyCard, ...]:
    columns = schema.anomaly_card.c
    recent = or_(columns.ended_at.is_(None), columns.ended_at >= since_at)
    newest = select(columns.body).where(recent).order_by(columns.first_at.desc()).limit(MOST_CARDS)
    return _bodies(connection, newest, AnomalyCard)


def cards_by_id(connection: Connection, card_ids: Sequence[str]) -> tuple[AnomalyCard, ...]:
    columns = schema.anomaly_card.c
    return _bodies(connection, select(columns.body).where(columns.card_id.in_(card_ids)), AnomalyCard)


def card_days(connection: Connection, since_at: Epoch) -> tuple[CardDay, ...]:
    columns = schema.anomaly_card.c
    day = cast(columns.first_at / literal_column("86400.0"), Integer)
    said = (func.sum(case((columns.verdict == verdict.value, 1), else_=0)) for verdict in CardVerdict)
    query = select(day, func.count(), *said).where(columns.first_at >= since_at).group_by(day).order_by(day)
    return tuple(CardDay(*row) for row in connection.execute(query))


def rule_counts(connection: Connection, since_at: Epoch) -> tuple[RuleCount, ...]:
    columns = schema.anomaly_card.c
    said = (func.sum(case((columns.verdict == verdict.value, 1), else_=0)) for verdict in CardVerdict)
    query = select(columns.rule, func.count(), *said).where(columns.first_at >= since_at).group_by(columns.rule)
    return tuple(RuleCount(*row) for row in connection.execute(query.order_by(columns.rule)))


def audit_entries(connection: Connection, limit: int) -> tuple[AuditEntry, ...]:
    table = schema.audit
    rows = connection.execute(select(table).order_by(table.c.seq.desc()).limit(limit))
    return tuple(AuditEntry(**row._asdict()) for row in rows)


def snapshots(connection: Connection, route_id: str, from_at: Epoch, to_at: Epoch) -> tuple[RouteHealthSnapshot, ...]:
    columns = schema.snapshot.c
    within = (columns.route_id == route_id) & (columns.taken_at >= from_at) & (columns.taken_at < to_at)
    rows = connection.execute(select(schema.snapshot).where(within).order_by(columns.taken_at, columns.id))
    return tuple(_snapshot(row) for row in rows)


def completed_rollups(
    connection: Connection, route_id: str, from_at: Epoch, to_at: Epoch, unit_s: int
) -> tuple[Rollup, ...]:
    mark = connection.execute(select(schema.rollup_mark).where(schema.rollup_mark.c.route_id == route_id)).first()
    if mark is None:
        return ()
    table = schema.rollup_hour if unit_s == HOUR_S else schema.rollup_day
    columns = table.c
    first = start_of(from_at, unit_s)
    of_route = columns.route_id == route_id
    before = select(columns.state_after).where(of_route & (columns.start_at < first)).order_by(columns.start_at.desc())
    within = of_route & (columns.start_at >= first) & (columns.start_at < to_at)
    rows = {row.start_at: _kept(row) for row in connection.execute(select(table).where(within))}
    state_before = connection.scalar(before.limit(1)) or ""
    return complete(rows, state_before, Mark(mark.state, mark.at), from_at, to_at, unit_s)


def _bodies(connection: Connection, query: Select[Any], kind: type[_Body]) -> tuple[_Body, ...]:
    # Any: SQLAlchemy 2.0 and 2.1 spell the type of a one-column query differently.
    decode = msgspec.msgpack.Decoder(kind).decode
    try:
        return tuple(decode(body) for body in connection.scalars(query))
    except ValueError as error:
        raise StoreError(f"a row of the store cannot be read ({error}): was it written by another version?") from error


def _snapshot(row: Row[Any]) -> RouteHealthSnapshot:  # Any: of the columns of schema.snapshot
    return RouteHealthSnapshot(
        snapshot_id=row.snapshot_id,
        route_id=row.route_id,
        taken_at=row.taken_at,
        state=HealthState(row.state),
        severity=Severity(row.severity) if row.severity else None,
        failover=Failover(row.failover),
        overlays=row.overlays,
        outage_id=row.outage_id,
        cause=row.cause,
        seq=row.seq,
    )


def _kept(row: Row[Any]) -> Kept:  # Any: of the columns of a roll-up
    seconds = (row.unknown_s, row.healthy_s, row.degraded_s, row.down_s, row.recovered_s)
    return Kept(dict(zip(STATES, seconds, strict=True)), row.transitions, row.outages, row.state_after)
