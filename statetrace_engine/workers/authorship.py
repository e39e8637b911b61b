"""Who changed a configuration between two captures of the store, by their headers, logs and commit logs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from statetrace_engine.diff import authors
from statetrace_engine.model import capture_delta
from statetrace_engine.model.aged_text import AgedText
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ConfigAuthor
from statetrace_engine.model.filed import CaptureSummary, SectionSummary
from statetrace_engine.parsing import authors as told
from statetrace_engine.parsing.authors import Said
from statetrace_engine.store.captures import Captures

Read = tuple[CaptureSummary, AgedText]
"""A capture and its text."""


def between(captures: Captures, before: Read, after: Read) -> tuple[ConfigAuthor, ...]:
    """Those whom the newer names and the older does not; places are characters of the newer capture's text. Nobody
    where a log can no longer be read. Raises StoreError."""
    older = before[0]
    since = older.captured_at if older.is_device_time else None
    return authors.between(_named(captures, *before), _named(captures, *after), since)


def _named(captures: Captures, capture: CaptureSummary, text: AgedText) -> tuple[ConfigAuthor, ...]:
    try:
        said = list(_said(captures, capture, text))
    except ValueError:
        return ()
    return told.authors(said, capture.captured_at)


def _said(captures: Captures, capture: CaptureSummary, text: AgedText) -> Iterator[Said]:
    telling = (each for each in captures.sections(capture.capture_id) if told.may_tell(each.kind, each.command))
    for section in telling:
        rows, starts, ends = _rows(captures, section)
        answer = text.part(section.text_start, section.text_end)
        kind = Kind(section.kind)
        yield Said(kind, section.command, capture.vendor, answer, section.text_start, rows, starts, ends)


def _rows(captures: Captures, section: SectionSummary) -> tuple[Sequence[object], list[int], list[int]]:
    """Of a log; the others are read from their text."""
    packed = captures.rows(section.capture_id, section.position) if section.kind == Kind.LOG else None
    return capture_delta.rows(packed) if packed is not None else ([], [], [])
