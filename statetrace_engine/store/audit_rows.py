"""The audit's rows in the store: read for checking, appended in the transaction of the batch that made them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, inspect, select
from sqlalchemy.exc import DBAPIError

from statetrace_engine.model import Epoch
from statetrace_engine.model.people import AuditEntry
from statetrace_engine.store import audit, database, schema

META_KEY = "audit_head"

_insert = database.insert_rows(schema.audit)
_see_operator = database.upsert(schema.operator, keeps=("first_at",))


def head(connection: Connection) -> audit.Head:
    """The end of the chain as `meta` names it; the beginning when there is no entry, or no table yet."""
    if not inspect(connection).has_table(schema.meta.name):
        return audit.Head()
    value = connection.scalar(select(schema.meta.c.value).where(schema.meta.c.key == META_KEY))
    try:
        return audit.Head() if value is None else msgspec.msgpack.decode(value, type=audit.Head)
    except (TypeError, ValueError):
        return audit.Head(-1, "unreadable")


def entries(connection: Connection) -> Iterator[AuditEntry]:
    """All of them in order of sequence; one whose columns have other types than they should comes without a digest."""
    if inspect(connection).has_table(schema.audit.name):
        # Not by Core, whose types would raise for text that another hand put where a number was.
        yield from map(_entry, connection.exec_driver_sql("SELECT * FROM audit ORDER BY seq"))


def append(connection: Connection, new: Iterable[AuditEntry]) -> audit.Head:
    """Chains the entries behind the head and answers the new one; what a replay brings again is left out."""
    fresh = [entry for entry in new if not _is_kept(connection, entry)]
    end = head(connection)
    linked = audit.chain(fresh, end)
    if linked:
        _insert.run(connection, [(e.seq, e.at, e.operator, e.action, e.subject, e.detail, e.digest) for e in linked])
        _see_operator.run(connection, [(e.operator, e.at, e.at) for e in {e.operator: e for e in linked}.values()])
        end = audit.Head(linked[-1].seq, linked[-1].digest)
    return end


def check_anchor(connection: Connection, folder: Path, at: Epoch) -> tuple[AuditEntry, ...]:
    """Compares `audit.head` with the chain before anything is appended; an entry that says so when they disagree.

    The file may lag behind by the last batch before a crash. It is brought up to date by the next append, so that the
    disagreement must itself be in the audit.
    """
    inside, outside = head(connection), audit.read_head(folder)
    if outside == inside or (outside is None and inside.seq == 0 and not (folder / audit.HEAD_FILE).exists()):
        return ()
    if outside is None:
        return (_broken(at, f"{audit.HEAD_FILE} was missing or unreadable; meta named entry {inside.seq}"),)
    if outside.seq < inside.seq and (outside.seq == 0 or _digest_of(connection, outside.seq) == outside.digest):
        return ()
    said = f"{audit.HEAD_FILE} named entry {outside.seq} ({outside.digest[:16]})"
    return (_broken(at, f"{said}, meta entry {inside.seq} ({inside.digest[:16]})"),)


def _is_kept(connection: Connection, entry: AuditEntry) -> bool:
    """Not by `detail`: an acknowledgement without an engine wrote its own, before the engine replays it."""
    columns = schema.audit.c
    same = and_(
        columns.at == entry.at,
        columns.operator == entry.operator,
        columns.action == entry.action,
        columns.subject == entry.subject,
    )
    return connection.scalar(select(columns.seq).where(same).limit(1)) is not None


def _digest_of(connection: Connection, seq: int) -> str | None:
    try:
        return connection.scalar(select(schema.audit.c.digest).where(schema.audit.c.seq == seq))
    except DBAPIError:
        return None


def _broken(at: Epoch, detail: str) -> AuditEntry:
    return AuditEntry(
        seq=0, at=at, operator="statetrace", action=audit.BROKEN, subject=audit.HEAD_FILE, detail=detail, digest=""
    )


def _entry(row: Row[Any]) -> AuditEntry:  # Any: a row is what the file holds
    try:
        return msgspec.convert(row._asdict(), AuditEntry)
    except msgspec.ValidationError:
        return AuditEntry(seq=row.seq, at=0.0, operator="", action="", subject="", detail="", digest="")
