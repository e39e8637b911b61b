"""What the store knows of comparisons, in SQLAlchemy Core; `Runs` asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, and_, func, select
from sqlalchemy.orm import aliased

from statetrace_engine.errors import StoreError
from statetrace_engine.model import Epoch
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType, DiffChange, DiffRun, HostChange, PackedChanges
from statetrace_engine.model.packed_changes import unpack
from statetrace_engine.store import schema

_runs = schema.diff_run.c
_changes = schema.diff_change.c
_decode = msgspec.msgpack.Decoder(DiffRun).decode


def uncompared(connection: Connection, limit: int) -> tuple[int, ...]:
    capture = schema.capture.c
    missing = _of_uncompared(select(capture.capture_id)).order_by(capture.captured_at, capture.capture_id)
    return tuple(connection.scalars(missing.limit(limit)))


def waiting(connection: Connection) -> tuple[int, ...]:
    return tuple(connection.scalars(_of_uncompared(select(func.count()))))


def _of_uncompared(query: Select[Any]) -> Select[Any]:
    # Any: SQLAlchemy 2.0 and 2.1 spell the type of a query differently.
    capture = schema.capture
    return query.join_from(capture, schema.diff_run, capture.c.capture_id == _runs.run_id, isouter=True).where(
        and_(_runs.run_id.is_(None), capture.c.hostname != "")
    )


def devices(connection: Connection) -> tuple[int, ...]:
    capture = schema.capture.c
    named = select(capture.site, capture.hostname).where(capture.hostname != "").distinct().subquery()
    return tuple(connection.scalars(select(func.count()).select_from(named)))


def previous(connection: Connection, capture_id: int) -> tuple[int, ...]:
    """The capture of the same device before this one; nothing for the first."""
    one, other = aliased(schema.capture), aliased(schema.capture)
    return tuple(
        connection.scalars(
            select(other.c.capture_id)
            .where(
                and_(
                    one.c.capture_id == capture_id,
                    other.c.hostname == one.c.hostname,
                    other.c.site == one.c.site,
                    (other.c.captured_at < one.c.captured_at)
                    | ((other.c.captured_at == one.c.captured_at) & (other.c.capture_id < capture_id)),
                )
            )
            .order_by(other.c.captured_at.desc(), other.c.capture_id.desc())
            .limit(1)
        )
    )


def reading(connection: Connection, capture_id: int) -> tuple[str, ...]:
    joined = select(schema.captured_file.c.reading).join_from(
        schema.capture, schema.captured_file, schema.capture.c.file_key == schema.captured_file.c.file_key
    )
    return tuple(connection.scalars(joined.where(schema.capture.c.capture_id == capture_id)))


def runs(
    connection: Connection, hostname: str, from_at: Epoch, to_at: Epoch, limit: int, *, site: str = ""
) -> tuple[DiffRun, ...]:
    within = [_runs.captured_at >= from_at, _runs.captured_at <= to_at]
    if hostname:
        within.append(_runs.hostname == hostname)
    if site:
        within.append(_runs.site == site)
    order = _runs.captured_at.desc(), _runs.run_id.desc()
    query = select(_runs.body).where(and_(*within)).order_by(*order).limit(limit)
    return tuple(map(_run, connection.scalars(query)))


def run(connection: Connection, run_id: int) -> tuple[DiffRun, ...]:
    return tuple(map(_run, connection.scalars(select(_runs.body).where(_runs.run_id == run_id))))


def changes(connection: Connection, run_id: int) -> tuple[PackedChanges, ...]:
    query = select(_changes.kind, _changes.change_type, _changes.count, _changes.body)
    return tuple(_packed(query.where(_changes.run_id == run_id).order_by(_changes.piece), connection))


def last_changes(connection: Connection, hostname: str, limit: int) -> tuple[HostChange, ...]:
    """Newest run first."""
    columns = _changes.run_id, _changes.kind, _changes.change_type, _changes.count, _changes.body
    order = _changes.captured_at.desc(), _changes.run_id.desc(), _changes.piece
    rows = connection.execute(select(*columns).where(_changes.hostname == hostname).order_by(*order).limit(limit))
    found: list[HostChange] = []
    for run_id, *packed in rows:
        if len(found) >= limit:
            break
        (at,) = run(connection, run_id)
        found += (HostChange(at, change) for change in _unpacked(_of(packed))[: limit - len(found)])
    return tuple(found)


def _packed(query: Select[Any], connection: Connection) -> Iterator[PackedChanges]:
    # Any: SQLAlchemy 2.0 and 2.1 spell the type of a query differently.
    return map(_of, connection.execute(query))


def _of(row: Sequence[Any]) -> PackedChanges:
    kind, change_type, count, body = row
    return PackedChanges(Kind(kind), ChangeType(change_type), count, body)


def _unpacked(packed: PackedChanges) -> tuple[DiffChange, ...]:
    try:
        return unpack(packed)
    except ValueError as error:
        raise StoreError(f"changes cannot be read ({error}): were they written by another version?") from error


def _run(body: bytes) -> DiffRun:
    try:
        return _decode(body)
    except msgspec.MsgspecError as error:
        raise StoreError(f"a comparison cannot be read ({error}): was it written by another version?") from error
