"""What the store knows of captures, in SQLAlchemy Core; `Captures` asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar

import msgspec
from sqlalchemy import BindParameter, Connection, Select, and_, bindparam, func, literal, select

from statetrace_engine.errors import StoreError
from statetrace_engine.model import Epoch
from statetrace_engine.model.capture_delta import NONE
from statetrace_engine.model.filed import CapturedRows, CapturedText, CaptureSummary, SectionSummary
from statetrace_engine.store import database, delta_rows, schema
from statetrace_engine.store.prepared import Question, Row

_Found = TypeVar("_Found", bound=msgspec.Struct)
_bases = msgspec.msgpack.Decoder(list[int]).decode
_capture = schema.capture.c
_section = schema.captured_section.c
_content = schema.captured_content.c
_text = schema.captured_text.c
_delta = schema.captured_delta.c
_captures = select(*(_capture[name] for name in CaptureSummary.__struct_fields__))
_sections = select(*(_section[name] for name in SectionSummary.__struct_fields__))
_IDENT: BindParameter[int] = bindparam("ident")
_POSITION: BindParameter[int] = bindparam("position")
_MOST = 4 * delta_rows.LONGEST
"""Of a chain that somebody follows."""


def _chained() -> Select[Any]:
    """A capture's delta, and those of the captures by which it is told, in this order."""
    first = select(literal(0).label("at"), _delta.capture_id, _delta.base_id).where(_delta.capture_id == _IDENT)
    begun = first.cte("told", recursive=True)
    further = select(begun.c.at + 1, _delta.capture_id, _delta.base_id).where(
        and_(_delta.capture_id == begun.c.base_id, begun.c.at < _MOST)
    )
    told = begun.union_all(further)
    columns = select(_delta.base_id, _delta.bases, _delta.body)
    return columns.join(told, told.c.capture_id == _delta.capture_id).order_by(told.c.at)


_of_it = and_(_section.capture_id == _IDENT, _section.position == _POSITION)
_ask_capture = Question(_captures.where(_capture.capture_id == _IDENT))
_ask_sections = Question(
    _sections.join(schema.capture, _capture.capture_id == _section.capture_id)
    .where(_section.capture_id == _IDENT)
    .order_by(_section.position)
)
_ask_digest = Question(
    select(_section.digest, _section.missed)
    .join(schema.capture, _capture.capture_id == _section.capture_id)
    .where(_of_it)
)
_ask_body = Question(
    select(_content.body, _section.beside)
    .join_from(schema.captured_section, schema.captured_content, _section.digest == _content.digest)
    .where(_of_it)
)
_ask_text = Question(select(_text.text, _text.offsets).where(_text.capture_id == _IDENT))
_ask_base = Question(select(_delta.base_id).where(_delta.capture_id == _IDENT))
_ask_chain = Question(_chained())


def since(connection: Connection, capture_id: int, limit: int) -> tuple[CaptureSummary, ...]:
    query = _captures.where(_capture.capture_id > capture_id).order_by(_capture.capture_id).limit(limit)
    return _structs(connection, query, CaptureSummary)


def capture(connection: Connection, capture_id: int) -> tuple[CaptureSummary, ...]:
    return _made(_ask_capture(connection, ident=capture_id), CaptureSummary)


def newest(connection: Connection) -> tuple[CaptureSummary, ...]:
    last = (
        select(_capture.site, _capture.hostname, func.max(_capture.captured_at).label("at"))
        .group_by(_capture.site, _capture.hostname)
        .subquery()
    )
    is_last = and_(
        _capture.site == last.c.site, _capture.hostname == last.c.hostname, _capture.captured_at == last.c.at
    )
    query = _captures.join(last, is_last).order_by(_capture.site, _capture.hostname, _capture.capture_id)
    found = _structs(connection, query, CaptureSummary)
    return tuple({(summary.site, summary.hostname): summary for summary in found}.values())


def of_device(connection: Connection, hostname: str, since_at: Epoch) -> tuple[CaptureSummary, ...]:
    wanted = and_(_capture.hostname == hostname, _capture.captured_at >= since_at)
    order = _capture.captured_at.desc(), _capture.capture_id.desc()
    return _structs(connection, _captures.where(wanted).order_by(*order), CaptureSummary)


def sections(connection: Connection, capture_id: int) -> tuple[SectionSummary, ...]:
    return _made(_ask_sections(connection, ident=capture_id), SectionSummary)


def rows(connection: Connection, capture_id: int, position: int) -> tuple[CapturedRows, ...]:
    here = _ask_digest.one(connection, ident=capture_id, position=position)
    if here is None:
        return ()
    digest, missed = here
    deltas, path, at = [], [], position
    for delta in _chain(connection, capture_id):
        bases = _bases_of(delta)
        if not 0 <= at < len(bases):
            return ()
        deltas.append(delta.body)
        path.append(at)
        capture_id, at = delta.base_id, bases[at]
        if at == NONE:
            break
    body, beside = _ask_body.one(connection, ident=capture_id, position=at) or (b"", b"")
    if not body and at != NONE:
        return ()
    deltas.reverse()
    path.reverse()
    return (
        CapturedRows(body=body, beside=beside, missed=missed, digest=digest, deltas=tuple(deltas), path=tuple(path)),
    )


def text(connection: Connection, capture_id: int) -> tuple[CapturedText, ...]:
    if not _ask_capture(connection, ident=capture_id):
        return ()
    chain = _chain(connection, capture_id)
    found = _ask_text.one(connection, ident=chain[-1].base_id if chain else capture_id)
    deltas = tuple(delta.body for delta in reversed(chain))
    return (CapturedText(text=found[0], offsets=found[1], deltas=deltas),) if found is not None else ()


def is_whole(connection: Connection, capture_id: int) -> tuple[bool, ...]:
    if not database.has_table(connection, "captured_delta"):
        return (True,)
    return (_ask_base.one(connection, ident=capture_id) is None,)


class _Delta(NamedTuple):
    base_id: int
    bases: bytes
    body: bytes


def _chain(connection: Connection, capture_id: int) -> list[_Delta]:
    """From a capture to the one that is whole, by which it is told in the end."""
    if not database.has_table(connection, "captured_delta"):
        return []  # an older version wrote it
    rows = _ask_chain(connection, ident=capture_id)
    return [_Delta(*row) for row in rows]


def _bases_of(delta: _Delta) -> list[int]:
    """By which section of the base each is told; none where that can no longer be read."""
    try:
        return _bases(delta.bases)
    except msgspec.DecodeError:
        return []


def _structs(connection: Connection, query: Select[Any], kind: type[_Found]) -> tuple[_Found, ...]:
    # Any: SQLAlchemy 2.0 and 2.1 spell the type of a query differently.
    return _made(map(tuple, connection.execute(query)), kind)


def _made(rows: Iterable[Row], kind: type[_Found]) -> tuple[_Found, ...]:
    try:
        names = kind.__struct_fields__
        return tuple(msgspec.convert(dict(zip(names, row, strict=True)), kind) for row in rows)
    except msgspec.ValidationError as error:
        raise StoreError(f"a capture cannot be read ({error}): was it written by another version?") from error
