"""Captures into the store and out of it again: a file is written whole or not at all, and once.

What sections show is kept by its digest, so that a table that did not change costs a reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, and_, delete, func, select, update

from statetrace_engine.model import Epoch
from statetrace_engine.model.filed import CaptureSummary, FiledCapture, FiledFile, Moved, Stored
from statetrace_engine.store import database, delta_rows, identity_rows, run_rows, schema

_CHUNK = 200

_file = database.upsert(schema.captured_file)
_capture = database.insert_rows(schema.capture)
_section = database.insert_rows(schema.captured_section)
_content = database.insert_missing(schema.captured_content)
_text = database.insert_rows(schema.captured_text)


def write(connection: Connection, files: Sequence[FiledFile], at: Epoch) -> Stored:
    """Writes the files that the store has not, or has by another reading: these take the place of the old."""
    readings = _readings(connection, [file.file_key for file in files])
    fresh = {file.file_key: file for file in files if readings.get(file.file_key) != file.reading}
    first = _next_number(connection)
    for file_key in readings.keys() & fresh.keys():
        replaced = list(connection.scalars(_of_file(file_key)))
        remove(connection, replaced)
        run_rows.forget_after(connection, replaced)
    filed = [(file, capture) for file in fresh.values() for capture in file.captures]
    summaries = [_summary(number, *both, at) for number, both in enumerate(filed, first)]
    _file.run(connection, (_file_row(file, at) for file in fresh.values()))
    _capture.run(connection, (_capture_row(summary) for summary in summaries))
    numbered = [(summary.capture_id, both[1]) for summary, both in zip(summaries, filed, strict=True)]
    _content.run(connection, _content_rows(capture for _, capture in numbered))
    _section.run(connection, _section_rows(numbered))
    _text.run(connection, ((number, capture.text, capture.offsets) for number, capture in numbered))
    identity_rows.write(connection, ((number, capture.identity) for number, capture in numbered))
    return Stored(captures=tuple(summaries), file_keys=tuple(fresh), rows=sum(summary.rows for summary in summaries))


def move(connection: Connection, moves: Iterable[Moved]) -> None:
    """Names files, and the captures in them, by where they lie now."""
    for moved in moves:
        for table in (schema.captured_file.c, schema.capture.c):
            is_it = and_(table.file_key == moved.file_key, table.name == moved.before)
            connection.execute(update(table.name.table).where(is_it).values(name=moved.name))


def remove_old(connection: Connection, before: Epoch) -> tuple[int, bool]:
    """Deletes a chunk of what was stored before then, but for the newest of each device; how many, and whether it was
    the last."""
    table = schema.capture.c
    newest = select(func.max(table.capture_id)).group_by(table.site, table.hostname)
    old = select(table.capture_id).where(and_(table.ingested_at < before, table.capture_id.not_in(newest)))
    ids = list(connection.scalars(old.limit(_CHUNK)))
    remove(connection, ids)
    run_rows.compare_again(connection, ids)
    return len(ids), len(ids) < _CHUNK


def _next_number(connection: Connection) -> int:
    """Of a capture: also of one that is gone may something be there still."""
    numbers = (schema.capture.c.capture_id, schema.captured_section.c.capture_id, schema.captured_delta.c.capture_id)
    return max(connection.scalar(select(func.max(number))) or 0 for number in numbers) + 1


def _readings(connection: Connection, keys: Sequence[str]) -> dict[str, str]:
    table = schema.captured_file.c
    return {
        row.file_key: row.reading
        for part in database.id_parts(keys)
        for row in connection.execute(select(table.file_key, table.reading).where(table.file_key.in_(part)))
    }


def _of_file(file_key: str):  # type: ignore[no-untyped-def]  # SQLAlchemy 2.0 and 2.1 spell its type differently
    return select(schema.capture.c.capture_id).where(schema.capture.c.file_key == file_key)


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Captures with their comparisons, and whatever of them no other capture is told by."""
    run_rows.remove(connection, ids)
    connection.execute(delete(schema.capture).where(schema.capture.c.capture_id.in_(ids)))
    identity_rows.remove(connection, ids)
    delta_rows.drop(connection, ids)


def _summary(number: int, file: FiledFile, capture: FiledCapture, at: Epoch) -> CaptureSummary:
    return CaptureSummary(
        capture_id=number,
        file_key=file.file_key,
        name=file.name,
        member=capture.member,
        site=capture.site,
        hostname=capture.hostname,
        vendor=capture.vendor,
        model=capture.model,
        version=capture.version,
        captured_at=capture.captured_at,
        is_device_time=capture.is_device_time,
        ingested_at=at,
        start=capture.start,
        end=capture.end,
        is_truncated=capture.is_truncated,
        sections=len(capture.sections),
        rows=sum(section.rows for section in capture.sections),
        unparsed=sum(section.unparsed for section in capture.sections),
    )


def _file_row(file: FiledFile, at: Epoch) -> database.Row:
    return (
        file.file_key, file.reading, file.name, file.size_bytes, file.modified_at, at, file.parse_ms,
        len(file.captures),
    )  # fmt: skip


def _capture_row(summary: CaptureSummary) -> database.Row:
    return tuple(getattr(summary, column.name) for column in schema.capture.columns)


def _content_rows(captures: Iterable[FiledCapture]) -> Iterator[database.Row]:
    for capture in captures:
        for section in capture.sections:
            yield section.digest, section.body


def _section_rows(captures: Sequence[tuple[int, FiledCapture]]) -> Iterator[database.Row]:
    for number, capture in captures:
        for position, section in enumerate(capture.sections):
            yield (
                number, position, section.command, section.kind, section.start, section.end, section.text_start,
                section.text_end, section.is_truncated, section.rows, section.unparsed, section.digest,
                section.beside, section.missed,
            )  # fmt: skip
