"""Captures that are kept as what makes a later one of their device them (`model.capture_delta`).

The newest capture of a device is whole; each older one is told by the next, so that the newest is read at once and an
old one along a chain. A capture is told by a later one only, so no chain comes back to where it began. What others are
told by stays, though its capture is gone, until they are told by another.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import BindParameter, ClauseElement, Connection, Select, and_, bindparam, delete, func, literal, select
from sqlalchemy.dialects import sqlite

from statetrace_engine.model.filed import FiledDelta
from statetrace_engine.store import database, schema
from statetrace_engine.store.prepared import Command, Question

LONGEST = 64
"""Of a chain: whoever would make it longer stays whole."""

_delta = database.upsert(schema.captured_delta)
_deltas = schema.captured_delta.c
_sections = schema.captured_section.c
_contents = schema.captured_content.c
_captures = schema.capture.c
_IDENT: BindParameter[int] = bindparam("ident")
_DIGEST: BindParameter[str] = bindparam("shown")
_encode = msgspec.msgpack.Encoder().encode


def _height_of() -> Select[Any]:
    """How many captures in a row are told by one, as far as that matters."""
    first = select(_deltas.capture_id, literal(1).label("height")).where(_deltas.base_id == _IDENT)
    begun = first.cte("told", recursive=True)
    further = select(_deltas.capture_id, begun.c.height + 1).where(
        and_(_deltas.base_id == begun.c.capture_id, begun.c.height < bindparam("most"))
    )
    return select(func.max(begun.union_all(further).c.height))


def _without_beside() -> ClauseElement:
    """Rows that are written anew lie close together; those that only shrink leave their pages half empty."""
    columns = [literal(b"") if column.name == "beside" else column for column in schema.captured_section.columns]
    names = [column.name for column in schema.captured_section.columns]
    return (
        sqlite.insert(schema.captured_section)
        .prefix_with("OR REPLACE")
        .from_select(names, select(*columns).where(_sections.capture_id == _IDENT))
    )


def _unless_shown() -> ClauseElement:
    """Rows that no capture shows that is whole."""
    shown = select(_sections.capture_id).where(
        and_(_sections.digest == _DIGEST, _sections.capture_id.not_in(select(_deltas.capture_id)))
    )
    return delete(schema.captured_content).where(and_(_contents.digest == _DIGEST, ~shown.exists()))


_ask_order = Question(select(_captures.captured_at, _captures.capture_id).where(_captures.capture_id == _IDENT))
_ask_base = Question(select(_deltas.base_id).where(_deltas.capture_id == _IDENT))
_ask_told = Question(select(_deltas.capture_id).where(_deltas.base_id == _IDENT).limit(1))
_ask_height = Question(_height_of())
_ask_digests = Question(select(_sections.digest).where(_sections.capture_id == _IDENT).distinct())
_empty_beside = Command(_without_beside())
_forget_content = Command(_unless_shown())
_forget_text = Command(delete(schema.captured_text).where(schema.captured_text.c.capture_id == _IDENT))
_forget_sections = Command(delete(schema.captured_section).where(_sections.capture_id == _IDENT))
_forget_delta = Command(delete(schema.captured_delta).where(_deltas.capture_id == _IDENT))


def write(connection: Connection, deltas: Iterable[FiledDelta]) -> None:
    """What is no longer as it was when a delta was made is left as it is."""
    for filed in deltas:
        if _is_fitting(connection, filed) and _height(connection, filed.capture_id) < LONGEST:
            _write(connection, filed)


def drop(connection: Connection, capture_ids: Iterable[int]) -> None:
    """Sections and texts of captures that are gone, unless another is told by them."""
    waiting = set(capture_ids)
    while waiting:
        capture_id = waiting.pop()
        if _ask_told(connection, ident=capture_id):
            continue
        base = _base(connection, capture_id)
        digests = _digests(connection, capture_id)
        for forget in (_forget_sections, _forget_text, _forget_delta):
            forget.run(connection, ident=capture_id)
        _forget_contents(connection, digests)
        if base is not None and not _ask_order(connection, ident=base):
            waiting.add(base)


def _is_fitting(connection: Connection, filed: FiledDelta) -> bool:
    """Both are there, the base is the later one, and the capture is whole, or told by one that is gone."""
    capture = _ask_order.one(connection, ident=filed.capture_id)
    base = _ask_order.one(connection, ident=filed.base_id)
    if capture is None or base is None or capture >= base:
        return False
    known = _base(connection, filed.capture_id)
    return known is None or not _ask_order(connection, ident=known)


def _height(connection: Connection, capture_id: int) -> int:
    """How many captures in a row are told by this one, this one with them."""
    found = _ask_height.one(connection, ident=capture_id, most=LONGEST)
    return 1 + ((found and found[0]) or 0)


def _write(connection: Connection, filed: FiledDelta) -> None:
    was = _base(connection, filed.capture_id)
    _delta.run(connection, [(filed.capture_id, filed.base_id, _encode(filed.bases), filed.body)])
    _empty_beside.run(connection, ident=filed.capture_id)
    _forget_text.run(connection, ident=filed.capture_id)
    _forget_contents(connection, _digests(connection, filed.capture_id))
    if was is not None and not _ask_order(connection, ident=was):
        drop(connection, [was])


def _forget_contents(connection: Connection, digests: Iterable[str]) -> None:
    for digest in digests:
        _forget_content.run(connection, shown=digest)


def _digests(connection: Connection, capture_id: int) -> list[str]:
    return [digest for (digest,) in _ask_digests(connection, ident=capture_id)]


def _base(connection: Connection, capture_id: int) -> int | None:
    """By which it is told; None: it is whole."""
    return next((base for (base,) in _ask_base(connection, ident=capture_id)), None)
