"""Captures that are kept as what makes a later one of their device them (`model.capture_delta`).

The newest capture of a device is whole; each older one is told by the next, so that the newest is read at once and an
old one along a chain. A capture is told by a later one only, so no chain comes back to where it began. What others are
told by stays, though its capture is gone, until they are told by another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import ColumnElement, Connection, Executable, and_, delete, literal, select
from sqlalchemy.dialects import sqlite

from statetrace_engine.model.filed import FiledDelta
from statetrace_engine.store import database, schema

LONGEST = 64
"""Of a chain: whoever would make it longer stays whole."""

_delta = database.upsert(schema.captured_delta)
_deltas = schema.captured_delta.c
_sections = schema.captured_section.c
_encode = msgspec.msgpack.Encoder().encode


def write(connection: Connection, deltas: Iterable[FiledDelta]) -> None:
    """What is no longer as it was when a delta was made is left as it is."""
    for filed in deltas:
        if _is_fitting(connection, filed) and _height(connection, filed.capture_id) < LONGEST:
            _write(connection, filed)


def drop(connection: Connection, capture_ids: Iterable[int]) -> None:
    """Sections and texts of captures that are gone, unless another is told by them."""
    waiting = set(capture_ids)
    while waiting:
        free = waiting - _needed(connection, waiting)
        bases = _bases(connection, free)
        _remove(connection, sorted(free))
        waiting = bases - _captured(connection, bases)


def forget_contents(connection: Connection, digests: Sequence[str]) -> None:
    """Rows that no capture shows that is whole."""
    contents = schema.captured_content
    for part in database.id_parts(digests):
        whole = (
            select(_sections.digest)
            .join_from(
                schema.captured_section, schema.captured_delta, _sections.capture_id == _deltas.capture_id, isouter=True
            )
            .where(and_(_sections.digest.in_(part), _deltas.capture_id.is_(None)))
        )
        shown = set(connection.scalars(whole))
        connection.execute(delete(contents).where(contents.c.digest.in_([one for one in part if one not in shown])))


def _is_fitting(connection: Connection, filed: FiledDelta) -> bool:
    """Both are there, the base is the later one, and the capture is whole, or told by one that is gone."""
    table = schema.capture.c
    order = select(table.captured_at, table.capture_id)
    capture = connection.execute(order.where(table.capture_id == filed.capture_id)).one_or_none()
    base = connection.execute(order.where(table.capture_id == filed.base_id)).one_or_none()
    if capture is None or base is None or tuple(capture) >= tuple(base):
        return False
    known = _bases(connection, {filed.capture_id})
    return not known or not _captured(connection, known)


def _height(connection: Connection, capture_id: int) -> int:
    """How many captures in a row are told by this one."""
    height, told = 0, {capture_id}
    while told and height < LONGEST:
        told = set(connection.scalars(select(_deltas.capture_id).where(_deltas.base_id.in_(told))))
        height += 1
    return height


def _write(connection: Connection, filed: FiledDelta) -> None:
    of_it = _sections.capture_id == filed.capture_id
    was = _bases(connection, {filed.capture_id})
    _delta.run(connection, [(filed.capture_id, filed.base_id, _encode(filed.bases), filed.body)])
    connection.execute(_without_beside(of_it))
    connection.execute(delete(schema.captured_text).where(schema.captured_text.c.capture_id == filed.capture_id))
    forget_contents(connection, sorted(set(connection.scalars(select(_sections.digest).where(of_it)))))
    drop(connection, was - _captured(connection, was))


def _without_beside(which: ColumnElement[bool]) -> Executable:
    """Rows that are written anew lie close together; those that only shrink leave their pages half empty."""
    columns = [literal(b"") if column.name == "beside" else column for column in schema.captured_section.columns]
    names = [column.name for column in schema.captured_section.columns]
    return (
        sqlite.insert(schema.captured_section)
        .prefix_with("OR REPLACE")
        .from_select(names, select(*columns).where(which))
    )


def _remove(connection: Connection, capture_ids: Sequence[int]) -> None:
    digests = set[str]()
    for start in range(0, len(capture_ids), database.IDS):
        part = capture_ids[start : start + database.IDS]
        digests |= set(connection.scalars(select(_sections.digest).where(_sections.capture_id.in_(part))))
        for table in (schema.captured_section, schema.captured_text, schema.captured_delta):
            connection.execute(delete(table).where(table.c.capture_id.in_(part)))
    forget_contents(connection, sorted(digests))


def _needed(connection: Connection, capture_ids: set[int]) -> set[int]:
    return set(connection.scalars(select(_deltas.base_id).where(_deltas.base_id.in_(capture_ids))))


def _bases(connection: Connection, capture_ids: set[int]) -> set[int]:
    return set(connection.scalars(select(_deltas.base_id).where(_deltas.capture_id.in_(capture_ids))))


def _captured(connection: Connection, capture_ids: set[int]) -> set[int]:
    column = schema.capture.c.capture_id
    return set(connection.scalars(select(column).where(column.in_(capture_ids))))
