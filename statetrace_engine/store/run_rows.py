"""Comparisons of captures into the store. A capture that comes between two others makes the later one be compared
again, with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select

from statetrace_engine.model.diff import DiffRun, FiledRun
from statetrace_engine.store import database, delta_rows, schema
from statetrace_engine.store.run_queries import showings_beside

_run = database.upsert(schema.diff_run)
_base = database.insert_missing(schema.diff_run_base)
_change = database.insert_rows(schema.diff_change)
_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(DiffRun).decode


def write(connection: Connection, runs: Sequence[FiledRun]) -> None:
    """Each takes the place of what is there of its run; one whose capture, or the one before it, is gone is left out,
    to be compared again."""
    named = {filed.run.run_id: {filed.run.run_id, *_bases(filed.run)} for filed in runs}
    kept = _captured(connection, [each for ids in named.values() for each in ids])
    fresh = {filed.run.run_id: filed for filed in runs if named[filed.run.run_id] <= kept}
    remove(connection, list(fresh))
    for filed in fresh.values():
        _forget_next(connection, filed.run)
    _run.run(connection, (_run_row(filed.run) for filed in fresh.values()))
    _base.run(
        connection, ((run.run_id, base) for filed in fresh.values() for run in (filed.run,) for base in _bases(run))
    )
    _change.run(connection, (row for filed in fresh.values() for row in _change_rows(filed)))
    delta_rows.write(connection, [filed.delta for filed in fresh.values() if filed.delta is not None])


def remove(connection: Connection, run_ids: Sequence[int]) -> None:
    for table in (schema.diff_change, schema.diff_run_base, schema.diff_run):
        for part in _parts(run_ids):
            connection.execute(delete(table).where(table.c.run_id.in_(part)))


def forget_after(connection: Connection, capture_ids: Sequence[int]) -> None:
    """Whoever was compared with these is compared again: they are gone."""
    for part in _parts(capture_ids):
        remove(connection, [run.run_id for run in _compared_with(connection, part)])


def compare_again(connection: Connection, capture_ids: Sequence[int]) -> None:
    """The same where another capture stands before them: the changes of both ways are told in one. The first that is
    left of a device keeps what it said."""
    for part in _parts(capture_ids):
        after = _compared_with(connection, part)
        remove(connection, [run.run_id for run in after if _has_earlier(connection, run)])


def _compared_with(connection: Connection, capture_ids: Sequence[int]) -> list[DiffRun]:
    base = schema.diff_run_base.c
    return _runs(connection, list(connection.scalars(select(base.run_id).where(base.capture_id.in_(capture_ids)))))


def _runs(connection: Connection, run_ids: Sequence[int]) -> list[DiffRun]:
    table = schema.diff_run.c
    bodies = (
        body
        for part in _parts(run_ids)
        for body in connection.scalars(select(table.body).where(table.run_id.in_(part)))
    )
    return [_unpack(body) for body in bodies]


def _has_earlier(connection: Connection, run: DiffRun) -> bool:
    earlier = select(schema.capture.c.capture_id).where(and_(_is_of(run), _is_before(run)))
    return connection.scalar(earlier.limit(1)) is not None


def _forget_next(connection: Connection, run: DiffRun) -> None:
    """The next that show what this one shows, and were compared with something older."""
    after = showings_beside(connection, run.run_id, is_after=True)
    known = {each.run_id: each for each in _runs(connection, [showing.capture_id for showing in after])}
    stale = {
        showing.capture_id
        for showing in after
        if showing.capture_id in known and known[showing.capture_id].before_of(showing.command) != run.run_id
    }
    remove(connection, sorted(stale))


def _bases(run: DiffRun) -> set[int]:
    """Captures that it was compared with."""
    previous = {run.previous_id} if run.previous_id is not None else set()
    return previous | {each.capture_id for each in run.metadata.elsewhere}


def _is_of(run: DiffRun) -> ColumnElement[bool]:
    table = schema.capture.c
    return and_(table.hostname == run.hostname, table.site == run.site)


def _is_before(run: DiffRun) -> ColumnElement[bool]:
    table = schema.capture.c
    at = run.captured_at
    return or_(table.captured_at < at, and_(table.captured_at == at, table.capture_id < run.run_id))


def _captured(connection: Connection, ids: Sequence[int]) -> set[int]:
    column = schema.capture.c.capture_id
    return {found for part in _parts(ids) for found in connection.scalars(select(column).where(column.in_(part)))}


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + database.IDS] for start in range(0, len(ids), database.IDS))


def _run_row(run: DiffRun) -> database.Row:
    return (
        run.run_id, run.previous_id, run.site, run.hostname, run.captured_at, run.compared_at, run.total, _pack(run),
    )  # fmt: skip


def _change_rows(filed: FiledRun) -> Iterable[database.Row]:
    run = filed.run
    for piece, packed in enumerate(filed.changes):
        yield (
            run.run_id, piece, run.hostname, packed.kind.value, packed.change_type.value, run.captured_at,
            packed.count, packed.body,
        )  # fmt: skip
