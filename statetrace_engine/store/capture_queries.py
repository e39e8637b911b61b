"""What the store knows of captures, in SQLAlchemy Core; `Captures` asks."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Select, and_, func, select

from statetrace_engine.errors import StoreError
from statetrace_engine.model import Epoch
from statetrace_engine.model.filed import CapturedRows, CapturedText, CaptureSummary, SectionSummary
from statetrace_engine.store import schema

_Found = TypeVar("_Found", bound=msgspec.Struct)
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
    return _structs(connection, query, SectionSummary)


def rows(connection: Connection, capture_id: int, position: int) -> tuple[CapturedRows, ...]:
    content = schema.captured_content.c
    query = (
        select(content.body, _section.beside, _section.missed)
        .join_from(schema.captured_section, schema.captured_content, _section.digest == content.digest)
        .where(and_(_section.capture_id == capture_id, _section.position == position))
    )
    return _structs(connection, query, CapturedRows)


def text(connection: Connection, capture_id: int) -> tuple[CapturedText, ...]:
    columns = schema.captured_text.c
    query = select(columns.text, columns.offsets).where(columns.capture_id == capture_id)
    return _structs(connection, query, CapturedText)


def _structs(connection: Connection, query: Select[Any], kind: type[_Found]) -> tuple[_Found, ...]:
    # Any: SQLAlchemy 2.0 and 2.1 spell the type of a query differently.
    try:
        names = kind.__struct_fields__
        rows = connection.execute(query)
        return tuple(msgspec.convert(dict(zip(names, row, strict=True)), kind) for row in rows)
    except msgspec.ValidationError as error:
        raise StoreError(f"a capture cannot be read ({error}): was it written by another version?") from error
