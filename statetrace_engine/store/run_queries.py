"""What the store knows of comparisons, in SQLAlchemy Core; `Runs` asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, and_, select, tuple_
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
    capture = schema.capture
    missing = (
        select(capture.c.capture_id)
        .join_from(capture, schema.diff_run, capture.c.capture_id == _runs.run_id, isouter=True)
        .where(and_(_runs.run_id.is_(None), capture.c.hostname != ""))
        .order_by(capture.c.captured_at, capture.c.capture_id)
        .limit(limit)
    )
    return tuple(connection.scalars(missing))


def previous(connection: Connection, capture_id: int) -> tuple[int, ...]:
    """The capture of the same device before this one; nothing for the first."""
    return _beside(connection, capture_id, is_after=False)


def following(connection: Connection, capture_id: int) -> tuple[int, ...]:
    return _beside(connection, capture_id, is_after=True)


def _beside(connection: Connection, capture_id: int, *, is_after: bool) -> tuple[int, ...]:
    one, other = aliased(schema.capture), aliased(schema.capture)
    here, there = (tuple_(each.c.captured_at, each.c.capture_id) for each in (one, other))
    is_there = there > here if is_after else there < here
    order = [column.asc() if is_after else column.desc() for column in (other.c.captured_at, other.c.capture_id)]
    is_of_it = and_(one.c.capture_id == capture_id, other.c.hostname == one.c.hostname, other.c.site == one.c.site)
    query = select(other.c.capture_id).where(and_(is_of_it, is_there)).order_by(*order).limit(1)
    return tuple(connection.scalars(query))


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
        found += (HostChange(at, change) for change in _unpacked(_of(packed), limit - len(found)))
    return tuple(found)


def _packed(query: Select[Any], connection: Connection) -> Iterator[PackedChanges]:
    # Any: SQLAlchemy 2.0 and 2.1 spell the type of a query differently.
    return map(_of, connection.execute(query))


def _of(row: Sequence[Any]) -> PackedChanges:
    kind, change_type, count, body = row
    return PackedChanges(Kind(kind), ChangeType(change_type), count, body)


def _unpacked(packed: PackedChanges, most: int) -> tuple[DiffChange, ...]:
    try:
        return unpack(packed, most)
    except ValueError as error:
        raise StoreError(f"changes cannot be read ({error}): were they written by another version?") from error


def _run(body: bytes) -> DiffRun:
    try:
        return _decode(body)
    except msgspec.MsgspecError as error:
        raise StoreError(f"a comparison cannot be read ({error}): was it written by another version?") from error
