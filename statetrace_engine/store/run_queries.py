"""What the store knows of comparisons, in SQLAlchemy Core; `Runs` asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import BindParameter, Connection, Select, and_, bindparam, func, select, tuple_

from statetrace_engine.errors import StoreError
from statetrace_engine.model import Epoch
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import (
    ChangeType,
    DiffChange,
    DiffMetadata,
    DiffRun,
    HostChange,
    KindCount,
    PackedChanges,
)
from statetrace_engine.model.identity import Identity
from statetrace_engine.model.packed_changes import unpack
from statetrace_engine.store import identity_rows, schema
from statetrace_engine.store.identity_rows import Strangers
from statetrace_engine.store.prepared import Question

_runs = schema.diff_run.c
_changes = schema.diff_change.c
_decode = msgspec.msgpack.Decoder(DiffRun).decode
_HEADER = _runs.body, _runs.run_id, _runs.previous_id, _runs.site, _runs.hostname, _runs.captured_at, _runs.compared_at
_NAMESAKES = 8
_DAMAGED = "what was found beside the changes can no longer be read"


_IDENT: BindParameter[int] = bindparam("ident")


def _placed(*, is_after: bool) -> Select[Any]:
    """Captures of the same device on one side, nearest first."""
    one, other = schema.capture.alias(), schema.capture.alias()
    here, there = (tuple_(each.c.captured_at, each.c.capture_id) for each in (one, other))
    is_there = there > here if is_after else there < here
    order = [column.asc() if is_after else column.desc() for column in (other.c.captured_at, other.c.capture_id)]
    is_of_it = and_(one.c.capture_id == _IDENT, other.c.hostname == one.c.hostname, other.c.site == one.c.site)
    return select(other.c.capture_id, other.c.captured_at).where(and_(is_of_it, is_there)).order_by(*order)


_ask_placed = {is_after: Question(_placed(is_after=is_after)) for is_after in (False, True)}
_ask_next = {is_after: Question(_placed(is_after=is_after).limit(1)) for is_after in (False, True)}
_ask_earlier = Question(_placed(is_after=False).limit(_NAMESAKES))
_section = schema.captured_section.c
_ask_commands = Question(select(_section.kind, _section.command).where(_section.capture_id == _IDENT).distinct())
_ask_reading = Question(
    select(schema.captured_file.c.reading)
    .join_from(schema.capture, schema.captured_file, schema.capture.c.file_key == schema.captured_file.c.file_key)
    .where(schema.capture.c.capture_id == _IDENT)
)


class Showing(NamedTuple):
    """A command that a capture shows."""

    capture_id: int
    captured_at: Epoch
    kind: Kind
    command: str


def devices(connection: Connection) -> tuple[int, ...]:
    capture = schema.capture.c
    named = select(capture.site, capture.hostname).where(capture.hostname != "").distinct().subquery()
    return tuple(connection.scalars(select(func.count()).select_from(named)))


def earlier_showings(connection: Connection, capture_id: int) -> tuple[Showing, ...]:
    """Of each command that a capture shows, the newest capture before it of the same device that shows it too; newest
    first."""
    return showings_beside(connection, capture_id, is_after=False)


def showings_beside(connection: Connection, capture_id: int, *, is_after: bool) -> tuple[Showing, ...]:
    """The nearest on one side, nearest first; none of another device that goes by the same name."""
    wanted = {(kind, command) for kind, command in _ask_commands(connection, ident=capture_id) if kind != Kind.LOG}
    found: dict[tuple[str, str], Showing] = {}
    strangers = Strangers(connection, capture_id)
    for ident, at in _ask_placed[is_after](connection, ident=capture_id):
        for kind, command in _ask_commands(connection, ident=ident):
            if (kind, command) in wanted - found.keys() and ident not in strangers:
                found[kind, command] = Showing(ident, at, Kind(kind), command)
        if len(found) == len(wanted):
            break
    return tuple(found.values())


def namesakes(
    connection: Connection, capture_id: int, base_ids: Sequence[int]
) -> tuple[tuple[list[int], dict[int, Identity]], ...]:
    """The last captures of its hostname before it, nearest first; and what is known of it, of them and of those that
    it is compared with."""
    earlier = [ident for ident, _ in _ask_earlier(connection, ident=capture_id)]
    return ((earlier, identity_rows.of(connection, [capture_id, *base_ids, *earlier])),)


def captured_before(connection: Connection, capture_id: int) -> tuple[int, ...]:
    return tuple(ident for ident, _ in _ask_next[False](connection, ident=capture_id))


def following(connection: Connection, capture_id: int) -> tuple[int, ...]:
    return tuple(ident for ident, _ in _ask_next[True](connection, ident=capture_id))


def reading(connection: Connection, capture_id: int) -> tuple[str, ...]:
    return tuple(found for (found,) in _ask_reading(connection, ident=capture_id))


def runs(
    connection: Connection, hostname: str, from_at: Epoch, to_at: Epoch, limit: int, *, site: str = ""
) -> tuple[DiffRun, ...]:
    within = [_runs.captured_at >= from_at, _runs.captured_at <= to_at]
    if hostname:
        within.append(_runs.hostname == hostname)
    if site:
        within.append(_runs.site == site)
    order = _runs.captured_at.desc(), _runs.run_id.desc()
    query = select(*_HEADER).where(and_(*within)).order_by(*order).limit(limit)
    return tuple(_run(row) or _damaged(row, connection) for row in connection.execute(query))


def run(connection: Connection, run_id: int) -> tuple[DiffRun, ...]:
    """Nothing where it no longer decodes: it may be compared again."""
    return tuple(filter(None, map(_run, connection.execute(select(*_HEADER).where(_runs.run_id == run_id)))))


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
        row = connection.execute(select(*_HEADER).where(_runs.run_id == run_id)).one()
        at = _run(row) or _damaged(row, connection)
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


def _run(row: Sequence[Any]) -> DiffRun | None:
    """None: it no longer decodes."""
    try:
        return _decode(row[0])
    except ValueError:
        return None


def _damaged(row: Sequence[Any], connection: Connection) -> DiffRun:
    """What is known of a run beside what no longer decodes: it says so, and keeps no other from being read."""
    _, run_id, previous_id, site, hostname, captured_at, compared_at = row
    columns = _changes.kind, _changes.change_type, func.sum(_changes.count)
    query = select(*columns).where(_changes.run_id == run_id).group_by(_changes.kind, _changes.change_type)
    counts = sorted(tuple(found) for found in connection.execute(query))
    return DiffRun(
        run_id=run_id,
        previous_id=previous_id,
        site=site,
        hostname=hostname,
        captured_at=captured_at,
        previous_at=None,
        compared_at=compared_at,
        counts=tuple(KindCount(Kind(kind), ChangeType(which), n) for kind, which, n in counts),
        metadata=DiffMetadata(compared=(), warnings=(_DAMAGED,)),
    )
