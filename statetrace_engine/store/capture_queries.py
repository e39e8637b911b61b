"""What the store knows of captures, in SQLAlchemy Core; `Captures` asks."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import msgspec
from sqlalchemy import Connection, Select, and_, func, select

from statetrace_engine.errors import StoreError
from statetrace_engine.model import Epoch
from statetrace_engine.model.capture_delta import NONE
from statetrace_engine.model.filed import CapturedRows, CapturedText, CaptureSummary, SectionSummary
from statetrace_engine.store import database, delta_rows, schema

_Found = TypeVar("_Found", bound=msgspec.Struct)
_bases = msgspec.msgpack.Decoder(list[int]).decode
_capture = schema.capture.c
_section = schema.captured_section.c
_captures = select(*(_capture[name] for name in CaptureSummary.__struct_fields__))
_sections = select(*(_section[name] for name in SectionSummary.__struct_fields__))


def since(connection: Connection, capture_id: int, limit: int) -> tuple[CaptureSummary, ...]:
    query = _captures.where(_capture.capture_id > capture_id).order_by(_capture.capture_id).limit(limit)
    return _structs(connection, query, CaptureSummary)


def capture(connection: Connection, capture_id: int) -> tuple[CaptureSummary, ...]:
    return _structs(connection, _captures.where(_capture.capture_id == capture_id), CaptureSummary)


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
    query = _sections.where(_section.capture_id == capture_id).order_by(_section.position)
    return _structs(connection, query, SectionSummary) if _is_there(connection, capture_id) else ()


def rows(connection: Connection, capture_id: int, position: int) -> tuple[CapturedRows, ...]:
    if not _is_there(connection, capture_id):
        return ()
    here = _one(connection, select(_section.digest, _section.missed), capture_id, position)
    if here is None:
        return ()
    digest, missed = here
    deltas, path, at = [], [], position
    for delta in _chain(connection, capture_id):
        deltas.append(delta.body)
        path.append(at)
        capture_id, at = delta.base_id, delta.bases[at]
        if at == NONE:
            break
    content = schema.captured_content.c
    joined = select(content.body, _section.beside).join_from(
        schema.captured_section, schema.captured_content, _section.digest == content.digest
    )
    body, beside = _one(connection, joined, capture_id, at) or (b"", b"")
    if not body and at != NONE:
        return ()
    deltas.reverse()
    path.reverse()
    return (
        CapturedRows(body=body, beside=beside, missed=missed, digest=digest, deltas=tuple(deltas), path=tuple(path)),
    )


def text(connection: Connection, capture_id: int) -> tuple[CapturedText, ...]:
    if not _is_there(connection, capture_id):
        return ()
    chain = _chain(connection, capture_id)
    columns = schema.captured_text.c
    whole = chain[-1].base_id if chain else capture_id
    found = connection.execute(select(columns.text, columns.offsets).where(columns.capture_id == whole)).one_or_none()
    deltas = tuple(delta.body for delta in reversed(chain))
    return (CapturedText(text=found.text, offsets=found.offsets, deltas=deltas),) if found is not None else ()


def is_whole(connection: Connection, capture_id: int) -> tuple[bool, ...]:
    return (not _chain(connection, capture_id, most=1),)


class _Delta(NamedTuple):
    base_id: int
    bases: list[int]
    body: bytes


def _chain(connection: Connection, capture_id: int, most: int = 4 * delta_rows.LONGEST) -> list[_Delta]:
    """From a capture to the one that is whole, by which it is told in the end."""
    if not database.has_table(connection, "captured_delta"):
        return []  # an older version wrote it
    columns, found = schema.captured_delta.c, list[_Delta]()
    query = select(columns.base_id, columns.bases, columns.body)
    while len(found) < most:
        row = connection.execute(query.where(columns.capture_id == capture_id)).one_or_none()
        if row is None:
            break
        found.append(_Delta(row.base_id, _bases(row.bases), row.body))
        capture_id = row.base_id
    return found


def _is_there(connection: Connection, capture_id: int) -> bool:
    return connection.scalar(select(_capture.capture_id).where(_capture.capture_id == capture_id)) is not None


def _one(connection: Connection, query: Select[Any], capture_id: int, position: int) -> Any:
    is_it = and_(_section.capture_id == capture_id, _section.position == position)
    return connection.execute(query.where(is_it)).one_or_none()


def _structs(connection: Connection, query: Select[Any], kind: type[_Found]) -> tuple[_Found, ...]:
    # Any: SQLAlchemy 2.0 and 2.1 spell the type of a query differently.
    try:
        names = kind.__struct_fields__
        rows = connection.execute(query)
        return tuple(msgspec.convert(dict(zip(names, row, strict=True)), kind) for row in rows)
    except msgspec.ValidationError as error:
        raise StoreError(f"a capture cannot be read ({error}): was it written by another version?") from error
